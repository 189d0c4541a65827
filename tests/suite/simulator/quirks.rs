//! Every documented way in which firmware differs, one after the other.
use super::host::{Desk, Host, Modem};

const SIGNATURE: &str = "[modem.signature]";

fn with(quirks: &str) -> Desk {
    Desk::changed(
        "open",
        SIGNATURE,
        &format!("[modem.quirks]\n{quirks}\n\n{SIGNATURE}"),
    )
}

#[tokio::test(start_paused = true)]
async fn line_limits() {
    let mut desk = Desk::named("open");
    desk.asks("ATE0").await;
    let fits = format!("AT+CSQ;{}", " ".repeat(559 - 5));
    assert!(
        desk.asks(&fits).await.contains("+CSQ"),
        "559 characters are taken"
    );
    assert_eq!(
        desk.asks(&format!("{fits} ")).await,
        "\r\nERROR\r\n",
        "560 are not"
    );
    let many = |count: usize| format!("AT{}", vec!["+CSQ"; count].join(";"));
    assert_eq!(desk.asks(&many(39)).await.matches("+CSQ").count(), 39);
    assert_eq!(
        desk.asks(&many(40)).await,
        "\r\nERROR\r\n",
        "nothing of the line is run"
    );
}

#[tokio::test(start_paused = true)]
async fn the_first_failure_ends_the_line() {
    let mut desk = Desk::named("open");
    desk.asks("ATE0").await;
    assert_eq!(
        desk.asks("AT+CSQ;+NOSUCH;+CMEE=2").await,
        "\r\n+CSQ: 21,99\r\n\r\nERROR\r\n"
    );
    assert_eq!(desk.bench.settings()["CMEE"], "1");
    assert_eq!(
        desk.asks("ATV1E0+CMEE=2;+CSQ").await,
        "\r\n+CSQ: 21,99\r\n\r\nOK\r\n"
    );
}

#[tokio::test(start_paused = true)]
async fn answers_in_numbers_and_in_silence() {
    let mut desk = Desk::named("open");
    desk.asks("ATE0").await;
    desk.plays(&[
        Host("ATV0\r"),
        Modem("0\r"),
        Host("AT+CSQ\r"),
        Modem("+CSQ: 21,99\r\n0\r"),
        Host("AT+NOSUCH\r"),
        Modem("4\r"),
        Host("ATV1\r"),
        Modem("\r\nOK\r\n"),
        Host("ATQ1\r"),
        Host("AT\r"),
    ])
    .await;
    assert_eq!(desk.listens(5).await, b"", "ATQ1 silences everything");
    desk.plays(&[Host("ATQ0\r"), Modem("\r\nOK\r\n")]).await;
}

#[tokio::test(start_paused = true)]
async fn backspace_and_repeat() {
    let mut desk = Desk::named("open");
    desk.asks("ATE0").await;
    desk.plays(&[
        Host("AT+CSXX\x08\x08Q\r"),
        Modem("\r\n+CSQ: 21,99\r\n\r\nOK\r\n"),
        Host("a/"),
        Modem("\r\n+CSQ: 21,99\r\n\r\nOK\r\n"),
        Host("noise before aat+csq\r"),
        Modem("\r\n+CSQ: 21,99\r\n\r\nOK\r\n"),
    ])
    .await;
}

#[tokio::test(start_paused = true)]
async fn commands_of_another_stack_are_unknown() {
    let mut desk = Desk::named("open");
    desk.asks("ATE0;+CMEE=2").await;
    for command in [
        "AT+CSTT=\"internet\"",
        "AT+CIICR",
        "AT+CIFSR",
        "AT+CIPSTART=\"TCP\",\"192.0.2.80\",80",
        "AT+CIPSTATUS",
        "AT+CIPSHUT",
        "AT+CIPMUX=1",
        "AT+SAPBR=1,1",
        "AT+CMMSCURL?",
        "AT+CMMSINIT",
        "AT+CIPSTART=?",
    ] {
        assert_eq!(desk.asks(command).await, "\r\nERROR\r\n", "{command}");
    }
}

#[tokio::test(start_paused = true)]
async fn missing_commands_are_unknown() {
    let mut desk = Desk::changed(
        "open",
        SIGNATURE,
        "[modem]\nmissing = [\"CGCONTRDP\", \"+CESQ\", \"CSOCKSETPN\"]\n\n[modem.signature]",
    );
    desk.asks("ATE0;+CMEE=2").await;
    for command in [
        "AT+CGCONTRDP",
        "AT+CGCONTRDP=1",
        "AT+CESQ",
        "AT+CESQ=?",
        "AT+CSOCKSETPN?",
    ] {
        assert_eq!(desk.asks(command).await, "\r\nERROR\r\n", "{command}");
    }
    assert!(
        Desk::named("open")
            .asks("AT+CESQ")
            .await
            .contains("+CESQ: 99,99,255,255,21,42")
    );
}

#[tokio::test(start_paused = true)]
async fn ranges_are_kept() {
    let mut desk = Desk::named("open");
    desk.asks("ATE0").await;
    for (command, answer) in [
        ("AT+CMEE=3", "\r\nERROR\r\n"),
        ("AT+CMEE=?", "\r\n+CMEE: (0-2)\r\n\r\nOK\r\n"),
        ("AT+CIPTIMEOUT=2999,15000,15000", "\r\nERROR\r\n"),
        (
            "AT+CIPTIMEOUT?",
            "\r\n+CIPTIMEOUT: 120000,120000,120000\r\n\r\nOK\r\n",
        ),
        (
            "AT+CIPCCFG?",
            "\r\n+CIPCCFG: 10,0,0,1,0,0,500\r\n\r\nOK\r\n",
        ),
        ("AT+CNMP=77", "\r\nERROR\r\n"),
        ("AT+CNMP=38", "\r\nOK\r\n"),
        ("AT+CNMI?", "\r\n+CNMI: 2,1,0,0,0\r\n\r\nOK\r\n"),
        ("AT+CGDCONT=25,\"IP\",\"x\"", "\r\nERROR\r\n"),
        ("AT+CGDCONT=5,\"X25\",\"x\"", "\r\nERROR\r\n"),
        (
            "AT+CPMS?",
            "\r\n+CPMS: \"SM\",0,30,\"SM\",0,30,\"SM\",0,30\r\n\r\nOK\r\n",
        ),
        ("AT+CPMS=\"ME\"", "\r\n+CPMS: 0,30,0,30,0,30\r\n\r\nOK\r\n"),
        (
            "AT+CPMS?",
            "\r\n+CPMS: \"ME\",0,30,\"SM\",0,30,\"SM\",0,30\r\n\r\nOK\r\n",
        ),
        ("AT+CSCA?", "\r\n+CSCA: \"+12025550100\",145\r\n\r\nOK\r\n"),
        ("AT+CMGL=4", "\r\nOK\r\n"),
    ] {
        assert_eq!(desk.asks(command).await, answer, "{command}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_bare_error_from_the_stack() {
    let mut desk = with("netopen_error = true");
    desk.asks("ATE0;+CMEE=2").await;
    assert_eq!(desk.asks("AT+NETOPEN").await, "\r\nERROR\r\n");
}

#[tokio::test(start_paused = true)]
async fn bare_errors_whatever_cmee_says() {
    let mut desk = Desk::changed(
        "no-sim",
        SIGNATURE,
        "[modem.quirks]\nbare_errors = true\n\n[modem.signature]",
    );
    desk.asks("ATE0;+CMEE=2").await;
    assert_eq!(desk.asks("AT+CPIN?").await, "\r\nERROR\r\n");
}

#[tokio::test(start_paused = true)]
async fn the_cause_behind_the_words() {
    let mut desk = Desk::changed(
        "pdp-refused",
        SIGNATURE,
        "[modem.quirks]\ncause_in_error = true\n\n[modem.signature]",
    );
    desk.asks("ATE0;+CMEE=2").await;
    assert_eq!(
        desk.asks("AT+CGACT=1,1").await,
        "\r\n+CME ERROR: requested service option not subscribed (#33)\r\n"
    );
}

#[tokio::test(start_paused = true)]
async fn a_prompt_with_a_blank() {
    let mut desk = with("prompt_blank = true");
    desk.opens_stack().await;
    desk.plays(&[
        Host("AT+CIPOPEN=0,\"TCP\",\"192.0.2.80\",80\r"),
        Modem("\r\nOK\r\n\r\n+CIPOPEN: 0,0\r\n"),
        Host("AT+CIPSEND=0,1\r"),
        Modem("\r\n> "),
    ])
    .await;
}

#[tokio::test(start_paused = true)]
async fn payload_is_echoed_with_echo_on_unless_the_firmware_does_not() {
    for (quirk, echo) in [("echo_payload = true", "HI"), ("echo_payload = false", "")] {
        let mut desk = with(quirk);
        desk.opens_stack().await;
        desk.asks("AT+CIPOPEN=0,\"TCP\",\"192.0.2.80\",80").await;
        desk.hears("\r\n+CIPOPEN: 0,0\r\n").await;
        desk.asks("ATE1").await;
        desk.types("AT+CIPSEND=0,2\r").await;
        desk.hears("AT+CIPSEND=0,2\r\r\n>").await;
        desk.types("HI").await;
        desk.hears(format!("{echo}\r\nOK\r\n")).await;
    }
}

#[tokio::test(start_paused = true)]
async fn the_stack_stays_on_a_context_whatever_is_chosen() {
    let mut desk = with("stack_cid = 1");
    desk.asks("ATE0;+CGDCONT=3,\"IP\",\"mms.test\";+CSOCKSETPN=3")
        .await;
    desk.asks("AT+CGACT=1,3").await;
    desk.hears("\r\n+CGEV: ME PDN ACT 3\r\n").await;
    desk.plays(&[Host("AT+NETOPEN\r"), Modem("\r\nOK\r\n\r\n+NETOPEN: 0\r\n")])
        .await;
    assert!(
        desk.asks("AT+IPADDR").await.contains("10.64.12.6"),
        "context 1's address, not 3's"
    );
}

#[tokio::test(start_paused = true)]
async fn a_stack_and_links_that_others_have_left() {
    let mut desk = with("stack_open = true\nbusy_links = [0, 2]");
    desk.asks("ATE0").await;
    assert!(desk.asks("AT+NETOPEN").await.contains("already opened"));
    assert_eq!(
        desk.asks("AT+CIPCLOSE?").await,
        "\r\n+CIPCLOSE: 1,0,1,0,0,0,0,0,0,0\r\n\r\nOK\r\n"
    );
    assert_eq!(
        desk.asks("AT+CIPOPEN=0,\"TCP\",\"192.0.2.80\",80").await,
        "\r\n+CIPOPEN: 0,4\r\n\r\nERROR\r\n"
    );
    desk.plays(&[
        Host("AT+CIPCLOSE=0\r"),
        Modem("\r\nOK\r\n\r\n+CIPCLOSE: 0,0\r\n"),
    ])
    .await;
}

#[tokio::test(start_paused = true)]
async fn one_open_at_a_time_or_several() {
    let mut desk = with("parallel_opens = false");
    desk.opens_stack().await;
    desk.asks("AT+CIPOPEN=0,\"TCP\",\"198.51.100.9\",80").await;
    assert_eq!(
        desk.asks("AT+CIPOPEN=1,\"TCP\",\"192.0.2.80\",80").await,
        "\r\n+CIPOPEN: 1,8\r\n\r\nERROR\r\n"
    );
    desk.hears("\r\n+CIPOPEN: 0,10\r\n").await;

    let mut desk = Desk::named("open");
    desk.opens_stack().await;
    desk.asks("AT+CIPOPEN=0,\"TCP\",\"198.51.100.9\",80").await;
    desk.asks("AT+CIPOPEN=1,\"TCP\",\"192.0.2.80\",80").await;
    desk.hears("\r\n+CIPOPEN: 1,0\r\n\r\n+CIPOPEN: 0,10\r\n")
        .await;
}

#[tokio::test(start_paused = true)]
async fn literal_ipv6_is_a_wrong_parameter() {
    let mut desk = Desk::named("open");
    desk.opens_stack().await;
    assert_eq!(
        desk.asks("AT+CIPOPEN=0,\"TCP\",\"2001:db8::80\",80").await,
        "\r\n+CIPOPEN: 0,3\r\n\r\nERROR\r\n"
    );
    let mut desk = with("ipv6_literals = true");
    desk.opens_stack().await;
    desk.plays(&[
        Host("AT+CIPOPEN=0,\"TCP\",\"[2001:db8::80]\",80\r"),
        Modem("\r\nOK\r\n\r\n+CIPOPEN: 0,1\r\n"),
    ])
    .await;
}

#[tokio::test(start_paused = true)]
async fn signatures_are_the_worlds_own() {
    let mut desk = Desk::changed(
        "open",
        "refused = { shape = \"late\", code = 4, after_ms = 800 }",
        "refused = { shape = \"at_once\", code = 1, after_ms = 3000 }\nbusy_link = { shape = \"late\", code = 8, after_ms = 500 }",
    );
    desk.opens_stack().await;
    let before = desk.seconds();
    desk.plays(&[
        Host("AT+CIPOPEN=0,\"TCP\",\"192.0.2.81\",80\r"),
        Modem("\r\n+CIPOPEN: 0,1\r\n\r\nERROR\r\n"),
    ])
    .await;
    let took = desk.seconds() - before;
    assert!((2.8..3.4).contains(&took), "{took}");
    desk.plays(&[
        Host("AT+CIPOPEN=0,\"TCP\",\"192.0.2.80\",80\r"),
        Modem("\r\nOK\r\n\r\n+CIPOPEN: 0,0\r\n"),
        Host("AT+CIPOPEN=0,\"TCP\",\"192.0.2.80\",80\r"),
        Modem("\r\nOK\r\n\r\n+CIPOPEN: 0,8\r\n"),
    ])
    .await;
}

#[tokio::test(start_paused = true)]
async fn signal_in_three_units() {
    for (units, fields) in [
        ("tenths", "-94,-987,-671,13"),
        ("whole", "-9,-99,-67,13"),
        ("index", "21,42,43,13"),
    ] {
        let mut desk = with(&format!("signal_units = \"{units}\""));
        assert!(desk.asks("AT+CPSI?").await.contains(fields), "{units}");
    }
}

#[tokio::test(start_paused = true)]
async fn noise_between_lines_and_never_behind_a_prompt() {
    let mut desk = with("noise = [\"+CSQ: 20,99\"]\nnoise_ms = 300");
    desk.opens_stack_in_noise().await;
    desk.types("AT+CIPSEND=0,2\r").await;
    let prompt = desk.listens(3).await;
    assert!(
        prompt.ends_with(b"\r\n>"),
        "held while the host types: {}",
        prompt.escape_ascii()
    );
    desk.types("HI").await;
    let text = String::from_utf8(desk.listens(3).await).unwrap();
    assert!(
        text.contains("\r\nOK\r\n")
            && text.contains("+CIPSEND: 0,2,2")
            && text.matches("+CSQ: 20,99").count() > 8,
        "{text}"
    );
}

#[tokio::test(start_paused = true)]
async fn restarts_of_their_own() {
    for quirk in ["reboot_after_ms = 9000", "reboot_after_octets = 3"] {
        let mut desk = with(quirk);
        desk.opens_stack().await;
        desk.asks("AT+CIPOPEN=0,\"TCP\",\"192.0.2.80\",80").await;
        desk.hears("\r\n+CIPOPEN: 0,0\r\n").await;
        desk.types("AT+CIPSEND=0,4\r").await;
        desk.hears("\r\n>").await;
        desk.types("ping").await;
        let said = desk.listens(60).await;
        assert_eq!(
            said.windows(3).filter(|end| end == b"RDY").count(),
            1,
            "{quirk}: {}",
            said.escape_ascii()
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_context_that_goes_takes_the_stack_along() {
    let mut desk = Desk::named("open");
    desk.opens_stack().await;
    desk.asks("AT+CIPOPEN=0,\"TCP\",\"192.0.2.80\",80").await;
    desk.hears("\r\n+CIPOPEN: 0,0\r\n").await;
    desk.plays(&[
        Host("AT+CGACT=0,1\r"),
        Modem(
            "\r\n+CIPEVENT: NETWORK CLOSED UNEXPECTEDLY\r\n\r\nOK\r\n\r\n+CGEV: ME PDN DEACT 1\r\n",
        ),
        Host("AT+CIPSEND=0,4\r"),
        Modem("\r\n+CIPERROR: 2\r\n\r\nERROR\r\n"),
        Host("AT+CGACT=1,1\r"),
        Modem("\r\nOK\r\n\r\n+CGEV: ME PDN ACT 1\r\n"),
    ])
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_redefined_context_keeps_its_bearer_until_it_is_activated_anew() {
    let mut desk = Desk::named("open");
    desk.asks("ATE0;+CGDCONT=1,\"IP\",\"mms.test\"").await;
    assert!(
        desk.asks("AT+CGCONTRDP=1")
            .await
            .contains("internet.mnc001"),
        "granted is not what is asked"
    );
    desk.asks("AT+CGACT=0,1").await;
    desk.hears("\r\n+CGEV: ME PDN DEACT 1\r\n").await;
    desk.asks("AT+CGACT=1,1").await;
    desk.hears("\r\n+CGEV: ME PDN ACT 1\r\n").await;
    assert!(
        desk.asks("AT+CGCONTRDP=1")
            .await
            .contains("mms.test.mnc001")
    );
}

#[tokio::test(start_paused = true)]
async fn a_pin_is_asked_and_given() {
    let mut desk = Desk::changed("open", "[sim]\n", "[sim]\npin = \"1234\"\n");
    desk.asks("ATE0;+CMEE=2").await;
    assert_eq!(
        desk.asks("AT+CPIN?").await,
        "\r\n+CPIN: SIM PIN\r\n\r\nOK\r\n"
    );
    assert_eq!(
        desk.asks("AT+CIMI").await,
        "\r\n+CME ERROR: SIM PIN required\r\n"
    );
    assert_eq!(
        desk.asks("AT+CPIN=\"9999\"").await,
        "\r\n+CME ERROR: incorrect password\r\n"
    );
    assert_eq!(
        desk.asks("AT+SPIC").await,
        "\r\n+SPIC: 2,10,3,10\r\n\r\nOK\r\n"
    );
    desk.plays(&[
        Host("AT+CPIN=1234\r"),
        Modem("\r\nOK\r\n\r\n+CPIN: READY\r\n\r\nSMS DONE\r\n\r\nPB DONE\r\n"),
    ])
    .await;
    assert!(desk.asks("AT+CEREG?").await.contains("+CEREG: 0,1"));
}

/// Three wrong PINs and the card wants its PUK; ten wrong PUKs and it is dead.
#[tokio::test(start_paused = true)]
async fn a_puk_is_asked_and_ten_wrong_ones_end_the_card() {
    let mut desk = Desk::named("sim-puk");
    desk.asks("ATE0;+CMEE=2").await;
    let asked = "\r\n+CPIN: SIM PUK\r\n\r\nOK\r\n";
    assert_eq!(desk.asks("AT+CPIN?").await, asked);
    assert_eq!(
        desk.asks("AT+CIMI").await,
        "\r\n+CME ERROR: SIM PUK required\r\n"
    );
    for left in (0..10).rev() {
        assert_eq!(
            desk.asks("AT+CPIN=\"87654321\",\"1234\"").await,
            "\r\n+CME ERROR: incorrect password\r\n",
            "{left} left"
        );
    }
    let dead = "\r\n+CME ERROR: SIM failure\r\n";
    for command in ["AT+CPIN?", "AT+CPIN=\"12345678\",\"1234\"", "AT+CIMI"] {
        assert_eq!(desk.asks(command).await, dead, "{command}");
    }
    // The right one, in time.
    let mut desk = Desk::named("sim-puk");
    desk.asks("ATE0").await;
    desk.plays(&[
        Host("AT+CPIN=\"12345678\",\"1234\"\r"),
        Modem("\r\nOK\r\n\r\n+CPIN: READY\r\n\r\nSMS DONE\r\n\r\nPB DONE\r\n"),
    ])
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_radio_goes_off_and_comes_back() {
    let mut desk = Desk::named("open");
    desk.asks("ATE0;+CEREG=1").await;
    desk.plays(&[
        Host("AT+CFUN=0\r"),
        Modem("\r\n+CGEV: ME DETACH\r\n\r\n+CEREG: 0\r\n\r\nOK\r\n"),
        Host("AT+CFUN=1\r"),
        Modem("\r\nOK\r\n\r\n+CPIN: READY\r\n"),
    ])
    .await;
    let said = String::from_utf8(desk.listens(15).await).unwrap();
    assert!(
        said.contains("+CEREG: 1") && said.contains("SMS DONE") && said.contains("PB DONE"),
        "{said}"
    );
    assert!(desk.asks("AT+CGPADDR=1").await.contains("10.64.12.6"));
}

#[tokio::test(start_paused = true)]
async fn a_scan_takes_long_and_any_key_ends_it() {
    let mut desk = Desk::named("open");
    desk.asks("ATE0").await;
    let before = desk.seconds();
    assert_eq!(
        desk.asks("AT+COPS=?").await,
        "\r\n+COPS: (2,\"Test Mobile\",\"Test\",\"00101\",7),,(0,1,2,3,4,5),(0,1,2)\r\n\r\nOK\r\n"
    );
    assert!(desk.seconds() - before > 30.0);
    let before = desk.seconds();
    desk.types("AT+COPS=?\r").await;
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    desk.plays(&[Host("x"), Modem("\r\nERROR\r\n")]).await;
    assert!(desk.seconds() - before < 3.0);
}

#[tokio::test(start_paused = true)]
async fn settings_are_as_before_once_put_back() {
    let mut desk = Desk::named("open");
    desk.asks("ATE0").await;
    let before = desk.bench.settings();
    desk.opens_stack().await;
    desk.asks("AT+CGDCONT=3,\"IP\",\"mms.test\"").await;
    let changed = desk.bench.settings();
    assert_ne!(before, changed);
    assert_eq!(changed["CGDCONT 3"], "\"IP\",\"mms.test\"");
    desk.plays(&[
        Host("AT+NETCLOSE\r"),
        Modem("\r\nOK\r\n\r\n+NETCLOSE: 0\r\n"),
    ])
    .await;
    desk.asks("AT+CGDCONT=3").await;
    desk.asks("AT+CIPRXGET=0;+CIPTIMEOUT=120000,120000,120000")
        .await;
    assert_eq!(before, desk.bench.settings());
}

#[tokio::test(start_paused = true)]
async fn the_card_tells_its_group_and_name() {
    let mut desk = Desk::named("mint");
    desk.asks("ATE0").await;
    assert_eq!(
        desk.asks("AT+CRSM=176,28478,0,0,2").await,
        "\r\n+CRSM: 144,0,\"756D\"\r\n\r\nOK\r\n"
    );
    assert!(
        desk.asks("AT+CRSM=176,28486,0,0,17")
            .await
            .contains("144,0,\"004D696E74FF")
    );
    assert_eq!(
        desk.asks("AT+CRSM=176,28000,0,0,1").await,
        "\r\n+CRSM: 106,130,\"\"\r\n\r\nOK\r\n"
    );
}

impl Desk {
    /// As `opens_stack`, with link 0 open, where other lines may come at any moment.
    async fn opens_stack_in_noise(&mut self) {
        for command in [
            "ATE0",
            "AT+CIPRXGET=1",
            "AT+NETOPEN",
            "AT+CIPOPEN=0,\"TCP\",\"192.0.2.80\",80",
        ] {
            self.types(format!("{command}\r")).await;
            self.listens(3).await;
        }
    }
}

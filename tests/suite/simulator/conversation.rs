//! Whole conversations as the field has them: what the host types, and octet for octet what the modem says.
use super::host::{Desk, Host, Modem, Turn};

const BRING_UP: &[Turn] = &[
    Host("AT\r"),
    Modem("AT\r\r\nOK\r\n"),
    Host("ATE0\r"),
    Modem("ATE0\r\r\nOK\r\n"),
    Host("ATV1\r"),
    Modem("\r\nOK\r\n"),
    Host("AT+CMEE=2\r"),
    Modem("\r\nOK\r\n"),
    Host("AT+CGMI\r"),
    Modem("\r\nSIMCOM INCORPORATED\r\n\r\nOK\r\n"),
    Host("AT+CGMM\r"),
    Modem("\r\nSIMCOM_SIM7600G-H\r\n\r\nOK\r\n"),
    Host("AT+CGMR\r"),
    Modem("\r\n+CGMR: LE20B04SIM7600G22\r\n\r\nOK\r\n"),
    Host("AT+CGSN\r"),
    Modem("\r\n490154203237518\r\n\r\nOK\r\n"),
    Host("AT+CPIN?\r"),
    Modem("\r\n+CPIN: READY\r\n\r\nOK\r\n"),
    Host("AT+CIMI\r"),
    Modem("\r\n001010123456789\r\n\r\nOK\r\n"),
    Host("AT+CICCID\r"),
    Modem("\r\n+ICCID: 8901240000000000123\r\n\r\nOK\r\n"),
    Host("AT+CNUM\r"),
    Modem("\r\n+CNUM: \"\",\"+12025550199\",145\r\n\r\nOK\r\n"),
    Host("AT+CSQ\r"),
    Modem("\r\n+CSQ: 21,99\r\n\r\nOK\r\n"),
    Host("AT+CPSI?\r"),
    Modem(
        "\r\n+CPSI: LTE,Online,001-01,0x2A1B,27447297,211,EUTRAN-BAND4,2175,5,5,-94,-987,-671,13\r\n\r\nOK\r\n",
    ),
    Host("AT+CREG?;+CGREG?;+CEREG?\r"),
    Modem("\r\n+CREG: 0,1\r\n\r\n+CGREG: 0,1\r\n\r\n+CEREG: 0,1\r\n\r\nOK\r\n"),
    Host("AT+COPS?\r"),
    Modem("\r\n+COPS: 0,0,\"Test Mobile\",7\r\n\r\nOK\r\n"),
    Host("AT+CGATT?\r"),
    Modem("\r\n+CGATT: 1\r\n\r\nOK\r\n"),
    Host("AT+CGDCONT?\r"),
    Modem(
        "\r\n+CGDCONT: 1,\"IP\",\"internet\",\"0.0.0.0\",0,0,0,0\r\n+CGDCONT: 2,\"IPV4V6\",\"ims\",\"0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0\",0,0,0,0\r\n\r\nOK\r\n",
    ),
    Host("AT+CGACT?\r"),
    Modem("\r\n+CGACT: 1,1\r\n+CGACT: 2,0\r\n\r\nOK\r\n"),
    Host("AT+CGDCONT=3,\"IP\",\"MMS.test\"\r"),
    Modem("\r\nOK\r\n"),
    Host("AT+CSOCKSETPN=3\r"),
    Modem("\r\nOK\r\n"),
    Host("AT+CGACT=1,3\r"),
    Modem("\r\nOK\r\n\r\n+CGEV: ME PDN ACT 3\r\n"),
    Host("AT+CGPADDR=3\r"),
    Modem("\r\n+CGPADDR: 3,\"10.64.12.7\"\r\n\r\nOK\r\n"),
    Host("AT+CGCONTRDP=3\r"),
    Modem(
        "\r\n+CGCONTRDP: 3,7,\"mms.test.mnc001.mcc001.gprs\",\"10.64.12.7.255.255.255.252\",\"10.64.12.8\",\"10.64.0.53\",\"10.64.0.54\"\r\n\r\nOK\r\n",
    ),
    Host("AT+CIPMODE=0;+CIPSENDMODE=0\r"),
    Modem("\r\nOK\r\n"),
    Host("AT+CIPCCFG=10,0,0,1,0,0,75000\r"),
    Modem("\r\nOK\r\n"),
    Host("AT+CIPTIMEOUT=75000,15000,15000\r"),
    Modem("\r\nOK\r\n"),
    Host("AT+NETOPEN?\r"),
    Modem("\r\n+NETOPEN: 0\r\n\r\nOK\r\n"),
    Host("AT+NETOPEN\r"),
    Modem("\r\nOK\r\n\r\n+NETOPEN: 0\r\n"),
    Host("AT+IPADDR\r"),
    Modem("\r\n+IPADDR: 10.64.12.7\r\n\r\nOK\r\n"),
    Host("AT+NETOPEN?\r"),
    Modem("\r\n+NETOPEN: 1\r\n\r\nOK\r\n"),
];

#[tokio::test(start_paused = true)]
async fn a_clean_bring_up() {
    Desk::named("open").plays(BRING_UP).await;
}

#[tokio::test(start_paused = true)]
async fn the_same_typed_octet_by_octet() {
    Desk::named("open").plays_by_octets(BRING_UP).await;
}

#[tokio::test(start_paused = true)]
async fn the_same_in_single_octets_from_the_modem() {
    let quirk = "[modem.quirks]\nfragment_octets = 1\nfragment_gap_ms = 2\n\n[modem.signature]";
    Desk::changed("open", "[modem.signature]", quirk)
        .plays(BRING_UP)
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_context_that_the_network_refuses() {
    let mut desk = Desk::named("pdp-refused");
    desk.asks("ATE0").await;
    desk.plays(&[
        Host("AT+CMEE=2\r"),
        Modem("\r\nOK\r\n"),
        Host("AT+CGACT=1,1\r"),
        Modem("\r\n+CME ERROR: requested service option not subscribed\r\n\r\n+CGEV: ME PDN DEACT 1\r\n"),
        Host("AT+CGACT?\r"),
        Modem("\r\n+CGACT: 1,0\r\n+CGACT: 2,0\r\n\r\nOK\r\n"),
        Host("AT+CGPADDR=1\r"),
        Modem("\r\n+CGPADDR: 1,\"0.0.0.0\"\r\n\r\nOK\r\n"),
        Host("AT+CEER\r"),
        Modem("\r\n+CEER: Requested service option not subscribed\r\n\r\nOK\r\n"),
        Host("AT+NETOPEN\r"),
        Modem("\r\nOK\r\n\r\n+NETOPEN: 1\r\n"),
        Host("AT+NETOPEN?\r"),
        Modem("\r\n+NETOPEN: 0\r\n\r\nOK\r\n"),
        Host("AT+IPADDR\r"),
        Modem("\r\n+IP ERROR: Network not opened\r\n\r\nERROR\r\n"),
        Host("AT+NETCLOSE\r"),
        Modem("\r\n+NETCLOSE: 2\r\n\r\nERROR\r\n"),
    ])
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_stack_is_open_already_in_words_and_in_numbers() {
    let mut desk = Desk::named("open");
    desk.opens_stack().await;
    desk.plays(&[
        Host("AT+NETOPEN\r"),
        Modem("\r\n+IP ERROR: Network is already opened\r\n\r\nERROR\r\n"),
        Host("AT+CIPCCFG=10,0,0,0,0,0,75000\r"),
        Modem("\r\nOK\r\n"),
        Host("AT+NETOPEN\r"),
        Modem("\r\n+IP ERROR: 4\r\n\r\nERROR\r\n"),
        Host("AT+IPADDR\r"),
        Modem("\r\n+IPADDR: 10.64.12.6\r\n\r\nOK\r\n"),
        Host("AT+CIPCLOSE?\r"),
        Modem("\r\n+CIPCLOSE: 0,0,0,0,0,0,0,0,0,0\r\n\r\nOK\r\n"),
    ])
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_name_that_does_not_resolve() {
    let mut desk = Desk::named("open");
    desk.opens_stack().await;
    let before = desk.seconds();
    desk.plays(&[
        Host("AT+CDNSGIP=\"mmsc.nowhere.invalid\"\r"),
        Modem("\r\n+CDNSGIP: 0,10\r\n\r\nERROR\r\n"),
    ])
    .await;
    assert!(
        desk.seconds() - before > 10.0,
        "silent resolvers must take their time"
    );
    desk.plays(&[
        Host("AT+CIPOPEN=0,\"TCP\",\"mmsc.nowhere.invalid\",80\r"),
        Modem("\r\nOK\r\n\r\n+CIPOPEN: 0,11\r\n"),
        Host("AT+CIPOPEN?\r"),
        Modem(
            "\r\n+CIPOPEN: 0\r\n+CIPOPEN: 1\r\n+CIPOPEN: 2\r\n+CIPOPEN: 3\r\n+CIPOPEN: 4\r\n+CIPOPEN: 5\r\n+CIPOPEN: 6\r\n+CIPOPEN: 7\r\n+CIPOPEN: 8\r\n+CIPOPEN: 9\r\n\r\nOK\r\n",
        ),
        Host("AT+CDNSGIP=\"MMSC.example\"\r"),
        Modem("\r\n+CDNSGIP: 1,\"MMSC.example\",\"192.0.2.80\"\r\n\r\nOK\r\n"),
    ])
    .await;
}

#[tokio::test(start_paused = true)]
async fn error_4_in_both_shapes() {
    let mut desk = Desk::named("open");
    desk.opens_stack().await;
    desk.plays(&[
        Host("AT+CIPOPEN=0,\"TCP\",\"192.0.2.80\",80\r"),
        Modem("\r\nOK\r\n\r\n+CIPOPEN: 0,0\r\n"),
    ])
    .await;
    let before = desk.seconds();
    desk.plays(&[
        Host("AT+CIPOPEN=0,\"TCP\",\"192.0.2.80\",80\r"),
        Modem("\r\n+CIPOPEN: 0,4\r\n\r\nERROR\r\n"),
    ])
    .await;
    assert!(
        desk.seconds() - before < 0.15,
        "a busy link is refused within milliseconds"
    );
    desk.plays(&[
        Host("AT+CIPOPEN?\r"),
        Modem(
            "\r\n+CIPOPEN: 0,\"TCP\",\"192.0.2.80\",80,-1\r\n+CIPOPEN: 1\r\n+CIPOPEN: 2\r\n+CIPOPEN: 3\r\n+CIPOPEN: 4\r\n+CIPOPEN: 5\r\n+CIPOPEN: 6\r\n+CIPOPEN: 7\r\n+CIPOPEN: 8\r\n+CIPOPEN: 9\r\n\r\nOK\r\n",
        ),
        Host("AT+CIPCLOSE?\r"),
        Modem("\r\n+CIPCLOSE: 1,0,0,0,0,0,0,0,0,0\r\n\r\nOK\r\n"),
        Host("AT+CIPCLOSE=0\r"),
        Modem("\r\nOK\r\n\r\n+CIPCLOSE: 0,0\r\n"),
        Host("AT+CIPCLOSE=0\r"),
        Modem("\r\n+CIPCLOSE: 0,4\r\n\r\nERROR\r\n"),
        Host("AT+CIPSEND=0,10\r"),
        Modem("\r\n+CIPERROR: 4\r\n\r\nERROR\r\n"),
        Host("AT+CIPOPEN=1,\"TCP\",\"192.0.2.81\",8080\r"),
        Modem("\r\nOK\r\n\r\n+CIPOPEN: 1,4\r\n"),
        Host("AT+CIPOPEN=2,\"TCP\",\"192.0.2.80\",80\r"),
        Modem("\r\nOK\r\n\r\n+CIPOPEN: 2,0\r\n"),
        Host("AT+CIPOPEN=10,\"TCP\",\"192.0.2.80\",80\r"),
        Modem("\r\n+IP ERROR: Invalid parameter\r\n\r\nERROR\r\n"),
        Host("AT+CIPOPEN=3,\"UDP\",\"192.0.2.80\",53,5000\r"),
        Modem("\r\n+CIPOPEN: 3,3\r\n\r\nERROR\r\n"),
        Host("AT+CIPOPEN=3,\"UDP\",,,5000\r"),
        Modem("\r\n+CIPOPEN: 3,0\r\n\r\nOK\r\n"),
        Host("AT+CIPCLOSE=3\r"),
        Modem("\r\n+CIPCLOSE: 3,0\r\n\r\nOK\r\n"),
        Host("AT+NETCLOSE\r"),
        Modem("\r\nOK\r\n\r\n+CIPCLOSE: 2,0\r\n\r\n+NETCLOSE: 0\r\n"),
        Host("AT+CIPOPEN=0,\"TCP\",\"192.0.2.80\",80\r"),
        Modem("\r\n+CIPOPEN: 0,2\r\n\r\nERROR\r\n"),
        Host("AT+CIPSEND=0,10\r"),
        Modem("\r\n+CIPERROR: 2\r\n\r\nERROR\r\n"),
    ])
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_silent_peer_ends_at_the_limit_with_10() {
    let mut desk = Desk::named("firewalled");
    desk.opens_stack().await;
    let before = desk.seconds();
    desk.plays(&[
        Host("AT+CIPTIMEOUT?\r"),
        Modem("\r\n+CIPTIMEOUT: 75000,15000,15000\r\n\r\nOK\r\n"),
        Host("AT+CIPOPEN=0,\"TCP\",\"192.0.2.80\",80\r"),
        Modem("\r\nOK\r\n\r\n+CIPOPEN: 0,10\r\n"),
    ])
    .await;
    let took = desk.seconds() - before;
    assert!((15.0..15.3).contains(&took), "{took}");
    desk.plays(&[
        Host("AT+CPING=\"192.0.2.80\",1,2,64,1000,10000,64\r"),
        Modem("\r\nOK\r\n\r\n+CPING: 2\r\n\r\n+CPING: 2\r\n\r\n+CPING: 3,2,0,2,0,0,0\r\n"),
        Host("AT+CPING=\"192.0.2.80\"\r"),
        Modem("\r\nERROR\r\n"),
    ])
    .await;
}

#[tokio::test(start_paused = true)]
async fn no_card_in_numbers_and_words() {
    let mut desk = Desk::named("no-sim");
    desk.asks("ATE0").await;
    desk.plays(&[
        Host("AT+CMEE=2\r"),
        Modem("\r\nOK\r\n"),
        Host("AT+CPIN?\r"),
        Modem("\r\n+CME ERROR: SIM not inserted\r\n"),
        Host("AT+CMEE=1\r"),
        Modem("\r\nOK\r\n"),
        Host("AT+CPIN?\r"),
        Modem("\r\n+CME ERROR: 10\r\n"),
        Host("AT+CMEE=0\r"),
        Modem("\r\nOK\r\n"),
        Host("AT+CPIN?\r"),
        Modem("\r\nERROR\r\n"),
        Host("AT+CMEE=2;+CIMI\r"),
        Modem("\r\n+CME ERROR: SIM not inserted\r\n"),
        Host("AT+CICCID\r"),
        Modem("\r\n+CME ERROR: SIM not inserted\r\n"),
        Host("AT+CREG?\r"),
        Modem("\r\n+CREG: 0,0\r\n\r\nOK\r\n"),
        Host("AT+CPSI?\r"),
        Modem("\r\n+CPSI: NO SERVICE,Online\r\n\r\nOK\r\n"),
        Host("AT+CMGF=0\r"),
        Modem("\r\nOK\r\n"),
        Host("AT+CMGL=4\r"),
        Modem("\r\n+CMS ERROR: SIM not inserted\r\n"),
        Host("AT+NETOPEN\r"),
        Modem("\r\nERROR\r\n"),
    ])
    .await;
}

#[tokio::test(start_paused = true)]
async fn out_of_reach_of_any_cell() {
    let mut desk = Desk::named("no-coverage");
    desk.asks("ATE0").await;
    desk.plays(&[
        Host("AT+CREG?;+CEREG?;+CGATT?\r"),
        Modem("\r\n+CREG: 0,2\r\n\r\n+CEREG: 0,2\r\n\r\n+CGATT: 0\r\n\r\nOK\r\n"),
        Host("AT+CSQ;+COPS?;+CPSI?\r"),
        Modem("\r\n+CSQ: 99,99\r\n\r\n+COPS: 0\r\n\r\n+CPSI: NO SERVICE,Online\r\n\r\nOK\r\n"),
        Host("AT+CMEE=2;+CGACT=1,1\r"),
        Modem("\r\n+CME ERROR: no network service\r\n\r\n+CGEV: ME PDN DEACT 1\r\n"),
    ])
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_restart_in_the_middle_of_a_session() {
    let mut desk = Desk::named("open");
    desk.opens_stack().await;
    desk.asks("AT+CGDCONT=5,\"IP\",\"kept\"").await;
    desk.plays(&[
        Host("AT+CIPOPEN=0,\"TCP\",\"192.0.2.80\",80\r"),
        Modem("\r\nOK\r\n\r\n+CIPOPEN: 0,0\r\n"),
        Host("AT+CIPSEND=0,4\r"),
        Modem("\r\n>"),
        Host("ping"),
        Modem("\r\nOK\r\n"),
    ])
    .await;
    let before = desk.seconds();
    desk.bench.modem.restart();
    desk.hears([0x00, 0xFC, 0xE0]).await;
    desk.plays(&[
        Modem("\r\nRDY\r\n\r\n+CPIN: READY\r\n\r\nSMS DONE\r\n\r\nPB DONE\r\n"),
        Host("AT\r"),
        Modem("AT\r\r\nOK\r\n"),
        Host("ATE0\r"),
        Modem("ATE0\r\r\nOK\r\n"),
        Host("AT+CIPRXGET?\r"),
        Modem("\r\n+CIPRXGET: 0\r\n\r\nOK\r\n"),
        Host("AT+NETOPEN?\r"),
        Modem("\r\n+NETOPEN: 0\r\n\r\nOK\r\n"),
        Host("AT+CIPCLOSE?\r"),
        Modem("\r\n+CIPCLOSE: 0,0,0,0,0,0,0,0,0,0\r\n\r\nOK\r\n"),
    ])
    .await;
    assert!(
        desk.seconds() - before > 23.0,
        "a real restart takes 23 s and more"
    );
    assert!(
        desk.asks("AT+CGDCONT?").await.contains("5,\"IP\",\"kept\""),
        "contexts survive a restart"
    );
}

#[tokio::test(start_paused = true)]
async fn echo_left_on() {
    Desk::named("open")
        .plays(&[
            Host("AT+CSQ\r"),
            Modem("AT+CSQ\r\r\n+CSQ: 21,99\r\n\r\nOK\r\n"),
            Host("AT+CSQ\r\n"),
            Modem("AT+CSQ\r\r\n+CSQ: 21,99\r\n\r\nOK\r\n"),
            Host("AT+CMGF=1\r"),
            Modem("AT+CMGF=1\r\r\nOK\r\n"),
            Host("AT+CMGS=\"+12025550123\"\r"),
            Modem("AT+CMGS=\"+12025550123\"\r\r\n> "),
            Host("hi\x1a"),
            Modem("hi\x1a\r\n+CMGS: 46\r\n\r\nOK\r\n"),
            Host("ATE0\r"),
            Modem("ATE0\r\r\nOK\r\n"),
            Host("A/"),
            Modem("\r\nOK\r\n"),
        ])
        .await;
}

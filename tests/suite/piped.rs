//! The console where there is no terminal.
use crate::process::{Home, text};

/// In a pipe there is no screen to open: how the bench stands is told once, and where to go on.
#[test]
fn without_a_terminal_the_console_tells_once_how_the_bench_stands() {
    let home = Home::new();
    let told = home.run(&["--world", "open"]);
    let out = text(&told.stdout);
    assert_eq!(told.status.code(), Some(0), "{out} {}", text(&told.stderr));
    for part in [
        "world open  SIM7600G-H",
        "SIM ready",
        "\nSignal\n  RSRP",
        "\nPDP contexts\n",
        "profile example/open",
        "Nothing was sent, no setting was changed. `mmscope send`",
    ] {
        assert!(out.contains(part), "{part} in {out}");
    }
    assert!(
        !out.contains('\x1b') && !out.contains("001010123456789"),
        "{out}"
    );
    // The reason is named, not the command that was just typed.
    let none = home.run(&["--world", "open", "--json"]);
    assert_eq!(none.status.code(), Some(2));
    let says = text(&none.stderr);
    assert!(says.contains("--json has nothing to print here"), "{says}");
    let none = home.run(&[]);
    assert_eq!(none.status.code(), Some(2), "no modem is named");
    let says = text(&none.stderr);
    assert!(
        says.contains("needs a terminal") && says.contains("mmscope send"),
        "{says}"
    );
    let mute = home.run(&["--world", "mute", "--sim-speed", "100"]);
    assert_eq!(mute.status.code(), Some(11), "{}", text(&mute.stdout));
    let out = text(&mute.stdout);
    assert!(out.contains("modem ?"), "{out}");
    for why in ["no answer to `AT`", "`AT` was not sent"] {
        let told = out.matches(why).count();
        assert_eq!(told, 1, "once, however often it happened: {out}");
    }
}

/// An outbox that somebody else has, or that is broken, is no trouble where nothing can be sent: no question is told of that nobody asks.
#[test]
fn an_outbox_that_cannot_be_used_is_no_trouble_of_a_look() {
    let home = Home::new();
    let outbox = home.path("outbox.jsonl");
    std::fs::write(&outbox, "no outbox\n").unwrap();
    let told = home.run(&["--world", "open", "--outbox", outbox.to_str().unwrap()]);
    let out = text(&told.stdout);
    assert_eq!(told.status.code(), Some(0), "{out}");
    assert!(!out.contains("until you agree"), "{out}");
    assert!(!out.contains("\n! "), "{out}");
}

/// That no setting was changed is true of what went to the modem, too.
#[test]
fn a_look_sends_no_command_that_changes_a_setting() {
    let home = Home::new();
    let record = home.path("look.jsonl");
    home.run(&["--world", "open", "--record", record.to_str().unwrap()]);
    let recorded = std::fs::read_to_string(&record).unwrap();
    assert!(recorded.contains("AT+CPIN?"), "it is recorded: {recorded}");
    for changes in [
        "AT+CGDCONT=",
        "AT+CGACT=",
        "AT+CGATT=",
        "AT+CSOCKSETPN=",
        "AT+CSOCKAUTH=",
        "AT+NETOPEN\"",
        "AT+CIPOPEN=",
        "AT+CNMI=",
        "AT+CMGF=",
        "AT+CPMS=",
        "AT+COPS=",
        "AT+CFUN=",
        "AT+CMGS",
        "AT+CMGD",
        "AT&W",
        "AT+CIPHEAD=",
        "AT+CIPMODE=",
    ] {
        assert!(!recorded.contains(changes), "{changes} in {recorded}");
    }
}

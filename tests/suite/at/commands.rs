//! Commands: their texts, what cannot enter them, and what is known of what people type.
use bytes::Bytes;
use mmscope::at::{
    Auth, Command, CommandError, LateFit, LateMatch, MAX_CHUNK, MAX_LINE, catalogue,
};
use mmscope::event::PdpType;
use proptest::prelude::*;
use std::time::Duration;

#[test]
fn commands_are_spelled_as_the_manual_has_them() {
    let s = Duration::from_secs;
    let rows = [
        (
            Command::cgdcont(3, PdpType::Ipv4v6, "mms.test").unwrap(),
            "AT+CGDCONT=3,\"IPV4V6\",\"mms.test\"",
        ),
        (Command::cgdcont_delete(3).unwrap(), "AT+CGDCONT=3"),
        (Command::cgact(true, 3).unwrap(), "AT+CGACT=1,3"),
        (
            Command::cgauth(3, Auth::Chap, "user", "secret").unwrap(),
            "AT+CGAUTH=3,2,\"secret\",\"user\"",
        ),
        (
            Command::cgauth(3, Auth::None, "", "").unwrap(),
            "AT+CGAUTH=3,0",
        ),
        (Command::csocksetpn(3).unwrap(), "AT+CSOCKSETPN=3"),
        (
            Command::ciptimeout(s(75), s(15), s(15)).unwrap(),
            "AT+CIPTIMEOUT=75000,15000,15000",
        ),
        (
            Command::cipopen_tcp(0, "192.0.2.80", 8080).unwrap(),
            "AT+CIPOPEN=0,\"TCP\",\"192.0.2.80\",8080",
        ),
        (
            Command::cipsend(0, Bytes::from_static(b"ping")).unwrap(),
            "AT+CIPSEND=0,4",
        ),
        (
            Command::ciprxget_take(0, 1500).unwrap(),
            "AT+CIPRXGET=2,0,1500",
        ),
        (Command::ciprxget_waiting(9).unwrap(), "AT+CIPRXGET=4,9"),
        (
            Command::cdnsgip("mmsc.example").unwrap(),
            "AT+CDNSGIP=\"mmsc.example\"",
        ),
    ];
    for (command, text) in rows {
        assert_eq!(command.text(), text);
    }
}

#[test]
fn a_name_cannot_smuggle_in_a_command() {
    for bad in [
        "a\"b",
        "a\rAT+CPOF",
        "a\nb",
        "a\0b",
        "a\u{1b}b",
        "a\u{7f}b",
        "ämter",
    ] {
        assert!(
            matches!(
                Command::cgdcont(1, PdpType::Ip, bad),
                Err(CommandError::Character { .. })
            ),
            "{bad:?}"
        );
        assert!(
            Command::cdnsgip(bad).is_err() && Command::cipopen_tcp(0, bad, 80).is_err(),
            "{bad:?}"
        );
        let error = Command::cgauth(1, Auth::Pap, "user", &format!("secret{bad}"))
            .unwrap_err()
            .to_string();
        assert!(
            !error.contains("secret"),
            "a password is not repeated: {error}"
        );
    }
    assert!(Command::typed("AT+CSQ\rAT+CPOF").is_err());
    assert!(Command::cmgs(3, "00\x1a").is_err());
    let error = Command::cdnsgip("a\rb").unwrap_err().to_string();
    assert!(
        error.contains("host name `a\\rb` holds a control character"),
        "{error}"
    );
}

#[test]
fn numbers_and_lengths_have_their_ranges() {
    assert!(
        Command::cgact(true, 0).is_err()
            && Command::cgact(true, 25).is_err()
            && Command::cgact(true, 100).is_ok()
    );
    assert!(Command::cipclose(9).is_ok() && Command::cipclose(10).is_err());
    assert!(Command::cipopen_tcp(0, "mmsc.example", 0).is_err());
    assert!(Command::cipsend(0, Bytes::new()).is_err());
    assert!(
        Command::cipsend(0, vec![0; MAX_CHUNK].into()).is_ok()
            && Command::cipsend(0, vec![0; MAX_CHUNK + 1].into()).is_err()
    );
    let s = Duration::from_secs;
    assert!(
        Command::ciptimeout(s(2), s(15), s(15)).is_err()
            && Command::ciptimeout(s(75), s(121), s(15)).is_err()
    );
    let just = format!("AT+X={}", "a".repeat(MAX_LINE - 3));
    assert!(Command::typed(&just).is_ok());
    assert_eq!(
        Command::typed(&format!("{just}a")).unwrap_err(),
        CommandError::TooLong {
            octets: MAX_LINE + 1
        }
    );
}

#[test]
fn typed_commands_have_the_manners_of_their_names() {
    let late = |t: &str| Command::typed(t).unwrap().late().map(|l| l.matches.clone());
    assert_eq!(late("at+netopen"), Some(LateMatch::Plain("+NETOPEN:")));
    assert_eq!(late("AT+NETOPEN?"), None);
    let open = LateMatch::Link {
        prefix: "+CIPOPEN:",
        link: 4,
        fields: 2,
    };
    assert_eq!(late("AT+CIPOPEN=4,\"TCP\",\"mmsc.example\",80"), Some(open));
    assert_eq!(late("AT+CIPOPEN=?"), None);
    assert!(Command::typed("AT+XYZ=1").unwrap().is_lax());
    for bad in ["", "A", "hello", "ÄT", "+CSQ"] {
        assert!(
            matches!(Command::typed(bad), Err(CommandError::NotACommand { .. })),
            "{bad}"
        );
    }
    assert!(matches!(
        Command::typed("AT+CIPSEND=0,10"),
        Err(CommandError::NeedsPayload { .. })
    ));
    assert!(
        Command::typed("AT+CIPSEND=0,").is_ok(),
        "the open-ended form can be cancelled"
    );
}

#[test]
fn late_results_fit_their_link_and_their_shape_only() {
    let open = LateMatch::Link {
        prefix: "+CIPOPEN:",
        link: 1,
        fields: 2,
    };
    for (line, fit) in [
        ("+CIPOPEN: 1,4", LateFit::End),
        ("+CIPOPEN: 0,4", LateFit::No),
        ("+CIPOPEN: 1", LateFit::No),
        ("+CIPOPEN: 1,\"TCP\",\"192.0.2.80\",80,-1", LateFit::No),
        ("+CIPERROR: 4", LateFit::No),
    ] {
        assert_eq!(open.fit(line), fit, "{line}");
    }
    let send = LateMatch::Link {
        prefix: "+CIPSEND:",
        link: 0,
        fields: 3,
    };
    assert_eq!(
        (send.fit("+CIPSEND: 0,4,4"), send.fit("+CIPERROR: 4")),
        (LateFit::End, LateFit::End)
    );
    assert_eq!(
        (
            LateMatch::Ping.fit("+CPING: 2"),
            LateMatch::Ping.fit("+CPING: 3,1,0,1,0,0,0")
        ),
        (LateFit::Part, LateFit::End)
    );
}

#[test]
fn read_only_lets_reading_through_and_nothing_else() {
    for reads in [
        "AT",
        "ATI",
        "at+csq",
        "AT+CGDCONT?",
        "AT+COPS=?",
        "AT+CGPADDR=1",
        "AT+CDNSGIP=\"a.example\"",
        "AT+CIPRXGET=4,0",
        "AT+CSQ;+CREG?",
    ] {
        assert!(!catalogue::changes_settings(reads), "{reads}");
    }
    for changes in [
        "ATE0",
        "AT&F",
        "ATZ",
        "ATD123;",
        "AT+CFUN=1",
        "AT+CGDCONT=1,\"IP\",\"x\"",
        "AT+NETOPEN",
        "AT+CIPSEND=0,",
        "AT+CMGS=17",
        "AT+CRESET",
        "AT+CSQ;+CFUN=0",
        "AT+CSQ; &F",
        "AT+NOBODYKNOWS",
        "AT+CIPRXGET=2,0,100",
        "A/",
        "AT+CIPCLOSE=0",
        "AT+CMGL=4",
        "ATE0+CSQ",
    ] {
        assert!(catalogue::changes_settings(changes), "{changes}");
    }
}

#[test]
fn what_hurts_and_what_comes_from_another_modem() {
    for hurts in [
        "AT+CFUN=0",
        "at+creset",
        "AT+CPOF",
        "AT+CUSBPIDSWITCH=9011,1,1",
        "AT&F",
        "AT+COPS=2",
        "AT+CSQ;+CPOF",
        "AT+CGDCONT=1,\"IP\",\"x\"",
    ] {
        assert!(catalogue::danger(hurts, false).is_some(), "{hurts}");
    }
    for harmless in [
        "AT+CFUN?",
        "AT+COPS?",
        "AT+CGDCONT=3,\"IP\",\"x\"",
        "AT+CSQ",
    ] {
        assert_eq!(catalogue::danger(harmless, false), None, "{harmless}");
    }
    for (while_it_runs, hurts) in [
        ("AT+NETCLOSE", true),
        ("AT+NETOPEN?", false),
        ("AT+CIPSEND=0,5", true),
        ("AT+CGDCONT=3,\"IP\",\"x\"", true),
        ("AT+CSQ", false),
    ] {
        assert_eq!(
            catalogue::danger(while_it_runs, true).is_some(),
            hurts,
            "{while_it_runs}"
        );
        assert_eq!(catalogue::danger(while_it_runs, false), None);
    }
    assert!(
        catalogue::equivalent("AT+CIPSTART=\"TCP\",\"a.example\",80")
            .unwrap()
            .starts_with("AT+CIPOPEN=")
    );
    assert_eq!(catalogue::equivalent("AT+CIFSR"), Some("AT+IPADDR"));
    assert_eq!(catalogue::equivalent("AT+CIPOPEN?"), None);
    assert_eq!(catalogue::find("at+cpsi?").unwrap().name, "AT+CPSI");
}

/// A command, what was typed after its prompt, and the octets that go out; `None` where it is refused.
#[test]
fn a_payload_goes_out_as_it_was_typed_or_not_at_all() {
    use mmscope::at::{Payload, payload};
    let table: &[(&str, &str, Option<&[u8]>)] = &[
        ("AT+CIPSEND=0,5", "hello", Some(b"hello")),
        ("AT+CIPSEND=0,4", r"\x1a\r\n\\", Some(b"\x1a\r\n\\")),
        ("AT+CIPSEND=0,3", "hex: 41 0d0a", Some(b"A\r\n")),
        ("AT+CIPSEND=0,5", "four", None),
        ("AT+CIPSEND=0,", "free", Some(b"free\x1a")),
        ("AT+CMGS=17", "0791AB", Some(b"0791AB\x1a")),
        (
            "AT+CMGS=\"+12025550123\"",
            "héllo",
            Some("héllo\x1a".as_bytes()),
        ),
        ("AT+CMGS=17", r"stops\x1aearly", None),
        ("AT+CMGS=17", r"no \q escape", None),
        ("AT+CMGS=17", r"cut \x4", None),
        ("AT+CMGS=17", "hex: 4", None),
        ("AT+CMGS=17", "hex: +f", None),
        ("AT+CMGS=17", "hex: 4é", None),
    ];
    for (command, typed, wanted) in table {
        let read = payload::read(typed).ok();
        let made = read.and_then(|octets| Command::typed_with(command, &octets).ok());
        let out = made.map(|c| match c.payload().unwrap() {
            Payload::Exact(octets) => octets.to_vec(),
            Payload::CtrlZ(octets) => [octets, &b"\x1a"[..]].concat(),
        });
        assert_eq!(out.as_deref(), *wanted, "{command} {typed}");
    }
    assert!(payload::read(&"x".repeat(1_501)).is_err());
    let refused = Command::typed_with("AT+CIPSEND=0,5", b"four").unwrap_err();
    assert_eq!(
        refused.to_string(),
        "`AT+CIPSEND=0,5` wants 5 octets after its prompt, and the payload has 4"
    );
}

proptest! {
    #[test]
    fn any_octets_can_be_typed_as_a_payload(octets in proptest::collection::vec(any::<u8>(), 0..200)) {
        use mmscope::at::payload::read;
        let digits: String = octets.iter().map(|o| format!("{o:02x} ")).collect();
        prop_assert_eq!(read(&format!("hex: {digits}")).unwrap(), octets.clone());
        let escapes: String = octets.iter().map(|o| format!("\\x{o:02X}")).collect();
        prop_assert_eq!(read(&escapes).unwrap(), octets);
    }

    #[test]
    fn no_payload_that_is_typed_breaks_anything(text in r"(hex:)?[ -~\\é]{0,60}") {
        let _ = mmscope::at::payload::read(&text);
    }

    #[test]
    fn whatever_is_typed_is_one_line_or_refused(text in "(AT|at)?[+&A-Za-z0-9=?;,\" \r\n\u{e4}]{0,80}|.{0,30}") {
        if let Ok(command) = Command::typed(&text) {
            prop_assert!(!command.text().contains(['\r', '\n']));
            let _ = (command.name(), command.names(&text), command.final_of(&text, true), command.claims(&text));
        }
        let _ = (catalogue::changes_settings(&text), catalogue::danger(&text, true), catalogue::wanted(&text), catalogue::beginning(&text), catalogue::find(&text), catalogue::equivalent(&text));
    }
}

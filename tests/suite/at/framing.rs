//! Octets into tokens: what a user would lose is an answer taken for another, or a modem that seems dead.
use bytes::Bytes;
use mmscope::at::{Command, Expect, Framer, LINE_BOUND, Payload, Token};
use mmscope::event::unescape;
use proptest::prelude::*;

fn tokens(framer: &mut Framer) -> Vec<Token> {
    std::iter::from_fn(|| framer.next_token()).collect()
}

/// Tokens as one readable line each.
fn told(tokens: &[Token]) -> Vec<String> {
    let text = |o: &Bytes| mmscope::event::escape(o);
    tokens
        .iter()
        .map(|t| match t {
            Token::Line { text, lost: 0 } => text.clone(),
            Token::Line { text, lost } => format!("{} octets and {lost} lost", text.len()),
            Token::Prompt => "PROMPT".into(),
            Token::Raw(o) => format!("RAW {}", text(o)),
            Token::Echo(o) => format!("ECHO {}", text(o)),
            Token::Noise(o) => format!("NOISE {}", text(o)),
        })
        .collect()
}

fn frame(command: Option<&Command>, wire: &[u8], cuts: &[usize]) -> Vec<String> {
    let mut framer = Framer::new();
    if let Some(command) = command {
        framer.expect(Expect::of(command));
    }
    let mut out = Vec::new();
    let mut rest = wire;
    for cut in cuts {
        let (now, later) = rest.split_at((*cut).min(rest.len()));
        framer.push(now);
        out.extend(tokens(&mut framer));
        rest = later;
    }
    framer.push(rest);
    out.extend(tokens(&mut framer));
    told(&out)
}

fn typed(text: &str) -> Command {
    Command::typed(text).unwrap()
}
fn send(octets: &'static [u8]) -> Command {
    Command::cipsend(0, Bytes::from_static(octets)).unwrap()
}
fn text_message() -> Command {
    typed("AT+CMGS=\"+12025550123\"").with_payload(Payload::CtrlZ("hi".into()))
}

/// Command in flight, what the modem writes (escaped), the tokens.
fn table() -> Vec<(Option<Command>, &'static str, Vec<&'static str>)> {
    let some = |t: &str| Some(typed(t));
    vec![
        (
            None,
            r"\r\nRDY\r\n\r\n+CPIN: READY\r\n\r\nSMS DONE\r\n",
            vec!["RDY", "+CPIN: READY", "SMS DONE"],
        ),
        (
            some("AT+CSQ"),
            r"\r\n+CSQ: 21,99\r\n\r\nOK\r\n",
            vec!["+CSQ: 21,99", "OK"],
        ),
        // echo with CR, with CR CR LF, with CR LF
        (
            some("AT+CSQ"),
            r"AT+CSQ\r\r\n+CSQ: 21,99\r\n\r\nOK\r\n",
            vec!["ECHO AT+CSQ", "+CSQ: 21,99", "OK"],
        ),
        (
            some("AT+CSQ"),
            r"AT+CSQ\r\n\r\n+CSQ: 21,99\r\n\r\nOK\r\n",
            vec!["ECHO AT+CSQ", "+CSQ: 21,99", "OK"],
        ),
        // an echo of something else is a line, and is not taken for ours
        (
            some("AT+CSQ"),
            r"AT+CREG?\r\r\nOK\r\n",
            vec!["AT+CREG?", "OK"],
        ),
        // without echo the first line of the answer is not eaten
        (
            some("AT+CGMM"),
            r"\r\nSIMCOM_SIM7600G-H\r\n\r\nOK\r\n",
            vec!["SIMCOM_SIM7600G-H", "OK"],
        ),
        // numeric results end with CR alone
        (some("AT"), r"0\r", vec!["0"]),
        // prompt with and without blank, with echo of the payload
        (
            Some(send(b"ping")),
            r"\r\n>\r\nOK\r\n",
            vec!["PROMPT", "OK"],
        ),
        (
            Some(send(b"ping")),
            r"\r\n> \r\nOK\r\n",
            vec!["PROMPT", "OK"],
        ),
        (
            Some(send(b"HELLO")),
            r"AT+CIPSEND=0,5\r\r\n>HELLO\r\nOK\r\n",
            vec!["ECHO AT+CIPSEND=0,5", "PROMPT", "ECHO HELLO", "OK"],
        ),
        (
            Some(send(b"\r\nOK\r\nERROR\r\n")),
            r"AT+CIPSEND=0,13\r\r\n>\r\nOK\r\nERROR\r\n\r\nOK\r\n",
            vec![
                "ECHO AT+CIPSEND=0,13",
                "PROMPT",
                r"ECHO \r\nOK\r\nERROR\r\n",
                "OK",
            ],
        ),
        // the same payload with echo off: OK is the result
        (
            Some(send(b"\r\nOK\r\nERROR\r\n")),
            r"\r\n>\r\nOK\r\n",
            vec!["PROMPT", "OK"],
        ),
        // an announcement between prompt and the payload's echo
        (
            Some(send(b"HELLO")),
            r"AT+CIPSEND=0,5\r\r\n>\r\n+CREG: 1\r\nHELLO\r\nOK\r\n",
            vec![
                "ECHO AT+CIPSEND=0,5",
                "PROMPT",
                "+CREG: 1",
                "ECHO HELLO",
                "OK",
            ],
        ),
        (
            Some(text_message()),
            r#"AT+CMGS="+12025550123"\r\r\n> hi\x1a\r\n+CMGS: 46\r\n\r\nOK\r\n"#,
            vec![
                r#"ECHO AT+CMGS="+12025550123""#,
                "PROMPT",
                r"ECHO hi\x1a",
                "+CMGS: 46",
                "OK",
            ],
        ),
        // a > where no prompt can come is text
        (some("AT+CSQ"), r"\r\n> x\r\n", vec!["> x"]),
        // counted raw data may hold anything
        (
            some("AT+CIPRXGET=2,0,100"),
            r"\r\n+CIPRXGET: 2,0,12,0\r\n\r\nOK\r\n\x00\xff>\r\n\r\nOK\r\n",
            vec![
                "+CIPRXGET: 2,0,12,0",
                r"RAW \r\nOK\r\n\x00\xff>\r\n\r",
                "OK",
            ],
        ),
        (
            some("AT+CIPRXGET=2,0,100"),
            r"\r\n+CIPRXGET: 2,0,2,0\r\n\n\n\r\n\r\nOK\r\n",
            vec!["+CIPRXGET: 2,0,2,0", r"RAW \n\n", "OK"],
        ),
        (
            some("AT+CIPRXGET=2,0,100"),
            r"\r\n+CIPRXGET: 2,0,0,0\r\n\r\nOK\r\n",
            vec!["+CIPRXGET: 2,0,0,0", "RAW ", "OK"],
        ),
        // the data announcement counts nothing
        (
            some("AT+CIPRXGET=2,0,100"),
            r"\r\n+CIPRXGET: 1,0\r\n\r\nOK\r\n",
            vec!["+CIPRXGET: 1,0", "OK"],
        ),
        // an absurd count is a line
        (
            some("AT+CIPRXGET=2,0,100"),
            r"\r\n+CIPRXGET: 2,0,99999999,0\r\n\r\nOK\r\n",
            vec!["+CIPRXGET: 2,0,99999999,0", "OK"],
        ),
        // a power dip before RDY; NULs alone are nothing
        (
            None,
            r"\x00\xfc\xe0\r\nRDY\r\n",
            vec![r"NOISE \xfc\xe0", "RDY"],
        ),
        (None, r"\x00\xfc\xe0RDY\r\n", vec![r"NOISE \xfc\xe0", "RDY"]),
        (None, r"\x00\x00\r\n\x00OK\r\n", vec!["OK"]),
        // control characters inside reach nobody raw
        (None, r"+X: \x1b[2J\r\n", vec![r"+X: \x1b[2J"]),
    ]
}

#[test]
fn every_way_in_which_a_modem_frames_is_read() {
    for (command, wire, wanted) in table() {
        let octets = unescape(wire).unwrap();
        assert_eq!(frame(command.as_ref(), &octets, &[]), wanted, "{wire}");
    }
}

#[test]
fn octet_by_octet_gives_the_same() {
    for (command, wire, wanted) in table() {
        let octets = unescape(wire).unwrap();
        let ones = vec![1; octets.len()];
        assert_eq!(frame(command.as_ref(), &octets, &ones), wanted, "{wire}");
    }
}

#[test]
fn every_single_cut_gives_the_same() {
    for (command, wire, wanted) in table() {
        let octets = unescape(wire).unwrap();
        for cut in 0..octets.len() {
            assert_eq!(
                frame(command.as_ref(), &octets, &[cut]),
                wanted,
                "{wire} cut at {cut}"
            );
        }
    }
}

#[test]
fn a_line_without_end_costs_no_memory_and_the_next_one_is_read() {
    let mut framer = Framer::new();
    let million = vec![b'a'; 1_000_000];
    for _ in 0..10 {
        framer.push(&million);
        assert_eq!(framer.next_token(), None);
    }
    framer.push(b"\r\n\r\nOK\r\n");
    let lost = 10_000_000 - LINE_BOUND;
    assert_eq!(
        told(&tokens(&mut framer)),
        [format!("{LINE_BOUND} octets and {lost} lost"), "OK".into()]
    );
}

#[test]
fn raw_data_that_stop_in_the_middle_are_lines_again_after_the_exchange() {
    let mut framer = Framer::new();
    framer.expect(Expect::of(&typed("AT+CIPRXGET=2,0,100")));
    framer.push(b"\r\n+CIPRXGET: 2,0,90,0\r\nHTTP/1.1 200\r\n\r\nRDY\r\n");
    assert_eq!(told(&tokens(&mut framer)), ["+CIPRXGET: 2,0,90,0"]);
    framer.settle();
    assert_eq!(told(&tokens(&mut framer)), ["HTTP/1.1 200", "RDY"]);
}

proptest! {
    #[test]
    fn any_octets_in_any_cut_give_the_same_tokens(
        which in 0..24usize,
        wire in prop::collection::vec(prop_oneof![
            Just(b'\r'), Just(b'\n'), Just(b'>'), Just(b' '), Just(b'O'), Just(b'K'), Just(0u8), Just(0xffu8), any::<u8>()
        ], 0..200),
        after in any::<bool>(),
        cuts in prop::collection::vec(0..9usize, 0..60),
    ) {
        let table = table();
        let (command, prefix, _) = &table[which % table.len()];
        let mut octets = if after { unescape(prefix).unwrap() } else { vec![] };
        octets.extend(wire);
        prop_assert_eq!(frame(command.as_ref(), &octets, &cuts), frame(command.as_ref(), &octets, &[]));
    }

    #[test]
    fn no_line_holds_control_characters(wire in prop::collection::vec(any::<u8>(), 0..300)) {
        for line in frame(None, &wire, &[]) {
            prop_assert!(line.bytes().all(|b| (0x20..0x7f).contains(&b)), "{}", line);
        }
    }
}

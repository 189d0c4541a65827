//! The journal: numbers, times, losses, masks; a recording that is read back, and one that is broken.
use mmscope::event::{
    Direction, Event, Failure, Level, Notice, Octets, Recorder, SendResult, Stage, StageState,
    StageStep, What, Wire, escape, redact, unescape,
};
use mmscope::journal::{Clock, Journal, ReadError, Writer, masked, read_events};
use proptest::prelude::*;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

fn clock(speed: f64) -> Clock {
    Clock::start("2026-11-22T12:00:00Z".parse().unwrap(), speed)
}

fn notice(text: &str) -> What {
    What::Notice(Notice {
        level: Level::Info,
        text: text.to_owned(),
        because: None,
    })
}

/// A place to write to that can be looked at, and that can be slow or full.
#[derive(Clone, Default)]
struct Paper {
    text: Arc<Mutex<Vec<u8>>>,
    full: bool,
}

impl io::Write for Paper {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        if self.full {
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        self.text.lock().unwrap().extend_from_slice(octets);
        Ok(octets.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Paper {
    fn text(&self) -> String {
        String::from_utf8(self.text.lock().unwrap().clone()).unwrap()
    }
}

#[tokio::test(start_paused = true)]
async fn events_are_numbered_and_timed_in_the_worlds_time() {
    let journal = Journal::begin(clock(20.0), Some("mint".into()), Vec::new());
    tokio::time::advance(Duration::from_millis(100)).await;
    let id = journal.record(notice("later"));
    let events = journal.since(0);
    assert_eq!(events.iter().map(|e| e.id).collect::<Vec<_>>(), [1, id]);
    assert_eq!(
        (events[1].ms, events[1].at.as_str()),
        (2000, "2026-11-22T12:00:02.000Z")
    );
    assert_eq!(journal.known().last, id);
}

#[test]
fn a_recording_is_read_back_as_it_was() {
    let paper = Paper::default();
    let journal = Journal::begin(
        clock(1.0),
        None,
        vec![Writer::start(Box::new(paper.clone()), true)],
    );
    journal.record(What::Wire(Wire {
        dir: Direction::Rx,
        octets: Octets::copy(b"\r\n+CSQ: 21,99\r\n\\ \x1b[31m\xff"),
    }));
    journal.record(notice("a “word” \u{1f389}"));
    journal.close_writers();
    let read: Vec<Event> = read_events(paper.text().as_bytes())
        .map(Result::unwrap)
        .collect();
    let live: Vec<Event> = journal.since(0).iter().map(|e| (**e).clone()).collect();
    assert_eq!(read, live);
    assert!(
        !paper.text().contains('\u{1b}'),
        "no escape sequence stands raw in a recording"
    );
}

#[test]
fn a_full_disk_is_counted_and_holds_nothing_back() {
    let paper = Paper {
        full: true,
        ..Paper::default()
    };
    let writer = Writer::start(Box::new(paper), true).named("the recording /somewhere/x.jsonl");
    let journal = Journal::begin(clock(1.0), None, vec![writer]);
    for n in 0..20_000 {
        journal.record(notice(&format!(
            "event {n}, long enough to fill the buffer between the journal and the disk"
        )));
    }
    // The thread meets the full disk in its own time; the journal tells it with the next event.
    let told = (0..400).any(|_| {
        std::thread::sleep(Duration::from_millis(10));
        journal.record(notice("and on"));
        journal.known().counts.lost > 0
    });
    assert!(told, "the loss is known");
    let reason = io::Error::from(io::ErrorKind::StorageFull).to_string();
    let told = journal.since(0);
    let alarm = |e: &Arc<Event>| match &e.what {
        What::Notice(n) if n.level == Level::Alarm => Some(n.text.clone()),
        _ => None,
    };
    let first = told.iter().find_map(alarm).unwrap();
    let last = journal.close_writers();
    for says in [&first, &last[0]] {
        for part in ["/somewhere/x.jsonl", &reason, "Make room"] {
            assert!(says.contains(part), "no {part} in: {says}");
        }
    }
    let events = journal.since(0);
    let alarms = events
        .iter()
        .filter(|e| matches!(&e.what, What::Notice(n) if n.level == Level::Alarm))
        .count();
    assert!(
        (1..40).contains(&alarms),
        "it is shown, and not as a flood of its own: {alarms}"
    );
}

/// What stands in a file, and the words that the error must have.
const BROKEN: &[(&str, &str)] = &[
    ("", "begins with a `session` line"),
    ("hello\n", "begins with a `session` line"),
    (
        r#"{"id":1,"at":"","ms":0,"event":"notice","level":"info","text":"x"}"#,
        "begins with a `session` line",
    ),
    (
        r#"{"id":1,"at":"","ms":0,"event":"session","format":99,"program":"","speed":1.0}"#,
        "use a newer mmscope",
    ),
];

#[test]
fn a_broken_recording_is_refused_with_line_and_remedy() {
    for (text, words) in BROKEN {
        let error = read_events(text.as_bytes()).next().unwrap().unwrap_err();
        assert!(error.to_string().contains(words), "{text}: {error}");
    }
    let cut = format!(
        "{}\n{}",
        r#"{"id":1,"at":"","ms":0,"event":"session","format":1,"program":"","speed":1.0}"#,
        r#"{"id":2,"at":"","#
    );
    let all: Vec<_> = read_events(cut.as_bytes()).collect();
    assert_eq!(all.len(), 2, "what was whole is read");
    assert!(matches!(
        &all[1],
        Err(ReadError::NotAnEvent { line: 2, .. })
    ));
}

fn wire(octets: &[u8]) -> Event {
    Event {
        id: 2,
        at: String::new(),
        ms: 0,
        what: What::Wire(Wire {
            dir: Direction::Rx,
            octets: Octets::copy(octets),
        }),
    }
}

/// What a line, a command or an error says, and what of it may be written.
const SECRETS: &[(&str, &str)] = &[
    (
        r#"AT+CGAUTH=1,1,"secret","user""#,
        r#"AT+CGAUTH=1,1,"******","****""#,
    ),
    (r#"+CGAUTH: 1,1,"user""#, r#"+CGAUTH: 1,1,"****""#),
    ("at+cgauth=1,1,secret,user", "at+cgauth=1,1,******,****"),
    (r#"AT+CPIN="4711""#, r#"AT+CPIN="****""#),
    ("AT+CPIN=4711;+CSQ", "AT+CPIN=****;+CSQ"),
    (
        r#"AT+CPIN="12345678","4711": no answer within 5 s"#,
        r#"AT+CPIN="********","****": no answer within 5 s"#,
    ),
    ("+CPIN: SIM PIN", "+CPIN: SIM PIN"),
    ("+CPIN: READY", "+CPIN: READY"),
    (r#"AT+CLCK="SC",1,"4711""#, r#"AT+CLCK="**",1,"****""#),
    ("+CLCK: 1", "+CLCK: 1"),
    (
        r#"AT+CPWD="SC","4711","0815""#,
        r#"AT+CPWD="**","****","****""#,
    ),
    (
        r#"AT+CGDCONT=1,"IP","wholesale""#,
        r#"AT+CGDCONT=1,"IP","wholesale""#,
    ),
    (
        "no answer from +12025550123, try jane.doe@example.org",
        "no answer from +120255*****, try ********@example.org",
    ),
    ("310240000000123", "310240*********"),
    ("10.177.0.34:8080 at 12:00", "10.177.0.34:8080 at 12:00"),
    (
        "AT+CPIN=4711\r\nAT+CSQ=\"x\"",
        "AT+CPIN=****\r\nAT+CSQ=\"x\"",
    ),
];

#[test]
fn passwords_pins_numbers_and_addresses_are_hidden_and_nothing_else() {
    for (text, written) in SECRETS {
        assert_eq!(redact(text), *written);
    }
}

/// An event that carries the text in all its places.
fn telling(text: &str) -> Vec<What> {
    let failure = Failure {
        what: text.into(),
        raw: text.into(),
        means: text.into(),
        advice: text.into(),
    };
    let json = |fields: &str| {
        let quoted = serde_json::to_string(text).unwrap();
        serde_json::from_str(&fields.replace("TEXT", &quoted)).unwrap()
    };
    let stage = |state| {
        What::Stage(StageStep {
            fetch: None,
            send: 1,
            stage: Stage::Bearer,
            state,
            stage_ms: 0,
            evidence: Vec::new(),
        })
    };
    vec![
        notice(text),
        stage(StageState::Failed(failure.clone())),
        stage(StageState::Done { says: text.into() }),
        stage(StageState::Skipped { says: text.into() }),
        What::Result(SendResult {
            error: Some(failure),
            response_text: Some(text.into()),
            ..SendResult::default()
        }),
        json(r#"{"event":"settings","step":"restored","commands":[TEXT]}"#),
        json(r#"{"event":"act","act":"at","command":TEXT}"#),
        json(r#"{"event":"line","dir":"rx","role":"answer","text":TEXT}"#),
        json(
            r#"{"event":"exchange","number":1,"command":TEXT,"lines":[TEXT],"ending":{"final":TEXT},"shape":"at_once","final_ms":1,"since":1,"purpose":"person"}"#,
        ),
        json(r#"{"event":"serial","name":"x","state":{"lost":TEXT}}"#),
        json(
            r#"{"event":"http","send":1,"part":"answer","status":500,"line":TEXT,"headers":[["x",TEXT]],"body":1,"begins":TEXT}"#,
        ),
    ]
}

#[test]
fn no_event_carries_a_secret_out_of_the_program() {
    let text = r#"AT+CGAUTH=1,1,"hunter2","jane": refused; +12025550123 and jane.doe@example.org"#;
    for what in telling(text) {
        let event = Event { what, ..wire(b"") };
        let written = serde_json::to_string(&*masked(&event, &mut Default::default())).unwrap();
        for secret in ["hunter2", "jane", "5550123"] {
            assert!(!written.contains(secret), "{secret} in {written}");
        }
    }
}

#[test]
fn what_a_carrier_asks_for_stays_readable() {
    let event = Event {
        what: What::Result(SendResult {
            transaction_id: Some("T1763812345678".into()),
            message_id: Some("20261122120000123@mmsc".into()),
            ..SendResult::default()
        }),
        ..wire(b"")
    };
    let written = serde_json::to_string(&*masked(&event, &mut Default::default())).unwrap();
    assert!(written.contains("T1763812345678") && written.contains("20261122120000123@mmsc"));
}

/// What reaches the recording of octets that came in these pieces.
fn written_of(whole: &[u8], cuts: &[usize]) -> Vec<u8> {
    let mut places: Vec<usize> = cuts.iter().map(|c| (*c).min(whole.len())).collect();
    places.extend([0, whole.len()]);
    places.sort_unstable();
    let mut carry = Default::default();
    let mut out = Vec::new();
    for pair in places.windows(2) {
        if let What::Wire(w) = &masked(&wire(&whole[pair[0]..pair[1]]), &mut carry).what {
            out.extend_from_slice(&w.octets.0);
        }
    }
    out
}

proptest! {
    /// Most texts are seen to be harmless at a glance. What is hidden in a text must be what is hidden in the same octets on the wire, where nothing is
    /// passed over.
    #[test]
    fn a_glance_at_a_text_hides_what_a_close_look_hides(text in "([ -~]|[0-9]{8,10}|[Cc][Pp][Ii][Nn]|CGAUTH|CLCK|CPWD|=|:|,|\"|@|a@b\\.cd){0,30}") {
        let line = format!("{text}\n");
        let wire = String::from_utf8(written_of(line.as_bytes(), &[])).unwrap();
        prop_assert_eq!(redact(&line), wire);
    }
}

proptest! {
    /// However a command with a password is cut into chunks, no octet of it reaches the recording.
    #[test]
    fn a_password_on_the_wire_is_hidden_however_it_is_cut(before in proptest::collection::vec(any::<u8>(), 0..8), secret in "[ -!#-~]{1,12}", name in "CGAUTH|CPIN|CLCK|CPWD", cuts in proptest::collection::vec(0usize..60, 0..8)) {
        let head = [&before[..], format!("\r\nAT+{name}=1,\"").as_bytes()].concat();
        let whole = [&head[..], secret.as_bytes(), b"\"\r\nOK\r\n"].concat();
        let out = written_of(&whole, &cuts);
        prop_assert_eq!(out.len(), whole.len());
        prop_assert!(out[head.len()..head.len() + secret.len()].iter().all(|o| *o == b'*'));
        prop_assert!(out.ends_with(b"\"\r\nOK\r\n"));
    }

    /// However a recipient's e-mail address in a PDU is cut into chunks, its local part does not reach the recording.
    #[test]
    fn an_address_on_the_wire_is_hidden_however_it_is_cut(before in proptest::collection::vec(any::<u8>(), 0..8), local in "[a-z][a-z0-9._+-]{0,20}", cuts in proptest::collection::vec(0usize..60, 0..8)) {
        let head = [&before[..], &[0x97]].concat();
        let whole = [&head[..], local.as_bytes(), b"@example.org\0\x8d\x92"].concat();
        let out = written_of(&whole, &cuts);
        prop_assert_eq!(out.len(), whole.len());
        prop_assert!(out[head.len()..head.len() + local.len()].iter().all(|o| *o == b'*'), "{}", String::from_utf8_lossy(&out));
    }

    /// However an identity is cut into chunks, its last digits do not reach the recording, and no octet changes its place.
    #[test]
    fn an_identity_on_the_wire_is_masked_however_it_is_cut(before in "[^0-9]{0,8}", digits in "[0-9]{15}", cuts in proptest::collection::vec(0usize..30, 0..4)) {
        let whole = format!("{before}{digits}\r\nOK\r\n");
        let mut places: Vec<usize> = cuts.iter().map(|c| (*c).min(whole.len())).filter(|c| whole.is_char_boundary(*c)).collect();
        places.extend([0, whole.len()]);
        places.sort_unstable();
        let mut carry = Default::default();
        let mut out = Vec::new();
        for pair in places.windows(2) {
            let event = wire(&whole.as_bytes()[pair[0]..pair[1]]);
            if let What::Wire(w) = &masked(&event, &mut carry).what {
                out.extend_from_slice(&w.octets.0);
            }
        }
        prop_assert_eq!(out.len(), whole.len());
        let text = String::from_utf8_lossy(&out);
        prop_assert!(!text.contains(&digits[6..]), "{}", text);
        prop_assert!(text.ends_with("\r\nOK\r\n"));
    }

    /// Any octets survive being written as text.
    #[test]
    fn escaping_is_undone_by_unescaping(octets in proptest::collection::vec(any::<u8>(), 0..300)) {
        let text = escape(&octets);
        prop_assert!(text.bytes().all(|b| (0x20..0x7f).contains(&b)));
        prop_assert_eq!(unescape(&text).unwrap(), octets);
    }

    /// Any text is either refused or read; nothing panics.
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
        let _ = unescape(&text);
        let _ = read_events(text.as_bytes()).count();
    }
}

#[test]
fn a_pdu_keeps_the_place_of_every_octet_while_its_identities_are_hidden() {
    use mmscope::event::PduSeen;

    let octets = b"\x8C\x80\x98T1\x00\x97+12025550123/TYPE=PLMN\x00\x96\x06\xEAhello\x00";
    let event = Event {
        id: 1,
        at: String::new(),
        ms: 0,
        what: What::Pdu(PduSeen {
            dir: Direction::Tx,
            send: Some(1),
            octets: Octets::copy(octets),
        }),
    };
    let masked = masked(&event, &mut Default::default());
    let What::Pdu(seen) = &masked.what else {
        panic!("{masked:?}")
    };
    let shown = &seen.octets.0;
    assert_eq!(shown.len(), octets.len());
    assert!(!shown.windows(7).any(|w| w == b"5550123"), "{shown:?}");
    assert!(shown.ends_with(b"hello\x00") && shown.starts_with(b"\x8C\x80\x98T1\x00\x97"));
}

#[test]
fn what_is_known_keeps_the_newest_pdus_within_bounds() {
    use mmscope::event::PduSeen;
    use mmscope::known::{Known, PDU_OCTETS, PDUS};

    let mut known = Known::default();
    let tell = |known: &mut Known, id: u64, size: usize| {
        let what = What::Pdu(PduSeen {
            dir: Direction::Rx,
            send: None,
            octets: Octets(vec![0x8C; size].into()),
        });
        known.apply(&Event {
            id,
            at: String::new(),
            ms: id,
            what,
        });
    };
    for id in 0..2 * PDUS as u64 {
        tell(&mut known, id, 10);
    }
    assert_eq!(known.pdus.len(), PDUS);
    for id in 100..110 {
        tell(&mut known, id, PDU_OCTETS / 4);
    }
    assert_eq!(known.pdus.len(), 4);
    tell(&mut known, 200, 2 * PDU_OCTETS);
    assert_eq!(known.pdus.iter().map(|p| p.id).collect::<Vec<_>>(), [200]);
}

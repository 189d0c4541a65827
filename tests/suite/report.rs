//! The report: what a person would lose is either the fact that the support desk needs, or his privacy.
use crate::story::Beginning;
use mmscope::bench::Probe;
use mmscope::event::{self, Code, Confidence, Depth, Verdict};
use mmscope::event::{Direction, Event, EventId, Imsi, Msisdn, Octets, Shape, What, Wire};
use mmscope::event::{Link, LinkState, Message, Session, Stage, StageState, StageStep};
use mmscope::report::{
    Captured, Examination, Facts, Options, Reveal, Reveals, Witness, check, document, letter,
    pcapng,
};
use proptest::prelude::*;
use std::sync::Arc;

/// What happens when a world's own draft is sent in it.
async fn session(world: &str, profile: Option<&'static str>) -> Vec<Arc<Event>> {
    let mut beginning = Beginning::world(world);
    beginning.profile = profile;
    beginning.watchful = true;
    let story = beginning.open();
    // The first look tells of modem and SIM, where there are any to tell of.
    if !["no-sim", "no-coverage"].contains(&world) {
        story.until(|known| known.sim.is_some()).await;
    }
    story.send(story.draft()).await;
    story.events()
}

fn facts(events: &[Arc<Event>]) -> Facts {
    let mut facts = Facts::default();
    events.iter().for_each(|event| facts.take(event));
    facts
}

/// The simulated person's identities, as a live session knows them.
fn identities() -> Vec<String> {
    [
        "+12025550199",
        "+12025550123",
        "310240000000123",
        "8901240000000000123",
        "490154203237518",
    ]
    .map(str::to_owned)
    .to_vec()
}

fn revealing(reveals: &[Reveal]) -> Reveals {
    Reveals(reveals.iter().copied().collect())
}

#[tokio::test(start_paused = true)]
async fn the_first_attempt_as_a_report() {
    let facts = facts(&session("mint", None).await);
    let identities = identities();
    let options = Options {
        identities: &identities,
        ..Options::default()
    };
    let document = document(&facts, &options).unwrap();
    let text = document.text();
    for measured in [
        "SIMCOM_SIM7600G-H",
        "49015420*******",
        "GID1:",
        "756D",
        "RSRP -101.4 dBm",
        "P01 error",
        "wholesale.mmsmvno.com  A       module    context 1 (Wholesale, IP)  10.175.85.144",
        "10.175.85.144:8080",
        "did not open: code 4, after OK",
        "connect   FAILED",
        "Do not send this letter yet: the profile has errors (P01, P02)",
        "Revealed on request: nothing",
    ] {
        assert!(text.contains(measured), "{measured} is missing in\n{text}");
    }
    for hidden in ["5550", "48.31.195.38", "Dear friend", "22410513"] {
        assert!(!text.contains(hidden), "{hidden} stands in\n{text}");
    }
    let markdown = document.markdown();
    assert!(
        markdown.contains("| connect | FAILED |")
            && markdown.contains("\n## Letter to the carrier\n"),
        "{markdown}"
    );
    let json: serde_json::Value = serde_json::from_str(&document.json().unwrap()).unwrap();
    assert_eq!(json["sections"][0]["heading"], "Session");
}

#[tokio::test(start_paused = true)]
async fn the_letter_says_what_was_measured_and_nothing_else() {
    let facts = facts(&session("mint", None).await);
    let plain = letter(&facts, &Options::default()).unwrap().unwrap();
    let lines: Vec<&str> = plain.lines().collect();
    assert_eq!(
        lines[0],
        "Subject: MMS send fails before HTTP: no TCP connection to wholesale.mmsmvno.com:8080"
    );
    let begin = |word: &str| lines.iter().find(|l| l.starts_with(word)).copied();
    let line = begin("- Line:").unwrap();
    assert!(
        line.contains("MSISDN +1 *** *** **99") && line.contains("IMSI network 310-240, GID1 756D"),
        "{line}"
    );
    let bearer = begin("- Bearer:").unwrap();
    for part in [
        "APN requested Wholesale / granted",
        "CID",
        "type requested",
        "/24 (public)",
        "DNS 10.177.0.34",
    ] {
        assert!(bearer.contains(part), "{part} in {bearer}");
    }
    let attempts = begin("- Attempts:").unwrap();
    assert!(
        attempts.contains("1 to port 8080 (IPv4): did not open"),
        "{attempts}"
    );
    // Nobody tried anything else, nobody asked a person: there are no such lines, and no theory.
    for absent in [
        "- Controls",
        "- Seen by me",
        "IPv6",
        "plan",
        "provision my modem",
        "I can use SMS",
    ] {
        assert!(!plain.contains(absent), "{absent} in\n{plain}");
    }
    assert!(plain.contains("4. Do you see the SYN"));

    let witness = Witness {
        phone_sends: Some(true),
        inbound: Some(false),
        plan: Some("15 GB, +12025550123".into()),
        ..Witness::default()
    };
    let options = Options {
        witness,
        zone: Some(jiff::tz::TimeZone::fixed(jiff::tz::offset(-5))),
        ..Options::default()
    };
    let told = letter(&facts, &options).unwrap().unwrap();
    assert!(
        told.contains("same SIM in a phone: sends, incoming MMS notification: no"),
        "{told}"
    );
    assert!(
        told.contains("2026-11-22 12:00:")
            && told.contains("07:00:")
            && told.contains("-0500 local"),
        "{told}"
    );
    assert!(
        !told.contains("5550123"),
        "what a person types is looked through as well: {told}"
    );
}

/// There is a letter only where the carrier could see something, and not once it works.
#[tokio::test(start_paused = true)]
async fn no_letter_where_the_carrier_has_nothing_to_mend() {
    let table = [
        ("open", None, false),
        ("no-sim", None, false),
        ("pdp-refused", None, true),
        ("dns-dead", None, true),
        ("mmsc-refuses", None, true),
        ("mint", None, true),
        ("mint", Some("us/mint"), false),
    ];
    for (world, profile, wanted) in table {
        let facts = facts(&session(world, profile).await);
        let letter = letter(&facts, &Options::default()).unwrap();
        assert_eq!(letter.is_some(), wanted, "{world}: {letter:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn revealed_by_name_and_listed() {
    let facts = facts(&session("mint", Some("us/mint")).await);
    let shown = |reveals: &[Reveal]| {
        let options = Options {
            reveals: revealing(reveals),
            ..Options::default()
        };
        document(&facts, &options).unwrap().text()
    };
    let table = [
        (Reveal::Addresses, "48.31.195.38"),
        (Reveal::Cell, ", cell "),
        (Reveal::Serial, "Serial line:"),
    ];
    for (reveal, what) in table {
        assert!(!shown(&[]).contains(what), "{what} is hidden");
        let text = shown(&[reveal]);
        assert!(text.contains(what), "{what} in\n{text}");
        assert!(
            text.contains(&format!("{reveal}: {}", reveal.means())),
            "the manifest"
        );
    }
    for identity in ["imei", "imsi", "iccid", "msisdn", "recipients"] {
        let refusal = Reveal::from_word(identity).unwrap_err();
        assert!(refusal.contains("never holds it in plain"), "{refusal}");
    }
    assert!(Reveal::from_word("everything").is_err());
}

/// What happens in a world when its draft is sent, and then a probe asks why not.
async fn examined(world: &str, send: bool, probe: Probe) -> Vec<Arc<Event>> {
    let mut beginning = Beginning::world(world);
    beginning.watchful = true;
    let story = beginning.open();
    story.until(|known| known.sim.is_some()).await;
    if send {
        story.send(story.draft()).await;
    }
    story.probe(probe).await;
    story.events()
}

fn judge(probe: &mmscope::known::Probe) -> Verdict {
    mmscope::diagnosis::again(&probe.began, &probe.facts, probe.verdict.as_ref())
}

fn with<'a>(examinations: &'a [Examination], identities: &'a [String]) -> Options<'a> {
    Options {
        identities,
        examinations,
        ..Options::default()
    }
}

#[tokio::test(start_paused = true)]
async fn the_verdict_stands_in_it_with_all_that_it_rests_on() {
    let facts = facts(&examined("mint", true, Probe::default()).await);
    let (examinations, identities) = (facts.examinations(judge), identities());
    let document = document(&facts, &with(&examinations, &identities)).unwrap();
    let text = document.text();
    for said in [
        "Verdict on example/mint-as-configured",
        "WRONG-PORT, high confidence",
        "Evidence:",
        "MMSC 10.175.85.144:80 opened after",
        "What would change it:",
        "Next:\n\n- Set mmsc = \"http://wholesale.mmsmvno.com/mms/wapenc\"",
        "Other causes that are not excluded:",
        "Not run:",
        "E35 Send an MMS to this line",
        "black hole (control)",
        "Do not send this letter yet: the probe found a cause on this side of the network (WRONG-PORT, high confidence",
    ] {
        assert!(text.contains(said), "{said} is missing in\n{text}");
    }
    assert!(!text.contains("Said then"), "it says the same today");
    assert!(
        !mmscope::report::document(&facts, &Options::default())
            .unwrap()
            .text()
            .contains("Verdict"),
        "no verdict stands where nobody judged"
    );
}

/// An old recording may hold a verdict that today's rules no longer give: the report says today's, and what was said then.
#[tokio::test(start_paused = true)]
async fn a_verdict_is_computed_anew_and_the_old_one_is_shown_beside_it() {
    let mut events = examined("mint", false, Probe::default()).await;
    for event in &mut events {
        if let What::Verdict(verdict) = &mut Arc::make_mut(event).what {
            verdict.verdict = Code::NetworkBlock;
            verdict.confidence = Confidence::Low;
            verdict.headline = "the carrier blocks it, said 2019".into();
        }
    }
    let old = facts(&events);
    let examinations = old.examinations(judge);
    let text = document(&old, &with(&examinations, &[])).unwrap().text();
    assert!(
        text.contains("Verdict:   WRONG-PORT, high confidence"),
        "{text}"
    );
    assert!(
        text.contains("Said then: NETWORK-BLOCK, low confidence: the carrier blocks it, said 2019"),
        "{text}"
    );
    // A recording that ends before the verdict still has its facts.
    events.retain(|e| !matches!(e.what, What::Verdict(_)));
    let cut = facts(&events);
    let examinations = cut.examinations(judge);
    let text = document(&cut, &with(&examinations, &[])).unwrap().text();
    assert!(
        text.contains("WRONG-PORT") && text.contains("The recording ends before this probe did"),
        "{text}"
    );
}

/// The letter of a line on which only the MMSC is silent, as the support desk gets it.
#[tokio::test(start_paused = true)]
async fn the_letter_after_a_probe_names_controls_and_classes() {
    let probe = Probe {
        depth: Depth::Full,
        witnesses: vec![event::Witness::PhoneSends],
        ..Probe::default()
    };
    let facts = facts(&examined("firewalled", true, probe).await);
    let (examinations, identities) = (facts.examinations(judge), identities());
    let mut options = with(&examinations, &identities);
    options.witness.plan = Some("prepaid, 15 GB".into());
    options.witness.place = Some("Springfield".into());
    let letter = letter(&facts, &options).unwrap().unwrap();
    insta::assert_snapshot!("letter_after_a_probe", letter);
}

/// A probe alone is enough for a letter, where the carrier has something to look at; and only there.
#[tokio::test(start_paused = true)]
async fn a_probe_alone_writes_a_letter_only_about_what_the_carrier_can_see() {
    let table = [
        (
            "firewalled",
            Some("no TCP answer from MMSC mmsc.example on port 80"),
        ),
        ("pdp-refused", Some("MMS send fails at bearer")),
        ("reg-denied", Some("MMS send fails at register")),
        ("dns-dead", Some("does not resolve")),
        ("mmsc-500", Some("MMS send fails at HTTP")),
        ("mint", None),
        ("open", None),
        ("no-sim", None),
        ("wrong-context", None),
    ];
    for (world, subject) in table {
        let story = Beginning::world(world).open();
        story.probe(Probe::default()).await;
        let facts = facts(&story.events());
        let examinations = facts.examinations(judge);
        let letter = letter(&facts, &with(&examinations, &[])).unwrap();
        match (subject, &letter) {
            (Some(subject), Some(letter)) => {
                let first = letter.lines().next().unwrap();
                assert!(first.contains(subject), "{world}: {first}");
                assert!(
                    letter.contains("- When: 2026-11-22 12:00:"),
                    "{world}: {letter}"
                );
            }
            (None, None) => {}
            _ => panic!("{world}: {letter:?}"),
        }
    }
}

/// All forms of an identity that the caller knows, and shapes that nobody told us of.
#[test]
fn the_check_finds_an_identity_in_every_form() {
    let imsi = "310240000000123".to_owned();
    let number = "+12025550123".to_owned();
    let known = [imsi.clone(), number.clone()];
    let hex = |text: &str| text.bytes().map(|b| format!("{b:02x}")).collect::<String>();
    let wide = |text: &str| {
        text.bytes()
            .map(|b| format!("00{b:02X}"))
            .collect::<String>()
    };
    let table = [
        ("plain", format!("IMSI {imsi}")),
        ("without country code", "call 2025550123".to_owned()),
        ("grouped", "+1 (202) 555-0123".to_owned()),
        ("grouped without a plus", "1 202 555 0123".to_owned()),
        ("semi-octets", "2120550521F3".to_owned()),
        ("semi-octets of the IMSI", "13200400000021F3".to_owned()),
        (
            "as the IMSI stands on a SIM",
            "083901420000001032".to_owned(),
        ),
        ("hexadecimal", hex(&number)),
        ("UCS-2", wide(&imsi)),
        ("base64", "eyJudW1iZXIiOiIrMTIwMjU1NTAxMjMifQ==".to_owned()),
        ("base64 shifted", "eHgrMTIwMjU1NTAxMjM=".to_owned()),
        ("split over chunks", "\"31024000\"\n\"0000123\"".to_owned()),
        (
            "hexadecimal split",
            "3331 3032 3430 3030\n3030 3030 30313233".to_owned(),
        ),
        (
            "split over chunks with their times and lengths",
            "12:00:01.250 4 octets 3102\n12:00:01.300 6 octets 400000\n12:00:02.000 5 octets 00123"
                .to_owned(),
        ),
        (
            "UCS-2 in the other order",
            imsi.bytes().map(|b| format!("{b:02x}00")).collect(),
        ),
        (
            "UCS-2 in base64",
            "ADMAMQAwADIANAAwADAAMAAwADAAMAAwADEAMgAz".to_owned(),
        ),
        ("semi-octets in base64", "kQshIFUFIfM=".to_owned()),
        ("full-width digits", "２０２５５５０１２３".to_owned()),
    ];
    for (form, text) in table {
        assert!(
            check(&format!("before\n{text}\nafter"), &known).is_err(),
            "{form}: {text}"
        );
    }
    // Nobody told us of these.
    for shape in [
        "IMEI 490154203237518",
        "+12025550123",
        "tel:+1.202.555.0123",
        "2025550123",
        "KzEyMDI1NTUwMTIz",
        "89012400000000001230",
        "2b 31 32 30 32 35 35 35 30 31 32 33",
        "\\x31\\x32\\x30\\x32\\x35\\x35\\x35\\x30\\x31\\x32\\x33",
        "0031 0032 0030 0032 0035 0035 0035 0030 0031 0032 0033",
        "%32%30%32%35%35%35%30%31%32%33",
        "ADIAMAAyADUANQA1ADAAMQAyADM=",
        "٢٠٢٥٥٥٠١٢٣",
    ] {
        let leak = check(&format!("a\n{shape}"), &[]).unwrap_err();
        assert_eq!(leak.line, 2, "{shape}");
        assert!(
            !leak.to_string().contains("5550123"),
            "the refusal does not repeat it"
        );
    }
    for sound in [
        "2026-11-22T12:00:00.000Z at 10.175.85.144:8080 after 2247 ms",
        "+1 *** *** **23, 310240*********, 49015420*******",
        "2026-11-22 07:00:00 -0500 local",
        "+00:00 +CIPOPEN: 0,4",
        "after 31 ms, 32 ms, 33 ms; 30 31 32 and 38",
        "event 534, after 7.2 s; event 602, after 21.9 s; 15320 ms",
        "application/vnd.wap.mms-message; 2001:db8:31::/48",
    ] {
        assert_eq!(check(sound, &known), Ok(()), "{sound}");
    }
    assert_eq!(Imsi::new(imsi).masked().as_str(), "310240*********");
    assert_eq!(Msisdn::new(number).masked().as_str(), "+1 *** *** **23");
}

#[tokio::test(start_paused = true)]
async fn the_exchange_is_found_again_in_the_octets_of_the_line() {
    let events = session("mint", Some("us/mint")).await;
    let mut captured = Captured::default();
    events.iter().for_each(|event| captured.take(event));
    assert_eq!((captured.links.len(), captured.left_out), (1, 0));
    let octets = |dir: Direction| -> Vec<u8> {
        let of_dir = captured.segments.iter().filter(|s| s.dir == dir);
        of_dir.flat_map(|s| s.octets.clone()).collect()
    };
    let (sent, received) = (octets(Direction::Tx), octets(Direction::Rx));
    let link = events.iter().rev().find_map(|e| match &e.what {
        What::Link(l) if l.sent > 0 => Some(l.clone()),
        _ => None,
    });
    let link = link.unwrap();
    assert_eq!(
        (sent.len() as u64, received.len() as u64),
        (link.sent, link.received),
        "as many octets as the modem counted"
    );
    assert!(sent.starts_with(b"POST /mms/wapenc HTTP/1.1\r\n"));
    let body = sent.windows(4).position(|w| w == b"\r\n\r\n").unwrap() + 4;
    assert!(mmscope::mms::Pdu::decode(&sent[body..]).pdu.texts().len() == 1);
    assert!(received.starts_with(b"HTTP/1.1 200 OK\r\n"));
    let file = pcapng(&captured, &["48.31.195.38".to_owned()]).unwrap();
    assert_eq!(file[..4], [0x0A, 0x0D, 0x0D, 0x0A]);
    assert_eq!(file.len() % 4, 0);
    // Blocks one after another, each with its length at both ends.
    let (mut at, mut packets) = (0, 0);
    while at < file.len() {
        let number = |at: usize| u32::from_le_bytes(file[at..at + 4].try_into().unwrap()) as usize;
        let length = number(at + 4);
        assert_eq!(number(at + length - 4), length);
        packets += usize::from(number(at) == 6);
        at += length;
    }
    assert!(packets >= 3, "{packets}");
    assert!(pcapng(&Captured::default(), &[]).is_none());
}

/// Base64 (RFC 4648 section 4), padded.
fn base64(octets: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for group in octets.chunks(3) {
        let mut bits = [0; 3];
        bits[..group.len()].copy_from_slice(group);
        let bits = u32::from_be_bytes([0, bits[0], bits[1], bits[2]]);
        for n in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * n) & 63) as usize];
            out.push(if n <= group.len() {
                char::from(letter)
            } else {
                '='
            });
        }
    }
    out
}

fn made(id: EventId, what: What) -> Event {
    Event {
        id,
        at: "2026-11-22T12:00:00.000Z".into(),
        ms: id,
        what,
    }
}

fn wire(dir: Direction, octets: &[u8]) -> What {
    What::Wire(Wire {
        dir,
        octets: Octets::copy(octets),
    })
}

fn open_link() -> What {
    let state = LinkState::Open;
    What::Link(Link {
        number: 0,
        host: "192.0.2.1".into(),
        port: 80,
        cid: Some(1),
        state,
        sent: 0,
        received: 0,
        ms: 5,
    })
}

proptest! {
    /// However the line was cut: the same payload, and never a panic.
    #[test]
    fn any_cut_of_the_line_gives_the_same_payload(payload in proptest::collection::vec(any::<u8>(), 1..60), cuts in proptest::collection::vec(1usize..9, 1..40)) {
        let mut line = format!("\r\n+CIPRXGET: 2,0,{},0\r\n", payload.len()).into_bytes();
        line.extend(&payload);
        line.extend(b"\r\nOK\r\n");
        let mut captured = Captured::default();
        captured.take(&made(1, open_link()));
        let (mut rest, mut cut) = (line.as_slice(), cuts.iter().cycle());
        while !rest.is_empty() {
            let (piece, more) = rest.split_at((*cut.next().unwrap()).min(rest.len()));
            captured.take(&made(2, wire(Direction::Rx, piece)));
            rest = more;
        }
        prop_assert_eq!(captured.segments.len(), 1);
        prop_assert_eq!(&captured.segments[0].octets, &payload);
    }

    /// Whoever it is, however it is written and wherever it stands: it is found.
    #[test]
    fn any_identity_is_found_in_any_form(digits in "[1-9][0-9]{9,14}", form in 0usize..9, cut in 3usize..7, before in "[a-z \n]{0,20}", after in "[a-z \n]{0,20}") {
        let hex = |text: &[u8]| text.iter().map(|b| format!("{b:02X}")).collect::<String>();
        let wide: Vec<u8> = digits.bytes().flat_map(|b| [0, b]).collect();
        let little: Vec<u8> = digits.bytes().flat_map(|b| [b, 0]).collect();
        let swapped: String = digits.as_bytes().chunks(2).flat_map(|pair| pair.iter().rev().map(|d| char::from(*d))).collect();
        let (head, tail) = digits.split_at(cut);
        let written = match form {
            0 => digits.clone(),
            1 => swapped,
            2 => hex(digits.as_bytes()),
            3 => hex(&wide),
            4 => hex(&little),
            5 => base64(digits.as_bytes()),
            6 => base64(&wide),
            7 => format!("1: {head}\n2: {tail}"),
            _ => digits.chars().map(|c| format!("{c} ")).collect(),
        };
        let text = format!("{before} {written} {after}");
        prop_assert!(check(&text, &[digits]).is_err(), "{}", text);
    }

    #[test]
    fn no_text_makes_the_check_panic(text in any::<String>(), identity in "[0-9+]{0,20}") {
        let _ = check(&text, &[identity]);
    }

    /// Whatever a recording says: a report or a refusal, and in a report no number.
    #[test]
    fn no_recording_makes_the_report_leak(text in "([ -~]|\\+1202555012[0-9]|310240000000123|\u{1b}){0,40}", octets in any::<Vec<u8>>()) {
        let failure = mmscope::event::Failure { what: text.clone(), raw: text.clone(), means: text.clone(), advice: text.clone() };
        let message = Message { send: 1, transaction_id: text.clone(), profile: text.clone(), ..Message::default() };
        let step = StageStep { send: 1, fetch: None, stage: Stage::Connect, state: StageState::Failed(failure), stage_ms: 5, evidence: vec![] };
        let failed = LinkState::Failed { code: Some(4), shape: Shape::Late, what: text.clone() };
        let link = Link { number: 0, host: text.clone(), port: 80, cid: None, state: failed, sent: 0, received: 0, ms: 5 };
        let session = Session { world: Some(text), ..Session::default() };
        let whats = [What::Session(session), What::Message(message), What::Link(link), What::Stage(step), wire(Direction::Rx, &octets)];
        let mut facts = Facts::default();
        let mut captured = Captured::default();
        for (id, what) in whats.into_iter().enumerate() {
            let event = made(id as u64 + 1, what);
            facts.take(&event);
            captured.take(&event);
        }
        let identities = identities();
        let options = Options { identities: &identities, ..Options::default() };
        if let Ok(document) = document(&facts, &options) {
            for form in [document.text(), document.markdown(), document.json().unwrap()] {
                prop_assert!(!form.contains("2025550") && !form.contains("310240000") && !form.contains('\u{1b}'), "{}", form);
            }
        }
    }
}

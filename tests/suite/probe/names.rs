//! Names: what each resolver says by itself over a UDP link, what the verdict makes of it, and that no datagram can do harm.
use crate::story::Beginning;
use mmscope::bench::Probe;
use mmscope::event::{Code, Confidence, Found, Query, RecordKind, Said, Verdict, What};
use mmscope::net::{answer, question};
use mmscope::simulator::World;
use proptest::prelude::*;

/// The queries of a probe in a world that is like `open`, and its verdict.
async fn asked(like: &str, changes: &str) -> (Vec<Query>, Verdict) {
    let text = format!(
        "schema = 1\nlike = \"{like}\"\ndescription = \"names\"\n[start]\nprofile = \"example/open\"\n[start.draft]\nto = \"+12025550123\"\ntext = \"x\"\n{changes}"
    );
    let story = Beginning::of(World::parse("names", &text).unwrap()).open();
    let verdict = story.probe(Probe::default()).await;
    let events = story.events();
    let queries = events.iter().filter_map(|e| match &e.what {
        What::Fact(fact) => match &fact.found {
            Found::Query(query) => Some(query.clone()),
            _ => None,
        },
        _ => None,
    });
    (queries.collect(), verdict)
}

fn said<'a>(all: &'a [Query], resolver: &str, name: &str, record: RecordKind) -> Option<&'a Said> {
    all.iter()
        .find(|q| q.resolver == resolver && q.name == name && q.record == record)
        .map(|q| &q.said)
}

/// Nothing answers on the MMSC's address, so that all experiments run.
const NOBODY: &str = "[[network.route]]\nto = \"192.0.2.80\"\noutcome = \"refused\"\n[[network.route]]\nto = \"203.0.113.10\"\nports = [80, 443]\noutcome = \"open\"\nservice = \"http200\"\n[[network.route]]\nto = \"203.0.113.53\"\nports = [53]\noutcome = \"open\"\nservice = \"resolver\"\n[[network.route]]\nto = \"10.64.0.53\"\nports = [53]\noutcome = \"open\"\nservice = \"resolver\"\n";

#[tokio::test(start_paused = true)]
async fn each_resolver_says_what_it_knows() {
    let changes = format!(
        "{NOBODY}[network.dns]\npublic = \"203.0.113.53\"\n\
         [[network.dns.name]]\nname = \"example.com\"\na = [\"203.0.113.10\"]\n\
         [[network.dns.name]]\nname = \"mmsc.example\"\nresolver = \"10.64.0.54\"\nanswer = \"silence\"\n\
         [[network.dns.name]]\nname = \"mmsc.example\"\nresolver = \"203.0.113.53\"\nanswer = \"nxdomain\"\n\
         [[network.dns.name]]\nname = \"mmsc.example\"\na = [\"192.0.2.80\"]\naaaa = [\"2001:db8:80::1\"]\n"
    );
    // The silent second resolver of the grant must not make the module's own lookup fail here.
    let changes = changes.replace(
        "resolver = \"10.64.0.54\"\nanswer = \"silence\"",
        "resolver = \"10.64.0.99\"\nanswer = \"silence\"",
    );
    let (all, _) = asked("open", &changes).await;
    let at = |resolver, name, record| said(&all, resolver, name, record);
    assert_eq!(
        at("10.64.0.53", "mmsc.example", RecordKind::A),
        Some(&Said::Addresses {
            addresses: vec!["192.0.2.80".to_owned()],
            ttl_s: 300
        })
    );
    assert_eq!(
        at("10.64.0.53", "mmsc.example", RecordKind::Aaaa),
        Some(&Said::Addresses {
            addresses: vec!["2001:db8:80::1".to_owned()],
            ttl_s: 300
        })
    );
    assert_eq!(
        at("10.64.0.53", "ipv4only.arpa", RecordKind::Aaaa),
        Some(&Said::NoName)
    );
    assert_eq!(
        at("203.0.113.53", "mmsc.example", RecordKind::A),
        Some(&Said::NoName)
    );
}

#[tokio::test(start_paused = true)]
async fn a_name_that_is_denied_and_a_resolver_that_is_silent_are_told_apart() {
    let base = "[[network.dns.name]]\nname = \"example.com\"\na = [\"203.0.113.10\"]\n";
    // Silence for one name, while another resolves, may be a packet that was lost: only a denial is sure.
    let table = [
        ("nxdomain", "denies", Confidence::High),
        ("silence", "", Confidence::Medium),
    ];
    for (how, word, sure) in table {
        let changes =
            format!("{base}[[network.dns.name]]\nname = \"mmsc.example\"\nanswer = \"{how}\"\n");
        let (all, verdict) = asked("open", &changes).await;
        let wanted = if how == "silence" {
            Said::Silence
        } else {
            Said::NoName
        };
        assert_eq!(
            said(&all, "10.64.0.53", "mmsc.example", RecordKind::A),
            Some(&wanted),
            "{how}"
        );
        assert_eq!(
            (verdict.verdict, verdict.confidence),
            (Code::NameWrong, sure),
            "{how}"
        );
        assert!(
            verdict.headline.contains(word),
            "{how}: {}",
            verdict.headline
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_silent_resolver_is_asked_no_second_question() {
    let (all, _) = asked("open", &format!("{NOBODY}[network.dns]\nunknown = \"silence\"\n[[network.dns.name]]\nname = \"example.com\"\na = [\"203.0.113.10\"]\n")).await;
    let to_first = all.iter().filter(|q| q.resolver == "10.64.0.53").count();
    assert_eq!(to_first, 1, "{all:#?}");
}

#[tokio::test(start_paused = true)]
async fn a_lookup_that_fails_beside_a_resolver_that_knows_is_the_modules_fault() {
    let (_, verdict) = asked("open", "[modem.quirks]\nlookup_fails = true\n").await;
    assert_eq!(
        (verdict.verdict, verdict.confidence),
        (Code::ModuleStack, Confidence::High),
        "{}",
        verdict.headline
    );
}

#[tokio::test(start_paused = true)]
async fn a_resolver_that_synthesises_is_known_by_its_answer() {
    let (all, _) = asked(
        "open",
        &format!("{NOBODY}[network.dns]\ndns64 = \"2001:db8:64::\"\n"),
    )
    .await;
    let made = said(&all, "10.64.0.53", "ipv4only.arpa", RecordKind::Aaaa);
    assert!(
        matches!(made, Some(Said::Addresses { addresses, .. }) if addresses == &["2001:db8:64::c000:aa"]),
        "{made:?}"
    );
    let mmsc = said(&all, "10.64.0.53", "mmsc.example", RecordKind::Aaaa);
    assert!(
        matches!(mmsc, Some(Said::Addresses { addresses, .. }) if addresses == &["2001:db8:64::c000:250"]),
        "{mmsc:?}"
    );
}

/// An answer as RFC 1035 section 4.1 draws it: an alias (CNAME) first, then the address.
const BY_ALIAS: &[u8] = b"\x12\x34\x81\x80\0\x01\0\x02\0\0\0\0\x04mmsc\x07example\0\0\x01\0\x01\
    \xc0\x0c\0\x05\0\x01\0\0\x01\x2c\0\x07\x04edge\xc0\x11\xc0\x2a\0\x01\0\x01\0\0\0\x3c\0\x04\xc0\0\x02\x50";

#[test]
fn an_answer_is_read_as_the_standard_writes_it() {
    let read = |id, name, octets: &[u8]| answer(id, name, RecordKind::A, octets);
    let found = Said::Addresses {
        addresses: vec!["192.0.2.80".to_owned()],
        ttl_s: 60,
    };
    assert_eq!(read(0x1234, "mmsc.example", BY_ALIAS), Some(found.clone()));
    assert_eq!(
        read(0x1234, "MMSC.example", BY_ALIAS),
        Some(found),
        "case does not matter"
    );
    assert_eq!(
        read(0x1235, "mmsc.example", BY_ALIAS),
        None,
        "another number is another's answer"
    );
    assert_eq!(
        read(0x1234, "other.example", BY_ALIAS),
        None,
        "another name is another's answer"
    );
    for (code, said) in [
        (2u8, Said::Refused { code: 2 }),
        (3, Said::NoName),
        (5, Said::Refused { code: 5 }),
    ] {
        let mut octets = BY_ALIAS.to_vec();
        octets[3] = 0x80 | code;
        octets[7] = 0;
        octets.truncate(30);
        assert_eq!(read(0x1234, "mmsc.example", &octets), Some(said));
    }
}

#[test]
fn a_question_is_written_as_the_standard_writes_it() {
    let octets = question(0x0102, "mmsc.example", RecordKind::Aaaa).unwrap();
    assert_eq!(
        octets,
        b"\x01\x02\x01\0\0\x01\0\0\0\0\0\0\x04mmsc\x07example\0\0\x1c\0\x01"
    );
    for name in ["", "a..b", &"x".repeat(64), &["abcdefg"; 40].join(".")] {
        let made = question(1, name, RecordKind::A);
        assert!(made.is_err(), "{name:?}");
    }
}

proptest! {
    #[test]
    fn no_datagram_can_do_harm(octets in proptest::collection::vec(any::<u8>(), 0..600), id: u16) {
        let _ = answer(id, "mmsc.example", RecordKind::A, &octets);
    }

    #[test]
    fn a_broken_answer_is_no_answer_with_other_addresses(at in 0usize..BY_ALIAS.len(), octet: u8, end in 0usize..=BY_ALIAS.len()) {
        let mut octets = BY_ALIAS.to_vec();
        octets[at] = octet;
        octets.truncate(end);
        if let Some(Said::Addresses { addresses, .. }) = answer(0x1234, "mmsc.example", RecordKind::A, &octets) {
            prop_assert!(addresses.len() <= 8);
        }
    }
}

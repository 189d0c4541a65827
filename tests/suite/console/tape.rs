//! Going along a recording: what is known at a place is the same from whichever side one comes, and two sends part where they part.
use super::story::{self, Story};
use mmscope::event::*;
use mmscope::known::Known;
use mmscope::replay::{
    Beside, Conditions, Course, Difference, Digest, Expected, Landmark, Mark, Pace, Player, Search,
    Tape, address,
};
use proptest::prelude::*;
use std::sync::Arc;

pub fn tape_of(name: &str, story: &Story) -> Tape {
    tape(name, &story.events)
}

fn tape(name: &str, events: &[Arc<Event>]) -> Tape {
    let events = events.iter().map(|e| Ok::<_, String>((**e).clone()));
    Tape::read(name, events).unwrap()
}

fn fold(events: &[Arc<Event>]) -> Known {
    let mut known = Known::default();
    events.iter().for_each(|e| known.apply(e));
    known
}

/// A session long enough for several places to fold from: sends, probes, and thousands of lines between them.
fn long_session() -> Vec<Arc<Event>> {
    let mut story = story::ready();
    for round in 0..4_u8 {
        let profile = ["example/mint-as-configured", "us/mint"][usize::from(round % 2)];
        story.sends_up_to_connect(profile, 8080).late_four();
        let cells = story.examining();
        story.wrong_port(cells);
        for n in 0..900 {
            story.wait(7).urc(&format!("+CSQ: {},99", n % 32));
        }
        story.tell(What::Act(Act::Restore));
    }
    story.events
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// A person who scrubs through a bug report must see the same session that the one who recorded it saw.
    #[test]
    fn any_prefix_steps_forward_and_back_to_the_same_known(
        cut in 1_usize..=5_000,
        places in proptest::collection::vec((0_usize..6_000, any::<bool>()), 1..12),
    ) {
        let events = long_session();
        let events = &events[..cut.min(events.len())];
        let mut player = Player::new(Arc::new(tape("session", events)));
        prop_assert_eq!(&**player.known(), &fold(events), "it opens at its end");
        for (place, by_steps) in places {
            match by_steps {
                false => player.go(place),
                true => for _ in 0..place % 40 {
                    player.step(if place % 2 == 0 { 1 } else { -1 });
                },
            }
            let at = player.at();
            prop_assert!(at <= events.len());
            prop_assert_eq!(&**player.known(), &fold(&events[..at]), "at {}", at);
        }
    }

    /// Time goes forward only, whatever a broken file says of it, and every place can be reached by it.
    #[test]
    fn times_that_jump_about_still_make_a_time_line(times in proptest::collection::vec(0_u64..100_000, 1..60)) {
        let mut story = Story::new();
        for _ in &times {
            story.urc("RING");
        }
        let mut events: Vec<Event> = story.events.iter().map(|e| (**e).clone()).collect();
        for (event, ms) in events.iter_mut().skip(1).zip(&times) {
            event.ms = *ms;
        }
        let tape = Tape::read("odd", events.into_iter().map(Ok::<_, String>)).unwrap();
        let all: Vec<u64> = (0..=tape.len()).map(|at| tape.time(at)).collect();
        prop_assert!(all.is_sorted());
        prop_assert_eq!(tape.length_ms(), *times.iter().max().unwrap());
        prop_assert_eq!(tape.at_time(tape.length_ms()), tape.len());
    }
}

#[test]
fn a_recording_that_breaks_off_is_shown_up_to_there_and_an_unreadable_one_is_refused() {
    let story = story::failed();
    let good = story.events.iter().map(|e| Ok((**e).clone()));
    let broken = good.chain([Err("line 99: not an event".to_owned())]);
    let tape = Tape::read("broken", broken).unwrap();
    assert_eq!(tape.len(), story.events.len());
    assert_eq!(tape.trouble.as_deref(), Some("line 99: not an event"));
    assert_eq!(*tape.end(), *story.known());
    let nothing: [Result<Event, String>; 1] = [Err("line 1: no header".to_owned())];
    assert_eq!(Tape::read("x", nothing).unwrap_err(), "line 1: no header");
    let empty: [Result<Event, String>; 0] = [];
    assert!(Tape::read("x", empty).is_err());
}

#[test]
fn landmarks_lead_to_stages_errors_exchanges_and_acts_and_no_further() {
    let mut story = story::failed();
    story.tell(What::Act(Act::Restore));
    let tape = Arc::new(tape_of("failed", &story));
    for kind in Landmark::ALL {
        let mut player = Player::new(Arc::clone(&tape));
        player.go(0);
        let mut found = Vec::new();
        while player.jump(kind, true) {
            found.push(player.at());
            assert!(kind.is(tape.before(player.at()).unwrap()), "{kind:?}");
        }
        assert_eq!(found, tape.landmarks(kind), "{kind:?} forward");
        player.go(usize::MAX);
        let mut back = Vec::new();
        while player.jump(kind, false) {
            back.push(player.at());
        }
        back.reverse();
        // The end itself is no landmark before the end.
        let until_end: Vec<usize> = found.into_iter().filter(|at| *at < tape.len()).collect();
        assert_eq!(back, until_end, "{kind:?} backward");
    }
    let mut player = Player::new(tape);
    player.go(0);
    let mut errors = Vec::new();
    while player.jump(Landmark::Error, true) {
        let known = player.known();
        errors.push(
            known
                .sends
                .back()
                .and_then(|s| s.failure().map(|(stage, _)| stage)),
        );
    }
    assert_eq!(errors.last(), Some(&Some(Stage::Connect)));
}

/// Pace, milliseconds of life, milliseconds of the recording that pass.
#[test]
fn it_plays_as_fast_as_it_is_told() {
    let mut story = Story::new();
    for _ in 0..100 {
        story.wait(100).urc("RING");
    }
    let tape = Arc::new(tape_of("rings", &story));
    for (faster, pace, passed) in [
        (0, Pace::Life, 700),
        (1, Pace::Double, 1_400),
        (2, Pace::Eightfold, 5_600),
    ] {
        let mut player = Player::new(Arc::clone(&tape));
        for _ in 0..faster {
            player.change_pace(true);
        }
        assert_eq!(player.pace, pace);
        player.play();
        assert_eq!(
            (player.at(), player.ms()),
            (0, 0),
            "from the start, since it stood at the end"
        );
        player.tick(50_000);
        player.tick(50_700);
        assert_eq!(player.ms(), passed);
        assert_eq!(player.at(), tape.at_time(passed));
        player.play();
        player.tick(99_999);
        assert_eq!(player.ms(), passed, "held: time stands still");
        player.play();
        player.tick(100_000);
        assert_eq!(player.ms(), passed, "the pause does not count");
        player.tick(200_000);
        assert!(
            !player.is_playing() && player.at() == tape.len(),
            "it stops at the end"
        );
    }
    let mut player = Player::new(Arc::clone(&tape));
    for _ in 0..9 {
        player.change_pace(true);
    }
    player.play();
    let ticks = (1..).find(|n| {
        player.tick(*n);
        !player.is_playing()
    });
    assert!(
        ticks.unwrap() <= 52,
        "all of it within a few seconds: {ticks:?} ticks"
    );
}

fn two() -> Beside {
    let (bad, good) = (story::failed(), story::sent());
    Beside::of(
        &Course::of_tape(&tape_of("today.jsonl", &bad)),
        &Course::of_tape(&tape_of("yesterday.jsonl", &good)),
    )
}

#[test]
fn it_worked_yesterday_says_where_they_part_and_what_differs() {
    let table = two();
    assert_eq!(table.parts_at().unwrap().name, "connect");
    let difference = |name: &str| {
        let row = table.rows.iter().find(|r| r.name == name);
        row.unwrap_or_else(|| panic!("no row {name}")).difference
    };
    assert_eq!(difference("connect"), Difference::Differs);
    assert_eq!(difference("post"), Difference::OneSided);
    assert_eq!(difference("MMSC"), Difference::Differs, "8080 against 80");
    assert_eq!(difference("firmware"), Difference::Same);
    insta::assert_snapshot!("beside_text", table.text());
    insta::assert_snapshot!("beside_markdown", table.markdown());
    insta::assert_snapshot!("beside_json", serde_json::to_string_pretty(&table).unwrap());
}

#[test]
fn two_addresses_that_are_masked_alike_are_not_taken_for_one() {
    let mut sent = story::sent();
    sent.tell(What::Stack(Stack {
        open: true,
        cid: Some(1),
        address: None,
        proven: None,
    }));
    let first = sent.known();
    let mut second = (*first).clone();
    for context in &mut second.contexts {
        for address in &mut context.addresses {
            *address = address.replace(".195.38", ".7.9");
        }
    }
    let of = |known: &Known| Course::of("session", known);
    let ours = |a: &Known, b: &Known| {
        let table = Beside::of(&of(a), &of(b));
        let row = table
            .rows
            .into_iter()
            .find(|r| r.name == "our address")
            .unwrap();
        (row.left.says, row.right.says, row.difference)
    };
    let same = ours(&first, &first);
    assert_eq!(
        same,
        ("48.31.x.x".into(), "48.31.x.x".into(), Difference::Same)
    );
    let other = ours(&first, &second);
    let another = "48.31.x.x (another one)";
    assert_eq!(
        other,
        ("48.31.x.x".into(), another.into(), Difference::Same)
    );
}

#[test]
fn the_same_send_twice_differs_in_nothing() {
    let course = Course::of_tape(&tape_of("a", &story::sent()));
    let table = Beside::of(&course, &course);
    assert_eq!(table.parts_at(), None);
    assert!(table.rows.iter().all(|r| r.difference == Difference::Same));
    let nothing = Course::of_tape(&tape_of("b", &Story::new()));
    assert!(nothing.stages.iter().all(|c| c.mark == Mark::Nothing));
    assert!(Beside::of(&nothing, &course).parts_at().is_some());
}

#[test]
fn a_stage_that_is_half_as_slow_again_is_slower() {
    let fast = Course::of_tape(&tape_of("a", &story::sent()));
    let mut slow = fast.clone();
    let mut table = Vec::new();
    for (took, than) in [
        (1_000, 1_000),
        (1_500, 1_000),
        (1_501, 1_000),
        (1_000, 1_501),
        (260, 20),
        (280, 20),
    ] {
        let mut fast = fast.clone();
        slow.stages[0].took_ms = Some(took);
        fast.stages[0].took_ms = Some(than);
        table.push(Beside::of(&slow, &fast).rows[0].difference);
    }
    use Difference::{Faster, Same, Slower};
    assert_eq!(table, [Same, Same, Slower, Faster, Same, Slower]);
}

/// An address as it is, and as it may leave the program.
#[test]
fn public_addresses_of_the_line_leave_as_their_network_only() {
    for (text, shown) in [
        ("10.175.85.144", "10.175.85.144"),
        ("100.64.3.4", "100.64.3.4"),
        ("48.31.195.38", "48.31.x.x"),
        ("203.0.113.9", "203.0.x.x"),
        ("2001:db8::1", "2001:db8::/32"),
        ("fd00::1", "fd00::1"),
        ("no address", "no address"),
    ] {
        assert_eq!(address(text), shown);
    }
    let table = two();
    let all = table.text();
    assert!(!all.contains("48.31.195.38"), "{all}");
}

#[test]
fn a_digest_says_what_a_recording_holds_and_what_good_sends_take() {
    let digest = |story: &Story| {
        let mut digest = Digest::default();
        story.events.iter().for_each(|e| digest.take(e));
        digest
    };
    let (good, bad, nothing) = (
        digest(&story::sent()),
        digest(&story::failed()),
        digest(&Story::new()),
    );
    assert_eq!(bad.result(), "failed at connect");
    assert_eq!(good.result(), "1 of 2 sent, last sent");
    assert_eq!(nothing.result(), "nothing sent");
    assert_eq!(good.profile.as_deref(), Some("us/mint"));
    let all = [good.clone(), bad, nothing, good];
    let expected = Expected::of(&all, Some("mint"), "us/mint").unwrap();
    assert_eq!(expected.sends, 2);
    let (low, high) = expected.stage(Stage::Post).unwrap();
    assert!(low <= high && high > 0);
    assert!(!expected.is_slow(Stage::Post, high));
    assert!(expected.is_slow(Stage::Post, high * 2 + 1_000));
    assert_eq!(
        Expected::of(&all, None, "us/mint"),
        None,
        "a simulated send measures no real one"
    );
    assert_eq!(
        Expected::of(&all, Some("mint"), "example/mint-as-configured"),
        None
    );
}

fn digest_of(began_at: &str, story: &Story) -> Digest {
    let mut digest = Digest::default();
    story.events.iter().for_each(|e| digest.take(e));
    digest.began_at = began_at.into();
    digest
}

/// The story's send went with this SIM and modem.
fn with(story: &Story, model: &str, imsi: Option<&str>) -> Story {
    let mut changed = Story::new();
    for event in &story.events[1..] {
        changed.tell(match event.what.clone() {
            What::Modem(m) => What::Modem(Identity {
                model: model.into(),
                ..m
            }),
            What::Sim(s) => What::Sim(Sim {
                imsi: imsi.map(|i| Imsi::new(i).masked()),
                iccid: None,
                ..s
            }),
            other => other,
        });
    }
    changed
}

/// What is recorded besides a failed send through us/mint, and what is laid beside it.
#[test]
fn the_newest_good_send_under_the_same_conditions_is_found() {
    const MODEL: &str = "SIMCOM_SIM7600G-H";
    const IMSI: &str = "310240000000123";
    let mut now = story::sent();
    now.sends_up_to_connect("us/mint", 80).late_four();
    let own = digest_of("2026-11-22T12:01:00.000Z", &now);
    let good = story::sent();
    let other_sim = with(&good, MODEL, Some("001010123456789"));
    let other_modem = with(&good, "A7672E", Some(IMSI));
    let unsaid = with(&good, MODEL, None);
    let mut real = digest_of("2026-11-21", &good);
    real.world = None;
    let on = |day: &str, story: &Story| digest_of(day, story);
    let table: Vec<(&str, Vec<Digest>, Result<&str, &str>)> = vec![
        (
            "the newest, in whatever order they come",
            vec![
                on("2026-11-19", &good),
                on("2026-11-21", &good),
                on("2026-11-20", &good),
            ],
            Ok("2026-11-21"),
        ),
        (
            "an earlier send of the same session",
            vec![on("2026-11-21", &good), own.clone()],
            Ok("2026-11-22T12:01:00.000Z"),
        ),
        (
            "another SIM is passed over",
            vec![on("2026-11-21", &other_sim), on("2026-11-20", &good)],
            Ok("2026-11-20"),
        ),
        (
            "a SIM that nothing is known of may be the same",
            vec![on("2026-11-21", &unsaid)],
            Ok("2026-11-21"),
        ),
        (
            "only another SIM",
            vec![on("2026-11-21", &other_sim)],
            Err("the newest was with another SIM: 2026-11-21"),
        ),
        (
            "only another modem",
            vec![on("2026-11-21", &other_modem)],
            Err("the newest was in another modem: 2026-11-21"),
        ),
        (
            "only a real one",
            vec![real],
            Err("the newest was on a real modem: 2026-11-21"),
        ),
        (
            "failed ones, and good ones through other profiles",
            vec![
                on("2026-11-21", &story::failed()),
                on("2026-11-20", &Story::new()),
            ],
            Err("no other accepted send through us/mint is recorded (2 recordings looked through)"),
        ),
    ];
    for (says, digests, expected) in table {
        let mut search = Search::new(Conditions::of(&now.known()).unwrap());
        for digest in &digests {
            search.look(&format!("/recordings/{}", digest.began_at), digest);
        }
        match (search.found(), expected) {
            (Ok(found), Ok(wanted)) => {
                assert_eq!(found.recording, format!("/recordings/{wanted}"), "{says}");
                assert_eq!(found.send, 2, "{says}: the one that was accepted");
            }
            (Err(why), Err(wanted)) => assert!(why.contains(wanted), "{says}: {why}"),
            (found, _) => panic!("{says}: {found:?}"),
        }
    }
    let sms = Conditions::of(&{
        let mut known = (*now.known()).clone();
        known.sends.back_mut().unwrap().message.profile.clear();
        known
    });
    assert!(sms.unwrap_err().contains("no profile"));
    assert!(Conditions::of(&Known::default()).is_err());
    assert!(
        Conditions::of(&story::ready().known()).is_ok(),
        "it may be looked at before one sends"
    );
}

#[test]
fn a_good_send_is_laid_as_it_stood_then_whatever_was_sent_after_it() {
    let mut later = story::sent();
    later.sends_up_to_connect("us/mint", 80).late_four();
    let tape = tape_of("session.jsonl", &later);
    let good = Course::of_accepted(&tape, 2).unwrap();
    assert_eq!(good.name, "session.jsonl, send 2");
    assert!(good.stages.iter().all(|c| c.mark != Mark::Bad));
    let newest = tape_of("session.jsonl", &story::sent());
    assert_eq!(
        Course::of_accepted(&newest, 2).unwrap(),
        Course::of_tape(&newest)
    );
    assert_eq!(Course::of_accepted(&tape, 3), None, "that one failed");
    assert_eq!(Course::of_accepted(&tape, 9), None);
    let table = Beside::of(&Course::of_tape(&tape), &good);
    assert_eq!(table.parts_at().unwrap().name, "connect");
}

/// Each value that a carrier or a modem may have changed over night, and that it is marked as different though every stage ended alike.
#[test]
fn values_that_differ_are_marked_not_only_times() {
    type Change = fn(&mut Known);
    let first = tape_of("today", &story::sent()).newest();
    let changes: [(&str, Change); 7] = [
        ("APN granted", |k| {
            for context in &mut k.contexts {
                if let Some(granted) = &mut context.granted {
                    granted.apn = "elsewhere".into();
                }
            }
        }),
        ("resolver", |k| {
            for context in &mut k.contexts {
                if let Some(granted) = &mut context.granted {
                    granted.dns = vec!["10.9.9.9".into()];
                }
            }
        }),
        ("our address", |k| {
            for context in &mut k.contexts {
                context.addresses = vec!["10.1.2.3".into()];
            }
        }),
        ("its address", |k| {
            for lookup in &mut k.lookups {
                lookup.outcome = LookupOutcome::Failed("DNS error".into());
            }
        }),
        ("its address, connection", |k| {
            for lookup in &mut k.lookups {
                lookup.outcome = LookupOutcome::Addresses(vec!["10.175.85.145".into()]);
            }
            for link in k.links.values_mut() {
                link.host = "10.175.85.145".into();
            }
        }),
        ("connection", |k| {
            for link in k.links.values_mut() {
                link.state = LinkState::Failed {
                    code: Some(4),
                    shape: Shape::Late,
                    what: "operation not supported".into(),
                };
            }
        }),
        ("HTTP answer", |k| {
            for part in &mut k.sends.back_mut().unwrap().http {
                if let HttpPart::Answer { line, .. } = part {
                    *line = "HTTP/1.1 403 Forbidden".into();
                }
            }
        }),
    ];
    for (name, change) in changes {
        let mut second = (*first).clone();
        change(&mut second);
        let table = Beside::of(&Course::of("today", &first), &Course::of("then", &second));
        let marked = table
            .rows
            .iter()
            .filter(|r| r.difference == Difference::Differs);
        let marked: Vec<_> = marked.map(|r| r.name.as_str()).collect();
        assert_eq!(marked.join(", "), name);
        assert!(
            table
                .headline()
                .ends_with(&format!("what differs: {name}."))
        );
        let line = table.text();
        let line = line.lines().find(|l| l.starts_with(marked[0])).unwrap();
        assert!(line.ends_with("differs"), "{line}");
    }
}

//! A recording in the place of the bench, as a person goes through it.
use super::keys::press;
use super::story::{self, Story, rows, screen};
use super::tape::tape_of;
use mmscope::console::action::TABLE;
use mmscope::console::recordings::{Found, Good, RecordingRow, Recordings, Wanted};
use mmscope::console::state::Overlay;
use mmscope::console::update::open;
use mmscope::console::{Action, Effect, Message, Order, Pane, Screen, State, Theme, update};
use mmscope::event::*;
use mmscope::replay::{Conditions, Course, Digest};
use proptest::prelude::*;
use ratatui::crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use std::sync::Arc;

/// `mmscope replay` of a story.
fn replaying(story: &Story) -> State {
    let mut state = story::console(&Default::default(), Theme::default());
    update(&mut state, Message::Resize(120, 36));
    open(&mut state, Arc::new(tape_of("session.jsonl", story)), false);
    state
}

/// The same from inside a console over a bench.
fn inside(bench: &Story, story: &Story) -> State {
    let mut state = super::keys::after(bench);
    press(&mut state, "<esc>");
    let tape = Arc::new(tape_of("yesterday.jsonl", story));
    found(&mut state, Found::Tape(Ok(tape)));
    state
}

fn found(state: &mut State, found: Found) {
    update(state, Message::Found(Box::new(found)));
}

fn place(state: &State) -> usize {
    state.replay.as_ref().unwrap().player.at()
}

fn snapshot(name: &str, make: impl Fn() -> State) {
    for (width, height) in [(80, 24), (120, 36), (200, 50)] {
        let frame = rows(&screen(&mut make(), width, height));
        insta::assert_snapshot!(format!("{name}_{width}x{height}"), frame);
    }
}

#[test]
fn a_recording_opens_at_its_end_with_a_time_line() {
    snapshot("replay_end", || replaying(&story::failed()));
}

/// Who mails a recording must know what stands in it: of an MMS its M-Send.req, of an SMS the octets of the wire, and the bubble of a simulated phone.
#[test]
fn what_a_recording_holds_of_the_text_is_told_as_it_is() {
    let mms = |with: bool| {
        let mut story = story::failed();
        let send = story.known().sends.back().unwrap().message.send;
        story.events.retain(|e| !matches!(e.what, What::Pdu(_)));
        if with {
            story.tell(What::Pdu(PduSeen {
                dir: Direction::Tx,
                send: Some(send),
                octets: Octets::copy(b"\x8c\x80 Hello"),
            }));
        }
        story
    };
    let sms = |wire: bool| {
        let mut story = story::ready();
        if !wire {
            story.events.retain(|e| !matches!(e.what, What::Wire(_)));
        }
        story.tell(What::Message(mmscope::event::Message {
            send: 1,
            way: Way::Sms,
            characters: 5,
            ..Default::default()
        }));
        if wire {
            story.tell(What::Wire(Wire {
                dir: Direction::Tx,
                octets: Octets::copy(b"0001000B91\x1a"),
            }));
        }
        story.tell(What::SmsPart(SmsPart {
            send: 1,
            to: Msisdn::new("+12025550123").masked(),
            part: 1,
            of: 1,
            reference: Some(7),
            error: None,
        }));
        story
    };
    for (story, says) in [
        (
            mms(false),
            "up to here this recording does not hold the text",
        ),
        (
            mms(true),
            "this recording holds the text, in its M-Send.req",
        ),
        (
            sms(true),
            "this recording holds the text, in the octets of the wire",
        ),
        (
            sms(false),
            "up to here this recording does not hold the text",
        ),
        (story::sent(), "the bubble of a simulated phone"),
    ] {
        let frame = rows(&screen(&mut replaying(&story), 200, 50));
        let pane: Vec<&str> = frame.lines().filter_map(|l| l.split('│').nth(1)).collect();
        let words = pane.join(" ");
        let words: Vec<&str> = words.split_whitespace().collect();
        assert!(words.join(" ").contains(says), "{says}:\n{frame}");
    }
    // At its beginning, too, it is the same file.
    let mut state = replaying(&mms(true));
    press(&mut state, "<<<");
    assert_eq!(state.text_held(1), ["its M-Send.req"]);
}

/// A recording has the masks of its own time: the outbox of today knows other messages under its numbers.
#[test]
fn numbers_of_a_recording_are_not_told_apart_by_the_outbox_of_today() {
    let step = |entry| {
        What::Outbox(OutboxStep {
            transaction_id: String::new(),
            entry,
            state: EntryState::Accepted,
            way: Way::Mms,
            to: vec![Msisdn::new("+12025550123").masked()],
            characters: 5,
            size: 300,
            parts: None,
            attempts: 1,
            written_unix_ms: 1_763_812_860_000,
            changed_unix_ms: 1_763_812_860_000,
            next_try_ms: None,
            says: String::new(),
            stage: None,
            forgotten: false,
        })
    };
    let mut story = story::failed();
    story.tell(step(1)).tell(step(2));
    let mut bench = super::keys::after(&story);
    bench.bench.recipients = Arc::new(|id| vec![format!("+1{}025550123", id + 1)]);
    press(&mut bench, "<esc>M");
    let frame = rows(&screen(&mut bench, 120, 36));
    assert!(frame.contains("**23 (a)"), "{frame}");
    let tape = Arc::new(tape_of("yesterday.jsonl", &story));
    found(&mut bench, Found::Tape(Ok(tape)));
    press(&mut bench, "M");
    assert_eq!(bench.screen, Screen::Messages);
    let frame = rows(&screen(&mut bench, 120, 36));
    assert!(
        frame.contains("**23") && !frame.contains("**23 (a)"),
        "{frame}"
    );
}

#[test]
fn in_the_middle_a_stage_runs_as_it_ran_then() {
    snapshot("replay_middle", || {
        let mut state = replaying(&story::failed());
        press(&mut state, "<<<");
        state
    });
}

#[test]
fn a_verdict_is_computed_anew_and_what_was_said_then_is_shown_as_such() {
    snapshot("replay_verdict", || {
        let mut state = replaying(&story::examined());
        press(&mut state, "<f6>");
        state
    });
    let state = replaying(&story::examined());
    let (now, then) = (state.verdict().unwrap(), state.said_then().unwrap());
    assert_eq!(then.verdict, Code::WrongPort);
    assert_ne!(
        now.headline, then.headline,
        "this story's facts are not those of a whole probe"
    );
    assert_eq!((now.probe, &now.profile), (then.probe, &then.profile));
}

#[test]
fn narrow_and_low_screens_have_a_short_time_line() {
    for (width, height) in [(80, 20), (50, 12), (30, 9), (30, 5)] {
        let mut state = replaying(&story::failed());
        let frame = rows(&screen(&mut state, width, height));
        insta::assert_snapshot!(format!("replay_small_{width}x{height}"), frame);
    }
}

/// Keys from the end of a failed send, the kind of event just before the place then, and whether it is the last one.
#[test]
fn keys_go_along_the_recording() {
    let story = story::failed();
    let len = story.events.len();
    let table: &[(&str, usize, usize)] = &[
        ("<left>", len - 1, len - 1),
        ("<left><left><right>", len - 1, len - 1),
        ("<right>", len, len),
        ("0", 0, 0),
        ("0<right><right>", 2, 2),
        ("0<left>", 0, 0),
        ("0$", len, len),
        ("<ctrl-home>", 0, 0),
        ("0<ctrl-end>", len, len),
    ];
    for (keys, from, until) in table {
        let mut state = replaying(&story);
        press(&mut state, keys);
        assert!(
            (*from..=*until).contains(&place(&state)),
            "{keys}: {}",
            place(&state)
        );
    }
    let is =
        |state: &State, wanted: fn(&What) -> bool| wanted(&story.events[place(state) - 1].what);
    let mut state = replaying(&story);
    press(&mut state, "0>");
    assert!(is(&state, |w| matches!(w, What::Stage(_))));
    press(&mut state, ".");
    assert!(
        state
            .hint
            .as_ref()
            .unwrap()
            .contains("No AT exchange after this place")
    );
    press(&mut state, "}");
    let at_error = place(&state);
    press(&mut state, "{");
    assert!(state.hint.is_some() || place(&state) < at_error);
    press(&mut state, "$}");
    assert!(
        state
            .hint
            .as_ref()
            .unwrap()
            .contains("No error after this place")
    );
}

#[test]
fn space_plays_and_holds_and_plus_and_minus_change_the_pace() {
    let mut state = replaying(&story::failed());
    assert!(
        !state.wants_clock(),
        "a recording that stands still wakes nobody"
    );
    press(&mut state, " ");
    assert!(state.wants_clock() && place(&state) == 0);
    update(&mut state, Message::Tick(1_000));
    update(&mut state, Message::Tick(3_000));
    assert_eq!(state.clock_ms(), 2_000);
    press(&mut state, "+");
    update(&mut state, Message::Tick(4_000));
    assert_eq!(state.clock_ms(), 4_000);
    press(&mut state, "+-- ");
    assert!(!state.wants_clock());
    let row = rows(&screen(&mut state, 120, 36));
    assert!(row.contains("‖ 1x"), "{row}");
}

/// A bug report is looked at on a machine with no modem: nothing may pretend to act.
#[test]
fn what_acts_is_off_and_says_why() {
    for bench in [None, Some(story::ready())] {
        for row in TABLE.iter().filter(|r| r.changes_world) {
            let mut state = match &bench {
                None => replaying(&story::examined()),
                Some(bench) => inside(bench, &story::examined()),
            };
            let effects = mmscope::console::update::act(&mut state, row.action);
            assert_eq!(effects, [], "{}", row.name);
            let hint = state.hint.clone().unwrap_or_default();
            assert!(hint.contains("no modem"), "{}: {hint}", row.name);
        }
    }
    for keys in ["<ctrl-s>", "d", "<ctrl-x>", "e", "a", "<ctrl-r>", "<f8>"] {
        let mut state = replaying(&story::failed());
        assert_eq!(press(&mut state, keys), [], "{keys}");
        assert!(!state.typing && state.overlay.is_none(), "{keys}");
    }
    let mut state = replaying(&story::failed());
    assert!(press(&mut state, ":AT+CSQ<enter>").is_empty() && !state.typing);
    let footer = rows(&screen(&mut replaying(&story::failed()), 120, 36));
    let last = footer.lines().last().unwrap();
    assert!(
        last.contains("play") && !last.contains("send") && !last.contains("find out"),
        "{last}"
    );
    assert_eq!(press(&mut state, "q"), [Effect::Quit]);
}

#[test]
fn back_at_the_bench_all_is_as_it_was_and_as_it_went_on() {
    let mut bench = story::connecting();
    let before = bench.events.len();
    let mut state = super::keys::after(&bench);
    press(&mut state, "<esc>3z");
    let tape = Arc::new(tape_of("yesterday.jsonl", &story::sent()));
    found(&mut state, Found::Tape(Ok(tape)));
    assert_eq!(state.known, story::sent().known());
    assert!(state.is_busy(), "the bench goes on sending");
    bench.late_four();
    update(&mut state, Message::Known(bench.known()));
    update(
        &mut state,
        Message::Traffic(bench.events[before..].to_vec()),
    );
    assert_eq!(
        state.known,
        story::sent().known(),
        "the recording stays on the screen"
    );
    assert!(!state.is_busy());
    press(&mut state, "<left><left><esc>");
    assert!(!state.is_replaying());
    assert_eq!((state.focus, state.zoomed), (Pane::Traffic, true));
    assert_eq!(state.known, bench.known());
    let mut never = super::keys::after(&bench);
    press(&mut never, "<esc>3z");
    assert_eq!(state.traffic.rows(), never.traffic.rows());
    assert_eq!(
        rows(&screen(&mut state, 80, 24)),
        rows(&screen(&mut never, 80, 24))
    );
}

#[test]
fn quitting_asks_for_the_send_that_runs_behind_a_recording() {
    let mut state = inside(&story::connecting(), &story::failed());
    assert_eq!(press(&mut state, "q"), []);
    assert!(matches!(state.overlay, Some(Overlay::Ask(_))));
    assert_eq!(press(&mut state, "y"), [Effect::Quit]);
    assert!(
        state.summary().contains("running, at connect"),
        "{}",
        state.summary()
    );
    let mut alone = replaying(&story::connecting());
    assert_eq!(
        press(&mut alone, "q"),
        [Effect::Quit],
        "a send that ran then runs no more"
    );
}

/// Lines of the traffic, whichever way one came.
#[test]
fn the_traffic_before_a_place_is_the_same_from_either_side() {
    let story = story::sent();
    let mut forward = replaying(&story);
    press(&mut forward, "0");
    let mut back = replaying(&story);
    for at in 1..story.events.len() {
        press(&mut forward, "<right>");
        while place(&back) > at {
            press(&mut back, "<left>");
        }
        assert_eq!(forward.traffic.rows(), back.traffic.rows(), "at {at}");
        assert_eq!(forward.known, back.known);
        press(&mut back, "$");
    }
}

#[test]
fn a_click_on_the_time_line_goes_there() {
    let mut state = replaying(&story::failed());
    let length = state.replay.as_ref().unwrap().player.tape().length_ms();
    let row = state.plan().timeline.y + 1;
    for (column, share) in [(1, 0), (118, 1000), (60, 504)] {
        let kind = MouseEventKind::Down(MouseButton::Left);
        let modifiers = ratatui::crossterm::event::KeyModifiers::NONE;
        update(
            &mut state,
            Message::Mouse(MouseEvent {
                kind,
                column,
                row,
                modifiers,
            }),
        );
        let ms = state.replay.as_ref().unwrap().player.ms();
        assert!(
            ms.abs_diff(length * share / 1000) <= length / 100,
            "{column}: {ms} of {length}"
        );
    }
}

fn row(name: &str, story: &Story) -> RecordingRow {
    let mut digest = Digest::default();
    story.events.iter().for_each(|e| digest.take(e));
    digest.events = story.events.len() as u64;
    RecordingRow {
        path: format!("/state/recordings/{name}"),
        name: name.into(),
        digest,
        octets: 48_213,
        current: false,
    }
}

fn list() -> Recordings {
    let mut rows = vec![
        row(
            "2026-11-22T12-01-00-000Z-world-mint.jsonl",
            &story::failed(),
        ),
        row("2026-11-21T09-10-00-000Z-world-mint.jsonl", &story::sent()),
        row(
            "2026-11-20T09-10-00-000Z-world-mint.jsonl",
            &story::examined(),
        ),
        row("2026-11-19T09-10-00-000Z-world-mint.jsonl", &story::ready()),
    ];
    rows[0].current = true;
    rows[3].digest.trouble = Some("line 40 is no event: EOF while parsing".into());
    Recordings {
        folder: "/state/recordings".into(),
        rows: Some(rows),
        unlisted: 3,
        ..Recordings::default()
    }
}

#[test]
fn the_list_of_recordings_says_what_each_holds() {
    snapshot("recordings", || {
        let mut state = super::keys::after(&story::failed());
        press(&mut state, "<ctrl-k>o");
        found(&mut state, Found::List(list()));
        press(&mut state, "<down>");
        state
    });
    let mut state = super::keys::after(&story::failed());
    assert_eq!(
        press(&mut state, "<ctrl-k>o"),
        [Effect::Fetch(Wanted::List)]
    );
    assert_eq!(
        press(&mut state, "<enter>"),
        [],
        "nothing is chosen while nothing was read"
    );
    found(&mut state, Found::List(list()));
    let chosen = list().rows.unwrap()[1].path.clone();
    assert_eq!(
        press(&mut state, "<down><enter>"),
        [Effect::Fetch(Wanted::Tape(chosen.clone()))]
    );
    assert_eq!(
        press(&mut state, "b"),
        [Effect::Fetch(Wanted::Course(chosen))]
    );
    found(
        &mut state,
        Found::Tape(Err("x.jsonl: line 1: no header".into())),
    );
    assert!(
        state.hint.as_ref().unwrap().contains("line 1"),
        "and the list stays"
    );
    assert_eq!(state.overlay, Some(Overlay::Recordings));
    press(&mut state, "<esc>");
    assert_eq!(state.overlay, None);
}

fn beside() -> State {
    let mut state = super::keys::after(&story::failed());
    let course = Course::of_tape(&tape_of("yesterday.jsonl", &story::sent()));
    found(&mut state, Found::Course(Ok(Box::new(course))));
    state
}

#[test]
fn two_sends_stand_side_by_side_and_what_differs_has_a_sign() {
    snapshot("beside", beside);
    let mut narrow = beside();
    insta::assert_snapshot!("beside_50x30", rows(&screen(&mut narrow, 50, 30)));
    assert_eq!(beside().screen, Screen::Beside);
}

fn good() -> Course {
    Course::of_tape(&tape_of("yesterday.jsonl", &story::sent()))
}

#[test]
fn one_key_lays_the_last_good_send_beside_this_one() {
    let mut state = super::keys::after(&story::failed());
    let conditions = Conditions::of(&story::failed().known()).unwrap();
    let wanted = Effect::Fetch(Wanted::Good(Box::new(conditions)));
    let asked = press(&mut state, "<ctrl-k>g");
    assert_eq!(asked, std::slice::from_ref(&wanted));
    found(&mut state, Found::Good(Err("no accepted send".into())));
    assert_eq!(state.screen, Screen::Bench);
    let hint = state.hint.clone().unwrap();
    assert_eq!(hint, "Not laid: no accepted send; ^K o lists all");
    found(
        &mut state,
        Found::Good(Ok(Box::new(Good {
            tape: None,
            course: good(),
        }))),
    );
    assert_eq!(
        (state.screen, state.is_replaying()),
        (Screen::Beside, false)
    );
    let names = &state.laid.as_ref().unwrap().table.names;
    assert_eq!(names, &["this session", "yesterday.jsonl"]);
    // In the list the key means the chosen recording; the row of this session means this session.
    press(&mut state, "<ctrl-k>o");
    found(&mut state, Found::List(list()));
    assert_eq!(press(&mut state, "B"), [wanted]);
    let chosen = list().rows.unwrap()[2].path.clone();
    assert_eq!(
        press(&mut state, "<down><down>B"),
        [Effect::Fetch(Wanted::WithGood(chosen))]
    );
    found(
        &mut state,
        Found::Good(Ok(Box::new(Good {
            tape: Some(Arc::new(tape_of("before.jsonl", &story::examined()))),
            course: good(),
        }))),
    );
    assert_eq!((state.screen, state.is_replaying()), (Screen::Beside, true));
    let names = &state.laid.as_ref().unwrap().table.names;
    assert_eq!(names, &["before.jsonl", "yesterday.jsonl"]);
    let mut nothing = super::keys::after(&story::empty());
    assert_eq!(press(&mut nothing, "<ctrl-k>g"), []);
    assert!(nothing.hint.unwrap().contains("nothing was sent yet"));
}

#[test]
fn the_table_follows_the_session_on_the_screen() {
    let mut bench = story::ready();
    let mut state = super::keys::after(&bench);
    let course = Course::of_tape(&tape_of("yesterday.jsonl", &story::sent()));
    found(&mut state, Found::Course(Ok(Box::new(course))));
    let parts = |state: &State| {
        state
            .laid
            .as_ref()
            .unwrap()
            .table
            .parts_at()
            .unwrap()
            .name
            .clone()
    };
    assert_eq!(parts(&state), "encode", "nothing was sent here yet");
    bench.sends_up_to_connect("us/mint", 80).late_four();
    update(&mut state, Message::Known(bench.known()));
    assert_eq!(parts(&state), "connect");
}

#[test]
fn a_good_run_that_was_recorded_says_what_is_slow_now() {
    let mut recorded = list();
    let good = &mut recorded.rows.as_mut().unwrap()[1].digest;
    for took in &mut good.sends.last_mut().unwrap().took {
        *took = took.map(|ms| ms / 10);
    }
    let mut state = super::keys::after(&story::sent());
    found(&mut state, Found::List(recorded));
    assert_eq!(state.expected.as_ref().unwrap().sends, 1);
    press(&mut state, "2z");
    insta::assert_snapshot!("expected_80x24", rows(&screen(&mut state, 80, 24)));
    let mut running = story::ready();
    running.sends_up_to_connect("us/mint", 80).connecting(340);
    let mut state = super::keys::after(&running);
    found(&mut state, Found::List(list()));
    let connect = |state: &mut State| {
        let frame = rows(&screen(state, 80, 24));
        let row = frame.lines().find(|l| l.contains("│▸ connect"));
        row.unwrap_or_else(|| panic!("{frame}")).to_owned()
    };
    let ms = state.known.ms;
    assert!(!connect(&mut state).contains('↑'));
    update(&mut state, Message::Tick(ms + 20_000));
    let row = connect(&mut state);
    assert!(row.contains('↑'), "while it still runs: {row}");
    let mut same = super::keys::after(&story::sent());
    found(&mut same, Found::List(list()));
    let mut none = super::keys::after(&story::sent());
    let text = |state: &mut State| rows(&screen(state, 80, 24));
    assert_eq!(text(&mut same), text(&mut none), "as fast as ever: no sign");
    let mut other = super::keys::after(&story::failed());
    found(&mut other, Found::List(list()));
    assert_eq!(
        other.expected, None,
        "another profile's good run is no measure"
    );
}

/// Everything from outside in a recording is hostile, too.
#[test]
fn a_hostile_recording_reaches_no_terminal_raw() {
    let nasty = "\x1b[2J\x1b]0;owned\x07\u{202e}";
    let mut story = story::sent();
    story.tell(What::Notice(Notice {
        level: Level::Alarm,
        text: nasty.into(),
        because: None,
    }));
    let mut tape = tape_of(nasty, &story);
    tape.trouble = Some(nasty.into());
    let mut course = Course::of_tape(&tape_of(nasty, &story));
    course.stages[0].says = nasty.into();
    let mut state = super::keys::after(&story::failed());
    found(&mut state, Found::Tape(Ok(Arc::new(tape))));
    let frame = rows(&screen(&mut state, 120, 36));
    found(&mut state, Found::Course(Ok(Box::new(course))));
    let mut rows_ = list();
    let first = &mut rows_.rows.as_mut().unwrap()[0];
    first.name = nasty.into();
    first.digest.profile = Some(nasty.into());
    first.digest.trouble = Some(nasty.into());
    first.digest.began_at = format!("{nasty}é漢字漢字漢字漢字");
    let table = rows(&screen(&mut state, 120, 36));
    press(&mut state, "<ctrl-k>o");
    found(&mut state, Found::List(rows_));
    let list = rows(&screen(&mut state, 120, 36));
    for frame in [frame, table, list] {
        assert!(
            !frame
                .chars()
                .any(|c| c != '\n' && (c.is_control() || c == '\u{202e}')),
            "{frame}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Any keys at any size: no panic, and nothing for the bench.
    #[test]
    fn no_keys_over_a_recording_break_it_or_order_anything(
        keys in proptest::collection::vec(
            prop_oneof![
                Just(" "), Just("<left>"), Just("<right>"), Just(">"), Just("<"), Just("}"), Just("{"), Just("."), Just(","),
                Just("]"), Just("["), Just("+"), Just("-"), Just("0"), Just("$"), Just("<f6>"), Just("<f7>"), Just("<esc>"),
                Just("<tab>"), Just("z"), Just("<ctrl-s>"), Just("d"), Just("<ctrl-k>"), Just("o"), Just("b"), Just("B"), Just("g"), Just("s"), Just("<enter>"), Just("y"),
            ],
            0..30,
        ),
        (width, height) in (0_u16..210, 0_u16..60),
        alone in any::<bool>(),
    ) {
        let mut state = match alone {
            true => replaying(&story::examined()),
            false => inside(&story::ready(), &story::examined()),
        };
        for (n, key) in keys.iter().enumerate() {
            let was = state.is_replaying();
            let effects = press(&mut state, key);
            let orders = effects.iter().any(|e| matches!(e, Effect::Order(Order::Send(_) | Order::RunAt(_) | Order::Probe { .. })));
            prop_assert!(!(was && state.is_replaying() && orders));
            update(&mut state, Message::Tick(n as u64 * 700));
            screen(&mut state, width, height);
        }
    }
}

#[test]
fn actions_of_a_recording_are_silent_at_the_bench() {
    let mut state = super::keys::after(&story::failed());
    press(&mut state, "<esc>");
    let before = rows(&screen(&mut state, 80, 24));
    for keys in ["<", ">", "}", "+", "0", "$", "."] {
        assert_eq!(press(&mut state, keys), [], "{keys}");
    }
    assert_eq!(rows(&screen(&mut state, 80, 24)), before);
    let live = TABLE.iter().find(|r| r.action == Action::Live).unwrap();
    assert!(!state.can(live));
}

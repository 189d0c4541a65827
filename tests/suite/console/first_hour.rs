//! What stops a person in the first hour: where a tab is, what help finds, what comes first, what a stopped probe is called.
use super::keys::{after, press};
use super::story::{self, rows, screen};
use mmscope::console::state::Overlay;
use mmscope::console::{Message, Screen, State, text, update};
use mmscope::event::*;
use proptest::prelude::*;
use ratatui::crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

fn seen(state: &mut State, (width, height): (u16, u16)) -> String {
    rows(&screen(state, width, height))
}

/// The column at which a word begins in the upper edge of the panes.
fn column(frame: &str, word: &str) -> Option<usize> {
    let edge = frame.lines().nth(1)?;
    edge.find(word).map(|at| edge[..at].chars().count())
}

/// A tab that moves from screen to screen is looked for again on each.
#[test]
fn tabs_show_their_keys_and_stand_in_one_place() {
    let words: [(&str, u16, u16, &[&str]); 3] = [
        ("80", 80, 24, &["F5 Bench", "F6 Why", "F7 Cmp", "F3", "F12"]),
        ("120", 120, 36, &["F5 Bench", "F6 Why", "F7 Cmp", "F3 PDU"]),
        ("200", 200, 50, &["F5", "F6", "F7", "F3", "F12"]),
    ];
    for (size, width, height, words) in words {
        let mut places = Vec::new();
        for way in ["<f5>", "<f6>", "<f7>", "<f3>", "<alt-m>", "<f12>"] {
            let mut state = after(&story::failed());
            screen(&mut state, width, height);
            press(&mut state, way);
            let frame = seen(&mut state, (width, height));
            // Beside the octets there is room for keys alone.
            if width == 80 && way == "<f3>" {
                assert!(column(&frame, "F12").is_some(), "{frame}");
                continue;
            }
            let here: Vec<Option<usize>> = words.iter().map(|w| column(&frame, w)).collect();
            assert!(here.iter().all(Option::is_some), "{size} {way}: {frame}");
            places.push(here);
        }
        places.dedup();
        assert_eq!(places.len(), 1, "{size}: {places:?}");
    }
}

/// What is typed, then what the help must and must not show.
#[test]
fn help_finds_keys_names_and_words_before_letters_with_gaps() {
    let table = [
        ("/fix", "Do what the verdict advises", "Search"),
        ("F5", "Go to the bench", "Quit; asks"),
        ("^s", "Send the message through", "Quit; asks"),
        ("remov", "from the outbox for good", "Quit; asks"),
        ("quit", "Quit; asks", "Take this message into"),
    ];
    for (typed, found, not) in table {
        let mut state = after(&story::failed());
        screen(&mut state, 120, 60);
        press(&mut state, &format!("?{typed}"));
        let frame = seen(&mut state, (120, 60));
        assert!(frame.contains(found), "{typed}: {frame}");
        assert!(!frame.contains(not), "{typed}: {frame}");
        assert!(!frame.contains("//"), "{typed}: {frame}");
    }
}

#[test]
fn help_says_what_its_mark_means_moves_by_windows_and_zooms_nothing() {
    let mut state = after(&story::failed());
    let frame = {
        screen(&mut state, 120, 36);
        press(&mut state, "?");
        seen(&mut state, (120, 36))
    };
    assert!(frame.contains("! changes the modem"), "{frame}");
    press(&mut state, "<pagedown>");
    assert_eq!(
        state.help_scroll, 31,
        "a window of 32 rows, one of which stays"
    );
    press(&mut state, "<f4>");
    assert!(!state.zoomed, "the pane under the help stays as it is");
}

#[test]
fn what_mends_comes_before_what_goes_round_it() {
    let mut story = story::failed();
    let send = story.known().sends.back().unwrap().message.send;
    story.tell(What::Result(SendResult {
        send,
        stage: Some(Stage::Connect),
        offers: Some(Way::Sms),
        entry: Some(7),
        ..SendResult::default()
    }));
    let mut state = after(&story);
    let frame = seen(&mut state, (120, 36));
    let footer = frame.lines().last().unwrap().to_owned();
    let (probe, sms) = (footer.find("d probe"), footer.find("Alt-t send as SMS"));
    assert!(probe.is_some() && probe < sms, "{footer}");
    let mut state = after(&story::examined());
    press(&mut state, "<f6>");
    let frame = seen(&mut state, (120, 36));
    let footer = frame.lines().last().unwrap().to_owned();
    let (fix, probe) = (footer.find("apply the fix"), footer.find("d probe"));
    assert!(
        fix.is_some() && probe.is_none_or(|at| fix < Some(at)),
        "{footer}"
    );
}

#[test]
fn a_verdict_says_at_its_top_that_nothing_was_sent_and_its_times_are_the_traffics() {
    let mut state = after(&story::examined());
    press(&mut state, "<f6>2");
    let frame = seen(&mut state, (80, 24));
    let top: Vec<&str> = frame.lines().take(6).collect();
    assert!(
        top.iter()
            .any(|row| row.contains("nothing was sent to anybody")),
        "{frame}"
    );
    assert!(
        frame.contains("12:01:21.154 MMSC 10.175.85.144:8080"),
        "{frame}"
    );
}

#[test]
fn a_probe_that_was_stopped_has_no_verdict() {
    let mut story = story::failed();
    story.examining();
    let known = story::examined().known();
    let mut verdict = known.probes.back().unwrap().verdict.clone().unwrap();
    verdict.verdict = Code::Inconclusive;
    verdict.cancelled = true;
    story.tell(What::Verdict(Box::new(verdict)));
    let mut state = after(&story);
    press(&mut state, "<f6>");
    let frame = seen(&mut state, (120, 36));
    let verdict: String = frame.lines().take(10).collect();
    assert!(verdict.contains("stopped, no verdict"), "{frame}");
    assert!(!verdict.contains("INCONCLUSIVE"), "{frame}");
    let summary = state.summary();
    assert!(
        summary.contains("the probe was stopped, no verdict"),
        "{summary}"
    );
}

#[test]
fn the_log_tells_of_sends_and_verdicts() {
    let mut state = after(&story::examined());
    press(&mut state, "<f12>");
    let frame = seen(&mut state, (120, 36));
    for said in ["failed at connect", "WRONG-PORT (high confidence)"] {
        assert!(frame.contains(said), "{said}: {frame}");
    }
    update(&mut state, Message::Known(story::examined().known()));
    let again = seen(&mut state, (120, 36));
    assert_eq!(again, frame, "nothing is told twice");
}

#[test]
fn a_message_opens_whole_and_closes_again() {
    let mut story = story::failed();
    story.tell(What::Inbox(InboxStep {
        item: 2,
        kind: InboxKind::Mms,
        state: InboxState::Here,
        parts: 1,
        ..InboxStep::default()
    }));
    let mut state = after(&story);
    press(&mut state, "<alt-m><enter>");
    assert_eq!(state.overlay, Some(Overlay::Post));
    let frame = seen(&mut state, (80, 24));
    assert!(frame.contains("The café, at one."), "{frame}");
    assert!(!frame.contains("1 parts"), "{frame}");
    press(&mut state, "<esc>");
    assert_eq!((state.overlay, state.screen), (None, Screen::Messages));
}

/// The keys that stand under a list are the list's: another one must not close it by the way.
#[test]
fn a_short_list_has_its_own_keys_in_the_footer() {
    let mut state = after(&story::examined());
    press(&mut state, "<f7>R");
    assert_eq!(state.overlay, Some(Overlay::Choosing));
    let frame = seen(&mut state, (80, 24));
    let footer = frame.lines().last().unwrap();
    assert!(
        footer.contains("Enter choose") && footer.contains("Esc back"),
        "{footer}"
    );
    assert!(
        !footer.contains("write") && !footer.contains("^S"),
        "{footer}"
    );
    press(&mut state, "e");
    assert_eq!(state.overlay, Some(Overlay::Choosing));
}

#[test]
fn ids_and_ports_that_differ_at_their_ends_are_told_apart() {
    let mut state = after(&story::failed());
    let mut profiles = state.profiles.clone();
    profiles[0].id = "example/mint-as-configured-by-somebody".into();
    profiles[1].id = "example/mint-as-configured-by-somebody-mended".into();
    profiles[1].dials = "a-very-long-host.of-an-operator.example.com:8080".into();
    update(&mut state, Message::Profiles(profiles));
    press(&mut state, "p");
    let frame = seen(&mut state, (80, 24));
    assert!(
        frame.contains("mended") && frame.contains(":8080"),
        "{frame}"
    );
}

#[test]
fn a_broken_world_says_that_it_is_meant_so() {
    let mut state = after(&story::ready());
    state.greet(&[]);
    state.flags.broken = true;
    let frame = seen(&mut state, (80, 24));
    assert!(frame.contains("broken on purpose"), "{frame}");
    press(&mut state, "<ctrl-s>");
    story::hear(&mut state, &story::failed());
    let frame = seen(&mut state, (80, 24));
    assert!(frame.contains("`--world open` works"), "{frame}");
}

proptest! {
    #[test]
    fn a_text_cut_in_its_middle_keeps_both_ends(text in "[a-zé漢🙂]{0,40}", columns in 0_usize..30) {
        let cut = text::cut_middle(&text, columns, "…");
        prop_assert!(text::width(&cut) <= columns.max(text::width(&text).min(columns)));
        if text::width(&text) <= columns {
            prop_assert_eq!(cut, text);
        }
    }
}

#[test]
fn options_of_the_command_line_are_keys_here() {
    let mut story = story::examined();
    let known = story.known();
    let probe = known.probes.back().unwrap();
    let mut verdict = probe.verdict.clone().unwrap();
    verdict.not_run = vec![NotRun {
        experiment: "E31".into(),
        title: "Ladder of body sizes".into(),
        why: "only on request (--sizes)".into(),
        would_tell: "whether large packets are lost".into(),
        side_effect: 1,
    }];
    story.tell(What::Verdict(Box::new(verdict)));
    let mut state = after(&story);
    press(&mut state, "<f6>1z");
    let frame = seen(&mut state, (120, 60));
    assert!(
        !frame.contains("--sizes") && frame.contains("(o chooses it)"),
        "{frame}"
    );
}

/// What stands in an edge with its key is clicked like everything else.
#[test]
fn the_keys_in_the_messages_edge_can_be_clicked() {
    for words in ["o options", "Alt-a attach"] {
        let mut state = after(&story::failed());
        press(&mut state, "1");
        let frame = seen(&mut state, (80, 24));
        let (y, line) = frame
            .lines()
            .enumerate()
            .find(|(_, line)| line.contains(words))
            .unwrap();
        let x = line[..line.find(words).unwrap()].chars().count();
        update(
            &mut state,
            Message::Mouse(MouseEvent {
                kind: MouseEventKind::Down(MouseButton::Left),
                column: x as u16,
                row: y as u16,
                modifiers: KeyModifiers::NONE,
            }),
        );
        assert_eq!(state.overlay, Some(Overlay::Options), "{words}");
    }
}

//! What a person who has never seen it stumbled over, mended: keys, windows, words.
use super::keys::{after, press};
use super::story::{self, rows, screen};
use mmscope::compose::Severity;
use mmscope::console::alike::Alike;
use mmscope::console::state::Doubt;
use mmscope::console::theme::Tone;
use mmscope::console::{Colours, Effect, Message, Order, Pane, Screen, State, Theme, update};
use mmscope::event::{EntryState, Masked, Msisdn, OutboxStep, What};
use ratatui::crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::style::Modifier;
use std::sync::Arc;

fn seen(state: &mut State, width: u16, height: u16) -> String {
    rows(&screen(state, width, height))
}

fn click(state: &mut State, column: usize, row: usize) -> Vec<Effect> {
    let mouse = MouseEvent {
        kind: MouseEventKind::Down(MouseButton::Left),
        column: u16::try_from(column).unwrap(),
        row: u16::try_from(row).unwrap(),
        modifiers: KeyModifiers::NONE,
    };
    update(state, Message::Mouse(mouse))
}

fn foot(frame: &str) -> &str {
    frame.lines().last().unwrap()
}

#[test]
fn where_one_pane_has_room_a_send_brings_its_ladder() {
    let mut state = story::at_the_end(&story::ready());
    screen(&mut state, 30, 8);
    press(&mut state, "<esc>1");
    let sent = press(&mut state, "<ctrl-s>");
    assert!(matches!(sent[..], [Effect::Order(Order::Send(_))]));
    assert_eq!(state.focus, Pane::Send);
    let mut wide = story::at_the_end(&story::ready());
    screen(&mut wide, 80, 24);
    press(&mut wide, "<esc>1<ctrl-s>");
    assert_eq!(wide.focus, Pane::Compose, "the ladder is in sight as it is");
}

#[test]
fn the_pane_behind_another_one_is_named_and_never_itself() {
    let mut state = after(&story::failed());
    press(&mut state, "<esc>");
    let frame = seen(&mut state, 120, 36);
    let (row, line) = frame
        .lines()
        .enumerate()
        .find(|(_, l)| l.contains("8 profiles"))
        .unwrap();
    assert!(
        line.contains("following ─ 8 profiles"),
        "set apart from the title: {line}"
    );
    let column = line[..line.find("8 profiles").unwrap()].chars().count();
    assert_eq!(click(&mut state, column, row), []);
    assert_eq!(state.focus, Pane::Profiles);
    let frame = seen(&mut state, 120, 36);
    let line = frame.lines().nth(row).unwrap();
    assert!(line.contains("8 Profiles ━ 3 AT"), "{line}");
}

#[test]
fn panes_without_room_for_their_names_keep_their_numbers() {
    let mut state = after(&story::failed());
    press(&mut state, "<esc>3");
    let frame = seen(&mut state, 60, 15);
    let line = frame.lines().find(|l| l.contains("AT traffic")).unwrap();
    assert!(line.contains("also 1 4 5 6 7 8 "), "{line}");
}

#[test]
fn a_tip_covers_no_key() {
    for (width, height) in [(60, 15), (80, 24), (120, 36)] {
        let mut state = after(&story::failed());
        state.greet(&[]);
        press(&mut state, "<esc>1");
        let frame = seen(&mut state, width, height);
        assert!(
            frame.contains("o options Alt-a attach"),
            "{width}x{height}\n{frame}"
        );
    }
    let mut state = after(&story::failed());
    state.flags.broken = true;
    state.greet(&["send".to_owned()]);
    press(&mut state, "<esc>2");
    let frame = seen(&mut state, 120, 36);
    assert!(
        frame.contains("`--world open` works ━") || frame.contains("`--world open` works ─"),
        "{frame}"
    );
}

#[test]
fn a_remark_that_is_cut_says_where_the_whole_of_it_stands() {
    let mut state = after(&story::ready());
    let long = "the text is longer than the carrier takes ".repeat(8);
    state.measured.doubts = vec![Doubt {
        severity: Severity::Warning,
        says: long,
    }];
    press(&mut state, "<esc>");
    let frame = seen(&mut state, 120, 36);
    assert!(frame.contains("o: the whole of it"), "{frame}");
    state.measured.doubts[0].says = "short".to_owned();
    let frame = seen(&mut state, 120, 36);
    assert!(!frame.contains("the whole of it"), "{frame}");
}

#[test]
fn no_time_loses_its_unit_in_a_narrow_pane() {
    for width in [50, 56, 60, 64, 70] {
        let mut state = after(&story::failed());
        let frame = seen(&mut state, width, 60);
        let links = frame.lines().skip_while(|l| !l.contains("7 TCP"));
        let links: String = links.collect();
        assert!(links.contains("2.1 s"), "{width}\n{frame}");
        assert!(links.contains("A    10.175.85.144"), "{width}\n{frame}");
    }
}

#[test]
fn ascii_is_ascii_outside_of_what_a_person_writes() {
    let mut state = story::console(&story::draft(), Theme::new(Colours::Mono, true));
    story::hear(&mut state, &story::examined());
    for (keys, hint) in [
        ("<esc>", ""),
        ("<f6>", ""),
        ("<f6>", "“x” → y … – ×"),
        ("<f5>?", ""),
        ("<f5>M", ""),
    ] {
        state.overlay = None;
        press(&mut state, keys);
        state.hint = Some(hint.to_owned()).filter(|h| !h.is_empty());
        for (width, height) in [(80, 24), (120, 36)] {
            let frame = seen(&mut state, width, height);
            let odd: String = frame.chars().filter(|c| !c.is_ascii()).collect();
            assert_eq!(odd, "", "{keys} {width}x{height}\n{frame}");
        }
    }
    let draft = mmscope::console::Draft {
        text: "“so”".to_owned(),
        ..story::draft()
    };
    let mut state = story::console(&draft, Theme::new(Colours::Mono, true));
    assert!(seen(&mut state, 80, 24).contains("“so”"));
}

#[test]
fn a_screens_key_does_not_look_like_its_neighbours_name() {
    let mut state = after(&story::failed());
    press(&mut state, "<esc>");
    let buffer = screen(&mut state, 80, 24);
    let edge: Vec<String> = (0..80)
        .map(|x| buffer[(x, 1)].symbol().to_owned())
        .collect();
    let at = |words: &str| {
        let line: String = edge.concat();
        line[..line.find(words).unwrap()].chars().count()
    };
    let key = state.theme.style(Tone::Key);
    let plain = state.theme.style(Tone::Plain);
    for (words, wanted) in [("M F12", key), ("F12", key), ("Why", plain)] {
        let cell = &buffer[(u16::try_from(at(words)).unwrap(), 1)];
        let (fg, modifier) = (wanted.fg.unwrap_or_default(), wanted.add_modifier);
        assert_eq!((cell.fg, cell.modifier), (fg, modifier), "{words}");
    }
}

fn masks(numbers: &[&str]) -> Vec<Masked> {
    numbers.iter().map(|n| Msisdn::new(*n).masked()).collect()
}

#[test]
fn numbers_whose_masks_are_alike_are_told_apart() {
    let mut alike = Alike::default();
    let step = |entry, written_unix_ms, numbers: &[&str]| OutboxStep {
        written_unix_ms,
        to: masks(numbers),
        ..addressed(entry)
    };
    let take = |alike: &mut Alike, id, written, numbers: &[&str]| {
        let plain = numbers.iter().map(|n| (*n).to_owned()).collect();
        alike.take(&step(id, written, numbers), plain);
    };
    let marks = |alike: &Alike, id, written, numbers: &[&str]| -> Vec<Option<char>> {
        let step = step(id, written, numbers);
        (0..numbers.len())
            .map(|nth| alike.mark(&step, nth))
            .collect()
    };
    take(&mut alike, 1, 10, &["+12025550123"]);
    assert_eq!(marks(&alike, 1, 10, &["+12025550123"]), [None]);
    take(&mut alike, 2, 20, &["+13035550123", "+12025550145"]);
    take(&mut alike, 3, 30, &["+12025550123"]);
    assert_eq!(marks(&alike, 1, 10, &["+12025550123"]), [Some('a')]);
    let two = ["+13035550123", "+12025550145"];
    assert_eq!(marks(&alike, 2, 20, &two), [Some('b'), None]);
    assert_eq!(marks(&alike, 3, 30, &["+12025550123"]), [Some('a')]);
    assert_eq!(marks(&alike, 9, 90, &["+12025550123"]), [None]);
    // The number of a forgotten message is given again, to one that goes to somebody else.
    let again = step(3, 31, &["+13035550123"]);
    assert!(alike.knows(&step(3, 30, &["+12025550123"])) && !alike.knows(&again));
    assert_eq!(alike.mark(&again, 0), None);
    take(&mut alike, 3, 31, &["+13035550123"]);
    assert_eq!(alike.mark(&again, 0), Some('b'));
}

/// A message of the outbox.
fn addressed(entry: u64) -> OutboxStep {
    OutboxStep {
        entry,
        transaction_id: String::new(),
        state: EntryState::Accepted,
        way: mmscope::event::Way::Mms,
        to: masks(&["+12025550123"]),
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
    }
}

#[test]
fn the_messages_show_two_numbers_as_two() {
    let mut story = story::ready();
    story
        .tell(What::Outbox(addressed(1)))
        .tell(What::Outbox(addressed(2)));
    let mut state = after(&story);
    state.bench.recipients = Arc::new(|id| match id {
        1 => vec!["+12025550123".to_owned()],
        _ => vec!["+13035550123".to_owned()],
    });
    press(&mut state, "<esc>M");
    assert_eq!(state.screen, Screen::Messages);
    let frame = seen(&mut state, 120, 36);
    assert!(
        frame.contains("**23 (a)") && frame.contains("**23 (b)"),
        "{frame}"
    );
    assert!(frame.contains("different numbers, masked alike"), "{frame}");
    assert!(!frame.contains("303555"), "{frame}");
}

#[test]
fn held_traffic_says_how_it_follows_again() {
    let mut state = after(&story::failed());
    press(&mut state, "<esc>3/cipopen<enter>");
    let frame = seen(&mut state, 120, 36);
    for says in ["f follow again", "n next found"] {
        assert!(foot(&frame).contains(says), "{says}: {}", foot(&frame));
    }
    press(&mut state, "n");
    let hint = state.hint.clone().unwrap_or_default();
    assert!(hint.contains("on from the first"), "{hint}");
    press(&mut state, "<esc>");
    let hint = state.hint.clone().unwrap();
    assert!(hint.contains("f follows it again"), "{hint}");
    press(&mut state, "f");
    assert!(!state.traffic.is_held());
    assert!(!foot(&seen(&mut state, 120, 36)).contains("follow again"));
}

#[test]
fn a_chord_that_was_begun_by_accident_is_left_in_silence() {
    let mut state = after(&story::ready());
    press(&mut state, "<ctrl-k><esc>");
    assert_eq!(state.hint, None);
    press(&mut state, "<ctrl-k>9");
    assert!(state.hint.unwrap().contains("means nothing here"));
}

#[test]
fn the_footer_offers_no_way_to_where_one_is() {
    let mut state = after(&story::failed());
    press(&mut state, "<esc>8");
    let frame = seen(&mut state, 200, 50);
    assert!(!foot(&frame).contains("profiles"), "{}", foot(&frame));
    press(&mut state, "1");
    let frame = seen(&mut state, 200, 50);
    assert!(foot(&frame).contains("p profiles"), "{}", foot(&frame));
}

#[test]
fn help_says_what_enter_does_with_this_verdict() {
    let mut state = after(&story::examined());
    press(&mut state, "<esc><f6>?");
    let frame = seen(&mut state, 120, 36);
    assert!(frame.contains("Here it uses a copy of"), "{frame}");
}

/// In every list of a terminal without colours the chosen row is seen: reversed, or by its sign; and the pane that has the keys by its edge.
#[test]
fn without_colours_what_is_chosen_and_focused_is_seen_all_the_same() {
    for (keys, sign) in [
        ("p", true),
        ("<f6>2", true),
        ("<f6>o", true),
        (":", true),
        ("R", true),
        ("o", true),
        ("3<up><up>", false),
        ("<f3>2", false),
        ("<f3>1", true),
        ("p <down> c<f7>", true),
    ] {
        let mut state = story::console(&story::draft(), Theme::new(Colours::Mono, false));
        story::hear(&mut state, &story::examined());
        screen(&mut state, 120, 36);
        press(&mut state, "<esc>");
        press(&mut state, keys);
        let buffer = screen(&mut state, 120, 36);
        let cells = buffer.content();
        let reversed = cells
            .iter()
            .skip(120 * 2)
            .filter(|c| c.modifier.contains(Modifier::REVERSED));
        let marked = rows(&buffer).contains('▸');
        assert!(
            reversed.count() > 3 || (sign && marked),
            "{keys}\n{}",
            rows(&buffer)
        );
        let thick = rows(&buffer).contains('┏');
        assert!(
            thick,
            "{keys}: no edge is the focused one\n{}",
            rows(&buffer)
        );
        for cell in cells.iter().filter(|c| "┃━┏┓┗┛│─".contains(c.symbol())) {
            assert!(
                !cell.modifier.contains(Modifier::DIM),
                "{keys}: a rule vanishes"
            );
        }
    }
}

#[test]
fn a_screen_that_is_shown_to_others_holds_no_identity() {
    let longest = |frame: &str| {
        let runs = frame.split(|c: char| !c.is_ascii_digit());
        runs.map(str::len).max().unwrap_or(0)
    };
    for keys in [
        "", "<f6>", "<f3>", "<f3>2", "<esc>M", "<esc>e", "<esc>hz", "<esc>3z", "<esc>3Xz",
    ] {
        for (width, height) in [(80, 24), (120, 36), (200, 50)] {
            let mut state = after(&story::sent());
            press(&mut state, keys);
            let before = seen(&mut state, width, height);
            press(&mut state, "<ctrl-k>h");
            state.hint = None;
            let frame = seen(&mut state, width, height);
            assert!(longest(&frame) < 9, "{keys}\n{frame}");
            assert!(!frame.contains("32 35 35 35 30"), "{keys}\n{frame}");
            assert!(frame.contains("hidden"), "{frame}");
            press(&mut state, "<ctrl-k>h");
            state.hint = None;
            assert_eq!(seen(&mut state, width, height), before, "{keys}: as it was");
        }
    }
    let mut state = after(&story::sent());
    press(&mut state, "<esc>1");
    assert!(
        longest(&seen(&mut state, 120, 36)) > 9,
        "the number is there else"
    );
}

#[test]
fn one_line_tells_of_the_newest_send_or_probe() {
    for (story, says) in [
        (story::failed(), "failed"),
        (story::examining(), "probing"),
        (story::examined(), "WRONG-PORT"),
        (story::sent(), "sent:"),
    ] {
        let mut state = story::at_the_end(&story);
        for (width, height) in [(12, 3), (60, 3)] {
            let frame = seen(&mut state, width, height);
            assert!(frame.contains(says), "{says} in\n{frame}");
        }
    }
}

#[test]
fn the_footer_of_a_short_list_is_clicked_as_its_keys_are_pressed() {
    let mut state = after(&story::examined());
    press(&mut state, "<esc>R");
    let frame = seen(&mut state, 80, 24);
    let at = |words: &str| foot(&frame).find(words).unwrap();
    click(&mut state, at("Enter choose"), 23);
    assert!(
        state.choosing.as_ref().unwrap().name.is_some(),
        "it asks where to"
    );
    let frame = seen(&mut state, 80, 24);
    let back = foot(&frame).find("Esc back").unwrap();
    click(&mut state, back, 23);
    assert!(state.choosing.as_ref().unwrap().name.is_none());
    click(&mut state, at("Esc back"), 23);
    assert_eq!(state.overlay, None);
}

/// The one line of a tiny terminal hides what the panes do.
#[test]
fn one_line_of_truth_hides_identities_as_well() {
    let mut story = story::connecting();
    let mut send = story.known().sends.back().unwrap().message.clone();
    send.send += 1;
    send.profile = "own/12025550123".into();
    story.tell(What::Message(send));
    let mut state = after(&story);
    for hides in [false, true] {
        state.hides = hides;
        let line = seen(&mut state, 120, 1);
        assert_eq!(line.contains("12025550123"), !hides, "{line}");
    }
}

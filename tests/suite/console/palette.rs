//! The palette, the search in the help, the mouse on lists and tabs, and the hints for the first hours.
use super::keys::{after, press};
use super::story::{self, rows, screen};
use mmscope::console::action::TABLE;
use mmscope::console::palette::{Offer, likeness};
use mmscope::console::state::Overlay;
use mmscope::console::tips::TIPS;
use mmscope::console::{Action, Effect, Message, Order, Pane, Screen, State, update};
use ratatui::crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

fn console() -> State {
    let mut state = after(&story::failed());
    press(&mut state, "<esc>");
    state
}

fn shown(state: &mut State) -> String {
    rows(&screen(state, 80, 24))
}

fn first(state: &State) -> Action {
    match state.offers().first() {
        Some(Offer::Do(action)) => *action,
        other => panic!("no action: {other:?}"),
    }
}

#[test]
fn some_letters_find_the_action() {
    let table = [
        ("send", Action::Send),
        ("zoom", Action::Zoom),
        ("why", Action::Probe),
        ("find out", Action::Probe),
        ("put back", Action::Restore),
        ("clipboard", Action::Copy),
        ("nxthm", Action::NextTheme),
        ("pdp", Action::Focus(Pane::Contexts)),
        ("diag", Action::Go(Screen::Diagnosis)),
    ];
    for (typed, action) in table {
        let mut state = console();
        press(&mut state, ":");
        press(&mut state, typed);
        assert_eq!(first(&state), action, "{typed}");
    }
    assert!(likeness("xq", TABLE[0].action.row().unwrap()).is_none());
}

#[test]
fn enter_does_it_and_the_palette_is_gone() {
    let mut state = console();
    assert_eq!(press(&mut state, ":zoo<enter>"), []);
    assert_eq!((state.zoomed, state.overlay), (true, None));
    assert_eq!(
        press(&mut state, ":send<enter>"),
        [Effect::Order(Order::Send(story::draft()))]
    );
    press(&mut state, ":");
    assert_eq!(
        first(&state),
        Action::Send,
        "what was done lately comes first"
    );
    press(&mut state, "<down>");
    assert_eq!(state.palette.chosen, 1);
    press(&mut state, "<enter>");
    assert!(!state.zoomed, "the one before it");
}

#[test]
fn it_opens_in_the_middle_of_a_text_and_takes_the_letters() {
    let mut state = console();
    press(&mut state, "e<ctrl-p>q?");
    assert_eq!(state.palette.entry.text(), "q?");
    assert_eq!(state.draft(), story::draft());
    press(&mut state, "<backspace><backspace>zoo<tab>");
    assert_eq!(state.palette.entry.text(), "zoom");
    update(&mut state, Message::Paste(" pasted".into()));
    assert_eq!(state.palette.entry.text(), "zoom pasted");
    press(&mut state, "<esc>");
    assert_eq!(
        (state.overlay, state.typing),
        (None, true),
        "back in the text"
    );
}

#[test]
fn what_is_not_valid_here_is_offered_last_and_says_where_it_is() {
    let mut state = console();
    press(&mut state, ":mark");
    let seen = shown(&mut state);
    assert!(seen.contains("(only in Profiles)"), "{seen}");
    assert_eq!(press(&mut state, "<enter>"), []);
    assert_eq!(state.hint.as_deref(), Some("mark: only in Profiles."));
    assert_eq!(state.overlay, Some(Overlay::Palette));
    press(&mut state, "<esc>:bubble<enter>");
    assert_eq!(
        state.hint.as_deref(),
        Some("bubble: nothing to do it with now.")
    );
}

#[test]
fn an_at_command_goes_to_the_at_line_and_not_past_it() {
    for typed in ["AT+CSQ", "at+csq", "ATI", "AT"] {
        let mut state = console();
        press(&mut state, ":");
        press(&mut state, typed);
        assert_eq!(state.offers()[0], Offer::At(typed.into()), "{typed}");
        assert_eq!(press(&mut state, "<enter>"), [], "nothing is run yet");
        assert!(state.typing && state.focus == Pane::Traffic);
        assert_eq!(
            press(&mut state, "<enter>"),
            [Effect::Order(Order::RunAt(typed.into()))]
        );
    }
    let mut state = console();
    press(&mut state, ":attempts");
    assert!(
        matches!(state.offers()[0], Offer::Do(_)),
        "a word is no command"
    );
}

#[test]
fn the_palette_looks_like_this() {
    let mut state = console();
    press(&mut state, ":pr");
    insta::assert_snapshot!("palette_80x24", shown(&mut state));
    press(&mut state, "<backspace><backspace>AT+CSQ");
    insta::assert_snapshot!("palette_at_80x24", shown(&mut state));
}

#[test]
fn every_action_but_the_local_ones_is_found_by_its_name() {
    for row in TABLE
        .iter()
        .filter(|r| !r.is_local() && r.action != Action::Palette)
    {
        let mut state = console();
        press(&mut state, ":");
        update(&mut state, Message::Paste(row.name.into()));
        assert_eq!(first(&state), row.action, "{}", row.name);
    }
}

#[test]
fn the_help_is_searched_by_typing() {
    let mut state = console();
    press(&mut state, "?clipboard");
    let seen = shown(&mut state);
    assert!(
        seen.contains("Copy the text of this pane") && !seen.contains("Give the whole screen"),
        "{seen}"
    );
    press(&mut state, "xxxx");
    assert!(shown(&mut state).contains("No action fits that"));
    press(&mut state, "<ctrl-u>");
    assert!(shown(&mut state).contains("Valid here"));
    press(&mut state, "<down><down>");
    assert_eq!(state.help_scroll, 2);
    press(&mut state, "<esc>?");
    assert_eq!(state.help_search.text(), "", "the next time it begins anew");
}

fn click(state: &mut State, column: usize, row: usize) -> Vec<Effect> {
    let event = MouseEvent {
        kind: MouseEventKind::Down(MouseButton::Left),
        column: column as u16,
        row: row as u16,
        modifiers: KeyModifiers::NONE,
    };
    update(state, Message::Mouse(event))
}

/// Where words stand on the screen.
fn find(seen: &str, words: &str) -> (usize, usize) {
    let (row, line) = seen
        .lines()
        .enumerate()
        .find(|(_, l)| l.contains(words))
        .unwrap_or_else(|| panic!("no {words:?} in\n{seen}"));
    let before = &line[..line.find(words).unwrap()];
    (before.chars().count(), row)
}

#[test]
fn rows_screens_offers_and_answers_can_be_clicked() {
    let mut state = after(&story::examined());
    press(&mut state, "<esc>p");
    let (x, y) = find(&shown(&mut state), "us/t-mobile ");
    click(&mut state, x, y);
    assert_eq!(state.chosen, 2);
    assert_eq!(
        state.overlay,
        Some(Overlay::Profiles),
        "a click chooses, Enter uses"
    );

    press(&mut state, "<esc>");
    let seen = rows(&screen(&mut state, 200, 50));
    let (x, y) = find(&seen, "[F5 Bench]");
    click(&mut state, x + 11, y);
    assert_eq!(state.screen, Screen::Diagnosis);
    let seen = rows(&screen(&mut state, 200, 50));
    let (x, y) = find(&seen, "[F6 Why]");
    click(&mut state, x - 2, y);
    assert_eq!(state.screen, Screen::Bench);
    let seen = rows(&screen(&mut state, 40, 12));
    let (x, y) = find(&seen, "F6 F7 ");
    click(&mut state, x + 4, y);
    assert_eq!(
        state.screen,
        Screen::Compare,
        "by key where names have no room"
    );
    press(&mut state, "<f6>");

    let seen = rows(&screen(&mut state, 120, 36));
    let (x, y) = find(&seen, "public host (control) 203.0.113.10:80 opened");
    click(&mut state, x, y);
    assert_eq!((state.focus, state.evidence), (Pane::Evidence, 2));

    press(&mut state, "<f5>:zoo");
    let seen = rows(&screen(&mut state, 80, 24));
    let (x, y) = find(&seen, "zoom  ");
    click(&mut state, x, y);
    assert_eq!((state.overlay, state.zoomed), (None, true));

    let mut busy = after(&story::connecting());
    press(&mut busy, "q");
    let (x, y) = find(&shown(&mut busy), "y yes");
    assert_eq!(
        click(&mut busy, 0, 0),
        [],
        "a click beside the question answers nothing"
    );
    assert!(busy.overlay.is_some());
    let last = shown(&mut busy).lines().count() - 1;
    assert_ne!(y, last);
    assert_eq!(
        click(&mut busy, x, y),
        [],
        "the words in the question are no button"
    );
    assert_eq!(
        click(&mut busy, 1, last),
        [Effect::Quit],
        "those of the footer are"
    );
}

#[test]
fn a_hint_shows_until_it_was_followed_and_is_remembered() {
    let mut state = console();
    assert!(
        !shown(&mut state).contains("Tip:"),
        "without a folder to remember in there are none"
    );
    state.greet(&["send".to_owned()]);
    let seen = shown(&mut state);
    assert!(
        seen.contains("Tip: d finds out why it failed; nothing is sent"),
        "{seen}"
    );
    let effects = press(&mut state, "d");
    assert_eq!(effects[0], Effect::Learned("probe"));
    press(&mut state, "<f5>");
    let seen = shown(&mut state);
    assert!(!seen.contains("finds out why it failed"), "{seen}");
    assert!(seen.contains("Tip: p shows the carrier profiles"), "{seen}");
    state.greet(&TIPS.iter().map(|t| t.name.to_owned()).collect::<Vec<_>>());
    assert!(!shown(&mut state).contains("Tip:"));
}

#[test]
fn every_hint_speaks_of_an_action_that_has_a_key() {
    let state = console();
    for tip in TIPS {
        assert!(
            state.key_of(tip.action) != format!(":{}", tip.name),
            "{}",
            tip.name
        );
        assert_eq!(TIPS.iter().filter(|t| t.name == tip.name).count(), 1);
    }
}

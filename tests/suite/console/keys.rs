//! Keys as a person presses them: what is pressed, and what follows.
use super::story::{self, Story};
use mmscope::console::action::TABLE;
use mmscope::console::editor::Field;
use mmscope::console::keymap::{Keymap, Stroke};
use mmscope::console::state::{Overlay, Question, SendFace};
use mmscope::console::traffic::Eye;
use mmscope::console::{
    Draft, Effect, Message, Order, Pane, Screen, State, Theme, update, view::footer_action,
};
use ratatui::crossterm::event::{
    KeyCode, KeyEvent, KeyEventKind, KeyEventState, KeyModifiers, MouseButton, MouseEvent,
    MouseEventKind,
};

/// `<ctrl-s>` is a key; everything else is typed character by character.
pub fn keys(script: &str) -> Vec<KeyEvent> {
    let mut out = Vec::new();
    let mut rest = script;
    while let Some(c) = rest.chars().next() {
        if let Some((name, after)) = rest.strip_prefix('<').and_then(|r| r.split_once('>')) {
            out.push(named(name));
            rest = after;
        } else {
            out.push(KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE));
            rest = &rest[c.len_utf8()..];
        }
    }
    out
}

fn named(name: &str) -> KeyEvent {
    let (mut rest, mut modifiers) = (name, KeyModifiers::NONE);
    for (prefix, modifier) in [
        ("ctrl-", KeyModifiers::CONTROL),
        ("alt-", KeyModifiers::ALT),
    ] {
        if let Some(r) = rest.strip_prefix(prefix) {
            (rest, modifiers) = (r, modifiers | modifier);
        }
    }
    let code = match rest {
        "enter" => KeyCode::Enter,
        "space" => KeyCode::Char(' '),
        "right" => KeyCode::Right,
        "pagedown" => KeyCode::PageDown,
        "f9" => KeyCode::F(9),
        "esc" => KeyCode::Esc,
        "tab" => KeyCode::Tab,
        "backtab" => KeyCode::BackTab,
        "up" => KeyCode::Up,
        "down" => KeyCode::Down,
        "left" => KeyCode::Left,
        "home" => KeyCode::Home,
        "end" => KeyCode::End,
        "pageup" => KeyCode::PageUp,
        "f10" => KeyCode::F(10),
        "f12" => KeyCode::F(12),
        "backspace" => KeyCode::Backspace,
        "delete" => KeyCode::Delete,
        "f1" => KeyCode::F(1),
        "f2" => KeyCode::F(2),
        "f3" => KeyCode::F(3),
        "f4" => KeyCode::F(4),
        "f5" => KeyCode::F(5),
        "f6" => KeyCode::F(6),
        "f7" => KeyCode::F(7),
        "f8" => KeyCode::F(8),
        c => KeyCode::Char(c.chars().next().unwrap()),
    };
    KeyEvent::new(code, modifiers)
}

pub fn press(state: &mut State, script: &str) -> Vec<Effect> {
    let pressed = keys(script).into_iter();
    pressed
        .flat_map(|k| update(state, Message::Key(k)))
        .collect()
}

fn console() -> State {
    sized(story::console(&story::draft(), Theme::default()))
}

fn sized(mut state: State) -> State {
    update(&mut state, Message::Resize(80, 24));
    state
}

pub fn after(story: &Story) -> State {
    sized(story::at_the_end(story))
}

fn order(order: Order) -> Vec<Effect> {
    vec![Effect::Order(order)]
}

#[test]
fn one_key_sends_wherever_one_is() {
    for way in [
        "", "<tab>", "3", "e", "a", "e<tab>", "?", "p", "z", "<alt-6>",
    ] {
        let mut state = console();
        let before = press(&mut state, way);
        assert_eq!(before, [], "{way}");
        assert_eq!(
            press(&mut state, "<ctrl-s>"),
            order(Order::Send(story::draft())),
            "after {way:?}"
        );
    }
}

#[test]
fn what_cannot_be_sent_is_not_sent_and_says_why() {
    let mut nobody = sized(story::console(&Draft::default(), Theme::default()));
    press(&mut nobody, "<esc>4");
    assert_eq!(press(&mut nobody, "<ctrl-s>"), []);
    assert!(nobody.hint.as_ref().unwrap().contains("Nobody to send to"));
    assert!(nobody.typing && nobody.focus == Pane::Compose && nobody.compose.field == Field::To);
    press(&mut nobody, "+12025550123");
    assert_eq!(press(&mut nobody, "<ctrl-s>"), []);
    assert!(nobody.hint.as_ref().unwrap().contains("the text is empty"));

    let mut busy = after(&story::connecting());
    assert_eq!(press(&mut busy, "<ctrl-s>"), []);
    assert!(busy.hint.as_ref().unwrap().contains("A send is running"));
    assert_eq!(press(&mut busy, "<ctrl-x>"), order(Order::Cancel));
}

#[test]
fn stopping_does_nothing_while_nothing_runs() {
    assert_eq!(press(&mut console(), "<ctrl-x>"), []);
    assert_eq!(press(&mut after(&story::failed()), "<ctrl-x>"), []);
}

/// Keys, then the focus, the field where text is typed, and the text there.
#[test]
fn tab_goes_round_and_letters_act_only_outside_text() {
    let table: &[(&str, Pane, Option<Field>)] = &[
        ("<tab>", Pane::Send, None),
        ("<tab><tab>", Pane::Traffic, None),
        ("<backtab>", Pane::Profiles, None),
        ("5", Pane::Contexts, None),
        ("e", Pane::Compose, Some(Field::Text)),
        ("e<esc>", Pane::Compose, None),
        ("e<backtab>", Pane::Compose, Some(Field::Subject)),
        ("e<backtab><backtab>", Pane::Compose, Some(Field::To)),
        ("e<backtab><enter>", Pane::Compose, Some(Field::Text)),
        ("e<tab>", Pane::Send, None),
        ("e5", Pane::Compose, Some(Field::Text)),
        ("e<alt-5>", Pane::Contexts, None),
        ("a", Pane::Traffic, Some(Field::To)),
        ("aq?z", Pane::Traffic, Some(Field::To)),
        ("3<enter>", Pane::Traffic, Some(Field::To)),
    ];
    for (script, focus, field) in table {
        let mut state = console();
        let effects = press(&mut state, script);
        assert_eq!(effects, [], "{script}");
        assert_eq!(state.focus, *focus, "{script}");
        assert_eq!(state.typing, field.is_some(), "{script}");
        if let (Pane::Compose, Some(field)) = (focus, field) {
            assert_eq!(state.compose.field, *field, "{script}");
        }
    }
}

#[test]
fn every_pane_is_reached_by_tab_at_every_size() {
    for (width, height) in [
        (30, 10),
        (60, 15),
        (70, 20),
        (80, 24),
        (70, 60),
        (120, 36),
        (200, 50),
    ] {
        let mut state = console();
        update(&mut state, Message::Resize(width, height));
        for (way, screen) in [
            ("", Screen::Bench),
            ("<f6>", Screen::Diagnosis),
            ("<f7>", Screen::Compare),
        ] {
            press(&mut state, way);
            let mut seen = Vec::new();
            for _ in screen.panes() {
                seen.push(state.focus);
                assert!(
                    state.plan().place(state.focus).is_some(),
                    "{:?} at {width}x{height}",
                    state.focus
                );
                press(&mut state, "<tab>");
            }
            assert_eq!(seen, screen.panes(), "at {width}x{height}");
        }
    }
}

#[test]
fn letters_that_are_keys_elsewhere_are_text_in_a_text() {
    let mut state = console();
    press(&mut state, "e<ctrl-end> qz?p1");
    assert!(state.draft().text.ends_with(" qz?p1"));
    assert_eq!(state.overlay, None);
    // AltGr arrives as Ctrl with Alt on some systems.
    let euro = KeyEvent::new(
        KeyCode::Char('€'),
        KeyModifiers::CONTROL | KeyModifiers::ALT,
    );
    update(&mut state, Message::Key(euro));
    assert!(state.draft().text.ends_with("p1€"));
}

#[test]
fn a_key_that_goes_up_does_nothing() {
    let mut state = console();
    let mut key = named("ctrl-s");
    key.kind = KeyEventKind::Release;
    key.state = KeyEventState::NONE;
    assert_eq!(update(&mut state, Message::Key(key)), []);
}

/// What is typed, and what stays of it: one Backspace takes away what a person sees as one character.
#[test]
fn backspace_takes_away_one_visible_character() {
    let table = [
        ("family", "x👨‍👩‍👧‍👦", "x"),
        ("flag", "x🇩🇪", "x"),
        ("skin tone", "x👋🏽", "x"),
        ("combining accent", "xe\u{301}", "x"),
        ("plain", "xy", "x"),
        ("line break", "x\n", "x"),
        ("Hangul of parts", "x\u{1112}\u{1161}\u{11ab}", "x"),
    ];
    for (name, typed, left) in table {
        let mut state = sized(story::console(&Draft::default(), Theme::default()));
        state.compose.field = Field::Text;
        update(&mut state, Message::Paste(typed.into()));
        press(&mut state, "<backspace>");
        assert_eq!(state.draft().text, left, "{name} in the text");
        assert_eq!(
            state.compose.characters(),
            left.chars().count(),
            "{name} counted"
        );
        press(&mut state, "<alt-u>");
        assert_eq!(state.draft().text, typed, "{name} brought back by one undo");

        press(&mut state, "<backtab>");
        update(&mut state, Message::Paste(typed.replace('\n', "")));
        let before = state.draft().subject;
        press(&mut state, "<backspace>");
        assert!(
            before.starts_with(&state.draft().subject) && state.draft().subject.len() <= left.len(),
            "{name} in the subject"
        );
    }
}

#[test]
fn the_cursor_moves_over_a_visible_character_at_once() {
    let mut state = sized(story::console(&Draft::default(), Theme::default()));
    state.compose.field = Field::Text;
    update(&mut state, Message::Paste("a👨‍👩‍👧‍👦b".into()));
    press(&mut state, "<left><left>X");
    assert_eq!(state.draft().text, "aX👨‍👩‍👧‍👦b");
    press(&mut state, "<delete>");
    assert_eq!(state.draft().text, "aXb");
}

#[test]
fn a_paste_is_text_wherever_one_is() {
    for way in ["", "4", "?", "p"] {
        let mut state = sized(story::console(
            &Draft {
                to: vec!["+12025550123".into()],
                ..Draft::default()
            },
            Theme::default(),
        ));
        press(&mut state, way);
        update(
            &mut state,
            Message::Paste("q\r\nquit\tnow\u{1b}[31m".into()),
        );
        assert_eq!(state.draft().text, "q\nquit    now[31m", "after {way:?}");
        assert!(
            state
                .hint
                .as_ref()
                .unwrap()
                .contains("1 control characters")
        );
    }
}

#[test]
fn ten_megabytes_pasted_are_bounded_and_said() {
    let mut state = console();
    press(&mut state, "e");
    let before = std::time::Instant::now();
    update(&mut state, Message::Paste("0123456789".repeat(1_000_000)));
    assert!(
        before.elapsed() < std::time::Duration::from_secs(5),
        "took {:?}",
        before.elapsed()
    );
    assert_eq!(state.compose.characters(), 50_000);
    assert_eq!(state.draft().text.chars().count(), 50_000);
    assert!(
        state
            .hint
            .as_ref()
            .unwrap()
            .contains("9 950 827 characters were left out"),
        "{:?}",
        state.hint
    );
}

#[test]
fn the_profile_is_chosen_with_arrows_and_enter() {
    let mut state = after(&story::failed());
    press(&mut state, "p");
    assert_eq!(state.overlay, Some(Overlay::Profiles));
    assert_eq!(state.chosen, 0, "on the one in use");
    assert_eq!(
        press(&mut state, "<down><enter>"),
        order(Order::UseProfile("us/mint".into()))
    );
    assert_eq!(state.overlay, None);
    // In the widest layout the profiles have a pane of their own.
    update(&mut state, Message::Resize(200, 50));
    press(&mut state, "e<ctrl-o>");
    assert_eq!((state.overlay, state.focus), (None, Pane::Profiles));
    let busy = &mut after(&story::connecting());
    assert_eq!(
        press(busy, "p<down><enter>"),
        [],
        "not under a running send"
    );
}

#[test]
fn at_commands_run_and_are_remembered() {
    let mut state = console();
    assert_eq!(
        press(&mut state, "aAT+CSQ<enter>"),
        order(Order::RunAt("AT+CSQ".into()))
    );
    assert_eq!(
        press(&mut state, "ATI<enter>"),
        order(Order::RunAt("ATI".into()))
    );
    assert_eq!(
        press(&mut state, "<enter>"),
        [],
        "an empty line runs nothing"
    );
    press(&mut state, "AT+X<up><up>");
    assert_eq!(state.at.entry.text(), "AT+CSQ");
    press(&mut state, "<down><down>");
    assert_eq!(
        state.at.entry.text(),
        "AT+X",
        "what was being typed comes back"
    );
    update(&mut state, Message::Paste("A".repeat(2_000)));
    assert_eq!(
        state.at.entry.text().len(),
        559,
        "no longer than a SIM7600 takes"
    );
}

#[test]
fn quitting_asks_only_while_a_send_runs() {
    assert_eq!(press(&mut console(), "q"), [Effect::Quit]);
    assert_eq!(press(&mut console(), "e<ctrl-c>"), [Effect::Quit]);
    let mut busy = after(&story::connecting());
    assert_eq!(press(&mut busy, "q"), []);
    assert_eq!(busy.overlay, Some(Overlay::Ask(Question::Quit)));
    assert_eq!(
        press(&mut busy, "sxz5n"),
        [],
        "a question takes nothing but its answer"
    );
    assert_eq!(busy.overlay, None);
    assert_eq!(press(&mut busy, "<ctrl-c>"), []);
    assert_eq!(press(&mut busy, "<ctrl-c>"), [Effect::Quit]);
}

#[test]
fn settings_are_put_back_only_after_a_yes() {
    let mut state = console();
    assert_eq!(press(&mut state, "<ctrl-r>n"), []);
    assert_eq!(press(&mut state, "<ctrl-r>y"), order(Order::Restore));
}

#[test]
fn traffic_is_held_and_followed_again_with_a_count_of_what_waits() {
    let mut state = after(&story::connecting());
    press(&mut state, "f");
    let story = story::failed();
    update(
        &mut state,
        Message::Traffic(story.events[story.events.len() - 9..].to_vec()),
    );
    let waits = state.traffic.waiting();
    assert!(waits > 0, "{waits}");
    assert!(
        story::rows(&story::screen(&mut state, 80, 24)).contains(&format!("HELD, {waits} waiting"))
    );
    press(&mut state, "f");
    assert_eq!(
        (state.traffic.eye, state.traffic.waiting()),
        (Eye::Follow, 0)
    );
    press(&mut state, "3<up>");
    assert!(state.traffic.is_held(), "scrolling up holds it");
    assert_eq!(state.traffic.waiting(), 0, "nothing came since");
    press(&mut state, "G");
    assert_eq!(state.traffic.eye, Eye::Follow);
}

#[test]
fn the_http_exchange_and_the_bubble_are_one_key_away() {
    let mut state = after(&story::sent());
    press(&mut state, "h");
    assert_eq!((state.focus, state.face), (Pane::Send, SendFace::Http));
    let seen = story::rows(&story::screen(&mut state, 120, 36));
    assert!(seen.contains("POST /mms/wapenc HTTP/1.1") && seen.contains("Content-Length"));
    press(&mut state, "bz");
    let seen = story::rows(&story::screen(&mut state, 80, 24));
    assert!(seen.contains("one bubble of 827 characters"));
    press(&mut state, "<esc><esc>");
    assert_eq!((state.face, state.zoomed), (SendFace::Ladder, false));
    assert_eq!(
        press(&mut console(), "hb"),
        [],
        "nothing to show, nothing happens"
    );
}

#[test]
fn scrolling_never_runs_beyond_what_there_is() {
    let mut state = after(&story::sent());
    press(&mut state, "2<end>");
    let end = state.scroll[Pane::Send as usize];
    assert!(end > 0);
    press(&mut state, "<down><down><down><up>");
    assert_eq!(
        state.scroll[Pane::Send as usize],
        end - 1,
        "one key up shows one line more at once"
    );
    update(&mut state, Message::Resize(200, 90));
    assert_eq!(
        state.scroll[Pane::Send as usize],
        0,
        "a bigger screen needs no scrolling"
    );
}

#[test]
fn the_footer_can_be_clicked_and_says_what_its_keys_do() {
    let mut state = console();
    let frame = story::rows(&story::screen(&mut state, 80, 24));
    let footer = frame.lines().last().unwrap();
    assert!(footer.contains("^S send (simulated)"), "{footer}");
    let at = footer.find("? help").unwrap() as u16;
    assert_eq!(
        footer_action(&state, at, 23),
        Some(mmscope::console::Action::Help)
    );
    let click = MouseEvent {
        kind: MouseEventKind::Down(MouseButton::Left),
        column: at,
        row: 23,
        modifiers: KeyModifiers::NONE,
    };
    update(&mut state, Message::Mouse(click));
    assert_eq!(state.overlay, Some(Overlay::Help));
}

#[test]
fn the_table_gives_every_action_a_name_help_and_keys_that_exist() {
    let mut names = Vec::new();
    for row in TABLE {
        assert!(!names.contains(&row.name), "{} is there twice", row.name);
        names.push(row.name);
        assert!(
            row.help.ends_with('.') && !row.label.is_empty(),
            "{}",
            row.name
        );
        assert!(!row.keys.is_empty(), "{} has no key", row.name);
        for (key, _) in row.keys {
            assert!(
                Stroke::parse(key, Keymap::default().leader()).is_some(),
                "{}: `{key}` is no key",
                row.name
            );
        }
    }
    assert_eq!(
        Keymap::default().bindings().len(),
        TABLE.iter().map(|r| r.keys.len()).sum::<usize>()
    );
}

#[test]
fn no_key_means_two_things_in_one_place() {
    let keymap = Keymap::default();
    for (n, a) in keymap.bindings().iter().enumerate() {
        for b in &keymap.bindings()[n + 1..] {
            assert!(
                a.chord != b.chord
                    || a.place != b.place
                    || (a.then != b.then && a.then.is_some() && b.then.is_some()),
                "{:?} and {:?} share {}",
                a.action,
                b.action,
                a.stroke().shown()
            );
        }
    }
}

#[test]
fn what_changes_the_world_has_no_plain_key_outside_its_own_list() {
    use mmscope::console::action::Place;
    for row in TABLE.iter().filter(|r| r.changes_world) {
        for (key, place) in row.keys {
            let stroke = Stroke::parse(key, Keymap::default().leader()).unwrap();
            let own = matches!(place, Place::On(_) | Place::InAt);
            assert!(own || !stroke.is_plain(), "{} on a plain `{key}`", row.name);
        }
    }
}

#[test]
fn the_mouse_focuses_and_the_wheel_scrolls_what_is_under_it() {
    let mut state = after(&story::sent());
    let at = |kind, column, row| MouseEvent {
        kind,
        column,
        row,
        modifiers: KeyModifiers::NONE,
    };
    update(
        &mut state,
        Message::Mouse(at(MouseEventKind::Down(MouseButton::Left), 60, 5)),
    );
    assert_eq!(state.focus, Pane::Send);
    update(
        &mut state,
        Message::Mouse(at(MouseEventKind::ScrollUp, 10, 20)),
    );
    let above = state.traffic.chosen().unwrap();
    let below = state.traffic.rows().len() - state.traffic.position(above);
    assert!(
        below >= 3,
        "the lines above come into view at once: {below}"
    );
    assert_eq!(state.focus, Pane::Send, "the wheel takes no keys away");
    assert_eq!(press(&mut state, "m"), [Effect::Mouse(false)]);
    assert_eq!(press(&mut state, "m"), [Effect::Mouse(true)]);
}

#[test]
fn the_ending_says_what_became_of_the_last_send() {
    let recorded = "mmscope: recorded in session.jsonl; `mmscope report` writes it up";
    assert_eq!(
        console().summary(),
        format!("mmscope: nothing was sent\n{recorded}")
    );
    let sent = after(&story::sent()).summary();
    let lines: Vec<&str> = sent.lines().collect();
    assert!(
        lines[0].starts_with("mmscope: send 1: failed at connect: 10.175.85.144:8080 did not open"),
        "{sent}"
    );
    assert_eq!(
        lines[1..],
        [
            "mmscope: send 2: M-Send.conf Ok after 3.8 s through us/mint",
            recorded
        ]
    );
    let examined = after(&story::examined()).summary();
    assert!(
        examined.contains(
            "\nmmscope: example/mint-as-configured: WRONG-PORT (high confidence), The MMSC answers on port 80; "
        ),
        "{examined}"
    );
}

//! What no input may do: break a frame, reach the terminal raw, or stop the program.
use super::story::{self, rows, screen};
use mmscope::console::text::{clean, cut, width, wrap};
use mmscope::console::{Colours, Message, Pane, State, Theme, update};
use mmscope::event::*;
use proptest::prelude::*;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

const NASTY: &str = "\x1b[2J\x1b]0;owned\x07\u{9b}31m\r\n\u{202e}abc\u{2066}\u{0}";

/// A story in which everything from outside is hostile.
fn hostile(text: &str) -> story::Story {
    let mut story = story::sent();
    let s = || text.to_owned();
    let mut octets = b"\x8C\x80\x98".to_vec();
    octets.extend(text.bytes().filter(|o| *o != 0));
    octets.extend(b"\0\x8D\x92\x96\x7F");
    octets.extend(text.bytes());
    octets.extend(b"\0");
    story.pdu(Direction::Tx, octets);
    story.tell(What::Serial(SerialChange {
        name: s(),
        state: SerialState::Lost(s()),
    }));
    story.tell(What::Modem(Identity {
        manufacturer: s(),
        model: s(),
        firmware: s(),
        imei: Masked::default(),
    }));
    story.tell(What::Line(Line {
        dir: Direction::Rx,
        role: Role::Noise,
        text: s(),
        exchange: None,
        after_ms: None,
    }));
    story.tell(What::Notice(Notice {
        level: Level::Alarm,
        text: s(),
        because: None,
    }));
    story.tell(What::Lookup(Lookup {
        name: s(),
        family: s(),
        resolver: s(),
        outcome: LookupOutcome::Failed(s()),
        ms: u64::MAX,
    }));
    story.tell(What::Link(Link {
        number: 3,
        host: s(),
        port: 1,
        cid: None,
        state: LinkState::Failed {
            code: None,
            shape: Shape::Unknown,
            what: s(),
        },
        sent: u64::MAX,
        received: u64::MAX,
        ms: u64::MAX,
    }));
    story.tell(What::Contexts(ContextList {
        contexts: vec![Context {
            apn: s(),
            addresses: vec![s()],
            active: true,
            ..Context::default()
        }],
    }));
    story.tell(What::Signal(Signal {
        system: Some(s()),
        band: Some(s()),
        plmn: Some(s()),
        rsrp_ddbm: Some(i32::MIN + 1),
        rsrq_ddb: Some(i32::MAX),
        snr_db: Some(i32::MIN),
        rssi_dbm: Some(i32::MAX),
        cell: Some(s()),
    }));
    for (rssi_dbm, rsrp_ddbm) in [(Some(i32::MAX), None), (None, Some(i32::MIN))] {
        story.tell(What::Signal(Signal {
            rssi_dbm,
            rsrp_ddbm,
            ..Signal::default()
        }));
    }
    for stage in [Stage::Encode, Stage::Port] {
        let (state, stage_ms) = (StageState::Done { says: s() }, u64::MAX);
        story.tell(What::Stage(StageStep {
            fetch: None,
            send: 2,
            stage,
            state,
            stage_ms,
            evidence: Vec::new(),
        }));
    }
    let lint = ProfileLint {
        id: s(),
        severity: s(),
        offending: s(),
        says: s(),
        fix: s(),
    };
    story.tell(What::Profile(ProfileInUse {
        id: s(),
        name: s(),
        apn: s(),
        pdp_type: PdpType::Unknown,
        mmsc: s(),
        dials: s(),
        lints: vec![lint],
    }));
    examine(&mut story, text);
    story.tell(What::Bubble(Bubble {
        phone: Masked::harmless(text),
        from: Masked::harmless(text),
        subject: Some(s()),
        text: s(),
        others: vec![s()],
    }));
    story
}

/// A probe in which everything from outside is hostile.
fn examine(story: &mut story::Story, text: &str) {
    let s = || text.to_owned();
    story.tell(What::Probe(ProbeBegan {
        probe: 9,
        profile: s(),
        depth: Depth::Quick,
    }));
    for state in [
        ExperimentState::Done { says: s() },
        ExperimentState::NotRun { says: s() },
    ] {
        story.tell(What::Experiment(ExperimentStep {
            probe: 9,
            experiment: s(),
            title: format!("{text}{state:?}"),
            tells: s(),
            cost_ms: u64::MAX,
            side_effect: u8::MAX,
            state,
        }));
    }
    let hypothesis = Hypothesis {
        verdict: Code::Portal,
        standing: Standing::Open,
        why: s(),
    };
    story.tell(What::Hypotheses(Hypotheses {
        probe: 9,
        all: vec![hypothesis.clone()],
    }));
    let target = Target {
        role: TargetRole::Mmsc,
        name: Some(s()),
        host: s(),
        port: u16::MAX,
    };
    let cell = |void| Cell {
        id: u64::MAX,
        on: On::default(),
        target: target.clone(),
        class: Class::Unknown,
        ms: Some(u64::MAX),
        http: Some(s()),
        void,
    };
    story.tell(What::Verdict(Box::new(Verdict {
        probe: 9,
        profile: s(),
        verdict: Code::Portal,
        confidence: Confidence::Low,
        headline: s(),
        evidence: vec![Evidence {
            id: u64::MAX,
            ms: u64::MAX,
            says: s(),
            rests_on: vec![0, u64::MAX],
        }],
        would_change: vec![s()],
        next: vec![NextStep {
            says: s(),
            fix: Some(Fix::Mmsc { url: s() }),
        }],
        others: vec![hypothesis],
        cells: vec![cell(None), cell(Some(s()))],
        not_run: vec![NotRun {
            experiment: s(),
            title: s(),
            why: s(),
            would_tell: s(),
            side_effect: u8::MAX,
        }],
        cancelled: true,
        duration_ms: u64::MAX,
        exchanges: u64::MAX,
    })));
}

fn assert_tame(state: &mut State, width: u16, height: u16) {
    let buffer = screen(state, width, height);
    for cell in buffer.content() {
        for c in cell.symbol().chars() {
            assert!(
                !c.is_control() && !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'),
                "{c:?} reached the screen in {:?}",
                cell.symbol()
            );
        }
    }
}

#[test]
fn no_escape_sequence_from_outside_reaches_the_screen() {
    let mut state = story::at_the_end(&hostile(NASTY));
    for pane in Pane::ALL {
        for zoomed in [false, true] {
            state.screen = pane.screen();
            state.focus = pane;
            state.zoomed = zoomed;
            assert_tame(&mut state, 200, 50);
            assert_tame(&mut state, 80, 24);
        }
    }
    let seen = rows(&screen(&mut state, 200, 50));
    assert!(
        seen.contains("\\x1b[2J"),
        "what was refused is still readable:\n{seen}"
    );
}

#[test]
fn wide_and_combining_characters_leave_the_edges_where_they_are() {
    let text = "漢字かな交じり文 e\u{301}\u{323}o\u{308} 👨‍👩‍👧‍👦 ｶﾞ ".repeat(20);
    let mut state = story::at_the_end(&hostile(&text));
    let sizes = [(80, 24), (120, 36), (200, 50)];
    let screens = mmscope::console::Screen::ALL;
    state.comparison.profiles = vec![text.clone(), "us/mint".into()];
    for (shown, (w, h)) in screens
        .into_iter()
        .flat_map(|s| sizes.map(|size| (s, size)))
    {
        state.screen = shown;
        let buffer = screen(&mut state, w, h);
        let plan = state.plan();
        for (pane, place) in &plan.panes {
            for y in place.y + 1..place.bottom() - 1 {
                for x in [place.x, place.right() - 1] {
                    let symbol = buffer[(x, y)].symbol();
                    assert!(
                        ["│", "┃"].contains(&symbol),
                        "{pane:?} at {w}x{h}: {symbol:?} in the edge at {x},{y}"
                    );
                }
            }
        }
    }
}

#[test]
fn an_ascii_screen_is_ascii() {
    for story in [
        story::empty(),
        story::ready(),
        story::connecting(),
        story::failed(),
        story::sent(),
        story::examining(),
        story::examined(),
    ] {
        let mut state = story::console(&story::draft(), Theme::new(Colours::Mono, true));
        story::hear(&mut state, &story);
        for pane in Pane::ALL {
            state.screen = pane.screen();
            state.focus = pane;
            for (w, h) in [(10, 3), (50, 12), (80, 24), (200, 50)] {
                let frame = rows(&screen(&mut state, w, h));
                assert!(frame.is_ascii(), "{pane:?} at {w}x{h}:\n{frame}");
            }
        }
    }
}

#[test]
fn a_mono_screen_has_no_colour() {
    use ratatui::style::Color;
    let mut state = story::console(&story::draft(), Theme::new(Colours::Mono, false));
    story::hear(&mut state, &story::failed());
    let buffer = screen(&mut state, 120, 36);
    for cell in buffer.content() {
        assert_eq!(
            (cell.fg, cell.bg),
            (Color::Reset, Color::Reset),
            "{:?}",
            cell.symbol()
        );
    }
}

#[test]
fn nothing_is_blue_on_the_background() {
    use ratatui::style::Color;
    let mut state = story::at_the_end(&story::failed());
    for cell in screen(&mut state, 200, 50).content() {
        assert!(!matches!(cell.fg, Color::Blue | Color::LightBlue));
    }
}

fn any_key() -> impl Strategy<Value = KeyEvent> {
    let code = prop_oneof![
        4 => any::<char>().prop_map(KeyCode::Char),
        6 => prop::sample::select("qzpabefhmy?:tl123456789gGjksoxrcwudi ".chars().collect::<Vec<_>>()).prop_map(KeyCode::Char),
        8 => prop::sample::select(vec![
            KeyCode::Enter, KeyCode::Esc, KeyCode::Tab, KeyCode::BackTab, KeyCode::Up, KeyCode::Down, KeyCode::Left,
            KeyCode::Right, KeyCode::Home, KeyCode::End, KeyCode::PageUp, KeyCode::PageDown, KeyCode::Backspace,
            KeyCode::Delete, KeyCode::F(1), KeyCode::F(2), KeyCode::F(4), KeyCode::F(5), KeyCode::F(6), KeyCode::F(7), KeyCode::F(8), KeyCode::Null,
        ]),
    ];
    let modifiers = prop::sample::select(vec![
        KeyModifiers::NONE,
        KeyModifiers::NONE,
        KeyModifiers::CONTROL,
        KeyModifiers::ALT,
        KeyModifiers::CONTROL | KeyModifiers::ALT,
    ]);
    (code, modifiers).prop_map(|(c, m)| KeyEvent::new(c, m))
}

fn click(column: u16, row: u16) -> Message {
    use ratatui::crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
    Message::Mouse(MouseEvent {
        kind: MouseEventKind::Down(MouseButton::Left),
        column,
        row,
        modifiers: KeyModifiers::NONE,
    })
}

#[derive(Clone, Debug)]
enum Input {
    Click(u16, u16),
    Key(KeyEvent),
    Paste(String),
    Resize(u16, u16),
    Story(usize),
    Tick(u64),
}

fn any_input() -> impl Strategy<Value = Input> {
    prop_oneof![
        12 => any_key().prop_map(Input::Key),
        2 => (0u16..=250, 0u16..=80).prop_map(|(x, y)| Input::Click(x, y)),
        2 => "(\\PC|[\\x00-\\x1f\\u{80}-\\u{9f}\\u{300}\\u{1F468}\\u{200D}\\u{1F1E9}漢]){0,40}".prop_map(Input::Paste),
        3 => (0u16..=250, 0u16..=80).prop_map(|(w, h)| Input::Resize(w, h)),
        1 => (0usize..8).prop_map(Input::Story),
        1 => any::<u64>().prop_map(Input::Tick),
    ]
}

proptest! {
    /// Our own signs are measured one by one; what that gives must be what the whole rules of Unicode give.
    #[test]
    fn a_text_of_our_own_signs_is_as_wide_as_unicode_says(text in "[ -~·–…−\u{2500}-\u{259f}é\u{301}中]{0,40}") {
        let whole: usize = text.graphemes(true).map(UnicodeWidthStr::width).sum();
        prop_assert_eq!(width(&text), whole);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// Whatever is pressed, pasted, resized and learned: every frame can be drawn, and no size breaks it.
    #[test]
    fn no_input_stops_the_console(inputs in prop::collection::vec(any_input(), 1..60), w in 0u16..=250, h in 0u16..=80) {
        let stories = [
            story::empty(), story::ready(), story::connecting(), story::failed(), story::sent(), hostile(NASTY),
            story::examining(), story::examined(),
        ];
        let mut state = story::console(&story::draft(), Theme::default());
        for input in inputs {
            match input {
                Input::Key(key) => drop(update(&mut state, Message::Key(key))),
                Input::Paste(text) => drop(update(&mut state, Message::Paste(text))),
                Input::Click(x, y) => drop(update(&mut state, click(x, y))),
                Input::Resize(w, h) => drop(screen(&mut state, w, h)),
                Input::Story(n) => drop(story::hear(&mut state, &stories[n])),
                Input::Tick(ms) => drop(update(&mut state, Message::Tick(ms))),
            }
        }
        assert_tame(&mut state, w, h);
        // A frame that comes before the message of its new size.
        let mut terminal = ratatui::Terminal::new(ratatui::backend::TestBackend::new(h, w)).unwrap();
        terminal.draw(|f| mmscope::console::view(&state, f)).unwrap();
    }

    /// Every size, with every pane in front, on a busy bench.
    #[test]
    fn every_size_has_a_frame(w in 0u16..=250, h in 0u16..=80, pane in 0usize..Pane::ALL.len(), which in 0usize..mmscope::console::Screen::ALL.len(), zoomed: bool, n in 0usize..3, keys in prop::sample::select(vec!["", "?", ":", "p", "<ctrl-k>", "<ctrl-k>l", "<ctrl-k>l<ctrl-k>l", "<ctrl-k>l:zo", "?zz"])) {
        let stories = [story::sent, story::examining, story::examined];
        let mut state = story::at_the_end(&stories[n]());
        state.comparison.profiles = vec!["us/mint".into(), "example/mint-as-configured".into()];
        state.screen = mmscope::console::Screen::ALL[which];
        state.focus = Pane::ALL[pane];
        state.zoomed = zoomed;
        state.typing = false;
        state.greet(&[]);
        super::keys::press(&mut state, keys);
        screen(&mut state, w, h);
    }

    /// Whatever modem, carrier and files say, of whatever width: the edges of the panes stand where they belong.
    #[test]
    fn no_text_moves_an_edge(
        text in "(\\PC|[\\x00-\\x1f\\u{80}-\\u{9f}]|[漢字かｶﾞ한]|[\\u{300}-\\u{36f}\\u{200b}-\\u{200f}\\u{fe0f}]|👨‍👩‍👧‍👦|🇩🇪|👋🏽){0,60}",
        w in 20u16..=220, h in 4u16..=70, pane in 0usize..Pane::ALL.len(), zoomed: bool,
    ) {
        let mut state = story::at_the_end(&hostile(&text));
        state.comparison.profiles = vec![text.clone(), "us/mint".into()];
        state.focus = Pane::ALL[pane];
        state.screen = state.focus.screen();
        state.zoomed = zoomed;
        state.greet(&[]);
        let buffer = screen(&mut state, w, h);
        for (pane, place) in &state.plan().panes {
            for y in place.y + 1..(place.bottom() - 1).max(place.y + 1) {
                for x in [place.x, place.right() - 1] {
                    let symbol = buffer[(x, y)].symbol();
                    prop_assert!(["│", "┃"].contains(&symbol), "{pane:?} at {w}x{h}: {symbol:?} in the edge at {x},{y}");
                }
            }
        }
        assert_tame(&mut state, w, h);
    }

    #[test]
    fn cleaned_text_holds_nothing_that_acts(text in any::<String>()) {
        prop_assert!(!clean(&text).chars().any(mmscope::console::text::acts));
    }

    #[test]
    fn cut_text_fits_and_wrapped_text_fits(text in "(\\PC|漢|👨‍👩‍👧‍👦| ){0,80}", columns in 2usize..60) {
        let text = clean(&text);
        prop_assert!(width(&cut(&text, columns, "…")) <= columns);
        let rows = wrap(&text, columns);
        // One visible character may be wider than the room for all; it is never torn.
        let alone = |row: &str| unicode_segmentation::UnicodeSegmentation::graphemes(row, true).count() == 1;
        for row in &rows {
            prop_assert!(width(row) <= columns || alone(row), "{row:?} is wider than {columns}");
        }
        let joined: String = rows.concat();
        let bare = |s: &str| s.chars().filter(|c| *c != ' ').collect::<String>();
        prop_assert_eq!(bare(&joined), bare(&text), "wrapping loses nothing but blanks");
    }
}

//! What a person sees, at the sizes that people have.
use super::story::{self, rows, screen};

fn snapshot(name: &str, story: &story::Story) {
    for (width, height) in [(80, 24), (120, 36), (200, 50)] {
        let mut state = story::at_the_end(story);
        let frame = rows(&screen(&mut state, width, height));
        insta::assert_snapshot!(format!("{name}_{width}x{height}"), frame);
    }
}

#[test]
fn before_anything_happened_every_pane_says_how_to_fill_it() {
    snapshot("empty", &story::empty());
}

#[test]
fn a_send_that_runs_shows_its_clock_beside_its_limit() {
    snapshot("connecting", &story::connecting());
}

#[test]
fn a_late_four_says_what_it_proves_and_what_not() {
    snapshot("failed", &story::failed());
}

#[test]
fn a_message_that_arrived_shows_its_bubble() {
    snapshot("sent", &story::sent());
}

/// A frame after some keys, at one size.
fn after_keys(name: &str, story: &story::Story, script: &str, (width, height): (u16, u16)) {
    let mut state = story::at_the_end(story);
    screen(&mut state, width, height);
    for key in super::keys::keys(script) {
        mmscope::console::update(&mut state, mmscope::console::Message::Key(key));
    }
    let frame = rows(&screen(&mut state, width, height));
    insta::assert_snapshot!(format!("{name}_{width}x{height}"), frame);
}

#[test]
fn help_shows_first_what_is_valid_here() {
    after_keys("help", &story::ready(), "?", (80, 24));
    after_keys("help", &story::failed(), "p?", (120, 36));
}

#[test]
fn what_the_firmware_lacks_stands_first_in_the_table_of_commands() {
    use mmscope::event::{CommandRow, CommandScan, Quirk, What};
    let row = |command: &str, present, form: &str, purpose: &str| CommandRow {
        command: command.into(),
        present,
        form: form.into(),
        purpose: purpose.into(),
    };
    let mut story = story::ready();
    after_keys("capabilities_unknown", &story, "v", (80, 24));
    story.tell(What::Commands(CommandScan {
        rows: vec![
            row("AT+CIPOPEN", true, "test", "stage connect"),
            row(
                "AT+CESQ",
                false,
                "test",
                "signal, where the firmware has it",
            ),
            row("AT+NETOPEN", true, "read", "stage stack"),
        ],
        quirks: vec![Quirk {
            name: "no-cesq".into(),
            says: "no AT+CESQ: signal comes from AT+CPSI? and AT+CSQ".into(),
        }],
    }));
    after_keys("capabilities", &story, "v", (80, 24));
    after_keys("capabilities", &story, "v", (120, 36));
    let mut state = story::at_the_end(&story);
    screen(&mut state, 80, 24);
    for key in super::keys::keys("vv") {
        mmscope::console::update(&mut state, mmscope::console::Message::Key(key));
    }
    assert!(state.overlay.is_none(), "the same key closes it");
}

#[test]
fn each_address_that_did_not_connect_is_a_row_under_its_stage() {
    use mmscope::event::{Stage, StageState, StageStep, What};
    let mut story = story::connecting();
    let says = "10.175.85.145:80 did not connect: +CIPOPEN error 4";
    story.tell(What::Stage(StageStep {
        fetch: None,
        send: 1,
        stage: Stage::Connect,
        state: StageState::Attempt {
            says: says.into(),
            attempt_ms: 2_060,
        },
        stage_ms: 0,
        evidence: Vec::new(),
    }));
    let mut state = story::at_the_end(&story);
    let frame = rows(&screen(&mut state, 200, 50));
    let found = frame.lines().find(|l| l.contains(says));
    let row = found.unwrap_or_else(|| panic!("no row in\n{frame}"));
    assert!(row.contains("✖ 2.0 s"), "{row}");
    assert!(frame.contains("▸ connect"), "the stage goes on:\n{frame}");
}

#[test]
fn the_profile_switcher_shows_what_is_dialled_and_what_is_wrong_with_it() {
    after_keys("profiles", &story::failed(), "p", (80, 24));
    after_keys("profiles", &story::failed(), "p", (120, 36));
}

#[test]
fn a_question_stands_in_the_middle() {
    after_keys("quit_while_sending", &story::connecting(), "q", (80, 24));
}

#[test]
fn the_small_panes_take_the_place_of_the_traffic() {
    after_keys("contexts_in_front", &story::sent(), "5", (80, 24));
    after_keys("tcp_in_front", &story::failed(), "7", (80, 24));
}

#[test]
fn a_zoomed_pane_shows_all_detail() {
    after_keys("send_zoomed", &story::failed(), "2z", (80, 24));
    after_keys("http", &story::sent(), "hz", (80, 24));
    after_keys("bubble", &story::sent(), "bz", (80, 24));
    after_keys("contexts_zoomed", &story::sent(), "5z", (80, 24));
    after_keys("signal_zoomed", &story::sent(), "4z", (80, 24));
    after_keys("traffic_zoomed", &story::sent(), "3z", (80, 24));
}

/// What a person sees of the serial line in the zoomed links: a device that tells its control lines, one that does not, no device at all.
#[test]
fn the_zoomed_links_tell_what_the_serial_line_did() {
    use mmscope::event::{ControlLines, SerialChange, SerialState, What};
    let mut told = ControlLines {
        name: "/dev/ttyUSB2".into(),
        dtr: Some(true),
        cts: Some(true),
        dsr: Some(false),
        ..ControlLines::default()
    };
    let lines = |control: Option<&ControlLines>| {
        let mut story = story::failed();
        for state in [SerialState::Lost("unplugged".into()), SerialState::Open] {
            let name = "/dev/ttyUSB2".into();
            story.tell(What::Serial(SerialChange { name, state }));
        }
        if let Some(control) = control {
            story.tell(What::ControlLines(control.clone()));
        }
        let mut state = story::at_the_end(&story);
        let small = rows(&screen(&mut state, 120, 36));
        assert!(!small.contains("control lines"), "{small}");
        super::keys::press(&mut state, "<esc>7z");
        rows(&screen(&mut state, 120, 36))
    };
    let shown = lines(Some(&told));
    assert!(shown.contains("opened 2 times, lost once"), "{shown}");
    assert!(
        shown.contains("DTR on, CTS on, DSR off, DCD unknown, RI unknown"),
        "{shown}"
    );
    (told.cts, told.dsr) = (None, None);
    assert!(lines(Some(&told)).contains("not told by this device"));
    assert!(lines(None).contains("none: this is no serial device"));
}

#[test]
fn ascii_says_the_same_with_plain_signs() {
    use mmscope::console::{Colours, Theme};
    let mut state = story::console(&story::draft(), Theme::new(Colours::Mono, true));
    story::hear(&mut state, &story::failed());
    insta::assert_snapshot!("ascii_80x24", rows(&screen(&mut state, 80, 24)));
    insta::assert_snapshot!("ascii_200x50", rows(&screen(&mut state, 200, 50)));
}

#[test]
fn small_and_tall_screens_show_what_they_can() {
    for (width, height) in [
        (80, 60),
        (70, 60),
        (60, 60),
        (50, 60),
        (60, 15),
        (70, 20),
        (50, 12),
        (30, 8),
        (30, 5),
        (60, 3),
        (18, 10),
        (10, 3),
    ] {
        let mut state = story::at_the_end(&story::failed());
        state.focus = mmscope::console::Pane::Send;
        let frame = rows(&screen(&mut state, width, height));
        insta::assert_snapshot!(format!("small_{width}x{height}"), frame);
    }
}

#[test]
fn a_draft_that_needs_ucs2_names_the_characters() {
    let draft = mmscope::console::Draft {
        text: format!("“{}”", "long ".repeat(100)),
        ..story::draft()
    };
    let mut state = story::console(&draft, mmscope::console::Theme::default());
    story::hear(&mut state, &story::ready());
    insta::assert_snapshot!("ucs2_120x36", rows(&screen(&mut state, 120, 36)));
}

/// Where the message's text stands on the screen, without its edges.
fn text_rows(frame: &str) -> Vec<String> {
    let inside = |l: &str| {
        let cells: String = l
            .chars()
            .skip(1)
            .take_while(|c| !"│┃".contains(*c))
            .collect();
        cells.trim_end().to_owned()
    };
    let mut rows = frame.lines().skip(5).map(inside);
    let mut out = Vec::new();
    for row in rows.by_ref() {
        if row.starts_with('─') {
            break;
        }
        out.push(row);
    }
    out
}

#[test]
fn the_blank_at_which_a_line_is_broken_is_not_drawn() {
    // Of 32 columns the last is left to a mark that hangs: a word ends before it, so that the blank behind it has none; wide characters do the same.
    let narrow = "twelve chars and twenty more of it goes on";
    let wide = "1一二三四五六七八九十一二三四五 goes on";
    for (text, first, second) in [
        (narrow, "twelve chars and twenty more of", "it goes on"),
        (wide, "1一二三四五六七八九十一二三四五", "goes on"),
        (
            "123456789 1234567890 1234567890  goes on",
            "123456789 1234567890 1234567890",
            "goes on",
        ),
    ] {
        let draft = mmscope::console::Draft {
            text: text.to_owned(),
            ..story::draft()
        };
        let mut state = story::console(&draft, mmscope::console::Theme::default());
        let frame = rows(&screen(&mut state, 80, 24));
        let shown = text_rows(&frame);
        assert_eq!(
            (shown[0].as_str(), shown[1].as_str()),
            (first, second),
            "{frame}"
        );
    }
}

#[test]
fn a_blank_in_front_that_was_typed_is_drawn_and_the_cursor_stands_where_one_types() {
    use ratatui::backend::Backend;
    // The text, how often Left is pressed from its end, and where the cursor stands then, from the text's corner.
    let full = "123456789 1234567890 1234567890";
    for (text, back, column, row) in [
        ("  two blanks in front".to_owned(), 0, 21, 0),
        (format!("{full} on"), 0, 2, 1),
        (format!("{full} on"), 1, 1, 1),
        (format!("{full} on"), 2, 0, 1),
        (format!("{full} on"), 3, 31, 0),
        (format!("{full} on"), 4, 30, 0),
        (format!("{full} on"), 5, 29, 0),
        (format!("{full} "), 0, 0, 1),
        (format!("{full}  "), 0, 1, 1),
    ] {
        let draft = mmscope::console::Draft {
            text: text.clone(),
            ..story::draft()
        };
        let mut state = story::console(&draft, mmscope::console::Theme::default());
        let backend = ratatui::backend::TestBackend::new(80, 24);
        let mut terminal = ratatui::Terminal::new(backend).unwrap();
        screen(&mut state, 80, 24);
        super::keys::press(&mut state, "<esc>e");
        state.compose.field = mmscope::console::editor::Field::Text;
        let script = format!("<ctrl-end>{}", "<left>".repeat(back));
        super::keys::press(&mut state, &script);
        terminal
            .draw(|f| mmscope::console::view(&state, f))
            .unwrap();
        let at = terminal.backend_mut().get_cursor_position().unwrap();
        assert_eq!((at.x - 1, at.y - 5), (column, row), "{text:?}, {back} back");
    }
}

#[test]
fn a_narrow_window_still_says_what_can_be_done() {
    for (story, key) in [
        (story::ready(), "^S send"),
        (story::failed(), "d probe why not"),
    ] {
        let mut state = story::at_the_end(&story);
        screen(&mut state, 30, 8);
        super::keys::press(&mut state, "<esc>");
        let frame = rows(&screen(&mut state, 30, 8));
        let foot = frame.lines().last().unwrap();
        assert!(foot.contains(key) && foot.contains("? help"), "{foot}");
    }
}

#[test]
fn the_line_of_truth_goes_on_where_there_are_rows() {
    let mut state = story::at_the_end(&story::failed());
    let frame = rows(&screen(&mut state, 10, 3));
    assert!(
        frame.contains("failed") && frame.contains("connect"),
        "{frame}"
    );
}

#[test]
fn a_tall_window_gives_its_rows_to_the_text() {
    for (width, least) in [(60, 8), (50, 8), (80, 8)] {
        let mut state = story::at_the_end(&story::failed());
        let frame = rows(&screen(&mut state, width, 60));
        let shown = text_rows(&frame);
        assert!(shown.len() >= least, "{} rows in\n{frame}", shown.len());
        for title in ["2 Send", "3 AT traffic", "5 PDP contexts", "6 DNS", "7 TCP"] {
            assert!(frame.contains(title), "{title} in\n{frame}");
        }
    }
}

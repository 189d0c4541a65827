//! What is chosen before something larger begins, the tables that come of it, and going through octets: as a person presses it.
use super::keys::{after, press};
use super::story::{self, rows, screen};
use mmscope::compose::Vary;
use mmscope::config::Place;
use mmscope::console::at_line::{AT_HISTORY, AtLine, may_be_kept};
use mmscope::console::panel::Wish;
use mmscope::console::state::{Overlay, Question};
use mmscope::console::{Effect, Message, Order, Pane, Screen, State, update};
use ratatui::crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

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

/// Where some words stand on the screen: column and row.
fn place(frame: &str, words: &str) -> (usize, usize) {
    let found = frame.lines().enumerate().find_map(|(row, line)| {
        let at = line.find(words)?;
        Some((line[..at].chars().count(), row))
    });
    found.unwrap_or_else(|| panic!("{words} in\n{frame}"))
}

/// Keys after opening the panel, a word that the screen says before it begins, and what is ordered.
#[test]
fn a_probe_does_what_was_chosen_and_says_so_before() {
    let profile = |n: usize| story::profiles()[n].id.clone();
    let place = |host: &str, port| Place {
        host: host.into(),
        port,
    };
    let table: Vec<(&str, &str, Wish)> = vec![
        ("", "the profile in use", Wish::default()),
        ("", "Cost: no message", Wish::default()),
        ("", "AT exchanges.", Wish::default()),
        (
            "<down><down><space><up><up>",
            "bodies of 1 KB to 300 KB",
            Wish {
                sizes: true,
                ..Wish::default()
            },
        ),
        (
            "<down><down><down>wwan0<up><up><up>",
            "Looks over wwan0",
            Wish {
                interface: Some("wwan0".into()),
                ..Wish::default()
            },
        ),
        (
            "<down><down><down><down>example.com:80, 192.0.2.7:443<up><up><up><up>",
            "Controls: example.com:80, 192.0.2.7:443.",
            Wish {
                references: Some(vec![place("example.com", 80), place("192.0.2.7", 443)]),
                ..Wish::default()
            },
        ),
        (
            "<down><down><down><down><down><space><down><space><up><up><up><up><up><up>",
            "columns of one table",
            Wish {
                profiles: vec![profile(0), profile(1)],
                ..Wish::default()
            },
        ),
    ];
    for (script, says, wish) in table {
        let mut state = after(&story::examined());
        assert_eq!(press(&mut state, "<esc><f6>o"), []);
        assert_eq!(press(&mut state, script), [], "{script}");
        let frame = seen(&mut state, 120, 36);
        assert!(frame.contains(says), "{script}: {says}\n{frame}");
        let several = !wish.profiles.is_empty();
        assert_eq!(
            press(&mut state, "<enter>"),
            [Effect::Order(Order::Examine(Box::new(wish)))],
            "{script}"
        );
        let shown = if several {
            Screen::Compare
        } else {
            Screen::Diagnosis
        };
        assert_eq!((state.screen, state.overlay), (shown, None), "{script}");
    }
}

#[test]
fn a_probe_that_changes_settings_asks_first_and_one_that_cannot_be_says_why() {
    let mut state = after(&story::examined());
    assert_eq!(press(&mut state, "<esc><f7>o<down><right><up><enter>"), []);
    assert_eq!(state.overlay, Some(Overlay::Ask(Question::FullWish)));
    assert!(seen(&mut state, 120, 36).contains("Spare PDP contexts"));
    let wish = Wish {
        full: true,
        ..Wish::default()
    };
    assert_eq!(
        press(&mut state, "y"),
        [Effect::Order(Order::Examine(Box::new(wish)))]
    );
    for hosts in ["example.com", "a:1 b:2 c:3 d:4 e:5"] {
        let mut state = after(&story::examined());
        let script = format!("<esc><f6>o<down><down><down><down>{hosts}<up><up><up><up><enter>");
        assert_eq!(press(&mut state, &script), [], "{hosts}");
        assert!(state.hint.as_ref().unwrap().contains("Not begun"));
        assert_eq!(state.overlay, Some(Overlay::Panel), "it can be mended");
    }
    let mut busy = after(&story::examining());
    assert_eq!(press(&mut busy, "<esc><f6>o"), []);
    assert_eq!(busy.overlay, None, "one probe at a time");
}

/// Keys on the row of the interface, and what the probe looks from then.
#[test]
fn an_interface_is_chosen_from_a_list_or_typed() {
    for (script, wanted) in [
        ("", None),
        ("<right>", Some("eth0")),
        ("<right><right>", Some("wwan0")),
        ("<right><right><right>", None),
        ("<left>", Some("wwan0")),
        ("<right><left>", None),
        ("192.0.2.7", Some("192.0.2.7")),
        ("en1<left><backspace>x", Some("ex1")),
        ("<right><backspace>1", Some("eth1")),
    ] {
        let mut state = after(&story::examined());
        press(&mut state, "<esc><f6>o<down><down><down>");
        let frame = seen(&mut state, 120, 36);
        assert!(
            frame.contains("Interfaces: eth0 (up), wwan0 (up). Left and Right"),
            "{frame}"
        );
        press(&mut state, script);
        let order = press(&mut state, "<up><up><up><enter>");
        let [Effect::Order(Order::Examine(wish))] = order.as_slice() else {
            panic!("{script}: {order:?}")
        };
        assert_eq!(wish.interface.as_deref(), wanted, "{script}");
    }
    // Enter goes on to the next row, whatever stands there.
    let mut state = after(&story::examined());
    press(&mut state, "<esc><f6>o<down><down><down><right><enter>");
    assert_eq!(state.panel.as_ref().unwrap().at, 4);
}

#[test]
fn the_mouse_chooses_a_row_of_a_panel() {
    let mut state = after(&story::examined());
    press(&mut state, "<esc><f6>o");
    for (words, at) in [
        ("reference hosts", 4),
        ("size ladder", 2),
        ("[ ] us/mint", 6),
    ] {
        let frame = seen(&mut state, 120, 36);
        let (column, row) = place(&frame, words);
        assert_eq!(click(&mut state, column, row), [], "{words}");
        assert_eq!(state.panel.as_ref().unwrap().at, at, "{words}");
    }
    let frame = seen(&mut state, 120, 36);
    assert!(frame.contains("[x] us/mint"), "a click ticks it:\n{frame}");
    let mut state = after(&story::examined());
    press(&mut state, "<esc>o");
    let frame = seen(&mut state, 120, 36);
    let (column, row) = place(&frame, "Priority");
    click(&mut state, column, row);
    let frame = seen(&mut state, 120, 36);
    let line = frame.lines().nth(row).unwrap();
    assert!(line.contains("▸ Priority"), "{frame}");
}

#[test]
fn sends_with_one_thing_changed_say_how_many_go_out_and_ask() {
    let mut state = after(&story::examined());
    assert_eq!(press(&mut state, "<esc><alt-v>"), []);
    assert!(seen(&mut state, 120, 36).contains("a User-Agent, as Android-Mms/2.0"));
    assert_eq!(press(&mut state, "<down>Nokia,none<down>"), []);
    assert!(seen(&mut state, 120, 36).contains("3 messages are sent"));
    assert_eq!(press(&mut state, "<enter>"), []);
    assert_eq!(state.overlay, Some(Overlay::Ask(Question::Vary)));
    let asked = seen(&mut state, 120, 36);
    assert!(asked.contains("and be billed"), "{asked}");
    assert_eq!(
        press(&mut state, "<enter>n"),
        [],
        "Enter has asked, no is no"
    );
    press(&mut state, "<alt-v><down>Nokia,none<down><enter>");
    let vary: Vary = "user-agent=Nokia,none".parse().unwrap();
    assert_eq!(
        press(&mut state, "y"),
        [Effect::Order(Order::Vary(story::draft(), vary))]
    );
    assert_eq!(state.screen, Screen::Compare);
    let table = seen(&mut state, 120, 36);
    for says in ["user-agent", "as it is", "Nokia", "waits"] {
        assert!(table.contains(says), "{says}\n{table}");
    }
    // Between two of them nothing is sent, and the row can be stopped all the same.
    assert_eq!(press(&mut state, "<ctrl-s>"), []);
    assert!(state.hint.as_ref().unwrap().contains("row of sends"));
    assert_eq!(
        press(&mut state, "<ctrl-x>"),
        [Effect::Order(Order::Cancel)]
    );
    update(
        &mut state,
        Message::VaryEnded("The row was stopped.".into()),
    );
    assert!(seen(&mut state, 120, 36).contains("not sent"));
    assert_eq!(press(&mut state, "<ctrl-x>"), [], "nothing runs any more");
}

#[test]
fn a_send_of_the_row_shows_in_its_column_while_it_runs() {
    let mut told = story::examined();
    let mut state = after(&told);
    press(&mut state, "<esc><alt-v><down>Nokia<down><enter>y");
    let used = state.known.profile.as_ref().unwrap().id.clone();
    told.sends_up_to_connect(&used, 8080);
    story::hear(&mut state, &told);
    let own = state
        .known
        .sends
        .back()
        .unwrap()
        .message
        .transaction_id
        .clone();
    press(&mut state, "<f7>");
    // A send of the same profile in the same moment is none of the row.
    let ids = ["another".to_owned(), "one more".to_owned()];
    update(&mut state, Message::VaryBegun(ids.to_vec()));
    let table = seen(&mut state, 120, 36);
    assert!(!table.contains("being sent"), "{table}");
    let ids = [own, "one more".to_owned()];
    update(&mut state, Message::VaryBegun(ids.to_vec()));
    let table = seen(&mut state, 120, 36);
    assert!(table.contains("being sent"), "{table}");
    assert!(table.contains("waits"), "the second one:\n{table}");
    press(&mut state, "<down><right><enter>");
    assert!(state.hint.as_ref().unwrap().contains("nothing was tried"));
}

/// What cannot be varied, and why.
#[test]
fn a_value_that_cannot_be_had_sends_nothing() {
    for script in [
        "<right><right><right><right><down>9.9",
        "<left><down>0",
        "<right><right><down>no host",
    ] {
        let mut state = after(&story::examined());
        press(&mut state, "<esc><alt-v>");
        let script = format!("{script}<down><enter>");
        assert_eq!(press(&mut state, &script), [], "{script}");
        assert!(state.hint.as_ref().unwrap().contains("Not begun"));
        assert_eq!(state.overlay, Some(Overlay::Panel), "{script}");
    }
}

/// Beside an earlier session stands today's probe: two columns, two rows.
fn compared() -> State {
    let told = story::examined();
    let mut state = after(&told);
    press(&mut state, "<esc><f7>");
    let probe = told.known().probes.back().unwrap().clone();
    let title = "2026-11-20".to_owned();
    update(&mut state, Message::Earlier(title, Box::new(probe)));
    state
}

/// Keys, and the chosen cell.
#[test]
fn cells_are_chosen_by_keys() {
    let table: &[(&str, Option<(usize, usize)>)] = &[
        ("", None),
        ("<down>", Some((0, 0))),
        ("<down><right>", Some((0, 1))),
        ("<down><right><right><right>", Some((0, 1))),
        ("<down><down>", Some((1, 0))),
        ("<down><down><down><down>", Some((1, 0))),
        ("<down><right><down><up><left>", Some((0, 0))),
    ];
    for (script, cell) in table {
        let mut state = compared();
        press(&mut state, script);
        assert_eq!(state.cell, *cell, "{script}");
    }
    let mut state = compared();
    press(&mut state, "<down>");
    let frame = seen(&mut state, 120, 36);
    assert!(frame.contains("[Wholesale]"), "without colour:\n{frame}");
}

#[test]
fn a_cell_leads_to_the_lines_of_this_session_only() {
    let mut state = compared();
    press(&mut state, "<down><enter>");
    let hint = state.hint.clone().unwrap();
    assert!(hint.contains("of an earlier session"), "{hint}");
    press(&mut state, "<right><enter>");
    assert_eq!(state.hint, None);
    let chosen = state.traffic.chosen().and_then(|n| state.traffic.row(n));
    let says = &state.verdict().unwrap().evidence[0].says;
    assert!(says.contains("10.175.85.144:8080"), "{says}");
    let line = &chosen.unwrap().text;
    assert_eq!(line, "+CIPOPEN: 1,4", "its late result");
}

#[test]
fn the_mouse_chooses_a_cell() {
    for (width, height) in [(120, 36), (200, 50)] {
        let mut state = compared();
        let frame = seen(&mut state, width, height);
        let (column, row) = place(&frame, "Wholesale   ");
        click(&mut state, column, row);
        assert_eq!(state.cell, Some((0, 0)), "{width}");
        let line: Vec<char> = frame.lines().nth(row).unwrap().chars().collect();
        let tail: String = line[column + 5..].iter().collect();
        let second = column + 5 + tail[..tail.find("Wholesale").unwrap()].chars().count();
        click(&mut state, second, row);
        assert_eq!(state.cell, Some((0, 1)), "{width}");
    }
}

/// Keys on the PDU screen, and the octet and how many places were found.
#[test]
fn octets_are_found_as_hexadecimal_and_as_text() {
    let mut state = after(&story::sent());
    press(&mut state, "<f3>");
    let octets = state.inspector.shown.as_ref().unwrap().octets.0.to_vec();
    let find = |wanted: &[u8]| {
        let at = octets.windows(wanted.len()).position(|w| w == wanted);
        at.unwrap_or_else(|| panic!("{wanted:?}"))
    };
    let table = [
        ("/8c 80", find(b"\x8c\x80")),
        ("/8C80", find(b"\x8c\x80")),
        ("/0x98", find(b"\x98")),
        ("/bubble", find(b"bubble")),
        ("/\"BUBBLE\"", find(b"bubble")),
    ];
    for (script, octet) in table {
        let mut state = after(&story::sent());
        press(&mut state, "<f3><tab>");
        press(&mut state, script);
        assert_eq!(state.inspector.octet, octet, "{script}");
        assert_eq!(state.sought.as_ref().unwrap().count.0, 1, "{script}");
        press(&mut state, "<esc>");
        assert_eq!(state.inspector.octet, 0, "{script}: Esc goes back");
    }
    let mut state = after(&story::sent());
    press(&mut state, "<f3><tab>/bubble<enter>n");
    let first = find(b"bubble");
    let second = first
        + 6
        + octets[first + 6..]
            .windows(6)
            .position(|w| w == b"bubble")
            .unwrap();
    assert_eq!(state.inspector.octet, second);
    press(&mut state, "N");
    assert_eq!(state.inspector.octet, first);
    press(&mut state, "/0x8");
    assert!(state.prompt.as_ref().unwrap().error.is_some());
    press(&mut state, "<esc>/\"no such words\"");
    assert_eq!(state.sought.as_ref().unwrap().count, (0, 0));
}

/// In every list: keys to the pane, a piece of what stands there, and whether it is the chosen one then.
#[test]
fn lists_are_searched_by_their_items() {
    let mut state = after(&story::sent());
    press(&mut state, "<f3>/transaction<enter>");
    let shown = state.inspector.shown.as_ref().unwrap();
    let field = &shown.fields[state.inspector.field];
    assert_eq!(field.label, "X-Mms-Transaction-Id");
    let mut state = after(&story::examined());
    press(&mut state, "<esc><f6>2");
    let evidence = state.verdict().unwrap().evidence.clone();
    let (last, piece) = evidence.iter().enumerate().next_back().unwrap();
    assert!(last > 0);
    press(&mut state, &format!("/{}<enter>", piece.says));
    assert_eq!(state.evidence, last);
    let mut state = after(&story::examined());
    press(&mut state, "<esc><f6>4/port<enter>");
    assert!(state.sought.as_ref().unwrap().count.1 > 0, "hypotheses");
}

/// Keys on the PDU screen, and what is in the clipboard then.
#[test]
fn octets_are_copied_in_each_form() {
    let table = [
        ("Yh", "8c80"),
        ("Yc", "unsigned char octets[2] = {\n    0x8c, 0x80,\n};\n"),
        ("Yp", "b\"\\x8c\\x80\""),
        ("Yd", "000000  8c 80\n"),
        ("Yt", "X-Mms-Message-Type: M-Send.req"),
        ("<tab>yh", "8c80"),
        ("Ywwh", "8c80"),
    ];
    for (script, copied) in table {
        let mut state = after(&story::sent());
        press(&mut state, "<f3>");
        let effects = press(&mut state, script);
        let [Effect::Copy(text)] = effects.as_slice() else {
            panic!("{script}: {effects:?}")
        };
        assert_eq!(text.to_lowercase(), copied.to_lowercase(), "{script}");
        assert_eq!(state.overlay, None);
    }
    let mut state = after(&story::sent());
    press(&mut state, "<f3>Yn");
    assert!(seen(&mut state, 80, 24).contains("IN PLAIN"));
    let all = state.inspector.shown.as_ref().unwrap().octets.0.len();
    let effects = press(&mut state, "wh");
    let [Effect::Copy(text)] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    assert_eq!(text.len(), all * 2, "the whole PDU");
}

/// Numbers in a PDU: hidden in the clipboard unless the person says otherwise, each time anew.
#[test]
fn numbers_in_copied_octets_are_hidden_until_they_are_shown() {
    let number = "2025550123";
    let hex = |text: &str| -> String { text.bytes().map(|o| format!("{o:02x}")).collect() };
    let copied = |script: &str| {
        let mut state = after(&story::sent());
        press(&mut state, "<f3>");
        let effects = press(&mut state, script);
        let [Effect::Copy(text)] = effects.as_slice() else {
            panic!("{script}: {effects:?}")
        };
        text.clone()
    };
    for (form, plain) in [
        ("h", hex(number)),
        ("p", number.into()),
        ("t", number.into()),
    ] {
        let (hidden, shown) = (copied(&format!("Yw{form}")), copied(&format!("Ywn{form}")));
        assert!(!hidden.contains(&plain), "{form}: {hidden}");
        assert!(shown.contains(&plain), "{form}: {shown}");
        assert_eq!(hidden.len(), shown.len(), "{form}: places stay true");
    }
    let mut state = after(&story::sent());
    press(&mut state, "<f3>Yw");
    let before = seen(&mut state, 80, 24);
    assert!(before.contains("hidden as *"), "{before}");
    press(&mut state, "n");
    assert!(seen(&mut state, 80, 24).contains("IN PLAIN"));
    press(&mut state, "<esc>Y");
    assert!(seen(&mut state, 80, 24).contains("hidden as *"), "anew");
}

/// A word at the end of a field is no address only because nothing follows it.
#[test]
fn what_is_no_number_stays_readable_in_copied_octets() {
    use mmscope::console::copying::hidden;
    assert_eq!(hidden(b"See you at noon"), (b"See you at noon".to_vec(), 0));
    let (shown, count) = hidden(b"\x97+12025550123/TYPE=PLMN\x00");
    assert_eq!(
        (&shown[..], count),
        (&b"\x97+120255*****/TYPE=PLMN\x00"[..], 5)
    );
}

/// A command, and whether a later session may offer it.
#[test]
fn no_secret_is_kept_of_the_at_line() {
    let table = [
        ("AT+CSQ", true),
        ("AT+CGDCONT=1,\"IPV4V6\",\"Wholesale\"", true),
        ("AT+CIPOPEN=0,\"TCP\",\"10.175.85.144\",8080", true),
        ("AT+CPIN?", true),
        ("AT+CPIN=1234", false),
        ("at+cpin=1234", false),
        ("AT+CSQ;+CPIN=1234", false),
        ("AT+CPIN=\"12345678\",\"1234\"", false),
        ("AT+CLCK=\"SC\",1,\"1234\"", false),
        ("AT+CPWD=\"SC\",\"1234\",\"4321\"", false),
        ("AT+CGAUTH=1,1,\"user\",\"secret\"", false),
        ("AT+CGAUTH=1,1", false),
        ("AT+CGAUTH=?", true),
        ("AT+CSOCKAUTH=1,1,\"user\",\"secret\"", false),
        ("AT+CMGS=\"+12025550123\"", false),
        ("AT\nAT", false),
    ];
    for (command, kept) in table {
        assert_eq!(may_be_kept(command), kept, "{command}");
    }
}

#[test]
fn the_history_of_earlier_sessions_stands_before_this_one() {
    let mut line = AtLine::default();
    line.remember("AT+CSQ");
    let earlier: Vec<String> = (0..500).map(|n| format!("AT+CIPCLOSE={n}")).collect();
    line.recall_earlier(earlier);
    assert_eq!(line.history.len(), AT_HISTORY);
    assert_eq!(line.history.last().unwrap(), "AT+CSQ");
    assert_eq!(line.history[0], "AT+CIPCLOSE=301");
    let mut line = AtLine::default();
    line.recall_earlier(vec!["AT+CPIN=1234".into(), "ATI".into()]);
    assert_eq!(line.history, ["ATI"], "whoever wrote it there");
    let mut state = after(&story::examined());
    state.at.recall_earlier(vec!["AT+CEER".into()]);
    press(&mut state, "<esc>a<up>");
    assert_eq!(state.at.entry.text(), "AT+CEER");
}

#[test]
fn the_names_in_a_shared_edge_can_be_clicked() {
    let mut state = after(&story::examined());
    press(&mut state, "<esc>");
    for (words, pane) in [
        ("5 PDP", Pane::Contexts),
        ("7 TCP", Pane::Tcp),
        ("3 AT", Pane::Traffic),
    ] {
        let frame = seen(&mut state, 80, 24);
        let (column, row) = place(&frame, words);
        click(&mut state, column + 2, row);
        assert_eq!(state.focus, pane, "{words}\n{frame}");
    }
    // The rest of the edge belongs to the pane itself.
    let frame = seen(&mut state, 80, 24);
    let (column, row) = place(&frame, "3 AT");
    click(&mut state, column.saturating_sub(2), row);
    assert_eq!(state.focus, Pane::Traffic);
}

#[test]
fn panels_are_drawn_at_every_size() {
    for (width, height) in [(1, 1), (10, 3), (24, 6), (40, 12), (80, 24), (200, 50)] {
        for script in ["<f6>o", "<alt-v>", "<f3>Y"] {
            let mut state = after(&story::examined());
            press(&mut state, "<esc>");
            press(&mut state, script);
            seen(&mut state, width, height);
        }
        seen(&mut compared(), width, height);
    }
}

#[test]
fn panels_say_what_they_will_do() {
    for (name, script) in [("panel_probe", "<f6>o"), ("panel_vary", "<alt-v><down>1.0")] {
        for (width, height) in [(80, 24), (120, 36)] {
            let mut state = after(&story::examined());
            press(&mut state, "<esc>");
            press(&mut state, script);
            let frame = seen(&mut state, width, height);
            insta::assert_snapshot!(format!("{name}_{width}x{height}"), frame);
        }
    }
}

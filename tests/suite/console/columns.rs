//! The columns of the traffic: tried out in the console, kept in the configuration.
use super::keys::press;
use super::story::{self, rows, screen};
use super::traffic::{explaining, seen, working};
use mmscope::config::Config;
use mmscope::console::columns::{Column, Columns, Table};
use mmscope::console::state::Overlay;
use mmscope::console::{Effect, Looks, Message, State, update};
use proptest::prelude::*;
use ratatui::crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

fn read(text: &str) -> Result<Columns, String> {
    let config = Config::parse("config.toml", text).map_err(|e| e.to_string())?;
    Columns::of(text, &config.traffic).map_err(|faults| {
        let says: Vec<String> = faults.iter().map(ToString::to_string).collect();
        says.join("\n")
    })
}

fn wear(state: &mut State, text: &str) {
    let columns = read(text).unwrap();
    state.wear(Looks {
        columns,
        ..Looks::default()
    });
}

/// Goes down in the panel to a column.
fn to(state: &mut State, column: Column) {
    for _ in 0..state.columns.listed().len() {
        if state.columns.chosen() == Some(column) {
            return;
        }
        press(state, "<down>");
    }
    panic!("{column:?} is not in the panel");
}

#[test]
fn a_column_is_turned_on_moved_and_kept() {
    let mut state = working();
    let before = seen(&mut state);
    let row = |frame: &str| {
        let found = frame.lines().find(|l| l.contains("+CSQ: 21,99"));
        found.unwrap().to_owned()
    };
    assert!(!row(&before).contains("poll"), "{before}");
    press(&mut state, "C");
    assert_eq!(state.overlay, Some(Overlay::Columns));
    assert!(seen(&mut state).contains("These are the usual ones."));
    to(&mut state, Column::Purpose);
    press(&mut state, "<space>");
    // It comes to where it usually stands, and is seen behind the panel at once.
    assert_eq!(
        state.columns.toml(),
        r#"columns = ["time", "direction", "purpose", "text", "meaning", "duration"]"#
    );
    press(&mut state, "<left>");
    let copied = press(&mut state, "y");
    let line = r#"columns = ["time", "purpose", "direction", "text", "meaning", "duration"]"#;
    assert_eq!(copied, [Effect::Copy(line.to_owned())]);
    let frame = seen(&mut state);
    assert!(frame.contains("[traffic]; y copies it"), "{frame}");
    press(&mut state, "<esc>");
    let frame = seen(&mut state);
    assert!(
        row(&frame).contains("12:01:00.018 poll       ◀ +CSQ: 21,99"),
        "{frame}"
    );
    // What was copied is what a configuration wants.
    let kept = read(&format!("[traffic]\n{line}\n")).unwrap();
    assert_eq!(kept.lines, state.columns.lines);
    // And taken out again nothing is left of it.
    press(&mut state, "C");
    to(&mut state, Column::Purpose);
    press(&mut state, "<enter><esc>");
    assert_eq!(state.columns.lines, Columns::default().lines);
    assert_eq!(seen(&mut state), before);
}

#[test]
fn the_text_stays_and_what_cannot_move_says_so() {
    let mut state = working();
    press(&mut state, "C");
    to(&mut state, Column::Text);
    for (keys, says) in [
        ("<space>", "The text stays"),
        ("<right><right><right>", "at the end already"),
        ("<down><down><right>", "Space shows it"),
    ] {
        press(&mut state, keys);
        let hint = state.hint.clone().unwrap_or_default();
        assert!(hint.contains(says), "{keys}: {hint}");
    }
    assert!(state.columns.lines.has(Column::Text));
}

#[test]
fn lines_and_exchanges_have_columns_of_their_own() {
    let mut state = working();
    press(&mut state, "oC");
    assert_eq!(
        state.columns.table,
        Table::Exchanges,
        "what is on the screen"
    );
    to(&mut state, Column::Lines);
    press(&mut state, "<space>");
    to(&mut state, Column::Meaning);
    press(&mut state, "<space><esc>");
    let frame = seen(&mut state);
    assert!(frame.contains("✔ 3 lines  AT+CSQ"), "{frame}");
    assert!(!frame.contains("−71 dBm"), "{frame}");
    press(&mut state, "o");
    let frame = seen(&mut state);
    assert!(
        !frame.contains("3 lines") && frame.contains("−71 dBm"),
        "{frame}"
    );
    // The panel goes from one table to the other.
    press(&mut state, "C<tab>");
    assert_eq!(state.columns.table, Table::Exchanges);
    assert!(state.columns.toml().starts_with("exchange_columns = "));
}

#[test]
fn a_click_chooses_a_column_and_turns_it() {
    let mut state = working();
    press(&mut state, "C");
    let frame = seen(&mut state);
    let y = frame
        .lines()
        .position(|l| l.contains("[x] meaning"))
        .unwrap();
    for _ in 0..2 {
        let mouse = MouseEvent {
            kind: MouseEventKind::Down(MouseButton::Left),
            column: 60,
            row: u16::try_from(y).unwrap(),
            modifiers: KeyModifiers::NONE,
        };
        update(&mut state, Message::Mouse(mouse));
    }
    assert!(!state.columns.lines.has(Column::Meaning));
    assert_eq!(state.overlay, Some(Overlay::Columns));
}

/// What stands in the configuration, and what is said of it.
#[test]
fn a_wrong_column_is_named_with_its_place_and_remedy() {
    for (text, says) in [
        (
            "[traffic]\ncolumns = [\"time\", \"txet\"]\n",
            "2:20: `txet` is no column of the traffic; did you mean `text`?",
        ),
        (
            "[traffic]\ncolumns = [\"text\",\n  \"time\", \"text\"]\n",
            "3:11: `text` stands there twice; name each column once",
        ),
        (
            "[traffic]\ncolumns = [\"text\", \"lines\"]\n",
            "2:20: `lines` is a column of exchanges only",
        ),
        (
            "[traffic]\nexchange_columns = [\"time\"]\n",
            "2:21: `exchange_columns` leaves out the text; add \"text\"",
        ),
        ("[traffic]\ncolums = []\n", "did you mean `columns`?"),
        ("[traffic]\ncolumns = \"time\"\n", "2:11"),
    ] {
        let told = read(text).unwrap_err();
        assert!(told.contains(says), "{text}: {told}");
    }
    let both = read("[traffic]\ncolumns = [\"a\"]\nexchange_columns = [\"b\", \"c\"]\n");
    assert_eq!(both.unwrap_err().lines().count(), 3, "all at once");
    let usual = read("[traffic]\ncolumns = []\n").unwrap();
    assert_eq!(usual, Columns::default());
}

/// A person's columns, and how a row begins and ends with them.
#[test]
fn columns_stand_in_the_order_that_is_wanted() {
    let row_of = |line: &str, columns: &str, width: u16| {
        let mut state = story::console(&story::draft(), Default::default());
        wear(&mut state, &format!("[traffic]\ncolumns = [{columns}]\n"));
        story::hear(&mut state, &story::failed());
        screen(&mut state, width, 36);
        press(&mut state, "<esc>3z");
        let frame = rows(&screen(&mut state, width, 36));
        let found = frame.lines().rfind(|l| l.contains(line));
        let row = found.unwrap_or_else(|| panic!("no row in\n{frame}"));
        row.trim_matches(['┃', '│']).trim_end().to_owned()
    };
    let sent = |columns: &str, width: u16| row_of("+CIPOPEN: 0,4", columns, width);
    let row = sent(r#""duration", "direction", "text""#, 120);
    assert!(row.starts_with("  2.1 s ⤷ +CIPOPEN: 0,4"), "{row}");
    assert!(!row.contains("operation not supported"), "{row}");
    let row = sent(r#""text", "stage", "time""#, 120);
    assert!(row.starts_with("+CIPOPEN: 0,4 "), "{row}");
    assert!(row.contains(" connect  12:01:"), "{row}");
    // A meaning with a column of its own; one that matters and has no room there comes under the text, whole.
    let apart = r#""stage", "text", "duration", "meaning""#;
    let row = row_of("+NETOPEN: 0", apart, 200);
    assert!(row.starts_with("         +NETOPEN: 0 "), "{row}");
    let (_, behind) = row.split_once(" 0.8 s ").unwrap();
    assert_eq!(behind, "the socket stack is open");
    let row = sent(apart, 200);
    assert!(
        row.starts_with("connect  +CIPOPEN: 0,4 ") && row.ends_with(" 2.1 s"),
        "{row}"
    );
    // In a narrow pane the text is the last that gives way.
    let row = sent(
        r#""time", "direction", "stage", "purpose", "text", "meaning", "duration""#,
        40,
    );
    assert!(
        row.contains("+CIPOPEN: 0,4") && !row.contains("connect "),
        "{row}"
    );
}

#[test]
fn frames_of_the_columns() {
    let all = "[traffic]\ncolumns = [\"time\", \"stage\", \"direction\", \"text\", \"duration\", \"meaning\"]\n\
               exchange_columns = [\"duration\", \"lines\", \"purpose\", \"direction\", \"text\"]\n";
    for (name, keys, (width, height)) in [
        ("columns", "C<down>", (80, 24)),
        ("columns", "C<down>", (120, 36)),
        ("columns", "C<down>", (40, 10)),
        ("columns_lines", "", (80, 24)),
        ("columns_lines", "", (200, 50)),
        ("columns_exchanges", "o", (120, 36)),
    ] {
        let mut state = explaining(story::console(&story::draft(), Default::default()));
        wear(&mut state, all);
        story::hear(&mut state, &story::failed());
        screen(&mut state, width, height);
        press(&mut state, "<esc>3z");
        press(&mut state, keys);
        let frame = rows(&screen(&mut state, width, height));
        insta::assert_snapshot!(format!("{name}_{width}x{height}"), frame);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever is chosen in whatever order: every size has a frame, nothing runs over the edge, and what is kept is read back.
    #[test]
    fn any_columns_have_a_frame(keys in prop::collection::vec(prop::sample::select(vec!["<up>", "<down>", "<left>", "<right>", "<space>", "<tab>"]), 0..40), fold: bool) {
        let mut state = working();
        press(&mut state, "C");
        press(&mut state, &keys.concat());
        for table in [Table::Lines, Table::Exchanges] {
            state.columns.table = table;
            let text = format!("[traffic]\n{}\n", state.columns.toml());
            let kept = read(&text).unwrap();
            prop_assert_eq!(kept.of_table(table), state.columns.of_table(table));
        }
        for (width, height) in [(200, 50), (120, 36), (80, 24), (40, 10), (20, 8), (10, 3)] {
            screen(&mut state, width, height);
        }
        press(&mut state, "<esc>");
        if fold {
            press(&mut state, "o");
        }
        for width in [200, 120, 80, 60, 40, 30] {
            let frame = rows(&screen(&mut state, width, 40));
            prop_assert!(frame.contains("AT+CIMI"), "{}\n{}", width, frame);
            let edges = frame.lines().skip(1).take(30).all(|l| l.ends_with(['┃', '┓', '╮', '│', '┐']));
            prop_assert!(edges, "{}\n{}", width, frame);
        }
    }
}

//! Reports, exports, earlier sessions and kept copies, as a person asks for them.
use super::keys::{after, press};
use super::story::{self, rows, screen};
use mmscope::console::{CompareTable, Effect, Form, Message, Order, Screen, State, update};
use mmscope::event::Witness;
use mmscope::report::{Reveal, Reveals};

fn ordered(effects: &[Effect]) -> &Order {
    match effects {
        [Effect::Order(order)] => order,
        other => panic!("one order: {other:?}"),
    }
}

fn seen(state: &mut State, width: u16, height: u16) -> String {
    rows(&screen(state, width, height))
}

#[test]
fn a_report_is_asked_for_by_form_and_place() {
    let mut state = after(&story::examined());
    press(&mut state, "<esc>R");
    let list = seen(&mut state, 80, 24);
    for says in [
        "Write a report of this session",
        "▸ Markdown",
        "JSON, for programs",
    ] {
        assert!(list.contains(says), "{says} in\n{list}");
    }
    assert_eq!(press(&mut state, "<down><enter>"), []);
    let name = seen(&mut state, 80, 24);
    assert!(
        name.contains("session.jsonl-report.txt") || name.contains("session-report.txt"),
        "{name}"
    );
    // The name is typed over, one character at a time; q and d are letters here.
    assert_eq!(
        press(&mut state, "<end><backspace><backspace><backspace>qd"),
        []
    );
    assert_eq!(
        ordered(&press(&mut state, "<enter>")),
        &Order::Report {
            form: Form::Text,
            place: "session-report.qd".into(),
            reveals: Reveals::default(),
        }
    );
    assert_eq!(state.overlay, None);
    update(
        &mut state,
        Message::Hint("The report is written to there.".into()),
    );
    assert!(seen(&mut state, 80, 24).contains("The report is written to there."));
    press(&mut state, "R<esc>");
    assert_eq!(state.overlay, None, "Esc leaves without writing");
    assert_eq!(press(&mut state, "R<enter><esc><esc>"), []);
    assert_eq!(state.overlay, None, "and from the name in two steps");
}

/// Keys, what the screen says then, and what the report shows in plain once it is written.
#[test]
fn what_a_report_hides_is_revealed_field_by_field() {
    let table: &[(&str, &str, &[Reveal])] = &[
        ("R", "hidden  the serving cell", &[]),
        ("R<enter>", "Write it to:", &[]),
        (
            "R<down><down><down><down><enter>",
            "own public addresses in full. Reveal",
            &[],
        ),
        // Enter has asked; a second one is no yes.
        (
            "R<down><down><down><down><enter><enter>",
            "in full. Reveal",
            &[],
        ),
        (
            "R<end> y<home><enter>",
            "session-report.md",
            &[Reveal::Serial],
        ),
        (
            "R<end> y<up> y<home><enter>",
            "session-report.md",
            &[Reveal::Cell, Reveal::Serial],
        ),
        ("R<end> y <home><enter>", "session-report.md", &[]),
        ("R<end> n<home><enter>", "session-report.md", &[]),
        // The octets of the wire are asked about by their form, and only that form holds them.
        (
            "R<down><down><down><enter>",
            "raw octets of the HTTP exchange",
            &[],
        ),
        ("R<down><down><down><enter>n", "▸ pcap of the HTTP", &[]),
        (
            "R<down><down><down><enter>y",
            "session-report.pcapng",
            &[Reveal::Wire],
        ),
        (
            "R<down><down><down><enter>y<esc><home><enter>",
            "session-report.md",
            &[],
        ),
    ];
    for (script, says, revealed) in table {
        let mut state = after(&story::examined());
        press(&mut state, "<esc>");
        assert_eq!(press(&mut state, script), [], "{script}");
        let shown = seen(&mut state, 120, 36);
        assert!(shown.contains(says), "{script}: {says} in\n{shown}");
        if says.starts_with("session-report") {
            let effects = press(&mut state, "<enter>");
            let Order::Report { place, reveals, .. } = ordered(&effects) else {
                panic!("{script}: {effects:?}")
            };
            assert_eq!(place, says, "{script}");
            assert_eq!(
                reveals,
                &Reveals(revealed.iter().copied().collect()),
                "{script}"
            );
        }
    }
}

#[test]
fn the_table_is_exported_as_it_is_shown() {
    let mut state = after(&story::examined());
    press(&mut state, "<esc><f7>");
    assert_eq!(press(&mut state, "x"), [], "there is no table yet");
    assert_eq!(state.overlay, None);
    press(&mut state, "p <down> <down>c");
    press(&mut state, "x");
    let order = press(&mut state, "<down><enter><enter>");
    let Order::Export { form, place, table } = ordered(&order) else {
        panic!("{order:?}")
    };
    assert_eq!((*form, place.as_str()), (Form::Csv, "session-compare.csv"));
    let CompareTable { columns, rows } = table;
    assert_eq!(columns, &["example/mint-as-configured", "us/mint"]);
    assert!(rows.iter().any(|r| r.name == "port" && r.differs));
}

#[test]
fn the_table_of_sends_with_one_thing_changed_is_exported_too() {
    let mut state = after(&story::examined());
    press(&mut state, "<esc><alt-v><right><right><right>");
    press(&mut state, "<down>token,+12025550145<down><enter>y");
    assert_eq!(state.screen, Screen::Compare);
    press(&mut state, "x");
    let order = press(&mut state, "<enter><enter>");
    let Order::Export { form, place, table } = ordered(&order) else {
        panic!("{order:?}")
    };
    assert_eq!(
        (*form, place.as_str()),
        (Form::Markdown, "session-ab-sends.md")
    );
    assert_eq!(
        table.columns,
        ["as it is", "token", "+1 *** *** **45"],
        "a number is masked"
    );
    let names: Vec<&str> = table.rows.iter().map(|r| r.name.as_str()).collect();
    assert_eq!(names, ["from: state", "outcome"]);
    assert_eq!(table.rows[0].values, ["waits", "waits", "waits"]);
    // With profiles beside them, the chosen cell says which table is meant.
    state.varied.as_mut().unwrap().ended = true;
    press(&mut state, "p <down> <down>c");
    press(&mut state, "<down><down>x");
    let order = press(&mut state, "<enter><enter>");
    let Order::Export { place, table, .. } = ordered(&order) else {
        panic!("{order:?}")
    };
    assert_eq!(place, "session-compare.md");
    assert_eq!(table.columns, ["example/mint-as-configured", "us/mint"]);
}

#[test]
fn the_mouse_chooses_a_row_of_a_short_list() {
    let mut state = after(&story::examined());
    press(&mut state, "<esc>R");
    for words in ["JSON, for programs", "the serving cell", "Markdown"] {
        let frame = seen(&mut state, 80, 24);
        let row = frame.lines().position(|l| l.contains(words)).unwrap();
        click(&mut state, 20, u16::try_from(row).unwrap());
        let frame = seen(&mut state, 80, 24);
        let row = frame.lines().nth(row).unwrap();
        assert!(row.contains('▸'), "{words} in\n{frame}");
    }
    press(&mut state, "<esc>");
    let names = (0..20).map(|n| format!("session-{n:02}.jsonl")).collect();
    update(&mut state, Message::Recordings(names));
    let frame = seen(&mut state, 80, 24);
    let row = frame
        .lines()
        .position(|l| l.contains("session-05"))
        .unwrap();
    click(&mut state, 20, u16::try_from(row).unwrap());
    let order = press(&mut state, "<enter>");
    assert_eq!(ordered(&order), &Order::Earlier("session-05.jsonl".into()));
}

fn click(state: &mut State, column: u16, row: u16) {
    use ratatui::crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
    let mouse = MouseEvent {
        kind: MouseEventKind::Down(MouseButton::Left),
        column,
        row,
        modifiers: KeyModifiers::NONE,
    };
    assert_eq!(update(state, Message::Mouse(mouse)), []);
}

#[test]
fn an_earlier_session_becomes_a_column() {
    let mut state = after(&story::examined());
    press(&mut state, "<esc><f7>");
    assert_eq!(ordered(&press(&mut state, "r")), &Order::Recordings);
    update(&mut state, Message::Recordings(Vec::new()));
    assert!(seen(&mut state, 80, 24).contains("No earlier session is recorded yet."));
    let names = ["2026-11-21T10-00-00Z.jsonl", "2026-11-20T10-00-00Z.jsonl"];
    update(
        &mut state,
        Message::Recordings(names.map(str::to_owned).to_vec()),
    );
    assert!(seen(&mut state, 80, 24).contains("Compare with an earlier session"));
    assert_eq!(
        ordered(&press(&mut state, "<down><enter>")),
        &Order::Earlier(names[1].into())
    );
    let known = story::examined().known();
    let probe = known.probes.back().unwrap().clone();
    let title = "example/mint-as-configured (2026-11-20 10:00 UTC)";
    update(&mut state, Message::Earlier(title.into(), Box::new(probe)));
    assert_eq!(state.screen, Screen::Compare);
    let table = seen(&mut state, 160, 36);
    assert!(
        table.contains("2026-11-20 10:00 UTC") && table.contains("an earlier session"),
        "{table}"
    );
    assert!(
        table.contains("probed in 23.2 s"),
        "beside today's:\n{table}"
    );
}

#[test]
fn a_full_examination_asks_first_and_says_what_it_changes() {
    let mut state = after(&story::failed());
    press(&mut state, "<esc>");
    assert_eq!(press(&mut state, "D"), []);
    let asked = seen(&mut state, 80, 24);
    assert!(
        asked.contains("Spare PDP contexts") && asked.contains("put back and verified"),
        "{asked}"
    );
    assert_eq!(press(&mut state, "n"), []);
    press(&mut state, "<f6>w<esc>");
    assert_eq!(
        ordered(&press(&mut state, "Dy")),
        &Order::FullProbe(vec![Witness::PhoneSends])
    );
    assert_eq!(state.screen, Screen::Diagnosis);
    let mut busy = after(&story::examining());
    assert_eq!(press(&mut busy, "<esc>D"), []);
    assert_eq!(busy.overlay, None, "one probe at a time");
}

#[test]
fn an_applied_copy_can_be_kept_once() {
    let mut told = story::examined();
    let mut state = after(&told);
    press(&mut state, "<esc><f6>");
    assert_eq!(press(&mut state, "s"), [], "nothing is applied yet");
    assert_eq!(state.overlay, None);
    let id = "example/mint-as-configured-mended";
    let mut row = story::profiles()[1].clone();
    row.id = id.into();
    told.profile(&row);
    update(&mut state, Message::Known(told.known()));
    assert!(seen(&mut state, 120, 36).contains("keeps it as a profile of your own"));
    press(&mut state, "s");
    assert!(seen(&mut state, 120, 36).contains("Keep the changed copy"));
    assert_eq!(ordered(&press(&mut state, "y")), &Order::Keep(id.into()));
    let mut says = |begins| {
        let id = id.into();
        update(&mut state, Message::Kept { id, begins });
        seen(&mut state, 80, 24)
    };
    // What it says of the next start is so, and is not cut.
    assert!(says(false).contains("profile of your own; at the next start p chooses it"));
    assert!(says(true).contains("profile of your own; the next start uses it"));
    assert_eq!(press(&mut state, "s"), [], "it is written once");
    assert_eq!(state.overlay, None);
}

#[test]
fn the_list_is_drawn_at_every_size() {
    for (width, height) in [(1, 1), (10, 3), (20, 6), (40, 12), (80, 24), (200, 50)] {
        let mut state = after(&story::examined());
        press(&mut state, "<esc>R");
        seen(&mut state, width, height);
        press(&mut state, "<enter>");
        seen(&mut state, width, height);
    }
}

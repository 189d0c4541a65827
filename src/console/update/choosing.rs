//! Reports, exports and earlier recordings: the list is opened, a key goes to it, what was chosen becomes an order.
use super::motion::go;
use super::{Effect, Order, order};
use crate::console::asked::CompareRow;
use crate::console::choosing::{Choosing, Chosen, CompareTable, Purpose};
use crate::console::layout::Screen;
use crate::console::state::{Overlay, State};
use crate::console::text;
use crate::console::view;
use crate::event::Msisdn;
use crate::known::Probe;
use ratatui::crossterm::event::KeyEvent;
use std::path::Path;

/// Asks for the form of a report of this session.
pub(super) fn report(state: &mut State) {
    let beside = beside(state, "report");
    open(state, Choosing::form(Purpose::Report, &beside));
}

/// Asks for the form in which the table is written in which a cell is chosen.
pub(super) fn export(state: &mut State) {
    let what = match is_varied(state) {
        true => "ab-sends",
        false => "compare",
    };
    let beside = beside(state, what);
    open(state, Choosing::form(Purpose::Export, &beside));
}

/// Next to the recording, or in the working folder where there is none. What is written of an opened recording has its name.
pub(super) fn beside(state: &State, what: &str) -> String {
    if state.is_replaying() {
        let shown = text::clean(&state.session_name()).replace(['/', '\\'], "-");
        let name = format!("{}-{what}", shown.strip_suffix(".jsonl").unwrap_or(&shown));
        let own = state.flags.recording.as_deref().unwrap_or_default();
        return Path::new(own).with_file_name(name).display().to_string();
    }
    match &state.flags.recording {
        Some(path) => format!("{}-{what}", path.strip_suffix(".jsonl").unwrap_or(path)),
        None => format!("mmscope-{what}"),
    }
}

fn open(state: &mut State, choosing: Choosing) {
    state.choosing = Some(choosing);
    state.overlay = Some(Overlay::Choosing);
}

/// The recordings are there: one of them can be chosen.
pub(super) fn recordings(state: &mut State, names: Vec<String>) {
    if names.is_empty() {
        state.hint = Some("No earlier session is recorded yet.".to_owned());
        return;
    }
    open(state, Choosing::recording(names));
}

/// An earlier probe has been read: it becomes the first column.
pub(super) fn earlier(state: &mut State, title: String, probe: Probe) {
    if state.comparison.profiles.is_empty() {
        let used = state.known.profile.as_ref().map(|p| p.id.clone());
        state.comparison.profiles.extend(used);
        state.comparison.after = 0;
    }
    state
        .comparison
        .earlier
        .retain(|(known, _)| *known != title);
    state.comparison.earlier.push((title, probe));
    go(state, Screen::Compare);
}

/// The table as it is shown: its headings and rows.
#[must_use]
pub fn table(state: &State) -> CompareTable {
    let mut columns: Vec<String> = Vec::new();
    let mut probes: Vec<Probe> = Vec::new();
    for (title, probe) in &state.comparison.earlier {
        columns.push(title.clone());
        probes.push(probe.clone());
    }
    for id in &state.comparison.profiles {
        columns.push(id.clone());
        probes.push(state.probe_of(id));
    }
    let all: Vec<&Probe> = probes.iter().collect();
    let mut rows = (state.bench.compare)(&all);
    // An earlier session counts its events itself: its numbers mean other lines here.
    let earlier = state.comparison.earlier.len();
    for row in &mut rows {
        row.behind.iter_mut().take(earlier).for_each(Vec::clear);
    }
    CompareTable { columns, rows }
}

/// Whether the chosen cell stands in the table of sends with one thing changed, which is the first one where there are both.
fn is_varied(state: &State) -> bool {
    let rows = || {
        view::compare_tables(state)
            .first()
            .map_or(0, |t| t.rows.len())
    };
    let row = state.cell.map_or(0, |(row, _)| row);
    state.varied.is_some() && (state.comparison.is_empty() || row < rows())
}

/// The table that is written: the one of the chosen cell. A number that was varied is masked.
fn written(state: &State) -> CompareTable {
    let Some(varied) = state.varied.as_ref().filter(|_| is_varied(state)) else {
        return table(state);
    };
    let Some(sends) = view::compare_tables(state).into_iter().next() else {
        return CompareTable::default();
    };
    let heading = |name: String| match varied.vary.name() {
        "from" => Msisdn::new(name.as_str()).masked().to_string(),
        _ => name,
    };
    let columns = sends.columns.into_iter().map(heading).collect();
    let mut rows = sends.rows;
    rows.insert(
        0,
        CompareRow {
            name: format!("{}: state", sends.title),
            differs: sends.states.windows(2).any(|pair| pair[0] != pair[1]),
            behind: vec![Vec::new(); sends.states.len()],
            values: sends.states,
        },
    );
    CompareTable { columns, rows }
}

/// Whether a key belongs to the list, and what follows from it.
pub(super) fn on_key(state: &mut State, key: &KeyEvent) -> Option<Vec<Effect>> {
    if state.overlay != Some(Overlay::Choosing) {
        return None;
    }
    let choosing = state.choosing.as_mut()?;
    let (purpose, chosen) = (choosing.purpose, choosing.key(key));
    match chosen {
        Chosen::Taken => return Some(Vec::new()),
        Chosen::NotMine => return None,
        _ => {}
    }
    state.overlay = None;
    state.choosing = None;
    Some(match (chosen, purpose) {
        (Chosen::Write(form, place, _), Purpose::Export) => order(Order::Export {
            form,
            place,
            table: written(state),
        }),
        (Chosen::Write(form, place, reveals), _) => order(Order::Report {
            form,
            place,
            reveals,
        }),
        (Chosen::Row(name), _) => order(Order::Earlier(name)),
        _ => Vec::new(),
    })
}

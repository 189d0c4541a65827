//! Profiles side by side: a column for each, a row for each thing that was measured; where they differ stands out.
use super::Room;
use super::ink::Ink;
use crate::console::asked::CompareRow;
use crate::console::choosing::CompareTable;
use crate::console::state::State;
use crate::console::text;
use crate::console::theme::Tone;
use crate::console::update::compare_table;
use crate::known::Probe;
use ratatui::text::{Line, Span};

/// Narrower columns show nothing worth reading; then profiles stand one under the other.
const NARROWEST: usize = 16;

pub(super) fn lines(state: &State, room: Room) -> Vec<Line<'static>> {
    let ink = Ink::new(state);
    if state.comparison.is_empty() {
        let says = "No profiles were compared yet. p shows the profiles, Space marks one, c examines those that are marked, one after \
                    another, and shows them here side by side; r puts the probe of an earlier recording beside them. Nothing is sent to \
                    anybody.";
        return ink.empty(says, room.width);
    }
    let CompareTable { columns, rows } = compare_table(state);
    let (ids, table) = (&columns, rows);
    let earlier = state.comparison.earlier.iter();
    let earlier = earlier.map(|_| "an earlier session".to_owned());
    let now = state.comparison.profiles.iter();
    let now = now.map(|id| stands(state, &state.probe_of(id)));
    let states: Vec<String> = earlier.chain(now).collect();
    let name = (room.width * 26 / 100).clamp(12, 40);
    let each = room.width.saturating_sub(name + 2) / ids.len().max(1);
    let mut lines = Vec::new();
    if each < NARROWEST {
        for (id, says) in ids.iter().zip(&states) {
            lines.extend(ink.sentence(Tone::Strong, "", &format!("{id}: {says}"), room.width));
        }
        for row in &table {
            lines.push(Line::default());
            lines.extend(stacked(&ink, row, ids, room.width));
        }
        return lines;
    }
    lines.extend(grid(&ink, Tone::Strong, "", "profile", ids, name, each));
    lines.extend(grid(&ink, Tone::Quiet, "", "", &states, name, each));
    for row in &table {
        let (mark, tone) = look(&ink, row);
        lines.extend(grid(&ink, tone, mark, &row.name, &row.values, name, each));
    }
    lines
}

fn stands(state: &State, probe: &Probe) -> String {
    match (&probe.verdict, probe.began.probe) {
        (Some(v), _) if v.cancelled => "stopped".to_owned(),
        (Some(v), _) => format!("examined in {}", text::duration(v.duration_ms)),
        (None, 0) if state.known.probing().is_some() => "waits".to_owned(),
        (None, 0) => "not examined".to_owned(),
        (None, _) => {
            let since = state.clock_ms().saturating_sub(probe.began_ms);
            format!("examining, {}", text::duration(since))
        }
    }
}

fn look(ink: &Ink, row: &CompareRow) -> (&'static str, Tone) {
    match row.differs {
        true => (ink.theme.glyphs.run, Tone::Strong),
        false => ("", Tone::Quiet),
    }
}

/// A row of the table; what is wider than its column goes on under it.
fn grid(
    ink: &Ink,
    tone: Tone,
    mark: &str,
    name: &str,
    values: &[String],
    name_columns: usize,
    each: usize,
) -> Vec<Line<'static>> {
    let wrapped = |says: &str, columns: usize| text::wrap(&text::clean(says), columns.max(2));
    let first = wrapped(name, name_columns.saturating_sub(1));
    let cells: Vec<Vec<String>> = values.iter().map(|v| wrapped(v, each - 1)).collect();
    let height = cells.iter().map(Vec::len).chain([first.len()]).max();
    let nth = |rows: &[String], n: usize, columns: usize| {
        let row = rows.get(n).map_or("", String::as_str);
        text::column(row, columns, "")
    };
    (0..height.unwrap_or(0))
        .map(|n| {
            let mark = if n == 0 { mark } else { "" };
            let mut spans = vec![
                ink.own(Tone::Warn, text::column(mark, 2, "")),
                ink.own(tone, nth(&first, n, name_columns)),
            ];
            spans.extend(cells.iter().map(|c| ink.own(tone, nth(c, n, each))));
            Line::from(spans)
        })
        .collect()
}

fn stacked(ink: &Ink, row: &CompareRow, ids: &[String], width: usize) -> Vec<Line<'static>> {
    let (mark, tone) = look(ink, row);
    let mut lines = vec![Line::from(vec![
        ink.own(Tone::Warn, text::column(mark, 2, "")),
        Span::styled(
            text::cut(
                &text::clean(&row.name),
                width.saturating_sub(2),
                ink.theme.glyphs.cut,
            ),
            ink.theme.style(tone),
        ),
    ])];
    for (id, value) in ids.iter().zip(&row.values) {
        lines.extend(ink.sentence(tone, "  ", &format!("{id}: {value}"), width));
    }
    lines
}

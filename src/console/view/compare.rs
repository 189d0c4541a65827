//! Side by side: profiles, and sends of one message with one thing changed. A column for each, a row for each thing that was measured; where
//! they differ stands out, and a chosen cell leads to the lines behind it.
use super::Room;
use super::ink::Ink;
use crate::console::asked::CompareRow;
use crate::console::choosing::CompareTable;
use crate::console::ending::outcome;
use crate::console::layout::Pane;
use crate::console::panel::Varied;
use crate::console::state::State;
use crate::console::text;
use crate::console::theme::Tone;
use crate::console::update::compare_table;
use crate::event::{EventId, SendResult};
use crate::known::{Probe, Send};
use ratatui::text::{Line, Span};

/// Narrower columns show nothing worth reading; then profiles stand one under the other.
const NARROWEST: usize = 16;

/// A table of the screen: a column for each thing that was probed or sent.
pub struct Table {
    /// What the columns are.
    pub title: &'static str,
    /// Their headings.
    pub columns: Vec<String>,
    /// How each of them stands.
    pub states: Vec<String>,
    /// The rows.
    pub rows: Vec<CompareRow>,
    /// What it comes to.
    pub says: Option<String>,
}

/// A row of the screen as it is drawn, and which row of the tables it belongs to, in which column where it has but one.
struct Drawn {
    line: Line<'static>,
    row: Option<usize>,
    column: Option<usize>,
}

/// The tables of the screen: sends with one thing changed, then profiles.
#[must_use]
pub fn tables(state: &State) -> Vec<Table> {
    let mut all = Vec::new();
    if let Some(varied) = &state.varied {
        all.push(sends(state, varied));
    }
    if !state.comparison.is_empty() {
        let CompareTable { columns, rows } = compare_table(state);
        let earlier = state.comparison.earlier.iter();
        let earlier = earlier.map(|_| "an earlier session".to_owned());
        let now = state.comparison.profiles.iter();
        let now = now.map(|id| stands(state, &state.probe_of(id)));
        all.push(Table {
            title: "profile",
            columns,
            states: earlier.chain(now).collect(),
            rows,
            says: None,
        });
    }
    all
}

/// Sends of one message with one thing changed, live.
fn sends(state: &State, varied: &Varied) -> Table {
    let first = std::iter::once("as it is".to_owned());
    let values = first.chain(varied.vary.values().iter().cloned());
    let found: Vec<(String, Option<&Send>)> = values
        .enumerate()
        .map(|(n, value)| (value, state.varied_send(varied, n)))
        .collect();
    let said: Vec<(String, Option<SendResult>)> = found
        .iter()
        .map(|(value, send)| (value.clone(), send.and_then(|s| s.result.clone())))
        .collect();
    let (mut rows, says) = (state.bench.varying)(&varied.vary, &said);
    for row in &mut rows {
        row.behind = found.iter().map(|(_, send)| behind(*send)).collect();
    }
    let stands = |send: &Option<&Send>| match send {
        None if varied.ended => "not sent".to_owned(),
        None => "waits".to_owned(),
        Some(send) if send.result.is_some() => outcome(send),
        Some(send) => {
            let since = state.clock_ms().saturating_sub(send.began_ms);
            format!("being sent, {}", text::duration(since))
        }
    };
    Table {
        title: varied.vary.name(),
        columns: said.into_iter().map(|(value, _)| value).collect(),
        states: found.iter().map(|(_, send)| stands(send)).collect(),
        rows,
        says,
    }
}

/// What the end of a send rests on: the events of the stage that it reached.
fn behind(send: Option<&Send>) -> Vec<EventId> {
    let rungs = send.map_or(&[][..], |s| s.rungs.as_slice()).iter().rev();
    let mut reached = rungs.filter(|r| !r.evidence.is_empty());
    reached
        .next()
        .map(|r| r.evidence.clone())
        .unwrap_or_default()
}

pub(super) fn lines(state: &State, room: Room) -> Vec<Line<'static>> {
    drawn(state, room).into_iter().map(|d| d.line).collect()
}

/// Scrolled so that the chosen row is seen whole.
pub(super) fn offset(state: &State, room: Room) -> usize {
    let Some((row, _)) = state.cell else {
        return 0;
    };
    let all = drawn(state, room);
    let until = all.iter().rposition(|d| d.row == Some(row));
    until.map_or(0, |last| (last + 1).saturating_sub(room.height))
}

/// The cell at a position within the pane.
pub(super) fn cell_at(
    state: &State,
    room: Room,
    x: usize,
    y: usize,
) -> Option<(usize, Option<usize>)> {
    let all = drawn(state, room);
    let above = offset(state, room).min(all.len().saturating_sub(room.height));
    let found = all.get(above + y)?;
    let row = found.row?;
    if found.column.is_some() {
        return Some((row, found.column));
    }
    let mut before = 0;
    let table = tables(state).into_iter().find(|table| {
        before += table.rows.len();
        row < before
    })?;
    let (name, each) = widths(room, table.columns.len());
    let column = x.checked_sub(name + 2).filter(|_| each >= NARROWEST);
    Some((row, column.map(|x| x / each)))
}

/// Columns of the names, and of each value.
fn widths(room: Room, columns: usize) -> (usize, usize) {
    let name = (room.width * 26 / 100).clamp(12, 40);
    (name, room.width.saturating_sub(name + 2) / columns.max(1))
}

fn drawn(state: &State, room: Room) -> Vec<Drawn> {
    let ink = Ink::new(state);
    let all = tables(state);
    let plain = |line| Drawn {
        line,
        row: None,
        column: None,
    };
    if all.is_empty() {
        let says = "No profiles were compared yet. p shows the profiles, Space marks one, c probes those that are marked, one after \
                    another, and shows them here side by side; r puts the probe of an earlier recording beside them. Nothing is sent to \
                    anybody.";
        return ink.empty(says, room.width).into_iter().map(plain).collect();
    }
    let mut lines = Vec::new();
    let mut row = 0;
    let chosen = state.cell.filter(|_| state.focus == Pane::Compare);
    for table in all {
        if !lines.is_empty() {
            lines.push(plain(Line::default()));
        }
        let rows = table.rows.len();
        let here = chosen.and_then(|(at, column)| Some((at.checked_sub(row)?, column)));
        let mut own = one_table(&ink, &table, here, room);
        own.iter_mut().for_each(|d| d.row = d.row.map(|n| n + row));
        lines.extend(own);
        if let Some(says) = &table.says {
            let says = ink.sentence(Tone::Strong, "", says, room.width);
            lines.extend(says.into_iter().map(plain));
        }
        row += rows;
    }
    lines
}

/// A table in columns; one thing under the other, where columns would show nothing worth reading.
fn one_table(ink: &Ink, table: &Table, chosen: Option<(usize, usize)>, room: Room) -> Vec<Drawn> {
    let (name, each) = widths(room, table.columns.len());
    let plain = |line| Drawn {
        line,
        row: None,
        column: None,
    };
    let mut lines = Vec::new();
    // Brackets stand around the chosen cell: colour is not the only sign.
    let marked = |n: usize, row: &CompareRow| {
        let mut values = row.values.clone();
        let here = chosen.filter(|(at, _)| *at == n).map(|(_, column)| column);
        if let Some(value) = here.and_then(|column| values.get_mut(column)) {
            *value = format!("[{value}]");
        }
        (values, here.is_some())
    };
    if each < NARROWEST {
        for (id, says) in table.columns.iter().zip(&table.states) {
            let says = ink.sentence(Tone::Strong, "", &format!("{id}: {says}"), room.width);
            lines.extend(says.into_iter().map(plain));
        }
        for (n, row) in table.rows.iter().enumerate() {
            lines.push(plain(Line::default()));
            let (values, here) = marked(n, row);
            let own = stacked(ink, row, &values, &table.columns, room.width);
            lines.extend(own.into_iter().map(|(line, column)| Drawn {
                line: lit(ink, line, here),
                row: Some(n),
                column,
            }));
        }
        return lines;
    }
    let head = |tone, title: &str, words: &[String]| grid(ink, tone, "", title, words, name, each);
    let heads = head(Tone::Strong, table.title, &table.columns);
    lines.extend(heads.into_iter().map(plain));
    let heads = head(Tone::Quiet, "", &table.states);
    lines.extend(heads.into_iter().map(plain));
    for (n, row) in table.rows.iter().enumerate() {
        let (mark, tone) = look(ink, row);
        let (values, here) = marked(n, row);
        let own = grid(ink, tone, mark, &row.name, &values, name, each);
        lines.extend(own.into_iter().map(|line| Drawn {
            line: lit(ink, line, here),
            row: Some(n),
            column: None,
        }));
    }
    lines
}

fn lit(ink: &Ink, line: Line<'static>, chosen: bool) -> Line<'static> {
    match chosen {
        true => line.patch_style(ink.theme.style(Tone::Chosen)),
        false => line,
    }
}

fn stands(state: &State, probe: &Probe) -> String {
    match (&probe.verdict, probe.began.probe) {
        (Some(v), _) if v.cancelled => "stopped".to_owned(),
        (Some(v), _) => format!("probed in {}", text::duration(v.duration_ms)),
        (None, 0) if state.known.probing().is_some() => "waits".to_owned(),
        (None, 0) => "not probed".to_owned(),
        (None, _) => {
            let since = state.clock_ms().saturating_sub(probe.began_ms);
            format!("probing, {}", text::duration(since))
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

fn stacked(
    ink: &Ink,
    row: &CompareRow,
    values: &[String],
    ids: &[String],
    width: usize,
) -> Vec<(Line<'static>, Option<usize>)> {
    let (mark, tone) = look(ink, row);
    let name = Line::from(vec![
        ink.own(Tone::Warn, text::column(mark, 2, "")),
        Span::styled(
            text::cut(
                &text::clean(&row.name),
                width.saturating_sub(2),
                ink.theme.glyphs.cut,
            ),
            ink.theme.style(tone),
        ),
    ]);
    let mut lines = vec![(name, None)];
    for (n, (id, value)) in ids.iter().zip(values).enumerate() {
        let says = ink.sentence(tone, "  ", &format!("{id}: {value}"), width);
        lines.extend(says.into_iter().map(|line| (line, Some(n))));
    }
    lines
}

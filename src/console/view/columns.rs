//! The panel of the columns: what is shown in which order, what is not, and how to make it last.
use super::ink::Ink;
use super::{clear, inner, over};
use crate::console::action::{Action, ColumnStep};
use crate::console::columns::{Columns, Table};
use crate::console::state::State;
use crate::console::text;
use crate::console::theme::Tone;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::Line;
use ratatui::widgets::{Block, Paragraph};

/// Columns of a mark and a name.
const NAME: usize = 17;
/// Narrower or lower than this it shows nothing worth a place.
const LEAST: (u16, u16) = (16, 4);

/// The row of the panel that stands at this position.
#[must_use]
pub fn column_at(state: &State, column: u16, row: u16) -> Option<usize> {
    let area = Rect::new(0, 0, state.size.0, state.size.1);
    let (_, place, first) = laid(state, area)?;
    let within = inner(place);
    let inside = within.contains(Position::new(column, row));
    let at = inside.then(|| first + usize::from(row - within.y))?;
    (at < state.columns.listed().len()).then_some(at)
}

/// Its lines, where they stand, and how many of them are above.
fn laid(state: &State, area: Rect) -> Option<(Vec<Line<'static>>, Rect, usize)> {
    let room = usize::from(area.width.min(72)).saturating_sub(2);
    let lines = lines(state, &Ink::new(state), room);
    let height = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX);
    let place = over(area, (72, height));
    if place.width < LEAST.0 || place.height < LEAST.1 {
        return None;
    }
    let shown = usize::from(inner(place).height);
    let at = state.columns.at;
    let first = (at + 1).saturating_sub(shown);
    Some((lines, place, first))
}

pub(super) fn draw(state: &State, frame: &mut Frame, area: Rect) {
    let Some((lines, place, first)) = laid(state, area) else {
        return;
    };
    let ink = Ink::new(state);
    let title = match state.columns.table {
        Table::Lines => " Columns of the lines ",
        Table::Exchanges => " Columns of the exchanges ",
    };
    let block = Block::bordered()
        .border_set(ink.theme.glyphs.edges[1])
        .border_style(state.theme.style(Tone::EdgeFocused))
        .title_top(Line::from(ink.own(Tone::Strong, title)));
    clear(state, frame, place);
    frame.render_widget(block, place);
    let seen: Vec<Line> = lines.into_iter().skip(first).collect();
    frame.render_widget(Paragraph::new(seen), inner(place));
}

fn lines(state: &State, ink: &Ink, room: usize) -> Vec<Line<'static>> {
    let columns = &state.columns;
    let cut = ink.theme.glyphs.cut;
    let mut lines: Vec<Line> = Vec::new();
    for (n, (column, shown)) in columns.listed().into_iter().enumerate() {
        let chosen = n == columns.at;
        let (mark, tone) = match shown {
            true => ("[x]", Tone::Strong),
            false => ("[ ]", Tone::Quiet),
        };
        let here = if chosen { ink.theme.glyphs.run } else { " " };
        let name = format!("{here} {mark} {}", column.name());
        let says = text::cut(column.says(), room.saturating_sub(NAME), cut);
        let line = Line::from(vec![
            ink.own(tone, text::column(&name, NAME, "")),
            ink.own(Tone::Quiet, says),
        ]);
        lines.push(match chosen {
            true => line.patch_style(ink.theme.style(Tone::Chosen)),
            false => line,
        });
    }
    lines.push(Line::default());
    lines.extend(ink.sentence(Tone::Plain, "", &lasting(state), room));
    if !is_usual(columns) {
        lines.extend(ink.sentence(Tone::Strong, "  ", &columns.toml(), room));
    }
    lines
}

fn is_usual(columns: &Columns) -> bool {
    *columns.of_table(columns.table) == Default::default()
}

fn lasting(state: &State) -> String {
    match is_usual(&state.columns) {
        true => "Seen at once, for this session. These are the usual ones.".to_owned(),
        false => format!(
            "Seen at once, for this session. To make it last, this line stands in the configuration under [traffic]; {} copies it:",
            state.key_of(Action::Columns(ColumnStep::Copy))
        ),
    }
}

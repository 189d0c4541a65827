//! The short list over the panes, and the name to write to.
use super::ink::Ink;
use super::over;
use crate::console::choosing::{Choosing, Purpose};
use crate::console::state::State;
use crate::console::text;
use crate::console::theme::Tone;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::Line;
use ratatui::widgets::{Block, Clear, Paragraph};

/// Rows of the list that are shown at once.
const SHOWN: usize = 12;

/// The row of the list, or the field under it, that stands at this position.
#[must_use]
pub fn choice_at(state: &State, column: u16, row: u16) -> Option<usize> {
    let choosing = state.choosing.as_ref()?;
    if choosing.asking.is_some() || choosing.name.is_some() {
        return None;
    }
    let area = super::middle(Rect::new(0, 0, state.size.0, state.size.1));
    let (_, place) = laid(state, choosing, area)?;
    let within = super::inner(place);
    let inside = within.contains(Position::new(column, row));
    let line = inside.then(|| usize::from(row - within.y))?;
    let first = first(choosing);
    let listed = choosing.rows.len().saturating_sub(first).min(SHOWN);
    if line < listed {
        return Some(first + line);
    }
    let more = usize::from(choosing.rows.len() > first + SHOWN);
    let field = line.checked_sub(listed + more)?;
    (field < choosing.fields().len()).then(|| choosing.rows.len() + field)
}

pub(super) fn draw(state: &State, frame: &mut Frame, choosing: &Choosing, area: Rect) {
    let Some((lines, place)) = laid(state, choosing, area) else {
        return;
    };
    let ink = Ink::new(state);
    let title = format!(" {} ", choosing.title());
    let block = Block::bordered()
        .border_set(state.theme.glyphs.edges[1])
        .border_style(state.theme.style(Tone::EdgeFocused))
        .title_top(Line::from(ink.own(Tone::Strong, title)));
    frame.render_widget(Clear, place);
    frame.render_widget(block, place);
    frame.render_widget(Paragraph::new(lines), super::inner(place));
}

/// What it says, and where it stands; `None` where there is no room for it.
fn laid(state: &State, choosing: &Choosing, area: Rect) -> Option<(Vec<Line<'static>>, Rect)> {
    let ink = Ink::new(state);
    let width = area.width.min(76);
    if width < 12 || area.height < 3 {
        return None;
    }
    let room = usize::from(width) - 3;
    let mut lines = match (choosing.asking, &choosing.name) {
        (Some(field), _) => {
            let says = format!(
                "The report will show {}. Reveal it?",
                text::clean(field.means())
            );
            let mut lines = ink.sentence(Tone::Warn, " ", &says, room);
            lines.push(Line::from(vec![
                ink.own(Tone::Plain, " "),
                ink.own(Tone::Key, "y"),
                ink.own(Tone::Plain, " yes    "),
                ink.own(Tone::Key, "n"),
                ink.own(Tone::Plain, " no"),
            ]));
            lines
        }
        (None, None) => list(&ink, choosing, room),
        (None, Some(name)) => {
            let (before, after) = name.split();
            let glyphs = &ink.theme.glyphs;
            let typed = text::clean(&format!("{before}{}{after}", glyphs.run));
            let mut lines = vec![Line::from(ink.own(Tone::Quiet, " Write it to:"))];
            // A path is cut at its beginning: its end tells the files apart.
            let mut shown = typed.as_str();
            while text::width(shown) > room && !shown.is_empty() {
                let step = shown.chars().next().map_or(1, char::len_utf8);
                shown = &shown[step..];
            }
            lines.push(Line::from(ink.own(Tone::Strong, format!(" {shown}"))));
            lines
        }
    };
    lines.push(Line::default());
    let says = match (choosing.purpose, choosing.name.is_some()) {
        _ if choosing.asking.is_some() => {
            "What is not revealed stays hidden. A file with something in plain is readable by you alone."
        }
        (_, true) => {
            "Enter writes it, Esc goes back. Nothing that is there already is written over."
        }
        (Purpose::Report, _) => {
            "Enter chooses; on a hidden field it asks whether to show it. Numbers, IMSI, IMEI and ICCID are never in it; the verdict is computed anew."
        }
        (Purpose::Export, _) => "Enter chooses. The table holds no number and no text.",
        (Purpose::Earlier, _) => {
            "Enter puts its newest probe beside today's: before and after, in one table."
        }
    };
    lines.extend(ink.sentence(Tone::Quiet, " ", says, room));
    let height = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX);
    Some((lines, over(area, (width, height))))
}

/// The first row of the list that is seen.
fn first(choosing: &Choosing) -> usize {
    choosing.at.saturating_sub(SHOWN - 1)
}

fn list(ink: &Ink, choosing: &Choosing, room: usize) -> Vec<Line<'static>> {
    let first = first(choosing);
    let rows = choosing.rows.iter().enumerate().skip(first).take(SHOWN);
    let mut lines: Vec<Line> = rows
        .map(|(n, row)| {
            let chosen = n == choosing.at;
            let mark = if chosen { ink.theme.glyphs.run } else { " " };
            let says = text::cut(&text::clean(row), room - 2, ink.theme.glyphs.cut);
            let line = Line::from(vec![
                ink.own(Tone::Key, text::column(mark, 2, "")),
                ink.own(Tone::Plain, says),
            ]);
            match chosen {
                true => line.patch_style(ink.theme.style(Tone::Chosen)),
                false => line,
            }
        })
        .collect();
    let more = choosing.rows.len().saturating_sub(first + SHOWN);
    if more > 0 {
        let says = format!("  {more} more {}", ink.theme.glyphs.down);
        lines.push(Line::from(ink.own(Tone::Warn, says)));
    }
    let fields = choosing.fields().into_iter().enumerate();
    lines.extend(fields.map(|(n, (field, revealed))| {
        let chosen = choosing.rows.len() + n == choosing.at;
        let (word, tone) = match revealed {
            true => ("SHOWN ", Tone::Warn),
            false => ("hidden", Tone::Quiet),
        };
        let mark = if chosen { ink.theme.glyphs.run } else { " " };
        let says = text::cut(field.means(), room.saturating_sub(10), ink.theme.glyphs.cut);
        let line = Line::from(vec![
            ink.own(Tone::Key, text::column(mark, 2, "")),
            ink.own(tone, format!("{word}  {says}")),
        ]);
        match chosen {
            true => line.patch_style(ink.theme.style(Tone::Chosen)),
            false => line,
        }
    }));
    lines
}

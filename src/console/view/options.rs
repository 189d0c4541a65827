//! The panel of the message's options: a row for each, the files with what the profile's limit makes of them, and what speaks against it.
use super::compose::window;
use super::ink::Ink;
use super::{inner, over};
use crate::compose::Severity;
use crate::console::fitting;
use crate::console::options::Row;
use crate::console::state::{Doubt, State};
use crate::console::text;
use crate::console::theme::Tone;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::Line;
use ratatui::widgets::{Block, Clear, Paragraph};

/// Columns of the labels.
const LABEL: usize = 14;
/// So many doubts and names are shown.
const MOST: usize = 4;

/// A row of the panel as it is drawn, and the cursor's column in it.
struct Drawn {
    line: Line<'static>,
    row: Option<Row>,
    cursor: Option<usize>,
}

/// The option that stands at this position.
#[must_use]
pub fn option_at(state: &State, column: u16, row: u16) -> Option<Row> {
    let area = super::middle(Rect::new(0, 0, state.size.0, state.size.1));
    let (rows, place, offset) = laid(state, area)?;
    let within = inner(place);
    let inside = within.contains(Position::new(column, row));
    let line = inside.then(|| usize::from(row - within.y))?;
    rows.get(offset + line)?.row
}

/// The rows, where they stand, and how many of them are above it.
fn laid(state: &State, area: Rect) -> Option<(Vec<Drawn>, Rect, usize)> {
    let width = area.width.min(76);
    if width < 24 || area.height < 3 {
        return None;
    }
    let rows = rows(state, &Ink::new(state), usize::from(width) - 2);
    let height = u16::try_from(rows.len() + 2).unwrap_or(u16::MAX);
    let place = over(area, (width, height));
    let here = rows
        .iter()
        .position(|r| r.row == Some(state.compose.form.row));
    let room = usize::from(inner(place).height);
    // The chosen row is seen, with what follows it as far as there is room.
    let offset = here
        .map_or(0, |here| (here + 4).saturating_sub(room))
        .min(rows.len().saturating_sub(room))
        .min(here.unwrap_or(0));
    Some((rows, place, offset))
}

pub(super) fn draw(state: &State, frame: &mut Frame, area: Rect) {
    let Some((rows, place, offset)) = laid(state, area) else {
        return;
    };
    let ink = Ink::new(state);
    let within = inner(place);
    let block = Block::bordered()
        .border_set(state.theme.glyphs.edges[1])
        .border_style(state.theme.style(Tone::EdgeFocused))
        .title_top(Line::from(
            ink.own(Tone::EdgeFocused, " Options of the message "),
        ));
    frame.render_widget(Clear, place);
    frame.render_widget(block, place);
    let here = rows
        .iter()
        .position(|r| r.row == Some(state.compose.form.row));
    let room = usize::from(within.height);
    let cursor = here.and_then(|here| Some((here.checked_sub(offset)?, rows[here].cursor?)));
    let shown = rows.into_iter().map(|r| r.line).skip(offset).take(room);
    frame.render_widget(Paragraph::new(shown.collect::<Vec<_>>()), within);
    if let Some((row, column)) = cursor.filter(|(row, _)| *row < room) {
        let column = u16::try_from(column).unwrap_or(0).min(within.width - 1);
        let row = u16::try_from(row).unwrap_or(0);
        frame.set_cursor_position(Position::new(within.x + column, within.y + row));
    }
}

fn rows(state: &State, ink: &Ink, width: usize) -> Vec<Drawn> {
    let form = &state.compose.form;
    let words = |line| Drawn {
        line,
        row: None,
        cursor: None,
    };
    let mut out = Vec::new();
    for row in form.rows() {
        out.push(match row {
            Row::File(n) => file(state, ink, n, width),
            row => option(state, ink, row, width),
        });
        if row == Row::Path {
            out.extend(offers(state, ink, width).into_iter().map(words));
        }
    }
    out.extend(sizes(state, ink, width).into_iter().map(words));
    out
}

fn option(state: &State, ink: &Ink, row: Row, width: usize) -> Drawn {
    let form = &state.compose.form;
    let chosen = form.row == row;
    let glyphs = &ink.theme.glyphs;
    let mark = if chosen { glyphs.run } else { " " };
    let tone = if chosen { Tone::Key } else { Tone::Quiet };
    let label = format!(
        "{}{}",
        text::column(mark, 2, ""),
        text::column(row.label(), LABEL, "")
    );
    let room = width.saturating_sub(LABEL + 2);
    let mut cursor = None;
    let value = match (form.entry(row), form.choice(row)) {
        (Some(entry), _) => {
            let (shown, at) = window(entry, room, chosen);
            cursor = chosen.then_some(LABEL + 2 + at);
            match entry.text().is_empty() {
                true => ink.own(Tone::Quiet, text::cut(row.empty(), room, glyphs.cut)),
                false => ink.own(Tone::Plain, shown),
            }
        }
        (None, Some(said)) => {
            let tone = match said == row.empty() {
                true => Tone::Quiet,
                false => Tone::Strong,
            };
            // The sign of a row of choices, for who looks for the keys.
            let turned = format!("< {said} >");
            ink.own(tone, if chosen { turned } else { said })
        }
        (None, None) => ink.own(Tone::Plain, ""),
    };
    Drawn {
        line: Line::from(vec![ink.own(tone, label), value]),
        row: Some(row),
        cursor,
    }
}

/// A file: name, type, size before, and what was made of it.
fn file(state: &State, ink: &Ink, n: usize, width: usize) -> Drawn {
    let form = &state.compose.form;
    let chosen = form.row == Row::File(n);
    let glyphs = &ink.theme.glyphs;
    let mark = if chosen { glyphs.run } else { " " };
    let Some(file) = form.files().get(n) else {
        return Drawn {
            line: Line::default(),
            row: Some(Row::File(n)),
            cursor: None,
        };
    };
    let fitted = fitting::fitted(state);
    let changed = fitted.and_then(|f| f.changes.iter().rev().find(|(at, _)| *at == n));
    let size = text::octets(file.data.len() as u64);
    let is_picture = file.content_type.starts_with("image/");
    let says = match changed {
        Some((_, words)) => words.clone(),
        None if fitted.is_none() && is_picture && state.fitting.is_running() => {
            format!("{size}, is being looked at {}", glyphs.cut)
        }
        None => format!("{size}, goes as it is"),
    };
    let name = text::clean(&file.name);
    let head = format!(
        "{}{} {} ",
        text::column(mark, 2, ""),
        text::cut(&name, width / 3, glyphs.cut),
        text::clean(&file.content_type),
    );
    let left = width.saturating_sub(text::width(&head));
    let line = Line::from(vec![
        ink.own(if chosen { Tone::Key } else { Tone::Strong }, head),
        ink.own(
            Tone::Plain,
            text::cut(&text::clean(&says), left, glyphs.cut),
        ),
    ]);
    Drawn {
        line,
        row: Some(Row::File(n)),
        cursor: None,
    }
}

/// Names that the path may go on to.
fn offers(state: &State, ink: &Ink, width: usize) -> Vec<Line<'static>> {
    let form = &state.compose.form;
    let cut = ink.theme.glyphs.cut;
    let lead = " ".repeat(LABEL + 2);
    let room = width.saturating_sub(LABEL + 2);
    if form.reading {
        let says = format!("{lead}is being read {cut}");
        return vec![Line::from(
            ink.own(Tone::Running, text::cut(&says, width, cut)),
        )];
    }
    let mut lines: Vec<Line> = form
        .offers
        .iter()
        .take(MOST)
        .map(|offer| {
            let name = offer
                .trim_end_matches('/')
                .rsplit('/')
                .next()
                .unwrap_or(offer);
            let end = if offer.ends_with('/') { "/" } else { "" };
            let shown = text::cut(&text::clean(&format!("{name}{end}")), room, cut);
            Line::from(ink.own(Tone::Quiet, format!("{lead}{shown}")))
        })
        .collect();
    let more = form.offers.len().saturating_sub(MOST);
    if more > 0 {
        lines.push(Line::from(
            ink.own(Tone::Quiet, format!("{lead}and {more} more")),
        ));
    }
    lines
}

/// The size of it all against the limit, and what speaks against sending it.
fn sizes(state: &State, ink: &Ink, width: usize) -> Vec<Line<'static>> {
    let measured = &state.measured;
    let mut lines = vec![Line::default()];
    match &measured.pdu {
        Err(why) => lines.extend(ink.sentence(Tone::Warn, "  ", why, width)),
        Ok(size) => {
            let mut says = format!("  M-Send.req of {}", text::octets(*size as u64));
            if let Some(limit) = measured.limit {
                says.push_str(&format!(" of {}", text::octets(limit as u64)));
            }
            if state.fitting.is_running() {
                says.push_str(", pictures are being made to fit");
            }
            let tone = match measured.limit.is_some_and(|limit| *size > limit) {
                true if !state.fitting.is_running() => Tone::Alarm,
                _ => Tone::Strong,
            };
            lines.push(Line::from(
                ink.own(tone, text::cut(&says, width, ink.theme.glyphs.cut)),
            ));
        }
    }
    for found in measured.doubts.iter().take(MOST) {
        lines.extend(doubt(ink, found, width));
    }
    let more = measured.doubts.len().saturating_sub(MOST);
    if more > 0 {
        lines.push(Line::from(
            ink.own(Tone::Warn, format!("  and {more} more")),
        ));
    }
    lines
}

/// A doubt with its sign.
pub(super) fn doubt(ink: &Ink, doubt: &Doubt, width: usize) -> Vec<Line<'static>> {
    let glyphs = &ink.theme.glyphs;
    let (sign, tone) = match doubt.severity {
        Severity::Error => (glyphs.cross, Tone::Bad),
        Severity::Warning => (glyphs.warn, Tone::Warn),
        Severity::Info => (glyphs.middot, Tone::Plain),
    };
    ink.sentence(tone, &format!("{sign} "), &doubt.says, width)
}

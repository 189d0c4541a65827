//! AT traffic: every line with its time, direction, role and meaning; and the AT entry line under it.
use super::compose::window;
use super::ink::Ink;
use crate::console::layout::Pane;
use crate::console::state::State;
use crate::console::text;
use crate::console::theme::Tone;
use crate::console::traffic::{Eye, Kind, Row};
use crate::event::{Direction, Level, Role};
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

/// What the pane's edge says: followed, or held with what waits.
pub(super) fn title(state: &State) -> Vec<Span<'static>> {
    let ink = Ink::new(state);
    match state.traffic.eye {
        Eye::Follow => vec![ink.own(Tone::Quiet, "following ")],
        Eye::Held(_) if state.traffic.leads() => {
            let waiting = text::count(state.traffic.waiting());
            let says = format!("the lines of the evidence, {waiting} waiting ");
            vec![ink.own(Tone::Warn, says)]
        }
        Eye::Held(_) => {
            let waiting = text::count(state.traffic.waiting());
            vec![ink.own(Tone::Warn, format!("HELD, {waiting} waiting "))]
        }
    }
}

pub(super) fn draw(state: &State, frame: &mut Frame, area: Rect) {
    if area.height == 0 {
        return;
    }
    let ink = Ink::new(state);
    let entry = Rect {
        y: area.y + area.height - 1,
        height: 1,
        ..area
    };
    let rows = Rect {
        height: area.height - 1,
        ..area
    };
    let width = usize::from(area.width);
    let height = usize::from(rows.height);
    if state.traffic.rows().is_empty() {
        let says = "No traffic yet. Every line between us and the modem shows here, with its time and its meaning.";
        let lines: Vec<Line> = ink.empty(says, width).into_iter().take(height).collect();
        frame.render_widget(Paragraph::new(lines), rows);
    } else {
        let blocks = blocks(state, &ink, width, height);
        let lines: Vec<Line> = blocks.into_iter().rev().flatten().collect();
        let from = lines.len().saturating_sub(height);
        frame.render_widget(Paragraph::new(lines[from..].to_vec()), rows);
    }
    draw_entry(state, &ink, frame, entry);
}

/// From so many rows on there is room to say how many lines are left out.
const ROOMY: usize = 6;

/// The newest rows that have room, newest first. Where the person was led to lines, what stands between those is counted, not shown: other
/// exchanges run in the time of a slow one.
fn blocks(state: &State, ink: &Ink, width: usize, height: usize) -> Vec<Vec<Line<'static>>> {
    let traffic = &state.traffic;
    let mut left = traffic
        .visible()
        .filter(|row| traffic.is_marked(row))
        .count();
    let between = |count: usize| {
        let says = format!("{:13}({count} lines of other exchanges)", "");
        let says = text::cut(&says, width, ink.theme.glyphs.cut);
        vec![Line::from(ink.own(Tone::Quiet, says))]
    };
    let (mut blocks, mut used, mut skipped, mut led) = (Vec::new(), 0, 0, false);
    for row in traffic.visible().rev() {
        if used >= height {
            break;
        }
        let marked = traffic.is_marked(row);
        if led && left > 0 && !marked {
            skipped += 1;
            continue;
        }
        if skipped > 0 && height >= ROOMY {
            blocks.push(between(skipped));
            used += 1;
        }
        skipped = 0;
        let mut block = block(ink, row, width, state.zoomed);
        if marked {
            (led, left) = (true, left - 1);
            let style = ink.theme.style(Tone::Chosen);
            block = block.into_iter().map(|l| l.patch_style(style)).collect();
            if !state.zoomed {
                block.truncate(1);
            }
        }
        used += block.len();
        blocks.push(block);
    }
    blocks
}

fn draw_entry(state: &State, ink: &Ink, frame: &mut Frame, place: Rect) {
    let typed = state.typing && state.overlay.is_none() && state.focus == Pane::Traffic;
    let label = "at> ";
    let room = usize::from(place.width).saturating_sub(label.len());
    let (shown, cursor) = window(&state.at.entry, room, typed);
    let words = if shown.is_empty() && !typed {
        let says = match state.is_replaying() {
            true => "a recording: no modem takes commands here",
            false => "a, then a command such as AT+CSQ; Enter runs it",
        };
        ink.own(Tone::Quiet, text::cut(says, room, ink.theme.glyphs.cut))
    } else {
        ink.own(Tone::Strong, shown)
    };
    let tone = if typed { Tone::Key } else { Tone::Quiet };
    frame.render_widget(Line::from(vec![ink.own(tone, label), words]), place);
    if typed && room > 0 {
        let column = u16::try_from(label.len() + cursor).unwrap_or(0);
        frame.set_cursor_position(Position::new(
            place.x + column.min(place.width - 1),
            place.y,
        ));
    }
}

/// The sign and the tone of a row; the sign alone tells what the colour tells.
fn sign(ink: &Ink, row: &Row) -> (&'static str, Tone) {
    let g = &ink.theme.glyphs;
    match row.kind {
        Kind::Line(Direction::Tx, Role::Payload) => (g.tx, Tone::Quiet),
        Kind::Line(Direction::Tx, _) => (g.tx, Tone::Sent),
        Kind::Line(_, Role::Late) => (g.late, Tone::Late),
        Kind::Line(_, Role::Urc) => (g.urc, Tone::Urc),
        Kind::Line(_, Role::Final) if row.is_bad() => (g.cross, Tone::Bad),
        Kind::Line(_, Role::Final) => (g.rx, Tone::Good),
        Kind::Line(_, Role::Echo | Role::Payload | Role::Prompt) => (g.rx, Tone::Quiet),
        Kind::Line(_, Role::Noise) => (g.warn, Tone::Warn),
        Kind::Line(_, Role::Command | Role::Answer) => (g.rx, Tone::Plain),
        Kind::Notice(Level::Info) => (g.middot, Tone::Quiet),
        Kind::Notice(Level::Warning) => (g.warn, Tone::Warn),
        Kind::Notice(Level::Alarm) => (g.warn, Tone::Alarm),
    }
}

/// A row of traffic: one line, and its meaning behind it or under it. Zoomed, nothing is cut.
fn block(ink: &Ink, row: &Row, width: usize, zoomed: bool) -> Vec<Line<'static>> {
    let glyphs = &ink.theme.glyphs;
    let (sign, tone) = sign(ink, row);
    let time_columns = if width >= 60 { 13 } else { 9 };
    let time: String = row.time.chars().take(time_columns - 1).collect();
    let after = match row.after_ms {
        Some(ms) => text::duration(ms),
        None if row.echoed => "echoed".to_owned(),
        None => String::new(),
    };
    let after_columns = if width >= 60 { 8 } else { 0 };
    let head = time_columns + text::width(sign) + 1;
    let room = width.saturating_sub(head + after_columns);
    let lead = |first: bool| {
        let time = if first { time.as_str() } else { "" };
        let sign = if first { sign } else { "" };
        vec![
            ink.own(Tone::Quiet, text::column(time, time_columns, "")),
            ink.own(tone, text::column(sign, head - time_columns, "")),
        ]
    };
    let meaning = row.meaning.as_ref().map(|m| format!("{} {m}", glyphs.late));
    let words = text::width(&row.text);
    let behind = meaning
        .as_ref()
        .filter(|m| words + 2 + text::width(m) <= room);
    if zoomed && words > room {
        let mut lines: Vec<Line> = Vec::new();
        for piece in text::wrap(&row.text, room.max(8)) {
            let mut spans = lead(lines.is_empty());
            spans.push(ink.own(tone, piece));
            lines.push(Line::from(spans));
        }
        lines.extend(under(ink, meaning.as_deref(), head, room));
        return lines;
    }
    let mut spans = lead(true);
    let text = text::cut(&row.text, room, glyphs.cut);
    let mut used = text::width(&text);
    spans.push(ink.own(tone, text));
    if let Some(meaning) = behind {
        used += 2 + text::width(meaning);
        spans.push(ink.own(Tone::Quiet, format!("  {meaning}")));
    }
    if after_columns > 0 && !after.is_empty() {
        spans.push(Span::raw(" ".repeat(room.saturating_sub(used))));
        spans.push(ink.right(Tone::Quiet, &after, after_columns));
    }
    let mut lines = vec![Line::from(spans)];
    let worth_a_row = zoomed || row.is_bad() || matches!(row.kind, Kind::Line(_, Role::Late));
    if behind.is_none() && worth_a_row {
        lines.extend(under(ink, meaning.as_deref(), head, room));
    }
    lines
}

fn under(ink: &Ink, meaning: Option<&str>, head: usize, room: usize) -> Vec<Line<'static>> {
    let Some(meaning) = meaning else {
        return Vec::new();
    };
    ink.sentence(Tone::Quiet, &" ".repeat(head), meaning, head + room)
}

/// All rows that are kept, as plain text.
pub(super) fn copied(state: &State) -> String {
    let mut out = String::new();
    for row in state.traffic.visible() {
        let sign = match row.kind {
            Kind::Line(Direction::Tx, _) => ">",
            Kind::Line(Direction::Rx, _) => "<",
            Kind::Notice(_) => "#",
        };
        out.push_str(&format!("{} {sign} {}\n", row.time, row.text));
    }
    out
}

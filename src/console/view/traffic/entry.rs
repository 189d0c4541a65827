//! The AT line under the traffic, and over it what is said of the command while it is typed.
use crate::console::at_line::{Advice, advice};
use crate::console::state::State;
use crate::console::text;
use crate::console::theme::Tone;
use crate::console::view::brush;
use crate::console::view::compose::window;
use crate::console::view::ink::Ink;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::Line;

/// So many rows of advice are given at the most.
const ADVICE: usize = 6;
/// Columns of a command's name; its syntax may take more.
const NAME: usize = 18;

/// What is said of the command while it is typed; never more than half of the pane.
pub(super) fn said(state: &State, ink: &Ink, width: usize, height: usize) -> Vec<Line<'static>> {
    if !state.types_at() {
        return Vec::new();
    }
    let rows = ADVICE.min(height / 2);
    let cut = |words: String| text::cut(&words, width, ink.theme.glyphs.cut);
    let line = |advice| match advice {
        Advice::Completion(chosen, name, means) => {
            let name = text::cut(&name, width.saturating_sub(12), ink.theme.glyphs.cut);
            let columns = NAME.max(text::width(&name) + 2);
            let room = width.saturating_sub(columns + 4);
            let mark = if chosen { ink.theme.glyphs.run } else { "" };
            let tone = if chosen { Tone::Key } else { Tone::Strong };
            Line::from(vec![
                ink.own(Tone::Key, text::column(mark, 4, "")),
                ink.own(tone, text::column(&name, columns, "")),
                ink.own(Tone::Quiet, text::cut(&means, room, ink.theme.glyphs.cut)),
            ])
        }
        Advice::Word(words) => Line::from(ink.own(Tone::Quiet, cut(format!("    {words}")))),
        Advice::Danger(why) => {
            let says = format!("  {} {why}", ink.theme.glyphs.warn);
            Line::from(ink.own(Tone::Warn, cut(says)))
        }
    };
    advice(state, rows).into_iter().map(line).collect()
}

/// Draws the line itself at the foot of the pane, the advice above it. Returns how many rows that took.
pub(super) fn draw(state: &State, ink: &Ink, frame: &mut Frame, area: Rect) -> u16 {
    let width = usize::from(area.width);
    let said = said(state, ink, width, usize::from(area.height));
    let rows = u16::try_from(said.len()).unwrap_or(0);
    let foot = area.y + area.height - 1;
    let above = Rect {
        y: foot - rows,
        height: rows,
        ..area
    };
    brush::rows(frame, &said, above);
    let place = Rect {
        y: foot,
        height: 1,
        ..area
    };
    draw_entry(state, ink, frame, place);
    rows + 1
}

fn draw_entry(state: &State, ink: &Ink, frame: &mut Frame, place: Rect) {
    let typed = state.types_at() && state.prompt.is_none();
    let (label, entry) = match &state.at.payload {
        Some((_, entry)) => ("payload> ", entry),
        None => ("at> ", &state.at.entry),
    };
    let room = usize::from(place.width).saturating_sub(label.len());
    let (shown, cursor) = window(entry, room, typed);
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
        let column = column.min(place.width - 1);
        frame.set_cursor_position(Position::new(place.x + column, place.y));
    }
}

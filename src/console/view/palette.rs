//! The palette: a line to type in, and under it what fits, with its keys and whether it is valid here.
use super::compose::window;
use super::ink::Ink;
use super::{clear, over};
use crate::console::action::{Action, Row};
use crate::console::keymap::Stroke;
use crate::console::palette::Offer;
use crate::console::state::State;
use crate::console::text;
use crate::console::theme::Tone;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::Line;
use ratatui::widgets::{Block, Paragraph};

const NAME: usize = 19;
const KEYS: usize = 12;
/// Rows of what fits that are shown at the most.
const ROWS: u16 = 14;

/// Near the top, as high as there is to show: what is typed stays where it is.
fn place(area: Rect, offers: usize) -> Rect {
    let rows = u16::try_from(offers).unwrap_or(ROWS).clamp(1, ROWS);
    let whole = over(area, (100, ROWS + 3));
    Rect {
        y: area.y + 1,
        height: whole.height.min(rows + 3),
        ..whole
    }
}

pub(super) fn draw(state: &State, frame: &mut Frame, area: Rect) {
    let offers = state.offers();
    let place = place(area, offers.len());
    if place.width < 12 || place.height < 4 {
        return;
    }
    let ink = Ink::new(state);
    let within = super::inner(place);
    let width = usize::from(within.width);
    let height = usize::from(within.height) - 1;
    let from = offset(state.palette.chosen, height);
    let below = offers.len().saturating_sub(from + height);
    let mut block = Block::bordered()
        .border_set(ink.theme.glyphs.edges[1])
        .border_style(state.theme.style(Tone::EdgeFocused))
        .title_top(Line::from(ink.own(Tone::Strong, " Find an action ")));
    if below > 0 {
        let more = format!(" {below} more {} ", ink.theme.glyphs.down);
        block = block.title_bottom(Line::from(ink.own(Tone::Warn, more)).right_aligned());
    }
    clear(state, frame, place);
    frame.render_widget(block, place);
    let (typed, cursor) = window(&state.palette.entry, width.saturating_sub(2), true);
    let mut lines = vec![Line::from(vec![
        ink.own(Tone::Key, ": "),
        ink.own(Tone::Strong, typed),
    ])];
    if offers.is_empty() {
        let says = "No action fits that.";
        lines.extend(ink.sentence(Tone::Quiet, "  ", says, width));
    }
    let shown = offers.iter().enumerate().skip(from).take(height);
    lines.extend(shown.map(|(n, offer)| row(state, &ink, offer, n == state.palette.chosen, width)));
    frame.render_widget(Paragraph::new(lines), within);
    let column = u16::try_from(cursor + 2).unwrap_or(0).min(within.width - 1);
    frame.set_cursor_position(Position::new(within.x + column, within.y));
}

fn offset(chosen: usize, height: usize) -> usize {
    (chosen + 1).saturating_sub(height)
}

/// The row of what fits that stands under this position.
#[must_use]
pub fn offer_at(state: &State, column: u16, row: u16) -> Option<usize> {
    let area = Rect::new(0, 0, state.size.0, state.size.1);
    let offers = state.offers().len();
    let within = super::inner(place(area, offers));
    let list = Rect {
        y: within.y.saturating_add(1),
        height: within.height.saturating_sub(1),
        ..within
    };
    if !list.contains(Position::new(column, row)) {
        return None;
    }
    let from = offset(state.palette.chosen, usize::from(list.height));
    let at = from + usize::from(row - list.y);
    (at < offers).then_some(at)
}

fn row(state: &State, ink: &Ink, offer: &Offer, chosen: bool, width: usize) -> Line<'static> {
    let mark = if chosen { ink.theme.glyphs.run } else { " " };
    let mut line = match offer {
        Offer::At(command) => {
            let says = format!("to the AT line: {}", text::clean(command));
            let fitted = text::column(&says, width.saturating_sub(2), ink.theme.glyphs.cut);
            Line::from(vec![
                ink.own(Tone::Key, text::column(mark, 2, "")),
                ink.own(Tone::Sent, fitted),
            ])
        }
        Offer::Do(action) => match action.row() {
            Some(row) => action_row(state, ink, row, mark, width),
            None => Line::default(),
        },
    };
    if chosen {
        line = line.patch_style(ink.theme.style(Tone::Chosen));
    }
    line
}

fn action_row(state: &State, ink: &Ink, row: &Row, mark: &str, width: usize) -> Line<'static> {
    let cut = ink.theme.glyphs.cut;
    let valid = state.can(row);
    let (name, says) = match valid {
        true => (Tone::Strong, Tone::Plain),
        false => (Tone::Quiet, Tone::Quiet),
    };
    let keys = keys(state, row.action);
    let help = match valid {
        true => row.help.to_owned(),
        false => format!("({}) {}", state.why_not(row), row.help),
    };
    let room = width.saturating_sub(2 + NAME + KEYS);
    Line::from(vec![
        ink.own(Tone::Key, text::column(mark, 2, "")),
        ink.own(
            name,
            text::column(&text::cut(row.name, NAME - 1, cut), NAME, ""),
        ),
        ink.own(
            Tone::Key,
            text::column(&text::cut(&keys, KEYS - 1, cut), KEYS, ""),
        ),
        ink.own(says, text::column(&help, room, cut)),
    ])
}

fn keys(state: &State, action: Action) -> String {
    let keys: Vec<String> = state
        .keymap
        .keys(action)
        .iter()
        .map(Stroke::shown)
        .collect();
    keys.join(" ")
}

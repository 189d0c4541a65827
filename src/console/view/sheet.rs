//! A sheet of rows that lies over the panes and can be scrolled: the help, and what this firmware can do.
use super::ink::Ink;
use super::over;
use crate::console::state::State;
use crate::console::theme::Tone;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Paragraph};

/// Makes the title for a sheet of so many columns.
pub(super) type Title = fn(&State, u16) -> Vec<Span<'static>>;
/// Makes the rows for so many columns.
pub(super) type Rows = fn(&State, usize) -> Vec<Line<'static>>;

pub(super) fn draw(state: &State, frame: &mut Frame, area: Rect, title: Title, rows: Rows) {
    let place = place(area);
    if place.width < 10 || place.height < 3 {
        return;
    }
    let ink = Ink::new(state);
    let glyphs = &state.theme.glyphs;
    let lines = rows(state, usize::from(place.width) - 4);
    let height = usize::from(place.height) - 2;
    let offset = state.help_scroll.min(lines.len().saturating_sub(height));
    let below = lines.len().saturating_sub(offset + height);
    let mut block = Block::bordered()
        .border_set(glyphs.edges[1])
        .border_style(state.theme.style(Tone::EdgeFocused))
        .title_top(Line::from(title(state, place.width)));
    if below > 0 {
        let more = format!(" {below} more {} ", glyphs.down);
        block = block.title_bottom(Line::from(ink.own(Tone::Warn, more)).right_aligned());
    }
    super::clear(state, frame, place);
    frame.render_widget(block, place);
    let within = Rect {
        x: place.x + 2,
        y: place.y + 1,
        width: place.width - 4,
        height: place.height - 2,
    };
    let shown: Vec<Line> = lines.into_iter().skip(offset).take(height).collect();
    frame.render_widget(Paragraph::new(shown), within);
}

/// How far it can be scrolled.
pub(super) fn extent(state: &State, area: Rect, rows: Rows) -> usize {
    let place = place(area);
    let width = usize::from(place.width).saturating_sub(4);
    let height = usize::from(place.height).saturating_sub(2);
    rows(state, width).len().saturating_sub(height)
}

/// Rows that are seen at once.
pub(super) fn height(area: Rect) -> usize {
    usize::from(place(area).height).saturating_sub(2)
}

fn place(area: Rect) -> Rect {
    let whole = Rect {
        y: area.y.saturating_sub(1),
        height: area.height.saturating_add(2),
        ..area
    };
    over(whole, (104, area.height))
}

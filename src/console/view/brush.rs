//! Rows and edges onto the frame, cell by cell.
//!
//! In: rows, the parts of an edge, a place. Out: the cells that ratatui's `Paragraph` and `Block` would make of them; only those are touched in which something
//! stands. Most of a screen is empty, and those two visit every cell of their place several times. Never here: what is shown.
use ratatui::Frame;
use ratatui::buffer::{Buffer, CellWidth};
use ratatui::layout::{Alignment, Rect};
use ratatui::style::Style;
use ratatui::symbols::border;
use ratatui::text::Line;
use ratatui::widgets::{Block, Borders, Paragraph, Widget};

/// Draws rows from the top of a place downwards, each cut at its right end.
pub(super) fn rows(frame: &mut Frame, rows: &[Line], place: Rect) {
    let buffer = frame.buffer_mut();
    let place = place.intersection(buffer.area);
    for (line, place) in rows.iter().zip(place.rows()) {
        match line.alignment {
            None | Some(Alignment::Left) => row(buffer, line, place),
            Some(_) => Paragraph::new(line.clone()).render(place, buffer),
        }
    }
}

fn row(buffer: &mut Buffer, line: &Line, place: Rect) {
    let mut x = place.x;
    for span in &line.spans {
        let text: &str = &span.content;
        // What most spans are: every octet is a cell.
        if text.bytes().all(|o| matches!(o, b' '..=b'~')) {
            let style = line.style.patch(span.style);
            let room = usize::from(place.right() - x);
            let shown = text.len().min(room);
            if shown > 0 {
                let first = buffer.index_of(x, place.y);
                let cells = &mut buffer.content[first..first + shown];
                for (at, cell) in cells.iter_mut().enumerate() {
                    cell.set_symbol(&text[at..=at]).set_style(style);
                }
            }
            if text.len() > room {
                return;
            }
            x += u16::try_from(shown).unwrap_or(0);
            continue;
        }
        for piece in span.styled_graphemes(line.style) {
            let width = piece.symbol.cell_width();
            if width == 0 || width > place.width {
                continue;
            }
            if width > place.right() - x {
                return;
            }
            buffer[(x, place.y)]
                .set_symbol(piece.symbol)
                .set_style(piece.style);
            x += width;
        }
    }
}

/// The whole screen's ground.
pub(super) fn ground(frame: &mut Frame, style: Style) {
    if style != Style::default() {
        for cell in &mut frame.buffer_mut().content {
            cell.set_style(style);
        }
    }
}

/// An edge around a place of at least two rows and columns.
pub(super) struct Edge {
    pub set: border::Set<'static>,
    pub style: Style,
    /// In the upper edge, from the left.
    pub title: Line<'static>,
    /// In the lower edge, from the right; the last stands outermost.
    pub below: Vec<Line<'static>>,
}

/// Draws an edge.
pub(super) fn edge(frame: &mut Frame, edge: Edge, place: Rect) {
    let place = place.intersection(frame.area());
    if place.width < 2 || place.height < 2 {
        return;
    }
    let sides = Block::new().border_set(edge.set).border_style(edge.style);
    let upper = Rect { height: 1, ..place };
    let top = sides
        .clone()
        .borders(Borders::TOP | Borders::LEFT | Borders::RIGHT)
        .title_top(edge.title);
    frame.render_widget(top, upper);
    let lower = Rect {
        y: place.bottom() - 1,
        ..upper
    };
    let bottom = sides.borders(Borders::BOTTOM | Borders::LEFT | Borders::RIGHT);
    let bottom = edge.below.into_iter().fold(bottom, |block, line| {
        block.title_bottom(line.right_aligned())
    });
    frame.render_widget(bottom, lower);
    let buffer = frame.buffer_mut();
    for y in upper.bottom()..lower.y {
        for (x, symbol) in [
            (place.x, edge.set.vertical_left),
            (place.right() - 1, edge.set.vertical_right),
        ] {
            buffer[(x, y)].set_symbol(symbol).set_style(edge.style);
        }
    }
}

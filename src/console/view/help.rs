//! The help: every action of the table with its keys, those that are valid here first.
use super::ink::Ink;
use super::over;
use crate::console::action::{Row, TABLE};
use crate::console::keymap::{Binding, Stroke, strokes};
use crate::console::palette::likeness;
use crate::console::state::State;
use crate::console::text;
use crate::console::theme::Tone;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Paragraph};

const KEYS: usize = 22;

pub(super) fn draw(state: &State, frame: &mut Frame, area: Rect) {
    let place = place(area);
    if place.width < 10 || place.height < 3 {
        return;
    }
    let ink = Ink::new(state);
    let glyphs = &state.theme.glyphs;
    let lines = lines(state, usize::from(place.width) - 4);
    let height = usize::from(place.height) - 2;
    let offset = state.help_scroll.min(lines.len().saturating_sub(height));
    let below = lines.len().saturating_sub(offset + height);
    let mut block = Block::bordered()
        .border_set(glyphs.edges[1])
        .border_style(state.theme.style(Tone::EdgeFocused))
        .title_top(Line::from(search(state, &ink, usize::from(place.width))));
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

/// The title: what is searched for, or how to.
fn search(state: &State, ink: &Ink, width: usize) -> Vec<Span<'static>> {
    let typed = text::clean(state.help_search.text());
    let room = width.saturating_sub(12);
    let says = match typed.is_empty() {
        true => ink.own(Tone::Quiet, text::cut("type to search ", room, "")),
        false => ink.own(Tone::Key, text::cut(&format!("/{typed} "), room, "")),
    };
    vec![ink.own(Tone::Strong, " Keys "), says]
}

/// How far it can be scrolled.
pub(super) fn extent(state: &State, area: Rect) -> usize {
    let place = place(area);
    let width = usize::from(place.width).saturating_sub(4);
    let height = usize::from(place.height).saturating_sub(2);
    lines(state, width).len().saturating_sub(height)
}

fn place(area: Rect) -> Rect {
    let whole = Rect {
        y: area.y.saturating_sub(1),
        height: area.height.saturating_add(2),
        ..area
    };
    over(whole, (104, area.height))
}

fn lines(state: &State, width: usize) -> Vec<Line<'static>> {
    let ink = Ink::new(state);
    let mut here = Vec::new();
    let mut elsewhere = Vec::new();
    let searched = state.help_search.text();
    for row in TABLE.iter().filter(|r| likeness(searched, r).is_some()) {
        // The help itself lies over the place that it is asked about.
        let valid = |b: &Binding| state.valid_below(b);
        let bound = state.keymap.bindings();
        let all = strokes(bound.iter().filter(|b| b.action == row.action));
        let now = strokes(bound.iter().filter(|b| b.action == row.action && valid(b)));
        if now.is_empty() {
            elsewhere.push((row, all));
        } else {
            here.push((row, now));
        }
    }
    let mut lines = Vec::new();
    for (title, rows, valid) in [
        ("Valid here", here, true),
        ("In other places", elsewhere, false),
    ] {
        if rows.is_empty() {
            continue;
        }
        lines.push(Line::from(ink.own(Tone::Strong, title)));
        let entries = rows.iter();
        lines.extend(entries.flat_map(|(r, k)| entry(&ink, r, k, width, valid)));
        lines.push(Line::default());
    }
    if lines.is_empty() {
        let says = "No action fits that.";
        return ink.sentence(Tone::Quiet, "", says, width);
    }
    let world = match &state.flags.world {
        Some(world) => format!(
            "This is a simulated bench, world {}: nothing leaves this machine and nothing is billed.",
            text::clean(world)
        ),
        None => "! marks what changes the modem or is sent and may be billed.".to_owned(),
    };
    lines.extend(ink.sentence(Tone::Quiet, "", &world, width));
    lines
}

fn entry(ink: &Ink, row: &Row, keys: &[Stroke], width: usize, here: bool) -> Vec<Line<'static>> {
    let shown: Vec<String> = keys.iter().map(Stroke::shown).collect();
    let mark = if row.changes_world { "! " } else { "  " };
    let columns = KEYS.min(width / 2);
    let key = text::column(
        &format!("{mark}{}", shown.join("  ")),
        columns,
        ink.theme.glyphs.cut,
    );
    let key_tone = if here { Tone::Key } else { Tone::Quiet };
    let rows = text::wrap(row.help, width.saturating_sub(columns + 1).max(8));
    rows.into_iter()
        .enumerate()
        .map(|(n, says)| {
            let lead = if n == 0 {
                key.clone()
            } else {
                " ".repeat(columns)
            };
            let tone = if here { Tone::Plain } else { Tone::Quiet };
            Line::from(vec![
                ink.own(key_tone, lead),
                ink.own(tone, format!(" {says}")),
            ])
        })
        .collect()
}

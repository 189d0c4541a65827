//! What a simulated phone shows: the whole text as one bubble.
use super::Room;
use super::ink::Ink;
use crate::console::state::State;
use crate::console::text;
use crate::console::theme::Tone;
use crate::event::Bubble;
use ratatui::text::{Line, Span};

/// A bubble is no wider than this, so that it reads like one on a phone.
const WIDEST: usize = 64;

/// All bubbles, the newest first.
pub(super) fn lines(state: &State, room: Room) -> Vec<Line<'static>> {
    let ink = Ink::new(state);
    if state.known.bubbles.is_empty() {
        return ink.empty(
            "No bubble yet. When a message reaches the simulated phone, it shows here with its whole text.",
            room.width,
        );
    }
    let mut lines = Vec::new();
    for bubble in state.known.bubbles.iter().rev() {
        lines.extend(phone(&ink, bubble, room.width));
        lines.push(Line::default());
    }
    lines
}

/// One bubble, with whose phone shows it and how long it is.
pub(super) fn phone(ink: &Ink, bubble: &Bubble, width: usize) -> Vec<Line<'static>> {
    let edges = &ink.theme.glyphs.edges[2];
    let wide = width.min(WIDEST);
    let inside = wide.saturating_sub(4).max(1);
    let characters = text::count(bubble.text.chars().count() as u64);
    let says = format!(
        "Phone {} shows one bubble of {characters} characters",
        bubble.phone
    );
    let mut lines = ink.sentence(Tone::Strong, "", &says, width);
    let bar = |left: &str, flat: &str, right: &str| {
        let across = flat.repeat(wide.saturating_sub(2));
        Line::from(ink.own(Tone::Good, format!("{left}{across}{right}")))
    };
    lines.push(bar(edges.top_left, edges.horizontal_top, edges.top_right));
    let mut rows = Vec::new();
    if let Some(subject) = &bubble.subject {
        rows.extend(
            text::wrap(&text::clean(subject), inside)
                .into_iter()
                .map(|r| (Tone::Strong, r)),
        );
    }
    for line in bubble.text.split('\n') {
        let clean = text::clean(line.trim_end_matches('\r'));
        rows.extend(
            text::wrap(&clean, inside)
                .into_iter()
                .map(|r| (Tone::Plain, r)),
        );
    }
    for other in &bubble.others {
        rows.push((
            Tone::Quiet,
            text::cut(&text::clean(other), inside, ink.theme.glyphs.cut),
        ));
    }
    for (tone, row) in rows {
        lines.push(Line::from(vec![
            ink.own(Tone::Good, edges.vertical_left),
            Span::raw(" "),
            ink.own(tone, text::column(&row, inside, ink.theme.glyphs.cut)),
            Span::raw(" "),
            ink.own(Tone::Good, edges.vertical_right),
        ]));
    }
    lines.push(bar(
        edges.bottom_left,
        edges.horizontal_bottom,
        edges.bottom_right,
    ));
    lines
}

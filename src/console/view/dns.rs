//! Lookups: which name, which family, who resolved, what came.
use super::Room;
use super::ink::Ink;
use crate::console::state::State;
use crate::console::text;
use crate::console::theme::Tone;
use crate::event::{Lookup, LookupOutcome};
use ratatui::text::{Line, Span};

pub(super) fn lines(state: &State, room: Room) -> Vec<Line<'static>> {
    let ink = Ink::new(state);
    if state.known.lookups.is_empty() {
        return ink.empty(
            "No name was looked up yet. A send asks for the MMSC's name at the stage resolve.",
            room.width,
        );
    }
    // The same answer from the same resolver once more tells nothing new: it is counted.
    let mut told: Vec<(&Lookup, usize)> = Vec::new();
    for lookup in state.known.lookups.iter().rev() {
        match told.iter_mut().find(|(known, _)| is_same(known, lookup)) {
            Some((_, times)) => *times += 1,
            None => told.push((lookup, 1)),
        }
    }
    let rows = told
        .into_iter()
        .flat_map(|(l, times)| rows(&ink, l, times, room));
    rows.collect()
}

/// Whether two lookups asked the same and heard the same, whatever time it took.
fn is_same(one: &Lookup, other: &Lookup) -> bool {
    one.outcome != LookupOutcome::Pending
        && one.outcome == other.outcome
        && one.name == other.name
        && one.family == other.family
        && one.resolver == other.resolver
}

fn rows(ink: &Ink, lookup: &Lookup, times: usize, room: Room) -> Vec<Line<'static>> {
    let glyphs = &ink.theme.glyphs;
    let time = match times {
        1 => text::duration(lookup.ms),
        n => format!("{n} times, {}", text::duration(lookup.ms)),
    };
    let (tone, answer) = match &lookup.outcome {
        LookupOutcome::Pending => (Tone::Running, format!("asking {}", glyphs.run)),
        LookupOutcome::Addresses(a) if a.is_empty() => (Tone::Warn, "no address".to_owned()),
        LookupOutcome::Addresses(a) => (Tone::Strong, a.join(", ")),
        LookupOutcome::Failed(why) => (Tone::Bad, format!("{} {why}", glyphs.cross)),
    };
    let family = text::column(&text::clean(&lookup.family), 5, glyphs.cut);
    let tail = format!("{time} {}", lookup.resolver);
    let name = text::clean(&lookup.name);
    let answer = text::clean(&answer);
    let whole = text::width(&name) + 2 + 5 + text::width(&answer) + 2 + text::width(&tail);
    if whole <= room.width {
        let gap = room.width - whole;
        return vec![Line::from(vec![
            ink.own(Tone::Plain, name),
            Span::raw("  "),
            ink.own(Tone::Quiet, family),
            ink.own(tone, answer),
            Span::raw(" ".repeat(2 + gap)),
            ink.out(Tone::Quiet, &tail),
        ])];
    }
    // The address is what one looks for: who told it, and how fast, give way.
    let room_for = |tail: &str| room.width.saturating_sub(7 + text::width(tail) + 1);
    let tails = [tail, time, String::new()];
    let fitting = tails
        .iter()
        .position(|t| text::width(&answer) <= room_for(t));
    let tail = tails[fitting.unwrap_or(0)].clone();
    let left = room_for(&tail);
    let shown = if room.zoomed {
        answer.clone()
    } else {
        text::cut(&answer, left, glyphs.cut)
    };
    vec![
        Line::from(ink.own(Tone::Plain, text::cut(&name, room.width, glyphs.cut))),
        Line::from(vec![
            ink.own(Tone::Quiet, format!("  {family}")),
            ink.own(tone, text::column(&shown, left, glyphs.cut)),
            Span::raw(" "),
            ink.out(Tone::Quiet, &tail),
        ]),
    ]
}

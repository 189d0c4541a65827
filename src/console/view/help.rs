//! The help: every action of the table with its keys, those that are valid here first.
use super::ink::Ink;
use crate::console::action::{Row, TABLE};
use crate::console::keymap::Chord;
use crate::console::state::State;
use crate::console::text;
use crate::console::theme::Tone;
use ratatui::text::Line;

const KEYS: usize = 22;

pub(super) fn lines(state: &State, width: usize) -> Vec<Line<'static>> {
    let ink = Ink::new(state);
    let mut here = Vec::new();
    let mut elsewhere = Vec::new();
    for row in TABLE {
        let valid = |b: &crate::console::keymap::Binding| {
            // The help itself lies over the place that it is asked about.
            state.valid_below(b)
        };
        let bound = state.keymap.bindings();
        let all: Vec<Chord> = keys(bound.iter().filter(|b| b.action == row.action));
        let now: Vec<Chord> = keys(bound.iter().filter(|b| b.action == row.action && valid(b)));
        if now.is_empty() {
            elsewhere.push((row, all));
        } else {
            here.push((row, now));
        }
    }
    let mut lines = vec![Line::from(ink.own(Tone::Strong, "Valid here"))];
    lines.extend(
        here.iter()
            .flat_map(|(r, k)| entry(&ink, r, k, width, true)),
    );
    lines.push(Line::default());
    lines.push(Line::from(ink.own(Tone::Strong, "In other places")));
    lines.extend(
        elsewhere
            .iter()
            .flat_map(|(r, k)| entry(&ink, r, k, width, false)),
    );
    lines.push(Line::default());
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

fn keys<'a>(bindings: impl Iterator<Item = &'a crate::console::keymap::Binding>) -> Vec<Chord> {
    let mut chords: Vec<Chord> = Vec::new();
    for b in bindings {
        if !chords.contains(&b.chord) {
            chords.push(b.chord);
        }
    }
    chords
}

fn entry(ink: &Ink, row: &Row, keys: &[Chord], width: usize, here: bool) -> Vec<Line<'static>> {
    let shown: Vec<String> = keys.iter().map(Chord::shown).collect();
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

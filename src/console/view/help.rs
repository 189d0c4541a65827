//! The help: every action of the table with its keys, those that are valid here first.
use super::ink::Ink;
use crate::console::action::{Row, TABLE};
use crate::console::keymap::{Binding, Stroke, strokes};
use crate::console::palette::likeness;
use crate::console::state::State;
use crate::console::text;
use crate::console::theme::Tone;
use ratatui::text::{Line, Span};

const KEYS: usize = 22;

/// The title: what is searched for, or how to.
pub(super) fn title(state: &State, width: u16) -> Vec<Span<'static>> {
    let ink = Ink::new(state);
    let typed = text::clean(state.help_search.text());
    let room = usize::from(width).saturating_sub(12);
    let says = match typed.is_empty() {
        true => ink.own(Tone::Quiet, text::cut("type to search ", room, "")),
        false => ink.own(Tone::Key, text::cut(&format!("/{typed} "), room, "")),
    };
    vec![ink.own(Tone::Strong, " Keys "), says]
}

pub(super) fn lines(state: &State, width: usize) -> Vec<Line<'static>> {
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

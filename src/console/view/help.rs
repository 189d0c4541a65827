//! The help: every action of the table with its keys, those that are valid here first.
use super::ink::Ink;
use crate::console::action::{Action, Row, TABLE};
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
    let typed = text::clean(searched(state));
    let room = usize::from(width).saturating_sub(12);
    let says = match typed.is_empty() {
        true => ink.own(Tone::Quiet, text::cut("type to search ", room, "")),
        false => ink.own(Tone::Key, text::cut(&format!("/{typed} "), room, "")),
    };
    vec![ink.own(Tone::Strong, " Keys "), says]
}

/// What is searched for. A slash before it is a habit from elsewhere; alone it is a key.
fn searched(state: &State) -> &str {
    let typed = state.help_search.text();
    let rest = typed.strip_prefix('/').filter(|rest| !rest.is_empty());
    rest.unwrap_or(typed)
}

/// Whether every word stands in what is said of an action, or is one of its keys.
fn contains(state: &State, row: &Row, searched: &str) -> bool {
    let says = format!("{} {} {}", row.name, row.label, row.help).to_lowercase();
    let bound = state.keymap.bindings();
    let keys = strokes(bound.iter().filter(|b| b.action == row.action));
    let keys: Vec<String> = keys.iter().map(|k| k.shown().to_lowercase()).collect();
    let has = |word: &str| {
        let named = row.keys.iter().any(|(key, _)| *key == word);
        let one = word.chars().count() == 1;
        named || keys.iter().any(|k| k == word) || (!one && says.contains(word))
    };
    searched.to_lowercase().split_whitespace().all(has)
}

pub(super) fn lines(state: &State, width: usize) -> Vec<Line<'static>> {
    let ink = Ink::new(state);
    let mut here = Vec::new();
    let mut elsewhere = Vec::new();
    let searched = searched(state);
    let exact = |row: &Row| contains(state, row, searched);
    // Letters with gaps between them count only where nothing has the word itself.
    let any = TABLE.iter().any(exact);
    let fits = |row: &&Row| match any {
        true => exact(row),
        false => likeness(searched, row).is_some(),
    };
    for row in TABLE.iter().filter(fits) {
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
    if here.len() + elsewhere.len() > 0 {
        let says = "! changes the modem or sends something: it may be billed, or asks first.";
        lines.extend(ink.sentence(Tone::Warn, "", says, width));
    }
    for (title, rows, valid) in [
        ("Valid here", here, true),
        ("In other places", elsewhere, false),
    ] {
        if rows.is_empty() {
            continue;
        }
        lines.push(Line::from(ink.own(Tone::Strong, title)));
        let entries = rows.iter();
        lines.extend(entries.flat_map(|(r, k)| {
            let says = says(state, r);
            entry(&ink, (r, &says), k, width, valid)
        }));
        lines.push(Line::default());
    }
    if lines.is_empty() {
        let says = "No action fits that.";
        return ink.sentence(Tone::Quiet, "", says, width);
    }
    if let Some(world) = &state.flags.world {
        let says = format!(
            "This is a simulated bench, world {}: nothing leaves this machine and nothing is billed.",
            text::clean(world)
        );
        lines.extend(ink.sentence(Tone::Quiet, "", &says, width));
    }
    lines
}

/// What an action does; where it acts on something that is known now, what it would do here.
fn says(state: &State, row: &Row) -> String {
    match (row.action, state.fix()) {
        (Action::Apply, Some((_, mend))) => format!(
            "Do what the verdict advises. Here it {}; nothing is sent by that.",
            text::clean(&mend.says)
        ),
        _ => row.help.to_owned(),
    }
}

fn entry(
    ink: &Ink,
    (row, says): (&Row, &str),
    keys: &[Stroke],
    width: usize,
    here: bool,
) -> Vec<Line<'static>> {
    let shown: Vec<String> = keys.iter().map(Stroke::shown).collect();
    let mark = if row.changes_world { "! " } else { "  " };
    let columns = KEYS.min(width / 2);
    let key = text::column(
        &format!("{mark}{}", shown.join("  ")),
        columns,
        ink.theme.glyphs.cut,
    );
    let key_tone = if here { Tone::Key } else { Tone::Quiet };
    let rows = text::wrap(says, width.saturating_sub(columns + 1).max(8));
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

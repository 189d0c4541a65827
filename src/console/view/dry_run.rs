//! The sheet of a dry run: its rows as the command line prints them, broken where the screen is narrower.
use super::ink::Ink;
use crate::console::action::Action;
use crate::console::state::State;
use crate::console::text;
use crate::console::theme::Tone;
use ratatui::text::{Line, Span};

/// A last column that is narrower than this is no column any more.
const NARROWEST: usize = 16;
/// From this many columns on the title says how it is copied.
const ROOMY: u16 = 60;

pub(super) fn title(state: &State, width: u16) -> Vec<Span<'static>> {
    let ink = Ink::new(state);
    let copies = match width >= ROOMY {
        true => format!("; {} copies it, numbers hidden", state.key_of(Action::Copy)),
        false => String::new(),
    };
    vec![
        ink.own(Tone::Strong, " Dry run: nothing is sent"),
        ink.own(Tone::Quiet, format!("{copies} ")),
    ]
}

pub(super) fn lines(state: &State, width: usize) -> Vec<Line<'static>> {
    let ink = Ink::new(state);
    let mut lines = Vec::new();
    for (nth, row) in state.rehearsed().lines().enumerate() {
        let tone = match row {
            _ if nth == 0 => Tone::Warn,
            row if is_lint(row) => Tone::Warn,
            row if !row.starts_with([' ', '0']) => Tone::Strong,
            _ => Tone::Plain,
        };
        lines.extend(broken(&ink, tone, row, width));
    }
    lines
}

/// `  P01 error: …`
fn is_lint(row: &str) -> bool {
    let words = row.trim_start().split(' ').take(2).collect::<Vec<_>>();
    matches!(words[..], [_, "error:" | "warning:"])
}

/// A row; one that is too long goes on under its last column, or, where that has no room, under its first.
fn broken(ink: &Ink, tone: Tone, row: &str, width: usize) -> Vec<Line<'static>> {
    if text::width(row) <= width {
        return vec![Line::from(ink.own(tone, text::clean(row)))];
    }
    let (lead, rest) = row.split_at(last_column(row));
    if text::width(lead) + NARROWEST <= width {
        return ink.sentence(tone, &text::clean(lead), rest, width);
    }
    let first = row.len() - row.trim_start().len();
    let (lead, rest) = row.split_at(first);
    let words: Vec<&str> = rest.split_whitespace().collect();
    let lead = &lead[..lead.len().min(width / 4)];
    ink.sentence(tone, lead, &words.join(" "), width)
}

/// Where the last column of a row begins: behind the last two spaces.
fn last_column(row: &str) -> usize {
    let inner = row.trim_end();
    inner.rfind("  ").map_or(0, |at| at + 2)
}

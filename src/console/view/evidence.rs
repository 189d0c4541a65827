//! What the verdict rests on: each piece with its time. Choosing one shows the very lines of the AT traffic below it.
use super::Room;
use super::ink::Ink;
use crate::console::layout::Pane;
use crate::console::state::State;
use crate::console::text;
use crate::console::theme::Tone;
use crate::console::traffic::{Times, clock};
use ratatui::text::Line;

/// Columns of a time, as the traffic has them.
const TIME: usize = 12;

pub(super) fn lines(state: &State, room: Room) -> Vec<Line<'static>> {
    pieces(state, room).concat()
}

/// Scrolled so that the chosen piece is seen whole.
pub(super) fn offset(state: &State, room: Room) -> usize {
    let pieces = pieces(state, room);
    let until: usize = pieces.iter().take(state.evidence + 1).map(Vec::len).sum();
    until.saturating_sub(room.height)
}

/// The piece of which a row stands on this line of the pane.
pub(super) fn piece_at(state: &State, room: Room, line: usize) -> Option<usize> {
    let known = state.verdict().map_or(0, |v| v.evidence.len());
    let at = offset(state, room) + line;
    let mut until = 0;
    let found = pieces(state, room).iter().position(|rows| {
        until += rows.len();
        at < until
    });
    found.filter(|n| *n < known)
}

/// The rows of each piece.
fn pieces(state: &State, room: Room) -> Vec<Vec<Line<'static>>> {
    let ink = Ink::new(state);
    let Some(verdict) = state.verdict() else {
        let says = "The facts that a verdict rests on show here, each with its time; choosing one shows its lines in the AT traffic.";
        return vec![ink.empty(says, room.width)];
    };
    if verdict.evidence.is_empty() {
        return vec![ink.empty("This verdict rests on no measured fact.", room.width)];
    }
    let focused = state.focus == Pane::Evidence;
    let all = verdict.evidence.iter().enumerate();
    all.map(|(n, piece)| {
        let chosen = n == state.evidence;
        let mark = if chosen { ink.theme.glyphs.run } else { " " };
        let time = text::right(&time(state, piece.ms), TIME);
        let lead = format!("{} {time} ", text::column(mark, 1, ""));
        let rows = ink.sentence(Tone::Plain, &lead, &piece.says, room.width);
        if chosen && focused {
            let style = ink.theme.style(Tone::Chosen);
            return rows.into_iter().map(|l| l.patch_style(style)).collect();
        }
        rows
    })
    .collect()
}

/// In the clock of the traffic, so that the lines behind it are found by it.
pub(super) fn time(state: &State, ms: u64) -> String {
    let since_start = || format!("{}.{:03} s", ms / 1000, ms % 1000);
    let began = state.known.started_at.parse::<jiff::Timestamp>().ok();
    let at = began.filter(|_| state.traffic.look.times == Times::Clock);
    let at = at.and_then(|began| {
        let passed = jiff::SignedDuration::from_millis(i64::try_from(ms).ok()?);
        began.checked_add(passed).ok()
    });
    at.map_or_else(since_start, |at| {
        clock(&format!("{at:.3}"), state.flags.utc_offset_minutes)
    })
}

//! What the program says of itself, newest first.
use super::Room;
use super::ink::Ink;
use crate::console::log::Severity;
use crate::console::state::State;
use crate::console::text;
use crate::console::theme::Tone;
use crate::console::traffic::clock;
use ratatui::text::Line;

/// What the pane's edge says of holding: nothing where it is followed.
pub(super) fn held(state: &State) -> String {
    let waiting = state.log.waiting();
    let says = |n| format!("HELD, {} waiting ", text::count(n as u64));
    waiting.map(says).unwrap_or_default()
}

/// What the pane's edge says.
pub(super) fn title(state: &State) -> String {
    let (shown, all) = state.log.shown();
    let (shown, all) = (text::count(shown.len() as u64), text::count(all as u64));
    let level = state.log.down_to.word();
    format!("newest first, {level}: {shown} of {all} ")
}

pub(super) fn lines(state: &State, room: Room) -> Vec<Line<'static>> {
    let ink = Ink::new(state);
    let (shown, all) = state.log.shown();
    if shown.is_empty() {
        let says = match all {
            0 => {
                "What the program says of itself shows here: why it waits, what it decides, what it lost and found. `--log FILE` keeps it."
            }
            _ => "Nothing of this level or above; l shows more.",
        };
        return ink.empty(says, room.width);
    }
    let glyphs = &ink.theme.glyphs;
    let mut lines = Vec::new();
    for line in shown {
        let (sign, tone) = match line.severity {
            Severity::Error => (glyphs.cross, Tone::Bad),
            Severity::Warning => (glyphs.warn, Tone::Warn),
            Severity::Info => (glyphs.middot, Tone::Plain),
            Severity::Debug => (" ", Tone::Quiet),
        };
        let time = clock(&line.at, state.flags.utc_offset_minutes);
        let sign = text::column(sign, 1, "");
        let from = text::column(&text::clean(&line.room), 10, glyphs.cut);
        let lead = match room.width < 50 {
            true => format!("{} {sign} ", text::column(&time, 8, "")),
            false => format!("{} {sign} {from} ", text::column(&time, 12, "")),
        };
        lines.extend(ink.sentence(tone, &lead, &line.text, room.width));
    }
    lines
}

//! Attempts: what was dialled, what became of it, after how long; a cell from which nothing may be inferred is shown as void, and why.
use super::Room;
use super::ink::Ink;
use crate::console::state::State;
use crate::console::text;
use crate::console::theme::Tone;
use crate::diagnosis::{Facts, cells};
use crate::event::{Cell, Class};
use ratatui::text::{Line, Span};

/// Columns of a class and of a time.
const CLASS: usize = 8;
const TIME: usize = 8;

pub(super) fn lines(state: &State, room: Room) -> Vec<Line<'static>> {
    let ink = Ink::new(state);
    let Some(probe) = state.known.probes.back() else {
        let says = "Connections that a probe tries show here, with the class of their end and their time; those of a send stand in the pane TCP of the bench.";
        return ink.empty(says, room.width);
    };
    let cells = match &probe.verdict {
        Some(verdict) => verdict.cells.clone(),
        None => cells(Facts::of(&probe.facts)),
    };
    if cells.is_empty() {
        return ink.empty("This probe has tried no connection yet.", room.width);
    }
    let rows = cells.iter();
    rows.flat_map(|c| row(&ink, c, room.width)).collect()
}

fn row(ink: &Ink, cell: &Cell, width: usize) -> Vec<Line<'static>> {
    let glyphs = &ink.theme.glyphs;
    let (sign, tone) = match (&cell.void, cell.class) {
        (Some(_), _) => (glyphs.skip, Tone::Quiet),
        (None, Class::Open) => (glyphs.tick, Tone::Good),
        (None, Class::Unknown) => (glyphs.warn, Tone::Warn),
        (None, _) => (glyphs.cross, Tone::Bad),
    };
    let class = match cell.void {
        Some(_) => "void".to_owned(),
        None => cell.class.to_string(),
    };
    let time = cell.ms.map_or_else(String::new, text::duration);
    let cid = cell
        .on
        .cid
        .map_or_else(String::new, |cid| format!(", cid {cid}"));
    let head = text::width(sign) + 1 + CLASS + TIME + 2;
    let left = width.saturating_sub(head);
    let target = text::clean(&format!("{} {}", cell.target.role.words(), cell.target));
    let whole = format!("{target} ({}{cid})", cell.on.stack);
    let shown = if text::width(&whole) <= left {
        whole
    } else {
        text::cut(&target, left, glyphs.cut)
    };
    let mut lines = vec![Line::from(vec![
        ink.own(tone, format!("{sign} ")),
        ink.own(tone, text::column(&class, CLASS, glyphs.cut)),
        ink.right(Tone::Quiet, &time, TIME),
        Span::raw("  "),
        ink.own(
            if cell.void.is_some() {
                Tone::Quiet
            } else {
                Tone::Plain
            },
            shown,
        ),
    ])];
    let under = match (&cell.void, &cell.http) {
        (Some(why), _) => Some((Tone::Warn, format!("{}: proves nothing, {why}", cell.class))),
        (None, Some(http)) => Some((Tone::Plain, format!("HTTP {http}"))),
        (None, None) => None,
    };
    if let Some((tone, says)) = under {
        lines.extend(ink.sentence(tone, "    ", &says, width));
    }
    lines
}

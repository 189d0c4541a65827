//! A PDU: its fields as a tree, its octets in hexadecimal, both at the same place; what is wrong with it; and all PDUs of the session.
//!
//! Fields and octets of a large PDU have many thousand rows: only those that are seen are made. Octets are drawn as digits and printable
//! ASCII, words from the PDU pass the same cleaning as all others.
use super::Room;
use super::evidence;
use super::ink::Ink;
use crate::console::ending::outcome;
use crate::console::inspector::{FieldRow, Inspected, name};
use crate::console::layout::Pane;
use crate::console::state::State;
use crate::console::text;
use crate::console::theme::Tone;
use crate::console::traffic::Times;
use crate::event::{Direction, Octets};
use crate::known::Pdu;
use crate::mms::Severity;
use ratatui::text::{Line, Span};
use std::ops::Range;

const NONE: &str = "Nothing is written, sent or received yet. A message that is written shows here before it is sent, and what the MMSC answers: each octet with what it means.";

/// The rows of a pane that are seen, and how many there are above and below them.
pub(super) struct Window {
    pub(super) rows: Vec<Line<'static>>,
    pub(super) above: usize,
    pub(super) below: usize,
}

/// What is seen of `count` rows with the chosen one in the middle, as far as there is something on both sides.
fn seen(count: usize, chosen: usize, height: usize) -> Range<usize> {
    let from = chosen
        .saturating_sub(height / 2)
        .min(count.saturating_sub(height));
    from..(from + height).min(count)
}

fn empty(ink: &Ink, room: Room) -> Window {
    Window {
        rows: ink.empty(NONE, room.width),
        above: 0,
        below: 0,
    }
}

/// The tree.
pub(super) fn fields(state: &State, room: Room) -> Window {
    let ink = Ink::new(state);
    let Some(shown) = &state.inspector.shown else {
        return empty(&ink, room);
    };
    let more = usize::from(shown.unlisted > 0);
    let count = shown.fields.len() + more;
    let range = seen(count, state.inspector.field, room.height);
    let focused = state.focus == Pane::Fields && state.overlay.is_none();
    let row = |n: usize| match shown.fields.get(n) {
        Some(field) => {
            let chosen = n == state.inspector.field;
            let line = field_row(&ink, field, chosen, room.width);
            match chosen && focused {
                true => line.patch_style(ink.theme.style(Tone::Chosen)),
                false => line,
            }
        }
        None => Line::from(ink.own(
            Tone::Warn,
            format!(
                "{} more fields are not listed",
                text::count(shown.unlisted as u64)
            ),
        )),
    };
    Window {
        rows: range.clone().map(row).collect(),
        above: range.start,
        below: count - range.end,
    }
}

fn field_row(ink: &Ink, field: &FieldRow, chosen: bool, width: usize) -> Line<'static> {
    let mark = if chosen { ink.theme.glyphs.run } else { " " };
    // Deep rows keep room for their words.
    let lead = format!(
        "{}{}",
        text::column(mark, 2, ""),
        " ".repeat((field.depth * 2).min(width / 3))
    );
    let cut = ink.theme.glyphs.cut;
    let left = width.saturating_sub(text::width(&lead));
    let label = text::cut(&text::clean(&field.label), left, cut);
    let left = left.saturating_sub(text::width(&label) + 2);
    let label_tone = match field.depth {
        0 => Tone::Strong,
        _ => Tone::Quiet,
    };
    let mut spans = vec![ink.own(Tone::Key, lead), ink.own(label_tone, label)];
    if !field.value.is_empty() && left > 0 {
        let value = text::cut(&text::clean(&field.value), left, cut);
        spans.push(ink.own(Tone::Plain, format!("  {value}")));
    }
    Line::from(spans)
}

/// Octets that a row of this width holds.
pub(super) fn in_a_row(width: usize, octets: usize) -> usize {
    let needed = |n: usize| offset_digits(octets) + 1 + n * 3 + 1 + n;
    [16, 8, 4, 2]
        .into_iter()
        .find(|&n| needed(n) <= width)
        .unwrap_or(1)
}

fn offset_digits(octets: usize) -> usize {
    match octets {
        0..=0x1_0000 => 4,
        _ => 6,
    }
}

/// The octets in hexadecimal, those of the chosen field marked.
pub(super) fn octets(state: &State, room: Room) -> Window {
    let ink = Ink::new(state);
    let Some(shown) = &state.inspector.shown else {
        return empty(&ink, room);
    };
    let octets = &shown.octets.0;
    let each = in_a_row(room.width, octets.len());
    let count = octets.len().div_ceil(each);
    let chosen = state.inspector.octet / each;
    let range = seen(count, chosen, room.height);
    let focused = state.focus == Pane::Octets && state.overlay.is_none();
    let hex = Hex {
        ink: &ink,
        marked: state.inspector.marked(),
        cursor: focused.then_some(state.inspector.octet),
        digits: offset_digits(octets.len()),
        each,
    };
    let row = |n: usize| {
        let from = n * each;
        hex.row(from, &octets[from..(from + each).min(octets.len())])
    };
    Window {
        rows: range.clone().map(row).collect(),
        above: range.start,
        below: count - range.end,
    }
}

struct Hex<'a> {
    ink: &'a Ink<'a>,
    marked: Range<usize>,
    cursor: Option<usize>,
    digits: usize,
    each: usize,
}

impl Hex<'_> {
    fn tone(&self, at: usize) -> Tone {
        match at {
            _ if self.cursor == Some(at) => Tone::Cursor,
            _ if self.marked.contains(&at) => Tone::Chosen,
            _ => Tone::Plain,
        }
    }

    /// Brackets stand around the marked octets: colour is not the only sign.
    fn row(&self, from: usize, octets: &[u8]) -> Line<'static> {
        let offset = format!("{from:0width$X}", width = self.digits);
        let mut spans = vec![self.ink.own(Tone::Quiet, offset)];
        for (n, octet) in octets.iter().enumerate() {
            let at = from + n;
            let before = match at {
                _ if at == self.marked.start => "[",
                _ if at == self.marked.end && n > 0 => "]",
                _ => " ",
            };
            let within = self.marked.contains(&at) && at != self.marked.start;
            let gap = if within { Tone::Chosen } else { Tone::Key };
            spans.push(self.ink.own(gap, before));
            spans.push(self.ink.own(self.tone(at), format!("{octet:02X}")));
        }
        let ends = self.marked.end == from + octets.len();
        spans.push(self.ink.own(Tone::Key, if ends { "]" } else { " " }));
        spans.push(Span::raw("   ".repeat(self.each - octets.len())));
        for (n, octet) in octets.iter().enumerate() {
            let shown = match octet {
                0x20..=0x7E => char::from(*octet),
                _ => '.',
            };
            let tone = match self.tone(from + n) {
                Tone::Plain => Tone::Quiet,
                tone => tone,
            };
            spans.push(self.ink.own(tone, shown.to_string()));
        }
        Line::from(spans)
    }
}

/// What stands in the edge of the octets: where one is.
pub(super) fn title(state: &State) -> Vec<Span<'static>> {
    let ink = Ink::new(state);
    let Some(shown) = &state.inspector.shown else {
        return Vec::new();
    };
    let marked = state.inspector.marked();
    let count = text::count(shown.octets.0.len() as u64);
    let place = match marked.len() {
        1 => format!("{} of {count} ", marked.start),
        n => format!("{}+{n} of {count} ", marked.start),
    };
    vec![ink.own(Tone::Quiet, place)]
}

/// What is wrong or doubtful, each with its octet.
pub(super) fn remarks(state: &State, room: Room) -> Vec<Line<'static>> {
    remark_rows(state, room).concat()
}

/// Scrolled so that the chosen remark is seen whole.
pub(super) fn remark_offset(state: &State, room: Room) -> usize {
    let rows = remark_rows(state, room);
    let chosen = state.inspector.remark.map_or(0, |n| n + 1);
    let until: usize = rows.iter().take(chosen).map(Vec::len).sum();
    until.saturating_sub(room.height)
}

fn remark_rows(state: &State, room: Room) -> Vec<Vec<Line<'static>>> {
    let ink = Ink::new(state);
    let Some(shown) = &state.inspector.shown else {
        return vec![ink.empty("What is wrong or doubtful in a PDU shows here.", room.width)];
    };
    if shown.remarks.is_empty() {
        let lead = format!("{} ", ink.theme.glyphs.tick);
        let says = "Nothing is wrong with this PDU: every reader takes it as it was meant.";
        return vec![ink.sentence(Tone::Good, &lead, says, room.width)];
    }
    let focused = state.focus == Pane::Remarks && state.overlay.is_none();
    let all = shown.remarks.iter().enumerate();
    all.map(|(n, lint)| {
        let chosen = state.inspector.remark == Some(n);
        let mark = if chosen { ink.theme.glyphs.run } else { " " };
        let (word, tone) = match lint.severity {
            Severity::Note => ("note", Tone::Plain),
            Severity::Warning => ("warning", Tone::Warn),
            Severity::Error => ("error", Tone::Bad),
        };
        let lead = format!("{}{:04X} {word}: ", text::column(mark, 2, ""), lint.offset);
        let rows = ink.sentence(tone, &lead, &lint.what, room.width);
        if chosen && focused {
            let style = ink.theme.style(Tone::Chosen);
            return rows.into_iter().map(|l| l.patch_style(style)).collect();
        }
        rows
    })
    .collect()
}

/// The PDUs of the session, newest first.
pub(super) fn list(state: &State, room: Room) -> Vec<Line<'static>> {
    let ink = Ink::new(state);
    let all = state.inspector.all(&state.known);
    if all.clone().next().is_none() {
        return ink.empty(NONE, room.width);
    }
    let shown = state.inspector.shown.as_ref().map(|s| s.id);
    let focused = state.focus == Pane::Pdus && state.overlay.is_none();
    let rows = all.map(|(id, dir, octets)| {
        let chosen = Some(id) == shown;
        let pdu = state.known.pdus.iter().find(|p| p.id == id);
        let line = list_row(state, &ink, (dir, octets, pdu), chosen, room.width);
        match chosen && focused {
            true => line.patch_style(ink.theme.style(Tone::Chosen)),
            false => line,
        }
    });
    rows.collect()
}

/// Scrolled so that the chosen PDU is seen.
pub(super) fn list_offset(state: &State, room: Room) -> usize {
    let chosen = state.inspector.position(&state.known);
    (chosen + 1).saturating_sub(room.height)
}

/// When it was seen, in the clock of the traffic.
fn at(state: &State, ms: u64) -> String {
    match state.traffic.look.times {
        Times::Clock => evidence::time(state, ms).chars().take(8).collect(),
        _ => text::duration(ms),
    }
}

fn list_row(
    state: &State,
    ink: &Ink,
    (dir, octets, pdu): (Direction, &Octets, Option<&Pdu>),
    chosen: bool,
    width: usize,
) -> Line<'static> {
    let glyphs = &ink.theme.glyphs;
    let mark = if chosen { glyphs.run } else { " " };
    let (way, tone) = match (dir, pdu) {
        (_, None) => (glyphs.dot, Tone::Quiet),
        (Direction::Tx, _) => (glyphs.tx, Tone::Sent),
        (Direction::Rx, _) => (glyphs.rx, Tone::Plain),
    };
    let at = pdu.map_or_else(|| "draft".to_owned(), |pdu| at(state, pdu.ms));
    let size = text::octets(octets.0.len() as u64);
    let mut says = format!("{}  {size}", name(&octets.0));
    let number = pdu.and_then(|pdu| pdu.seen.send);
    let send = state.known.sends.iter();
    let send = number.and_then(|n| send.clone().find(|s| s.message.send == n));
    match (pdu, number, send) {
        (None, ..) => says.push_str("  not sent yet; it gets its Transaction-Id then"),
        (_, Some(number), Some(send)) if dir == Direction::Tx => {
            says.push_str(&format!("  send {number}: {}", outcome(send)));
        }
        (_, Some(number), _) => says.push_str(&format!("  send {number}")),
        _ => {}
    }
    let lead = format!("{}{} ", text::column(mark, 2, ""), text::right(&at, 8));
    let left = width.saturating_sub(text::width(&lead) + 2);
    Line::from(vec![
        ink.own(Tone::Quiet, lead),
        ink.own(tone, text::column(way, 2, "")),
        ink.own(Tone::Plain, text::cut(&says, left, glyphs.cut)),
    ])
}

/// What stands at a position within a pane: the number of its field, octet, remark or PDU.
pub(super) fn picked(
    state: &State,
    pane: Pane,
    room: Room,
    (column, row): (usize, usize),
) -> Option<usize> {
    let shown = state.inspector.shown.as_ref()?;
    match pane {
        Pane::Fields => {
            let at = fields(state, room).above + row;
            (at < shown.fields.len()).then_some(at)
        }
        Pane::Octets => {
            let count = shown.octets.0.len();
            let each = in_a_row(room.width, count);
            let digits = offset_digits(count);
            let ascii = digits + each * 3 + 1;
            let within = match column {
                _ if column < digits => 0,
                _ if column < ascii => (column - digits) / 3,
                _ => column - ascii,
            };
            let at = (octets(state, room).above + row) * each + within.min(each - 1);
            (at < count).then_some(at)
        }
        Pane::Remarks => {
            let rows = remark_rows(state, room);
            let at = remark_offset(state, room) + row;
            let mut until = 0;
            rows.iter().position(|rows| {
                until += rows.len();
                at < until
            })
        }
        _ => Some(list_offset(state, room) + row),
    }
}

/// Most octets that are copied as hexadecimal.
const MOST_COPIED: usize = 1 << 16;

/// The octets as text, sixteen in a row, as `xxd -r` and Wireshark's import read them.
pub(super) fn copied(shown: &Inspected) -> String {
    let octets = &shown.octets.0;
    let mut out = String::new();
    for (n, row) in octets.chunks(16).take(MOST_COPIED / 16).enumerate() {
        let hex: Vec<String> = row.iter().map(|o| format!("{o:02x}")).collect();
        out.push_str(&format!("{:06x}  {}\n", n * 16, hex.join(" ")));
    }
    if octets.len() > MOST_COPIED {
        let more = octets.len() - MOST_COPIED;
        out.push_str(&format!("{more} octets more are not copied\n"));
    }
    out
}

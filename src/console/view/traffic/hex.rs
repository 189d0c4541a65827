//! The octets on the wire, sixteen a row, with what is readable of them.
use crate::console::text;
use crate::console::theme::Tone;
use crate::console::traffic::{ACROSS, Hex, HexRow, Times};
use crate::console::view::ink::Ink;
use crate::event::Direction;
use ratatui::text::{Line, Span};
use std::fmt::Write;

/// Columns of the time, to a millisecond or shorter, and of the offset.
const TIME: usize = 13;
const SHORT: usize = 9;
const OFFSET: usize = 6;
/// Columns of the sign.
const SIGN: usize = 2;
/// Octets in pairs, each pair with a blank.
const PAIRS: usize = ACROSS / 2 * 5;

/// The newest rows that have room.
pub(super) fn lines(
    ink: &Ink,
    hex: &Hex,
    times: Times,
    width: usize,
    height: usize,
) -> Vec<Line<'static>> {
    if hex.visible().len() == 0 {
        return ink.empty("No octets yet.", width);
    }
    let newest = hex.visible().rev().take(height);
    let mut lines: Vec<Line> = newest.map(|row| line(ink, row, times, width)).collect();
    lines.reverse();
    lines
}

/// What has room beside the octets. The time stands on the first row of a write or read and the offset tells nothing there, so they share
/// their columns before one of them is left out.
struct Room {
    time: usize,
    offset: usize,
    readable: bool,
}

fn room(width: usize) -> Room {
    let of = |time, offset, readable| Room {
        time,
        offset,
        readable,
    };
    let beside = width.saturating_sub(SIGN + PAIRS);
    match beside {
        _ if beside >= TIME + OFFSET + ACROSS => of(TIME, OFFSET, true),
        _ if beside >= TIME + ACROSS => of(TIME, 0, true),
        _ if beside >= SHORT + ACROSS => of(SHORT, 0, true),
        _ if beside >= TIME => of(TIME, 0, false),
        _ if beside >= SHORT => of(SHORT, 0, false),
        _ => of(0, OFFSET, false),
    }
}

/// The time of a row in so many columns, with its unit where it is no time of day; empty where none belongs to it.
fn time(row: &HexRow, times: Times, columns: usize) -> String {
    let Some(clock) = &row.time else {
        return String::new();
    };
    let (s, ms) = (row.ms / 1000, row.ms % 1000);
    match (times, columns) {
        (Times::Session, TIME..) => format!("{s:>6}.{ms:03} s"),
        (Times::Session, _) => format!("{s:>4}.{} s", ms / 100),
        _ => clock.chars().take(columns.saturating_sub(1)).collect(),
    }
}

fn line(ink: &Ink, row: &HexRow, times: Times, width: usize) -> Line<'static> {
    let glyphs = &ink.theme.glyphs;
    let (sign, tone) = match row.dir {
        Direction::Tx => (glyphs.tx, Tone::Sent),
        Direction::Rx => (glyphs.rx, Tone::Plain),
    };
    let room = room(width);
    let offset = format!("{:0>4x}", row.offset & 0xffff);
    let mut spans: Vec<Span> = Vec::new();
    let time = match (room.offset, &row.time) {
        (0, None) => text::right(&format!("{offset} "), room.time),
        _ => text::column(&time(row, times, room.time), room.time, ""),
    };
    spans.push(ink.own(Tone::Quiet, time));
    let sign = if row.time.is_some() { sign } else { "" };
    spans.push(ink.own(tone, text::column(sign, SIGN, "")));
    if room.offset > 0 {
        spans.push(ink.own(Tone::Quiet, text::column(&offset, room.offset, "")));
    }
    let mut pairs = String::new();
    for pair in row.octets.chunks(2) {
        for octet in pair {
            // A string takes everything.
            let _ = write!(pairs, "{octet:02x}");
        }
        pairs.push(' ');
    }
    spans.push(ink.own(tone, text::column(&pairs, PAIRS, "")));
    if room.readable {
        let shown = row.octets.iter().map(|o| match o {
            0x20..=0x7e => char::from(*o),
            _ => '.',
        });
        spans.push(ink.own(Tone::Strong, shown.collect::<String>()));
    }
    Line::from(spans)
}

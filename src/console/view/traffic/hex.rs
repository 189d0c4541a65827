//! The octets on the wire, sixteen a row, with what is readable of them.
use crate::console::text;
use crate::console::theme::Tone;
use crate::console::traffic::{ACROSS, Hex, HexRow};
use crate::console::view::ink::Ink;
use crate::event::Direction;
use ratatui::text::{Line, Span};
use std::fmt::Write;

/// Columns of the time and of the offset.
const TIME: usize = 13;
const OFFSET: usize = 6;
/// Octets in pairs, each pair with a blank.
const PAIRS: usize = ACROSS / 2 * 5;

/// The newest rows that have room.
pub(super) fn lines(ink: &Ink, hex: &Hex, width: usize, height: usize) -> Vec<Line<'static>> {
    if hex.visible().len() == 0 {
        return ink.empty("No octets yet.", width);
    }
    let newest = hex.visible().rev().take(height);
    let mut lines: Vec<Line> = newest.map(|row| line(ink, row, width)).collect();
    lines.reverse();
    lines
}

fn line(ink: &Ink, row: &HexRow, width: usize) -> Line<'static> {
    let glyphs = &ink.theme.glyphs;
    let (sign, tone) = match row.dir {
        Direction::Tx => (glyphs.tx, Tone::Sent),
        Direction::Rx => (glyphs.rx, Tone::Plain),
    };
    let readable = width >= 2 + OFFSET + PAIRS + ACROSS;
    let timed = width >= TIME + 2 + OFFSET + PAIRS + ACROSS;
    let mut spans: Vec<Span> = Vec::new();
    if timed {
        let time = row.time.as_deref().unwrap_or_default();
        spans.push(ink.own(Tone::Quiet, text::column(time, TIME, "")));
    }
    let sign = if row.time.is_some() { sign } else { "" };
    spans.push(ink.own(tone, text::column(sign, 2, "")));
    spans.push(ink.own(Tone::Quiet, format!("{:0>4x}  ", row.offset & 0xffff)));
    let mut pairs = String::new();
    for pair in row.octets.chunks(2) {
        for octet in pair {
            // A string takes everything.
            let _ = write!(pairs, "{octet:02x}");
        }
        pairs.push(' ');
    }
    spans.push(ink.own(tone, text::column(&pairs, PAIRS, "")));
    if readable {
        let shown = row.octets.iter().map(|o| match o {
            0x20..=0x7e => char::from(*o),
            _ => '.',
        });
        spans.push(ink.own(Tone::Strong, shown.collect::<String>()));
    }
    Line::from(spans)
}

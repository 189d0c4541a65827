//! The octets on the wire, sixteen a row, with what is readable of them.
use crate::console::text;
use crate::console::theme::Tone;
use crate::console::traffic::{ACROSS, HexRow, Lit, Octets, Times};
use crate::console::view::ink::Ink;
use crate::event::Direction;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use std::fmt::Write;

/// Columns of the time, to a millisecond or shorter, and of the offset.
pub(super) const TIME: usize = 13;
pub(super) const SHORT: usize = 9;
const OFFSET: usize = 6;
/// Columns of the sign.
pub(super) const SIGN: usize = 2;
/// Octets in pairs, each pair with a blank.
const PAIRS: usize = ACROSS / 2 * 5;

/// The newest rows that have room; where the person was led to something that was found, its row is among them.
pub(super) fn lines(
    octets: &Octets,
    height: usize,
    drawn: impl Fn(&HexRow) -> Vec<Line<'static>>,
) -> Vec<Line<'static>> {
    let spare = octets.spare();
    let upwards = |left: usize| {
        let (mut blocks, mut used, mut rows) = (Vec::new(), 0, 0);
        for row in octets.visible().rev().skip(left) {
            if used >= height {
                break;
            }
            let block = drawn(row);
            used += block.len();
            // The first line of what was found is seen.
            rows += usize::from(used <= height);
            blocks.push(block);
        }
        (blocks, rows)
    };
    let (mut blocks, rows) = upwards(0);
    let led = spare > 0 && rows <= spare;
    if led {
        (blocks, _) = upwards(spare);
    }
    let lines: Vec<Line> = blocks.into_iter().rev().flatten().collect();
    let from = lines.len().saturating_sub(height);
    lines[from..].to_vec()
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
pub(super) fn time(row: &HexRow, times: Times, columns: usize) -> String {
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

/// The sign of a row's direction, and its tone.
pub(super) fn sign(ink: &Ink, row: &HexRow) -> (&'static str, Tone) {
    let glyphs = &ink.theme.glyphs;
    match row.dir {
        Direction::Tx => (glyphs.tx, Tone::Sent),
        Direction::Rx => (glyphs.rx, Tone::Plain),
    }
}

/// A row of sixteen octets.
pub(super) fn line(
    ink: &Ink,
    octets: &Octets,
    row: &HexRow,
    times: Times,
    width: usize,
) -> Line<'static> {
    let (sign, tone) = sign(ink, row);
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
    let lit = octets.lit(row);
    spans.extend(pairs(ink, tone, (&row.octets, lit.as_deref()), PAIRS));
    if room.readable {
        let shown = row.octets.iter().map(|o| match o {
            0x20..=0x7e => char::from(*o),
            _ => '.',
        });
        spans.extend(marked(ink, Tone::Strong, shown, lit.as_deref()));
    }
    Line::from(spans)
}

/// How an octet looks that was found.
pub(super) fn style(ink: &Ink, tone: Tone, lit: Lit) -> Style {
    let style = ink.theme.style(tone);
    let found = style.add_modifier(Modifier::UNDERLINED | Modifier::BOLD);
    match lit {
        Lit::No => style,
        Lit::Found => found,
        Lit::Here => found.patch(ink.theme.style(Tone::Chosen)),
    }
}

/// Octets in pairs, each pair with a blank behind it, in so many columns.
pub(super) fn pairs(
    ink: &Ink,
    tone: Tone,
    (octets, lit): (&[u8], Option<&[Lit]>),
    columns: usize,
) -> Vec<Span<'static>> {
    let Some(lit) = lit else {
        let mut pairs = String::new();
        for pair in octets.chunks(2) {
            for octet in pair {
                // A string takes everything.
                let _ = write!(pairs, "{octet:02x}");
            }
            pairs.push(' ');
        }
        return vec![ink.own(tone, text::column(&pairs, columns, ""))];
    };
    let is = |n: usize| lit.get(n).copied().unwrap_or_default();
    let mut spans = Vec::new();
    for (n, octet) in octets.iter().enumerate() {
        spans.push(Span::styled(
            format!("{octet:02x}"),
            style(ink, tone, is(n)),
        ));
        if n % 2 == 1 {
            // A finding that goes on over the blank is one.
            let both = match is(n) == is(n + 1) {
                true => is(n),
                false => Lit::No,
            };
            spans.push(Span::styled(" ", style(ink, tone, both)));
        }
    }
    let used = octets.len() * 2 + octets.len() / 2;
    spans.push(ink.own(tone, " ".repeat(columns.saturating_sub(used))));
    spans
}

/// A character for each octet.
fn marked(
    ink: &Ink,
    tone: Tone,
    shown: impl Iterator<Item = char>,
    lit: Option<&[Lit]>,
) -> Vec<Span<'static>> {
    let Some(lit) = lit else {
        return vec![ink.own(tone, shown.collect::<String>())];
    };
    let each = shown.zip(lit);
    each.map(|(c, lit)| Span::styled(c.to_string(), style(ink, tone, *lit)))
        .collect()
}

//! Each line on the wire with its octets: beside it where there is room, else under it.
use super::hex::{SHORT, SIGN, TIME, pairs, sign, style, time};
use crate::console::text;
use crate::console::theme::Tone;
use crate::console::traffic::{HexRow, Lit, Octets, Times};
use crate::console::view::ink::Ink;
use ratatui::text::{Line, Span};

/// From so many columns on the octets stand beside the line, and from so many sixteen of them in a row.
const BESIDE: usize = 60;
const WIDE: usize = 100;
/// From so many columns on times have milliseconds, and from so many there is a time at all.
const MILLISECONDS: usize = 70;
const TIMED: usize = 30;

/// Columns of octets in pairs.
fn columns(octets: usize) -> usize {
    octets / 2 * 5
}

/// A line and its octets, as many rows as they take.
pub(super) fn block(
    ink: &Ink,
    octets: &Octets,
    row: &HexRow,
    times: Times,
    width: usize,
) -> Vec<Line<'static>> {
    let stamp = match width {
        MILLISECONDS.. => TIME,
        TIMED.. => SHORT,
        _ => 0,
    };
    let lit = octets.lit(row);
    let lit = lit.as_deref();
    let (mark, tone) = sign(ink, row);
    let lead = |first: bool| {
        let time = if first {
            time(row, times, stamp)
        } else {
            String::new()
        };
        let mark = if first { mark } else { "" };
        vec![
            ink.own(Tone::Quiet, text::column(&time, stamp, "")),
            ink.own(tone, text::column(mark, SIGN, "")),
        ]
    };
    let room = width.saturating_sub(stamp + SIGN);
    if width < BESIDE {
        let words = words(ink, tone, row, lit, room.max(4));
        let mut lines: Vec<Line> = Vec::new();
        for (spans, _) in words {
            let mut line = lead(lines.is_empty());
            line.extend(spans);
            lines.push(Line::from(line));
        }
        let most = width.saturating_sub(SIGN);
        let across = [16, 8, 4].into_iter().find(|n| columns(*n) <= most);
        lines.extend(dumped(ink, row, lit, across.unwrap_or(2)).map(|spans| {
            let mut line = vec![ink.own(Tone::Quiet, " ".repeat(SIGN))];
            line.extend(spans);
            Line::from(line)
        }));
        return lines;
    }
    let across = if width >= WIDE { 16 } else { 8 };
    let room = room.saturating_sub(columns(across) + 1);
    let mut words = words(ink, tone, row, lit, room).into_iter();
    let mut dumped = dumped(ink, row, lit, across);
    let mut lines: Vec<Line> = Vec::new();
    loop {
        let (said, shown) = (words.next(), dumped.next());
        if said.is_none() && shown.is_none() {
            return lines;
        }
        let mut line = lead(lines.is_empty());
        let (spans, used) = said.unwrap_or_default();
        line.extend(spans);
        line.push(Span::raw(" ".repeat(room + 1 - used.min(room))));
        line.extend(shown.unwrap_or_default());
        lines.push(Line::from(line));
    }
}

/// The octets, so many in a row.
fn dumped<'a>(
    ink: &'a Ink,
    row: &'a HexRow,
    lit: Option<&'a [Lit]>,
    across: usize,
) -> impl Iterator<Item = Vec<Span<'static>>> + 'a {
    let rows = row.octets.chunks(across).enumerate();
    rows.map(move |(n, octets)| {
        let from = n * across;
        let lit = lit.map(|lit| &lit[from..from + octets.len()]);
        pairs(ink, Tone::Quiet, (octets, lit), columns(across))
    })
}

/// What an octet is in the text: itself, or its name.
fn named(octet: u8) -> String {
    match octet {
        b'\r' => "\\r".to_owned(),
        b'\n' => "\\n".to_owned(),
        0x20..=0x7e => char::from(octet).to_string(),
        other => format!("\\x{other:02x}"),
    }
}

/// The text in rows of so many columns, each with the columns that it takes.
fn words(
    ink: &Ink,
    tone: Tone,
    row: &HexRow,
    lit: Option<&[Lit]>,
    room: usize,
) -> Vec<(Vec<Span<'static>>, usize)> {
    let mut rows: Vec<(Vec<Span>, usize)> = Vec::new();
    let mut last = None;
    for (n, octet) in row.octets.iter().enumerate() {
        let name = named(*octet);
        let tone = if name.len() > 1 { Tone::Quiet } else { tone };
        let look = (
            tone,
            lit.and_then(|lit| lit.get(n).copied()).unwrap_or_default(),
        );
        let wide = name.len();
        match rows.last_mut().filter(|(_, used)| used + wide <= room) {
            Some((spans, used)) => {
                *used += wide;
                match spans.last_mut().filter(|_| last == Some(look)) {
                    Some(span) => span.content.to_mut().push_str(&name),
                    None => spans.push(Span::styled(name, style(ink, look.0, look.1))),
                }
            }
            None => rows.push((vec![Span::styled(name, style(ink, look.0, look.1))], wide)),
        }
        last = Some(look);
    }
    rows
}

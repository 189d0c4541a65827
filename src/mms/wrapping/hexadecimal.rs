//! Octets as people and programs write them in hexadecimal: plain digits, with blanks, colons, commas or dashes between them, with `0x` or `\x` in
//! front, as an array of C, and the dumps of xxd, hexdump and Wireshark with offsets in front and characters behind.

use super::NoPdu;
use encoding_rs::{UTF_16BE, UTF_16LE};
use std::borrow::Cow;

/// The octets that a text spells; `None` where it is no hexadecimal.
///
/// # Errors
/// The digits are no whole octets.
pub(super) fn read(octets: &[u8]) -> Result<Option<Vec<u8>>, NoPdu> {
    let Some(text) = text(octets) else {
        return Ok(None);
    };
    match dump(&text) {
        Some(found) => Ok(Some(found)),
        None => plain(&text),
    }
}

/// The text, without a byte order mark; `None` where it is none.
fn text(octets: &[u8]) -> Option<Cow<'_, str>> {
    let text = match octets {
        [0xEF, 0xBB, 0xBF, rest @ ..] => std::str::from_utf8(rest).ok().map(Cow::Borrowed),
        [0xFF, 0xFE, rest @ ..] => {
            UTF_16LE.decode_without_bom_handling_and_without_replacement(rest)
        }
        [0xFE, 0xFF, rest @ ..] => {
            UTF_16BE.decode_without_bom_handling_and_without_replacement(rest)
        }
        _ => std::str::from_utf8(octets).ok().map(Cow::Borrowed),
    }?;
    text.is_ascii().then_some(text)
}

/// Digits with what stands between them.
fn plain(text: &str) -> Result<Option<Vec<u8>>, NoPdu> {
    // Of an array of C only what stands between its braces.
    let inner = text
        .split_once('{')
        .and_then(|(_, rest)| rest.split_once('}'))
        .map_or(text, |(inner, _)| inner);
    let mut nibbles = Vec::with_capacity(inner.len());
    let mut rest = inner.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        match (first, after) {
            (b'0' | b'\\', [b'x' | b'X', digits @ ..]) => {
                // A lone digit behind the mark is an octet too: 0x0.
                let alone = digits.first().is_some_and(u8::is_ascii_hexdigit)
                    && !digits.get(1).is_some_and(u8::is_ascii_hexdigit);
                if alone {
                    nibbles.push(0);
                }
                rest = digits;
            }
            (b':' | b',' | b';' | b'-' | b'|' | b'"' | b'\'', _) => {}
            (blank, _) if blank.is_ascii_whitespace() => {}
            (digit, _) => match char::from(digit).to_digit(16) {
                Some(nibble) => nibbles.push(nibble as u8),
                None => return Ok(None),
            },
        }
    }
    if nibbles.is_empty() {
        return Ok(None);
    }
    if nibbles.len() % 2 == 1 {
        return Err(NoPdu::OddDigits(nibbles.len()));
    }
    let octets = nibbles.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]);
    Ok(Some(octets.collect()))
}

/// One line of a dump: its offset, and what stands behind it.
struct Line<'a> {
    offset: usize,
    rest: &'a str,
}

/// A dump with offsets. What they count says how many octets a line has, so that the characters at its end are not taken for more of them.
fn dump(text: &str) -> Option<Vec<u8>> {
    let lines = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(line)
        .collect::<Option<Vec<Line<'_>>>>()?;
    let first = lines.first()?;
    if first.offset != 0 || first.rest.trim().is_empty() {
        return None;
    }
    let mut out = Vec::new();
    // Where the octets of a whole line end; behind that are its characters.
    let mut width = None;
    for (index, line) in lines.iter().enumerate() {
        if line.offset != out.len() {
            return None;
        }
        let next = lines.get(index + 1);
        let wanted = next.map(|next| next.offset.checked_sub(line.offset));
        let (octets, end) = match wanted {
            Some(wanted) => {
                let wanted = wanted?;
                let found = octets(line.rest, wanted, line.rest.len());
                (found.0.len() == wanted).then_some(found)?
            }
            None => last_octets(line.rest, width),
        };
        width = width.or(Some(end));
        out.extend(octets);
    }
    (!out.is_empty()).then_some(out)
}

/// `00000010: …`, `0010  …`, `0x0010:  …`.
fn line(text: &str) -> Option<Line<'_>> {
    let text = text.trim_start();
    let text = text.strip_prefix("0x").unwrap_or(text);
    let end = text
        .find(|c: char| !c.is_ascii_hexdigit())
        .unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    if !(4..=16).contains(&digits.len()) {
        return None;
    }
    let rest = rest.strip_prefix(':').unwrap_or(rest);
    (rest.is_empty() || rest.starts_with([' ', '\t'])).then_some(())?;
    Some(Line {
        offset: usize::from_str_radix(digits, 16).ok()?,
        rest,
    })
}

/// At most `most` octets that begin before `end`, and where they end.
fn octets(text: &str, most: usize, end: usize) -> (Vec<u8>, usize) {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).and_then(|b| char::from(*b).to_digit(16));
    let mut out = Vec::with_capacity(16);
    let mut behind = 0;
    while out.len() < most {
        let blank = |octet: &u8| octet.is_ascii_whitespace() || *octet == b'-';
        let gap = bytes[behind..]
            .iter()
            .take_while(|octet| blank(octet))
            .count();
        let at = behind + gap;
        let (Some(high), Some(low)) = (digit(at), digit(at + 1)) else {
            break;
        };
        if at >= end {
            break;
        }
        out.push((high << 4 | low) as u8);
        behind = at + 2;
    }
    (out, behind)
}

/// The octets of the last line, whose number nothing tells: up to where those of the other lines end, or to a wide gap.
fn last_octets(text: &str, width: Option<usize>) -> (Vec<u8>, usize) {
    let start = text.len() - text.trim_start().len();
    let gap = || {
        let found = text[start..].find("   ").or(text[start..].find("  "));
        found.map_or(text.len(), |gap| start + gap)
    };
    let end = text.find('|').or(width).unwrap_or_else(gap);
    octets(text, usize::MAX, end)
}

//! The primitive encodings of WSP (WAP-230-WSP section 8.4.2): where a value ends, and how lengths and integers are written.
//!
//! Comes in: octets, or numbers. Goes out: the other. Never happens here: knowledge of MMS headers.

use super::lint::Lints;

/// Octet that says "what follows is text, although its first octet looks like something else" (WSP: Quote).
pub(super) const QUOTE: u8 = 0x7F;
/// Opening octet of a Quoted-string; there is no closing one.
pub(super) const QUOTED_STRING: u8 = 0x22;
/// Octet that announces a length as Uintvar.
pub(super) const LENGTH_QUOTE: u8 = 0x1F;

/// So far the end of a text without its quote is looked for: without a bound, a PDU of nothing but such octets would be read again and again.
const LONGEST_UNQUOTED: usize = 4096;

/// The length of a text that begins here with an octet from 80 on and lacks the Quote, without its closing 00. It is told from a single octet by what
/// follows: UTF-8, or Latin-1 letters without control characters, up to a 00.
pub(super) fn unquoted_length(octets: &[u8]) -> Option<usize> {
    let window = &octets[..octets.len().min(LONGEST_UNQUOTED)];
    let length = window.iter().position(|&octet| octet == 0)?;
    let text = &window[..length];
    let latin = || {
        text.iter()
            .all(|&octet| matches!(octet, 0x09 | 0x0A | 0x0D | 0x20..=0x7E | 0xA0..=0xFF))
    };
    text.first().filter(|&&octet| octet >= 0x80)?;
    (std::str::from_utf8(text).is_ok() || latin()).then_some(length)
}

/// A place in a PDU and the end of the region that may be read. Places are counted from the beginning of the whole PDU, for the remarks.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    all: &'a [u8],
    at: usize,
    end: usize,
    base: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(all: &'a [u8]) -> Self {
        Reader::placed(all, 0)
    }

    /// A reader of octets that stand at `base` in the PDU.
    pub(super) fn placed(all: &'a [u8], base: usize) -> Self {
        Reader {
            all,
            at: 0,
            end: all.len(),
            base,
        }
    }

    pub(super) fn at(&self) -> usize {
        self.base + self.at
    }

    pub(super) fn end(&self) -> usize {
        self.base + self.end
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        &self.all[self.at..self.end]
    }

    pub(super) fn is_empty(&self) -> bool {
        self.at >= self.end
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.rest().first().copied()
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    /// The next `wanted` octets, or as many as there are.
    pub(super) fn take(&mut self, wanted: usize) -> &'a [u8] {
        let got = &self.rest()[..wanted.min(self.end - self.at)];
        self.at += got.len();
        got
    }

    /// A reader of the next `length` octets (or as many as there are); this one goes on behind them.
    pub(super) fn region(&mut self, length: usize) -> Reader<'a> {
        let start = self.at;
        self.take(length);
        Reader {
            all: self.all,
            at: start,
            end: self.at,
            base: self.base,
        }
    }

    /// Octets up to the next 00 (not part of it), and whether there was one.
    pub(super) fn until_nul(&mut self) -> (&'a [u8], bool) {
        let rest = self.rest();
        match rest.iter().position(|&octet| octet == 0) {
            Some(length) => {
                self.at += length + 1;
                (&rest[..length], true)
            }
            None => {
                self.at = self.end;
                (rest, false)
            }
        }
    }

    /// A Uintvar: seven bits an octet, at most five octets. `None` where it never ends or the octets do; nothing is consumed then.
    pub(super) fn uintvar(&mut self, lints: &mut Lints) -> Option<u64> {
        let start = self.at();
        let (value, length) = match uintvar(self.rest()) {
            Ok(found) => found,
            Err(what) => {
                lints.error(start, what);
                return None;
            }
        };
        if length > 1 && self.rest()[0] == 0x80 {
            lints.note(start, "Uintvar with a leading zero");
        }
        self.at += length;
        Some(value)
    }

    /// A Value-length: one octet 0..30, or 1F and a Uintvar. The caller has seen that the next octet is at most 1F.
    pub(super) fn value_length(&mut self, lints: &mut Lints) -> Option<u64> {
        let start = *self;
        let first = self.byte()?;
        if first != LENGTH_QUOTE {
            return Some(u64::from(first));
        }
        let Some(length) = self.uintvar(lints) else {
            *self = start;
            return None;
        };
        if length < u64::from(LENGTH_QUOTE) {
            lints.note(
                start.at(),
                format!("length {length} written with 1F although one octet would do"),
            );
        }
        Some(length)
    }
}

/// A Uintvar at the beginning of `octets`: its value and how many octets it takes.
fn uintvar(octets: &[u8]) -> Result<(u64, usize), &'static str> {
    let mut value = 0u64;
    for (index, octet) in octets.iter().take(5).enumerate() {
        value = value << 7 | u64::from(octet & 0x7F);
        if octet & 0x80 == 0 {
            return Ok((value, index + 1));
        }
    }
    Err(if octets.len() < 5 {
        "the PDU ends inside a Uintvar"
    } else {
        "Uintvar longer than five octets"
    })
}

/// How many octets the value at the beginning of `octets` takes, told from its first octet alone (WSP section 8.4.1.2): this is what lets a reader
/// step over a header that it does not know. `None` where the octets end first.
pub(super) fn form_length(octets: &[u8]) -> Option<usize> {
    let length = match *octets.first()? {
        short @ 0..=30 => 1 + usize::from(short),
        LENGTH_QUOTE => {
            let (value, taken) = uintvar(&octets[1..]).ok()?;
            usize::try_from(value).ok()?.checked_add(1 + taken)?
        }
        32..=127 => octets.iter().position(|&octet| octet == 0)? + 1,
        128..=255 => 1,
    };
    (length <= octets.len()).then_some(length)
}

/// Writes a Uintvar in as few octets as it needs.
pub(super) fn put_uintvar(out: &mut Vec<u8>, value: u64) {
    let mut shift = 63 / 7 * 7;
    while shift > 0 {
        if value >> shift != 0 {
            out.push(0x80 | (value >> shift & 0x7F) as u8);
        }
        shift -= 7;
    }
    out.push((value & 0x7F) as u8);
}

/// Writes a Value-length: one octet up to 30, `1F` and a Uintvar from 31 on.
pub(super) fn put_value_length(out: &mut Vec<u8>, length: usize) {
    match u8::try_from(length) {
        Ok(short @ 0..=30) => out.push(short),
        _ => {
            out.push(LENGTH_QUOTE);
            put_uintvar(out, length as u64);
        }
    }
}

//! The last look before a report leaves: no identity may stand in it unmasked, in any form.
//!
//! Two searches. By shape, for identities that nobody told us: long runs of digits, numbers in E.164, and the same inside base64. By value,
//! for those that the caller knows: plain, semi-octets swapped, hexadecimal, UCS-2 as hexadecimal, each of these in base64, in digits of
//! other scripts, and in pieces, whatever stands between them.
use super::base64;
use std::fmt;

/// Runs of digits from this length on are taken for identities. An E.164 number with its country code has at least as many in nearly
/// every country; dates, sizes, ports and times have fewer.
const IDENTITY_DIGITS: usize = 9;
/// Fewest digits of a number behind a plus sign.
const FEWEST_E164: usize = 7;
/// Fewest letters of base64 that could hide an identity.
const BASE64_LETTERS: usize = 12;
/// Fewest digits of a known identity that are looked for; a shorter one would be found everywhere.
const FEWEST_KNOWN: usize = 7;

/// An identity that would have left unmasked. It does not repeat the identity.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Leak {
    /// In which form it stands there.
    pub form: &'static str,
    /// The line, from 1; 0 where it is spread over several.
    pub line: usize,
}

impl fmt::Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { form, line } = self;
        let place = match line {
            0 => "spread over several lines".to_owned(),
            n => format!("in line {n}"),
        };
        write!(
            f,
            "the report is not written: {form} would stand in it unmasked, {place}. This is a fault of mmscope: please report it, without the recording"
        )
    }
}

/// Looks through a finished text.
///
/// # Errors
/// The first identity that stands in it unmasked.
pub fn check(text: &str, identities: &[String]) -> Result<(), Leak> {
    let text = &plain_digits(text);
    let places = Places::of(text);
    for identity in identities {
        known(&places, identity)?;
    }
    for (at, line) in text.lines().enumerate() {
        if let Some(form) = shape(line) {
            return Err(Leak { form, line: at + 1 });
        }
    }
    Ok(())
}

/// Digits of other scripts are digits too: full-width ones (U+FF10) and the Arabic-Indic ones (U+0660, U+06F0).
fn plain_digits(text: &str) -> String {
    let plain = |c: char| {
        let zero = match u32::from(c) {
            0xFF10..=0xFF19 => 0xFF10,
            0x0660..=0x0669 => 0x0660,
            0x06F0..=0x06F9 => 0x06F0,
            _ => return c,
        };
        char::from_digit(u32::from(c) - zero, 10).unwrap_or(c)
    };
    text.chars().map(plain).collect()
}

/// The forms of a known identity, in digits only: what is left of them once everything else is taken away.
fn digit_forms(digits: &str) -> [(&'static str, String); 6] {
    let swapped = |digits: &str| -> String {
        let pairs = digits.as_bytes().chunks(2);
        pairs
            .flat_map(|pair| pair.iter().rev().map(|d| char::from(*d)))
            .collect()
    };
    let ascii: String = digits.bytes().map(|d| format!("{d:02X}")).collect();
    let wide: String = digits.bytes().map(|d| format!("00{d:02X}")).collect();
    let wide_little: String = digits.bytes().map(|d| format!("{d:02X}00")).collect();
    [
        ("an identity", digits.to_owned()),
        ("an identity with its semi-octets swapped", swapped(digits)),
        // As an IMSI stands on the SIM: a digit that tells the parity comes first (3GPP TS 31.102 section 4.2.2).
        (
            "an identity with its semi-octets swapped",
            swapped(digits.get(1..).unwrap_or_default()),
        ),
        ("an identity in hexadecimal", ascii),
        ("an identity in UCS-2 as hexadecimal", wide),
        ("an identity in UCS-2 as hexadecimal", wide_little),
    ]
}

/// Everything in which a known identity is looked for; made once for a text.
struct Places<'a> {
    text: &'a str,
    /// All its digits, one after another.
    digits: String,
    /// Runs of digits, each with its line from 1.
    runs: Vec<(usize, &'a str)>,
    /// What base64 in it says, as digits: its ASCII, its UCS-2, its octets as swapped semi-octets.
    hidden: Vec<String>,
}

fn only_digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

impl<'a> Places<'a> {
    fn of(text: &'a str) -> Self {
        let lines = text.lines().enumerate();
        let runs = lines.flat_map(|(at, line)| {
            let runs = line.split(|c: char| !c.is_ascii_digit());
            runs.filter(|r| r.len() >= FEWEST_OF_PIECE)
                .map(move |run| (at + 1, run))
        });
        // As it stands, and as it would be with what is between its pieces taken away.
        let letters: String = text.chars().filter(|c| base64::is_letter(*c)).collect();
        let pieces = text.split(|c| !base64::is_letter(c));
        let pieces = pieces.filter(|p| p.len() >= BASE64_LETTERS);
        let hidden = std::iter::once(letters.as_str())
            .chain(pieces)
            .flat_map(|letters| (0..4).map(|skip| base64::decode(letters, skip)))
            .flat_map(|octets| readings(&octets))
            .collect();
        Self {
            text,
            digits: only_digits(text),
            runs: runs.collect(),
            hidden,
        }
    }
}

/// Octets read as digits: as ASCII or UCS-2 in either order, anything else a gap; and as swapped semi-octets (3GPP TS 24.008 section
/// 10.5.4.7).
fn readings(octets: &[u8]) -> [String; 2] {
    let plain = octets.iter().filter(|o| **o != 0).map(|o| match o {
        b'0'..=b'9' => char::from(*o),
        _ => ' ',
    });
    let halves = octets.iter().flat_map(|o| [o & 0x0F, o >> 4]);
    let semi = halves.map(|half| char::from_digit(u32::from(half), 10).unwrap_or(' '));
    [plain.collect(), semi.collect()]
}

fn known(places: &Places<'_>, identity: &str) -> Result<(), Leak> {
    let digits = only_digits(identity);
    if digits.len() < FEWEST_KNOWN {
        return Ok(());
    }
    // A number without its country code is as telling as with it.
    let national = digits
        .get(digits.len().saturating_sub(10)..)
        .unwrap_or(&digits);
    for tail in [digits.as_str(), national] {
        for (form, wanted) in digit_forms(tail) {
            if places.digits.contains(&wanted) {
                let mut lines = places.text.lines();
                let line = lines.position(|l| only_digits(l).contains(&wanted));
                let line = line.map_or(0, |at| at + 1);
                return Err(Leak { form, line });
            }
        }
        let first = (0..places.runs.len()).find(|&first| goes_on(&places.runs, first, tail));
        if let Some(first) = first {
            let form = "an identity in pieces";
            let line = places.runs[first].0;
            return Err(Leak { form, line });
        }
        if places.hidden.iter().any(|h| h.contains(tail)) {
            let form = "an identity in base64";
            return Err(Leak { form, line: 0 });
        }
    }
    Ok(())
}

/// A piece of an identity has at least so many digits: shorter ones stand everywhere.
const FEWEST_OF_PIECE: usize = 3;
/// So many other numbers may stand between two pieces, as times and offsets do.
const BETWEEN: usize = 8;

/// Whether the run at this place begins these digits, and later ones, with other numbers between them, end them.
fn goes_on(runs: &[(usize, &str)], at: usize, digits: &str) -> bool {
    let Some((_, run)) = runs.get(at) else {
        return false;
    };
    match digits.strip_prefix(run) {
        None => false,
        Some("") => true,
        Some(rest) => (at + 1..=at + 1 + BETWEEN).any(|next| goes_on(runs, next, rest)),
    }
}

/// What in a line has the shape of an identity.
fn shape(line: &str) -> Option<&'static str> {
    if longest_run(line.bytes()) >= IDENTITY_DIGITS {
        return Some("a run of digits as long as an identity");
    }
    if has_e164(line) {
        return Some("a telephone number");
    }
    if octets_of_digits(line) >= IDENTITY_DIGITS {
        return Some("a run of digits in hexadecimal");
    }
    let hides = |letters: &str| {
        letters.len() >= BASE64_LETTERS
            && (0..4).any(|skip| {
                let octets = base64::decode(letters, skip);
                // In UCS-2 every other octet is nought.
                let narrow = octets.into_iter().filter(|o| *o != 0);
                longest_run(narrow) >= IDENTITY_DIGITS
            })
    };
    let letters = line.split(|c| !base64::is_letter(c));
    letters
        .into_iter()
        .any(hides)
        .then_some("base64 of an identity")
}

fn longest_run(octets: impl Iterator<Item = u8>) -> usize {
    let (mut longest, mut run) = (0, 0);
    for octet in octets {
        run = if octet.is_ascii_digit() { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

/// The most octets one after another, written as hexadecimal with something small between them (`31 32 33`, `\\x31\\x32`, `0031 0032`,
/// `%31%32`), that are digits.
fn octets_of_digits(line: &str) -> usize {
    let is_gap = |gap: &str| gap.len() <= 2 && gap.chars().all(|c| " :,-%\\xu".contains(c));
    let is_digit = |token: &str| {
        let octet = token.strip_prefix("00").unwrap_or(token);
        matches!(octet.as_bytes(), [b'3', b'0'..=b'9'])
    };
    let (mut longest, mut run, mut rest) = (0, 0, line);
    while let Some(at) = rest.find(|c: char| c.is_ascii_hexdigit()) {
        if !is_gap(&rest[..at]) {
            run = 0;
        }
        let token = &rest[at..];
        let end = token
            .find(|c: char| !c.is_ascii_hexdigit())
            .unwrap_or(token.len());
        run = if is_digit(&token[..end]) { run + 1 } else { 0 };
        longest = longest.max(run);
        rest = &token[end..];
    }
    longest
}

/// A plus sign and digits, with what people write between them.
fn has_e164(line: &str) -> bool {
    line.match_indices('+').any(|(at, _)| {
        let number = line[at + 1..]
            .chars()
            .take_while(|c| c.is_ascii_digit() || " -.()/".contains(*c));
        let digits: String = number.filter(char::is_ascii_digit).collect();
        digits.len() >= FEWEST_E164
            && line[at + 1..].starts_with(|c: char| c.is_ascii_digit() || c == '(')
    })
}

//! The last look before a report leaves: no identity may stand in it unmasked, in any form.
//!
//! Two searches. By shape, for identities that nobody told us: long runs of digits, numbers in E.164, and the same inside base64. By value,
//! for those that the caller knows: plain, semi-octets swapped, hexadecimal, UCS-2 as hexadecimal, base64, whatever stands between the
//! parts.
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
    for identity in identities {
        known(text, identity)?;
    }
    for (at, line) in text.lines().enumerate() {
        if let Some(form) = shape(line) {
            return Err(Leak { form, line: at + 1 });
        }
    }
    Ok(())
}

/// The forms of a known identity, in digits only: what is left of them once everything else is taken away.
fn digit_forms(digits: &str) -> [(&'static str, String); 5] {
    let swapped = |digits: &str| -> String {
        let pairs = digits.as_bytes().chunks(2);
        pairs
            .flat_map(|pair| pair.iter().rev().map(|d| char::from(*d)))
            .collect()
    };
    let ascii: String = digits.bytes().map(|d| format!("{d:02X}")).collect();
    let wide: String = digits.bytes().map(|d| format!("00{d:02X}")).collect();
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
    ]
}

fn known(text: &str, identity: &str) -> Result<(), Leak> {
    let digits: String = identity.chars().filter(char::is_ascii_digit).collect();
    if digits.len() < FEWEST_KNOWN {
        return Ok(());
    }
    // A number without its country code is as telling as with it.
    let national = digits
        .get(digits.len().saturating_sub(10)..)
        .unwrap_or(&digits);
    let only_digits =
        |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
    let whole = only_digits(text);
    for tail in [digits.as_str(), national] {
        for (form, wanted) in digit_forms(tail) {
            if whole.contains(&wanted) {
                let line = text.lines().position(|l| only_digits(l).contains(&wanted));
                let line = line.map_or(0, |at| at + 1);
                return Err(Leak { form, line });
            }
        }
        let form = "an identity in base64";
        let letters: String = text.chars().filter(|c| base64::is_letter(*c)).collect();
        let hides = |letters: &str| (0..4).any(|skip| holds(&base64::decode(letters, skip), tail));
        if hides(&letters) || text.split(|c| !base64::is_letter(c)).any(hides) {
            return Err(Leak { form, line: 0 });
        }
    }
    Ok(())
}

fn holds(octets: &[u8], digits: &str) -> bool {
    octets.windows(digits.len()).any(|w| w == digits.as_bytes())
}

/// What in a line has the shape of an identity.
fn shape(line: &str) -> Option<&'static str> {
    if longest_run(line.bytes()) >= IDENTITY_DIGITS {
        return Some("a run of digits as long as an identity");
    }
    if has_e164(line) {
        return Some("a telephone number");
    }
    let hides = |letters: &str| {
        letters.len() >= BASE64_LETTERS
            && (0..4).any(|skip| {
                longest_run(base64::decode(letters, skip).into_iter()) >= IDENTITY_DIGITS
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

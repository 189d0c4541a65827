//! A payload as a person types it: text, escapes, or hexadecimal digits.
//!
//! In: a line of text. Out: octets. What stands there is what goes out: nothing is added, nothing is translated but what is escaped.
use std::fmt;

/// Octets that a payload may have: more does not fit into one AT+CIPSEND (SIM7600 manual section 11.2.5).
pub const LONGEST: usize = super::MAX_CHUNK;

/// Why what was typed is no payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PayloadError {
    /// A backslash before something that has no escape.
    Escape(String),
    /// After `hex:` something that is no pair of hexadecimal digits.
    Hex(String),
    /// Too long.
    TooLong(usize),
}

impl fmt::Display for PayloadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Escape(what) => {
                write!(f, r"`\{what}` is no escape: \r \n \t \\ and \xNN are known")
            }
            Self::Hex(what) => write!(
                f,
                "`{what}` is no pair of hexadecimal digits; after hex: they stand in pairs, as 41 0d 0a"
            ),
            Self::TooLong(octets) => write!(
                f,
                "the payload has {octets} octets, and a command takes {LONGEST}"
            ),
        }
    }
}

impl std::error::Error for PayloadError {}

/// Reads `hello\r\n`, `\x41B` or `hex: 41 42 0d0a`.
///
/// # Errors
/// An escape or digits that are none, or more than [`LONGEST`] octets.
pub fn read(text: &str) -> Result<Vec<u8>, PayloadError> {
    let octets = match text.trim_start().strip_prefix("hex:") {
        Some(digits) => hexadecimal(digits)?,
        None => escaped(text)?,
    };
    match octets.len() {
        0..=LONGEST => Ok(octets),
        n => Err(PayloadError::TooLong(n)),
    }
}

fn hexadecimal(digits: &str) -> Result<Vec<u8>, PayloadError> {
    let mut octets = Vec::new();
    for word in digits.split_whitespace() {
        for pair in word.as_bytes().chunks(2) {
            let text = String::from_utf8_lossy(pair);
            let whole = pair.len() == 2 && pair.iter().all(u8::is_ascii_hexdigit);
            let read = u8::from_str_radix(&text, 16).ok().filter(|_| whole);
            octets.push(read.ok_or_else(|| PayloadError::Hex(crate::event::clean(word)))?);
        }
    }
    Ok(octets)
}

fn escaped(text: &str) -> Result<Vec<u8>, PayloadError> {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        octets.extend_from_slice(&rest.as_bytes()[..at]);
        let after = &rest[at + 1..];
        let (octet, taken) = match after.bytes().next() {
            Some(b'r') => (b'\r', 1),
            Some(b'n') => (b'\n', 1),
            Some(b't') => (b'\t', 1),
            Some(b'\\') => (b'\\', 1),
            Some(b'x') => {
                let digits = after
                    .get(1..3)
                    .filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
                let read = digits.and_then(|d| u8::from_str_radix(d, 16).ok());
                let octet = read.ok_or_else(|| wrong(after, 3))?;
                (octet, 3)
            }
            _ => return Err(wrong(after, 1)),
        };
        octets.push(octet);
        rest = &after[taken..];
    }
    octets.extend_from_slice(rest.as_bytes());
    Ok(octets)
}

fn wrong(after: &str, characters: usize) -> PayloadError {
    let shown: String = after.chars().take(characters).collect();
    PayloadError::Escape(crate::event::clean(&shown))
}

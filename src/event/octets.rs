//! Raw octets that are written as readable text: `\r`, `\n`, `\\`, `\xNN`, as in the transcripts.
use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A shared slice of octets. In JSON it is text in which everything but printable ASCII is escaped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Octets(pub Bytes);

impl Octets {
    /// Copies a slice.
    #[must_use]
    pub fn copy(octets: &[u8]) -> Self {
        Self(Bytes::copy_from_slice(octets))
    }
    /// The escaped text.
    #[must_use]
    pub fn escaped(&self) -> String {
        escape(&self.0)
    }
}

/// Escapes octets: printable ASCII stays, `\r`, `\n` and `\\` have their letters, all else is `\xNN`.
#[must_use]
pub fn escape(octets: &[u8]) -> String {
    let mut out = String::with_capacity(octets.len() + 8);
    for &o in octets {
        match o {
            b'\r' => out.push_str("\\r"),
            b'\n' => out.push_str("\\n"),
            b'\\' => out.push_str("\\\\"),
            0x20..=0x7e => out.push(char::from(o)),
            _ => {
                const HEX: &[u8; 16] = b"0123456789abcdef";
                out.push_str("\\x");
                out.push(char::from(HEX[usize::from(o >> 4)]));
                out.push(char::from(HEX[usize::from(o & 15)]));
            }
        }
    }
    out
}

/// Reads what [`escape`] wrote.
///
/// # Errors
/// The place (in characters) and the reason, where the text is not of that form.
pub fn unescape(text: &str) -> Result<Vec<u8>, String> {
    let mut out = Vec::with_capacity(text.len());
    let mut chars = text.chars().enumerate();
    while let Some((at, c)) = chars.next() {
        if c != '\\' {
            u8::try_from(u32::from(c))
                .ok()
                .filter(u8::is_ascii)
                .map(|o| out.push(o))
                .ok_or_else(|| {
                    format!("character {at}: `{c}` is not ASCII and must be escaped as \\xNN")
                })?;
            continue;
        }
        match chars.next() {
            Some((_, 'r')) => out.push(b'\r'),
            Some((_, 'n')) => out.push(b'\n'),
            Some((_, '\\')) => out.push(b'\\'),
            Some((_, 'x')) => {
                let digits =
                    [chars.next(), chars.next()].map(|d| d.and_then(|(_, d)| d.to_digit(16)));
                match digits {
                    [Some(high), Some(low)] => out.push((high * 16 + low) as u8),
                    _ => return Err(format!("character {at}: \\x needs two hexadecimal digits")),
                }
            }
            _ => {
                return Err(format!(
                    "character {at}: after \\ only r, n, \\ and xNN are known"
                ));
            }
        }
    }
    Ok(out)
}

impl Serialize for Octets {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.escaped())
    }
}

impl<'de> Deserialize<'de> for Octets {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        unescape(&text)
            .map(|o| Self(o.into()))
            .map_err(serde::de::Error::custom)
    }
}

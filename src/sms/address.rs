//! Addresses of SMS: a type and digits in half octets, or a name in septets (3GPP TS 23.040 section 9.1.2.5).
use super::gsm7::{from_septets, pack, to_septets, unpack};

/// Digits by half octet (TS 23.040 section 9.1.2.3).
const DIGITS: &[u8; 15] = b"0123456789*#abc";

/// An address with its type.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Address {
    /// Type of number (bits 6..4) and numbering plan (bits 3..0), high bit set: `91` international, `81` unknown, `D0` a name.
    pub kind: u8,
    /// Digits without `+`, or the name.
    pub text: String,
}

impl Address {
    /// A number as people write it: with `+` it is international. `None` where something else than digits stands in it.
    #[must_use]
    pub fn number(typed: &str) -> Option<Address> {
        let (kind, digits) = match typed.strip_prefix('+') {
            Some(digits) => (0x91, digits),
            None => (0x81, typed),
        };
        let fits = !digits.is_empty()
            && digits.len() <= 20
            && digits.bytes().all(|digit| DIGITS.contains(&digit));
        fits.then(|| Address {
            kind,
            text: digits.to_owned(),
        })
    }

    /// As people write it.
    #[must_use]
    pub fn shown(&self) -> String {
        match self.kind & 0x70 {
            0x10 => format!("+{}", self.text),
            _ => self.text.clone(),
        }
    }

    fn is_name(&self) -> bool {
        self.kind & 0x70 == 0x50
    }

    /// Length (in digits, or half octets of a name), type and value, as in a TPDU.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        let value = self.value();
        let length = match self.is_name() {
            true => (to_septets(&self.text).map_or(0, |septets| septets.len()) * 7).div_ceil(4),
            false => self.text.len(),
        };
        out.push(u8::try_from(length).unwrap_or(u8::MAX));
        out.push(self.kind);
        out.extend(value);
    }

    /// Length in octets, type and value, as the address of a service centre.
    pub(super) fn write_centre(&self, out: &mut Vec<u8>) {
        let value = self.value();
        out.push(u8::try_from(value.len() + 1).unwrap_or(u8::MAX));
        out.push(self.kind);
        out.extend(value);
    }

    fn value(&self) -> Vec<u8> {
        if self.is_name() {
            return pack(&to_septets(&self.text).unwrap_or_default(), 0);
        }
        self.text
            .as_bytes()
            .chunks(2)
            .map(|pair| half(pair.get(1).copied()) << 4 | half(pair.first().copied()))
            .collect()
    }

    /// Reads type and value; `half_octets` is the length as a TPDU says it. Returns the address and how many octets it took.
    pub(super) fn read(octets: &[u8], half_octets: usize) -> Option<(Address, usize)> {
        let (&kind, value) = octets.split_first()?;
        let value = value.get(..half_octets.div_ceil(2))?;
        let text = match kind & 0x70 {
            0x50 => from_septets(&unpack(value, half_octets * 4 / 7, 0)),
            _ => digits(value, half_octets),
        };
        Some((Address { kind, text }, 1 + value.len()))
    }
}

/// The half octet of a digit; F fills up.
fn half(digit: Option<u8>) -> u8 {
    digit
        .and_then(|digit| DIGITS.iter().position(|known| *known == digit))
        .and_then(|half| u8::try_from(half).ok())
        .unwrap_or(0x0F)
}

fn digits(octets: &[u8], count: usize) -> String {
    octets
        .iter()
        .flat_map(|octet| [octet & 15, octet >> 4])
        .take(count)
        .filter_map(|half| {
            DIGITS
                .get(usize::from(half))
                .map(|&digit| char::from(digit))
        })
        .collect()
}

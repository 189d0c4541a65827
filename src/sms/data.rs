//! User data: a text or octets in one of three alphabets, with its header (3GPP TS 23.040 section 9.2.3.24, TS 23.038 section 4).
use super::gsm7::{from_septets, pack, to_septets, unpack};
use super::header::Header;

/// Octets that the user data of one message has at the most.
pub(super) const MOST_OCTETS: usize = 140;

/// The alphabet that a data coding scheme names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Alphabet {
    /// GSM 7 bit default alphabet.
    Gsm7,
    /// Octets.
    Octets,
    /// UCS-2, in practice UTF-16.
    Ucs2,
}

impl Alphabet {
    /// The alphabet of a TP-DCS (TS 23.038 section 4). Reserved values count as GSM 7 bit, as the specification asks; a compressed text is taken as octets,
    /// since nobody can read it.
    #[must_use]
    pub fn of(dcs: u8) -> Alphabet {
        match dcs {
            0x00..=0x7F if dcs & 0x20 != 0 => Alphabet::Octets,
            0x00..=0x7F => match dcs >> 2 & 3 {
                1 => Alphabet::Octets,
                2 => Alphabet::Ucs2,
                _ => Alphabet::Gsm7,
            },
            0xE0..=0xEF => Alphabet::Ucs2,
            0xF0..=0xFF if dcs & 4 != 0 => Alphabet::Octets,
            _ => Alphabet::Gsm7,
        }
    }

    /// The plainest TP-DCS that names it.
    #[must_use]
    pub fn dcs(self) -> u8 {
        match self {
            Alphabet::Gsm7 => 0x00,
            Alphabet::Octets => 0x04,
            Alphabet::Ucs2 => 0x08,
        }
    }
}

/// What is in a message, in the units of its alphabet.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Content {
    /// Septets.
    Gsm7(Vec<u8>),
    /// Octets.
    Octets(Vec<u8>),
    /// UTF-16 code units.
    Ucs2(Vec<u16>),
}

impl Content {
    /// A text in GSM 7 bit where it can be written so, else in UCS-2.
    #[must_use]
    pub fn text(text: &str) -> Content {
        match to_septets(text) {
            Some(septets) => Content::Gsm7(septets),
            None => Content::Ucs2(text.encode_utf16().collect()),
        }
    }

    /// Its alphabet.
    #[must_use]
    pub fn alphabet(&self) -> Alphabet {
        match self {
            Content::Gsm7(_) => Alphabet::Gsm7,
            Content::Octets(_) => Alphabet::Octets,
            Content::Ucs2(_) => Alphabet::Ucs2,
        }
    }

    /// What it says; `None` for octets. Half a surrogate pair becomes U+FFFD.
    #[must_use]
    pub fn to_text(&self) -> Option<String> {
        match self {
            Content::Gsm7(septets) => Some(from_septets(septets)),
            Content::Ucs2(units) => Some(String::from_utf16_lossy(units)),
            Content::Octets(_) => None,
        }
    }
}

/// The user data of one message.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UserData {
    /// Its header; without elements there is none.
    pub header: Header,
    /// What follows it.
    pub content: Content,
}

impl UserData {
    /// User data without header.
    #[must_use]
    pub fn new(content: Content) -> UserData {
        UserData {
            header: Header::default(),
            content,
        }
    }

    /// TP-UDL and TP-UD; `None` where it does not fit into 140 octets, or a septet or header is none.
    #[must_use]
    pub fn octets(&self) -> Option<Vec<u8>> {
        let header = self.header.octets();
        let mut out = vec![0];
        out.extend_from_slice(&header);
        let length = match &self.content {
            Content::Gsm7(septets) => {
                if septets.iter().any(|&septet| septet > 0x7F) {
                    return None;
                }
                let (before, fill) = septets_of(header.len());
                out.extend(pack(septets, fill));
                before + septets.len()
            }
            Content::Octets(octets) => {
                out.extend_from_slice(octets);
                header.len() + octets.len()
            }
            Content::Ucs2(units) => {
                out.extend(units.iter().flat_map(|unit| unit.to_be_bytes()));
                header.len() + units.len() * 2
            }
        };
        let fits = out.len() <= 1 + MOST_OCTETS;
        out[0] = u8::try_from(length).ok().filter(|_| fits)?;
        Some(out)
    }

    /// Reads TP-UD. `length` is TP-UDL: septets for GSM 7 bit, octets otherwise. What is announced and not there is left out; the second value says so.
    #[must_use]
    pub fn read(
        octets: &[u8],
        length: u8,
        alphabet: Alphabet,
        with_header: bool,
    ) -> (UserData, bool) {
        let length = usize::from(length);
        let header_length = match octets.first() {
            Some(&first) if with_header => (usize::from(first) + 1).min(octets.len()),
            _ => 0,
        };
        let header = Header::read(octets[..header_length].get(1..).unwrap_or_default());
        if alphabet == Alphabet::Gsm7 {
            let (before, fill) = septets_of(header_length);
            let count = length.saturating_sub(before);
            let septets = unpack(&octets[header_length..], count, fill);
            let whole = septets.len() == count && length >= before;
            return (
                UserData {
                    header,
                    content: Content::Gsm7(septets),
                },
                whole,
            );
        }
        let end = length.clamp(header_length, octets.len().max(header_length));
        let there = &octets[header_length..end];
        let content = match alphabet {
            Alphabet::Ucs2 => Content::Ucs2(
                there
                    .chunks_exact(2)
                    .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
                    .collect(),
            ),
            _ => Content::Octets(there.to_vec()),
        };
        let even = alphabet != Alphabet::Ucs2 || there.len().is_multiple_of(2);
        (UserData { header, content }, end == length && even)
    }
}

/// How many septets a header takes, and how many bits are left free behind it.
fn septets_of(header: usize) -> (usize, u8) {
    let septets = (header * 8).div_ceil(7);
    (septets, u8::try_from(septets * 7 - header * 8).unwrap_or(0))
}

//! Octets to [`Pdu`]: total and lenient. Whatever the octets are, there is a result, what is wrong is said with its place, and reading goes on where it can.
//!
//! Bounds: at most [`MOST_HEADERS`] headers and as many entries, [`MOST_PARAMETERS`] parameters of one content type and headers of one entry,
//! [`MOST_DETAILS`] of these together; data is copied once. What is held is then a few times the input, and a constant.

mod content;
mod text;
mod value;

use super::content::ContentType;
use super::field::{Field, MessageType};
use super::lint::{Lint, Lints};
use super::pdu::{Body, Entry, Header, Pdu};
use super::wsp::{QUOTE, Reader};
use bytes::Bytes;

/// So many headers, and so many entries, are read of one PDU; real ones have a few dozen.
pub(super) const MOST_HEADERS: usize = 2048;
/// So many parameters are read of one content type, and so many headers of one entry.
const MOST_PARAMETERS: usize = 64;
/// So many parameters and headers of entries are read of one PDU. Two octets can be one, and one takes fifty times as much memory.
const MOST_DETAILS: usize = 16_384;

/// What reading gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// What could be read.
    pub pdu: Pdu,
    /// What is unusual or wrong, in the order in which it was met; empty for a PDU that is as the specification wants it.
    pub lint: Vec<Lint>,
}

impl Pdu {
    /// Reads a PDU. Never fails and never panics; see [`Decoded::lint`] for what was wrong.
    pub fn decode(octets: &[u8]) -> Decoded {
        let mut decoder = Decoder::default();
        let mut reader = Reader::new(octets);
        let mut pdu = Pdu {
            headers: decoder.headers(&mut reader),
            ..Pdu::default()
        };
        if reader.peek() == Some(CONTENT_TYPE) {
            reader.byte();
            let content_type = decoder.content_type(&mut reader);
            let body = Bytes::copy_from_slice(reader.rest());
            pdu.body = match content_type.is_multipart() {
                true => Body::Multipart(decoder.entries(&mut reader, &body, MOST_HEADERS)),
                false => Body::Single(body),
            };
            pdu.content_type = Some(content_type);
        }
        decoder.presence(&pdu, octets.len());
        Decoded {
            pdu,
            lint: decoder.lints.into_list(),
        }
    }
}

/// A Uintvar at the beginning of octets, and how many it takes.
pub(super) fn leading_uintvar(octets: &[u8]) -> Option<(u64, usize)> {
    let mut reader = Reader::new(octets);
    let value = reader.uintvar(&mut Lints::default())?;
    Some((value, reader.at()))
}

/// A content type at the beginning of octets, and how many it takes.
pub(super) fn leading_content_type(octets: &[u8]) -> (ContentType, usize) {
    let mut decoder = Decoder::default();
    let mut reader = Reader::new(octets);
    let content_type = decoder.content_type(&mut reader);
    (content_type, reader.at())
}

/// The entries, at most `most`, of a part that is itself a multipart, and what is wrong with them; places are those of the whole PDU. `details` counts
/// on over all such parts.
pub(super) fn inner_entries(
    part: &Entry,
    most: usize,
    details: &mut usize,
) -> (Vec<Entry>, Vec<Lint>) {
    let mut decoder = Decoder {
        details: *details,
        ..Decoder::default()
    };
    let mut reader = Reader::placed(&part.data, part.data_range.start);
    let entries = decoder.entries(&mut reader, &part.data, most);
    *details = decoder.details;
    (entries, decoder.lints.into_list())
}

/// Field octet of Content-Type.
const CONTENT_TYPE: u8 = 0x84;

#[derive(Default)]
struct Decoder {
    lints: Lints,
    /// Parameters and headers of entries that were read.
    details: usize,
}

impl Decoder {
    /// Counts one more of `there` parameters or headers of an entry; says what is too much, and `false` then.
    fn one_more(&mut self, there: usize, at: usize, what: &str) -> bool {
        if there == MOST_PARAMETERS {
            let says = format!("more than {MOST_PARAMETERS} {what}; the rest was not read");
            self.lints.error(at, says);
            return false;
        }
        if self.details == MOST_DETAILS {
            let says = format!(
                "more than {MOST_DETAILS} parameters and headers of parts in one PDU; the rest was not read"
            );
            self.lints.error(at, says);
            return false;
        }
        self.details += 1;
        true
    }

    /// Headers up to Content-Type (not consumed) or the end.
    fn headers(&mut self, reader: &mut Reader<'_>) -> Vec<Header> {
        let mut headers = Vec::new();
        while let Some(octet) = reader.peek().filter(|&octet| octet != CONTENT_TYPE) {
            if headers.len() == MOST_HEADERS {
                self.lints.error(
                    reader.at(),
                    format!("more than {MOST_HEADERS} headers; the rest was not read"),
                );
                break;
            }
            let start = reader.at();
            let (field, value) = match octet {
                0x80..=0xFF => {
                    reader.byte();
                    let field = Field::from_octet(octet);
                    if let Field::Unknown(_) = field {
                        self.lints
                            .note(start, format!("unknown field {octet:02X}, kept as it came"));
                    }
                    let value = self.value(&field, reader);
                    (field, value)
                }
                0x20..=0x7E => {
                    let (name, ended) = reader.until_nul();
                    if !ended {
                        self.lints.error(
                            start,
                            "the PDU ends inside the name of an application header",
                        );
                    }
                    let field = Field::Application(name.to_vec());
                    let value = self.value(&field, reader);
                    (field, value)
                }
                _ => {
                    self.junk(reader);
                    continue;
                }
            };
            headers.push(Header {
                field,
                value,
                range: start..reader.at(),
            });
        }
        headers
    }

    /// Steps over octets with which no header can begin.
    fn junk(&mut self, reader: &mut Reader<'_>) {
        let start = reader.at();
        while reader
            .peek()
            .is_some_and(|octet| octet < 0x20 || octet == QUOTE)
        {
            reader.byte();
        }
        let count = reader.at() - start;
        self.lints.slip(start, format!("{count} octet(s) with which no header can begin were left out: a length in front of them may be wrong"));
    }

    /// What is missing, doubled, or in the wrong place.
    fn presence(&mut self, pdu: &Pdu, end: usize) {
        match pdu.headers.first() {
            Some(first) if first.field == Field::MessageType => {}
            Some(first) => self.lints.warning(
                first.range.start,
                "X-Mms-Message-Type is not the first header; several readers want it there",
            ),
            None => self.lints.error(0, "no header at all: this is no MMS PDU"),
        }
        let mut seen = [false; 256];
        for header in pdu
            .headers
            .iter()
            .filter(|header| !header.field.is_repeatable())
        {
            let Some(octet) = header.field.octet() else {
                continue;
            };
            if std::mem::replace(&mut seen[usize::from(octet)], true) {
                self.lints.warning(
                    header.range.start,
                    format!(
                        "{} stands here again; the last one counts",
                        header.field.name()
                    ),
                );
            }
        }
        let Some(message_type) = pdu.message_type() else {
            if !pdu.headers.is_empty() {
                self.lints.error(end, "X-Mms-Message-Type is missing");
            }
            return;
        };
        for field in message_type.mandatory() {
            let there = match field {
                Field::ContentType => pdu.content_type.is_some(),
                field => pdu.get(field).is_some(),
            };
            if !there {
                self.lints
                    .error(end, format!("{} is missing", field.name()));
            }
        }
        if message_type == MessageType::SEND_REQ
            && ![Field::To, Field::Cc, Field::Bcc]
                .iter()
                .any(|field| pdu.get(field).is_some())
        {
            self.lints
                .error(end, "no recipient: To, Cc and Bcc are all missing");
        }
        if message_type == MessageType::DELIVERY_IND
            && let Some(from) = pdu
                .headers
                .iter()
                .find(|header| header.field == Field::From)
        {
            self.lints.note(from.range.start, "From is not a header of M-Delivery.ind; Mbuni adds it, and some readers refuse the PDU");
        }
    }
}

//! Data of parts that does not stand as it is: Content-Transfer-Encoding of e-mail, which MMS does not need and some gateways leave in, and
//! Content-Encoding (WAP-230-WSP table 39, octet `8B`).
//!
//! Comes in: an entry. Goes out: its encodings by name, and its data as phones show it: base64 and quoted-printable (RFC 2045 section 6) taken off.

use super::pdu::{Entry, PartField, PartValue};
use super::rfc2047::base64;
use bytes::Bytes;

/// Octet of Content-Encoding.
const CONTENT_ENCODING: u8 = 0x8B;

impl Entry {
    /// Content-Transfer-Encoding in lower case, whether as field or as a header with its name as text; `None` where it is missing, or says that the
    /// data stands as it is.
    pub fn transfer_encoding(&self) -> Option<String> {
        let said = self.text(&PartField::ContentTransferEncoding)?;
        let said = said.trim().to_ascii_lowercase();
        (!matches!(said.as_str(), "" | "7bit" | "8bit" | "binary")).then_some(said)
    }

    /// Content-Encoding in lower case: gzip, compress, deflate, or what stands there; `None` where it is missing.
    pub fn content_encoding(&self) -> Option<String> {
        let header = self.headers.iter().find(|header| match &header.field {
            PartField::Unknown(octet) => *octet == CONTENT_ENCODING,
            PartField::Named(name) => name.eq_ignore_ascii_case(b"Content-Encoding"),
            _ => false,
        })?;
        Some(match &header.value {
            PartValue::Text(text) => text.to_text().trim().to_ascii_lowercase(),
            PartValue::Raw(octets) => match octets.as_slice() {
                [0x80] => "gzip".to_owned(),
                [0x81] => "compress".to_owned(),
                [0x82] => "deflate".to_owned(),
                _ => "unknown".to_owned(),
            },
            PartValue::Disposition(_) => "unknown".to_owned(),
        })
    }

    /// The data with its transfer encoding taken off; `None` where it has none, an unknown one, or is not written in the one that it says.
    pub fn decoded(&self) -> Option<Bytes> {
        let octets = match self.transfer_encoding()?.as_str() {
            "base64" => {
                let dense: Vec<u8> = self
                    .data
                    .iter()
                    .copied()
                    .filter(|octet| !octet.is_ascii_whitespace())
                    .collect();
                base64(&dense)?
            }
            "quoted-printable" => quoted_printable(&self.data),
            _ => return None,
        };
        Some(octets.into())
    }
}

/// Quoted-printable data; an = that begins nothing stays.
fn quoted_printable(data: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len());
    let mut rest = data;
    while let Some((&octet, after)) = rest.split_first() {
        rest = after;
        if octet != b'=' {
            out.push(octet);
            continue;
        }
        match after {
            [] => {}
            [b'\r', b'\n', next @ ..] | [b'\n', next @ ..] => rest = next,
            [high, low, next @ ..] => {
                let digit = |octet: u8| char::from(octet).to_digit(16);
                match (digit(*high), digit(*low)) {
                    (Some(high), Some(low)) => {
                        out.push((high << 4 | low) as u8);
                        rest = next;
                    }
                    _ => out.push(octet),
                }
            }
            _ => out.push(octet),
        }
    }
    out
}

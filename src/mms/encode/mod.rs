//! [`Pdu`] to octets, strictly: what a reader could misunderstand is refused.
//!
//! Two steps, so that a draft that is not yet complete can be measured too: [`Pdu::encode`] checks and writes, [`Pdu::encoded_size`] only measures.

mod check;

use super::content::{
    ContentType, Disposition, Media, Parameter, ParameterName, ParameterValue, is_text_parameter,
};
use super::field::{Field, Kind};
use super::pdu::{Body, Entry, From, PartField, PartHeader, PartValue, Pdu, Time, Value};
use super::text::{EncodedText, Integer, Text, TextForm};
use super::wsp::{QUOTE, QUOTED_STRING, put_uintvar, put_value_length, unquoted_length};
use bytes::Bytes;
use thiserror::Error;

/// Why a PDU cannot be written. `place` names the header or part.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EncodeError {
    /// Headers are missing or in an order that readers do not accept.
    #[error(
        "{place} stands in the wrong place: X-Mms-Message-Type goes first, then X-Mms-Transaction-Id, then X-Mms-MMS-Version"
    )]
    Order {
        /// Which header.
        place: String,
    },
    /// The first header has to be X-Mms-Message-Type.
    #[error("X-Mms-Message-Type is missing: every PDU begins with it")]
    NoMessageType,
    /// A body without Content-Type, a Content-Type without body, or Content-Type among the other headers.
    #[error(
        "content type and body do not fit: a multipart content type needs parts, any other one octets, and a body needs a content type"
    )]
    Body,
    /// A value that is not of the kind that its header has.
    #[error("the value of {place} is not of the kind that this header has")]
    Kind {
        /// Which header.
        place: String,
    },
    /// A text that would be read as something else.
    #[error("the text of {place} cannot be written in the form asked for: {why}")]
    Text {
        /// Which header or parameter.
        place: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A number that its form cannot hold, or an octet that is no token.
    #[error("a number in {place} cannot be written in the form asked for")]
    Number {
        /// Which header or parameter.
        place: String,
    },
    /// Octets kept from reading that do not end where a reader would see their end.
    #[error(
        "the raw octets of {place} do not tell their own end, so that what follows them would be lost"
    )]
    Raw {
        /// Which header or parameter.
        place: String,
    },
    /// A message without recipient.
    #[error("no recipient: name at least one in To, Cc or Bcc")]
    NoRecipient,
    /// A recipient or sender that no PDU can carry.
    #[error(
        "{address:?} is no address: use a number such as +12025550123, a short code or an e-mail address"
    )]
    Address {
        /// As it was given.
        address: String,
    },
    /// A message without parts.
    #[error("nothing to send: the message has no part")]
    NoParts,
}

impl Pdu {
    /// Writes the PDU. What [`Pdu::decode`] read without a remark comes out octet for octet.
    ///
    /// # Errors
    /// [`EncodeError`] where the order of the headers, a value's kind, a text's form or a number would be misread.
    pub fn encode(&self) -> Result<Vec<u8>, EncodeError> {
        check::check(self)?;
        let data = match &self.body {
            Body::None => 0,
            Body::Single(data) => data.len(),
            Body::Multipart(entries) => entries.iter().map(|e| e.data.len() + 128).sum(),
        };
        let mut writer = Writer {
            out: Vec::with_capacity(256 + data),
            data: 0,
            keep_data: true,
            bare: Vec::new(),
            misread: None,
        };
        writer.pdu(self);
        match writer.misread(self) {
            Some(place) => Err(EncodeError::Raw { place }),
            None => Ok(writer.out),
        }
    }

    /// How many octets the PDU takes, without copying the data of its parts and without the checks of [`Pdu::encode`].
    pub fn encoded_size(&self) -> usize {
        let mut writer = Writer {
            out: Vec::with_capacity(256),
            data: 0,
            keep_data: false,
            bare: Vec::new(),
            misread: None,
        };
        writer.pdu(self);
        writer.out.len() + writer.data
    }
}

struct Writer {
    out: Vec<u8>,
    data: usize,
    keep_data: bool,
    /// Where the value of a text header is a single raw octet: its index among the headers, and its place.
    bare: Vec<(usize, usize)>,
    /// A content type or part in which such an octet stands and would be read as a text.
    misread: Option<String>,
}

impl Writer {
    fn pdu(&mut self, pdu: &Pdu) {
        for (index, header) in pdu.headers.iter().enumerate() {
            match &header.field {
                Field::Application(name) => {
                    self.out.extend_from_slice(name);
                    self.out.push(0);
                }
                field => self.out.extend(field.octet()),
            }
            if matches!(&header.value, Value::Raw(octets) if octets.first().is_some_and(|&first| first >= 0x80))
                && matches!(header.field.kind(), Kind::Text | Kind::Encoded)
            {
                self.bare.push((index, self.out.len()));
            }
            put_value(&mut self.out, &header.value);
        }
        let Some(content_type) = &pdu.content_type else {
            return;
        };
        self.out.extend(Field::ContentType.octet());
        if !put_content_type(&mut self.out, content_type) {
            self.misread = Some("Content-Type".to_owned());
        }
        match &pdu.body {
            Body::None => {}
            Body::Single(data) => self.put_data(data),
            Body::Multipart(entries) => {
                put_uintvar(&mut self.out, entries.len() as u64);
                for (index, entry) in entries.iter().enumerate() {
                    if !self.entry(entry) {
                        self.misread = Some(format!("part {}", index + 1));
                    }
                }
            }
        }
    }

    /// The header whose raw octet a lenient reader would take, with what was written behind it, for a text that lacks its quote.
    fn misread(&self, pdu: &Pdu) -> Option<String> {
        let misread = |&&(_, at): &&(usize, usize)| unquoted_length(&self.out[at..]).is_some();
        let Some((index, _)) = self.bare.iter().find(misread) else {
            return self.misread.clone();
        };
        Some(pdu.headers.get(*index)?.field.name().into_owned())
    }

    /// Whether every raw octet stays one for a reader.
    fn entry(&mut self, entry: &Entry) -> bool {
        let mut headers = Vec::with_capacity(64);
        let mut bare = Vec::new();
        let mut clear = put_content_type(&mut headers, &entry.content_type);
        for header in &entry.headers {
            clear &= put_part_header(&mut headers, header, &mut bare);
        }
        clear &= stay_octets(&headers, &bare);
        put_uintvar(&mut self.out, headers.len() as u64);
        put_uintvar(&mut self.out, entry.data.len() as u64);
        self.out.extend_from_slice(&headers);
        self.put_data(&entry.data);
        clear
    }

    fn put_data(&mut self, data: &Bytes) {
        if self.keep_data {
            self.out.extend_from_slice(data);
        } else {
            self.data += data.len();
        }
    }
}

fn put_value(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Token(octet) => out.push(*octet),
        Value::Text(text) => put_text(out, text),
        Value::Encoded(text) => put_encoded(out, text),
        Value::Integer(integer) => put_integer(out, *integer),
        Value::Raw(octets) => out.extend_from_slice(octets),
        Value::Time(time) => enclosed(out, |inner| {
            let (token, seconds) = match time {
                Time::Absolute(seconds) => (0x80, seconds),
                Time::Relative(seconds) => (0x81, seconds),
            };
            inner.push(token);
            put_integer(inner, *seconds);
        }),
        Value::From(From::InsertAddress) => out.extend_from_slice(&[1, 0x81]),
        Value::From(From::Address(address)) => enclosed(out, |inner| {
            inner.push(0x80);
            put_encoded(inner, address);
        }),
        Value::CountedText(count, text) => enclosed(out, |inner| {
            put_integer(inner, *count);
            put_encoded(inner, text);
        }),
        Value::CountedDate(count, date) => enclosed(out, |inner| {
            put_integer(inner, *count);
            put_integer(inner, *date);
        }),
        Value::Flag(flag, text) => enclosed(out, |inner| {
            inner.push(*flag);
            put_encoded(inner, text);
        }),
        Value::Amount(unit, number) => enclosed(out, |inner| {
            inner.push(*unit);
            put_integer(inner, *number);
        }),
    }
}

/// Writes what `inner` writes, with its Value-length in front.
fn enclosed(out: &mut Vec<u8>, inner: impl FnOnce(&mut Vec<u8>)) {
    let mut octets = Vec::with_capacity(40);
    inner(&mut octets);
    put_value_length(out, octets.len());
    out.extend_from_slice(&octets);
}

fn put_text(out: &mut Vec<u8>, text: &Text) {
    match text.form {
        TextForm::Plain => {}
        TextForm::Quote => out.push(QUOTE),
        TextForm::QuotedString => out.push(QUOTED_STRING),
    }
    out.extend_from_slice(&text.octets);
    out.push(0);
}

fn put_encoded(out: &mut Vec<u8>, text: &EncodedText) {
    match text.charset {
        None => put_text(out, &text.text),
        Some(charset) => enclosed(out, |inner| {
            put_integer(inner, charset);
            put_text(inner, &text.text);
        }),
    }
}

fn put_integer(out: &mut Vec<u8>, integer: Integer) {
    match integer {
        Integer::Short(value) => out.push(0x80 | value),
        Integer::Long { value, octets } => {
            out.push(octets);
            let wide = usize::from(octets);
            out.extend(std::iter::repeat_n(0, wide.saturating_sub(8)));
            out.extend_from_slice(&value.to_be_bytes()[8usize.saturating_sub(wide)..]);
        }
    }
}

/// Whether raw octets at these places, where a text is looked for, stay octets up to the end of the region: see [`Writer::misread`].
fn stay_octets(region: &[u8], bare: &[usize]) -> bool {
    bare.iter()
        .all(|&at| unquoted_length(&region[at..]).is_none())
}

fn is_bare(octets: &[u8]) -> bool {
    octets.first().is_some_and(|&first| first >= 0x80)
}

/// Whether every raw octet stays one for a reader.
fn put_content_type(out: &mut Vec<u8>, content_type: &ContentType) -> bool {
    let mut clear = true;
    if content_type.general || !content_type.parameters.is_empty() {
        enclosed(out, |inner| {
            clear = put_media(inner, &content_type.media, &content_type.parameters);
        });
    } else {
        put_media(out, &content_type.media, &[]);
    }
    clear
}

/// Writes into a region of its own; whether every raw octet stays one for a reader.
fn put_media(out: &mut Vec<u8>, media: &Media, parameters: &[Parameter]) -> bool {
    let mut bare = Vec::new();
    match media {
        Media::Code(code) => put_integer(out, *code),
        Media::Text(text) => put_text(out, text),
    }
    for parameter in parameters {
        match &parameter.name {
            ParameterName::Code(code) => out.push(0x80 | code),
            ParameterName::Text(name) => {
                out.extend_from_slice(name);
                out.push(0);
            }
        }
        match &parameter.value {
            ParameterValue::Text(text) => put_text(out, text),
            ParameterValue::Integer(integer) => put_integer(out, *integer),
            ParameterValue::Raw(octets) => {
                let is_text =
                    matches!(parameter.name, ParameterName::Code(code) if is_text_parameter(code));
                if is_text && is_bare(octets) {
                    bare.push(out.len());
                }
                out.extend_from_slice(octets);
            }
        }
    }
    stay_octets(out, &bare)
}

fn put_part_header(out: &mut Vec<u8>, header: &PartHeader, bare: &mut Vec<usize>) -> bool {
    match &header.field {
        PartField::Named(name) => {
            out.extend_from_slice(name);
            out.push(0);
        }
        field => out.extend(field.octet()),
    }
    match &header.value {
        PartValue::Text(text) => put_text(out, text),
        PartValue::Raw(octets) => {
            let names = matches!(
                header.field,
                PartField::ContentId | PartField::ContentLocation
            );
            if names && is_bare(octets) {
                bare.push(out.len());
            }
            out.extend_from_slice(octets);
        }
        PartValue::Disposition(Disposition { kind, parameters }) => {
            let mut clear = true;
            enclosed(out, |inner| clear = put_media(inner, kind, parameters));
            return clear;
        }
    }
    true
}

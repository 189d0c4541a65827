//! A PDU as an explicit model: every header with its form and place, the content type, the body.

use super::address::Address;
use super::charset::decode_charset;
use super::content::{ContentType, Disposition};
use super::field::{Field, MessageType, Version};
use super::nested::Tree;
use super::text::{EncodedText, Integer, Text};
use bytes::Bytes;
use std::borrow::Cow;
use std::ops::Range;

/// A PDU: headers, then the content type, then the body.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pdu {
    /// All headers but Content-Type, in order.
    pub headers: Vec<Header>,
    /// Content-Type; always the last header.
    pub content_type: Option<ContentType>,
    /// What follows it.
    pub body: Body,
}

/// One header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Which.
    pub field: Field,
    /// Its value.
    pub value: Value,
    /// Where it stands in the PDU, field octet included; 0..0 in a PDU that was not read.
    pub range: Range<usize>,
}

impl Header {
    /// A header that stands nowhere yet.
    pub fn new(field: Field, value: Value) -> Header {
        Header {
            field,
            value,
            range: 0..0,
        }
    }
}

/// The value of a header, in the form in which it stands (OMA-TS-MMS_ENC section 7.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// One octet, 80..FF: a class, a status, yes or no, a version.
    Token(u8),
    /// Text-string.
    Text(Text),
    /// Encoded-string-value.
    Encoded(EncodedText),
    /// Integer-value. Date is a Long-integer, seconds since 1970 UTC.
    Integer(Integer),
    /// Expiry, delivery time, deadline.
    Time(Time),
    /// The sender.
    From(From),
    /// A count and a text.
    CountedText(Integer, EncodedText),
    /// A count and a date.
    CountedDate(Integer, Integer),
    /// An octet (80 add, 81 remove, 82 filter) and a text.
    Flag(u8, EncodedText),
    /// A unit (80 messages, 81 octets) and a number.
    Amount(u8, Integer),
    /// A field whose structure is not known, or a value that does not fit its field: the octets as they stand, length included.
    Raw(Vec<u8>),
}

/// A time, absolute or relative to when the MMSC got the PDU.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Time {
    /// Seconds since 1970 UTC.
    Absolute(Integer),
    /// Seconds from now.
    Relative(Integer),
}

/// The value of From.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum From {
    /// Insert-address token: the MMSC puts in the number of the line.
    InsertAddress,
    /// An address.
    Address(EncodedText),
}

/// What follows the headers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Body {
    /// Nothing: the PDU has no Content-Type.
    #[default]
    None,
    /// The entries of a WSP multipart (WAP-230-WSP section 8.5).
    Multipart(Vec<Entry>),
    /// One content of another media type, up to the end of the PDU.
    Single(Bytes),
}

/// One entry of a multipart, as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its content type.
    pub content_type: ContentType,
    /// Its other headers, in order.
    pub headers: Vec<PartHeader>,
    /// Its data.
    pub data: Bytes,
    /// Where the entry stands, its two lengths included.
    pub range: Range<usize>,
    /// Where its data stands.
    pub data_range: Range<usize>,
}

/// A header of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartHeader {
    /// Which.
    pub field: PartField,
    /// Its value.
    pub value: PartValue,
    /// Where it stands.
    pub range: Range<usize>,
}

impl PartHeader {
    /// A header that stands nowhere yet.
    pub fn new(field: PartField, value: PartValue) -> PartHeader {
        PartHeader {
            field,
            value,
            range: 0..0,
        }
    }
}

/// Which header of an entry (WAP-230-WSP table 39).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PartField {
    /// `C0` Content-ID.
    ContentId,
    /// `8E` Content-Location.
    ContentLocation,
    /// `AE` Content-Disposition, the octet of WSP 1.1 to 1.3.
    ContentDisposition,
    /// `C5` Content-Disposition, the octet of WSP 1.4.
    ContentDisposition14,
    /// `C8` Content-Transfer-Encoding, as AOSP reads it.
    ContentTransferEncoding,
    /// Any other octet 80..FF.
    Unknown(u8),
    /// A name as text, without the closing 00.
    Named(Vec<u8>),
}

impl PartField {
    /// The octet; `None` for a name.
    pub fn octet(&self) -> Option<u8> {
        match self {
            PartField::ContentId => Some(0xC0),
            PartField::ContentLocation => Some(0x8E),
            PartField::ContentDisposition => Some(0xAE),
            PartField::ContentDisposition14 => Some(0xC5),
            PartField::ContentTransferEncoding => Some(0xC8),
            PartField::Unknown(octet) => Some(*octet),
            PartField::Named(_) => None,
        }
    }

    /// The field of an octet.
    pub fn from_octet(octet: u8) -> PartField {
        match octet {
            0xC0 => PartField::ContentId,
            0x8E => PartField::ContentLocation,
            0xAE => PartField::ContentDisposition,
            0xC5 => PartField::ContentDisposition14,
            0xC8 => PartField::ContentTransferEncoding,
            other => PartField::Unknown(other),
        }
    }

    /// The name as it is commonly spelled.
    pub fn name(&self) -> Cow<'_, str> {
        match self {
            PartField::ContentId => "Content-ID".into(),
            PartField::ContentLocation => "Content-Location".into(),
            PartField::ContentDisposition | PartField::ContentDisposition14 => {
                "Content-Disposition".into()
            }
            PartField::ContentTransferEncoding => "Content-Transfer-Encoding".into(),
            PartField::Unknown(octet) => format!("unknown field {octet:02X}").into(),
            PartField::Named(name) => String::from_utf8_lossy(name),
        }
    }
}

/// The value of an entry's header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartValue {
    /// Text, with its form.
    Text(Text),
    /// Content-Disposition.
    Disposition(Disposition),
    /// Anything else: the octets as they stand.
    Raw(Vec<u8>),
}

impl Entry {
    /// Content-ID as it stands (with angle brackets if it has them), whether as field or as a header with its name as text.
    pub fn content_id(&self) -> Option<String> {
        self.text(&PartField::ContentId)
    }

    /// Content-Location.
    pub fn content_location(&self) -> Option<String> {
        self.text(&PartField::ContentLocation)
    }

    pub(super) fn text(&self, wanted: &PartField) -> Option<String> {
        self.headers.iter().find_map(|header| match &header.value {
            PartValue::Text(text) if header.field.name().eq_ignore_ascii_case(&wanted.name()) => {
                Some(text.to_text())
            }
            _ => None,
        })
    }

    /// The file name that a Content-Disposition gives it.
    pub(super) fn filename(&self) -> Option<String> {
        self.headers.iter().find_map(|header| match &header.value {
            PartValue::Disposition(disposition) => disposition.filename(),
            _ => None,
        })
    }

    /// The entry as a person thinks of it, its data as phones show it: without transfer encoding.
    pub fn part(&self) -> Part {
        Part {
            content_type: self.content_type.media_type(),
            charset: self.content_type.charset(),
            name: self.content_type.name().or_else(|| self.filename()),
            content_id: self.content_id().map(|id| bare_id(&id).to_owned()),
            content_location: self.content_location(),
            data: self.decoded().unwrap_or_else(|| self.data.clone()),
        }
    }
}

/// A Content-ID without its angle brackets.
pub(super) fn bare_id(id: &str) -> &str {
    id.strip_prefix('<')
        .and_then(|id| id.strip_suffix('>'))
        .unwrap_or(id)
}

/// One part of a message: what it is, what it is called, what is in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Part {
    /// Media type, such as `text/plain` or `image/jpeg`.
    pub content_type: String,
    /// MIBenum of a text's charset.
    pub charset: Option<u64>,
    /// File name.
    pub name: Option<String>,
    /// Content-ID, without angle brackets.
    pub content_id: Option<String>,
    /// Content-Location, by which SMIL speaks of it.
    pub content_location: Option<String>,
    /// The data.
    pub data: Bytes,
}

impl Part {
    /// A part of plain text in UTF-8.
    pub fn plain_text(text: impl Into<String>) -> Part {
        Part {
            content_type: "text/plain".to_owned(),
            charset: Some(super::MIB_UTF_8),
            data: Bytes::from(text.into()),
            ..Part::default()
        }
    }

    /// A part of any type.
    pub fn new(
        content_type: impl Into<String>,
        name: Option<String>,
        data: impl Into<Bytes>,
    ) -> Part {
        Part {
            content_type: content_type.into(),
            name,
            data: data.into(),
            ..Part::default()
        }
    }

    /// Whether it is text to be read by a person (and not the SMIL that arranges the others).
    pub fn is_text(&self) -> bool {
        self.content_type.starts_with("text/")
    }

    /// Whether it is the presentation.
    pub fn is_smil(&self) -> bool {
        self.content_type == "application/smil"
    }

    /// The text of a part that is text or SMIL, by its charset; `None` for anything else.
    pub fn text(&self) -> Option<String> {
        (self.is_text() || self.is_smil()).then(|| decode_charset(&self.data, self.charset))
    }
}

impl Pdu {
    /// The value of a header; of several the last one, as AOSP takes it.
    pub fn get(&self, field: &Field) -> Option<&Value> {
        self.headers
            .iter()
            .rev()
            .find(|header| header.field == *field)
            .map(|header| &header.value)
    }

    /// The values of all headers of a field, in order.
    pub fn all(&self, field: &Field) -> impl Iterator<Item = &Value> {
        let field = field.clone();
        self.headers
            .iter()
            .filter(move |header| header.field == field)
            .map(|header| &header.value)
    }

    /// The octet of a field whose value is one.
    pub fn token(&self, field: &Field) -> Option<u8> {
        match self.get(field)? {
            Value::Token(octet) => Some(*octet),
            _ => None,
        }
    }

    /// The text of a field whose value is text, with or without charset.
    pub fn text(&self, field: &Field) -> Option<String> {
        self.get(field).and_then(value_text)
    }

    /// What kind of PDU it is; `None` where the header is missing or unreadable.
    pub fn message_type(&self) -> Option<MessageType> {
        self.token(&Field::MessageType).map(MessageType)
    }

    /// X-Mms-Transaction-Id.
    pub fn transaction_id(&self) -> Option<String> {
        self.text(&Field::TransactionId)
    }

    /// X-Mms-MMS-Version.
    pub fn version(&self) -> Option<Version> {
        self.token(&Field::MmsVersion).and_then(Version::from_octet)
    }

    /// The time of a field whose value is one.
    pub fn time(&self, field: &Field) -> Option<Time> {
        match self.get(field)? {
            Value::Time(time) => Some(*time),
            _ => None,
        }
    }

    /// The number of a field whose value is one.
    pub fn integer(&self, field: &Field) -> Option<u64> {
        match self.get(field)? {
            Value::Integer(number) => Some(number.value()),
            _ => None,
        }
    }

    /// Date, in seconds since 1970 UTC.
    pub fn date(&self) -> Option<u64> {
        self.integer(&Field::Date)
    }

    /// From.
    pub fn from(&self) -> Option<&From> {
        match self.get(&Field::From)? {
            Value::From(from) => Some(from),
            _ => None,
        }
    }

    /// Subject.
    pub fn subject(&self) -> Option<String> {
        self.text(&Field::Subject)
    }

    /// The addresses of To, Cc or Bcc, in order.
    pub fn addresses(&self, field: &Field) -> Vec<Address> {
        self.all(field)
            .filter_map(value_text)
            .map(|raw| Address::read(&raw))
            .collect()
    }

    /// The addresses of To, Cc and Bcc, in this order.
    pub fn recipients(&self) -> Vec<Address> {
        [Field::To, Field::Cc, Field::Bcc]
            .iter()
            .flat_map(|field| self.addresses(field))
            .collect()
    }

    /// The parts as phones show them, SMIL included: a part that is itself a multipart gives those inside it, of several alternatives the plain text
    /// or else the first one. A body that is no multipart is one part.
    pub fn parts(&self) -> Vec<Part> {
        match (&self.body, &self.content_type) {
            (Body::Multipart(entries), _) => Tree::of(entries).parts(),
            (Body::Single(data), Some(content_type)) => vec![Part {
                content_type: content_type.media_type(),
                charset: content_type.charset(),
                name: content_type.name(),
                data: data.clone(),
                ..Part::default()
            }],
            _ => Vec::new(),
        }
    }

    /// The texts of the parts that are text, in order, without the SMIL.
    pub fn texts(&self) -> Vec<String> {
        self.parts()
            .iter()
            .filter(|part| part.is_text())
            .filter_map(Part::text)
            .collect()
    }

    /// The same PDU without the places at which it stood: two PDUs that say the same in the same form are equal then.
    pub fn unplaced(mut self) -> Pdu {
        for header in &mut self.headers {
            header.range = 0..0;
        }
        if let Some(content_type) = &mut self.content_type {
            content_type.range = 0..0;
        }
        if let Body::Multipart(entries) = &mut self.body {
            for entry in entries {
                entry.range = 0..0;
                entry.data_range = 0..0;
                entry.content_type.range = 0..0;
                for header in &mut entry.headers {
                    header.range = 0..0;
                }
            }
        }
        self
    }
}

fn value_text(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.to_text()),
        Value::Encoded(text) | Value::From(From::Address(text)) => Some(text.to_text()),
        _ => None,
    }
}

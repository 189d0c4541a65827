//! M-Send.req: a message as a person thinks of it, made into a PDU that every known MMSC and phone reads.
//!
//! The choices come from what readers misread: addresses go out as plain text (an old reader refuses a charset there), a subject that is not ASCII
//! with charset and quote, texts in UTF-8 with their charset, parameters by their old codes.

use super::address::Address;
use super::content::{ContentType, Parameter};
use super::encode::EncodeError;
use super::field::{Field, MessageType, Version};
use super::options::Options;
use super::pdu::{Body, Entry, From, Header, Part, PartField, PartHeader, PartValue, Pdu, Value};
use super::smil::presentation;
use super::text::{EncodedText, Integer, Text};
use bytes::Bytes;
use std::collections::HashSet;

/// Who the message says it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Sender {
    /// Insert-address token: the MMSC puts in the number of the line. What most carriers want.
    #[default]
    InsertAddress,
    /// A number or e-mail address.
    Address(String),
}

/// How the parts are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Layout {
    /// multipart.related that begins with a SMIL; the SMIL is written here unless the first part is one.
    #[default]
    Smil,
    /// multipart.related that begins with its first part, without SMIL: the least that a plain text needs.
    Related,
    /// multipart.mixed, without SMIL.
    Mixed,
}

/// A message to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendReq {
    /// X-Mms-Transaction-Id; see [`TransactionId::new`].
    pub transaction_id: String,
    /// X-Mms-MMS-Version.
    pub version: Version,
    /// From.
    pub from: Sender,
    /// Addresses of To, as typed: see [`Address::write`].
    pub to: Vec<String>,
    /// Addresses of Cc.
    pub cc: Vec<String>,
    /// Addresses of Bcc.
    pub bcc: Vec<String>,
    /// Subject; an empty one is left out. Line breaks become spaces.
    pub subject: Option<String>,
    /// Date, in seconds since 1970 UTC.
    pub date: Option<u64>,
    /// Class, priority, times, reports, visibility of the sender.
    pub options: Options,
    /// The parts, in the order in which they are to be shown.
    pub parts: Vec<Part>,
    /// How they are put together.
    pub layout: Layout,
}

impl SendReq {
    /// A message of MMS 1.2 from the line itself, with nothing in it yet.
    pub fn new(transaction_id: impl Into<String>) -> SendReq {
        SendReq {
            transaction_id: transaction_id.into(),
            version: Version::V1_2,
            from: Sender::InsertAddress,
            to: Vec::new(),
            cc: Vec::new(),
            bcc: Vec::new(),
            subject: None,
            date: None,
            options: Options::default(),
            parts: Vec::new(),
            layout: Layout::Smil,
        }
    }

    /// The octets of the PDU.
    ///
    /// # Errors
    /// No recipient, no part, an address that is none, or a text that cannot be written (a 00 in it).
    pub fn encode(&self) -> Result<Vec<u8>, EncodeError> {
        let mut recipients = self.to.iter().chain(&self.cc).chain(&self.bcc).peekable();
        if recipients.peek().is_none() {
            return Err(EncodeError::NoRecipient);
        }
        let sender = match &self.from {
            Sender::InsertAddress => None,
            Sender::Address(address) => Some(address),
        };
        if let Some(address) = recipients
            .chain(sender)
            .find(|address| !is_address(address))
        {
            return Err(EncodeError::Address {
                address: address.clone(),
            });
        }
        if self.parts.is_empty() {
            return Err(EncodeError::NoParts);
        }
        self.pdu().encode()
    }

    /// The PDU as a model, also of a message that is not complete yet. Data is shared, not copied.
    pub fn pdu(&self) -> Pdu {
        let mut headers = vec![
            Header::new(Field::MessageType, Value::Token(MessageType::SEND_REQ.0)),
            Header::new(
                Field::TransactionId,
                Value::Text(Text::new(&self.transaction_id)),
            ),
            Header::new(Field::MmsVersion, Value::Token(self.version.octet())),
        ];
        if let Some(date) = self.date {
            headers.push(Header::new(
                Field::Date,
                Value::Integer(Integer::long(date)),
            ));
        }
        let from = match &self.from {
            Sender::InsertAddress => From::InsertAddress,
            Sender::Address(address) => From::Address(EncodedText::plain(&Address::write(address))),
        };
        headers.push(Header::new(Field::From, Value::From(from)));
        for (field, addresses) in [
            (Field::To, &self.to),
            (Field::Cc, &self.cc),
            (Field::Bcc, &self.bcc),
        ] {
            let address = |address: &String| {
                Header::new(
                    field.clone(),
                    Value::Encoded(EncodedText::plain(&Address::write(address))),
                )
            };
            headers.extend(addresses.iter().map(address));
        }
        if let Some(subject) = self
            .subject
            .as_deref()
            .map(one_line)
            .filter(|subject| !subject.is_empty())
        {
            headers.push(Header::new(
                Field::Subject,
                Value::Encoded(EncodedText::utf8_if_needed(&subject)),
            ));
        }
        headers.extend(self.options.headers());
        let parts = self.named_parts();
        let content_type = self.content_type(&parts);
        Pdu {
            headers,
            content_type: Some(content_type),
            body: Body::Multipart(parts.iter().map(entry).collect()),
        }
    }

    fn content_type(&self, parts: &[Part]) -> ContentType {
        if self.layout == Layout::Mixed {
            return ContentType::new("application/vnd.wap.multipart.mixed");
        }
        related_to(parts)
    }

    /// The parts with a name, a Content-ID and a Content-Location each, the SMIL in front where one is wanted.
    fn named_parts(&self) -> Vec<Part> {
        let mut taken = HashSet::new();
        let mut parts: Vec<Part> = self
            .parts
            .iter()
            .enumerate()
            .map(|(index, part)| named(part, index, &mut taken))
            .collect();
        if self.layout == Layout::Smil && !parts.first().is_some_and(Part::is_smil) {
            let smil = Part {
                content_type: "application/smil".to_owned(),
                charset: Some(super::MIB_UTF_8),
                name: Some("smil.xml".to_owned()),
                content_id: Some("smil".to_owned()),
                content_location: Some("smil.xml".to_owned()),
                data: Bytes::from(presentation(&parts)),
            };
            parts.insert(0, smil);
        }
        parts
    }
}

/// multipart.related that begins with the first of the parts.
fn related_to(parts: &[Part]) -> ContentType {
    let related = ContentType::new("application/vnd.wap.multipart.related");
    let Some(first) = parts.first() else {
        return related;
    };
    let start = format!("<{}>", first.content_id.as_deref().unwrap_or_default());
    related
        .with(Parameter::text(Parameter::START, &start))
        .with(Parameter::text(Parameter::TYPE, &first.content_type))
}

/// The content type for parts as they are: multipart.related where a SMIL leads them, multipart.mixed otherwise.
pub(super) fn multipart_of(parts: &[Part]) -> ContentType {
    match parts.first().is_some_and(Part::is_smil) {
        true => related_to(parts),
        false => ContentType::new("application/vnd.wap.multipart.mixed"),
    }
}

/// How many octets [`SendReq::encode`] would give, complete or not; cheap enough for every key: the data of the parts is not copied.
pub fn encoded_size(message: &SendReq) -> usize {
    message.pdu().encoded_size()
}

/// Makes Transaction-Ids.
#[derive(Debug)]
pub struct TransactionId;

impl TransactionId {
    /// An id that no earlier run has used, from the time (milliseconds since 1970) and a random number: 28 letters and digits.
    #[expect(
        clippy::new_ret_no_self,
        reason = "an id is a plain text everywhere else"
    )]
    pub fn new(unix_ms: u64, random: u64) -> String {
        format!("T{unix_ms:011x}{random:016x}")
    }
}

/// Whether a PDU can carry it as an address: something printable, no control characters, no leading quotation mark.
fn is_address(address: &str) -> bool {
    let address = address.trim();
    !address.is_empty() && !address.starts_with("/TYPE=") && !address.chars().any(char::is_control)
}

/// A text in one line: header values have none.
fn one_line(text: &str) -> String {
    text.split(['\r', '\n', '\0'])
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The part with what it lacks of name, Content-ID and Content-Location; each is made one of a kind and harmless in a header.
fn named(part: &Part, index: usize, taken: &mut HashSet<String>) -> Part {
    let kind = part.content_type.split('/').next().unwrap_or_default();
    let stem = if matches!(kind, "text" | "image" | "audio" | "video") {
        kind
    } else {
        "part"
    };
    let own = format!("{stem}_{index}");
    let given = part
        .content_location
        .as_deref()
        .or(part.name.as_deref())
        .map(harmless)
        .filter(|name| !name.is_empty());
    let mut location = given.unwrap_or_else(|| format!("{own}{}", extension(&part.content_type)));
    if !taken.insert(location.clone()) {
        location = format!("{index}_{location}");
        taken.insert(location.clone());
    }
    let name = part
        .name
        .as_deref()
        .map(harmless)
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| location.clone());
    let id = part
        .content_id
        .as_deref()
        .map(harmless)
        .filter(|id| !id.is_empty())
        .unwrap_or(own);
    Part {
        name: Some(name),
        content_id: Some(id),
        content_location: Some(location),
        ..part.clone()
    }
}

/// A name without what would end it or be read as markup: control characters, quotation marks, angle brackets, folders.
fn harmless(name: &str) -> String {
    let file = name.rsplit(['/', '\\']).next().unwrap_or_default();
    file.chars()
        .filter(|character| !character.is_control() && !matches!(character, '"' | '<' | '>'))
        .collect::<String>()
        .trim()
        .to_owned()
}

fn extension(content_type: &str) -> &'static str {
    match content_type {
        "text/plain" => ".txt",
        "text/html" => ".html",
        "text/x-vCard" | "text/x-vcard" | "text/vcard" => ".vcf",
        "image/jpeg" => ".jpg",
        "image/png" => ".png",
        "image/gif" => ".gif",
        "audio/amr" => ".amr",
        "audio/mpeg" => ".mp3",
        "video/3gpp" => ".3gp",
        "video/mp4" => ".mp4",
        _ => "",
    }
}

/// The entry that a part becomes.
pub(super) fn entry(part: &Part) -> Entry {
    let mut content_type = ContentType::new(&part.content_type);
    if let Some(name) = &part.name {
        content_type = content_type.with(Parameter::text(Parameter::NAME, name));
    }
    if let Some(mib) = part.charset {
        content_type = content_type.with(Parameter::integer(Parameter::CHARSET, mib));
    }
    let mut headers = Vec::with_capacity(2);
    if let Some(id) = &part.content_id {
        headers.push(PartHeader::new(
            PartField::ContentId,
            PartValue::Text(Text::quoted(&format!("<{id}>"))),
        ));
    }
    if let Some(location) = &part.content_location {
        headers.push(PartHeader::new(
            PartField::ContentLocation,
            PartValue::Text(Text::new(location)),
        ));
    }
    Entry {
        content_type,
        headers,
        data: part.data.clone(),
        range: 0..0,
        data_range: 0..0,
    }
}

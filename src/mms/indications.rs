//! The PDUs around receiving and reports, as a client means them: typed values, each read from a [`Pdu`] and made into one.
//!
//! Source: OMA-TS-MMS_ENC sections 6.2 (notification), 6.3 (retrieval), 6.4 (acknowledgement), 6.5 (delivery report), 6.6 (forwarding), 6.7 (read report).
//! Reading is lenient: a header that is missing gives an empty value or `None`, never an error; only another PDU is refused. Writing gives the
//! mandatory headers in the specification's order.

use super::address::Address;
use super::field::{Field, MessageType, Version, token_name};
use super::options::{MessageClass, Options};
use super::pdu::{Body, From, Header, Part, Pdu, Time, Value};
use super::send_req::Sender;
use super::status::ResponseStatus;
use super::text::{EncodedText, Integer, Text};
use thiserror::Error;

/// A PDU of another kind than the one asked for.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("this is no {wanted} but {found}")]
pub struct WrongPdu {
    /// What was asked for.
    pub wanted: &'static str,
    /// What it is.
    pub found: String,
}

/// Refuses a PDU of another kind.
fn must_be(pdu: &Pdu, wanted: MessageType) -> Result<(), WrongPdu> {
    let found = match pdu.message_type() {
        Some(found) if found == wanted => return Ok(()),
        Some(found) => found
            .name()
            .map_or_else(|| format!("a PDU of type {:02X}", found.0), str::to_owned),
        None => "no MMS PDU".to_owned(),
    };
    Err(WrongPdu {
        wanted: wanted.name().unwrap_or("MMS PDU"),
        found,
    })
}

/// X-Mms-Status: what became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Status(pub u8);

impl Status {
    /// It expired before it was fetched.
    pub const EXPIRED: Status = Status(0x80);
    /// It was fetched.
    pub const RETRIEVED: Status = Status(0x81);
    /// It was refused.
    pub const REJECTED: Status = Status(0x82);
    /// It will be fetched later.
    pub const DEFERRED: Status = Status(0x83);

    /// Its name; `None` for an octet that is not assigned.
    pub fn name(self) -> Option<&'static str> {
        token_name(&Field::Status, self.0)
    }
}

/// Headers in the making.
struct Headers(Vec<Header>);

impl Headers {
    fn new(message_type: MessageType) -> Headers {
        let first = Header::new(Field::MessageType, Value::Token(message_type.0));
        Headers(vec![first])
    }

    fn put(&mut self, field: Field, value: Value) -> &mut Headers {
        self.0.push(Header::new(field, value));
        self
    }

    /// A text up to its first 00, which would end it.
    fn text(&mut self, field: Field, text: &str) -> &mut Headers {
        let text = text.split('\0').next().unwrap_or_default();
        self.put(field, Value::Text(Text::new(text)))
    }

    fn encoded(&mut self, field: Field, text: &str) -> &mut Headers {
        let text = text.split('\0').next().unwrap_or_default();
        self.put(field, Value::Encoded(EncodedText::utf8_if_needed(text)))
    }

    fn address(&mut self, field: Field, address: &str) -> &mut Headers {
        let text = EncodedText::plain(&Address::write(address));
        self.put(field, Value::Encoded(text))
    }

    fn from(&mut self, sender: &Sender) -> &mut Headers {
        let from = match sender {
            Sender::InsertAddress => From::InsertAddress,
            Sender::Address(address) => From::Address(EncodedText::plain(&Address::write(address))),
        };
        self.put(Field::From, Value::From(from))
    }

    fn date(&mut self, seconds: u64) -> &mut Headers {
        self.put(Field::Date, Value::Integer(Integer::long(seconds)))
    }

    fn version(&mut self, version: Version) -> &mut Headers {
        self.put(Field::MmsVersion, Value::Token(version.octet()))
    }

    fn pdu(&mut self) -> Pdu {
        Pdu {
            headers: std::mem::take(&mut self.0),
            ..Pdu::default()
        }
    }
}

fn version(pdu: &Pdu) -> Version {
    pdu.version().unwrap_or(Version::V1_0)
}

fn sender(pdu: &Pdu) -> Sender {
    match pdu.from() {
        Some(From::Address(address)) => Sender::Address(address.to_text()),
        _ => Sender::InsertAddress,
    }
}

fn first_to(pdu: &Pdu) -> String {
    pdu.addresses(&Field::To)
        .into_iter()
        .next()
        .map_or_else(String::new, |address| address.raw)
}

fn yes_no(said: bool) -> Value {
    Value::Token(if said { 0x80 } else { 0x81 })
}

/// M-Notification.ind: a message waits at the MMSC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotificationInd {
    /// X-Mms-Transaction-Id, which the answer repeats.
    pub transaction_id: String,
    /// X-Mms-MMS-Version.
    pub version: Version,
    /// From, as it stands; `None` where the sender is not shown.
    pub from: Option<String>,
    /// Subject.
    pub subject: Option<String>,
    /// X-Mms-Message-Class.
    pub class: MessageClass,
    /// X-Mms-Message-Size, in octets; approximate.
    pub size: u64,
    /// X-Mms-Expiry: until when it can be fetched.
    pub expiry: Option<Time>,
    /// X-Mms-Content-Location: the URI to GET.
    pub content_location: String,
}

impl NotificationInd {
    /// Reads it.
    ///
    /// # Errors
    /// Another PDU.
    pub fn read(pdu: &Pdu) -> Result<Self, WrongPdu> {
        must_be(pdu, MessageType::NOTIFICATION_IND)?;
        Ok(Self {
            transaction_id: pdu.transaction_id().unwrap_or_default(),
            version: version(pdu),
            from: match pdu.from() {
                Some(From::Address(address)) => Some(address.to_text()),
                _ => None,
            },
            subject: pdu.subject(),
            class: Options::read(pdu).class.unwrap_or(MessageClass::Personal),
            size: pdu.integer(&Field::MessageSize).unwrap_or(0),
            expiry: pdu.time(&Field::Expiry),
            content_location: pdu.text(&Field::ContentLocation).unwrap_or_default(),
        })
    }

    /// The PDU that says it.
    pub fn pdu(&self) -> Pdu {
        let mut headers = Headers::new(MessageType::NOTIFICATION_IND);
        headers
            .text(Field::TransactionId, &self.transaction_id)
            .version(self.version);
        if let Some(from) = &self.from {
            headers.from(&Sender::Address(from.clone()));
        }
        if let Some(subject) = &self.subject {
            headers.encoded(Field::Subject, subject);
        }
        headers
            .put(Field::MessageClass, self.class.value())
            .put(Field::MessageSize, Value::Integer(Integer::long(self.size)));
        if let Some(expiry) = self.expiry {
            headers.put(Field::Expiry, Value::Time(expiry));
        }
        headers
            .text(Field::ContentLocation, &self.content_location)
            .pdu()
    }
}

/// M-NotifyResp.ind: what the client does about a notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotifyRespInd {
    /// That of the notification.
    pub transaction_id: String,
    /// X-Mms-MMS-Version.
    pub version: Version,
    /// X-Mms-Status.
    pub status: Status,
    /// X-Mms-Report-Allowed: whether the sender may be told of the delivery.
    pub report_allowed: Option<bool>,
}

impl NotifyRespInd {
    /// Reads it. A missing status counts as 85, indeterminate.
    ///
    /// # Errors
    /// Another PDU.
    pub fn read(pdu: &Pdu) -> Result<Self, WrongPdu> {
        must_be(pdu, MessageType::NOTIFY_RESP_IND)?;
        Ok(Self {
            transaction_id: pdu.transaction_id().unwrap_or_default(),
            version: version(pdu),
            status: Status(pdu.token(&Field::Status).unwrap_or(0x85)),
            report_allowed: report_allowed(pdu),
        })
    }

    /// The PDU that says it.
    pub fn pdu(&self) -> Pdu {
        let mut headers = Headers::new(MessageType::NOTIFY_RESP_IND);
        headers
            .text(Field::TransactionId, &self.transaction_id)
            .version(self.version)
            .put(Field::Status, Value::Token(self.status.0));
        if let Some(said) = self.report_allowed {
            headers.put(Field::ReportAllowed, yes_no(said));
        }
        headers.pdu()
    }
}

fn report_allowed(pdu: &Pdu) -> Option<bool> {
    match pdu.token(&Field::ReportAllowed)? {
        0x80 => Some(true),
        0x81 => Some(false),
        _ => None,
    }
}

/// M-Acknowledge.ind: the client has the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcknowledgeInd {
    /// That of the M-Retrieve.conf.
    pub transaction_id: String,
    /// X-Mms-MMS-Version.
    pub version: Version,
    /// X-Mms-Report-Allowed: whether the sender may be told of the delivery.
    pub report_allowed: Option<bool>,
}

impl AcknowledgeInd {
    /// Reads it.
    ///
    /// # Errors
    /// Another PDU.
    pub fn read(pdu: &Pdu) -> Result<Self, WrongPdu> {
        must_be(pdu, MessageType::ACKNOWLEDGE_IND)?;
        Ok(Self {
            transaction_id: pdu.transaction_id().unwrap_or_default(),
            version: version(pdu),
            report_allowed: report_allowed(pdu),
        })
    }

    /// The PDU that says it.
    pub fn pdu(&self) -> Pdu {
        let mut headers = Headers::new(MessageType::ACKNOWLEDGE_IND);
        headers
            .text(Field::TransactionId, &self.transaction_id)
            .version(self.version);
        if let Some(said) = self.report_allowed {
            headers.put(Field::ReportAllowed, yes_no(said));
        }
        headers.pdu()
    }
}

/// M-Retrieve.conf: the message itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetrieveConf {
    /// X-Mms-Transaction-Id; there where an M-Acknowledge.ind is wanted.
    pub transaction_id: Option<String>,
    /// X-Mms-MMS-Version.
    pub version: Version,
    /// Message-ID, by which a read report speaks of it.
    pub message_id: Option<String>,
    /// Date, in seconds since 1970 UTC.
    pub date: Option<u64>,
    /// From, as it stands.
    pub from: Option<String>,
    /// Addresses of To, as they stand.
    pub to: Vec<String>,
    /// Addresses of Cc.
    pub cc: Vec<String>,
    /// Subject.
    pub subject: Option<String>,
    /// Class, priority, reports.
    pub options: Options,
    /// X-Mms-Retrieve-Status: 80 for Ok; not there where nothing went wrong, before MMS 1.1.
    pub retrieve_status: Option<u8>,
    /// X-Mms-Retrieve-Text.
    pub retrieve_text: Option<String>,
    /// The parts, SMIL included.
    pub parts: Vec<Part>,
}

impl RetrieveConf {
    /// Reads it.
    ///
    /// # Errors
    /// Another PDU.
    pub fn read(pdu: &Pdu) -> Result<Self, WrongPdu> {
        must_be(pdu, MessageType::RETRIEVE_CONF)?;
        let list = |field| pdu.addresses(&field).into_iter().map(|a| a.raw).collect();
        Ok(Self {
            transaction_id: pdu.transaction_id(),
            version: version(pdu),
            message_id: pdu.text(&Field::MessageId),
            date: pdu.date(),
            from: match pdu.from() {
                Some(From::Address(address)) => Some(address.to_text()),
                _ => None,
            },
            to: list(Field::To),
            cc: list(Field::Cc),
            subject: pdu.subject(),
            options: Options::read(pdu),
            retrieve_status: pdu.token(&Field::RetrieveStatus),
            retrieve_text: pdu.text(&Field::RetrieveText),
            parts: pdu.parts(),
        })
    }

    /// The PDU that says it, its parts as they are: a multipart.related where the first one is a SMIL, else multipart.mixed.
    pub fn pdu(&self) -> Pdu {
        let mut headers = Headers::new(MessageType::RETRIEVE_CONF);
        if let Some(id) = &self.transaction_id {
            headers.text(Field::TransactionId, id);
        }
        headers.version(self.version);
        if let Some(id) = &self.message_id {
            headers.text(Field::MessageId, id);
        }
        if let Some(date) = self.date {
            headers.date(date);
        }
        if let Some(from) = &self.from {
            headers.from(&Sender::Address(from.clone()));
        }
        for to in &self.to {
            headers.address(Field::To, to);
        }
        for cc in &self.cc {
            headers.address(Field::Cc, cc);
        }
        if let Some(subject) = &self.subject {
            headers.encoded(Field::Subject, subject);
        }
        headers.0.extend(self.options.headers());
        if let Some(status) = self.retrieve_status {
            headers.put(Field::RetrieveStatus, Value::Token(status));
        }
        if let Some(text) = &self.retrieve_text {
            headers.encoded(Field::RetrieveText, text);
        }
        let mut pdu = headers.pdu();
        pdu.content_type = Some(super::send_req::multipart_of(&self.parts));
        pdu.body = Body::Multipart(self.parts.iter().map(super::send_req::entry).collect());
        pdu
    }
}

/// M-Delivery.ind: what became of a message for one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryInd {
    /// X-Mms-MMS-Version.
    pub version: Version,
    /// Message-ID of the M-Send.conf.
    pub message_id: String,
    /// To: the recipient that it is about, as it stands.
    pub to: String,
    /// Date, in seconds since 1970 UTC.
    pub date: u64,
    /// X-Mms-Status.
    pub status: Status,
    /// X-Mms-Status-Text (MMS 1.3).
    pub status_text: Option<String>,
}

impl DeliveryInd {
    /// Reads it. A missing status counts as 85, indeterminate.
    ///
    /// # Errors
    /// Another PDU.
    pub fn read(pdu: &Pdu) -> Result<Self, WrongPdu> {
        must_be(pdu, MessageType::DELIVERY_IND)?;
        Ok(Self {
            version: version(pdu),
            message_id: pdu.text(&Field::MessageId).unwrap_or_default(),
            to: first_to(pdu),
            date: pdu.date().unwrap_or(0),
            status: Status(pdu.token(&Field::Status).unwrap_or(0x85)),
            status_text: pdu.text(&Field::StatusText),
        })
    }

    /// The PDU that says it.
    pub fn pdu(&self) -> Pdu {
        let mut headers = Headers::new(MessageType::DELIVERY_IND);
        headers
            .version(self.version)
            .text(Field::MessageId, &self.message_id)
            .address(Field::To, &self.to)
            .date(self.date)
            .put(Field::Status, Value::Token(self.status.0));
        if let Some(text) = &self.status_text {
            headers.encoded(Field::StatusText, text);
        }
        headers.pdu()
    }
}

/// What a read report says, on its way to the MMSC (M-Read-Rec.ind) and from there to the sender (M-Read-Orig.ind).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadReport {
    /// X-Mms-MMS-Version.
    pub version: Version,
    /// Message-ID of the message that was read.
    pub message_id: String,
    /// To: who sent that message.
    pub to: String,
    /// From: who read it.
    pub from: Sender,
    /// Date of reading, in seconds since 1970 UTC; M-Read-Rec.ind may leave it out.
    pub date: Option<u64>,
    /// Read, or deleted without being read.
    pub read: bool,
}

impl ReadReport {
    /// Reads an M-Read-Rec.ind.
    ///
    /// # Errors
    /// Another PDU.
    pub fn read_rec(pdu: &Pdu) -> Result<Self, WrongPdu> {
        Self::read(pdu, MessageType::READ_REC_IND)
    }

    /// Reads an M-Read-Orig.ind.
    ///
    /// # Errors
    /// Another PDU.
    pub fn read_orig(pdu: &Pdu) -> Result<Self, WrongPdu> {
        Self::read(pdu, MessageType::READ_ORIG_IND)
    }

    fn read(pdu: &Pdu, message_type: MessageType) -> Result<Self, WrongPdu> {
        must_be(pdu, message_type)?;
        Ok(Self {
            version: version(pdu),
            message_id: pdu.text(&Field::MessageId).unwrap_or_default(),
            to: first_to(pdu),
            from: sender(pdu),
            date: pdu.date(),
            read: pdu.token(&Field::ReadStatus) == Some(0x80),
        })
    }

    /// The M-Read-Rec.ind that says it.
    pub fn rec(&self) -> Pdu {
        self.pdu(MessageType::READ_REC_IND)
    }

    /// The M-Read-Orig.ind that says it.
    pub fn orig(&self) -> Pdu {
        self.pdu(MessageType::READ_ORIG_IND)
    }

    fn pdu(&self, message_type: MessageType) -> Pdu {
        let mut headers = Headers::new(message_type);
        headers
            .version(self.version)
            .text(Field::MessageId, &self.message_id)
            .address(Field::To, &self.to)
            .from(&self.from);
        if let Some(date) = self.date {
            headers.date(date);
        }
        headers.put(Field::ReadStatus, yes_no(self.read)).pdu()
    }
}

/// M-Forward.req: have the MMSC forward a message that was not fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForwardReq {
    /// X-Mms-Transaction-Id.
    pub transaction_id: String,
    /// X-Mms-MMS-Version.
    pub version: Version,
    /// Date, in seconds since 1970 UTC.
    pub date: Option<u64>,
    /// From.
    pub from: Sender,
    /// Addresses of To.
    pub to: Vec<String>,
    /// Addresses of Cc.
    pub cc: Vec<String>,
    /// Addresses of Bcc.
    pub bcc: Vec<String>,
    /// Expiry, delivery time, reports; class, priority and visibility do not belong here and are not written.
    pub options: Options,
    /// X-Mms-Content-Location of the notification.
    pub content_location: String,
}

impl ForwardReq {
    /// Reads it.
    ///
    /// # Errors
    /// Another PDU.
    pub fn read(pdu: &Pdu) -> Result<Self, WrongPdu> {
        must_be(pdu, MessageType::FORWARD_REQ)?;
        let list = |field| pdu.addresses(&field).into_iter().map(|a| a.raw).collect();
        Ok(Self {
            transaction_id: pdu.transaction_id().unwrap_or_default(),
            version: version(pdu),
            date: pdu.date(),
            from: sender(pdu),
            to: list(Field::To),
            cc: list(Field::Cc),
            bcc: list(Field::Bcc),
            options: Options::read(pdu),
            content_location: pdu.text(&Field::ContentLocation).unwrap_or_default(),
        })
    }

    /// The PDU that says it.
    pub fn pdu(&self) -> Pdu {
        let mut headers = Headers::new(MessageType::FORWARD_REQ);
        headers
            .text(Field::TransactionId, &self.transaction_id)
            .version(self.version);
        if let Some(date) = self.date {
            headers.date(date);
        }
        headers.from(&self.from);
        for (field, list) in [
            (Field::To, &self.to),
            (Field::Cc, &self.cc),
            (Field::Bcc, &self.bcc),
        ] {
            for address in list {
                headers.address(field.clone(), address);
            }
        }
        let options = Options {
            class: None,
            priority: None,
            visibility: None,
            ..self.options.clone()
        };
        headers.0.extend(options.headers());
        headers
            .text(Field::ContentLocation, &self.content_location)
            .pdu()
    }
}

/// M-Forward.conf: the answer to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForwardConf {
    /// That of the request.
    pub transaction_id: String,
    /// X-Mms-MMS-Version.
    pub version: Version,
    /// X-Mms-Response-Status.
    pub response_status: ResponseStatus,
    /// X-Mms-Response-Text.
    pub response_text: Option<String>,
    /// Message-ID.
    pub message_id: Option<String>,
}

impl ForwardConf {
    /// Reads it. A missing status counts as 81, unspecified error.
    ///
    /// # Errors
    /// Another PDU.
    pub fn read(pdu: &Pdu) -> Result<Self, WrongPdu> {
        must_be(pdu, MessageType::FORWARD_CONF)?;
        Ok(Self {
            transaction_id: pdu.transaction_id().unwrap_or_default(),
            version: version(pdu),
            response_status: ResponseStatus(pdu.token(&Field::ResponseStatus).unwrap_or(0x81)),
            response_text: pdu.text(&Field::ResponseText),
            message_id: pdu.text(&Field::MessageId),
        })
    }

    /// The PDU that says it.
    pub fn pdu(&self) -> Pdu {
        let mut headers = Headers::new(MessageType::FORWARD_CONF);
        headers
            .text(Field::TransactionId, &self.transaction_id)
            .version(self.version)
            .put(
                Field::ResponseStatus,
                Value::Token(self.response_status.octet()),
            );
        if let Some(text) = &self.response_text {
            headers.encoded(Field::ResponseText, text);
        }
        if let Some(id) = &self.message_id {
            headers.text(Field::MessageId, id);
        }
        headers.pdu()
    }
}

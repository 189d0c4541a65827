//! The PDUs around receiving and reports, as a client means them: typed values, each read from a [`Pdu`] and made into one.
//!
//! Source: OMA-TS-MMS_ENC sections 6.2 (notification), 6.3 (retrieval), 6.4 (acknowledgement), 6.5 (delivery report), 6.6 (forwarding), 6.7 (read report).
//! Reading is lenient: a header that is missing gives an empty value or `None`, never an error; only another PDU is refused. Writing gives the
//! mandatory headers in the specification's order.

mod forwarding;
mod notification;
mod report;
mod retrieval;

pub use forwarding::{ForwardConf, ForwardReq};
pub use notification::{NotificationInd, NotifyRespInd};
pub use report::{DeliveryInd, ReadReport};
pub use retrieval::{AcknowledgeInd, RetrieveConf};

use super::address::Address;
use super::field::{Field, MessageType, Version, token_name};
use super::pdu::{From, Header, Pdu, Value};
use super::send_req::Sender;
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

fn report_allowed(pdu: &Pdu) -> Option<bool> {
    match pdu.token(&Field::ReportAllowed)? {
        0x80 => Some(true),
        0x81 => Some(false),
        _ => None,
    }
}

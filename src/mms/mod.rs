//! The MMS language: PDU ⇄ octets.
//!
//! Comes in: octets (a PDU, whole or broken), or a message as a person thinks of it ([`SendReq`]). Goes out: an explicit model ([`Pdu`]) with the
//! place of every field and a list of what is wrong ([`Lint`]), or octets. Never happens here: I/O, waiting, asking a clock or a random generator.
//!
//! Two layers. [`Pdu`] is what stands in the octets, form included: a text with or without charset, a quote, an integer with a leading zero are told
//! apart, so that what was read can be written back. [`SendReq`] and [`SendConf`] are what a client means; they are made into, and read from, a [`Pdu`].
//!
//! Reading is lenient and total: any octets give a [`Decoded`]. Writing is strict: [`Pdu::encode`] refuses what a reader could misunderstand.
//!
//! Sources: OMA-TS-MMS_ENC (MMS 1.0 to 1.3: headers, PDUs, status values) and WAP-230-WSP section 8 (primitive encodings, content types, multipart).

mod address;
mod charset;
mod content;
mod decode;
mod encode;
mod examine;
mod field;
mod indications;
mod json;
mod lint;
mod media;
mod nested;
mod options;
mod outline;
mod pdu;
mod push;
mod rfc2047;
mod send_conf;
mod send_req;
mod smil;
mod status;
mod text;
mod transfer;
mod wrapping;
mod wsp;

pub use address::{Address, AddressKind};
pub use charset::{MIB_US_ASCII, MIB_UTF_8, charset_name, decode_charset};
pub use content::{ContentType, Disposition, Media, Parameter, ParameterName, ParameterValue};
pub use decode::Decoded;
pub use encode::EncodeError;
pub use field::{Field, Kind, MessageType, Version, token_name};
pub use indications::{
    AcknowledgeInd, DeliveryInd, ForwardConf, ForwardReq, NotificationInd, NotifyRespInd,
    ReadReport, RetrieveConf, Status, WrongPdu,
};
pub use json::{describe, sha256};
pub use lint::{Lint, Severity};
pub use media::{media_code, media_name};
pub use options::{MessageClass, Options, Priority, Visibility, moment};
pub use outline::{Node, outline};
pub use pdu::{
    Body, Entry, From, Header, Part, PartField, PartHeader, PartValue, Pdu, Time, Value,
};
pub use push::{PORT, Push, PushError, SOURCE_PORT};
pub use send_conf::{SendConf, SendConfError};
pub use send_req::{Layout, SendReq, Sender, TransactionId, encoded_size};
pub use smil::presentation;
pub use status::{ResponseStatus, Retry};
pub use text::{EncodedText, Integer, Text, TextForm};
pub use wrapping::{Form, Layer, NoPdu, Unwrapped, unwrap};

//! What a sender may ask for beside recipients and content: class, priority, times, reports, whether the sender is shown.
//!
//! Source: OMA-TS-MMS_ENC sections 7.3.2 (delivery report), 7.3.13 (expiry), 7.3.14 (delivery time), 7.3.19 (class), 7.3.33 (priority), 7.3.37 (read
//! report), 7.3.55 (sender visibility). An option that is `None` is not written: the MMSC's default holds.

use super::field::Field;
use super::pdu::{Header, Pdu, Time, Value};
use super::text::{Integer, Text};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// X-Mms-Message-Class.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum MessageClass {
    /// From a person; what holds where nothing is said.
    Personal,
    /// Advertisement.
    Advertisement,
    /// Information from a service.
    Informational,
    /// Made by a machine.
    Auto,
    /// A class of its own, as text.
    Other(String),
}

impl MessageClass {
    /// The class as people write it, in lower case.
    pub fn name(&self) -> &str {
        match self {
            MessageClass::Personal => "personal",
            MessageClass::Advertisement => "advertisement",
            MessageClass::Informational => "informational",
            MessageClass::Auto => "auto",
            MessageClass::Other(name) => name,
        }
    }

    pub(super) fn value(&self) -> Value {
        match self {
            MessageClass::Personal => Value::Token(0x80),
            MessageClass::Advertisement => Value::Token(0x81),
            MessageClass::Informational => Value::Token(0x82),
            MessageClass::Auto => Value::Token(0x83),
            MessageClass::Other(name) => Value::Text(Text::new(name)),
        }
    }

    fn read(value: &Value) -> Option<MessageClass> {
        match value {
            Value::Token(0x80) => Some(MessageClass::Personal),
            Value::Token(0x81) => Some(MessageClass::Advertisement),
            Value::Token(0x82) => Some(MessageClass::Informational),
            Value::Token(0x83) => Some(MessageClass::Auto),
            Value::Text(text) => {
                let text = text.to_text();
                Some(text.parse().unwrap_or(MessageClass::Other(text)))
            }
            _ => None,
        }
    }
}

impl FromStr for MessageClass {
    type Err = String;

    /// Reads one of the four names in any case, or a class of its own: a token of WSP (letters, digits, `-`, `.`, `_`, `+`).
    fn from_str(text: &str) -> Result<MessageClass, String> {
        let known = [
            MessageClass::Personal,
            MessageClass::Advertisement,
            MessageClass::Informational,
            MessageClass::Auto,
        ];
        if let Some(class) = known
            .into_iter()
            .find(|class| class.name().eq_ignore_ascii_case(text))
        {
            return Ok(class);
        }
        let token = !text.is_empty()
            && text.len() <= 64
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-._+".contains(&b));
        if token {
            Ok(MessageClass::Other(text.to_owned()))
        } else {
            Err("personal, advertisement, informational, auto, or a word of letters and digits is wanted".to_owned())
        }
    }
}

impl TryFrom<String> for MessageClass {
    type Error = String;

    fn try_from(text: String) -> Result<MessageClass, String> {
        text.parse()
    }
}

impl From<MessageClass> for String {
    fn from(class: MessageClass) -> String {
        class.name().to_owned()
    }
}

/// X-Mms-Priority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// `80`.
    Low,
    /// `81`; what holds where nothing is said.
    Normal,
    /// `82`.
    High,
}

impl Priority {
    fn octet(self) -> u8 {
        match self {
            Priority::Low => 0x80,
            Priority::Normal => 0x81,
            Priority::High => 0x82,
        }
    }

    fn read(octet: u8) -> Option<Priority> {
        [Priority::Low, Priority::Normal, Priority::High]
            .into_iter()
            .find(|priority| priority.octet() == octet)
    }
}

/// X-Mms-Sender-Visibility.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// `80`: the recipient is not told who sent it.
    Hide,
    /// `81`: the sender is shown even where the line hides it by default.
    Show,
}

/// What a sender asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    /// X-Mms-Message-Class.
    pub class: Option<MessageClass>,
    /// X-Mms-Expiry: how long, or until when, the MMSC keeps the message.
    pub expiry: Option<Time>,
    /// X-Mms-Delivery-Time: when it may be delivered at the earliest.
    pub delivery_time: Option<Time>,
    /// X-Mms-Priority.
    pub priority: Option<Priority>,
    /// X-Mms-Sender-Visibility.
    pub visibility: Option<Visibility>,
    /// X-Mms-Delivery-Report: an M-Delivery.ind is wanted.
    pub delivery_report: Option<bool>,
    /// X-Mms-Read-Report: an M-Read-Orig.ind is wanted.
    pub read_report: Option<bool>,
}

impl Options {
    /// Their headers, in the order of the specification's table; none for what is not asked.
    pub(super) fn headers(&self) -> impl Iterator<Item = Header> {
        let yes_no = |said: bool| Value::Token(if said { 0x80 } else { 0x81 });
        let visibility = |visibility| {
            Value::Token(match visibility {
                Visibility::Hide => 0x80,
                Visibility::Show => 0x81,
            })
        };
        [
            (
                Field::MessageClass,
                self.class.as_ref().map(MessageClass::value),
            ),
            (Field::Expiry, self.expiry.map(Value::Time)),
            (Field::DeliveryTime, self.delivery_time.map(Value::Time)),
            (
                Field::Priority,
                self.priority.map(|p| Value::Token(p.octet())),
            ),
            (Field::SenderVisibility, self.visibility.map(visibility)),
            (Field::DeliveryReport, self.delivery_report.map(yes_no)),
            (Field::ReadReport, self.read_report.map(yes_no)),
        ]
        .into_iter()
        .filter_map(|(field, value)| Some(Header::new(field, value?)))
    }

    /// Reads them from a PDU. A value that is not assigned counts as not said.
    pub fn read(pdu: &Pdu) -> Options {
        let yes_no = |field| match pdu.token(&field)? {
            0x80 => Some(true),
            0x81 => Some(false),
            _ => None,
        };
        Options {
            class: pdu.get(&Field::MessageClass).and_then(MessageClass::read),
            expiry: pdu.time(&Field::Expiry),
            delivery_time: pdu.time(&Field::DeliveryTime),
            priority: pdu.token(&Field::Priority).and_then(Priority::read),
            visibility: match pdu.token(&Field::SenderVisibility) {
                Some(0x80) => Some(Visibility::Hide),
                Some(0x81) => Some(Visibility::Show),
                _ => None,
            },
            delivery_report: yes_no(Field::DeliveryReport),
            read_report: yes_no(Field::ReadReport),
        }
    }
}

/// Seconds since 1970 UTC from digits (with or without `@` in front) or from a time such as `2026-11-22T12:00:00Z`. A Date has four octets in every
/// known reader: later moments than 2106 are refused.
///
/// # Errors
/// What is wanted.
pub fn moment(text: &str) -> Result<u64, String> {
    let seconds = match text.strip_prefix('@').unwrap_or(text).parse::<u64>() {
        Ok(seconds) => Some(seconds),
        Err(_) => text
            .parse::<jiff::Timestamp>()
            .ok()
            .and_then(|moment| u64::try_from(moment.as_second()).ok()),
    };
    seconds
        .filter(|&seconds| u32::try_from(seconds).is_ok())
        .ok_or_else(|| {
            "seconds since 1970, or a time such as 2026-11-22T12:00:00Z (until 2106), is wanted"
                .to_owned()
        })
}

impl FromStr for Time {
    type Err = String;

    /// Reads a number of seconds from now, or a moment.
    fn from_str(text: &str) -> Result<Time, String> {
        if let Ok(seconds) = text.parse::<u32>() {
            return Ok(Time::after(u64::from(seconds)));
        }
        moment(text).map(Time::at).map_err(|_| {
            "a number of seconds, or a time such as 2026-11-22T12:00:00Z, is wanted".to_owned()
        })
    }
}

/// As [`Time::from_str`] reads it.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Time::Relative(seconds) => write!(f, "{}", seconds.value()),
            Time::Absolute(seconds) => {
                let moment = i64::try_from(seconds.value())
                    .ok()
                    .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
                match moment {
                    Some(moment) => write!(f, "{moment}"),
                    None => write!(f, "@{}", seconds.value()),
                }
            }
        }
    }
}

impl Time {
    /// A moment, in seconds since 1970 UTC.
    pub fn at(seconds: u64) -> Time {
        Time::Absolute(Integer::long(seconds))
    }

    /// So many seconds from when the MMSC gets the PDU.
    pub fn after(seconds: u64) -> Time {
        Time::Relative(Integer::long(seconds))
    }
}

//! What a world says about its MMSC: the answers to a POST and to a GET, pushes to this line, phones that are special.
//! Never here: what happens.
use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{MMS_MESSAGE, WireSpec};
use crate::mms::{Field, ResponseStatus, Status, token_name};

/// How an MMSC behaves. The default is a well-behaved one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MmscSpec {
    /// HTTP status of the answer to a POST. Other than 2xx, the answer is `body` or the status' own words, and nothing is delivered.
    pub http_status: u16,
    /// Content-Type of the answer.
    pub content_type: String,
    /// Text to answer in place of an M-Send.conf, such as a portal's page; nothing is delivered then.
    pub body: Option<String>,
    /// X-Mms-Response-Status: a name (`ok`, `service-denied`, `Error-transient-failure`) or an octet. Of a name that is both transient and permanent the
    /// permanent one is meant.
    #[serde(serialize_with = "write_status", deserialize_with = "read_status")]
    pub response_status: ResponseStatus,
    /// X-Mms-Response-Text.
    pub response_text: Option<String>,
    /// Time between a request and its answer, in milliseconds of the world.
    pub delay_ms: u64,
    /// Time between the answer and the bubble, in milliseconds of the world.
    pub deliver_after_ms: u64,
    /// A PDU larger than this is answered with content-not-accepted.
    pub max_bytes: Option<usize>,
    /// The paths that are served; any other gets 404. `*` at the beginning stands for anything.
    pub paths: Vec<String>,
    /// Header fields that a request must have, by name in any case, each with the value it must have, or an empty one for any. Without them: 403.
    pub required_headers: BTreeMap<String, String>,
    /// Whether an accepted message reaches the recipients.
    pub deliver: bool,
    /// The Location field of every answer.
    pub location: Option<String>,
    /// It reaches this line by WAP push: a message for the line's own number waits here and is notified of, and delivery and read reports come
    /// where they were asked for. Otherwise a message to the own number is a bubble as on any phone.
    pub push: bool,
    /// From what is to be told to the push, in milliseconds of the world.
    pub push_after_ms: u64,
    /// The sender of pushes, a number or a short code.
    pub push_from: String,
    /// What X-Mms-Content-Location begins with, `http://mmsc.example`. None: the first name and port of the world at which this MMSC is reached.
    pub content_location: Option<String>,
    /// How long a message for the line is kept, in milliseconds of the world; none: three days, which no bench lives to see.
    pub expires_after_ms: Option<u64>,
    /// How its connections misbehave.
    pub wire: WireSpec,
    /// What a GET of a waiting message comes to.
    pub retrieve: RetrieveSpec,
    /// Phones that are special.
    #[serde(rename = "phone")]
    pub phones: Vec<MmsPhone>,
    /// What phones send to this line.
    pub incoming: Vec<IncomingMms>,
}

impl Default for MmscSpec {
    fn default() -> MmscSpec {
        MmscSpec {
            http_status: 200,
            content_type: MMS_MESSAGE.to_owned(),
            body: None,
            response_status: ResponseStatus::OK,
            response_text: None,
            delay_ms: 0,
            deliver_after_ms: 0,
            max_bytes: None,
            paths: ["/", "*/mms/wapenc", "*/servlets/mms", "*/mmsc"]
                .map(str::to_owned)
                .to_vec(),
            required_headers: BTreeMap::new(),
            deliver: true,
            location: None,
            push: false,
            push_after_ms: 1200,
            push_from: "2300".to_owned(),
            content_location: None,
            expires_after_ms: None,
            wire: WireSpec::default(),
            retrieve: RetrieveSpec::default(),
            phones: Vec::new(),
            incoming: Vec::new(),
        }
    }
}

#[derive(Deserialize, Serialize)]
#[serde(untagged)]
enum StatusText {
    Octet(u8),
    Name(String),
}

fn read_status<'de, D: Deserializer<'de>>(from: D) -> Result<ResponseStatus, D::Error> {
    let fault = |what: String| {
        serde::de::Error::custom(format!(
            "{what} is no X-Mms-Response-Status: give a name such as \"ok\" or \"service-denied\", or an octet from 128 to 255"
        ))
    };
    match StatusText::deserialize(from)? {
        StatusText::Octet(octet @ 0x80..) => Ok(ResponseStatus(octet)),
        StatusText::Octet(octet) => Err(fault(octet.to_string())),
        StatusText::Name(name) => ["", "Error-permanent-", "Error-transient-", "Error-"]
            .iter()
            .find_map(|prefix| ResponseStatus::from_name(&format!("{prefix}{name}")))
            .ok_or_else(|| fault(format!("{name:?}"))),
    }
}

fn write_status<S: Serializer>(status: &ResponseStatus, to: S) -> Result<S::Ok, S::Error> {
    match ResponseStatus::from_name(status.name()) {
        Some(known) if known == *status => StatusText::Name(status.name().to_owned()),
        _ => StatusText::Octet(status.octet()),
    }
    .serialize(to)
}

/// What a GET of a waiting message comes to. The default is the message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RetrieveSpec {
    /// HTTP status. Other than 2xx, the answer is `body` or the status' own words.
    pub http_status: u16,
    /// Content-Type of the answer.
    pub content_type: String,
    /// Text to answer in place of an M-Retrieve.conf.
    pub body: Option<String>,
    /// X-Mms-Retrieve-Status: a name (`ok`, `network-problem`, `message-not-found`) or an octet. Other than Ok, no part comes.
    pub status: RetrieveStatus,
    /// X-Mms-Retrieve-Text.
    pub text: Option<String>,
    /// Time between the request and the answer, in milliseconds of the world.
    pub delay_ms: u64,
}

impl Default for RetrieveSpec {
    fn default() -> Self {
        RetrieveSpec {
            http_status: 200,
            content_type: MMS_MESSAGE.to_owned(),
            body: None,
            status: RetrieveStatus(0x80),
            text: None,
            delay_ms: 0,
        }
    }
}

/// A phone that does not simply take what is sent to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MmsPhone {
    /// Its number.
    pub number: String,
    /// X-Mms-Status of the delivery report: a name (`retrieved`, `rejected`, `expired`, `unreachable`) or an octet. Other than retrieved, there is no
    /// bubble; `deferred` comes first and `retrieved` after another `after_ms`.
    #[serde(default)]
    pub status: DeliveryStatus,
    /// How much later than others it fetches, in milliseconds of the world.
    #[serde(default)]
    pub after_ms: u64,
    /// What the person does with the message: told in a read report where the sender asked for one. None: nothing.
    #[serde(default)]
    pub reads: Option<Reading>,
    /// From the bubble to the read report, in milliseconds of the world.
    #[serde(default)]
    pub reads_after_ms: u64,
}

/// What a person does with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reading {
    /// Reads it.
    Read,
    /// Deletes it unread.
    Deleted,
}

/// A message that a phone sends to this line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IncomingMms {
    /// How long after switching on, in milliseconds of the world.
    pub after_ms: u64,
    /// The sender.
    pub from: String,
    /// Subject.
    #[serde(default)]
    pub subject: Option<String>,
    /// The text.
    pub text: String,
    /// Who else has it.
    #[serde(default)]
    pub cc: Vec<String>,
}

/// X-Mms-Retrieve-Status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "StatusText", into = "u8")]
pub struct RetrieveStatus(pub u8);

/// X-Mms-Status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "StatusText", into = "u8")]
pub struct DeliveryStatus(pub u8);

impl Default for DeliveryStatus {
    fn default() -> Self {
        DeliveryStatus(Status::RETRIEVED.0)
    }
}

impl std::convert::From<RetrieveStatus> for u8 {
    fn from(status: RetrieveStatus) -> u8 {
        status.0
    }
}

impl std::convert::From<DeliveryStatus> for u8 {
    fn from(status: DeliveryStatus) -> u8 {
        status.0
    }
}

impl TryFrom<StatusText> for RetrieveStatus {
    type Error = String;

    fn try_from(text: StatusText) -> Result<Self, String> {
        octet_of(&Field::RetrieveStatus, text).map(RetrieveStatus)
    }
}

impl TryFrom<StatusText> for DeliveryStatus {
    type Error = String;

    fn try_from(text: StatusText) -> Result<Self, String> {
        octet_of(&Field::Status, text).map(DeliveryStatus)
    }
}

/// The octet of a status by its name, the words `Error-permanent-` and `Error-transient-` in front left out or not; of two that are called alike the
/// permanent one is meant.
fn octet_of(field: &Field, text: StatusText) -> Result<u8, String> {
    let name = match text {
        StatusText::Octet(octet @ 0x80..) => return Ok(octet),
        StatusText::Octet(octet) => octet.to_string(),
        StatusText::Name(name) => name,
    };
    ["", "Error-permanent-", "Error-transient-"]
        .iter()
        .find_map(|prefix| {
            let wanted = format!("{prefix}{name}");
            let is = |octet: &u8| {
                token_name(field, *octet).is_some_and(|known| known.eq_ignore_ascii_case(&wanted))
            };
            (0x80..=0xFF).find(is)
        })
        .ok_or_else(|| {
            format!(
                "{name:?} is no value of {}: give a name, or an octet from 128 to 255",
                field.name()
            )
        })
}

//! X-Mms-Response-Status of M-Send.conf: every value of MMS 1.0 to 1.3, what caused it, and whether sending again makes sense.
//!
//! Source: OMA-TS-MMS_ENC section 7.3.48; the values 81..88 are those of MMS 1.0, obsolete since 1.1 and still sent.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Whether sending the same message again makes sense, as the MMSC says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// A transient failure (C0..DF): the same message may go through later.
    Yes,
    /// Accepted, or a permanent failure (E0..FF): do not send the same again.
    No,
    /// The value does not say (81..BF; MMS 1.0 knew no such distinction).
    Unsaid,
}

/// The octet of X-Mms-Response-Status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ResponseStatus(pub u8);

/// Octet, name, cause, what to do.
const STATUSES: &[(u8, &str, &str, &str)] = &[
    (
        0x80,
        "Ok",
        "The MMSC took the message.",
        "Nothing. Whether it reached the recipient's phone is a later question.",
    ),
    (
        0x81,
        "Error-unspecified",
        "The MMSC refused and gave no reason.",
        "Send once more; if it is refused again, ask the carrier with the Message-ID or Transaction-Id at hand.",
    ),
    (
        0x82,
        "Error-service-denied",
        "The MMSC will not serve this line: MMS not booked, blocked, or not provisioned for this SIM.",
        "Ask the carrier to provision MMS for this line; sending again changes nothing.",
    ),
    (
        0x83,
        "Error-message-format-corrupt",
        "The MMSC could not read the message as it was encoded.",
        "Try another MMS version or a plainer message, and keep the PDU for the carrier.",
    ),
    (
        0x84,
        "Error-sending-address-unresolved",
        "The MMSC could not resolve an address: a recipient's number, or the sender's.",
        "Write recipients in international form with +, and let the MMSC insert the sender.",
    ),
    (
        0x85,
        "Error-message-not-found",
        "The MMSC does not find the message that the request speaks of.",
        "Only for forwarding: fetch the message again.",
    ),
    (
        0x86,
        "Error-network-problem",
        "The MMSC could not reach something it needs.",
        "Send again after a few minutes.",
    ),
    (
        0x87,
        "Error-content-not-accepted",
        "The MMSC does not accept what is in the message: its size, or a media type.",
        "Make it smaller, or leave out the part that phones seldom take.",
    ),
    (
        0x88,
        "Error-unsupported-message",
        "The MMSC does not know this kind of message.",
        "Try MMS version 1.0 or 1.2.",
    ),
    (
        0xC0,
        "Error-transient-failure",
        "The MMSC cannot take the message now and gave no closer reason.",
        "Send again after a few minutes.",
    ),
    (
        0xC1,
        "Error-transient-sending-address-unresolved",
        "The MMSC could not resolve an address just now.",
        "Check the recipients' numbers, then send again after a few minutes.",
    ),
    (
        0xC2,
        "Error-transient-message-not-found",
        "The MMSC does not find the message just now.",
        "Only for forwarding: try again after a few minutes.",
    ),
    (
        0xC3,
        "Error-transient-network-problem",
        "The MMSC could not reach something it needs: overload, or a fault between its machines.",
        "Send again after a few minutes.",
    ),
    (
        0xC4,
        "Error-transient-partial-success",
        "The MMSC took the message for some recipients only.",
        "Send again to those who did not get it, not to all.",
    ),
    (
        0xE0,
        "Error-permanent-failure",
        "The MMSC refused for good and gave no closer reason.",
        "Do not send the same again; change one thing (version, size, recipient) or ask the carrier.",
    ),
    (
        0xE1,
        "Error-permanent-service-denied",
        "The MMSC will not serve this line: MMS not booked, blocked, or not provisioned for this SIM.",
        "Ask the carrier to provision MMS for this line; sending again changes nothing.",
    ),
    (
        0xE2,
        "Error-permanent-message-format-corrupt",
        "The MMSC could not read the message as it was encoded.",
        "Try another MMS version or a plainer message, and keep the PDU for the carrier.",
    ),
    (
        0xE3,
        "Error-permanent-sending-address-unresolved",
        "The MMSC knows an address not at all: a recipient's number, or the sender's.",
        "Write recipients in international form with +, and let the MMSC insert the sender.",
    ),
    (
        0xE4,
        "Error-permanent-message-not-found",
        "The message that the request speaks of is gone.",
        "Only for forwarding: it cannot be had any more.",
    ),
    (
        0xE5,
        "Error-permanent-content-not-accepted",
        "The MMSC does not accept what is in the message: its size, or a media type.",
        "Make it smaller, or leave out the part that phones seldom take.",
    ),
    (
        0xE6,
        "Error-permanent-reply-charging-limitations-not-met",
        "The reply does not keep to the limits of the reply charging that was offered.",
        "Send it as an ordinary message.",
    ),
    (
        0xE7,
        "Error-permanent-reply-charging-request-not-accepted",
        "The MMSC does not take this request for reply charging.",
        "Send without reply charging.",
    ),
    (
        0xE8,
        "Error-permanent-reply-charging-forwarding-denied",
        "A message with reply charging may not be forwarded.",
        "Send its content as a new message.",
    ),
    (
        0xE9,
        "Error-permanent-reply-charging-not-supported",
        "The MMSC has no reply charging.",
        "Send without reply charging.",
    ),
    (
        0xEA,
        "Error-permanent-address-hiding-not-supported",
        "The MMSC cannot hide the sender.",
        "Send with the sender shown.",
    ),
    (
        0xEB,
        "Error-permanent-lack-of-prepaid",
        "The prepaid account cannot pay for the message.",
        "Top up the account, then send again.",
    ),
];

impl ResponseStatus {
    /// Accepted.
    pub const OK: ResponseStatus = ResponseStatus(0x80);
    /// Permanent: service denied.
    pub const SERVICE_DENIED: ResponseStatus = ResponseStatus(0xE1);
    /// Permanent: message format corrupt.
    pub const FORMAT_CORRUPT: ResponseStatus = ResponseStatus(0xE2);
    /// Permanent: content not accepted.
    pub const CONTENT_NOT_ACCEPTED: ResponseStatus = ResponseStatus(0xE5);

    /// The octet as it stands in the PDU.
    pub fn octet(self) -> u8 {
        self.0
    }

    /// Whether the MMSC took the message.
    pub fn is_ok(self) -> bool {
        self == Self::OK
    }

    fn row(self) -> Option<&'static (u8, &'static str, &'static str, &'static str)> {
        STATUSES.iter().find(|(octet, ..)| *octet == self.0)
    }

    /// The name, where MMS 1.0 to 1.3 assigns one.
    pub(super) fn assigned_name(self) -> Option<&'static str> {
        self.row().map(|(_, name, ..)| *name)
    }

    /// The value that stands for it: itself where it is assigned, else the general failure of its group (C5..DF transient, EC..FF permanent, anything
    /// else unspecified).
    fn known(self) -> ResponseStatus {
        match (self.row(), self.0) {
            (Some(_), octet) => ResponseStatus(octet),
            (None, 0xC0..=0xDF) => ResponseStatus(0xC0),
            (None, 0xE0..=0xFF) => ResponseStatus(0xE0),
            (None, _) => ResponseStatus(0x81),
        }
    }

    /// The name in the specification; an unassigned value has that of its group: show the octet beside it.
    pub fn name(self) -> &'static str {
        self.known()
            .row()
            .map_or("Error-unspecified", |(_, name, ..)| *name)
    }

    /// Whether sending the same message again makes sense.
    pub fn retry(self) -> Retry {
        match self.0 {
            0x80 | 0xE0..=0xFF => Retry::No,
            0xC0..=0xDF => Retry::Yes,
            _ => Retry::Unsaid,
        }
    }

    /// What it means, in plain words.
    pub fn cause(self) -> &'static str {
        self.known().row().map_or("", |(_, _, cause, _)| *cause)
    }

    /// What to do now, in plain words.
    pub fn remedy(self) -> &'static str {
        self.known().row().map_or("", |(.., remedy)| *remedy)
    }

    /// The value of a name as [`Self::name`] gives it, in any case.
    pub fn from_name(name: &str) -> Option<ResponseStatus> {
        STATUSES
            .iter()
            .find(|(_, known, ..)| known.eq_ignore_ascii_case(name))
            .map(|(octet, ..)| ResponseStatus(*octet))
    }

    /// Every value that MMS 1.0 to 1.3 assigns, in order.
    pub fn all() -> impl Iterator<Item = ResponseStatus> {
        STATUSES.iter().map(|(octet, ..)| ResponseStatus(*octet))
    }
}

impl fmt::Display for ResponseStatus {
    /// Name and octet, as in `Error-permanent-service-denied (E1)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({:02X})", self.name(), self.0)
    }
}

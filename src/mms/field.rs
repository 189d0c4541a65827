//! The header fields of a PDU: octet, name, kind of value, and what single-octet values are called.
//!
//! Source: OMA-TS-MMS_ENC, table of field assignments and the value tables of section 7.3.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// What a field's value looks like (OMA-TS-MMS_ENC section 7.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One octet from 80 on, whose meaning [`token_name`] tells.
    Token,
    /// One such octet, or a text (X-Mms-Message-Class).
    TokenOrText,
    /// Text-string.
    Text,
    /// Encoded-string-value.
    Encoded,
    /// Short-integer or Long-integer.
    Integer,
    /// Value-length with an absolute or a relative time.
    Time,
    /// Value-length with an address, or with the insert-address token.
    From,
    /// Value-length with a count and a text (X-Mms-Previously-Sent-By).
    CountedText,
    /// Value-length with a count and a date (X-Mms-Previously-Sent-Date).
    CountedDate,
    /// Value-length with an octet and a text (X-Mms-MM-Flags).
    Flag,
    /// Value-length with a unit and an integer (X-Mms-Mbox-Totals and -Quotas).
    Amount,
    /// Content-Type: closes the headers, the body follows.
    ContentType,
    /// Anything; kept as octets.
    Any,
}

macro_rules! fields {
    ($($octet:literal $variant:ident $name:literal $kind:ident,)*) => {
        /// A header field: one of MMS 1.0 to 1.3, an octet that none of them knows, or an application header with its name as text.
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub enum Field {
            $(#[doc = concat!("`", stringify!($octet), "` ", $name)] $variant,)*
            /// A field octet (80..FF) that MMS 1.0 to 1.3 does not assign.
            Unknown(u8),
            /// An application header: its name as it stands, without the closing 00.
            Application(Vec<u8>),
        }

        impl Field {
            /// The field of an octet 80..FF. Octets below are no field octets; they give [`Field::Unknown`] too.
            pub fn from_octet(octet: u8) -> Field {
                match octet {
                    $($octet => Field::$variant,)*
                    other => Field::Unknown(other),
                }
            }

            /// The field octet; `None` for an application header.
            pub fn octet(&self) -> Option<u8> {
                match self {
                    $(Field::$variant => Some($octet),)*
                    Field::Unknown(octet) => Some(*octet),
                    Field::Application(_) => None,
                }
            }

            /// The name as the specification spells it.
            pub fn name(&self) -> Cow<'_, str> {
                match self {
                    $(Field::$variant => Cow::Borrowed($name),)*
                    Field::Unknown(octet) => Cow::Owned(format!("unknown field {octet:02X}")),
                    Field::Application(name) => String::from_utf8_lossy(name),
                }
            }

            /// What its value looks like.
            pub fn kind(&self) -> Kind {
                match self {
                    $(Field::$variant => Kind::$kind,)*
                    Field::Unknown(_) => Kind::Any,
                    Field::Application(_) => Kind::Text,
                }
            }
        }
    };
}

fields! {
    0x81 Bcc "Bcc" Encoded,
    0x82 Cc "Cc" Encoded,
    0x83 ContentLocation "X-Mms-Content-Location" Text,
    0x84 ContentType "Content-Type" ContentType,
    0x85 Date "Date" Integer,
    0x86 DeliveryReport "X-Mms-Delivery-Report" Token,
    0x87 DeliveryTime "X-Mms-Delivery-Time" Time,
    0x88 Expiry "X-Mms-Expiry" Time,
    0x89 From "From" From,
    0x8A MessageClass "X-Mms-Message-Class" TokenOrText,
    0x8B MessageId "Message-ID" Text,
    0x8C MessageType "X-Mms-Message-Type" Token,
    0x8D MmsVersion "X-Mms-MMS-Version" Token,
    0x8E MessageSize "X-Mms-Message-Size" Integer,
    0x8F Priority "X-Mms-Priority" Token,
    0x90 ReadReport "X-Mms-Read-Report" Token,
    0x91 ReportAllowed "X-Mms-Report-Allowed" Token,
    0x92 ResponseStatus "X-Mms-Response-Status" Token,
    0x93 ResponseText "X-Mms-Response-Text" Encoded,
    0x94 SenderVisibility "X-Mms-Sender-Visibility" Token,
    0x95 Status "X-Mms-Status" Token,
    0x96 Subject "Subject" Encoded,
    0x97 To "To" Encoded,
    0x98 TransactionId "X-Mms-Transaction-Id" Text,
    0x99 RetrieveStatus "X-Mms-Retrieve-Status" Token,
    0x9A RetrieveText "X-Mms-Retrieve-Text" Encoded,
    0x9B ReadStatus "X-Mms-Read-Status" Token,
    0x9C ReplyCharging "X-Mms-Reply-Charging" Token,
    0x9D ReplyChargingDeadline "X-Mms-Reply-Charging-Deadline" Time,
    0x9E ReplyChargingId "X-Mms-Reply-Charging-ID" Text,
    0x9F ReplyChargingSize "X-Mms-Reply-Charging-Size" Integer,
    0xA0 PreviouslySentBy "X-Mms-Previously-Sent-By" CountedText,
    0xA1 PreviouslySentDate "X-Mms-Previously-Sent-Date" CountedDate,
    0xA2 Store "X-Mms-Store" Token,
    0xA3 MmState "X-Mms-MM-State" Token,
    0xA4 MmFlags "X-Mms-MM-Flags" Flag,
    0xA5 StoreStatus "X-Mms-Store-Status" Token,
    0xA6 StoreStatusText "X-Mms-Store-Status-Text" Encoded,
    0xA7 Stored "X-Mms-Stored" Token,
    0xA8 Attributes "X-Mms-Attributes" Token,
    0xA9 Totals "X-Mms-Totals" Token,
    0xAA MboxTotals "X-Mms-Mbox-Totals" Amount,
    0xAB Quotas "X-Mms-Quotas" Token,
    0xAC MboxQuotas "X-Mms-Mbox-Quotas" Amount,
    0xAD MessageCount "X-Mms-Message-Count" Integer,
    0xAE Content "Content" Any,
    0xAF Start "X-Mms-Start" Integer,
    0xB0 AdditionalHeaders "Additional-headers" Any,
    0xB1 DistributionIndicator "X-Mms-Distribution-Indicator" Token,
    0xB2 ElementDescriptor "X-Mms-Element-Descriptor" Any,
    0xB3 Limit "X-Mms-Limit" Integer,
    0xB4 RecommendedRetrievalMode "X-Mms-Recommended-Retrieval-Mode" Token,
    0xB5 RecommendedRetrievalModeText "X-Mms-Recommended-Retrieval-Mode-Text" Encoded,
    0xB6 StatusText "X-Mms-Status-Text" Encoded,
    0xB7 ApplicId "X-Mms-Applic-ID" Text,
    0xB8 ReplyApplicId "X-Mms-Reply-Applic-ID" Text,
    0xB9 AuxApplicInfo "X-Mms-Aux-Applic-Info" Text,
    0xBA ContentClass "X-Mms-Content-Class" Token,
    0xBB DrmContent "X-Mms-DRM-Content" Token,
    0xBC AdaptationAllowed "X-Mms-Adaptation-Allowed" Token,
    0xBD ReplaceId "X-Mms-Replace-ID" Text,
    0xBE CancelId "X-Mms-Cancel-ID" Text,
    0xBF CancelStatus "X-Mms-Cancel-Status" Token,
}

impl Field {
    /// Whether a PDU may have it more than once.
    pub fn is_repeatable(&self) -> bool {
        matches!(
            self,
            Field::Bcc
                | Field::Cc
                | Field::To
                | Field::PreviouslySentBy
                | Field::PreviouslySentDate
                | Field::MmFlags
                | Field::Attributes
                | Field::Content
                | Field::AdditionalHeaders
                | Field::ElementDescriptor
                | Field::Unknown(_)
                | Field::Application(_)
        )
    }
}

/// The kind of a PDU: the value of X-Mms-Message-Type (OMA-TS-MMS_ENC section 7.3.30).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MessageType(pub u8);

impl MessageType {
    /// M-Send.req: the client hands a message to the MMSC.
    pub const SEND_REQ: MessageType = MessageType(0x80);
    /// M-Send.conf: the MMSC's answer to it.
    pub const SEND_CONF: MessageType = MessageType(0x81);
    /// M-Notification.ind: a message waits, said by WAP push.
    pub const NOTIFICATION_IND: MessageType = MessageType(0x82);
    /// M-NotifyResp.ind: the client's answer to it.
    pub const NOTIFY_RESP_IND: MessageType = MessageType(0x83);
    /// M-Retrieve.conf: the message, as the answer to a GET.
    pub const RETRIEVE_CONF: MessageType = MessageType(0x84);
    /// M-Acknowledge.ind: the client has it.
    pub const ACKNOWLEDGE_IND: MessageType = MessageType(0x85);
    /// M-Delivery.ind: what became of a sent message.
    pub const DELIVERY_IND: MessageType = MessageType(0x86);
    /// M-Read-Rec.ind: the client says that it was read.
    pub const READ_REC_IND: MessageType = MessageType(0x87);
    /// M-Read-Orig.ind: the sender is told that it was read.
    pub const READ_ORIG_IND: MessageType = MessageType(0x88);

    /// M-Forward.req: the client asks the MMSC to forward a message that it has not fetched.
    pub const FORWARD_REQ: MessageType = MessageType(0x89);
    /// M-Forward.conf: the answer to it.
    pub const FORWARD_CONF: MessageType = MessageType(0x8A);

    /// The name of the PDU; `None` for an octet that MMS 1.0 to 1.3 does not assign.
    pub fn name(self) -> Option<&'static str> {
        const NAMES: [&str; 24] = [
            "M-Send.req",
            "M-Send.conf",
            "M-Notification.ind",
            "M-NotifyResp.ind",
            "M-Retrieve.conf",
            "M-Acknowledge.ind",
            "M-Delivery.ind",
            "M-Read-Rec.ind",
            "M-Read-Orig.ind",
            "M-Forward.req",
            "M-Forward.conf",
            "M-Mbox-Store.req",
            "M-Mbox-Store.conf",
            "M-Mbox-View.req",
            "M-Mbox-View.conf",
            "M-Mbox-Upload.req",
            "M-Mbox-Upload.conf",
            "M-Mbox-Delete.req",
            "M-Mbox-Delete.conf",
            "M-Mbox-Descr",
            "M-Delete.req",
            "M-Delete.conf",
            "M-Cancel.req",
            "M-Cancel.conf",
        ];
        NAMES.get(usize::from(self.0.checked_sub(0x80)?)).copied()
    }

    /// The headers that must stand in it. M-Send.req needs a recipient as well, and M-Retrieve.conf has a Transaction-Id only where an
    /// acknowledgement is wanted. Of the PDUs of a mailbox, of deleting and of cancelling only what they are about and what became of it; empty for
    /// M-Mbox-Descr, which stands inside of others.
    pub(super) fn mandatory(self) -> &'static [Field] {
        use Field::*;
        match self {
            Self::SEND_REQ => &[TransactionId, MmsVersion, From, ContentType],
            Self::SEND_CONF => &[TransactionId, MmsVersion, ResponseStatus],
            Self::NOTIFICATION_IND => &[
                TransactionId,
                MmsVersion,
                MessageClass,
                MessageSize,
                Expiry,
                ContentLocation,
            ],
            Self::NOTIFY_RESP_IND => &[TransactionId, MmsVersion, Status],
            Self::RETRIEVE_CONF => &[MmsVersion, Date, ContentType],
            Self::ACKNOWLEDGE_IND => &[TransactionId, MmsVersion],
            Self::DELIVERY_IND => &[MmsVersion, MessageId, To, Date, Status],
            Self::READ_REC_IND => &[MmsVersion, MessageId, To, From, ReadStatus],
            Self::READ_ORIG_IND => &[MmsVersion, MessageId, To, From, Date, ReadStatus],
            Self::FORWARD_REQ => &[TransactionId, MmsVersion, From, ContentLocation],
            Self::FORWARD_CONF => &[TransactionId, MmsVersion, ResponseStatus],
            Self(0x8B | 0x91 | 0x94) => &[TransactionId, MmsVersion, ContentLocation],
            Self(0x8C | 0x90) => &[TransactionId, MmsVersion, StoreStatus],
            Self(0x8D) => &[TransactionId, MmsVersion],
            Self(0x8E | 0x92 | 0x95) => &[TransactionId, MmsVersion, ResponseStatus],
            Self(0x8F) => &[TransactionId, MmsVersion, ContentType],
            Self(0x96) => &[TransactionId, MmsVersion, CancelId],
            Self(0x97) => &[TransactionId, MmsVersion, CancelStatus],
            _ => &[],
        }
    }

    /// Whether a status, or the text of one, can stand in it; `true` for any other header.
    pub(super) fn may_have(self, field: &Field) -> bool {
        use Field::*;
        let types: &[u8] = match field {
            ResponseStatus | ResponseText => &[0x81, 0x8A, 0x8C, 0x8E, 0x90, 0x92, 0x95],
            RetrieveStatus | RetrieveText => &[0x84],
            Status => &[0x83, 0x86],
            StatusText => &[0x86],
            ReadStatus => &[0x87, 0x88],
            StoreStatus | StoreStatusText => &[0x81, 0x8A, 0x8C, 0x90],
            CancelStatus => &[0x97],
            _ => return true,
        };
        self.name().is_none() || types.contains(&self.0)
    }
}

/// X-Mms-MMS-Version: major in bits 6..4, minor in bits 3..0 of a Short-integer; minor 15 says "major only".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Version(u8);

impl Version {
    /// MMS 1.0.
    pub const V1_0: Version = Version(0x90);
    /// MMS 1.1.
    pub const V1_1: Version = Version(0x91);
    /// MMS 1.2.
    pub const V1_2: Version = Version(0x92);
    /// MMS 1.3.
    pub const V1_3: Version = Version(0x93);

    /// The version that an octet (80..FF) stands for; `None` below 80.
    pub fn from_octet(octet: u8) -> Option<Version> {
        (octet >= 0x80).then_some(Version(octet))
    }

    /// The octet.
    pub fn octet(self) -> u8 {
        self.0
    }

    /// The number in front of the point, 0..7; there is only 1 as yet.
    pub fn major(self) -> u8 {
        self.0 >> 4 & 7
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (major, minor) = (self.major(), self.0 & 15);
        if minor == 15 {
            write!(f, "{major}")
        } else {
            write!(f, "{major}.{minor}")
        }
    }
}

impl FromStr for Version {
    type Err = String;

    /// Reads `1.0`, `1.1`, `1.2` or `1.3`.
    fn from_str(text: &str) -> Result<Version, String> {
        match text {
            "1.0" => Ok(Version::V1_0),
            "1.1" => Ok(Version::V1_1),
            "1.2" => Ok(Version::V1_2),
            "1.3" => Ok(Version::V1_3),
            other => Err(format!(
                "{other:?} is no version of MMS that can be sent: use 1.0, 1.1, 1.2 or 1.3"
            )),
        }
    }
}

impl TryFrom<String> for Version {
    type Error = String;

    fn try_from(text: String) -> Result<Version, String> {
        text.parse()
    }
}

impl From<Version> for String {
    fn from(version: Version) -> String {
        version.to_string()
    }
}

/// What a single-octet value of a field is called; `None` where the octet is not assigned, or the field has other values than tokens.
/// Response-Status has its own type, [`super::ResponseStatus`].
pub fn token_name(field: &Field, token: u8) -> Option<&'static str> {
    const YES_NO: &[&str] = &["Yes", "No"];
    let names: &[&str] = match field {
        Field::DeliveryReport
        | Field::ReadReport
        | Field::ReportAllowed
        | Field::Store
        | Field::Stored
        | Field::Totals
        | Field::Quotas
        | Field::DistributionIndicator
        | Field::DrmContent
        | Field::AdaptationAllowed => YES_NO,
        Field::MessageType => return MessageType(token).name(),
        Field::MessageClass => &["Personal", "Advertisement", "Informational", "Auto"],
        Field::Priority => &["Low", "Normal", "High"],
        Field::ResponseStatus => return super::ResponseStatus(token).assigned_name(),
        Field::SenderVisibility => &["Hide", "Show"],
        Field::Status => &[
            "Expired",
            "Retrieved",
            "Rejected",
            "Deferred",
            "Unrecognised",
            "Indeterminate",
            "Forwarded",
            "Unreachable",
        ],
        Field::ReadStatus => &["Read", "Deleted without being read"],
        Field::ReplyCharging => &[
            "Requested",
            "Requested text only",
            "Accepted",
            "Accepted text only",
        ],
        Field::MmState => &["Draft", "Sent", "New", "Retrieved", "Forwarded"],
        Field::RecommendedRetrievalMode => &["Manual"],
        Field::ContentClass => &[
            "text",
            "image-basic",
            "image-rich",
            "video-basic",
            "video-rich",
            "megapixel",
            "content-basic",
            "content-rich",
        ],
        Field::CancelStatus => &[
            "Cancel request successfully received",
            "Cancel request corrupted",
        ],
        Field::RetrieveStatus => {
            return Some(match token {
                0x80 => "Ok",
                0xC0 => "Error-transient-failure",
                0xC1 => "Error-transient-message-not-found",
                0xC2 => "Error-transient-network-problem",
                0xE0 => "Error-permanent-failure",
                0xE1 => "Error-permanent-service-denied",
                0xE2 => "Error-permanent-message-not-found",
                0xE3 => "Error-permanent-content-unsupported",
                _ => return None,
            });
        }
        Field::StoreStatus => {
            return Some(match token {
                0x80 => "Success",
                0xC0 => "Error-transient-failure",
                0xC1 => "Error-transient-network-problem",
                0xE0 => "Error-permanent-failure",
                0xE1 => "Error-permanent-service-denied",
                0xE2 => "Error-permanent-message-format-corrupt",
                0xE3 => "Error-permanent-message-not-found",
                0xE4 => "Error-permanent-mmbox-full",
                _ => return None,
            });
        }
        _ => return None,
    };
    names.get(usize::from(token.checked_sub(0x80)?)).copied()
}

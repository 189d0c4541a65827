//! What came back: received messages with their states, reports on what was sent, and the comparison of a message that was sent to oneself.
//! Text and media are never here; only sizes.
use super::Masked;
use serde::{Deserialize, Serialize};

/// What kind of message came in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InboxKind {
    /// A short message, its parts joined.
    #[default]
    Sms,
    /// An MMS, first as its notification.
    Mms,
}

impl InboxKind {
    /// Its name for the eye.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Sms => "SMS",
            Self::Mms => "MMS",
        }
    }
}

/// Where a received message is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InboxState {
    /// It is here, whole.
    #[default]
    Here,
    /// It waits at the MMSC.
    Waiting,
    /// It waits, and the MMSC was told that it will be fetched later.
    Deferred,
    /// It is being fetched.
    Fetching,
    /// The person did not want it, and the MMSC was told so: it is gone there.
    Rejected,
    /// The MMSC has it no more.
    Expired,
    /// The last attempt to fetch it failed.
    Failed,
}

impl InboxState {
    /// In words for a person.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Here => "here",
            Self::Waiting => "waiting",
            Self::Deferred => "deferred",
            Self::Fetching => "fetching",
            Self::Rejected => "rejected",
            Self::Expired => "expired",
            Self::Failed => "failed",
        }
    }

    /// Whether it can be fetched, or refused.
    #[must_use]
    pub fn can_be_fetched(self) -> bool {
        matches!(self, Self::Waiting | Self::Deferred | Self::Failed)
    }
}

/// A received message as it is now.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct InboxStep {
    /// Its number in the inbox.
    pub item: u64,
    /// SMS or MMS.
    pub kind: InboxKind,
    /// Where it is. Written as `is`, since stages have a `state` of their own.
    #[serde(rename = "is")]
    pub state: InboxState,
    /// The sender, masked; none where it is not shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Masked>,
    /// Characters of text; 0 while it is not here.
    pub characters: usize,
    /// Octets: what the notification announced, then what came.
    pub size: u64,
    /// Parts that were saved.
    pub parts: usize,
    /// Host and port from which this carrier wants it fetched (X-Mms-Content-Location), an MMS only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_host: Option<String>,
    /// When it came, in milliseconds since 1970.
    pub received_unix_ms: u64,
    /// When it was sent, in milliseconds since 1970, as it says itself: the service centre's time stamp of an SMS (3GPP TS 23.040, TP-SCTS), the
    /// Date of an MMS once that is here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_unix_ms: Option<u64>,
    /// Until when it can be fetched, in milliseconds since 1970, where the notification says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_unix_ms: Option<u64>,
    /// How many messages in the modem's store belong to it.
    pub in_modem: usize,
    /// It lay in the modem's store when the session began.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub was_stored: bool,
    /// What was last learned of it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub says: String,
}

/// An M-Delivery.ind or M-Read-Orig.ind came (OMA-TS-MMS_ENC sections 6.5 and 6.7).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MmsReport {
    /// The entry of the outbox that it is about; none where nothing of ours has this Message-ID.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<u64>,
    /// Message-ID that the MMSC gave.
    pub message_id: String,
    /// The recipient that it is about, masked.
    pub to: Masked,
    /// What it says: the name of X-Mms-Status, or `Read`, or `Deleted without being read`.
    pub status: String,
    /// A phone has it; not yet (`None`); or it will not.
    pub delivered: Option<bool>,
    /// It speaks of reading.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub of_reading: bool,
}

/// What came back of a message that was sent to the line's own number.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Verify {
    /// It came back.
    pub delivered: bool,
    /// As how many messages; one is right.
    pub bubbles: usize,
    /// The text is the one that was sent.
    pub same_text: bool,
    /// Every other part is, too: as many, of the same types, octet for octet. The presentation (SMIL) is the MMSC's to rewrite.
    pub same_parts: bool,
    /// World seconds from taking the message for sending to having it whole; none where it did not come.
    pub seconds: Option<f64>,
}

impl Verify {
    /// Whether it came back as one message, whole. `bubbles` is how many it may be.
    #[must_use]
    pub fn passed(&self, bubbles: usize) -> bool {
        self.delivered && self.bubbles == bubbles && self.same_text && self.same_parts
    }
}

/// A self-test ended: the same texts sent to oneself again and again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SelfTest {
    /// One row a text.
    pub rows: Vec<SelfTestRow>,
    /// Messages that came back whole.
    pub passed: usize,
    /// Of so many.
    pub of: usize,
}

/// One text of a self-test.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SelfTestRow {
    /// Characters of the text.
    pub characters: usize,
    /// How often it came back whole.
    pub passed: usize,
    /// How often it was sent.
    pub of: usize,
    /// World seconds from taking the message to having it, of those that came.
    pub seconds: Vec<f64>,
}

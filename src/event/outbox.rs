//! A message in the outbox: in which state it is, and which way it goes; parts and reports of an SMS.
use super::{Masked, Stage};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Which way a message goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// MMS: one bubble.
    #[default]
    Mms,
    /// SMS whose parts are linked by a concatenation header (3GPP TS 23.040 section 9.2.3.24.1): one bubble on most phones.
    Sms,
    /// SMS in parts that nothing links: a bubble each, in any order.
    SmsUnlinked,
}

impl Way {
    /// All ways, in the order in which a key goes through them.
    pub const ALL: [Self; 3] = [Self::Mms, Self::Sms, Self::SmsUnlinked];

    /// Its name in configuration, options and JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Mms => "mms",
            Self::Sms => "sms",
            Self::SmsUnlinked => "sms-unlinked",
        }
    }

    /// In words for a person.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Mms => "MMS",
            Self::Sms => "linked SMS",
            Self::SmsUnlinked => "unlinked SMS",
        }
    }

    /// The next one, round and round.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Mms => Self::Sms,
            Self::Sms => Self::SmsUnlinked,
            Self::SmsUnlinked => Self::Mms,
        }
    }

    /// The way with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.name() == name)
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Where a message is between being written and being on a phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryState {
    /// Kept, and not to be sent until the person says so.
    Draft,
    /// Waits for its turn.
    Queued,
    /// An attempt is under way.
    Sending,
    /// The MMSC said Ok, or the service centre took every part.
    Accepted,
    /// A phone has it: a report or a simulated phone says so.
    Delivered,
    /// It was refused, or did not go out; it will not be tried again by itself.
    Failed,
    /// It may have been accepted: it went out, or may have, and no answer was read. It is never sent again by itself.
    Unknown,
}

impl EntryState {
    /// In words for a person.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Accepted => "accepted",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Unknown => "unknown: it may have been accepted",
        }
    }

    /// Whether nothing more is expected to happen to it.
    #[must_use]
    pub fn is_settled(self) -> bool {
        matches!(self, Self::Delivered | Self::Failed | Self::Unknown)
    }
}

/// An entry of the outbox as it is now. Text and media are never here; only sizes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutboxStep {
    /// Its number in the outbox.
    pub entry: u64,
    /// The X-Mms-Transaction-Id of its next or last attempt, by which its sends are known; empty in recordings of earlier versions.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub transaction_id: String,
    /// Its state.
    pub state: EntryState,
    /// Which way it goes.
    pub way: Way,
    /// Recipients, masked.
    pub to: Vec<Masked>,
    /// Characters of text.
    pub characters: usize,
    /// Octets of the M-Send.req, or of all TPDUs; 0 while they are not fixed.
    pub size: usize,
    /// Parts that the service centre took, of all; none for an MMS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parts: Option<(usize, usize)>,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was written, in milliseconds since 1970.
    pub written_unix_ms: u64,
    /// When its state last changed, in milliseconds since 1970.
    pub changed_unix_ms: u64,
    /// When it is tried again by itself, in milliseconds since the session's start, where that is decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_try_ms: Option<u64>,
    /// What was last learned of it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub says: String,
    /// The stage at which the last attempt stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<Stage>,
    /// It was taken out of the outbox.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub forgotten: bool,
}

/// A part of an SMS was handed to the service centre, or refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SmsPart {
    /// Which send, from 1 within the session.
    pub send: u64,
    /// For whom, masked.
    pub to: Masked,
    /// Which part, from 1.
    pub part: usize,
    /// Of how many for this recipient.
    pub of: usize,
    /// The service centre's reference (+CMGS), where it took the part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<u8>,
    /// Why not, where it did not; empty where no answer was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// An SMS-STATUS-REPORT came (+CDS, 3GPP TS 23.040 section 9.2.2.3).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SmsReport {
    /// The entry of the outbox whose part it is about; none where nothing of ours has this reference and recipient.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<u64>,
    /// The part's reference.
    pub reference: u8,
    /// The recipient, masked.
    pub to: Masked,
    /// TP-ST, the raw octet.
    pub status: u8,
    /// Delivered; not yet (`None`); or not.
    pub delivered: Option<bool>,
    /// When the service centre settled it, in its own words.
    pub done: String,
}

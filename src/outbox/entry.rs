//! One message in the outbox, and every change that can happen to it.
//!
//! In: what happened to it, the time (milliseconds since 1970, from the edge). Out: its next state, or why that change cannot be.
mod change;

use crate::event::{EntryState, Masked, Msisdn, Stage, Way};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A message that must not be lost. Its octets are kept beside it ([`super::Store`]).
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number, from 1; 0 until the outbox has given it one.
    pub id: u64,
    /// Its state.
    pub state: EntryState,
    /// Which way it goes.
    pub way: Way,
    /// Recipients as they go into the message: to, cc, bcc.
    pub to: Vec<String>,
    /// The text; for an MMS it stands in its octets, too.
    pub text: String,
    /// X-Mms-Transaction-Id, the same for every attempt.
    pub transaction_id: String,
    /// Seconds since 1970 of the Date header.
    pub date: Option<u64>,
    /// X-Mms-MMS-Version as its octet.
    pub version: u8,
    /// The profile for which its octets were made; none while they are not fixed.
    pub profile: Option<String>,
    /// Whether its octets are the very ones that go out.
    pub sealed: bool,
    /// Octets of the M-Send.req, or of all TPDUs.
    pub size: usize,
    /// Whether the sender wants to be told of the delivery; `None` leaves it to the way.
    pub report: Option<bool>,
    /// Parts of an SMS, recipient by recipient; empty for an MMS.
    pub parts: Vec<Part>,
    /// How often an attempt was begun.
    pub attempts: u32,
    /// The last octets of the request may have been handed over in the attempt that is under way.
    pub went_out: bool,
    /// Not before this time is it tried again, in milliseconds since 1970.
    pub not_before: Option<u64>,
    /// When it was written, in milliseconds since 1970.
    pub written: u64,
    /// When its state last changed, in milliseconds since 1970.
    pub changed: u64,
    /// Message-ID that the MMSC gave.
    pub message_id: Option<String>,
    /// The stage at which the last attempt stopped.
    pub stage: Option<Stage>,
    /// What was last learned of it.
    pub says: String,
    /// The entry of which it is a new edition.
    pub again_of: Option<u64>,
    /// What delivery and read reports on an MMS said, the newest for each recipient.
    #[serde(default)]
    pub heard: Vec<Heard>,
    /// What stood in the fields of a letter that was kept before it was sent: its octets hold only what could be read of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub typed: Option<Typed>,
}

/// The fields of a letter as a person typed them, finished or not.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typed {
    /// Recipients.
    pub to: Vec<String>,
    /// Copies that everybody sees.
    pub cc: Vec<String>,
    /// Copies that nobody else sees.
    pub bcc: Vec<String>,
    /// Subject.
    pub subject: String,
    /// Text.
    pub text: String,
    /// From.
    pub from: String,
    /// X-Mms-Message-Class.
    pub class: String,
    /// X-Mms-Expiry.
    pub expiry: String,
    /// X-Mms-Delivery-Time.
    pub delivery_time: String,
}

/// A debug print shows the state, never what a person wrote.
impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("id", &self.id)
            .field("state", &self.state)
            .field("way", &self.way)
            .field("attempts", &self.attempts)
            .field("went_out", &self.went_out)
            .field("says", &self.says)
            .finish_non_exhaustive()
    }
}

/// What reports on an MMS said of one recipient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    /// The recipient, as the report names it.
    pub to: String,
    /// X-Mms-Status of the M-Delivery.ind; none where only a read report came.
    pub status: Option<u8>,
    /// Read, or deleted without being read; none where no read report came.
    pub read: Option<bool>,
}

impl Heard {
    /// On the phone; not yet (`None`); or it will not be: 81 retrieved, 86 forwarded, 83 deferred, 85 indeterminate (OMA-TS-MMS_ENC, X-Mms-Status).
    #[must_use]
    pub fn delivered(&self) -> Option<bool> {
        match (self.read, self.status) {
            (Some(_), _) | (None, Some(0x81 | 0x86)) => Some(true),
            (None, None | Some(0x83 | 0x85)) => None,
            (None, Some(_)) => Some(false),
        }
    }
}

/// One TPDU of an SMS on its way to one recipient.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The recipient.
    pub to: String,
    /// Which part for this recipient, from 1.
    pub number: u8,
    /// Of how many.
    pub of: u8,
    /// The SMS-SUBMIT, without the service centre's address.
    pub tpdu: Vec<u8>,
    /// How far it came.
    pub fate: Fate,
}

/// How far a part of an SMS came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// Not handed to the modem yet, or certainly refused.
    #[default]
    Waiting,
    /// Handed to the modem; no answer was read.
    Handed,
    /// The service centre took it under this reference (TP-MR).
    Taken {
        /// TP-MR.
        reference: u8,
    },
    /// A status report says that the phone has it.
    Delivered {
        /// TP-MR.
        reference: u8,
    },
    /// A status report says that it will not be delivered.
    Lost {
        /// TP-MR.
        reference: u8,
        /// TP-ST.
        status: u8,
    },
}

impl Fate {
    /// Whether the service centre has taken it.
    #[must_use]
    pub fn is_taken(self) -> bool {
        !matches!(self, Self::Waiting | Self::Handed)
    }
}

/// Why a change cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// There is no such entry.
    #[error("the outbox has no message {0}; `mmscope outbox list` shows all")]
    Nothing(u64),
    /// An attempt runs.
    #[error("message {0} is being sent; stop the send first")]
    Sending(u64),
    /// It is not waiting.
    #[error("message {id} does not wait for its turn: it is {}", state.words())]
    NotWaiting {
        /// Its number.
        id: u64,
        /// Its state.
        state: EntryState,
    },
    /// It is to be sent as if it were new, and it is not.
    #[error(
        "message {id} is {}; send it again with the very same octets (resend {id} --same) or as a new message (resend {id} --new)", state.words()
    )]
    Again {
        /// Its number.
        id: u64,
        /// Its state.
        state: EntryState,
    },
}

/// How stubborn an attempt is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Persistence {
    /// One attempt: whoever asked for it is told how it ended.
    #[default]
    Once,
    /// Again by itself where the MMSC's status says that this makes sense.
    AsTheStatusSays,
    /// The same, and also where nothing had gone out.
    UntilItIsOut,
}

/// When it is tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// How stubborn.
    pub persistence: Persistence,
    /// Attempts at the most.
    pub most: u32,
}

/// The pause before the second attempt, in milliseconds; each further one is twice as long.
pub const FIRST_PAUSE_MS: u64 = 30_000;
/// No pause is longer, in milliseconds.
pub const LONGEST_PAUSE_MS: u64 = 15 * 60_000;

/// The pause after so many attempts, in milliseconds.
#[must_use]
pub fn pause_after(attempts: u32) -> u64 {
    let doubled = 1_u64 << attempts.saturating_sub(1).min(16);
    FIRST_PAUSE_MS.saturating_mul(doubled).min(LONGEST_PAUSE_MS)
}

/// A recipient as it may be recorded.
#[must_use]
pub fn masked(to: &str) -> Masked {
    Msisdn::new(to).masked()
}

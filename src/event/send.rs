//! A message on its way: what was taken for sending, which profile, how it ended, what a phone shows.
use super::{Failure, Masked, PdpType, Stage, Verify, Way};
use serde::{Deserialize, Serialize};

/// The profile that a send uses, as far as the screen and the report need it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ProfileInUse {
    /// `us/mint`. Written as `profile`, since every event has an `id` of its own.
    #[serde(rename = "profile")]
    pub id: String,
    /// `Mint Mobile`.
    pub name: String,
    /// APN of its MMS context.
    pub apn: String,
    /// PDP type that it asks for.
    pub pdp_type: PdpType,
    /// The MMSC's URL as configured.
    pub mmsc: String,
    /// What is really dialled: `wholesale.mmsmvno.com:8080`.
    pub dials: String,
    /// Lints of level warning and error.
    #[serde(default)]
    pub lints: Vec<ProfileLint>,
}

/// A lint as it is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProfileLint {
    /// `P01`.
    pub id: String,
    /// `error`, `warning`, `info`.
    pub severity: String,
    /// The characters that it is about.
    pub offending: String,
    /// What is wrong with them.
    pub says: String,
    /// How to mend it.
    pub fix: String,
}

/// A message taken for sending. Text and media are never here; only sizes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Which send, from 1 within the session.
    pub send: u64,
    /// Recipients, masked.
    pub to: Vec<Masked>,
    /// Characters of text.
    pub characters: usize,
    /// X-Mms-Transaction-Id.
    pub transaction_id: String,
    /// The profile's id.
    pub profile: String,
    /// Which way it goes.
    #[serde(default, skip_serializing_if = "is_mms")]
    pub way: Way,
    /// Its number in the outbox.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<u64>,
}

fn is_mms(way: &Way) -> bool {
    *way == Way::Mms
}

/// How a send ended: the contract's `result` line.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SendResult {
    /// Which send.
    pub send: u64,
    /// M-Send.conf said Ok.
    pub ok: bool,
    /// It was stopped by the person.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cancelled: bool,
    /// The request went out whole, or may have, and no answer was read: it may have been accepted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unknown: bool,
    /// The last stage reached: `confirm` when ok, else the one that failed or was stopped.
    pub stage: Option<Stage>,
    /// Status of the HTTP answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http_status: Option<u16>,
    /// X-Mms-Response-Status, the raw octet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_status: Option<u8>,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_status_name: Option<String>,
    /// X-Mms-Response-Text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_text: Option<String>,
    /// Message-ID that the MMSC gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// X-Mms-Transaction-Id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction_id: Option<String>,
    /// Octets of the M-Send.req.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<usize>,
    /// Which way it went.
    #[serde(default, skip_serializing_if = "is_mms")]
    pub way: Way,
    /// Parts of an SMS that the service centre took, of all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parts: Option<(usize, usize)>,
    /// Why it went another way than it was meant to: how the first way failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fell_back: Option<Failure>,
    /// Another way that is open, since nothing had gone out on this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offers: Option<Way>,
    /// Its number in the outbox.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<u64>,
    /// The modem restarted, or its serial line went away, while it was being sent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub modem_lost: bool,
    /// Milliseconds from taking the message to this end, without the tidying up after it.
    pub duration_ms: u64,
    /// How many AT exchanges that took.
    pub exchanges: u64,
    /// What came back, where it was sent to oneself to see that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verify: Option<Verify>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Failure>,
}

impl SendResult {
    /// How much of an SMS the network took, in words; none for an MMS, and where a recording of an earlier version does not count it.
    #[must_use]
    pub fn taken(&self) -> Option<String> {
        let (taken, all) = self.parts.filter(|_| self.way != Way::Mms)?;
        let parts = if all == 1 { "part" } else { "parts" };
        Some(format!("{taken} of {all} {parts} (taken by the network)"))
    }

    /// The exit code of `send` (contracts.md).
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self.stage {
            _ if self.ok => 0,
            // What a person must know before sending again weighs more than who stopped it.
            _ if self.unknown => 22,
            _ if self.cancelled => 130,
            Some(stage) => stage.exit_code(),
            None => 2,
        }
    }
}

/// A bubble on a simulated phone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bubble {
    /// The phone's number, masked.
    pub phone: Masked,
    /// The sender, masked.
    pub from: Masked,
    /// Subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The whole text that the phone shows. Simulated phones only: real messages are never recorded.
    pub text: String,
    /// Other parts, as `image/jpeg 20413 B`.
    #[serde(default)]
    pub others: Vec<String>,
}

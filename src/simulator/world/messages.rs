//! What a world says about short messages: its service centre, the phones that are special, and what is sent to this line.
use serde::Deserialize;

/// The short message service of a world. The default carries everything within a few seconds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SmsSpec {
    /// From the acceptance of a message to the recipient, ms.
    pub deliver_after_ms: u64,
    /// From the delivery to the status report, and between two reports, ms.
    pub report_after_ms: u64,
    /// TP-ST of the reports on a message that arrived (TS 23.040 section 9.2.3.15), in their order: `[0]` delivered, `[0x20, 0]` first a temporary one.
    /// Empty: no report ever comes.
    pub reports: Vec<u8>,
    /// Submissions that are refused, each counted from 1 since switching on.
    pub fail: Vec<SubmissionFailure>,
    /// Submissions, counted from 1, that get no answer: `+CMS ERROR: 332` after `silence_ms`, and nothing arrives.
    pub silent: Vec<u64>,
    /// How long the module waits for the network's answer, ms.
    pub silence_ms: u64,
    /// Submissions, counted from 1, that are accepted and never arrive.
    pub lost: Vec<u64>,
    /// How long a phone waits for the missing parts of a message before it shows what there is, ms.
    pub join_wait_ms: u64,
    /// Between two messages to this line that belong together, ms.
    pub part_gap_ms: u64,
    /// In which order the parts of a message reach this line.
    pub order: Order,
    /// Every message reaches this line twice.
    pub duplicates: bool,
    /// How long the network waits for `AT+CNMA`, ms.
    pub ack_ms: u64,
    /// After how long the network repeats what this line did not take, ms.
    pub retry_ms: u64,
    /// Phones that are special.
    #[serde(rename = "phone")]
    pub phones: Vec<SmsPhone>,
    /// What phones send to this line.
    pub incoming: Vec<IncomingSms>,
}

impl Default for SmsSpec {
    fn default() -> Self {
        SmsSpec {
            deliver_after_ms: 1500,
            report_after_ms: 700,
            reports: vec![0],
            fail: Vec::new(),
            silent: Vec::new(),
            silence_ms: 60_000,
            lost: Vec::new(),
            join_wait_ms: 120_000,
            part_gap_ms: 300,
            order: Order::Sent,
            duplicates: false,
            ack_ms: 20_000,
            retry_ms: 10_000,
            phones: Vec::new(),
            incoming: Vec::new(),
        }
    }
}

/// A submission that is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubmissionFailure {
    /// Which, counted from 1.
    pub submission: u64,
    /// The number of `+CMS ERROR`: below 128 a cause of the network (TS 24.011 annex E).
    pub cms: u16,
}

/// A phone that does not simply take what is sent to it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmsPhone {
    /// Its number.
    pub number: String,
    /// Messages to it are refused with this `+CMS ERROR`.
    pub refused: Option<u16>,
    /// It can be reached only after so many ms; a message whose validity period is shorter expires.
    pub reachable_after_ms: Option<u64>,
    /// TP-ST of its reports in place of those of the world; where the last one says failed (`0x40` and above), nothing arrives.
    pub reports: Option<Vec<u8>>,
}

/// A message that a phone sends to this line.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IncomingSms {
    /// How long after switching on, ms.
    pub after_ms: u64,
    /// The sender.
    pub from: String,
    /// The text; a long one comes in parts.
    pub text: String,
}

/// The order of parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// As they were sent.
    Sent,
    /// The last one first.
    Reversed,
    /// By chance, never as they were sent where there is more than one.
    Shuffled,
}

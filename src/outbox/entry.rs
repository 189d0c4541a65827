//! One message in the outbox, and every change that can happen to it.
//!
//! In: what happened to it, the time (milliseconds since 1970, from the edge). Out: its next state, or why that change cannot be.
use crate::event::{EntryState, Masked, Msisdn, OutboxStep, SendResult, Stage, Way, same_line};
use crate::mms::{ResponseStatus, Retry, Version};
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

/// The request went out, and what came back was neither a status of HTTP nor one of the MMSC.
fn is_wordless(result: &SendResult) -> bool {
    let status = result.http_status.is_some() || result.response_status.is_some();
    result.stage == Some(Stage::Post) && !result.cancelled && !status
}

impl Entry {
    /// A new draft. `now` in milliseconds since 1970.
    #[must_use]
    pub fn new(way: Way, to: Vec<String>, text: String, transaction_id: String, now: u64) -> Self {
        Self {
            id: 0,
            state: EntryState::Draft,
            way,
            to,
            text,
            transaction_id,
            date: Some(now / 1000),
            version: Version::V1_2.octet(),
            profile: None,
            sealed: false,
            size: 0,
            report: None,
            parts: Vec::new(),
            attempts: 0,
            went_out: false,
            not_before: None,
            written: now,
            changed: now,
            message_id: None,
            stage: None,
            says: String::new(),
            again_of: None,
            heard: Vec::new(),
            typed: None,
        }
    }

    fn moved(&mut self, state: EntryState, says: impl Into<String>, now: u64) {
        self.state = state;
        self.says = says.into();
        self.changed = now;
        self.not_before = None;
    }

    /// It waits for its turn. Only what has certainly not gone out can: anything else is sent *again*, which the person says.
    ///
    /// # Errors
    /// It is under way, or has been.
    pub fn queue(&mut self, now: u64) -> Result<(), Refusal> {
        match self.state {
            EntryState::Draft | EntryState::Queued => {
                self.moved(EntryState::Queued, "", now);
                Ok(())
            }
            EntryState::Sending => Err(Refusal::Sending(self.id)),
            state => Err(Refusal::Again { id: self.id, state }),
        }
    }

    /// The person wants the very same octets to go out again, whatever became of them. Parts of an SMS that the service centre
    /// took stay taken, unless all of them are: then all go again.
    ///
    /// # Errors
    /// It is under way.
    pub fn again(&mut self, now: u64) -> Result<(), Refusal> {
        if self.state == EntryState::Sending {
            return Err(Refusal::Sending(self.id));
        }
        let whole = self.parts.iter().all(|p| p.fate.is_taken());
        for part in &mut self.parts {
            if whole || !part.fate.is_taken() {
                part.fate = Fate::Waiting;
            }
        }
        self.attempts = 0;
        self.went_out = false;
        let says = "the very same octets, again, as you asked";
        self.moved(EntryState::Queued, says, now);
        Ok(())
    }

    /// It is not to be sent after all; it stays as a draft.
    ///
    /// # Errors
    /// It does not wait.
    pub fn cancel(&mut self, now: u64) -> Result<(), Refusal> {
        match self.state {
            EntryState::Queued => {
                self.moved(EntryState::Draft, "cancelled before it went out", now);
                Ok(())
            }
            EntryState::Sending => Err(Refusal::Sending(self.id)),
            state => Err(Refusal::NotWaiting { id: self.id, state }),
        }
    }

    /// An attempt begins.
    pub fn begin(&mut self, now: u64) {
        self.attempts = self.attempts.saturating_add(1);
        self.went_out = false;
        self.moved(EntryState::Sending, "", now);
    }

    /// The attempt ended so.
    pub fn end(&mut self, result: &SendResult, patience: Patience, now: u64) {
        self.stage = result.stage;
        if result.message_id.is_some() {
            self.message_id.clone_from(&result.message_id);
        }
        let why = result.error.as_ref().map_or("", |e| e.what.as_str());
        let taken = self.taken_parts();
        if result.ok && !self.parts.is_empty() && self.delivered_parts() == self.parts.len() {
            // The reports were faster than the end of the send.
            let says = format!("{taken} of {taken} parts reported as delivered");
            self.moved(EntryState::Delivered, says, now);
        } else if let (true, Some((state, says))) = (result.ok, self.told_by_reports()) {
            self.moved(state, says, now);
        } else if result.ok {
            let says = match self.way {
                Way::Mms => "the MMSC said Ok",
                _ => "the service centre took every part",
            };
            self.moved(EntryState::Accepted, says, now);
        } else if result.unknown {
            let says = "no answer was read: it may have been accepted";
            self.moved(EntryState::Unknown, says, now);
        } else if self.went_out && is_wordless(result) {
            // Nonsense on the line may have been the answer.
            let says = format!("{why}: it may have been accepted");
            self.moved(EntryState::Unknown, says, now);
        } else if result.cancelled && taken > 0 {
            let says = format!(
                "stopped after {taken} of {} parts had gone out",
                self.parts.len()
            );
            self.moved(EntryState::Failed, says, now);
        } else if result.cancelled {
            // What the queue had in hand is in the queue again; a message on its own waits for a word.
            let state = match patience.persistence {
                Persistence::UntilItIsOut => EntryState::Queued,
                _ => EntryState::Draft,
            };
            self.moved(state, "stopped before it went out", now);
        } else if self.is_tried_again(result, patience) {
            self.moved(EntryState::Queued, why, now);
            self.not_before = Some(now.saturating_add(pause_after(self.attempts)));
        } else {
            self.moved(EntryState::Failed, why, now);
        }
        self.went_out = false;
    }

    fn is_tried_again(&self, result: &SendResult, patience: Patience) -> bool {
        if patience.persistence == Persistence::Once || self.attempts >= patience.most {
            return false;
        }
        match result.response_status {
            Some(status) => ResponseStatus(status).retry() == Retry::Yes,
            // Nothing had gone out: a second attempt cannot make a second message of it.
            None => {
                patience.persistence == Persistence::UntilItIsOut
                    && result.http_status.is_none()
                    && result.stage != Some(Stage::Encode)
            }
        }
    }

    /// The program starts, and finds it as a session left it that did not end: an attempt that was under way is queued again where
    /// nothing can have been accepted, else unknown. Returns whether that changed it.
    pub fn recover(&mut self, now: u64) -> bool {
        if self.state != EntryState::Sending {
            return false;
        }
        let handed = self.parts.iter().any(|p| p.fate == Fate::Handed);
        if self.went_out || handed {
            let says = "the program ended before an answer was read: it may have been accepted";
            self.moved(EntryState::Unknown, says, now);
        } else if !self.parts.is_empty() && self.parts.iter().all(|p| p.fate.is_taken()) {
            self.moved(
                EntryState::Accepted,
                "the service centre took every part",
                now,
            );
        } else {
            let says = "the program ended before it went out";
            self.moved(EntryState::Queued, says, now);
        }
        self.went_out = false;
        true
    }

    /// A phone has it.
    pub fn delivered(&mut self, says: impl Into<String>, now: u64) {
        if matches!(
            self.state,
            EntryState::Accepted | EntryState::Unknown | EntryState::Sending
        ) {
            self.moved(EntryState::Delivered, says, now);
        }
    }

    /// A status report on one of its parts. Returns false where none of them has this reference and recipient.
    pub fn reported(
        &mut self,
        to: &str,
        reference: u8,
        status: u8,
        delivered: Option<bool>,
        now: u64,
    ) -> bool {
        let theirs = |p: &&mut Part| p.fate == Fate::Taken { reference } && same_line(&p.to, to);
        let Some(part) = self.parts.iter_mut().find(theirs) else {
            return false;
        };
        match delivered {
            Some(true) => part.fate = Fate::Delivered { reference },
            Some(false) => part.fate = Fate::Lost { reference, status },
            None => {}
        }
        let all = self.parts.len();
        let there = self.delivered_parts();
        if there == all {
            self.delivered(format!("{all} of {all} parts reported as delivered"), now);
        } else if delivered == Some(false) {
            self.says = format!("a part will not be delivered (TP-ST {status:02X})");
            self.changed = now;
        }
        true
    }

    /// What the reports on an MMS come to, where that is the end of it: every recipient has it, or none will.
    fn told_by_reports(&self) -> Option<(EntryState, String)> {
        let all = self.to.len();
        if self.heard.is_empty() || self.way != Way::Mms {
            return None;
        }
        let count = |wanted| {
            self.heard
                .iter()
                .filter(|h| h.delivered() == wanted)
                .count()
        };
        let (there, lost) = (count(Some(true)), count(Some(false)));
        let says = self.reports_say();
        match (there, lost) {
            (there, _) if there >= all => Some((EntryState::Delivered, says)),
            (0, lost) if lost >= all => Some((EntryState::Failed, says)),
            _ => None,
        }
    }

    fn reports_say(&self) -> String {
        let all = self.to.len();
        let there = self
            .heard
            .iter()
            .filter(|h| h.delivered() == Some(true))
            .count();
        let read = self.heard.iter().filter(|h| h.read == Some(true)).count();
        let lost = self.heard.iter().filter_map(|h| {
            let status = h.status.filter(|_| h.delivered() == Some(false))?;
            Some(
                crate::mms::Status(status)
                    .name()
                    .unwrap_or("not delivered")
                    .to_lowercase(),
            )
        });
        let mut says = format!("{there} of {all} reported as delivered");
        for status in lost {
            says.push_str(&format!("; {status}"));
        }
        if read > 0 {
            says.push_str(&format!("; read by {read}"));
        }
        says
    }

    /// An M-Delivery.ind or M-Read-Orig.ind on it.
    pub fn heard_of(&mut self, to: &str, status: Option<u8>, read: Option<bool>, now: u64) {
        let place = self.heard.iter().position(|h| same_line(&h.to, to));
        let place = place.unwrap_or_else(|| {
            self.heard.push(Heard {
                to: to.to_owned(),
                status: None,
                read: None,
            });
            self.heard.len() - 1
        });
        self.heard.truncate(self.to.len().max(1));
        let Some(heard) = self.heard.get_mut(place) else {
            return;
        };
        heard.status = status.or(heard.status);
        heard.read = read.or(heard.read);
        if !matches!(
            self.state,
            EntryState::Accepted | EntryState::Unknown | EntryState::Delivered
        ) {
            // The end of the attempt takes it into account.
            return;
        }
        match self.told_by_reports() {
            Some((state, says)) => self.moved(state, says, now),
            None => {
                self.says = self.reports_say();
                self.changed = now;
            }
        }
    }

    /// Parts of which a report says that a phone has them.
    #[must_use]
    pub fn delivered_parts(&self) -> usize {
        let there = |p: &&Part| matches!(p.fate, Fate::Delivered { .. });
        self.parts.iter().filter(there).count()
    }

    /// Parts that the service centre took.
    #[must_use]
    pub fn taken_parts(&self) -> usize {
        self.parts.iter().filter(|p| p.fate.is_taken()).count()
    }

    /// As the journal has it. `next_try_ms` in milliseconds since the session's start.
    #[must_use]
    pub fn step(&self, next_try_ms: Option<u64>) -> OutboxStep {
        OutboxStep {
            entry: self.id,
            transaction_id: self.transaction_id.clone(),
            state: self.state,
            way: self.way,
            to: self.to.iter().map(|n| masked(n)).collect(),
            characters: self.text.chars().count(),
            size: self.size,
            parts: (!self.parts.is_empty()).then(|| (self.taken_parts(), self.parts.len())),
            attempts: self.attempts,
            written_unix_ms: self.written,
            changed_unix_ms: self.changed,
            next_try_ms,
            says: self.says.clone(),
            stage: self.stage,
            forgotten: false,
        }
    }
}

/// A recipient as it may be recorded.
#[must_use]
pub fn masked(to: &str) -> Masked {
    Msisdn::new(to).masked()
}

//! Every change that can happen to a message of the outbox, and which of them cannot. Pure: the time comes from outside.
use super::{Entry, Fate, Heard, Part, Patience, Persistence, Refusal, masked, pause_after};
use crate::event::{EntryState, OutboxStep, SendResult, Stage, Way, same_line};
use crate::mms::{ResponseStatus, Retry, Version};

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

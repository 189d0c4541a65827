//! Reports on MMS tied to what was sent: M-Delivery.ind and M-Read-Orig.ind end the ladder of the message that they speak of.
//!
//! In: reports as they come. Out: entries of the outbox that changed, as events. Never here: status reports on SMS, and how a report came in.
use super::Actor;
use crate::event::{MmsReport, Msisdn, Stage, StageState, StageStep, What};
use crate::mms;
use crate::outbox::Entry;

/// Reports on MMS that fit nothing yet.
const UNTIED: usize = 64;

#[derive(Clone)]
pub(super) struct Heard {
    pub message_id: String,
    pub to: String,
    pub status: Option<u8>,
    pub read: Option<bool>,
    pub listed: bool,
}

impl Actor {
    pub(super) fn heard(&mut self, heard: Heard) {
        self.receiving.untied.push_back(heard);
        while self.receiving.untied.len() > UNTIED {
            self.receiving.untied.pop_front();
        }
        self.tie_mms_reports();
    }

    /// Ties reports to the messages that they are about. One that fits nothing waits while a send runs: its Message-ID may not be known yet.
    pub(super) fn tie_mms_reports(&mut self) {
        for heard in std::mem::take(&mut self.receiving.untied) {
            let now = (self.chance)().0;
            let tied =
                self.outbox
                    .mms_report(&heard.message_id, &heard.to, heard.status, heard.read, now);
            match tied {
                None if self.running.is_some() => self.receiving.untied.push_back(heard),
                // What lay in the store was told in the session in which it came.
                None if heard.listed => {}
                None => self.tell_heard(&heard, None),
                Some(noted) => {
                    self.tell_heard(&heard, Some(&noted.entry));
                    self.tell_unwritten(&noted);
                }
            }
        }
    }

    fn tell_heard(&self, heard: &Heard, entry: Option<&Entry>) {
        let said = crate::outbox::Heard {
            to: heard.to.clone(),
            status: heard.status,
            read: heard.read,
        };
        let status = match (heard.status, heard.read) {
            (Some(status), _) => mms::Status(status).name().unwrap_or("not assigned"),
            (None, Some(true)) => "Read",
            (None, _) => "Deleted without being read",
        };
        let evidence = self.gear.sink.record(What::MmsReport(MmsReport {
            entry: entry.and_then(|e| self.desk(e.id).number()),
            message_id: heard.message_id.clone(),
            to: Msisdn::new(heard.to.as_str()).masked(),
            status: status.to_owned(),
            delivered: said.delivered(),
            of_reading: heard.read.is_some(),
        }));
        if let Some(entry) = entry {
            self.tell_entry(entry);
            self.end_ladder(entry, evidence);
        }
        self.receiving.news.send_modify(|n| *n += 1);
    }

    /// A report that comes after the send has ended ends its ladder.
    pub(super) fn end_ladder(&self, entry: &Entry, evidence: u64) {
        let known = self.journal.known();
        let ended = |s: &&crate::known::Send| {
            s.message.entry == Some(entry.id) && s.result.as_ref().is_some_and(|r| r.ok)
        };
        let Some(send) = known.sends.iter().rev().find(ended) else {
            return;
        };
        use crate::event::EntryState::{Delivered, Failed};
        let state = match entry.state {
            Delivered => StageState::Done {
                says: entry.says.clone(),
            },
            Failed => StageState::Failed(crate::event::Failure {
                what: entry.says.clone(),
                raw: String::new(),
                means: "the report says that no phone has it".to_owned(),
                advice: "Check the recipient's number; send it again as a new message".to_owned(),
            }),
            _ => return,
        };
        let deliver = |r: &&crate::known::Rung| r.stage == Stage::Deliver;
        if send
            .rungs
            .iter()
            .find(deliver)
            .is_some_and(|r| r.state.as_ref() == Some(&state))
        {
            return;
        }
        let took = known.ms.saturating_sub(send.began_ms);
        self.gear.sink.record(What::Stage(StageStep {
            send: send.message.send,
            fetch: None,
            stage: Stage::Deliver,
            state,
            stage_ms: took,
            evidence: vec![evidence],
        }));
    }
}

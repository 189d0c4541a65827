//! What is to come back of a message that was accepted: itself, or a report.
//!
//! In: a send that was accepted. Out: the rung *deliver* of its ladder. Never here: comparing what came ([`super::verifying`]).
use super::desk::Desk;
use super::fetching::FetchDesk;
use super::verifying::Expected;
use crate::event::{SendResult, Stage};
use crate::modem::{Hearing, Trouble};
use crate::pipeline::{Gear, Learned};

/// What is to come back of a message that was accepted.
pub(super) struct Back {
    pub verify: bool,
    pub hearing: Hearing,
    pub after: u64,
    pub fetches: FetchDesk,
    pub began_ms: u64,
}

impl Back {
    /// What is to be compared, where that is wanted.
    pub fn expected(
        &self,
        gear: &Gear,
        desk: Option<&Desk>,
        result: &SendResult,
    ) -> Option<Expected> {
        let desk = desk.filter(|_| self.verify)?;
        Some(Expected {
            desk: self.fetches.clone(),
            after: self.after,
            profile: gear.connected_profile(),
            entry: desk.outbox.get(desk.id).ok()?,
            octets: desk
                .outbox
                .octets(desk.id)
                .ok()
                .flatten()
                .unwrap_or_default(),
            message_id: result.message_id.clone(),
            began_ms: self.began_ms,
        })
    }

    /// Whether a report is all that can tell of the phone, and one was asked for.
    pub fn awaits_report(&self, gear: &Gear, desk: Option<&Desk>) -> bool {
        let asked = desk
            .and_then(|d| d.outbox.get(d.id).ok())
            .is_some_and(|e| e.report == Some(true));
        asked && self.hearing != Hearing::Not && gear.bubbles.is_none()
    }

    /// Waits for the M-Delivery.ind. Returns whether it says that a phone has the message.
    pub async fn report(&self, gear: &Gear, number: u64, desk: Option<&Desk>) -> bool {
        let mut news = self.fetches.news.subscribe();
        let ladder = gear.ladder(number);
        let limit = gear.limits.of(Stage::Deliver);
        let told = || {
            let entry = desk.and_then(|d| d.outbox.get(d.id).ok());
            entry.filter(|e| !e.heard.is_empty())
        };
        let waiting = async {
            loop {
                if let Some(entry) = told() {
                    return entry;
                }
                if news.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
            }
        };
        match tokio::time::timeout(gear.modem.pace().real(limit), waiting).await {
            Ok(entry) => {
                let there = entry.heard.iter().all(|h| h.delivered() == Some(true));
                let says = if there {
                    "the delivery report says that the phone has it"
                } else {
                    "a delivery report came"
                };
                let learned = async { Ok::<_, Trouble>(Learned::new((), says, Vec::new())) };
                let _ = ladder.stage(Stage::Deliver, None, learned).await;
                // The entry itself says it, by its reports.
                false
            }
            Err(_) => {
                let says = format!(
                    "no delivery report within {} s; one that comes later is tied to the message",
                    limit.as_secs()
                );
                ladder.skip(Stage::Deliver, says);
                false
            }
        }
    }
}

//! The queue of sends: one at a time, paced.
//!
//! In: messages that wait. Out: the send whose turn it is, and what is done after it. Never here: the send itself ([`super::attempt`]).
use super::attempt::{Wish, one_send};
use super::desk::Desk;
use super::{Actor, Running};
use crate::bench::keeping::draft_again;
use crate::compose::Draft;
use crate::config::Fallback;
use crate::event::{EntryState, Level, Message, Stage, Way};
use crate::modem::Trouble;
use crate::outbox::{Entry, Patience, Persistence};
use crate::pipeline::{self, Encoded};
use crate::profile::Profile;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::Instant;

/// A message that waits for its turn.
pub(super) struct Waiting {
    /// Its number in the outbox; none where it could not be taken in.
    pub entry: Option<u64>,
    /// What is at hand of it; the rest is read when its turn comes.
    pub load: Option<Load>,
    /// Not before this time.
    pub due: Instant,
    pub persistence: Persistence,
    /// It is to come back.
    pub verify: bool,
    /// Nothing takes its place where it cannot go.
    pub only_so: bool,
}

/// What goes out.
pub(super) enum Load {
    /// An MMS, for this profile where one was in use.
    Mms {
        entry: Box<Entry>,
        draft: Draft,
        profile: Option<Box<Profile>>,
        sealed: Option<Arc<Encoded>>,
    },
    /// An SMS.
    Sms(Box<Entry>),
    /// Nothing: it was not even begun.
    Refused(Box<Message>, Trouble),
}

impl Waiting {
    /// An entry of the outbox whose turn has come.
    pub fn entry(id: u64, persistence: Persistence, due: Instant) -> Self {
        Self {
            entry: Some(id),
            load: None,
            due,
            persistence,
            verify: false,
            only_so: false,
        }
    }
}

/// With a longer pause between two messages, the modem is put back after each.
const STANDS: Duration = Duration::from_secs(30);

/// The entry that is being sent.
#[derive(Clone, Copy)]
pub(super) struct Current {
    pub entry: u64,
    pub persistence: Persistence,
}

impl Actor {
    pub(super) async fn start_next(&mut self) {
        if self.running.is_some() || self.looking.is_some() || self.free_at > Instant::now() {
            return;
        }
        let now = Instant::now();
        let away = self.lost.is_some();
        let ready =
            |w: &Waiting| w.due <= now && !(away && w.persistence == Persistence::UntilItIsOut);
        let Some(place) = self.waiting.iter().position(ready) else {
            return;
        };
        let Some(waiting) = self.waiting.remove(place) else {
            return;
        };
        let Some((load, desk)) = self.load(waiting.entry, waiting.load) else {
            return;
        };
        self.sends += 1;
        self.current = waiting.entry.map(|entry| Current {
            entry,
            persistence: waiting.persistence,
        });
        let wish = Wish {
            after: self.receiving.inbox.newest(),
            verify: waiting.verify,
            hearing: self.receiving.hearing(waiting.verify),
            fetches: self.fetch_desk(),
            number: self.sends,
            load,
            profile: self.profile.clone(),
            library: self.library.clone(),
            desk,
            fallback: if waiting.only_so {
                Fallback::Never
            } else {
                self.config.sending.fallback
            },
            patience: Patience {
                persistence: waiting.persistence,
                most: self.config.sending.attempts.get(),
            },
        };
        self.free_at = now + self.gear.modem.pace().real(self.config.pace());
        let (stop, stopped) = oneshot::channel();
        self.running = Some(Running {
            send: Box::pin(one_send(
                self.gear.clone(),
                wish,
                stopped,
                self.source.is_some(),
            )),
            stop: Some(stop),
        });
    }

    /// Tells the send that runs whether another MMS follows at once; where none does any more, what stood for it is put back.
    pub(super) fn foresee(&mut self) {
        let soon = self.free_at.max(Instant::now());
        let calm = self.config.pace() <= STANDS && self.probes.is_empty() && self.lost.is_none();
        let next = self.waiting.iter().find(|w| w.due <= soon);
        let way = next.and_then(|w| w.entry).map(|id| self.outbox.get(id));
        let followed = calm && way.is_some_and(|e| e.is_ok_and(|e| e.way == Way::Mms));
        self.gear.standing.is_followed(followed);
        let idle = self.running.is_none() && self.looking.is_none() && self.lost.is_none();
        if idle && self.gear.standing.waits_for_tidying() {
            let gear = self.gear.clone();
            self.running = Some(Running {
                send: Box::pin(async move {
                    pipeline::tidy(&gear).await;
                }),
                stop: None,
            });
        }
    }

    /// What goes out, read from the outbox where it is not at hand. `None` where it does not wait any more.
    fn load(&self, entry: Option<u64>, at_hand: Option<Load>) -> Option<(Load, Option<Desk>)> {
        let Some(id) = entry else {
            return at_hand.map(|load| (load, None));
        };
        let desk = self.desk(id);
        let kept = self.outbox.get(id).ok()?;
        if kept.state != EntryState::Queued {
            return None;
        }
        if kept.way != Way::Mms && !kept.parts.is_empty() {
            return Some((Load::Sms(Box::new(kept)), Some(desk)));
        }
        if let Some(load @ Load::Mms { .. }) = at_hand {
            return Some((load, Some(desk)));
        }
        let load = match self.read(&kept) {
            Ok(load) => load,
            Err(trouble) => Load::Refused(Box::new(told(&kept)), trouble),
        };
        Some((load, Some(desk)))
    }

    /// An MMS as it stands in the outbox.
    fn read(&self, kept: &Entry) -> Result<Load, Trouble> {
        let lost = |why: String| {
            let advice = "See `mmscope outbox show`; write the message anew";
            Trouble::new(
                "the message cannot be read from the outbox",
                "",
                why,
                advice,
            )
        };
        let octets = self
            .outbox
            .octets(kept.id)
            .map_err(|e| lost(e.to_string()))?;
        let draft = draft_again(kept, octets.as_deref()).map_err(lost)?;
        let octets = octets.ok_or_else(|| lost("its octets are not there".to_owned()))?;
        let profile = match kept.profile.as_deref() {
            Some(id) => Some(self.named(id).map_err(|e| {
                let advice = "Put the profile back, or send it again as a new message";
                let what = "the profile for which the message was made is not there any more";
                Trouble::new(what, "", e.to_string(), advice)
            })?),
            None => self.profile.clone(),
        };
        let sealed = match &profile {
            Some(profile) if kept.sealed => Some(Arc::new(Encoded::fixed(octets, profile)?)),
            _ => None,
        };
        Ok(Load::Mms {
            entry: Box::new(kept.clone()),
            draft,
            profile: profile.map(Box::new),
            sealed,
        })
    }

    /// After a send: an entry that is to be tried again by itself waits for that.
    pub(super) fn after_send(&mut self) {
        let Some(Current { entry, persistence }) = self.current.take() else {
            return;
        };
        self.tie_reports();
        self.tie_mms_reports();
        let result = self
            .journal
            .known()
            .sends
            .back()
            .and_then(|s| s.result.clone());
        self.tested(result.map(|result| (entry, result)));
        let Ok(kept) = self.outbox.get(entry) else {
            return;
        };
        if self.withdrawn.take() == Some(entry) && kept.state == EntryState::Queued {
            return self.withdraw_stopped(entry);
        }
        let (EntryState::Queued, Some(not_before)) = (kept.state, kept.not_before) else {
            return;
        };
        let due = self.instant(not_before);
        let seconds = not_before.saturating_sub((self.chance)().0) / 1000;
        self.say(
            Level::Info,
            format!(
                "message {entry} is tried again in {seconds} s (attempt {} of {})",
                kept.attempts + 1,
                self.config.sending.attempts.get()
            ),
        );
        if persistence == Persistence::UntilItIsOut && kept.stage < Some(Stage::Post) {
            // What stands in the way is not this message: the others would meet it, too.
            self.free_at = self.free_at.max(due);
        }
        self.waiting
            .push_front(Waiting::entry(entry, persistence, due));
    }
}

/// A message as the journal has it, where it did not come as far as to be numbered.
pub(super) fn told(kept: &Entry) -> Message {
    Message {
        send: 0,
        to: kept.to.iter().map(|n| crate::outbox::masked(n)).collect(),
        characters: kept.text.chars().count(),
        transaction_id: kept.transaction_id.clone(),
        profile: kept.profile.clone().unwrap_or_default(),
        way: kept.way,
        entry: Some(kept.id).filter(|id| *id > 0),
    }
}

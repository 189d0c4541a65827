//! The outbox in the bench: messages are taken in before anything else happens to them, and worked off in their turn.
//!
//! In: messages, orders about entries, status reports. Out: entries that wait, and their states as events. Never here: the disk's form.
use super::Actor;
use super::attempt::unwritten;
use super::desk::{Desk, aside};
use super::sending::{Load, Waiting, told};
use crate::bench::keeping::{Kept, draft_again, write_down};
use crate::bench::{Edition, Message, OutboxOrder};
use crate::compose::way_by_length;
use crate::event::{Act, EntryState, Level, Way, What};
use crate::modem::Trouble;
use crate::outbox::{Entry, Failure, LONGEST_PAUSE_MS, Persistence};
use crate::profile::Profile;
use std::collections::HashSet;
use std::time::Duration;
use tokio::time::Instant;

/// How many settled messages of earlier sessions are told at the start.
const SETTLED: usize = 64;

impl Actor {
    pub(super) fn desk(&self, id: u64) -> Desk {
        Desk {
            outbox: self.outbox.clone(),
            id,
            sink: self.gear.sink.clone(),
            chance: self.chance,
        }
    }

    /// A time of the wall clock (milliseconds since 1970) as one of ours; now, where it has passed. No pause is longer than the longest that we make:
    /// a clock that was put back must not hold a message for months.
    pub(super) fn instant(&self, unix_ms: u64) -> Instant {
        let pause = unix_ms.saturating_sub((self.chance)().0);
        let pause = Duration::from_millis(pause.min(LONGEST_PAUSE_MS));
        Instant::now() + self.gear.modem.pace().real(pause)
    }

    pub(super) fn tell_entry(&self, entry: &Entry) {
        if self.outbox.why_unkept().is_some() {
            // Its number is one that exists nowhere.
            return;
        }
        self.gear.sink.record(What::Outbox(entry.step(None)));
    }

    /// Tells what is in the outbox at the start, and what became of messages that were under way when a session ended.
    pub(super) fn tell_outbox(&self) {
        let all = self.outbox.all();
        let settled = all.iter().filter(|e| is_over(e)).count();
        let mut passed = settled.saturating_sub(SETTLED);
        for entry in &all {
            if is_over(entry) && passed > 0 {
                passed -= 1;
                continue;
            }
            self.tell_entry(entry);
        }
        for entry in self.outbox.recovered() {
            self.say(
                Level::Warning,
                format!("message {}: {}", entry.id, entry.says),
            );
        }
        let waiting = self.outbox.queued().len();
        if waiting > 0 {
            let them = if waiting == 1 { "it" } else { "them" };
            let text = format!(
                "{} in the outbox from before; `mmscope outbox send --all` sends {them}, or the Messages screen",
                waits(waiting)
            );
            self.say(Level::Info, text);
        }
    }

    /// A message that is to be sent: into the outbox first, then it waits for its turn.
    /// Returns its number, where it could be taken in.
    pub(super) async fn take_in(&mut self, message: Message) -> Option<u64> {
        let asked = &message.draft.options;
        let reports = asked.delivery_report == Some(true) || asked.read_report == Some(true);
        let wanted = reports && self.config.receive != crate::config::Receive::Off;
        let unkept = self.receiving.inbox.why_unkept().is_some();
        self.receiving.listens |= (message.verify || wanted) && !unkept;
        if wanted && unkept {
            self.say(Level::Warning, "reports on this message are not listened for: what comes in cannot be kept in this session");
        }
        let waiting = self.kept(message).await;
        let entry = waiting.entry;
        self.waiting.push_back(waiting);
        entry
    }

    async fn kept(&mut self, message: Message) -> Waiting {
        let rule = self.config.sending;
        let by_rule = || {
            let most = usize::try_from(rule.mms_from_parts.get()).unwrap_or(usize::MAX);
            rule.way
                .fixed()
                .unwrap_or_else(|| way_by_length(&message.draft, most))
        };
        let way = message.way.unwrap_or_else(by_rule);
        let mut waiting = Waiting {
            entry: None,
            load: None,
            due: Instant::now(),
            persistence: message.persistence,
            verify: message.verify,
            only_so: message.only_so,
        };
        let chance = (self.chance)();
        if let Some(why) = self.receiving.inbox.why_unkept().filter(|_| message.verify) {
            let trouble = cannot_come_back(why);
            waiting.load = Some(Load::Refused(
                Box::new(self.as_told(&message, way)),
                trouble,
            ));
            return waiting;
        }
        let profile = self.profile_of(&message);
        let written = write_down(&message, way, profile.as_ref(), chance).await;
        let Kept {
            mut entry,
            octets,
            sealed,
        } = match written {
            Ok(kept) => kept,
            Err(trouble) => {
                waiting.load = Some(Load::Refused(
                    Box::new(self.as_told(&message, way)),
                    trouble,
                ));
                return waiting;
            }
        };
        entry.state = EntryState::Queued;
        let entry = match self.put_in(&entry, octets, message.entry).await {
            Ok(kept) => kept,
            Err(e) => {
                waiting.load = Some(Load::Refused(Box::new(told(&entry)), unwritten(&e)));
                return waiting;
            }
        };
        self.tell_entry(&entry);
        waiting.entry = Some(entry.id);
        waiting.load = (way == Way::Mms).then(|| Load::Mms {
            entry: Box::new(entry),
            draft: message.draft,
            profile: profile.map(Box::new),
            sealed,
        });
        waiting
    }

    /// The profile that a message goes through: its own, which a resend finds again, or the one in use.
    fn profile_of(&mut self, message: &Message) -> Option<Profile> {
        let Some(own) = message.profile.as_deref() else {
            return self.profile.clone();
        };
        if self.named(own.id.as_str()).ok().as_ref() != Some(own) {
            self.hold(own.clone());
        }
        Some(own.clone())
    }

    /// A message that could not be written down, as the journal has it.
    fn as_told(&self, message: &Message, way: Way) -> crate::event::Message {
        let (now, random) = (self.chance)();
        let to = message.draft.recipients();
        let to = to.map(|r| r.plain().to_owned()).collect();
        let id = message.transaction_id.clone();
        let id = id.unwrap_or_else(|| crate::mms::TransactionId::new(now, random));
        let mut entry = Entry::new(way, to, message.draft.text.clone(), id, now);
        let profile = message.profile.as_deref().or(self.profile.as_ref());
        entry.profile = profile.map(|p| p.id.to_string());
        told(&entry)
    }

    /// Writes an entry down: in the place of its draft, as long as it is one, or as a new one.
    ///
    /// # Errors
    /// The outbox's; and where it keeps nothing, unless a person has agreed to that.
    async fn put_in(
        &mut self,
        entry: &Entry,
        octets: Option<Vec<u8>>,
        draft: Option<u64>,
    ) -> Result<Entry, Failure> {
        if let Some(why) = self.outbox.why_unkept().filter(|_| !self.unrecorded) {
            return Err(why.clone().into());
        }
        let entry = entry.clone();
        aside(self.outbox.clone(), move |outbox| match draft {
            Some(draft) => Ok(outbox.instead(draft, entry, octets.as_deref())?),
            None => {
                let mut added = outbox.add(vec![(entry.clone(), octets)])?;
                Ok(added.pop().unwrap_or(entry))
            }
        })
        .await
    }

    pub(super) async fn take_outbox(&mut self, order: OutboxOrder) {
        if self.read_only && order.sends() {
            let text = "read-only: nothing is sent. Start without --read-only to send";
            return self.say(Level::Warning, text);
        }
        let done = match order {
            OutboxOrder::SendQueued => {
                self.work_off();
                Ok(())
            }
            OutboxOrder::Send(id) => self.queue(id, Entry::queue).await,
            OutboxOrder::Resend {
                entry,
                edition: Edition::Same,
                ..
            } => self.queue(entry, Entry::again).await,
            OutboxOrder::Resend {
                entry,
                edition: Edition::New,
                way,
            } => self.anew(entry, way).await,
            OutboxOrder::Cancel(id) => self.withdraw(id).await,
            OutboxOrder::TakeOut(id) => self.take_out(id).await,
            OutboxOrder::Forget(id) => self.forget(id).await,
        };
        if let Err(e) = done {
            self.say(Level::Warning, e.to_string());
        }
        // Last, so that whoever follows knows that what was asked for waits by now.
        self.gear.sink.record(What::Act(Act::Outbox));
    }

    /// Every entry that is queued waits for its turn from now on.
    fn work_off(&mut self) {
        let waiting: HashSet<u64> = self.waiting.iter().filter_map(|w| w.entry).collect();
        for id in self.outbox.queued() {
            if waiting.contains(&id) {
                continue;
            }
            let not_before = self.outbox.get(id).ok().and_then(|e| e.not_before);
            let due = not_before.map_or_else(Instant::now, |at| self.instant(at));
            self.waiting
                .push_back(Waiting::entry(id, Persistence::UntilItIsOut, due));
        }
    }

    async fn queue(
        &mut self,
        id: u64,
        change: fn(&mut Entry, u64) -> Result<(), crate::outbox::Refusal>,
    ) -> Result<(), Failure> {
        let now = (self.chance)().0;
        let changing = move |outbox: &crate::outbox::Outbox| outbox.change(id, |e| change(e, now));
        let entry = aside(self.outbox.clone(), changing).await?;
        self.tell_entry(&entry);
        self.waiting.retain(|w| w.entry != Some(id));
        self.waiting.push_back(Waiting::entry(
            id,
            Persistence::AsTheStatusSays,
            Instant::now(),
        ));
        Ok(())
    }

    /// A new message with the content of an entry.
    async fn anew(&mut self, id: u64, way: Option<Way>) -> Result<(), Failure> {
        let entry = self.outbox.get(id)?;
        let octets = self.outbox.octets(id)?;
        match draft_again(&entry, octets.as_deref()) {
            Ok(draft) => {
                let message = Message {
                    draft,
                    way: Some(way.unwrap_or(entry.way)),
                    persistence: Persistence::AsTheStatusSays,
                    ..Message::default()
                };
                let waiting = self.kept(message).await;
                if let Some(new) = waiting.entry {
                    let marked = move |outbox: &crate::outbox::Outbox| {
                        outbox.change(new, |e| {
                            e.again_of = Some(id);
                            Ok::<(), Failure>(())
                        })
                    };
                    aside(self.outbox.clone(), marked).await?;
                }
                self.waiting.push_back(waiting);
            }
            Err(why) => self.say(
                Level::Warning,
                format!("message {id} cannot be sent anew: {why}"),
            ),
        }
        Ok(())
    }

    async fn withdraw(&mut self, id: u64) -> Result<(), Failure> {
        if self.current.is_some_and(|c| c.entry == id) {
            self.withdrawn = Some(id);
            self.cancel();
            return Ok(());
        }
        self.unqueue(id, None).await
    }

    /// It goes into the composer; nothing of it goes out meanwhile.
    async fn take_out(&mut self, id: u64) -> Result<(), Failure> {
        if self.current.is_some_and(|c| c.entry == id) {
            return Err(crate::outbox::Refusal::Sending(id).into());
        }
        self.unqueue(id, Some("taken out of the queue, to be changed"))
            .await
    }

    async fn unqueue(&mut self, id: u64, says: Option<&'static str>) -> Result<(), Failure> {
        let now = (self.chance)().0;
        let changing = move |outbox: &crate::outbox::Outbox| {
            outbox.change(id, |entry| {
                entry.cancel(now)?;
                if let Some(says) = says {
                    says.clone_into(&mut entry.says);
                }
                Ok::<(), crate::outbox::Refusal>(())
            })
        };
        let entry = aside(self.outbox.clone(), changing).await?;
        self.waiting.retain(|w| w.entry != Some(id));
        self.tell_entry(&entry);
        Ok(())
    }

    /// The same by its Transaction-Id. What is over or was never taken in needs no stop.
    pub(super) async fn withdraw_named(&mut self, transaction_id: &str) {
        let open = |e: &Entry| {
            let waits = matches!(e.state, EntryState::Queued | EntryState::Sending);
            waits && e.transaction_id == transaction_id
        };
        let named = self.outbox.all().into_iter().rev().find(open);
        if let Some(entry) = named
            && let Err(e) = self.withdraw(entry.id).await
        {
            self.say(Level::Warning, e.to_string());
        }
        self.gear.sink.record(What::Act(Act::Outbox));
    }

    /// A send of the queue was stopped because this message shall not go out.
    pub(super) fn withdraw_stopped(&self, id: u64) {
        let now = (self.chance)().0;
        match self.outbox.change(id, |e| e.cancel(now)) {
            Ok(entry) => self.tell_entry(&entry),
            Err(e) => self.say(Level::Warning, e.to_string()),
        }
    }

    async fn forget(&mut self, id: u64) -> Result<(), Failure> {
        let entry = aside(self.outbox.clone(), move |o| o.forget(id)).await?;
        self.waiting.retain(|w| w.entry != Some(id));
        let mut step = entry.step(None);
        step.forgotten = true;
        self.gear.sink.record(What::Outbox(step));
        Ok(())
    }

    /// Those that still wait stay queued; they are not worked off any more.
    pub(super) fn stop_waiting(&mut self) {
        let kept = self.waiting.iter().filter(|w| w.entry.is_some()).count();
        self.waiting.clear();
        if kept > 0 {
            self.say(
                Level::Info,
                format!("{} in the outbox, queued as before", waits(kept)),
            );
        }
    }
}

fn cannot_come_back(why: &str) -> Trouble {
    Trouble::new(
        "what comes back could not be kept",
        "",
        format!(
            "{why}; a message to oneself is received and acknowledged, and with it whatever else comes meanwhile"
        ),
        "Mend what the error names, then send again; nothing has gone out",
    )
}

/// Whether nothing is to be done about it any more.
fn is_over(entry: &Entry) -> bool {
    matches!(
        entry.state,
        EntryState::Accepted | EntryState::Delivered | EntryState::Failed
    )
}

fn waits(count: usize) -> String {
    match count {
        1 => "1 message waits".to_owned(),
        n => format!("{n} messages wait"),
    }
}

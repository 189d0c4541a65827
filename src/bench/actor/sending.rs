//! Sends: one at a time, paced, from the message to a tidy modem.
//!
//! In: messages that wait. Out: the events of a send, its result last. Never here: the stages themselves (those are the pipeline's).
use super::desk::Desk;
use super::fetching::FetchDesk;
use super::verifying::{Expected, verify};
use super::{Actor, Running, facts, no_profile};
use crate::bench::keeping::{draft_again, job_of, seal_as_sms};
use crate::compose::{Draft, SmsOut, can_be_sms};
use crate::config::Fallback;
use crate::event::{EntryState, Level, Message, Notice, SendResult, Stage, Way, What};
use crate::modem::{Hearing, Trouble};
use crate::outbox::{Entry, Failure, Fate, Patience, Persistence};
use crate::pipeline::{self, Encoded, Fallen, Gear, Learned, Ledger, SmsJob, Unkept};
use crate::profile::{Library, Profile};
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
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
            fallback: self.config.sending.fallback,
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
        if kept.way != Way::Mms {
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
        let octets = octets.ok_or_else(|| lost("its octets are not there".to_owned()))?;
        let draft = draft_again(kept, Some(&octets)).map_err(lost)?;
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

/// A message to send; its profile may still have to be chosen by the SIM.
struct Wish {
    /// It is to come back.
    verify: bool,
    /// What comes in meanwhile is wanted.
    hearing: Hearing,
    /// The newest received message before it.
    after: u64,
    fetches: FetchDesk,
    number: u64,
    load: Load,
    profile: Option<Profile>,
    library: Arc<Library>,
    desk: Option<Desk>,
    fallback: Fallback,
    patience: Patience,
}

impl Wish {
    fn transaction_id(&self) -> String {
        match &self.load {
            Load::Mms { entry, .. } | Load::Sms(entry) => entry.transaction_id.clone(),
            Load::Refused(message, _) => message.transaction_id.clone(),
        }
    }

    /// The profile whose context may stay up for the next message. One with credentials gets a new context each time.
    fn stands_for(&self) -> Option<String> {
        let Load::Mms { profile, .. } = &self.load else {
            return None;
        };
        let profile = profile.as_deref().or(self.profile.as_ref())?;
        let open = profile.mms_pdn().auth == crate::profile::Auth::None;
        open.then(|| profile.id.to_string())
    }

    fn way(&self) -> Way {
        match &self.load {
            Load::Mms { entry, .. } | Load::Sms(entry) => entry.way,
            Load::Refused(message, _) => message.way,
        }
    }
}

/// A send that was accepted, and how the phone is looked at.
type Sent = (SendResult, Option<(SmsJob, pipeline::Awaited)>);

/// One send from its message to a tidy modem. The result is its last event. A line that is lost and `returns` is tidied when it is back.
async fn one_send(gear: Gear, wish: Wish, mut stopped: oneshot::Receiver<()>, returns: bool) {
    let before = gear.bubbles.as_ref().map_or(0, |b| *b.borrow());
    let (began, exchanges) = (gear.sink.now_ms(), gear.modem.engine().exchanges());
    let boots = gear.modem.engine().boots();
    let (number, id, way) = (wish.number, wish.transaction_id(), wish.way());
    let (desk, patience) = (wish.desk.clone(), wish.patience);
    let profile = wish.stands_for();
    let back = Back {
        verify: wish.verify,
        hearing: wish.hearing,
        after: wish.after,
        fetches: wish.fetches.clone(),
        began_ms: began,
    };
    gear.went_out.store(false, Ordering::Relaxed);
    *gear.reached.lock().unwrap_or_else(PoisonError::into_inner) = None;
    let (mut result, awaited) = tokio::select! {
        sent = begun(&gear, wish) => sent,
        _ = &mut stopped => (SendResult { way, ..cancelled(&gear, number, id) }, None),
    };
    result.entry = desk.as_ref().map(|d| d.id);
    result.duration_ms = gear.sink.now_ms().saturating_sub(began);
    result.exchanges = gear.modem.engine().exchanges().saturating_sub(exchanges);
    let engine = gear.modem.engine();
    result.modem_lost = !result.ok && (engine.is_gone() || engine.boots() != boots);
    // At once: whatever ends the program from here on, what became of the message is known.
    if let Some(desk) = &desk {
        told_or_alarm(&gear, desk.end(&result, patience).await);
    }
    let mut delivered = false;
    let mut failed = None;
    if result.ok {
        if let Some(desk) = desk.as_ref().filter(|d| back.awaits_report(&gear, Some(d))) {
            desk.accepted(result.message_id.clone()).await;
        }
        let phone = async {
            match (back.expected(&gear, desk.as_ref(), &result), awaited) {
                (Some(expected), _) => {
                    let (seen, failure) = verify(&gear, number, &expected).await;
                    failed = Some(failure);
                    let passed = matches!(failed, Some(None));
                    result.verify = Some(seen);
                    passed
                }
                (None, Some((job, awaited))) => pipeline::reports(&gear, &job, awaited).await,
                (None, None) if back.awaits_report(&gear, desk.as_ref()) => {
                    back.report(&gear, number, desk.as_ref()).await
                }
                (None, None) => pipeline::deliver(&gear, number, before).await,
            }
        };
        tokio::select! {
            seen = phone => delivered = seen,
            _ = &mut stopped => pipeline::not_awaited(&gear, number),
        }
    }
    if delivered && let Some(desk) = &desk {
        told_or_alarm(&gear, desk.delivered().await);
    }
    if !(returns && gear.modem.engine().is_gone()) {
        pipeline::rest(&gear, &result, profile.as_deref()).await;
    }
    if let Some(Some(failure)) = failed {
        // It was accepted, which is how it stands in the outbox; what was asked for is more than that.
        result.ok = false;
        result.stage = Some(Stage::Deliver);
        result.error = Some(failure);
    }
    gear.sink.record(What::Result(result));
}

fn told_or_alarm(gear: &Gear, written: Result<(), Failure>) {
    if let Err(e) = written {
        let text = format!(
            "{e}. How this message ended is not written down; at the next start it may be called unknown"
        );
        gear.sink.record(What::Notice(Notice {
            level: Level::Alarm,
            text,
            because: None,
        }));
    }
}

/// What is to come back of a message that was accepted.
struct Back {
    verify: bool,
    hearing: Hearing,
    after: u64,
    fetches: FetchDesk,
    began_ms: u64,
}

impl Back {
    /// What is to be compared, where that is wanted.
    fn expected(&self, gear: &Gear, desk: Option<&Desk>, result: &SendResult) -> Option<Expected> {
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
    fn awaits_report(&self, gear: &Gear, desk: Option<&Desk>) -> bool {
        let asked = desk
            .and_then(|d| d.outbox.get(d.id).ok())
            .is_some_and(|e| e.report == Some(true));
        asked && self.hearing != Hearing::Not && gear.bubbles.is_none()
    }

    /// Waits for the M-Delivery.ind. Returns whether it says that a phone has the message.
    async fn report(&self, gear: &Gear, number: u64, desk: Option<&Desk>) -> bool {
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

/// Writes down that an attempt begins, then sends.
async fn begun(gear: &Gear, wish: Wish) -> Sent {
    let number = wish.number;
    if let Load::Refused(message, trouble) = wish.load {
        let id = message.transaction_id.clone();
        let message = Message {
            send: number,
            ..*message
        };
        let result = pipeline::refuse(gear, message, trouble).await;
        return (
            SendResult {
                transaction_id: Some(id),
                ..result
            },
            None,
        );
    }
    if let Some(desk) = &wish.desk
        && let Err(e) = desk.begin().await
    {
        let message = match &wish.load {
            Load::Mms { entry, .. } | Load::Sms(entry) => told(entry),
            Load::Refused(message, _) => Message::clone(message),
        };
        let message = Message {
            send: number,
            ..message
        };
        return (pipeline::refuse(gear, message, unwritten(&e)).await, None);
    }
    send(gear, wish).await
}

/// What cannot be written down is not sent.
pub(super) fn unwritten(error: &Failure) -> Trouble {
    Trouble::new(
        "the message cannot be written to the outbox",
        "",
        format!(
            "{error}; what cannot be written down is not sent, since nobody would know after a crash whether it went out"
        ),
        "Mend what the error names, then send again; nothing has gone out",
    )
}

/// Chooses the profile where none is in use, then sends; an MMS whose way is barred goes as linked SMS where the person wants that.
async fn send(gear: &Gear, wish: Wish) -> Sent {
    let (mut entry, draft, profile, sealed) = match wish.load {
        Load::Mms {
            entry,
            draft,
            profile,
            sealed,
        } => (entry, draft, profile, sealed),
        Load::Sms(entry) => {
            return send_sms(gear, wish.number, &entry, wish.desk, None, wish.hearing).await;
        }
        // Told before.
        Load::Refused(..) => return (SendResult::default(), None),
    };
    let profile = match profile.map(|p| *p).or(wish.profile) {
        Some(profile) => profile,
        None => match choose(gear, &wish.library, wish.number).await {
            Ok(profile) => profile,
            Err(result) => return (*result, None),
        },
    };
    let mut job = job_of(&entry, draft, profile);
    job.number = wish.number;
    job.entry = wish.desk.as_ref().map(|d| d.id);
    job.sealed = sealed;
    job.hearing = wish.hearing;
    if let Some(desk) = &wish.desk {
        job.ledger = Arc::new(desk.clone());
        if job.sealed.is_none()
            && let Ok(fixed) = pipeline::off_the_thread(&job).await
        {
            let (octets, id) = (fixed.octets.clone(), job.profile.id.to_string());
            let fixing = desk.seal(Some(octets), move |entry| {
                entry.size = fixed.octets.len();
                entry.profile = Some(id);
                entry.sealed = true;
            });
            match fixing.await {
                Ok(sealed) => *entry = sealed,
                Err(e) => {
                    let message = Message {
                        send: wish.number,
                        ..told(&entry)
                    };
                    return (pipeline::refuse(gear, message, unwritten(&e)).await, None);
                }
            }
        }
    }
    let mut result = pipeline::send(gear, &job).await;
    if !is_barred(&result) || can_be_sms(&job.draft).is_err() {
        return (result, None);
    }
    match wish.fallback {
        Fallback::Never => (result, None),
        Fallback::Offer => {
            result.offers = Some(Way::Sms);
            (result, None)
        }
        Fallback::Send => fall_back(gear, *entry, &job, wish.desk, result).await,
    }
}

/// Whether the way of an MMS is barred before anything of it went out, and an SMS might still go: the modem is registered.
fn is_barred(result: &SendResult) -> bool {
    let stages = Stage::Attach..=Stage::Connect;
    !result.ok
        && !result.unknown
        && !result.cancelled
        && result.stage.is_some_and(|s| stages.contains(&s))
}

/// The same message as linked SMS, as the configuration wants it.
async fn fall_back(
    gear: &Gear,
    mut entry: Entry,
    job: &pipeline::Job,
    desk: Option<Desk>,
    failed: SendResult,
) -> Sent {
    let Some(failure) = failed.error.clone() else {
        return (failed, None);
    };
    if seal_as_sms(&mut entry, &job.draft, Way::Sms).is_err() {
        return (failed, None);
    }
    if let Some(desk) = &desk {
        let sms = entry.clone();
        let sealed = desk.seal(None, move |kept| {
            kept.way = sms.way;
            kept.text = sms.text;
            kept.size = sms.size;
            kept.parts = sms.parts;
        });
        if sealed.await.is_err() {
            return (failed, None);
        }
    }
    gear.sink.record(What::Notice(Notice {
        level: Level::Info,
        text: format!(
            "the MMS cannot go out ({}); it goes as linked SMS (fallback in the configuration)",
            failure.what
        ),
        because: None,
    }));
    send_sms(gear, failed.send, &entry, desk, Some(failure), job.hearing).await
}

async fn send_sms(
    gear: &Gear,
    number: u64,
    entry: &Entry,
    desk: Option<Desk>,
    fell_back: Option<crate::event::Failure>,
    hearing: Hearing,
) -> Sent {
    let parts = entry.parts.iter().map(|part| {
        let out = SmsOut {
            to: part.to.clone(),
            number: part.number,
            of: part.of,
            tpdu: part.tpdu.clone(),
        };
        let before = match part.fate {
            Fate::Taken { reference }
            | Fate::Delivered { reference }
            | Fate::Lost { reference, .. } => Some(reference),
            Fate::Waiting | Fate::Handed => None,
        };
        (out, before)
    });
    let ledger: Arc<dyn Ledger> = match &desk {
        Some(desk) => Arc::new(desk.clone()),
        None => Arc::new(Unkept),
    };
    let job = SmsJob {
        number,
        entry: desk.map(|d| d.id),
        way: entry.way,
        characters: entry.text.chars().count(),
        transaction_id: entry.transaction_id.clone(),
        parts: parts.collect(),
        report: entry.report != Some(false),
        fell_back,
        ledger,
        hearing,
    };
    let (result, awaited) = pipeline::send_sms(gear, &job).await;
    (result, awaited.map(|awaited| (job, awaited)))
}

/// The profile that fits the SIM best. Where that cannot be told, the send has failed at the stage that stands in the way.
async fn choose(gear: &Gear, library: &Library, number: u64) -> Result<Profile, Box<SendResult>> {
    let failed = |stage, trouble: Trouble| {
        Box::new(SendResult {
            send: number,
            stage: Some(stage),
            error: Some(trouble.failure),
            ..SendResult::default()
        })
    };
    let card = pipeline::card(gear, number).await;
    let card = card.map_err(|Fallen { stage, trouble }| failed(stage, trouble))?;
    if let Some(profile) = library.best_match(&facts(&card)) {
        gear.sink.record(What::Profile(profile.in_use()));
        return Ok(profile.clone());
    }
    gear.sink.record(What::Message(crate::event::Message {
        send: number,
        ..Default::default()
    }));
    let trouble = no_profile();
    gear.sink.record(What::Notice(Notice {
        level: Level::Warning,
        text: trouble.to_string(),
        because: None,
    }));
    Err(failed(crate::event::Stage::Encode, trouble))
}

/// The result of a send that was stopped: unknown where the whole request had been handed to the modem already.
fn cancelled(gear: &Gear, number: u64, transaction_id: String) -> SendResult {
    let unknown = gear.went_out.load(Ordering::Relaxed);
    let reached = *gear.reached.lock().unwrap_or_else(PoisonError::into_inner);
    SendResult {
        send: number,
        cancelled: true,
        unknown,
        stage: if unknown {
            Some(crate::event::Stage::Post)
        } else {
            reached
        },
        transaction_id: Some(transaction_id),
        error: unknown.then(pipeline::stopped_too_late),
        ..SendResult::default()
    }
}

//! Sends: one at a time, paced, from the message to a tidy modem.
//!
//! In: messages that wait. Out: the events of a send, its result last. Never here: the stages themselves (those are the pipeline's).
use super::{Actor, Running, facts, no_profile};
use crate::event::{Level, Notice, SendResult, What};
use crate::mms::{TransactionId, Version};
use crate::modem::Trouble;
use crate::pipeline::{self, Fallen, Gear, Job};
use crate::profile::{Library, Profile};
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use tokio::sync::oneshot;
use tokio::time::Instant;

impl Actor {
    pub(super) async fn start_next(&mut self) {
        if self.running.is_some()
            || self.looking.is_some()
            || self.waiting.is_empty()
            || self.free_at > Instant::now()
        {
            return;
        }
        let Some(message) = self.waiting.pop_front() else {
            return;
        };
        self.sends += 1;
        let (now_ms, random) = (self.chance)();
        let wish = Wish {
            number: self.sends,
            draft: message.draft,
            profile: self.profile.clone(),
            library: self.library.clone(),
            transaction_id: message
                .transaction_id
                .unwrap_or_else(|| TransactionId::new(now_ms, random)),
            date: message.date.or(Some(now_ms / 1000)),
            version: message.version.unwrap_or(Version::V1_2),
            octets: message.octets,
        };
        self.free_at = Instant::now() + self.gear.modem.pace().real(self.config.pace());
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
}

/// A message to send; its profile may still have to be chosen by the SIM.
struct Wish {
    number: u64,
    draft: crate::compose::Draft,
    profile: Option<Profile>,
    library: Arc<Library>,
    transaction_id: String,
    date: Option<u64>,
    version: Version,
    octets: Option<bytes::Bytes>,
}

/// One send from its message to a tidy modem. The result is its last event. A line that is lost and `returns` is tidied when it is back.
async fn one_send(gear: Gear, wish: Wish, mut stopped: oneshot::Receiver<()>, returns: bool) {
    let before = gear.bubbles.as_ref().map_or(0, |b| *b.borrow());
    let (began, exchanges) = (gear.sink.now_ms(), gear.modem.engine().exchanges());
    let boots = gear.modem.engine().boots();
    let (number, id) = (wish.number, wish.transaction_id.clone());
    gear.went_out.store(false, Ordering::Relaxed);
    *gear.reached.lock().unwrap_or_else(PoisonError::into_inner) = None;
    let mut result = tokio::select! {
        result = send(&gear, wish) => result,
        _ = &mut stopped => cancelled(&gear, number, id),
    };
    result.duration_ms = gear.sink.now_ms().saturating_sub(began);
    result.exchanges = gear.modem.engine().exchanges().saturating_sub(exchanges);
    let engine = gear.modem.engine();
    result.modem_lost = !result.ok && (engine.is_gone() || engine.boots() != boots);
    if result.ok {
        tokio::select! {
            () = pipeline::deliver(&gear, number, before) => {}
            _ = &mut stopped => pipeline::not_awaited(&gear, number),
        }
    }
    if !(returns && gear.modem.engine().is_gone()) {
        pipeline::tidy(&gear).await;
    }
    gear.sink.record(What::Result(result));
}

/// Chooses the profile where none is in use, then sends.
async fn send(gear: &Gear, wish: Wish) -> SendResult {
    let profile = match wish.profile {
        Some(profile) => profile,
        None => match choose(gear, &wish.library, wish.number).await {
            Ok(profile) => profile,
            Err(result) => return *result,
        },
    };
    let job = Job {
        number: wish.number,
        draft: wish.draft,
        profile,
        transaction_id: wish.transaction_id,
        date: wish.date,
        version: wish.version,
        octets: wish.octets,
    };
    pipeline::send(gear, &job).await
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

//! One send, from its message to a tidy modem. The result is its last event.
//!
//! In: a [`Wish`]. Out: the events of the send, and how it ended in the outbox. Never here: the queue, and the stages themselves (those are the pipeline's).
use super::awaiting::Back;
use super::desk::Desk;
use super::fetching::FetchDesk;
use super::sending::{Load, told};
use super::verifying::verify;
use super::{facts, no_profile};
use crate::bench::keeping::{job_of, seal_as_sms};
use crate::compose::{SmsOut, can_be_sms};
use crate::config::Fallback;
use crate::event::{Level, Message, Notice, SendResult, Stage, Way, What};
use crate::modem::{Hearing, Trouble};
use crate::outbox::{Entry, Failure, Fate, Patience};
use crate::pipeline::{self, Fallen, Gear, Ledger, SmsJob, Unkept};
use crate::profile::{Library, Profile};
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use tokio::sync::oneshot;

/// A message to send; its profile may still have to be chosen by the SIM.
pub(super) struct Wish {
    /// It is to come back.
    pub verify: bool,
    /// What comes in meanwhile is wanted.
    pub hearing: Hearing,
    /// The newest received message before it.
    pub after: u64,
    pub fetches: FetchDesk,
    pub number: u64,
    pub load: Load,
    pub profile: Option<Profile>,
    pub library: Arc<Library>,
    pub desk: Option<Desk>,
    pub fallback: Fallback,
    pub patience: Patience,
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
pub(super) async fn one_send(
    gear: Gear,
    wish: Wish,
    mut stopped: oneshot::Receiver<()>,
    returns: bool,
) {
    let before = gear.bubbles.as_ref().map_or(0, |b| *b.borrow());
    let (began, exchanges) = (gear.sink.now_ms(), gear.modem.engine().exchanges());
    let boots = gear.modem.engine().boots();
    let (number, id, way) = (wish.number, wish.transaction_id(), wish.way());
    let named = Some(id.clone());
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
        _ = &mut stopped => {
            let result = SendResult { way, ..cancelled(&gear, number, id) };
            (as_written_down(result, desk.as_ref()), None)
        }
    };
    result.entry = desk.as_ref().and_then(Desk::number);
    result.transaction_id = result.transaction_id.or(named);
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
                (None, None) => {
                    let kept = desk.as_ref().and_then(|d| d.outbox.get(d.id).ok());
                    let to = kept.map(|entry| entry.to).unwrap_or_default();
                    pipeline::deliver(&gear, number, before, &to).await
                }
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
            "{e}. How this message ended is not written down yet; where no later change of this session can be written either, it may be called unknown at the next start"
        );
        gear.sink.record(What::Notice(Notice {
            level: Level::Alarm,
            text,
            because: None,
        }));
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
        "Mend what the error names, then send again; nothing has gone out. `mmscope send --unrecorded` sends without",
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
    job.entry = wish.desk.as_ref().and_then(Desk::number);
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
        entry: desk.as_ref().and_then(Desk::number),
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

/// What the outbox knows of a send whose own count is gone with it: an SMS may have taken the place of the MMS, and parts may be out,
/// of this attempt or of an earlier one.
fn as_written_down(result: SendResult, desk: Option<&Desk>) -> SendResult {
    let kept = desk.and_then(|d| d.outbox.get(d.id).ok());
    let Some(entry) = kept.filter(|e| e.way != Way::Mms) else {
        return result;
    };
    SendResult {
        way: entry.way,
        parts: Some((entry.taken_parts(), entry.parts.len())),
        ..result
    }
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

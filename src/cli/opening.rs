//! A message of the outbox on its way into the composer.
//!
//! In: its number. Out: the letter, for the screen. One that waits for its turn is taken out of the queue first: else it would go out beside what becomes
//! of it in the composer. Never here: the screen.
use super::drafts;
use super::session::Session;
use crate::bench::{Order, OutboxOrder};
use crate::console;
use crate::event::{Act, EntryState, EventId, Level, Notice, Recorder, What};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A message of the outbox on its way into the composer, with its number.
pub type Asked = Arc<Mutex<Option<(u64, console::Draft)>>>;

/// How long the bench is given to take one out of the queue: it may be at something that it does not leave off.
const PATIENCE: Duration = Duration::from_secs(5);

/// Hands a message to the composer, and says so.
pub async fn open(session: &Session, asked: &Asked, id: u64) {
    let opened = match taken_out(session, id).await {
        Ok(waited) => drafts::read(&session.outbox, id).map(|draft| (draft, waited)),
        Err(why) => Err(why),
    };
    let (level, text) = match opened {
        Ok((draft, waited)) => {
            *asked.lock().unwrap_or_else(PoisonError::into_inner) = Some((id, draft));
            let also = if waited {
                ", and out of the queue: it is a draft until you send it from there"
            } else {
                ""
            };
            (
                Level::Info,
                format!("message {id} is in the composer{also}"),
            )
        }
        Err(why) => (
            Level::Warning,
            format!("message {id} cannot be opened: {why}"),
        ),
    };
    // The screen looks for the draft when something is recorded.
    session.journal.record(What::Notice(Notice {
        level,
        text,
        because: None,
    }));
}

/// Takes a message that waits out of the queue. Returns whether it waited.
async fn taken_out(session: &Session, id: u64) -> Result<bool, String> {
    let state = || session.outbox.get(id).map(|entry| entry.state).ok();
    if state() != Some(EntryState::Queued) {
        return Ok(false);
    }
    let mut changes = session.journal.changes();
    let before = *changes.borrow_and_update();
    let order = Order::Outbox(OutboxOrder::TakeOut(id));
    session.bench.order(order).await;
    let done =
        async { while state() == Some(EntryState::Queued) && changes.changed().await.is_ok() {} };
    let _ = tokio::time::timeout(PATIENCE, done).await;
    match state() {
        Some(EntryState::Draft) => Ok(true),
        // The order is carried out when the bench comes to it, whoever still waits.
        Some(EntryState::Queued) if !is_done(session, before) => Err(
            "the bench is still at something else. It is taken out of the queue as soon as that has ended; open it then"
                .to_owned(),
        ),
        Some(EntryState::Queued) => {
            Err("it could not be taken out of the queue, and waits as before".to_owned())
        }
        _ => {
            Err("its turn has just come. Stop the send, or open it once that has ended".to_owned())
        }
    }
}

/// Whether the bench has carried out an order about the outbox since this event.
fn is_done(session: &Session, before: EventId) -> bool {
    let since = session.journal.since(before);
    since.iter().any(|e| e.what == What::Act(Act::Outbox))
}

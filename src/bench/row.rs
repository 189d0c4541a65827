//! One message of a row, ordered and followed to its end, beside everything else that the bench does.
//!
//! In: a message with an X-Mms-Transaction-Id of its own, and a stop that is this row's alone. Out: how it ended. It is known again by its
//! Transaction-Id, so that other sends may run before, between and after. Never here: what a row is about.
use super::{Bench, Message, Order};
use crate::event::{Act, EntryState, Event, Level, SendResult, What};
use crate::journal::Journal;
use std::sync::Arc;
use tokio::sync::watch;

/// How a message of a row ended.
#[derive(Clone, Debug, PartialEq)]
pub enum RowEnd {
    /// It was sent, or failed, or was stopped on its way.
    Result(Box<SendResult>),
    /// It was stopped, cancelled or forgotten before it had begun; where it was written down already and not forgotten it stays as a draft.
    Withdrawn,
    /// The bench does not send at all; why.
    Refused(String),
}

/// Sends a message and follows it to its end. Once `stopped` says so, one that still waits does not go out any more; one that has begun is stopped by
/// the bench, and its end is waited for.
pub async fn send_one(
    bench: &Bench,
    journal: &Journal,
    message: Message,
    stopped: &mut watch::Receiver<bool>,
) -> RowEnd {
    if *stopped.borrow() {
        return RowEnd::Withdrawn;
    }
    let id = message.transaction_id.clone().unwrap_or_default();
    let mut changes = journal.changes();
    let mut seen = journal.known().last;
    bench.order(Order::Send(Box::new(message))).await;
    let mut withdrawn = false;
    loop {
        let events = journal.since(seen);
        seen = events.last().map_or(seen, |event| event.id);
        if let Some(why) = events.iter().find_map(|event| refusal(event)) {
            return RowEnd::Refused(why.to_owned());
        }
        let taken_up = |e: &Arc<Event>| matches!(e.what, What::Act(Act::Outbox));
        match begun(journal, &id) {
            Some(Some(result)) => return RowEnd::Result(Box::new(result)),
            Some(None) => {}
            None if events.iter().any(|e| waits_no_more(e, &id)) => return RowEnd::Withdrawn,
            None if withdrawn && events.iter().any(taken_up) => return RowEnd::Withdrawn,
            None => {}
        }
        if *stopped.borrow() && !withdrawn {
            withdrawn = true;
            // Behind the order to send it: whatever became of that by then, this finds it.
            bench.order(Order::Withdraw(id.clone())).await;
            continue;
        }
        tokio::select! {
            // As long as we have the journal it tells of changes.
            _ = changes.changed() => {}
            // Without whoever could stop it, it goes on.
            () = stops(stopped), if !withdrawn => {}
        }
    }
}

async fn stops(stopped: &mut watch::Receiver<bool>) {
    if stopped.wait_for(|stop| *stop).await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// The send with this Transaction-Id where it has begun, and its result where it has one.
fn begun(journal: &Journal, transaction_id: &str) -> Option<Option<SendResult>> {
    let known = journal.known();
    let mut newest = known.sends.iter().rev();
    let send = newest.find(|s| s.message.transaction_id == transaction_id)?;
    Some(send.result.clone())
}

/// Somebody has cancelled the message while it waited, or taken it out of the outbox.
fn waits_no_more(event: &Event, transaction_id: &str) -> bool {
    match &event.what {
        What::Outbox(step) if step.transaction_id == transaction_id => {
            step.forgotten || step.state == EntryState::Draft
        }
        _ => false,
    }
}

/// Why the bench does not take an order to send at all.
#[must_use]
pub fn refusal(event: &Event) -> Option<&str> {
    match &event.what {
        What::Notice(n) if n.level == Level::Warning && n.text.starts_with("read-only") => {
            Some(&n.text)
        }
        _ => None,
    }
}

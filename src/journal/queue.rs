//! Events on their way to a writer's thread.
//!
//! In: events, by a call that never waits. Out: whole batches of them. A poll brings some twenty events within a tenth of a second: the thread is
//! woken for the first of them and then gathers, instead of being woken for each. Never here: writing.
use crate::event::Event;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Events that may wait to be written.
pub(super) const WAITING: usize = 65_536;
/// What comes is gathered for so long.
const GATHER: Duration = Duration::from_millis(200);
/// So many events are no longer gathered, but taken at once: about a page, so that a full disk is noticed as soon as there is one to write.
const BATCH: usize = 64;

/// The queue between a [`Writer`](super::Writer) and its thread.
#[derive(Default)]
pub(super) struct Queue {
    inner: Mutex<Inner>,
    stirred: Condvar,
}

#[derive(Default)]
struct Inner {
    events: Vec<Arc<Event>>,
    /// Events of the batch that the thread has taken and is still busy with.
    taken: usize,
    closed: bool,
    /// The thread has nothing to do and sleeps.
    idle: bool,
}

impl Queue {
    /// Hands an event over. False where too many wait.
    pub fn push(&self, event: &Arc<Event>) -> bool {
        let mut inner = self.lock();
        if inner.events.len() + inner.taken >= WAITING {
            return false;
        }
        inner.events.push(event.clone());
        if std::mem::take(&mut inner.idle) || inner.events.len() == BATCH {
            self.stirred.notify_one();
        }
        true
    }

    /// No more events come: the thread is to write what it has, and to end.
    pub fn close(&self) {
        self.lock().closed = true;
        self.stirred.notify_one();
    }

    /// Waits for events, gathers them and puts them into `batch`, which must be empty. False where the queue is closed and nothing is left.
    pub fn take(&self, batch: &mut Vec<Arc<Event>>) -> bool {
        let mut inner = self.lock();
        inner.taken = 0;
        while inner.events.is_empty() && !inner.closed {
            inner.idle = true;
            let woken = self.stirred.wait(inner);
            inner = woken.unwrap_or_else(PoisonError::into_inner);
        }
        inner.idle = false;
        let gathers = |inner: &mut Inner| !inner.closed && inner.events.len() < BATCH;
        let gathered = self.stirred.wait_timeout_while(inner, GATHER, gathers);
        (inner, _) = gathered.unwrap_or_else(PoisonError::into_inner);
        std::mem::swap(&mut inner.events, batch);
        inner.taken = batch.len();
        !batch.is_empty()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A push is whole or has not been.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! One message of the outbox while it is being sent: every mark is on disk before what it speaks of is done.
use crate::event::{SendResult, Sink, What};
use crate::outbox::{Entry, Failure, Fate, Noted, Outbox, Patience, Refusal};
use crate::pipeline::{Ledger, Mark, Writing};
use std::fmt;
use std::io;
use std::sync::Arc;

/// The message's place.
#[derive(Clone)]
pub(super) struct Desk {
    pub outbox: Arc<Outbox>,
    pub id: u64,
    pub sink: Sink,
    /// Milliseconds since 1970, and a random number.
    pub chance: fn() -> (u64, u64),
}

impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Desk({})", self.id)
    }
}

/// Something to do with the outbox.
type Work<T> = Box<dyn FnOnce(&Outbox) -> Result<T, Failure> + Send>;

/// Does something with the outbox, beside the thread that reads the serial line where a disk is waited for.
pub(super) async fn aside<T: Send + 'static>(
    outbox: Arc<Outbox>,
    work: impl FnOnce(&Outbox) -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    if !outbox.is_slow() {
        return work(&outbox);
    }
    // In a box: each kind of task brings a copy of what the runtime needs for one.
    let work: Work<T> = Box::new(work);
    match tokio::task::spawn_blocking(move || work(&outbox)).await {
        Ok(done) => done,
        // The runtime is ending: nothing was done.
        Err(_) => Err(Refusal::Nothing(0).into()),
    }
}

impl Desk {
    /// The message's number, where it is one that can be asked for after the session.
    pub fn number(&self) -> Option<u64> {
        let kept = self.outbox.why_unkept().is_none();
        kept.then_some(self.id)
    }

    async fn change(
        &self,
        change: impl FnOnce(&mut Entry, u64) + Send + 'static,
    ) -> Result<Entry, Failure> {
        let (id, now) = (self.id, (self.chance)().0);
        aside(self.outbox.clone(), move |outbox| {
            outbox.change(id, |entry| {
                change(entry, now);
                Ok::<(), Refusal>(())
            })
        })
        .await
    }

    /// Notes what has happened, which counts in any case.
    async fn note(
        &self,
        change: impl FnOnce(&mut Entry, u64) + Send + 'static,
    ) -> Result<Noted, Failure> {
        let (id, now) = (self.id, (self.chance)().0);
        aside(self.outbox.clone(), move |outbox| {
            Ok(outbox.note(id, |entry| change(entry, now))?)
        })
        .await
    }

    /// The same, and told; what could not be written is an error all the same.
    async fn noted(
        &self,
        change: impl FnOnce(&mut Entry, u64) + Send + 'static,
    ) -> Result<(), Failure> {
        let noted = self.note(change).await?;
        self.tell(&noted.entry);
        noted.unwritten.map_or(Ok(()), |why| Err(why.into()))
    }

    fn tell(&self, entry: &Entry) {
        if self.number().is_none() {
            return;
        }
        self.sink
            .record(What::Outbox(entry.step(self.next_try(entry))));
    }

    /// When it is tried again, in milliseconds since the session's start.
    fn next_try(&self, entry: &Entry) -> Option<u64> {
        let pause = entry.not_before?.saturating_sub((self.chance)().0);
        Some(self.sink.now_ms() + pause)
    }

    /// An attempt begins; nothing has gone out yet.
    pub async fn begin(&self) -> Result<(), Failure> {
        let entry = self.change(|entry, now| entry.begin(now)).await?;
        self.tell(&entry);
        Ok(())
    }

    /// Its octets are fixed now.
    pub async fn seal(
        &self,
        octets: Option<Vec<u8>>,
        change: impl FnOnce(&mut Entry) + Send + 'static,
    ) -> Result<Entry, Failure> {
        let id = self.id;
        aside(self.outbox.clone(), move |outbox| {
            outbox.replace(id, octets.as_deref(), |entry| {
                change(entry);
                Ok::<(), Refusal>(())
            })
        })
        .await
    }

    /// The MMSC has accepted it under this Message-ID, by which reports speak of it. Where that cannot be written, the end of the attempt says so.
    pub async fn accepted(&self, message_id: Option<String>) {
        if message_id.is_some() {
            let _ = self
                .note(move |entry, _| entry.message_id = message_id)
                .await;
        }
    }

    /// The attempt has ended.
    pub async fn end(&self, result: &SendResult, patience: Patience) -> Result<(), Failure> {
        let result = result.clone();
        self.noted(move |entry, now| entry.end(&result, patience, now))
            .await
    }

    /// A phone has it.
    pub async fn delivered(&self) -> Result<(), Failure> {
        self.noted(|entry, now| entry.delivered("a phone shows it", now))
            .await
    }
}

impl Ledger for Desk {
    fn write(&self, mark: Mark) -> Writing {
        let desk = self.clone();
        Box::pin(async move {
            let set = |entry: &mut Entry, place: usize, fate| {
                if let Some(part) = entry.parts.get_mut(place) {
                    part.fate = fate;
                }
            };
            let change = move |entry: &mut Entry, _| match mark {
                Mark::GoesOut => entry.went_out = true,
                Mark::StaysIn => entry.went_out = false,
                Mark::Handed(place) => set(entry, place, Fate::Handed),
                Mark::Taken(place, reference) => set(entry, place, Fate::Taken { reference }),
                Mark::Back(place) => set(entry, place, Fate::Waiting),
            };
            match mark {
                // Not done before it is written.
                Mark::GoesOut | Mark::Handed(_) => {
                    let written = desk.change(change).await;
                    written.map(drop).map_err(io::Error::other)
                }
                Mark::StaysIn | Mark::Back(_) => {
                    let noted = desk.note(change).await.map_err(io::Error::other)?;
                    noted
                        .unwritten
                        .map_or(Ok(()), |why| Err(io::Error::other(why)))
                }
                Mark::Taken(..) => desk.noted(change).await.map_err(io::Error::other),
            }
        })
    }
}

//! The journal: the one place that orders what happens.
//!
//! In: what the acting rooms record. Out: numbered and timed events, in one order, to three readers: the fold ([`Known`]), a
//! bounded ring that the screen reads from, and writers (the recording, `--json`). Never here: waiting for any of them. The
//! fold runs first; a writer that cannot keep up loses events, which are counted and told, and never holds back the line.
mod clock;
mod mask;
mod queue;
mod read;
mod write;

pub use clock::Clock;
pub use mask::masked;
pub use read::{ReadError, read_events};
pub use write::Writer;

use crate::event::{Event, EventId, Level, Lost, Notice, Recorder, Session, Sink, What};
use crate::known::Known;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// Version of the recording's format.
pub const FORMAT: u32 = 1;
/// How many events the ring holds at the most.
const RING_EVENTS: usize = 20_000;
/// How many octets of wire data and text the ring holds at the most.
const RING_OCTETS: usize = 8 << 20;

/// The journal of one session. Clones are handles to the same one.
#[derive(Clone)]
pub struct Journal {
    shared: Arc<Shared>,
}

struct Shared {
    inner: Mutex<Inner>,
    clock: Clock,
    changed: watch::Sender<EventId>,
}

struct Inner {
    next: EventId,
    known: Arc<Known>,
    ring: VecDeque<Arc<Event>>,
    ring_octets: usize,
    /// The newest event's time, and how it is written: in a flood many events have the same.
    stamp: (u64, String),
    writers: Vec<Writer>,
    /// What was told last.
    lost: u64,
    /// Losses of writers that are closed.
    lost_by_closed: u64,
    /// What these lack, in words.
    lacking: Vec<String>,
}

impl Journal {
    /// Begins a session: the first event is its header.
    #[must_use]
    pub fn begin(clock: Clock, world: Option<String>, writers: Vec<Writer>) -> Self {
        let session = Session {
            format: FORMAT,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            world,
            speed: clock.speed(),
        };
        let inner = Inner {
            next: 1,
            known: Arc::default(),
            ring: VecDeque::new(),
            ring_octets: 0,
            stamp: clock.now(),
            writers,
            lost: 0,
            lost_by_closed: 0,
            lacking: Vec::new(),
        };
        let journal = Self {
            shared: Arc::new(Shared {
                inner: Mutex::new(inner),
                clock,
                changed: watch::channel(0).0,
            }),
        };
        journal.record(What::Session(session));
        journal
    }

    /// This journal as the acting rooms hold it.
    #[must_use]
    pub fn sink(&self) -> Sink {
        Arc::new(self.clone())
    }

    /// What is known now. Cheap: a shared copy.
    #[must_use]
    pub fn known(&self) -> Arc<Known> {
        self.lock().known.clone()
    }

    /// The events after `id` that the ring still holds, oldest first.
    #[must_use]
    pub fn since(&self, id: EventId) -> Vec<Arc<Event>> {
        let inner = self.lock();
        let start = inner.ring.partition_point(|e| e.id <= id);
        inner.ring.range(start..).cloned().collect()
    }

    /// Tells when something new was recorded; the value is the newest event's number.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<EventId> {
        self.shared.changed.subscribe()
    }

    /// Lets the writers write what they hold, and closes them. The journal goes on without them. Returns what each of them lacks, in words with the
    /// reason and the remedy, since nobody may read the journal any more.
    pub fn close_writers(&self) -> Vec<String> {
        let writers = std::mem::take(&mut self.lock().writers);
        let ended: Vec<_> = writers.into_iter().map(Writer::finish).collect();
        let mut inner = self.lock();
        for (lost, lacks) in ended {
            inner.lost_by_closed += lost;
            inner.lacking.extend(lacks);
        }
        let lacking = inner.lacking.clone();
        let all = inner.lost_by_closed;
        if all > inner.lost {
            inner.tell_loss(&self.shared.clock, all);
            let id = inner.next - 1;
            drop(inner);
            self.shared.changed.send_replace(id);
        }
        lacking
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Nothing in here panics half-way through a change; a poisoned lock still holds a whole state.
        self.shared
            .inner
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Recorder for Journal {
    fn record(&self, what: What) -> EventId {
        let mut inner = self.lock();
        let id = inner.take(&self.shared.clock, what);
        inner.tell_losses(&self.shared.clock);
        drop(inner);
        self.shared.changed.send_replace(id);
        id
    }

    fn now_ms(&self) -> u64 {
        self.shared.clock.ms()
    }
}

impl Inner {
    fn take(&mut self, clock: &Clock, what: What) -> EventId {
        let ms = clock.ms();
        if ms != self.stamp.0 {
            self.stamp = (ms, clock.at(ms));
        }
        let at = self.stamp.1.clone();
        let id = self.next;
        self.next += 1;
        let event = Arc::new(Event { id, at, ms, what });
        Arc::make_mut(&mut self.known).apply(&event);
        for writer in &mut self.writers {
            writer.push(&event);
        }
        self.ring_octets += weight(&event);
        self.ring.push_back(event);
        while self.ring.len() > RING_EVENTS || self.ring_octets > RING_OCTETS {
            let Some(oldest) = self.ring.pop_front() else {
                break;
            };
            self.ring_octets -= weight(&oldest);
        }
        id
    }

    /// A loss is told when it begins, each time it has doubled (telling every one would itself be a flood), and when the writers
    /// close. The fold and the ring get these events even where no writer takes them.
    fn tell_losses(&mut self, clock: &Clock) {
        let lost: u64 = self.lost_by_closed + self.writers.iter().map(Writer::lost).sum::<u64>();
        if lost < (self.lost * 2).max(1) {
            return;
        }
        self.tell_loss(clock, lost);
    }

    fn tell_loss(&mut self, clock: &Clock, lost: u64) {
        self.lost = lost;
        let lacking: Vec<String> = self.writers.iter().filter_map(Writer::lacks).collect();
        let lacking: Vec<String> = self.lacking.iter().cloned().chain(lacking).collect();
        tracing::error!(lost, ?lacking, "a recording has a gap");
        self.take(clock, What::Lost(Lost { events: lost }));
        for text in lacking {
            self.take(
                clock,
                What::Notice(Notice {
                    level: Level::Alarm,
                    text,
                    because: None,
                }),
            );
        }
    }
}

/// About how much memory an event holds beyond its fixed size.
fn weight(event: &Event) -> usize {
    match &event.what {
        What::Wire(w) => w.octets.0.len(),
        What::Pdu(p) => p.octets.0.len(),
        What::Line(l) => l.text.len(),
        What::Exchange(e) => e.command.len() + e.lines.iter().map(String::len).sum::<usize>(),
        _ => 64,
    }
}

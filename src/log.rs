//! What the program says of itself: the events of `tracing`, in a bounded ring and, where the person wants it, in a file.
//!
//! In: events of every room. Out: numbered lines for the log screen and for `--log FILE`. Identities are hidden as in a recording. Never
//! here: what happened on the bench; that is the journal's. A line says why the program did something, for who mends it.
use crate::event::{clean, redact};
use std::collections::VecDeque;
use std::fmt::{self, Write as _};
use std::io::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// How many lines are kept.
pub const LINES: usize = 2_000;
/// Characters of a line.
const LONGEST: usize = 2_000;

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number since the start, from 1.
    pub number: u64,
    /// RFC 3339 with milliseconds, UTC.
    pub at: String,
    /// How important it is.
    pub level: Level,
    /// Which room says so: the first part of the path below the crate.
    pub room: String,
    /// What it says, and its values as `name=value`.
    pub text: String,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            at,
            level,
            room,
            text,
            ..
        } = self;
        write!(f, "{at} {level:5} {room}: {text}")
    }
}

/// The clock of a session: where a simulated bench runs faster than life, its time does, too.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SessionClock {
    began: jiff::Timestamp,
    speed: f64,
}

impl SessionClock {
    /// The clock of a session that began then (RFC 3339); none where that is no moment.
    #[must_use]
    pub fn of(began: &str, speed: f64) -> Option<Self> {
        let began = began.parse().ok()?;
        Some(Self { began, speed })
    }

    /// A moment of the wall clock (RFC 3339) by the session's; none for one before its beginning.
    #[must_use]
    pub fn at(self, wall: &str) -> Option<String> {
        let wall: jiff::Timestamp = wall.parse().ok()?;
        let passed = wall.duration_since(self.began);
        if passed.is_negative() {
            return None;
        }
        let passed = jiff::SignedDuration::try_from_secs_f64(passed.as_secs_f64() * self.speed);
        let at = self.began.checked_add(passed.ok()?).ok()?;
        Some(format!("{at:.3}"))
    }
}

/// The log. Clones are handles to the same one.
#[derive(Clone)]
pub struct Log {
    shared: Arc<Shared>,
}

struct Shared {
    inner: Mutex<Inner>,
    changed: watch::Sender<u64>,
}

struct Inner {
    said: u64,
    lines: VecDeque<Line>,
    file: Option<Box<dyn Write + Send>>,
    /// Why the file ended early.
    trouble: Option<String>,
}

impl Log {
    /// An empty log that also writes to this, line by line.
    #[must_use]
    pub fn new(file: Option<Box<dyn Write + Send>>) -> Self {
        Self {
            shared: Arc::new(Shared {
                inner: Mutex::new(Inner {
                    said: 0,
                    lines: VecDeque::new(),
                    file,
                    trouble: None,
                }),
                changed: watch::channel(0).0,
            }),
        }
    }

    /// Takes in what the whole program says from now on. Where somebody else listens already, nothing changes.
    pub fn install(&self) {
        // Only a program that has one already refuses, and that one is then the log.
        let _ = tracing::subscriber::set_global_default(self.clone());
    }

    /// The lines after this one that are still kept, oldest first.
    #[must_use]
    pub fn since(&self, number: u64) -> Vec<Line> {
        let inner = self.lock();
        let from = inner.lines.partition_point(|l| l.number <= number);
        inner.lines.range(from..).cloned().collect()
    }

    /// Why the file could not be written to its end.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        self.lock().trouble.clone()
    }

    /// Tells when something was said; the value is the newest line's number.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.shared.changed.subscribe()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        let inner = self.shared.inner.lock();
        inner.unwrap_or_else(PoisonError::into_inner)
    }
}

/// The room of a path such as `mmscope::engine::recovery`; libraries are named as they are.
fn room(target: &str) -> &str {
    let mut parts = target.split("::");
    match (parts.next(), parts.next()) {
        (Some("mmscope"), Some(room)) => room,
        (first, _) => first.unwrap_or_default(),
    }
}

impl Subscriber for Log {
    /// Our own rooms in every detail, libraries only where something is wrong.
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let own = metadata.target().starts_with("mmscope");
        let most = if own { Level::DEBUG } else { Level::WARN };
        metadata.is_event() && *metadata.level() <= most
    }

    fn event(&self, event: &Event<'_>) {
        let mut words = Words::default();
        event.record(&mut words);
        let text = format!("{}{}", words.message, words.values);
        let text: String = clean(&redact(&text)).chars().take(LONGEST).collect();
        let metadata = event.metadata();
        let at = jiff::Timestamp::now();
        let mut inner = self.lock();
        inner.said += 1;
        let line = Line {
            number: inner.said,
            at: format!("{at:.3}"),
            level: *metadata.level(),
            room: room(metadata.target()).to_owned(),
            text,
        };
        if let Some(file) = &mut inner.file {
            // A log that cannot be written must not stop what it tells of; it ends here.
            if let Err(e) = writeln!(file, "{line}").and_then(|()| file.flush()) {
                inner.file = None;
                inner.trouble = Some(e.to_string());
            }
        }
        if inner.lines.len() == LINES {
            inner.lines.pop_front();
        }
        inner.lines.push_back(line);
        let said = inner.said;
        drop(inner);
        self.shared.changed.send_replace(said);
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// The words of an event: its message, then its values.
#[derive(Default)]
struct Words {
    message: String,
    values: String,
}

impl Visit for Words {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // A string takes everything.
        let _ = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            name => write!(self.values, " {name}={value:?}"),
        };
    }
}

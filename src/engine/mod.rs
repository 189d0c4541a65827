//! One AT exchange at a time: the actor that owns the serial line.
//!
//! In: the line as `AsyncRead + AsyncWrite`, commands from any number of callers. Out: an [`Answer`] for each, URCs to all who
//! listen ([`Engine::urcs`]), and everything that happened to the [`Sink`]. Never here: what a command is for, and any
//! waiting for somebody downstream.
mod desk;
mod driving;
mod ending;
mod error;
mod recovery;
mod serving;
mod sorting;

pub use driving::DriveError;
pub use error::EngineError;

use crate::at::{Command, Final};
use crate::event::{ControlLines, Drive, EventId, Shape, Sink};
use crate::serial::Outputs;
use bytes::Bytes;
use desk::{Desk, Order, Waiting};
use driving::Driving;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{broadcast, mpsc, oneshot};

/// URCs that a slow listener may leave unread before it loses the oldest.
const URC_BOUND: usize = 256;
/// Orders that may wait before callers wait themselves.
const ORDER_BOUND: usize = 16;

/// How fast the world runs: limits that are right on a real modem are divided by it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace(f64);

impl Default for Pace {
    fn default() -> Self {
        Self(1.0)
    }
}

impl Pace {
    /// World seconds per real second; 1 on a real modem. What is no positive number counts as 1.
    #[must_use]
    pub fn from_speed(speed: f64) -> Self {
        if speed.is_finite() && speed > 0.0 {
            Self(speed)
        } else {
            Self(1.0)
        }
    }
    /// The real time that a limit of the world takes.
    #[must_use]
    pub fn real(self, limit: Duration) -> Duration {
        Duration::try_from_secs_f64(limit.as_secs_f64() / self.0).unwrap_or(Duration::MAX)
    }
}

/// What a command came to. An error code of the modem stands in [`Answer::result`].
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Information lines, in order; the late result is not among them, but the parts before its last line are.
    pub lines: Vec<String>,
    /// Counted raw data, where the command brought some.
    pub raw: Option<Bytes>,
    /// The final code: `OK` or an error.
    pub result: Final,
    /// The real result of a command that finishes twice, wherever it stood.
    pub late: Option<String>,
    /// Whether that result stood before the final code or came after `OK`; [`Shape::AtOnce`] for commands that finish once.
    pub shape: Shape,
    /// World milliseconds from the command's last octet to the final code.
    pub final_ms: u64,
    /// World milliseconds from the command's last octet to the late result.
    pub late_ms: Option<u64>,
    /// The event of the exchange.
    pub evidence: EventId,
}

/// What the modem says unasked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Urc {
    /// A line.
    Line(String),
    /// A line that owns the next one: `+CMT`, `+CDS`, `+CBM`.
    Message {
        /// The announcing line.
        head: String,
        /// The line after it, as PDU or text.
        body: String,
    },
    /// The modem rebooted: sockets, stack, echo and error settings are as after power-up. All exchanges have ended.
    Rebooted,
    /// The serial line was lost, and why. All exchanges have ended, and the engine with them.
    LineLost(String),
}

impl Answer {
    /// The first of its lines, the late result included, that this reads.
    pub fn first<T>(&self, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        self.all_lines().find_map(read)
    }
    /// The last of its lines that this reads: where a URC of the same shape may have landed among them, the answer is the one
    /// before `OK`.
    pub fn last<T>(&self, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        self.all_lines().filter_map(read).last()
    }
    /// Of all its lines what this reads.
    pub fn all<T>(&self, read: impl Fn(&str) -> Option<T>) -> Vec<T> {
        self.all_lines().filter_map(read).collect()
    }
    fn all_lines(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().chain(&self.late).map(String::as_str)
    }
}

/// Why there is no actor any more.
#[derive(Clone, Debug)]
enum Gone {
    Closed,
    Lost(String),
}

/// A handle on the actor. Clones share it; when the last is dropped the exchange in flight ends and the line is let go.
#[derive(Clone, Debug)]
pub struct Engine {
    orders: mpsc::Sender<Order>,
    urcs: broadcast::Sender<Urc>,
    count: Arc<AtomicU64>,
    boots: Arc<AtomicU64>,
    echo: Arc<AtomicBool>,
    gone: Arc<OnceLock<Gone>>,
}

impl Engine {
    /// Takes the line and spawns the actor; must be called within a tokio runtime. `name` is the serial line's name in events.
    /// The line must hand on what is written without being flushed, as serial lines, sockets and pipes do.
    pub fn start<T>(line: T, name: &str, pace: Pace, sink: Sink) -> Self
    where
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        Self::start_with(line, None, name, pace, sink)
    }

    /// The same on a line whose outputs can be driven.
    pub fn start_with<T>(
        line: T,
        outputs: Option<Box<dyn Outputs>>,
        name: &str,
        pace: Pace,
        sink: Sink,
    ) -> Self
    where
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (orders, taken) = mpsc::channel(ORDER_BOUND);
        let engine = Self {
            orders,
            urcs: broadcast::channel(URC_BOUND).0,
            count: Arc::default(),
            boots: Arc::default(),
            echo: Arc::default(),
            gone: Arc::default(),
        };
        let desk = Desk {
            name: name.to_owned(),
            pace,
            sink,
            urcs: engine.urcs.clone(),
            count: Arc::clone(&engine.count),
            boots: Arc::clone(&engine.boots),
            echo: Arc::clone(&engine.echo),
            gone: Arc::clone(&engine.gone),
            framer: crate::at::Framer::new(),
            out: bytes::BytesMut::new(),
            queue: std::collections::VecDeque::new(),
            flight: None,
            owing: vec![],
            overdue: vec![],
            recovery: None,
            probes: 0,
            head: None,
            sms_done: false,
            numeric: false,
            closing: None,
            driving: Driving::of(outputs),
        };
        tokio::spawn(serving::serve(line, desk, taken));
        engine
    }

    /// Runs a command, after those that were asked for before. Dropping the future never abandons an exchange that has begun: it
    /// ends or times out by itself, and a late result that nobody waits for is announced as [`Urc::Line`].
    ///
    /// # Errors
    /// No final result came: see [`EngineError`].
    pub async fn run(&self, command: Command, purpose: &str) -> Result<Answer, EngineError> {
        let text = command.text().to_owned();
        let (reply, answer) = oneshot::channel();
        let waiting = Waiting {
            command,
            purpose: purpose.to_owned(),
            reply,
        };
        let taken = self.orders.send(Order::Run(Box::new(waiting))).await;
        if taken.is_err() {
            return Err(self.gone(text));
        }
        answer.await.unwrap_or_else(|_| Err(self.gone(text)))
    }

    /// Drives an output of the line, after the exchange in flight. Returns the control lines as they are then; they are recorded, too.
    ///
    /// # Errors
    /// The line has no outputs, the device refuses, or the line is gone.
    pub async fn drive(&self, drive: Drive) -> Result<ControlLines, DriveError> {
        let (reply, answer) = oneshot::channel();
        let taken = self.orders.send(Order::Drive(drive, reply)).await;
        taken.map_err(|_| DriveError::Gone)?;
        answer.await.unwrap_or(Err(DriveError::Gone))
    }

    fn gone(&self, command: String) -> EngineError {
        match self.gone.get() {
            Some(Gone::Lost(reason)) => EngineError::LineLost {
                command,
                reason: reason.clone(),
                evidence: None,
            },
            _ => EngineError::Closed { command },
        }
    }

    /// Whether the modem sent the last command back (ATE1): no command reads that setting, the wire shows it.
    #[must_use]
    pub fn echo(&self) -> bool {
        self.echo.load(Ordering::Relaxed)
    }

    /// Whether the line is lost or closed: no command will ever run again.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.gone.get().is_some()
    }

    /// What the modem says unasked, from now on. A receiver that lags is told so and must read states anew.
    #[must_use]
    pub fn urcs(&self) -> broadcast::Receiver<Urc> {
        self.urcs.subscribe()
    }

    /// How many exchanges have begun, probes after timeouts included.
    #[must_use]
    pub fn exchanges(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    /// How often the modem has restarted on this line.
    #[must_use]
    pub fn boots(&self) -> u64 {
        self.boots.load(Ordering::Relaxed)
    }

    /// Lets the exchange in flight end, at most 10 s, refuses what waits, and drops the line. Late results are not waited for.
    pub async fn close(self) {
        let (ack, done) = oneshot::channel();
        if self.orders.send(Order::Close(ack)).await.is_ok() {
            let _ = done.await; // an actor that ended meanwhile has let go of the line, too
        }
    }
}

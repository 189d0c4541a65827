//! The desk of the actor: what waits, what is in flight, what still owes a late result. It neither reads nor writes the line itself.
//!
//! In: orders, octets, the time. Out: octets to write, the time of the next limit, replies and events. What a line means is
//! decided in [`super::sorting`], how exchanges end in [`super::ending`], what follows a timeout in [`super::recovery`].
use super::driving::{self, Driving};
use super::ending::refuse;
use super::recovery::Recovery;
use super::{Answer, EngineError, Gone, Pace, Urc};
use crate::at::{Command, Expect, Final, Framer, Late, Payload};
use crate::event::{
    Direction, Drive, Ending, EventId, Line, Octets, Role, SerialChange, SerialState, Sink, What,
    Wire,
};
use bytes::{Buf, Bytes, BytesMut};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::{broadcast, oneshot};
use tokio::time::Instant;

/// Commands that may wait here; more wait with their callers.
const QUEUE_BOUND: usize = 64;
/// Information lines that an answer keeps; more are in the events only.
pub(super) const LINES_BOUND: usize = 2048;
/// Characters of a line's text in an event.
const TEXT_BOUND: usize = 2048;
/// How long the line may take no octets at all before it counts as lost.
const WRITE_LIMIT: Duration = Duration::from_secs(10);
/// How long a cancelled prompt may take to end.
const CANCEL_LIMIT: Duration = Duration::from_secs(5);
/// How long closing waits for the exchange in flight.
const CLOSE_LIMIT: Duration = Duration::from_secs(10);
const CTRL_Z: u8 = 0x1a;
const ESC: u8 = 0x1b;

pub(super) type Reply = oneshot::Sender<Result<Answer, EngineError>>;

/// What callers ask the actor for.
pub(super) enum Order {
    Run(Box<Waiting>),
    Drive(Drive, driving::Reply),
    Close(oneshot::Sender<()>),
}

/// A command that waits for its turn.
pub(super) struct Waiting {
    pub command: Command,
    pub purpose: String,
    pub reply: Reply,
}

/// The exchange in flight.
pub(super) struct Flight {
    pub number: u64,
    pub command: Command,
    pub purpose: String,
    /// `None` for probes of the quarantine.
    pub reply: Option<Reply>,
    pub since: EventId,
    pub sent_ms: Option<u64>,
    pub deadline: Instant,
    pub lines: Vec<String>,
    pub raw: Option<Bytes>,
    /// How many further lines belong to the last one.
    pub owned: usize,
    /// A line that fits the late result but came before the final code, and when.
    pub early: Option<(String, u64)>,
    pub payload_due: bool,
    pub cancelled: bool,
    /// The modem sent the command back.
    pub echoed: bool,
    /// A question was answered with `OK` and nothing else: that may be the `OK` of an earlier command, which came twice or late.
    pub hollow: Option<Final>,
}

/// An exchange whose final code was `OK` and whose late result is due.
pub(super) struct Owing {
    pub flight: Flight,
    pub late: Late,
    pub final_ms: u64,
    pub deadline: Instant,
}

/// A late result that was given up: if it comes after all, it is nobody else's.
pub(super) struct Overdue {
    pub number: u64,
    pub late: Late,
    pub until: Instant,
}

pub(super) struct Desk {
    pub name: String,
    pub pace: Pace,
    pub sink: Sink,
    pub urcs: broadcast::Sender<Urc>,
    pub count: Arc<AtomicU64>,
    pub boots: Arc<AtomicU64>,
    pub echo: Arc<AtomicBool>,
    pub gone: Arc<OnceLock<Gone>>,
    pub framer: Framer,
    pub out: BytesMut,
    pub queue: VecDeque<Waiting>,
    pub flight: Option<Flight>,
    pub owing: Vec<Owing>,
    pub overdue: Vec<Overdue>,
    pub recovery: Option<Recovery>,
    /// How many probes were ever sent: consecutive ones differ.
    pub probes: usize,
    /// An announcement whose second line is still to come.
    pub head: Option<String>,
    pub sms_done: bool,
    pub numeric: bool,
    pub closing: Option<Closing>,
    pub driving: Driving,
}

pub(super) struct Closing {
    deadline: Instant,
    acks: Vec<oneshot::Sender<()>>,
}

impl Desk {
    pub fn has_room(&self) -> bool {
        self.queue.len() < QUEUE_BOUND
    }

    pub fn order(&mut self, order: Option<Order>, now: Instant) {
        match order {
            Some(Order::Run(waiting)) => {
                if self.closing.is_some() {
                    refuse(*waiting, |command| EngineError::Closed { command });
                } else {
                    self.queue.push_back(*waiting);
                    self.wake(now);
                }
            }
            Some(Order::Drive(drive, reply)) => self.ask_drive(drive, reply),
            Some(Order::Close(ack)) => self.close(Some(ack), now),
            None => self.close(None, now),
        }
    }

    fn close(&mut self, ack: Option<oneshot::Sender<()>>, now: Instant) {
        for waiting in self.queue.drain(..) {
            refuse(waiting, |command| EngineError::Closed { command });
        }
        let deadline = now + self.pace.real(CLOSE_LIMIT);
        let closing = self.closing.get_or_insert(Closing {
            deadline,
            acks: vec![],
        });
        closing.acks.extend(ack);
    }

    /// Handles the limits that have passed, then begins the next exchange if one may begin.
    pub fn advance(&mut self, now: Instant) {
        self.late_limits(now);
        if self.flight.as_ref().is_some_and(|f| f.deadline <= now) {
            self.flight_limit(now);
        }
        self.recover(now);
        self.drive(now);
        self.begin_next(now);
    }

    /// Whether the actor is to end: the line is lost, or it was closed and nothing is in flight any more.
    pub fn done(&mut self, now: Instant) -> bool {
        if self.gone.get().is_some() {
            return true;
        }
        let over = self
            .closing
            .as_ref()
            .is_some_and(|c| self.flight.is_none() || c.deadline <= now);
        if over {
            let _ = self.gone.set(Gone::Closed);
            self.end_all(&Ending::LineLost, |command, _| EngineError::Closed {
                command,
            });
            self.serial(SerialState::Closed);
        }
        over
    }

    /// Tells those who closed it that the line has been let go.
    pub fn acknowledge(&mut self) {
        for ack in self.closing.take().into_iter().flat_map(|c| c.acks) {
            let _ = ack.send(());
        }
    }

    /// The next moment at which a limit passes.
    pub fn deadline(&self) -> Option<Instant> {
        let flight = self.flight.as_ref().map(|f| f.deadline);
        let owing = self.owing.iter().map(|o| o.deadline).min();
        let recovery = self.recovery.as_ref().and_then(Recovery::deadline);
        let closing = self.closing.as_ref().map(|c| c.deadline);
        let driving = self.driving.deadline();
        [flight, owing, recovery, closing, driving]
            .into_iter()
            .flatten()
            .min()
    }

    fn begin_next(&mut self, now: Instant) {
        let driven = self.driving.holds();
        if self.flight.is_some() || self.recovery.is_some() || !self.out.is_empty() || driven {
            return;
        }
        self.queue.retain(|w| !w.reply.is_closed()); // nobody waits for it and it has not begun
        let free = |w: &Waiting| !self.owing.iter().any(|o| w.command.waits_for(&o.late));
        let Some(next) = self.queue.iter().position(free) else {
            return;
        };
        if let Some(w) = self.queue.remove(next) {
            self.begin(w.command, w.purpose, Some(w.reply), now);
        }
    }

    pub fn begin(&mut self, command: Command, purpose: String, reply: Option<Reply>, now: Instant) {
        let number = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        let since = self.line(
            Direction::Tx,
            Role::Command,
            command.text(),
            Some(number),
            None,
        );
        let sets = command.text().contains('=');
        if sets && matches!(command.name().as_str(), "AT+CPIN" | "AT+CFUN") {
            self.sms_done = false; // these make the modem say it again without a reboot
        }
        let stale = self.recovery.as_ref().is_some_and(Recovery::may_prompt);
        let expect = Expect::of(&command);
        self.framer
            .expect(if stale { expect.or_prompt() } else { expect });
        self.out.extend_from_slice(command.text().as_bytes());
        self.out.extend_from_slice(b"\r");
        self.flight = Some(Flight {
            number,
            payload_due: command.payload().is_some(),
            command,
            purpose,
            reply,
            since,
            sent_ms: None,
            deadline: now + self.pace.real(WRITE_LIMIT),
            lines: vec![],
            raw: None,
            owned: 0,
            early: None,
            cancelled: false,
            echoed: false,
            hollow: None,
        });
    }

    /// This many octets of [`Desk::out`] are on the line.
    pub fn wrote(&mut self, octets: usize, now: Instant) {
        let written = self.out.split_to(octets.min(self.out.len())).freeze();
        self.sink.record(What::Wire(Wire {
            dir: Direction::Tx,
            octets: Octets(written),
        }));
        let at = self.sink.now_ms();
        let write_deadline = now + self.pace.real(WRITE_LIMIT);
        if let Some(flight) = &mut self.flight {
            if self.out.has_remaining() {
                flight.deadline = write_deadline;
                return;
            }
            flight.sent_ms.get_or_insert(at);
            let limit = if flight.cancelled {
                CANCEL_LIMIT
            } else {
                flight.command.limit()
            };
            flight.deadline = now + self.pace.real(limit);
        }
    }

    /// The modem asks for a payload.
    pub fn prompt(&mut self, now: Instant) {
        self.rx_line(Role::Prompt, ">");
        let Some(flight) = &mut self.flight else {
            return self.stale_prompt();
        };
        if flight.reply.is_none() && self.recovery.is_some() {
            return self.stale_prompt();
        }
        flight.deadline = now + self.pace.real(WRITE_LIMIT);
        let due = std::mem::take(&mut flight.payload_due);
        let payload = flight.command.payload().filter(|_| due).cloned();
        flight.cancelled = payload.is_none();
        self.write_payload(payload.as_ref());
    }

    /// Writes a payload, or ESC where there is none.
    pub fn write_payload(&mut self, payload: Option<&Payload>) {
        let text = match payload {
            Some(Payload::Exact(octets)) => {
                self.out.extend_from_slice(octets);
                format!("{} octets", octets.len())
            }
            Some(Payload::CtrlZ(octets)) => {
                self.out.extend_from_slice(octets);
                self.out.extend_from_slice(&[CTRL_Z]);
                format!("{} octets and Ctrl-Z", octets.len())
            }
            None => {
                self.out.extend_from_slice(&[ESC]);
                "ESC".to_owned()
            }
        };
        let number = self.flight.as_ref().map(|f| f.number);
        let after = self.after_ms();
        self.line(Direction::Tx, Role::Payload, &text, number, after);
    }

    pub fn since_sent(&self, flight: &Flight) -> u64 {
        flight
            .sent_ms
            .map_or(0, |at| self.sink.now_ms().saturating_sub(at))
    }

    pub fn after_ms(&self) -> Option<u64> {
        self.flight.as_ref().map(|f| self.since_sent(f))
    }

    /// Records a line that belongs to the exchange in flight.
    pub fn rx_line(&self, role: Role, text: &str) -> EventId {
        let number = self.flight.as_ref().map(|f| f.number);
        self.line(Direction::Rx, role, text, number, self.after_ms())
    }

    pub fn line(
        &self,
        dir: Direction,
        role: Role,
        text: &str,
        exchange: Option<u64>,
        after_ms: Option<u64>,
    ) -> EventId {
        self.sink.record(What::Line(Line {
            dir,
            role,
            text: bounded(text),
            exchange,
            after_ms,
        }))
    }

    pub fn serial(&self, state: SerialState) {
        self.sink.record(What::Serial(SerialChange {
            name: self.name.clone(),
            state,
        }));
    }

    pub fn announce(&self, urc: Urc) {
        let _ = self.urcs.send(urc); // nobody may be listening
    }
}

/// Lines are ASCII already; commands are checked to be without control characters.
pub(super) fn bounded(text: &str) -> String {
    match text.char_indices().nth(TEXT_BOUND) {
        None => text.to_owned(),
        Some((end, _)) => format!("{} … and {} more", &text[..end], text.len() - end),
    }
}

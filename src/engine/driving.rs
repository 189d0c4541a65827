//! The outputs of the line: asked for like commands, each in its turn and never in the midst of an exchange.
//!
//! In: what a person asks, the time. Out: the outputs set, and an event with the control lines as they are then. Never here: who may ask.
use super::desk::Desk;
use crate::event::{ControlLines, Drive, What};
use crate::serial::{Output, Outputs};
use std::collections::VecDeque;
use std::io;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::Instant;

/// So many may wait.
const BOUND: usize = 8;

/// Why an output was not driven.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DriveError {
    /// What stands in for a serial line has no outputs.
    #[error(
        "{name} has no control lines: only a serial device, or the simulated one, has DTR, RTS and a break"
    )]
    NoOutputs {
        /// The line's name.
        name: String,
    },
    /// The device refuses.
    #[error("{name}: {what} was refused by the device: {why}")]
    Refused {
        /// The line's name.
        name: String,
        /// What was asked for.
        what: &'static str,
        /// The system's words.
        why: String,
    },
    /// Others wait already.
    #[error("{BOUND} others wait already: what holds them up is an exchange that has not ended")]
    Busy,
    /// The line is gone.
    #[error("the line is lost or closed")]
    Gone,
}

pub(super) type Reply = oneshot::Sender<Result<ControlLines, DriveError>>;

/// What waits to be driven, and a break that lasts.
#[derive(Default)]
pub(super) struct Driving {
    outputs: Option<Box<dyn Outputs>>,
    waiting: VecDeque<(Drive, Reply)>,
    breaking: Option<(Instant, Reply)>,
}

impl Driving {
    /// Nothing waits yet.
    pub fn of(outputs: Option<Box<dyn Outputs>>) -> Self {
        Self {
            outputs,
            ..Self::default()
        }
    }

    /// When the break ends that lasts now.
    pub fn deadline(&self) -> Option<Instant> {
        self.breaking.as_ref().map(|(until, _)| *until)
    }

    /// Whether no exchange may begin yet.
    pub fn holds(&self) -> bool {
        self.breaking.is_some() || !self.waiting.is_empty()
    }

    fn set(&mut self, output: Output, on: bool) -> io::Result<()> {
        match &mut self.outputs {
            Some(outputs) => outputs.set(output, on),
            None => Err(io::ErrorKind::Unsupported.into()),
        }
    }
}

impl Desk {
    /// Takes what is asked of an output.
    pub fn ask_drive(&mut self, drive: Drive, reply: Reply) {
        let refused = if self.driving.outputs.is_none() {
            let name = self.name.clone();
            Some(DriveError::NoOutputs { name })
        } else if self.closing.is_some() {
            Some(DriveError::Gone)
        } else {
            (self.driving.waiting.len() >= BOUND).then_some(DriveError::Busy)
        };
        match refused {
            // Whoever asked may have gone.
            Some(refused) => drop(reply.send(Err(refused))),
            None => self.driving.waiting.push_back((drive, reply)),
        }
    }

    /// Ends a break whose time is over, then drives what waits, as long as no caller's exchange is under way.
    pub fn drive(&mut self, now: Instant) {
        if self.driving.deadline().is_some_and(|until| until <= now)
            && let Some((_, reply)) = self.driving.breaking.take()
        {
            let ended = self.driving.set(Output::Break, false);
            self.driven(Drive::Break, ended, reply);
        }
        let asked = self.flight.as_ref().is_some_and(|f| f.reply.is_some());
        while !asked && self.out.is_empty() && self.driving.breaking.is_none() {
            let Some((drive, reply)) = self.driving.waiting.pop_front() else {
                return;
            };
            let done = match drive {
                Drive::Dtr(on) => self.driving.set(Output::Dtr, on),
                Drive::Rts(on) => self.driving.set(Output::Rts, on),
                Drive::Break => self.driving.set(Output::Break, true),
            };
            if drive == Drive::Break && done.is_ok() {
                let length = Duration::from_millis(Drive::BREAK_MS);
                self.driving.breaking = Some((now + self.pace.real(length), reply));
                return;
            }
            self.driven(drive, done, reply);
        }
    }

    /// The line is let go: a break does not outlast it.
    pub fn end_break(&mut self) {
        if self.driving.breaking.take().is_some() {
            // A device that is gone holds no break either.
            let _ = self.driving.set(Output::Break, false);
        }
    }

    fn driven(&mut self, drive: Drive, done: io::Result<()>, reply: Reply) {
        let name = self.name.clone();
        let answer = match (done, &mut self.driving.outputs) {
            (Ok(()), Some(outputs)) => {
                let lines = ControlLines {
                    name,
                    asked: Some(drive),
                    ..outputs.control_lines()
                };
                self.sink.record(What::ControlLines(lines.clone()));
                Ok(lines)
            }
            (Ok(()), None) => Err(DriveError::NoOutputs { name }),
            (Err(e), _) => Err(DriveError::Refused {
                name,
                what: drive.words(),
                why: e.to_string(),
            }),
        };
        // Whoever asked may have gone.
        let _ = reply.send(answer);
    }
}

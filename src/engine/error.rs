//! Why an exchange did not end with a final result.
use crate::event::EventId;
use std::time::Duration;

/// What ended an exchange in the place of its result. An `ERROR` of the modem is no error here but an answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// No final code within the limit.
    #[error(
        "no answer to `{command}` within {} s; the modem may be busy or the line may be wrong: try AT, then check the cable, the speed and that no other program reads the same serial line", limit.as_secs_f64()
    )]
    Timeout {
        /// The command.
        command: String,
        /// Its limit at speed 1.
        limit: Duration,
        /// The exchange's event.
        evidence: EventId,
    },
    /// `OK` came, the result that should follow did not.
    #[error(
        "`{command}` was accepted, but its result did not come within {} s; ask for its state before trying again, it may still come", limit.as_secs_f64()
    )]
    LateTimeout {
        /// The command.
        command: String,
        /// The limit of its late result at speed 1.
        limit: Duration,
        /// The exchange's event.
        evidence: EventId,
    },
    /// The modem asked for a payload and there was none: ESC was sent.
    #[error(
        "`{command}` made the modem ask for a payload; there was none, so it was cancelled with ESC"
    )]
    Prompted {
        /// The command.
        command: String,
        /// The exchange's event.
        evidence: EventId,
    },
    /// The modem rebooted in the middle.
    #[error(
        "the modem rebooted while `{command}` was under way; its sockets and settings are gone: start again from the beginning"
    )]
    Rebooted {
        /// The command.
        command: String,
        /// The exchange's event.
        evidence: EventId,
    },
    /// The serial line was lost before or during the exchange.
    #[error(
        "the serial line was lost at `{command}`: {reason}; plug the modem in again or wait until it is back, then connect again"
    )]
    LineLost {
        /// The command.
        command: String,
        /// Why.
        reason: String,
        /// The exchange's event, where it had begun.
        evidence: Option<EventId>,
    },
    /// The command was not sent: after a timeout the modem did not answer the probes that would show that it listens again.
    #[error(
        "`{command}` was not sent: the modem has been silent since `{after}` timed out; it is tried again with the next command, and a modem that stays silent needs a restart"
    )]
    Quarantined {
        /// The command that was not sent.
        command: String,
        /// The command whose answer never came.
        after: String,
    },
    /// The command was not sent, or its result not awaited: the engine was closed.
    #[error("`{command}` did not run to its end: the modem was closed by the program")]
    Closed {
        /// The command.
        command: String,
    },
}

impl EngineError {
    /// The event of the exchange, where one had begun.
    #[must_use]
    pub fn evidence(&self) -> Option<EventId> {
        match self {
            Self::Timeout { evidence, .. }
            | Self::LateTimeout { evidence, .. }
            | Self::Prompted { evidence, .. }
            | Self::Rebooted { evidence, .. } => Some(*evidence),
            Self::LineLost { evidence, .. } => *evidence,
            Self::Quarantined { .. } | Self::Closed { .. } => None,
        }
    }
}

//! What went wrong with the modem, in words that a person can act on.
use crate::at::Final;
use crate::engine::{Answer, EngineError};
use crate::event::{EventId, Failure, escape};
use std::fmt;

/// How the meaning of a refusal begins that came at once.
pub(super) const AT_ONCE: &str = "the modem refused at once";

/// A failure and the events that it rests on.
#[derive(Clone, Debug, PartialEq)]
pub struct Trouble {
    /// What, what came back, what it means, what to do.
    pub failure: Failure,
    /// Events.
    pub evidence: Vec<EventId>,
}

impl Trouble {
    /// A trouble from its four texts.
    #[must_use]
    pub fn new(
        what: impl Into<String>,
        raw: impl Into<String>,
        means: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        let failure = Failure {
            what: what.into(),
            raw: raw.into(),
            means: means.into(),
            advice: advice.into(),
        };
        Self {
            failure,
            evidence: Vec::new(),
        }
    }

    /// With one more event.
    #[must_use]
    pub fn on(mut self, event: EventId) -> Self {
        self.evidence.push(event);
        self
    }

    /// Whether the modem refused at once, without having tried (of `AT+NETOPEN`).
    #[must_use]
    pub fn is_at_once(&self) -> bool {
        self.failure.means.starts_with(AT_ONCE)
    }

    /// The modem answered a command with an error.
    #[must_use]
    pub fn refused(command: &str, answer: &Answer) -> Self {
        let raw = raw(answer);
        Self::new(
            format!("{command} was refused"),
            raw,
            means(&answer.result),
            "See what the AT traffic shows before it, and send again",
        )
        .on(answer.evidence)
    }

    /// The exchange itself failed.
    #[must_use]
    pub fn engine(command: &str, error: &EngineError) -> Self {
        let advice = match error {
            EngineError::LineLost { .. } => {
                "Plug the modem in again, or see why the system dropped it; then send again"
            }
            EngineError::Rebooted { .. } => {
                "Wait until it is registered again (about 30 s), then send again; look at its power supply"
            }
            _ => "Send it again; if it happens again, power-cycle the modem",
        };
        Self::new(
            format!("{command} got no result"),
            "",
            error.to_string(),
            advice,
        )
    }

    /// Nothing answers to `AT`.
    #[must_use]
    pub fn silent(error: &EngineError) -> Self {
        Self::new(
            "nothing on this serial line answers to AT",
            "",
            format!(
                "{error}. Either this is not the modem's AT interface, another program takes its answers, or the speed is wrong"
            ),
            "On a SIM7600 the AT interface is USB interface 2 (often ttyUSB2); stop ModemManager or other programs that hold it; on a UART check the speed (115200)",
        )
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Failure {
            what,
            raw,
            means,
            advice,
        } = &self.failure;
        write!(f, "{what}")?;
        if !raw.is_empty() {
            write!(f, " ({raw})")?;
        }
        write!(f, ": {means}. {advice}")
    }
}

/// What an error final says, in words.
pub(super) fn means(result: &Final) -> String {
    match result {
        Final::Error => "the modem says ERROR and gives no reason".to_owned(),
        other => format!("the modem's reason: {other}"),
    }
}

/// All lines of an answer in one, as evidence.
pub(super) fn raw(answer: &Answer) -> String {
    let result = answer.result.to_string();
    let all: Vec<&str> = answer
        .lines
        .iter()
        .map(String::as_str)
        .chain([result.as_str()])
        .chain(answer.late.as_deref())
        .collect();
    escape(all.join(" | ").as_bytes())
}

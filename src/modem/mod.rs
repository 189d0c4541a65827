//! What one wants from a modem, spelled for the SIM7600 family.
//!
//! In: wishes (identify, attach, open a link …). Out: typed answers, events for the journal, or [`Trouble`], which says what was
//! refused, what came back, what that means and what to do. Never here: which wish comes next (that is the pipeline's), files,
//! profiles.
mod capabilities;
mod contexts;
mod datagrams;
mod identify;
mod inbound;
mod link;
mod links;
mod ping;
mod plan;
mod radio;
mod resolve;
mod restore;
mod settings;
mod sim;
mod sms;
mod stack;
mod trouble;

pub use capabilities::{Seen, capability_table, quirks};
pub use contexts::{Bearer, Intent, Wanted, choose};
pub use datagrams::Datagrams;
pub use identify::SCANNED;
pub use inbound::{Hearing, Inbound, StoredMessage, inbound, listening, octets_of, tpdu_of};
pub use link::{Exchanges, Link, Passed};
pub use links::Dialled;
pub use ping::Pinged;
pub use plan::{Effect, Goal, Planned, planned, planned_sms};
pub use restore::Restored;
pub use settings::{CARRIES_INBOUND, Definition, READ, READ_SMS, Settings};
pub use sim::{SimCard, group_identifier, home_network, mnc_digits, provider_name};
pub use sms::{Submitted, status_report, stored_report};
pub use stack::StackLimits;
pub use trouble::Trouble;

pub use crate::at::Auth;
pub use crate::engine::{Pace, Urc};

use crate::at::Command;
use crate::engine::{Answer, Engine, EngineError};
use crate::event::{EventId, Sink, What};
use links::Links;
use std::sync::{Arc, Mutex, PoisonError};

/// A modem on an engine. Clones are handles to the same modem, each with its own purpose.
#[derive(Clone)]
pub struct Modem {
    engine: Engine,
    sink: Sink,
    pace: Pace,
    links: Arc<Links>,
    /// Which one of its type it is, once it was identified.
    unit: Arc<Mutex<Option<String>>>,
    purpose: &'static str,
}

impl Modem {
    /// A modem on a running engine.
    #[must_use]
    pub fn new(engine: Engine, pace: Pace, sink: Sink) -> Self {
        Self {
            engine,
            sink,
            pace,
            links: Arc::default(),
            unit: Arc::default(),
            purpose: "modem",
        }
    }

    /// The same modem; its exchanges will say that they serve this purpose.
    #[must_use]
    pub fn serving(&self, purpose: &'static str) -> Self {
        Self {
            purpose,
            ..self.clone()
        }
    }

    /// The engine below.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// How the world's time relates to ours.
    #[must_use]
    pub fn pace(&self) -> Pace {
        self.pace
    }

    /// Which one of its type it is ([`crate::event::Imei::mark`]); `None` before it was identified, or where it tells no IMEI.
    #[must_use]
    pub fn unit(&self) -> Option<String> {
        self.unit
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn record(&self, what: What) -> EventId {
        self.sink.record(what)
    }

    /// Runs a command; an error that the modem answers is an answer here.
    async fn ask(&self, command: Command) -> Result<Answer, Trouble> {
        let text = command.text().to_owned();
        self.engine
            .run(command, self.purpose)
            .await
            .map_err(|e| Trouble::engine(&text, &e))
    }

    /// Runs a command that must end with `OK`.
    async fn must(&self, command: Command) -> Result<Answer, Trouble> {
        let text = command.text().to_owned();
        let answer = self.ask(command).await?;
        if answer.result.is_ok() {
            Ok(answer)
        } else {
            Err(Trouble::refused(&text, &answer))
        }
    }

    /// Runs a command whose firmware may lack it: an error answers with nothing.
    async fn may(&self, command: Command) -> Result<Option<Answer>, Trouble> {
        let answer = self.ask(command).await?;
        Ok(answer.result.is_ok().then_some(answer))
    }

    /// Asks whether a modem answers at all.
    ///
    /// # Errors
    /// Silence, or something that is no modem.
    pub async fn hello(&self) -> Result<EventId, Trouble> {
        match self.engine.run(Command::at(), self.purpose).await {
            Ok(answer) if answer.result.is_ok() => Ok(answer.evidence),
            Ok(answer) => Err(Trouble::refused("AT", &answer)),
            Err(e @ (EngineError::LineLost { .. } | EngineError::Rebooted { .. })) => {
                Err(Trouble::engine("AT", &e))
            }
            Err(e) => Err(Trouble::silent(&e)),
        }
    }

    /// Lets the modem talk plainly: no echo, errors in words.
    ///
    /// # Errors
    /// Where the modem refuses or falls silent.
    pub async fn talk_plainly(&self, now: &Settings) -> Result<(), Trouble> {
        if now.echo {
            self.must(Command::ate0()).await?;
        }
        self.set(now, "CMEE", "2", Command::cmee(2)).await
    }

    /// Puts one setting where it must be, if it is elsewhere.
    async fn set(
        &self,
        now: &Settings,
        name: &str,
        wanted: &str,
        command: Command,
    ) -> Result<(), Trouble> {
        if now.value(name) != Some(wanted) {
            self.must(command).await?;
        }
        Ok(())
    }
}

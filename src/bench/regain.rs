//! Finding a lost line again: how often it is tried, and what is done once the modem is back.
//!
//! In: the source of the line, the time. Out: an open line, and a modem that is as it was found. Never here: the person's orders.
use crate::event::{Level, Notice, Sink, What};
use crate::modem::Trouble;
use crate::pipeline::{self, Gear};
use crate::serial::{Opened, SerialError, Source};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// The first attempt comes this long after the loss; each further one after twice the time.
const FIRST: Duration = Duration::from_millis(250);
/// No longer than this between two attempts: a person who has just plugged the modem in waits for it.
const LONGEST: Duration = Duration::from_secs(5);
/// A modem that rebooted is on the bus long before it answers: so often `AT` is tried.
const HELLOS: usize = 12;
/// The pause between two of them.
const BETWEEN_HELLOS: Duration = Duration::from_secs(3);
/// So often the settings are put back where the modem does not take them at once.
const TIDYINGS: u32 = 4;
/// The pause between two of these: a SIM7600 registers some 10 to 30 s after its restart.
const BETWEEN_TIDYINGS: Duration = Duration::from_secs(10);

/// A line that is lost.
pub(super) struct Lost {
    attempts: u32,
    /// When the next attempt is due.
    pub next: Instant,
    /// What the last attempt said, so that the same is not said twice.
    said: String,
}

impl Lost {
    pub fn now(gear: &Gear) -> Self {
        Self {
            attempts: 0,
            next: Instant::now() + gear.modem.pace().real(FIRST),
            said: String::new(),
        }
    }

    /// An attempt failed. Says so where the reason is a new one and is not simply that the device is still away.
    pub fn failed(&mut self, gear: &Gear, error: &SerialError) {
        self.attempts = self.attempts.saturating_add(1);
        let pause = FIRST.saturating_mul(2_u32.saturating_pow(self.attempts.min(10)));
        self.next = Instant::now() + gear.modem.pace().real(pause.min(LONGEST));
        let text = error.to_string();
        tracing::debug!(
            attempt = self.attempts,
            ?pause,
            why = text,
            "the line is not back"
        );
        let away = matches!(error, SerialError::Absent { .. });
        if !away && self.said != text {
            say(&gear.sink, Level::Warning, format!("not back yet: {text}"));
            self.said = text;
        }
    }
}

/// One attempt.
pub(super) async fn attempt(source: Arc<dyn Source>) -> Result<Opened, SerialError> {
    source.open().await
}

/// Waits until the modem on a new line answers, then puts back what a session left changed.
pub(super) async fn settle(gear: Gear) -> Result<(), Trouble> {
    let modem = gear.modem.serving("return");
    let mut tried = 1;
    while let Err(trouble) = modem.hello().await {
        tracing::debug!(tried, "the line is open, and nobody answers on it yet");
        if tried == HELLOS || modem.engine().is_gone() {
            return Err(trouble);
        }
        tried += 1;
        sleep(modem.pace().real(BETWEEN_HELLOS)).await;
    }
    // A modem that has just rebooted is not registered yet, and takes back only part of its contexts.
    let turns = if gear.read_only { 0 } else { TIDYINGS };
    for turn in 1..=turns {
        if pipeline::tidy(&gear).await {
            let text = "the modem is back, and set as it was found".to_owned();
            say(&gear.sink, Level::Info, text);
            break;
        }
        if turn == TIDYINGS || modem.engine().is_gone() {
            break;
        }
        sleep(modem.pace().real(BETWEEN_TIDYINGS)).await;
    }
    Ok(())
}

fn say(sink: &Sink, level: Level, text: String) {
    sink.record(What::Notice(Notice {
        level,
        text,
        because: None,
    }));
}

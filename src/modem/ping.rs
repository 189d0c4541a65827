//! Pings by the module (`AT+CPING`).
use super::{Modem, Trouble};
use crate::at::Command;
use crate::at::reply::{self, Ping};
use crate::event::EventId;
use std::time::Duration;

/// How long one answer is waited for: the least that the command takes.
const WAIT: Duration = Duration::from_secs(10);

/// What a ping came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pinged {
    /// Requests that left.
    pub sent: u32,
    /// Answers.
    pub received: u32,
    /// Mean round trip in milliseconds; 0 where nothing came.
    pub average_ms: u32,
    /// The exchange.
    pub evidence: EventId,
}

impl Modem {
    /// Pings a host once. Other commands go on meanwhile.
    ///
    /// # Errors
    /// The module refuses, says nothing that can be read, or falls silent.
    pub async fn ping(&self, host: &str) -> Result<Pinged, Trouble> {
        let command = Command::cping(host, 1, WAIT).map_err(|e| {
            let advice = "Correct the address in the profile";
            Trouble::new("the ping cannot be made", "", e.to_string(), advice)
        })?;
        let text = command.text().to_owned();
        let answer = self.must(command).await?;
        match answer.late.as_deref().and_then(reply::cping) {
            Some(Ping::Summary {
                sent,
                received,
                average_ms,
            }) => Ok(Pinged {
                sent,
                received,
                average_ms,
                evidence: answer.evidence,
            }),
            _ => Err(Trouble::refused(&text, &answer)),
        }
    }
}

//! Quarantine: after a timeout nothing is believed until the modem shows that it listens and has nothing old left to say.
//!
//! 1. Drain until the line is silent, at the most for a bounded time, since storms of announcements never end.
//! 2. Probe with a read command whose answer begins with its own name. A modem answers in order, so whatever the old command
//!    still has to say comes before that line; bare final codes before it are stale. Consecutive probes ask for different things,
//!    so that the late answer of one is not taken for the answer of the next.
//! 3. A payload that an overdue prompt asks for is written after all (a fixed length must be filled, ESC would be data there);
//!    any other prompt gets ESC.
//! 4. Three probes without an answer: the modem is silent. What waits is refused; the next command tries again from step 1.
use super::EngineError;
use super::desk::Desk;
use super::ending::refuse;
use crate::at::{Command, Expect, Payload};
use std::time::Duration;
use tokio::time::Instant;

const SILENCE: Duration = Duration::from_millis(300);
const DRAIN_LIMIT: Duration = Duration::from_secs(2);
/// How long each probe may take: a modem that resolves a name answers nothing meanwhile.
const PROBE_LIMITS: [Duration; 3] = [
    Duration::from_secs(2),
    Duration::from_secs(3),
    Duration::from_secs(5),
];
/// Read forms that every modem of this family has, that change nothing, and whose lines are never announced unasked.
const PROBES: [&str; 5] = ["AT+CMEE?", "AT+CFUN?", "AT+CGATT?", "AT+IPR?", "AT+CMGF?"];

pub(super) struct Recovery {
    /// The command that timed out.
    after: Command,
    /// Whether its payload was not written because no prompt had come.
    unpaid: bool,
    step: Step,
    tried: usize,
}

enum Step {
    Draining { silent: Instant, until: Instant },
    Probing,
    Silent,
}

impl Recovery {
    pub fn deadline(&self) -> Option<Instant> {
        match self.step {
            Step::Draining { silent, until } => Some(silent.min(until)),
            Step::Probing | Step::Silent => None, // the probe is a flight with its own limit
        }
    }

    /// Whether a prompt of the command that timed out may be overdue.
    pub fn may_prompt(&self) -> bool {
        self.after.may_prompt
    }

    /// The octets of a fixed length that the modem may be waiting for; asked for once.
    fn unpaid_octets(&mut self) -> Option<Payload> {
        let payload = self
            .after
            .payload()
            .filter(|p| matches!(p, Payload::Exact(_)));
        let due = std::mem::take(&mut self.unpaid);
        payload.filter(|_| due).cloned()
    }
}

impl Desk {
    pub fn quarantine(&mut self, after: Command, unpaid: bool, now: Instant) {
        tracing::warn!(
            after = after.text(),
            unpaid,
            "quarantine: nothing is believed until a probe is answered"
        );
        if after.may_prompt {
            self.framer.expect(Expect::default().or_prompt());
        }
        self.recovery = Some(Recovery {
            after,
            unpaid,
            step: self.draining(now),
            tried: 0,
        });
    }

    fn draining(&self, now: Instant) -> Step {
        Step::Draining {
            silent: now + self.pace.real(SILENCE),
            until: now + self.pace.real(DRAIN_LIMIT),
        }
    }

    /// Octets came: it is not silent yet.
    pub fn heard(&mut self, now: Instant) {
        let quiet = now + self.pace.real(SILENCE);
        if let Some(Recovery {
            step: Step::Draining { silent, .. },
            ..
        }) = &mut self.recovery
        {
            *silent = quiet;
        }
    }

    /// Somebody wants something of a modem that was silent.
    pub fn wake(&mut self, now: Instant) {
        let step = self.draining(now);
        if let Some(recovery) = &mut self.recovery
            && matches!(recovery.step, Step::Silent)
        {
            (recovery.step, recovery.tried) = (step, 0);
        }
    }

    /// Takes the next step of the quarantine, if it is due.
    pub fn recover(&mut self, now: Instant) {
        let idle = self.flight.is_none();
        let Some(recovery) = &mut self.recovery else {
            return;
        };
        let due = match recovery.step {
            Step::Draining { silent, until } => silent.min(until) <= now,
            Step::Probing => idle, // the probe's limit has passed
            Step::Silent => false,
        };
        if !due || !idle {
            return;
        }
        let Some(limit) = PROBE_LIMITS.get(recovery.tried).copied() else {
            return self.silent();
        };
        recovery.step = Step::Probing;
        recovery.tried += 1;
        let filling = recovery.tried == 2;
        if let Some(payload) = filling.then(|| recovery.unpaid_octets()).flatten() {
            self.write_payload(Some(&payload)); // its prompt may have been garbled: fill what may be waiting
        }
        self.probe(limit, now);
    }

    fn probe(&mut self, limit: Duration, now: Instant) {
        let asked = self.recovery.as_ref().map(|r| r.after.name());
        let fresh = |text: &&str| asked.as_deref() != Some(text.trim_end_matches('?'));
        let from = self.probes % PROBES.len();
        let text = PROBES.iter().cycle().skip(from).copied().find(|t| fresh(t));
        self.probes += 1;
        tracing::debug!(
            probe = text,
            ?limit,
            "quarantine: asking whether it listens again"
        );
        if let Some(command) = text.and_then(|t| Command::typed(t).ok()) {
            self.begin(command.with_limit(limit), "recover".to_owned(), None, now);
        }
    }

    fn silent(&mut self) {
        let Some(recovery) = &mut self.recovery else {
            return;
        };
        recovery.step = Step::Silent;
        let after = recovery.after.text().to_owned();
        let refused = self.queue.len();
        tracing::warn!(
            after,
            refused,
            "quarantine: no probe was answered, the modem is silent"
        );
        for waiting in self.queue.drain(..) {
            refuse(waiting, |command| EngineError::Quarantined {
                command,
                after: after.clone(),
            });
        }
    }

    /// The probe was answered.
    pub fn recovered(&mut self) {
        tracing::info!("quarantine: the probe was answered, the modem listens again");
        self.recovery = None;
    }

    /// A prompt that nobody expects any more.
    pub fn stale_prompt(&mut self) {
        let payload = self.recovery.as_mut().and_then(Recovery::unpaid_octets);
        tracing::debug!(
            filled = payload.is_some(),
            "a prompt that nobody expects any more"
        );
        self.write_payload(payload.as_ref());
    }

    /// Whether a line is what the command that timed out should have answered, and no announcement.
    pub fn too_late(&self, text: &str) -> bool {
        let after = self.recovery.as_ref().map(|r| &r.after);
        after.is_some_and(|command| command.claims(text).is_some())
    }
}

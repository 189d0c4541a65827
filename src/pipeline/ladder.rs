//! Runs stages and tells the journal how each goes.
use crate::event::{EventId, Sink, Stage, StageState, StageStep, What};
use crate::modem::{Pace, Trouble};
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What a stage learned.
pub struct Learned<T> {
    /// For the stages after it.
    pub value: T,
    /// For the person, in one line.
    pub says: String,
    /// What it rests on.
    pub evidence: Vec<EventId>,
}

impl<T> Learned<T> {
    /// What was learned, and what that rests on.
    pub fn new(value: T, says: impl Into<String>, evidence: Vec<EventId>) -> Self {
        Self {
            value,
            says: says.into(),
            evidence,
        }
    }
}

/// A stage that failed.
pub struct Fallen {
    /// Which.
    pub stage: Stage,
    /// Why.
    pub trouble: Trouble,
}

/// One send's ladder.
#[derive(Clone)]
pub struct Ladder {
    /// Which send; 0 where a message is fetched.
    pub send: u64,
    /// Which received message is fetched, where it is not a send.
    pub fetch: Option<u64>,
    /// The journal.
    pub sink: Sink,
    /// The world's speed.
    pub pace: Pace,
    /// The stage that runs, for whoever stops the send from outside.
    pub reached: Reached,
}

/// The stage that a send has reached; none before the first.
pub type Reached = Arc<Mutex<Option<Stage>>>;

impl Ladder {
    /// Runs a stage to its end or its limit (in the world's time).
    ///
    /// # Errors
    /// The stage's trouble, or that its limit passed.
    pub async fn stage<T>(
        &self,
        stage: Stage,
        limit: Option<Duration>,
        work: impl Future<Output = Result<Learned<T>, Trouble>>,
    ) -> Result<T, Fallen> {
        let began = self.sink.now_ms();
        *self.reached.lock().unwrap_or_else(PoisonError::into_inner) = Some(stage);
        let limit_ms = limit.map(|l| u64::try_from(l.as_millis()).unwrap_or(u64::MAX));
        self.tell(stage, StageState::Started { limit_ms }, 0, Vec::new());
        let outcome = match limit {
            Some(limit) => match tokio::time::timeout(self.pace.real(limit), work).await {
                Ok(outcome) => outcome,
                Err(_) => Err(passed(stage, limit)),
            },
            None => work.await,
        };
        let took = self.sink.now_ms().saturating_sub(began);
        match outcome {
            Ok(learned) => {
                self.tell(
                    stage,
                    StageState::Done { says: learned.says },
                    took,
                    learned.evidence,
                );
                Ok(learned.value)
            }
            Err(trouble) => {
                self.tell(
                    stage,
                    StageState::Failed(trouble.failure.clone()),
                    took,
                    trouble.evidence.clone(),
                );
                Err(Fallen { stage, trouble })
            }
        }
    }

    /// Says how a running stage moves.
    pub fn progress(&self, stage: Stage, says: impl Into<String>, permille: Option<u16>) {
        self.tell(
            stage,
            StageState::Progress {
                says: says.into(),
                permille,
            },
            0,
            Vec::new(),
        );
    }

    /// Says that an attempt within a running stage ended badly, and that another follows.
    pub fn attempt(&self, stage: Stage, trouble: &Trouble, attempt_ms: u64) {
        self.tell(
            stage,
            StageState::Attempt {
                says: trouble.failure.what.clone(),
                attempt_ms,
            },
            0,
            trouble.evidence.clone(),
        );
    }

    /// Says that a stage was not run, and why.
    pub fn skip(&self, stage: Stage, says: impl Into<String>) {
        self.tell(
            stage,
            StageState::Skipped { says: says.into() },
            0,
            Vec::new(),
        );
    }

    fn tell(&self, stage: Stage, state: StageState, stage_ms: u64, evidence: Vec<EventId>) {
        self.sink.record(What::Stage(StageStep {
            fetch: self.fetch,
            send: self.send,
            stage,
            state,
            stage_ms,
            evidence,
        }));
    }
}

fn passed(stage: Stage, limit: Duration) -> Trouble {
    Trouble::new(
        format!("the stage {stage} did not end within {} s", limit.as_secs()),
        "",
        "its limit passed while the modem was still being waited for; the last lines of the AT traffic show for what",
        format!(
            "Send again; if this modem or network is just slow, raise `{stage}` under [limits] in the configuration"
        ),
    )
}

//! How long each stage may take, in the world's time.
use crate::event::Stage;
use std::time::Duration;

/// A limit for each stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits([Duration; Stage::ALL.len()]);

impl Limits {
    /// The person's limits where there are some, else the built-in ones.
    #[must_use]
    pub fn with(own: impl Fn(Stage) -> Option<Duration>) -> Self {
        Self(Stage::ALL.map(|stage| own(stage).unwrap_or(Duration::from_secs(built_in(stage)))))
    }

    /// The limit of a stage. For *post* it is the longest silence; all of a post may take five times that.
    #[must_use]
    pub fn of(&self, stage: Stage) -> Duration {
        self.0[stage as usize]
    }
}

/// Seconds: at-sim7600 section 10, and a connect of 30 s as a send has it.
fn built_in(stage: Stage) -> u64 {
    match stage {
        Stage::Encode | Stage::Confirm => 5,
        Stage::Port | Stage::Connect | Stage::Deliver => 30,
        Stage::Sim => 20,
        Stage::Register | Stage::Resolve | Stage::Post => 60,
        Stage::Attach => 80,
        Stage::Bearer => 160,
        Stage::Stack => 130,
    }
}

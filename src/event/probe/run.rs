//! A probe under way: how far it may go, and its experiments as they move.
use serde::{Deserialize, Serialize};

/// How far a probe may go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Depth {
    /// Side effects up to 1: sockets are opened, nothing more.
    #[default]
    Quick,
    /// Up to 2: contexts are defined and the stack is moved, and put back.
    Full,
}

/// A probe began.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ProbeBegan {
    /// Which, from 1 within the session.
    pub probe: u64,
    /// The profile's id.
    pub profile: String,
    /// How far it may go.
    pub depth: Depth,
}

/// State of an experiment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ExperimentState {
    /// It will run.
    Planned,
    /// It runs.
    Running,
    /// It ended.
    Done {
        /// What it found, in one line.
        says: String,
    },
    /// It was not run, and why.
    NotRun {
        /// Why.
        says: String,
    },
}

/// An experiment moved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExperimentStep {
    /// Which probe.
    pub probe: u64,
    /// Its id in the tree: `E14`. Written apart from the event's own `id`.
    pub experiment: String,
    /// What it does, with its target.
    pub title: String,
    /// What it would tell.
    pub tells: String,
    /// The longest that it takes, in milliseconds.
    pub cost_ms: u64,
    /// Side effect: 0 none, 1 opens a socket, 2 changes a volatile setting, 3 may drop registration or SMS.
    pub side_effect: u8,
    /// Where it is.
    #[serde(flatten)]
    pub state: ExperimentState,
}

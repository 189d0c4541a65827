//! The stages of a send: the ladder that the person watches.
use super::EventId;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A stage of the send, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The message becomes an M-Send.req.
    Encode,
    /// A modem answers on the serial line.
    Port,
    /// The SIM is ready.
    Sim,
    /// The modem is registered.
    Register,
    /// The packet domain is attached.
    Attach,
    /// A PDP context with the profile's APN is active and has an address.
    Bearer,
    /// The module's socket stack is open on that context, proved.
    Stack,
    /// The MMSC's (or proxy's) name has an address.
    Resolve,
    /// A TCP connection to it is open.
    Connect,
    /// The POST went out and an HTTP answer came.
    Post,
    /// The answer is an M-Send.conf that says Ok.
    Confirm,
    /// The message is on a phone.
    Deliver,
}

impl Stage {
    /// All stages in order.
    pub const ALL: [Self; 12] = [
        Self::Encode,
        Self::Port,
        Self::Sim,
        Self::Register,
        Self::Attach,
        Self::Bearer,
        Self::Stack,
        Self::Resolve,
        Self::Connect,
        Self::Post,
        Self::Confirm,
        Self::Deliver,
    ];

    /// Its name as in the contract.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Encode => "encode",
            Self::Port => "port",
            Self::Sim => "sim",
            Self::Register => "register",
            Self::Attach => "attach",
            Self::Bearer => "bearer",
            Self::Stack => "stack",
            Self::Resolve => "resolve",
            Self::Connect => "connect",
            Self::Post => "post",
            Self::Confirm => "confirm",
            Self::Deliver => "deliver",
        }
    }

    /// The exit code of a send that failed here (contracts.md): 10 for encode … 21 for deliver.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        10 + self as u8
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A stage moved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StageStep {
    /// Which send, from 1 within the session; 0 where a message is fetched.
    pub send: u64,
    /// The received message that is fetched, where it is not a send.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fetch: Option<u64>,
    /// Which stage.
    pub stage: Stage,
    /// Where it is now.
    #[serde(flatten)]
    pub state: StageState,
    /// Milliseconds since the stage began (0 when it begins).
    pub stage_ms: u64,
    /// The events that it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<EventId>,
}

/// State of a stage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum StageState {
    /// It began; until when it will wait at the most.
    Started {
        /// The limit in milliseconds, where the stage waits for something.
        limit_ms: Option<u64>,
    },
    /// It moves: octets sent of all, or a word on what is being waited for.
    Progress {
        /// What.
        says: String,
        /// How much is done, in thousandths, where that is known.
        permille: Option<u16>,
    },
    /// One attempt within the stage ended badly, and another follows: the next address, a new connection.
    Attempt {
        /// What failed, in one line, with the thing it failed on.
        says: String,
        /// How long the attempt took, in milliseconds.
        attempt_ms: u64,
    },
    /// It ended well, and what was learned.
    Done {
        /// What was learned, in one line.
        says: String,
    },
    /// It failed.
    Failed(Failure),
    /// It was not needed or cannot be seen here, and why.
    Skipped {
        /// Why.
        says: String,
    },
}

/// Why a stage failed: what, on what, what came back, and what to do now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    /// What failed, in one line, with the thing it failed on.
    pub what: String,
    /// What came back, raw (escaped); empty where nothing came.
    pub raw: String,
    /// What this proves and what it does not.
    pub means: String,
    /// What to do now.
    pub advice: String,
}

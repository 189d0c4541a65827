//! What the person did, so that a recording tells it apart from what the program did by itself.
use serde::{Deserialize, Serialize};

/// An act of the person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Act {
    /// Asked for a send.
    Send,
    /// Asked why not.
    Probe,
    /// Asked to stop.
    Cancel,
    /// Chose a profile.
    UseProfile {
        /// Its id. Written as `profile`, since every event has an `id` of its own.
        #[serde(rename = "profile")]
        id: String,
    },
    /// Typed an AT command.
    At {
        /// As typed.
        command: String,
    },
    /// Asked to put the settings back.
    Restore,
    /// Asked for something with messages of the outbox; it is under way now, or was refused.
    Outbox,
    /// Asked for something with received messages; it is under way now, or was refused.
    Inbox,
}

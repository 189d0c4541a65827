//! What the person did, so that a recording tells it apart from what the program did by itself.
use super::EventId;
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
    /// Marked a line of the traffic, or took its mark away.
    Mark {
        /// The line's event.
        line: EventId,
        /// The mark's name; `None` takes it away.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    },
}

//! One received message.
use crate::event::{InboxKind, InboxState, InboxStep, Msisdn};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A received message. Its parts are kept beside it.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Item {
    /// Its number, from 1; 0 until the inbox has given it one.
    pub id: u64,
    /// SMS or MMS.
    pub kind: InboxKind,
    /// Where it is.
    pub state: InboxState,
    /// The sender as the message says, without /TYPE=PLMN; empty where it is not shown.
    pub from: String,
    /// Subject.
    pub subject: String,
    /// The text; empty while it is not here.
    pub text: String,
    /// X-Mms-Transaction-Id of the notification.
    pub transaction_id: String,
    /// X-Mms-Content-Location: where it is fetched.
    pub content_location: String,
    /// Host and port of that.
    pub content_host: Option<String>,
    /// Octets: what the notification announced, then what came.
    pub size: u64,
    /// When it came, in milliseconds since 1970.
    pub received: u64,
    /// Until when it can be fetched, in milliseconds since 1970.
    pub expires: Option<u64>,
    /// When it was sent, as the message says, in milliseconds since 1970.
    pub sent: Option<u64>,
    /// Message-ID of the M-Retrieve.conf.
    pub message_id: Option<String>,
    /// X-Mms-Transaction-Id of the M-Retrieve.conf, which an acknowledgement repeats.
    pub retrieval_id: Option<String>,
    /// The MMSC has been told that it is here.
    pub answered: bool,
    /// Parts, SMIL included.
    pub parts: Vec<SavedPart>,
    /// Digests of the TPDUs that brought it.
    pub digests: Vec<String>,
    /// Where these lie in the modem, as far as they do.
    pub places: Vec<Place>,
    /// It lay in the modem's store when a session began.
    pub was_stored: bool,
    /// What was last learned of it.
    pub says: String,
}

/// A debug print shows the state, never what a person wrote.
impl fmt::Debug for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Item")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .field("state", &self.state)
            .field("says", &self.says)
            .finish_non_exhaustive()
    }
}

/// A part, as it was saved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedPart {
    /// Its file, by a name that is safe.
    pub file: String,
    /// Media type.
    pub content_type: String,
    /// MIBenum of a text's charset.
    pub charset: Option<u64>,
    /// Octets.
    pub size: usize,
}

/// A place in the modem's store.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// `SM`, `ME` …
    pub store: String,
    /// Which one in it.
    pub index: u16,
    /// Digest of the TPDU that lay there: another one there means that the place is another message's now.
    pub digest: String,
}

impl Item {
    /// As the journal has it.
    #[must_use]
    pub fn step(&self) -> InboxStep {
        InboxStep {
            item: self.id,
            kind: self.kind,
            state: self.state,
            from: (!self.from.is_empty()).then(|| Msisdn::new(self.from.as_str()).masked()),
            characters: self.text.chars().count(),
            size: self.size,
            parts: self.parts.len(),
            content_host: self.content_host.clone(),
            received_unix_ms: self.received,
            sent_unix_ms: self.sent,
            expires_unix_ms: self.expires,
            in_modem: self.places.len(),
            was_stored: self.was_stored,
            says: self.says.clone(),
        }
    }

    /// Whether its time at the MMSC has passed. `now` in milliseconds since 1970.
    #[must_use]
    pub fn is_past(&self, now: u64) -> bool {
        self.expires.is_some_and(|at| at <= now)
    }
}

//! Facts: one thing each that was measured, with where, and the events that show it.
use super::{AnswerKind, Attempt, Calibration, Case, HttpProbe, On, Query, TargetRole};
use crate::event::{EventId, Masked, Shape, SimState, Stage};
use serde::{Deserialize, Serialize};

/// A witness that only a person can give.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Witness {
    /// The same SIM in a phone, Wi-Fi off, sends a picture.
    PhoneSends,
    /// The same SIM in a phone does not send either.
    PhoneFails,
    /// An MMS to this line arrives as a notification.
    InboundYes,
    /// It does not.
    InboundNo,
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Found {
    /// What is asked for.
    Case(Case),
    /// Whether a modem answers.
    Modem {
        /// It does.
        answers: bool,
        /// What it is, or what happened.
        says: String,
    },
    /// The SIM.
    Sim {
        /// Its state.
        sim: SimState,
        /// The raw answer, masked.
        says: Masked,
    },
    /// Registration.
    Registration {
        /// It allows data.
        registered: bool,
        /// In words.
        says: String,
        /// What the radio hears: `LTE`, `NO SERVICE`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        system: Option<String>,
        /// The cause that the modem tells (+CEER), where it tells one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cause: Option<String>,
    },
    /// The packet domain.
    Attach {
        /// It is attached.
        attached: bool,
        /// In words.
        says: String,
    },
    /// A PDP context was brought up, or refused.
    Bearer {
        /// Which.
        on: On,
        /// Its addresses; empty where it has none.
        addresses: Vec<String>,
        /// Its resolvers.
        dns: Vec<String>,
        /// Why it was refused, in the modem's words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        refused: Option<String>,
    },
    /// The socket stack.
    Stack {
        /// On which context; `proven` in it says whether its address is the context's.
        on: On,
        /// It is open.
        open: bool,
        /// Its address.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        address: Option<String>,
        /// Whether a refusal came at once or after it had tried.
        shape: Shape,
        /// In words.
        says: String,
        /// Link numbers that others have open.
        links_used: u8,
    },
    /// A name was asked for.
    Lookup {
        /// Where.
        on: On,
        /// The name.
        name: String,
        /// What it is to the diagnosis.
        role: TargetRole,
        /// What came; empty where nothing did.
        addresses: Vec<String>,
        /// In words, where it failed.
        says: String,
        /// Milliseconds.
        #[serde(rename = "took_ms")]
        ms: u64,
    },
    /// One resolver was asked by itself.
    Query(Query),
    /// A connection was tried.
    Attempt(Attempt),
    /// A signature was learned.
    Calibration(Calibration),
    /// A signature that an earlier session learned on this firmware.
    Recalled {
        /// When it was learned (RFC 3339).
        learned: String,
        /// The signature.
        calibration: Calibration,
    },
    /// A host was pinged. Many drop pings: only an answer says something.
    Ping {
        /// Where it left.
        on: On,
        /// Whom.
        host: String,
        /// What it is to the diagnosis.
        role: TargetRole,
        /// How many answers came.
        answers: u32,
        /// Mean round trip in milliseconds, where answers came.
        average_ms: u32,
    },
    /// An HTTP request was made.
    Http(HttpProbe),
    /// Whether this firmware lets several connects be under way at once.
    Parallel {
        /// It does.
        allowed: bool,
        /// Why that is believed.
        says: String,
    },
    /// The route that this machine takes to a target (host stack).
    Route {
        /// The target.
        target: String,
        /// The interface that it leaves by.
        leaves_by: String,
        /// The interface that was to be used.
        wanted: String,
    },
    /// What a person saw.
    Witness {
        /// What.
        witness: Witness,
    },
    /// An MMS to this line was announced to the modem in this session (M-Notification.ind).
    Inbound {
        /// Host and port of its X-Mms-Content-Location: from where this carrier wants this SIM to fetch.
        at: String,
        /// Host and port that the profile names for the MMSC.
        profile: String,
        /// In words.
        says: String,
    },
    /// A send of this session ended.
    Sent {
        /// Which.
        send: u64,
        /// M-Send.conf said Ok.
        ok: bool,
        /// Status of the HTTP answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        http_status: Option<u16>,
        /// X-Mms-Response-Status.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        response_status: Option<u8>,
        /// Its name and text, or what went wrong.
        says: String,
        /// The stage that it reached.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        stage: Option<Stage>,
        /// What kind of answer came, where one did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answer: Option<AnswerKind>,
        /// Octets of its M-Send.req.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        size: Option<usize>,
        /// The request may have gone out whole, and no answer was read.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        unknown: bool,
        /// The modem restarted, or its serial line went away meanwhile.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        modem_lost: bool,
    },
}

/// A fact of a probe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// Which probe, from 1 within the session.
    pub probe: u64,
    /// The experiment that found it: `E14`.
    pub experiment: String,
    /// The events that show it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rests_on: Vec<EventId>,
    /// What.
    #[serde(flatten)]
    pub found: Found,
}

/// A fact with its place in the stream.
#[derive(Clone, Debug, PartialEq)]
pub struct FactRow {
    /// Its event.
    pub id: EventId,
    /// When, in milliseconds since the session's start.
    pub ms: u64,
    /// The fact.
    pub fact: Fact,
}

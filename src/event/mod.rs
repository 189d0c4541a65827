//! What can happen on the bench, and the plain values it carries.
//!
//! In: nothing. Out: the vocabulary that every other room speaks: [`Event`], its kinds in [`What`], and the values inside.
//! Never here: I/O, clocks, tokio, formatting for the screen. Identities (numbers, IMSI, IMEI, ICCID) enter an event only as
//! [`Masked`] text, so that no recording, report or `--json` line can carry them in plain.
mod act;
mod drive;
mod http;
mod identity;
mod inbox;
mod modem;
mod octets;
mod outbox;
mod pdu;
mod plain;
mod probe;
mod secret;
mod send;
mod stage;
mod wire;

pub use act::*;
pub use drive::*;
pub use http::*;
pub use identity::*;
pub use inbox::*;
pub use modem::*;
pub use octets::*;
pub use outbox::*;
pub use pdu::*;
pub use plain::*;
pub use probe::*;
pub use secret::*;
pub use send::*;
pub use stage::*;
pub use wire::*;

use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The number of an event within its session: 1, 2, 3 … in the order in which the journal took them.
pub type EventId = u64;

/// One thing that happened, with its number and its time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Number within the session, from 1.
    pub id: EventId,
    /// RFC 3339 with milliseconds, UTC: the session's start plus [`Event::ms`].
    pub at: String,
    /// Milliseconds since the session's start, monotonic. In a simulated world that runs at another speed these are the
    /// world's milliseconds, so that times read the same at any speed.
    pub ms: u64,
    /// What happened.
    #[serde(flatten)]
    pub what: What,
}

/// Everything that can happen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum What {
    /// The session began: always the first event.
    Session(Session),
    /// The serial line was opened, lost or closed.
    Serial(SerialChange),
    /// The control lines of a serial device were read, when it was opened.
    ControlLines(ControlLines),
    /// Octets passed over the serial line.
    Wire(Wire),
    /// A line (or prompt, payload, noise) was recognised in those octets.
    Line(Line),
    /// An AT exchange ended.
    Exchange(Exchange),
    /// The modem said who it is.
    Modem(Identity),
    /// A scan found which commands this firmware has.
    Commands(CommandScan),
    /// The SIM's state was read.
    Sim(Sim),
    /// Registration was read or announced.
    Registration(Registration),
    /// Signal was read or announced.
    Signal(Signal),
    /// The PDP contexts were read, all of them.
    Contexts(ContextList),
    /// The state of the module's socket stack became known.
    Stack(Stack),
    /// A name was asked for.
    Lookup(Lookup),
    /// A link (TCP connection over the modem) changed its state.
    Link(Link),
    /// A step of an HTTP exchange.
    Http(HttpStep),
    /// An MMS PDU was made to be sent, or came in.
    Pdu(PduSeen),
    /// A profile came into use.
    Profile(ProfileInUse),
    /// A message was taken for sending.
    Message(Message),
    /// A stage of the send moved.
    Stage(StageStep),
    /// A send ended.
    Result(SendResult),
    /// A probe began.
    Probe(ProbeBegan),
    /// An experiment of a probe moved.
    Experiment(ExperimentStep),
    /// A probe found something.
    Fact(Fact),
    /// How the hypotheses of a probe stand now.
    Hypotheses(Hypotheses),
    /// A probe ended. On `--json` this line is the `result`.
    Verdict(Box<Verdict>),
    /// Settings of the modem were saved, changed, put back or found different.
    Settings(SettingsStep),
    /// A message in the outbox changed its state.
    Outbox(OutboxStep),
    /// A part of an SMS was handed to the service centre, or refused.
    SmsPart(SmsPart),
    /// A status report on an SMS came.
    SmsReport(SmsReport),
    /// A received message came, or changed its state.
    Inbox(InboxStep),
    /// A delivery or read report on an MMS came.
    MmsReport(MmsReport),
    /// A self-test ended.
    SelfTest(SelfTest),
    /// A simulated phone shows a new bubble. Only simulated benches can see phones.
    Bubble(Bubble),
    /// The person acted.
    Act(Act),
    /// Something worth saying that is none of the above.
    Notice(Notice),
    /// The recording could not keep up, and this many events are missing from it.
    Lost(Lost),
}

/// Takes what happens and gives it its place in the stream. Implemented by the journal; in tests by a vector.
pub trait Recorder: Send + Sync {
    /// Numbers, times and records; returns the number.
    fn record(&self, what: What) -> EventId;
    /// Milliseconds since the session's start, on the session's clock.
    fn now_ms(&self) -> u64;
}

/// A shared [`Recorder`], as the rooms that act hold it.
pub type Sink = Arc<dyn Recorder>;

/// The session's header.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// Version of the recording's format; readers refuse a newer one.
    pub format: u32,
    /// Version of the program that wrote it.
    pub program: String,
    /// The simulated world, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub world: Option<String>,
    /// How many world seconds pass in one real second; 1 on a real modem.
    pub speed: f64,
}

/// The recording's gap.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lost {
    /// How many events the recording lacks, since the session's start.
    pub events: u64,
}

//! The one who acts: owns the modem and everything that touches it.
//!
//! In: [`Order`]s of console and command line. Out: events in the journal, nothing else. One MMS at a time, paced; whatever a
//! send changed on the modem is put back after it, after a cancel, and at the next start after a crash. A line that is lost is found
//! again by its source; then the settings are put back and the bench goes on. Never here: the screen,
//! choosing what to show, and how a modem spells things.
mod actor;
mod keeping;
mod regain;
mod row;
mod script;
mod signatures;
mod snapshots;

pub use actor::{LENGTHS, test_text};
pub use keeping::{Kept as KeptMessage, draft_again, seal_as_sms, write_down};
pub use row::{RowEnd, refusal, send_one};
pub use signatures::Signatures;
pub use snapshots::{Held, Kept, NotKept, Snapshots, private};

use crate::compose::Draft;
use crate::config::Config;
use crate::diagnosis::References;
use crate::engine::Pace;
use crate::event::{Depth, Drive, EventId, Way, Witness};
use crate::inbox::Inbox;
use crate::journal::Journal;
use crate::mms::Version;
use crate::net::Host;
use crate::outbox::{Outbox, Persistence};
use crate::pipeline::Keep;
use crate::profile::{Library, Profile};
use crate::serial::{Line, Outputs, Source};
use bytes::Bytes;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

/// What a face asks for.
#[derive(Clone, Debug)]
pub enum Order {
    /// Send this message with the profile in use.
    Send(Box<Message>),
    /// From now on messages go out although the outbox cannot keep them: a person has said so.
    Unrecorded,
    /// Do something with what is in the outbox.
    Outbox(OutboxOrder),
    /// The message with this X-Mms-Transaction-Id shall not go out: where it waits it stays as a draft, where it is being sent it is stopped.
    Withdraw(String),
    /// Do something with what was received.
    Inbox(InboxOrder),
    /// Send texts of so many characters to the line itself, each so many times, and see that they come back whole.
    SelfTest {
        /// Characters of each text, 40 and more.
        lengths: Vec<usize>,
        /// How often each.
        times: usize,
    },
    /// Find out why not.
    Probe(Box<Probe>),
    /// Stop the send or probe that runs, and those that wait.
    Cancel,
    /// Run a command as the person typed it.
    RunAt(String),
    /// Run commands one after the other, until one fails or the order to cancel comes.
    RunAll(Vec<Typed>),
    /// Keep a mark of the person's in the stream; without a name, take it away.
    Mark {
        /// The event of the marked line.
        line: EventId,
        /// The mark's name.
        name: Option<String>,
    },
    /// Use this profile from the next send on.
    UseProfile(String),
    /// Use this profile from the next send on, and hold it under its id for the rest of the session.
    UseCopy(Box<Profile>),
    /// These are the profiles from now on; the one in use is taken from them anew, under its id.
    Library(Arc<Library>),
    /// Put back settings that an earlier session left changed.
    Restore,
    /// Drive this output of the serial line: a person has agreed.
    Drive(Drive),
}

/// A command as a person typed it, and what goes after its prompt.
#[derive(Clone, Debug)]
pub struct Typed {
    /// As typed.
    pub command: String,
    /// The octets after the prompt.
    pub payload: Option<Vec<u8>>,
}

/// What is to happen to messages of the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutboxOrder {
    /// All that are queued go out, one after the other, the oldest first.
    SendQueued,
    /// This one goes out: a draft, or one that is queued.
    Send(u64),
    /// This one goes out again, as the person chooses.
    Resend {
        /// Its number.
        entry: u64,
        /// The very same octets, or a new message.
        edition: Edition,
        /// Another way, for a new message.
        way: Option<Way>,
    },
    /// This one shall not go out; it stays as a draft.
    Cancel(u64),
    /// This one waits, and is taken out of the queue to be changed; it is a draft from then on. One whose turn has come goes on.
    TakeOut(u64),
    /// This one is taken out of the outbox.
    Forget(u64),
}

impl OutboxOrder {
    /// Whether something goes out by it.
    #[must_use]
    pub fn sends(self) -> bool {
        matches!(self, Self::SendQueued | Self::Send(_) | Self::Resend { .. })
    }
}

/// What is to happen with a received message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InboxOrder {
    /// It is fetched, and the MMSC told so.
    Fetch(u64),
    /// The MMSC is told that it will be fetched later.
    Defer(u64),
    /// It is not wanted: the MMSC is told so (M-NotifyResp.ind, status Rejected) and deletes it.
    Reject(u64),
    /// What lies of it in the modem's store is deleted; it stays in the inbox.
    DeleteStored(u64),
}

impl InboxOrder {
    /// The number of the message that it is about.
    #[must_use]
    pub fn item(self) -> u64 {
        let (Self::Fetch(id) | Self::Defer(id) | Self::Reject(id) | Self::DeleteStored(id)) = self;
        id
    }
}

/// As what a message goes out again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edition {
    /// The very same octets and Transaction-Id: a careful MMSC takes them for the same message.
    Same,
    /// A new message with the same content.
    New,
}

/// A message, and how it wants to be sent.
#[derive(Clone, Debug, Default)]
pub struct Message {
    /// What the person wrote.
    pub draft: Draft,
    /// X-Mms-Transaction-Id; one is made where none is given.
    pub transaction_id: Option<String>,
    /// Seconds since 1970 for the Date header; now, where none is given.
    pub date: Option<u64>,
    /// MMS version; 1.2 where none is given.
    pub version: Option<Version>,
    /// The M-Send.req itself: these octets go out, and nothing of the draft is encoded anew.
    pub octets: Option<Bytes>,
    /// Which way it goes; by the rule of the configuration, where none is given.
    pub way: Option<Way>,
    /// It goes this way or not at all: no SMS takes an MMS's place, whatever the configuration says.
    pub only_so: bool,
    /// Whether it is tried again by itself.
    pub persistence: Persistence,
    /// It goes to the line itself: it is waited for, fetched and compared.
    pub verify: bool,
    /// The draft of the outbox whose place it takes; where that is no draft any more, it is a new message.
    pub entry: Option<u64>,
    /// The profile that this message goes through, held under its id for the rest of the session; the one in use stays in use. That one, where none is
    /// given.
    pub profile: Option<Box<Profile>>,
}

/// What a probe is to do.
#[derive(Clone, Debug, Default)]
pub struct Probe {
    /// The profile to examine; the one in use where none is named.
    pub profile: Option<String>,
    /// How far it may go. [`Depth::Full`] is an order only after the person has agreed: contexts are defined and the stack moves.
    pub depth: Depth,
    /// Everything within that depth, settled or not: for comparing profiles.
    pub exhaustive: bool,
    /// What the person saw.
    pub witnesses: Vec<Witness>,
    /// An interface of this machine that leads over the modem, to look from as well.
    pub interface: Option<Host>,
    /// Look for the size from which on requests stall (E31): takes minutes.
    pub sizes: bool,
    /// Public hosts that answer, for this probe alone; those of the setup where none are named.
    pub references: Option<Vec<(String, u16)>>,
}

/// What a bench is set up with.
pub struct Setup {
    /// The serial line, open.
    pub line: Box<dyn Line>,
    /// Its outputs, where it has some.
    pub outputs: Option<Box<dyn Outputs>>,
    /// Its name, for texts.
    pub serial: String,
    /// Opens the line again when it was lost, wherever its device is then; `None` where a lost line stays lost.
    pub source: Option<Arc<dyn Source>>,
    /// The world's speed; 1 on a real modem.
    pub pace: Pace,
    /// The journal.
    pub journal: Journal,
    /// The person's configuration.
    pub config: Arc<Config>,
    /// All profiles.
    pub library: Arc<Library>,
    /// The profile to begin with; `None` takes the one that fits the SIM best.
    pub profile: Option<Profile>,
    /// Where settings are kept while they are changed.
    pub keep: Arc<dyn Keep>,
    /// Messages that must not be lost.
    pub outbox: Arc<Outbox>,
    /// Messages go out although the outbox cannot keep them ([`Outbox::why_unkept`]): a person has said so.
    pub unrecorded: bool,
    /// Received messages.
    pub inbox: Arc<Inbox>,
    /// What comes in is wanted; the configuration's `receive = "off"` says otherwise.
    pub listens: bool,
    /// Settings that earlier sessions left changed on this modem, or on one that looks the same on USB; the newest first.
    pub left_behind: Vec<crate::modem::Settings>,
    /// How many bubbles the simulated phones show.
    pub bubbles: Option<watch::Receiver<u64>>,
    /// Look at the modem at once and every so often (the console), or only as a send needs it (headless).
    pub watchful: bool,
    /// No command that changes a setting, no send.
    pub read_only: bool,
    /// Hosts that a probe may use as controls.
    pub references: References,
    /// Milliseconds since 1970 and a random number, for Transaction-Ids and dates.
    pub chance: fn() -> (u64, u64),
}

/// A running bench.
pub struct Bench {
    orders: mpsc::Sender<Order>,
    stop: watch::Sender<bool>,
    actor: JoinHandle<()>,
}

/// How long closing may take at the most: a connect that cannot be interrupted, then putting settings back.
const CLOSING: Duration = Duration::from_secs(90);

impl Bench {
    /// Starts the actor on the current runtime.
    #[must_use]
    pub fn open(setup: Setup) -> Self {
        let (orders, inbox) = mpsc::channel(256);
        let (stop, stopped) = watch::channel(false);
        let actor = tokio::spawn(actor::Actor::new(setup).run(inbox, stopped));
        Self {
            orders,
            stop,
            actor,
        }
    }

    /// Hands an order over. It is taken up as soon as the bench is free for it.
    pub async fn order(&self, order: Order) {
        // The actor ends only after close(); an order that comes later has nobody left to care.
        let _ = self.orders.send(order).await;
    }

    /// Cancels what runs, leaves the modem as it was found, and lets the line go. Returns false where that took too long.
    pub async fn close(self) -> bool {
        self.stop.send_replace(true);
        tokio::time::timeout(CLOSING, self.actor).await.is_ok()
    }
}

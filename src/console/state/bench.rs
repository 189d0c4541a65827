//! What the edge gives the screen at its start: profiles, flags, and the functions that measure, encode and read for it.
use crate::compose::Severity;
use crate::console::alike::Recipients;
use crate::console::asked::{Compared, Mender, Varying};
use crate::console::editor::Draft;
use crate::console::fitting::{Fitted, Fitter};
use crate::console::panel::Interfaces;
use crate::console::traffic::Meaning;
use crate::event::{Octets, ProfileLint, Sim, Way};
use std::sync::Arc;

/// A row of the profile switcher.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProfileRow {
    /// `us/mint`.
    pub id: String,
    /// `Mint Mobile`.
    pub name: String,
    /// APN of its MMS context.
    pub apn: String,
    /// PDP type that it asks for, `IPV4V6`.
    pub pdp_type: String,
    /// The MMSC's URL as configured.
    pub mmsc: String,
    /// What is really dialled: `wholesale.mmsmvno.com:80`.
    pub dials: String,
    /// Whether it is for the SIM in the modem; `None` while the SIM is not known.
    pub fits: Option<bool>,
    /// Lints of level warning and error.
    pub lints: Vec<ProfileLint>,
    /// In what a profile of the person's own differs from the shipped one for the same carrier: where it is out of date, it shows here.
    pub beside: Option<String>,
}

/// How big a draft is, as MMS and as SMS.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// Octets of the M-Send.req, or why there can be none (a malformed recipient, no text).
    pub pdu: Result<usize, String>,
    /// The profile's limit in octets, where it has one.
    pub limit: Option<usize>,
    /// From this many characters on the person wants to be warned.
    pub warn_at: usize,
    /// The same text as SMS.
    pub sms: SmsSize,
    /// Parts as unlinked SMS.
    pub unlinked: usize,
    /// Why it cannot go as SMS, where it cannot.
    pub no_sms: Option<String>,
    /// The way by the rule of the configuration.
    pub by_rule: Way,
    /// What it costs as MMS and as SMS, where the profile names prices: `USD 0.02`.
    pub costs: Option<(String, String)>,
    /// What speaks against sending it as it stands, worst first.
    pub doubts: Vec<Doubt>,
}

/// Something that speaks against sending a message as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// How bad it is.
    pub severity: Severity,
    /// What it is, and what to do.
    pub says: String,
}

impl Default for Measured {
    fn default() -> Self {
        Self {
            pdu: Err("nothing is written yet".to_owned()),
            limit: None,
            warn_at: 5_000,
            sms: SmsSize::default(),
            doubts: Vec::new(),
            unlinked: 0,
            no_sms: None,
            by_rule: Way::Mms,
            costs: None,
        }
    }
}

/// Which alphabet an SMS needs (3GPP TS 23.038).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SmsCoding {
    /// The default alphabet, 7 bits a character.
    #[default]
    Gsm7,
    /// UCS-2, 16 bits a character.
    Ucs2,
}

/// The text as SMS.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SmsSize {
    /// Parts that it takes.
    pub parts: usize,
    /// Alphabet.
    pub coding: SmsCoding,
    /// Characters left in the last part.
    pub left: usize,
    /// The characters that force UCS-2, each once, in the order of the text.
    pub forcing: Vec<char>,
    /// Parts that it would take without them; `None` where nothing forces UCS-2.
    pub parts_without: Option<usize>,
}

/// What the edge knows and does not change.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Flags {
    /// The simulated world, where the bench is simulated.
    pub world: Option<String>,
    /// That world is broken on purpose, so that there is something to find out.
    pub broken: bool,
    /// Where the session is recorded; `None` when it is not.
    pub recording: Option<String>,
    /// Local time's distance from UTC in minutes.
    pub utc_offset_minutes: i16,
    /// The bench is only looked at: nothing is sent and no setting changed.
    pub read_only: bool,
    /// The terminal is one of tmux: it hands the clipboard on only where it is told to.
    pub tmux: bool,
    /// The outbox is on a disk: a letter that was not sent is kept there as a draft when the console ends.
    pub keeps: bool,
    /// Where an MMS cannot go out, the bench sends it as linked SMS at once, unasked: the configuration wants it so.
    pub falls_back: bool,
}

/// Measures a draft for the profile with this id, and for this SIM where it was read.
pub type Measure = Arc<dyn Fn(&Draft, Option<&str>, Option<&Sim>) -> Measured + Send + Sync>;

/// Makes the M-Send.req of a draft for the profile with this id, dated so many seconds after 1970; `None` where there can be none.
pub type Encode = Arc<dyn Fn(&Draft, Option<&str>, Option<u64>) -> Option<Octets> + Send + Sync>;

/// What the console needs of other rooms, as plain functions: it has no arrows to them.
#[derive(Clone)]
pub struct Bench {
    /// Measures a draft for the profile with this id.
    pub measure: Measure,
    /// Makes the M-Send.req of a draft, to be looked at.
    pub encode: Encode,
    /// Makes the files of a draft fit for the profile with this id; called at the edge, since it takes time.
    pub fit: Fitter,
    /// Explains a line of the modem.
    pub meaning: Meaning,
    /// Says what a profile would be with something changed.
    pub mend: Mender,
    /// Puts probes side by side.
    pub compare: Compared,
    /// Puts sends of one message side by side.
    pub varying: Varying,
    /// The content of a received message.
    pub letter: Reader,
    /// The recipients of a message of the outbox, to tell those apart whose masks are alike.
    pub recipients: Recipients,
    /// The content of a message of the outbox.
    pub own: OwnReader,
    /// The interfaces from which a probe may look as well.
    pub interfaces: Interfaces,
    /// Whether the outbox's file, which another mmscope had, is free by now.
    pub is_free: IsFree,
}

/// Looks whether no other process has the outbox's file.
pub type IsFree = Arc<dyn Fn() -> bool + Send + Sync>;

/// Reads the content of a received message, by its number.
pub type Reader = Arc<dyn Fn(u64) -> Option<Letter> + Send + Sync>;

/// Reads the content of a message of the outbox, by its number; or says why it cannot be read.
pub type OwnReader = Arc<dyn Fn(u64) -> Result<Letter, String> + Send + Sync>;

/// The content of a message: on the screen only, never in a recording.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Letter {
    /// The sender in plain, where shown.
    pub from: String,
    /// Subject.
    pub subject: String,
    /// The text.
    pub text: String,
    /// Each part: type, octets, file.
    pub parts: Vec<String>,
}

impl Default for Bench {
    /// Measures nothing and explains nothing.
    fn default() -> Self {
        Self {
            measure: Arc::new(|_, _, _| Measured::default()),
            encode: Arc::new(|_, _, _| None),
            fit: Arc::new(|draft, _| Fitted {
                attachments: draft.attachments.clone(),
                changes: Vec::new(),
            }),
            meaning: |_, _, _| None,
            mend: Arc::new(|_, _| None),
            compare: |_| Vec::new(),
            varying: |_, _| (Vec::new(), None),
            letter: Arc::new(|_| None),
            recipients: Arc::new(|_| Vec::new()),
            own: Arc::new(|_| Err("it is kept nowhere here".to_owned())),
            interfaces: Arc::new(Vec::new),
            is_free: Arc::new(|| false),
        }
    }
}

//! Finding out why not: facts, experiments, hypotheses and the verdict, as plain values.
//!
//! A fact is one thing that was measured, with where it was measured ([`On`]) and the event that shows it. Verdicts are computed
//! from facts alone, so a recording that holds the facts gives the same verdict again.
use super::{EventId, Masked, PdpType, Shape, SimState};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Which socket stack an attempt went through (diagnosis tree section 2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StackKind {
    /// The module's sockets: `+NETOPEN`, `+CIPOPEN`.
    #[default]
    At,
    /// The module's own HTTP service.
    AtHttp,
    /// The module's own MMS commands.
    AtMms,
    /// A network interface of this machine.
    Host,
}

impl fmt::Display for StackKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::At => "module",
            Self::AtHttp => "module HTTP",
            Self::AtMms => "module MMS",
            Self::Host => "host",
        })
    }
}

/// Where something was measured: stack and context, asked and granted. Two facts belong to the same row of the matrix only
/// where these are equal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct On {
    /// The stack.
    pub stack: StackKind,
    /// The PDP context; none for the host stack, and where the source does not say.
    pub cid: Option<u8>,
    /// The APN asked for.
    pub apn_asked: String,
    /// The APN granted (+CGCONTRDP), where the firmware tells.
    pub apn_granted: Option<String>,
    /// The PDP type asked for.
    pub pdp_type: PdpType,
    /// Whether the stack's own address is the context's (IPADDR = CGPADDR): the only proof that sockets leave by it.
    pub proven: Option<bool>,
}

/// What became of a TCP connection attempt (diagnosis tree section 5).
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "UPPERCASE")]
pub enum Class {
    /// It opened.
    Open,
    /// A reset came back.
    Refused,
    /// The network said that it cannot, or there is no route.
    Unreach,
    /// Nothing came back: as an address ends at which nobody answers.
    Silent,
    /// It never left the module: as a link number ends that is in use.
    Local,
    /// The socket stack was not open.
    Nostack,
    /// It fits no signature that was learned, or more than one: nothing may be inferred.
    #[default]
    Unknown,
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Open => "OPEN",
            Self::Refused => "REFUSED",
            Self::Unreach => "UNREACH",
            Self::Silent => "SILENT",
            Self::Local => "LOCAL",
            Self::Nostack => "NOSTACK",
            Self::Unknown => "UNKNOWN",
        })
    }
}

/// What a target is to the diagnosis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TargetRole {
    /// The configured MMSC, at its first address.
    Mmsc,
    /// The configured MMSC at a further address, or by its name.
    MmscElsewhere,
    /// Another MMSC that the carrier's data names.
    Alternate,
    /// A proxy that the carrier's data names.
    Proxy,
    /// A public host that is known to answer.
    Reference,
    /// The bearer's own resolver, TCP 53.
    Resolver,
    /// A documentation address at which nobody answers.
    BlackHole,
    /// A port that is known to refuse.
    Closed,
    /// A link number that is in use already.
    BusyLink,
}

impl TargetRole {
    /// Whether an open connection there shows that stack and bearer carry TCP.
    #[must_use]
    pub fn is_control(self) -> bool {
        matches!(self, Self::Reference | Self::Resolver)
    }
    /// Whether an MMSC is expected to answer there.
    #[must_use]
    pub fn is_mmsc(self) -> bool {
        matches!(
            self,
            Self::Mmsc | Self::MmscElsewhere | Self::Alternate | Self::Proxy
        )
    }
    /// In words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Mmsc => "MMSC",
            Self::MmscElsewhere => "MMSC, other address",
            Self::Alternate => "other MMSC of the carrier",
            Self::Proxy => "proxy of the carrier",
            Self::Reference => "public host (control)",
            Self::Resolver => "bearer's resolver (control)",
            Self::BlackHole => "black hole (control)",
            Self::Closed => "closed port (control)",
            Self::BusyLink => "link in use (control)",
        }
    }
}

/// What was dialled.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Target {
    /// What it is.
    pub role: TargetRole,
    /// The name that the address came from, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// As it was dialled: a literal address, or a name where the stack was to choose.
    pub host: String,
    /// TCP port.
    pub port: u16,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

/// One TCP connection attempt, with everything that a verdict may ask of it (diagnosis tree section 7).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    /// Where it left.
    pub on: On,
    /// Where it went.
    pub target: Target,
    /// The command, raw; empty on the host stack.
    pub command: String,
    /// What came back, raw.
    pub raw: String,
    /// The result code, where there was one; 0 is success.
    pub code: Option<u8>,
    /// Whether the result stood before or after `OK`; unknown where the source did not say.
    pub shape: Shape,
    /// Milliseconds from the command to the result, where the source says. Named apart from the event's own `ms`.
    #[serde(default, rename = "took_ms", skip_serializing_if = "Option::is_none")]
    pub ms: Option<u64>,
    /// The limit that the stack had for it, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit_ms: Option<u64>,
    /// The class, by the signatures that were learned so far.
    pub class: Class,
    /// The calibrations that the class rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calibration: Vec<EventId>,
    /// RSRP at that moment in tenths of a dBm, where the modem told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rsrp_ddbm: Option<i32>,
}

/// How a firmware ends attempts of a class: learned by trying one whose class is known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// The firmware that it was learned on.
    pub firmware: String,
    /// What it teaches.
    pub class: Class,
    /// From what.
    pub from: TargetRole,
    /// Where the result stood.
    pub shape: Shape,
    /// Its code.
    pub code: Option<u8>,
    /// Milliseconds to the result.
    #[serde(rename = "took_ms")]
    pub ms: u64,
    /// The limit in force then.
    pub limit_ms: u64,
}

/// What was sent over an open connection. None of these is a message to anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProbePdu {
    /// An M-Send.req without a recipient: an MMSC must answer with an M-Send.conf, and has nobody to deliver to.
    NoRecipient,
    /// An M-NotifyResp.ind for a transaction that never was: complete and valid, and without consequence.
    NotifyResp,
    /// The first, made larger by so many octets of nothing.
    Padded(u32),
}

/// What kind of answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerKind {
    /// As an MMSC answers: an M-Send.conf, or the media type of MMS.
    Mmsc,
    /// A web page.
    Page,
    /// Sent elsewhere (3xx).
    Redirect,
    /// A refusal of the request (4xx).
    Refusal,
    /// Trouble of the server's own (5xx).
    Fault,
    /// Something else.
    Other,
}

/// What came of an HTTP request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum HttpOutcome {
    /// An answer.
    Answer {
        /// Status code.
        status: u16,
        /// What it is.
        kind: AnswerKind,
        /// Content-Type.
        content_type: String,
        /// Server, where it says.
        server: String,
        /// X-Mms-Response-Status, where it is an M-Send.conf.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        response_status: Option<u8>,
        /// Its name and text.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        response: String,
    },
    /// The connection ended without one.
    Closed {
        /// The request had gone out whole.
        whole: bool,
        /// In the words of the stream.
        why: String,
    },
    /// Nothing came within the limit.
    Silence {
        /// The request had gone out whole.
        whole: bool,
    },
    /// What came was no HTTP.
    NotHttp {
        /// Its beginning, escaped.
        begins: String,
    },
}

/// One HTTP request of a probe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HttpProbe {
    /// Where it left.
    pub on: On,
    /// Over a connection to here.
    pub target: Target,
    /// What was sent.
    pub pdu: ProbePdu,
    /// How the headers differ from the profile's; empty: they do not.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub variant: String,
    /// Path, or the whole URL through a proxy.
    pub path: String,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: HttpOutcome,
    /// Milliseconds that it took.
    #[serde(rename = "took_ms")]
    pub ms: u64,
}

impl HttpProbe {
    /// The kind of the answer, where there was one.
    #[must_use]
    pub fn kind(&self) -> Option<AnswerKind> {
        match &self.outcome {
            HttpOutcome::Answer { kind, .. } => Some(*kind),
            _ => None,
        }
    }
    /// The status, where there was an answer.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match &self.outcome {
            HttpOutcome::Answer { status, .. } => Some(*status),
            _ => None,
        }
    }
}

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

/// What the profile asks for, as the diagnosis needs it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// The profile's id.
    pub profile: String,
    /// APN of its MMS context.
    pub apn: String,
    /// PDP type of it.
    pub pdp_type: PdpType,
    /// The MMSC's URL as configured.
    pub mmsc: String,
    /// The MMSC's host.
    pub host: String,
    /// The port that a send dials there.
    pub port: u16,
    /// The port that the URL itself means.
    pub url_port: u16,
    /// The path that a send asks for.
    pub path: String,
    /// The path as it was probably meant, where the configured one has a port at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meant_path: Option<String>,
    /// The proxy that a send goes through, as `host:port`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub via_proxy: Option<(String, u16)>,
    /// Other MMSCs that the carrier's data names: host, port, path.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternates: Vec<(String, u16, String)>,
    /// Proxies that other profiles of this carrier name: host, port.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proxies: Vec<(String, u16)>,
    /// Other APNs that other profiles of this carrier name, with their types.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_apns: Vec<(String, PdpType)>,
    /// Public hosts for controls: host, port. Empty where the person has named none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reference: Vec<(String, u16)>,
    /// A port that is known to refuse, where the person names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<(String, u16)>,
    /// An address at which nobody answers.
    pub black_hole: String,
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
    /// A connection was tried.
    Attempt(Attempt),
    /// A signature was learned.
    Calibration(Calibration),
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
        /// Its name and text.
        says: String,
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

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal),* $(,)?) => {
        /// A verdict's code: the closed list of contracts.md.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Code {
            $($(#[$doc])* #[serde(rename = $name)] $variant),*
        }

        impl Code {
            /// All, in the order of the way from the serial line to the MMSC's answer.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// As the contract writes it.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),*
                }
            }
        }
    };
}

codes! {
    /// No AT answer.
    ModemSilent = "MODEM-SILENT",
    /// The SIM is absent, locked or faulty.
    SimProblem = "SIM-PROBLEM",
    /// No network within reach.
    NoCoverage = "NO-COVERAGE",
    /// The network does not take this SIM or device.
    RegistrationDenied = "REGISTRATION-DENIED",
    /// The context was refused.
    PdpRefused = "PDP-REFUSED",
    /// Another APN was granted than asked for, or MMS goes over another one.
    ApnNotApplied = "APN-NOT-APPLIED",
    /// The context carries nothing.
    NoData = "NO-DATA",
    /// The module's own socket stack.
    ModuleStack = "MODULE-STACK",
    /// No such name.
    NameWrong = "NAME-WRONG",
    /// An address that belongs elsewhere.
    StaleName = "STALE-NAME",
    /// The MMSC listens on another port.
    WrongPort = "WRONG-PORT",
    /// The MMSC is reached over the other IP family.
    IpFamily = "IP-FAMILY",
    /// The MMSC is reached through a proxy.
    ProxyRequired = "PROXY-REQUIRED",
    /// This machine's route does not lead to the modem.
    HostRoute = "HOST-ROUTE",
    /// The network drops this service.
    NetworkBlock = "NETWORK-BLOCK",
    /// Large packets are lost.
    Mtu = "MTU",
    /// This line, or this class of device, has no MMS.
    Subscription = "SUBSCRIPTION",
    /// Not an MMSC that answers.
    Portal = "PORTAL",
    /// The request is refused.
    HttpReject = "HTTP-REJECT",
    /// The MMSC breaks.
    MmscFault = "MMSC-FAULT",
    /// The MMSC read the PDU and said no.
    PduReject = "PDU-REJECT",
    /// The MMSC answers as an MMSC would.
    Works = "WORKS",
    /// The evidence cannot tell.
    Inconclusive = "INCONCLUSIVE",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// How sure a verdict is.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Other explanations stand beside it.
    #[default]
    Low,
    /// Another explanation is left that these experiments cannot exclude.
    Medium,
    /// The pair of facts that proves it was seen.
    High,
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        })
    }
}

/// A piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The fact's event.
    pub id: EventId,
    /// When, in milliseconds since the session's start.
    #[serde(rename = "at_ms")]
    pub ms: u64,
    /// What it says.
    pub says: String,
    /// The exchanges and lines below it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rests_on: Vec<EventId>,
}

/// How a hypothesis stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Nothing speaks against it.
    Open,
    /// Something speaks against it.
    Weakened,
    /// It cannot be.
    Excluded,
}

/// A hypothesis and how it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hypothesis {
    /// Which.
    pub verdict: Code,
    /// How.
    pub standing: Standing,
    /// Why.
    pub why: String,
}

/// All hypotheses, as they stand now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hypotheses {
    /// Which probe.
    pub probe: u64,
    /// In the order of [`Code::ALL`].
    pub all: Vec<Hypothesis>,
}

/// A change that the program can make to a copy of the profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Fix {
    /// Set the MMSC's URL and dial the port that it means.
    Mmsc {
        /// The URL.
        url: String,
    },
    /// Ask for this PDP type.
    PdpType {
        /// Which.
        pdp_type: PdpType,
    },
    /// Ask for this APN.
    Apn {
        /// Which.
        apn: String,
    },
    /// Go through this proxy.
    Proxy {
        /// `host:port`.
        proxy: String,
    },
    /// Send this header.
    Header {
        /// Field name.
        name: String,
        /// Value.
        value: String,
    },
}

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextStep {
    /// In words.
    pub says: String,
    /// What the program can do of it by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix>,
}

/// A cell of the matrix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// The attempt's event.
    pub id: EventId,
    /// Where.
    pub on: On,
    /// What was dialled.
    pub target: Target,
    /// What became of it.
    pub class: Class,
    /// After how long, in milliseconds.
    #[serde(default, rename = "took_ms", skip_serializing_if = "Option::is_none")]
    pub ms: Option<u64>,
    /// What HTTP said over it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http: Option<String>,
    /// Why nothing may be inferred from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub void: Option<String>,
}

/// An experiment that was not run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotRun {
    /// Its id: `E24`.
    pub experiment: String,
    /// What it does.
    pub title: String,
    /// Why it was not run.
    pub why: String,
    /// What it would tell.
    pub would_tell: String,
    /// Its side effect, 0 to 3.
    pub side_effect: u8,
}

/// The verdict: the result of a probe, and the last line of `probe --json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// Which probe.
    pub probe: u64,
    /// The profile's id.
    pub profile: String,
    /// The code.
    pub verdict: Code,
    /// How sure.
    pub confidence: Confidence,
    /// In one line.
    pub headline: String,
    /// What it rests on.
    pub evidence: Vec<Evidence>,
    /// What would change it.
    pub would_change: Vec<String>,
    /// What to do next.
    pub next: Vec<NextStep>,
    /// The other hypotheses.
    pub others: Vec<Hypothesis>,
    /// The matrix.
    pub cells: Vec<Cell>,
    /// What was not run.
    pub not_run: Vec<NotRun>,
    /// It was stopped by the person.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cancelled: bool,
    /// Milliseconds that the probe took, without the tidying up after it.
    #[serde(default)]
    pub duration_ms: u64,
    /// AT exchanges that it took.
    #[serde(default)]
    pub exchanges: u64,
}

impl Verdict {
    /// The exit code of `probe` (contracts.md).
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self.verdict {
            _ if self.cancelled => 130,
            Code::Works => 0,
            Code::Inconclusive => 31,
            _ => 30,
        }
    }
}

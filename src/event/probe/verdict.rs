//! Verdicts: codes, hypotheses, evidence, the next step, the matrix.
use super::{Class, On, Target};
use crate::event::{EventId, PdpType};
use serde::{Deserialize, Serialize};
use std::fmt;

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
    /// Go through no proxy.
    NoProxy,
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

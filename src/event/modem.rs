//! What a modem tells of itself, its SIM, the radio, its PDP contexts, and the links over them.
use super::{EventId, Masked, Shape};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Who the modem is (ATI, +CGMI, +CGMM, +CGMR, +CGSN).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Identity {
    /// `SIMCOM INCORPORATED`.
    pub manufacturer: String,
    /// `SIMCOM_SIM7600G-H`.
    pub model: String,
    /// `LE20B04SIM7600G22`.
    pub firmware: String,
    /// IMEI, masked but for the type allocation code.
    pub imei: Masked,
}

/// Which commands this firmware has: learned by their test or read form.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CommandScan {
    /// One row a command.
    pub rows: Vec<CommandRow>,
    /// Ways of this firmware that were recognised.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quirks: Vec<Quirk>,
}

/// A way of a firmware that changes what the program does, or that a person should know.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quirk {
    /// Its name: `stack-on-context-1`.
    pub name: String,
    /// What it means.
    pub says: String,
}

/// One command of the scan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CommandRow {
    /// `AT+CGCONTRDP`.
    pub command: String,
    /// Whether it answered otherwise than with an error.
    pub present: bool,
    /// The form in which it was asked: `test` (`=?`), `read` (`?`) or `execute`.
    #[serde(default)]
    pub form: String,
    /// What mmscope uses it for.
    pub purpose: String,
}

/// State of the SIM (+CPIN, +CIMI, +CICCID, +CNUM, +CRSM).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sim {
    /// What +CPIN? said.
    pub state: SimState,
    /// MCC-MNC of the IMSI as `310-240`, where the IMSI could be read; the MNC's length is what the SIM says (EF_AD), else it goes by
    /// country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home: Option<String>,
    /// IMSI, masked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imsi: Option<Masked>,
    /// ICCID, masked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iccid: Option<Masked>,
    /// Own number, masked; often not on the SIM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<Masked>,
    /// Group Identifier Level 1, hexadecimal, without the padding: whose virtual operator's SIM it is (EF_GID1, 3GPP TS 31.102 section
    /// 4.2.10). The same for all SIMs of an operator, so it says nothing of the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gid1: Option<String>,
    /// Service provider name (EF_SPN, 3GPP TS 31.102 section 4.2.12).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spn: Option<String>,
}

/// What +CPIN? says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SimState {
    /// `READY`.
    Ready,
    /// Something must be typed first: `SIM PIN`, `SIM PUK` …
    Locked(String),
    /// No card.
    Absent,
    /// Busy or failed, in the modem's words.
    Failed(String),
}

/// State of registration (+CREG, +CGREG, +CEREG: 3GPP TS 27.007).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Registration {
    /// Circuit switched: may stay 0 or 2 on networks that are LTE only.
    pub cs: Option<u8>,
    /// Packet switched (GPRS).
    pub ps: Option<u8>,
    /// EPS (LTE).
    pub eps: Option<u8>,
    /// Operator's name (+COPS?).
    pub operator: Option<String>,
    /// Whether the packet domain is attached (+CGATT?).
    pub attached: Option<bool>,
}

impl Registration {
    /// 1 is home, 5 is roaming: either allows data.
    #[must_use]
    pub fn registered(&self) -> bool {
        [self.eps, self.ps]
            .into_iter()
            .flatten()
            .any(|s| s == 1 || s == 5)
    }
    /// The state that counts, in words: of EPS if it says anything, else of GPRS, else of the circuit switched side.
    #[must_use]
    pub fn words(&self) -> &'static str {
        let telling = [self.eps, self.ps, self.cs];
        let stat = telling
            .iter()
            .flatten()
            .find(|s| [1, 5].contains(*s))
            .or_else(|| telling.iter().flatten().next());
        match stat {
            None => "unknown",
            Some(0) => "not registered, not searching",
            Some(1) => "home",
            Some(2) => "searching",
            Some(3) => "denied",
            Some(5) => "roaming",
            Some(6 | 7) => "SMS only",
            Some(8) => "emergency only",
            Some(_) => "unknown",
        }
    }
}

/// Signal as the modem reports it (+CSQ, +CPSI). Absent values were not reported.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Signal {
    /// Received signal strength in dBm (+CSQ: −113 + 2n).
    pub rssi_dbm: Option<i32>,
    /// System: `LTE`, `WCDMA`, `GSM`, `NO SERVICE`.
    pub system: Option<String>,
    /// Serving network `310-260`.
    pub plmn: Option<String>,
    /// Band as the modem names it: `EUTRAN-BAND66`.
    pub band: Option<String>,
    /// RSRP in tenths of a dBm (−1400..−440), LTE.
    pub rsrp_ddbm: Option<i32>,
    /// RSRQ in tenths of a dB (−200..−30), LTE.
    pub rsrq_ddb: Option<i32>,
    /// Signal to noise in dB, as the modem gives it.
    pub snr_db: Option<i32>,
    /// Serving cell; shown on the bench, not written in reports.
    pub cell: Option<String>,
}

/// PDP type (3GPP TS 27.007 +CGDCONT).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PdpType {
    /// IPv4.
    #[serde(rename = "IP")]
    Ip,
    /// IPv6.
    #[serde(rename = "IPV6")]
    Ipv6,
    /// Both.
    #[serde(rename = "IPV4V6")]
    Ipv4v6,
    /// The source does not say.
    #[default]
    #[serde(rename = "unknown")]
    Unknown,
}

impl PdpType {
    /// As +CGDCONT writes it. Unknown is asked for as IPv4, which is what carrier lists mean by silence.
    #[must_use]
    pub fn at_text(self) -> &'static str {
        match self {
            Self::Ip | Self::Unknown => "IP",
            Self::Ipv6 => "IPV6",
            Self::Ipv4v6 => "IPV4V6",
        }
    }
    /// Reads +CGDCONT's text.
    #[must_use]
    pub fn from_at(text: &str) -> Self {
        match text.to_ascii_uppercase().as_str() {
            "IP" => Self::Ip,
            "IPV6" => Self::Ipv6,
            "IPV4V6" => Self::Ipv4v6,
            _ => Self::Unknown,
        }
    }
    /// Whether a context of this type serves a profile that asks for the other.
    #[must_use]
    pub fn covers(self, asked: Self) -> bool {
        self == asked || self == Self::Ipv4v6 || (asked == Self::Unknown && self == Self::Ip)
    }
}

impl fmt::Display for PdpType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unknown => "unknown",
            known => known.at_text(),
        })
    }
}

/// All PDP contexts as last read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ContextList {
    /// In the order of their numbers.
    pub contexts: Vec<Context>,
}

/// A PDP context: what was asked for and what was granted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Context {
    /// Context identifier, 1–24 and 100–179.
    pub cid: u8,
    /// PDP type asked for (+CGDCONT?).
    pub pdp_type: PdpType,
    /// APN asked for (+CGDCONT?).
    pub apn: String,
    /// Whether it is active (+CGACT?).
    pub active: bool,
    /// Addresses (+CGPADDR, +CGCONTRDP). Empty where it has none.
    #[serde(default)]
    pub addresses: Vec<String>,
    /// What the network granted (+CGCONTRDP), where this firmware tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granted: Option<Granted>,
}

/// What the network granted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Granted {
    /// The APN with or without the operator's suffix.
    pub apn: String,
    /// Gateway, where told.
    pub gateway: Option<String>,
    /// Resolvers.
    #[serde(default)]
    pub dns: Vec<String>,
}

/// The module's own socket stack (+NETOPEN, +IPADDR, +CSOCKSETPN).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Stack {
    /// Whether it is open.
    pub open: bool,
    /// The context that it was told to use.
    pub cid: Option<u8>,
    /// Its address (+IPADDR).
    pub address: Option<String>,
    /// Whether that address is the context's address (+CGPADDR): the only proof that sockets leave by that context.
    pub proven: Option<bool>,
}

/// A name that was asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lookup {
    /// The name.
    pub name: String,
    /// Address family asked for: `A` or `AAAA`.
    pub family: String,
    /// Who resolved: `module` for the modem's own resolver (+CDNSGIP), else the resolver's address.
    pub resolver: String,
    /// What came of it.
    pub outcome: LookupOutcome,
    /// How long it took, in milliseconds. Written as `took_ms`, since every event has an `ms` of its own.
    #[serde(rename = "took_ms")]
    pub ms: u64,
}

/// What came of a lookup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LookupOutcome {
    /// Still asking.
    Pending,
    /// These addresses.
    Addresses(Vec<String>),
    /// The modem said no, in these words.
    Failed(String),
}

/// A link: one TCP connection over the modem's sockets, by its link number (0–9).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// Link number of CIPOPEN.
    pub number: u8,
    /// Remote host as it was dialled (a literal address).
    pub host: String,
    /// Remote port.
    pub port: u16,
    /// The context under the stack.
    pub cid: Option<u8>,
    /// What it is now.
    pub state: LinkState,
    /// Octets that the modem confirmed as sent.
    pub sent: u64,
    /// Octets read.
    pub received: u64,
    /// Milliseconds from dialling to its result. Written as `took_ms`, since every event has an `ms` of its own.
    #[serde(rename = "took_ms")]
    pub ms: u64,
}

/// State of a link.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkState {
    /// CIPOPEN is under way.
    Opening,
    /// Open.
    Open,
    /// It did not open.
    Failed {
        /// `<err>` of +CIPOPEN, where there was one.
        code: Option<u8>,
        /// Where the result stood.
        shape: Shape,
        /// In words.
        what: String,
    },
    /// Closed, by whom or why.
    Closed(String),
}

/// Settings of the modem and what was done to them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SettingsStep {
    /// What was done.
    pub step: SettingsAct,
    /// The commands that were saved, changed or put back, as they would be typed.
    #[serde(default)]
    pub commands: Vec<String>,
}

/// What was done to the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SettingsAct {
    /// Read and written to disk before the first change.
    Saved,
    /// Put back and read again: all as before.
    Restored,
    /// Put back, but reading them again showed these still different.
    Different,
    /// Settings that carry short messages to this line were changed by something else; these, with what they were.
    InboundLost,
}

/// Something worth saying.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Notice {
    /// How loud.
    pub level: Level,
    /// What.
    pub text: String,
    /// Where it comes from, where that is an event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<EventId>,
}

/// How loud.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// For who wants to know.
    Info,
    /// Look at it.
    Warning,
    /// Something is wrong.
    Alarm,
}

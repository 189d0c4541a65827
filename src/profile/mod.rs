//! Carrier profiles: what one needs to know about a carrier to send an MMS through it.
//!
//! In: the text of TOML files (ours and the person's) and what is known about the SIM. Out: [`Profile`]s, which of them fit the SIM, the
//! [`Endpoint`] that a send really dials, and [`Lint`]s. Nothing here opens a file, asks a modem or looks at a clock; the shipped profiles
//! are compiled in.
//!
//! The schema follows the union of Android's APN list, mobile-broadband-provider-info and Apple's carrier bundles, plus what none of them
//! says: where each fact comes from, when it was last seen working, and a port that is listed but never used.
pub mod compare;
mod endpoint;
mod fault;
pub mod import;
mod library;
mod lint;
mod mend;
mod pdn;
mod read;
mod service;

pub use crate::event::PdpType;
pub use endpoint::{Endpoint, HostPort, MmscError, ProxyAddress, Scheme};
pub use fault::Fault;
pub use library::{Fit, Library, Read, SimFacts, UnknownProfile, shipped_part};
pub use lint::{Lint, LintContext, Severity};
pub use mend::Factor;
pub use pdn::{Auth, Bearer, Pdn, Role, Secret};
pub use read::ProfileError;
pub use service::{HeaderTemplate, Identity, Mms, Sender, Token, UnresolvedToken};

use crate::event::ProfileInUse;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::PathBuf;

/// The version of the schema that this program reads and writes.
pub const SCHEMA: u32 = 1;

/// One carrier profile: one TOML file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Version of the schema; [`SCHEMA`] is the only one so far.
    pub schema: u32,
    /// Which profile this is, `us/mint`.
    pub id: ProfileId,
    /// The carrier's name as a person knows it.
    pub name: String,
    /// Whose network carries it, for a virtual operator; empty when the same or unknown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub core: String,
    /// The SIMs that it is for: any block may match, all keys inside one must.
    #[serde(default, rename = "match", skip_serializing_if = "Vec::is_empty")]
    pub matches: Vec<Match>,
    /// The packet data networks to ask for; one that carries MMS, often the same as for everything else.
    #[serde(rename = "pdn")]
    pub pdns: Vec<Pdn>,
    /// The multimedia service: where the MMSC is and what it wants.
    pub mms: Mms,
    /// What the network is expected to look like: an observation that diagnosis compares with, never configuration.
    #[serde(default)]
    pub expect: Expect,
    /// What a message costs, where somebody knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prices: Option<Prices>,
    /// Where the facts come from.
    #[serde(default, rename = "source", skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<Source>,
    /// Whether anybody has seen it working.
    #[serde(default)]
    pub status: Status,
    /// Where this copy was read; not part of the file.
    #[serde(skip)]
    pub origin: Origin,
}

impl Profile {
    /// Reads one profile. `file` is only the name that an error shows.
    ///
    /// # Errors
    /// With file, line, column, reason and remedy: no TOML, an unknown or missing key, a value out of its range, a reference to a `[[pdn]]`
    /// that is not there.
    pub fn parse(file: impl Into<PathBuf>, text: &str) -> Result<Self, ProfileError> {
        read::parse(file.into(), text)
    }

    /// This profile as the text of a file of the person's own. It holds the password in plain, as the modem needs it; for the screen and
    /// for reports there is serde, which hides it.
    ///
    /// # Errors
    /// Where a value has no form in TOML, such as a price that is no number.
    pub fn to_file(&self) -> Result<String, toml::ser::Error> {
        let mut document = toml::Table::try_from(self)?;
        let pdns = document.get_mut("pdn").and_then(toml::Value::as_array_mut);
        for (table, pdn) in pdns.into_iter().flatten().zip(&self.pdns) {
            if let (Some(table), Some(password)) = (table.as_table_mut(), &pdn.password) {
                table.insert("password".to_owned(), password.reveal().into());
            }
        }
        toml::to_string(&document)
    }

    /// The packet data network over which this profile's MMS goes.
    #[must_use]
    pub fn mms_pdn(&self) -> &Pdn {
        // Reading has proved that the index is in range; a profile built by hand may lack it.
        self.pdns
            .get(self.mms.pdn)
            .or(self.pdns.first())
            .unwrap_or(&pdn::NO_NETWORK)
    }

    /// What a send really dials and asks for: see [`Endpoint`].
    ///
    /// # Errors
    /// Only for a URL that cannot be dialled at all; what is merely wrong is repaired, dialled and named by a [`Lint`].
    pub fn endpoint(&self) -> Result<Endpoint, MmscError> {
        Endpoint::of(&self.mms)
    }

    /// What is wrong or doubtful in this profile by itself, by rule (P01, P02 …), worst first.
    #[must_use]
    pub fn lints(&self) -> Vec<Lint> {
        self.lints_in(&LintContext::default())
    }

    /// The same, with what is known around the profile: the SIM, the contexts, the line, the lists. What a person should read before a
    /// send.
    #[must_use]
    pub fn lints_in(&self, context: &LintContext<'_>) -> Vec<Lint> {
        lint::before_send(self, context)
    }

    /// Everything that can be said about it, where its facts come from included (P20, P22, P24, P25): for `profiles lint`.
    #[must_use]
    pub fn review(&self, context: &LintContext<'_>) -> Vec<Lint> {
        lint::review(self, context)
    }

    /// This profile as the event stream and the screen carry it; of the lints, those of level error and warning.
    #[must_use]
    pub fn in_use(&self) -> ProfileInUse {
        let pdn = self.mms_pdn();
        ProfileInUse {
            id: self.id.to_string(),
            name: self.name.clone(),
            apn: pdn.apn.clone(),
            pdp_type: pdn.pdp_type,
            mmsc: self.mms.mmsc.clone(),
            dials: match self.endpoint() {
                Ok(endpoint) => endpoint.dialled().to_string(),
                Err(_) => String::new(),
            },
            lints: self
                .lints()
                .into_iter()
                .filter(|lint| lint.severity != Severity::Info)
                .map(Lint::into_event)
                .collect(),
        }
    }

    /// Whether this profile is for the SIM of which `sim` is known.
    #[must_use]
    pub fn fit(&self, sim: &SimFacts) -> Fit {
        library::fit(self, sim)
    }
}

/// The name of a profile, `country/carrier`: lower-case letters, digits and dashes, with one slash.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ProfileId(String);

impl ProfileId {
    /// Checks the form of an id.
    ///
    /// # Errors
    /// In words, when it is not `country/carrier` in lower-case letters, digits and dashes.
    pub fn new(id: impl Into<String>) -> Result<Self, String> {
        let id = id.into();
        let plain = |part: &str| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        match id.split_once('/') {
            Some((place, carrier)) if plain(place) && plain(carrier) && id.len() <= 80 => {
                Ok(Self(id))
            }
            _ => Err(format!(
                "`{}` is no profile id: write country/carrier in lower-case letters, digits and dashes, such as us/mint",
                id.escape_debug()
            )),
        }
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this profile belongs to the examples and teaching benches rather than to a carrier.
    #[must_use]
    pub fn is_example(&self) -> bool {
        self.0.starts_with("example/")
    }
}

impl TryFrom<String> for ProfileId {
    type Error = String;
    fn try_from(id: String) -> Result<Self, String> {
        Self::new(id)
    }
}

impl From<ProfileId> for String {
    fn from(id: ProfileId) -> Self {
        id.0
    }
}

impl fmt::Display for ProfileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a profile was read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Origin {
    /// Handed in as text, with no place of its own.
    #[default]
    Text,
    /// One of ours, compiled in.
    Shipped,
    /// The person's own file.
    User(PathBuf),
}

/// One block of conditions on the SIM; all keys that are given must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Match {
    /// MCC and MNC, five or six digits as text, since leading zeros and the length of the MNC matter (3GPP TS 23.003 section 2.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mccmnc: Option<MccMnc>,
    /// Beginning of Group Identifier Level 1 (EF_GID1, 3GPP TS 31.102 section 4.2.10), hexadecimal in either case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gid1: Option<String>,
    /// Service provider name as the SIM gives it (EF_SPN, 3GPP TS 31.102 section 4.2.12); letter case does not matter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spn: Option<String>,
    /// Beginning of the IMSI, digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub imsi_prefix: Option<String>,
    /// Beginning of the ICCID, digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iccid_prefix: Option<String>,
}

impl Match {
    /// Whether it asks for more than the network: a group, a name, a beginning of a number.
    #[must_use]
    pub fn is_specific(&self) -> bool {
        [&self.gid1, &self.spn, &self.imsi_prefix, &self.iccid_prefix]
            .iter()
            .any(|key| key.is_some())
    }

    /// Whether both ask for the very same, so that no SIM can tell them apart.
    #[must_use]
    pub fn asks_the_same(&self, other: &Self) -> bool {
        let same = |a: &Option<String>, b: &Option<String>| match (a, b) {
            (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
            (None, None) => true,
            _ => false,
        };
        self.mccmnc == other.mccmnc
            && same(&self.gid1, &other.gid1)
            && same(&self.spn, &other.spn)
            && same(&self.imsi_prefix, &other.imsi_prefix)
            && same(&self.iccid_prefix, &other.iccid_prefix)
    }
}

/// Shows `310-240 GID1 756D`.
impl fmt::Display for Match {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts: Vec<String> = self.mccmnc.iter().map(ToString::to_string).collect();
        let keys = [
            ("GID1", &self.gid1),
            ("SPN", &self.spn),
            ("IMSI", &self.imsi_prefix),
            ("ICCID", &self.iccid_prefix),
        ];
        for (word, value) in keys {
            parts.extend(value.iter().map(|v| format!("{word} {v}")));
        }
        f.write_str(&parts.join(" "))
    }
}

/// Mobile country code and mobile network code, five or six digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MccMnc(String);

impl MccMnc {
    /// Checks that these are five or six digits; a dash between the two is dropped.
    ///
    /// # Errors
    /// In words, for anything else.
    pub fn new(digits: &str) -> Result<Self, String> {
        let joined = digits.replacen('-', "", 1);
        if (5..=6).contains(&joined.len()) && joined.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Self(joined))
        } else {
            Err(format!(
                "`{}` is no MCC-MNC: write three digits of country and two or three of network in quotes, such as \"310260\"",
                digits.escape_debug()
            ))
        }
    }

    /// The digits, without a dash.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for MccMnc {
    type Error = String;
    fn try_from(digits: String) -> Result<Self, String> {
        Self::new(&digits)
    }
}

impl From<MccMnc> for String {
    fn from(code: MccMnc) -> Self {
        code.0
    }
}

/// Shows `310-260`.
impl fmt::Display for MccMnc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mcc, mnc) = self.0.split_at(3);
        write!(f, "{mcc}-{mnc}")
    }
}

/// What the carrier's network looks like to somebody who is on the right bearer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Expect {
    /// The kind of address that the MMSC (or the proxy) has.
    pub address_class: AddressClass,
    /// Whose resolver knows the MMSC.
    pub resolver: Resolver,
    /// The address families over which the MMSC was seen.
    pub families: Vec<Family>,
}

/// The kind of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AddressClass {
    /// Nobody has said.
    #[default]
    Unknown,
    /// Private IPv4, RFC 1918.
    Rfc1918,
    /// Unique local IPv6, RFC 4193.
    Ula,
    /// A public address.
    Public,
}

/// Whose resolver answers for the MMSC's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Resolver {
    /// Nobody has said.
    #[default]
    Unknown,
    /// Only the one that the bearer grants.
    Bearer,
    /// Any public one.
    Public,
}

/// A way to an MMSC by address family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Family {
    /// IPv4.
    #[serde(rename = "v4")]
    V4,
    /// IPv6 with an address of its own.
    #[serde(rename = "v6")]
    V6,
    /// IPv6 through a NAT64 (RFC 6146).
    #[serde(rename = "v6-nat64")]
    V6Nat64,
}

/// What a message costs with this carrier, in the currency's major unit; included in the plan is 0.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prices {
    /// ISO 4217 code, `USD`.
    pub currency: String,
    /// One SMS segment.
    pub sms_part: f64,
    /// One MMS to one recipient.
    pub mms: f64,
}

/// Where facts come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Which collection.
    pub set: SourceSet,
    /// Where in it: a file, a page, a thread.
    #[serde(rename = "ref")]
    pub reference: String,
    /// The day of the collection's state, `2026-07-20`.
    pub date: String,
    /// The licence of the collection; empty where the facts were entered by hand.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub licence: String,
    /// Which fields it vouches for, `["*"]` for all.
    #[serde(default)]
    pub fields: Vec<String>,
    /// What it says otherwise, where sources differ.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub differs: String,
}

/// The collections that facts come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourceSet {
    /// LineageOS `android_vendor_apn`.
    Lineage,
    /// GNOME mobile-broadband-provider-info.
    Mbpi,
    /// Android's carrier configuration and messaging packages.
    Aosp,
    /// The carrier's own page.
    CarrierPage,
    /// The person.
    User,
    /// A numbering or naming standard.
    Iso,
    /// Made up for a simulated bench.
    Example,
}

/// Whether anybody has seen the profile working.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Status {
    /// How it was verified.
    pub verified: Verified,
    /// The day of the last M-Send.conf Ok, in the person's own copy; empty when never.
    pub last_ok: String,
}

/// How a profile was verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verified {
    /// Not at all: it was read in a list.
    #[default]
    Never,
    /// Somebody says that it works.
    Reported,
    /// On a bench, by this program.
    Bench,
}

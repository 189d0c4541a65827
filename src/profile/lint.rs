//! What is wrong or doubtful, by rule, with the offending characters.
//!
//! A lint warns and never stops a diagnosis. Every rule is one row of [`RULES`]: a function from a profile to what it found.
use super::endpoint::{MmscUrl, Repair, Scheme};
use super::{MmscError, Profile};
use crate::event::ProfileLint;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::Range;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The value cannot mean what was intended.
    Error,
    /// It may not be what was intended.
    Warning,
    /// Worth knowing.
    Info,
}

/// Shows `error`, `warning`, `info`.
impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        })
    }
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lint {
    /// The rule, `P01`.
    pub id: String,
    /// How bad it is.
    pub severity: Severity,
    /// The field, as in the file: `mms.mmsc`.
    pub field: String,
    /// The offending characters themselves.
    pub offending: String,
    /// Where they stand in the field's value, in octets.
    pub range: Range<usize>,
    /// What is wrong, and what the value really means.
    pub says: String,
    /// What to do.
    pub fix: String,
}

impl Lint {
    /// The whole of `value` of `field` offends.
    pub(crate) fn whole(
        id: &str,
        severity: Severity,
        field: &str,
        value: impl Into<String>,
        says: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        let value = value.into();
        Self {
            id: id.to_owned(),
            severity,
            field: field.to_owned(),
            range: 0..value.len(),
            offending: value,
            says: says.into(),
            fix: fix.into(),
        }
    }

    /// The finding as the event stream carries it.
    pub(crate) fn into_event(self) -> ProfileLint {
        ProfileLint {
            id: self.id,
            severity: self.severity.to_string(),
            offending: self.offending,
            says: self.says,
            fix: self.fix,
        }
    }

    /// Only `range` of `value` offends.
    pub(crate) fn part(mut self, value: &str, range: Range<usize>) -> Self {
        self.offending = value.get(range.clone()).unwrap_or(value).to_owned();
        self.range = range;
        self
    }
}

/// Shows `P01 error mms.mmsc ":8080": …; fix`.
impl fmt::Display for Lint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {} {} \"{}\": {}; {}",
            self.id,
            self.severity,
            self.field,
            self.offending.escape_debug(),
            self.says,
            self.fix
        )
    }
}

type Rule = fn(&Profile) -> Option<Lint>;

/// Every rule on a profile alone; what needs a message or a SIM lives with those.
const RULES: &[Rule] = &[port_after_path, port_beside_url, unreadable_mmsc];

pub(super) fn profile_lints(profile: &Profile) -> Vec<Lint> {
    let mut found: Vec<Lint> = RULES.iter().filter_map(|rule| rule(profile)).collect();
    found.sort_by_key(|lint| lint.severity);
    found
}

const MMSC: &str = "mms.mmsc";

/// P01: a port written after the path is part of the path.
fn port_after_path(profile: &Profile) -> Option<Lint> {
    let value = &profile.mms.mmsc;
    let url = MmscUrl::read(value).ok()?;
    let (before, digits) = url.path.rsplit_once(':')?;
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let tail = format!(":{digits}");
    let start = value.rfind(&tail)?;
    let port = url.port.unwrap_or(url.scheme.default_port());
    let host = &url.host;
    let says = format!(
        "this is part of the path, not a port: the URL means host {host}, port {port}, path {}",
        url.path
    );
    let plain = MmscUrl {
        path: before.to_owned(),
        ..url.clone()
    };
    let meant = MmscUrl {
        port: digits.parse().ok(),
        ..plain.clone()
    };
    let fix = format!(
        "write {} (a phone would use port {port}), or {} if the MMSC really listens there",
        plain.written(),
        meant.written()
    );
    Some(
        Lint::whole("P01", Severity::Error, MMSC, value, says, fix)
            .part(value, start..start + tail.len()),
    )
}

/// P02: a port from the carrier's page that no phone dials is dialled here.
fn port_beside_url(profile: &Profile) -> Option<Lint> {
    let mms = &profile.mms;
    let insisted = mms.connect_port?;
    let mut otherwise = mms.clone();
    otherwise.connect_port = None;
    let phone = super::Endpoint::of(&otherwise).ok()?.dialled();
    if phone.port == insisted {
        return None;
    }
    let says = match phone_reads(profile) {
        true => format!(
            "{} is dialled at port {insisted}, where a phone with this profile dials {}",
            phone.host, phone.port
        ),
        false => format!(
            "{} is dialled at port {insisted}; a phone reads an MMS port only together with a proxy, there is none here, and so it dials {}",
            phone.host, phone.port
        ),
    };
    let fix = format!("remove connect_port to dial {} as a phone does", phone.port);
    Some(Lint::whole(
        "P02",
        Severity::Error,
        "mms.connect_port",
        insisted.to_string(),
        says,
        fix,
    ))
}

fn phone_reads(profile: &Profile) -> bool {
    profile.mms.proxy.is_some()
}

/// P03: no URL, or one that had to be repaired to be read.
fn unreadable_mmsc(profile: &Profile) -> Option<Lint> {
    let value = &profile.mms.mmsc;
    let error =
        |says: String, fix: String| Lint::whole("P03", Severity::Error, MMSC, value, says, fix);
    match MmscUrl::read(value) {
        Err(fault) => {
            let lint = error("nobody can dial this".to_owned(), fault.to_string());
            let MmscError::Character { character, .. } = fault else {
                return Some(lint);
            };
            let start = value.find(character)?;
            Some(lint.part(value, start..start + character.len_utf8()))
        }
        Ok(url) => {
            let (says, range) = match url.repairs.first()? {
                Repair::MissingScheme => (
                    "there is no scheme in front of the host".to_owned(),
                    0..value.len(),
                ),
                Repair::Slashes => {
                    let colon = value.find(':')?;
                    let slashes = value[colon + 1..]
                        .bytes()
                        .take_while(|b| *b == b'/')
                        .count();
                    (
                        format!("{} where two slashes belong", count_of(slashes)),
                        0..colon + 1 + slashes,
                    )
                }
                Repair::MissingBrackets => (
                    "an IPv6 address stands here without its brackets".to_owned(),
                    0..value.len(),
                ),
            };
            let read_as = url.written();
            let scheme = match url.scheme {
                Scheme::Http => "http",
                Scheme::Https => "https",
            };
            let says = format!("{says}; it is read as {scheme} to {}", url.host);
            Some(error(says, format!("write {read_as}")).part(value, range))
        }
    }
}

fn count_of(slashes: usize) -> &'static str {
    match slashes {
        0 => "no slash",
        1 => "one slash",
        _ => "more slashes",
    }
}

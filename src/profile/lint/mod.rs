//! What is wrong or doubtful, by rule, with the offending characters.
//!
//! In: a profile, and in a [`LintContext`] what is known around it. Out: findings. A lint warns and never stops a diagnosis. Every rule
//! is one row of [`RULES`]: a function from a profile and its surroundings to what it found. The rules on a message (P13 its recipients,
//! P15 its size, P16 how many it goes to) live with the message, in [`crate::compose`].
mod address;
mod context;
mod line;
mod network;
mod origin;

pub(super) use address::is_padded;
pub use context::LintContext;

use super::Profile;
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

/// When a rule speaks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Speaks {
    /// Before a send, in the console and in `profiles lint`: it is about what this send will do.
    BeforeSend,
    /// Only in `profiles lint`: it is about where the facts come from or about the collection as a whole. Nearly every shipped profile is
    /// untested and a fifth have sources that disagree; saying so before each send would hide the findings that matter there.
    InReview,
}
use Speaks::{BeforeSend, InReview};

type Check = fn(&Profile, &LintContext<'_>) -> Vec<Lint>;

/// Every rule on a profile, in the order of its number.
const RULES: &[(Speaks, Check)] = &[
    (BeforeSend, address::port_after_path),    // P01
    (BeforeSend, address::port_beside_url),    // P02
    (BeforeSend, address::unreadable_mmsc),    // P03
    (BeforeSend, address::https),              // P04
    (BeforeSend, address::proxy_without_port), // P05
    (BeforeSend, address::private_address),    // P06
    (BeforeSend, address::private_elsewhere),  // P07
    (BeforeSend, address::single_label),       // P08
    (BeforeSend, network::pdp_type),           // P09
    (BeforeSend, address::padded_octets),      // P10
    (BeforeSend, line::another_sim),           // P11
    (BeforeSend, network::same_apn_twice),     // P12
    (BeforeSend, line::explicit_sender),       // P14
    (BeforeSend, line::unresolved_token),      // P17
    (BeforeSend, network::credentials),        // P18
    (BeforeSend, network::apn_spelling),       // P19
    (InReview, origin::sources_disagree),      // P20
    (BeforeSend, network::attach_context),     // P21
    (InReview, network::no_mtu),               // P22
    (BeforeSend, network::hosts_apn),          // P23
    (InReview, origin::untested_or_old),       // P24
    (InReview, origin::overlapping),           // P25
];

fn found_by(
    rules: impl Fn(Speaks) -> bool,
    profile: &Profile,
    context: &LintContext<'_>,
) -> Vec<Lint> {
    let mut found: Vec<Lint> = RULES
        .iter()
        .filter(|(speaks, _)| rules(*speaks))
        .flat_map(|(_, check)| check(profile, context))
        .collect();
    found.sort_by_key(|lint| lint.severity);
    found
}

pub(super) fn before_send(profile: &Profile, context: &LintContext<'_>) -> Vec<Lint> {
    found_by(|speaks| speaks == BeforeSend, profile, context)
}

pub(super) fn review(profile: &Profile, context: &LintContext<'_>) -> Vec<Lint> {
    found_by(|_| true, profile, context)
}

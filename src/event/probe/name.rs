//! Questions that were put to one resolver by itself, and what it said.
use super::{On, TargetRole};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Which record was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum RecordKind {
    /// IPv4 addresses (RFC 1035 section 3.4.1).
    A,
    /// IPv6 addresses (RFC 3596 section 2.1).
    Aaaa,
}

impl fmt::Display for RecordKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::A => "A",
            Self::Aaaa => "AAAA",
        })
    }
}

/// What a resolver said (RFC 1035 section 4.1.1 for the codes). The module's own resolver has one word for all but the first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "said", rename_all = "snake_case")]
pub enum Said {
    /// These addresses.
    Addresses {
        /// As written.
        addresses: Vec<String>,
        /// How long they may be kept, in seconds: the shortest of the records.
        ttl_s: u32,
    },
    /// The name is known, and has no record of this kind.
    Empty,
    /// There is no such name (NXDOMAIN, code 3).
    NoName,
    /// It did not answer the question, with this code (2 server failure, 5 refused).
    Refused {
        /// RCODE.
        code: u16,
    },
    /// Nothing came within the limit.
    Silence,
}

impl Said {
    /// In a few words.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Addresses { addresses, .. } => addresses.join(", "),
            Self::Empty => "no such record".to_owned(),
            Self::NoName => "no such name (NXDOMAIN)".to_owned(),
            Self::Refused { code } => format!("did not answer the question (code {code})"),
            Self::Silence => "no answer".to_owned(),
        }
    }
}

/// A question to one resolver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Query {
    /// Where it left.
    pub on: On,
    /// The resolver's address.
    pub resolver: String,
    /// The name.
    pub name: String,
    /// What the name is to the diagnosis; [`TargetRole::Resolver`] for the name by which a resolver that synthesises is known.
    pub role: TargetRole,
    /// The record.
    pub record: RecordKind,
    /// What it said.
    #[serde(flatten)]
    pub said: Said,
    /// Milliseconds to the answer, or until it was given up.
    #[serde(rename = "took_ms")]
    pub ms: u64,
}

impl Query {
    /// The addresses that came.
    #[must_use]
    pub fn addresses(&self) -> &[String] {
        match &self.said {
            Said::Addresses { addresses, .. } => addresses,
            _ => &[],
        }
    }
}

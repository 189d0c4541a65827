//! Connection attempts: their classes, and the signatures by which a firmware shows them.
use super::{On, Target, TargetRole};
use crate::event::{EventId, Shape};
use serde::{Deserialize, Serialize};
use std::fmt;

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

impl Calibration {
    /// Whether the other is the same signature of the same firmware, whatever its time.
    #[must_use]
    pub fn is_alike(&self, other: &Self) -> bool {
        self.firmware == other.firmware
            && self.class == other.class
            && self.shape == other.shape
            && self.code == other.code
    }
}

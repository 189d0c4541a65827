//! Where something was measured, and what was dialled.
use crate::event::PdpType;
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

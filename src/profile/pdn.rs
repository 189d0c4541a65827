//! A packet data network as one asks for it: APN, PDP type, credentials.
use crate::event::PdpType;
use serde::{Deserialize, Serialize};
use std::fmt;

/// One packet data network (PDN connection of 3GPP TS 23.401, PDP context of TS 27.007 section 10.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pdn {
    /// What it is for.
    #[serde(rename = "role")]
    pub roles: Vec<Role>,
    /// Access point name as written to `+CGDCONT`.
    pub apn: String,
    /// PDP type to ask for at home.
    #[serde(default, rename = "type")]
    pub pdp_type: PdpType,
    /// PDP type to ask for abroad, where it differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roaming_type: Option<PdpType>,
    /// How the credentials are presented (`+CGAUTH`).
    #[serde(default)]
    pub auth: Auth,
    /// User name, where the carrier wants one; these are published constants.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Password; never shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<Secret>,
    /// Largest packet in octets that the carrier lists, 576 to 9000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mtu: Option<u16>,
    /// The radios that it is limited to; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bearers: Vec<Bearer>,
    /// Whether it is also the one to attach with on LTE (cid 1).
    #[serde(default)]
    pub attach: bool,
}

/// What a profile without any network would use; reading lets no such profile pass.
pub(super) static NO_NETWORK: Pdn = Pdn {
    roles: Vec::new(),
    apn: String::new(),
    pdp_type: PdpType::Unknown,
    roaming_type: None,
    auth: Auth::None,
    user: None,
    password: None,
    mtu: None,
    bearers: Vec::new(),
    attach: false,
};

impl Pdn {
    /// Whether this network is one for `role`.
    #[must_use]
    pub fn is_for(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}

/// What a network is for; the words are those of Android's APN list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Everything that has no network of its own.
    Default,
    /// Multimedia messages.
    Mms,
    /// Positioning assistance.
    Supl,
    /// Initial attach.
    Ia,
    /// Supplementary service settings over XCAP.
    Xcap,
    /// Cell broadcast services of the carrier.
    Cbs,
    /// Tethering.
    Dun,
    /// Voice and messaging over IMS.
    Ims,
}

impl Role {
    const WORDS: [(Self, &str); 8] = [
        (Self::Default, "default"),
        (Self::Mms, "mms"),
        (Self::Supl, "supl"),
        (Self::Ia, "ia"),
        (Self::Xcap, "xcap"),
        (Self::Cbs, "cbs"),
        (Self::Dun, "dun"),
        (Self::Ims, "ims"),
    ];

    /// Its word in a profile and in Android's list.
    #[must_use]
    pub fn word(self) -> &'static str {
        let row = Self::WORDS.iter().find(|(role, _)| *role == self);
        row.map_or("", |(_, word)| word)
    }

    /// The role of this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        let row = Self::WORDS.iter().find(|(_, w)| *w == word);
        row.map(|(role, _)| *role)
    }
}

/// How credentials are presented to the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Auth {
    /// None wanted.
    #[default]
    None,
    /// RFC 1334.
    Pap,
    /// RFC 1994.
    Chap,
    /// Either; PAP is tried first.
    PapOrChap,
}

/// A radio that a network may be limited to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Bearer {
    /// LTE.
    Lte,
    /// 5G New Radio.
    Nr,
    /// Wi-Fi calling; no modem on a bench reaches it.
    Iwlan,
}

/// A text that is never shown: neither on the screen, nor in a recording, nor in a debug print.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the modem only.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// What stands in a secret's place wherever it would be shown.
const HIDDEN: &str = "(hidden)";

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

/// An error here never repeats the value, as serde's own would.
impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)
            .map(Self)
            .map_err(|_| serde::de::Error::custom("a password is a text: put it in quotes"))
    }
}

impl Serialize for Secret {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(HIDDEN)
    }
}

//! Small checked values of a world file, so that a mistake is reported on the line where it stands.
use std::fmt;
use std::net::IpAddr;

use serde::Deserialize;

/// A context identifier: 1–24 or 100–179 on this family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "i64")]
pub struct Cid(u8);

impl Cid {
    /// The number as it stands in AT commands.
    pub fn number(self) -> u8 {
        self.0
    }
}

impl TryFrom<i64> for Cid {
    type Error = String;

    fn try_from(number: i64) -> Result<Self, String> {
        match u8::try_from(number) {
            Ok(cid @ (1..=24 | 100..=179)) => Ok(Cid(cid)),
            _ => Err(format!(
                "{number} is no context identifier of this module: 1 to 24 or 100 to 179"
            )),
        }
    }
}

/// An access point name; compared without regard to case, as DNS names are.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct Apn(String);

impl Apn {
    /// As written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `name` means the same access point.
    pub fn matches(&self, name: &str) -> bool {
        self.0.eq_ignore_ascii_case(name)
    }
}

impl TryFrom<String> for Apn {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        if name.len() <= 100
            && name
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && byte != b'"')
        {
            Ok(Apn(name))
        } else {
            Err(format!(
                "{name:?} is no access point name: at most 100 visible ASCII characters, no quotes or blanks"
            ))
        }
    }
}

/// The type of a PDP context.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum PdpType {
    /// IPv4 only.
    #[serde(rename = "IP")]
    Ip,
    /// IPv6 only.
    #[serde(rename = "IPV6")]
    Ipv6,
    /// Both.
    #[serde(rename = "IPV4V6")]
    Ipv4v6,
}

impl PdpType {
    /// Reads the form of AT commands; case does not matter.
    pub fn from_at(text: &str) -> Option<PdpType> {
        match text.to_ascii_uppercase().as_str() {
            "IP" => Some(PdpType::Ip),
            "IPV6" => Some(PdpType::Ipv6),
            "IPV4V6" => Some(PdpType::Ipv4v6),
            _ => None,
        }
    }

    /// Whether a context of this type may hold an IPv4 address.
    pub fn has_v4(self) -> bool {
        self != PdpType::Ipv6
    }

    /// Whether a context of this type may hold an IPv6 address.
    pub fn has_v6(self) -> bool {
        self != PdpType::Ip
    }
}

impl fmt::Display for PdpType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PdpType::Ip => "IP",
            PdpType::Ipv6 => "IPV6",
            PdpType::Ipv4v6 => "IPV4V6",
        })
    }
}

/// An address family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

impl Family {
    /// The family of an address.
    pub fn of(address: IpAddr) -> Family {
        if address.is_ipv4() {
            Family::V4
        } else {
            Family::V6
        }
    }
}

/// An address, or a network written as `address/length`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Prefix {
    network: IpAddr,
    length: u8,
}

impl Prefix {
    /// Whether `address` lies inside.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.network, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let shift = 32 - u32::from(self.length);
                u32::from(network).checked_shr(shift).unwrap_or(0)
                    == u32::from(address).checked_shr(shift).unwrap_or(0)
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let shift = 128 - u32::from(self.length);
                u128::from(network).checked_shr(shift).unwrap_or(0)
                    == u128::from(address).checked_shr(shift).unwrap_or(0)
            }
            _ => false,
        }
    }
}

impl TryFrom<String> for Prefix {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong =
            || format!("{text:?} is no address and no network such as 192.0.2.80 or 10.175.0.0/16");
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length.parse::<u8>().map_err(|_| wrong())?)),
            None => (text.as_str(), None),
        };
        let network: IpAddr = address.parse().map_err(|_| wrong())?;
        let longest = if network.is_ipv4() { 32 } else { 128 };
        let length = length.unwrap_or(longest);
        if length > longest {
            Err(wrong())
        } else {
            Ok(Prefix { network, length })
        }
    }
}

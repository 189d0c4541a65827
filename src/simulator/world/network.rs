//! What a world says about its packet network: access points, names, routes.
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::Deserialize;

use super::values::{Apn, Family, PdpType, Prefix};
use crate::simulator::mmsc::MmscSpec;

/// The packet network.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NetworkSpec {
    /// Access points, looked up by name without regard to case.
    #[serde(rename = "apn")]
    pub apns: Vec<ApnSpec>,
    /// How an access point that is not listed is refused.
    pub unknown_apn: Refusal,
    /// Names.
    pub dns: DnsSpec,
    /// Routes and filters: the first one that matches decides.
    #[serde(rename = "route")]
    pub routes: Vec<RouteSpec>,
    /// What happens to a packet that no route matches.
    pub otherwise: Outcome,
}

impl Default for NetworkSpec {
    fn default() -> Self {
        NetworkSpec {
            apns: Vec::new(),
            unknown_apn: Refusal::default(),
            dns: DnsSpec::default(),
            routes: Vec::new(),
            otherwise: Outcome::Silent,
        }
    }
}

/// What is granted to a context that asks for this access point.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApnSpec {
    /// The name asked for.
    pub name: Apn,
    /// The name granted, where it is another one, or one with an operator suffix.
    #[serde(default)]
    pub granted: Option<Apn>,
    /// Our IPv4 address; none: IPv4 is not granted here.
    #[serde(default)]
    pub v4: Option<Ipv4Addr>,
    /// Our IPv6 address; none: IPv6 is not granted here.
    #[serde(default)]
    pub v6: Option<Ipv6Addr>,
    /// The gateway as CGCONTRDP prints it; none: an empty field.
    #[serde(default)]
    pub gateway: Option<IpAddr>,
    /// Resolvers, at most two of a family are printed.
    #[serde(default)]
    pub resolvers: Vec<IpAddr>,
    /// Types that may be asked for; others are refused with `refuse` or 133.
    #[serde(default = "all_types")]
    pub types: Vec<PdpType>,
    /// Present: every activation is refused.
    #[serde(default)]
    pub refuse: Option<Refusal>,
    /// How long activation (or its refusal) takes, ms.
    #[serde(default = "activation_ms")]
    pub activate_ms: u64,
}

fn all_types() -> Vec<PdpType> {
    vec![PdpType::Ip, PdpType::Ipv6, PdpType::Ipv4v6]
}

fn activation_ms() -> u64 {
    700
}

/// Why a context is not granted.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Refusal {
    /// The `+CME ERROR` number.
    pub cme: u16,
    /// The cause of 3GPP TS 24.301, printed as `(#n)` behind the words by firmware that tells it.
    pub cause: Option<u8>,
    /// After how many ms.
    pub after_ms: u64,
}

impl Default for Refusal {
    fn default() -> Self {
        Refusal {
            cme: 133,
            cause: None,
            after_ms: 2400,
        }
    }
}

/// Names and how the network's resolvers answer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DnsSpec {
    /// How long an answer takes, ms.
    pub delay_ms: u64,
    /// How long the module asks before it gives up on resolvers that say nothing, ms.
    pub silence_ms: u64,
    /// What a name gets that is not listed.
    pub unknown: DnsAnswer,
    /// A public resolver beside those that the network grants; a route must lead to its port 53.
    pub public: Option<IpAddr>,
    /// The granted resolvers make IPv6 addresses out of IPv4 ones: this network in front, the four octets behind (RFC 6147).
    pub dns64: Option<Ipv6Addr>,
    /// Names.
    #[serde(rename = "name")]
    pub names: Vec<NameSpec>,
}

impl Default for DnsSpec {
    fn default() -> Self {
        DnsSpec {
            delay_ms: 120,
            silence_ms: 14_200,
            unknown: DnsAnswer::Nxdomain,
            public: None,
            dns64: None,
            names: Vec::new(),
        }
    }
}

/// How a resolver answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DnsAnswer {
    /// With addresses.
    Addresses,
    /// No such name.
    Nxdomain,
    /// Not at all.
    Silence,
}

/// One name.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NameSpec {
    /// The name, compared without regard to case.
    pub name: String,
    /// Only for contexts with this resolver.
    #[serde(default)]
    pub resolver: Option<IpAddr>,
    /// Only on this access point (as granted).
    #[serde(default)]
    pub apn: Option<Apn>,
    /// IPv4 addresses.
    #[serde(default)]
    pub a: Vec<Ipv4Addr>,
    /// IPv6 addresses.
    #[serde(default)]
    pub aaaa: Vec<Ipv6Addr>,
    /// How the answer goes.
    #[serde(default = "with_addresses")]
    pub answer: DnsAnswer,
    /// Each answer begins with the next address.
    #[serde(default)]
    pub rotate: bool,
    /// Another delay than the network's, ms.
    #[serde(default)]
    pub delay_ms: Option<u64>,
}

fn with_addresses() -> DnsAnswer {
    DnsAnswer::Addresses
}

/// What happens to a connection attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Somebody answers.
    Open,
    /// A reset comes back.
    Refused,
    /// Nothing comes back.
    Silent,
    /// The network says that it cannot.
    Unreachable,
}

/// Who answers behind a route that is open; for an MMSC of its own, see [`RouteSpec::mmsc`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ServiceKind {
    /// The MMSC of this world.
    Mmsc,
    /// A web proxy in front of the MMSC: takes only requests with the whole URL.
    Proxy,
    /// A plain web server that answers 200 to whatever it is asked.
    Http200,
    /// A name server: accepts the connection and waits.
    Resolver,
    /// Accepts and closes at once.
    Closed,
    /// Accepts and never reads nor answers.
    Stalled,
}

/// One rule of the network.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RouteSpec {
    /// Only for contexts of this access point (as granted, without operator suffix).
    #[serde(default)]
    pub apn: Option<Apn>,
    /// Only for this family.
    #[serde(default)]
    pub family: Option<Family>,
    /// Only for this address or network.
    #[serde(default)]
    pub to: Option<Prefix>,
    /// Only for these TCP ports; empty: all.
    #[serde(default)]
    pub ports: Vec<u16>,
    /// What happens.
    pub outcome: Outcome,
    /// Who answers; an open route needs it.
    #[serde(default)]
    pub service: Option<ServiceKind>,
    /// Another MMSC than the world's answers here, and behaves so; none: the world's.
    #[serde(default)]
    pub mmsc: Option<Box<MmscSpec>>,
    /// There and back, ms.
    #[serde(default = "round_trip_ms")]
    pub rtt_ms: u64,
    /// Whether a ping is answered.
    #[serde(default)]
    pub ping: bool,
    /// Packets with more octets of ours than this are lost on the way, and all that follows waits for them; none: nothing is lost.
    #[serde(default)]
    pub drops_over: Option<usize>,
}

fn round_trip_ms() -> u64 {
    80
}

/// A network interface of the host that leads over this modem, and is up.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HostSpec {
    /// Its name.
    #[serde(default = "interface")]
    pub interface: String,
    /// The access point that it was granted, as asked for.
    pub apn: Apn,
    /// The type that was asked for.
    #[serde(default = "both", rename = "type")]
    pub kind: PdpType,
    /// Our address on it where the module translates addresses; none: the granted one.
    #[serde(default)]
    pub address: Option<Ipv4Addr>,
    /// The interface by which the machine's routes lead; none: this one.
    #[serde(default)]
    pub leaves_by: Option<String>,
    /// Sockets that are bound to the interface have a route over it.
    #[serde(default = "yes")]
    pub device_route: bool,
}

fn interface() -> String {
    "wwan0".to_owned()
}

fn both() -> PdpType {
    PdpType::Ipv4v6
}

fn yes() -> bool {
    true
}

/// What a person sees who tries; nothing simulated acts on it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WitnessSpec {
    /// The same card in a phone, Wi-Fi off.
    pub phone: Option<PhoneSaw>,
    /// Whether an MMS to this line arrives.
    pub inbound: Option<bool>,
}

/// What became of the picture that a phone sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PhoneSaw {
    /// It was sent.
    Sends,
    /// It was not.
    Fails,
}

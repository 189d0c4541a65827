//! The carrier's packet network of a world: grants contexts, answers names, routes and filters connections, and puts the
//! services behind them. Comes in: what the modem asks of the air. Goes out: grants, addresses, byte streams with their round
//! trip. Never here: AT, and any socket but one to loopback where a real MMSC was given.
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::DuplexStream;

use super::mmsc::Mmsc;
use super::names::{Question, Records};
use super::pace::Pace;
use super::task::beside;
use super::world::{DnsAnswer, Family, NameSpec, Outcome, PdpType, Refusal, ServiceKind, World};
use super::{Loopback, services};

/// The port of name servers.
const NAMES: u16 = 53;
/// Octets that a connection holds in each direction before the writer has to wait.
const WINDOW: usize = 32 << 10;

/// What the network has given to a context.
#[derive(Debug, Clone)]
pub(super) struct Grant {
    pub apn: String,
    pub v4: Option<Ipv4Addr>,
    pub v6: Option<Ipv6Addr>,
    pub gateway: Option<IpAddr>,
    pub resolvers: Vec<IpAddr>,
}

/// What a name comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Lookup {
    Addresses(Vec<IpAddr>),
    NoName,
    Silence,
}

/// What comes of a connection attempt: the outcome, who answers, and the round trip in ms.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reach {
    pub outcome: Outcome,
    pub service: Option<ServiceKind>,
    pub rtt_ms: u64,
    pub ping: bool,
    /// Packets with more octets are lost.
    pub drops_over: Option<usize>,
}

pub(super) struct Network {
    world: Arc<World>,
    pace: Pace,
    mmsc: Arc<Mmsc>,
    real_mmsc: Option<Loopback>,
    turns: Mutex<HashMap<String, usize>>,
}

impl Network {
    pub fn new(
        world: Arc<World>,
        pace: Pace,
        mmsc: Arc<Mmsc>,
        real_mmsc: Option<Loopback>,
    ) -> Self {
        Network {
            world,
            pace,
            mmsc,
            real_mmsc,
            turns: Mutex::default(),
        }
    }

    /// How long activation of this access point takes, and what it comes to.
    pub fn grant(&self, apn: &str, kind: PdpType) -> (u64, Result<Grant, Refusal>) {
        let spec = &self.world.network;
        let Some(found) = spec.apns.iter().find(|known| known.name.matches(apn)) else {
            return (spec.unknown_apn.after_ms, Err(spec.unknown_apn.clone()));
        };
        if let Some(refusal) = &found.refuse {
            return (refusal.after_ms, Err(refusal.clone()));
        }
        let refused = |cause| {
            Err(Refusal {
                cme: 132,
                cause: Some(cause),
                after_ms: found.activate_ms,
            })
        };
        let v4 = found.v4.filter(|_| kind.has_v4());
        let v6 = found.v6.filter(|_| kind.has_v6());
        let result = if !found.types.contains(&kind) {
            Err(Refusal {
                cme: 133,
                cause: Some(33),
                after_ms: found.activate_ms,
            })
        } else if v4.is_none() && v6.is_none() {
            refused(if kind.has_v4() { 51 } else { 50 })
        } else {
            let resolvers = found
                .resolvers
                .iter()
                .copied()
                .filter(|resolver| {
                    if resolver.is_ipv4() {
                        v4.is_some()
                    } else {
                        v6.is_some()
                    }
                })
                .collect();
            let name = found.granted.as_ref().unwrap_or(&found.name);
            Ok(Grant {
                apn: name.as_str().to_owned(),
                v4,
                v6,
                gateway: found.gateway,
                resolvers,
            })
        };
        (found.activate_ms, result)
    }

    /// What the resolvers of a context say about a name, and after how many ms.
    pub fn lookup(&self, grant: &Grant, name: &str) -> (u64, Lookup) {
        let dns = &self.world.network.dns;
        let found = dns.names.iter().find(|known| {
            is_named(known, name)
                && known
                    .resolver
                    .is_none_or(|resolver| grant.resolvers.contains(&resolver))
                && is_on(known, grant)
        });
        let answer = found.map_or(dns.unknown, |known| known.answer);
        if answer == DnsAnswer::Silence || grant.resolvers.is_empty() {
            return (dns.silence_ms, Lookup::Silence);
        }
        let ms = found
            .and_then(|known| known.delay_ms)
            .unwrap_or(dns.delay_ms);
        let Some(known) = found.filter(|_| answer == DnsAnswer::Addresses) else {
            return (ms, Lookup::NoName);
        };
        let mut addresses: Vec<IpAddr> = known.a.iter().copied().map(IpAddr::V4).collect();
        if known.rotate && !addresses.is_empty() {
            let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
            let turn = turns.entry(known.name.clone()).or_default();
            let count = addresses.len();
            addresses.rotate_left(*turn % count);
            *turn += 1;
        }
        let made = dns.dns64.filter(|_| known.aaaa.is_empty());
        let made = made
            .iter()
            .flat_map(|prefix| known.a.iter().map(|v4| synthesised(*prefix, *v4)));
        let six = known.aaaa.iter().copied().chain(made);
        addresses.extend(six.map(IpAddr::V6));
        (
            ms,
            if addresses.is_empty() {
                Lookup::NoName
            } else {
                Lookup::Addresses(addresses)
            },
        )
    }

    /// What comes back for a datagram, and after how many ms; most of what is sent so is lost.
    pub fn datagram(
        &self,
        grant: &Grant,
        to: IpAddr,
        port: u16,
        octets: &[u8],
    ) -> Option<(u64, Vec<u8>)> {
        let question = Question::read(octets).filter(|_| port == NAMES)?;
        let granted = grant.resolvers.contains(&to);
        let reach = self.reach(grant, to, Some(NAMES));
        // A granted resolver is beside us, as it is for the module's own lookups.
        let serves = granted || reach.service == Some(ServiceKind::Resolver);
        let family = if to.is_ipv4() {
            grant.v4.is_some()
        } else {
            grant.v6.is_some()
        };
        if !serves || !family {
            return None;
        }
        let dns = &self.world.network.dns;
        let found = dns.names.iter().find(|known| {
            is_named(known, &question.name)
                && known.resolver.is_none_or(|resolver| resolver == to)
                && is_on(known, grant)
        });
        let answer = found.map_or(dns.unknown, |known| known.answer);
        let ms = found
            .and_then(|known| known.delay_ms)
            .unwrap_or(dns.delay_ms);
        let records = match (answer, found) {
            (DnsAnswer::Silence, _) => return None,
            (DnsAnswer::Addresses, Some(known)) if question.v6 => {
                let made = dns.dns64.filter(|_| granted && known.aaaa.is_empty());
                let made = made
                    .iter()
                    .flat_map(|prefix| known.a.iter().map(|v4| synthesised(*prefix, *v4)));
                Records::V6(known.aaaa.iter().copied().chain(made).collect())
            }
            (DnsAnswer::Addresses, Some(known)) => Records::V4(known.a.clone()),
            _ => match dns.dns64.filter(|_| granted && question.v6) {
                Some(prefix) if question.name.eq_ignore_ascii_case("ipv4only.arpa") => {
                    Records::V6(vec![synthesised(prefix, Ipv4Addr::new(192, 0, 0, 170))])
                }
                _ => Records::NoName,
            },
        };
        Some((ms, question.answer(&records)))
    }

    /// What a connection attempt from this context comes to.
    pub fn reach(&self, grant: &Grant, address: IpAddr, port: Option<u16>) -> Reach {
        let spec = &self.world.network;
        let family = Family::of(address);
        let has_family = if family == Family::V4 {
            grant.v4.is_some()
        } else {
            grant.v6.is_some()
        };
        if !has_family {
            return Reach {
                outcome: Outcome::Unreachable,
                service: None,
                rtt_ms: 0,
                ping: false,
                drops_over: None,
            };
        }
        let rule = spec.routes.iter().find(|rule| {
            rule.apn
                .as_ref()
                .is_none_or(|apn| apn.matches(access_point(&grant.apn)))
                && rule.family.is_none_or(|wanted| wanted == family)
                && rule.to.is_none_or(|prefix| prefix.contains(address))
                && (rule.ports.is_empty() || port.is_none_or(|port| rule.ports.contains(&port)))
        });
        match rule {
            Some(rule) => Reach {
                outcome: rule.outcome,
                service: rule.service,
                rtt_ms: rule.rtt_ms,
                ping: rule.ping,
                drops_over: rule.drops_over,
            },
            None => Reach {
                outcome: spec.otherwise,
                service: None,
                rtt_ms: 80,
                ping: false,
                drops_over: None,
            },
        }
    }

    /// A stream to a service that has just accepted; `None` where a real MMSC on loopback did not.
    pub async fn dial(&self, service: ServiceKind) -> Option<DuplexStream> {
        let (ours, theirs) = tokio::io::duplex(WINDOW);
        match (service, self.real_mmsc) {
            (ServiceKind::Mmsc, Some(real)) => {
                let mut socket = tokio::net::TcpStream::connect(real.address()).await.ok()?;
                let mut theirs = theirs;
                beside(async move {
                    // Either side may end the conversation with a reset; then there is nothing left to carry.
                    let _ = tokio::io::copy_bidirectional(&mut theirs, &mut socket).await;
                });
            }
            (ServiceKind::Mmsc, None) => {
                beside(
                    self.mmsc
                        .clone()
                        .serve(theirs, self.world.sim.number.clone()),
                );
            }
            (ServiceKind::Proxy, _) => {
                beside(
                    self.mmsc
                        .clone()
                        .serve_behind_proxy(theirs, self.world.sim.number.clone()),
                );
            }
            (ServiceKind::Http200, _) => {
                beside(services::web_server(theirs));
            }
            (ServiceKind::Resolver, _) => {
                beside(services::name_server(theirs));
            }
            (ServiceKind::Closed, _) => drop(theirs),
            (ServiceKind::Stalled, _) => {
                beside(services::stalled(theirs, self.pace));
            }
        }
        Some(ours)
    }
}

fn is_named(known: &NameSpec, name: &str) -> bool {
    known
        .name
        .trim_end_matches('.')
        .eq_ignore_ascii_case(name.trim_end_matches('.'))
}

fn is_on(known: &NameSpec, grant: &Grant) -> bool {
    known
        .apn
        .as_ref()
        .is_none_or(|apn| apn.matches(access_point(&grant.apn)))
}

/// An IPv4 address inside a network of 96 bits (RFC 6052 section 2.2).
fn synthesised(prefix: Ipv6Addr, v4: Ipv4Addr) -> Ipv6Addr {
    Ipv6Addr::from_bits(prefix.to_bits() & !u128::from(u32::MAX) | u128::from(v4.to_bits()))
}

/// The access point without the operator's suffix (`.mnc001.mcc001.gprs`, TS 23.003 section 9.1).
fn access_point(granted: &str) -> &str {
    let lower = granted.to_ascii_lowercase();
    match lower
        .strip_suffix(".gprs")
        .and_then(|rest| rest.rfind(".mnc"))
    {
        Some(at) => &granted[..at],
        None => granted,
    }
}

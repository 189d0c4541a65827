//! PDP contexts: what was asked for and what was granted (at-sim7600 section 3, 3GPP TS 27.007 section 10.1).
use crate::at::fields::{Field, after, split};
use crate::event::{Granted, PdpType};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An address as this family writes it: dotted IPv4, IPv6 with colons, or IPv6 as 16 dotted decimals. All zeros is no address.
#[must_use]
pub fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches('"');
    let found = match text.parse() {
        Ok(a) => a,
        Err(_) => match octets(text)?.as_slice() {
            o if o.len() == 16 => v6(o)?,
            _ => return None,
        },
    };
    (!found.is_unspecified()).then_some(found)
}

/// An address and its mask, fused into 8 or 32 dotted decimals, or an address alone.
#[must_use]
pub fn address_and_mask(text: &str) -> Option<(IpAddr, Option<IpAddr>)> {
    let text = text.trim().trim_matches('"');
    match octets(text).as_deref() {
        Some(o) if o.len() == 8 => Some((v4(&o[..4])?, v4(&o[4..]))),
        Some(o) if o.len() == 32 => Some((v6(&o[..16])?, v6(&o[16..]))),
        _ => address(text).map(|a| (a, None)),
    }
}

fn octets(text: &str) -> Option<Vec<u8>> {
    text.split('.').take(33).map(|d| d.parse().ok()).collect()
}
fn v4(o: &[u8]) -> Option<IpAddr> {
    <[u8; 4]>::try_from(o)
        .ok()
        .map(|o| Ipv4Addr::from(o).into())
}
fn v6(o: &[u8]) -> Option<IpAddr> {
    <[u8; 16]>::try_from(o)
        .ok()
        .map(|o| Ipv6Addr::from(o).into())
}

/// A line of `AT+CGDCONT?`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cgdcont {
    /// Context identifier.
    pub cid: u8,
    /// PDP type; `PPP` and others are unknown here.
    pub pdp_type: PdpType,
    /// APN as asked for; may be empty.
    pub apn: String,
    /// All values as they stood after the prefix: `AT+CGDCONT=` before them defines the same context again.
    pub definition: String,
}

/// Reads a line of `AT+CGDCONT?`.
#[must_use]
pub fn cgdcont(line: &str) -> Option<Cgdcont> {
    let values = after(line, "+CGDCONT:")?;
    let f = split(values);
    Some(Cgdcont {
        cid: f.first()?.text.parse().ok()?,
        pdp_type: PdpType::from_at(f.get(1)?.text),
        apn: f.get(2).map_or("", |f| f.text).to_owned(),
        definition: values.to_owned(),
    })
}

/// Reads a line of `AT+CGACT?`: cid, and whether it is active.
#[must_use]
pub fn cgact(line: &str) -> Option<(u8, bool)> {
    let f = split(after(line, "+CGACT:")?);
    Some((f.first()?.text.parse().ok()?, f.get(1)?.text == "1"))
}

/// Reads a line of `AT+CGPADDR`: cid and its addresses; `0.0.0.0` counts as none.
#[must_use]
pub fn cgpaddr(line: &str) -> Option<(u8, Vec<IpAddr>)> {
    let f = split(after(line, "+CGPADDR:")?);
    let cid = f.first()?.text.parse().ok()?;
    Some((cid, f[1..].iter().filter_map(|f| address(f.text)).collect()))
}

/// A line of `AT+CGCONTRDP`: what the network granted, one line an address family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cgcontrdp {
    /// Context identifier.
    pub cid: u8,
    /// EPS bearer identity.
    pub bearer: Option<u8>,
    /// The APN granted, often with the operator's suffix.
    pub apn: String,
    /// Our address.
    pub address: Option<IpAddr>,
    /// Its mask.
    pub mask: Option<IpAddr>,
    /// Gateway.
    pub gateway: Option<IpAddr>,
    /// Resolvers.
    pub dns: Vec<IpAddr>,
    /// P-CSCF addresses (IMS).
    pub pcscf: Vec<IpAddr>,
}

/// Reads a line of `AT+CGCONTRDP`: values in quotes or bare, empty ones left out.
#[must_use]
pub fn cgcontrdp(line: &str) -> Option<Cgcontrdp> {
    let f = split(after(line, "+CGCONTRDP:")?);
    let at = |i: usize| f.get(i).and_then(|f| address(f.text));
    let own = f.get(3).and_then(|f| address_and_mask(f.text));
    Some(Cgcontrdp {
        cid: f.first()?.text.parse().ok()?,
        bearer: f.get(1).and_then(|f| f.text.parse().ok()),
        apn: f
            .get(2)
            .and_then(Field::filled)
            .unwrap_or_default()
            .to_owned(),
        address: own.map(|(a, _)| a).filter(|a| !a.is_unspecified()),
        mask: own.and_then(|(_, m)| m),
        gateway: at(4),
        dns: [at(5), at(6)].into_iter().flatten().collect(),
        pcscf: [at(7), at(8)].into_iter().flatten().collect(),
    })
}

impl Cgcontrdp {
    /// As the event has it.
    #[must_use]
    pub fn granted(&self) -> Granted {
        Granted {
            apn: self.apn.clone(),
            gateway: self.gateway.map(|a| a.to_string()),
            dns: self.dns.iter().map(ToString::to_string).collect(),
        }
    }
}

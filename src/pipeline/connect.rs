//! The stage connect: a TCP connection to one of the name's addresses.
//!
//! In: the addresses of the lookup. Out: an open link, or what the attempts prove. A SIM7600 tells one address a lookup, so where that one
//! does not connect the name is asked again: carriers' resolvers begin each answer with the next one. Every attempt is told as its own.
use super::modem_stages::substituted;
use super::{Fallen, Gear, Ladder, Learned, explain};
use crate::event::Stage;
use crate::modem::{Bearer, Link, Modem};
use crate::profile::{Endpoint, Profile};
use std::collections::VecDeque;
use std::net::IpAddr;
use std::time::Duration;

/// So many addresses of a name are tried before a connect has failed.
const ADDRESSES: usize = 4;
/// A modem's late result may come so long after the modem's own limit.
const SPARE: Duration = Duration::from_secs(7);

/// Addresses that a name has, and those that were dialled already.
struct Addresses<'a> {
    host: &'a str,
    waiting: VecDeque<String>,
    tried: Vec<String>,
}

impl Addresses<'_> {
    /// The next one to dial. Where none waits the name is asked again; an answer that begins with one that was tried is the last word.
    async fn next(&mut self, modem: &Modem) -> Option<String> {
        if self.tried.len() >= ADDRESSES {
            return None;
        }
        if self.waiting.is_empty() && !self.tried.is_empty() && self.host.parse::<IpAddr>().is_err()
        {
            let (found, _) = modem.resolve(self.host).await.ok()?;
            let new = found.into_iter().filter(|a| !self.tried.contains(a));
            self.waiting.extend(new);
        }
        let next = self.waiting.pop_front()?;
        self.tried.push(next.clone());
        Some(next)
    }
}

/// A TCP connection is open, to the first of the name's addresses that takes one.
pub async fn connect(
    gear: &Gear,
    profile: &Profile,
    ladder: &Ladder,
    endpoint: &Endpoint,
    addresses: &[String],
    bearer: &Bearer,
) -> Result<Link, Fallen> {
    let modem = gear.modem.serving("connect");
    let allowed = gear.limits.of(Stage::Connect);
    let place = endpoint.dialled();
    let port = place.port;
    // The modem's own limit ends first; ours is only for one that says nothing. It covers all attempts.
    let ours = allowed * 2 + Duration::from_secs(10);
    let began = gear.sink.now_ms();
    let leaves_time = || {
        let gone = Duration::from_millis(gear.sink.now_ms().saturating_sub(began));
        gone + allowed + SPARE <= ours
    };
    let mut all = Addresses {
        host: &place.host,
        waiting: addresses.iter().cloned().collect(),
        tried: Vec::new(),
    };
    ladder
        .stage(Stage::Connect, Some(ours), async {
            let told = |says: String| ladder.progress(Stage::Connect, says, None);
            let cid = Some(bearer.context.cid);
            let mut next = all.next(&modem).await;
            while let Some(address) = next {
                let dialled = match modem.dial(cid, &address, port, allowed, told).await {
                    Ok(link) => {
                        let says = format!("{address}:{port} open on link {}", link.number());
                        let evidence = link.evidence().to_vec();
                        return Ok(Learned::new(link, says, evidence));
                    }
                    Err(dialled) => dialled,
                };
                let apn = substituted(bearer);
                let trouble = explain::connect(profile, endpoint, &address, &dialled, apn);
                next = match explain::is_of_address(&dialled) && leaves_time() {
                    true => all.next(&modem).await,
                    false => None,
                };
                let Some(other) = &next else {
                    return Err(explain::none_of(all.tried.len(), trouble));
                };
                ladder.attempt(Stage::Connect, &trouble, dialled.ms);
                told(format!(
                    "trying another address of the name: {other}:{port}"
                ));
            }
            Err(explain::no_address())
        })
        .await
}

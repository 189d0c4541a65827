//! Names and pings: they go over the open stack, or over the context that it would be opened on.
use std::net::IpAddr;
use std::sync::Arc;

use super::Core;
use super::command::{Argument, Command, Form};
use super::packet;
use super::reply::Reply;
use super::sockets::{bound, stack_cid, usable};
use crate::simulator::network::{Grant, Lookup};

pub(super) async fn answer(core: &Arc<Core>, command: &Command) -> Option<Reply> {
    Some(match (command.name.as_str(), &command.form) {
        ("+CDNSGIP", Form::Set(_)) => resolve(core, command).await,
        ("+CDNSGIP", Form::Test) => Reply::info("+CDNSGIP: (1-254)"),
        ("+CPING", Form::Set(_)) => ping(core, command),
        ("+CPING", Form::Test) => Reply::info(
            "+CPING: IP address,(1),(1-100),(4-188),(1000-10000),(10000-100000),(16-255)",
        ),
        _ => return None,
    })
}

/// The grant on which names are asked and pings go: the open stack's, else that of the context chosen for it.
async fn lookup_grant(core: &Arc<Core>) -> Option<Grant> {
    if let Some((_, grant)) = bound(core) {
        return Some(grant);
    }
    let cid = stack_cid(core);
    let was_active = core.state().grant(cid).is_some();
    packet::activate(core, cid).await.ok()?;
    let grant = core.state().grant(cid).cloned();
    if !was_active {
        packet::deactivate(core, cid).await;
    }
    grant
}

async fn resolve(core: &Arc<Core>, command: &Command) -> Reply {
    let failed = || Reply::refusal("+CDNSGIP: 0,10");
    let Some(name) = command
        .text(0)
        .filter(|name| !name.is_empty() && name.len() <= 254)
    else {
        return failed();
    };
    if let Ok(address) = name.parse::<IpAddr>() {
        return Reply::info(format!("+CDNSGIP: 1,\"{name}\",\"{address}\""));
    }
    let Some(grant) = lookup_grant(core).await else {
        return failed();
    };
    let (ms, lookup) = core.network.lookup(&grant, name);
    core.pace.wait(core.about(ms)).await;
    if core.world.modem.quirks.lookup_fails {
        return failed();
    }
    match lookup {
        Lookup::Addresses(found) => match usable(&grant, &found).or(found.first().copied()) {
            Some(address) => Reply::info(format!("+CDNSGIP: 1,\"{name}\",\"{address}\"")),
            None => failed(),
        },
        Lookup::NoName | Lookup::Silence => failed(),
    }
}

fn ping(core: &Arc<Core>, command: &Command) -> Reply {
    let host = command.text(0).map(str::to_owned);
    let (Some(host), Some(1)) = (host, command.number(1)) else {
        return Reply::error();
    };
    let value = |place: usize, usual: u64, low: u64, high: u64| match command.arguments().get(place)
    {
        None | Some(Argument::Empty) => Some(usual),
        Some(argument) => argument
            .number()
            .and_then(|n| u64::try_from(n).ok())
            .filter(|n| (low..=high).contains(n)),
    };
    let values = (
        value(2, 4, 1, 100),
        value(3, 64, 4, 188),
        value(4, 2000, 1000, 10_000),
        value(5, 10_000, 10_000, 100_000),
        value(6, 255, 16, 255),
    );
    let (Some(count), Some(size), Some(interval), Some(wait), Some(_)) = values else {
        return Reply::error();
    };
    let pinging = core.clone();
    Reply::ok().then(async move {
        let Some((_, grant)) = bound(&pinging) else {
            return pinging.announce("+CPING: 3,0,0,0,0,0,0");
        };
        let address = match host.parse() {
            Ok(address) => Some(address),
            Err(_) => {
                let (ms, lookup) = pinging.network.lookup(&grant, &host);
                pinging.pace.wait(ms).await;
                match lookup {
                    Lookup::Addresses(found) => usable(&grant, &found),
                    Lookup::NoName | Lookup::Silence => None,
                }
            }
        };
        let Some(address) = address else {
            return pinging.announce("+CPING: 3,0,0,0,0,0,0");
        };
        let reach = pinging.network.reach(&grant, address, None);
        let mut times = Vec::new();
        for _ in 0..count {
            if reach.ping {
                let ms = pinging.about(reach.rtt_ms);
                pinging.pace.wait(ms).await;
                pinging.announce(&format!("+CPING: 1,{address},{size},{ms},53"));
                times.push(ms);
            } else {
                pinging.pace.wait(wait).await;
                pinging.announce("+CPING: 2");
            }
            pinging.pace.wait(interval).await;
        }
        let received = times.len() as u64;
        let average = times.iter().sum::<u64>().checked_div(received).unwrap_or(0);
        let (low, high) = (
            times.iter().min().unwrap_or(&0),
            times.iter().max().unwrap_or(&0),
        );
        pinging.announce(&format!(
            "+CPING: 3,{count},{received},{},{low},{high},{average}",
            count - received
        ));
    })
}

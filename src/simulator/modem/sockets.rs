//! The socket stack: opening and closing it and its links. Every connection attempt ends in the shape, with the code and
//! after the time that the world's signature table gives for its outcome.
use std::net::IpAddr;
use std::sync::Arc;

use super::command::{Argument, Command, Form};
use super::line::Input;
use super::link::Path;
use super::reply::{IpError, Reply, ResultCode};
use super::stack::{LINKS, LinkPhase, Net};
use super::{Core, link, packet, radio, transfer};
use crate::simulator::network::{Grant, Lookup, Reach};
use crate::simulator::world::{Outcome, Phase, Signature, When};

pub(super) async fn answer(
    core: &Arc<Core>,
    input: &mut Input,
    command: &Command,
) -> Option<Reply> {
    Some(match (command.name.as_str(), &command.form) {
        ("+NETOPEN", Form::Read) => {
            let open = matches!(core.state().stack.net, Net::Open { .. });
            let second = if core.world.modem.quirks.old_netopen {
                ",0"
            } else {
                ""
            };
            Reply::info(format!("+NETOPEN: {}{second}", u8::from(open)))
        }
        ("+NETOPEN", Form::Execute) => open_stack(core),
        ("+NETCLOSE", Form::Execute) => close_stack(core),
        ("+IPADDR", Form::Execute) => match bound(core) {
            Some((
                _,
                Grant {
                    v4: Some(address), ..
                },
            )) => Reply::info(format!("+IPADDR: {address}")),
            Some((
                _,
                Grant {
                    v6: Some(address), ..
                },
            )) => Reply::info(format!("+IPADDR: {address}")),
            _ => ip_error(core, IpError::NotOpened),
        },
        ("+CIPOPEN", Form::Test) => Reply::info("+CIPOPEN: (0-9),(\"TCP\",\"UDP\")"),
        ("+CIPOPEN", Form::Read) => Reply::lines(links(core)),
        ("+CIPOPEN", Form::Set(_)) => open_link(core, input, command).await,
        ("+CIPCLOSE", Form::Test) => Reply::info("+CIPCLOSE: (0-9)"),
        ("+CIPCLOSE", Form::Read) => {
            let state = core.state();
            let open = |number: usize| {
                u8::from(state.stack.links[number].phase == LinkPhase::Open).to_string()
            };
            Reply::info(format!(
                "+CIPCLOSE: {}",
                (0..LINKS).map(open).collect::<Vec<_>>().join(",")
            ))
        }
        ("+CIPCLOSE", Form::Set(_)) => close_link(core, command),
        ("+CIPMODE", Form::Set(_)) if core.state().stack.net != Net::Closed => Reply::error(),
        _ => return None,
    })
}

pub(super) fn ip_error(core: &Core, error: IpError) -> Reply {
    Reply::refusal(error.line(core.state().errors_in_words()))
}

/// What the world finds open when the bench is switched on.
pub(super) fn preset(core: &Core) {
    let quirks = &core.world.modem.quirks;
    let cid = stack_cid(core);
    let mut state = core.state();
    if (quirks.stack_open || !quirks.busy_links.is_empty()) && state.grant(cid).is_some() {
        state.stack.net = Net::Open {
            cid,
            activated: false,
        };
        for number in quirks
            .busy_links
            .iter()
            .map(|link| usize::from(*link))
            .filter(|link| *link < LINKS)
        {
            state.stack.reserve(number, "203.0.113.9", 80);
            state.stack.links[number].phase = LinkPhase::Open;
        }
    }
}

pub(super) fn stack_cid(core: &Core) -> u8 {
    let chosen = u8::try_from(core.state().settings.get("+CSOCKSETPN")).unwrap_or(1);
    core.world
        .modem
        .quirks
        .stack_cid
        .map_or(chosen, |cid| cid.number())
}

/// The context that the open stack is on, and what it was granted.
pub(super) fn bound(core: &Core) -> Option<(u8, Grant)> {
    let state = core.state();
    match state.stack.net {
        Net::Open { cid, .. } => Some((cid, state.grant(cid)?.clone())),
        _ => None,
    }
}

fn open_stack(core: &Arc<Core>) -> Reply {
    let now = core.state().stack.net;
    match now {
        Net::Open { .. } => return ip_error(core, IpError::AlreadyOpened),
        Net::Changing => return Reply::refusal("+NETOPEN: 8"),
        Net::Closed => {}
    }
    if core.world.modem.quirks.netopen_error || !radio::in_service(core) || !core.state().attached {
        return Reply::error();
    }
    core.state().stack.net = Net::Changing;
    let cid = stack_cid(core);
    let opening = core.clone();
    Reply::ok().then(async move {
        let timing = &opening.world.modem.timing;
        let was_active = opening.state().grant(cid).is_some();
        let granted = packet::activate(&opening, cid).await.is_ok();
        opening
            .pace
            .wait(opening.about(if granted {
                timing.netopen_ms
            } else {
                timing.netopen_fail_ms
            }))
            .await;
        let open = granted && opening.state().grant(cid).is_some();
        opening.state().stack.net = if open {
            Net::Open {
                cid,
                activated: !was_active,
            }
        } else {
            Net::Closed
        };
        opening.announce(if open { "+NETOPEN: 0" } else { "+NETOPEN: 1" });
    })
}

fn close_stack(core: &Arc<Core>) -> Reply {
    let now = core.state().stack.net;
    let (cid, activated) = match now {
        Net::Open { cid, activated } => (cid, activated),
        Net::Changing => return Reply::refusal("+NETCLOSE: 8"),
        Net::Closed => return Reply::refusal("+NETCLOSE: 2"),
    };
    core.state().stack.net = Net::Changing;
    let closing = core.clone();
    Reply::ok().then(async move {
        release_links(&closing, "+CIPCLOSE", 0);
        closing
            .pace
            .wait(closing.about(closing.world.modem.timing.netclose_ms))
            .await;
        closing.state().stack.net = Net::Closed;
        if activated {
            packet::deactivate(&closing, cid).await;
        }
        closing.announce("+NETCLOSE: 0");
    })
}

/// Lets go of all links; says so in the words given for those that are open. Opens that are pending end with a failure.
fn release_links(core: &Core, word: &str, code: u8) {
    let mut lines = Vec::new();
    {
        let mut state = core.state();
        for (number, link) in state.stack.links.iter_mut().enumerate() {
            match link.phase {
                LinkPhase::Open if !word.is_empty() => {
                    lines.push(format!("{word}: {number},{code}"))
                }
                LinkPhase::Opening => lines.push(format!("+CIPOPEN: {number},1")),
                LinkPhase::Closing => lines.push(format!("+CIPCLOSE: {number},0")),
                LinkPhase::Free | LinkPhase::Open => {}
            }
            link.release(false);
        }
    }
    for line in lines {
        core.announce(&line);
    }
}

/// A context has gone: if the stack was on it, links and stack go with it, and the module says so.
pub(super) fn context_lost(core: &Core, lost: u8) {
    let hit = matches!(core.state().stack.net, Net::Open { cid, .. } if cid == lost);
    if hit {
        bearer_lost(core);
    }
}

/// The network has gone.
pub(super) fn bearer_lost(core: &Core) {
    let was_open = matches!(core.state().stack.net, Net::Open { .. });
    if was_open {
        core.state().stack.net = Net::Closed;
        release_links(core, "", 0);
        core.announce("+CIPEVENT: NETWORK CLOSED UNEXPECTEDLY");
    }
}

fn links(core: &Core) -> Vec<String> {
    let state = core.state();
    let line = |(number, link): (usize, &super::stack::Link)| match (link.phase, link.udp) {
        (LinkPhase::Open, false) => {
            let address = link
                .address
                .map_or_else(|| link.host.clone(), |address| address.to_string());
            format!("+CIPOPEN: {number},\"TCP\",\"{address}\",{},-1", link.port)
        }
        (LinkPhase::Open, true) => format!("+CIPOPEN: {number},\"UDP\",\"\",0,-1"),
        _ => format!("+CIPOPEN: {number}"),
    };
    state.stack.links.iter().enumerate().map(line).collect()
}

pub(super) fn link_number(command: &Command) -> Option<usize> {
    command
        .number(0)
        .and_then(|number| usize::try_from(number).ok())
        .filter(|number| *number < LINKS)
}

/// How an attempt will end: row of the signature table, time until then, and the peer where there is one.
struct Attempt {
    signature: Signature,
    ms: u64,
    peer: Option<(Reach, IpAddr, Path)>,
}

async fn open_link(core: &Arc<Core>, input: &mut Input, command: &Command) -> Reply {
    let Some(number) = link_number(command) else {
        return ip_error(core, IpError::InvalidParameter);
    };
    let wrong = |code: u8| Reply::refusal(format!("+CIPOPEN: {number},{code}"));
    let signatures = &core.world.modem.signature;
    let Some((cid, grant)) = bound(core) else {
        return local(core, number, signatures.no_stack).await;
    };
    let (occupied, pending, transparent) = {
        let state = core.state();
        let pending = state
            .stack
            .links
            .iter()
            .any(|link| link.phase == LinkPhase::Opening);
        (
            state.stack.links[number].phase != LinkPhase::Free,
            pending,
            state.settings.get("+CIPMODE") == 1,
        )
    };
    let hidden = core
        .world
        .modem
        .quirks
        .hidden_links
        .iter()
        .any(|link| usize::from(*link) == number);
    let pending = pending | somebody_else_dials(core);
    let kind = command.text(1).unwrap_or_default().to_ascii_uppercase();
    if occupied || hidden || core.world.modem.quirks.refuses_opens {
        return local(core, number, signatures.busy_link).await;
    }
    if transparent && number != 0 {
        return wrong(4);
    }
    if kind == "UDP" {
        return open_datagrams(core, number, cid, command);
    }
    if pending && !core.world.modem.quirks.parallel_opens {
        return local(core, number, signatures.busy_stack).await;
    }
    let port = command
        .number(3)
        .and_then(|port| u16::try_from(port).ok())
        .filter(|port| *port > 0);
    let (Some(host), Some(port), "TCP") = (command.text(2), port, kind.as_str()) else {
        return wrong(3);
    };
    let host = host
        .trim_start_matches('[')
        .trim_end_matches(']')
        .to_owned();
    let literal: Option<IpAddr> = host.parse().ok();
    if host.is_empty()
        || literal.is_some_and(|ip| ip.is_ipv6()) && !core.world.modem.quirks.ipv6_literals
    {
        return wrong(3);
    }
    let attempt = plan(core, &grant, &host, literal, port);
    let serial = core.state().stack.reserve(number, &host, port);
    let task = core.clone();
    if transparent {
        core.pace.wait(attempt.ms).await;
        return match settle(core, number, serial, cid, &attempt).await {
            Some(0) => transfer::online(core, input).await,
            _ => Reply {
                result: ResultCode::None,
                ..Reply::info("CONNECT FAIL")
            },
        };
    }
    if attempt.signature.shape == Phase::Late {
        return Reply::ok().then(async move {
            task.pace.wait(attempt.ms).await;
            if let Some(code) = settle(&task, number, serial, cid, &attempt).await {
                task.announce(&format!("+CIPOPEN: {number},{code}"));
            }
        });
    }
    core.pace.wait(attempt.ms).await;
    match settle(core, number, serial, cid, &attempt).await {
        Some(0) => Reply::info(format!("+CIPOPEN: {number},0")),
        Some(code) => wrong(code),
        None => Reply::error(),
    }
}

/// The connect of another program, where the world has one: it begins with the host's first and fails after its time.
fn somebody_else_dials(core: &Arc<Core>) -> bool {
    const LINK: usize = LINKS - 1;
    let Some(ms) = core.world.modem.quirks.foreign_open_ms else {
        return false;
    };
    let mut state = core.state();
    if std::mem::replace(&mut state.stack.dialled, true)
        || state.stack.links[LINK].phase != LinkPhase::Free
    {
        return false;
    }
    let serial = state.stack.reserve(LINK, "203.0.113.9", 443);
    let other = core.clone();
    core.spawn(async move {
        other.pace.wait(ms).await;
        if let Some(link) = other.state().stack.link(LINK, serial) {
            link.release(false);
        } else {
            return;
        }
        other.announce(&format!("+CIPOPEN: {LINK},10"));
    });
    true
}

/// A refusal that never leaves the module.
async fn local(core: &Arc<Core>, number: usize, signature: Signature) -> Reply {
    let ms = match signature.after_ms {
        When::Ms(ms) => core.about(ms),
        When::Timeout => open_limit(core),
    };
    let line = format!("+CIPOPEN: {number},{}", signature.code);
    if signature.shape == Phase::AtOnce {
        core.pace.wait(ms).await;
        return Reply::refusal(line);
    }
    let late = core.clone();
    Reply::ok().then(async move {
        late.pace.wait(ms).await;
        late.announce(&line);
    })
}

/// UDP links: name servers answer, everything else that is sent is lost.
fn open_datagrams(core: &Core, number: usize, cid: u8, command: &Command) -> Reply {
    let local = command
        .number(4)
        .is_some_and(|port| (0..=65535).contains(&port));
    let remote = [2, 3].iter().any(|place| {
        command
            .arguments()
            .get(*place)
            .is_some_and(|value| *value != Argument::Empty)
    });
    if remote || !local {
        return Reply::refusal(format!("+CIPOPEN: {number},3"));
    }
    let mut state = core.state();
    state.stack.reserve(number, "", 0);
    state.stack.begin(number, cid, IpAddr::from([0, 0, 0, 0]));
    let link = &mut state.stack.links[number];
    link.phase = LinkPhase::Open;
    link.udp = true;
    Reply::info(format!("+CIPOPEN: {number},0"))
}

fn open_limit(core: &Core) -> u64 {
    u64::try_from(core.state().settings.field("+CIPTIMEOUT", 1)).unwrap_or(120_000)
}

fn plan(core: &Core, grant: &Grant, host: &str, literal: Option<IpAddr>, port: u16) -> Attempt {
    let signatures = &core.world.modem.signature;
    let limit = open_limit(core);
    let (asked_ms, address) = match literal {
        Some(address) => (0, Some(address)),
        None => match core.network.lookup(grant, host) {
            (ms, Lookup::Addresses(found)) => (core.about(ms), usable(grant, &found)),
            (ms, Lookup::NoName | Lookup::Silence) => (core.about(ms), None),
        },
    };
    let ends = |signature: Signature, rtt: u64| match signature.after_ms {
        When::Ms(ms) => (asked_ms + core.about(ms) + rtt).min(limit),
        When::Timeout => limit + core.about(50),
    };
    let Some(address) = address else {
        return Attempt {
            signature: signatures.dns_fail,
            ms: ends(signatures.dns_fail, 0),
            peer: None,
        };
    };
    let mut reach = core.network.reach(grant, address, Some(port));
    if core.world.modem.quirks.deaf_ports.contains(&port) {
        reach.outcome = Outcome::Silent;
    }
    let row = match reach.outcome {
        Outcome::Open => signatures.open,
        Outcome::Refused => signatures.refused,
        _ => signatures.unreachable,
    };
    // What would come after the limit never does: the module has given up by then.
    if let (true, When::Ms(ms)) = (reach.outcome != Outcome::Silent, row.after_ms)
        && asked_ms + ms + reach.rtt_ms > limit
    {
        reach.outcome = Outcome::Silent;
    }
    let signature = match reach.outcome {
        Outcome::Open => signatures.open,
        Outcome::Refused => signatures.refused,
        Outcome::Silent => signatures.silent,
        Outcome::Unreachable => signatures.unreachable,
    };
    let rtt = if reach.outcome == Outcome::Silent {
        0
    } else {
        core.about(reach.rtt_ms)
    };
    let peer = match (reach.outcome, reach.service) {
        (Outcome::Open, Some(_)) => {
            let path = Path {
                rtt_ms: reach.rtt_ms,
                drops_over: reach.drops_over,
            };
            Some((reach, address, path))
        }
        _ => None,
    };
    Attempt {
        signature,
        ms: ends(signature, rtt),
        peer,
    }
}

/// The first address of a family that the context has.
pub(super) fn usable(grant: &Grant, found: &[IpAddr]) -> Option<IpAddr> {
    found.iter().copied().find(|address| {
        if address.is_ipv4() {
            grant.v4.is_some()
        } else {
            grant.v6.is_some()
        }
    })
}

/// Brings an attempt to its end; the code, or `None` where the link has been given up meanwhile.
async fn settle(
    core: &Arc<Core>,
    number: usize,
    serial: u64,
    cid: u8,
    attempt: &Attempt,
) -> Option<u8> {
    core.state().stack.link(number, serial)?;
    if let Some((reach, address, path)) = attempt.peer {
        if let Some(stream) = core.network.dial(&reach).await {
            {
                let mut state = core.state();
                state.stack.link(number, serial)?.address = Some(address);
                state.stack.begin(number, cid, address);
            }
            return link::join(core, number, serial, stream, path)
                .then_some(attempt.signature.code);
        }
        core.state().stack.link(number, serial)?.release(false);
        return Some(core.world.modem.signature.refused.code);
    }
    core.state().stack.link(number, serial)?.release(false);
    Some(attempt.signature.code)
}

fn close_link(core: &Arc<Core>, command: &Command) -> Reply {
    let Some(number) = link_number(command) else {
        return ip_error(core, IpError::InvalidParameter);
    };
    let mut state = core.state();
    let link = &mut state.stack.links[number];
    match (link.phase, link.udp) {
        (LinkPhase::Open, true) => {
            link.release(false);
            return Reply::info(format!("+CIPCLOSE: {number},0"));
        }
        (LinkPhase::Open, false) => link.phase = LinkPhase::Closing,
        _ => return Reply::refusal(format!("+CIPCLOSE: {number},4")),
    }
    let serial = link.serial;
    let closing = core.clone();
    drop(state);
    Reply::ok().then(async move {
        closing
            .pace
            .wait(closing.about(closing.world.modem.timing.cipclose_ms))
            .await;
        match closing.state().stack.link(number, serial) {
            Some(link) => link.release(false),
            None => return,
        }
        closing.announce(&format!("+CIPCLOSE: {number},0"));
    })
}

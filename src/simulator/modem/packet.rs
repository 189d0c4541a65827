//! PDP contexts: definition, activation, what was granted; attachment to the packet network.
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

use super::Core;
use super::command::{Argument, Command, Form};
use super::radio;
use super::reply::{Reply, ResultCode, cme_words};
use super::sockets;
use super::state::Context;
use crate::simulator::network::Grant;
use crate::simulator::world::{Cid, PdpType, Refusal};

const NO_V6: &str = "0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0";

/// Registration has come to what the world says; with service the default bearer is there, and what else the world has active.
pub(super) fn settle(core: &Core) {
    let world = &core.world;
    let mut state = core.state();
    if !state.card_ready || state.functionality != 1 {
        return;
    }
    state.registered = true;
    if !world.radio.registration.has_service() {
        if let Some(cause) = &world.radio.reject_cause {
            state.last_cause = cause.clone();
        }
        return;
    }
    state.attached = true;
    let also = |cid: u8| {
        world
            .contexts
            .iter()
            .any(|context| context.cid.number() == cid && context.active)
    };
    for (cid, context) in &mut state.contexts {
        if *cid == 1 || also(*cid) {
            context.grant = core.network.grant(&context.apn, context.kind).1.ok();
        }
    }
}

pub(super) async fn answer(core: &Arc<Core>, command: &Command) -> Option<Reply> {
    Some(match (command.name.as_str(), &command.form) {
        ("+CGDCONT", Form::Read) => Reply::lines(definitions(core)),
        ("+CGDCONT", Form::Test) => {
            let line =
                |kind| format!("+CGDCONT: (1-24,100-179),\"{kind}\",,,(0-2),(0-4),(0-1),(0-1)");
            Reply::lines(["IP", "PPP", "IPV6", "IPV4V6"].map(line).to_vec())
        }
        ("+CGDCONT" | "+CGSOCKCONT", Form::Set(_)) => define(core, command),
        ("+CGSOCKCONT", Form::Read) => {
            let lines = definitions(core)
                .into_iter()
                .map(|line| line.replacen("+CGDCONT", "+CGSOCKCONT", 1));
            Reply::lines(lines.collect())
        }
        ("+CSOCKAUTH" | "+CGAUTH", Form::Set(_)) => authenticate(core, command),
        ("+CGAUTH", Form::Read) => {
            let state = core.state();
            let line = |cid: &u8| {
                let auth = state.auth.get(cid).map_or("0", String::as_str);
                format!("+CGAUTH: {cid},{auth}")
            };
            Reply::lines(state.contexts.keys().map(line).collect())
        }
        ("+CGACT", Form::Read) => {
            let state = core.state();
            let line = |(cid, context): (&u8, &Context)| {
                format!("+CGACT: {cid},{}", u8::from(context.grant.is_some()))
            };
            Reply::lines(state.contexts.iter().map(line).collect())
        }
        ("+CGACT", Form::Test) => Reply::info("+CGACT: (0,1)"),
        ("+CGACT", Form::Set(_)) => activation(core, command).await,
        ("+CGPADDR", Form::Execute | Form::Set(_)) => addresses(core, command),
        ("+CGCONTRDP", Form::Execute | Form::Set(_)) => parameters(core, command),
        ("+CGCONTRDP", Form::Test) => {
            let state = core.state();
            let active: Vec<String> = active(&state.contexts)
                .map(|(cid, _)| cid.to_string())
                .collect();
            Reply::info(format!("+CGCONTRDP: ({})", active.join(",")))
        }
        _ => return None,
    })
}

fn active(
    contexts: &std::collections::BTreeMap<u8, Context>,
) -> impl Iterator<Item = (u8, &Grant)> {
    contexts
        .iter()
        .filter_map(|(cid, context)| Some((*cid, context.grant.as_ref()?)))
}

fn definitions(core: &Core) -> Vec<String> {
    let line = |(cid, context): (&u8, &Context)| {
        let address = if context.kind == PdpType::Ip {
            "0.0.0.0"
        } else {
            NO_V6
        };
        format!(
            "+CGDCONT: {cid},\"{}\",\"{}\",\"{address}\",0,0,0,0",
            context.kind, context.apn
        )
    };
    core.state().contexts.iter().map(line).collect()
}

fn cid(command: &Command, place: usize) -> Option<u8> {
    command
        .number(place)
        .and_then(|number| Cid::try_from(number).ok())
        .map(Cid::number)
}

/// A new definition does not touch an active bearer: what was granted stays until it is activated anew.
fn define(core: &Core, command: &Command) -> Reply {
    let Some(cid) = cid(command, 0) else {
        return Reply::error();
    };
    let mut state = core.state();
    if command.arguments().len() == 1 {
        return match state.grant(cid) {
            Some(_) => Reply::cme(3),
            None => {
                state.contexts.remove(&cid);
                state.auth.remove(&cid);
                Reply::ok()
            }
        };
    }
    let Some(kind) = command.text(1).and_then(PdpType::from_at) else {
        return Reply::error();
    };
    let apn = match command.arguments().get(2) {
        None | Some(Argument::Empty) => "",
        Some(argument) => match argument.text() {
            Some(apn) if apn.len() <= 100 => apn,
            _ => return Reply::error(),
        },
    };
    let grant = state
        .contexts
        .get(&cid)
        .and_then(|context| context.grant.clone());
    state.contexts.insert(
        cid,
        Context {
            kind,
            apn: apn.to_owned(),
            grant,
        },
    );
    Reply::ok()
}

fn authenticate(core: &Core, command: &Command) -> Reply {
    let Some(cid) = cid(command, 0) else {
        return Reply::error();
    };
    let mut state = core.state();
    match command.number(1) {
        None | Some(0) => {
            state.auth.remove(&cid);
        }
        Some(kind @ 1..=3) => {
            let word = |place| command.text(place).unwrap_or_default();
            let auth = format!("{kind},\"{}\",\"{}\"", word(2), word(3));
            state.auth.insert(cid, auth);
        }
        Some(_) => return Reply::error(),
    }
    Reply::ok()
}

async fn activation(core: &Arc<Core>, command: &Command) -> Reply {
    let wanted: Vec<u8> = match (command.arguments().get(1), cid(command, 1)) {
        (None, _) => core.state().contexts.keys().copied().collect(),
        (Some(_), Some(cid)) => vec![cid],
        (Some(_), None) => return Reply::error(),
    };
    let on = match command.number(0) {
        Some(0) => false,
        Some(1) => true,
        _ => return Reply::error(),
    };
    let mut reply = Reply::ok();
    for cid in wanted {
        if !on {
            if deactivate(core, cid).await {
                reply = reply.then(event(core, format!("ME PDN DEACT {cid}")));
            }
            continue;
        }
        let was_active = core.state().grant(cid).is_some();
        match activate(core, cid).await {
            Ok(()) if was_active => {}
            Ok(()) => reply = reply.then(event(core, format!("ME PDN ACT {cid}"))),
            Err(refusal) => {
                let reply = Reply::result(ResultCode::Cme(refusal.cme, refusal.cause));
                return reply.then(event(core, format!("ME PDN DEACT {cid}")));
            }
        }
    }
    reply
}

fn event(core: &Arc<Core>, text: String) -> impl Future<Output = ()> + Send + 'static {
    let core = core.clone();
    async move {
        let told = core.state().settings.get("+CGEREP") > 0;
        if told {
            core.announce(&format!("+CGEV: {text}"));
        }
    }
}

/// Activates a context, or says why not; takes as long as the network takes.
pub(super) async fn activate(core: &Core, cid: u8) -> Result<(), Refusal> {
    let refused = |cme| Refusal {
        cme,
        cause: None,
        after_ms: 0,
    };
    if let Some(number) = super::identity::card_error(core) {
        return Err(refused(number));
    }
    if !radio::in_service(core) || !core.state().attached {
        return Err(refused(30));
    }
    let (kind, apn) = {
        let state = core.state();
        match state.contexts.get(&cid) {
            Some(context) if context.grant.is_some() => return Ok(()),
            Some(context) => (context.kind, context.apn.clone()),
            None => return Err(refused(148)),
        }
    };
    let (ms, result) = core.network.grant(&apn, kind);
    core.pace.wait(core.about(ms)).await;
    let mut state = core.state();
    match result {
        Ok(grant) => {
            if let Some(context) = state.contexts.get_mut(&cid) {
                context.grant = Some(grant);
            }
            Ok(())
        }
        Err(refusal) => {
            let mut words = cme_words(refusal.cme).to_owned();
            if let Some(first) = words.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            state.last_cause = words;
            Err(refusal)
        }
    }
}

/// Deactivates a context and what stands on it; false where it was not active.
pub(super) async fn deactivate(core: &Arc<Core>, cid: u8) -> bool {
    let was_active = match core.state().contexts.get_mut(&cid) {
        Some(context) => context.grant.take().is_some(),
        None => false,
    };
    if was_active {
        core.pace.wait(core.about(200)).await;
        sockets::context_lost(core, cid);
        if cid == 1 && core.world.modem.quirks.cid1_detaches {
            core.state().attached = false;
        }
    }
    was_active
}

pub(super) async fn attachment(core: &Arc<Core>, command: &Command) -> Option<Reply> {
    match &command.form {
        Form::Read => {
            return Some(Reply::info(format!(
                "+CGATT: {}",
                u8::from(core.state().attached)
            )));
        }
        Form::Test => return Some(Reply::info("+CGATT: (0,1)")),
        Form::Execute => return None,
        Form::Set(_) => {}
    }
    Some(match command.number(0) {
        Some(0) => {
            core.pace.wait(core.about(300)).await;
            let mut state = core.state();
            state.attached = false;
            for context in state.contexts.values_mut() {
                context.grant = None;
            }
            drop(state);
            sockets::bearer_lost(core);
            Reply::ok().then(event(core, "ME DETACH".into()))
        }
        Some(1) if core.state().attached => Reply::ok(),
        Some(1) => {
            if let Some(number) = super::identity::card_error(core) {
                return Some(Reply::cme(number));
            }
            if !radio::in_service(core) {
                return Some(Reply::cme(30));
            }
            core.pace.wait(core.about(1200)).await;
            settle(core);
            Reply::ok()
        }
        _ => Reply::error(),
    })
}

fn addresses(core: &Core, command: &Command) -> Reply {
    let state = core.state();
    let line = |cid: u8, context: &Context| {
        let grant = context.grant.as_ref();
        let v4 = grant
            .and_then(|grant| grant.v4)
            .map(|address| format!("\"{address}\""));
        let v6 = grant
            .and_then(|grant| grant.v6)
            .map(|address| format!("\"{}\"", dotted(address)));
        let both: Vec<String> = v4.into_iter().chain(v6).collect();
        let both = if both.is_empty() {
            "\"0.0.0.0\"".to_owned()
        } else {
            both.join(",")
        };
        format!("+CGPADDR: {cid},{both}")
    };
    let asked = cid(command, 0);
    match (&command.form, asked) {
        (Form::Execute, _) => Reply::lines(
            state
                .contexts
                .iter()
                .map(|(cid, context)| line(*cid, context))
                .collect(),
        ),
        (_, Some(cid)) => match state.contexts.get(&cid) {
            Some(context) => Reply::info(line(cid, context)),
            None => Reply::error(),
        },
        _ => Reply::error(),
    }
}

/// An IPv6 address as sixteen decimal octets.
fn dotted(address: Ipv6Addr) -> String {
    address.octets().map(|octet| octet.to_string()).join(".")
}

/// `AT+CGCONTRDP`: one line per family, address and mask in one field.
fn parameters(core: &Core, command: &Command) -> Reply {
    let state = core.state();
    let wanted = cid(command, 0);
    if wanted.is_none() && command.form != Form::Execute {
        return Reply::error();
    }
    let mut lines = Vec::new();
    for (cid, grant) in
        active(&state.contexts).filter(|(cid, _)| wanted.is_none_or(|wanted| wanted == *cid))
    {
        let bearer = (4 + cid).min(15);
        let resolver = |v4: bool| {
            let mut found = grant
                .resolvers
                .iter()
                .filter(move |address| address.is_ipv4() == v4)
                .map(|address| match address {
                    IpAddr::V4(address) => address.to_string(),
                    IpAddr::V6(address) => dotted(*address),
                });
            (
                found.next().unwrap_or_default(),
                found.next().unwrap_or_default(),
            )
        };
        let gateway = |v4: bool| match grant.gateway {
            Some(IpAddr::V4(address)) if v4 => address.to_string(),
            Some(IpAddr::V6(address)) if !v4 => dotted(address),
            _ => String::new(),
        };
        let mut push = |local: String, v4: bool| {
            let (first, second) = resolver(v4);
            lines.push(format!(
                "+CGCONTRDP: {cid},{bearer},\"{}\",\"{local}\",\"{}\",\"{first}\",\"{second}\"",
                grant.apn,
                gateway(v4)
            ));
        };
        if let Some(address) = grant.v4 {
            push(format!("{address}.255.255.255.252"), true);
        }
        if let Some(address) = grant.v6 {
            push(
                format!(
                    "{}.255.255.255.255.255.255.255.255.0.0.0.0.0.0.0.0",
                    dotted(address)
                ),
                false,
            );
        }
    }
    Reply::lines(lines)
}

//! The course of a send: each stage with its outcome and time, and what was learned on the way.
use super::Tape;
use crate::event::{
    Context, HttpPart, Link, LinkState, LookupOutcome, SimState, Stage, StageState,
};
use crate::known::{Known, Send};
use std::net::IpAddr;

/// How something stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// It went well.
    Good,
    /// It failed.
    Bad,
    /// It was not needed.
    Skipped,
    /// It began and did not end.
    Open,
    /// It did not begin; nothing is known.
    #[default]
    Nothing,
    /// A value, neither good nor bad.
    Value,
}

/// What one side has to say in a row.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Cell {
    /// How it stands.
    pub mark: Mark,
    /// How long it took, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub took_ms: Option<u64>,
    /// In words.
    pub says: String,
}

impl Cell {
    fn value(says: Option<String>) -> Self {
        match says.filter(|s| !s.is_empty()) {
            Some(says) => Self {
                mark: Mark::Value,
                took_ms: None,
                says,
            },
            None => Self::default(),
        }
    }
}

/// The label of the row with the bearer's own address.
pub(super) const OUR_ADDRESS: &str = "our address";

/// The course of the newest send of a session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Course {
    /// What it is called: a recording's name, `this session`.
    pub name: String,
    /// When the session began (RFC 3339, UTC).
    pub began_at: String,
    /// A cell for each stage, by [`Stage::ALL`].
    pub stages: Vec<Cell>,
    /// What was learned: label and value, always the same labels in the same order.
    pub learned: Vec<(&'static str, Cell)>,
    /// Our addresses as they are: what is shown of two different ones may look alike.
    own: Vec<String>,
}

impl Course {
    /// Whether both had the same address of their own.
    #[must_use]
    pub fn is_addressed_like(&self, other: &Self) -> bool {
        self.own == other.own
    }

    /// Of a recording: as things stood when its newest send ended, before anything was put back. Where none ended, as they stood at the
    /// end.
    #[must_use]
    pub fn of_tape(tape: &Tape) -> Self {
        Self::of(&tape.name, &tape.newest())
    }

    /// Of one send of a recording, as things stood when it had been accepted; none where it holds no such send.
    #[must_use]
    pub fn of_accepted(tape: &Tape, send: u64) -> Option<Self> {
        let at = tape.result(|r| r.ok && r.send == send)?;
        let known = tape.known(at);
        let is_newest = |k: &Known| k.sends.back().is_some_and(|s| s.message.send == send);
        let name = match is_newest(&tape.end()) {
            true => tape.name.clone(),
            false => format!("{}, send {send}", tape.name),
        };
        is_newest(&known).then(|| Self::of(&name, &known))
    }

    /// Of what is known.
    #[must_use]
    pub fn of(name: &str, known: &Known) -> Self {
        let send = known.sends.back();
        let stages = Stage::ALL.iter().map(|&stage| {
            let rungs = send.map(|s| s.rungs.as_slice()).unwrap_or_default();
            let rung = rungs.iter().find(|r| r.stage == stage);
            let state = rung.and_then(|r| r.state.as_ref());
            let (mark, says) = match state {
                None => (Mark::Nothing, ""),
                Some(StageState::Started { .. }) => (Mark::Open, ""),
                Some(StageState::Progress { says, .. } | StageState::Attempt { says, .. }) => {
                    (Mark::Open, says.as_str())
                }
                Some(StageState::Done { says }) => (Mark::Good, says.as_str()),
                Some(StageState::Skipped { says }) => (Mark::Skipped, says.as_str()),
                Some(StageState::Failed(why)) => (Mark::Bad, why.what.as_str()),
            };
            Cell {
                mark,
                took_ms: rung.and_then(|r| r.took_ms),
                says: said(says),
            }
        });
        Self {
            name: name.to_owned(),
            began_at: known.started_at.clone(),
            stages: stages.collect(),
            learned: learned(known, send),
            own: own(known, send),
        }
    }
}

/// The addresses of the context that the send went over.
fn own(known: &Known, send: Option<&Send>) -> Vec<String> {
    let id = send.map(|s| &s.message.profile);
    let profile = known.profile.as_ref();
    let profile = profile.filter(|p| id.is_none_or(|id| *id == p.id));
    let context = profile.and_then(|p| context(known, &p.apn));
    context.map(|c| c.addresses.clone()).unwrap_or_default()
}

fn learned(known: &Known, send: Option<&Send>) -> Vec<(&'static str, Cell)> {
    let profile_id = send.map(|s| &s.message.profile);
    let profile = known.profile.as_ref();
    let profile = profile.filter(|p| profile_id.is_none_or(|id| *id == p.id));
    let context = profile.and_then(|p| context(known, &p.apn));
    let granted = context.and_then(|c| c.granted.as_ref());
    let host = profile.map(|p| host(&p.dials));
    let found = host.map(|h| addresses(known, h)).unwrap_or_default();
    let link = host.and_then(|h| link(known, h, &found));
    let result = send.and_then(|s| s.result.as_ref());
    let answer = send.and_then(|s| {
        let answers = s.http.iter().rev();
        answers.into_iter().find_map(|part| match part {
            HttpPart::Answer { line, .. } => Some(line.clone()),
            HttpPart::Request { .. } => None,
        })
    });
    let values: [(&'static str, Option<String>); 19] = [
        ("simulated world", known.session.world.clone()),
        ("modem", known.modem.as_ref().map(|m| m.model.clone())),
        ("firmware", known.modem.as_ref().map(|m| m.firmware.clone())),
        ("SIM", known.sim.as_ref().map(|s| sim(&s.state))),
        (
            "home network",
            known.sim.as_ref().and_then(|s| s.home.clone()),
        ),
        (
            "registration",
            known.registration.as_ref().map(|r| r.words().to_owned()),
        ),
        (
            "operator",
            known.registration.as_ref().and_then(|r| r.operator.clone()),
        ),
        ("radio", known.signal_now().and_then(|s| s.system.clone())),
        ("profile", profile_id.cloned()),
        ("APN asked", profile.map(|p| p.apn.clone())),
        ("APN granted", granted.map(|g| g.apn.clone())),
        ("PDP type", profile.map(|p| p.pdp_type.to_string())),
        (
            OUR_ADDRESS,
            context.map(|c| list(c.addresses.iter().map(|a| address(a)))),
        ),
        ("resolver", granted.map(|g| list(g.dns.iter().cloned()))),
        ("MMSC", profile.map(|p| p.dials.clone())),
        (
            "its address",
            host.and_then(|h| answer_of(known, h, &found)),
        ),
        ("connection", link.map(dialled)),
        ("HTTP answer", answer),
        (
            "M-Send.conf",
            result.and_then(|r| r.response_status_name.clone()),
        ),
    ];
    let cells = values.into_iter().map(|(label, value)| {
        let value = value.map(|v| crate::event::clean(&v));
        (label, Cell::value(value))
    });
    let mut rows: Vec<_> = cells.collect();
    let size = result.and_then(|r| r.size).map(|s| format!("{s} octets"));
    rows.push(("M-Send.req", Cell::value(size)));
    rows.push((
        "whole send",
        Cell {
            mark: match result {
                None => Mark::Nothing,
                Some(r) if r.ok => Mark::Good,
                Some(_) => Mark::Bad,
            },
            took_ms: result.map(|r| r.duration_ms),
            says: result.map_or_else(String::new, |r| format!("{} AT exchanges", r.exchanges)),
        },
    ));
    rows
}

fn list(all: impl Iterator<Item = String>) -> String {
    all.collect::<Vec<_>>().join(", ")
}

fn sim(state: &SimState) -> String {
    match state {
        SimState::Ready => "ready".to_owned(),
        SimState::Locked(what) => format!("locked: {what}"),
        SimState::Absent => "absent".to_owned(),
        SimState::Failed(why) => format!("failed: {why}"),
    }
}

/// The context that a send through this APN used: the one under the stack, else one with the APN and an address.
fn context<'k>(known: &'k Known, apn: &str) -> Option<&'k Context> {
    let all = &known.contexts;
    let under = all.iter().find(|c| Some(c.cid) == known.stack.cid);
    let asked = |c: &&Context| c.apn.eq_ignore_ascii_case(apn) && !c.addresses.is_empty();
    under
        .filter(asked)
        .or_else(|| all.iter().find(asked))
        .or(under)
}

/// `name:8080` without its port, `[2001:db8::1]:80` without that and the brackets.
fn host(dials: &str) -> &str {
    let host = dials.rsplit_once(':').map_or(dials, |(host, _)| host);
    host.trim_start_matches('[').trim_end_matches(']')
}

fn addresses(known: &Known, host: &str) -> Vec<String> {
    let asked = known.lookups.iter().rev().filter(|l| l.name == host);
    let mut found: Vec<String> = Vec::new();
    for lookup in asked {
        let LookupOutcome::Addresses(all) = &lookup.outcome else {
            continue;
        };
        for address in all {
            if !found.contains(address) {
                found.push(address.clone());
            }
        }
    }
    // Resolvers turn their lists round from one answer to the next.
    found.sort();
    found
}

/// What the resolver answered: addresses, or that it had none.
fn answer_of(known: &Known, host: &str, found: &[String]) -> Option<String> {
    let asked = known.lookups.iter().rev().filter(|l| l.name == host);
    match found {
        [] => asked.into_iter().find_map(|lookup| match &lookup.outcome {
            LookupOutcome::Failed(why) => Some(format!("not resolved: {why}")),
            LookupOutcome::Pending | LookupOutcome::Addresses(_) => None,
        }),
        found => Some(list(found.iter().cloned())),
    }
}

fn link<'k>(known: &'k Known, host: &str, addresses: &[String]) -> Option<&'k Link> {
    let all = known.links.values();
    let mut ours = all.filter(|l| l.host == host || addresses.contains(&l.host));
    ours.next_back()
}

fn dialled(link: &Link) -> String {
    let to = match link.host.contains(':') {
        true => format!("[{}]:{}", link.host, link.port),
        false => format!("{}:{}", link.host, link.port),
    };
    match &link.state {
        LinkState::Opening => format!("{to}, no result"),
        LinkState::Open => format!("{to}, open"),
        LinkState::Closed(_) => format!("{to}, opened and closed"),
        LinkState::Failed {
            code: Some(code),
            what,
            ..
        } => format!("{to}, error {code}: {what}"),
        LinkState::Failed { what, .. } => format!("{to}, {what}"),
    }
}

/// Words of a stage, with addresses as they may leave the program.
fn said(says: &str) -> String {
    let clean = crate::event::clean(says);
    let mut out = String::with_capacity(clean.len());
    let mut word = String::new();
    let is_part = |c: char| c.is_ascii_hexdigit() || c == '.' || c == ':';
    for c in clean.chars() {
        if is_part(c) {
            word.push(c);
            continue;
        }
        out.push_str(&shown(&std::mem::take(&mut word)));
        out.push(c);
    }
    out.push_str(&shown(&word));
    out
}

/// A run of characters of addresses, with what ends a sentence left alone.
fn shown(word: &str) -> String {
    let bare = word.trim_end_matches(['.', ':']);
    let (host, port) = match bare.split_once(':') {
        Some((host, port)) if !port.contains(':') && host.contains('.') => (host, Some(port)),
        _ => (bare, None),
    };
    match host.parse::<IpAddr>() {
        Err(_) => word.to_owned(),
        Ok(_) => {
            let port = port.map_or_else(String::new, |p| format!(":{p}"));
            format!("{}{port}{}", address(host), &word[bare.len()..])
        }
    }
}

/// An address as it may leave the program: a private one as it is, a public one as its network only, since it points at the line.
#[must_use]
pub fn address(text: &str) -> String {
    match text.parse::<IpAddr>() {
        Ok(IpAddr::V4(v4)) => {
            let [a, b, ..] = v4.octets();
            let shared = a == 100 && (64..128).contains(&b);
            match v4.is_private() || shared || v4.is_loopback() || v4.is_link_local() {
                true => text.to_owned(),
                false => format!("{a}.{b}.x.x"),
            }
        }
        Ok(IpAddr::V6(v6)) => {
            let [a, b, ..] = v6.segments();
            match v6.is_unique_local() || v6.is_unicast_link_local() || v6.is_loopback() {
                true => text.to_owned(),
                false => format!("{a:x}:{b:x}::/32"),
            }
        }
        Err(_) => text.to_owned(),
    }
}

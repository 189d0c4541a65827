//! What a session measured, gathered for a report: the fold of [`Known`], and every lookup and connection with its time, where the fold
//! keeps the newest only.
use super::Examination;
use crate::event::{
    Event, Found, Link, LinkState, Lookup, LookupOutcome, Notice, Query, Said, Signal, Stack,
    StackKind, Verdict, What,
};
use crate::known::{Known, Probe};
use std::collections::{BTreeMap, BTreeSet};

/// Most lookups, connections and notices that a report lists; what comes after is counted.
const MOST: usize = 500;

/// A connection that was tried.
#[derive(Clone, Debug, PartialEq)]
pub struct Dial {
    /// When it was begun (RFC 3339, UTC).
    pub at: String,
    /// The link as it was last seen; what came of dialling is in [`Dial::opened`] and its state.
    pub link: Link,
    /// Whether it opened; none while nothing had come back.
    pub opened: Option<bool>,
}

/// A name that was asked for, and when (RFC 3339, UTC).
#[derive(Clone, Debug, PartialEq)]
pub struct LookedUp {
    /// When the answer came.
    pub at: String,
    /// Name, resolver, outcome, time taken.
    pub lookup: Lookup,
    /// From where it was asked: `context 1 (internet)`, or this computer's interface; empty where that is not known.
    pub from: String,
}

/// What this computer asked for over an interface of its own.
const THIS_COMPUTER: &str = "this computer's interface";

/// A session's facts.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// What was known at the end.
    pub known: Known,
    /// Connections in the order in which they were tried.
    pub dials: Vec<Dial>,
    /// Lookups that ended.
    pub lookups: Vec<LookedUp>,
    /// The module's socket stack when it was last open.
    pub stack: Option<Stack>,
    /// Notices, with their time.
    pub notices: Vec<(String, Notice)>,
    /// When each send began and how the radio was then.
    pub sends: Vec<(String, Option<Signal>)>,
    /// When each probe began and how the radio was then, by its number.
    pub probes: BTreeMap<u64, (String, Option<Signal>)>,
    /// Every address that the bearer had.
    own: BTreeSet<String>,
    /// The time of the newest event.
    pub ended_at: String,
    /// Lookups, connections and notices beyond those listed.
    pub unlisted: u64,
}

impl Facts {
    /// Takes one event in.
    pub fn take(&mut self, event: &Event) {
        self.known.apply(event);
        self.ended_at.clone_from(&event.at);
        let of_contexts = self.known.contexts.iter().flat_map(|c| &c.addresses);
        match &event.what {
            What::Contexts(_) if self.own.len() < MOST => self.own.extend(of_contexts.cloned()),
            What::Stack(stack) if self.own.len() < MOST => self.own.extend(stack.address.clone()),
            _ => {}
        }
        match &event.what {
            What::Link(link) => self.link(&event.at, link),
            What::Lookup(lookup) if lookup.outcome != LookupOutcome::Pending => {
                let row = LookedUp {
                    at: event.at.clone(),
                    lookup: lookup.clone(),
                    from: self.stack_is_on(),
                };
                push(&mut self.lookups, row, &mut self.unlisted);
            }
            What::Fact(fact) => {
                if let Found::Query(query) = &fact.found
                    && query.on.stack == StackKind::Host
                {
                    let row = LookedUp {
                        at: event.at.clone(),
                        lookup: looked_up(query),
                        from: THIS_COMPUTER.to_owned(),
                    };
                    push(&mut self.lookups, row, &mut self.unlisted);
                }
            }
            What::Stack(stack) if stack.open => self.stack = Some(stack.clone()),
            What::Notice(notice) => {
                push(
                    &mut self.notices,
                    (event.at.clone(), notice.clone()),
                    &mut self.unlisted,
                );
            }
            What::Probe(probe) if self.probes.len() < MOST => {
                let radio = self.known.signal_now().cloned();
                self.probes.insert(probe.probe, (event.at.clone(), radio));
            }
            What::Message(_) => {
                let radio = self.known.signal_now().cloned();
                push(
                    &mut self.sends,
                    (event.at.clone(), radio),
                    &mut self.unlisted,
                );
            }
            _ => {}
        }
    }

    /// The context on which the module's sockets are now.
    fn stack_is_on(&self) -> String {
        let Some(cid) = self.known.stack.cid else {
            return String::new();
        };
        let context = self.known.contexts.iter().find(|c| c.cid == cid);
        match context {
            Some(c) => format!("context {cid} ({}, {})", c.apn, c.pdp_type),
            None => format!("context {cid}"),
        }
    }

    fn link(&mut self, at: &str, link: &Link) {
        let same = |d: &&mut Dial| {
            let ended = d.opened == Some(false) || matches!(d.link.state, LinkState::Closed(_));
            d.link.number == link.number && !ended && link.state != LinkState::Opening
        };
        let known = self.dials.iter_mut().rev().find(same);
        let dial = match known {
            Some(dial) => {
                dial.link = link.clone();
                dial
            }
            None => {
                let row = Dial {
                    at: at.to_owned(),
                    link: link.clone(),
                    opened: None,
                };
                if !push(&mut self.dials, row, &mut self.unlisted) {
                    return;
                }
                match self.dials.last_mut() {
                    Some(dial) => dial,
                    None => return,
                }
            }
        };
        match &link.state {
            LinkState::Open => dial.opened = Some(true),
            LinkState::Failed { .. } => dial.opened = Some(false),
            LinkState::Opening | LinkState::Closed(_) => {}
        }
    }

    /// The probes of the session, each with the verdict that `judge` gives on its facts.
    #[must_use]
    pub fn examinations(&self, judge: impl Fn(&Probe) -> Verdict) -> Vec<Examination> {
        let began = |probe: &Probe| {
            let known = self.probes.get(&probe.began.probe);
            known.map_or_else(String::new, |(at, _)| at.clone())
        };
        let all = self.known.probes.iter();
        all.map(|probe| Examination::of(probe, began(probe), judge(probe)))
            .collect()
    }

    /// The bearer's own addresses, all that the contexts and the stack had through the session.
    #[must_use]
    pub fn own_addresses(&self) -> Vec<String> {
        self.own.iter().cloned().collect()
    }
}

/// A question to one resolver as a lookup; those of the module are events of their own.
fn looked_up(query: &Query) -> Lookup {
    let outcome = match &query.said {
        Said::Addresses { addresses, .. } => LookupOutcome::Addresses(addresses.clone()),
        other => LookupOutcome::Failed(other.words()),
    };
    Lookup {
        name: query.name.clone(),
        family: query.record.to_string(),
        resolver: query.resolver.clone(),
        outcome,
        ms: query.ms,
    }
}

/// Adds where there is room, else counts.
fn push<T>(list: &mut Vec<T>, value: T, unlisted: &mut u64) -> bool {
    if list.len() == MOST {
        *unlisted += 1;
        return false;
    }
    list.push(value);
    true
}

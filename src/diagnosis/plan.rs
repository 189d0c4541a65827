//! The planner: from what is known and what is allowed to what is tried next, and what it would tell.
use super::targets::{first, further};
use super::{Facts, settled};
use crate::event::{Depth, On, PdpType, Target};

/// What this firmware was seen to allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Several connects may be under way at once.
    pub parallel: bool,
    /// Link numbers that are free, 0–10.
    pub links: usize,
}

/// What the person allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Budget {
    /// How far.
    pub depth: Depth,
    /// All of it, settled or not: for comparing profiles.
    pub exhaustive: bool,
    /// Look for the size from which on requests stall.
    pub sizes: bool,
}

/// Which part of a context's targets is wanted now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wants {
    /// The configured endpoint and the controls that answer fast: where all is well nothing else is needed.
    First,
    /// Everything.
    All,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Connect, and where it opens and a path is given, ask over HTTP.
    Dial {
        /// Where to.
        target: Target,
        /// What to ask for.
        path: Option<String>,
    },
    /// Bring up another context and look from there.
    Context {
        /// APN.
        apn: String,
        /// Type.
        pdp_type: PdpType,
    },
}

/// An experiment that would tell something now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Its id in the tree.
    pub experiment: &'static str,
    /// What it does.
    pub title: String,
    /// What it would tell.
    pub tells: &'static str,
    /// The longest that it takes, in milliseconds.
    pub cost_ms: u64,
    /// Side effect, 0 to 3.
    pub side_effect: u8,
    /// What is to be done.
    pub step: Step,
}

/// The next experiments on a context: those to start now, in order of worth, at most as many as links are free. `running` is what
/// is under way; `limit_ms` the connect limit.
#[must_use]
pub fn plan(
    facts: Facts<'_>,
    on: &On,
    running: &[Target],
    capabilities: Capabilities,
    budget: Budget,
    wants: Wants,
    limit_ms: u64,
) -> Vec<Proposal> {
    let Some(case) = facts.case() else {
        return Vec::new();
    };
    if settled(facts) && !budget.exhaustive {
        return Vec::new();
    }
    let slots = if capabilities.parallel {
        capabilities.links
    } else {
        1
    };
    let done = |target: &Target| running.contains(target) || facts.was_tried(on, target);
    let mut all = first(facts, case, on);
    if wants == Wants::All {
        all.extend(further(facts, case, on, budget));
    }
    let mut chosen: Vec<Proposal> = Vec::new();
    for (experiment, tells, target, path) in all {
        if chosen.len() + running.len() >= slots {
            break;
        }
        let again = chosen
            .iter()
            .any(|p| matches!(&p.step, Step::Dial { target: t, .. } if *t == target));
        let idle = !budget.exhaustive && pointless(facts, &target, on);
        if done(&target) || again || idle {
            continue;
        }
        chosen.push(Proposal {
            experiment,
            title: format!("{} {target}", target.role.words()),
            tells,
            cost_ms: limit_ms,
            side_effect: 1,
            step: Step::Dial { target, path },
        });
    }
    chosen
}

/// Once an MMSC has answered on this context, further places where one might be tell nothing.
fn pointless(facts: Facts<'_>, target: &Target, on: &On) -> bool {
    let answered = facts.answered().into_iter().find(|a| a.http.on == *on);
    match answered {
        Some(a) if target.role.is_mmsc() => {
            !facts.is_configured(on, target) || a.http.target == *target
        }
        _ => false,
    }
}

/// Other contexts that are worth a look once the one of the profile does not lead to an MMSC.
#[must_use]
pub fn contexts(facts: Facts<'_>, budget: Budget) -> Vec<Proposal> {
    let (Some(case), Some(home)) = (facts.case(), facts.home()) else {
        return Vec::new();
    };
    if budget.depth != Depth::Full || settled(facts) {
        return Vec::new();
    }
    let mut all: Vec<(&'static str, &'static str, String, PdpType)> = Vec::new();
    for pdp_type in [PdpType::Ipv4v6, PdpType::Ipv6, PdpType::Ip] {
        if pdp_type != home.on.pdp_type {
            all.push((
                "E22",
                "whether another PDP type reaches the MMSC",
                home.on.apn_asked.clone(),
                pdp_type,
            ));
        }
    }
    for (apn, pdp_type) in &case.other_apns {
        all.push((
            "E23",
            "whether another APN of the carrier reaches the MMSC",
            apn.clone(),
            *pdp_type,
        ));
    }
    // A name that this context does not know may be known only over the APN that is meant for it.
    if facts.is_unresolved() {
        all.reverse();
    }
    let seen = facts.contexts();
    all.into_iter()
        .filter(|(_, _, apn, pdp_type)| {
            seen.iter()
                .all(|c| c.on.apn_asked != *apn || c.on.pdp_type != *pdp_type)
        })
        .map(|(experiment, tells, apn, pdp_type)| Proposal {
            experiment,
            title: format!("context with {apn} ({pdp_type})"),
            tells,
            cost_ms: 20_000,
            side_effect: 2,
            step: Step::Context { apn, pdp_type },
        })
        .collect()
}

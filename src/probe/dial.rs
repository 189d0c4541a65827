//! One connection: its attempt, what it teaches, and what HTTP says over it.
use super::{Lab, http};
use crate::diagnosis::{Facts, Proposal, classify, next_post};
use crate::event::{
    Attempt, Calibration, Class, ExperimentState, Found, HttpProbe, On, Shape, Target, TargetRole,
};
use crate::modem::{Dialled, Link, SimCard};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// What connections under way share.
#[derive(Default)]
pub struct Shared {
    /// How many connects wait for their result now.
    pub pending: AtomicUsize,
    /// Connects are made one by one from now on.
    pub serial: AtomicBool,
    /// The refusal of a link in use was looked at.
    busy_known: AtomicBool,
}

/// Connects, and where it opens asks over HTTP as long as there is something to learn.
pub async fn run(
    lab: &Lab<'_>,
    shared: &Shared,
    on: &On,
    card: &SimCard,
    proposal: &Proposal,
    target: &Target,
    path: Option<&str>,
) {
    let modem = lab.gear.modem.serving("probe");
    lab.step(proposal, ExperimentState::Running);
    let Some(mut link) = connect(lab, shared, on, proposal, target).await else {
        return;
    };
    if target.role.is_control() && !shared.busy_known.swap(true, Ordering::Relaxed) {
        learn_busy(lab, on, target, link.number()).await;
    }
    let Some(path) = path else {
        let says = format!("opened after {} ms", link.dialled().ms);
        modem.close_link(link.number()).await;
        return lab.step(proposal, ExperimentState::Done { says });
    };
    let mut made: Vec<HttpProbe> = Vec::new();
    loop {
        let next = {
            let rows = lab.facts();
            let case = Facts::of(&rows).case();
            let all: Vec<&HttpProbe> = made.iter().collect();
            case.and_then(|case| next_post(case, target.role, path, &all))
        };
        let number = link.number();
        let Some(post) = next else {
            modem.close_link(number).await;
            break;
        };
        let exchanges = link.exchanges();
        let probe = http::post(lab, on, target, card, &post, link).await;
        modem.close_link(number).await;
        let rests_on = exchanges.events();
        lab.found(post.experiment, rests_on, Found::Http(probe.clone()));
        made.push(probe);
        let more = {
            let rows = lab.facts();
            let case = Facts::of(&rows).case();
            let all: Vec<&HttpProbe> = made.iter().collect();
            case.is_some_and(|case| next_post(case, target.role, path, &all).is_some())
        };
        if !more {
            break;
        }
        link = match modem
            .dial(on.cid, &target.host, target.port, lab.limit, |_| ())
            .await
        {
            Ok(link) => link,
            Err(_) => break,
        };
    }
    let says = made.last().map_or_else(String::new, |h| match h.status() {
        Some(status) => format!("opened; HTTP {status}"),
        None => "opened; no answer over HTTP".to_owned(),
    });
    lab.step(proposal, ExperimentState::Done { says });
}

async fn connect(
    lab: &Lab<'_>,
    shared: &Shared,
    on: &On,
    proposal: &Proposal,
    target: &Target,
) -> Option<Link> {
    let modem = lab.gear.modem.serving("probe");
    let alone = shared.pending.fetch_add(1, Ordering::Relaxed) == 0;
    let waiting = Waiting(&shared.pending);
    let outcome = modem
        .dial(on.cid, &target.host, target.port, lab.limit, |_| ())
        .await;
    let dialled = match &outcome {
        Ok(link) => link.dialled().clone(),
        Err(dialled) => (**dialled).clone(),
    };
    drop(waiting);
    let crowded = !alone || shared.pending.load(Ordering::Relaxed) > 0;
    // A literal IPv6 address is refused for what it is, not for what else is under way.
    let undocumented = dialled.code == Some(3) && target.host.contains(':');
    let at_once = dialled.shape == Shape::AtOnce && dialled.code != Some(2) && !undocumented;
    // Connects that look for a free number take several of the ten for a moment.
    let none_left = dialled.code.is_none() && dialled.command.is_empty();
    if outcome.is_err() && (at_once || none_left) && crowded {
        // It may have been refused only because others were under way: it says nothing, and is tried again alone.
        if !shared.serial.swap(true, Ordering::Relaxed) {
            let says =
                "a connect was refused at once while others were under way: one by one from here";
            let found = Found::Parallel {
                allowed: false,
                says: says.to_owned(),
            };
            lab.found("E04", dialled.evidence.clone(), found);
        }
        lab.step(proposal, ExperimentState::Planned);
        return None;
    }
    record(lab, on, proposal, target, &dialled);
    match outcome {
        Ok(link) => Some(link),
        Err(dialled) => {
            let says = format!("did not open: {} after {} ms", dialled.words(), dialled.ms);
            lab.step(proposal, ExperimentState::Done { says });
            None
        }
    }
}

/// Counts itself out when it is dropped, however the connect ended.
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn limit_ms(lab: &Lab<'_>) -> u64 {
    u64::try_from(lab.limit.as_millis()).unwrap_or(u64::MAX)
}

/// What an attempt at a target of known class teaches.
fn teaches(role: TargetRole) -> Option<Class> {
    match role {
        TargetRole::BlackHole => Some(Class::Silent),
        TargetRole::Closed => Some(Class::Refused),
        TargetRole::BusyLink => Some(Class::Local),
        _ => None,
    }
}

fn record(lab: &Lab<'_>, on: &On, proposal: &Proposal, target: &Target, dialled: &Dialled) {
    let evidence = dialled.evidence.clone();
    let rows = lab.facts();
    if let Some(class) = teaches(target.role)
        && Facts::of(&rows).has_family(on, &target.host)
        && dialled.code.is_some_and(|c| c != 0)
        && (class == Class::Local || dialled.shape == Shape::Late)
    {
        let calibration = Calibration {
            firmware: lab.firmware(),
            class,
            from: target.role,
            shape: dialled.shape,
            code: dialled.code,
            ms: dialled.ms,
            limit_ms: limit_ms(lab),
        };
        lab.learned(proposal.experiment, evidence.clone(), calibration);
    }
    let mut attempt = Attempt {
        on: on.clone(),
        target: target.clone(),
        command: dialled.command.clone(),
        raw: dialled.raw.clone(),
        code: dialled.code,
        shape: dialled.shape,
        ms: Some(dialled.ms),
        limit_ms: Some(limit_ms(lab)),
        class: Class::Unknown,
        calibration: Vec::new(),
        rsrp_ddbm: lab.gear.learnt(|l| l.rsrp_ddbm),
    };
    let rows = lab.facts();
    (attempt.class, attempt.calibration) = classify(&attempt, &Facts::of(&rows).calibrations());
    lab.found(proposal.experiment, evidence, Found::Attempt(attempt));
}

/// E08: how this firmware refuses by itself.
async fn learn_busy(lab: &Lab<'_>, on: &On, target: &Target, link: u8) {
    let modem = lab.gear.modem.serving("probe");
    let busy = modem
        .dial_busy(link, &target.host, target.port, lab.limit)
        .await;
    let Some(dialled) = busy else { return };
    let target = Target {
        role: TargetRole::BusyLink,
        ..target.clone()
    };
    let proposal = Proposal {
        experiment: "E08",
        title: format!("link {link} opened twice"),
        tells: "how this firmware refuses by itself",
        cost_ms: 1000,
        side_effect: 1,
        step: crate::diagnosis::Step::Dial {
            target: target.clone(),
            path: None,
        },
    };
    record(lab, on, &proposal, &target, &dialled);
    let says = format!("{} after {} ms", dialled.words(), dialled.ms);
    lab.step(&proposal, ExperimentState::Done { says });
}

//! The loop: names, connections as many at once as the firmware allows, judging after each, other contexts where that is allowed.
use super::dial::{self, Shared};
use super::{Access, Lab, contexts, names};
use crate::diagnosis::{self, Capabilities, Facts, Step, Wants};
use crate::event::{ExperimentState, Found, On, Target};
use crate::modem::{SimCard, Wanted};
use futures_util::stream::{FuturesUnordered, StreamExt};
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// How long the configured endpoint and the fast controls are given before everything else begins.
const HEAD_START: Duration = Duration::from_millis(2500);

enum Done {
    Dialled(Target),
    Looked,
    Pinged,
}

type Work<'a> = Pin<Box<dyn Future<Output = Done> + Send + 'a>>;

/// Examines the profile's context, then others where the budget allows it.
pub async fn examine(lab: &Lab<'_>, access: &Access) {
    on_context(lab, &access.on, &access.card, access.links).await;
    others(lab, &access.card).await;
}

/// Other contexts, where the budget allows it and they would tell something: after the profile's own, or in its place where it was refused.
pub async fn others(lab: &Lab<'_>, card: &SimCard) {
    let mut tried: Vec<Step> = Vec::new();
    loop {
        let rows = lab.facts();
        // A network may grant another type than was asked for: each is tried once, whatever came of it.
        let next = diagnosis::contexts(Facts::of(&rows), lab.job.budget)
            .into_iter()
            .find(|p| !tried.contains(&p.step));
        let Some(proposal) = next else { return };
        tried.push(proposal.step.clone());
        let Step::Context { apn, pdp_type } = proposal.step.clone() else {
            return;
        };
        lab.step(&proposal, ExperimentState::Running);
        let modem = lab.gear.modem.serving("probe");
        // From what was found on the modem, so that the context of the last look is not taken for this one.
        let Some(saved) = lab.gear.saved(|s| s.clone()) else {
            return;
        };
        modem.close_links().await;
        if modem.restore(&saved).await.is_err() {
            return;
        }
        let auth = contexts::wanted(&lab.job.profile).auth;
        let wanted = Wanted {
            apn,
            pdp_type,
            auth,
        };
        let Ok(now) = modem.read_settings().await else {
            return;
        };
        if modem.talk_plainly(&now).await.is_err() {
            return;
        }
        let entered = contexts::enter(lab, proposal.experiment, &wanted, &now).await;
        let says = match entered {
            Some((on, links)) => {
                on_context(lab, &on, card, links).await;
                format!("looked from context {}", on.cid.unwrap_or_default())
            }
            None => "was refused, or the stack did not follow".to_owned(),
        };
        lab.step(&proposal, ExperimentState::Done { says });
    }
}

async fn on_context(lab: &Lab<'_>, on: &On, card: &SimCard, links: usize) {
    let signal = lab.gear.modem.serving("probe").signal().await;
    lab.gear
        .learnt(|l| l.rsrp_ddbm = signal.ok().and_then(|s| s.rsrp_ddbm));
    names::first(lab, on).await;
    if links == 0 || on.proven != Some(true) {
        return;
    }
    connections(lab, on, card, links).await;
}

/// E26: the MMSC, once, beside the connects. Many hosts drop pings, so that only an answer says something.
async fn ping(lab: &Lab<'_>, on: &On) {
    let (host, role) = {
        let rows = lab.facts();
        let facts = Facts::of(&rows);
        let here = facts.is_home(on);
        let mmsc = facts
            .lookups()
            .into_iter()
            .find(|l| l.role.is_mmsc() && l.on.cid == on.cid && !l.addresses.is_empty());
        match mmsc.filter(|_| here) {
            Some(lookup) => (lookup.addresses[0].clone(), lookup.role),
            None => return,
        }
    };
    let Ok(pinged) = lab.gear.modem.serving("probe").ping(&host).await else {
        return;
    };
    let says = match pinged.received {
        0 => "no answer, which proves nothing".to_owned(),
        _ => format!("answered after {} ms", pinged.average_ms),
    };
    super::access::checked(lab, "E26", &format!("Ping of {host}"), &says);
    let found = Found::Ping {
        on: on.clone(),
        host,
        role,
        answers: pinged.received,
        average_ms: pinged.average_ms,
    };
    lab.found("E26", vec![pinged.evidence], found);
}

/// Connects until nothing more would tell anything.
async fn connections(lab: &Lab<'_>, on: &On, card: &SimCard, links: usize) {
    let shared = Shared::default();
    let mut work: FuturesUnordered<Work<'_>> = FuturesUnordered::new();
    let mut running: Vec<Target> = Vec::new();
    let head_start = Instant::now() + lab.real(HEAD_START);
    let mut wants = Wants::First;
    let mut looking = false;
    let limit_ms = u64::try_from(lab.limit.as_millis()).unwrap_or(u64::MAX);
    loop {
        let rows = lab.facts();
        let facts = Facts::of(&rows);
        if diagnosis::settled(facts) && !lab.job.budget.exhaustive {
            break;
        }
        let parallel = !shared.serial.load(Ordering::Relaxed);
        // One number stays free for the questions to resolvers.
        let links = links.saturating_sub(1).max(1);
        let capabilities = Capabilities { parallel, links };
        let wants_now = if looking { Wants::First } else { wants };
        let chosen = diagnosis::plan(
            facts,
            on,
            &running,
            capabilities,
            lab.job.budget,
            wants_now,
            limit_ms,
        );
        let nothing_new = chosen.is_empty();
        for proposal in chosen {
            let Step::Dial { target, path } = proposal.step.clone() else {
                continue;
            };
            running.push(target.clone());
            let shared = &shared;
            work.push(Box::pin(async move {
                dial::run(lab, shared, on, card, &proposal, &target, path.as_deref()).await;
                Done::Dialled(target)
            }));
        }
        let first_over = Instant::now() >= head_start || (nothing_new && running.is_empty());
        if wants == Wants::First && first_over && !looking {
            wants = Wants::All;
            looking = true;
            work.push(Box::pin(async move {
                names::further(lab, on).await;
                Done::Looked
            }));
            work.push(Box::pin(async move {
                ping(lab, on).await;
                Done::Pinged
            }));
            continue;
        }
        if work.is_empty() {
            break;
        }
        tokio::select! {
            Some(done) = work.next() => match done {
                Done::Dialled(target) => running.retain(|t| *t != target),
                Done::Looked => looking = false,
                Done::Pinged => {}
            },
            () = sleep_until(head_start), if wants == Wants::First => {}
        }
    }
}

//! E10 to E13: names, by the module's own lookup and by each resolver itself over a UDP link.
use super::{Lab, access};
use crate::diagnosis::{self, Facts, Question};
use crate::event::{EventId, Found, Lookup, LookupOutcome, On, Query, Said, TargetRole, What};
use crate::modem::Datagrams;
use bytes::Bytes;
use std::net::IpAddr;
use std::time::Duration;

/// So many times the MMSC's name is asked for: answers may rotate, and a failure is looked at twice.
const ASKED: usize = 3;
/// How long a resolver is given for one datagram, and how often it is asked.
const PATIENCE: Duration = Duration::from_secs(3);
const DATAGRAMS: usize = 2;
/// The port of resolvers.
const PORT: u16 = 53;

/// The names without which nothing can be dialled.
pub async fn first(lab: &Lab<'_>, on: &On) {
    let rows = lab.facts();
    let Some(case) = Facts::of(&rows).case().cloned() else {
        return;
    };
    let (host, role) = match &case.via_proxy {
        Some((host, _)) => (host.clone(), TargetRole::Proxy),
        None => (case.host.clone(), TargetRole::Mmsc),
    };
    let known = look_up_often(lab, on, &host, role).await;
    let named = case
        .reference
        .iter()
        .find(|(host, _)| host.parse::<IpAddr>().is_err());
    if let Some((host, _)) = named {
        look_up(lab, on, host, TargetRole::Reference).await;
    }
    if known.is_empty() {
        // The module's lookup does not say why; without it the failure would be taken for the name's.
        let rows = lab.facts();
        put(lab, on, diagnosis::questions(Facts::of(&rows), on)).await;
    }
}

/// A name, several times: a failure once more, and an answer as long as it brings new addresses.
async fn look_up_often(lab: &Lab<'_>, on: &On, name: &str, role: TargetRole) -> Vec<String> {
    let mut known: Vec<String> = Vec::new();
    for turn in 0..ASKED {
        let fresh = look_up(lab, on, name, role).await;
        let literal = name.parse::<IpAddr>().is_ok();
        let new = fresh.iter().any(|a| !known.contains(a));
        known.extend(fresh);
        if literal || (turn > 0 && (known.is_empty() || !new)) {
            break;
        }
    }
    known
}

/// The names of further endpoints, and what each resolver says by itself.
pub async fn further(lab: &Lab<'_>, on: &On) {
    let rows = lab.facts();
    let Some(case) = Facts::of(&rows).case().cloned() else {
        return;
    };
    if case.via_proxy.is_some() {
        // What answers there without the proxy tells whether the proxy is the cause.
        look_up(lab, on, &case.host, TargetRole::Mmsc).await;
    }
    for (host, _) in &case.proxies {
        look_up(lab, on, host, TargetRole::Proxy).await;
    }
    for (host, _, _) in &case.alternates {
        if lab.job.budget.exhaustive {
            look_up_often(lab, on, host, TargetRole::Alternate).await;
        } else {
            look_up(lab, on, host, TargetRole::Alternate).await;
        }
    }
    put(lab, on, diagnosis::questions(Facts::of(&rows), on)).await;
}

async fn look_up(lab: &Lab<'_>, on: &On, name: &str, role: TargetRole) -> Vec<String> {
    let modem = lab.gear.modem.serving("probe");
    let began = lab.gear.sink.now_ms();
    let (addresses, says, evidence) = if name.parse::<IpAddr>().is_ok() {
        (
            vec![name.to_owned()],
            "an address already".to_owned(),
            Vec::new(),
        )
    } else {
        match modem.resolve(name).await {
            Ok((addresses, event)) => (addresses, String::new(), vec![event]),
            Err(trouble) => (Vec::new(), trouble.failure.raw, trouble.evidence),
        }
    };
    let says_now = if addresses.is_empty() {
        format!("did not resolve ({says})")
    } else {
        addresses.join(", ")
    };
    let found = Found::Lookup {
        on: on.clone(),
        name: name.to_owned(),
        role,
        addresses: addresses.clone(),
        says,
        ms: lab.gear.sink.now_ms().saturating_sub(began),
    };
    lab.found("E10", evidence, found);
    access::checked(lab, "E10", &format!("Address of {name}"), &says_now);
    addresses
}

/// Puts questions over one UDP link. Firmware that opens none leaves them open.
async fn put(lab: &Lab<'_>, on: &On, questions: Vec<Question>) {
    if questions.is_empty() || on.proven != Some(true) {
        return;
    }
    let mut datagrams = match lab.gear.modem.serving("probe").open_datagrams().await {
        Ok(datagrams) => datagrams,
        Err(trouble) => {
            let says = format!("no UDP link: {}", trouble.failure.raw);
            return access::checked(lab, "E11", "Resolvers asked by themselves", &says);
        }
    };
    let mut silent: Vec<IpAddr> = Vec::new();
    for question in questions {
        if silent.contains(&question.resolver) {
            continue;
        }
        let began = lab.gear.sink.now_ms();
        let Some((said, evidence)) = ask(lab, &mut datagrams, &question).await else {
            break;
        };
        if said == Said::Silence {
            silent.push(question.resolver);
        }
        let ms = lab.gear.sink.now_ms().saturating_sub(began);
        tell(lab, on, &question, said, ms, evidence);
    }
    datagrams.close().await;
}

/// Asks, and once more where nothing came; `None` where the module no longer sends.
async fn ask(
    lab: &Lab<'_>,
    datagrams: &mut Datagrams,
    question: &Question,
) -> Option<(Said, Vec<EventId>)> {
    let mut evidence = Vec::new();
    for turn in 0..DATAGRAMS {
        let id = number(lab.gear.sink.now_ms(), turn);
        let Ok(octets) = crate::net::question(id, &question.name, question.record) else {
            return Some((Said::Refused { code: 1 }, evidence));
        };
        let (said, events) = datagrams
            .ask(
                (question.resolver, PORT),
                Bytes::from(octets),
                PATIENCE,
                |o| crate::net::answer(id, &question.name, question.record, o),
            )
            .await
            .ok()?;
        evidence.extend(events);
        if let Some(said) = said {
            return Some((said, evidence));
        }
    }
    Some((Said::Silence, evidence))
}

/// A number that no earlier question of this session had: its answer, coming late, must not be taken for this one's.
fn number(now_ms: u64, turn: usize) -> u16 {
    u16::try_from((now_ms * 2 + turn as u64) & 0xFFFF).unwrap_or_default()
}

fn tell(lab: &Lab<'_>, on: &On, question: &Question, said: Said, ms: u64, evidence: Vec<EventId>) {
    let says = said.words();
    lab.gear.sink.record(What::Lookup(Lookup {
        name: question.name.clone(),
        family: question.record.to_string(),
        resolver: question.resolver.to_string(),
        outcome: match &said {
            Said::Addresses { addresses, .. } => LookupOutcome::Addresses(addresses.clone()),
            _ => LookupOutcome::Failed(says.clone()),
        },
        ms,
    }));
    let found = Found::Query(Query {
        on: on.clone(),
        resolver: question.resolver.to_string(),
        name: question.name.clone(),
        role: question.role,
        record: question.record,
        said,
        ms,
    });
    lab.found(question.experiment, evidence, found);
    let title = format!(
        "{} of {} at {}",
        question.record, question.name, question.resolver
    );
    access::checked(lab, question.experiment, &title, &says);
}

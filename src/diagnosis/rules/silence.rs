//! Rules for silence: of everything, of the MMSC alone, and of a line that a person's witness speaks against.
use super::Finding;
use super::rows::{announced, home_on};
use crate::diagnosis::Facts;
use crate::diagnosis::evidence::of;
use crate::diagnosis::facts::{Named, Tried};
use crate::event::{AnswerKind, Class, Code, Confidence, On, StackKind, TargetRole, Witness};

/// What a detour can and cannot do.
const RELAY: &str = "A relay, proxy or VPN on a device that reaches the MMSC changes the bearer, and with it the identity: the MMSC sees that device's line and may send, and bill, as that one; it tells whether the way is the matter, and mends nothing on this line";
/// What works today without the MMSC.
const OTHER_WAYS: &str = "Meanwhile: linked SMS (one bubble on most phones), or a commercial messaging service, which sends from a number of its own";

/// The configured endpoint ended as silence does, with a control beside it, and no MMSC answered anywhere.
fn silent_home<'a>(facts: Facts<'a>) -> Option<(Vec<Tried<'a>>, Tried<'a>)> {
    if !facts.answered().is_empty() {
        return None;
    }
    let tried: Vec<Tried<'_>> = facts
        .counting()
        .into_iter()
        .filter(|t| t.attempt.target.role.is_mmsc())
        .collect();
    let home: Vec<Tried<'_>> = tried
        .iter()
        .copied()
        .filter(|t| facts.is_home(&t.attempt.on))
        .collect();
    let silent = !home.is_empty() && home.iter().all(|t| t.class == Class::Silent);
    let control = facts.control(&home.first()?.attempt.on)?;
    silent.then_some((home, control))
}

pub fn subscription(facts: Facts<'_>) -> Option<Finding> {
    let fails = facts.witness(Witness::PhoneFails);
    let absent = facts.witness(Witness::InboundNo);
    let seen = fails.or(absent)?;
    if facts.witness(Witness::PhoneSends).is_some() || facts.works_as_configured().is_some() {
        return None;
    }
    // What was announced to this line was not announced to one without MMS, whatever a person remembers.
    if fails.is_none() && facts.inbound().is_some() {
        return None;
    }
    let refused = facts.http().into_iter().find(|a| {
        a.http.kind() == Some(AnswerKind::Refusal)
            && facts.is_configured(&a.http.on, &a.http.target)
    });
    let (rows, control) = match (silent_home(facts), &refused) {
        (Some((silent, control)), _) => (
            silent.iter().map(Tried::evidence).collect::<Vec<_>>(),
            Some(control),
        ),
        (None, Some(refused)) => (vec![refused.evidence()], None),
        (None, None) => return None,
    };
    let says = match fails {
        Some(_) => "the same SIM in a phone does not send either",
        None => "an MMS to this line does not arrive",
    };
    Some(
        Finding::new(
            Code::Subscription,
            Confidence::Medium,
            "This line, or this class of device, has no MMS: a phone does no better",
        )
        .on([of(seen, says)])
        .on(rows)
        .on(control.iter().map(Tried::evidence))
        .unless("the same SIM in a phone, Wi-Fi off, that sends a picture")
        .then("Ask the carrier to provision MMS for this line; say that a phone fails too")
        .then("Do not change the IMEI: that is unlawful in many places")
        .then(OTHER_WAYS),
    )
}

pub fn network_block(facts: Facts<'_>) -> Option<Finding> {
    let (silent, control) = silent_home(facts)?;
    if facts.substituted().is_some() {
        return None;
    }
    let contexts = {
        let mut all: Vec<&On> = Vec::new();
        for t in facts.counting() {
            if t.attempt.target.role.is_mmsc()
                && t.class == Class::Silent
                && !all.contains(&&t.attempt.on)
            {
                all.push(&t.attempt.on);
            }
        }
        all.len()
    };
    let host = facts.counting().iter().any(|t| {
        t.attempt.on.stack == StackKind::Host
            && t.attempt.target.role.is_mmsc()
            && t.class == Class::Silent
    });
    let phone = facts.witness(Witness::PhoneSends);
    let inbound = facts.inbound();
    let confidence = match (contexts, host, phone.is_some()) {
        (2.., true, true) => Confidence::Medium,
        (2.., _, true) | (_, true, true) => Confidence::Medium,
        (2.., _, false) | (_, _, true) => Confidence::Low,
        _ => return None,
    };
    let others = facts
        .counting()
        .into_iter()
        .filter(|t| t.attempt.target.role.is_mmsc() && !facts.is_home(&t.attempt.on));
    Some(
        Finding::new(
            Code::NetworkBlock,
            confidence,
            "Everything else answers; what goes to the MMSC is dropped without a word",
        )
        .on(silent.iter().map(Tried::evidence))
        .on(others.map(|t| t.evidence()))
        .on([control.evidence()])
        .on(phone.iter().map(|r| of(r, "the same SIM in a phone sends")))
        .on(inbound.map(|(row, at, _)| announced(row, at)))
        .on(facts.pinged())
        .unless("an answer over the host's own stack on the same line (E24)")
        .unless("an answer on IPv6, or over another APN of the carrier")
        .then("Ask the carrier whether the pool of this address may reach the MMSC; the report says when and from which kind of address")
        .then(RELAY)
        .then(OTHER_WAYS),
    )
}

pub fn no_data(facts: Facts<'_>) -> Option<Finding> {
    let home = facts.home().filter(|c| !c.addresses.is_empty())?;
    let on = home_on(facts)?;
    if on.proven != Some(true) || facts.tried().iter().any(|t| t.class == Class::Open) {
        return None;
    }
    if facts
        .lookups()
        .iter()
        .any(|l| !l.addresses.is_empty() && !is_literal(l.name))
    {
        return None;
    }
    let controls: Vec<Tried<'_>> = facts
        .tried()
        .into_iter()
        .filter(|t| t.attempt.target.role.is_control() && t.attempt.on == on)
        .collect();
    let silent = controls
        .iter()
        .all(|t| t.class == Class::Silent || at_limit(t));
    let public = controls
        .iter()
        .any(|t| t.attempt.target.role == TargetRole::Reference);
    if controls.len() < 2 || !silent || !public {
        return None;
    }
    let lookups = facts.lookups();
    Some(
        Finding::new(
            Code::NoData,
            Confidence::Medium,
            "The context has an address, but nothing comes back over it: no name, no resolver, no public host",
        )
        .on([home.evidence()])
        .on(controls.iter().map(Tried::evidence))
        .on(lookups.iter().map(Named::evidence))
        .unless("a control that opens, now or over the host's own stack")
        .then("Look at signal and registration; detach and attach again (AT+CGATT=0, then 1)")
        .then("Ask the carrier whether the line has data, and whether its allowance is used up"),
    )
}

fn at_limit(tried: &Tried<'_>) -> bool {
    matches!((tried.attempt.ms, tried.attempt.limit_ms), (Some(ms), Some(limit)) if ms * 10 >= limit * 9)
}

fn is_literal(name: &str) -> bool {
    name.parse::<std::net::IpAddr>().is_ok()
}

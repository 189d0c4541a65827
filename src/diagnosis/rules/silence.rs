//! Rules for silence: of everything, of the MMSC alone, and of a line that a person's witness speaks against.
use super::Finding;
use super::rows::{announced, home_on};
use crate::diagnosis::Facts;
use crate::diagnosis::evidence::of;
use crate::diagnosis::facts::{Asked, Named, Tried};
use crate::event::{
    AnswerKind, Class, Code, Confidence, Found, HttpOutcome, On, StackKind, TargetRole, Witness,
};

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
    let on = &home.first()?.attempt.on;
    let control = facts.control(on)?;
    // Where public hosts are silent as well, the MMSC is not what is special.
    (silent && !facts.public_hosts_fail(on)).then_some((home, control))
}

pub fn subscription(facts: Facts<'_>) -> Option<Finding> {
    let fails = facts.witness(Witness::PhoneFails);
    let absent = facts.witness(Witness::InboundNo);
    let seen = fails.or(absent)?;
    let denied = service_denied(facts);
    let works = facts.works_as_configured().is_some() && denied.is_none();
    if facts.witness(Witness::PhoneSends).is_some() || works {
        return None;
    }
    // What arrived at this line was not announced to one without MMS, whatever else a person saw.
    if facts.inbound().is_some() || facts.witness(Witness::InboundYes).is_some() {
        return None;
    }
    let refused = denied.filter(|_| fails.is_some()).or_else(|| {
        facts.http().into_iter().find(|a| {
            a.http.kind() == Some(AnswerKind::Refusal)
                && facts.is_configured(&a.http.on, &a.http.target)
        })
    });
    let (rows, control) = match (silent_home(facts), &refused) {
        (Some((silent, control)), _) => (
            silent.iter().map(Tried::evidence).collect::<Vec<_>>(),
            Some(control),
        ),
        (None, Some(refused)) => (vec![refused.evidence()], None),
        (None, None) => return None,
    };
    let silent = refused.is_none();
    let says = match fails {
        Some(_) => "the same SIM in a phone does not send either",
        None => "an MMS to this line does not arrive",
    };
    let (confidence, headline) = match (fails.is_some(), silent) {
        (true, false) => (
            Confidence::Medium,
            "This line, or this class of device, has no MMS: it is refused, and a phone does no better",
        ),
        (true, true) => (
            Confidence::Medium,
            "This line, or this class of device, has no MMS, or the MMSC is down for everybody: a phone does no better",
        ),
        (false, _) => (
            Confidence::Low,
            "This line may have no MMS: none arrives at it; the same SIM in a phone was not tried",
        ),
    };
    let absent = absent.filter(|row| row.id != seen.id);
    let finding = Finding::new(
        Code::Subscription,
        confidence,
        format!("{headline}{}", roaming(facts)),
    )
    .on([of(seen, says)])
    .on(absent.map(|r| of(r, "an MMS to this line does not arrive")))
    .on(rows)
    .on(control.iter().map(Tried::evidence))
    .unless("the same SIM in a phone, Wi-Fi off, that sends a picture");
    let finding = match fails.is_some() {
        true => finding
            .then("Ask the carrier whether MMS is active on this line, and whether its MMSC was down at that time; say that a phone fails too"),
        false => finding
            .then("Try the same SIM in a phone, Wi-Fi off, with one picture")
            .then("Ask the carrier whether MMS is active on this line"),
    };
    Some(
        finding
            .then("Do not change the IMEI: that is unlawful in many places")
            .then(OTHER_WAYS),
    )
}

/// The MMSC answers, and denies the service: X-Mms-Response-Status 130 or 225 (OMA-TS-MMS_ENC section 7.3.48).
fn service_denied<'a>(facts: Facts<'a>) -> Option<Asked<'a>> {
    facts.works_as_configured().filter(|a| {
        matches!(
            a.http.outcome,
            HttpOutcome::Answer {
                response_status: Some(0x82 | 0xE1),
                ..
            }
        )
    })
}

/// Said where the line is abroad: MMS may be barred there.
fn roaming(facts: Facts<'_>) -> &'static str {
    let abroad = facts.find(|f| matches!(f, Found::Registration { registered: true, says, .. } if says.starts_with("roaming")));
    match abroad {
        Some(_) => "; the line is roaming, where MMS may be barred",
        None => "",
    }
}

pub fn network_block(facts: Facts<'_>) -> Option<Finding> {
    let (silent, control) = silent_home(facts)?;
    // What was granted has to be known, and silence told apart from a refusal, before anything may be called dropped.
    let granted = facts.home().is_some_and(|c| c.on.apn_granted.is_some());
    let opens = facts
        .tried()
        .iter()
        .any(|t| t.attempt.target.role.is_mmsc() && t.class == Class::Open);
    if facts.substituted().is_some() || !granted || !facts.tells_silence_apart() || opens {
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
        .filter(|t| t.class == Class::Silent)
        .filter(|t| t.attempt.target.role.is_mmsc() && !facts.is_home(&t.attempt.on));
    let arrives = facts.witness(Witness::InboundYes);
    let fails = facts.witness(Witness::PhoneFails);
    Some(
        Finding::new(
            Code::NetworkBlock,
            confidence,
            format!(
                "Controls answer; what goes to the MMSC is dropped without a word{}",
                roaming(facts)
            ),
        )
        .on(silent.iter().map(Tried::evidence))
        .on(others.map(|t| t.evidence()))
        .on([control.evidence()])
        .on(phone.iter().map(|r| of(r, "the same SIM in a phone sends")))
        .on(fails.map(|r| of(r, "the same SIM in a phone does not send either")))
        .on(arrives.map(|r| of(r, "an MMS to this line arrives")))
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
        .all(|t| t.class == Class::Silent || t.at_limit());
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
        .then("Look at signal and registration; detach and attach again (AT+CGATT=0, then 1) (the line is without SMS until it is registered again)")
        .then("Ask the carrier whether the line has data, and whether its allowance is used up"),
    )
}

fn is_literal(name: &str) -> bool {
    name.parse::<std::net::IpAddr>().is_ok()
}

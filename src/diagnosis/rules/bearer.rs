//! Rules for what carries it: the IP family, the APN, the context.
use super::Finding;
use super::rows::{configured_fails, home_fails, home_on, opened};
use crate::diagnosis::Facts;
use crate::diagnosis::facts::{Named, Tried, same_apn};
use crate::event::{Code, Confidence, Fix, On, PdpType, StackKind, TargetRole};

pub fn ip_family(facts: Facts<'_>) -> Option<Finding> {
    let failing = home_fails(facts)?;
    let home = facts.home()?;
    let found = facts.answered().into_iter().find(|a| {
        let on = &a.http.on;
        // An interface that is not proved to be on the context may differ in more than the family.
        if on.stack == StackKind::Host && on.proven != Some(true) {
            return false;
        }
        let other_family = a.http.target.host.contains(':');
        let other_type = on.pdp_type != home.on.pdp_type
            && on.apn_asked.eq_ignore_ascii_case(&home.on.apn_asked)
            && on.apn_granted == home.on.apn_granted;
        a.http.target.role.is_mmsc() && (other_family || other_type)
    })?;
    // The same APN and type on another context would have worked as well: then the type is not the difference.
    let home_works = facts.answered().iter().any(|a| {
        facts.is_home(&a.http.on)
            && a.http.target.role.is_mmsc()
            && !a.http.target.host.contains(':')
    });
    let same_works = facts.answered().iter().any(|a| {
        a.http.on.pdp_type == home.on.pdp_type
            && !a.http.target.host.contains(':')
            && a.http.target.role.is_mmsc()
            && !facts.is_home(&a.http.on)
    });
    if same_works || home_works {
        return None;
    }
    let open = opened(facts, &found)?;
    let control = facts.control(&home_on(facts)?);
    let confidence = match control {
        Some(_) => Confidence::High,
        None => Confidence::Medium,
    };
    // On a context with both families the module's lookup gives IPv4: so only the other one is to be asked for.
    let six = found.http.target.host.contains(':');
    let (pdp_type, headline) = if six {
        let headline = format!(
            "The MMSC answers over IPv6 ({}), and not over IPv4",
            found.http.target
        );
        (PdpType::Ipv6, headline)
    } else {
        let pdp_type = found.http.on.pdp_type;
        let headline = format!(
            "The MMSC answers on PDP type {pdp_type}, and not on {}",
            home.on.pdp_type
        );
        (pdp_type, headline)
    };
    Some(
        Finding::new(Code::IpFamily, confidence, headline)
            .on(failing)
            .on([open.evidence(), found.evidence()])
            .on(control.iter().map(Tried::evidence))
            .unless(format!(
                "the MMSC answering on {} with the same APN, at an address of the other family",
                home.on.pdp_type
            ))
            .fix(
                format!("Ask for {pdp_type} in a copy of the profile, and send again"),
                Fix::PdpType { pdp_type },
            ),
    )
}

pub fn other_apn(facts: Facts<'_>) -> Option<Finding> {
    let home = facts.home()?;
    let works = facts.works_as_configured();
    // Where an MMSC answers over the profile's own APN, at whatever address or port, the APN is not what stands in the way.
    let home_works = facts
        .answered()
        .iter()
        .any(|a| facts.is_home(&a.http.on) && a.http.target.role.is_mmsc());
    if works.is_some() || home_works {
        return None;
    }
    let found = facts.answered().into_iter().find(|a| {
        !a.http.on.apn_asked.eq_ignore_ascii_case(&home.on.apn_asked)
            && a.http.target.role.is_mmsc()
    })?;
    let open = opened(facts, &found)?;
    let failing = home_fails(facts)?;
    let apn = found.http.on.apn_asked.clone();
    Some(
        Finding::new(
            Code::ApnNotApplied,
            Confidence::High,
            other_apn_headline(home.on, &apn),
        )
        .on([home.evidence()])
        .on(failing)
        .on([open.evidence(), found.evidence()])
        .unless(format!("the MMSC answering over {}", home.on.apn_asked))
        .fix(
            format!("Set apn = \"{apn}\" in a copy of the profile, and send again"),
            Fix::Apn { apn },
        ),
    )
}

/// The code stands for another APN than the one in effect, whoever chose that: here the network has given what the profile asks for.
fn other_apn_headline(home: &On, apn: &str) -> String {
    let asked = &home.apn_asked;
    let granted = home.apn_granted.as_ref();
    match granted.is_some_and(|granted| same_apn(granted, asked)) {
        true => format!(
            "The APN that MMS needs is not in effect: the MMSC is behind another APN than the profile's and answers over {apn}, not over {asked}, which was granted as asked"
        ),
        false => format!("The MMSC answers over the APN {apn}, and not over {asked}"),
    }
}

pub fn other_context(facts: Facts<'_>) -> Option<Finding> {
    let home = facts.home()?;
    let failing = configured_fails(facts)?;
    let found = facts.answered().into_iter().find(|a| {
        let on = &a.http.on;
        !facts.is_home(on)
            && on.stack == StackKind::At
            && on.apn_asked.eq_ignore_ascii_case(&home.on.apn_asked)
            && on.pdp_type == home.on.pdp_type
            && a.http.target.role.is_mmsc()
    })?;
    let open = opened(facts, &found)?;
    let (code, says) = if facts.substituted().is_some() {
        (
            Code::ApnNotApplied,
            "the APN that was asked for is in effect there",
        )
    } else {
        (
            Code::ModuleStack,
            "APN and type are the same, so the difference is in the module",
        )
    };
    let cid = found.http.on.cid.unwrap_or_default();
    Some(
        Finding::new(
            code,
            Confidence::High,
            format!("The MMSC answers over context {cid}: {says}"),
        )
        .on([home.evidence()])
        .on(failing)
        .on([open.evidence(), found.evidence()])
        .unless("the MMSC answering over the first context as well")
        .then(format!("Use context {cid} for MMS")),
    )
}

pub fn apn_substituted(facts: Facts<'_>) -> Option<Finding> {
    let home = facts.substituted()?;
    // Whatever the MMSC itself says is the nearer cause.
    if !facts.answered().is_empty() {
        return None;
    }
    let mut rows: Vec<_> = configured_fails(facts).unwrap_or_default();
    rows.extend(
        facts
            .lookups()
            .iter()
            .filter(|l| l.role == TargetRole::Mmsc && l.addresses.is_empty())
            .map(Named::evidence),
    );
    if rows.is_empty() {
        return None;
    }
    let granted = home.on.apn_granted.clone().unwrap_or_default();
    Some(
        Finding::new(
            Code::ApnNotApplied,
            Confidence::Low,
            format!(
                "The network granted {granted} instead of {}, and the MMSC does not answer over it; nothing could be measured over {}",
                home.on.apn_asked, home.on.apn_asked
            ),
        )
        .on([home.evidence()])
        .on(rows)
        .unless(format!("the MMSC silent over {} as well, once it is granted", home.on.apn_asked))
        .unless("the MMSC answering over the granted one at another time: carriers grant another APN than asked for and serve MMS over it")
        .then(match home.on.cid {
            Some(1) => format!(
                "Ask the carrier why {granted} is granted where {} is asked for, and whether MMS works over it",
                home.on.apn_asked
            ),
            _ => format!(
                "Attach with {} on context 1 (this can stop SMS until the modem attached again), or ask the carrier why {granted} is granted",
                home.on.apn_asked
            ),
        }),
    )
}

/// The MMSC answers by its name alone: this firmware takes no literal IPv6 address, and a send dials literals.
pub fn by_name_only(facts: Facts<'_>) -> Option<Finding> {
    if facts.works_as_configured().is_some() {
        return None;
    }
    let is_literal = |host: &str| host.parse::<std::net::IpAddr>().is_ok();
    let found = facts.answered().into_iter().find(|a| {
        a.http.target.role == TargetRole::MmscElsewhere
            && facts.is_home(&a.http.on)
            && !is_literal(&a.http.target.host)
    })?;
    let refused: Vec<Tried<'_>> = facts
        .tried()
        .into_iter()
        .filter(|t| facts.is_configured(&t.attempt.on, &t.attempt.target))
        .collect();
    let literal = |t: &Tried<'_>| t.attempt.target.host.contains(':') && t.never_left();
    if refused.is_empty() || !refused.iter().all(literal) {
        return None;
    }
    let open = opened(facts, &found)?;
    Some(
        Finding::new(
            Code::IpFamily,
            Confidence::Medium,
            "The MMSC answers over IPv6 by its name only: this firmware takes no literal IPv6 address, which a send dials",
        )
        .on(refused.iter().map(Tried::evidence))
        .on([open.evidence(), found.evidence()])
        .unless("a literal IPv6 address that the module dials")
        .fix(
            "Ask for IPV4V6 in a copy of the profile: an IPv4 address can be dialled",
            Fix::PdpType {
                pdp_type: PdpType::Ipv4v6,
            },
        )
        .then("Or send over the modem's network interface, or look for other firmware"),
    )
}

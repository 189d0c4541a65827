//! Rules for connections: ports, families, contexts, names, proxies, stacks, and silence.
use super::Finding;
use crate::diagnosis::Facts;
use crate::diagnosis::facts::{Asked, Tried, of};
use crate::event::{
    AnswerKind, Class, Code, Confidence, Evidence, FactRow, Fix, Found, On, StackKind, TargetRole,
    Witness,
};

/// The attempt beneath a request.
fn opened<'a>(facts: Facts<'a>, asked: &Asked<'_>) -> Option<Tried<'a>> {
    facts.tried().into_iter().find(|t| {
        t.class == Class::Open
            && t.attempt.on == asked.http.on
            && t.attempt.target == asked.http.target
    })
}

/// The black hole on a port of a context: whether it opened.
fn black_hole<'a>(facts: Facts<'a>, on: &On, port: u16) -> Option<Tried<'a>> {
    facts.tried().into_iter().find(|t| {
        t.attempt.target.role == TargetRole::BlackHole
            && t.attempt.target.port == port
            && t.attempt.on == *on
    })
}

/// What the configured endpoint did, where it did not answer as an MMSC: the rows that show it.
fn configured_fails(facts: Facts<'_>) -> Option<Vec<crate::event::Evidence>> {
    if facts.works_as_configured().is_some() {
        return None;
    }
    let tried: Vec<Tried<'_>> = facts
        .counting()
        .into_iter()
        .filter(|t| facts.is_configured(&t.attempt.on, &t.attempt.target))
        .collect();
    tried.first()?;
    let asked: Vec<Asked<'_>> = facts
        .http()
        .into_iter()
        .filter(|a| facts.is_configured(&a.http.on, &a.http.target))
        .collect();
    Some(
        tried
            .iter()
            .map(Tried::evidence)
            .chain(asked.iter().map(Asked::evidence))
            .collect(),
    )
}

/// The URL of the case with another port.
fn url(facts: Facts<'_>, host: &str, port: u16, path: &str) -> String {
    let _ = facts;
    let host = if host.contains(':') {
        format!("[{host}]")
    } else {
        host.to_owned()
    };
    match port {
        80 => format!("http://{host}{path}"),
        port => format!("http://{host}:{port}{path}"),
    }
}

pub fn wrong_port(facts: Facts<'_>) -> Option<Finding> {
    let case = facts.case()?;
    if case.via_proxy.is_some() {
        return None;
    }
    let failing = configured_fails(facts)?;
    let found = facts.answered().into_iter().find(|a| {
        a.http.target.role == TargetRole::Mmsc
            && a.http.target.port != case.port
            && facts.is_home(&a.http.on)
            && a.http.variant.is_empty()
    })?;
    // The configured port must not be one where an MMSC answers to a repaired request.
    let repaired = facts
        .answered()
        .iter()
        .any(|a| facts.is_configured(&a.http.on, &a.http.target));
    if repaired {
        return None;
    }
    let port = found.http.target.port;
    let open = opened(facts, &found)?;
    let control = facts.control(&found.http.on);
    let hole = black_hole(facts, &found.http.on, port);
    let sure = control.is_some() && hole.as_ref().is_some_and(|h| h.class != Class::Open);
    let confidence = if sure {
        Confidence::High
    } else {
        Confidence::Medium
    };
    let url = url(facts, &case.host, port, &found.http.path);
    Some(
        Finding::new(
            Code::WrongPort,
            confidence,
            format!(
                "The MMSC answers on port {port}; the profile dials {}, where it does not",
                case.port
            ),
        )
        .on(failing)
        .on([open.evidence(), found.evidence()])
        .on(facts
            .inbound()
            .filter(|(_, at, _)| at.ends_with(&format!(":{port}")))
            .map(|(row, at, _)| announced(row, at)))
        .on(hole.iter().map(Tried::evidence))
        .on(control.iter().map(Tried::evidence))
        .unless(format!("port {} of the MMSC opening and answering as an MMSC", case.port))
        .unless(format!("the black hole {} opening on port {port} too, which would mean a proxy in the path that accepts everything", case.black_hole))
        .fix(format!("Set mmsc = \"{url}\" in a copy of the profile, without connect_port, and send again"), Fix::Mmsc { url }),
    )
}

/// A notification to this line as evidence (E35): the line has MMS, and the carrier says where.
fn announced(row: &FactRow, at: &str) -> Evidence {
    of(
        row,
        format!("an MMS to this line was announced, to be fetched from {at}"),
    )
}

pub fn proxy_required(facts: Facts<'_>) -> Option<Finding> {
    let case = facts.case().filter(|c| c.via_proxy.is_none())?;
    let failing = configured_fails(facts)?;
    let found = facts
        .answered()
        .into_iter()
        .find(|a| a.http.target.role == TargetRole::Proxy && facts.is_home(&a.http.on))?;
    let open = opened(facts, &found)?;
    let control = facts.control(&found.http.on);
    let confidence = match control {
        Some(_) => Confidence::High,
        None => Confidence::Medium,
    };
    let t = &found.http.target;
    let proxy = format!("{}:{}", t.name.as_ref().unwrap_or(&t.host), t.port);
    Some(
        Finding::new(
            Code::ProxyRequired,
            confidence,
            format!("The MMSC answers through the proxy {proxy}, and not directly"),
        )
        .on(failing)
        .on([open.evidence(), found.evidence()])
        .on(control.iter().map(Tried::evidence))
        .unless(format!(
            "{} answering as an MMSC without a proxy",
            case.host
        ))
        .fix(
            format!("Set proxy = \"{proxy}\" in a copy of the profile, and send again"),
            Fix::Proxy { proxy },
        ),
    )
}

pub fn ip_family(facts: Facts<'_>) -> Option<Finding> {
    let failing = configured_fails(facts)?;
    let home = facts.home()?;
    let found = facts.answered().into_iter().find(|a| {
        let on = &a.http.on;
        let other_family = a.http.target.host.contains(':');
        let other_type = on.pdp_type != home.on.pdp_type
            && on.apn_asked.eq_ignore_ascii_case(&home.on.apn_asked)
            && on.apn_granted == home.on.apn_granted;
        a.http.target.role.is_mmsc() && (other_family || other_type)
    })?;
    // The same APN and type on another context would have worked as well: then the type is not the difference.
    let same_works = facts.answered().iter().any(|a| {
        a.http.on.pdp_type == home.on.pdp_type
            && !a.http.target.host.contains(':')
            && a.http.target.role.is_mmsc()
            && !facts.is_home(&a.http.on)
    });
    if same_works {
        return None;
    }
    let open = opened(facts, &found)?;
    let control = facts.control(&home_on(facts)?);
    let confidence = match control {
        Some(_) => Confidence::High,
        None => Confidence::Medium,
    };
    let pdp_type = found.http.on.pdp_type;
    Some(
        Finding::new(
            Code::IpFamily,
            confidence,
            format!(
                "The MMSC answers on PDP type {pdp_type}, and not on {}",
                home.on.pdp_type
            ),
        )
        .on(failing)
        .on([open.evidence(), found.evidence()])
        .on(control.iter().map(Tried::evidence))
        .unless(format!(
            "the MMSC answering on {} with the same APN",
            home.on.pdp_type
        ))
        .fix(
            format!("Ask for {pdp_type} in a copy of the profile, and send again"),
            Fix::PdpType { pdp_type },
        ),
    )
}

/// Home as attempts carry it, with its proof.
fn home_on(facts: Facts<'_>) -> Option<On> {
    facts
        .tried()
        .into_iter()
        .find(|t| facts.is_home(&t.attempt.on))
        .map(|t| t.attempt.on.clone())
}

pub fn other_apn(facts: Facts<'_>) -> Option<Finding> {
    let home = facts.home()?;
    let works = facts.works_as_configured();
    if works.is_some() {
        return None;
    }
    let found = facts.answered().into_iter().find(|a| {
        !a.http.on.apn_asked.eq_ignore_ascii_case(&home.on.apn_asked)
            && a.http.target.role.is_mmsc()
    })?;
    let open = opened(facts, &found)?;
    let failing = configured_fails(facts).unwrap_or_default();
    let sure = !failing.is_empty();
    let apn = found.http.on.apn_asked.clone();
    Some(
        Finding::new(
            Code::ApnNotApplied,
            if sure {
                Confidence::High
            } else {
                Confidence::Medium
            },
            format!(
                "The MMSC answers over the APN {apn}, and not over {}",
                home.on.apn_asked
            ),
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
            .map(super::super::facts::Named::evidence),
    );
    if rows.is_empty() {
        return None;
    }
    let granted = home.on.apn_granted.clone().unwrap_or_default();
    Some(
        Finding::new(
            Code::ApnNotApplied,
            Confidence::Medium,
            format!(
                "The network granted {granted} instead of {}, and the MMSC does not answer over it",
                home.on.apn_asked
            ),
        )
        .on([home.evidence()])
        .on(rows)
        .unless(format!("the MMSC silent over {} as well, once it is granted", home.on.apn_asked))
        .then(format!(
            "Attach with {} on context 1 (this can stop SMS until the modem attached again), or ask the carrier why {granted} is granted",
            home.on.apn_asked
        )),
    )
}

pub fn stale_name(facts: Facts<'_>) -> Option<Finding> {
    let case = facts.case()?;
    let failing = match configured_fails(facts) {
        Some(rows) => rows,
        None if facts.works_as_configured().is_none() => facts
            .lookups()
            .iter()
            .filter(|l| l.name == case.host && l.addresses.is_empty())
            .map(super::super::facts::Named::evidence)
            .collect(),
        None => return None,
    };
    let found = facts.answered().into_iter().find(|a| {
        matches!(
            a.http.target.role,
            TargetRole::MmscElsewhere | TargetRole::Alternate
        ) && facts.is_home(&a.http.on)
    })?;
    let open = opened(facts, &found)?;
    if failing.is_empty() {
        return None;
    }
    let t = &found.http.target;
    let name = t.name.as_ref().unwrap_or(&t.host);
    let elsewhere = t.role == TargetRole::MmscElsewhere;
    let (code, headline) = if elsewhere || !case_unresolved(facts) {
        (
            Code::StaleName,
            format!("The MMSC answers at {t} ({name}), and not at the address that a send dials"),
        )
    } else {
        (
            Code::NameWrong,
            format!(
                "{} does not resolve; the carrier's MMSC answers as {name}",
                case.host
            ),
        )
    };
    let finding = Finding::new(code, Confidence::Medium, headline)
        .on(failing)
        .on([open.evidence(), found.evidence()])
        .unless("the first address answering as an MMSC");
    Some(if elsewhere {
        finding.then(
            "Resolve anew for each send, and take the next address where the first does not answer",
        )
    } else {
        let url = url(facts, name, t.port, &found.http.path);
        finding.fix(
            format!("Set mmsc = \"{url}\" in a copy of the profile"),
            Fix::Mmsc { url },
        )
    })
}

fn case_unresolved(facts: Facts<'_>) -> bool {
    facts.case().is_some_and(|case| {
        let mut asked = facts.lookups().into_iter().filter(|l| l.name == case.host);
        asked.clone().next().is_some() && asked.all(|l| l.addresses.is_empty())
    })
}

pub fn name_wrong(facts: Facts<'_>) -> Option<Finding> {
    let case = facts.case()?;
    if facts.substituted().is_some() {
        return None;
    }
    let dialled = case.via_proxy.as_ref().map_or(&case.host, |(host, _)| host);
    let failed: Vec<_> = facts
        .lookups()
        .into_iter()
        .filter(|l| l.name == *dialled)
        .collect();
    if failed.is_empty() || failed.iter().any(|l| !l.addresses.is_empty()) {
        return None;
    }
    let on = failed.first()?.on;
    let other = facts
        .lookups()
        .into_iter()
        .find(|l| !l.addresses.is_empty() && l.on.cid == on.cid);
    let control = home_on(facts).and_then(|on| facts.control(&on));
    let (confidence, headline) = match (&other, &control) {
        (Some(other), _) => (
            Confidence::High,
            format!(
                "{dialled} does not resolve on this bearer, while {} does",
                other.name
            ),
        ),
        (None, Some(control)) if control.attempt.target.role == TargetRole::Reference => (
            Confidence::High,
            format!(
                "No name resolves on this bearer, not even {dialled}: its resolvers do not answer, while data works"
            ),
        ),
        (None, Some(_)) => (
            Confidence::Medium,
            format!(
                "{dialled} does not resolve, although the bearer's resolver accepts connections"
            ),
        ),
        (None, None) => return None,
    };
    let single = !dialled.contains('.');
    let finding = Finding::new(Code::NameWrong, confidence, headline)
        .on(failed.iter().map(super::super::facts::Named::evidence))
        .on(other.iter().map(super::super::facts::Named::evidence))
        .on(control.iter().map(Tried::evidence))
        .unless(format!(
            "an address for {dialled} from this bearer's resolver"
        ));
    Some(if single && case.via_proxy.is_none() {
        finding.then("A name without a dot is meant for the carrier's proxy: set the proxy that the carrier lists")
    } else if other.is_some() {
        finding.then("Compare the host with the carrier's page, letter by letter; some names are known only on the carrier's MMS APN")
    } else {
        finding.then("Reattach (AT+CGATT=0, then 1) to be given resolvers again; tell the carrier that its resolvers are silent")
    })
}

pub fn host_route(facts: Facts<'_>) -> Option<Finding> {
    let rows =
        facts.all(|f| matches!(f, Found::Route { leaves_by, wanted, .. } if leaves_by != wanted));
    let failing: Vec<Tried<'_>> = facts
        .tried()
        .into_iter()
        .filter(|t| t.attempt.on.stack == StackKind::Host && t.class != Class::Open)
        .collect();
    rows.first()?;
    failing.first()?;
    Some(
        Finding::new(
            Code::HostRoute,
            Confidence::High,
            "This machine's route to the MMSC does not leave by the modem",
        )
        .on(rows.iter().map(|r| match &r.fact.found {
            Found::Route {
                target,
                leaves_by,
                wanted,
            } => of(r, format!("{target} leaves by {leaves_by}, not by {wanted}")),
            _ => of(r, ""),
        }))
        .on(failing.iter().map(Tried::evidence))
        .unless("the same failure with a route that leaves by the modem")
        .then("Add a host route over the modem's interface, or raise the metric of Wi-Fi and Ethernet"),
    )
}

pub fn host_reaches(facts: Facts<'_>) -> Option<Finding> {
    let found = facts
        .answered()
        .into_iter()
        .find(|a| a.http.on.stack == StackKind::Host && a.http.target.role.is_mmsc())?;
    let misrouted = facts
        .find(|f| matches!(f, Found::Route { leaves_by, wanted, .. } if leaves_by != wanted))
        .is_some();
    let same: Vec<Tried<'_>> = facts
        .tried()
        .into_iter()
        .filter(|t| {
            t.attempt.on.stack == StackKind::At
                && t.attempt.target.port == found.http.target.port
                && t.attempt.target.host == found.http.target.host
        })
        .collect();
    same.first()?;
    if misrouted || same.iter().any(|t| t.class == Class::Open) {
        return None;
    }
    Some(
        Finding::new(
            Code::ModuleStack,
            Confidence::High,
            format!(
                "The host reaches the MMSC at {} over the same line; the module's own sockets do not",
                found.http.target
            ),
        )
        .on(same.iter().map(Tried::evidence))
        .on([found.evidence()])
        .unless("the module's sockets reaching it")
        .then("Send over the modem's network interface, or look for other firmware"),
    )
}

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
        .then("Do not change the IMEI: that is unlawful in many places"),
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
        .unless("an answer over the host's own stack on the same line (E24)")
        .unless("an answer on IPv6, or over another APN of the carrier")
        .then("Ask the carrier whether the pool of this address may reach the MMSC; the report says when and from which kind of address"),
    )
}

pub fn all_local(facts: Facts<'_>) -> Option<Finding> {
    let tried = facts.tried();
    let home: Vec<&Tried<'_>> = tried
        .iter()
        .filter(|t| facts.is_home(&t.attempt.on))
        .collect();
    let at_once = |t: &&Tried<'_>| {
        matches!(t.class, Class::Local | Class::Nostack)
            || (t.attempt.shape == crate::event::Shape::AtOnce
                && t.class != Class::Open
                && t.attempt.ms.is_some_and(|ms| ms < 150))
    };
    let controls = home
        .iter()
        .filter(|t| t.attempt.target.role.is_control())
        .count();
    let mmsc = home
        .iter()
        .filter(|t| t.attempt.target.role.is_mmsc())
        .count();
    if controls == 0 || mmsc == 0 || !home.iter().copied().all(|t| at_once(&t)) {
        return None;
    }
    Some(
        Finding::new(
            Code::ModuleStack,
            Confidence::Medium,
            "Every connection is refused at once, controls included: none of them left the module",
        )
        .on(home.iter().map(|t| t.evidence()))
        .unless("a control that opens on the same stack")
        .then("Close the stack and open it again (AT+NETCLOSE, AT+NETOPEN); see AT+CIPMODE? (1 allows link 0 only)")
        .then("Use the modem's network interface over USB"),
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
        .on(lookups.iter().map(super::super::facts::Named::evidence))
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

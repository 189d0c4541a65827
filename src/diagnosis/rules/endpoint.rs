//! Rules for what is dialled: port, proxy, address, name.
use super::Finding;
use super::rows::{announced, black_hole, configured_fails, opened};
use crate::diagnosis::Facts;
use crate::diagnosis::facts::{Named, Tried};
use crate::diagnosis::grounds::is_usable;
use crate::event::{Case, Class, Code, Confidence, Fix, TargetRole};

/// What else has to go, where a port stands beside the URL.
fn without_port(case: &Case) -> &'static str {
    match case.port == case.url_port {
        true => "",
        false => ", without connect_port",
    }
}

/// The URL of a host, a port and a path.
pub(super) fn url(host: &str, port: u16, path: &str) -> String {
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
    let url = url(&case.host, port, &found.http.path);
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
        .fix(format!("Set mmsc = \"{url}\" in a copy of the profile{}, and send again", without_port(case)), Fix::Mmsc { url }),
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

/// The proxy that the profile names fails, and on the port that the URL means the MMSC answers by itself (E29 turned round: what is dialled is not where
/// the MMSC listens).
pub fn without_proxy(facts: Facts<'_>) -> Option<Finding> {
    let case = facts.case()?;
    let (proxy, port) = case.via_proxy.as_ref()?;
    let failing = configured_fails(facts)?;
    let found = facts.answered().into_iter().find(|a| {
        a.http.target.role == TargetRole::Mmsc
            && a.http.target.port == case.url_port
            && facts.is_home(&a.http.on)
            && a.http.variant.is_empty()
    })?;
    let open = opened(facts, &found)?;
    let control = facts.control(&found.http.on);
    let hole = black_hole(facts, &found.http.on, case.url_port);
    let sure = control.is_some() && hole.as_ref().is_some_and(|h| h.class != Class::Open);
    let confidence = if sure {
        Confidence::High
    } else {
        Confidence::Medium
    };
    Some(
        Finding::new(
            Code::WrongPort,
            confidence,
            format!(
                "The MMSC answers directly on port {}; the profile dials the proxy {proxy}:{port}, where it does not",
                case.url_port
            ),
        )
        .on(failing)
        .on([open.evidence(), found.evidence()])
        .on(hole.iter().map(Tried::evidence))
        .on(control.iter().map(Tried::evidence))
        .unless(format!("an answer of the MMSC through {proxy}:{port}"))
        .unless(format!("the black hole {} opening on port {} too, which would mean a proxy in the path that accepts everything", case.black_hole, case.url_port))
        .fix("Take the proxy out of a copy of the profile, and send again", Fix::NoProxy),
    )
}

pub fn stale_name(facts: Facts<'_>) -> Option<Finding> {
    let case = facts.case()?;
    let failing = match configured_fails(facts) {
        Some(rows) => rows,
        None if facts.works_as_configured().is_none() => facts
            .lookups()
            .iter()
            .filter(|l| l.name == case.host && !l.addresses.iter().any(|a| is_usable(a)))
            .map(Named::evidence)
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
        let url = url(name, t.port, &found.http.path);
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

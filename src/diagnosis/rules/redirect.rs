//! Rules for a server that sends the request on (3xx): to another port, to another path, or somewhere else altogether.
use super::Finding;
use super::endpoint::url;
use super::service::{as_configured, ground};
use crate::diagnosis::facts::{Asked, Tried};
use crate::diagnosis::{Facts, host_of};
use crate::event::{AnswerKind, Case, Code, Confidence, Fix, HttpOutcome, Target, TargetRole};

/// To where a request to the MMSC was sent on, and how that differs from where it went.
pub(super) enum Onward {
    /// The same host on another port, with the path.
    Port(u16, String),
    /// The same host and port, another path.
    Path(String),
    /// Another host, or none that can be read.
    Elsewhere,
}

/// Reads the Location of an answer (RFC 9110 section 10.2.2: absolute, or relative to the request's).
pub(super) fn onward(case: &Case, target: &Target, location: &str) -> Onward {
    if location.starts_with('/') && !location.starts_with("//") {
        return Onward::Path(location.to_owned());
    }
    let Some(rest) = location.strip_prefix("http://") else {
        return Onward::Elsewhere;
    };
    let path = rest.find('/').map_or("/", |at| &rest[at..]).to_owned();
    let Some((host, port)) = host_of(location) else {
        return Onward::Elsewhere;
    };
    let same = host.eq_ignore_ascii_case(&case.host) || host == target.host;
    match (same, port == target.port) {
        (true, true) => Onward::Path(path),
        (true, false) => Onward::Port(port, path),
        (false, _) => Onward::Elsewhere,
    }
}

/// The path on the same host and port that a Location names.
pub fn same_host_path(case: &Case, target: &Target, location: &str) -> Option<String> {
    match onward(case, target, location) {
        Onward::Path(path) => Some(path),
        _ => None,
    }
}

/// The redirects of the configured endpoint, with where they lead.
fn redirects<'a>(facts: Facts<'a>) -> Vec<(Asked<'a>, Onward)> {
    let Some(case) = facts.case().filter(|c| c.via_proxy.is_none()) else {
        return Vec::new();
    };
    as_configured(facts)
        .into_iter()
        .filter_map(|a| match &a.http.outcome {
            HttpOutcome::Answer {
                kind: AnswerKind::Redirect,
                location,
                ..
            } => {
                let to = onward(case, &a.http.target, location);
                Some((a, to))
            }
            _ => None,
        })
        .collect()
}

/// Whether the MMSC's own server only sends the request on to another port or path of itself: no portal.
pub(super) fn stays(facts: Facts<'_>) -> bool {
    let all = redirects(facts);
    !all.is_empty() && all.iter().all(|(_, to)| !matches!(to, Onward::Elsewhere))
}

pub fn other_port(facts: Facts<'_>) -> Option<Finding> {
    let case = facts.case()?;
    let all = redirects(facts);
    let (first, port, path) = all.iter().find_map(|(a, to)| match to {
        Onward::Port(port, path) => Some((a, *port, path.clone())),
        _ => None,
    })?;
    let there: Vec<Tried<'_>> = facts
        .to(TargetRole::Mmsc)
        .into_iter()
        .filter(|t| t.attempt.target.port == port && facts.is_home(&t.attempt.on))
        .collect();
    let shut = !there.is_empty() && there.iter().all(|t| t.class != crate::event::Class::Open);
    let but = match shut {
        true => ", which does not open here",
        false => "",
    };
    let url = url(&case.host, port, &path);
    Some(
        Finding::new(
            Code::WrongPort,
            Confidence::Medium,
            format!(
                "The server at the configured port {} sends the request on to port {port} of the same host{but}",
                case.port
            ),
        )
        .on(all.iter().map(|(a, _)| a.evidence()))
        .on(there.iter().map(Tried::evidence))
        .on(ground(facts, first).iter().map(Tried::evidence))
        .unless("an M-Send.conf at the configured port")
        .fix(
            format!("Set mmsc = \"{url}\" in a copy of the profile, and send again"),
            Fix::Mmsc { url },
        ),
    )
}

pub fn other_path(facts: Facts<'_>) -> Option<Finding> {
    let case = facts.case().filter(|c| c.via_proxy.is_none())?;
    if facts.works_as_configured().is_some() {
        return None;
    }
    let answered = facts.answered().into_iter().find(|a| {
        facts.is_configured(&a.http.on, &a.http.target)
            && a.http.variant.is_empty()
            && a.http.path != case.path
            && case.meant_path.as_deref() != Some(a.http.path.as_str())
    });
    let sent_on: Vec<Asked<'_>> = facts
        .http()
        .into_iter()
        .filter(|a| {
            facts.is_configured(&a.http.on, &a.http.target)
                && a.http.kind() == Some(AnswerKind::Redirect)
        })
        .collect();
    let first = sent_on.first()?;
    let HttpOutcome::Answer { location, .. } = &first.http.outcome else {
        return None;
    };
    let Onward::Path(path) = onward(case, &first.http.target, location) else {
        return None;
    };
    if answered.is_none() && !facts.answered().is_empty() {
        return None;
    }
    let (confidence, headline) = match &answered {
        Some(_) => (
            Confidence::High,
            format!(
                "The MMSC sends requests for {} on to {path}, and answers there",
                case.path
            ),
        ),
        None => (
            Confidence::Medium,
            format!(
                "The server at the MMSC's address sends requests for {} on to {path} of the same host: the path is another one",
                case.path
            ),
        ),
    };
    let url = url(&case.host, case.port, &path);
    Some(
        Finding::new(Code::HttpReject, confidence, headline)
            .on(sent_on.iter().map(Asked::evidence))
            .on(answered.iter().map(Asked::evidence))
            .on(ground(facts, first).iter().map(Tried::evidence))
            .unless("an M-Send.conf at the configured path")
            .fix(
                format!("Set mmsc = \"{url}\" in a copy of the profile, and send again"),
                Fix::Mmsc { url },
            ),
    )
}

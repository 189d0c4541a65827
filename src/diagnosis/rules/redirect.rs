//! Rules for a server that sends the request on (3xx): to another port, to another path, or somewhere else altogether.
use super::Finding;
use super::endpoint::url;
use super::service::{as_configured, ground};
use crate::diagnosis::facts::{Asked, Tried};
use crate::diagnosis::{Facts, host_of};
use crate::event::{AnswerKind, Case, Code, Confidence, Fix, HttpOutcome, HttpProbe, TargetRole};

/// To where a request to the MMSC was sent on, and how that differs from where it went.
pub(super) enum Onward {
    /// The same host on another port, with the path.
    Port(u16, String),
    /// The same host and port, another path.
    Path(String),
    /// Another host.
    Elsewhere,
    /// Nothing that can be followed: no Location, one that cannot be read whole, or the same host by another scheme.
    Unclear,
}

/// So many characters of a Location are kept.
const KEPT: usize = 200;

/// Reads the Location of an answer (RFC 9110 section 10.2.2: absolute, or relative to the request's; RFC 3986 section 5.2).
pub(super) fn onward(case: &Case, asked: &HttpProbe, location: &str) -> Onward {
    // A part that was cut off, or hidden for privacy, cannot be asked for.
    let whole = location.chars().count() < KEPT && !location.contains('*');
    let location = location.trim().split('#').next().unwrap_or_default();
    let lower = location.to_ascii_lowercase();
    let (rest, secure) = if lower.starts_with("http://") {
        (&location["http://".len()..], false)
    } else if lower.starts_with("https://") {
        (&location["https://".len()..], true)
    } else if let Some(rest) = location.strip_prefix("//") {
        (rest, false)
    } else {
        return match relative(&asked.path, location).filter(|_| whole) {
            Some(path) => Onward::Path(path),
            None => Onward::Unclear,
        };
    };
    let (authority, path) = match rest.find(['/', '?']) {
        Some(at) if rest[at..].starts_with('?') => (&rest[..at], format!("/{}", &rest[at..])),
        Some(at) => (&rest[..at], rest[at..].to_owned()),
        None => (rest, "/".to_owned()),
    };
    // An authority that the cut or the privacy went through names nobody.
    let named = !authority.contains('*') && (whole || authority.len() < rest.len());
    let read = named.then(|| host_of(&format!("http://{authority}/")));
    let Some((host, port)) = read.flatten() else {
        return Onward::Unclear;
    };
    let target = &asked.target;
    let same = host.eq_ignore_ascii_case(&case.host) || host.eq_ignore_ascii_case(&target.host);
    match (same, port == target.port) {
        (false, _) => Onward::Elsewhere,
        (true, _) if secure || !whole => Onward::Unclear,
        (true, true) => Onward::Path(path),
        (true, false) => Onward::Port(port, path),
    }
}

/// The path that a relative Location means beside the path that was asked for.
fn relative(asked: &str, location: &str) -> Option<String> {
    let (path, query) = location.split_at(location.find('?').unwrap_or(location.len()));
    let base = asked.split('?').next().unwrap_or_default();
    let dots = path.split('/').any(|part| matches!(part, "." | ".."));
    let scheme = path.split('/').next().is_some_and(|p| p.contains(':'));
    if location.is_empty() || dots || scheme {
        return None;
    }
    match path {
        "" => Some(format!("{base}{query}")),
        _ if path.starts_with('/') => Some(location.to_owned()),
        _ => base
            .rsplit_once('/')
            .map(|(folder, _)| format!("{folder}/{location}")),
    }
}

/// The path on the same host and port that a Location names.
pub fn same_host_path(case: &Case, asked: &HttpProbe, location: &str) -> Option<String> {
    match onward(case, asked, location) {
        Onward::Path(path) => Some(path),
        _ => None,
    }
}

/// Whether every one of these requests that was sent on was sent to another host that can be read.
pub(super) fn all_leave(facts: Facts<'_>, asked: &[&Asked<'_>]) -> bool {
    asked.iter().all(|a| match &a.http.outcome {
        HttpOutcome::Answer {
            kind: AnswerKind::Redirect,
            location,
            ..
        } => facts
            .case()
            .is_some_and(|case| matches!(onward(case, a.http, location), Onward::Elsewhere)),
        _ => true,
    })
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
                let to = onward(case, a.http, location);
                Some((a, to))
            }
            _ => None,
        })
        .collect()
}

/// Whether the MMSC's own server only sends the request on to another port or path of itself: no portal.
pub(super) fn stays(facts: Facts<'_>) -> bool {
    let all = redirects(facts);
    !all.is_empty()
        && all
            .iter()
            .all(|(_, to)| matches!(to, Onward::Port(..) | Onward::Path(_)))
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
    let Onward::Path(path) = onward(case, first.http, location) else {
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

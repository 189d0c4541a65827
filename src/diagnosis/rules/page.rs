//! Rules for answers that are no MMSC's: web pages, redirects, refusals over HTTP.
use super::Finding;
use super::service::{as_configured, ground, hole_is_shut};
use crate::diagnosis::Facts;
use crate::diagnosis::facts::{Asked, Tried};
use crate::event::{AnswerKind, Class, Code, Confidence, HttpOutcome, TargetRole};

/// What a person can do where a page came.
const PAGE: &str =
    "Read the page: a plan without data, a used-up allowance or a captive portal do this";

/// So many ports of the MMSC were tried before a page on the configured one is surely no matter of the port.
const OTHER_PORTS: usize = 5;

/// A refusal that comes with a web page may be a filter's on the way as well as the server's own.
fn is_block_page(asked: &Asked<'_>) -> bool {
    match &asked.http.outcome {
        HttpOutcome::Answer {
            status: 403 | 451,
            content_type,
            ..
        } => content_type.to_ascii_lowercase().contains("html"),
        _ => false,
    }
}

pub fn portal(facts: Facts<'_>) -> Option<Finding> {
    if super::redirect::stays(facts) {
        return None;
    }
    let asked = as_configured(facts);
    let is_portal = |a: &&Asked<'_>| {
        matches!(a.http.kind(), Some(AnswerKind::Page | AnswerKind::Redirect))
            || a.http.status() == Some(511)
            || is_block_page(a)
    };
    let pages: Vec<&Asked<'_>> = asked.iter().filter(|a| is_portal(a)).collect();
    if pages.len() < 2 {
        return None;
    }
    let redirect = pages
        .iter()
        .any(|a| a.http.kind() == Some(AnswerKind::Redirect) || a.http.status() == Some(511));
    let everywhere = hole_is_shut(facts, pages[0]) == Some(false);
    // As long as other ports were not tried, the page may only stand on the wrong one.
    let mut ports: Vec<u16> = facts
        .tried()
        .iter()
        .filter(|t| t.attempt.target.role == TargetRole::Mmsc)
        .map(|t| t.attempt.target.port)
        .collect();
    ports.sort_unstable();
    ports.dedup();
    let all_asked = facts.to(TargetRole::Mmsc).iter().all(|t| {
        t.class != Class::Open
            || facts
                .http()
                .iter()
                .any(|a| a.http.on == t.attempt.on && a.http.target == t.attempt.target)
    });
    let known = ports.len() >= OTHER_PORTS && all_asked;
    let all_leave = super::redirect::all_leave(facts, &pages);
    let blocked = pages.iter().any(|a| is_block_page(a));
    let confidence = if blocked {
        Confidence::Low
    } else if (redirect || everywhere) && known && all_leave {
        Confidence::High
    } else {
        Confidence::Medium
    };
    let sent_on = pages
        .iter()
        .all(|a| a.http.kind() == Some(AnswerKind::Redirect));
    Some(
        Finding::new(
            Code::Portal,
            confidence,
            match (blocked, sent_on) {
                (false, true) if !all_leave => "The request is sent on where the MMSC should answer, and to where cannot be read or followed: perhaps a portal or a proxy stands in between",
                (true, _) => "A web page that forbids answers where the MMSC should: a filter on the way, or the server itself",
                (_, true) => "The request is sent elsewhere where the MMSC should answer: a portal or a proxy stands in between",
                _ => "A web page answers where the MMSC should: a portal or a proxy stands in between",
            },
        )
        .on(pages.iter().map(|a| a.evidence()))
        .on(ground(facts, pages[0]).iter().map(Tried::evidence))
        .unless("an M-Send.conf at the same address and port")
        .then(match sent_on {
            true => "Look where it is sent to: a plan without data, a used-up allowance or a captive portal do this",
            false => PAGE,
        })
        .then("Check host and port of the MMSC against the carrier's page"),
    )
}

pub fn http_reject(facts: Facts<'_>) -> Option<Finding> {
    let asked = as_configured(facts);
    let refused: Vec<&Asked<'_>> = asked
        .iter()
        .filter(|a| a.http.kind() == Some(AnswerKind::Refusal))
        .collect();
    let status = refused.first()?.http.status()?;
    // A sound MMSC may call an incomplete request a bad one.
    let excusable = matches!(status, 400 | 422);
    let confidence = match excusable || is_block_page(refused[0]) {
        true => Confidence::Low,
        false => Confidence::Medium,
    };
    let but = match excusable {
        true => ", as a sound MMSC may to a request that is incomplete on purpose",
        false => "",
    };
    Some(
        Finding::new(
            Code::HttpReject,
            confidence,
            format!("A server answers at the MMSC's address and refuses the request: HTTP {status}{but}"),
        )
        .on(refused.iter().map(|a| a.evidence()))
        .on(ground(facts, refused[0]).iter().map(Tried::evidence))
        .unless("a header, a path or a subscription with which the same request is accepted")
        .then(match status {
            404 | 410 => "Check the path of the MMSC's URL against the carrier's page",
            400 | 422 => "Send a short message: only a whole one shows whether it is taken",
            407 => "The server wants a proxy's credentials: check the proxy against the carrier's page",
            _ => "Compare User-Agent and headers with what this carrier wants; then ask whether the line has MMS",
        }),
    )
}

//! Rules for a send of this session that ended once its connection was open: a probe sends nothing to anybody, so only a message
//! shows what becomes of a whole one.
use super::Finding;
use super::rows::configured_attempts;
use super::service::{self, as_configured, ground};
use crate::diagnosis::Facts;
use crate::diagnosis::evidence::of;
use crate::diagnosis::facts::{Asked, Tried};
use crate::event::{AnswerKind, Code, Confidence, Evidence, FactRow, Found, Stage};

/// A send that failed without an M-Send.conf, after its connection was open.
pub struct Broken<'a> {
    row: &'a FactRow,
    says: &'a str,
    http_status: Option<u16>,
    answer: Option<AnswerKind>,
    size: Option<usize>,
    unknown: bool,
}

fn last_sent(facts: Facts<'_>) -> Option<&FactRow> {
    facts
        .all(|f| matches!(f, Found::Sent { .. }))
        .into_iter()
        .next_back()
}

/// The last send, where it broke at the POST.
pub fn broken(facts: Facts<'_>) -> Option<Broken<'_>> {
    let row = last_sent(facts)?;
    match &row.fact.found {
        Found::Sent {
            ok: false,
            response_status: None,
            stage: Some(Stage::Post),
            says,
            http_status,
            answer,
            size,
            unknown,
            ..
        } => Some(Broken {
            row,
            says,
            http_status: *http_status,
            answer: *answer,
            size: *size,
            unknown: *unknown,
        }),
        _ => None,
    }
}

impl Broken<'_> {
    fn evidence(&self) -> Evidence {
        let size = self
            .size
            .map_or_else(String::new, |s| format!(" of {s} octets"));
        of(
            self.row,
            format!("the last send{size} ended at the POST: {}", self.says),
        )
    }

    fn octets(&self) -> String {
        self.size.map_or_else(
            || "the whole one".to_owned(),
            |s| format!("one of {s} octets"),
        )
    }
}

/// What the probe saw at the same place: its requests and their answers, else its connections.
fn beside(facts: Facts<'_>) -> Vec<Evidence> {
    if let Some(answered) = facts.works_as_configured() {
        let ground = ground(facts, &answered);
        return std::iter::once(answered.evidence())
            .chain(ground.iter().map(Tried::evidence))
            .collect();
    }
    let asked = as_configured(facts);
    if asked.is_empty() {
        return configured_attempts(facts)
            .iter()
            .map(Tried::evidence)
            .collect();
    }
    asked.iter().map(Asked::evidence).collect()
}

/// What a person must know before he sends again.
fn before_sending_again(finding: Finding, broken: &Broken<'_>) -> Finding {
    if broken.unknown {
        finding.then("Look at the recipient's phone before sending again: the message may have been accepted")
    } else {
        finding
    }
}

pub fn send_refused(facts: Facts<'_>) -> Option<Finding> {
    let answered = facts.works_as_configured()?;
    let last = last_sent(facts)?;
    let Found::Sent {
        ok: false,
        response_status: Some(status),
        says,
        ..
    } = &last.fact.found
    else {
        return None;
    };
    let words = crate::mms::ResponseStatus(*status);
    Some(
        Finding::new(
            Code::PduReject,
            Confidence::High,
            format!("The MMSC read the message and refused it: {}", words.name()),
        )
        .on([
            of(last, format!("the last send ended with {says}")),
            answered.evidence(),
        ])
        .unless("the same message accepted later, or from another line")
        .then(words.remedy()),
    )
}

pub fn send_lost_modem(facts: Facts<'_>) -> Option<Finding> {
    let row = last_sent(facts)?;
    let Found::Sent {
        modem_lost: true,
        says,
        ..
    } = &row.fact.found
    else {
        return None;
    };
    let back = facts.find(|f| matches!(f, Found::Modem { answers: true, .. }))?;
    Some(
        Finding::new(
            Code::ModemSilent,
            Confidence::Medium,
            "The modem itself went away while the message was being sent, and came back: it restarted, or its line was cut",
        )
        .on([
            of(row, format!("the last send ended with {says}")),
            of(back, "the modem answers again"),
        ])
        .on(beside(facts))
        .unless("a send of the same size that ends without a restart, on another supply or cable")
        .then("Give the modem a supply that holds 2 A peaks: transmitting draws the most, and a dip restarts it")
        .then("Try another USB cable without a hub, and look at the host's log of USB devices"),
    )
}

pub fn send_met_page(facts: Facts<'_>) -> Option<Finding> {
    let broken = broken(facts)?;
    if !matches!(broken.answer, Some(AnswerKind::Page | AnswerKind::Redirect)) {
        return None;
    }
    Some(
        Finding::new(
            Code::Portal,
            Confidence::Medium,
            "The message met a web page or a redirect where the MMSC should answer",
        )
        .on([broken.evidence()])
        .on(beside(facts))
        .unless("an M-Send.conf to a message at the same address and port")
        .then("Read the page under the HTTP exchange of the send: a plan without data, a used-up allowance or a captive portal do this")
        .then("Check host and port of the MMSC against the carrier's page"),
    )
}

pub fn send_rejected(facts: Facts<'_>) -> Option<Finding> {
    let broken = broken(facts).filter(|b| b.answer == Some(AnswerKind::Refusal))?;
    let status = broken.http_status.unwrap_or_default();
    // The pair: the same headers with a short body are taken, the whole message is not.
    let pair = facts.works_as_configured().is_some();
    let (headline, next) = match (pair, status) {
        (_, 413) => (
            format!(
                "The message is too large for the server: HTTP {status} to {}",
                broken.octets()
            ),
            "Send a smaller one: shorter text, fewer or smaller pictures; the profile's max_bytes is to be lowered",
        ),
        (true, _) => (
            format!(
                "The MMSC answers a short request, and refuses the whole message: HTTP {status}"
            ),
            "Compare the two requests: what differs is the body and its length. A/B sends (send --vary) change one thing at a time: each one is a message that may cost money and arrives",
        ),
        (false, _) => (
            format!("The server refuses the message: HTTP {status}"),
            "Compare User-Agent and headers with what this carrier wants; send --vary user-agent=… tries one after another (each one is a message that may cost money and arrives)",
        ),
    };
    let confidence = if pair {
        Confidence::High
    } else {
        Confidence::Medium
    };
    Some(
        Finding::new(Code::HttpReject, confidence, headline)
            .on([broken.evidence()])
            .on(beside(facts))
            .unless("the same message accepted with another header or another length")
            .then(next),
    )
}

pub fn send_met_fault(facts: Facts<'_>) -> Option<Finding> {
    let broken = broken(facts).filter(|b| b.answer == Some(AnswerKind::Fault))?;
    let status = broken.http_status.unwrap_or_default();
    let finding = Finding::new(
        Code::MmscFault,
        Confidence::Medium,
        format!("The MMSC was reached and broke on the message: HTTP {status}"),
    )
    .on([broken.evidence()])
    .on(beside(facts))
    .unless("an M-Send.conf to the same message in a few minutes");
    Some(
        before_sending_again(finding, &broken).then(
            "Try again in a few minutes; if it stays, tell the carrier the time and the status",
        ),
    )
}

pub fn send_unanswered(facts: Facts<'_>) -> Option<Finding> {
    let broken = broken(facts).filter(|b| {
        !matches!(
            b.answer,
            Some(AnswerKind::Page | AnswerKind::Redirect | AnswerKind::Refusal | AnswerKind::Fault)
        )
    })?;
    // Where not even a short request is answered, the other rules know more.
    let works = facts.works_as_configured().is_some();
    if !works && service::no_conf(facts).is_none() {
        return None;
    }
    // Where sizes were measured, the size is known from which on requests stall or are broken off.
    if service::mtu(facts).is_some() || service::large_dropped(facts).is_some() {
        return None;
    }
    let finding = Finding::new(
        Code::MmscFault,
        Confidence::Medium,
        match works {
            true => format!(
                "The MMSC answers a short request, and gave no answer that can be read to {}",
                broken.octets()
            ),
            false => format!(
                "The MMSC takes requests, and gave no M-Send.conf, neither to a short one nor to {}",
                broken.octets()
            ),
        },
    )
    .on([broken.evidence()])
    .on(beside(facts))
    .unless("a short message that gets its M-Send.conf: then the size is the matter, on the way (MTU) or at the MMSC")
    .unless("the same message answered in a few minutes");
    Some(
        before_sending_again(finding, &broken)
            .then("Send a short text: if that is answered, look at the size (send --vary length=160,1000,4000; each one is a message that may cost money and arrives)")
            .then("If short ones break as well, tell the carrier the time and what came back"),
    )
}

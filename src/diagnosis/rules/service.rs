//! Rules for what answers, or does not, once a connection is open: HTTP and the PDU.
use super::Finding;
use crate::diagnosis::Facts;
use crate::diagnosis::evidence::of;
use crate::diagnosis::evidence::seconds;
use crate::diagnosis::facts::{Asked, Tried};
use crate::event::{
    AnswerKind, Class, Code, Confidence, Fix, Found, HttpOutcome, ProbePdu, TargetRole, Witness,
};

/// What an M-Send.conf may rightly say to an M-Send.req without a recipient (OMA-TS-MMS_ENC section 7.3.48): unspecified, format
/// corrupt, address unresolved, and the general failures.
const EXPLAINED: [u8; 9] = [0x80, 0x81, 0x83, 0x84, 0xC0, 0xC1, 0xE0, 0xE2, 0xE3];

fn response_status(asked: &Asked<'_>) -> Option<u8> {
    match &asked.http.outcome {
        HttpOutcome::Answer {
            response_status, ..
        } => *response_status,
        _ => None,
    }
}

/// What WORKS means where no message went out.
const UNSENT: &str = "The MMSC answers over HTTP as an MMSC would; nothing was sent, so whether it takes a whole message only a send shows";

/// The connection beneath, and a control.
pub(super) fn ground<'a>(facts: Facts<'a>, asked: &Asked<'_>) -> Vec<Tried<'a>> {
    let open = facts.tried().into_iter().find(|t| {
        t.class == Class::Open
            && t.attempt.on == asked.http.on
            && t.attempt.target == asked.http.target
    });
    open.into_iter()
        .chain(facts.control(&asked.http.on))
        .collect()
}

pub fn works(facts: Facts<'_>) -> Option<Finding> {
    let answered = facts.works_as_configured()?;
    // What a whole message met weighs more than the answer to a request that reaches nobody.
    if super::sent::broken(facts).is_some() {
        return None;
    }
    let status = response_status(&answered);
    if status.is_some_and(|s| !EXPLAINED.contains(&s)) {
        return None;
    }
    // Where a message's size decides, a small answer shows nothing.
    if mtu(facts).is_some() || large_dropped(facts).is_some() {
        return None;
    }
    let sent = facts.find(|f| matches!(f, Found::Sent { ok: true, .. }));
    // General trouble, from which a sound message may suffer as well.
    let trouble = status.filter(|s| matches!(s, 0xC0 | 0xC1)).map(|s| {
        let words = crate::mms::ResponseStatus(s);
        format!(
            "The MMSC answers over HTTP as an MMSC would, and says {}; nothing was sent, so whether it takes a whole message only a send shows",
            words.name()
        )
    });
    let (confidence, headline) = match (sent.is_some(), status) {
        (true, _) => (
            Confidence::High,
            "The MMSC answers over HTTP as an MMSC would, and a message of this session was accepted",
        ),
        (false, Some(0x80)) => (Confidence::High, UNSENT),
        (false, _) if trouble.is_some() => (Confidence::Low, UNSENT),
        _ => (Confidence::Medium, UNSENT),
    };
    let headline = match trouble.filter(|_| sent.is_none()) {
        Some(says) => says,
        None => headline.to_owned(),
    };
    Some(
        Finding::new(Code::Works, confidence, headline)
            .on([answered.evidence()])
            .on(ground(facts, &answered).iter().map(Tried::evidence))
            .on(sent
                .iter()
                .map(|r| of(r, "a send of this session was accepted")))
            .unless("a whole message that is refused: only a send shows whether the MMSC takes it")
            .then(match sent {
                Some(_) => "Nothing is to be mended here: whether the message is on the phone, the phone itself or a delivery report tells",
                None => "Send the message",
            }),
    )
}

pub fn pdu_reject(facts: Facts<'_>) -> Option<Finding> {
    let answered = facts.works_as_configured()?;
    let status = response_status(&answered).filter(|s| !EXPLAINED.contains(s))?;
    // A line that a phone shows to have none is no matter of the PDU.
    if super::silence::subscription(facts).is_some() {
        return None;
    }
    let words = crate::mms::ResponseStatus(status);
    Some(
        Finding::new(
            Code::PduReject,
            Confidence::Medium,
            format!(
                "The MMSC answers, and refuses a request that reaches nobody: {} ({status:#04X})",
                words.name()
            ),
        )
        .on([answered.evidence()])
        .on(ground(facts, &answered).iter().map(Tried::evidence))
        .unless("an M-Send.conf that says Ok to a whole message")
        .then(words.remedy()),
    )
}

/// Requests to the configured endpoint, as configured.
pub(super) fn as_configured<'a>(facts: Facts<'a>) -> Vec<Asked<'a>> {
    if !facts.answered().is_empty() {
        return Vec::new();
    }
    facts
        .http()
        .into_iter()
        .filter(|a| facts.is_configured(&a.http.on, &a.http.target))
        .collect()
}

/// Whether nothing accepts connections to just any address on that port.
pub(super) fn hole_is_shut(facts: Facts<'_>, asked: &Asked<'_>) -> Option<bool> {
    facts
        .tried()
        .into_iter()
        .find(|t| {
            t.attempt.target.role == TargetRole::BlackHole
                && t.attempt.target.port == asked.http.target.port
                && t.attempt.on == asked.http.on
        })
        .map(|t| t.class != Class::Open)
}

pub fn header_flips(facts: Facts<'_>) -> Option<Finding> {
    let flipped = facts
        .answered()
        .into_iter()
        .find(|a| !a.http.variant.is_empty() && facts.is_configured(&a.http.on, &a.http.target))?;
    let refused = facts.http().into_iter().find(|a| {
        a.http.variant.is_empty()
            && a.http.target == flipped.http.target
            && a.http.path == flipped.http.path
            && a.http.kind() == Some(AnswerKind::Refusal)
    })?;
    let variant = &flipped.http.variant;
    let known = crate::diagnosis::post_variant(variant);
    let finding = Finding::new(
        Code::HttpReject,
        Confidence::High,
        format!("The MMSC refuses the request as it is, and takes it {variant}"),
    )
    .on([refused.evidence(), flipped.evidence()])
    .on(ground(facts, &flipped).iter().map(Tried::evidence))
    .unless("the request accepted without that header");
    Some(match known {
        Some((name, value)) => finding.fix(
            format!("Send {name}: {value} (in a copy of the profile)"),
            Fix::Header {
                name: name.to_owned(),
                value: value.to_owned(),
            },
        ),
        None => finding.then("Add that header to a copy of the profile"),
    })
}

pub fn path_flips(facts: Facts<'_>) -> Option<Finding> {
    let case = facts.case()?;
    let meant = case.meant_path.as_deref()?;
    if facts.works_as_configured().is_some() {
        return None;
    }
    let flipped = facts
        .answered()
        .into_iter()
        .find(|a| a.http.path == meant && facts.is_configured(&a.http.on, &a.http.target))?;
    let refused = facts
        .http()
        .into_iter()
        .find(|a| a.http.path == case.path && a.http.target == flipped.http.target)?;
    let port = match case.port {
        80 => String::new(),
        port => format!(":{port}"),
    };
    let url = format!("http://{}{port}{meant}", case.host);
    Some(
        Finding::new(
            Code::HttpReject,
            Confidence::High,
            format!("The MMSC does not know the path {}, and answers at {meant}: the port stands at the wrong place in the URL", case.path),
        )
        .on([refused.evidence(), flipped.evidence()])
        .on(ground(facts, &flipped).iter().map(Tried::evidence))
        .unless("an answer as an MMSC at the configured path")
        .fix(format!("Set mmsc = \"{url}\" in a copy of the profile"), Fix::Mmsc { url }),
    )
}

pub fn mtu(facts: Facts<'_>) -> Option<Finding> {
    let ladder: Vec<Asked<'_>> = facts
        .http()
        .into_iter()
        .filter(|a| matches!(a.http.pdu, ProbePdu::Padded(_)))
        .collect();
    let stalls = |a: &&Asked<'_>| matches!(a.http.outcome, HttpOutcome::Silence { .. });
    let stalled: Vec<&Asked<'_>> = ladder.iter().filter(|a| stalls(a)).collect();
    let first = stalled.first()?;
    let small = facts.http().into_iter().find(|a| {
        a.http.target == first.http.target
            && !matches!(a.http.pdu, ProbePdu::Padded(_))
            && matches!(a.http.outcome, HttpOutcome::Answer { .. })
    })?;
    // A server that dislikes size says so or closes; packets that are lost say nothing.
    if stalled.len() < 2 {
        return None;
    }
    let octets = |a: &Asked<'_>| match a.http.pdu {
        ProbePdu::Padded(octets) => octets,
        _ => 0,
    };
    let smallest = stalled.iter().map(|a| octets(a)).min().unwrap_or_default();
    let answered: Vec<&Asked<'_>> = ladder
        .iter()
        .filter(|a| matches!(a.http.outcome, HttpOutcome::Answer { .. }))
        .collect();
    if answered.iter().any(|a| octets(a) > smallest) {
        return None; // it comes and goes, so size is not what makes it stall
    }
    let between = match answered.iter().map(|a| octets(a)).max() {
        Some(largest) => format!(
            "bodies made {largest} octets larger are answered, from {smallest} on they stall"
        ),
        None => format!("bodies made {smallest} octets larger stall"),
    };
    Some(
        Finding::new(
            Code::Mtu,
            Confidence::Medium,
            format!("Small requests are answered, larger ones stall: {between}; large packets are lost on the way"),
        )
        .on([small.evidence()])
        .on(answered.iter().map(|a| a.evidence()))
        .on(stalled.iter().map(|a| a.evidence()))
        .unless("a large body that is answered")
        .then("Lower the MTU on the bearer below the size that stalls, or send smaller messages; tell the carrier the size"),
    )
}

/// Larger requests are broken off: somebody closes the connection, so packets do arrive.
pub fn large_dropped(facts: Facts<'_>) -> Option<Finding> {
    let small = facts.works_as_configured()?;
    let dropped: Vec<Asked<'_>> = facts
        .http()
        .into_iter()
        .filter(|a| {
            matches!(a.http.pdu, ProbePdu::Padded(_))
                && matches!(a.http.outcome, HttpOutcome::Closed { .. })
        })
        .collect();
    if dropped.len() < 2 || mtu(facts).is_some() {
        return None;
    }
    Some(
        Finding::new(
            Code::MmscFault,
            Confidence::Medium,
            "The MMSC answers small requests, and breaks larger ones off",
        )
        .on([small.evidence()])
        .on(dropped.iter().map(Asked::evidence))
        .unless("a large body that is answered")
        .then("Send shorter messages meanwhile; tell the carrier from which size on the connection is closed"),
    )
}

pub fn mmsc_fault(facts: Facts<'_>) -> Option<Finding> {
    let asked = as_configured(facts);
    let faults: Vec<&Asked<'_>> = asked
        .iter()
        .filter(|a| a.http.kind() == Some(AnswerKind::Fault))
        .collect();
    let broken: Vec<&Asked<'_>> = asked
        .iter()
        .filter(|a| {
            matches!(
                a.http.outcome,
                HttpOutcome::Closed { .. } | HttpOutcome::Silence { .. }
            )
        })
        .collect();
    let (rows, confidence, headline) = if faults.len() >= 2 {
        let status = faults[0].http.status().unwrap_or_default();
        if let Some(phone) = facts.witness(Witness::PhoneSends) {
            return Some(breaks_on_ours(facts, &faults, phone, status));
        }
        (
            faults,
            Confidence::Medium,
            format!(
                "The MMSC is reached and breaks: HTTP {status} to two different requests, both incomplete on purpose"
            ),
        )
    } else if broken.len() >= 2 && hole_is_shut(facts, broken[0]) == Some(true) {
        (
            broken.clone(),
            Confidence::Medium,
            match broken[0].http.outcome {
                HttpOutcome::Silence { .. } => format!(
                    "The MMSC accepts the connection and the request, and gives no answer within {}",
                    seconds(broken[0].http.ms)
                ),
                _ => "The MMSC accepts the connection and gives no answer".to_owned(),
            },
        )
    } else {
        return None;
    };
    Some(
        Finding::new(Code::MmscFault, confidence, headline)
            .on(rows.iter().map(|a| a.evidence()))
            .on(ground(facts, rows[0]).iter().map(Tried::evidence))
            .unless("an M-Send.conf, now or in a few minutes")
            .then("Try again in a few minutes; if it stays, tell the carrier the time and what came back"),
    )
}

/// A fault that a phone on the same line does not meet: then it is the request that differs.
fn breaks_on_ours(
    facts: Facts<'_>,
    faults: &[&Asked<'_>],
    phone: &crate::event::FactRow,
    status: u16,
) -> Finding {
    Finding::new(
        Code::HttpReject,
        Confidence::Medium,
        format!("The MMSC answers HTTP {status} to requests that are incomplete on purpose, while the same SIM in a phone sends: what it breaks on is the request"),
    )
    .on(faults.iter().map(|a| a.evidence()))
    .on([of(phone, "the same SIM in a phone sends")])
    .on(ground(facts, faults[0]).iter().map(Tried::evidence))
    .unless("the same status to a whole message, or a phone that fails now")
    .then("Send a short message: a probe's requests are incomplete, and an MMSC may break on that alone")
    .then("If that breaks too, compare User-Agent and headers with the phone's")
}

/// The request with a body came to nothing, a smaller one was answered: large packets may be lost, or the MMSC is slow.
pub fn larger_stalls(facts: Facts<'_>) -> Option<Finding> {
    if mtu(facts).is_some() {
        return None;
    }
    let asked = as_configured(facts);
    let stalled: Vec<&Asked<'_>> = asked
        .iter()
        .filter(|a| a.http.pdu == ProbePdu::NoRecipient)
        .filter(|a| matches!(a.http.outcome, HttpOutcome::Silence { .. }))
        .collect();
    let first = stalled.first()?;
    let smaller = asked.iter().find(|a| {
        a.http.pdu == ProbePdu::NotifyResp
            && a.http.target == first.http.target
            && a.http.status().is_some_and(|s| (200..300).contains(&s))
    })?;
    Some(
        Finding::new(
            Code::Mtu,
            Confidence::Low,
            format!(
                "The smaller of two requests is answered, the larger gets no answer within {}: large packets may be lost on the way",
                seconds(first.http.ms)
            ),
        )
        .on(stalled.iter().map(|a| a.evidence()))
        .on([smaller.evidence()])
        .on(ground(facts, first).iter().map(Tried::evidence))
        .unless("an M-Send.conf to the larger one: then the MMSC was only slow")
        .then("Look for the size from which on requests stall: --sizes"),
    )
}

/// An answer of success without the PDU that belongs into it.
pub fn no_conf(facts: Facts<'_>) -> Option<Finding> {
    let asked = as_configured(facts);
    let succeeds = |a: &Asked<'_>| {
        a.http.kind() == Some(AnswerKind::Other)
            && a.http.status().is_some_and(|s| (200..300).contains(&s))
    };
    let small: Vec<&Asked<'_>> = asked
        .iter()
        .filter(|a| a.http.pdu == ProbePdu::NotifyResp)
        .collect();
    // An answer that breaks off counts beside one that does not: then the server is there.
    let broke_off = |a: &Asked<'_>| {
        matches!(a.http.outcome, HttpOutcome::Closed { whole: true, .. })
            && small.iter().any(|s| succeeds(s))
    };
    let empty: Vec<&Asked<'_>> = asked
        .iter()
        .filter(|a| a.http.pdu == ProbePdu::NoRecipient)
        .filter(|a| succeeds(a) || broke_off(a))
        .collect();
    let first = empty.first()?;
    let headline = match first.http.status() {
        Some(status) => format!(
            "A server at the MMSC's address answers HTTP {status} without an M-Send.conf: it is broken, or no MMSC"
        ),
        None => "The answer of the server at the MMSC's address breaks off before an M-Send.conf"
            .to_owned(),
    };
    Some(
        Finding::new(
            Code::MmscFault,
            Confidence::Low,
            headline,
        )
        .on(empty.iter().map(|a| a.evidence()))
        .on(small.iter().map(|a| a.evidence()))
        .on(ground(facts, first).iter().map(Tried::evidence))
        .unless("an M-Send.conf to a whole message")
        .then("Check host, port and path of the MMSC against the carrier's page")
        .then("Try again in a few minutes; if it stays, tell the carrier the time and what came back"),
    )
}

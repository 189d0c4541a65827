//! Which HTTP request comes next over connections to one target: E30, E32 and the repair of a path.
use super::rules::same_host_path;
use crate::event::{AnswerKind, Case, HttpOutcome, HttpProbe, ProbePdu, TargetRole};

/// A request to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// The experiment that it belongs to.
    pub experiment: &'static str,
    /// What is sent.
    pub pdu: ProbePdu,
    /// Headers beside the profile's, and what this is called; empty: as configured.
    pub variant: &'static str,
    /// The header itself, where it is a fixed one.
    pub header: Option<(&'static str, &'static str)>,
    /// The path.
    pub path: String,
}

/// Header variants, in the order in which they are tried. Names are what a verdict shows.
pub const VARIANTS: [(&str, &str, &str); 3] = [
    (
        "User-Agent of an Android phone",
        "User-Agent",
        "Android-Mms/2.0",
    ),
    (
        "with a UAProf header",
        "x-wap-profile",
        "http://www.google.com/oha/rdf/ua-profile-kila.xml",
    ),
    ("with the line's number", OWN_NUMBER, ""),
];

/// Stands for the header that carries the line's own number.
pub const OWN_NUMBER: &str = "X-MDN";

/// The next request over a connection to a target, after those that were made there; none where nothing more can be learned.
#[must_use]
pub fn next_post(case: &Case, role: TargetRole, path: &str, made: &[&HttpProbe]) -> Option<Post> {
    let post = |experiment, pdu, path: &str| Post {
        experiment,
        pdu,
        variant: "",
        header: None,
        path: path.to_owned(),
    };
    let first = post("E30", ProbePdu::NoRecipient, path);
    let Some(last) = made.last() else {
        return Some(first);
    };
    // A control is asked once: whether something answers there at all.
    if !role.is_mmsc() || made.iter().any(|h| h.kind() == Some(AnswerKind::Mmsc)) {
        return None;
    }
    let meant = case.meant_path.as_deref().filter(|p| *p != path);
    if let (Some(404 | 410 | 400 | 405), Some(meant)) = (last.status(), meant)
        && made.iter().all(|h| h.path != meant)
    {
        return Some(post("E30", ProbePdu::NoRecipient, meant));
    }
    // The server itself names another path of the same host: once, whether it answers there.
    if let HttpOutcome::Answer {
        kind: AnswerKind::Redirect,
        location,
        ..
    } = &last.outcome
        && let Some(named) = same_host_path(case, last, location)
        && role != TargetRole::Proxy
        && made.iter().all(|h| h.path == path)
        && named != path
    {
        return Some(post("E30", ProbePdu::NoRecipient, &named));
    }
    let again = |h: &HttpProbe| h.pdu == ProbePdu::NotifyResp;
    match (&last.outcome, last.kind()) {
        (_, Some(AnswerKind::Refusal)) => {
            let tried = made.iter().filter(|h| !h.variant.is_empty()).count();
            VARIANTS.get(tried).map(|&(variant, name, value)| Post {
                experiment: "E32",
                pdu: ProbePdu::NoRecipient,
                variant,
                header: Some((name, value)),
                path: last.path.clone(),
            })
        }
        (HttpOutcome::NotHttp { .. }, _) => None,
        _ if made.iter().any(|h| again(h)) => None,
        // A second, different row: no verdict rests on one.
        _ => Some(post("E30", ProbePdu::NotifyResp, &last.path)),
    }
}

/// The header of a variant by its name, where it is a fixed one.
#[must_use]
pub fn variant(name: &str) -> Option<(&'static str, &'static str)> {
    VARIANTS
        .iter()
        .find(|(known, header, _)| *known == name && *header != OWN_NUMBER)
        .map(|&(_, header, value)| (header, value))
}

//! Rows as evidence: each in a sentence, with the id of its event.
use super::facts::{Asked, Context, Named, Put, Tried};
use crate::event::{AnswerKind, Class, Evidence, FactRow, HttpOutcome, Said};

impl Tried<'_> {
    /// As evidence.
    #[must_use]
    pub fn evidence(&self) -> Evidence {
        let t = &self.attempt.target;
        let after = self
            .attempt
            .ms
            .map_or_else(String::new, |ms| format!(" after {}", seconds(ms)));
        let outcome = match self.class {
            Class::Open => "opened".to_owned(),
            Class::Unknown => format!(
                "did not open ({})",
                self.attempt
                    .code
                    .map_or_else(|| "no code".to_owned(), |c| format!("code {c}"))
            ),
            class => format!("did not open: {class}"),
        };
        of(self.row, format!("{} {t} {outcome}{after}", t.role.words()))
    }
}

impl Asked<'_> {
    /// As evidence.
    #[must_use]
    pub fn evidence(&self) -> Evidence {
        let outcome = match &self.http.outcome {
            HttpOutcome::Answer {
                status,
                kind,
                content_type,
                response,
                location,
                ..
            } => match kind {
                AnswerKind::Mmsc if !response.is_empty() => {
                    format!("{status} with an M-Send.conf: {response}")
                }
                AnswerKind::Mmsc => format!("{status} as an MMSC ({content_type})"),
                AnswerKind::Page => format!("{status} with a web page ({content_type})"),
                AnswerKind::Redirect if !location.is_empty() => {
                    format!("{status}, sent on to {location}")
                }
                AnswerKind::Redirect => format!("{status}, sent elsewhere without saying where"),
                _ if content_type.is_empty() => status.to_string(),
                _ => format!("{status} ({content_type})"),
            },
            HttpOutcome::Closed { why, .. } => format!("no answer: {why}"),
            HttpOutcome::Silence { .. } => {
                format!("no answer within {}", seconds(self.http.ms))
            }
            HttpOutcome::NotHttp { .. } => "something that is no HTTP".to_owned(),
        };
        let variant = match self.http.variant.as_str() {
            "" => String::new(),
            v => format!(" ({v})"),
        };
        of(
            self.row,
            format!(
                "POST {} to {}{variant}: {outcome}",
                self.http.path, self.http.target
            ),
        )
    }
}

impl Named<'_> {
    /// As evidence.
    #[must_use]
    pub fn evidence(&self) -> Evidence {
        let came = if self.addresses.is_empty() {
            format!("did not resolve ({})", self.says)
        } else {
            format!("resolved to {}", self.addresses.join(", "))
        };
        of(self.row, format!("{} {came}", self.name))
    }
}

impl Put<'_> {
    /// As evidence.
    #[must_use]
    pub fn evidence(&self) -> Evidence {
        let q = self.query;
        let said = match &q.said {
            Said::Addresses { addresses, .. } => addresses.join(", "),
            Said::Empty => format!("the name has no {}", q.record),
            Said::NoName => "no such name (NXDOMAIN)".to_owned(),
            Said::Refused { code } => format!("no answer to the question (code {code})"),
            Said::Silence => format!("nothing within {}", seconds(q.ms)),
        };
        of(
            self.row,
            format!("{} of {} at {}: {said}", q.record, q.name, q.resolver),
        )
    }
}

impl Context<'_> {
    /// As evidence.
    #[must_use]
    pub fn evidence(&self) -> Evidence {
        let cid = self
            .on
            .cid
            .map_or_else(|| "?".to_owned(), |c| c.to_string());
        let asked = format!(
            "context {cid} asked for {} ({})",
            self.on.apn_asked, self.on.pdp_type
        );
        let says = match (self.refused, &self.on.apn_granted) {
            (Some(why), _) => format!("{asked}: refused, {why}"),
            (None, Some(granted)) => format!(
                "{asked}, granted {granted}, address {}",
                self.addresses.join(" ")
            ),
            (None, None) => format!("{asked}, address {}", self.addresses.join(" ")),
        };
        of(self.row, says)
    }
}

/// A row as evidence, in these words.
#[must_use]
pub fn of(row: &FactRow, says: impl Into<String>) -> Evidence {
    Evidence {
        id: row.id,
        ms: row.ms,
        says: says.into(),
        rests_on: row.fact.rests_on.clone(),
    }
}

/// Milliseconds for the eye.
#[must_use]
pub fn seconds(ms: u64) -> String {
    if ms < 1000 {
        format!("{ms} ms")
    } else {
        format!("{}.{} s", ms / 1000, ms % 1000 / 100)
    }
}

//! HTTP requests of a probe, and what came of them.
use super::{On, Target};
use serde::{Deserialize, Serialize};

/// What was sent over an open connection. None of these is a message to anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProbePdu {
    /// An M-Send.req without a recipient: an MMSC must answer with an M-Send.conf, and has nobody to deliver to.
    NoRecipient,
    /// An M-NotifyResp.ind for a transaction that never was: complete and valid, and without consequence.
    NotifyResp,
    /// The first, made larger by so many octets of nothing.
    Padded(u32),
}

/// What kind of answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerKind {
    /// As an MMSC answers: with an M-Send.conf that reads as one. The media type alone is anybody's.
    Mmsc,
    /// A web page.
    Page,
    /// Sent elsewhere (3xx).
    Redirect,
    /// A refusal of the request (4xx).
    Refusal,
    /// Trouble of the server's own (5xx).
    Fault,
    /// Something else.
    Other,
}

impl AnswerKind {
    /// The kind of an answer by its status, its media type and the beginning of its body; `is_conf` where the body reads as an M-Send.conf.
    #[must_use]
    pub fn of(status: u16, content_type: &str, begins: &[u8], is_conf: bool) -> Self {
        let media = content_type.to_ascii_lowercase();
        let page = media.contains("html") || begins.trim_ascii_start().starts_with(b"<");
        match status {
            200..=299 if is_conf && !page => Self::Mmsc,
            200..=299 if page => Self::Page,
            300..=399 => Self::Redirect,
            400..=499 => Self::Refusal,
            511 => Self::Page,
            500..=599 => Self::Fault,
            _ => Self::Other,
        }
    }
}

/// What came of an HTTP request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum HttpOutcome {
    /// An answer.
    Answer {
        /// Status code.
        status: u16,
        /// What it is.
        kind: AnswerKind,
        /// Content-Type.
        content_type: String,
        /// Server, where it says.
        server: String,
        /// Location, where it says: to where the request is sent on.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        location: String,
        /// X-Mms-Response-Status, where it is an M-Send.conf.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        response_status: Option<u8>,
        /// Its name and text.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        response: String,
    },
    /// The connection ended without one.
    Closed {
        /// The request had gone out whole.
        whole: bool,
        /// In the words of the stream.
        why: String,
    },
    /// Nothing came within the limit.
    Silence {
        /// The request had gone out whole.
        whole: bool,
    },
    /// What came was no HTTP.
    NotHttp {
        /// Its beginning, escaped.
        begins: String,
    },
}

/// One HTTP request of a probe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HttpProbe {
    /// Where it left.
    pub on: On,
    /// Over a connection to here.
    pub target: Target,
    /// What was sent.
    pub pdu: ProbePdu,
    /// How the headers differ from the profile's; empty: they do not.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub variant: String,
    /// Path, or the whole URL through a proxy.
    pub path: String,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: HttpOutcome,
    /// Milliseconds that it took.
    #[serde(rename = "took_ms")]
    pub ms: u64,
}

impl HttpProbe {
    /// The kind of the answer, where there was one.
    #[must_use]
    pub fn kind(&self) -> Option<AnswerKind> {
        match &self.outcome {
            HttpOutcome::Answer { kind, .. } => Some(*kind),
            _ => None,
        }
    }
    /// The status, where there was an answer.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match &self.outcome {
            HttpOutcome::Answer { status, .. } => Some(*status),
            _ => None,
        }
    }
}

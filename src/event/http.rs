//! Steps of an HTTP exchange, as shown under *post*.
use serde::{Deserialize, Serialize};

/// A step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HttpStep {
    /// Which send it belongs to.
    pub send: u64,
    /// What.
    #[serde(flatten)]
    pub step: HttpPart,
}

/// What went or came.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "part", rename_all = "snake_case")]
pub enum HttpPart {
    /// The request's head as it went out, and the size of its body.
    Request {
        /// `POST /mms/wapenc HTTP/1.1`.
        line: String,
        /// Field names and values, in order.
        headers: Vec<(String, String)>,
        /// Octets of the body.
        body: usize,
    },
    /// The answer's head and the beginning of its body.
    Answer {
        /// Status code.
        status: u16,
        /// `HTTP/1.1 200 OK`.
        line: String,
        /// Field names and values, in order, control characters escaped.
        headers: Vec<(String, String)>,
        /// Octets of the body that were read.
        body: usize,
        /// The first octets of the body, escaped.
        begins: String,
    },
}

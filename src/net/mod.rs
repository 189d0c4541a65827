//! Ways out: HTTP over a link of the modem.
//!
//! In: an open stream of octets and a request. Out: the answer, or an error that says how far the request got. Never here:
//! AT commands (a link hides them), MMS, decisions.
mod http;
mod tee;

pub use http::{Answer, HttpError, Method, PostLimits, Request, post};
pub use tee::{Sent, Tee, Trace};

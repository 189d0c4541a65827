//! Ways out: HTTP over a link of the modem, sockets of the host's own interface, DNS messages for either.
//!
//! In: an open stream of octets and a request. Out: the answer, or an error that says how far the request got. Never here:
//! AT commands (a link hides them), MMS, decisions.
mod dns;
mod host;
mod http;
mod routes;
mod tee;

pub use dns::{NoSuchQuestion, answer, question};
pub use host::{Acting, Host, HostStack, Interface, Octets, Route};
pub use http::{Answer, HttpError, Method, PostLimits, Request, post};
pub use routes::leaves_by;
pub use tee::{Sent, Tee, Trace};

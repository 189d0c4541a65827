//! One POST or GET over one connection, by hyper.
//!
//! In: a stream, a request, limits. Out: the answer with its body (bounded), or [`HttpError`], which tells whether the request
//! went out whole: only then may the message have been accepted. Never here: retries; each attempt is its own row.
use super::{Sent, Tee, Trace};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::client::conn::http1;
use hyper::header::{HeaderName, HeaderValue};
use hyper_util::rt::TokioIo;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, sleep_until};

/// What is asked of the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Method {
    /// POST: a PDU goes there.
    #[default]
    Post,
    /// GET: a message is fetched.
    Get,
}

impl Method {
    /// Its name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Post => "POST",
            Self::Get => "GET",
        }
    }
}

/// A request.
#[derive(Clone, Debug)]
pub struct Request {
    /// What is asked.
    pub method: Method,
    /// Path, or the absolute URL through a proxy.
    pub target: String,
    /// Field names (any case; they go out in Title-Case) and values, in order. `Host` and `Content-Length` included.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
}

impl Request {
    /// The request line.
    #[must_use]
    pub fn line(&self) -> String {
        format!("{} {} HTTP/1.1", self.method.name(), self.target)
    }

    /// How many octets it has on the wire, head and body.
    #[must_use]
    pub fn octets(&self) -> usize {
        let fields: usize = self
            .headers
            .iter()
            .map(|(name, value)| name.len() + value.len() + 4)
            .sum();
        self.line().len() + 2 + fields + 2 + self.body.len()
    }
}

/// The answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// The status line as it came, escaped.
    pub line: String,
    /// Field names and values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
}

impl Answer {
    /// The first value of a field.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, v)| v.as_str())
    }
}

/// Limits of a POST, in real time.
#[derive(Clone, Copy, Debug)]
pub struct PostLimits {
    /// The longest time in which no octet moves, in either direction.
    pub silence: Duration,
    /// The longest time for all of it.
    pub total: Duration,
    /// The largest body of an answer, in octets.
    pub body: usize,
}

/// Why there is no answer.
#[derive(Clone, Debug, thiserror::Error)]
pub enum HttpError {
    /// Our own request cannot be written as HTTP.
    #[error("the request cannot be written: {why}")]
    Unwritable {
        /// Which field, and why.
        why: String,
    },
    /// The connection failed or was closed.
    #[error("{} ({why})", if *.sent == Sent::Partly { "the connection ended while the request was going out" } else { "the connection ended before an answer came" })]
    Closed {
        /// In the words of the stream or of hyper.
        why: String,
        /// How far the request had gone.
        sent: Sent,
        /// The way there broke (a lost line, a reboot), and not only this connection.
        broken: bool,
        /// What came of an answer.
        begins: Vec<u8>,
    },
    /// What came is no HTTP.
    #[error("what came back is not HTTP ({why})")]
    NotHttp {
        /// What hyper says of it.
        why: String,
        /// Its first octets.
        begins: Vec<u8>,
    },
    /// The answer ended before its end.
    #[error("the answer broke off after its status {status} ({why})")]
    Truncated {
        /// The status that it began with.
        status: u16,
        /// What hyper says of it.
        why: String,
        /// Its first octets.
        begins: Vec<u8>,
    },
    /// The answer is larger than any M-Send.conf.
    #[error("the answer, status {status}, does not end: more than {limit} octets of body")]
    Endless {
        /// The status that it began with.
        status: u16,
        /// The bound.
        limit: usize,
        /// Its first octets.
        begins: Vec<u8>,
    },
    /// Nothing moved, or all of it took too long.
    #[error("{what} within {} s", .limit.as_secs())]
    Timeout {
        /// What did not happen.
        what: &'static str,
        /// The limit that passed.
        limit: Duration,
        /// How far the request had gone.
        sent: Sent,
        /// What came of an answer.
        begins: Vec<u8>,
    },
}

impl HttpError {
    /// How far the request had gone: where an answer began, all of it counts as out.
    #[must_use]
    pub fn sent(&self) -> Sent {
        match self {
            Self::Unwritable { .. } => Sent::Partly,
            Self::Closed { sent, .. } | Self::Timeout { sent, .. } => *sent,
            Self::NotHttp { .. } | Self::Truncated { .. } | Self::Endless { .. } => Sent::Whole,
        }
    }

    /// Whether the server may have taken the message: the request went out whole, or may have, and nothing readable came back.
    #[must_use]
    pub fn may_have_been_accepted(&self) -> bool {
        match self {
            Self::Unwritable { .. } | Self::NotHttp { .. } => false,
            Self::Closed { sent, .. } | Self::Timeout { sent, .. } => *sent != Sent::Partly,
            // Another status than success is an answer, whatever became of its body.
            Self::Truncated { status, .. } | Self::Endless { status, .. } => {
                (200..300).contains(status)
            }
        }
    }

    /// Whether the request may have gone out whole. What came back may have been an answer that the line has spoilt, so this is more than
    /// [`Self::may_have_been_accepted`]: a message of which this is true is never sent again without a word of the person.
    #[must_use]
    pub fn may_have_gone_out(&self) -> bool {
        !matches!(self, Self::Unwritable { .. })
            && !matches!(
                self,
                Self::Closed {
                    sent: Sent::Partly,
                    ..
                } | Self::Timeout {
                    sent: Sent::Partly,
                    ..
                }
            )
    }

    /// Whether the same request may be sent once more over a new connection: a connection ended or stood still before the request
    /// was out, so that nobody can have taken the message.
    #[must_use]
    pub fn may_be_repeated(&self) -> bool {
        matches!(
            self,
            Self::Closed { sent: Sent::Partly, broken: false, begins, .. } | Self::Timeout { sent: Sent::Partly, begins, .. }
            if begins.is_empty()
        )
    }

    /// The status of the answer, where one was read.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Truncated { status, .. } | Self::Endless { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// The first octets of what came back.
    #[must_use]
    pub fn begins(&self) -> &[u8] {
        match self {
            Self::Unwritable { .. } => &[],
            Self::Closed { begins, .. }
            | Self::NotHttp { begins, .. }
            | Self::Truncated { begins, .. }
            | Self::Endless { begins, .. }
            | Self::Timeout { begins, .. } => begins,
        }
    }
}

/// Sends the request over the stream and reads the answer.
///
/// # Errors
/// See [`HttpError`].
pub async fn post<S>(stream: S, request: &Request, limits: PostLimits) -> Result<Answer, HttpError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let wire = to_hyper(request)?;
    let (tee, trace) = Tee::new(stream);
    let began = Instant::now();
    tokio::select! {
        answer = exchange(tee, wire, &trace, request.body.len(), limits.body) => answer,
        () = silent(&trace, limits.silence) => Err(timeout("nothing moved", limits.silence, &trace, request)),
        () = sleep_until(began + limits.total) => Err(timeout("the exchange did not end", limits.total, &trace, request)),
    }
}

fn timeout(what: &'static str, limit: Duration, trace: &Trace, request: &Request) -> HttpError {
    HttpError::Timeout {
        what,
        limit,
        sent: trace.sent(request.body.len()),
        begins: trace.begins(),
    }
}

/// Ends when nothing has moved for so long.
async fn silent(trace: &Trace, limit: Duration) {
    loop {
        let until = trace.moved() + limit;
        if until <= Instant::now() {
            return;
        }
        sleep_until(until).await;
    }
}

fn to_hyper(request: &Request) -> Result<hyper::Request<Full<Bytes>>, HttpError> {
    let unwritable = |why: String| HttpError::Unwritable { why };
    let mut wire = hyper::Request::builder()
        .method(request.method.name())
        .uri(&request.target)
        .body(Full::new(request.body.clone()))
        .map_err(|e| unwritable(format!("target `{}`: {e}", request.target.escape_default())))?;
    for (name, value) in &request.headers {
        let field = HeaderName::try_from(name)
            .map_err(|e| unwritable(format!("field name `{}`: {e}", name.escape_default())))?;
        let value = HeaderValue::try_from(value)
            .map_err(|e| unwritable(format!("value of {name}: {e}")))?;
        wire.headers_mut().append(field, value);
    }
    Ok(wire)
}

async fn exchange<S>(
    tee: Tee<S>,
    wire: hyper::Request<Full<Bytes>>,
    trace: &Trace,
    sent_body: usize,
    body_limit: usize,
) -> Result<Answer, HttpError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let why = |e: &dyn std::error::Error| trace.failure().unwrap_or_else(|| e.to_string());
    let closed = |why: String| HttpError::Closed {
        why,
        sent: trace.sent(sent_body),
        broken: trace.broken(),
        begins: trace.begins(),
    };
    let (mut sender, connection) = http1::Builder::new()
        .title_case_headers(true)
        .preserve_header_case(true)
        .handshake(TokioIo::new(tee))
        .await
        .map_err(|e| closed(why(&e)))?;
    let talk = async {
        let answer = sender.send_request(wire).await.map_err(|e| {
            if e.is_parse() {
                HttpError::NotHttp {
                    why: e.to_string(),
                    begins: trace.begins(),
                }
            } else {
                closed(why(&e))
            }
        })?;
        read_answer(answer, trace, body_limit).await
    };
    // The connection only moves octets for the talk; its own end is told by the talk's result.
    let mut connection = std::pin::pin!(connection);
    let mut talk = std::pin::pin!(talk);
    tokio::select! {
        biased;
        answer = &mut talk => answer,
        _ = &mut connection => talk.await,
    }
}

async fn read_answer(
    answer: hyper::Response<hyper::body::Incoming>,
    trace: &Trace,
    limit: usize,
) -> Result<Answer, HttpError> {
    let (head, body) = answer.into_parts();
    let body = match Limited::new(body, limit).collect().await {
        Ok(body) => body.to_bytes(),
        Err(e) if e.is::<LengthLimitError>() => {
            return Err(HttpError::Endless {
                status: head.status.as_u16(),
                limit,
                begins: trace.begins(),
            });
        }
        Err(e) => {
            let why = trace.failure().unwrap_or_else(|| e.to_string());
            return Err(HttpError::Truncated {
                status: head.status.as_u16(),
                why,
                begins: trace.begins(),
            });
        }
    };
    let headers = head
        .headers
        .iter()
        .map(|(n, v)| {
            (
                n.as_str().to_owned(),
                v.as_bytes().escape_ascii().to_string(),
            )
        })
        .collect();
    let begins = trace.begins();
    let line = begins
        .split(|&o| o == b'\r' || o == b'\n')
        .next()
        .unwrap_or_default()
        .escape_ascii()
        .to_string();
    Ok(Answer {
        status: head.status.as_u16(),
        line,
        headers,
        body,
    })
}

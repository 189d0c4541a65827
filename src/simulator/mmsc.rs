//! The simulated MMSC: an HTTP server that reads M-Send.req, answers M-Send.conf and hands messages to the phones.
//!
//! Comes in: connections (a simulated link, or TCP on loopback). Goes out: HTTP answers, [`Delivered`] messages, and for tests what was asked for.
//! How it misbehaves is written in [`MmscSpec`]. Never happens here: opening a connection, or knowing the modem.

use super::phone::{Delivered, Phones};
use super::wire;
pub use super::wire::WireSpec;
use crate::mms::{
    Address, Field, From, MessageType, Part, Pdu, ResponseStatus, SendConf, Severity, Version,
};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::{BTreeMap, VecDeque};
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

/// Media type of every PDU over HTTP.
const MMS_MESSAGE: &str = "application/vnd.wap.mms-message";
/// A request's body may have so many octets; more is answered 413.
const MOST_BODY: usize = 4 << 20;
/// So many requests and connections are remembered for those who look.
const MOST_REMEMBERED: usize = 64;
/// So many octets of one connection are remembered.
const MOST_RAW: usize = 2 << 20;

/// How an MMSC behaves. The default is a well-behaved one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MmscSpec {
    /// HTTP status of the answer to a POST. Other than 2xx, the answer is `body` or the status' own words, and nothing is delivered.
    pub http_status: u16,
    /// Content-Type of the answer.
    pub content_type: String,
    /// Text to answer in place of an M-Send.conf, such as a portal's page; nothing is delivered then.
    pub body: Option<String>,
    /// X-Mms-Response-Status: a name (`ok`, `service-denied`, `Error-transient-failure`) or an octet. Of a name that is both transient and permanent the
    /// permanent one is meant.
    #[serde(serialize_with = "write_status", deserialize_with = "read_status")]
    pub response_status: ResponseStatus,
    /// X-Mms-Response-Text.
    pub response_text: Option<String>,
    /// Time between a request and its answer, in milliseconds of the world.
    pub delay_ms: u64,
    /// Time between the answer and the bubble, in milliseconds of the world.
    pub deliver_after_ms: u64,
    /// A PDU larger than this is answered with content-not-accepted.
    pub max_bytes: Option<usize>,
    /// The paths that are served; any other gets 404. `*` at the beginning stands for anything.
    pub paths: Vec<String>,
    /// Header fields that a request must have, by name in any case, each with the value it must have, or an empty one for any. Without them: 403.
    pub required_headers: BTreeMap<String, String>,
    /// Whether an accepted message reaches the recipients.
    pub deliver: bool,
    /// The Location field of every answer.
    pub location: Option<String>,
    /// How its connections misbehave.
    pub wire: WireSpec,
}

impl Default for MmscSpec {
    fn default() -> MmscSpec {
        MmscSpec {
            http_status: 200,
            content_type: MMS_MESSAGE.to_owned(),
            body: None,
            response_status: ResponseStatus::OK,
            response_text: None,
            delay_ms: 0,
            deliver_after_ms: 0,
            max_bytes: None,
            paths: ["/", "*/mms/wapenc", "*/servlets/mms", "*/mmsc"]
                .map(str::to_owned)
                .to_vec(),
            required_headers: BTreeMap::new(),
            deliver: true,
            location: None,
            wire: WireSpec::default(),
        }
    }
}

#[derive(Deserialize, Serialize)]
#[serde(untagged)]
enum StatusText {
    Octet(u8),
    Name(String),
}

fn read_status<'de, D: Deserializer<'de>>(from: D) -> Result<ResponseStatus, D::Error> {
    let fault = |what: String| {
        serde::de::Error::custom(format!(
            "{what} is no X-Mms-Response-Status: give a name such as \"ok\" or \"service-denied\", or an octet from 128 to 255"
        ))
    };
    match StatusText::deserialize(from)? {
        StatusText::Octet(octet @ 0x80..) => Ok(ResponseStatus(octet)),
        StatusText::Octet(octet) => Err(fault(octet.to_string())),
        StatusText::Name(name) => ["", "Error-permanent-", "Error-transient-", "Error-"]
            .iter()
            .find_map(|prefix| ResponseStatus::from_name(&format!("{prefix}{name}")))
            .ok_or_else(|| fault(format!("{name:?}"))),
    }
}

fn write_status<S: Serializer>(status: &ResponseStatus, to: S) -> Result<S::Ok, S::Error> {
    match ResponseStatus::from_name(status.name()) {
        Some(known) if known == *status => StatusText::Name(status.name().to_owned()),
        _ => StatusText::Octet(status.octet()),
    }
    .serialize(to)
}

/// A request as the MMSC saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenRequest {
    /// Method.
    pub method: String,
    /// Path, without scheme and host where a proxy's form of request line had them.
    pub path: String,
    /// Header fields in the order in which they came; names in lower case, as the HTTP library hands them out. For the very octets see [`Mmsc::raw`].
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Bytes,
    /// When it was complete, in milliseconds since the MMSC began.
    pub at_ms: u64,
}

impl SeenRequest {
    /// The first header field of a name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// The octets that one connection brought.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RawConnection {
    /// In the order of arrival.
    pub octets: Vec<u8>,
    /// Whether more came than is remembered.
    pub cut: bool,
}

/// A simulated MMSC.
#[derive(Debug)]
pub struct Mmsc {
    spec: MmscSpec,
    phones: Phones,
    speed: f64,
    began: Instant,
    seen: Mutex<Seen>,
    changes: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Seen {
    requests: VecDeque<SeenRequest>,
    connections: VecDeque<Arc<Mutex<RawConnection>>>,
    accepted: u64,
}

/// Who answers the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Front {
    Itself,
    Proxy,
}

/// What is to be answered.
struct Answer {
    status: StatusCode,
    content_type: String,
    body: Bytes,
}

impl Answer {
    fn text(status: StatusCode, text: &str) -> Answer {
        Answer {
            status,
            content_type: "text/plain".to_owned(),
            body: Bytes::from(format!("{text}\n")),
        }
    }
}

impl Mmsc {
    /// An MMSC that behaves as the specification says and hands messages to these phones. `speed` divides its delays: 20 is twenty times faster than the
    /// world; anything that is no positive number counts as 1.
    pub fn new(spec: MmscSpec, phones: Phones, speed: f64) -> Arc<Mmsc> {
        let speed = if speed.is_finite() && speed > 0.0 {
            speed
        } else {
            1.0
        };
        let changes = watch::Sender::new(0);
        Arc::new(Mmsc {
            spec,
            phones,
            speed,
            began: Instant::now(),
            seen: Mutex::default(),
            changes,
        })
    }

    /// Serves one connection until either side ends it. `sender` is the number that the bearer gives for the line; it takes the place of the
    /// insert-address token. Whatever goes wrong with the connection ends it and nothing else.
    pub async fn serve<T>(self: Arc<Self>, io: T, sender: Option<String>)
    where
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        self.connection(io, sender, Front::Itself, None).await;
    }

    /// The same behind a web proxy, which needs the whole URL in the request line (RFC 9112 section 3.2.2) and answers 400 without.
    pub async fn serve_behind_proxy<T>(self: Arc<Self>, io: T, sender: Option<String>)
    where
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        self.connection(io, sender, Front::Proxy, None).await;
    }

    /// The last 64 requests, oldest first.
    pub fn requests(&self) -> Vec<SeenRequest> {
        self.seen().requests.iter().cloned().collect()
    }

    /// The octets that the last 64 connections brought, oldest first; of each at most 2 MiB.
    pub fn raw(&self) -> Vec<RawConnection> {
        self.seen()
            .connections
            .iter()
            .map(|connection| lock(connection).clone())
            .collect()
    }

    /// Counts the requests so far; changes with each.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// The phones that it delivers to.
    pub fn phones(&self) -> &Phones {
        &self.phones
    }

    /// How it behaves.
    pub fn spec(&self) -> &MmscSpec {
        &self.spec
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        lock(&self.seen)
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    async fn pause(&self, ms: u64) {
        if ms > 0 {
            sleep(Duration::from_millis(ms).div_f64(self.speed)).await;
        }
    }

    async fn connection<T>(
        self: Arc<Self>,
        io: T,
        sender: Option<String>,
        front: Front,
        idle: Option<Duration>,
    ) where
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let raw = Arc::new(Mutex::new(RawConnection::default()));
        remember(&mut self.seen().connections, raw.clone());
        let service = service_fn(|request| {
            let (mmsc, sender) = (self.clone(), sender.clone());
            async move { Ok::<_, Infallible>(mmsc.request(request, sender.as_deref(), front).await) }
        });
        let mut server = hyper::server::conn::http1::Builder::new();
        if let Some(idle) = idle {
            server.timer(TokioTimer::new()).header_read_timeout(idle);
        }
        // A connection that breaks is the client's business; the simulated MMSC has nobody to tell.
        let tee = Tee { io, raw };
        if self.spec.wire.is_plain() {
            let _ = server.serve_connection(TokioIo::new(tee), service).await;
            return;
        }
        let (near, far) = tokio::io::duplex(wire::BUFFER);
        let carried = wire::carry(&self.spec.wire, self.speed, tee, near);
        tokio::select! {
            // hyper may be done first; what it has written is still being carried.
            ((), _) = async { tokio::join!(carried, server.serve_connection(TokioIo::new(far), service)) } => {}
        }
    }

    async fn request(
        self: Arc<Self>,
        request: Request<Incoming>,
        sender: Option<&str>,
        front: Front,
    ) -> Response<Full<Bytes>> {
        let (head, body) = request.into_parts();
        if front == Front::Proxy && head.uri.scheme().is_none() {
            return respond(Answer::text(
                StatusCode::BAD_REQUEST,
                "This is a proxy: the request line must hold the whole URL",
            ));
        }
        let Ok(body) = Limited::new(body, MOST_BODY).collect().await else {
            return respond(Answer::text(
                StatusCode::PAYLOAD_TOO_LARGE,
                "The body is too large or was broken off",
            ));
        };
        let body = body.to_bytes();
        let header = |(name, value): (&hyper::header::HeaderName, &HeaderValue)| {
            (
                name.as_str().to_owned(),
                String::from_utf8_lossy(value.as_bytes()).into_owned(),
            )
        };
        let request = SeenRequest {
            method: head.method.to_string(),
            path: head.uri.path().to_owned(),
            headers: head.headers.iter().map(header).collect(),
            body: body.clone(),
            at_ms: self.now_ms(),
        };
        remember(&mut self.seen().requests, request);
        self.changes.send_modify(|count| *count += 1);
        self.pause(self.spec.delay_ms).await;
        if !self.serves(head.uri.path()) {
            return respond(Answer::text(StatusCode::NOT_FOUND, "Not found"));
        }
        if head.method != Method::POST {
            let mut answer = respond(Answer::text(
                StatusCode::METHOD_NOT_ALLOWED,
                "Only POST is served here",
            ));
            answer
                .headers_mut()
                .insert(ALLOW, HeaderValue::from_static("POST"));
            return answer;
        }
        if let Some(name) = self.missing_header(&head.headers) {
            return respond(Answer::text(
                StatusCode::FORBIDDEN,
                &format!("The header field {name} is missing or has another value"),
            ));
        }
        let mut response = respond(self.post(&body, sender));
        let location = self.spec.location.as_deref();
        if let Some(Ok(value)) = location.map(HeaderValue::from_str) {
            response.headers_mut().insert(LOCATION, value);
        }
        response
    }

    fn serves(&self, path: &str) -> bool {
        self.spec
            .paths
            .iter()
            .any(|served| match served.strip_prefix('*') {
                Some(end) => path.ends_with(end),
                None => path == served,
            })
    }

    fn missing_header(&self, headers: &HeaderMap) -> Option<&str> {
        let there = |name: &str, value: &str| match headers.get(name) {
            Some(found) => value.is_empty() || found.as_bytes() == value.as_bytes(),
            None => false,
        };
        self.spec
            .required_headers
            .iter()
            .find(|(name, value)| !there(name, value))
            .map(|(name, _)| name.as_str())
    }

    /// The answer to a POST on a served path.
    fn post(self: &Arc<Self>, body: &[u8], sender: Option<&str>) -> Answer {
        let status = StatusCode::from_u16(self.spec.http_status)
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if let Some(text) = &self.spec.body {
            return Answer {
                status,
                content_type: self.spec.content_type.clone(),
                body: Bytes::from(text.clone()),
            };
        }
        if !status.is_success() {
            return Answer::text(status, status.canonical_reason().unwrap_or("Failure"));
        }
        let decoded = Pdu::decode(body);
        match decoded.pdu.message_type() {
            None => Answer::text(StatusCode::BAD_REQUEST, "Malformed MMS message"),
            Some(MessageType::SEND_REQ) => {
                let fault = decoded
                    .lint
                    .iter()
                    .find(|lint| lint.severity == Severity::Error);
                let fault = fault.map(|lint| format!("octet {}: {}", lint.offset, lint.what));
                let conf = self.confirm(&decoded.pdu, body.len(), fault);
                if conf.response_status.is_ok() && self.spec.deliver {
                    self.deliver(&decoded.pdu, sender);
                }
                match conf.pdu().encode() {
                    Ok(octets) => Answer {
                        status,
                        content_type: self.spec.content_type.clone(),
                        body: octets.into(),
                    },
                    Err(error) => {
                        Answer::text(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string())
                    }
                }
            }
            Some(
                MessageType::NOTIFY_RESP_IND
                | MessageType::ACKNOWLEDGE_IND
                | MessageType::READ_REC_IND,
            ) => Answer {
                status,
                content_type: self.spec.content_type.clone(),
                body: Bytes::new(),
            },
            Some(other) => Answer::text(
                StatusCode::FORBIDDEN,
                &format!("{} is not for an MMSC", other.name().unwrap_or("This PDU")),
            ),
        }
    }

    fn confirm(&self, request: &Pdu, size: usize, fault: Option<String>) -> SendConf {
        let too_large = self
            .spec
            .max_bytes
            .filter(|&most| size > most)
            .map(|most| format!("{size} octets, but at most {most} are accepted"));
        let (response_status, response_text) = match (fault, too_large) {
            // An MMSC that refuses whatever comes looks at who asks before it looks at what.
            _ if !self.spec.response_status.is_ok() => {
                (self.spec.response_status, self.spec.response_text.clone())
            }
            (Some(fault), _) => (ResponseStatus::FORMAT_CORRUPT, Some(fault)),
            (None, Some(too_large)) => (ResponseStatus::CONTENT_NOT_ACCEPTED, Some(too_large)),
            (None, None) => (self.spec.response_status, self.spec.response_text.clone()),
        };
        let message_id = response_status.is_ok().then(|| {
            let mut seen = self.seen();
            seen.accepted += 1;
            format!("m{}@mmsc.example", seen.accepted)
        });
        let version = Some(request.version().unwrap_or(Version::V1_0));
        SendConf {
            transaction_id: request.transaction_id(),
            version,
            response_status,
            response_text,
            message_id,
        }
    }

    fn deliver(self: &Arc<Self>, message: &Pdu, sender: Option<&str>) {
        let from = match message.from() {
            Some(From::Address(address)) => Address::read(&address.to_text()).text,
            _ => sender.unwrap_or("unknown sender").to_owned(),
        };
        let parts = message.parts();
        let texts: Vec<String> = parts
            .iter()
            .filter(|part| part.content_type == "text/plain")
            .filter_map(Part::text)
            .collect();
        let (subject, text) = (message.text(&Field::Subject), texts.join("\n"));
        let delivered = message.recipients().into_iter().map(|to| Delivered {
            to: to.text,
            from: from.clone(),
            subject: subject.clone(),
            parts: parts.clone(),
            text: text.clone(),
            at_ms: 0,
        });
        let (mmsc, delivered) = (self.clone(), delivered.collect::<Vec<_>>());
        if self.spec.deliver_after_ms == 0 {
            return mmsc.hand_over(delivered);
        }
        tokio::spawn(async move {
            mmsc.pause(mmsc.spec.deliver_after_ms).await;
            mmsc.hand_over(delivered);
        });
    }

    fn hand_over(&self, delivered: Vec<Delivered>) {
        let at_ms = self.now_ms();
        for message in delivered {
            self.phones.deliver(Delivered { at_ms, ..message });
        }
    }
}

fn respond(answer: Answer) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(answer.body));
    *response.status_mut() = answer.status;
    if let Ok(value) = HeaderValue::from_str(&answer.content_type) {
        response.headers_mut().insert(CONTENT_TYPE, value);
    }
    response
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn remember<T>(list: &mut VecDeque<T>, item: T) {
    if list.len() == MOST_REMEMBERED {
        list.pop_front();
    }
    list.push_back(item);
}

/// Serves every connection of a listener (loopback TCP), at most `most` at the same time; others wait in the system's queue. A connection on which no
/// request begins for a minute is closed. Ends when the future is dropped, and all connections with it.
pub async fn serve_on(listener: TcpListener, mmsc: Arc<Mmsc>, sender: Option<String>, most: usize) {
    let free = Arc::new(Semaphore::new(most.max(1)));
    let mut connections = JoinSet::new();
    loop {
        let Ok(place) = free.clone().acquire_owned().await else {
            return;
        };
        while connections.try_join_next().is_some() {}
        match listener.accept().await {
            Ok((stream, _)) => {
                let serving = mmsc.clone().connection(
                    stream,
                    sender.clone(),
                    Front::Itself,
                    Some(Duration::from_secs(60)),
                );
                connections.spawn(async move {
                    serving.await;
                    drop(place);
                });
            }
            // The system is short of something (files, memory); the listener itself stays good.
            Err(_) => sleep(Duration::from_millis(100)).await,
        }
    }
}

/// A stream whose incoming octets are remembered.
struct Tee<T> {
    io: T,
    raw: Arc<Mutex<RawConnection>>,
}

impl<T: AsyncRead + Unpin> AsyncRead for Tee<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        let before = buffer.filled().len();
        let result = Pin::new(&mut self.io).poll_read(context, buffer);
        let new = &buffer.filled()[before..];
        let mut raw = lock(&self.raw);
        let kept = new.len().min(MOST_RAW - raw.octets.len());
        raw.octets.extend_from_slice(&new[..kept]);
        raw.cut |= kept < new.len();
        result
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Tee<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(context, octets)
    }

    fn poll_flush(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }
}

//! The simulated MMSC: an HTTP server that reads M-Send.req, answers M-Send.conf and hands messages to the phones.
//!
//! Comes in: connections (a simulated link, or TCP on loopback). Goes out: HTTP answers, [`Delivered`] messages, pushes for the [`Line`] that it
//! serves, and for tests what was asked for. How it misbehaves is written in [`MmscSpec`]. Never happens here: opening a connection, or knowing the
//! modem.
mod delivery;
mod line;
mod seen;
mod spec;
mod tee;

use super::phone::Phones;
use super::wire;
pub use super::wire::WireSpec;
use crate::mms::{MessageType, Pdu, ResponseStatus, SendConf, SendReq, Sender, Severity, Version};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use line::Shelf;
use seen::{Observer, Seen, remember};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;
use tee::Tee;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

pub use line::{Line, WaitingMessage, WaitingState};
pub use seen::{RawConnection, SeenRequest};
pub use spec::{
    DeliveryStatus, IncomingMms, MmsPhone, MmscSpec, Reading, RetrieveSpec, RetrieveStatus,
};

/// Media type of every PDU over HTTP.
const MMS_MESSAGE: &str = "application/vnd.wap.mms-message";
/// A request's body may have so many octets; more is answered 413.
const MOST_BODY: usize = 4 << 20;
/// So many octets of one connection are remembered.
const MOST_RAW: usize = 2 << 20;

/// A simulated MMSC.
#[derive(Debug)]
pub struct Mmsc {
    spec: MmscSpec,
    phones: Phones,
    speed: f64,
    began: Instant,
    seen: Mutex<Seen>,
    observer: Mutex<Observer>,
    line: OnceLock<Line>,
    shelf: Mutex<Shelf>,
    changes: watch::Sender<u64>,
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
            observer: Mutex::default(),
            line: OnceLock::new(),
            shelf: Mutex::default(),
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

    /// Has every request from here on told before it is answered.
    pub fn observe(&self, observer: impl FnMut(&SeenRequest) + Send + 'static) {
        lock(&self.observer).0 = Some(Box::new(observer));
    }

    /// A phone sends a message by way of this MMSC.
    ///
    /// # Errors
    /// The message cannot be encoded.
    pub fn send_from(
        self: &Arc<Self>,
        from: &str,
        message: &SendReq,
    ) -> Result<(), crate::mms::EncodeError> {
        let octets = SendReq {
            from: Sender::Address(from.to_owned()),
            ..message.clone()
        }
        .encode()?;
        let message_id = self.next_message_id();
        self.deliver(&Pdu::decode(&octets).pdu, octets.len(), &message_id, None);
        Ok(())
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

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        lock(&self.shelf)
    }

    fn next_message_id(&self) -> String {
        let mut seen = self.seen();
        seen.accepted += 1;
        format!("m{}@mmsc.example", seen.accepted)
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
        if let Some(observer) = &mut lock(&self.observer).0 {
            observer(&request);
        }
        remember(&mut self.seen().requests, request);
        self.changes.send_modify(|count| *count += 1);
        self.pause(self.spec.delay_ms).await;
        if head.method == Method::GET
            && let Some(key) = self.place(head.uri.path())
        {
            if let Some(refusal) = self.missing_header(&head.headers) {
                return respond(refusal);
            }
            self.pause(self.spec.retrieve.delay_ms).await;
            return respond(self.retrieve(key));
        }
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
        if let Some(refusal) = self.missing_header(&head.headers) {
            return respond(refusal);
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

    fn missing_header(&self, headers: &HeaderMap) -> Option<Answer> {
        let there = |name: &str, value: &str| match headers.get(name) {
            Some(found) => value.is_empty() || found.as_bytes() == value.as_bytes(),
            None => false,
        };
        self.spec
            .required_headers
            .iter()
            .find(|(name, value)| !there(name, value))
            .map(|(name, _)| {
                let what = format!("The header field {name} is missing or has another value");
                Answer::text(StatusCode::FORBIDDEN, &what)
            })
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
                if let (true, Some(id)) = (self.spec.deliver, &conf.message_id) {
                    self.deliver(&decoded.pdu, body.len(), id, sender);
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
                kind @ (MessageType::NOTIFY_RESP_IND
                | MessageType::ACKNOWLEDGE_IND
                | MessageType::READ_REC_IND),
            ) => {
                match kind {
                    MessageType::NOTIFY_RESP_IND => self.notified(&decoded.pdu),
                    MessageType::ACKNOWLEDGE_IND => self.acknowledged(&decoded.pdu),
                    // No simulated phone wants to know whether its message was read.
                    _ => {}
                }
                Answer {
                    status,
                    content_type: self.spec.content_type.clone(),
                    body: Bytes::new(),
                }
            }
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
        let message_id = response_status.is_ok().then(|| self.next_message_id());
        let version = Some(request.version().unwrap_or(Version::V1_0));
        SendConf {
            transaction_id: request.transaction_id(),
            version,
            response_status,
            response_text,
            message_id,
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

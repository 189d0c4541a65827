//! A link: one TCP connection over the modem's sockets, as a stream that hyper can use.
//!
//! In: octets to send. Out: octets that came. A write takes at most one chunk of `+CIPSEND` and tells an earlier failure; a flush
//! waits for the modem's count, and only what it confirmed counts as sent. Reading follows the rule of `+CIPRXGET`: its URC
//! stays silent until the buffer has been drained, so after each drain, and after `+IPCLOSE`, the buffer is read again.
use super::{Dialled, Modem, Trouble};
use crate::at::urc::{self, Notice};
use crate::at::{Command, reply};
use crate::engine::Urc;
use crate::event::{EventId, Link as LinkEvent, LinkState};
use bytes::Bytes;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::broadcast::{self, error::RecvError};

/// The most octets that one `+CIPSEND` takes (SIM7600 manual chapter 11).
pub const CHUNK: usize = 1500;

/// The most exchanges of a link that are remembered: enough for the head and the tail of any probe's request.
const REMEMBERED: usize = 256;

/// The exchanges in which octets of a link went out and came in, as far as it has got; it can be asked while somebody else has the link.
#[derive(Clone, Debug, Default)]
pub struct Exchanges(Arc<Mutex<Vec<EventId>>>);

impl Exchanges {
    fn took(&self, event: EventId) {
        let mut events = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if events.len() < REMEMBERED {
            events.push(event);
        }
    }

    /// Their events, oldest first.
    #[must_use]
    pub fn events(&self) -> Vec<EventId> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// An open link. Dropping it does not close it; [`Modem::close_links`] does, once nothing else is in flight.
pub struct Link {
    modem: Modem,
    watch: Option<Box<dyn Fn(Passed) + Send>>,
    /// What is waited for before the octets that make up this many are handed over.
    before: Option<(u64, Boxed<io::Result<()>>)>,
    /// Octets given to the modem, confirmed or not.
    handed: u64,
    row: LinkEvent,
    dialled: Dialled,
    exchanges: Exchanges,
    incoming: Incoming,
    outgoing: Option<Boxed<io::Result<u64>>>,
    buffer: Bytes,
}

/// How many octets of a link have passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passed {
    /// Given to the modem: whoever stops now cannot take these back.
    pub handed: u64,
    /// Confirmed by the modem.
    pub confirmed: u64,
}

enum Incoming {
    Idle(Reader),
    Pulling(Boxed<(Reader, io::Result<Bytes>)>),
    Ended,
}

/// What reading needs between two reads.
struct Reader {
    urcs: broadcast::Receiver<Urc>,
    /// Octets may wait in the modem's buffer.
    fresh: bool,
    /// The peer has closed; what is in the buffer still counts.
    closed: Option<String>,
}

impl Link {
    pub(super) fn new(
        modem: Modem,
        row: LinkEvent,
        dialled: Dialled,
        urcs: broadcast::Receiver<Urc>,
    ) -> Self {
        let reader = Reader {
            urcs,
            fresh: false,
            closed: None,
        };
        Self {
            modem,
            watch: None,
            before: None,
            handed: 0,
            row,
            dialled,
            exchanges: Exchanges::default(),
            incoming: Incoming::Idle(reader),
            outgoing: None,
            buffer: Bytes::new(),
        }
    }

    /// The exchange that opened it.
    #[must_use]
    pub fn evidence(&self) -> &[EventId] {
        &self.dialled.evidence
    }

    /// The exchanges in which its octets go out and come in.
    #[must_use]
    pub fn exchanges(&self) -> Exchanges {
        self.exchanges.clone()
    }

    /// From now on its exchanges say that they serve this purpose.
    pub fn serve(&mut self, purpose: &'static str) {
        self.modem = self.modem.serving(purpose);
    }

    /// Its link number, 0–9.
    #[must_use]
    pub fn number(&self) -> u8 {
        self.row.number
    }

    /// How the dial that opened it ended: code 0, with its shape and time.
    #[must_use]
    pub fn dialled(&self) -> &Dialled {
        &self.dialled
    }

    /// Calls back each time that octets are given to the modem or confirmed by it.
    pub fn watch(&mut self, told: impl Fn(Passed) + Send + 'static) {
        self.watch = Some(Box::new(told));
    }

    /// Before the octet with this number (from 1) is handed to the modem, `mark` is waited for; where that fails the octet is not handed over,
    /// and the write fails.
    pub fn before(
        &mut self,
        octet: u64,
        mark: impl Future<Output = io::Result<()>> + Send + 'static,
    ) {
        self.before = Some((octet, Box::pin(mark)));
    }

    fn tell_watch(&self) {
        if let Some(told) = &self.watch {
            told(Passed {
                handed: self.handed,
                confirmed: self.row.sent,
            });
        }
    }

    fn tell(&self) {
        self.modem.tell_link(&self.row);
    }

    /// Waits for the chunk in flight and counts what was confirmed.
    fn poll_outgoing(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Some(sending) = &mut self.outgoing else {
            return Poll::Ready(Ok(()));
        };
        let result = ready!(sending.as_mut().poll(cx));
        self.outgoing = None;
        match result {
            Ok(confirmed) => {
                self.row.sent += confirmed;
                self.tell();
                self.tell_watch();
                Poll::Ready(Ok(()))
            }
            Err(e) => {
                self.row.state = LinkState::Closed(e.to_string());
                self.tell();
                Poll::Ready(Err(e))
            }
        }
    }
}

impl AsyncWrite for Link {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_outgoing(cx))?;
        let chunk = &octets[..octets.len().min(CHUNK)];
        if chunk.is_empty() {
            return Poll::Ready(Ok(0));
        }
        let taken = chunk.len();
        let reached = self.handed + taken as u64;
        let mark = self.before.take_if(|(octet, _)| reached >= *octet);
        let sending = send(
            self.modem.clone(),
            self.row.number,
            Bytes::copy_from_slice(chunk),
            self.exchanges.clone(),
        );
        self.outgoing = Some(Box::pin(async {
            if let Some((_, mark)) = mark {
                // WriteZero: these octets certainly did not leave.
                mark.await
                    .map_err(|e| io::Error::new(io::ErrorKind::WriteZero, e.to_string()))?;
            }
            sending.await
        }));
        self.handed += taken as u64;
        self.tell_watch();
        // Start it now: whoever writes and then waits for an answer need not flush first.
        match self.poll_outgoing(cx) {
            Poll::Ready(Err(e)) => Poll::Ready(Err(e)),
            _ => Poll::Ready(Ok(taken)),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_outgoing(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // There is no half-close on this stack; the link is closed as a whole after the answer.
        self.poll_outgoing(cx)
    }
}

impl AsyncRead for Link {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            if !self.buffer.is_empty() {
                let n = self.buffer.len().min(buf.remaining());
                buf.put_slice(&self.buffer.split_to(n));
                return Poll::Ready(Ok(()));
            }
            match std::mem::replace(&mut self.incoming, Incoming::Ended) {
                Incoming::Ended => return Poll::Ready(Ok(())),
                Incoming::Idle(reader) => {
                    self.incoming = Incoming::Pulling(Box::pin(pull(
                        self.modem.clone(),
                        self.row.number,
                        reader,
                        self.exchanges.clone(),
                    )));
                }
                Incoming::Pulling(mut pulling) => match pulling.as_mut().poll(cx) {
                    Poll::Pending => {
                        self.incoming = Incoming::Pulling(pulling);
                        return Poll::Pending;
                    }
                    Poll::Ready((_, Err(e))) => {
                        self.row.state = LinkState::Closed(e.to_string());
                        self.tell();
                        return Poll::Ready(Err(e));
                    }
                    Poll::Ready((reader, Ok(octets))) => {
                        if octets.is_empty() {
                            self.row.state = LinkState::Closed(reader.closed.unwrap_or_default());
                            self.tell();
                            return Poll::Ready(Ok(()));
                        }
                        self.row.received += octets.len() as u64;
                        self.tell();
                        self.buffer = octets;
                        self.incoming = Incoming::Idle(reader);
                    }
                },
            }
        }
    }
}

/// Sends one chunk and returns how many octets the modem confirmed: all of them, or it is an error.
async fn send(modem: Modem, number: u8, octets: Bytes, seen: Exchanges) -> io::Result<u64> {
    let asked = octets.len();
    let command = Command::cipsend(number, octets).map_err(|e| io::Error::other(e.to_string()))?;
    let text = command.text().to_owned();
    let answer = modem.ask(command).await.map_err(broken)?;
    seen.took(answer.evidence);
    if !answer.result.is_ok() {
        let trouble = Trouble::refused(&text, &answer);
        return Err(io::Error::new(
            io::ErrorKind::WriteZero,
            trouble.to_string(),
        ));
    }
    let sent = answer.late.as_deref().and_then(reply::cipsend);
    match sent {
        Some(s) if i64::from(s.confirmed) == asked as i64 => Ok(asked as u64),
        Some(s) if s.confirmed < 0 => Err(io::Error::new(
            io::ErrorKind::BrokenPipe,
            "the modem says the connection is gone (+CIPSEND: …,-1)",
        )),
        // WriteZero: octets that the stream had taken certainly did not leave.
        Some(s) => Err(io::Error::new(
            io::ErrorKind::WriteZero,
            format!(
                "the modem confirmed {} of {asked} octets; a link that falls behind must be given up",
                s.confirmed
            ),
        )),
        None => Err(io::Error::other(
            "the modem did not say how many octets it sent",
        )),
    }
}

/// `+IPCLOSE: n,reason` in words (SIM7600 manual chapter 11).
fn closed_by(reason: u8) -> &'static str {
    match reason {
        0 => "closed by us",
        1 => "closed by the peer",
        2 => "closed because sending took too long",
        _ => "closed",
    }
}

fn broken(trouble: Trouble) -> io::Error {
    io::Error::new(io::ErrorKind::BrokenPipe, trouble.to_string())
}

/// Takes the next octets, waiting for them as long as it takes; empty once the peer has closed and all is read.
async fn pull(
    modem: Modem,
    number: u8,
    mut reader: Reader,
    seen: Exchanges,
) -> (Reader, io::Result<Bytes>) {
    loop {
        if reader.fresh {
            match take(&modem, number, &seen).await {
                Ok(octets) if octets.is_empty() => reader.fresh = false,
                other => return (reader, other),
            }
        }
        if reader.closed.is_some() {
            return (reader, Ok(Bytes::new()));
        }
        if let Err(e) = reader.wait(number).await {
            return (reader, Err(e));
        }
    }
}

async fn take(modem: &Modem, number: u8, seen: &Exchanges) -> io::Result<Bytes> {
    let command =
        Command::ciprxget_take(number, CHUNK).map_err(|e| io::Error::other(e.to_string()))?;
    // An empty buffer answers `+IP ERROR: No data` and ERROR: that is an answer, not a failure.
    let answer = modem.ask(command).await.map_err(broken)?;
    seen.took(answer.evidence);
    Ok(answer.raw.unwrap_or_default())
}

impl Reader {
    /// Waits until something concerns this link.
    async fn wait(&mut self, number: u8) -> io::Result<()> {
        loop {
            let urc = match self.urcs.recv().await {
                Ok(urc) => urc,
                // Some were missed; the buffer tells.
                Err(RecvError::Lagged(_)) => {
                    self.fresh = true;
                    return Ok(());
                }
                Err(RecvError::Closed) => {
                    return Err(io::Error::new(
                        io::ErrorKind::NotConnected,
                        "the serial line is closed",
                    ));
                }
            };
            let line = match &urc {
                Urc::Line(line) => line.as_str(),
                Urc::Message { .. } => continue,
                Urc::Rebooted => {
                    return Err(io::Error::new(
                        io::ErrorKind::ConnectionAborted,
                        "the modem rebooted; its sockets are gone",
                    ));
                }
                Urc::LineLost(why) => {
                    return Err(io::Error::new(
                        io::ErrorKind::NotConnected,
                        format!("the serial line was lost ({why})"),
                    ));
                }
            };
            match urc::parse(line) {
                Notice::NetworkClosed => {
                    return Err(io::Error::new(
                        io::ErrorKind::ConnectionAborted,
                        format!("the network closed the data connection ({line})"),
                    ));
                }
                Notice::Data { link } if link == number => {
                    self.fresh = true;
                    return Ok(());
                }
                Notice::LinkClosed { link, reason } if link == number => {
                    self.fresh = true;
                    self.closed = Some(closed_by(reason).to_owned());
                    return Ok(());
                }
                _ => {}
            }
        }
    }
}

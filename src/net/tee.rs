//! A stream that remembers what passed: counts, the first octets of the answer, and when something last moved.
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

/// How much of an answer is remembered raw.
const REMEMBERED: usize = 2048;
/// How much of a request is remembered, to find where its head ends.
const HEAD: usize = 16 * 1024;

/// How far a request has gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// Not all of it, or the stream says that octets which it had taken did not leave.
    Partly,
    /// The stream took all of it and did not say what became of the last octets.
    Handed,
    /// The stream says that all of it has left.
    Whole,
}

/// What passed, shared between the stream and who watches it.
#[derive(Clone)]
pub struct Trace(Arc<Mutex<Passed>>);

struct Passed {
    head: Vec<u8>,
    written: u64,
    /// Octets that the stream confirmed by a flush.
    flushed: u64,
    read: u64,
    begins: Vec<u8>,
    moved: Instant,
    failure: Option<String>,
    /// The stream says that octets which it had taken did not leave.
    denied: bool,
    /// The stream failed otherwise.
    broken: bool,
}

impl Trace {
    fn new() -> Self {
        let passed = Passed {
            head: Vec::new(),
            written: 0,
            flushed: 0,
            read: 0,
            begins: Vec::new(),
            moved: Instant::now(),
            failure: None,
            denied: false,
            broken: false,
        };
        Self(Arc::new(Mutex::new(passed)))
    }

    fn lock(&self) -> MutexGuard<'_, Passed> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Octets that the stream took.
    #[must_use]
    pub fn written(&self) -> u64 {
        self.lock().written
    }

    /// Octets that came back.
    #[must_use]
    pub fn read(&self) -> u64 {
        self.lock().read
    }

    /// The first octets of the answer.
    #[must_use]
    pub fn begins(&self) -> Vec<u8> {
        self.lock().begins.clone()
    }

    /// Why the stream itself failed, in its own words.
    #[must_use]
    pub fn failure(&self) -> Option<String> {
        self.lock().failure.clone()
    }

    /// Whether the stream failed in another way than by refusing octets.
    #[must_use]
    pub fn broken(&self) -> bool {
        self.lock().broken
    }

    /// When octets last moved, either way.
    #[must_use]
    pub fn moved(&self) -> Instant {
        self.lock().moved
    }

    /// Whether head and `body` octets went out: a stream that fails with `WriteZero` has taken octets that certainly did not
    /// leave, and only what was flushed has left for certain.
    #[must_use]
    pub fn sent(&self, body: usize) -> Sent {
        let passed = self.lock();
        let end = passed.head.windows(4).position(|w| w == b"\r\n\r\n");
        match end.map(|end| (end + 4 + body) as u64) {
            Some(whole) if passed.flushed >= whole => Sent::Whole,
            Some(whole) if passed.written >= whole && !passed.denied => Sent::Handed,
            _ => Sent::Partly,
        }
    }
}

/// A stream with a [`Trace`].
pub struct Tee<S> {
    stream: S,
    trace: Trace,
}

impl<S> Tee<S> {
    /// Wraps a stream.
    pub fn new(stream: S) -> (Self, Trace) {
        let trace = Trace::new();
        (
            Self {
                stream,
                trace: trace.clone(),
            },
            trace,
        )
    }

    fn note_failure<T>(&self, result: &Poll<io::Result<T>>) {
        if let Poll::Ready(Err(e)) = result {
            let mut passed = self.trace.lock();
            match e.kind() {
                io::ErrorKind::WriteZero => passed.denied = true,
                _ => passed.broken = true,
            }
            passed.failure.get_or_insert_with(|| e.to_string());
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Tee<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let result = Pin::new(&mut self.stream).poll_read(cx, buf);
        self.note_failure(&result);
        let fresh = &buf.filled()[before..];
        if !fresh.is_empty() {
            let mut passed = self.trace.lock();
            passed.read += fresh.len() as u64;
            passed.moved = Instant::now();
            let room = REMEMBERED
                .saturating_sub(passed.begins.len())
                .min(fresh.len());
            passed.begins.extend_from_slice(&fresh[..room]);
        }
        result
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Tee<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write(cx, octets);
        self.note_failure(&result);
        if let Poll::Ready(Ok(n)) = &result {
            let mut passed = self.trace.lock();
            passed.written += *n as u64;
            passed.moved = Instant::now();
            let room = HEAD.saturating_sub(passed.head.len()).min(*n);
            passed.head.extend_from_slice(&octets[..room]);
        }
        result
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let result = Pin::new(&mut self.stream).poll_flush(cx);
        self.note_failure(&result);
        if matches!(result, Poll::Ready(Ok(()))) {
            let mut passed = self.trace.lock();
            passed.flushed = passed.written;
        }
        result
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

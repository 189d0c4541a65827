//! A writer: events as JSON Lines, on a thread of its own, behind a large bounded buffer.
//!
//! In: events, by a call that never waits. Out: one line an event, identities masked. A full buffer or a full disk loses
//! events; how many is counted.
use super::mask::{Carry, masked};
use crate::event::{Event, What};
use std::io::{BufWriter, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// Events that may wait to be written.
const WAITING: usize = 65_536;
/// What is written reaches the disk after this long at the latest.
const FLUSH: Duration = Duration::from_millis(200);

/// Writes events somewhere.
pub struct Writer {
    queue: Option<SyncSender<Arc<Event>>>,
    wire: bool,
    until_result: bool,
    lost: Arc<AtomicU64>,
    done: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread. `wire` says whether octets of the wire are written too, as in a recording, or left out, as in
    /// `--json`.
    #[must_use]
    pub fn start(to: Box<dyn Write + Send>, wire: bool) -> Self {
        Self::begin(to, wire, false)
    }

    fn begin(to: Box<dyn Write + Send>, wire: bool, as_result: bool) -> Self {
        let (queue, events) = sync_channel(WAITING);
        let lost = Arc::new(AtomicU64::new(0));
        let done = Arc::new(AtomicBool::new(false));
        let (count, ended) = (lost.clone(), done.clone());
        let thread = std::thread::spawn(move || {
            write_all(&events, BufWriter::new(to), &count, as_result);
            ended.store(true, Ordering::Release);
        });
        Self {
            queue: Some(queue),
            wire,
            until_result: false,
            lost,
            done,
            thread: Some(thread),
        }
    }

    /// The same, but the result of a send or the verdict of a probe is its last line, with `result` as its event, as programs that read `--json` expect.
    #[must_use]
    pub fn until_result(to: Box<dyn Write + Send>, wire: bool) -> Self {
        let mut writer = Self::begin(to, wire, true);
        writer.until_result = true;
        writer
    }

    /// Hands an event over, or counts it as lost.
    pub fn push(&mut self, event: &Arc<Event>) {
        if !self.wire && matches!(event.what, What::Wire(_)) {
            return;
        }
        let Some(queue) = &self.queue else { return };
        match queue.try_send(event.clone()) {
            Ok(()) => {}
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {
                self.lost.fetch_add(1, Ordering::Relaxed);
            }
        }
        if self.until_result && matches!(event.what, What::Result(_) | What::Verdict(_)) {
            self.queue = None;
        }
    }

    /// Events that were not written.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// Writes what waits and ends. A reader that takes nothing (a stopped pager) is given two seconds.
    pub fn finish(mut self) {
        self.queue = None;
        for _ in 0..200 {
            if self.done.load(Ordering::Acquire) {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        if self.done.load(Ordering::Acquire)
            && let Some(thread) = self.thread.take()
        {
            let _ = thread.join(); // the thread only writes; its panic would have nothing to tell
        }
    }
}

fn write_all(
    events: &Receiver<Arc<Event>>,
    mut to: BufWriter<Box<dyn Write + Send>>,
    lost: &AtomicU64,
    as_result: bool,
) {
    let mut carry = Carry::default();
    let mut dirty = false;
    loop {
        let next = if dirty {
            events.recv_timeout(FLUSH)
        } else {
            events.recv().map_err(|_| RecvTimeoutError::Disconnected)
        };
        match next {
            Ok(event) => {
                let line = if as_result {
                    result_line(&masked(&event, &mut carry))
                } else {
                    serde_json::to_string(&*masked(&event, &mut carry))
                };
                let written = line
                    .map_err(std::io::Error::other)
                    .and_then(|l| writeln!(to, "{l}"));
                if written.is_err() {
                    lost.fetch_add(1, Ordering::Relaxed);
                }
                dirty = true;
            }
            Err(RecvTimeoutError::Timeout) => {
                dirty = false;
                if to.flush().is_err() {
                    lost.fetch_add(1, Ordering::Relaxed);
                }
            }
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    let _ = to.flush(); // nobody is left to tell
}

/// A line of `--json`: a verdict is called what programs wait for, a result (contracts.md).
fn result_line(event: &Event) -> serde_json::Result<String> {
    if !matches!(event.what, What::Verdict(_)) {
        return serde_json::to_string(event);
    }
    let mut line = serde_json::to_value(event)?;
    line["event"] = "result".into();
    serde_json::to_string(&line)
}

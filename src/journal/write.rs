//! A writer: events as JSON Lines, on a thread of its own, behind a large bounded buffer.
//!
//! In: events, by a call that never waits. Out: one line an event, identities masked. A full buffer or a full disk loses
//! events; how many is counted, and what the system said of the disk is kept.
use super::mask::{Carry, as_value, masked};
use super::queue::Queue;
use crate::event::{Event, What, clean_json};
use std::io::Write;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// Events that were not written, and why.
#[derive(Default)]
struct Losses {
    events: AtomicU64,
    /// What the system said when it last refused to write.
    why: Mutex<Option<String>>,
}

impl Losses {
    fn add(&self, events: u64) {
        self.events.fetch_add(events, Ordering::Relaxed);
    }

    fn refused(&self, why: &std::io::Error) {
        *self.why.lock().unwrap_or_else(PoisonError::into_inner) = Some(why.to_string());
    }
}

/// Writes events somewhere.
pub struct Writer {
    queue: Arc<Queue>,
    /// It has its last line: what comes after that is none of its business.
    over: bool,
    wire: bool,
    until_result: bool,
    lost: Arc<Losses>,
    /// What is written to, for texts.
    place: String,
    /// Events handed to the thread, and those that it is done with.
    handed: u64,
    written: Arc<AtomicU64>,
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
        let queue = Arc::new(Queue::default());
        let events = queue.clone();
        let lost = Arc::new(Losses::default());
        let done = Arc::new(AtomicBool::new(false));
        let written = Arc::new(AtomicU64::new(0));
        let (count, ended, past) = (lost.clone(), done.clone(), written.clone());
        let thread = std::thread::spawn(move || {
            write_all(&events, to, &count, &past, as_result);
            ended.store(true, Ordering::Release);
        });
        Self {
            queue,
            over: false,
            wire,
            until_result: false,
            lost,
            place: "the recording".to_owned(),
            handed: 0,
            written,
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

    /// The name of what it writes to, such as a file, for those who are told of a loss.
    #[must_use]
    pub fn named(mut self, place: impl std::fmt::Display) -> Self {
        self.place = place.to_string();
        self
    }

    /// What is missing in what it writes, why, and what to do; none while nothing is.
    #[must_use]
    pub fn lacks(&self) -> Option<String> {
        let lost = Some(self.lost()).filter(|lost| *lost > 0)?;
        let why = self.lost.why.lock().unwrap_or_else(PoisonError::into_inner);
        Some(match &*why {
            Some(why) => format!(
                "{} cannot be written: {why}; {lost} events are missing in it. Make room on the disk; everything else goes on",
                self.place
            ),
            None => format!(
                "{} lacks {lost} events: it could not be written as fast as they came",
                self.place
            ),
        })
    }

    /// Hands an event over, or counts it as lost.
    pub fn push(&mut self, event: &Arc<Event>) {
        if !self.wire && matches!(event.what, What::Wire(_) | What::Pdu(_)) {
            return;
        }
        if self.over {
            return;
        }
        match self.queue.push(event) {
            true => self.handed += 1,
            false => self.lost.add(1),
        }
        if self.until_result && matches!(event.what, What::Result(_) | What::Verdict(_)) {
            self.over = true;
            self.queue.close();
        }
    }

    /// Events that were not written.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.lost.events.load(Ordering::Relaxed)
    }

    /// Writes what waits and ends; returns how many events were lost, those included that stay unwritten now. A reader that takes
    /// nothing (a stopped pager) is given two seconds. With them what it lacks.
    pub fn finish(mut self) -> (u64, Option<String>) {
        self.queue.close();
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
            (self.lost(), self.lacks())
        } else {
            // It is stuck: what it was handed and has not written is lost, too.
            let written = self.written.load(Ordering::Relaxed);
            self.lost.add(self.handed.saturating_sub(written));
            (self.lost(), self.lacks())
        }
    }
}

impl Drop for Writer {
    /// The thread writes what waits, and ends.
    fn drop(&mut self) {
        self.queue.close();
    }
}

fn write_all(
    events: &Queue,
    to: Box<dyn Write + Send>,
    lost: &Losses,
    done: &AtomicU64,
    as_result: bool,
) {
    let mut carry = Carry::default();
    let mut page = Page::new(to);
    let mut batch = Vec::new();
    while events.take(&mut batch) {
        for event in batch.drain(..) {
            let event = masked(&event, &mut carry);
            page.put(&event, as_result, lost);
            done.fetch_add(1, Ordering::Relaxed);
        }
        page.flush(lost);
        // What a flood needed is given back after it.
        batch.shrink_to(USUAL);
    }
}

/// Events of a batch for which room is kept.
const USUAL: usize = 256;

/// Octets that are collected before they are written.
const PAGE: usize = 16 << 10;

/// Whole lines on their way to the disk. What cannot be written is lost as whole lines, and counted; where a write broke off in the
/// middle, a line end comes before the next line, so that one broken line does not spoil the one after it.
struct Page {
    to: Box<dyn Write + Send>,
    text: Vec<u8>,
    lines: u64,
    torn: bool,
}

impl Page {
    fn new(to: Box<dyn Write + Send>) -> Self {
        Self {
            to,
            text: Vec::with_capacity(PAGE),
            lines: 0,
            torn: false,
        }
    }

    /// One event as a line of its own, in which nothing acts on a terminal.
    fn put(&mut self, event: &Event, as_result: bool, lost: &Losses) {
        let begin = self.text.len();
        let written = match as_result && matches!(event.what, What::Verdict(_)) {
            true => put_result(event, &mut self.text),
            false => serde_json::to_writer(&mut self.text, event),
        };
        if written.is_err() {
            self.text.truncate(begin);
            return lost.add(1);
        }
        let printable = |o: &u8| matches!(o, b' '..=b'~');
        if !self.text[begin..].iter().all(printable) {
            let json = String::from_utf8_lossy(&self.text[begin..]);
            let clean = clean_json(&json);
            self.text.truncate(begin);
            self.text.extend_from_slice(clean.as_bytes());
        }
        self.text.push(b'\n');
        self.lines += 1;
        if self.text.len() >= PAGE {
            self.flush(lost);
        }
    }

    fn flush(&mut self, lost: &Losses) {
        if self.lines == 0 {
            return;
        }
        if self.torn {
            self.text.insert(0, b'\n');
        }
        let written = self.write(lost);
        let rest = &self.text[written..];
        let missing = rest.iter().filter(|o| **o == b'\n').count() as u64;
        if missing > 0 {
            lost.add(missing.min(self.lines));
        }
        if written > 0 {
            self.torn = self.text[written - 1] != b'\n';
        }
        self.text.clear();
        self.lines = 0;
    }

    /// Writes as much as goes; how many octets that were.
    fn write(&mut self, lost: &Losses) -> usize {
        let mut written = 0;
        while written < self.text.len() {
            match self.to.write(&self.text[written..]) {
                Ok(count @ 1..) => written += count,
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
                Ok(_) => return written,
                Err(e) => {
                    lost.refused(&e);
                    return written;
                }
            }
        }
        // What the system has taken may still fail; then nobody can tell how much.
        let _ = self.to.flush();
        written
    }
}

/// A line of `--json`: a verdict is called what programs wait for, a result (contracts.md).
fn put_result(event: &Event, to: &mut Vec<u8>) -> serde_json::Result<()> {
    let mut line = as_value(event)?;
    line["event"] = "result".into();
    serde_json::to_writer(to, &line)
}

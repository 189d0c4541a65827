//! The serial line as the module sees it: octets typed by the host come in one by one, and what the module says goes out in
//! writes of its own choosing. Never here: what any octet means.
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use tokio::sync::{Notify, mpsc};

/// What the module may have waiting for a host that does not read: more is lost, as on a UART without flow control.
const UNREAD_LIMIT: usize = 4 << 20;

/// The octets that the host has typed.
pub(super) struct Input {
    arriving: mpsc::Receiver<Vec<u8>>,
    waiting: VecDeque<u8>,
}

impl Input {
    pub fn new(arriving: mpsc::Receiver<Vec<u8>>) -> Self {
        Input {
            arriving,
            waiting: VecDeque::new(),
        }
    }

    /// The next octet, whenever it comes.
    pub async fn octet(&mut self) -> u8 {
        self.typed().await;
        self.waiting.pop_front().unwrap_or_default()
    }

    /// Returns once there is an octet to take; takes none.
    pub async fn typed(&mut self) {
        while self.waiting.is_empty() {
            match self.arriving.recv().await {
                Some(octets) => self.waiting.extend(octets),
                None => std::future::pending().await,
            }
        }
    }

    /// Everything that is there at this moment.
    pub fn available(&mut self) -> Vec<u8> {
        self.waiting.drain(..).collect()
    }

    /// Forgets what has been typed, as a restarting module does.
    pub fn clear(&mut self) {
        self.waiting.clear();
        while self.arriving.try_recv().is_ok() {}
    }
}

/// What the module says.
#[derive(Default)]
pub(super) struct Output {
    queue: Mutex<Queue>,
    ready: Notify,
}

#[derive(Default)]
struct Queue {
    writes: VecDeque<Vec<u8>>,
    octets: usize,
    /// Which host the queue is for; none: nobody is there and nothing is kept.
    host: Option<u64>,
    hosts: u64,
    held: Option<Vec<Vec<u8>>>,
}

impl Output {
    fn with<T>(&self, act: impl FnOnce(&mut Queue) -> T) -> T {
        act(&mut self.queue.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Part of an answer: goes out now.
    pub fn say(&self, octets: Vec<u8>) {
        self.with(|queue| queue.push(octets));
        self.ready.notify_one();
    }

    /// Unsolicited: goes out now, or once the prompt is done with.
    pub fn announce(&self, octets: Vec<u8>) {
        self.with(|queue| match &mut queue.held {
            Some(held) => held.push(octets),
            None => queue.push(octets),
        });
        self.ready.notify_one();
    }

    /// From here on what is unsolicited waits, because the host is typing behind a prompt.
    pub fn hold(&self) {
        self.with(|queue| {
            queue.held.get_or_insert_default();
        });
    }

    /// What has waited goes out.
    pub fn release(&self) {
        self.with(|queue| {
            for octets in queue.held.take().unwrap_or_default() {
                queue.push(octets);
            }
        });
        self.ready.notify_one();
    }

    /// A host is there: it gets everything from here on, and one that was there before gets nothing more.
    pub fn attach(&self) -> u64 {
        let host = self.with(|queue| {
            queue.hosts += 1;
            queue.host = Some(queue.hosts);
            queue.writes.clear();
            queue.octets = 0;
            queue.hosts
        });
        self.ready.notify_one();
        host
    }

    /// A host has gone. While there is none, nothing is kept.
    pub fn detach(&self, host: u64) {
        self.with(|queue| {
            if queue.host == Some(host) {
                queue.host = None;
                queue.writes.clear();
                queue.octets = 0;
            }
        });
    }

    /// The next write for this host; `None` once another host has taken the line.
    pub async fn next(&self, host: u64) -> Option<Vec<u8>> {
        loop {
            let (mine, write) = self.with(|queue| {
                if queue.host != Some(host) {
                    return (false, None);
                }
                let write = queue.writes.pop_front();
                queue.octets -= write.as_ref().map_or(0, Vec::len);
                (true, write)
            });
            match (mine, write) {
                (true, Some(write)) => return Some(write),
                (true, None) => self.ready.notified().await,
                (false, _) => {
                    // The wake-up was the other host's.
                    self.ready.notify_one();
                    return None;
                }
            }
        }
    }
}

impl Queue {
    fn push(&mut self, octets: Vec<u8>) {
        if self.host.is_some() && !octets.is_empty() && self.octets + octets.len() <= UNREAD_LIMIT {
            self.octets += octets.len();
            self.writes.push_back(octets);
        }
    }
}

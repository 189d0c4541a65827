//! A serial line on which one thing goes wrong: at the n-th octet of a direction, once.
use mmscope::simulator::Modem;
use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf};
use tokio::time::{Sleep, sleep};

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Octets of the modem are lost.
    CutFromModem,
    /// Octets of the host are lost.
    CutFromHost,
    /// The modem's octets stop for a while.
    Delay,
    /// Octets of the modem come twice.
    Duplicate,
    /// Octets of the modem are others.
    GarbleFromModem,
    /// Octets of the host are others, outside ASCII.
    GarbleFromHost,
    /// A line of the modem comes after the next one.
    Reorder,
    /// The modem restarts.
    Reboot,
    /// The line is gone for good.
    Unplug,
}

impl Kind {
    pub const ALL: [Self; 9] = [
        Self::CutFromModem,
        Self::CutFromHost,
        Self::Delay,
        Self::Duplicate,
        Self::GarbleFromModem,
        Self::GarbleFromHost,
        Self::Reorder,
        Self::Reboot,
        Self::Unplug,
    ];
}

/// One fault.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    pub kind: Kind,
    /// At which octet, from 0.
    pub at: usize,
    /// How many octets, or for a delay how many tenths of a second.
    pub size: usize,
    pub seed: u64,
}

/// The host's end of a serial line with a fault in it.
pub struct FaultyLine {
    line: DuplexStream,
    modem: Modem,
    fault: Fault,
    chance: fastrand::Rng,
    from_modem: usize,
    from_host: usize,
    ready: VecDeque<u8>,
    /// What waits for the end of a delay.
    later: Vec<u8>,
    pause: Option<Pin<Box<Sleep>>>,
    /// A line that is held back until the next one has passed.
    held: Vec<u8>,
    swap: Swap,
    copy: Vec<u8>,
    gone: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Swap {
    Waiting,
    Holding,
    Passing,
    Done,
}

impl FaultyLine {
    pub fn new(line: DuplexStream, modem: Modem, fault: Fault) -> Self {
        Self {
            line,
            modem,
            fault,
            chance: fastrand::Rng::with_seed(fault.seed),
            from_modem: 0,
            from_host: 0,
            ready: VecDeque::new(),
            later: Vec::new(),
            pause: None,
            held: Vec::new(),
            swap: Swap::Waiting,
            copy: Vec::new(),
            gone: false,
        }
    }

    /// An octet of the modem, as the host will see it.
    fn take(&mut self, octet: u8) {
        let n = self.from_modem;
        self.from_modem += 1;
        let Fault { kind, at, size, .. } = self.fault;
        let inside = (at..at + size).contains(&n);
        match kind {
            Kind::CutFromModem if inside => {}
            Kind::GarbleFromModem if inside => self.ready.push_back(self.chance.u8(..)),
            Kind::Duplicate if inside => {
                self.ready.push_back(octet);
                self.copy.push(octet);
                if n + 1 == at + size {
                    let copy = std::mem::take(&mut self.copy);
                    self.ready.extend(copy);
                }
            }
            Kind::Delay if n >= at && (self.pause.is_some() || n == at) => {
                if n == at {
                    self.pause = Some(Box::pin(sleep(Duration::from_millis(size as u64 * 100))));
                }
                self.later.push(octet);
            }
            Kind::Reorder if n >= at => self.reorder(octet),
            Kind::Reboot if n == at => {
                self.modem.restart();
                self.ready.push_back(octet);
            }
            Kind::Unplug if n >= at => self.gone = true,
            _ => self.ready.push_back(octet),
        }
    }

    /// Holds back the first block between line ends, until the next block has passed or two seconds have.
    fn reorder(&mut self, octet: u8) {
        match self.swap {
            Swap::Waiting if octet == b'\r' => {
                self.held.push(octet);
                self.swap = Swap::Holding;
            }
            Swap::Holding => {
                self.held.push(octet);
                if self.held.len() > 2 && self.held.ends_with(b"\r\n") {
                    self.swap = Swap::Passing;
                    self.pause = Some(Box::pin(sleep(Duration::from_secs(2))));
                }
                if self.held.ends_with(b">") {
                    self.release();
                }
            }
            Swap::Passing => {
                self.ready.push_back(octet);
                self.copy.push(octet);
                if self.copy.len() > 2 && self.copy.ends_with(b"\r\n") {
                    self.release();
                }
            }
            Swap::Waiting | Swap::Done => self.ready.push_back(octet),
        }
    }

    fn release(&mut self) {
        let held = std::mem::take(&mut self.held);
        self.ready.extend(held);
        self.swap = Swap::Done;
        self.pause = None;
    }

    fn pause_over(&mut self) {
        self.pause = None;
        let later = std::mem::take(&mut self.later);
        self.ready.extend(later);
        if self.swap == Swap::Passing {
            self.release();
        }
    }
}

impl AsyncRead for FaultyLine {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            if !self.ready.is_empty() {
                let count = self.ready.len().min(buf.remaining());
                let octets: Vec<u8> = self.ready.drain(..count).collect();
                buf.put_slice(&octets);
                return Poll::Ready(Ok(()));
            }
            if self.gone {
                return Poll::Ready(Ok(()));
            }
            if let Some(pause) = &mut self.pause
                && pause.as_mut().poll(cx).is_ready()
            {
                self.pause_over();
                continue;
            }
            let mut octets = [0; 256];
            let mut some = ReadBuf::new(&mut octets);
            match Pin::new(&mut self.line).poll_read(cx, &mut some) {
                Poll::Ready(Ok(())) if !some.filled().is_empty() => {
                    for octet in some.filled().to_vec() {
                        self.take(octet);
                    }
                }
                Poll::Ready(Ok(())) => self.gone = true,
                other => return other,
            }
        }
    }
}

impl AsyncWrite for FaultyLine {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.gone {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        let Fault { kind, at, size, .. } = self.fault;
        let inside = |n: usize| (at..at + size).contains(&n);
        let first = self.from_host;
        // Spoilt octets go one by one, so that each is spoilt once however little the line takes.
        let step = if inside(first) {
            1
        } else if first < at {
            octets.len().min(at - first)
        } else {
            octets.len()
        };
        let mut piece = octets[..step].to_vec();
        if inside(first) && kind == Kind::CutFromHost {
            self.from_host += 1;
            return Poll::Ready(Ok(1));
        }
        if inside(first) && kind == Kind::GarbleFromHost {
            piece[0] = self.chance.u8(0x80..);
        }
        let written = Pin::new(&mut self.line).poll_write(cx, &piece);
        if let Poll::Ready(Ok(count)) = written {
            self.from_host += count;
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.line).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.line).poll_shutdown(cx)
    }
}

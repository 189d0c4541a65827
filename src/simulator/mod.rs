//! A simulated bench: a SIM7600 with a card, a carrier's network, an MMSC and phones, as one world file says they are. Comes in:
//! a [`World`] and the octets that a host writes to the serial line. Goes out: what such a modem would answer, when it would.
//! Never here: code of the program's own AT side, so that an error there meets an independent witness.
//!
//! ```text
//!   host ── serial line ──▶ modem ──▶ network ──▶ services ──▶ MMSC ──▶ phones
//!   (duplex, pty or TCP)    state     APN, DNS,   web, name     │       bubbles
//!                             ▲       routes      server        ▼ push     ▲
//!                             └───────── SMS ───────────▶ service centre ──┘
//! ```
mod centre;
mod circuits;
mod clock;
mod host;
mod inbox;
pub mod mmsc;
mod modem;
mod names;
mod network;
mod pace;
pub mod phone;
mod serve;
mod services;
mod task;
mod wire;
pub mod world;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use tokio::io::{AsyncRead, AsyncWrite, DuplexStream};
use tokio::sync::mpsc;

use crate::mms::{PORT, Part, Push, SOURCE_PORT, SendReq};
use centre::Centre;
use clock::Clock;
use mmsc::{Line, Mmsc};
use modem::Core;
use network::Network;
use pace::Pace;
use phone::Phones;
use task::beside;

pub use circuits::{Circuit, Circuits};
pub use host::{HostInterface, NotOpened};
pub use modem::{Connection, ShortMessage};
#[cfg(unix)]
pub use serve::serve_pty;
pub use serve::{ServeError, serve_tcp};
pub use world::{World, WorldError};

/// Octets that the in-memory serial line holds in each direction.
const LINE: usize = 64 << 10;

/// How a bench is run.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// How many times faster than a real bench; 1 is real time. What is no positive number counts as 1.
    pub speed: f64,
    /// Where the small variations of times come from; the same seed gives the same bench.
    pub seed: u64,
    /// A real MMSC in the place of the simulated one.
    pub mmsc: Option<Loopback>,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            speed: 1.0,
            seed: 1,
            mmsc: None,
        }
    }
}

/// A socket address on this very machine: nothing simulated ever dials anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loopback(SocketAddr);

/// An address that is not on this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not a loopback address: the simulated bench talks to 127.0.0.0/8 and ::1 only")]
pub struct NotLoopback(pub SocketAddr);

impl Loopback {
    /// The address itself.
    pub fn address(self) -> SocketAddr {
        self.0
    }
}

impl TryFrom<SocketAddr> for Loopback {
    type Error = NotLoopback;

    fn try_from(address: SocketAddr) -> Result<Self, NotLoopback> {
        if address.ip().is_loopback() {
            Ok(Loopback(address))
        } else {
            Err(NotLoopback(address))
        }
    }
}

/// A bench in memory, with the host's end of its serial line.
pub struct Bench {
    /// The host's end of the serial line.
    pub line: DuplexStream,
    /// The phones of the world.
    pub phones: Phones,
    /// The modem, for looking inside and for opening the line again.
    pub modem: Modem,
}

impl Bench {
    /// As [`Modem::settings`].
    pub fn settings(&self) -> BTreeMap<String, String> {
        self.modem.settings()
    }

    /// As [`Modem::sent_octets`].
    pub fn sent_octets(&self, connection: usize) -> Option<Vec<u8>> {
        self.modem.sent_octets(connection)
    }

    /// As [`Modem::connections`].
    pub fn connections(&self) -> Vec<Connection> {
        self.modem.connections()
    }

    /// As [`Modem::mmsc_requests`].
    pub fn mmsc_requests(&self) -> Vec<mmsc::SeenRequest> {
        self.modem.mmsc_requests()
    }
}

/// A simulated modem that is switched on. It stays so until the last clone is dropped and no host's line is open.
#[derive(Clone)]
pub struct Modem(Arc<Power>);

struct Power {
    core: Arc<Core>,
    mmsc: Arc<Mmsc>,
    centre: Arc<Centre>,
    phones: Phones,
    host: Option<HostInterface>,
}

impl Drop for Power {
    fn drop(&mut self) {
        self.core.off();
    }
}

/// Switches on a bench in memory. Must be called within a tokio runtime; everything runs on it, and a paused clock drives it.
pub fn start(world: World, options: Options) -> Bench {
    let modem = Modem::start(world, options);
    Bench {
        line: modem.open_line(),
        phones: modem.phones(),
        modem,
    }
}

impl Modem {
    /// Switches on a modem to which no host is connected yet. Must be called within a tokio runtime.
    pub fn start(world: World, options: Options) -> Modem {
        let pace = Pace::new(options.speed);
        let phones = Phones::default();
        let clock = Clock::new(world.modem.clock, world.modem.zone_quarters, pace);
        let (to_line, messages) = mpsc::unbounded_channel();
        let centre = Centre::new(
            world.sms.clone(),
            pace,
            clock,
            phones.clone(),
            world.sim.number.as_deref(),
            options.seed,
            to_line,
        );
        let mmsc = Mmsc::new(world.mmsc.clone(), phones.clone(), pace.speed());
        mmsc.connect(line(&world, centre.clone()));
        let world = Arc::new(world);
        let network = Arc::new(Network::new(
            world.clone(),
            pace,
            mmsc.clone(),
            options.mmsc,
        ));
        let host = HostInterface::of(&world, &network, pace);
        script(&world, pace, &centre, &mmsc);
        Modem(Arc::new(Power {
            host,
            core: Core::start(world, network, centre.clone(), messages, pace, options.seed),
            mmsc,
            centre,
            phones,
        }))
    }

    /// A phone sends a text to this line as SMS; a long one comes in parts.
    pub fn text_from(&self, from: &str, text: &str) {
        self.0.centre.text_to_line(from, text);
    }

    /// A phone sends octets to this line as SMS: to an application's port, such as a WAP push that no MMSC has made, or at most 140 to nobody in
    /// particular.
    pub fn octets_from(&self, from: &str, octets: &[u8], port: Option<u16>) {
        match port {
            Some(port) => self.0.centre.push(from, octets, port, port),
            None => self.0.centre.data_to_line(from, octets),
        }
    }

    /// A phone sends an MMS by way of the world's MMSC, whoever its recipients are.
    ///
    /// # Errors
    /// The message cannot be encoded.
    pub fn message_from(
        &self,
        from: &str,
        message: &crate::mms::SendReq,
    ) -> Result<(), crate::mms::EncodeError> {
        self.0.mmsc.send_from(from, message)
    }

    /// The messages that are or were at the MMSC for this line.
    pub fn waiting_messages(&self) -> Vec<mmsc::WaitingMessage> {
        self.0.mmsc.waiting()
    }

    /// Opens the serial line in memory; whoever had it open before has lost it.
    pub fn open_line(&self) -> DuplexStream {
        let (host, module) = tokio::io::duplex(LINE);
        let attached = self.0.core.attach();
        self.0.core.opened();
        let modem = self.clone();
        beside(async move { modem.0.core.serve(attached, module).await });
        host
    }

    /// Connects a host's line to the modem until the host goes away. One host at a time.
    pub async fn serve(&self, io: impl AsyncRead + AsyncWrite + Unpin) {
        self.0.core.serve(self.0.core.attach(), io).await;
    }

    /// Restarts the module, as a power dip does.
    pub fn restart(&self) {
        self.0.core.reboot();
    }

    /// Every stored setting and the state of contexts, stack and links, for comparing before and after.
    pub fn settings(&self) -> BTreeMap<String, String> {
        self.0.core.inventory()
    }

    /// All connections that the module has had, in the order in which they opened.
    pub fn connections(&self) -> Vec<Connection> {
        self.0.core.with_connections(<[Connection]>::to_vec)
    }

    /// All octets that went through `AT+CIPSEND` on one connection, counted from 0 in the order of [`Modem::connections`].
    pub fn sent_octets(&self, connection: usize) -> Option<Vec<u8>> {
        self.0
            .core
            .with_connections(|rows| rows.get(connection).map(|row| row.sent.clone()))
    }

    /// The short messages that the module has sent.
    pub fn short_messages(&self) -> Vec<ShortMessage> {
        self.0.core.short_messages()
    }

    /// What the simulated MMSC was asked.
    pub fn mmsc_requests(&self) -> Vec<mmsc::SeenRequest> {
        self.0.mmsc.requests()
    }

    /// The host drives an output of the serial line.
    pub fn drive(&self, circuit: Circuit, on: bool) {
        self.0.core.drive(circuit, on);
    }

    /// The outputs of the host as the module sees them.
    pub fn circuits(&self) -> Circuits {
        self.0.core.circuits()
    }

    /// The phones of the world.
    pub fn phones(&self) -> Phones {
        self.0.phones.clone()
    }

    /// The host's network interface that leads over this modem, where the world has one.
    pub fn host(&self) -> Option<HostInterface> {
        self.0.host.clone()
    }
}

/// The line as the MMSC reaches it: pushes go through the service centre.
fn line(world: &World, centre: Arc<Centre>) -> Line {
    let clock = centre.clock();
    let (from, turn) = (world.mmsc.push_from.clone(), AtomicU8::new(1));
    Line {
        number: world.sim.number.clone(),
        base: world.content_location(),
        keeps_all: false,
        push: Box::new(move |pdu| {
            let push = Push::of_mms(turn.fetch_add(1, Ordering::Relaxed), &pdu);
            centre.push(&from, &push, PORT, SOURCE_PORT);
        }),
        now: Box::new(move || clock.unix_seconds()),
    }
}

/// What the world's phones send by themselves.
fn script(world: &World, pace: Pace, centre: &Arc<Centre>, mmsc: &Arc<Mmsc>) {
    for sms in world.sms.incoming.clone() {
        let centre = centre.clone();
        beside(async move {
            pace.wait(sms.after_ms).await;
            centre.text_to_line(&sms.from, &sms.text);
        });
    }
    for (number, mms) in world.mmsc.incoming.clone().into_iter().enumerate() {
        let (mmsc, to) = (mmsc.clone(), world.sim.number.clone());
        beside(async move {
            pace.wait(mms.after_ms).await;
            let message = SendReq {
                to: to.into_iter().collect(),
                cc: mms.cc,
                subject: mms.subject,
                parts: vec![Part::plain_text(mms.text)],
                ..SendReq::new(format!("phone-{number}"))
            };
            // A world whose script cannot be encoded is a mistake that its test finds: nothing arrives.
            let _ = mmsc.send_from(&mms.from, &message);
        });
    }
}

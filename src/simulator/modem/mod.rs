//! The simulated SIM7600: octets from the host come in, octets to the host go out, in between a state that the AT commands
//! change. One task reads and runs command lines; late results, links and timers are tasks of their own that end with it.
//! Never here: the host's side of AT, and any wait that does not go through `Pace`.
mod basic;
mod command;
mod display;
mod identity;
mod incoming;
mod line;
mod link;
mod lookup;
mod mailbox;
mod packet;
mod radio;
mod reply;
mod run;
mod settings;
mod sms;
mod sockets;
mod stack;
mod state;
mod submit;
mod transfer;

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;

use super::centre::Centre;
use super::circuits::{Circuit, Circuits};
use super::network::Network;
use super::pace::Pace;
use super::task;
use super::world::World;
use crate::sms::Tpdu;
use line::{Input, Output};
use state::State;

pub use stack::Connection;
pub use state::ShortMessage;

/// The module itself, shared by everything that runs in it.
pub(super) struct Core {
    pub world: Arc<World>,
    pub network: Arc<Network>,
    pub centre: Arc<Centre>,
    pub pace: Pace,
    state: Mutex<State>,
    output: Output,
    typed: mpsc::Sender<Vec<u8>>,
    restart: Notify,
    /// The serial line goes away.
    vanish: Notify,
    /// The first host has had its nonsense.
    greeted: AtomicBool,
    /// How many lines of noise have stood in answers.
    noises: AtomicUsize,
    chance: Mutex<fastrand::Rng>,
    /// Room has come in a store for messages.
    freed: Notify,
    /// One message after the other is routed to the line.
    routing: tokio::sync::Mutex<()>,
    /// Work that a restart of the module ends: late results, links, timers.
    work: Mutex<JoinSet<()>>,
    /// The module's own task.
    life: Mutex<JoinSet<()>>,
}

impl Core {
    /// Switches a module on, on the current runtime. It has long booted: the card is read, the network is there.
    /// `messages` is what the service centre sends.
    pub fn start(
        world: Arc<World>,
        network: Arc<Network>,
        centre: Arc<Centre>,
        messages: mpsc::UnboundedReceiver<Tpdu>,
        pace: Pace,
        seed: u64,
    ) -> Arc<Core> {
        let (typed, arriving) = mpsc::channel(64);
        let core = Arc::new(Core {
            state: Mutex::new(State::new(&world, centre.clock())),
            world,
            network,
            centre,
            pace,
            output: Output::default(),
            typed,
            restart: Notify::new(),
            vanish: Notify::new(),
            greeted: AtomicBool::new(false),
            noises: AtomicUsize::new(0),
            chance: Mutex::new(fastrand::Rng::with_seed(seed)),
            freed: Notify::new(),
            routing: tokio::sync::Mutex::new(()),
            work: Mutex::new(JoinSet::new()),
            life: Mutex::new(JoinSet::new()),
        });
        packet::settle(&core);
        sockets::preset(&core);
        let living = core.clone();
        core.lock_set(&core.life)
            .spawn(task::of_one_kind(run::live(living, Input::new(arriving))));
        let receiving = core.clone();
        core.lock_set(&core.life)
            .spawn(task::of_one_kind(incoming::receive(receiving, messages)));
        core
    }

    /// The module's memory; never held across a wait.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_set<'a>(&self, set: &'a Mutex<JoinSet<()>>) -> MutexGuard<'a, JoinSet<()>> {
        set.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every stored setting and the state of contexts, stack and links.
    pub fn inventory(&self) -> BTreeMap<String, String> {
        self.state().inventory()
    }

    /// Looks at the connections that the module has had.
    pub fn with_connections<T>(&self, look: impl FnOnce(&[Connection]) -> T) -> T {
        look(&self.state().stack.history)
    }

    /// The short messages that the module has sent.
    pub fn short_messages(&self) -> Vec<ShortMessage> {
        self.state().messages.clone()
    }

    /// Work beside the command line, until it is done or the module restarts.
    pub fn spawn(
        &self,
        work: impl Future<Output = ()> + Send + 'static,
    ) -> tokio::task::AbortHandle {
        let mut set = self.lock_set(&self.work);
        while set.try_join_next().is_some() {}
        set.spawn(task::of_one_kind(work))
    }

    /// A span with up to 4 % more or less, since no bench repeats a time exactly.
    pub fn about(&self, ms: u64) -> u64 {
        let spread = ms / 25;
        let mut chance = self.chance.lock().unwrap_or_else(PoisonError::into_inner);
        (ms - spread) + chance.u64(0..=2 * spread)
    }

    /// A line that nobody asked for.
    pub fn announce(&self, text: &str) {
        let (verbose, quiet) = {
            let state = self.state();
            (state.verbose, state.quiet)
        };
        if !quiet {
            self.output.announce(framed(text.as_bytes(), verbose));
        }
    }

    /// The host drives an output of the serial line.
    pub fn drive(&self, circuit: Circuit, on: bool) {
        self.state().circuits.drive(circuit, on);
    }

    /// A host opens the line: it raises its outputs.
    pub fn opened(&self) {
        self.state().circuits.open();
    }

    /// The outputs of the host.
    pub fn circuits(&self) -> Circuits {
        self.state().circuits
    }

    /// Restarts the module, as `AT+CRESET` and a power dip do.
    pub fn reboot(&self) {
        self.restart.notify_one();
    }

    /// The serial line is lost, as when a cable is pulled; the module itself goes on.
    pub fn vanish(&self) {
        self.vanish.notify_one();
    }

    /// The nonsense that the first host hears; nothing for all others.
    fn nonsense(&self) -> Vec<u8> {
        let count = self.world.modem.quirks.garbage_octets;
        if count == 0 || self.greeted.swap(true, Ordering::Relaxed) {
            return Vec::new();
        }
        let mut chance = self.chance.lock().unwrap_or_else(PoisonError::into_inner);
        (0..count).map(|_| chance.u8(..)).collect()
    }

    /// The next line of noise that stands inside an answer, where the world has some.
    fn noise_in_answer(&self) -> Option<&str> {
        let quirks = &self.world.modem.quirks;
        if !quirks.noise_in_answers || quirks.noise.is_empty() {
            return None;
        }
        let turn = self.noises.fetch_add(1, Ordering::Relaxed);
        quirks
            .noise
            .get(turn % quirks.noise.len())
            .map(String::as_str)
    }

    /// Switches the module off for good.
    pub fn off(&self) {
        self.lock_set(&self.work).abort_all();
        self.lock_set(&self.life).abort_all();
    }

    /// Says that a host is there; what the module says from here on is kept for [`Core::serve`].
    pub fn attach(&self) -> u64 {
        self.output.attach()
    }

    /// Connects an attached host's line to the module until the host goes away or another one comes.
    pub async fn serve(&self, host: u64, io: impl AsyncRead + AsyncWrite + Unpin) {
        self.carry(host, io).await;
        self.output.detach(host);
    }

    async fn carry(&self, host: u64, io: impl AsyncRead + AsyncWrite + Unpin) {
        let (mut from_host, mut to_host) = tokio::io::split(io);
        let reading = async {
            let mut octets = vec![0; 1024];
            while let Ok(count @ 1..) = from_host.read(&mut octets).await {
                if self.typed.send(octets[..count].to_vec()).await.is_err() {
                    break;
                }
            }
        };
        let quirks = &self.world.modem.quirks;
        let writing = async {
            for piece in self.nonsense().chunks(1024) {
                if to_host.write_all(piece).await.is_err() {
                    return;
                }
            }
            while let Some(write) = self.output.next(host).await {
                let size = if quirks.fragment_octets == 0 {
                    write.len()
                } else {
                    quirks.fragment_octets
                };
                for (index, piece) in write.chunks(size.max(1)).enumerate() {
                    if index > 0 {
                        self.pace.wait(quirks.fragment_gap_ms).await;
                    }
                    if to_host.write_all(piece).await.is_err() || to_host.flush().await.is_err() {
                        return;
                    }
                }
            }
        };
        tokio::select! {
            () = reading => {}
            () = writing => {}
            () = self.vanish.notified() => {}
        }
    }
}

/// A block between line ends: both in the wordy form, only the second in the numeric one.
fn framed(block: &[u8], verbose: bool) -> Vec<u8> {
    let mut octets = Vec::with_capacity(block.len() + 4);
    if verbose {
        octets.extend_from_slice(b"\r\n");
    }
    octets.extend_from_slice(block);
    octets.extend_from_slice(b"\r\n");
    octets
}

//! The actor: takes orders, runs one send at a time, looks at the modem in between.
//!
//! In: orders, what the modem says, the time. Out: events. Here is only what it holds and how it waits; what it does then stands
//! in the files below, one thought each.
mod arriving;
mod attempt;
mod awaiting;
mod desk;
mod driving;
mod fetching;
mod line;
mod looking;
mod orders;
mod outbox;
mod parts;
mod probing;
mod pushed;
mod receiving;
mod reports;
mod sending;
mod tying;
mod verifying;

use super::regain::{self, Lost};
use super::script::Script;
use super::{Order, Probe, Setup};
use crate::config::{Config, Receive};
use crate::diagnosis::References;
use crate::engine::{Engine, Urc};
use crate::event::{EventId, Level, Msisdn, Notice, SerialChange, SerialState, What};
use crate::journal::Journal;
use crate::modem::{Modem, Settings, SimCard, Trouble};
use crate::outbox::{Outbox, Persistence};
use crate::pipeline::{self, Gear, Limits, Standing};
use crate::profile::{Library, Profile, SimFacts};
use crate::serial::{Opened, SerialError, Source};
use crate::sms::StatusReport;
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use tokio::sync::{broadcast, mpsc, oneshot, watch};
use tokio::time::{Instant, sleep_until};

use fetching::Fetch;
use receiving::{HasRead, Receiving};
use sending::{Current, Waiting};
use verifying::Testing;
pub use verifying::{LENGTHS, test_text};

type Task<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// A send that runs, and how to stop it.
struct Running {
    send: Task<()>,
    stop: Option<oneshot::Sender<()>>,
}

pub(super) struct Actor {
    gear: Gear,
    journal: Journal,
    library: Arc<Library>,
    profile: Option<Profile>,
    /// Profiles that were handed over during the session, the newest last.
    copies: Vec<Profile>,
    config: Arc<Config>,
    read_only: bool,
    chance: fn() -> (u64, u64),
    outbox: Arc<Outbox>,
    /// Messages go out although the outbox cannot keep them.
    unrecorded: bool,
    waiting: VecDeque<Waiting>,
    /// The entry that is being sent.
    current: Option<Current>,
    /// The entry whose send was stopped because it shall not go out at all.
    withdrawn: Option<u64>,
    /// Status reports that fit nothing yet.
    untied: VecDeque<StatusReport>,
    /// Status reports that were read from the modem's store.
    reports: mpsc::Sender<StatusReport>,
    stored: mpsc::Receiver<StatusReport>,
    receiving: Receiving,
    /// Something is being read from the modem's store of messages.
    reading: Option<Task<HasRead>>,
    /// Messages that wait to be fetched.
    fetches: VecDeque<Fetch>,
    testing: Option<Testing>,
    /// Probes that wait, with the events of their orders; each runs once nothing else does.
    probes: VecDeque<(Probe, EventId)>,
    probed: u64,
    references: References,
    sends: u64,
    running: Option<Running>,
    /// A look at the modem that is under way.
    looking: Option<Task<Result<(), Trouble>>>,
    /// The next send may begin then.
    free_at: Instant,
    next_look: Option<Instant>,
    /// Looks at the modem by itself.
    watchful: bool,
    /// What the modem says unasked; none while the line is lost.
    urcs: Option<broadcast::Receiver<Urc>>,
    source: Option<Arc<dyn Source>>,
    /// The line is lost and is looked for.
    lost: Option<Lost>,
    /// An attempt to open it again.
    regaining: Option<Task<Result<Opened, SerialError>>>,
    /// The person's script; dropped, it stops before its next command.
    script: Option<Script>,
    /// Looks so far, and whether the next one shall be wide.
    looks: u32,
    look_wide: bool,
    /// Copies of settings from earlier sessions, until it is known whose they are.
    left_behind: Vec<Settings>,
}

impl Actor {
    pub(super) fn new(setup: Setup) -> Self {
        let sink = setup.journal.sink();
        sink.record(What::Serial(SerialChange {
            name: setup.serial.clone(),
            state: SerialState::Open,
        }));
        let (line, outputs) = (setup.line, setup.outputs);
        let engine = Engine::start_with(line, outputs, &setup.serial, setup.pace, sink.clone());
        let urcs = engine.urcs();
        let gear = Gear {
            modem: Modem::new(engine, setup.pace, sink.clone()),
            sink,
            limits: Limits::with(|stage| setup.config.limits.of(stage)),
            own_number: setup
                .config
                .own_number
                .as_ref()
                .map(|n| Msisdn::new(n.recipient().plain())),
            keep: setup.keep,
            serial: setup.serial,
            learnt: Arc::default(),
            saved: Arc::default(),
            bubbles: setup.bubbles,
            went_out: Arc::new(AtomicBool::new(false)),
            reached: Arc::default(),
            read_only: setup.read_only,
            boots: Arc::default(),
            standing: Standing::default(),
            connection: Arc::default(),
        };
        let (reports, stored) = mpsc::channel(16);
        let listens = setup.listens
            && setup.config.receive != Receive::Off
            && setup.inbox.why_unkept().is_none();
        let now = Instant::now();
        let mut actor = Self {
            gear,
            journal: setup.journal,
            library: setup.library,
            profile: setup.profile,
            copies: Vec::new(),
            config: setup.config,
            read_only: setup.read_only,
            chance: setup.chance,
            outbox: setup.outbox,
            unrecorded: setup.unrecorded,
            waiting: VecDeque::new(),
            current: None,
            withdrawn: None,
            untied: VecDeque::new(),
            reports,
            stored,
            receiving: Receiving::new(setup.inbox, listens),
            reading: None,
            fetches: VecDeque::new(),
            testing: None,
            probes: VecDeque::new(),
            probed: 0,
            references: setup.references,
            sends: 0,
            running: None,
            looking: None,
            free_at: now,
            next_look: setup.watchful.then_some(now),
            watchful: setup.watchful,
            urcs: Some(urcs),
            source: setup.source,
            lost: None,
            regaining: None,
            script: None,
            looks: 0,
            look_wide: false,
            left_behind: setup.left_behind,
        };
        actor.tell_profile();
        actor.tell_outbox();
        actor.tell_inbox();
        actor.restore_parts();
        actor
    }

    pub(super) async fn run(
        mut self,
        mut orders: mpsc::Receiver<Order>,
        mut stop: watch::Receiver<bool>,
    ) {
        self.take_own_copy().await;
        self.put_back_what_was_left().await;
        loop {
            self.start_probe().await;
            self.start_next().await;
            self.start_fetch().await;
            self.start_listening();
            self.start_reading();
            self.foresee();
            let wake = self.next_wake();
            tokio::select! {
                order = orders.recv() => match order {
                    Some(order) => self.take(order).await,
                    None => break,
                },
                () = stopping(&mut stop) => break,
                () = sent(&mut self.running) => {
                    self.running = None;
                    self.after_send();
                    self.listen_again();
                    if self.profile.is_none() && let Some(card) = self.gear.learnt(|l| l.card.clone()) {
                        // The one that the send has chosen and told.
                        self.profile = self.library.best_match(&facts(&card)).cloned();
                    }
                    self.look_wide = true;
                    self.next_look = self.next_look.map(|_| Instant::now());
                }
                looked = done(&mut self.looking) => self.looked(looked),
                read = done(&mut self.reading) => self.has_read(read),
                urc = heard(&mut self.urcs) => self.hear(urc),
                Some(report) = self.stored.recv() => {
                    self.untied.push_back(report);
                    self.tie_reports();
                }
                opened = done(&mut self.regaining) => self.regained(opened),
                () = sleep_until(wake.unwrap_or_else(Instant::now)), if wake.is_some() => self.wake(),
            }
        }
        self.wind_up().await;
    }

    /// Stops what runs, waits until the modem is tidy, and closes the line.
    async fn wind_up(&mut self) {
        self.waiting.clear();
        self.probes.clear();
        self.fetches.clear();
        self.script = None;
        self.cancel();
        if self.running.is_some() {
            self.foresee();
            sent(&mut self.running).await;
        }
        if self.gear.standing.is_up() && !self.gear.modem.engine().is_gone() {
            pipeline::tidy(&self.gear).await;
        }
        if self.looking.is_some() && self.owes_settings() {
            let limit = self.gear.modem.pace().real(LAST_CHANCE);
            // It has just come back and its settings are being put back; where that takes too long, the kept file remains.
            let _ = tokio::time::timeout(limit, done(&mut self.looking)).await;
        }
        if self.reading.is_some() {
            let limit = self.gear.modem.pace().real(A_READING);
            // It may have turned to another store for a moment.
            let _ = tokio::time::timeout(limit, done(&mut self.reading)).await;
        }
        if self.gear.modem.engine().is_gone() {
            self.last_chance().await;
        } else if self.owes_settings() {
            self.looking = None;
            pipeline::tidy(&self.gear).await;
        }
        self.looking = None;
        self.gear.modem.engine().clone().close().await;
        self.hear_the_rest();
        self.gear.sink.record(What::Serial(SerialChange {
            name: self.gear.serial.clone(),
            state: SerialState::Closed,
        }));
    }

    fn next_wake(&self) -> Option<Instant> {
        if self.running.is_some() || self.looking.is_some() {
            return None;
        }
        let away = self.lost.is_some();
        let due = |w: &Waiting| {
            let held = away && w.persistence == Persistence::UntilItIsOut;
            (!held).then_some(w.due.max(self.free_at))
        };
        let send = self.waiting.iter().filter_map(due).min();
        let probe = (!self.probes.is_empty()).then(Instant::now);
        let attempt = self.lost.as_ref().filter(|_| self.regaining.is_none());
        [send, probe, self.next_look, attempt.map(|l| l.next)]
            .into_iter()
            .flatten()
            .min()
    }

    fn wake(&mut self) {
        let due = self.lost.as_ref().is_some_and(|l| l.next <= Instant::now());
        if let (true, None, Some(source)) = (due, &self.regaining, &self.source) {
            self.regaining = Some(Box::pin(regain::attempt(source.clone())));
        }
        self.look();
    }

    fn speed(&self) -> f64 {
        self.journal.known().session.speed
    }

    /// Says why an order is not carried out, with the order's event: whoever waits for its end need not wait.
    fn refuse(&self, order: EventId, text: impl Into<String>) {
        self.gear.sink.record(What::Notice(Notice {
            level: Level::Warning,
            text: text.into(),
            because: Some(order),
        }));
    }

    fn say(&self, level: Level, text: impl Into<String>) {
        self.gear.sink.record(What::Notice(Notice {
            level,
            text: text.into(),
            because: None,
        }));
    }
}

/// Reading one message takes no longer, or the modem hangs.
const A_READING: Duration = Duration::from_secs(10);
/// How long the program waits at its end for a modem that owes it its settings: a SIM7600 is back on the bus after some 20 s.
const LAST_CHANCE: Duration = Duration::from_secs(40);

fn no_profile() -> Trouble {
    Trouble::new(
        "no profile is chosen and none fits this SIM",
        "",
        "without a profile nobody knows the APN and the MMSC",
        "Choose one with --profile, or in the profile switcher; `mmscope profiles list` shows all",
    )
}

fn facts(card: &SimCard) -> SimFacts {
    SimFacts {
        mccmnc: card.home.clone(),
        imsi: card.imsi.as_ref().map(|i| i.reveal().to_owned()),
        iccid: card.iccid.as_ref().map(|i| i.reveal().to_owned()),
        gid1: card.gid1.clone(),
        spn: card.spn.clone(),
    }
}

/// Ends when the bench is told to close.
async fn stopping(stop: &mut watch::Receiver<bool>) {
    // An error means that the handle is gone: then nobody is left to work for.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Ends when the running send ends; never, where none runs.
async fn sent(running: &mut Option<Running>) {
    match running {
        Some(running) => running.send.as_mut().await,
        None => std::future::pending().await,
    }
}

/// Ends when the task under way ends; never, where there is none.
async fn done<T>(task: &mut Option<Task<T>>) -> T {
    match task {
        Some(task) => task.as_mut().await,
        None => std::future::pending().await,
    }
}

/// The next thing that the modem says unasked; never, while the line is lost.
async fn heard(
    urcs: &mut Option<broadcast::Receiver<Urc>>,
) -> Result<Urc, broadcast::error::RecvError> {
    match urcs {
        Some(urcs) => urcs.recv().await,
        None => std::future::pending().await,
    }
}

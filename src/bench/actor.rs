//! The actor: takes orders, runs one send at a time, looks at the modem in between.
use super::regain::{self, Lost};
use super::{Message, Order, Probe, Setup};
use crate::at::urc::{self, Notice as Announced};
use crate::at::{Command, catalogue};
use crate::config::Config;
use crate::diagnosis::{Budget, References};
use crate::engine::{Engine, Urc};
use crate::event::{
    Act, Level, Msisdn, Notice, SendResult, SerialChange, SerialState, SimState, What,
};
use crate::journal::Journal;
use crate::mms::{TransactionId, Version};
use crate::modem::{Modem, SimCard, Trouble};
use crate::pipeline::{self, Fallen, Gear, Job, Limits};
use crate::probe;
use crate::profile::{Library, Profile, SimFacts, UnknownProfile};
use crate::serial::{Opened, SerialError, Source};
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{broadcast, mpsc, oneshot, watch};
use tokio::time::{Instant, sleep_until};

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
    waiting: VecDeque<Message>,
    /// Probes that wait; each runs once nothing else does.
    probes: VecDeque<Probe>,
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
    /// Looks so far, and whether the next one shall be wide.
    looks: u32,
    look_wide: bool,
}

impl Actor {
    pub(super) fn new(setup: Setup) -> Self {
        let sink = setup.journal.sink();
        sink.record(What::Serial(SerialChange {
            name: setup.serial.clone(),
            state: SerialState::Open,
        }));
        let engine = Engine::start(setup.line, &setup.serial, setup.pace, sink.clone());
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
            saved: Arc::new(Mutex::new(setup.left_behind)),
            bubbles: setup.bubbles,
            went_out: Arc::new(AtomicBool::new(false)),
            reached: Arc::default(),
            read_only: setup.read_only,
            boots: Arc::default(),
        };
        let now = Instant::now();
        let actor = Self {
            gear,
            journal: setup.journal,
            library: setup.library,
            profile: setup.profile,
            copies: Vec::new(),
            config: setup.config,
            read_only: setup.read_only,
            chance: setup.chance,
            waiting: VecDeque::new(),
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
            looks: 0,
            look_wide: false,
        };
        actor.tell_profile();
        actor
    }

    pub(super) async fn run(
        mut self,
        mut orders: mpsc::Receiver<Order>,
        mut stop: watch::Receiver<bool>,
    ) {
        self.put_back_what_was_left().await;
        loop {
            self.start_probe().await;
            self.start_next().await;
            let wake = self.next_wake();
            tokio::select! {
                order = orders.recv() => match order {
                    Some(order) => self.take(order).await,
                    None => break,
                },
                () = stopping(&mut stop) => break,
                () = sent(&mut self.running) => {
                    self.running = None;
                    if self.profile.is_none() && let Some(card) = self.gear.learnt(|l| l.card.clone()) {
                        // The one that the send has chosen and told.
                        self.profile = self.library.best_match(&facts(&card)).cloned();
                    }
                    self.look_wide = true;
                    self.next_look = self.next_look.map(|_| Instant::now());
                }
                looked = done(&mut self.looking) => self.looked(looked),
                urc = heard(&mut self.urcs) => self.hear(urc),
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
        self.cancel();
        if self.running.is_some() {
            sent(&mut self.running).await;
        }
        if self.looking.is_some() && self.owes_settings() {
            let limit = self.gear.modem.pace().real(LAST_CHANCE);
            // It has just come back and its settings are being put back; where that takes too long, the kept file remains.
            let _ = tokio::time::timeout(limit, done(&mut self.looking)).await;
        }
        if self.gear.modem.engine().is_gone() {
            self.last_chance().await;
        }
        self.looking = None;
        self.gear.modem.engine().clone().close().await;
        self.gear.sink.record(What::Serial(SerialChange {
            name: self.gear.serial.clone(),
            state: SerialState::Closed,
        }));
    }

    async fn take(&mut self, order: Order) {
        match order {
            Order::Send(message) => {
                self.gear.sink.record(What::Act(Act::Send));
                if self.read_only {
                    return self.say(
                        Level::Warning,
                        "read-only: nothing is sent. Start without --read-only to send",
                    );
                }
                self.waiting.push_back(*message);
                let pause = self.free_at.saturating_duration_since(Instant::now());
                if self.running.is_some() {
                    self.say(Level::Info, "another message is being sent; this one waits");
                } else if !pause.is_zero() {
                    let seconds = pause.as_secs_f64() * self.speed();
                    self.say(Level::Info, format!("paced: this message goes out in {seconds:.0} s (pace_seconds in the configuration)"));
                }
            }
            Order::Probe(probe) => {
                self.gear.sink.record(What::Act(Act::Probe));
                if self.read_only {
                    return self.say(
                        Level::Warning,
                        "read-only: a probe opens the module's socket stack. Start without --read-only to probe",
                    );
                }
                self.probes.push_back(*probe);
                if self.running.is_some() {
                    self.say(
                        Level::Info,
                        "something else runs; the probe waits for its end",
                    );
                }
            }
            Order::Cancel => {
                self.gear.sink.record(What::Act(Act::Cancel));
                self.waiting.clear();
                self.probes.clear();
                self.cancel();
            }
            Order::RunAt(text) => self.run_at(text),
            Order::UseProfile(id) => self.use_profile(&id),
            Order::UseCopy(profile) => {
                let id = profile.id.to_string();
                self.copies.retain(|p| p.id != profile.id);
                self.copies.push(*profile);
                self.use_profile(&id);
            }
            Order::Library(library) => self.take_library(library),
            Order::Restore => {
                self.gear.sink.record(What::Act(Act::Restore));
                if self.read_only {
                    self.say(
                        Level::Warning,
                        "read-only: nothing is put back. Start without --read-only to restore",
                    );
                } else if self.running.is_some() {
                    self.say(
                        Level::Info,
                        "a send runs; it puts the settings back itself when it ends",
                    );
                } else {
                    self.put_back_what_was_left().await;
                }
            }
        }
    }

    fn use_profile(&mut self, id: &str) {
        self.gear
            .sink
            .record(What::Act(Act::UseProfile { id: id.to_owned() }));
        match self.named(id) {
            Ok(profile) => {
                self.profile = Some(profile);
                self.tell_profile();
            }
            Err(e) => self.say(Level::Warning, e.to_string()),
        }
    }

    /// What runs goes on with what it began with. A copy of this session, or a profile from a file of its own, stays what it is.
    fn take_library(&mut self, library: Arc<Library>) {
        self.library = library;
        let Some(used) = self.profile.as_ref().map(|p| p.id.to_string()) else {
            return;
        };
        let is_copy = self.copies.iter().any(|p| p.id.as_str() == used);
        let anew = self.library.get(&used).ok().filter(|_| !is_copy).cloned();
        if anew.is_some() && anew != self.profile {
            self.profile = anew;
            self.tell_profile();
        }
    }

    /// The profile with this id: one of this session's copies, or one of the library.
    fn named(&self, id: &str) -> Result<Profile, UnknownProfile> {
        match self.copies.iter().find(|p| p.id.as_str() == id) {
            Some(copy) => Ok(copy.clone()),
            None => self.library.get(id).cloned(),
        }
    }

    /// The person's own command: it waits for the exchange in flight like everything else, and the traffic shows its answer.
    fn run_at(&mut self, text: String) {
        self.gear.sink.record(What::Act(Act::At {
            command: text.clone(),
        }));
        if self.read_only && catalogue::changes_settings(&text) {
            return self.say(
                Level::Warning,
                format!("read-only: {text} would change the modem and was not sent"),
            );
        }
        if let Some(equivalent) = catalogue::equivalent(&text) {
            self.say(Level::Info, equivalent);
        }
        let command = match Command::typed(&text) {
            Ok(command) => command,
            Err(e) => return self.say(Level::Warning, e.to_string()),
        };
        let (engine, sink) = (self.gear.modem.engine().clone(), self.gear.sink.clone());
        tokio::spawn(async move {
            if let Err(e) = engine.run(command, "person").await {
                sink.record(What::Notice(Notice {
                    level: Level::Warning,
                    text: e.to_string(),
                    because: None,
                }));
            }
        });
    }

    fn cancel(&mut self) {
        if let Some(stop) = self.running.as_mut().and_then(|r| r.stop.take()) {
            let _ = stop.send(()); // it may have ended by itself just now
        }
    }

    async fn start_next(&mut self) {
        if self.running.is_some()
            || self.looking.is_some()
            || self.waiting.is_empty()
            || self.free_at > Instant::now()
        {
            return;
        }
        let Some(message) = self.waiting.pop_front() else {
            return;
        };
        self.sends += 1;
        let (now_ms, random) = (self.chance)();
        let wish = Wish {
            number: self.sends,
            draft: message.draft,
            profile: self.profile.clone(),
            library: self.library.clone(),
            transaction_id: message
                .transaction_id
                .unwrap_or_else(|| TransactionId::new(now_ms, random)),
            date: message.date.or(Some(now_ms / 1000)),
            version: message.version.unwrap_or(Version::V1_2),
            octets: message.octets,
        };
        self.free_at = Instant::now() + self.gear.modem.pace().real(self.config.pace());
        let (stop, stopped) = oneshot::channel();
        self.running = Some(Running {
            send: Box::pin(one_send(
                self.gear.clone(),
                wish,
                stopped,
                self.source.is_some(),
            )),
            stop: Some(stop),
        });
    }

    async fn start_probe(&mut self) {
        if self.running.is_some() || self.looking.is_some() {
            return;
        }
        let Some(wanted) = self.probes.pop_front() else {
            return;
        };
        let profile = match &wanted.profile {
            Some(id) => match self.named(id) {
                Ok(profile) => Some(profile),
                Err(e) => return self.say(Level::Warning, e.to_string()),
            },
            None => self.profile_for_send().await,
        };
        let Some(profile) = profile else {
            return self.say(Level::Warning, no_profile().to_string());
        };
        self.probed += 1;
        let id = profile.id.to_string();
        let sent = self
            .journal
            .known()
            .sends
            .iter()
            .rev()
            .find(|s| s.message.profile == id)
            .and_then(|s| s.result.clone())
            .filter(|r| !r.cancelled);
        let job = probe::Job {
            number: self.probed,
            profile,
            library: self.library.clone(),
            references: self.references.clone(),
            witnesses: wanted.witnesses,
            host: wanted.interface,
            budget: Budget {
                depth: wanted.depth,
                exhaustive: wanted.exhaustive,
                sizes: wanted.sizes,
            },
            sent,
        };
        let (stop, stopped) = oneshot::channel();
        self.running = Some(Running {
            send: Box::pin(one_probe(
                self.gear.clone(),
                self.journal.clone(),
                job,
                stopped,
            )),
            stop: Some(stop),
        });
    }

    /// The profile in use, or the one that fits the SIM best.
    async fn profile_for_send(&mut self) -> Option<Profile> {
        if self.profile.is_none() {
            let card = match self.gear.learnt(|l| l.card.clone()) {
                Some(card) => card,
                None => self
                    .gear
                    .modem
                    .serving("profile")
                    .sim_card()
                    .await
                    .unwrap_or_default(),
            };
            self.take_best_profile(&card);
        }
        self.profile.clone()
    }

    fn take_best_profile(&mut self, card: &SimCard) {
        self.profile = self.library.best_match(&facts(card)).cloned();
        self.tell_profile();
    }

    fn tell_profile(&self) {
        if let Some(profile) = &self.profile {
            self.gear.sink.record(What::Profile(profile.in_use()));
        }
    }

    /// What the modem says unasked.
    fn hear(&mut self, urc: Result<Urc, broadcast::error::RecvError>) {
        match urc {
            Ok(Urc::LineLost(_)) | Err(broadcast::error::RecvError::Closed) => self.line_lost(),
            Ok(Urc::Rebooted) => {
                self.gear.learnt(|l| *l = pipeline::Learnt::default());
                self.gear.modem.tell_links_closed("the modem rebooted");
                self.say(Level::Alarm, "the modem rebooted: its sockets are gone; it needs about 30 s to register again");
            }
            Ok(Urc::Line(line))
                if matches!(
                    urc::parse(&line),
                    Announced::Packet(_) | Announced::NetworkClosed | Announced::Sim(_)
                ) =>
            {
                if urc::parse(&line) == Announced::NetworkClosed {
                    self.gear
                        .modem
                        .tell_links_closed("the network closed the data connection");
                }
                self.look_wide = true;
                self.next_look = self.next_look.map(|at| at.min(Instant::now() + SETTLE));
            }
            Ok(Urc::Line(_) | Urc::Message { .. })
            | Err(broadcast::error::RecvError::Lagged(_)) => {}
        }
    }

    /// A send that runs ends by itself with that reason; then the line is looked for.
    fn line_lost(&mut self) {
        self.next_look = None;
        self.urcs = None;
        if self.source.is_none() {
            return self.say(
                Level::Alarm,
                "the serial line is gone: plug the modem in again, then start mmscope again",
            );
        }
        self.lost = Some(Lost::now(&self.gear));
        self.say(
            Level::Alarm,
            "the serial line is gone: looking for the modem until it is back",
        );
    }

    fn regained(&mut self, opened: Result<Opened, SerialError>) {
        self.regaining = None;
        match opened {
            Ok(opened) => {
                self.take_line(opened);
                self.looking = Some(Box::pin(regain::settle(self.gear.clone())));
                self.next_look = self.watchful.then(Instant::now);
            }
            Err(e) => {
                if let Some(lost) = &mut self.lost {
                    lost.failed(&self.gear, &e);
                }
            }
        }
    }

    /// Goes on with a new line, on which the modem may be another one than before.
    fn take_line(&mut self, opened: Opened) {
        let sink = self.gear.sink.clone();
        sink.record(What::Serial(SerialChange {
            name: opened.name.clone(),
            state: SerialState::Open,
        }));
        for (level, note) in opened.notes {
            self.say(level, note);
        }
        let pace = self.gear.modem.pace();
        let engine = Engine::start(opened.line, &opened.name, pace, sink.clone());
        self.urcs = Some(engine.urcs());
        self.gear.modem = Modem::new(engine, pace, sink);
        self.gear.serial = opened.name;
        // A device that has come back has most likely restarted.
        self.gear.boots = Arc::new(AtomicU64::new(u64::MAX));
        self.gear.learnt(|l| *l = pipeline::Learnt::default());
        self.lost = None;
    }

    /// The program ends while the line is lost: where settings are still changed, the modem gets some time to come back.
    async fn last_chance(&mut self) {
        let Some(source) = self.source.clone() else {
            return;
        };
        if !self.owes_settings() {
            return;
        }
        self.say(
            Level::Warning,
            format!(
                "settings of the modem are still changed; waiting up to {} s for it to come back",
                LAST_CHANCE.as_secs()
            ),
        );
        self.regaining = None;
        let limit = self.gear.modem.pace().real(LAST_CHANCE);
        let waited = tokio::time::timeout(limit, async {
            let mut lost = Lost::now(&self.gear);
            loop {
                sleep_until(lost.next).await;
                match regain::attempt(source.clone()).await {
                    Ok(opened) => {
                        self.take_line(opened);
                        let settled = regain::settle(self.gear.clone()).await.is_ok();
                        if settled || !self.gear.modem.engine().is_gone() {
                            return settled;
                        }
                        lost = Lost::now(&self.gear);
                    }
                    Err(e) => lost.failed(&self.gear, &e),
                }
            }
        });
        if !waited.await.unwrap_or(false) {
            self.say(
                Level::Alarm,
                "the modem did not come back; `mmscope restore` puts its settings back once it is there",
            );
        }
    }

    fn owes_settings(&self) -> bool {
        let saved = self.gear.saved.lock();
        !self.read_only && saved.unwrap_or_else(PoisonError::into_inner).is_some()
    }

    fn next_wake(&self) -> Option<Instant> {
        if self.running.is_some() || self.looking.is_some() {
            return None;
        }
        let send = (!self.waiting.is_empty()).then_some(self.free_at);
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

    /// Looks at the modem: everything the first time, then what changes by itself.
    fn look(&mut self) {
        if self.next_look.is_none_or(|at| at > Instant::now()) {
            return;
        }
        let first = self.gear.learnt(|l| l.identity.is_none());
        let gear = self.gear.clone();
        let wide = std::mem::take(&mut self.look_wide) || self.looks.is_multiple_of(WIDE_LOOK);
        self.looks = self.looks.wrapping_add(1);
        self.looking = Some(if first {
            Box::pin(look_at_all(gear))
        } else {
            Box::pin(look_again(gear, wide))
        });
    }

    fn looked(&mut self, looked: Result<(), Trouble>) {
        self.looking = None;
        if let Err(trouble) = looked {
            self.say(Level::Warning, trouble.to_string());
        }
        if self.profile.is_none()
            && let Some(card) = self.gear.learnt(|l| l.card.clone())
        {
            self.take_best_profile(&card);
        }
        self.next_look = self
            .next_look
            .map(|_| Instant::now() + self.gear.modem.pace().real(self.config.poll()));
    }

    /// Puts back what an earlier session left changed.
    async fn put_back_what_was_left(&mut self) {
        if self.read_only {
            // It only says what would be put back.
            pipeline::tidy(&self.gear).await;
            return;
        }
        if !self.owes_settings() {
            return;
        }
        self.say(
            Level::Warning,
            "an earlier session left settings of this modem changed; putting them back",
        );
        if let Err(trouble) = self.gear.modem.serving("restore").hello().await {
            return self.say(Level::Alarm, trouble.to_string());
        }
        pipeline::tidy(&self.gear).await;
    }

    fn speed(&self) -> f64 {
        self.journal.known().session.speed
    }

    fn say(&self, level: Level, text: impl Into<String>) {
        self.gear.sink.record(What::Notice(Notice {
            level,
            text: text.into(),
            because: None,
        }));
    }
}

/// How long to wait after an announcement before looking: they come in groups.
const SETTLE: Duration = Duration::from_millis(300);

/// How long the program waits at its end for a modem that owes it its settings: a SIM7600 is back on the bus after some 20 s.
const LAST_CHANCE: Duration = Duration::from_secs(40);

/// A message to send; its profile may still have to be chosen by the SIM.
struct Wish {
    number: u64,
    draft: crate::compose::Draft,
    profile: Option<Profile>,
    library: Arc<Library>,
    transaction_id: String,
    date: Option<u64>,
    version: Version,
    octets: Option<bytes::Bytes>,
}

/// One send from its message to a tidy modem. The result is its last event. A line that is lost and `returns` is tidied when it is back.
async fn one_send(gear: Gear, wish: Wish, mut stopped: oneshot::Receiver<()>, returns: bool) {
    let before = gear.bubbles.as_ref().map_or(0, |b| *b.borrow());
    let (began, exchanges) = (gear.sink.now_ms(), gear.modem.engine().exchanges());
    let (number, id) = (wish.number, wish.transaction_id.clone());
    gear.went_out.store(false, Ordering::Relaxed);
    *gear.reached.lock().unwrap_or_else(PoisonError::into_inner) = None;
    let mut result = tokio::select! {
        result = send(&gear, wish) => result,
        _ = &mut stopped => cancelled(&gear, number, id),
    };
    result.duration_ms = gear.sink.now_ms().saturating_sub(began);
    result.exchanges = gear.modem.engine().exchanges().saturating_sub(exchanges);
    if result.ok {
        tokio::select! {
            () = pipeline::deliver(&gear, number, before) => {}
            _ = &mut stopped => pipeline::not_awaited(&gear, number),
        }
    }
    if !(returns && gear.modem.engine().is_gone()) {
        pipeline::tidy(&gear).await;
    }
    gear.sink.record(What::Result(result));
}

/// One probe from its first look to a tidy modem. The verdict is its last event.
async fn one_probe(gear: Gear, journal: Journal, job: probe::Job, stopped: oneshot::Receiver<()>) {
    let began = gear.sink.now_ms();
    let verdict = tokio::select! {
        verdict = probe::probe(&gear, &job) => verdict,
        _ = stopped => {
            let known = journal.known();
            let rows = known.probes.back().map(|p| p.facts.clone()).unwrap_or_default();
            probe::cancelled(&gear, &job, began, &rows)
        }
    };
    pipeline::tidy(&gear).await;
    gear.sink.record(What::Verdict(Box::new(verdict)));
}

/// Chooses the profile where none is in use, then sends.
async fn send(gear: &Gear, wish: Wish) -> SendResult {
    let profile = match wish.profile {
        Some(profile) => profile,
        None => match choose(gear, &wish.library, wish.number).await {
            Ok(profile) => profile,
            Err(result) => return *result,
        },
    };
    let job = Job {
        number: wish.number,
        draft: wish.draft,
        profile,
        transaction_id: wish.transaction_id,
        date: wish.date,
        version: wish.version,
        octets: wish.octets,
    };
    pipeline::send(gear, &job).await
}

/// The profile that fits the SIM best. Where that cannot be told, the send has failed at the stage that stands in the way.
async fn choose(gear: &Gear, library: &Library, number: u64) -> Result<Profile, Box<SendResult>> {
    let failed = |stage, trouble: Trouble| {
        Box::new(SendResult {
            send: number,
            stage: Some(stage),
            error: Some(trouble.failure),
            ..SendResult::default()
        })
    };
    let card = pipeline::card(gear, number).await;
    let card = card.map_err(|Fallen { stage, trouble }| failed(stage, trouble))?;
    if let Some(profile) = library.best_match(&facts(&card)) {
        gear.sink.record(What::Profile(profile.in_use()));
        return Ok(profile.clone());
    }
    gear.sink.record(What::Message(crate::event::Message {
        send: number,
        ..Default::default()
    }));
    let trouble = no_profile();
    gear.sink.record(What::Notice(Notice {
        level: Level::Warning,
        text: trouble.to_string(),
        because: None,
    }));
    Err(failed(crate::event::Stage::Encode, trouble))
}

/// The result of a send that was stopped: unknown where the whole request had been handed to the modem already.
fn cancelled(gear: &Gear, number: u64, transaction_id: String) -> SendResult {
    let unknown = gear.went_out.load(Ordering::Relaxed);
    let reached = *gear.reached.lock().unwrap_or_else(PoisonError::into_inner);
    SendResult {
        send: number,
        cancelled: true,
        unknown,
        stage: if unknown {
            Some(crate::event::Stage::Post)
        } else {
            reached
        },
        transaction_id: Some(transaction_id),
        error: unknown.then(pipeline::stopped_too_late),
        ..SendResult::default()
    }
}

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

/// The first look: who the modem is, and everything that it tells.
async fn look_at_all(gear: Gear) -> Result<(), Trouble> {
    let modem = gear.modem.serving("look");
    modem.hello().await?;
    modem.signal().await?;
    let identity = modem.identify().await?;
    let (state, _, _) = modem.sim_state().await?;
    let ready = state == SimState::Ready;
    let card = if ready {
        modem.sim_card().await?
    } else {
        SimCard::default()
    };
    modem.tell_sim(state, &card);
    modem.registration().await?;
    modem.contexts().await?;
    modem.scan(&identity).await?;
    gear.learnt(|l| {
        l.identity = Some(identity);
        l.card = ready.then_some(card);
    });
    Ok(())
}

/// A later look: the signal, which changes by itself; now and then, or when the modem announced something, the rest too.
async fn look_again(gear: Gear, wide: bool) -> Result<(), Trouble> {
    let modem = gear.modem.serving("poll");
    modem.signal().await?;
    if wide {
        modem.registration().await?;
        modem.contexts().await?;
    }
    Ok(())
}

/// Every so many looks are wide.
const WIDE_LOOK: u32 = 6;

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

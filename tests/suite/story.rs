//! A whole simulated bench for a test: world, journal, bench, and what can be seen afterwards. Everything is in memory, and a
//! paused clock drives it.
use mmscope::bench::{Bench, Message, NotKept, Order, Setup};
use mmscope::compose::{Draft, Recipient};
use mmscope::config::Config;
use mmscope::engine::Pace;
use mmscope::event::{Event, SendResult, What};
use mmscope::inbox::Inbox;
use mmscope::journal::{Clock, Journal};
use mmscope::known::Known;
use mmscope::outbox::Outbox;
use mmscope::pipeline::Keep;
use mmscope::profile::{Library, Profile};
use mmscope::serial::Source;
use mmscope::simulator::{self, Options, World};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A bench in a world.
pub struct Story {
    pub inbox: Arc<Inbox>,
    pub modem: simulator::Modem,
    pub journal: Journal,
    pub bench: Bench,
    pub before: BTreeMap<String, String>,
    pub start: simulator::world::Start,
}

/// In a profile's place: the one that fits the SIM best.
pub const BY_THE_SIM: &str = "by the SIM";

/// How a story begins.
pub struct Beginning {
    pub name: String,
    pub world: World,
    pub profile: Option<&'static str>,
    /// A profile that is not in the library.
    pub own_profile: Option<Profile>,
    pub keep: Arc<dyn Keep>,
    pub config: &'static str,
    pub watchful: bool,
    pub read_only: bool,
    pub references: mmscope::diagnosis::References,
    /// Opens the line again when it was lost.
    pub source: Option<MakeSource>,
    pub outbox: Arc<Outbox>,
    pub inbox: Arc<Inbox>,
    pub listens: bool,
    /// Nobody sees the phones, as on a real bench.
    pub blind: bool,
    /// The wall clock in milliseconds since 1970, and a number by chance.
    pub chance: fn() -> (u64, u64),
}

/// Makes the source of a modem's line.
pub type MakeSource = fn(simulator::Modem) -> Arc<dyn Source>;

impl Beginning {
    pub fn world(name: &str) -> Self {
        Self {
            name: format!("world {name}"),
            ..Self::of(World::named(name).unwrap())
        }
    }

    pub fn of(world: World) -> Self {
        let references = mmscope::diagnosis::References {
            open: world.references(),
            resolver: world.network.dns.public,
            ..Default::default()
        };
        Self {
            references,
            name: "world of a test".to_owned(),
            world,
            profile: None,
            own_profile: None,
            keep: Arc::new(NotKept),
            config: "pace_seconds = 0",
            watchful: false,
            read_only: false,
            source: None,
            outbox: Arc::new(Outbox::in_memory()),
            inbox: Arc::new(Inbox::in_memory()),
            listens: false,
            blind: false,
            chance: || (1_763_800_000_000, 7),
        }
    }

    pub fn profile(mut self, id: &'static str) -> Self {
        self.profile = Some(id);
        self
    }

    pub fn open(self) -> Story {
        let sim = simulator::start(self.world.clone(), Options::default());
        self.on(sim.modem, Box::new(sim.line), None)
    }

    /// A new session on a modem that runs already, with what an earlier one has left on disk.
    pub fn reopen(
        world: &str,
        modem: &simulator::Modem,
        keep: Arc<dyn Keep>,
        left_behind: impl IntoIterator<Item = mmscope::modem::Settings>,
    ) -> Story {
        let mut beginning = Self::world(world);
        beginning.keep = keep;
        let line = Box::new(modem.open_line());
        beginning.on(modem.clone(), line, left_behind)
    }

    /// A session on a line to a modem; whatever stands between the two.
    pub fn on(
        self,
        modem: simulator::Modem,
        line: Box<dyn mmscope::serial::Line>,
        left_behind: impl IntoIterator<Item = mmscope::modem::Settings>,
    ) -> Story {
        let start = self.world.start.clone();
        let clock = Clock::start("2026-11-22T12:00:00Z".parse().unwrap(), 1.0);
        let journal = Journal::begin(clock, Some(self.name.clone()), Vec::new());
        static SHIPPED: std::sync::OnceLock<Arc<Library>> = std::sync::OnceLock::new();
        let library = Arc::clone(SHIPPED.get_or_init(|| Arc::new(Library::shipped())));
        let id = self.profile.unwrap_or(&start.profile);
        let named = || (id != BY_THE_SIM).then(|| library.get(id).unwrap().clone());
        let profile = self.own_profile.or_else(named);
        let bubbles = mmscope::cli::forward_bubbles(&modem.phones(), journal.clone());
        let before = modem.settings();
        let bench = Bench::open(Setup {
            line,
            outputs: None,
            source: self.source.map(|of| of(modem.clone())),
            serial: self.name,
            pace: Pace::from_speed(1.0),
            journal: journal.clone(),
            config: Arc::new(Config::parse("test", self.config).unwrap()),
            library,
            profile,
            keep: self.keep,
            outbox: self.outbox,
            unrecorded: false,
            inbox: Arc::clone(&self.inbox),
            listens: self.watchful || self.listens,
            left_behind: left_behind.into_iter().collect(),
            bubbles: (!self.blind).then_some(bubbles),
            watchful: self.watchful,
            read_only: self.read_only,
            references: self.references,
            chance: self.chance,
        });
        Story {
            inbox: self.inbox,
            modem,
            journal,
            bench,
            before,
            start,
        }
    }
}

impl Story {
    /// A new session on a modem of the open world, with what an earlier one left behind.
    pub fn reopened(
        modem: &simulator::Modem,
        keep: Arc<dyn Keep>,
        left: mmscope::modem::Settings,
        read_only: bool,
    ) -> Self {
        let mut beginning = Beginning::world("open");
        beginning.keep = keep;
        beginning.read_only = read_only;
        let line = Box::new(modem.open_line());
        beginning.on(modem.clone(), line, Some(left))
    }

    /// The same with several copies left behind, the newest first.
    pub fn reopened_with(
        modem: &simulator::Modem,
        keep: Arc<dyn Keep>,
        left: Vec<mmscope::modem::Settings>,
    ) -> Self {
        let mut beginning = Beginning::world("open");
        beginning.keep = keep;
        let line = Box::new(modem.open_line());
        beginning.on(modem.clone(), line, left)
    }

    /// The draft with which the world begins.
    pub fn draft(&self) -> Draft {
        draft(&[&self.start.draft.to], &self.start.draft.text)
    }

    /// Sends a draft and waits for its result.
    pub async fn send(&self, draft: Draft) -> SendResult {
        let before = self.results();
        self.bench
            .order(Order::Send(Box::new(Message {
                draft,
                ..Message::default()
            })))
            .await;
        self.until(|known| known.sends.iter().filter(|s| s.result.is_some()).count() > before)
            .await;
        self.journal
            .known()
            .sends
            .back()
            .and_then(|s| s.result.clone())
            .unwrap()
    }

    fn results(&self) -> usize {
        self.journal
            .known()
            .sends
            .iter()
            .filter(|s| s.result.is_some())
            .count()
    }

    /// Waits until something is known.
    pub async fn until(&self, known: impl Fn(&Known) -> bool) {
        let mut changes = self.journal.changes();
        let waiting = async {
            while !known(&self.journal.known()) {
                changes.changed().await.unwrap();
            }
        };
        // An hour of the paused clock: a bench that polls would otherwise let a test wait for ever.
        let hour = std::time::Duration::from_secs(3600);
        tokio::time::timeout(hour, waiting)
            .await
            .expect("within an hour");
    }

    /// All that happened.
    pub fn events(&self) -> Vec<Arc<Event>> {
        self.journal.since(0)
    }

    /// The commands that went to the modem, in order.
    pub fn commands(&self) -> Vec<String> {
        let exchange = |e: &Arc<Event>| match &e.what {
            What::Exchange(e) => Some(e.command.clone()),
            _ => None,
        };
        self.events().iter().filter_map(exchange).collect()
    }
}

/// A draft.
pub fn draft(to: &[&str], text: &str) -> Draft {
    let to = to.iter().map(|n| Recipient::parse(n).unwrap()).collect();
    Draft {
        to,
        text: text.to_owned(),
        ..Draft::default()
    }
}

impl Story {
    /// Asks why not, and waits for the verdict.
    pub async fn probe(&self, probe: mmscope::bench::Probe) -> mmscope::event::Verdict {
        let before = self.verdicts();
        self.bench.order(Order::Probe(Box::new(probe))).await;
        self.until(|known| known.probes.iter().filter(|p| p.verdict.is_some()).count() > before)
            .await;
        let known = self.journal.known();
        known.probes.back().and_then(|p| p.verdict.clone()).unwrap()
    }

    fn verdicts(&self) -> usize {
        let known = self.journal.known();
        known.probes.iter().filter(|p| p.verdict.is_some()).count()
    }
}

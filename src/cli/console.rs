//! The console: wires the screen to the bench.
use super::Refusal;
use super::args::Global;
use super::session::{self, Session, Wants};
use crate::bench::{self, Bench};
use crate::console::measure::{measure, profile_rows, read_draft};
use crate::console::run::Feed;
use crate::console::{self, Colours, Flags, Order, ProfileRow, State, Theme};
use crate::event::{Event, EventId, Level, Notice, Recorder, What};
use crate::journal::Journal;
use crate::known::Known;
use crate::profile::{Library, SimFacts};
use std::io::IsTerminal;
use std::sync::Arc;
use tokio::sync::{mpsc, watch};

/// Opens the console, and leaves a closing line on the terminal.
pub async fn run(global: &Global) -> Result<u8, Refusal> {
    if !std::io::stdout().is_terminal() || !std::io::stdin().is_terminal() {
        return Err(Refusal::usage(
            "the console needs a terminal; without one use `mmscope send`, `mmscope at` (see `mmscope --help`)",
        ));
    }
    let session = session::open(
        global,
        Wants {
            speed: 1.0,
            watchful: true,
            json: false,
        },
    )
    .await?;
    let style = session::style(global, &session.config);
    let colours = if style.color {
        Colours::Sixteen
    } else {
        Colours::Mono
    };
    let state = State::new(
        profile_rows(&session.library, None),
        &draft(&session),
        Flags {
            world: session.world.as_ref().map(|w| w.name.clone()),
            recording: session.recording.as_ref().map(|p| p.display().to_string()),
            utc_offset_minutes: utc_offset(),
        },
        Theme::new(colours, style.ascii),
        console::Bench {
            measure: measure(session.library.clone(), session.config.text_limit),
            meaning: crate::at::meaning::explain,
        },
    );
    let feed = JournalFeed {
        changes: session.journal.changes(),
        journal: session.journal.clone(),
        library: session.library.clone(),
        home: None,
    };
    let (orders, inbox) = mpsc::channel(64);
    let summary = tokio::select! {
        summary = console::run(state, feed, orders) => summary,
        () = hand_over(inbox, &session.bench, &session.journal) => Ok(String::new()),
    };
    let running =
        session.journal.known().running().is_some() || session.journal.known().settings_open();
    if running {
        eprintln!("mmscope: leaving the modem as it was found …");
    }
    let closed = session.bench.close().await;
    session.journal.close_writers();
    let summary = summary.map_err(|e| Refusal::with(11, format!("the terminal failed: {e}")))?;
    println!("{summary}");
    if !closed {
        eprintln!(
            "mmscope: the modem did not let go in time; `mmscope restore` puts its settings back"
        );
    }
    Ok(0)
}

/// What the screen begins with: the world's draft, or nothing.
fn draft(session: &Session) -> console::Draft {
    session
        .world
        .as_ref()
        .map_or_else(console::Draft::default, |named| {
            let start = &named.world.start.draft;
            console::Draft {
                to: vec![start.to.clone()],
                subject: String::new(),
                text: start.text.clone(),
            }
        })
}

/// Minutes that local time is ahead of UTC.
fn utc_offset() -> i16 {
    let seconds = jiff::Zoned::now().offset().seconds();
    i16::try_from(seconds / 60).unwrap_or(0)
}

/// Takes the screen's orders to the bench, until the screen ends.
async fn hand_over(mut inbox: mpsc::Receiver<Order>, bench: &Bench, journal: &Journal) {
    while let Some(order) = inbox.recv().await {
        match to_bench(order) {
            Ok(order) => bench.order(order).await,
            Err(text) => {
                journal.record(What::Notice(Notice {
                    level: Level::Warning,
                    text,
                    because: None,
                }));
            }
        }
    }
    // The screen has gone; its summary is on its way.
    std::future::pending::<()>().await;
}

fn to_bench(order: Order) -> Result<bench::Order, String> {
    Ok(match order {
        Order::Send(draft) => {
            let draft = read_draft(&draft).map_err(|e| format!("not sent: {e}"))?;
            bench::Order::Send(Box::new(bench::Message {
                draft,
                ..bench::Message::default()
            }))
        }
        Order::Cancel => bench::Order::Cancel,
        Order::RunAt(text) => bench::Order::RunAt(text),
        Order::UseProfile(id) => bench::Order::UseProfile(id),
        Order::Restore => bench::Order::Restore,
    })
}

/// The journal as the screen reads it.
struct JournalFeed {
    journal: Journal,
    changes: watch::Receiver<EventId>,
    library: Arc<Library>,
    /// The SIM's home network for which the profiles were last shown.
    home: Option<String>,
}

impl Feed for JournalFeed {
    fn known(&self) -> Arc<Known> {
        self.journal.known()
    }

    fn since(&self, id: EventId) -> Vec<Arc<Event>> {
        self.journal.since(id)
    }

    async fn changed(&mut self) {
        if self.changes.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    fn now_ms(&self) -> u64 {
        self.journal.now_ms()
    }

    fn profiles(&mut self, known: &Known) -> Option<Vec<ProfileRow>> {
        let sim = known.sim.as_ref()?;
        let home = sim.home.clone()?;
        if self.home.as_ref() == Some(&home) {
            return None;
        }
        let facts = SimFacts {
            mccmnc: Some(home.replace('-', "")),
            gid1: sim.gid1.clone(),
            spn: sim.spn.clone(),
            ..SimFacts::default()
        };
        self.home = Some(home);
        Some(profile_rows(&self.library, Some(&facts)))
    }
}

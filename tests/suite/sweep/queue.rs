//! A queue of three messages, and one thing that goes wrong while it is worked off: each message ends in a state that is true at the phone,
//! a lost line is found again under its new name, and the modem is as before.
//!
//! `MMSCOPE_QUEUE_SEED=n` replays one seed with its AT traffic; `MMSCOPE_QUEUE_RUNS=n` makes more runs.
use super::line::{Fault, FaultyLine, Kind};
use super::{PANICS, count_panics, runtime, traffic};
use crate::serial::lost::Comes;
use crate::story::{Beginning, Story, draft};
use mmscope::bench::{Message, Order, OutboxOrder};
use mmscope::event::EntryState;
use mmscope::outbox::{Entry, Outbox};
use mmscope::simulator::{self, Options, World};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const RUNS: u64 = 180;
const MESSAGES: usize = 3;
const PHONE: &str = "+12025550123";
/// Simulated time in which a queue must have come to its end: every attempt of every message with the pauses in between.
const BOUND: Duration = Duration::from_secs(6 * 3600);

/// What goes wrong.
#[derive(Clone, Copy, Debug)]
enum Harm {
    /// Something on the serial line; an unplugged one comes back under another name.
    Line(Fault),
    /// The network takes the context away, and with it the open stack, after so many simulated milliseconds.
    StackClosed(u64),
    /// The MMSC's side drops the connection after so many octets of each request.
    RequestCut(u64),
    /// It closes after so many octets of each answer.
    AnswerCut(u64),
}

const NAMES: [&str; 12] = [
    "CutFromModem",
    "CutFromHost",
    "Delay",
    "Duplicate",
    "GarbleFromModem",
    "GarbleFromHost",
    "Reorder",
    "Reboot",
    "Unplug",
    "StackClosed",
    "RequestCut",
    "AnswerCut",
];

impl Harm {
    fn of(seed: u64) -> (usize, Self) {
        let mut chance = fastrand::Rng::with_seed(seed.wrapping_mul(0xD134_2543_DE82_EF95));
        // In turn, so that each kind has its share of few runs.
        let which = usize::try_from(seed).unwrap() % NAMES.len();
        let harm = match which {
            9 => Self::StackClosed(chance.u64(..30_000)),
            10 => Self::RequestCut(chance.u64(..800)),
            11 => Self::AnswerCut(chance.u64(..400)),
            kind => Self::Line(Fault {
                kind: Kind::ALL[kind],
                at: chance.usize(..6500),
                size: match Kind::ALL[kind] {
                    // Up to ten minutes: a modem that hangs.
                    Kind::Delay => 1 + chance.usize(..6000),
                    _ => 1 + chance.usize(..40),
                },
                seed: chance.u64(..),
            }),
        };
        (which, harm)
    }

    /// What was said may have been changed: then what was accepted may be called failed, and the other way round, or it has another text.
    fn spoils(self) -> bool {
        use Kind::{CutFromModem, Duplicate, GarbleFromHost, GarbleFromModem, Reorder};
        matches!(self, Self::Line(f) if matches!(f.kind, CutFromModem | GarbleFromModem | GarbleFromHost | Duplicate | Reorder))
    }
}

fn play(seed: u64, loud: bool) -> Result<BTreeMap<String, u32>, String> {
    let panics = PANICS.with(Cell::get);
    let ended = runtime().block_on(async {
        let (_, harm) = Harm::of(seed);
        let mut world = World::named("open").unwrap();
        match harm {
            Harm::RequestCut(at) => world.mmsc.wire.reset_after = Some(at),
            Harm::AnswerCut(at) => world.mmsc.wire.truncate_after = Some(at),
            Harm::Line(_) | Harm::StackClosed(_) => {}
        }
        let outbox = Arc::new(Outbox::in_memory());
        let mut beginning = Beginning::of(world.clone());
        beginning.outbox = Arc::clone(&outbox);
        beginning.source = Some(|modem| Comes::after(modem, 4));
        let sim = simulator::start(
            world,
            Options {
                seed,
                ..Options::default()
            },
        );
        let line: Box<dyn mmscope::serial::Line> = match harm {
            Harm::Line(fault) => Box::new(FaultyLine::new(sim.line, sim.modem.clone(), fault)),
            _ => Box::new(sim.line),
        };
        let story = beginning.on(sim.modem, line, None);
        let ended = tokio::time::timeout(BOUND, work_off(&story, &outbox, harm)).await;
        if loud {
            traffic(&story);
        }
        ended.map_err(|_| {
            let states: Vec<_> = outbox
                .all()
                .iter()
                .map(|e| (e.id, e.state, e.says.clone()))
                .collect();
            format!("no end within {} simulated s: {states:?}", BOUND.as_secs())
        })?;
        // What a restart that nobody saw has set back, it sets up again by itself.
        tokio::time::sleep(Duration::from_secs(120)).await;
        judge(&story, &outbox.all(), harm)
    });
    if PANICS.with(Cell::get) > panics {
        return Err("something panicked".to_owned());
    }
    ended
}

/// Queues the messages, works them off, and waits until none waits and the modem owes nothing.
async fn work_off(story: &Story, outbox: &Outbox, harm: Harm) {
    for n in 1..=MESSAGES {
        let message = Message {
            draft: draft(&[PHONE], &format!("number {n}")),
            persistence: mmscope::outbox::Persistence::UntilItIsOut,
            ..Message::default()
        };
        story.bench.order(Order::Send(Box::new(message))).await;
    }
    if let Harm::StackClosed(after) = harm {
        tokio::time::sleep(Duration::from_millis(after)).await;
        if let Some(cid) = story.journal.known().stack.cid {
            story
                .bench
                .order(Order::RunAt(format!("AT+CGACT=0,{cid}")))
                .await;
        }
    }
    loop {
        tokio::time::sleep(Duration::from_secs(20)).await;
        let known = story.journal.known();
        let all_in = outbox.all().len() == MESSAGES;
        if all_in && !outbox.has_open() && known.running().is_none() && !known.settings_open() {
            return;
        }
        // A message that was stopped by the fault waits for a word.
        story
            .bench
            .order(Order::Outbox(OutboxOrder::SendQueued))
            .await;
    }
}

fn judge(story: &Story, entries: &[Entry], harm: Harm) -> Result<BTreeMap<String, u32>, String> {
    let bubbles = story.modem.phones().bubbles(PHONE);
    let mut states = BTreeMap::new();
    for entry in entries {
        *states.entry(format!("{:?}", entry.state)).or_default() += 1;
        let count = bubbles.iter().filter(|b| b.text == entry.text).count();
        let right = match entry.state {
            EntryState::Accepted | EntryState::Delivered => count == 1,
            EntryState::Failed => count == 0,
            _ => true,
        };
        if count > 1 || !(right || harm.spoils()) {
            return Err(format!(
                "message {} is {:?} ({}), and {count} arrived",
                entry.id, entry.state, entry.says
            ));
        }
        if entry.state == EntryState::Failed && (entry.stage.is_none() || entry.says.is_empty()) {
            return Err(format!(
                "message {} failed without stage or reason: {entry:#?}",
                entry.id
            ));
        }
    }
    let after = story.modem.settings();
    let differs = |name: &&String| after.get(*name) != story.before.get(*name);
    let changed: Vec<String> = after
        .keys()
        .chain(story.before.keys())
        .filter(differs)
        .map(|name| {
            format!(
                "{name}: {:?} → {:?}",
                story.before.get(name),
                after.get(name)
            )
        })
        .collect();
    if !changed.is_empty() {
        return Err(format!("not put back: {}", changed.join(", ")));
    }
    Ok(states)
}

#[test]
fn a_queue_comes_to_a_true_end_whatever_goes_wrong_on_its_way() {
    count_panics();
    let number = |name: &str| std::env::var(name).ok().and_then(|v| v.parse::<u64>().ok());
    if let Some(seed) = number("MMSCOPE_QUEUE_SEED") {
        println!("seed {seed}: {:?}", Harm::of(seed));
        let ended = play(seed, true);
        println!("{ended:?}");
        assert!(ended.is_ok());
        return;
    }
    let runs = number("MMSCOPE_QUEUE_RUNS").unwrap_or(RUNS);
    let (began, next) = (Instant::now(), AtomicU64::new(0));
    let counts: Mutex<BTreeMap<(usize, String), u32>> = Mutex::default();
    let faults: Mutex<Vec<String>> = Mutex::default();
    let worker = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= runs {
                return;
            }
            let (which, harm) = Harm::of(seed);
            match play(seed, false) {
                Ok(states) => {
                    let mut counts = counts.lock().unwrap();
                    for (state, count) in states {
                        *counts.entry((which, state)).or_default() += count;
                    }
                }
                Err(why) => {
                    let text = format!("MMSCOPE_QUEUE_SEED={seed} ({harm:?}): {why}");
                    faults.lock().unwrap().push(text);
                }
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(worker);
        }
    });
    let counts = counts.into_inner().unwrap();
    println!("| what goes wrong | messages and their states |\n|---|---|");
    for (which, name) in NAMES.iter().enumerate() {
        let of: Vec<String> = counts
            .iter()
            .filter(|((w, _), _)| *w == which)
            .map(|((_, state), count)| format!("{count} {state}"))
            .collect();
        println!("| {name} | {} |", of.join(", "));
    }
    println!(
        "{runs} queues of {MESSAGES} in {:.1} s",
        began.elapsed().as_secs_f64()
    );
    let faults = faults.into_inner().unwrap();
    assert!(
        faults.is_empty(),
        "{} of {runs} queues:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

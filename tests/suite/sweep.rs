//! A sweep of sends over worlds and faults of the serial line, seeded: whatever goes wrong at whichever octet, a send ends in
//! bounded time at a named stage, nothing panics, no message goes out twice, and the modem is as before wherever its line still
//! lives.
//!
//! `MMSCOPE_SWEEP_SEED=n` replays one seed with its AT traffic; `MMSCOPE_SWEEP_RUNS=n` makes more runs. With `--nocapture` the
//! table of counts is printed.
mod line;
mod queue;

use crate::story::{Beginning, Story};
use line::{Fault, FaultyLine, Kind};
use mmscope::event::{Direction, What};
use mmscope::simulator::{self, Options, World};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, Once, OnceLock};
use std::time::{Duration, Instant};

const RUNS: u64 = 2200;
/// Simulated seconds that a send may take at the very most, tidying included.
const BOUND: Duration = Duration::from_secs(1200);

/// What came of one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Sent,
    Failed,
    Unknown,
}

struct Run {
    seed: u64,
    world: &'static str,
    fault: Fault,
}

/// All shipped worlds, read once.
fn worlds() -> &'static [(&'static str, World)] {
    static WORLDS: OnceLock<Vec<(&'static str, World)>> = OnceLock::new();
    WORLDS.get_or_init(|| {
        let names = World::shipped().into_iter().map(|(name, _)| name);
        names
            .map(|name| (name, World::named(name).unwrap()))
            .collect()
    })
}

impl Run {
    fn of(seed: u64) -> Self {
        let mut chance = fastrand::Rng::with_seed(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let world = worlds()[chance.usize(..worlds().len())].0;
        let kind = Kind::ALL[chance.usize(..Kind::ALL.len())];
        let from_host = matches!(kind, Kind::CutFromHost | Kind::GarbleFromHost);
        // About so many octets does a send bring and take; noisy worlds bring more, long drafts take more.
        let at = chance.usize(..if from_host { 1900 } else { 3600 });
        let size = match kind {
            Kind::Delay => 1 + chance.usize(..450),
            _ => 1 + chance.usize(..40),
        };
        let seed_of_fault = chance.u64(..);
        Self {
            seed,
            world,
            fault: Fault {
                kind,
                at,
                size,
                seed: seed_of_fault,
            },
        }
    }
}

thread_local! {
    static PANICS: Cell<u32> = const { Cell::new(0) };
}

/// Panics of tasks are caught by the runtime; here they are counted on the thread where they happen.
fn count_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            PANICS.with(|count| count.set(count.get() + 1));
            before(info);
        }));
    });
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
}

fn play(run: &Run, loud: bool) -> Result<Outcome, String> {
    let panics = PANICS.with(Cell::get);
    let outcome = runtime().block_on(async {
        let world = worlds()
            .iter()
            .find(|(name, _)| *name == run.world)
            .map(|(_, world)| world.clone())
            .unwrap();
        let beginning = Beginning::of(world.clone());
        let sim = simulator::start(
            world,
            Options {
                seed: run.seed,
                ..Options::default()
            },
        );
        let line = FaultyLine::new(sim.line, sim.modem.clone(), run.fault);
        let story = beginning.on(sim.modem, Box::new(line), None);
        let sent = tokio::time::timeout(BOUND, story.send(story.draft())).await;
        if loud {
            traffic(&story);
        }
        let result =
            sent.map_err(|_| format!("no result within {} simulated s", BOUND.as_secs()))?;
        if run.fault.kind == Kind::Reboot {
            // A restart that began before anything was saved is the module's own affair: it comes up again by itself.
            tokio::time::sleep(Duration::from_secs(90)).await;
        }
        judge(run, &story, &result)
    });
    if PANICS.with(Cell::get) > panics {
        return Err("something panicked".to_owned());
    }
    outcome
}

fn judge(run: &Run, story: &Story, result: &mmscope::event::SendResult) -> Result<Outcome, String> {
    if result.stage.is_none() {
        return Err(format!("no stage is named: {result:#?}"));
    }
    let told = result
        .error
        .as_ref()
        .is_some_and(|e| !e.what.is_empty() && !e.advice.is_empty());
    if !result.ok && !told {
        return Err(format!("no reason or no advice: {result:#?}"));
    }
    let bubbles = story.modem.phones().bubbles("+12025550123").len();
    if bubbles > 1 {
        return Err(format!("{bubbles} bubbles of one message"));
    }
    let gone = story
        .journal
        .known()
        .serial
        .as_ref()
        .is_some_and(|s| matches!(s.state, mmscope::event::SerialState::Lost(_)));
    if !gone {
        let after = story.modem.settings();
        let mut changed: Vec<String> = story
            .before
            .iter()
            // What stood open before a restart that came before anything was saved stays closed, and so do the links of other programs.
            .filter(|(name, _)| {
                run.fault.kind != Kind::Reboot
                    || !(name.starts_with("NETOPEN") || name.as_str() == "open links")
            })
            .filter(|(name, value)| after.get(*name) != Some(*value))
            .map(|(name, value)| format!("{name}: {value} → {:?}", after.get(name)))
            .collect();
        changed.extend(
            after
                .keys()
                .filter(|k| !story.before.contains_key(*k))
                .cloned(),
        );
        if !changed.is_empty() {
            return Err(format!("not put back: {}", changed.join(", ")));
        }
    }
    // Only where the answer itself was spoilt may a delivered message be called failed.
    let spoilt = matches!(
        run.fault.kind,
        Kind::CutFromModem | Kind::GarbleFromModem | Kind::Duplicate | Kind::Reorder
    );
    if bubbles == 1 && !result.ok && !result.unknown && !spoilt {
        return Err(format!("delivered, but called failed: {result:#?}"));
    }
    Ok(match (result.ok, result.unknown) {
        (true, _) => Outcome::Sent,
        (false, true) => Outcome::Unknown,
        (false, false) => Outcome::Failed,
    })
}

fn traffic(story: &Story) {
    for event in story.events() {
        match &event.what {
            What::Line(l) => {
                let arrow = if l.dir == Direction::Tx { ">>" } else { "<<" };
                println!("{:>8} {arrow} {:?} {}", event.ms, l.role, l.text);
            }
            What::Notice(n) => println!("{:>8} !! {}", event.ms, n.text),
            What::Stage(s) => println!("{:>8} == {} {:?}", event.ms, s.stage, s.state),
            What::Exchange(e) => println!("{:>8}    {} {:?}", event.ms, e.command, e.ending),
            _ => {}
        }
    }
}

/// What the sweep is, as the README has it.
fn summary() -> String {
    let (worlds, faults) = (worlds().len(), Kind::ALL.len());
    format!(
        "| the fault sweep | |\n|---|---|\n\
         | runs | {RUNS} sends, each from a seed; a failing seed prints itself and replays |\n\
         | worlds × faults | {worlds} × {faults}: octets lost (either way), late, twice, garbled (either way), lines out of order, a restart, an unplug, at any octet |\n\
         | asserted in each | a named stage, reason and advice within {} simulated s; no panic; never two bubbles of one message; nothing delivered is called failed; settings as before where the line lives |\n",
        BOUND.as_secs()
    )
}

#[test]
fn the_readme_says_what_the_sweep_does() {
    let readme = include_str!("../../README.md").replace("\r\n", "\n");
    let summary = summary();
    assert!(readme.contains(&summary), "the README has not:\n{summary}");
}

#[test]
fn whatever_goes_wrong_at_whichever_octet() {
    count_panics();
    let number = |name: &str| std::env::var(name).ok().and_then(|v| v.parse::<u64>().ok());
    if let Some(seed) = number("MMSCOPE_SWEEP_SEED") {
        let run = Run::of(seed);
        println!("seed {seed}: world {}, {:?}", run.world, run.fault);
        let outcome = play(&run, true);
        println!("{outcome:?}");
        assert!(outcome.is_ok());
        return;
    }
    let runs = number("MMSCOPE_SWEEP_RUNS").unwrap_or(RUNS);
    let began = Instant::now();
    let next = AtomicU64::new(0);
    let counts: Mutex<BTreeMap<(Kind, Outcome), u32>> = Mutex::default();
    let faults: Mutex<Vec<String>> = Mutex::default();
    let worker = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= runs {
                return;
            }
            let run = Run::of(seed);
            match play(&run, false) {
                Ok(outcome) => {
                    *counts
                        .lock()
                        .unwrap()
                        .entry((run.fault.kind, outcome))
                        .or_default() += 1
                }
                Err(why) => faults.lock().unwrap().push(format!(
                    "MMSCOPE_SWEEP_SEED={seed} (world {}, {:?} at {} for {}): {why}",
                    run.world, run.fault.kind, run.fault.at, run.fault.size
                )),
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(worker);
        }
    });
    let counts = counts.into_inner().unwrap();
    println!("{}", summary());
    println!("| fault | sent | failed, said so | unknown, said so |\n|---|---|---|---|");
    for kind in Kind::ALL {
        let of = |outcome| counts.get(&(kind, outcome)).copied().unwrap_or(0);
        println!(
            "| {kind:?} | {} | {} | {} |",
            of(Outcome::Sent),
            of(Outcome::Failed),
            of(Outcome::Unknown)
        );
    }
    println!("{runs} runs in {:.1} s", began.elapsed().as_secs_f64());
    let faults = faults.into_inner().unwrap();
    assert!(
        faults.is_empty(),
        "{} of {runs} runs:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

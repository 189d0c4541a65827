//! `mmscope replay`
use super::args::{Global, Replay};
use super::folders::{self, Folders};
use super::recordings::{Shelf, last_good, tape};
use super::{Refusal, Style, console, ladder, looks, output, probe, session};
use crate::console::measure::profile_rows;
use crate::console::recordings::{Found, Wanted};
use crate::console::run::Feed;
use crate::console::update::{lay, open};
use crate::console::{self as screen, Bench, Draft, Flags, Looks, State};
use crate::event::{Event, EventId, What};
use crate::journal::read_events;
use crate::known::Known;
use crate::replay::{Beside, Conditions, Course, Tape, judged};
use std::io::{BufReader, IsTerminal};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::mpsc;

/// Shows a recording: in the console on a terminal, else as the same lines that the live send printed; or beside another one.
pub async fn run(global: &Global, options: &Replay) -> Result<u8, Refusal> {
    let plain = options.text || options.markdown || global.json;
    if !plain && std::io::stdout().is_terminal() && std::io::stdin().is_terminal() {
        return on_screen(global, options).await;
    }
    match &options.beside {
        Some(other) => beside(global, options, other),
        None => print(global, &options.recording),
    }
}

/// The ladder of a recording: the same lines that the live send printed, and the verdict of each probe, computed anew.
fn print(global: &Global, recording: &Path) -> Result<u8, Refusal> {
    let (_, config) = session::configuration(global)?;
    let style = session::style(global, &config);
    let file = folders::open(recording)
        .map_err(|e| Refusal::usage(format!("{}: cannot be opened: {e}", recording.display())))?;
    let mut code = 0;
    let mut known = Known::default();
    for event in read_events(BufReader::new(file)) {
        let event = event.map_err(|e| Refusal::usage(format!("{}: {e}", recording.display())))?;
        known.apply(&event);
        let is_wire = matches!(event.what, What::Wire(_) | What::Pdu(_));
        let read = match global.json {
            true if is_wire && !global.wire => true,
            true => output::json(&event),
            false => output::styled(&lines(style, &event, &known)),
        };
        if let What::Result(result) = &event.what {
            code = result.exit_code();
        }
        if let (What::Verdict(_), Some(probe)) = (&event.what, known.probes.back()) {
            code = judged(probe).exit_code();
        }
        if !read {
            break; // whoever read has gone
        }
    }
    Ok(code)
}

/// An event as lines; a verdict as its facts give it today, and as it was said then where that is another one.
fn lines(style: Style, event: &Event, known: &Known) -> String {
    let (What::Verdict(then), Some(of)) = (&event.what, known.probes.back()) else {
        return style.lines(event);
    };
    let now = judged(of);
    let mut out = probe::text(style, &now);
    if (then.verdict, then.confidence, &then.headline)
        != (now.verdict, now.confidence, &now.headline)
    {
        out += &format!(
            "Said then: {}, {} confidence: {}\n\n",
            then.verdict, then.confidence, then.headline
        );
    }
    ladder::harmless(&out)
}

/// What asks for the last good send in the place of a recording; a file of this name is `./good`.
const GOOD: &str = "good";

/// The course that is laid beside a recording: of the one that is named, or the last good one.
fn other_course(tape: &Tape, other: &Path) -> Result<Course, Refusal> {
    if other != Path::new(GOOD) {
        return whole(other).map(|tape| Course::of_tape(&tape));
    }
    let folder = Folders::find()?.recordings();
    let found = Conditions::of_tape(tape)
        .map_err(|why| format!("{}: {why}", tape.name))
        .and_then(|conditions| last_good(&folder, conditions));
    found.map_err(|why| {
        let shown = folder.display();
        Refusal::usage(format!(
            "--beside good: {why}; looked in {shown}. Name a recording: --beside RECORDING"
        ))
    })
}

/// A recording; one that is not whole is told of.
fn whole(path: &Path) -> Result<Tape, Refusal> {
    let tape = tape(path).map_err(Refusal::usage)?;
    if let Some(trouble) = &tape.trouble {
        let shown = path.display();
        output::tell(&format!(
            "{shown}: {trouble}; what stands before it is shown"
        ));
    }
    Ok(tape)
}

/// Two recordings, aligned by stage. Exit code 1 where their stages part, as with `profiles diff`.
fn beside(global: &Global, options: &Replay, other: &Path) -> Result<u8, Refusal> {
    let tape = whole(&options.recording)?;
    let table = Beside::of(&Course::of_tape(&tape), &other_course(&tape, other)?);
    match (global.json, options.markdown) {
        (true, _) => output::json(&table),
        (_, true) => output::text(&table.markdown()),
        _ => output::text(&table.text()),
    };
    Ok(u8::from(table.parts_at().is_some()))
}

async fn on_screen(global: &Global, options: &Replay) -> Result<u8, Refusal> {
    let folders = Folders::find()?;
    let looks = looks::read(global, &folders)?.looks;
    let tape = tape(&options.recording).map_err(Refusal::usage)?;
    let laid = options.beside.as_deref();
    let laid = laid.map(|other| other_course(&tape, other)).transpose()?;
    let (library, _) = folders.library();
    let flags = Flags {
        utc_offset_minutes: console::utc_offset(),
        ..Flags::default()
    };
    let bench = Bench {
        meaning: crate::at::meaning::explain_shaped,
        compare: console::side_by_side,
        ..Bench::default()
    };
    let rows = profile_rows(&library, None);
    let mut state = State::new(rows, &Draft::default(), flags, looks.theme.clone(), bench);
    state.wear(looks);
    open(&mut state, Arc::new(tape), false);
    if let Some(laid) = laid {
        lay(&mut state, laid);
    }
    let feed = Still {
        global: global.clone(),
        shelf: Shelf::new(folders.recordings(), None),
        folders,
        start: Instant::now(),
    };
    // Nobody takes orders: there are none without a bench.
    let (orders, _nobody) = mpsc::channel(1);
    screen::run(state, feed, orders)
        .await
        .map_err(|e| Refusal::with(11, format!("the terminal failed: {e}")))?;
    Ok(0)
}

/// A feed in which nothing happens: all that is shown is in the recording.
struct Still {
    global: Global,
    folders: Folders,
    shelf: Shelf,
    start: Instant,
}

impl Feed for Still {
    fn known(&self) -> Arc<Known> {
        Arc::default()
    }

    fn since(&self, _: EventId) -> Vec<Arc<Event>> {
        Vec::new()
    }

    async fn changed(&mut self) {
        self.shelf.changed().await;
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn reload(&mut self) -> Result<Looks, String> {
        looks::read(&self.global, &self.folders)
            .map(|read| read.looks)
            .map_err(|e| e.says.lines().next().unwrap_or_default().to_owned())
    }

    fn fetch(&mut self, wanted: Wanted) {
        self.shelf.fetch(wanted);
    }

    fn found(&mut self) -> Option<Found> {
        self.shelf.found()
    }
}

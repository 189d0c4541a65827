//! What the traffic costs: 100,000 lines that come, on their way through the journal and into a recording; a filter and a search over a full ring, a
//! frame of it.
#![allow(clippy::unwrap_used)]
#[path = "../tests/suite/console/story.rs"]
#[allow(dead_code, reason = "the bench tells none of the stories")]
mod story;

use divan::{Bencher, black_box};
use mmscope::console::pattern::Pattern;
use mmscope::console::traffic::{Filter, ROWS, Traffic};
use mmscope::console::{Message, Pane, State, update, view};
use mmscope::event::{
    Direction, Ending, Event, EventId, Exchange, Line, Recorder, Role, Shape, What,
};
use mmscope::journal::{Clock, Journal, masked};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use std::sync::{Arc, LazyLock};

fn main() {
    divan::main();
}

/// Lines of exchanges as a bench polls: a command, an answer, a final code; every tenth one fails.
fn exchanges(lines: usize) -> Vec<Arc<Event>> {
    let mut events: Vec<Arc<Event>> = Vec::with_capacity(lines + lines / 3);
    let mut tell = |what| {
        let id = events.len() as EventId + 1;
        let at = "2026-11-22T12:00:00.000Z".into();
        events.push(Arc::new(Event {
            id,
            at,
            ms: id,
            what,
        }));
    };
    for number in 1..=(lines / 3) as u64 {
        let code = if number % 10 == 0 {
            "+CME ERROR: 30"
        } else {
            "OK"
        };
        let spoken = [
            (Direction::Tx, Role::Command, "AT+CPSI?"),
            (
                Direction::Rx,
                Role::Answer,
                "+CPSI: LTE,Online,310-260,0x1234,52467969,123,EUTRAN-BAND66,66486,4,4,-105,-930,-620,12",
            ),
            (Direction::Rx, Role::Final, code),
        ];
        for (dir, role, text) in spoken {
            tell(What::Line(Line {
                dir,
                role,
                text: text.into(),
                exchange: Some(number),
                after_ms: Some(18),
            }));
        }
        tell(What::Exchange(Exchange {
            number,
            command: "AT+CPSI?".into(),
            lines: Vec::new(),
            raw: 0,
            ending: Ending::Final(code.into()),
            shape: Shape::AtOnce,
            final_ms: 18,
            late_ms: None,
            since: 0,
            purpose: if number % 4 == 0 { "poll" } else { "person" }.into(),
        }));
    }
    events
}

static LINES: LazyLock<Vec<Arc<Event>>> = LazyLock::new(|| exchanges(100_000));

fn take(traffic: &mut Traffic, events: &[Arc<Event>]) {
    for event in events {
        traffic.take(event, mmscope::at::meaning::explain_shaped, 0);
    }
}

fn full() -> Traffic {
    let mut traffic = Traffic::default();
    take(&mut traffic, &LINES);
    assert_eq!(traffic.rows().len(), ROWS);
    traffic
}

/// 100,000 lines, listed as they are.
#[divan::bench(sample_count = 10)]
fn lines_of_100_000(bencher: Bencher) {
    bencher.bench_local(|| {
        let mut traffic = Traffic::default();
        take(&mut traffic, black_box(&LINES));
        traffic
    });
}

/// 10,000 of them through the journal: numbered, timed, folded, kept in its ring.
#[divan::bench(sample_count = 20)]
fn journal_of_10_000(bencher: Bencher) {
    let clock = Clock::start("2026-11-22T12:00:00Z".parse().unwrap(), 1.0);
    bencher.bench_local(|| {
        let journal = Journal::begin(clock, None, Vec::new());
        for event in &LINES[..10_000] {
            journal.record(black_box(event.what.clone()));
        }
        journal
    });
}

/// 10,000 of them as lines of a recording: masked and written.
#[divan::bench(sample_count = 20)]
fn recording_of_10_000(bencher: Bencher) {
    let mut page = Vec::new();
    bencher.bench_local(|| {
        let mut carry = Default::default();
        for event in &LINES[..10_000] {
            page.clear();
            let event = masked(black_box(event), &mut carry);
            serde_json::to_writer(&mut page, &*event).unwrap();
        }
    });
}

/// The same, folded, filtered and searched while they come.
#[divan::bench(sample_count = 10)]
fn folded_filtered_and_searched_lines_of_100_000(bencher: Bencher) {
    bencher.bench_local(|| {
        let mut traffic = Traffic::default();
        traffic.fold();
        traffic.set_filter(Filter::read("!by:poll /C(PSI|SQ)/").unwrap());
        traffic.set_search(Pattern::read("error").unwrap());
        take(&mut traffic, black_box(&LINES));
        traffic
    });
}

/// A key in the filter: every row of the full ring is judged.
#[divan::bench(args = ["errors", "csq", "!by:poll", "/^.CME|LTE.*BAND6/"])]
fn filter_over_the_full_ring(bencher: Bencher, filter: &str) {
    let mut traffic = full();
    bencher.bench_local(|| traffic.set_filter(Filter::read(black_box(filter)).unwrap()));
}

/// A key in the search.
#[divan::bench(args = ["error", "/BAND(5|66)/"])]
fn search_over_the_full_ring(bencher: Bencher, search: &str) {
    let mut traffic = full();
    bencher.bench_local(|| traffic.set_search(Pattern::read(black_box(search)).unwrap()));
}

/// All exchanges folded, then open again.
#[divan::bench]
fn fold_over_the_full_ring(bencher: Bencher) {
    let mut traffic = full();
    bencher.bench_local(|| traffic.fold());
}

fn screen() -> State {
    let mut state = story::console(&story::draft(), mmscope::console::Theme::default());
    update(&mut state, Message::Resize(200, 50));
    update(&mut state, Message::Traffic(LINES.clone()));
    state.traffic.fold();
    state.traffic.set_filter(Filter::read("!by:poll").unwrap());
    state.traffic.set_search(Pattern::read("error").unwrap());
    state.focus = Pane::Traffic;
    state.zoomed = true;
    state
}

/// A frame of the full ring, folded, filtered and searched; and one key down in it.
#[divan::bench]
fn frame_and_key_over_the_full_ring(bencher: Bencher) {
    let mut state = screen();
    state.traffic.scroll(-1_000);
    let mut terminal = Terminal::new(TestBackend::new(200, 50)).unwrap();
    let mut down = false;
    bencher.bench_local(|| {
        down = !down;
        state.traffic.scroll(if down { 1 } else { -1 });
        terminal.draw(|f| view(black_box(&state), f)).unwrap();
    });
}

//! What a frame costs: the bench screen at 200×50 after a whole session, and the fold and the traffic ring under a flood.
#![allow(clippy::unwrap_used)]
#[path = "../tests/suite/console/story.rs"]
#[allow(dead_code, reason = "the bench tells only some of the stories")]
mod story;

use divan::{Bencher, black_box};
use mmscope::console::update;
use mmscope::console::update::open;
use mmscope::console::{Message, view};
use mmscope::event::{Direction, Event, Line, Role, What};
use mmscope::known::Known;
use mmscope::replay::Tape;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use std::sync::Arc;

fn main() {
    divan::main();
}

/// One frame, nothing changed since the last.
#[divan::bench(args = [(80, 24), (120, 36), (200, 50)])]
fn frame(bencher: Bencher, (width, height): (u16, u16)) {
    let mut state = story::at_the_end(&story::sent());
    update(&mut state, Message::Resize(width, height));
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    bencher.bench_local(|| {
        terminal.draw(|f| view(black_box(&state), f)).unwrap();
    });
}

fn flood() -> Vec<Arc<Event>> {
    let line = |id: u64| Event {
        id,
        at: "2026-11-22T12:00:00.000Z".into(),
        ms: id,
        what: What::Line(Line {
            dir: Direction::Rx,
            role: Role::Urc,
            text: "+CSQ: 21,99".into(),
            exchange: None,
            after_ms: None,
        }),
    };
    (1..=10_000).map(line).map(Arc::new).collect()
}

/// The fold of 10,000 lines.
#[divan::bench]
fn fold_of_10_000_events(bencher: Bencher) {
    let events = flood();
    bencher.bench_local(|| {
        let mut known = Known::default();
        for event in &events {
            known.apply(black_box(event));
        }
        known
    });
}

/// The same lines into the traffic ring.
#[divan::bench]
fn traffic_of_10_000_lines(bencher: Bencher) {
    let events = flood();
    bencher.bench_local(|| {
        let mut state = story::console(&story::draft(), mmscope::console::Theme::default());
        update(&mut state, Message::Traffic(black_box(events.clone())));
        state
    });
}

/// A key in a text of 827 characters.
#[divan::bench]
fn key_in_the_text(bencher: Bencher) {
    use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
    let mut state = story::at_the_end(&story::ready());
    update(&mut state, Message::Resize(200, 50));
    for key in ['e', 'x'] {
        update(
            &mut state,
            Message::Key(KeyEvent::new(KeyCode::Char(key), KeyModifiers::NONE)),
        );
    }
    bencher.bench_local(|| {
        update(
            &mut state,
            Message::Key(KeyEvent::new(KeyCode::Char('x'), KeyModifiers::NONE)),
        );
        update(
            &mut state,
            Message::Key(KeyEvent::new(KeyCode::Backspace, KeyModifiers::NONE)),
        );
    });
}

/// A recording of 100,000 events: probes and sends, and thousands of lines between them.
fn recording() -> Arc<Tape> {
    let mut story = story::ready();
    while story.events.len() < 100_000 {
        story.sends_up_to_connect("us/mint", 8080).late_four();
        let cells = story.examining();
        story.wrong_port(cells);
        for n in 0..800 {
            story.wait(9).urc(&format!("+CSQ: {},99", n % 32));
        }
    }
    let events = story.events.iter().map(|e| Ok::<_, String>((**e).clone()));
    Arc::new(Tape::read("long", events).unwrap())
}

fn replaying() -> mmscope::console::State {
    let mut state = story::console(&story::draft(), mmscope::console::Theme::default());
    update(&mut state, Message::Resize(200, 50));
    state.bench.meaning = mmscope::at::meaning::explain;
    open(&mut state, recording(), false);
    state
}

fn key(code: KeyCode) -> Message {
    Message::Key(KeyEvent::new(code, KeyModifiers::NONE))
}

/// One event back in a recording of 100,000, from the middle on.
#[divan::bench(sample_count = 50, sample_size = 1)]
fn step_back_in_100_000_events(bencher: Bencher) {
    let mut state = replaying();
    if let Some(replay) = &mut state.replay {
        replay.player.go(51_000);
    }
    bencher.bench_local(|| update(&mut state, black_box(key(KeyCode::Left))));
}

/// One event on.
#[divan::bench(sample_count = 50, sample_size = 1)]
fn step_on_in_100_000_events(bencher: Bencher) {
    let mut state = replaying();
    if let Some(replay) = &mut state.replay {
        replay.player.go(51_000);
    }
    bencher.bench_local(|| update(&mut state, black_box(key(KeyCode::Right))));
}

/// From one end to the other and back.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn end_to_end_in_100_000_events(bencher: Bencher) {
    let mut state = replaying();
    bencher.bench_local(|| {
        update(&mut state, key(KeyCode::Char('0')));
        update(&mut state, key(KeyCode::Char('$')));
    });
}

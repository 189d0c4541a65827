//! The console in a real terminal (a pty): taken whole, given back always. The child is this test binary itself.
#![cfg(unix)]
use super::story;
use crate::terminal::{LIMIT, Terminal, cells};
use mmscope::console::{Feed, Theme};
use mmscope::event::{Event, EventId};
use mmscope::known::Known;
use portable_pty::{CommandBuilder, PtySize};
use rustix::process::Signal;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Tells the child what to do; it runs only with this set.
const ROLE: &str = "MMSCOPE_TEST_CONSOLE";
struct Still {
    known: Arc<Known>,
    panics: bool,
}

impl Feed for Still {
    fn known(&self) -> Arc<Known> {
        self.known.clone()
    }
    fn since(&self, _: EventId) -> Vec<Arc<Event>> {
        Vec::new()
    }
    async fn changed(&mut self) {
        if self.panics {
            tokio::time::sleep(Duration::from_millis(300)).await;
            panic!("the feed broke");
        }
        std::future::pending().await
    }
    fn now_ms(&self) -> u64 {
        0
    }
}

/// Not a test of its own: what the tests below start in their terminals.
#[test]
fn child() {
    let Ok(role) = std::env::var(ROLE) else {
        return;
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let feed = Still {
        known: story::failed().known(),
        panics: role == "panic",
    };
    let state = story::console(&story::draft(), Theme::default());
    let (orders, _bench) = tokio::sync::mpsc::channel(8);
    let summary = runtime.block_on(mmscope::console::run(state, feed, orders));
    println!("{}", summary.unwrap_or_else(|e| format!("refused: {e}")));
}

/// Starts the child in a terminal of 80×24.
fn start(role: &str) -> Terminal {
    let mut command = CommandBuilder::new(std::env::current_exe().unwrap());
    command.args([
        "--exact",
        "console::real_terminal::child",
        "--nocapture",
        "--test-threads=1",
    ]);
    command.env(ROLE, role);
    Terminal::start(command, (80, 24))
}

#[test]
fn quitting_gives_the_terminal_back_and_leaves_a_line() {
    let mut terminal = start("quit");
    terminal.until("mouse and paste", |s| {
        s.bracketed_paste() && s.mouse_protocol_mode() != vt100::MouseProtocolMode::None
    });
    terminal.press("q");
    terminal.ended();
    terminal.assert_given_back("mmscope: send 1: failed at connect");
}

#[test]
fn a_termination_gives_the_terminal_back() {
    let mut terminal = start("term");
    terminal.signal(Signal::TERM);
    terminal.ended();
    terminal.assert_given_back("mmscope: send 1");
}

#[test]
fn a_panic_gives_the_terminal_back_before_it_speaks() {
    let mut terminal = start("panic");
    terminal.ended();
    terminal.assert_given_back("the feed broke");
}

#[test]
fn signals_from_outside_give_the_terminal_back_as_keys_do() {
    for signal in [Signal::INT, Signal::QUIT] {
        let mut terminal = start("outside");
        terminal.signal(signal);
        terminal.ended();
        terminal.assert_given_back("mmscope: send 1");
    }
    let mut terminal = start("stopped");
    terminal.signal(Signal::TSTP);
    goes_on(&mut terminal);
}

#[test]
fn suspending_gives_the_terminal_back_and_continuing_takes_it_again() {
    let mut terminal = start("suspend");
    terminal.press("\x1a");
    goes_on(&mut terminal);
}

/// It was suspended: the terminal is the shell's, until it is continued.
fn goes_on(terminal: &mut Terminal) {
    terminal.until("shell's screen", |s| {
        !s.alternate_screen() && !s.bracketed_paste()
    });
    let modes = Instant::now();
    while format!("{:?}", terminal.master.get_termios()) != terminal.modes {
        assert!(
            modes.elapsed() < LIMIT,
            "the modes of the terminal did not come back"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
    // The stop comes right after the terminal was given back; a continue before it would be lost, so it is repeated.
    let start = Instant::now();
    while !terminal.seen.lock().unwrap().screen().alternate_screen() {
        assert!(start.elapsed() < LIMIT, "it did not go on");
        terminal.signal(Signal::CONT);
        std::thread::sleep(Duration::from_millis(20));
    }
    terminal.until("whole frame again", |s| {
        s.contents().contains("1 Compose") && s.contents().contains("q quit")
    });
    terminal.press("q");
    terminal.ended();
    terminal.assert_given_back("mmscope: send 1");
}

#[test]
fn a_resize_and_a_paste_reach_the_screen() {
    let mut terminal = start("paste");
    terminal.press("e\x1b[200~PASTED q ?\x1b[201~");
    terminal.until("pasted text", |s| s.contents().contains("PASTED q ?"));
    terminal
        .seen
        .lock()
        .unwrap()
        .screen_mut()
        .set_size(cells(36), cells(120));
    terminal
        .master
        .resize(PtySize {
            rows: 36,
            cols: 120,
            pixel_width: 0,
            pixel_height: 0,
        })
        .unwrap();
    terminal.until("wide layout", |s| {
        s.contents().contains("4 Signal") && s.contents().contains("7 TCP")
    });
    // Keys one after another, each once the picture of the one before is there.
    for n in 1..=5 {
        terminal.press(&n.to_string());
        let typed: String = (1..=n).map(|n| n.to_string()).collect();
        terminal.until("typed digit", |s| {
            s.contents().contains(&format!("PASTED q ?{typed}"))
        });
    }
    terminal.press("\x03");
    terminal.ended();
}

#[test]
fn a_terminal_that_goes_away_ends_the_console() {
    let mut terminal = start("hangup");
    terminal.signal(Signal::HUP);
    terminal.ended();
}

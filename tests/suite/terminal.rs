//! The program in a real terminal (a pty), and what a person would see on it.
#![cfg(unix)]
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};
use std::io::{Read, Write};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// No wait in here is longer.
pub const LIMIT: Duration = Duration::from_secs(20);

pub fn cells(n: u16) -> std::num::NonZero<u16> {
    std::num::NonZero::new(n).unwrap()
}

/// A terminal and the program in it.
pub struct Terminal {
    pub child: Box<dyn Child + Send + Sync>,
    pub master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    pub seen: Arc<Mutex<vt100::Parser>>,
    pub modes: String,
}

impl Terminal {
    /// Starts a command in a terminal of this size, and waits for the bench.
    pub fn start(command: CommandBuilder, size: (u16, u16)) -> Self {
        Self::start_until(command, size, "1 Compose")
    }

    /// The same for a command whose first screen shows these words.
    pub fn start_until(command: CommandBuilder, size: (u16, u16), words: &str) -> Self {
        let terminal = Self::begin(command, size);
        terminal.until("the first frame", |s| {
            s.alternate_screen()
                && [words, "1 Message"]
                    .iter()
                    .any(|t| s.contents().contains(t))
        });
        terminal
    }

    /// Starts any command in a terminal of this size.
    pub fn begin(mut command: CommandBuilder, (columns, rows): (u16, u16)) -> Self {
        let size = PtySize {
            rows,
            cols: columns,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pair = native_pty_system().openpty(size).unwrap();
        let modes = format!("{:?}", pair.master.get_termios());
        command.env("TERM", "xterm-256color");
        command.env("RUST_BACKTRACE", "0");
        let child = pair.slave.spawn_command(command).unwrap();
        let mut output = pair.master.try_clone_reader().unwrap();
        let seen = Arc::new(Mutex::new(vt100::Parser::new(
            cells(rows),
            cells(columns),
            0,
        )));
        let screen = seen.clone();
        std::thread::spawn(move || {
            let mut octets = [0; 8192];
            while let Ok(n @ 1..) = output.read(&mut octets) {
                screen.lock().unwrap().process(&octets[..n]);
            }
        });
        let keys = pair.master.take_writer().unwrap();
        Self {
            child,
            master: pair.master,
            keys,
            seen,
            modes,
        }
    }

    pub fn until(&self, what: &str, holds: impl Fn(&vt100::Screen) -> bool) {
        let start = Instant::now();
        loop {
            let seen = self.seen.lock().unwrap();
            if holds(seen.screen()) {
                return;
            }
            assert!(
                start.elapsed() < LIMIT,
                "no {what}; the screen shows:\n{}",
                seen.screen().contents()
            );
            drop(seen);
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    pub fn press(&mut self, octets: &str) {
        self.keys.write_all(octets.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    pub fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(self.child.process_id().unwrap() as i32).unwrap();
        kill_process(pid, signal).unwrap();
    }

    /// The terminal is as it was before: its modes, its screen, its cursor, its mouse.
    pub fn assert_given_back(&self, says: &str) {
        self.until(says, |s| {
            s.contents().contains(says) && !s.alternate_screen()
        });
        let seen = self.seen.lock().unwrap();
        let screen = seen.screen();
        assert!(!screen.hide_cursor() && !screen.bracketed_paste());
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
        assert_eq!(format!("{:?}", self.master.get_termios()), self.modes);
    }

    pub fn ended(&mut self) {
        let start = Instant::now();
        while self.child.try_wait().unwrap().is_none() {
            assert!(start.elapsed() < LIMIT, "it did not end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

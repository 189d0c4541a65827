//! What the system tells the program while the terminal is taken.
//!
//! In: signals, where there are any. Out: [`Signal`]s. Never here: what is done about them.
#[cfg(unix)]
use futures_util::FutureExt;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use std::io;

/// What SIGINT from outside is taken for: in raw mode the terminal itself makes none.
pub(super) const CTRL_C: KeyEvent = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);

pub(super) enum Signal {
    End,
    // Elsewhere Ctrl-C is the one way to end a program from outside.
    #[cfg_attr(not(unix), allow(dead_code))]
    Interrupt,
    // Only systems with job control stop and continue a program.
    #[cfg_attr(not(unix), allow(dead_code))]
    Suspend,
    #[cfg_attr(not(unix), allow(dead_code))]
    Continued,
}

#[cfg(unix)]
pub(super) struct Signals {
    interrupt: tokio::signal::unix::Signal,
    quit: tokio::signal::unix::Signal,
    stop: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    hangup: tokio::signal::unix::Signal,
    continued: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    pub fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
            stop: signal(SignalKind::from_raw(SIGTSTP))?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
            continued: signal(SignalKind::from_raw(SIGCONT))?,
        })
    }

    pub fn forget_continued(&mut self) {
        while self.continued.recv().now_or_never().is_some() {}
    }

    /// Forgets what another has heard and done: all but the end, which is for everybody.
    pub fn forget_heard(&mut self) {
        for signal in [&mut self.interrupt, &mut self.stop, &mut self.continued] {
            while signal.recv().now_or_never().is_some() {}
        }
    }

    pub async fn continued(&mut self) {
        self.continued.recv().await;
    }

    pub async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.interrupt.recv() => Signal::Interrupt,
            _ = self.quit.recv() => Signal::End,
            _ = self.stop.recv() => Signal::Suspend,
            _ = self.terminate.recv() => Signal::End,
            _ = self.hangup.recv() => Signal::End,
            _ = self.continued.recv() => Signal::Continued,
        }
    }
}

/// Their numbers differ between systems; rustix knows them.
#[cfg(unix)]
const SIGCONT: i32 = rustix::process::Signal::CONT.as_raw();
#[cfg(unix)]
const SIGTSTP: i32 = rustix::process::Signal::TSTP.as_raw();

#[cfg(not(unix))]
pub(super) struct Signals;

#[cfg(not(unix))]
impl Signals {
    pub fn new() -> io::Result<Self> {
        Ok(Self)
    }

    pub fn forget_continued(&mut self) {}

    pub fn forget_heard(&mut self) {}

    pub async fn continued(&mut self) {}

    pub async fn next(&mut self) -> Signal {
        match tokio::signal::ctrl_c().await {
            Ok(()) => Signal::End,
            Err(_) => std::future::pending().await,
        }
    }
}

//! What the screen reads of a session: its journal, the log, files, the picker.
//!
//! In: the session's handles. Out: events, answers, looks. Never here: decisions.
use super::super::args::Global;
use super::super::folders::Folders;
use super::super::recordings::Shelf;
use super::super::{choosing, looks};
use super::copies::Copies;
use super::{Asked, Left};
use crate::config::Config;
use crate::console::log::{LogLine, Severity};
use crate::console::recordings::{Found, Wanted};
use crate::console::run::Feed;
use crate::console::{self, Canvas, Choice, Looks, ProfileRow, Theme};
use crate::event::{Event, EventId, Recorder};
use crate::journal::Journal;
use crate::known::Known;
use crate::log::{self, Log, SessionClock};
use crate::profile::{Library, SimFacts};
use futures_util::Stream;
use ratatui::crossterm::event::Event as Input;
use std::io::Write;
use std::sync::{Arc, PoisonError};
use tokio::sync::{mpsc, watch};

/// A line of the log as the screen shows it: beside lines of the session, and so by the session's clock.
fn as_shown(line: log::Line, clock: Option<SessionClock>) -> LogLine {
    use tracing::Level as Of;
    LogLine {
        number: line.number,
        at: clock.and_then(|c| c.at(&line.at)).unwrap_or(line.at),
        severity: match line.level {
            Of::ERROR => Severity::Error,
            Of::WARN => Severity::Warning,
            Of::INFO => Severity::Info,
            _ => Severity::Debug,
        },
        room: line.room,
        text: line.text,
    }
}

/// The journal as the screen reads it.
pub(super) struct JournalFeed {
    pub global: Global,
    pub folders: Folders,
    pub recordings: Shelf,
    /// The person's configuration.
    pub config: Arc<Config>,
    /// Where a library that was read again goes to the bench.
    pub shelf: mpsc::UnboundedSender<Arc<Library>>,
    pub journal: Journal,
    pub changes: watch::Receiver<EventId>,
    pub copies: Copies,
    /// Answers of the desk.
    pub answered: mpsc::Receiver<console::Message>,
    /// Those that came and were not shown yet.
    pub told: Vec<console::Message>,
    /// The SIM's home network and the number of copies for which the profiles were last shown.
    pub shown: Option<(Option<String>, usize)>,
    pub asked: Asked,
    /// The letter that stood in the composer at the end.
    pub left: Left,
    pub log: Log,
    pub said: watch::Receiver<u64>,
}

impl Feed for JournalFeed {
    fn known(&self) -> Arc<Known> {
        self.journal.known()
    }

    fn since(&self, id: EventId) -> Vec<Arc<Event>> {
        self.journal.since(id)
    }

    async fn changed(&mut self) {
        let changed = tokio::select! {
            changed = self.changes.changed() => changed,
            said = self.said.changed() => said,
            () = self.recordings.changed() => return,
            Some(message) = self.answered.recv() => return self.told.push(message),
        };
        if changed.is_err() {
            std::future::pending::<()>().await;
        }
    }

    fn told(&mut self) -> Vec<console::Message> {
        std::mem::take(&mut self.told)
    }

    fn log_since(&self, number: u64) -> Vec<LogLine> {
        let lines = self.log.since(number).into_iter();
        let known = self.journal.known();
        let clock = SessionClock::of(&known.started_at, known.session.speed);
        lines.map(|line| as_shown(line, clock)).collect()
    }

    fn now_ms(&self) -> u64 {
        self.journal.now_ms()
    }

    fn left(&mut self, letter: console::Draft, draft: Option<u64>) {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        *left = Some((letter, draft));
    }

    async fn choose<C, S>(
        &mut self,
        canvas: &mut C,
        input: &mut S,
        theme: &Theme,
        warning: Option<String>,
    ) -> std::io::Result<Option<Choice>>
    where
        C: Canvas,
        S: Stream<Item = std::io::Result<Input>> + Unpin,
    {
        let known = self.journal.known();
        let running = known.serial.as_ref().map(|s| s.name.clone());
        let running = running.unwrap_or_else(|| "this session".to_owned());
        let over = (running.as_str(), warning);
        choosing::again(canvas, input, &self.config, theme, over).await
    }

    fn draft(&mut self) -> Option<(u64, console::Draft)> {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.take()
    }

    fn reload(&mut self) -> Result<Looks, String> {
        let looks = looks::read(&self.global, &self.folders).map_err(|e| {
            let mut faults = e.says.lines();
            let first = faults.next().unwrap_or_default().to_owned();
            match faults.count() {
                0 => first,
                more => format!("{first} (and {more} more: `mmscope config --check`)"),
            }
        })?;
        let (library, complaints) = self.folders.library();
        if let Some(first) = complaints.into_iter().next() {
            return Err(first);
        }
        let library = Arc::new(library);
        self.copies.replace(library.clone());
        self.shown = None;
        // A bench that has ended needs no library.
        let _ = self.shelf.send(library);
        Ok(looks.looks)
    }

    fn fetch(&mut self, wanted: Wanted) {
        self.recordings.fetch(wanted);
    }

    fn found(&mut self) -> Option<Found> {
        self.recordings.found()
    }

    fn remember(&mut self, command: &str) {
        // A history that is not kept does no harm; a console that fails over it would.
        let _ = self.folders.keep_command(command);
    }

    fn learned(&mut self, tip: &str) {
        let path = self.folders.learned();
        let append = || -> std::io::Result<()> {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder)?;
            }
            let mut file = std::fs::OpenOptions::new()
                .create(true)
                .append(true)
                .open(&path)?;
            writeln!(file, "{tip}")
        };
        // A hint that comes again does no harm; a console that fails over it would.
        let _ = append();
    }

    fn profiles(&mut self, known: &Known) -> Option<Vec<ProfileRow>> {
        let sim = known.sim.as_ref();
        let home = sim.and_then(|s| s.home.clone());
        let now = (home, self.copies.held().len());
        if self.shown.as_ref() == Some(&now) {
            return None;
        }
        let facts = now.0.as_ref().map(|home| SimFacts {
            mccmnc: Some(home.replace('-', "")),
            gid1: sim.and_then(|s| s.gid1.clone()),
            spn: sim.and_then(|s| s.spn.clone()),
            ..SimFacts::default()
        });
        self.shown = Some(now);
        Some(self.copies.rows(facts.as_ref()))
    }
}

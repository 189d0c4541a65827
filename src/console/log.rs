//! What the program says of itself, as the screen shows it.
//!
//! In: lines of the log. Out: the newest of them, bounded, down to the level that the person wants; held still or followed. Never here: where they come from.
use std::collections::VecDeque;

/// How many lines are kept.
pub const LOG_LINES: usize = 2_000;

/// How important a line is, the most important first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It could not do what it should.
    Error,
    /// Something is not as it should be.
    Warning,
    /// What is done.
    #[default]
    Info,
    /// Every detail.
    Debug,
}

impl Severity {
    /// One word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
            Self::Debug => "debug",
        }
    }
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// Its number since the start, from 1.
    pub number: u64,
    /// RFC 3339, UTC.
    pub at: String,
    /// How important it is.
    pub severity: Severity,
    /// Which room says so.
    pub room: String,
    /// What it says; identities are hidden.
    pub text: String,
}

/// The lines, and which are shown.
#[derive(Clone, Debug, Default)]
pub struct Log {
    lines: VecDeque<LogLine>,
    /// Lines that ever came.
    came: u64,
    /// So many had come when it was held.
    held: Option<u64>,
    /// The least important lines that are shown.
    pub down_to: Severity,
}

impl Log {
    /// Takes lines in.
    pub fn take(&mut self, lines: Vec<LogLine>) {
        for line in lines {
            if self.lines.len() == LOG_LINES {
                self.lines.pop_front();
            }
            self.came += 1;
            self.lines.push_back(line);
        }
    }

    /// Says what happened on the bench, in its place between the lines of the program.
    pub fn note(&mut self, at: String, severity: Severity, room: &str, text: String) {
        let number = self.last();
        self.take(vec![LogLine {
            number,
            at,
            severity,
            room: room.to_owned(),
            text,
        }]);
    }

    /// The number of the newest line.
    #[must_use]
    pub fn last(&self) -> u64 {
        self.lines.back().map_or(0, |l| l.number)
    }

    /// Those that are shown, newest first, and how many there are in all.
    #[must_use]
    pub fn shown(&self) -> (Vec<&LogLine>, usize) {
        let wanted = |l: &&LogLine| l.severity <= self.down_to;
        let lines = self.lines.iter().rev().skip(self.hidden());
        (lines.filter(wanted).collect(), self.lines.len())
    }

    /// Lines that came since it was held; the oldest one stays where they have pushed out all before them.
    fn hidden(&self) -> usize {
        let since = self.held.map_or(0, |held| self.came - held);
        let since = usize::try_from(since).unwrap_or(usize::MAX);
        since.min(self.lines.len().saturating_sub(1))
    }

    /// How many wait, of those that would be shown, since it was held; `None` where it is followed.
    #[must_use]
    pub fn waiting(&self) -> Option<usize> {
        self.held?;
        let newer = self.lines.iter().rev().take(self.hidden());
        Some(newer.filter(|l| l.severity <= self.down_to).count())
    }

    /// Holds it still, or follows it again.
    pub fn freeze(&mut self) {
        self.held = match self.held {
            Some(_) => None,
            None => Some(self.came),
        };
    }

    /// Shows warnings, then what is done as well, then every detail.
    pub fn turn(&mut self) {
        self.down_to = match self.down_to {
            Severity::Error | Severity::Debug => Severity::Warning,
            Severity::Warning => Severity::Info,
            Severity::Info => Severity::Debug,
        };
    }
}

//! A place on a tape that moves, by steps or with time.
use super::{Landmark, Tape};
use crate::known::Known;
use std::sync::Arc;

/// At the fastest pace the whole tape takes so many ticks.
const TICKS_AT_MOST: usize = 50;

/// How fast time passes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pace {
    /// As it did.
    #[default]
    Life,
    /// Twice as fast.
    Double,
    /// Eight times as fast.
    Eightfold,
    /// Without waiting for anything: the whole tape in a few seconds.
    Most,
}

impl Pace {
    const ALL: [Self; 4] = [Self::Life, Self::Double, Self::Eightfold, Self::Most];

    /// As it is shown.
    #[must_use]
    pub fn shown(self) -> &'static str {
        match self {
            Self::Life => "1x",
            Self::Double => "2x",
            Self::Eightfold => "8x",
            Self::Most => "max",
        }
    }

    /// Milliseconds of the tape for one of life; none where no time is kept.
    fn factor(self) -> Option<u64> {
        match self {
            Self::Life => Some(1),
            Self::Double => Some(2),
            Self::Eightfold => Some(8),
            Self::Most => None,
        }
    }
}

/// A place on a tape.
#[derive(Debug)]
pub struct Player {
    tape: Arc<Tape>,
    at: usize,
    ms: u64,
    known: Arc<Known>,
    /// How fast it plays.
    pub pace: Pace,
    playing: bool,
    /// The clock at the last tick, while it plays.
    ticked: Option<u64>,
}

impl Player {
    /// At the end of the tape, as the session was left, and still.
    #[must_use]
    pub fn new(tape: Arc<Tape>) -> Self {
        Self {
            at: tape.len(),
            ms: tape.length_ms(),
            known: tape.end(),
            pace: Pace::default(),
            playing: false,
            ticked: None,
            tape,
        }
    }

    /// The tape.
    #[must_use]
    pub fn tape(&self) -> &Arc<Tape> {
        &self.tape
    }

    /// How many events have happened here.
    #[must_use]
    pub fn at(&self) -> usize {
        self.at
    }

    /// The time here, milliseconds since the session's start; between two events it passes.
    #[must_use]
    pub fn ms(&self) -> u64 {
        self.ms
    }

    /// What was known here.
    #[must_use]
    pub fn known(&self) -> &Arc<Known> {
        &self.known
    }

    /// Whether it plays.
    #[must_use]
    pub fn is_playing(&self) -> bool {
        self.playing
    }

    /// Goes to a place, and stands still there.
    pub fn go(&mut self, at: usize) {
        self.hold();
        self.reach(at);
        self.ms = self.tape.time(self.at);
    }

    /// Goes by so many events.
    pub fn step(&mut self, events: isize) {
        self.go(self.at.saturating_add_signed(events));
    }

    /// Goes to the place that was reached by this time.
    pub fn go_to_time(&mut self, ms: u64) {
        self.go(self.tape.at_time(ms));
        self.ms = ms.min(self.tape.length_ms());
    }

    /// Goes to the next landmark of a kind, or to the one before; false where there is no more, and all stays.
    pub fn jump(&mut self, kind: Landmark, forward: bool) -> bool {
        let to = self.tape.landmark(kind, self.at, forward);
        if let Some(to) = to {
            self.go(to);
        }
        to.is_some()
    }

    /// Plays, from the start where it stands at the end; or holds.
    pub fn play(&mut self) {
        if self.playing {
            return self.hold();
        }
        if self.at == self.tape.len() {
            self.go(0);
        }
        self.playing = true;
    }

    fn hold(&mut self) {
        self.playing = false;
        self.ticked = None;
    }

    /// The next faster pace, or the next slower one.
    pub fn change_pace(&mut self, faster: bool) {
        let at = self.pace as usize;
        let to = match faster {
            true => (at + 1).min(Pace::ALL.len() - 1),
            false => at.saturating_sub(1),
        };
        self.pace = Pace::ALL[to];
    }

    /// Time has passed: the clock, in milliseconds, is now there. Only differences between ticks count.
    pub fn tick(&mut self, clock_ms: u64) {
        if !self.playing {
            return;
        }
        let since = clock_ms.saturating_sub(self.ticked.unwrap_or(clock_ms));
        self.ticked = Some(clock_ms);
        match self.pace.factor() {
            Some(factor) => {
                self.ms = self.ms.saturating_add(since.saturating_mul(factor));
                self.reach(self.tape.at_time(self.ms).max(self.at));
            }
            None => {
                let events = (self.tape.len() / TICKS_AT_MOST).max(1);
                self.reach(self.at + events);
                self.ms = self.tape.time(self.at);
            }
        }
        if self.at == self.tape.len() {
            self.ms = self.tape.length_ms();
            self.hold();
        }
    }

    fn reach(&mut self, at: usize) {
        let at = at.min(self.tape.len());
        if at != self.at {
            let held = (self.at, std::mem::take(&mut self.known));
            self.known = self.tape.known_from(at, &held);
            self.at = at;
        }
    }
}

//! A recording on the screen in the place of the bench: where in it one is, and what is kept of the bench meanwhile.
//!
//! In: a tape, and the moves of the person. Out: the same state as live, from the same fold. Never here: files, clocks, the modem; what
//! acts on the bench is off (`barred`).
use super::asked::Comparison;
use super::layout::{Pane, Screen};
use super::state::{SendFace, State};
use super::traffic::Traffic;
use crate::event::{Direction, Verdict};
use crate::known::Known;
use crate::replay::{Beside, Course, Player};
use std::sync::Arc;

/// So many events before a place are read into the traffic when it is reached backwards: what the traffic holds at the most, about.
pub const LOOK_BACK: usize = 8_000;

/// A recording on the screen.
pub struct Replay {
    /// Where in it.
    pub player: Player,
    /// The bench as it was left, and as it goes on; none where there is no bench.
    pub live: Option<Box<Live>>,
    /// The verdict of the newest probe that ended, as today's rules give it.
    pub anew: Option<Verdict>,
    /// The place up to which the traffic was read.
    pub(super) read: usize,
}

/// What comes back with the bench.
#[derive(Default)]
pub struct Live {
    /// What is known of the bench.
    pub known: Arc<Known>,
    /// Its lines.
    pub traffic: Traffic,
    pub(super) screen: Screen,
    pub(super) focus: Pane,
    pub(super) zoomed: bool,
    pub(super) face: SendFace,
    pub(super) scroll: [usize; Pane::ALL.len()],
    pub(super) evidence: usize,
    pub(super) comparison: Comparison,
    pub(super) now_ms: u64,
}

/// Two sends side by side: what is on the screen, and one that stays.
#[derive(Debug)]
pub struct Laid {
    /// The one that stays.
    pub course: Course,
    /// Both, aligned.
    pub table: Beside,
}

impl State {
    /// Whether a recording is on the screen.
    #[must_use]
    pub fn is_replaying(&self) -> bool {
        self.replay.is_some()
    }

    /// What is known of the bench itself, whatever is on the screen; none where there is no bench.
    #[must_use]
    pub fn of_bench(&self) -> Option<&Known> {
        match &self.replay {
            None => Some(&self.known),
            Some(replay) => replay.live.as_ref().map(|l| l.known.as_ref()),
        }
    }

    /// Where the recording on the screen holds the text of this send: nowhere, where this is empty. Numbers are masked in it, the text is not.
    #[must_use]
    pub fn text_held(&self, send: u64) -> Vec<&'static str> {
        let Some(replay) = &self.replay else {
            return Vec::new();
        };
        let end = replay.player.tape().end();
        // What is far back is not held at the end any more, and what comes later not yet here.
        let any = |has: &dyn Fn(&Known) -> bool| has(&self.known) || has(&end);
        let own = |k: &&crate::known::Send| k.message.send == send;
        let told = |k: &Known| {
            let mut pdus = k.pdus.iter().map(|p| &p.seen);
            pdus.any(|p| p.send == Some(send) && p.dir == Direction::Tx)
        };
        // Without the octets of the wire (`--json` without `--wire`) the parts are only counted.
        let spoken = |k: &Known| {
            let began = k.sends.iter().find(own);
            began.is_some_and(|s| !s.parts.is_empty()) && k.counts.tx > 0
        };
        let shown = |k: &Known| !k.bubbles.is_empty();
        let places = [
            (any(&told), "its M-Send.req"),
            (any(&spoken), "the octets of the wire"),
            (any(&shown), "the bubble of a simulated phone"),
        ];
        let held = places.into_iter().filter(|(holds, _)| *holds);
        held.map(|(_, place)| place).collect()
    }

    /// What is on the screen, by name.
    #[must_use]
    pub fn session_name(&self) -> String {
        match &self.replay {
            Some(replay) => replay.player.tape().name.clone(),
            None => "this session".to_owned(),
        }
    }
}

//! The list of recordings, and what of them is wanted from the edge.
//!
//! In: rows that the edge has read. Out: which is chosen, and how long the stages of good sends took. Never here: files.
use super::state::State;
use crate::replay::{Conditions, Course, Digest, Expected, Tape};
use std::sync::Arc;

/// A recording of the folder.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RecordingRow {
    /// Its path.
    pub path: String,
    /// The file's name.
    pub name: String,
    /// What it holds.
    pub digest: Digest,
    /// Its size in octets.
    pub octets: u64,
    /// It is the one that is written now.
    pub current: bool,
}

/// The list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recordings {
    /// The folder.
    pub folder: String,
    /// Recordings, newest first; none while they were not read yet.
    pub rows: Option<Vec<RecordingRow>>,
    /// How many older ones are not listed.
    pub unlisted: usize,
    /// The chosen row.
    pub chosen: usize,
    /// The edge was asked for them.
    pub asked: bool,
}

/// What is read of recordings, beside the loop. It comes back as a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// All of the folder, in short: [`Found::List`].
    List,
    /// This one, whole: [`Found::Tape`].
    Tape(String),
    /// The course of the newest send of this one: [`Found::Course`].
    Course(String),
    /// The course of the last good send under these conditions: [`Found::Good`].
    Good(Box<Conditions>),
    /// This one, whole, and the course of the last good send under the conditions of its newest: [`Found::Good`].
    WithGood(String),
}

/// What was read.
#[derive(Debug)]
pub enum Found {
    /// The list; its chosen row and whether it was asked for do not count.
    List(Recordings),
    /// A recording, or why not.
    Tape(Result<Arc<Tape>, String>),
    /// The course of a send, or why not.
    Course(Result<Box<Course>, String>),
    /// A last good send, or why there is none.
    Good(Result<Box<Good>, String>),
}

/// The last good send under the conditions of another one.
#[derive(Debug)]
pub struct Good {
    /// The recording that it is laid beside, where that is to be opened.
    pub tape: Option<Arc<Tape>>,
    /// The good send.
    pub course: Course,
}

impl Recordings {
    /// The chosen recording.
    #[must_use]
    pub fn row(&self) -> Option<&RecordingRow> {
        self.rows.as_ref()?.get(self.chosen)
    }
}

impl State {
    /// Learns how long the stages of good sends through the profile in use took, by the recordings that were read.
    pub(super) fn expect(&mut self) {
        let profile = match self.known.sends.back() {
            Some(send) => Some(send.message.profile.clone()),
            None => self.known.profile.as_ref().map(|p| p.id.clone()),
        };
        let rows = self.recordings.rows.iter().flatten();
        // What is looked at is no measure of itself.
        let shown = self.replay.as_ref().map(|r| r.player.tape().name.as_str());
        let others = rows.filter(|r| !r.current && Some(r.name.as_str()) != shown);
        let world = self.known.session.world.as_deref();
        self.expected =
            profile.and_then(|profile| Expected::of(others.map(|r| &r.digest), world, &profile));
    }
}

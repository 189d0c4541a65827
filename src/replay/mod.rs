//! A recorded session, to go along in time, and two of them side by side.
//!
//! In: the events of a recording, in order, as far as they could be read. Out: what was known at any place of it ([`Tape`]), a place that
//! moves ([`Player`]), what it holds in short ([`Digest`]), the course of a send ([`Course`]) and two courses aligned by stage
//! ([`Beside`]), and which good send is worth laying beside one ([`Search`]). Pure: no files, no clock; the passing of time comes in as numbers. What is known at a place is always the fold of the
//! events before it, so that going there from either side gives the same.
mod beside;
mod course;
mod digest;
mod good;
mod player;
mod tape;

pub use beside::{Beside, Difference, Row};
pub use course::{Cell, Course, Mark, address};
pub use digest::{Digest, Expected, Sent};
pub use good::{Bearings, Candidate, Conditions, Search};
pub use player::{Pace, Player};
pub use tape::{Landmark, Tape};

use crate::diagnosis;
use crate::event::Verdict;
use crate::known::Probe;

/// The verdict that today's rules give on a probe's recorded facts, whether or not it came to an end; what it cost is as it was.
#[must_use]
pub fn judged(probe: &Probe) -> Verdict {
    diagnosis::again(&probe.began, &probe.facts, probe.verdict.as_ref())
}

//! The wire as octets, sixteen a row.
//!
//! In: what each write and each read carried. Out: rows, bounded in number; held still or followed. Here nothing is left out: line
//! ends, payloads and noise stand as they went over the line.
use crate::event::{Direction, EventId};
use bytes::Bytes;
use std::collections::VecDeque;

/// How many rows are kept.
pub const HEX_ROWS: usize = 8_192;
/// Octets of a row.
pub const ACROSS: usize = 16;

/// Sixteen octets or fewer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HexRow {
    /// The event of the write or read.
    pub id: EventId,
    /// Milliseconds since the session's start.
    pub ms: u64,
    /// Time of day, on the first row of a write or read.
    pub time: Option<String>,
    /// Which way.
    pub dir: Direction,
    /// How far into the write or read this row begins.
    pub offset: usize,
    /// The octets.
    pub octets: Bytes,
}

/// The rows, and the last one that is shown.
#[derive(Debug, Default)]
pub struct Hex {
    rows: VecDeque<HexRow>,
    came: u64,
    held: Option<u64>,
}

impl Hex {
    pub(super) fn take(
        &mut self,
        id: EventId,
        ms: u64,
        time: &str,
        dir: Direction,
        octets: &Bytes,
    ) {
        for offset in (0..octets.len()).step_by(ACROSS) {
            if self.rows.len() == HEX_ROWS {
                self.rows.pop_front();
            }
            self.came += 1;
            self.rows.push_back(HexRow {
                id,
                ms,
                time: (offset == 0).then(|| time.to_owned()),
                dir,
                offset,
                octets: octets.slice(offset..(offset + ACROSS).min(octets.len())),
            });
        }
    }

    fn oldest(&self) -> u64 {
        self.came - self.rows.len() as u64 + u64::from(!self.rows.is_empty())
    }

    fn shown_to(&self) -> u64 {
        match self.held {
            None => self.came,
            Some(n) => n.clamp(self.oldest(), self.came),
        }
    }

    /// Rows that came since it was held.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        self.came - self.shown_to()
    }

    /// Whether it is held still.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.held.is_some()
    }

    /// The rows up to the last one that is shown, oldest first.
    #[must_use]
    pub fn visible(&self) -> impl DoubleEndedIterator<Item = &HexRow> + ExactSizeIterator {
        let hidden = usize::try_from(self.waiting()).unwrap_or(usize::MAX);
        self.rows.range(..self.rows.len().saturating_sub(hidden))
    }

    pub(super) fn hold(&mut self, held: bool) {
        self.held = held.then_some(self.came);
    }

    /// Holds it at the octets of this event, or what came before it.
    pub(super) fn hold_at(&mut self, id: EventId) {
        let newer = self.rows.len() - self.rows.partition_point(|r| r.id <= id);
        self.held = Some(self.came - newer as u64);
    }

    pub(super) fn scroll(&mut self, rows: i64) {
        let to = self.shown_to().saturating_add_signed(rows);
        let to = to.clamp(self.oldest(), self.came);
        self.held = (to != self.came || rows <= 0).then_some(to);
    }
}

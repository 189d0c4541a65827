//! The wire as octets, in rows: sixteen each, or one for each line.
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
/// Octets of a row that is a line, at the most: a payload has no line ends.
pub const LONGEST: usize = 64;

/// The place of a direction in a pair of counts.
pub(super) fn way(dir: Direction) -> usize {
    match dir {
        Direction::Tx => 0,
        Direction::Rx => 1,
    }
}

/// Where a row ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Cut {
    /// After sixteen octets.
    #[default]
    Sixteen,
    /// After a line, with the line ends around it.
    Lines,
}

impl Cut {
    /// Octets of the next row of these; never 0 where there are any.
    fn next(self, octets: &[u8]) -> usize {
        if self == Self::Sixteen {
            return octets.len().min(ACROSS);
        }
        let mut begun = false;
        for (n, octet) in octets.iter().enumerate().take(LONGEST) {
            match octet {
                b'\n' if begun => return n + 1,
                b'\r' | b'\n' => {}
                _ => begun = true,
            }
        }
        octets.len().min(LONGEST)
    }
}

/// Some octets of one write or read.
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
    /// Octets to and from the modem before this row.
    before: [u64; 2],
}

impl HexRow {
    /// How many octets went the same way before this row.
    pub(super) fn at(&self) -> u64 {
        self.before[way(self.dir)]
    }
}

/// The rows, and the last one that is shown.
#[derive(Debug, Default)]
pub struct Hex {
    rows: VecDeque<HexRow>,
    came: u64,
    octets: [u64; 2],
    held: Option<u64>,
    cut: Cut,
}

impl Hex {
    pub(super) fn new(cut: Cut) -> Self {
        Self {
            cut,
            ..Self::default()
        }
    }

    pub(super) fn take(
        &mut self,
        id: EventId,
        ms: u64,
        time: &str,
        dir: Direction,
        octets: &Bytes,
    ) {
        let mut offset = 0;
        while offset < octets.len() {
            if self.rows.len() == HEX_ROWS {
                self.rows.pop_front();
            }
            let until = offset + self.cut.next(&octets[offset..]);
            self.came += 1;
            self.rows.push_back(HexRow {
                id,
                ms,
                time: (offset == 0).then(|| time.to_owned()),
                dir,
                offset,
                octets: octets.slice(offset..until),
                before: self.octets,
            });
            self.octets[way(dir)] += (until - offset) as u64;
            offset = until;
        }
    }

    fn oldest(&self) -> u64 {
        self.came - self.rows.len() as u64 + u64::from(!self.rows.is_empty())
    }

    pub(super) fn shown_to(&self) -> u64 {
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

    /// All rows, oldest first.
    pub(super) fn rows(&self) -> &VecDeque<HexRow> {
        &self.rows
    }

    /// How many octets went in this direction so far.
    pub(super) fn count(&self, dir: Direction) -> u64 {
        self.octets[way(dir)]
    }

    /// Octets each way that are no longer kept.
    pub(super) fn gone(&self) -> [u64; 2] {
        self.rows.front().map_or(self.octets, |row| row.before)
    }

    /// The number of the row that holds this octet of a direction, counted from 1 since the session's start.
    pub(super) fn number_of(&self, dir: Direction, octet: u64) -> u64 {
        let before = |row: &HexRow| row.before[way(dir)] <= octet;
        let rows = self.rows.partition_point(before) as u64;
        (self.oldest() + rows).saturating_sub(1)
    }

    /// The event of the row that holds this octet.
    pub(super) fn event_of(&self, dir: Direction, octet: u64) -> Option<EventId> {
        let at = self.number_of(dir, octet).checked_sub(self.oldest())?;
        self.rows.get(usize::try_from(at).ok()?).map(|row| row.id)
    }

    pub(super) fn hold(&mut self, held: bool) {
        self.held = held.then_some(self.came);
    }

    /// Holds it so that this row is the last one, where there are so many.
    pub(super) fn hold_to(&mut self, row: Option<u64>) {
        self.held = row.map(|n| n.clamp(self.oldest(), self.came));
    }

    /// The last row, where it is held.
    pub(super) fn held(&self) -> Option<u64> {
        self.held
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

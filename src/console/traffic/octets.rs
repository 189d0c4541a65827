//! The octets on the wire in their two faces, and what is looked for in them.
//!
//! In: what each write and each read carried, a [`Needle`]. Out: rows of sixteen, or a row for each line; where the needle was found. Each
//! direction is one stream: what was cut into two reads is found as well. While nothing is looked for, nothing is searched.
use super::hex::{Cut, Hex, HexRow, way};
use crate::console::inspector::Needle;
use crate::event::{Direction, EventId};
use bytes::Bytes;
use std::collections::VecDeque;

/// Rows below one where something was found that are shown as well.
const BELOW: u64 = 3;

/// Where something was found: the event in which it begins, its first octet counted in its direction, and how many there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Hit {
    id: EventId,
    at: u64,
    long: usize,
}

/// What is looked for, and where it was found.
#[derive(Debug)]
struct Sought {
    needle: Needle,
    /// To the modem and from it, each in order.
    hits: [VecDeque<Hit>; 2],
    /// The last octets each way, in which the beginning of a finding may stand.
    tails: [Vec<u8>; 2],
    /// The finding to which the person was led.
    here: Option<(Direction, Hit)>,
}

/// Whether an octet is marked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lit {
    /// It is not.
    #[default]
    No,
    /// It belongs to something that was found.
    Found,
    /// It belongs to the finding to which the person was led.
    Here,
}

/// The octets.
#[derive(Debug)]
pub struct Octets {
    sixteen: Hex,
    lines: Hex,
    split: bool,
    sought: Option<Sought>,
}

impl Default for Octets {
    fn default() -> Self {
        Self {
            sixteen: Hex::new(Cut::Sixteen),
            lines: Hex::new(Cut::Lines),
            split: false,
            sought: None,
        }
    }
}

impl Octets {
    /// Empty, with the same face.
    pub(super) fn like(other: &Self) -> Self {
        Self {
            split: other.split,
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
        let first = self.sixteen.count(dir);
        self.sixteen.take(id, ms, time, dir, octets);
        self.lines.take(id, ms, time, dir, octets);
        if let Some(sought) = &mut self.sought {
            sought.take(&self.sixteen, (id, dir), first, octets);
            let (one, two) = (self.sixteen.gone(), self.lines.gone());
            sought.forget([one[0].min(two[0]), one[1].min(two[1])]);
        }
    }

    fn shown(&self) -> &Hex {
        match self.split {
            true => &self.lines,
            false => &self.sixteen,
        }
    }

    fn shown_mut(&mut self) -> &mut Hex {
        match self.split {
            true => &mut self.lines,
            false => &mut self.sixteen,
        }
    }

    /// Whether each line stands with its octets.
    #[must_use]
    pub fn is_split(&self) -> bool {
        self.split
    }

    /// Shows the other face, held where this one was.
    pub(super) fn set_split(&mut self, split: bool) {
        if self.split == split {
            return;
        }
        let last = self.visible().next_back().map(|row| row.id);
        let last = last.filter(|_| self.is_held());
        self.split = split;
        match last {
            Some(id) => self.shown_mut().hold_at(id),
            None => self.shown_mut().hold(false),
        }
    }

    /// Rows that came since it was held.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        self.shown().waiting()
    }

    /// Whether it is held still.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.shown().is_held()
    }

    /// The rows up to the last one that is shown, oldest first.
    #[must_use]
    pub fn visible(&self) -> impl DoubleEndedIterator<Item = &HexRow> + ExactSizeIterator {
        self.shown().visible()
    }

    /// How many of those are shown below what was found, and only where there is room.
    #[must_use]
    pub fn spare(&self) -> usize {
        let here = self.sought.as_ref().and_then(|s| s.here);
        let below = here.map_or(0, |(dir, hit)| {
            let row = self.shown().number_of(dir, hit.at);
            self.shown().shown_to().saturating_sub(row)
        });
        usize::try_from(below)
            .ok()
            .filter(|n| *n as u64 <= BELOW)
            .unwrap_or(0)
    }

    pub(super) fn hold(&mut self, held: bool) {
        self.sixteen.hold(held);
        self.lines.hold(held);
        if let Some(sought) = self.sought.as_mut().filter(|_| !held) {
            sought.here = None;
        }
    }

    pub(super) fn hold_at(&mut self, id: EventId) {
        self.sixteen.hold_at(id);
        self.lines.hold_at(id);
    }

    pub(super) fn scroll(&mut self, rows: i64) {
        self.shown_mut().scroll(rows);
        if let Some(sought) = &mut self.sought {
            sought.here = None;
        }
    }

    /// The last row that is shown, where it is held.
    #[must_use]
    pub fn held(&self) -> Option<u64> {
        self.shown().held()
    }

    /// What is looked for.
    #[must_use]
    pub fn search(&self) -> Option<&Needle> {
        self.sought.as_ref().map(|s| &s.needle)
    }

    /// Looks for this; `None` looks for nothing any more.
    pub fn set_search(&mut self, needle: Option<Needle>) {
        let gone = |face: &Hex| face.gone().iter().sum::<u64>();
        // Where lines are long that face reaches further back.
        let all = match gone(&self.lines) < gone(&self.sixteen) {
            true => &self.lines,
            false => &self.sixteen,
        };
        self.sought = needle.map(|needle| Sought::new(needle, all));
    }

    /// How many findings are held, those included that the face which is shown keeps no more.
    #[must_use]
    pub fn findings(&self) -> usize {
        let sought = self.sought.as_ref();
        sought.map_or(0, |s| s.hits.iter().map(VecDeque::len).sum())
    }

    /// Which of how many findings the person is at or behind, from 1.
    #[must_use]
    pub fn found(&self) -> (usize, usize) {
        let Some(sought) = &self.sought else {
            return (0, 0);
        };
        let (mut nth, mut of) = (0, 0);
        for dir in [Direction::Tx, Direction::Rx] {
            let (from, hits) = (self.first(sought, dir), &sought.hits[way(dir)]);
            of += hits.len() - from;
            nth += self.passed(sought, dir) - from;
        }
        (nth, of)
    }

    /// The first finding of a direction whose octets are kept in this face.
    fn first(&self, sought: &Sought, dir: Direction) -> usize {
        let gone = self.shown().gone()[way(dir)];
        sought.hits[way(dir)].partition_point(|h| h.at < gone)
    }

    /// How many findings of a direction stand up to where the person is.
    fn passed(&self, sought: &Sought, dir: Direction) -> usize {
        let hits = &sought.hits[way(dir)];
        let passed = match sought.here {
            Some((_, here)) => hits.partition_point(|h| (h.id, h.at) <= (here.id, here.at)),
            None => {
                let until = self.shown().shown_to();
                hits.partition_point(|h| self.shown().number_of(dir, h.at) <= until)
            }
        };
        passed.max(self.first(sought, dir))
    }

    /// The finding before or after where the person is, around the ends, and whether it was around.
    fn next(&self, down: bool) -> Option<((Direction, Hit), bool)> {
        let sought = self.sought.as_ref()?;
        let order = |found: &(Direction, Hit)| (found.1.id, found.1.at);
        let each = |of: &dyn Fn(Direction, &VecDeque<Hit>) -> Option<Hit>| {
            let hit = |dir| of(dir, &sought.hits[way(dir)]).map(|hit| (dir, hit));
            [Direction::Tx, Direction::Rx]
                .map(hit)
                .into_iter()
                .flatten()
        };
        let (next, around) = match down {
            true => (
                each(&|dir, hits| hits.get(self.passed(sought, dir)).copied()).min_by_key(order),
                each(&|dir, hits| hits.get(self.first(sought, dir)).copied()).min_by_key(order),
            ),
            false => (
                each(&|dir, hits| {
                    let here = |h: &Hit| sought.here.is_some_and(|(_, is)| is == *h);
                    let passed = self.passed(sought, dir);
                    let before = hits.range(self.first(sought, dir)..passed);
                    before.rev().find(|h| !here(h)).copied()
                })
                .max_by_key(order),
                each(&|dir, hits| hits.range(self.first(sought, dir)..).next_back().copied())
                    .max_by_key(order),
            ),
        };
        match next {
            Some(found) => Some((found, false)),
            None => around.map(|found| (found, true)),
        }
    }

    fn lead(&mut self, found: (Direction, Hit)) {
        let row = self.shown().number_of(found.0, found.1.at);
        self.shown_mut().hold_to(Some(row + BELOW));
        if let Some(sought) = &mut self.sought {
            sought.here = Some(found);
        }
    }

    /// The next finding downwards (newer) or upwards, around the ends. `None` where there is none; true where it was around an end.
    pub fn to_found(&mut self, down: bool) -> Option<bool> {
        let (found, around) = self.next(down)?;
        self.lead(found);
        Some(around)
    }

    /// The nearest finding at or above where it was held, or else below it.
    pub fn find_from(&mut self, held: Option<u64>) {
        self.shown_mut().hold_to(held);
        let nearest = self.next(false).filter(|(_, around)| !around);
        if let Some((found, _)) = nearest.or_else(|| self.next(true)) {
            self.lead(found);
        }
    }

    /// Goes back to where it was held.
    pub fn go_back(&mut self, held: Option<u64>) {
        self.shown_mut().hold_to(held);
    }

    /// Which octets of a row are marked; `None` where nothing is.
    #[must_use]
    pub fn lit(&self, row: &HexRow) -> Option<Vec<Lit>> {
        let sought = self.sought.as_ref()?;
        let (from, hits) = (row.at(), &sought.hits[way(row.dir)]);
        let until = from + row.octets.len() as u64;
        let reach = from.saturating_sub(sought.needle.longest() as u64);
        let begin = hits.partition_point(|h| h.at < reach);
        let mut lit = None;
        for hit in hits.range(begin..).take_while(|h| h.at < until) {
            let end = (hit.at + hit.long as u64).min(until);
            let is_here = sought.here == Some((row.dir, *hit));
            let lit = lit.get_or_insert_with(|| vec![Lit::No; row.octets.len()]);
            for octet in hit.at.max(from)..end {
                let at = usize::try_from(octet - from).unwrap_or(0);
                if is_here {
                    lit[at] = Lit::Here;
                } else if lit[at] == Lit::No {
                    lit[at] = Lit::Found;
                }
            }
        }
        lit
    }
}

impl Sought {
    /// Looks through all that is kept.
    fn new(needle: Needle, kept: &Hex) -> Self {
        let mut sought = Self {
            needle,
            hits: Default::default(),
            tails: Default::default(),
            here: None,
        };
        for row in kept.rows() {
            sought.take(kept, (row.id, row.dir), row.at(), &row.octets);
        }
        sought
    }

    /// Looks through new octets, the first of which is the one with this number in its direction.
    fn take(&mut self, kept: &Hex, (id, dir): (EventId, Direction), first: u64, octets: &[u8]) {
        let tail = &mut self.tails[way(dir)];
        let (old, begin) = (tail.len(), first - tail.len() as u64);
        tail.extend_from_slice(octets);
        let hits = &mut self.hits[way(dir)];
        for place in self.needle.places(tail).filter(|p| p.end > old) {
            let at = begin + place.start as u64;
            let id = match place.start < old {
                true => kept.event_of(dir, at).unwrap_or(id),
                false => id,
            };
            let long = place.len();
            let hit = Hit { id, at, long };
            match hits.binary_search_by_key(&at, |h| h.at) {
                // The same begins in both spellings: the longer one counts.
                Ok(known) => hits[known] = hit,
                Err(new) => hits.insert(new, hit),
            }
        }
        let keep = self.needle.longest().saturating_sub(1);
        let beyond = tail.len().saturating_sub(keep);
        tail.drain(..beyond);
    }

    /// Forgets what was found in octets that are no longer kept.
    fn forget(&mut self, gone: [u64; 2]) {
        for (hits, gone) in self.hits.iter_mut().zip(gone) {
            while hits.front().is_some_and(|h| h.at < gone) {
                hits.pop_front();
            }
        }
    }
}

//! Exchanges in the order of the time that they took, slowest first.
//!
//! In: what is listed, while the traffic is held. Out: the numbers of the exchanges' commands. It is an order of what was held: nothing that comes
//! later moves a line under the person's eye. What belongs to no exchange, or to one that has not ended, took no time that could be compared.
use super::{Eye, Traffic};
use std::cmp::Reverse;
use std::collections::{BTreeSet, VecDeque};

/// The order, and what was before it.
#[derive(Debug)]
pub(super) struct Ranking {
    items: VecDeque<u64>,
    folded: bool,
    turned: BTreeSet<u64>,
    eye: Eye,
}

impl Traffic {
    /// Whether the slowest exchange stands first.
    #[must_use]
    pub fn is_ranked(&self) -> bool {
        self.ranking.is_some()
    }

    /// The commands' numbers, slowest exchange first, where they are looked at so.
    pub(super) fn ranked(&self) -> Option<&VecDeque<u64>> {
        self.ranking.as_ref().map(|r| &r.items)
    }

    /// Holds the traffic and lists the exchanges that have ended, slowest first; or shows all again as it was before. False where no
    /// exchange that passes the filter has ended: then nothing changes.
    pub fn rank(&mut self) -> bool {
        if let Some(eye) = self.ranking.as_ref().map(|r| r.eye) {
            self.end_ranking();
            self.relist();
            match eye {
                Eye::Follow => self.follow(),
                held => self.eye = held,
            }
            return true;
        }
        let before = Ranking {
            items: VecDeque::new(),
            folded: self.index.folded,
            turned: std::mem::take(&mut self.index.turned),
            eye: self.eye,
        };
        self.ranking = Some(before);
        self.index.folded = true;
        self.relist();
        let Some(slowest) = self.ranked().and_then(|r| r.front().copied()) else {
            self.end_ranking();
            self.relist();
            return false;
        };
        self.led.clear();
        self.answers = false;
        self.selected_from = None;
        self.hex.hold(true);
        self.choose(slowest);
        true
    }

    /// No order but that of time any more, folded as before; what is listed is the caller's. False where there was none.
    pub(super) fn end_ranking(&mut self) -> bool {
        let Some(before) = self.ranking.take() else {
            return false;
        };
        self.index.folded = before.folded;
        self.index.turned = before.turned;
        true
    }

    /// Puts what is listed in order.
    pub(super) fn rank_anew(&mut self) {
        if self.ranking.is_none() {
            return;
        }
        let until = self.until();
        let seen = self.index.items.iter().take_while(|n| **n <= until);
        let took = |n: &u64| {
            let ended = self.ended(self.folded(*n)?)?;
            Some((Reverse(ended.took_ms), *n))
        };
        let mut ended: Vec<(Reverse<u64>, u64)> = seen.filter_map(took).collect();
        ended.sort_unstable();
        if let Some(ranking) = &mut self.ranking {
            ranking.items = ended.into_iter().map(|(_, n)| n).collect();
        }
    }

    /// A row has gone.
    pub(super) fn outrank(&mut self, number: u64) {
        if let Some(ranking) = &mut self.ranking {
            ranking.items.retain(|n| *n != number);
        }
    }

    /// Where in the order the eye is, and where something was found; `None` in the order of time.
    pub(super) fn ranked_hits(&self) -> Option<(usize, Vec<usize>)> {
        let ranked = self.ranked()?;
        let chosen = self.chosen();
        let here = ranked.iter().position(|n| Some(*n) == chosen);
        let is_hit = |n: &u64| self.index.hits.binary_search(n).is_ok();
        let places = ranked.iter().enumerate().filter(|(_, n)| is_hit(n));
        Some((here.unwrap_or(0), places.map(|(at, _)| at).collect()))
    }

    /// Chooses what stands at this place of the order. False where there is none.
    pub(super) fn choose_ranked(&mut self, at: Option<usize>) -> bool {
        let item = at.and_then(|at| self.ranked()?.get(at).copied());
        if let Some(item) = item {
            self.choose(item);
        }
        item.is_some()
    }
}

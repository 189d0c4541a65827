//! Where the eye is: followed or held, moved, led to lines, and what is selected and marked.
use super::{Traffic, filter::Filter};
use crate::event::EventId;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

/// Where the eye is in the traffic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Eye {
    /// On the newest row.
    #[default]
    Follow,
    /// Held still.
    Held(Held),
}

/// Where it is held. Rows are counted since the session's start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// What came after this row waits.
    pub until: u64,
    /// The row that is chosen.
    pub chosen: u64,
}

impl Traffic {
    /// The number of the last row that may be shown.
    pub(super) fn until(&self) -> u64 {
        match self.eye {
            Eye::Follow => self.came,
            Eye::Held(h) => h.until.clamp(self.first().min(self.came), self.came),
        }
    }

    /// Rows that came since the traffic was held.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        match self.look.hex {
            true => self.hex.waiting(),
            false => self.came - self.until(),
        }
    }

    /// Whether it is held still.
    #[must_use]
    pub fn is_held(&self) -> bool {
        match self.look.hex {
            true => self.hex.is_held(),
            false => self.eye != Eye::Follow,
        }
    }

    /// The chosen row's number, where one is: the listed row at or before the eye.
    #[must_use]
    pub fn chosen(&self) -> Option<u64> {
        let Eye::Held(held) = self.eye else {
            return None;
        };
        if let Some(ranked) = self.ranked() {
            let there = ranked.contains(&held.chosen).then_some(held.chosen);
            return there.or(ranked.front().copied());
        }
        let items = &self.index.items;
        let at = items.partition_point(|n| *n <= held.chosen);
        items.get(at.saturating_sub(1)).copied()
    }

    /// The chosen row's number, or the newest listed one.
    #[must_use]
    pub fn chosen_or_last(&self) -> Option<u64> {
        self.chosen().or_else(|| self.index.items.back().copied())
    }

    /// The listed rows that may be shown, oldest first; slowest first where they are ranked.
    #[must_use]
    pub fn listed(&self) -> impl DoubleEndedIterator<Item = u64> + ExactSizeIterator + '_ {
        if let Some(ranked) = self.ranked() {
            return ranked.range(..).copied();
        }
        let until = self.until();
        let end = self.index.items.partition_point(|n| *n <= until);
        self.index.items.range(..end).copied()
    }

    /// How many listed rows there are up to this one, itself included.
    #[must_use]
    pub fn position(&self, item: u64) -> usize {
        if let Some(ranked) = self.ranked() {
            return ranked
                .iter()
                .position(|n| *n == item)
                .map_or(0, |at| at + 1);
        }
        self.index.items.partition_point(|n| *n <= item)
    }

    /// Chooses this row and holds the traffic.
    pub(super) fn choose(&mut self, chosen: u64) {
        let until = self.until().max(chosen);
        self.eye = Eye::Held(Held { until, chosen });
    }

    /// Moves the eye by listed rows; at the newest row it follows again.
    pub fn scroll(&mut self, rows: i64) {
        if self.look.hex {
            return self.hex.scroll(rows);
        }
        let items = self.ranked().unwrap_or(&self.index.items);
        let last = items.len().saturating_sub(1);
        let here = match self.chosen() {
            Some(item) => self.position(item).saturating_sub(1),
            None => last,
        };
        let to = here.saturating_add_signed(isize::try_from(rows).unwrap_or(match rows < 0 {
            true => isize::MIN,
            false => isize::MAX,
        }));
        let ends = self.selected_from.is_none() && !self.is_ranked();
        match items.get(to.min(last)).copied() {
            Some(_) if to >= last && rows > 0 && ends => self.follow(),
            Some(item) => self.choose(item),
            None => {}
        }
    }

    /// Holds the traffic still, or follows it again.
    pub fn freeze(&mut self) {
        if self.is_held() {
            return self.follow();
        }
        self.hex.hold(true);
        self.eye = Eye::Held(Held {
            until: self.came,
            chosen: self.came,
        });
    }

    /// Follows the newest row; what the person was led to or has selected is let go.
    pub fn follow(&mut self) {
        if self.end_ranking() {
            self.relist();
        }
        self.eye = Eye::Follow;
        self.hex.hold(false);
        self.led.clear();
        self.answers = false;
        self.selected_from = None;
    }

    /// Whether something is looked for in what is shown: in the lines, or in the octets.
    #[must_use]
    pub fn is_searched(&self) -> bool {
        match self.look.hex {
            true => self.hex.search().is_some(),
            false => self.search().is_some(),
        }
    }

    /// Whether there is a selection, a search, an order or a filter that can be let go.
    #[must_use]
    pub fn holds_on(&self) -> bool {
        match self.look.hex {
            true => self.is_searched(),
            false => {
                self.selection().is_some()
                    || self.is_searched()
                    || self.is_ranked()
                    || !self.filter().is_empty()
            }
        }
    }

    /// Leads the eye to the answers of the person's script, which ended with these exchanges.
    pub fn show_answers(&mut self, exchanges: &[EventId]) {
        let shown = !exchanges.is_empty() && self.show(0, exchanges) > 0;
        self.answers = shown;
    }

    /// Shows octets in the place of lines, at the same moment, `split` with each line's text beside them; or lines again.
    pub fn turn_hex(&mut self, split: bool) {
        let again = self.look.hex && self.hex.is_split() == split;
        if self.look.hex && !again {
            return self.hex.set_split(split);
        }
        self.look.hex = !again;
        self.hex.set_split(split);
        let id = self.chosen().and_then(|n| self.row(n)).map(|r| r.id);
        if let (true, Some(id)) = (self.look.hex, id) {
            self.hex.hold_at(id);
        }
    }

    /// Leads the eye to the lines of these events: lines themselves, or ends of exchanges with all their lines. Where none is named, to
    /// the line before `fact`. Returns how many lines are shown; 0 where they are no longer held.
    pub fn show(&mut self, fact: EventId, rests_on: &[EventId]) -> usize {
        let numbers: BTreeSet<u64> = self
            .exchanges
            .iter()
            .filter(|(id, _)| rests_on.contains(id))
            .map(|(_, command)| *command)
            .collect();
        self.led = self
            .rows
            .iter()
            .filter(|r| rests_on.contains(&r.id) || r.command.is_some_and(|c| numbers.contains(&c)))
            .map(|r| r.id)
            .collect();
        self.answers = false;
        if rests_on.is_empty() {
            let before = self.rows.iter().rev().find(|r| r.id < fact);
            self.led = before.map(|r| r.id).into_iter().collect();
        }
        let Some(last) = self.rows.iter().rposition(|r| self.led.contains(&r.id)) else {
            return 0;
        };
        self.end_ranking();
        self.uncover();
        let chosen = self.first() + last as u64;
        self.look.hex = false;
        self.eye = Eye::Held(Held {
            until: chosen,
            chosen,
        });
        self.led.len()
    }

    /// No filter and no fold hides what the person is led to.
    fn uncover(&mut self) {
        let led = self.rows.iter().filter(|r| self.led.contains(&r.id));
        let hidden = led.clone().any(|r| !r.passes);
        let commands: BTreeSet<u64> = led.filter_map(|r| r.command).collect();
        for command in commands {
            self.open(command);
        }
        if hidden {
            self.set_filter(Filter::default());
        } else {
            self.relist();
        }
    }

    /// The next finding downwards (newer) or upwards, around the ends. False where there is none.
    pub fn to_found(&mut self, down: bool) -> bool {
        if let Some((here, places)) = self.ranked_hits() {
            let next = match down {
                true => places.iter().find(|at| **at > here),
                false => places.iter().rfind(|at| **at < here),
            };
            let around = if down { places.first() } else { places.last() };
            return self.choose_ranked(next.or(around).copied());
        }
        let hits = &self.index.hits;
        let next = match (self.chosen(), down) {
            (Some(eye), true) => hits.get(hits.partition_point(|n| *n <= eye)),
            (Some(eye), false) => hits
                .partition_point(|n| *n < eye)
                .checked_sub(1)
                .and_then(|at| hits.get(at)),
            (None, _) => None,
        };
        let around = if down { hits.front() } else { hits.back() };
        let Some(item) = next.or(around).copied() else {
            return false;
        };
        self.choose(item);
        true
    }

    /// The nearest finding at or above `from`, or else below it: where an incremental search goes. Stays where there is none.
    pub fn find_from(&mut self, from: Eye) {
        self.eye = from;
        if let Some((here, places)) = self.ranked_hits() {
            let next = places.iter().find(|at| **at >= here);
            self.choose_ranked(next.or(places.first()).copied());
            return;
        }
        let hits = &self.index.hits;
        let eye = self.chosen().unwrap_or(u64::MAX);
        let at = hits.partition_point(|n| *n <= eye);
        let nearest = at.checked_sub(1).and_then(|at| hits.get(at));
        if let Some(item) = nearest.or_else(|| hits.get(at)).copied() {
            self.choose(item);
        }
    }

    /// Begins a selection at the chosen row, or lets it go.
    pub fn select(&mut self) {
        self.selected_from = match self.selected_from {
            Some(_) => None,
            None => self.chosen_or_last().inspect(|item| self.choose(*item)),
        };
    }

    /// The numbers of the first and the last selected row.
    #[must_use]
    pub fn selection(&self) -> Option<RangeInclusive<u64>> {
        let (from, to) = (self.selected_from?, self.chosen()?);
        Some(from.min(to)..=from.max(to))
    }

    /// The name of a row's mark.
    #[must_use]
    pub fn mark(&self, id: EventId) -> Option<&str> {
        self.marks.get(&id).map(String::as_str)
    }

    /// Whether anything is marked.
    #[must_use]
    pub fn has_marks(&self) -> bool {
        !self.marks.is_empty()
    }

    /// The next mark downwards or upwards, around the ends. False where there is none.
    pub fn to_mark(&mut self, down: bool) -> bool {
        let eye = self
            .chosen()
            .and_then(|n| self.row(n))
            .map_or(EventId::MAX, |r| r.id);
        let first = self.rows.front().map_or(0, |r| r.id);
        let kept = || self.marks.range(first..).map(|(id, _)| *id);
        let next = match down {
            true => kept().find(|id| *id > eye).or_else(|| kept().next()),
            false => kept()
                .rev()
                .find(|id| *id < eye)
                .or_else(|| kept().next_back()),
        };
        let row = next.and_then(|id| self.number_of(id));
        let Some(number) = row else {
            return false;
        };
        if self.end_ranking() {
            self.relist();
        }
        let shown = self.row(number).is_some_and(|r| r.passes);
        if !shown {
            self.set_filter(Filter::default());
        }
        self.choose(number);
        true
    }

    /// The numbers of the rows between the marks around the eye; `None` where nothing is marked.
    #[must_use]
    pub fn between_marks(&self) -> Option<RangeInclusive<u64>> {
        let eye = self.chosen_or_last()?;
        let marks: Vec<u64> = self
            .marks
            .keys()
            .filter_map(|id| self.number_of(*id))
            .collect();
        let before = marks.iter().copied().filter(|n| *n <= eye).max();
        let after = marks.iter().copied().filter(|n| *n > eye).min();
        match (before, after) {
            (None, None) => None,
            (from, to) => Some(from.unwrap_or(self.first())..=to.unwrap_or(self.came)),
        }
    }
}

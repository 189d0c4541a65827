//! Which rows are listed: those that pass the filter, and of a folded exchange only its command.
//!
//! In: rows as they come and go, a filter, what is folded. Out: the numbers of the listed rows, in order, and those among them in which
//! something looked for was found. A row is judged once when it comes and once when its exchange ends; drawing and moving never judge.
use super::filter::Filter;
use super::{Fold, Row, Traffic};
use crate::console::pattern::Pattern;
use std::collections::{BTreeSet, VecDeque};

/// What is listed.
#[derive(Debug, Default)]
pub(super) struct Index {
    pub filter: Filter,
    pub folded: bool,
    /// Exchanges that are open although all others are folded (or the other way round), by the number of their command's row.
    pub turned: BTreeSet<u64>,
    pub search: Option<Pattern>,
    /// Numbers of the listed rows, in order.
    pub items: VecDeque<u64>,
    /// Those of them in which the search found something.
    pub hits: VecDeque<u64>,
    /// How many rows pass the filter.
    pub passing: usize,
    /// Rows before this one have gone.
    pub first: u64,
}

fn put_in(list: &mut VecDeque<u64>, number: u64) {
    match list.back() {
        Some(&last) if last == number => {}
        Some(&last) if last > number => {
            if let Err(at) = list.binary_search(&number) {
                list.insert(at, number);
            }
        }
        _ => list.push_back(number),
    }
}

fn take_out(list: &mut VecDeque<u64>, number: u64) {
    if let Ok(at) = list.binary_search(&number) {
        list.remove(at);
    }
}

impl Index {
    /// The listed row under which a row is found.
    fn item(&self, number: u64, row: &Row) -> u64 {
        match row.command {
            // An exchange whose command has gone is no fold any more.
            Some(c) if c >= self.first && self.folded != self.turned.contains(&c) => c,
            _ => number,
        }
    }

    fn is_hit(&self, row: &Row) -> bool {
        let search = self.search.as_ref();
        search.is_some_and(|p| p.finds_in(&row.text, row.meaning.as_deref()))
    }

    fn list(&mut self, number: u64, row: &Row) {
        let item = self.item(number, row);
        put_in(&mut self.items, item);
        if self.is_hit(row) {
            put_in(&mut self.hits, item);
        }
    }

    /// A row came.
    pub fn came(&mut self, number: u64, row: &mut Row) {
        row.passes = self.filter.passes(row);
        if row.passes {
            self.passing += 1;
            self.list(number, row);
        }
    }

    /// The oldest row goes.
    pub fn goes(&mut self, number: u64, row: &Row) {
        self.first = number + 1;
        self.passing -= usize::from(row.passes);
        self.turned.remove(&number);
        for list in [&mut self.items, &mut self.hits] {
            if list.front() == Some(&number) {
                list.pop_front();
            }
        }
    }

    fn relist<'r>(&mut self, rows: impl Iterator<Item = (u64, &'r Row)>) {
        self.items.clear();
        self.hits.clear();
        for (number, row) in rows.filter(|(_, r)| r.passes) {
            self.list(number, row);
        }
    }
}

impl Traffic {
    /// What was looked for is listed anew; which rows pass stays.
    pub(super) fn relist(&mut self) {
        let first = self.first();
        let rows = self.rows.iter().enumerate();
        self.index
            .relist(rows.map(|(n, row)| (first + n as u64, row)));
        self.rank_anew();
    }

    /// Judges every row anew.
    fn judge(&mut self) {
        for row in &mut self.rows {
            row.passes = self.index.filter.passes(row);
        }
        self.index.passing = self.rows.iter().filter(|r| r.passes).count();
        self.relist();
    }

    /// The command of this exchange has gone: what is left of it is listed by itself.
    pub(super) fn unfold(&mut self, fold: &Fold) {
        let mut index = std::mem::take(&mut self.index);
        for &number in &fold.rows {
            if let Some(row) = self.row(number).filter(|r| r.passes) {
                index.list(number, row);
            }
        }
        self.index = index;
    }

    /// Judges the rows of an exchange anew: more is known of it.
    pub(super) fn judge_again(&mut self, fold: &Fold) {
        let mut lists = BTreeSet::new();
        for &number in &fold.rows {
            let Some(at) = self.place(number) else {
                continue;
            };
            let row = &mut self.rows[at];
            let passes = self.index.filter.passes(row);
            if passes != row.passes {
                row.passes = passes;
                match passes {
                    true => self.index.passing += 1,
                    false => self.index.passing -= 1,
                }
                lists.insert(self.index.item(number, &self.rows[at]));
            }
        }
        if lists.is_empty() {
            return;
        }
        let mut index = std::mem::take(&mut self.index);
        for item in lists {
            take_out(&mut index.items, item);
            take_out(&mut index.hits, item);
            for &number in &fold.rows {
                let row = self.row(number).filter(|r| r.passes);
                if let Some(row) = row.filter(|r| index.item(number, r) == item) {
                    index.list(number, row);
                }
            }
        }
        self.index = index;
    }

    /// The filter.
    #[must_use]
    pub fn filter(&self) -> &Filter {
        &self.index.filter
    }

    /// Shows only what passes.
    pub fn set_filter(&mut self, filter: Filter) {
        self.index.filter = filter;
        self.judge();
    }

    /// How many rows pass the filter, and how many there are.
    #[must_use]
    pub fn passing(&self) -> (usize, usize) {
        (self.index.passing, self.rows.len())
    }

    /// Looks for this; `None` looks for nothing any more.
    pub fn set_search(&mut self, search: Option<Pattern>) {
        self.index.search = search;
        self.relist();
    }

    /// What is looked for.
    #[must_use]
    pub fn search(&self) -> Option<&Pattern> {
        self.index.search.as_ref()
    }

    /// Which of how many findings the eye is on or before, from 1; 0 where there is none at or above it.
    #[must_use]
    pub fn found(&self) -> (usize, usize) {
        if let Some((here, places)) = self.ranked_hits() {
            return (places.partition_point(|at| *at <= here), places.len());
        }
        let hits = &self.index.hits;
        let eye = self.chosen().unwrap_or(u64::MAX);
        (hits.partition_point(|n| *n <= eye), hits.len())
    }

    /// Whether exchanges are folded.
    #[must_use]
    pub fn is_folded(&self) -> bool {
        self.index.folded
    }

    /// Folds every exchange into one line, or shows all lines again.
    pub fn fold(&mut self) {
        // Ranked, they are folded: all lines stand in the order of time.
        self.ranking = None;
        self.index.folded = !self.index.folded;
        self.index.turned.clear();
        self.relist();
    }

    /// Opens the exchange under the eye, or folds it. False where there is none.
    pub fn fold_one(&mut self) -> bool {
        let row = self.chosen_or_last().and_then(|n| self.row(n));
        let Some(command) = row.and_then(|r| r.command) else {
            return false;
        };
        if self.end_ranking() {
            // Shown in its place, with its lines.
            self.open(command);
        } else if !self.index.turned.remove(&command) {
            self.index.turned.insert(command);
        }
        self.relist();
        true
    }

    /// Opens an exchange, so that its lines are seen.
    pub(super) fn open(&mut self, command: u64) {
        if self.index.folded {
            self.index.turned.insert(command);
        } else {
            self.index.turned.remove(&command);
        }
    }

    /// The exchange that a listed row stands for, where it is folded.
    #[must_use]
    pub fn folded(&self, item: u64) -> Option<&Fold> {
        let command = self.row(item)?.command.filter(|c| *c == item)?;
        let folded = self.index.folded != self.index.turned.contains(&command);
        self.folds.get(&command).filter(|_| folded)
    }
}

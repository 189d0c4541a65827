//! The entries in memory beside a disk that may fail: what is believed of it, and how the two come together again.
//!
//! In: changes. Out: rows for the store, and its errors. A change that is refused is refused for good: whatever a failed write has left on the disk is
//! undone with the next one that succeeds, which is tried at once; for that, octets that a change would take the place of are held here until it is
//! certain. Never here: what a change means.
use super::{Entry, Refusal, Store, StoreError};
use std::collections::BTreeMap;

/// Entries, and octets that are new.
pub(super) type Rows<'r> = [(&'r Entry, Option<&'r [u8]>)];

/// The octets under a number, as a failed write should have left them.
#[derive(Clone)]
enum Before {
    /// It was not to touch them.
    Untouched,
    /// They were these, or none, and may be others now.
    Were(Option<Vec<u8>>),
}

/// What stood there before a change, by number.
type Past = BTreeMap<u64, Before>;

/// The entries without their octets.
#[derive(Default)]
pub(super) struct Held {
    /// By their number.
    pub entries: BTreeMap<u64, Entry>,
    /// Those that may stand otherwise on the disk, since a write of them failed.
    doubtful: Past,
    /// The disk was opened again, and has not been compared yet.
    unchecked: bool,
}

impl Held {
    pub fn of(entries: impl IntoIterator<Item = Entry>) -> Self {
        Self {
            entries: entries.into_iter().map(|e| (e.id, e)).collect(),
            ..Self::default()
        }
    }

    /// An entry.
    ///
    /// # Errors
    /// There is none with this number.
    pub fn get(&self, id: u64) -> Result<Entry, Refusal> {
        self.entries.get(&id).cloned().ok_or(Refusal::Nothing(id))
    }

    /// The number of the next new entry.
    pub fn next(&self) -> u64 {
        self.entries.keys().next_back().map_or(1, |last| last + 1)
    }

    /// Whether something on the disk may be otherwise than here.
    pub fn is_in_doubt(&self) -> bool {
        !self.doubtful.is_empty()
    }

    /// The octets of an entry, whatever a refused change may have left in their place.
    ///
    /// # Errors
    /// The store's.
    pub fn octets(&self, store: &dyn Store, id: u64) -> Result<Option<Vec<u8>>, StoreError> {
        match self.doubtful.get(&id) {
            Some(Before::Were(octets)) => Ok(octets.clone()),
            _ => store.octets(id),
        }
    }

    /// Writes rows and takes others out, all or none, and with them what an earlier failure has left otherwise than it is here.
    ///
    /// # Errors
    /// The store's; then the disk is as it is here, or will be with the next write that succeeds.
    pub fn write(
        &mut self,
        store: &dyn Store,
        rows: &Rows<'_>,
        gone: &[u64],
    ) -> Result<(), StoreError> {
        self.check(store)?;
        let past = self.past(store, rows, gone)?;
        let Err(failed) = self.put(store, rows, gone) else {
            self.doubtful.clear();
            return Ok(());
        };
        for (id, before) in past {
            match self.doubtful.get(&id) {
                Some(Before::Were(_)) => {}
                _ => drop(self.doubtful.insert(id, before)),
            }
        }
        Err(match self.settle(store) {
            Ok(()) => failed,
            Err(_) => failed.in_doubt(),
        })
    }

    /// Takes an entry as it has become, which no disk can undo, and writes it.
    ///
    /// # Errors
    /// The store's; then it will be written with the next write that succeeds.
    pub fn note(&mut self, store: &dyn Store, entry: &Entry) -> Result<(), StoreError> {
        let checked = self.check(store);
        self.entries.insert(entry.id, entry.clone());
        // What somebody else has changed stays theirs.
        let theirs = matches!(&checked, Err(StoreError::Changed { id, .. }) if *id == entry.id);
        if !theirs {
            self.doubtful.entry(entry.id).or_insert(Before::Untouched);
        }
        checked.and_then(|()| self.settle(store))
    }

    /// Brings the disk to what is believed here.
    ///
    /// # Errors
    /// The store's.
    pub fn settle(&mut self, store: &dyn Store) -> Result<(), StoreError> {
        self.check(store)?;
        self.put(store, &[], &[])?;
        self.doubtful.clear();
        Ok(())
    }

    /// What a change would take the place of.
    fn past(&self, store: &dyn Store, rows: &Rows<'_>, gone: &[u64]) -> Result<Past, StoreError> {
        let mut past = Past::new();
        for (entry, octets) in rows {
            let before = match (self.entries.contains_key(&entry.id), octets) {
                (true, None) => Before::Untouched,
                (true, Some(_)) => Before::Were(self.octets(store, entry.id)?),
                (false, _) => Before::Were(None),
            };
            past.insert(entry.id, before);
        }
        for id in gone {
            past.insert(*id, Before::Were(self.octets(store, *id)?));
        }
        Ok(past)
    }

    fn put(&self, store: &dyn Store, rows: &Rows<'_>, gone: &[u64]) -> Result<(), StoreError> {
        let mut rows = rows.to_vec();
        let mut gone = gone.to_vec();
        for (id, before) in &self.doubtful {
            if gone.contains(id) {
                continue;
            }
            let before = match before {
                Before::Untouched => None,
                Before::Were(octets) => {
                    // Taken out first, so that no other octets stay where there were none.
                    gone.push(*id);
                    octets.as_deref()
                }
            };
            match rows.iter_mut().find(|(entry, _)| entry.id == *id) {
                Some((_, octets)) => *octets = octets.or(before),
                None => rows.extend(self.entries.get(id).map(|entry| (entry, before))),
            }
        }
        store.put(&rows, &gone)
    }

    /// After the disk was opened again: does it hold what it should? What a failed write may have changed is in doubt; all else is as it was, or
    /// somebody else has been there.
    fn check(&mut self, store: &dyn Store) -> Result<(), StoreError> {
        self.unchecked |= store.opened_again()?;
        if !self.unchecked {
            return Ok(());
        }
        let found: BTreeMap<u64, Entry> = store.load()?.into_iter().map(|e| (e.id, e)).collect();
        let mut ids = self.entries.keys().chain(found.keys());
        let strange = |id: &&u64| match self.doubtful.get(*id) {
            None => self.entries.get(*id) != found.get(*id),
            // We have taken none out.
            Some(Before::Untouched) => !found.contains_key(*id),
            Some(Before::Were(_)) => false,
        };
        if let Some(id) = ids.find(strange) {
            return Err(StoreError::Changed {
                file: store.file().to_owned(),
                id: *id,
            });
        }
        self.unchecked = false;
        Ok(())
    }
}

//! The entries in memory beside a disk that may fail: what is believed of it, and how the two come together again.
//!
//! In: changes. Out: rows for the store, and its errors. A change that is refused is refused for good: whatever a failed write has left on the disk is
//! taken out again with the next one that succeeds, which is tried at once. Never here: what a change means.
use super::{Entry, Refusal, Store, StoreError};
use std::collections::{BTreeMap, BTreeSet};

/// Entries, and octets that are new.
pub(super) type Rows<'r> = [(&'r Entry, Option<&'r [u8]>)];

/// The entries without their octets.
#[derive(Default)]
pub(super) struct Held {
    /// By their number.
    pub entries: BTreeMap<u64, Entry>,
    /// Numbers of those that may stand otherwise on the disk, since a write of them failed.
    doubtful: BTreeSet<u64>,
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
        let new: BTreeSet<u64> = rows
            .iter()
            .map(|(e, _)| e.id)
            .chain(gone.to_vec())
            .collect();
        let written = self.put(store, rows, gone, &new);
        let Err(failed) = written else {
            self.doubtful.clear();
            return Ok(());
        };
        self.doubtful.extend(new);
        Err(match self.settle(store) {
            Ok(()) => failed,
            Err(_) => failed.in_doubt(),
        })
    }

    /// Brings the disk to what is believed here.
    ///
    /// # Errors
    /// The store's.
    pub fn settle(&mut self, store: &dyn Store) -> Result<(), StoreError> {
        self.check(store)?;
        self.put(store, &[], &[], &BTreeSet::new())?;
        self.doubtful.clear();
        Ok(())
    }

    fn put(
        &self,
        store: &dyn Store,
        rows: &Rows<'_>,
        gone: &[u64],
        new: &BTreeSet<u64>,
    ) -> Result<(), StoreError> {
        let mut rows = rows.to_vec();
        let mut gone = gone.to_vec();
        for id in self.doubtful.difference(new) {
            match self.entries.get(id) {
                Some(entry) => rows.push((entry, None)),
                None => gone.push(*id),
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
        let strange =
            |id: &&u64| !self.doubtful.contains(*id) && self.entries.get(*id) != found.get(*id);
        if let Some(id) = ids.find(strange) {
            return Err(StoreError::Changed {
                file: store.file().to_owned(),
                id: *id,
            });
        }
        // One that the disk has no more was forgotten with its octets: nothing brings these back.
        self.entries
            .retain(|id, _| found.contains_key(id) || !self.doubtful.contains(id));
        self.unchecked = false;
        Ok(())
    }
}

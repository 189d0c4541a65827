//! A store that lives as long as the process.
use super::{Entry, Store, StoreError};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Entries and octets by number.
type Rows = BTreeMap<u64, (Entry, Option<Vec<u8>>)>;

/// The store. Clones share it: a second session on a clone finds what the first left.
#[derive(Clone, Default)]
pub struct Memory(Arc<Mutex<Rows>>);

impl Memory {
    fn lock(&self) -> MutexGuard<'_, Rows> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for Memory {
    fn load(&self) -> Result<Vec<Entry>, StoreError> {
        Ok(self.lock().values().map(|(e, _)| e.clone()).collect())
    }

    fn put(&self, entries: &[(&Entry, Option<&[u8]>)], gone: &[u64]) -> Result<(), StoreError> {
        let mut rows = self.lock();
        rows.retain(|id, _| !gone.contains(id));
        for (entry, octets) in entries {
            let kept = rows.remove(&entry.id).and_then(|(_, octets)| octets);
            let octets = octets.map(<[u8]>::to_vec).or(kept);
            rows.insert(entry.id, ((*entry).clone(), octets));
        }
        Ok(())
    }

    fn octets(&self, id: u64) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.lock().get(&id).and_then(|(_, octets)| octets.clone()))
    }

    fn is_slow(&self) -> bool {
        false
    }
}

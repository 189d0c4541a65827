//! Messages that must not be lost: each with its state, its fixed octets and what became of it.
//!
//! In: messages as they are queued, and what happens to them. Out: the same after a crash, in their right state. Every change is
//! on disk before what it speaks of is done, so that a message is never sent twice without a person's word. The states are pure
//! ([`Entry`]); the disk is behind [`Store`]. Never here: sending, pace, clocks (the time is handed in).
mod disk;
mod entry;
mod memory;

pub use disk::Disk;
pub use entry::{
    Entry, FIRST_PAUSE_MS, Fate, Heard, LONGEST_PAUSE_MS, Part, Patience, Persistence, Refusal,
    masked, pause_after,
};
pub use memory::Memory;

use crate::event::EntryState;
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Where entries and their octets are kept.
pub trait Store: Send + Sync {
    /// All entries.
    ///
    /// # Errors
    /// Why they cannot be read.
    fn load(&self) -> Result<Vec<Entry>, StoreError>;
    /// Writes entries, and the octets that are given with them, so that they survive a loss of power; all of them or none.
    ///
    /// # Errors
    /// Why not; then everything is as before.
    fn put(&self, entries: &[(&Entry, Option<&[u8]>)]) -> Result<(), StoreError>;
    /// The octets of an entry, where it has some.
    ///
    /// # Errors
    /// Why they cannot be read.
    fn octets(&self, id: u64) -> Result<Option<Vec<u8>>, StoreError>;
    /// Takes an entry out.
    ///
    /// # Errors
    /// Why not; then it is still there.
    fn remove(&self, id: u64) -> Result<(), StoreError>;
    /// Whether a change waits for a disk: then it is made beside the thread that reads the serial line.
    fn is_slow(&self) -> bool;
}

/// Why the outbox's file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Another process has it open.
    #[error(
        "{}: the outbox is in use by another mmscope; end that one, or name another file with --outbox", file.display()
    )]
    InUse {
        /// The file.
        file: PathBuf,
    },
    /// A newer mmscope wrote it.
    #[error(
        "{}: the outbox was written by a newer mmscope (version {found} of its form, this one knows {known}); use that one. Nothing was changed", file.display()
    )]
    Newer {
        /// The file.
        file: PathBuf,
        /// Its version.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// What stands in it is no outbox.
    #[error(
        "{}: the outbox cannot be read: {why}. Move the file away to begin a new one (mv FILE FILE.broken), and keep it: what was queued stands in it", file.display()
    )]
    Broken {
        /// The file.
        file: PathBuf,
        /// Why.
        why: String,
    },
    /// It could not be written.
    #[error(
        "{}: the outbox cannot be written: {why}. Make room on the disk or give the folder back to yourself; what was in it before is still there", file.display()
    )]
    Unwritable {
        /// The file.
        file: PathBuf,
        /// Why.
        why: String,
    },
}

/// What could not be done with the outbox.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The state of the entry.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// The outbox: the entries of a store, in memory without their octets.
pub struct Outbox {
    store: Box<dyn Store>,
    entries: Mutex<BTreeMap<u64, Entry>>,
    recovered: Vec<Entry>,
    /// Why the file that should be in its place is not.
    unkept: Option<StoreError>,
}

impl fmt::Debug for Outbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Outbox({} entries)", self.lock().len())
    }
}

impl Outbox {
    /// Reads a store, and settles what a session left that did not end ([`Entry::recover`]). `now` in milliseconds since 1970.
    ///
    /// # Errors
    /// The store's.
    pub fn open(store: impl Store + 'static, now: u64) -> Result<Self, StoreError> {
        let mut entries: BTreeMap<u64, Entry> =
            store.load()?.into_iter().map(|e| (e.id, e)).collect();
        let changed = |e: &mut Entry| e.recover(now).then(|| e.clone());
        let recovered: Vec<Entry> = entries.values_mut().filter_map(changed).collect();
        if !recovered.is_empty() {
            let all: Vec<_> = recovered.iter().map(|e| (e, None)).collect();
            store.put(&all)?;
        }
        Ok(Self {
            store: Box::new(store),
            entries: Mutex::new(entries),
            recovered,
            unkept: None,
        })
    }

    /// Reads a store and settles nothing: for a look at what another process works with.
    ///
    /// # Errors
    /// The store's.
    pub fn as_is(store: impl Store + 'static) -> Result<Self, StoreError> {
        let entries = store.load()?.into_iter().map(|e| (e.id, e)).collect();
        Ok(Self {
            store: Box::new(store),
            entries: Mutex::new(entries),
            recovered: Vec::new(),
            unkept: None,
        })
    }

    /// One that lives as long as the process, for simulated benches.
    #[must_use]
    pub fn in_memory() -> Self {
        Self {
            store: Box::new(Memory::default()),
            entries: Mutex::default(),
            recovered: Vec::new(),
            unkept: None,
        }
    }

    /// One in memory, in the place of a file that cannot be used for this reason: what goes through it is written down nowhere.
    #[must_use]
    pub fn unkept(why: StoreError) -> Self {
        Self {
            unkept: Some(why),
            ..Self::in_memory()
        }
    }

    /// Why what goes through it is written down nowhere; none where it is kept, and for a simulated bench, which keeps nothing by intent.
    #[must_use]
    pub fn why_unkept(&self) -> Option<&StoreError> {
        self.unkept.as_ref()
    }

    /// What an earlier session left under way, as it was settled at the start.
    #[must_use]
    pub fn recovered(&self) -> &[Entry] {
        &self.recovered
    }

    /// Whether a change waits for a disk.
    #[must_use]
    pub fn is_slow(&self) -> bool {
        self.store.is_slow()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, Entry>> {
        // An entry is put in whole, after it was written: a poisoned lock still holds whole entries.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All entries, the oldest first.
    #[must_use]
    pub fn all(&self) -> Vec<Entry> {
        self.lock().values().cloned().collect()
    }

    /// Numbers of the entries that wait, the oldest first.
    #[must_use]
    pub fn queued(&self) -> Vec<u64> {
        let entries = self.lock();
        let waits = |e: &&Entry| e.state == EntryState::Queued;
        entries.values().filter(waits).map(|e| e.id).collect()
    }

    /// Whether an entry waits or is under way.
    #[must_use]
    pub fn has_open(&self) -> bool {
        let open = |e: &Entry| matches!(e.state, EntryState::Queued | EntryState::Sending);
        self.lock().values().any(open)
    }

    /// The newest new edition of an entry.
    #[must_use]
    pub fn newest_of(&self, id: u64) -> Option<Entry> {
        let entries = self.lock();
        let newest = entries.values().rev().find(|e| e.again_of == Some(id));
        newest.cloned()
    }

    /// An entry.
    ///
    /// # Errors
    /// There is none with this number.
    pub fn get(&self, id: u64) -> Result<Entry, Refusal> {
        self.lock().get(&id).cloned().ok_or(Refusal::Nothing(id))
    }

    /// The octets of an entry.
    ///
    /// # Errors
    /// The store's.
    pub fn octets(&self, id: u64) -> Result<Option<Vec<u8>>, StoreError> {
        self.store.octets(id)
    }

    /// Takes new entries in, each with its octets, all or none, and gives each its number.
    ///
    /// # Errors
    /// The store's; then none is in.
    pub fn add(&self, new: Vec<(Entry, Option<Vec<u8>>)>) -> Result<Vec<Entry>, StoreError> {
        let mut entries = self.lock();
        let first = entries.keys().next_back().map_or(1, |last| last + 1);
        let new: Vec<(Entry, Option<Vec<u8>>)> = (first..)
            .zip(new)
            .map(|(id, (entry, octets))| (Entry { id, ..entry }, octets))
            .collect();
        let rows: Vec<_> = new.iter().map(|(e, o)| (e, o.as_deref())).collect();
        self.store.put(&rows)?;
        let added: Vec<Entry> = new.into_iter().map(|(e, _)| e).collect();
        entries.extend(added.iter().map(|e| (e.id, e.clone())));
        Ok(added)
    }

    /// Changes an entry: on disk first, and in memory only once that is done.
    ///
    /// # Errors
    /// No such entry, the change's own refusal, or the store's; then nothing is changed.
    pub fn change<E>(
        &self,
        id: u64,
        change: impl FnOnce(&mut Entry) -> Result<(), E>,
    ) -> Result<Entry, Failure>
    where
        Failure: From<E>,
    {
        self.replace(id, None, change)
    }

    /// The same, with new octets.
    ///
    /// # Errors
    /// Those of [`Self::change`].
    pub fn replace<E>(
        &self,
        id: u64,
        octets: Option<&[u8]>,
        change: impl FnOnce(&mut Entry) -> Result<(), E>,
    ) -> Result<Entry, Failure>
    where
        Failure: From<E>,
    {
        let mut entries = self.lock();
        let mut entry = entries.get(&id).cloned().ok_or(Refusal::Nothing(id))?;
        change(&mut entry)?;
        self.store.put(&[(&entry, octets)])?;
        entries.insert(id, entry.clone());
        Ok(entry)
    }

    /// Takes an entry out for good.
    ///
    /// # Errors
    /// No such entry, or it is under way; the store's.
    pub fn forget(&self, id: u64) -> Result<Entry, Failure> {
        let mut entries = self.lock();
        let entry = entries.get(&id).cloned().ok_or(Refusal::Nothing(id))?;
        if entry.state == EntryState::Sending {
            return Err(Refusal::Sending(id).into());
        }
        self.store.remove(id)?;
        entries.remove(&id);
        Ok(entry)
    }

    /// A status report came: changes the newest entry that has a part with this reference for this recipient, and returns it.
    ///
    /// # Errors
    /// The store's.
    pub fn report(
        &self,
        to: &str,
        reference: u8,
        status: u8,
        delivered: Option<bool>,
        now: u64,
    ) -> Result<Option<Entry>, StoreError> {
        let mut entries = self.lock();
        for entry in entries.values_mut().rev() {
            let mut changed = entry.clone();
            if changed.reported(to, reference, status, delivered, now) {
                self.store.put(&[(&changed, None)])?;
                *entry = changed.clone();
                return Ok(Some(changed));
            }
        }
        Ok(None)
    }

    /// A report on an MMS came: changes the newest entry that the MMSC has accepted under this Message-ID, and returns it.
    ///
    /// # Errors
    /// The store's.
    pub fn mms_report(
        &self,
        message_id: &str,
        to: &str,
        status: Option<u8>,
        read: Option<bool>,
        now: u64,
    ) -> Result<Option<Entry>, StoreError> {
        let bare = |id: &str| id.trim_matches(['<', '>', '"', ' ']).to_owned();
        let wanted = bare(message_id);
        let mut entries = self.lock();
        let is = |e: &&mut Entry| e.message_id.as_deref().is_some_and(|id| bare(id) == wanted);
        let Some(entry) = entries.values_mut().rev().find(is) else {
            return Ok(None);
        };
        let mut changed = entry.clone();
        changed.heard_of(to, status, read, now);
        self.store.put(&[(&changed, None)])?;
        *entry = changed.clone();
        Ok(Some(changed))
    }
}

//! Messages that must not be lost: each with its state, its fixed octets and what became of it.
//!
//! In: messages as they are queued, and what happens to them. Out: the same after a crash, in their right state. Every change is
//! on disk before what it speaks of is done, so that a message is never sent twice without a person's word; what has happened already counts in any
//! case, and is written as soon as the disk takes it. The states are pure
//! ([`Entry`]); the disk is behind [`Store`]. Never here: sending, pace, clocks (the time is handed in).
mod disk;
mod entry;
mod failure;
mod held;
mod memory;

pub use disk::Disk;
pub use entry::{
    Entry, FIRST_PAUSE_MS, Fate, Heard, LONGEST_PAUSE_MS, Part, Patience, Persistence, Refusal,
    Typed, masked, pause_after,
};
pub use failure::{Failure, Noted, StoreError};
pub use memory::Memory;

use crate::event::EntryState;
use held::Held;
use std::fmt;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Where entries and their octets are kept.
pub trait Store: Send + Sync {
    /// All entries.
    ///
    /// # Errors
    /// Why they cannot be read.
    fn load(&self) -> Result<Vec<Entry>, StoreError>;
    /// Takes out those that are `gone` (one that is not there is no error), then writes entries, and the octets that are given with them, so that all
    /// of it survives a loss of power; all or none. An entry that is both loses the octets that it had.
    ///
    /// # Errors
    /// Why not. Where the disk failed, only reading it again tells whether everything is as before.
    fn put(&self, entries: &[(&Entry, Option<&[u8]>)], gone: &[u64]) -> Result<(), StoreError>;
    /// The octets of an entry, where it has some.
    ///
    /// # Errors
    /// Why they cannot be read.
    fn octets(&self, id: u64) -> Result<Option<Vec<u8>>, StoreError>;
    /// Whether a change waits for a disk: then it is made beside the thread that reads the serial line.
    fn is_slow(&self) -> bool;
    /// Makes it ready for use after an error. Says whether it had to be opened again since this was last asked: then it may hold something else.
    ///
    /// # Errors
    /// It still cannot be used.
    fn opened_again(&self) -> Result<bool, StoreError> {
        Ok(false)
    }
    /// Its file, for texts.
    fn file(&self) -> &Path {
        Path::new("outbox")
    }
    /// What a person must see to, since the program cannot; such as a file system without locks.
    fn caution(&self) -> Option<&str> {
        None
    }
}

/// The outbox: the entries of a store, in memory without their octets.
pub struct Outbox {
    store: Box<dyn Store>,
    held: Mutex<Held>,
    recovered: Vec<Entry>,
    /// Why the file that should be in its place is not.
    unkept: Option<StoreError>,
}

impl fmt::Debug for Outbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Outbox({} entries)", self.lock().entries.len())
    }
}

/// The last chance for what no disk has taken.
impl Drop for Outbox {
    fn drop(&mut self) {
        let held = self.held.get_mut().unwrap_or_else(PoisonError::into_inner);
        if held.is_in_doubt() {
            // Who was refused something has been told that this is not certain.
            let _ = held.settle(&*self.store);
        }
    }
}

impl Outbox {
    /// Reads a store, and settles what a session left that did not end ([`Entry::recover`]). `now` in milliseconds since 1970.
    ///
    /// # Errors
    /// The store's.
    pub fn open(store: impl Store + 'static, now: u64) -> Result<Self, StoreError> {
        let mut held = Held::of(store.load()?);
        let changed = |e: &mut Entry| e.recover(now).then(|| e.clone());
        let recovered: Vec<Entry> = held.entries.values_mut().filter_map(changed).collect();
        if !recovered.is_empty() {
            let all: Vec<_> = recovered.iter().map(|e| (e, None)).collect();
            store.put(&all, &[])?;
        }
        Ok(Self::on(Box::new(store), held, recovered))
    }

    /// Reads a store and settles nothing: for a look at what another process works with.
    ///
    /// # Errors
    /// The store's.
    pub fn as_is(store: impl Store + 'static) -> Result<Self, StoreError> {
        let held = Held::of(store.load()?);
        Ok(Self::on(Box::new(store), held, Vec::new()))
    }

    fn on(store: Box<dyn Store>, held: Held, recovered: Vec<Entry>) -> Self {
        Self {
            store,
            held: Mutex::new(held),
            recovered,
            unkept: None,
        }
    }

    /// One that lives as long as the process, for simulated benches.
    #[must_use]
    pub fn in_memory() -> Self {
        Self::on(Box::new(Memory::default()), Held::default(), Vec::new())
    }

    /// One in memory, in the place of a file that cannot be used for this reason: what goes through it is written down nowhere.
    #[must_use]
    pub fn unkept(why: StoreError) -> Self {
        let mut outbox = Self::in_memory();
        outbox.unkept = Some(why);
        outbox
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

    /// The file that it is kept in; none where it is kept in memory.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        self.is_slow().then(|| self.store.file())
    }

    /// What a person must see to about the file, since the program cannot.
    #[must_use]
    pub fn caution(&self) -> Option<&str> {
        self.store.caution()
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        // An entry is put in whole: a poisoned lock still holds whole entries.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All entries, the oldest first.
    #[must_use]
    pub fn all(&self) -> Vec<Entry> {
        self.lock().entries.values().cloned().collect()
    }

    /// Numbers of the entries that wait, the oldest first.
    #[must_use]
    pub fn queued(&self) -> Vec<u64> {
        let held = self.lock();
        let waits = |e: &&Entry| e.state == EntryState::Queued;
        held.entries.values().filter(waits).map(|e| e.id).collect()
    }

    /// Whether an entry waits or is under way.
    #[must_use]
    pub fn has_open(&self) -> bool {
        let open = |e: &Entry| matches!(e.state, EntryState::Queued | EntryState::Sending);
        self.lock().entries.values().any(open)
    }

    /// The newest new edition of an entry.
    #[must_use]
    pub fn newest_of(&self, id: u64) -> Option<Entry> {
        let held = self.lock();
        let newest = held.entries.values().rev().find(|e| e.again_of == Some(id));
        newest.cloned()
    }

    /// An entry.
    ///
    /// # Errors
    /// There is none with this number.
    pub fn get(&self, id: u64) -> Result<Entry, Refusal> {
        self.lock().get(id)
    }

    /// The octets of an entry; while it is in doubt whether a refused change stands on the disk, those from before it.
    ///
    /// # Errors
    /// The store's.
    pub fn octets(&self, id: u64) -> Result<Option<Vec<u8>>, StoreError> {
        self.lock().octets(&*self.store, id)
    }

    /// Takes new entries in, each with its octets, all or none, and gives each its number.
    ///
    /// # Errors
    /// The store's; then none is in.
    pub fn add(&self, new: Vec<(Entry, Option<Vec<u8>>)>) -> Result<Vec<Entry>, StoreError> {
        let mut held = self.lock();
        let first = held.next();
        let new: Vec<(Entry, Option<Vec<u8>>)> = (first..)
            .zip(new)
            .map(|(id, (entry, octets))| (Entry { id, ..entry }, octets))
            .collect();
        let rows: Vec<_> = new.iter().map(|(e, o)| (e, o.as_deref())).collect();
        held.write(&*self.store, &rows, &[])?;
        let added: Vec<Entry> = new.into_iter().map(|(e, _)| e).collect();
        held.entries.extend(added.iter().map(|e| (e.id, e.clone())));
        Ok(added)
    }

    /// Takes an entry in, with its octets, in the place of this draft: under its number, in one change. Where that is no draft any more, or gone, it is a
    /// new one: what was sent is never written over.
    ///
    /// # Errors
    /// The store's; then the draft is as before.
    pub fn instead(
        &self,
        draft: u64,
        entry: Entry,
        octets: Option<&[u8]>,
    ) -> Result<Entry, StoreError> {
        let mut held = self.lock();
        let is_draft = |e: &Entry| e.state == EntryState::Draft;
        let waits = held.entries.get(&draft).is_some_and(is_draft);
        let id = if waits { draft } else { held.next() };
        let entry = Entry { id, ..entry };
        // What has no octets of its own must not be left with the draft's.
        let gone: &[u64] = if octets.is_none() { &[id] } else { &[] };
        held.write(&*self.store, &[(&entry, octets)], gone)?;
        held.entries.insert(id, entry.clone());
        Ok(entry)
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
        let mut held = self.lock();
        let mut entry = held.get(id)?;
        change(&mut entry)?;
        held.write(&*self.store, &[(&entry, octets)], &[])?;
        held.entries.insert(id, entry.clone());
        Ok(entry)
    }

    /// Notes what has happened to an entry, which no disk can undo: in memory in any case, and on the disk as soon as it takes it.
    ///
    /// # Errors
    /// No such entry.
    pub fn note(&self, id: u64, change: impl FnOnce(&mut Entry)) -> Result<Noted, Refusal> {
        let mut held = self.lock();
        let mut entry = held.get(id)?;
        change(&mut entry);
        Ok(self.noted(&mut held, entry))
    }

    fn noted(&self, held: &mut Held, entry: Entry) -> Noted {
        let unwritten = held.note(&*self.store, &entry).err();
        Noted { entry, unwritten }
    }

    /// Takes an entry out for good.
    ///
    /// # Errors
    /// No such entry, or it is under way; the store's.
    pub fn forget(&self, id: u64) -> Result<Entry, Failure> {
        let mut held = self.lock();
        let entry = held.get(id)?;
        if entry.state == EntryState::Sending {
            return Err(Refusal::Sending(id).into());
        }
        held.write(&*self.store, &[], &[id])?;
        held.entries.remove(&id);
        Ok(entry)
    }

    /// A status report came: changes the newest entry that has a part with this reference for this recipient, and returns it.
    pub fn report(
        &self,
        to: &str,
        reference: u8,
        status: u8,
        delivered: Option<bool>,
        now: u64,
    ) -> Option<Noted> {
        let mut held = self.lock();
        let reported = |entry: &Entry| {
            let mut changed = entry.clone();
            let ours = changed.reported(to, reference, status, delivered, now);
            ours.then_some(changed)
        };
        let changed = held.entries.values().rev().find_map(reported)?;
        Some(self.noted(&mut held, changed))
    }

    /// A report on an MMS came: changes the newest entry that the MMSC has accepted under this Message-ID, and returns it.
    pub fn mms_report(
        &self,
        message_id: &str,
        to: &str,
        status: Option<u8>,
        read: Option<bool>,
        now: u64,
    ) -> Option<Noted> {
        let bare = |id: &str| id.trim_matches(['<', '>', '"', ' ']).to_owned();
        let wanted = bare(message_id);
        let mut held = self.lock();
        let is = |e: &&Entry| e.message_id.as_deref().is_some_and(|id| bare(id) == wanted);
        let mut changed = held.entries.values().rev().find(is)?.clone();
        changed.heard_of(to, status, read, now);
        Some(self.noted(&mut held, changed))
    }
}

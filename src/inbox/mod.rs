//! Received messages: what came, where it is, its parts as files.
//!
//! In: messages as they come (from numbers and names that nobody vouches for), the time. Out: the same after a restart, each with its text and its
//! parts under names that are safe. What has been fetched is known by its Content-Location, so that nothing is fetched twice, and what was read from
//! the modem by its digest, so that nothing is shown twice. Parts that wait for the rest of their message are kept beside them. Never here: the modem, the network, clocks; deleting anything.
mod disk;
mod item;
mod name;
mod waiting;

pub use item::{Item, Place, SavedPart};
pub use name::{LONGEST_NAME, safe_names};
pub use waiting::{MOST_PARTS, WaitingPart};

use crate::lock::Lock;
use crate::mms::Part;
use disk::Disk;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

/// Why something cannot be done with the inbox.
#[derive(Debug, thiserror::Error)]
pub enum InboxError {
    /// There is no such message.
    #[error("the inbox has no message {0}; `mmscope inbox list` shows all")]
    Nothing(u64),
    /// Another process keeps it.
    #[error(
        "{}: another mmscope keeps this inbox; receive and fetch there, end it, or name another folder with --inbox", folder.display()
    )]
    InUse {
        /// The folder.
        folder: PathBuf,
    },
    /// A file.
    #[error(
        "{}: {source}. Make room on the disk, or give the folder back to yourself; what was in the inbox before is still there", place.display()
    )]
    File {
        /// Which.
        place: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// The inbox.
#[derive(Debug)]
pub struct Inbox {
    disk: Option<Disk>,
    held: Mutex<Held>,
    /// Messages that could not be read when it was opened, each with the reason.
    unread: Vec<String>,
    /// Why the folder that should be in its place is not.
    unkept: Option<String>,
    /// As long as it is held nobody else assembles, fetches or answers what belongs to this folder.
    lock: OnceLock<Lock>,
    /// Its lock is taken only once something must be kept.
    lazy: bool,
}

#[derive(Debug, Default)]
struct Held {
    items: BTreeMap<u64, Item>,
    /// Parts, where there is no disk.
    parts: BTreeMap<u64, Vec<bytes::Bytes>>,
    /// Parts that wait for others, the oldest first.
    waiting: Vec<WaitingPart>,
    /// Digests of those that no disk has taken yet.
    unwritten: Vec<String>,
}

impl Held {
    /// What lies in a folder, and what of it cannot be read.
    fn of(disk: &Disk) -> Result<(Self, Vec<String>), InboxError> {
        let (items, mut unread) = disk.load()?;
        let (waiting, broken) = disk.load_waiting();
        unread.extend(broken);
        let held = Self {
            items: items.into_iter().map(|item| (item.id, item)).collect(),
            waiting,
            ..Self::default()
        };
        Ok((held, unread))
    }
}

impl Inbox {
    /// One that lives as long as the process, for simulated benches.
    #[must_use]
    pub fn in_memory() -> Self {
        Self {
            disk: None,
            held: Mutex::default(),
            unread: Vec::new(),
            unkept: None,
            lock: OnceLock::new(),
            lazy: false,
        }
    }

    /// One in memory, in the place of a folder that cannot be used for this reason: what comes into it is gone with the process, so that nothing may
    /// be taken from modem or MMSC for it.
    #[must_use]
    pub fn unkept(why: String) -> Self {
        Self {
            unkept: Some(why),
            ..Self::in_memory()
        }
    }

    /// Why what comes into it is not kept; none where it is, and for a simulated bench, which keeps nothing by intent.
    #[must_use]
    pub fn why_unkept(&self) -> Option<&str> {
        self.unkept.as_deref()
    }

    /// The one in this folder: a folder a message, `1`, `2` …, with `message.json` and the parts. The folder is made where there is none, for its
    /// owner only. As long as it is open nobody else can keep messages in it.
    ///
    /// # Errors
    /// Another process keeps it. The folder cannot be made or read. A message in it that cannot be read is left out ([`Self::unread`]).
    pub fn in_folder(folder: impl AsRef<Path>) -> Result<Self, InboxError> {
        Self::in_folder_within(folder, Duration::ZERO)
    }

    /// The same; where another process keeps it, it is waited for so long at the most. The thread sleeps meanwhile.
    ///
    /// # Errors
    /// Those of [`Self::in_folder`].
    pub fn in_folder_within(
        folder: impl AsRef<Path>,
        patience: Duration,
    ) -> Result<Self, InboxError> {
        let disk = Disk::open(folder.as_ref())?;
        let Some(lock) = Lock::take_within(&folder.as_ref().join(".lock"), patience) else {
            return Err(InboxError::InUse {
                folder: folder.as_ref().to_owned(),
            });
        };
        let inbox = Self::read(disk)?;
        Ok(Self {
            lock: OnceLock::from(lock),
            ..inbox
        })
    }

    /// The same for a session that wants nothing of what comes in: it looks, and another process may keep the inbox beside it. Only once something must
    /// be kept is it this one's ([`Self::take_over`]), until it is closed.
    ///
    /// # Errors
    /// The folder cannot be made or read.
    pub fn lazily(folder: impl AsRef<Path>) -> Result<Self, InboxError> {
        Ok(Self {
            lazy: true,
            ..Self::look(folder)?
        })
    }

    /// The same, to be looked at only: somebody else may keep it meanwhile.
    ///
    /// # Errors
    /// The folder cannot be made or read.
    pub fn look(folder: impl AsRef<Path>) -> Result<Self, InboxError> {
        Self::read(Disk::open(folder.as_ref())?)
    }

    fn read(disk: Disk) -> Result<Self, InboxError> {
        let (held, unread) = Held::of(&disk)?;
        Ok(Self {
            disk: Some(disk),
            held: Mutex::new(held),
            unread,
            ..Self::in_memory()
        })
    }

    /// Whether nobody else keeps it meanwhile; one in memory is always one's own.
    #[must_use]
    pub fn is_own(&self) -> bool {
        !self.lazy || self.lock.get().is_some()
    }

    /// Takes the lock where that was put off, and reads what others have kept since. Returns whether that happened now. A part that is only in memory
    /// waits on.
    ///
    /// # Errors
    /// Another process keeps it; the folder cannot be read. Then it is as before, and can be tried again.
    pub fn take_over(&self) -> Result<bool, InboxError> {
        self.own(&mut self.held())
    }

    fn own(&self, held: &mut Held) -> Result<bool, InboxError> {
        let Some(disk) = self.disk.as_ref().filter(|_| !self.is_own()) else {
            return Ok(false);
        };
        let Some(lock) = Lock::take(&disk.folder.join(".lock")) else {
            return Err(InboxError::InUse {
                folder: disk.folder.clone(),
            });
        };
        let (mut now, _) = Held::of(disk)?;
        let old = std::mem::take(held);
        let unwritten = |p: &WaitingPart| old.unwritten.contains(&p.digest);
        now.waiting
            .extend(old.waiting.into_iter().filter(unwritten));
        now.unwritten = old.unwritten;
        *held = now;
        // Nobody else sets it: the entries are locked meanwhile.
        let _ = self.lock.set(lock);
        Ok(true)
    }

    /// Where a change is written; it becomes this one's own before.
    fn disk(&self, held: &mut Held) -> Result<Option<&Disk>, InboxError> {
        self.own(held)?;
        Ok(self.disk.as_ref())
    }

    /// What a person must see to about the folder, since the program cannot; such as a file system without locks.
    #[must_use]
    pub fn caution(&self) -> Option<&str> {
        self.lock.get()?.caution()
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        // An item is put in whole, after it was written: a poisoned lock still holds whole items.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Why messages in the folder were left out.
    #[must_use]
    pub fn unread(&self) -> &[String] {
        &self.unread
    }

    /// Whether a change waits for a disk.
    #[must_use]
    pub fn is_slow(&self) -> bool {
        self.disk.is_some()
    }

    /// All messages, the oldest first.
    #[must_use]
    pub fn all(&self) -> Vec<Item> {
        self.held().items.values().cloned().collect()
    }

    /// The messages after this one.
    #[must_use]
    pub fn after(&self, id: u64) -> Vec<Item> {
        let held = self.held();
        let later = held.items.range(id.saturating_add(1)..);
        later.map(|(_, item)| item.clone()).collect()
    }

    /// The number of the newest message; 0 where there is none.
    #[must_use]
    pub fn newest(&self) -> u64 {
        self.held().items.keys().next_back().copied().unwrap_or(0)
    }

    /// A message.
    ///
    /// # Errors
    /// There is none with this number.
    pub fn get(&self, id: u64) -> Result<Item, InboxError> {
        let held = self.held();
        held.items.get(&id).cloned().ok_or(InboxError::Nothing(id))
    }

    /// The message to which a TPDU with this digest belongs.
    #[must_use]
    pub fn with_digest(&self, digest: &str) -> Option<u64> {
        let held = self.held();
        let has = |item: &&Item| item.digests.iter().any(|d| d == digest);
        held.items.values().rev().find(has).map(|item| item.id)
    }

    /// The MMS that is fetched from there.
    #[must_use]
    pub fn with_location(&self, content_location: &str) -> Option<u64> {
        let held = self.held();
        let is = |item: &&Item| {
            !content_location.is_empty() && item.content_location == content_location
        };
        held.items.values().rev().find(is).map(|item| item.id)
    }

    /// Takes a message in and gives it its number.
    ///
    /// # Errors
    /// The disk's; then it is not in.
    pub fn add(&self, item: Item) -> Result<Item, InboxError> {
        let mut held = self.held();
        let disk = self.disk(&mut held)?;
        let next = held.items.keys().next_back().map_or(1, |last| last + 1);
        let id = match disk {
            Some(disk) => disk.begin(next)?,
            None => next,
        };
        let item = Item { id, ..item };
        if let Some(disk) = disk
            && let Err(e) = disk.write(&item)
        {
            // An empty folder would be told as a message that cannot be read.
            disk.give_up(id);
            return Err(e);
        }
        held.items.insert(id, item.clone());
        Ok(item)
    }

    /// Changes a message: on disk first, and in memory only once that is done.
    ///
    /// # Errors
    /// No such message; the disk's, then nothing is changed.
    pub fn change(&self, id: u64, change: impl FnOnce(&mut Item)) -> Result<Item, InboxError> {
        let mut held = self.held();
        let disk = self.disk(&mut held)?;
        let mut item = held
            .items
            .get(&id)
            .cloned()
            .ok_or(InboxError::Nothing(id))?;
        change(&mut item);
        if let Some(disk) = disk {
            disk.write(&item)?;
        }
        held.items.insert(id, item.clone());
        Ok(item)
    }

    /// Saves the parts of a message under safe names, then changes it with what was saved.
    ///
    /// # Errors
    /// No such message; the disk's, then the message is as before.
    pub fn save(
        &self,
        id: u64,
        parts: &[Part],
        change: impl FnOnce(&mut Item),
    ) -> Result<Item, InboxError> {
        let names = safe_names(parts);
        let saved: Vec<SavedPart> = parts
            .iter()
            .zip(names)
            .map(|(part, file)| SavedPart {
                file,
                content_type: part.content_type.clone(),
                charset: part.charset,
                size: part.data.len(),
            })
            .collect();
        self.take_over()?;
        match &self.disk {
            Some(disk) => disk.write_parts(id, &saved, parts)?,
            None => {
                let data = parts.iter().map(|part| part.data.clone()).collect();
                self.held().parts.insert(id, data);
            }
        }
        self.change(id, |item| {
            item.parts = saved;
            change(item);
        })
    }

    /// The octets of a part, by its place from 0.
    ///
    /// # Errors
    /// No such message or part; the file's.
    pub fn part(&self, id: u64, place: usize) -> Result<Vec<u8>, InboxError> {
        let item = self.get(id)?;
        let part = item.parts.get(place).ok_or(InboxError::Nothing(id))?;
        match &self.disk {
            Some(disk) => disk.read_part(id, part),
            None => {
                let held = self.held();
                let octets = held.parts.get(&id).and_then(|parts| parts.get(place));
                octets.map(|o| o.to_vec()).ok_or(InboxError::Nothing(id))
            }
        }
    }

    /// The parts of a message as they came.
    ///
    /// # Errors
    /// Those of [`Self::part`].
    pub fn parts(&self, id: u64) -> Result<Vec<Part>, InboxError> {
        let item = self.get(id)?;
        let read = |(place, saved): (usize, &SavedPart)| {
            Ok(Part {
                content_type: saved.content_type.clone(),
                charset: saved.charset,
                name: Some(saved.file.clone()),
                data: self.part(id, place)?.into(),
                ..Part::default()
            })
        };
        item.parts.iter().enumerate().map(read).collect()
    }

    /// Writes text and parts of a message into a folder of the person's; files that are there stay, ours get other names. Returns the files.
    ///
    /// # Errors
    /// No such message, or a file that cannot be written.
    pub fn export(&self, id: u64, folder: &Path) -> Result<Vec<PathBuf>, InboxError> {
        let item = self.get(id)?;
        disk::make_folder(folder)?;
        let mut written = Vec::new();
        if !item.text.is_empty() && item.parts.is_empty() {
            let name = format!("message-{id}.txt");
            written.push(disk::write_new(folder, &name, item.text.as_bytes())?);
        }
        for (place, part) in item.parts.iter().enumerate() {
            let octets = self.part(id, place)?;
            written.push(disk::write_new(folder, &part.file, &octets)?);
        }
        Ok(written)
    }

    /// Where the parts of a message lie; none where they are in memory.
    #[must_use]
    pub fn folder_of(&self, id: u64) -> Option<PathBuf> {
        self.disk.as_ref().map(|disk| disk.folder_of(id))
    }
}

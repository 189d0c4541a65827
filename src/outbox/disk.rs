//! The store on disk: one redb file, each change a transaction that is on the disk when it returns.
//!
//! Two tables by number: entries as JSON, and octets. The version of their form stands in a third. A lock file beside it is held from the opening to
//! the end: redb's own lock ends with an error of the disk, and nobody else may come in before the file is opened again.
use super::{Entry, Store, StoreError};
use crate::lock::Lock;
use redb::backends::{FileBackend, InMemoryBackend};
use redb::{
    Database, DatabaseError, ReadableDatabase, ReadableTable, StorageBackend, StorageError,
    TableDefinition, TableError,
};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Version of the form of what stands in the tables.
pub const FORM: u32 = 1;

const FORMS: TableDefinition<&str, u32> = TableDefinition::new("form");
const ENTRIES: TableDefinition<u64, &[u8]> = TableDefinition::new("entries");
const OCTETS: TableDefinition<u64, &[u8]> = TableDefinition::new("octets");

/// So often a file that another process writes to is copied, until a copy is whole.
const LOOKS: usize = 5;
/// The largest file that is copied to be looked at, in octets.
const MOST_COPIED: u64 = 256 << 20;

/// Opens the database, at the start and after an error of the disk.
type Opening = Box<dyn Fn() -> Result<Database, DatabaseError> + Send + Sync>;

/// The store.
pub struct Disk {
    file: PathBuf,
    opening: Opening,
    /// None after an error of the disk: redb does nothing more with a file that has failed once, so it is opened again for the next change.
    database: Mutex<Option<Database>>,
    /// It was opened again, and nobody has asked since.
    opened_again: AtomicBool,
    /// Held until the database is closed; none where nobody else can have what it stands on.
    lock: Option<Lock>,
}

impl Disk {
    /// Opens the file, or begins one that only its owner can read, with its folder.
    ///
    /// # Errors
    /// In use, written by a newer program, broken, or not to be written.
    pub fn open(file: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::open_within(file, Duration::ZERO)
    }

    /// The same; where another process has it, it is waited for so long at the most. The thread sleeps meanwhile.
    ///
    /// # Errors
    /// Those of [`Self::open`].
    pub fn open_within(file: impl AsRef<Path>, patience: Duration) -> Result<Self, StoreError> {
        Self::open_through(file, patience, |backend| backend)
    }

    /// The same, with something between redb and the file, at the start and again after each error of the disk.
    ///
    /// # Errors
    /// Those of [`Self::open`].
    pub fn open_through<B: StorageBackend>(
        file: impl AsRef<Path>,
        patience: Duration,
        through: impl Fn(FileBackend) -> B + Send + Sync + 'static,
    ) -> Result<Self, StoreError> {
        let file = file.as_ref().to_owned();
        make_folder(&file).map_err(|e| named(&file, &e))?;
        let lock = Lock::take_within(&Lock::beside(&file), patience);
        let lock = lock.ok_or_else(|| StoreError::InUse { file: file.clone() })?;
        let on = move |open: fs::File| {
            let backend = through(FileBackend::new(open)?);
            Database::builder().create_with_backend(backend)
        };
        let opened = begun(&file).and_then(|open| {
            on(open).map_err(|error| match error {
                DatabaseError::Storage(StorageError::Io(e)) => e,
                other => io::Error::other(other),
            })
        });
        let database = opened.map_err(|e| named(&file, &e))?;
        let place = file.clone();
        let opening: Opening = Box::new(move || {
            let there = still_there(&place).map_err(StorageError::Io)?;
            on(there)
        });
        Self::on(file, opening, database, Some(lock))
    }

    /// On a backend in the file's place, whose name stands in errors. `backend` is asked for one at the start, and again after each error of one.
    ///
    /// # Errors
    /// Those of [`Self::open`].
    pub fn on_backend<B: StorageBackend>(
        file: impl AsRef<Path>,
        backend: impl Fn() -> B + Send + Sync + 'static,
    ) -> Result<Self, StoreError> {
        let file = file.as_ref().to_owned();
        let opening: Opening = Box::new(move || Database::builder().create_with_backend(backend()));
        let database = opening().map_err(|e| failed(&file, e.into()))?;
        Self::on(file, opening, database, None)
    }

    /// A copy in memory of a file that another process has open, as it was last committed. redb checks the whole tree of a copy that was not closed
    /// against the sums in its header, so one that was taken in the middle of a write is refused and taken again.
    ///
    /// # Errors
    /// The file cannot be read or holds more than is copied, or it changes faster than it can be read.
    pub fn look(file: impl AsRef<Path>) -> Result<Self, StoreError> {
        let file = file.as_ref();
        let in_use = || StoreError::InUse {
            file: file.to_owned(),
        };
        for _ in 0..LOOKS {
            let read = || fs::read(file).map_err(|_| in_use());
            if fs::metadata(file).map_or(u64::MAX, |m| m.len()) > MOST_COPIED {
                break;
            }
            let copy = read()?;
            if copy != read()? {
                continue;
            }
            let filled = || {
                let backend = InMemoryBackend::new();
                backend.set_len(copy.len() as u64)?;
                backend.write(0, &copy)?;
                Ok::<_, io::Error>(backend)
            };
            let opened = filled().map_err(redb::Error::Io).and_then(|backend| {
                Database::builder()
                    .create_with_backend(backend)
                    .map_err(redb::Error::from)
            });
            if let Ok(database) = opened {
                // Where it fails once there is nothing to open again: it is a copy.
                let opening: Opening = Box::new(|| Err(DatabaseError::DatabaseAlreadyOpen));
                return Self::on(file.to_owned(), opening, database, None);
            }
        }
        Err(in_use())
    }

    fn on(
        file: PathBuf,
        opening: Opening,
        database: Database,
        lock: Option<Lock>,
    ) -> Result<Self, StoreError> {
        let disk = Self {
            file,
            opening,
            database: Mutex::new(Some(database)),
            opened_again: AtomicBool::new(false),
            lock,
        };
        match disk.read(form)? {
            None => disk.write(|write| {
                write.open_table(FORMS)?.insert("outbox", FORM)?;
                write.open_table(ENTRIES)?;
                write.open_table(OCTETS)?;
                Ok(())
            })?,
            Some(found) if found > FORM => {
                return Err(StoreError::Newer {
                    file: disk.file,
                    found,
                    known: FORM,
                });
            }
            Some(_) => {}
        }
        Ok(disk)
    }

    /// Opens the database once more. One that is not of our form by now is somebody else's.
    fn open_again(&self) -> Result<Database, redb::Error> {
        let database = (self.opening)()?;
        let found = form(&database.begin_read()?)?;
        if found != Some(FORM) {
            let why = "it was replaced while mmscope ran";
            return Err(redb::Error::Corrupted(why.to_owned()));
        }
        self.opened_again.store(true, Ordering::Relaxed);
        Ok(database)
    }

    /// Does something with the database. After an error of the disk it is closed, and opened again by whoever comes next: what failed for want of room
    /// goes on once there is some.
    fn with<T>(
        &self,
        work: impl FnOnce(&Database) -> Result<T, redb::Error>,
    ) -> Result<T, redb::Error> {
        let mut place = self.database.lock().unwrap_or_else(PoisonError::into_inner);
        let database = match place.take() {
            Some(database) => database,
            None => self.open_again()?,
        };
        let done = work(&database);
        if !matches!(done, Err(redb::Error::Io(_) | redb::Error::PreviousIo)) {
            *place = Some(database);
        }
        done
    }

    fn read<T>(
        &self,
        work: impl FnOnce(&redb::ReadTransaction) -> Result<T, redb::Error>,
    ) -> Result<T, StoreError> {
        let done = self.with(|database| work(&database.begin_read()?));
        done.map_err(|e| failed(&self.file, e))
    }

    fn write(
        &self,
        work: impl FnOnce(&redb::WriteTransaction) -> Result<(), redb::Error>,
    ) -> Result<(), StoreError> {
        let all = |database: &Database| {
            let write = database.begin_write()?;
            work(&write)?;
            // Durable at once is what redb does where nothing else is said.
            write.commit()?;
            Ok(())
        };
        self.with(all).map_err(|e| match failed(&self.file, e) {
            StoreError::Broken { file, why } => StoreError::Unwritable { file, why },
            other => other,
        })
    }
}

impl Store for Disk {
    fn load(&self) -> Result<Vec<Entry>, StoreError> {
        let rows = self.read(|read| {
            let table = read.open_table(ENTRIES)?;
            let mut rows = Vec::new();
            for row in table.iter()? {
                let (id, json) = row?;
                rows.push((id.value(), json.value().to_vec()));
            }
            Ok(rows)
        })?;
        let entry = |(id, json): (u64, Vec<u8>)| {
            let read: Result<Entry, _> = serde_json::from_slice(&json);
            read.map(|entry| Entry { id, ..entry })
                .map_err(|e| broken(&self.file, &format!("message {id}: {e}")))
        };
        rows.into_iter().map(entry).collect()
    }

    fn put(&self, entries: &[(&Entry, Option<&[u8]>)], gone: &[u64]) -> Result<(), StoreError> {
        self.write(|write| {
            let mut table = write.open_table(ENTRIES)?;
            let mut bodies = write.open_table(OCTETS)?;
            for id in gone {
                table.remove(id)?;
                bodies.remove(id)?;
            }
            for (entry, octets) in entries {
                let json =
                    serde_json::to_vec(entry).map_err(|e| redb::Error::Io(io::Error::other(e)))?;
                table.insert(entry.id, json.as_slice())?;
                if let Some(octets) = octets {
                    bodies.insert(entry.id, *octets)?;
                }
            }
            Ok(())
        })
    }

    fn octets(&self, id: u64) -> Result<Option<Vec<u8>>, StoreError> {
        self.read(|read| {
            let found = read.open_table(OCTETS)?.get(id)?;
            Ok(found.map(|octets| octets.value().to_vec()))
        })
    }

    fn opened_again(&self) -> Result<bool, StoreError> {
        let ready = self.with(|_| Ok(()));
        ready.map_err(|e| failed(&self.file, e))?;
        Ok(self.opened_again.swap(false, Ordering::Relaxed))
    }

    fn file(&self) -> &Path {
        &self.file
    }

    fn caution(&self) -> Option<&str> {
        self.lock.as_ref()?.caution()
    }

    fn is_slow(&self) -> bool {
        true
    }
}

/// The version of the form; none in a new file.
fn form(read: &redb::ReadTransaction) -> Result<Option<u32>, redb::Error> {
    let table = match read.open_table(FORMS) {
        Err(TableError::TableDoesNotExist(_)) => return Ok(None),
        other => other?,
    };
    Ok(table.get("outbox")?.map(|form| form.value()))
}

fn make_folder(file: &Path) -> io::Result<()> {
    match file.parent().filter(|f| !f.as_os_str().is_empty()) {
        Some(folder) => fs::create_dir_all(folder),
        None => Ok(()),
    }
}

/// Opens the file; where there is none, makes an empty one that only its owner can read.
fn begun(file: &Path) -> io::Result<fs::File> {
    let mut options = fs::File::options();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(file)
}

/// Opens the file once more. One that is gone or empty is not begun anew: what was in it would be forgotten in silence.
fn still_there(file: &Path) -> io::Result<fs::File> {
    let open = fs::File::options().read(true).write(true).open(file)?;
    match open.metadata()?.len() {
        0 => Err(io::Error::other("it is empty, and was not before")),
        _ => Ok(open),
    }
}

fn named(file: &Path, error: &io::Error) -> StoreError {
    let inner = error.get_ref().and_then(|e| e.downcast_ref());
    match inner {
        Some(DatabaseError::DatabaseAlreadyOpen) => StoreError::InUse {
            file: file.to_owned(),
        },
        Some(other) => broken(file, other),
        None if error.kind() == io::ErrorKind::InvalidData => broken(file, error),
        None => StoreError::Unwritable {
            file: file.to_owned(),
            why: error.to_string(),
        },
    }
}

fn failed(file: &Path, error: redb::Error) -> StoreError {
    let file = file.to_owned();
    match error {
        redb::Error::DatabaseAlreadyOpen => StoreError::InUse { file },
        redb::Error::Io(e) => StoreError::Unwritable {
            file,
            why: e.to_string(),
        },
        other => broken(&file, &other),
    }
}

fn broken(file: &Path, why: &(impl std::fmt::Display + ?Sized)) -> StoreError {
    StoreError::Broken {
        file: file.to_owned(),
        why: why.to_string(),
    }
}

//! The store on disk: one redb file, each change a transaction that is on the disk when it returns.
//!
//! Two tables by number: entries as JSON, and octets. The version of their form stands in a third.
use super::{Entry, Store, StoreError};
use redb::{
    Database, DatabaseError, ReadableDatabase, ReadableTable, StorageBackend, StorageError,
    TableDefinition, TableError,
};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Version of the form of what stands in the tables.
pub const FORM: u32 = 1;

const FORMS: TableDefinition<&str, u32> = TableDefinition::new("form");
const ENTRIES: TableDefinition<u64, &[u8]> = TableDefinition::new("entries");
const OCTETS: TableDefinition<u64, &[u8]> = TableDefinition::new("octets");

/// The store.
pub struct Disk {
    file: PathBuf,
    database: Database,
}

impl Disk {
    /// Opens the file, or begins one that only its owner can read, with its folder.
    ///
    /// # Errors
    /// In use, written by a newer program, broken, or not to be written.
    pub fn open(file: impl AsRef<Path>) -> Result<Self, StoreError> {
        let file = file.as_ref().to_owned();
        let opened = begin(&file).and_then(|()| {
            Database::create(&file).map_err(|error| match error {
                DatabaseError::Storage(StorageError::Io(e)) => e,
                other => io::Error::other(other),
            })
        });
        let database = opened.map_err(|e| named(&file, &e))?;
        Self::on(file, database)
    }

    /// On a backend in the file's place, whose name stands in errors.
    ///
    /// # Errors
    /// Those of [`Self::open`].
    pub fn on_backend(
        file: impl AsRef<Path>,
        backend: impl StorageBackend,
    ) -> Result<Self, StoreError> {
        let file = file.as_ref().to_owned();
        let database = Database::builder()
            .create_with_backend(backend)
            .map_err(|e| broken(&file, &e))?;
        Self::on(file, database)
    }

    fn on(file: PathBuf, database: Database) -> Result<Self, StoreError> {
        let disk = Self { file, database };
        match disk.form()? {
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

    /// The version of the form; none in a new file.
    fn form(&self) -> Result<Option<u32>, StoreError> {
        self.read(|read| {
            let table = match read.open_table(FORMS) {
                Err(TableError::TableDoesNotExist(_)) => return Ok(None),
                other => other?,
            };
            Ok(table.get("outbox")?.map(|form| form.value()))
        })
    }

    fn read<T>(
        &self,
        work: impl FnOnce(&redb::ReadTransaction) -> Result<T, redb::Error>,
    ) -> Result<T, StoreError> {
        let read = self.database.begin_read().map_err(redb::Error::from);
        let done = read.and_then(|read| work(&read));
        done.map_err(|e| broken(&self.file, &e))
    }

    fn write(
        &self,
        work: impl FnOnce(&redb::WriteTransaction) -> Result<(), redb::Error>,
    ) -> Result<(), StoreError> {
        let all = || {
            let write = self.database.begin_write()?;
            work(&write)?;
            // Durable at once is what redb does where nothing else is said.
            write.commit()?;
            Ok(())
        };
        all().map_err(|e: redb::Error| StoreError::Unwritable {
            file: self.file.clone(),
            why: e.to_string(),
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

    fn put(&self, entries: &[(&Entry, Option<&[u8]>)]) -> Result<(), StoreError> {
        self.write(|write| {
            let mut table = write.open_table(ENTRIES)?;
            let mut bodies = write.open_table(OCTETS)?;
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

    fn remove(&self, id: u64) -> Result<(), StoreError> {
        self.write(|write| {
            write.open_table(ENTRIES)?.remove(id)?;
            write.open_table(OCTETS)?.remove(id)?;
            Ok(())
        })
    }

    fn is_slow(&self) -> bool {
        true
    }
}

/// Makes the folder and an empty file that only the owner can read, where there is none.
fn begin(file: &Path) -> io::Result<()> {
    if let Some(folder) = file.parent().filter(|f| !f.as_os_str().is_empty()) {
        fs::create_dir_all(folder)?;
    }
    let mut options = fs::File::options();
    options.append(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(file).map(drop)
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

fn broken(file: &Path, why: &(impl std::fmt::Display + ?Sized)) -> StoreError {
    StoreError::Broken {
        file: file.to_owned(),
        why: why.to_string(),
    }
}

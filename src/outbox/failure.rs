//! What can go wrong with the outbox: each error with its place, its reason and its remedy.
use super::{Entry, Refusal};
use std::path::PathBuf;

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
    /// Somebody else wrote it while an error of the disk kept us from it.
    #[error(
        "{}: the outbox was changed by somebody else while it could not be used (message {id} is not as it was): nothing is written over that. Look with `mmscope outbox list`, then start mmscope again", file.display()
    )]
    Changed {
        /// The file.
        file: PathBuf,
        /// The first entry that is otherwise.
        id: u64,
    },
}

impl StoreError {
    /// The same, where what was refused may stand on the disk all the same.
    #[must_use]
    pub(super) fn in_doubt(self) -> Self {
        match self {
            Self::Unwritable { file, why } => Self::Unwritable {
                file,
                why: format!(
                    "{why} (it cannot be read back either: once it can, `mmscope outbox list` shows whether what was just refused stands in it; that is undone as soon as this session can write again)"
                ),
            },
            other => other,
        }
    }
}

/// A change that counts whether it could be written or not.
#[derive(Debug)]
pub struct Noted {
    /// The entry as it is now.
    pub entry: Entry,
    /// Why it is only in memory; it is written with the next change that the disk takes.
    pub unwritten: Option<StoreError>,
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

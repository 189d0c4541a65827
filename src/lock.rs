//! A file that says: what lies beside me is mine as long as I run.
//!
//! In: the name of a lock file. Out: a [`Lock`] that ends with its owner, however that ends: the system takes it back, so nothing is left to be
//! cleaned up after a crash. The file itself stays; removing it would let two owners hold two files of one name. Never here: what is guarded.
use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long a command waits for another one that is about to end, such as a list that is being printed.
pub const A_MOMENT: Duration = Duration::from_secs(2);
/// So often it looks again meanwhile.
const AGAIN: Duration = Duration::from_millis(20);

/// A lock file that is held, or why this file system knows no locks.
#[derive(Debug)]
pub struct Lock {
    /// Open, and locked with that.
    _file: Option<File>,
    caution: Option<String>,
}

impl Lock {
    /// Takes the lock of this file, which is made for its owner only where there is none. `None` where another has it. Where it cannot be locked at
    /// all, one goes on without, and [`Self::caution`] says so.
    #[must_use]
    pub fn take(file: &Path) -> Option<Self> {
        let locked = opened(file).map_err(TryLockError::Error).and_then(|open| {
            open.try_lock()?;
            Ok(open)
        });
        match locked {
            Ok(open) => Some(Self {
                _file: Some(open),
                caution: None,
            }),
            Err(TryLockError::WouldBlock) => None,
            Err(TryLockError::Error(e)) => Some(Self {
                _file: None,
                caution: Some(format!(
                    "{}: cannot be locked ({e}): a second mmscope that uses the same would not be noticed. See to it that there is none",
                    file.display()
                )),
            }),
        }
    }

    /// The same; where another has it, it is waited for so long at the most. The thread sleeps meanwhile.
    #[must_use]
    pub fn take_within(file: &Path, patience: Duration) -> Option<Self> {
        let until = Instant::now() + patience;
        loop {
            let taken = Self::take(file);
            if taken.is_some() || Instant::now() >= until {
                return taken;
            }
            std::thread::sleep(AGAIN);
        }
    }

    /// Why nothing is locked; none where it is.
    #[must_use]
    pub fn caution(&self) -> Option<&str> {
        self.caution.as_deref()
    }

    /// The lock file that stands beside this one: `outbox.redb.lock`.
    #[must_use]
    pub fn beside(file: &Path) -> PathBuf {
        let mut name = file.file_name().unwrap_or_default().to_owned();
        name.push(".lock");
        file.with_file_name(name)
    }
}

fn opened(file: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(file)
}

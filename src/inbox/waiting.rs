//! Parts of long messages that have come by themselves and wait for the others.
//!
//! In: the TPDU of a part. Out: the same after a restart, until its message is whole or it is given up. One file a part, in the folder `waiting`. Never
//! here: joining them, and how long one waits.
use super::disk::{Disk, bounded, failed, private, replace};
use super::{Held, Inbox, InboxError};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Parts that are kept at the most; the oldest gives way.
pub const MOST_PARTS: usize = 1024;
/// The largest file of a part that is read, in octets.
const LARGEST: u64 = 8 << 10;
/// How their files end.
const END: &str = "part";

/// A part that waits.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingPart {
    /// SHA-256 of the TPDU, in hexadecimal.
    pub digest: String,
    /// The TPDU (3GPP TS 23.040 section 9.2), as it came.
    pub tpdu: Vec<u8>,
    /// When it came, in milliseconds since 1970.
    pub came: u64,
}

/// A debug print never shows what a person wrote.
impl std::fmt::Debug for WaitingPart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "WaitingPart({} octets)", self.tpdu.len())
    }
}

impl Inbox {
    /// Keeps a part until [`Self::drop_part`]. One that is kept already stays as it is; one that no disk has taken yet is tried again with it.
    ///
    /// # Errors
    /// The disk's; then the part is in memory only, until [`Self::keep_rest`] succeeds.
    pub fn keep_part(&self, part: WaitingPart) -> Result<(), InboxError> {
        let mut held = self.held();
        let digest = part.digest.clone();
        if !held.waiting.iter().any(|p| p.digest == digest) {
            held.unwritten.push(digest.clone());
            held.waiting.push(part);
        }
        let written = self.write_rest(&mut held);
        if held.waiting.len() > MOST_PARTS {
            let oldest = held.waiting.remove(0);
            held.unwritten.retain(|d| *d != oldest.digest);
            // Beside another process that keeps the folder it is only out of this one's memory.
            if let Some(disk) = self.disk.as_ref().filter(|_| self.is_own()) {
                disk.remove_waiting(&oldest.digest)?;
            }
        }
        match written {
            Err(e) if held.unwritten.contains(&digest) => Err(e),
            _ => Ok(()),
        }
    }

    /// Tries once more to write the parts that no disk has taken. Returns how many of them are written now.
    pub fn keep_rest(&self) -> usize {
        let mut held = self.held();
        let before = held.unwritten.len();
        // Whoever has been told why stays in memory.
        let _ = self.write_rest(&mut held);
        before - held.unwritten.len()
    }

    fn write_rest(&self, held: &mut Held) -> Result<(), InboxError> {
        if held.unwritten.is_empty() {
            return Ok(());
        }
        let Some(disk) = self.disk(held)? else {
            held.unwritten.clear();
            return Ok(());
        };
        let mut refused = None;
        for digest in std::mem::take(&mut held.unwritten) {
            let part = held.waiting.iter().find(|p| p.digest == digest);
            if let Some(Err(e)) = part.map(|part| disk.write_waiting(part)) {
                held.unwritten.push(digest);
                refused = refused.or(Some(e));
            }
        }
        refused.map_or(Ok(()), Err)
    }

    /// A part that waits has come then, in milliseconds since 1970: what was written down before was the time of a wrong clock. One that is not kept
    /// is no error.
    ///
    /// # Errors
    /// The disk's; then it stays as it was there.
    pub fn keep_since(&self, digest: &str, came: u64) -> Result<(), InboxError> {
        let mut held = self.held();
        let disk = self.disk(&mut held)?;
        let Some(part) = held.waiting.iter_mut().find(|p| p.digest == digest) else {
            return Ok(());
        };
        part.came = came;
        match disk {
            Some(disk) => disk.write_waiting(part),
            None => Ok(()),
        }
    }

    /// A part waits no more. One that is not kept is no error.
    ///
    /// # Errors
    /// Its file cannot be removed; then it will be found again.
    pub fn drop_part(&self, digest: &str) -> Result<(), InboxError> {
        let mut held = self.held();
        if !held.waiting.iter().any(|p| p.digest == digest) {
            return Ok(());
        }
        if let Some(disk) = self.disk(&mut held)? {
            disk.remove_waiting(digest)?;
        }
        held.waiting.retain(|p| p.digest != digest);
        held.unwritten.retain(|d| d != digest);
        Ok(())
    }

    /// The parts that wait, the oldest first.
    #[must_use]
    pub fn waiting_parts(&self) -> Vec<WaitingPart> {
        self.held().waiting.clone()
    }
}

impl Disk {
    fn waiting(&self) -> PathBuf {
        self.folder.join("waiting")
    }

    /// A digest becomes a name only where it is one.
    fn part_file(&self, digest: &str) -> Option<PathBuf> {
        let is_hex = !digest.is_empty() && digest.bytes().all(|b| b.is_ascii_hexdigit());
        is_hex.then(|| self.waiting().join(format!("{digest}.{END}")))
    }

    /// The parts that wait, and what could not be read of them.
    pub(super) fn load_waiting(&self) -> (Vec<WaitingPart>, Vec<String>) {
        let Ok(entries) = fs::read_dir(self.waiting()) else {
            // None has ever waited.
            return (Vec::new(), Vec::new());
        };
        let is_part = |file: &PathBuf| file.extension().is_some_and(|e| e == END);
        let files = entries.flatten().map(|e| e.path()).filter(is_part);
        let mut parts = Vec::new();
        let mut broken = Vec::new();
        for file in files.take(MOST_PARTS) {
            match read(&file).filter(|part| self.part_file(&part.digest).as_ref() == Some(&file)) {
                Some(part) => parts.push(part),
                None => broken.push(format!("{}: no part of a message", file.display())),
            }
        }
        parts.sort_by_key(|part| part.came);
        (parts, broken)
    }

    fn write_waiting(&self, part: &WaitingPart) -> Result<(), InboxError> {
        let folder = self.waiting();
        private(&folder, true).map_err(|e| failed(&folder, e))?;
        let Some(file) = self.part_file(&part.digest) else {
            return Err(failed(&folder, io::ErrorKind::InvalidInput.into()));
        };
        let json = serde_json::to_vec(part).map_err(io::Error::other);
        json.and_then(|json| replace(&file, &json))
            .map_err(|e| failed(&file, e))
    }

    fn remove_waiting(&self, digest: &str) -> Result<(), InboxError> {
        let Some(file) = self.part_file(digest) else {
            return Ok(());
        };
        match fs::remove_file(&file) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(failed(&file, e)),
            _ => Ok(()),
        }
    }
}

fn read(file: &Path) -> Option<WaitingPart> {
    serde_json::from_slice(&bounded(file, LARGEST).ok()?).ok()
}

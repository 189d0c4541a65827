//! Parts of long messages that have come by themselves and wait for the others.
//!
//! In: the TPDU of a part. Out: the same after a restart, until its message is whole or it is given up. One file a part, in the folder `waiting`. Never
//! here: joining them, and how long one waits.
use super::disk::{Disk, bounded, failed, private, replace};
use super::{Inbox, InboxError};
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
    /// Keeps a part until [`Self::drop_part`]. One that is kept already stays as it is.
    ///
    /// # Errors
    /// The disk's; then the part is not kept.
    pub fn keep_part(&self, part: WaitingPart) -> Result<(), InboxError> {
        let mut held = self.held();
        if held.waiting.iter().any(|p| p.digest == part.digest) {
            return Ok(());
        }
        let written = match &self.disk {
            Some(disk) => disk.write_waiting(&part),
            None => Ok(()),
        };
        // Where the disk refuses, memory has it as long as the program runs.
        held.waiting.push(part);
        if held.waiting.len() > MOST_PARTS {
            let oldest = held.waiting.remove(0);
            if let Some(disk) = &self.disk {
                disk.remove_waiting(&oldest.digest)?;
            }
        }
        written
    }

    /// A part that waits has come then, in milliseconds since 1970: what was written down before was the time of a wrong clock. One that is not kept
    /// is no error.
    ///
    /// # Errors
    /// The disk's; then it stays as it was there.
    pub fn keep_since(&self, digest: &str, came: u64) -> Result<(), InboxError> {
        let mut held = self.held();
        let Some(part) = held.waiting.iter_mut().find(|p| p.digest == digest) else {
            return Ok(());
        };
        part.came = came;
        match &self.disk {
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
        let Some(place) = held.waiting.iter().position(|p| p.digest == digest) else {
            return Ok(());
        };
        if let Some(disk) = &self.disk {
            disk.remove_waiting(digest)?;
        }
        held.waiting.remove(place);
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

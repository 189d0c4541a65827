//! Settings on disk: written before the first change, removed once they are back.
//!
//! One file a serial line, in the state folder. A file that is found at the start means that an earlier session could not put
//! things back: it was killed, or the line was lost.
use super::Signatures;
use crate::event::Calibration;
use crate::modem::Settings;
use crate::pipeline::{Keep, Signature};
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Version of the file's format.
const FORMAT: u32 = 1;
/// Larger files are none of ours.
const LARGEST: u64 = 256 * 1024;

/// The folder of kept settings.
#[derive(Clone, Debug)]
pub struct Snapshots {
    folder: PathBuf,
}

/// A file of kept settings.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Held {
    format: u32,
    /// The serial line's name.
    pub serial: String,
    /// What the modem was set to.
    pub settings: Settings,
}

impl Snapshots {
    /// In this folder; it is made when the first file is written.
    #[must_use]
    pub fn in_folder(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    /// Keeps settings of the modem on this serial line.
    #[must_use]
    pub fn of(&self, serial: &str) -> Kept {
        Kept {
            signatures: Signatures::in_folder(self.folder.with_file_name("signatures")),
            path: self.path(serial),
            serial: serial.to_owned(),
        }
    }

    /// What an earlier session left behind for this line. A file that cannot be read is told, not thrown away.
    ///
    /// # Errors
    /// Which file, and why.
    pub fn left_behind(&self, serial: &str) -> io::Result<Option<Held>> {
        let path = self.path(serial);
        match fs::metadata(&path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(named(&path, &e.to_string())),
            Ok(m) if m.len() > LARGEST => {
                return Err(named(&path, "too large to be kept settings; remove it"));
            }
            Ok(_) => {}
        }
        let text = fs::read_to_string(&path).map_err(|e| named(&path, &e.to_string()))?;
        let held: Held = serde_json::from_str(&text)
            .map_err(|e| named(&path, &format!("no kept settings: {e}; remove it")))?;
        if held.format > FORMAT {
            return Err(named(&path, "written by a newer mmscope; use that one"));
        }
        Ok(Some(held))
    }

    /// The lines of which settings are kept: sessions that could not put them back, or that still run.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn all(&self) -> io::Result<Vec<String>> {
        let entries = match fs::read_dir(&self.folder) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(named(&self.folder, &e.to_string())),
            Ok(entries) => entries,
        };
        let mut names: Vec<String> = entries
            .flatten()
            .map(|e| e.path())
            .filter(|p| p.extension().is_some_and(|e| e == "json"))
            .map(|p| {
                let small = fs::metadata(&p).is_ok_and(|m| m.len() <= LARGEST);
                let text = small.then(|| fs::read_to_string(&p).unwrap_or_default());
                let held = text.and_then(|t| serde_json::from_str::<Held>(&t).ok());
                held.map_or_else(|| format!("{} (cannot be read)", p.display()), |h| h.serial)
            })
            .collect();
        names.sort();
        Ok(names)
    }

    fn path(&self, serial: &str) -> PathBuf {
        let name: String = serial
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .collect();
        self.folder.join(format!("{name}.json"))
    }
}

fn named(path: &Path, why: &str) -> io::Error {
    io::Error::other(format!("{}: {why}", path.display()))
}

/// Keeps settings in one file, and signatures in the folder beside.
pub struct Kept {
    path: PathBuf,
    serial: String,
    signatures: Signatures,
}

impl Keep for Kept {
    fn save(&self, settings: &Settings) -> io::Result<()> {
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        let held = Held {
            format: FORMAT,
            serial: self.serial.clone(),
            settings: settings.clone(),
        };
        let text = serde_json::to_string_pretty(&held).map_err(io::Error::other)?;
        // Written beside and moved into place, so that a crash leaves the old file or the new one, never half of one.
        let fresh = self.path.with_extension("new");
        let mut file = private(&fresh)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&fresh, &self.path)
    }

    fn clear(&self) {
        // If it stays, the next start reads the settings, finds nothing to put back, and removes it.
        let _ = fs::remove_file(&self.path);
    }

    fn signatures(&self, firmware: &str) -> io::Result<Vec<Signature>> {
        self.signatures.of(firmware)
    }

    fn keep_signature(&self, learned: &Calibration) -> io::Result<()> {
        self.signatures.keep(learned, jiff::Timestamp::now())
    }
}

/// A new file that only its owner can read: settings can hold an APN password.
pub fn private(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}

/// For a simulated modem inside this process: it ends with us, so nothing is left to put back.
pub struct NotKept;

impl Keep for NotKept {
    fn save(&self, _settings: &Settings) -> io::Result<()> {
        Ok(())
    }
    fn clear(&self) {}
}

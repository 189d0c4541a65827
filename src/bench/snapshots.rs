//! Settings on disk: written before the first change, removed once they are back.
//!
//! One file a modem, in the state folder: by its serial line and, since modems of one type can look the same there, by a mark of its
//! IMEI (by the line's name where it tells none). A file that is found at the start means that an earlier session could not put
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
    /// What stays the same of the serial line: the USB identity, or the name where there is none. Modems of one type often have the same.
    pub serial: String,
    /// The name by which the line was opened; empty in files of older versions.
    #[serde(default)]
    pub line: String,
    /// What the modem was set to.
    pub settings: Settings,
}

impl Held {
    /// Whether it may be of the modem on this line: a file that does not say which one of its type the modem was is of its own line only.
    fn may_be_on(&self, line: &str) -> bool {
        self.settings.unit.is_some() || self.line.is_empty() || self.line == line
    }
}

impl Snapshots {
    /// In this folder; it is made when the first file is written.
    #[must_use]
    pub fn in_folder(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    /// Keeps settings of the modem on a line: what stays the same of it, and the name by which it was opened.
    #[must_use]
    pub fn of(&self, serial: &str, line: &str) -> Kept {
        Kept {
            folder: self.folder.clone(),
            signatures: Signatures::in_folder(self.folder.with_file_name("signatures")),
            serial: serial.to_owned(),
            line: line.to_owned(),
        }
    }

    /// What earlier sessions left behind for this line, the newest first: of several modems where these look the same. A file that
    /// cannot be read is told, not thrown away.
    ///
    /// # Errors
    /// Which file, and why.
    pub fn left_behind(&self, serial: &str, line: &str) -> io::Result<Vec<Held>> {
        let mut found = Vec::new();
        for path in files_of(&self.folder, serial)? {
            let Some(held) = read(&path)? else { continue };
            if held.serial == serial && held.may_be_on(line) {
                let written = fs::metadata(&path).and_then(|m| m.modified()).ok();
                found.push((written, held));
            }
        }
        found.sort_by_key(|(written, _)| std::cmp::Reverse(*written));
        Ok(found.into_iter().map(|(_, held)| held).collect())
    }

    /// The lines of which settings are kept: sessions that could not put them back, or that still run.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn all(&self) -> io::Result<Vec<String>> {
        let entries = match fs::read_dir(&self.folder) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(blocked(&self.folder, &e)),
            Ok(entries) => entries,
        };
        let mut names: Vec<String> = entries
            .flatten()
            .map(|e| e.path())
            .filter(|p| p.extension().is_some_and(|e| e == "json"))
            .map(|p| {
                let small = fs::metadata(&p).is_ok_and(|m| m.len() <= LARGEST);
                let text = small.then(|| fs::read_to_string(&p).unwrap_or_default());
                let held = text.and_then(|t| serde_json::from_slice::<Held>(t.as_bytes()).ok());
                held.map_or_else(|| format!("{} (cannot be read)", p.display()), |h| h.serial)
            })
            .collect();
        names.sort();
        Ok(names)
    }
}

/// The beginning of the names of the files for a line.
fn stem(serial: &str) -> String {
    serial
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect()
}

/// The files for a line: `stem.json` of older versions, `stem.unit.json`, and `stem.line.json` of modems that tell no IMEI.
fn files_of(folder: &Path, serial: &str) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(blocked(folder, &e)),
        Ok(entries) => entries,
    };
    let stem = stem(serial);
    let of_this = |path: &PathBuf| {
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or("");
        name.ends_with(".json") && name.split('.').next() == Some(stem.as_str())
    };
    Ok(entries
        .flatten()
        .map(|e| e.path())
        .filter(of_this)
        .collect())
}

/// One file; `None` where it has gone meanwhile.
fn read(path: &Path) -> io::Result<Option<Held>> {
    match fs::metadata(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(named(path, &e.to_string())),
        Ok(m) if m.len() > LARGEST => {
            return Err(named(path, "too large to be kept settings; remove it"));
        }
        Ok(_) => {}
    }
    let text = fs::read_to_string(path).map_err(|e| named(path, &e.to_string()))?;
    let held: Held = serde_json::from_slice(text.as_bytes())
        .map_err(|e| named(path, &format!("no kept settings: {e}; remove it")))?;
    if held.format > FORMAT {
        return Err(named(path, "written by a newer mmscope; use that one"));
    }
    Ok(Some(held))
}

/// Why the folder of kept settings cannot be read, and what to do.
fn blocked(folder: &Path, why: &io::Error) -> io::Error {
    let remedy = match why.kind() {
        io::ErrorKind::NotADirectory => {
            "a folder is wanted there; move away what stands in its place"
        }
        _ => "give the folder back to yourself",
    };
    named(folder, &format!("{why}; {remedy}"))
}

fn named(path: &Path, why: &str) -> io::Error {
    io::Error::other(format!("{}: {why}", path.display()))
}

/// Keeps settings of the modem on one line, in a file for each modem that is seen on it, and signatures in the folder beside.
pub struct Kept {
    folder: PathBuf,
    serial: String,
    line: String,
    signatures: Signatures,
}

impl Kept {
    fn path(&self, settings: &Settings) -> PathBuf {
        let whose = settings.unit.as_deref().unwrap_or(&self.line);
        self.folder
            .join(format!("{}.{}.json", stem(&self.serial), stem(whose)))
    }
}

impl Keep for Kept {
    fn save(&self, settings: &Settings) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let held = Held {
            format: FORMAT,
            serial: self.serial.clone(),
            line: self.line.clone(),
            settings: settings.clone(),
        };
        let text = serde_json::to_string_pretty(&held).map_err(io::Error::other)?;
        // Written beside and moved into place, so that a crash leaves the old file or the new one, never half of one.
        let path = self.path(settings);
        let fresh = path.with_extension("new");
        let mut file = private(&fresh)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&fresh, &path)
    }

    fn clear(&self, settings: &Settings) {
        let own = |held: &Held| {
            held.serial == self.serial
                && held.may_be_on(&self.line)
                && held.settings.modem == settings.modem
                && held.settings.unit == settings.unit
        };
        for path in files_of(&self.folder, &self.serial).unwrap_or_default() {
            if let Ok(Some(held)) = read(&path)
                && own(&held)
            {
                // If it stays, the next start reads the settings, finds nothing to put back, and removes it.
                let _ = fs::remove_file(&path);
            }
        }
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
    fn clear(&self, _settings: &Settings) {}
}

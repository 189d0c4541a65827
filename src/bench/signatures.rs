//! Signatures on disk: how each firmware ends connection attempts of known class, learned once and used again.
//!
//! One file a firmware, in the state folder. What is kept is only what was measured, with the day on which it was.
use crate::event::Calibration;
use crate::pipeline::Signature;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

/// Version of the file's format.
const FORMAT: u32 = 1;
/// Larger files are none of ours.
const LARGEST: u64 = 64 * 1024;
/// So many signatures of a firmware are kept; the oldest goes first.
const MOST: usize = 40;

/// The folder of signatures.
#[derive(Clone, Debug)]
pub struct Signatures {
    folder: PathBuf,
}

#[derive(Serialize, Deserialize)]
struct File {
    format: u32,
    firmware: String,
    signatures: Vec<Signature>,
}

impl Signatures {
    /// In this folder; it is made when the first file is written.
    #[must_use]
    pub fn in_folder(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    /// What was learned on this firmware, oldest first.
    ///
    /// # Errors
    /// The file is there and cannot be read, or is none of ours.
    pub fn of(&self, firmware: &str) -> io::Result<Vec<Signature>> {
        let path = self.path(firmware);
        let fault = |why: String| io::Error::other(format!("{}: {why}", path.display()));
        let text = match fs::metadata(&path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(e) => return Err(fault(e.to_string())),
            Ok(m) if m.len() > LARGEST => {
                return Err(fault("too large to be signatures; remove it".to_owned()));
            }
            Ok(_) => fs::read_to_string(&path).map_err(|e| fault(e.to_string()))?,
        };
        let file: File = serde_json::from_slice(text.as_bytes())
            .map_err(|e| fault(format!("no signatures: {e}; remove it")))?;
        if file.format != FORMAT {
            return Err(fault(format!(
                "written in format {}, and this mmscope reads {FORMAT}; remove it to learn anew",
                file.format
            )));
        }
        let same = |s: &Signature| s.calibration.firmware == firmware;
        Ok(match file.firmware == firmware {
            true => file.signatures.into_iter().filter(same).collect(),
            // Two names that are alike in letters and digits: these are the other's.
            false => Vec::new(),
        })
    }

    /// Keeps a signature, in the place of an older one of the same class, shape and code.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn keep(&self, calibration: &Calibration, now: Timestamp) -> io::Result<()> {
        let firmware = &calibration.firmware;
        // A file that cannot be read is written anew: it only saves an experiment.
        let mut signatures = self.of(firmware).unwrap_or_default();
        signatures.retain(|s| !s.calibration.is_alike(calibration));
        signatures.push(Signature {
            learned: now.round(jiff::Unit::Second).unwrap_or(now).to_string(),
            calibration: calibration.clone(),
        });
        let surplus = signatures.len().saturating_sub(MOST);
        signatures.drain(..surplus);
        let file = File {
            format: FORMAT,
            firmware: firmware.clone(),
            signatures,
        };
        let text = serde_json::to_string_pretty(&file).map_err(io::Error::other)?;
        fs::create_dir_all(&self.folder)?;
        let path = self.path(firmware);
        // Written beside and moved into place, so that nobody ever reads half of it.
        let fresh = path.with_extension("new");
        let mut out = super::private(&fresh)?;
        out.write_all(text.as_bytes())?;
        fs::rename(&fresh, &path)
    }

    fn path(&self, firmware: &str) -> PathBuf {
        let name: String = firmware
            .chars()
            .take(80)
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .collect();
        self.folder.join(format!("{name}.json"))
    }
}

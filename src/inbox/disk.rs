//! The inbox on disk: a folder a message. A file is written beside its place and moved there, so that a crash leaves the old one or the new one.
use super::name::OWN;
use super::{InboxError, Item, SavedPart};
use crate::event::InboxState;
use crate::mms::Part;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// Messages that are read when it is opened, the newest.
const MOST: usize = 10_000;
/// The largest `message.json` that is read, in octets.
const LARGEST: u64 = 4 << 20;
/// The largest part that is read back, in octets.
const LARGEST_PART: u64 = 64 << 20;
/// So many other names are tried where a name is taken.
const NAMES: u32 = 10_000;

#[derive(Debug)]
pub struct Disk {
    pub(super) folder: PathBuf,
}

pub(super) fn failed(place: &Path, source: io::Error) -> InboxError {
    InboxError::File {
        place: place.to_owned(),
        source,
    }
}

impl Disk {
    pub fn open(folder: &Path) -> Result<Self, InboxError> {
        make_folder(folder)?;
        Ok(Self {
            folder: folder.to_owned(),
        })
    }

    pub fn folder_of(&self, id: u64) -> PathBuf {
        self.folder.join(id.to_string())
    }

    /// All messages, the oldest first, and what could not be read.
    pub fn load(&self) -> Result<(Vec<Item>, Vec<String>), InboxError> {
        let entries = fs::read_dir(&self.folder).map_err(|e| failed(&self.folder, e))?;
        let number = |name: &std::ffi::OsStr| name.to_str()?.parse::<u64>().ok();
        let mut ids: Vec<u64> = entries
            .flatten()
            .filter_map(|entry| number(&entry.file_name()))
            .collect();
        ids.sort_unstable();
        let passed = ids.len().saturating_sub(MOST);
        let mut items = Vec::new();
        let mut unread = Vec::new();
        for id in ids.into_iter().skip(passed) {
            let file = self.folder_of(id).join(OWN);
            let read = bounded(&file, LARGEST).and_then(|octets| {
                serde_json::from_slice::<Item>(&octets).map_err(io::Error::other)
            });
            match read {
                Ok(item) => items.push(settled(Item { id, ..item })),
                Err(e) => unread.push(format!("{}: {e}", file.display())),
            }
        }
        Ok((items, unread))
    }

    /// Makes the folder of a new message; another process may have taken the number.
    pub fn begin(&self, next: u64) -> Result<u64, InboxError> {
        let mut id = next;
        loop {
            let folder = self.folder_of(id);
            match private(&folder, false) {
                Ok(()) => return Ok(id),
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists && id < next + MOST as u64 => {
                    id += 1;
                }
                Err(e) => return Err(failed(&folder, e)),
            }
        }
    }

    /// Nothing could be written into the folder of a new message: it goes again, as far as the disk takes that.
    pub fn give_up(&self, id: u64) {
        let folder = self.folder_of(id);
        let _ = fs::remove_file(folder.join(format!(".{OWN}.new")));
        let _ = fs::remove_dir(folder);
    }

    pub fn write(&self, item: &Item) -> Result<(), InboxError> {
        let file = self.folder_of(item.id).join(OWN);
        let json = serde_json::to_vec_pretty(item).map_err(io::Error::other);
        json.and_then(|json| replace(&file, &json))
            .map_err(|e| failed(&file, e))
    }

    pub fn write_parts(
        &self,
        id: u64,
        saved: &[SavedPart],
        parts: &[Part],
    ) -> Result<(), InboxError> {
        for (saved, part) in saved.iter().zip(parts) {
            let file = self.folder_of(id).join(&saved.file);
            replace(&file, &part.data).map_err(|e| failed(&file, e))?;
        }
        Ok(())
    }

    pub fn read_part(&self, id: u64, part: &SavedPart) -> Result<Vec<u8>, InboxError> {
        // The name comes from a file that somebody may have changed since.
        let name = Path::new(&part.file).file_name().unwrap_or_default();
        let file = self.folder_of(id).join(name);
        bounded(&file, LARGEST_PART).map_err(|e| failed(&file, e))
    }
}

/// A fetch that was under way when the program ended has not ended well: the message waits as before.
fn settled(mut item: Item) -> Item {
    if item.state == InboxState::Fetching {
        item.state = InboxState::Waiting;
        "the program ended while it was being fetched".clone_into(&mut item.says);
    }
    item
}

pub(super) fn bounded(file: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut octets = Vec::new();
    fs::File::open(file)?
        .take(most + 1)
        .read_to_end(&mut octets)?;
    if octets.len() as u64 > most {
        return Err(io::Error::other(format!("larger than {most} octets")));
    }
    Ok(octets)
}

/// Makes a folder for its owner only; one that is there stays as it is.
pub fn make_folder(folder: &Path) -> Result<(), InboxError> {
    private(folder, true).map_err(|e| failed(folder, e))
}

pub(super) fn private(folder: &Path, parents: bool) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(parents);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(folder)
}

fn new_file(file: &Path) -> io::Result<fs::File> {
    let mut options = fs::File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(file)
}

/// Writes a file so that a crash leaves the old one or the new one.
pub(super) fn replace(file: &Path, octets: &[u8]) -> io::Result<()> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    // A leading dot: no part has such a name.
    let beside = file.with_file_name(format!(".{name}.new"));
    // One that a crash has left is of no use to anybody.
    let _ = fs::remove_file(&beside);
    let mut new = new_file(&beside)?;
    new.write_all(octets)?;
    new.sync_all()?;
    fs::rename(&beside, file)
}

/// Writes a new file; where the name is taken, one with a number.
pub fn write_new(folder: &Path, name: &str, octets: &[u8]) -> Result<PathBuf, InboxError> {
    let name = Path::new(name).file_name().unwrap_or_default();
    let plain = folder.join(name);
    let stem = plain
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let extension = plain
        .extension()
        .map(|e| format!(".{}", e.to_string_lossy()));
    for number in 1..NAMES {
        let file = match number {
            1 => plain.clone(),
            n => folder.join(format!(
                "{stem}-{n}{}",
                extension.as_deref().unwrap_or_default()
            )),
        };
        match new_file(&file).and_then(|mut new| new.write_all(octets)) {
            Ok(()) => return Ok(file),
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
            Err(e) => return Err(failed(&file, e)),
        }
    }
    let e = io::Error::other("too many files have this name already");
    Err(failed(&plain, e))
}

//! Recordings on disk: read whole, or in short for the list, on a thread of their own.
//!
//! In: what the screen wants. Out: tapes, courses and the list. Nothing here waits for a disk in the screen's own time, and no more of a
//! folder or a file is read than is bounded here.
use super::folders;
use crate::console::recordings::{Found, Good, RecordingRow, Recordings, Wanted};
use crate::event::Event;
use crate::journal::read_events;
use crate::replay::{Conditions, Course, Digest, Search, Tape};
use std::collections::VecDeque;
use std::fs;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;
use tokio::sync::mpsc;

/// Most recordings that are listed.
const MOST: usize = 60;
/// So many times as many are looked through for a good send.
const SEARCHED: usize = 10;
/// Most octets of a recording that are looked at for the list.
const LOOKED_AT: u64 = 64 << 20;
/// The longest line that is looked at whole; of a longer one only the beginning counts.
const LONGEST_LINE: u64 = 1 << 20;
/// The kind and the time of an event stand within so many octets of its line's beginning.
const HEAD: usize = 160;

/// A recording, as far as it can be read.
///
/// # Errors
/// Nothing of it can be read: place, reason.
pub fn tape(path: &Path) -> Result<Tape, String> {
    let shown = path.display();
    let file = folders::open(path).map_err(|e| format!("{shown}: cannot be opened: {e}"))?;
    let read = Tape::read(&name(path), read_events(BufReader::new(file)));
    read.map_err(|e| format!("{shown}: {e}"))
}

fn name(path: &Path) -> String {
    let file = path.file_name().unwrap_or(path.as_os_str());
    file.to_string_lossy().into_owned()
}

/// The recordings of a folder, newest first.
#[must_use]
pub fn list(folder: &Path, current: Option<&Path>) -> Recordings {
    let files = files(folder);
    let unlisted = files.len().saturating_sub(MOST);
    let rows = files.into_iter().take(MOST).map(|(_, path, octets)| {
        let digest = digest(&path).unwrap_or_else(|e| Digest {
            trouble: Some(format!("it cannot be read: {e}")),
            ..Digest::default()
        });
        RecordingRow {
            name: name(&path),
            current: current == Some(path.as_path()),
            path: path.to_string_lossy().into_owned(),
            digest,
            octets,
        }
    });
    Recordings {
        folder: folder.display().to_string(),
        rows: Some(rows.collect()),
        unlisted,
        ..Recordings::default()
    }
}

/// The recordings of a folder with the time of their change and their size, those that were changed last first.
fn files(folder: &Path) -> Vec<(SystemTime, PathBuf, u64)> {
    let mut files: Vec<(SystemTime, PathBuf, u64)> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|e| e.path().extension().is_some_and(|x| x == "jsonl"))
        .filter_map(|e| {
            let about = e.metadata().ok().filter(fs::Metadata::is_file)?;
            let changed = about.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            Some((changed, e.path(), about.len()))
        })
        .collect();
    // Of two that were changed at the same time the name tells: it begins with the time of the start.
    files.sort_by(|a, b| b.cmp(a));
    files
}

/// The course of the last send of a folder that was accepted under these conditions.
///
/// # Errors
/// There is none, or it cannot be read: place, reason.
pub fn last_good(folder: &Path, conditions: Conditions) -> Result<Course, String> {
    let mut search = Search::new(conditions);
    // As a rule the newest ones hold it; older ones are looked at only where they do not.
    for some in files(folder).chunks(MOST).take(SEARCHED) {
        for (_, path, _) in some {
            if let Ok(digest) = digest(path) {
                search.look(&path.to_string_lossy(), &digest);
            }
        }
        if search.found().is_ok() {
            break;
        }
    }
    let found = search.found()?;
    let tape = tape(Path::new(&found.recording))?;
    let course = Course::of_accepted(&tape, found.send);
    course.ok_or_else(|| {
        let (name, send) = (&tape.name, found.send);
        format!("{name}: its send {send} was accepted, but cannot be read whole")
    })
}

/// A recording, and beside it the last good send under the conditions of its newest.
fn with_good(folder: &Path, path: &Path) -> Result<Good, String> {
    let tape = tape(path)?;
    let conditions = Conditions::of_tape(&tape).map_err(|why| format!("{}: {why}", tape.name))?;
    Ok(Good {
        course: last_good(folder, conditions)?,
        tape: Some(Arc::new(tape)),
    })
}

/// What a recording holds in short: only lines that say something of that are read as events.
fn digest(path: &Path) -> io::Result<Digest> {
    let mut source = BufReader::new(folders::open(path)?).take(LOOKED_AT);
    let mut digest = Digest::default();
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = source
            .by_ref()
            .take(LONGEST_LINE)
            .read_until(b'\n', &mut line)?;
        if read == 0 {
            break;
        }
        digest.events += 1;
        let number = digest.events;
        let ended = line.ends_with(b"\n");
        if number == 1 {
            if let Some(Err(e)) = read_events(line.as_slice()).next() {
                digest.trouble = Some(e.to_string());
                return Ok(digest);
            }
        } else if !ended && read as u64 == LONGEST_LINE {
            // The rest of a line that no event of ours has.
            source.by_ref().skip_until(b'\n')?;
        }
        let head = &line[..line.len().min(HEAD)];
        if !ended || word(head, b"\"event\":\"").is_some_and(|kind| Digest::wants(&kind)) {
            match serde_json::from_slice::<Event>(&line) {
                Ok(event) => digest.take(&event),
                Err(e) => {
                    digest.events -= 1;
                    digest.trouble = Some(format!("line {number} is no event: {e}"));
                    return Ok(digest);
                }
            }
        } else if let Some(ms) = word(head, b"\"ms\":").and_then(|w| w.parse::<u64>().ok()) {
            digest.length_ms = digest.length_ms.max(ms);
        }
    }
    if source.limit() == 0 {
        let mib = LOOKED_AT >> 20;
        digest.trouble = Some(format!(
            "only its first {mib} MiB were looked at for this list"
        ));
    }
    Ok(digest)
}

/// The letters, digits and underscores after a key.
fn word(line: &[u8], key: &[u8]) -> Option<String> {
    let at = line.windows(key.len()).position(|w| w == key)? + key.len();
    let is_part = |b: &&u8| b.is_ascii_alphanumeric() || **b == b'_';
    let word = line[at..].iter().take_while(is_part).copied().collect();
    String::from_utf8(word).ok()
}

/// Reads recordings for a screen.
pub struct Shelf {
    folder: PathBuf,
    current: Option<PathBuf>,
    back: mpsc::UnboundedSender<Found>,
    comes: mpsc::UnboundedReceiver<Found>,
    found: VecDeque<Found>,
}

impl Shelf {
    /// Of this folder; `current` is the recording that is written now.
    #[must_use]
    pub fn new(folder: PathBuf, current: Option<PathBuf>) -> Self {
        let (back, comes) = mpsc::unbounded_channel();
        Self {
            folder,
            current,
            back,
            comes,
            found: VecDeque::new(),
        }
    }

    /// Reads, on a thread of its own; the program does not wait for it at its end.
    pub fn fetch(&self, wanted: Wanted) {
        let (folder, current) = (self.folder.clone(), self.current.clone());
        let back = self.back.clone();
        std::thread::spawn(move || {
            let found = match wanted {
                Wanted::List => Found::List(list(&folder, current.as_deref())),
                Wanted::Tape(path) => Found::Tape(tape(Path::new(&path)).map(Arc::new)),
                Wanted::Good(conditions) => Found::Good(
                    last_good(&folder, *conditions)
                        .map(|course| Box::new(Good { tape: None, course })),
                ),
                Wanted::WithGood(path) => {
                    Found::Good(with_good(&folder, Path::new(&path)).map(Box::new))
                }
                Wanted::Course(path) => {
                    let tape = tape(Path::new(&path));
                    Found::Course(tape.map(|t| Box::new(Course::of_tape(&t))))
                }
            };
            // The screen may have gone.
            let _ = back.send(found);
        });
    }

    /// Returns when something was read. May be dropped at any time.
    pub async fn changed(&mut self) {
        match self.comes.recv().await {
            Some(found) => self.found.push_back(found),
            None => std::future::pending().await,
        }
    }

    /// What was read.
    pub fn found(&mut self) -> Option<Found> {
        self.found.pop_front()
    }
}

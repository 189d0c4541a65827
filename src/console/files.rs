//! Files, at the edge: for a message read whole and bounded, and found by the beginning of their path; and written, never over another one.
//!
//! In: a path as a person typed it, or a text. Out: an attachment, or names. Never here: what becomes of them. All block: not for the console's loop.
use crate::compose::Attachment;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{MAIN_SEPARATOR, Path, PathBuf};

/// The largest file that is taken along, in octets. A picture is made smaller afterwards; nothing else can be.
pub const LARGEST: u64 = 64 << 20;
/// So many names are offered.
const MOST_OFFERS: usize = 200;

/// Reads a file to take it along.
///
/// # Errors
/// It cannot be read, is no file, or is larger than [`LARGEST`].
pub fn read(typed: &str) -> Result<Attachment, String> {
    let path = path_of(typed);
    let shown = path.display();
    let about = fs::metadata(&path).map_err(|e| format!("{shown}: cannot be read: {e}"))?;
    // A pipe or a device would keep its reader waiting for ever.
    if !about.is_file() {
        return Err(format!("{shown}: is no file"));
    }
    let too_large = || format!("{shown}: larger than {LARGEST} octets; no MMSC takes that");
    if about.len() > LARGEST {
        return Err(too_large());
    }
    let mut octets = Vec::new();
    File::open(&path)
        .and_then(|file| file.take(LARGEST + 1).read_to_end(&mut octets))
        .map_err(|e| format!("{shown}: cannot be read: {e}"))?;
    if octets.len() as u64 > LARGEST {
        return Err(too_large());
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    Ok(Attachment::new(&name, octets))
}

/// The paths that a typed one may go on to, in the order of their names; folders end in a separator. Hidden names only where asked for.
#[must_use]
pub fn offers(typed: &str) -> Vec<String> {
    let (folder, beginning) = match typed.rfind(['/', MAIN_SEPARATOR]) {
        Some(at) => typed.split_at(at + 1),
        None => ("", typed),
    };
    let place = match folder {
        "" => PathBuf::from("."),
        folder => path_of(folder),
    };
    let Ok(entries) = fs::read_dir(place) else {
        return Vec::new();
    };
    let mut found: Vec<String> = entries
        .filter_map(Result::ok)
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let wanted = name.starts_with(beginning)
                && (!name.starts_with('.') || beginning.starts_with('.'));
            if !wanted {
                return None;
            }
            let is_folder = fs::metadata(entry.path()).is_ok_and(|about| about.is_dir());
            let end = if is_folder { "/" } else { "" };
            Some(format!("{folder}{name}{end}"))
        })
        .take(MOST_OFFERS)
        .collect();
    found.sort();
    found
}

/// Writes a text for its owner's eyes alone, and says where it is: the name first, since what has no room is cut at the end.
#[must_use]
pub fn saved(place: &str, text: &str) -> String {
    saved_as(place, text).unwrap_or_else(|why| why)
}

/// The same, for who must know whether it is there.
///
/// # Errors
/// That it was not written, and why.
pub fn saved_as(place: &str, text: &str) -> Result<String, String> {
    let written = written(place, text.as_bytes(), true);
    let path = written.map_err(|why| format!("It was not written: {why}"))?;
    let path = std::path::absolute(&path).unwrap_or(path);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let lines = text.lines().count();
    let lines = match lines {
        1 => "1 line".to_owned(),
        n => format!("{n} lines"),
    };
    tracing::info!(file = %path.display(), %lines, "written");
    let folder = path.parent().unwrap_or(Path::new("."));
    Ok(format!("{name}: {lines} written, in {}", shortened(folder)))
}

/// A folder with `~` for the home folder.
fn shortened(folder: &Path) -> String {
    let home = etcetera::home_dir().ok();
    let within = home.and_then(|home| folder.strip_prefix(home).ok().map(Path::to_path_buf));
    match within {
        Some(rest) if rest.as_os_str().is_empty() => "~".to_owned(),
        Some(rest) => format!("~{MAIN_SEPARATOR}{}", rest.display()),
        None => folder.display().to_string(),
    }
}

/// `~` is the home folder; blanks around a path, and quotes that a terminal puts around a dropped file, are no part of it.
fn path_of(typed: &str) -> PathBuf {
    let typed = typed.trim();
    let bare = ['\'', '"']
        .into_iter()
        .find_map(|q| typed.strip_prefix(q)?.strip_suffix(q))
        .unwrap_or(typed);
    let home = bare.strip_prefix('~').filter(|rest| {
        rest.is_empty() || rest.starts_with('/') || rest.starts_with(MAIN_SEPARATOR)
    });
    match (home, etcetera::home_dir()) {
        (Some(rest), Ok(home)) => home.join(rest.trim_start_matches(['/', MAIN_SEPARATOR])),
        _ => Path::new(bare).to_path_buf(),
    }
}

/// So many names are tried where one is taken.
const NAMES: usize = 99;

/// Writes a new file, for its owner's eyes alone where it is private; where the name is taken, under the next one: `report-2.md`. Returns
/// its path.
///
/// # Errors
/// Why it cannot be written, with its path.
pub fn written(place: &str, octets: &[u8], private: bool) -> Result<PathBuf, String> {
    let wanted = Path::new(place);
    let stem = wanted.file_stem().unwrap_or_default().to_string_lossy();
    let ending = wanted.extension().unwrap_or_default().to_string_lossy();
    for n in 1..=NAMES {
        let path = match (n, ending.is_empty()) {
            (1, _) => wanted.to_path_buf(),
            (n, true) => wanted.with_file_name(format!("{stem}-{n}")),
            (n, false) => wanted.with_file_name(format!("{stem}-{n}.{ending}")),
        };
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        if private {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        #[cfg(not(unix))]
        let _ = private; // The folder's rights hold for its files there.
        match options.open(&path) {
            Ok(mut file) => {
                let done = file.write_all(octets);
                return done.map(|()| path).map_err(|e| e.to_string());
            }
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
            Err(e) => return Err(format!("{}: {e}", path.display())),
        }
    }
    Err(format!("{place} and its like are there already"))
}

//! Files for a message, at the edge: read whole and bounded, and found by the beginning of their path.
//!
//! In: a path as a person typed it. Out: an attachment, or names. Never here: what becomes of them. Both block: not for the console's loop.
use crate::compose::Attachment;
use std::fs::{self, File};
use std::io::Read;
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

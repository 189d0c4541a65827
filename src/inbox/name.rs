//! Names of files for parts. A name in a PDU is whatever a stranger has written: it must stay within its folder on every system, and must not
//! pretend to be something else.
use crate::mms::Part;
use std::collections::HashSet;

/// The longest name, in octets: every file system takes as many.
pub const LONGEST_NAME: usize = 120;
/// Names that mean devices on Windows, with any extension.
const DEVICES: [&str; 22] = [
    "CON", "PRN", "AUX", "NUL", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8",
    "COM9", "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9",
];
/// The file in which the inbox keeps the message itself.
pub(super) const OWN: &str = "message.json";

/// A name for each part: its own as far as that is safe, else `part-1.jpg`; no two the same, in any case of letters.
#[must_use]
pub fn safe_names(parts: &[Part]) -> Vec<String> {
    let mut taken: HashSet<String> = HashSet::from([OWN.to_owned()]);
    let name = |(number, part): (usize, &Part)| {
        let said = [&part.name, &part.content_location, &part.content_id];
        let safe = said.into_iter().flatten().find_map(|name| safe(name));
        let name = match safe {
            Some(name) if name.contains('.') => name,
            Some(name) => format!("{name}{}", extension(&part.content_type)),
            None => format!("part-{number}{}", extension(&part.content_type)),
        };
        unused(&name, &mut taken)
    };
    (1..).zip(parts).map(name).collect()
}

/// The name as far as it is safe; none where nothing is left of it.
fn safe(name: &str) -> Option<String> {
    // Only what stands behind the last separator of any system is a name.
    let last = name.rsplit(['/', '\\', ':']).next().unwrap_or_default();
    let mut safe: String = last.chars().filter(|c| !is_invisible(*c)).collect();
    safe = safe
        .chars()
        .map(|c| if "<>\"|?*".contains(c) { '_' } else { c })
        .collect();
    // No hidden file, and none whose end Windows would cut off.
    let trimmed = safe.trim_start_matches(['.', ' ', '-', '~']);
    let trimmed = trimmed.trim_end_matches(['.', ' ']);
    let mut name = shortened(trimmed);
    let stem = name.split('.').next().unwrap_or_default().trim_end();
    if DEVICES.iter().any(|d| stem.eq_ignore_ascii_case(d)) {
        name.insert(0, '_');
    }
    (!name.is_empty()).then_some(name)
}

/// Control characters, and those that turn or hide what stands around them.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF0}'..='\u{FFFF}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Cut at a whole character, the extension kept where it is one.
fn shortened(name: &str) -> String {
    if name.len() <= LONGEST_NAME {
        return name.to_owned();
    }
    let extension = name.rfind('.').map_or("", |at| &name[at..]);
    let extension = if extension.len() <= 12 { extension } else { "" };
    let mut end = LONGEST_NAME - extension.len();
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    let head = name[..end].trim_end_matches(['.', ' ']);
    format!("{head}{extension}")
}

/// The name, with a number where it is in use.
fn unused(name: &str, taken: &mut HashSet<String>) -> String {
    let (stem, extension) = match name.rfind('.').filter(|at| *at > 0) {
        Some(at) => name.split_at(at),
        None => (name, ""),
    };
    let mut number = 1;
    let mut unused = name.to_owned();
    while !taken.insert(unused.to_lowercase()) {
        number += 1;
        unused = format!("{stem}-{number}{extension}");
    }
    unused
}

fn extension(content_type: &str) -> &'static str {
    match content_type {
        "text/plain" => ".txt",
        "application/smil" => ".smil",
        "image/jpeg" => ".jpg",
        "image/png" => ".png",
        "image/gif" => ".gif",
        "image/webp" => ".webp",
        "audio/amr" => ".amr",
        "audio/mp4" => ".m4a",
        "video/mp4" => ".mp4",
        "video/3gpp" => ".3gp",
        "text/x-vcard" | "text/vcard" => ".vcf",
        _ => ".bin",
    }
}

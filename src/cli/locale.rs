//! What the locale says of the characters that a terminal can show.
//!
//! In: the environment. Out: whether UTF-8 is understood, and which locale says so.
use std::env;

/// The locale that counts for characters: the first of its variables that is set and not empty (POSIX, Environment Variables, 8.2).
#[must_use]
pub fn of_characters(set: impl Fn(&str) -> Option<String>) -> Option<String> {
    let set = |name| set(name).filter(|value| !value.is_empty());
    ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set)
}

/// Whether a locale's name says UTF-8, in one of the ways in which it is written: `C.UTF-8`, `de_DE.utf8`.
#[must_use]
pub fn names_utf8(locale: &str) -> bool {
    let plain = locale.to_ascii_lowercase().replace('-', "");
    plain.contains("utf8")
}

/// That of this process.
#[must_use]
pub fn here() -> Option<String> {
    of_characters(|name| env::var(name).ok())
}

/// Whether characters beyond ASCII can be shown here. A console of Windows shows them whatever its code page is; elsewhere no locale at all is
/// the one of POSIX, which has ASCII.
#[must_use]
pub fn has_utf8() -> bool {
    cfg!(windows) || here().is_some_and(|locale| names_utf8(&locale))
}

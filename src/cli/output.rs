//! What the command line says: the one way to standard output and standard error.
//!
//! In: text. Out: the same on the terminal or in the pipe, harmless. A reader that went away (`| head`) is no reason to stop or to
//! complain: what cannot be written is left.
use crate::event::{clean_json, clean_lines};
use serde::Serialize;
use std::io::Write;

/// Writes octets to standard output; false where nobody reads any more.
pub fn octets(octets: &[u8]) -> bool {
    let mut out = std::io::stdout().lock();
    out.write_all(octets).and_then(|()| out.flush()).is_ok()
}

/// Writes lines that are harmless already, such as those of [`Style`](super::Style), and their colours with them.
pub fn styled(lines: &str) -> bool {
    lines.is_empty() || octets(lines.as_bytes())
}

/// Writes text, its line ends included.
pub fn text(text: &str) -> bool {
    styled(&clean_lines(text))
}

/// Writes a line.
pub fn line(line: &str) -> bool {
    text(&format!("{line}\n"))
}

/// Writes a value as a line of JSON.
pub fn json(value: &impl Serialize) -> bool {
    let json = serde_json::to_string(value).unwrap_or_default();
    octets(format!("{}\n", clean_json(&json)).as_bytes())
}

/// Tells something beside the output, with the program's name before it.
pub fn tell(words: &str) {
    let line = format!("mmscope: {}\n", clean_lines(words));
    // Nobody is left to be told that standard error is closed.
    let _ = std::io::stderr().lock().write_all(line.as_bytes());
}

//! Text from outside, made harmless: the one place for it, for the screen and for the command line.
//!
//! In: any text, from a modem, a carrier, a file or a person. Out: text in which nothing acts on a terminal. Never here: columns, styles.
use std::fmt::Write;

/// Whether a character would act on the terminal instead of showing itself: C0, DEL, C1 (escape sequences begin there), line and
/// paragraph separators, and the bidirectional overrides that make a line read otherwise than it is.
#[must_use]
pub fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Makes one line of text harmless: what would act on the terminal is shown as `\x1b` or `\u{202e}` instead.
#[must_use]
pub fn clean(text: &str) -> String {
    if is_printable(text) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' => out.push(' '),
            '\r' => out.push_str("\\r"),
            '\n' => out.push_str("\\n"),
            c if acts(c) => {
                let code = u32::from(c);
                // A string takes everything.
                let _ = if code < 0x100 {
                    write!(out, "\\x{code:02x}")
                } else {
                    write!(out, "\\u{{{code:x}}}")
                };
            }
            c => out.push(c),
        }
    }
    out
}

/// Whether a text is printable ASCII and nothing else, as nearly all are that a modem says: then it is harmless, and each octet takes one column.
#[must_use]
pub fn is_printable(text: &str) -> bool {
    text.bytes().all(|o| matches!(o, b' '..=b'~'))
}

/// The same for a text of several lines: its line ends stay.
#[must_use]
pub fn clean_lines(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(clean).collect();
    lines.join("\n")
}

/// The same for JSON, which stays what it says: what would act stands there as an escape of JSON's own.
#[must_use]
pub fn clean_json(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if acts(c) && c != '\n' {
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

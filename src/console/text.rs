//! What may be drawn: where strings from outside are made harmless, by [`event::clean`], and fitted into columns.
//!
//! In: any text, from a modem, a carrier, a file or a person. Out: text without control characters, of a known width in columns.
//! Never here: styles, decisions.
use crate::compose::size_text;
use crate::event;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

pub use crate::event::acts;

/// No line from outside is drawn or kept beyond this many characters; what is cut is marked.
pub const LONGEST_LINE: usize = 2_000;

/// Makes one line of text harmless, and cuts what is longer than any line.
#[must_use]
pub fn clean(text: &str) -> String {
    if text.len() <= LONGEST_LINE {
        return event::clean(text);
    }
    match text.char_indices().nth(LONGEST_LINE) {
        Some((end, _)) => format!("{} [cut]", event::clean(&text[..end])),
        None => event::clean(text),
    }
}

/// Columns that a text takes on the screen.
#[must_use]
pub fn width(text: &str) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    if text.chars().all(is_narrow) {
        return text.chars().count();
    }
    text.graphemes(true).map(UnicodeWidthStr::width).sum()
}

/// The characters beyond letters of which most of our own texts are made. Each takes one column and joins with none beside it.
fn is_narrow(c: char) -> bool {
    matches!(c, ' '..='~' | '·' | '–' | '…' | '−' | '\u{2500}'..='\u{259f}')
}

/// Cuts a text to `columns`, with `mark` in place of what is missing; a wide character is never halved.
#[must_use]
pub fn cut(text: &str, columns: usize, mark: &str) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let room = columns.saturating_sub(width(mark));
    let mut out = String::with_capacity(columns + mark.len());
    let mut used = 0;
    // Of printable ASCII the beginning is taken as it is.
    let (plain, rest) = match event::is_printable(text) {
        true => (&text[..room], ""),
        false => ("", text),
    };
    out.push_str(plain);
    for g in rest.graphemes(true) {
        let w = UnicodeWidthStr::width(g);
        if used + w > room {
            break;
        }
        used += w;
        out.push_str(g);
    }
    if width(mark) <= columns {
        out.push_str(mark);
    }
    out
}

/// Cuts a text to `columns` in its middle, with `mark` there; the end gets the greater half.
#[must_use]
pub fn cut_middle(text: &str, columns: usize, mark: &str) -> String {
    let room = columns.saturating_sub(width(mark));
    if width(text) <= columns || room < 2 {
        return cut(text, columns, mark);
    }
    let head = cut(text, room / 2, "");
    let left = room - width(&head);
    if event::is_printable(text) {
        return format!("{head}{mark}{}", &text[text.len() - left..]);
    }
    let mut tail = "";
    for (from, _) in text.grapheme_indices(true).rev() {
        if width(&text[from..]) > left {
            break;
        }
        tail = &text[from..];
    }
    format!("{head}{mark}{tail}")
}

/// Cuts or fills a text to exactly `columns`.
#[must_use]
pub fn column(text: &str, columns: usize, mark: &str) -> String {
    let mut out = cut(text, columns, mark);
    let mut missing = columns.saturating_sub(width(&out));
    out.reserve(missing);
    while missing > 0 {
        let now = missing.min(BLANKS.len());
        out.push_str(&BLANKS[..now]);
        missing -= now;
    }
    out
}

/// Blanks are put in by as many as this.
const BLANKS: &str = "                                ";

/// Fills a text to `columns` from the left, for numbers.
#[must_use]
pub fn right(text: &str, columns: usize) -> String {
    let missing = columns.saturating_sub(width(text));
    format!("{}{text}", " ".repeat(missing))
}

/// Breaks a text into rows of at most `columns`, at words where it can; line breaks in the text stay.
#[must_use]
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    if columns == 0 {
        return Vec::new();
    }
    let mut rows = Vec::new();
    for line in text.split('\n') {
        wrap_line(line.trim_end_matches('\r'), columns, &mut rows);
    }
    rows
}

fn wrap_line(line: &str, columns: usize, rows: &mut Vec<String>) {
    let mut row = String::new();
    let mut used = 0;
    for piece in line.split_inclusive(' ') {
        let word = piece.trim_end_matches(' ');
        let w = width(word);
        if used > 0 && used + w > columns && w <= columns {
            rows.push(std::mem::take(&mut row).trim_end_matches(' ').to_owned());
            used = 0;
        }
        if event::is_printable(piece) && used + piece.len() <= columns {
            row.push_str(piece);
            used += piece.len();
            continue;
        }
        for g in piece.graphemes(true) {
            let gw = UnicodeWidthStr::width(g);
            if used + gw > columns && g != " " && used > 0 {
                rows.push(std::mem::take(&mut row).trim_end_matches(' ').to_owned());
                used = 0;
            }
            if used + gw <= columns || used == 0 {
                row.push_str(g);
                used += gw;
            }
        }
    }
    rows.push(row);
}

/// A duration in milliseconds as a person reads it: `18 ms`, `2.1 s`, `1:05 min`.
#[must_use]
pub fn duration(ms: u64) -> String {
    match ms {
        0 => "<1 ms".to_owned(),
        1..=99 => format!("{ms} ms"),
        100..=59_999 => format!("{}.{} s", ms / 1000, ms % 1000 / 100),
        _ => format!("{}:{:02} min", ms / 60_000, ms / 1000 % 60),
    }
}

/// A count with its thousands set apart: `1 004`.
#[must_use]
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, d) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(d);
    }
    out
}

/// Octets: `1 004 B`, `300 KiB`, `1.0 MiB`.
#[must_use]
pub fn octets(n: u64) -> String {
    size_text(n)
}

//! What is wrong with a TOML text, and where: for profiles and for the configuration.
use crate::document::Wrong;
use std::fmt;
use std::ops::Range;

/// One fault in a text file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Line, counted from 1.
    pub line: usize,
    /// Column in characters, counted from 1.
    pub column: usize,
    /// What is wrong.
    pub says: String,
    /// What to do about it.
    pub remedy: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}: {}; {}",
            self.line, self.column, self.says, self.remedy
        )
    }
}

impl Fault {
    /// A fault at an octet range of `text`.
    #[must_use]
    pub fn at(
        text: &str,
        span: Range<usize>,
        says: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        let start = text.floor_char_boundary(span.start);
        let before = &text[..start];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            says: printable(&says.into()),
            remedy: printable(&remedy.into()),
        }
    }

    /// A word that is none of the known ones, with the one that was most likely meant.
    #[must_use]
    pub fn unknown(
        text: &str,
        span: Range<usize>,
        says: impl Into<String>,
        wrong: &str,
        known: &[&str],
    ) -> Self {
        let all = known.join(", ");
        let remedy = match nearest(wrong, known.iter().copied()) {
            Some(near) if known.len() > 40 => format!("did you mean `{near}`?"),
            Some(near) => format!("did you mean `{near}`? Known here: {all}"),
            None => format!("known here: {all}"),
        };
        Self::at(text, span, says, remedy)
    }

    /// What kept a text from being read, with a remedy.
    #[must_use]
    pub fn of_document(text: &str, wrong: &Wrong) -> Self {
        let (says, remedy) = in_our_words(&wrong.says);
        let span = wrong.span.clone().unwrap_or_default();
        Self::at(text, span, says, remedy)
    }
}

/// A message may quote the file, and what is in a file must not reach a terminal raw.
fn printable(message: &str) -> String {
    let escaped = |c: char| match c {
        _ if c.is_control() => c.escape_debug().to_string(),
        _ => c.to_string(),
    };
    message.chars().map(escaped).collect()
}

/// Adds to the reader's message what a person can do, and drops what is a list of alternatives only.
fn in_our_words(message: &str) -> (String, String) {
    let message = message.trim().replace('\n', ", ");
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    match quoted.as_slice() {
        [wrong, known @ ..] if message.starts_with("unknown ") && !known.is_empty() => {
            let what = if message.starts_with("unknown variant") {
                "value"
            } else {
                "key"
            };
            let remedy = match nearest(wrong, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`? Known here: {}", known.join(", ")),
                None => format!("known here: {}", known.join(", ")),
            };
            (format!("`{wrong}` is no {what} of this table"), remedy)
        }
        [missing] if message.starts_with("missing field") => (
            format!("the key `{missing}` is missing"),
            format!("add a line `{missing} = …` to this table"),
        ),
        [twice, ..] if message.contains("duplicate") => (
            format!("`{twice}` stands here twice"),
            "remove one of the two".to_owned(),
        ),
        _ if message.starts_with("invalid type") => (
            message,
            "texts stand in quotes, numbers and true or false do not".to_owned(),
        ),
        // Our own checks say first what is wrong and after the colon what to write instead.
        _ => match message.split_once(": ") {
            Some((wrong, instead)) => (wrong.to_owned(), instead.to_owned()),
            None => (
                message,
                "look at the quotes, brackets and equals signs of this line".to_owned(),
            ),
        },
    }
}

/// The known word that `wrong` was most likely meant to be.
pub(super) fn nearest<'a>(wrong: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|word| (strsim::jaro_winkler(wrong, word), word))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, word)| word)
}

//! Which lines of the traffic are shown: terms that must all hold, each of which `!` turns round.
//!
//! In: what was typed, and a row. Out: whether the row passes. The text is the whole truth of a filter: what a key switches on is
//! written there too, so that the pane's edge can say why a line is not seen.
use super::{Kind, Row};
use crate::console::pattern::Pattern;
use crate::event::{Direction, Role, Stage};

/// Terms beyond this many are refused.
const TERMS: usize = 16;

/// What a person may write, each with what it lets through.
pub const WORDS: &[(&str, &str)] = &[
    ("tx", "what we sent"),
    ("rx", "what the modem sent"),
    ("urc", "unsolicited lines"),
    ("late", "results that came after OK"),
    ("errors", "errors, noise and warnings"),
    ("notices", "what the program says"),
    ("stage:connect", "lines in the time of this stage of a send"),
    (
        "by:poll",
        "exchanges for this purpose: poll, person, probe, restore, a stage",
    ),
    (
        "slow:500",
        "exchanges that took so many milliseconds or longer",
    ),
    ("csq", "lines with these letters"),
    ("/^\\+C.REG/", "lines that this regular expression finds"),
];

/// A filter.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    text: String,
    terms: Vec<(bool, Term)>,
}

#[derive(Clone, Debug)]
enum Term {
    Went(Direction),
    Is(Role),
    Errors,
    Notices,
    Stage(Stage),
    By(String),
    Slow(u64),
    Has(Pattern),
}

impl Filter {
    /// Reads terms between blanks: `rx !urc stage:connect /err(or)?/`.
    ///
    /// # Errors
    /// The term that is none, and why.
    pub fn read(text: &str) -> Result<Self, String> {
        let words = split(text)?;
        if words.len() > TERMS {
            return Err(format!("at most {TERMS} terms"));
        }
        let terms = words.iter().map(|word| match word.strip_prefix('!') {
            Some(rest) => Ok((true, term(rest)?)),
            None => Ok((false, term(word)?)),
        });
        Ok(Self {
            terms: terms.collect::<Result<_, String>>()?,
            text: text.trim().to_owned(),
        })
    }

    /// As it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether everything passes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Whether a row passes.
    #[must_use]
    pub fn passes(&self, row: &Row) -> bool {
        self.terms.iter().all(|(not, term)| term.holds(row) != *not)
    }
}

/// The words between blanks; a regular expression or a quoted text keeps its blanks.
fn split(text: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let not = usize::from(rest.starts_with('!'));
        let end = match rest[not..].chars().next() {
            Some(mark @ ('/' | '"')) => {
                let inner = &rest[not + 1..];
                let Some(close) = closing(inner, mark) else {
                    return Err(format!("a second {mark} is missing"));
                };
                not + 1 + close + 1
            }
            _ => rest.find(char::is_whitespace).unwrap_or(rest.len()),
        };
        words.push(rest[..end].to_owned());
        rest = rest[end..].trim_start();
    }
    Ok(words)
}

/// Where the mark stands that closes a text: followed by a blank or by nothing, so that a path in an expression does not end it.
fn closing(inner: &str, mark: char) -> Option<usize> {
    let mut marks = inner.char_indices().filter(|(_, c)| *c == mark);
    marks
        .find(|(at, _)| {
            inner[at + 1..]
                .chars()
                .next()
                .is_none_or(char::is_whitespace)
        })
        .map(|(at, _)| at)
}

fn term(word: &str) -> Result<Term, String> {
    if let Some(name) = word.strip_prefix("stage:") {
        let stage = Stage::ALL.into_iter().find(|s| s.name() == name);
        return stage.map(Term::Stage).ok_or_else(|| {
            let names = Stage::ALL.map(Stage::name).join(", ");
            format!("`{name}` is no stage: {names}")
        });
    }
    if let Some(purpose) = word.strip_prefix("by:") {
        return Ok(Term::By(purpose.to_owned()));
    }
    if let Some(ms) = word.strip_prefix("slow:") {
        let ms = ms.parse().map(Term::Slow);
        return ms.map_err(|_| "after slow: milliseconds are wanted, as slow:500".to_owned());
    }
    Ok(match word {
        "tx" => Term::Went(Direction::Tx),
        "rx" => Term::Went(Direction::Rx),
        "urc" => Term::Is(Role::Urc),
        "late" => Term::Is(Role::Late),
        "errors" | "error" | "err" => Term::Errors,
        "notices" => Term::Notices,
        "" => return Err("after ! a term must follow".to_owned()),
        word => {
            let quoted = word.strip_prefix('"').and_then(|w| w.strip_suffix('"'));
            let pattern = match quoted {
                Some(words) => Some(Pattern::words(words)),
                None => Pattern::read(word)?,
            };
            Term::Has(pattern.ok_or("nothing to look for")?)
        }
    })
}

impl Term {
    fn holds(&self, row: &Row) -> bool {
        match self {
            Self::Went(way) => matches!(row.kind, Kind::Line(dir, _) if dir == *way),
            Self::Is(wanted) => matches!(row.kind, Kind::Line(_, role) if role == *wanted),
            Self::Errors => row.is_bad() || matches!(row.kind, Kind::Line(_, Role::Noise)),
            Self::Notices => matches!(row.kind, Kind::Notice(_)),
            Self::Stage(stage) => row.stage == Some(*stage),
            Self::By(purpose) => row.purpose.as_deref() == Some(purpose),
            Self::Slow(ms) => row.took_ms.is_some_and(|took| took >= *ms),
            Self::Has(pattern) => pattern.finds_in(&row.text, row.meaning.as_deref()),
        }
    }
}

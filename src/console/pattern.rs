//! What a person looks for: words, or a regular expression between slashes.
//!
//! In: what was typed. Out: whether and where a line has it. A word in small letters is found in any case, one with a capital only as
//! it stands. A regular expression is bounded in size and takes time linear in the line, so that none can hold up the screen.
use regex_lite::{Regex, RegexBuilder};
use std::ops::Range;

/// Octets that a compiled regular expression may take.
const LARGEST: usize = 64 * 1024;
/// Groups that may stand inside each other.
const DEEPEST: u32 = 32;

/// What a person looks for.
#[derive(Clone, Debug)]
pub enum Pattern {
    /// Words as they stand.
    Words {
        /// The words.
        needle: String,
        /// Whether capitals count.
        exact: bool,
    },
    /// A regular expression.
    Regex(Regex),
}

impl Pattern {
    /// Reads `csq` or `/^\+C.?REG/`; `None` where there is nothing to look for.
    ///
    /// # Errors
    /// A regular expression that is none, is too large, or is not closed yet, in words.
    pub fn read(text: &str) -> Result<Option<Self>, String> {
        let text = text.trim();
        match text.strip_prefix('/') {
            None if text.is_empty() => Ok(None),
            None => Ok(Some(Self::words(text))),
            Some(rest) => match rest.strip_suffix('/').filter(|r| !r.is_empty()) {
                Some(inner) => Self::regex(inner).map(Some),
                None => Err("a regular expression ends with a second /".to_owned()),
            },
        }
    }

    /// These words.
    #[must_use]
    pub fn words(text: &str) -> Self {
        Self::Words {
            needle: text.to_owned(),
            exact: text.chars().any(char::is_uppercase),
        }
    }

    /// This regular expression.
    ///
    /// # Errors
    /// Where it is none, or too large, in words.
    pub fn regex(text: &str) -> Result<Self, String> {
        RegexBuilder::new(text)
            .size_limit(LARGEST)
            .nest_limit(DEEPEST)
            .build()
            .map(Self::Regex)
            .map_err(|e| e.to_string())
    }

    /// Whether a line has it.
    #[must_use]
    pub fn finds(&self, line: &str) -> bool {
        match self {
            Self::Words { .. } => self.next(line, 0).is_some(),
            Self::Regex(regex) => regex.is_match(line),
        }
    }

    /// Whether a line has it, or what the line means. A regular expression is about the line alone: it is written for the modem's
    /// spelling, and twice the text would take twice the time.
    #[must_use]
    pub fn finds_in(&self, line: &str, meaning: Option<&str>) -> bool {
        let explained = || match self {
            Self::Words { .. } => meaning.is_some_and(|m| self.finds(m)),
            Self::Regex(_) => false,
        };
        self.finds(line) || explained()
    }

    /// Where a line has it, in octets, each place once; none of them is empty.
    #[must_use]
    pub fn places(&self, line: &str) -> Vec<Range<usize>> {
        match self {
            Self::Words { .. } => {
                let (mut places, mut from) = (Vec::new(), 0);
                while let Some(place) = self.next(line, from) {
                    from = place.end;
                    places.push(place);
                }
                places
            }
            Self::Regex(regex) => {
                let found = regex.find_iter(line).map(|m| m.range());
                found.filter(|place| !place.is_empty()).collect()
            }
        }
    }

    fn next(&self, line: &str, from: usize) -> Option<Range<usize>> {
        let Self::Words { needle, exact } = self else {
            return None;
        };
        let rest = line.get(from..).filter(|_| !needle.is_empty())?;
        let at = match exact {
            true => rest.find(needle.as_str()),
            false => {
                let mut windows = rest.as_bytes().windows(needle.len());
                windows.position(|w| w.eq_ignore_ascii_case(needle.as_bytes()))
            }
        };
        let at = at? + from;
        Some(at..at + needle.len())
    }
}

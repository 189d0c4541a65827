//! What a reader has to say about octets that are not as the specification wants them.

use serde::{Deserialize, Serialize};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Unusual, but every known reader understands it.
    Note,
    /// Some readers misunderstand it; here it was read as its writer most likely meant it.
    Warning,
    /// Something was lost, or had to be guessed.
    Error,
}

/// One remark about one place of a PDU.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lint {
    /// Index of the octet that the remark is about, counted from 0.
    pub offset: usize,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong there, in plain English.
    pub what: String,
}

/// So many remarks are kept; an endless stream of faults must not fill the memory.
const MOST: usize = 200;

/// The remarks of one reading, bounded.
#[derive(Debug, Default)]
pub(super) struct Lints {
    list: Vec<Lint>,
    more: usize,
    /// The highest severity of those that are not listed.
    worst_of_more: Option<Severity>,
    /// Where the reading first lost its step: what is wrong behind it may be wrong only because of that.
    slipped: Option<usize>,
}

impl Lints {
    pub(super) fn note(&mut self, offset: usize, what: impl Into<String>) {
        self.push(offset, Severity::Note, what);
    }

    pub(super) fn warning(&mut self, offset: usize, what: impl Into<String>) {
        self.push(offset, Severity::Warning, what);
    }

    pub(super) fn error(&mut self, offset: usize, what: impl Into<String>) {
        self.push(offset, Severity::Error, what);
    }

    /// An error behind which the octets may be taken for something else than they are: a wrong length, a value of another form.
    pub(super) fn slip(&mut self, offset: usize, what: impl Into<String>) {
        self.push(offset, Severity::Error, what);
        self.slipped.get_or_insert(offset);
    }

    fn push(&mut self, offset: usize, severity: Severity, what: impl Into<String>) {
        if self.list.len() < MOST {
            let mut what = what.into();
            if let Some(first) = self.slipped.filter(|&first| first < offset) {
                what.push_str(&format!(" (may follow from octet {first})"));
            }
            self.list.push(Lint {
                offset,
                severity,
                what,
            });
        } else {
            self.more += 1;
            self.worst_of_more = self.worst_of_more.max(Some(severity));
        }
    }

    /// Takes over remarks that were made elsewhere.
    pub(super) fn extend(&mut self, remarks: Vec<Lint>) {
        for remark in remarks {
            self.push(remark.offset, remark.severity, remark.what);
        }
    }

    pub(super) fn into_list(mut self) -> Vec<Lint> {
        if let (Some(last), Some(severity)) = (self.list.last(), self.worst_of_more) {
            let (offset, more) = (last.offset, self.more);
            self.list.push(Lint {
                offset,
                severity,
                what: format!("{more} further remarks are not listed"),
            });
        }
        self.list
    }
}

//! Multiparts within multiparts (WAP-230-WSP section 8.5 lets a part be one): a tree over the entries of a PDU.
//!
//! Comes in: the entries. Goes out: the same with what is inside them, places counted from the beginning of the PDU, and what is wrong inside.
//!
//! Bounds: [`DEEPEST`] multiparts within one another, and as many inner entries altogether as a PDU may have entries.

use super::decode::{MOST_HEADERS, inner_entries};
use super::lint::{Lint, Severity};
use super::pdu::{Entry, Part};
use std::borrow::Cow;

/// So deep multiparts within the PDU's own are read; phones make one or two.
const DEEPEST: usize = 4;

/// An entry and what is inside it.
pub(super) struct Branch<'a> {
    /// The entry.
    pub entry: Cow<'a, Entry>,
    /// Its own entries, where it is a multipart that was read.
    pub inner: Vec<Branch<'static>>,
}

/// The entries of a PDU with all that is inside them.
pub(super) struct Tree<'a> {
    /// The entries of the PDU.
    pub branches: Vec<Branch<'a>>,
    /// What is wrong inside of entries.
    pub lint: Vec<Lint>,
    left: usize,
    details: usize,
}

impl<'a> Tree<'a> {
    pub(super) fn of(entries: &'a [Entry]) -> Tree<'a> {
        let mut tree = Tree {
            branches: Vec::new(),
            lint: Vec::new(),
            left: MOST_HEADERS,
            details: 0,
        };
        tree.branches = entries
            .iter()
            .map(|entry| Branch {
                inner: tree.inner(entry, 1),
                entry: Cow::Borrowed(entry),
            })
            .collect();
        tree
    }

    fn inner(&mut self, entry: &Entry, depth: usize) -> Vec<Branch<'static>> {
        if !entry.content_type.is_multipart() || entry.data.is_empty() {
            return Vec::new();
        }
        if let Some(why) = self.unreadable(entry, depth) {
            self.lint.push(Lint {
                offset: entry.data_range.start,
                severity: Severity::Warning,
                what: format!("this part is itself a multipart and was not read: {why}"),
            });
            return Vec::new();
        }
        let (entries, lint) = inner_entries(entry, self.left, &mut self.details);
        self.left -= entries.len();
        self.lint.extend(lint);
        entries
            .into_iter()
            .map(|entry| Branch {
                inner: self.inner(&entry, depth + 1),
                entry: Cow::Owned(entry),
            })
            .collect()
    }

    fn unreadable(&self, entry: &Entry, depth: usize) -> Option<String> {
        if depth > DEEPEST {
            return Some(format!("it stands {depth} deep"));
        }
        if self.left == 0 {
            return Some(format!("more than {MOST_HEADERS} parts inside of parts"));
        }
        if let Some(encoding) = entry.transfer_encoding() {
            return Some(format!("it is written in {encoding}"));
        }
        let mime = entry.data.starts_with(b"--") || entry.data.starts_with(b"\r\n--");
        mime.then(|| "it is written as text with boundaries, as in e-mail".to_owned())
    }

    /// All entries, outer ones before what is inside them.
    pub(super) fn entries(&self) -> Vec<&Entry> {
        fn walk<'b>(branches: &'b [Branch<'_>], out: &mut Vec<&'b Entry>) {
            for branch in branches {
                out.push(branch.entry.as_ref());
                walk(&branch.inner, out);
            }
        }
        let mut out = Vec::new();
        walk(&self.branches, &mut out);
        out
    }

    /// The parts that a phone shows: what is inside of parts in their place, and of the alternatives of one content the plain text, else the first.
    pub(super) fn parts(&self) -> Vec<Part> {
        let mut out = Vec::new();
        for branch in &self.branches {
            branch.parts(&mut out);
        }
        out
    }
}

impl Branch<'_> {
    fn parts(&self, out: &mut Vec<Part>) {
        if self.inner.is_empty() {
            out.push(self.entry.part());
            return;
        }
        let media = self.entry.content_type.media_type();
        if media.ends_with("alternative") {
            let plain =
                |branch: &&Branch<'_>| branch.entry.content_type.media_type() == "text/plain";
            let chosen = self.inner.iter().find(plain).or(self.inner.first());
            if let Some(branch) = chosen {
                branch.parts(out);
            }
            return;
        }
        for branch in &self.inner {
            branch.parts(out);
        }
    }
}

//! A line that is asked for at the screen's foot: what to look for, what to show, the name of a mark.
use super::editor::Entry;
use super::inspector::Needle;
use super::layout::Pane;
use super::pattern::Pattern;
use super::traffic::Eye;
use crate::event::EventId;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asking {
    /// What to look for in this pane.
    Search(Pane),
    /// Which lines of the traffic to show.
    Filter,
    /// The name of the mark at this event's line.
    Mark(EventId),
}

/// The line while it is typed.
#[derive(Debug)]
pub struct Prompt {
    /// What is asked for.
    pub asking: Asking,
    /// What is typed.
    pub entry: Entry,
    /// Why that is nothing yet; what stood before stays until it is something.
    pub error: Option<String>,
    /// What Esc brings back: the text, and where the eye was.
    pub before: Before,
}

/// What was there before the line was opened.
#[derive(Clone, Debug, Default)]
pub struct Before {
    /// The search's or filter's text.
    pub text: String,
    /// Where the eye was in the traffic.
    pub eye: Eye,
    /// The last row of octets, where they were held.
    pub octets: Option<u64>,
    /// How far the pane was scrolled, or what was chosen in it.
    pub scroll: usize,
}

/// Characters that the line takes.
pub const LONGEST_PROMPT: usize = 200;

impl Prompt {
    /// An open line, with what stood before in it.
    #[must_use]
    pub fn new(asking: Asking, before: Before) -> Self {
        let shown = match asking {
            Asking::Filter => before.text.as_str(),
            Asking::Search(_) | Asking::Mark(_) => "",
        };
        Self {
            entry: Entry::new(shown, LONGEST_PROMPT),
            asking,
            error: None,
            before,
        }
    }
}

/// What is looked for: in rows, or in octets.
#[derive(Clone, Debug)]
pub enum Wanted {
    /// In the words of rows.
    Rows(Pattern),
    /// In the octets of a PDU.
    Octets(Needle),
}

/// What is looked for in a pane other than the traffic.
#[derive(Clone, Debug)]
pub struct Sought {
    /// The pane.
    pub pane: Pane,
    /// As it was typed.
    pub text: String,
    /// What is looked for.
    pub wanted: Wanted,
    /// The row on which it was found last; the octet, the item of a list that has a chosen one.
    pub row: Option<usize>,
    /// Which finding that is, from 1, and of how many.
    pub count: (usize, usize),
}

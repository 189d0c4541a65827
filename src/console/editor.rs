//! The message's fields while they are written, and the one-line entry that they and the AT line share.
//!
//! In: characters, pastes, movements. Out: the [`Draft`]. What a person sees as one character is moved over and taken away as one. Never
//! here: sizes, sending, keys.
use super::options::{Asked, Form};
use super::text;
use crate::compose::Attachment;
use crate::event::Way;
use ratatui::style::{Modifier, Style};
use tui_textarea::{CursorMove, TextArea, WrapMode};
use unicode_segmentation::UnicodeSegmentation;

/// The text of a message ends here, in characters: ten times the length at which a person is warned, and quick to wrap.
pub const LONGEST_TEXT: usize = 50_000;
/// So many changes of the text can be undone, one after the other; a typed character is one.
const MOST_UNDONE: usize = 2_000;
/// A one-line field ends here, in characters: room for dozens of recipients.
pub const LONGEST_FIELD: usize = 1_000;
/// An AT command line ends here: a SIM7600 takes 559 characters.
pub const LONGEST_COMMAND: usize = 559;

/// The message as it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// Recipients as they were typed, each on its own.
    pub to: Vec<String>,
    /// Subject; empty for none.
    pub subject: String,
    /// Text, lines ended by `\n`.
    pub text: String,
    /// Copies that everybody sees, as they were typed.
    pub cc: Vec<String>,
    /// Copies that nobody else sees, as they were typed.
    pub bcc: Vec<String>,
    /// What is asked for.
    pub asked: Asked,
    /// Files that go along.
    pub attachments: Vec<Attachment>,
    /// The way of a letter on its way out of the composer or into it; none while it is written: there it is the screen's.
    pub way: Option<Way>,
}

impl Draft {
    /// Whether nothing is written in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// The recipients that stand in an entry, separated by commas or semicolons.
#[must_use]
pub fn listed(entry: &Entry) -> Vec<String> {
    let all = entry.text().split([',', ';']).map(str::trim);
    all.filter(|n| !n.is_empty()).map(str::to_owned).collect()
}

/// A field of one line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    text: String,
    /// Octets from the start; always between two graphemes.
    cursor: usize,
    longest: usize,
    /// Text and cursor before the last piece was taken away, or before that was undone.
    before: Option<(String, usize)>,
    /// What was taken away was brought back: there is nothing more to undo, only to redo.
    undone: bool,
}

impl Entry {
    /// An entry with this text, which takes at most `longest` characters.
    #[must_use]
    pub fn new(text: &str, longest: usize) -> Self {
        let mut entry = Self {
            longest,
            ..Self::default()
        };
        entry.insert(text);
        entry
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text before and after the cursor.
    #[must_use]
    pub fn split(&self) -> (&str, &str) {
        self.text.split_at(self.cursor)
    }

    /// Replaces everything.
    pub fn set(&mut self, text: &str) {
        self.text.clear();
        self.cursor = 0;
        (self.before, self.undone) = (None, false);
        self.insert(text);
    }

    /// Puts text in at the cursor, without what would act on a terminal; line breaks become spaces. Returns how many characters had no
    /// room.
    pub fn insert(&mut self, text: &str) -> usize {
        let room = self.longest.saturating_sub(self.text.chars().count());
        let mut left_out = 0;
        let mut taken = String::new();
        for (n, c) in text.chars().enumerate() {
            match c {
                _ if n >= room => left_out += 1,
                '\n' | '\r' | '\t' => taken.push(' '),
                c if text::acts(c) => {}
                c => taken.push(c),
            }
        }
        self.text.insert_str(self.cursor, &taken);
        self.cursor += taken.len();
        self.snap();
        left_out
    }

    /// An inserted accent may have grown together with its neighbour: the cursor goes behind it.
    fn snap(&mut self) {
        if let Some(end) = self
            .text
            .grapheme_indices(true)
            .map(|(i, g)| i + g.len())
            .find(|&end| end >= self.cursor)
        {
            if self.cursor > 0 {
                self.cursor = end;
            }
        } else {
            self.cursor = self.text.len();
        }
    }

    fn previous(&self) -> usize {
        let before = &self.text[..self.cursor];
        before.grapheme_indices(true).next_back().map_or(0, |g| g.0)
    }

    fn next(&self) -> usize {
        let after = &self.text[self.cursor..];
        self.cursor + after.graphemes(true).next().map_or(0, str::len)
    }

    fn previous_word(&self) -> usize {
        let before = &self.text[..self.cursor];
        let mut words = before.unicode_word_indices();
        words.next_back().map_or(0, |(i, _)| i)
    }

    fn next_word(&self) -> usize {
        let after = &self.text[self.cursor..];
        let word = after.unicode_word_indices().next();
        word.map_or(self.text.len(), |(i, w)| self.cursor + i + w.len())
    }

    /// The cursor goes to this column of the text, counted from its start.
    pub fn point(&mut self, column: usize) {
        let mut used = 0;
        let reached = self.text.grapheme_indices(true).find(|(_, g)| {
            used += text::width(g);
            used > column
        });
        self.cursor = reached.map_or(self.text.len(), |(at, _)| at);
    }

    /// Whether what was taken away can be brought back.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        self.before.is_some() && !self.undone
    }

    /// Moves or takes away; brings back what was taken away last.
    pub fn edit(&mut self, edit: Edit) {
        let turns = match edit {
            Edit::Undo => !self.undone,
            Edit::Redo => self.undone,
            _ => false,
        };
        if turns && let Some((text, cursor)) = self.before.take() {
            let now = std::mem::replace(&mut self.text, text);
            self.before = Some((now, std::mem::replace(&mut self.cursor, cursor)));
            self.undone = !self.undone;
            return;
        }
        let to = match edit {
            Edit::Left | Edit::Backspace => self.previous(),
            Edit::Right | Edit::Delete => self.next(),
            Edit::WordLeft | Edit::DeleteWord => self.previous_word(),
            Edit::WordRight => self.next_word(),
            Edit::LineStart | Edit::TextStart | Edit::DeleteToStart => 0,
            Edit::LineEnd | Edit::TextEnd => self.text.len(),
            Edit::Up | Edit::Down | Edit::Undo | Edit::Redo => self.cursor,
        };
        if edit.takes_away() {
            let (from, until) = (self.cursor.min(to), self.cursor.max(to));
            if from < until && matches!(edit, Edit::DeleteToStart | Edit::DeleteWord) {
                self.before = Some((self.text.clone(), self.cursor));
                self.undone = false;
            }
            self.text.replace_range(from..until, "");
            self.cursor = from;
        } else {
            self.cursor = to;
        }
    }
}

/// A movement in a text, or something taken away from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(
    missing_docs,
    reason = "each says itself; the action table has a sentence for each"
)]
pub enum Edit {
    Left,
    Right,
    Up,
    Down,
    WordLeft,
    WordRight,
    LineStart,
    LineEnd,
    TextStart,
    TextEnd,
    Backspace,
    Delete,
    DeleteWord,
    DeleteToStart,
    Undo,
    Redo,
}

impl Edit {
    fn takes_away(self) -> bool {
        matches!(
            self,
            Self::Backspace | Self::Delete | Self::DeleteWord | Self::DeleteToStart
        )
    }
}

/// A field of the message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Field {
    /// Recipients.
    #[default]
    To,
    /// Subject.
    Subject,
    /// Text.
    Text,
}

/// The message's fields.
pub struct Compose {
    /// Recipients, separated by commas.
    pub to: Entry,
    /// Subject.
    pub subject: Entry,
    /// The text's editor.
    pub body: TextArea<'static>,
    /// The field that has the keys.
    pub field: Field,
    /// Copies, options, files.
    pub form: Form,
    characters: usize,
    /// Something of the text was changed that can be undone.
    changed: bool,
}

impl Compose {
    /// The fields of a draft.
    #[must_use]
    pub fn new(draft: &Draft) -> Self {
        let mut compose = Self {
            to: Entry::new(&draft.to.join(", "), LONGEST_FIELD),
            subject: Entry::new(&draft.subject, LONGEST_FIELD),
            body: TextArea::default(),
            field: Field::To,
            form: Form::new(draft),
            characters: 0,
            changed: false,
        };
        compose.body.set_wrap_mode(WrapMode::WordOrGlyph);
        compose.body.set_max_histories(MOST_UNDONE);
        // The terminal's own cursor is used: input methods and screen readers follow that one.
        compose.body.set_cursor_style(Style::new());
        compose.body.set_cursor_line_style(Style::new());
        compose
            .body
            .set_placeholder_style(Style::new().add_modifier(Modifier::DIM));
        compose.body.set_placeholder_text("Write the text here.");
        compose.insert_text(&draft.text);
        compose.body.move_cursor(CursorMove::Jump(0, 0));
        compose.changed = false;
        compose
    }

    /// What is written now.
    #[must_use]
    pub fn draft(&self) -> Draft {
        let mut draft = Draft {
            to: listed(&self.to),
            subject: self.subject.text().trim().to_owned(),
            text: self.body.lines().join("\n"),
            ..Draft::default()
        };
        self.form.fill(&mut draft);
        draft
    }

    /// Characters (code points) of the text.
    #[must_use]
    pub fn characters(&self) -> usize {
        self.characters
    }

    /// Puts text in at the cursor of the body. Returns what could not be taken: characters beyond the bound, and characters that would
    /// act on a terminal.
    pub fn insert_text(&mut self, pasted: &str) -> LeftOut {
        let room = LONGEST_TEXT.saturating_sub(self.characters);
        let mut out = LeftOut::default();
        let mut taken = String::with_capacity(pasted.len().min(room * 4));
        let mut kept = 0;
        let mut chars = pasted.chars().peekable();
        while let Some(c) = chars.next() {
            let piece: &str = match c {
                '\r' if chars.peek() == Some(&'\n') => continue,
                '\r' | '\n' => "\n",
                '\t' => "    ",
                c if text::acts(c) => {
                    out.acting += 1;
                    continue;
                }
                _ => "",
            };
            let adds = piece.len().max(1);
            if kept + adds > room {
                out.beyond = 1 + chars.count();
                break;
            }
            kept += adds;
            if piece.is_empty() {
                taken.push(c);
            } else {
                taken.push_str(piece);
            }
        }
        if !taken.is_empty() {
            self.changed = true;
            self.body.insert_str(&taken);
        }
        self.characters += kept;
        out
    }

    /// Moves in the body or takes away from it.
    pub fn edit_text(&mut self, edit: Edit) {
        let cursor = self.body.cursor();
        let (row, column) = (cursor.0, cursor.1);
        let line = self.body.lines().get(row).cloned().unwrap_or_default();
        match edit {
            Edit::Left => self.step(CursorMove::Back, cluster_before(&line, column)),
            Edit::Right => self.step(CursorMove::Forward, cluster_after(&line, column)),
            Edit::Backspace => self.take_before(cluster_before(&line, column)),
            Edit::Delete => {
                self.body.delete_str(cluster_after(&line, column));
            }
            Edit::DeleteToStart => self.take_before(column),
            Edit::DeleteWord => {
                self.body.delete_word();
            }
            Edit::Undo => self.changed = self.body.undo(),
            Edit::Redo => self.changed |= self.body.redo(),
            Edit::Up => self.body.move_cursor(CursorMove::Up),
            Edit::Down => self.body.move_cursor(CursorMove::Down),
            Edit::WordLeft => self.body.move_cursor(CursorMove::WordBack),
            Edit::WordRight => self.body.move_cursor(CursorMove::WordForward),
            Edit::LineStart => self.body.move_cursor(CursorMove::Head),
            Edit::LineEnd => self.body.move_cursor(CursorMove::End),
            Edit::TextStart => self.body.move_cursor(CursorMove::Top),
            Edit::TextEnd => {
                self.body.move_cursor(CursorMove::Bottom);
                self.body.move_cursor(CursorMove::End);
            }
        }
        if edit.takes_away() {
            self.changed = true;
        }
        if edit.takes_away() || matches!(edit, Edit::Undo | Edit::Redo) {
            let lines = self.body.lines();
            self.characters =
                lines.iter().map(|l| l.chars().count()).sum::<usize>() + lines.len() - 1;
        }
    }

    /// Whether something in the field that has the keys can be undone.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        match self.field {
            Field::To => self.to.can_undo(),
            Field::Subject => self.subject.can_undo(),
            Field::Text => self.changed,
        }
    }

    /// Whether the cursor stands in the first row of the text, as it was wrapped when it was last drawn.
    #[must_use]
    pub fn in_first_row(&self) -> bool {
        self.body.cursor().0 == 0 && self.body.screen_cursor().row == 0
    }

    /// The cursor of the text goes before this character of this line, both counted from 0; beyond the end it goes to the end.
    pub fn point(&mut self, line: usize, character: usize) {
        let row = line.min(self.body.lines().len().saturating_sub(1));
        let text = self.body.lines().get(row).map_or("", String::as_str);
        let mut before = 0;
        for cluster in text.graphemes(true) {
            let end = before + cluster.chars().count();
            if end > character {
                break;
            }
            before = end;
        }
        let at = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        self.body.move_cursor(CursorMove::Jump(at(row), at(before)));
    }

    fn step(&mut self, movement: CursorMove, characters: usize) {
        for _ in 0..characters {
            self.body.move_cursor(movement);
        }
    }

    /// Takes away so many characters left of the cursor as one change, so that one undo brings them back.
    fn take_before(&mut self, characters: usize) {
        if self.body.cursor().1 == 0 {
            self.body.delete_newline();
            return;
        }
        self.step(CursorMove::Back, characters);
        self.body.delete_str(characters);
    }
}

/// What a paste could not take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Characters beyond the bound.
    pub beyond: usize,
    /// Characters that would act on a terminal.
    pub acting: usize,
}

/// Characters of the grapheme that ends at a column (in characters); 1 at the start of a line, where the line break goes.
fn cluster_before(line: &str, column: usize) -> usize {
    let until = byte_of(line, column);
    let last = line[..until].graphemes(true).next_back();
    last.map_or(1, |g| g.chars().count())
}

fn cluster_after(line: &str, column: usize) -> usize {
    let from = byte_of(line, column);
    let next = line[from..].graphemes(true).next();
    next.map_or(1, |g| g.chars().count())
}

fn byte_of(line: &str, column: usize) -> usize {
    line.char_indices()
        .nth(column)
        .map_or(line.len(), |(i, _)| i)
}

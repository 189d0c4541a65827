//! A short list over the panes, and where that is wanted a name to write to: what a report or an export shall be, which recording to compare with.
//!
//! In: keys. Out: what was chosen. Pure: the files behind it are the edge's.
use super::asked::CompareRow;
use super::editor::{Edit, Entry};
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// What is chosen for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The form of a report of this session.
    Report,
    /// The form of the table of profiles.
    Export,
    /// A recording whose probe becomes a column.
    Earlier,
}

/// In which form something is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Markdown.
    Markdown,
    /// Text to paste.
    Text,
    /// JSON.
    Json,
    /// Comma-separated values.
    Csv,
}

impl Form {
    /// How its files end.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Markdown => "md",
            Self::Text => "txt",
            Self::Json => "json",
            Self::Csv => "csv",
        }
    }

    fn says(self) -> &'static str {
        match self {
            Self::Markdown => "Markdown",
            Self::Text => "text to paste into a mail",
            Self::Json => "JSON, for programs",
            Self::Csv => "comma-separated values, for a spreadsheet",
        }
    }
}

/// The table of profiles as the screen shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompareTable {
    /// The headings.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<CompareRow>,
}

/// The list, and how far the person has got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choosing {
    /// What for.
    pub purpose: Purpose,
    /// What can be chosen.
    pub rows: Vec<String>,
    /// Which is chosen.
    pub at: usize,
    /// Where it is written to, once the form is chosen.
    pub name: Option<Entry>,
    /// What the name begins with, without its ending.
    beside: String,
}

/// What a key came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// The list has it; nothing else happens.
    Taken,
    /// It means nothing here.
    NotMine,
    /// The person goes back.
    Left,
    /// Write in this form to this place.
    Write(Form, String),
    /// This row.
    Row(String),
}

/// The longest name that can be typed.
const LONGEST: usize = 500;

impl Choosing {
    /// For a report or an export: in which form, and where; `beside` is the name without its ending.
    #[must_use]
    pub fn form(purpose: Purpose, beside: &str) -> Self {
        let forms = forms(purpose).iter();
        Self {
            purpose,
            rows: forms.map(|f| f.says().to_owned()).collect(),
            at: 0,
            name: None,
            beside: beside.to_owned(),
        }
    }

    /// Of recordings, newest first.
    #[must_use]
    pub fn recording(names: Vec<String>) -> Self {
        Self {
            purpose: Purpose::Earlier,
            rows: names,
            at: 0,
            name: None,
            beside: String::new(),
        }
    }

    /// Over the list.
    #[must_use]
    pub fn title(&self) -> &'static str {
        match self.purpose {
            Purpose::Report => "Write a report of this session",
            Purpose::Export => "Write this table",
            Purpose::Earlier => "Compare with an earlier session",
        }
    }

    /// Takes a key in.
    pub fn key(&mut self, key: &KeyEvent) -> Chosen {
        if key.modifiers.contains(KeyModifiers::CONTROL)
            || key.modifiers.contains(KeyModifiers::ALT)
        {
            return Chosen::NotMine;
        }
        match self.name {
            Some(_) => self.typed(key),
            None => self.listed(key),
        }
    }

    fn listed(&mut self, key: &KeyEvent) -> Chosen {
        let last = self.rows.len().saturating_sub(1);
        match key.code {
            KeyCode::Up | KeyCode::Char('k') => self.at = self.at.saturating_sub(1),
            KeyCode::Down | KeyCode::Char('j') => self.at = (self.at + 1).min(last),
            KeyCode::PageUp | KeyCode::Home => self.at = 0,
            KeyCode::PageDown | KeyCode::End => self.at = last,
            KeyCode::Esc => return Chosen::Left,
            KeyCode::Enter => return self.enter(),
            _ => return Chosen::NotMine,
        }
        Chosen::Taken
    }

    fn enter(&mut self) -> Chosen {
        let Some(row) = self.rows.get(self.at) else {
            return Chosen::Left;
        };
        match forms(self.purpose).get(self.at) {
            Some(form) => {
                let name = format!("{}.{}", self.beside, form.ending());
                self.name = Some(Entry::new(&name, LONGEST));
                Chosen::Taken
            }
            None => Chosen::Row(row.clone()),
        }
    }

    fn typed(&mut self, key: &KeyEvent) -> Chosen {
        let Some(name) = &mut self.name else {
            return Chosen::NotMine;
        };
        match key.code {
            KeyCode::Esc => self.name = None,
            KeyCode::Enter => {
                let place = name.text().trim().to_owned();
                return match forms(self.purpose).get(self.at) {
                    Some(form) if !place.is_empty() => Chosen::Write(*form, place),
                    _ => Chosen::Taken,
                };
            }
            KeyCode::Backspace => name.edit(Edit::Backspace),
            KeyCode::Delete => name.edit(Edit::Delete),
            KeyCode::Left => name.edit(Edit::Left),
            KeyCode::Right => name.edit(Edit::Right),
            KeyCode::Home => name.edit(Edit::LineStart),
            KeyCode::End => name.edit(Edit::LineEnd),
            KeyCode::Char(c) => {
                let mut octets = [0; 4];
                name.insert(c.encode_utf8(&mut octets));
            }
            _ => return Chosen::NotMine,
        }
        Chosen::Taken
    }

    /// Puts pasted text into the name, where one is typed.
    pub fn paste(&mut self, text: &str) {
        if let Some(name) = &mut self.name {
            name.insert(text);
        }
    }
}

fn forms(purpose: Purpose) -> &'static [Form] {
    match purpose {
        Purpose::Report => &[Form::Markdown, Form::Text, Form::Json],
        Purpose::Export => &[Form::Markdown, Form::Csv, Form::Json],
        Purpose::Earlier => &[],
    }
}

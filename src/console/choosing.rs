//! A short list over the panes, and where that is wanted a name to write to: what a report or an export shall be, which recording to compare with.
//!
//! In: keys. Out: what was chosen. Pure: the files behind it are the edge's. What a report hides is revealed field by field, and each field asks.
use super::asked::CompareRow;
use super::editor::{Edit, Entry};
use crate::report::{Reveal, Reveals};
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
    /// The octets of the HTTP exchange, for Wireshark.
    Pcap,
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
            Self::Pcap => "pcapng",
        }
    }

    fn says(self) -> &'static str {
        match self {
            Self::Markdown => "Markdown",
            Self::Text => "text to paste into a mail",
            Self::Json => "JSON, for programs",
            Self::Csv => "comma-separated values, for a spreadsheet",
            Self::Pcap => "pcap of the HTTP exchange, for Wireshark: asks, since it holds the text",
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
    /// What a report shows in plain; nothing, until each was agreed to.
    pub reveals: Reveals,
    /// The field that is asked about now.
    pub asking: Option<Reveal>,
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
    /// Write in this form to this place, with this in plain.
    Write(Form, String, Reveals),
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
            reveals: Reveals::default(),
            asking: None,
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
            reveals: Reveals::default(),
            asking: None,
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

    /// The fields that can be revealed below the forms, each with whether it is: of a report only. The octets of the wire are a form of
    /// their own.
    #[must_use]
    pub fn fields(&self) -> Vec<(Reveal, bool)> {
        let mut all = Reveal::ALL.to_vec();
        all.retain(|r| *r != Reveal::Wire && self.purpose == Purpose::Report);
        all.into_iter().map(|r| (r, self.reveals.has(r))).collect()
    }

    /// Takes a key in.
    pub fn key(&mut self, key: &KeyEvent) -> Chosen {
        if key.modifiers.contains(KeyModifiers::CONTROL)
            || key.modifiers.contains(KeyModifiers::ALT)
        {
            return Chosen::NotMine;
        }
        match (self.asking, &self.name) {
            (Some(field), _) => self.answered(field, key),
            (None, Some(_)) => self.typed(key),
            (None, None) => self.listed(key),
        }
    }

    /// Yes or no to a field. Enter has asked the question: pressed twice by accident it must not answer it, too.
    fn answered(&mut self, field: Reveal, key: &KeyEvent) -> Chosen {
        match key.code {
            KeyCode::Char('y' | 'Y') => {
                self.asking = None;
                self.reveals.0.insert(field);
                if field == Reveal::Wire {
                    self.ask_name();
                }
            }
            KeyCode::Char('n' | 'N') | KeyCode::Esc => self.asking = None,
            _ => {}
        }
        Chosen::Taken
    }

    fn listed(&mut self, key: &KeyEvent) -> Chosen {
        let last = (self.rows.len() + self.fields().len()).saturating_sub(1);
        match key.code {
            KeyCode::Up | KeyCode::Char('k') => self.at = self.at.saturating_sub(1),
            KeyCode::Down | KeyCode::Char('j') => self.at = (self.at + 1).min(last),
            KeyCode::PageUp | KeyCode::Home => self.at = 0,
            KeyCode::PageDown | KeyCode::End => self.at = last,
            KeyCode::Esc => return Chosen::Left,
            KeyCode::Enter => return self.enter(),
            KeyCode::Char(' ') if self.at >= self.rows.len() => return self.enter(),
            _ => return Chosen::NotMine,
        }
        Chosen::Taken
    }

    fn enter(&mut self) -> Chosen {
        let Some(row) = self.rows.get(self.at) else {
            let field = self.at.checked_sub(self.rows.len());
            return match field.and_then(|n| self.fields().into_iter().nth(n)) {
                Some((field, revealed)) => self.turn(field, revealed),
                None => Chosen::Left,
            };
        };
        match forms(self.purpose).get(self.at) {
            Some(Form::Pcap) if !self.reveals.has(Reveal::Wire) => {
                self.asking = Some(Reveal::Wire);
                Chosen::Taken
            }
            Some(_) => {
                self.ask_name();
                Chosen::Taken
            }
            None => Chosen::Row(row.clone()),
        }
    }

    /// What is shown is hidden at once; what is hidden asks first.
    fn turn(&mut self, field: Reveal, revealed: bool) -> Chosen {
        match revealed {
            true => drop(self.reveals.0.remove(&field)),
            false => self.asking = Some(field),
        }
        Chosen::Taken
    }

    fn ask_name(&mut self) {
        if let Some(form) = forms(self.purpose).get(self.at) {
            let name = format!("{}.{}", self.beside, form.ending());
            self.name = Some(Entry::new(&name, LONGEST));
        }
    }

    /// What a form shows in plain of what was agreed to: raw octets only where it is for them.
    fn revealed(&self, form: Form) -> Reveals {
        let mut reveals = self.reveals.clone();
        if form != Form::Pcap {
            reveals.0.remove(&Reveal::Wire);
        }
        reveals
    }

    fn typed(&mut self, key: &KeyEvent) -> Chosen {
        let Some(name) = &mut self.name else {
            return Chosen::NotMine;
        };
        match key.code {
            KeyCode::Esc => {
                self.name = None;
                // The octets of the wire are agreed to for one file.
                self.reveals.0.remove(&Reveal::Wire);
            }
            KeyCode::Enter => {
                let place = name.text().trim().to_owned();
                return match forms(self.purpose).get(self.at) {
                    Some(form) if !place.is_empty() => {
                        Chosen::Write(*form, place, self.revealed(*form))
                    }
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
        Purpose::Report => &[Form::Markdown, Form::Text, Form::Json, Form::Pcap],
        Purpose::Export => &[Form::Markdown, Form::Csv, Form::Json],
        Purpose::Earlier => &[],
    }
}

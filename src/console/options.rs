//! What goes with a message beside recipients, subject and text, while it is written: copies, the sender, what is asked for, files.
//!
//! In: characters, choices, files that the edge has read. Out: rows for the panel, and their part of the [`Draft`]. Values stand here as they
//! were typed; what they mean is read in `measure`. Never here: files, sizes, keys.
use super::editor::{Draft, Entry, LONGEST_FIELD, listed};
use crate::compose::Attachment;
use crate::mms::{Priority, Version, Visibility};

/// So many files go with one message at the most; no phone shows more.
pub const MOST_FILES: usize = 50;
/// The longest path of a file that can be typed, in characters.
const LONGEST_PATH: usize = 4_096;

/// What a message asks for, as it was typed or chosen; empty and `None` for what is not asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// The sender's address in place of the profile's way of saying it.
    pub from: String,
    /// X-Mms-Message-Class: a name or a word.
    pub class: String,
    /// X-Mms-Expiry: seconds, or a moment.
    pub expiry: String,
    /// X-Mms-Delivery-Time: seconds, or a moment.
    pub delivery_time: String,
    /// X-Mms-Priority.
    pub priority: Option<Priority>,
    /// X-Mms-Delivery-Report.
    pub delivery_report: Option<bool>,
    /// X-Mms-Read-Report.
    pub read_report: Option<bool>,
    /// X-Mms-Sender-Visibility.
    pub visibility: Option<Visibility>,
    /// X-Mms-MMS-Version; 1.2 where none is chosen.
    pub version: Option<Version>,
}

/// A row of the panel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Row {
    /// Copies that everybody sees.
    #[default]
    Cc,
    /// Copies that nobody else sees.
    Bcc,
    /// The sender.
    From,
    /// The message's class.
    Class,
    /// How long the MMSC keeps it.
    Expiry,
    /// When it may be delivered.
    DeliveryTime,
    /// Priority.
    Priority,
    /// Delivery report.
    DeliveryReport,
    /// Read report.
    ReadReport,
    /// Whether the sender is shown.
    Visibility,
    /// MMS version.
    Version,
    /// The path of a file to take along.
    Path,
    /// A file that goes along, counted from 0.
    File(usize),
}

/// Rows that are always there, in their order.
const ROWS: [Row; 12] = [
    Row::Cc,
    Row::Bcc,
    Row::From,
    Row::Class,
    Row::Expiry,
    Row::DeliveryTime,
    Row::Priority,
    Row::DeliveryReport,
    Row::ReadReport,
    Row::Visibility,
    Row::Version,
    Row::Path,
];

impl Row {
    /// Its name.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Cc => "Cc",
            Self::Bcc => "Bcc",
            Self::From => "From",
            Self::Class => "Class",
            Self::Expiry => "Expiry",
            Self::DeliveryTime => "Deliver from",
            Self::Priority => "Priority",
            Self::DeliveryReport => "Tell delivery",
            Self::ReadReport => "Tell reading",
            Self::Visibility => "Sender is",
            Self::Version => "MMS version",
            Self::Path => "Attach file",
            Self::File(_) => "",
        }
    }

    /// What stands there while nothing is typed or chosen.
    #[must_use]
    pub fn empty(self) -> &'static str {
        match self {
            Self::Cc => "copies that all see",
            Self::Bcc => "copies that the others do not see",
            Self::From => "as the profile says",
            Self::Class => "personal, informational, advertisement, auto, a word",
            Self::Expiry => "86400 (seconds) or 2026-11-22T12:00:00Z",
            Self::DeliveryTime => "at once; or seconds, or a time",
            Self::Path => "a path; Tab completes it",
            Self::Version => "1.2",
            _ => "not said",
        }
    }
}

/// The panel's fields.
#[derive(Clone, Debug, Default)]
pub struct Form {
    cc: Entry,
    bcc: Entry,
    from: Entry,
    class: Entry,
    expiry: Entry,
    delivery_time: Entry,
    path: Entry,
    /// What is chosen; the typed fields of it stand in the entries.
    chosen: Asked,
    files: Vec<Attachment>,
    /// The row that has the keys.
    pub row: Row,
    /// Names that the path may go on to, as the edge found them.
    pub offers: Vec<String>,
    /// A file is being read.
    pub reading: bool,
    /// Counts the changes of the files, so that what was made of them is known to be of these.
    revision: u64,
}

impl Form {
    /// The fields of a draft.
    #[must_use]
    pub fn new(draft: &Draft) -> Self {
        let entry = |text: &str| Entry::new(text, LONGEST_FIELD);
        let asked = &draft.asked;
        Self {
            cc: entry(&draft.cc.join(", ")),
            bcc: entry(&draft.bcc.join(", ")),
            from: entry(&asked.from),
            class: entry(&asked.class),
            expiry: entry(&asked.expiry),
            delivery_time: entry(&asked.delivery_time),
            path: Entry::new("", LONGEST_PATH),
            chosen: asked.clone(),
            files: draft.attachments.clone(),
            ..Self::default()
        }
    }

    /// Writes its part of a draft.
    pub fn fill(&self, draft: &mut Draft) {
        draft.cc = listed(&self.cc);
        draft.bcc = listed(&self.bcc);
        draft.attachments.clone_from(&self.files);
        let text = |entry: &Entry| entry.text().trim().to_owned();
        draft.asked = Asked {
            from: text(&self.from),
            class: text(&self.class),
            expiry: text(&self.expiry),
            delivery_time: text(&self.delivery_time),
            ..self.chosen.clone()
        };
    }

    /// All rows, in their order.
    #[must_use]
    pub fn rows(&self) -> Vec<Row> {
        let files = (0..self.files.len()).map(Row::File);
        ROWS.into_iter().chain(files).collect()
    }

    /// Goes so many rows on, and stays at the ends.
    pub fn step(&mut self, rows: i64) {
        let all = self.rows();
        let here = all.iter().position(|r| *r == self.row).unwrap_or(0);
        let to = super::update::moved(here, rows, all.len() - 1);
        self.row = all.get(to).copied().unwrap_or_default();
        self.offers.clear();
    }

    /// The text of the row that has the keys, where text is typed in it.
    #[must_use]
    pub fn entry(&self, row: Row) -> Option<&Entry> {
        Some(match row {
            Row::Cc => &self.cc,
            Row::Bcc => &self.bcc,
            Row::From => &self.from,
            Row::Class => &self.class,
            Row::Expiry => &self.expiry,
            Row::DeliveryTime => &self.delivery_time,
            Row::Path => &self.path,
            _ => return None,
        })
    }

    /// The same, to be changed.
    pub fn entry_mut(&mut self) -> Option<&mut Entry> {
        Some(match self.row {
            Row::Cc => &mut self.cc,
            Row::Bcc => &mut self.bcc,
            Row::From => &mut self.from,
            Row::Class => &mut self.class,
            Row::Expiry => &mut self.expiry,
            Row::DeliveryTime => &mut self.delivery_time,
            Row::Path => &mut self.path,
            _ => return None,
        })
    }

    /// What a row of choices says now; `None` for any other row.
    #[must_use]
    pub fn choice(&self, row: Row) -> Option<String> {
        let yes_no = |said: Option<bool>| match said {
            None => "not said",
            Some(true) => "yes",
            Some(false) => "no",
        };
        let said = match row {
            Row::Priority => match self.chosen.priority {
                None => "not said",
                Some(Priority::Low) => "low",
                Some(Priority::Normal) => "normal",
                Some(Priority::High) => "high",
            },
            Row::DeliveryReport => yes_no(self.chosen.delivery_report),
            Row::ReadReport => yes_no(self.chosen.read_report),
            Row::Visibility => match self.chosen.visibility {
                None => "not said",
                Some(Visibility::Show) => "shown",
                Some(Visibility::Hide) => "hidden",
            },
            Row::Version => {
                return Some(self.chosen.version.unwrap_or(Version::V1_2).to_string());
            }
            _ => return None,
        };
        Some(said.to_owned())
    }

    /// Goes on to the next choice of the row that has the keys, or back to the one before.
    pub fn change(&mut self, forward: bool) {
        let chosen = &mut self.chosen;
        let yes_no = [None, Some(true), Some(false)];
        match self.row {
            Row::Priority => {
                let all = [Priority::Low, Priority::Normal, Priority::High].map(Some);
                turn(&mut chosen.priority, &[&[None], &all[..]].concat(), forward);
            }
            Row::DeliveryReport => turn(&mut chosen.delivery_report, &yes_no, forward),
            Row::ReadReport => turn(&mut chosen.read_report, &yes_no, forward),
            Row::Visibility => {
                let all = [None, Some(Visibility::Show), Some(Visibility::Hide)];
                turn(&mut chosen.visibility, &all, forward);
            }
            Row::Version => {
                let all = [Version::V1_2, Version::V1_3, Version::V1_0, Version::V1_1].map(Some);
                let mut now = chosen.version.or(all[0]);
                turn(&mut now, &all, forward);
                chosen.version = now.filter(|v| *v != Version::V1_2);
            }
            _ => {}
        }
    }

    /// The files that go along.
    #[must_use]
    pub fn files(&self) -> &[Attachment] {
        &self.files
    }

    /// Which state of the files this is.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Sets that count on from another form's, so that nothing made of its files is taken for these.
    pub fn follows(&mut self, other: &Self) {
        self.revision = other.revision + 1;
    }

    /// Takes a file along. Gives the reason where it cannot.
    ///
    /// # Errors
    /// There are [`MOST_FILES`] already.
    pub fn attach(&mut self, file: Attachment) -> Result<(), String> {
        self.reading = false;
        if self.files.len() >= MOST_FILES {
            return Err(format!(
                "{MOST_FILES} files go along already: a message takes no more"
            ));
        }
        self.files.push(file);
        self.revision += 1;
        self.path.set("");
        self.offers.clear();
        Ok(())
    }

    /// Leaves the file of the row that has the keys behind.
    pub fn detach(&mut self) {
        let Row::File(n) = self.row else { return };
        if n < self.files.len() {
            self.files.remove(n);
            self.revision += 1;
        }
        if n >= self.files.len() {
            self.row = n.checked_sub(1).map_or(Row::Path, Row::File);
        }
    }

    /// What was asked for beyond the defaults, in a few words; empty where nothing was.
    #[must_use]
    pub fn summary(&self) -> String {
        let mut words = Vec::new();
        match self.files.len() {
            0 => {}
            1 => words.push("1 file".to_owned()),
            n => words.push(format!("{n} files")),
        }
        for (label, entry) in [("Cc", &self.cc), ("Bcc", &self.bcc)] {
            match listed(entry).len() {
                0 => {}
                n => words.push(format!("{n} {label}")),
            }
        }
        for row in ROWS {
            let typed = !matches!(row, Row::Cc | Row::Bcc | Row::Path);
            if let Some(entry) = self.entry(row).filter(|e| typed && !e.text().is_empty()) {
                words.push(format!("{} {}", row.label().to_lowercase(), entry.text()));
            }
            let said = self.choice(row).filter(|said| said != row.empty());
            if let Some(said) = said {
                words.push(format!("{} {said}", row.label().to_lowercase()));
            }
        }
        words.join(", ")
    }
}

fn turn<T: Copy + PartialEq>(value: &mut T, all: &[T], forward: bool) {
    let here = all.iter().position(|v| v == value).unwrap_or(0);
    let step = if forward { 1 } else { all.len() - 1 };
    *value = all[(here + step) % all.len()];
}

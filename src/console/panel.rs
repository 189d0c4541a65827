//! The panel before something larger begins: what a probe shall do, which one thing is varied from send to send.
//!
//! In: keys as edits and steps. Out: rows for the screen, and what was chosen. Pure. Nothing begins here: its last row hands over to `update`.
use super::editor::{Draft, Edit, Entry};
use crate::compose::{VARIABLES, Vary};
use crate::config::Place;
use crate::event::Witness;
use std::sync::Arc;

/// What begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// A probe.
    Probe,
    /// The same message several times, with one thing changed.
    Vary,
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One of several words, and which.
    Choice(Vec<&'static str>, usize),
    /// A line that is typed, and what an empty one stands for.
    Line(Entry, &'static str),
    /// The same, with a list to choose from.
    Offered(Entry, &'static str, Vec<Offer>),
    /// A thing that is taken or not.
    Tick(bool),
    /// It begins.
    Begin,
}

/// Something that a line may be filled with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    /// What is filled in.
    pub fills: String,
    /// What it is, in words: `eth0 (192.0.2.7)`.
    pub says: String,
}

/// Lists the interfaces of this machine, or that of the simulated bench.
pub type Interfaces = Arc<dyn Fn() -> Vec<Offer> + Send + Sync>;

/// A row with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The name; of a profile, its id.
    pub label: String,
    /// What it is.
    pub kind: Kind,
}

/// The panel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Panel {
    /// What begins.
    pub task: Task,
    /// The rows.
    pub rows: Vec<Row>,
    /// The row that has the keys.
    pub at: usize,
}

/// What a probe shall do, as the person has chosen it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// The profiles, one after another; none for the one in use.
    pub profiles: Vec<String>,
    /// Contexts may be defined and the stack moved (side effects 2 and 3).
    pub full: bool,
    /// Look for the size from which on requests stall.
    pub sizes: bool,
    /// An interface of this machine to look from as well: its name, or an address of it.
    pub interface: Option<String>,
    /// Public hosts that answer, where others than those of the configuration are wanted.
    pub references: Option<Vec<Place>>,
    /// What the person saw.
    pub witnesses: Vec<Witness>,
}

/// Public hosts of one probe at the most.
pub const MOST_REFERENCES: usize = 4;
/// Characters of a line.
const LONGEST: usize = 500;
/// Rows of a probe before its profiles, the one that begins it among them.
const BEFORE_PROFILES: usize = 5;

fn row(label: &str, kind: Kind) -> Row {
    Row {
        label: label.to_owned(),
        kind,
    }
}

impl Panel {
    /// For a probe. `profiles` are all, each with whether it is marked; `interfaces` those to look from.
    #[must_use]
    pub fn probe(profiles: impl Iterator<Item = (String, bool)>, interfaces: Vec<Offer>) -> Self {
        let line = |empty| Kind::Line(Entry::new("", LONGEST), empty);
        let mut rows = vec![
            row("begin", Kind::Begin),
            row(
                "side effects",
                Kind::Choice(
                    vec![
                        "up to 1: connections only",
                        "up to 3: contexts are defined, the stack moves",
                    ],
                    0,
                ),
            ),
            row("size ladder", Kind::Choice(vec!["no", "yes"], 0)),
            row(
                "interface",
                Kind::Offered(
                    Entry::new("", LONGEST),
                    "none: over the module only",
                    interfaces,
                ),
            ),
            row("reference hosts", line("those of the configuration")),
        ];
        rows.extend(profiles.map(|(label, marked)| Row {
            label,
            kind: Kind::Tick(marked),
        }));
        Self {
            task: Task::Probe,
            rows,
            at: 0,
        }
    }

    /// For sends of one message with one thing changed.
    #[must_use]
    pub fn vary() -> Self {
        let names = VARIABLES.iter().map(|(name, _)| *name).collect();
        let rows = vec![
            row("vary", Kind::Choice(names, 0)),
            row(
                "values",
                Kind::Line(
                    Entry::new("", LONGEST),
                    "separated by commas; a comma of a value is \\,",
                ),
            ),
            row("begin", Kind::Begin),
        ];
        Self {
            task: Task::Vary,
            rows,
            at: 0,
        }
    }

    /// The row that has the keys.
    #[must_use]
    pub fn row(&self) -> Option<&Row> {
        self.rows.get(self.at)
    }

    /// The line that is typed into, where the row is one.
    #[must_use]
    pub fn entry(&self) -> Option<&Entry> {
        match &self.row()?.kind {
            Kind::Line(entry, _) | Kind::Offered(entry, ..) => Some(entry),
            _ => None,
        }
    }

    /// What the row may be filled with, where there is a list.
    #[must_use]
    pub fn offers(&self) -> Option<&[Offer]> {
        match &self.row()?.kind {
            Kind::Offered(_, _, offers) => Some(offers),
            _ => None,
        }
    }

    /// Whether a key goes through that list: nothing else is typed there.
    #[must_use]
    pub fn is_offered(&self) -> bool {
        let typed = self.entry().map_or("", |e| e.text());
        let offers = self.offers().unwrap_or_default();
        !offers.is_empty() && (typed.is_empty() || offers.iter().any(|o| o.fills == typed))
    }

    /// The same, to type into.
    pub fn entry_mut(&mut self) -> Option<&mut Entry> {
        match &mut self.rows.get_mut(self.at)?.kind {
            Kind::Line(entry, _) | Kind::Offered(entry, ..) => Some(entry),
            _ => None,
        }
    }

    /// Whether the row is changed by a key.
    #[must_use]
    pub fn is_choice(&self) -> bool {
        let kind = self.row().map(|r| &r.kind);
        matches!(kind, Some(Kind::Choice(..) | Kind::Tick(_)))
    }

    /// Whether Enter begins.
    #[must_use]
    pub fn begins(&self) -> bool {
        self.row().is_some_and(|r| r.kind == Kind::Begin)
    }

    /// Goes so many rows on, and stays at the ends.
    pub fn step(&mut self, rows: i64) {
        let last = self.rows.len().saturating_sub(1);
        self.at = super::update::moved(self.at, rows, last);
    }

    /// Goes on to the next choice, or back.
    pub fn change(&mut self, forward: bool) {
        match self.rows.get_mut(self.at).map(|r| &mut r.kind) {
            Some(Kind::Choice(words, at)) => {
                let step = if forward { 1 } else { words.len() - 1 };
                *at = (*at + step) % words.len();
            }
            Some(Kind::Tick(on)) => *on = !*on,
            Some(Kind::Offered(entry, _, offers)) => {
                // Nothing stands before the first of them and after the last.
                let here = offers.iter().position(|o| o.fills == entry.text());
                let at = here.map_or(0, |n| n + 1);
                let all = offers.len() + 1;
                let to = (at + if forward { 1 } else { all - 1 }) % all;
                let fills = to.checked_sub(1).and_then(|n| offers.get(n));
                entry.set(fills.map_or("", |o| o.fills.as_str()));
                entry.edit(Edit::LineEnd);
            }
            _ => {}
        }
    }

    fn chosen(&self, label: &str) -> usize {
        let row = self.rows.iter().find(|r| r.label == label);
        match row.map(|r| &r.kind) {
            Some(Kind::Choice(_, at)) => *at,
            _ => 0,
        }
    }

    fn typed(&self, label: &str) -> &str {
        let row = self.rows.iter().find(|r| r.label == label);
        match row.map(|r| &r.kind) {
            Some(Kind::Line(entry, _) | Kind::Offered(entry, ..)) => entry.text().trim(),
            _ => "",
        }
    }

    /// What the probe shall do.
    ///
    /// # Errors
    /// A reference host that is none, or too many of them.
    pub fn wish(&self) -> Result<Wish, String> {
        let hosts = self.typed("reference hosts");
        let hosts: Vec<&str> = hosts.split([',', ' ']).filter(|h| !h.is_empty()).collect();
        if hosts.len() > MOST_REFERENCES {
            return Err(format!("at most {MOST_REFERENCES} reference hosts"));
        }
        let places: Result<Vec<Place>, String> = hosts
            .into_iter()
            .map(|host| Place::try_from(host.to_owned()))
            .collect();
        let interface = Some(self.typed("interface")).filter(|name| !name.is_empty());
        let ticked = self.rows.iter().skip(BEFORE_PROFILES);
        Ok(Wish {
            profiles: ticked
                .filter(|r| r.kind == Kind::Tick(true))
                .map(|r| r.label.clone())
                .collect(),
            full: self.chosen("side effects") == 1,
            sizes: self.chosen("size ladder") == 1,
            interface: interface.map(str::to_owned),
            references: Some(places?).filter(|places| !places.is_empty()),
            witnesses: Vec::new(),
        })
    }

    /// What is varied.
    ///
    /// # Errors
    /// A value that cannot be had, in words.
    pub fn varied(&self) -> Result<Vary, String> {
        let name = VARIABLES.get(self.chosen("vary")).map_or("", |(n, _)| *n);
        format!("{name}={}", self.typed("values")).parse()
    }
}

/// What a value of a variable may be, for the screen.
#[must_use]
pub fn wanted(variable: &str) -> &'static str {
    match variable {
        "user-agent" => "a User-Agent, as Android-Mms/2.0",
        "uaprof" => "the URL of a user agent profile, or none",
        "proxy" => "host:port, or none",
        "from" => "token, or a number as +12025550123",
        "version" => "1.0, 1.1, 1.2 or 1.3",
        "charset" => "yes (the Content-Type names the charset) or no",
        _ => "characters of the text, 1 to 50000",
    }
}

/// Sends of one message with one thing changed, as they were begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Varied {
    /// What is varied.
    pub vary: Vary,
    /// The message.
    pub draft: Draft,
    /// Their X-Mms-Transaction-Ids, in order; empty until they are known.
    pub ids: Vec<String>,
    /// Nothing more of it goes out.
    pub ended: bool,
}

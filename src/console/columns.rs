//! The columns of the traffic: which ones, in which order, for the lines and for the exchanges.
//!
//! In: names from a configuration, a person's steps. Out: columns in order, the line of a configuration that makes them last, or faults with
//! their places. Never here: how wide a column is and what stands in it; that is drawing.
use crate::config;
use crate::document::Word;
use crate::profile::Fault;

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// When.
    Time,
    /// Which way, and whether it is a late result, unasked, an error.
    Direction,
    /// The stage of a send in whose time it came.
    Stage,
    /// Why its exchange was done.
    Purpose,
    /// How many lines its exchange has.
    Lines,
    /// The line, or the exchange in one.
    Text,
    /// What it means.
    Meaning,
    /// How long it took.
    Duration,
}

use Column::{Direction, Duration, Lines, Meaning, Purpose, Stage, Text, Time};

/// Every column of the exchanges in the usual order; that of the lines leaves `lines` out.
const ALL: [Column; 8] = [
    Time, Direction, Stage, Purpose, Lines, Text, Meaning, Duration,
];
/// Those that are shown where nobody says otherwise.
const USUAL: [Column; 5] = [Time, Direction, Text, Meaning, Duration];

impl Column {
    /// Its name in a configuration.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Time => "time",
            Direction => "direction",
            Stage => "stage",
            Purpose => "purpose",
            Lines => "lines",
            Text => "text",
            Meaning => "meaning",
            Duration => "duration",
        }
    }

    /// What stands in it.
    #[must_use]
    pub fn says(self) -> &'static str {
        match self {
            Time => "when; times can be turned round",
            Direction => "to or from the modem, late, unasked, error",
            Stage => "the stage of a send in whose time it came",
            Purpose => "why it was asked; known once the exchange has ended",
            Lines => "how many lines the exchange has",
            Text => "the line itself",
            Meaning => "what it means; behind the text where there is room",
            Duration => "how long it took; in wide panes",
        }
    }
}

/// A table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Table {
    /// A row for each line.
    #[default]
    Lines,
    /// A row for each exchange, where they are folded.
    Exchanges,
}

impl Table {
    /// The key of the configuration, under `[traffic]`.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Lines => "columns",
            Self::Exchanges => "exchange_columns",
        }
    }

    fn all(self) -> impl Iterator<Item = Column> {
        ALL.into_iter()
            .filter(move |c| self == Self::Exchanges || *c != Lines)
    }
}

/// The columns of a table that are shown, in order. The text is always one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrangement(Vec<Column>);

impl Default for Arrangement {
    fn default() -> Self {
        Self(USUAL.to_vec())
    }
}

impl Arrangement {
    /// The columns that are shown, in order.
    #[must_use]
    pub fn shown(&self) -> &[Column] {
        &self.0
    }

    /// Whether a column is shown.
    #[must_use]
    pub fn has(&self, column: Column) -> bool {
        self.0.contains(&column)
    }

    fn read(text: &str, table: Table, words: &[Word]) -> Result<Self, Vec<Fault>> {
        if words.is_empty() {
            return Ok(Self::default());
        }
        let (mut shown, mut faults) = (Vec::new(), Vec::new());
        for word in words {
            let at = |says: String, remedy: &str| Fault::at(text, word.span.clone(), says, remedy);
            match table.all().find(|c| c.name() == word.text) {
                Some(twice) if shown.contains(&twice) => {
                    let says = format!("`{}` stands there twice", word.text);
                    faults.push(at(says, "name each column once"));
                }
                Some(column) => shown.push(column),
                None if word.text == Lines.name() => {
                    let says = "`lines` is a column of exchanges only".to_owned();
                    faults.push(at(says, "write it under exchange_columns, or leave it out"));
                }
                None => {
                    let known: Vec<&str> = table.all().map(Column::name).collect();
                    let says = format!("`{}` is no column of the traffic", word.text);
                    let span = word.span.clone();
                    faults.push(Fault::unknown(text, span, says, &word.text, &known));
                }
            }
        }
        if faults.is_empty() && !shown.contains(&Text) {
            let says = format!("`{}` leaves out the text", table.key());
            let remedy = "add \"text\": a row without its line tells nothing";
            let span = words.first().map_or(0..0, |word| word.span.clone());
            faults.push(Fault::at(text, span, says, remedy));
        }
        match faults.is_empty() {
            true => Ok(Self(shown)),
            false => Err(faults),
        }
    }

    /// Shows a column or leaves it out. False for the text, which stays.
    fn turn(&mut self, column: Column) -> bool {
        if column == Text {
            return false;
        }
        match self.0.iter().position(|c| *c == column) {
            Some(at) => drop(self.0.remove(at)),
            None => {
                // Behind what usually stands before it.
                let before = self.0.iter().rposition(|c| *c < column);
                self.0.insert(before.map_or(0, |at| at + 1), column);
            }
        }
        true
    }

    /// Moves a column one place. False where it cannot go.
    fn shift(&mut self, column: Column, right: bool) -> bool {
        let here = self.0.iter().position(|c| *c == column);
        let to = here.and_then(|at| match right {
            true => Some(at + 1).filter(|to| *to < self.0.len()),
            false => at.checked_sub(1),
        });
        let (Some(here), Some(to)) = (here, to) else {
            return false;
        };
        self.0.swap(here, to);
        true
    }
}

/// The columns of both tables, and where a person is in their panel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    /// Of the lines.
    pub lines: Arrangement,
    /// Of the exchanges.
    pub exchanges: Arrangement,
    /// The table that the panel shows.
    pub table: Table,
    /// Which of its rows is chosen.
    pub at: usize,
}

impl Columns {
    /// The columns that a configuration wants. `text` is the file, for the places of faults.
    ///
    /// # Errors
    /// Every fault: an unknown column, one that stands there twice, a table without its text.
    pub fn of(text: &str, wanted: &config::Traffic) -> Result<Self, Vec<Fault>> {
        let lines = Arrangement::read(text, Table::Lines, &wanted.columns);
        let exchanges = Arrangement::read(text, Table::Exchanges, &wanted.exchange_columns);
        match (lines, exchanges) {
            (Ok(lines), Ok(exchanges)) => Ok(Self {
                lines,
                exchanges,
                ..Self::default()
            }),
            (lines, exchanges) => {
                let mut faults = lines.err().unwrap_or_default();
                faults.extend(exchanges.err().unwrap_or_default());
                Err(faults)
            }
        }
    }

    /// The columns of a table.
    #[must_use]
    pub fn of_table(&self, table: Table) -> &Arrangement {
        match table {
            Table::Lines => &self.lines,
            Table::Exchanges => &self.exchanges,
        }
    }

    /// The rows of the panel: what is shown in its order, then what is not.
    #[must_use]
    pub fn listed(&self) -> Vec<(Column, bool)> {
        let shown = self.of_table(self.table);
        let left_out = self.table.all().filter(|c| !shown.has(*c));
        let listed = shown.shown().iter().map(|c| (*c, true));
        listed.chain(left_out.map(|c| (c, false))).collect()
    }

    /// The chosen column.
    #[must_use]
    pub fn chosen(&self) -> Option<Column> {
        self.listed().get(self.at).map(|(column, _)| *column)
    }

    /// Changes the arrangement of the panel's table; the same column stays chosen. False where that changes nothing.
    fn change(&mut self, change: impl FnOnce(&mut Arrangement, Column) -> bool) -> bool {
        let Some(column) = self.chosen() else {
            return false;
        };
        let arrangement = match self.table {
            Table::Lines => &mut self.lines,
            Table::Exchanges => &mut self.exchanges,
        };
        let changed = change(arrangement, column);
        let listed = self.listed();
        let now = listed.iter().position(|(c, _)| *c == column);
        self.at = now.unwrap_or(0);
        changed
    }

    /// Shows the chosen column or leaves it out. False for the text, which stays.
    pub fn turn(&mut self) -> bool {
        self.change(Arrangement::turn)
    }

    /// Moves the chosen column one place in its table. False where it cannot go.
    pub fn shift(&mut self, right: bool) -> bool {
        self.change(|arrangement, column| arrangement.shift(column, right))
    }

    /// Goes on to the other table.
    pub fn other(&mut self) {
        self.table = match self.table {
            Table::Lines => Table::Exchanges,
            Table::Exchanges => Table::Lines,
        };
        self.at = self.at.min(self.listed().len().saturating_sub(1));
    }

    /// What a configuration says to have it so: the line for the table of the panel, under `[traffic]`.
    #[must_use]
    pub fn toml(&self) -> String {
        let shown = self.of_table(self.table).shown().iter();
        let names: Vec<String> = shown.map(|c| format!("\"{}\"", c.name())).collect();
        format!("{} = [{}]", self.table.key(), names.join(", "))
    }
}

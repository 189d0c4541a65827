//! Two sends, stage by stage: "it worked yesterday".
use super::course::OUR_ADDRESS;
use super::{Cell, Course, Mark};
use crate::event::Stage;
use serde::Serialize;
use std::fmt::Write;

/// A stage that took so many milliseconds more is slower, where that is also half as much again.
const NOTICED: u64 = 250;

/// How two cells of a row differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Difference {
    /// Not at all.
    #[default]
    Same,
    /// In outcome or value.
    Differs,
    /// Only one side knows.
    OneSided,
    /// The first is noticeably slower.
    Slower,
    /// The first is noticeably faster.
    Faster,
}

impl Difference {
    /// In a word; empty where there is none.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Same => "",
            Self::Differs => "differs",
            Self::OneSided => "one side only",
            Self::Slower => "slower",
            Self::Faster => "faster",
        }
    }

    fn between(left: &Cell, right: &Cell, by_words: bool) -> Self {
        match (left.mark, right.mark) {
            (Mark::Nothing, Mark::Nothing) => return Self::Same,
            (Mark::Nothing, _) | (_, Mark::Nothing) => return Self::OneSided,
            (a, b) if a != b => return Self::Differs,
            _ if by_words && left.says != right.says => return Self::Differs,
            _ => {}
        }
        let longer = |a: u64, b: u64| a > b.saturating_add((b / 2).max(NOTICED));
        match (left.took_ms, right.took_ms) {
            (Some(a), Some(b)) if longer(a, b) => Self::Slower,
            (Some(a), Some(b)) if longer(b, a) => Self::Faster,
            _ => Self::Same,
        }
    }
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// A stage's name, or what was learned.
    pub name: String,
    /// Whether it is a stage.
    pub stage: bool,
    /// One side.
    pub left: Cell,
    /// The other.
    pub right: Cell,
    /// How they differ.
    pub difference: Difference,
}

/// Two courses, aligned.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Beside {
    /// Their names.
    pub names: [String; 2],
    /// When their sessions began (RFC 3339, UTC).
    pub began_at: [String; 2],
    /// Stages in their order, then what was learned. What neither side knows has no row.
    pub rows: Vec<Row>,
}

impl Beside {
    /// Aligns two courses.
    #[must_use]
    pub fn of(left: &Course, right: &Course) -> Self {
        let stages = Stage::ALL.iter().zip(left.stages.iter().zip(&right.stages));
        let stages = stages.map(|(stage, (a, b))| row(stage.name(), true, a, b));
        let learned = left.learned.iter().zip(&right.learned);
        let learned = learned.map(|((name, a), (_, b))| row(name, false, a, b));
        let alike = left.is_addressed_like(right);
        let learned = learned.map(|mut r| {
            // Every session gets an address of its own: that is no difference, but neither is it the same one.
            if r.name == OUR_ADDRESS && !alike && r.left.says == r.right.says {
                r.right.says.push_str(" (another one)");
            }
            r
        });
        let nothing = |r: &Row| r.left.mark == Mark::Nothing && r.right.mark == Mark::Nothing;
        Self {
            names: [left.name.clone(), right.name.clone()],
            began_at: [left.began_at.clone(), right.began_at.clone()],
            rows: stages.chain(learned).filter(|r| !nothing(r)).collect(),
        }
    }

    /// The first stage at which they part, which is where to look: a stage that ended otherwise, or that only one side reached.
    #[must_use]
    pub fn parts_at(&self) -> Option<&Row> {
        let parted = |r: &&Row| {
            let apart = [Difference::Differs, Difference::OneSided];
            r.stage && apart.contains(&r.difference)
        };
        self.rows.iter().find(parted)
    }

    /// Where they part, in a sentence.
    #[must_use]
    pub fn headline(&self) -> String {
        let others = self.rows.iter().filter(|r| !r.stage);
        let values: Vec<&str> = others
            .filter(|r| r.difference == Difference::Differs && r.name != "whole send")
            .map(|r| r.name.as_str())
            .collect();
        let values = match values.is_empty() {
            true => "nothing that was learned differs".to_owned(),
            false => format!("what differs: {}", values.join(", ")),
        };
        match self.parts_at() {
            Some(row) => format!("They part at {}; {values}.", row.name),
            None => format!("No stage ended differently; {values}."),
        }
    }

    /// As a table in text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = format!("{}\n\n", self.headline());
        let table = self.table();
        let wide = |n: usize| {
            let cells = table.iter().map(|row| row[n].chars().count());
            cells.max().unwrap_or(0).min(60)
        };
        let widths: Vec<usize> = (0..4).map(wide).collect();
        for row in &table {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(&widths) {
                let _ = write!(line, "{cell:width$}  ");
            }
            let _ = writeln!(out, "{}", line.trim_end());
        }
        out
    }

    /// As a table in Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut out = format!("{}\n\n", self.headline());
        for (n, row) in self.table().iter().enumerate() {
            let cells: Vec<String> = row.iter().map(|c| c.replace('|', "\\|")).collect();
            let _ = writeln!(out, "| {} |", cells.join(" | "));
            if n == 0 {
                out.push_str("| --- | --- | --- | --- |\n");
            }
        }
        out
    }

    fn table(&self) -> Vec<[String; 4]> {
        let head = |n: usize| format!("{} ({})", self.names[n], self.began_at[n]);
        let mut table = vec![[String::new(), head(0), head(1), String::new()]];
        table.extend(self.rows.iter().map(|row| {
            let word = row.difference.word().to_owned();
            [row.name.clone(), words(&row.left), words(&row.right), word]
        }));
        table
    }
}

fn row(name: &str, stage: bool, left: &Cell, right: &Cell) -> Row {
    // The words of a stage hold what is different each time, such as a Message-ID; what counts of it is a row of its own.
    let by_words = !stage && left.mark == Mark::Value;
    Row {
        name: name.to_owned(),
        stage,
        left: left.clone(),
        right: right.clone(),
        difference: Difference::between(left, right, by_words),
    }
}

fn words(cell: &Cell) -> String {
    let state = match cell.mark {
        Mark::Good => "ok",
        Mark::Bad => "FAILED",
        Mark::Skipped => "skipped",
        Mark::Open => "did not end",
        Mark::Nothing => "-",
        Mark::Value => "",
    };
    let took = cell.took_ms.map(|ms| format!("{ms} ms"));
    let took = took.unwrap_or_default();
    let parts = [state, took.as_str(), cell.says.as_str()];
    let parts: Vec<&str> = parts.into_iter().filter(|p| !p.is_empty()).collect();
    parts.join(" ")
}

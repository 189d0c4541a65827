//! A report as blocks, and the same as markdown, text and JSON.
use crate::event::{clean_json, clean_lines};
use serde::Serialize;
use std::fmt::Write as _;
use unicode_width::UnicodeWidthStr;

/// A report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Document {
    /// Its title.
    pub title: String,
    /// Its parts.
    pub sections: Vec<Section>,
}

/// A part with its heading.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Section {
    /// The heading.
    pub heading: String,
    /// What stands in it.
    pub blocks: Vec<Block>,
}

/// What stands in a part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    /// A sentence or several.
    Paragraph(String),
    /// Labels and values.
    Facts(Vec<(String, String)>),
    /// Points.
    List(Vec<String>),
    /// A table.
    Table {
        /// Over the columns.
        head: Vec<String>,
        /// The rows.
        rows: Vec<Vec<String>>,
    },
    /// Lines as they are: a letter, a head of HTTP.
    Verbatim(String),
}

impl Section {
    /// A part without blocks.
    #[must_use]
    pub fn new(heading: impl Into<String>) -> Self {
        Self {
            heading: heading.into(),
            blocks: Vec::new(),
        }
    }

    /// Adds facts, if there are any.
    pub fn facts(&mut self, facts: Vec<(String, String)>) {
        if !facts.is_empty() {
            self.blocks.push(Block::Facts(facts));
        }
    }

    /// Adds a table, if it has rows.
    pub fn table(&mut self, head: &[&str], rows: Vec<Vec<String>>) {
        if !rows.is_empty() {
            let head = head.iter().map(|h| (*h).to_owned()).collect();
            self.blocks.push(Block::Table { head, rows });
        }
    }
}

impl Document {
    /// Adds a part, if something stands in it.
    pub fn add(&mut self, section: Section) {
        if !section.blocks.is_empty() {
            self.sections.push(section);
        }
    }

    /// The same with every text harmless on a terminal: fields of a recording, and what a person adds, come from outside.
    fn harmless(&self) -> Self {
        let one = |text: &String| clean_lines(&text.replace("\r\n", "\n"));
        let all = |texts: &Vec<String>| texts.iter().map(one).collect::<Vec<String>>();
        let block = |block: &Block| match block {
            Block::Paragraph(text) => Block::Paragraph(one(text)),
            Block::Facts(facts) => {
                Block::Facts(facts.iter().map(|(l, v)| (one(l), one(v))).collect())
            }
            Block::List(points) => Block::List(all(points)),
            Block::Table { head, rows } => Block::Table {
                head: all(head),
                rows: rows.iter().map(all).collect(),
            },
            Block::Verbatim(text) => Block::Verbatim(one(text)),
        };
        let section = |section: &Section| Section {
            heading: one(&section.heading),
            blocks: section.blocks.iter().map(block).collect(),
        };
        Self {
            title: one(&self.title),
            sections: self.sections.iter().map(section).collect(),
        }
    }

    /// As markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        self.harmless().as_markdown()
    }

    fn as_markdown(&self) -> String {
        let mut out = format!("# {}\n", cell(&self.title));
        for section in &self.sections {
            let _ = write!(out, "\n## {}\n", cell(&section.heading));
            for block in &section.blocks {
                out.push('\n');
                block.markdown(&mut out);
            }
        }
        out
    }

    /// As text to paste into a mail.
    #[must_use]
    pub fn text(&self) -> String {
        self.harmless().as_text()
    }

    fn as_text(&self) -> String {
        let mut out = format!("{}\n{}\n", self.title, "=".repeat(self.title.width()));
        for section in &self.sections {
            let _ = write!(
                out,
                "\n{}\n{}\n",
                section.heading,
                "-".repeat(section.heading.width())
            );
            for (at, block) in section.blocks.iter().enumerate() {
                if at > 0 {
                    out.push('\n');
                }
                block.text(&mut out);
            }
        }
        out
    }

    /// As JSON, indented.
    ///
    /// # Errors
    /// Never for text; serde's form asks for it.
    pub fn json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self).map(|json| clean_json(&json) + "\n")
    }
}

/// Text in markdown: nothing that would become a cell, an emphasis, a link or an element.
fn cell(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(
            c,
            '|' | '*' | '_' | '`' | '<' | '>' | '[' | ']' | '\\' | '#'
        ) {
            out.push('\\');
        }
        out.push(if c == '\n' { ' ' } else { c });
    }
    out
}

impl Block {
    fn markdown(&self, out: &mut String) {
        match self {
            Self::Paragraph(text) => {
                let _ = writeln!(out, "{}", cell(text));
            }
            Self::Facts(facts) => {
                for (label, value) in facts {
                    let _ = writeln!(out, "- **{}:** {}", cell(label), cell(value));
                }
            }
            Self::List(points) => {
                for point in points {
                    let _ = writeln!(out, "- {}", cell(point));
                }
            }
            Self::Table { head, rows } => {
                let line = |cells: &[String]| {
                    let cells: Vec<String> = cells.iter().map(|c| cell(c)).collect();
                    format!("| {} |\n", cells.join(" | "))
                };
                out.push_str(&line(head));
                let _ = writeln!(out, "|{}", " --- |".repeat(head.len()));
                rows.iter().for_each(|row| out.push_str(&line(row)));
            }
            Self::Verbatim(text) => {
                // A fence that no run of backticks inside can close.
                let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
                let fence = "`".repeat(3.max(longest + 1));
                let _ = writeln!(out, "{fence}text\n{}\n{fence}", text.trim_end());
            }
        }
    }

    fn text(&self, out: &mut String) {
        match self {
            Self::Paragraph(text) => {
                let _ = writeln!(out, "{text}");
            }
            Self::Facts(facts) => {
                let width = facts.iter().map(|(l, _)| l.width()).max().unwrap_or(0);
                for (label, value) in facts {
                    let gap = " ".repeat(width - label.width());
                    let _ = writeln!(out, "{label}:{gap} {value}");
                }
            }
            Self::List(points) => {
                for point in points {
                    let _ = writeln!(out, "- {point}");
                }
            }
            Self::Table { head, rows } => table(out, head, rows),
            Self::Verbatim(text) => {
                let _ = writeln!(out, "{}", text.trim_end());
            }
        }
    }
}

fn table(out: &mut String, head: &[String], rows: &[Vec<String>]) {
    let all = || std::iter::once(head).chain(rows.iter().map(Vec::as_slice));
    let width = |column: usize| all().filter_map(|r| r.get(column)).map(|c| c.width()).max();
    let widths: Vec<usize> = (0..head.len()).map(|c| width(c).unwrap_or(0)).collect();
    for row in all() {
        let mut line = String::new();
        for (text, width) in row.iter().zip(&widths) {
            let gap = width.saturating_sub(text.width());
            let _ = write!(line, "{text}{}  ", " ".repeat(gap));
        }
        let _ = writeln!(out, "{}", line.trim_end());
    }
}

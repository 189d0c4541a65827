//! What of the traffic goes to the clipboard or into a file, and in which form.
//!
//! In: rows, what they belong to, what the person wants. Out: text. Numbers, identities and secrets are hidden unless the person asks for
//! them. Never here: the clipboard and the file themselves, and choosing the rows.
use super::editor::Draft;
use super::text;
use super::traffic::{Kind, Row};
use crate::at::catalogue;
use crate::event::{Direction, Redaction, Role, redact};
use serde_json::{Map, Value, json};
use std::fmt::Write;

/// Octets that the clipboard sequence may carry: terminals and tmux take at most 100,000 characters of Base64.
pub const LONGEST_COPY: usize = 74_994;

/// The form of a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// Lines with their times.
    Text,
    /// The commands, one a line, with the answers as comments: what the AT line takes back as a paste.
    Script,
    /// A table for a ticket.
    Markdown,
    /// The command line that does the same without a screen.
    Command,
    /// JSON Lines, named as in a recording.
    Json,
}

/// Which rows are copied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extent {
    /// The selected ones.
    Selection,
    /// The chosen row's exchange.
    Exchange,
    /// Those between the marks around the eye.
    Marks,
    /// All that pass the filter.
    #[default]
    Listed,
}

/// What is about to be copied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Copying {
    /// Which rows.
    pub extent: Extent,
    /// Numbers and identities as they are.
    pub plain: bool,
    /// Of octets: the whole PDU, and not the chosen field alone.
    pub whole: bool,
    /// Into a file, and not into the clipboard.
    pub to_file: bool,
}

impl Form {
    /// How its files end.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Text => "txt",
            Self::Script => "at",
            Self::Markdown => "md",
            Self::Command => "sh",
            Self::Json => "jsonl",
        }
    }
}

impl OctetForm {
    /// How its files end.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Hex | Self::Dump => "hex",
            Self::C => "c",
            Self::Python => "py",
            Self::Text => "txt",
        }
    }
}

/// The form in which octets are copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OctetForm {
    /// Hexadecimal digits, one run.
    Hex,
    /// An array in C.
    C,
    /// A bytes literal of Python.
    Python,
    /// What they say, as text.
    Text,
    /// A hex dump, sixteen in a row, as `xxd -r` and Wireshark's import read it.
    Dump,
}

/// The octets with numbers, identities and secrets hidden as in a recording, an asterisk for each octet, and how many were hidden. Text and
/// media stay what they are.
#[must_use]
pub fn hidden(octets: &[u8]) -> (Vec<u8>, usize) {
    // The end of a line ends a word: what stands last goes on nowhere.
    let ended = [octets, b"\n"].concat();
    let mut shown = Redaction::default().octets(&ended);
    shown.truncate(octets.len());
    let pairs = shown.iter().zip(octets);
    let count = pairs.filter(|(shown, own)| shown != own).count();
    (shown, count)
}

/// Octets in a form; `says` is what they say as text.
#[must_use]
pub fn octets(octets: &[u8], form: OctetForm, says: &str) -> String {
    match form {
        OctetForm::Hex => octets.iter().map(|o| format!("{o:02x}")).collect(),
        OctetForm::C => {
            let mut out = format!("unsigned char octets[{}] = {{\n", octets.len());
            for row in octets.chunks(12) {
                let row: Vec<String> = row.iter().map(|o| format!("0x{o:02x}")).collect();
                let _ = writeln!(out, "    {},", row.join(", "));
            }
            out + "};\n"
        }
        OctetForm::Python => {
            let shown = octets.iter().map(|o| match o {
                b'"' | b'\\' => format!("\\{}", char::from(*o)),
                0x20..=0x7e => char::from(*o).to_string(),
                _ => format!("\\x{o:02x}"),
            });
            format!("b\"{}\"", shown.collect::<String>())
        }
        OctetForm::Text => says.to_owned(),
        OctetForm::Dump => {
            let mut out = String::new();
            for (n, row) in octets.chunks(16).enumerate() {
                let hex: Vec<String> = row.iter().map(|o| format!("{o:02x}")).collect();
                let _ = writeln!(out, "{:06x}  {}", n * 16, hex.join(" "));
            }
            out
        }
    }
}

/// What a command line needs beside the commands.
#[derive(Clone, Debug, Default)]
pub struct Bench<'s> {
    /// The simulated world.
    pub world: Option<&'s str>,
    /// The serial line's name.
    pub serial: Option<&'s str>,
    /// The profile in use.
    pub profile: Option<&'s str>,
    /// The message, where the rows belong to a send.
    pub draft: Draft,
}

/// The rows in a form.
#[must_use]
pub fn copied(rows: &[&Row], form: Form, plain: bool, bench: &Bench) -> String {
    let shown = |text: &str| match plain {
        true => text.to_owned(),
        false => redact(text),
    };
    match form {
        Form::Text => lines(rows, &shown),
        Form::Script => script(rows, &shown),
        Form::Markdown => markdown(rows, &shown),
        Form::Command => command_line(rows, &shown, bench),
        Form::Json => json_lines(rows, &shown),
    }
}

fn sign(row: &Row) -> &'static str {
    match row.kind {
        Kind::Line(Direction::Tx, _) => ">",
        Kind::Line(Direction::Rx, _) => "<",
        Kind::Notice(_) => "#",
    }
}

fn is_command(row: &Row) -> bool {
    row.kind == Kind::Line(Direction::Tx, Role::Command)
}

fn lines(rows: &[&Row], shown: &dyn Fn(&str) -> String) -> String {
    let mut out = String::new();
    for row in rows {
        out += &format!("{} {} {}\n", row.time, sign(row), shown(&row.text));
    }
    out
}

fn script(rows: &[&Row], shown: &dyn Fn(&str) -> String) -> String {
    let mut out = String::new();
    for row in rows {
        let text = shown(&row.text);
        match row.kind {
            _ if is_command(row) && text != row.text => {
                out += &format!("# hidden digits, fill them in: {text}\n");
            }
            // Read back as it stands it would be refused: a script has the payload along with the command.
            _ if is_command(row) && catalogue::wanted(&text).is_some() => {
                out += &format!("# takes a payload, put it on the next line behind `> `: {text}\n");
            }
            _ if is_command(row) => out += &format!("{text}\n"),
            Kind::Line(Direction::Tx, Role::Payload) => {
                out += &format!("# then {text} of payload, which is not part of this copy\n");
            }
            _ => {
                let after = row.after_ms.map(|ms| format!("  ({})", text::duration(ms)));
                out += &format!("# {text}{}\n", after.unwrap_or_default());
            }
        }
    }
    out
}

fn markdown(rows: &[&Row], shown: &dyn Fn(&str) -> String) -> String {
    let cell = |text: &str| shown(text).replace('\\', "\\\\").replace('|', "\\|");
    let mut out = String::from("| time | | line | after | meaning |\n|---|---|---|---:|---|\n");
    for row in rows {
        let after = row.after_ms.map(text::duration).unwrap_or_default();
        let way = match row.kind {
            Kind::Line(Direction::Tx, _) => "sent",
            Kind::Line(Direction::Rx, Role::Urc) => "unasked",
            Kind::Line(Direction::Rx, _) => "answer",
            Kind::Notice(_) => "note",
        };
        let line = shown(&row.text).replace('|', "\\|");
        let ticks = if line.contains('`') { "``" } else { "`" };
        let meaning = row.meaning.as_deref().map(cell).unwrap_or_default();
        out += &format!(
            "| {} | {way} | {ticks}{line}{ticks} | {after} | {meaning} |\n",
            row.time
        );
    }
    out
}

/// A word as a POSIX shell takes it: bare where nothing in it has a meaning there, else in quotes.
#[must_use]
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:+,@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

fn command_line(rows: &[&Row], shown: &dyn Fn(&str) -> String, bench: &Bench) -> String {
    let on = match (bench.world, bench.serial) {
        (Some(world), _) => format!(" --world {}", quoted(world)),
        (None, Some(serial)) => format!(" --port {}", quoted(serial)),
        (None, None) => String::new(),
    };
    let mut out = String::new();
    if rows.iter().any(|r| r.stage.is_some()) {
        out += &format!("mmscope send{on}");
        if let Some(profile) = bench.profile {
            let _ = write!(out, " --profile {}", quoted(profile));
        }
        for to in &bench.draft.to {
            let _ = write!(out, " --to {}", quoted(&shown(to)));
        }
        if !bench.draft.subject.is_empty() {
            let _ = write!(out, " --subject {}", quoted(&shown(&bench.draft.subject)));
        }
        let _ = writeln!(out, " {}", quoted(&shown(&bench.draft.text)));
    }
    let typed = rows.iter().filter(|r| is_command(r) && r.stage.is_none());
    let commands: Vec<String> = typed.map(|r| quoted(&shown(&r.text))).collect();
    if !commands.is_empty() {
        out += &format!("mmscope at{on} {}\n", commands.join(" "));
    }
    out
}

fn json_lines(rows: &[&Row], shown: &dyn Fn(&str) -> String) -> String {
    let mut out = String::new();
    for row in rows {
        let mut fields = Map::new();
        let mut put = |name: &str, value: Value| fields.insert(name.to_owned(), value);
        match row.kind {
            Kind::Line(dir, role) => {
                put("event", json!("line"));
                put("dir", json!(dir));
                put("role", json!(role));
            }
            Kind::Notice(level) => {
                put("event", json!("notice"));
                put("level", json!(level));
            }
        }
        put("id", json!(row.id));
        put("ms", json!(row.ms));
        put("text", json!(shown(&row.text)));
        for (name, value) in [("exchange", row.exchange), ("after_ms", row.after_ms)] {
            if let Some(value) = value {
                put(name, json!(value));
            }
        }
        if let Some(meaning) = &row.meaning {
            put("means", json!(shown(meaning)));
        }
        out += &format!("{}\n", Value::Object(fields));
    }
    out
}

//! The AT entry line: what is typed, its history, its completion, the payload of a command that asks for one, and pasted scripts.
//!
//! In: text. Out: commands to run, and what the screen shows while a person types. Never here: running them, and what a key is.
use super::editor::{Entry, LONGEST_COMMAND};
use super::layout::Pane;
use super::state::State;
use crate::at::catalogue::{self, Entry as Known, Wanted};
use crate::at::{Command, payload};
use crate::event::{EventId, redact};

/// How many AT commands the history keeps.
pub const AT_HISTORY: usize = 200;
/// How many commands a script may have.
pub const LONGEST_SCRIPT: usize = 200;
/// How many octets a typed payload may have, as characters of the entry: escapes take four for one.
pub const LONGEST_PAYLOAD: usize = 6_000;

/// A command to run, and what goes after its prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed {
    /// As typed.
    pub command: String,
    /// The octets after the prompt.
    pub payload: Option<Vec<u8>>,
}

/// The AT entry line.
#[derive(Debug)]
pub struct AtLine {
    /// What is typed.
    pub entry: Entry,
    /// What was run, oldest first.
    pub history: Vec<String>,
    /// Which of them is shown; `history.len()` for the new one.
    pub at: usize,
    /// The new one, while an older one is shown.
    pub draft: String,
    /// The text that is being completed, and which of its completions stands in the entry.
    pub completing: Option<(String, usize)>,
    /// The command whose payload is typed now, and the payload.
    pub payload: Option<(String, Entry)>,
    /// What runs once the person has said yes.
    pub waiting: Vec<Typed>,
    /// Commands of a script that the bench has not ended yet.
    pub running: usize,
    /// The exchanges of that script that have ended.
    pub answered: Vec<EventId>,
}

impl Default for AtLine {
    fn default() -> Self {
        Self {
            entry: Entry::new("", LONGEST_COMMAND),
            history: Vec::new(),
            at: 0,
            draft: String::new(),
            completing: None,
            payload: None,
            waiting: Vec::new(),
            running: 0,
            answered: Vec::new(),
        }
    }
}

impl AtLine {
    /// The entry that has the keys: the payload's, while one is typed.
    pub fn active(&mut self) -> &mut Entry {
        match &mut self.payload {
            Some((_, entry)) => entry,
            None => &mut self.entry,
        }
    }

    /// The commands that what is typed may become, and which of them stands in the entry.
    #[must_use]
    pub fn completions(&self) -> (Vec<&'static Known>, Option<usize>) {
        if self.payload.is_some() {
            return (Vec::new(), None);
        }
        match &self.completing {
            Some((typed, at)) => (catalogue::beginning(typed), Some(*at)),
            None => (catalogue::beginning(self.entry.text()), None),
        }
    }

    /// Whether Tab would change anything.
    #[must_use]
    pub fn completes(&self) -> bool {
        let (all, _) = self.completions();
        let typed = self.entry.text();
        match all.as_slice() {
            [only] => only.name != typed,
            all => !all.is_empty(),
        }
    }

    /// Completes as far as all agree; then goes through them one by one.
    pub fn complete(&mut self) {
        let (all, at) = self.completions();
        let Some(first) = all.first() else {
            return;
        };
        if let Some(at) = at {
            let next = (at + 1) % all.len();
            self.entry.set(all[next].name);
            if let Some((_, at)) = &mut self.completing {
                *at = next;
            }
            return;
        }
        let typed = self.entry.text().to_owned();
        let agreed = all
            .iter()
            .fold(first.name, |agreed, e| shared(agreed, e.name));
        if agreed.len() > typed.len() && all.len() > 1 {
            self.entry.set(agreed);
        } else {
            self.entry.set(first.name);
            self.completing = Some((typed, 0));
        }
    }

    /// Something was typed: what was completed is taken.
    pub fn touched(&mut self) {
        self.completing = None;
    }

    /// Puts the commands of earlier sessions before those of this one, the newest [`AT_HISTORY`] of them.
    pub fn recall_earlier(&mut self, commands: Vec<String>) {
        let room = AT_HISTORY.saturating_sub(self.history.len());
        let mut all: Vec<String> = commands.into_iter().filter(|c| may_be_kept(c)).collect();
        all.drain(..all.len().saturating_sub(room));
        all.append(&mut self.history);
        self.history = all;
        self.at = self.history.len();
    }

    /// Puts a command into the history.
    pub fn remember(&mut self, command: &str) {
        if self.history.last().map(String::as_str) != Some(command) {
            self.history.push(command.to_owned());
        }
        if self.history.len() > AT_HISTORY {
            self.history.remove(0);
        }
        self.at = self.history.len();
        self.draft.clear();
    }
}

/// Commands whose values are a PIN, a password or the name that goes with one: none is kept, whatever its values are here
/// (3GPP TS 27.007 sections 7.4, 7.5, 8.3 and 10.1.31; SIM7500/SIM7600 AT manual, PPP, FTP, HTTP and MQTT chapters).
const SECRET: [&str; 14] = [
    "+CPIN",
    "+CLCK",
    "+CPWD",
    "+CGAUTH",
    "+CSOCKAUTH",
    "+CNETSTART",
    "+CFTPSLOGIN",
    "+CFTPUN",
    "+CFTPPW",
    "+CMQTTCONNECT",
    "+HTTPPARA",
    "AUTHDATA",
    "+CPUK",
    "PASSW",
];

/// Whether a command may be kept for later sessions: nothing with a PIN or a password in it, and nothing that a recording would hide, such as
/// a number.
#[must_use]
pub fn may_be_kept(command: &str) -> bool {
    let upper = command.to_ascii_uppercase();
    let secret = SECRET.iter().any(|name| upper.contains(name));
    let asks = !upper.contains('=') || upper.ends_with("=?");
    command.len() <= LONGEST_COMMAND
        && !command.chars().any(char::is_control)
        && (!secret || (asks && !upper.contains(';')))
        && redact(command) == command
}

/// What two names begin with alike.
fn shared<'n>(a: &'n str, b: &str) -> &'n str {
    let alike = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    a.get(..alike).unwrap_or_default()
}

/// What the screen says of the command while it is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Advice {
    /// A command that the text may become: whether it stands in the entry, its name or syntax, what it does.
    Completion(bool, String, String),
    /// A word about what is typed.
    Word(String),
    /// What it may break.
    Danger(String),
}

/// What the screen says while a command is typed, most important first; at most `rows` of it.
#[must_use]
pub fn advice(state: &State, rows: usize) -> Vec<Advice> {
    let line = &state.at;
    let mut said = Vec::new();
    if let Some((command, _)) = &line.payload {
        let wanted = catalogue::wanted(command);
        said.extend(wanted.map(|w| Advice::Word(asks_for(command, w))));
        return said;
    }
    let typed = line.entry.text();
    let danger = catalogue::danger(typed, state.is_busy());
    // What is only begun may become a command that reads.
    let whole = danger.is_some() || typed.contains('=');
    if state.flags.read_only && whole && catalogue::changes_settings(typed) {
        let says = "would change the modem; read-only: it is not sent";
        said.push(Advice::Danger(says.to_owned()));
    } else if let Some(why) = danger {
        said.push(Advice::Danger(format!("{why}; asks first")));
    }
    if let Some(here) = catalogue::equivalent(typed) {
        said.push(Advice::Word(format!("not this family's; here: {here}")));
    }
    if typed.contains(['=', '?', ';']) {
        if let Some(entry) = catalogue::find(typed) {
            said.push(of_entry(entry, false, true));
        }
        said.truncate(rows);
        return said;
    }
    let (all, chosen) = line.completions();
    let room = rows.saturating_sub(said.len());
    let more = all.len() > room;
    let shown = room.saturating_sub(usize::from(more));
    let from = chosen.map_or(0, |at| (at + 1).saturating_sub(shown));
    let listed = all.iter().enumerate().skip(from).take(shown);
    let single = all.len() == 1;
    said.extend(listed.map(|(n, e)| of_entry(e, chosen == Some(n), single)));
    if more && room > 0 {
        let left = all.len() - shown;
        said.push(Advice::Word(format!("and {left} more; Tab completes")));
    }
    said.truncate(rows);
    said
}

fn of_entry(entry: &Known, chosen: bool, whole: bool) -> Advice {
    let name = if whole { entry.syntax } else { entry.name };
    Advice::Completion(chosen, name.to_owned(), entry.means.to_owned())
}

/// What a payload must be.
#[must_use]
pub fn asks_for(command: &str, wanted: Wanted) -> String {
    let how = r"text, \r \n \x1a, or hex: 41 0d";
    match wanted {
        Wanted::Octets(n) => format!("{n} octets for {command}, no more, no less: {how}"),
        Wanted::UntilCtrlZ => format!("for {command}; Ctrl-Z is added: {how}"),
    }
}

/// The commands of a script: one a line; `#` begins a comment, `> ` the payload of the command before.
///
/// # Errors
/// The line that is no command, and why; nothing is run then.
pub fn script(pasted: &str) -> Result<Vec<Typed>, String> {
    let lines = script_lines(pasted)?;
    Ok(lines.into_iter().map(|(_, typed)| typed).collect())
}

/// The same, each command with the number of its line, from 1.
///
/// # Errors
/// The line that is no command, and why; nothing is run then.
pub fn script_lines(pasted: &str) -> Result<Vec<(usize, Typed)>, String> {
    let mut commands: Vec<(usize, Typed)> = Vec::new();
    let wrong = |n: usize, why: &str| format!("Line {n}: {why}. Nothing was run.");
    for (n, line) in pasted.lines().enumerate() {
        let (n, line) = (n + 1, line.trim());
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(octets) = line.strip_prefix("> ") {
            let last = commands.last_mut().map(|(_, command)| command);
            let Some(last) = last.filter(|c| c.payload.is_none()) else {
                return Err(wrong(n, "a payload without a command before it"));
            };
            match payload::read(octets) {
                Ok(read) => last.payload = Some(read),
                Err(e) => return Err(wrong(n, &e.to_string())),
            }
            continue;
        }
        if commands.len() == LONGEST_SCRIPT {
            let why = format!("a script has at most {LONGEST_SCRIPT} commands");
            return Err(wrong(n, &why));
        }
        let command = line.to_owned();
        let typed = Typed {
            command,
            payload: None,
        };
        commands.push((n, typed));
    }
    for (n, typed) in &commands {
        typed.check().map_err(|why| wrong(*n, &why))?;
    }
    Ok(commands)
}

impl Typed {
    /// Whether it can be run.
    ///
    /// # Errors
    /// In words.
    pub fn check(&self) -> Result<(), String> {
        let made = match &self.payload {
            Some(octets) => Command::typed_with(&self.command, octets),
            None => Command::typed(&self.command),
        };
        made.map(drop).map_err(|e| e.to_string())
    }
}

impl State {
    /// Whether an AT command is being typed.
    #[must_use]
    pub fn types_at(&self) -> bool {
        self.typing && self.overlay.is_none() && self.focus == Pane::Traffic
    }
}

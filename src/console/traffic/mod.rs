//! The ring of lines that the traffic pane shows.
//!
//! In: events of the stream. Out: rows with time, direction, role, text and meaning, bounded in number and in length; which of them are
//! listed ([`index`](self), by a [`Filter`] and folded or not), where the eye is ([`Eye`]), what is marked. Never here: drawing.
mod eye;
mod filter;
mod hex;
mod index;
mod look;
mod octets;
mod ranking;

pub use eye::{Eye, Held};
pub use filter::{Filter, WORDS};
pub use hex::{ACROSS, HEX_ROWS, Hex, HexRow, LONGEST};
pub use look::{Explained, Look, Times};
pub use octets::{Lit, Octets};

use super::text;
use crate::at::reply;
use crate::event::{
    Act, Direction, Ending, Event, EventId, Exchange, Level, Line, Role, SerialState, Shape, Stage,
    StageState, What,
};
use index::Index;
use ranking::Ranking;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

/// How many rows are kept.
pub const ROWS: usize = 4_000;

/// Says what a line of the modem means: the line, the command in flight where there is one, and where it stood.
pub type Meaning = fn(&str, Option<&str>, Shape) -> Option<String>;

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A line on the wire.
    Line(Direction, Role),
    /// Something that the program says.
    Notice(Level),
}

/// One row of traffic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its event.
    pub id: EventId,
    /// Milliseconds since the session's start.
    pub ms: u64,
    /// The exchange that it belongs to, where there is one.
    pub exchange: Option<u64>,
    /// The number of the row of its exchange's command: its own, where it is the command.
    pub command: Option<u64>,
    /// Why its exchange was done; known once that has ended.
    pub purpose: Option<Arc<str>>,
    /// Milliseconds that its exchange took; known once that has ended.
    pub took_ms: Option<u64>,
    /// The stage of a send in whose time it came.
    pub stage: Option<Stage>,
    /// `12:01:07.412`.
    pub time: String,
    /// What it is.
    pub kind: Kind,
    /// The text, harmless.
    pub text: String,
    /// Milliseconds since the command, where it answers one.
    pub after_ms: Option<u64>,
    /// What it means.
    pub meaning: Option<String>,
    /// A command that the modem sent back. The echo has no row of its own: it would say everything twice.
    pub echoed: bool,
    /// It tells of something that went wrong.
    bad: bool,
    passes: bool,
}

impl Row {
    /// Whether it tells of something that went wrong.
    #[must_use]
    pub fn is_bad(&self) -> bool {
        self.bad
    }
}

/// Whether a line tells of something that went wrong: a final code that is an error, a late result that is no success.
fn fails(role: Role, line: &str) -> bool {
    match role {
        Role::Final => line.contains("ERROR"),
        Role::Answer => line.starts_with("+IP ERROR") || line.starts_with("+CIPERROR"),
        Role::Late => {
            let sent = reply::cipsend(line);
            reply::link_result(line).is_some_and(|r| !r.err.is_none())
                || reply::net_result(line).is_some_and(|e| !e.is_none())
                || reply::ciperror(line).is_some()
                || sent.is_some_and(|s| i64::from(s.confirmed) != i64::from(s.requested))
        }
        _ => false,
    }
}

/// The rows of an exchange.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fold {
    /// Their numbers, in order; the first is the command's.
    pub rows: Vec<u64>,
    /// How it ended, once it has.
    pub ended: Option<Ended>,
}

/// How an exchange ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Anything but a final code: `no answer within 9.0 s`.
    pub without_code: Option<String>,
    /// Milliseconds until it was over, its late result included.
    pub took_ms: u64,
    /// The newest row then.
    at: u64,
}

/// A command whose answers may still come.
#[derive(Debug)]
struct Flight {
    exchange: u64,
    command: u64,
    text: String,
}

/// The ring, and where the eye is.
#[derive(Debug, Default)]
pub struct Traffic {
    rows: VecDeque<Row>,
    /// Rows that ever came; the newest has this number.
    came: u64,
    /// Where the eye is.
    pub eye: Eye,
    /// How it is looked at.
    pub look: Look,
    /// The octets.
    pub hex: Octets,
    index: Index,
    /// Exchanges by the number of their command's row.
    folds: BTreeMap<u64, Fold>,
    flights: VecDeque<Flight>,
    /// Ends of exchanges: event, and the number of the command's row.
    exchanges: VecDeque<(EventId, u64)>,
    /// Rows to which the person was led.
    led: BTreeSet<EventId>,
    /// They are the answers of the person's own script.
    answers: bool,
    /// Names of marked rows.
    marks: BTreeMap<EventId, String>,
    selected_from: Option<u64>,
    /// Exchanges in the order of the time that they took, while they are looked at so.
    ranking: Option<Ranking>,
    stage: Option<Stage>,
    purposes: BTreeSet<Arc<str>>,
}

/// How many ends of exchanges are remembered, to find the lines below them.
const EXCHANGES: usize = 2_000;
/// How many commands are remembered, for the lines that answer them.
const FLIGHTS: usize = 32;
/// How many marks are kept.
const MARKS: usize = 1_000;
/// How many different purposes are told apart.
const PURPOSES: usize = 64;

impl Traffic {
    /// Begins anew with no line, looked at as before.
    pub fn forget(&mut self) {
        *self = Self {
            look: std::mem::take(&mut self.look),
            hex: Octets::like(&self.hex),
            ..Self::default()
        };
    }

    /// The rows that are kept, oldest first.
    #[must_use]
    pub fn rows(&self) -> &VecDeque<Row> {
        &self.rows
    }

    /// The number of the oldest row that is kept.
    fn first(&self) -> u64 {
        self.came + 1 - self.rows.len() as u64
    }

    fn place(&self, number: u64) -> Option<usize> {
        let at = usize::try_from(number.checked_sub(self.first())?).ok()?;
        (at < self.rows.len()).then_some(at)
    }

    /// A row by its number.
    #[must_use]
    pub fn row(&self, number: u64) -> Option<&Row> {
        self.rows.get(self.place(number)?)
    }

    /// The number of an event's row.
    #[must_use]
    pub fn number_of(&self, id: EventId) -> Option<u64> {
        let at = self.rows.binary_search_by_key(&id, |r| r.id).ok()?;
        Some(self.first() + at as u64)
    }

    /// The exchange of a command's row.
    #[must_use]
    pub fn exchange(&self, command: u64) -> Option<&Fold> {
        self.folds.get(&command)
    }

    /// How an exchange ended, as far as it may be seen while the traffic is held.
    #[must_use]
    pub fn ended<'f>(&self, fold: &'f Fold) -> Option<&'f Ended> {
        fold.ended.as_ref().filter(|e| e.at <= self.until())
    }

    /// The rows of an exchange that may be seen while the traffic is held.
    pub fn members<'f>(&'f self, fold: &'f Fold) -> impl Iterator<Item = &'f Row> {
        let until = self.until();
        let seen = fold.rows.iter().filter(move |n| **n <= until);
        seen.filter_map(|n| self.row(*n))
    }

    /// Whether the person was led to this row.
    #[must_use]
    pub fn is_led(&self, row: &Row) -> bool {
        self.led.contains(&row.id)
    }

    /// Whether those are the answers of the person's own script.
    #[must_use]
    pub fn shows_answers(&self) -> bool {
        self.answers
    }

    /// Whether the person was led to some rows.
    #[must_use]
    pub fn leads(&self) -> bool {
        !self.led.is_empty()
    }

    /// Takes an event in, where it is one that the traffic shows. `offset_minutes` is the local time's distance from UTC.
    pub fn take(&mut self, event: &Event, meaning: Meaning, offset_minutes: i16) {
        let notice = |level, says: &str| (Kind::Notice(level), text::clean(says));
        let (kind, text) = match &event.what {
            What::Line(line) => return self.take_line(event, line, meaning, offset_minutes),
            What::Wire(wire) => {
                let time = clock(&event.at, offset_minutes);
                let octets = &wire.octets.0;
                return self.hex.take(event.id, event.ms, &time, wire.dir, octets);
            }
            What::Exchange(ended) => return self.take_end(event.id, ended),
            What::Stage(step) => {
                self.stage = match step.state {
                    StageState::Started { .. } | StageState::Progress { .. } => Some(step.stage),
                    _ => None,
                };
                return;
            }
            What::Act(Act::Mark { line, name }) => return self.take_mark(*line, name.as_deref()),
            What::Notice(n) => notice(n.level, &n.text),
            What::Serial(s) => {
                let (level, says) = match &s.state {
                    SerialState::Open => (Level::Info, "open".to_owned()),
                    SerialState::Closed => (Level::Info, "closed".to_owned()),
                    SerialState::Lost(why) => (Level::Alarm, format!("lost: {why}")),
                };
                notice(level, &format!("{} {says}", s.name))
            }
            _ => return,
        };
        self.push(Row {
            id: event.id,
            ms: event.ms,
            exchange: None,
            command: None,
            purpose: None,
            took_ms: None,
            stage: self.stage,
            time: clock(&event.at, offset_minutes),
            bad: matches!(kind, Kind::Notice(level) if level >= Level::Warning),
            kind,
            text,
            after_ms: None,
            meaning: None,
            echoed: false,
            passes: false,
        });
    }

    fn take_line(&mut self, event: &Event, line: &Line, meaning: Meaning, offset_minutes: i16) {
        if line.role == Role::Echo && self.fold_echo(&line.text) {
            return;
        }
        if let (Role::Command, Some(exchange)) = (line.role, line.exchange) {
            if self.flights.len() == FLIGHTS {
                self.flights.pop_front();
            }
            self.flights.push_back(Flight {
                exchange,
                command: self.came + 1,
                text: line.text.clone(),
            });
        }
        let flight = line.exchange.and_then(|e| self.flight(e));
        let asked = flight.map(|f| f.text.as_str());
        let explained = match line.role {
            Role::Answer | Role::Final | Role::Urc => meaning(&line.text, asked, Shape::Unknown),
            Role::Late => meaning(&line.text, asked, Shape::Late),
            _ => None,
        };
        let row = Row {
            id: event.id,
            ms: event.ms,
            exchange: line.exchange,
            command: flight.map(|f| f.command),
            purpose: None,
            took_ms: None,
            stage: self.stage,
            time: clock(&event.at, offset_minutes),
            bad: fails(line.role, &line.text),
            kind: Kind::Line(line.dir, line.role),
            text: text::clean(&line.text),
            after_ms: line.after_ms,
            meaning: explained.map(|m| text::clean(&m)),
            echoed: false,
            passes: false,
        };
        self.push(row);
    }

    fn push(&mut self, mut row: Row) {
        if self.rows.len() == ROWS
            && let Some(oldest) = self.rows.pop_front()
        {
            let number = self.came + 1 - ROWS as u64;
            self.index.goes(number, &oldest);
            self.outrank(number);
            if let Some(fold) = self.folds.remove(&number) {
                self.unfold(&fold);
            }
        }
        self.came += 1;
        if let Some(command) = row.command {
            let fold = self.folds.entry(command).or_default();
            if fold.rows.is_empty() && command != self.came {
                // Its command has gone: it stands for itself.
                self.folds.remove(&command);
                row.command = None;
            } else if fold.rows.len() < ROWS {
                fold.rows.push(self.came);
            }
        }
        self.index.came(self.came, &mut row);
        self.rows.push_back(row);
    }

    fn take_end(&mut self, id: EventId, ended: &Exchange) {
        let Some(command) = self.flight(ended.number).map(|f| f.command) else {
            return;
        };
        if self.exchanges.len() == EXCHANGES {
            self.exchanges.pop_front();
        }
        self.exchanges.push_back((id, command));
        let Some(mut fold) = self.folds.remove(&command) else {
            return;
        };
        let without_code = match &ended.ending {
            Ending::Final(_) => None,
            Ending::Timeout(ms) => Some(format!("no answer within {}", text::duration(*ms))),
            Ending::LateTimeout(ms) => {
                Some(format!("OK, but no result within {}", text::duration(*ms)))
            }
            Ending::Rebooted => Some("the modem rebooted".to_owned()),
            Ending::LineLost => Some("the serial line was lost".to_owned()),
        };
        let took_ms = ended.late_ms.unwrap_or(ended.final_ms);
        fold.ended = Some(Ended {
            without_code,
            took_ms,
            at: self.came,
        });
        let purpose = self.purpose(&ended.purpose);
        for number in &fold.rows {
            if let Some(at) = self.place(*number) {
                self.rows[at].purpose = purpose.clone();
                self.rows[at].took_ms = Some(took_ms);
            }
        }
        self.judge_again(&fold);
        self.folds.insert(command, fold);
    }

    /// One shared text for each purpose.
    fn purpose(&mut self, purpose: &str) -> Option<Arc<str>> {
        if let Some(known) = self.purposes.get(purpose) {
            return Some(known.clone());
        }
        if self.purposes.len() == PURPOSES {
            return None;
        }
        let new: Arc<str> = purpose.into();
        self.purposes.insert(new.clone());
        Some(new)
    }

    fn take_mark(&mut self, line: EventId, name: Option<&str>) {
        match name {
            None => drop(self.marks.remove(&line)),
            Some(name) => {
                if self.marks.len() >= MARKS {
                    self.marks.pop_first();
                }
                self.marks.insert(line, text::clean(name));
            }
        }
    }

    /// Notes an echo at the command that it repeats. False where the last row is another one: then the echo is shown.
    fn fold_echo(&mut self, echo: &str) -> bool {
        let is_command = |row: &&mut Row| {
            row.kind == Kind::Line(Direction::Tx, Role::Command) && row.text == text::clean(echo)
        };
        match self.rows.back_mut().filter(is_command) {
            Some(command) => {
                command.echoed = true;
                true
            }
            None => false,
        }
    }

    /// The newest command of an exchange: a modem that comes back counts from 1 again.
    fn flight(&self, exchange: u64) -> Option<&Flight> {
        self.flights.iter().rev().find(|f| f.exchange == exchange)
    }
}

/// The time of day of an RFC 3339 time in UTC, moved to local time: `12:01:07.412`. What is no such time is shown as it is.
#[must_use]
pub fn clock(at: &str, offset_minutes: i16) -> String {
    let parsed = at.split_once('T').and_then(|(_, time)| {
        let hours: i32 = time.get(0..2)?.parse().ok()?;
        let minutes: i32 = time.get(3..5)?.parse().ok()?;
        let seconds = time.get(6..)?.trim_end_matches('Z');
        let local = (hours * 60 + minutes + i32::from(offset_minutes)).rem_euclid(24 * 60);
        Some(format!("{:02}:{:02}:{seconds}", local / 60, local % 60))
    });
    parsed.unwrap_or_else(|| text::clean(at))
}

//! The ring of lines that the traffic pane shows.
//!
//! In: events of the stream. Out: rows with time, direction, role, text and meaning, bounded in number and in length. Never here: drawing.
use super::text;
use crate::event::{Direction, Event, EventId, Level, Role, SerialState, What};
use std::collections::{BTreeSet, VecDeque};

/// How many rows are kept.
pub const ROWS: usize = 4_000;

/// Says what a line of the modem means: the line, and the command in flight where there is one.
pub type Meaning = fn(&str, Option<&str>) -> Option<String>;

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
    /// The exchange that it belongs to, where there is one.
    pub exchange: Option<u64>,
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
}

impl Row {
    /// Whether it tells of something that went wrong.
    #[must_use]
    pub fn is_bad(&self) -> bool {
        match self.kind {
            Kind::Line(_, Role::Final) => self.text.contains("ERROR"),
            Kind::Notice(level) => level >= Level::Warning,
            Kind::Line(..) => false,
        }
    }
}

/// Where the eye is in the traffic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Eye {
    /// On the newest row.
    #[default]
    Follow,
    /// Held: this row, counted since the session's start, is the last one on the screen.
    Held(u64),
}

/// The ring, and where the eye is.
#[derive(Debug, Default)]
pub struct Traffic {
    rows: VecDeque<Row>,
    /// Rows that ever came; the newest has this number.
    came: u64,
    /// Where the eye is.
    pub eye: Eye,
    commands: VecDeque<(u64, String)>,
    /// Ends of exchanges: event and number.
    exchanges: VecDeque<(EventId, u64)>,
    /// Rows to which the person was led.
    marked: BTreeSet<EventId>,
}

/// How many ends of exchanges are remembered, to find the lines below them.
const EXCHANGES: usize = 2_000;

/// How many commands are remembered to explain the lines that answer them.
const COMMANDS: usize = 16;

impl Traffic {
    /// The rows that are kept, oldest first.
    #[must_use]
    pub fn rows(&self) -> &VecDeque<Row> {
        &self.rows
    }

    /// The number of the last row on the screen, and of the newest.
    #[must_use]
    pub fn shown_to(&self) -> (u64, u64) {
        match self.eye {
            Eye::Follow => (self.came, self.came),
            Eye::Held(n) => (n.clamp(self.oldest(), self.came), self.came),
        }
    }

    /// Rows that came since the traffic was held.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        let (shown, came) = self.shown_to();
        came - shown
    }

    /// The rows up to the one where the eye is, oldest first.
    #[must_use]
    pub fn visible(&self) -> impl DoubleEndedIterator<Item = &Row> + ExactSizeIterator {
        let (shown, came) = self.shown_to();
        let hidden = usize::try_from(came - shown).unwrap_or(usize::MAX);
        self.rows.range(..self.rows.len().saturating_sub(hidden))
    }

    /// Whether the person was led to this row.
    #[must_use]
    pub fn is_marked(&self, row: &Row) -> bool {
        self.marked.contains(&row.id)
    }

    /// Whether the person was led to some rows.
    #[must_use]
    pub fn leads(&self) -> bool {
        !self.marked.is_empty()
    }

    /// Leads the eye to the lines of these events: lines themselves, or ends of exchanges with all their lines. Where none is named, to
    /// the line before `fact`. Returns how many lines are shown; 0 where they are no longer held.
    pub fn show(&mut self, fact: EventId, rests_on: &[EventId]) -> usize {
        let numbers: BTreeSet<u64> = self
            .exchanges
            .iter()
            .filter(|(id, _)| rests_on.contains(id))
            .map(|(_, number)| *number)
            .collect();
        let found =
            |r: &&Row| rests_on.contains(&r.id) || r.exchange.is_some_and(|e| numbers.contains(&e));
        self.marked = self.rows.iter().filter(found).map(|r| r.id).collect();
        if rests_on.is_empty() {
            let before = self.rows.iter().rev().find(|r| r.id < fact);
            self.marked = before.map(|r| r.id).into_iter().collect();
        }
        let Some(last) = self.rows.iter().rposition(|r| self.marked.contains(&r.id)) else {
            return 0;
        };
        let newer = (self.rows.len() - 1 - last) as u64;
        self.eye = Eye::Held(self.came.saturating_sub(newer));
        self.marked.len()
    }

    fn oldest(&self) -> u64 {
        self.came - (self.rows.len() as u64).saturating_sub(1).min(self.came)
    }

    /// Moves the eye by rows; at the newest row it follows again.
    pub fn scroll(&mut self, rows: i64) {
        let (shown, came) = self.shown_to();
        let to = shown.saturating_add_signed(rows).clamp(self.oldest(), came);
        if to == came && rows > 0 {
            self.follow();
        } else {
            self.eye = Eye::Held(to);
        }
    }

    /// Holds the traffic still, or follows it again.
    pub fn freeze(&mut self) {
        match self.eye {
            Eye::Follow => self.eye = Eye::Held(self.came),
            Eye::Held(_) => self.follow(),
        }
    }

    /// Follows the newest row; what the person was led to is no longer marked.
    pub fn follow(&mut self) {
        self.eye = Eye::Follow;
        self.marked.clear();
    }

    /// Takes an event in, where it is one that the traffic shows. `offset_minutes` is the local time's distance from UTC.
    pub fn take(&mut self, event: &Event, meaning: Meaning, offset_minutes: i16) {
        let time = clock(&event.at, offset_minutes);
        let exchange = match &event.what {
            What::Line(line) => line.exchange,
            _ => None,
        };
        let (kind, text, after_ms, explained) = match &event.what {
            What::Line(line) if line.role == Role::Echo && self.fold_echo(&line.text) => return,
            What::Line(line) => {
                if let (Role::Command, Some(exchange)) = (line.role, line.exchange) {
                    if self.commands.len() == COMMANDS {
                        self.commands.pop_front();
                    }
                    self.commands.push_back((exchange, line.text.clone()));
                }
                let command = line.exchange.and_then(|e| self.command(e));
                let explained = match line.role {
                    Role::Answer | Role::Final | Role::Late | Role::Urc => {
                        meaning(&line.text, command)
                    }
                    _ => None,
                };
                let kind = Kind::Line(line.dir, line.role);
                (kind, text::clean(&line.text), line.after_ms, explained)
            }
            What::Notice(n) => (Kind::Notice(n.level), text::clean(&n.text), None, None),
            What::Serial(s) => {
                let (level, says) = match &s.state {
                    SerialState::Open => (Level::Info, "open".to_owned()),
                    SerialState::Closed => (Level::Info, "closed".to_owned()),
                    SerialState::Lost(why) => (Level::Alarm, format!("lost: {why}")),
                };
                let says = format!("{} {says}", s.name);
                (Kind::Notice(level), text::clean(&says), None, None)
            }
            What::Exchange(ended) => {
                if self.exchanges.len() == EXCHANGES {
                    self.exchanges.pop_front();
                }
                self.exchanges.push_back((event.id, ended.number));
                return;
            }
            _ => return,
        };
        if self.rows.len() == ROWS {
            self.rows.pop_front();
        }
        self.came += 1;
        self.rows.push_back(Row {
            id: event.id,
            exchange,
            time,
            kind,
            text,
            after_ms,
            meaning: explained.map(|m| text::clean(&m)),
            echoed: false,
        });
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

    fn command(&self, exchange: u64) -> Option<&str> {
        let newest = self.commands.iter().rev();
        newest
            .into_iter()
            .find(|(e, _)| *e == exchange)
            .map(|(_, c)| c.as_str())
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

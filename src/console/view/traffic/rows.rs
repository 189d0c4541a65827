//! A row of traffic, or a folded exchange, as lines on the screen.
use super::place::Place;
use crate::console::columns::{Arrangement, Column};
use crate::console::state::State;
use crate::console::text;
use crate::console::theme::Tone;
use crate::console::traffic::{Explained, Fold, Kind, Row, Times};
use crate::console::view::ink::Ink;
use crate::event::{Direction, Level, Role, Stage};
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

/// From so many columns on times have milliseconds, and durations a place at the right.
pub(super) const WIDE: usize = 60;

/// Draws rows of one width.
pub(super) struct Rows<'s> {
    pub state: &'s State,
    pub ink: &'s Ink<'s>,
    pub width: usize,
    columns: &'s Arrangement,
    /// For a sign of one column, as nearly all are.
    place: Place,
}

/// The words of a row, before they are fitted.
struct Words {
    time: String,
    sign: &'static str,
    tone: Tone,
    text: String,
    /// To the right: how long it took, or what else is worth a word there.
    after: String,
    meaning: Option<String>,
    /// Its meaning is worth a row of its own.
    matters: bool,
    stage: &'static str,
    purpose: String,
    /// How many lines it stands for; empty for a line.
    lines: String,
}

impl<'s> Rows<'s> {
    pub fn new(state: &'s State, ink: &'s Ink<'s>, width: usize) -> Self {
        // All rows of a table stand in its columns, also what belongs to no exchange.
        let columns = match state.traffic.is_folded() {
            true => &state.columns.exchanges,
            false => &state.columns.lines,
        };
        Self {
            state,
            ink,
            width,
            columns,
            place: Place::of(columns.shown(), width, 1),
        }
    }

    /// A listed row: one line, and its meaning behind it or under it. Zoomed, nothing is cut.
    pub fn block(&self, number: u64) -> Vec<Line<'static>> {
        let traffic = &self.state.traffic;
        let Some(row) = traffic.row(number) else {
            return Vec::new();
        };
        let words = match traffic.folded(number) {
            Some(fold) => self.folded(row, fold),
            None => self.raw(row),
        };
        let mut lines = self.fitted(words, traffic.mark(row.id));
        let selected = traffic.selection().is_some_and(|r| r.contains(&number));
        if selected || traffic.chosen() == Some(number) {
            let style = self.ink.theme.style(Tone::Chosen);
            let chosen = lines.drain(..).map(|l| l.patch_style(style));
            lines = chosen.collect();
        }
        lines
    }

    fn raw(&self, row: &Row) -> Words {
        let (sign, tone) = sign(self.ink, row);
        let after = match row.after_ms {
            Some(ms) => text::duration(ms),
            None if row.echoed => "echoed".to_owned(),
            None => String::new(),
        };
        Words {
            time: self.time(row, row.after_ms, self.width >= WIDE),
            sign,
            tone,
            text: row.text.clone(),
            after,
            meaning: row.meaning.clone(),
            matters: row.is_bad() || matches!(row.kind, Kind::Line(_, Role::Late)),
            stage: row.stage.map_or("", Stage::name),
            purpose: self.purpose(row),
            lines: String::new(),
        }
    }

    /// An exchange in one line: command, result, how many lines, how long it took.
    fn folded(&self, command: &Row, fold: &Fold) -> Words {
        let traffic = &self.state.traffic;
        let glyphs = &self.ink.theme.glyphs;
        let members: Vec<&Row> = traffic.members(fold).collect();
        let of = |role| {
            let wanted = move |r: &&&Row| matches!(r.kind, Kind::Line(_, is) if is == role);
            members
                .iter()
                .filter(wanted)
                .copied()
                .collect::<Vec<&Row>>()
        };
        let (answers, finals, lates) = (of(Role::Answer), of(Role::Final), of(Role::Late));
        let mut says = command.text.clone();
        let mut add = |sign: &str, words: &str| says += &format!("  {sign} {words}");
        match answers.as_slice() {
            [] => {}
            [one] => add(glyphs.rx, &one.text),
            [first, rest @ ..] => add(glyphs.rx, &format!("{} (+{})", first.text, rest.len())),
        }
        finals.iter().for_each(|r| add(glyphs.rx, &r.text));
        lates.iter().for_each(|r| add(glyphs.late, &r.text));
        let ended = traffic.ended(fold);
        if let Some(without) = ended.and_then(|e| e.without_code.as_deref()) {
            add(glyphs.warn, without);
        }
        let bad = finals.iter().chain(&lates).any(|r| r.is_bad())
            || ended.is_some_and(|e| e.without_code.is_some());
        let (sign, tone) = match (ended, bad) {
            (_, true) => (glyphs.cross, Tone::Bad),
            (None, _) => (glyphs.run, Tone::Running),
            (Some(_), _) => (glyphs.tick, Tone::Plain),
        };
        let telling = lates.last().or(finals.iter().rfind(|r| r.is_bad()));
        let telling = telling.or(answers.first());
        Words {
            time: self.time(command, None, self.width >= WIDE),
            sign,
            tone,
            text: says,
            after: ended.map_or_else(String::new, |e| text::duration(e.took_ms)),
            meaning: telling.and_then(|r| r.meaning.clone()),
            matters: bad || !lates.is_empty(),
            stage: command.stage.map_or("", Stage::name),
            purpose: self.purpose(command),
            lines: match members.len() {
                _ if !self.columns.has(Column::Lines) => String::new(),
                1 => "1 line".to_owned(),
                n => format!("{n} lines"),
            },
        }
    }

    fn purpose(&self, row: &Row) -> String {
        let wanted = self.columns.has(Column::Purpose);
        let purpose = row.purpose.as_deref().filter(|_| wanted);
        purpose.map(text::clean).unwrap_or_default()
    }

    /// In the columns of a time of day; what is no time of day has its unit.
    fn time(&self, row: &Row, after_ms: Option<u64>, wide: bool) -> String {
        match (self.state.traffic.look.times, after_ms) {
            (Times::Clock, _) => row.time.clone(),
            (Times::Session, _) if wide => format!("{:>6}.{:03} s", row.ms / 1000, row.ms % 1000),
            (Times::Session, _) => format!("{:>4}.{} s", row.ms / 1000, row.ms % 1000 / 100),
            (Times::Command, Some(ms)) if wide => format!("{:>+6}.{:03} s", ms / 1000, ms % 1000),
            (Times::Command, Some(ms)) => format!("{:>+4}.{} s", ms / 1000, ms % 1000 / 100),
            (Times::Command, None) => String::new(),
        }
    }

    fn fitted(&self, words: Words, mark: Option<&str>) -> Vec<Line<'static>> {
        let ink = self.ink;
        let glyphs = &ink.theme.glyphs;
        let zoomed = self.state.zoomed;
        let sign = text::width(words.sign);
        let other = (sign != 1).then(|| Place::of(self.columns.shown(), self.width, sign));
        let place = other.as_ref().unwrap_or(&self.place);
        let (head, room) = (place.head(), place.room);
        let name = mark.map(|name| format!("[{}] ", text::cut(name, room / 3, glyphs.cut)));
        let named = name.as_deref().map_or(0, text::width);
        let explained = self.state.traffic.look.explained;
        let wanted = explained != Explained::Nothing && self.columns.has(Column::Meaning);
        let meaning = words.meaning.as_deref().filter(|_| wanted);
        let arrowed = meaning.map(|m| format!("{} {m}", glyphs.late));
        let long = named + text::width(&words.text);
        let behind = arrowed
            .as_deref()
            .filter(|m| place.flows && long + 2 + text::width(m) <= room);
        let fits = |m: &&str, wide: usize| text::width(m) < wide;
        let worth_a_row = zoomed || words.matters || explained == Explained::All;
        // What is worth a row is not cut beside it.
        let apart = place.apart().and_then(|wide| {
            let beside = |m: &&str| fits(m, wide) || !worth_a_row;
            meaning.filter(beside)
        });
        let wraps = zoomed && long > room;
        let mut lines: Vec<Line> = Vec::new();
        if wraps {
            let whole = format!("{}{}", name.as_deref().unwrap_or_default(), words.text);
            for piece in text::wrap(&whole, room.max(8)) {
                let mut spans = self.lead(place, &words, None, lines.is_empty());
                spans.extend(self.found(words.tone, &piece));
                lines.push(Line::from(spans));
            }
            lines.extend(under(ink, arrowed.as_deref(), head, room));
            return lines;
        }
        let mut spans = self.lead(place, &words, apart, true);
        spans.extend(name.map(|name| ink.own(Tone::Warn, name)));
        let text = text::cut(&words.text, room.saturating_sub(named), glyphs.cut);
        let mut used = named + text::width(&text);
        spans.extend(self.found(words.tone, &text));
        if let Some(meaning) = behind {
            used += 2 + text::width(meaning);
            spans.push(ink.own(Tone::Quiet, "  "));
            spans.extend(self.found(Tone::Quiet, meaning));
        }
        let says = |(column, _): &(Column, usize)| match column {
            Column::Meaning => apart.is_some(),
            column => !words.of(*column).is_empty(),
        };
        if place.behind.iter().any(says) {
            spans.push(Span::raw(" ".repeat(room.saturating_sub(used))));
            for (column, wide) in &place.behind {
                match column {
                    Column::Duration => spans.push(ink.right(Tone::Quiet, &words.after, *wide)),
                    column => {
                        spans.push(ink.own(Tone::Quiet, " "));
                        spans.extend(self.cell(*column, wide - 1, &words, apart));
                    }
                }
            }
        }
        lines.push(Line::from(spans));
        if behind.is_none() && apart.is_none() && worth_a_row {
            lines.extend(under(ink, arrowed.as_deref(), head, room));
        }
        lines
    }

    /// What stands before the text, or as many blanks.
    fn lead(
        &self,
        place: &Place,
        words: &Words,
        apart: Option<&str>,
        first: bool,
    ) -> Vec<Span<'static>> {
        let mut spans = Vec::new();
        for (column, wide) in &place.before {
            match first {
                true => spans.extend(self.cell(*column, *wide, words, apart)),
                false => spans.push(self.ink.own(Tone::Quiet, " ".repeat(*wide))),
            }
        }
        spans
    }

    /// A column but the text in so many columns, the last of them blank where another follows.
    fn cell(
        &self,
        column: Column,
        wide: usize,
        words: &Words,
        apart: Option<&str>,
    ) -> Vec<Span<'static>> {
        let ink = self.ink;
        let room = wide.saturating_sub(1);
        match column {
            Column::Direction => vec![ink.own(words.tone, text::column(words.sign, wide, ""))],
            Column::Duration => {
                let says = format!("{} ", text::right(&words.after, room));
                vec![ink.own(Tone::Quiet, says)]
            }
            Column::Time => {
                let time: String = words.time.chars().take(room).collect();
                vec![ink.own(Tone::Quiet, text::column(&time, wide, ""))]
            }
            Column::Meaning => {
                let says = text::cut(apart.unwrap_or_default(), room, ink.theme.glyphs.cut);
                let left = wide.saturating_sub(text::width(&says));
                let mut spans = self.found(Tone::Quiet, &says);
                spans.push(Span::raw(" ".repeat(left)));
                spans
            }
            other => {
                let says = text::cut(words.of(other), room, ink.theme.glyphs.cut);
                vec![ink.own(Tone::Quiet, text::column(&says, wide, ""))]
            }
        }
    }

    /// A text with the places underlined where something was found.
    fn found(&self, tone: Tone, words: &str) -> Vec<Span<'static>> {
        let style = self.ink.theme.style(tone);
        let places = self.state.traffic.search().map(|p| p.places(words));
        let (mut spans, mut from) = (Vec::new(), 0);
        for place in places.into_iter().flatten() {
            spans.push(Span::styled(words[from..place.start].to_owned(), style));
            let here = words[place.clone()].to_owned();
            let lit = style.add_modifier(Modifier::UNDERLINED | Modifier::BOLD);
            spans.push(Span::styled(here, lit));
            from = place.end;
        }
        spans.push(Span::styled(words[from..].to_owned(), style));
        spans.retain(|s| !s.content.is_empty());
        spans
    }
}

fn under(ink: &Ink, meaning: Option<&str>, head: usize, room: usize) -> Vec<Line<'static>> {
    let Some(meaning) = meaning else {
        return Vec::new();
    };
    ink.sentence(Tone::Quiet, &" ".repeat(head), meaning, head + room)
}

impl Words {
    /// What stands in a column.
    fn of(&self, column: Column) -> &str {
        match column {
            Column::Time => &self.time,
            Column::Direction => self.sign,
            Column::Stage => self.stage,
            Column::Purpose => &self.purpose,
            Column::Lines => &self.lines,
            Column::Text => &self.text,
            Column::Meaning => self.meaning.as_deref().unwrap_or_default(),
            Column::Duration => &self.after,
        }
    }
}

/// The sign and the tone of a row; the sign alone tells what the colour tells.
fn sign(ink: &Ink, row: &Row) -> (&'static str, Tone) {
    let g = &ink.theme.glyphs;
    match row.kind {
        Kind::Line(Direction::Tx, Role::Payload) => (g.tx, Tone::Quiet),
        Kind::Line(Direction::Tx, _) => (g.tx, Tone::Sent),
        Kind::Line(_, Role::Late) => (g.late, Tone::Late),
        Kind::Line(_, Role::Urc) => (g.urc, Tone::Urc),
        Kind::Line(_, Role::Final) if row.is_bad() => (g.cross, Tone::Bad),
        Kind::Line(_, Role::Final) => (g.rx, Tone::Good),
        Kind::Line(_, Role::Echo | Role::Payload | Role::Prompt) => (g.rx, Tone::Quiet),
        Kind::Line(_, Role::Noise) => (g.warn, Tone::Warn),
        Kind::Line(_, Role::Command | Role::Answer) => (g.rx, Tone::Plain),
        Kind::Notice(Level::Info) => (g.middot, Tone::Quiet),
        Kind::Notice(Level::Warning) => (g.warn, Tone::Warn),
        Kind::Notice(Level::Alarm) => (g.warn, Tone::Alarm),
    }
}

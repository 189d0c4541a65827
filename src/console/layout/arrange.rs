//! The bench as a person divides it: rows of panes, from a name or from the configuration.
//!
//! In: the words of `layout` and `panes`. Out: a layout, or a fault with its place; and where its panes stand. Pure.
use super::{Pane, Screen, left, others, top};
use crate::config::Word;
use crate::profile::Fault;
use ratatui::layout::Rect;

/// Smaller than this a pane shows nothing worth a place; then the usual division holds.
const LEAST: (u16, u16) = (24, 6);
/// Most rows, and most panes in a row.
const MOST: usize = 4;

/// Panes with their places, and those that are one key away.
type Places = (Vec<(Pane, Rect)>, Vec<Pane>);

/// How the bench is divided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Division {
    /// As many panes as have room.
    #[default]
    All,
    /// The message and its send.
    Message,
    /// The wire above all.
    Wire,
    /// As the configuration says.
    Own,
}

/// Their names; `own` is what `panes` in the configuration makes.
pub const DIVISIONS: [(&str, Division); 4] = [
    ("all", Division::All),
    ("message", Division::Message),
    ("wire", Division::Wire),
    ("own", Division::Own),
];

/// The panes of the bench, as the configuration names them.
const PANES: [(&str, Pane); 8] = [
    ("compose", Pane::Compose),
    ("send", Pane::Send),
    ("traffic", Pane::Traffic),
    ("signal", Pane::Signal),
    ("contexts", Pane::Contexts),
    ("dns", Pane::Dns),
    ("tcp", Pane::Tcp),
    ("profiles", Pane::Profiles),
];

/// The layout of the bench.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// Which one.
    pub division: Division,
    /// The person's own rows; empty where there are none.
    pub own: Vec<Vec<Pane>>,
}

impl Layout {
    /// The layout that a configuration wants. `text` is the file, for the place of a fault.
    ///
    /// # Errors
    /// An unknown name, a pane that stands there twice, too many of them.
    pub fn of(text: &str, name: Option<&Word>, panes: &[Vec<Word>]) -> Result<Self, Fault> {
        let own = own(text, panes)?;
        let division = match name {
            None if own.is_empty() => Division::All,
            None => Division::Own,
            Some(word) => named(text, word, &own)?,
        };
        Ok(Self { division, own })
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        let found = DIVISIONS.iter().find(|(_, d)| *d == self.division);
        found.map_or("all", |(name, _)| name)
    }

    /// The one after it.
    #[must_use]
    pub fn next(&self) -> Self {
        let at = DIVISIONS.iter().position(|(_, d)| *d == self.division);
        let known = DIVISIONS.len() - usize::from(self.own.is_empty());
        let next = at.map_or(0, |at| (at + 1) % known);
        Self {
            division: DIVISIONS[next].1,
            own: self.own.clone(),
        }
    }

    fn rows(&self) -> Option<Vec<Vec<Pane>>> {
        match self.division {
            Division::All => None,
            Division::Message => Some(vec![vec![Pane::Compose, Pane::Send]]),
            Division::Wire => Some(vec![vec![Pane::Traffic], vec![Pane::Send, Pane::Contexts]]),
            Division::Own => Some(self.own.clone()).filter(|rows| !rows.is_empty()),
        }
    }

    /// Where the panes stand; `None` where the usual division holds. A pane that has the keys and no place takes the last one's.
    pub(super) fn arranged(&self, body: Rect, focus: Pane) -> Option<Places> {
        let mut rows = self.rows()?;
        if !rows.iter().flatten().any(|p| *p == focus) {
            *rows.last_mut()?.last_mut()? = focus;
        }
        let mut places = Vec::new();
        let mut rest = body;
        for (n, row) in rows.iter().enumerate() {
            let height = rest.height / u16::try_from(rows.len() - n).ok()?;
            let (mut line, below) = top(rest, height);
            rest = below;
            for (m, pane) in row.iter().enumerate() {
                let width = line.width / u16::try_from(row.len() - m).ok()?;
                let (place, beside) = left(line, width);
                line = beside;
                places.push((*pane, place));
            }
        }
        let fits = |(_, r): &(Pane, Rect)| r.width >= LEAST.0 && r.height >= LEAST.1;
        if !places.iter().all(fits) {
            return None;
        }
        let shown: Vec<Pane> = places.iter().map(|(p, _)| *p).collect();
        Some((places, others(Screen::Bench, &shown)))
    }
}

fn named(text: &str, word: &Word, own: &[Vec<Pane>]) -> Result<Division, Fault> {
    let found = DIVISIONS.iter().find(|(name, _)| *name == word.text);
    match found {
        Some((_, Division::Own)) if own.is_empty() => {
            let remedy = "write them: panes = [[\"compose\", \"send\"], [\"traffic\"]]";
            let says = "`own` wants panes of your own";
            Err(Fault::at(text, word.span.clone(), says, remedy))
        }
        Some((_, division)) => Ok(*division),
        None => {
            let says = format!("`{}` is no layout", word.text);
            let known = DIVISIONS.map(|(name, _)| name);
            Err(Fault::unknown(
                text,
                word.span.clone(),
                says,
                &word.text,
                &known,
            ))
        }
    }
}

fn own(text: &str, rows: &[Vec<Word>]) -> Result<Vec<Vec<Pane>>, Fault> {
    let mut seen = Vec::new();
    let mut own = Vec::new();
    for (n, row) in rows.iter().enumerate() {
        let mut panes = Vec::new();
        for (m, word) in row.iter().enumerate() {
            let pane = PANES.iter().find(|(name, _)| *name == word.text);
            let fault =
                |says: String, remedy: &str| Err(Fault::at(text, word.span.clone(), says, remedy));
            let Some((_, pane)) = pane else {
                let known = PANES.map(|(name, _)| name);
                let says = format!("`{}` is no pane of the bench", word.text);
                let span = word.span.clone();
                return Err(Fault::unknown(text, span, says, &word.text, &known));
            };
            if seen.contains(pane) {
                return fault(
                    format!("`{}` stands there twice", word.text),
                    "name each pane once",
                );
            }
            if n >= MOST || m >= MOST {
                let says = format!("more than {MOST} rows, or {MOST} panes in a row, have no room");
                return fault(says, "leave some out: they stay one key away");
            }
            seen.push(*pane);
            panes.push(*pane);
        }
        if !panes.is_empty() {
            own.push(panes);
        }
    }
    Ok(own)
}

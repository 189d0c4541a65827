//! Keys: which action one means in a given place.
//!
//! In: a key and where the person is; the action table, and what a configuration changes of it ([`Keymap::of`]). Out: an action, a wait
//! for a second key, or nothing. Never here: what the action does.
mod chord;
mod rebind;

pub use chord::Chord;
pub use rebind::{Bindings, PRESETS, Preset, preset_names, template};

use super::action::{Action, Place, TABLE};
use ratatui::crossterm::event::KeyEvent;

/// What `leader` stands for where a configuration does not say.
pub const LEADER: &str = "ctrl-k";

/// A key, or two keys one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stroke {
    /// The first key, or the only one.
    pub first: Chord,
    /// The second.
    pub then: Option<Chord>,
}

impl Stroke {
    /// Reads `ctrl-s`, `g g`, `leader t`. `None` where it is no key.
    #[must_use]
    pub fn parse(text: &str, leader: Chord) -> Option<Self> {
        let chord = |word: &str| match word {
            "leader" => Some(leader),
            word => Chord::parse(word),
        };
        let mut words = text.split(' ').filter(|w| !w.is_empty());
        let first = chord(words.next()?)?;
        let then = words.next().map(|w| chord(w).ok_or(()));
        if words.next().is_some() {
            return None;
        }
        Some(Self {
            first,
            then: then.transpose().ok()?,
        })
    }

    /// As the footer and the help write it: `^S`, `^K t`.
    #[must_use]
    pub fn shown(&self) -> String {
        match self.then {
            None => self.first.shown(),
            Some(then) => format!("{} {}", self.first.shown(), then.shown()),
        }
    }

    /// As a configuration writes it: `ctrl-s`, `leader t`.
    #[must_use]
    pub fn written(&self, leader: Chord) -> String {
        let name = |chord: Chord| match chord == leader {
            true => "leader".to_owned(),
            false => chord.written(),
        };
        match self.then {
            None => self.first.written(),
            Some(then) => format!("{} {}", name(self.first), then.written()),
        }
    }

    /// Whether pressing one would leave the other unreachable or undecided.
    fn clashes(&self, other: &Self) -> bool {
        let same = self.then == other.then || self.then.is_none() || other.then.is_none();
        self.first == other.first && same
    }

    /// Whether it is made of plain characters only: what a hand on the keyboard can hit by accident.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.first.is_text() && self.then.is_none_or(|c| c.is_text())
    }
}

/// A key that means an action in a place.
#[derive(Clone, Copy, Debug)]
pub struct Binding {
    /// The key, or the first of two.
    pub chord: Chord,
    /// The second of two.
    pub then: Option<Chord>,
    /// Where.
    pub place: Place,
    /// What.
    pub action: Action,
}

impl Binding {
    /// Its keys.
    #[must_use]
    pub fn stroke(&self) -> Stroke {
        Stroke {
            first: self.chord,
            then: self.then,
        }
    }
}

/// What a key press means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Press {
    /// This action.
    Act(Action),
    /// The first of two keys.
    Wait,
    /// Nothing.
    Nothing,
}

/// All bindings.
#[derive(Clone, Debug)]
pub struct Keymap {
    bindings: Vec<Binding>,
    leader: Chord,
}

impl Default for Keymap {
    /// The keys of the action table.
    fn default() -> Self {
        let leader = leader();
        let bindings = TABLE.iter().flat_map(|row| {
            row.keys.iter().filter_map(move |&(key, place)| {
                let stroke = Stroke::parse(key, leader)?;
                Some(binding(stroke, place, row.action))
            })
        });
        Self {
            bindings: bindings.collect(),
            leader,
        }
    }
}

/// The built-in leader.
fn leader() -> Chord {
    Chord::parse(LEADER).unwrap_or_else(|| Chord::control('k'))
}

fn binding(stroke: Stroke, place: Place, action: Action) -> Binding {
    Binding {
        chord: stroke.first,
        then: stroke.then,
        place,
        action,
    }
}

impl Keymap {
    /// All bindings, in the order of the table.
    #[must_use]
    pub fn bindings(&self) -> &[Binding] {
        &self.bindings
    }

    /// The key that `leader` stands for.
    #[must_use]
    pub fn leader(&self) -> Chord {
        self.leader
    }

    /// The action of a single key where `valid` says which places count now; the most special place wins.
    pub fn action(&self, key: &KeyEvent, valid: impl Fn(&Binding) -> bool) -> Option<Action> {
        match self.press(None, Chord::of(key), valid) {
            Press::Act(action) => Some(action),
            _ => None,
        }
    }

    /// What a key means after the first of two (`pending`), or by itself.
    pub fn press(
        &self,
        pending: Option<Chord>,
        chord: Chord,
        valid: impl Fn(&Binding) -> bool,
    ) -> Press {
        let meant = |b: &&Binding| match pending {
            None => b.chord == chord,
            Some(first) => b.chord == first && b.then == Some(chord),
        };
        let best = self.bindings.iter().filter(meant).filter(|b| valid(b));
        match best.max_by_key(|b| b.place.rank()) {
            Some(b) if pending.is_none() && b.then.is_some() => Press::Wait,
            Some(b) => Press::Act(b.action),
            None => Press::Nothing,
        }
    }

    /// The first key of an action that is valid now.
    pub fn key(&self, action: Action, valid: impl Fn(&Binding) -> bool) -> Option<Stroke> {
        self.bindings
            .iter()
            .find(|b| b.action == action && valid(b))
            .map(Binding::stroke)
    }

    /// The keys of an action, each once, in the order of the table.
    #[must_use]
    pub fn keys(&self, action: Action) -> Vec<Stroke> {
        strokes(self.bindings.iter().filter(|b| b.action == action))
    }
}

/// Each key once.
pub fn strokes<'a>(bindings: impl Iterator<Item = &'a Binding>) -> Vec<Stroke> {
    let mut strokes: Vec<Stroke> = Vec::new();
    for stroke in bindings.map(Binding::stroke) {
        if !strokes.contains(&stroke) {
            strokes.push(stroke);
        }
    }
    strokes
}

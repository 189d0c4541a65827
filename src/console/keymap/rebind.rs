//! Keys of one's own: what a configuration says against the action table.
//!
//! In: the table `[keys]` as it was written. Out: a keymap with remarks, or every fault with its place. An action's keys are replaced as
//! a whole. A key that it had keeps the place where it was valid; a new one is valid wherever the action's general keys are. What a
//! person gives to one action is taken from another that has it only by default, and two that were given the same are a fault.
use super::{Binding, Chord, Keymap, LEADER, Stroke, binding, strokes};
use crate::config::{Keys, Word};
use crate::console::action::{Action, Place, Row, TABLE};
use crate::profile::Fault;

/// Keys of an action, each with its place.
pub type Bindings = &'static [(&'static str, Place)];

/// A set of keys to begin with: its name, what it is, and the actions that differ from the table.
pub type Preset = (&'static str, &'static str, &'static [(Action, Bindings)]);

/// All sets, the one that holds without a word first.
pub const PRESETS: &[Preset] = &[
    (
        "standard",
        "arrows and letters, as the help shows them",
        &[],
    ),
    ("arrows", "no letters for moving about", ARROWS),
    ("vim", "i writes, g g and G, ^D and ^U, ^W w", VIM),
];

use Action as A;
use Place::{Command, Everywhere, InAt, InList, On};

#[rustfmt::skip]
const ARROWS: &[(Action, Bindings)] = &[
    (A::Up, &[("up", Command), ("up", InList)]),
    (A::Down, &[("down", Command), ("down", InList)]),
    (A::First, &[("home", Command)]),
    (A::Last, &[("end", Command)]),
];

#[rustfmt::skip]
const VIM: &[(Action, Bindings)] = &[
    (A::Write, &[("enter", On(crate::console::layout::Pane::Compose)), ("i", Command)]),
    (A::First, &[("home", Command), ("g g", Command)]),
    (A::Last, &[("end", Command), ("G", Command)]),
    (A::PageUp, &[("pageup", Command), ("pageup", InAt), ("pageup", InList), ("ctrl-u", Command), ("ctrl-b", Command)]),
    (A::PageDown, &[("pagedown", Command), ("pagedown", InAt), ("pagedown", InList), ("ctrl-d", Command), ("ctrl-f", Command)]),
    (A::NextPane, &[("tab", Everywhere), ("ctrl-w w", Command)]),
    (A::PreviousPane, &[("backtab", Everywhere), ("ctrl-w W", Command)]),
    (A::Zoom, &[("z", Command), ("f4", Everywhere), ("ctrl-w o", Command)]),
];

/// Without these there is no way out of a list, a question or the program.
const NEEDED: [Action; 5] = [A::Yes, A::No, A::DropLine, A::Leave, A::Quit];

/// An action with its keys so far.
struct Held {
    row: &'static Row,
    keys: Vec<(Stroke, Place)>,
    given: bool,
}

impl Keymap {
    /// The keymap that a configuration wants, and remarks on what it took from which action. `text` is the file, for the places of faults.
    ///
    /// # Errors
    /// Every fault: an unknown action, preset or key, a plain character for what changes the modem, a key given twice.
    pub fn of(text: &str, keys: &Keys) -> Result<(Self, Vec<String>), Vec<Fault>> {
        let mut faults = Vec::new();
        let leader = leader(text, keys.leader.as_ref()).unwrap_or_else(|fault| {
            faults.push(fault);
            super::leader()
        });
        let mut held = preset(text, keys.preset.as_ref(), leader).unwrap_or_else(|fault| {
            faults.push(fault);
            table(&[], leader)
        });
        let mut remarks = Vec::new();
        // An action that is named keeps nothing that another could take from it.
        let mut wanted = Vec::new();
        for bound in &keys.bound {
            let Some(at) = position(&held, &bound.action.text) else {
                faults.push(unknown_action(text, &bound.action));
                continue;
            };
            held[at].given = true;
            let before = std::mem::take(&mut held[at].keys);
            wanted.push((at, before, bound));
        }
        for (at, before, bound) in wanted {
            let row = held[at].row;
            if bound.keys.is_empty() && NEEDED.contains(&row.action) {
                let says = format!("`{}` needs a key", row.name);
                let remedy = "without it there is no way out; give it another one";
                faults.push(Fault::at(text, bound.action.span.clone(), says, remedy));
            }
            for word in &bound.keys {
                match places(text, row, &before, word, leader) {
                    Ok((stroke, places)) => {
                        let taken = take(&mut held, at, stroke, &places);
                        match taken {
                            Ok(losers) => remarks.extend(losers),
                            Err((says, remedy)) => {
                                faults.push(Fault::at(text, word.span.clone(), says, remedy));
                            }
                        }
                    }
                    Err(fault) => faults.push(fault),
                }
            }
        }
        faults.extend(led(text, keys.leader.as_ref(), &held, leader));
        if !faults.is_empty() {
            faults.sort_by_key(|f| (f.line, f.column));
            return Err(faults);
        }
        let bindings = held.iter().flat_map(|h| {
            let keys = h.keys.iter();
            keys.map(|(stroke, place)| binding(*stroke, *place, h.row.action))
        });
        let bindings: Vec<Binding> = bindings.collect();
        Ok((Self { bindings, leader }, remarks))
    }
}

fn position(held: &[Held], name: &str) -> Option<usize> {
    held.iter().position(|h| h.row.name == name)
}

fn unknown_action(text: &str, word: &Word) -> Fault {
    let known: Vec<&str> = TABLE.iter().map(|r| r.name).collect();
    let says = format!("`{}` is no action", word.text);
    let mut fault = Fault::unknown(text, word.span.clone(), says, &word.text, &known);
    if !fault.remedy.starts_with("did you mean") {
        fault.remedy = "`mmscope config --keys` lists all actions".to_owned();
    }
    fault
}

fn leader(text: &str, word: Option<&Word>) -> Result<Chord, Fault> {
    let Some(word) = word else {
        return Ok(super::leader());
    };
    match Chord::parse(&word.text) {
        Some(chord) if !chord.is_text() => Ok(chord),
        Some(_) => {
            let says = format!(
                "`{}` is a plain character, and a leader is one of its own",
                word.text
            );
            let remedy = format!("take a key with ctrl- or alt-, such as \"{LEADER}\"");
            Err(Fault::at(text, word.span.clone(), says, remedy))
        }
        None => Err(no_key(text, word)),
    }
}

/// The fault of a leader that is an action's key by itself.
fn led(text: &str, word: Option<&Word>, held: &[Held], leader: Chord) -> Option<Fault> {
    let alone = |(s, _): &(Stroke, Place)| s.first == leader && s.then.is_none();
    let other = held.iter().find(|h| h.keys.iter().any(alone))?;
    let word = word?;
    let says = format!("`{}` is a key of `{}`", word.text, other.row.name);
    let remedy =
        "a leader does nothing by itself: take another key, or give that action another one";
    Some(Fault::at(text, word.span.clone(), says, remedy))
}

fn no_key(text: &str, word: &Word) -> Fault {
    let says = format!("`{}` is no key", word.text);
    let remedy = "keys are written as ctrl-s, alt-1, f2, ?, G, space, enter, esc, tab, backtab, up, pageup, home, delete, and two of them \
                  one after the other as \"g g\" or \"leader t\"";
    Fault::at(text, word.span.clone(), says, remedy)
}

/// The names of the sets of keys to begin with.
#[must_use]
pub fn preset_names() -> Vec<&'static str> {
    PRESETS.iter().map(|(name, _, _)| *name).collect()
}

fn preset(text: &str, word: Option<&Word>, leader: Chord) -> Result<Vec<Held>, Fault> {
    let Some(word) = word else {
        return Ok(table(&[], leader));
    };
    match PRESETS.iter().find(|(name, _, _)| *name == word.text) {
        Some((_, _, changes)) => Ok(table(changes, leader)),
        None => {
            let known = preset_names();
            let says = format!("`{}` is no preset", word.text);
            let span = word.span.clone();
            Err(Fault::unknown(text, span, says, &word.text, &known))
        }
    }
}

fn table(changes: &'static [(Action, Bindings)], leader: Chord) -> Vec<Held> {
    let held = TABLE.iter().map(|row| {
        let changed = changes.iter().find(|(action, _)| *action == row.action);
        let keys = changed.map_or(row.keys, |(_, keys)| keys);
        let strokes = keys
            .iter()
            .filter_map(|&(key, place)| Some((Stroke::parse(key, leader)?, place)));
        Held {
            row,
            keys: strokes.collect(),
            given: false,
        }
    });
    held.collect()
}

/// A key that an action shall have, and where it is valid.
fn places(
    text: &str,
    row: &Row,
    before: &[(Stroke, Place)],
    word: &Word,
    leader: Chord,
) -> Result<(Stroke, Vec<Place>), Fault> {
    let stroke = Stroke::parse(&word.text, leader).ok_or_else(|| no_key(text, word))?;
    let fault = |says: String, remedy: &str| Fault::at(text, word.span.clone(), says, remedy);
    if row.changes_world && stroke.is_plain() {
        let says = format!(
            "`{}` is a plain character, and `{}` changes the modem or what is sent: it could be hit by accident",
            word.text, row.name
        );
        return Err(fault(
            says,
            "take a key with ctrl- or alt-, a function key or Enter",
        ));
    }
    let kept: Vec<Place> = before
        .iter()
        .filter(|(s, _)| *s == stroke)
        .map(|(_, place)| *place)
        .collect();
    if !kept.is_empty() {
        return Ok((stroke, kept));
    }
    let text_key = stroke.first.is_text();
    let mut all: Vec<Place> = Vec::new();
    for (_, place) in row.keys {
        let is_text = text_key && place.is_typed();
        if !is_text && !all.contains(place) {
            all.push(*place);
        }
    }
    let general = [Everywhere, Command].into_iter().find(|p| all.contains(p));
    let places: Vec<Place> = match general {
        None => all,
        Some(general) => {
            let general = if text_key { Command } else { general };
            let typed = all.into_iter().filter(|p| p.is_typed());
            std::iter::once(general).chain(typed).collect()
        }
    };
    if places.is_empty() {
        let says = format!("`{}` is text where `{}` is valid", word.text, row.name);
        return Err(fault(
            says,
            "take a key with ctrl- or alt-, a function key or Enter",
        ));
    }
    Ok((stroke, places))
}

/// Gives a key to an action, and takes it from those that have it by default. Returns what is to be said of them.
fn take(
    held: &mut [Held],
    at: usize,
    stroke: Stroke,
    places: &[Place],
) -> Result<Vec<String>, (String, String)> {
    let mut remarks = Vec::new();
    let clash =
        |(s, p): &(Stroke, Place)| s.clashes(&stroke) && places.iter().any(|q| same_place(*p, *q));
    let shown = stroke.shown();
    let name = held[at].row.name;
    for (n, other) in held.iter_mut().enumerate() {
        if n == at || !other.keys.iter().any(clash) {
            continue;
        }
        if other.given {
            let says = format!("{shown} is given to `{}` already", other.row.name);
            return Err((
                says,
                format!("one key does one thing in one place; give `{name}` another"),
            ));
        }
        if other.keys.iter().all(clash) {
            let theirs = other.keys[0].0.shown();
            let says = match theirs == shown {
                true => format!("{shown} is the only key of `{}`", other.row.name),
                false => format!(
                    "{shown} would leave {theirs} undecided, the only key of `{}`",
                    other.row.name
                ),
            };
            let remedy = format!(
                "give that another one too, or take it away: {} = []",
                other.row.name
            );
            return Err((says, remedy));
        }
        other.keys.retain(|key| !clash(key));
        let left: Vec<Binding> = other
            .keys
            .iter()
            .map(|(s, p)| binding(*s, *p, other.row.action))
            .collect();
        let left: Vec<String> = strokes(left.iter()).iter().map(Stroke::shown).collect();
        remarks.push(format!(
            "{shown} is now {name}, and no longer {} (which keeps {})",
            other.row.name,
            left.join(", ")
        ));
    }
    held[at].keys.extend(places.iter().map(|p| (stroke, *p)));
    Ok(remarks)
}

/// Outside text, what is valid everywhere and what is valid in commands are the same.
fn same_place(a: Place, b: Place) -> bool {
    let general = |p| matches!(p, Everywhere | Command);
    a == b || (general(a) && general(b))
}

/// The table `[keys]` with every action and the keys that it has, commented out: a part of the configuration's template.
#[must_use]
pub fn template() -> String {
    let mut out = String::from(
        "\n# The console's keys, by the name of the action; `mmscope config --keys` says what each does and where it is valid. A list replaces \
         all keys of an\n# action, an empty one takes them away. Two keys one after the other are written \"g g\", or \"leader t\".\n#[keys]\n# Which \
         keys to begin with:",
    );
    for (name, what, _) in PRESETS {
        out.push_str(&format!(" {name} ({what})."));
    }
    out.push_str(&format!(
        "\n#preset = \"{}\"\n#leader = \"{LEADER}\"\n",
        PRESETS[0].0
    ));
    let keymap = Keymap::default();
    for row in TABLE {
        let keys = keymap.keys(row.action);
        let written: Vec<String> = keys
            .iter()
            .map(|s| format!("{:?}", s.written(keymap.leader())))
            .collect();
        out.push_str(&format!("#{} = [{}]\n", row.name, written.join(", ")));
    }
    out
}

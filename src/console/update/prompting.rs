//! The line that is asked for at the foot of the screen: opened, typed live, taken or dropped.
use super::motion::choose_evidence;
use super::{Effect, Order, comparing, inspecting, order};
use crate::console::editor::Edit;
use crate::console::inspector::Needle;
use crate::console::layout::Pane;
use crate::console::pattern::Pattern;
use crate::console::prompt::{Asking, Before, Prompt, Sought, Wanted};
use crate::console::state::State;
use crate::console::traffic::Filter;
use crate::console::view;

pub(super) fn open(state: &mut State, asking: Asking) {
    let refused = match &asking {
        Asking::Search(Pane::Traffic) if state.traffic.look.hex && state.hides => {
            Some("Octets are hidden on this screen, and so is what would be found in them.")
        }
        // While it is written, what / means there is a slash.
        Asking::Search(Pane::Compose) => {
            Some("Searching works in the traffic and in the lists: Tab goes there.")
        }
        _ if state.overlay.is_some() => Some("Searching works in the panes: Esc goes there."),
        _ => None,
    };
    if let Some(why) = refused {
        state.hint = Some(why.to_owned());
        return;
    }
    let text = match &asking {
        Asking::Filter => state.traffic.filter().text().to_owned(),
        _ => String::new(),
    };
    let before = Before {
        text,
        eye: state.traffic.eye,
        octets: state.traffic.hex.held(),
        scroll: place(state, state.focus),
    };
    state.prompt = Some(Prompt::new(asking, before));
}

/// Text typed or pasted into the line. Returns how many characters had no room.
pub(super) fn insert(state: &mut State, text: &str) -> usize {
    let Some(prompt) = &mut state.prompt else {
        return 0;
    };
    let beyond = prompt.entry.insert(text);
    live(state);
    beyond
}

pub(super) fn edit(state: &mut State, edit: Edit) {
    if let Some(prompt) = &mut state.prompt {
        prompt.entry.edit(edit);
        live(state);
    }
}

/// Searches and filters as the text stands; what is no pattern yet changes nothing and says why.
fn live(state: &mut State) {
    let Some(prompt) = &state.prompt else {
        return;
    };
    let text = prompt.entry.text().to_owned();
    let (eye, scroll) = (prompt.before.eye, prompt.before.scroll);
    let octets = prompt.before.octets;
    let done = match prompt.asking.clone() {
        Asking::Filter => Filter::read(&text).map(|f| state.traffic.set_filter(f)),
        Asking::Search(Pane::Traffic) if state.traffic.look.hex => Needle::read(&text).map(|n| {
            state.traffic.hex.set_search(n);
            state.traffic.hex.find_from(octets);
        }),
        Asking::Search(Pane::Traffic) => Pattern::read(&text).map(|p| {
            state.traffic.set_search(p);
            state.traffic.find_from(eye);
        }),
        Asking::Search(Pane::Octets) => Needle::read(&text).map(|n| {
            seek(state, Pane::Octets, &text, n.map(Wanted::Octets), scroll);
        }),
        Asking::Search(pane) => Pattern::read(&text).map(|p| {
            seek(state, pane, &text, p.map(Wanted::Rows), scroll);
        }),
        Asking::Mark(_) => Ok(()),
    };
    if let Some(prompt) = &mut state.prompt {
        prompt.error = done.err();
    }
}

/// Where a person is in a pane: the chosen item, or how far it is scrolled.
fn place(state: &State, pane: Pane) -> usize {
    match pane {
        Pane::Fields => state.inspector.field,
        Pane::Octets => state.inspector.octet,
        Pane::Remarks => state.inspector.remark.unwrap_or(0),
        Pane::Pdus => state.inspector.position(&state.known),
        Pane::Evidence => state.evidence,
        Pane::Profiles => state.chosen,
        Pane::Compare => state.cell.map_or(0, |(row, _)| row),
        Pane::Messages => {
            let chosen = state.post();
            let posts = state.posts();
            posts.iter().position(|p| Some(*p) == chosen).unwrap_or(0)
        }
        pane => state.scroll[pane as usize],
    }
}

/// Goes there.
fn to_place(state: &mut State, pane: Pane, at: usize) {
    match pane {
        Pane::Fields | Pane::Octets | Pane::Remarks | Pane::Pdus => {
            inspecting::pick(state, pane, at)
        }
        Pane::Evidence => choose_evidence(state, at),
        Pane::Profiles => state.chosen = at,
        Pane::Compare => comparing::choose(state, at),
        Pane::Messages => {
            let here = i64::try_from(place(state, pane)).unwrap_or(0);
            let at = i64::try_from(at).unwrap_or(0);
            super::messages::choose(state, at - here);
        }
        pane => {
            let longest = view::extent(state, pane);
            state.scroll[pane as usize] = at.saturating_sub(1).min(longest);
        }
    }
}

fn seek(state: &mut State, pane: Pane, text: &str, wanted: Option<Wanted>, scroll: usize) {
    if place(state, pane) != scroll {
        match view::is_chosen(pane) {
            true => to_place(state, pane, scroll),
            false => state.scroll[pane as usize] = scroll,
        }
    }
    state.sought = wanted.map(|wanted| Sought {
        pane,
        text: text.to_owned(),
        wanted,
        row: None,
        count: (0, 0),
    });
    step(state, true);
}

/// Goes on to the next place in a list; from where the pane is scrolled, where there was none yet.
fn step(state: &mut State, down: bool) {
    let Some(mut sought) = state.sought.take() else {
        return;
    };
    let found: Vec<usize> = match &sought.wanted {
        Wanted::Rows(pattern) => {
            let rows = view::texts(state, sought.pane);
            let found = rows.iter().enumerate().filter(|(_, r)| pattern.finds(r));
            found.map(|(n, _)| n).collect()
        }
        Wanted::Octets(needle) => {
            let shown = state.inspector.shown.as_ref();
            shown.map_or_else(Vec::new, |s| needle.find(&s.octets.0))
        }
    };
    let scroll = place(state, sought.pane);
    let next = match (sought.row, down) {
        (None, _) => found.iter().position(|n| *n >= scroll),
        (Some(row), true) => found.iter().position(|n| *n > row),
        (Some(row), false) => found.iter().rposition(|n| *n < row),
    };
    let around = if down {
        0
    } else {
        found.len().saturating_sub(1)
    };
    let at = next.unwrap_or(around);
    sought.row = found.get(at).copied();
    sought.count = (if found.is_empty() { 0 } else { at + 1 }, found.len());
    if let Some(row) = sought.row {
        to_place(state, sought.pane, row);
    }
    state.sought = Some(sought);
}

/// To the next place where it was found.
pub(super) fn find(state: &mut State, down: bool) {
    let around = match down {
        true => "That was the last one: on from the first.",
        false => "That was the first one: on from the last.",
    };
    let found = match state.focus {
        Pane::Traffic if state.traffic.look.hex => {
            let found = state.traffic.hex.to_found(down);
            if found == Some(true) {
                state.hint = Some(around.to_owned());
            }
            found.is_some()
        }
        Pane::Traffic => {
            let before = state.traffic.chosen();
            let found = state.traffic.to_found(down);
            let after = state.traffic.chosen();
            // Beyond the last one it begins again: who is not told looks twice.
            match (before, after) {
                (Some(before), Some(after)) if down && after <= before => {
                    state.hint = Some(around.to_owned());
                }
                (Some(before), Some(after)) if !down && after >= before => {
                    state.hint = Some(around.to_owned());
                }
                _ => {}
            }
            found
        }
        _ => {
            step(state, down);
            state.sought.as_ref().is_some_and(|s| s.row.is_some())
        }
    };
    if !found {
        state.hint = Some("It is nowhere here.".to_owned());
    }
}

/// Enter: what is typed stays.
pub(super) fn take(state: &mut State) -> Vec<Effect> {
    let broken = state.prompt.as_ref().and_then(|p| p.error.clone());
    if broken.is_some() {
        state.hint = broken;
        return Vec::new();
    }
    let Some(prompt) = state.prompt.take() else {
        return Vec::new();
    };
    match prompt.asking {
        Asking::Mark(line) => {
            let typed = prompt.entry.text().trim();
            let name = if typed.is_empty() { "mark" } else { typed };
            order(Order::Mark {
                line,
                name: Some(name.to_owned()),
            })
        }
        Asking::Search(_) | Asking::Filter => Vec::new(),
    }
}

/// Esc: all is as before.
pub(super) fn drop_line(state: &mut State) {
    let Some(prompt) = state.prompt.take() else {
        return;
    };
    match prompt.asking {
        Asking::Filter => {
            let before = Filter::read(&prompt.before.text).unwrap_or_default();
            state.traffic.set_filter(before);
        }
        Asking::Search(Pane::Traffic) if state.traffic.look.hex => {
            state.traffic.hex.set_search(None);
            state.traffic.hex.go_back(prompt.before.octets);
        }
        Asking::Search(Pane::Traffic) => {
            state.traffic.set_search(None);
            state.traffic.eye = prompt.before.eye;
        }
        Asking::Search(pane) => {
            state.sought = None;
            match view::is_chosen(pane) {
                true => to_place(state, pane, prompt.before.scroll),
                false => state.scroll[pane as usize] = prompt.before.scroll,
            }
        }
        Asking::Mark(_) => {}
    }
}

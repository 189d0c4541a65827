//! The line that is asked for at the foot of the screen: opened, typed live, taken or dropped.
use super::{Effect, Order, order};
use crate::console::editor::Edit;
use crate::console::layout::Pane;
use crate::console::pattern::Pattern;
use crate::console::prompt::{Asking, Before, Prompt, Sought};
use crate::console::state::State;
use crate::console::traffic::Filter;
use crate::console::view;

/// Panes whose rows are no list that can be gone through.
const UNSEARCHABLE: [Pane; 7] = [
    Pane::Compose,
    Pane::Profiles,
    Pane::Evidence,
    Pane::Fields,
    Pane::Octets,
    Pane::Remarks,
    Pane::Pdus,
];

pub(super) fn open(state: &mut State, asking: Asking) {
    let refused = match &asking {
        Asking::Search(Pane::Traffic) if state.traffic.look.hex => {
            Some("Lines are searched, not octets: X shows them again.")
        }
        Asking::Search(pane) if UNSEARCHABLE.contains(pane) || state.overlay.is_some() => {
            Some("Searching works in the traffic and in the lists: Tab goes there.")
        }
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
        scroll: state.scroll[state.focus as usize],
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
    let done = match prompt.asking.clone() {
        Asking::Filter => Filter::read(&text).map(|f| state.traffic.set_filter(f)),
        Asking::Search(pane) => Pattern::read(&text).map(|p| match pane {
            Pane::Traffic => {
                state.traffic.set_search(p);
                state.traffic.find_from(eye);
            }
            pane => seek(state, pane, &text, p, scroll),
        }),
        Asking::Mark(_) => Ok(()),
    };
    if let Some(prompt) = &mut state.prompt {
        prompt.error = done.err();
    }
}

fn seek(state: &mut State, pane: Pane, text: &str, pattern: Option<Pattern>, scroll: usize) {
    state.scroll[pane as usize] = scroll;
    state.sought = pattern.map(|pattern| Sought {
        pane,
        text: text.to_owned(),
        pattern,
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
    let rows = view::texts(state, sought.pane);
    let found = rows
        .iter()
        .enumerate()
        .filter(|(_, r)| sought.pattern.finds(r));
    let found: Vec<usize> = found.map(|(n, _)| n).collect();
    let scroll = state.scroll[sought.pane as usize];
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
        let longest = view::extent(state, sought.pane);
        state.scroll[sought.pane as usize] = row.saturating_sub(1).min(longest);
    }
    state.sought = Some(sought);
}

/// To the next place where it was found.
pub(super) fn find(state: &mut State, down: bool) {
    let found = match state.focus {
        Pane::Traffic => state.traffic.to_found(down),
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
        Asking::Search(Pane::Traffic) => {
            state.traffic.set_search(None);
            state.traffic.eye = prompt.before.eye;
        }
        Asking::Search(pane) => {
            state.sought = None;
            state.scroll[pane as usize] = prompt.before.scroll;
        }
        Asking::Mark(_) => {}
    }
}

//! The letter emptied at once, as for a new one, and brought back.
use super::messages::put;
use super::motion::focus;
use crate::console::action::Action;
use crate::console::editor::{Draft, Field};
use crate::console::layout::Pane;
use crate::console::letter::Cleared;
use crate::console::state::State;

/// So many emptied letters can be brought back.
const MOST: usize = 8;

/// Empties the letter, and begins a new one at its recipients.
pub(super) fn clear(state: &mut State) {
    if state.draft().is_empty() {
        state.hint = Some("There is nothing to empty: the letter is a new one.".to_owned());
        return;
    }
    let cleared = taken(state);
    put(state, &Draft::default());
    let emptied = &mut state.emptied;
    emptied.brought = None;
    emptied.all.push(cleared);
    if emptied.all.len() > MOST {
        emptied.all.remove(0);
    }
    focus(state, Pane::Compose, true);
    state.compose.field = Field::To;
    let back = state.key_of(Action::Undo);
    state.hint = Some(format!("The letter is empty: {back} brings it back."));
}

/// What stands in the composer, taken out of it.
fn taken(state: &mut State) -> Cleared {
    Cleared {
        draft: state.draft(),
        lost: state.would_lose(),
        edits: state.edits.take(),
        way: state.way.take(),
        field: state.compose.field,
    }
}

/// Brings the letter back that was emptied last, where nothing was written in its place; then the one before it, and so on, around. Returns whether
/// it did.
pub(super) fn bring_back(state: &mut State) -> bool {
    if !state.can_bring_back() {
        return false;
    }
    let Some(cleared) = state.emptied.all.pop() else {
        return false;
    };
    if !state.draft().is_empty() {
        let other = taken(state);
        state.emptied.all.insert(0, other);
    }
    put(state, &cleared.draft);
    state.compose.field = cleared.field;
    (state.edits, state.way) = (cleared.edits, cleared.way);
    state.emptied.brought = Some(state.draft());
    true
}

/// Says that a key took nothing away, and which one takes all.
pub(super) fn say_nothing_gone(state: &mut State) {
    let (line, all) = (
        state.key_of(Action::DeleteToStart),
        state.key_of(Action::ClearLetter),
    );
    state.hint = Some(format!(
        "Nothing stands left of the cursor for {line} to take; {all} empties the letter."
    ));
}

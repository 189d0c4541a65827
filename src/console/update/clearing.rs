//! The letter emptied at once, as for a new one, and brought back.
use super::messages::put;
use super::motion::focus;
use crate::console::action::Action;
use crate::console::editor::{Draft, Field};
use crate::console::layout::Pane;
use crate::console::letter::Cleared;
use crate::console::state::State;

/// Empties the letter, and begins a new one at its recipients.
pub(super) fn clear(state: &mut State) {
    let draft = state.draft();
    if draft.is_empty() {
        state.hint = Some("There is nothing to empty: the letter is a new one.".to_owned());
        return;
    }
    let cleared = Cleared {
        draft,
        edits: state.edits,
        way: state.way.take(),
        field: state.compose.field,
    };
    put(state, &Draft::default());
    state.edits = None;
    state.cleared = Some(Box::new(cleared));
    focus(state, Pane::Compose, true);
    state.compose.field = Field::To;
    let back = state.key_of(Action::Undo);
    state.hint = Some(format!("The letter is empty: {back} brings it back."));
}

/// Brings the letter back that was emptied, where nothing was written in its place. Returns whether it did.
pub(super) fn bring_back(state: &mut State) -> bool {
    if !state.can_bring_back() {
        return false;
    }
    let Some(cleared) = state.cleared.take() else {
        return false;
    };
    put(state, &cleared.draft);
    state.compose.field = cleared.field;
    (state.edits, state.way) = (cleared.edits, cleared.way);
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

//! The letter into a file, where nothing else keeps it.
use super::{Effect, choosing};
use crate::console::action::Action;
use crate::console::editor::Draft;
use crate::console::state::{Overlay, Question, State};
use crate::console::text;

/// Writes the letter into a file; a question that was asked about it stands until it is there.
pub(super) fn save(state: &mut State) -> Vec<Effect> {
    let asked = state.overlay == Some(Overlay::Ask(Question::QuitLetter));
    let lost = asked.then(|| state.at_stake()).flatten();
    let letter = lost.map_or_else(|| state.draft(), |(letter, _)| letter);
    if letter.is_empty() {
        state.hint = Some("There is no letter to write into a file.".to_owned());
        return Vec::new();
    }
    let place = format!("{}.txt", choosing::beside(state, "letter"));
    vec![Effect::SaveLetter { place, letter }]
}

/// The letter is there. It is still in no outbox: only who quits is not asked about it once more, where the file has all of it.
pub(super) fn saved(state: &mut State, letter: Draft, says: &str) {
    let mut then = String::new();
    if letter.is_more_than_its_file() {
        then.push_str("Options and the files' contents are not in it. ");
    }
    state.in_file = Some(letter);
    if state.overlay == Some(Overlay::Ask(Question::QuitLetter)) && state.is_in_file() {
        state.overlay = None;
        // First, since what has no room is cut at the end.
        then = format!("{} quits now. ", state.key_of(Action::Quit));
    }
    state.hint = Some(text::clean(&format!("{then}{says}")));
}

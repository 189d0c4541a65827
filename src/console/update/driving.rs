//! The outputs of the serial line: each is asked for only after the person has agreed.
use super::busy_with;
use crate::console::action::Action;
use crate::console::state::{Overlay, Question, State};
use crate::event::{ControlLines, Drive};
use crate::known::Known;

/// Says what was asked of an output once it is done, and what the inputs are then.
pub(super) fn told(state: &mut State, before: &Known) {
    let lines = state.known.control_lines.as_ref();
    let Some(lines) = lines.filter(|lines| before.control_lines.as_ref() != Some(*lines)) else {
        return;
    };
    let Some(drive) = lines.asked.filter(|_| !state.is_replaying()) else {
        return;
    };
    let inputs = match lines.are_told() {
        true => format!("; then {}", lines.inputs()),
        false => String::new(),
    };
    state.hint = Some(format!("{} was asked for{inputs}.", drive.words()));
}

/// Asks before an output is driven. What was asked for last is turned round; at the opening both are raised.
pub(super) fn ask(state: &mut State, action: Action) {
    if state.is_busy() {
        let what = busy_with(state);
        state.hint = Some(format!(
            "{what} is running: the line's outputs can be driven when it has ended."
        ));
        return;
    }
    let told = state.known.control_lines.as_ref();
    let on = |line: fn(&ControlLines) -> Option<bool>| told.and_then(line).unwrap_or(true);
    let drive = match action {
        Action::Dtr => Drive::Dtr(!on(|lines| lines.dtr)),
        Action::Rts => Drive::Rts(!on(|lines| lines.rts)),
        _ => Drive::Break,
    };
    state.overlay = Some(Overlay::Ask(Question::Drive(drive)));
}

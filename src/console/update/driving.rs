//! The outputs of the serial line: each is asked for only after the person has agreed.
use super::busy_with;
use crate::console::action::Action;
use crate::console::state::{Overlay, Question, State};
use crate::console::text;
use crate::event::{ControlLines, Drive, Event, Level, What};
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
    state.driven = None;
    state.hint = Some(format!("{} was asked for{inputs}.", drive.words()));
}

/// Says why an output was not driven. The bench tells it next, as a warning.
pub(super) fn refused(state: &mut State, event: &Event) {
    if state.driven.is_some()
        && let What::Notice(notice) = &event.what
        && notice.level == Level::Warning
    {
        state.driven = None;
        state.hint = Some(text::clean(&notice.text));
    }
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
    // Each serial device tells of them at its opening.
    if told.is_none() && state.flags.world.is_none() {
        state.hint = Some(
            "This line has no control lines: only a serial device, or the simulated one, has DTR, RTS and a break."
                .to_owned(),
        );
        return;
    }
    let on = |line: fn(&ControlLines) -> Option<bool>| told.and_then(line).unwrap_or(true);
    let drive = match action {
        Action::Dtr => Drive::Dtr(!on(|lines| lines.dtr)),
        Action::Rts => Drive::Rts(!on(|lines| lines.rts)),
        _ => Drive::Break,
    };
    state.overlay = Some(Overlay::Ask(Question::Drive(drive)));
}

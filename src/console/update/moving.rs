//! To another world or modem: the picker over a session that goes on until something is chosen.
use super::{Effect, busy_with};
use crate::console::action::Action;
use crate::console::state::State;

/// Opens the picker, unless something runs that the change would stop.
pub(super) fn another(state: &mut State) -> Vec<Effect> {
    let runs = if state.is_busy() {
        busy_with(state)
    } else if state.is_varying() {
        "A row of sends"
    } else if state.at.running > 0 {
        "A command"
    } else {
        state.overlay = None;
        state.prompt = None;
        return vec![Effect::Another];
    };
    state.hint = Some(format!(
        "{runs} is running: another world or modem can be chosen when it has ended; {} stops it.",
        state.key_of(Action::Stop)
    ));
    Vec::new()
}

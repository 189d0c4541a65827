//! To another world or modem: the picker over a session that goes on until something is chosen.
use super::{Effect, busy_with};
use crate::console::action::Action;
use crate::console::state::State;

/// Opens the picker, unless something runs that the change would stop.
pub(super) fn another(state: &mut State) -> Vec<Effect> {
    if let Some(why) = hindrance(state) {
        state.hint = Some(why);
        return Vec::new();
    }
    state.overlay = None;
    state.prompt = None;
    vec![Effect::Another]
}

/// What the change would stop, and so must end first.
pub(super) fn hindrance(state: &State) -> Option<String> {
    let runs = if state.is_busy() {
        format!("{} is running", busy_with(state))
    } else if state.is_varying() {
        "A row of sends is running".to_owned()
    } else if state.at.running > 0 {
        "A command is running".to_owned()
    } else if state.waits() {
        "A message waits for its turn".to_owned()
    } else {
        return None;
    };
    Some(format!(
        "{runs}: another world or modem can be chosen when it has ended; {} stops it.",
        state.key_of(Action::Stop)
    ))
}

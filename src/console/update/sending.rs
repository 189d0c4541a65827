//! Sending the letter: what stands in its way, whether the person is asked first; and what it would do, without doing it.
use super::motion::{focus, go};
use super::{Effect, Order, order};
use crate::console::action::Action;
use crate::console::dry_run::DryRun;
use crate::console::editor::Field;
use crate::console::layout::{Pane, Screen};
use crate::console::letter::Handed;
use crate::console::state::{Overlay, Question, State};
use crate::console::text;
use crate::event::Way;

/// Sends the letter; where the configuration wants it, it is asked first.
pub(super) fn send(state: &mut State) -> Vec<Effect> {
    if let Some(obstacle) = busy(state).or_else(|| unsendable(state)) {
        state.hint = Some(text::clean(&obstacle));
        return Vec::new();
    }
    ask_or(state, Question::Send, begin)
}

/// Asks this, where each send is asked for; else does it at once.
pub(super) fn ask_or(
    state: &mut State,
    question: Question,
    send: impl FnOnce(&mut State) -> Vec<Effect>,
) -> Vec<Effect> {
    if state.confirm.asks(state.flags.world.is_some()) {
        state.overlay = Some(Overlay::Ask(question));
        return Vec::new();
    }
    send(state)
}

/// The letter goes out.
pub(super) fn begin(state: &mut State) -> Vec<Effect> {
    let draft = state.draft();
    state.overlay = None;
    // The ladder is what one wants to see now.
    go(state, Screen::Bench);
    if state.plan().place(Pane::Send).is_none() {
        focus(state, Pane::Send, false);
    }
    state.traffic.follow();
    state.handed = Some(Handed::of(draft.clone()));
    order(state.order_of(draft, state.way))
}

/// What runs, and so must end first.
fn busy(state: &State) -> Option<String> {
    let runs = if state.known.running().is_some() {
        "A send is running"
    } else if state.is_varying() {
        "A row of sends is running"
    } else {
        return None;
    };
    Some(format!("{runs}: {} stops it.", state.key_of(Action::Stop)))
}

/// Why the letter cannot go out as it stands.
fn unsendable(state: &mut State) -> Option<String> {
    let draft = state.draft();
    if draft.to.is_empty() && draft.cc.is_empty() && draft.bcc.is_empty() {
        focus(state, Pane::Compose, true);
        state.compose.field = Field::To;
        return Some("Nobody to send to: type a number under To, as +12025550123.".to_owned());
    }
    if state.effective_way() != Way::Mms && state.measured.pdu.is_ok() {
        let why = state.measured.no_sms.as_ref();
        return why.map(|why| format!("It cannot go as SMS: {why}."));
    }
    state.measured.pdu.clone().err()
}

/// Asks the edge what sending the letter would do.
pub(super) fn rehearse(state: &mut State) -> Vec<Effect> {
    if let Some(obstacle) = unsendable(state) {
        state.hint = Some(text::clean(&obstacle));
        return Vec::new();
    }
    order(Order::DryRun(state.draft(), state.effective_way()))
}

/// It is there: shown, unless a question stands meanwhile.
pub(super) fn rehearsed(state: &mut State, run: Result<DryRun, String>) {
    match run {
        Ok(run) => {
            state.dry_run = Some(run);
            if !matches!(state.overlay, Some(Overlay::Ask(_))) {
                state.help_scroll = 0;
                state.overlay = Some(Overlay::DryRun);
            }
        }
        Err(why) => {
            let says = format!("A send would stop before it asks the modem: {why}");
            state.hint = Some(text::clean(&says));
        }
    }
}

//! What is done when a person says yes, and how the program ends.
use super::asking::begin_full;
use super::at_line::commands;
use super::message::{Effect, Order};
use super::messages::{replace_draft, send_sms};
use super::motion::go;
use super::{inspecting, order, panel, sending};
use crate::console::layout::Screen;
use crate::console::state::{Overlay, Question, State};

pub(super) fn quit(state: &mut State) -> Vec<Effect> {
    match state.overlay {
        Some(Overlay::Ask(Question::QuitLetter)) => vec![Effect::Quit],
        // A send that runs is one question, the letter another.
        Some(Overlay::Ask(Question::Quit)) => {
            state.overlay = None;
            leave_letter(state)
        }
        _ if state.is_busy() => {
            state.overlay = Some(Overlay::Ask(Question::Quit));
            Vec::new()
        }
        _ => leave_letter(state),
    }
}

/// Ends; where the letter in the composer is kept nowhere, it is asked first.
fn leave_letter(state: &mut State) -> Vec<Effect> {
    if !state.flags.keeps && state.would_lose() && !state.is_in_file() {
        state.overlay = Some(Overlay::Ask(Question::QuitLetter));
        return Vec::new();
    }
    vec![Effect::Quit]
}

pub(super) fn yes(state: &mut State) -> Vec<Effect> {
    match state.overlay.take() {
        Some(Overlay::Ask(Question::Quit)) => leave_letter(state),
        Some(Overlay::Ask(Question::QuitLetter)) => vec![Effect::Quit],
        Some(Overlay::Ask(Question::Send)) => sending::begin(state),
        Some(Overlay::Ask(Question::SendEntry(id))) => order(Order::SendEntry(id)),
        Some(Overlay::Ask(Question::SendQueued)) => order(Order::SendQueued),
        Some(Overlay::Ask(Question::Drive(drive))) => {
            state.driven = Some(drive);
            order(Order::Drive(drive))
        }
        Some(Overlay::Ask(Question::Restore)) => order(Order::Restore),
        Some(Overlay::Ask(Question::Commands)) => commands(state),
        Some(Overlay::Ask(Question::FullProbe)) => begin_full(state),
        Some(Overlay::Ask(Question::FullWish)) => panel::begin_probe(state),
        Some(Overlay::Ask(Question::Vary)) => panel::begin_vary(state),
        Some(Overlay::Ask(Question::Keep)) => match state.unkept() {
            Some(mend) => order(Order::Keep(mend.id.clone())),
            None => Vec::new(),
        },
        Some(Overlay::Ask(Question::SendAgain)) => inspecting::resend(state),
        Some(Overlay::Ask(Question::ReplaceDraft)) => {
            replace_draft(state);
            Vec::new()
        }
        Some(Overlay::Ask(Question::SendSms)) => send_sms(state),
        Some(Overlay::Ask(Question::TakeOut(id))) => order(Order::OpenDraft(id)),
        Some(Overlay::Ask(Question::Forget(id))) => order(Order::Forget(id)),
        Some(Overlay::Ask(Question::ResendEntry { entry, same })) => order(Order::Resend {
            entry,
            same,
            way: None,
        }),
        Some(Overlay::Ask(Question::RejectItem(id))) => order(Order::RejectItem(id)),
        Some(Overlay::Ask(Question::DeleteStored(id))) => order(Order::DeleteStored(id)),
        Some(Overlay::Ask(Question::SelfTest)) => {
            go(state, Screen::Bench);
            order(Order::SelfTest)
        }
        Some(Overlay::Ask(Question::Unrecorded)) => {
            state.unrecorded.why = None;
            let held = state.unrecorded.held.take().map(Effect::Order);
            let mut effects = order(Order::Unrecorded);
            effects.extend(held);
            effects
        }
        other => {
            state.overlay = other;
            Vec::new()
        }
    }
}

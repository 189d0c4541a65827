//! What is chosen from a list of names: an action in the palette, the next theme, the next layout.
use super::motion::{clamp_scrolls, focus, go};
use super::{Effect, act};
use crate::console::action::Action;
use crate::console::layout::{Pane, Screen};
use crate::console::palette::Offer;
use crate::console::state::State;
use crate::console::theme::Colours;

/// Does what is chosen in the palette.
pub(super) fn choose(state: &mut State) -> Vec<Effect> {
    let Some(offer) = state.offers().into_iter().nth(state.palette.chosen) else {
        return Vec::new();
    };
    if matches!(offer, Offer::At(_)) && state.is_replaying() {
        state.overlay = None;
        state.hint = Some(state.why_off());
        return Vec::new();
    }
    match offer {
        // Through the AT line and not past it: what warns there warns here too.
        Offer::At(command) => {
            focus(state, Pane::Traffic, true);
            state.at.payload = None;
            state.at.touched();
            state.at.entry.set(&command);
            let key = state.key_of(Action::RunAt);
            state.hint = Some(format!("{key} sends it to the modem."));
            Vec::new()
        }
        Offer::Do(action) => {
            let Some(row) = action.row() else {
                return Vec::new();
            };
            if !state.can(row) {
                state.hint = Some(format!("{}: {}.", row.name, state.why_not(row)));
                return Vec::new();
            }
            state.overlay = None;
            state.palette.done(action);
            act(state, action)
        }
    }
}

/// Completes what is typed in the palette to the chosen name.
pub(super) fn complete(state: &mut State) {
    let offer = state.offers().into_iter().nth(state.palette.chosen);
    if let Some(row) = offer.and_then(|o| match o {
        Offer::Do(action) => action.row(),
        Offer::At(_) => None,
    }) {
        state.palette.entry.set(row.name);
        state.palette.chosen = 0;
    }
}

pub(super) fn next_theme(state: &mut State) {
    if state.theme.colours == Colours::Mono {
        let says = "Colours are off (NO_COLOR, --color never, or the configuration): every theme looks like mono.";
        state.hint = Some(says.to_owned());
        return;
    }
    state.theme = state.theme.next();
    let name = &state.theme.name;
    state.hint = Some(format!(
        "Theme {name}. To keep it: theme = \"{name}\" under [screen] in the configuration."
    ));
}

pub(super) fn next_layout(state: &mut State) {
    state.layout = state.layout.next();
    go(state, Screen::Bench);
    clamp_scrolls(state);
    let name = state.layout.name();
    state.hint = Some(format!(
        "Layout {name}. To keep it: layout = \"{name}\" under [screen] in the configuration."
    ));
}

//! The panel before something larger begins: opened, filled in, begun.
use super::motion::go;
use super::{Effect, Order, busy_with, order};
use crate::console::action::Action;
use crate::console::asked::Comparison;
use crate::console::layout::{Pane, Screen};
use crate::console::letter::Handed;
use crate::console::panel::{Kind, Panel, Task, Varied, Wish};
use crate::console::state::{Overlay, Question, State};
use crate::console::text;

/// Says what runs, where something does.
fn is_busy(state: &mut State) -> bool {
    if state.is_busy() {
        let what = busy_with(state);
        state.hint = Some(format!(
            "{what} is running: {} stops it.",
            state.key_of(Action::Stop)
        ));
    }
    if state.is_varying() {
        state.hint = Some(format!(
            "A row of sends is running: {} stops it.",
            state.key_of(Action::Stop)
        ));
    }
    state.is_busy() || state.is_varying()
}

/// The row of sends begins: these are its messages.
pub(super) fn begun(state: &mut State, ids: Vec<String>) {
    if let Some(varied) = state.varied.as_mut().filter(|v| !v.ended) {
        varied.ids = ids;
    }
}

/// The row of sends has ended.
pub(super) fn ended(state: &mut State, says: &str) {
    if let Some(varied) = &mut state.varied {
        varied.ended = true;
        // A row of which nothing has begun has taken no letter.
        if varied.ids.is_empty() {
            state.handed = None;
        }
    }
    state.hint = Some(text::clean(says));
}

fn open(state: &mut State, panel: Panel) {
    state.typing = false;
    state.panel = Some(panel);
    state.overlay = Some(Overlay::Panel);
}

/// Asks what a probe shall do.
pub(super) fn probe(state: &mut State) {
    if is_busy(state) {
        return;
    }
    let profiles = state.profiles.iter();
    let marked = |id: &String| state.marked.contains(id);
    let rows: Vec<(String, bool)> = profiles.map(|p| (p.id.clone(), marked(&p.id))).collect();
    let interfaces = (state.bench.interfaces)();
    open(state, Panel::probe(rows.into_iter(), interfaces));
}

/// Asks which one thing is varied.
pub(super) fn vary(state: &mut State) {
    if is_busy(state) {
        return;
    }
    if let Err(why) = &state.measured.pdu {
        let says = format!("There is no message to send yet: {why}.");
        state.hint = Some(text::clean(&says));
        return;
    }
    open(state, Panel::vary());
}

/// The mouse on a row: it has the keys, and what is only taken or not is turned.
pub(super) fn point(state: &mut State, row: usize) {
    let Some(panel) = &mut state.panel else {
        return;
    };
    let again = panel.at == row;
    panel.at = row;
    let ticked = matches!(panel.row().map(|r| &r.kind), Some(Kind::Tick(_)));
    if ticked || (again && panel.is_choice()) {
        panel.change(true);
    }
}

/// Enter on the row that begins; elsewhere the next row has the keys.
pub(super) fn done(state: &mut State) -> Vec<Effect> {
    let Some(panel) = &mut state.panel else {
        return Vec::new();
    };
    if !panel.begins() {
        panel.step(1);
        return Vec::new();
    }
    let said = match panel.task {
        Task::Probe => panel.wish().map(|wish| match wish.full {
            true => Some(Question::FullWish),
            false => None,
        }),
        Task::Vary => panel.varied().map(|_| Some(Question::Vary)),
    };
    match said {
        Ok(Some(question)) => {
            state.overlay = Some(Overlay::Ask(question));
            Vec::new()
        }
        Ok(None) => begin_probe(state),
        Err(why) => {
            state.hint = Some(text::clean(&format!("Not begun: {why}.")));
            Vec::new()
        }
    }
}

/// Orders what was chosen: one probe, or one for each profile, side by side.
pub(super) fn begin_probe(state: &mut State) -> Vec<Effect> {
    let Some(Ok(wish)) = state.panel.take().map(|panel| panel.wish()) else {
        return Vec::new();
    };
    state.overlay = None;
    let wish = Wish {
        witnesses: state.witnesses.said(),
        ..wish
    };
    if wish.profiles.is_empty() {
        go(state, Screen::Diagnosis);
        state.focus = Pane::Experiments;
        return order(Order::Examine(Box::new(wish)));
    }
    state.marked.clear();
    state.comparison = Comparison {
        profiles: wish.profiles.clone(),
        after: state.known.probes.back().map_or(0, |p| p.began.probe),
        earlier: std::mem::take(&mut state.comparison.earlier),
    };
    go(state, Screen::Compare);
    order(Order::Examine(Box::new(wish)))
}

/// The person has agreed to every one of the messages.
pub(super) fn begin_vary(state: &mut State) -> Vec<Effect> {
    let Some(Ok(vary)) = state.panel.take().map(|panel| panel.varied()) else {
        return Vec::new();
    };
    if state.known.profile.is_none() {
        state.hint = Some("No profile is in use: p shows them.".to_owned());
        return Vec::new();
    }
    let draft = state.draft();
    state.varied = Some(Varied {
        vary: vary.clone(),
        draft: draft.clone(),
        ids: Vec::new(),
        ended: false,
    });
    state.cell = None;
    // The first of the row is the letter as it stands.
    state.handed = Some(Handed::of(draft.clone()));
    go(state, Screen::Compare);
    order(Order::Vary(draft, vary))
}

//! Asking why not: probes, witnesses, what is done about a verdict, profiles side by side.
use super::motion::{clamp_scrolls, go};
use super::{Effect, Order, busy_with, order};
use crate::console::action::Action;
use crate::console::asked::{Comparison, Witnesses};
use crate::console::layout::{Pane, Screen};
use crate::console::state::{Overlay, Question, State};
use crate::console::text;

/// Orders a probe of the profile in use, and shows the diagnosis.
pub(super) fn probe(state: &mut State) -> Vec<Effect> {
    if state.known.probing().is_some() {
        go(state, Screen::Diagnosis);
        state.hint = Some(running(state));
        return Vec::new();
    }
    if state.known.running().is_some() {
        state.hint = Some("The probe begins when the send has ended.".to_owned());
    }
    state.overlay = None;
    state.typing = false;
    go(state, Screen::Diagnosis);
    state.focus = Pane::Experiments;
    order(Order::Probe {
        profile: None,
        exhaustive: false,
        witnesses: state.witnesses.said(),
    })
}

/// Asks before a probe that changes settings for a while.
pub(super) fn full_probe(state: &mut State) {
    if state.is_busy() {
        let what = busy_with(state);
        state.hint = Some(format!(
            "{what} is running: {} stops it.",
            state.key_of(Action::Stop)
        ));
        return;
    }
    state.typing = false;
    state.overlay = Some(Overlay::Ask(Question::FullProbe));
}

/// The person has agreed: orders it, and shows the diagnosis.
pub(super) fn begin_full(state: &mut State) -> Vec<Effect> {
    go(state, Screen::Diagnosis);
    state.focus = Pane::Experiments;
    order(Order::FullProbe(state.witnesses.said()))
}

fn running(state: &State) -> String {
    format!(
        "A probe is running: {} stops it.",
        state.key_of(Action::Stop)
    )
}

/// A probe began: what was scrolled and chosen belonged to the one before.
pub(super) fn new_probe(state: &mut State) {
    state.evidence = 0;
    state.hint = None;
    for pane in Screen::Diagnosis.panes() {
        state.scroll[*pane as usize] = 0;
    }
}

/// A verdict came or went.
pub(super) fn new_verdict(state: &mut State) {
    state.mend();
    let waited = state.screen == Screen::Diagnosis && state.focus == Pane::Experiments;
    if state.verdict().is_some() && waited {
        state.focus = Pane::Verdict;
        clamp_scrolls(state);
    }
}

/// Does what the verdict advises, as far as the program can.
pub(super) fn apply(state: &mut State) -> Vec<Effect> {
    let Some((fix, mend)) = state.fix().cloned() else {
        return Vec::new();
    };
    if state.is_busy() {
        let what = busy_with(state);
        state.hint = Some(format!(
            "{what} is running: the fix can be applied when it has ended."
        ));
        return Vec::new();
    }
    let Some(profile) = state.verdict().map(|v| v.profile.clone()) else {
        return Vec::new();
    };
    let id = text::clean(&mend.id);
    state.hint = Some(format!(
        "The next send goes through {id}. {} sends the message again.",
        state.key_of(Action::Send)
    ));
    order(Order::Mend { profile, fix })
}

/// Goes on to the next answer: nobody has tried, yes, no. It is said which one stands now, since it may stand far below in the verdict.
pub(super) fn witness(state: &mut State, which: Action) {
    let (answer, asked) = match which {
        Action::PhoneWitness => (&mut state.witnesses.phone, "the same SIM in a phone"),
        _ => (&mut state.witnesses.inbound, "an MMS to this line"),
    };
    *answer = match answer {
        None => Some(true),
        Some(true) => Some(false),
        Some(false) => None,
    };
    let said = Witnesses::in_words(which, *answer);
    let (again, probe) = (state.key_of(which), state.key_of(Action::Probe));
    state.hint = Some(match state.verdict() {
        Some(_) => {
            format!("Noted: {asked}: {said}; {again} changes it. {probe} probes again with it.")
        }
        None => format!("Noted: {asked}: {said}; {again} changes it. The next probe takes it."),
    });
}

/// Marks the chosen profile, or takes the mark away.
pub(super) fn mark(state: &mut State) {
    let Some(row) = state.profiles.get(state.chosen) else {
        return;
    };
    match state.marked.iter().position(|id| *id == row.id) {
        Some(at) => drop(state.marked.remove(at)),
        None => state.marked.push(row.id.clone()),
    }
    let few = state.marked.len() < 2;
    let key = state.key_of(Action::Compare);
    state.hint = few.then(|| format!("Mark at least two; then {key} compares them."));
}

/// Orders a probe of each marked profile, and shows them side by side.
pub(super) fn compare(state: &mut State) -> Vec<Effect> {
    let wanted = if state.marked.is_empty() {
        state.comparison.profiles.clone()
    } else {
        state.marked.clone()
    };
    let obstacle = if state.known.probing().is_some() {
        Some(running(state))
    } else if wanted.len() < 2 {
        Some(format!(
            "Choose at least two profiles to compare: {} shows them, {} marks one.",
            state.key_of(Action::Profiles),
            state.key_of(Action::Mark)
        ))
    } else {
        None
    };
    if let Some(obstacle) = obstacle {
        state.hint = Some(obstacle);
        return Vec::new();
    }
    if state.overlay == Some(Overlay::Profiles) {
        state.overlay = None;
    }
    state.marked.clear();
    state.comparison = Comparison {
        profiles: wanted.clone(),
        after: state.known.probes.back().map_or(0, |p| p.began.probe),
        earlier: std::mem::take(&mut state.comparison.earlier),
    };
    go(state, Screen::Compare);
    let witnesses = state.witnesses.said();
    wanted
        .into_iter()
        .map(|id| {
            Effect::Order(Order::Probe {
                profile: Some(id),
                exhaustive: true,
                witnesses: witnesses.clone(),
            })
        })
        .collect()
}

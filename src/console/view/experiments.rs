//! Experiments: those that run and wait on top, each with its cost and what it would tell; then those that ended, the newest first; then
//! those that are not run, and why.
use super::Room;
use super::ink::Ink;
use crate::console::state::State;
use crate::console::text;
use crate::console::theme::Tone;
use crate::event::{ExperimentState, ExperimentStep};
use ratatui::text::{Line, Span};

pub(super) fn lines(state: &State, room: Room) -> Vec<Line<'static>> {
    let ink = Ink::new(state);
    let probe = state.known.probes.back();
    let Some(probe) = probe.filter(|p| !p.experiments.is_empty()) else {
        let says = "Experiments show here while a probe runs: what each costs, what it would tell, and what it found.";
        return ink.empty(says, room.width);
    };
    let ended = probe.verdict.is_some();
    let mut all: Vec<(usize, &ExperimentStep)> = probe.experiments.iter().enumerate().collect();
    all.sort_by_key(|(n, e)| match e.state {
        ExperimentState::Running | ExperimentState::Planned if ended => (4, *n),
        ExperimentState::Running => (0, *n),
        ExperimentState::Planned => (1, *n),
        ExperimentState::Done { .. } => (2, usize::MAX - n),
        ExperimentState::NotRun { .. } => (3, *n),
    });
    let rows = all.into_iter();
    rows.flat_map(|(_, e)| row(state, &ink, e, ended, room))
        .collect()
}

fn row(
    state: &State,
    ink: &Ink,
    experiment: &ExperimentStep,
    ended: bool,
    room: Room,
) -> Vec<Line<'static>> {
    let glyphs = &ink.theme.glyphs;
    let cost = format!("at most {}", text::duration(experiment.cost_ms));
    let effect = match experiment.side_effect {
        0 => "",
        1 => ", opens a socket",
        2 => ", changes a setting for a while",
        _ => ", may drop registration or SMS",
    };
    let tells = match experiment.tells.is_empty() {
        true => String::new(),
        false => format!("tells {}", experiment.tells),
    };
    let waits = format!("{cost}{effect}; {tells}");
    let waits = waits.trim_end_matches("; ").to_owned();
    let (sign, tone, says) = match &experiment.state {
        // A probe that was stopped leaves experiments behind that never ended.
        ExperimentState::Running | ExperimentState::Planned if ended => {
            (glyphs.skip, Tone::Quiet, "not finished".to_owned())
        }
        ExperimentState::Running => (glyphs.run, Tone::Running, waits),
        ExperimentState::Planned => (glyphs.dot, Tone::Quiet, waits),
        ExperimentState::Done { says } => (glyphs.tick, Tone::Good, says.clone()),
        ExperimentState::NotRun { says } => (
            glyphs.skip,
            Tone::Quiet,
            super::verdict::keyed(state, &format!("{tells}; not run: {says}")),
        ),
    };
    let words = match tone {
        Tone::Quiet => Tone::Quiet,
        _ => Tone::Plain,
    };
    let head = format!("{sign} ");
    let name = format!("{} {}", experiment.experiment, experiment.title);
    let says = text::clean(&says);
    let name = text::clean(&name);
    let left = room.width.saturating_sub(text::width(&head));
    if text::width(&name) + 2 + text::width(&says) <= left {
        return vec![Line::from(vec![
            ink.own(tone, head),
            ink.own(words, name),
            Span::raw("  "),
            ink.own(Tone::Quiet, says),
        ])];
    }
    let mut lines = vec![Line::from(vec![
        ink.own(tone, head),
        ink.own(words, text::cut(&name, left, glyphs.cut)),
    ])];
    if !says.is_empty() {
        lines.extend(ink.sentence(Tone::Quiet, "    ", &says, room.width));
    }
    lines
}

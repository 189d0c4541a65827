//! The panel of the columns: opened, stepped through, copied as the line of a configuration.
use super::Effect;
use crate::console::action::{Action, ColumnStep};
use crate::console::columns::Table;
use crate::console::layout::{Pane, Screen};
use crate::console::state::{Overlay, State};

pub(super) fn step(state: &mut State, step: ColumnStep) -> Vec<Effect> {
    match step {
        ColumnStep::Open => open(state),
        ColumnStep::Turn => {
            if !state.columns.turn() {
                state.hint = Some("The text stays: a row without its line tells nothing.".into());
            }
        }
        ColumnStep::Left => shift(state, false),
        ColumnStep::Right => shift(state, true),
        ColumnStep::Other => state.columns.other(),
        ColumnStep::Copy => return vec![Effect::Copy(state.columns.toml())],
    }
    Vec::new()
}

/// Opens it for the table that is on the screen, or closes it.
fn open(state: &mut State) {
    if state.overlay == Some(Overlay::Columns) {
        state.overlay = None;
        return;
    }
    if !state.screen.has(Pane::Traffic) {
        state.hint = Some(format!(
            "This screen has no AT traffic: {} shows the bench.",
            state.key_of(Action::Go(Screen::Bench))
        ));
        return;
    }
    state.columns.table = match state.traffic.is_folded() {
        true => Table::Exchanges,
        false => Table::Lines,
    };
    state.columns.at = 0;
    state.overlay = Some(Overlay::Columns);
}

fn shift(state: &mut State, right: bool) {
    let chosen = state.columns.chosen();
    let table = state.columns.of_table(state.columns.table);
    let is_shown = chosen.is_some_and(|column| table.has(column));
    if !state.columns.shift(right) {
        state.hint = Some(match is_shown {
            true => "It stands at the end already.".to_owned(),
            false => format!(
                "It is not shown: {} shows it.",
                state.key_of(Action::Columns(ColumnStep::Turn))
            ),
        });
    }
}

/// The mouse on a row: it is chosen; once more, and it is turned.
pub(super) fn point(state: &mut State, at: usize) -> Vec<Effect> {
    if state.columns.at == at {
        return step(state, ColumnStep::Turn);
    }
    state.columns.at = at;
    Vec::new()
}

//! The tables of the Compare screen: which cell is chosen, and the lines behind it.
use crate::console::asked::CompareRow;
use crate::console::state::State;
use crate::console::view;

/// Every row of the screen's tables, those of the sends with one thing changed before the profiles'.
fn rows(state: &State) -> Vec<CompareRow> {
    let tables = view::compare_tables(state).into_iter();
    tables.flat_map(|table| table.rows).collect()
}

/// Chooses a row; the column stays where that row has it.
pub(super) fn choose(state: &mut State, row: usize) {
    let column = state.cell.map_or(0, |(_, column)| column);
    point(state, row, column);
}

/// Chooses a cell, as near as there is one.
pub(super) fn point(state: &mut State, row: usize, column: usize) {
    let rows = rows(state);
    let row = row.min(rows.len().saturating_sub(1));
    state.cell = rows.get(row).map(|found| {
        let last = found.values.len().saturating_sub(1);
        (row, column.min(last))
    });
}

/// Goes so many rows and columns on; the first key chooses the first cell.
pub(super) fn step(state: &mut State, down: i64, right: i64) {
    let Some((row, column)) = state.cell else {
        return point(state, 0, 0);
    };
    let last = rows(state).len().saturating_sub(1);
    let row = super::moved(row, down, last);
    let column = super::moved(column, right, usize::MAX >> 1);
    point(state, row, column);
}

/// Shows the lines of the traffic behind the chosen cell.
pub(super) fn show(state: &mut State) {
    if state.cell.is_none() {
        point(state, 0, 0);
    }
    let Some((row, column)) = state.cell else {
        return;
    };
    let found = rows(state).into_iter().nth(row);
    let behind = found.and_then(|r| r.behind.into_iter().nth(column));
    let behind = behind.unwrap_or_default();
    let Some((first, rest)) = behind.split_first() else {
        state.hint = Some(
            "No lines of this session stand behind that cell: nothing was tried, or it is of an earlier session."
                .to_owned(),
        );
        return;
    };
    if state.traffic.show(*first, rest) == 0 {
        state.hint = Some(
            "Those lines are no longer held here; the recording has them, under the event's number."
                .to_owned(),
        );
    }
}

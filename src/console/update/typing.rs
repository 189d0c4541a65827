//! Text that is typed or pasted, and where it goes.
use super::motion::focus;
use super::{at_line, clearing, prompting};
use crate::console::action::Action;
use crate::console::editor::{Edit, Entry, Field, LeftOut};
use crate::console::layout::Pane;
use crate::console::state::{Overlay, State};
use crate::console::text;
use crate::console::view::Spot;

pub(super) fn edit_of(action: Action) -> Option<Edit> {
    Some(match action {
        Action::CursorLeft => Edit::Left,
        Action::CursorRight => Edit::Right,
        Action::CursorUp => Edit::Up,
        Action::CursorDown => Edit::Down,
        Action::WordLeft => Edit::WordLeft,
        Action::WordRight => Edit::WordRight,
        Action::LineStart => Edit::LineStart,
        Action::LineEnd => Edit::LineEnd,
        Action::TextStart => Edit::TextStart,
        Action::TextEnd => Edit::TextEnd,
        Action::Backspace => Edit::Backspace,
        Action::Delete => Edit::Delete,
        Action::DeleteWord => Edit::DeleteWord,
        Action::DeleteToStart => Edit::DeleteToStart,
        Action::Undo => Edit::Undo,
        Action::Redo => Edit::Redo,
        _ => return None,
    })
}

pub(super) fn recall(state: &mut State, newer: bool) {
    let line = &mut state.at;
    if line.payload.is_some() {
        return;
    }
    line.touched();
    let to = if newer {
        (line.at + 1).min(line.history.len())
    } else {
        line.at.saturating_sub(1)
    };
    if to == line.at {
        return;
    }
    if line.at == line.history.len() {
        line.draft = line.entry.text().to_owned();
    }
    line.at = to;
    let text = line.history.get(to).unwrap_or(&line.draft).clone();
    line.entry.set(&text);
}

pub(super) fn write(state: &mut State) {
    focus(state, Pane::Compose, true);
    let draft = state.draft();
    state.compose.field = match () {
        () if draft.to.is_empty() => Field::To,
        () => Field::Text,
    };
}

/// The line that is typed into an overlay.
fn searched(state: &mut State) -> Option<&mut Entry> {
    match state.overlay {
        Some(Overlay::Palette) => {
            state.palette.chosen = 0;
            Some(&mut state.palette.entry)
        }
        Some(Overlay::Help) => {
            state.help_scroll = 0;
            Some(&mut state.help_search)
        }
        _ => None,
    }
}

pub(super) fn edit(state: &mut State, edit: Edit) {
    if let Some(entry) = searched(state) {
        entry.edit(edit);
        return;
    }
    if state.overlay == Some(Overlay::Panel) {
        if let Some(entry) = state.panel.as_mut().and_then(|p| p.entry_mut()) {
            entry.edit(edit);
        }
        return;
    }
    if state.overlay == Some(Overlay::Options) {
        if let Some(entry) = state.compose.form.entry_mut() {
            entry.edit(edit);
            state.compose.form.offers.clear();
            state.measure();
        }
        return;
    }
    if state.prompt.is_some() {
        return prompting::edit(state, edit);
    }
    if state.focus == Pane::Traffic {
        state.at.active().edit(edit);
        state.at.touched();
        return;
    }
    if edit == Edit::Undo && clearing::bring_back(state) {
        return;
    }
    let field = state.compose.field;
    let before = length(state, field);
    match (field, edit) {
        (Field::To, Edit::Down) => state.compose.field = Field::Subject,
        (Field::Subject, Edit::Down) => state.compose.field = Field::Text,
        (Field::Subject, Edit::Up) => state.compose.field = Field::To,
        (Field::Text, Edit::Up) if state.compose.in_first_row() => {
            state.compose.field = Field::Subject;
        }
        (Field::To, _) => state.compose.to.edit(edit),
        (Field::Subject, _) => state.compose.subject.edit(edit),
        (Field::Text, _) => state.compose.edit_text(edit),
    }
    let gone = before.saturating_sub(length(state, field));
    if gone > NOTICED && matches!(edit, Edit::DeleteToStart | Edit::DeleteWord) {
        state.hint = Some(format!(
            "{} characters were taken away: {} brings them back.",
            text::count(gone as u64),
            state.key_of(Action::Undo)
        ));
    }
    if gone == 0 && edit == Edit::DeleteToStart && before > 0 {
        clearing::say_nothing_gone(state);
    }
    state.measure();
}

/// So many characters taken away at once are told, with the key that brings them back.
const NOTICED: usize = 20;

/// Characters in a field of the message.
fn length(state: &State, field: Field) -> usize {
    match field {
        Field::To => state.compose.to.text().chars().count(),
        Field::Subject => state.compose.subject.text().chars().count(),
        Field::Text => state.compose.characters(),
    }
}

/// The cursor goes where the mouse points in the message.
pub(super) fn point(state: &mut State, spot: Spot) {
    focus(state, Pane::Compose, true);
    let compose = &mut state.compose;
    compose.field = match spot {
        Spot::To(_) => Field::To,
        Spot::Subject(_) => Field::Subject,
        Spot::Text(..) => Field::Text,
    };
    match spot {
        Spot::To(column) => compose.to.point(column),
        Spot::Subject(column) => compose.subject.point(column),
        Spot::Text(line, character) => compose.point(line, character),
    }
}

pub(super) fn insert(state: &mut State, text: &str) -> LeftOut {
    let beyond = |n| LeftOut {
        beyond: n,
        acting: 0,
    };
    if let Some(entry) = searched(state) {
        return beyond(entry.insert(text));
    }
    if state.overlay == Some(Overlay::Panel) {
        let entry = state.panel.as_mut().and_then(|p| p.entry_mut());
        return beyond(entry.map_or(0, |entry| entry.insert(text)));
    }
    let in_options = state.overlay == Some(Overlay::Options);
    let asked = state.prompt.is_some() && !in_options;
    let option = state.compose.form.entry_mut().filter(|_| in_options);
    let out = match (state.focus, state.compose.field) {
        _ if in_options => beyond(option.map_or(0, |entry| entry.insert(text))),
        _ if asked => beyond(prompting::insert(state, text)),
        (Pane::Traffic, _) => {
            state.at.touched();
            beyond(state.at.active().insert(text))
        }
        (_, Field::To) => beyond(state.compose.to.insert(text)),
        (_, Field::Subject) => beyond(state.compose.subject.insert(text)),
        (_, Field::Text) => state.compose.insert_text(text),
    };
    if in_options {
        state.compose.form.offers.clear();
    }
    if in_options || (state.focus != Pane::Traffic && !asked) {
        state.measure();
    }
    if out.beyond > 0 {
        state.hint = Some(format!(
            "The field is full: {} characters were left out.",
            text::count(out.beyond as u64)
        ));
    } else if out.acting > 0 {
        state.hint = Some(format!(
            "{} control characters were left out.",
            text::count(out.acting as u64)
        ));
    }
    out
}

/// A paste is text, whatever it holds. Outside a text field it goes into the AT line where the traffic has the keys, and else into the
/// message.
pub(super) fn on_paste(state: &mut State, pasted: &str) {
    state.hint = None;
    if matches!(
        state.overlay,
        Some(Overlay::Ask(_) | Overlay::Copy | Overlay::CopyOctets)
    ) {
        return;
    }
    if state.prompt.is_some() {
        insert(state, pasted);
        return;
    }
    if at_line::paste(state, pasted) {
        return;
    }
    if state.overlay == Some(Overlay::Panel) {
        insert(state, pasted);
        return;
    }
    if let (Some(Overlay::Choosing), Some(choosing)) = (state.overlay, &mut state.choosing) {
        return choosing.paste(pasted);
    }
    // The wire has the keys: what is pasted there is meant for the modem, not for a phone.
    if !state.takes_text() && state.overlay.is_none() && state.focus == Pane::Traffic {
        if state.is_off(Action::TypeAt) {
            state.hint = Some(state.why_off());
            return;
        }
        focus(state, Pane::Traffic, true);
        if !at_line::paste(state, pasted) {
            insert(state, pasted);
        }
        return;
    }
    // Nobody pastes into the search of the help.
    if !state.takes_text() || state.overlay == Some(Overlay::Help) {
        focus(state, Pane::Compose, true);
        state.compose.field = Field::Text;
    }
    insert(state, pasted);
}

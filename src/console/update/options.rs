//! The panel of the message's options: rows, choices, files.
use super::Effect;
use crate::compose::Attachment;
use crate::console::options::Row;
use crate::console::state::{Overlay, State};
use crate::console::text;

/// Opens the panel, or closes it.
pub(super) fn open(state: &mut State) {
    state.overlay = match state.overlay {
        Some(Overlay::Options) => None,
        _ => Some(Overlay::Options),
    };
}

/// Opens the panel at the path of a file.
pub(super) fn open_at_path(state: &mut State) {
    state.overlay = Some(Overlay::Options);
    state.compose.form.row = Row::Path;
}

/// Goes on a row; on a path that is typed, Tab asks for what it may go on to.
pub(super) fn next(state: &mut State, completes: bool) -> Vec<Effect> {
    let form = &mut state.compose.form;
    let typed = form.entry(form.row).map(|e| e.text().to_owned());
    match (form.row, typed) {
        (Row::Path, Some(typed)) if completes && !typed.is_empty() => {
            vec![Effect::Complete(typed)]
        }
        _ => {
            form.step(1);
            Vec::new()
        }
    }
}

/// Enter: the file is read; elsewhere the next row has the keys.
pub(super) fn done(state: &mut State) -> Vec<Effect> {
    let form = &mut state.compose.form;
    let typed = form.entry(form.row).map(|e| e.text().trim().to_owned());
    match (form.row, typed) {
        (Row::Path, Some(typed)) if !typed.is_empty() => {
            if form.reading {
                state.hint = Some("A file is being read already.".to_owned());
                return Vec::new();
            }
            form.reading = true;
            vec![Effect::Attach(typed)]
        }
        (Row::Path, _) => {
            state.hint = Some("Type the path of a file; Tab completes it.".to_owned());
            Vec::new()
        }
        _ => {
            form.step(1);
            Vec::new()
        }
    }
}

/// A file was read, or could not be.
pub(super) fn attached(state: &mut State, read: Result<Attachment, String>) {
    state.compose.form.reading = false;
    match read.and_then(|file| state.compose.form.attach(file)) {
        Ok(()) => state.measure(),
        Err(why) => state.hint = Some(text::clean(&why)),
    }
}

/// Leaves a file out.
pub(super) fn detach(state: &mut State) {
    state.compose.form.detach();
    state.measure();
}

/// Names came for a path: what they have in common is typed, the rest is shown. They are dropped where the path is another one by now.
pub(super) fn completed(state: &mut State, typed: &str, found: Vec<String>) {
    let form = &mut state.compose.form;
    if form.row != Row::Path || form.entry(Row::Path).is_none_or(|e| e.text() != typed) {
        return;
    }
    let common = common(&found);
    if common.len() > typed.len()
        && let Some(entry) = form.entry_mut()
    {
        entry.set(&common);
    }
    match found.len() {
        0 => state.hint = Some("No file begins like that.".to_owned()),
        1 => form.offers.clear(),
        _ => form.offers = found,
    }
}

/// The longest beginning that all have.
fn common(all: &[String]) -> String {
    let Some((first, rest)) = all.split_first() else {
        return String::new();
    };
    let mut end = first.len();
    for other in rest {
        let same = first.chars().zip(other.chars()).take_while(|(a, b)| a == b);
        end = end.min(same.map(|(a, _)| a.len_utf8()).sum());
    }
    first[..end].to_owned()
}

//! `mmscope report`
use super::Refusal;
use crate::journal::read_events;
use crate::known::Known;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

/// What was known at the end of a recorded session.
pub fn known_of(recording: &Path) -> Result<Known, Refusal> {
    let file = File::open(recording)
        .map_err(|e| Refusal::usage(format!("{}: cannot be opened: {e}", recording.display())))?;
    let mut known = Known::default();
    for event in read_events(BufReader::new(file)) {
        let event = event.map_err(|e| Refusal::usage(format!("{}: {e}", recording.display())))?;
        known.apply(&event);
    }
    Ok(known)
}

//! `mmscope replay`
use super::args::Global;
use super::{Refusal, output, session};
use crate::journal::read_events;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

/// Prints a recording's ladder: the same lines that the live send printed.
pub fn run(global: &Global, recording: &Path) -> Result<u8, Refusal> {
    let (_, config) = session::configuration(global)?;
    let style = session::style(global, &config);
    let file = File::open(recording)
        .map_err(|e| Refusal::usage(format!("{}: cannot be opened: {e}", recording.display())))?;
    let mut code = 0;
    for event in read_events(BufReader::new(file)) {
        let event = event.map_err(|e| Refusal::usage(format!("{}: {e}", recording.display())))?;
        let is_wire = matches!(
            event.what,
            crate::event::What::Wire(_) | crate::event::What::Pdu(_)
        );
        let read = match global.json {
            true if is_wire && !global.wire => true,
            true => output::json(&event),
            false => output::styled(&style.lines(&event)),
        };
        if let crate::event::What::Result(result) = &event.what {
            code = result.exit_code();
        }
        if !read {
            break; // whoever read has gone
        }
    }
    Ok(code)
}

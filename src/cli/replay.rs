//! `mmscope replay`
use super::args::Global;
use super::{Refusal, session};
use crate::journal::read_events;
use std::fs::File;
use std::io::{BufReader, Write};
use std::path::Path;

/// Prints a recording's ladder: the same lines that the live send printed.
pub fn run(global: &Global, recording: &Path) -> Result<u8, Refusal> {
    let (_, config) = session::configuration(global)?;
    let style = session::style(global, &config);
    let file = File::open(recording)
        .map_err(|e| Refusal::usage(format!("{}: cannot be opened: {e}", recording.display())))?;
    let mut out = std::io::stdout().lock();
    let mut code = 0;
    for event in read_events(BufReader::new(file)) {
        let event = event.map_err(|e| Refusal::usage(format!("{}: {e}", recording.display())))?;
        let lines = if global.json {
            let line = serde_json::to_string(&event).map_err(|e| Refusal::usage(e.to_string()))?;
            let is_wire = matches!(event.what, crate::event::What::Wire(_));
            if is_wire && !global.wire {
                String::new()
            } else {
                format!("{line}\n")
            }
        } else {
            style.lines(&event)
        };
        if let crate::event::What::Result(result) = &event.what {
            code = result.exit_code();
        }
        if out.write_all(lines.as_bytes()).is_err() {
            break; // whoever read has gone
        }
    }
    Ok(code)
}

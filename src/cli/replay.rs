//! `mmscope replay`
use super::args::Global;
use super::report::judge;
use super::{Refusal, Style, ladder, output, probe, session};
use crate::event::{Event, What};
use crate::journal::read_events;
use crate::known::Known;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

/// Prints a recording's ladder: the same lines that the live send printed, and the verdict of each probe, computed anew.
pub fn run(global: &Global, recording: &Path) -> Result<u8, Refusal> {
    let (_, config) = session::configuration(global)?;
    let style = session::style(global, &config);
    let file = File::open(recording)
        .map_err(|e| Refusal::usage(format!("{}: cannot be opened: {e}", recording.display())))?;
    let mut code = 0;
    let mut known = Known::default();
    for event in read_events(BufReader::new(file)) {
        let event = event.map_err(|e| Refusal::usage(format!("{}: {e}", recording.display())))?;
        known.apply(&event);
        let is_wire = matches!(event.what, What::Wire(_) | What::Pdu(_));
        let read = match global.json {
            true if is_wire && !global.wire => true,
            true => output::json(&event),
            false => output::styled(&lines(style, &event, &known)),
        };
        if let What::Result(result) = &event.what {
            code = result.exit_code();
        }
        if let (What::Verdict(_), Some(probe)) = (&event.what, known.probes.back()) {
            code = judge(probe).exit_code();
        }
        if !read {
            break; // whoever read has gone
        }
    }
    Ok(code)
}

/// An event as lines; a verdict as its facts give it today, and as it was said then where that is another one.
fn lines(style: Style, event: &Event, known: &Known) -> String {
    let (What::Verdict(then), Some(of)) = (&event.what, known.probes.back()) else {
        return style.lines(event);
    };
    let now = judge(of);
    let mut out = probe::text(style, &now);
    if (then.verdict, then.confidence, &then.headline)
        != (now.verdict, now.confidence, &now.headline)
    {
        out += &format!(
            "Said then: {}, {} confidence: {}\n\n",
            then.verdict, then.confidence, then.headline
        );
    }
    ladder::harmless(&out)
}

//! The bench as text, as it stands now: what header, signal and contexts show on the screen, without edges, fit for a file or a mail.
use super::{Room, contexts, plain, signal, strip};
use crate::console::state::State;
use crate::event::{clean, redact};
use ratatui::text::Line;

/// Columns of the text.
const WIDTH: usize = 100;

/// The bench in lines. Numbers and identities are hidden.
#[must_use]
pub fn status(state: &State) -> String {
    let room = Room {
        width: WIDTH,
        height: 1_000,
        zoomed: false,
    };
    let mut out = format!("{}\n", strip::whole(state));
    let panes: [(&str, Vec<Line>); 2] = [
        ("Signal", signal::lines(state, room)),
        ("PDP contexts", contexts::lines(state, room)),
    ];
    for (title, lines) in panes {
        out.push_str(&format!("\n{title}\n"));
        for line in lines {
            let row = plain(&line);
            let row = row.trim_end();
            if !row.is_empty() {
                out.push_str(&format!("  {row}\n"));
            }
        }
    }
    let rows: Vec<String> = out.lines().map(|row| redact(&clean(row))).collect();
    rows.join("\n") + "\n"
}

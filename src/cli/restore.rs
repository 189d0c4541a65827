//! `mmscope restore`
use super::args::Global;
use super::session::{self, Wants};
use super::{Refusal, output};
use crate::event::{SettingsAct, SettingsStep, What};

/// Puts back what an earlier session left changed. The bench does that by itself when it opens; here one sees it done.
pub async fn run(global: &Global) -> Result<u8, Refusal> {
    let session = session::open(
        global,
        Wants {
            speed: 20.0,
            watchful: false,
            json: true,
            many: false,
            listens: false,
        },
    )
    .await?;
    let due = session.left_behind;
    let closed = session.bench.close().await;
    let known = session.journal.known();
    session::end_writers(&session.journal, session.asked.as_ref());
    for (_, notice) in &known.notices {
        output::tell(&notice.text);
    }
    let events = session.journal.since(0);
    let last = events.iter().rev().find_map(|e| match &e.what {
        What::Settings(step) => Some(step),
        _ => None,
    });
    let says = outcome(due, last, closed)?;
    if !global.json {
        output::line(&says);
    }
    Ok(0)
}

/// What came of it: nothing was due, or the last look at the settings showed all as before.
fn outcome(due: bool, last: Option<&SettingsStep>, closed: bool) -> Result<String, Refusal> {
    if !due {
        return Ok(
            "nothing to put back: no session left settings of this modem changed".to_owned(),
        );
    }
    match last {
        Some(step) if step.step == SettingsAct::Restored => Ok(match step.commands.as_slice() {
            [] => "all settings are as before: nothing was different".to_owned(),
            commands => format!("all settings are as before: {}", commands.join("  ")),
        }),
        _ if !closed => Err(Refusal::with(
            11,
            "the settings could not be put back in time; they are still kept: run `mmscope restore` again once the modem answers",
        )),
        _ => Err(Refusal::with(
            11,
            "the settings could not be put back; they are still kept: run `mmscope restore` again once the modem answers",
        )),
    }
}

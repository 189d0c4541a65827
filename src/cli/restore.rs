//! `mmscope restore`
use super::args::Global;
use super::session::{self, Wants};
use super::{Refusal, ladder};
use crate::event::{Level, SettingsAct, What};

/// Puts back what an earlier session left changed. The bench does that by itself when it opens; here one sees it done.
pub async fn run(global: &Global) -> Result<u8, Refusal> {
    let session = session::open(
        global,
        Wants {
            speed: 20.0,
            watchful: false,
            json: true,
        },
    )
    .await?;
    session.bench.close().await;
    let known = session.journal.known();
    session.journal.close_writers();
    let mut troubled = false;
    for (_, notice) in &known.notices {
        eprintln!("mmscope: {}", ladder::plain(&notice.text));
        troubled |= notice.level >= Level::Warning;
    }
    let step = session
        .journal
        .since(0)
        .iter()
        .rev()
        .find_map(|e| match &e.what {
            What::Settings(step) => Some(step.clone()),
            _ => None,
        });
    match step {
        Some(step) if step.step == SettingsAct::Restored => {
            let commands = if step.commands.is_empty() {
                "nothing was different".to_owned()
            } else {
                step.commands.join("  ")
            };
            println!("all settings are as before: {commands}");
            Ok(0)
        }
        Some(_) => Err(Refusal::with(11, "the settings could not be put back")),
        None if !troubled => {
            println!("nothing to put back: no session left settings of this modem changed");
            Ok(0)
        }
        None => Err(Refusal::with(11, "the settings could not be put back")),
    }
}

//! Leaves the modem as it was found, however the send ended.
use super::Gear;
use crate::event::{Level, Notice, What};
use crate::modem::Restored;

/// Closes links, puts settings back, verifies them, and only then forgets the copy on disk. Returns whether all is as before.
pub async fn tidy(gear: &Gear) -> bool {
    let Some(saved) = gear.saved(|s| s.clone()) else {
        return true;
    };
    let modem = gear.modem.serving("restore");
    let waiting = modem.opening();
    if !waiting.is_empty() {
        let text = "stopping: the modem is still connecting and cannot be interrupted; waiting for its result";
        gear.sink.record(What::Notice(Notice {
            level: Level::Info,
            text: text.to_owned(),
            because: None,
        }));
    }
    modem.close_links().await;
    match modem.restore(&saved).await {
        Ok(Restored::Same(_)) => {
            gear.saved(|s| *s = None);
            gear.keep.clear();
            modem.tell_stack_closed(&saved);
            // What the screen shows of the contexts must be what is there now.
            let _ = modem.contexts().await;
            true
        }
        Ok(Restored::Different(commands)) => {
            alarm(
                gear,
                &format!(
                    "settings of the modem are not as before; these commands would put them back: {}",
                    commands.join(" ")
                ),
            );
            false
        }
        Err(trouble) => {
            alarm(
                gear,
                &format!(
                    "settings of the modem could not be put back ({trouble}); `mmscope restore` does it once the modem answers again"
                ),
            );
            false
        }
    }
}

fn alarm(gear: &Gear, text: &str) {
    gear.sink.record(What::Notice(Notice {
        level: Level::Alarm,
        text: text.to_owned(),
        because: None,
    }));
}

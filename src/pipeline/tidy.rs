//! Leaves the modem as it was found, however the send ended.
use super::Gear;
use crate::event::{Level, Notice, What};
use crate::modem::{Modem, Restored, Settings, Trouble};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How long a modem that is silent, or that has restarted and is not registered yet, is waited for (a restart takes 23 to 30 s,
/// at-sim7600 section 1.6, registering some seconds more), in the world's time.
const PATIENCE: Duration = Duration::from_secs(75);
/// The pause between two tries.
const PAUSE: Duration = Duration::from_secs(4);
/// Tries where nothing says that waiting helps.
const TRIES: u32 = 3;

/// Closes links, puts settings back, verifies them, and only then forgets the copy on disk. Returns whether all is as before.
pub async fn tidy(gear: &Gear) -> bool {
    let Some(saved) = gear.saved(|s| s.clone()) else {
        return true;
    };
    let modem = gear.modem.serving("restore");
    let waiting = modem.opening();
    if !waiting.is_empty() {
        tell(
            gear,
            Level::Info,
            "stopping: the modem is still connecting and cannot be interrupted; waiting for its result",
        );
    }
    match put_back(gear, &modem, &saved).await {
        Ok(Restored::Same(_)) => {
            gear.saved(|s| *s = None);
            gear.keep.clear();
            modem.tell_stack_closed(&saved);
            // What the screen shows of the contexts must be what is there now.
            let _ = modem.contexts().await;
            true
        }
        Ok(Restored::Different(commands)) => {
            tell(
                gear,
                Level::Alarm,
                &format!(
                    "settings of the modem are not as before; these commands would put them back: {}",
                    commands.join(" ")
                ),
            );
            false
        }
        Err(trouble) => {
            tell(
                gear,
                Level::Alarm,
                &format!(
                    "settings of the modem could not be put back ({trouble}); `mmscope restore` does it once the modem answers again"
                ),
            );
            false
        }
    }
}

/// Tries until all is as before, or trying again makes no sense any more.
async fn put_back(gear: &Gear, modem: &Modem, saved: &Settings) -> Result<Restored, Trouble> {
    let until = Instant::now() + modem.pace().real(PATIENCE);
    let mut tries = 0;
    loop {
        let closed = modem.close_links().await;
        let outcome = modem.restore(saved).await;
        tries += 1;
        let same = matches!(outcome, Ok(Restored::Same(_)));
        let done = (same && closed) || modem.engine().is_gone();
        if done || Instant::now() >= until {
            return outcome;
        }
        let coming_back = match &outcome {
            Err(_) => true,
            Ok(_) => matches!(modem.registration().await, Ok((r, _)) if !r.registered()),
        };
        if !coming_back && tries >= TRIES {
            return outcome;
        }
        if tries == 1 {
            let text = if coming_back {
                "the modem does not answer, or is not registered again yet; waiting to put its settings back"
            } else {
                "some settings did not go back at once; trying again"
            };
            tell(gear, Level::Info, text);
        }
        sleep(modem.pace().real(PAUSE)).await;
    }
}

fn tell(gear: &Gear, level: Level, text: &str) {
    gear.sink.record(What::Notice(Notice {
        level,
        text: text.to_owned(),
        because: None,
    }));
}

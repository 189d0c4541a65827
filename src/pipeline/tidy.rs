//! Leaves the modem as it was found, however the send ended.
use super::Gear;
use crate::event::{Identity, Level, Notice, What};
use crate::modem::{Modem, Restored, Settings, Trouble};
use std::sync::atomic::Ordering;
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
    gear.standing.end();
    gear.connected(None);
    let Some(saved) = gear.saved(|s| s.clone()) else {
        return true;
    };
    let modem = gear.modem.serving("restore");
    if gear.read_only {
        only_say(gear, &modem, &saved).await;
        return false;
    }
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
            gear.keep.clear(&saved);
            modem.tell_stack_closed(&saved);
            // What the screen shows of the contexts must be what is there now.
            let _ = modem.contexts().await;
            true
        }
        Ok(Restored::Another) => false,
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
    let mut until = Instant::now() + modem.pace().real(PATIENCE);
    let mut tries = 0;
    let mut told = false;
    let mut restarted = saved.value("CGATT") == Some("1")
        && modem.engine().boots() != gear.boots.load(Ordering::Relaxed);
    loop {
        if restarted && !told {
            tell(
                gear,
                Level::Info,
                "the modem has restarted; waiting until it is registered again to put its settings back",
            );
            told = true;
        }
        if restarted && Instant::now() < until && !modem.engine().is_gone() {
            // Contexts come up again by themselves with the registration: before it nothing can be compared.
            match modem.registration().await {
                Ok((r, _)) if r.registered() => restarted = false,
                _ => {
                    sleep(modem.pace().real(PAUSE)).await;
                    continue;
                }
            }
        }
        let whose = is_theirs(gear, modem, saved).await;
        tries += 1;
        let (closed, outcome) = match whose {
            Ok(None) => (modem.close_links().await, modem.restore(saved).await),
            // A disturbed line can make another name of a modem's: it is asked more than once.
            Ok(Some(_)) if tries < TRIES => (false, Ok(Restored::Another)),
            Ok(Some(now)) => {
                let whose = owner(saved);
                let text = format!(
                    "kept settings belong to {whose}; this modem is {now}: nothing is put back. `mmscope restore` does it when that one is plugged in"
                );
                tell(gear, Level::Alarm, &text);
                return Ok(Restored::Another);
            }
            Err(trouble) => (false, Err(trouble)),
        };
        let same = matches!(outcome, Ok(Restored::Same(_)));
        let done = (same && closed) || modem.engine().is_gone();
        tracing::debug!(
            tries,
            same,
            closed,
            restarted,
            done,
            "settings: a try to put them back"
        );
        if tries == 1 {
            // One command that a disturbed line has swallowed may have cost more than all the patience: that begins anew behind it.
            until = Instant::now() + modem.pace().real(PATIENCE);
        }
        if done || Instant::now() >= until {
            return outcome;
        }
        let coming_back = match &outcome {
            Err(_) => true,
            Ok(Restored::Another) => false,
            Ok(_) => matches!(modem.registration().await, Ok((r, _)) if !r.registered()),
        };
        if !coming_back && tries >= TRIES {
            return outcome;
        }
        if tries == 1 && !matches!(outcome, Ok(Restored::Another)) {
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

/// Says what would be put back, and changes nothing.
async fn only_say(gear: &Gear, modem: &Modem, saved: &Settings) {
    let would = async {
        if let Some(now) = is_theirs(gear, modem, saved).await? {
            return Ok(format!(
                "they belong to {}, and this modem is {now}",
                owner(saved)
            ));
        }
        let commands = saved.from_here(&modem.read_settings_surely(None).await?);
        Ok::<_, Trouble>(if commands.is_empty() {
            "nothing is different".to_owned()
        } else {
            format!("these commands would put them back: {}", commands.join(" "))
        })
    };
    let would = would.await.unwrap_or_else(|trouble| trouble.to_string());
    let text = format!(
        "read-only: settings that an earlier session left changed stay as they are; {would}. Start without --read-only to put them back"
    );
    tell(gear, Level::Warning, &text);
}

/// `None` where the settings are this modem's; else who it is.
async fn is_theirs(
    gear: &Gear,
    modem: &Modem,
    saved: &Settings,
) -> Result<Option<String>, Trouble> {
    if saved.modem.is_none() {
        return Ok(None);
    }
    if let Some(known) = gear.learnt(|l| l.identity.clone())
        && saved.belong_to(&known)
        && !saved.is_of_another(modem.unit().as_deref())
    {
        return Ok(None);
    }
    let identity = modem.identify().await?;
    if !saved.belong_to(&identity) || saved.is_of_another(modem.unit().as_deref()) {
        return Ok(Some(words(&identity)));
    }
    gear.learnt(|l| l.identity = Some(identity));
    Ok(None)
}

/// Whose settings these are, in words.
pub(super) fn owner(saved: &Settings) -> String {
    saved
        .modem
        .as_ref()
        .map_or_else(|| "an unnamed modem".to_owned(), words)
}

fn words(identity: &Identity) -> String {
    format!(
        "{} {}, IMEI {}",
        identity.model, identity.firmware, identity.imei
    )
}

fn tell(gear: &Gear, level: Level, text: &str) {
    gear.sink.record(What::Notice(Notice {
        level,
        text: text.to_owned(),
        because: None,
    }));
}

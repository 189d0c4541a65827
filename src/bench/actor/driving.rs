//! The outputs of the serial line, as a person asks for them.
use super::Actor;
use crate::event::{Drive, Level, Notice, What};

impl Actor {
    /// Not while something runs: its exchanges would be torn.
    pub(super) fn drive(&mut self, drive: Drive) {
        let what = drive.words();
        if self.read_only {
            let text =
                format!("read-only: {what} is not asked for. Start without --read-only for that");
            return self.say(Level::Warning, text);
        }
        if self.running.is_some() {
            let text = format!("{what} is not asked for while something else runs: stop it first");
            return self.say(Level::Warning, text);
        }
        let (engine, sink) = (self.gear.modem.engine().clone(), self.gear.sink.clone());
        tokio::spawn(async move {
            let (level, text) = match engine.drive(drive).await {
                Ok(lines) if lines.are_told() => {
                    let words = lines.words();
                    (Level::Info, format!("{what} was asked for; then {words}"))
                }
                Ok(_) => (Level::Info, format!("{what} was asked for")),
                Err(e) => (Level::Warning, e.to_string()),
            };
            sink.record(What::Notice(Notice {
                level,
                text,
                because: None,
            }));
        });
    }
}

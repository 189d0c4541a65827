//! Reads the modem's settings, and puts them back.
use super::{Modem, READ, READ_SMS, Settings, Trouble};
use crate::at::Command;
use crate::engine::Answer;
use crate::event::{Level, Notice, SettingsAct, SettingsStep, What};

/// Readings of which two in a row must agree.
const READINGS: u32 = 5;

/// Every modem with a packet domain answers these (3GPP TS 27.007 sections 10.1.1 and 10.1.10); an error is not "no contexts".
const NEEDED: [&str; 2] = ["AT+CGDCONT?", "AT+CGACT?"];

fn unreadable(read: &str, answer: &Answer) -> Trouble {
    Trouble::new(
        format!("the modem does not tell its PDP contexts ({read})"),
        super::trouble::raw(answer),
        "what is not known cannot be put back afterwards, so nothing is changed",
        "Wait until the modem has started up and send again; see what AT+CGDCONT? answers in the AT line",
    )
    .on(answer.evidence)
}

/// What came of putting settings back.
#[derive(Clone, Debug, PartialEq)]
pub enum Restored {
    /// All as before; these commands were needed.
    Same(Vec<String>),
    /// Read again, these commands would still be needed.
    Different(Vec<String>),
    /// They are another modem's; this one was not touched.
    Another,
}

impl Modem {
    /// Reads all settings that a send may touch. `echo` is what the wire showed.
    ///
    /// # Errors
    /// Where the modem falls silent, or does not tell its contexts; another command that it lacks is passed over.
    pub async fn read_settings(&self) -> Result<Settings, Trouble> {
        let mut settings = self.read_these(&READ).await?;
        settings.echo = self.engine.echo();
        Ok(settings)
    }

    /// Reads the settings that an SMS may touch beside those.
    ///
    /// # Errors
    /// Where the modem falls silent; a command that it lacks is passed over.
    pub async fn read_sms_settings(&self) -> Result<Settings, Trouble> {
        self.read_these(&READ_SMS).await
    }

    async fn read_these(&self, reads: &[&str]) -> Result<Settings, Trouble> {
        let mut settings = Settings::default();
        for &read in reads {
            let command = Command::typed(read)
                .map_err(|e| Trouble::new(read, "", e.to_string(), "This is a fault in mmscope"))?;
            let answer = self.ask(command).await?;
            if answer.result.is_ok() {
                settings.take(read, &answer.lines);
            } else if NEEDED.contains(&read) {
                return Err(unreadable(read, &answer));
            }
        }
        Ok(settings)
    }

    /// Reads all settings until two readings agree: what is put back later must not be what a disturbed line has made of it (a lost
    /// line would make a context of the person's look like one of ours, to be deleted). A reading from `before` counts as the first.
    ///
    /// # Errors
    /// Where the modem falls silent, or no two readings agree.
    pub async fn read_settings_surely(
        &self,
        before: Option<Settings>,
    ) -> Result<Settings, Trouble> {
        self.surely(false, before).await
    }

    async fn read_all(&self, sms: bool) -> Result<Settings, Trouble> {
        let mut settings = self.read_settings().await?;
        if sms {
            settings
                .values
                .extend(self.read_sms_settings().await?.values);
        }
        Ok(settings)
    }

    async fn surely(&self, sms: bool, before: Option<Settings>) -> Result<Settings, Trouble> {
        let mut last = match before {
            Some(before) => before,
            None => self.read_all(sms).await?,
        };
        for _ in 1..READINGS {
            let next = self.read_all(sms).await?;
            if next == last {
                return Ok(next);
            }
            tracing::debug!("two readings of the settings differ; reading once more");
            last = next;
        }
        Err(Trouble::new(
            "the modem's settings read differently each time",
            "",
            format!(
                "{READINGS} readings in a row differed: the line is disturbed, or another program is changing the modem"
            ),
            "Stop other programs that use the modem; check cable and speed; then send again. Nothing was changed",
        ))
    }

    /// Turns the modem's settings back into `saved`, reads them again and compares. A command that is refused does not stop the
    /// others: what remains different is told.
    ///
    /// # Errors
    /// Where the modem falls silent or the line is lost.
    pub async fn restore(&self, saved: &Settings) -> Result<Restored, Trouble> {
        let sms = saved.value("CMGF").is_some();
        let now = self.surely(sms, None).await?;
        let lost = saved.lost_inbound(&now);
        if !lost.is_empty() {
            self.record(What::Settings(SettingsStep {
                step: SettingsAct::InboundLost,
                commands: lost.clone(),
            }));
            self.record(What::Notice(Notice {
                level: Level::Alarm,
                text: format!(
                    "messages to this line may have stopped: settings that carry them were changed by something else meanwhile ({}); they are put back",
                    lost.join("; ")
                ),
                because: None,
            }));
        }
        let commands = saved.from_here(&now);
        let needed = commands.join(" ");
        tracing::info!(
            count = commands.len(),
            needed,
            "settings: what is needed to put them back"
        );
        for text in &commands {
            let command = Command::typed(text).map_err(|e| {
                Trouble::new(
                    text.as_str(),
                    "",
                    e.to_string(),
                    "This is a fault in mmscope",
                )
            })?;
            let closes = text == "AT+NETCLOSE";
            let answer = self.ask(command.late_exclusive()).await?;
            if !answer.result.is_ok() {
                tracing::warn!(
                    command = text,
                    answer = answer.result.words(),
                    "settings: this one was refused"
                );
            }
            if closes {
                self.tell_links_closed("the socket stack was closed");
            }
        }
        let left = if commands.is_empty() {
            Vec::new()
        } else {
            saved.from_here(&self.surely(sms, None).await?)
        };
        tracing::info!(
            left = left.join(" "),
            "settings: read again after putting them back"
        );
        let (step, outcome) = if left.is_empty() {
            (SettingsAct::Restored, Restored::Same(commands.clone()))
        } else {
            (SettingsAct::Different, Restored::Different(left.clone()))
        };
        let commands = if left.is_empty() { commands } else { left };
        self.record(What::Settings(SettingsStep { step, commands }));
        Ok(outcome)
    }
}

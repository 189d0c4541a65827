//! Short messages that come in: how they are announced, reading those that are stored, deleting one where the person wants it
//! (SIM7600 manual chapter 9, 3GPP TS 27.005 sections 3.4 and 4).
use super::{Modem, Settings, Trouble};
use crate::at::{Command, reply};
use crate::engine::{Answer, Urc};

/// Messages of a store that are read at the most: no card and no module has as many places.
const MOST_STORED: usize = 1024;

/// A message that the modem says unasked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inbound {
    /// `+CMT`: the message itself, as the line after it has it.
    Direct(String),
    /// `+CMTI`: it was stored.
    Stored {
        /// `SM`, `ME` …
        store: String,
        /// Which one in it.
        index: u16,
    },
}

/// The message in what the modem said unasked.
#[must_use]
pub fn inbound(urc: &Urc) -> Option<Inbound> {
    match urc {
        Urc::Message { head, body } if head.starts_with("+CMT:") => {
            Some(Inbound::Direct(body.clone()))
        }
        Urc::Line(line) => match crate::at::urc::parse(line) {
            crate::at::urc::Notice::Message { store, index } => {
                Some(Inbound::Stored { store, index })
            }
            _ => None,
        },
        _ => None,
    }
}

/// A message in the modem's store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredMessage {
    /// `SM`, `ME` …
    pub store: String,
    /// Which one in it.
    pub index: u16,
    /// The TPDU, the service centre's address taken off.
    pub tpdu: Vec<u8>,
}

/// Octets written in hexadecimal; `None` for anything else, and for more than any message has.
#[must_use]
pub fn octets_of(hex: &str) -> Option<Vec<u8>> {
    let hex = hex.trim();
    if hex.is_empty() || hex.len() > 1024 || !hex.len().is_multiple_of(2) || !hex.is_ascii() {
        return None;
    }
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).ok())
        .collect()
}

/// The TPDU in a line of a modem in PDU mode: behind the service centre's address, or alone as some firmware has it.
#[must_use]
pub fn tpdu_of(hex: &str) -> Option<Vec<u8>> {
    let octets = octets_of(hex)?;
    let split = crate::sms::split_centre(&octets).ok().map(|(_, tpdu)| tpdu);
    let reads = |tpdu: &&[u8]| crate::sms::Tpdu::read(tpdu).is_ok();
    let tpdu = split.filter(reads).or(Some(&octets[..]).filter(reads))?;
    Some(tpdu.to_vec())
}

/// How messages that come in are to reach us.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hearing {
    /// They are not wanted.
    #[default]
    Not,
    /// Any way will do: handed on, or stored and announced.
    Anyhow,
    /// Handed on (`+CMT`), so that they take no place in a store that may be full.
    Directly,
}

/// How the settings must change so that messages reach us: not at all, where they do. `None` where the modem does not tell how it is set.
///
/// A direct message (mt 2 and 3) can be read in PDU mode only. The other fields stay as they are.
#[must_use]
pub fn listening(now: &Settings, hearing: Hearing) -> Option<Vec<(&'static str, String)>> {
    if hearing == Hearing::Not {
        return Some(Vec::new());
    }
    let fields: Vec<u8> = now
        .value("CNMI")?
        .split(',')
        .map(|f| f.trim().parse().ok())
        .collect::<Option<_>>()?;
    let &[mode, messages, cells, delivery, buffered] = fields.as_slice() else {
        return None;
    };
    let mut changes = Vec::new();
    if now.value("CMGF") != Some("0") {
        changes.push(("CMGF", "0".to_owned()));
    }
    let wanted = match hearing {
        Hearing::Directly => 2,
        _ => messages.max(1),
    };
    // With phase 2+ a direct message must be acknowledged (+CNMA), or the network repeats it.
    if now.value("CSMS") == Some("1") && wanted > 1 {
        changes.push(("CSMS", "0".to_owned()));
    }
    if mode == 0 || messages != wanted {
        // Reports are handed on in mode 1 only; direct messages in modes 1 and 2.
        let mode = match (mode, delivery) {
            (0 | 3, 1) => 1,
            (0, _) => 2,
            (3, _) if wanted == 2 => 2,
            (mode, _) => mode,
        };
        let messages = wanted;
        let all = format!("{mode},{messages},{cells},{delivery},{buffered}");
        changes.push(("CNMI", all));
    }
    Some(changes)
}

impl Modem {
    /// Makes the modem announce messages where it does not.
    ///
    /// # Errors
    /// It refuses, or falls silent.
    pub async fn listen(&self, now: &Settings, hearing: Hearing) -> Result<(), Trouble> {
        for (name, value) in listening(now, hearing).unwrap_or_default() {
            let text = format!("AT+{name}={value}");
            let command = Command::typed(&text).map_err(|e| fault(&text, &e.to_string()))?;
            self.must(command).await?;
        }
        Ok(())
    }

    /// The messages in the stores that the modem reads from and stores into.
    ///
    /// # Errors
    /// It falls silent. A modem that does not list its messages has none for us.
    pub async fn stored_messages(&self) -> Result<Vec<StoredMessage>, Trouble> {
        let Some((reading, storing)) = self.stores().await? else {
            return Ok(Vec::new());
        };
        let mut all = self.list(&reading).await?;
        if storing != reading {
            let other = self
                .in_store(&storing, &reading, Command::cmgl_all())
                .await?;
            all.extend(other.iter().flat_map(|answer| listed(&storing, answer)));
        }
        all.truncate(MOST_STORED);
        Ok(all)
    }

    async fn list(&self, store: &str) -> Result<Vec<StoredMessage>, Trouble> {
        let answer = self.may(Command::cmgl_all()).await?;
        Ok(answer.map(|a| listed(store, &a)).unwrap_or_default())
    }

    /// One stored message; none where the place is empty or holds no TPDU that can be read.
    ///
    /// # Errors
    /// The modem falls silent.
    pub async fn stored_message(
        &self,
        store: &str,
        index: u16,
    ) -> Result<Option<StoredMessage>, Trouble> {
        let read = Command::cmgr(index);
        let answer = match self.stores().await? {
            Some((reading, _)) if reading != store => self.in_store(store, &reading, read).await?,
            _ => self.may(read).await?,
        };
        let lines = answer.map(|a| a.lines).unwrap_or_default();
        Ok(lines
            .iter()
            .find_map(|line| tpdu_of(line))
            .map(|tpdu| StoredMessage {
                store: store.to_owned(),
                index,
                tpdu,
            }))
    }

    /// Deletes a stored message, if what lies there is still what `is_it` accepts. Returns whether it is gone.
    ///
    /// # Errors
    /// The modem refuses, or falls silent.
    pub async fn delete_stored(
        &self,
        store: &str,
        index: u16,
        is_it: impl Fn(&[u8]) -> bool,
    ) -> Result<bool, Trouble> {
        let found = self.stored_message(store, index).await?;
        if !found.is_some_and(|message| is_it(&message.tpdu)) {
            return Ok(false);
        }
        match self.stores().await? {
            Some((reading, _)) if reading != store => {
                let answer = self.in_store(store, &reading, Command::cmgd(index)).await?;
                Ok(answer.is_some())
            }
            _ => self.must(Command::cmgd(index)).await.map(|_| true),
        }
    }

    /// The store for what comes in, where every place in it is taken: then nothing that is stored can come in.
    ///
    /// # Errors
    /// The modem falls silent.
    pub async fn full_store(&self) -> Result<Option<(String, i64)>, Trouble> {
        let answer = self.may(Command::cpms_read()).await?;
        let room = answer.and_then(|a| a.first(reply::cpms_room));
        Ok(room.and_then(|(store, used, places)| {
            (places > 0 && used >= places).then_some((store, places))
        }))
    }

    /// The store that is read from, and the one that new messages go to (`+CPMS`).
    async fn stores(&self) -> Result<Option<(String, String)>, Trouble> {
        let answer = self.may(Command::cpms_read()).await?;
        Ok(answer
            .and_then(|a| a.first(reply::cpms))
            .map(|[reading, _, storing]| (reading, storing)))
    }

    /// Runs a command in another store, and goes back to the one that was read from.
    async fn in_store(
        &self,
        store: &str,
        back: &str,
        command: Command,
    ) -> Result<Option<Answer>, Trouble> {
        let (there, home) = (self.choose(store)?, self.choose(back)?);
        if self.may(there).await?.is_none() {
            return Ok(None);
        }
        let answer = self.may(command).await;
        self.must(home).await?;
        answer
    }

    fn choose(&self, store: &str) -> Result<Command, Trouble> {
        let text = format!("AT+CPMS=\"{store}\"");
        Command::typed(&text).map_err(|e| fault(&text, &e.to_string()))
    }
}

/// The messages of `+CMGL: index,…` and the line after each.
fn listed(store: &str, answer: &Answer) -> Vec<StoredMessage> {
    let mut index = None;
    let mut all = Vec::new();
    for line in &answer.lines {
        if let Some(at) = reply::number(line, "+CMGL:") {
            index = u16::try_from(at).ok();
        } else if let (Some(at), Some(tpdu)) = (index.take(), tpdu_of(line)) {
            all.push(StoredMessage {
                store: store.to_owned(),
                index: at,
                tpdu,
            });
        }
    }
    all
}

fn fault(what: &str, why: &str) -> Trouble {
    Trouble::new(what, "", why, "This is a fault in mmscope")
}

//! Listening: messages are announced, the modem's store is read, one thing at a time.
//!
//! In: what the modem says unasked, what lies in its store. Out: TPDUs for [`super::arriving`]. Never here: what a message means, and deleting
//! anything without a person's word.
use super::Actor;
use super::arriving::Arrival;
use super::parts::{Parts, Piece};
use super::tying::Heard;
use crate::engine::Urc;
use crate::event::{EventId, Level, SettingsAct, SettingsStep, What};
use crate::inbox::{Inbox, Item, Place};
use crate::mms;
use crate::modem::{Hearing, Inbound, Modem, StoredMessage, Trouble, inbound, listening, tpdu_of};
use crate::pipeline::{self, Gear};
use crate::sms::Joined;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::watch;

/// Places that may wait to be read.
const MOST_READS: usize = 1024;

/// What the bench knows of receiving.
pub(super) struct Receiving {
    pub inbox: Arc<Inbox>,
    /// What comes in is wanted.
    pub listens: bool,
    /// It is to be seen whether the modem announces messages.
    pub wanted: bool,
    /// The store has been listed.
    pub listed: bool,
    /// The modem had to be told to announce messages: what a send puts back ends that.
    pub altered: Arc<AtomicBool>,
    /// Parts that wait for others.
    pub parts: Parts,
    /// Messages that are whole and could not be kept: each arrival tries them again.
    pub unkept: Vec<(Joined, Vec<Piece>, bool)>,
    reads: VecDeque<Read>,
    /// Reports on MMS that fit nothing yet: the Message-ID of what is being sent is not known before its end.
    pub untied: VecDeque<Heard>,
    /// The newest MMS that was announced in this session: the event, host and port of its X-Mms-Content-Location.
    pub announced: Option<(EventId, String)>,
    /// Changes with every message and every report.
    pub news: watch::Sender<u64>,
}

/// What is to be read from the modem's store, or taken out of it.
enum Read {
    All { first: bool },
    One { store: String, index: u16 },
    Delete(Box<Item>),
}

/// What was read.
#[derive(Default)]
pub(super) struct HasRead {
    messages: Vec<StoredMessage>,
    listed: bool,
    deleted: Option<(u64, Vec<Place>)>,
    /// A store in which nothing has room any more, and its places.
    full: Option<(String, i64)>,
    trouble: Option<Trouble>,
}

impl Receiving {
    pub fn new(inbox: Arc<Inbox>, listens: bool) -> Self {
        Self {
            inbox,
            listens,
            wanted: listens,
            listed: false,
            altered: Arc::default(),
            parts: Parts::default(),
            unkept: Vec::new(),
            reads: VecDeque::new(),
            untied: VecDeque::new(),
            announced: None,
            news: watch::channel(0).0,
        }
    }

    /// How messages are to reach us while something is sent. What is to come back must not find a full store.
    pub fn hearing(&self, verify: bool) -> Hearing {
        match self.listens {
            true if verify => Hearing::Directly,
            true => Hearing::Anyhow,
            false => Hearing::Not,
        }
    }

    fn read(&mut self, read: Read) {
        if self.reads.len() < MOST_READS {
            self.reads.push_back(read);
        }
    }
}

impl Actor {
    /// What was received in earlier sessions.
    pub(super) fn tell_inbox(&self) {
        for item in self.receiving.inbox.all() {
            self.tell_item(&item);
        }
        for why in self.receiving.inbox.unread() {
            let text = format!("a received message cannot be read and is left out: {why}");
            self.say(Level::Warning, text);
        }
    }

    pub(super) fn tell_item(&self, item: &Item) -> EventId {
        let event = self.gear.sink.record(What::Inbox(item.step()));
        self.receiving.news.send_modify(|n| *n += 1);
        event
    }

    /// Sees to it that messages are announced, once nothing else is to be done.
    pub(super) fn start_listening(&mut self) {
        let busy = self.running.is_some() || self.looking.is_some() || self.lost.is_some();
        let known = !self.watchful || self.gear.learnt(|l| l.identity.is_some());
        if busy || !known || !self.receiving.wanted {
            return;
        }
        self.receiving.wanted = false;
        let altered = self.receiving.altered.clone();
        self.looking = Some(Box::pin(listen(self.gear.clone(), altered)));
        if !self.read_only && !self.receiving.listed {
            self.receiving.listed = true;
            self.receiving.read(Read::All { first: true });
        }
    }

    /// After something that may have put the settings back.
    pub(super) fn listen_again(&mut self) {
        let altered = self.receiving.altered.load(Ordering::Relaxed);
        self.receiving.wanted |= self.receiving.listens && altered;
    }

    /// The next thing to be read from the modem's store; one at a time.
    pub(super) fn start_reading(&mut self) {
        if self.reading.is_some() || self.looking.is_some() || self.lost.is_some() {
            return;
        }
        let Some(read) = self.receiving.reads.pop_front() else {
            return;
        };
        let modem = self.gear.modem.serving("inbox");
        self.reading = Some(Box::pin(read_store(modem, read)));
    }

    /// What the modem said unasked, as far as it is a message. Returns whether it was.
    pub(super) fn hear_message(&mut self, urc: &Urc) -> bool {
        match inbound(urc) {
            Some(Inbound::Direct(body)) => {
                match tpdu_of(&body) {
                    Some(tpdu) => self.arrived(Arrival {
                        tpdu,
                        place: None,
                        listed: false,
                    }),
                    None => self.say(
                        Level::Warning,
                        "a message came that is no PDU: the modem speaks text mode (AT+CMGF=1). It is kept nowhere but in the recording",
                    ),
                }
                true
            }
            Some(Inbound::Stored { store, index }) => {
                if self.read_only {
                    self.say(
                        Level::Info,
                        format!("a message has come into {store} {index}; read-only: it is not read, since that marks it as read"),
                    );
                } else if self.receiving.listens {
                    self.receiving.read(Read::One { store, index });
                }
                true
            }
            None => false,
        }
    }

    /// Some of what the modem said was lost: the store is listed again.
    pub(super) fn hear_gap(&mut self) {
        if self.receiving.listens && !self.read_only {
            self.receiving.read(Read::All { first: false });
        }
    }

    /// The messages that lie in the modem for this item are to be deleted.
    pub(super) fn delete_stored(&mut self, item: Item) {
        self.receiving.read(Read::Delete(Box::new(item)));
    }

    pub(super) fn has_read(&mut self, read: HasRead) {
        self.reading = None;
        for message in read.messages {
            self.arrived(Arrival {
                tpdu: message.tpdu,
                place: Some((message.store, message.index)),
                listed: read.listed,
            });
        }
        if let Some((store, places)) = read.full {
            self.say(
                Level::Alarm,
                format!("the modem's store {store} is full ({places} messages): what is stored cannot come in until one is deleted (Messages screen, or AT+CMGD)"),
            );
        }
        if let Some((id, gone)) = read.deleted {
            let count = gone.len();
            let changed = self.receiving.inbox.change(id, |item| {
                item.places.retain(|place| !gone.contains(place));
            });
            match changed {
                Ok(item) => {
                    let left = item.places.len();
                    let mut text = format!("message {id}: {count} deleted from the modem");
                    if left > 0 {
                        text.push_str(&format!(
                            "; {left} not found there any more, or not deleted"
                        ));
                    }
                    self.say(Level::Info, text);
                    self.tell_item(&item);
                }
                Err(e) => self.say(Level::Warning, e.to_string()),
            }
        }
        if let Some(trouble) = read.trouble {
            self.say(Level::Warning, trouble.to_string());
        }
    }
}

/// Sees whether the modem announces messages, and makes it do so where it does not; its settings are kept first.
async fn listen(gear: Gear, altered: Arc<AtomicBool>) -> Result<(), Trouble> {
    let modem = gear.modem.serving("inbox");
    let found = modem.read_sms_settings().await?;
    let changes = listening(&found, Hearing::Anyhow).unwrap_or_default();
    if changes.is_empty() {
        return Ok(());
    }
    if gear.read_only {
        let text = "read-only: the modem does not announce messages as it is set (AT+CNMI, AT+CMGF); what comes in is not seen";
        say(&gear, Level::Warning, text);
        return Ok(());
    }
    let identity = match gear.learnt(|l| l.identity.clone()) {
        Some(known) => known,
        None => modem.identify().await?,
    };
    let settings = modem.read_settings_surely(None).await?;
    pipeline::hold(&gear, &modem, &identity, &settings)?;
    gear.sink.record(What::Settings(SettingsStep {
        step: SettingsAct::Saved,
        commands: Vec::new(),
    }));
    altered.store(true, Ordering::Relaxed);
    let names = pipeline::hear(&gear, Hearing::Anyhow).await?;
    let text = format!(
        "the modem did not announce messages; it does now ({} is put back at the end)",
        names.join(", ")
    );
    say(&gear, Level::Info, &text);
    Ok(())
}

fn say(gear: &Gear, level: Level, text: &str) {
    gear.sink.record(What::Notice(crate::event::Notice {
        level,
        text: text.to_owned(),
        because: None,
    }));
}

async fn read_store(modem: Modem, read: Read) -> HasRead {
    let mut outcome = HasRead::default();
    match read {
        Read::All { first } => {
            outcome.listed = first;
            match modem.stored_messages().await {
                Ok(messages) => outcome.messages = messages,
                Err(trouble) => outcome.trouble = Some(trouble),
            }
            outcome.full = modem.full_store().await.unwrap_or_default();
        }
        Read::One { store, index } => match modem.stored_message(&store, index).await {
            Ok(message) => {
                outcome.messages.extend(message);
                outcome.full = modem.full_store().await.unwrap_or_default();
            }
            Err(trouble) => outcome.trouble = Some(trouble),
        },
        Read::Delete(item) => {
            let mut gone = Vec::new();
            for place in &item.places {
                let is_it = |tpdu: &[u8]| mms::sha256(tpdu) == place.digest;
                match modem.delete_stored(&place.store, place.index, is_it).await {
                    Ok(true) => gone.push(place.clone()),
                    Ok(false) => {}
                    Err(trouble) => outcome.trouble = Some(trouble),
                }
            }
            outcome.deleted = Some((item.id, gone));
        }
    }
    outcome
}

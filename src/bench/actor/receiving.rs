//! What comes in: short messages, direct or stored, put together and told apart; reports tied to what was sent.
//!
//! In: what the modem says unasked, what lies in its store. Out: messages in the inbox, entries of the outbox that a report speaks of, as events.
//! Never here: fetching an MMS, and deleting anything without a person's word.
use super::Actor;
use crate::config::Receive;
use crate::engine::Urc;
use crate::event::{
    Direction, EventId, InboxKind, InboxState, Level, MmsReport, Msisdn, SettingsAct, SettingsStep,
    Stage, StageState, StageStep, What,
};
use crate::inbox::{Inbox, Item, Place};
use crate::mms::{
    self, Address, DeliveryInd, MessageType, NotificationInd, Pdu, Push, ReadReport, Sender, Time,
};
use crate::modem::{Hearing, Inbound, Modem, StoredMessage, Trouble, inbound, listening, tpdu_of};
use crate::outbox::Entry;
use crate::pipeline::{self, Gear};
use crate::profile::Endpoint;
use crate::sms::{Deliver, Joined, Joiner, Tpdu};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::watch;

/// Digests that are remembered, and parts that wait for others.
const MOST: usize = 4096;
/// Reports on MMS that fit nothing yet.
const UNTIED: usize = 64;
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
    joiner: Joiner,
    pieces: VecDeque<Piece>,
    digests: VecDeque<String>,
    reads: VecDeque<Read>,
    /// Reports on MMS that fit nothing yet: the Message-ID of what is being sent is not known before its end.
    untied: VecDeque<Heard>,
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

/// A part of a message.
struct Piece {
    from: String,
    linked: Option<(u16, u8)>,
    ports: Option<(u16, u16)>,
    digest: String,
    place: Option<Place>,
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

/// A TPDU, and where it came from.
struct Arrival {
    tpdu: Vec<u8>,
    place: Option<(String, u16)>,
    /// It lay there when the session began.
    listed: bool,
}

#[derive(Clone)]
struct Heard {
    message_id: String,
    to: String,
    status: Option<u8>,
    read: Option<bool>,
    listed: bool,
}

impl Receiving {
    pub fn new(inbox: Arc<Inbox>, listens: bool) -> Self {
        Self {
            inbox,
            listens,
            wanted: listens,
            listed: false,
            altered: Arc::default(),
            joiner: Joiner::default(),
            pieces: VecDeque::new(),
            digests: VecDeque::new(),
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

    fn seen(&mut self, digest: &str) -> bool {
        if self.digests.iter().any(|d| d == digest) {
            return true;
        }
        if self.digests.len() == MOST {
            self.digests.pop_front();
        }
        self.digests.push_back(digest.to_owned());
        false
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
                    None if self.receiving.listens => self.say(
                        Level::Warning,
                        "a message came that is no PDU: the modem speaks text mode (AT+CMGF=1)",
                    ),
                    None => {}
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

    fn arrived(&mut self, arrival: Arrival) {
        match Tpdu::read(&arrival.tpdu) {
            Ok(Tpdu::Deliver(deliver)) => self.delivered(deliver, &arrival),
            Ok(Tpdu::StatusReport(report)) if !arrival.listed => {
                self.untied.push_back(report);
                self.tie_reports();
            }
            // Reports from before are settled, and what this line has sent itself is no news.
            Ok(Tpdu::StatusReport(_) | Tpdu::Submit(_)) => {}
            Err(e) => self.say(Level::Warning, format!("a message cannot be read: {e}")),
        }
    }

    fn delivered(&mut self, deliver: Deliver, arrival: &Arrival) {
        let digest = mms::sha256(&arrival.tpdu);
        let place = arrival.place.as_ref().map(|(store, index)| Place {
            store: store.clone(),
            index: *index,
            digest: digest.clone(),
        });
        if let Some(id) = self.receiving.inbox.with_digest(&digest) {
            return self.again(id, place);
        }
        if self.receiving.seen(&digest) {
            // A part that came twice; where it lies is worth knowing all the same.
            let piece = self
                .receiving
                .pieces
                .iter_mut()
                .find(|p| p.digest == digest);
            if let Some(piece) = piece {
                piece.place = piece.place.take().or(place);
            }
            return;
        }
        let from = deliver.from.shown();
        let header = &deliver.data.header;
        let linked = header.concatenation();
        let piece = Piece {
            from: from.clone(),
            linked: linked.map(|(reference, total, _)| (reference, total)),
            ports: header.ports(),
            digest,
            place,
        };
        let (linked, ports) = (piece.linked, piece.ports);
        if self.receiving.pieces.len() == MOST {
            self.receiving.pieces.pop_front();
        }
        self.receiving.pieces.push_back(piece);
        let Some(whole) = self.receiving.joiner.take(&from, deliver.data) else {
            return;
        };
        let (mut mine, others): (VecDeque<Piece>, VecDeque<Piece>) =
            std::mem::take(&mut self.receiving.pieces)
                .into_iter()
                .partition(|p| p.from == from && p.linked == linked && p.ports == ports);
        self.receiving.pieces = others;
        if linked.is_none() {
            // Nothing links it: only the newest of them is this one.
            let newest = mine.pop_back();
            self.receiving.pieces.extend(mine);
            mine = newest.into_iter().collect();
        }
        self.whole(whole, &mine, arrival.listed);
    }

    /// The same TPDU again: another place of the same message.
    fn again(&mut self, id: u64, place: Option<Place>) {
        let Some(place) = place else { return };
        let known = self.receiving.inbox.get(id);
        if known.is_ok_and(|item| item.places.contains(&place)) {
            return;
        }
        let changed = self.receiving.inbox.change(id, |item| {
            item.places
                .retain(|p| (&p.store, p.index) != (&place.store, place.index));
            item.places.push(place);
        });
        if let Ok(item) = changed {
            self.tell_item(&item);
        }
    }

    fn whole(&mut self, whole: Joined, pieces: &VecDeque<Piece>, listed: bool) {
        let item = Item {
            from: whole.from.clone(),
            received: (self.chance)().0,
            digests: pieces.iter().map(|p| p.digest.clone()).collect(),
            places: pieces.iter().filter_map(|p| p.place.clone()).collect(),
            was_stored: listed,
            ..Item::default()
        };
        match whole.ports {
            Some((mms::PORT, _)) => self.pushed(item, &whole.octets),
            Some((port, _)) => self.say(
                Level::Info,
                format!(
                    "a message of {} octets came for an application on port {port}: not for a person",
                    whole.octets.len()
                ),
            ),
            None => {
                let says = match whole.octets.len() {
                    0 => String::new(),
                    n => format!("{n} octets of data, no text"),
                };
                self.take_up(Item {
                    kind: InboxKind::Sms,
                    state: InboxState::Here,
                    size: (whole.text.len() + whole.octets.len()) as u64,
                    text: whole.text,
                    says,
                    ..item
                });
            }
        }
    }

    fn take_up(&mut self, item: Item) -> Option<Item> {
        match self.receiving.inbox.add(item) {
            Ok(item) => {
                let event = self.tell_item(&item);
                if let Some(host) = &item.content_host {
                    self.receiving.announced = Some((event, host.clone()));
                }
                Some(item)
            }
            Err(e) => {
                let text = format!("a message that came in cannot be kept: {e}");
                self.say(Level::Alarm, text);
                None
            }
        }
    }

    fn pushed(&mut self, item: Item, octets: &[u8]) {
        let push = match Push::read(octets) {
            Ok(push) => push,
            Err(e) => {
                return self.say(Level::Warning, format!("a WAP push cannot be read: {e}"));
            }
        };
        if !push.is_mms() {
            let kind = push.content_type.media_type().escape_default().to_string();
            return self.say(
                Level::Info,
                format!("a WAP push of {kind} came; it is no MMS"),
            );
        }
        pipeline::tell_pdu(&self.gear, None, Direction::Rx, &push.body);
        let pdu = Pdu::decode(&push.body).pdu;
        let listed = item.was_stored;
        match pdu.message_type() {
            Some(MessageType::NOTIFICATION_IND) => {
                if let Ok(notification) = NotificationInd::read(&pdu) {
                    self.notified(item, notification);
                }
            }
            Some(MessageType::DELIVERY_IND) => {
                if let Ok(report) = DeliveryInd::read(&pdu) {
                    self.heard(Heard {
                        message_id: report.message_id,
                        to: Address::read(&report.to).text,
                        status: Some(report.status.0),
                        read: None,
                        listed,
                    });
                }
            }
            Some(MessageType::READ_ORIG_IND) => {
                if let Ok(report) = ReadReport::read_orig(&pdu) {
                    let reader = match &report.from {
                        Sender::Address(from) => from.clone(),
                        Sender::InsertAddress => report.to.clone(),
                    };
                    self.heard(Heard {
                        message_id: report.message_id,
                        to: Address::read(&reader).text,
                        status: None,
                        read: Some(report.read),
                        listed,
                    });
                }
            }
            other => {
                let kind = other.and_then(MessageType::name).unwrap_or("no MMS PDU");
                self.say(
                    Level::Warning,
                    format!("a WAP push brought {kind}, which no MMSC pushes"),
                );
            }
        }
    }

    /// A message waits at the MMSC.
    fn notified(&mut self, item: Item, notification: NotificationInd) {
        let location = notification.content_location;
        if let Some(id) = self.receiving.inbox.with_location(&location) {
            return self.notified_again(id, item);
        }
        let now = item.received;
        let expires = notification.expiry.map(|time| match time {
            Time::Relative(seconds) => now.saturating_add(seconds.value().saturating_mul(1000)),
            Time::Absolute(seconds) => seconds.value().saturating_mul(1000),
        });
        let host = Endpoint::of_url(&location).ok();
        let mut item = Item {
            kind: InboxKind::Mms,
            state: InboxState::Waiting,
            from: notification
                .from
                .map_or_else(String::new, |f| Address::read(&f).text),
            subject: notification.subject.unwrap_or_default(),
            transaction_id: notification.transaction_id,
            content_host: host.map(|e| format!("{}:{}", e.host, e.port)),
            content_location: location,
            size: notification.size,
            expires,
            says: "waits at the MMSC".to_owned(),
            ..item
        };
        // One that lay in the store may be of any age: only a moment of the calendar tells.
        let dated = matches!(notification.expiry, Some(Time::Absolute(_)));
        if item.is_past(now) && dated {
            item.state = InboxState::Expired;
            item.says = "expired before it was fetched".to_owned();
        }
        let from_before = item.was_stored;
        let Some(item) = self.take_up(item) else {
            return;
        };
        let by_itself = self.config.receive == Receive::Fetch && !self.read_only && !from_before;
        if by_itself && item.state.can_be_fetched() {
            self.fetch(item.id, super::fetching::Act::Fetch);
        }
    }

    /// The MMSC says it once more: nothing is fetched twice, but it may not know that the message is here.
    fn notified_again(&mut self, id: u64, item: Item) {
        let changed = self.receiving.inbox.change(id, |known| {
            known.digests.extend(item.digests);
            known.places.extend(item.places);
        });
        let Ok(known) = changed else { return };
        self.tell_item(&known);
        let unaware = known.state == InboxState::Here && !known.answered && !self.read_only;
        if unaware && self.receiving.listens && self.config.receive == Receive::Fetch {
            self.fetch(id, super::fetching::Act::Answer);
        }
    }

    fn heard(&mut self, heard: Heard) {
        self.receiving.untied.push_back(heard);
        while self.receiving.untied.len() > UNTIED {
            self.receiving.untied.pop_front();
        }
        self.tie_mms_reports();
    }

    /// Ties reports to the messages that they are about. One that fits nothing waits while a send runs: its Message-ID may not be known yet.
    pub(super) fn tie_mms_reports(&mut self) {
        for heard in std::mem::take(&mut self.receiving.untied) {
            let now = (self.chance)().0;
            let tied =
                self.outbox
                    .mms_report(&heard.message_id, &heard.to, heard.status, heard.read, now);
            match tied {
                Ok(None) if self.running.is_some() => self.receiving.untied.push_back(heard),
                // What lay in the store was told in the session in which it came.
                Ok(None) if heard.listed => {}
                Ok(entry) => self.tell_heard(&heard, entry.as_ref()),
                Err(e) => {
                    self.tell_heard(&heard, None);
                    self.say(Level::Alarm, e.to_string());
                }
            }
        }
    }

    fn tell_heard(&self, heard: &Heard, entry: Option<&Entry>) {
        let said = crate::outbox::Heard {
            to: heard.to.clone(),
            status: heard.status,
            read: heard.read,
        };
        let status = match (heard.status, heard.read) {
            (Some(status), _) => mms::Status(status).name().unwrap_or("not assigned"),
            (None, Some(true)) => "Read",
            (None, _) => "Deleted without being read",
        };
        let evidence = self.gear.sink.record(What::MmsReport(MmsReport {
            entry: entry.map(|e| e.id),
            message_id: heard.message_id.clone(),
            to: Msisdn::new(heard.to.as_str()).masked(),
            status: status.to_owned(),
            delivered: said.delivered(),
            of_reading: heard.read.is_some(),
        }));
        if let Some(entry) = entry {
            self.gear.sink.record(What::Outbox(entry.step(None)));
            self.end_ladder(entry, evidence);
        }
        self.receiving.news.send_modify(|n| *n += 1);
    }

    /// A report that comes after the send has ended ends its ladder.
    pub(super) fn end_ladder(&self, entry: &Entry, evidence: u64) {
        let known = self.journal.known();
        let ended = |s: &&crate::known::Send| {
            s.message.entry == Some(entry.id) && s.result.as_ref().is_some_and(|r| r.ok)
        };
        let Some(send) = known.sends.iter().rev().find(ended) else {
            return;
        };
        use crate::event::EntryState::{Delivered, Failed};
        let state = match entry.state {
            Delivered => StageState::Done {
                says: entry.says.clone(),
            },
            Failed => StageState::Failed(crate::event::Failure {
                what: entry.says.clone(),
                raw: String::new(),
                means: "the report says that no phone has it".to_owned(),
                advice: "Check the recipient's number; send it again as a new message".to_owned(),
            }),
            _ => return,
        };
        let deliver = |r: &&crate::known::Rung| r.stage == Stage::Deliver;
        if send
            .rungs
            .iter()
            .find(deliver)
            .is_some_and(|r| r.state.as_ref() == Some(&state))
        {
            return;
        }
        let took = known.ms.saturating_sub(send.began_ms);
        self.gear.sink.record(What::Stage(StageStep {
            send: send.message.send,
            fetch: None,
            stage: Stage::Deliver,
            state,
            stage_ms: took,
            evidence: vec![evidence],
        }));
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

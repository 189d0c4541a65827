//! What comes in: TPDUs put together and told apart, kept before anything else is done with them.
//!
//! In: TPDUs, direct or from the modem's store. Out: messages in the inbox, as events; reports for [`super::tying`]. Never here: the modem, fetching an MMS.
use super::Actor;
use super::parts::{self, Piece};
use super::tying::Heard;
use crate::config::Receive;
use crate::event::{Direction, InboxKind, InboxState, Level};
use crate::inbox::{Item, Place};
use crate::mms::{
    self, Address, DeliveryInd, MessageType, NotificationInd, Pdu, Push, ReadReport, Sender, Time,
};
use crate::pipeline;
use crate::profile::Endpoint;
use crate::sms::{Deliver, Joined, Tpdu};
use std::time::Duration;
use tokio::time::Instant;

/// So many whole messages wait in memory for room on the disk.
const MOST_UNKEPT: usize = 64;

/// A TPDU, and where it came from.
pub(super) struct Arrival {
    pub tpdu: Vec<u8>,
    pub place: Option<(String, u16)>,
    /// It lay there when the session began.
    pub listed: bool,
}

impl Actor {
    pub(super) fn arrived(&mut self, arrival: Arrival) {
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
        if self.receiving.parts.seen(&digest, place.as_ref()) {
            return;
        }
        let now = (self.chance)().0;
        self.give_up_parts();
        let until = self.waits_until(Duration::from_millis(parts::PATIENCE_MS));
        let piece = Piece::of(&deliver, digest, place, now, until);
        let last = piece.clone();
        if self.is_outdated(&piece) {
            return;
        }
        let kept = match self.receiving.parts.take(deliver, piece) {
            None => {
                self.warn_of_loss(&last);
                parts::keep(&self.receiving.inbox, &last, &arrival.tpdu)
            }
            Some((whole, pieces)) => {
                if self.whole(whole.clone(), &pieces, arrival.listed) {
                    self.settle_parts(&pieces);
                    return self.keep_unkept();
                }
                // The message cannot be kept now; with all its parts it can later.
                if self.receiving.unkept.len() < MOST_UNKEPT {
                    self.receiving.unkept.push((whole, pieces, arrival.listed));
                }
                parts::keep(&self.receiving.inbox, &last, &arrival.tpdu)
            }
        };
        if let Err(e) = kept {
            let text =
                format!("a part of a message is only in memory, and gone when mmscope ends: {e}");
            self.say(Level::Alarm, text);
        }
    }

    /// Gives up parts of an earlier message that bear the same reference; whether this one is such a part.
    fn is_outdated(&mut self, piece: &Piece) -> bool {
        let late = self.receiving.parts.outdated(piece);
        self.settle_parts(&late);
        self.tell_given_up(late.len());
        late.iter().any(|p| p.digest == piece.digest)
    }

    /// Where nothing is kept, a part that lies nowhere else is told of, once for its message: the others may not come before the end.
    fn warn_of_loss(&self, piece: &Piece) {
        let Some(why) = self.receiving.inbox.why_unkept() else {
            return;
        };
        if piece.place.is_none() && self.receiving.parts.is_first(piece) {
            let text = format!(
                "the first part of a long message that came was handed on by the modem and is only in memory, gone when mmscope ends: {why}"
            );
            self.say(Level::Alarm, text);
        }
    }

    /// There was room again: what could not be kept before may be kept now.
    fn keep_unkept(&mut self) {
        for (whole, pieces, listed) in std::mem::take(&mut self.receiving.unkept) {
            if self.whole(whole.clone(), &pieces, listed) {
                self.settle_parts(&pieces);
            } else {
                self.receiving.unkept.push((whole, pieces, listed));
            }
        }
    }

    /// Parts that an earlier session left waiting wait on; those whose message is here, and those that are too old, do not.
    pub(super) fn restore_parts(&mut self) {
        let now = (self.chance)().0;
        let inbox = self.receiving.inbox.clone();
        let mut late = 0;
        for part in inbox.waiting_parts() {
            if inbox.with_digest(&part.digest).is_some() {
                self.settle_digest(&part.digest);
                continue;
            }
            let Some(left) = parts::left(part.came, now) else {
                late += 1;
                self.settle_digest(&part.digest);
                continue;
            };
            let Ok(Tpdu::Deliver(deliver)) = Tpdu::read(&part.tpdu) else {
                self.settle_digest(&part.digest);
                continue;
            };
            if left.anew {
                // Where this cannot be written, the next session says the same.
                let _ = inbox.keep_since(&part.digest, now);
            }
            self.receiving.parts.seen(&part.digest, None);
            let until = self.waits_until(left.time);
            let piece = Piece::of(&deliver, part.digest, None, part.came, until);
            if self.is_outdated(&piece) {
                continue;
            }
            if let Some((whole, pieces)) = self.receiving.parts.take(deliver, piece)
                && self.whole(whole, &pieces, false)
            {
                self.settle_parts(&pieces);
            }
        }
        self.tell_given_up(late);
    }

    /// The end of a time in the world's measure, by a clock that nobody can put.
    fn waits_until(&self, left: Duration) -> Instant {
        Instant::now() + self.gear.modem.pace().real(left)
    }

    fn give_up_parts(&mut self) {
        let late = self.receiving.parts.give_up(Instant::now());
        self.settle_parts(&late);
        self.tell_given_up(late.len());
    }

    fn tell_given_up(&self, late: usize) {
        if late > 0 {
            let text = format!(
                "{late} part(s) of long messages are given up: the others did not come within {} h; ask the sender to send it again",
                parts::PATIENCE_MS / 3_600_000
            );
            self.say(Level::Warning, text);
        }
    }

    /// These parts wait no more.
    fn settle_parts(&self, pieces: &[Piece]) {
        for piece in pieces {
            self.settle_digest(&piece.digest);
        }
    }

    fn settle_digest(&self, digest: &str) {
        if let Err(e) = self.receiving.inbox.drop_part(digest) {
            self.say(Level::Warning, e.to_string());
        }
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

    /// Takes up a message whose parts are all there. Returns false where it could not be kept.
    fn whole(&mut self, whole: Joined, pieces: &[Piece], listed: bool) -> bool {
        let item = Item {
            from: whole.from.clone(),
            received: (self.chance)().0,
            sent: pieces.iter().filter_map(|p| p.stamped).max(),
            digests: pieces.iter().map(|p| p.digest.clone()).collect(),
            places: pieces.iter().filter_map(|p| p.place.clone()).collect(),
            was_stored: listed,
            ..Item::default()
        };
        match whole.ports {
            Some((mms::PORT, _)) => return self.pushed(item, &whole.octets),
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
                let taken = self.take_up(Item {
                    kind: InboxKind::Sms,
                    state: InboxState::Here,
                    size: (whole.text.len() + whole.octets.len()) as u64,
                    text: whole.text,
                    says,
                    ..item
                });
                return taken.is_some();
            }
        }
        true
    }

    fn take_up(&mut self, item: Item) -> Option<Item> {
        match self.receiving.inbox.add(item) {
            Ok(item) => {
                let event = self.tell_item(&item);
                if let Some(why) = self.receiving.inbox.why_unkept() {
                    let text = format!(
                        "message {} was handed on by the modem and is only in memory, gone when mmscope ends: {why}",
                        item.id
                    );
                    self.say(Level::Alarm, text);
                }
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

    /// Returns false where what came could not be kept.
    fn pushed(&mut self, item: Item, octets: &[u8]) -> bool {
        let push = match Push::read(octets) {
            Ok(push) => push,
            Err(e) => {
                self.say(Level::Warning, format!("a WAP push cannot be read: {e}"));
                return true;
            }
        };
        if !push.is_mms() {
            let kind = push.content_type.media_type().escape_default().to_string();
            self.say(
                Level::Info,
                format!("a WAP push of {kind} came; it is no MMS"),
            );
            return true;
        }
        pipeline::tell_pdu(&self.gear, None, Direction::Rx, &push.body);
        let pdu = Pdu::decode(&push.body).pdu;
        let listed = item.was_stored;
        match pdu.message_type() {
            Some(MessageType::NOTIFICATION_IND) => {
                if let Ok(notification) = NotificationInd::read(&pdu) {
                    return self.notified(item, notification);
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
        true
    }

    /// A message waits at the MMSC. Returns false where that could not be kept.
    fn notified(&mut self, item: Item, notification: NotificationInd) -> bool {
        let location = notification.content_location;
        if let Some(id) = self.receiving.inbox.with_location(&location) {
            self.notified_again(id, item);
            return true;
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
            return false;
        };
        let by_itself = self.config.receive == Receive::Fetch
            && !self.read_only
            && !from_before
            && self.receiving.inbox.why_unkept().is_none();
        if by_itself && item.state.can_be_fetched() {
            self.fetch(item.id, super::fetching::Act::Fetch);
        }
        true
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
}

//! What comes in: TPDUs put together and told apart, kept before anything else is done with them.
//!
//! In: TPDUs, direct or from the modem's store. Out: messages in the inbox, as events; WAP pushes for [`super::pushed`], reports for [`super::tying`]. Never here:
//! the modem.
use super::Actor;
use super::parts::{self, Piece};
use crate::event::{InboxKind, InboxState, Level};
use crate::inbox::{Item, Place};
use crate::mms;
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
        if place.is_none() {
            self.take_over();
        }
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

    /// What was handed on must be kept: an inbox that was only looked at becomes this session's. Where another process keeps it, keeping says so.
    fn take_over(&mut self) {
        let Ok(true) = self.receiving.inbox.take_over() else {
            return;
        };
        if let Some(caution) = self.receiving.inbox.caution() {
            self.say(Level::Warning, caution);
        }
        self.restore_parts();
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
    pub(super) fn keep_unkept(&mut self) {
        for (whole, pieces, listed) in std::mem::take(&mut self.receiving.unkept) {
            if self.whole(whole.clone(), &pieces, listed) {
                self.settle_parts(&pieces);
            } else {
                self.receiving.unkept.push((whole, pieces, listed));
            }
        }
        let written = self.receiving.inbox.keep_rest();
        if written > 0 {
            let text =
                format!("{written} part(s) of messages that were only in memory are kept now");
            self.say(Level::Info, text);
        }
    }

    /// Parts that an earlier session left waiting wait on; those whose message is here, and those that are too old, do not.
    pub(super) fn restore_parts(&mut self) {
        // What is only looked at is settled by whoever keeps it.
        if !self.receiving.inbox.is_own() {
            return;
        }
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
                return self.took_sms(item, whole);
            }
        }
        true
    }

    /// An SMS for a person. What is no text of it is kept as a file.
    fn took_sms(&mut self, item: Item, whole: Joined) -> bool {
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
        let Some(taken) = taken else { return false };
        if whole.octets.is_empty() {
            return true;
        }
        let data = mms::Part {
            content_type: "application/octet-stream".to_owned(),
            name: Some("data.bin".to_owned()),
            data: whole.octets.into(),
            ..mms::Part::default()
        };
        match self.receiving.inbox.save(taken.id, &[data], |_| ()) {
            Ok(item) => drop(self.tell_item(&item)),
            Err(e) => {
                let text = format!("the octets of message {} cannot be kept: {e}", taken.id);
                self.say(Level::Alarm, text);
            }
        }
        true
    }

    pub(super) fn take_up(&mut self, item: Item) -> Option<Item> {
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
}

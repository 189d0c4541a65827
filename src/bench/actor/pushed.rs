//! What a WAP push brings: an MMS that waits at the MMSC, or a report on one that went out.
//!
//! In: the octets of a push, put together from their parts. Out: messages in the inbox, as events; reports for [`super::tying`]. Never here: the modem,
//! fetching the MMS.
use super::Actor;
use super::fetching::Act;
use super::tying::Heard;
use crate::config::Receive;
use crate::event::{Direction, InboxKind, InboxState, Level};
use crate::inbox::Item;
use crate::mms::{
    Address, DeliveryInd, MessageType, NotificationInd, Pdu, Push, ReadReport, Sender, Time,
};
use crate::pipeline;
use crate::profile::Endpoint;

impl Actor {
    /// Returns false where what came could not be kept.
    pub(super) fn pushed(&mut self, item: Item, octets: &[u8]) -> bool {
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
            self.fetch(item.id, Act::Fetch);
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
            self.fetch(id, Act::Answer);
        }
    }
}

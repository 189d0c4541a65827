//! From the acceptance of a message to its recipients: who gets it, when, and what its sender hears of that.
//!
//! Comes in: an accepted message. Goes out: bubbles, what waits for the line, M-Delivery.ind and M-Read-Orig.ind for the push. Never here: HTTP.
//!
//! Source: OMA-TS-MMS_ENC sections 6.5 (delivery report), 6.7 (read report).
use std::sync::Arc;

use super::Mmsc;
use super::spec::{MmsPhone, Reading};
use crate::mms::{
    Address, DeliveryInd, Field, From, Options, Part, Pdu, ReadReport, Sender, Status, Version,
};
use crate::simulator::phone::{Delivered, canonical};
use crate::simulator::task::beside;

/// What the sender of a message wants to hear, and of which message.
#[derive(Debug, Clone)]
pub(super) struct Receipt {
    pub message_id: String,
    pub delivery: bool,
    pub read: bool,
}

impl Mmsc {
    /// Each recipient gets the message once, however often it is named.
    pub(super) fn deliver(
        self: &Arc<Self>,
        message: &Pdu,
        size: usize,
        message_id: &str,
        sender: Option<&str>,
    ) {
        let from = match message.from() {
            Some(From::Address(address)) => Address::read(&address.to_text()).text,
            _ => sender.unwrap_or("unknown sender").to_owned(),
        };
        let options = Options::read(message);
        let own = self.spec.push && self.is_line(&from);
        let receipt = Receipt {
            message_id: message_id.to_owned(),
            delivery: own && options.delivery_report == Some(true),
            read: own && options.read_report == Some(true),
        };
        let shown = on_screen(message, &from);
        let (mut reached, mut waits) = (Vec::new(), false);
        for to in message.recipients() {
            let number = canonical(&to.text);
            if reached.contains(&number) {
                continue;
            }
            reached.push(number);
            if self.is_for_line(&to.text) {
                waits = true;
                self.keep_and_notify(message, size, &from, &receipt);
            } else {
                let to = to.text;
                self.send_on(
                    Delivered {
                        to,
                        ..shown.clone()
                    },
                    receipt.clone(),
                );
            }
        }
        if !waits {
            self.keep_copy(message, size, &from, &receipt);
        }
    }

    fn send_on(self: &Arc<Self>, message: Delivered, receipt: Receipt) {
        let number = canonical(&message.to);
        let mut phone = self.spec.phones.iter();
        let phone = phone.rfind(|p| canonical(&p.number) == number);
        let asks = receipt.delivery || receipt.read;
        if self.spec.deliver_after_ms == 0 && phone.is_none() && !asks {
            return self.hand_over(message);
        }
        let (mmsc, phone) = (self.clone(), phone.cloned());
        beside(async move {
            mmsc.pause(mmsc.spec.deliver_after_ms).await;
            mmsc.reach(message, phone, receipt).await;
        });
    }

    fn hand_over(&self, message: Delivered) {
        let at_ms = self.now_ms();
        self.phones.deliver(Delivered { at_ms, ..message });
    }

    /// One phone gets, refuses or misses a message, and the line hears what it wants to hear.
    async fn reach(self: Arc<Self>, message: Delivered, phone: Option<MmsPhone>, receipt: Receipt) {
        let to = message.to.clone();
        let mut status = phone
            .as_ref()
            .map_or(Status::RETRIEVED, |phone| Status(phone.status.0));
        if let Some(phone) = &phone {
            self.pause(phone.after_ms).await;
            if status == Status::DEFERRED {
                if receipt.delivery {
                    self.report_delivery(&receipt.message_id, &to, status);
                }
                self.pause(phone.after_ms).await;
                status = Status::RETRIEVED;
            }
        }
        if status == Status::RETRIEVED {
            self.hand_over(message);
        }
        if receipt.delivery {
            self.report_delivery(&receipt.message_id, &to, status);
        }
        let reads = phone.and_then(|phone| Some((phone.reads?, phone.reads_after_ms)));
        if let (true, Some((reading, ms)), Status::RETRIEVED) = (receipt.read, reads, status) {
            self.pause(ms).await;
            self.report_reading(&receipt.message_id, &to, reading);
        }
    }

    pub(super) fn report_delivery(self: &Arc<Self>, message_id: &str, to: &str, status: Status) {
        let Some(line) = self.line.get() else { return };
        let report = DeliveryInd {
            version: Version::V1_2,
            message_id: message_id.to_owned(),
            to: to.to_owned(),
            date: (line.now)(),
            status,
            status_text: None,
        };
        self.push(&report.pdu());
    }

    /// M-Read-Orig.ind: From is who read it, To whose message it was.
    fn report_reading(self: &Arc<Self>, message_id: &str, reader: &str, reading: Reading) {
        let Some(line) = self.line.get() else { return };
        let report = ReadReport {
            version: Version::V1_2,
            message_id: message_id.to_owned(),
            to: line.number.clone().unwrap_or_default(),
            from: Sender::Address(reader.to_owned()),
            date: Some((line.now)()),
            read: reading == Reading::Read,
        };
        self.push(&report.orig());
    }
}

/// A message as phones show it: who else has it is in To and Cc.
fn on_screen(message: &Pdu, from: &str) -> Delivered {
    let parts = message.parts();
    let texts: Vec<String> = parts
        .iter()
        .filter(|part| part.content_type == "text/plain")
        .filter_map(Part::text)
        .collect();
    let shared_with = [Field::To, Field::Cc]
        .iter()
        .flat_map(|field| message.addresses(field));
    Delivered {
        from: from.to_owned(),
        subject: message.text(&Field::Subject),
        text: texts.join("\n"),
        shared_with: shared_with.map(|address| address.text).collect(),
        parts,
        ..Delivered::default()
    }
}

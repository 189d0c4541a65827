//! The short message service centre of a world. Comes in: SMS-SUBMIT from the module, texts from phones, WAP pushes from the MMSC.
//! Goes out: bubbles on phones, and TPDUs on their way to the module. Never here: AT, and what the module does with a TPDU.
//!
//! Source: 3GPP TS 23.040 sections 3 (the service), 9.2.2 (TPDUs), 9.2.3.12 (validity).
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc;

use super::clock::Clock;
use super::inbox::{Arrival, Inbox};
use super::pace::Pace;
use super::phone::{Delivered, Kind, Phones, canonical};
use super::task::beside;
use super::world::{Order, SmsPhone, SmsSpec};
use crate::sms::{
    Address, Deliver, Moment, StatusReport, Submit, Tpdu, UserData, Validity, parts_of,
    parts_to_port,
};

/// TP-ST of a message whose validity period passed (TS 23.040 section 9.2.3.15).
const EXPIRED: u8 = 0x46;

/// How the network answers a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// It will see to it.
    Accepted,
    /// With the number of `+CMS ERROR`.
    Refused(u16),
    /// Not at all.
    Silence,
}

/// The service centre.
pub(super) struct Centre {
    spec: SmsSpec,
    pace: Pace,
    clock: Clock,
    phones: Phones,
    /// The number of the line that the module has, as [`canonical`] writes it.
    line: Option<String>,
    to_line: mpsc::UnboundedSender<Tpdu>,
    state: Mutex<Desk>,
}

struct Desk {
    submissions: u64,
    reference: u8,
    inbox: Inbox,
    chance: fastrand::Rng,
}

impl Centre {
    /// A service centre for a line; what is for it goes into `to_line`.
    pub fn new(
        spec: SmsSpec,
        pace: Pace,
        clock: Clock,
        phones: Phones,
        line: Option<&str>,
        seed: u64,
        to_line: mpsc::UnboundedSender<Tpdu>,
    ) -> Arc<Self> {
        Arc::new(Centre {
            spec,
            pace,
            clock,
            phones,
            line: line.map(canonical),
            to_line,
            state: Mutex::new(Desk {
                submissions: 0,
                reference: 0x40,
                inbox: Inbox::default(),
                chance: fastrand::Rng::with_seed(seed),
            }),
        })
    }

    /// What the world says about it.
    pub fn spec(&self) -> &SmsSpec {
        &self.spec
    }

    /// The clock that it stamps with.
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// The module hands over a message, its reference already in it.
    pub fn submit(self: &Arc<Self>, submit: Submit) -> Answer {
        let number = {
            let mut desk = self.desk();
            desk.submissions += 1;
            desk.submissions
        };
        if let Some(failure) = self.spec.fail.iter().find(|f| f.submission == number) {
            return Answer::Refused(failure.cms);
        }
        if self.spec.silent.contains(&number) {
            return Answer::Silence;
        }
        let to = canonical(&submit.to.shown());
        if let Some(cms) = self.phone(&to).and_then(|phone| phone.refused) {
            return Answer::Refused(cms);
        }
        if !self.spec.lost.contains(&number) {
            beside(self.clone().carry(to, submit));
        }
        Answer::Accepted
    }

    /// A phone sends a text to this line; a long one comes in parts.
    pub fn text_to_line(self: &Arc<Self>, from: &str, text: &str) {
        let parts = parts_of(text, self.next_reference()).unwrap_or_default();
        self.to_line_in_parts(sender(from), parts);
    }

    /// The MMSC has something for the client of this line: it goes to the port of WAP push, in as many parts as it takes.
    pub fn push(self: &Arc<Self>, from: &str, push: &[u8], destination: u16, source: u16) {
        let reference = self.next_reference();
        let parts = parts_to_port(push, destination, source, reference).unwrap_or_default();
        self.to_line_in_parts(sender(from), parts);
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next_reference(&self) -> u8 {
        let mut desk = self.desk();
        desk.reference = desk.reference.wrapping_add(1);
        desk.reference
    }

    fn phone(&self, number: &str) -> Option<&SmsPhone> {
        let is = |phone: &&SmsPhone| canonical(&phone.number) == number;
        self.spec.phones.iter().find(is)
    }

    /// From the acceptance of a message to its last report.
    async fn carry(self: Arc<Self>, to: String, submit: Submit) {
        let accepted = self.clock.moment();
        let phone = self.phone(&to).cloned();
        self.pace.wait(self.spec.deliver_after_ms).await;
        if let Some(away) = phone.as_ref().and_then(|phone| phone.reachable_after_ms) {
            let patience = submit.validity.and_then(validity_ms);
            if let Some(patience) = patience.filter(|&patience| patience < away) {
                self.pace.wait(patience).await;
                return self.report(&submit, accepted, &[EXPIRED]).await;
            }
            self.pace.wait(away).await;
        }
        let reports = phone
            .and_then(|phone| phone.reports)
            .unwrap_or_else(|| self.spec.reports.clone());
        if reports.last().is_none_or(|status| *status < 0x40) {
            self.hand_over(&to, &submit);
        }
        self.report(&submit, accepted, &reports).await;
    }

    async fn report(&self, submit: &Submit, accepted: Moment, statuses: &[u8]) {
        if !submit.report {
            return;
        }
        for &status in statuses {
            let done = self.clock.moment();
            self.pace.wait(self.spec.report_after_ms).await;
            self.send(Tpdu::StatusReport(StatusReport {
                reference: submit.reference,
                to: submit.to.clone(),
                at: accepted,
                done,
                status,
                last: true,
            }));
        }
    }

    fn hand_over(self: &Arc<Self>, to: &str, submit: &Submit) {
        let from = self.line.clone().unwrap_or_else(|| "unknown".to_owned());
        if self.line.as_deref() == Some(to) {
            let mut deliver = self.stamped(sender(&from), submit.data.clone());
            deliver.protocol = submit.protocol;
            deliver.coding = submit.coding;
            return self.send_as_told(Tpdu::Deliver(deliver));
        }
        let arrival = self.desk().inbox.take(to, &from, submit.data.clone());
        match arrival {
            Arrival::Whole(text) => self.show(to, &from, text, 0),
            Arrival::First(serial) => {
                let patient = self.clone();
                beside(async move {
                    patient.pace.wait(patient.spec.join_wait_ms).await;
                    let torn = patient.desk().inbox.give_up(serial);
                    if let Some(torn) = torn {
                        patient.show(&torn.phone, &torn.from, torn.text, torn.missing);
                    }
                });
            }
            Arrival::Nothing => {}
        }
    }

    fn show(&self, to: &str, from: &str, text: String, missing: u8) {
        self.phones.deliver(Delivered {
            to: to.to_owned(),
            from: from.to_owned(),
            text,
            kind: Kind::Sms,
            missing_parts: missing,
            at_ms: self.pace.elapsed_ms(),
            ..Delivered::default()
        });
    }

    fn to_line_in_parts(self: &Arc<Self>, from: Address, mut parts: Vec<UserData>) {
        match self.spec.order {
            Order::Sent => {}
            Order::Reversed => parts.reverse(),
            Order::Shuffled => {
                let sent = parts.clone();
                self.desk().chance.shuffle(&mut parts);
                if parts == sent {
                    parts.reverse();
                }
            }
        }
        let centre = self.clone();
        beside(async move {
            let count = parts.len();
            for (index, data) in parts.into_iter().enumerate() {
                centre.pace.wait(centre.spec.part_gap_ms).await;
                let mut deliver = centre.stamped(from.clone(), data);
                deliver.last = index + 1 == count;
                centre.send_as_told(Tpdu::Deliver(deliver));
            }
        });
    }

    fn stamped(&self, from: Address, data: UserData) -> Deliver {
        Deliver {
            from,
            protocol: 0,
            coding: data.content.alphabet().dcs(),
            at: self.clock.moment(),
            last: true,
            report: false,
            reply_path: false,
            data,
            whole: true,
        }
    }

    fn send_as_told(&self, tpdu: Tpdu) {
        if self.spec.duplicates {
            self.send(tpdu.clone());
        }
        self.send(tpdu);
    }

    fn send(&self, tpdu: Tpdu) {
        // Nobody listens once the module has been switched off for good.
        let _ = self.to_line.send(tpdu);
    }
}

/// Who a message is from: a number, or a name in letters.
fn sender(from: &str) -> Address {
    let digits: String = from.chars().filter(|c| !" -.()".contains(*c)).collect();
    Address::number(&digits).unwrap_or_else(|| Address {
        kind: 0xD0,
        text: from.chars().filter(char::is_ascii).take(11).collect(),
    })
}

/// A relative validity period in ms (TS 23.040 section 9.2.3.12.1). The other forms name a moment or are seldom used: this centre keeps such
/// messages until they can be delivered.
fn validity_ms(validity: Validity) -> Option<u64> {
    let Validity::Relative(octet) = validity else {
        return None;
    };
    let value = u64::from(octet);
    let minutes = match octet {
        0..=143 => (value + 1) * 5,
        144..=167 => 12 * 60 + (value - 143) * 30,
        168..=196 => (value - 166) * 24 * 60,
        197..=255 => (value - 192) * 7 * 24 * 60,
    };
    Some(minutes * 60_000)
}

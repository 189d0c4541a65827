//! The way back to the line: messages that wait for it, the pushes that tell of them, their retrieval.
//!
//! Comes in: accepted messages, GETs, M-NotifyResp.ind, M-Acknowledge.ind. Goes out: M-Notification.ind for the push, M-Retrieve.conf. Never here: how a
//! push travels, and other recipients.
//!
//! Source: OMA-TS-MMS_ENC sections 6.2 to 6.7; OMA-TS-MMS_CTR section 8 (which transaction ends how).
use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;
use hyper::StatusCode;

use super::delivery::Receipt;
use super::{Answer, Mmsc};
use crate::mms::{
    AcknowledgeInd, Field, MessageClass, NotificationInd, NotifyRespInd, Options, Pdu,
    RetrieveConf, Status, Time, Version, Visibility,
};
use crate::simulator::phone::canonical;
use crate::simulator::task::beside;

/// So many messages are kept; the oldest gives way.
const MOST_KEPT: usize = 10_000;
/// So many octets of messages are kept.
const MOST_OCTETS: usize = 64 << 20;
/// How long a message is kept where the world does not say: three days, in seconds.
const PATIENCE: u64 = 3 * 24 * 60 * 60;
/// X-Mms-Retrieve-Status: Error-permanent-message-not-found; what a GET of an expired message gets.
const NOT_FOUND: u8 = 0xE2;
/// Where waiting messages are, behind the beginning of the Content-Location.
const PLACE: &str = "/m/";

/// The line that an MMSC serves.
pub struct Line {
    /// Its number; a message to it waits here and is notified of.
    pub number: Option<String>,
    /// What X-Mms-Content-Location begins with, without a slash at the end: `http://mmsc.example`.
    pub base: String,
    /// Messages for other numbers wait here as well, without a notification, for whoever looks.
    pub keeps_all: bool,
    /// Brings an MMS PDU to the line as a WAP push.
    pub push: Box<dyn Fn(Vec<u8>) + Send + Sync>,
    /// Seconds since 1970 UTC.
    pub now: Box<dyn Fn() -> u64 + Send + Sync>,
}

impl std::fmt::Debug for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {:?} at {}", self.number, self.base)
    }
}

/// What has become of a message for the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitingState {
    /// It waits.
    Waiting,
    /// The client has said that it will fetch it later.
    Deferred,
    /// It was fetched; the client has not said that it has it.
    Fetched,
    /// The client has said that it has it; it is here no more.
    Acknowledged,
    /// The client has refused it; it is here no more.
    Rejected,
    /// Its time has passed; it is here no more.
    Expired,
}

/// A message for the line, for looking from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingMessage {
    /// Message-ID.
    pub message_id: String,
    /// X-Mms-Transaction-Id of its notification.
    pub transaction_id: String,
    /// X-Mms-Content-Location of its notification.
    pub content_location: String,
    /// The sender.
    pub from: String,
    /// What has become of it.
    pub state: WaitingState,
}

/// The messages that wait.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    kept: VecDeque<Kept>,
    octets: usize,
}

#[derive(Debug, Clone)]
struct Kept {
    key: String,
    message_id: String,
    from: String,
    date: u64,
    size: usize,
    state: WaitingState,
    /// The line itself sent it and wants to know.
    wants_delivery: bool,
    message: Pdu,
}

impl Kept {
    fn notification_id(&self) -> String {
        format!("n{}", self.key)
    }

    fn retrieval_id(&self) -> String {
        format!("r{}", self.key)
    }

    fn is_here(&self) -> bool {
        use WaitingState::{Deferred, Fetched, Waiting};
        matches!(self.state, Waiting | Deferred | Fetched)
    }
}

impl Shelf {
    fn put(&mut self, kept: Kept) {
        self.octets += kept.size;
        self.kept.push_back(kept);
        while self.kept.len() > MOST_KEPT || (self.octets > MOST_OCTETS && self.kept.len() > 1) {
            self.octets -= self.kept.pop_front().map_or(0, |gone| gone.size);
        }
    }

    fn find(&mut self, is: impl Fn(&Kept) -> bool) -> Option<&mut Kept> {
        self.kept.iter_mut().find(|kept| is(kept))
    }
}

impl Mmsc {
    /// Gives the MMSC a line to serve; the first one stays. Call it before anything is served.
    pub fn connect(&self, line: Line) {
        // A second line would be a mistake of the caller's; the first one goes on as it is.
        let _ = self.line.set(line);
    }

    /// The messages that are or were here for the line, oldest first.
    pub fn waiting(&self) -> Vec<WaitingMessage> {
        let line = self.line.get();
        let base = line.map_or("", |line| line.base.as_str());
        let shown = |kept: &Kept| WaitingMessage {
            message_id: kept.message_id.clone(),
            transaction_id: kept.notification_id(),
            content_location: format!("{base}{PLACE}{}", kept.key),
            from: kept.from.clone(),
            state: kept.state,
        };
        self.shelf().kept.iter().map(shown).collect()
    }

    /// Whether a message to this address waits here for the line.
    pub(super) fn is_for_line(&self, to: &str) -> bool {
        self.spec.push && self.is_line(to)
    }

    /// Whether this is the line's own number.
    pub(super) fn is_line(&self, number: &str) -> bool {
        let own = self.line.get().and_then(|line| line.number.as_deref());
        own.is_some_and(|own| canonical(own) == canonical(number))
    }

    /// Keeps a message for whoever looks, where that is wanted.
    pub(super) fn keep_copy(&self, message: &Pdu, size: usize, from: &str, receipt: &Receipt) {
        if self.line.get().is_some_and(|line| line.keeps_all) {
            self.keep(message, size, from, receipt);
        }
    }

    /// Keeps a message for the line and tells it.
    pub(super) fn keep_and_notify(
        self: &Arc<Self>,
        message: &Pdu,
        size: usize,
        from: &str,
        receipt: &Receipt,
    ) {
        let Some(line) = self.line.get() else { return };
        let key = self.keep(message, size, from, receipt);
        let options = Options::read(message);
        let seconds = self.spec.expires_after_ms.map_or(PATIENCE, |ms| ms / 1000);
        let notification = NotificationInd {
            transaction_id: format!("n{key}"),
            version: Version::V1_2,
            from: (options.visibility != Some(Visibility::Hide)).then(|| from.to_owned()),
            subject: message.subject(),
            class: options.class.unwrap_or(MessageClass::Personal),
            size: size as u64,
            expiry: Some(Time::Relative(crate::mms::Integer::long(seconds))),
            content_location: format!("{}{PLACE}{key}", line.base),
        };
        self.push(&notification.pdu());
        if let Some(ms) = self.spec.expires_after_ms {
            let mmsc = self.clone();
            beside(async move {
                mmsc.pause(ms).await;
                mmsc.end(|kept| kept.key == key, WaitingState::Expired, None);
            });
        }
    }

    /// Puts a message on the shelf; its key is what stands before the `@` of its Message-ID.
    fn keep(&self, message: &Pdu, size: usize, from: &str, receipt: &Receipt) -> String {
        let now = self.line.get().map_or(0, |line| (line.now)());
        let id = &receipt.message_id;
        let key = id.split('@').next().unwrap_or(id).to_owned();
        self.shelf().put(Kept {
            key: key.clone(),
            message_id: id.clone(),
            from: from.to_owned(),
            date: message.date().unwrap_or(now),
            size,
            state: WaitingState::Waiting,
            wants_delivery: receipt.delivery,
            message: message.clone(),
        });
        key
    }

    /// Whether a path is that of a waiting message; then its key.
    pub(super) fn place<'a>(&self, path: &'a str) -> Option<&'a str> {
        let served = self.spec.push || self.line.get().is_some_and(|line| line.keeps_all);
        let (_, key) = path.rsplit_once(PLACE)?;
        served.then_some(key)
    }

    /// The answer to a GET of a waiting message.
    pub(super) fn retrieve(&self, key: &str) -> Answer {
        let spec = &self.spec.retrieve;
        let status =
            StatusCode::from_u16(spec.http_status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let with = |body: Bytes| Answer {
            status,
            content_type: spec.content_type.clone(),
            body,
        };
        if let Some(text) = &spec.body {
            return with(Bytes::from(text.clone()));
        }
        if !status.is_success() {
            return Answer::text(status, status.canonical_reason().unwrap_or("Failure"));
        }
        match self.retrieval(key).encode() {
            Ok(octets) => with(octets.into()),
            Err(error) => Answer::text(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
        }
    }

    fn retrieval(&self, key: &str) -> Pdu {
        let spec = &self.spec.retrieve;
        let mut shelf = self.shelf();
        let kept = shelf.find(|kept| kept.key == key && kept.is_here());
        let (status, text) = match kept {
            Some(kept) if spec.status.0 == 0x80 => {
                if kept.state != WaitingState::Deferred {
                    kept.state = WaitingState::Fetched;
                }
                return whole(kept, spec.text.clone());
            }
            Some(_) => (spec.status.0, spec.text.clone()),
            None => (NOT_FOUND, None),
        };
        let refusal = RetrieveConf {
            transaction_id: None,
            version: Version::V1_2,
            message_id: None,
            date: self.line.get().map(|line| (line.now)()),
            from: None,
            to: Vec::new(),
            cc: Vec::new(),
            subject: None,
            options: Options::default(),
            retrieve_status: Some(status),
            retrieve_text: text,
            parts: Vec::new(),
        };
        refusal.pdu()
    }

    /// The client has said what it does about a notification.
    pub(super) fn notified(self: &Arc<Self>, pdu: &Pdu) {
        let Ok(answer) = NotifyRespInd::read(pdu) else {
            return;
        };
        let is = |kept: &Kept| kept.notification_id() == answer.transaction_id;
        match answer.status {
            Status::DEFERRED => {
                if let Some(kept) = self.shelf().find(is).filter(|kept| kept.is_here()) {
                    kept.state = WaitingState::Deferred;
                }
            }
            Status::RETRIEVED => self.end(is, WaitingState::Acknowledged, answer.report_allowed),
            Status::REJECTED => self.end(is, WaitingState::Rejected, answer.report_allowed),
            _ => {}
        }
    }

    /// The client has said that it has a message.
    pub(super) fn acknowledged(self: &Arc<Self>, pdu: &Pdu) {
        if let Ok(answer) = AcknowledgeInd::read(pdu) {
            let is = |kept: &Kept| kept.retrieval_id() == answer.transaction_id;
            self.end(is, WaitingState::Acknowledged, answer.report_allowed);
        }
    }

    /// A message is here no more; whoever sent it hears of it if it was the line itself and the recipient allows it.
    fn end(
        self: &Arc<Self>,
        is: impl Fn(&Kept) -> bool,
        state: WaitingState,
        report_allowed: Option<bool>,
    ) {
        let ended = {
            let mut shelf = self.shelf();
            let Some(kept) = shelf.find(is).filter(|kept| kept.is_here()) else {
                return;
            };
            kept.state = state;
            (
                kept.wants_delivery && report_allowed != Some(false),
                kept.message_id.clone(),
            )
        };
        let status = match state {
            WaitingState::Rejected => Status::REJECTED,
            WaitingState::Expired => Status::EXPIRED,
            _ => Status::RETRIEVED,
        };
        let own = self.line.get().and_then(|line| line.number.clone());
        if let (true, message_id, Some(own)) = (ended.0, ended.1, own) {
            self.report_delivery(&message_id, &own, status);
        }
    }

    pub(super) fn push(self: &Arc<Self>, pdu: &Pdu) {
        if !self.spec.push {
            return;
        }
        // What the MMSC itself has composed can be encoded, or else is no PDU that a phone could read.
        let Ok(octets) = pdu.encode() else { return };
        let mmsc = self.clone();
        beside(async move {
            mmsc.pause(mmsc.spec.push_after_ms).await;
            if let Some(line) = mmsc.line.get() {
                (line.push)(octets);
            }
        });
    }
}

/// The M-Retrieve.conf of a message: its body as it came, To and Cc but never Bcc.
fn whole(kept: &Kept, text: Option<String>) -> Pdu {
    let asked = Options::read(&kept.message);
    let list = |field| {
        let addresses = kept.message.addresses(&field).into_iter();
        addresses.map(|address| address.raw).collect()
    };
    let hidden = asked.visibility == Some(Visibility::Hide);
    let conf = RetrieveConf {
        transaction_id: Some(kept.retrieval_id()),
        version: Version::V1_2,
        message_id: Some(kept.message_id.clone()),
        date: Some(kept.date),
        from: (!hidden).then(|| kept.from.clone()),
        to: list(Field::To),
        cc: list(Field::Cc),
        subject: kept.message.subject(),
        options: Options {
            class: asked.class,
            priority: asked.priority,
            delivery_report: asked.delivery_report,
            read_report: asked.read_report,
            ..Options::default()
        },
        retrieve_status: Some(0x80),
        retrieve_text: text,
        parts: kept.message.parts(),
    };
    Pdu {
        content_type: kept.message.content_type.clone(),
        body: kept.message.body.clone(),
        ..conf.pdu()
    }
}

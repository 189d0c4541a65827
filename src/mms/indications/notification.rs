//! What the MMSC announces, and the client's first word on it. Source: OMA-TS-MMS_ENC section 6.2.

use super::{Headers, Status, WrongPdu, must_be, report_allowed, version, yes_no};
use crate::mms::field::{Field, MessageType, Version};
use crate::mms::options::{MessageClass, Options};
use crate::mms::pdu::{From, Pdu, Time, Value};
use crate::mms::send_req::Sender;
use crate::mms::text::Integer;

/// M-Notification.ind: a message waits at the MMSC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotificationInd {
    /// X-Mms-Transaction-Id, which the answer repeats.
    pub transaction_id: String,
    /// X-Mms-MMS-Version.
    pub version: Version,
    /// From, as it stands; `None` where the sender is not shown.
    pub from: Option<String>,
    /// Subject.
    pub subject: Option<String>,
    /// X-Mms-Message-Class.
    pub class: MessageClass,
    /// X-Mms-Message-Size, in octets; approximate.
    pub size: u64,
    /// X-Mms-Expiry: until when it can be fetched.
    pub expiry: Option<Time>,
    /// X-Mms-Content-Location: the URI to GET.
    pub content_location: String,
}

impl NotificationInd {
    /// Reads it.
    ///
    /// # Errors
    /// Another PDU.
    pub fn read(pdu: &Pdu) -> Result<Self, WrongPdu> {
        must_be(pdu, MessageType::NOTIFICATION_IND)?;
        Ok(Self {
            transaction_id: pdu.transaction_id().unwrap_or_default(),
            version: version(pdu),
            from: match pdu.from() {
                Some(From::Address(address)) => Some(address.to_text()),
                _ => None,
            },
            subject: pdu.subject(),
            class: Options::read(pdu).class.unwrap_or(MessageClass::Personal),
            size: pdu.integer(&Field::MessageSize).unwrap_or(0),
            expiry: pdu.time(&Field::Expiry),
            content_location: pdu.text(&Field::ContentLocation).unwrap_or_default(),
        })
    }

    /// The PDU that says it.
    pub fn pdu(&self) -> Pdu {
        let mut headers = Headers::new(MessageType::NOTIFICATION_IND);
        headers
            .text(Field::TransactionId, &self.transaction_id)
            .version(self.version);
        if let Some(from) = &self.from {
            headers.from(&Sender::Address(from.clone()));
        }
        if let Some(subject) = &self.subject {
            headers.encoded(Field::Subject, subject);
        }
        headers
            .put(Field::MessageClass, self.class.value())
            .put(Field::MessageSize, Value::Integer(Integer::long(self.size)));
        if let Some(expiry) = self.expiry {
            headers.put(Field::Expiry, Value::Time(expiry));
        }
        headers
            .text(Field::ContentLocation, &self.content_location)
            .pdu()
    }
}

/// M-NotifyResp.ind: what the client does about a notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotifyRespInd {
    /// That of the notification.
    pub transaction_id: String,
    /// X-Mms-MMS-Version.
    pub version: Version,
    /// X-Mms-Status.
    pub status: Status,
    /// X-Mms-Report-Allowed: whether the sender may be told of the delivery.
    pub report_allowed: Option<bool>,
}

impl NotifyRespInd {
    /// Reads it. A missing status counts as 85, indeterminate.
    ///
    /// # Errors
    /// Another PDU.
    pub fn read(pdu: &Pdu) -> Result<Self, WrongPdu> {
        must_be(pdu, MessageType::NOTIFY_RESP_IND)?;
        Ok(Self {
            transaction_id: pdu.transaction_id().unwrap_or_default(),
            version: version(pdu),
            status: Status(pdu.token(&Field::Status).unwrap_or(0x85)),
            report_allowed: report_allowed(pdu),
        })
    }

    /// The PDU that says it.
    pub fn pdu(&self) -> Pdu {
        let mut headers = Headers::new(MessageType::NOTIFY_RESP_IND);
        headers
            .text(Field::TransactionId, &self.transaction_id)
            .version(self.version)
            .put(Field::Status, Value::Token(self.status.0));
        if let Some(said) = self.report_allowed {
            headers.put(Field::ReportAllowed, yes_no(said));
        }
        headers.pdu()
    }
}

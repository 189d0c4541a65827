//! Forwarding a message that was not fetched. Source: OMA-TS-MMS_ENC section 6.6.

use super::{Headers, WrongPdu, must_be, sender, version};
use crate::mms::field::{Field, MessageType, Version};
use crate::mms::options::Options;
use crate::mms::pdu::{Pdu, Value};
use crate::mms::send_req::Sender;
use crate::mms::status::ResponseStatus;

/// M-Forward.req: have the MMSC forward a message that was not fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForwardReq {
    /// X-Mms-Transaction-Id.
    pub transaction_id: String,
    /// X-Mms-MMS-Version.
    pub version: Version,
    /// Date, in seconds since 1970 UTC.
    pub date: Option<u64>,
    /// From.
    pub from: Sender,
    /// Addresses of To.
    pub to: Vec<String>,
    /// Addresses of Cc.
    pub cc: Vec<String>,
    /// Addresses of Bcc.
    pub bcc: Vec<String>,
    /// Expiry, delivery time, reports; class, priority and visibility do not belong here and are not written.
    pub options: Options,
    /// X-Mms-Content-Location of the notification.
    pub content_location: String,
}

impl ForwardReq {
    /// Reads it.
    ///
    /// # Errors
    /// Another PDU.
    pub fn read(pdu: &Pdu) -> Result<Self, WrongPdu> {
        must_be(pdu, MessageType::FORWARD_REQ)?;
        let list = |field| pdu.addresses(&field).into_iter().map(|a| a.raw).collect();
        Ok(Self {
            transaction_id: pdu.transaction_id().unwrap_or_default(),
            version: version(pdu),
            date: pdu.date(),
            from: sender(pdu),
            to: list(Field::To),
            cc: list(Field::Cc),
            bcc: list(Field::Bcc),
            options: Options::read(pdu),
            content_location: pdu.text(&Field::ContentLocation).unwrap_or_default(),
        })
    }

    /// The PDU that says it.
    pub fn pdu(&self) -> Pdu {
        let mut headers = Headers::new(MessageType::FORWARD_REQ);
        headers
            .text(Field::TransactionId, &self.transaction_id)
            .version(self.version);
        if let Some(date) = self.date {
            headers.date(date);
        }
        headers.from(&self.from);
        for (field, list) in [
            (Field::To, &self.to),
            (Field::Cc, &self.cc),
            (Field::Bcc, &self.bcc),
        ] {
            for address in list {
                headers.address(field.clone(), address);
            }
        }
        let options = Options {
            class: None,
            priority: None,
            visibility: None,
            ..self.options.clone()
        };
        headers.0.extend(options.headers());
        headers
            .text(Field::ContentLocation, &self.content_location)
            .pdu()
    }
}

/// M-Forward.conf: the answer to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForwardConf {
    /// That of the request.
    pub transaction_id: String,
    /// X-Mms-MMS-Version.
    pub version: Version,
    /// X-Mms-Response-Status.
    pub response_status: ResponseStatus,
    /// X-Mms-Response-Text.
    pub response_text: Option<String>,
    /// Message-ID.
    pub message_id: Option<String>,
}

impl ForwardConf {
    /// Reads it. A missing status counts as 81, unspecified error.
    ///
    /// # Errors
    /// Another PDU.
    pub fn read(pdu: &Pdu) -> Result<Self, WrongPdu> {
        must_be(pdu, MessageType::FORWARD_CONF)?;
        Ok(Self {
            transaction_id: pdu.transaction_id().unwrap_or_default(),
            version: version(pdu),
            response_status: ResponseStatus(pdu.token(&Field::ResponseStatus).unwrap_or(0x81)),
            response_text: pdu.text(&Field::ResponseText),
            message_id: pdu.text(&Field::MessageId),
        })
    }

    /// The PDU that says it.
    pub fn pdu(&self) -> Pdu {
        let mut headers = Headers::new(MessageType::FORWARD_CONF);
        headers
            .text(Field::TransactionId, &self.transaction_id)
            .version(self.version)
            .put(
                Field::ResponseStatus,
                Value::Token(self.response_status.octet()),
            );
        if let Some(text) = &self.response_text {
            headers.encoded(Field::ResponseText, text);
        }
        if let Some(id) = &self.message_id {
            headers.text(Field::MessageId, id);
        }
        headers.pdu()
    }
}

//! A message that was fetched, and the word that it is here. Source: OMA-TS-MMS_ENC sections 6.3 and 6.4.

use super::{Headers, WrongPdu, must_be, report_allowed, version, yes_no};
use crate::mms::field::{Field, MessageType, Version};
use crate::mms::options::Options;
use crate::mms::pdu::{Body, From, Part, Pdu, Value};
use crate::mms::send_req::{Sender, entry, multipart_of};

/// M-Retrieve.conf: the message itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetrieveConf {
    /// X-Mms-Transaction-Id; there where an M-Acknowledge.ind is wanted.
    pub transaction_id: Option<String>,
    /// X-Mms-MMS-Version.
    pub version: Version,
    /// Message-ID, by which a read report speaks of it.
    pub message_id: Option<String>,
    /// Date, in seconds since 1970 UTC.
    pub date: Option<u64>,
    /// From, as it stands.
    pub from: Option<String>,
    /// Addresses of To, as they stand.
    pub to: Vec<String>,
    /// Addresses of Cc.
    pub cc: Vec<String>,
    /// Subject.
    pub subject: Option<String>,
    /// Class, priority, reports.
    pub options: Options,
    /// X-Mms-Retrieve-Status: 80 for Ok; not there where nothing went wrong, before MMS 1.1.
    pub retrieve_status: Option<u8>,
    /// X-Mms-Retrieve-Text.
    pub retrieve_text: Option<String>,
    /// The parts, SMIL included.
    pub parts: Vec<Part>,
}

impl RetrieveConf {
    /// Reads it.
    ///
    /// # Errors
    /// Another PDU.
    pub fn read(pdu: &Pdu) -> Result<Self, WrongPdu> {
        must_be(pdu, MessageType::RETRIEVE_CONF)?;
        let list = |field| pdu.addresses(&field).into_iter().map(|a| a.raw).collect();
        Ok(Self {
            transaction_id: pdu.transaction_id(),
            version: version(pdu),
            message_id: pdu.text(&Field::MessageId),
            date: pdu.date(),
            from: match pdu.from() {
                Some(From::Address(address)) => Some(address.to_text()),
                _ => None,
            },
            to: list(Field::To),
            cc: list(Field::Cc),
            subject: pdu.subject(),
            options: Options::read(pdu),
            retrieve_status: pdu.token(&Field::RetrieveStatus),
            retrieve_text: pdu.text(&Field::RetrieveText),
            parts: pdu.parts(),
        })
    }

    /// The PDU that says it, its parts as they are: a multipart.related where the first one is a SMIL, else multipart.mixed.
    pub fn pdu(&self) -> Pdu {
        let mut headers = Headers::new(MessageType::RETRIEVE_CONF);
        if let Some(id) = &self.transaction_id {
            headers.text(Field::TransactionId, id);
        }
        headers.version(self.version);
        if let Some(id) = &self.message_id {
            headers.text(Field::MessageId, id);
        }
        if let Some(date) = self.date {
            headers.date(date);
        }
        if let Some(from) = &self.from {
            headers.from(&Sender::Address(from.clone()));
        }
        for to in &self.to {
            headers.address(Field::To, to);
        }
        for cc in &self.cc {
            headers.address(Field::Cc, cc);
        }
        if let Some(subject) = &self.subject {
            headers.encoded(Field::Subject, subject);
        }
        headers.0.extend(self.options.headers());
        if let Some(status) = self.retrieve_status {
            headers.put(Field::RetrieveStatus, Value::Token(status));
        }
        if let Some(text) = &self.retrieve_text {
            headers.encoded(Field::RetrieveText, text);
        }
        let mut pdu = headers.pdu();
        pdu.content_type = Some(multipart_of(&self.parts));
        pdu.body = Body::Multipart(self.parts.iter().map(entry).collect());
        pdu
    }
}

/// M-Acknowledge.ind: the client has the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcknowledgeInd {
    /// That of the M-Retrieve.conf.
    pub transaction_id: String,
    /// X-Mms-MMS-Version.
    pub version: Version,
    /// X-Mms-Report-Allowed: whether the sender may be told of the delivery.
    pub report_allowed: Option<bool>,
}

impl AcknowledgeInd {
    /// Reads it.
    ///
    /// # Errors
    /// Another PDU.
    pub fn read(pdu: &Pdu) -> Result<Self, WrongPdu> {
        must_be(pdu, MessageType::ACKNOWLEDGE_IND)?;
        Ok(Self {
            transaction_id: pdu.transaction_id().unwrap_or_default(),
            version: version(pdu),
            report_allowed: report_allowed(pdu),
        })
    }

    /// The PDU that says it.
    pub fn pdu(&self) -> Pdu {
        let mut headers = Headers::new(MessageType::ACKNOWLEDGE_IND);
        headers
            .text(Field::TransactionId, &self.transaction_id)
            .version(self.version);
        if let Some(said) = self.report_allowed {
            headers.put(Field::ReportAllowed, yes_no(said));
        }
        headers.pdu()
    }
}

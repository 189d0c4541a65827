//! What becomes of a message that was sent: delivered, read. Source: OMA-TS-MMS_ENC sections 6.5 and 6.7.

use super::{Headers, Status, WrongPdu, first_to, must_be, sender, version, yes_no};
use crate::mms::field::{Field, MessageType, Version};
use crate::mms::pdu::{Pdu, Value};
use crate::mms::send_req::Sender;

/// M-Delivery.ind: what became of a message for one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryInd {
    /// X-Mms-MMS-Version.
    pub version: Version,
    /// Message-ID of the M-Send.conf.
    pub message_id: String,
    /// To: the recipient that it is about, as it stands.
    pub to: String,
    /// Date, in seconds since 1970 UTC.
    pub date: u64,
    /// X-Mms-Status.
    pub status: Status,
    /// X-Mms-Status-Text (MMS 1.3).
    pub status_text: Option<String>,
}

impl DeliveryInd {
    /// Reads it. A missing status counts as 85, indeterminate.
    ///
    /// # Errors
    /// Another PDU.
    pub fn read(pdu: &Pdu) -> Result<Self, WrongPdu> {
        must_be(pdu, MessageType::DELIVERY_IND)?;
        Ok(Self {
            version: version(pdu),
            message_id: pdu.text(&Field::MessageId).unwrap_or_default(),
            to: first_to(pdu),
            date: pdu.date().unwrap_or(0),
            status: Status(pdu.token(&Field::Status).unwrap_or(0x85)),
            status_text: pdu.text(&Field::StatusText),
        })
    }

    /// The PDU that says it.
    pub fn pdu(&self) -> Pdu {
        let mut headers = Headers::new(MessageType::DELIVERY_IND);
        headers
            .version(self.version)
            .text(Field::MessageId, &self.message_id)
            .address(Field::To, &self.to)
            .date(self.date)
            .put(Field::Status, Value::Token(self.status.0));
        if let Some(text) = &self.status_text {
            headers.encoded(Field::StatusText, text);
        }
        headers.pdu()
    }
}

/// What a read report says, on its way to the MMSC (M-Read-Rec.ind) and from there to the sender (M-Read-Orig.ind).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadReport {
    /// X-Mms-MMS-Version.
    pub version: Version,
    /// Message-ID of the message that was read.
    pub message_id: String,
    /// To: who sent that message.
    pub to: String,
    /// From: who read it.
    pub from: Sender,
    /// Date of reading, in seconds since 1970 UTC; M-Read-Rec.ind may leave it out.
    pub date: Option<u64>,
    /// Read, or deleted without being read.
    pub read: bool,
}

impl ReadReport {
    /// Reads an M-Read-Rec.ind.
    ///
    /// # Errors
    /// Another PDU.
    pub fn read_rec(pdu: &Pdu) -> Result<Self, WrongPdu> {
        Self::read(pdu, MessageType::READ_REC_IND)
    }

    /// Reads an M-Read-Orig.ind.
    ///
    /// # Errors
    /// Another PDU.
    pub fn read_orig(pdu: &Pdu) -> Result<Self, WrongPdu> {
        Self::read(pdu, MessageType::READ_ORIG_IND)
    }

    fn read(pdu: &Pdu, message_type: MessageType) -> Result<Self, WrongPdu> {
        must_be(pdu, message_type)?;
        Ok(Self {
            version: version(pdu),
            message_id: pdu.text(&Field::MessageId).unwrap_or_default(),
            to: first_to(pdu),
            from: sender(pdu),
            date: pdu.date(),
            read: pdu.token(&Field::ReadStatus) == Some(0x80),
        })
    }

    /// The M-Read-Rec.ind that says it.
    pub fn rec(&self) -> Pdu {
        self.pdu(MessageType::READ_REC_IND)
    }

    /// The M-Read-Orig.ind that says it.
    pub fn orig(&self) -> Pdu {
        self.pdu(MessageType::READ_ORIG_IND)
    }

    fn pdu(&self, message_type: MessageType) -> Pdu {
        let mut headers = Headers::new(message_type);
        headers
            .version(self.version)
            .text(Field::MessageId, &self.message_id)
            .address(Field::To, &self.to)
            .from(&self.from);
        if let Some(date) = self.date {
            headers.date(date);
        }
        headers.put(Field::ReadStatus, yes_no(self.read)).pdu()
    }
}

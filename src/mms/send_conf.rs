//! M-Send.conf: the MMSC's answer, read and written.

use super::field::{Field, MessageType, Version};
use super::pdu::{Header, Pdu, Value};
use super::status::{ResponseStatus, Retry};
use super::text::{EncodedText, Text};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What an M-Send.conf says (OMA-TS-MMS_ENC section 6.1.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendConf {
    /// X-Mms-Transaction-Id: that of the request, from an MMSC that keeps to the specification.
    pub transaction_id: Option<String>,
    /// X-Mms-MMS-Version.
    pub version: Option<Version>,
    /// X-Mms-Response-Status.
    pub response_status: ResponseStatus,
    /// X-Mms-Response-Text.
    pub response_text: Option<String>,
    /// Message-ID, by which a delivery report will speak of the message.
    pub message_id: Option<String>,
}

/// Why a PDU is no readable M-Send.conf.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SendConfError {
    /// It is another PDU, or none.
    #[error("the answer is no M-Send.conf but {what}")]
    NotSendConf {
        /// What it is.
        what: String,
    },
    /// It does not say whether the message was taken.
    #[error(
        "the M-Send.conf has no readable X-Mms-Response-Status, so that nobody can tell whether the message was taken"
    )]
    NoStatus,
}

impl SendConf {
    /// Reads it. A missing Transaction-Id, version or Message-ID is no error here; the status is.
    ///
    /// # Errors
    /// Another PDU than M-Send.conf, or no status in it.
    pub fn read(pdu: &Pdu) -> Result<SendConf, SendConfError> {
        match pdu.message_type() {
            Some(MessageType::SEND_CONF) => {}
            Some(other) => {
                let what = other.name().map_or_else(
                    || format!("a PDU of unknown type {:02X}", other.0),
                    str::to_owned,
                );
                return Err(SendConfError::NotSendConf { what });
            }
            None => {
                return Err(SendConfError::NotSendConf {
                    what: "no MMS PDU".to_owned(),
                });
            }
        }
        let status = pdu
            .token(&Field::ResponseStatus)
            .ok_or(SendConfError::NoStatus)?;
        Ok(SendConf {
            transaction_id: pdu.transaction_id(),
            version: pdu.version(),
            response_status: ResponseStatus(status),
            response_text: pdu.text(&Field::ResponseText),
            message_id: pdu.text(&Field::MessageId),
        })
    }

    /// Whether sending the same again makes sense.
    pub fn retry(&self) -> Retry {
        self.response_status.retry()
    }

    /// The PDU that says it. A text that is not ASCII goes out with its charset; one with a 00 inside is cut there.
    pub fn pdu(&self) -> Pdu {
        let mut headers = vec![Header::new(
            Field::MessageType,
            Value::Token(MessageType::SEND_CONF.0),
        )];
        let mut add = |field, value| headers.push(Header::new(field, value));
        if let Some(id) = &self.transaction_id {
            add(Field::TransactionId, Value::Text(Text::new(until_nul(id))));
        }
        if let Some(version) = self.version {
            add(Field::MmsVersion, Value::Token(version.octet()));
        }
        add(
            Field::ResponseStatus,
            Value::Token(self.response_status.octet()),
        );
        if let Some(text) = &self.response_text {
            add(
                Field::ResponseText,
                Value::Encoded(EncodedText::utf8_if_needed(until_nul(text))),
            );
        }
        if let Some(id) = &self.message_id {
            add(Field::MessageId, Value::Text(Text::new(until_nul(id))));
        }
        Pdu {
            headers,
            ..Pdu::default()
        }
    }
}

fn until_nul(text: &str) -> &str {
    text.split('\0').next().unwrap_or_default()
}

//! The WAP push that brings an MMS PDU by SMS (WAP-230-WSP section 8.2.4.1, WAP-251-PushMessage): its envelope, read and written.
//!
//! The user data headers around it are the business of [`crate::sms`]: a push goes to port 2948 ([`PORT`]).

use super::content::ContentType;
use super::decode;
use super::wsp::put_uintvar;
use crate::sms;
use thiserror::Error;

/// The port of WAP push without security.
pub const PORT: u16 = 2948;
/// The port that senders commonly give as theirs.
pub const SOURCE_PORT: u16 = 9200;
/// PDU type of Push.
const PUSH: u8 = 0x06;
/// X-Wap-Application-Id with the number of the MMS client.
const APPLICATION: [u8; 2] = [0xAF, 0x84];

/// A WAP push, its envelope taken off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Push {
    /// Transaction identifier; a push wants no answer, so that nobody asks for it.
    pub transaction_id: u8,
    /// What is in it; `application/vnd.wap.mms-message` for an MMS PDU.
    pub content_type: ContentType,
    /// The other headers, as they stand.
    pub headers: Vec<u8>,
    /// What is in it.
    pub body: Vec<u8>,
}

/// Why octets are no WAP push.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PushError {
    /// They are too few.
    #[error("the push ends inside its headers")]
    Short,
    /// They are another PDU of WSP.
    #[error("a WSP PDU of type {0:02X}, not a push (06)")]
    Kind(u8),
}

impl Push {
    /// Reads the octets that came to port 2948, put together.
    ///
    /// # Errors
    /// They are too few, or another PDU of WSP.
    pub fn read(octets: &[u8]) -> Result<Push, PushError> {
        let &[transaction_id, kind, ref rest @ ..] = octets else {
            return Err(PushError::Short);
        };
        if kind != PUSH {
            return Err(PushError::Kind(kind));
        }
        let (length, taken) = decode::leading_uintvar(rest).ok_or(PushError::Short)?;
        let length = usize::try_from(length).map_err(|_| PushError::Short)?;
        let (headers, body) = rest[taken..]
            .split_at_checked(length)
            .ok_or(PushError::Short)?;
        let (content_type, after) = decode::leading_content_type(headers);
        Ok(Push {
            transaction_id,
            content_type,
            headers: headers[after..].to_vec(),
            body: body.to_vec(),
        })
    }

    /// The octets of a push that brings an MMS PDU.
    #[must_use]
    pub fn of_mms(transaction_id: u8, pdu: &[u8]) -> Vec<u8> {
        let mut out = vec![transaction_id, PUSH];
        put_uintvar(&mut out, 1 + APPLICATION.len() as u64);
        out.push(0xBE);
        out.extend(APPLICATION);
        out.extend_from_slice(pdu);
        out
    }

    /// Whether it brings an MMS PDU.
    #[must_use]
    pub fn is_mms(&self) -> bool {
        self.content_type.media_type() == "application/vnd.wap.mms-message"
    }

    /// The messages that bring an MMS PDU to a phone, in order; `None` where it would take more than 255.
    #[must_use]
    pub fn parts(transaction_id: u8, pdu: &[u8], reference: u8) -> Option<Vec<sms::UserData>> {
        let push = Push::of_mms(transaction_id, pdu);
        sms::parts_to_port(&push, PORT, SOURCE_PORT, reference)
    }
}

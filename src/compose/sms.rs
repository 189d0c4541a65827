//! The message as SMS: which ways are open to it, and the TPDUs that it becomes.
use super::{Draft, Recipient};
use crate::event::Way;
use crate::sms::{Address, Segments, Submit, Tpdu, parts_of, pieces_of};
use std::fmt;

/// Why a message cannot go as SMS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoSms {
    /// Nobody gets it.
    Nobody,
    /// There is no text.
    Empty,
    /// A file goes along.
    Attachments,
    /// A recipient is no telephone number.
    Mail,
    /// More than 255 linked parts (3GPP TS 23.040 section 9.2.3.24.1).
    TooLong,
    /// More than [`MOST_SMS`] of them over all recipients.
    TooMany {
        /// Recipients.
        recipients: usize,
        /// Parts for each.
        parts: usize,
    },
}

/// SMS that one message may come to at the most, over all recipients. `AT+CMGS` takes one recipient a time (3GPP TS 27.005 section 3.5.1), and each part
/// is billed by itself; about a thousand a day is what carriers still take for one person's (CTIA, Messaging Principles and Best Practices, section
/// 4.1.1). What is kept of a message grows with them, too.
pub const MOST_SMS: usize = 1_000;

impl fmt::Display for NoSms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let says = match self {
            Self::Nobody => "there is no recipient",
            Self::Empty => "an SMS needs a text",
            Self::Attachments => "an SMS takes no attachment",
            Self::Mail => {
                "an SMS goes to telephone numbers only, and a recipient is an e-mail address"
            }
            Self::TooLong => "the text takes more than 255 linked parts",
            Self::TooMany { recipients, parts } => {
                let all = recipients.saturating_mul(*parts);
                return write!(
                    f,
                    "{recipients} recipients with {parts} SMS each are {all}, and one message may come to {MOST_SMS} (carriers stop who sends more in a day): send it to fewer at a time"
                );
            }
        };
        f.write_str(says)
    }
}

impl std::error::Error for NoSms {}

/// One SMS-SUBMIT for one recipient.
#[derive(Clone, PartialEq, Eq)]
pub struct SmsOut {
    /// The recipient.
    pub to: String,
    /// Which part for this recipient, from 1.
    pub number: u8,
    /// Of how many.
    pub of: u8,
    /// The TPDU, without the service centre's address.
    pub tpdu: Vec<u8>,
}

/// A debug print shows sizes, never what a person wrote.
impl fmt::Debug for SmsOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "SmsOut({} of {}, {} octets)",
            self.number,
            self.of,
            self.tpdu.len()
        )
    }
}

/// What an SMS says: the text, with the subject as its first line where there is one, since SMS has none.
#[must_use]
pub fn sms_text(draft: &Draft) -> String {
    match draft.subject.trim() {
        "" => draft.text.clone(),
        subject if draft.text.is_empty() => subject.to_owned(),
        subject => format!("{subject}\n{}", draft.text),
    }
}

/// Whether the message can go as SMS.
///
/// # Errors
/// Why not.
pub fn can_be_sms(draft: &Draft) -> Result<(), NoSms> {
    let mail = |r: &Recipient| Address::number(r.plain()).is_none();
    if draft.recipients().next().is_none() {
        Err(NoSms::Nobody)
    } else if !draft.attachments.is_empty() {
        Err(NoSms::Attachments)
    } else if draft.recipients().any(mail) {
        Err(NoSms::Mail)
    } else if sms_text(draft).trim().is_empty() {
        Err(NoSms::Empty)
    } else {
        few_enough(draft, 1)
    }
}

fn few_enough(draft: &Draft, parts: usize) -> Result<(), NoSms> {
    let recipients = draft.recipients().count();
    match recipients.saturating_mul(parts) {
        0..=MOST_SMS => Ok(()),
        _ => Err(NoSms::TooMany { recipients, parts }),
    }
}

/// The TPDUs of a message, recipient by recipient. `reference` links the parts of one text; `report` asks for a status report on each.
///
/// # Errors
/// It cannot go as SMS.
pub fn sms_parts(
    draft: &Draft,
    way: Way,
    reference: u8,
    report: bool,
) -> Result<Vec<SmsOut>, NoSms> {
    can_be_sms(draft)?;
    let text = sms_text(draft);
    let pieces = match way {
        Way::SmsUnlinked => pieces_of(&text),
        Way::Sms | Way::Mms => parts_of(&text, reference).ok_or(NoSms::TooLong)?,
    };
    let of = u8::try_from(pieces.len()).map_err(|_| NoSms::TooLong)?;
    few_enough(draft, pieces.len())?;
    let mut all = Vec::new();
    for recipient in draft.recipients() {
        let address = Address::number(recipient.plain()).ok_or(NoSms::Mail)?;
        for (number, data) in (1..).zip(&pieces) {
            let mut submit = Submit::new(address.clone(), data.clone());
            submit.report = report;
            let tpdu = Tpdu::Submit(submit).octets().map_err(|_| NoSms::TooLong)?;
            all.push(SmsOut {
                to: recipient.plain().to_owned(),
                number,
                of,
                tpdu,
            });
        }
    }
    Ok(all)
}

/// The way that a rule chooses: MMS for what SMS cannot carry and for texts of so many SMS parts or more, else linked SMS.
#[must_use]
pub fn way_by_length(draft: &Draft, mms_from_parts: usize) -> Way {
    let subject = !draft.subject.trim().is_empty();
    let long = Segments::of(&draft.text).parts >= mms_from_parts;
    if subject || long || can_be_sms(draft).is_err() {
        Way::Mms
    } else {
        Way::Sms
    }
}

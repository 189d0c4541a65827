//! From a draft and a profile to the M-Send.req, and to the sizes that the composer shows while a person types.
use super::{Attachment, Budget, Draft, Recipient, RecipientError, SmsCount};
use crate::mms::{
    Address, Field, From, Options, Part, Pdu, SendReq, Sender, Version, encoded_size, presentation,
};
use crate::profile::{self, Profile};

/// The message as it will be encoded. The Transaction-Id and the date come from the edge.
#[must_use]
pub fn send_req(
    draft: &Draft,
    profile: &Profile,
    transaction_id: &str,
    date: Option<u64>,
    version: Version,
) -> SendReq {
    let sender = match (&draft.from, &profile.mms.from) {
        (Some(address), _) | (None, profile::Sender::Address(address)) => {
            Sender::Address(address.clone())
        }
        (None, profile::Sender::InsertAddressToken) => Sender::InsertAddress,
    };
    message(draft, sender, transaction_id, date, version)
}

/// The same without a profile: the sender is given.
#[must_use]
pub fn message(
    draft: &Draft,
    sender: Sender,
    transaction_id: &str,
    date: Option<u64>,
    version: Version,
) -> SendReq {
    let addresses = |list: &[Recipient]| list.iter().map(|r| r.plain().to_owned()).collect();
    let mut request = SendReq::new(transaction_id);
    request.version = version;
    request.from = sender;
    request.to = addresses(&draft.to);
    request.cc = addresses(&draft.cc);
    request.bcc = addresses(&draft.bcc);
    request.subject = Some(draft.subject.clone()).filter(|s| !s.is_empty());
    request.date = date;
    request.options = draft.options.clone();
    // A presentation of the person's own goes first, which keeps ours away.
    let (smil, others): (Vec<_>, Vec<_>) = draft.attachments.iter().partition(|a| a.is_smil());
    request.parts.extend(smil.into_iter().map(Attachment::part));
    if !draft.text.is_empty() {
        request.parts.push(Part::plain_text(draft.text.as_str()));
    }
    request
        .parts
        .extend(others.into_iter().map(Attachment::part));
    request
}

/// The draft that an M-Send.req would be again, to be changed and sent anew: its recipients, subject, options, its first plain text as the text, and every
/// other part as an attachment. The presentation is left out where it is one that we would write again.
///
/// # Errors
/// A recipient that no draft takes, such as an IP address.
pub fn draft_of(pdu: &Pdu) -> Result<Draft, RecipientError> {
    let list = |field| {
        pdu.addresses(&field)
            .iter()
            .map(|address| Recipient::parse(&address.text))
            .collect::<Result<Vec<_>, _>>()
    };
    let mut draft = Draft {
        to: list(Field::To)?,
        cc: list(Field::Cc)?,
        bcc: list(Field::Bcc)?,
        subject: pdu.subject().unwrap_or_default(),
        options: Options::read(pdu),
        from: match pdu.from() {
            Some(From::Address(address)) => Some(Address::read(&address.to_text()).text),
            _ => None,
        },
        ..Draft::default()
    };
    let mut text = None;
    for part in own_parts(pdu) {
        match part.text() {
            Some(words) if part.content_type == "text/plain" && text.is_none() => {
                text = Some(words);
            }
            _ => draft.attachments.push(file(part)),
        }
    }
    draft.text = text.unwrap_or_default();
    Ok(draft)
}

/// Every part as a file, also a plain text: of a message that is known to have no text of its own.
#[must_use]
pub fn files_of(pdu: &Pdu) -> Vec<Attachment> {
    own_parts(pdu).into_iter().map(file).collect()
}

/// The parts without the presentation, where that is one that we would write again.
fn own_parts(pdu: &Pdu) -> Vec<Part> {
    let parts = pdu.parts();
    let others: Vec<Part> = parts
        .iter()
        .filter(|part| !part.is_smil())
        .cloned()
        .collect();
    let ours = presentation(&others);
    let is_ours = |part: &Part| part.is_smil() && part.text().is_some_and(|smil| smil == ours);
    parts.into_iter().filter(|part| !is_ours(part)).collect()
}

fn file(part: Part) -> Attachment {
    Attachment {
        name: part.content_location.or(part.name).unwrap_or_default(),
        content_type: part.content_type,
        data: part.data,
    }
}

/// Octets of the M-Send.req that this draft will become: exact but for the Transaction-Id, whose length never changes.
#[must_use]
pub fn pdu_size(draft: &Draft, profile: &Profile) -> usize {
    encoded_size(&send_req(
        draft,
        profile,
        &"0".repeat(TRANSACTION_ID),
        Some(u64::from(u32::MAX)),
        Version::V1_2,
    ))
}

/// Characters of a Transaction-Id.
const TRANSACTION_ID: usize = 28;

/// What the composer shows: size against the profile's limit, and the same text as SMS.
#[must_use]
pub fn budget(draft: &Draft, profile: &Profile, text_limit: usize) -> Budget {
    Budget {
        pdu_size: pdu_size(draft, profile) as u64,
        max_bytes: profile.mms.max_bytes,
        characters: draft.text.chars().count(),
        text_limit,
        sms: SmsCount::of(&draft.text),
    }
}

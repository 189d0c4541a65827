//! Messages written down: what the outbox keeps of a message, and the message that an entry would be again.
//!
//! In: a message, the profile in use, the time. Out: an [`Entry`] with its octets. Never here: the disk, the modem.
use super::Message;
use crate::compose::{self, Draft, Recipient, SmsOut, sms_parts, sms_text};
use crate::event::Way;
use crate::mms::{Pdu, Sender, TransactionId, Version};
use crate::modem::{Hearing, Trouble};
use crate::outbox::{Entry, Fate, Part};
use crate::pipeline::{Encoded, Job, Unkept, off_the_thread};
use crate::profile::Profile;
use std::sync::Arc;

/// A message as it is kept.
pub struct Kept {
    /// Its entry; the outbox gives it its number.
    pub entry: Entry,
    /// The octets of an MMS.
    pub octets: Option<Vec<u8>>,
    /// The same with what encoding learned, where they are the ones that go out.
    pub sealed: Option<Arc<Encoded>>,
}

/// Writes a message down: its octets and Transaction-Id are fixed with that, so that a resend is the very same octets. An MMS for which no profile is known
/// yet is written without one, and fixed once the SIM has chosen it, before anything goes out. `chance` is milliseconds since 1970 and a random
/// number.
///
/// # Errors
/// It cannot be encoded, or cannot go that way.
pub async fn write_down(
    message: &Message,
    way: Way,
    profile: Option<&Profile>,
    chance: (u64, u64),
) -> Result<Kept, Trouble> {
    let (now, random) = chance;
    let draft = &message.draft;
    let id = message.transaction_id.clone();
    let id = id.unwrap_or_else(|| TransactionId::new(now, random));
    let to = draft.recipients().map(|r| r.plain().to_owned()).collect();
    let text = if way == Way::Mms {
        draft.text.clone()
    } else {
        sms_text(draft)
    };
    let mut entry = Entry::new(way, to, text, id, now);
    entry.date = message.date.or(entry.date);
    entry.version = message.version.unwrap_or(Version::V1_2).octet();
    entry.report = draft.options.delivery_report;
    if way != Way::Mms {
        seal_as_sms(&mut entry, draft, way)?;
        return Ok(Kept {
            entry,
            octets: None,
            sealed: None,
        });
    }
    let Some(profile) = profile else {
        if message.octets.is_some() {
            return Err(Trouble::new(
                "no profile is chosen yet",
                "",
                "the very same octets go out only through a profile that is known to take them",
                "Choose a profile, then send again",
            ));
        }
        let octets = without_profile(&entry, draft)?;
        entry.size = octets.len();
        return Ok(Kept {
            entry,
            octets: Some(octets),
            sealed: None,
        });
    };
    let mut job = job_of(&entry, draft.clone(), profile.clone());
    job.octets.clone_from(&message.octets);
    let sealed = Arc::new(off_the_thread(&job).await?);
    entry.profile = Some(profile.id.to_string());
    entry.sealed = true;
    entry.size = sealed.octets.len();
    Ok(Kept {
        entry,
        octets: Some(sealed.octets.clone()),
        sealed: Some(sealed),
    })
}

/// The entry becomes an SMS of this draft: its TPDUs are fixed.
///
/// # Errors
/// It cannot go as SMS.
pub fn seal_as_sms(entry: &mut Entry, draft: &Draft, way: Way) -> Result<(), Trouble> {
    let reference = reference_of(&entry.transaction_id);
    let parts = sms_parts(draft, way, reference, entry.report != Some(false)).map_err(|why| {
        let what = "the message cannot go as SMS";
        Trouble::new(
            what,
            "",
            why.to_string(),
            "Send it as MMS, or change what stands in the way",
        )
    })?;
    entry.way = way;
    entry.text = sms_text(draft);
    entry.size = parts.iter().map(|p| p.tpdu.len()).sum();
    entry.parts = parts.into_iter().map(kept_part).collect();
    entry.sealed = true;
    Ok(())
}

fn kept_part(out: SmsOut) -> Part {
    Part {
        to: out.to,
        number: out.number,
        of: out.of,
        tpdu: out.tpdu,
        fate: Fate::Waiting,
    }
}

/// What links the parts of one text (3GPP TS 23.040 section 9.2.3.24.1): made from the Transaction-Id, so that a resend has the same.
fn reference_of(transaction_id: &str) -> u8 {
    let mix = |sum: u32, octet: u8| (sum ^ u32::from(octet)).wrapping_mul(0x0100_0193);
    let sum = transaction_id.bytes().fold(0x811C_9DC5, mix);
    sum.to_le_bytes().into_iter().fold(0, |a, b| a ^ b)
}

fn without_profile(entry: &Entry, draft: &Draft) -> Result<Vec<u8>, Trouble> {
    let sender = draft
        .from
        .clone()
        .map_or(Sender::InsertAddress, Sender::Address);
    let version = version_of(entry);
    let request = compose::message(draft, sender, &entry.transaction_id, entry.date, version);
    request.encode().map_err(|e| {
        let what = "the message cannot be encoded";
        Trouble::new(what, "", e.to_string(), "Correct the message")
    })
}

fn version_of(entry: &Entry) -> Version {
    Version::from_octet(entry.version).unwrap_or(Version::V1_2)
}

/// The job that encodes a draft for a profile under the marks of its entry.
pub(super) fn job_of(entry: &Entry, draft: Draft, profile: Profile) -> Job {
    Job {
        number: 0,
        draft,
        profile,
        transaction_id: entry.transaction_id.clone(),
        date: entry.date,
        version: version_of(entry),
        octets: None,
        sealed: None,
        entry: Some(entry.id),
        ledger: Arc::new(Unkept),
        hearing: Hearing::Not,
    }
}

/// Why a letter for SMS that was kept as it was does not go out.
const UNFINISHED: &str = "as it stands it cannot go as SMS; e in Messages takes it into the composer, where it says why not";

/// The message that an entry would be again, to be changed or sent anew.
///
/// # Errors
/// What stands in it can be no draft.
pub fn draft_again(entry: &Entry, octets: Option<&[u8]>) -> Result<Draft, String> {
    // A letter that was kept before it was finished may name what is no recipient: to the others alone it must not go.
    for typed in entry.to.iter().filter(|_| !entry.sealed) {
        Recipient::parse(typed).map_err(|e| e.to_string())?;
    }
    if entry.way != Way::Mms && entry.parts.is_empty() {
        return Err(UNFINISHED.to_owned());
    }
    if let Some(octets) = octets.filter(|_| entry.way == Way::Mms) {
        return compose::draft_of(&Pdu::decode(octets).pdu).map_err(|e| e.to_string());
    }
    let to: Result<Vec<_>, _> = entry.to.iter().map(|n| Recipient::parse(n)).collect();
    Ok(Draft {
        to: to.map_err(|e| e.to_string())?,
        text: entry.text.clone(),
        ..Draft::default()
    })
}

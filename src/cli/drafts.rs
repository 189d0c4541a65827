//! Letters of the composer in the outbox: kept when the console ends before they were sent, and read again.
//!
//! In: what stands in the composer, complete or not; a number of the outbox. Out: a draft's number; the letter as it was typed. Never here:
//! sending, the screen.
use crate::bench::draft_again;
use crate::compose::{self, Recipient};
use crate::console;
use crate::console::measure::{draft_of, read_draft};
use crate::console::options::Asked;
use crate::event::Way;
use crate::mms::{Sender, TransactionId, Version};
use crate::outbox::{Entry, Outbox};

/// Keeps a letter as a draft, whatever is missing in it: in the place of the draft that it came from, as long as that is one. `chance` is milliseconds
/// since 1970 and a random number. Returns its number.
///
/// # Errors
/// It cannot be kept: why, and the text itself, so that it stands on the terminal at least.
pub fn keep(
    outbox: &Outbox,
    letter: &console::Draft,
    draft: Option<u64>,
    chance: (u64, u64),
) -> Result<u64, String> {
    let (now, random) = chance;
    let id = TransactionId::new(now, random);
    let typed = [&letter.to, &letter.cc, &letter.bcc];
    let to = typed.into_iter().flatten().cloned().collect();
    let mut entry = Entry::new(Way::Mms, to, letter.text.clone(), id, now);
    entry.version = letter.asked.version.unwrap_or(Version::V1_2).octet();
    entry.report = letter.asked.delivery_report;
    entry.says = "not sent: it stood in the composer when mmscope ended".to_owned();
    let octets = octets(&entry, letter);
    entry.size = octets.as_ref().map_or(0, Vec::len);
    let kept = match draft {
        Some(draft) => outbox.instead(draft, entry, octets.as_deref()),
        None => outbox
            .add(vec![(entry.clone(), octets)])
            .map(|mut added| added.pop().unwrap_or(entry)),
    };
    kept.map(|kept| kept.id).map_err(|e| {
        let lines = letter.text.lines().map(crate::event::clean);
        let text = lines.collect::<Vec<_>>().join("\n");
        format!("the letter that was not sent could not be kept: {e}. It said:\n{text}")
    })
}

/// The letter as an M-Send.req, without what cannot be read of it: with subject, options and files it says more than its text.
fn octets(entry: &Entry, letter: &console::Draft) -> Option<Vec<u8>> {
    let readable = |all: &[String]| -> Vec<String> {
        let all = all.iter().filter(|n| Recipient::parse(n).is_ok());
        all.cloned().collect()
    };
    let complete = console::Draft {
        to: readable(&letter.to),
        cc: readable(&letter.cc),
        bcc: readable(&letter.bcc),
        ..letter.clone()
    };
    // An option that cannot be read is left out rather than the letter.
    let plain = || console::Draft {
        asked: Asked::default(),
        ..complete.clone()
    };
    let draft = read_draft(&complete).or_else(|_| read_draft(&plain()));
    let draft = draft.ok()?;
    let sender = draft.from.clone();
    let sender = sender.map_or(Sender::InsertAddress, Sender::Address);
    let version = letter.asked.version.unwrap_or(Version::V1_2);
    let (id, date) = (&entry.transaction_id, entry.date);
    let request = compose::message(&draft, sender, id, date, version);
    request.pdu().encode().ok()
}

/// The letter of a message of the outbox, as the composer takes it.
///
/// # Errors
/// There is none with this number; its octets cannot be read.
pub fn read(outbox: &Outbox, id: u64) -> Result<console::Draft, String> {
    let entry = outbox.get(id).map_err(|e| e.to_string())?;
    let octets = outbox.octets(id).map_err(|e| e.to_string())?;
    let mut draft = match (octets, entry.way) {
        (Some(octets), Way::Mms) => draft_of(&octets)?,
        (None, Way::Mms) => console::Draft {
            text: entry.text.clone(),
            ..console::Draft::default()
        },
        _ => {
            let draft = draft_again(&entry, None)?;
            console::Draft {
                to: draft.recipients().map(|r| r.plain().to_owned()).collect(),
                subject: draft.subject,
                text: draft.text,
                ..console::Draft::default()
            }
        }
    };
    if entry.way == Way::Mms && !entry.sealed {
        // What was typed and is no recipient yet stands in the entry only.
        let is_new = |typed: &&String| Recipient::parse(typed).is_err();
        let unfinished: Vec<String> = entry.to.iter().filter(is_new).cloned().collect();
        draft.to.extend(unfinished);
        if draft.to.is_empty() && draft.cc.is_empty() && draft.bcc.is_empty() {
            draft.to = entry.to;
        }
    }
    Ok(draft)
}

//! Letters of the composer in the outbox: kept when the console ends before they were sent, and read again.
//!
//! In: what stands in the composer, complete or not; a number of the outbox. Out: a draft's number; the letter as it was typed. Never here:
//! sending, the screen.
use crate::bench::{draft_again, seal_as_sms};
use crate::compose::{self, Recipient};
use crate::console;
use crate::console::measure::{draft_of, read_draft};
use crate::console::options::Asked;
use crate::event::Way;
use crate::mms::{Pdu, Sender, TransactionId, Version};
use crate::outbox::{Entry, Outbox, Typed};

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
    let all = [&letter.to, &letter.cc, &letter.bcc];
    let to = all.into_iter().flatten().cloned().collect();
    let way = letter.way.unwrap_or(Way::Mms);
    let mut entry = Entry::new(way, to, letter.text.clone(), id, now);
    entry.typed = Some(typed(letter));
    entry.version = letter.asked.version.unwrap_or(Version::V1_2).octet();
    entry.report = letter.asked.delivery_report;
    entry.says = "not sent: it stood in the composer when the session ended".to_owned();
    let (readable, left_out) = readable(letter);
    if !left_out.is_empty() {
        let says = format!(
            "; not readable, so left out until it is mended: {}",
            left_out.join(", ")
        );
        entry.says.push_str(&says);
    }
    let octets = match octets(&entry, &readable) {
        Ok(octets) => Some(octets),
        Err(why) => {
            let files = letter.attachments.len();
            if files > 0 {
                let says = format!("; {files} file(s) could not be kept with it: {why}");
                entry.says.push_str(&says);
            }
            None
        }
    };
    entry.size = octets.as_ref().map_or(0, Vec::len);
    if way != Way::Mms
        && let Ok(whole) = read_draft(letter)
    {
        // Where it cannot go as SMS it stays unsealed, which nothing sends.
        let _ = seal_as_sms(&mut entry, &whole, way);
    }
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

fn typed(letter: &console::Draft) -> Typed {
    let asked = &letter.asked;
    Typed {
        to: letter.to.clone(),
        cc: letter.cc.clone(),
        bcc: letter.bcc.clone(),
        subject: letter.subject.clone(),
        text: letter.text.clone(),
        from: asked.from.clone(),
        class: asked.class.clone(),
        expiry: asked.expiry.clone(),
        delivery_time: asked.delivery_time.clone(),
    }
}

/// A text field of the options.
type Field = fn(&mut Asked) -> &mut String;

/// A letter without what cannot be read of it, and the names of the options that are missing for that.
fn readable(letter: &console::Draft) -> (console::Draft, Vec<&'static str>) {
    let readable = |all: &[String]| -> Vec<String> {
        let all = all.iter().filter(|n| Recipient::parse(n).is_ok());
        all.cloned().collect()
    };
    let mut rest = console::Draft {
        to: readable(&letter.to),
        cc: readable(&letter.cc),
        bcc: readable(&letter.bcc),
        ..letter.clone()
    };
    let options: [(&str, Field); 4] = [
        ("From", |asked| &mut asked.from),
        ("Class", |asked| &mut asked.class),
        ("Expiry", |asked| &mut asked.expiry),
        ("Deliver from", |asked| &mut asked.delivery_time),
    ];
    let mut left_out = Vec::new();
    for (name, option) in options {
        let mut alone = console::Draft::default();
        let typed = option(&mut rest.asked);
        option(&mut alone.asked).clone_from(typed);
        if read_draft(&alone).is_err() {
            typed.clear();
            left_out.push(name);
        }
    }
    (rest, left_out)
}

/// A letter as an M-Send.req: with subject, options and files it says more than its text.
fn octets(entry: &Entry, letter: &console::Draft) -> Result<Vec<u8>, String> {
    let draft = read_draft(letter)?;
    let sender = draft.from.clone();
    let sender = sender.map_or(Sender::InsertAddress, Sender::Address);
    let version = letter.asked.version.unwrap_or(Version::V1_2);
    let (id, date) = (&entry.transaction_id, entry.date);
    let request = compose::message(&draft, sender, id, date, version);
    request.pdu().encode().map_err(|e| e.to_string())
}

/// The letter of a message of the outbox, as the composer takes it.
///
/// # Errors
/// There is none with this number; its octets cannot be read.
pub fn read(outbox: &Outbox, id: u64) -> Result<console::Draft, String> {
    let entry = outbox.get(id).map_err(|e| e.to_string())?;
    let octets = outbox.octets(id).map_err(|e| e.to_string())?;
    let mut draft = match (octets, entry.way) {
        (Some(octets), way) if way == Way::Mms || entry.typed.is_some() => {
            let mut draft = draft_of(&octets)?;
            // Where no text was typed a file that is plain text must not pass for one.
            if entry.typed.as_ref().is_some_and(|t| t.text.is_empty()) {
                draft.attachments = compose::files_of(&Pdu::decode(&octets).pdu);
            }
            draft
        }
        (None, Way::Mms) => console::Draft {
            text: entry.text.clone(),
            ..console::Draft::default()
        },
        _ if entry.typed.is_some() => console::Draft::default(),
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
    draft.way = Some(entry.way);
    if let Some(typed) = entry.typed {
        let asked = Asked {
            from: typed.from,
            class: typed.class,
            expiry: typed.expiry,
            delivery_time: typed.delivery_time,
            ..draft.asked
        };
        return Ok(console::Draft {
            to: typed.to,
            cc: typed.cc,
            bcc: typed.bcc,
            subject: typed.subject,
            text: typed.text,
            asked,
            ..draft
        });
    }
    if entry.way == Way::Mms && !entry.sealed {
        // Of letters that earlier versions kept nobody knows the field of what is no recipient yet: it is shown to no other recipient.
        let is_new = |typed: &&String| Recipient::parse(typed).is_err();
        draft.bcc.extend(entry.to.iter().filter(is_new).cloned());
    }
    Ok(draft)
}

//! How phones put long short messages together. Comes in: one message after the other, parts in any order. Goes out: texts as a
//! person sees them. Never here: waiting, and any phone's screen.
use std::collections::{BTreeMap, VecDeque};

use crate::sms::{Content, UserData};

/// So many messages wait for their parts on all phones together; the oldest gives way.
const MOST_WAITING: usize = 1000;

/// What a phone makes of one short message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Arrival {
    /// A whole text.
    Whole(String),
    /// The first part of several: whoever keeps the time may give up on the others by this number.
    First(u64),
    /// A further part, or something for an application, which no person sees.
    Nothing,
}

/// A text of which parts never came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Torn {
    pub phone: String,
    pub from: String,
    /// What there is of it.
    pub text: String,
    /// How many parts are missing.
    pub missing: u8,
}

/// The parts that wait for others.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    waiting: VecDeque<Waiting>,
    serial: u64,
}

#[derive(Debug)]
struct Waiting {
    serial: u64,
    phone: String,
    from: String,
    reference: u16,
    total: u8,
    parts: BTreeMap<u8, Content>,
}

impl Inbox {
    /// One short message has come to a phone. A part that contradicts its header stands alone; one that comes again is taken once.
    pub fn take(&mut self, phone: &str, from: &str, data: UserData) -> Arrival {
        if data.header.ports().is_some() {
            return Arrival::Nothing;
        }
        let (reference, total, number) = match data.header.concatenation() {
            Some((reference, total, number)) if total > 1 && (1..=total).contains(&number) => {
                (reference, total, number)
            }
            _ => return Arrival::Whole(read([&data.content])),
        };
        let same = |waiting: &Waiting| {
            waiting.phone == phone
                && waiting.from == from
                && waiting.reference == reference
                && waiting.total == total
        };
        let Some(index) = self.waiting.iter().position(same) else {
            if self.waiting.len() == MOST_WAITING {
                self.waiting.pop_front();
            }
            self.serial += 1;
            self.waiting.push_back(Waiting {
                serial: self.serial,
                phone: phone.to_owned(),
                from: from.to_owned(),
                reference,
                total,
                parts: BTreeMap::from([(number, data.content)]),
            });
            return Arrival::First(self.serial);
        };
        let waiting = &mut self.waiting[index];
        waiting.parts.entry(number).or_insert(data.content);
        if waiting.parts.len() < usize::from(total) {
            return Arrival::Nothing;
        }
        match self.waiting.remove(index) {
            Some(done) => Arrival::Whole(read(done.parts.values())),
            None => Arrival::Nothing,
        }
    }

    /// The phone has waited long enough: it shows what there is. `None` where all came in time.
    pub fn give_up(&mut self, serial: u64) -> Option<Torn> {
        let index = self
            .waiting
            .iter()
            .position(|waiting| waiting.serial == serial)?;
        let torn = self.waiting.remove(index)?;
        let there = u8::try_from(torn.parts.len()).unwrap_or(u8::MAX);
        Some(Torn {
            text: read(torn.parts.values()),
            missing: torn.total.saturating_sub(there),
            phone: torn.phone,
            from: torn.from,
        })
    }
}

/// Contents one behind the other; those of one alphabet are joined before they are read, since some senders cut characters apart.
fn read<'a>(contents: impl IntoIterator<Item = &'a Content>) -> String {
    let mut text = String::new();
    let mut run: Option<Content> = None;
    for content in contents {
        match (&mut run, content) {
            (Some(Content::Gsm7(before)), Content::Gsm7(more)) => before.extend(more),
            (Some(Content::Ucs2(before)), Content::Ucs2(more)) => before.extend(more),
            (Some(Content::Octets(before)), Content::Octets(more)) => before.extend(more),
            (run, content) => {
                let before = run.replace(content.clone());
                text.push_str(&before.as_ref().map(shown).unwrap_or_default());
            }
        }
    }
    text.push_str(&run.as_ref().map(shown).unwrap_or_default());
    text
}

fn shown(content: &Content) -> String {
    match content {
        Content::Octets(octets) => String::from_utf8_lossy(octets).into_owned(),
        text => text.to_text().unwrap_or_default(),
    }
}

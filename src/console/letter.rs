//! The letter in the composer: what must not be lost of it, and what goes out as SMS after it failed as MMS.
//!
//! In: the state. Out: plain values for questions, footer and orders. Never here: sending, drawing.
use super::editor::{Draft, Field};
use super::state::State;
use super::update::Order;
use crate::event::{Stage, Way};

/// A message on its way into the composer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    /// The message.
    pub draft: Draft,
    /// Where it comes from.
    pub from: Origin,
}

/// Where a message for the composer comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The outbox, where it has this number.
    Outbox(u64),
    /// An answer to a received message.
    Reply,
    /// A PDU of this session.
    Pdu,
}

/// A letter that was handed to the bench.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handed {
    /// As it was handed over.
    pub draft: Draft,
    /// The send that it became; none until that has begun.
    pub send: Option<u64>,
    /// The message of the outbox that it became; none until it is told.
    pub entry: Option<u64>,
    /// The person has stopped it before it went out.
    pub stopped: bool,
}

impl Handed {
    /// A letter that is handed over now.
    pub(super) fn of(draft: Draft) -> Self {
        Self {
            draft,
            send: None,
            entry: None,
            stopped: false,
        }
    }
}

/// A letter that was emptied at once, for its coming back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cleared {
    /// As it stood there.
    pub draft: Draft,
    /// The message of the outbox that it was.
    pub edits: Option<u64>,
    /// The way that was chosen for it.
    pub way: Option<Way>,
    /// The field that had the keys.
    pub field: Field,
    /// Whether it was kept nowhere else.
    pub lost: bool,
}

/// Letters that were emptied, for their coming back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Emptied {
    /// The last one at the end.
    pub all: Vec<Cleared>,
    /// The one that was brought back last: as long as nothing is changed in it, the one before it can be brought back in its place.
    pub brought: Option<Draft>,
}

/// What would go out as SMS in the place of a message that failed as MMS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fallback {
    /// The failed message in the outbox.
    pub entry: u64,
    /// The way.
    pub way: Way,
    /// Which text goes out.
    pub text: Failed,
    /// Recipients, as they may be shown.
    pub to: Vec<String>,
    /// Characters of the text, where they are known.
    pub characters: Option<usize>,
    /// Parts to each recipient; [`Fallback::is_least`] says whether there may be more.
    pub parts: Option<usize>,
}

/// Which text goes out as SMS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failed {
    /// The failed one, which still stands in the composer.
    AsWritten,
    /// What stands in the composer: it was changed after the failure.
    Changed,
    /// The failed one, which is another than the composer's.
    Other,
}

impl Fallback {
    /// Whether the number of parts is the least there can be: the text itself is not at hand.
    #[must_use]
    pub fn is_least(&self) -> bool {
        self.text == Failed::Other
    }
}

/// Characters of the default alphabet in a single SMS, and in each of several linked ones (3GPP TS 23.040 section 9.2.3.24.1).
const ONE: usize = 160;
const EACH: usize = 153;

impl Draft {
    /// The letter as the text of a file: what it says to whom, and the names of the files that went along.
    #[must_use]
    pub fn as_file(&self) -> String {
        let files: Vec<String> = self.attachments.iter().map(|a| a.name.clone()).collect();
        let subject: Vec<String> = std::iter::once(self.subject.clone()).collect();
        let heads = [
            ("To", &self.to),
            ("Cc", &self.cc),
            ("Bcc", &self.bcc),
            ("Subject", &subject),
            ("Files", &files),
        ];
        let mut text = String::new();
        for (name, values) in heads {
            let value = values.join(", ");
            if !value.is_empty() {
                text.push_str(&format!("{name}: {value}\n"));
            }
        }
        format!("{text}\n{}\n", self.text)
    }

    /// Whether that file would lack something: the files themselves, or what is asked for.
    #[must_use]
    pub fn is_more_than_its_file(&self) -> bool {
        !self.attachments.is_empty() || self.asked != Default::default()
    }
}

impl State {
    /// Whether a letter would be lost if another took its place: the outbox has it not. One that was emptied and can be brought back counts.
    #[must_use]
    pub fn would_lose(&self) -> bool {
        self.at_stake().is_some()
    }

    /// The letter that would be lost, and the way that was chosen for it.
    pub(super) fn at_stake(&self) -> Option<(Draft, Option<Way>)> {
        let now = self.draft();
        if now.is_empty() {
            let emptied = self.emptied.all.iter().filter(|c| c.lost);
            let most = emptied.max_by_key(|c| c.draft.text.len())?;
            return Some((most.draft.clone(), most.way));
        }
        let sent = self.handed.as_ref().is_some_and(|h| {
            let begun = h.send.filter(|send| !self.was_refused(*send));
            (begun.is_some() || self.holds(h)) && h.draft == now
        });
        (now != self.given && !sent).then_some((now, self.way))
    }

    /// Whether a file has all of the letter that would be lost.
    #[must_use]
    pub fn is_in_file(&self) -> bool {
        let filed = self.in_file.as_ref();
        let filed = filed.filter(|letter| !letter.is_more_than_its_file());
        filed.is_some_and(|letter| self.at_stake().is_some_and(|(lost, _)| lost == *letter))
    }

    /// Whether a letter that was emptied can be brought back: nothing was written in its place.
    #[must_use]
    pub fn can_bring_back(&self) -> bool {
        let now = self.draft();
        let in_its_place = !now.is_empty() && self.emptied.brought.as_ref() != Some(&now);
        !self.emptied.all.is_empty() && !self.compose.can_undo() && !in_its_place
    }

    /// Whether the letter is the one that stood there at the start, without a word of the person's own.
    #[must_use]
    pub fn is_untouched(&self) -> bool {
        !self.sample.is_empty() && self.sample == self.draft()
    }

    /// The letter that would be gone when the console ends.
    #[must_use]
    pub fn unsent(&self) -> Option<Draft> {
        let (draft, way) = self.at_stake()?;
        let way = Some(way.unwrap_or(self.measured.by_rule));
        Some(Draft { way, ..draft })
    }

    /// The order that sends this letter: in the place of the draft that it came from.
    pub(super) fn order_of(&self, letter: Draft, way: Option<Way>) -> Order {
        match (self.edits, way) {
            (Some(entry), way) => Order::SendDraft { entry, letter, way },
            (None, None) => Order::Send(letter),
            (None, Some(way)) => Order::SendAs(letter, way),
        }
    }

    /// Whether the bench refused this send before it was in the outbox.
    fn was_refused(&self, send: u64) -> bool {
        let of_it = self.known.sends.iter().find(|s| s.message.send == send);
        of_it.is_some_and(|s| {
            let ended = s.result.as_ref();
            let at_encode = ended.is_some_and(|r| !r.ok && r.stage == Some(Stage::Encode));
            at_encode && s.message.entry.is_none()
        })
    }

    /// A send has begun: whether it is the letter that was handed over. One that the bench has refused is in no outbox.
    pub(super) fn taken(&mut self) {
        let Some(handed) = self.handed.as_mut().filter(|h| h.send.is_none()) else {
            return;
        };
        let begun = self.known.sends.back().map(|s| &s.message);
        if let Some(entry) = handed.entry {
            // Another message's turn leaves it where it is.
            handed.send = begun.filter(|m| m.entry == Some(entry)).map(|m| m.send);
            return;
        }
        let characters = handed.draft.text.chars().count();
        match begun.filter(|m| m.characters == characters) {
            Some(message) => handed.send = Some(message.send),
            None => self.handed = None,
        }
    }

    /// What would go out as SMS now, where the last send failed before anything went out.
    #[must_use]
    pub fn fallback(&self) -> Option<Fallback> {
        let (entry, way) = self.offer()?;
        let last = self.known.sends.back().map(|s| s.message.send);
        let now = self.draft();
        let written = self.handed.as_ref().filter(|h| h.send == last);
        let text = match written {
            Some(handed) if handed.draft == now => Failed::AsWritten,
            Some(_) if !now.is_empty() => Failed::Changed,
            _ => Failed::Other,
        };
        if text != Failed::Other {
            let to = [now.to, now.cc, now.bcc].concat();
            let parts = match way {
                Way::SmsUnlinked => self.measured.unlinked,
                _ => self.measured.sms.parts,
            };
            return Some(Fallback {
                entry,
                way,
                text,
                to,
                characters: Some(self.compose.characters()),
                parts: Some(parts),
            });
        }
        let step = self.known.outbox.get(&entry);
        let characters = step.map(|s| s.characters);
        let least = |n: usize| if n <= ONE { 1 } else { n.div_ceil(EACH) };
        Some(Fallback {
            entry,
            way,
            text,
            to: step.map_or_else(Vec::new, |s| {
                s.to.iter().map(|to| to.as_str().to_owned()).collect()
            }),
            characters,
            parts: characters.map(least),
        })
    }
}

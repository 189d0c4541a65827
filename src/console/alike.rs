//! Masks that look alike, told apart: a letter behind each of several numbers that have the same mask.
//!
//! In: the numbers of messages in plain, as the edge lends them; they stay here. Out: letters, which hold for the session and reveal nothing but
//! that two numbers differ. Pure.
use crate::event::OutboxStep;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Tells the recipients of a message of the outbox in plain, by its number; none where it is not known.
pub type Recipients = Arc<dyn Fn(u64) -> Vec<String> + Send + Sync>;

/// Numbers by message, and the letters of those whose masks are alike.
#[derive(Clone, Debug, Default)]
pub struct Alike {
    plain: BTreeMap<u64, Known>,
    /// For each mask the numbers that have it, in the order in which they were met.
    masks: BTreeMap<String, Vec<String>>,
}

/// The numbers of one message. The number of a forgotten one is given again: when it was written tells the two apart.
#[derive(Clone, Debug)]
struct Known {
    written_unix_ms: u64,
    plain: Vec<String>,
}

impl Alike {
    fn of(&self, message: &OutboxStep) -> Option<&[String]> {
        let known = self.plain.get(&message.entry)?;
        let same = known.written_unix_ms == message.written_unix_ms;
        same.then_some(known.plain.as_slice())
    }

    /// Whether the numbers of this message were taken in.
    #[must_use]
    pub fn knows(&self, message: &OutboxStep) -> bool {
        self.of(message)
            .is_some_and(|plain| plain.len() == message.to.len())
    }

    /// Takes in the numbers of a message, in the order of its masks.
    pub fn take(&mut self, message: &OutboxStep, plain: Vec<String>) {
        if message.to.len() != plain.len() {
            return;
        }
        for (mask, number) in message.to.iter().zip(&plain) {
            let known = self.masks.entry(mask.as_str().to_owned()).or_default();
            if !known.contains(number) {
                known.push(number.clone());
            }
        }
        let known = Known {
            written_unix_ms: message.written_unix_ms,
            plain,
        };
        self.plain.insert(message.entry, known);
    }

    /// The letter of the nth number of this message: where another number has the same mask.
    #[must_use]
    pub fn mark(&self, message: &OutboxStep, nth: usize) -> Option<char> {
        let number = self.of(message)?.get(nth)?;
        let mask = message.to.get(nth)?;
        let all = self.masks.get(mask.as_str()).filter(|all| all.len() > 1)?;
        let at = all.iter().position(|n| n == number)?;
        // Beyond the alphabet they look alike again.
        u8::try_from(at)
            .ok()
            .filter(|n| *n < 26)
            .map(|n| char::from(b'a' + n))
    }
}

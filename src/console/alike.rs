//! Masks that look alike, told apart: a letter behind each of several numbers that have the same mask.
//!
//! In: the numbers of messages in plain, as the edge lends them; they stay here. Out: letters, which hold for the session and reveal nothing but
//! that two numbers differ. Pure.
use crate::event::Masked;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Tells the recipients of a message of the outbox in plain, by its number; none where it is not known.
pub type Recipients = Arc<dyn Fn(u64) -> Vec<String> + Send + Sync>;

/// Numbers by message, and the letters of those whose masks are alike.
#[derive(Clone, Debug, Default)]
pub struct Alike {
    plain: BTreeMap<u64, Vec<String>>,
    /// For each mask the numbers that have it, in the order in which they were met.
    masks: BTreeMap<String, Vec<String>>,
}

impl Alike {
    /// Whether the numbers of this message were taken in.
    #[must_use]
    pub fn knows(&self, message: u64) -> bool {
        self.plain.contains_key(&message)
    }

    /// Takes in the numbers of a message with their masks.
    pub fn take(&mut self, message: u64, masks: &[Masked], plain: Vec<String>) {
        if masks.len() != plain.len() {
            return;
        }
        for (mask, number) in masks.iter().zip(&plain) {
            let known = self.masks.entry(mask.as_str().to_owned()).or_default();
            if !known.contains(number) {
                known.push(number.clone());
            }
        }
        self.plain.insert(message, plain);
    }

    /// The letter of the nth number of this message: where another number has the same mask.
    #[must_use]
    pub fn mark(&self, message: u64, nth: usize, mask: &Masked) -> Option<char> {
        let number = self.plain.get(&message)?.get(nth)?;
        let all = self.masks.get(mask.as_str()).filter(|all| all.len() > 1)?;
        let at = all.iter().position(|n| n == number)?;
        // Beyond the alphabet they look alike again.
        u8::try_from(at)
            .ok()
            .filter(|n| *n < 26)
            .map(|n| char::from(b'a' + n))
    }

    /// The recipients of a message as the screen shows them.
    #[must_use]
    pub fn shown(&self, message: u64, masks: &[Masked]) -> String {
        let each =
            masks
                .iter()
                .enumerate()
                .map(|(nth, mask)| match self.mark(message, nth, mask) {
                    Some(letter) => format!("{mask} ({letter})"),
                    None => mask.to_string(),
                });
        each.collect::<Vec<_>>().join(", ")
    }
}

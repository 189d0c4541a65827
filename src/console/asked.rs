//! What goes with asking why not: what the person saw, what a verdict's fix would make, which profiles stand side by side.
//!
//! In: nothing. Out: plain values of the screen's state, and the shapes of the functions that the edge lends. Pure.
use super::action::Action;
use crate::compose::Vary;
use crate::event::{EventId, Fix, SendResult, Witness};
use crate::known::Probe;
use std::sync::Arc;

/// A profile with one thing changed, as a verdict advises; made by the edge, held for the session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mend {
    /// Its id, by which it is used.
    pub id: String,
    /// What it is and what it dials, in words.
    pub says: String,
}

/// What somebody tells of the profile with this id once this is changed in it; `None` where that cannot be done.
pub type Mender = Arc<dyn Fn(&str, &Fix) -> Option<Mend> + Send + Sync>;

/// A row of the table of profiles side by side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompareRow {
    /// What is compared.
    pub name: String,
    /// A value for each profile.
    pub values: Vec<String>,
    /// Whether the profiles differ in it.
    pub differs: bool,
    /// For each value the events that it rests on, most telling first; none where nothing of this session stands behind it.
    pub behind: Vec<Vec<EventId>>,
}

/// The table over sends of one message with one thing changed, and what it comes to once all have ended. A send that has not ended has no
/// result.
pub type Varying = fn(&Vary, &[(String, Option<SendResult>)]) -> (Vec<CompareRow>, Option<String>);

/// The table over probes, one column each.
pub type Compared = fn(&[&Probe]) -> Vec<CompareRow>;

/// What only a person can say; `None` while nobody has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Witnesses {
    /// The same SIM sends a picture in a phone.
    pub phone: Option<bool>,
    /// An MMS to this line is announced to it.
    pub inbound: Option<bool>,
}

impl Witnesses {
    /// An answer to the question that this action goes through.
    #[must_use]
    pub fn in_words(which: Action, answer: Option<bool>) -> &'static str {
        match (which, answer) {
            (_, None) => "not tried",
            (Action::PhoneWitness, Some(true)) => "it sends",
            (Action::PhoneWitness, Some(false)) => "it fails",
            (_, Some(true)) => "yes",
            (_, Some(false)) => "no",
        }
    }

    /// As an order carries them.
    #[must_use]
    pub fn said(self) -> Vec<Witness> {
        let phone = self.phone.map(|sends| match sends {
            true => Witness::PhoneSends,
            false => Witness::PhoneFails,
        });
        let inbound = self.inbound.map(|came| match came {
            true => Witness::InboundYes,
            false => Witness::InboundNo,
        });
        [phone, inbound].into_iter().flatten().collect()
    }
}

/// The profiles that stand side by side.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comparison {
    /// Their ids, in the order of the columns.
    pub profiles: Vec<String>,
    /// Only probes with a higher number belong to it.
    pub after: u64,
    /// Probes of earlier sessions with their headings; they stand before the others.
    pub earlier: Vec<(String, Probe)>,
}

impl Comparison {
    /// Whether nothing is compared.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.profiles.is_empty() && self.earlier.is_empty()
    }
}

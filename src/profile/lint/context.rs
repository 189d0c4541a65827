//! What is known around a profile: the SIM, the modem's contexts, the other profiles.
use super::super::{Identity, Library, Profile, SimFacts};
use crate::event::Context;
use jiff::civil::Date;

/// What a lint may look at beside the profile itself. Everything is optional; a rule that lacks what it needs says nothing.
#[derive(Clone, Copy, Default)]
pub struct LintContext<'a> {
    /// The SIM in the modem.
    pub sim: Option<&'a SimFacts>,
    /// What is known about the line, for tokens in headers and the sender.
    pub identity: Option<&'a Identity>,
    /// The modem's PDP contexts as last read.
    pub contexts: &'a [Context],
    /// The context identifier that a send would define anew.
    pub writes_cid: Option<u8>,
    /// Whether the modem is on LTE or NR, where cid 1 is the context of the attach.
    pub lte: bool,
    /// The interface by which connections leave, where it is not the modem.
    pub other_interface: Option<&'a str>,
    /// The sender of the message at hand, where the person set one.
    pub from: Option<&'a str>,
    /// All profiles at hand.
    pub others: &'a [Profile],
    /// What the shipped list says for the same carrier.
    pub listed: Option<&'a Profile>,
    /// Today, to tell how old facts are.
    pub today: Option<Date>,
}

impl<'a> LintContext<'a> {
    /// What a library knows around one of its profiles: all the others, and what is listed for the same carrier.
    #[must_use]
    pub fn within(library: &'a Library, profile: &Profile) -> Self {
        Self {
            others: library.all(),
            listed: library.listed(profile),
            ..Self::default()
        }
    }
}

//! The report of a session: what was measured, as markdown, text or JSON; the letter to the carrier; a capture for Wireshark.
//!
//! In: the events of a session, live or from a recording; what may be revealed; what the caller knows in plain, to make sure that it is
//! not in the report. Out: texts and octets. Never here: clocks, files, tasks; and nothing that was not measured: a fact that the session
//! did not learn has no line. Everything is redacted unless a field is revealed by name, and [`check`] refuses what slipped through.
mod base64;
mod capture;
mod check;
mod document;
mod examination;
mod facts;
mod letter;
mod pcapng;
mod plight;
mod redact;
mod session;
mod tried;

pub use capture::{Captured, Segment};
pub use check::{Leak, check};
pub use document::{Block, Document, Section};
pub use examination::Examination;
pub use facts::{Dial, Facts, LookedUp};
pub use letter::Witness;
pub use pcapng::write as pcapng;
pub use redact::{Reveal, Reveals};

use jiff::tz::TimeZone;

/// What the caller adds to a session's facts.
#[derive(Clone, Debug, Default)]
pub struct Options<'a> {
    /// What may be shown in plain.
    pub reveals: Reveals,
    /// The session's own identities in plain (number, IMSI, IMEI, ICCID), where the caller has them: none may be in the report in any
    /// form. A recording holds none.
    pub identities: &'a [String],
    /// The probes of the session with their verdicts, newest last.
    pub examinations: &'a [Examination],
    /// What only a person can say.
    pub witness: Witness,
    /// The person's time zone, for the times of the letter; UTC alone where none is given.
    pub zone: Option<TimeZone>,
}

/// The report as blocks, with the letter as its last section where there is something to write to the carrier.
///
/// # Errors
/// Where an identity would stand in it unmasked.
pub fn document(facts: &Facts, options: &Options<'_>) -> Result<Document, Leak> {
    let document = session::document(facts, options);
    check(&document.text(), options.identities)?;
    Ok(document)
}

/// The letter to the carrier alone, plain text. None where nothing failed that a carrier could mend.
///
/// # Errors
/// Where an identity would stand in it unmasked.
pub fn letter(facts: &Facts, options: &Options<'_>) -> Result<Option<String>, Leak> {
    let letter = letter::letter(facts, options);
    let letter = letter.map(|letter| crate::event::clean_lines(&letter));
    if let Some(letter) = &letter {
        check(letter, options.identities)?;
    }
    Ok(letter)
}

/// The bearer's own addresses as a capture may show them: the private ones, and the public ones where they are revealed.
#[must_use]
pub fn local_addresses(facts: &Facts, reveals: &Reveals) -> Vec<String> {
    let shown = |a: &String| reveals.has(Reveal::Addresses) || !redact::is_public(a);
    facts.own_addresses().into_iter().filter(shown).collect()
}

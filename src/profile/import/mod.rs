//! Carrier lists of others, read into profiles.
//!
//! In: the text of an Android APN list (`apns-conf.xml`) or of mobile-broadband-provider-info, and what is known about the file. Out:
//! profiles in our form, each with its source, and notes on what could not be taken. A text that is no such list is a fault with its line.
//! Everything is bounded; entities of a DTD are never expanded, and nothing is fetched.
mod android;
mod mbpi;
mod rows;
mod xml;

use super::compare::disagreement;
use super::{Fault, Match, Profile, Source};

/// Largest list that is read, in octets; the biggest public one has under 2 MiB.
pub const LARGEST_LIST: usize = 16 << 20;

/// Which list a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListKind {
    /// Android's APN list, `<apns>` with one `<apn …/>` a row.
    Android,
    /// mobile-broadband-provider-info, `<serviceproviders>`.
    Mbpi,
}

impl ListKind {
    /// Its name for people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Android => "Android APN list",
            Self::Mbpi => "mobile-broadband-provider-info",
        }
    }
}

/// What came of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Import {
    /// Which list it was.
    pub kind: ListKind,
    /// One profile for each different way to send MMS, in the order of the list.
    pub profiles: Vec<Profile>,
    /// What was left out or repaired, with its place.
    pub notes: Vec<Fault>,
    /// Rows without an MMSC, which are for other things.
    pub without_mms: usize,
}

/// Reads a list. `file` and `date` (`2026-07-20`) become the source of each profile.
///
/// # Errors
/// With line, column, reason and remedy: broken XML, an element of another kind of file, more of something than any list has.
pub fn import(text: &str, file: &str, date: &str) -> Result<Import, Fault> {
    if text.len() > LARGEST_LIST {
        let says = format!("the list has {} octets, more than any list", text.len());
        return Err(Fault::at(text, 0..0, says, "is it the right file?"));
    }
    let (kind, read) = match xml::root(text)?.as_str() {
        "apns" => (ListKind::Android, android::read(text)?),
        "serviceproviders" => (ListKind::Mbpi, mbpi::read(text)?),
        other => {
            let says = format!("`{}` begins no carrier list", other.escape_debug());
            let remedy = "an Android APN list begins with <apns>, mobile-broadband-provider-info with <serviceproviders>";
            let at = text.find('<').unwrap_or_default();
            return Err(Fault::at(text, at..at, says, remedy));
        }
    };
    let source = Source {
        set: super::SourceSet::User,
        reference: format!("{file}, {}", kind.name()),
        date: date.to_owned(),
        licence: String::new(),
        fields: vec!["*".to_owned()],
        differs: String::new(),
    };
    Ok(rows::profiles(kind, text, read, &source))
}

/// Joins what a second list says into the first: where both have the same SIMs, the second becomes one more source of the first's profile,
/// with what it says otherwise; its other profiles are added.
pub fn join(first: &mut Vec<Profile>, second: Vec<Profile>) {
    let mut ids = rows::Ids::of(first);
    for mut other in second {
        let Some(own) = same_sims(first, &other) else {
            if let Ok(id) = ids.free(&other.id) {
                other.id = id;
                first.push(other);
            }
            continue;
        };
        let differs = disagreement(own, &other);
        for mut source in other.sources {
            source.differs.clone_from(&differs);
            own.sources.push(source);
        }
    }
}

/// The profile for the same SIMs, if possible the one with the same APN.
fn same_sims<'p>(profiles: &'p mut [Profile], other: &Profile) -> Option<&'p mut Profile> {
    let shares = |p: &Profile| {
        let theirs = |block: &Match| other.matches.iter().any(|m| m.asks_the_same(block));
        p.matches.iter().any(theirs)
    };
    let apn = &other.mms_pdn().apn;
    profiles
        .iter_mut()
        .filter(|p| shares(p))
        .min_by_key(|p| !p.mms_pdn().apn.eq_ignore_ascii_case(apn))
}

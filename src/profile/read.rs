//! From the text of a file to a checked profile.
use super::service::is_field_value;
use super::{Fault, Profile, SCHEMA};
use crate::document::{Document, Step, Wrong};
use std::fmt;
use std::path::PathBuf;

/// Largest profile that is read, in octets; the biggest carrier's is under 4 KiB.
const LARGEST: usize = 256 * 1024;

/// A file that is no profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileError {
    /// The file, as the person knows it.
    pub file: PathBuf,
    /// What is wrong, where, and the remedy.
    pub fault: Fault,
}

impl fmt::Display for ProfileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file.display(), self.fault)
    }
}

impl std::error::Error for ProfileError {}

pub(super) fn parse(file: PathBuf, text: &str) -> Result<Profile, ProfileError> {
    match read(text) {
        Ok(profile) => Ok(profile),
        Err(fault) => Err(ProfileError { file, fault }),
    }
}

fn read(text: &str) -> Result<Profile, Fault> {
    if text.len() > LARGEST {
        let says = format!("the file has {} octets, more than any profile", text.len());
        return Err(Fault::at(text, 0..0, says, "is it the right file?"));
    }
    let unread = |wrong: Wrong| Fault::of_document(text, &wrong);
    let document = Document::parse(text).map_err(unread)?;
    let profile: Profile = document.read().map_err(unread)?;
    match misfit(&profile) {
        None => Ok(profile),
        Some((way, says, remedy)) => {
            let place = document.place(&way).unwrap_or_default();
            Err(Fault::at(text, place, says, remedy))
        }
    }
}

/// The way to the value, what is wrong with it, and the remedy.
type Misfit = (Vec<Step<'static>>, String, String);

fn at(table: &'static str, key: &'static str) -> Vec<Step<'static>> {
    vec![Step::Key(table), Step::Key(key)]
}

/// What no single value's own check can see.
fn misfit(profile: &Profile) -> Option<Misfit> {
    if profile.schema != SCHEMA {
        return Some((
            vec![Step::Key("schema")],
            format!("schema {} is not known here", profile.schema),
            format!("write schema = {SCHEMA}, or use a newer mmscope"),
        ));
    }
    if profile.pdns.is_empty() {
        return Some((
            vec![Step::Key("pdn")],
            "there is no network to ask for".to_owned(),
            "add a [[pdn]] table with role, apn and type".to_owned(),
        ));
    }
    if profile.mms.pdn >= profile.pdns.len() {
        return Some((
            at("mms", "pdn"),
            format!("there is no [[pdn]] number {}", profile.mms.pdn),
            format!("they count from 0 to {}", profile.pdns.len() - 1),
        ));
    }
    pdn_misfit(profile).or_else(|| mms_misfit(profile))
}

/// APN and credentials go into a quoted parameter of an AT command: a quote or a line end in them would start another one.
fn pdn_misfit(profile: &Profile) -> Option<Misfit> {
    let unfit = |text: &str| !is_field_value(text) || text.contains('"');
    for (index, pdn) in profile.pdns.iter().enumerate() {
        let password = pdn.password.as_ref().map_or("", |secret| secret.reveal());
        let user = pdn.user.as_deref().unwrap_or_default();
        for (key, text, longest) in [
            ("apn", pdn.apn.as_str(), 100),
            ("user", user, 64),
            ("password", password, 64),
        ] {
            if unfit(text) || text.len() > longest {
                return Some((
                    vec![Step::Key("pdn"), Step::Index(index), Step::Key(key)],
                    format!(
                        "the {key} has a character that an AT command cannot carry, or is too long"
                    ),
                    format!("printable ASCII without quotes, at most {longest} characters"),
                ));
            }
        }
        if pdn.mtu.is_some_and(|mtu| !(576..=9000).contains(&mtu)) {
            return Some((
                vec![Step::Key("pdn"), Step::Index(index), Step::Key("mtu")],
                "this is no MTU".to_owned(),
                "576 to 9000 octets; leave the line out when the carrier lists none".to_owned(),
            ));
        }
    }
    None
}

/// Texts that become headers must not be able to end a line; a port of 0 cannot be dialled.
fn mms_misfit(profile: &Profile) -> Option<Misfit> {
    let mms = &profile.mms;
    for (key, text) in [
        ("user_agent", &mms.user_agent),
        ("uaprof", &mms.uaprof),
        ("uaprof_header", &mms.uaprof_header),
    ] {
        if !is_field_value(text) || (key == "uaprof_header" && text.contains([' ', ':'])) {
            return Some((
                at("mms", key),
                "a header cannot carry this".to_owned(),
                "printable ASCII only, and no colon or space in a name".to_owned(),
            ));
        }
    }
    for (key, port) in [
        ("connect_port", mms.connect_port),
        ("listed_port", mms.listed_port),
    ] {
        if port == Some(0) {
            return Some((
                at("mms", key),
                "0 is no TCP port".to_owned(),
                "1 to 65535; leave the line out when there is none".to_owned(),
            ));
        }
    }
    if mms.max_bytes == 0 {
        return Some((
            at("mms", "max_bytes"),
            "no message has 0 octets".to_owned(),
            "write the carrier's limit; leave the line out for 300 KiB".to_owned(),
        ));
    }
    None
}

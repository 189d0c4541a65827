//! From the rows of any list to checked profiles: one profile for each different way to send.
use super::super::{
    Auth, Expect, Fault, Match, Mms, Pdn, Profile, ProfileId, ProxyAddress, Role, SCHEMA, Secret,
    Sender, Source, Status,
};
use super::{Import, ListKind};
use crate::event::PdpType;
use std::collections::{HashMap, HashSet};

/// Most profiles of one list; the biggest public one makes some 1,600.
const MOST_PROFILES: usize = 20_000;

/// What was read of a list.
#[derive(Default)]
pub(super) struct Read {
    pub rows: Vec<Row>,
    pub notes: Vec<Fault>,
    pub without_mms: usize,
}

/// One row that has an MMSC.
pub(super) struct Row {
    /// Where it stands, in octets.
    pub at: usize,
    /// The country's code, where the list has it.
    pub country: Option<String>,
    pub name: String,
    pub matches: Vec<Match>,
    pub way: Way,
}

/// The way a message goes: rows of one carrier that have the same way become one profile.
#[derive(Clone, PartialEq)]
pub(super) struct Way {
    pub roles: Vec<String>,
    pub apn: String,
    pub pdp_type: PdpType,
    pub roaming_type: Option<PdpType>,
    pub auth: Auth,
    pub user: Option<String>,
    pub password: Option<String>,
    pub mtu: Option<u16>,
    pub mmsc: String,
    pub proxy: Option<String>,
    pub port: Option<u16>,
}

/// A note on a place of the list.
pub(super) fn note(text: &str, at: usize, says: &str, remedy: &str) -> Fault {
    Fault::at(text, at..at, says, remedy)
}

pub(super) fn profiles(kind: ListKind, text: &str, read: Read, source: &Source) -> Import {
    let mut import = Import {
        kind,
        profiles: Vec::new(),
        notes: read.notes,
        without_mms: read.without_mms,
    };
    // Rows of one carrier stand near each other; looking back over the whole list would be quadratic.
    const NEAR: usize = 64;
    let mut joined: Vec<Row> = Vec::new();
    for row in read.rows {
        let near = joined.len().saturating_sub(NEAR);
        let same =
            |r: &&mut Row| r.name == row.name && r.way == row.way && r.country == row.country;
        match joined[near..].iter_mut().rev().find(same) {
            Some(known) => {
                for block in row.matches {
                    if !known.matches.contains(&block) {
                        known.matches.push(block);
                    }
                }
            }
            None => joined.push(row),
        }
    }
    if joined.len() > MOST_PROFILES {
        let says = format!(
            "there are {} ways to send MMS in it, more than any list has",
            joined.len()
        );
        import.notes.push(note(
            text,
            joined[MOST_PROFILES].at,
            &says,
            "what follows is left out",
        ));
        joined.truncate(MOST_PROFILES);
    }
    let mut ids = Ids::default();
    for row in joined {
        let at = row.at;
        let made = profile(row, text, source, &mut import.notes).and_then(|mut p| {
            p.id = ids.free(&p.id)?;
            // What would not read again is not given out.
            let file = p.to_file().map_err(|e| e.to_string())?;
            match Profile::parse("import", &file) {
                Ok(_) => Ok(p),
                Err(e) => Err(format!("{}; {}", e.fault.says, e.fault.remedy)),
            }
        });
        match made {
            Ok(profile) => import.profiles.push(profile),
            Err(why) => import
                .notes
                .push(note(text, at, &why, "the row is left out")),
        }
    }
    import
}

fn profile(
    row: Row,
    text: &str,
    source: &Source,
    notes: &mut Vec<Fault>,
) -> Result<Profile, String> {
    let Way {
        roles,
        apn,
        pdp_type,
        roaming_type,
        auth,
        user,
        password,
        mtu,
        mmsc,
        proxy,
        port,
    } = row.way;
    let proxy = proxy.and_then(|written| {
        let plain = written
            .strip_prefix("http://")
            .unwrap_or(&written)
            .trim_end_matches('/');
        match ProxyAddress::new(plain) {
            Ok(mut proxy) => {
                if proxy.port.is_some() && port.is_some() && proxy.port != port {
                    let says = format!(
                        "the proxy is written with the port {}, and beside it stands another one",
                        written.escape_debug()
                    );
                    notes.push(note(text, row.at, &says, "the one beside the host is kept"));
                }
                proxy.port = proxy.port.or(port);
                Some(proxy)
            }
            Err(why) => {
                notes.push(note(text, row.at, &why, "the proxy is left out"));
                None
            }
        }
    });
    let listed_port = port.filter(|_| proxy.is_none());
    let place = match row.country.as_deref() {
        Some(code) if code.len() == 2 && code.bytes().all(|b| b.is_ascii_alphabetic()) => {
            code.to_ascii_lowercase()
        }
        _ => "import".to_owned(),
    };
    let plain_name: String = row
        .name
        .chars()
        .filter(|c| !c.is_control())
        .take(80)
        .collect();
    Ok(Profile {
        schema: SCHEMA,
        id: ProfileId::new(format!("{place}/{}", slug(&plain_name)))?,
        name: plain_name,
        core: String::new(),
        matches: row.matches,
        pdns: vec![Pdn {
            roles: known_roles(&roles),
            apn,
            pdp_type,
            roaming_type,
            auth,
            user,
            password: password.map(Secret::new),
            mtu,
            bearers: Vec::new(),
            attach: false,
        }],
        mms: mms(mmsc, proxy, listed_port),
        expect: Expect::default(),
        prices: None,
        sources: vec![source.clone()],
        status: Status::default(),
        origin: super::super::Origin::Text,
    })
}

fn mms(mmsc: String, proxy: Option<ProxyAddress>, listed_port: Option<u16>) -> Mms {
    Mms {
        proxy,
        listed_port: listed_port.filter(|p| *p > 0),
        from: Sender::InsertAddressToken,
        ..Mms::new(mmsc)
    }
}

/// The roles that this program knows; the others (fota, hipri …) are nothing to an MMS.
fn known_roles(words: &[String]) -> Vec<Role> {
    let mut roles: Vec<Role> = Vec::new();
    for role in words.iter().filter_map(|w| Role::from_word(w)) {
        if !roles.contains(&role) {
            roles.push(role);
        }
    }
    roles
}

/// Lower-case letters, digits and single dashes.
fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.chars().take(60) {
        match c.to_ascii_lowercase() {
            c if c.is_ascii_lowercase() || c.is_ascii_digit() => slug.push(c),
            _ if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
            _ => {}
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() {
        "carrier".to_owned()
    } else {
        slug.to_owned()
    }
}

/// The ids that are given out.
#[derive(Default)]
pub(super) struct Ids {
    taken: HashSet<String>,
    /// The number that was last put behind an id.
    numbers: HashMap<String, usize>,
}

impl Ids {
    /// Those of these profiles.
    pub fn of(profiles: &[Profile]) -> Self {
        Self {
            taken: profiles.iter().map(|p| p.id.to_string()).collect(),
            numbers: HashMap::new(),
        }
    }

    /// The id, or the id with the first free number behind it.
    pub fn free(&mut self, wanted: &ProfileId) -> Result<ProfileId, String> {
        let number = self.numbers.entry(wanted.to_string()).or_default();
        loop {
            *number += 1;
            let id = match *number {
                1 => wanted.to_string(),
                n => format!("{wanted}-{n}"),
            };
            if self.taken.insert(id.clone()) {
                return ProfileId::new(id);
            }
        }
    }
}

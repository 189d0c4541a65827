//! All profiles at hand: ours and the person's, by id and by SIM.
use super::fault::nearest;
use super::{Match, Origin, Profile, ProfileError};
use std::path::PathBuf;

/// Pairs the name of each file in the profiles folder with its text.
macro_rules! compiled_in {
    ($($id:literal),* $(,)?) => {
        &[$((
            concat!("profiles/", $id, ".toml"),
            include_str!(concat!("../../profiles/", $id, ".toml")),
        )),*]
    };
}

/// The profiles that come with the program.
const SHIPPED: &[(&str, &str)] = compiled_in![
    "at/a1",
    "au/optus",
    "au/telstra",
    "be/proximus",
    "br/vivo",
    "ca/bell",
    "ca/freedom",
    "ca/rogers",
    "ca/telus",
    "ca/videotron",
    "ch/salt",
    "ch/swisscom",
    "cn/china-mobile",
    "de/o2",
    "de/telekom",
    "de/vodafone",
    "es/movistar",
    "es/vodafone",
    "example/mint-as-configured",
    "example/mms-apn",
    "example/open",
    "example/proxied",
    "fr/bouygues",
    "fr/free",
    "fr/orange",
    "fr/sfr",
    "gb/ee",
    "gb/giffgaff",
    "gb/o2",
    "gb/three",
    "gb/vodafone",
    "it/tim",
    "jp/softbank",
    "jp/uq",
    "kr/lguplus",
    "kr/skt",
    "mx/telcel",
    "nl/kpn",
    "no/telenor",
    "pl/play",
    "se/telia",
    "sg/singtel",
    "us/att",
    "us/att-resale",
    "us/consumer-cellular",
    "us/cricket",
    "us/fi",
    "us/metro",
    "us/mint",
    "us/red-pocket",
    "us/t-mobile",
    "us/tello",
    "us/ting",
    "us/ultra",
    "us/us-cellular",
    "us/us-mobile",
    "us/verizon",
    "us/visible",
];

/// A profile that was read, or what is wrong with its file.
pub type Read = Result<Profile, ProfileError>;

/// Reads a part of the profiles that come with the program: one of `of` parts, counted from 0. [`Library::of`] takes them all together; who has
/// several cores can read on each of them.
#[must_use]
pub fn shipped_part(part: usize, of: usize) -> Vec<Read> {
    let files = SHIPPED.iter().skip(part).step_by(of.max(1));
    files
        .map(|(path, text)| Profile::parse(*path, text))
        .collect()
}

/// Most files of the person that are read; a folder with more is the wrong folder.
const MOST_USER_FILES: usize = 10_000;

/// What is known about the SIM; what could not be read is `None`.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct SimFacts {
    /// MCC and MNC of the home network, five or six digits.
    pub mccmnc: Option<String>,
    /// Group Identifier Level 1, hexadecimal.
    pub gid1: Option<String>,
    /// Service provider name.
    pub spn: Option<String>,
    /// IMSI, or its beginning.
    pub imsi: Option<String>,
    /// ICCID, or its beginning.
    pub iccid: Option<String>,
}

/// IMSI and ICCID are not for debug prints.
impl std::fmt::Debug for SimFacts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let known = |fact: &Option<String>| fact.as_ref().map(|_| "(hidden)");
        f.debug_struct("SimFacts")
            .field("mccmnc", &self.mccmnc)
            .field("gid1", &self.gid1)
            .field("spn", &self.spn)
            .field("imsi", &known(&self.imsi))
            .field("iccid", &known(&self.iccid))
            .finish()
    }
}

/// Whether a profile is for a SIM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// It is for another SIM, or for none in particular.
    No,
    /// Nothing speaks against it, but the SIM did not tell everything that it asks for.
    Perhaps,
    /// All that it asks for holds.
    Yes,
}

/// All profiles at hand.
#[derive(Debug, Clone, Default)]
pub struct Library {
    /// What `get` finds, ordered by id.
    current: Vec<Profile>,
    /// Shipped ones that a user's copy stands in front of.
    covered: Vec<Profile>,
}

/// No profile has this id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no profile `{}`; {}", .id.escape_debug(), .near.as_ref().map_or_else(|| format!("known: {}", .known.join(", ")), |near| format!("did you mean `{near}`? `mmscope profiles list` shows all")))]
pub struct UnknownProfile {
    /// What was asked for.
    pub id: String,
    /// The most likely meaning.
    pub near: Option<String>,
    /// All ids.
    pub known: Vec<String>,
}

impl Library {
    /// The shipped profiles and the person's own, which are handed in as path and text. A person's copy wins over a shipped one with
    /// the same id; of two copies with one id the first wins. Files that are no profiles come back as errors and are left out.
    #[must_use]
    pub fn new(user: impl IntoIterator<Item = (PathBuf, String)>) -> (Self, Vec<ProfileError>) {
        Self::of(user, shipped_part(0, 1))
    }

    /// The same with the shipped profiles as they were read, in any order.
    #[must_use]
    pub fn of(
        user: impl IntoIterator<Item = (PathBuf, String)>,
        shipped: impl IntoIterator<Item = Read>,
    ) -> (Self, Vec<ProfileError>) {
        let mut errors = Vec::new();
        let mut library = Self::default();
        for (path, text) in user.into_iter().take(MOST_USER_FILES) {
            match Profile::parse(&path, &text) {
                Ok(profile) if library.find(profile.id.as_str()).is_some() => {
                    errors.push(twice(path, &text, &profile));
                }
                Ok(mut profile) => {
                    profile.origin = Origin::User(path);
                    library.current.push(profile);
                }
                Err(error) => errors.push(error),
            }
        }
        for read in shipped {
            match read {
                Ok(mut profile) => {
                    profile.origin = Origin::Shipped;
                    let covered = library.find(profile.id.as_str()).is_some();
                    if covered {
                        library.covered.push(profile);
                    } else {
                        library.current.push(profile);
                    }
                }
                Err(error) => errors.push(error),
            }
        }
        for list in [&mut library.current, &mut library.covered] {
            list.sort_by(|a, b| a.id.cmp(&b.id));
        }
        (library, errors)
    }

    /// Only what comes with the program.
    #[must_use]
    pub fn shipped() -> Self {
        Self::new([]).0
    }

    /// The profile with this id.
    ///
    /// # Errors
    /// With the nearest name when there is none.
    pub fn get(&self, id: &str) -> Result<&Profile, UnknownProfile> {
        self.find(id).ok_or_else(|| {
            let known: Vec<String> = self.current.iter().map(|p| p.id.to_string()).collect();
            let whole = nearest(id, known.iter().map(String::as_str));
            // A person who leaves the country out means the carrier.
            let carrier = || {
                known
                    .iter()
                    .find(|k| k.rsplit('/').next() == Some(id))
                    .map(String::as_str)
            };
            UnknownProfile {
                id: id.to_owned(),
                near: carrier().or(whole).map(str::to_owned),
                known,
            }
        })
    }

    /// The shipped profile that the person's copy of `id` stands in front of.
    #[must_use]
    pub fn covered(&self, id: &str) -> Option<&Profile> {
        self.covered.iter().find(|p| p.id.as_str() == id)
    }

    /// What the shipped list says for the same carrier: the shipped profile behind a person's copy, else a shipped one for the same
    /// SIMs. None for a shipped carrier profile itself, which is the list.
    #[must_use]
    pub fn listed(&self, profile: &Profile) -> Option<&Profile> {
        if let Some(shipped) = self.covered(profile.id.as_str()) {
            return Some(shipped);
        }
        let is_list = |p: &&Profile| p.origin == Origin::Shipped && !p.id.is_example();
        if is_list(&profile) {
            return None;
        }
        let shipped = self.current.iter().chain(&self.covered).filter(is_list);
        let same_sims = |p: &&Profile| {
            let of_theirs = |own: &Match| p.matches.iter().any(|m| m.asks_the_same(own));
            profile.matches.iter().any(of_theirs)
        };
        shipped.filter(same_sims).min_by(|a, b| a.id.cmp(&b.id))
    }

    /// All profiles, ordered by id.
    #[must_use]
    pub fn all(&self) -> &[Profile] {
        &self.current
    }

    /// The profiles for a SIM, the best first: those for which everything holds, before those that ask for what the SIM did not tell;
    /// the more specific, the earlier; examples after carriers.
    #[must_use]
    pub fn matching(&self, sim: &SimFacts) -> Vec<&Profile> {
        let mut found: Vec<(&Profile, (Fit, usize))> = self
            .current
            .iter()
            .map(|profile| (profile, best(profile, sim)))
            .filter(|(_, (fit, _))| *fit != Fit::No)
            .collect();
        found.sort_by(|(a, best_a), (b, best_b)| {
            let rank = |profile: &Profile, (fit, weight): (Fit, usize)| {
                (fit, !profile.id.is_example(), weight)
            };
            rank(b, *best_b)
                .cmp(&rank(a, *best_a))
                .then_with(|| a.id.cmp(&b.id))
        });
        found.into_iter().map(|(profile, _)| profile).collect()
    }

    /// The one profile to use for a SIM without asking: the best for which everything holds, or the only one that is possible. None
    /// when the choice is a guess; examples are never chosen while a carrier is possible.
    #[must_use]
    pub fn best_match(&self, sim: &SimFacts) -> Option<&Profile> {
        let mut candidates = self.matching(sim);
        if candidates.iter().any(|profile| !profile.id.is_example()) {
            candidates.retain(|profile| !profile.id.is_example());
        }
        match candidates.as_slice() {
            [] => None,
            [only] => Some(only),
            [first, second, ..] => {
                let (first_best, second_best) = (best(first, sim), best(second, sim));
                if first_best.0 != Fit::Yes {
                    return None;
                }
                if first_best > second_best {
                    return Some(first);
                }
                // Of equals the person's own one is meant, where there is one such and no more; of mends of one the last.
                let equals = candidates.iter().filter(|p| best(p, sim) == first_best);
                let own: Vec<&Profile> = equals.copied().filter(|p| p.is_own()).collect();
                let passed = |p: &Profile| own.iter().any(|q| q.mends(p.id.as_str()).is_some());
                let mut own = own.iter().filter(|p| !passed(p));
                own.next().filter(|_| own.next().is_none()).copied()
            }
        }
    }

    fn find(&self, id: &str) -> Option<&Profile> {
        self.current.iter().find(|p| p.id.as_str() == id)
    }
}

fn twice(path: PathBuf, text: &str, profile: &Profile) -> ProfileError {
    let place = text.find("id").unwrap_or_default();
    ProfileError {
        file: path,
        fault: super::Fault::at(
            text,
            place..place,
            format!("another file of yours already is `{}`", profile.id),
            "give one of them another id",
        ),
    }
}

pub(super) fn fit(profile: &Profile, sim: &SimFacts) -> Fit {
    best(profile, sim).0
}

/// How well the best block of a profile fits, and how specific that block is, in characters compared.
fn best(profile: &Profile, sim: &SimFacts) -> (Fit, usize) {
    profile
        .matches
        .iter()
        .map(|block| block_fit(block, sim))
        .max()
        .unwrap_or((Fit::No, 0))
}

fn block_fit(block: &Match, sim: &SimFacts) -> (Fit, usize) {
    let home = block.mccmnc.as_ref().map(|code| {
        let code = code.as_str();
        match (&sim.mccmnc, &sim.imsi) {
            (Some(own), _) => (verdict(own == code), code.len()),
            (None, Some(imsi)) => (verdict(imsi.starts_with(code)), code.len()),
            (None, None) => (Fit::Perhaps, 0),
        }
    });
    let begins = |wanted: &Option<String>, own: &Option<String>| {
        wanted.as_ref().map(|prefix| match own {
            Some(own) => {
                let head = own.get(..prefix.len()).unwrap_or_default();
                (verdict(head.eq_ignore_ascii_case(prefix)), prefix.len())
            }
            None => (Fit::Perhaps, 0),
        })
    };
    let spn = block.spn.as_ref().map(|wanted| match &sim.spn {
        Some(own) => (
            verdict(own.trim().eq_ignore_ascii_case(wanted)),
            wanted.len(),
        ),
        None => (Fit::Perhaps, 0),
    });
    let asked = [
        home,
        begins(&block.gid1, &sim.gid1),
        spn,
        begins(&block.imsi_prefix, &sim.imsi),
        begins(&block.iccid_prefix, &sim.iccid),
    ];
    let asked: Vec<(Fit, usize)> = asked.into_iter().flatten().collect();
    let fit = asked.iter().map(|(fit, _)| *fit).min().unwrap_or(Fit::No);
    // A SIM of which nothing at all is known fits nothing.
    let known: usize = asked.iter().map(|(_, weight)| weight).sum();
    match fit {
        Fit::No => (Fit::No, 0),
        _ if known == 0 => (Fit::No, 0),
        fit => (fit, known),
    }
}

fn verdict(holds: bool) -> Fit {
    if holds { Fit::Yes } else { Fit::No }
}

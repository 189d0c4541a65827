//! Profiles to compare, in steps of one thing each: what is examined between two of them, and what those columns told.
//! Pure: profiles and verdicts in, columns and sentences out.
use crate::event::{Code, Verdict};
use crate::profile::Profile;

/// What is examined for a column.
#[derive(Clone, Debug)]
pub enum Step {
    /// The profile in use.
    InUse,
    /// A profile of the library, by its id.
    Named(String),
    /// The first profile with one thing of another one.
    Copy {
        /// The changed copy.
        profile: Box<Profile>,
        /// The first profile's id.
        of: String,
        /// What was changed, and the ids of the profiles that have it so.
        changed: (&'static str, Vec<String>),
    },
}

impl Step {
    /// The heading of its column.
    #[must_use]
    pub fn title(&self) -> String {
        match self {
            Self::InUse => "the profile in use".to_owned(),
            Self::Named(id) => id.clone(),
            Self::Copy { of, changed, .. } => {
                let (name, theirs) = changed;
                format!("{of}, but {name} of {}", theirs.join(" and "))
            }
        }
    }

    /// Whether this is the first profile with that thing of the other.
    fn shows(&self, factor: &str, other: &str) -> bool {
        matches!(self, Self::Copy { changed: (name, theirs), .. } if *name == factor && theirs.iter().any(|id| id == other))
    }
}

/// The profiles, and before each that differs from the first one in more than one thing the first one with each of these alone.
#[must_use]
pub fn steps(profiles: &[Profile], one_at_a_time: bool) -> Vec<Step> {
    let Some((first, others)) = profiles.split_first() else {
        return vec![Step::InUse];
    };
    let mut all = vec![Step::Named(first.id.to_string())];
    for other in others {
        let factors = first.factors(other);
        // With one difference the other profile is itself the step.
        if one_at_a_time && factors.len() > 1 {
            for factor in factors {
                add(&mut all, first, other, factor.name, factor.profile);
            }
        }
        all.push(Step::Named(other.id.to_string()));
    }
    all
}

/// A copy as a further column; one that two others would lead to is examined once.
fn add(all: &mut Vec<Step>, first: &Profile, other: &Profile, name: &'static str, copy: Profile) {
    let id = other.id.to_string();
    for step in all.iter_mut() {
        if let Step::Copy {
            profile, changed, ..
        } = step
            && changed.0 == name
            && **profile == copy
        {
            changed.1.push(id);
            return;
        }
    }
    all.push(Step::Copy {
        profile: Box::new(copy),
        of: first.id.to_string(),
        changed: (name, vec![id]),
    });
}

/// What the columns between the first profile and each other one told; where there are none, what such a comparison cannot tell.
#[must_use]
pub fn notes(profiles: &[Profile], steps: &[Step], verdicts: &[Verdict]) -> Vec<String> {
    let Some((first, others)) = profiles.split_first() else {
        return Vec::new();
    };
    let told: Vec<(&Step, Code)> = steps
        .iter()
        .zip(verdicts.iter().map(|v| v.verdict))
        .collect();
    let of_profile = |id: &str| {
        let named = |(step, _): &&(&Step, Code)| matches!(step, Step::Named(name) if name == id);
        told.iter().find(named).map(|(_, code)| *code)
    };
    let mut notes = Vec::new();
    for other in others {
        let id = other.id.as_str();
        let names: Vec<&str> = first.factors(other).iter().map(|f| f.name).collect();
        let (Some(began), Some(ended)) = (of_profile(first.id.as_str()), of_profile(id)) else {
            continue;
        };
        let alone: Vec<(&str, Code)> = names
            .iter()
            .filter_map(|name| {
                let step = told.iter().find(|(step, _)| step.shows(name, id))?;
                Some((*name, step.1))
            })
            .collect();
        let differs = match names.len() {
            0 => format!(
                "{id} differs from {} in nothing that a probe looks at",
                first.id
            ),
            1 => format!("{id} differs from {} in {} alone", first.id, names[0]),
            _ => format!("{id} differs from {} in {}", first.id, names.join(", ")),
        };
        let says = match (names.len(), alone.is_empty()) {
            (0 | 1, _) => format!("{differs}."),
            (_, true) => format!(
                "{differs}; no row tells which of these matters: --profiles {},{id} by itself changes them one at a time.",
                first.id
            ),
            (_, false) => format!("{differs}. {}", each_alone(&alone, began, ended)),
        };
        notes.push(says);
    }
    notes
}

/// `With its PDP type alone: WRONG-PORT, as before. With its MMSC alone: WORKS, as with all of it.`
fn each_alone(alone: &[(&str, Code)], began: Code, ended: Code) -> String {
    let mut says: Vec<String> = Vec::new();
    for (name, code) in alone {
        let like = match (*code == began, *code == ended) {
            (true, _) => ", as before",
            (false, true) => ", as with all of it",
            (false, false) => ", which is neither",
        };
        says.push(format!("With its {name} alone: {code}{like}."));
    }
    if began != ended && alone.iter().all(|(_, code)| *code != ended) {
        says.push(format!("None of them alone leads to {ended}."));
    }
    says.join(" ")
}

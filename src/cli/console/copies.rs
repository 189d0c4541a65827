//! The profiles of a session, as the screen measures and offers them.
//!
//! In: the library, and what a verdict advises. Out: profiles, and functions over drafts for the screen. Never here: the bench.
use crate::compose::{self, way_by_length};
use crate::config::Config;
use crate::console::measure::{encoder, fitter, measure_by, profile_row, profile_rows};
use crate::console::{Encode, Fitter, Measure, Mend, ProfileRow};
use crate::event::Fix;
use crate::profile::{Library, Profile, SimFacts};
use std::sync::{Arc, Mutex, PoisonError};

/// The profiles of this session: the library, and the copies with one thing changed that a verdict led to.
#[derive(Clone)]
pub(super) struct Copies {
    library: Arc<Mutex<Arc<Library>>>,
    /// Each with the id of the one in the library that it came from.
    held: Arc<Mutex<Vec<(Profile, String)>>>,
}

impl Copies {
    pub fn of(library: Arc<Library>) -> Self {
        Self {
            library: Arc::new(Mutex::new(library)),
            held: Arc::default(),
        }
    }

    pub fn library(&self) -> Arc<Library> {
        let library = self.library.lock().unwrap_or_else(PoisonError::into_inner);
        library.clone()
    }

    /// Another library from now on; the copies stay what they were made of.
    pub fn replace(&self, library: Arc<Library>) {
        *self.library.lock().unwrap_or_else(PoisonError::into_inner) = library;
    }

    pub fn held(&self) -> Vec<(Profile, String)> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.clone()
    }

    /// The copy with this id.
    pub fn find(&self, id: &str) -> Option<Profile> {
        let mut held = self.held().into_iter();
        held.find(|(p, _)| p.id.as_str() == id).map(|(p, _)| p)
    }

    /// A copy with this changed, and the id in the library that it came from.
    pub fn changed(&self, id: &str, fix: &Fix) -> Result<(Profile, String), String> {
        let held = self.held();
        let found = held.iter().find(|(p, _)| p.id.as_str() == id);
        let (profile, root) = match found {
            Some((profile, root)) => (profile.clone(), root.clone()),
            None => {
                let library = self.library();
                let profile = library.get(id).map_err(|e| e.to_string())?;
                (profile.clone(), id.to_owned())
            }
        };
        Ok((profile.mended(fix)?, root))
    }

    /// What the screen offers.
    pub fn offer(&self, id: &str, fix: &Fix) -> Option<Mend> {
        let (copy, _) = self.changed(id, fix).ok()?;
        let used = copy.in_use();
        let mut says = format!(
            "uses {}, a copy held for this session: APN {}, {}, dials {}",
            used.id, used.apn, used.pdp_type, used.dials
        );
        let same = |other: &&Profile| {
            let other = other.in_use();
            !other.id.starts_with("example/")
                && other.apn == used.apn
                && other.mmsc == used.mmsc
                && other.dials == used.dials
        };
        let library = self.library();
        if let Some(shipped) = library.all().iter().find(same) {
            let pdp_type = shipped.mms_pdn().pdp_type;
            says.push_str(&format!(
                ". Profile {} says the same (type {pdp_type})",
                shipped.id
            ));
        }
        Some(Mend { id: used.id, says })
    }

    /// Makes the copy, and keeps it for the session.
    pub fn hold(&self, id: &str, fix: &Fix) -> Result<Profile, String> {
        let (copy, root) = self.changed(id, fix)?;
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|(p, _)| p.id != copy.id);
        held.push((copy.clone(), root));
        Ok(copy)
    }

    /// Measures drafts; for a copy as for the profile that it came from, since nothing that is mended changes a size.
    pub fn measure(&self, config: &Config) -> Measure {
        let own = config.own_number.as_ref();
        let own = own.map(|n| n.recipient().plain().to_owned());
        let (copies, text_limit, sending) = (self.clone(), config.text_limit, config.sending);
        let most = usize::try_from(sending.mms_from_parts.get()).unwrap_or(usize::MAX);
        let by_rule = move |draft: &compose::Draft| {
            let fixed = sending.way.fixed();
            fixed.unwrap_or_else(|| way_by_length(draft, most))
        };
        Arc::new(move |draft, id, sim| {
            let root = copies.root(id);
            let measure = measure_by(copies.library(), text_limit, own.clone(), by_rule);
            measure(draft, root.as_deref(), sim)
        })
    }

    /// Makes the M-Send.req of drafts; for a copy as for the profile that it came from, since nothing that is mended changes an octet of it.
    pub fn encode(&self) -> Encode {
        let copies = self.clone();
        Arc::new(move |draft, id, date| {
            encoder(copies.library())(draft, copies.root(id).as_deref(), date)
        })
    }

    /// Makes the files of drafts fit; for a copy as for the profile that it came from.
    pub fn fit(&self) -> Fitter {
        let copies = self.clone();
        Arc::new(move |draft, id| fitter(copies.library())(draft, copies.root(id).as_deref()))
    }

    /// The id in the library that a profile's id leads to.
    pub fn root(&self, id: Option<&str>) -> Option<String> {
        let held = self.held();
        let copy = held.iter().find(|(p, _)| Some(p.id.as_str()) == id);
        copy.map(|(_, root)| root.clone()).or(id.map(str::to_owned))
    }

    pub fn rows(&self, sim: Option<&SimFacts>) -> Vec<ProfileRow> {
        let mut rows: Vec<ProfileRow> = self
            .held()
            .iter()
            .map(|(p, _)| profile_row(p, sim))
            .collect();
        rows.extend(profile_rows(&self.library(), sim));
        rows
    }
}

//! The profile that a session begins with: the one that is named, else the one of the world, else the best match to the SIM, which only the
//! bench can tell. A mend that the person has kept goes before what it mends.
use super::Refusal;
use super::args::Global;
use super::folders;
use super::session::Named;
use crate::config::Config;
use crate::event::Sim;
use crate::known::Known;
use crate::profile::{Library, Profile, SimFacts};
use std::path::Path;

/// What is named on the command line or in the configuration.
fn named(global: &Global, config: &Config) -> Option<String> {
    let configured = || config.profile.as_ref().map(ToString::to_string);
    global.profile.clone().or_else(configured)
}

/// The profile to begin with; `None` leaves it to the SIM.
///
/// # Errors
/// No such profile, or a file that is none.
pub fn profile(
    global: &Global,
    config: &Config,
    library: &Library,
    world: Option<&Named>,
) -> Result<Option<Profile>, Refusal> {
    let start = world.map(|w| w.world.start.profile.as_str());
    let named = named(global, config);
    // Who has kept a mend of the world's profile means that one from then on.
    if let (None, Some(mended)) = (&named, start.and_then(|id| library.kept_mend(id))) {
        return Ok(Some(mended.clone()));
    }
    let Some(id) = named.or(start.map(str::to_owned)) else {
        return Ok(None);
    };
    if Path::new(&id).extension().is_some_and(|e| e == "toml") {
        let text = folders::read(Path::new(&id))
            .map_err(|e| Refusal::usage(format!("{id}: cannot be read: {e}")))?;
        return Profile::parse(id.as_str(), &text)
            .map(Some)
            .map_err(|e| Refusal::usage(e.to_string()));
    }
    library
        .get(&id)
        .map(|p| Some(p.clone()))
        .map_err(|e| Refusal::usage(e.to_string()))
}

/// That a mend of the person's own is used in the place of the world's profile, and how to get that one.
pub fn says_mended(
    global: &Global,
    config: &Config,
    profile: Option<&Profile>,
    world: Option<&Named>,
) -> Option<String> {
    let start = world?.world.start.profile.as_str();
    let id = &profile?.id;
    if named(global, config).is_some() || id.as_str() == start {
        return None;
    }
    Some(format!(
        "{id} is used, the mend of {start} that you have kept; --profile {start} uses that one as it was"
    ))
}

/// Whether the world is broken for the profile that it is begun with: a mend that was kept has met that.
pub fn is_broken(
    global: &Global,
    config: &Config,
    library: &Library,
    world: Option<&Named>,
) -> bool {
    let begins = profile(global, config, library, world).ok().flatten();
    world.is_some_and(|w| w.world.truth != "WORKS")
        && says_mended(global, config, begins.as_ref(), world).is_none()
}

/// Whether the next start like this one begins with this profile of the person's.
pub fn begins_with(
    id: &str,
    global: &Global,
    config: &Config,
    library: &Library,
    world: Option<&Named>,
    known: &Known,
) -> bool {
    let is_it = |profile: &Profile| profile.id.as_str() == id;
    match profile(global, config, library, world) {
        Ok(Some(profile)) => is_it(&profile),
        Ok(None) => {
            let best = known.sim.as_ref().and_then(|sim| best_for(library, sim));
            best.is_some_and(is_it)
        }
        Err(_) => false,
    }
}

/// The profile that fits this SIM best, as far as the session tells whose it is: its numbers are hidden there.
pub fn best_for<'l>(library: &'l Library, sim: &Sim) -> Option<&'l Profile> {
    library.best_match(&SimFacts {
        mccmnc: sim.home.as_ref().map(|home| home.replace('-', "")),
        gid1: sim.gid1.clone(),
        spn: sim.spn.clone(),
        ..SimFacts::default()
    })
}

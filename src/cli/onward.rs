//! The next command, in words: what a person types after a send that failed or after `doctor`.
use super::args::Global;
use super::starting::best_for;
use crate::console::copying::quoted;
use crate::event::{SendResult, Stage};
use crate::known::Known;
use crate::profile::Library;

/// The options of this command line by which the same bench is reached again, and the profile where one is named.
pub fn same_bench(global: &Global) -> String {
    let mut words = String::new();
    match (&global.world, global.sim, &global.port) {
        (Some(world), _, _) => words += &format!(" --world {}", quoted(world)),
        (None, true, _) => words += " --sim",
        (None, false, Some(port)) => words += &format!(" --port {}", quoted(port)),
        (None, false, None) => {}
    }
    if let Some(profile) = &global.profile {
        words += &format!(" --profile {}", quoted(profile));
    }
    words
}

/// What to do after a send that failed; none where nothing failed, or where nobody knows.
pub fn after_send(
    global: &Global,
    known: &Known,
    library: &Library,
    result: &SendResult,
) -> Option<String> {
    if result.ok || result.cancelled || result.unknown {
        return None;
    }
    let stage = result.stage?;
    let bench = same_bench(global);
    // Before a context is up no profile can matter, and what does not encode goes nowhere.
    match stage {
        Stage::Encode | Stage::Deliver => return None,
        Stage::Port | Stage::Sim | Stage::Register => {
            return Some(format!(
                "next: `mmscope doctor{bench}` checks modem, SIM and line"
            ));
        }
        _ => {}
    }
    let mut says =
        format!("next: `mmscope probe{bench}` finds out why, and sends nothing to anybody");
    let used = known.profile.as_ref().map(|p| p.id.as_str());
    let best = known.sim.as_ref().and_then(|sim| best_for(library, sim));
    if let Some(best) = best.filter(|best| Some(best.id.as_str()) != used) {
        says += &format!(
            "; `--profile {}` sends through the one that fits this SIM best",
            best.id
        );
    }
    Some(says)
}

//! Whether the profile in use can be right: the one that a send from here would go through.
use super::super::args::Global;
use super::super::onward::same_bench;
use super::super::{session, starting};
use super::Check;
use crate::cli::Refusal;
use crate::config::Config;
use crate::event::clean;
use crate::modem::SimCard;
use crate::profile::{Library, Profile, SimFacts};

/// What the modem told of its SIM, where it was asked.
pub(super) type Card = Option<SimCard>;

/// Judges the profile that a send would go through.
///
/// # Errors
/// The world that is named is none.
pub(super) fn check(
    global: &Global,
    config: &Config,
    library: &Library,
    card: Card,
) -> Result<Check, Refusal> {
    let world = session::world(global)?;
    let begins = match starting::profile(global, config, library, world.as_ref()) {
        Ok(begins) => begins,
        Err(refusal) => {
            let remedy = "Name another one with --profile; `mmscope profiles list` shows all";
            return Ok(Check::fail("profile", refusal.says, remedy).with_code(2));
        }
    };
    let best = |card: &SimCard| library.best_match(&facts(card)).cloned();
    Ok(
        match (begins.or_else(|| card.as_ref().and_then(best)), card) {
            (Some(profile), _) => judged(&profile, &same_bench(global)),
            (None, None) => Check::unknown("profile", "no SIM was read, and none is named"),
            (None, Some(_)) => Check::warn(
                "profile",
                "none fits this SIM for sure",
                "Name one with --profile; `mmscope profiles list` shows all",
            ),
        },
    )
}

fn judged(profile: &Profile, bench: &str) -> Check {
    let used = profile.in_use();
    let says = format!("{}, dials {}", used.id, clean(&used.dials));
    let wrong: Vec<String> = used
        .lints
        .iter()
        .filter(|lint| lint.severity == "error")
        .map(|lint| format!("{} `{}` {}", lint.id, lint.offending, lint.says))
        .collect();
    if wrong.is_empty() {
        return Check::ok("profile", says);
    }
    let remedy = format!(
        "`mmscope profiles lint {}` says how to mend it, `mmscope probe{bench}` whether that is why a send fails",
        used.id
    );
    Check::warn("profile", format!("{says}: {}", wrong.join("; ")), &remedy)
}

fn facts(card: &SimCard) -> SimFacts {
    SimFacts {
        mccmnc: card.home.clone(),
        imsi: card.imsi.as_ref().map(|i| i.reveal().to_owned()),
        iccid: card.iccid.as_ref().map(|i| i.reveal().to_owned()),
        gid1: card.gid1.clone(),
        spn: card.spn.clone(),
    }
}

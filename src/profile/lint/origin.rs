//! Rules on where the facts come from, and on the collection as a whole.
use super::{Lint, LintContext, Severity};
use crate::profile::{Match, Profile, Verified};
use jiff::civil::Date;

type Found = Vec<Lint>;
type Around<'c> = &'c LintContext<'c>;

/// Facts older than this are doubtful, in months.
const OLD_MONTHS: i32 = 24;

/// P20: one source says otherwise.
pub(super) fn sources_disagree(profile: &Profile, _: Around<'_>) -> Found {
    let lint = |source: &crate::profile::Source| {
        let says = format!(
            "so says {} of {}, other than this profile",
            source.reference, source.date
        );
        let fix = "if this profile fails, try the other value in a copy of your own";
        Lint::whole(
            "P20",
            Severity::Warning,
            "source.differs",
            &source.differs,
            says,
            fix,
        )
    };
    profile
        .sources
        .iter()
        .filter(|s| !s.differs.is_empty())
        .map(lint)
        .collect()
}

/// P24: nobody has seen it working, or not for two years.
pub(super) fn untested_or_old(profile: &Profile, context: Around<'_>) -> Found {
    let status = &profile.status;
    let warn = |field: &str, value: &str, says: String| {
        let fix = "send one message with it; a profile that worked can be kept as your own copy with verified = \"bench\"";
        vec![Lint::whole(
            "P24",
            Severity::Warning,
            field,
            value,
            says,
            fix,
        )]
    };
    if status.verified == Verified::Never {
        let says = "it was read in lists and nobody has seen it working".to_owned();
        return warn("status.verified", "never", says);
    }
    let days = profile
        .sources
        .iter()
        .map(|s| s.date.as_str())
        .chain([status.last_ok.as_str()]);
    let newest = days.filter_map(|day| day.parse::<Date>().ok()).max();
    match (newest, context.today) {
        (Some(newest), Some(today)) if months_between(newest, today) >= OLD_MONTHS => {
            let says = format!(
                "its newest fact is of {newest}, {} months ago",
                months_between(newest, today)
            );
            warn("status.last_ok", &newest.to_string(), says)
        }
        _ => Found::new(),
    }
}

/// Whole months from one day to another.
fn months_between(from: Date, to: Date) -> i32 {
    let months = |d: Date| i32::from(d.year()) * 12 + i32::from(d.month());
    months(to) - months(from) - i32::from(to.day() < from.day())
}

/// P25: another profile with the same id, or for the same SIMs with another MMSC.
pub(super) fn overlapping(profile: &Profile, context: Around<'_>) -> Found {
    let error = |field: &str, value: String, says: String, fix: &str| {
        Lint::whole("P25", Severity::Error, field, value, says, fix)
    };
    let mut found = Found::new();
    let same_id = context.others.iter().filter(|o| o.id == profile.id).count();
    if same_id > 1 {
        let says = format!("{same_id} profiles have this id");
        found.push(error(
            "id",
            profile.id.to_string(),
            says,
            "give one of them another id",
        ));
    }
    let own = profile.endpoint().ok();
    for other in context.others.iter().filter(|o| o.id != profile.id) {
        // Examples are never chosen while a carrier is possible.
        if other.id.is_example() && !profile.id.is_example() || own == other.endpoint().ok() {
            continue;
        }
        let equal = |a: &Match| other.matches.iter().any(|b| a.asks_the_same(b));
        if let Some(block) = profile.matches.iter().find(|block| equal(block)) {
            let says = format!(
                "{} is for the same SIMs ({block}) and has another MMSC or port",
                other.id
            );
            let fix = "make one of the two more specific (gid1, spn), or remove it";
            found.push(error("match", block.to_string(), says, fix));
        }
    }
    found
}

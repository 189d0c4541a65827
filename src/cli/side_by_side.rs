//! Profiles side by side: which are examined, one after the other, and the table that comes of it.
use super::args::{Global, Probe};
use super::matrix::{self, Column};
use super::probe::{follow, order, print, way};
use super::session::{Interrupts, Session};
use super::{Refusal, output};
use crate::bench::Order;
use crate::profile::{Profile, SimFacts};
use std::time::Duration;

/// What is examined for a column.
enum Wanted {
    /// The profile in use.
    InUse,
    /// A profile of the library.
    Named(String),
    /// One with a thing of another one, and the heading that says so.
    Copy(Box<Profile>, String),
}

/// Profiles side by side: 0 where one of them works, 30 where causes were found for all, else 31.
pub async fn examine(
    session: &Session,
    global: &Global,
    options: &Probe,
    earlier: Vec<Column>,
    interrupts: &mut Interrupts,
) -> Result<u8, Refusal> {
    let ids = if options.matching {
        matching(session, interrupts).await?
    } else {
        options.profiles.clone()
    };
    let mut profiles = Vec::new();
    for id in &ids {
        let profile = session.library.get(id);
        profiles.push(profile.map_err(|e| Refusal::usage(e.to_string()))?.clone());
    }
    let wanted = wanted(&profiles, options.one_factor);
    let way = way(session, options)?;
    let mut codes = Vec::new();
    let mut columns = earlier;
    for wanted in wanted {
        let (id, title) = match wanted {
            Wanted::InUse => (None, None),
            Wanted::Named(id) => (Some(id), None),
            Wanted::Copy(profile, title) => {
                session.bench.order(Order::UseCopy(profile)).await;
                (None, Some(title))
            }
        };
        if !(global.json || options.csv || options.markdown) {
            let of = title.as_ref().or(id.as_ref());
            output::tell(&format!(
                "examining {} …",
                of.map_or("the profile in use", |t| t)
            ));
        }
        let order = order(options, id, true, way.as_ref());
        let verdict = follow(session, order, |_| {}, interrupts).await?;
        let known = session.journal.known();
        if let Some(probe) = known
            .probes
            .iter()
            .rev()
            .find(|p| p.began.probe == verdict.probe)
        {
            let mut column = Column::of(probe);
            column.title = title.unwrap_or(column.title);
            columns.push(column);
        }
        codes.push(verdict.exit_code());
        if verdict.cancelled {
            return Ok(130);
        }
    }
    let table = matrix::table(&columns);
    let notes = if options.one_factor {
        Vec::new()
    } else {
        factors(&profiles)
    };
    if global.json {
        print(&matrix::json(&table, &columns, &notes));
    } else if options.csv {
        // Its lines end in CR LF (RFC 4180), and every field is clean.
        output::octets(matrix::csv(&table).as_bytes());
    } else {
        print(&matrix::markdown(&table));
        for note in &notes {
            print(&format!("\n{note}\n"));
        }
    }
    Ok(if codes.contains(&0) {
        0
    } else if codes.contains(&31) {
        31
    } else {
        30
    })
}

/// What is examined: the profiles, and where that is asked for the first one with each thing of the others that differs.
fn wanted(profiles: &[Profile], one_factor: bool) -> Vec<Wanted> {
    let Some((first, others)) = profiles.split_first() else {
        return vec![Wanted::InUse];
    };
    let mut all = vec![Wanted::Named(first.id.to_string())];
    for other in others {
        let factors = first.factors(other);
        // With one difference the other profile is itself the step.
        if one_factor && factors.len() > 1 {
            all.extend(factors.into_iter().map(|factor| {
                let title = format!("{}, but {} of {}", first.id, factor.name, other.id);
                Wanted::Copy(Box::new(factor.profile), title)
            }));
        }
        all.push(Wanted::Named(other.id.to_string()));
    }
    all
}

/// Says where profiles differ in more than one thing: then no row shows which of these matters.
fn factors(profiles: &[Profile]) -> Vec<String> {
    let Some((first, others)) = profiles.split_first() else {
        return Vec::new();
    };
    let mut notes = Vec::new();
    for other in others {
        let names: Vec<&str> = first.factors(other).iter().map(|f| f.name).collect();
        if names.len() > 1 {
            notes.push(format!(
                "{} differs from {} in {}; --one-factor changes one of them at a time.",
                other.id,
                first.id,
                names.join(", ")
            ));
        }
    }
    notes
}

/// How long the first look at the modem may take, in the world's time.
const FIRST_LOOK: Duration = Duration::from_secs(60);

/// The profiles that fit the SIM, as far as the card tells.
async fn matching(session: &Session, interrupts: &mut Interrupts) -> Result<Vec<String>, Refusal> {
    let mut changes = session.journal.changes();
    let limit = FIRST_LOOK.div_f64(session.journal.known().session.speed.max(1.0));
    let late = tokio::time::sleep(limit.max(Duration::from_secs(5)));
    tokio::pin!(late);
    let sim = loop {
        if let Some(sim) = session.journal.known().sim.clone() {
            break sim;
        }
        let unknown = || {
            Refusal::with(
                12,
                "the SIM could not be read, so nobody knows which profiles fit it; name them with --profiles a,b,c",
            )
        };
        tokio::select! {
            changed = changes.changed() => changed.map_err(|_| unknown())?,
            () = &mut late => return Err(unknown()),
            () = interrupts.next() => return Err(Refusal::with(130, "stopped before anything was examined")),
        }
    };
    let facts = SimFacts {
        mccmnc: sim.home.as_ref().map(|home| home.replace('-', "")),
        gid1: sim.gid1.clone(),
        spn: sim.spn.clone(),
        ..SimFacts::default()
    };
    let ids: Vec<String> = session
        .library
        .matching(&facts)
        .into_iter()
        .map(|p| p.id.to_string())
        .collect();
    if ids.is_empty() {
        return Err(Refusal::usage(
            "no profile fits this SIM; name them with --profiles a,b,c",
        ));
    }
    Ok(ids)
}

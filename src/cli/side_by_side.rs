//! Profiles side by side: which are probed, one after the other, and the table that comes of it.
use super::args::{Global, Probe};
use super::matrix::{self, Column};
use super::probe::{follow, order, print, way};
use super::session::{Interrupts, Session};
use super::steps::{Step, notes, steps};
use super::{Refusal, output};
use crate::bench::Order;
use crate::profile::SimFacts;
use std::time::Duration;

/// Profiles side by side: 0 where one of them works as it is, 30 where causes were found for all, else 31.
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
    let steps = steps(&profiles, !options.matching && !options.whole_profiles);
    let way = way(session, options)?;
    let mut verdicts = Vec::new();
    let mut columns = earlier;
    let talks = !(global.json || options.csv || options.markdown);
    for (nth, step) in steps.iter().enumerate() {
        if talks {
            output::tell(&format!(
                "{} of {}: probing {} …",
                nth + 1,
                steps.len(),
                step.title()
            ));
        }
        let id = match step {
            Step::InUse => None,
            Step::Named(id) => Some(id.clone()),
            Step::Copy { profile, .. } => {
                session.bench.order(Order::UseCopy(profile.clone())).await;
                None
            }
        };
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
            if let Step::Copy { .. } = step {
                column.title = step.title();
            }
            columns.push(column);
        }
        let stopped = verdict.cancelled;
        verdicts.push(verdict);
        if stopped {
            return Ok(130);
        }
    }
    let table = matrix::table(&columns);
    let notes = notes(&profiles, &steps, &verdicts);
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
    // What a copy shows is for the person; the code tells of what was asked for.
    let asked = steps.iter().zip(&verdicts);
    let mut codes = asked
        .filter(|(step, _)| !matches!(step, Step::Copy { .. }))
        .map(|(_, verdict)| verdict.exit_code());
    Ok(match codes.clone().any(|code| code == 0) {
        true => 0,
        false if codes.any(|code| code == 31) => 31,
        false => 30,
    })
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
            () = interrupts.next() => return Err(Refusal::with(130, "stopped before anything was probed")),
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

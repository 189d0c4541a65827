//! `mmscope probe`
use super::args::{Global, Probe};
use super::ladder::time;
use super::matrix::{self, Column};
use super::session::{self, Interrupts, Session, Wants};
use super::{Refusal, Style, earlier, ladder, output};
use crate::bench::{self, Order};
use crate::event::clean;
use crate::event::{
    Act, Code, Confidence, Depth, Event, ExperimentState, ExperimentStep, Standing, Verdict, What,
};
use crate::profile::{Profile, SimFacts};
use std::fmt::Write as _;
use std::time::Duration;

/// Examines one profile, or several side by side.
pub async fn run(global: &Global, options: &Probe) -> Result<u8, Refusal> {
    if options.full && !options.yes {
        output::agreed(CHANGES, "--full --yes")?;
    }
    let earlier = earlier_columns(options)?;
    let compares = options.matching || !options.profiles.is_empty() || !earlier.is_empty();
    // From here on, so that none is lost between two probes.
    let mut interrupts = Interrupts::listen();
    let session = session::open(
        global,
        Wants {
            speed: 20.0,
            // The first look tells the SIM, by which profiles match.
            watchful: options.matching,
            json: !compares,
        },
    )
    .await?;
    let style = session::style(global, &session.config);
    let outcome = if compares {
        several(&session, global, options, earlier, &mut interrupts).await
    } else {
        one(&session, global, options, style, &mut interrupts).await
    };
    let recording = session.recording.clone();
    let gave_up = matches!(&outcome, Err(refusal) if refusal.code == 130);
    super::send::leave(session, gave_up, &mut interrupts).await;
    let quiet = global.json || options.markdown || options.csv;
    if let (Some(path), false) = (recording, quiet) {
        output::line(&format!("recorded in {}", path.display()));
    }
    outcome
}

/// What a full probe changes.
const CHANGES: &str = "--full defines spare PDP contexts and moves the module's socket stack to them. All of it is put back and verified; data of other programs over the module's sockets is interrupted meanwhile";

/// Read before the modem is touched, so that nobody waits for a file that is none.
fn earlier_columns(options: &Probe) -> Result<Vec<Column>, Refusal> {
    let all = options.earlier.iter();
    let read: Result<Vec<_>, _> = all
        .map(|recording| earlier::columns(recording, &options.profiles))
        .collect();
    Ok(read?.into_iter().flatten().collect())
}

fn order(options: &Probe, profile: Option<String>, exhaustive: bool) -> Order {
    Order::Probe(Box::new(bench::Probe {
        profile,
        depth: if options.full {
            Depth::Full
        } else {
            Depth::Quick
        },
        exhaustive,
        witnesses: options.witness.clone(),
    }))
}

async fn one(
    session: &Session,
    global: &Global,
    options: &Probe,
    style: Style,
    interrupts: &mut Interrupts,
) -> Result<u8, Refusal> {
    let order = order(options, None, false);
    let tell = |event: &Event| {
        if !global.json {
            print(&progress(style, event));
        }
    };
    let verdict = follow(session, order, tell, interrupts).await?;
    if !global.json {
        print(&text(style, &verdict));
    }
    Ok(verdict.exit_code())
}

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
async fn several(
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
        let order = order(options, id, true);
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

/// Orders a probe and tells what happens until its verdict. An interrupt cancels; a second one gives up waiting.
async fn follow(
    session: &Session,
    order: Order,
    tell: impl Fn(&Event),
    interrupts: &mut Interrupts,
) -> Result<Verdict, Refusal> {
    let mut changes = session.journal.changes();
    let mut seen = session.journal.known().last;
    session.bench.order(order).await;
    let mut ordered = None;
    let mut stopping = false;
    loop {
        for event in session.journal.since(seen) {
            seen = event.id;
            tell(&event);
            match &event.what {
                What::Act(Act::Probe) => ordered = Some(event.id),
                What::Verdict(verdict) => return Ok((**verdict).clone()),
                What::Notice(n) if n.because.is_some() && n.because == ordered => {
                    let code = if stopping { 130 } else { 2 };
                    return Err(Refusal::with(code, n.text.clone()));
                }
                _ => {}
            }
        }
        tokio::select! {
            changed = changes.changed() => if changed.is_err() {
                return Err(Refusal::with(11, "the bench has ended"));
            },
            () = interrupts.next() => {
                if stopping {
                    return Err(Refusal::with(130, "given up"));
                }
                stopping = true;
                output::tell("stopping; the modem's settings are put back first (Ctrl-C again to give up)");
                session.bench.order(Order::Cancel).await;
            }
        }
    }
}

fn print(text: &str) {
    // A reader that went away is no reason to leave the modem changed.
    output::styled(&ladder::harmless(text));
}

/// An experiment's line as it ends.
fn progress(style: Style, event: &Event) -> String {
    match &event.what {
        What::Probe(p) => format!("probe of {}, {:?}\n", p.profile, p.depth).to_lowercase(),
        What::Experiment(ExperimentStep {
            experiment,
            title,
            state: ExperimentState::Done { says },
            ..
        }) => format!(
            "{:>8}  {} {:48} {}\n",
            time(event.ms),
            style.paint("2", experiment),
            clean(title),
            clean(says)
        ),
        What::Notice(n) => format!("  ! {}\n", clean(&n.text)),
        _ => String::new(),
    }
}

/// The verdict as text: what, how sure, why, what would change it, what now.
#[must_use]
pub fn text(style: Style, v: &Verdict) -> String {
    let color = match (v.verdict, v.confidence) {
        (Code::Works, _) => "1;32",
        (Code::Inconclusive, _) => "1;33",
        (_, Confidence::High) => "1;31",
        _ => "1;35",
    };
    let dash = if style.ascii { "-" } else { "·" };
    let mut out = String::new();
    let name = style.paint(color, v.verdict.name());
    let _ = writeln!(out, "\n{name}  {} confidence", v.confidence);
    let _ = writeln!(out, "{}", clean(&v.headline));
    if v.cancelled {
        let _ = writeln!(out, "(stopped before its end)");
    }
    let heading = |out: &mut String, title: &str| {
        let _ = writeln!(out, "\n{}", style.paint("1", title));
    };
    heading(&mut out, "Evidence");
    for e in &v.evidence {
        let _ = writeln!(out, "  #{:<5}{:>8}  {}", e.id, time(e.ms), clean(&e.says));
    }
    if !v.would_change.is_empty() {
        heading(&mut out, "What would change this verdict");
        for says in &v.would_change {
            let _ = writeln!(out, "  {dash} {}", clean(says));
        }
    }
    if !v.next.is_empty() {
        heading(&mut out, "Next");
        for (n, step) in v.next.iter().enumerate() {
            let _ = writeln!(out, "  {}. {}", n + 1, clean(&step.says));
        }
    }
    if !v.cells.is_empty() {
        heading(&mut out, "Cells");
        out += &cells(v);
    }
    let open: Vec<_> = v
        .others
        .iter()
        .filter(|h| h.standing != Standing::Excluded)
        .collect();
    if !open.is_empty() {
        heading(&mut out, "Not excluded");
        for h in open {
            let word = match h.standing {
                Standing::Open => "open",
                _ => "weakened",
            };
            let _ = writeln!(out, "  {:20}{word:10}{}", h.verdict, h.why);
        }
    }
    if !v.not_run.is_empty() {
        heading(&mut out, "Not run");
        for n in &v.not_run {
            let _ = writeln!(out, "  {} {}: {}", n.experiment, n.title, n.would_tell);
            let _ = writeln!(out, "      {}", n.why);
        }
    }
    let _ = writeln!(
        out,
        "\n{} and {} AT exchanges; nothing was sent to anybody\n",
        time(v.duration_ms),
        v.exchanges
    );
    out
}

fn cells(v: &Verdict) -> String {
    let mut out = String::new();
    for c in &v.cells {
        let cid = c.on.cid.map_or_else(String::new, |cid| format!(" {cid}"));
        let class = match &c.void {
            Some(_) => format!("void ({})", c.class),
            None => c.class.to_string(),
        };
        let mut line = format!(
            "  {:10}{:28}{:26}{class:16}{:>8}",
            format!("{}{cid}", c.on.stack),
            c.target.role.words(),
            c.target.to_string(),
            c.ms.map_or_else(String::new, time),
        );
        if let Some(http) = &c.http {
            let _ = write!(line, "  HTTP {}", clean(http));
        }
        if let Some(void) = &c.void {
            let _ = write!(line, "  {}", clean(void));
        }
        let _ = writeln!(out, "{}", line.trim_end());
    }
    out
}

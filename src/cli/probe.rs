//! `mmscope probe`
use super::args::{Global, Probe};
use super::ladder::time;
use super::matrix;
use super::session::{self, Session, Wants};
use super::{Refusal, Style, ladder, output};
use crate::bench::{self, Order};
use crate::event::clean;
use crate::event::{
    Code, Confidence, Depth, Event, ExperimentState, ExperimentStep, Level, Standing, Verdict, What,
};
use crate::known;
use crate::profile::SimFacts;
use std::fmt::Write as _;
use std::io::IsTerminal;

/// Examines one profile, or several side by side.
pub async fn run(global: &Global, options: &Probe) -> Result<u8, Refusal> {
    if options.full && !options.yes {
        agree()?;
    }
    let session = session::open(
        global,
        Wants {
            speed: 20.0,
            watchful: false,
            json: options.profiles.is_empty() && !options.matching,
            many: false,
            listens: false,
        },
    )
    .await?;
    let style = session::style(global, &session.config);
    let outcome = if options.matching || !options.profiles.is_empty() {
        several(&session, global, options).await
    } else {
        one(&session, global, options, style).await
    };
    let recording = session.recording.clone();
    let closed = session.bench.close().await;
    session.journal.close_writers();
    if !closed {
        output::tell("the modem did not let go in time; `mmscope restore` puts its settings back");
    }
    let quiet = global.json || options.markdown || options.csv;
    if let (Some(path), false) = (recording, quiet) {
        output::line(&format!("recorded in {}", path.display()));
    }
    outcome
}

/// Asks the person before anything is changed.
fn agree() -> Result<(), Refusal> {
    let changes = "--full defines spare PDP contexts and moves the module's socket stack to them. All of it is put back and verified; data of other programs over the module's sockets is interrupted meanwhile";
    if !std::io::stdin().is_terminal() {
        return Err(Refusal::usage(format!(
            "{changes}. Nobody can be asked here: say --full --yes"
        )));
    }
    eprint!("{changes}. Go on? [y/N] ");
    let mut answer = String::new();
    let read = std::io::stdin().read_line(&mut answer);
    if read.is_ok() && answer.trim().eq_ignore_ascii_case("y") {
        Ok(())
    } else {
        Err(Refusal::usage("not agreed to; nothing was changed"))
    }
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
) -> Result<u8, Refusal> {
    let order = order(options, None, false);
    let tell = |event: &Event| {
        if !global.json {
            print(&progress(style, event));
        }
    };
    let verdict = follow(session, order, tell).await?;
    if !global.json {
        print(&text(style, &verdict));
    }
    Ok(verdict.exit_code())
}

/// Profiles side by side: 0 where one of them works, 30 where causes were found for all, else 31.
async fn several(session: &Session, global: &Global, options: &Probe) -> Result<u8, Refusal> {
    let ids = if options.matching {
        matching(session).await?
    } else {
        options.profiles.clone()
    };
    for id in &ids {
        if let Err(e) = session.library.get(id) {
            return Err(Refusal::usage(e.to_string()));
        }
    }
    let mut codes = Vec::new();
    for id in &ids {
        let order = order(options, Some(id.clone()), true);
        if !(global.json || options.csv || options.markdown) {
            eprintln!("examining {id} …");
        }
        let verdict = follow(session, order, |_| {}).await?;
        codes.push(verdict.exit_code());
        if verdict.cancelled {
            return Ok(130);
        }
    }
    let known = session.journal.known();
    let probes: Vec<&known::Probe> = known.probes.iter().collect();
    let table = matrix::table(&probes);
    let out = if global.json {
        matrix::json(&table, &probes)
    } else if options.csv {
        matrix::csv(&table)
    } else {
        matrix::markdown(&table)
    };
    print(&out);
    Ok(if codes.contains(&0) {
        0
    } else if codes.contains(&31) {
        31
    } else {
        30
    })
}

/// The profiles that fit the SIM, as far as the card tells.
async fn matching(session: &Session) -> Result<Vec<String>, Refusal> {
    // The SIM is read by the first probe of whatever profile is in use.
    let probe = order(&Probe::default(), None, false);
    follow(session, probe, |_| {}).await?;
    let known = session.journal.known();
    let home = known.sim.as_ref().and_then(|s| s.home.clone());
    let sim = SimFacts {
        mccmnc: home.map(|h| h.replace('-', "")),
        ..SimFacts::default()
    };
    let ids: Vec<String> = session
        .library
        .matching(&sim)
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

/// Orders a probe and tells what happens until its verdict. Ctrl-C cancels; a second one gives up waiting.
async fn follow(
    session: &Session,
    order: Order,
    tell: impl Fn(&Event),
) -> Result<Verdict, Refusal> {
    let mut changes = session.journal.changes();
    let mut seen = session.journal.known().last;
    session.bench.order(order).await;
    let mut interrupts = 0;
    loop {
        for event in session.journal.since(seen) {
            seen = event.id;
            tell(&event);
            match &event.what {
                What::Verdict(verdict) => return Ok((**verdict).clone()),
                What::Notice(n)
                    if n.level == Level::Warning && session.journal.known().probing().is_none() =>
                {
                    return Err(Refusal::usage(n.text.clone()));
                }
                _ => {}
            }
        }
        tokio::select! {
            changed = changes.changed() => if changed.is_err() {
                return Err(Refusal::with(11, "the bench has ended"));
            },
            () = session::interrupted() => {
                interrupts += 1;
                if interrupts > 1 {
                    return Err(Refusal::with(130, "given up"));
                }
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

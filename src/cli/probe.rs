//! `mmscope probe`
use super::args::{Global, Probe};
use super::ladder::time;
use super::matrix::Column;
use super::session::{self, Interrupts, Session, Wants};
use super::{Refusal, Style, earlier, host, ladder, output, side_by_side};
use crate::bench::{self, Order};
use crate::event::clean;
use crate::event::{
    Act, Code, Confidence, Depth, Event, ExperimentState, ExperimentStep, Standing, Verdict, What,
};
use crate::net::Host;
use std::fmt::Write as _;

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
            many: false,
            listens: false,
        },
    )
    .await?;
    let style = session::style(global, &session.config);
    let outcome = if compares {
        side_by_side::examine(&session, global, options, earlier, &mut interrupts).await
    } else {
        one(&session, global, options, style, &mut interrupts).await
    };
    let gave_up = matches!(&outcome, Err(refusal) if refusal.code == 130);
    let recording = super::send::leave(session, gave_up, &mut interrupts).await;
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

pub(super) fn order(
    options: &Probe,
    profile: Option<String>,
    exhaustive: bool,
    interface: Option<&Host>,
) -> Order {
    Order::Probe(Box::new(bench::Probe {
        profile,
        depth: if options.full {
            Depth::Full
        } else {
            Depth::Quick
        },
        exhaustive,
        witnesses: options.witness.clone(),
        interface: interface.cloned(),
        sizes: options.sizes,
        references: None,
    }))
}

/// The interface that was named.
pub(super) fn way(session: &Session, options: &Probe) -> Result<Option<Host>, Refusal> {
    let named = options.interface.as_deref();
    named
        .map(|name| host::named(name, session.simulated()))
        .transpose()
}

async fn one(
    session: &Session,
    global: &Global,
    options: &Probe,
    style: Style,
    interrupts: &mut Interrupts,
) -> Result<u8, Refusal> {
    let order = order(options, None, false, way(session, options)?.as_ref());
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

/// Orders a probe and tells what happens until its verdict. An interrupt cancels; a second one gives up waiting.
pub(super) async fn follow(
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

pub(super) fn print(text: &str) {
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

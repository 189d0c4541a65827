//! The verdict over all facts.
use super::apart::told_apart;
use super::evidence::of;
use super::facts::Asked;
use super::not_run::in_words;
use super::rules::{Finding, RULES};
use super::{Budget, Facts, not_run, standing};
use crate::event::{
    AnswerKind, Cell, Code, Confidence, FactRow, Found, HttpOutcome, NextStep, NotRun, ProbeBegan,
    ProbePdu, TargetRole, Verdict,
};

/// So many servers that answered are named in a headline.
const SPOKEN: usize = 2;
/// No verdict rests on fewer rows.
const LEAST_ROWS: usize = 2;

/// What the rules find, surest first; of equal sureness the one that is nearer to the serial line.
fn findings(facts: Facts<'_>) -> Vec<Finding> {
    let mut found: Vec<Finding> = RULES
        .iter()
        .filter_map(|(_, rule)| rule(facts))
        .filter(|f| f.evidence.len() >= LEAST_ROWS)
        .collect();
    found.sort_by_key(|f| std::cmp::Reverse(f.confidence));
    found
}

/// Whether more experiments of the same kind cannot change the verdict.
#[must_use]
pub fn settled(facts: Facts<'_>) -> bool {
    facts.works_as_configured().is_some()
        || findings(facts)
            .first()
            .is_some_and(|f| f.confidence == Confidence::High)
}

/// The verdict. The same facts give the same one at any time.
#[must_use]
pub fn verdict(facts: Facts<'_>, probe: u64, not_run: Vec<NotRun>) -> Verdict {
    let found = findings(facts)
        .into_iter()
        .next()
        .unwrap_or_else(|| inconclusive(facts, &not_run));
    let others = standing::hypotheses(facts)
        .into_iter()
        .filter(|h| h.verdict != found.code)
        .collect();
    Verdict {
        probe,
        profile: facts.case().map(|c| c.profile.clone()).unwrap_or_default(),
        verdict: found.code,
        confidence: found.confidence,
        headline: found.headline,
        evidence: told_apart(facts, found.evidence),
        would_change: found.would_change,
        next: found.next,
        others,
        cells: cells(facts),
        not_run,
        cancelled: false,
        duration_ms: 0,
        exchanges: 0,
    }
}

/// The verdict on a recorded probe, computed anew from its facts; what it cost and whether it was stopped is as recorded.
#[must_use]
pub fn again(began: &ProbeBegan, rows: &[FactRow], said: Option<&Verdict>) -> Verdict {
    let facts = Facts::of(rows);
    let ladder = |a: &Asked<'_>| matches!(a.http.pdu, ProbePdu::Padded(_));
    let budget = Budget {
        depth: began.depth,
        sizes: facts.http().iter().any(ladder),
        ..Budget::default()
    };
    let mut now = verdict(facts, began.probe, not_run(facts, budget));
    now.profile.clone_from(&began.profile);
    if let Some(said) = said {
        now.cancelled = said.cancelled;
        now.duration_ms = said.duration_ms;
        now.exchanges = said.exchanges;
    }
    now
}

fn inconclusive(facts: Facts<'_>, not_run: &[NotRun]) -> Finding {
    let tried = facts.tried();
    let shown = tried
        .iter()
        .filter(|t| t.attempt.target.role.is_mmsc() || t.attempt.target.role.is_control());
    let mut open: Vec<&NotRun> = not_run.iter().collect();
    open.sort_by_key(|n| n.side_effect);
    let stopped = stopped(facts);
    let missing: Vec<&str> = not_run.iter().map(in_words).collect();
    let headline = if let Some((_, says)) = stopped {
        format!("The modem answers, but the probe could not go on: {says}")
    } else if tried.is_empty() {
        "Nothing was tried that could tell the causes apart".to_owned()
    } else {
        format!(
            "What was measured does not tell the causes apart{}; not tried: {}",
            spoke(facts),
            missing.join(", ")
        )
    };
    Finding {
        code: Code::Inconclusive,
        confidence: Confidence::Low,
        headline,
        evidence: stopped
            .map(|(row, says)| of(row, says))
            .into_iter()
            .chain(shown.map(super::facts::Tried::evidence))
            .chain(
                facts
                    .http()
                    .iter()
                    .filter(|a| a.http.target.role.is_mmsc())
                    .map(Asked::evidence),
            )
            .chain(facts.queries().iter().map(super::facts::Put::evidence))
            .collect(),
        would_change: not_run
            .iter()
            .map(|n| format!("{}: {}", n.experiment, n.would_tell))
            .collect(),
        next: unproved_host(facts)
            .into_iter()
            .chain(further(not_run))
            .chain(open.iter().take(2).map(|n| step(n)))
            .collect(),
    }
}

/// An experiment that was not run as a step, with the option by which a person tells what came of it.
fn step(n: &NotRun) -> NextStep {
    let option = n
        .why
        .split_once("(--")
        .and_then(|(_, rest)| rest.split_once(')'));
    let option = option.map_or_else(String::new, |(option, _)| format!(" (--{option})"));
    NextStep {
        says: format!("{}{option}: {} ({})", n.title, n.would_tell, n.experiment),
        fix: None,
    }
}

/// The experiments that only a full probe runs, with what they cost: nobody need go to a phone before these were tried.
fn further(not_run: &[NotRun]) -> Option<NextStep> {
    let full = not_run.iter().filter(|n| n.why.contains("--full"));
    let (names, tell): (Vec<&str>, Vec<&str>) = full
        .map(|n| (n.experiment.as_str(), n.would_tell.as_str()))
        .unzip();
    (!names.is_empty()).then(|| NextStep {
        says: format!(
            "Probe further (--full): {} would tell {}. It takes a minute or two, interrupts data over the module's sockets, sends nothing to anybody, and puts all of it back",
            names.join(", "),
            tell.join(", ")
        ),
        fix: None,
    })
}

/// What answered over HTTP where no MMSC did, in a few words.
fn spoke(facts: Facts<'_>) -> String {
    let mut told: Vec<String> = Vec::new();
    for asked in facts.http() {
        if let (true, Some(status)) = (asked.http.target.role.is_mmsc(), asked.http.status()) {
            let says = format!("{} answers HTTP {status}", asked.http.target);
            if told.len() < SPOKEN && !told.contains(&says) {
                told.push(says);
            }
        }
    }
    told.iter().map(|says| format!("; {says}")).collect()
}

/// An answer over this machine's interface that nothing proves to be on the same context.
fn unproved_host(facts: Facts<'_>) -> Option<NextStep> {
    let host = facts.answered().into_iter().find(|a| {
        a.http.on.stack == crate::event::StackKind::Host && a.http.on.proven != Some(true)
    })?;
    Some(NextStep {
        says: format!(
            "The MMSC answers this machine at {}, over an interface whose address is not the context's: compare its APN with the profile's. The same APN would convict the module's sockets, another one the APN",
            host.http.target
        ),
        fix: None,
    })
}

/// What stopped a probe whose modem had answered before.
fn stopped(facts: Facts<'_>) -> Option<(&FactRow, &str)> {
    facts.find(|f| matches!(f, Found::Modem { answers: true, .. }))?;
    let last = facts
        .all(|f| matches!(f, Found::Modem { .. }))
        .into_iter()
        .next_back()?;
    match &last.fact.found {
        Found::Modem {
            answers: false,
            says,
        } => Some((last, says)),
        _ => None,
    }
}

/// The matrix: every attempt, with what HTTP said over it, and why it is void where it is.
#[must_use]
pub fn cells(facts: Facts<'_>) -> Vec<Cell> {
    let http = facts.http();
    facts
        .tried()
        .iter()
        .filter(|t| t.attempt.target.role != TargetRole::BusyLink)
        .map(|t| {
            let said = http
                .iter()
                .rev()
                .find(|a| a.http.on == t.attempt.on && a.http.target == t.attempt.target)
                .map(|a| http_words(&a.http.outcome));
            Cell {
                id: t.row.id,
                on: t.attempt.on.clone(),
                target: t.attempt.target.clone(),
                class: t.class,
                ms: t.attempt.ms,
                http: said,
                void: facts.void(t),
            }
        })
        .collect()
}

fn http_words(outcome: &HttpOutcome) -> String {
    match outcome {
        HttpOutcome::Answer { status, kind, .. } => match kind {
            AnswerKind::Mmsc => format!("{status}, as an MMSC"),
            AnswerKind::Page => format!("{status}, a web page"),
            AnswerKind::Redirect => format!("{status}, sent elsewhere"),
            AnswerKind::Refusal => format!("{status}, refused"),
            AnswerKind::Fault => format!("{status}, a fault"),
            AnswerKind::Other => format!("{status}"),
        },
        HttpOutcome::Closed { .. } => "closed without an answer".to_owned(),
        HttpOutcome::Silence { .. } => "no answer".to_owned(),
        HttpOutcome::NotHttp { .. } => "no HTTP".to_owned(),
    }
}

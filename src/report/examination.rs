//! A probe and its verdict as a report shows them: what it is, on what evidence, what would change it, what to do now.
use super::document::{Block, Section};
use super::redact::Redactor;
use super::session::{filled, known_facts};
use crate::event::{
    Cell, Class, Code, Depth, EventId, Found, ProbeBegan, Standing, TargetRole, Verdict, Witness,
};
use crate::known::Probe;
use std::collections::BTreeMap;

/// A probe with its verdict, computed by whoever can judge: the report itself judges nothing.
#[derive(Clone, Debug)]
pub struct Examination {
    /// What was asked for.
    pub began: ProbeBegan,
    /// When it began (RFC 3339, UTC).
    pub at: String,
    /// The verdict, computed now from the facts.
    pub verdict: Verdict,
    /// The one that was recorded; none where the recording ends before it.
    pub said_then: Option<Verdict>,
    /// What the person saw.
    pub witnesses: Vec<Witness>,
    /// When each fact was found, in milliseconds since the session's start.
    times: BTreeMap<EventId, u64>,
}

/// Two attempts this close, in milliseconds, count as of the same minute.
const SAME_MINUTE: u64 = 60_000;

impl Examination {
    /// Of this probe, which began then, with the verdict that its facts lead to now.
    #[must_use]
    pub fn of(probe: &Probe, at: String, verdict: Verdict) -> Self {
        let witnesses = probe.facts.iter().filter_map(|row| match row.fact.found {
            Found::Witness { witness } => Some(witness),
            _ => None,
        });
        Self {
            began: probe.began.clone(),
            at,
            verdict,
            said_then: probe.verdict.clone(),
            witnesses: witnesses.collect(),
            times: probe.facts.iter().map(|row| (row.id, row.ms)).collect(),
        }
    }

    /// `WRONG-PORT, high confidence`.
    #[must_use]
    pub fn name(&self) -> String {
        named(&self.verdict)
    }

    /// The recorded verdict, where it is another one than the facts lead to now.
    #[must_use]
    pub fn said_otherwise(&self) -> Option<&Verdict> {
        self.said_then.as_ref().filter(|then| {
            let now = &self.verdict;
            (then.verdict, then.confidence, &then.headline)
                != (now.verdict, now.confidence, &now.headline)
        })
    }

    /// What speaks against writing to the carrier: a cause on this side of the network, or an MMSC that answers.
    pub(super) fn mend_first(&self) -> Option<String> {
        let v = &self.verdict;
        let name = self.name();
        match v.verdict {
            Code::Works => Some(format!(
                "Do not send this letter yet: the probe found that the MMSC answers ({name}). Send the message again first."
            )),
            code if is_own(code) => {
                let next = v.next.first().map_or("", |step| step.says.as_str());
                Some(format!(
                    "Do not send this letter yet: the probe found a cause on this side of the network ({name}: {}). Mend that first: {next}.",
                    v.headline
                ))
            }
            _ => None,
        }
    }

    /// Cells from which something may be inferred, of targets of these roles.
    pub(super) fn cells(&self, wanted: impl Fn(TargetRole) -> bool) -> Vec<&Cell> {
        let all = self.verdict.cells.iter();
        all.filter(|c| c.void.is_none() && wanted(c.target.role))
            .collect()
    }

    /// Whether these two were found within the same minute.
    pub(super) fn same_minute(&self, a: &Cell, b: &Cell) -> bool {
        match (self.times.get(&a.id), self.times.get(&b.id)) {
            (Some(a), Some(b)) => a.abs_diff(*b) <= SAME_MINUTE,
            _ => false,
        }
    }

    /// As a part of the report.
    pub(super) fn section(&self, hide: &Redactor) -> Section {
        let v = &self.verdict;
        let mut section = Section::new(format!("Verdict on {}", hide.text(&self.began.profile)));
        section.facts(known_facts([
            ("Verdict", Some(self.name())),
            (
                "Said then",
                self.said_otherwise()
                    .map(|then| hide.text(&format!("{}: {}", named(then), then.headline))),
            ),
            (
                "Probed",
                filled(format!(
                    "{}, {}{}",
                    self.at,
                    depth(self.began.depth),
                    cost(v)
                )),
            ),
            ("Seen by the person", filled(self.seen())),
        ]));
        section
            .blocks
            .push(Block::Paragraph(hide.text(&v.headline)));
        if self.said_then.is_none() {
            let says = "The recording ends before this probe did; the verdict rests on what was found until then.";
            section.blocks.push(Block::Paragraph(says.to_owned()));
        }
        let evidence = v.evidence.iter();
        let evidence =
            evidence.map(|e| format!("{} (event {}, after {})", e.says, e.id, seconds(e.ms)));
        listed(&mut section, hide, "Evidence:", evidence.collect());
        listed(
            &mut section,
            hide,
            "What would change it:",
            v.would_change.clone(),
        );
        listed(
            &mut section,
            hide,
            "Next:",
            v.next.iter().map(|n| n.says.clone()).collect(),
        );
        let open = v.others.iter().filter(|h| h.standing != Standing::Excluded);
        let open = open.map(|h| format!("{}, {}: {}", h.verdict, standing(h.standing), h.why));
        listed(
            &mut section,
            hide,
            "Other causes that are not excluded:",
            open.collect(),
        );
        let excluded = v.others.iter().filter(|h| h.standing == Standing::Excluded);
        let excluded: Vec<String> = excluded
            .map(|h| format!("{} ({})", h.verdict, h.why))
            .collect();
        if !excluded.is_empty() {
            let says = format!("Excluded: {}.", excluded.join(", "));
            section.blocks.push(Block::Paragraph(hide.text(&says)));
        }
        let not_run = v.not_run.iter().map(|n| {
            format!(
                "{} {}: would tell {}; {}",
                n.experiment, n.title, n.would_tell, n.why
            )
        });
        listed(&mut section, hide, "Not run:", not_run.collect());
        let rows = v.cells.iter().map(|c| row(c, hide)).collect();
        section.table(
            &[
                "over",
                "APN",
                "what",
                "to",
                "came to",
                "took",
                "HTTP",
                "void because",
            ],
            rows,
        );
        section
    }

    fn seen(&self) -> String {
        let words = self.witnesses.iter().map(|w| match w {
            Witness::PhoneSends => "the same SIM in a phone sends",
            Witness::PhoneFails => "the same SIM in a phone does not send either",
            Witness::InboundYes => "an MMS to this line is announced",
            Witness::InboundNo => "an MMS to this line is not announced",
        });
        words.collect::<Vec<_>>().join("; ")
    }
}

fn listed(section: &mut Section, hide: &Redactor, title: &str, lines: Vec<String>) {
    if !lines.is_empty() {
        section.blocks.push(Block::Paragraph(title.to_owned()));
        let lines = lines.iter().map(|l| hide.text(l)).collect();
        section.blocks.push(Block::List(lines));
    }
}

/// Earlier probes of the same session, a line each.
pub(super) fn earlier(examinations: &[Examination], hide: &Redactor) -> Section {
    let mut section = Section::new("Other probes of this session");
    let row = |e: &Examination| {
        let then = e.said_otherwise().map(named).unwrap_or_default();
        vec![
            e.at.clone(),
            hide.text(&e.began.profile),
            e.name(),
            then,
            hide.text(&e.verdict.headline),
        ]
    };
    let head = ["when", "profile", "verdict", "said then", "what"];
    section.table(&head, examinations.iter().rev().map(row).collect());
    section
}

/// Whether a cause lies with the person's own modem, machine or profile.
pub(super) fn is_own(code: Code) -> bool {
    matches!(
        code,
        Code::ModemSilent
            | Code::SimProblem
            | Code::ModuleStack
            | Code::StaleName
            | Code::WrongPort
            | Code::IpFamily
            | Code::ProxyRequired
            | Code::HostRoute
            | Code::Mtu
    )
}

/// What became of an attempt, for somebody who knows TCP and not this modem.
pub(super) fn class_words(class: Class) -> &'static str {
    match class {
        Class::Open => "opened",
        Class::Refused => "refused (reset)",
        Class::Unreach => "unreachable",
        Class::Silent => "no answer",
        Class::Local | Class::Nostack => "did not leave the module",
        Class::Unknown => "did not open (the module does not tell why)",
    }
}

pub(super) fn seconds(ms: u64) -> String {
    if ms < 1000 {
        format!("{ms} ms")
    } else {
        format!("{}.{} s", ms / 1000, ms % 1000 / 100)
    }
}

fn named(v: &Verdict) -> String {
    let stopped = if v.cancelled {
        ", stopped before its end"
    } else {
        ""
    };
    format!("{}, {} confidence{stopped}", v.verdict, v.confidence)
}

fn depth(depth: Depth) -> &'static str {
    match depth {
        Depth::Quick => "quick: sockets were opened, nothing was changed",
        Depth::Full => "full: contexts were defined and put back",
    }
}

fn cost(v: &Verdict) -> String {
    match v.exchanges {
        0 => String::new(),
        n => format!(
            "; {}, {n} AT exchanges, nothing was sent to anybody",
            seconds(v.duration_ms)
        ),
    }
}

fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Open => "open",
        Standing::Weakened => "weakened",
        Standing::Excluded => "excluded",
    }
}

fn row(cell: &Cell, hide: &Redactor) -> Vec<String> {
    let on = &cell.on;
    let cid = on
        .cid
        .map_or_else(String::new, |cid| format!(", context {cid}"));
    vec![
        format!("{}{cid}", on.stack),
        hide.text(on.apn_granted.as_ref().unwrap_or(&on.apn_asked)),
        cell.target.role.words().to_owned(),
        hide.text(&cell.target.to_string()),
        cell.class.to_string(),
        cell.ms.map_or_else(String::new, seconds),
        cell.http
            .as_ref()
            .map_or_else(String::new, |h| hide.text(h)),
        cell.void
            .as_ref()
            .map_or_else(String::new, |v| hide.text(v)),
    ]
}

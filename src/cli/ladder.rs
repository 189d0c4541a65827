//! The ladder as text: the same lines live and in a replay.
use crate::event::{
    Bubble, Event, Failure, InboxKind, InboxState, InboxStep, Message, MmsReport, ProfileInUse,
    SelfTest, SendResult, SmsReport, Stage, StageState, StageStep, Verify, Way, What, clean,
    clean_lines,
};
use std::fmt::Write;

/// How lines look.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    /// Only ASCII.
    pub ascii: bool,
    /// With colours.
    pub color: bool,
}

impl Style {
    fn mark(self, state: &StageState) -> &'static str {
        match (state, self.ascii) {
            (StageState::Done { .. }, false) => "✔",
            (StageState::Done { .. }, true) => "ok  ",
            (StageState::Failed(_), false) => "✖",
            (StageState::Failed(_), true) => "FAIL",
            (StageState::Skipped { .. }, false) => "·",
            (_, true) => "-   ",
            (_, false) => "…",
        }
    }

    /// Colours a text; [`harmless`] knows the codes.
    pub(super) fn paint(self, code: &str, text: &str) -> String {
        if self.color {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }

    /// The lines for an event, or nothing where the ladder does not show it.
    #[must_use]
    pub fn lines(self, event: &Event) -> String {
        let lines = match &event.what {
            What::Profile(p) => profile(p),
            What::Message(m) => self.message(m),
            What::Stage(s) if s.fetch.is_some() => self.fetching(s),
            What::Stage(s) => self.stage(s),
            What::Bubble(b) => self.bubble(b),
            What::SmsReport(r) => report(r),
            What::MmsReport(r) => mms_report(r),
            What::Inbox(step) => received(step),
            What::SelfTest(t) => self.self_test(t),
            What::Notice(n) => format!("  ! {}\n", clean(&n.text)),
            What::Result(r) => self.result(r),
            _ => String::new(),
        };
        harmless(&lines)
    }

    fn message(self, m: &Message) -> String {
        let to: Vec<String> = m.to.iter().map(|n| clean(n.as_str())).collect();
        let way = match m.way {
            Way::Mms => String::new(),
            way => format!(" as {}", way.words()),
        };
        format!(
            "message of {} characters to {}{way}, Transaction-Id {}\n",
            m.characters,
            to.join(", "),
            clean(&m.transaction_id)
        )
    }

    fn stage(self, s: &StageStep) -> String {
        let mark = self.mark(&s.state);
        match &s.state {
            StageState::Started { .. } | StageState::Progress { .. } => String::new(),
            StageState::Attempt { says, attempt_ms } => format!(
                "{mark} {:9}{:>8}  {}; trying on\n",
                s.stage.name(),
                time(*attempt_ms),
                clean(says)
            ),
            StageState::Done { says } => {
                format!(
                    "{} {:9}{:>8}  {}\n",
                    self.paint("32", mark),
                    s.stage.name(),
                    time(s.stage_ms),
                    clean(says)
                )
            }
            StageState::Skipped { says } => {
                format!("{mark} {:9}{:>8}  {}\n", s.stage.name(), "", clean(says))
            }
            StageState::Failed(f) => {
                let head = format!(
                    "{mark} {:9}{:>8}  {}",
                    s.stage.name(),
                    time(s.stage_ms),
                    clean(&f.what)
                );
                format!("{}\n{}", self.paint("1;31", &head), failure(f))
            }
        }
    }

    /// A stage of a fetch stands under the send or the message that it belongs to.
    fn fetching(self, s: &StageStep) -> String {
        let lines = self.stage(s);
        let indented = lines.lines().map(|line| format!("    {line}\n"));
        indented.collect()
    }

    fn self_test(self, t: &SelfTest) -> String {
        let head = format!("self-test: {} of {} came back whole", t.passed, t.of);
        let code = if t.passed == t.of { "1;32" } else { "1;31" };
        let mut out = format!("{}\n", self.paint(code, &head));
        let _ = writeln!(out, "  {:>10}  {:>7}  seconds", "characters", "whole");
        for row in &t.rows {
            let seconds: Vec<String> = row.seconds.iter().map(|s| format!("{s:.1}")).collect();
            let whole = format!("{} of {}", row.passed, row.of);
            let _ = writeln!(
                out,
                "  {:>10}  {whole:>7}  {}",
                row.characters,
                seconds.join(", ")
            );
        }
        out
    }

    fn bubble(self, b: &Bubble) -> String {
        let mut out = format!(
            "bubble on the simulated phone {} from {}",
            clean(b.phone.as_str()),
            clean(b.from.as_str())
        );
        if let Some(subject) = &b.subject {
            let _ = write!(out, ", subject “{}”", clean(subject));
        }
        let _ = writeln!(out, ", {} characters:", b.text.chars().count());
        for line in b.text.lines() {
            let _ = writeln!(out, "  | {}", clean(line));
        }
        for other in &b.others {
            let _ = writeln!(out, "  + {}", clean(other));
        }
        out
    }

    fn result(self, r: &SendResult) -> String {
        let took = format!("{} and {} AT exchanges", time(r.duration_ms), r.exchanges);
        let parts = r.parts.map_or(String::new(), |(went, all)| match went {
            0 => String::new(),
            _ => format!(" ({went} of {all} parts went out)"),
        });
        match r.stage {
            _ if r.ok && r.way != Way::Mms => {
                let sent = format!("sent as {}", r.way.words());
                let back = r.verify.as_ref().map_or(String::new(), came_back);
                format!("{}{parts} in {took}{back}\n", self.paint("1;32", &sent))
            }
            _ if r.ok => {
                let back = r.verify.as_ref().map_or(String::new(), came_back);
                let sent = self.paint("1;32", "sent: M-Send.conf Ok");
                format!("{sent} in {took}{back}\n")
            }
            Some(Stage::Deliver) if r.verify.is_some() => {
                let back = r.verify.as_ref().map_or(String::new(), came_back);
                let head = self.paint("1;31", "sent, and did not come back whole");
                format!("{head}, after {took}{back}\n")
            }
            _ if r.unknown => {
                let stopped = if r.cancelled {
                    "stopped, too late to be sure; "
                } else {
                    ""
                };
                format!("{stopped}unknown: it may have been accepted{parts}; {took}\n")
            }
            stage if r.cancelled => {
                let at = stage.map_or(String::new(), |s: Stage| format!(", at {s}"));
                format!("stopped after {}{at}{parts}\n", time(r.duration_ms))
            }
            stage => {
                let at = stage.map_or("before the first stage".to_owned(), |s: Stage| {
                    format!("at {s}")
                });
                let offer = match r.offers {
                    Some(way) => format!(
                        "nothing has gone out; it may go as {} instead: --as {way}\n",
                        way.words()
                    ),
                    None => String::new(),
                };
                format!(
                    "{} {at}{parts}, after {took}\n{offer}",
                    self.paint("1;31", "not sent: failed")
                )
            }
        }
    }
}

/// The colours that are used here; no other code reaches the terminal.
const COLOURS: [&str; 8] = [
    "\x1b[2m",
    "\x1b[32m",
    "\x1b[1m",
    "\x1b[1;31m",
    "\x1b[1;32m",
    "\x1b[1;33m",
    "\x1b[1;35m",
    "\x1b[0m",
];

/// Whatever an event holds, its lines do nothing to the terminal but show themselves in our colours.
pub(super) fn harmless(lines: &str) -> String {
    let mut pieces = lines.split('\x1b');
    let mut out = clean_lines(pieces.next().unwrap_or_default());
    for piece in pieces {
        let piece = format!("\x1b{piece}");
        let colour = COLOURS.iter().find(|c| piece.starts_with(**c));
        let own = colour.map_or(0, |c| c.len());
        out.push_str(&piece[..own]);
        out.push_str(&clean_lines(&piece[own..]));
    }
    out
}

fn report(r: &SmsReport) -> String {
    let says = match r.delivered {
        Some(true) => "delivered",
        None => "not delivered yet",
        Some(false) => "will not be delivered",
    };
    format!(
        "  status report from {}, reference {}: {says} (TP-ST {:02X})\n",
        clean(r.to.as_str()),
        r.reference,
        r.status
    )
}

fn came_back(v: &Verify) -> String {
    let same =
        |yes, word: &str| format!("{word} {}", if yes { "the same" } else { "NOT the same" });
    let bubbles = match v.bubbles {
        1 => "one message".to_owned(),
        n => format!("{n} messages"),
    };
    let seconds = v
        .seconds
        .map_or(String::new(), |s| format!(" after {s:.1} s"));
    if !v.delivered {
        return "; nothing came back".to_owned();
    }
    format!(
        "; {bubbles} came back{seconds}, {}, {}",
        same(v.same_text, "text"),
        same(v.same_parts, "parts")
    )
}

fn received(step: &InboxStep) -> String {
    let from = step.from.as_ref().map_or_else(
        || "an unnamed sender".to_owned(),
        |from| clean(from.as_str()),
    );
    let what = match (step.kind, step.state) {
        (InboxKind::Mms, InboxState::Here) => format!(
            "{} characters, {} parts, {} octets",
            step.characters, step.parts, step.size
        ),
        (InboxKind::Mms, _) => format!("{} octets announced", step.size),
        (InboxKind::Sms, _) => format!("{} characters", step.characters),
    };
    let says = match step.says.as_str() {
        "" => String::new(),
        says => format!(": {}", clean(says)),
    };
    format!(
        "  received {} {} from {from}, {what}, {}{says}\n",
        step.kind.words(),
        step.item,
        step.state.words()
    )
}

fn mms_report(r: &MmsReport) -> String {
    let about = match r.entry {
        Some(entry) => format!("message {entry}"),
        None => format!("Message-ID {}, which is none of ours", clean(&r.message_id)),
    };
    let kind = if r.of_reading { "read" } else { "delivery" };
    format!(
        "  {kind} report from {} on {about}: {}\n",
        clean(r.to.as_str()),
        clean(&r.status)
    )
}

fn failure(f: &Failure) -> String {
    let mut out = String::new();
    for (label, text) in [
        ("came back", &f.raw),
        ("means", &f.means),
        ("do now", &f.advice),
    ] {
        if !text.is_empty() {
            let _ = writeln!(out, "  {label:>9}: {}", clean(text));
        }
    }
    out
}

/// Milliseconds for the eye: `18 ms`, `2.1 s`.
#[must_use]
pub fn time(ms: u64) -> String {
    if ms < 1000 {
        format!("{ms} ms")
    } else {
        format!("{}.{} s", ms / 1000, ms % 1000 / 100)
    }
}

/// The profile in use, and what is wrong or doubtful in it.
pub(super) fn profile(p: &ProfileInUse) -> String {
    let mut out = format!(
        "profile {} ({}), APN {} {}, dials {}\n",
        clean(&p.id),
        clean(&p.name),
        clean(&p.apn),
        p.pdp_type,
        clean(&p.dials)
    );
    for lint in &p.lints {
        let _ = writeln!(
            out,
            "  {} {}: `{}` {}",
            clean(&lint.id),
            clean(&lint.severity),
            clean(&lint.offending),
            clean(&lint.says)
        );
        let _ = writeln!(out, "      {}", clean(&lint.fix));
    }
    out
}

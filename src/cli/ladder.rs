//! The ladder as text: the same lines live and in a replay.
use crate::event::{
    Bubble, Event, Failure, Message, ProfileInUse, SendResult, Stage, StageState, StageStep, What,
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
        match &event.what {
            What::Profile(p) => self.profile(p),
            What::Message(m) => self.message(m),
            What::Stage(s) => self.stage(s),
            What::Bubble(b) => self.bubble(b),
            What::Notice(n) => format!("  ! {}\n", plain(&n.text)),
            What::Result(r) => self.result(r),
            _ => String::new(),
        }
    }

    fn profile(self, p: &ProfileInUse) -> String {
        let mut out = format!(
            "profile {} ({}), APN {} {}, dials {}\n",
            p.id,
            plain(&p.name),
            plain(&p.apn),
            p.pdp_type,
            plain(&p.dials)
        );
        for lint in &p.lints {
            let _ = writeln!(
                out,
                "  {} {}: `{}` {}",
                lint.id,
                lint.severity,
                plain(&lint.offending),
                plain(&lint.says)
            );
            let _ = writeln!(out, "      {}", plain(&lint.fix));
        }
        out
    }

    fn message(self, m: &Message) -> String {
        let to: Vec<&str> = m.to.iter().map(|n| n.as_str()).collect();
        format!(
            "message of {} characters to {}, Transaction-Id {}\n",
            m.characters,
            to.join(", "),
            plain(&m.transaction_id)
        )
    }

    fn stage(self, s: &StageStep) -> String {
        let mark = self.mark(&s.state);
        match &s.state {
            StageState::Started { .. } | StageState::Progress { .. } => String::new(),
            StageState::Done { says } => {
                format!(
                    "{} {:9}{:>8}  {}\n",
                    self.paint("32", mark),
                    s.stage.name(),
                    time(s.stage_ms),
                    plain(says)
                )
            }
            StageState::Skipped { says } => {
                format!("{mark} {:9}{:>8}  {}\n", s.stage.name(), "", plain(says))
            }
            StageState::Failed(f) => {
                let head = format!(
                    "{mark} {:9}{:>8}  {}",
                    s.stage.name(),
                    time(s.stage_ms),
                    plain(&f.what)
                );
                format!("{}\n{}", self.paint("1;31", &head), failure(f))
            }
        }
    }

    fn bubble(self, b: &Bubble) -> String {
        let mut out = format!("bubble on the simulated phone {} from {}", b.phone, b.from);
        if let Some(subject) = &b.subject {
            let _ = write!(out, ", subject “{}”", plain(subject));
        }
        let _ = writeln!(out, ", {} characters:", b.text.chars().count());
        for line in b.text.lines() {
            let _ = writeln!(out, "  | {}", plain(line));
        }
        for other in &b.others {
            let _ = writeln!(out, "  + {}", plain(other));
        }
        out
    }

    fn result(self, r: &SendResult) -> String {
        let took = format!("{} and {} AT exchanges", time(r.duration_ms), r.exchanges);
        match r.stage {
            _ if r.ok => format!("{} in {took}\n", self.paint("1;32", "sent: M-Send.conf Ok")),
            _ if r.unknown => {
                let stopped = if r.cancelled {
                    "stopped, too late to be sure; "
                } else {
                    ""
                };
                format!("{stopped}unknown: it may have been accepted; {took}\n")
            }
            stage if r.cancelled => {
                let at = stage.map_or(String::new(), |s: Stage| format!(", at {s}"));
                format!("stopped after {}{at}\n", time(r.duration_ms))
            }
            stage => {
                let at = stage.map_or("before the first stage".to_owned(), |s: Stage| {
                    format!("at {s}")
                });
                format!(
                    "{} {at}, after {took}\n",
                    self.paint("1;31", "not sent: failed")
                )
            }
        }
    }
}

fn failure(f: &Failure) -> String {
    let mut out = String::new();
    for (label, text) in [
        ("came back", &f.raw),
        ("means", &f.means),
        ("do now", &f.advice),
    ] {
        if !text.is_empty() {
            let _ = writeln!(out, "  {label:>9}: {}", plain(text));
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

/// Text from outside never reaches the terminal raw: control characters are shown as what they are.
#[must_use]
pub fn plain(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            if c.is_control() {
                c.escape_default().collect::<Vec<_>>()
            } else {
                vec![c]
            }
        })
        .collect()
}

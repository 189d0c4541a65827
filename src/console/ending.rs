//! What stays on the terminal after the end: what became of the sends, what was found out, where the session is recorded.
//!
//! In: the state. Out: lines. Never here: printing them.
use super::log::Severity;
use super::state::State;
use super::text;
use crate::event::{Code, SendResult, Stage, Way};
use crate::known::{Known, Probe};

/// So many sends, and so many verdicts, are told at the most, the newest last.
const MOST: usize = 5;

impl State {
    /// What stays on the terminal after the end.
    #[must_use]
    pub fn summary(&self) -> String {
        let mut lines = Vec::new();
        let Some(known) = self.of_bench() else {
            return format!(
                "mmscope: {} was not changed",
                text::clean(&self.session_name())
            );
        };
        let sends = &known.sends;
        if sends.is_empty() {
            lines.push("nothing was sent".to_owned());
        }
        let earlier = sends.len().saturating_sub(MOST);
        if earlier > 0 {
            lines.push(format!("{earlier} earlier sends are in the recording"));
        }
        for send in sends.iter().skip(earlier) {
            lines.push(format!("send {}: {}", send.message.send, outcome(send)));
        }
        let probes: Vec<&Probe> = known.probes.iter().collect();
        let told: Vec<&Probe> = probes
            .iter()
            .enumerate()
            .filter(|(n, p)| p.verdict.is_some() && !is_overtaken(p, &probes[n + 1..]))
            .map(|(_, p)| *p)
            .collect();
        for probe in &told[told.len().saturating_sub(MOST)..] {
            lines.extend(verdict(probe));
        }
        if let Some(lost) = &self.known.inbound_lost {
            let lost = text::clean(lost);
            lines.push(format!(
                "settings that carry SMS to this line were changed by something else, and put back: {lost}"
            ));
        }
        if let Some(path) = &self.flags.recording {
            let path = text::clean(path);
            let named = quoted_path(&path);
            lines.push(format!(
                "recorded in {path}; `mmscope report {named}` writes it up"
            ));
        }
        let says: Vec<String> = lines.iter().map(|l| format!("mmscope: {l}")).collect();
        says.join("\n")
    }
}

impl State {
    /// Writes sends and verdicts into the log, as they begin and end.
    pub(super) fn note(&mut self, before: &Known) {
        // Who walks about in a recording does nothing on the bench.
        if self.is_replaying() {
            return;
        }
        let mut notes = Vec::new();
        if let Some(send) = self.known.sends.back() {
            let number = send.message.send;
            let known = before.sends.back().filter(|s| s.message.send == number);
            if known.is_none() {
                let through = text::clean(&send.message.profile);
                let says = format!("send {number} begins, through {through}");
                notes.push((Severity::Info, "send", says));
            }
            let ended = known.is_some_and(|s| s.result.is_some());
            if let Some(result) = send.result.as_ref().filter(|_| !ended) {
                let severity = match result.ok {
                    true => Severity::Info,
                    false => Severity::Warning,
                };
                notes.push((
                    severity,
                    "send",
                    format!("send {number}: {}", outcome(send)),
                ));
            }
        }
        if let Some(probe) = self.known.probes.back() {
            let number = probe.began.probe;
            let known = before.probes.back().filter(|p| p.began.probe == number);
            if known.is_none() {
                let of = text::clean(&probe.began.profile);
                notes.push((Severity::Info, "probe", format!("probe of {of} begins")));
            }
            let told = known.is_some_and(|p| p.verdict.is_some());
            let says = (!told).then(|| verdict(probe)).flatten();
            notes.extend(says.map(|says| (Severity::Info, "probe", says)));
        }
        let began = self.known.started_at.parse::<jiff::Timestamp>().ok();
        let passed = i64::try_from(self.known.ms).ok();
        let at = began.zip(passed).and_then(|(began, ms)| {
            let passed = jiff::SignedDuration::from_millis(ms);
            began.checked_add(passed).ok()
        });
        let at = at.map_or_else(String::new, |at| format!("{at:.3}"));
        for (severity, room, says) in notes {
            self.log.note(at.clone(), severity, room, says);
        }
    }
}

/// Whether a probe that could not tell was followed by one of the same profile that could.
fn is_overtaken(probe: &Probe, later: &[&Probe]) -> bool {
    let code = |p: &Probe| p.verdict.as_ref().map(|v| v.verdict);
    let tells = |p: &&Probe| code(p).is_some_and(|c| c != Code::Inconclusive);
    code(probe) == Some(Code::Inconclusive)
        && later
            .iter()
            .any(|p| p.began.profile == probe.began.profile && tells(p))
}

/// The words of a line; a command between backquotes is one, since it is there to be copied.
fn words(line: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut within = false;
    for word in line.split(' ') {
        match words.last_mut().filter(|_| within) {
            Some(command) => {
                command.push(' ');
                command.push_str(word);
            }
            None => words.push(word.to_owned()),
        }
        within ^= word.matches('`').count() % 2 == 1;
    }
    words
}

/// Folds lines between words for a terminal of so many columns; what follows the first row of a line is set in. What is longer than a row, such as a
/// path or a command to be copied, stays whole.
#[must_use]
pub fn folded(lines: &str, columns: usize) -> String {
    let mut out = String::new();
    for (n, line) in lines.lines().enumerate() {
        if n > 0 {
            out.push('\n');
        }
        let mut used = 0;
        for word in words(line) {
            let wide = text::width(&word);
            if used > 0 && used + 1 + wide > columns {
                out.push_str("\n  ");
                used = 2;
            } else if used > 0 {
                out.push(' ');
                used += 1;
            }
            out.push_str(&word);
            used += wide;
        }
    }
    out
}

/// A path to be copied into a shell, that of Windows included: there a backslash parts folders and single quotes mean nothing. For the words of a
/// command see `copying::quoted`.
fn quoted_path(path: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/\\._-+:@%=,~".contains(c);
    match path {
        p if p.chars().all(plain) => p.to_owned(),
        // Within double quotes these act in a POSIX shell; single quotes are unknown to the one of Windows.
        p if p.contains(['$', '`', '"', '!']) => format!("'{}'", p.replace('\'', "'\\''")),
        p => format!("\"{p}\""),
    }
}

fn verdict(probe: &Probe) -> Option<String> {
    let verdict = probe.verdict.as_ref()?;
    if super::view::is_stopped(verdict) {
        let profile = text::clean(&verdict.profile);
        return Some(format!("{profile}: the probe was stopped, no verdict"));
    }
    Some(format!(
        "{}: {} ({} confidence), {}",
        text::clean(&verdict.profile),
        verdict.verdict,
        verdict.confidence,
        text::clean(&verdict.headline)
    ))
}

/// How a send stands, in one line.
#[must_use]
pub fn outcome(send: &crate::known::Send) -> String {
    let through = text::clean(&send.message.profile);
    if let Some(result) = &send.result {
        let took = text::duration(result.duration_ms);
        let taken = result.taken();
        let way = result.way;
        if result.ok {
            return match way {
                Way::Mms => format!("M-Send.conf Ok after {took} through {through}"),
                _ => format!(
                    "sent as {}, {}, in {took}",
                    way.words(),
                    taken.unwrap_or_else(|| "taken by the network".to_owned())
                ),
            };
        }
        if result.unknown {
            let says = match (way, taken) {
                (Way::Mms, _) => {
                    "the request may have gone out whole, no answer was read".to_owned()
                }
                (_, taken) => format!(
                    "a part was handed to the modem, no answer was read; {}",
                    taken.unwrap_or_else(|| "how many were taken is not recorded".to_owned())
                ),
            };
            return format!("unknown: {says} ({took})");
        }
        if result.cancelled {
            return match taken {
                Some(taken) => format!("stopped by you after {taken}, {took}"),
                None => format!("stopped by you after {took}"),
            };
        }
    }
    if let Some((stage, failure)) = send.failure() {
        let taken = send.result.as_ref().and_then(SendResult::taken);
        let taken = taken.map_or_else(String::new, |taken| format!(" after {taken}"));
        return format!("failed at {stage}{taken}: {}", text::clean(&failure.what));
    }
    let running = send.rungs.iter().rev().find(|r| r.state.is_some());
    let at = running.map_or(Stage::Encode, |r| r.stage);
    match &send.result {
        Some(_) => format!("failed at {at}"),
        None => format!("running, at {at}, through {through}"),
    }
}

//! What stays on the terminal after the end: what became of the sends, what was found out, where the session is recorded.
//!
//! In: the state. Out: lines. Never here: printing them.
use super::state::State;
use super::text;
use crate::event::Stage;
use crate::known::Probe;

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
        let told: Vec<&Probe> = known
            .probes
            .iter()
            .filter(|p| p.verdict.is_some())
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
            lines.push(format!("recorded in {path}; `mmscope report` writes it up"));
        }
        let says: Vec<String> = lines.iter().map(|l| format!("mmscope: {l}")).collect();
        says.join("\n")
    }
}

fn verdict(probe: &Probe) -> Option<String> {
    let verdict = probe.verdict.as_ref()?;
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
        if result.ok {
            return format!("M-Send.conf Ok after {took} through {through}");
        }
        if result.unknown {
            return format!(
                "unknown: the request may have gone out whole, no answer was read ({took})"
            );
        }
        if result.cancelled {
            return format!("stopped by you after {took}");
        }
    }
    if let Some((stage, failure)) = send.failure() {
        return format!("failed at {stage}: {}", text::clean(&failure.what));
    }
    let running = send.rungs.iter().rev().find(|r| r.state.is_some());
    let at = running.map_or(Stage::Encode, |r| r.stage);
    match &send.result {
        Some(_) => format!("failed at {at}"),
        None => format!("running, at {at}, through {through}"),
    }
}

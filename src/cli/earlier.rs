//! Probes of earlier sessions, from their recordings: columns to compare with those of today.
use super::Refusal;
use super::matrix::Column;
use super::report::each_event;
use crate::known::{Known, Probe};
use crate::replay::judged;
use std::path::Path;

/// The newest probe of each of these profiles that a recording holds; of all its profiles the newest one, where it holds none of these.
///
/// # Errors
/// The recording cannot be read, or holds no probe.
pub fn columns(recording: &Path, profiles: &[String]) -> Result<Vec<Column>, Refusal> {
    let mut known = Known::default();
    each_event(recording, |event| known.apply(event))?;
    let newest = |id: &str| {
        let mut all = known.probes.iter().rev();
        all.find(|p| p.began.profile == id)
    };
    let mut found: Vec<&Probe> = profiles.iter().filter_map(|id| newest(id)).collect();
    if found.is_empty() {
        found.extend(known.probes.back());
    }
    if found.is_empty() {
        return Err(Refusal::usage(format!(
            "{}: holds no probe; record one with `mmscope probe --record FILE`",
            recording.display()
        )));
    }
    let when = when(&known.started_at);
    Ok(found
        .into_iter()
        .map(|probe| {
            let mut probe = probe.clone();
            probe.verdict = Some(judged(&probe));
            Column {
                title: format!("{} {when}", probe.began.profile),
                probe,
            }
        })
        .collect())
}

/// `(2026-11-22 12:00 UTC)`.
fn when(started_at: &str) -> String {
    match started_at.parse::<jiff::Timestamp>() {
        Ok(at) => format!("({})", at.strftime("%Y-%m-%d %H:%M UTC")),
        Err(_) => "(earlier)".to_owned(),
    }
}

//! One line of truth, for a terminal in which nothing else fits; it goes on in the rows that there are.
use super::ink::Ink;
use crate::console::ending::outcome;
use crate::console::state::{Overlay, State};
use crate::console::text;
use crate::console::theme::Tone;
use crate::event::Code;
use crate::known::Probe;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

pub(super) fn draw(state: &State, frame: &mut Frame, area: Rect) {
    let ink = Ink::new(state);
    let glyphs = &state.theme.glyphs;
    let sent_ms = state.known.sends.back().map_or(0, |s| s.began_ms);
    let newer = |p: &&Probe| p.began_ms >= sent_ms;
    let probe = state.known.probes.back().filter(newer);
    let (sign, tone, says) = match state.known.sends.back() {
        _ if probe.is_some() => probed(state, probe),
        None => (glyphs.dot, Tone::Quiet, "nothing sent".to_owned()),
        Some(send) => {
            let (sign, tone) = match &send.result {
                Some(r) if r.ok => (glyphs.tick, Tone::Good),
                Some(r) if r.unknown || r.cancelled => (glyphs.warn, Tone::Warn),
                Some(_) => (glyphs.cross, Tone::Alarm),
                None if send.failure().is_some() => (glyphs.cross, Tone::Alarm),
                None => (glyphs.run, Tone::Running),
            };
            let says = match send.result.as_ref().is_some_and(|r| r.ok) {
                true => format!("sent: {}", outcome(send)),
                false => outcome(send),
            };
            (sign, tone, says)
        }
    };
    let (sign, tone, says) = match state.overlay {
        // Whoever has no room to read it must not answer it unseen.
        Some(Overlay::Ask(_)) => (glyphs.warn, Tone::Warn, "asked: y yes, n no".to_owned()),
        _ => (sign, tone, says),
    };
    let whole = format!("{sign} {says}");
    let (width, height) = (usize::from(area.width), usize::from(area.height));
    let mut rows = text::wrap(&text::clean(&whole), width);
    if rows.len() > height && height > 0 {
        let rest = rows.split_off(height - 1).join(" ");
        rows.push(text::cut(&rest, width, glyphs.cut));
    }
    let rows: Vec<Line> = rows
        .into_iter()
        .map(|row| Line::from(ink.own(tone, row)))
        .collect();
    frame.render_widget(Paragraph::new(rows), area);
}

/// How the probe stands that is newer than the newest send.
fn probed(state: &State, probe: Option<&Probe>) -> (&'static str, Tone, String) {
    let glyphs = &state.theme.glyphs;
    let verdict = probe.and_then(|p| p.verdict.as_ref());
    match verdict.filter(|v| !super::is_stopped(v)) {
        Some(v) if v.verdict == Code::Works => (glyphs.tick, Tone::Good, v.headline.clone()),
        Some(v) => {
            let says = format!("{}: {}", v.verdict, v.headline);
            (glyphs.warn, Tone::Warn, says)
        }
        None if verdict.is_some() => (glyphs.skip, Tone::Quiet, "probe stopped".to_owned()),
        None => (glyphs.run, Tone::Running, "probing".to_owned()),
    }
}

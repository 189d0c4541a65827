//! Hypotheses and how they stand: those still open first, then what speaks against the others.
use super::Room;
use super::ink::Ink;
use crate::console::state::State;
use crate::console::text;
use crate::console::theme::Tone;
use crate::event::{Hypothesis, Standing};
use ratatui::text::{Line, Span};

/// Columns of a code: `REGISTRATION-DENIED`.
const CODE: usize = 20;

pub(super) fn lines(state: &State, room: Room) -> Vec<Line<'static>> {
    let ink = Ink::new(state);
    let probe = state.known.probes.back();
    let Some(probe) = probe.filter(|p| !p.hypotheses.is_empty()) else {
        let says = "What could be the matter shows here while a probe runs: what is open, what is weakened, what cannot be, and why.";
        return ink.empty(says, room.width);
    };
    let proved = probe.verdict.as_ref().map(|v| v.verdict);
    let headline = probe.verdict.as_ref().map(|v| v.headline.as_str());
    let mut all: Vec<&Hypothesis> = probe.hypotheses.iter().collect();
    all.sort_by_key(|h| {
        let rank = match h.standing {
            Standing::Open => 1,
            Standing::Weakened => 2,
            Standing::Excluded => 3,
        };
        if proved == Some(h.verdict) { 0 } else { rank }
    });
    let rows = all.into_iter();
    rows.flat_map(|h| {
        row(
            &ink,
            h,
            headline.filter(|_| proved == Some(h.verdict)),
            room,
        )
    })
    .collect()
}

fn row(ink: &Ink, hypothesis: &Hypothesis, proved: Option<&str>, room: Room) -> Vec<Line<'static>> {
    let glyphs = &ink.theme.glyphs;
    let (sign, word, tone) = match hypothesis.standing {
        _ if proved.is_some() => (glyphs.cross, "found", Tone::Bad),
        Standing::Open => (glyphs.on, "open", Tone::Strong),
        Standing::Weakened => (glyphs.off, "weakened", Tone::Plain),
        Standing::Excluded => (glyphs.skip, "excluded", Tone::Quiet),
    };
    let code = text::column(hypothesis.verdict.name(), CODE, glyphs.cut);
    let head = format!("{sign} {code}");
    let why = text::clean(proved.unwrap_or(&hypothesis.why));
    let word = text::column(word, 9, "");
    let columns = room.width.saturating_sub(text::width(&head) + 9);
    if room.zoomed && text::width(&why) > columns {
        let mut lines = vec![Line::from(vec![
            ink.own(tone, head),
            ink.own(Tone::Quiet, word),
        ])];
        lines.extend(ink.sentence(Tone::Quiet, "    ", &why, room.width));
        return lines;
    }
    vec![Line::from(vec![
        ink.own(tone, head),
        ink.own(Tone::Quiet, word),
        Span::styled(
            text::cut(&why, columns, glyphs.cut),
            ink.theme.style(Tone::Quiet),
        ),
    ])]
}

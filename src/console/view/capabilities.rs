//! What this firmware can do: the ways that were recognised, by name, then the scan's commands with the form that was asked and what
//! each is for.
use super::ink::Ink;
use crate::console::state::State;
use crate::console::text;
use crate::console::theme::Tone;
use crate::event::{CommandRow, CommandScan};
use ratatui::text::{Line, Span};

/// Columns of the form: `execute`, and two between.
const FORM: usize = 9;

pub(super) fn title(state: &State, _width: u16) -> Vec<Span<'static>> {
    vec![Ink::new(state).own(Tone::Strong, " What this firmware can do ")]
}

pub(super) fn lines(state: &State, width: usize) -> Vec<Line<'static>> {
    let ink = Ink::new(state);
    let mut lines = Vec::new();
    if let Some(modem) = &state.known.modem {
        let who = format!("{} {}", modem.model, modem.firmware);
        lines.extend(ink.sentence(Tone::Strong, "", who.trim(), width));
        lines.push(Line::default());
    }
    let Some(scan) = &state.known.commands else {
        let says = "Which commands this firmware has is not known yet: the bench asks for each of them once, as soon as the modem \
                    answers. Nothing is changed by that.";
        lines.extend(ink.empty(says, width));
        return lines;
    };
    lines.extend(quirks(&ink, scan, width));
    let missing = scan.rows.iter().filter(|r| !r.present).count();
    let says = match missing {
        0 => format!(
            "All {} commands that were asked for are there",
            scan.rows.len()
        ),
        n => format!(
            "{n} of {} commands that were asked for are not there",
            scan.rows.len()
        ),
    };
    lines.push(Line::from(ink.own(Tone::Strong, says)));
    let names = scan.rows.iter().map(|r| text::width(&r.command));
    let column = names.max().unwrap_or(0).min(width / 3) + 4;
    let head = format!(
        "{:column$}{:7}{:FORM$}used for",
        "  command", "there", "asked"
    );
    lines.push(Line::from(
        ink.own(Tone::Quiet, text::cut(&head, width, ink.theme.glyphs.cut)),
    ));
    // What is missing is what one looks for.
    let (there, missing): (Vec<_>, Vec<_>) = scan.rows.iter().partition(|r| r.present);
    for row in missing.into_iter().chain(there) {
        lines.extend(entry(&ink, row, column, width));
    }
    lines
}

fn quirks(ink: &Ink, scan: &CommandScan, width: usize) -> Vec<Line<'static>> {
    if scan.quirks.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![Line::from(ink.own(Tone::Strong, "Ways of this firmware"))];
    for quirk in &scan.quirks {
        let first = format!("{} ", ink.theme.glyphs.warn);
        let says = format!("{}: {}", quirk.name, quirk.says);
        lines.extend(ink.sentence(Tone::Warn, &first, &says, width));
    }
    lines.push(Line::default());
    lines
}

fn entry(ink: &Ink, row: &CommandRow, column: usize, width: usize) -> Vec<Line<'static>> {
    let glyphs = &ink.theme.glyphs;
    let (sign, word, tone) = if row.present {
        (glyphs.tick, "yes", Tone::Good)
    } else {
        (glyphs.none, "no", Tone::Warn)
    };
    let lead = column + 7 + FORM;
    let rows = text::wrap(
        &text::clean(&row.purpose),
        width.saturating_sub(lead).max(8),
    );
    rows.into_iter()
        .enumerate()
        .map(|(n, says)| {
            if n > 0 {
                return Line::from(ink.own(Tone::Quiet, format!("{:lead$}{says}", "")));
            }
            Line::from(vec![
                ink.cell(tone, sign, 2),
                ink.cell(Tone::Plain, &row.command, column.saturating_sub(2)),
                ink.cell(tone, word, 7),
                ink.cell(Tone::Quiet, &row.form, FORM),
                ink.own(Tone::Quiet, says),
            ])
        })
        .collect()
}

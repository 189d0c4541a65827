//! The profile switcher: what each profile asks for and really dials, whether it is for this SIM, and what is wrong with it.
use super::Room;
use super::ink::Ink;
use super::ladder::lints;
use crate::console::action::Action;
use crate::console::state::{ProfileRow, State};
use crate::console::text;
use crate::console::theme::Tone;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

/// The size that the switcher wants as an overlay.
pub(super) fn wanted(state: &State, width: u16) -> (u16, u16) {
    let width = width.min(118);
    let room = Room {
        width: usize::from(width.saturating_sub(2)),
        height: usize::MAX,
        zoomed: false,
    };
    let rows = lines(state, room).len() + 2;
    (width, u16::try_from(rows).unwrap_or(u16::MAX).min(30))
}

/// Scrolled so that the chosen row is seen with what stands under the table.
pub(super) fn offset(state: &State, room: Room) -> usize {
    let table = room.height.saturating_sub(DETAIL).max(2);
    (state.chosen + 2).saturating_sub(table)
}

/// The profile whose row is this one of the pane's lines.
pub(super) fn row_at(state: &State, line: usize) -> Option<usize> {
    let at = line.checked_sub(1)?;
    (at < state.profiles.len()).then_some(at)
}

/// Rows kept for what is said of the chosen profile.
const DETAIL: usize = 7;

pub(super) fn lines(state: &State, room: Room) -> Vec<Line<'static>> {
    let ink = Ink::new(state);
    if state.profiles.is_empty() {
        return ink.empty(
            "No carrier profile was found. Profiles are TOML files, one a carrier; `mmscope profiles list` says where they are looked for.",
            room.width,
        );
    }
    let columns = Columns::of(&state.profiles, room.width);
    let mut lines = vec![columns.head(&ink)];
    for (n, row) in state.profiles.iter().enumerate() {
        lines.push(columns.row(state, &ink, row, n == state.chosen));
    }
    if let Some(chosen) = state.profiles.get(state.chosen) {
        lines.push(legend(&ink, room.width));
        lines.extend(detail(state, &ink, chosen, room.width));
    }
    lines
}

/// What stands in the columns, in one row.
fn legend(ink: &Ink, width: usize) -> Line<'static> {
    let glyphs = &ink.theme.glyphs;
    let says = format!(
        "SIM: made for the one in the modem; lint: 2 {} = two faults, named below",
        glyphs.warn
    );
    Line::from(ink.own(Tone::Quiet, text::cut(&says, width, glyphs.cut)))
}

struct Columns {
    id: usize,
    apn: usize,
    kind: usize,
    dials: usize,
    sim: usize,
    lint: usize,
}

impl Columns {
    fn of(profiles: &[ProfileRow], width: usize) -> Self {
        let longest = |f: fn(&ProfileRow) -> &str| {
            profiles
                .iter()
                .map(|p| text::width(f(p)))
                .max()
                .unwrap_or(0)
                + 1
        };
        // A column in which no profile says anything tells nothing.
        let tells = profiles
            .iter()
            .any(|p| !matches!(p.pdp_type.as_str(), "" | "unknown"));
        let widest = longest(|p| &p.pdp_type).clamp(5, 10);
        let kind = match tells {
            true if width >= 84 => widest,
            true if width >= 70 => widest.min(7),
            _ => 0,
        };
        let (sim, lint) = (4, 5);
        let left = width.saturating_sub(2 + kind + sim + lint);
        let id = longest(|p| &p.id).min(left * 2 / 5).max(6);
        let apn = longest(|p| &p.apn).min(left / 4).max(4);
        Self {
            id,
            apn,
            kind,
            dials: left.saturating_sub(id + apn),
            sim,
            lint,
        }
    }

    fn head(&self, ink: &Ink) -> Line<'static> {
        let cut = ink.theme.glyphs.cut;
        let words = format!(
            "  {}{}{}{}{}{}",
            text::column("id", self.id, cut),
            text::column("APN", self.apn, cut),
            text::column("type", self.kind, ""),
            text::column("dials", self.dials, cut),
            text::column("SIM", self.sim, cut),
            text::column("lint", self.lint, cut),
        );
        Line::from(ink.own(Tone::Quiet, words))
    }

    fn row(&self, state: &State, ink: &Ink, row: &ProfileRow, chosen: bool) -> Line<'static> {
        let glyphs = &ink.theme.glyphs;
        let in_use = state.known.profile.as_ref().is_some_and(|p| p.id == row.id);
        let marked = state.marked.contains(&row.id);
        let mark = match (chosen, marked, in_use) {
            (true, _, _) => glyphs.run,
            (_, true, _) => glyphs.tick,
            (_, _, true) => glyphs.on,
            _ => " ",
        };
        let (fits, fits_tone) = match row.fits {
            Some(true) => ("yes", Tone::Good),
            Some(false) => ("no", Tone::Quiet),
            None => ("?", Tone::Quiet),
        };
        let (lint, lint_tone) = match row.lints.len() {
            0 => ("ok".to_owned(), Tone::Quiet),
            n => (format!("{n} {}", glyphs.warn), Tone::Warn),
        };
        let name_tone = if in_use { Tone::Strong } else { Tone::Plain };
        let mut line = Line::from(vec![
            ink.own(Tone::Key, text::column(mark, 2, "")),
            ends(ink, name_tone, &row.id, self.id),
            spaced(ink, Tone::Plain, &row.apn, self.apn),
            spaced(ink, Tone::Plain, &row.pdp_type, self.kind),
            ends(ink, Tone::Plain, &row.dials, self.dials),
            spaced(ink, fits_tone, fits, self.sim),
            spaced(ink, lint_tone, &lint, self.lint),
        ]);
        if chosen {
            let style: Style = ink.theme.style(Tone::Chosen);
            // One even row: colours within it would be patches.
            line.spans.iter_mut().for_each(|span| span.style = style);
            line = line.patch_style(style);
        }
        line
    }
}

fn spaced(ink: &Ink, tone: Tone, says: &str, columns: usize) -> Span<'static> {
    let fitted = text::cut(
        &text::clean(says),
        columns.saturating_sub(1),
        ink.theme.glyphs.cut,
    );
    ink.own(tone, text::column(&fitted, columns, ""))
}

/// The same, cut in the middle: what tells ids apart, and the port, stand at the end.
fn ends(ink: &Ink, tone: Tone, says: &str, columns: usize) -> Span<'static> {
    let room = columns.saturating_sub(1);
    let fitted = text::cut_middle(&text::clean(says), room, ink.theme.glyphs.cut);
    ink.own(tone, text::column(&fitted, columns, ""))
}

/// The chosen profile: its name, its MMSC as configured with the offending characters marked, its lints with the way to mend them.
fn detail(state: &State, ink: &Ink, row: &ProfileRow, width: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    let in_use = state.known.profile.as_ref().is_some_and(|p| p.id == row.id);
    let what = match in_use {
        true => "in use".to_owned(),
        false => format!("{} uses it", state.key_of(Action::UseProfile)),
    };
    let for_comparing = match state.marked.contains(&row.id) {
        true => ", marked for comparing",
        false => "",
    };
    let home = state.known.sim.as_ref().and_then(|s| s.home.clone());
    let sim = match (row.fits, home) {
        (Some(true), Some(home)) => format!(", for the SIM in the modem ({home})"),
        (Some(false), Some(home)) => format!(", not for the SIM in the modem ({home})"),
        _ => String::new(),
    };
    let says = format!("{}: {what}{for_comparing}{sim}", row.name);
    lines.extend(ink.sentence(Tone::Strong, "", &says, width));
    if let Some(beside) = &row.beside {
        lines.extend(ink.sentence(Tone::Plain, "", beside, width));
    }
    lines.push(marked(ink, row, width));
    lines.extend(lints(ink, &row.lints, width));
    lines
}

/// The configured URL with the characters that a lint is about underlined.
fn marked(ink: &Ink, row: &ProfileRow, width: usize) -> Line<'static> {
    let url = text::cut(
        &text::clean(&row.mmsc),
        width.saturating_sub(5),
        ink.theme.glyphs.cut,
    );
    let mut spans = vec![ink.own(Tone::Quiet, "MMSC ")];
    let offending = row.lints.iter().map(|l| text::clean(&l.offending));
    let found = offending
        .filter(|o| !o.is_empty())
        .find_map(|o| url.rfind(&o).map(|at| (at, at + o.len())));
    match found {
        Some((from, until)) => {
            spans.push(ink.own(Tone::Plain, &url[..from]));
            spans.push(ink.own(Tone::Offending, &url[from..until]));
            spans.push(ink.own(Tone::Plain, &url[until..]));
        }
        None => spans.push(ink.own(Tone::Plain, url)),
    }
    Line::from(spans)
}

//! The list of recordings: when, through which profile, what came of it, how long.
use super::ink::Ink;
use super::{clear, inner, over};
use crate::console::action::Action;
use crate::console::recordings::RecordingRow;
use crate::console::state::State;
use crate::console::text;
use crate::console::theme::Tone;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::Line;
use ratatui::widgets::{Block, Paragraph};

/// Columns of when, world, profile and length; the result has the rest.
const WHEN: usize = 21;
const PROFILE: usize = 22;
const LENGTH: usize = 10;
/// Rows under the list, for what is said of the chosen one.
const DETAIL: usize = 5;

fn place(state: &State, area: Rect) -> Rect {
    let rows = state.recordings.rows.as_ref().map_or(1, Vec::len).max(1);
    let rows = u16::try_from(rows + DETAIL + 3).unwrap_or(u16::MAX);
    over(area, (110, rows.min(32)))
}

/// The first row that is shown, and how many.
fn shown(state: &State, within: Rect) -> (usize, usize) {
    let rows = usize::from(within.height).saturating_sub(DETAIL + 1).max(1);
    ((state.recordings.chosen + 1).saturating_sub(rows), rows)
}

/// The recording whose row stands under this position.
#[must_use]
pub fn recording_at(state: &State, column: u16, row: u16) -> Option<usize> {
    let within = inner(place(state, Rect::new(0, 0, state.size.0, state.size.1)));
    if !within.contains(Position::new(column, row)) {
        return None;
    }
    let (from, rows) = shown(state, within);
    let line = usize::from(row - within.y)
        .checked_sub(1)
        .filter(|n| *n < rows)?;
    let count = state.recordings.rows.as_ref().map_or(0, Vec::len);
    Some(from + line).filter(|at| *at < count)
}

pub(super) fn draw(state: &State, frame: &mut Frame, area: Rect) {
    let place = place(state, area);
    if place.width < 12 || place.height < 4 {
        return;
    }
    let ink = Ink::new(state);
    let within = inner(place);
    let width = usize::from(within.width);
    let block = Block::bordered()
        .border_set(ink.theme.glyphs.edges[1])
        .border_style(state.theme.style(Tone::EdgeFocused))
        .title_top(Line::from(
            ink.own(Tone::Strong, " Recordings, newest first "),
        ));
    clear(state, frame, place);
    frame.render_widget(block, place);
    let lines = match state.recordings.rows.as_deref() {
        None => ink.sentence(Tone::Running, "", "Reading the folder …", width),
        Some([]) => {
            let says = format!(
                "No recording in {}. Every session is recorded there by itself.",
                state.recordings.folder
            );
            ink.empty(&says, width)
        }
        Some(rows) => listed(state, &ink, rows, within),
    };
    frame.render_widget(Paragraph::new(lines), within);
}

fn listed(state: &State, ink: &Ink, rows: &[RecordingRow], within: Rect) -> Vec<Line<'static>> {
    let width = usize::from(within.width);
    let (from, count) = shown(state, within);
    let columns = |cells: [&str; 4]| {
        let room = width.saturating_sub(2 + WHEN + PROFILE + LENGTH);
        let cut = ink.theme.glyphs.cut;
        let wide = [WHEN, PROFILE, LENGTH, room];
        let cells = cells.iter().zip(wide);
        let cells =
            cells.map(|(c, w)| text::column(&text::cut(c, w.saturating_sub(1), cut), w, ""));
        cells.collect::<String>()
    };
    let head = columns(["began (UTC)", "profile", "length", "world: what came of it"]);
    let mut lines = vec![Line::from(ink.own(Tone::Quiet, format!("  {head}")))];
    for (n, row) in rows.iter().enumerate().skip(from).take(count) {
        let chosen = n == state.recordings.chosen;
        let mark = if chosen { ink.theme.glyphs.run } else { " " };
        let digest = &row.digest;
        let result = match (row.current, &digest.trouble) {
            (true, _) => "this session".to_owned(),
            (_, Some(_)) => format!("{} {}", ink.theme.glyphs.warn, digest.result()),
            _ => digest.result(),
        };
        let result = match &digest.world {
            Some(world) => format!("{world}: {result}"),
            None => result,
        };
        let profile = digest.profile.clone().unwrap_or_default();
        let says = columns([
            &when(&digest.began_at),
            &text::clean(&profile),
            &text::duration(digest.length_ms),
            &text::clean(&result),
        ]);
        let ok = digest.sends.last().and_then(|s| s.ok);
        let tone = match ok {
            _ if digest.trouble.is_some() => Tone::Warn,
            Some(true) => Tone::Good,
            Some(false) => Tone::Bad,
            None => Tone::Plain,
        };
        let mut line = Line::from(vec![
            ink.own(Tone::Key, text::column(mark, 2, "")),
            ink.own(tone, says),
        ]);
        if chosen {
            line = line.patch_style(ink.theme.style(Tone::Chosen));
        }
        lines.push(line);
    }
    lines.push(Line::default());
    if let Some(row) = state.recordings.row() {
        lines.extend(detail(state, ink, row, width));
    }
    lines
}

/// `2026-11-22 05:10:22` of an RFC 3339 time.
fn when(at: &str) -> String {
    let text = text::clean(at);
    let day = text.get(..10);
    match (day, text.get(11..19)) {
        (Some(day), Some(time)) => format!("{day} {time}"),
        _ => text,
    }
}

fn detail(state: &State, ink: &Ink, row: &RecordingRow, width: usize) -> Vec<Line<'static>> {
    let digest = &row.digest;
    let world = match &digest.world {
        Some(world) => format!("simulated, {world}; "),
        None => String::new(),
    };
    let says = format!(
        "{}: {world}{} events, {}",
        row.name,
        text::count(digest.events),
        text::octets(row.octets)
    );
    let mut lines = ink.sentence(Tone::Strong, "", &says, width);
    if let Some(trouble) = &digest.trouble {
        let lead = format!("{} ", ink.theme.glyphs.warn);
        lines.extend(ink.sentence(Tone::Warn, &lead, trouble, width));
    }
    let older = match state.recordings.unlisted {
        0 => String::new(),
        n => format!("; {n} older ones are not listed"),
    };
    let says = format!(
        "{} opens it here, {} lays its newest send beside the one on the screen, {} opens it beside the last good one{older}",
        state.key_of(Action::OpenRecording),
        state.key_of(Action::LayBeside),
        state.key_of(Action::BesideGood)
    );
    lines.extend(ink.sentence(Tone::Quiet, "", &says, width));
    lines
}

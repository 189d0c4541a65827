//! The footer: the keys that are valid here, from the action table; or a word to the person.
use super::ink::Ink;
use crate::console::action::{Action, Row, TABLE};
use crate::console::editor::Field;
use crate::console::keymap::{Binding, Chord};
use crate::console::layout::{Pane, Screen};
use crate::console::state::{Overlay, State};
use crate::console::text;
use crate::console::theme::Tone;
use ratatui::Frame;
use ratatui::crossterm::event::KeyCode;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

/// A key in the footer, and the columns that it takes.
struct Item {
    /// None for a key that belongs to the list that lies over the panes.
    action: Option<Action>,
    key: String,
    label: String,
    from: u16,
    until: u16,
}

pub(super) fn draw(state: &State, frame: &mut Frame, area: Rect) {
    let ink = Ink::new(state);
    if let Some(hint) = &state.hint {
        return tell(state, &ink, hint, frame, area);
    }
    if let Some(first) = state.pending {
        let lines = waiting(
            state,
            &ink,
            first,
            most(state, area),
            usize::from(area.width),
        );
        return upwards(state, lines, frame, area);
    }
    for item in items(state, area.width) {
        let line = Line::from(vec![
            ink.own(Tone::Key, item.key),
            ink.own(Tone::Plain, format!(" {}", item.label)),
        ]);
        let place = Rect {
            x: area.x + item.from,
            width: item.until - item.from,
            ..area
        };
        frame.render_widget(line, place);
    }
}

/// The footer has at most so many rows, for a word to the person or the keys that may follow another.
const ROWS: usize = 3;

/// A word to the person. What one row cannot hold goes on in those above it, over the panes: its end is often the remedy.
fn tell(state: &State, ink: &Ink, hint: &str, frame: &mut Frame, area: Rect) {
    let width = usize::from(area.width).saturating_sub(2);
    let mut rows = text::wrap(hint, width);
    let most = most(state, area);
    if rows.len() > most {
        let rest = rows.split_off(most - 1).join(" ");
        rows.push(text::cut(&rest, width, ink.theme.glyphs.cut));
    }
    let lines = rows
        .into_iter()
        .map(|row| Line::from(vec![Span::raw(" "), ink.own(Tone::Warn, row)]))
        .collect();
    upwards(state, lines, frame, area);
}

/// How many rows the footer may have for a moment: in the smallest windows, and under what lies over the panes, one is all that can be
/// spared.
fn most(state: &State, area: Rect) -> usize {
    match state.overlay.is_some() || area.y < 14 {
        true => 1,
        false => ROWS,
    }
}

/// Draws the last row where the footer is, and those before it over the panes.
fn upwards(state: &State, lines: Vec<Line<'static>>, frame: &mut Frame, area: Rect) {
    let height = u16::try_from(lines.len()).unwrap_or(1).max(1);
    let place = Rect {
        y: area.bottom().saturating_sub(height),
        height,
        ..area
    };
    super::clear(state, frame, place);
    frame.render_widget(Paragraph::new(lines), place);
}

/// After the first of two keys: what may follow, in as many rows as that takes. Where these are not to be had, the last ones stand as
/// keys alone.
fn waiting(
    state: &State,
    ink: &Ink,
    first: Chord,
    most: usize,
    width: usize,
) -> Vec<Line<'static>> {
    let follow: Vec<(String, &str)> = state
        .keymap
        .bindings()
        .iter()
        .filter(|b| b.chord == first && state.reaches(b))
        .filter_map(|b| Some((b.then?.shown(), b.action.row()?.label)))
        .collect();
    let lead = format!(" {} {}", first.shown(), ink.theme.glyphs.cut);
    let indent = text::width(&lead);
    let mut lines = vec![Line::from(ink.own(Tone::Warn, lead))];
    let mut used = indent;
    let mut bare: usize = follow.iter().map(|(key, _)| text::width(key) + 2).sum();
    for (key, label) in follow {
        bare -= text::width(&key) + 2;
        let whole = usize::from(wide(&key, label)) + 2;
        if used + whole > width && lines.len() < most {
            lines.push(Line::from(" ".repeat(indent)));
            used = indent;
        }
        let Some(line) = lines.last_mut() else { break };
        line.push_span(ink.own(Tone::Key, format!("  {key}")));
        used += text::width(&key) + 2;
        // In the last row every key comes first, then the words of those that have room.
        let kept = if lines.len() < most { 0 } else { bare };
        if used + text::width(label) + 1 + kept <= width
            && let Some(line) = lines.last_mut()
        {
            line.push_span(ink.own(Tone::Plain, format!(" {label}")));
            used += text::width(label) + 1;
        }
    }
    lines
}

/// The action whose words stand at this position.
#[must_use]
pub fn action_at(state: &State, column: u16, row: u16) -> Option<Action> {
    item_at(state, column, row).and_then(|i| i.action)
}

/// The key of a list that lies over the panes, whose words stand at this position.
#[must_use]
pub fn key_at(state: &State, column: u16, row: u16) -> Option<KeyCode> {
    let item = item_at(state, column, row).filter(|i| i.action.is_none())?;
    match item.key.as_str() {
        "Enter" => Some(KeyCode::Enter),
        "Esc" => Some(KeyCode::Esc),
        one => one
            .chars()
            .next()
            .filter(|_| one.len() == 1)
            .map(KeyCode::Char),
    }
}

fn item_at(state: &State, column: u16, row: u16) -> Option<Item> {
    let plan = state.plan();
    let area = plan.footer;
    if plan.line_only
        || state.hint.is_some()
        || state.pending.is_some()
        || area.height == 0
        || row != area.y
    {
        return None;
    }
    let at = column.checked_sub(area.x)?;
    items(state, area.width)
        .into_iter()
        .find(|i| (i.from..i.until).contains(&at))
}

fn items(state: &State, width: u16) -> Vec<Item> {
    if state.overlay == Some(Overlay::Choosing) {
        return chooser(state, width);
    }
    let mut rows: Vec<(&Row, String)> = TABLE
        .iter()
        .filter(|r| r.footer.is_some() || is_worth(state, r.action))
        .filter(|r| !state.is_off(r.action))
        .filter(|r| r.action != Action::Send || !state.is_busy())
        .filter(|r| r.action != Action::Probe || asks_why(state))
        .filter(|r| r.action != Action::Profiles || !state.on_profiles())
        .filter(|r| r.action != Action::PreviousPane || goes_back(state))
        .filter(|r| r.action != Action::OpenDraft || state.message().is_some())
        .filter(|r| r.action != Action::ClearLetter || writes(state))
        .filter_map(|r| {
            let key = state
                .keymap
                .key(r.action, |b| state.reaches(b) && belongs(state, b));
            Some((r, key?.shown()))
        })
        .collect();
    rows.sort_by_key(|(r, _)| rank(state, r));
    let mut items = Vec::new();
    let mut used = 1;
    let mut end = width.saturating_sub(1);
    // The last ones, help and quit, keep their place on the right in every width.
    let (fixed, flowing): (Vec<_>, Vec<_>) =
        rows.into_iter().partition(|(r, _)| r.footer >= Some(30));
    // In a narrow window what can be done here comes before the way out, which the help names.
    let first = flowing.first();
    let first = first.map_or(0, |(row, key)| wide(key, &label(state, row, width)) + 2);
    for (row, key) in fixed.into_iter().rev() {
        let wide = wide(&key, row.label);
        let helped =
            row.action == Action::Quit && wide + 2 + HELP > end.saturating_sub(used + first);
        if helped && width < NARROW {
            continue;
        }
        if end < wide + used {
            break;
        }
        items.push(item(
            Some(row.action),
            key,
            row.label.to_owned(),
            end - wide,
        ));
        end = end.saturating_sub(wide + 2);
    }
    for (row, key) in flowing {
        let label = label(state, row, width);
        let wide = wide(&key, &label);
        if used + wide > end {
            break;
        }
        items.push(item(Some(row.action), key, label, used));
        used += wide + 2;
    }
    items
}

/// In fewer columns not everything has a place; the strip names a simulated bench as well.
const NARROW: u16 = 48;
/// Columns of the way to the help.
const HELP: u16 = 6;

fn label(state: &State, row: &Row, width: u16) -> String {
    match (row.action, &state.flags.world) {
        (Action::Send, Some(_)) if width >= NARROW => "send (simulated)".to_owned(),
        (Action::Play, _) if state.wants_clock() => "hold".to_owned(),
        (Action::Freeze, _) if holds(state) => "follow again".to_owned(),
        (Action::FindNext, _) => "next found".to_owned(),
        (Action::PreviousPane, _) => "field above".to_owned(),
        _ => row.label.to_owned(),
    }
}

/// Under a list or a sheet its own keys count, and the way out.
fn belongs(state: &State, binding: &Binding) -> bool {
    let out = matches!(
        binding.action,
        Action::Leave | Action::Help | Action::Quit | Action::Stop
    );
    state.overlay.is_none() || out || binding.place.rank() >= 3
}

/// A probe that has found something is done: what mends it comes first.
fn rank(state: &State, row: &Row) -> Option<u8> {
    let found = state.verdict().is_some() && state.screen == Screen::Diagnosis;
    match row.action {
        Action::Probe if found => Some(16),
        Action::FullProbe if state.goes_further() => Some(6),
        Action::Freeze if holds(state) => Some(8),
        Action::FindNext if state.is_searching() => Some(9),
        _ => row.footer,
    }
}

/// The keys of the short list, which are its own.
fn chooser(state: &State, width: u16) -> Vec<Item> {
    let list = state.choosing.as_ref();
    let keys: &[(&str, &str)] = match list {
        Some(c) if c.asking.is_some() => &[("y", "yes"), ("n", "no")],
        Some(c) if c.name.is_some() => &[("Enter", "write it"), ("Esc", "back")],
        _ => &[("Enter", "choose"), ("Up Down", "move"), ("Esc", "back")],
    };
    let mut used = 1;
    let mut items = Vec::new();
    for (key, label) in keys {
        let wide = wide(key, label);
        if used + wide > width {
            break;
        }
        items.push(item(None, (*key).to_owned(), (*label).to_owned(), used));
        used += wide + 2;
    }
    items
}

/// Whether what has the keys stands still.
fn holds(state: &State) -> bool {
    match state.focus {
        Pane::Traffic => state.traffic.is_held(),
        Pane::Log => state.log.waiting().is_some(),
        _ => false,
    }
}

/// What has a place only while there is something for it.
fn is_worth(state: &State, action: Action) -> bool {
    action == Action::FindNext && state.is_searching()
}

/// Whether finding out why not is worth a place: a send failed, or one looks at the diagnosis.
fn asks_why(state: &State) -> bool {
    !state.is_busy() && (state.has_failed() || state.screen == Screen::Diagnosis)
}

/// Whether there is a field above the one that is written in: only there the way back is worth a place.
fn goes_back(state: &State) -> bool {
    writes(state) && state.compose.field != Field::To
}

/// Whether the message is written now.
fn writes(state: &State) -> bool {
    state.typing && state.overlay.is_none() && state.focus == Pane::Compose
}

fn item(action: Option<Action>, key: String, label: String, from: u16) -> Item {
    let until = from + wide(&key, &label);
    Item {
        action,
        key,
        label,
        from,
        until,
    }
}

fn wide(key: &str, label: &str) -> u16 {
    u16::try_from(text::width(key) + 1 + text::width(label)).unwrap_or(u16::MAX / 4)
}

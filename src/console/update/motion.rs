//! Where the keys go: focus, Tab, scrolling, the mouse.
use super::messages::begin_at_draft;
use super::{Effect, act, inspecting, traffic};
use crate::console::action::Action;
use crate::console::editor::Field;
use crate::console::layout::{Pane, Screen};
use crate::console::state::{Overlay, SendFace, State};
use crate::console::view;
use ratatui::crossterm::event::{KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

pub(super) fn choose_id(state: &mut State, id: Option<&str>) {
    let found = id.and_then(|id| state.profiles.iter().position(|p| p.id == id));
    let last = state.profiles.len().saturating_sub(1);
    state.chosen = found.unwrap_or(state.chosen).min(last);
}

pub(super) fn leave(state: &mut State) {
    if state.overlay.take().is_some() {
        return;
    }
    if state.at.payload.take().is_some() {
        state.hint = Some("The payload was left; nothing was sent.".to_owned());
    } else if state.typing {
        state.typing = false;
    } else if traffic::let_go(state) || state.sought.take().is_some() {
        // One thing let go is enough for one key.
    } else if state.face != SendFace::Ladder {
        state.face = SendFace::Ladder;
        state.scroll[Pane::Send as usize] = 0;
    } else if state.zoomed {
        state.zoomed = false;
    } else if state.screen != Screen::Bench {
        go(state, Screen::Bench);
    } else {
        super::replaying::close(state);
    }
}

/// Shows a screen, with the keys on its first pane.
pub(super) fn go(state: &mut State, screen: Screen) {
    if state.screen == screen {
        return;
    }
    state.screen = screen;
    state.zoomed = false;
    state.tell_apart();
    if screen == Screen::Pdu {
        inspecting::open(state);
    }
    if screen == Screen::Messages {
        begin_at_draft(state);
    }
    let first = match screen {
        Screen::Bench => Pane::Send,
        Screen::Diagnosis => Pane::Verdict,
        Screen::Compare => Pane::Compare,
        Screen::Beside => Pane::Beside,
        Screen::Pdu => Pane::Fields,
        Screen::Messages => Pane::Messages,
        Screen::Log => Pane::Log,
    };
    focus(state, first, false);
}

/// Chooses a piece of evidence, and shows the lines that it rests on.
pub(super) fn choose_evidence(state: &mut State, chosen: usize) {
    state.evidence = chosen;
    let Some(piece) = state
        .verdict()
        .and_then(|v| v.evidence.get(chosen))
        .cloned()
    else {
        return;
    };
    if state.traffic.show(piece.id, &piece.rests_on) == 0 {
        state.hint = Some(
            "Those lines are no longer held here; the recording has them, under the event's number."
                .to_owned(),
        );
    }
}

pub(super) fn toggle(state: &mut State, overlay: Overlay) {
    state.help_scroll = 0;
    state.help_search.set("");
    state.overlay = if state.overlay == Some(overlay) {
        None
    } else {
        Some(overlay)
    };
}

pub(super) fn open_profiles(state: &mut State) {
    let has_pane = state.screen == Screen::Bench
        && !state.zoomed
        && state.plan().place(Pane::Profiles).is_some();
    let current = state.known.profile.as_ref().map(|p| p.id.clone());
    choose_id(state, current.as_deref());
    if has_pane {
        focus(state, Pane::Profiles, false);
    } else {
        toggle(state, Overlay::Profiles);
    }
}

pub(super) fn face(state: &mut State, face: SendFace) {
    focus(state, Pane::Send, false);
    state.scroll[Pane::Send as usize] = 0;
    state.face = if state.face == face {
        SendFace::Ladder
    } else {
        face
    };
}

pub(super) fn focus(state: &mut State, pane: Pane, typing: bool) {
    state.overlay = None;
    state.prompt = None;
    if !state.screen.has(pane) {
        go(state, pane.screen());
    }
    state.focus = pane;
    state.typing = typing;
    clamp_scrolls(state);
}

/// Tab goes through the fields of the message while it is written, then through the panes that have a place on this screen, then
/// through those behind the traffic's place.
pub(super) fn tab(state: &mut State, forward: bool) {
    if state.overlay.is_some() {
        state.overlay = None;
        return;
    }
    if state.typing && state.focus == Pane::Compose {
        let next = match (state.compose.field, forward) {
            (Field::To, true) | (Field::Text, false) => Some(Field::Subject),
            (Field::Subject, true) => Some(Field::Text),
            (Field::Subject, false) => Some(Field::To),
            _ => None,
        };
        if let Some(field) = next {
            state.compose.field = field;
            return;
        }
    }
    let plan = state.plan();
    let mut order: Vec<Pane> = plan.panes.iter().map(|(p, _)| *p).collect();
    order.extend(plan.behind);
    let all = state.screen.panes();
    if order.len() < all.len() || state.zoomed {
        order = all.to_vec();
    } else {
        order.sort_by_key(|p| all.iter().position(|other| other == p));
    }
    let here = order.iter().position(|p| *p == state.focus).unwrap_or(0);
    let step = if forward { 1 } else { order.len() - 1 };
    focus(state, order[(here + step) % order.len()], false);
}

/// Whether a sheet lies over the panes that is scrolled.
fn is_sheet(state: &State) -> bool {
    matches!(
        state.overlay,
        Some(Overlay::Help | Overlay::Capabilities | Overlay::Post | Overlay::DryRun)
    )
}

/// How far a page goes in the pane that has the keys.
pub(super) fn page(state: &State) -> i64 {
    if is_sheet(state) {
        // One row of the window before stays, to go on reading from.
        let rows = view::sheet_height(state).saturating_sub(1).max(1);
        return i64::try_from(rows).unwrap_or(1);
    }
    let place = state.plan().place(state.focus);
    i64::from(place.map_or(10, |r| r.height).saturating_sub(4).max(1))
}

pub(super) fn scroll(state: &mut State, rows: i64) {
    if is_sheet(state) {
        let longest = view::sheet_extent(state);
        state.help_scroll = moved(state.help_scroll, rows, longest);
    } else if state.overlay == Some(Overlay::Palette) {
        let last = state.offers().len().saturating_sub(1);
        state.palette.chosen = moved(state.palette.chosen, rows, last);
    } else if state.overlay == Some(Overlay::Recordings) {
        let list = &mut state.recordings;
        let last = list.rows.as_ref().map_or(0, Vec::len).saturating_sub(1);
        list.chosen = moved(list.chosen, rows, last);
    } else if state.overlay == Some(Overlay::Columns) {
        let last = state.columns.listed().len().saturating_sub(1);
        state.columns.at = moved(state.columns.at, rows, last);
    } else if matches!(state.overlay, Some(Overlay::Options | Overlay::Panel)) {
        super::acting::step_option(state, rows.signum());
    } else if state.on_profiles() {
        let last = state.profiles.len().saturating_sub(1);
        state.chosen = moved(state.chosen, rows, last);
    } else {
        scroll_pane(state, state.focus, rows);
    }
}

pub(super) fn scroll_pane(state: &mut State, pane: Pane, rows: i64) {
    match pane {
        Pane::Traffic => state.traffic.scroll(rows),
        Pane::Fields | Pane::Octets | Pane::Remarks | Pane::Pdus => {
            inspecting::move_in(state, pane, rows);
        }
        Pane::Messages => super::messages::choose(state, rows),
        Pane::Compare => super::comparing::step(state, rows, 0),
        Pane::Evidence => {
            let pieces = state.verdict().map_or(0, |v| v.evidence.len());
            let to = moved(state.evidence, rows, pieces.saturating_sub(1));
            choose_evidence(state, to);
        }
        Pane::Profiles => {
            let last = state.profiles.len().saturating_sub(1);
            state.chosen = moved(state.chosen, rows, last);
        }
        _ => {
            let longest = view::extent(state, pane);
            let at = &mut state.scroll[pane as usize];
            *at = moved(*at, rows, longest);
        }
    }
}

pub(in crate::console) fn moved(from: usize, rows: i64, longest: usize) -> usize {
    let to = i64::try_from(from).unwrap_or(i64::MAX).saturating_add(rows);
    usize::try_from(to.max(0))
        .unwrap_or(usize::MAX)
        .min(longest)
}

/// What was scrolled never stays beyond the end of what there is.
pub(super) fn clamp_scrolls(state: &mut State) {
    for pane in Pane::ALL {
        if state.scroll[pane as usize] > 0 {
            let longest = view::extent(state, pane);
            let at = &mut state.scroll[pane as usize];
            *at = (*at).min(longest);
        }
    }
}

pub(super) fn on_mouse(state: &mut State, mouse: &MouseEvent) -> Vec<Effect> {
    let (column, row) = (mouse.column, mouse.row);
    if matches!(state.overlay, Some(Overlay::Ask(_))) {
        let pressed = mouse.kind == MouseEventKind::Down(MouseButton::Left);
        let action = view::footer_action(state, column, row).filter(|_| pressed);
        return action.map_or_else(Vec::new, |action| act(state, action));
    }
    let plan = state.plan();
    let under = plan.at(mouse.column, mouse.row);
    let wheel = match mouse.kind {
        MouseEventKind::ScrollUp => -3,
        MouseEventKind::ScrollDown => 3,
        MouseEventKind::Down(MouseButton::Left) => 0,
        _ => return Vec::new(),
    };
    if wheel != 0 {
        match (state.overlay, under) {
            (Some(_), _) => scroll(state, wheel),
            // The chosen row stands in the middle: from the newest one half a page is passed before anything would move.
            (None, Some(Pane::Traffic)) if wheel < 0 && !state.traffic.is_held() => {
                let height = plan.place(Pane::Traffic).map_or(0, |r| r.height);
                scroll_pane(state, Pane::Traffic, wheel - i64::from(height / 2));
            }
            (None, Some(pane)) => scroll_pane(state, pane, wheel),
            (None, None) => {}
        }
        return Vec::new();
    }
    if let Some(action) = view::footer_action(state, column, row) {
        return act(state, action);
    }
    if let Some(action) = view::edge_action(state, column, row) {
        return act(state, action);
    }
    if let Some(screen) = view::screen_at(state, column, row) {
        return act(state, Action::Go(screen));
    }
    if state.overlay.is_none()
        && let Some(pane) = view::named_at(state, column, row)
    {
        return act(state, Action::Focus(pane));
    }
    if state.overlay == Some(Overlay::Palette) {
        if let Some(at) = view::offer_at(state, column, row) {
            state.palette.chosen = at;
            return act(state, Action::PaletteDo);
        }
        return Vec::new();
    }
    if state.overlay == Some(Overlay::Recordings) {
        if let Some(at) = view::recording_at(state, column, row) {
            state.recordings.chosen = at;
        }
        return Vec::new();
    }
    match state.overlay {
        Some(Overlay::Choosing) => {
            if let Some(key) = view::footer_key(state, column, row) {
                let key = KeyEvent::new(key, KeyModifiers::NONE);
                return super::choosing::on_key(state, &key).unwrap_or_default();
            }
            let at = view::choice_at(state, column, row);
            if let (Some(at), Some(choosing)) = (at, &mut state.choosing) {
                choosing.at = at;
            }
            return Vec::new();
        }
        Some(Overlay::Columns) => {
            let at = view::column_at(state, column, row);
            return at.map_or_else(Vec::new, |at| super::columns::point(state, at));
        }
        Some(Overlay::Panel) => {
            if let Some(at) = view::panel_row_at(state, column, row) {
                super::panel::point(state, at);
            }
            return Vec::new();
        }
        Some(Overlay::Options) => {
            if let Some(at) = view::option_at(state, column, row) {
                state.compose.form.row = at;
            }
            return Vec::new();
        }
        _ => {}
    }
    if let Some(ms) = view::time_at(state, column, row) {
        return super::replaying::play(state, |player| player.go_to_time(ms));
    }
    if let Some(at) = view::row_at(state, Pane::Profiles, column, row) {
        state.chosen = at;
    } else if let Some(at) = view::row_at(state, Pane::Evidence, column, row) {
        choose_evidence(state, at);
    } else if let Some(at) = view::row_at(state, Pane::Messages, column, row) {
        super::messages::point(state, at);
    } else if let Some((at, beside)) = view::cell_at(state, column, row) {
        let here = state.cell.map_or(0, |(_, column)| column);
        super::comparing::point(state, at, beside.unwrap_or(here));
    }
    if under == Some(Pane::Compose)
        && !state.is_off(Action::Write)
        && let Some(spot) = view::spot_at(state, column, row)
    {
        super::typing::point(state, spot);
        return Vec::new();
    }
    if state.overlay.is_none()
        && let Some(pane) = under
        && (pane != state.focus || !state.typing)
    {
        let picked = match pane.screen() {
            Screen::Pdu => view::picked(state, pane, mouse.column, mouse.row),
            _ => None,
        };
        focus(state, pane, false);
        if let Some(picked) = picked {
            inspecting::pick(state, pane, picked);
        }
    }
    Vec::new()
}

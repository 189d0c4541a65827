//! From a message to a new state and to effects: total and pure.
//!
//! In: the state, and one [`Message`]. Out: the state changed, and what the edge shall do. Never here: clocks, files, tokio, drawing.
use super::action::Action;
use super::editor::{Draft, Edit, Field, LeftOut};
use super::keymap::Chord;
use super::layout::Pane;
use super::state::{AT_HISTORY, Overlay, ProfileRow, Question, SendFace, State};
use super::text;
use super::view;
use crate::event::Event;
use crate::known::Known;
use ratatui::crossterm::event::{KeyEvent, KeyEventKind, MouseButton, MouseEvent, MouseEventKind};
use std::sync::Arc;

/// What comes in.
pub enum Message {
    /// A key.
    Key(KeyEvent),
    /// Text pasted as one piece.
    Paste(String),
    /// The mouse.
    Mouse(MouseEvent),
    /// Columns and rows of the screen.
    Resize(u16, u16),
    /// What is known now.
    Known(Arc<Known>),
    /// Events since the last ones, in order.
    Traffic(Vec<Arc<Event>>),
    /// The profiles, all of them.
    Profiles(Vec<ProfileRow>),
    /// The session's clock in milliseconds; only while [`State::wants_clock`].
    Tick(u64),
    /// A word to the person, shown until the next key.
    Hint(String),
}

/// What the bench shall do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// Send this message through the profile in use.
    Send(Draft),
    /// Stop the running send.
    Cancel,
    /// Run this AT command.
    RunAt(String),
    /// Use the profile with this id from now on.
    UseProfile(String),
    /// Put the modem's settings back.
    Restore,
}

/// What the edge shall do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Hand this to the bench.
    Order(Order),
    /// Put this text into the terminal's clipboard.
    Copy(String),
    /// Capture the mouse, or release it.
    Mouse(bool),
    /// Draw the whole screen anew.
    Redraw,
    /// Give the terminal back and stop, until continued.
    Suspend,
    /// End.
    Quit,
}

/// Takes a message in.
pub fn update(state: &mut State, message: Message) -> Vec<Effect> {
    match message {
        Message::Key(key) => return on_key(state, &key),
        Message::Paste(text) => on_paste(state, &text),
        Message::Mouse(mouse) => return on_mouse(state, &mouse),
        Message::Resize(width, height) => {
            state.size = (width, height);
            clamp_scrolls(state);
        }
        Message::Known(known) => on_known(state, known),
        Message::Traffic(events) => {
            for event in &events {
                let (meaning, offset) = (state.bench.meaning, state.flags.utc_offset_minutes);
                state.traffic.take(event, meaning, offset);
            }
        }
        Message::Profiles(profiles) => {
            let chosen = state.profiles.get(state.chosen).map(|p| p.id.clone());
            state.profiles = profiles;
            choose_id(state, chosen.as_deref());
        }
        Message::Tick(now_ms) => state.now_ms = now_ms,
        Message::Hint(hint) => state.hint = Some(text::clean(&hint)),
    }
    Vec::new()
}

fn on_known(state: &mut State, known: Arc<Known>) {
    let id = |k: &Known| k.profile.as_ref().map(|p| p.id.clone());
    let (before, after) = (id(&state.known), id(&known));
    let new_send = known.sends.back().map(|s| s.message.send)
        != state.known.sends.back().map(|s| s.message.send);
    state.known = known;
    if before != after {
        choose_id(state, after.as_deref());
        state.measure();
    }
    if new_send {
        state.face = SendFace::Ladder;
        state.scroll[Pane::Send as usize] = 0;
    }
    clamp_scrolls(state);
}

fn choose_id(state: &mut State, id: Option<&str>) {
    let found = id.and_then(|id| state.profiles.iter().position(|p| p.id == id));
    let last = state.profiles.len().saturating_sub(1);
    state.chosen = found.unwrap_or(state.chosen).min(last);
}

fn on_key(state: &mut State, key: &KeyEvent) -> Vec<Effect> {
    if key.kind == KeyEventKind::Release {
        return Vec::new();
    }
    state.hint = None;
    let action = state.keymap.action(key, |b| state.binding_is_valid(b));
    if let Some(action) = action {
        return act(state, action);
    }
    let chord = Chord::of(key);
    if let (true, None, true, Some(c)) = (
        state.typing,
        state.overlay,
        chord.is_text(),
        chord.character(),
    ) {
        let mut octets = [0; 4];
        insert(state, c.encode_utf8(&mut octets));
    }
    Vec::new()
}

/// Does an action. Also for the mouse, and later for a palette.
pub fn act(state: &mut State, action: Action) -> Vec<Effect> {
    match action {
        Action::Send => return send(state),
        Action::Stop => return order(Order::Cancel),
        Action::Restore => state.overlay = Some(Overlay::Ask(Question::Restore)),
        Action::Profiles => open_profiles(state),
        Action::UseProfile => return use_profile(state),
        Action::RunAt => return run_at(state),
        Action::Write => write(state),
        Action::TypeAt => focus(state, Pane::Traffic, true),
        Action::NextField | Action::NextPane => tab(state, true),
        Action::PreviousPane => tab(state, false),
        Action::Focus(pane) => focus(state, pane, false),
        Action::Leave => leave(state),
        Action::Zoom => state.zoomed = !state.zoomed,
        Action::Http => face(state, SendFace::Http),
        Action::Bubble => face(state, SendFace::Bubble),
        Action::Freeze => state.traffic.freeze(),
        Action::Up => scroll(state, -1),
        Action::Down => scroll(state, 1),
        Action::PageUp => scroll(state, -page(state)),
        Action::PageDown => scroll(state, page(state)),
        Action::First => scroll(state, i64::from(i32::MIN)),
        Action::Last => scroll(state, i64::from(i32::MAX)),
        Action::Copy => return vec![Effect::Copy(view::copied(state))],
        Action::Mouse => {
            state.mouse = !state.mouse;
            state.hint = Some(match state.mouse {
                true => "The mouse works in the console again.".to_owned(),
                false => "The mouse is the terminal's: select and copy text.".to_owned(),
            });
            return vec![Effect::Mouse(state.mouse)];
        }
        Action::Help => toggle(state, Overlay::Help),
        Action::Redraw => return vec![Effect::Redraw],
        Action::Suspend => return vec![Effect::Suspend],
        Action::Quit => return quit(state),
        Action::Yes => return yes(state),
        Action::No => state.overlay = None,
        Action::NewLine => {
            insert(state, "\n");
        }
        Action::OlderCommand => recall(state, false),
        Action::NewerCommand => recall(state, true),
        other => {
            if let Some(change) = edit_of(other) {
                edit(state, change);
            }
        }
    }
    Vec::new()
}

fn edit_of(action: Action) -> Option<Edit> {
    Some(match action {
        Action::CursorLeft => Edit::Left,
        Action::CursorRight => Edit::Right,
        Action::CursorUp => Edit::Up,
        Action::CursorDown => Edit::Down,
        Action::WordLeft => Edit::WordLeft,
        Action::WordRight => Edit::WordRight,
        Action::LineStart => Edit::LineStart,
        Action::LineEnd => Edit::LineEnd,
        Action::TextStart => Edit::TextStart,
        Action::TextEnd => Edit::TextEnd,
        Action::Backspace => Edit::Backspace,
        Action::Delete => Edit::Delete,
        Action::DeleteWord => Edit::DeleteWord,
        Action::DeleteToStart => Edit::DeleteToStart,
        Action::Undo => Edit::Undo,
        Action::Redo => Edit::Redo,
        _ => return None,
    })
}

fn order(order: Order) -> Vec<Effect> {
    vec![Effect::Order(order)]
}

fn send(state: &mut State) -> Vec<Effect> {
    let draft = state.draft();
    let obstacle = if state.known.running().is_some() {
        Some("A send is running: ^X stops it.".to_owned())
    } else if draft.to.is_empty() {
        focus(state, Pane::Compose, true);
        state.compose.field = Field::To;
        Some("Nobody to send to: type a number under To, as +12025550123.".to_owned())
    } else {
        state.measured.pdu.clone().err()
    };
    if let Some(obstacle) = obstacle {
        state.hint = Some(text::clean(&obstacle));
        return Vec::new();
    }
    state.overlay = None;
    order(Order::Send(draft))
}

fn use_profile(state: &mut State) -> Vec<Effect> {
    let Some(row) = state.profiles.get(state.chosen) else {
        return Vec::new();
    };
    if state.known.running().is_some() {
        state.hint =
            Some("A send is running: the profile can be changed when it has ended.".to_owned());
        return Vec::new();
    }
    let id = row.id.clone();
    state.hint = Some(format!("The next send goes through {}.", text::clean(&id)));
    if state.overlay == Some(Overlay::Profiles) {
        state.overlay = None;
    }
    order(Order::UseProfile(id))
}

fn run_at(state: &mut State) -> Vec<Effect> {
    let command = state.at.entry.text().trim().to_owned();
    if command.is_empty() {
        state.hint = Some("Type a command first, as AT+CSQ.".to_owned());
        return Vec::new();
    }
    if state.at.history.last() != Some(&command) {
        state.at.history.push(command.clone());
    }
    if state.at.history.len() > AT_HISTORY {
        state.at.history.remove(0);
    }
    state.at.at = state.at.history.len();
    state.at.draft.clear();
    state.at.entry.set("");
    state.traffic.eye = super::traffic::Eye::Follow;
    order(Order::RunAt(command))
}

fn recall(state: &mut State, newer: bool) {
    let line = &mut state.at;
    let to = if newer {
        (line.at + 1).min(line.history.len())
    } else {
        line.at.saturating_sub(1)
    };
    if to == line.at {
        return;
    }
    if line.at == line.history.len() {
        line.draft = line.entry.text().to_owned();
    }
    line.at = to;
    let text = line.history.get(to).unwrap_or(&line.draft).clone();
    line.entry.set(&text);
}

fn quit(state: &mut State) -> Vec<Effect> {
    let asked = state.overlay == Some(Overlay::Ask(Question::Quit));
    if state.known.running().is_some() && !asked {
        state.overlay = Some(Overlay::Ask(Question::Quit));
        return Vec::new();
    }
    vec![Effect::Quit]
}

fn yes(state: &mut State) -> Vec<Effect> {
    match state.overlay.take() {
        Some(Overlay::Ask(Question::Quit)) => vec![Effect::Quit],
        Some(Overlay::Ask(Question::Restore)) => order(Order::Restore),
        other => {
            state.overlay = other;
            Vec::new()
        }
    }
}

fn write(state: &mut State) {
    focus(state, Pane::Compose, true);
    let draft = state.draft();
    state.compose.field = match () {
        () if draft.to.is_empty() => Field::To,
        () => Field::Text,
    };
}

fn leave(state: &mut State) {
    if state.overlay.take().is_some() {
        return;
    }
    if state.typing {
        state.typing = false;
    } else if state.face != SendFace::Ladder {
        state.face = SendFace::Ladder;
        state.scroll[Pane::Send as usize] = 0;
    } else {
        state.zoomed = false;
    }
}

fn toggle(state: &mut State, overlay: Overlay) {
    state.help_scroll = 0;
    state.overlay = if state.overlay == Some(overlay) {
        None
    } else {
        Some(overlay)
    };
}

fn open_profiles(state: &mut State) {
    let has_pane = !state.zoomed && state.plan().place(Pane::Profiles).is_some();
    let current = state.known.profile.as_ref().map(|p| p.id.clone());
    choose_id(state, current.as_deref());
    if has_pane {
        focus(state, Pane::Profiles, false);
    } else {
        toggle(state, Overlay::Profiles);
    }
}

fn face(state: &mut State, face: SendFace) {
    focus(state, Pane::Send, false);
    state.scroll[Pane::Send as usize] = 0;
    state.face = if state.face == face {
        SendFace::Ladder
    } else {
        face
    };
}

fn focus(state: &mut State, pane: Pane, typing: bool) {
    state.overlay = None;
    state.focus = pane;
    state.typing = typing;
    clamp_scrolls(state);
}

/// Tab goes through the fields of the message while it is written, then through the panes that have a place on this screen, then
/// through those behind the traffic's place.
fn tab(state: &mut State, forward: bool) {
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
    if order.len() < Pane::ALL.len() || state.zoomed {
        order = Pane::ALL.to_vec();
    } else {
        order.sort_by_key(|p| *p as usize);
    }
    let here = order.iter().position(|p| *p == state.focus).unwrap_or(0);
    let step = if forward { 1 } else { order.len() - 1 };
    focus(state, order[(here + step) % order.len()], false);
}

/// How far a page goes in the pane that has the keys.
fn page(state: &State) -> i64 {
    let place = state.plan().place(state.focus);
    i64::from(place.map_or(10, |r| r.height).saturating_sub(4).max(1))
}

fn scroll(state: &mut State, rows: i64) {
    if state.overlay == Some(Overlay::Help) {
        let longest = view::help_extent(state);
        state.help_scroll = moved(state.help_scroll, rows, longest);
    } else if state.on_profiles() {
        let last = state.profiles.len().saturating_sub(1);
        state.chosen = moved(state.chosen, rows, last);
    } else {
        scroll_pane(state, state.focus, rows);
    }
}

fn scroll_pane(state: &mut State, pane: Pane, rows: i64) {
    match pane {
        Pane::Traffic => state.traffic.scroll(rows),
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

fn moved(from: usize, rows: i64, longest: usize) -> usize {
    let to = i64::try_from(from).unwrap_or(i64::MAX).saturating_add(rows);
    usize::try_from(to.max(0))
        .unwrap_or(usize::MAX)
        .min(longest)
}

/// What was scrolled never stays beyond the end of what there is.
fn clamp_scrolls(state: &mut State) {
    for pane in Pane::ALL {
        if state.scroll[pane as usize] > 0 {
            let longest = view::extent(state, pane);
            let at = &mut state.scroll[pane as usize];
            *at = (*at).min(longest);
        }
    }
}

fn edit(state: &mut State, edit: Edit) {
    if state.focus == Pane::Traffic {
        state.at.entry.edit(edit);
        return;
    }
    let field = state.compose.field;
    match (field, edit) {
        (Field::To, Edit::Down) => state.compose.field = Field::Subject,
        (Field::Subject, Edit::Down) => state.compose.field = Field::Text,
        (Field::Subject, Edit::Up) => state.compose.field = Field::To,
        (Field::To, _) => state.compose.to.edit(edit),
        (Field::Subject, _) => state.compose.subject.edit(edit),
        (Field::Text, _) => state.compose.edit_text(edit),
    }
    state.measure();
}

fn insert(state: &mut State, text: &str) -> LeftOut {
    let beyond = |n| LeftOut {
        beyond: n,
        acting: 0,
    };
    let out = match (state.focus, state.compose.field) {
        (Pane::Traffic, _) => beyond(state.at.entry.insert(text)),
        (_, Field::To) => beyond(state.compose.to.insert(text)),
        (_, Field::Subject) => beyond(state.compose.subject.insert(text)),
        (_, Field::Text) => state.compose.insert_text(text),
    };
    if state.focus != Pane::Traffic {
        state.measure();
    }
    if out.beyond > 0 {
        state.hint = Some(format!(
            "The field is full: {} characters were left out.",
            text::count(out.beyond as u64)
        ));
    } else if out.acting > 0 {
        state.hint = Some(format!(
            "{} control characters were left out.",
            text::count(out.acting as u64)
        ));
    }
    out
}

/// A paste is text, whatever it holds. Outside a text field it goes into the message, which is what a person means by it.
fn on_paste(state: &mut State, pasted: &str) {
    state.hint = None;
    if matches!(state.overlay, Some(Overlay::Ask(_))) {
        return;
    }
    if !state.typing || state.overlay.is_some() {
        focus(state, Pane::Compose, true);
        state.compose.field = Field::Text;
    }
    insert(state, pasted);
}

fn on_mouse(state: &mut State, mouse: &MouseEvent) -> Vec<Effect> {
    if matches!(state.overlay, Some(Overlay::Ask(_))) {
        return Vec::new();
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
            (None, Some(pane)) => scroll_pane(state, pane, wheel),
            (None, None) => {}
        }
        return Vec::new();
    }
    if let Some(action) = view::footer_action(state, mouse.column, mouse.row) {
        return act(state, action);
    }
    if state.overlay.is_none()
        && let Some(pane) = under
        && (pane != state.focus || !state.typing)
    {
        focus(state, pane, false);
    }
    Vec::new()
}

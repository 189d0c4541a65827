//! The frame: one file a pane, and here the panes' edges, overlays and scrolling.
//!
//! In: the state. Out: a frame; nothing is changed, and any size from 0×0 up has one. Never here: decisions about the bench.
mod ask;
mod attempts;
mod bubble;
mod compare;
mod compose;
mod contexts;
mod dns;
mod evidence;
mod experiments;
mod footer;
mod help;
mod http;
mod hypotheses;
mod ink;
mod ladder;
mod messages;
mod profiles;
mod signal;
mod strip;
mod tcp;
mod traffic;
mod truth;
mod verdict;

use super::layout::{self, Pane, Screen};
use super::state::{Overlay, SendFace, State};
use super::theme::Tone;
use ink::Ink;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Paragraph};

pub use footer::action_at as footer_action;

/// The room that a pane's content has.
#[derive(Clone, Copy, Debug)]
struct Room {
    width: usize,
    height: usize,
    /// The pane has the whole screen: show all detail.
    zoomed: bool,
}

/// Draws the screen.
pub fn view(state: &State, frame: &mut Frame) {
    let area = frame.area();
    let plan = layout::plan(
        area.width,
        area.height,
        state.screen,
        state.focus,
        state.zoomed,
    );
    if plan.line_only {
        truth::draw(state, frame, area);
        return;
    }
    strip::draw(state, frame, plan.strip);
    let slot = plan
        .panes
        .iter()
        .map(|(p, _)| *p)
        .find(|p| !matches!(p, Pane::Compose | Pane::Send | Pane::Verdict));
    for (pane, place) in &plan.panes {
        let behind = if slot == Some(*pane) {
            plan.behind.as_slice()
        } else {
            &[]
        };
        draw_pane(state, frame, *pane, *place, behind);
    }
    footer::draw(state, frame, plan.footer);
    match state.overlay {
        Some(Overlay::Help) => help::draw(state, frame, middle(area)),
        Some(Overlay::Profiles) => {
            let place = over(area, profiles::wanted(state, area.width));
            frame.render_widget(Clear, place);
            draw_pane(state, frame, Pane::Profiles, place, &[]);
        }
        Some(Overlay::Ask(question)) => ask::draw(state, frame, question, middle(area)),
        None => {}
    }
}

/// The screen without strip and footer.
fn middle(area: Rect) -> Rect {
    Rect {
        y: area.y + 1,
        height: area.height.saturating_sub(2),
        ..area
    }
}

/// A place of at most this size in the middle of the screen.
fn over(area: Rect, (width, height): (u16, u16)) -> Rect {
    let within = middle(area);
    let (width, height) = (width.min(within.width), height.min(within.height));
    Rect {
        x: within.x + (within.width - width) / 2,
        y: within.y + (within.height - height) / 2,
        width,
        height,
    }
}

fn inner(place: Rect) -> Rect {
    Rect {
        x: place.x.saturating_add(1),
        y: place.y.saturating_add(1),
        width: place.width.saturating_sub(2),
        height: place.height.saturating_sub(2),
    }
}

fn room(state: &State, place: Rect) -> Room {
    let within = inner(place);
    Room {
        width: usize::from(within.width),
        height: usize::from(within.height),
        zoomed: state.zoomed,
    }
}

fn draw_pane(state: &State, frame: &mut Frame, pane: Pane, place: Rect, behind: &[Pane]) {
    if place.width < 3 || place.height < 3 {
        return;
    }
    let focused = match state.overlay {
        None => state.focus == pane,
        Some(Overlay::Profiles) => pane == Pane::Profiles,
        Some(_) => false,
    };
    let room = room(state, place);
    let content = match pane {
        Pane::Compose | Pane::Traffic => Vec::new(),
        _ => lines(state, pane, room),
    };
    let offset = match pane {
        Pane::Profiles => profiles::offset(state, room),
        Pane::Evidence => evidence::offset(state, room),
        Pane::Messages => messages::offset(state, room),
        _ => state.scroll[pane as usize].min(content.len().saturating_sub(room.height)),
    };
    let below = content.len().saturating_sub(offset + room.height);
    frame.render_widget(edge(state, pane, focused, offset, below, behind), place);
    let within = inner(place);
    match pane {
        Pane::Compose => compose::draw(state, frame, within),
        Pane::Traffic => traffic::draw(state, frame, within),
        _ => {
            let shown: Vec<Line> = content.into_iter().skip(offset).take(room.height).collect();
            frame.render_widget(Paragraph::new(shown), within);
        }
    }
}

fn edge(
    state: &State,
    pane: Pane,
    focused: bool,
    above: usize,
    below: usize,
    behind: &[Pane],
) -> Block<'static> {
    let ink = Ink::new(state);
    let glyphs = &state.theme.glyphs;
    let tone = if focused {
        Tone::EdgeFocused
    } else {
        Tone::Edge
    };
    let mut title = vec![
        ink.own(Tone::Quiet, format!(" {} ", pane.number())),
        ink.own(
            if focused {
                Tone::EdgeFocused
            } else {
                Tone::Strong
            },
            format!("{} ", title(state, pane)),
        ),
    ];
    if pane == Pane::Traffic {
        title.extend(traffic::title(state));
    }
    // Panes that share this place are named in its edge, so that nobody thinks they do not exist.
    if behind.len() < state.screen.panes().len() - 1
        || matches!(state.screen, Screen::Compare | Screen::Messages)
    {
        for other in behind {
            let label = format!("{} {} ", other.number(), short(*other));
            title.push(ink.own(Tone::Edge, label));
        }
    }
    let mut block = Block::bordered()
        .border_set(glyphs.edges[usize::from(focused)])
        .border_style(state.theme.style(tone))
        .title_top(Line::from(title));
    if above + below > 0 {
        let (up, down) = (glyphs.up, glyphs.down);
        let more = match (above, below) {
            (0, _) => format!(" {below} more {down} "),
            (_, 0) => format!(" {above} more {up} "),
            _ => format!(" {above} {up} {below} {down} "),
        };
        block = block.title_bottom(Line::from(ink.own(Tone::Warn, more)).right_aligned());
    }
    block
}

fn title(state: &State, pane: Pane) -> &'static str {
    match (pane, state.face) {
        (Pane::Send, SendFace::Http) => "Send: HTTP",
        (Pane::Send, SendFace::Bubble) => "Send: simulated phone",
        _ => pane.title(),
    }
}

fn short(pane: Pane) -> &'static str {
    match pane {
        Pane::Compose => "msg",
        Pane::Send => "send",
        Pane::Traffic => "AT",
        Pane::Signal => "signal",
        Pane::Contexts => "PDP",
        Pane::Dns => "DNS",
        Pane::Tcp => "TCP",
        Pane::Profiles => "profiles",
        Pane::Verdict => "verdict",
        Pane::Evidence => "evidence",
        Pane::Hypotheses => "hypotheses",
        Pane::Experiments => "experiments",
        Pane::Attempts => "attempts",
        Pane::Compare => "table",
        Pane::Messages => "messages",
    }
}

/// The content of a pane that is a list of rows.
fn lines(state: &State, pane: Pane, room: Room) -> Vec<Line<'static>> {
    match pane {
        Pane::Compose | Pane::Traffic => Vec::new(),
        Pane::Send => match state.face {
            SendFace::Ladder => ladder::lines(state, room),
            SendFace::Http => http::lines(state, room),
            SendFace::Bubble => bubble::lines(state, room),
        },
        Pane::Signal => signal::lines(state, room),
        Pane::Contexts => contexts::lines(state, room),
        Pane::Dns => dns::lines(state, room),
        Pane::Tcp => tcp::lines(state, room),
        Pane::Profiles => profiles::lines(state, room),
        Pane::Verdict => verdict::lines(state, room),
        Pane::Evidence => evidence::lines(state, room),
        Pane::Hypotheses => hypotheses::lines(state, room),
        Pane::Experiments => experiments::lines(state, room),
        Pane::Attempts => attempts::lines(state, room),
        Pane::Compare => compare::lines(state, room),
        Pane::Messages => messages::lines(state, room),
    }
}

/// How far a pane can be scrolled: rows that have no room.
#[must_use]
pub fn extent(state: &State, pane: Pane) -> usize {
    let Some(place) = state.plan().place(pane) else {
        return 0;
    };
    let room = room(state, place);
    lines(state, pane, room).len().saturating_sub(room.height)
}

/// How far the help can be scrolled.
#[must_use]
pub fn help_extent(state: &State) -> usize {
    let area = Rect::new(0, 0, state.size.0, state.size.1);
    help::extent(state, middle(area))
}

/// The text of the pane that has the keys, without edges, fit to paste.
#[must_use]
pub fn copied(state: &State) -> String {
    let room = Room {
        width: 160,
        height: 1_000,
        zoomed: true,
    };
    match state.focus {
        Pane::Compose => state.draft().text,
        Pane::Traffic => traffic::copied(state),
        pane => {
            let mut out = String::new();
            for line in lines(state, pane, room) {
                let text: String = line
                    .spans
                    .iter()
                    .map(|s: &Span| s.content.as_ref())
                    .collect();
                out.push_str(text.trim_end());
                out.push('\n');
            }
            out
        }
    }
}

//! One pane: its edge, its titles, and the window of its lines that is seen. Never here: what the lines say.
use super::ink::Ink;
use super::pdu::Window;
use super::{
    Room, behind, brush, compare, compose, evidence, inner, is_chosen, lines, log, messages, pdu,
    profiles, room, traffic,
};
use crate::console::action::Action;
use crate::console::layout::{Pane, Screen};
use crate::console::state::{Overlay, SendFace, State};
use crate::console::text;
use crate::console::theme::Tone;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

pub(super) fn draw_pane(
    state: &State,
    frame: &mut Frame,
    pane: Pane,
    place: Rect,
    behind: &[Pane],
) {
    if place.width < 3 || place.height < 3 {
        return;
    }
    let focused = match state.overlay {
        None => state.focus == pane,
        Some(Overlay::Profiles) => pane == Pane::Profiles,
        Some(_) => false,
    };
    let room = room(state, place);
    let window = window(state, pane, room);
    let (above, below) = (window.above, window.below);
    let edge = edge(state, pane, focused, (above, below), behind, place.width);
    brush::edge(frame, edge, place);
    let within = inner(place);
    match pane {
        Pane::Compose if !state.is_replaying() => compose::draw(state, frame, within),
        Pane::Traffic => traffic::draw(state, frame, within),
        _ => brush::rows(frame, &window.rows, within),
    }
}

/// What is seen of a pane that is a list of rows.
pub(super) fn window(state: &State, pane: Pane, room: Room) -> Window {
    let mut content = match pane {
        Pane::Fields => return pdu::fields(state, room),
        Pane::Octets if state.hides => Ink::new(state).empty(&octets_hidden(state), room.width),
        Pane::Octets => return pdu::octets(state, room),
        _ => lines(state, pane, room),
    };
    // Where an item is chosen, what was found is the chosen one.
    let sought = state.sought.as_ref();
    let sought = sought.filter(|s| s.pane == pane && !is_chosen(pane));
    if let Some(line) = sought.and_then(|s| content.get_mut(s.row?)) {
        let style = state.theme.style(Tone::Chosen);
        *line = std::mem::take(line).patch_style(style);
    }
    let longest = content.len().saturating_sub(room.height);
    let above = match pane {
        Pane::Profiles => profiles::offset(state, room),
        Pane::Evidence => evidence::offset(state, room),
        Pane::Messages => messages::offset(state, room),
        Pane::Compare => compare::offset(state, room),
        Pane::Remarks => pdu::remark_offset(state, room),
        Pane::Pdus => pdu::list_offset(state, room),
        _ => state.scroll[pane as usize],
    };
    let above = above.min(longest);
    let below = longest - above;
    content.truncate(above + room.height);
    content.drain(..above);
    Window {
        rows: content,
        above,
        below,
    }
}

/// What stands in the place of octets while identities are hidden: in hexadecimal they would not be recognised.
pub(super) fn octets_hidden(state: &State) -> String {
    let key = state.key_of(Action::Hide);
    format!("Octets are not shown while identities are hidden; {key} shows them again.")
}

/// How many octets a row of the inspector holds on this screen.
#[must_use]
pub fn octets_in_a_row(state: &State) -> usize {
    let octets = state.inspector.shown.as_ref();
    let octets = octets.map_or(0, |s| s.octets.0.len());
    let place = state.plan().place(Pane::Octets);
    place.map_or(16, |place| {
        pdu::in_a_row(usize::from(inner(place).width), octets)
    })
}

fn edge(
    state: &State,
    pane: Pane,
    focused: bool,
    (above, below): (usize, usize),
    behind: &[Pane],
    width: u16,
) -> brush::Edge {
    let ink = Ink::new(state);
    let glyphs = &state.theme.glyphs;
    let tone = if focused {
        Tone::EdgeFocused
    } else {
        Tone::Edge
    };
    let mut edge = brush::Edge {
        set: glyphs.edges[usize::from(focused)],
        style: state.theme.style(tone),
        title: Line::from(titles(state, pane, focused, behind, width)),
        below: Vec::new(),
    };
    if pane == Pane::Compose && focused && !state.is_replaying() {
        edge.below.push(compose::more(state));
    }
    if above + below > 0 {
        let (up, down) = (glyphs.up, glyphs.down);
        let more = match (above, below) {
            (0, _) => format!(" {below} more {down} "),
            (_, 0) => format!(" {above} more {up} "),
            _ => format!(" {above} {up} {below} {down} "),
        };
        edge.below.push(Line::from(ink.own(Tone::Warn, more)));
    }
    edge
}

/// The number and the name of a pane, what it says of itself, and who shares its place.
pub(super) fn titles(
    state: &State,
    pane: Pane,
    focused: bool,
    behind: &[Pane],
    width: u16,
) -> Vec<Span<'static>> {
    let ink = Ink::new(state);
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
    if pane == Pane::Log {
        title.push(ink.own(Tone::Warn, log::held(state)));
        title.push(ink.own(Tone::Quiet, log::title(state)));
    }
    if let Some(sought) = state.sought.as_ref().filter(|s| s.pane == pane) {
        let (nth, of) = sought.count;
        title.push(ink.own(Tone::Strong, format!("found {nth} of {of} ")));
    }
    if pane == Pane::Octets {
        title.extend(pdu::title(state));
    }
    // Panes that share this place are named in its edge, so that nobody thinks they do not exist; by number alone where words have no room.
    let others = named(state, behind);
    if let Some(first) = others.first() {
        let words = |o: &Pane| format!("{} {} ", o.number(), short(*o));
        let numbers = |o: &Pane| format!("{} ", o.number());
        let own: usize = title.iter().map(|s| text::width(&s.content)).sum();
        let all: usize = others.iter().map(|o| text::width(&words(o))).sum();
        let fits = own + all + 4 <= usize::from(width);
        let edge = state.theme.glyphs.edges[usize::from(focused)].horizontal_top;
        let lead = match fits || others == [*first] {
            true => format!("{edge} "),
            false => format!("{edge} also "),
        };
        let tone = if focused {
            Tone::EdgeFocused
        } else {
            Tone::Edge
        };
        title.push(ink.own(tone, lead));
        let label = |o: &Pane| if fits { words(o) } else { numbers(o) };
        title.extend(others.iter().map(|o| ink.in_edge(Tone::Plain, label(o))));
    }
    title
}

/// Those of the panes that share a place that are named in its edge.
fn named<'p>(state: &State, behind: &'p [Pane]) -> &'p [Pane] {
    let one_place = matches!(
        state.screen,
        Screen::Compare | Screen::Messages | Screen::Log | Screen::Beside
    );
    match behind.len() < state.screen.panes().len() - 1 || one_place {
        true => behind,
        false => &[],
    }
}

/// The pane whose name stands at this position in the edge of another one, whose place it shares.
#[must_use]
pub fn named_at(state: &State, column: u16, row: u16) -> Option<Pane> {
    let plan = state.plan();
    let within = |r: &Rect| r.y == row && (r.x..r.right()).contains(&column);
    let (pane, place) = plan.panes.iter().find(|(_, r)| within(r))?;
    let others = named(state, behind(&plan, *pane));
    let title = titles(state, *pane, state.focus == *pane, others, place.width);
    let own = title.len() - others.len();
    let mut until = usize::from(place.x) + 1;
    let at = title.iter().position(|span| {
        until += text::width(&span.content);
        usize::from(column) < until
    });
    // The corner stands before the first word.
    let at = at.filter(|_| column > place.x && column + 1 < place.right())?;
    others.get(at.checked_sub(own)?).copied()
}

/// The action whose key stands in the message's lower edge under this position.
#[must_use]
pub fn edge_action(state: &State, column: u16, row: u16) -> Option<crate::console::action::Action> {
    let shown = state.overlay.is_none() && state.focus == Pane::Compose && !state.is_replaying();
    let place = state.plan().place(Pane::Compose).filter(|_| shown)?;
    let corner = place.right().checked_sub(2)?;
    if row + 1 != place.bottom() || column < place.x {
        return None;
    }
    compose::offered_at(state, usize::from(corner.checked_sub(column)?))
}

fn title(state: &State, pane: Pane) -> &'static str {
    match (pane, state.face) {
        (Pane::Compose, _) if state.is_replaying() => "Message, as recorded",
        (Pane::Send, SendFace::Http) => "Send: HTTP",
        (Pane::Send, SendFace::Bubble) => "Send: simulated phone",
        _ => pane.title(),
    }
}

fn short(pane: Pane) -> &'static str {
    match pane {
        Pane::Compose => "compose",
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
        Pane::Compare | Pane::Beside => "table",
        Pane::Fields => "fields",
        Pane::Octets => "octets",
        Pane::Remarks => "remarks",
        Pane::Pdus => "PDUs",
        Pane::Messages => "messages",
        Pane::Log => "log",
    }
}

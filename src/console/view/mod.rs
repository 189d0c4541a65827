//! The frame: one file a pane, and here the panes' edges, overlays and scrolling.
//!
//! In: the state. Out: a frame; nothing is changed, and any size from 0×0 up has one. Never here: decisions about the bench.
mod ask;
mod attempts;
mod beside;
mod brush;
mod bubble;
mod capabilities;
mod choosing;
mod columns;
mod compare;
mod compose;
mod consent;
mod contexts;
mod copy;
mod dns;
mod dry_run;
mod evidence;
mod experiments;
mod finished;
mod footer;
mod help;
mod http;
mod hypotheses;
mod ink;
mod ladder;
mod log;
mod messages;
mod options;
mod palette;
mod pane;
mod panel;
mod pdu;
pub mod picker;
mod profiles;
mod prompt;
mod recordings;
mod sheet;
mod signal;
mod status;
mod strip;
mod tabs;
mod tcp;
mod timeline;
mod traffic;
mod truth;
mod verdict;

use super::copying::{self, Extent, Form};
use super::layout::{Pane, Plan};
use super::state::{Overlay, ProfileRow, SendFace, State};
use super::text;
use super::theme::Tone;
use super::update::copied_rows;
use ink::Ink;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Clear;

pub use choosing::choice_at;
pub use columns::column_at;
pub use compare::tables as compare_tables;
pub use compose::Spot;
pub use footer::{action_at as footer_action, key_at as footer_key};
pub use options::option_at;
pub use palette::offer_at;
use pane::{draw_pane, octets_hidden, titles, window};
pub use pane::{edge_action, named_at, octets_in_a_row};
pub use panel::panel_row_at;
pub use recordings::recording_at;
pub use status::status;
pub use tabs::screen_at;
pub use timeline::time_at;
pub(super) use verdict::is_stopped;

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
    let plan = state.plan_at((area.width, area.height));
    brush::ground(frame, state.theme.style(Tone::Plain));
    match plan.line_only {
        true => truth::draw(state, frame, area),
        false => draw_bench(state, frame, &plan),
    }
    if state.hides {
        finished::hide(frame.buffer_mut());
    }
    if state.theme.ascii {
        finished::plain_signs(frame.buffer_mut(), plan.place(Pane::Compose));
    }
}

/// Draws the panes, and what lies over them.
fn draw_bench(state: &State, frame: &mut Frame, plan: &Plan) {
    let area = frame.area();
    strip::draw(state, frame, plan.strip);
    for (pane, place) in &plan.panes {
        draw_pane(state, frame, *pane, *place, behind(plan, *pane));
    }
    tabs::draw(state, frame, plan);
    tip(state, frame, plan);
    timeline::draw(state, frame, plan.timeline);
    match (&state.prompt, state.overlay) {
        (Some(asked), None) => prompt::draw(state, asked, frame, plan.footer),
        _ => footer::draw(state, frame, plan.footer),
    }
    match state.overlay {
        Some(Overlay::Help) => {
            sheet::draw(state, frame, middle(area), help::title, help::lines);
        }
        Some(Overlay::Capabilities) => {
            let (title, lines) = (capabilities::title, capabilities::lines);
            sheet::draw(state, frame, middle(area), title, lines);
        }
        Some(Overlay::Post) => {
            let (title, lines) = (messages::whole_title, messages::whole);
            sheet::draw(state, frame, middle(area), title, lines);
        }
        Some(Overlay::DryRun) => {
            sheet::draw(state, frame, middle(area), dry_run::title, dry_run::lines);
        }
        Some(Overlay::Palette) => palette::draw(state, frame, area),
        Some(Overlay::Profiles) => {
            let place = profiles_place(state, area);
            clear(state, frame, place);
            draw_pane(state, frame, Pane::Profiles, place, &[]);
        }
        Some(Overlay::Recordings) => recordings::draw(state, frame, area),
        Some(Overlay::Columns) => columns::draw(state, frame, area),
        Some(Overlay::Options) => options::draw(state, frame, middle(area)),
        Some(Overlay::Ask(question)) => ask::draw(state, frame, question, middle(area)),
        Some(Overlay::Copy | Overlay::CopyOctets) => copy::draw(state, frame, middle(area)),
        Some(Overlay::Panel) => {
            if let Some(panel) = &state.panel {
                panel::draw(state, frame, panel, middle(area));
            }
        }
        Some(Overlay::Choosing) => {
            if let Some(list) = &state.choosing {
                choosing::draw(state, frame, list, middle(area));
            }
        }
        None => {}
    }
}

/// The panes that share the place of this one.
fn behind(plan: &Plan, pane: Pane) -> &[Pane] {
    let panes = &plan.panes;
    let slot = panes
        .iter()
        .find(|(p, _)| {
            !matches!(
                p,
                Pane::Compose | Pane::Send | Pane::Verdict | Pane::Fields | Pane::Octets
            )
        })
        .or(panes.last())
        .map(|(p, _)| *p);
    match slot == Some(pane) {
        true => &plan.behind,
        false => &[],
    }
}

/// The title of a pane as it stands in its edge.
fn heading(state: &State, pane: Pane, plan: &Plan) -> Vec<Span<'static>> {
    let width = plan.place(pane).map_or(0, |r| r.width);
    titles(state, pane, false, behind(plan, pane), width)
}

/// A hint for the first hours, in the lowest edge of the screen: it takes no row from a pane.
fn tip(state: &State, frame: &mut Frame, plan: &Plan) {
    let lowest = plan.panes.iter();
    let lowest = lowest.max_by_key(|(_, r)| (r.bottom(), std::cmp::Reverse(r.x)));
    let (Some(tip), Some((pane, place))) = (state.tip(), lowest) else {
        return;
    };
    // Keys, or what is more than the pane shows, stand at the right of the same edge.
    let taken = match pane {
        Pane::Compose => compose::more(state).width(),
        Pane::Traffic => 0,
        pane => match window(state, *pane, self::room(state, *place)) {
            seen if seen.above + seen.below > 0 => 16,
            _ => 0,
        },
    };
    let room = usize::from(place.width).saturating_sub(taken + 5);
    if room < 30 {
        return;
    }
    let ink = Ink::new(state);
    let says = text::cut(&format!(" Tip: {tip} "), room, ink.theme.glyphs.cut);
    let row = Rect {
        x: place.x + 2,
        y: place.bottom() - 1,
        width: u16::try_from(room).unwrap_or(0),
        height: 1,
    };
    frame.render_widget(Line::from(ink.own(Tone::Warn, says)), row);
}

/// Where the profiles lie over the panes.
fn profiles_place(state: &State, area: Rect) -> Rect {
    over(area, profiles::wanted(state, area.width))
}

/// Empties a place for what lies over the panes, down to the theme's ground.
fn clear(state: &State, frame: &mut Frame, place: Rect) {
    frame.render_widget(Clear, place);
    let ground = state.theme.style(Tone::Plain);
    frame.buffer_mut().set_style(place, ground);
}

/// The row of a list that stands under this position: of the profiles, the evidence, or the messages.
#[must_use]
pub fn row_at(state: &State, pane: Pane, column: u16, row: u16) -> Option<usize> {
    let area = Rect::new(0, 0, state.size.0, state.size.1);
    let place = match (state.overlay, pane) {
        (Some(Overlay::Profiles), Pane::Profiles) => profiles_place(state, area),
        (Some(_), _) => return None,
        (None, pane) => state.plan().place(pane)?,
    };
    let within = inner(place);
    if !within.contains(ratatui::layout::Position::new(column, row)) {
        return None;
    }
    let line = usize::from(row - within.y);
    let room = room(state, place);
    match pane {
        Pane::Profiles => profiles::row_at(state, profiles::offset(state, room) + line),
        Pane::Evidence => evidence::piece_at(state, room, line),
        Pane::Messages => messages::post_at(state, room, line),
        _ => None,
    }
}

/// The cell of the tables that stands at this position: its row, and its column where it stands in one.
#[must_use]
pub fn cell_at(state: &State, column: u16, row: u16) -> Option<(usize, Option<usize>)> {
    let place = state.plan().place(Pane::Compare)?;
    let within = inner(place);
    let inside = within.contains(ratatui::layout::Position::new(column, row));
    let (x, y) = inside.then(|| (column - within.x, row - within.y))?;
    let shown = state.overlay.is_none();
    let room = room(state, place);
    shown.then(|| compare::cell_at(state, room, usize::from(x), usize::from(y)))?
}

/// What of the message stands at this position of the screen.
#[must_use]
pub fn spot_at(state: &State, column: u16, row: u16) -> Option<Spot> {
    let shown = state.overlay.is_none() && !state.is_replaying();
    let place = state.plan().place(Pane::Compose).filter(|_| shown)?;
    compose::spot(state, inner(place), column, row)
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

/// The content of a pane that is a list of rows.
fn lines(state: &State, pane: Pane, room: Room) -> Vec<Line<'static>> {
    match pane {
        Pane::Compose if state.is_replaying() => timeline::message(state, room),
        Pane::Compose | Pane::Traffic => Vec::new(),
        Pane::Fields => pdu::fields(state, room).rows,
        Pane::Octets => pdu::octets(state, room).rows,
        Pane::Remarks => pdu::remarks(state, room),
        Pane::Pdus => pdu::list(state, room),
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
        Pane::Beside => beside::lines(state, room),
        Pane::Messages => messages::lines(state, room),
        Pane::Log => log::lines(state, room),
    }
}

/// What of the inspector stands at this position of the screen: its number in the pane.
#[must_use]
pub fn picked(state: &State, pane: Pane, column: u16, row: u16) -> Option<usize> {
    let place = state.plan().place(pane)?;
    let within = inner(place);
    let inside = within.contains(ratatui::layout::Position::new(column, row));
    let at = inside.then(|| (usize::from(column - within.x), usize::from(row - within.y)));
    pdu::picked(state, pane, room(state, place), at?)
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

/// Whether one item of a pane is chosen; else its rows are scrolled.
#[must_use]
pub fn is_chosen(pane: Pane) -> bool {
    matches!(
        pane,
        Pane::Fields
            | Pane::Octets
            | Pane::Remarks
            | Pane::Pdus
            | Pane::Evidence
            | Pane::Profiles
            | Pane::Messages
            | Pane::Compare
    )
}

/// The rows of a pane that is a list, as plain text; where an item is chosen in it, a text for each item.
#[must_use]
pub fn texts(state: &State, pane: Pane) -> Vec<String> {
    let shown = state.inspector.shown.as_ref();
    match pane {
        Pane::Fields => {
            let fields = shown.map_or(&[][..], |s| s.fields.as_slice()).iter();
            return fields.map(|f| format!("{} {}", f.label, f.value)).collect();
        }
        Pane::Remarks => {
            let remarks = shown.map_or(&[][..], |s| s.remarks.as_slice()).iter();
            return remarks.map(|lint| lint.what.clone()).collect();
        }
        Pane::Evidence => {
            let pieces = state.verdict().map_or(&[][..], |v| v.evidence.as_slice());
            return pieces.iter().map(|piece| piece.says.clone()).collect();
        }
        Pane::Profiles => {
            let words = |p: &ProfileRow| format!("{} {} {} {}", p.id, p.name, p.apn, p.dials);
            return state.profiles.iter().map(words).collect();
        }
        Pane::Messages => return messages::texts(state),
        Pane::Compare => {
            let tables = compare_tables(state).into_iter();
            let rows = tables.flat_map(|table| table.rows);
            return rows
                .map(|r| format!("{} {}", r.name, r.values.join(" ")))
                .collect();
        }
        _ => {}
    }
    let Some(place) = state.plan().place(pane) else {
        return Vec::new();
    };
    let rows = lines(state, pane, room(state, place));
    rows.into_iter().map(|line| plain(&line)).collect()
}

fn plain(line: &Line) -> String {
    let spans = line.spans.iter();
    spans.map(|s: &Span| s.content.as_ref()).collect()
}

/// How far the sheet that lies over the panes can be scrolled.
#[must_use]
pub fn sheet_extent(state: &State) -> usize {
    let area = middle(Rect::new(0, 0, state.size.0, state.size.1));
    match state.overlay {
        Some(Overlay::Help) => sheet::extent(state, area, help::lines),
        Some(Overlay::Capabilities) => sheet::extent(state, area, capabilities::lines),
        Some(Overlay::Post) => sheet::extent(state, area, messages::whole),
        Some(Overlay::DryRun) => sheet::extent(state, area, dry_run::lines),
        _ => 0,
    }
}

/// Rows of that sheet that are seen at once.
#[must_use]
pub fn sheet_height(state: &State) -> usize {
    sheet::height(middle(Rect::new(0, 0, state.size.0, state.size.1)))
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
        Pane::Compose if !state.is_replaying() => state.draft().text,
        Pane::Traffic => {
            let rows = copied_rows(state, Extent::Listed);
            copying::copied(&rows, Form::Text, false, &copying::Bench::default())
        }
        Pane::Octets => state
            .inspector
            .shown
            .as_ref()
            .map(pdu::copied)
            .unwrap_or_default(),
        pane => {
            let mut out = String::new();
            for line in lines(state, pane, room) {
                out.push_str(plain(&line).trim_end());
                out.push('\n');
            }
            out
        }
    }
}

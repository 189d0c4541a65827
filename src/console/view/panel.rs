//! The panel before something larger begins: its rows, and what will be done at which cost.
use super::compose::window;
use super::ink::Ink;
use super::{inner, over};
use crate::console::action::Action;
use crate::console::panel::{Kind, Panel, Row, Task, wanted};
use crate::console::state::State;
use crate::console::text;
use crate::console::theme::Tone;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::Line;
use ratatui::widgets::{Block, Paragraph};

/// Columns of the labels.
const LABEL: usize = 17;

/// The panel's row that stands at this position.
#[must_use]
pub fn panel_row_at(state: &State, column: u16, row: u16) -> Option<usize> {
    let panel = state.panel.as_ref()?;
    let area = super::middle(Rect::new(0, 0, state.size.0, state.size.1));
    let laid = laid(state, panel, area)?;
    let within = inner(laid.place);
    let inside = within.contains(Position::new(column, row));
    let line = inside.then(|| usize::from(row - within.y))?;
    (line < laid.listed).then_some(laid.first + line)
}

/// Where it stands, what is said under its rows, and which of them are seen.
struct Laid {
    place: Rect,
    says: Vec<Line<'static>>,
    first: usize,
    listed: usize,
}

fn laid(state: &State, panel: &Panel, area: Rect) -> Option<Laid> {
    let width = area.width.min(84);
    if width < 24 || area.height < 4 {
        return None;
    }
    let ink = Ink::new(state);
    let room = usize::from(width) - 2;
    let mut says = vec![Line::default()];
    for (tone, sentence) in plan(state, panel) {
        says.extend(ink.sentence(tone, " ", &sentence, room));
    }
    let all = panel.rows.len() + says.len() + 2;
    let place = over(area, (width, u16::try_from(all).unwrap_or(u16::MAX)));
    let height = usize::from(inner(place).height);
    // What will be done is seen; the list of profiles is what gives way.
    let listed = panel
        .rows
        .len()
        .min(height.saturating_sub(says.len()).max(3));
    let first = (panel.at + 2)
        .saturating_sub(listed)
        .min(panel.rows.len() - listed.min(panel.rows.len()));
    Some(Laid {
        place,
        says,
        first,
        listed,
    })
}

pub(super) fn draw(state: &State, frame: &mut Frame, panel: &Panel, area: Rect) {
    let Some(laid) = laid(state, panel, area) else {
        return;
    };
    let ink = Ink::new(state);
    let (place, first, listed) = (laid.place, laid.first, laid.listed);
    let within = inner(place);
    let height = usize::from(within.height);
    let room = usize::from(within.width);
    let mut lines = Vec::new();
    let mut cursor = None;
    for (n, row) in panel.rows.iter().enumerate().skip(first).take(listed) {
        let chosen = n == panel.at;
        let (line, at) = drawn(&ink, row, chosen, room);
        if let (true, Some(at)) = (chosen, at) {
            cursor = Some((at, n - first));
        }
        lines.push(line);
    }
    lines.extend(laid.says);
    let title = match panel.task {
        Task::Probe => " Probe: what, from where, how far ",
        Task::Vary => " Send one message several times, one thing changed ",
    };
    let mut block = Block::bordered()
        .border_set(state.theme.glyphs.edges[1])
        .border_style(state.theme.style(Tone::EdgeFocused))
        .title_top(Line::from(ink.own(Tone::EdgeFocused, title)));
    let below = panel.rows.len().saturating_sub(first + listed);
    if below > 0 {
        let more = format!(" {below} more {} ", ink.theme.glyphs.down);
        block = block.title_bottom(Line::from(ink.own(Tone::Warn, more)).right_aligned());
    }
    super::clear(state, frame, place);
    frame.render_widget(block, place);
    frame.render_widget(Paragraph::new(lines), within);
    if let Some((column, row)) = cursor.filter(|(_, row)| *row < height) {
        let column = u16::try_from(column).unwrap_or(0);
        let column = column.min(within.width.saturating_sub(1));
        let row = u16::try_from(row).unwrap_or(0);
        frame.set_cursor_position(Position::new(within.x + column, within.y + row));
    }
}

fn drawn(ink: &Ink, row: &Row, chosen: bool, width: usize) -> (Line<'static>, Option<usize>) {
    let glyphs = &ink.theme.glyphs;
    let mark = text::column(if chosen { glyphs.run } else { " " }, 2, "");
    let room = width.saturating_sub(LABEL + 2);
    let tone = if chosen { Tone::Key } else { Tone::Quiet };
    let label = |label: &str| ink.own(tone, format!("{mark}{}", text::column(label, LABEL, "")));
    match &row.kind {
        Kind::Begin => {
            let says = ink.own(Tone::Strong, "Enter begins".to_owned());
            (Line::from(vec![label(&row.label), says]), None)
        }
        Kind::Choice(words, at) => {
            let word = words.get(*at).copied().unwrap_or_default();
            let says = text::cut(word, room, glyphs.cut);
            let line = Line::from(vec![label(&row.label), ink.own(Tone::Plain, says)]);
            (line, None)
        }
        Kind::Tick(on) => {
            let says = format!(
                "{} {}",
                if *on { "[x]" } else { "[ ]" },
                text::clean(&row.label)
            );
            let says = text::cut(&says, width.saturating_sub(2), glyphs.cut);
            let word = if *on { Tone::Strong } else { Tone::Plain };
            let line = Line::from(vec![ink.own(tone, mark), ink.own(word, says)]);
            (line, None)
        }
        Kind::Line(entry, empty) | Kind::Offered(entry, empty, _) => {
            let (shown, at) = window(entry, room, chosen);
            let says = match entry.text().is_empty() {
                true => ink.own(Tone::Quiet, text::cut(empty, room, glyphs.cut)),
                false => ink.own(Tone::Plain, shown),
            };
            let line = Line::from(vec![label(&row.label), says]);
            (line, Some(LABEL + 2 + at))
        }
    }
}

/// What will be done, and what it costs.
fn plan(state: &State, panel: &Panel) -> Vec<(Tone, String)> {
    match panel.task {
        Task::Probe => probe(state, panel),
        Task::Vary => vary(state, panel),
    }
}

fn probe(state: &State, panel: &Panel) -> Vec<(Tone, String)> {
    let wish = match panel.wish() {
        Ok(wish) => wish,
        Err(why) => return vec![(Tone::Bad, why)],
    };
    let mut says = Vec::new();
    let used = state.known.profile.as_ref().map(|p| p.id.as_str());
    let what = match wish.profiles.as_slice() {
        [] => format!(
            "Probes {}, the profile in use, until the verdict is settled.",
            used.unwrap_or("none yet")
        ),
        some => format!(
            "Probes {} one after another, each with all experiments, as columns of one table.",
            some.join(", ")
        ),
    };
    says.push((Tone::Strong, what));
    says.push(match wish.full {
        false => (
            Tone::Plain,
            "Opens connections to the MMSCs and resolvers that profile and carrier name, and to the controls. No setting that stays is changed."
                .to_owned(),
        ),
        true => (
            Tone::Warn,
            "Also defines spare PDP contexts and moves the module's socket stack; data of other programs over the module is interrupted. All is put back and verified. Asks before it begins."
                .to_owned(),
        ),
    });
    if let Some(offers) = panel.offers().filter(|_| panel.entry().is_some()) {
        let found: Vec<&str> = offers.iter().map(|o| o.says.as_str()).collect();
        let found = text::clean(&found.join(", "));
        let what = match offers.is_empty() {
            true => {
                "No interface of this machine was found; a name or an address of one can be typed."
                    .to_owned()
            }
            false => format!(
                "Interfaces: {found}. Left and Right go through them; a name or an address can be typed."
            ),
        };
        says.push((Tone::Key, what));
    }
    if let Some(name) = &wish.interface {
        says.push((
            Tone::Plain,
            format!(
                "Looks over {name} of this machine as well, bound to it; the route is read first."
            ),
        ));
    }
    if let Some(places) = &wish.references {
        let hosts: Vec<String> = places
            .iter()
            .map(|p| format!("{}:{}", p.host, p.port))
            .collect();
        says.push((Tone::Plain, format!("Controls: {}.", hosts.join(", "))));
    }
    if wish.sizes {
        says.push((
            Tone::Warn,
            "Where an MMSC answers, asks it with bodies of 1 KB to 300 KB until one stalls: each that stalls takes its limit, minutes in all, and up to some megabytes."
                .to_owned(),
        ));
    }
    says.push((Tone::Plain, cost(state, wish.profiles.len().max(1))));
    says
}

/// What earlier probes of this session took is the best that is known of the next one.
fn cost(state: &State, profiles: usize) -> String {
    let measured = state.known.probes.iter().rev();
    let measured = measured
        .filter_map(|p| p.verdict.as_ref())
        .find(|v| !v.cancelled);
    let time = match measured {
        Some(v) => format!(
            "the last one took {} and {} AT exchanges",
            text::duration(v.duration_ms),
            v.exchanges
        ),
        None => {
            "nothing was measured here yet; each connection that meets silence takes up to 15 s"
                .to_owned()
        }
    };
    let times = match profiles {
        1 => String::new(),
        n => format!(", {n} times"),
    };
    format!(
        "Cost: no message, nothing is sent to anybody; a few kilobytes of data{times}. Time: {time}."
    )
}

fn vary(state: &State, panel: &Panel) -> Vec<(Tone, String)> {
    let variable = panel.rows.first().map(|row| match &row.kind {
        Kind::Choice(words, at) => words.get(*at).copied().unwrap_or_default(),
        _ => "",
    });
    let mut says = vec![(
        Tone::Plain,
        format!("A value is {}.", wanted(variable.unwrap_or_default())),
    )];
    match panel.varied() {
        Ok(vary) => says.push((Tone::Warn, messages(state, vary.values().len() + 1))),
        Err(why) => says.push((Tone::Quiet, text::clean(&why))),
    }
    let stop = state.key_of(Action::Stop);
    says.push((
        Tone::Plain,
        format!("They go out one after another, at the pace of the configuration; {stop} ends the row. Asks before it begins."),
    ));
    says
}

/// How many messages go out, and what they cost.
pub(super) fn messages(state: &State, count: usize) -> String {
    let draft = state.draft();
    let to = draft.to.len() + draft.cc.len() + draft.bcc.len();
    let each = match to {
        1 => String::new(),
        n => format!(" to {n} recipients each"),
    };
    let cost = match &state.measured.costs {
        Some((mms, _)) => format!("{mms} each by the profile's prices"),
        None => "what your carrier asks for each".to_owned(),
    };
    format!(
        "{count} messages are sent{each}: one as it is, and one for each value. Each may arrive, and be billed: {cost}."
    )
}

//! TCP links over the modem: the newest connection on each link number.
use super::Room;
use super::ink::Ink;
use crate::console::state::State;
use crate::console::text;
use crate::console::theme::Tone;
use crate::event::{Link, LinkState, Shape};
use ratatui::text::{Line, Span};

pub(super) fn lines(state: &State, room: Room) -> Vec<Line<'static>> {
    let ink = Ink::new(state);
    if state.known.links.is_empty() {
        return ink.empty(
            "No TCP connection yet. A send opens one to the MMSC at the stage connect.",
            room.width,
        );
    }
    let links = state.known.links.values();
    links.flat_map(|l| rows(&ink, l, room)).collect()
}

fn rows(ink: &Ink, link: &Link, room: Room) -> Vec<Line<'static>> {
    let glyphs = &ink.theme.glyphs;
    let traffic = format!(
        "{}{} {}{}",
        glyphs.up,
        text::octets(link.sent),
        glyphs.down,
        text::octets(link.received)
    );
    let (sign, tone, says) = match &link.state {
        LinkState::Opening => (glyphs.run, Tone::Running, "opening".to_owned()),
        LinkState::Open => (glyphs.tick, Tone::Good, traffic),
        LinkState::Failed { code, shape, what } => {
            let code = code.map_or_else(String::new, |c| format!("{c} "));
            let shape = match shape {
                Shape::Late => "late: ",
                Shape::AtOnce => "at once: ",
                Shape::Unknown => "",
            };
            (glyphs.cross, Tone::Bad, format!("{code}{shape}{what}"))
        }
        LinkState::Closed(why) => (glyphs.off, Tone::Quiet, format!("{traffic} {why}")),
    };
    let host = if link.host.contains(':') {
        format!("[{}]:{}", link.host, link.port)
    } else {
        format!("{}:{}", link.host, link.port)
    };
    // Links stand under each other in columns where there is room for it.
    let host_columns = text::width(&host).max(if room.width < 56 { 0 } else { 21 });
    let head = 4 + host_columns + 8 + 2;
    let columns = room.width.saturating_sub(head);
    let says = text::clean(&says);
    let took = text::duration(link.ms);
    let mut spans = vec![
        ink.own(Tone::Plain, format!("{} ", link.number)),
        ink.own(tone, format!("{sign} ")),
        ink.cell(Tone::Plain, &host, host_columns),
    ];
    if room.width < 4 + host_columns + 8 {
        // A time without its unit tells nothing: it goes into the next row.
        let mut lines = vec![Line::from(spans)];
        lines.extend(ink.sentence(tone, "    ", &format!("{took}  {says}"), room.width));
        return lines;
    }
    spans.push(ink.right(Tone::Quiet, &took, 8));
    spans.push(Span::raw("  "));
    if text::width(&says) <= columns || !matches!(link.state, LinkState::Failed { .. }) {
        spans.push(ink.own(tone, text::cut(&says, columns, glyphs.cut)));
        return vec![Line::from(spans)];
    }
    let mut lines = vec![Line::from(spans)];
    lines.extend(ink.sentence(tone, "    ", &says, room.width));
    lines
}

//! TCP links over the modem: the newest connection on each link number.
use super::Room;
use super::ink::Ink;
use crate::console::state::State;
use crate::console::text;
use crate::console::theme::Tone;
use crate::event::{ControlLines, Link, LinkState, Shape};
use ratatui::text::{Line, Span};

pub(super) fn lines(state: &State, room: Room) -> Vec<Line<'static>> {
    let ink = Ink::new(state);
    let links = state.known.links.values();
    let mut lines: Vec<Line> = links.flat_map(|l| rows(&ink, l, room)).collect();
    if lines.is_empty() {
        lines = ink.empty(
            "No TCP connection yet. A send opens one to the MMSC at the stage connect.",
            room.width,
        );
    }
    if room.zoomed {
        lines.extend(serial(state, &ink, room.width));
    }
    lines
}

/// What all links go over: the serial line, what passed over it, and its control lines.
fn serial(state: &State, ink: &Ink, width: usize) -> Vec<Line<'static>> {
    let Some(line) = &state.known.serial else {
        return Vec::new();
    };
    let counts = &state.known.counts;
    let times = |n: u64, never: &str| match n {
        0 => never.to_owned(),
        1 => "once".to_owned(),
        n => format!("{} times", text::count(n)),
    };
    let unanswered = match counts.unanswered {
        0 => "all answered".to_owned(),
        n => format!("{} not answered", text::count(n)),
    };
    let says = format!(
        "{}: {} out, {} in; {} exchanges, {unanswered}; opened {}, lost {}.",
        text::clean(&line.name),
        text::octets(counts.tx),
        text::octets(counts.rx),
        text::count(counts.exchanges),
        times(counts.opened, "never"),
        times(counts.broken, "never"),
    );
    let mut lines = vec![Line::default()];
    let tone = match counts.unanswered + counts.broken {
        0 => Tone::Plain,
        _ => Tone::Warn,
    };
    lines.extend(ink.sentence(tone, "serial line  ", &says, width));
    let control = match &state.known.control_lines {
        Some(control) => told(control),
        None if state.is_replaying() => "this recording does not tell of any.".to_owned(),
        None => "none: this is no serial device.".to_owned(),
    };
    lines.extend(ink.sentence(Tone::Quiet, "control lines  ", &control, width));
    lines
}

/// Outputs as they were asked for, inputs as they were read then.
fn told(control: &ControlLines) -> String {
    let when = match control.asked {
        None => "when it was opened".to_owned(),
        Some(drive) => format!("when {} was asked for", drive.words()),
    };
    let outputs = [("DTR", control.dtr), ("RTS", control.rts)];
    let asked: Vec<String> = outputs
        .into_iter()
        .filter_map(|(name, on)| Some(format!("{name} {}", if on? { "on" } else { "off" })))
        .collect();
    match (
        control.are_told(),
        asked.is_empty() || control.asked.is_none(),
    ) {
        (true, true) => format!("{when}: {}.", control.words()),
        (true, false) => format!(
            "asked for: {}; {when}: {}.",
            asked.join(", "),
            control.inputs()
        ),
        (false, false) => format!(
            "asked for: {}; inputs are not told by this device.",
            asked.join(", ")
        ),
        (false, true) => match control.asked {
            None => "not told by this device, as by a pseudo terminal.".to_owned(),
            Some(drive) => format!(
                "{} was asked for; inputs are not told by this device.",
                drive.words()
            ),
        },
    }
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

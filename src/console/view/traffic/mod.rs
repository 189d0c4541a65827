//! AT traffic: every line with its time, direction, role and meaning, or one line an exchange, or octets; and the AT line under it.
mod entry;
mod hex;
mod place;
mod rows;
mod split;

use super::brush;
use super::ink::Ink;
use super::octets_hidden;
use crate::console::state::State;
use crate::console::text;
use crate::console::theme::Tone;
use crate::console::traffic::{Eye, Times, Traffic};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use rows::Rows;

/// What the pane's edge says: followed or held with what waits, what is left out, what is looked for.
pub(super) fn title(state: &State) -> Vec<Span<'static>> {
    let ink = Ink::new(state);
    let traffic = &state.traffic;
    let waiting = text::count(traffic.waiting());
    let mut said = vec![match traffic.is_held() {
        false => ink.own(Tone::Quiet, "following "),
        true if traffic.shows_answers() => {
            let says = format!("your script's answers, {waiting} waiting ");
            ink.own(Tone::Warn, says)
        }
        true if traffic.leads() => {
            let says = format!("the lines of the evidence, {waiting} waiting ");
            ink.own(Tone::Warn, says)
        }
        true => ink.own(Tone::Warn, format!("HELD, {waiting} waiting ")),
    }];
    if traffic.look.hex {
        if traffic.hex.search().is_some() {
            let (nth, of) = traffic.hex.found();
            said.push(ink.own(Tone::Strong, format!("found {nth} of {of} ")));
        }
        if traffic.hex.is_split() {
            said.push(ink.own(Tone::Quiet, "lines and "));
        }
        let says = match traffic.look.times {
            Times::Session => "octets since start ",
            _ => "octets ",
        };
        said.push(ink.own(Tone::Quiet, says));
        return said;
    }
    if !traffic.filter().is_empty() {
        let (passing, all) = traffic.passing();
        let (passing, all) = (text::count(passing as u64), text::count(all as u64));
        let filter = text::clean(traffic.filter().text());
        let says = format!("{filter}: {passing} of {all} lines ");
        said.push(ink.own(Tone::Warn, says));
    }
    if traffic.search().is_some() {
        let (nth, of) = traffic.found();
        said.push(ink.own(Tone::Strong, format!("found {nth} of {of} ")));
    }
    if traffic.is_ranked() {
        let count = text::count(traffic.listed().len() as u64);
        said.push(ink.own(Tone::Warn, format!("slowest first: {count} ")));
    } else if traffic.is_folded() {
        said.push(ink.own(Tone::Quiet, "folded "));
    }
    said.push(ink.own(
        Tone::Quiet,
        match traffic.look.times {
            Times::Clock => "",
            Times::Session => "since start ",
            Times::Command => "since command ",
        },
    ));
    said
}

pub(super) fn draw(state: &State, frame: &mut Frame, area: Rect) {
    if area.height == 0 || area.width == 0 {
        return;
    }
    let ink = Ink::new(state);
    let foot = entry::draw(state, &ink, frame, area);
    let place = Rect {
        height: area.height - foot,
        ..area
    };
    let width = usize::from(place.width);
    let height = usize::from(place.height);
    let traffic = &state.traffic;
    let lines = if traffic.look.hex && state.hides {
        let says = octets_hidden(state);
        ink.empty(&says, width).into_iter().take(height).collect()
    } else if traffic.look.hex {
        octets(&ink, traffic, width, height)
    } else if traffic.rows().is_empty() {
        let says = "No traffic yet. Every line between us and the modem shows here, with its time and its meaning.";
        ink.empty(says, width).into_iter().take(height).collect()
    } else if traffic.listed().len() == 0 {
        let says = "No line passes the filter; Esc takes it away.";
        ink.empty(says, width).into_iter().take(height).collect()
    } else {
        let rows = Rows::new(state, &ink, width);
        match traffic.leads() {
            true => led(&rows, height),
            false => around_the_eye(&rows, height),
        }
    };
    brush::rows(frame, &lines, place);
}

/// The octets on the wire, alone or each line with its own.
fn octets(ink: &Ink, traffic: &Traffic, width: usize, height: usize) -> Vec<Line<'static>> {
    let (shown, times) = (&traffic.hex, traffic.look.times);
    if shown.visible().len() == 0 {
        return ink.empty("No octets yet.", width);
    }
    match shown.is_split() {
        true => hex::lines(shown, height, |row| {
            split::block(ink, shown, row, times, width)
        }),
        false => hex::lines(shown, height, |row| {
            vec![hex::line(ink, shown, row, times, width)]
        }),
    }
}

/// The listed rows around the eye: followed, the newest ones; held, half a page after the chosen one as far as there are so many.
fn around_the_eye(rows: &Rows, height: usize) -> Vec<Line<'static>> {
    let traffic = &rows.state.traffic;
    let listed = traffic.listed();
    let here = match (traffic.eye, traffic.chosen()) {
        (Eye::Held(_), Some(chosen)) => traffic.position(chosen).min(listed.len()),
        _ => listed.len(),
    };
    let fill = |blocks: &mut dyn Iterator<Item = u64>, room: usize| {
        let (mut filled, mut used) = (Vec::new(), 0);
        for number in blocks {
            if used >= room {
                break;
            }
            let block = rows.block(number);
            used += block.len();
            filled.push(block);
        }
        (filled, used)
    };
    let (mut below, mut under) = fill(&mut traffic.listed().skip(here), height / 2);
    let (above, over) = fill(
        &mut traffic.listed().take(here).rev(),
        height.saturating_sub(under),
    );
    if over + under < height {
        (below, under) = fill(&mut traffic.listed().skip(here), height - over);
    }
    let mut lines: Vec<Line> = above.into_iter().rev().flatten().collect();
    let spare = (lines.len() + under).saturating_sub(height);
    // Of what has no room the chosen row goes last.
    let cut = spare.min(lines.len().saturating_sub(1));
    lines.drain(..cut);
    lines.extend(below.into_iter().flatten());
    lines.truncate(height);
    lines
}

/// From so many rows on there is room to say how many lines are left out.
const ROOMY: usize = 6;

/// The lines to which the person was led, the last ones at the foot. What stands between them is counted, not shown: other exchanges
/// run in the time of a slow one.
fn led(rows: &Rows, height: usize) -> Vec<Line<'static>> {
    let (traffic, ink) = (&rows.state.traffic, rows.ink);
    let is_led = |number: &u64| traffic.row(*number).is_some_and(|row| traffic.is_led(row));
    let mut left = traffic.listed().filter(is_led).count();
    let between = |count: usize| {
        let lines = if count == 1 { "line" } else { "lines" };
        let says = format!("{:13}({count} {lines} of other exchanges)", "");
        let says = text::cut(&says, rows.width, ink.theme.glyphs.cut);
        vec![Line::from(ink.own(Tone::Quiet, says))]
    };
    let (mut blocks, mut used, mut skipped, mut begun) = (Vec::new(), 0, 0, false);
    for number in traffic.listed().rev() {
        if used >= height {
            break;
        }
        let shown = is_led(&number);
        if begun && left > 0 && !shown {
            skipped += 1;
            continue;
        }
        if skipped > 0 && height >= ROOMY {
            blocks.push(between(skipped));
            used += 1;
        }
        skipped = 0;
        let mut block = rows.block(number);
        if shown {
            (begun, left) = (true, left - 1);
            let style = ink.theme.style(Tone::Chosen);
            block = block.into_iter().map(|l| l.patch_style(style)).collect();
            if !rows.state.zoomed {
                block.truncate(1);
            }
        }
        used += block.len();
        blocks.push(block);
    }
    let lines: Vec<Line> = blocks.into_iter().rev().flatten().collect();
    let from = lines.len().saturating_sub(height);
    lines[from..].to_vec()
}

//! The ladder of the send: twelve stages, what each learned, and below it what a failure proves and what not.
mod after;

use super::Room;
use super::ink::Ink;
use crate::console::action::Action;
use crate::console::state::State;
use crate::console::text;
use crate::console::theme::Tone;
use crate::event::{Failure, SendResult, Stage, StageState};
use crate::known::{Rung, Send};
use after::after;
pub(super) use after::lints;
use ratatui::text::{Line, Span};

/// Columns of the stage's name, and of its time.
const NAME: usize = 9;
const TIME: usize = 8;

pub(super) fn lines(state: &State, room: Room) -> Vec<Line<'static>> {
    let Some(send) = state.known.sends.back() else {
        return before(state, room);
    };
    let ink = Ink::new(state);
    let after = after(state, send, room);
    let wanted = if room.zoomed {
        usize::MAX
    } else {
        // What a failure means is worth more than the rungs that went well.
        room.height.saturating_sub(after.worth).max(2)
    };
    let mut lines = rungs(state, &ink, send, room, wanted);
    if room.zoomed {
        lines.extend(measured_on(state, &ink, room.width));
    }
    if lines.len() + 1 + after.worth <= room.height && !after.lines.is_empty() {
        lines.push(Line::default());
    }
    lines.extend(after.lines);
    lines
}

/// Nothing was sent yet: what would happen.
fn before(state: &State, room: Room) -> Vec<Line<'static>> {
    let ink = Ink::new(state);
    let says = match state.flags.read_only {
        true => format!("Nothing was sent yet. {}", state.why_off()),
        false => format!(
            "Nothing was sent yet. {} sends the message; its twelve stages, from the modem's first answer to the M-Send.conf, \
             show here while they run.",
            state.key_of(Action::Send)
        ),
    };
    let mut lines = ink.empty(&says, room.width);
    if let Some(profile) = &state.known.profile {
        lines.push(Line::default());
        let says = format!(
            "It goes through {}: APN {}, {}, to {}.",
            profile.id, profile.apn, profile.pdp_type, profile.dials
        );
        lines.extend(ink.sentence(Tone::Plain, "", &says, room.width));
        lines.extend(lints(&ink, &profile.lints, room.width));
    } else {
        lines.push(Line::default());
        let key = state.key_of(Action::Profiles);
        let says = format!("No profile is in use: {key} shows them.");
        lines.extend(ink.empty(&says, room.width));
    }
    lines
}

/// The ladder can be folded into so many rows: what went well, the failed rung, what waits.
const FEWEST: usize = 5;

/// The rungs in at most `wanted` rows where that can be had: first those that wait go into one row, then those that went well.
fn rungs(state: &State, ink: &Ink, send: &Send, room: Room, wanted: usize) -> Vec<Line<'static>> {
    let open: Vec<Vec<Line>> = send
        .rungs
        .iter()
        .map(|r| {
            [
                rung(state, ink, send, r, room),
                attempts(ink, r, room.width),
            ]
            .concat()
        })
        .collect();
    let rows = |l: &[Vec<Line>]| l.iter().map(Vec::len).sum::<usize>();
    if rows(&open) <= wanted {
        return open.into_iter().flatten().collect();
    }
    let waits = send
        .rungs
        .iter()
        .rev()
        .take_while(|r| r.state.is_none())
        .count();
    let waiting = send.rungs.len() - waits;
    let failed = send.failure().is_some();
    let tail = if wanted <= FEWEST && waits > 0 && failed {
        Vec::new()
    } else if waits > 1 {
        waiting_line(ink, &send.rungs[waiting..], room.width)
    } else {
        open[waiting..].concat()
    };
    let done = send.rungs[..waiting]
        .iter()
        .take_while(|r| {
            matches!(
                r.state,
                Some(StageState::Done { .. } | StageState::Skipped { .. })
            )
        })
        .count();
    // As few of the good rungs as need be are folded, the first ones first.
    for folded in 0..=done {
        let head = if wanted <= 3 && failed {
            Vec::new()
        } else {
            done_lines(ink, &send.rungs[..folded], room.width)
        };
        let middle = &open[folded..waiting];
        if head.len() + rows(middle) + tail.len() <= wanted || folded == done {
            let mut lines = head;
            lines.extend(middle.concat());
            lines.extend(tail);
            return lines;
        }
    }
    Vec::new()
}

/// Attempts of a stage that ended badly before another was made, a row each.
fn attempts(ink: &Ink, rung: &Rung, width: usize) -> Vec<Line<'static>> {
    let row = |(says, ms): &(String, u64)| {
        let took = text::duration(*ms);
        let lead = format!("  {} {took}  ", ink.theme.glyphs.cross);
        let columns = width.saturating_sub(text::width(&lead));
        let says = text::cut(&text::clean(says), columns, ink.theme.glyphs.cut);
        Line::from(ink.own(Tone::Warn, lead + &says))
    };
    rung.attempts.iter().map(row).collect()
}

fn waiting_line(ink: &Ink, rungs: &[Rung], width: usize) -> Vec<Line<'static>> {
    let dot = ink.theme.glyphs.dot;
    let names: Vec<String> = rungs.iter().map(|r| format!("{dot} {}", r.stage)).collect();
    ink.sentence(Tone::Quiet, "", &names.join("  "), width)
}

fn done_lines(ink: &Ink, rungs: &[Rung], width: usize) -> Vec<Line<'static>> {
    if rungs.is_empty() {
        return Vec::new();
    }
    let names: Vec<&str> = rungs.iter().map(|r| r.stage.name()).collect();
    let took = rungs
        .iter()
        .filter_map(|r| r.took_ms)
        .fold(0, u64::saturating_add);
    let names = match names.as_slice() {
        [first, .., last] if names.len() > 2 => format!("{first} to {last}"),
        few => few.join(", "),
    };
    let says = format!("{names}: {}", text::duration(took));
    ink.sentence(
        Tone::Good,
        &format!("{} ", ink.theme.glyphs.tick),
        &says,
        width,
    )
}

fn rung(state: &State, ink: &Ink, send: &Send, rung: &Rung, room: Room) -> Vec<Line<'static>> {
    let glyphs = &ink.theme.glyphs;
    let name = text::column(rung.stage.name(), NAME, "");
    let took = rung.took_ms.map_or_else(String::new, text::duration);
    let (sign, tone, time, says) = match &rung.state {
        None => (
            glyphs.dot,
            Tone::Quiet,
            String::new(),
            waits_for(rung.stage).to_owned(),
        ),
        Some(StageState::Done { says }) => (glyphs.tick, Tone::Good, took, says.clone()),
        Some(StageState::Skipped { says }) => {
            (glyphs.skip, Tone::Quiet, String::new(), says.clone())
        }
        Some(StageState::Failed(failure)) => return failed(ink, &name, &took, failure, room),
        Some(
            StageState::Started { .. } | StageState::Progress { .. } | StageState::Attempt { .. },
        ) => {
            return match &send.result {
                Some(result) => vec![broken_off(ink, send, result, rung, &name, room)],
                None => running(state, ink, rung, &name, room),
            };
        }
    };
    let pace = pace(state, ink, rung);
    let words = if rung.state.is_none() {
        Tone::Quiet
    } else {
        Tone::Plain
    };
    let columns = room.width.saturating_sub(NAME + TIME + 4);
    let says = if rung.state.is_none() && !room.zoomed {
        String::new()
    } else {
        says
    };
    let mut lines = vec![Line::from(vec![
        ink.own(tone, format!("{sign} ")),
        ink.own(
            if tone == Tone::Good {
                Tone::Plain
            } else {
                tone
            },
            name,
        ),
        ink.right(pace.0, &time, TIME),
        ink.own(pace.0, pace.1),
        ink.own(words, text::cut(&text::clean(&says), columns, glyphs.cut)),
    ])];
    if room.zoomed && text::width(&says) > columns {
        lines.extend(ink.sentence(Tone::Plain, "  ", &says, room.width));
    }
    if let Some(usual) = usual(state, rung.stage).filter(|_| room.zoomed) {
        let free = columns.saturating_sub(text::width(&says) + 2);
        match (lines.as_mut_slice(), text::width(&usual) <= free) {
            ([only], true) => only.push_span(ink.own(Tone::Quiet, format!("  {usual}"))),
            _ => lines.extend(ink.sentence(Tone::Quiet, "           ", &usual, room.width)),
        }
    }
    lines
}

/// The tone of a stage's time, and the two columns after it: green within what good sends through this profile took, amber and a sign
/// where it was slower.
fn pace(state: &State, ink: &Ink, rung: &Rung) -> (Tone, String) {
    let done = matches!(rung.state, Some(StageState::Done { .. }));
    let measured = state.expected.as_ref().zip(rung.took_ms);
    match measured.filter(|(e, _)| done && e.stage(rung.stage).is_some()) {
        Some((expected, ms)) if expected.is_slow(rung.stage, ms) => {
            (Tone::Warn, text::column(ink.theme.glyphs.up, 2, ""))
        }
        Some(_) => (Tone::Good, "  ".to_owned()),
        None => (Tone::Quiet, "  ".to_owned()),
    }
}

/// How long good sends took for a stage; nothing where that was too short to be told.
fn usual(state: &State, stage: Stage) -> Option<String> {
    let (low, high) = state.expected.as_ref()?.stage(stage)?;
    let range = match (low, high) {
        (_, 0) => return None,
        (low, high) if low == high => text::duration(low),
        (low, high) => format!("{} to {}", text::duration(low), text::duration(high)),
    };
    Some(format!("usually {range}"))
}

/// What `usually` rests on: said once.
fn measured_on(state: &State, ink: &Ink, width: usize) -> Vec<Line<'static>> {
    let Some(expected) = &state.expected else {
        return Vec::new();
    };
    let sends = match expected.sends {
        1 => "the 1 good send".to_owned(),
        n => format!("the {n} good sends"),
    };
    let says = format!("usually: in {sends} through this profile that the recordings hold");
    ink.sentence(Tone::Quiet, "", &says, width)
}

/// What a stage that has not begun is for.
fn waits_for(stage: Stage) -> &'static str {
    match stage {
        Stage::Encode => "the message becomes an M-Send.req",
        Stage::Port => "a modem answers on the serial line",
        Stage::Sim => "the SIM is ready",
        Stage::Register => "the modem is registered",
        Stage::Attach => "the packet domain is attached",
        Stage::Bearer => "a PDP context with the profile's APN has an address",
        Stage::Stack => "the modem's socket stack is open on that context",
        Stage::Resolve => "the MMSC's name has an address",
        Stage::Connect => "a TCP connection to the MMSC is open",
        Stage::Post => "the POST gets an HTTP answer",
        Stage::Confirm => "the answer is an M-Send.conf that says Ok",
        Stage::Deliver => "the message is on a phone",
    }
}

/// Its first row is the brightest thing on the screen; what follows must not outshout the advice under it.
fn failed(ink: &Ink, name: &str, took: &str, failure: &Failure, room: Room) -> Vec<Line<'static>> {
    let glyphs = &ink.theme.glyphs;
    let columns = room.width.saturating_sub(NAME + TIME + 4).max(8);
    let what = text::clean(&failure.what);
    let head = format!("{} {name}{}  ", glyphs.cross, text::right(took, TIME));
    if text::width(&what) <= columns {
        let whole = format!("{head}{what}");
        return vec![Line::from(
            ink.own(Tone::Alarm, text::column(&whole, room.width, glyphs.cut)),
        )];
    }
    let mut lines = vec![Line::from(
        ink.own(Tone::Alarm, text::column(&head, room.width, glyphs.cut)),
    )];
    for row in text::wrap(&what, room.width.saturating_sub(2).max(8)) {
        let row = text::column(&format!("  {row}"), room.width, glyphs.cut);
        lines.push(Line::from(ink.own(Tone::Bad, row)));
    }
    lines
}

/// A stage that had not ended when the send did: its time stands still with the send's.
fn broken_off(
    ink: &Ink,
    send: &Send,
    result: &SendResult,
    rung: &Rung,
    name: &str,
    room: Room,
) -> Line<'static> {
    let glyphs = &ink.theme.glyphs;
    let ended = send.began_ms.saturating_add(result.duration_ms);
    let took = rung.began_ms.map(|began| ended.saturating_sub(began));
    let says = match result.cancelled {
        true => "stopped here",
        false => "the send ended here",
    };
    let columns = room.width.saturating_sub(NAME + TIME + 4);
    let took = took.map_or_else(String::new, text::duration);
    Line::from(vec![
        ink.own(Tone::Warn, format!("{} {name}", glyphs.warn)),
        ink.right(Tone::Warn, &took, TIME),
        Span::raw("  "),
        ink.own(Tone::Warn, text::cut(says, columns, glyphs.cut)),
    ])
}

/// A running stage: its clock beside its limit, what it waits for, how much is done.
fn running(state: &State, ink: &Ink, rung: &Rung, name: &str, room: Room) -> Vec<Line<'static>> {
    let glyphs = &ink.theme.glyphs;
    let began = rung.began_ms.unwrap_or_else(|| state.clock_ms());
    let elapsed = state.clock_ms().saturating_sub(began);
    // It need not end before one sees that good sends were quicker here.
    let expected = state.expected.as_ref();
    let slow = expected.is_some_and(|e| e.is_slow(rung.stage, elapsed));
    let (tone, sign) = match slow {
        true => (Tone::Warn, text::column(glyphs.up, 2, "")),
        false => (Tone::Running, "  ".to_owned()),
    };
    let mut spans = vec![
        ink.own(Tone::Running, format!("{} {name}", glyphs.run)),
        ink.right(tone, &text::duration(elapsed), TIME),
        ink.own(tone, sign),
    ];
    let columns = room.width.saturating_sub(NAME + TIME + 4);
    match &rung.state {
        Some(StageState::Started {
            limit_ms: Some(limit),
        }) => {
            let of = format!("of at most {}", text::duration(*limit));
            spans.push(ink.own(Tone::Quiet, text::cut(&of, columns, glyphs.cut)));
        }
        Some(StageState::Progress { says, permille }) => {
            let mut left = columns;
            if let (Some(done), true) = (permille, columns >= 24) {
                let full = usize::from(*done).min(1000) / 125;
                let bar = glyphs.bar[0].repeat(full) + &glyphs.bar[1].repeat(8 - full);
                spans.push(ink.own(Tone::Running, format!("{bar} ")));
                left -= 9;
            }
            spans.push(ink.own(Tone::Plain, text::cut(&text::clean(says), left, glyphs.cut)));
        }
        _ => {}
    }
    vec![Line::from(spans)]
}

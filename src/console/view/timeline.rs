//! The time line of a recording: where one is in it, how fast it plays, its stages as ticks and its errors; and the message that the
//! recording tells of, in the place of the one being written.
use super::Room;
use super::ink::Ink;
use crate::console::replay::Replay;
use crate::console::state::State;
use crate::console::text;
use crate::console::theme::Tone;
use crate::event::{Ending, Event, SerialState, StageState, What};
use crate::replay::Landmark;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};

/// A bar shorter than this shows nothing.
const SHORTEST: u16 = 8;

pub(super) fn draw(state: &State, frame: &mut Frame, area: Rect) {
    let Some(replay) = state.replay.as_deref().filter(|_| area.height > 0) else {
        return;
    };
    let ink = Ink::new(state);
    let width = usize::from(area.width);
    let head = head(&ink, replay, area.height > 1, width);
    let row = Rect { height: 1, ..area };
    frame.render_widget(head, row);
    if let Some(place) = bar_place(replay, area) {
        frame.render_widget(bar(&ink, replay, usize::from(place.width)), place);
    }
}

/// The moment that stands under this position of the time line, in milliseconds since the session's start.
#[must_use]
pub fn time_at(state: &State, column: u16, row: u16) -> Option<u64> {
    let replay = state.replay.as_deref()?;
    let place = bar_place(replay, state.plan().timeline)?;
    if !place.contains(Position::new(column, row)) {
        return None;
    }
    let last = u64::from(place.width - 1).max(1);
    let at = u64::from(column - place.x);
    Some(
        replay.player.tape().length_ms() / last * at
            + replay.player.tape().length_ms() % last * at / last,
    )
}

/// Where the bar stands: the second row, or what the numbers leave of the only one.
fn bar_place(replay: &Replay, area: Rect) -> Option<Rect> {
    let place = match area.height {
        0 => return None,
        1 => {
            let numbers = numbers(replay, false);
            let used: usize = numbers.iter().map(|n| text::width(n) + 2).sum();
            let used = u16::try_from(used + 3).ok()?;
            Rect {
                x: area.x + used.min(area.width),
                width: area.width.saturating_sub(used + 1),
                ..area
            }
        }
        _ => Rect {
            x: area.x + 1,
            y: area.y + 1,
            width: area.width.saturating_sub(2),
            height: 1,
        },
    };
    (place.width >= SHORTEST).then_some(place)
}

/// Pace, time and place.
fn numbers(replay: &Replay, long: bool) -> Vec<String> {
    let player = &replay.player;
    let tape = player.tape();
    let (now, end) = (clock(player.ms()), clock(tape.length_ms()));
    let (at, of) = (player.at() as u64, tape.len() as u64);
    let pace = player.pace.shown().to_owned();
    match long {
        true => vec![
            pace,
            format!("{now} of {end}"),
            format!("event {} of {}", text::count(at), text::count(of)),
        ],
        false => vec![pace, format!("{now}/{end}"), format!("{at}/{of}")],
    }
}

fn head(ink: &Ink, replay: &Replay, long: bool, width: usize) -> Line<'static> {
    let glyphs = &ink.theme.glyphs;
    let (sign, tone) = match replay.player.is_playing() {
        true => (glyphs.run, Tone::Running),
        false => (glyphs.held, Tone::Warn),
    };
    let mut spans = vec![ink.own(tone, format!(" {sign}"))];
    let mut used = 1 + text::width(sign);
    for number in numbers(replay, long) {
        used += text::width(&number) + 2;
        spans.push(Span::raw(" "));
        spans.push(ink.own(Tone::Strong, number));
        spans.push(Span::raw(" "));
    }
    if let (true, Some(trouble)) = (long, &replay.player.tape().trouble) {
        let says = format!("not whole: {trouble}");
        let room = width.saturating_sub(used + 1) / 2;
        let says = text::cut(&text::clean(&says), room, glyphs.cut);
        used += text::width(&says) + 1;
        spans.push(ink.own(Tone::Alarm, says));
        spans.push(Span::raw(" "));
    }
    if long {
        let says = replay
            .player
            .tape()
            .before(replay.player.at())
            .map_or_else(|| "before the first event".to_owned(), words);
        let says = text::cut(
            &text::clean(&says),
            width.saturating_sub(used + 1),
            glyphs.cut,
        );
        spans.push(ink.own(Tone::Quiet, says));
    }
    Line::from(spans)
}

/// The bar: passed and to come, ticks at stages, crosses at errors, and the place where one is.
fn bar(ink: &Ink, replay: &Replay, width: usize) -> Line<'static> {
    let glyphs = &ink.theme.glyphs;
    let (player, tape) = (&replay.player, replay.player.tape());
    let column = |ms: u64| {
        let length = u128::from(tape.length_ms().max(1));
        let last = width.saturating_sub(1) as u128;
        let at = u128::from(ms.min(tape.length_ms())) * last / length;
        usize::try_from(at).unwrap_or(0)
    };
    let here = column(player.ms());
    let mut cells: Vec<(&str, Tone)> = (0..width)
        .map(|n| match n <= here {
            true => (glyphs.bar[0], Tone::Plain),
            false => (glyphs.bar[1], Tone::Quiet),
        })
        .collect();
    let mut put = |kind: Landmark, sign: &'static str, tone: Tone| {
        for at in tape.landmarks(kind) {
            if let Some(cell) = cells.get_mut(column(tape.time(*at))) {
                *cell = (sign, tone);
            }
        }
    };
    put(Landmark::Stage, glyphs.notch, Tone::Plain);
    put(Landmark::Act, glyphs.urc, Tone::Sent);
    put(Landmark::Error, glyphs.cross, Tone::Bad);
    if let Some(cell) = cells.get_mut(here) {
        *cell = (
            if cell.1 == Tone::Bad {
                cell.0
            } else {
                glyphs.on
            },
            Tone::Cursor,
        );
    }
    let mut spans: Vec<Span> = Vec::new();
    let mut rest = cells.as_slice();
    while let Some(&(_, tone)) = rest.first() {
        let same = rest.iter().take_while(|(_, t)| *t == tone).count();
        let run: String = rest[..same].iter().map(|(sign, _)| *sign).collect();
        spans.push(ink.own(tone, run));
        rest = &rest[same..];
    }
    Line::from(spans)
}

/// `1:10.0`, `1:00:00.0`.
fn clock(ms: u64) -> String {
    let (s, tenth) = (ms / 1000, ms % 1000 / 100);
    match s / 3600 {
        0 => format!("{}:{:02}.{tenth}", s / 60, s % 60),
        h => format!("{h}:{:02}:{:02}.{tenth}", s / 60 % 60, s % 60),
    }
}

/// An event in a few words.
fn words(event: &Event) -> String {
    match &event.what {
        What::Session(_) => "the session begins".to_owned(),
        What::Serial(s) => match &s.state {
            SerialState::Open => format!("{} open", s.name),
            SerialState::Closed => format!("{} closed", s.name),
            SerialState::Lost(why) => format!("{} lost: {why}", s.name),
        },
        What::Line(l) => l.text.clone(),
        What::Exchange(e) => match &e.ending {
            Ending::Final(code) => format!("{} ended: {code}", e.command),
            _ => format!("{} ended without a final code", e.command),
        },
        What::Wire(w) => format!("{} octets on the wire", w.octets.0.len()),
        What::Stage(s) => match &s.state {
            StageState::Started { .. } => format!("{} begins", s.stage),
            StageState::Progress { says, .. } => format!("{}: {says}", s.stage),
            StageState::Attempt { says, .. } => format!("{}, an attempt: {says}", s.stage),
            StageState::Done { says } => format!("{} done: {says}", s.stage),
            StageState::Failed(why) => format!("{} FAILED: {}", s.stage, why.what),
            StageState::Skipped { says } => format!("{} skipped: {says}", s.stage),
        },
        What::Result(r) if r.ok => "the send ended: Ok".to_owned(),
        What::Result(_) => "the send ended without success".to_owned(),
        What::Profile(p) => format!("profile {}", p.id),
        What::Message(m) => format!("send {} begins", m.send),
        What::Probe(p) => format!("probe {} begins: {}", p.probe, p.profile),
        What::Experiment(e) => format!("{} {}", e.experiment, e.title),
        What::Fact(_) => "a fact of the probe".to_owned(),
        What::Hypotheses(_) => "the hypotheses stand anew".to_owned(),
        What::Verdict(v) => format!("verdict then: {}", v.verdict),
        What::Notice(n) => n.text.clone(),
        What::Signal(_) => "signal".to_owned(),
        What::Contexts(_) => "PDP contexts".to_owned(),
        What::Lookup(l) => format!("lookup of {}", l.name),
        What::Link(l) => format!("link {} to {}:{}", l.number, l.host, l.port),
        What::Pdu(_) => "an MMS PDU".to_owned(),
        What::Act(_) => "the person acts".to_owned(),
        What::Bubble(_) => "a bubble on a simulated phone".to_owned(),
        _ => String::new(),
    }
}

/// Whether the recording holds the text of a send: who hands it on hands that on as well.
fn held_text(state: &State, send: u64) -> String {
    let places = state.text_held(send);
    match places.is_empty() {
        true => "up to here this recording does not hold the text".to_owned(),
        false => format!(
            "this recording holds the text, in {}",
            places.join(" and in ")
        ),
    }
}

/// The message of the newest send, as far as a recording tells of it.
pub(super) fn message(state: &State, room: Room) -> Vec<Line<'static>> {
    let ink = Ink::new(state);
    let Some(send) = state.known.sends.back() else {
        return ink.empty(
            "Up to here nothing was sent. A recording is looked at here: nothing can be written or sent.",
            room.width,
        );
    };
    let message = &send.message;
    let to: Vec<&str> = message.to.iter().map(|m| m.as_str()).collect();
    let characters = text::count(message.characters as u64);
    let size = send.result.as_ref().and_then(|r| r.size);
    let rows = [
        ("To", to.join(", ")),
        (
            "Text",
            format!(
                "{characters} characters; {}",
                held_text(state, message.send)
            ),
        ),
        (
            "Size",
            size.map_or_else(String::new, |s| text::octets(s as u64)),
        ),
        ("Through", message.profile.clone()),
        ("Id", message.transaction_id.clone()),
    ];
    let rows = rows.into_iter().filter(|(_, says)| !says.is_empty());
    rows.flat_map(|(label, says)| {
        let lead = text::column(label, 9, "");
        ink.sentence(Tone::Plain, &lead, &says, room.width)
    })
    .collect()
}

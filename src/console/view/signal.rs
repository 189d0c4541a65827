//! Signal: numbers with their units and what they are worth, and how they went.
use super::Room;
use super::ink::Ink;
use crate::console::state::State;
use crate::console::text;
use crate::console::theme::Tone;
use crate::event::Signal;
use ratatui::text::{Line, Span};

pub(super) fn lines(state: &State, room: Room) -> Vec<Line<'static>> {
    let ink = Ink::new(state);
    let Some(now) = state.known.signal_now() else {
        return ink.empty(
            "No reading yet. The modem is asked for +CPSI and +CSQ as soon as its serial line is open.",
            room.width,
        );
    };
    let mut lines = values(state, &ink, now, room);
    if lines.len() < room.height {
        lines.push(cell(&ink, now, room.width));
    }
    if room.zoomed {
        lines.push(Line::default());
        lines.extend(ink.sentence(
            Tone::Quiet,
            "",
            "RSRP: power of the LTE reference signal. RSRQ: its quality, which falls as the cell fills. SNR: as the modem gives it. \
             RSSI: all power in the band (+CSQ). A message needs little: from about -115 dBm RSRP downwards expect repeats and time-outs.",
            room.width,
        ));
        lines.push(Line::default());
        lines.extend(history(state, &ink, room));
    }
    lines
}

/// One measured quantity: its label, text with unit, and what it is worth (0 to 4).
type Value = (&'static str, String, Option<usize>);

fn values(state: &State, ink: &Ink, now: &Signal, room: Room) -> Vec<Line<'static>> {
    let tenths = |n: i32| {
        format!(
            "{}{}.{}",
            if n < 0 { "-" } else { "" },
            n.unsigned_abs() / 10,
            n.unsigned_abs() % 10
        )
    };
    let mut values: Vec<Value> = Vec::new();
    if let Some(rsrp) = now.rsrp_ddbm {
        let worth = worth(rsrp, [-1150, -1050, -950, -850]);
        values.push(("RSRP", format!("{} dBm", tenths(rsrp)), Some(worth)));
    }
    if let Some(rsrq) = now.rsrq_ddb {
        values.push((
            "RSRQ",
            format!("{} dB", tenths(rsrq)),
            Some(worth(rsrq, [-200, -150, -120, -100])),
        ));
    }
    if let Some(snr) = now.snr_db {
        values.push((
            "SNR",
            format!("{snr} dB"),
            Some(worth(snr, [-3, 0, 10, 20])),
        ));
    }
    if let Some(rssi) = now.rssi_dbm {
        values.push((
            "RSSI",
            format!("{rssi} dBm"),
            Some(worth(rssi, [-105, -95, -85, -70])),
        ));
    }
    let used = 5 + 11 + 11;
    let spark_room = room.width.saturating_sub(used).min(40);
    let mut lines: Vec<Line> = Vec::new();
    for (n, (label, value, worth)) in values.iter().enumerate() {
        let (word, tone) = words(*worth);
        let mut spans = vec![
            ink.own(Tone::Quiet, text::column(label, 5, "")),
            ink.right(Tone::Strong, value, 10),
            Span::raw(" "),
            ink.own(tone, text::column(word, 10, "")),
        ];
        if n == 0 && spark_room >= 4 {
            spans.push(Span::raw(" "));
            spans.push(ink.own(Tone::Sent, spark(state, spark_room)));
        }
        lines.push(Line::from(spans));
    }
    if room.height < lines.len() && lines.len() > 2 {
        return short(ink, &values);
    }
    lines
}

/// Where rows are few, the numbers stand beside each other.
fn short(ink: &Ink, values: &[Value]) -> Vec<Line<'static>> {
    let pairs = values.chunks(2).map(|pair| {
        let mut spans = Vec::new();
        for (label, value, worth) in pair {
            let (word, tone) = words(*worth);
            spans.push(ink.own(Tone::Quiet, text::column(label, 5, "")));
            spans.push(ink.right(Tone::Strong, value, 10));
            spans.push(ink.own(tone, text::column(&format!(" {word}"), 10, "")));
        }
        Line::from(spans)
    });
    pairs.collect()
}

fn cell(ink: &Ink, now: &Signal, width: usize) -> Line<'static> {
    let parts: Vec<String> = [
        now.system.clone(),
        now.band.clone(),
        now.plmn.clone(),
        now.cell.as_ref().map(|c| format!("cell {c}")),
    ]
    .into_iter()
    .flatten()
    .collect();
    let says = text::clean(&parts.join(" "));
    Line::from(ink.own(Tone::Quiet, text::cut(&says, width, ink.theme.glyphs.cut)))
}

fn history(state: &State, ink: &Ink, room: Room) -> Vec<Line<'static>> {
    let rows = state.known.signal.iter().rev().map(|(ms, s)| {
        let (dbm, level) = strength(s);
        let dbm = dbm.map_or_else(|| ink.theme.glyphs.none.to_owned(), |d| format!("{d} dBm"));
        let ago = text::duration(state.clock_ms().saturating_sub(*ms));
        Line::from(vec![
            ink.right(Tone::Quiet, &format!("{ago} ago"), 14),
            ink.right(Tone::Plain, &dbm, 10),
            Span::raw("  "),
            ink.own(Tone::Sent, bar(ink, level)),
        ])
    });
    rows.take(room.height.max(12)).collect()
}

/// How far a number got over four bounds.
fn worth(value: i32, bounds: [i32; 4]) -> usize {
    bounds.iter().filter(|b| value >= **b).count()
}

fn words(worth: Option<usize>) -> (&'static str, Tone) {
    match worth {
        None => ("", Tone::Plain),
        Some(0) => ("very poor", Tone::Bad),
        Some(1) => ("poor", Tone::Warn),
        Some(2) => ("fair", Tone::Plain),
        Some(3) => ("good", Tone::Good),
        Some(_) => ("excellent", Tone::Good),
    }
}

/// The one number for the eye, in dBm, and how strong it is from 0 to 4: RSRP where there is one, else RSSI.
pub(super) fn strength(signal: &Signal) -> (Option<i32>, usize) {
    match (signal.rsrp_ddbm, signal.rssi_dbm) {
        (Some(rsrp), _) => (Some(rsrp / 10), worth(rsrp, [-1150, -1050, -950, -850])),
        (None, Some(rssi)) => (Some(rssi), worth(rssi, [-105, -95, -85, -70])),
        (None, None) => (None, 0),
    }
}

/// Four steps, as many of them as the signal is strong.
pub(super) fn bar(ink: &Ink, level: usize) -> String {
    let spark = &ink.theme.glyphs.spark;
    let steps = if ink.theme.ascii {
        ["#"; 4]
    } else {
        [spark[1], spark[3], spark[5], spark[7]]
    };
    let mut out: String = steps.iter().take(level).copied().collect();
    out.push_str(&"_".repeat(4 - level.min(4)));
    out
}

fn spark(state: &State, room: usize) -> String {
    let glyphs = &state.theme.glyphs;
    let readings: Vec<i32> = state
        .known
        .signal
        .iter()
        .rev()
        .take(room)
        .filter_map(|(_, s)| strength(s).0)
        .collect();
    readings
        .iter()
        .rev()
        .map(|dbm| {
            let step = dbm.saturating_add(125).clamp(0, 63) / 8;
            glyphs.spark[usize::try_from(step).unwrap_or(0).min(7)]
        })
        .collect()
}

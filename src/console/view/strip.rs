//! The header strip: line, modem, SIM, network, signal, profile, recording, alarms. What matters least gives way first.
use super::ink::Ink;
use super::signal;
use crate::console::state::State;
use crate::console::text;
use crate::console::theme::Tone;
use crate::console::traffic::clock;
use crate::event::{ExperimentState, SerialState, SimState};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

/// A part of the strip: its forms from long to short (never none), and how long it stays (higher stays longer).
struct Part {
    forms: Vec<Vec<Span<'static>>>,
    weight: u8,
    right: bool,
}

pub(super) fn draw(state: &State, frame: &mut Frame, area: Rect) {
    let chosen = choose(parts(state), usize::from(area.width).saturating_sub(2));
    let mut left = vec![Span::raw(" ")];
    let mut right = Vec::new();
    for (on_right, form) in chosen {
        let side = if on_right { &mut right } else { &mut left };
        if side.len() > usize::from(!on_right) {
            side.push(Span::raw("  "));
        }
        side.extend(form);
    }
    right.push(Span::raw(" "));
    frame.render_widget(Line::from(left), area);
    let right = Line::from(right);
    let width = u16::try_from(right.width()).unwrap_or(u16::MAX);
    if width <= area.width {
        let place = Rect {
            x: area.x + area.width - width,
            width,
            ..area
        };
        frame.render_widget(right, place);
    }
}

/// What the header tells of line, modem, SIM and network in their longest forms, as text.
pub(super) fn whole(state: &State) -> String {
    let ink = Ink::new(state);
    let parts = [
        line(state, &ink),
        modem(state, &ink),
        sim(state, &ink),
        network(state, &ink),
        radio(state, &ink),
    ];
    let longest = parts.iter().filter_map(|part| part.forms.first());
    let words = longest.map(|form| form.iter().map(|s| s.content.as_ref()).collect::<String>());
    words.collect::<Vec<_>>().join("  ")
}

/// Which form of which part is shown: the heaviest parts get a place first, in their shortest form; then, again by weight, longer
/// forms as far as there is room.
fn choose(parts: Vec<Part>, room: usize) -> Vec<(bool, Vec<Span<'static>>)> {
    let wide = |form: &[Span]| 2 + form.iter().map(|s| text::width(&s.content)).sum::<usize>();
    let mut by_weight: Vec<usize> = (0..parts.len()).collect();
    by_weight.sort_by_key(|&n| std::cmp::Reverse(parts[n].weight));
    let mut form: Vec<Option<usize>> = vec![None; parts.len()];
    let mut used = 0;
    for &n in &by_weight {
        let shortest = parts[n].forms.len() - 1;
        let w = wide(&parts[n].forms[shortest]);
        if used + w <= room {
            used += w;
            form[n] = Some(shortest);
        }
    }
    for &n in &by_weight {
        while let Some(at) = form[n].filter(|&at| at > 0) {
            let more = wide(&parts[n].forms[at - 1]) as i64 - wide(&parts[n].forms[at]) as i64;
            if used as i64 + more > room as i64 {
                break;
            }
            used = (used as i64 + more).max(0) as usize;
            form[n] = Some(at - 1);
        }
    }
    let shown = parts.into_iter().zip(form);
    shown
        .filter_map(|(mut part, at)| Some((part.right, part.forms.swap_remove(at?))))
        .collect()
}

fn parts(state: &State) -> Vec<Part> {
    let ink = Ink::new(state);
    let mut parts = vec![
        line(state, &ink),
        modem(state, &ink),
        sim(state, &ink),
        network(state, &ink),
        radio(state, &ink),
    ];
    parts.extend(read_only(state, &ink));
    parts.extend(busy(state, &ink));
    parts.push(profile(state, &ink));
    parts.push(recording(state, &ink));
    parts.extend(hidden(state, &ink));
    parts.extend(lost(state, &ink));
    parts.extend(inbound(state, &ink));
    parts
}

fn left(weight: u8, forms: Vec<Vec<Span<'static>>>) -> Part {
    Part {
        forms,
        weight,
        right: false,
    }
}

fn right(weight: u8, forms: Vec<Vec<Span<'static>>>) -> Part {
    Part {
        forms,
        weight,
        right: true,
    }
}

fn line(state: &State, ink: &Ink) -> Part {
    let form = match &state.known.serial {
        None => vec![ink.own(Tone::Warn, "no serial line")],
        Some(s) => {
            let name = s.name.rsplit('/').next().unwrap_or(&s.name);
            match &s.state {
                SerialState::Open => vec![ink.out(Tone::Strip, name)],
                SerialState::Closed => {
                    vec![ink.out(Tone::Strip, name), ink.own(Tone::Warn, " closed")]
                }
                SerialState::Lost(_) => {
                    vec![ink.out(Tone::Strip, name), ink.own(Tone::Alarm, " LOST ")]
                }
            }
        }
    };
    left(8, vec![form])
}

fn modem(state: &State, ink: &Ink) -> Part {
    let Some(modem) = &state.known.modem else {
        return left(2, vec![vec![ink.own(Tone::Quiet, "modem ?")]]);
    };
    let model = modem.model.trim_start_matches("SIMCOM_");
    left(
        2,
        vec![
            vec![
                ink.out(Tone::Plain, model),
                ink.out(Tone::Quiet, &format!(" {}", modem.firmware)),
            ],
            vec![ink.out(Tone::Plain, model)],
        ],
    )
}

fn sim(state: &State, ink: &Ink) -> Part {
    let form = match state.known.sim.as_ref().map(|s| &s.state) {
        None => vec![ink.own(Tone::Quiet, "SIM ?")],
        Some(SimState::Ready) => vec![ink.own(Tone::Plain, "SIM ready")],
        Some(SimState::Locked(what)) => vec![ink.out(Tone::Alarm, &format!("wants {what}"))],
        Some(SimState::Absent) => vec![ink.own(Tone::Alarm, "no SIM")],
        Some(SimState::Failed(what)) => vec![ink.out(Tone::Alarm, &format!("SIM: {what}"))],
    };
    let mut forms = vec![form];
    if let (Some(home), Some(SimState::Ready)) = (
        state.known.sim.as_ref().and_then(|s| s.home.clone()),
        state.known.sim.as_ref().map(|s| &s.state),
    ) {
        let long = vec![
            ink.own(Tone::Plain, "SIM ready "),
            ink.out(Tone::Quiet, &home),
        ];
        forms.insert(0, long);
    }
    left(4, forms)
}

fn network(state: &State, ink: &Ink) -> Part {
    let Some(reg) = &state.known.registration else {
        return left(5, vec![vec![ink.own(Tone::Quiet, "network ?")]]);
    };
    let tone = if reg.registered() {
        Tone::Plain
    } else {
        Tone::Alarm
    };
    let operator = reg.operator.clone().unwrap_or_default();
    let plmn = state.known.signal_now().and_then(|s| s.plmn.clone());
    let word = ink.own(tone, reg.words());
    let name = ink.out(Tone::Plain, &format!("{operator} "));
    let mut forms = match (operator.is_empty(), reg.registered()) {
        (true, _) => vec![vec![word.clone()]],
        (false, true) => vec![
            vec![name.clone(), word.clone()],
            vec![ink.out(Tone::Plain, &operator)],
        ],
        (false, false) => vec![vec![name.clone(), word.clone()], vec![word.clone()]],
    };
    if let Some(plmn) = plmn {
        let long = vec![name, ink.out(Tone::Quiet, &format!("{plmn} ")), word];
        forms.insert(0, long);
    }
    left(5, forms)
}

fn radio(state: &State, ink: &Ink) -> Part {
    let Some(now) = state.known.signal_now() else {
        return left(6, vec![vec![ink.own(Tone::Quiet, "signal ?")]]);
    };
    let system = now.system.clone().unwrap_or_default();
    let band = now.band.clone().unwrap_or_default();
    let band = band
        .rsplit("BAND")
        .next()
        .map_or_else(String::new, |b| format!("B{b} "));
    let (dbm, level) = signal::strength(now);
    let tone = if level <= 1 { Tone::Warn } else { Tone::Plain };
    let bar = signal::bar(ink, level);
    let dbm = dbm.map_or_else(String::new, |d| format!(" {d} dBm"));
    let short = vec![
        ink.out(Tone::Plain, &format!("{system} ")),
        ink.own(tone, bar.clone()),
        ink.own(tone, dbm.clone()),
    ];
    let mut forms = vec![short.clone(), vec![ink.own(tone, format!("{bar}{dbm}"))]];
    if now.band.is_some() {
        let mut long = short;
        long.insert(1, ink.out(Tone::Quiet, &band));
        forms.insert(0, long);
    }
    left(6, forms)
}

/// The bench is only looked at: whoever presses keys must not have to find that out.
fn read_only(state: &State, ink: &Ink) -> Option<Part> {
    let shown = state.flags.read_only && !state.is_replaying();
    shown.then(|| right(10, vec![vec![ink.own(Tone::Alarm, " READ-ONLY ")]]))
}

fn busy(state: &State, ink: &Ink) -> Option<Part> {
    let run = state.theme.glyphs.run;
    if let Some(probe) = state.known.probing() {
        let at = probe
            .experiments
            .iter()
            .rev()
            .find(|e| e.state == ExperimentState::Running);
        let at = at.map_or_else(String::new, |e| format!(" {}", e.experiment));
        return Some(right(
            9,
            vec![
                vec![ink.out(Tone::Running, &format!("{run} probing{at}"))],
                vec![ink.out(Tone::Running, &format!("{run}{at}"))],
            ],
        ));
    }
    let send = state.known.running()?;
    let rung = send.rungs.iter().rev().find(|r| r.state.is_some());
    let stage = rung.map_or("encode", |r| r.stage.name());
    Some(right(
        9,
        vec![
            vec![ink.own(Tone::Running, format!("{run} sending: {stage}"))],
            vec![ink.own(Tone::Running, format!("{run} {stage}"))],
        ],
    ))
}

fn profile(state: &State, ink: &Ink) -> Part {
    let Some(profile) = &state.known.profile else {
        return right(7, vec![vec![ink.own(Tone::Quiet, "no profile")]]);
    };
    let mut long = vec![ink.out(Tone::Strip, &profile.id)];
    let mut short = vec![ink.out(
        Tone::Strip,
        profile.id.rsplit('/').next().unwrap_or_default(),
    )];
    if !profile.lints.is_empty() {
        let count = format!(" {}{}", state.theme.glyphs.warn, profile.lints.len());
        long.push(ink.own(Tone::Warn, count.clone()));
        short.push(ink.own(Tone::Warn, count));
    }
    right(7, vec![long, short])
}

fn recording(state: &State, ink: &Ink) -> Part {
    if state.is_replaying() {
        let run = state.theme.glyphs.run;
        let name = state.session_name();
        let forms = vec![
            vec![ink.out(Tone::Alarm, &format!(" {run} replay {name} "))],
            vec![ink.own(Tone::Alarm, format!(" {run} replay "))],
        ];
        return right(9, forms);
    }
    if state.flags.recording.is_none() {
        return right(1, vec![vec![ink.own(Tone::Quiet, "not recorded")]]);
    }
    // A clock that moves with each poll only would look like one that stands still.
    let since = clock(&state.known.started_at, state.flags.utc_offset_minutes);
    let since: String = since.chars().take(5).collect();
    let on = state.theme.glyphs.on;
    right(
        3,
        vec![
            vec![
                ink.own(Tone::Bad, on),
                ink.out(Tone::Quiet, &format!(" rec since {since}")),
            ],
            vec![ink.own(Tone::Bad, on), ink.own(Tone::Quiet, " rec")],
        ],
    )
}

/// Something else has changed what carries short messages to this line.
fn inbound(state: &State, ink: &Ink) -> Option<Part> {
    state.known.inbound_lost.as_ref()?;
    Some(right(
        9,
        vec![
            vec![ink.own(Tone::Alarm, " SMS settings were changed ")],
            vec![ink.own(Tone::Alarm, " SMS! ")],
        ],
    ))
}

/// Whoever shows the screen sees that nothing in it is readable.
fn hidden(state: &State, ink: &Ink) -> Option<Part> {
    let says = |words: &str| vec![ink.own(Tone::Warn, words.to_owned())];
    let forms = vec![says("identities hidden"), says("hidden")];
    state.hides.then(|| right(8, forms))
}

fn lost(state: &State, ink: &Ink) -> Option<Part> {
    let lost = state.known.counts.lost;
    (lost > 0).then(|| {
        right(
            10,
            vec![vec![ink.own(
                Tone::Alarm,
                format!(" {} events not recorded ", text::count(lost)),
            )]],
        )
    })
}

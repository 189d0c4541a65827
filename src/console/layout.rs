//! Which pane stands where: a pure function of the terminal's size, the screen that is shown, and the pane that has the keys.
//!
//! ```text
//! 80×24 (standard)                 120×36 (wide)                     200×50 (widest)
//! ┌ strip ───────────────────┐    ┌ strip ──────────────────────┐   ┌ strip ─────────────────────────────────┐
//! │ Compose   │ Send         │    │ Compose     │ Send           │   │ Compose     │ Send          │ Signal   │
//! │           │              │    │             │                │   │             │               │ PDP      │
//! ├───────────┴──────────────┤    ├─────────────┴──┬─────────────┤   ├─────────────┴────┬──────────┴──────────┤
//! │ Traffic, or the chosen   │    │ Traffic        │ Signal      │   │ Traffic          │ Profiles            │
//! │ one of the small panes   │    │                │ PDP DNS TCP │   │                  │ DNS     │ TCP       │
//! └ footer ──────────────────┘    └ footer ────────┴─────────────┘   └ footer ──────────┴─────────────────────┘
//!
//! tall and narrow (portrait): Compose, Send, Traffic one under the other; from 56 rows on also PDP, DNS beside TCP
//! below 80×24: Send beside nothing: the ladder on top, the pane with the keys under it
//! below 60×15, or 40 columns with 32 rows: the pane with the keys alone        below 20×4: one line of truth
//! ```
mod arrange;

pub use arrange::{DIVISIONS, Division, Layout};

use ratatui::layout::Rect;

/// A screen: panes that are seen together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Screen {
    /// Writing, sending, the modem.
    #[default]
    Bench,
    /// Why a send does not work.
    Diagnosis,
    /// Profiles side by side.
    Compare,
    /// Two sends side by side.
    Beside,
    /// A PDU: fields and octets in step.
    Pdu,
    /// The outbox.
    Messages,
    /// What the program says of itself.
    Log,
}

impl Screen {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Bench,
        Self::Diagnosis,
        Self::Compare,
        Self::Pdu,
        Self::Messages,
        Self::Log,
        Self::Beside,
    ];

    /// Its name.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Bench => "Bench",
            Self::Diagnosis => "Diagnosis",
            Self::Compare => "Compare",
            Self::Beside => "Beside",
            Self::Pdu => "PDU",
            Self::Messages => "Messages",
            Self::Log => "Log",
        }
    }

    /// Its panes, in the order in which Tab visits them.
    #[must_use]
    pub fn panes(self) -> &'static [Pane] {
        match self {
            Self::Bench => &[
                Pane::Compose,
                Pane::Send,
                Pane::Traffic,
                Pane::Signal,
                Pane::Contexts,
                Pane::Dns,
                Pane::Tcp,
                Pane::Profiles,
            ],
            Self::Diagnosis => &[
                Pane::Verdict,
                Pane::Evidence,
                Pane::Traffic,
                Pane::Hypotheses,
                Pane::Experiments,
                Pane::Attempts,
            ],
            Self::Compare => &[Pane::Compare, Pane::Traffic],
            Self::Beside => &[Pane::Beside, Pane::Traffic],
            Self::Pdu => &[Pane::Fields, Pane::Octets, Pane::Remarks, Pane::Pdus],
            Self::Messages => &[Pane::Messages, Pane::Traffic],
            Self::Log => &[Pane::Log, Pane::Traffic],
        }
    }

    /// Whether a pane is on it.
    #[must_use]
    pub fn has(self, pane: Pane) -> bool {
        self.panes().contains(&pane)
    }
}

/// A pane of a screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Pane {
    /// The message being written.
    Compose,
    /// The stages of the send.
    #[default]
    Send,
    /// Lines on the serial line, and the AT entry.
    Traffic,
    /// Signal.
    Signal,
    /// PDP contexts.
    Contexts,
    /// Lookups.
    Dns,
    /// Links.
    Tcp,
    /// Carrier profiles.
    Profiles,
    /// The verdict of a probe, and what to do next.
    Verdict,
    /// What the verdict rests on.
    Evidence,
    /// Hypotheses, and how they stand.
    Hypotheses,
    /// Experiments, done and waiting.
    Experiments,
    /// Connections that the experiments tried.
    Attempts,
    /// Profiles side by side.
    Compare,
    /// Two sends side by side.
    Beside,
    /// The fields of a PDU.
    Fields,
    /// Its octets.
    Octets,
    /// What is wrong or doubtful in it.
    Remarks,
    /// The PDUs of this session.
    Pdus,
    /// Messages of the outbox.
    Messages,
    /// What the program says of itself.
    Log,
}

impl Pane {
    /// All of them.
    pub const ALL: [Self; 21] = [
        Self::Compose,
        Self::Send,
        Self::Traffic,
        Self::Signal,
        Self::Contexts,
        Self::Dns,
        Self::Tcp,
        Self::Profiles,
        Self::Verdict,
        Self::Evidence,
        Self::Hypotheses,
        Self::Experiments,
        Self::Attempts,
        Self::Compare,
        Self::Beside,
        Self::Fields,
        Self::Octets,
        Self::Remarks,
        Self::Pdus,
        Self::Messages,
        Self::Log,
    ];

    /// The screen that it is found on; the traffic is on most, and stays on the one that is shown.
    #[must_use]
    pub fn screen(self) -> Screen {
        let at_home = Screen::ALL.into_iter().find(|s| s.has(self));
        at_home.unwrap_or_default()
    }

    /// The title.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Compose => "Compose",
            Self::Send => "Send",
            Self::Traffic => "AT traffic",
            Self::Signal => "Signal",
            Self::Contexts => "PDP contexts",
            Self::Dns => "DNS",
            Self::Tcp => "TCP",
            Self::Profiles => "Profiles",
            Self::Verdict => "Verdict",
            Self::Evidence => "Evidence",
            Self::Hypotheses => "Hypotheses",
            Self::Experiments => "Experiments",
            Self::Attempts => "Attempts",
            Self::Compare => "Profiles side by side",
            Self::Beside => "Two sends, side by side",
            Self::Fields => "Fields",
            Self::Octets => "Octets",
            Self::Remarks => "Remarks",
            Self::Pdus => "PDUs",
            Self::Messages => "Messages",
            Self::Log => "Log",
        }
    }

    /// Its number key on its screen, from 1.
    #[must_use]
    pub fn number(self) -> usize {
        match self {
            Self::Compose
            | Self::Verdict
            | Self::Compare
            | Self::Fields
            | Self::Messages
            | Self::Log
            | Self::Beside => 1,
            Self::Send | Self::Evidence | Self::Octets => 2,
            Self::Traffic | Self::Remarks => 3,
            Self::Signal | Self::Hypotheses | Self::Pdus => 4,
            Self::Contexts | Self::Experiments => 5,
            Self::Dns | Self::Attempts => 6,
            Self::Tcp => 7,
            Self::Profiles => 8,
        }
    }
}

/// How a screen is divided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The header strip; may be empty.
    pub strip: Rect,
    /// Panes with their places, in the order in which Tab visits them.
    pub panes: Vec<(Pane, Rect)>,
    /// The panes that share the place of the traffic and are one key away; empty where all have their own.
    pub behind: Vec<Pane>,
    /// The time line of a recording; empty where there is none.
    pub timeline: Rect,
    /// The footer; may be empty.
    pub footer: Rect,
    /// Nothing but one line of truth fits.
    pub line_only: bool,
}

impl Plan {
    /// The same with these rows for a time line, which were kept free under the footer: it moves down, and they stand above it.
    #[must_use]
    pub(super) fn with_timeline(mut self, rows: u16) -> Self {
        if !self.line_only {
            self.timeline = Rect {
                height: rows,
                ..self.footer
            };
            self.footer.y += rows;
        }
        self
    }

    /// Where a pane stands, where it is on the screen.
    #[must_use]
    pub fn place(&self, pane: Pane) -> Option<Rect> {
        self.panes.iter().find(|(p, _)| *p == pane).map(|(_, r)| *r)
    }

    /// The pane under a position.
    #[must_use]
    pub fn at(&self, column: u16, row: u16) -> Option<Pane> {
        let position = ratatui::layout::Position::new(column, row);
        self.panes
            .iter()
            .find(|(_, r)| r.contains(position))
            .map(|(p, _)| *p)
    }
}

/// Divides a screen of this size, for this focus; `zoomed` gives everything to the focused pane. On the bench a layout of one's own wins
/// as far as its panes have room.
#[must_use]
pub fn plan(
    (width, height): (u16, u16),
    screen: Screen,
    focus: Pane,
    zoomed: bool,
    layout: &Layout,
) -> Plan {
    let area = Rect::new(0, 0, width, height);
    if width < 20 || height < 4 {
        return Plan {
            strip: Rect::ZERO,
            panes: Vec::new(),
            behind: Vec::new(),
            timeline: Rect::ZERO,
            footer: Rect::ZERO,
            line_only: true,
        };
    }
    let (strip, rest) = top(area, 1);
    let (body, footer) = bottom(rest, 1);
    let own = match screen {
        Screen::Bench => layout.arranged(body, focus),
        _ => None,
    };
    let (panes, behind) = match () {
        () if zoomed || width < 40 || height < 15 || (width < 60 && height < 32) => {
            (vec![(focus, body)], others(screen, &[focus]))
        }
        () if own.is_some() => own.unwrap_or_default(),
        () if screen == Screen::Diagnosis => diagnosis(body, width, height, focus),
        () if matches!(
            screen,
            Screen::Compare | Screen::Messages | Screen::Log | Screen::Beside
        ) =>
        {
            list(screen, body, height, focus)
        }
        () if screen == Screen::Pdu => pdu(body, width, height, focus),
        () if width >= 180 && height >= 45 => (widest(body), Vec::new()),
        () if width >= 110 && height >= 32 => {
            let behind = match focus {
                Pane::Profiles => Pane::Traffic,
                _ => Pane::Profiles,
            };
            (wide(body, focus), vec![behind])
        }
        () if height >= 32 && width < 100 && width < height * 2 => portrait(body, focus),
        () if width >= 78 && height >= 22 => standard(body, focus),
        () => small(body, focus),
    };
    Plan {
        strip,
        panes,
        behind,
        timeline: Rect::ZERO,
        footer,
        line_only: false,
    }
}

/// The panes that have no place of their own in the smaller layouts.
const BEHIND: [Pane; 6] = [
    Pane::Traffic,
    Pane::Signal,
    Pane::Contexts,
    Pane::Dns,
    Pane::Tcp,
    Pane::Profiles,
];

fn others(screen: Screen, shown: &[Pane]) -> Vec<Pane> {
    let all = screen.panes().iter().copied();
    all.filter(|p| !shown.contains(p)).collect()
}

/// Diagnosis: the verdict on top, what it rests on beside the very lines of the traffic; the rest where there is room, else one key away.
fn diagnosis(body: Rect, width: u16, height: u16, focus: Pane) -> (Vec<(Pane, Rect)>, Vec<Pane>) {
    if width >= 180 && height >= 45 {
        let (upper, lower) = top(body, body.height * 56 / 100);
        let (verdict, rest) = left(upper, body.width * 36 / 100);
        let (hypotheses, experiments) = left(rest, rest.width * 45 / 100);
        let (first, traffic) = left(lower, body.width * 50 / 100);
        let (evidence, attempts) = top(first, first.height / 2);
        let panes = vec![
            (Pane::Verdict, verdict),
            (Pane::Hypotheses, hypotheses),
            (Pane::Experiments, experiments),
            (Pane::Evidence, evidence),
            (Pane::Attempts, attempts),
            (Pane::Traffic, traffic),
        ];
        return (panes, Vec::new());
    }
    if width >= 110 && height >= 32 {
        let (first, second) = left(body, body.width * 54 / 100);
        let (verdict, rest) = top(first, body.height * 45 / 100);
        let (evidence, traffic) = top(rest, rest.height * 48 / 100);
        let (hypotheses, rest) = top(second, body.height * 36 / 100);
        let (experiments, attempts) = top(rest, rest.height / 2);
        let panes = vec![
            (Pane::Verdict, verdict),
            (Pane::Evidence, evidence),
            (Pane::Traffic, traffic),
            (Pane::Hypotheses, hypotheses),
            (Pane::Experiments, experiments),
            (Pane::Attempts, attempts),
        ];
        return (panes, Vec::new());
    }
    if height >= 48 {
        return diagnosis_tall(body, focus);
    }
    let under = match focus {
        Pane::Hypotheses | Pane::Experiments | Pane::Attempts => focus,
        _ => Pane::Evidence,
    };
    if height >= 22 {
        let (verdict, rest) = top(body, body.height * 46 / 100);
        let (slot, traffic) = top(rest, rest.height / 2);
        let panes = vec![
            (Pane::Verdict, verdict),
            (under, slot),
            (Pane::Traffic, traffic),
        ];
        let behind = others(Screen::Diagnosis, &[Pane::Verdict, under, Pane::Traffic]);
        return (panes, behind);
    }
    let under = if focus == Pane::Traffic { focus } else { under };
    let (verdict, slot) = top(body, body.height / 2);
    let behind = others(Screen::Diagnosis, &[Pane::Verdict, under]);
    (vec![(Pane::Verdict, verdict), (under, slot)], behind)
}

/// Tall and narrow: all of it one under the other, the attempts in the experiments' place.
fn diagnosis_tall(body: Rect, focus: Pane) -> (Vec<(Pane, Rect)>, Vec<Pane>) {
    let (verdict, rest) = top(body, body.height * 30 / 100);
    let (evidence, rest) = top(rest, body.height * 15 / 100);
    let (hypotheses, rest) = top(rest, body.height * 14 / 100);
    let (slot, traffic) = top(rest, body.height * 15 / 100);
    let tried = match focus {
        Pane::Attempts => Pane::Attempts,
        _ => Pane::Experiments,
    };
    let panes = vec![
        (Pane::Verdict, verdict),
        (Pane::Evidence, evidence),
        (Pane::Hypotheses, hypotheses),
        (tried, slot),
        (Pane::Traffic, traffic),
    ];
    let shown: Vec<Pane> = panes.iter().map(|(p, _)| *p).collect();
    (panes, others(Screen::Diagnosis, &shown))
}

/// One list over the traffic, or either of them where there is little room.
fn list(screen: Screen, body: Rect, height: u16, focus: Pane) -> (Vec<(Pane, Rect)>, Vec<Pane>) {
    let first = screen.panes()[0];
    if height >= 32 {
        let (table, traffic) = top(body, body.height * 70 / 100);
        let panes = vec![(first, table), (Pane::Traffic, traffic)];
        return (panes, Vec::new());
    }
    let shown = if focus == Pane::Traffic {
        Pane::Traffic
    } else {
        first
    };
    (vec![(shown, body)], others(screen, &[shown]))
}

/// The PDU: its fields beside its octets; under them what is wrong with it, or the list.
fn pdu(body: Rect, width: u16, height: u16, focus: Pane) -> (Vec<(Pane, Rect)>, Vec<Pane>) {
    if width >= 110 && height >= 32 {
        let octets_width = if width >= 150 { 84 } else { 74 };
        let (first, second) = left(body, body.width - octets_width);
        let (fields, pdus) = top(first, body.height - 9);
        let (octets, remarks) = top(second, body.height - 9);
        let panes = vec![
            (Pane::Fields, fields),
            (Pane::Octets, octets),
            (Pane::Remarks, remarks),
            (Pane::Pdus, pdus),
        ];
        return (panes, Vec::new());
    }
    let slot = match focus {
        Pane::Pdus => focus,
        _ => Pane::Remarks,
    };
    if width >= 78 {
        let under = if height >= 20 { 6 } else { 4 };
        let (upper, lower) = top(body, body.height - under);
        let (fields, octets) = left(upper, body.width - 42);
        let panes = vec![
            (Pane::Fields, fields),
            (Pane::Octets, octets),
            (slot, lower),
        ];
        let behind = others(Screen::Pdu, &[Pane::Fields, Pane::Octets, slot]);
        return (panes, behind);
    }
    let other = match focus {
        Pane::Fields => Pane::Octets,
        focus => focus,
    };
    let (fields, under) = top(body, body.height / 2);
    let behind = others(Screen::Pdu, &[Pane::Fields, other]);
    (vec![(Pane::Fields, fields), (other, under)], behind)
}

fn slot(focus: Pane) -> Pane {
    if BEHIND.contains(&focus) {
        focus
    } else {
        Pane::Traffic
    }
}

fn widest(body: Rect) -> Vec<(Pane, Rect)> {
    let (upper, lower) = top(body, body.height / 2);
    let (first, rest) = left(upper, body.width * 30 / 100);
    let (second, third) = left(rest, body.width * 42 / 100);
    let (signal, contexts) = top(third, upper.height * 2 / 5);
    let (traffic, right) = left(lower, body.width * 52 / 100);
    let (profiles, under) = top(right, lower.height * 3 / 5);
    let (dns, tcp) = left(under, under.width / 2);
    vec![
        (Pane::Compose, first),
        (Pane::Send, second),
        (Pane::Signal, signal),
        (Pane::Contexts, contexts),
        (Pane::Traffic, traffic),
        (Pane::Profiles, profiles),
        (Pane::Dns, dns),
        (Pane::Tcp, tcp),
    ]
}

fn wide(body: Rect, focus: Pane) -> Vec<(Pane, Rect)> {
    let (upper, lower) = top(body, body.height / 2);
    let (compose, send) = left(upper, body.width * 40 / 100);
    let (traffic, right) = left(lower, body.width * 58 / 100);
    let (signal, rest) = top(right, right.height * 24 / 100);
    let (contexts, rest) = top(rest, right.height * 30 / 100);
    let (dns, tcp) = top(rest, rest.height / 2);
    let under = if focus == Pane::Profiles {
        Pane::Profiles
    } else {
        Pane::Traffic
    };
    vec![
        (Pane::Compose, compose),
        (Pane::Send, send),
        (under, traffic),
        (Pane::Signal, signal),
        (Pane::Contexts, contexts),
        (Pane::Dns, dns),
        (Pane::Tcp, tcp),
    ]
}

fn standard(body: Rect, focus: Pane) -> (Vec<(Pane, Rect)>, Vec<Pane>) {
    let (upper, lower) = top(body, (body.height * 69 / 100).max(14));
    let (compose, send) = left(upper, body.width * 43 / 100);
    let under = slot(focus);
    let panes = vec![(Pane::Compose, compose), (Pane::Send, send), (under, lower)];
    (
        panes,
        others(Screen::Bench, &[Pane::Compose, Pane::Send, under]),
    )
}

fn portrait(body: Rect, focus: Pane) -> (Vec<(Pane, Rect)>, Vec<Pane>) {
    let tall = body.height >= 54 && body.width >= 48;
    let (compose, send) = if tall { (30, 34) } else { (32, 40) };
    let (compose, rest) = top(body, body.height * compose / 100);
    let (send, lower) = top(rest, body.height * send / 100);
    let mut panes = vec![(Pane::Compose, compose), (Pane::Send, send)];
    let mut lower = lower;
    let mut under = Vec::new();
    if tall {
        let (upper, links) = bottom(lower, 6);
        let (upper, contexts) = bottom(upper, 6);
        let (dns, tcp) = left(links, links.width / 2);
        lower = upper;
        under = vec![
            (Pane::Contexts, contexts),
            (Pane::Dns, dns),
            (Pane::Tcp, tcp),
        ];
    }
    let shown = match under.iter().any(|(p, _)| *p == focus) {
        true => Pane::Traffic,
        false => slot(focus),
    };
    panes.push((shown, lower));
    panes.extend(under);
    let all: Vec<Pane> = panes.iter().map(|(p, _)| *p).collect();
    (panes, others(Screen::Bench, &all))
}

fn small(body: Rect, focus: Pane) -> (Vec<(Pane, Rect)>, Vec<Pane>) {
    let other = if focus == Pane::Send {
        Pane::Traffic
    } else {
        focus
    };
    let (send, under) = top(body, body.height / 2);
    let panes = vec![(Pane::Send, send), (other, under)];
    (panes, others(Screen::Bench, &[Pane::Send, other]))
}

fn top(area: Rect, height: u16) -> (Rect, Rect) {
    let height = height.min(area.height);
    let upper = Rect { height, ..area };
    let lower = Rect {
        y: area.y + height,
        height: area.height - height,
        ..area
    };
    (upper, lower)
}

fn bottom(area: Rect, height: u16) -> (Rect, Rect) {
    top(area, area.height.saturating_sub(height))
}

fn left(area: Rect, width: u16) -> (Rect, Rect) {
    let width = width.min(area.width);
    let first = Rect { width, ..area };
    let second = Rect {
        x: area.x + width,
        width: area.width - width,
        ..area
    };
    (first, second)
}

//! Which pane stands where: a pure function of the screen's size and the pane that has the keys.
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
//! tall and narrow (portrait): Compose, Send, Traffic … one under the other
//! below 80×24: Send beside nothing: the ladder on top, the pane with the keys under it
//! below 60×15: the pane with the keys alone        below 20×4: one line of truth
//! ```
use ratatui::layout::Rect;

/// A pane of the bench screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pane {
    /// The message being written.
    Compose,
    /// The stages of the send.
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
}

impl Pane {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 8] = [
        Self::Compose,
        Self::Send,
        Self::Traffic,
        Self::Signal,
        Self::Contexts,
        Self::Dns,
        Self::Tcp,
        Self::Profiles,
    ];

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
        }
    }

    /// Its number key, from 1.
    #[must_use]
    pub fn number(self) -> usize {
        self as usize + 1
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
    /// The footer; may be empty.
    pub footer: Rect,
    /// Nothing but one line of truth fits.
    pub line_only: bool,
}

impl Plan {
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

/// Divides a screen of this size, for this focus; `zoomed` gives everything to the focused pane.
#[must_use]
pub fn plan(width: u16, height: u16, focus: Pane, zoomed: bool) -> Plan {
    let area = Rect::new(0, 0, width, height);
    if width < 20 || height < 4 {
        return Plan {
            strip: Rect::ZERO,
            panes: Vec::new(),
            behind: Vec::new(),
            footer: Rect::ZERO,
            line_only: true,
        };
    }
    let (strip, rest) = top(area, 1);
    let (body, footer) = bottom(rest, 1);
    let (panes, behind) = match () {
        () if zoomed || width < 60 || height < 15 => (vec![(focus, body)], others(&[focus])),
        () if width >= 180 && height >= 45 => (widest(body), Vec::new()),
        () if width >= 110 && height >= 32 => (wide(body, focus), vec![Pane::Profiles]),
        () if height >= 32 && width < 100 && width < height * 2 => portrait(body, focus),
        () if width >= 78 && height >= 22 => standard(body, focus),
        () => small(body, focus),
    };
    Plan {
        strip,
        panes,
        behind,
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

fn others(shown: &[Pane]) -> Vec<Pane> {
    Pane::ALL
        .into_iter()
        .filter(|p| !shown.contains(p))
        .collect()
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
    (panes, others(&[Pane::Compose, Pane::Send, under]))
}

fn portrait(body: Rect, focus: Pane) -> (Vec<(Pane, Rect)>, Vec<Pane>) {
    let (compose, rest) = top(body, body.height * 28 / 100);
    let (send, lower) = top(rest, body.height * 40 / 100);
    let under = slot(focus);
    let panes = vec![(Pane::Compose, compose), (Pane::Send, send), (under, lower)];
    (panes, others(&[Pane::Compose, Pane::Send, under]))
}

fn small(body: Rect, focus: Pane) -> (Vec<(Pane, Rect)>, Vec<Pane>) {
    let other = if focus == Pane::Send {
        Pane::Traffic
    } else {
        focus
    };
    let (send, under) = top(body, body.height / 2);
    let panes = vec![(Pane::Send, send), (other, under)];
    (panes, others(&[Pane::Send, other]))
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

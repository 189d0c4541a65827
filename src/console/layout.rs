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
mod division;
mod screens;

pub use arrange::{DIVISIONS, Division, Layout};
pub use screens::{Pane, Screen};

use division::{diagnosis, list, pdu, portrait, small, standard, wide, widest};
use ratatui::layout::Rect;

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

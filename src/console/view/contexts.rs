//! PDP contexts: what was asked for beside what was granted.
use super::Room;
use super::ink::Ink;
use crate::console::state::State;
use crate::console::text;
use crate::console::theme::Tone;
use crate::event::Context;
use ratatui::text::{Line, Span};

pub(super) fn lines(state: &State, room: Room) -> Vec<Line<'static>> {
    let ink = Ink::new(state);
    if state.known.contexts.is_empty() {
        return ink.empty(
            "No context was read yet. +CGDCONT, +CGACT and +CGPADDR are read when the modem answers, and at the stage bearer.",
            room.width,
        );
    }
    let wide = room.width >= 64;
    let columns = Columns::of(&state.known.contexts, room.width, wide);
    let sockets = stack(state, &ink, room.width);
    if state.known.contexts.len() + 1 + sockets.len() > room.height && !room.zoomed {
        // Where rows are few: what carries data first, no head.
        let (active, others): (Vec<&Context>, Vec<&Context>) =
            state.known.contexts.iter().partition(|c| c.active);
        let rows =
            |contexts: Vec<&Context>| contexts.into_iter().map(|c| columns.row(&ink, c)).collect();
        let mut lines: Vec<Line> = rows(active);
        lines.extend(sockets);
        lines.extend::<Vec<Line>>(rows(others));
        return lines;
    }
    let mut lines = vec![columns.head(&ink)];
    for context in &state.known.contexts {
        lines.push(columns.row(&ink, context));
        if room.zoomed {
            lines.extend(detail(&ink, context, room.width));
        }
    }
    lines.extend(sockets);
    lines
}

/// Widths of the columns that are not fixed.
struct Columns {
    asked: usize,
    granted: usize,
    address: usize,
}

const FIXED: usize = 2 + 4 + 7;

impl Columns {
    fn of(contexts: &[Context], width: usize, wide: bool) -> Self {
        let longest = contexts
            .iter()
            .map(|c| text::width(&c.apn))
            .max()
            .unwrap_or(0);
        let address = if wide { 18 } else { 15 };
        let left = width.saturating_sub(FIXED + address);
        let asked = if wide { left / 2 } else { left * 6 / 10 }.min(longest.max(9) + 1);
        Self {
            asked,
            granted: left.saturating_sub(asked).min(longest.max(8) + 1),
            address,
        }
    }

    fn head(&self, ink: &Ink) -> Line<'static> {
        let cut = ink.theme.glyphs.cut;
        let words = format!(
            "  {}{}{}{}{}",
            text::column("cid", 4, ""),
            text::column("type", 7, ""),
            text::column("asked", self.asked, cut),
            text::column("granted", self.granted, cut),
            text::cut("address", self.address, cut),
        );
        Line::from(ink.own(Tone::Quiet, words))
    }

    fn row(&self, ink: &Ink, context: &Context) -> Line<'static> {
        let glyphs = &ink.theme.glyphs;
        let (dot, tone) = if context.active {
            (glyphs.on, Tone::Good)
        } else {
            (glyphs.off, Tone::Quiet)
        };
        let (granted, granted_tone) = match &context.granted {
            None => (glyphs.none.to_owned(), Tone::Quiet),
            Some(g) if same_apn(&g.apn, &context.apn) => ("the same".to_owned(), Tone::Quiet),
            Some(g) => (g.apn.clone(), Tone::Warn),
        };
        let address = context
            .addresses
            .first()
            .map_or(glyphs.none, String::as_str);
        let kind = context.pdp_type.to_string().replace("IPV4V6", "V4V6");
        let name_tone = if context.active {
            Tone::Strong
        } else {
            Tone::Plain
        };
        Line::from(vec![
            ink.own(tone, format!("{dot} ")),
            ink.own(Tone::Plain, text::column(&context.cid.to_string(), 4, "")),
            ink.own(Tone::Quiet, text::column(&kind, 7, "")),
            spaced(ink, name_tone, &context.apn, self.asked),
            spaced(ink, granted_tone, &granted, self.granted),
            ink.cell(Tone::Plain, address, self.address),
        ])
    }
}

/// A cell with a blank at its end, so that columns never touch.
fn spaced(ink: &Ink, tone: Tone, says: &str, columns: usize) -> Span<'static> {
    let fitted = text::cut(
        &text::clean(says),
        columns.saturating_sub(1),
        ink.theme.glyphs.cut,
    );
    ink.own(tone, text::column(&fitted, columns, ""))
}

/// A network may add `.mnc260.mcc310.gprs` to the name that was asked for (3GPP TS 23.003 section 9.1); case does not count.
fn same_apn(granted: &str, asked: &str) -> bool {
    let bare = granted.to_ascii_lowercase();
    let bare = bare.split(".mnc").next().unwrap_or_default();
    bare == asked.to_ascii_lowercase()
}

fn detail(ink: &Ink, context: &Context, width: usize) -> Vec<Line<'static>> {
    let mut parts = Vec::new();
    if context.addresses.len() > 1 {
        parts.push(format!("addresses {}", context.addresses.join(", ")));
    }
    if let Some(granted) = &context.granted {
        parts.push(format!("granted {}", granted.apn));
        if let Some(gateway) = &granted.gateway {
            parts.push(format!("gateway {gateway}"));
        }
        if !granted.dns.is_empty() {
            parts.push(format!("resolvers {}", granted.dns.join(", ")));
        }
    }
    if parts.is_empty() {
        return Vec::new();
    }
    ink.sentence(Tone::Quiet, "      ", &parts.join("; "), width)
}

/// On which context the modem's sockets stand, and whether that was proved.
fn stack(state: &State, ink: &Ink, width: usize) -> Vec<Line<'static>> {
    let stack = &state.known.stack;
    if !stack.open {
        return ink.sentence(Tone::Quiet, "", "sockets: closed", width);
    }
    let cid = stack.cid.map_or_else(|| "?".to_owned(), |c| c.to_string());
    let address = stack.address.as_deref().unwrap_or("no address");
    let (tone, proof) = match stack.proven {
        Some(true) => (Tone::Good, format!("= cid {cid}, proved")),
        Some(false) => (Tone::Alarm, format!("is NOT the address of cid {cid}")),
        None => (Tone::Quiet, format!("cid {cid}, not proved")),
    };
    let says = format!("sockets: {address} {proof}");
    ink.sentence(tone, "", &says, width)
}

//! The HTTP exchange of the last send, field by field, as it went over the wire.
use super::Room;
use super::ink::Ink;
use crate::console::state::State;
use crate::console::text;
use crate::console::theme::Tone;
use crate::event::HttpPart;
use ratatui::text::Line;

pub(super) fn lines(state: &State, room: Room) -> Vec<Line<'static>> {
    let ink = Ink::new(state);
    let steps = state
        .known
        .sends
        .back()
        .map(|s| s.http.as_slice())
        .unwrap_or_default();
    if steps.is_empty() {
        return ink.empty(
            "No HTTP yet. Once a send reaches post, the request and its answer show here, header by header.",
            room.width,
        );
    }
    let mut lines = Vec::new();
    for step in steps {
        if !lines.is_empty() {
            lines.push(Line::default());
        }
        match step {
            HttpPart::Request {
                line,
                headers,
                body,
            } => {
                lines.extend(head(
                    &ink,
                    ink.theme.glyphs.tx,
                    Tone::Sent,
                    line,
                    headers,
                    room,
                ));
                let says = format!("body: {}, the M-Send.req", text::octets(*body as u64));
                lines.extend(ink.sentence(Tone::Quiet, "  ", &says, room.width));
            }
            HttpPart::Answer {
                status,
                line,
                headers,
                body,
                begins,
            } => {
                let tone = if (200..300).contains(status) {
                    Tone::Good
                } else {
                    Tone::Alarm
                };
                lines.extend(head(&ink, ink.theme.glyphs.rx, tone, line, headers, room));
                let says = format!("body: {}", text::octets(*body as u64));
                lines.extend(ink.sentence(Tone::Quiet, "  ", &says, room.width));
                if !begins.is_empty() {
                    lines.extend(ink.sentence(Tone::Plain, "  ", begins, room.width));
                }
            }
        }
    }
    lines
}

fn head(
    ink: &Ink,
    sign: &str,
    tone: Tone,
    line: &str,
    headers: &[(String, String)],
    room: Room,
) -> Vec<Line<'static>> {
    let mut lines = ink.sentence(tone, &format!("{sign} "), line, room.width);
    let widest = headers
        .iter()
        .map(|(n, _)| text::width(n))
        .max()
        .unwrap_or(0)
        .min(28);
    for (name, value) in headers {
        let name = text::column(&text::clean(name), widest, ink.theme.glyphs.cut);
        let rows = text::wrap(
            &text::clean(value),
            room.width.saturating_sub(widest + 4).max(8),
        );
        for (n, row) in rows.into_iter().enumerate() {
            let lead = if n == 0 {
                name.clone()
            } else {
                " ".repeat(widest)
            };
            lines.push(Line::from(vec![
                ink.own(Tone::Quiet, format!("  {lead}  ")),
                ink.own(Tone::Plain, row),
            ]));
        }
    }
    lines
}

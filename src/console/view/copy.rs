//! In which form to copy: which lines, how many, and the forms with their keys.
use super::ink::Ink;
use super::over;
use crate::console::action::{Action, Place, TABLE};
use crate::console::copying::{self, Extent};
use crate::console::state::{Overlay, State};
use crate::console::text;
use crate::console::theme::Tone;
use crate::console::update::copied_rows;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Paragraph};

pub(super) fn draw(state: &State, frame: &mut Frame, area: Rect) {
    let ink = Ink::new(state);
    let width = area.width.min(66);
    if width < 12 || area.height < 3 {
        return;
    }
    let octets = state.overlay == Some(Overlay::CopyOctets);
    let menu = match octets {
        true => Place::InOctetMenu,
        false => Place::InCopyMenu,
    };
    let rows = copied_rows(state, state.copying.extent);
    let which = match state.copying.extent {
        Extent::Selection => "the selected lines",
        Extent::Exchange => "this exchange",
        Extent::Marks => "the lines between the marks",
        Extent::Listed => "all lines that are listed",
    };
    let numbers = match state.copying.plain {
        true => "numbers and identities IN PLAIN",
        false => "numbers and identities hidden",
    };
    let tone = if state.copying.plain {
        Tone::Warn
    } else {
        Tone::Plain
    };
    let count = text::count(rows.len() as u64);
    let room = usize::from(width) - 3;
    let mut lines = match octets {
        true => of_octets(state, &ink, room),
        false => {
            let mut lines = ink.sentence(Tone::Strong, " ", &format!("{which}: {count}"), room);
            lines.extend(ink.sentence(tone, " ", numbers, room));
            lines
        }
    };
    let where_to = match state.copying.to_file {
        true => "into a file beside the recording, for your eyes alone",
        false => "to the clipboard (OSC 52)",
    };
    lines.extend(ink.sentence(Tone::Plain, " ", where_to, room));
    lines.push(Line::default());
    for row in TABLE {
        let own = |b: &crate::console::keymap::Binding| b.place == menu;
        let Some(chord) = state.keymap.key(row.action, own) else {
            continue;
        };
        let says = match row.action {
            Action::CopyPlain if state.copying.plain => "Hide numbers and identities.",
            Action::CopyPlain => "Show numbers and identities in plain.",
            Action::CopyFile if state.copying.to_file => "To the clipboard after all.",
            Action::CopyFile => "Into a file, however long it is.",
            _ => row.help,
        };
        let says = text::cut(says, room.saturating_sub(4), ink.theme.glyphs.cut);
        lines.push(Line::from(vec![
            Span::raw(" "),
            ink.own(Tone::Key, text::column(&chord.shown(), 4, "")),
            ink.own(Tone::Plain, says),
        ]));
    }
    let height = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX);
    let place = over(area, (width, height));
    let block = Block::bordered()
        .border_set(state.theme.glyphs.edges[1])
        .border_style(state.theme.style(Tone::EdgeFocused))
        .title_top(Line::from(ink.own(Tone::Strong, " Copy ")));
    frame.render_widget(Clear, place);
    frame.render_widget(block, place);
    frame.render_widget(Paragraph::new(lines), super::inner(place));
}

/// Which octets are copied, and that they hold what they hold.
fn of_octets(state: &State, ink: &Ink, room: usize) -> Vec<Line<'static>> {
    let whole = state.copying.whole;
    let copied = state.inspector.to_copy(whole);
    let (count, field) = copied.map_or((0, String::new()), |(octets, says)| {
        let first = says.lines().next().unwrap_or_default();
        (octets.len(), text::clean(first))
    });
    let count = text::octets(count as u64);
    let which = match whole {
        true => format!("the whole PDU: {count}"),
        false => format!("this field: {count}: {field}"),
    };
    let which = text::cut(&which, room.saturating_sub(1), ink.theme.glyphs.cut);
    let mut lines = vec![Line::from(ink.own(Tone::Strong, format!(" {which}")))];
    let copied = state.inspector.to_copy(whole);
    let hidden = copied.map_or(0, |(octets, _)| copying::hidden(octets).1);
    let (tone, says) = match (state.copying.plain, hidden) {
        (true, _) => (
            Tone::Warn,
            "numbers, text and media IN PLAIN, as they stand in the PDU".to_owned(),
        ),
        (false, 0) => (
            Tone::Plain,
            "no number or address in it; text and media as they stand".to_owned(),
        ),
        (false, n) => (
            Tone::Plain,
            format!(
                "{} of numbers and addresses hidden as *; text and media as they stand",
                text::octets(n as u64)
            ),
        ),
    };
    lines.extend(ink.sentence(tone, " ", &says, room));
    lines
}

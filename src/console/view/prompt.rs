//! The line that is asked for, in the footer's place: what it is, what is typed, what came of it so far.
use super::compose::window;
use super::ink::Ink;
use crate::console::layout::Pane;
use crate::console::prompt::{Asking, Prompt};
use crate::console::state::State;
use crate::console::text;
use crate::console::theme::Tone;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};

pub(super) fn draw(state: &State, prompt: &Prompt, frame: &mut Frame, area: Rect) {
    if area.height == 0 {
        return;
    }
    let ink = Ink::new(state);
    let label = match prompt.asking {
        Asking::Search(_) => " look for: ",
        Asking::Filter => " show only: ",
        Asking::Mark(_) => " name of the mark: ",
    };
    let (tone, says) = match &prompt.error {
        Some(error) => (Tone::Warn, text::clean(error)),
        None => (Tone::Quiet, outcome(state, prompt)),
    };
    let width = usize::from(area.width);
    let said = text::cut(&says, width / 2, ink.theme.glyphs.cut);
    let room = width.saturating_sub(label.len() + text::width(&said) + 3);
    let (shown, cursor) = window(&prompt.entry, room, true);
    let gap = room.saturating_sub(text::width(&shown)) + 2;
    let line = Line::from(vec![
        ink.own(Tone::Key, label),
        ink.own(Tone::Strong, shown),
        Span::raw(" ".repeat(gap)),
        ink.own(tone, said),
    ]);
    frame.render_widget(line, area);
    let column = u16::try_from(label.len() + cursor).unwrap_or(0);
    let column = column.min(area.width.saturating_sub(1));
    frame.set_cursor_position(Position::new(area.x + column, area.y));
}

fn outcome(state: &State, prompt: &Prompt) -> String {
    let empty = prompt.entry.text().trim().is_empty();
    match &prompt.asking {
        Asking::Search(pane) if empty && searches_octets(state, *pane) => {
            "hex as 8c 80, or text; \"beef\" is text, 0xbeef is hex".to_owned()
        }
        Asking::Search(_) if empty => "words, or /a regular expression/".to_owned(),
        Asking::Search(Pane::Traffic) => found(match state.traffic.look.hex {
            true => state.traffic.hex.found(),
            false => state.traffic.found(),
        }),
        Asking::Search(_) => found(state.sought.as_ref().map_or((0, 0), |s| s.count)),
        Asking::Filter if empty => {
            "tx rx urc late errors stage:connect !by:poll slow:500 words /regex/".to_owned()
        }
        Asking::Filter => {
            let (passing, all) = state.traffic.passing();
            let (passing, all) = (text::count(passing as u64), text::count(all as u64));
            format!("{passing} of {all} lines pass")
        }
        Asking::Mark(_) => "Enter marks the line; the recording keeps the name".to_owned(),
    }
}

fn searches_octets(state: &State, pane: Pane) -> bool {
    pane == Pane::Octets || (pane == Pane::Traffic && state.traffic.look.hex)
}

fn found((nth, of): (usize, usize)) -> String {
    match of {
        0 => "nowhere here".to_owned(),
        of => format!("{nth} of {of}; n and N go on"),
    }
}

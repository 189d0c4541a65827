//! A question before something that cannot be taken back.
use super::ink::Ink;
use super::over;
use crate::at::catalogue::danger;
use crate::console::at_line::Typed;
use crate::console::state::{Question, State};
use crate::console::text;
use crate::console::theme::Tone;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Paragraph};

pub(super) fn draw(state: &State, frame: &mut Frame, question: Question, area: Rect) {
    let ink = Ink::new(state);
    let probing = state.known.running().is_none();
    let (title, says) = match question {
        Question::Quit if probing => (
            " A probe is running ",
            "Quitting stops it, closes its connections and puts the modem's settings back first. Quit?",
        ),
        Question::Quit => (
            " A send is running ",
            "Quitting stops it, closes its connection and puts the modem's settings back first. Quit?",
        ),
        Question::Restore => (
            " Put the modem's settings back ",
            "The settings that were saved before the first change are written to the modem and read again to check them. \
             An open data connection of the modem's own stack is closed. Go on?",
        ),
        Question::Commands => (" Run this on the modem ", ""),
    };
    let width = area.width.min(64);
    if width < 12 || area.height < 3 {
        return;
    }
    let room = usize::from(width) - 3;
    let mut lines = match question {
        Question::Commands => commands(state, &ink, room, usize::from(area.height)),
        _ => ink.sentence(Tone::Plain, " ", says, room),
    };
    lines.push(Line::default());
    lines.push(Line::from(vec![
        Span::raw(" "),
        ink.own(Tone::Key, "y"),
        Span::raw(" yes    "),
        ink.own(Tone::Key, "n"),
        Span::raw(" no"),
    ]));
    let height = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX);
    let place = over(area, (width, height));
    let within = super::inner(place);
    let block = Block::bordered()
        .border_set(state.theme.glyphs.edges[1])
        .border_style(state.theme.style(Tone::Warn))
        .title_top(Line::from(ink.own(Tone::Warn, title)));
    super::clear(state, frame, place);
    frame.render_widget(block, place);
    frame.render_widget(Paragraph::new(lines), within);
}

/// The commands that wait for a yes, each with what it may break; those that have no room are counted.
fn commands(state: &State, ink: &Ink, room: usize, height: usize) -> Vec<Line<'static>> {
    let glyphs = &ink.theme.glyphs;
    let waiting = &state.at.waiting;
    let busy = state.is_busy();
    let mut lines = Vec::new();
    if waiting.len() > 1 {
        let says = format!(
            "{} commands, one after the other; the first that fails ends it.",
            waiting.len()
        );
        lines.extend(ink.sentence(Tone::Plain, " ", &says, room));
    }
    // Those that hurt stand first: they are why one is asked.
    let dangerous = |t: &&Typed| danger(&t.command, busy).is_some();
    let (hurt, rest): (Vec<&Typed>, Vec<&Typed>) = waiting.iter().partition(dangerous);
    let most = height.saturating_sub(6).max(2);
    for (n, typed) in hurt.iter().chain(&rest).enumerate() {
        if lines.len() + 1 >= most && n + 1 < waiting.len() {
            let more = format!("and {} more", waiting.len() - n);
            lines.push(Line::from(ink.own(Tone::Quiet, format!(" {more}"))));
            break;
        }
        let payload = typed.payload.as_ref();
        let payload = payload.map_or_else(String::new, |o| format!("  {} octets", o.len()));
        let says = text::cut(
            &format!("{}{payload}", text::clean(&typed.command)),
            room - 1,
            glyphs.cut,
        );
        lines.push(Line::from(ink.own(Tone::Strong, format!(" {says}"))));
        if let Some(why) = danger(&typed.command, busy) {
            let lead = format!("   {} ", glyphs.warn);
            lines.extend(ink.sentence(Tone::Warn, &lead, why, room));
        }
    }
    lines
}

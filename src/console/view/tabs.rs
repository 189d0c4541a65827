//! The screens, in the upper right edge of the panes, where they take no row and no column from anything that was measured.
use super::ink::Ink;
use crate::console::action::Action;
use crate::console::keymap::Stroke;
use crate::console::layout::{Plan, Screen};
use crate::console::state::State;
use crate::console::text;
use crate::console::theme::Tone;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::Line;

/// The words of each screen, and the first column of the first.
struct Tabs {
    words: Vec<(Screen, String)>,
    place: Rect,
}

pub(super) fn draw(state: &State, frame: &mut Frame, plan: &Plan) {
    let Some(tabs) = tabs(state, plan) else {
        return;
    };
    let ink = Ink::new(state);
    let words = tabs.words.into_iter().map(|(screen, word)| {
        let tone = if screen == state.screen {
            Tone::Strong
        } else {
            Tone::Quiet
        };
        ink.own(tone, word)
    });
    frame.render_widget(Line::from(words.collect::<Vec<_>>()), tabs.place);
}

/// The screen whose name stands at this position.
#[must_use]
pub fn screen_at(state: &State, column: u16, row: u16) -> Option<Screen> {
    let tabs = tabs(state, &state.plan())?;
    if !tabs.place.contains(Position::new(column, row)) {
        return None;
    }
    let mut until = usize::from(tabs.place.x);
    tabs.words.into_iter().find_map(|(screen, word)| {
        until += text::width(&word);
        (usize::from(column) < until).then_some(screen)
    })
}

/// By name; by key where names have no room beside the pane's own title; not at all where keys have none.
fn tabs(state: &State, plan: &Plan) -> Option<Tabs> {
    let (pane, edge) = plan
        .panes
        .iter()
        .min_by_key(|(_, r)| (r.y, std::cmp::Reverse(r.right())))?;
    if edge.height < 3 {
        return None;
    }
    let title = super::heading(state, *pane, plan);
    let title: usize = title.iter().map(|s| text::width(&s.content)).sum();
    let room = usize::from(edge.width).saturating_sub(title + 5);
    let form = |word: &dyn Fn(Screen) -> String| -> Vec<(Screen, String)> {
        let tab = |screen: Screen| match (screen == state.screen, word(screen)) {
            (true, word) => (screen, format!("[{word}]")),
            (false, word) => (screen, format!(" {word} ")),
        };
        Screen::ALL.into_iter().map(tab).collect()
    };
    let names = form(&|screen| screen.title().to_owned());
    let keys = form(&|screen| {
        let keys = state.keymap.keys(Action::Go(screen));
        keys.first().map_or("?".to_owned(), Stroke::shown)
    });
    let wide = |words: &[(Screen, String)]| words.iter().map(|(_, w)| text::width(w)).sum();
    let words = [names, keys].into_iter().find(|w| {
        let width: usize = wide(w);
        width <= room
    })?;
    let width = u16::try_from(wide(&words)).ok()?;
    let place = Rect {
        x: edge.right().saturating_sub(width + 2),
        y: edge.y,
        width,
        height: 1,
    };
    Some(Tabs { words, place })
}

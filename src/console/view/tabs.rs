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

/// By name, in the rightmost of the uppermost edges that has room for them; by key where none has; not at all where keys have no room either.
fn tabs(state: &State, plan: &Plan) -> Option<Tabs> {
    let top = plan.panes.iter().map(|(_, r)| r.y).min()?;
    let edges = plan.panes.iter().filter(|(_, r)| r.y == top);
    let mut edges: Vec<_> = edges.filter(|(_, r)| r.height >= 3).collect();
    edges.sort_by_key(|(_, r)| std::cmp::Reverse(r.right()));
    let form = |word: &dyn Fn(Screen) -> String| -> Vec<(Screen, String)> {
        let tab = |screen: Screen| match (screen == state.screen, word(screen)) {
            (true, word) => (screen, format!("[{word}]")),
            (false, word) => (screen, format!(" {word} ")),
        };
        // A table of two sends is there once something was laid beside this one.
        let there = |s: &Screen| *s != Screen::Beside || state.laid.is_some();
        Screen::ALL.into_iter().filter(there).map(tab).collect()
    };
    let names = form(&|screen| screen.title().to_owned());
    let keys = form(&|screen| {
        let keys = state.keymap.keys(Action::Go(screen));
        keys.first().map_or("?".to_owned(), Stroke::shown)
    });
    let fitted = |words: &[(Screen, String)]| {
        let width = words.iter().map(|(_, w)| text::width(w)).sum::<usize>();
        let edge = edges.iter().find(|(pane, edge)| {
            let title = super::heading(state, *pane, plan);
            let title: usize = title.iter().map(|s| text::width(&s.content)).sum();
            width <= usize::from(edge.width).saturating_sub(title + 5)
        });
        edge.map(|(_, edge)| (edge.right(), u16::try_from(width).unwrap_or(u16::MAX)))
    };
    let (words, (right, width)) = [names, keys]
        .into_iter()
        .find_map(|words| fitted(&words).map(|place| (words, place)))?;
    let place = Rect {
        x: right.saturating_sub(width + 2),
        y: top,
        width,
        height: 1,
    };
    Some(Tabs { words, place })
}

//! The screens, in the upper right edge of the panes, where they take no row and no column from anything that was measured.
use super::ink::Ink;
use crate::console::action::Action;
use crate::console::layout::{self, Pane, Plan, Screen};
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
    // Keys look like keys, so that two of them without names are not read as a key and its name.
    let words = tabs.words.into_iter().flat_map(|(screen, word)| {
        let tone = if screen == state.screen {
            Tone::Strong
        } else {
            Tone::Plain
        };
        let first = word.chars().next().map_or(0, char::len_utf8);
        let key = word[first..]
            .find([' ', ']'])
            .map_or(word.len(), |n| first + n);
        [
            ink.in_edge(tone, &word[..first]),
            ink.in_edge(Tone::Key, &word[first..key]),
            ink.in_edge(tone, &word[key..]),
        ]
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

/// Each with its key and its name, in the edge at the upper right: in as long a form as has room there on every screen of this size, so
/// that a tab keeps its place from screen to screen. Where a title is longer just now, its screen alone has a shorter form.
fn tabs(state: &State, plan: &Plan) -> Option<Tabs> {
    let there = |s: &Screen| *s != Screen::Beside || state.laid.is_some();
    let screens: Vec<Screen> = Screen::ALL.into_iter().filter(there).collect();
    let forms = forms(state, &screens);
    // The octets leave so little room beside them that they alone have a shorter form.
    let others = screens.iter().filter(|s| **s != Screen::Pdu);
    let common = others.filter_map(|s| room(state, *s)).min();
    // Where one screen has no room even for keys, each has what it has room for.
    let least = forms.last().map_or(0, |words| wide(words));
    let common = common.filter(|room| *room >= least && !state.zoomed);
    uppermost(plan).into_iter().find_map(|(pane, edge)| {
        let title = super::heading(state, pane, plan);
        let title: usize = title.iter().map(|s| text::width(&s.content)).sum();
        let here = usize::from(edge.width).saturating_sub(title + 4);
        let room = common.map_or(here, |common| common.min(here));
        let words = forms.iter().find(|words| wide(words) <= room)?;
        let width = u16::try_from(wide(words)).unwrap_or(u16::MAX);
        Some(Tabs {
            place: Rect {
                x: edge.right().saturating_sub(width + 1),
                y: edge.y,
                width,
                height: 1,
            },
            words: framed(state, words),
        })
    })
}

/// The uppermost panes, the rightmost first.
fn uppermost(plan: &Plan) -> Vec<(Pane, Rect)> {
    let top = plan.panes.iter().map(|(_, r)| r.y).min();
    let edges = plan.panes.iter().filter(|(_, r)| Some(r.y) == top);
    let mut edges: Vec<_> = edges.filter(|(_, r)| r.height >= 3).copied().collect();
    edges.sort_by_key(|(_, r)| std::cmp::Reverse(r.right()));
    edges
}

/// Columns that a screen leaves beside the usual title of the pane at its upper right.
fn room(state: &State, screen: Screen) -> Option<usize> {
    let first = *screen.panes().first()?;
    let plan = layout::plan(state.size, screen, first, false, &state.layout);
    let (pane, edge) = uppermost(&plan).into_iter().next()?;
    let title = super::heading(state, pane, &plan);
    let title: usize = title.iter().map(|s| text::width(&s.content)).sum();
    Some(usize::from(edge.width).saturating_sub(title + 4))
}

/// From the longest to the shortest: names, short names, short names for the first ones and keys for the others.
fn forms(state: &State, screens: &[Screen]) -> Vec<Vec<(Screen, String)>> {
    let keys: Vec<(Screen, String)> = screens
        .iter()
        .map(|screen| {
            let key = state.keymap.key(Action::Go(*screen), |_| true);
            (*screen, key.map_or("?".to_owned(), |key| key.shown()))
        })
        .collect();
    let key = |screen: Screen| {
        let found = keys.iter().find(|(s, _)| *s == screen);
        found.map_or("?", |(_, key)| key)
    };
    let named = |screen: Screen, name: &str| (screen, format!("{} {name}", key(screen)));
    let all = screens.iter();
    let mut forms = vec![all.map(|s| named(*s, s.title())).collect()];
    for shortened in (0..=screens.len()).rev() {
        let words = screens
            .iter()
            .enumerate()
            .map(|(n, s)| match n < shortened {
                true => named(*s, short(*s)),
                false => (*s, key(*s).to_owned()),
            });
        forms.push(words.collect());
    }
    forms
}

fn short(screen: Screen) -> &'static str {
    match screen {
        Screen::Diagnosis => "Why",
        Screen::Compare => "Cmp",
        Screen::Messages => "Msg",
        other => other.title(),
    }
}

/// One column before, between and after them.
fn wide(words: &[(Screen, String)]) -> usize {
    words.iter().map(|(_, w)| text::width(w) + 1).sum::<usize>() + 1
}

/// With brackets around the screen that is shown, in the place of blanks.
fn framed(state: &State, words: &[(Screen, String)]) -> Vec<(Screen, String)> {
    let last = words.len().saturating_sub(1);
    let shown = words.iter().position(|(s, _)| *s == state.screen);
    let frame = |(n, (screen, word)): (usize, &(Screen, String))| {
        let before = if shown == Some(n) { "[" } else { " " };
        let before = if n > 0 && shown == Some(n - 1) {
            "]"
        } else {
            before
        };
        let after = match (n == last, shown == Some(n)) {
            (true, true) => "]",
            (true, false) => " ",
            (false, _) => "",
        };
        (*screen, format!("{before}{word}{after}"))
    };
    words.iter().enumerate().map(frame).collect()
}

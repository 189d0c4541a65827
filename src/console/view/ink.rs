//! Spans and rows in the theme's tones. Text from outside goes in by [`Ink::out`] only, which makes it harmless.
use crate::console::state::State;
use crate::console::text;
use crate::console::theme::{Theme, Tone};
use ratatui::style::Color;
use ratatui::text::{Line, Span};

/// Makes spans.
pub(super) struct Ink<'a> {
    pub(super) theme: &'a Theme,
}

impl<'a> Ink<'a> {
    pub(super) fn new(state: &'a State) -> Self {
        Self {
            theme: &state.theme,
        }
    }

    /// Our own words.
    pub(super) fn own(&self, tone: Tone, text: impl Into<String>) -> Span<'static> {
        Span::styled(text.into(), self.theme.style(tone))
    }

    /// Our own words in an edge: readable, where the edge itself is dim.
    pub(super) fn in_edge(&self, tone: Tone, text: impl Into<String>) -> Span<'static> {
        let style = self.theme.style(tone);
        let fg = style.fg.unwrap_or(Color::Reset);
        Span::styled(text.into(), style.fg(fg))
    }

    /// Words from outside.
    pub(super) fn out(&self, tone: Tone, text: &str) -> Span<'static> {
        Span::styled(text::clean(text), self.theme.style(tone))
    }

    /// Words from outside in exactly so many columns.
    pub(super) fn cell(&self, tone: Tone, text: &str, columns: usize) -> Span<'static> {
        let fitted = text::column(&text::clean(text), columns, self.theme.glyphs.cut);
        self.own(tone, fitted)
    }

    /// A number or time, to the right of so many columns.
    pub(super) fn right(&self, tone: Tone, text: &str, columns: usize) -> Span<'static> {
        self.own(tone, text::right(&text::clean(text), columns))
    }

    /// A sentence over as many rows as it needs, each after `indent` columns; `first` stands before the first.
    pub(super) fn sentence(
        &self,
        tone: Tone,
        first: &str,
        sentence: &str,
        width: usize,
    ) -> Vec<Line<'static>> {
        let indent = text::width(first);
        let rows = text::wrap(&text::clean(sentence), width.saturating_sub(indent).max(8));
        rows.into_iter()
            .enumerate()
            .map(|(n, row)| {
                let lead = if n == 0 {
                    first.to_owned()
                } else {
                    " ".repeat(indent)
                };
                Line::from(vec![self.own(tone, lead), self.own(tone, row)])
            })
            .collect()
    }

    /// What an empty pane would show, and how to fill it.
    pub(super) fn empty(&self, says: &str, width: usize) -> Vec<Line<'static>> {
        self.sentence(Tone::Quiet, "", says, width)
    }
}

//! How meanings look: tones to styles, signs to characters.
//!
//! In: a theme's TOML ([`Theme::read`]) or the name of a built-in one, whether the terminal has colours, whether it has more than ASCII.
//! Out: styles and glyphs. Every tone also differs by a modifier or goes with a sign, so that colour is never the only one.
mod glyphs;
mod read;

pub use glyphs::Glyphs;
pub use read::{BUILT_IN, built_in};

use ratatui::style::Style;

/// What a piece of text is, for the eye.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Ordinary text; its ground is the ground of the whole screen.
    Plain,
    /// Labels, times, what matters less.
    Quiet,
    /// Values that one looks for.
    Strong,
    /// It went well.
    Good,
    /// It went wrong.
    Bad,
    /// The failing thing: the brightest on the screen.
    Alarm,
    /// Look at it.
    Warn,
    /// It moves.
    Running,
    /// What we sent to the modem.
    Sent,
    /// A late result.
    Late,
    /// Unsolicited.
    Urc,
    /// A key.
    Key,
    /// The edge of a pane.
    Edge,
    /// The edge of the pane that has the keys.
    EdgeFocused,
    /// The chosen row of a list.
    Chosen,
    /// The offending characters of a lint.
    Offending,
    /// The header strip.
    Strip,
    /// The text cursor.
    Cursor,
}

impl Tone {
    /// All of them, in the order of their declaration.
    pub const ALL: [Self; 18] = [
        Self::Plain,
        Self::Quiet,
        Self::Strong,
        Self::Good,
        Self::Bad,
        Self::Alarm,
        Self::Warn,
        Self::Running,
        Self::Sent,
        Self::Late,
        Self::Urc,
        Self::Key,
        Self::Edge,
        Self::EdgeFocused,
        Self::Chosen,
        Self::Offending,
        Self::Strip,
        Self::Cursor,
    ];

    /// Its name in a theme.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Quiet => "quiet",
            Self::Strong => "strong",
            Self::Good => "good",
            Self::Bad => "bad",
            Self::Alarm => "alarm",
            Self::Warn => "warn",
            Self::Running => "running",
            Self::Sent => "sent",
            Self::Late => "late",
            Self::Urc => "urc",
            Self::Key => "key",
            Self::Edge => "edge",
            Self::EdgeFocused => "edge-focused",
            Self::Chosen => "chosen",
            Self::Offending => "offending",
            Self::Strip => "strip",
            Self::Cursor => "cursor",
        }
    }
}

/// Which colours may be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colours {
    /// Those of the theme.
    #[default]
    Sixteen,
    /// None: bold, dim, underline and reverse only (NO_COLOR).
    Mono,
}

/// A style for each tone.
pub type Styles = [Style; Tone::ALL.len()];

/// Styles and signs together.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    /// Its name: of a built-in one, or of a file.
    pub name: String,
    /// A style for each tone, in the order of [`Tone::ALL`].
    pub styles: Styles,
    /// Which colours.
    pub colours: Colours,
    /// Which signs.
    pub glyphs: Glyphs,
    /// Whether the signs are ASCII.
    pub ascii: bool,
}

impl Theme {
    /// The theme of a terminal whose sixteen colours are trusted, or the one without colours.
    #[must_use]
    pub fn new(colours: Colours, ascii: bool) -> Self {
        let name = match colours {
            Colours::Sixteen => "sixteen",
            Colours::Mono => "mono",
        };
        let styles = built_in(name).unwrap_or_default();
        Self::of(name, styles, colours, ascii)
    }

    /// A theme of these styles. Where there may be no colours, they give way to those of `mono`.
    #[must_use]
    pub fn of(name: &str, styles: Styles, colours: Colours, ascii: bool) -> Self {
        let styles = match colours {
            Colours::Sixteen => styles,
            Colours::Mono => built_in("mono").unwrap_or_default(),
        };
        Self {
            name: name.to_owned(),
            styles,
            colours,
            glyphs: if ascii {
                glyphs::ASCII
            } else {
                glyphs::UNICODE
            },
            ascii,
        }
    }

    /// The built-in theme after this one, in the same terminal.
    #[must_use]
    pub fn next(&self) -> Self {
        let at = BUILT_IN.iter().position(|(name, _)| *name == self.name);
        let next = at.map_or(0, |at| (at + 1) % BUILT_IN.len());
        let name = BUILT_IN[next].0;
        let styles = built_in(name).unwrap_or_default();
        Self::of(name, styles, self.colours, self.ascii)
    }

    /// The style of a tone.
    #[must_use]
    pub fn style(&self, tone: Tone) -> Style {
        self.styles[tone as usize]
    }
}

impl Default for Theme {
    fn default() -> Self {
        Self::new(Colours::Sixteen, false)
    }
}

//! How meanings look: tones to styles, signs to characters.
//!
//! In: whether the terminal has colours, whether it has more than ASCII. Out: styles and glyphs. The sixteen colours of the terminal are
//! used, never blue on its background; every tone also differs by a modifier or goes with a sign, so that colour is never the only one.
use ratatui::style::{Color, Modifier, Style};
use ratatui::symbols::border;

/// What a piece of text is, for the eye.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Ordinary text.
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

/// Which colours may be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colours {
    /// The sixteen of the terminal.
    #[default]
    Sixteen,
    /// None: bold, dim, underline and reverse only (NO_COLOR).
    Mono,
}

/// Signs, in Unicode or in ASCII.
#[derive(Clone, Debug, PartialEq)]
pub struct Glyphs {
    /// Ended well.
    pub tick: &'static str,
    /// Failed.
    pub cross: &'static str,
    /// Waits for its turn.
    pub dot: &'static str,
    /// Runs.
    pub run: &'static str,
    /// Was not needed.
    pub skip: &'static str,
    /// To the modem.
    pub tx: &'static str,
    /// From the modem.
    pub rx: &'static str,
    /// A late result, and what it means.
    pub late: &'static str,
    /// Unsolicited.
    pub urc: &'static str,
    /// Active.
    pub on: &'static str,
    /// Not active.
    pub off: &'static str,
    /// Look at it.
    pub warn: &'static str,
    /// Something is cut here.
    pub cut: &'static str,
    /// Nothing there.
    pub none: &'static str,
    /// From – to.
    pub arrow: &'static str,
    /// Between two short things.
    pub middot: &'static str,
    /// Upwards, octets sent.
    pub up: &'static str,
    /// Downwards, octets received.
    pub down: &'static str,
    /// Eight heights of a sparkline, lowest first.
    pub spark: [&'static str; 8],
    /// A bar: full and empty.
    pub bar: [&'static str; 2],
    /// Edges of a pane, of the focused one, of a bubble.
    pub edges: [border::Set<'static>; 3],
}

const ASCII_EDGE: border::Set<'static> = border::Set {
    top_left: "+",
    top_right: "+",
    bottom_left: "+",
    bottom_right: "+",
    vertical_left: "|",
    vertical_right: "|",
    horizontal_top: "-",
    horizontal_bottom: "-",
};
const ASCII_FOCUSED: border::Set<'static> = border::Set {
    horizontal_top: "=",
    horizontal_bottom: "=",
    vertical_left: "#",
    vertical_right: "#",
    ..ASCII_EDGE
};

const UNICODE: Glyphs = Glyphs {
    tick: "✔",
    cross: "✖",
    dot: "·",
    run: "▸",
    skip: "–",
    tx: "▶",
    rx: "◀",
    late: "⤷",
    urc: "◆",
    on: "●",
    off: "○",
    warn: "⚠",
    cut: "…",
    none: "–",
    arrow: "→",
    middot: "·",
    up: "↑",
    down: "↓",
    spark: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
    bar: ["━", "─"],
    edges: [border::PLAIN, border::THICK, border::ROUNDED],
};
const ASCII: Glyphs = Glyphs {
    tick: "v",
    cross: "X",
    dot: ".",
    run: ">",
    skip: "-",
    tx: ">",
    rx: "<",
    late: "`-",
    urc: "*",
    on: "*",
    off: "o",
    warn: "!",
    cut: "..",
    none: "-",
    arrow: "->",
    middot: "|",
    up: "^",
    down: "v",
    spark: ["_", ".", ".", ":", "-", "=", "+", "#"],
    bar: ["#", "."],
    edges: [ASCII_EDGE, ASCII_FOCUSED, ASCII_EDGE],
};

/// Styles and signs together.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    /// Which colours.
    pub colours: Colours,
    /// Which signs.
    pub glyphs: Glyphs,
    /// Whether the signs are ASCII.
    pub ascii: bool,
}

impl Theme {
    /// A theme for this terminal.
    #[must_use]
    pub fn new(colours: Colours, ascii: bool) -> Self {
        Self {
            colours,
            glyphs: if ascii { ASCII } else { UNICODE },
            ascii,
        }
    }

    /// The style of a tone.
    #[must_use]
    pub fn style(&self, tone: Tone) -> Style {
        match self.colours {
            Colours::Sixteen => sixteen(tone),
            Colours::Mono => mono(tone),
        }
    }
}

impl Default for Theme {
    fn default() -> Self {
        Self::new(Colours::Sixteen, false)
    }
}

fn sixteen(tone: Tone) -> Style {
    let plain = Style::new();
    match tone {
        Tone::Plain => plain,
        Tone::Quiet => plain.fg(Color::DarkGray),
        Tone::Strong => plain.add_modifier(Modifier::BOLD),
        Tone::Good => plain.fg(Color::Green),
        Tone::Bad => plain.fg(Color::Red).add_modifier(Modifier::BOLD),
        Tone::Alarm => plain
            .fg(Color::White)
            .bg(Color::Red)
            .add_modifier(Modifier::BOLD),
        Tone::Warn => plain.fg(Color::Yellow),
        Tone::Running => plain.fg(Color::Cyan).add_modifier(Modifier::BOLD),
        Tone::Sent => plain.fg(Color::Cyan),
        Tone::Late => plain.fg(Color::Yellow).add_modifier(Modifier::BOLD),
        Tone::Urc => plain.fg(Color::Magenta),
        Tone::Key => plain.fg(Color::Cyan).add_modifier(Modifier::BOLD),
        Tone::Edge => plain.fg(Color::DarkGray),
        Tone::EdgeFocused => plain.fg(Color::Cyan).add_modifier(Modifier::BOLD),
        Tone::Chosen | Tone::Cursor => plain.add_modifier(Modifier::REVERSED),
        Tone::Offending => plain
            .fg(Color::Yellow)
            .add_modifier(Modifier::UNDERLINED | Modifier::BOLD),
        Tone::Strip => plain.add_modifier(Modifier::BOLD),
    }
}

fn mono(tone: Tone) -> Style {
    let plain = Style::new();
    match tone {
        Tone::Plain | Tone::Good | Tone::Sent | Tone::Urc | Tone::Edge => plain,
        Tone::Quiet => plain.add_modifier(Modifier::DIM),
        Tone::Strong
        | Tone::Running
        | Tone::Late
        | Tone::Key
        | Tone::EdgeFocused
        | Tone::Warn
        | Tone::Strip => plain.add_modifier(Modifier::BOLD),
        Tone::Bad => plain.add_modifier(Modifier::BOLD | Modifier::UNDERLINED),
        Tone::Alarm => plain.add_modifier(Modifier::BOLD | Modifier::REVERSED),
        Tone::Chosen | Tone::Cursor => plain.add_modifier(Modifier::REVERSED),
        Tone::Offending => plain.add_modifier(Modifier::UNDERLINED | Modifier::BOLD),
    }
}

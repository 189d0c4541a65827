//! Signs, in Unicode or in ASCII.
use ratatui::symbols::border;

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
    /// A recording that stands still.
    pub held: &'static str,
    /// Something begins or ends on a time line.
    pub notch: &'static str,
    /// Two things differ.
    pub differs: &'static str,
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
    ..ASCII_EDGE
};

pub(super) const UNICODE: Glyphs = Glyphs {
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
    held: "‖",
    notch: "┿",
    differs: "≠",
    bar: ["━", "─"],
    edges: [border::PLAIN, border::THICK, border::ROUNDED],
};
pub(super) const ASCII: Glyphs = Glyphs {
    tick: "/",
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
    middot: "-",
    up: "^",
    down: "v",
    spark: ["_", ".", ".", ":", "-", "=", "+", "#"],
    held: "=",
    notch: "+",
    differs: "%",
    bar: ["#", "."],
    edges: [ASCII_EDGE, ASCII_FOCUSED, ASCII_EDGE],
};

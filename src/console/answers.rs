//! What a terminal says of itself when it is asked: its name, modes that it knows, how wide it draws a sign, what it can do.
//!
//! In: the octets that came back. Out: [`Answers`]. Pure, bounded, any octets. Sources: ECMA-48 (DSR, CPR, DA), DEC STD 070 (DECRQM and its
//! answer DECRPM), xterm's control sequences (XTVERSION). Never here: asking.

/// Signs whose width is measured: a frame breaks where a terminal draws one wider or narrower than it was counted.
pub const SIGNS: [&str; 5] = ["▸", "⚠", "e\u{301}", "漢", "📡"];
/// Bracketed paste (xterm).
pub const PASTE: u16 = 2004;
/// Synchronised output: a frame is shown whole.
pub const WHOLE_FRAMES: u16 = 2026;
/// In the answer to DA1: programs may write the clipboard (OSC 52).
pub const CLIPBOARD: u16 = 52;
/// More answers than were asked for are not read.
const MOST: usize = 64;

/// What came back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// Name and version (XTVERSION).
    pub name: Option<String>,
    /// Modes and how they stand (DECRPM): 0 not known, 1 set, 2 reset, 3 and 4 for good.
    pub modes: Vec<(u16, u16)>,
    /// The columns at which the cursor stood, from 1, in the order of the questions (CPR).
    pub columns: Vec<u16>,
    /// What the terminal says that it is and can (DA1): the last answer, given by every terminal that answers at all.
    pub attributes: Option<Vec<u16>>,
}

/// The questions, in one piece: name, modes, the width of each of [`SIGNS`], and at the end the one that every terminal answers. Nothing of
/// it stays on the screen where the cursor is at the start of an empty line.
#[must_use]
pub fn questions() -> String {
    let mut out = String::from("\x1b[>0q");
    for mode in [PASTE, WHOLE_FRAMES] {
        out += &format!("\x1b[?{mode}$p");
    }
    for sign in SIGNS {
        out += &format!("\r{sign}\x1b[6n");
    }
    out + "\r\x1b[K\x1b[c"
}

impl Answers {
    /// Reads what came back so far.
    #[must_use]
    pub fn read(octets: &[u8]) -> Self {
        let text = String::from_utf8_lossy(octets);
        let mut answers = Self::default();
        for piece in text.split('\x1b').skip(1).take(MOST) {
            if let Some(rest) = piece.strip_prefix("P>|") {
                let name: String = rest.chars().filter(|c| !c.is_control()).take(60).collect();
                answers.name = Some(name).filter(|n| !n.is_empty());
            } else if let Some(rest) = piece.strip_prefix('[') {
                answers.take(rest);
            }
        }
        answers
    }

    fn take(&mut self, sequence: &str) {
        let Some(end) = sequence.find(|c: char| c.is_ascii_alphabetic()) else {
            return;
        };
        let (values, last) = (&sequence[..end], sequence.as_bytes()[end]);
        let private = values.strip_prefix('?');
        let mode = private.and_then(|v| v.strip_suffix('$'));
        match (last, private, mode) {
            (b'y', _, Some(mode)) => {
                if let [number, state] = numbers(mode)[..] {
                    self.modes.push((number, state));
                }
            }
            (b'c', Some(values), _) => self.attributes = Some(numbers(values)),
            (b'R', None, _) => {
                if let [_, column] = numbers(values)[..] {
                    self.columns.push(column);
                }
            }
            _ => {}
        }
    }

    /// Whether the last answer is there: no other will come.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.attributes.is_some()
    }

    /// Whether the terminal knows a mode; `None` where it did not say.
    #[must_use]
    pub fn knows(&self, mode: u16) -> Option<bool> {
        let found = self.modes.iter().find(|(m, _)| *m == mode);
        found.map(|(_, state)| (1..=4).contains(state))
    }

    /// The columns that each of [`SIGNS`] takes on this terminal; `None` where it did not tell of each.
    #[must_use]
    pub fn widths(&self) -> Option<[u16; SIGNS.len()]> {
        let columns: [u16; SIGNS.len()] = self.columns.as_slice().try_into().ok()?;
        Some(columns.map(|c| c.saturating_sub(1)))
    }
}

fn numbers(text: &str) -> Vec<u16> {
    let each = text.split(';').take(MOST);
    each.filter_map(|n| n.parse().ok()).collect()
}

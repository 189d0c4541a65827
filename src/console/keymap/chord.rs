//! One key with its modifiers, and how it is written: `ctrl-s`, `alt-1`, `f2`, `?`, `G`, `space`.
//!
//! In: a text of the action table or a configuration, or a key event. Out: a [`Chord`]. Pure.
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// A key with its modifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Chord {
    code: KeyCode,
    ctrl: bool,
    alt: bool,
}

impl Chord {
    /// A letter with Ctrl.
    pub(super) fn control(letter: char) -> Self {
        Self {
            code: KeyCode::Char(letter),
            ctrl: true,
            alt: false,
        }
    }

    /// Reads `ctrl-s`, `alt-1`, `f2`, `?`, `G`, `space`, `backtab`. `None` where it is no key.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (mut rest, mut ctrl, mut alt) = (text, false, false);
        loop {
            if let Some(r) = rest.strip_prefix("ctrl-") {
                (rest, ctrl) = (r, true);
            } else if let Some(r) = rest.strip_prefix("alt-") {
                (rest, alt) = (r, true);
            } else {
                break;
            }
        }
        let code = match NAMED.iter().find(|(name, _, _)| *name == rest) {
            Some((_, _, code)) => *code,
            None => single(rest)?,
        };
        Some(Self { code, ctrl, alt })
    }

    /// The chord of a key event. Shift counts only through the character that it makes.
    #[must_use]
    pub fn of(key: &KeyEvent) -> Self {
        Self {
            code: match key.code {
                KeyCode::Char(c) if key.modifiers.contains(KeyModifiers::CONTROL) => {
                    KeyCode::Char(c.to_ascii_lowercase())
                }
                KeyCode::Tab if key.modifiers.contains(KeyModifiers::SHIFT) => KeyCode::BackTab,
                code => code,
            },
            ctrl: key.modifiers.contains(KeyModifiers::CONTROL),
            alt: key.modifiers.contains(KeyModifiers::ALT),
        }
    }

    /// Whether it is a character that belongs into a text field when one has the keys. Ctrl with Alt is AltGr on some systems, and makes
    /// characters such as `@` or `€`.
    #[must_use]
    pub fn is_text(&self) -> bool {
        matches!(self.code, KeyCode::Char(c) if !c.is_control()) && self.ctrl == self.alt
    }

    /// The character, where it is one.
    #[must_use]
    pub fn character(&self) -> Option<char> {
        match self.code {
            KeyCode::Char(c) => Some(c),
            _ => None,
        }
    }

    /// As a configuration writes it: `ctrl-s`, `alt-1`, `f2`, `enter`.
    #[must_use]
    pub fn written(&self) -> String {
        let name = match self.code {
            KeyCode::F(n) => format!("f{n}"),
            KeyCode::Char(' ') => "space".to_owned(),
            KeyCode::Char(c) => c.to_string(),
            code => NAMED
                .iter()
                .find(|(_, _, named)| *named == code)
                .map_or_else(String::new, |(name, _, _)| (*name).to_owned()),
        };
        let (ctrl, alt) = (
            if self.ctrl { "ctrl-" } else { "" },
            if self.alt { "alt-" } else { "" },
        );
        format!("{ctrl}{alt}{name}")
    }

    /// As the footer and the help write it: `^S`, `Alt-1`, `F2`, `Enter`.
    #[must_use]
    pub fn shown(&self) -> String {
        let name = match self.code {
            KeyCode::F(n) => format!("F{n}"),
            KeyCode::Char(' ') => "Space".to_owned(),
            KeyCode::Char(c) if self.ctrl => c.to_ascii_uppercase().to_string(),
            KeyCode::Char(c) => c.to_string(),
            code => NAMED
                .iter()
                .find(|(_, _, named)| *named == code)
                .map_or_else(String::new, |(_, shown, _)| (*shown).to_owned()),
        };
        let ctrl = match (self.ctrl, self.code) {
            (false, _) => "",
            (true, KeyCode::Char(_)) => "^",
            (true, _) => "Ctrl-",
        };
        format!("{ctrl}{}{name}", if self.alt { "Alt-" } else { "" })
    }
}

const NAMED: &[(&str, &str, KeyCode)] = &[
    ("enter", "Enter", KeyCode::Enter),
    ("esc", "Esc", KeyCode::Esc),
    ("tab", "Tab", KeyCode::Tab),
    ("backtab", "Shift-Tab", KeyCode::BackTab),
    ("space", "Space", KeyCode::Char(' ')),
    ("up", "Up", KeyCode::Up),
    ("down", "Down", KeyCode::Down),
    ("left", "Left", KeyCode::Left),
    ("right", "Right", KeyCode::Right),
    ("home", "Home", KeyCode::Home),
    ("end", "End", KeyCode::End),
    ("pageup", "PgUp", KeyCode::PageUp),
    ("pagedown", "PgDn", KeyCode::PageDown),
    ("backspace", "Backspace", KeyCode::Backspace),
    ("delete", "Del", KeyCode::Delete),
];

fn single(text: &str) -> Option<KeyCode> {
    if let Some(n) = text.strip_prefix('f').and_then(|n| n.parse::<u8>().ok()) {
        return (1..=12).contains(&n).then_some(KeyCode::F(n));
    }
    let mut chars = text.chars();
    let c = chars.next()?;
    chars.next().is_none().then_some(KeyCode::Char(c))
}

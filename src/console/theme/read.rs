//! Themes as TOML: a style for each tone, written as `"bold red on white"`.
//!
//! In: a text. Out: styles, or the first fault with its place. A tone that a theme leaves out is taken from its `base`. Pure.
use super::{Styles, Theme, Tone};
use crate::document::{self, Word};
use crate::profile::Fault;
use ratatui::style::{Color, Modifier, Style};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

/// Largest theme that is read, in octets.
const LARGEST: usize = 64 * 1024;

/// The built-in themes: name and text, the one that is used without a word first.
pub const BUILT_IN: &[(&str, &str)] = &[
    (
        "sixteen",
        include_str!("../../../assets/themes/sixteen.toml"),
    ),
    ("dark", include_str!("../../../assets/themes/dark.toml")),
    ("light", include_str!("../../../assets/themes/light.toml")),
    (
        "colour-blind",
        include_str!("../../../assets/themes/colour-blind.toml"),
    ),
    ("mono", include_str!("../../../assets/themes/mono.toml")),
];

/// The styles of a built-in theme.
#[must_use]
pub fn built_in(name: &str) -> Option<Styles> {
    static READ: LazyLock<Vec<Option<Styles>>> = LazyLock::new(|| {
        let texts = BUILT_IN.iter();
        texts
            .map(|(_, text)| read(text, Styles::default()).ok())
            .collect()
    });
    let at = BUILT_IN.iter().position(|(known, _)| *known == name)?;
    READ.get(at).copied().flatten()
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    base: Option<Word>,
    #[serde(default)]
    tones: Tones,
}

/// Tones with their styles, in the order of the file.
#[derive(Default)]
struct Tones(Vec<(Word, Word)>);

impl<'de> Deserialize<'de> for Tones {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        reader.deserialize_map(Table)
    }
}

struct Table;

impl<'de> Visitor<'de> for Table {
    type Value = Tones;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table of tones with their styles")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tones, A::Error> {
        let mut tones = Vec::new();
        while let Some(tone) = map.next_entry()? {
            tones.push(tone);
        }
        Ok(Tones(tones))
    }
}

impl Theme {
    /// Reads a theme's styles. Without a `base` what it leaves out is as in the first built-in one.
    ///
    /// # Errors
    /// The first fault: no TOML, an unknown tone, base, colour or modifier.
    pub fn read(text: &str) -> Result<Styles, Fault> {
        read(text, built_in(BUILT_IN[0].0).unwrap_or_default())
    }
}

fn read(text: &str, otherwise: Styles) -> Result<Styles, Fault> {
    if text.len() > LARGEST {
        let says = format!("the file has {} octets, more than any theme", text.len());
        return Err(Fault::at(text, 0..0, says, "is it the right file?"));
    }
    let file: File = document::read(text).map_err(|e| Fault::of_document(text, &e))?;
    let mut styles = match &file.base {
        None => otherwise,
        Some(base) => built_in_base(text, base)?,
    };
    for (name, style) in file.tones.0 {
        let tone = Tone::ALL.into_iter().find(|t| t.name() == name.text);
        let Some(tone) = tone else {
            let known: Vec<&str> = Tone::ALL.iter().map(|t| t.name()).collect();
            let says = format!("`{}` is no tone", name.text);
            let wrong = &name.text;
            return Err(Fault::unknown(text, name.span, says, wrong, &known));
        };
        styles[tone as usize] = look(text, &style)?;
    }
    Ok(styles)
}

/// A base is a theme that has none of its own, so that no file can lead round in a circle.
fn built_in_base(text: &str, base: &Word) -> Result<Styles, Fault> {
    match built_in(&base.text) {
        Some(styles) => Ok(styles),
        None => {
            let known: Vec<&str> = BUILT_IN.iter().map(|(name, _)| *name).collect();
            let says = format!("`{}` is no built-in theme", base.text);
            let wrong = &base.text;
            Err(Fault::unknown(text, base.span.clone(), says, wrong, &known))
        }
    }
}

const MODIFIERS: &[(&str, Modifier)] = &[
    ("bold", Modifier::BOLD),
    ("dim", Modifier::DIM),
    ("italic", Modifier::ITALIC),
    ("underlined", Modifier::UNDERLINED),
    ("reversed", Modifier::REVERSED),
    ("crossed-out", Modifier::CROSSED_OUT),
];

/// The sixteen colours of a terminal, as a theme writes them.
const COLOURS: &[&str] = &[
    "default",
    "black",
    "red",
    "green",
    "yellow",
    "blue",
    "magenta",
    "cyan",
    "gray",
    "dark-gray",
    "light-red",
    "light-green",
    "light-yellow",
    "light-blue",
    "light-magenta",
    "light-cyan",
    "white",
];

/// `bold red on white`.
fn look(text: &str, words: &Word) -> Result<Style, Fault> {
    let mut style = Style::new();
    let mut ground = false;
    for word in words.text.split_whitespace() {
        let modifier = MODIFIERS.iter().find(|(name, _)| *name == word);
        if let Some((_, modifier)) = modifier {
            style = style.add_modifier(*modifier);
        } else if word == "on" && !ground {
            ground = true;
        } else {
            let colour = colour(word).ok_or_else(|| no_style(text, words, word))?;
            let taken = if ground { style.bg } else { style.fg };
            if taken.is_some() {
                let says = format!("`{word}` is one colour too many");
                let remedy =
                    "write one colour, then `on` and one for the ground: \"bold red on white\"";
                return Err(Fault::at(text, words.span.clone(), says, remedy));
            }
            style = if ground {
                style.bg(colour)
            } else {
                style.fg(colour)
            };
        }
    }
    if ground && style.bg.is_none() {
        let remedy = "write a colour after it: \"red on white\"";
        return Err(Fault::at(
            text,
            words.span.clone(),
            "nothing stands after `on`",
            remedy,
        ));
    }
    Ok(style)
}

fn colour(word: &str) -> Option<Color> {
    match word {
        "default" => Some(Color::Reset),
        // What ratatui also accepts, such as `bright red`, would have a second name here.
        _ if COLOURS.contains(&word) || word.starts_with('#') || word.parse::<u8>().is_ok() => {
            Color::from_str(word).ok()
        }
        _ => None,
    }
}

fn no_style(text: &str, words: &Word, wrong: &str) -> Fault {
    let modifiers = MODIFIERS.iter().map(|(name, _)| *name);
    let known: Vec<&str> = COLOURS.iter().copied().chain(modifiers).collect();
    let says = format!("`{wrong}` is no colour and no modifier");
    let mut fault = Fault::unknown(text, words.span.clone(), says, wrong, &known);
    fault.remedy.push_str("; also 0 to 255 and #rrggbb");
    fault
}

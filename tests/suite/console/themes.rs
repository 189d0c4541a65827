//! Themes: that each is whole, can be read on its ground, and never says by colour alone what it says.
use super::story::{self, screen};
use mmscope::console::theme::{BUILT_IN, Tone, built_in};
use mmscope::console::{Colours, Message, Theme, update};
use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier, Style};
use std::fmt::Write as _;

fn theme(name: &str) -> Theme {
    Theme::of(name, built_in(name).unwrap(), Colours::Sixteen, false)
}

#[test]
fn every_built_in_theme_names_every_tone() {
    for (name, text) in BUILT_IN {
        assert!(built_in(name).is_some(), "{name} cannot be read");
        for tone in Tone::ALL {
            let line = format!("\n{} = ", tone.name());
            assert_eq!(text.matches(&line).count(), 1, "{name}: {}", tone.name());
        }
    }
    for (n, tone) in Tone::ALL.into_iter().enumerate() {
        assert_eq!(tone as usize, n, "{tone:?} is not in its place");
    }
}

#[test]
fn a_theme_of_ones_own_changes_what_it_names() {
    let styles =
        Theme::read("base = \"light\"\n[tones]\nbad = \"bold underlined red on #ffeeee\"\n")
            .unwrap();
    let own = Theme::of("mine", styles, Colours::Sixteen, false);
    let bad = Style::new()
        .fg(Color::Red)
        .bg(Color::Rgb(0xff, 0xee, 0xee))
        .add_modifier(Modifier::BOLD | Modifier::UNDERLINED);
    assert_eq!(own.style(Tone::Bad), bad);
    assert_eq!(own.style(Tone::Good), theme("light").style(Tone::Good));
    let without_base = Theme::read("[tones]\ngood = \"default on 234\"\n").unwrap();
    let sixteen = theme("sixteen");
    assert_eq!(without_base[Tone::Bad as usize], sixteen.style(Tone::Bad));
    assert_eq!(
        without_base[Tone::Good as usize],
        Style::new().fg(Color::Reset).bg(Color::Indexed(234))
    );
}

#[test]
fn a_wrong_theme_is_named_with_its_place_and_remedy() {
    let table = [
        (
            "base = \"lihgt\"",
            "1:8: `lihgt` is no built-in theme",
            "did you mean `light`?",
        ),
        (
            "[tones]\nqiet = \"red\"",
            "2:1: `qiet` is no tone",
            "did you mean `quiet`?",
        ),
        (
            "[tones]\nbad = \"gren\"",
            "2:7: `gren` is no colour and no modifier",
            "did you mean `green`?",
        ),
        (
            "[tones]\nbad = \"256\"",
            "2:7: `256` is no colour",
            "0 to 255",
        ),
        (
            "[tones]\nbad = \"#12345\"",
            "2:7: `#12345` is no colour",
            "#rrggbb",
        ),
        (
            "[tones]\nbad = \"red green\"",
            "2:7: `green` is one colour too many",
            "on",
        ),
        (
            "[tones]\nbad = \"red on\"",
            "2:7: nothing stands after `on`",
            "a colour after it",
        ),
        ("[tones]\nbad = 3", "2:7: invalid type", "quotes"),
        ("[colours]\n", "1:2: `colours` is no key", "tones"),
        ("[tones\n", "1:", "brackets"),
    ];
    for (text, says, remedy) in table {
        let error = Theme::read(text).unwrap_err().to_string();
        assert!(error.starts_with(says), "{error}\n  lacks {says}");
        assert!(error.contains(remedy), "{error}\n  lacks {remedy}");
    }
}

/// Red, green and blue of a colour of the 256 (xterm's cube and greys); `None` for those that the terminal decides.
fn rgb(colour: Color) -> Option<[u8; 3]> {
    let step = |n: u8| if n == 0 { 0 } else { 55 + n * 40 };
    match colour {
        Color::Rgb(r, g, b) => Some([r, g, b]),
        Color::Indexed(n @ 16..=231) => {
            let n = n - 16;
            Some([step(n / 36), step(n / 6 % 6), step(n % 6)])
        }
        Color::Indexed(n @ 232..) => Some([8 + (n - 232) * 10; 3]),
        _ => None,
    }
}

/// Contrast of two colours after WCAG 2.1, from 1 to 21.
fn contrast(a: [u8; 3], b: [u8; 3]) -> f64 {
    let light = |c: [u8; 3]| {
        let [r, g, b] = c.map(|c| {
            let c = f64::from(c) / 255.0;
            if c <= 0.03928 {
                c / 12.92
            } else {
                ((c + 0.055) / 1.055).powf(2.4)
            }
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    };
    let (a, b) = (light(a) + 0.05, light(b) + 0.05);
    if a > b { a / b } else { b / a }
}

#[test]
fn every_tone_can_be_read_on_the_ground_of_its_theme() {
    for name in ["dark", "light", "colour-blind"] {
        let theme = theme(name);
        let plain = theme.style(Tone::Plain);
        for tone in Tone::ALL {
            let style = plain.patch(theme.style(tone));
            let (ink, ground) = (
                rgb(style.fg.unwrap()).unwrap(),
                rgb(style.bg.unwrap()).unwrap(),
            );
            // Edges are no text; everything else is (AA for text 4.5, for what is no text 3).
            let least = if tone == Tone::Edge { 3.0 } else { 4.5 };
            let found = contrast(ink, ground);
            assert!(
                found >= least,
                "{name}: {} has a contrast of {found:.1}",
                tone.name()
            );
        }
    }
}

/// Good and bad, followed and failing, look different even where red and green look the same: seen by somebody without one of the cones.
#[test]
fn in_the_colour_blind_theme_good_and_bad_differ_in_brightness_or_blue() {
    let theme = theme("colour-blind");
    let of = |tone| rgb(theme.style(tone).fg.unwrap()).unwrap();
    // Without green (or red) cones what is left is about: yellow against blue, and brightness.
    let seen = |[r, g, b]: [u8; 3]| [(i32::from(r) + i32::from(g)) / 2, i32::from(b)];
    for (a, b) in [
        (Tone::Good, Tone::Bad),
        (Tone::Good, Tone::Warn),
        (Tone::Bad, Tone::Sent),
    ] {
        let (x, y) = (seen(of(a)), seen(of(b)));
        let apart = (x[0] - y[0]).abs() + (x[1] - y[1]).abs();
        assert!(
            apart > 100,
            "{} and {} are {apart} apart",
            a.name(),
            b.name()
        );
    }
}

#[test]
fn a_theme_with_a_ground_leaves_no_cell_without_it() {
    for name in ["dark", "light", "colour-blind"] {
        for (w, h) in [(18, 10), (60, 3), (80, 24), (120, 36)] {
            for keys in ["", "?", "p", ":", "q"] {
                let mut state = story::console(&story::draft(), theme(name));
                story::hear(&mut state, &story::connecting());
                update(&mut state, Message::Resize(w, h));
                super::keys::press(&mut state, "<esc>");
                super::keys::press(&mut state, keys);
                let buffer = screen(&mut state, w, h);
                let bare = buffer
                    .content()
                    .iter()
                    .filter(|c| c.bg == Color::Reset || c.fg == Color::Reset);
                assert_eq!(bare.count(), 0, "{name} at {w}x{h} after {keys:?}");
            }
        }
    }
}

/// A frame with its looks: under each row a row of letters, one for each look, and what they stand for.
fn looks(buffer: &Buffer) -> String {
    let mut known: Vec<(Color, Color, Modifier)> = Vec::new();
    let mut out = String::new();
    for y in 0..buffer.area.height {
        let (mut text, mut marks) = (String::new(), String::new());
        for x in 0..buffer.area.width {
            let cell = &buffer[(x, y)];
            let look = (cell.fg, cell.bg, cell.modifier);
            let at = known.iter().position(|k| *k == look).unwrap_or_else(|| {
                known.push(look);
                known.len() - 1
            });
            text.push_str(cell.symbol());
            marks.push((b'a' + at as u8) as char);
        }
        let _ = writeln!(out, "{text}\n{marks}");
    }
    for (n, (fg, bg, modifier)) in known.iter().enumerate() {
        let _ = writeln!(
            out,
            "{}: {fg} on {bg} {modifier:?}",
            (b'a' + n as u8) as char
        );
    }
    out
}

#[test]
fn a_light_ground_looks_like_this() {
    let mut state = story::console(&story::draft(), theme("light"));
    story::hear(&mut state, &story::failed());
    insta::assert_snapshot!("light_80x24", looks(&screen(&mut state, 80, 24)));
    super::keys::press(&mut state, "<esc>p");
    insta::assert_snapshot!("light_profiles_80x24", looks(&screen(&mut state, 80, 24)));
}

#[test]
fn one_looks_through_the_themes_with_a_key() {
    let mut state = story::console(&story::draft(), Theme::default());
    let mut seen = vec![state.theme.name.clone()];
    for _ in 1..BUILT_IN.len() {
        super::keys::press(&mut state, "<ctrl-k>t");
        seen.push(state.theme.name.clone());
    }
    assert_eq!(seen, BUILT_IN.map_names());
    assert!(state.hint.as_ref().unwrap().contains("theme = \"mono\""));
    let mut mono = story::console(&story::draft(), Theme::new(Colours::Mono, true));
    super::keys::press(&mut mono, "<ctrl-k>t");
    assert_eq!(
        mono.theme,
        Theme::new(Colours::Mono, true),
        "NO_COLOR is kept"
    );
    assert!(mono.hint.as_ref().unwrap().contains("Colours are off"));
}

trait Names {
    fn map_names(&self) -> Vec<String>;
}

impl Names for [(&str, &str)] {
    fn map_names(&self) -> Vec<String> {
        self.iter().map(|(name, _)| (*name).to_owned()).collect()
    }
}

proptest! {
    #[test]
    fn no_theme_makes_it_panic(text in any::<String>(), words in "[a-z#0-9 -]{0,30}") {
        let _ = Theme::read(&text);
        let _ = Theme::read(&format!("[tones]\nbad = \"{words}\"\n"));
    }
}

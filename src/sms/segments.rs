//! How many messages a text takes when it goes out as SMS, concatenated with an 8-bit reference.

use super::alphabet::septets;
use unicode_segmentation::UnicodeSegmentation;

/// How the characters of a text are encoded; one character that GSM-7 lacks moves the whole text to UCS-2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// GSM 7 bit default alphabet with its extension table.
    Gsm7,
    /// UCS-2; in practice UTF-16.
    Ucs2,
}

impl Encoding {
    /// The name that people use.
    pub fn name(self) -> &'static str {
        match self {
            Encoding::Gsm7 => "GSM-7",
            Encoding::Ucs2 => "UCS-2",
        }
    }

    /// Units that a message holds that stands alone: 160 septets or 70 code units.
    pub fn alone(self) -> usize {
        match self {
            Encoding::Gsm7 => 160,
            Encoding::Ucs2 => 70,
        }
    }

    /// Units that one of several holds, since a header of six octets joins them: 153 septets or 67 code units.
    pub fn joined(self) -> usize {
        match self {
            Encoding::Gsm7 => 153,
            Encoding::Ucs2 => 67,
        }
    }

    fn units(self, character: char) -> usize {
        match self {
            Encoding::Gsm7 => septets(character).unwrap_or(1),
            Encoding::Ucs2 => character.len_utf16(),
        }
    }
}

/// A text cut into messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segments {
    /// How it is encoded.
    pub encoding: Encoding,
    /// Units of the whole text: septets (extension characters count two) or UTF-16 code units.
    pub units: usize,
    /// Messages; at least one, also for an empty text.
    pub parts: usize,
    /// Units that still fit into the last message. What is typed next may need two.
    pub units_left: usize,
    /// The characters that GSM-7 does not have, each once, in the order in which they stand. Empty for GSM-7.
    pub forcing: Vec<char>,
}

impl Segments {
    /// Counts a text in the encoding that it needs.
    pub fn of(text: &str) -> Segments {
        let mut forcing = Vec::new();
        for character in text
            .chars()
            .filter(|&character| septets(character).is_none())
        {
            // A text in another script would name its whole alphabet; the first sixty-four tell enough.
            if forcing.len() < 64 && !forcing.contains(&character) {
                forcing.push(character);
            }
        }
        let encoding = if forcing.is_empty() {
            Encoding::Gsm7
        } else {
            Encoding::Ucs2
        };
        Segments {
            forcing,
            ..Segments::cut(text, encoding)
        }
    }

    /// Counts a text as if it had to go in UCS-2.
    pub fn as_ucs2(text: &str) -> Segments {
        Segments {
            forcing: Segments::of(text).forcing,
            ..Segments::cut(text, Encoding::Ucs2)
        }
    }

    /// Fills one message after the other.
    fn cut(text: &str, encoding: Encoding) -> Segments {
        let units: usize = text
            .chars()
            .map(|character| encoding.units(character))
            .sum();
        if units <= encoding.alone() {
            return Segments {
                encoding,
                units,
                parts: 1,
                units_left: encoding.alone() - units,
                forcing: Vec::new(),
            };
        }
        let pieces = cut(text, encoding);
        let filled: usize = pieces
            .last()
            .iter()
            .flat_map(|piece| piece.chars())
            .map(|character| encoding.units(character))
            .sum();
        let parts = pieces.len();
        Segments {
            encoding,
            units,
            parts,
            units_left: encoding.joined() - filled,
            forcing: Vec::new(),
        }
    }
}

/// A long text in the pieces that its messages carry. What a person sees as one character (an emoji of several code points, a letter with its accent) stays
/// in one piece where a message can hold it; a surrogate pair and an extension character always do.
pub(super) fn cut(text: &str, encoding: Encoding) -> Vec<&str> {
    cut_to(text, encoding, encoding.joined())
}

/// The same with so many units in a piece.
pub(super) fn cut_to(text: &str, encoding: Encoding, most: usize) -> Vec<&str> {
    let units = |piece: &str| piece.chars().map(|c| encoding.units(c)).sum::<usize>();
    let mut pieces = Vec::new();
    let (mut start, mut end, mut filled) = (0, 0, 0);
    let mut add = |piece: &str, size: usize| {
        if filled + size > most {
            pieces.push(&text[start..end]);
            (start, filled) = (end, 0);
        }
        end += piece.len();
        filled += size;
    };
    match encoding {
        // Nothing in this alphabet is joined with its neighbour.
        Encoding::Gsm7 => {
            for character in text.chars() {
                add(
                    character.encode_utf8(&mut [0; 4]),
                    encoding.units(character),
                );
            }
        }
        Encoding::Ucs2 => {
            for visible in text.graphemes(true) {
                let size = units(visible);
                if size <= most {
                    add(visible, size);
                    continue;
                }
                for character in visible.chars() {
                    add(
                        character.encode_utf8(&mut [0; 4]),
                        encoding.units(character),
                    );
                }
            }
        }
    }
    pieces.push(&text[start..]);
    pieces
}

//! A text that knows its place.
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use std::fmt;
use std::ops::Range;

/// A text, and where it stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The text.
    pub text: String,
    /// Its octets in the file; empty at 0 where it was read from something else than a document.
    pub span: Range<usize>,
}

/// What a [`Word`] asks a document for: text, start and end.
pub(super) const WORD: &str = "a word and its place";

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        reader.deserialize_tuple_struct(WORD, 3, Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Word;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Word, A::Error> {
        let text = seq.next_element()?;
        match (text, seq.next_element()?, seq.next_element()?) {
            (Some(text), Some(start), Some(end)) => Ok(Word {
                text,
                span: start..end,
            }),
            _ => Err(A::Error::custom("a word without its place")),
        }
    }
}

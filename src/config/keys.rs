//! Keys as a person wrote them: names of actions with texts, each with its place in the file.
//!
//! In: the table `[keys]`. Out: words that nobody has judged yet. Never here: which actions and keys there are; the console knows that.
use crate::document::Word;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// Most entries of the table, and most keys of an entry.
const MOST: usize = 500;

/// Rows of words.
pub(super) fn rows<'de, D: Deserializer<'de>>(reader: D) -> Result<Vec<Vec<Word>>, D::Error> {
    let rows = Vec::<List>::deserialize(reader)?;
    Ok(rows.into_iter().map(|List(words)| words).collect())
}

/// A row of words.
pub(super) fn words<'de, D: Deserializer<'de>>(reader: D) -> Result<Vec<Word>, D::Error> {
    List::deserialize(reader).map(|List(words)| words)
}

/// The keys of one action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    /// The action's name.
    pub action: Word,
    /// Its keys; none takes all of them away.
    pub keys: Vec<Word>,
}

/// The table `[keys]`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Keys {
    /// The set of keys to begin with.
    pub preset: Option<Word>,
    /// The key that `leader` stands for.
    pub leader: Option<Word>,
    /// Actions with the keys that replace those they have, in the order of the file.
    pub bound: Vec<Bound>,
}

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        reader.deserialize_map(Table)
    }
}

struct Table;

impl<'de> Visitor<'de> for Table {
    type Value = Keys;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table of actions with their keys")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Keys, A::Error> {
        let mut keys = Keys::default();
        while let Some(action) = map.next_key::<Word>()? {
            match action.text.as_str() {
                "preset" => keys.preset = Some(map.next_value()?),
                "leader" => keys.leader = Some(map.next_value()?),
                _ if keys.bound.len() >= MOST => {
                    return Err(serde::de::Error::custom("more actions than there are"));
                }
                _ => {
                    let List(keys_of) = map.next_value()?;
                    keys.bound.push(Bound {
                        action,
                        keys: keys_of,
                    });
                }
            }
        }
        Ok(keys)
    }
}

/// A list of keys.
struct List(Vec<Word>);

impl<'de> Deserialize<'de> for List {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        reader.deserialize_seq(ListOfWords)
    }
}

struct ListOfWords;

impl<'de> Visitor<'de> for ListOfWords {
    type Value = List;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of texts, such as [\"ctrl-s\"]")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<List, A::Error> {
        let mut words = Vec::new();
        while let Some(word) = seq.next_element()? {
            if words.len() >= MOST {
                return Err(serde::de::Error::custom("more keys than a keyboard has"));
            }
            words.push(word);
        }
        Ok(List(words))
    }
}

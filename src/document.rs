//! TOML texts as values of ours: profiles, worlds, themes and the configuration.
//!
//! In: a text, parsed by the crate `toml`. Out: a type that reads itself with serde, or what is wrong and where. Never here: what a
//! setting means.
//!
//! The way from the parsed text to our types is our own and not the crate's, for two reasons. A value keeps its place while one
//! document is laid over another. And a type asks a reader that has one answer to each question: the crate's readers, which try every
//! kind of value with every type, were 0.84 MB of a program of 10.1 MB (0.26 MB as it is here).
mod read;
mod word;

pub use word::Word;

use serde::de::{self, DeserializeOwned};
use std::fmt;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Reads a text into `T`.
///
/// # Errors
/// The first thing that is wrong: no TOML, an unknown or missing key, a value of another kind or out of its range.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Wrong> {
    Document::parse(text)?.read()
}

/// What is wrong with a text, in the words of the parser, of serde or of the type that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// What it is.
    pub says: String,
    /// The octets of the text that it is about; `None` where the text beneath another one is to blame.
    pub span: Option<Range<usize>>,
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.says)
    }
}

impl std::error::Error for Wrong {}

impl de::Error for Wrong {
    #[cold]
    fn custom<T: fmt::Display>(says: T) -> Self {
        let says = says.to_string();
        Self { says, span: None }
    }
}

impl From<toml::de::Error> for Wrong {
    fn from(error: toml::de::Error) -> Self {
        Self {
            says: error.message().to_owned(),
            span: error.span(),
        }
    }
}

/// A parsed text, or several that were laid over each other.
#[derive(Debug, Clone)]
pub struct Document(Node);

/// A value and its place.
#[derive(Debug, Clone)]
struct Node {
    value: Value,
    /// `None` for what came from the text beneath.
    span: Option<Range<usize>>,
}

#[derive(Debug, Clone)]
enum Value {
    Text(String),
    Whole(i64),
    /// Above the range of the other one.
    Large(u64),
    Real(f64),
    Truth(bool),
    Time,
    List(Vec<Node>),
    /// In the order of the text. The keys' own places come first.
    Table(Vec<(Word, Node)>),
}

impl Document {
    /// Parses a text.
    ///
    /// # Errors
    /// Where it is no TOML, or a number is out of every range.
    pub fn parse(text: &str) -> Result<Self, Wrong> {
        let parsed = DeTable::parse(text)?;
        let span = parsed.span();
        node(Spanned::new(span, DeValue::Table(parsed.into_inner()))).map(Self)
    }

    /// Whether the outermost table has this key.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.place(&[Step::Key(key)]).is_some()
    }

    /// Takes a key of the outermost table away, with its text where it is one.
    pub fn take(&mut self, key: &str) -> Option<(Option<String>, Range<usize>)> {
        let Value::Table(rows) = &mut self.0.value else {
            return None;
        };
        let at = rows.iter().position(|(name, _)| name.text == key)?;
        let (name, node) = rows.remove(at);
        let text = match node.value {
            Value::Text(text) => Some(text),
            _ => None,
        };
        Some((text, name.span))
    }

    /// This document laid over another one. Tables are laid into each other; everything else, lists included, takes the place of what
    /// was there. Places are those of this document only.
    #[must_use]
    pub fn laid_over(self, mut beneath: Self) -> Self {
        beneath.0.forget_places();
        beneath.0.take_over(self.0);
        beneath
    }

    /// The document as `T`.
    ///
    /// # Errors
    /// An unknown or missing key, a value of another kind or out of its range.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Wrong> {
        T::deserialize(&self.0).map_err(|wrong| wrong.within(self.0.span.clone()))
    }

    /// The place of a value, as far as the way to it exists.
    #[must_use]
    pub fn place(&self, way: &[Step<'_>]) -> Option<Range<usize>> {
        let mut here = &self.0;
        for (index, step) in way.iter().enumerate() {
            let next = match (step, &here.value) {
                (Step::Key(key), Value::Table(rows)) => {
                    { rows.iter().find(|(name, _)| name.text == *key) }.map(|(_, node)| node)
                }
                (Step::Index(index), Value::List(list)) => list.get(*index),
                _ => None,
            };
            match next {
                Some(node) => here = node,
                None if index == 0 => return None,
                None => break,
            }
        }
        here.span.clone()
    }
}

/// A step on the way to a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<'a> {
    /// Into a table.
    Key(&'a str),
    /// Into a list, from 0.
    Index(usize),
}

impl Node {
    fn forget_places(&mut self) {
        self.span = None;
        match &mut self.value {
            Value::List(list) => list.iter_mut().for_each(Self::forget_places),
            Value::Table(rows) => rows.iter_mut().for_each(|(_, node)| node.forget_places()),
            _ => {}
        }
    }

    fn take_over(&mut self, over: Self) {
        self.span = over.span;
        match (&mut self.value, over.value) {
            (Value::Table(rows), Value::Table(above)) => {
                for (key, node) in above {
                    match rows.iter_mut().find(|(name, _)| name.text == key.text) {
                        Some((name, below)) => {
                            *name = key;
                            below.take_over(node);
                        }
                        None => rows.push((key, node)),
                    }
                }
            }
            (here, over) => *here = over,
        }
    }
}

/// The parser bounds how deep a text may nest.
fn node(parsed: Spanned<DeValue<'_>>) -> Result<Node, Wrong> {
    let span = parsed.span();
    let value = match parsed.into_inner() {
        DeValue::String(text) => Value::Text(text.into_owned()),
        DeValue::Boolean(truth) => Value::Truth(truth),
        DeValue::Datetime(_) => Value::Time,
        DeValue::Integer(digits) => {
            let (text, radix) = (digits.as_str(), digits.radix());
            match (
                i64::from_str_radix(text, radix),
                u64::from_str_radix(text, radix),
            ) {
                (Ok(whole), _) => Value::Whole(whole),
                (_, Ok(large)) => Value::Large(large),
                _ => return Err(unreadable("integer", span)),
            }
        }
        DeValue::Float(digits) => match digits.as_str().parse::<f64>() {
            Ok(real)
                if real.is_finite() || !digits.as_str().contains(|c: char| c.is_ascii_digit()) =>
            {
                Value::Real(real)
            }
            _ => return Err(unreadable("number", span)),
        },
        DeValue::Array(list) => Value::List(list.into_iter().map(node).collect::<Result<_, _>>()?),
        DeValue::Table(table) => {
            let mut rows = Vec::with_capacity(table.len());
            for (key, value) in table {
                let span = key.span();
                let text = key.into_inner().into_owned();
                rows.push((Word { text, span }, node(value)?));
            }
            rows.sort_by_key(|(key, _): &(Word, Node)| key.span.start);
            Value::Table(rows)
        }
    };
    let span = Some(span);
    Ok(Node { value, span })
}

fn unreadable(kind: &str, span: Range<usize>) -> Wrong {
    Wrong {
        says: format!("this {kind} is larger than any that is known here"),
        span: Some(span),
    }
}

impl Wrong {
    /// The innermost place is the one that helps.
    fn within(mut self, span: Option<Range<usize>>) -> Self {
        self.span = self.span.or(span);
        self
    }
}

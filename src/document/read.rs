//! A parsed document as what serde's types read themselves from.
//!
//! Each question has one kind of answer: who asks for a number meets a number or an error, never a list. Only a type that takes what
//! comes ([`Deserializer::deserialize_any`]) meets everything.
use super::word::WORD;
use super::{Node, Value, Word, Wrong};
use serde::de::value::BorrowedStrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, Expected, IntoDeserializer, MapAccess,
    SeqAccess, Unexpected, VariantAccess, Visitor,
};
use std::ops::Range;

impl Node {
    #[cold]
    #[inline(never)]
    fn mismatch(&self, expected: &dyn Expected) -> Wrong {
        let found = match &self.value {
            Value::Text(text) => Unexpected::Str(text),
            Value::Whole(number) => Unexpected::Signed(*number),
            Value::Large(number) => Unexpected::Unsigned(*number),
            Value::Real(number) => Unexpected::Float(*number),
            Value::Truth(truth) => Unexpected::Bool(*truth),
            Value::Time => Unexpected::Other("date or time"),
            Value::List(_) => Unexpected::Seq,
            Value::Table(_) => Unexpected::Map,
        };
        Wrong::invalid_type(found, expected)
    }
}

/// Numbers of any width: the type itself looks whether it can hold the value.
macro_rules! numbers {
    ($($ask:ident)*) => {$(
        fn $ask<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
            match &self.value {
                Value::Whole(number) => visitor.visit_i64(*number),
                Value::Large(number) => visitor.visit_u64(*number),
                _ => Err(self.mismatch(&visitor)),
            }
        }
    )*};
}

macro_rules! reals {
    ($($ask:ident)*) => {$(
        fn $ask<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
            match &self.value {
                Value::Real(number) => visitor.visit_f64(*number),
                Value::Whole(number) => visitor.visit_i64(*number),
                _ => Err(self.mismatch(&visitor)),
            }
        }
    )*};
}

macro_rules! texts {
    ($($ask:ident)*) => {$(
        fn $ask<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
            match &self.value {
                Value::Text(text) => visitor.visit_str(text),
                _ => Err(self.mismatch(&visitor)),
            }
        }
    )*};
}

/// What TOML has no values for.
macro_rules! never {
    ($($ask:ident)*) => {$(
        fn $ask<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
            Err(self.mismatch(&visitor))
        }
    )*};
}

impl<'de> Deserializer<'de> for &'de Node {
    type Error = Wrong;

    numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
    }
    reals! { deserialize_f32 deserialize_f64 }
    texts! { deserialize_char deserialize_str deserialize_string deserialize_identifier }
    never! { deserialize_bytes deserialize_byte_buf deserialize_unit }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match &self.value {
            Value::Text(text) => visitor.visit_str(text),
            Value::Whole(number) => visitor.visit_i64(*number),
            Value::Large(number) => visitor.visit_u64(*number),
            Value::Real(number) => visitor.visit_f64(*number),
            Value::Truth(truth) => visitor.visit_bool(*truth),
            Value::Time => Err(self.mismatch(&visitor)),
            Value::List(list) => visitor.visit_seq(Elements(list.iter())),
            Value::Table(rows) => visitor.visit_map(Rows { rows, value: None }),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match &self.value {
            Value::Truth(truth) => visitor.visit_bool(*truth),
            _ => Err(self.mismatch(&visitor)),
        }
    }

    /// A key that stands there has a value.
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_some(self)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        Err(self.mismatch(&visitor))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match &self.value {
            Value::List(list) => visitor.visit_seq(Elements(list.iter())),
            _ => Err(self.mismatch(&visitor)),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Wrong> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        match &self.value {
            Value::Text(text) if name == WORD => visitor.visit_seq(Placed::new(text, &self.span)),
            _ => Err(self.mismatch(&visitor)),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match &self.value {
            Value::Table(rows) => visitor.visit_map(Rows { rows, value: None }),
            _ => Err(self.mismatch(&visitor)),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        match &self.value {
            Value::Text(name) => visitor.visit_enum(Variant {
                name,
                content: None,
            }),
            Value::Table(rows) if rows.len() == 1 => {
                let (word, content) = &rows[0];
                visitor.visit_enum(Variant {
                    name: &word.text,
                    content: Some(content),
                })
            }
            _ => Err(self.mismatch(&visitor)),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_unit()
    }
}

struct Elements<'de>(std::slice::Iter<'de, Node>);

impl<'de> SeqAccess<'de> for Elements<'de> {
    type Error = Wrong;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Wrong> {
        match self.0.next() {
            Some(node) => read_here(node, seed).map(Some),
            None => Ok(None),
        }
    }
}

fn read_here<'de, T: DeserializeSeed<'de>>(node: &'de Node, seed: T) -> Result<T::Value, Wrong> {
    seed.deserialize(node)
        .map_err(|wrong| wrong.within(node.span.clone()))
}

struct Rows<'de> {
    rows: &'de [(Word, Node)],
    value: Option<&'de Node>,
}

impl<'de> MapAccess<'de> for Rows<'de> {
    type Error = Wrong;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Wrong> {
        let [(word, node), rest @ ..] = self.rows else {
            return Ok(None);
        };
        self.rows = rest;
        self.value = Some(node);
        // A key of the text beneath has no place that would help, no more than its value has.
        let span = node.span.as_ref().map(|_| word.span.clone());
        seed.deserialize(Key(word))
            .map_err(|wrong| wrong.within(span))
            .map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Wrong> {
        match self.value.take() {
            Some(node) => read_here(node, seed),
            None => Err(Wrong::custom("a value was asked for without its key")),
        }
    }
}

/// A key of a table: always a text.
struct Key<'de>(&'de Word);

impl<'de> Deserializer<'de> for Key<'de> {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_str(&self.0.text)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        let span = Some(self.0.span.clone());
        visitor.visit_seq(Placed::new(&self.0.text, &span))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        let (name, content) = (self.0.text.as_str(), None);
        visitor.visit_enum(Variant { name, content })
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct
        seq tuple map struct identifier ignored_any
    }
}

/// A text, its start and its end, for [`Word`].
struct Placed<'de> {
    text: Option<&'de str>,
    ends: std::array::IntoIter<usize, 2>,
}

impl<'de> Placed<'de> {
    fn new(text: &'de str, span: &Option<Range<usize>>) -> Self {
        let span = span.clone().unwrap_or_default();
        Self {
            text: Some(text),
            ends: [span.start, span.end].into_iter(),
        }
    }
}

impl<'de> SeqAccess<'de> for Placed<'de> {
    type Error = Wrong;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Wrong> {
        if let Some(text) = self.text.take() {
            let text: BorrowedStrDeserializer<'_, Wrong> = BorrowedStrDeserializer::new(text);
            return seed.deserialize(text).map(Some);
        }
        match self.ends.next() {
            Some(end) => seed.deserialize(end.into_deserializer()).map(Some),
            None => Ok(None),
        }
    }
}

/// A value of an enumeration: its name, and what a table gives it.
struct Variant<'de> {
    name: &'de str,
    content: Option<&'de Node>,
}

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = Wrong;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Wrong> {
        let name: BorrowedStrDeserializer<'_, Wrong> = BorrowedStrDeserializer::new(self.name);
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'de> Variant<'de> {
    fn content(self) -> Result<&'de Node, Wrong> {
        let lacks = || Wrong::custom(format!("`{}` needs a value", self.name));
        self.content.ok_or_else(lacks)
    }
}

impl<'de> VariantAccess<'de> for Variant<'de> {
    type Error = Wrong;

    fn unit_variant(self) -> Result<(), Wrong> {
        match self.content {
            None => Ok(()),
            Some(node) => {
                Err(Wrong::custom(format!("`{}` takes no value", self.name))
                    .within(node.span.clone()))
            }
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Wrong> {
        read_here(self.content()?, seed)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Wrong> {
        self.content()?.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        self.content()?.deserialize_map(visitor)
    }
}

//! Values of headers, by the kind that the field has, and the texts and integers in them.

use super::Decoder;
use super::text::is_text;
use crate::mms::charset::charset_name;
use crate::mms::field::{Field, Kind};
use crate::mms::pdu::{From, Time, Value};
use crate::mms::text::EncodedText;
use crate::mms::wsp::{LENGTH_QUOTE, QUOTE, Reader, form_length};

impl Decoder {
    /// The value of a field; octets that do not fit it are kept raw.
    pub(super) fn value(&mut self, field: &Field, reader: &mut Reader<'_>) -> Value {
        let start = *reader;
        let Some(first) = reader.peek() else {
            self.lints.error(
                reader.at(),
                format!("the PDU ends before the value of {}", field.name()),
            );
            return Value::Raw(Vec::new());
        };
        let value = match field.kind() {
            Kind::Token | Kind::TokenOrText if first >= 0x80 => reader.byte().map(Value::Token),
            Kind::TokenOrText => is_text(first).then(|| Value::Text(self.text(reader))),
            Kind::Text => (is_text(first) || first == 0)
                .then(|| Value::Text(self.text(reader)))
                .or_else(|| self.unquoted(reader).map(Value::Text)),
            Kind::Encoded => self.encoded(reader).map(Value::Encoded),
            Kind::Integer => self.integer(reader).map(Value::Integer),
            Kind::Time => self.in_region(reader, |this, region| this.time(region)),
            Kind::From => self.from(reader).map(Value::From),
            Kind::CountedText => self.in_region(reader, |this, region| {
                let count = this.integer(region)?;
                Some(Value::CountedText(count, this.encoded(region)?))
            }),
            Kind::CountedDate => self.in_region(reader, |this, region| {
                let count = this.integer(region)?;
                Some(Value::CountedDate(count, this.integer(region)?))
            }),
            Kind::Flag => self.in_region(reader, |this, region| {
                let flag = region.byte().filter(|&octet| octet >= 0x80)?;
                Some(Value::Flag(flag, this.encoded(region)?))
            }),
            Kind::Amount => self.in_region(reader, |this, region| {
                let unit = region.byte().filter(|&octet| octet >= 0x80)?;
                Some(Value::Amount(unit, this.integer(region)?))
            }),
            Kind::Token | Kind::ContentType | Kind::Any => None,
        };
        value.unwrap_or_else(|| {
            *reader = start;
            if field.kind() != Kind::Any {
                self.lints.slip(reader.at(), format!("the value of {} does not have the form that this header has; kept as octets", field.name()));
            }
            Value::Raw(self.raw(reader))
        })
    }

    /// A value told from its first octet alone.
    pub(super) fn raw(&mut self, reader: &mut Reader<'_>) -> Vec<u8> {
        let length = form_length(reader.rest()).unwrap_or_else(|| {
            self.lints
                .error(reader.at(), "the PDU ends inside this value");
            reader.rest().len()
        });
        reader.take(length).to_vec()
    }

    /// A Value-length and what it encloses. A length that goes beyond the end is cut; octets that are left over inside are left out.
    pub(super) fn in_region<T>(
        &mut self,
        reader: &mut Reader<'_>,
        inner: impl FnOnce(&mut Self, &mut Reader<'_>) -> Option<T>,
    ) -> Option<T> {
        let mut region = self.region(reader)?;
        let value = inner(self, &mut region)?;
        self.left_over(&region);
        Some(value)
    }

    pub(super) fn region<'a>(&mut self, reader: &mut Reader<'a>) -> Option<Reader<'a>> {
        let start = reader.at();
        reader.peek().filter(|&octet| octet <= LENGTH_QUOTE)?;
        let length = reader.value_length(&mut self.lints)?;
        let there = reader.rest().len();
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if length > there {
            self.lints.slip(
                start,
                format!("the length says {length} octets, but only {there} are left"),
            );
        }
        Some(reader.region(length))
    }

    pub(super) fn left_over(&mut self, region: &Reader<'_>) {
        if !region.is_empty() {
            self.lints.slip(
                region.at(),
                format!(
                    "{} octet(s) left over inside this value were left out",
                    region.rest().len()
                ),
            );
        }
    }

    pub(super) fn time(&mut self, region: &mut Reader<'_>) -> Option<Value> {
        let token = region.byte()?;
        let seconds = self.integer(region)?;
        match token {
            0x80 => Some(Value::Time(Time::Absolute(seconds))),
            0x81 => Some(Value::Time(Time::Relative(seconds))),
            _ => None,
        }
    }

    pub(super) fn from(&mut self, reader: &mut Reader<'_>) -> Option<From> {
        let start = reader.at();
        match reader.peek()? {
            0x81 => {
                reader.byte();
                self.lints
                    .warning(start, "the insert-address token without its length");
                return Some(From::InsertAddress);
            }
            0x20..=0x7F => {
                self.lints
                    .warning(start, "an address without length and Address-present token");
                return self.encoded(reader).map(From::Address);
            }
            _ => {}
        }
        let mut region = self.region(reader)?;
        let from = match region.peek()? {
            0x81 => {
                region.byte();
                From::InsertAddress
            }
            0x80 => {
                region.byte();
                From::Address(self.encoded(&mut region)?)
            }
            _ => {
                self.lints
                    .warning(region.at(), "an address without Address-present token");
                From::Address(self.tokenless(&mut region)?)
            }
        };
        self.left_over(&region);
        Some(from)
    }

    /// An address behind which the token was forgotten: a text, or a charset and a text.
    fn tokenless(&mut self, region: &mut Reader<'_>) -> Option<EncodedText> {
        let mut after = *region;
        let charset = self
            .integer(&mut after)
            .filter(|mib| charset_name(mib.value()).is_some());
        match (charset, after.peek()) {
            (Some(charset), Some(0x20..=QUOTE)) => {
                *region = after;
                Some(EncodedText {
                    charset: Some(charset),
                    text: self.text(region),
                })
            }
            _ => self.encoded(region),
        }
    }
}

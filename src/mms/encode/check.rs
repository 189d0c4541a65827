//! What a reader could misunderstand, found before it is written.

use super::EncodeError;
use crate::mms::charset::is_wide;
use crate::mms::content::{ContentType, Media, Parameter, ParameterName, ParameterValue};
use crate::mms::field::{Field, Kind};
use crate::mms::pdu::{Body, Entry, From, Header, PartField, PartValue, Pdu, Time, Value};
use crate::mms::text::{EncodedText, Integer, Text, TextForm};
use crate::mms::wsp::{QUOTE, QUOTED_STRING, form_length};
use std::fmt::{self, Display};

/// Everything that the writer would write so that it is read as something else.
pub(super) fn check(pdu: &Pdu) -> Result<(), EncodeError> {
    check_order(&pdu.headers)?;
    for header in &pdu.headers {
        check_header(header)?;
    }
    let multipart = pdu.content_type.as_ref().map(ContentType::is_multipart);
    match (&pdu.body, multipart) {
        (Body::None, None) | (Body::Single(_), Some(false)) | (Body::Multipart(_), Some(true)) => {}
        _ => return Err(EncodeError::Body),
    }
    if let Some(content_type) = &pdu.content_type {
        check_media(
            &content_type.media,
            &content_type.parameters,
            &"Content-Type",
        )?;
    }
    if let Body::Multipart(entries) = &pdu.body {
        for (index, entry) in entries.iter().enumerate() {
            check_entry(entry, index + 1)?;
        }
    }
    Ok(())
}

fn check_order(headers: &[Header]) -> Result<(), EncodeError> {
    let mut rest = headers;
    let mut take = |field: Field| {
        let found = rest.first().is_some_and(|header| header.field == field);
        rest = &rest[usize::from(found)..];
        found
    };
    if !take(Field::MessageType) {
        return Err(EncodeError::NoMessageType);
    }
    take(Field::TransactionId);
    take(Field::MmsVersion);
    let misplaced = |header: &&Header| {
        matches!(
            header.field,
            Field::MessageType | Field::TransactionId | Field::MmsVersion
        )
    };
    match rest.iter().find(misplaced) {
        Some(header) => Err(EncodeError::Order {
            place: header.field.name().into_owned(),
        }),
        None => Ok(()),
    }
}

fn check_header(header: &Header) -> Result<(), EncodeError> {
    let place = header.field.name();
    match &header.field {
        Field::ContentType => return Err(EncodeError::Body),
        Field::Unknown(octet) if *octet < 0x80 || Field::from_octet(*octet) != header.field => {
            return Err(EncodeError::Number {
                place: place.into_owned(),
            });
        }
        Field::Application(name) => check_name(name, &place)?,
        _ => {}
    }
    let number = |fits: bool| {
        fits.then_some(()).ok_or_else(|| EncodeError::Number {
            place: place.to_string(),
        })
    };
    match (header.field.kind(), &header.value) {
        (Kind::Token | Kind::TokenOrText, Value::Token(octet)) => number(*octet >= 0x80),
        (Kind::Text, Value::Text(text)) => check_text(text, Around::Value, &place),
        (Kind::TokenOrText, Value::Text(text))
            if text.form == TextForm::Quote || !text.octets.is_empty() =>
        {
            check_text(text, Around::Value, &place)
        }
        (Kind::Encoded, Value::Encoded(text)) | (Kind::From, Value::From(From::Address(text))) => {
            check_encoded(text, &place)
        }
        (Kind::From, Value::From(From::InsertAddress)) => Ok(()),
        (Kind::Integer, Value::Integer(integer))
        | (Kind::Time, Value::Time(Time::Absolute(integer) | Time::Relative(integer))) => {
            check_integer(*integer, &place)
        }
        (Kind::CountedText, Value::CountedText(count, text)) => {
            check_integer(*count, &place).and_then(|()| check_encoded(text, &place))
        }
        (Kind::CountedDate, Value::CountedDate(count, date)) => {
            check_integer(*count, &place).and_then(|()| check_integer(*date, &place))
        }
        (Kind::Flag, Value::Flag(flag, text)) => {
            number(*flag >= 0x80).and_then(|()| check_encoded(text, &place))
        }
        (Kind::Amount, Value::Amount(unit, amount)) => {
            number(*unit >= 0x80).and_then(|()| check_integer(*amount, &place))
        }
        (_, Value::Raw(octets)) => check_raw(octets, &place),
        _ => Err(EncodeError::Kind {
            place: place.into_owned(),
        }),
    }
}

/// A part, or one of its headers: words only where something is refused.
struct Place<'a> {
    header: Option<&'a PartField>,
    number: usize,
}

impl Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(header) = self.header {
            write!(f, "{} of ", header.name())?;
        }
        write!(f, "part {}", self.number)
    }
}

fn check_entry(entry: &Entry, number: usize) -> Result<(), EncodeError> {
    let place = Place {
        header: None,
        number,
    };
    check_media(
        &entry.content_type.media,
        &entry.content_type.parameters,
        &place,
    )?;
    for header in &entry.headers {
        let place = Place {
            header: Some(&header.field),
            number,
        };
        match &header.field {
            PartField::Named(name) => check_name(name, &place)?,
            PartField::Unknown(octet)
                if *octet < 0x80 || PartField::from_octet(*octet) != header.field =>
            {
                return Err(EncodeError::Number {
                    place: place.to_string(),
                });
            }
            _ => {}
        }
        let disposition = matches!(
            header.field,
            PartField::ContentDisposition | PartField::ContentDisposition14
        );
        match &header.value {
            PartValue::Raw(octets) => check_raw(octets, &place)?,
            PartValue::Text(text) if !disposition => check_text(text, Around::Quotable, &place)?,
            PartValue::Disposition(value) if disposition => {
                check_media(&value.kind, &value.parameters, &place)?
            }
            _ => {
                return Err(EncodeError::Kind {
                    place: place.to_string(),
                });
            }
        }
    }
    Ok(())
}

fn check_media(
    media: &Media,
    parameters: &[Parameter],
    place: &dyn Display,
) -> Result<(), EncodeError> {
    match media {
        Media::Code(code) => check_integer(*code, place)?,
        Media::Text(text) if text.octets.is_empty() => {
            return Err(EncodeError::Text {
                place: place.to_string(),
                why: "it is empty",
            });
        }
        Media::Text(text) => check_text(text, Around::Value, place)?,
    }
    for parameter in parameters {
        match &parameter.name {
            ParameterName::Code(code) if *code > 0x7F => {
                return Err(EncodeError::Number {
                    place: place.to_string(),
                });
            }
            ParameterName::Code(_) => {}
            ParameterName::Text(name) => check_name(name, place)?,
        }
        match &parameter.value {
            ParameterValue::Text(text) => check_text(text, Around::Quotable, place)?,
            ParameterValue::Integer(integer) => check_integer(*integer, place)?,
            ParameterValue::Raw(octets) => check_raw(octets, place)?,
        }
    }
    Ok(())
}

/// A header's or parameter's name as text: it must not begin like an octet with a meaning, and not hold a 00.
fn check_name(name: &[u8], place: &dyn Display) -> Result<(), EncodeError> {
    let begins = name
        .first()
        .is_some_and(|first| (0x20..0x7F).contains(first));
    if begins && !name.contains(&0) {
        Ok(())
    } else {
        Err(EncodeError::Text {
            place: place.to_string(),
            why: "a name begins with a printable character and has no 00",
        })
    }
}

/// Where a text stands, which decides what its first octet may be.
#[derive(Clone, Copy, PartialEq)]
enum Around {
    /// The value of a header, which may also have another form, so that the first octet counts.
    Value,
    /// The same, and a Quoted-string is possible.
    Quotable,
    /// Behind a charset: nothing but a text can stand there.
    Charset,
}

fn check_text(text: &Text, around: Around, place: &dyn Display) -> Result<(), EncodeError> {
    let refuse = |why| {
        Err(EncodeError::Text {
            place: place.to_string(),
            why,
        })
    };
    if text.octets.contains(&0) {
        return refuse("it holds a 00, which would end it");
    }
    match (text.form, text.octets.first()) {
        (TextForm::QuotedString, _) if around != Around::Quotable => {
            refuse("a Quoted-string is not possible here")
        }
        (TextForm::QuotedString, _) if text.octets.last() == Some(&QUOTED_STRING) => {
            refuse("a Quoted-string does not end in a quotation mark")
        }
        (TextForm::QuotedString | TextForm::Quote, _) => Ok(()),
        (TextForm::Plain, Some(&first)) if first >= QUOTE => {
            refuse("its first octet is 7F or above and needs the quote 7F")
        }
        (TextForm::Plain, Some(&QUOTED_STRING)) if around == Around::Quotable => {
            refuse("its first octet would be read as an opening quotation mark")
        }
        (TextForm::Plain, Some(..0x20)) if around != Around::Charset => {
            refuse("its first octet would be read as a length")
        }
        (TextForm::Plain, _) => Ok(()),
    }
}

fn check_encoded(text: &EncodedText, place: &dyn Display) -> Result<(), EncodeError> {
    let Some(charset) = text.charset else {
        return check_text(&text.text, Around::Value, place);
    };
    check_integer(charset, place)?;
    if !is_wide(charset.value()) {
        return check_text(&text.text, Around::Charset, place);
    }
    let quoted = text
        .text
        .octets
        .first()
        .is_some_and(|&first| first >= QUOTE);
    match text.text.form {
        TextForm::Quote => Ok(()),
        TextForm::Plain if !quoted => Ok(()),
        _ => Err(EncodeError::Text {
            place: place.to_string(),
            why: "its first octet is 7F or above and needs the quote 7F",
        }),
    }
}

fn check_integer(integer: Integer, place: &dyn Display) -> Result<(), EncodeError> {
    let fits = match integer {
        Integer::Short(value) => value <= 0x7F,
        Integer::Long {
            octets: 0 | 31.., ..
        } => false,
        Integer::Long { value, octets } => octets >= 8 || value >> (8 * u32::from(octets)) == 0,
    };
    if fits {
        Ok(())
    } else {
        Err(EncodeError::Number {
            place: place.to_string(),
        })
    }
}

fn check_raw(octets: &[u8], place: &dyn Display) -> Result<(), EncodeError> {
    if form_length(octets) == Some(octets.len()) {
        Ok(())
    } else {
        Err(EncodeError::Raw {
            place: place.to_string(),
        })
    }
}

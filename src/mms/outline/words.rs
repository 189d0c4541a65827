//! What a value says, in words and within bounds.

use crate::mms::charset::charset_name;
use crate::mms::content::{Disposition, Media, ParameterValue};
use crate::mms::field::{Field, token_name};
use crate::mms::pdu::{From, Time, Value};
use crate::mms::text::EncodedText;

/// Longest value that is shown whole, in characters.
const LONGEST_SHOWN: usize = 200;

pub(super) fn disposition_text(disposition: &Disposition) -> String {
    let kind = match &disposition.kind {
        Media::Code(code) => match code.value() {
            0 => "form-data".to_owned(),
            1 => "attachment".to_owned(),
            2 => "inline".to_owned(),
            other => format!("{other:02X}"),
        },
        Media::Text(text) => text.to_text(),
    };
    match disposition.filename() {
        Some(name) => format!("{kind}, {}", short(&name)),
        None => kind,
    }
}

pub(super) fn parameter_value(name: &str, value: &ParameterValue) -> String {
    match value {
        ParameterValue::Text(text) => short(&text.to_text()),
        ParameterValue::Integer(number) if name == "charset" => {
            let known = charset_name(number.value()).unwrap_or("not known");
            format!("{known} (MIBenum {})", number.value())
        }
        ParameterValue::Integer(number) => number.value().to_string(),
        ParameterValue::Raw(octets) => format!("{} octets", octets.len()),
    }
}

/// The value of a header in words.
pub(super) fn shown(field: &Field, value: &Value) -> String {
    let text = |text: &EncodedText| short(&text.to_text());
    match value {
        Value::Token(octet) if *field == Field::MmsVersion => {
            crate::mms::Version::from_octet(*octet).map_or_else(String::new, |v| v.to_string())
        }
        Value::Token(octet) if *field == Field::Attributes => {
            Field::from_octet(*octet).name().into_owned()
        }
        Value::Token(octet) => match token_name(field, *octet) {
            Some(name) => name.to_owned(),
            None => format!("{octet:02X}, not assigned"),
        },
        Value::Text(said) => short(&said.to_text()),
        Value::Encoded(said) | Value::From(From::Address(said)) => text(said),
        Value::Integer(number) if *field == Field::Date => moment(number.value()),
        Value::Integer(number) => number.value().to_string(),
        Value::Time(Time::Absolute(seconds)) => moment(seconds.value()),
        Value::Time(Time::Relative(seconds)) => format!("in {} s", seconds.value()),
        Value::From(From::InsertAddress) => "insert address".to_owned(),
        Value::CountedText(count, said) => format!("{}: {}", count.value(), text(said)),
        Value::CountedDate(count, date) => format!("{}: {}", count.value(), moment(date.value())),
        Value::Flag(flag, said) => format!("{flag:02X} {}", text(said)),
        Value::Amount(unit, amount) => {
            let unit = if *unit == 0x80 { "messages" } else { "octets" };
            format!("{} {unit}", amount.value())
        }
        Value::Raw(octets) => format!("{} octets as they stand", octets.len()),
    }
}

fn moment(seconds: u64) -> String {
    i64::try_from(seconds)
        .ok()
        .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok())
        .map_or_else(
            || seconds.to_string(),
            |moment| format!("{seconds}, {moment}"),
        )
}

/// A text without control characters, cut where it is long.
pub(super) fn short(text: &str) -> String {
    let mut out: String = text
        .chars()
        .take(LONGEST_SHOWN)
        .map(|c| if c.is_control() { '\u{FFFD}' } else { c })
        .collect();
    if text.chars().nth(LONGEST_SHOWN).is_some() {
        out.push('…');
    }
    out
}

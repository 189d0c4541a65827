//! Headers that can be read and are not as others expect them: their order, their values, their texts.

use crate::mms::charset::{Loss, loss};
use crate::mms::field::{Field, Kind, MessageType, token_name};
use crate::mms::lint::Lints;
use crate::mms::pdu::{From, Header, Pdu, Time, Value};
use crate::mms::text::{EncodedText, Integer};

/// Looks at every header.
pub(super) fn examine(pdu: &Pdu, lints: &mut Lints) {
    order(pdu, lints);
    for header in &pdu.headers {
        let at = header.range.start;
        let name = header.field.name();
        token(header, lints);
        if let Some(kind) = pdu.message_type()
            && !kind.may_have(&header.field)
        {
            let kind = kind.name().unwrap_or_default();
            lints.warning(at, format!("{name} is no header of {kind}"));
        }
        match &header.value {
            Value::Encoded(said) | Value::From(From::Address(said)) => {
                text(said, &name, at, lints);
            }
            Value::CountedText(_, said) | Value::Flag(_, said) => text(said, &name, at, lints),
            Value::Integer(Integer::Short(_)) if header.field == Field::Date => {
                lints.warning(at, "Date is a Short-integer: it has to be a Long-integer, and several readers lose the header");
            }
            Value::Time(Time::Absolute(Integer::Short(_))) => {
                lints.warning(at, format!("the moment of {name} is a Short-integer: a date has to be a Long-integer, and several readers lose the header"));
            }
            Value::Text(said) if header.field == Field::TransactionId && said.octets.is_empty() => {
                lints.warning(
                    at,
                    "X-Mms-Transaction-Id is empty: no answer can be told by it",
                );
            }
            Value::Text(said) if header.field == Field::ContentLocation => {
                location(pdu, &said.to_text(), at, lints);
            }
            _ => {}
        }
    }
}

/// The three headers with which every PDU begins, in their order (OMA-TS-MMS_ENC section 7).
fn order(pdu: &Pdu, lints: &mut Lints) {
    // Another header at the very beginning is a remark of the reading.
    if pdu.headers.first().map(|header| &header.field) != Some(&Field::MessageType) {
        return;
    }
    let first = [Field::MessageType, Field::TransactionId, Field::MmsVersion];
    let mut wanted = first
        .iter()
        .filter(|field| pdu.get(field).is_some())
        .peekable();
    for (header, field) in pdu.headers.iter().zip(&mut wanted) {
        if header.field != *field {
            let at = header.range.start;
            let name = header.field.name();
            lints.warning(at, format!("{name} stands where {} belongs: X-Mms-Message-Type, X-Mms-Transaction-Id and X-Mms-MMS-Version go first, in this order", field.name()));
            return;
        }
    }
}

/// An octet that stands for nothing.
fn token(header: &Header, lints: &mut Lints) {
    let Value::Token(octet) = header.value else {
        return;
    };
    let at = header.range.start;
    match &header.field {
        Field::MessageType if MessageType(octet).name().is_none() => {
            lints.error(
                at,
                format!(
                    "{octet:02X} is no PDU that MMS 1.0 to 1.3 has: what it means is not known"
                ),
            );
        }
        Field::MmsVersion => {
            let version = crate::mms::Version::from_octet(octet);
            if let Some(version) = version.filter(|version| version.major() != 1) {
                lints.warning(at, format!("MMS version {version}: there is only 1, and a reader refuses another number in front of the point"));
            }
        }
        Field::Attributes => {}
        field
            if token_name(field, octet).is_none()
                && matches!(field.kind(), Kind::Token | Kind::TokenOrText) =>
        {
            lints.warning(
                at,
                format!("{octet:02X} is no value that {} has", field.name()),
            );
        }
        _ => {}
    }
}

/// A text of which something is lost or guessed, or that others read otherwise.
fn text(said: &EncodedText, name: &str, at: usize, lints: &mut Lints) {
    let charset = said.charset.map(Integer::value);
    match loss(&said.text.octets, charset) {
        Some(Loss::Unknown(mib)) => lints.error(at, format!("the charset of {name}, MIBenum {mib}, is not known: its text was guessed")),
        Some(Loss::NotAscii) => lints.warning(at, format!("the text of {name} says us-ascii and is not; read as windows-1252")),
        Some(Loss::Malformed(charset)) => lints.error(at, format!("the text of {name} says {charset} and is not: what could not be read is shown as U+FFFD")),
        Some(Loss::Odd) => lints.error(at, format!("the text of {name} is UTF-16 with an odd number of octets: the last one was left out")),
        None => {}
    }
    // That of an address is empty, and an error, in any form.
    if name == "Subject" && said.text.octets.is_empty() && charset.is_none() {
        lints.note(
            at,
            format!("the text of {name} is empty: the 00 may be taken for a length"),
        );
    }
    if said.as_it_stands() != said.to_text() {
        lints.note(at, format!("{name} has encoded words of e-mail (RFC 2047): resolved here, shown as they stand by many readers"));
    } else if charset.is_some() && said.has_words() {
        lints.note(at, format!("{name} has encoded words of e-mail (RFC 2047) behind a charset: they stay as they stand"));
    }
}

/// X-Mms-Content-Location is where a phone sends its GET, and a notification can be forged by anybody who can send an SMS.
fn location(pdu: &Pdu, said: &str, at: usize, lints: &mut Lints) {
    if said.chars().any(char::is_control) {
        lints.error(at, "X-Mms-Content-Location has control characters: no request goes there, a header could be smuggled into it");
    }
    let scheme = said.split_once(':').map(|(scheme, _)| scheme);
    let named = scheme.is_some_and(|scheme| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    });
    // A host with a port looks like a scheme.
    let fetched = pdu.message_type() == Some(MessageType::NOTIFICATION_IND);
    if !named || (fetched && !said.contains("://")) {
        lints.warning(
            at,
            "X-Mms-Content-Location without scheme: it should begin with http://",
        );
    }
}

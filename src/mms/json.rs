//! A PDU as JSON, for other programs: the shape that `mmscope pdu decode --json` promises.
//!
//! Comes in: octets. Goes out: a value, for any octets. Header names lose `X-Mms-` and become snake_case; yes and no become booleans; statuses keep
//! their octet and get a `…_name` beside it; octets whose meaning is not known become `{"octets": "…"}` in hexadecimal.

use super::content::{ContentType, Parameter, ParameterName, ParameterValue};
use super::field::{Field, Kind, MessageType, Version, token_name};
use super::nested::{Branch, Tree};
use super::pdu::{Body, From, Part, Pdu, Time, Value};
use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// The PDU as JSON: `headers`, `content_type`, `parts`, `lint`, `size`, `sha256`.
pub fn describe(octets: &[u8]) -> Json {
    let decoded = Pdu::decode(octets);
    let pdu = &decoded.pdu;
    json!({
        "headers": headers(pdu),
        "content_type": pdu.content_type.as_ref().map(content_type),
        "parts": parts(pdu),
        "lint": decoded.examine(octets.len()),
        "size": octets.len(),
        "sha256": sha256(octets),
    })
}

/// SHA-256 in hexadecimal, lower case.
pub fn sha256(octets: &[u8]) -> String {
    hex(&Sha256::digest(octets))
}

fn hex(octets: &[u8]) -> String {
    octets
        .iter()
        .fold(String::with_capacity(octets.len() * 2), |mut out, octet| {
            let _ = write!(out, "{octet:02x}");
            out
        })
}

/// The key of a header: its name without `X-Mms-`, in snake_case.
fn key(field: &Field) -> String {
    let name = field.name();
    let bare = name.strip_prefix("X-Mms-").unwrap_or(&name);
    bare.to_ascii_lowercase().replace(['-', ' '], "_")
}

fn headers(pdu: &Pdu) -> Json {
    let mut out = Map::new();
    if let Some(MessageType::SEND_REQ | MessageType::RETRIEVE_CONF | MessageType::FORWARD_REQ) =
        pdu.message_type()
    {
        for list in ["to", "cc", "bcc"] {
            out.insert(list.to_owned(), json!([]));
        }
    }
    for header in &pdu.headers {
        match &header.field {
            Field::Application(name) => {
                let name = String::from_utf8_lossy(name).into_owned();
                let other = json!({"name": name, "value": value(&header.field, &header.value)});
                append(&mut out, "other", other);
            }
            Field::Unknown(octet) => {
                let other = json!({"field": format!("{octet:02x}"), "value": value(&header.field, &header.value)});
                append(&mut out, "other", other);
            }
            field if field.is_repeatable() => {
                append(&mut out, &key(field), value(field, &header.value));
            }
            field => {
                let key = key(field);
                if let (true, Value::Token(octet)) = (key.ends_with("status"), &header.value) {
                    let name = match field {
                        Field::ResponseStatus => Some(super::ResponseStatus(*octet).name()),
                        field => token_name(field, *octet),
                    };
                    out.insert(format!("{key}_name"), json!(name));
                }
                out.insert(key, value(field, &header.value));
            }
        }
    }
    other_forms(pdu, &mut out);
    Json::Object(out)
}

fn is_address(field: &Field) -> bool {
    matches!(field, Field::To | Field::Cc | Field::Bcc | Field::From)
}

/// What has encoded words (RFC 2047) in it stands here in its other form too: addresses under `readable`, any other text under `raw`.
fn other_forms(pdu: &Pdu, out: &mut Map<String, Json>) {
    let (mut readable, mut raw) = (Map::new(), Map::new());
    for header in &pdu.headers {
        let (Value::Encoded(text) | Value::From(From::Address(text))) = &header.value else {
            continue;
        };
        let (stands, says) = (text.as_it_stands(), text.to_text());
        if stands == says {
            continue;
        }
        let key = key(&header.field);
        if !is_address(&header.field) {
            raw.insert(key, json!(stands));
        } else if header.field.is_repeatable() {
            let all = pdu.addresses(&header.field).into_iter().map(|a| a.raw);
            readable.insert(key, json!(all.collect::<Vec<_>>()));
        } else {
            readable.insert(key, json!(says));
        }
    }
    for (place, forms) in [("readable", readable), ("raw", raw)] {
        if !forms.is_empty() {
            out.insert(place.to_owned(), Json::Object(forms));
        }
    }
}

fn append(out: &mut Map<String, Json>, key: &str, value: Json) {
    match out.get_mut(key) {
        Some(Json::Array(list)) => list.push(value),
        _ => {
            out.insert(key.to_owned(), json!([value]));
        }
    }
}

fn value(field: &Field, value: &Value) -> Json {
    match value {
        Value::Token(octet) => token(field, *octet),
        Value::Text(text) => json!(text.to_text()),
        Value::Encoded(text) if is_address(field) => json!(text.as_it_stands()),
        Value::From(From::Address(text)) => json!(text.as_it_stands()),
        Value::Encoded(text) => json!(text.to_text()),
        Value::Integer(number) => json!(number.value()),
        Value::Time(Time::Absolute(seconds)) => json!({"absolute": seconds.value()}),
        Value::Time(Time::Relative(seconds)) => json!({"relative_seconds": seconds.value()}),
        Value::From(From::InsertAddress) => json!({"insert_address": true}),
        Value::CountedText(count, text) => json!({"count": count.value(), "text": text.to_text()}),
        Value::CountedDate(count, date) => json!({"count": count.value(), "date": date.value()}),
        Value::Flag(flag, text) => {
            let action = match flag {
                0x80 => json!("add"),
                0x81 => json!("remove"),
                0x82 => json!("filter"),
                other => json!(other),
            };
            json!({"action": action, "text": text.to_text()})
        }
        Value::Amount(unit, amount) => {
            let unit = match unit {
                0x80 => json!("messages"),
                0x81 => json!("octets"),
                other => json!(other),
            };
            json!({"unit": unit, "amount": amount.value()})
        }
        Value::Raw(octets) => json!({"octets": hex(octets)}),
    }
}

fn token(field: &Field, octet: u8) -> Json {
    match field {
        Field::MmsVersion => json!(Version::from_octet(octet).map(|version| version.to_string())),
        Field::MessageType => match MessageType(octet).name() {
            Some(name) => json!(name.to_ascii_lowercase().replace('.', "-")),
            None => json!(format!("unknown-{octet:02x}")),
        },
        Field::Attributes => json!(key(&Field::from_octet(octet))),
        field if key(field).ends_with("status") || field.kind() == Kind::Any => json!(octet),
        field => match token_name(field, octet) {
            Some("Yes") => json!(true),
            Some("No") => json!(false),
            Some(name) => json!(name.to_ascii_lowercase().replace(' ', "_")),
            None => json!(octet),
        },
    }
}

fn content_type(content_type: &ContentType) -> Json {
    let mut out = Map::new();
    out.insert("media_type".to_owned(), json!(content_type.media_type()));
    for parameter in &content_type.parameters {
        let name = parameter.label();
        let value = match &parameter.value {
            ParameterValue::Integer(_) if name == "type" => json!(content_type.start_type()),
            ParameterValue::Integer(number) => json!(number.value()),
            ParameterValue::Text(text) => json!(text.to_text()),
            ParameterValue::Raw(octets) => json!({"octets": hex(octets)}),
        };
        let key = match (name.as_str(), &value) {
            ("charset", Json::Number(_)) => "charset_mib".to_owned(),
            _ => name,
        };
        if key != "media_type" {
            out.entry(key).or_insert(value);
        }
    }
    Json::Object(out)
}

fn parts(pdu: &Pdu) -> Vec<Json> {
    match &pdu.body {
        Body::Multipart(entries) => Tree::of(entries).branches.iter().map(branch).collect(),
        _ => pdu
            .parts()
            .iter()
            .map(|part| Json::Object(part_json(part, &part.data)))
            .collect(),
    }
}

/// An entry, and what is inside it as its own `parts`.
fn branch(branch: &Branch<'_>) -> Json {
    let entry = branch.entry.as_ref();
    let part = entry.part();
    let mut out = part_json(&part, &entry.data);
    out.insert("content_id".to_owned(), json!(entry.content_id()));
    if let Some(encoding) = entry.transfer_encoding() {
        out.insert("transfer_encoding".to_owned(), json!(encoding));
    }
    if let Some(decoded) = entry.decoded() {
        let there = json!({"length": decoded.len(), "sha256": sha256(&decoded)});
        out.insert("decoded".to_owned(), there);
    }
    if let Some(encoding) = entry.content_encoding() {
        out.insert("content_encoding".to_owned(), json!(encoding));
        // What is compressed is no text yet.
        out.remove("text");
    }
    if !branch.inner.is_empty() {
        let inner: Vec<Json> = branch.inner.iter().map(self::branch).collect();
        out.insert("parts".to_owned(), json!(inner));
    }
    Json::Object(out)
}

/// A part and its data as it stands in the PDU.
fn part_json(part: &Part, data: &[u8]) -> Map<String, Json> {
    let mut out = Map::new();
    let mut put = |key: &str, value: Json| out.insert(key.to_owned(), value);
    put("content_type", json!(part.content_type));
    put("charset_mib", json!(part.charset));
    put("name", json!(part.name));
    put("content_id", Json::Null);
    put("content_location", json!(part.content_location));
    put("length", json!(data.len()));
    put("sha256", json!(sha256(data)));
    if let Some(text) = part.text() {
        put("text", json!(text));
    }
    out
}

impl Parameter {
    /// Its name in lower case: that of the WSP table, or what stands there as text; `parameter_NN` (hexadecimal) for a number that is not assigned.
    pub fn label(&self) -> String {
        match &self.name {
            ParameterName::Text(name) => String::from_utf8_lossy(name).to_ascii_lowercase(),
            ParameterName::Code(code) => match parameter_name(*code) {
                Some(name) => name.to_owned(),
                None => format!("parameter_{code:02x}"),
            },
        }
    }
}

/// The name of a parameter's number (WAP-230-WSP table 38), without the high bit; old and new numbers have one name.
fn parameter_name(code: u8) -> Option<&'static str> {
    Some(match code {
        0x00 => "q",
        0x01 => "charset",
        0x02 => "level",
        0x03 | 0x09 => "type",
        0x05 | 0x17 => "name",
        0x06 | 0x18 => "filename",
        0x07 => "differences",
        0x08 => "padding",
        0x0A | 0x19 => "start",
        0x0B | 0x1A => "start-info",
        0x0C | 0x1B => "comment",
        0x0D | 0x1C => "domain",
        0x0E => "max-age",
        0x0F | 0x1D => "path",
        0x10 => "secure",
        0x11 => "sec",
        0x12 => "mac",
        0x13 => "creation-date",
        0x14 => "modification-date",
        0x15 => "read-date",
        0x16 => "size",
        _ => return None,
    })
}

//! What a person has in hand when asked for a PDU: the octets, the same written in hexadecimal, a WSP push, a short message's user data, an HTTP
//! message with its headers, or the page of a portal.
//!
//! Comes in: octets of any kind. Goes out: those of the PDU, and what was around them; or why there is no PDU. Never happens here: reading the PDU.

mod hexadecimal;

use super::push::{PORT, Push};
use crate::sms;
use serde::Serialize;
use std::borrow::Cow;
use thiserror::Error;

/// So far the end of an HTTP message's headers is looked for, in octets.
const LONGEST_HEAD: usize = 64 << 10;
/// So many layers are taken off: hexadecimal, HTTP, short message and push are four.
const MOST_LAYERS: usize = 4;

/// What was around a PDU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// Octets written in hexadecimal.
    Hexadecimal,
    /// An HTTP message with its headers (RFC 9112).
    Http,
    /// The user data of a short message to the port of WAP push, its header in front (3GPP TS 23.040 section 9.2.3.24).
    SmsUserData,
    /// A WSP push (WAP-230-WSP section 8.2.4.1).
    WspPush,
}

/// One thing that was taken off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Layer {
    /// What it was.
    pub form: Form,
    /// Where in it the next layer, or the PDU, begins, in octets; `None` for hexadecimal and for an HTTP body in chunks.
    pub offset: Option<usize>,
    /// The same in words.
    pub says: String,
}

/// The octets of a PDU, and what was around them, from outside to inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unwrapped<'a> {
    /// The octets.
    pub octets: Cow<'a, [u8]>,
    /// What was taken off; empty where the PDU was there as it is.
    pub layers: Vec<Layer>,
}

/// Why there is no PDU.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NoPdu {
    /// Nothing at all.
    #[error("it is empty: there is no PDU in it; was it saved before the answer had come?")]
    Empty,
    /// A page.
    #[error(
        "a page of HTML or XML, no PDU: a portal or an error page has answered in the MMSC's place; look at it in a browser"
    )]
    Page,
    /// Hexadecimal digits that are no whole octets.
    #[error(
        "hexadecimal with an odd number of digits ({0}): one is missing or too many; copy it again"
    )]
    OddDigits(usize),
    /// An HTTP message that ends with its headers.
    #[error("an HTTP message without a body: there is no PDU in it; its first line says why: {0}")]
    NoBody(String),
    /// An HTTP body in an encoding that is not taken off here.
    #[error(
        "an HTTP message whose body is compressed ({0}): save it uncompressed, as `curl --compressed` does"
    )]
    Compressed(String),
}

/// Finds the PDU in what is there. Octets that are nothing known here are taken for the PDU itself.
///
/// # Errors
/// There is none, for a reason that can be told.
pub fn unwrap(octets: &[u8]) -> Result<Unwrapped<'_>, NoPdu> {
    let mut found = Unwrapped {
        octets: Cow::Borrowed(octets),
        layers: Vec::new(),
    };
    while found.layers.len() < MOST_LAYERS {
        if found.octets.is_empty() {
            return Err(NoPdu::Empty);
        }
        let Some((layer, inner)) = layer(&found.octets)? else {
            break;
        };
        found.octets = Cow::Owned(inner);
        found.layers.push(layer);
    }
    Ok(found)
}

/// The outermost layer, and what is in it.
fn layer(octets: &[u8]) -> Result<Option<(Layer, Vec<u8>)>, NoPdu> {
    if is_page(octets) {
        return Err(NoPdu::Page);
    }
    if let Some(found) = hexadecimal::read(octets)? {
        let says = format!("hexadecimal text of {} octets", found.len());
        let layer = Layer {
            form: Form::Hexadecimal,
            offset: None,
            says,
        };
        return Ok(Some((layer, found)));
    }
    if let Some(found) = http(octets)? {
        return Ok(Some(found));
    }
    Ok(user_data(octets).or_else(|| push(octets)))
}

fn is_page(octets: &[u8]) -> bool {
    let text = octets.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(octets);
    text.trim_ascii_start().first() == Some(&b'<')
}

fn at(form: Form, what: &str, offset: usize) -> Layer {
    Layer {
        form,
        offset: Some(offset),
        says: format!("{what} begins at octet {offset}"),
    }
}

fn push(octets: &[u8]) -> Option<(Layer, Vec<u8>)> {
    let push = Push::read(octets).ok().filter(Push::is_mms)?;
    let offset = octets.len() - push.body.len();
    Some((at(Form::WspPush, "a WSP push; the PDU", offset), push.body))
}

/// User data with a header that names the port of WAP push. Of a message in several parts only the first one begins with a push.
fn user_data(octets: &[u8]) -> Option<(Layer, Vec<u8>)> {
    let (&length, rest) = octets.split_first()?;
    let (header, data) = rest.split_at_checked(usize::from(length))?;
    let header = sms::Header::read(header);
    let (destination, _) = header.ports()?;
    if destination != PORT {
        return None;
    }
    let mut layer = at(
        Form::SmsUserData,
        "the user data of a short message; the push",
        octets.len() - data.len(),
    );
    if let Some((_, total @ 2.., number)) = header.concatenation() {
        layer.says.push_str(&format!(
            " (message {number} of {total}: the others are missing)"
        ));
    }
    Some((layer, data.to_vec()))
}

/// An HTTP request or answer: its body, out of its chunks.
fn http(octets: &[u8]) -> Result<Option<(Layer, Vec<u8>)>, NoPdu> {
    let starts = [&b"HTTP/1."[..], b"HTTP/2", b"POST ", b"GET ", b"PUT "];
    if !starts.iter().any(|start| octets.starts_with(start)) {
        return Ok(None);
    }
    let window = &octets[..octets.len().min(LONGEST_HEAD)];
    let end = |mark: &[u8]| {
        let at = window.windows(mark.len()).position(|w| w == mark)?;
        Some(at + mark.len())
    };
    let body_at = match (end(b"\r\n\r\n"), end(b"\n\n")) {
        (Some(one), Some(other)) => one.min(other),
        (one, other) => one.or(other).unwrap_or(octets.len()),
    };
    let head = String::from_utf8_lossy(&octets[..body_at.min(LONGEST_HEAD)]);
    let field = |wanted: &str| {
        head.lines().skip(1).find_map(|line| {
            let (name, value) = line.split_once(':')?;
            let value = value.trim().to_ascii_lowercase();
            name.trim().eq_ignore_ascii_case(wanted).then_some(value)
        })
    };
    let mut body = &octets[body_at..];
    if let Some(length) = field("content-length").and_then(|length| length.parse().ok()) {
        body = &body[..body.len().min(length)];
    }
    if body.is_empty() {
        let first = head.lines().next().unwrap_or_default();
        return Err(NoPdu::NoBody(first.chars().take(80).collect()));
    }
    if let Some(encoding) = field("content-encoding").filter(|encoding| encoding != "identity") {
        return Err(NoPdu::Compressed(encoding));
    }
    let layer = at(Form::Http, "an HTTP message; the body", body_at);
    if field("transfer-encoding").is_some_and(|value| value.contains("chunked"))
        && let Some(whole) = unchunked(body)
    {
        let says = format!("{}, in chunks", layer.says);
        let layer = Layer {
            offset: None,
            says,
            ..layer
        };
        return Ok(Some((layer, whole)));
    }
    Ok(Some((layer, body.to_vec())))
}

/// The octets of a body in chunks (RFC 9112 section 7.1); `None` where it is not written so, as in a capture that has put it together already.
fn unchunked(body: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body;
    loop {
        let end = rest.iter().take(64).position(|&octet| octet == b'\n')?;
        let line = std::str::from_utf8(&rest[..end]).ok()?.trim();
        let size = usize::from_str_radix(line.split(';').next()?.trim(), 16).ok()?;
        if size == 0 {
            return Some(out);
        }
        rest = &rest[end + 1..];
        let (chunk, after) = rest.split_at(size.min(rest.len()));
        out.extend_from_slice(chunk);
        if after.is_empty() {
            return Some(out);
        }
        rest = after.strip_prefix(b"\r\n").or(after.strip_prefix(b"\n"))?;
    }
}

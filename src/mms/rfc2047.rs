//! Encoded words (RFC 2047) in a text without charset: no MMS encoding, but some gateways put e-mail subjects into PDUs as they came.

use super::charset::{charset_mib, decode_charset};

/// An encoded word has at most 75 characters (RFC 2047 section 2). Longer ones are met and read; behind so many octets its end is not looked for:
/// a text of nothing but beginnings would be searched through again and again.
const LONGEST_WORD: usize = 1000;

/// The text with its encoded words resolved; `None` where there is none.
pub(super) fn decode_words(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut found = false;
    while let Some(start) = rest.find("=?") {
        let (before, from_word) = rest.split_at(start);
        match word(from_word) {
            Some((decoded, length)) => {
                // White space between two encoded words belongs to neither (RFC 2047 section 6.2).
                if !(found && before.chars().all(char::is_whitespace)) {
                    out.push_str(before);
                }
                out.push_str(&decoded);
                rest = &from_word[length..];
                found = true;
            }
            None => {
                out.push_str(before);
                out.push_str("=?");
                rest = &from_word[2..];
            }
        }
    }
    out.push_str(rest);
    found.then_some(out)
}

/// The encoded word at the beginning of `text` and how long it is.
fn word(text: &str) -> Option<(String, usize)> {
    let window = &text[..text.floor_char_boundary(LONGEST_WORD)];
    let inner = window.strip_prefix("=?")?;
    let (charset, after) = inner.split_once('?')?;
    let (encoding, after) = after.split_once('?')?;
    if charset.len() > 40 || encoding.len() != 1 {
        return None;
    }
    let (payload, _) = after.split_once("?=")?;
    if payload.contains(char::is_whitespace) {
        return None;
    }
    let octets = match encoding {
        "q" | "Q" => quoted(payload.as_bytes())?,
        "b" | "B" => base64(payload.as_bytes())?,
        _ => return None,
    };
    let mib = charset_mib(charset.split('*').next().unwrap_or(charset))?;
    let length = 2 + charset.len() + 1 + encoding.len() + 1 + payload.len() + 2;
    Some((decode_charset(&octets, Some(mib)), length))
}

fn quoted(payload: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(payload.len());
    let mut octets = payload.iter();
    while let Some(&octet) = octets.next() {
        out.push(match octet {
            b'_' => b' ',
            b'=' => {
                let digit = |octet: &u8| char::from(*octet).to_digit(16);
                let high = digit(octets.next()?)?;
                let low = digit(octets.next()?)?;
                (high << 4 | low) as u8
            }
            other => other,
        });
    }
    Some(out)
}

pub(super) fn base64(payload: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(payload.len() / 4 * 3 + 3);
    let (mut bits, mut held) = (0u32, 0u32);
    for octet in payload.iter().take_while(|&&octet| octet != b'=') {
        let six = match octet {
            b'A'..=b'Z' => octet - b'A',
            b'a'..=b'z' => octet - b'a' + 26,
            b'0'..=b'9' => octet - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(six)) & 0xFFFF;
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
        }
    }
    Some(out)
}

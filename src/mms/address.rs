//! Addresses of senders and recipients (OMA-TS-MMS_ENC section 8): `+12025550123/TYPE=PLMN`, `user@example.org`, `192.0.2.1/TYPE=IPv4`.
//!
//! Comes in: what stands in a PDU, or what a person typed. Goes out: the other.

use std::net::{Ipv4Addr, Ipv6Addr};

/// What an address says it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum AddressKind {
    /// `/TYPE=PLMN`: a telephone number or short code.
    Plmn,
    /// `/TYPE=IPv4`.
    Ipv4,
    /// `/TYPE=IPv6`.
    Ipv6,
    /// No type, and an @: an e-mail address.
    Email,
    /// Another type, as it was written.
    Other(String),
    /// No type and no @: a bare number or a name.
    Unsaid,
}

/// An address taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Address {
    /// The address without `/TYPE=…`.
    pub text: String,
    /// What `/TYPE=…` said.
    pub kind: AddressKind,
    /// The address as it stands in the PDU.
    pub raw: String,
}

impl Address {
    /// Takes an address of a PDU apart. The type is compared without regard to case; of a doubled suffix the last one counts and all are taken off.
    pub fn read(raw: &str) -> Address {
        let mut text = raw;
        let mut kind = None;
        while let Some((before, suffix)) = split_type(text) {
            kind.get_or_insert_with(|| match suffix {
                _ if suffix.eq_ignore_ascii_case("PLMN") => AddressKind::Plmn,
                _ if suffix.eq_ignore_ascii_case("IPv4") => AddressKind::Ipv4,
                _ if suffix.eq_ignore_ascii_case("IPv6") => AddressKind::Ipv6,
                other => AddressKind::Other(other.to_owned()),
            });
            text = before;
        }
        let kind = kind.unwrap_or(if text.contains('@') {
            AddressKind::Email
        } else {
            AddressKind::Unsaid
        });
        Address {
            text: text.to_owned(),
            kind,
            raw: raw.to_owned(),
        }
    }

    /// The address as it goes into a PDU: a number loses what people put between digits and gets `/TYPE=PLMN`, an IP address its own type; an address
    /// that has a type already, an e-mail address or a name stays as it is.
    pub fn write(typed: &str) -> String {
        let typed = typed.trim();
        if split_type(typed).is_some() || typed.contains('@') {
            return typed.to_owned();
        }
        if typed.parse::<Ipv4Addr>().is_ok() {
            return format!("{typed}/TYPE=IPv4");
        }
        if typed.parse::<Ipv6Addr>().is_ok() {
            return format!("{typed}/TYPE=IPv6");
        }
        match number(typed) {
            Some(number) => format!("{number}/TYPE=PLMN"),
            None => typed.to_owned(),
        }
    }
}

/// The address before `/TYPE=` and the type after it.
fn split_type(address: &str) -> Option<(&str, &str)> {
    let start = address.rfind('/')?;
    let (before, suffix) = address.split_at(start);
    let marked = suffix
        .get(..6)
        .is_some_and(|mark| mark.eq_ignore_ascii_case("/TYPE="));
    marked.then(|| (before, &suffix[6..]))
}

/// The digits (and the leading +) of a number as people write it; `None` where it is none.
fn number(typed: &str) -> Option<String> {
    let mut number = String::with_capacity(typed.len());
    for (index, character) in typed.chars().enumerate() {
        match character {
            '0'..='9' | '*' | '#' => number.push(character),
            '+' if index == 0 => number.push(character),
            ' ' | '-' | '.' | '(' | ')' | '/' | '\u{A0}' => {}
            _ => return None,
        }
    }
    number
        .contains(|character: char| character.is_ascii_digit())
        .then_some(number)
}

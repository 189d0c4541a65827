//! Addresses that an MMSC would not find (OMA-TS-MMS_ENC section 8).

use crate::mms::address::{Address, AddressKind};
use crate::mms::field::{Field, MessageType};
use crate::mms::lint::Lints;
use crate::mms::pdu::{From, Pdu, Value};

/// Looks at every address of From, To, Cc and Bcc.
pub(super) fn examine(pdu: &Pdu, lints: &mut Lints) {
    // Only what a client writes has to be found by an MMSC; an MMSC may well write bare numbers.
    let of_client = matches!(
        pdu.message_type(),
        None | Some(MessageType::SEND_REQ | MessageType::FORWARD_REQ | MessageType::READ_REC_IND)
    );
    for header in &pdu.headers {
        let raw = match &header.value {
            Value::Encoded(text) if [Field::To, Field::Cc, Field::Bcc].contains(&header.field) => {
                text.to_text()
            }
            Value::From(From::Address(text)) => text.to_text(),
            _ => continue,
        };
        address(
            &raw,
            &header.field.name(),
            header.range.start,
            of_client,
            lints,
        );
    }
}

fn address(raw: &str, name: &str, at: usize, of_client: bool, lints: &mut Lints) {
    let address = Address::read(raw);
    if raw.to_ascii_uppercase().matches("/TYPE=").count() > 1 {
        lints.warning(at, format!("the address of {name} has /TYPE= more than once: an MMSC looks for a number that ends in /TYPE=PLMN"));
    }
    let text = address.text.as_str();
    if text.trim().is_empty() {
        lints.error(at, format!("the address of {name} is empty"));
        return;
    }
    match &address.kind {
        AddressKind::Unsaid
            if of_client
                && text
                    .trim_start_matches('+')
                    .bytes()
                    .all(|b| b.is_ascii_digit()) =>
        {
            lints.note(
                at,
                format!("the number of {name} has no /TYPE=PLMN; most MMSCs take it all the same"),
            );
        }
        AddressKind::Other(kind) if kind.trim().is_empty() => {
            lints.warning(
                at,
                format!("the address of {name} has /TYPE= and no type behind it"),
            );
        }
        // Any other type is legal, but nobody is known to use one.
        AddressKind::Other(kind) if kind.trim() == kind => match meant(kind) {
            Some(meant) => lints.warning(
                at,
                format!("the address of {name} has the type {kind}: is {meant} meant?"),
            ),
            None => lints.note(
                at,
                format!("the address of {name} has the type {kind}, which no MMSC is known to use"),
            ),
        },
        _ => {}
    }
    let said = raw.trim_end_matches('\0');
    if said != said.trim() {
        lints.warning(
            at,
            format!(
                "the address of {name} has a blank at its beginning or end: an MMSC may not find it"
            ),
        );
    } else if is_number(&address) && text.contains([' ', '-', '(', ')', '.']) {
        lints.warning(at, format!("the number of {name} has blanks or marks between its digits: an MMSC may not find it"));
    }
}

/// Digits, and what people put between them.
fn is_number(address: &Address) -> bool {
    let digits = |c: char| c.is_ascii_digit();
    matches!(
        address.kind,
        AddressKind::Plmn | AddressKind::Unsaid | AddressKind::Other(_)
    ) && address.text.contains(digits)
        && address
            .text
            .chars()
            .all(|c| digits(c) || "+ -().".contains(c))
}

/// The type of the specification that is nearly the same.
fn meant(kind: &str) -> Option<&'static str> {
    let kind = kind.to_ascii_uppercase();
    ["PLMN", "IPv4", "IPv6"]
        .into_iter()
        .find(|known| strsim::damerau_levenshtein(&known.to_ascii_uppercase(), &kind) <= 1)
}

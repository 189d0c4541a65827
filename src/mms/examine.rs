//! What every reader can take apart and a recipient will still not see as it was meant: the lint of a whole message.
//!
//! Comes in: a PDU as it was read. Goes out: remarks. It is asked before sending and by whoever looks at a PDU; reading for answers does without.

use super::address::Address;
use super::decode::Decoded;
use super::field::{Field, Kind, MessageType, token_name};
use super::lint::{Lint, Lints};
use super::pdu::{Body, Entry, Pdu, Value, bare_id};

/// So many octets of a SMIL are looked at; real ones have a few hundred.
const MOST_SMIL: usize = 256 << 10;

impl Decoded {
    /// All remarks by their place: those of the reading, and those on the message as a whole: a SMIL that speaks of a part that is not there, a doubled
    /// `/TYPE=`, a text without charset, a value that is not assigned. `size` is that of the PDU in octets.
    pub fn examine(&self, size: usize) -> Vec<Lint> {
        let mut lints = Lints::default();
        values(&self.pdu, &mut lints);
        addresses(&self.pdu, &mut lints);
        if let Body::Multipart(entries) = &self.pdu.body {
            start(&self.pdu, entries, &mut lints);
            names(entries, &mut lints);
            for entry in entries {
                smil(entry, entries, &mut lints);
                charset(entry, &mut lints);
            }
            if entries.is_empty() && self.pdu.message_type() == Some(MessageType::SEND_REQ) {
                lints.warning(size, "the message has no part: there is nothing to show");
            }
        }
        let mut all = self.lint.clone();
        all.extend(lints.into_list());
        all.sort_by_key(|lint| lint.offset);
        all
    }
}

/// Octets that stand for nothing.
fn values(pdu: &Pdu, lints: &mut Lints) {
    for header in &pdu.headers {
        let Value::Token(octet) = header.value else {
            continue;
        };
        let named = matches!(header.field, Field::MmsVersion | Field::Attributes)
            || token_name(&header.field, octet).is_some();
        if !named && matches!(header.field.kind(), Kind::Token | Kind::TokenOrText) {
            lints.warning(
                header.range.start,
                format!("{octet:02X} is no value that {} has", header.field.name()),
            );
        }
    }
}

fn addresses(pdu: &Pdu, lints: &mut Lints) {
    for header in &pdu.headers {
        let raw = match &header.value {
            Value::Encoded(text) if [Field::To, Field::Cc, Field::Bcc].contains(&header.field) => {
                text.to_text()
            }
            Value::From(super::pdu::From::Address(text)) => text.to_text(),
            _ => continue,
        };
        let at = header.range.start;
        let name = header.field.name();
        let address = Address::read(&raw);
        if raw.to_ascii_uppercase().matches("/TYPE=").count() > 1 {
            lints.warning(at, format!("the address of {name} has /TYPE= more than once: an MMSC looks for a number that ends in /TYPE=PLMN"));
        }
        if address.text.trim().is_empty() {
            lints.error(at, format!("the address of {name} is empty"));
        } else if address.kind == super::AddressKind::Unsaid
            && address
                .text
                .trim_start_matches('+')
                .bytes()
                .all(|b| b.is_ascii_digit())
        {
            lints.note(
                at,
                format!("the number of {name} has no /TYPE=PLMN; most MMSCs take it all the same"),
            );
        }
    }
}

/// The parameters `start` and `type` of multipart.related against the parts.
fn start(pdu: &Pdu, entries: &[Entry], lints: &mut Lints) {
    let Some(content_type) = &pdu.content_type else {
        return;
    };
    let Some(start) = content_type.start() else {
        return;
    };
    let at = content_type.range.start;
    let first = entries.iter().find(|entry| {
        entry
            .content_id()
            .is_some_and(|id| bare_id(&id) == bare_id(&start))
            || entry.content_location().as_deref() == Some(bare_id(&start))
    });
    match (first, content_type.start_type()) {
        (None, _) => lints.warning(
            at,
            format!("start names {start}, and no part has this Content-ID"),
        ),
        (Some(first), Some(said))
            if !said.eq_ignore_ascii_case(&first.content_type.media_type()) =>
        {
            let really = first.content_type.media_type();
            lints.note(
                at,
                format!("type says {said}, but the part that start names is {really}"),
            );
        }
        _ => {}
    }
}

/// Two parts that SMIL cannot tell apart.
fn names(entries: &[Entry], lints: &mut Lints) {
    let mut seen = std::collections::HashSet::new();
    for entry in entries {
        let Some(location) = entry.content_location() else {
            continue;
        };
        if !seen.insert(location.clone()) {
            lints.warning(
                entry.range.start,
                format!("two parts have the Content-Location {location}"),
            );
        }
    }
}

/// Every `src` of a SMIL has to name a part.
fn smil(entry: &Entry, entries: &[Entry], lints: &mut Lints) {
    if entry.content_type.media_type() != "application/smil" {
        return;
    }
    let data = &entry.data[..entry.data.len().min(MOST_SMIL)];
    let text = super::decode_charset(data, entry.content_type.charset());
    let known: std::collections::HashSet<String> = entries.iter().flat_map(names_of).collect();
    for source in super::smil::sources(&text) {
        let bare = source.strip_prefix("cid:").unwrap_or(&source);
        if !known.contains(bare) {
            lints.warning(
                entry.data_range.start,
                format!("the SMIL shows \"{source}\", and no part has this name"),
            );
        }
    }
}

/// Everything by which a SMIL may speak of a part.
fn names_of(entry: &Entry) -> Vec<String> {
    let part = entry.part();
    [part.content_id, part.content_location, part.name]
        .into_iter()
        .flatten()
        .collect()
}

/// A text that its reader has to guess at.
fn charset(entry: &Entry, lints: &mut Lints) {
    let media = entry.content_type.media_type();
    if !media.starts_with("text/") {
        return;
    }
    let at = entry.range.start;
    match entry.content_type.charset() {
        None if !entry.data.is_ascii() => lints.warning(at, format!("a part of {media} that is not ASCII and has no charset: recipients may see other letters")),
        Some(super::MIB_US_ASCII) if !entry.data.is_ascii() => lints.warning(at, format!("a part of {media} that says us-ascii and is not")),
        Some(super::MIB_UTF_8) if std::str::from_utf8(&entry.data).is_err() => lints.warning(at, format!("a part of {media} that says UTF-8 and is not")),
        _ => {}
    }
}

//! Parts that cannot be told apart, found or read: names, the SMIL, charsets and encodings.

use crate::mms::charset::{Loss, loss};
use crate::mms::content::{ContentType, Media};
use crate::mms::decode::MOST_HEADERS;
use crate::mms::lint::Lints;
use crate::mms::media::media_name;
use crate::mms::pdu::{Entry, PartField, Pdu, bare_id};
use std::collections::HashSet;

/// So many octets of a SMIL are looked at; real ones have a few hundred.
const MOST_SMIL: usize = 256 << 10;

/// Looks at the entries of the PDU, and at `all` with those inside of others.
pub(super) fn examine(pdu: &Pdu, entries: &[Entry], all: &[&Entry], lints: &mut Lints) {
    // Where not all parts were read, one that seems missing may be among the others.
    let whole = entries.len() < MOST_HEADERS && all.len() < MOST_HEADERS;
    if whole {
        start(pdu, all, lints);
    }
    names(all, lints);
    let mut known: Option<HashSet<String>> = None;
    for entry in all {
        content_type(&entry.content_type, lints);
        ids(entry, lints);
        encoding(entry, lints);
        charset(entry, lints);
        if whole && entry.content_type.media_type() == "application/smil" {
            let known =
                known.get_or_insert_with(|| all.iter().flat_map(|entry| names_of(entry)).collect());
            smil(entry, known, lints);
        }
    }
}

/// A number that stands for no media type, and a parameter that stands twice.
pub(super) fn content_type(content_type: &ContentType, lints: &mut Lints) {
    let at = content_type.range.start;
    if let Media::Code(code) = &content_type.media
        && media_name(code.value()).is_none()
    {
        let code = code.value();
        lints.warning(at, format!("{code:02X} is no media type that WSP has assigned; application/x-wsp-{code:02x} is only our name for it"));
    }
    let mut seen = HashSet::new();
    for parameter in &content_type.parameters {
        let label = parameter.label();
        if seen.contains(&label) {
            lints.warning(
                at,
                format!("the parameter {label} stands here again; the first one counts"),
            );
        }
        seen.insert(label);
    }
}

/// The parameters `start` and `type` of multipart.related against the parts.
fn start(pdu: &Pdu, entries: &[&Entry], lints: &mut Lints) {
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
fn names(entries: &[&Entry], lints: &mut Lints) {
    let (mut locations, mut ids) = (HashSet::new(), HashSet::new());
    for entry in entries {
        let at = entry.range.start;
        if let Some(location) = entry.content_location()
            && !locations.insert(location.clone())
        {
            lints.warning(
                at,
                format!("two parts have the Content-Location {location}"),
            );
        }
        if let Some(id) = entry.content_id()
            && !ids.insert(bare_id(&id).to_owned())
        {
            lints.warning(at, format!("two parts have the Content-ID {id}"));
        }
    }
}

/// A part that is named twice.
fn ids(entry: &Entry, lints: &mut Lints) {
    let name = PartField::ContentId.name();
    let mut ids = entry
        .headers
        .iter()
        .filter(|header| header.field.name().eq_ignore_ascii_case(&name));
    if let Some(again) = ids.nth(1) {
        lints.warning(
            again.range.start,
            "a part with a second Content-ID; the first one counts",
        );
    }
}

/// Every `src` of a SMIL has to name a part.
fn smil(entry: &Entry, known: &HashSet<String>, lints: &mut Lints) {
    let whole = entry.part().data;
    let data = &whole[..whole.len().min(MOST_SMIL)];
    let text = crate::mms::decode_charset(data, entry.content_type.charset());
    for source in crate::mms::smil::sources(&text) {
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
    let id = entry.content_id().map(|id| bare_id(&id).to_owned());
    let name = entry.content_type.name().or_else(|| entry.filename());
    [id, entry.content_location(), name]
        .into_iter()
        .flatten()
        .collect()
}

/// Data that does not stand as it is.
fn encoding(entry: &Entry, lints: &mut Lints) {
    let at = entry.range.start;
    if let Some(encoding) = entry.transfer_encoding() {
        match entry.decoded() {
            Some(_) => lints.warning(at, format!("a part written in {encoding} (Content-Transfer-Encoding): MMS carries octets as they are, and some phones show the encoding")),
            None => lints.error(at, format!("a part whose Content-Transfer-Encoding {encoding} could not be taken off: its data stays as it stands")),
        }
    }
    if let Some(encoding) = entry.content_encoding() {
        lints.error(at, format!("a part with the Content-Encoding {encoding}, which was not taken off: phones do not do so either"));
    }
}

/// A text that its reader has to guess at.
fn charset(entry: &Entry, lints: &mut Lints) {
    let media = entry.content_type.media_type();
    if !(media.starts_with("text/") || media == "application/smil")
        || entry.content_encoding().is_some()
    {
        return;
    }
    let at = entry.range.start;
    let data = entry.decoded().unwrap_or_else(|| entry.data.clone());
    let charset = entry.content_type.charset();
    match loss(&data, charset) {
        None if charset.is_none() && media != "application/smil" && !data.is_ascii() => lints.warning(at, format!("a part of {media} that is not ASCII and has no charset: recipients may see other letters")),
        None => {}
        Some(Loss::NotAscii) => lints.warning(at, format!("a part of {media} that says us-ascii and is not")),
        Some(Loss::Unknown(mib)) => lints.error(at, format!("a part of {media} in a charset that is not known, MIBenum {mib}: its text was guessed")),
        Some(Loss::Malformed("utf-8")) => lints.error(at, format!("a part of {media} that says UTF-8 and is not: what could not be read is shown as U+FFFD")),
        Some(Loss::Malformed(charset)) => lints.error(at, format!("a part of {media} that says {charset} and is not: what could not be read is shown as U+FFFD")),
        Some(Loss::Odd) => lints.error(at, format!("a part of {media} in UTF-16 with an odd number of octets: the last one was left out")),
    }
}

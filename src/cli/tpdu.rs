//! `mmscope pdu decode` of a short message: what `AT+CMGR`, `AT+CMGL`, `+CMT` or `+CDS` show in PDU mode.
//!
//! In: what a person has copied. Out: its fields, and the PDU of MMS that it brings. Never here: what is no short message.
mod list;

use super::pdu::outlined;
use super::{Refusal, output};
use crate::event::{clean, clean_json};
use crate::mms::{self, Pdu, sha256};
use crate::sms::{self, Content, Field, Outline};
use serde_json::json;
use std::fmt::Write as _;

/// X-Mms-Message-Type, with which each PDU of MMS begins (OMA-TS-MMS-ENC section 7.3).
const MESSAGE_TYPE: u8 = 0x8C;

/// A short message as it stood there.
struct Found {
    octets: Vec<u8>,
    /// Octets of the service centre's address, its length included; 0 where there is none in front.
    centre: usize,
    outline: Outline,
}

/// Decodes the short messages that stand there, each by itself; `None` where it is none. Exit code 1 where one of them cannot be decoded.
///
/// # Errors
/// A list that is longer than is read.
pub(super) fn decode(there: &[u8], as_json: bool) -> Result<Option<u8>, Refusal> {
    let Ok(text) = std::str::from_utf8(there) else {
        return Ok(None);
    };
    let entries = list::entries(text)?;
    let mut out = String::new();
    if entries.is_empty() {
        let Some(found) = hex(text).and_then(Found::read) else {
            return Ok(None);
        };
        match as_json {
            true => out = clean_json(&found.json().to_string()) + "\n",
            false => found.write(&mut out),
        }
        output::text(&out);
        return Ok(Some(0));
    }
    let whole = entries.iter().filter(|e| e.found.is_ok()).count();
    if whole == 0 && is_mms(there) {
        return Ok(None);
    }
    for entry in &entries {
        if as_json {
            let _ = writeln!(out, "{}", clean_json(&entry.json().to_string()));
        } else {
            entry.write(&mut out);
        }
    }
    output::text(&out);
    Ok(Some(u8::from(whole < entries.len())))
}

/// Whether it brings a PDU of MMS, whatever else it looks like.
fn is_mms(there: &[u8]) -> bool {
    let unwrapped = mms::unwrap(there).ok();
    unwrapped.is_some_and(|u| Pdu::decode(&u.octets).pdu.message_type().is_some())
}

/// Digits alone, with blanks between them.
fn hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_digit(16))
        .collect();
    let digits = digits.filter(|d| !d.is_empty() && d.len() % 2 == 0)?;
    let octet = |pair: &[u32]| u8::try_from(pair[0] << 4 | pair[1]).ok();
    digits.chunks_exact(2).map(octet).collect()
}

impl Found {
    /// Only what is a TPDU from the first octet to the last: anything else is left to who reads PDUs of MMS.
    fn read(octets: Vec<u8>) -> Option<Self> {
        // The transaction identifier and type of a push may look like an empty centre and the first octet of a report.
        let is_push = |push: mms::Push| push.is_mms() && push.body.first() == Some(&MESSAGE_TYPE);
        if mms::Push::read(&octets).is_ok_and(is_push) {
            return None;
        }
        let behind = match sms::split_centre(&octets) {
            Ok((centre, tpdu)) if centre.as_ref().is_none_or(|c| c.kind & 0x80 != 0) => {
                let at = octets.len() - tpdu.len();
                // Ten octets of digits are the longest address (TS 24.011 section 8.2.5.1).
                (at <= 12).then_some(at)
            }
            _ => None,
        };
        let whole = |at: usize| {
            let tpdu = octets.get(at..)?;
            let outline = sms::outline(tpdu).ok()?;
            // A report may go on with parameters that are not read here.
            let more = at > 0 && outline.data.is_none();
            (outline.length == tpdu.len() || more).then_some((at, outline))
        };
        let (centre, outline) = behind.and_then(whole).or_else(|| whole(0))?;
        Some(Self {
            octets,
            centre,
            outline,
        })
    }

    fn centre(&self) -> Option<String> {
        let (centre, _) = sms::split_centre(self.octets.get(..self.centre)?).ok()?;
        centre.map(|c| c.shown())
    }

    /// What is no text may bring a PDU of MMS.
    fn pushed(&self) -> Option<Vec<u8>> {
        let data = self.outline.data.as_ref()?;
        let Content::Octets(octets) = &data.content else {
            return None;
        };
        let alone = data.header.concatenation().is_none();
        let port = data.header.ports().map(|(to, _)| to);
        let push = mms::Push::read(octets).ok();
        let push = push.filter(|p| alone && port == Some(mms::PORT) && p.is_mms())?;
        Some(push.body.to_vec())
    }

    fn octets_of(&self, field: &Field) -> &[u8] {
        let (from, to) = (field.range.start, field.range.end);
        let there = self.octets.get(self.centre + from..self.centre + to);
        there.unwrap_or_default()
    }

    fn write(&self, out: &mut String) {
        let _ = writeln!(
            out,
            "{} of {} octets (3GPP TS 23.040), sha256 {}",
            self.outline.kind,
            self.octets.len() - self.centre,
            sha256(&self.octets[self.centre..])
        );
        if let Some(centre) = self.centre() {
            let _ = writeln!(out, "service centre: {}", clean(&centre));
        }
        for field in &self.outline.fields {
            let _ = writeln!(
                out,
                "{:04X}  {:<38}{} ({}): {}",
                self.centre + field.offset,
                short(self.octets_of(field)),
                field.name,
                field.section,
                clean(&field.value)
            );
        }
        if let Some(pdu) = self.pushed() {
            let _ = writeln!(out, "a WAP push with a PDU of MMS, {} octets", pdu.len());
            *out += &outlined(&pdu);
        }
    }

    fn json(&self) -> serde_json::Value {
        let all = |octets: &[u8]| {
            octets
                .iter()
                .map(|o| format!("{o:02x}"))
                .collect::<String>()
        };
        let fields = self.outline.fields.iter().map(|field| {
            let mut row = serde_json::to_value(field).unwrap_or_default();
            row["offset"] = json!(self.centre + field.offset);
            row["octets"] = json!(all(self.octets_of(field)));
            row
        });
        json!({
            "tpdu": self.outline.kind.to_lowercase(),
            "centre": self.centre(),
            "fields": fields.collect::<Vec<_>>(),
            "mms": self.pushed().map(|pdu| mms::describe(&pdu)),
            "size": self.octets.len() - self.centre,
            "sha256": sha256(&self.octets[self.centre..]),
        })
    }
}

/// The first octets of a field.
fn short(octets: &[u8]) -> String {
    const SHOWN: usize = 12;
    let hex: Vec<String> = octets
        .iter()
        .take(SHOWN)
        .map(|o| format!("{o:02X}"))
        .collect();
    let cut = if octets.len() > SHOWN { " …" } else { "" };
    hex.join(" ") + cut
}

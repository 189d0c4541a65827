//! Short messages as a modem lists them: a line that announces each, and its octets in the next one.
//!
//! In: what a person has copied. Out: each entry with what its line says of it, decoded or with the reason why not. Never here: what stands in a TPDU.
use super::{Found, Refusal, hex};
use crate::event::clean;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// The longest list that is read, in octets; a card holds some hundred messages.
const LONGEST: usize = 1 << 20;
/// Lines behind which a TPDU stands (3GPP TS 27.005 sections 3.4 and 4).
const HEADS: [&str; 4] = ["+CMGR:", "+CMGL:", "+CMT:", "+CDS:"];

/// An entry of a list.
pub(super) struct Entry {
    /// Its place in the list, from 1.
    number: usize,
    /// The line that announces it.
    head: String,
    /// Its place in the modem's store.
    index: Option<u64>,
    /// `<stat>`: 0 received unread, 1 received read, 2 stored unsent, 3 stored sent; a word in text mode.
    status: Option<String>,
    /// Octets of the TPDU as the line says them, without the service centre's address.
    declared: Option<usize>,
    /// What stands there, or why it cannot be decoded.
    pub(super) found: Result<Found, String>,
}

/// The entries of a list; none where it is no list.
///
/// # Errors
/// It is longer than is read.
pub(super) fn entries(text: &str) -> Result<Vec<Entry>, Refusal> {
    let is_head = |line: &str| HEADS.iter().any(|head| line.starts_with(head));
    let all = || text.lines().map(str::trim).filter(|l| !l.is_empty());
    if !all().any(is_head) {
        return Ok(Vec::new());
    }
    if text.len() > LONGEST {
        return Err(Refusal::usage(format!(
            "a list of short messages of {} octets: at most {LONGEST} are read; divide it",
            text.len()
        )));
    }
    let mut entries: Vec<Entry> = Vec::new();
    let mut lines = all().peekable();
    while let Some(line) = lines.next() {
        if is_head(line) {
            let body = lines.next_if(|next| !is_head(next));
            entries.push(Entry::read(entries.len() + 1, line, body));
        }
    }
    Ok(entries)
}

impl Entry {
    fn read(number: usize, head: &str, body: Option<&str>) -> Self {
        let (name, said) = head.split_once(':').unwrap_or((head, ""));
        let fields: Vec<&str> = said.split(',').map(str::trim).collect();
        let (index, status) = match name {
            "+CMGL" => (fields.first(), fields.get(1)),
            "+CMGR" => (None, fields.first()),
            _ => (None, None),
        };
        let last = fields.last().and_then(|f| f.parse().ok());
        let octets = body.and_then(hex);
        let is_text = match status {
            Some(status) => status.starts_with('"'),
            // In PDU mode the length stands last, behind a name at the most.
            None => last.is_none() || fields.len() > 2,
        };
        let declared = last.filter(|_| !is_text);
        let found = match (octets, body) {
            _ if is_text => Err("text mode: AT+CMGF=0 gives PDUs".to_owned()),
            (_, None) => Err("no PDU stands behind it".to_owned()),
            (None, _) => Err("what stands behind it is not whole octets in hexadecimal".to_owned()),
            (Some(octets), _) => {
                let there = tpdu_length(&octets);
                Found::read(octets).ok_or_else(|| match declared {
                    Some(declared) if there < declared => format!("{there} of {declared} octets"),
                    Some(declared) if there != declared => {
                        format!("no short message: {declared} octets declared, {there} there")
                    }
                    _ => format!("no short message: {there} octets"),
                })
            }
        };
        Self {
            number,
            head: head.to_owned(),
            index: index.and_then(|f| f.parse().ok()),
            status: status.map(|f| f.trim_matches('"').to_owned()),
            declared,
            found,
        }
    }

    /// What the line declares beside what is there, where that is not the same.
    fn differs(&self) -> Option<String> {
        let (declared, found) = (self.declared?, self.found.as_ref().ok()?);
        let there = found.octets.len() - found.centre;
        (there != declared).then(|| format!("{declared} octets declared, {there} there"))
    }

    pub(super) fn write(&self, out: &mut String) {
        let _ = writeln!(out, "{}", clean(&self.head));
        if let Some(differs) = self.differs() {
            let _ = writeln!(out, "entry {}: {differs}", self.number);
        }
        match &self.found {
            Ok(found) => found.write(out),
            Err(why) => {
                let _ = writeln!(out, "entry {}: {why}", self.number);
            }
        }
    }

    pub(super) fn json(&self) -> Value {
        let mut object = match &self.found {
            Ok(found) => found.json(),
            Err(why) => json!({ "error": why }),
        };
        object["entry"] = json!(self.number);
        object["index"] = json!(self.index);
        object["status"] = json!(self.status);
        object["declared"] = json!(self.declared);
        object
    }
}

/// Octets behind the service centre's address, which the length of a TPDU does not count (TS 27.005 section 4.1).
fn tpdu_length(octets: &[u8]) -> usize {
    let centre = octets.first().map_or(0, |length| 1 + usize::from(*length));
    octets.len().saturating_sub(centre)
}

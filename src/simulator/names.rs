//! The name servers of a world, as they speak on UDP port 53 (RFC 1035): one question in, one answer out, written by hand so that
//! nothing is shared with the side that asks. Never here: who may reach whom, and time.
use std::net::{Ipv4Addr, Ipv6Addr};

/// What a name server has for a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Records {
    V4(Vec<Ipv4Addr>),
    V6(Vec<Ipv6Addr>),
    NoName,
}

/// A question for addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Question {
    id: u16,
    recursion: bool,
    /// Name, type and class as they came, for the answer.
    octets: Vec<u8>,
    pub name: String,
    /// AAAA, not A.
    pub v6: bool,
}

const HEADER: usize = 12;
const TYPE_A: u16 = 1;
const TYPE_AAAA: u16 = 28;
const CLASS_IN: u16 = 1;
/// Seconds for which an answer may be kept.
const TTL: u32 = 300;

fn two(octets: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes([*octets.get(at)?, *octets.get(at + 1)?]))
}

impl Question {
    /// Reads a datagram; `None` for whatever is no standard query for one name's addresses.
    pub fn read(octets: &[u8]) -> Option<Self> {
        let flags = two(octets, 2)?;
        let is_query = flags & 0xF800 == 0;
        if !is_query || two(octets, 4)? != 1 {
            return None;
        }
        let mut labels: Vec<String> = Vec::new();
        let mut at = HEADER;
        loop {
            let length = usize::from(*octets.get(at)?);
            at += 1;
            match length {
                0 => break,
                1..=63 => {
                    let label = octets.get(at..at + length)?;
                    labels.push(String::from_utf8_lossy(label).into_owned());
                    at += length;
                }
                _ => return None,
            }
        }
        let kind = two(octets, at)?;
        if two(octets, at + 2)? != CLASS_IN || !matches!(kind, TYPE_A | TYPE_AAAA) {
            return None;
        }
        Some(Question {
            id: two(octets, 0)?,
            recursion: flags & 0x0100 != 0,
            octets: octets[HEADER..at + 4].to_vec(),
            name: labels.join("."),
            v6: kind == TYPE_AAAA,
        })
    }

    /// The answer as it goes out.
    pub fn answer(&self, records: &Records) -> Vec<u8> {
        let rows: Vec<Vec<u8>> = match records {
            Records::V4(all) => all.iter().map(|a| row(TYPE_A, &a.octets())).collect(),
            Records::V6(all) => all.iter().map(|a| row(TYPE_AAAA, &a.octets())).collect(),
            Records::NoName => Vec::new(),
        };
        let code = if *records == Records::NoName { 3 } else { 0 };
        let recursion = if self.recursion { 0x0100 } else { 0 };
        let count = u16::try_from(rows.len()).unwrap_or(u16::MAX);
        let mut out = Vec::new();
        // A response, recursion available, and the code.
        for word in [self.id, 0x8080 | recursion | code, 1, count, 0, 0] {
            out.extend_from_slice(&word.to_be_bytes());
        }
        out.extend_from_slice(&self.octets);
        out.extend(rows.into_iter().flatten());
        out
    }
}

/// One record, whose name is the one of the question: a pointer to behind the header.
fn row(kind: u16, data: &[u8]) -> Vec<u8> {
    let mut out = vec![0xC0, 0x0C];
    out.extend_from_slice(&kind.to_be_bytes());
    out.extend_from_slice(&CLASS_IN.to_be_bytes());
    out.extend_from_slice(&TTL.to_be_bytes());
    out.extend_from_slice(&u16::try_from(data.len()).unwrap_or(u16::MAX).to_be_bytes());
    out.extend_from_slice(data);
    out
}

//! DNS messages (RFC 1035), by simple-dns: one question, and what an answer to it says.
//!
//! In: a name and a record, or the octets of a datagram. Out: the octets of a question, or what the resolver said. Pure; who carries
//! the datagram is not known here.
use crate::event::{RecordKind, Said};
use simple_dns::rdata::RData;
use simple_dns::{CLASS, Name, OPCODE, Packet, PacketFlag, QTYPE, Question, RCODE, TYPE};
use std::net::{Ipv4Addr, Ipv6Addr};

/// No more addresses of one answer are kept.
const MOST: usize = 8;

/// A name that cannot be asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is no name that DNS can carry ({why}); correct it in the profile")]
pub struct NoSuchQuestion {
    /// The name, escaped.
    name: String,
    /// What is wrong with it.
    why: String,
}

/// The octets of a question that wants recursion.
///
/// # Errors
/// A name that does not fit into a question.
pub fn question(id: u16, name: &str, record: RecordKind) -> Result<Vec<u8>, NoSuchQuestion> {
    let fault = |why: String| NoSuchQuestion {
        name: name.escape_default().to_string(),
        why,
    };
    let plain = name.strip_suffix('.').unwrap_or(name);
    if plain.split('.').any(str::is_empty) {
        return Err(fault("a part of it is empty".to_owned()));
    }
    let wanted = Name::new(name).map_err(|e| fault(e.to_string()))?;
    let mut message = Packet::new_query(id);
    message.set_flags(PacketFlag::RECURSION_DESIRED);
    let query = Question::new(wanted, kind(record), CLASS::IN.into(), false);
    message.questions.push(query);
    message.build_bytes_vec().map_err(|e| fault(e.to_string()))
}

fn kind(record: RecordKind) -> QTYPE {
    match record {
        RecordKind::A => TYPE::A.into(),
        RecordKind::Aaaa => TYPE::AAAA.into(),
    }
}

/// What a datagram says to the question with this id; `None` where it is no answer to it.
#[must_use]
pub fn answer(id: u16, name: &str, record: RecordKind, octets: &[u8]) -> Option<Said> {
    let message = Packet::parse(octets).ok()?;
    let is_response = message.has_flags(PacketFlag::RESPONSE);
    if message.id() != id || !is_response || message.opcode() != OPCODE::StandardQuery {
        return None;
    }
    let asked = |q: &Question<'_>| {
        q.qtype == kind(record)
            && (q.qname.to_string())
                .trim_end_matches('.')
                .eq_ignore_ascii_case(name.trim_end_matches('.'))
    };
    // Some servers leave the question out of a refusal.
    if !message.questions.is_empty() && !message.questions.iter().any(asked) {
        return None;
    }
    Some(match message.rcode() {
        RCODE::NoError => found(&message, record),
        RCODE::NameError => Said::NoName,
        // Of the octets, for a code that has no name is a code all the same.
        _ => Said::Refused {
            code: octets.get(3).map_or(0, |flags| u16::from(flags & 0x0F)),
        },
    })
}

/// The addresses of an answer; names that lead to other names (CNAME) were followed by the resolver.
fn found(message: &Packet<'_>, record: RecordKind) -> Said {
    let mut addresses = Vec::new();
    let mut ttl_s = u32::MAX;
    for row in &message.answers {
        let address = match (&row.rdata, record) {
            (RData::A(a), RecordKind::A) => Ipv4Addr::from(a.address).to_string(),
            (RData::AAAA(a), RecordKind::Aaaa) => Ipv6Addr::from(a.address).to_string(),
            _ => continue,
        };
        ttl_s = ttl_s.min(row.ttl);
        if addresses.len() < MOST && !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    match addresses.is_empty() {
        true => Said::Empty,
        false => Said::Addresses { addresses, ttl_s },
    }
}

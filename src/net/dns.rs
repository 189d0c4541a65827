//! DNS messages (RFC 1035), by hickory-proto: one question, and what an answer to it says.
//!
//! In: a name and a record, or the octets of a datagram. Out: the octets of a question, or what the resolver said. Pure; who carries
//! the datagram is not known here.
use crate::event::{RecordKind, Said};
use hickory_proto::op::{Message, MessageType, OpCode, Query, ResponseCode};
use hickory_proto::rr::{Name, RData, RecordType};
use std::str::FromStr;

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
    let mut wanted = Name::from_str(name).map_err(|e| fault(e.to_string()))?;
    wanted.set_fqdn(true);
    let mut message = Message::new(id, MessageType::Query, OpCode::Query);
    message.metadata.recursion_desired = true;
    message.add_query(Query::query(wanted, kind(record)));
    message.to_vec().map_err(|e| fault(e.to_string()))
}

fn kind(record: RecordKind) -> RecordType {
    match record {
        RecordKind::A => RecordType::A,
        RecordKind::Aaaa => RecordType::AAAA,
    }
}

/// What a datagram says to the question with this id; `None` where it is no answer to it.
#[must_use]
pub fn answer(id: u16, name: &str, record: RecordKind, octets: &[u8]) -> Option<Said> {
    let message = Message::from_vec(octets).ok()?;
    let head = message.metadata;
    if head.id != id || head.message_type != MessageType::Response || head.op_code != OpCode::Query
    {
        return None;
    }
    let asked = |q: &Query| {
        let same = q.name().to_ascii();
        q.query_type() == kind(record)
            && same
                .trim_end_matches('.')
                .eq_ignore_ascii_case(name.trim_end_matches('.'))
    };
    // Some servers leave the question out of a refusal.
    if !message.queries.is_empty() && !message.queries.iter().any(asked) {
        return None;
    }
    Some(match head.response_code {
        ResponseCode::NoError => found(&message, record),
        ResponseCode::NXDomain => Said::NoName,
        other => Said::Refused { code: other.into() },
    })
}

/// The addresses of an answer; names that lead to other names (CNAME) were followed by the resolver.
fn found(message: &Message, record: RecordKind) -> Said {
    let mut addresses = Vec::new();
    let mut ttl_s = u32::MAX;
    for row in &message.answers {
        let address = match (&row.data, record) {
            (RData::A(a), RecordKind::A) => a.0.to_string(),
            (RData::AAAA(a), RecordKind::Aaaa) => a.0.to_string(),
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

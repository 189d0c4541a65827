//! Evidence as a reader needs it: in the order of time, and where rows were measured at different places, each with its own.
use super::Facts;
use crate::event::{Evidence, Found, On, StackKind};

/// What differs between the places.
#[derive(Default)]
struct Differs {
    stack: bool,
    cid: bool,
    apn: bool,
    pdp_type: bool,
}

/// Puts evidence into the order of time. Where its connections and answers were measured over more than one context, APN, type or stack, each says
/// over which: the same address that is silent in one line and open in another would else contradict itself.
pub fn told_apart(facts: Facts<'_>, mut evidence: Vec<Evidence>) -> Vec<Evidence> {
    let places: Vec<Option<&On>> = evidence.iter().map(|e| place(facts, e)).collect();
    let mut known = places.iter().flatten();
    if let Some(first) = known.next() {
        let mut differs = Differs::default();
        for on in known {
            differs.stack |= on.stack != first.stack;
            differs.cid |= on.cid != first.cid;
            differs.apn |= !on.apn_asked.eq_ignore_ascii_case(&first.apn_asked);
            differs.pdp_type |= on.pdp_type != first.pdp_type;
        }
        for (piece, on) in evidence.iter_mut().zip(places) {
            let over = on.map(|on| words(on, &differs)).unwrap_or_default();
            if !over.is_empty() {
                piece.says = format!("{}, over {}", piece.says, over.join(", "));
            }
        }
    }
    evidence.sort_by_key(|piece| piece.ms);
    evidence
}

/// Where a row was measured that does not say so by itself.
fn place<'f>(facts: Facts<'f>, piece: &Evidence) -> Option<&'f On> {
    let row = facts.rows().iter().find(|row| row.id == piece.id)?;
    match &row.fact.found {
        Found::Attempt(attempt) => Some(&attempt.on),
        Found::Http(http) => Some(&http.on),
        Found::Lookup { on, .. } | Found::Ping { on, .. } => Some(on),
        _ => None,
    }
}

fn words(on: &On, differs: &Differs) -> Vec<String> {
    let mut words = Vec::new();
    if differs.apn && !on.apn_asked.is_empty() {
        words.push(format!("APN {}", on.apn_asked));
    }
    if differs.pdp_type {
        words.push(on.pdp_type.to_string());
    }
    if let Some(cid) = on.cid.filter(|_| differs.cid) {
        words.push(format!("context {cid}"));
    }
    if differs.stack {
        words.push(match on.stack {
            StackKind::Host => "an interface of this machine".to_owned(),
            _ => "the module's sockets".to_owned(),
        });
    }
    words
}

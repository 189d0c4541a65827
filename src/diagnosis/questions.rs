//! Which questions to put to which resolver by itself: E11 to E13 of the tree.
//!
//! The module's own lookup has one word for a name that does not exist, a resolver that is silent and a wrong APN. Asked by
//! itself, each resolver tells them apart; AAAA and the name of RFC 7050 show whether there is a way over IPv6.
use super::Facts;
use crate::event::{Case, On, RecordKind, Said, TargetRole};
use std::net::IpAddr;

/// The name whose AAAA only a resolver has that synthesises addresses (RFC 7050 section 2).
pub const DNS64_NAME: &str = "ipv4only.arpa";

/// A question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Its id in the tree.
    pub experiment: &'static str,
    /// What it would tell.
    pub tells: &'static str,
    /// Whom.
    pub resolver: IpAddr,
    /// Which name.
    pub name: String,
    /// What the name is to the diagnosis.
    pub role: TargetRole,
    /// Which record.
    pub record: RecordKind,
}

/// The questions of a context, in the order in which they are put. A resolver that was silent once is not asked again.
#[must_use]
pub fn questions(facts: Facts<'_>, on: &On) -> Vec<Question> {
    let Some(case) = facts.case() else {
        return Vec::new();
    };
    let context = facts
        .contexts()
        .into_iter()
        .rev()
        .find(|c| c.on.cid == on.cid && c.on.pdp_type == on.pdp_type);
    let granted: Vec<IpAddr> = context
        .iter()
        .flat_map(|c| c.dns)
        .filter_map(|d| d.parse().ok())
        .filter(|d: &IpAddr| facts.has_family(on, &d.to_string()))
        .collect();
    let (name, role) = dialled(case);
    let mut all = Vec::new();
    let mut add = |experiment, tells, resolver: IpAddr, name: &str, role, record| {
        all.push(Question {
            experiment,
            tells,
            resolver,
            name: name.to_owned(),
            role,
            record,
        });
    };
    let is_name = name.parse::<IpAddr>().is_err();
    if let Some(&first) = granted.first() {
        if is_name {
            let tells = "whether the bearer's resolver knows the name, denies it or is silent";
            add("E11", tells, first, name, role, RecordKind::A);
            let tells = "whether the name has an IPv6 address on this bearer";
            add("E11", tells, first, name, role, RecordKind::Aaaa);
        }
        let tells = "whether this resolver makes IPv6 addresses out of IPv4 ones";
        let aaaa = RecordKind::Aaaa;
        add("E12", tells, first, DNS64_NAME, TargetRole::Resolver, aaaa);
    }
    if is_name {
        let public = case.public_resolver.iter().filter_map(|a| a.parse().ok());
        let second = granted.get(1).copied().into_iter().chain(public);
        for resolver in second.filter(|a| Some(a) != granted.first()) {
            let tells = "whether another resolver says the same";
            add("E13", tells, resolver, name, role, RecordKind::A);
        }
    }
    all.retain(|q| !was_put(facts, on, q));
    all
}

/// Whether it was put on this context already, or its resolver was silent there.
fn was_put(facts: Facts<'_>, on: &On, question: &Question) -> bool {
    facts.queries().iter().any(|put| {
        let q = put.query;
        let same = q.name == question.name && q.record == question.record;
        q.on == *on
            && q.resolver == question.resolver.to_string()
            && (same || q.said == Said::Silence)
    })
}

/// The name that a send asks for first: the proxy's, or the MMSC's.
fn dialled(case: &Case) -> (&str, TargetRole) {
    match &case.via_proxy {
        Some((host, _)) => (host, TargetRole::Proxy),
        None => (&case.host, TargetRole::Mmsc),
    }
}

//! Rows that several rules for connections stand on: the connect beneath a request, the control beside it, the configured endpoint
//! where it fails.
use crate::diagnosis::Facts;
use crate::diagnosis::evidence::of;
use crate::diagnosis::facts::{Asked, Tried};
use crate::event::{Class, Evidence, FactRow, On, TargetRole};

/// A notification to this line as evidence (E35): the line has MMS, and the carrier says where.
pub(super) fn announced(row: &FactRow, at: &str) -> Evidence {
    of(
        row,
        format!("an MMS to this line was announced, to be fetched from {at}"),
    )
}

/// The attempt beneath a request.
pub(super) fn opened<'a>(facts: Facts<'a>, asked: &Asked<'_>) -> Option<Tried<'a>> {
    facts.tried().into_iter().find(|t| {
        t.class == Class::Open
            && t.attempt.on == asked.http.on
            && t.attempt.target == asked.http.target
    })
}

/// The black hole on a port of a context: whether it opened.
pub(super) fn black_hole<'a>(facts: Facts<'a>, on: &On, port: u16) -> Option<Tried<'a>> {
    facts.tried().into_iter().find(|t| {
        t.attempt.target.role == TargetRole::BlackHole
            && t.attempt.target.port == port
            && t.attempt.on == *on
    })
}

/// What the configured endpoint did, where it did not answer as an MMSC: the rows that show it.
pub(super) fn configured_fails(facts: Facts<'_>) -> Option<Vec<Evidence>> {
    if facts.works_as_configured().is_some() {
        return None;
    }
    let tried = configured_attempts(facts);
    tried.first()?;
    let asked: Vec<Asked<'_>> = facts
        .http()
        .into_iter()
        .filter(|a| facts.is_configured(&a.http.on, &a.http.target))
        .collect();
    Some(
        tried
            .iter()
            .map(Tried::evidence)
            .chain(asked.iter().map(Asked::evidence))
            .collect(),
    )
}

/// What shows that the profile's own context does not lead to an MMSC: the configured endpoint, or a name that does not come to
/// an address there. An attempt that counts for nothing shows nothing.
pub(super) fn home_fails(facts: Facts<'_>) -> Option<Vec<Evidence>> {
    if facts.works_as_configured().is_some() {
        return None;
    }
    let rows = match configured_fails(facts) {
        Some(rows) => rows,
        None => super::name::unresolved_at_home(facts),
    };
    (!rows.is_empty()).then_some(rows)
}

/// Home as attempts carry it, with its proof.
pub(super) fn home_on(facts: Facts<'_>) -> Option<On> {
    facts
        .tried()
        .into_iter()
        .find(|t| facts.is_home(&t.attempt.on))
        .map(|t| t.attempt.on.clone())
}

/// Connections to the configured endpoint that count.
pub(super) fn configured_attempts(facts: Facts<'_>) -> Vec<Tried<'_>> {
    facts
        .counting()
        .into_iter()
        .filter(|t| facts.is_configured(&t.attempt.on, &t.attempt.target))
        .collect()
}

//! Rules for the two socket stacks: the module's own, and the host's with its routes.
use super::Finding;
use crate::diagnosis::Facts;
use crate::diagnosis::evidence::of;
use crate::diagnosis::facts::{Named, Tried};
use crate::diagnosis::grounds::is_usable;
use crate::event::{Class, Code, Confidence, Found, RecordKind, Shape, StackKind};

pub fn host_route(facts: Facts<'_>) -> Option<Finding> {
    let rows =
        facts.all(|f| matches!(f, Found::Route { leaves_by, wanted, .. } if leaves_by != wanted));
    let failing: Vec<Tried<'_>> = facts
        .tried()
        .into_iter()
        .filter(|t| t.attempt.on.stack == StackKind::Host && t.class != Class::Open)
        .collect();
    let leads_elsewhere = |t: &Tried<'_>| {
        rows.iter().any(|r| {
            matches!(&r.fact.found, Found::Route { target, .. } if *target == t.attempt.target.host)
        })
    };
    if !failing.iter().any(leads_elsewhere) {
        return None;
    }
    // A bound socket that opens has its route; and where the module's own stack carries data, its failure has another cause.
    let open = facts.tried().iter().any(|t| t.class == Class::Open);
    if open || !facts.answered().is_empty() {
        return None;
    }
    Some(
        Finding::new(
            Code::HostRoute,
            Confidence::Medium,
            "This machine's route to the MMSC does not leave by the modem",
        )
        .on(rows.iter().map(|r| match &r.fact.found {
            Found::Route {
                target,
                leaves_by,
                wanted,
            } => of(r, format!("{target} leaves by {leaves_by}, not by {wanted}")),
            _ => of(r, ""),
        }))
        .on(failing.iter().map(Tried::evidence))
        .unless("the same failure with a route that leaves by the modem")
        .then("Add a host route over the modem's interface, or raise the metric of Wi-Fi and Ethernet"),
    )
}

pub fn host_reaches(facts: Facts<'_>) -> Option<Finding> {
    let found = facts
        .answered()
        .into_iter()
        .find(|a| a.http.on.stack == StackKind::Host && a.http.target.role.is_mmsc())?;
    let home = facts.home()?;
    // Another APN, or another line, behind the interface would explain it as well: only one that is proved to have the
    // context's address carries what is bound to it over the same bearer, whatever the routes say.
    let same_bearer = found.http.on.proven == Some(true)
        && found.http.on.cid.is_none_or(|cid| home.on.cid == Some(cid));
    let same: Vec<Tried<'_>> = facts
        .tried()
        .into_iter()
        .filter(|t| {
            t.attempt.on.stack == StackKind::At
                && t.attempt.target.port == found.http.target.port
                && t.attempt.target.host == found.http.target.host
                && facts.is_home(&t.attempt.on)
                && !t.never_left()
        })
        .collect();
    same.first()?;
    if !same_bearer || same.iter().any(|t| t.class == Class::Open) {
        return None;
    }
    Some(
        Finding::new(
            Code::ModuleStack,
            Confidence::High,
            format!(
                "The host reaches the MMSC at {} over the same line; the module's own sockets do not",
                found.http.target
            ),
        )
        .on(same.iter().map(Tried::evidence))
        .on([found.evidence()])
        .unless("the module's sockets reaching it")
        .then("Send over the modem's network interface, or look for other firmware"),
    )
}

/// The module's own lookup fails for a name that the bearer's resolver tells when it is asked over the same stack.
pub fn lookup_fails(facts: Facts<'_>) -> Option<Finding> {
    let case = facts.case()?;
    let dialled = case.via_proxy.as_ref().map_or(&case.host, |(host, _)| host);
    let failed: Vec<_> = facts
        .lookups()
        .into_iter()
        .filter(|l| l.name == *dialled && facts.is_home(l.on))
        .collect();
    if failed.is_empty()
        || failed
            .iter()
            .any(|l| l.addresses.iter().any(|a| is_usable(a)))
    {
        return None;
    }
    let told = facts.queries().into_iter().find(|q| {
        q.query.name == *dialled
            && q.query.record == RecordKind::A
            && facts.is_home(&q.query.on)
            && facts.is_granted(&q.query.resolver)
            && q.query.addresses().iter().any(|a| is_usable(a))
    })?;
    Some(
        Finding::new(
            Code::ModuleStack,
            Confidence::High,
            format!(
                "The module's own lookup (AT+CDNSGIP) fails for {dialled}, which the bearer's resolver knows"
            ),
        )
        .on(failed.iter().map(Named::evidence))
        .on([told.evidence()])
        .unless(format!("AT+CDNSGIP giving an address for {dialled}"))
        .then("Look at AT+CIPDNSSET? (limits of the module's lookup), then restart the module (AT+CRESET) (the line is without SMS until it is registered again)")
        .then(format!(
            "Until then put the address in the name's place in a copy of the profile: {}",
            told.query.addresses().join(", ")
        )),
    )
}

pub fn all_local(facts: Facts<'_>) -> Option<Finding> {
    let tried = facts.tried();
    let home: Vec<&Tried<'_>> = tried
        .iter()
        .filter(|t| facts.is_home(&t.attempt.on))
        .collect();
    let at_once = |t: &&Tried<'_>| {
        matches!(t.class, Class::Local | Class::Nostack)
            || (t.attempt.shape == Shape::AtOnce
                && t.class != Class::Open
                && t.attempt.ms.is_some_and(|ms| ms < 150))
    };
    let controls = home
        .iter()
        .filter(|t| t.attempt.target.role.is_control())
        .count();
    let mmsc = home
        .iter()
        .filter(|t| t.attempt.target.role.is_mmsc())
        .count();
    if controls == 0 || mmsc == 0 || !home.iter().copied().all(|t| at_once(&t)) {
        return None;
    }
    // A stack that was open and is not any more went away under the probe, with a restart or the network: no refusal of its own.
    if home.iter().all(|t| t.class == Class::Nostack) {
        return None;
    }
    Some(
        Finding::new(
            Code::ModuleStack,
            Confidence::Medium,
            "Every connection is refused at once, controls included: none of them left the module",
        )
        .on(home.iter().map(|t| t.evidence()))
        .unless("a control that opens on the same stack")
        .then("See which program uses the stack; then close it and open it again (AT+NETCLOSE, AT+NETOPEN), and see AT+CIPMODE? (1 allows link 0 only)")
        .then("Use the modem's network interface over USB"),
    )
}

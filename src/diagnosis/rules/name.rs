//! Rules for the name that a send dials: nobody knows it here, or it has no address of the context's family.
use super::Finding;
use super::rows::home_on;
use crate::diagnosis::Facts;
use crate::diagnosis::facts::{Named, Put, Tried};
use crate::diagnosis::grounds::is_usable;
use crate::event::{Code, Confidence, Fix, PdpType, RecordKind, Said, TargetRole, Witness};

/// What was asked for the name, and what came.
struct Asked<'a> {
    name: &'a str,
    /// The module's lookups, all in vain.
    failed: Vec<Named<'a>>,
    /// Each resolver by itself.
    queries: Vec<Put<'a>>,
}

/// The name came to no address that can be dialled, on whatever context.
fn in_vain(facts: Facts<'_>) -> Option<Asked<'_>> {
    let case = facts.case()?;
    let name = case.via_proxy.as_ref().map_or(&case.host, |(host, _)| host);
    let failed: Vec<Named<'_>> = facts
        .lookups()
        .into_iter()
        .filter(|l| l.name == *name)
        .collect();
    if failed.is_empty() || failed.iter().any(|l| has_address(l.addresses)) {
        return None;
    }
    let queries = facts
        .queries()
        .into_iter()
        .filter(|q| q.query.name == *name)
        .collect();
    Some(Asked {
        name,
        failed,
        queries,
    })
}

fn has_address(addresses: &[String]) -> bool {
    addresses.iter().any(|a| is_usable(a))
}

impl<'a> Asked<'a> {
    /// What the bearer's own resolvers said.
    fn granted(&self, facts: Facts<'_>) -> impl Iterator<Item = &Put<'a>> {
        let mine: Vec<&Put<'a>> = self
            .queries
            .iter()
            .filter(|q| facts.is_granted(&q.query.resolver))
            .collect();
        mine.into_iter()
    }

    /// An answer that is no address, such as 0.0.0.0: somebody blocks the name.
    fn blocked(&self, facts: Facts<'_>) -> Option<String> {
        let looked_up = self.failed.iter().find_map(|l| l.addresses.first());
        let told = || {
            self.granted(facts)
                .find_map(|q| q.query.addresses().first())
        };
        looked_up.or_else(told).cloned()
    }
}

pub fn name_wrong(facts: Facts<'_>) -> Option<Finding> {
    if facts.substituted().is_some() {
        return None;
    }
    let asked = in_vain(facts)?;
    if asked
        .granted(facts)
        .any(|q| has_address(q.query.addresses()))
    {
        return None; // the bearer's resolver knows the name: the module's lookup or the family is what fails
    }
    let other = facts
        .lookups()
        .into_iter()
        .find(|l| has_address(l.addresses) && l.on.cid == asked.failed[0].on.cid);
    let control = home_on(facts).and_then(|on| facts.control(&on));
    let (confidence, headline) = heard(facts, &asked, other.as_ref(), control.as_ref())?;
    let untried = facts.untried_apns();
    let phone = facts.witness(Witness::PhoneSends);
    // A name may be known only over the APN that is meant for it, and a phone that sends has one that is known.
    let doubt = !untried.is_empty() || phone.is_some();
    let confidence = match doubt {
        true => confidence.min(Confidence::Medium),
        false => confidence,
    };
    let headline = match untried.first() {
        Some(apn) => format!(
            "{headline}; over the APN {apn}, which other data for this SIM names, it was not asked for"
        ),
        None => headline,
    };
    let finding = Finding::new(Code::NameWrong, confidence, headline)
        .on(asked.failed.iter().map(Named::evidence))
        .on(asked.queries.iter().map(Put::evidence))
        .on(other.iter().map(Named::evidence))
        .on(control.iter().map(Tried::evidence))
        .on(phone.map(|r| {
            crate::diagnosis::evidence::of(
                r,
                "the same SIM in a phone sends, so some name is right",
            )
        }))
        .unless(format!(
            "an address for {} from this bearer's resolver, or over another APN",
            asked.name
        ));
    let finding = match untried.first() {
        Some(apn) => finding.then(format!(
            "Look over the APN {apn} as well: a full probe (--full) does"
        )),
        None => finding,
    };
    Some(finding.then(remedy(facts, &asked, other.is_some())))
}

/// What was heard, in words, and how sure it makes.
fn heard(
    facts: Facts<'_>,
    asked: &Asked<'_>,
    other: Option<&Named<'_>>,
    control: Option<&Tried<'_>>,
) -> Option<(Confidence, String)> {
    let name = asked.name;
    let mut answers = asked.granted(facts).map(|q| &q.query.said).peekable();
    let silent = answers.peek().is_some() && answers.all(|said| *said == Said::Silence);
    let denied = asked.granted(facts).find(|q| q.query.said == Said::NoName);
    let (confidence, headline) = match (other, control) {
        // A lookup that fails without a word from a resolver may have been lost on the way.
        (Some(other), _) => (
            match denied.is_some() || asked.blocked(facts).is_some() {
                true => Confidence::High,
                false => Confidence::Medium,
            },
            format!(
                "{name} does not resolve on this bearer, while {} does",
                other.name
            ),
        ),
        (None, Some(_)) if no_resolvers(facts) => (
            Confidence::Low,
            "The network granted no resolver with this context, and no name resolves over it"
                .to_owned(),
        ),
        (None, Some(control)) if control.attempt.target.role == TargetRole::Reference && silent => {
            (
                Confidence::High,
                format!(
                    "No name resolves on this bearer, not even {name}: its resolvers do not answer, while data works"
                ),
            )
        }
        // Denied in so many words, beside data that works.
        (None, Some(control))
            if control.attempt.target.role == TargetRole::Reference
                && (denied.is_some() || asked.blocked(facts).is_some()) =>
        {
            (
                Confidence::High,
                format!("{name} does not resolve on this bearer, while data works"),
            )
        }
        (None, Some(control)) if control.attempt.target.role == TargetRole::Reference => (
            Confidence::Medium,
            format!("No name resolves on this bearer, not even {name}, while data works"),
        ),
        (None, Some(_)) => (
            Confidence::Medium,
            format!("{name} does not resolve, although the bearer's resolver accepts connections"),
        ),
        (None, None) => return None,
    };
    let known = asked
        .queries
        .iter()
        .find(|q| has_address(q.query.addresses()));
    let headline = match (denied, known, asked.blocked(facts)) {
        (Some(q), Some(other), _) => format!(
            "The bearer's resolver {} denies {name}, which {} knows",
            q.query.resolver, other.query.resolver
        ),
        (Some(q), None, _) => format!(
            "There is no name {name} on this bearer: its resolver {} denies it",
            q.query.resolver
        ),
        (None, _, Some(answer)) => format!(
            "The bearer's resolver answers {answer} for {name}, which is no address: the name is blocked"
        ),
        _ => headline,
    };
    Some((confidence, headline))
}

fn no_resolvers(facts: Facts<'_>) -> bool {
    facts.home().is_some_and(|c| c.dns.is_empty())
}

fn remedy(facts: Facts<'_>, asked: &Asked<'_>, others_resolve: bool) -> String {
    let direct = facts.case().is_some_and(|c| c.via_proxy.is_none());
    let denied = asked.granted(facts).any(|q| q.query.said == Said::NoName);
    let says = if !asked.name.contains('.') && direct {
        "A name without a dot is meant for the carrier's proxy: set the proxy that the carrier lists"
    } else if asked.blocked(facts).is_some() {
        "Ask the carrier why its resolver blocks the name; a content filter on the line may do it"
    } else if others_resolve || denied {
        "Compare the host with the carrier's page, letter by letter; some names are known only on the carrier's MMS APN"
    } else if no_resolvers(facts) {
        "Ask the carrier for the MMSC's address, and put it in the name's place in a copy of the profile"
    } else {
        "Reattach (AT+CGATT=0, then 1) (the line is without SMS until it is registered again) to be given resolvers again; tell the carrier that no name resolves"
    };
    says.to_owned()
}

/// The name has addresses of one family only, and the context none of that family.
pub fn other_family_only(facts: Facts<'_>) -> Option<Finding> {
    let case = facts.case()?;
    let name = case.via_proxy.as_ref().map_or(&case.host, |(host, _)| host);
    if !facts.is_unresolved() || !facts.answered().is_empty() {
        return None;
    }
    let home = facts.home().filter(|c| !c.addresses.is_empty())?;
    let queries = facts.queries();
    let mut here = queries.iter().filter(|q| {
        q.query.name == *name && facts.is_home(&q.query.on) && facts.is_granted(&q.query.resolver)
    });
    let told = here.clone().find(|q| {
        q.query.record == RecordKind::Aaaa
            && has_address(q.query.addresses())
            && !facts.has_family(&q.query.on, &q.query.addresses()[0])
    })?;
    let empty = here.find(|q| q.query.record == RecordKind::A && q.query.said == Said::Empty)?;
    Some(
        Finding::new(
            Code::IpFamily,
            Confidence::Medium,
            format!("{name} has IPv6 addresses only, and this context has no IPv6 address"),
        )
        .on([home.evidence()])
        .on(unresolved_at_home(facts))
        .on([empty.evidence(), told.evidence()])
        .unless(format!("an IPv4 address for {name}"))
        .fix(
            "Ask for IPV4V6 in a copy of the profile, and send again",
            Fix::PdpType {
                pdp_type: PdpType::Ipv4v6,
            },
        ),
    )
}

/// The profile's name in vain, as the rows that show it: for rules about what does better elsewhere.
pub(super) fn unresolved_at_home(facts: Facts<'_>) -> Vec<crate::event::Evidence> {
    if !facts.is_unresolved() {
        return Vec::new();
    }
    let Some(case) = facts.case() else {
        return Vec::new();
    };
    let name = case.via_proxy.as_ref().map_or(&case.host, |(host, _)| host);
    let lookups = facts.lookups();
    let failed = lookups
        .iter()
        .filter(|l| l.name == *name && facts.is_home(l.on));
    let queries = facts.queries();
    let asked = queries
        .iter()
        .filter(|q| q.query.name == *name && facts.is_home(&q.query.on));
    failed
        .map(Named::evidence)
        .chain(asked.map(Put::evidence))
        .collect()
}

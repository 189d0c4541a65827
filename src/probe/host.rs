//! E24 and E25: the same experiments over an interface of this machine that is up, and the routes that lead to it.
//!
//! Every socket is bound to the interface. By which one an unbound socket would leave is looked up beside it, since that is what
//! other programs on this machine do; no packet is needed for that.
use super::{Lab, access, http};
use crate::diagnosis::{self, Capabilities, Facts, Proposal, Step, Wants, next_post};
use crate::event::{
    Attempt, Case, Class, ExperimentState, Found, HttpProbe, On, Query, RecordKind, Said, Shape,
    StackKind, Target, TargetRole,
};
use crate::modem::SimCard;
use crate::net::{Host, Octets};
use futures_util::stream::{FuturesUnordered, StreamExt};
use std::io;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use tokio::time::timeout;

/// How long a resolver is given for one datagram, and how often it is asked.
const PATIENCE: Duration = Duration::from_secs(3);
const DATAGRAMS: u16 = 2;
/// Any address beyond this link: RFC 3849. Nothing is sent to it.
const ANY_SIX: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1);
/// So many connections at once.
const AT_ONCE: usize = 4;

/// Looks from this machine, as far as the case is known. An answer over the module's stack leaves nothing to look for.
pub async fn examine(lab: &Lab<'_>, host: &Host, card: &SimCard) {
    let rows = lab.facts();
    let facts = Facts::of(&rows);
    let Some(case) = facts.case().cloned() else {
        return;
    };
    if facts.works_as_configured().is_some() && !lab.job.budget.exhaustive {
        return;
    }
    let on = place(facts, host, &case);
    look_up(lab, host, &on, &case).await;
    audit(lab, host, &on, &case);
    connections(lab, host, &on, card).await;
}

/// Where it is measured. The interface is proved to be on a context only where it has that context's address: a module that
/// translates addresses (RNDIS, ECM) gives the host another one.
fn place(facts: Facts<'_>, host: &Host, case: &Case) -> On {
    let towards = case
        .black_hole
        .parse()
        .unwrap_or(IpAddr::from([192, 0, 2, 1]));
    let sources: Vec<IpAddr> = [towards, ANY_SIX.into()]
        .into_iter()
        .filter_map(|to| host.0.route(to).source)
        .collect();
    let is_ours = |text: &String| {
        let address = text.parse::<IpAddr>();
        address.is_ok_and(|a| sources.iter().any(|s| is_same_line(*s, a)))
    };
    let contexts = facts.contexts();
    let same = contexts.iter().find(|c| c.addresses.iter().any(is_ours));
    On {
        stack: StackKind::Host,
        cid: same.and_then(|c| c.on.cid),
        apn_asked: case.apn.clone(),
        apn_granted: same.and_then(|c| c.on.apn_granted.clone()),
        pdp_type: case.pdp_type,
        proven: same.map(|_| true),
    }
}

/// Whether two addresses are of one line: the same, or with the same 64 bits before, which the network gives to one line only (3GPP
/// TS 23.401 section 5.3.1.2.2); what follows them each device makes up by itself.
fn is_same_line(a: IpAddr, b: IpAddr) -> bool {
    match (a, b) {
        (IpAddr::V6(a), IpAddr::V6(b)) if !a.is_unicast_link_local() => {
            a.segments()[..4] == b.segments()[..4]
        }
        _ => a == b,
    }
}

/// Whether the interface has an address of this one's family.
fn has_family(host: &Host, to: IpAddr) -> bool {
    host.0.route(to).source.is_some()
}

/// The names, by the bearer's resolver over the interface; what the module was told stands in where that fails.
async fn look_up(lab: &Lab<'_>, host: &Host, on: &On, case: &Case) {
    let (name, role) = match &case.via_proxy {
        Some((host, _)) => (host.as_str(), TargetRole::Proxy),
        None => (case.host.as_str(), TargetRole::Mmsc),
    };
    let public = case
        .reference
        .iter()
        .map(|(host, _)| host.as_str())
        .find(|host| host.parse::<IpAddr>().is_err());
    let wanted = [(name, role)]
        .into_iter()
        .chain(public.map(|host| (host, TargetRole::Reference)));
    for (name, role) in wanted {
        let began = lab.gear.sink.now_ms();
        let (mut addresses, mut says) = (Vec::new(), String::new());
        if name.parse::<IpAddr>().is_ok() {
            addresses.push(name.to_owned());
        } else if let Some(resolver) = resolver(lab, host) {
            let query = put(lab, host, on, resolver, (name, role, RecordKind::A)).await;
            says = query.said.words();
            addresses = query.addresses().to_vec();
            // One that is silent is not asked again.
            if query.said != Said::Silence {
                put(lab, host, on, resolver, (name, role, RecordKind::Aaaa)).await;
            }
        }
        if addresses.is_empty() {
            let rows = lab.facts();
            let lookups = Facts::of(&rows).lookups();
            let known = lookups.iter().filter(|l| l.name == name);
            addresses = known.flat_map(|l| l.addresses).cloned().collect();
            addresses.dedup();
            says = "as the module was told".to_owned();
        }
        let shown = addresses.join(", ");
        let found = Found::Lookup {
            on: on.clone(),
            name: name.to_owned(),
            role,
            addresses,
            says,
            ms: lab.gear.sink.now_ms().saturating_sub(began),
        };
        lab.found("E24", Vec::new(), found);
        let title = format!("Address of {name} over {}", host.0.interface());
        access::checked(lab, "E24", &title, &shown);
    }
}

/// The resolver that the bearer was given, over IPv4 where there is one, as the module's own; else the person's.
fn resolver(lab: &Lab<'_>, host: &Host) -> Option<IpAddr> {
    let rows = lab.facts();
    let facts = Facts::of(&rows);
    let contexts = facts.contexts();
    let granted: Vec<IpAddr> = contexts
        .iter()
        .flat_map(|c| c.dns)
        .filter_map(|d| d.parse().ok())
        .collect();
    let four = granted.iter().find(|a| a.is_ipv4());
    let six = || granted.iter().find(|a| has_family(host, **a));
    let named = || facts.case()?.public_resolver.as_ref()?.parse().ok();
    four.or_else(six).copied().or_else(named)
}

/// Puts a question to a resolver over the interface.
async fn put(
    lab: &Lab<'_>,
    host: &Host,
    on: &On,
    resolver: IpAddr,
    (name, role, record): (&str, TargetRole, RecordKind),
) -> Query {
    let began = lab.gear.sink.now_ms();
    let said = ask(lab, host, resolver, name, record).await;
    let query = Query {
        on: on.clone(),
        resolver: resolver.to_string(),
        name: name.to_owned(),
        role,
        record,
        said,
        ms: lab.gear.sink.now_ms().saturating_sub(began),
    };
    lab.found("E24", Vec::new(), Found::Query(query.clone()));
    query
}

async fn ask(lab: &Lab<'_>, host: &Host, resolver: IpAddr, name: &str, record: RecordKind) -> Said {
    for turn in 0..DATAGRAMS {
        let id = 0x4D4D ^ turn;
        let Ok(octets) = crate::net::question(id, name, record) else {
            return Said::Refused { code: 1 };
        };
        let asked = host.0.ask(SocketAddr::new(resolver, 53), octets);
        let Ok(came) = timeout(lab.real(PATIENCE), asked).await else {
            continue;
        };
        let said = came
            .ok()
            .and_then(|o| crate::net::answer(id, name, record, &o));
        if let Some(said) = said {
            return said;
        }
    }
    Said::Silence
}

/// E25: by which interface each target would be left for.
fn audit(lab: &Lab<'_>, host: &Host, on: &On, case: &Case) {
    let rows = lab.facts();
    let mut targets: Vec<String> = Vec::new();
    for lookup in Facts::of(&rows).lookups() {
        if lookup.on == on && (lookup.role.is_mmsc() || lookup.role == TargetRole::Reference) {
            targets.extend(lookup.addresses.iter().cloned());
        }
    }
    for role in [TargetRole::Mmsc, TargetRole::Proxy] {
        let told = Facts::of(&rows).told(on, role, RecordKind::Aaaa);
        let addresses = told.into_iter().map(|(_, address)| address);
        // Without an IPv6 address nothing is to leave by it.
        targets.extend(addresses.filter(|a| a.parse().is_ok_and(|a| has_family(host, a))));
    }
    if targets.is_empty() {
        targets.push(case.black_hole.clone());
    }
    targets.dedup();
    for target in targets {
        let Ok(address) = target.parse::<IpAddr>() else {
            continue;
        };
        let route = host.0.route(address);
        let wanted = host.0.interface().to_owned();
        let says = format!("leaves by {}", route.leaves_by);
        let found = Found::Route {
            target: target.clone(),
            leaves_by: route.leaves_by,
            wanted,
        };
        lab.found("E25", Vec::new(), found);
        access::checked(
            lab,
            "E25",
            &format!("This machine's route to {target}"),
            &says,
        );
    }
}

async fn connections(lab: &Lab<'_>, host: &Host, on: &On, card: &SimCard) {
    let limit_ms = u64::try_from(lab.limit.as_millis()).unwrap_or(u64::MAX);
    // Whatever the module's stack came to, the host's is to be seen as a whole.
    let budget = diagnosis::Budget {
        exhaustive: true,
        ..lab.job.budget
    };
    let mut work = FuturesUnordered::new();
    let mut running: Vec<Target> = Vec::new();
    // Names are for a stack that resolves by itself, and addresses for an interface that has one of their family.
    let mut left_out = 0;
    let mut without_six = false;
    loop {
        let capabilities = Capabilities {
            parallel: true,
            links: AT_ONCE + left_out,
        };
        let rows = lab.facts();
        let facts = Facts::of(&rows);
        let chosen = diagnosis::plan(
            facts,
            on,
            &running,
            capabilities,
            budget,
            Wants::All,
            limit_ms,
        );
        for mut proposal in chosen {
            let Step::Dial { target, path } = proposal.step.clone() else {
                continue;
            };
            running.push(target.clone());
            let Ok(address) = target.host.parse::<IpAddr>() else {
                left_out += 1;
                continue;
            };
            if address.is_ipv6() && !has_family(host, address) {
                left_out += 1;
                if !std::mem::replace(&mut without_six, true) {
                    let title = format!("{target} over {}", host.0.interface());
                    let says = "not tried: the interface has no IPv6 address";
                    access::checked(lab, "E24", &title, says);
                }
                continue;
            }
            proposal.experiment = "E24";
            proposal.title = format!("{} over {}", proposal.title, host.0.interface());
            work.push(async move {
                let to = SocketAddr::new(address, target.port);
                let way = (&target, to);
                dial(lab, host, on, card, &proposal, way, path.as_deref()).await;
                target
            });
        }
        match work.next().await {
            Some(ended) => running.retain(|t| *t != ended),
            None => return,
        }
    }
}

async fn dial(
    lab: &Lab<'_>,
    host: &Host,
    on: &On,
    card: &SimCard,
    proposal: &Proposal,
    (target, to): (&Target, SocketAddr),
    path: Option<&str>,
) {
    lab.step(proposal, ExperimentState::Running);
    let began = lab.gear.sink.now_ms();
    let outcome = open(lab, host, to).await;
    let ms = lab.gear.sink.now_ms().saturating_sub(began);
    let (class, raw) = match &outcome {
        Ok(_) => (Class::Open, String::new()),
        Err(e) => (class_of(e), e.to_string()),
    };
    let attempt = Attempt {
        on: on.clone(),
        target: target.clone(),
        command: String::new(),
        raw: raw.clone(),
        code: (class == Class::Open).then_some(0),
        shape: Shape::Late,
        ms: Some(ms),
        limit_ms: u64::try_from(lab.limit.as_millis()).ok(),
        class,
        calibration: Vec::new(),
        rsrp_ddbm: lab.gear.learnt(|l| l.rsrp_ddbm),
    };
    lab.found("E24", Vec::new(), Found::Attempt(attempt));
    let says = match (outcome, path) {
        (Ok(stream), Some(path)) => talk(lab, host, on, card, (target, to), path, stream).await,
        (Ok(_), None) => format!("opened after {ms} ms"),
        (Err(_), _) => format!("did not open: {raw} after {ms} ms"),
    };
    lab.step(proposal, ExperimentState::Done { says });
}

async fn open(lab: &Lab<'_>, host: &Host, to: SocketAddr) -> io::Result<Box<dyn Octets>> {
    timeout(lab.real(lab.limit), host.0.connect(to))
        .await
        .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

/// What the system says, in the words of the tree: nothing has to be learned here.
fn class_of(error: &io::Error) -> Class {
    use io::ErrorKind as Kind;
    match error.kind() {
        Kind::ConnectionRefused | Kind::ConnectionReset => Class::Refused,
        Kind::TimedOut => Class::Silent,
        Kind::HostUnreachable
        | Kind::NetworkUnreachable
        | Kind::NetworkDown
        | Kind::AddrNotAvailable
        | Kind::PermissionDenied => Class::Unreach,
        _ => Class::Unknown,
    }
}

/// Asks over HTTP as long as there is something to learn; returns it in one line.
async fn talk(
    lab: &Lab<'_>,
    host: &Host,
    on: &On,
    card: &SimCard,
    (target, to): (&Target, SocketAddr),
    path: &str,
    first: Box<dyn Octets>,
) -> String {
    let mut made: Vec<HttpProbe> = Vec::new();
    let mut stream = Some(first);
    loop {
        let next = {
            let rows = lab.facts();
            let all: Vec<&HttpProbe> = made.iter().collect();
            let case = Facts::of(&rows).case();
            case.and_then(|case| next_post(case, target.role, path, &all))
        };
        let Some(post) = next else { break };
        let open = match stream.take() {
            Some(open) => open,
            None => match open(lab, host, to).await {
                Ok(open) => open,
                Err(_) => break,
            },
        };
        let probe = http::post(lab, on, target, card, &post, open).await;
        lab.found("E24", Vec::new(), Found::Http(probe.clone()));
        made.push(probe);
    }
    match made.last().and_then(HttpProbe::status) {
        Some(status) => format!("opened; HTTP {status}"),
        None => "opened; no answer over HTTP".to_owned(),
    }
}

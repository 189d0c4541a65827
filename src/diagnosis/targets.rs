//! Where a connection would tell something on a context: the endpoint, the controls, then everything else, in order of worth.
use super::grounds::is_usable;
use super::{Budget, Facts};
use crate::event::{Case, Class, On, RecordKind, Target, TargetRole};

/// Ports that an MMSC is ever asked on, beside those that the profile names (carrier-mms section 5).
const SHORT_LIST: [u16; 5] = [80, 8080, 443, 8002, 10021];

/// So many addresses of another MMSC of the carrier are tried where all is wanted; else one.
const ADDRESSES: usize = 3;

/// The experiment, what it would tell, where to, and what to ask for over HTTP where it opens.
pub(super) type Row = (&'static str, &'static str, Target, Option<String>);

fn target(role: TargetRole, name: Option<&str>, host: &str, port: u16) -> Target {
    Target {
        role,
        name: name.map(str::to_owned),
        host: host.to_owned(),
        port,
    }
}

/// Addresses that a name came to on this context, first come first.
fn addresses(facts: Facts<'_>, on: &On, role: TargetRole) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = Vec::new();
    for lookup in facts.lookups() {
        if lookup.role != role || lookup.on.cid != on.cid || lookup.on.pdp_type != on.pdp_type {
            continue;
        }
        for address in lookup.addresses.iter().filter(|a| is_usable(a)) {
            if all.iter().all(|(_, known)| known != address) {
                all.push((lookup.name.to_owned(), address.clone()));
            }
        }
    }
    all
}

/// The configured endpoint, the resolver, a public host.
pub(super) fn first(facts: Facts<'_>, case: &Case, on: &On) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mmsc = addresses(facts, on, TargetRole::Mmsc);
    if let Some((_, port)) = &case.via_proxy {
        if let Some((name, address)) = addresses(facts, on, TargetRole::Proxy).first() {
            let target = target(TargetRole::Proxy, Some(name), address, *port);
            rows.push((
                "E29",
                "whether the configured proxy leads to an MMSC",
                target,
                Some(absolute(case)),
            ));
        }
    } else if let Some((name, address)) = mmsc.first() {
        rows.push((
            port_experiment(case.port),
            "whether the configured endpoint answers as an MMSC",
            target(TargetRole::Mmsc, Some(name), address, case.port),
            Some(case.path.clone()),
        ));
    }
    let context = facts.contexts().into_iter().rev().find(|c| {
        c.on.cid == on.cid && c.on.pdp_type == on.pdp_type && c.on.apn_asked == on.apn_asked
    });
    if let Some(dns) = context.and_then(|c| c.dns.iter().find(|d| !d.contains(':'))) {
        rows.push((
            "E09",
            "whether stack and bearer carry TCP at all",
            target(TargetRole::Resolver, None, dns, 53),
            None,
        ));
    }
    if let Some((host, port)) = reference(facts, case, on).first() {
        rows.push((
            "E05",
            "whether stack and bearer reach a public host",
            target(TargetRole::Reference, None, host, *port),
            None,
        ));
    }
    rows
}

/// Addresses and ports of public hosts, best first: names that resolved here, then literals.
fn reference(facts: Facts<'_>, case: &Case, on: &On) -> Vec<(String, u16)> {
    let resolved = addresses(facts, on, TargetRole::Reference);
    let mut all = Vec::new();
    for (host, port) in &case.reference {
        if let Some((_, address)) = resolved.iter().find(|(name, _)| name == host) {
            all.push((address.clone(), *port));
        }
    }
    for (host, port) in &case.reference {
        if host.parse::<std::net::IpAddr>().is_ok() {
            all.push((host.clone(), *port));
        }
    }
    all
}

fn port_experiment(port: u16) -> &'static str {
    match port {
        80 => "E14",
        443 => "E16",
        _ => "E15",
    }
}

fn absolute(case: &Case) -> String {
    let port = match case.url_port {
        80 => String::new(),
        port => format!(":{port}"),
    };
    format!("http://{}{port}{}", case.host, case.path)
}

/// Everything else that separates hypotheses, in order of worth.
pub(super) fn further(facts: Facts<'_>, case: &Case, on: &On, budget: Budget) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mmsc = addresses(facts, on, TargetRole::Mmsc);
    let home = facts.is_home(on);
    let path = Some(case.path.clone());
    if let Some((name, address)) = mmsc.first() {
        let mut ports = vec![case.url_port];
        if home {
            ports.extend(SHORT_LIST);
        }
        let at = |port| target(TargetRole::Mmsc, Some(name), address, port);
        let (named, short) = ports.split_at(1);
        for &port in named {
            rows.push((
                port_experiment(port),
                "whether the MMSC is on the port that its URL means",
                at(port),
                path.clone(),
            ));
        }
        rows.extend(holes(facts, case, on));
        for &port in &short[..short.len().min(2)] {
            rows.push((
                port_experiment(port),
                "whether the MMSC is on another port",
                at(port),
                path.clone(),
            ));
        }
        for (name, address) in elsewhere(facts, on, &mmsc) {
            rows.push((
                "E19",
                "whether another address of the same name answers",
                target(TargetRole::MmscElsewhere, Some(&name), &address, case.port),
                path.clone(),
            ));
        }
        rows.extend(six(facts, case, on));
        if case.host.parse::<std::net::IpAddr>().is_err() && case.via_proxy.is_none() {
            rows.push((
                "E18",
                "whether the stack reaches it by name, by another address or family",
                target(
                    TargetRole::MmscElsewhere,
                    Some(name),
                    &case.host,
                    case.url_port,
                ),
                path.clone(),
            ));
        }
        for &port in short.iter().skip(2) {
            rows.push((
                port_experiment(port),
                "whether the MMSC is on another port",
                at(port),
                path.clone(),
            ));
        }
    } else {
        for (name, address) in elsewhere(facts, on, &mmsc) {
            rows.push((
                "E19",
                "whether the address that another resolver gives leads to the MMSC",
                target(TargetRole::MmscElsewhere, Some(&name), &address, case.port),
                path.clone(),
            ));
        }
        rows.extend(six(facts, case, on));
        rows.extend(holes(facts, case, on));
    }
    rows.extend(others(facts, case, on, budget));
    rows
}

/// Further addresses of the MMSC's name: by the module's lookup, then by resolvers asked by themselves.
fn elsewhere(facts: Facts<'_>, on: &On, mmsc: &[(String, String)]) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = mmsc.iter().skip(1).take(2).cloned().collect();
    let told = facts.told(on, TargetRole::Mmsc, RecordKind::A);
    all.extend(
        told.into_iter()
            .filter(|(_, address)| mmsc.iter().all(|(_, known)| known != address))
            .filter(|(_, address)| is_usable(address))
            .take(2),
    );
    all
}

/// E17: the MMSC's IPv6 addresses, native or synthesised, where the context has one itself.
fn six(facts: Facts<'_>, case: &Case, on: &On) -> Vec<Row> {
    if case.via_proxy.is_some() {
        return Vec::new();
    }
    facts
        .told(on, TargetRole::Mmsc, RecordKind::Aaaa)
        .into_iter()
        .filter(|(_, address)| facts.has_family(on, address) && is_usable(address))
        .take(2)
        .map(|(name, address)| {
            (
                "E17",
                "whether the MMSC is reached over IPv6",
                target(
                    TargetRole::MmscElsewhere,
                    Some(&name),
                    &address,
                    case.url_port,
                ),
                Some(case.path.clone()),
            )
        })
        .collect()
}

/// Documentation addresses on the ports that matter: what silence looks like, and whether a proxy accepts just anything.
fn holes(facts: Facts<'_>, case: &Case, on: &On) -> Vec<Row> {
    if !facts.is_home(on) {
        return Vec::new();
    }
    let answered = facts.answered().into_iter().map(|a| a.http.target.port);
    let mut ports: Vec<u16> = Vec::new();
    for port in answered.chain([case.url_port, case.port]) {
        if !ports.contains(&port) {
            ports.push(port);
        }
    }
    ports
        .into_iter()
        .map(|port| {
            (
                "E07",
                "what silence looks like on this firmware, and whether a proxy accepts any address",
                target(TargetRole::BlackHole, None, &case.black_hole, port),
                Some(case.path.clone()),
            )
        })
        .collect()
}

fn others(facts: Facts<'_>, case: &Case, on: &On, budget: Budget) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let second = reference(facts, case, on);
    let first_failed = second.first().is_some_and(|(host, port)| {
        facts.tried().iter().any(|t| {
            t.attempt.on == *on
                && t.attempt.target.host == *host
                && t.attempt.target.port == *port
                && t.class != Class::Open
        })
    });
    if let (true, Some((host, port))) = (first_failed, second.get(1)) {
        rows.push((
            "E05",
            "whether another public host answers",
            target(TargetRole::Reference, None, host, *port),
            None,
        ));
    }
    let proxies = addresses(facts, on, TargetRole::Proxy);
    for (host, port) in &case.proxies {
        if let Some((name, address)) = proxies.iter().find(|(name, _)| name == host) {
            rows.push((
                "E29",
                "whether the carrier's proxy leads to the MMSC",
                target(TargetRole::Proxy, Some(name), address, *port),
                Some(absolute(case)),
            ));
        }
    }
    let found = addresses(facts, on, TargetRole::Alternate);
    let most = if budget.exhaustive { ADDRESSES } else { 1 };
    for (host, port, path) in &case.alternates {
        let named = found.iter().filter(|(name, _)| name == host);
        for (name, address) in named.take(most) {
            rows.push((
                "E19",
                "whether another MMSC of the carrier answers",
                target(TargetRole::Alternate, Some(name), address, *port),
                Some(path.clone()),
            ));
        }
    }
    if let Some((host, port)) = &case.closed
        && facts.is_home(on)
    {
        rows.push((
            "E06",
            "what a refusal looks like on this firmware",
            target(TargetRole::Closed, None, host, *port),
            None,
        ));
    }
    rows
}

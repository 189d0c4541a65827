//! The planner: from what is known and what is allowed to what is tried next, and what it would tell.
use super::{Facts, settled};
use crate::event::{
    Case, Class, Depth, Found, NotRun, On, PdpType, RecordKind, Target, TargetRole, Witness,
};

/// What this firmware was seen to allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Several connects may be under way at once.
    pub parallel: bool,
    /// Link numbers that are free, 0–10.
    pub links: usize,
}

/// What the person allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Budget {
    /// How far.
    pub depth: Depth,
    /// All of it, settled or not: for comparing profiles.
    pub exhaustive: bool,
    /// Look for the size from which on requests stall.
    pub sizes: bool,
}

/// Which part of a context's targets is wanted now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wants {
    /// The configured endpoint and the controls that answer fast: where all is well nothing else is needed.
    First,
    /// Everything.
    All,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Connect, and where it opens and a path is given, ask over HTTP.
    Dial {
        /// Where to.
        target: Target,
        /// What to ask for.
        path: Option<String>,
    },
    /// Bring up another context and look from there.
    Context {
        /// APN.
        apn: String,
        /// Type.
        pdp_type: PdpType,
    },
}

/// An experiment that would tell something now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Its id in the tree.
    pub experiment: &'static str,
    /// What it does.
    pub title: String,
    /// What it would tell.
    pub tells: &'static str,
    /// The longest that it takes, in milliseconds.
    pub cost_ms: u64,
    /// Side effect, 0 to 3.
    pub side_effect: u8,
    /// What is to be done.
    pub step: Step,
}

/// Ports that an MMSC is ever asked on, beside those that the profile names (carrier-mms section 5).
const SHORT_LIST: [u16; 5] = [80, 8080, 443, 8002, 10021];

/// So many addresses of another MMSC of the carrier are tried where all is wanted; else one.
const ADDRESSES: usize = 3;

/// The next experiments on a context: those to start now, in order of worth, at most as many as links are free. `running` is what
/// is under way; `limit_ms` the connect limit.
#[must_use]
pub fn plan(
    facts: Facts<'_>,
    on: &On,
    running: &[Target],
    capabilities: Capabilities,
    budget: Budget,
    wants: Wants,
    limit_ms: u64,
) -> Vec<Proposal> {
    let Some(case) = facts.case() else {
        return Vec::new();
    };
    if settled(facts) && !budget.exhaustive {
        return Vec::new();
    }
    let slots = if capabilities.parallel {
        capabilities.links
    } else {
        1
    };
    let done = |target: &Target| {
        running.contains(target)
            || facts
                .tried()
                .iter()
                .any(|t| t.attempt.on == *on && t.attempt.target == *target)
    };
    let mut all = first(facts, case, on);
    if wants == Wants::All {
        all.extend(further(facts, case, on, budget));
    }
    let mut chosen: Vec<Proposal> = Vec::new();
    for (experiment, tells, target, path) in all {
        if chosen.len() + running.len() >= slots {
            break;
        }
        let again = chosen
            .iter()
            .any(|p| matches!(&p.step, Step::Dial { target: t, .. } if *t == target));
        let idle = !budget.exhaustive && pointless(facts, &target, on);
        if done(&target) || again || idle {
            continue;
        }
        chosen.push(Proposal {
            experiment,
            title: format!("{} {target}", target.role.words()),
            tells,
            cost_ms: limit_ms,
            side_effect: 1,
            step: Step::Dial { target, path },
        });
    }
    chosen
}

/// Once an MMSC has answered on this context, further places where one might be tell nothing.
fn pointless(facts: Facts<'_>, target: &Target, on: &On) -> bool {
    let answered = facts.answered().into_iter().find(|a| a.http.on == *on);
    match answered {
        Some(a) if target.role.is_mmsc() => {
            !facts.is_configured(on, target) || a.http.target == *target
        }
        _ => false,
    }
}

type Row = (&'static str, &'static str, Target, Option<String>);

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
        for address in lookup.addresses {
            if all.iter().all(|(_, known)| known != address) {
                all.push((lookup.name.to_owned(), address.clone()));
            }
        }
    }
    all
}

/// The configured endpoint, the resolver, a public host.
fn first(facts: Facts<'_>, case: &Case, on: &On) -> Vec<Row> {
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
fn further(facts: Facts<'_>, case: &Case, on: &On, budget: Budget) -> Vec<Row> {
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
        .filter(|(_, address)| facts.has_family(on, address))
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

/// Other contexts that are worth a look once the one of the profile does not lead to an MMSC.
#[must_use]
pub fn contexts(facts: Facts<'_>, budget: Budget) -> Vec<Proposal> {
    let (Some(case), Some(home)) = (facts.case(), facts.home()) else {
        return Vec::new();
    };
    if budget.depth != Depth::Full || settled(facts) || home.refused.is_some() {
        return Vec::new();
    }
    let mut all: Vec<(&'static str, &'static str, String, PdpType)> = Vec::new();
    for pdp_type in [PdpType::Ipv4v6, PdpType::Ipv6, PdpType::Ip] {
        if pdp_type != home.on.pdp_type {
            all.push((
                "E22",
                "whether another PDP type reaches the MMSC",
                home.on.apn_asked.clone(),
                pdp_type,
            ));
        }
    }
    for (apn, pdp_type) in &case.other_apns {
        all.push((
            "E23",
            "whether another APN of the carrier reaches the MMSC",
            apn.clone(),
            *pdp_type,
        ));
    }
    let seen = facts.contexts();
    all.into_iter()
        .filter(|(_, _, apn, pdp_type)| {
            seen.iter()
                .all(|c| c.on.apn_asked != *apn || c.on.pdp_type != *pdp_type)
        })
        .map(|(experiment, tells, apn, pdp_type)| Proposal {
            experiment,
            title: format!("context with {apn} ({pdp_type})"),
            tells,
            cost_ms: 20_000,
            side_effect: 2,
            step: Step::Context { apn, pdp_type },
        })
        .collect()
}

/// What was not run, and what it would tell. Only what could still change something is named.
#[must_use]
pub fn not_run(facts: Facts<'_>, budget: Budget) -> Vec<NotRun> {
    let mut list = Vec::new();
    let mut add = |experiment: &str, title: &str, why: &str, would_tell: &str, side_effect| {
        list.push(NotRun {
            experiment: experiment.to_owned(),
            title: title.to_owned(),
            why: why.to_owned(),
            would_tell: would_tell.to_owned(),
            side_effect,
        });
    };
    let tried = facts.tried();
    let ran = |role: TargetRole| tried.iter().any(|t| t.attempt.target.role == role);
    if !ran(TargetRole::Reference) {
        let named = facts.case().is_some_and(|c| !c.reference.is_empty());
        let why = if named {
            "not reached"
        } else {
            "no public host is named: [reference] open in the configuration"
        };
        add(
            "E05",
            "Connect to a public host",
            why,
            "whether this bearer and stack reach anything beyond the carrier",
            1,
        );
    }
    if !ran(TargetRole::Closed) {
        let why = "no closed port is named: [reference] closed in the configuration";
        add(
            "E06",
            "Connect to a port that refuses",
            why,
            "what a refusal looks like, so that a fast failure gets a name",
            1,
        );
    }
    if !ran(TargetRole::BlackHole) {
        add(
            "E07",
            "Connect to an address at which nobody answers",
            "not reached",
            "what silence looks like on this firmware",
            1,
        );
    }
    let port_80 = tried.iter().any(|t| {
        t.attempt.target.role.is_mmsc()
            && facts
                .case()
                .is_none_or(|c| t.attempt.target.port == c.url_port)
    });
    if !port_80 {
        add(
            "E14",
            "Connect to the MMSC on the port that its URL means",
            "not reached",
            "whether the port is the cause (H1 against H6)",
            1,
        );
    }
    if facts
        .contexts()
        .iter()
        .all(|c| c.on.pdp_type != PdpType::Ipv6 && c.on.pdp_type != PdpType::Ipv4v6)
    {
        let why = "wants another PDP type, side effect 2 (--full)";
        add(
            "E17",
            "Reach the MMSC over IPv6",
            why,
            "whether the IP family is the cause",
            2,
        );
    }
    if budget.depth == Depth::Quick && facts.contexts().len() <= 1 {
        let why = "changes settings for a while, side effect 2 (--full)";
        add(
            "E22",
            "Other PDP types and APNs on a spare context",
            why,
            "whether type or APN is the cause",
            2,
        );
    }
    if !tried
        .iter()
        .any(|t| t.attempt.on.stack == crate::event::StackKind::Host)
    {
        let why = "no interface of this machine leads over the modem (--interface)";
        add(
            "E24",
            "The same connections over the host's own stack",
            why,
            "whether the module's stack is the cause",
            2,
        );
    }
    let witnessed = |a, b| facts.witness(a).is_some() || facts.witness(b).is_some();
    if !witnessed(Witness::PhoneSends, Witness::PhoneFails) {
        add(
            "E34",
            "The same SIM in a phone, Wi-Fi off: send one picture",
            "only a person can do it (--witness phone=sends|fails)",
            "whether the line has MMS at all",
            0,
        );
    }
    if facts.inbound().is_none() && !witnessed(Witness::InboundYes, Witness::InboundNo) {
        add(
            "E35",
            "Send an MMS to this line from another phone",
            "only a person can do it (--witness inbound=yes|no)",
            "whether the line has MMS, and which host and port the carrier names",
            0,
        );
    }
    let silent = tried
        .iter()
        .any(|t| t.attempt.target.role.is_mmsc() && t.class == Class::Silent);
    if silent && facts.answered().is_empty() {
        add(
            "E27",
            "Pings with a rising time to live",
            "AT+CPING takes no time to live below 16, so no hop near to us can be seen",
            "how far packets to the MMSC come",
            1,
        );
    }
    let opened = facts.find(|f| matches!(f, Found::Http(_))).is_some();
    if opened && !budget.sizes {
        add(
            "E31",
            "Ladder of body sizes",
            "only on request (--sizes)",
            "whether large packets are lost on the way",
            1,
        );
    }
    list
}

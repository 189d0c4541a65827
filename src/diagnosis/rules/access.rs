//! Rules for what fails before a connection: modem, SIM, registration, context, stack.
use super::Finding;
use crate::diagnosis::Facts;
use crate::diagnosis::evidence::of;
use crate::diagnosis::facts::Asked;
use crate::event::{Code, Confidence, Fix, Found, PdpType, Shape, SimState, StackKind};

pub fn modem_silent(facts: Facts<'_>) -> Option<Finding> {
    let silent = facts.all(|f| matches!(f, Found::Modem { answers: false, .. }));
    if facts
        .find(|f| matches!(f, Found::Modem { answers: true, .. }))
        .is_some()
    {
        return None;
    }
    let says = silent.iter().find_map(|r| match &r.fact.found {
        Found::Modem { says, .. } => Some(says.clone()),
        _ => None,
    })?;
    Some(
        Finding::new(
            Code::ModemSilent,
            Confidence::High,
            "Nothing answers to AT on this serial line",
        )
        .on(silent.iter().map(|r| of(r, says.clone())))
        .unless("an answer to AT, once another program lets go of the line or the right interface is chosen")
        .then("Choose the modem's AT interface: on a SIM7600 it is USB interface 2, often ttyUSB2")
        .then("Stop programs that hold it, such as ModemManager; on a UART check the speed (115200)"),
    )
}

pub fn sim_problem(facts: Facts<'_>) -> Option<Finding> {
    let rows = facts.all(|f| matches!(f, Found::Sim { sim, .. } if *sim != SimState::Ready));
    let last = facts
        .rows()
        .iter()
        .rev()
        .find_map(|r| match &r.fact.found {
            Found::Sim { sim, .. } => Some(sim),
            _ => None,
        })?;
    let (headline, next) = match last {
        SimState::Ready => return None,
        SimState::Absent => (
            "There is no SIM in the modem".to_owned(),
            "Put a SIM in, contacts towards the board; some boards need a restart",
        ),
        SimState::Locked(what) if what.contains("PUK") => (
            format!("The SIM is locked: {what}; its PIN was entered wrongly three times"),
            "Ask the carrier for the PUK, then enter it yourself: AT+CPIN=\"PUK\",\"new PIN\". Ten wrong ones leave the SIM dead for good; mmscope never enters one",
        ),
        SimState::Locked(what) => (
            format!("The SIM is locked: {what}"),
            "Enter the code: AT+CPIN=\"your PIN\"; a PUK comes from the carrier, and ten wrong tries destroy the SIM",
        ),
        SimState::Failed(words) => (
            format!("The SIM does not answer: {words}"),
            "Clean the contacts, and try the SIM in a phone",
        ),
    };
    Some(
        Finding::new(Code::SimProblem, Confidence::High, headline)
            .on(rows.iter().map(|r| match &r.fact.found {
                Found::Sim { says, .. } => of(r, format!("+CPIN? says {says}")),
                _ => of(r, ""),
            }))
            .unless("a SIM that says READY")
            .then(next),
    )
}

pub fn registration_denied(facts: Facts<'_>) -> Option<Finding> {
    let rows = not_registered(facts, true)?;
    let cause = rows.iter().find_map(|r| match &r.fact.found {
        Found::Registration { cause, .. } => cause.clone(),
        _ => None,
    });
    let cause = cause.map_or_else(String::new, |c| format!(" ({c})"));
    Some(
        Finding::new(
            Code::RegistrationDenied,
            Confidence::High,
            format!("The network denies registration to this SIM or this device{cause}"),
        )
        .on(rows.iter().map(|r| registration_evidence(r)))
        .unless("the same SIM in a phone, or another SIM in this modem, that registers here")
        .then("Check that the line is active and paid for; try the SIM in a phone")
        .then("Tell the carrier the time of this attempt, the cause, and the device's type allocation code"),
    )
}

pub fn no_coverage(facts: Facts<'_>) -> Option<Finding> {
    let rows = not_registered(facts, false)?;
    let deaf = rows.iter().any(|r| {
        matches!(&r.fact.found, Found::Registration { system: Some(s), .. } if s.contains("NO SERVICE"))
    });
    let says = match &rows.last()?.fact.found {
        Found::Registration { says, .. } => says.as_str(),
        _ => "",
    };
    let finding = |confidence, headline: &str| {
        Finding::new(Code::NoCoverage, confidence, headline)
            .on(rows.iter().map(|r| registration_evidence(r)))
    };
    if let Some(level) = says
        .split("+CFUN: ")
        .nth(1)
        .and_then(|rest| rest.split([',', ')']).next())
        .filter(|level| *level != "1")
    {
        return Some(
            finding(
                Confidence::Medium,
                &format!("The modem's radio is switched off (+CFUN: {level}): it does not look for a network"),
            )
            .unless("no network heard with +CFUN: 1")
            .then("Switch the radio on: AT+CFUN=1, then wait until the modem is registered"),
        );
    }
    if says.starts_with("not registered, not searching") {
        return Some(
            finding(
                Confidence::Medium,
                "The modem is not registered and does not look for a network",
            )
            .unless("a modem that searches and still hears nothing")
            .then("See whether it was told not to: AT+COPS? (2 is deregistered; AT+COPS=0 lets it choose), AT+CFUN?")
            .then("Check the antenna and its connector (MAIN, not DIV or GNSS)"),
        );
    }
    let hears = says.contains("dBm");
    let confidence = if deaf && !hears {
        Confidence::High
    } else {
        Confidence::Medium
    };
    let headline = match hears {
        true => {
            "The modem is not registered: it hears something, and finds no network that it may use"
        }
        false => "The modem is not registered: it hears no network that it may use",
    };
    Some(
        finding(confidence, headline)
            .unless("registration at another place, or with another antenna")
            .then(
                "Check the antenna and its connector (MAIN, not DIV or GNSS), and move to a window",
            )
            .then(
                "See whether AT+CNMP limits the modem to one system, and AT+COPS? to one operator",
            ),
    )
}

fn not_registered(facts: Facts<'_>, denied: bool) -> Option<Vec<&crate::event::FactRow>> {
    let rows = facts.all(|f| matches!(f, Found::Registration { .. }));
    match &rows.last()?.fact.found {
        Found::Registration {
            registered: false,
            says,
            ..
        } if says.starts_with("denied") == denied => Some(rows),
        _ => None,
    }
}

fn registration_evidence(row: &crate::event::FactRow) -> crate::event::Evidence {
    match &row.fact.found {
        Found::Registration { says, system, .. } => {
            let system = system
                .as_ref()
                .map_or_else(String::new, |s| format!(", radio says {s}"));
            of(row, format!("registration: {says}{system}"))
        }
        _ => of(row, ""),
    }
}

pub fn not_attached(facts: Facts<'_>) -> Option<Finding> {
    let rows = facts.all(|f| matches!(f, Found::Attach { .. }));
    let Found::Attach {
        attached: false, ..
    } = &rows.last()?.fact.found
    else {
        return None;
    };
    Some(
        Finding::new(
            Code::NoData,
            Confidence::Medium,
            "The modem is registered, but the packet domain does not attach",
        )
        .on(rows.iter().map(|r| match &r.fact.found {
            Found::Attach { says, .. } => of(r, says.clone()),
            _ => of(r, ""),
        }))
        .unless("+CGATT: 1")
        .then("Ask the carrier whether the line has data"),
    )
}

pub fn pdp_refused(facts: Facts<'_>) -> Option<Finding> {
    let contexts = facts.contexts();
    if contexts.iter().any(|c| c.refused.is_none()) {
        return None;
    }
    let home = contexts.first()?;
    let why = home.refused?;
    // The family that the cause names may be given; once it was refused as well, the cause is only a number.
    if let Some(named) = other_family(why)
        && !contexts.iter().any(|c| c.on.pdp_type == named)
    {
        return None;
    }
    let about = format!("APN {} ({}): {why}", home.on.apn_asked, home.on.pdp_type);
    let (confidence, headline) = match is_network_cause(why) {
        true => (
            Confidence::High,
            format!("The network refuses the PDP context with {about}"),
        ),
        false => (
            Confidence::Medium,
            format!("The context could not be brought up with {about}"),
        ),
    };
    let finding = Finding::new(Code::PdpRefused, confidence, headline)
        .on(contexts.iter().map(super::super::facts::Context::evidence))
        .unless("an activation of the same APN that succeeds, now or with the same SIM in a phone");
    let (first, of_type) = refusal_remedy(why);
    let finding = finding
        .then(first)
        .then("Ask the carrier whether this line may use this APN and type; the cause stands in the evidence");
    Some(match home.on.pdp_type {
        PdpType::Ipv4v6 => finding,
        _ if !of_type => finding,
        _ => finding.fix(
            "Ask for IPV4V6 in a copy of the profile",
            Fix::PdpType {
                pdp_type: PdpType::Ipv4v6,
            },
        ),
    })
}

/// Whether the words of a refusal carry the network's own cause: its number, or an error of the activation that only a network
/// gives (3GPP TS 27.007 section 9.2.2). A bare ERROR, or a step that failed before anything was asked for, carries none.
fn is_network_cause(why: &str) -> bool {
    const CAUSES: [&str; 7] = [
        "service option",
        "authentication fail",
        "not subscribed",
        "insufficient resources",
        "unknown apn",
        "ipv4 only",
        "ipv6 only",
    ];
    let lower = why.to_ascii_lowercase();
    let number = lower
        .rsplit_once("(#")
        .and_then(|(_, after)| after.split_once(')'))
        .is_some_and(|(cause, _)| cause.parse::<u8>().is_ok());
    number || CAUSES.iter().any(|words| lower.contains(words))
}

/// What to do first about a refusal, and whether another PDP type may help (3GPP TS 24.301 section 9.9.4.4).
fn refusal_remedy(why: &str) -> (&'static str, bool) {
    let lower = why.to_ascii_lowercase();
    let cause = |number: u8| lower.contains(&format!("(#{number})"));
    if cause(29) || lower.contains("authentication") {
        (
            "Compare user name, password and kind of authentication (PAP or CHAP) of the profile's APN with the carrier's page",
            false,
        )
    } else if cause(33) || lower.contains("not subscribed") {
        (
            "The line is not subscribed to this APN here: compare it with the carrier's page, and where the line is roaming ask whether it may use it abroad",
            false,
        )
    } else if cause(8) || cause(26) || lower.contains("insufficient resources") {
        (
            "Wait some minutes and try again: the network bars it or is short of resources",
            false,
        )
    } else if cause(50) || cause(51) {
        (
            "Every PDP type that was asked for is refused, so the APN itself is the matter: compare it with the carrier's page",
            false,
        )
    } else {
        (
            "Compare the APN letter by letter with the carrier's page, and with `mmscope profiles list`",
            true,
        )
    }
}

/// The cause of a refusal that names the family which the network gives (3GPP TS 24.301 section 9.9.4.4: 50 and 51).
fn other_family(why: &str) -> Option<PdpType> {
    if why.contains("(#51)") || why.contains("IPv6 only") {
        Some(PdpType::Ipv6)
    } else if why.contains("(#50)") || why.contains("IPv4 only") {
        Some(PdpType::Ip)
    } else {
        None
    }
}

pub fn family_refused(facts: Facts<'_>) -> Option<Finding> {
    let contexts = facts.contexts();
    let home = facts.home()?;
    let beside = contexts.iter().find(|c| {
        c.refused.is_none()
            && !c.addresses.is_empty()
            && c.on.pdp_type != home.on.pdp_type
            && c.on.apn_asked.eq_ignore_ascii_case(&home.on.apn_asked)
    });
    let why = home.refused?;
    let named = other_family(why);
    let pdp_type = beside.map(|c| c.on.pdp_type).or(named)?;
    let refused_too = contexts
        .iter()
        .any(|c| c.on.pdp_type == pdp_type && c.refused.is_some());
    if beside.is_none() && refused_too {
        return None;
    }
    let (confidence, headline) = match beside {
        Some(_) => (
            // Without a cause that names the family, the second try may only have come at a better moment.
            match named == Some(pdp_type) {
                true => Confidence::High,
                false => Confidence::Medium,
            },
            format!(
                "The network gives {pdp_type} with APN {}, and refuses {}",
                home.on.apn_asked, home.on.pdp_type
            ),
        ),
        None => (
            Confidence::Medium,
            format!(
                "The network refuses {} with APN {}, and names {pdp_type} as what it gives; that was not asked for",
                home.on.pdp_type, home.on.apn_asked
            ),
        ),
    };
    let then = match pdp_type {
        PdpType::Ipv6 => "; the MMSC then needs an IPv6 address or a NAT64 in between",
        _ => "",
    };
    Some(
        Finding::new(Code::IpFamily, confidence, headline)
            .on(contexts.iter().map(super::super::facts::Context::evidence))
            .unless(format!(
                "an activation with {} that succeeds",
                home.on.pdp_type
            ))
            .fix(
                format!("Ask for {pdp_type} in a copy of the profile, and send again{then}"),
                Fix::PdpType { pdp_type },
            ),
    )
}

pub fn no_address(facts: Facts<'_>) -> Option<Finding> {
    let home = facts.home()?;
    let bare = facts
        .contexts()
        .into_iter()
        .filter(|c| c.refused.is_none() && c.addresses.is_empty())
        .collect::<Vec<_>>();
    if home.refused.is_some() || !home.addresses.is_empty() {
        return None;
    }
    Some(
        Finding::new(
            Code::NoData,
            Confidence::High,
            "The context was accepted, but the network gave it no address",
        )
        .on(bare.iter().map(super::super::facts::Context::evidence))
        .unless("an address in +CGPADDR")
        .then("Try another PDP type, then ask the carrier"),
    )
}

pub fn stack_refuses(facts: Facts<'_>) -> Option<Finding> {
    let home = facts.home().filter(|c| !c.addresses.is_empty())?;
    let rows = facts.all(|f| matches!(f, Found::Stack { .. }));
    if rows
        .iter()
        .any(|r| matches!(r.fact.found, Found::Stack { open: true, .. }))
    {
        return None;
    }
    let Found::Stack { shape, says, .. } = &rows.last()?.fact.found else {
        return None;
    };
    let confidence = match shape {
        Shape::AtOnce => Confidence::High,
        _ => Confidence::Medium,
    };
    let over_host: Vec<_> = facts
        .answered()
        .into_iter()
        .filter(|a| a.http.on.stack == StackKind::Host)
        .collect();
    let mut finding = Finding::new(
        Code::ModuleStack,
        confidence,
        format!("The module's socket stack does not open, although the context is active: {says}"),
    )
    .on([home.evidence()])
    .on(rows.iter().map(|r| match &r.fact.found {
        Found::Stack { says, .. } => of(r, says.clone()),
        _ => of(r, ""),
    }))
    .on(over_host.iter().map(Asked::evidence))
    .unless("AT+NETOPEN that opens")
    .then(match over_host.is_empty() {
        true => "Use the modem's network interface over USB: the context itself is active",
        false => "Use the modem's network interface over USB: the MMSC answers over it",
    })
    .then("Restart the module (AT+CRESET) (the line is without SMS until it is registered again); look for other firmware: LE20B05SIM7600G22 is known for this");
    if home.on.pdp_type != PdpType::Ip {
        finding = finding.fix(
            "Ask for PDP type IP in a copy of the profile; that helped on some firmware",
            Fix::PdpType {
                pdp_type: PdpType::Ip,
            },
        );
    }
    Some(finding)
}

/// What was seen of the module's stack on the profile's own context, in order: the last look counts.
fn at_home(facts: Facts<'_>) -> Vec<&crate::event::FactRow> {
    facts.all(|f| matches!(f, Found::Stack { on, .. } if facts.is_home(on)))
}

fn is_elsewhere(found: &Found) -> bool {
    matches!(found, Found::Stack { on, open: true, .. } if on.proven == Some(false))
}

pub fn stack_elsewhere(facts: Facts<'_>) -> Option<Finding> {
    let home = facts.home()?;
    let looked = at_home(facts);
    let Found::Stack { address, .. } = &looked
        .last()
        .filter(|r| is_elsewhere(&r.fact.found))?
        .fact
        .found
    else {
        return None;
    };
    let proved = looked
        .iter()
        .any(|r| matches!(&r.fact.found, Found::Stack { on, .. } if on.proven == Some(true)));
    if proved || facts.works_as_configured().is_some() {
        return None;
    }
    let rows = looked.iter().filter(|r| is_elsewhere(&r.fact.found));
    let address = address.clone().unwrap_or_default();
    let cid = home.on.cid.unwrap_or_default();
    Some(
        Finding::new(
            Code::ModuleStack,
            Confidence::High,
            format!("The module's sockets leave by another context than {cid}: this firmware does not follow AT+CSOCKSETPN"),
        )
        .on([home.evidence()])
        .on(rows.map(|r| {
            of(r, format!("IPADDR is {address}, which is not context {cid}'s address"))
        }))
        .unless("IPADDR equal to CGPADDR of the context under test")
        .then("Put the APN into the context that the sockets do use (IPADDR tells which), knowing that rewriting context 1 can stop SMS until the modem attached again")
        .then("Or delete other contexts that nothing needs (never the one named ims: calls and SMS over LTE go over it), or use the modem's network interface over USB"),
    )
}

pub fn links_taken(facts: Facts<'_>) -> Option<Finding> {
    let full = |f: &Found| {
        matches!(
            f,
            Found::Stack {
                open: true,
                links_used: 10..,
                ..
            }
        )
    };
    let home = facts.home()?;
    let looked = at_home(facts);
    if !full(&looked.last()?.fact.found) || facts.works_as_configured().is_some() {
        return None;
    }
    let rows = looked.iter().filter(|r| full(&r.fact.found));
    Some(
        Finding::new(
            Code::ModuleStack,
            Confidence::High,
            "All ten links of the module are taken by others: no connection can be opened",
        )
        .on([home.evidence()])
        .on(rows.map(|r| of(r, "AT+CIPOPEN? shows ten links in use")))
        .unless("a free link number in AT+CIPOPEN?")
        .then("See which program holds them; then close them with AT+CIPCLOSE=n, or all at once with AT+NETCLOSE"),
    )
}

//! What no single value of a world shows: names that are twice, ports and numbers out of range, parts that do not fit together.
//! In: a world that was read. Out: where it is wrong, as a heading or field with its place among its like, and what.
use super::{MmscSpec, Outcome, ServiceKind, World};

/// Heading or field, which of them (from 0), and what is wrong there.
type Fault = (&'static str, usize, String);

/// Commands are named as `+CSQ` is: letters behind a plus sign that is left out.
fn is_command(name: &str) -> bool {
    let name = name.strip_prefix('+').unwrap_or(name);
    !name.is_empty()
        && name
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// A field name of HTTP (RFC 9110 section 5.6.2).
fn is_token(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}

/// The first thing that is wrong.
pub(super) fn check(world: &World) -> Result<(), Fault> {
    device(world)?;
    access_points(world)?;
    routes(world)?;
    mmsc(world)
}

fn device(world: &World) -> Result<(), Fault> {
    let fault = |heading, what: String| Err((heading, 0, what));
    let modem = &world.modem;
    if let Some(name) = modem.missing.iter().find(|name| !is_command(name)) {
        return fault(
            "missing",
            format!("{name:?} is no command: give names without AT and plus sign, such as CESQ"),
        );
    }
    let links = [
        ("busy_links", &modem.quirks.busy_links),
        ("hidden_links", &modem.quirks.hidden_links),
    ];
    for (field, links) in links {
        if let Some(link) = links.iter().find(|link| **link > 9) {
            return fault(field, format!("{link} is no link number: 0 to 9"));
        }
    }
    if !matches!(modem.functionality, 0 | 1 | 4) {
        return fault(
            "functionality",
            format!("{} is no AT+CFUN level: 0, 1 or 4", modem.functionality),
        );
    }
    let radio = &world.radio;
    for (field, level) in [("csq", radio.csq), ("heard", radio.heard)] {
        if level > 31 && level != 99 {
            return fault(field, format!("{level} is no AT+CSQ value: 0 to 31, or 99"));
        }
    }
    let sim = &world.sim;
    if !(6..=15).contains(&sim.imsi.len()) || !sim.imsi.bytes().all(|b| b.is_ascii_digit()) {
        return fault("imsi", format!("{:?} is no IMSI: 6 to 15 digits", sim.imsi));
    }
    if sim.pin_tries > 3 || sim.puk_tries > 10 {
        return fault(
            "pin_tries",
            "a PIN has 3 tries at the most, and a PUK 10".to_owned(),
        );
    }
    if sim.pin.is_none() && sim.pin_tries < 3 {
        return fault(
            "pin_tries",
            "a card that asks for no PIN is not blocked: give it a pin".to_owned(),
        );
    }
    if !matches!(sim.mnc_digits, 2 | 3) {
        return fault(
            "mnc_digits",
            format!("{}: a network code has 2 or 3 digits", sim.mnc_digits),
        );
    }
    Ok(())
}

fn access_points(world: &World) -> Result<(), Fault> {
    let all = &world.network.apns;
    for (index, apn) in all.iter().enumerate() {
        if all[..index]
            .iter()
            .any(|other| other.name.matches(apn.name.as_str()))
        {
            return Err((
                "[[network.apn]]",
                index,
                format!("the access point {} is there twice", apn.name.as_str()),
            ));
        }
    }
    if let Some(host) = &world.host
        && !all.iter().any(|apn| apn.name.matches(host.apn.as_str()))
    {
        return Err((
            "[host]",
            0,
            format!("the network has no access point {}", host.apn.as_str()),
        ));
    }
    Ok(())
}

fn routes(world: &World) -> Result<(), Fault> {
    let all = &world.network.routes;
    for (index, route) in all.iter().enumerate() {
        let fault = |what: &str| Err(("[[network.route]]", index, what.to_owned()));
        if route.ports.contains(&0) {
            return fault("0 is no TCP port");
        }
        if route.outcome != Outcome::Open && route.service.is_some() {
            return fault("nobody answers on a route that is not open: leave the service out");
        }
        if route.mmsc.is_some() && route.service != Some(ServiceKind::Mmsc) {
            return fault("a route with an MMSC of its own needs service = \"mmsc\"");
        }
    }
    if let Some(public) = world.network.dns.public {
        let leads = all.iter().any(|route| {
            route.to.is_none_or(|to| to.contains(public))
                && (route.ports.is_empty() || route.ports.contains(&53))
        });
        if !leads {
            return Err((
                "public",
                0,
                format!("no route leads to the public resolver {public} on port 53"),
            ));
        }
    }
    Ok(())
}

fn mmsc(world: &World) -> Result<(), Fault> {
    let own = world
        .network
        .routes
        .iter()
        .filter_map(|r| r.mmsc.as_deref());
    own.chain([&world.mmsc]).try_for_each(one_mmsc)
}

fn one_mmsc(mmsc: &MmscSpec) -> Result<(), Fault> {
    for (index, status) in [mmsc.http_status, mmsc.retrieve.http_status]
        .iter()
        .enumerate()
    {
        if !(100..=599).contains(status) {
            return Err((
                "http_status",
                index,
                format!("{status} is no HTTP status: 100 to 599"),
            ));
        }
    }
    if let Some(name) = mmsc.required_headers.keys().find(|name| !is_token(name)) {
        return Err((
            "required_headers",
            0,
            format!("{name:?} is no name of an HTTP header field"),
        ));
    }
    Ok(())
}

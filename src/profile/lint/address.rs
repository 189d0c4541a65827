//! Rules on where the message goes: the MMSC, its port, the proxy in front of it.
use super::{Lint, LintContext, Severity};
use crate::profile::endpoint::{MmscUrl, Repair, Scheme};
use crate::profile::{Endpoint, MmscError, Profile, Role};
use std::net::IpAddr;

type Found = Vec<Lint>;
type Around<'c> = &'c LintContext<'c>;

/// P01: a port written after the path is part of the path.
pub(super) fn port_after_path(profile: &Profile, _: Around<'_>) -> Found {
    after_path(profile).into_iter().collect()
}

/// P02: a port that no phone dials. Dialled here it is an error; merely listed it is worth knowing, since people copy it.
pub(super) fn port_beside_url(profile: &Profile, _: Around<'_>) -> Found {
    let insisted = insisted_port(profile);
    let listed = insisted.is_none().then(|| inert_port(profile)).flatten();
    insisted.into_iter().chain(listed).collect()
}

/// P03: no URL, or one that had to be repaired to be read.
pub(super) fn unreadable_mmsc(profile: &Profile, _: Around<'_>) -> Found {
    unreadable(profile).into_iter().collect()
}

/// P04: HTTPS, which one MMSC of 1,736 in the lists speaks.
pub(super) fn https(profile: &Profile, _: Around<'_>) -> Found {
    let value = &profile.mms.mmsc;
    let Ok(url) = MmscUrl::read(value) else {
        return Found::new();
    };
    if url.scheme != Scheme::Https {
        return Found::new();
    }
    let says = "hardly any MMSC speaks HTTPS: one in all the lists, and this program sends in the clear over a module's sockets";
    let fix = format!("write {}", value.trim().replacen("https", "http", 1));
    let lint = Lint::whole("P04", Severity::Warning, MMSC, value, says, fix);
    let start = value.len() - value.trim_start().len();
    vec![lint.part(value, start..start + "https".len())]
}

/// P05: a proxy without its port.
pub(super) fn proxy_without_port(profile: &Profile, _: Around<'_>) -> Found {
    let mms = &profile.mms;
    let Some(proxy) = mms.proxy.as_ref().filter(|p| p.port.is_none()) else {
        return Found::new();
    };
    if mms.listed_port.or(mms.connect_port).is_some() {
        return Found::new();
    }
    let says = "the proxy has no port, so 80 is dialled; carriers' proxies listen on 80, 8080 and 8799 alike";
    let fix = format!("write {proxy}:80, or the port that the carrier names");
    vec![Lint::whole(
        "P05",
        Severity::Warning,
        PROXY,
        proxy.to_string(),
        says,
        fix,
    )]
}

/// P06: a private address is normal here, and reachable on this bearer only.
pub(super) fn private_address(profile: &Profile, _: Around<'_>) -> Found {
    private(profile)
        .into_iter()
        .map(|(field, value, host)| {
            let says = format!(
                "{host} is a private address: that is normal for an MMSC, and it can be reached on this bearer only"
            );
            let fix = "nothing to do; do not test it from another network";
            point_at("P06", Severity::Info, field, value, &host, says, fix)
        })
        .collect()
}

/// P07: a private address that this bearer, or this interface, is not for.
pub(super) fn private_elsewhere(profile: &Profile, context: Around<'_>) -> Found {
    let Some((field, value, host)) = private(profile).into_iter().next() else {
        return Found::new();
    };
    let pdn = profile.mms_pdn();
    let (says, fix) = if let Some(interface) = context.other_interface {
        (
            format!(
                "{host} is a private address of the carrier, and connections leave by {interface}, which is not the modem"
            ),
            "route this address over the modem's interface, or send over the module's own stack"
                .to_owned(),
        )
    } else if !pdn.is_for(Role::Mms) {
        (
            format!(
                "{host} is a private address of the carrier, and the APN {} is not for MMS",
                pdn.apn
            ),
            "use the carrier's APN for MMS, or add \"mms\" to its role if it carries both"
                .to_owned(),
        )
    } else {
        return Found::new();
    };
    vec![point_at(
        "P07",
        Severity::Warning,
        field,
        value,
        &host,
        says,
        fix,
    )]
}

/// P08: a name of one label, which only the carrier's proxy can resolve.
pub(super) fn single_label(profile: &Profile, _: Around<'_>) -> Found {
    let value = &profile.mms.mmsc;
    let Ok(url) = MmscUrl::read(value) else {
        return Found::new();
    };
    let host = url.host.trim_end_matches('.');
    if host.contains(['.', ':']) {
        return Found::new();
    }
    let (severity, says, fix) = match &profile.mms.proxy {
        Some(proxy) => (
            Severity::Warning,
            format!("`{host}` is a name without a domain: only the proxy {proxy} knows it, no resolver does"),
            "nothing to do as long as the proxy is used; a lookup of this name fails and proves nothing".to_owned(),
        ),
        None => (
            Severity::Error,
            format!("`{host}` is a name without a domain, and there is no proxy that would know it"),
            "add the carrier's proxy, or write the MMSC's whole name".to_owned(),
        ),
    };
    vec![point_at(
        "P08",
        severity,
        MMSC,
        value.clone(),
        host,
        says,
        fix,
    )]
}

/// P10: octets with leading zeros, which some programs read as octal.
pub(super) fn padded_octets(profile: &Profile, _: Around<'_>) -> Found {
    let mut found = Found::new();
    let mut say = |field: &str, value: &str, host: &str| {
        let plain: Vec<&str> = host
            .split('.')
            .map(|octet| match octet.trim_start_matches('0') {
                "" => "0",
                digits => digits,
            })
            .collect();
        let plain = plain.join(".");
        let says = format!(
            "leading zeros: some programs read such octets as octal; here {host} is {plain}"
        );
        let fix = format!("write {plain}");
        found.push(point_at(
            "P10",
            Severity::Warning,
            field,
            value.to_owned(),
            host,
            says,
            fix,
        ));
    };
    let value = &profile.mms.mmsc;
    let after_scheme = value.find("://").map_or(0, |at| at + 3);
    let authority = value[after_scheme..].split(['/', '?', '#']).next();
    let host = authority
        .and_then(|a| a.split(':').next())
        .unwrap_or_default();
    if MmscUrl::read(value).is_ok() && is_padded(host) {
        say(MMSC, value, host);
    }
    if let Some(written) = profile.mms.proxy.as_ref().and_then(|p| p.padded()) {
        say(PROXY, written, written);
    }
    found
}

/// Four groups of digits, one of them with a leading zero.
pub(in crate::profile) fn is_padded(host: &str) -> bool {
    let groups: Vec<&str> = host.split('.').collect();
    let digits = |g: &&str| !g.is_empty() && g.bytes().all(|b| b.is_ascii_digit());
    groups.len() == 4
        && groups.iter().all(digits)
        && groups.iter().any(|g| g.len() > 1 && g.starts_with('0'))
}

/// The private literals among MMSC and proxy: field, value, host.
fn private(profile: &Profile) -> Vec<(&'static str, String, String)> {
    let mut found = Vec::new();
    let mms = &profile.mms;
    if let Ok(url) = MmscUrl::read(&mms.mmsc)
        && is_private(&url.host)
    {
        found.push((MMSC, mms.mmsc.clone(), url.host));
    }
    if let Some(proxy) = mms.proxy.as_ref().filter(|p| is_private(&p.host)) {
        found.push((PROXY, proxy.to_string(), proxy.host.clone()));
    }
    found
}

/// RFC 1918, or unique local (RFC 4193).
pub(super) fn is_private(host: &str) -> bool {
    match host.parse() {
        Ok(IpAddr::V4(v4)) => v4.is_private(),
        Ok(IpAddr::V6(v6)) => v6.is_unique_local(),
        Err(_) => false,
    }
}

/// A finding on the characters of `host` in a value, or on all of it where they do not stand there as they are.
fn point_at(
    id: &str,
    severity: Severity,
    field: &str,
    value: String,
    host: &str,
    says: impl Into<String>,
    fix: impl Into<String>,
) -> Lint {
    let lint = Lint::whole(id, severity, field, value.as_str(), says, fix);
    match value.find(host) {
        Some(at) => lint.part(&value, at..at + host.len()),
        None => lint,
    }
}

const MMSC: &str = "mms.mmsc";
const PROXY: &str = "mms.proxy";

/// A port of the carrier's list that nobody dials, since there is no proxy.
fn inert_port(profile: &Profile) -> Option<Lint> {
    let listed = profile.mms.listed_port?;
    let endpoint = profile.endpoint().ok()?;
    if profile.mms.proxy.is_some() || profile.mms.connect_port.is_some() || endpoint.port == listed
    {
        return None;
    }
    let says = format!(
        "the carrier lists the MMS port {listed} and no proxy: a phone reads it only together with a proxy, and dials {}",
        endpoint.port
    );
    let fix = "nothing to do: it is kept for the eye and never dialled";
    Some(Lint::whole(
        "P02",
        Severity::Info,
        "mms.listed_port",
        listed.to_string(),
        says,
        fix,
    ))
}

/// A port written after the path is part of the path.
fn after_path(profile: &Profile) -> Option<Lint> {
    let value = &profile.mms.mmsc;
    let url = MmscUrl::read(value).ok()?;
    let (before, digits) = url.path.rsplit_once(':')?;
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let tail = format!(":{digits}");
    let start = value.rfind(&tail)?;
    let port = url.port.unwrap_or(url.scheme.default_port());
    let host = &url.host;
    let says = format!(
        "this is part of the path, not a port: the URL means host {host}, port {port}, path {}",
        url.path
    );
    let plain = MmscUrl {
        path: before.to_owned(),
        ..url.clone()
    };
    let meant = MmscUrl {
        port: digits.parse().ok(),
        ..plain.clone()
    };
    let fix = format!(
        "write {} (a phone would use port {port}), or {} if the MMSC really listens there",
        plain.written(),
        meant.written()
    );
    Some(
        Lint::whole("P01", Severity::Error, MMSC, value, says, fix)
            .part(value, start..start + tail.len()),
    )
}

/// A port from the carrier's page that no phone dials is dialled here.
fn insisted_port(profile: &Profile) -> Option<Lint> {
    let mms = &profile.mms;
    let insisted = mms.connect_port?;
    let mut otherwise = mms.clone();
    otherwise.connect_port = None;
    let phone = Endpoint::of(&otherwise).ok()?.dialled();
    if phone.port == insisted {
        return None;
    }
    let says = match phone_reads(profile) {
        true => format!(
            "{} is dialled at port {insisted}, where a phone with this profile dials {}",
            phone.host, phone.port
        ),
        false => format!(
            "{} is dialled at port {insisted}; a phone reads an MMS port only together with a proxy, there is none here, and so it dials {}",
            phone.host, phone.port
        ),
    };
    let fix = format!("remove connect_port to dial {} as a phone does", phone.port);
    Some(Lint::whole(
        "P02",
        Severity::Error,
        "mms.connect_port",
        insisted.to_string(),
        says,
        fix,
    ))
}

fn phone_reads(profile: &Profile) -> bool {
    profile.mms.proxy.is_some()
}

/// No URL, or one that had to be repaired to be read.
fn unreadable(profile: &Profile) -> Option<Lint> {
    let value = &profile.mms.mmsc;
    let error =
        |says: String, fix: String| Lint::whole("P03", Severity::Error, MMSC, value, says, fix);
    match MmscUrl::read(value) {
        Err(fault) => {
            let lint = error("nobody can dial this".to_owned(), fault.to_string());
            let MmscError::Character { character, .. } = fault else {
                return Some(lint);
            };
            let start = value.find(character)?;
            Some(lint.part(value, start..start + character.len_utf8()))
        }
        Ok(url) => {
            let (says, range) = match url.repairs.first()? {
                Repair::MissingScheme => (
                    "there is no scheme in front of the host".to_owned(),
                    0..value.len(),
                ),
                Repair::Slashes => {
                    let colon = value.find(':')?;
                    let slashes = value[colon + 1..]
                        .bytes()
                        .take_while(|b| *b == b'/')
                        .count();
                    (
                        format!("{} where two slashes belong", count_of(slashes)),
                        0..colon + 1 + slashes,
                    )
                }
                Repair::MissingBrackets => (
                    "an IPv6 address stands here without its brackets".to_owned(),
                    0..value.len(),
                ),
            };
            let read_as = url.written();
            let scheme = match url.scheme {
                Scheme::Http => "http",
                Scheme::Https => "https",
            };
            let says = format!("{says}; it is read as {scheme} to {}", url.host);
            Some(error(says, format!("write {read_as}")).part(value, range))
        }
    }
}

fn count_of(slashes: usize) -> &'static str {
    match slashes {
        0 => "no slash",
        1 => "one slash",
        _ => "more slashes",
    }
}

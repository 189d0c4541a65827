//! What is asked for: from profiles to the case that a probe examines.
use crate::event::Case;
use crate::profile::{Endpoint, MmscError, Profile};

/// The hosts that serve as controls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct References {
    /// Public hosts that answer: host, port.
    pub open: Vec<(String, u16)>,
    /// A port that refuses.
    pub closed: Option<(String, u16)>,
    /// A public resolver.
    pub resolver: Option<std::net::IpAddr>,
    /// An address at which nobody answers (RFC 5737 where none is given).
    pub black_hole: Option<String>,
}

/// RFC 5737 TEST-NET-1: never routed, so never answered.
const BLACK_HOLE: &str = "192.0.2.1";
/// So many of each kind of further target are taken from the carrier's data.
const MOST: usize = 3;

/// The case of a profile; `siblings` are the other profiles for the same SIM, whose MMSCs, proxies and APNs are worth a try.
///
/// # Errors
/// An MMSC that cannot be dialled at all.
pub fn case(
    profile: &Profile,
    siblings: &[&Profile],
    references: &References,
) -> Result<Case, MmscError> {
    let endpoint = profile.endpoint()?;
    let pdn = profile.mms_pdn();
    let others = siblings.iter().filter(|p| p.id != profile.id);
    let mut alternates: Vec<(String, u16, String)> = Vec::new();
    let mut proxies: Vec<(String, u16)> = Vec::new();
    let mut other_apns = Vec::new();
    for url in &profile.mms.alternates {
        if let Some((host, port)) = host_of(url)
            && host != endpoint.host
        {
            let path = path_of(url);
            add(&mut alternates, (host, port, path));
        }
    }
    for other in others {
        if let Ok(found) = other.endpoint() {
            match &found.via_proxy {
                Some(proxy) if endpoint.via_proxy.is_none() => {
                    add(&mut proxies, (proxy.host.clone(), proxy.port));
                }
                None if found.host != endpoint.host => {
                    add(&mut alternates, (found.host, found.port, found.path));
                }
                _ => {}
            }
        }
        let apn = other.mms_pdn();
        if !apn.apn.eq_ignore_ascii_case(&pdn.apn) {
            add(&mut other_apns, (apn.apn.clone(), apn.pdp_type));
        }
    }
    Ok(Case {
        profile: profile.id.to_string(),
        apn: pdn.apn.clone(),
        pdp_type: pdn.pdp_type,
        mmsc: profile.mms.mmsc.clone(),
        port: endpoint.port,
        url_port: endpoint.port_of_url(),
        meant_path: meant_path(&endpoint.path),
        via_proxy: endpoint
            .via_proxy
            .as_ref()
            .map(|p| (p.host.clone(), p.port)),
        path: endpoint.path,
        host: endpoint.host,
        alternates,
        proxies,
        other_apns,
        reference: references.open.clone(),
        closed: references.closed.clone(),
        public_resolver: references.resolver.map(|a| a.to_string()),
        black_hole: references
            .black_hole
            .clone()
            .unwrap_or_else(|| BLACK_HOLE.to_owned()),
    })
}

fn add<T: PartialEq>(list: &mut Vec<T>, value: T) {
    if list.len() < MOST && !list.contains(&value) {
        list.push(value);
    }
}

/// `/mms/wapenc:8080` was meant as `/mms/wapenc`: a port belongs after the host.
fn meant_path(path: &str) -> Option<String> {
    let (meant, port) = path.rsplit_once(':')?;
    let is_port = !port.is_empty() && port.len() <= 5 && port.bytes().all(|b| b.is_ascii_digit());
    (is_port && meant.starts_with('/')).then(|| meant.to_owned())
}

fn endpoint_of(url: &str) -> Option<Endpoint> {
    // A profile of its own reads a bare URL by the same rules as a whole one.
    let text = format!(
        "schema = 1\nid = \"example/url\"\nname = \"url\"\n[[pdn]]\nrole = [\"mms\"]\napn = \"url\"\n[mms]\npdn = 0\nmmsc = {url:?}\n"
    );
    Profile::parse("url", &text).ok()?.endpoint().ok()
}

/// Host and port that a URL means.
#[must_use]
pub fn host_of(url: &str) -> Option<(String, u16)> {
    endpoint_of(url).map(|e| (e.host, e.port))
}

fn path_of(url: &str) -> String {
    endpoint_of(url).map_or_else(|| "/".to_owned(), |e| e.path)
}

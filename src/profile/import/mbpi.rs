//! mobile-broadband-provider-info: `<serviceproviders>`, in it `<country>`, `<provider>`, `<gsm>`, `<apn>`. It has no PDP types.
use super::super::{Auth, Fault, Match, MccMnc};
use super::rows::{Read, Row, Way, note};
use super::xml::{self, Element, Piece};
use crate::event::PdpType;

/// What is read inside the elements that are open.
#[derive(Default)]
struct Place {
    path: Vec<String>,
    text: String,
    country: String,
    provider: String,
    networks: Vec<Match>,
    apn: Option<Apn>,
    /// The rows of this provider so far, to which all its networks apply.
    first_row: usize,
}

#[derive(Default)]
struct Apn {
    at: usize,
    value: String,
    usages: Vec<String>,
    user: Option<String>,
    password: Option<String>,
    method: String,
    mmsc: String,
    proxy: Option<String>,
}

pub(super) fn read(text: &str) -> Result<Read, Fault> {
    let mut read = Read::default();
    let mut place = Place::default();
    xml::read(text, |piece| {
        match piece {
            Piece::Begin(element) => begin(text, &element, &mut place, &mut read),
            Piece::Text(more) => place.text.push_str(&more),
            Piece::End(name) => {
                let content = std::mem::take(&mut place.text).trim().to_owned();
                place.path.pop();
                end(text, &name, content, &mut place, &mut read);
            }
        }
        true
    })?;
    Ok(read)
}

fn begin(text: &str, element: &Element, place: &mut Place, read: &mut Read) {
    place.text.clear();
    match element.name.as_str() {
        "country" => place.country = element.get("code").to_owned(),
        "provider" => {
            place.provider.clear();
            place.networks.clear();
            place.first_row = read.rows.len();
        }
        "network-id" => {
            let digits = format!("{}{}", element.get("mcc"), element.get("mnc"));
            match MccMnc::new(&digits) {
                Ok(code) => place.networks.push(Match {
                    mccmnc: Some(code),
                    ..Match::default()
                }),
                Err(says) => {
                    read.notes
                        .push(note(text, element.at, &says, "this network is left out"))
                }
            }
        }
        "apn" => {
            place.apn = Some(Apn {
                at: element.at,
                value: element.get("value").to_owned(),
                ..Apn::default()
            });
        }
        "usage" => {
            if let Some(apn) = &mut place.apn {
                apn.usages.push(element.get("type").to_owned());
            }
        }
        "authentication" => {
            if let Some(apn) = &mut place.apn {
                apn.method = element.get("method").to_ascii_lowercase();
            }
        }
        _ => {}
    }
    place.path.push(element.name.clone());
}

fn end(text: &str, name: &str, content: String, place: &mut Place, read: &mut Read) {
    let inside = place.path.last().map_or("", String::as_str);
    match (name, &mut place.apn) {
        ("name", _) if inside == "provider" && place.provider.is_empty() => {
            place.provider = content
        }
        ("username", Some(apn)) => apn.user = Some(content).filter(|c| !c.is_empty()),
        ("password", Some(apn)) => apn.password = Some(content).filter(|c| !c.is_empty()),
        ("mmsc", Some(apn)) => apn.mmsc = content,
        ("mmsproxy", Some(apn)) => apn.proxy = Some(content).filter(|c| !c.is_empty()),
        ("apn", Some(_)) => {
            if let Some(apn) = place.apn.take() {
                take(apn, place, read);
            }
        }
        ("provider", _) => {
            // Networks may stand after the APNs.
            let first = place.first_row.min(read.rows.len());
            for row in &mut read.rows[first..] {
                row.matches.clone_from(&place.networks);
                row.name.clone_from(&place.provider);
            }
            let orphans = read.rows[first..].iter().find(|row| row.matches.is_empty());
            if let Some(row) = orphans {
                read.notes.push(note(
                    text,
                    row.at,
                    "this provider names no network",
                    "it fits no SIM by itself; add a [[match]]",
                ));
            }
        }
        _ => {}
    }
}

fn take(apn: Apn, place: &Place, read: &mut Read) {
    if apn.mmsc.is_empty() {
        read.without_mms += 1;
        return;
    }
    let mut roles = Vec::new();
    if apn.usages.iter().any(|u| u.contains("internet")) {
        roles.push("default".to_owned());
    }
    roles.push("mms".to_owned()); // it has an MMSC
    read.rows.push(Row {
        at: apn.at,
        country: Some(place.country.clone()),
        name: place.provider.clone(),
        matches: Vec::new(),
        way: Way {
            roles,
            apn: apn.value,
            pdp_type: PdpType::Unknown,
            roaming_type: None,
            auth: match apn.method.as_str() {
                "pap" => Auth::Pap,
                "chap" => Auth::Chap,
                _ if apn.user.is_some() => Auth::PapOrChap,
                _ => Auth::None,
            },
            user: apn.user,
            password: apn.password,
            mtu: None,
            mmsc: apn.mmsc,
            proxy: apn.proxy,
            port: None,
        },
    });
}

//! Android's APN list: `<apns>` with rows `<apn carrier="…" mcc="310" mnc="260" apn="…" type="default,mms" mmsc="…" …/>`.
use super::super::{Auth, Fault, Match};
use super::rows::{Read, Row, Way, note};
use super::xml::{self, Element, Piece};
use crate::event::PdpType;

pub(super) fn read(text: &str) -> Result<Read, Fault> {
    let mut read = Read::default();
    xml::read(text, |piece| {
        if let Piece::Begin(element) = piece
            && element.name == "apn"
        {
            row(text, &element, &mut read);
        }
        true
    })?;
    Ok(read)
}

/// An empty list of types means all of them, as in Android.
fn words(types: &str) -> Vec<String> {
    let words: Vec<String> = types
        .split(',')
        .map(|w| w.trim().to_ascii_lowercase())
        .filter(|w| !w.is_empty())
        .collect();
    if words.is_empty() || words.iter().any(|w| w == "*") {
        return vec!["default".to_owned(), "mms".to_owned()];
    }
    words
}

fn row(text: &str, element: &Element, read: &mut Read) {
    let at = element.at;
    let roles = words(element.get("type"));
    if !roles.iter().any(|r| r == "mms") || element.get("mmsc").is_empty() {
        read.without_mms += 1;
        return;
    }
    let (mcc, mnc) = (element.get("mcc"), element.get("mnc"));
    let Some(block) = match_block(element, &format!("{mcc}{mnc}")) else {
        let says = format!(
            "mcc `{}` and mnc `{}` are no network",
            mcc.escape_debug(),
            mnc.escape_debug()
        );
        read.notes
            .push(note(text, at, &says, "the row is left out"));
        return;
    };
    if element
        .get("mvno_match_data")
        .chars()
        .any(|c| matches!(c, 'x' | 'X'))
        && element.get("mvno_type") == "imsi"
    {
        let says = "the IMSI has places that may be anything; only its beginning is kept";
        read.notes.push(note(
            text,
            at,
            says,
            "make the match narrower by hand if it must be",
        ));
    }
    let own = |name: &str| Some(element.get(name).to_owned()).filter(|v| !v.is_empty());
    let port = element.get("mmsport");
    if !port.is_empty() && port.parse::<u16>().is_err() {
        let says = format!("`{}` is no TCP port", port.escape_debug());
        read.notes
            .push(note(text, at, &says, "the port is left out"));
    }
    let user = own("user");
    read.rows.push(Row {
        at,
        country: None,
        name: element.get("carrier").to_owned(),
        matches: vec![block],
        way: Way {
            roles,
            apn: element.get("apn").to_owned(),
            pdp_type: pdp_type(element.get("protocol")).unwrap_or_default(),
            roaming_type: pdp_type(element.get("roaming_protocol")),
            auth: match element.get("authtype") {
                "0" => Auth::None,
                "1" => Auth::Pap,
                "2" => Auth::Chap,
                "3" => Auth::PapOrChap,
                // Android takes either where there is a user and the row does not say.
                _ if user.is_some() => Auth::PapOrChap,
                _ => Auth::None,
            },
            user,
            password: own("password"),
            mtu: element
                .get("mtu")
                .parse()
                .ok()
                .filter(|m| (576..=9000).contains(m)),
            mmsc: element.get("mmsc").to_owned(),
            proxy: own("mmsproxy"),
            port: port.parse().ok(),
        },
    });
}

fn pdp_type(word: &str) -> Option<PdpType> {
    match PdpType::from_at(word) {
        PdpType::Unknown => None,
        known => Some(known),
    }
}

/// The network, and what makes a virtual operator's SIM.
fn match_block(element: &Element, mccmnc: &str) -> Option<Match> {
    let mut block = Match {
        mccmnc: Some(super::super::MccMnc::new(mccmnc).ok()?),
        ..Match::default()
    };
    let data = element.get("mvno_match_data");
    let known = Some(data.to_owned()).filter(|d| !d.is_empty());
    match element.get("mvno_type") {
        "spn" => block.spn = known,
        "gid" => block.gid1 = known,
        "iccid" => block.iccid_prefix = known,
        "imsi" => {
            let digits = data.split(['x', 'X']).next().unwrap_or_default();
            block.imsi_prefix = Some(digits.to_owned()).filter(|d| !d.is_empty());
        }
        _ => {}
    }
    Some(block)
}

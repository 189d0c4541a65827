//! Typed values of information lines.
//!
//! In: one line of an answer, as the engine hands it on. Out: its values, or `None` where the line is another one or too short;
//! numbers outside their type count as absent. Nothing here decides whether a line was an answer or a URC.
mod packet;
mod radio;
mod sockets;

pub use packet::*;
pub use radio::*;
pub use sockets::*;

use super::fields::{after, split};
use super::result::Final;
use crate::event::{Iccid, Imei, Imsi, Msisdn, SimState};

/// The first value after the prefix as a number: `+CIPMODE: 0`, `+CGATT: 1`, `+CSOCKSETPN: 3`, `+CMEE: 2`.
#[must_use]
pub fn number(line: &str, prefix: &str) -> Option<i64> {
    split(after(line, prefix)?).first()?.number()
}

/// State of the SIM from `+CPIN: …` (SIM7600 manual chapter 5).
#[must_use]
pub fn cpin(line: &str) -> Option<SimState> {
    let text = after(line, "+CPIN:")?;
    Some(match text {
        "READY" => SimState::Ready,
        "NOT INSERTED" | "SIM REMOVED" | "NOT READY" => SimState::Absent,
        _ if text.contains("PIN") || text.contains("PUK") => SimState::Locked(text.to_owned()),
        _ => SimState::Failed(text.to_owned()),
    })
}

/// State of the SIM from the error that `AT+CPIN?` ended with: 10 is absent, 5–7, 11, 12, 17 and 18 are locks.
#[must_use]
pub fn sim_trouble(result: &Final) -> Option<SimState> {
    let Final::Cme(_) = result else { return None };
    Some(match result.cme() {
        Some(10) => SimState::Absent,
        Some(5..=7 | 11 | 12 | 17 | 18) => {
            SimState::Locked(result.words().trim_end_matches(" required").to_owned())
        }
        _ => SimState::Failed(result.words()),
    })
}

/// IMSI from `AT+CIMI`: 6 to 15 digits.
#[must_use]
pub fn imsi(line: &str) -> Option<Imsi> {
    digits(after(line, "+CIMI:").unwrap_or(line), 6..=15).map(Imsi::new)
}

/// IMEI from `AT+CGSN`: 14 to 17 digits.
#[must_use]
pub fn imei(line: &str) -> Option<Imei> {
    digits(after(line, "+CGSN:").unwrap_or(line), 14..=17).map(Imei::new)
}

/// Number of the card from `AT+CICCID`: 18 to 22 digits; some cards pad with F.
#[must_use]
pub fn iccid(line: &str) -> Option<Iccid> {
    let text = ["+ICCID:", "+CICCID:", "+CCID:"]
        .iter()
        .find_map(|p| after(line, p))
        .unwrap_or(line)
        .trim_matches('"');
    digits(text.trim_end_matches(['F', 'f']), 18..=22).map(Iccid::new)
}

fn digits(text: &str, length: std::ops::RangeInclusive<usize>) -> Option<&str> {
    (length.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())).then_some(text)
}

/// The service centre's number from `+CSCA: "number",type` (SIM7600 manual chapter 9); empty where the SIM names none.
#[must_use]
pub fn csca(line: &str) -> Option<String> {
    Some(split(after(line, "+CSCA:")?).first()?.text.to_owned())
}

/// The three stores of `+CPMS: "SM",used,places,"SM",used,places,"SM",used,places` (3GPP TS 27.005 section 3.2.2): to read and delete,
/// to write and send, for what comes in.
#[must_use]
pub fn cpms(line: &str) -> Option<[String; 3]> {
    let f = split(after(line, "+CPMS:")?);
    let store = |at: usize| f.get(at)?.filled().map(str::to_owned);
    Some([store(0)?, store(3)?, store(6)?])
}

/// The store for what comes in, from `+CPMS: …`: its name, places in use, places in all.
#[must_use]
pub fn cpms_room(line: &str) -> Option<(String, i64, i64)> {
    let f = split(after(line, "+CPMS:")?);
    let store = f.get(6)?.filled()?.to_owned();
    Some((store, f.get(7)?.number()?, f.get(8)?.number()?))
}

/// The service centre's reference from `+CMGS: mr[,…]` (3GPP TS 27.005 section 3.5.1).
#[must_use]
pub fn cmgs(line: &str) -> Option<u8> {
    u8::try_from(split(after(line, "+CMGS:")?).first()?.number()?).ok()
}

/// What the SIM answered to `AT+CRSM` (3GPP TS 27.007 section 8.18).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardAnswer {
    /// Status word, both octets: 0x9000 is well, 0x6Cnn asks for nn octets, 0x6A82 is no such file (TS 102 221 section 10.2).
    pub status: u16,
    /// The octets of the file; empty where none came.
    pub octets: Vec<u8>,
}

/// Reads `+CRSM: sw1,sw2[,"hex"]`. A status out of its range or text that is no hexadecimal is `None`.
#[must_use]
pub fn crsm(line: &str) -> Option<CardAnswer> {
    let f = split(after(line, "+CRSM:")?);
    let octet = |at: usize| u8::try_from(f.get(at)?.number()?).ok();
    let text = f.get(2).map_or("", |f| f.text.trim());
    let nibble = |octet: &u8| char::from(*octet).to_digit(16);
    let pairs = text.as_bytes().chunks(2).map(|pair| match pair {
        [high, low] => u8::try_from(nibble(high)? * 16 + nibble(low)?).ok(),
        _ => None,
    });
    Some(CardAnswer {
        status: u16::from_be_bytes([octet(0)?, octet(1)?]),
        octets: pairs.collect::<Option<_>>()?,
    })
}

/// An own number of the SIM (`+CNUM: "alpha","number",type`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnNumber {
    /// Its label.
    pub label: String,
    /// The number; with type 145 it gets its plus sign.
    pub number: Msisdn,
    /// Type of address: 129 national or unknown, 145 international.
    pub kind: Option<u8>,
}

/// Reads a line of `AT+CNUM`. Lines without digits are `None`.
#[must_use]
pub fn cnum(line: &str) -> Option<OwnNumber> {
    let f = split(after(line, "+CNUM:")?);
    let number = f.get(1)?.filled()?;
    if !number.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    let kind = f.get(2).and_then(|f| f.text.parse().ok());
    let international = kind == Some(145) && !number.starts_with('+');
    Some(OwnNumber {
        label: f[0].text.to_owned(),
        number: Msisdn::new(if international {
            format!("+{number}")
        } else {
            number.to_owned()
        }),
        kind,
    })
}

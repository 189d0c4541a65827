//! What the modem says unasked (at-sim7600 sections 1.6, 2, 3, 4.2 and 8).
//!
//! In: a line. Out: whether its beginning is known for an announcement, how many lines it owns, and its values.
use super::errors::SocketError;
use super::fields::{after, split};
use super::reply::{self, CipRxGet, Reg};
use crate::event::SimState;

/// An announcement with its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// `RDY`: the modem has just started.
    Ready,
    /// `SMS DONE`: messages can be used.
    SmsDone,
    /// `PB DONE`: the phone book can be used.
    PhoneBookDone,
    /// `+CPIN: …`
    Sim(SimState),
    /// `+CREG:`, `+CGREG:`, `+CEREG:`; the command's name without plus sign.
    Registration(&'static str, Reg),
    /// `+CIPRXGET: 1,link`: data wait; said once until all are read.
    Data {
        /// Link number.
        link: u8,
    },
    /// `+IPCLOSE: link,reason`
    LinkClosed {
        /// Link number.
        link: u8,
        /// 0 by us, 1 by the peer, 2 because sending took too long.
        reason: u8,
    },
    /// `+CIPEVENT: NETWORK CLOSED UNEXPECTEDLY`
    NetworkClosed,
    /// `+CGEV: …`, its text.
    Packet(String),
    /// `+CMTI: "store",index`
    Message {
        /// `SM`, `ME` …
        store: String,
        /// Where it lies.
        index: u16,
    },
    /// A result of CIPOPEN that nobody waits for any more.
    LateOpen {
        /// Link number.
        link: u8,
        /// What came of it.
        err: SocketError,
    },
    /// Anything else.
    Other,
}

/// Reads an announcement.
#[must_use]
pub fn parse(line: &str) -> Notice {
    typed(line).unwrap_or(Notice::Other)
}

fn typed(line: &str) -> Option<Notice> {
    match line {
        "RDY" => return Some(Notice::Ready),
        "SMS DONE" => return Some(Notice::SmsDone),
        "PB DONE" => return Some(Notice::PhoneBookDone),
        _ => {}
    }
    let (name, values) = line.split_once(':')?;
    Some(match name {
        "+CPIN" => Notice::Sim(reply::cpin(line)?),
        "+CREG" => Notice::Registration("CREG", reply::reg_urc(line)?),
        "+CGREG" => Notice::Registration("CGREG", reply::reg_urc(line)?),
        "+CEREG" => Notice::Registration("CEREG", reply::reg_urc(line)?),
        "+CIPRXGET" => match reply::ciprxget(line)? {
            CipRxGet::Arrived { link } => Notice::Data { link },
            _ => return None,
        },
        "+IPCLOSE" => {
            let f = split(values);
            Notice::LinkClosed {
                link: f.first()?.text.parse().ok()?,
                reason: f.get(1)?.text.parse().ok()?,
            }
        }
        "+CIPEVENT" if values.contains("NETWORK CLOSED") => Notice::NetworkClosed,
        "+CGEV" => Notice::Packet(values.trim().to_owned()),
        "+CMTI" => {
            let f = split(values);
            Notice::Message {
                store: f.first()?.text.to_owned(),
                index: f.get(1)?.text.parse().ok()?,
            }
        }
        "+CIPOPEN" => {
            let result = reply::link_result(line)?;
            Notice::LateOpen {
                link: result.link,
                err: result.err,
            }
        }
        _ => return None,
    })
}

/// Beginnings of announcements; what an answer of the command in flight claims is decided before.
const BEGINNINGS: &[&str] = &[
    "+CPIN:",
    "+CREG:",
    "+CGREG:",
    "+CEREG:",
    "+CGEV:",
    "+CIPEVENT:",
    "+IPCLOSE:",
    "+CIPRXGET: 1,",
    "+CLIENT:",
    "+CMTI:",
    "+CMT:",
    "+CDS:",
    "+CDSI:",
    "+CBM:",
    "+CNSMOD:",
    "+CSQ:",
    "+CPSI:",
    "+NITZ:",
    "+CTZV:",
    "+CTZE:",
    "+CRING:",
    "+CLIP:",
    "+CUSD:",
    "+CIPOPEN:",
    "+CIPCLOSE:",
    "+CIPSEND:",
    "+NETOPEN:",
    "+NETCLOSE:",
    "+CPING:",
    "+HTTP_PEER_CLOSED",
    "+HTTP_NONET_EVENT",
    "+HTTPACTION:",
    "+SIMCARD:",
    "+WAP_PUSH_MMS:",
    "+STIN:",
    "RECV FROM:",
    "+IPD",
    "+RECEIVE",
    "MISSED_CALL:",
    "VOICE CALL:",
    "RING",
    "Autobaud:",
    "NO CARRIER",
    "CLOSED",
];

/// Whether a line begins as an announcement does.
#[must_use]
pub fn is_known(line: &str) -> bool {
    matches!(line, "RDY" | "SMS DONE" | "PB DONE" | "START")
        || BEGINNINGS.iter().any(|b| line.starts_with(b))
}

/// Whether a line looks like one of an AT modem, known or not: `+NAME: …`, `*NAME: …`, `^NAME:…`.
#[must_use]
pub fn looks_like(line: &str) -> bool {
    let mut rest = line.chars();
    rest.next()
        .is_some_and(|c| matches!(c, '+' | '*' | '^' | '$'))
        && line.split_once(':').is_some_and(|(name, _)| {
            name.len() > 2
                && name[1..]
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b" _-".contains(&b))
        })
}

/// How many lines after this one belong to it: the message of `+CMT`, `+CDS` and `+CBM`.
#[must_use]
pub fn owned_lines(line: &str) -> usize {
    let owns = ["+CMT:", "+CDS:", "+CBM:"]
        .iter()
        .any(|p| after(line, p).is_some());
    usize::from(owns)
}

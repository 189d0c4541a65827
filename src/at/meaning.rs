//! What a line says, in plain words, for a person at the bench.
//!
//! In: a line, the command that it answers (where it answers one), and for results whether they came before or after `OK`. Out:
//! one line of words, or `None` where the line speaks for itself. It says what a number proves and never more.
use super::errors::{self, IpError, SocketError};
use super::fields::{after, split};
use super::reply::{self, CipRxGet, Ping, Resolved};
use super::result::Final;
use crate::event::{Shape, SimState};

/// What a line says. For results of CIPOPEN whose place is known, [`explain_shaped`] says more.
#[must_use]
pub fn explain(line: &str, in_answer_to: Option<&str>) -> Option<String> {
    explain_shaped(line, in_answer_to, Shape::Unknown)
}

/// What a line says, knowing where it stood: before the final code or after `OK`.
#[must_use]
pub fn explain_shaped(line: &str, in_answer_to: Option<&str>, shape: Shape) -> Option<String> {
    let command = in_answer_to.unwrap_or_default().trim().to_ascii_uppercase();
    final_code(line, &command)
        .or_else(|| radio(line, &command))
        .or_else(|| sockets(line, &command, shape))
        .or_else(|| packet(line))
        .or_else(|| unasked(line))
}

fn final_code(line: &str, command: &str) -> Option<String> {
    let code = Final::parse(line)?;
    Some(match &code {
        Final::Ok if later(command) => "accepted; the result follows".to_owned(),
        Final::Ok => return None,
        Final::Error => "refused, without a reason".to_owned(),
        Final::Cme(r) | Final::Cms(r) => {
            let number = r.number.map_or(String::new(), |n| format!("{n} – "));
            format!("{number}{}{}", code.words(), advice(&code))
        }
        Final::Connect(_) => "transparent mode: what follows goes to the peer".to_owned(),
        _ => return None,
    })
}

/// Commands whose result comes after `OK`.
fn later(command: &str) -> bool {
    [
        "AT+NETOPEN",
        "AT+NETCLOSE",
        "AT+CIPOPEN=",
        "AT+CIPSEND=",
        "AT+CIPCLOSE=",
        "AT+CPING=",
    ]
    .iter()
    .any(|c| command.starts_with(c) && !command.ends_with('?'))
}

fn advice(code: &Final) -> &'static str {
    match code.cme() {
        Some(10) => ": put a card in, or seat it again",
        Some(11 | 12) => ": it must be unlocked first",
        Some(13..=15) => ": the card cannot be used; right after a start this may pass",
        Some(30) => ": not registered with any network",
        Some(32) => ": the network lets this SIM make emergency calls only",
        Some(107 | 111 | 112 | 113) => ": the network refuses this SIM or this place",
        Some(132..=134) => ": the network refuses this APN for this line",
        Some(149) => ": user name or password of the APN are wrong",
        Some(148) => ": the network refused the context and gave no cause",
        _ => "",
    }
}

fn dbm(value: i32) -> String {
    format!("{} dBm", minus(value))
}
/// With a real minus sign.
fn minus(value: i32) -> String {
    if value < 0 {
        format!("−{}", value.unsigned_abs())
    } else {
        value.to_string()
    }
}
/// Tenths as a decimal number.
fn tenths(value: i32) -> String {
    let sign = if value < 0 { "−" } else { "" };
    let size = value.unsigned_abs();
    format!("{sign}{}.{}", size / 10, size % 10)
}

fn radio(line: &str, command: &str) -> Option<String> {
    if let Some(csq) = reply::csq(line) {
        let level = match (csq.rssi, csq.dbm) {
            (0, _) => "−113 dBm or less".to_owned(),
            (31, _) => "−51 dBm or more".to_owned(),
            (_, Some(level)) => dbm(level),
            (_, None) => "signal strength unknown".to_owned(),
        };
        const RATES: [&str; 8] = [
            "below 0.01 %",
            "0.01–0.1 %",
            "0.1–0.5 %",
            "0.5–1 %",
            "1–2 %",
            "2–4 %",
            "4–8 %",
            "8 % or more",
        ];
        let errors = RATES.get(usize::from(csq.ber)).map_or_else(
            || "bit error rate unknown, which is normal on LTE".to_owned(),
            |rate| format!("bit error rate {rate}"),
        );
        return Some(format!("{level}; {errors}"));
    }
    if let Some(cell) = reply::cpsi(line) {
        return Some(cpsi(&cell));
    }
    if line.starts_with("+CREG:") || line.starts_with("+CGREG:") || line.starts_with("+CEREG:") {
        let read = command.contains("REG?");
        let reg = if read {
            reply::reg_read(line)
        } else {
            reply::reg_urc(line)
        }?;
        let domain = match line.as_bytes().get(2) {
            Some(b'G') => "packet domain",
            Some(b'E') => "LTE",
            _ => "circuit-switched domain (may stay unregistered on LTE)",
        };
        let cell = reg.cell.map_or(String::new(), |c| format!(", cell {c}"));
        return Some(format!("{domain}: {}{cell}", stat(reg.stat)));
    }
    if let Some(cops) = reply::cops(line).filter(|_| !line.contains('(')) {
        let system = match cops.act {
            Some(0) => " on GSM",
            Some(2) => " on UMTS",
            Some(7) => " on LTE",
            _ => "",
        };
        return Some(cops.operator.map_or_else(
            || "no operator: not registered".to_owned(),
            |name| format!("operator {name}{system}"),
        ));
    }
    None
}

fn stat(stat: u8) -> String {
    match stat {
        0 => "not registered, not searching",
        1 => "registered at home",
        2 => "searching",
        3 => "registration denied",
        4 => "unknown, for instance out of coverage",
        5 => "registered, roaming",
        6 | 7 => "registered for SMS only",
        8 => "emergency calls only",
        other => return format!("state {other}"),
    }
    .to_owned()
}

fn cpsi(cell: &reply::Cpsi) -> String {
    if cell.system == "NO SERVICE" {
        return format!(
            "no network found; the modem is {}",
            cell.operation.to_lowercase()
        );
    }
    let mut said = vec![cell.system.clone()];
    said.extend(cell.plmn.as_ref().map(|p| format!("network {p}")));
    said.extend(cell.band.clone());
    said.extend(cell.rsrp_ddbm.map(|v| format!("RSRP {} dBm", tenths(v))));
    said.extend(cell.rsrq_ddb.map(|v| format!("RSRQ {} dB", tenths(v))));
    said.extend(cell.rssi_ddbm.map(|v| format!("RSSI {} dBm", tenths(v))));
    said.extend(
        cell.snr_db
            .map(|v| format!("SNR {} as the modem counts it", minus(v))),
    );
    said.extend(
        cell.rscp
            .map(|v| format!("RSCP {} as the modem counts it", minus(v))),
    );
    said.extend(
        cell.bandwidth_dmhz
            .map(|b| format!("{} MHz wide", tenths(b.into()))),
    );
    if cell.system == "LTE" && cell.units == reply::Units::Unclear {
        said.push("levels in a unit that is not known".to_owned());
    }
    said.join(", ")
}

/// The caution of at-sim7600 section 4.4: a 4 carries no cause, and where it stood decides what it can mean.
fn open_error(err: SocketError, shape: Shape) -> String {
    match (err.0, shape) {
        (4, Shape::AtOnce) => "4 – operation not supported: the modem refused before sending anything; link number in use or wrong state".to_owned(),
        (4, Shape::Late) => "4 – operation not supported (manual wording); connect failed, cause not reported".to_owned(),
        (4, Shape::Unknown) => "4 – operation not supported (manual wording); before ERROR it is the modem's own refusal, after OK a failed connect whose cause is not reported".to_owned(),
        (2, _) => format!("{err}: open the stack first (AT+NETOPEN)"),
        (10, _) => format!("{err}: nothing came back; a filter on the way or a host that is not there look alike"),
        (11, _) => format!("{err}: the name could not be resolved"),
        _ => err.to_string(),
    }
}

fn sockets(line: &str, command: &str, shape: Shape) -> Option<String> {
    if let Some(error) = IpError::parse(line) {
        return Some(match error.number {
            Some(n) => format!(
                "{} (number {n} of the +IP ERROR table, which is not that of +CIPOPEN)",
                error.text
            ),
            None => error.text,
        });
    }
    if let Some(err) = reply::ciperror(line) {
        let hint = match err.0 {
            2 => ": the stack is closed",
            4 => ": the link is not open",
            8 => ": close the link first",
            _ => "",
        };
        return Some(format!("{err}{hint}"));
    }
    if line.starts_with("+NETOPEN:") && command.ends_with('?') {
        let open = reply::netopen_read(line)?;
        return Some(
            if open {
                "the stack is open"
            } else {
                "the stack is closed"
            }
            .to_owned(),
        );
    }
    if line.starts_with("+NETOPEN:") || line.starts_with("+NETCLOSE:") {
        let err = reply::net_result(line)?;
        let done = if line.starts_with("+NETOPEN:") {
            "the stack is open"
        } else {
            "the stack is closed"
        };
        return Some(if err.is_none() {
            done.to_owned()
        } else {
            err.to_string()
        });
    }
    if let Some(result) = reply::link_result(line) {
        let opening = line.starts_with("+CIPOPEN:");
        let what = match (opening, result.err.is_none()) {
            (true, true) => "connected".to_owned(),
            (false, true) => "closed".to_owned(),
            (true, false) => open_error(result.err, shape),
            (false, false) if result.err == SocketError::NOT_SUPPORTED => {
                format!("{}: it was not open", result.err)
            }
            (false, false) => result.err.to_string(),
        };
        return Some(format!("link {}: {what}", result.link));
    }
    traffic(line)
}

fn traffic(line: &str) -> Option<String> {
    if let Some(row) = reply::link_row(line) {
        return Some(row.peer.map_or_else(
            || format!("link {} is free", row.link),
            |p| {
                format!(
                    "link {}: {} to {} port {}",
                    row.link, p.protocol, p.host, p.port
                )
            },
        ));
    }
    if let Some(used) = reply::cipclose_read(line) {
        let used: Vec<String> = (0..used.len())
            .filter(|i| used[*i])
            .map(|i| i.to_string())
            .collect();
        return Some(if used.is_empty() {
            "no link is in use".to_owned()
        } else {
            format!("links in use: {}", used.join(", "))
        });
    }
    if let Some(sent) = reply::cipsend(line) {
        return Some(match sent.confirmed {
            -1 => format!("link {}: the connection is gone", sent.link),
            0 => format!("link {}: nothing was taken, the buffer is full", sent.link),
            n if u32::try_from(n) == Ok(sent.requested) => {
                format!("link {}: {n} octets taken", sent.link)
            }
            n => format!(
                "link {}: only {n} of {} octets taken; the link must be given up",
                sent.link, sent.requested
            ),
        });
    }
    if let Some(got) = reply::ciprxget(line) {
        return Some(match got {
            CipRxGet::Arrived { link } => {
                format!("link {link}: data wait; not said again until all are read")
            }
            CipRxGet::Taken { link, read, rest } => {
                format!("link {link}: {read} octets follow, {rest} still wait")
            }
            CipRxGet::Waiting { link, rest } => format!("link {link}: {rest} octets wait"),
            CipRxGet::Mode(0) => "received data are pushed".to_owned(),
            CipRxGet::Mode(_) => "received data are kept until fetched".to_owned(),
        });
    }
    if let Some(found) = reply::cdnsgip(line) {
        return Some(match found {
            Resolved::Found(all) => {
                let all: Vec<String> = all.iter().map(ToString::to_string).collect();
                format!("resolves to {}", all.join(", "))
            }
            Resolved::Failed(10) => "10 – DNS general error: no address for this name; the modem does not say whether the resolver said no or did not answer".to_owned(),
            Resolved::Failed(n) => format!("{n} – no address for this name"),
        });
    }
    Some(match reply::cping(line)? {
        Ping::Reply { from, rtt_ms, .. } => format!("{from} answered after {rtt_ms} ms"),
        Ping::Lost => {
            "no answer to a ping; carriers often drop pings, so this proves little".to_owned()
        }
        Ping::Summary { sent: 0, .. } => "nothing was sent: the stack is not open".to_owned(),
        Ping::Summary {
            sent, received: 0, ..
        } => format!(
            "none of {sent} {} answered",
            if sent == 1 { "ping" } else { "pings" }
        ),
        Ping::Summary {
            sent,
            received,
            average_ms,
        } => format!("{received} of {sent} pings answered, {average_ms} ms on average"),
    })
}

fn packet(line: &str) -> Option<String> {
    if let Some(context) = reply::cgdcont(line) {
        let apn = if context.apn.is_empty() {
            "no APN"
        } else {
            &context.apn
        };
        return Some(format!(
            "context {}: {apn}, {}",
            context.cid, context.pdp_type
        ));
    }
    if let Some((cid, active)) = reply::cgact(line) {
        return Some(format!(
            "context {cid} is {}",
            if active { "active" } else { "not active" }
        ));
    }
    if let Some((cid, addresses)) = reply::cgpaddr(line) {
        let all: Vec<String> = addresses.iter().map(ToString::to_string).collect();
        return Some(if all.is_empty() {
            format!("context {cid} has no address")
        } else {
            format!("context {cid} has {}", all.join(" and "))
        });
    }
    if let Some(granted) = reply::cgcontrdp(line) {
        let mut said = vec![format!(
            "context {} was granted {}",
            granted.cid, granted.apn
        )];
        said.extend(granted.address.map(|a| format!("address {a}")));
        said.extend(granted.gateway.map(|a| format!("gateway {a}")));
        said.extend(granted.dns.iter().map(|a| format!("resolver {a}")));
        return Some(said.join(", "));
    }
    if let Some(n) = after(line, "+CNETSTART:").or_else(|| after(line, "+CNETSTOP:")) {
        let number = n.parse().ok()?;
        return errors::AppNetError(number)
            .name()
            .map(|name| format!("{number} – {name} (a table of its own)"));
    }
    match reply::number(line, "+CGATT:")? {
        0 => Some("not attached to the packet domain".to_owned()),
        1 => Some("attached to the packet domain".to_owned()),
        _ => None,
    }
}

fn unasked(line: &str) -> Option<String> {
    if let Some(state) = reply::cpin(line) {
        return Some(match state {
            SimState::Ready => "the SIM is ready".to_owned(),
            SimState::Absent => "no SIM".to_owned(),
            SimState::Locked(what) => format!("the SIM wants {what}"),
            SimState::Failed(what) => format!("the SIM says {what}"),
        });
    }
    if let Some(values) = after(line, "+IPCLOSE:") {
        let f = split(values);
        let by = match f.get(1)?.text {
            "0" => "by us",
            "1" => "by the peer",
            "2" => "because sending took too long",
            _ => "for a reason that the manual does not have",
        };
        return Some(format!(
            "link {} was closed {by}; what it received can still be read",
            f.first()?.text
        ));
    }
    if let Some(values) = after(line, "+CMTI:") {
        let f = split(values);
        return Some(format!(
            "a message was stored in {} at {}",
            f.first()?.text,
            f.get(1)?.text
        ));
    }
    if let Some(event) = after(line, "+CGEV:") {
        return packet_event(event);
    }
    Some(
        match line {
            "RDY" => "the modem has just started",
            "SMS DONE" => "messages can be used",
            "PB DONE" => "the phone book can be used",
            "RING" => "somebody calls",
            "+HTTP_PEER_CLOSED" => "the HTTP peer closed the connection",
            "+HTTP_NONET_EVENT" => "the HTTP service lost the network",
            _ if line.starts_with("+CIPEVENT:") && line.contains("NETWORK CLOSED") => {
                "the network dropped the context; close the stack and open it again"
            }
            _ if line.starts_with("+CMT:") => "a message came; it is in the next line",
            _ if line.starts_with("+CDS:") => "a delivery report came; it is in the next line",
            _ if line.starts_with("+NITZ:") || line.starts_with("+CTZV:") => {
                "the network tells the time"
            }
            _ => return None,
        }
        .to_owned(),
    )
}

fn packet_event(event: &str) -> Option<String> {
    let who = if event.starts_with("NW") {
        "the network"
    } else {
        "the modem"
    };
    let did = if event.contains("DEACT") {
        "deactivated a context"
    } else if event.contains("DETACH") {
        "detached from the packet domain"
    } else if event.contains("ACT") {
        "activated a context"
    } else if event.contains("REJECT") {
        return Some("a context that the network asked for was rejected".to_owned());
    } else {
        return None;
    };
    Some(format!("{who} {did}"))
}

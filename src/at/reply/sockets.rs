//! The socket stack's answers (at-sim7600 section 4).
use super::packet::address;
use crate::at::errors::SocketError;
use crate::at::fields::{Field, after, split};
use std::net::IpAddr;

/// Reads the answer of `AT+NETOPEN?`: whether the stack is open. The same line as a *late result* means something else: see
/// [`net_result`].
#[must_use]
pub fn netopen_read(line: &str) -> Option<bool> {
    match split(after(line, "+NETOPEN:")?).first()?.text {
        "0" => Some(false),
        "1" => Some(true),
        _ => None,
    }
}

/// Reads the late result of `AT+NETOPEN` or `AT+NETCLOSE`.
#[must_use]
pub fn net_result(line: &str) -> Option<SocketError> {
    let values = after(line, "+NETOPEN:").or_else(|| after(line, "+NETCLOSE:"))?;
    split(values).first()?.text.parse().ok().map(SocketError)
}

/// Reads `+IPADDR: …`.
#[must_use]
pub fn ipaddr(line: &str) -> Option<IpAddr> {
    address(after(line, "+IPADDR:")?)
}

/// A result that names its link: `+CIPOPEN: link,<err>`, `+CIPCLOSE: link,<err>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkResult {
    /// Link number.
    pub link: u8,
    /// What came of it.
    pub err: SocketError,
}

/// Reads the result of `AT+CIPOPEN=` or `AT+CIPCLOSE=`.
#[must_use]
pub fn link_result(line: &str) -> Option<LinkResult> {
    let f = split(after(line, "+CIPOPEN:").or_else(|| after(line, "+CIPCLOSE:"))?);
    (f.len() == 2).then_some(())?;
    Some(LinkResult {
        link: f[0].text.parse().ok()?,
        err: SocketError(f[1].text.parse().ok()?),
    })
}

/// A row of `AT+CIPOPEN?`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkRow {
    /// Link number.
    pub link: u8,
    /// What it is connected to; `None` for a free link.
    pub peer: Option<LinkPeer>,
}

/// Where a link leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkPeer {
    /// `TCP` or `UDP`.
    pub protocol: String,
    /// Remote address as written.
    pub host: String,
    /// Remote port.
    pub port: u16,
}

/// Reads a line of `AT+CIPOPEN?`.
#[must_use]
pub fn link_row(line: &str) -> Option<LinkRow> {
    let f = split(after(line, "+CIPOPEN:")?);
    let link = f.first()?.text.parse().ok()?;
    if f.len() == 1 {
        return Some(LinkRow { link, peer: None });
    }
    Some(LinkRow {
        link,
        peer: Some(LinkPeer {
            protocol: f[1].text.to_owned(),
            host: f.get(2)?.text.to_owned(),
            port: f.get(3)?.text.parse().ok()?,
        }),
    })
}

/// Reads `AT+CIPCLOSE?`: which links are in use, by their numbers.
#[must_use]
pub fn cipclose_read(line: &str) -> Option<Vec<bool>> {
    let f = split(after(line, "+CIPCLOSE:")?);
    (f.len() > 2).then(|| f.iter().map(|f| f.text == "1").collect())
}

/// `+CIPSEND: link,requested,confirmed`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CipSend {
    /// Link number.
    pub link: u8,
    /// Octets handed over.
    pub requested: u32,
    /// Octets that the stack took: fewer means that the link must be given up; −1 that the connection is gone.
    pub confirmed: i32,
}

/// Reads the result of `AT+CIPSEND`.
#[must_use]
pub fn cipsend(line: &str) -> Option<CipSend> {
    let f = split(after(line, "+CIPSEND:")?);
    Some(CipSend {
        link: f.first()?.text.parse().ok()?,
        requested: f.get(1)?.text.parse().ok()?,
        confirmed: f.get(2)?.text.parse().ok()?,
    })
}

/// Reads `+CIPERROR: <err>`.
#[must_use]
pub fn ciperror(line: &str) -> Option<SocketError> {
    after(line, "+CIPERROR:")?.parse().ok().map(SocketError)
}

/// Lines of `AT+CIPRXGET`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CipRxGet {
    /// `+CIPRXGET: 1,link`: announced once that data wait; not again until all are read.
    Arrived {
        /// Link number.
        link: u8,
    },
    /// `+CIPRXGET: 2,link,read,rest` (or 3): the raw octets follow.
    Taken {
        /// Link number.
        link: u8,
        /// Octets that follow.
        read: usize,
        /// Octets that still wait.
        rest: usize,
    },
    /// `+CIPRXGET: 4,link,rest`
    Waiting {
        /// Link number.
        link: u8,
        /// Octets that wait.
        rest: usize,
    },
    /// `+CIPRXGET: mode`
    Mode(u8),
}

/// Reads a line `+CIPRXGET: …`.
#[must_use]
pub fn ciprxget(line: &str) -> Option<CipRxGet> {
    let f = split(after(line, "+CIPRXGET:")?);
    let link = || f.get(1)?.text.parse().ok();
    let count = |i: usize| f.get(i)?.text.parse().ok();
    Some(match (f.first()?.text, f.len()) {
        (mode, 1) => CipRxGet::Mode(mode.parse().ok()?),
        ("1", 2) => CipRxGet::Arrived { link: link()? },
        ("2" | "3", 4) => CipRxGet::Taken {
            link: link()?,
            read: count(2)?,
            rest: count(3)?,
        },
        ("4", 3) => CipRxGet::Waiting {
            link: link()?,
            rest: count(2)?,
        },
        _ => return None,
    })
}

/// What `AT+CDNSGIP` answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolved {
    /// These addresses, in the modem's order.
    Found(Vec<IpAddr>),
    /// No; 10 is the only code on this family ("DNS general error").
    Failed(u16),
}

/// Reads `+CDNSGIP: …`.
#[must_use]
pub fn cdnsgip(line: &str) -> Option<Resolved> {
    let f = split(after(line, "+CDNSGIP:")?);
    match f.first()?.text {
        "1" => {
            let found: Vec<IpAddr> = f.iter().skip(2).filter_map(|f| address(f.text)).collect();
            (!found.is_empty()).then_some(Resolved::Found(found))
        }
        "0" => Some(Resolved::Failed(f.get(1)?.text.parse().ok()?)),
        _ => None,
    }
}

/// Lines of `AT+CPING`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ping {
    /// `+CPING: 1,ip,size,rtt,ttl`
    Reply {
        /// Who answered.
        from: String,
        /// Round trip in milliseconds.
        rtt_ms: u32,
        /// Time to live of the answer.
        ttl: Option<u8>,
    },
    /// `+CPING: 2`: none came in time.
    Lost,
    /// `+CPING: 3,sent,received,lost,min,max,avg`
    Summary {
        /// Requests sent; 0 means that the stack was not open.
        sent: u32,
        /// Answers.
        received: u32,
        /// Mean round trip in milliseconds; 0 where nothing came.
        average_ms: u32,
    },
}

/// Reads a line `+CPING: …`.
#[must_use]
pub fn cping(line: &str) -> Option<Ping> {
    let f = split(after(line, "+CPING:")?);
    let value = |i: usize| f.get(i).and_then(|f| f.text.parse::<u32>().ok());
    Some(match f.first()?.text {
        "1" => Ping::Reply {
            from: f.get(1)?.text.to_owned(),
            rtt_ms: value(3)?,
            ttl: f.get(4).and_then(|f| f.text.parse().ok()),
        },
        "2" => Ping::Lost,
        "3" => Ping::Summary {
            sent: value(1)?,
            received: value(2)?,
            average_ms: value(6).unwrap_or(0),
        },
        _ => return None,
    })
}

/// Reads `+CIPTIMEOUT: net,open,send`, all in milliseconds.
#[must_use]
pub fn ciptimeout(line: &str) -> Option<[u32; 3]> {
    let f = split(after(line, "+CIPTIMEOUT:")?);
    let ms = |f: &Field<'_>| f.text.parse().ok();
    Some([ms(f.first()?)?, ms(f.get(1)?)?, ms(f.get(2)?)?])
}

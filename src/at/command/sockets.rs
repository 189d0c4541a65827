//! Commands of the module's own socket stack (SIM7600 manual chapter 11).
use super::{Command, CommandError, Payload};
use bytes::Bytes;
use std::time::Duration;

/// Most octets that one CIPSEND or CIPRXGET carries (manual chapter 11).
pub const MAX_CHUNK: usize = 1500;

impl Command {
    /// `AT+CIPMODE=0|1`: transparent mode off or on; before NETOPEN. (chapter 11)
    #[must_use]
    pub fn cipmode(transparent: bool) -> Self {
        Self::known(&format!("AT+CIPMODE={}", u8::from(transparent)))
    }
    /// `AT+CIPMODE?` (chapter 11)
    #[must_use]
    pub fn cipmode_read() -> Self {
        Self::known("AT+CIPMODE?")
    }
    /// `AT+CIPSENDMODE=0|1`: whether `+CIPSEND:` waits for the peer's TCP acknowledgement. (chapter 11)
    #[must_use]
    pub fn cipsendmode(wait_for_ack: bool) -> Self {
        Self::known(&format!("AT+CIPSENDMODE={}", u8::from(wait_for_ack)))
    }
    /// `AT+CIPSENDMODE?` (chapter 11)
    #[must_use]
    pub fn cipsendmode_read() -> Self {
        Self::known("AT+CIPSENDMODE?")
    }
    /// `AT+CIPCCFG=10,0,0,1,0,0,75000`: errors of the stack as words, all else as the manual has it. (chapter 11)
    #[must_use]
    pub fn cipccfg_words() -> Self {
        Self::known("AT+CIPCCFG=10,0,0,1,0,0,75000")
    }
    /// `AT+CIPCCFG?` (chapter 11)
    #[must_use]
    pub fn cipccfg_read() -> Self {
        Self::known("AT+CIPCCFG?")
    }
    /// `AT+CIPTIMEOUT=net,open,send` in milliseconds. (chapter 11)
    ///
    /// # Errors
    /// A time outside 3–120 s.
    pub fn ciptimeout(net: Duration, open: Duration, send: Duration) -> Result<Self, CommandError> {
        let mut ms = [0; 3];
        for (slot, time) in ms.iter_mut().zip([net, open, send]) {
            *slot = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
            if !(3000..=120_000).contains(slot) {
                return Err(CommandError::Range {
                    what: "time limit in milliseconds",
                    value: *slot,
                    range: "3000–120000",
                });
            }
        }
        Self::checked(format!("AT+CIPTIMEOUT={},{},{}", ms[0], ms[1], ms[2]))
    }
    /// `AT+CIPTIMEOUT?` (chapter 11)
    #[must_use]
    pub fn ciptimeout_read() -> Self {
        Self::known("AT+CIPTIMEOUT?")
    }
    /// `AT+NETOPEN`: opens the stack; late result `+NETOPEN: <err>` within 120 s. (chapter 11)
    #[must_use]
    pub fn netopen() -> Self {
        Self::known("AT+NETOPEN")
    }
    /// `AT+NETOPEN?`: `+NETOPEN: 1` says open here. (chapter 11)
    #[must_use]
    pub fn netopen_read() -> Self {
        Self::known("AT+NETOPEN?")
    }
    /// `AT+NETCLOSE`: closes the stack; late result. (chapter 11)
    #[must_use]
    pub fn netclose() -> Self {
        Self::known("AT+NETCLOSE")
    }
    /// `AT+IPADDR`: the stack's address. (chapter 11)
    #[must_use]
    pub fn ipaddr() -> Self {
        Self::known("AT+IPADDR")
    }
    /// `AT+CIPOPEN?`: what each of the ten links is connected to. (chapter 11)
    #[must_use]
    pub fn cipopen_read() -> Self {
        Self::known("AT+CIPOPEN?")
    }
    /// `AT+CIPOPEN=link,"TCP","host",port`: late result `+CIPOPEN: link,<err>`, by default within 120 s. (chapter 11)
    ///
    /// # Errors
    /// A link number above 9, port 0, or a host name that cannot stand in a command.
    pub fn cipopen_tcp(link: u8, host: &str, port: u16) -> Result<Self, CommandError> {
        let (link, host) = (checked_link(link)?, super::quoted("host name", host)?);
        if port == 0 {
            return Err(CommandError::Range {
                what: "TCP port",
                value: 0,
                range: "1–65535",
            });
        }
        Self::checked(format!("AT+CIPOPEN={link},\"TCP\",{host},{port}"))
    }
    /// `AT+CIPOPEN=link,"UDP",,,local`: a link for datagrams. Its result stands before `OK`; a peer in the command is refused
    /// with 3 (chapter 11).
    ///
    /// # Errors
    /// A link number above 9, or local port 0.
    pub fn cipopen_udp(link: u8, local: u16) -> Result<Self, CommandError> {
        let link = checked_link(link)?;
        if local == 0 {
            return Err(CommandError::Range {
                what: "local UDP port",
                value: 0,
                range: "1–65535",
            });
        }
        Self::checked(format!("AT+CIPOPEN={link},\"UDP\",,,{local}"))
    }
    /// `AT+CIPSEND=link,n,"address",port` with its n octets: one datagram to that peer. (chapter 11)
    ///
    /// # Errors
    /// A link number above 9; no octets or more than [`MAX_CHUNK`]; port 0.
    pub fn cipsend_to(
        link: u8,
        octets: Bytes,
        to: std::net::IpAddr,
        port: u16,
    ) -> Result<Self, CommandError> {
        let link = checked_link(link)?;
        let length = checked_chunk(octets.len())?;
        if port == 0 {
            return Err(CommandError::Range {
                what: "UDP port",
                value: 0,
                range: "1–65535",
            });
        }
        let text = format!("AT+CIPSEND={link},{length},\"{to}\",{port}");
        Ok(Self::checked(text)?.with_payload(Payload::Exact(octets)))
    }
    /// `AT+CIPSEND=link,n` with its n octets: late result `+CIPSEND: link,n,confirmed`. (chapter 11)
    ///
    /// # Errors
    /// A link number above 9; no octets or more than [`MAX_CHUNK`].
    pub fn cipsend(link: u8, octets: Bytes) -> Result<Self, CommandError> {
        let link = checked_link(link)?;
        let length = checked_chunk(octets.len())?;
        let command = Self::checked(format!("AT+CIPSEND={link},{length}"))?;
        Ok(command.with_payload(Payload::Exact(octets)))
    }
    /// `AT+CIPRXGET=0|1`: received data pushed (0) or kept until fetched (1). (chapter 11)
    #[must_use]
    pub fn ciprxget(buffered: bool) -> Self {
        Self::known(&format!("AT+CIPRXGET={}", u8::from(buffered)))
    }
    /// `AT+CIPRXGET?` (chapter 11)
    #[must_use]
    pub fn ciprxget_read() -> Self {
        Self::known("AT+CIPRXGET?")
    }
    /// `AT+CIPRXGET=2,link,n`: fetches up to n octets as counted raw data. (chapter 11)
    ///
    /// # Errors
    /// A link number above 9; n of 0 or above [`MAX_CHUNK`].
    pub fn ciprxget_take(link: u8, most: usize) -> Result<Self, CommandError> {
        let (link, most) = (checked_link(link)?, checked_chunk(most)?);
        Self::checked(format!("AT+CIPRXGET=2,{link},{most}"))
    }
    /// `AT+CIPRXGET=4,link`: how many octets wait. (chapter 11)
    ///
    /// # Errors
    /// A link number above 9.
    pub fn ciprxget_waiting(link: u8) -> Result<Self, CommandError> {
        Self::checked(format!("AT+CIPRXGET=4,{}", checked_link(link)?))
    }
    /// `AT+CIPCLOSE=link`: late result `+CIPCLOSE: link,<err>`. (chapter 11)
    ///
    /// # Errors
    /// A link number above 9.
    pub fn cipclose(link: u8) -> Result<Self, CommandError> {
        Self::checked(format!("AT+CIPCLOSE={}", checked_link(link)?))
    }
    /// `AT+CIPCLOSE?`: which of the ten links are in use. (chapter 11)
    #[must_use]
    pub fn cipclose_read() -> Self {
        Self::known("AT+CIPCLOSE?")
    }
    /// `AT+CDNSGIP="name"`: the module's own resolver; it cannot be interrupted. (chapter 11)
    ///
    /// # Errors
    /// A name that cannot stand in a command, or longer than 254 octets.
    pub fn cdnsgip(name: &str) -> Result<Self, CommandError> {
        if name.len() > 254 {
            return Err(CommandError::Range {
                what: "length of the host name",
                value: name.len() as u64,
                range: "1–254",
            });
        }
        Self::checked(format!("AT+CDNSGIP={}", super::quoted("host name", name)?))
    }
    /// `AT+CPING="host",1,count,64,1000,wait,255`: late results, one a reply and a summary. (chapter 11)
    ///
    /// # Errors
    /// A count outside 1–100, a wait outside 10–100 s, or a host that cannot stand in a command.
    pub fn cping(host: &str, count: u8, wait: Duration) -> Result<Self, CommandError> {
        let host = super::quoted("host name", host)?;
        if !(1..=100).contains(&count) {
            return Err(CommandError::Range {
                what: "number of pings",
                value: count.into(),
                range: "1–100",
            });
        }
        let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
        if !(10_000..=100_000).contains(&wait_ms) {
            return Err(CommandError::Range {
                what: "wait for a ping in milliseconds",
                value: wait_ms,
                range: "10000–100000",
            });
        }
        let longest = (wait + Duration::from_secs(1)) * u32::from(count);
        Ok(
            Self::checked(format!("AT+CPING={host},1,{count},64,1000,{wait_ms},255"))?
                .with_late_limit(longest + Duration::from_secs(10)),
        )
    }
}

fn checked_link(link: u8) -> Result<u8, CommandError> {
    match link {
        0..=9 => Ok(link),
        _ => Err(CommandError::Range {
            what: "link number",
            value: link.into(),
            range: "0–9",
        }),
    }
}

fn checked_chunk(octets: usize) -> Result<usize, CommandError> {
    match octets {
        1..=MAX_CHUNK => Ok(octets),
        _ => Err(CommandError::Range {
            what: "number of octets",
            value: octets as u64,
            range: "1–1500",
        }),
    }
}

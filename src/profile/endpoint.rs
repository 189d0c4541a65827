//! From a configured MMSC to what is really dialled and asked for.
//!
//! Phones are lenient with an MMSC and people copy lists with faults in them, so reading is lenient too: whatever can be dialled in one
//! reading only is dialled, and a lint names what was repaired. What nobody could dial is an error.
use super::Mms;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Longest URL that is read, in octets.
const LONGEST_URL: usize = 2048;

/// The scheme of an MMSC's URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scheme {
    /// HTTP in the clear, as every MMSC but one speaks it.
    Http,
    /// HTTP over TLS.
    Https,
}

impl Scheme {
    /// The TCP port where the URL names none.
    #[must_use]
    pub fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }

    /// `http` or `https`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

/// A host and a TCP port.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct HostPort {
    /// Name or address; an IPv6 address stands without brackets.
    pub host: String,
    /// TCP port.
    pub port: u16,
}

impl fmt::Display for HostPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", Bracketed(&self.host), self.port)
    }
}

/// A proxy as configured: `host` or `host:port`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ProxyAddress {
    /// Name or address; an IPv6 address stands without brackets.
    pub host: String,
    /// TCP port, where the configuration names one.
    pub port: Option<u16>,
    /// The host as it was written, where its octets had leading zeros.
    padded: Option<String>,
}

impl ProxyAddress {
    /// The host as it was written, where it is an IPv4 address whose octets had leading zeros.
    #[must_use]
    pub fn padded(&self) -> Option<&str> {
        self.padded.as_deref()
    }

    /// Reads `host`, `host:port` or `[v6]:port`.
    ///
    /// # Errors
    /// In words, for anything else; a URL is refused since a proxy has no path.
    pub fn new(text: &str) -> Result<Self, String> {
        if text.contains('/') {
            return Err(format!(
                "`{}` is a URL: a proxy is written as host or host:port, without http:// and path",
                text.escape_debug()
            ));
        }
        let (host, port) = host_and_port(text).map_err(|fault| match fault {
            MmscError::NoHost => "the proxy names no host: write host or host:port".to_owned(),
            MmscError::Host(host) => format!(
                "`{}` is neither a name nor an address: write host or host:port",
                host.escape_debug()
            ),
            other => other.to_string(),
        })?;
        let written = text.split(':').next().unwrap_or_default();
        let padded = super::lint::is_padded(written).then(|| written.to_owned());
        Ok(Self { host, port, padded })
    }
}

impl TryFrom<String> for ProxyAddress {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::new(&text)
    }
}

impl From<ProxyAddress> for String {
    fn from(proxy: ProxyAddress) -> Self {
        proxy.to_string()
    }
}

impl fmt::Display for ProxyAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Bracketed(&self.host))?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

/// An IPv6 address in brackets, anything else as it is.
struct Bracketed<'a>(&'a str);

impl fmt::Display for Bracketed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.contains(':') {
            write!(f, "[{}]", self.0)
        } else {
            f.write_str(self.0)
        }
    }
}

/// What a send really dials and asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// Scheme of the URL, `http` where it has none.
    pub scheme: Scheme,
    /// The MMSC's host: a name, or an address in its plain form (no brackets, octets without leading zeros).
    pub host: String,
    /// The MMSC's TCP port: without a proxy the one that is dialled (`connect_port`, else the URL's, else the scheme's), behind a
    /// proxy the one that the URL means.
    pub port: u16,
    /// The proxy that is dialled instead of the MMSC.
    pub via_proxy: Option<HostPort>,
    /// The Host header: what the URL says, whatever port is dialled.
    pub authority: String,
    /// The path and query of the URL, never empty.
    pub path: String,
}

impl Endpoint {
    /// What a URL names by itself, with no profile around it: that of a notification, say.
    ///
    /// # Errors
    /// It names nothing that can be dialled.
    pub fn of_url(url: &str) -> Result<Self, MmscError> {
        let url = MmscUrl::read(url)?;
        Ok(Self {
            scheme: url.scheme,
            authority: url.authority(),
            port: url.port.unwrap_or(url.scheme.default_port()),
            via_proxy: None,
            path: url.path.clone(),
            host: url.host,
        })
    }

    pub(super) fn of(mms: &Mms) -> Result<Self, MmscError> {
        let url = MmscUrl::read(&mms.mmsc)?;
        let named = url.port.unwrap_or(url.scheme.default_port());
        let via_proxy = mms.proxy.as_ref().map(|proxy| HostPort {
            host: proxy.host.clone(),
            port: mms
                .connect_port
                .or(proxy.port)
                .or(mms.listed_port)
                .unwrap_or(Scheme::Http.default_port()),
        });
        let port = match via_proxy {
            Some(_) => named,
            None => mms.connect_port.unwrap_or(named),
        };
        Ok(Self {
            scheme: url.scheme,
            authority: url.authority(),
            port,
            via_proxy,
            path: url.path.clone(),
            host: url.host,
        })
    }

    /// Where the TCP connection goes: the proxy if there is one, else the MMSC.
    #[must_use]
    pub fn dialled(&self) -> HostPort {
        self.via_proxy.clone().unwrap_or_else(|| HostPort {
            host: self.host.clone(),
            port: self.port,
        })
    }

    /// The TCP port that the URL itself means, whatever is dialled: the one after the host, else the scheme's.
    #[must_use]
    pub fn port_of_url(&self) -> u16 {
        let after_host = self
            .authority
            .rsplit_once(':')
            .filter(|(host, _)| !host.contains(':') || host.ends_with(']'));
        after_host
            .and_then(|(_, port)| port.parse().ok())
            .unwrap_or(self.scheme.default_port())
    }

    /// What stands in the request line: the path, or through a proxy the whole URL (RFC 9112 section 3.2.2).
    #[must_use]
    pub fn request_target(&self) -> String {
        match self.via_proxy {
            Some(_) => format!("{}://{}{}", self.scheme.word(), self.authority, self.path),
            None => self.path.clone(),
        }
    }
}

/// Shows what is dialled and asked, `wholesale.mmsmvno.com:80/mms/wapenc`, with the proxy after it if there is one.
impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}{}", Bracketed(&self.host), self.port, self.path)?;
        match &self.via_proxy {
            Some(proxy) => write!(f, " via {proxy}"),
            None => Ok(()),
        }
    }
}

/// Why an MMSC (or a proxy) cannot be dialled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MmscError {
    /// Nothing is configured.
    #[error(
        "there is no MMSC: set `mmsc` in [mms], such as \"http://mms.msg.eng.t-mobile.com/mms/wapenc\""
    )]
    Empty,
    /// No host between scheme and path.
    #[error("the MMSC names no host: write http://host/path")]
    NoHost,
    /// A scheme that carries no MMS.
    #[error("`{}` is no scheme of an MMSC: write http://", .0.escape_debug())]
    Scheme(String),
    /// A character that neither host nor path may have.
    #[error("the character `{}` at position {at} does not belong into an address: remove it, or write it as %XX in the path", .character.escape_debug())]
    Character {
        /// Which one.
        character: char,
        /// Where in the value, in characters from 1.
        at: usize,
    },
    /// What stands after the host's colon is no port.
    #[error("`{}` is no TCP port: 1 to 65535", .0.escape_debug())]
    Port(String),
    /// The host is neither a name nor an address.
    #[error("`{}` is neither a name nor an address", .0.escape_debug())]
    Host(String),
    /// A user name in front of the host.
    #[error("a user name in an MMSC is never sent: remove what stands before the @")]
    UserName,
    /// Longer than 2,048 octets.
    #[error("the MMSC is longer than 2,048 characters")]
    TooLong,
}

/// What had to be repaired to read an MMSC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repair {
    /// `host/path`.
    MissingScheme,
    /// `http:/host`, or any other number of slashes than two.
    Slashes,
    /// `http://2001:db8::1/`.
    MissingBrackets,
}

/// An MMSC's URL in its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MmscUrl {
    pub scheme: Scheme,
    pub host: String,
    pub port: Option<u16>,
    pub path: String,
    pub repairs: Vec<Repair>,
}

impl MmscUrl {
    pub fn read(configured: &str) -> Result<Self, MmscError> {
        let text = configured.trim();
        if text.is_empty() {
            return Err(MmscError::Empty);
        }
        if text.len() > LONGEST_URL {
            return Err(MmscError::TooLong);
        }
        let misfit = |c: &char| {
            !c.is_ascii_graphic()
                || matches!(c, '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}')
        };
        if let Some((at, character)) = text.chars().enumerate().find(|(_, c)| misfit(c)) {
            return Err(MmscError::Character {
                character,
                at: at + 1,
            });
        }
        let mut repairs = Vec::new();
        let (scheme, rest) = scheme_and_rest(text, &mut repairs)?;
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, tail) = rest.split_at(end);
        if authority.contains('@') {
            return Err(MmscError::UserName);
        }
        if authority.parse::<Ipv6Addr>().is_ok() {
            repairs.push(Repair::MissingBrackets);
        }
        let (host, port) = host_and_port(authority)?;
        let asked = tail.split('#').next().unwrap_or_default();
        let path = match asked.as_bytes().first() {
            Some(b'/') => asked.to_owned(),
            _ => format!("/{asked}"),
        };
        Ok(Self {
            scheme,
            host,
            port,
            path,
            repairs,
        })
    }

    /// The Host header.
    fn authority(&self) -> String {
        match self.port {
            Some(port) if port != self.scheme.default_port() => {
                format!("{}:{port}", Bracketed(&self.host))
            }
            _ => Bracketed(&self.host).to_string(),
        }
    }

    /// The whole URL, repaired.
    pub fn written(&self) -> String {
        format!("{}://{}{}", self.scheme.word(), self.authority(), self.path)
    }
}

fn scheme_and_rest<'a>(
    text: &'a str,
    repairs: &mut Vec<Repair>,
) -> Result<(Scheme, &'a str), MmscError> {
    let (word, after) = text.split_once(':').unwrap_or(("", text));
    let scheme = match word.to_ascii_lowercase().as_str() {
        "http" => Scheme::Http,
        "https" => Scheme::Https,
        _ if after.starts_with("//") && !word.is_empty() => {
            return Err(MmscError::Scheme(word.to_owned()));
        }
        // `host/path` and `host:port/path`.
        _ => {
            repairs.push(Repair::MissingScheme);
            return Ok((Scheme::Http, text.trim_start_matches('/')));
        }
    };
    let rest = after.trim_start_matches('/');
    if after.len() - rest.len() != 2 {
        repairs.push(Repair::Slashes);
    }
    Ok((scheme, rest))
}

/// Splits `host:port`, `[v6]:port` or a bare address, and brings the host into its plain form.
fn host_and_port(text: &str) -> Result<(String, Option<u16>), MmscError> {
    if text.parse::<Ipv6Addr>().is_ok() {
        return Ok((plain_host(text)?, None));
    }
    let (host, port) = if let Some(bracketed) = text.strip_prefix('[') {
        let (address, after) = bracketed
            .split_once(']')
            .ok_or_else(|| MmscError::Host(text.to_owned()))?;
        if address.parse::<Ipv6Addr>().is_err() {
            return Err(MmscError::Host(address.to_owned()));
        }
        match after.strip_prefix(':') {
            Some(port) => (address, port),
            None if after.is_empty() => (address, ""),
            None => return Err(MmscError::Host(text.to_owned())),
        }
    } else {
        text.split_once(':').unwrap_or((text, ""))
    };
    let port = match port {
        "" => None,
        digits => match digits.parse::<u16>() {
            Ok(number) if number > 0 && digits.bytes().all(|b| b.is_ascii_digit()) => Some(number),
            _ => return Err(MmscError::Port(digits.to_owned())),
        },
    };
    Ok((plain_host(host)?, port))
}

/// A name as it is, an address without leading zeros in its octets: lists write 192.168.010.200 and mean decimal.
fn plain_host(host: &str) -> Result<String, MmscError> {
    if host.is_empty() {
        return Err(MmscError::NoHost);
    }
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(address.to_string());
    }
    let wrong = || MmscError::Host(host.to_owned());
    let labels: Vec<&str> = host.split('.').collect();
    let numeric = |label: &&str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_digit());
    if labels.iter().all(numeric) {
        let octets: Option<Vec<u8>> = labels
            .iter()
            .map(|label| (label.len() <= 3).then(|| label.parse().ok()).flatten())
            .collect();
        let octets: [u8; 4] = octets.and_then(|o| o.try_into().ok()).ok_or_else(wrong)?;
        return Ok(Ipv4Addr::from(octets).to_string());
    }
    let of_name = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    let mut names = host.strip_suffix('.').unwrap_or(host).split('.');
    if host.len() <= 253 && names.all(|l| (1..=63).contains(&l.len()) && l.bytes().all(of_name)) {
        Ok(host.to_owned())
    } else {
        Err(wrong())
    }
}

//! What a report hides, and what a person may have shown nevertheless.
use crate::event::{Masked, redact_but_ids};
use std::collections::BTreeSet;
use std::fmt;
use std::net::IpAddr;

/// Something that a report hides unless it is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reveal {
    /// The bearer's own public addresses in full, instead of their /24 or /48.
    Addresses,
    /// The serving cell.
    Cell,
    /// The serial line's name, which may hold a user's or a machine's name.
    Serial,
    /// The raw octets of the HTTP exchange: text, media, addresses.
    Wire,
}

impl Reveal {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Addresses, Self::Cell, Self::Serial, Self::Wire];

    /// Its word on the command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Addresses => "addresses",
            Self::Cell => "cell",
            Self::Serial => "serial",
            Self::Wire => "wire",
        }
    }

    /// What is then shown.
    #[must_use]
    pub fn means(self) -> &'static str {
        match self {
            Self::Addresses => "the bearer's own public addresses in full",
            Self::Cell => "the serving cell",
            Self::Serial => "the name of the serial line",
            Self::Wire => "the raw octets of the HTTP exchange, message text and media included",
        }
    }

    /// Reads its word.
    ///
    /// # Errors
    /// In words. A recording holds no number, IMSI, IMEI or ICCID, so these cannot be revealed from one.
    pub fn from_word(word: &str) -> Result<Self, String> {
        if let Some(reveal) = Self::ALL.into_iter().find(|r| r.word() == word) {
            return Ok(reveal);
        }
        let known = Self::ALL.map(Self::word).join(", ");
        Err(match word {
            "imei" | "imsi" | "iccid" | "msisdn" | "number" | "recipients" => format!(
                "{word} cannot be revealed: a recording never holds it in plain; write it into the finished text by hand if it must be there. What can be revealed: {known}"
            ),
            _ => format!(
                "`{}` is nothing that can be revealed: {known}",
                word.escape_debug()
            ),
        })
    }
}

impl fmt::Display for Reveal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// What a person chose to reveal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reveals(pub BTreeSet<Reveal>);

impl Reveals {
    /// Whether this one is revealed.
    #[must_use]
    pub fn has(&self, reveal: Reveal) -> bool {
        self.0.contains(&reveal)
    }
}

/// Header fields whose values say who somebody is, by a part of their name.
const TELLING_HEADERS: [&str; 7] = [
    "authorization",
    "cookie",
    "line-id",
    "mdn",
    "msisdn",
    "nai",
    "subno",
];
/// Runs of digits from this length on are taken for identities.
const IDENTITY_DIGITS: usize = 9;

/// Hides what a report must not show. One for each report, so that recipients keep their labels through it.
pub(super) struct Redactor {
    reveals: Reveals,
    /// The bearer's own public addresses, longest first.
    own: Vec<String>,
    recipients: Vec<Masked>,
}

impl Redactor {
    pub fn new(reveals: Reveals, own: impl Iterator<Item = String>) -> Self {
        let mut own: Vec<String> = own.filter(|a| is_public(a)).collect();
        own.sort_by_key(|a| std::cmp::Reverse(a.len()));
        own.dedup();
        Self {
            reveals,
            own,
            recipients: Vec::new(),
        }
    }

    /// Text from outside: no control characters, no long runs of digits, no password, no public address of the bearer.
    pub fn text(&self, text: &str) -> String {
        let text = redact_but_ids(&hide_digits(&printable(text)));
        if self.reveals.has(Reveal::Addresses) {
            return text;
        }
        let hide = |text: String, own: &String| text.replace(own.as_str(), &network_of(own));
        self.own.iter().fold(text, hide)
    }

    /// A Message-ID or Transaction-Id: as it is, though it may be written like an e-mail address; long runs of digits are hidden here, too.
    pub fn id(&self, id: &str) -> String {
        hide_digits(&printable(id))
    }

    /// An address of the bearer.
    pub fn own_address(&self, address: &str) -> String {
        if self.reveals.has(Reveal::Addresses) || !is_public(address) {
            self.text(address)
        } else {
            network_of(address)
        }
    }

    /// A recipient's label, `R1`: the same through the whole report.
    pub fn recipient(&mut self, masked: &Masked) -> String {
        let known = self.recipients.iter().position(|m| m == masked);
        let number = known.unwrap_or_else(|| {
            self.recipients.push(masked.clone());
            self.recipients.len() - 1
        });
        format!("R{}", number + 1)
    }

    /// The value of a header field.
    pub fn header(&self, name: &str, value: &str) -> String {
        let name = name.to_ascii_lowercase();
        if TELLING_HEADERS.iter().any(|part| name.contains(part)) {
            return "(hidden)".to_owned();
        }
        self.text(value)
    }

    pub fn shows(&self, reveal: Reveal) -> bool {
        self.reveals.has(reveal)
    }
}

fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    out
}

/// Every run of nine or more digits becomes asterisks, whole.
fn hide_digits(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut run = String::new();
    for c in text.chars().chain([' ']) {
        if c.is_ascii_digit() {
            run.push(c);
            continue;
        }
        if run.len() >= IDENTITY_DIGITS {
            out.extend(std::iter::repeat_n('*', run.len()));
        } else {
            out.push_str(&run);
        }
        run.clear();
        out.push(c);
    }
    out.pop();
    out
}

/// Neither private (RFC 1918, RFC 4193), shared (RFC 6598), loopback nor link-local.
pub(super) fn is_public(address: &str) -> bool {
    match address.parse() {
        Ok(IpAddr::V4(v4)) => {
            let shared = v4.octets()[0] == 100 && (64..128).contains(&v4.octets()[1]);
            !(v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_unspecified()
                || shared)
        }
        Ok(IpAddr::V6(v6)) => {
            !(v6.is_unique_local()
                || v6.is_loopback()
                || v6.is_unicast_link_local()
                || v6.is_unspecified())
        }
        Err(_) => false,
    }
}

/// `48.31.195.0/24`, `2001:db8:31::/48`.
fn network_of(address: &str) -> String {
    match address.parse() {
        Ok(IpAddr::V4(v4)) => {
            let [a, b, c, _] = v4.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        Ok(IpAddr::V6(v6)) => {
            let s = v6.segments();
            let network = std::net::Ipv6Addr::new(s[0], s[1], s[2], 0, 0, 0, 0, 0);
            format!("{network}/48")
        }
        Err(_) => "(hidden)".to_owned(),
    }
}

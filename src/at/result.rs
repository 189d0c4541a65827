//! Final result codes: the line that ends an exchange (V.250 section 5.7.1, 3GPP TS 27.007 section 9, TS 27.005 section 3.2.5).
use super::{errors, fields};
use std::fmt;

/// The reason that `+CME ERROR:` or `+CMS ERROR:` gives, as number (CMEE 1) or in words (CMEE 2).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reason {
    /// The number, given or found by its words; `None` for words that the tables do not have.
    pub number: Option<u16>,
    /// What the modem wrote after the colon.
    pub text: String,
}

/// A final result code.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Final {
    /// `OK`: done, or accepted where a late result follows.
    Ok,
    /// `ERROR`: refused without a reason.
    Error,
    /// `+CME ERROR: …` (3GPP TS 27.007 section 9.2).
    Cme(Reason),
    /// `+CMS ERROR: …` (3GPP TS 27.005 section 3.2.5).
    Cms(Reason),
    /// `CONNECT …`: transparent mode has begun; the text after the word.
    Connect(String),
    /// `NO CARRIER`.
    NoCarrier,
    /// `BUSY`.
    Busy,
    /// `NO ANSWER`.
    NoAnswer,
    /// `NO DIALTONE`.
    NoDialtone,
}

impl Reason {
    fn new(text: &str, named: fn(&str) -> Option<u16>) -> Self {
        Self {
            number: text.parse().ok().or_else(|| named(text)),
            text: text.to_owned(),
        }
    }
}

impl Final {
    /// Reads a line in verbose form (ATV1). `None`: the line is no final code.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        Some(match line {
            "OK" => Self::Ok,
            "ERROR" => Self::Error,
            "NO CARRIER" => Self::NoCarrier,
            "BUSY" => Self::Busy,
            "NO ANSWER" => Self::NoAnswer,
            "NO DIALTONE" => Self::NoDialtone,
            "CONNECT" => Self::Connect(String::new()),
            _ => {
                if let Some(text) = fields::after(line, "+CME ERROR:") {
                    Self::Cme(Reason::new(text, errors::cme_number))
                } else if let Some(text) = fields::after(line, "+CMS ERROR:") {
                    Self::Cms(Reason::new(text, errors::cms_number))
                } else {
                    Self::Connect(line.strip_prefix("CONNECT ")?.trim().to_owned())
                }
            }
        })
    }

    /// Reads a numeric code (ATV0, V.250 table 1): one digit. 2 (`RING`) is no final code.
    #[must_use]
    pub fn parse_numeric(line: &str) -> Option<Self> {
        Some(match line {
            "0" => Self::Ok,
            "1" => Self::Connect(String::new()),
            "3" => Self::NoCarrier,
            "4" => Self::Error,
            "6" => Self::NoDialtone,
            "7" => Self::Busy,
            "8" => Self::NoAnswer,
            _ => return None,
        })
    }

    /// The code in words, whichever way the modem said it: `SIM not inserted` for `+CME ERROR: 10`.
    #[must_use]
    pub fn words(&self) -> String {
        let named = |r: &Reason, name: fn(u16) -> Option<&'static str>| {
            r.number
                .and_then(name)
                .map_or_else(|| r.text.clone(), str::to_owned)
        };
        match self {
            Self::Cme(r) => named(r, errors::cme_name),
            Self::Cms(r) => named(r, errors::cms_name),
            other => other.to_string(),
        }
    }

    /// Number of the `+CME ERROR`, where it is one.
    #[must_use]
    pub fn cme(&self) -> Option<u16> {
        match self {
            Self::Cme(r) => r.number,
            _ => None,
        }
    }

    /// Whether it is `OK`.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        *self == Self::Ok
    }
}

impl fmt::Display for Final {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ok => f.write_str("OK"),
            Self::Error => f.write_str("ERROR"),
            Self::Cme(r) => write!(f, "+CME ERROR: {}", r.text),
            Self::Cms(r) => write!(f, "+CMS ERROR: {}", r.text),
            Self::Connect(rest) if rest.is_empty() => f.write_str("CONNECT"),
            Self::Connect(rest) => write!(f, "CONNECT {rest}"),
            Self::NoCarrier => f.write_str("NO CARRIER"),
            Self::Busy => f.write_str("BUSY"),
            Self::NoAnswer => f.write_str("NO ANSWER"),
            Self::NoDialtone => f.write_str("NO DIALTONE"),
        }
    }
}

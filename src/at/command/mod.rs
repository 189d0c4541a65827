//! A command and its manners: its text, the payload after its prompt, which lines answer it, and what follows its `OK`.
//!
//! In: numbers and names, or what a person typed. Out: a [`Command`] that cannot carry more than one line to the modem. The
//! manners come from one table ([`manners`]), the same for the driver's commands and for typed ones.
mod general;
mod manners;
mod packet;
mod sms;
mod sockets;
mod typed;

use super::result::Final;
use bytes::Bytes;
use manners::quoted;
use std::time::Duration;

pub(crate) use manners::{Form as CommandForm, parts};
pub use sockets::MAX_CHUNK;

/// Octets after `AT` that the modem's line buffer takes (SIM7600 manual section 1.4.4); a longer line is refused whole.
pub const MAX_LINE: usize = 559;

/// A command, ready for the engine.
#[derive(Clone, Debug)]
pub struct Command {
    text: String,
    payload: Option<Payload>,
    pub(crate) claims: Vec<Claim>,
    pub(crate) counted: Option<fn(&str) -> Option<usize>>,
    pub(crate) late: Option<Late>,
    pub(crate) may_prompt: bool,
    pub(crate) lax: bool,
    limit: Duration,
}

/// What is written after the prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// Exactly these octets and nothing else: the command named their number.
    Exact(Bytes),
    /// These octets and then Ctrl-Z (0x1A); ESC (0x1B) would cancel.
    CtrlZ(Bytes),
}

/// A kind of line that belongs to a command's answer.
#[derive(Clone, Copy, Debug)]
pub struct Claim {
    /// How the line begins; empty for bare lines such as an IMSI.
    pub prefix: &'static str,
    /// Whether the rest of the line (after the prefix, blanks trimmed) has the shape of this answer and not of a URC.
    pub fits: fn(&str) -> bool,
    /// How many lines after it belong to it whatever they say (the body of a message).
    pub owns: usize,
}

/// The result that a command gives after its `OK`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Late {
    /// Which lines it consists of.
    pub matches: LateMatch,
    /// How long it may take after `OK`, at speed 1.
    pub limit: Duration,
    /// Whether nothing else may run meanwhile.
    pub exclusive: bool,
}

/// How a late result is recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LateMatch {
    /// `PREFIX n`: a result for the whole stack, such as `+NETOPEN: 0`.
    Plain(&'static str),
    /// `PREFIX link,…` with this link number and at least one more field; `+CIPERROR: n` too where it is a send.
    Link {
        /// `+CIPOPEN:`, `+CIPSEND:`, `+CIPCLOSE:`.
        prefix: &'static str,
        /// Link number 0–9.
        link: u8,
        /// How many fields the line has: 2 for CIPOPEN and CIPCLOSE, 3 for CIPSEND; other counts answer the read form.
        fields: usize,
    },
    /// `+CPING: 1,…` and `+CPING: 2` belong to it, `+CPING: 3,…` ends it.
    Ping,
}

/// What a line is to a late result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LateFit {
    /// Nothing.
    No,
    /// Part of it; more follows.
    Part,
    /// It, or its last line.
    End,
}

/// Why a command could not be made. Nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// A name holds a character that would end the quoted text or the line.
    #[error(
        "{what} `{text}` holds {offence}, which cannot stand inside an AT command; correct it in the profile or the configuration"
    )]
    Character {
        /// `APN`, `host name`, `user name`, `password`.
        what: &'static str,
        /// The name, escaped; empty for passwords.
        text: String,
        /// `a quote`, `a control character`, `a character outside ASCII`.
        offence: &'static str,
    },
    /// The line is longer than the modem takes.
    #[error("the command is {octets} octets long and the modem takes {MAX_LINE}; shorten it")]
    TooLong {
        /// Octets after `AT`.
        octets: usize,
    },
    /// A number is outside its range.
    #[error("{what} is {value}, and the modem takes {range}")]
    Range {
        /// `link number`, `cid`, `length`.
        what: &'static str,
        /// What was asked for.
        value: u64,
        /// `0–9`.
        range: &'static str,
    },
    /// What was typed is no AT command.
    #[error("`{text}` is no AT command: it must begin with AT (for instance AT+CSQ)")]
    NotACommand {
        /// What was typed, escaped.
        text: String,
    },
    /// The payload is not as long as the command says.
    #[error("`{text}` wants {wanted} octets after its prompt, and the payload has {given}")]
    PayloadLength {
        /// The command.
        text: String,
        /// Octets that it names.
        wanted: usize,
        /// Octets that were given.
        given: usize,
    },
    /// What was typed asks for a payload of a fixed length, which cannot be cancelled once it is asked for.
    #[error(
        "`{text}` makes the modem wait for a payload that cannot be cancelled; it needs the octets along with it"
    )]
    NeedsPayload {
        /// What was typed.
        text: String,
    },
}

/// How a context authenticates (`AT+CGAUTH`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Auth {
    /// Not at all.
    #[default]
    None,
    /// PAP (1).
    Pap,
    /// CHAP (2).
    Chap,
    /// Either (3).
    Either,
}

impl Command {
    /// The text as it is written, without CR.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
    /// What goes after the prompt.
    #[must_use]
    pub fn payload(&self) -> Option<&Payload> {
        self.payload.as_ref()
    }
    /// How long the final result may take after the command's last octet, at speed 1.
    #[must_use]
    pub fn limit(&self) -> Duration {
        self.limit
    }
    /// What comes after `OK`.
    #[must_use]
    pub fn late(&self) -> Option<&Late> {
        self.late.as_ref()
    }
    /// Whether its answer always has a line: a read form of a command that this program knows, lists aside, which may be empty.
    #[must_use]
    pub fn always_has_a_line(&self) -> bool {
        let lists = ["AT+CGDCONT", "AT+CGACT", "AT+CGAUTH", "AT+CGSOCKCONT"];
        self.text.ends_with('?')
            && !self.lax
            && self.payload.is_none()
            && !self.claims.is_empty()
            && !lists.contains(&self.name().as_str())
    }

    /// With another limit for the final result.
    #[must_use]
    pub fn with_limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }
    /// With another limit for the late result; without effect where none is due.
    #[must_use]
    pub fn with_late_limit(mut self, limit: Duration) -> Self {
        if let Some(late) = &mut self.late {
            late.limit = limit;
        }
        self
    }
    /// Keeps every other command back until its late result is there.
    #[must_use]
    pub fn late_exclusive(mut self) -> Self {
        if let Some(late) = &mut self.late {
            late.exclusive = true;
        }
        self
    }
    /// With a payload after the prompt.
    #[must_use]
    pub fn with_payload(mut self, payload: Payload) -> Self {
        self.payload = Some(payload);
        self.may_prompt = true;
        self
    }
    /// Reads a final code of this command. Call results (`NO CARRIER`, `BUSY`, `CONNECT` …) end only what can call or connect;
    /// elsewhere they are announcements. `numeric`: the modem is known to answer in digits (ATV0); a command that has no
    /// information lines takes a digit for its result in any case.
    #[must_use]
    pub fn final_of(&self, line: &str, numeric: bool) -> Option<Final> {
        let digits = numeric || (self.claims.is_empty() && !self.lax);
        if let Some(code) = Final::parse_numeric(line).filter(|_| digits) {
            return Some(code);
        }
        let code = Final::parse(line)?;
        let calls = matches!(
            self.name().as_str(),
            "ATD" | "ATO" | "ATA" | "ATH" | "AT+CGDATA" | "AT+CIPOPEN"
        );
        match code {
            Final::Connect(_) => (calls || self.lax).then_some(code),
            Final::NoCarrier | Final::Busy | Final::NoAnswer | Final::NoDialtone => {
                calls.then_some(code)
            }
            _ => Some(code),
        }
    }
    /// Whether it takes every line that is no known URC for its answer, because nothing is known of it.
    #[must_use]
    pub fn is_lax(&self) -> bool {
        self.lax
    }
    /// Whether a line begins with the name of one of the commands in the text, as answers do: `+CNSMOD: …` for `AT+CNSMOD?`.
    #[must_use]
    pub fn names(&self, line: &str) -> bool {
        self.text.split(';').any(|one| {
            let from = one.find(['+', '*', '^', '$']).unwrap_or(one.len());
            let name = one[from..].split(['=', '?']).next().unwrap_or_default();
            let begins = line.get(..name.len()).unwrap_or_default();
            !name.is_empty()
                && begins.eq_ignore_ascii_case(name)
                && line[name.len()..].starts_with(':')
        })
    }
    /// Whether it must wait until this late result of another command is there: because that one wants to be alone, because both
    /// wait for the same line, or because it reads a state whose answer looks like that line.
    #[must_use]
    pub fn waits_for(&self, late: &Late) -> bool {
        late.exclusive
            || self
                .late
                .as_ref()
                .is_some_and(|own| own.matches == late.matches)
            || match late.matches {
                LateMatch::Plain(prefix) => self
                    .text
                    .to_ascii_uppercase()
                    .contains(prefix.trim_end_matches(':').trim_start_matches('+')),
                _ => false,
            }
    }
    /// Its name without arguments, in capitals: `AT+CIPOPEN`.
    #[must_use]
    pub fn name(&self) -> String {
        manners::name_of(&self.text)
    }
}

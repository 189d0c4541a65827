//! The manners of commands: which lines answer them, what follows `OK`, how long each may take (at-sim7600 sections 2 to 4, 10).
//!
//! One row a command name. A command without a row is *lax*: whatever is no known URC belongs to its answer.
use super::{Claim, Command, CommandError, Late, LateFit, LateMatch, MAX_LINE};
use crate::at::fields::{self, split};
use std::time::Duration;

/// How a command is written after its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Nothing follows the name.
    Bare,
    /// `?`
    Read,
    /// `=?`
    Test,
    /// `=values`
    Set,
}

/// Name in capitals (`AT+CIPOPEN`, `ATE`, `ATD`), form, and values after `=`.
pub(crate) fn parts(text: &str) -> (String, Form, &str) {
    let text = text.trim();
    let basic = text.get(2..).unwrap_or_default();
    if !basic.starts_with(['+', '*', '$', '^']) {
        let end = if basic.starts_with('&') { 2 } else { 1 };
        let name = format!("AT{}", basic.get(..end).unwrap_or_default());
        let values = basic.get(end..).unwrap_or_default();
        return (name.to_ascii_uppercase(), Form::Bare, values);
    }
    let end = text.find(['=', '?', ';']).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let (form, values) = match rest {
        "?" => (Form::Read, ""),
        _ if rest.starts_with("=?") => (Form::Test, ""),
        _ if rest.starts_with('=') => (Form::Set, &rest[1..]),
        _ if rest.starts_with('?') => (Form::Read, ""),
        _ => (Form::Bare, ""),
    };
    (name.trim().to_ascii_uppercase(), form, values)
}

pub(super) fn name_of(text: &str) -> String {
    parts(text).0
}

/// Everything but the text.
#[derive(Default)]
pub(super) struct Manners {
    pub claims: Vec<Claim>,
    pub counted: Option<fn(&str) -> Option<usize>>,
    pub late: Option<LateMatch>,
    pub late_limit: u64,
    pub limit: u64,
    pub prompt: bool,
    pub lax: bool,
}

fn any(_: &str) -> bool {
    true
}
fn digits(rest: &str) -> bool {
    rest.len() >= 6 && rest.bytes().all(|b| b.is_ascii_digit())
}
/// Bare text of a modem's name or model: no prefix, nothing escaped.
fn words(rest: &str) -> bool {
    !rest.starts_with(['+', '*', '^', '$']) && !rest.contains('\\')
}
fn hexadecimal(rest: &str) -> bool {
    rest.len() >= 8 && rest.bytes().all(|b| b.is_ascii_hexdigit())
}
/// `n,stat` and `n,stat,lac,ci…` answer a read; `stat` and `stat,lac,ci…` are announced. The second value tells: a state is one
/// or two decimal digits without quotes, an area code is quoted or longer.
fn registration(rest: &str) -> bool {
    let f = split(rest);
    let state = |i: usize| {
        f.get(i).is_some_and(|f| {
            !f.quoted
                && (1..=2).contains(&f.text.len())
                && f.text.bytes().all(|b| b.is_ascii_digit())
        })
    };
    (f.len() == 2 || f.len() >= 4) && state(0) && state(1)
}
fn link_list(rest: &str) -> bool {
    split(rest).len() != 2
}
fn ten(rest: &str) -> bool {
    split(rest).len() > 2
}
fn one(rest: &str) -> bool {
    split(rest).len() == 1
}
fn several(rest: &str) -> bool {
    split(rest).len() > 1
}
/// `2,n,…`, `3,n,…` and `4,n,…` answer; `1,n` is announced.
fn fetched(rest: &str) -> bool {
    split(rest).len() >= 3
}
fn mode(rest: &str) -> bool {
    split(rest).len() == 1
}

const fn claim(prefix: &'static str, fits: fn(&str) -> bool) -> Claim {
    Claim {
        prefix,
        fits,
        owns: 0,
    }
}
const STACK_ERROR: Claim = claim("+IP ERROR:", any);
const SEND_ERROR: Claim = claim("+CIPERROR:", any);

/// `+CIPRXGET: 2,link,n,rest` announces n raw octets.
fn fetched_count(line: &str) -> Option<usize> {
    let f = split(fields::after(line, "+CIPRXGET:")?);
    match (f.first()?.text, f.len()) {
        ("2", 4) => usize::try_from(f[2].number()?).ok(),
        _ => None,
    }
}

/// The longest answer that a common command may take, in seconds (at-sim7600 section 10).
const QUICK: u64 = 5;
/// Commands that nobody here knows.
const UNKNOWN: u64 = 30;

/// Prefixes of simple answers: `NAME` answers with `PREFIX`, in any form.
const PREFIXED: &[(&str, &str, u64)] = &[
    ("AT+CMEE", "+CMEE:", QUICK),
    ("AT+CPIN", "+CPIN:", 20),
    ("AT+CNUM", "+CNUM:", 10),
    ("AT+CRSM", "+CRSM:", 10),
    ("AT+CSQ", "+CSQ:", QUICK),
    ("AT+CESQ", "+CESQ:", QUICK),
    ("AT+CPSI", "+CPSI:", QUICK),
    ("AT+CNMP", "+CNMP:", 10),
    ("AT+CGATT", "+CGATT:", 75),
    ("AT+CGDCONT", "+CGDCONT:", 10),
    ("AT+CGACT", "+CGACT:", 150),
    ("AT+CGPADDR", "+CGPADDR:", QUICK),
    ("AT+CGCONTRDP", "+CGCONTRDP:", QUICK),
    ("AT+CGAUTH", "+CGAUTH:", QUICK),
    ("AT+CGEREP", "+CGEREP:", QUICK),
    ("AT+CSOCKSETPN", "+CSOCKSETPN:", QUICK),
    ("AT+CEER", "+CEER:", QUICK),
    ("AT+CFUN", "+CFUN:", 10),
    ("AT+IPR", "+IPR:", QUICK),
    ("AT+CCLK", "+CCLK:", QUICK),
    ("AT+SPIC", "+SPIC:", QUICK),
    ("AT+CMGF", "+CMGF:", QUICK),
    ("AT+CSCA", "+CSCA:", 10),
    ("AT+CNMI", "+CNMI:", QUICK),
    ("AT+CPMS", "+CPMS:", 10),
    ("AT+CMGS", "+CMGS:", 60),
    ("AT+CMGD", "+CMGD:", 25),
    ("AT+CSMS", "+CSMS:", QUICK),
    ("AT+CSCS", "+CSCS:", QUICK),
    ("AT+CUSBPIDSWITCH", "+CUSBPIDSWITCH:", QUICK),
];

/// Seconds that any read form may take.
const READ: u64 = 10;

/// Settings of the socket stack: their errors come as `+IP ERROR:` and their answers with the command's name.
const STACK_SETTINGS: &[(&str, &str)] = &[
    ("AT+CIPMODE", "+CIPMODE:"),
    ("AT+CIPSENDMODE", "+CIPSENDMODE:"),
    ("AT+CIPCCFG", "+CIPCCFG:"),
    ("AT+CIPTIMEOUT", "+CIPTIMEOUT:"),
    ("AT+CIPDNSSET", "+CIPDNSSET:"),
    ("AT+CIPACK", "+CIPACK:"),
    ("AT+CIPHEAD", "+CIPHEAD:"),
    ("AT+CIPSRIP", "+CIPSRIP:"),
    ("AT+IPADDR", "+IPADDR:"),
];

/// Commands that answer with nothing but a final code.
const SILENT: &[&str] = &[
    "AT",
    "ATE",
    "ATV",
    "ATQ",
    "AT&D",
    "AT&C",
    "ATX",
    "AT+CRESET",
    "AT+CPOF",
];

pub(super) fn manners(text: &str) -> Manners {
    let (name, form, values) = parts(text);
    if text.contains(';') {
        return lax();
    }
    let plain = |claims: Vec<Claim>, limit: u64| Manners {
        claims,
        limit,
        ..Manners::default()
    };
    if SILENT.contains(&name.as_str()) {
        return plain(vec![], QUICK);
    }
    if let Some((_, prefix, limit)) = PREFIXED.iter().find(|(n, ..)| *n == name) {
        let mut m = plain(vec![claim(prefix, any)], *limit);
        m.prompt = name == "AT+CMGS" && form == Form::Set;
        return m;
    }
    if let Some((_, prefix)) = STACK_SETTINGS.iter().find(|(n, _)| *n == name) {
        return plain(vec![claim(prefix, any), STACK_ERROR], QUICK);
    }
    match name.as_str() {
        "AT+CGMI" | "AT+CGMM" => plain(vec![claim("", words)], QUICK),
        "AT+CGMR" => plain(vec![claim("+CGMR:", any), claim("", words)], QUICK),
        "AT+CGSN" => plain(vec![claim("+CGSN:", any), claim("", digits)], QUICK),
        "AT+CIMI" => plain(vec![claim("+CIMI:", any), claim("", digits)], QUICK),
        "AT+CICCID" => plain(
            vec![
                claim("+ICCID:", any),
                claim("+CICCID:", any),
                claim("", digits),
            ],
            QUICK,
        ),
        "AT+CREG" if form != Form::Test => plain(vec![claim("+CREG:", registration)], QUICK),
        "AT+CGREG" if form != Form::Test => plain(vec![claim("+CGREG:", registration)], QUICK),
        "AT+CEREG" if form != Form::Test => plain(vec![claim("+CEREG:", registration)], QUICK),
        "AT+COPS" => plain(
            vec![claim("+COPS:", any)],
            if form == Form::Read { 10 } else { 180 },
        ),
        "AT+CNSMOD" if form == Form::Read => plain(vec![claim("+CNSMOD:", several)], QUICK),
        "AT+CMGR" | "AT+CMGL" if form != Form::Test => messages(&name),
        _ => sockets(&name, form, values).unwrap_or_else(lax),
    }
}

fn messages(name: &str) -> Manners {
    let prefix = if name == "AT+CMGR" {
        "+CMGR:"
    } else {
        "+CMGL:"
    };
    Manners {
        claims: vec![
            Claim {
                prefix,
                fits: any,
                owns: 1,
            },
            claim("", hexadecimal),
        ],
        limit: 30,
        ..Manners::default()
    }
}

fn sockets(name: &str, form: Form, values: &str) -> Option<Manners> {
    let link = || {
        split(values)
            .first()
            .and_then(|f| f.text.parse::<u8>().ok())
    };
    let with = |claims: Vec<Claim>, limit| Manners {
        claims,
        limit,
        ..Manners::default()
    };
    let late = |m: Manners, matches, late_limit| Manners {
        late: Some(matches),
        late_limit,
        ..m
    };
    Some(match (name, form) {
        ("AT+NETOPEN", Form::Read) => with(vec![claim("+NETOPEN:", any), STACK_ERROR], QUICK),
        ("AT+NETOPEN", Form::Bare) => late(
            with(vec![STACK_ERROR], 20),
            LateMatch::Plain("+NETOPEN:"),
            120,
        ),
        ("AT+NETCLOSE", Form::Bare) => late(
            with(vec![STACK_ERROR], 20),
            LateMatch::Plain("+NETCLOSE:"),
            60,
        ),
        ("AT+CIPOPEN", Form::Read) => with(vec![claim("+CIPOPEN:", link_list), STACK_ERROR], QUICK),
        ("AT+CIPOPEN", Form::Set) => {
            let matches = LateMatch::Link {
                prefix: "+CIPOPEN:",
                link: link()?,
                fields: 2,
            };
            late(with(vec![STACK_ERROR], 20), matches, 120)
        }
        ("AT+CIPCLOSE", Form::Read) => with(vec![claim("+CIPCLOSE:", ten), STACK_ERROR], QUICK),
        ("AT+CIPCLOSE", Form::Set) => {
            let matches = LateMatch::Link {
                prefix: "+CIPCLOSE:",
                link: link()?,
                fields: 2,
            };
            late(with(vec![STACK_ERROR], 15), matches, 15)
        }
        ("AT+CIPSEND", Form::Set) => {
            let matches = LateMatch::Link {
                prefix: "+CIPSEND:",
                link: link()?,
                fields: 3,
            };
            let m = late(with(vec![STACK_ERROR, SEND_ERROR], 20), matches, 120);
            Manners { prompt: true, ..m }
        }
        ("AT+CIPRXGET", Form::Read) => with(vec![claim("+CIPRXGET:", mode), STACK_ERROR], QUICK),
        ("AT+CIPRXGET", Form::Set) => received(values),
        ("AT+CDNSGIP", Form::Set) => with(vec![claim("+CDNSGIP:", any), STACK_ERROR], 30),
        ("AT+CPING", Form::Set) => late(with(vec![STACK_ERROR], QUICK), LateMatch::Ping, 120),
        ("AT+CPINGSTOP", Form::Bare) => with(vec![], QUICK),
        _ => return None,
    })
}

fn received(values: &str) -> Manners {
    let mode = split(values).first().map_or("", |f| f.text);
    let mut claims = vec![claim("+CIPRXGET:", fetched), STACK_ERROR];
    if mode == "3" {
        claims.push(claim("", |rest| {
            rest.bytes().all(|b| b.is_ascii_hexdigit())
        }));
    }
    Manners {
        claims,
        counted: (mode == "2").then_some(fetched_count as fn(&str) -> Option<usize>),
        limit: 10,
        ..Manners::default()
    }
}

fn lax() -> Manners {
    Manners {
        lax: true,
        prompt: true,
        limit: UNKNOWN,
        ..Manners::default()
    }
}

impl Command {
    /// A command that the driver spells itself; its text is known to fit.
    pub(super) fn known(text: &str) -> Self {
        let mut m = manners(text);
        // What takes minutes is the doing; a state is told at once.
        if parts(text).1 == Form::Read && !m.lax {
            m.limit = m.limit.min(READ);
        }
        Self {
            text: text.to_owned(),
            payload: None,
            claims: m.claims,
            counted: m.counted,
            late: m.late.map(|matches| Late {
                matches,
                limit: Duration::from_secs(m.late_limit),
                exclusive: false,
            }),
            may_prompt: m.prompt,
            lax: m.lax,
            limit: Duration::from_secs(m.limit),
        }
    }

    /// A command with names in it: its length is checked.
    pub(super) fn checked(text: String) -> Result<Self, CommandError> {
        let octets = text.len().saturating_sub(2);
        if octets > MAX_LINE {
            return Err(CommandError::TooLong { octets });
        }
        Ok(Self::known(&text))
    }

    /// Whether this line of information belongs to its answer and to nothing else.
    #[must_use]
    pub fn claims(&self, line: &str) -> Option<&Claim> {
        self.claims
            .iter()
            .find(|c| fields::after(line, c.prefix).is_some_and(|rest| (c.fits)(rest)))
    }
}

impl LateMatch {
    /// What this line is to the late result.
    #[must_use]
    pub fn fit(&self, line: &str) -> LateFit {
        let end = |yes: bool| if yes { LateFit::End } else { LateFit::No };
        match self {
            Self::Plain(prefix) => end(fields::after(line, prefix).is_some_and(one)),
            Self::Link {
                prefix,
                link,
                fields: count,
            } => {
                let send_error = *prefix == "+CIPSEND:" && line.starts_with("+CIPERROR:");
                end(send_error
                    || fields::after(line, prefix).is_some_and(|rest| {
                        let f = split(rest);
                        f.len() == *count && f[0].number() == Some(i64::from(*link))
                    }))
            }
            Self::Ping => match fields::after(line, "+CPING:")
                .map(|r| split(r)[..].first().map(|f| f.text == "3"))
            {
                Some(Some(true)) => LateFit::End,
                Some(_) => LateFit::Part,
                None => LateFit::No,
            },
        }
    }
}

/// A name in quotes, if nothing in it could end the quotes or the line.
///
/// # Errors
/// A quote, a control character, or a character outside ASCII. Passwords are not repeated in the error.
pub(super) fn quoted(what: &'static str, text: &str) -> Result<String, CommandError> {
    let offence = text.chars().find_map(|c| match c {
        '"' => Some("a quote"),
        c if c.is_ascii_control() => Some("a control character"),
        c if !c.is_ascii() => Some("a character outside ASCII"),
        _ => None,
    });
    match offence {
        None => Ok(format!("\"{text}\"")),
        Some(offence) => Err(CommandError::Character {
            what,
            text: if what == "password" {
                String::new()
            } else {
                crate::event::escape(text.as_bytes())
            },
            offence,
        }),
    }
}

//! The multimedia service of a profile: where the MMSC is and what it wants to see in a request.
use super::ProxyAddress;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The `[mms]` table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mms {
    /// Which `[[pdn]]` carries it, counted from 0.
    #[serde(default)]
    pub pdn: usize,
    /// The MMSC's URL as configured; [`super::Profile::endpoint`] says what it really means.
    pub mmsc: String,
    /// The HTTP proxy in front of the MMSC, `host` or `host:port`; absent or empty when there is none.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "proxy_or_none"
    )]
    pub proxy: Option<ProxyAddress>,
    /// The "MMS port" of the carrier's page or list. Phones read it only together with a proxy: then it is the proxy's port where
    /// `proxy` names none. Without a proxy it is shown and never used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listed_port: Option<u16>,
    /// The TCP port to dial whatever the URL and the proxy say: only where a person insists. Lint P02 warns, nothing blocks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connect_port: Option<u16>,
    /// Other MMSC URLs of the same core network, for comparisons.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternates: Vec<String>,
    /// Largest M-Send.req in octets; a bigger one is not sent. Android's default is 300 KiB.
    #[serde(default = "default_max_bytes")]
    pub max_bytes: u64,
    /// Most recipients of one message; 0 for no limit.
    #[serde(default)]
    pub recipient_limit: u32,
    /// The User-Agent header; `default` for the program's own.
    #[serde(default = "default_user_agent")]
    pub user_agent: String,
    /// URL of the user agent profile (OMA UAProf); empty to send none.
    #[serde(default)]
    pub uaprof: String,
    /// The header in which `uaprof` goes.
    #[serde(default = "default_uaprof_header")]
    pub uaprof_header: String,
    /// More headers that this carrier wants.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<HeaderTemplate>,
    /// Ask for the connection to be closed after the answer.
    #[serde(default)]
    pub close_connection: bool,
    /// Add `; charset=utf-8` to the request's Content-Type.
    #[serde(default)]
    pub charset_in_content_type: bool,
    /// Who the message says it is from.
    #[serde(default)]
    pub from: Sender,
}

/// An empty text means that there is no proxy, as in every carrier's list.
fn proxy_or_none<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<ProxyAddress>, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.is_empty() {
        return Ok(None);
    }
    ProxyAddress::new(&text)
        .map(Some)
        .map_err(serde::de::Error::custom)
}

fn default_max_bytes() -> u64 {
    307_200
}

fn default_user_agent() -> String {
    "default".to_owned()
}

fn default_uaprof_header() -> String {
    "x-wap-profile".to_owned()
}

impl Mms {
    /// A service of which only the MMSC is known; all else as a file that says nothing else.
    #[must_use]
    pub fn new(mmsc: impl Into<String>) -> Self {
        Self {
            pdn: 0,
            mmsc: mmsc.into(),
            proxy: None,
            listed_port: None,
            connect_port: None,
            alternates: Vec::new(),
            max_bytes: default_max_bytes(),
            recipient_limit: 0,
            user_agent: default_user_agent(),
            uaprof: String::new(),
            uaprof_header: default_uaprof_header(),
            headers: Vec::new(),
            close_connection: false,
            charset_in_content_type: false,
            from: Sender::InsertAddressToken,
        }
    }

    /// The User-Agent to send, with the program's `own` for `default`.
    #[must_use]
    pub fn user_agent_or<'a>(&'a self, own: &'a str) -> &'a str {
        if self.user_agent == "default" || self.user_agent.is_empty() {
            own
        } else {
            &self.user_agent
        }
    }

    /// The carrier's own headers (UAProf and templates) filled in for this line, and the templates that could not be filled.
    #[must_use]
    pub fn carrier_headers(
        &self,
        identity: &Identity,
    ) -> (Vec<(String, String)>, Vec<UnresolvedToken>) {
        let mut filled = Vec::new();
        let mut missing = Vec::new();
        if !self.uaprof.is_empty() {
            filled.push((self.uaprof_header.clone(), self.uaprof.clone()));
        }
        for header in &self.headers {
            match header.fill(identity) {
                Ok(pair) => filled.push(pair),
                Err(token) => missing.push(token),
            }
        }
        (filled, missing)
    }
}

/// Who a message says it is from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Sender {
    /// The MMSC puts in the number of the line (OMA MMS encapsulation 1.2 section 7.2.11).
    #[default]
    InsertAddressToken,
    /// This address, as written.
    Address(String),
}

const INSERT_ADDRESS: &str = "insert-address-token";

impl From<String> for Sender {
    fn from(text: String) -> Self {
        if text.is_empty() || text == INSERT_ADDRESS {
            Self::InsertAddressToken
        } else {
            Self::Address(text)
        }
    }
}

impl From<Sender> for String {
    fn from(sender: Sender) -> Self {
        match sender {
            Sender::InsertAddressToken => INSERT_ADDRESS.to_owned(),
            Sender::Address(address) => address,
        }
    }
}

/// What is known about the line, for the tokens in headers.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Identity {
    /// The line's number in E.164 (`+CNUM` or the configuration).
    pub msisdn: Option<String>,
    /// The IMSI, digits.
    pub imsi: Option<String>,
    /// Network access identifier.
    pub nai: Option<String>,
}

/// Numbers of the line are not for debug prints.
impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = |fact: &Option<String>| fact.as_ref().map(|_| "(hidden)");
        f.debug_struct("Identity")
            .field("msisdn", &known(&self.msisdn))
            .field("imsi", &known(&self.imsi))
            .field("nai", &known(&self.nai))
            .finish()
    }
}

/// A word in braces that stands for a fact about the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    /// `{msisdn}`: the number with country code, without `+`.
    Msisdn,
    /// `{mdn10}`: its last ten digits.
    Mdn10,
    /// `{imsi}`.
    Imsi,
    /// `{nai}`.
    Nai,
}

impl Token {
    const ALL: [Self; 4] = [Self::Msisdn, Self::Mdn10, Self::Imsi, Self::Nai];

    /// The word inside the braces.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Msisdn => "msisdn",
            Self::Mdn10 => "mdn10",
            Self::Imsi => "imsi",
            Self::Nai => "nai",
        }
    }

    fn value(self, identity: &Identity) -> Option<String> {
        let digits = || {
            identity
                .msisdn
                .as_ref()
                .map(|number| number.replace(|c: char| !c.is_ascii_digit(), ""))
        };
        match self {
            Self::Msisdn => digits().filter(|number| !number.is_empty()),
            Self::Mdn10 => digits()
                .and_then(|number| Some(number.get(number.len().checked_sub(10)?..)?.to_owned())),
            Self::Imsi => identity.imsi.clone(),
            Self::Nai => identity.nai.clone(),
        }
        .filter(|value| is_field_value(value))
    }
}

/// A header that needs a fact about the line which nobody knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the header {header} needs {{{}}}, which the SIM does not tell: set `own_number` in the configuration", .token.word())]
pub struct UnresolvedToken {
    /// The header's name.
    pub header: String,
    /// What it lacks.
    pub token: Token,
}

/// A header with tokens, `X-VzW-MDN: 1{mdn10}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HeaderTemplate {
    name: String,
    value: String,
}

impl HeaderTemplate {
    /// Reads `Name: value`, checking both for what HTTP allows (RFC 9110 section 5) and the tokens for being known ones.
    ///
    /// # Errors
    /// In words.
    pub fn new(line: &str) -> Result<Self, String> {
        let (name, value) = line.split_once(':').ok_or_else(|| {
            let shown = line.escape_debug();
            format!("`{shown}` is no header: write \"Name: value\"")
        })?;
        let (name, value) = (name.trim(), value.trim());
        let of_token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
        if name.is_empty() || !name.bytes().all(of_token) {
            return Err(format!(
                "`{}` is no header name: letters, digits and dashes only",
                name.escape_debug()
            ));
        }
        if !is_field_value(value) {
            return Err(format!(
                "the value of the header {name} has characters that no header may carry: printable ASCII only"
            ));
        }
        let mut rest = value;
        while let Some(open) = rest.find('{') {
            let word = rest[open + 1..].split('}').next().unwrap_or_default();
            if !Token::ALL.iter().any(|token| token.word() == word) {
                return Err(format!(
                    "`{{{word}}}` stands for nothing: the tokens are {{msisdn}}, {{mdn10}}, {{imsi}} and {{nai}}"
                ));
            }
            rest = &rest[open + 1 + word.len()..];
            if !rest.starts_with('}') {
                return Err(format!("`{{{word}` is not closed: write {{{word}}}"));
            }
        }
        Ok(Self {
            name: name.to_owned(),
            value: value.to_owned(),
        })
    }

    /// The header's name as configured.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The tokens that its value needs.
    pub fn tokens(&self) -> impl Iterator<Item = Token> + '_ {
        Token::ALL
            .into_iter()
            .filter(|token| self.value.contains(&format!("{{{}}}", token.word())))
    }

    /// Name and value for this line.
    ///
    /// # Errors
    /// When a token's fact is not known.
    pub fn fill(&self, identity: &Identity) -> Result<(String, String), UnresolvedToken> {
        let mut value = self.value.clone();
        for token in self.tokens() {
            let fact = token.value(identity).ok_or_else(|| UnresolvedToken {
                header: self.name.clone(),
                token,
            })?;
            value = value.replace(&format!("{{{}}}", token.word()), &fact);
        }
        Ok((self.name.clone(), value))
    }
}

impl TryFrom<String> for HeaderTemplate {
    type Error = String;
    fn try_from(line: String) -> Result<Self, String> {
        Self::new(&line)
    }
}

impl From<HeaderTemplate> for String {
    fn from(header: HeaderTemplate) -> Self {
        format!("{}: {}", header.name, header.value)
    }
}

/// Whether a text may go out as the value of a header: printable ASCII (RFC 9110 section 5.5, without the obsolete octets).
pub(super) fn is_field_value(text: &str) -> bool {
    text.bytes().all(|b| (b' '..=b'~').contains(&b))
}

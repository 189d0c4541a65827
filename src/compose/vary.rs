//! The same message with one thing changed: what can be varied from send to send, and what a value makes of profile and message.
//!
//! In: `user-agent=A,B`, a profile, a draft. Out: for each value a copy of the profile and of the draft. Pure; sending them is the bench's.
use super::Draft;
use crate::mms::Version;
use crate::profile::{HeaderTemplate, Profile, ProxyAddress, Sender};
use std::str::FromStr;

/// So many values are tried at the most: each is a message, billed as one.
pub const MOST_VALUES: usize = 12;

/// What can be changed from send to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variable {
    /// The User-Agent of the POST.
    UserAgent,
    /// The X-Wap-Profile of the POST.
    UaProf,
    /// The HTTP proxy.
    Proxy,
    /// The From header of the PDU: the insert-address token, or a number.
    From,
    /// X-Mms-MMS-Version.
    Version,
    /// Whether the text part's Content-Type names its charset.
    Charset,
    /// Characters of the text.
    Length,
}

/// Their names on the command line.
pub const VARIABLES: [(&str, Variable); 7] = [
    ("user-agent", Variable::UserAgent),
    ("uaprof", Variable::UaProf),
    ("proxy", Variable::Proxy),
    ("from", Variable::From),
    ("version", Variable::Version),
    ("charset", Variable::Charset),
    ("length", Variable::Length),
];

/// One thing, and the values that it is to have one after another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vary {
    variable: Variable,
    values: Vec<String>,
}

impl FromStr for Vary {
    type Err = String;

    /// `user-agent=A,B`; a comma that belongs to a value is written `\,`.
    fn from_str(text: &str) -> Result<Self, String> {
        let (name, values) = text
            .split_once('=')
            .ok_or("WHAT=VALUE,VALUE is wanted, such as user-agent=Android-Mms/2.0,none")?;
        let known = VARIABLES.iter().find(|(known, _)| *known == name);
        let Some(&(_, variable)) = known else {
            let names: Vec<&str> = VARIABLES.iter().map(|(name, _)| *name).collect();
            return Err(format!(
                "one of {} is wanted before the =",
                names.join(", ")
            ));
        };
        let values = split(values);
        if values.len() > MOST_VALUES {
            return Err(format!("at most {MOST_VALUES} values: each is a message"));
        }
        let vary = Self { variable, values };
        for value in &vary.values {
            vary.check(value)?;
        }
        Ok(vary)
    }
}

fn split(values: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut escaped = false;
    for c in values.chars() {
        match (c, escaped) {
            ('\\', false) => {
                escaped = true;
                continue;
            }
            (',', false) => all.push(String::new()),
            (c, _) => all.last_mut().into_iter().for_each(|v| v.push(c)),
        }
        escaped = false;
    }
    all
}

impl Vary {
    /// The values, in the order in which they are sent; the message as it is goes before them.
    #[must_use]
    pub fn values(&self) -> &[String] {
        &self.values
    }

    /// What is changed, by its name on the command line.
    #[must_use]
    pub fn name(&self) -> &'static str {
        let known = VARIABLES.iter().find(|(_, v)| *v == self.variable);
        known.map_or("", |(name, _)| name)
    }

    /// Whether a value can be had at all, before anything is sent.
    fn check(&self, value: &str) -> Result<(), String> {
        let wrong = |says: &str| Err(format!("{}={value}: {says}", self.name()));
        match self.variable {
            Variable::UserAgent | Variable::UaProf => {
                let header = HeaderTemplate::new(&format!("X: {value}"));
                header.map(drop).or_else(|e| wrong(&e.clone()))
            }
            Variable::Proxy if value == "none" => Ok(()),
            Variable::Proxy => ProxyAddress::new(value).map(drop).or_else(|e| wrong(&e)),
            Variable::From if value.is_empty() => wrong("token, or a number, is wanted"),
            Variable::From => Ok(()),
            Variable::Version => match value.parse::<Version>() {
                Ok(_) => Ok(()),
                Err(e) => wrong(&e),
            },
            Variable::Charset if matches!(value, "yes" | "no") => Ok(()),
            Variable::Charset => wrong("yes or no is wanted"),
            Variable::Length => match value.parse::<usize>() {
                Ok(1..=50_000) => Ok(()),
                _ => wrong("a number of characters from 1 to 50000 is wanted"),
            },
        }
    }

    /// The profile, the message and its version with this value, which is the `nth` from 1.
    ///
    /// # Errors
    /// The value cannot be had with this profile or this message, in words.
    pub fn apply(
        &self,
        value: &str,
        profile: &Profile,
        base: &Draft,
        nth: usize,
    ) -> Result<(Profile, Draft, Option<Version>), String> {
        let mut draft = base.clone();
        let mut version = None;
        let profile = profile.varied(nth, |mms| {
            match self.variable {
                Variable::UserAgent => value.clone_into(&mut mms.user_agent),
                Variable::UaProf if value == "none" => mms.uaprof.clear(),
                Variable::UaProf => value.clone_into(&mut mms.uaprof),
                Variable::Proxy if value == "none" => mms.proxy = None,
                Variable::Proxy => mms.proxy = Some(ProxyAddress::new(value)?),
                Variable::From if value == "token" => mms.from = Sender::InsertAddressToken,
                Variable::From => mms.from = Sender::Address(value.to_owned()),
                Variable::Charset => mms.charset_in_content_type = value == "yes",
                Variable::Version | Variable::Length => {}
            }
            Ok(())
        })?;
        match self.variable {
            // What the command line says of the sender would go before the profile.
            Variable::From => draft.from = None,
            Variable::Version => version = Some(value.parse()?),
            Variable::Length => draft.text = of_length(&base.text, value)?,
            _ => {}
        }
        Ok((profile, draft, version))
    }
}

/// The text cut to so many characters, or said again until it has them.
fn of_length(text: &str, value: &str) -> Result<String, String> {
    let length: usize = value.parse().map_err(|_| "no number".to_owned())?;
    let text = if text.is_empty() { "." } else { text };
    Ok(text.chars().cycle().take(length).collect())
}

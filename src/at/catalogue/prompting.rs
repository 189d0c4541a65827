//! Commands that ask for a payload after a prompt, and how that ends.
use crate::at::command::{CommandForm, parts};
use crate::at::fields::split;

/// What a command wants after its prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// So many octets, neither more nor less.
    Octets(usize),
    /// Octets, and Ctrl-Z at their end.
    UntilCtrlZ,
}

/// How a command says how much it wants.
enum Says {
    /// The value at this place is the number of octets; where it is missing, Ctrl-Z ends them.
    Length(usize),
    /// Ctrl-Z ends them always.
    Never,
}

/// CIPSEND (SIM7600 manual chapter 11); CMGS and CMGW (3GPP TS 27.005; the length in PDU mode counts octets of the TPDU, not those
/// that are typed); certificates, files and MQTT (SIMCom's notes on them).
const PROMPTING: &[(&str, Says)] = &[
    ("AT+CIPSEND", Says::Length(1)),
    ("AT+CMGS", Says::Never),
    ("AT+CMGW", Says::Never),
    ("AT+CCERTDOWN", Says::Length(1)),
    ("AT+CFTRANRX", Says::Length(1)),
    ("AT+CMQTTTOPIC", Says::Length(1)),
    ("AT+CMQTTPAYLOAD", Says::Length(1)),
];

/// What a typed command wants after its prompt; `None` where it has none, or nobody here knows.
#[must_use]
pub fn wanted(text: &str) -> Option<Wanted> {
    let (name, form, values) = parts(text);
    let bare = name == "AT+CMGW" && form == CommandForm::Bare;
    if form != CommandForm::Set && !bare {
        return None;
    }
    let (_, says) = PROMPTING.iter().find(|(n, _)| *n == name)?;
    let length = match says {
        Says::Length(place) => split(values).get(*place).and_then(|f| f.number()),
        Says::Never => None,
    };
    Some(match length.and_then(|n| usize::try_from(n).ok()) {
        Some(n) => Wanted::Octets(n),
        None => Wanted::UntilCtrlZ,
    })
}

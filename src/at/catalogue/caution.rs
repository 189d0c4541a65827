//! What a typed command may do to the modem, before it is sent.
use crate::at::command::{CommandForm, parts};

/// Why a typed command deserves a second thought; `None` where it does not.
#[must_use]
pub fn danger(text: &str) -> Option<&'static str> {
    text.split(';').enumerate().find_map(|(i, one)| {
        let one = if i == 0 {
            one.to_owned()
        } else {
            format!("AT{}", one.trim())
        };
        danger_of_one(&one)
    })
}

fn danger_of_one(text: &str) -> Option<&'static str> {
    let (name, form, values) = parts(text);
    let first = values.split(',').next().unwrap_or_default().trim();
    let set = form == CommandForm::Set;
    Some(match name.as_str() {
        "AT+COPS" if form == CommandForm::Test => {
            "scans all networks: up to three minutes in which the modem answers nothing else"
        }
        "AT+COPS" if set => {
            "changes the network: the registration and every connection may be lost"
        }
        "AT+CFUN" if set => {
            "switches the radio or restarts the modem: every context and connection is lost"
        }
        "AT+CRESET" => {
            "restarts the modem: half a minute without it, and over USB its serial line goes away"
        }
        "AT+CPOF" => "switches the modem off: it may need its power key to come back",
        "AT+CUSBPIDSWITCH" if set => {
            "changes the USB layout: serial lines get other names, or vanish"
        }
        "AT&F" => "puts all settings back to the factory's",
        "AT+CPIN" | "AT+CLCK" | "AT+CPWD" if set => "three wrong codes lock the SIM",
        "AT+CNMP" if set => "restricts the radio systems, and is kept over a restart",
        "AT+IPR" if set => "changes the serial speed: the modem may not be understood any more",
        "AT+CATR" if set => "changes where announcements go: data may seem never to arrive",
        "ATQ" if text.trim_end().ends_with('1') => "silences every result, OK included",
        "AT+CGDCONT" if set && first == "1" => {
            "rewrites the default bearer (cid 1): data and SMS may stop until it is put back"
        }
        "AT+CGACT" if set && values.replace(' ', "") == "0,1" => {
            "deactivates the default bearer: the modem may detach from LTE"
        }
        "AT+CGATT" if set && first == "0" => {
            "detaches from the packet domain: every connection is lost"
        }
        "AT+CMGD" if set && values.contains(',') => "deletes several messages at once",
        _ => return None,
    })
}

/// Bare commands and settings-like forms that only read.
const READ_ONLY_BARE: &[&str] = &[
    "AT+CGMI",
    "AT+CGMM",
    "AT+CGMR",
    "AT+CGSN",
    "AT+GMI",
    "AT+GMM",
    "AT+GMR",
    "AT+GSN",
    "AT+GCAP",
    "AT+SIMCOMATI",
    "AT+CIMI",
    "AT+CICCID",
    "AT+CNUM",
    "AT+CSQ",
    "AT+CESQ",
    "AT+CEER",
    "AT+CGPADDR",
    "AT+CGCONTRDP",
    "AT+IPADDR",
    "AT+SPIC",
    "AT+CPAS",
];
const READ_ONLY_SET: &[&str] = &[
    "AT+CGPADDR",
    "AT+CGCONTRDP",
    "AT+CDNSGIP",
    "AT+CPING",
    "AT+CIPACK",
];

/// Whether a typed command changes a setting or a state of the modem, or sends something. What nobody knows counts as a change.
#[must_use]
pub fn changes_settings(text: &str) -> bool {
    text.trim().split(';').enumerate().any(|(i, one)| {
        let one = one.trim();
        let one = if i == 0 {
            one.to_owned()
        } else {
            format!("AT{one}")
        };
        changes(&one)
    })
}

fn changes(text: &str) -> bool {
    let (name, form, values) = parts(text);
    let extended = text.get(2..).is_some_and(|t| t.starts_with('+'));
    if !extended {
        let upper = text.to_ascii_uppercase();
        return !matches!(upper.as_str(), "AT" | "ATI" | "ATI0");
    }
    match form {
        CommandForm::Read | CommandForm::Test => false,
        CommandForm::Bare => !READ_ONLY_BARE.contains(&name.as_str()),
        CommandForm::Set if name == "AT+CIPRXGET" => !matches!(values.get(..1), Some("4")),
        CommandForm::Set => !READ_ONLY_SET.contains(&name.as_str()),
    }
}

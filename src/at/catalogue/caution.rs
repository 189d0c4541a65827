//! What a typed command may do to the modem, before it is sent.
use crate::at::command::{CommandForm, parts};

/// A command that can break the bench: when, and what it breaks.
struct Danger {
    name: &'static str,
    when: When,
    why: &'static str,
}

/// In which form a command is dangerous.
enum When {
    /// In any.
    Always,
    /// `=?`
    Tested,
    /// `=values`
    Set,
    /// `=values` that begin with this value.
    First(&'static str),
    /// `=values` that are exactly these.
    Exactly(&'static str),
    /// Basic commands that end in this digit.
    Digit(char),
    /// `=values` with more than one value.
    Several,
    /// Any form that does something, while a send or a probe runs.
    Busy,
}

const fn danger_if(name: &'static str, when: When, why: &'static str) -> Danger {
    Danger { name, when, why }
}

use When::{Always, Busy, Digit, Exactly, First, Set, Several, Tested};

/// All of them (V.250, 3GPP TS 27.007, and the SIM7600 manual).
#[rustfmt::skip]
const DANGERS: &[Danger] = &[
    danger_if("AT+COPS", Tested, "scans all networks: up to three minutes in which the modem answers nothing else"),
    danger_if("AT+COPS", Set, "changes the network: the registration and every connection may be lost"),
    danger_if("AT+CFUN", Set, "switches the radio or restarts the modem: every context and connection is lost"),
    danger_if("AT+CRESET", Always, "restarts the modem: half a minute without it, and over USB its serial line goes away"),
    danger_if("AT+CPOF", Always, "switches the modem off: it may need its power key to come back"),
    danger_if("AT+CUSBPIDSWITCH", Set, "changes the USB layout: serial lines get other names, or vanish"),
    danger_if("AT&F", Always, "puts all settings back to the factory's"),
    danger_if("ATZ", Always, "puts all settings back to the stored profile's, echo and error reports among them"),
    danger_if("AT+CPIN", Set, "three wrong codes lock the SIM"),
    danger_if("AT+CLCK", Set, "three wrong codes lock the SIM"),
    danger_if("AT+CPWD", Set, "three wrong codes lock the SIM"),
    danger_if("AT+CNMP", Set, "restricts the radio systems, and is kept over a restart"),
    danger_if("AT+IPR", Set, "changes the serial speed: the modem may not be understood any more"),
    danger_if("AT+IPREX", Set, "changes the serial speed for good: the modem may not be understood any more"),
    danger_if("AT+CATR", Set, "changes where announcements go: data may seem never to arrive"),
    danger_if("ATQ", Digit('1'), "silences every result, OK included"),
    danger_if("AT+CGDCONT", First("1"), "rewrites the default bearer (cid 1): data and SMS may stop until it is put back"),
    danger_if("AT+CGACT", Exactly("0,1"), "deactivates the default bearer: the modem may detach from LTE"),
    danger_if("AT+CGATT", First("0"), "detaches from the packet domain: every connection is lost"),
    danger_if("AT+CMGD", Several, "deletes several messages at once"),
    danger_if("AT+CIPMODE", First("1"), "switches to transparent mode: what is sent next is data to the peer, commands included"),
    danger_if("AT+NETCLOSE", Busy, "closes the socket stack under what runs now: it will fail, and not because of the carrier"),
    danger_if("AT+NETOPEN", Busy, "moves the socket stack under what runs now"),
    danger_if("AT+CIPCLOSE", Busy, "may close the connection of what runs now"),
    danger_if("AT+CIPOPEN", Busy, "may take the link number that what runs now wants to use"),
    danger_if("AT+CIPSEND", Busy, "may put octets into the connection of what runs now"),
    danger_if("AT+CIPRXGET", Busy, "may take octets away that what runs now waits for"),
    danger_if("AT+CSOCKSETPN", Busy, "moves the socket stack to another context under what runs now"),
    danger_if("AT+CGACT", Busy, "may take the context away from what runs now"),
    danger_if("AT+CGDCONT", Busy, "may change the context of what runs now"),
];

/// Why a typed command deserves a second thought; `None` where it does not. `busy`: a send or a probe runs.
#[must_use]
pub fn danger(text: &str, busy: bool) -> Option<&'static str> {
    text.split(';').enumerate().find_map(|(i, one)| {
        let one = if i == 0 {
            one.to_owned()
        } else {
            format!("AT{}", one.trim())
        };
        let (name, form, values) = parts(&one);
        let all = DANGERS.iter().filter(|d| d.name == name);
        all.map(|d| (d, d.when.holds(form, values, busy)))
            .find_map(|(d, holds)| holds.then_some(d.why))
    })
}

impl When {
    fn holds(&self, form: CommandForm, values: &str, busy: bool) -> bool {
        let set = form == CommandForm::Set;
        let first = values.split(',').next().unwrap_or_default().trim();
        match self {
            Always => true,
            Tested => form == CommandForm::Test,
            Set => set,
            First(value) => set && first == *value,
            Exactly(all) => set && values.replace(' ', "") == **all,
            Digit(digit) => values.trim_end().ends_with(*digit),
            Several => set && values.contains(','),
            Busy => busy && matches!(form, CommandForm::Set | CommandForm::Bare),
        }
    }
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

//! What commands are for: those that mmscope uses, those that people bring along from other modems, and those that hurt.
//!
//! In: what a person typed. Out: syntax and meaning, the command of this family for one of the SIM800's, a warning, and whether
//! it changes anything (for `--read-only`).
mod caution;
mod prompting;

pub use caution::{changes_settings, danger};
pub use prompting::{Wanted, wanted};

use super::command::parts;

/// A command of this family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// `AT+CSQ`
    pub name: &'static str,
    /// How it is written.
    pub syntax: &'static str,
    /// What it does.
    pub means: &'static str,
    /// What mmscope uses it for.
    pub used_for: &'static str,
}

const fn entry(
    name: &'static str,
    syntax: &'static str,
    means: &'static str,
    used_for: &'static str,
) -> Entry {
    Entry {
        name,
        syntax,
        means,
        used_for,
    }
}

/// All that mmscope knows, in the order in which a send uses them.
pub const ALL: &[Entry] = &[
    entry("AT", "AT", "is anybody there", "finding the modem"),
    entry(
        "ATE",
        "ATE0 | ATE1",
        "echo off or on",
        "an echo in the middle of payload cannot be told from an answer",
    ),
    entry(
        "ATV",
        "ATV0 | ATV1",
        "results as digits or words",
        "results as words",
    ),
    entry("ATI", "ATI", "who the modem is", "typed by people"),
    entry(
        "AT+CMEE",
        "AT+CMEE=0|1|2",
        "errors bare, as numbers or as words",
        "errors as words",
    ),
    entry("AT+CGMI", "AT+CGMI", "manufacturer", "identity"),
    entry("AT+CGMM", "AT+CGMM", "model", "identity"),
    entry(
        "AT+CGMR",
        "AT+CGMR",
        "firmware",
        "identity; quirks differ by firmware",
    ),
    entry("AT+CGSN", "AT+CGSN", "IMEI", "identity"),
    entry(
        "AT+SIMCOMATI",
        "AT+SIMCOMATI",
        "all identities",
        "identity, where the firmware has it",
    ),
    entry("AT+CPIN", "AT+CPIN?", "state of the SIM", "stage sim"),
    entry(
        "AT+CIMI",
        "AT+CIMI",
        "IMSI",
        "home network, for the choice of a profile",
    ),
    entry(
        "AT+CICCID",
        "AT+CICCID",
        "number of the SIM card",
        "identity of the SIM",
    ),
    entry("AT+CNUM", "AT+CNUM", "own numbers", "sending to oneself"),
    entry(
        "AT+CSQ",
        "AT+CSQ",
        "signal strength and bit error rate",
        "signal",
    ),
    entry(
        "AT+CPSI",
        "AT+CPSI?",
        "serving cell: system, network, band, levels",
        "signal",
    ),
    entry(
        "AT+CESQ",
        "AT+CESQ",
        "signal in the scales of 3GPP; missing on many firmwares",
        "signal, where the firmware has it",
    ),
    entry(
        "AT+CREG",
        "AT+CREG? | =0|1|2",
        "circuit-switched registration",
        "stage register; may stay 0 on LTE",
    ),
    entry(
        "AT+CGREG",
        "AT+CGREG? | =0|1|2",
        "GPRS registration",
        "stage register",
    ),
    entry(
        "AT+CEREG",
        "AT+CEREG? | =0|1|2",
        "LTE registration",
        "stage register",
    ),
    entry(
        "AT+COPS",
        "AT+COPS? | =? | =mode,format,operator",
        "operator: read, scan, choose",
        "stage register, reading only",
    ),
    entry(
        "AT+CEER",
        "AT+CEER",
        "reason of the last failure, in words",
        "why a context was refused",
    ),
    entry(
        "AT+CGATT",
        "AT+CGATT? | =0|1",
        "attached to the packet domain",
        "stage attach",
    ),
    entry(
        "AT+CGDCONT",
        "AT+CGDCONT? | =cid,\"type\",\"apn\" | =cid",
        "defines PDP contexts",
        "stage bearer",
    ),
    entry(
        "AT+CGAUTH",
        "AT+CGAUTH=cid,auth,\"password\",\"user\"",
        "authentication of a context; the password comes first here",
        "stage bearer",
    ),
    entry(
        "AT+CGACT",
        "AT+CGACT? | =0|1,cid",
        "activates or deactivates a context",
        "stage bearer",
    ),
    entry(
        "AT+CGPADDR",
        "AT+CGPADDR[=cid]",
        "addresses of contexts",
        "stage bearer; proof of the stack's context",
    ),
    entry(
        "AT+CGCONTRDP",
        "AT+CGCONTRDP[=cid]",
        "what the network granted: APN, address, gateway, resolvers",
        "stage bearer, where the firmware has it",
    ),
    entry(
        "AT+CGEREP",
        "AT+CGEREP=mode,bfr",
        "whether +CGEV is announced",
        "noticing that the network drops a context",
    ),
    entry(
        "AT+CSOCKSETPN",
        "AT+CSOCKSETPN? | =cid",
        "which context NETOPEN uses; not in the manual",
        "stage stack",
    ),
    entry(
        "AT+CIPMODE",
        "AT+CIPMODE? | =0|1",
        "transparent mode",
        "off: links are numbered",
    ),
    entry(
        "AT+CIPSENDMODE",
        "AT+CIPSENDMODE? | =0|1",
        "whether +CIPSEND waits for the peer's acknowledgement",
        "stage stack",
    ),
    entry(
        "AT+CIPCCFG",
        "AT+CIPCCFG? | =retry,delay,ack,errmode,header,async,timeout",
        "details of the stack",
        "errors of the stack as words",
    ),
    entry(
        "AT+CIPTIMEOUT",
        "AT+CIPTIMEOUT? | =net,open,send",
        "limits of the stack in milliseconds",
        "how long a connect may take",
    ),
    entry(
        "AT+CIPDNSSET",
        "AT+CIPDNSSET? | =retries,timeout,queries",
        "limits of the resolver",
        "how long a lookup may take",
    ),
    entry(
        "AT+NETOPEN",
        "AT+NETOPEN | ?",
        "opens the socket stack; the result comes after OK",
        "stage stack",
    ),
    entry(
        "AT+NETCLOSE",
        "AT+NETCLOSE",
        "closes the socket stack; the result comes after OK",
        "tidying up",
    ),
    entry(
        "AT+IPADDR",
        "AT+IPADDR",
        "address of the socket stack",
        "proof of the stack's context",
    ),
    entry(
        "AT+CDNSGIP",
        "AT+CDNSGIP=\"name\"",
        "resolves a name; cannot be interrupted",
        "stage resolve",
    ),
    entry(
        "AT+CIPOPEN",
        "AT+CIPOPEN? | =link,\"TCP\",\"host\",port",
        "opens a connection; the result comes after OK, or before ERROR",
        "stage connect",
    ),
    entry(
        "AT+CIPSEND",
        "AT+CIPSEND=link,length",
        "sends octets given after the prompt",
        "stage post",
    ),
    entry(
        "AT+CIPRXGET",
        "AT+CIPRXGET=0|1 | =2,link,n | =4,link | ?",
        "received data: pushed or kept; fetch; how many wait",
        "stage post",
    ),
    entry(
        "AT+CIPACK",
        "AT+CIPACK=link",
        "octets sent, acknowledged and received",
        "how much of a post arrived",
    ),
    entry(
        "AT+CIPCLOSE",
        "AT+CIPCLOSE? | =link",
        "closes a connection; the result comes after OK",
        "tidying up; which links are in use",
    ),
    entry(
        "AT+CPING",
        "AT+CPING=\"host\",1[,count…]",
        "pings; carriers often drop pings, so a lost one proves little",
        "experiments",
    ),
    entry(
        "AT+CPINGSTOP",
        "AT+CPINGSTOP",
        "stops pinging",
        "experiments",
    ),
    entry(
        "AT+CMGF",
        "AT+CMGF? | =0|1",
        "messages as PDU or text",
        "SMS",
    ),
    entry(
        "AT+CMGS",
        "AT+CMGS=length",
        "sends a short message given after the prompt",
        "SMS",
    ),
    entry(
        "AT+CSCA",
        "AT+CSCA?",
        "number of the service centre",
        "what the SIM provisions",
    ),
    entry(
        "AT+CNMI",
        "AT+CNMI? | =…",
        "how messages are announced",
        "MMS notifications",
    ),
    entry(
        "AT+CPMS",
        "AT+CPMS? | =…",
        "where messages are stored, and how full",
        "SMS",
    ),
    entry(
        "AT+CMGL",
        "AT+CMGL=4",
        "lists stored messages and marks them read",
        "MMS notifications",
    ),
    entry(
        "AT+CMGR",
        "AT+CMGR=index",
        "reads a stored message and marks it read",
        "MMS notifications",
    ),
    entry(
        "AT+CMGD",
        "AT+CMGD=index",
        "deletes a stored message",
        "SMS",
    ),
    entry(
        "AT+CFUN",
        "AT+CFUN? | =0|1|4|5|6|7",
        "how much of the modem is on",
        "reading only",
    ),
    entry(
        "AT+CNMP",
        "AT+CNMP? | =…",
        "which radio systems may be used; kept over a restart",
        "reading only",
    ),
    entry(
        "AT+CNSMOD",
        "AT+CNSMOD? | =0|1",
        "which radio system serves now",
        "typed by people",
    ),
    entry(
        "AT+CCLK",
        "AT+CCLK? | =\"yy/mm/dd,hh:mm:ss±zz\"",
        "the modem's clock",
        "typed by people",
    ),
    entry(
        "AT+CUSBPIDSWITCH",
        "AT+CUSBPIDSWITCH? | =pid,1,1",
        "which USB interfaces the modem shows",
        "typed by people; asks first",
    ),
    entry(
        "AT+CRESET",
        "AT+CRESET",
        "restarts the modem",
        "typed by people; asks first",
    ),
    entry(
        "AT+CPOF",
        "AT+CPOF",
        "switches the modem off",
        "typed by people; asks first",
    ),
    entry(
        "AT&F",
        "AT&F",
        "all settings as the factory had them",
        "typed by people; asks first",
    ),
];

/// The entry of a command, in whatever form it was typed.
#[must_use]
pub fn find(text: &str) -> Option<&'static Entry> {
    let (name, ..) = parts(text);
    ALL.iter().find(|e| e.name == name)
}

/// The entries whose names begin with what was typed so far, in any case; none for less than `A`.
#[must_use]
pub fn beginning(typed: &str) -> Vec<&'static Entry> {
    let typed = typed.trim();
    let begins = |e: &&Entry| {
        e.name
            .get(..typed.len())
            .is_some_and(|name| name.eq_ignore_ascii_case(typed))
    };
    match typed {
        "" => Vec::new(),
        _ => ALL.iter().filter(begins).collect(),
    }
}

/// Commands of other families (SIM800, SIM900, SIM5320) and what does their work here.
const ELSEWHERE: &[(&str, &str)] = &[
    (
        "AT+CSTT",
        "AT+CGDCONT=cid,\"IP\",\"apn\", then AT+CSOCKSETPN=cid",
    ),
    ("AT+CIICR", "AT+NETOPEN"),
    ("AT+CIFSR", "AT+IPADDR"),
    (
        "AT+CIPSTART",
        "AT+CIPOPEN=link,\"TCP\",\"host\",port; the link number (0–9) comes first and the result after OK",
    ),
    (
        "AT+CIPSTATUS",
        "AT+CIPOPEN? for the links, AT+NETOPEN? for the stack",
    ),
    ("AT+CIPSHUT", "AT+NETCLOSE"),
    ("AT+CIPMUX", "nothing: links always have numbers"),
    ("AT+CIPQSEND", "AT+CIPSENDMODE"),
    (
        "AT+CDNSCFG",
        "nothing: the resolvers are the network's; AT+CGCONTRDP shows them",
    ),
    ("AT+CIPSGTXT", "AT+CSOCKSETPN=cid"),
    ("AT+SAPBR", "AT+CGDCONT and AT+NETOPEN"),
    ("AT+CCID", "AT+CICCID"),
    ("AT+ICCID", "AT+CICCID"),
    (
        "AT+CMMSINIT",
        "nothing: this family has no MMS engine; mmscope encodes the message and posts it over AT+CIPOPEN",
    ),
    (
        "AT+CMMSCURL",
        "the MMSC's URL of a profile: this family has no MMS engine",
    ),
    (
        "AT+CMMSPROTO",
        "the proxy of a profile: this family has no MMS engine",
    ),
    ("AT+CMMSSEND", "mmscope send: this family has no MMS engine"),
];

/// What does the work of another family's command here. `None`: the command is none of those.
#[must_use]
pub fn equivalent(text: &str) -> Option<&'static str> {
    let (name, ..) = parts(text);
    ELSEWHERE
        .iter()
        .find(|(n, _)| *n == name)
        .map(|(_, here)| *here)
}

//! What the scan of commands means: a table for a person, and the ways of this firmware by name.
//!
//! In: a scan and what the wire showed. Out: text and [`Quirk`]s. Pure. Never here: asking the modem.
use crate::event::{CommandScan, Identity, Quirk};

/// What is known when quirks are named.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen<'a> {
    /// Who the modem is.
    pub identity: Identity,
    /// The scan's rows.
    pub scan: CommandScan,
    /// The modem sends commands back.
    pub echo: bool,
    /// Final codes of refused commands, as they came.
    pub refusals: Vec<String>,
    /// The value of `+CMEE?`.
    pub error_mode: Option<u8>,
    /// The answer to `AT+CPSI?`.
    pub cell: &'a str,
    /// The answer to `AT+NETOPEN?`.
    pub stack: &'a str,
}

/// The ways of this firmware that change what the program does or what a person should know, by name.
#[must_use]
pub fn quirks(seen: &Seen) -> Vec<Quirk> {
    let lacks = |name: &str| {
        seen.scan
            .rows
            .iter()
            .any(|r| r.command == name && !r.present)
    };
    let has = |name: &str| {
        seen.scan
            .rows
            .iter()
            .any(|r| r.command == name && r.present)
    };
    let numeric = |code: &String| {
        code.strip_prefix("+CME ERROR: ")
            .is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    };
    let rules: [(bool, &str, &str); 9] = [
        (
            seen.echo,
            "echo-on",
            "commands come back (ATE1): it is switched off while mmscope works, and on again afterwards",
        ),
        (
            lacks("AT+CGCONTRDP"),
            "grant-not-told",
            "no AT+CGCONTRDP: which APN, gateway and resolvers the network granted cannot be seen",
        ),
        (
            lacks("AT+CSOCKSETPN"),
            "stack-on-context-1",
            "no AT+CSOCKSETPN: the socket stack stays on PDP context 1, whatever APN that has",
        ),
        (
            lacks("AT+CESQ"),
            "no-cesq",
            "no AT+CESQ: signal comes from AT+CPSI? and AT+CSQ",
        ),
        (
            seen.error_mode == Some(2) && seen.refusals.iter().any(numeric),
            "numeric-errors",
            "errors are numbers although AT+CMEE=2 asks for words",
        ),
        (
            seen.stack.trim_start_matches("+NETOPEN:").contains(','),
            "two-number-netopen",
            "AT+NETOPEN? answers with two numbers, as early firmware does; the first is the state",
        ),
        (
            units(seen.cell) == Some("tenths"),
            "signal-in-tenths",
            "AT+CPSI? gives RSRQ, RSRP and RSSI in tenths of dB and dBm",
        ),
        (
            seen.identity.firmware.contains("LE20B05SIM7600G22"),
            "netopen-may-refuse",
            "LE20B05SIM7600G22: AT+NETOPEN is known to answer bare ERROR on some boards although the context is up",
        ),
        (
            has("AT+CMMSCURL"),
            "mms-engine",
            "the module has an MMS engine of its own; mmscope does not use it",
        ),
    ];
    rules
        .into_iter()
        .filter(|(holds, ..)| *holds)
        .map(|(_, name, says)| Quirk {
            name: name.to_owned(),
            says: says.to_owned(),
        })
        .collect()
}

/// How `+CPSI: LTE,…` counts its signal (at-sim7600 section 2.3): by the size of RSRP.
fn units(cell: &str) -> Option<&'static str> {
    let rsrp: i32 = cell
        .contains("LTE")
        .then(|| cell.split(',').nth(11))??
        .trim()
        .parse()
        .ok()?;
    Some(match rsrp {
        ..-200 => "tenths",
        -200..0 => "whole",
        _ => "index",
    })
}

/// The scan as a table of text: command, whether it is there, the form that was asked, what it is for; then the quirks.
#[must_use]
pub fn capability_table(scan: &CommandScan) -> String {
    let width = scan
        .rows
        .iter()
        .map(|r| r.command.len())
        .max()
        .unwrap_or(7)
        .max(7);
    let mut text = format!("{:width$}  {:7}  {:7}  for\n", "command", "present", "form");
    for row in &scan.rows {
        let present = if row.present { "yes" } else { "no" };
        text += &format!(
            "{:width$}  {present:7}  {:7}  {}\n",
            row.command, row.form, row.purpose
        );
    }
    for quirk in &scan.quirks {
        text += &format!("\n{}: {}", quirk.name, quirk.says);
    }
    if !scan.quirks.is_empty() {
        text.push('\n');
    }
    text
}

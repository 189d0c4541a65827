//! The modem's settings that a send may touch: read them, tell two readings apart, and say what puts the first one back.
//!
//! In: the answers to a fixed list of read commands. Out: [`Settings`], comparable and writable to disk; and the commands that
//! turn one reading into another. Pure: who sends them is in [`super::restore`].
use crate::event::Identity;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The settings that a send may touch, in the order in which they are read. A firmware that lacks one answers with an error
/// and the row stays out. `+CGDCONT` and `+CGACT` have a line a context, all others one line.
pub const READ: [&str; 12] = [
    "AT+CMEE?",
    "AT+CGATT?",
    "AT+CGDCONT?",
    "AT+CGACT?",
    "AT+CGAUTH?",
    "AT+CSOCKSETPN?",
    "AT+NETOPEN?",
    "AT+CIPMODE?",
    "AT+CIPSENDMODE?",
    "AT+CIPCCFG?",
    "AT+CIPTIMEOUT?",
    "AT+CIPRXGET?",
];

/// The settings that carry short messages, in and out: read before each send and after it.
pub const READ_SMS: [&str; 6] = [
    "AT+CMGF?",
    "AT+CSMS?",
    "AT+CNMI?",
    "AT+CPMS?",
    "AT+CSCA?",
    "AT+CGSMS?",
];

/// Those of them without which a message to this line may not arrive, or goes unannounced.
pub const CARRIES_INBOUND: [&str; 5] = ["CSMS", "CNMI", "CPMS", "CSCA", "CGSMS"];

/// One reading.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// Command echo (ATE): seen from the wire, since no command reads it.
    pub echo: bool,
    /// Values by the command's name (`CMEE`), for those with one line.
    pub values: BTreeMap<String, String>,
    /// Definitions of PDP contexts by cid: type, APN and the flags, without the address, which the network writes.
    pub contexts: BTreeMap<u8, Definition>,
    /// Which contexts are active, by cid.
    pub active: BTreeMap<u8, bool>,
    /// Authentication by cid, as +CGAUTH? shows it; may hold a password, so it goes to the private file only.
    pub auth: BTreeMap<u8, String>,
    /// Contexts that this program has defined since the reading: the only ones that putting back may delete.
    #[serde(default)]
    pub made: BTreeSet<u8>,
    /// Contexts that this program has activated since the reading: with those of `made` the only ones that it may bring down.
    #[serde(default)]
    pub raised: BTreeSet<u8>,
    /// Settings of one line that this program has changed since the reading.
    #[serde(default)]
    pub touched: BTreeSet<String>,
    /// Whose settings these are, so that they never go to another modem; `None` in a bare reading.
    #[serde(default)]
    pub modem: Option<Identity>,
    /// Which one of its type that modem is ([`crate::event::Imei::mark`]); `None` where it did not tell its IMEI.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

/// A context's definition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Definition {
    /// `IP`, `IPV6`, `IPV4V6`.
    pub pdp_type: String,
    /// APN.
    pub apn: String,
    /// What follows the address: `0,0,0,0`.
    pub flags: String,
}

impl Settings {
    /// The value of a setting with one line: `value("CIPMODE")`.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// Takes the lines that answered one of [`READ`]. Lines of another shape are passed over.
    pub fn take(&mut self, read: &str, lines: &[String]) {
        let name = read.trim_start_matches("AT+").trim_end_matches('?');
        if name == "CPMS" {
            // What is in the stores is no setting.
            let stores = lines.iter().find_map(|l| crate::at::reply::cpms(l));
            let text = stores.map(|stores| stores.map(|s| format!("\"{s}\"")).join(","));
            self.values.extend(text.map(|text| (name.to_owned(), text)));
            return;
        }
        let prefix = format!("+{name}: ");
        for rest in lines.iter().filter_map(|l| l.strip_prefix(&prefix)) {
            let (first, tail) = rest.split_once(',').unwrap_or((rest, ""));
            let cid = first.trim().parse::<u8>();
            match (name, cid) {
                ("CGDCONT", Ok(cid)) => {
                    self.contexts
                        .extend(Definition::read(tail).map(|d| (cid, d)));
                }
                ("CGACT", Ok(cid)) => {
                    self.active.insert(cid, tail.trim() == "1");
                }
                ("CGAUTH", Ok(cid)) => {
                    self.auth.insert(cid, tail.trim().to_owned());
                }
                ("CGDCONT" | "CGACT" | "CGAUTH", Err(_)) => {}
                // Old firmware adds a second number to +NETOPEN: (at-sim7600 section 4.2); only the first is the state.
                // +CSMS: adds what the modem supports; only the first is the setting.
                ("NETOPEN" | "CSMS", _) => {
                    self.values.insert(name.to_owned(), first.trim().to_owned());
                }
                _ => {
                    self.values.insert(name.to_owned(), rest.trim().to_owned());
                }
            }
        }
    }

    /// Settings that carry short messages to this line, and that somebody else has changed since: `CNMI 0,0,0,0,0, was 2,1,0,0,0`.
    #[must_use]
    pub fn lost_inbound(&self, now: &Self) -> Vec<String> {
        let lost = |name: &&'static str| {
            let (then, now) = (self.value(name)?, now.value(name)?);
            let changed = then != now && !self.touched.contains(*name);
            changed.then(|| format!("{name} {now}, was {then}"))
        };
        CARRIES_INBOUND.iter().filter_map(lost).collect()
    }

    /// Whether these are the settings of this modem, as far as both tell who they are.
    #[must_use]
    pub fn belong_to(&self, modem: &Identity) -> bool {
        let Some(owner) = &self.modem else {
            return true;
        };
        let same = |then: &str, now: &str| then.is_empty() || now.is_empty() || then == now;
        same(&owner.model, &modem.model)
            && same(&owner.firmware, &modem.firmware)
            && same(owner.imei.as_str(), modem.imei.as_str())
    }

    /// Whether these are surely the settings of another device, whatever its type: both have told which one they are.
    #[must_use]
    pub fn is_of_another(&self, unit: Option<&str>) -> bool {
        matches!((self.unit.as_deref(), unit), (Some(then), Some(now)) if then != now)
    }

    /// The commands that turn `now` into `self`, in an order that works: the stack is closed before its settings change, and
    /// contexts are down before they are rewritten. Echo comes last, so that nothing in between is echoed.
    #[must_use]
    pub fn from_here(&self, now: &Self) -> Vec<String> {
        let mut commands = Vec::new();
        let stack_moves = self.value("NETOPEN") != now.value("NETOPEN")
            || self.value("CSOCKSETPN") != now.value("CSOCKSETPN");
        if now.value("NETOPEN") == Some("1") && stack_moves {
            commands.push("AT+NETCLOSE".to_owned());
        }
        self.contexts_from(now, &mut commands);
        for name in [
            "CSOCKSETPN",
            "CIPMODE",
            "CIPSENDMODE",
            "CIPCCFG",
            "CIPTIMEOUT",
            "CIPRXGET",
            "CSMS",
            "CMGF",
            "CNMI",
            "CPMS",
            "CSCA",
            "CGSMS",
        ] {
            if let (Some(then), Some(now)) = (self.value(name), now.value(name))
                && then != now
            {
                commands.push(format!("AT+{name}={then}"));
            }
        }
        // A module that has attached by itself meanwhile (after a restart, say) stays attached: detaching it could stop SMS.
        if self.value("CGATT") == Some("1") && now.value("CGATT") == Some("0") {
            commands.push("AT+CGATT=1".to_owned());
        }
        for (cid, active) in &self.active {
            let redefined = self.contexts.get(cid) != now.contexts.get(cid);
            if *active && (redefined || now.active.get(cid) == Some(&false)) {
                commands.push(format!("AT+CGACT=1,{cid}"));
            }
        }
        if self.value("NETOPEN") == Some("1") && stack_moves {
            commands.push("AT+NETOPEN".to_owned());
        }
        if let (Some(then), Some(now)) = (self.value("CMEE"), now.value("CMEE"))
            && then != now
        {
            commands.push(format!("AT+CMEE={then}"));
        }
        if self.echo != now.echo {
            commands.push(if self.echo { "ATE1" } else { "ATE0" }.to_owned());
        }
        commands
    }

    fn contexts_from(&self, now: &Self, commands: &mut Vec<String>) {
        let known = |cid: &u8| self.contexts.contains_key(cid);
        let changed = |cid: &u8| self.contexts.get(cid) != now.contexts.get(cid);
        let ours = |cid: &u8| self.made.contains(cid) && !known(cid);
        for (cid, active) in &now.active {
            let was = self.active.get(cid).copied().unwrap_or(false);
            // Context 1 carries the attach on LTE and comes up by itself: it is left up.
            let raised = !was && *cid != 1 && self.raised.contains(cid);
            if *active && (raised || ours(cid) || (known(cid) && changed(cid))) {
                commands.push(format!("AT+CGACT=0,{cid}"));
            }
        }
        // What the first reading did not show is another's, unless we have defined it ourselves.
        let readable = |(cid, _): &(&u8, &String)| self.auth.contains_key(cid) || ours(cid);
        for (cid, auth) in now.auth.iter().filter(readable) {
            // A context that is deleted takes its authentication with it, and none is what a new one has.
            let then = self.auth.get(cid).map_or("0", String::as_str);
            if then != auth {
                commands.push(format!("AT+CGAUTH={cid},{then}"));
            }
        }
        for cid in now.contexts.keys().filter(|cid| ours(cid)) {
            commands.push(format!("AT+CGDCONT={cid}"));
        }
        for (cid, definition) in self.contexts.iter().filter(|(cid, _)| changed(cid)) {
            commands.push(definition.command(*cid));
        }
    }
}

impl Definition {
    /// Reads `"IP","internet","0.0.0.0",0,0,0,0`.
    fn read(fields: &str) -> Option<Self> {
        let mut rest = fields;
        let pdp_type = take_quoted(&mut rest)?;
        let apn = take_quoted(&mut rest)?;
        let _address = take_quoted(&mut rest);
        Some(Self {
            pdp_type,
            apn,
            flags: rest.trim_matches(',').trim().to_owned(),
        })
    }

    fn command(&self, cid: u8) -> String {
        let Self {
            pdp_type,
            apn,
            flags,
        } = self;
        // The address stays empty: the network gives it. Flags follow it only where some are set.
        if flags.split(',').all(|f| matches!(f.trim(), "" | "0")) {
            format!("AT+CGDCONT={cid},\"{pdp_type}\",\"{apn}\"")
        } else {
            format!("AT+CGDCONT={cid},\"{pdp_type}\",\"{apn}\",\"\",{flags}")
        }
    }
}

/// Takes one quoted field and the comma after it.
fn take_quoted(rest: &mut &str) -> Option<String> {
    let inner = rest.trim_start().strip_prefix('"')?;
    let (field, after) = inner.split_once('"')?;
    *rest = after.strip_prefix(',').unwrap_or(after);
    Some(field.to_owned())
}

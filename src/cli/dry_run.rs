//! `mmscope send --dry-run`: the octets, the HTTP request and the AT commands of a send, shown and not done.
//!
//! No modem is opened, nothing is written into the outbox, nothing goes over a network. What only a modem's answers decide is named as open.
use super::args::{self, Global};
use super::{Refusal, ladder, message, output, pdu, send, session};
use crate::bench::{Message, write_down};
use crate::compose::{size_text, way_by_length};
use crate::config::Config;
use crate::console::measure::read_draft;
use crate::console::{self, DryRun};
use crate::event::{Msisdn, Redaction, Way, clean, redact};
use crate::mms;
use crate::modem::{Effect, Planned, Trouble};
use crate::net::Request;
use crate::pipeline::{Encoded, Limits, rehearse, rehearse_sms};
use crate::profile::Profile;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::IsTerminal;

/// What is shown.
struct Shown {
    way: Way,
    /// The M-Send.req and its request, of an MMS.
    mms: Option<(Encoded, Request, Profile)>,
    /// Octets of each TPDU, of an SMS.
    tpdus: Vec<usize>,
    transaction_id: String,
    recipients: usize,
    commands: Vec<Planned>,
    open: Vec<String>,
}

/// What a text with hidden numbers says of itself.
const HIDDEN: &str = "Numbers are hidden here: * in a text and its octet 2A stand for a digit, and what is sent has the digit;";

/// Exit code where the message itself cannot be sent.
const ENCODE: u8 = 10;

/// Shows what a send would do. Exit code 0; where the send would stop before it asks a modem, that one's.
pub async fn run(
    global: &Global,
    options: &args::Message,
    way: Option<Way>,
) -> Result<u8, Refusal> {
    let shown = rehearsed(global, options, way).await?;
    if global.read_only {
        output::tell("read-only: the real send would be refused; send without --read-only");
    }
    if global.json {
        output::json(&shown.as_json());
    } else {
        let piped = !std::io::stdout().is_terminal();
        let hidden = piped.then_some("on a terminal they are shown");
        output::text(&shown.text(hidden));
    }
    Ok(0)
}

async fn rehearsed(
    global: &Global,
    options: &args::Message,
    way: Option<Way>,
) -> Result<Shown, Refusal> {
    let (folders, config) = session::configuration(global)?;
    let world = session::world(global)?;
    if message::asks_for_self(options, &config) {
        return Err(Refusal::usage(
            "--dry-run opens no modem, so it cannot know who self is: set own_number in the configuration, or name the number",
        ));
    }
    let stopped = |trouble: Trouble| Refusal::with(ENCODE, trouble.to_string());
    let message = send::drafted(options, way, &config)?;
    let most = usize::try_from(config.sending.mms_from_parts.get()).unwrap_or(usize::MAX);
    let by_length = || way_by_length(&message.draft, most);
    let by_rule = || config.sending.way.fixed().unwrap_or_else(by_length);
    let way = way.unwrap_or_else(by_rule);
    let (library, _) = folders.library();
    let profile = super::starting::profile(global, &config, &library, world.as_ref())?;
    if way == Way::Mms && profile.is_none() {
        return Err(Refusal::usage(
            "which profile fits is read from the SIM, and --dry-run opens no modem: name one with --profile (`mmscope profiles list`)",
        ));
    }
    show(&message, way, profile, &config).await.map_err(stopped)
}

/// For the console: the letter as it stands in the composer, both in plain and with numbers hidden.
pub(super) async fn on_screen(
    draft: &console::Draft,
    way: Way,
    profile: Option<Profile>,
    config: &Config,
) -> Result<DryRun, String> {
    let message = Message {
        draft: read_draft(draft)?,
        version: draft.asked.version,
        ..Message::default()
    };
    let shown = show(&message, way, profile, config).await;
    let shown = shown.map_err(|trouble| trouble.to_string())?;
    Ok(DryRun {
        plain: shown.text(None),
        hidden: shown.text(Some(
            "the screen of mmscope shows them, where identities are not hidden on it",
        )),
    })
}

/// What a send of this message would do, by the same steps as the send itself.
async fn show(
    message: &Message,
    way: Way,
    profile: Option<Profile>,
    config: &Config,
) -> Result<Shown, Trouble> {
    let kept = write_down(message, way, profile.as_ref(), session::chance()).await?;
    let mut shown = Shown {
        way,
        mms: None,
        tpdus: kept.entry.parts.iter().map(|p| p.tpdu.len()).collect(),
        transaction_id: kept.entry.transaction_id.clone(),
        recipients: message.draft.recipients().count(),
        commands: Vec::new(),
        open: Vec::new(),
    };
    match (kept.sealed, profile) {
        (Some(encoded), Some(profile)) => {
            let encoded = Encoded::clone(&encoded);
            let own = config.own_number.as_ref();
            let own = own.map(|n| Msisdn::new(n.recipient().plain()));
            let limits = Limits::with(|stage| config.limits.of(stage));
            let made = rehearse(&encoded, &profile, &limits, own.as_ref())?;
            (shown.commands, shown.open) = (made.commands, made.open);
            if message.transaction_id.is_none() {
                shown
                    .open
                    .push("X-Mms-Transaction-Id and Date: each send has its own".to_owned());
            }
            shown.mms = Some((encoded, made.request, profile));
        }
        _ => {
            let report = kept.entry.report != Some(false);
            (shown.commands, shown.open) = rehearse_sms(&shown.tpdus, report);
        }
    }
    Ok(shown)
}

/// Numbers in it hidden, an asterisk for an octet: offsets stay true.
fn hidden(octets: &[u8]) -> Vec<u8> {
    let ended = [octets, b"\n"].concat();
    let mut shown = Redaction::default().octets(&ended);
    shown.truncate(octets.len());
    shown
}

impl Shown {
    /// As text. `hidden` is why numbers are hidden in it, and where they are not.
    fn text(&self, hidden_here: Option<&str>) -> String {
        let plain = hidden_here.is_none();
        let shown = |text: &str| match plain {
            true => clean(text),
            false => clean(&redact(text)),
        };
        let mut out =
            String::from("DRY RUN: nothing is sent, no modem is asked, nothing is kept\n");
        if let Some(elsewhere) = hidden_here {
            let _ = writeln!(out, "{HIDDEN} {elsewhere}");
        }
        let to = match self.recipients {
            1 => "1 recipient".to_owned(),
            n => format!("{n} recipients"),
        };
        match &self.mms {
            None => {
                let all: Vec<String> = self.tpdus.iter().map(usize::to_string).collect();
                let _ = writeln!(
                    out,
                    "\n{} to {to}: TPDUs of {} octets",
                    self.way.words(),
                    all.join(", ")
                );
            }
            Some((encoded, request, profile)) => {
                out += &ladder::profile(&profile.in_use());
                let octets = &encoded.octets;
                let _ = writeln!(
                    out,
                    "\nM-Send.req to {to} through {}: {} octets of {} that it takes, {} parts, sha256 {}",
                    profile.id,
                    octets.len(),
                    size_text(profile.mms.max_bytes),
                    encoded.parts,
                    mms::sha256(octets)
                );
                for says in encoded.changes.iter().map(ToString::to_string) {
                    let _ = writeln!(out, "  {}", clean(&says));
                }
                for lint in &encoded.warnings {
                    let _ = writeln!(out, "  {} {}", lint.id, clean(&lint.says));
                }
                match plain {
                    true => out += &pdu::outlined(octets),
                    false => out += &pdu::outlined(&hidden(octets)),
                }
                let dialled = encoded.endpoint.dialled();
                let _ = writeln!(
                    out,
                    "\nHTTP request to {} port {}, {} octets with its body",
                    clean(&dialled.host),
                    dialled.port,
                    request.octets()
                );
                let _ = writeln!(out, "  {}", clean(&request.line()));
                for (name, value) in &request.headers {
                    let _ = writeln!(out, "  {}: {}", clean(name), shown(value));
                }
            }
        }
        out += "\nAT commands, in their order (= changes a setting, ~ goes over the network)\n";
        let mut serves = "";
        for step in &self.commands {
            let head = match step.serves == serves {
                true => "",
                false => step.serves,
            };
            serves = step.serves;
            let (sign, back) = match &step.effect {
                Effect::Reads => (' ', String::new()),
                Effect::Network => ('~', String::new()),
                Effect::Changes(back) => ('=', format!("; {back}")),
            };
            let says = match step.when {
                Some(when) => format!("  {when}{back}"),
                None => back.replacen("; ", "  ", 1),
            };
            let line = format!("  {head:<9}{sign} {:<44}{says}", clean(&step.command));
            let _ = writeln!(out, "{}", line.trim_end());
        }
        out += "\nOpen until a modem answers\n";
        for open in &self.open {
            let _ = writeln!(out, "  {open}");
        }
        out
    }

    fn as_json(&self) -> Value {
        let commands = self.commands.iter().map(|step| {
            let (effect, back) = match &step.effect {
                Effect::Reads => ("reads", None),
                Effect::Network => ("network", None),
                Effect::Changes(back) => ("changes", Some(back)),
            };
            json!({
                "stage": step.serves, "command": step.command, "effect": effect, "when": step.when, "then": back,
            })
        });
        let mut all = json!({
            "event": "result",
            "ok": true,
            "dry_run": true,
            "way": self.way,
            "transaction_id": self.transaction_id,
            "recipients": self.recipients,
            "commands": commands.collect::<Vec<_>>(),
            "open": self.open,
        });
        match &self.mms {
            None => {
                all["size"] = json!(self.tpdus.iter().sum::<usize>());
                all["tpdus"] = json!(self.tpdus);
            }
            Some((encoded, request, profile)) => {
                let headers = request.headers.iter();
                let headers: Vec<_> = headers.map(|(n, v)| json!([n, redact(v)])).collect();
                let dialled = encoded.endpoint.dialled();
                all["profile"] = json!(profile.id.to_string());
                all["lints"] = json!(profile.in_use().lints);
                all["size"] = json!(encoded.octets.len());
                all["max_bytes"] = json!(profile.mms.max_bytes);
                all["parts"] = json!(encoded.parts);
                all["sha256"] = json!(mms::sha256(&encoded.octets));
                all["http"] = json!({
                    "host": dialled.host, "port": dialled.port, "line": request.line(), "headers": headers, "octets": request.octets(),
                });
            }
        }
        all
    }
}

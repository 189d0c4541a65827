//! `mmscope send --vary`: the same message several times with one thing changed, and what became of each, side by side.
use super::args::{self, Global, Send};
use super::session::{self, Interrupts, Session, Wants};
use super::{Refusal, matrix, message, output, send};
use crate::bench::{Message, Order};
use crate::config::{Config, Fallback};
use crate::event::{SendResult, Way, What, clean};
use crate::mms::Version;
use crate::profile::{HeaderTemplate, Profile, ProxyAddress, Sender};
use serde_json::json;
use std::str::FromStr;

/// So many values are tried at the most: each is a message, billed as one.
const MOST: usize = 12;

/// What can be changed from send to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Variable {
    UserAgent,
    UaProf,
    Proxy,
    From,
    Version,
    Charset,
    Length,
}

const VARIABLES: [(&str, Variable); 7] = [
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
        if values.len() > MOST {
            return Err(format!("at most {MOST} values: each is a message"));
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
    fn name(&self) -> &'static str {
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
            Variable::Version => match args::version(value) {
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

    /// The profile and the message with this value.
    fn apply(
        &self,
        value: &str,
        profile: &Profile,
        base: &Message,
        nth: usize,
    ) -> Result<(Profile, Message), String> {
        let mut message = base.clone();
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
            Variable::From => message.draft.from = None,
            Variable::Version => message.version = Some(version(value)?),
            Variable::Length => message.draft.text = of_length(&base.draft.text, value)?,
            _ => {}
        }
        Ok((profile, message))
    }
}

fn version(value: &str) -> Result<Version, String> {
    args::version(value)
}

/// The text cut to so many characters, or said again until it has them.
fn of_length(text: &str, value: &str) -> Result<String, String> {
    let length: usize = value.parse().map_err(|_| "no number".to_owned())?;
    let text = if text.is_empty() { "." } else { text };
    Ok(text.chars().cycle().take(length).collect())
}

/// One message of the row, and what became of it.
struct Sent {
    value: String,
    result: SendResult,
}

/// Sends them one after another, and prints the table.
pub async fn run(global: &Global, send: &Send, vary: &Vary) -> Result<u8, Refusal> {
    let world = session::world(global)?;
    let (_, config) = session::configuration(global)?;
    let mut options = send.message.clone();
    send::fill_in_draft(&mut options, world.as_ref())?;
    if options.transaction_id.is_some() {
        return Err(Refusal::usage(
            "--vary sends several messages, and each has an X-Mms-Transaction-Id of its own: leave --transaction-id out",
        ));
    }
    if message::asks_for_self(&options, &config) {
        return Err(Refusal::usage(
            "--vary wants a number for `self`: set own_number in the configuration, or name it with --to",
        ));
    }
    let base = send::drafted(&options, Some(Way::Mms), &config)?;
    let drawer = session::Drawer::open(global, send.unrecorded)?;
    agree(vary, &base, send.yes)?;
    let mut interrupts = Interrupts::listen();
    let wants = Wants {
        listens: false,
        speed: 20.0,
        watchful: false,
        json: false,
        many: true,
    };
    // An SMS in a message's place would say nothing about what was changed.
    let never_sms = |config: &mut Config| config.sending.fallback = Fallback::Never;
    let session = session::open_with(global, wants, drawer, never_sms).await?;
    let outcome = all(&session, global, &config, vary, &base, &mut interrupts).await;
    let recording = send::leave(session, false, &mut interrupts).await;
    let (sent, gave_up) = outcome?;
    if global.json {
        output::json(&as_json(vary, &sent));
    } else {
        output::text(&matrix::markdown(&table(vary, &sent)));
        output::line(&format!("\n{}", conclusion(vary, &sent)));
        if let Some(path) = recording {
            output::line(&format!("recorded in {}", path.display()));
        }
    }
    Ok(if gave_up { 130 } else { exit_code(&sent) })
}

/// Says that several messages go out, and asks.
fn agree(vary: &Vary, base: &Message, yes: bool) -> Result<(), Refusal> {
    let messages = vary.values.len() + 1;
    let to = base.draft.recipients().count();
    let each = if to == 1 {
        String::new()
    } else {
        format!(" to {to} recipients each")
    };
    let says = format!(
        "--vary {} sends {messages} messages{each}: one as it is, and one for each value. Each may arrive, and be billed",
        vary.name()
    );
    if yes {
        output::tell(&says);
        return Ok(());
    }
    output::agreed(&says, "--yes")
}

async fn all(
    session: &Session,
    global: &Global,
    config: &Config,
    vary: &Vary,
    base: &Message,
    interrupts: &mut Interrupts,
) -> Result<(Vec<Sent>, bool), Refusal> {
    let profile = session::profile(global, config, &session.library, session.world.as_ref())?;
    let profile = profile.ok_or_else(|| {
        Refusal::usage("--vary changes a copy of one profile: name it with --profile")
    })?;
    let mut rows = vec![("as it is".to_owned(), profile.clone(), base.clone())];
    for (nth, value) in vary.values.iter().enumerate() {
        let (profile, message) = vary
            .apply(value, &profile, base, nth + 1)
            .map_err(|e| Refusal::usage(format!("--vary {}={value}: {e}", vary.name())))?;
        rows.push((value.clone(), profile, message));
    }
    let mut sent = Vec::new();
    let count = rows.len();
    for (nth, (value, profile, message)) in rows.into_iter().enumerate() {
        output::tell(&format!(
            "message {} of {count}: {} {value} …",
            nth + 1,
            vary.name()
        ));
        session.bench.order(Order::UseCopy(Box::new(profile))).await;
        let (result, gave_up) = one(session, message, interrupts).await?;
        let stopped = result.cancelled || gave_up;
        sent.push(Sent { value, result });
        if stopped {
            return Ok((sent, true));
        }
    }
    Ok((sent, false))
}

/// One send to its result; whether nobody waits any longer.
async fn one(
    session: &Session,
    message: Message,
    interrupts: &mut Interrupts,
) -> Result<(SendResult, bool), Refusal> {
    let mut changes = session.journal.changes();
    let mut seen = session.journal.known().last;
    session.bench.order(Order::Send(Box::new(message))).await;
    let mut stopping = false;
    loop {
        for event in session.journal.since(seen) {
            seen = event.id;
            match &event.what {
                What::Result(result) => return Ok((result.clone(), false)),
                _ => {
                    if let Some(refusal) = send::refused(&event) {
                        return Err(refusal);
                    }
                }
            }
        }
        tokio::select! {
            changed = changes.changed() => if changed.is_err() {
                return Err(Refusal::with(11, "the bench has ended"));
            },
            () = interrupts.next() => {
                if stopping {
                    return Ok((SendResult { cancelled: true, ..SendResult::default() }, true));
                }
                stopping = true;
                output::tell("stopping; nothing more is sent (Ctrl-C again to give up)");
                session.bench.order(Order::Cancel).await;
            }
        }
    }
}

/// What became of a message, in one line.
fn outcome(result: &SendResult) -> String {
    let stage = result.stage.map_or("before the first stage", |s| s.name());
    match result {
        r if r.ok => "accepted".to_owned(),
        r if r.unknown => "UNKNOWN: it may have been accepted".to_owned(),
        r if r.cancelled => "stopped".to_owned(),
        _ => format!("FAILED at {stage}"),
    }
}

fn table(vary: &Vary, sent: &[Sent]) -> matrix::Table {
    let mut rows: Vec<(String, Vec<String>)> = Vec::new();
    let mut add = |name: &str, value: &dyn Fn(&SendResult) -> String| {
        rows.push((
            name.to_owned(),
            sent.iter().map(|s| value(&s.result)).collect(),
        ));
    };
    let number = |n: Option<u64>| n.map_or_else(String::new, |n| n.to_string());
    add("outcome", &outcome);
    add("HTTP status", &|r| number(r.http_status.map(u64::from)));
    add("X-Mms-Response-Status", &|r| {
        let name = r.response_status_name.as_deref().unwrap_or_default();
        let text = r.response_text.as_deref().unwrap_or_default();
        clean(format!("{name} {text}").trim())
    });
    add("M-Send.req, octets", &|r| number(r.size.map(|s| s as u64)));
    add("took", &|r| super::ladder::time(r.duration_ms));
    add("what went wrong", &|r| {
        r.error
            .as_ref()
            .map_or_else(String::new, |e| clean(&e.what))
    });
    let columns = sent
        .iter()
        .map(|s| format!("{} {}", vary.name(), clean(&s.value)));
    matrix::Table {
        columns: columns.collect(),
        rows,
    }
}

/// What the row shows, and no more than it shows: each value was sent once.
fn conclusion(vary: &Vary, sent: &[Sent]) -> String {
    let name = vary.name();
    let accepted: Vec<&str> = sent
        .iter()
        .filter(|s| s.result.ok)
        .map(|s| s.value.as_str())
        .collect();
    let others: Vec<&str> = sent
        .iter()
        .filter(|s| !s.result.ok)
        .map(|s| s.value.as_str())
        .collect();
    match (accepted.is_empty(), others.is_empty()) {
        (false, true) => format!("All were accepted: {name} makes no difference here."),
        (true, _) => format!("None was accepted: {name} alone does not mend it."),
        (false, false) => format!(
            "{name} goes with the outcome: accepted with {}; not with {}. Each was sent once; send the pair again before you rely on it.",
            accepted.join(", "),
            others.join(", ")
        ),
    }
}

fn as_json(vary: &Vary, sent: &[Sent]) -> serde_json::Value {
    let sends: Vec<_> = sent
        .iter()
        .map(|s| json!({"value": s.value, "result": s.result}))
        .collect();
    json!({
        "event": "result",
        "ok": sent.iter().all(|s| s.result.ok),
        "varied": vary.name(),
        "sends": sends,
        "says": conclusion(vary, sent),
    })
}

/// That of the first message that was not accepted.
fn exit_code(sent: &[Sent]) -> u8 {
    let failed = sent.iter().find(|s| !s.result.ok);
    failed.map_or(0, |s| s.result.exit_code())
}

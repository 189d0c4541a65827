//! `mmscope outbox`: what is kept, what is put in, what is taken out.
use super::args::{Global, Outbox as What};
use super::ladder;
use super::session;
use super::work_off::work_off;
use super::{Refusal, drawer, folders, message, output};
use crate::bench::{self, Edition, OutboxOrder, draft_again, write_down};
use crate::compose::{Attachment, Draft, Recipient, way_by_length};
use crate::config::Config;
use crate::event::{self, EntryState, Way};
use crate::lock::A_MOMENT;
use crate::outbox::{Entry, Failure, Fate, Outbox, StoreError};
use serde::{Deserialize, Serialize};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Exit code where the outbox cannot be used, or does not do what was asked.
pub(super) const REFUSED: u8 = 1;
/// The largest list of messages that is read, in octets.
const LONGEST: u64 = 64 << 20;
/// Messages of a list that are taken in at the most.
const MOST: usize = 100_000;

/// Does what is asked.
pub async fn run(global: &Global, what: What) -> Result<u8, Refusal> {
    match what {
        What::List => list(global),
        What::Show { entry } => show(global, entry),
        What::Add { file } => {
            let (_, config) = session::configuration(global)?;
            add(global, read_list(&file, &config)?).await
        }
        What::Send {
            entry: Some(id), ..
        } => work_off(global, OutboxOrder::Send(id)).await,
        What::Send { entry: None, .. } => work_off(global, OutboxOrder::SendQueued).await,
        What::Resend {
            entry, new, way, ..
        } => {
            let edition = if new { Edition::New } else { Edition::Same };
            let order = OutboxOrder::Resend {
                entry,
                edition,
                way,
            };
            work_off(global, order).await
        }
        What::Cancel { entry } => {
            let now = session::chance().0;
            let kept = open(global)?.change(entry, |e| e.cancel(now));
            Ok(told(
                global,
                &kept.map_err(refused)?,
                "cancelled: it stays as a draft",
            ))
        }
        What::Forget { entry } => {
            let kept = open(global)?.forget(entry).map_err(refused)?;
            Ok(told(global, &kept, "forgotten"))
        }
    }
}

pub(super) fn refused(error: impl Into<Failure>) -> Refusal {
    Refusal::with(REFUSED, error.into().to_string())
}

/// The outbox's file. A simulated bench has one only where it is named. Another command that has it is waited for a moment.
pub(super) fn open(global: &Global) -> Result<Outbox, Refusal> {
    let folders = has_file(global)?;
    let opened = drawer::outbox_file(global, &folders, A_MOMENT).map_err(refused)?;
    if let Some(caution) = opened.caution() {
        output::tell(caution);
    }
    Ok(opened)
}

fn has_file(global: &Global) -> Result<folders::Folders, Refusal> {
    let simulated = global.sim || global.world.is_some();
    if simulated && global.outbox.is_none() {
        return Err(Refusal::usage(
            "a simulated bench keeps its outbox in memory, so there is nothing to see; name a file with --outbox",
        ));
    }
    session::configuration(global).map(|(folders, _)| folders)
}

/// The outbox, to be looked at: where another mmscope works with it, a copy of what it has written down, which is told.
fn look(global: &Global) -> Result<Outbox, Refusal> {
    let folders = has_file(global)?;
    let in_use = match drawer::outbox_file(global, &folders, Duration::ZERO) {
        Err(e @ StoreError::InUse { .. }) => e,
        opened => return opened.map_err(refused),
    };
    let outbox = drawer::outbox_in_use(global, &folders).ok_or_else(|| refused(in_use))?;
    output::tell("another mmscope works with this outbox; this is what it has written down so far");
    Ok(outbox)
}

fn told(global: &Global, kept: &Entry, says: &str) -> u8 {
    if global.json {
        output::json(&kept.step(None));
    } else {
        output::line(&format!("message {}: {says}", kept.id));
    }
    0
}

fn list(global: &Global) -> Result<u8, Refusal> {
    let all = look(global)?.all();
    let now = session::chance().0;
    if all.is_empty() && !global.json {
        output::line("the outbox is empty");
    }
    for entry in &all {
        if global.json {
            output::json(&entry.step(None));
        } else {
            output::line(&row(entry, now));
        }
    }
    Ok(0)
}

/// `  12  queued     mms  +1********23  827 characters, 1004 B  3 min ago  …`
fn row(entry: &Entry, now: u64) -> String {
    let step = entry.step(None);
    let to: Vec<&str> = step.to.iter().map(event::Masked::as_str).collect();
    let size = match step.parts {
        Some((went, all)) => format!("{went} of {all} parts out"),
        None => crate::compose::size_text(step.size as u64),
    };
    let state = match entry.state {
        EntryState::Unknown => "unknown",
        state => state.words(),
    };
    let next = match entry.not_before {
        Some(at) if at > now => format!("  again in {}", ladder::time(at - now)),
        _ => String::new(),
    };
    let says = match step.says.as_str() {
        "" => String::new(),
        says => format!("  {says}"),
    };
    format!(
        "{:>5}  {state:9}  {:12}  {}  {} characters, {size}  {} ago{next}{says}",
        entry.id,
        entry.way.name(),
        to.join(", "),
        step.characters,
        age(now.saturating_sub(entry.changed)),
    )
}

/// Milliseconds as one coarse unit: `12 s`, `3 min`, `5 h`, `2 d`.
fn age(ms: u64) -> String {
    match ms / 1000 {
        s @ 0..60 => format!("{s} s"),
        s @ 60..3600 => format!("{} min", s / 60),
        s @ 3600..86_400 => format!("{} h", s / 3600),
        s => format!("{} d", s / 86_400),
    }
}

/// What `show --json` prints beside the row.
#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    step: event::OutboxStep,
    transaction_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<String>,
    octets_fixed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    again_of: Option<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fates: Vec<Fate>,
}

fn show(global: &Global, id: u64) -> Result<u8, Refusal> {
    let outbox = look(global)?;
    let entry = outbox.get(id).map_err(refused)?;
    let octets = outbox.octets(id).map_err(refused)?;
    let sha256 = octets.as_deref().map(crate::mms::sha256);
    if global.json {
        output::json(&Shown {
            step: entry.step(None),
            transaction_id: entry.transaction_id.clone(),
            message_id: entry.message_id.clone(),
            profile: entry.profile.clone(),
            octets_fixed: entry.sealed,
            sha256,
            again_of: entry.again_of,
            fates: entry.parts.iter().map(|p| p.fate).collect(),
        });
        return Ok(0);
    }
    output::line(&row(&entry, session::chance().0));
    output::line(&format!(
        "  Transaction-Id {}, {} attempts",
        entry.transaction_id, entry.attempts
    ));
    let fixed = sha256
        .filter(|_| entry.sealed)
        .map(|sum| format!("fixed octets, sha256 {sum}"));
    let profile = entry.profile.as_ref().map(|id| format!("profile {id}"));
    let message_id = entry
        .message_id
        .as_ref()
        .map(|id| format!("Message-ID {id}"));
    let again = entry.again_of.map(|id| format!("message {id} once more"));
    for fact in [message_id, profile, fixed, again].into_iter().flatten() {
        output::line(&format!("  {fact}"));
    }
    for (place, part) in (1..).zip(&entry.parts) {
        let fate = fate(part.fate);
        output::line(&format!(
            "  part {place} ({} of {}): {fate}",
            part.number, part.of
        ));
    }
    match draft_again(&entry, octets.as_deref()) {
        Ok(draft) => show_draft(&draft),
        Err(why) => {
            output::line(&format!("  its content cannot be shown: {why}"));
        }
    }
    Ok(0)
}

fn show_draft(draft: &Draft) {
    let to: Vec<&str> = draft.recipients().map(Recipient::plain).collect();
    output::line(&format!("  to {}", to.join(", ")));
    if !draft.subject.is_empty() {
        output::line(&format!("  subject {}", draft.subject));
    }
    for line in draft.text.lines() {
        output::line(&format!("  | {line}"));
    }
    for attached in &draft.attachments {
        output::line(&format!("  + {attached:?}"));
    }
}

fn fate(fate: Fate) -> String {
    match fate {
        Fate::Waiting => "not out".to_owned(),
        Fate::Handed => "may have gone out: no answer was read".to_owned(),
        Fate::Taken { reference } => format!("the service centre took it, reference {reference}"),
        Fate::Delivered { reference } => format!("delivered, reference {reference}"),
        Fate::Lost { reference, status } => {
            format!("will not be delivered (TP-ST {status:02X}), reference {reference}")
        }
    }
}

/// A line of a list of messages.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    to: OneOrMore,
    #[serde(default)]
    text: String,
    #[serde(default)]
    subject: String,
    #[serde(default, rename = "as")]
    way: Option<Way>,
    #[serde(default)]
    attach: Vec<PathBuf>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

fn read_list(file: &Path, config: &Config) -> Result<Vec<bench::Message>, Refusal> {
    let cannot = |why: String| Refusal::usage(format!("{}: {why}", file.display()));
    let from: Box<dyn Read> = if file == Path::new("-") {
        Box::new(std::io::stdin())
    } else {
        Box::new(folders::open(file).map_err(|e| cannot(format!("cannot be read: {e}")))?)
    };
    let octets = message::bounded(from, LONGEST)
        .map_err(|e| cannot(format!("cannot be read: {e}")))?
        .ok_or_else(|| cannot(format!("longer than {LONGEST} octets")))?;
    let text = String::from_utf8(octets).map_err(|e| cannot(format!("no UTF-8: {e}")))?;
    let rows = (1..)
        .zip(text.lines())
        .filter(|(_, l)| !l.trim().is_empty());
    let all: Vec<_> = rows
        .map(|(number, line)| {
            let wrong = |why| cannot(format!("line {number}: {why}; nothing was taken in"));
            read_line(line, config).map_err(wrong)
        })
        .collect::<Result<_, _>>()?;
    if all.len() > MOST {
        return Err(cannot(format!("more than {MOST} messages")));
    }
    Ok(all)
}

fn read_line(line: &str, config: &Config) -> Result<bench::Message, String> {
    let read: Line = serde_json::from_slice(line.as_bytes()).map_err(|e| e.to_string())?;
    let to = match read.to {
        OneOrMore::One(one) => vec![one],
        OneOrMore::More(more) => more,
    };
    let recipient = |n: &String| match (n.as_str(), &config.own_number) {
        ("self", Some(own)) => Ok(own.recipient().clone()),
        _ => Recipient::parse(n).map_err(|e| e.to_string()),
    };
    let attachment = |path: &PathBuf| {
        let octets = folders::octets(path, LONGEST);
        let octets = octets.map_err(|e| format!("{}: {e}", path.display()))?;
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned());
        Ok::<_, String>(Attachment::new(&name.unwrap_or_default(), octets))
    };
    let draft = Draft {
        to: to.iter().map(recipient).collect::<Result<_, _>>()?,
        text: read.text,
        subject: read.subject,
        attachments: read
            .attach
            .iter()
            .map(attachment)
            .collect::<Result<_, _>>()?,
        ..Draft::default()
    };
    Ok(bench::Message {
        draft,
        way: read.way,
        ..bench::Message::default()
    })
}

/// Puts messages into the outbox, all or none, with no modem. Their octets are fixed where a profile is named; else the SIM chooses one before they go out.
pub async fn add(global: &Global, messages: Vec<bench::Message>) -> Result<u8, Refusal> {
    let outbox = open(global)?;
    let (folders, config) = session::configuration(global)?;
    let (library, _) = folders.library();
    let world = session::world(global)?;
    let profile = super::starting::profile(global, &config, &library, world.as_ref())?;
    let most = usize::try_from(config.sending.mms_from_parts.get()).unwrap_or(usize::MAX);
    let mut rows = Vec::new();
    for (number, message) in (1..).zip(&messages) {
        let by_length = || way_by_length(&message.draft, most);
        let by_rule = || config.sending.way.fixed().unwrap_or_else(by_length);
        let way = message.way.unwrap_or_else(by_rule);
        let kept = write_down(message, way, profile.as_ref(), session::chance()).await;
        let mut kept = kept.map_err(|trouble| {
            let all = messages.len();
            Refusal::with(
                10,
                format!("message {number} of {all}: {trouble}; nothing was taken in"),
            )
        })?;
        kept.entry.state = EntryState::Queued;
        rows.push((kept.entry, kept.octets));
    }
    let added = outbox.add(rows).map_err(refused)?;
    if global.json {
        for entry in &added {
            output::json(&entry.step(None));
        }
    } else if let (Some(first), Some(last)) = (added.first(), added.last()) {
        let what = match added.len() {
            1 => format!("message {} waits", first.id),
            n => format!("{n} messages wait ({} to {})", first.id, last.id),
        };
        output::line(&format!(
            "{what} in the outbox; `mmscope outbox send --all` sends what waits"
        ));
    }
    Ok(0)
}

//! `mmscope inbox`: what came in, and fetching it.
use super::args::{Global, Inbox as What};
use super::send::leave;
use super::session::{self, Interrupts, Session, Wants};
use super::{Refusal, Style, drawer, output};
use crate::bench::{InboxOrder, Order};
use crate::config::Receive;
use crate::event::{Act, InboxKind, InboxState, InboxStep, Level, SerialState, What as Happened};
use crate::inbox::{Inbox, InboxError, Item};
use crate::lock::A_MOMENT;
use serde::Serialize;
use std::path::Path;
use std::time::Duration;

/// Exit code where the inbox cannot be used, or a message was not fetched.
const REFUSED: u8 = 1;

/// Does what is asked.
pub async fn run(global: &Global, what: What) -> Result<u8, Refusal> {
    match what {
        What::List => list(global),
        What::Show { item } => show(global, item),
        What::Save { item, folder } => save(&open(global)?, item, &folder),
        What::Receive { seconds } => receive(global, seconds).await,
        What::Fetch { item, defer, save } => {
            let order = match defer {
                true => InboxOrder::Defer(item),
                false => InboxOrder::Fetch(item),
            };
            fetch(global, order, save.as_deref()).await
        }
        What::Reject { item } => fetch(global, InboxOrder::Reject(item), None).await,
    }
}

fn refused(error: InboxError) -> Refusal {
    Refusal::with(REFUSED, error.to_string())
}

/// The inbox's folder, to be looked at. A simulated bench has one only where it is named.
fn open(global: &Global) -> Result<Inbox, Refusal> {
    let simulated = global.sim || global.world.is_some();
    if simulated && global.inbox.is_none() {
        return Err(Refusal::usage(
            "a simulated bench keeps its inbox in memory, so there is nothing to see; name a folder with --inbox",
        ));
    }
    let (folders, _) = session::configuration(global)?;
    let inbox = Inbox::look(drawer::inbox_folder(global, &folders)).map_err(refused)?;
    for why in inbox.unread() {
        output::tell(&format!("left out: {why}"));
    }
    Ok(inbox)
}

/// A session that is to keep what comes: without the folder no modem is touched.
async fn keeping(
    global: &Global,
    wants: Wants,
    interrupts: &mut Interrupts,
) -> Result<Session, Refusal> {
    let (folders, _) = session::configuration(global)?;
    // Let go again before the session takes it; another one that comes first in between is told as well.
    Inbox::in_folder_within(drawer::inbox_folder(global, &folders), A_MOMENT).map_err(refused)?;
    let session = session::open_on(global, wants, drawer::Drawer::patient(global)?).await?;
    let Some(why) = session.inbox.why_unkept().map(str::to_owned) else {
        return Ok(session);
    };
    leave(session, false, interrupts).await;
    Err(Refusal::with(REFUSED, why))
}

fn list(global: &Global) -> Result<u8, Refusal> {
    let all = open(global)?.all();
    if all.is_empty() && !global.json {
        output::line("the inbox is empty");
    }
    for item in &all {
        if global.json {
            output::json(&item.step());
        } else {
            output::line(&row(item));
        }
    }
    Ok(0)
}

/// `    3  MMS  waiting   +1 *** *** **23  1204 octets  waits at the MMSC`
fn row(item: &Item) -> String {
    let step = item.step();
    let from = step.from.as_ref().map_or("(not shown)", |f| f.as_str());
    let size = match (item.kind, item.state) {
        (InboxKind::Sms, _) => format!("{} characters", step.characters),
        (InboxKind::Mms, InboxState::Here) => {
            format!("{} characters, {} parts", step.characters, step.parts)
        }
        (InboxKind::Mms, _) => format!("{} octets", item.size),
    };
    format!(
        "{:>5}  {}  {:8}  {from}  {size}  {}",
        item.id,
        item.kind.words(),
        item.state.words(),
        item.says
    )
    .trim_end()
    .to_owned()
}

/// What `show --json` prints beside the row: the person's own message, in plain.
#[derive(Serialize)]
struct Shown<'i> {
    #[serde(flatten)]
    step: InboxStep,
    from_plain: &'i str,
    subject: &'i str,
    text: &'i str,
    content_location: &'i str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_id: Option<&'i str>,
    answered: bool,
    files: Vec<Saved>,
}

#[derive(Serialize)]
struct Saved {
    file: String,
    content_type: String,
    length: usize,
}

fn show(global: &Global, id: u64) -> Result<u8, Refusal> {
    let inbox = open(global)?;
    let item = inbox.get(id).map_err(refused)?;
    let folder = inbox.folder_of(id).unwrap_or_default();
    let files = item.parts.iter().map(|part| Saved {
        file: folder.join(&part.file).display().to_string(),
        content_type: part.content_type.clone(),
        length: part.size,
    });
    if global.json {
        output::json(&Shown {
            step: item.step(),
            from_plain: &item.from,
            subject: &item.subject,
            text: &item.text,
            content_location: &item.content_location,
            message_id: item.message_id.as_deref(),
            answered: item.answered,
            files: files.collect(),
        });
        return Ok(0);
    }
    output::line(&row(&item));
    if !item.from.is_empty() {
        output::line(&format!("  from {}", item.from));
    }
    if !item.subject.is_empty() {
        output::line(&format!("  subject {}", item.subject));
    }
    if !item.content_location.is_empty() {
        output::line(&format!("  at {}", item.content_location));
    }
    for line in item.text.lines() {
        output::line(&format!("  | {line}"));
    }
    for file in files {
        let Saved {
            file,
            content_type,
            length,
        } = file;
        output::line(&format!("  + {content_type} {length} octets, {file}"));
    }
    Ok(0)
}

fn save(inbox: &Inbox, id: u64, folder: &Path) -> Result<u8, Refusal> {
    let item = inbox.get(id).map_err(refused)?;
    if item.state != InboxState::Here {
        return Err(Refusal::with(
            REFUSED,
            format!(
                "message {id} is not here but {}: `mmscope inbox fetch {id}` fetches it",
                item.state.words()
            ),
        ));
    }
    for file in inbox.export(id, folder).map_err(refused)? {
        output::line(&file.display().to_string());
    }
    Ok(0)
}

/// Takes in what lies in the modem and what comes meanwhile. Where the configuration has MMS fetched as they come, they are.
async fn receive(global: &Global, seconds: u32) -> Result<u8, Refusal> {
    let mut interrupts = Interrupts::listen();
    open(global)?;
    let wants = Wants {
        speed: 20.0,
        watchful: false,
        json: true,
        many: true,
        listens: true,
    };
    let session = keeping(global, wants, &mut interrupts).await?;
    if session.config.receive == Receive::Off {
        leave(session, false, &mut interrupts).await;
        return Err(Refusal::usage(
            "receive = \"off\" in the configuration: nothing is taken in; say receive = \"ask\" there",
        ));
    }
    let style = session::style(global, &session.config);
    let speed = session.journal.known().session.speed.max(1.0);
    let end = tokio::time::sleep(Duration::from_secs(seconds.into()).div_f64(speed));
    tokio::pin!(end);
    let mut changes = session.journal.changes();
    let mut seen = 0;
    let mut went_wrong = false;
    let code = loop {
        for event in session.journal.since(seen) {
            seen = event.id;
            went_wrong |= is_loss(&event.what);
            if !global.json {
                output::styled(&style.lines(&event));
            }
        }
        tokio::select! {
            () = &mut end => break if went_wrong { REFUSED } else { 0 },
            () = interrupts.next() => break 130,
            changed = changes.changed() => if changed.is_err() {
                break REFUSED;
            },
        }
    };
    leave(session, false, &mut interrupts).await;
    Ok(code)
}

/// Whether something may have come that the inbox has not: an alarm, or a line that was lost.
fn is_loss(what: &Happened) -> bool {
    match what {
        Happened::Notice(notice) => notice.level == Level::Alarm,
        Happened::Serial(change) => matches!(change.state, SerialState::Lost(_)),
        _ => false,
    }
}

/// Does what needs the modem, and follows it to its end.
async fn fetch(global: &Global, order: InboxOrder, folder: Option<&Path>) -> Result<u8, Refusal> {
    let id = order.item();
    let mut interrupts = Interrupts::listen();
    // What cannot be is said before a modem is touched.
    let item = open(global)?.get(id).map_err(refused)?;
    let unanswered = item.kind == InboxKind::Mms
        && item.state == InboxState::Here
        && !item.answered
        && matches!(order, InboxOrder::Fetch(_));
    if !item.state.can_be_fetched() && !unanswered {
        let state = item.state.words();
        return Err(Refusal::with(
            REFUSED,
            format!("message {id} cannot be {}: it is {state}", aim(order)),
        ));
    }
    let wants = Wants {
        speed: 20.0,
        watchful: false,
        json: true,
        many: true,
        listens: false,
    };
    let session = keeping(global, wants, &mut interrupts).await?;
    let style = session::style(global, &session.config);
    let (code, gave_up) = follow(&session, order, style, global.json, &mut interrupts).await;
    let inbox = session.inbox.clone();
    leave(session, gave_up, &mut interrupts).await;
    if let (0, Some(folder)) = (code, folder) {
        return save(&inbox, id, folder);
    }
    Ok(code)
}

/// Orders it, and prints what happens until it has ended.
async fn follow(
    session: &Session,
    order: InboxOrder,
    style: Style,
    json: bool,
    interrupts: &mut Interrupts,
) -> (u8, bool) {
    let id = order.item();
    let wanted = match order {
        InboxOrder::Defer(_) => InboxState::Deferred,
        InboxOrder::Reject(_) => InboxState::Rejected,
        _ => InboxState::Here,
    };
    let mut changes = session.journal.changes();
    session.bench.order(Order::Inbox(order)).await;
    let (mut seen, mut taken, mut stopping) = (0, false, false);
    loop {
        for event in session.journal.since(seen) {
            seen = event.id;
            if !json {
                output::styled(&style.lines(&event));
            }
            match &event.what {
                Happened::Act(Act::Inbox) => taken = true,
                // Saved, and not yet told to the MMSC: that is still to come.
                Happened::Inbox(step) if taken && step.item == id && !is_under_way(step) => {
                    return (u8::from(step.state != wanted), false);
                }
                Happened::Notice(n)
                    if taken && n.level == Level::Warning && is_refusal(&n.text) =>
                {
                    return (REFUSED, false);
                }
                _ => {}
            }
        }
        tokio::select! {
            changed = changes.changed() => if changed.is_err() {
                return (REFUSED, false);
            },
            () = interrupts.next() => {
                if stopping {
                    return (130, true);
                }
                stopping = true;
                output::tell("stopping; the modem's settings are put back first (Ctrl-C again to give up)");
                session.bench.order(Order::Cancel).await;
            }
        }
    }
}

/// What is to become of it.
fn aim(order: InboxOrder) -> &'static str {
    match order {
        InboxOrder::Defer(_) => "deferred",
        InboxOrder::Reject(_) => "rejected",
        InboxOrder::Fetch(_) | InboxOrder::DeleteStored(_) => "fetched",
    }
}

/// Whether more is to come of it.
fn is_under_way(step: &InboxStep) -> bool {
    step.state == InboxState::Fetching || (step.state == InboxState::Here && step.says == "fetched")
}

/// The bench does not begin at all.
fn is_refusal(text: &str) -> bool {
    text.starts_with("read-only") || text.starts_with("no profile is chosen")
}

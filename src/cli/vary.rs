//! `mmscope send --vary`: the same message several times with one thing changed, and what became of each, side by side.
use super::args::{Global, Send};
use super::session::{self, Interrupts, Session, Wants};
use super::{Refusal, drawer, matrix, message, output, send};
use crate::bench::{Message, Order, RowEnd, send_one};
use crate::compose::Vary;
use crate::config::Config;
use crate::console::CompareRow;
use crate::event::{SendResult, Way, clean};
use crate::mms::TransactionId;
use crate::profile::Profile;
use serde_json::json;
use tokio::sync::watch;

/// One message of the row, and what became of it.
pub(super) struct Sent {
    /// The value.
    pub value: String,
    /// How it ended.
    pub result: SendResult,
}

/// One message of a row before it is sent.
pub(super) struct Planned {
    /// The value.
    pub value: String,
    /// Its X-Mms-Transaction-Id, by which it is known again wherever it comes up.
    pub transaction_id: String,
    /// The message, with the profile that it goes through.
    pub message: Message,
}

/// What is sent, in order: the message as it is, then one for each value, each with the profile that it goes through: the one in use stays in use for
/// everything else.
///
/// # Errors
/// A value cannot be had with this profile.
pub(super) fn row(vary: &Vary, profile: &Profile, base: &Message) -> Result<Vec<Planned>, String> {
    let planned = |value: String, profile: Profile, message: Message| {
        let (now, random) = session::chance();
        let transaction_id = TransactionId::new(now, random);
        Planned {
            value,
            transaction_id: transaction_id.clone(),
            message: Message {
                transaction_id: Some(transaction_id),
                profile: Some(Box::new(profile)),
                // An SMS in a message's place would say nothing about what was changed.
                only_so: true,
                ..message
            },
        }
    };
    let mut rows = vec![planned(
        "as it is".to_owned(),
        profile.clone(),
        base.clone(),
    )];
    for (nth, value) in vary.values().iter().enumerate() {
        let (profile, draft, version) = vary
            .apply(value, profile, &base.draft, nth + 1)
            .map_err(|e| format!("{}={value}: {e}", vary.name()))?;
        let message = Message {
            draft,
            version: version.or(base.version),
            ..base.clone()
        };
        rows.push(planned(value.clone(), profile, message));
    }
    Ok(rows)
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
    let drawer = drawer::Drawer::open(global, send.unrecorded)?;
    agree(vary, &base, send.yes)?;
    let mut interrupts = Interrupts::listen();
    let wants = Wants {
        listens: false,
        speed: 20.0,
        watchful: false,
        json: false,
        many: true,
    };
    let session = session::open_on(global, wants, drawer).await?;
    let outcome = all(&session, global, &config, vary, &base, &mut interrupts).await;
    let recording = send::leave(session, false, &mut interrupts).await;
    let (sent, gave_up) = outcome?;
    if global.json {
        output::json(&as_json(vary, &sent));
    } else if send.csv {
        output::octets(matrix::csv(&table(vary, &sent)).as_bytes());
    } else if send.markdown {
        output::text(&matrix::markdown(&table(vary, &sent)));
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
    let messages = vary.values().len() + 1;
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
    let profile =
        super::starting::profile(global, config, &session.library, session.world.as_ref())?;
    let profile = profile.ok_or_else(|| {
        Refusal::usage("--vary changes a copy of one profile: name it with --profile")
    })?;
    let rows = row(vary, &profile, base).map_err(|e| Refusal::usage(format!("--vary {e}")))?;
    let mut sent = Vec::new();
    let count = rows.len();
    for (nth, planned) in rows.into_iter().enumerate() {
        let value = planned.value.clone();
        output::tell(&format!(
            "message {} of {count}: {} {value} …",
            nth + 1,
            vary.name()
        ));
        let (result, gave_up) = one(session, planned, interrupts).await?;
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
    planned: Planned,
    interrupts: &mut Interrupts,
) -> Result<(SendResult, bool), Refusal> {
    let stopped = SendResult {
        cancelled: true,
        transaction_id: Some(planned.transaction_id.clone()),
        ..SendResult::default()
    };
    let (stop, mut stopping) = watch::channel(false);
    let sending = send_one(
        &session.bench,
        &session.journal,
        planned.message,
        &mut stopping,
    );
    tokio::pin!(sending);
    loop {
        tokio::select! {
            ended = &mut sending => return match ended {
                RowEnd::Result(result) => Ok((*result, false)),
                RowEnd::Withdrawn => Ok((stopped, false)),
                RowEnd::Refused(why) => Err(Refusal::usage(why)),
            },
            () = interrupts.next() => {
                if *stop.borrow() {
                    return Ok((stopped, true));
                }
                output::tell("stopping; nothing more is sent (Ctrl-C again to give up)");
                session.bench.order(Order::Cancel).await;
                stop.send_replace(true);
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

pub(super) fn table(vary: &Vary, sent: &[Sent]) -> matrix::Table {
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

/// The table as the console shows it while the row goes on, and what it comes to at its end.
pub(super) fn side_by_side(
    vary: &Vary,
    said: &[(String, Option<SendResult>)],
) -> (Vec<CompareRow>, Option<String>) {
    let sent: Vec<Sent> = said
        .iter()
        .map(|(value, result)| Sent {
            value: value.clone(),
            result: result.clone().unwrap_or_default(),
        })
        .collect();
    let rows = table(vary, &sent).rows.into_iter().map(|(name, values)| {
        let shown = values.into_iter().zip(said);
        // Of what has not ended nothing is known.
        let shown = shown.map(|(value, (_, result))| match result {
            Some(_) => value,
            None => String::new(),
        });
        let values: Vec<String> = shown.collect();
        let ended: Vec<String> = values.iter().filter(|v| !v.is_empty()).cloned().collect();
        CompareRow {
            differs: matrix::differs(&ended),
            behind: vec![Vec::new(); values.len()],
            name,
            values,
        }
    });
    let whole = said.iter().all(|(_, result)| result.is_some());
    (rows.collect(), whole.then(|| conclusion(vary, &sent)))
}

/// Sends the row beside everything else, until it is stopped; in words what became of it.
pub(super) async fn beside(
    session: &Session,
    rows: Vec<Planned>,
    mut stopped: watch::Receiver<bool>,
) -> String {
    let count = rows.len();
    for (nth, planned) in rows.into_iter().enumerate() {
        let ended = send_one(
            &session.bench,
            &session.journal,
            planned.message,
            &mut stopped,
        );
        let goes_on = match ended.await {
            RowEnd::Result(result) => !(result.cancelled || *stopped.borrow()),
            RowEnd::Withdrawn | RowEnd::Refused(_) => false,
        };
        if !goes_on {
            return format!("The row was stopped at message {} of {count}.", nth + 1);
        }
    }
    format!("All {count} messages of the row have ended.")
}

/// What the row shows, and no more than it shows: each value was sent once.
pub(super) fn conclusion(vary: &Vary, sent: &[Sent]) -> String {
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

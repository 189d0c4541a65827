//! `mmscope send`
use super::args::{Global, Send};
use super::session::{self, Session, Wants};
use super::{Refusal, Style};
use crate::bench::{Message, Order};
use crate::compose::{Draft, Recipient};
use crate::event::{Event, Level, SendResult, What};
use std::io::{IsTerminal, Read, Write};
use std::sync::Arc;

/// The longest text that is read from standard input, in octets.
const LONGEST: u64 = 4 << 20;

/// Sends one message and prints every stage.
pub async fn run(global: &Global, send: Send) -> Result<u8, Refusal> {
    let world = session::world(global)?;
    let (_, config) = session::configuration(global)?;
    let to = if send.to.is_empty() {
        world
            .iter()
            .map(|w| w.world.start.draft.to.clone())
            .collect()
    } else {
        send.to.clone()
    };
    if to.is_empty() {
        return Err(Refusal::usage(
            "nobody to send to: --to +12025550123 (a simulated bench has a draft of its own)",
        ));
    }
    let to = to
        .iter()
        .map(|n| recipient(n, &config))
        .collect::<Result<Vec<_>, _>>()?;
    let text = match (&send.text, &world) {
        (Some(text), _) if text == "-" => from_stdin()?,
        (Some(text), _) => text.clone(),
        (None, Some(world)) => world.world.start.draft.text.clone(),
        (None, None) => {
            return Err(Refusal::usage(
                "nothing to send: give the TEXT, or - to read it from standard input",
            ));
        }
    };
    let draft = Draft {
        to,
        subject: send.subject.clone().unwrap_or_default(),
        text,
        ..Draft::default()
    };
    let message = Message {
        draft,
        transaction_id: send.transaction_id.clone(),
        date: send.date,
        version: Some(send.mms_version),
    };
    let session = session::open(
        global,
        Wants {
            speed: 20.0,
            watchful: false,
            json: true,
        },
    )
    .await?;
    let style = session::style(global, &session.config);
    let result = follow(&session, message, style, global.json).await;
    let recording = session.recording.clone();
    if session.journal.known().settings_open() {
        eprintln!("mmscope: leaving the modem as it was found …");
    }
    let closed = session.bench.close().await;
    session.journal.close_writers();
    if !closed {
        eprintln!(
            "mmscope: the modem did not let go in time; `mmscope restore` puts its settings back"
        );
    }
    if let (Some(path), false) = (recording, global.json) {
        println!("recorded in {}", path.display());
    }
    Ok(result.exit_code())
}

fn recipient(typed: &str, config: &crate::config::Config) -> Result<Recipient, Refusal> {
    if typed == "self" {
        return config
            .own_number
            .as_ref()
            .map(|own| own.recipient().clone())
            .ok_or_else(|| {
                Refusal::usage(
                    "--to self: your own number is not known; set own_number in the configuration",
                )
            });
    }
    Recipient::parse(typed)
        .map_err(|e| Refusal::usage(format!("--to {}: {e}", typed.escape_default())))
}

fn from_stdin() -> Result<String, Refusal> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        eprintln!(
            "mmscope: reading the text from the terminal; end it with Ctrl-D on a line of its own"
        );
    }
    let mut octets = Vec::new();
    stdin
        .lock()
        .take(LONGEST + 1)
        .read_to_end(&mut octets)
        .map_err(|e| Refusal::usage(format!("standard input cannot be read: {e}")))?;
    if octets.len() as u64 > LONGEST {
        return Err(Refusal::usage(format!(
            "the text on standard input is longer than {LONGEST} octets; no MMSC takes that"
        )));
    }
    let text = String::from_utf8(octets).map_err(|e| Refusal::usage(format!("the text on standard input is no UTF-8 ({e}); convert it first, for instance with iconv")))?;
    Ok(text.strip_suffix('\n').map_or(text.clone(), str::to_owned))
}

/// Orders the send and prints what happens until its result. Ctrl-C cancels; a second one gives up waiting.
async fn follow(session: &Session, message: Message, style: Style, json: bool) -> SendResult {
    let mut changes = session.journal.changes();
    session.bench.order(Order::Send(Box::new(message))).await;
    let mut seen = 0;
    let mut interrupts = 0;
    loop {
        for event in session.journal.since(seen) {
            seen = event.id;
            if !json {
                print(style, &event);
            }
            if let What::Result(result) = &event.what {
                return result.clone();
            }
            if refused(&event) {
                return SendResult::default();
            }
        }
        tokio::select! {
            changed = changes.changed() => if changed.is_err() { return SendResult::default() },
            _ = tokio::signal::ctrl_c() => {
                interrupts += 1;
                if interrupts > 1 {
                    return SendResult { cancelled: true, ..SendResult::default() };
                }
                eprintln!("mmscope: stopping; the modem's settings are put back first (Ctrl-C again to give up)");
                session.bench.order(Order::Cancel).await;
            }
        }
    }
}

/// The bench would not take the order at all.
fn refused(event: &Event) -> bool {
    matches!(&event.what, What::Notice(n) if n.level == Level::Warning && n.text.starts_with("read-only"))
}

fn print(style: Style, event: &Arc<Event>) {
    let lines = style.lines(event);
    if !lines.is_empty() {
        // A reader that went away (`| head`) is no reason to stop a send.
        let _ = std::io::stdout().lock().write_all(lines.as_bytes());
    }
}

//! `mmscope send`
use super::args::{Global, Send};
use super::session::{self, Session, Wants};
use super::{Refusal, Style, message};
use crate::bench::{Message, Order};
use crate::event::{Event, Level, SendResult, What};
use std::io::Write;
use std::sync::Arc;

/// Sends one message and prints every stage.
pub async fn run(global: &Global, send: Send) -> Result<u8, Refusal> {
    let world = session::world(global)?;
    let (_, config) = session::configuration(global)?;
    let mut options = send.message;
    let start = world.as_ref().map(|w| &w.world.start.draft);
    let nobody = options.to.is_empty() && options.cc.is_empty() && options.bcc.is_empty();
    if let (true, Some(start)) = (nobody, start) {
        options.to = vec![start.to.clone()];
    }
    // The world's own text stands in only where nothing else is said.
    let bare = options.attach.is_empty() && options.subject.is_none();
    if let (None, true, Some(start)) = (&options.text, bare, start) {
        options.text = Some(start.text.clone());
    }
    if options.text.is_none() && bare {
        return Err(Refusal::usage(
            "nothing to send: give the TEXT, or - to read it from standard input",
        ));
    }
    let message = Message {
        draft: message::draft(&options, &config)?,
        transaction_id: options.transaction_id.clone(),
        date: options.date,
        version: Some(options.mms_version),
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

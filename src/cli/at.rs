//! `mmscope at`
use super::args::Global;
use super::ladder::time;
use super::session::{self, Session, Wants};
use super::{Refusal, output};
use crate::at::{Command, catalogue};
use crate::bench::Order;
use crate::event::clean;
use crate::event::{Act, Ending, Exchange, Level, Notice, What};

/// Runs commands one after the other and prints their answers with times.
pub async fn run(global: &Global, commands: &[String], scan: bool) -> Result<u8, Refusal> {
    let session = session::open(
        global,
        Wants {
            speed: 20.0,
            watchful: scan,
            json: true,
            many: false,
            listens: false,
        },
    )
    .await?;
    let mut code = if scan {
        table(&session, global.json).await
    } else {
        0
    };
    for command in commands {
        match answer(&session, command, global.read_only).await {
            Ok(exchange) => {
                if !global.json {
                    print(&exchange);
                }
                code = code.max(exit_code(&exchange));
            }
            Err(refusal) => {
                output::tell(&refusal.to_string());
                code = code.max(refusal.code);
            }
        }
    }
    session.bench.close().await;
    session::end_writers(&session.journal, session.asked.as_ref());
    Ok(code)
}

/// Waits for the bench's first look and prints what it found; 11 where there is no modem to look at.
async fn table(session: &Session, json: bool) -> u8 {
    let mut changes = session.journal.changes();
    loop {
        let known = session.journal.known();
        if let Some(scan) = &known.commands {
            if !json {
                if let Some(modem) = &known.modem {
                    let who = format!("{} {}", modem.model, modem.firmware);
                    output::line(&clean(who.trim()));
                }
                let text = crate::modem::capability_table(scan);
                output::text(&text);
            }
            return 0;
        }
        let trouble = known
            .notices
            .iter()
            .find(|(_, n)| n.level >= Level::Warning);
        if let Some((_, notice)) = trouble {
            output::tell(&notice.text);
            return 11;
        }
        if changes.changed().await.is_err() {
            return 11;
        }
    }
}

/// The exchange that a typed command becomes. Only what the bench says after it has taken this very command is its answer; what is said of
/// other things, such as settings that are put back first, is told and passed over.
///
/// # Errors
/// No AT command, one that read-only forbids, or a modem that is not there to ask.
pub async fn answer(
    session: &Session,
    command: &str,
    read_only: bool,
) -> Result<Exchange, Refusal> {
    let command = command.trim();
    Command::typed(command).map_err(|e| Refusal::usage(e.to_string()))?;
    if read_only && catalogue::changes_settings(command) {
        return Err(Refusal::usage(format!(
            "read-only: {command} would change the modem and was not sent"
        )));
    }
    let mut changes = session.journal.changes();
    let mut seen = session.journal.known().last;
    session.bench.order(Order::RunAt(command.to_owned())).await;
    let mut taken = false;
    loop {
        for event in session.journal.since(seen) {
            seen = event.id;
            match &event.what {
                What::Act(Act::At { command: c }) if c == command => taken = true,
                What::Exchange(e) if taken && e.purpose == "person" && e.command == command => {
                    return Ok(e.clone());
                }
                What::Notice(n) if taken && is_about(n, command) => {
                    return Err(Refusal::with(11, n.text.clone()));
                }
                What::Notice(n) => output::tell(&n.text),
                _ => {}
            }
        }
        if changes.changed().await.is_err() {
            return Err(Refusal::with(11, "the bench has ended"));
        }
    }
}

/// The engine's word that this command did not become an exchange.
fn is_about(notice: &Notice, command: &str) -> bool {
    notice.level >= Level::Warning && notice.text.contains(&format!("`{command}`"))
}

fn exit_code(exchange: &Exchange) -> u8 {
    match &exchange.ending {
        Ending::Final(text) if text == "OK" || text.starts_with("CONNECT") => 0,
        Ending::Final(_) => 1,
        _ => 11,
    }
}

fn print(exchange: &Exchange) {
    let mut out = format!("{}\n", clean(&exchange.command));
    // The late result is the last line, and comes after the final code.
    let (lines, late) = match (exchange.late_ms, exchange.lines.split_last()) {
        (Some(ms), Some((late, lines))) => (lines, format!("  {}  ({})\n", clean(late), time(ms))),
        _ => (&exchange.lines[..], String::new()),
    };
    for line in lines {
        out += &format!("  {}\n", clean(line));
    }
    let ending = match &exchange.ending {
        Ending::Final(text) => clean(text),
        Ending::Timeout(limit) => format!("no answer within {}", time(*limit)),
        Ending::LateTimeout(limit) => format!("OK, but no result within {}", time(*limit)),
        Ending::Rebooted => "the modem rebooted".to_owned(),
        Ending::LineLost => "the serial line was lost".to_owned(),
    };
    out += &format!("  {ending}  ({})\n{late}", time(exchange.final_ms));
    output::text(&out);
}

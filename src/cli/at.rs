//! `mmscope at`
use super::Refusal;
use super::args::Global;
use super::ladder::{plain, time};
use super::session::{self, Wants};
use crate::bench::Order;
use crate::event::{Ending, Exchange, Level, What};
use std::io::Write;

/// Runs commands one after the other and prints their answers with times.
pub async fn run(global: &Global, commands: &[String], scan: bool) -> Result<u8, Refusal> {
    let session = session::open(
        global,
        Wants {
            speed: 20.0,
            watchful: scan,
            json: true,
        },
    )
    .await?;
    let mut code = if scan {
        table(&session, global.json).await
    } else {
        0
    };
    for command in commands {
        match answer(&session, command).await {
            Ok(exchange) => {
                if !global.json {
                    print(&exchange);
                }
                code = code.max(exit_code(&exchange));
            }
            Err(refusal) => {
                eprintln!("mmscope: {refusal}");
                code = code.max(refusal.code);
            }
        }
    }
    session.bench.close().await;
    session.journal.close_writers();
    Ok(code)
}

/// Waits for the bench's first look and prints what it found; 11 where there is no modem to look at.
async fn table(session: &session::Session, json: bool) -> u8 {
    let mut changes = session.journal.changes();
    loop {
        let known = session.journal.known();
        if let Some(scan) = &known.commands {
            if !json {
                let text = crate::modem::capability_table(scan);
                let _ = std::io::stdout().lock().write_all(text.as_bytes());
            }
            return 0;
        }
        let trouble = known
            .notices
            .iter()
            .find(|(_, n)| n.level >= Level::Warning);
        if let Some((_, notice)) = trouble {
            eprintln!("mmscope: {}", plain(&notice.text));
            return 11;
        }
        if changes.changed().await.is_err() {
            return 11;
        }
    }
}

/// The exchange that a typed command becomes, or the notice that says why there is none.
async fn answer(session: &session::Session, command: &str) -> Result<Exchange, Refusal> {
    let mut changes = session.journal.changes();
    let mut seen = session.journal.known().last;
    session.bench.order(Order::RunAt(command.to_owned())).await;
    loop {
        for event in session.journal.since(seen) {
            seen = event.id;
            match &event.what {
                What::Exchange(e) if e.purpose == "person" => return Ok(e.clone()),
                What::Notice(n) if n.level >= Level::Warning => {
                    return Err(Refusal::usage(n.text.clone()));
                }
                What::Notice(n) => eprintln!("mmscope: {}", plain(&n.text)),
                _ => {}
            }
        }
        if changes.changed().await.is_err() {
            return Err(Refusal::with(11, "the bench has ended"));
        }
    }
}

fn exit_code(exchange: &Exchange) -> u8 {
    match &exchange.ending {
        Ending::Final(text) if text == "OK" || text.starts_with("CONNECT") => 0,
        Ending::Final(_) => 1,
        _ => 11,
    }
}

fn print(exchange: &Exchange) {
    let mut out = format!("{}\n", plain(&exchange.command));
    // The late result is the last line, and comes after the final code.
    let (lines, late) = match (exchange.late_ms, exchange.lines.split_last()) {
        (Some(ms), Some((late, lines))) => (lines, format!("  {}  ({})\n", plain(late), time(ms))),
        _ => (&exchange.lines[..], String::new()),
    };
    for line in lines {
        out += &format!("  {}\n", plain(line));
    }
    let ending = match &exchange.ending {
        Ending::Final(text) => plain(text),
        Ending::Timeout(limit) => format!("no answer within {}", time(*limit)),
        Ending::LateTimeout(limit) => format!("OK, but no result within {}", time(*limit)),
        Ending::Rebooted => "the modem rebooted".to_owned(),
        Ending::LineLost => "the serial line was lost".to_owned(),
    };
    out += &format!("  {ending}  ({})\n{late}", time(exchange.final_ms));
    let _ = std::io::stdout().lock().write_all(out.as_bytes());
}

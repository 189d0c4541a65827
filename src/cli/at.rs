//! `mmscope at`: commands of the command line, or a script: the headless twin of a paste into the console's AT line.
//!
//! What leaves the program for a pipe or a file has numbers and identities hidden, as a recording has; a terminal is the person's own screen.
use super::args::{At, Global};
use super::ladder::time;
use super::session::{self, Session, Wants};
use super::{Refusal, folders, message, output};
use crate::at::catalogue;
use crate::bench::{self, Order};
use crate::console::at_line::{Typed, script_lines};
use crate::event::{Act, Ending, Exchange, Level, Notice, What, clean, redact};
use std::io::IsTerminal;

/// Octets of a script that are read at the most: 200 commands with their payloads are fewer.
const LARGEST_SCRIPT: u64 = 4 << 20;

/// The commands, and where each stands in a script.
struct Task {
    /// Each with the number of its line; 0 for one of the command line.
    commands: Vec<(usize, Typed)>,
    /// The script's name; none for commands of the command line, which do not depend on each other.
    script: Option<String>,
}

/// Runs commands one after the other and prints their answers with times.
pub async fn run(global: &Global, options: &At) -> Result<u8, Refusal> {
    // What is wrong with a script is said before a modem is touched.
    let task = task(options)?;
    if let Some(name) = task.script.as_ref().filter(|_| global.read_only) {
        let changes = |t: &Typed| catalogue::changes_settings(&t.command);
        if let Some((line, typed)) = task.commands.iter().find(|(_, t)| changes(t)) {
            let command = redact(&typed.command);
            return Err(Refusal::usage(format!(
                "{name}:{line}: read-only: {command} would change the modem; none of the commands was sent"
            )));
        }
    }
    let session = session::open(
        global,
        Wants {
            speed: 20.0,
            watchful: options.scan,
            json: true,
            many: false,
            listens: false,
        },
    )
    .await?;
    let mut code = if options.scan {
        table(&session, global.json).await
    } else {
        0
    };
    let plain = options.reveal || std::io::stdout().is_terminal();
    let stops = task.script.is_some() && !options.keep_going;
    for (nth, (line, typed)) in task.commands.iter().enumerate() {
        let (ended, says) = match exchanged(&session, typed, global.read_only).await {
            Ok(exchange) => {
                if !global.json {
                    print(&exchange, plain);
                }
                (exit_code(&exchange), ending(&exchange))
            }
            Err(refusal) => {
                // What was typed may hold a PIN, and standard error may be kept. A script says it below, with the line.
                if !stops {
                    output::tell(&redact(&refusal.to_string()));
                }
                (refusal.code, redact(&refusal.says))
            }
        };
        code = code.max(ended);
        if let (true, Some(name), 1..) = (stops, &task.script, ended) {
            let left = match task.commands.len() - nth - 1 {
                0 => "it was the last".to_owned(),
                1 => "1 command behind it was not run (--keep-going goes on)".to_owned(),
                n => format!("{n} commands behind it were not run (--keep-going goes on)"),
            };
            let command = redact(&typed.command);
            output::tell(&format!("{name}:{line}: {command}: {says}; {left}"));
            break;
        }
    }
    session.bench.close().await;
    session::end_writers(&session.journal, session.asked.as_ref());
    Ok(code)
}

/// What is to be run.
///
/// # Errors
/// A script that cannot be read, or that has a line that is no command.
fn task(options: &At) -> Result<Task, Refusal> {
    let from_stdin = options.commands == ["-"];
    let script = match &options.script {
        Some(path) if path.as_os_str() != "-" => {
            let name = path.display().to_string();
            let octets = folders::octets(path, LARGEST_SCRIPT)
                .map_err(|e| Refusal::usage(format!("--script {name}: cannot be read: {e}")))?;
            Some((name, octets))
        }
        None if !from_stdin => None,
        _ => {
            let octets = message::bounded(std::io::stdin().lock(), LARGEST_SCRIPT)
                .map_err(|e| Refusal::usage(format!("standard input cannot be read: {e}")))?
                .ok_or_else(|| Refusal::usage("standard input has more octets than any script"))?;
            Some(("standard input".to_owned(), octets))
        }
    };
    let Some((name, octets)) = script else {
        if options.keep_going {
            return Err(Refusal::usage(
                "--keep-going is for a script (- or --script FILE): commands of the command line go on anyway",
            ));
        }
        let commands = options.commands.iter().map(|command| Typed {
            command: command.trim().to_owned(),
            payload: None,
        });
        return Ok(Task {
            commands: commands.map(|typed| (0, typed)).collect(),
            script: None,
        });
    };
    let text = String::from_utf8(octets)
        .map_err(|e| Refusal::usage(format!("{name}: is no UTF-8 text ({e})")))?;
    let commands = script_lines(&text).map_err(|why| Refusal::usage(format!("{name}: {why}")))?;
    if commands.is_empty() {
        return Err(Refusal::usage(format!("{name}: there is no command in it")));
    }
    Ok(Task {
        commands,
        script: Some(name),
    })
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

/// The exchange that a typed command becomes.
///
/// # Errors
/// No AT command, one that read-only forbids, or a modem that is not there to ask.
pub async fn answer(
    session: &Session,
    command: &str,
    read_only: bool,
) -> Result<Exchange, Refusal> {
    let typed = Typed {
        command: command.to_owned(),
        payload: None,
    };
    exchanged(session, &typed, read_only).await
}

/// The same with its payload. Only what the bench says after it has taken this very command is its answer; what is said of other things, such
/// as settings that are put back first, is told and passed over.
async fn exchanged(session: &Session, typed: &Typed, read_only: bool) -> Result<Exchange, Refusal> {
    let command = typed.command.trim();
    typed.check().map_err(Refusal::usage)?;
    if read_only && catalogue::changes_settings(command) {
        return Err(Refusal::usage(format!(
            "read-only: {command} would change the modem and was not sent"
        )));
    }
    let order = match &typed.payload {
        None => Order::RunAt(command.to_owned()),
        Some(octets) => Order::RunAll(vec![bench::Typed {
            command: command.to_owned(),
            payload: Some(octets.clone()),
        }]),
    };
    let mut changes = session.journal.changes();
    let mut seen = session.journal.known().last;
    session.bench.order(order).await;
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
                What::Notice(n) => output::tell(&redact(&n.text)),
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

/// The answer with its times, numbers and identities hidden unless they are to be plain.
fn print(exchange: &Exchange, plain: bool) {
    let shown = |text: &str| match plain {
        true => clean(text),
        false => clean(&redact(text)),
    };
    let mut out = format!("{}\n", shown(&exchange.command));
    // The late result is the last line, and comes after the final code.
    let (lines, late) = match (exchange.late_ms, exchange.lines.split_last()) {
        (Some(ms), Some((late, lines))) => (lines, format!("  {}  ({})\n", shown(late), time(ms))),
        _ => (&exchange.lines[..], String::new()),
    };
    for line in lines {
        out += &format!("  {}\n", shown(line));
    }
    out += &format!(
        "  {}  ({})\n{late}",
        ending(exchange),
        time(exchange.final_ms)
    );
    output::text(&out);
}

/// How it ended, in words.
fn ending(exchange: &Exchange) -> String {
    match &exchange.ending {
        Ending::Final(text) => clean(text),
        Ending::Timeout(limit) => format!("no answer within {}", time(*limit)),
        Ending::LateTimeout(limit) => format!("OK, but no result within {}", time(*limit)),
        Ending::Rebooted => "the modem rebooted".to_owned(),
        Ending::LineLost => "the serial line was lost".to_owned(),
    }
}

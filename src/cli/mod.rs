//! The command line: one file a command.
//!
//! In: words and files. Out: text or JSON Lines, and an exit code (contracts.md). A face of the bench: no logic of sending here.
mod args;
mod at;
mod choosing;
mod config;
mod console;
mod desk;
mod doctor;
pub mod drafts;
mod drawer;
mod dry_run;
mod earlier;
mod folders;
mod host;
mod inbox;
mod ladder;
mod locale;
mod looks;
mod matrix;
mod message;
mod mmsc;
mod onward;
mod opening;
mod outbox;
mod output;
mod pdu;
mod ports;
mod probe;
mod profiles;
mod recordings;
mod replay;
mod report;
mod restore;
mod self_test;
mod send;
mod session;
mod side_by_side;
mod sim;
pub mod simulated;
mod starting;
mod status;
mod steps;
mod tpdu;
mod vary;
mod words;
mod work_off;

pub use args::{Cli, Command, Global};
pub use host::simulated as simulated_host;
pub use ladder::Style;
pub use session::forward_bubbles;
pub use simulated::Simulated;

use crate::log::Log;
use clap::Parser;
use std::fmt;
use std::pin::Pin;

/// Why a command was not carried out, and its exit code.
#[derive(Debug)]
pub struct Refusal {
    /// Exit code.
    pub code: u8,
    /// What, why, and what to do.
    pub says: String,
}

impl Refusal {
    /// Wrong words: exit code 2.
    #[must_use]
    pub fn usage(says: impl Into<String>) -> Self {
        Self {
            code: 2,
            says: says.into(),
        }
    }

    /// With an exit code.
    #[must_use]
    pub fn with(code: u8, says: impl Into<String>) -> Self {
        Self {
            code,
            says: says.into(),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.says)
    }
}

/// Runs the program and returns its exit code.
#[must_use]
pub fn run() -> u8 {
    let code = match Cli::try_parse().or_else(|error| harmless(&error)) {
        Ok(cli) => match carry_out(cli) {
            Ok(code) => code,
            Err(refusal) => {
                output::tell(&refusal.to_string());
                refusal.code
            }
        },
        Err(error) => {
            let code = u8::try_from(error.exit_code()).unwrap_or(2);
            match error.print() {
                // Help that was asked for and cannot be shown is no success.
                Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe && code == 0 => output::UNTOLD,
                _ => code,
            }
        }
    };
    output::settled(code)
}

/// The same complaint about words in which nothing acts on a terminal. What was typed is never carried out in that form.
fn harmless(error: &clap::Error) -> Result<Cli, clap::Error> {
    let words = std::env::args_os().map(|word| crate::event::clean(&word.to_string_lossy()));
    match Cli::try_parse_from(words) {
        Err(error) => Err(error),
        // Only what would act was wrong with them.
        Ok(_) => Err(clap::Error::raw(
            error.kind(),
            format!("{}\n", crate::event::clean_lines(&error.to_string())),
        )),
    }
}

fn carry_out(cli: Cli) -> Result<u8, Refusal> {
    let global = cli.global;
    let log = log(&global)?;
    let ended = commanded(global.clone(), cli.command, log.clone());
    if let (Some(why), Some(path)) = (log.trouble(), &global.log) {
        output::tell(&format!(
            "--log {}: cannot be written: {why}; lines are missing in it. Make room on the disk",
            path.display()
        ));
    }
    ended
}

fn commanded(global: Global, command: Option<Command>, log: Log) -> Result<u8, Refusal> {
    // One thread for everything: the serial line, the simulated bench and the screen take turns, and nothing has to be woken.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| Refusal::with(11, format!("the program cannot start: {e}")))?;
    // One kind of work for the runtime, whatever the command is: it is compiled once, not once for each of them.
    let work: Pin<Box<dyn Future<Output = Result<u8, Refusal>>>> = match command {
        None => Box::pin(console::run(&global, log)),
        Some(Command::Send(send)) => Box::pin(send::run(&global, *send)),
        Some(Command::Outbox { what }) => Box::pin(outbox::run(&global, what)),
        Some(Command::Inbox { what }) => Box::pin(inbox::run(&global, what)),
        Some(Command::Probe(options)) => {
            let global = &global;
            Box::pin(async move { probe::run(global, &options).await })
        }
        Some(Command::At(options)) => {
            let global = &global;
            Box::pin(async move { at::run(global, &options).await })
        }
        Some(Command::Replay(options)) => {
            let global = &global;
            Box::pin(async move { replay::run(global, &options).await })
        }
        Some(Command::Sim { list: true, .. }) => return Ok(sim::list(&global)),
        Some(Command::Sim {
            pty, tcp, phones, ..
        }) => {
            let global = &global;
            Box::pin(async move { sim::run(global, pty.as_deref(), tcp, phones.as_deref()).await })
        }
        Some(Command::Mmsc {
            listen,
            spool,
            phones,
        }) => {
            let global = &global;
            Box::pin(async move { mmsc::run(global, listen, &spool, phones.as_deref()).await })
        }
        Some(Command::Restore) => Box::pin(restore::run(&global)),
        Some(Command::Ports { probe, all }) => Box::pin(ports::run(&global, probe, all)),
        Some(Command::Doctor) => Box::pin(doctor::run(&global)),
        Some(Command::Pdu { what }) => return pdu::run(&global, what),
        Some(Command::Profiles { what }) => return profiles::run(&global, what),
        Some(Command::Report(asked)) => return report::run(&global, &asked),
        Some(Command::Completions { shell }) => return words::completions(shell),
        Some(Command::Man { output }) => return words::man(output.as_deref()),
        Some(Command::Config {
            template,
            keys,
            schema,
            check,
        }) => {
            let check = check.as_deref();
            let wish = config::Wish {
                template,
                keys,
                schema,
                check,
            };
            return config::run(&global, wish);
        }
    };
    runtime.block_on(work)
}

/// Begins the program's own log; a file that cannot be written is refused at once.
fn log(global: &Global) -> Result<Log, Refusal> {
    let log = match &global.log {
        None => Log::new(None),
        Some(path) => {
            let file = std::fs::OpenOptions::new()
                .create(true)
                .append(true)
                .open(path);
            let file = file.map_err(|e| {
                Refusal::usage(format!("--log {}: cannot be written: {e}", path.display()))
            })?;
            Log::new(Some(Box::new(file)))
        }
    };
    log.install();
    Ok(log)
}

//! What is checked on the way to the modem: device, permission, holder, and then the modem itself.
use super::super::args::Global;
use super::super::session;
use super::profile::Card;
use super::{Check, Shown};
use crate::cli::Refusal;
use crate::config::Config;
use crate::engine::{Engine, Pace};
use crate::event::{ControlLines, SimState};
use crate::journal::{Clock, Journal};
use crate::known::Counts;
use crate::modem::Modem;
use crate::serial::{self, Finder, Holding, SerialError, System, Wanted};
use crate::simulator;
use std::sync::Arc;
use std::time::Duration;

/// How long the questions to the modem may take together.
const LIMIT: Duration = Duration::from_secs(60);

pub(super) async fn check(
    global: &Global,
    config: &Config,
    shown: &mut Shown<'_>,
) -> Result<Card, Refusal> {
    if let Some(named) = session::world(global)? {
        let name = format!("world {}", named.name);
        shown.take(Check::ok(
            "serial devices",
            format!("{name}: none is needed"),
        ));
        let speed = global.sim_speed.unwrap_or(20.0);
        let options = simulator::Options {
            speed,
            seed: 1,
            mmsc: None,
        };
        let bench = simulator::start(named.world, options);
        return Ok(ask(Box::new(bench.line), &name, speed, shown).await);
    }
    let asked = global.port.clone().or_else(|| config.port.clone());
    if !asked.as_deref().is_some_and(|n| n.starts_with("tcp:")) {
        shown.take(present(&System));
    }
    let Some(name) = chosen(asked.as_deref(), config, shown).await else {
        return Ok(None);
    };
    let holding = System.holding(&name);
    shown.take(manager(&holding));
    let wanted = Wanted::of(&name, config.baud.get(), Arc::new(System));
    let _inhibition = session::inhibit(global, &wanted).await?;
    match serial::open(&name, config.baud.get()).await {
        Ok(opened) => {
            shown.take(Check::ok("opens", name.as_str()));
            shown.take(control_lines(opened.control_lines.as_ref()));
            shown.take(holder(&name, &holding));
            Ok(ask(opened.line, &name, 1.0, shown).await)
        }
        Err(error) => {
            shown.take(refused(&name, &error));
            Ok(None)
        }
    }
}

fn present(finder: &dyn Finder) -> Check {
    let devices = finder.devices();
    let rows: Vec<String> = devices
        .iter()
        .filter(|d| !d.bare)
        .map(|d| format!("{} {}", d.name, d.about()))
        .collect();
    if !rows.is_empty() {
        return Check::ok("serial devices", rows.join("; "));
    }
    Check::warn(
        "serial devices",
        "none is present",
        "Is the modem plugged in and powered? On Linux the `option` driver makes ttyUSB devices of it (dmesg shows it); on Windows SIMCom's driver makes COM ports",
    )
}

/// The device to look at: the one that is named, else the one that answers.
async fn chosen(asked: Option<&str>, config: &Config, shown: &mut Shown<'_>) -> Option<String> {
    if let Some(name) = asked.filter(|n| *n != "auto") {
        return Some(name.to_owned());
    }
    match serial::choose(&System, config.baud.get()).await {
        Ok(chosen) => {
            shown.take(Check::ok("modem", session::says_auto(&chosen)));
            Some(chosen.name)
        }
        Err(e) => {
            shown.take(Check::fail(
                "modem",
                e.to_string(),
                "Name a device with --port, or try all that can be seen without a modem: --sim",
            ));
            None
        }
    }
}

fn manager(holding: &Holding) -> Check {
    match holding.modem_manager {
        None => Check::ok("ModemManager", "does not run"),
        Some(pid) if holding.modem_manager_holds() => Check::warn(
            "ModemManager",
            format!("runs (pid {pid}) and has this device"),
            "Start with --inhibit, which asks it to let this modem go while mmscope runs, or stop it: systemctl stop ModemManager",
        ),
        Some(pid) => Check::warn(
            "ModemManager",
            format!(
                "runs (pid {pid}); it asks every new modem questions for some 10 s after it was plugged in"
            ),
            "Start with --inhibit, or tell it to leave this device alone: ENV{ID_MM_DEVICE_IGNORE}=\"1\" in a udev rule",
        ),
    }
}

fn holder(name: &str, holding: &Holding) -> Check {
    if holding.holders.is_empty() {
        return Check::ok("holder", "nobody else has it open, as far as can be seen");
    }
    Check::warn(
        "holder",
        format!("{} has it open, too", holding.names()),
        &format!(
            "Two readers take octets from each other. {}",
            holding.explain(name)
        ),
    )
}

/// What the device tells of its control lines. No flow control is used, so a line that is off is no fault by itself.
fn control_lines(lines: Option<&ControlLines>) -> Check {
    match lines {
        Some(lines) if lines.are_told() => Check::ok("control lines", lines.words()),
        Some(_) => Check::unknown("control lines", "this device does not tell them"),
        None => Check::ok("control lines", "none: this is no serial device"),
    }
}

/// What passed over the line while it was asked.
fn passed(counts: &Counts) -> Check {
    let says = format!(
        "{} octets out, {} in; {} of {} exchanges answered",
        counts.tx,
        counts.rx,
        counts.exchanges.saturating_sub(counts.unanswered),
        counts.exchanges
    );
    match counts.unanswered {
        0 => Check::ok("serial line", says),
        _ => Check::warn(
            "serial line",
            says,
            "Answers are lost on the way: another program that reads, a bad cable or hub, or a modem that hangs",
        ),
    }
}

fn refused(name: &str, error: &SerialError) -> Check {
    let check = |what: &'static str, says: &str, remedy: &str| {
        Check::fail(what, format!("{name}: {says}"), remedy)
    };
    match error {
        SerialError::Absent { remedy, .. } => check("opens", "no such serial device", remedy),
        SerialError::Busy { remedy, .. } => check("holder", "in use by another program", remedy),
        SerialError::Denied { remedy, .. } => check("permission", "not allowed to open it", remedy),
        SerialError::NotSerial { why, remedy, .. } => {
            check("opens", &format!("not a serial device ({why})"), remedy)
        }
        SerialError::NotLoopback { why, .. } => check(
            "opens",
            why,
            "Only loopback addresses are dialled: tcp:127.0.0.1:5000",
        ),
        SerialError::NoneAnswers { why } | SerialError::Inhibit { why } => {
            check("opens", why, "Name another device with --port")
        }
        SerialError::Other { source, .. } => check(
            "opens",
            &source.to_string(),
            "Unplug the modem and plug it in again; where that does not help, the driver has said more (dmesg)",
        ),
    }
}

/// The modem's own answers, on a line that is open. Returns whose SIM it has, where that was told.
async fn ask(line: Box<dyn serial::Line>, name: &str, speed: f64, shown: &mut Shown<'_>) -> Card {
    let journal = Journal::begin(
        Clock::start(jiff::Timestamp::now(), speed),
        None,
        Vec::new(),
    );
    let pace = Pace::from_speed(speed);
    let engine = Engine::start(line, name, pace, journal.sink());
    let modem = Modem::new(engine.clone(), pace, journal.sink()).serving("doctor");
    let asked = tokio::time::timeout(LIMIT, questions(&modem, shown)).await;
    if asked.is_err() {
        shown.take(Check::fail(
            "answers",
            format!("the questions took longer than {} s", LIMIT.as_secs()),
            "Restart the modem; a modem that is this slow fails every limit of a send",
        ));
    }
    engine.close().await;
    shown.take(passed(&journal.known().counts));
    asked.ok().flatten()
}

async fn questions(modem: &Modem, shown: &mut Shown<'_>) -> Card {
    if let Err(trouble) = modem.hello().await {
        let text = &trouble.failure;
        shown.take(Check::fail("answers", text.what.as_str(), &text.advice));
        return None;
    }
    shown.take(Check::ok("answers", "OK to AT"));
    let identity = match modem.identify().await {
        Ok(who) => {
            let family = who.model.to_ascii_uppercase();
            let says = format!(
                "{} {}, firmware {}",
                who.manufacturer, who.model, who.firmware
            );
            shown.take(if family.contains("SIM7") || family.contains("A76") {
                Check::ok("model", says)
            } else {
                Check::warn(
                    "model",
                    says,
                    "mmscope speaks the commands of the SIM7600 family; others may lack what a send needs (next line)",
                )
            });
            who
        }
        Err(trouble) => return fell_silent("model", &trouble, shown),
    };
    match modem.scan(&identity).await {
        Ok(scan) => {
            shown.take(commands(&scan));
            for quirk in &scan.quirks {
                shown.take(Check::warn("quirk", quirk.name.as_str(), &quirk.says));
            }
        }
        Err(trouble) => return fell_silent("commands", &trouble, shown),
    }
    match modem.sim_state().await {
        Ok((state, raw, _)) => {
            shown.take(sim(&state, &raw));
            match state {
                SimState::Ready => modem.sim_card().await.ok(),
                _ => None,
            }
        }
        Err(trouble) => fell_silent("SIM", &trouble, shown),
    }
}

fn fell_silent(name: &'static str, trouble: &crate::modem::Trouble, shown: &mut Shown<'_>) -> Card {
    let text = &trouble.failure;
    shown.take(Check::fail(name, text.what.as_str(), &text.advice));
    None
}

/// Commands without which no send gets through.
const NEEDED: [&str; 3] = ["AT+NETOPEN", "AT+CIPOPEN", "AT+CDNSGIP"];

fn commands(scan: &crate::event::CommandScan) -> Check {
    let missing = |needed: bool| -> Vec<&str> {
        scan.rows
            .iter()
            .filter(|r| !r.present && NEEDED.contains(&r.command.as_str()) == needed)
            .map(|r| r.command.as_str())
            .collect()
    };
    let (needed, others) = (missing(true), missing(false));
    if !needed.is_empty() {
        return Check::fail(
            "commands",
            format!("this firmware lacks {}", needed.join(", ")),
            "A send needs them: a newer firmware may have them, or this is not a SIM7600",
        )
        .with_code(16);
    }
    let lacking = if others.is_empty() {
        String::new()
    } else {
        format!("; it lacks {}, and a send does without", others.join(", "))
    };
    Check::ok("commands", format!("all that a send needs{lacking}"))
}

fn sim(state: &SimState, raw: &str) -> Check {
    let (says, remedy) = match state {
        SimState::Ready => return Check::ok("SIM", "ready"),
        SimState::Absent => (
            "no card",
            "Put the card in, contacts towards the board; some boards need a restart afterwards",
        ),
        SimState::Locked(what) if what.contains("PUK") => (
            what.as_str(),
            "Ask the carrier for the PUK, then enter it yourself: AT+CPIN=\"PUK\",\"new PIN\"; ten wrong ones leave the card dead for good",
        ),
        SimState::Locked(what) => (
            what.as_str(),
            "Unlock it in the console or with `mmscope at AT+CPIN=…`; three wrong tries block it",
        ),
        SimState::Failed(_) => (
            "the card does not work",
            "It may still be busy: try again in 10 s. Else take it out, clean it, and put it back",
        ),
    };
    Check::fail("SIM", format!("{says} ({raw})"), remedy).with_code(12)
}

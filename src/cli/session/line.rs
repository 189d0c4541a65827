//! The line of a session: a simulated modem, the one that was named, or the one that is found.
use super::{Named, Opened, loopback};
use crate::cli::Refusal;
use crate::cli::args::Global;
use crate::cli::simulated::Simulated;
use crate::config::Config;
use crate::event::Level;
use crate::serial::{self, Inhibition, System, Wanted};
use crate::simulator::{self};
use std::sync::Arc;

pub(super) async fn open_line(
    global: &Global,
    config: &Config,
    world: Option<Named>,
    speed: f64,
) -> Result<Opened, Refusal> {
    if let Some(Named { name, world }) = world {
        let name = format!("world {name}");
        let mmsc = global.mmsc.as_deref().map(loopback).transpose()?;
        let bench = simulator::start(
            world,
            simulator::Options {
                speed,
                seed: 1,
                mmsc,
            },
        );
        let source = Simulated::of(bench.modem.clone(), &name);
        return Ok(Opened {
            line: source.opened(bench.line),
            source: Arc::new(source),
            key: name.clone(),
            name,
            phones: Some(bench.phones),
            modem: Some(bench.modem),
            inhibition: None,
        });
    }
    if global.mmsc.is_some() {
        return Err(Refusal::usage(
            "--mmsc puts a real MMSC into a simulated world; it wants --sim or --world",
        ));
    }
    let Some(asked) = global.port.clone().or_else(|| config.port.clone()) else {
        return Err(no_modem());
    };
    open_serial(global, config, &asked).await
}

/// Opens the modem on a serial line; `auto` looks for it first.
async fn open_serial(global: &Global, config: &Config, asked: &str) -> Result<Opened, Refusal> {
    let baud = config.baud.get();
    let refused = |e: serial::SerialError| Refusal::with(11, e.to_string());
    let finder = Arc::new(System);
    let mut notes = Vec::new();
    let name = if asked == "auto" {
        let chosen = serial::choose(&*finder, baud).await.map_err(refused)?;
        notes.push((Level::Info, says_auto(&chosen)));
        chosen.name
    } else {
        asked.to_owned()
    };
    let wanted = Wanted::of(&name, baud, finder);
    let inhibition = inhibit(global, &wanted).await?;
    let mut line = serial::open(&name, baud).await.map_err(refused)?;
    notes.append(&mut line.notes);
    line.notes = notes;
    Ok(Opened {
        line,
        key: wanted.key(),
        name,
        source: Arc::new(wanted),
        phones: None,
        modem: None,
        inhibition,
    })
}

/// Where `--inhibit` asks for it: ModemManager lets the device go.
pub async fn inhibit(global: &Global, wanted: &Wanted) -> Result<Option<Inhibition>, Refusal> {
    if !global.inhibit {
        return Ok(None);
    }
    let refused = |e: serial::SerialError| Refusal::with(11, e.to_string());
    let place = serial::place(wanted).map_err(refused)?;
    let held = Inhibition::begin("mmcli", &place).await.map_err(refused)?;
    Ok(Some(held))
}

/// Which device `auto` took, and which it left.
pub fn says_auto(chosen: &serial::Chosen) -> String {
    let others = if chosen.others.is_empty() {
        String::new()
    } else {
        format!(
            "; a modem answers on {}, too: name one with --port to use it",
            chosen.others.join(", ")
        )
    };
    format!("auto: {} ({}){others}", chosen.name, chosen.says.model)
}

fn no_modem() -> Refusal {
    let rows: Vec<String> = serial::devices()
        .iter()
        .filter(|d| !d.bare)
        .map(|d| format!("\n  {}  {}", d.name, d.about()))
        .collect();
    let ports = if rows.is_empty() {
        "no serial device is present".to_owned()
    } else {
        "--port auto asks which of these is one".to_owned()
    };
    Refusal::usage(format!(
        "no modem is named. Name one with --port ({ports}), or take a simulated bench: --sim, or --world with a name such as open, firewalled or other-apn (`mmscope sim --list` names all){}",
        rows.concat()
    ))
}

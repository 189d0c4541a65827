//! `mmscope ports`
use super::args::Global;
use super::{Refusal, output, session};
use crate::event::clean;
use crate::serial::{self, Device, Places, Role};
use serde::Serialize;

/// A row of the list.
#[derive(Serialize)]
struct Row {
    event: &'static str,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vendor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    product: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    serial_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    interface: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
    about: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    held_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answers: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    says: Option<String>,
}

/// Lists the serial devices.
pub async fn run(global: &Global, probe: bool, all: bool) -> Result<u8, Refusal> {
    let (_, config) = session::configuration(global)?;
    let devices = serial::devices();
    let folded = devices.iter().filter(|d| d.bare).count();
    let mut shown = 0;
    for device in devices.iter().filter(|d| all || !d.bare) {
        let row = row(device, probe, config.baud.get()).await;
        shown += 1;
        if global.json {
            output::json(&row);
        } else {
            output::line(&clean(&text(&row)));
        }
    }
    if !global.json {
        if shown == 0 {
            output::line(
                "no serial device is present: is the modem plugged in and powered? `mmscope --sim` needs none",
            );
        }
        if folded > 0 && !all {
            output::line(&format!(
                "{folded} more with nothing behind it (--all shows them)"
            ));
        }
    }
    Ok(if shown == 0 { 11 } else { 0 })
}

async fn row(device: &Device, probe: bool, baud: u32) -> Row {
    let holding = serial::holding(&device.name, &Places::default());
    let asked = if probe && device.role().may_answer() {
        Some(ask(&device.name, baud).await)
    } else {
        None
    };
    let id = device.id();
    Row {
        event: "port",
        name: device.name.clone(),
        id: id.map(ToString::to_string),
        vendor: id.map(|i| format!("{:04x}", i.vendor)),
        product: id.map(|i| format!("{:04x}", i.product)),
        serial_number: id.and_then(|i| i.serial.clone()),
        interface: id.and_then(|i| i.interface),
        role: Some(device.role())
            .filter(|r| *r != Role::Unknown)
            .map(Role::word),
        about: device.about(),
        held_by: Some(holding.names()).filter(|n| !n.is_empty()),
        answers: asked.as_ref().map(Result::is_ok),
        says: asked.map(|a| a.unwrap_or_else(|why| why)),
    }
}

/// Opens a port and asks whether a modem answers: its model and firmware, or why there is no answer.
pub async fn ask(name: &str, baud: u32) -> Result<String, String> {
    let mut opened = serial::open(name, baud).await.map_err(|e| e.reason(name))?;
    let says = serial::probe(&mut opened.line).await?;
    Ok(format!("{} {}", says.model, says.revision)
        .trim()
        .to_owned())
}

fn text(row: &Row) -> String {
    let mut out = format!("{}  {}", row.name, row.about);
    if let Some(held) = &row.held_by {
        out += &format!("  held by {held}");
    }
    match (row.answers, &row.says) {
        (Some(true), Some(says)) => out += &format!("  answers: {says}"),
        (Some(false), Some(says)) => out += &format!("  {says}"),
        _ => {}
    }
    out
}

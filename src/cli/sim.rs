//! `mmscope sim`
use super::args::Global;
use super::ladder::Style;
use super::session::{self, Named};
use super::{Refusal, output};
use crate::event::{Event, What};
use crate::simulator::{self, Modem, Options};
use std::net::SocketAddr;
use std::path::Path;

/// Serves the simulated modem until it is interrupted, and prints each bubble that its phones show.
pub async fn run(
    global: &Global,
    pty: Option<&Path>,
    tcp: Option<SocketAddr>,
) -> Result<u8, Refusal> {
    let (_, config) = session::configuration(global)?;
    let style = session::style(global, &config);
    let asked = Global {
        sim: true,
        ..global.clone()
    };
    let Named { name, world } =
        session::world(&asked)?.ok_or_else(|| Refusal::usage("no world"))?;
    let mmsc = global.mmsc.as_deref().map(session::loopback).transpose()?;
    let options = Options {
        speed: global.sim_speed.unwrap_or(1.0),
        seed: 1,
        mmsc,
    };
    let as_json = global.json;
    let watch = move |modem: &Modem, place: String| {
        eprintln!("world {name} on {place}; Ctrl-C ends it");
        tokio::spawn(print_bubbles(modem.clone(), style, as_json));
    };
    let serving = async {
        match (pty, tcp) {
            #[cfg(unix)]
            (Some(link), _) => {
                simulator::serve_pty(world, options, link, |modem| {
                    watch(modem, link.display().to_string())
                })
                .await
            }
            (_, Some(address)) => {
                simulator::serve_tcp(world, options, address, |at, modem| {
                    watch(modem, format!("tcp:{at}"))
                })
                .await
            }
            _ => Ok(()),
        }
    };
    tokio::select! {
        served = serving => served.map(|()| 0).map_err(|e| Refusal::with(11, e.to_string())),
        () = session::interrupted() => Ok(0),
    }
}

async fn print_bubbles(modem: Modem, style: Style, as_json: bool) {
    let phones = modem.phones();
    let mut changes = phones.changes();
    let mut shown = 0;
    while changes.changed().await.is_ok() {
        let all = phones.all();
        let bubbles: Vec<_> = all
            .iter()
            .flat_map(|p| p.bubbles.iter().map(|b| (p.number.clone(), b.clone())))
            .collect();
        for (phone, bubble) in bubbles.iter().skip(shown) {
            let what = What::Bubble(session::shown(phone, bubble));
            if as_json {
                output::json(&what);
            } else {
                output::styled(&style.lines(&Event {
                    id: 0,
                    at: String::new(),
                    ms: bubble.at_ms,
                    what,
                }));
            }
        }
        shown = bubbles.len();
    }
}

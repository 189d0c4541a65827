//! `mmscope sim`
use super::args::Global;
use super::ladder::Style;
use super::session::{self, Named};
use super::{Refusal, output};
use crate::event::{Event, What};
use crate::mms::{Part, sha256};
use crate::simulator::phone::{Bubble, Kind, Phones};
use crate::simulator::{self, Modem, Options, World};
use serde::Serialize;
use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;

/// A simulated world as `--list --json` prints it.
#[derive(Serialize)]
struct Listed {
    world: &'static str,
    about: String,
}

/// Names the simulated worlds, each with a line about it.
pub fn list(global: &Global) -> u8 {
    let worlds = World::shipped();
    let widest = worlds.iter().map(|(name, _)| name.len()).max();
    for (world, about) in worlds {
        if global.json {
            output::json(&Listed { world, about });
        } else {
            output::line(&format!("{world:<0$}  {about}", widest.unwrap_or(0)));
        }
    }
    0
}

/// Serves the simulated modem until it is interrupted, prints each bubble that its phones show, and writes it behind the file of the
/// phones.
pub async fn run(
    global: &Global,
    pty: Option<&Path>,
    tcp: Option<SocketAddr>,
    phones: Option<&Path>,
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
    let mut file = phones.map(PhonesFile::open).transpose()?;
    let mut watch = move |modem: &Modem, place: String| {
        let seen = modem.phones();
        print_bubbles(&seen, style, as_json);
        if let Some(file) = file.take() {
            file.follow(&seen);
        }
        eprintln!("world {name} on {place}; Ctrl-C ends it");
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

/// Prints each bubble as it comes.
fn print_bubbles(phones: &Phones, style: Style, as_json: bool) {
    phones.observe(move |phone, _, bubble| {
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
    });
}

/// A bubble as the file of the phones has it. Numbers and texts are whole: it is for programs that count, not for people to pass on.
#[derive(Serialize)]
struct Line<'a> {
    phone: &'a str,
    /// How many bubbles this phone has had with this one, since the process began.
    count: u64,
    kind: Kind,
    from: &'a str,
    subject: Option<&'a str>,
    text: &'a str,
    /// Addresses of To and Cc.
    shared_with: &'a [String],
    /// Parts of a long SMS that never came.
    missing_parts: u8,
    attachments: Vec<PartLine<'a>>,
    ms: u64,
}

#[derive(Serialize)]
struct PartLine<'a> {
    content_type: &'a str,
    name: Option<&'a str>,
    size: usize,
    sha256: String,
}

/// A file behind which every bubble is written, each as one line and one write, within the delivery itself: what a phone shows is in the file.
pub(super) struct PhonesFile {
    file: std::fs::File,
    name: String,
}

impl PhonesFile {
    /// Opens it; what it holds stays.
    pub fn open(path: &Path) -> Result<PhonesFile, Refusal> {
        let name = path.display().to_string();
        let file = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(path);
        let file = file.map_err(|e| {
            Refusal::usage(format!("{name}: cannot be written: {e}; name another file"))
        })?;
        Ok(PhonesFile { file, name })
    }

    /// Writes whatever these phones show from here on.
    pub fn follow(mut self, phones: &Phones) {
        let mut whole = true;
        phones.observe(move |phone, count, bubble| {
            let mut line = serde_json::to_vec(&line(phone, count, bubble)).unwrap_or_default();
            line.push(b'\n');
            if let (true, Err(error)) = (whole, self.file.write_all(&line)) {
                output::tell(&format!(
                    "{}: {error}; bubbles are missing in it",
                    self.name
                ));
                whole = false;
            }
        });
    }
}

fn line<'a>(phone: &'a str, count: u64, bubble: &'a Bubble) -> Line<'a> {
    let seen = |part: &&'a Part| !part.is_smil() && part.content_type != "text/plain";
    let part = |part: &'a Part| PartLine {
        content_type: &part.content_type,
        name: part.name.as_deref(),
        size: part.data.len(),
        sha256: sha256(&part.data),
    };
    Line {
        phone,
        count,
        kind: bubble.kind,
        from: &bubble.from,
        subject: bubble.subject.as_deref(),
        text: &bubble.text,
        shared_with: &bubble.shared_with,
        missing_parts: bubble.missing_parts,
        attachments: bubble.parts.iter().filter(seen).map(part).collect(),
        ms: bubble.at_ms,
    }
}

//! `mmscope report`
use super::args::{self, Global, ReportFormat};
use super::{Refusal, folders, output, session};
use crate::config::Config;
use crate::event::Event;
use crate::journal::read_events;
use crate::known::Known;
use crate::replay::judged;
use crate::report::{self, Captured, Facts, Options, Reveal, Reveals, Witness};
use std::io::{BufReader, IsTerminal};
use std::path::Path;

/// Writes what a recorded session measured.
pub fn run(global: &Global, asked: &args::Report) -> Result<u8, Refusal> {
    let args::Report {
        recording,
        format,
        output,
        reveal,
        said,
    } = asked;
    let format = *format;
    let reveals = reveals(reveal, format)?;
    let (_, config) = session::configuration(global)?;
    let (mut facts, mut captured) = (Facts::default(), Captured::default());
    each_event(recording, |event| {
        facts.take(event);
        if format == ReportFormat::Pcap {
            captured.take(event);
        }
    })?;
    // Asked for last, so that nobody types a word for a recording that cannot be read.
    confirm(&reveals)?;
    let identities = said_by(&config);
    let examinations = facts.examinations(judged);
    let options = Options {
        reveals: reveals.clone(),
        identities: &identities,
        examinations: &examinations,
        zone: Some(jiff::tz::TimeZone::system()),
        witness: Witness {
            plan: said.plan.clone(),
            place: said.place.clone(),
            device_class: said.device_class.clone(),
            ..Witness::default()
        },
    };
    let written = match format {
        ReportFormat::Pcap => pcap(&facts, &captured, &options)?,
        _ => text(&facts, &options, format)?.into_bytes(),
    };
    put(&written, output.as_deref(), format)?;
    for reveal in &reveals.0 {
        output::tell(&format!("revealed {reveal}: {}", reveal.means()));
    }
    Ok(0)
}

/// The identities that the configuration names: none may be in a report.
pub fn said_by(config: &Config) -> Vec<String> {
    let own = config.own_number.iter();
    own.map(|n| n.recipient().plain().to_owned()).collect()
}

fn reveals(words: &[String], format: ReportFormat) -> Result<Reveals, Refusal> {
    let mut reveals = Reveals::default();
    for word in words.iter().flat_map(|w| w.split(',')) {
        reveals
            .0
            .insert(Reveal::from_word(word.trim()).map_err(Refusal::usage)?);
    }
    let wire = reveals.has(Reveal::Wire);
    match format {
        ReportFormat::Pcap if !wire => Err(Refusal::usage(
            "a pcap holds the raw octets of the HTTP exchange, the message's text and media among them: add --reveal wire if that is what you want",
        )),
        ReportFormat::Pcap => Ok(reveals),
        _ if wire => Err(Refusal::usage(
            "--reveal wire is for --format pcap: no other form holds raw octets",
        )),
        _ => Ok(reveals),
    }
}

/// On a terminal each field is typed once more. In a script the option itself is the word.
fn confirm(reveals: &Reveals) -> Result<(), Refusal> {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return Ok(());
    }
    for reveal in &reveals.0 {
        output::ask(&format!(
            "The report will show {}. Type `{reveal}` to reveal it: ",
            reveal.means()
        ));
        if output::typed().as_deref() != Some(reveal.word()) {
            return Err(Refusal::usage(format!(
                "{reveal} is not revealed, and nothing was written"
            )));
        }
    }
    Ok(())
}

/// The report in a form of text.
///
/// # Errors
/// An identity would stand in it unmasked.
pub fn text(facts: &Facts, options: &Options<'_>, format: ReportFormat) -> Result<String, Refusal> {
    let failed = |e: &dyn std::fmt::Display| Refusal::with(1, e.to_string());
    let document = report::document(facts, options).map_err(|e| failed(&e))?;
    let text = match format {
        ReportFormat::Json => document.json().map_err(|e| failed(&e))?,
        ReportFormat::Text => document.text(),
        ReportFormat::Markdown | ReportFormat::Pcap => document.markdown(),
    };
    // Each form is looked through as it leaves.
    report::check(&text, options.identities).map_err(|e| failed(&e))?;
    Ok(text)
}

/// The HTTP exchanges as a capture.
///
/// # Errors
/// No connection carried anything.
pub fn pcap(facts: &Facts, captured: &Captured, options: &Options<'_>) -> Result<Vec<u8>, Refusal> {
    report::pcapng(captured, &report::local_addresses(facts, &options.reveals)).ok_or_else(|| {
        let why = match captured.left_out {
            0 => "no connection carried anything in this session".to_owned(),
            n => format!("{n} pieces are in the recording and none can be followed"),
        };
        Refusal::with(1, format!("there is nothing to write: {why}"))
    })
}

fn put(written: &[u8], output: Option<&Path>, format: ReportFormat) -> Result<(), Refusal> {
    match output {
        Some(path) => std::fs::write(path, written)
            .map_err(|e| Refusal::with(1, format!("{}: cannot be written: {e}", path.display()))),
        None if format == ReportFormat::Pcap && std::io::stdout().is_terminal() => Err(
            Refusal::usage("a pcap is no text: name a file with -o, or pipe it into a program"),
        ),
        None => {
            output::octets(written);
            Ok(())
        }
    }
}

/// What was known at the end of a recorded session.
pub fn known_of(recording: &Path) -> Result<Known, Refusal> {
    let mut known = Known::default();
    each_event(recording, |event| known.apply(event))?;
    Ok(known)
}

/// Hands over the events of a recording, in order.
///
/// # Errors
/// The recording cannot be read.
pub fn each_event(recording: &Path, mut take: impl FnMut(&Event)) -> Result<(), Refusal> {
    let file = folders::open(recording)
        .map_err(|e| Refusal::usage(format!("{}: cannot be opened: {e}", recording.display())))?;
    for event in read_events(BufReader::new(file)) {
        let event = event.map_err(|e| Refusal::usage(format!("{}: {e}", recording.display())))?;
        take(&event);
    }
    Ok(())
}

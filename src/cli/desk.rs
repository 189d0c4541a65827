//! What the console asks of files: reports, exports, recordings of earlier sessions, copies of profiles that are kept. Each is done beside the
//! bench, and answered by a message to the screen.
use super::args::{Global, ReportFormat};
use super::folders::Folders;
use super::matrix::{self, Table};
use super::report::said_by;
use super::session::Named;
use super::{earlier, report, starting};
use crate::config::Config;
use crate::console::files::written;
use crate::console::{CompareTable, Form, Message, Order};
use crate::event::Event;
use crate::journal::{Journal, read_events};
use crate::profile::Profile;
use crate::replay::judged;
use crate::report::{Captured, Facts, Options, Reveals};
use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::mpsc;

/// So many recordings are offered, newest first.
const MOST: usize = 200;

/// What is needed for that.
#[derive(Clone)]
pub struct Desk {
    /// How the session was started.
    pub global: Global,
    /// Its world, where it is simulated.
    pub world: Option<Named>,
    /// Where things live.
    pub folders: Folders,
    /// This session's recording.
    pub recording: Option<PathBuf>,
    /// The person's configuration.
    pub config: Arc<Config>,
    /// The session.
    pub journal: Journal,
    /// To the screen.
    pub answers: mpsc::Sender<Message>,
}

impl Desk {
    /// Takes an order that is about files; one that is not comes back. `held` finds a copy that this session holds.
    pub fn take(&self, order: Order, held: impl Fn(&str) -> Option<Profile>) -> Option<Order> {
        let desk = self.clone();
        let work: Box<dyn FnOnce() -> Message + Send> = match order {
            Order::Report {
                form,
                place,
                reveals,
            } => Box::new(move || desk.report(form, &place, reveals)),
            Order::Export { form, place, table } => Box::new(move || exported(form, &place, table)),
            Order::Recordings => Box::new(move || Message::Recordings(desk.recordings())),
            Order::Earlier(name) => Box::new(move || desk.earlier(&name)),
            Order::Keep(id) => {
                let profile = held(&id);
                Box::new(move || desk.keep(&id, profile))
            }
            other => return Some(other),
        };
        let answers = self.answers.clone();
        // A file may lie on a slow disk; the serial line must not wait for it.
        tokio::spawn(async move {
            if let Ok(message) = tokio::task::spawn_blocking(work).await {
                let _ = answers.send(message).await;
            }
        });
        None
    }

    fn report(&self, form: Form, place: &str, reveals: Reveals) -> Message {
        let (mut facts, mut captured) = (Facts::default(), Captured::default());
        self.each_event(|event| {
            facts.take(event);
            if form == Form::Pcap {
                captured.take(event);
            }
        });
        let identities = said_by(&self.config);
        let examinations = facts.examinations(judged);
        let private = !reveals.0.is_empty();
        let options = Options {
            reveals,
            identities: &identities,
            examinations: &examinations,
            zone: Some(jiff::tz::TimeZone::system()),
            ..Options::default()
        };
        let format = match form {
            Form::Markdown | Form::Csv => ReportFormat::Markdown,
            Form::Text => ReportFormat::Text,
            Form::Json => ReportFormat::Json,
            Form::Pcap => ReportFormat::Pcap,
        };
        let octets = match format {
            ReportFormat::Pcap => report::pcap(&facts, &captured, &options),
            _ => report::text(&facts, &options, format).map(String::into_bytes),
        };
        let written = octets
            .map_err(|refusal| refusal.says)
            .and_then(|octets| written(place, &octets, private));
        told("The report", written)
    }

    /// Tells the screen something.
    pub async fn tell(&self, message: Message) {
        // The screen may have gone.
        let _ = self.answers.send(message).await;
    }

    /// Everything of this session, in order: from its recording, which holds all of it, else as far as it is held in memory.
    fn each_event(&self, mut take: impl FnMut(&Event)) {
        let recorded = self.recording.as_deref().and_then(|p| File::open(p).ok());
        match recorded {
            // The newest line may not be whole yet: what comes after it is not there either.
            Some(file) => read_events(BufReader::new(file))
                .map_while(Result::ok)
                .for_each(|event: Event| take(&event)),
            None => self.journal.since(0).iter().for_each(|event| take(event)),
        }
    }

    /// Names of the recordings, newest first, without this session's.
    fn recordings(&self) -> Vec<String> {
        let folder = self.folders.recordings();
        let Ok(entries) = fs::read_dir(&folder) else {
            return Vec::new();
        };
        let mut names: Vec<String> = entries
            .flatten()
            .map(|e| e.path())
            .filter(|p| p.extension().is_some_and(|e| e == "jsonl"))
            .filter(|p| Some(p) != self.recording.as_ref())
            .filter_map(|p| Some(p.file_name()?.to_str()?.to_owned()))
            .collect();
        // A recording's name begins with its time.
        names.sort_by(|a, b| b.cmp(a));
        names.truncate(MOST);
        names
    }

    fn earlier(&self, name: &str) -> Message {
        // Only a name: what lies elsewhere is for `probe --earlier`.
        let Some(name) = Path::new(name).file_name() else {
            return Message::Hint("That is no recording.".to_owned());
        };
        let used = self.journal.known().profile.as_ref().map(|p| p.id.clone());
        let wanted: Vec<String> = used.into_iter().collect();
        let read = earlier::columns(&self.folders.recordings().join(name), &wanted);
        match read.map(|columns| columns.into_iter().next()) {
            Ok(Some(column)) => Message::Earlier(column.title, Box::new(column.probe)),
            Ok(None) => Message::Hint("That recording holds no probe.".to_owned()),
            Err(refusal) => Message::Hint(reason_first(&refusal.says)),
        }
    }

    fn keep(&self, id: &str, profile: Option<Profile>) -> Message {
        let Some(profile) = profile else {
            return Message::Hint(format!("{id} is not held in this session."));
        };
        match self.folders.keep_profile(&profile) {
            Ok(_) => Message::Kept {
                id: id.to_owned(),
                begins: starting::begins_with(
                    id,
                    &self.global,
                    &self.config,
                    &self.folders.library().0,
                    self.world.as_ref(),
                    &self.journal.known(),
                ),
            },
            Err(e) => Message::Hint(format!("{id} was not written: {e}")),
        }
    }
}

/// `path: reason` the other way round: a row that is too short cuts the path, not the reason.
fn reason_first(says: &str) -> String {
    match says.split_once(": ") {
        Some((path, why)) if path.ends_with(".jsonl") => {
            // What the other command does is no remedy here.
            let why = why.split('`').next().unwrap_or(why);
            let why = why.trim_end_matches("; record one with ").trim();
            format!("It {why} ({path})")
        }
        _ => says.to_owned(),
    }
}

fn exported(form: Form, place: &str, table: CompareTable) -> Message {
    let table = Table {
        columns: table.columns,
        rows: table.rows.into_iter().map(|r| (r.name, r.values)).collect(),
    };
    let text = match form {
        Form::Markdown | Form::Text | Form::Pcap => matrix::markdown(&table),
        Form::Csv => matrix::csv(&table),
        Form::Json => matrix::rows_json(&table),
    };
    told("The table", written(place, text.as_bytes(), false))
}

fn told(what: &str, written: Result<PathBuf, String>) -> Message {
    Message::Hint(match written {
        Ok(path) => format!("{what} is written to {}.", path.display()),
        Err(why) => format!("{what} was not written: {why}"),
    })
}

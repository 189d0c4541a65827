//! Opens a bench for a command: the simulated one or the modem on a serial line, with its journal and recording.
mod interrupts;
mod line;

use super::args::Global;
use super::drawer::{Drawer, received};
use super::folders::Folders;
use super::{Refusal, folders, starting};
use crate::bench::{Bench, NotKept, Setup, Snapshots};
use crate::config::{Ascii, Config};
use crate::diagnosis::References;
use crate::engine::Pace;
use crate::event::{Bubble, Level, Msisdn, Notice, Recorder, What};
use crate::inbox::Inbox;
use crate::journal::{Clock, Journal, Writer};
use crate::lock::A_MOMENT;
use crate::outbox::Outbox;
use crate::pipeline::Keep;
use crate::profile::Library;
use crate::serial::{self, Inhibition, Source};
use crate::simulator::{self, Loopback, World, phone::Phones};
pub use interrupts::{Interrupts, interrupted};
use line::open_line;
pub use line::{inhibit, says_auto};
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// What a command wants of its bench.
#[derive(Clone, Copy, Debug)]
pub struct Wants {
    /// The world's speed where none is asked for.
    pub speed: f64,
    /// Looks at the modem by itself.
    pub watchful: bool,
    /// Prints events to standard output where `--json` asks for it.
    pub json: bool,
    /// Goes on printing after the first result.
    pub many: bool,
    /// What comes in is wanted.
    pub listens: bool,
}

/// A bench and what belongs to it.
pub struct Session {
    /// The journal.
    pub journal: Journal,
    /// The bench.
    pub bench: Bench,
    /// The configuration.
    pub config: Arc<Config>,
    /// The outbox.
    pub outbox: Arc<Outbox>,
    /// Why the outbox's file is not used, where there should be one.
    pub unkept: Option<String>,
    /// Received messages.
    pub inbox: Arc<Inbox>,
    /// The profiles.
    pub library: Arc<Library>,
    /// The world, where the bench is simulated.
    pub world: Option<Named>,
    /// Where the session is recorded.
    pub recording: Option<PathBuf>,
    /// The recording that a person has asked for.
    pub asked: Option<Asked>,
    /// An earlier session left settings of this modem changed; the bench puts them back first.
    pub left_behind: bool,
    /// The simulated bench; it lives as long as the session.
    simulated: Option<simulator::Modem>,
    /// ModemManager has let go of the modem; it gets it back with the session's end.
    _inhibition: Option<Inhibition>,
}

/// A recording that a person has asked for (`--record`): where it is not whole the program ends with an error.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Its name in the words of its writer.
    place: String,
    /// Why it was not even begun.
    trouble: Option<String>,
}

/// Lets the writers of a session end, and tells what they lack. Returns whether all is whole.
pub fn end_writers(journal: &Journal, asked: Option<&Asked>) -> bool {
    let lacking = lacking(journal, asked);
    for (counts, says) in &lacking {
        match counts {
            true => super::output::lacks(says),
            false => super::output::tell(says),
        }
    }
    lacking.is_empty()
}

/// The same without telling it: each thing that is lacking, and whether it is of the recording that a person has asked for.
pub fn lacking(journal: &Journal, asked: Option<&Asked>) -> Vec<(bool, String)> {
    let trouble = asked.and_then(|a| a.trouble.clone());
    let of_asked = |says: &String| asked.is_some_and(|a| says.starts_with(&a.place));
    let lacks = journal.close_writers().into_iter();
    let lacks = lacks.map(|says| (of_asked(&says), says));
    trouble
        .map(|says| (true, says))
        .into_iter()
        .chain(lacks)
        .collect()
}

impl Session {
    /// The simulated bench, where it is one.
    #[must_use]
    pub fn simulated(&self) -> Option<&simulator::Modem> {
        self.simulated.as_ref()
    }
}

/// A line, and what is special about it.
struct Opened {
    line: serial::Opened,
    source: Arc<dyn Source>,
    /// What stays the same when the line's name does not: settings are kept under it.
    key: String,
    /// The line's name as it was asked for.
    name: String,
    phones: Option<Phones>,
    modem: Option<simulator::Modem>,
    inhibition: Option<Inhibition>,
}

/// Reads the configuration that counts.
///
/// # Errors
/// The file cannot be read, or is no configuration.
pub fn configuration(global: &Global) -> Result<(Folders, Arc<Config>), Refusal> {
    let folders = Folders::find()?;
    let config = Arc::new(folders.config(global.config.as_deref())?);
    Ok((folders, config))
}

/// A world and the name by which it was asked for.
#[derive(Clone, Debug)]
pub struct Named {
    /// As on the command line, without folders.
    pub name: String,
    /// The world.
    pub world: World,
}

/// The world that is asked for.
///
/// # Errors
/// No such world, or a file that is none.
pub fn world(global: &Global) -> Result<Option<Named>, Refusal> {
    let Some(name) = global.world.as_deref().or(global.sim.then_some("mint")) else {
        return Ok(None);
    };
    let is_file = name.ends_with(".toml") || name.contains(std::path::MAIN_SEPARATOR);
    let world = if is_file {
        let text = folders::read(Path::new(name))
            .map_err(|e| Refusal::usage(format!("{name}: cannot be read: {e}")))?;
        World::parse(name, &text)
    } else {
        World::named(name)
    };
    let short = Path::new(name)
        .file_stem()
        .map_or(name.to_owned(), |s| s.to_string_lossy().into_owned());
    world
        .map(|world| Some(Named { name: short, world }))
        .map_err(|e| Refusal::usage(e.to_string()))
}

/// Opens everything.
///
/// # Errors
/// With its exit code: wrong words 2, a serial line that cannot be opened 11.
pub async fn open(global: &Global, wants: Wants) -> Result<Session, Refusal> {
    let (folders, _) = configuration(global)?;
    open_on(global, wants, Drawer::looks_on(global, &folders)).await
}

/// The same on an outbox that is open already.
///
/// # Errors
/// As [`open`].
pub async fn open_on(global: &Global, wants: Wants, drawer: Drawer) -> Result<Session, Refusal> {
    let (folders, config) = configuration(global)?;
    let Drawer {
        outbox,
        unrecorded,
        looks_on,
    } = drawer;
    let (library, complaints) = folders.library();
    let library = Arc::new(library);
    let world = world(global)?;
    let profile = starting::profile(global, &config, &library, world.as_ref())?;
    let speed = if world.is_some() {
        global.sim_speed.unwrap_or(wants.speed)
    } else {
        1.0
    };
    let opened = open_line(global, &config, world.clone(), speed).await?;
    let unkept = outbox.why_unkept().map(|why| format!("{why}."));
    // Whoever was waited for in vain once has the inbox, too.
    let patience = match outbox.why_unkept() {
        None => A_MOMENT,
        Some(_) => Duration::ZERO,
    };
    let patience = (!looks_on).then_some(patience);
    let inbox = Arc::new(received(global, &folders, opened.modem.is_some(), patience));
    let snapshots = Snapshots::in_folder(folders.settings());
    let left_behind = match opened.modem {
        Some(_) => Vec::new(),
        None => snapshots
            .left_behind(&opened.key, &opened.name)
            .map_err(|e| Refusal::with(11, e.to_string()))?,
    };
    let due = !left_behind.is_empty();
    let keep: Arc<dyn Keep> = if opened.modem.is_some() {
        Arc::new(NotKept)
    } else {
        Arc::new(snapshots.of(&opened.key, &opened.name))
    };

    let start = jiff::Timestamp::now();
    let mut writers = Vec::new();
    if wants.json && global.json {
        let out = Box::new(super::output::Out);
        let writer = if wants.many {
            Writer::start(out, global.wire)
        } else {
            Writer::until_result(out, global.wire)
        };
        writers.push(writer.named("standard output"));
    }
    let serial = opened.line.name.clone();
    let path = global
        .record
        .clone()
        .unwrap_or_else(|| folders.recordings().join(recording_name(start, &serial)));
    let recorded = record(&path);
    let recording = recorded.is_ok().then(|| path.clone());
    let place = format!("the recording {}", path.display());
    let trouble = recorded
        .map(|file| writers.push(Writer::start(Box::new(file), true).named(&place)))
        .map_err(|e| format!("this session is not recorded: {}: {e}", path.display()))
        .err();
    let journal = Journal::begin(
        Clock::start(start, speed),
        world.as_ref().map(|_| serial.clone()),
        writers,
    );
    let sink = journal.sink();
    let say = |level: Level, text: String| {
        sink.record(What::Notice(Notice {
            level,
            text,
            because: None,
        }))
    };
    let warn = |text: String| say(Level::Warning, text);
    if let Some(lines) = opened.line.control_lines {
        sink.record(What::ControlLines(lines));
    }
    for (level, note) in opened.line.notes {
        say(level, note);
    }
    if let Some(why) = &trouble {
        warn(why.clone());
    }
    if let Some(says) = starting::says_mended(global, &config, profile.as_ref(), world.as_ref()) {
        say(Level::Info, says);
    }
    let asked = global.record.as_ref().map(|_| Asked { place, trouble });
    if let Some(why) = &unkept {
        let then = if global.read_only {
            "Nothing is sent in this session"
        } else if unrecorded {
            "Messages of this session go out unrecorded"
        } else {
            "Nothing is sent until you agree to send unrecorded"
        };
        // Where nothing can be sent it costs nobody anything.
        let level = match global.read_only {
            true => Level::Info,
            false => Level::Warning,
        };
        say(level, format!("{why} {then}"));
    }
    if let Some(why) = inbox.why_unkept() {
        warn(format!(
            "{why}. Going on without it: nothing is taken in, fetched or answered in this session; an MMS stays at the MMSC, and what the modem stores stays in its store. What the modem hands on without storing it is shown, and gone when mmscope ends"
        ));
    }
    for caution in [outbox.caution(), inbox.caution()].into_iter().flatten() {
        warn(caution.to_owned());
    }
    for complaint in complaints {
        warn(format!("a profile was left out: {complaint}"));
    }
    let bubbles = opened
        .phones
        // A real MMSC knows no simulated phone.
        .filter(|_| global.mmsc.is_none())
        .map(|phones| forward_bubbles(&phones, journal.clone()));
    let bench = Bench::open(Setup {
        line: opened.line.line,
        outputs: opened.line.outputs,
        serial,
        source: Some(opened.source),
        pace: Pace::from_speed(speed),
        journal: journal.clone(),
        config: config.clone(),
        library: library.clone(),
        profile,
        keep,
        outbox: outbox.clone(),
        unrecorded,
        inbox: inbox.clone(),
        listens: wants.listens,
        left_behind: left_behind.into_iter().map(|held| held.settings).collect(),
        bubbles,
        watchful: wants.watchful,
        read_only: global.read_only,
        references: references(&config, world.as_ref()),
        chance,
    });
    Ok(Session {
        journal,
        bench,
        config,
        outbox,
        unkept,
        inbox,
        library,
        world,
        recording,
        asked,
        left_behind: due,
        simulated: opened.modem,
        _inhibition: opened.inhibition,
    })
}

/// The control hosts: the person's, or those of the simulated bench.
fn references(config: &Config, world: Option<&Named>) -> References {
    let own = &config.reference;
    let pair = |p: &crate::config::Place| (p.host.clone(), p.port);
    let mut references = References {
        open: own.open.iter().take(4).map(pair).collect(),
        closed: own.closed.as_ref().map(pair),
        resolver: own.resolver,
        black_hole: own.black_hole.map(|a| a.to_string()),
    };
    if let (true, Some(named)) = (references.open.is_empty(), world) {
        references.open = named.world.references();
    }
    if let (None, Some(named)) = (references.resolver, world) {
        references.resolver = named.world.network.dns.public;
    }
    references
}

/// The wall clock in milliseconds since 1970, and a random number.
pub fn chance() -> (u64, u64) {
    let now = u64::try_from(jiff::Timestamp::now().as_millisecond()).unwrap_or(0);
    (now, fastrand::u64(..))
}

/// `http://127.0.0.1:8080/` as a loopback address. Nothing else is ever dialled.
pub fn loopback(url: &str) -> Result<Loopback, Refusal> {
    let wrong = |why: String| {
        Refusal::usage(format!(
            "--mmsc {url}: {why}; it wants a URL on this machine, as http://127.0.0.1:8080/"
        ))
    };
    let rest = url
        .strip_prefix("http://")
        .ok_or_else(|| wrong("no http:// at its beginning".to_owned()))?;
    let authority = rest.split('/').next().unwrap_or_default();
    let with_port = if authority.contains(':') {
        authority.to_owned()
    } else {
        format!("{authority}:80")
    };
    // A name is taken only if it is the machine's own; a literal needs no resolver.
    let address: SocketAddr = match with_port.parse() {
        Ok(address) => address,
        Err(_) if with_port.starts_with("localhost:") => with_port
            .to_socket_addrs()
            .ok()
            .and_then(|mut all| all.next())
            .ok_or_else(|| wrong("localhost has no address".to_owned()))?,
        Err(_) => {
            return Err(wrong(
                "neither an address with a port nor localhost".to_owned(),
            ));
        }
    };
    Loopback::try_from(address).map_err(|e| wrong(e.to_string()))
}

/// `2026-11-22T05-10-22Z-world-mint.jsonl`
fn recording_name(start: jiff::Timestamp, serial: &str) -> String {
    let time = start
        .strftime("%Y-%m-%dT%H-%M-%S%.3fZ")
        .to_string()
        .replace('.', "-");
    let name: String = serial
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    format!("{time}-{}.jsonl", name.trim_matches('-'))
}

fn record(path: &Path) -> io::Result<std::fs::File> {
    if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
        private_folder(folder)?;
    }
    crate::bench::private(path)
}

/// Makes a folder that only its owner can look into. One that is there already stays as it is, unless it is our own.
fn private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
        builder.mode(0o700);
        builder.create(folder)?;
        if folder.ends_with("mmscope/recordings") {
            std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))?;
        }
    }
    #[cfg(not(unix))]
    builder.create(folder)?;
    Ok(())
}

/// Tells the journal of new bubbles, and counts them.
pub fn forward_bubbles(phones: &Phones, journal: Journal) -> watch::Receiver<u64> {
    let (count, counted) = watch::channel(0);
    phones.observe(move |number, _, bubble| {
        journal.record(What::Bubble(shown(number, bubble)));
        count.send_modify(|n| *n += 1);
    });
    counted
}

/// A bubble as the journal has it.
pub fn shown(phone: &str, bubble: &simulator::phone::Bubble) -> Bubble {
    Bubble {
        phone: Msisdn::new(phone).masked(),
        from: Msisdn::new(bubble.from.as_str()).masked(),
        subject: bubble.subject.clone(),
        text: bubble.text.clone(),
        others: bubble
            .attachments
            .iter()
            .map(|a| format!("{} {} octets", a.content_type, a.size))
            .collect(),
    }
}

/// Whether lines may have colours.
#[must_use]
pub fn style(global: &Global, config: &Config) -> super::Style {
    use super::args::ColorChoice;
    use std::io::IsTerminal;
    let wanted = match (global.color, config.screen.color) {
        (Some(ColorChoice::Always), _) | (None, crate::config::Color::Always) => true,
        (Some(ColorChoice::Never), _) | (None, crate::config::Color::Never) => false,
        (Some(ColorChoice::Auto), _) | (None, crate::config::Color::Auto) => {
            io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
        }
    };
    super::Style {
        ascii: global.ascii
            || match config.screen.ascii {
                Ascii::Auto => !super::locale::has_utf8(),
                Ascii::Always => true,
                Ascii::Never => false,
            },
        color: wanted,
    }
}

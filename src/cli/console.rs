//! The console: wires the screen to the bench.
use super::args::Global;
use super::desk::Desk;
use super::folders::{self, Folders};
use super::looks;
use super::matrix;
use super::recordings::Shelf;
use super::session::{self, Interrupts, Session, Wants};
use super::{Refusal, choosing, drafts, drawer, output, send, starting, vary};
use crate::bench::{self, Edition, InboxOrder, OutboxOrder};
use crate::compose::{self, Vary, way_by_length};
use crate::config::Config;
use crate::console::log::{LogLine, Severity};
use crate::console::measure::{encoder, fitter, measure_by, profile_row, profile_rows, read_draft};
use crate::console::panel::Wish;
use crate::console::recordings::{Found, Wanted};
use crate::console::run::Feed;
use crate::console::{
    self, CompareRow, Encode, Fitter, Flags, Looks, Measure, Mend, Order, ProfileRow, State,
};
use crate::event::{Depth, Event, EventId, Fix, Level, Notice, Recorder, Way, What};
use crate::inbox::Inbox;
use crate::journal::Journal;
use crate::known::{Known, Probe};
use crate::log::{self, Log, SessionClock};
use crate::mms::Pdu;
use crate::outbox::{Outbox, Persistence};
use crate::profile::{Library, Profile, SimFacts};
use bytes::Bytes;
use std::io::{IsTerminal, Write};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{mpsc, watch};

/// Opens the console, and leaves a closing line on the terminal.
pub async fn run(global: &Global, log: Log) -> Result<u8, Refusal> {
    if !std::io::stdout().is_terminal() || !std::io::stdin().is_terminal() {
        return Err(Refusal::usage(
            "the console needs a terminal on standard input and output. Without one the same is done by `mmscope send` (a message, every stage), `mmscope at` (AT commands), `mmscope probe` (why not) and `mmscope doctor` (the bench itself), each with --json for programs; `mmscope --help` has the others",
        ));
    }
    let wants = Wants {
        speed: 1.0,
        watchful: true,
        json: false,
        many: false,
        listens: true,
    };
    let folders = Folders::find()?;
    let read = looks::read(global, &folders)?;
    let session = if choosing::is_named(global, &read.config) {
        session::open_on(global, wants, drawer::Drawer::patient(global)?).await?
    } else {
        match choosing::choose(global, &read.config, &read.looks.theme, wants).await? {
            Some(session) => session,
            None => return Ok(0),
        }
    };
    let looks = read.looks;
    let copies = Copies::of(session.library.clone());
    let asked: Asked = Arc::default();
    let left: Left = Arc::default();
    let mut state = State::new(
        profile_rows(&session.library, None),
        &draft(&session),
        Flags {
            world: session.world.as_ref().map(|w| w.name.clone()),
            broken: starting::is_broken(
                global,
                &session.config,
                &session.library,
                session.world.as_ref(),
            ),
            recording: session.recording.as_ref().map(|p| p.display().to_string()),
            utc_offset_minutes: utc_offset(),
            read_only: global.read_only,
            tmux: std::env::var_os("TMUX").is_some(),
            keeps: session.outbox.is_slow(),
        },
        looks.theme.clone(),
        console::Bench {
            measure: copies.measure(&session.config),
            encode: copies.encode(),
            fit: copies.fit(),
            meaning: crate::at::meaning::explain_shaped,
            mend: {
                let copies = copies.clone();
                Arc::new(move |id, fix| copies.offer(id, fix))
            },
            compare: side_by_side,
            varying: vary::side_by_side,
            letter: {
                let inbox = session.inbox.clone();
                Arc::new(move |id| letter(&inbox, id))
            },
            recipients: {
                let outbox = session.outbox.clone();
                Arc::new(move |id| outbox.get(id).map(|entry| entry.to).unwrap_or_default())
            },
            own: {
                let outbox = session.outbox.clone();
                Arc::new(move |id| own_letter(&outbox, id))
            },
            interfaces: {
                let modem = session.simulated().cloned();
                Arc::new(move || super::host::all(modem.as_ref()))
            },
        },
    );
    state.wear(looks);
    state.unrecorded.why.clone_from(&session.unkept);
    let learned = folders::read(&folders.learned()).unwrap_or_default();
    state.at.recall_earlier(folders.commands());
    state.greet(&learned.lines().map(str::to_owned).collect::<Vec<_>>());
    state.remind(session.outbox.all().iter().map(|entry| entry.state));
    let (shelf, library) = mpsc::unbounded_channel();
    let (answers, answered) = mpsc::channel(64);
    let desk = Desk {
        global: global.clone(),
        world: session.world.clone(),
        folders: folders.clone(),
        recording: session.recording.clone(),
        config: session.config.clone(),
        journal: session.journal.clone(),
        answers,
    };
    let feed = JournalFeed {
        answered,
        told: Vec::new(),
        global: global.clone(),
        recordings: Shelf::new(folders.recordings(), session.recording.clone()),
        folders,
        shelf,
        changes: session.journal.changes(),
        journal: session.journal.clone(),
        copies: copies.clone(),
        // The state was made with the rows of no SIM.
        shown: Some((None, 0)),
        asked: asked.clone(),
        left: left.clone(),
        said: log.changes(),
        log,
    };
    let (orders, inbox) = mpsc::channel(64);
    let summary = tokio::select! {
        summary = console::run(state, feed, orders) => summary,
        () = hand_over(inbox, library, &session, &desk, &copies, &asked) => Ok(String::new()),
    };
    let unsent = left.lock().unwrap_or_else(PoisonError::into_inner).take();
    let unsent = unsent.filter(|_| session.outbox.is_slow());
    let keep = |(letter, draft)| drafts::keep(&session.outbox, &letter, draft, session::chance());
    let kept = unsent.map(keep);
    let known = session.journal.known();
    if known.running().is_some() || known.probing().is_some() || known.settings_open() {
        output::tell("leaving the modem as it was found …");
    }
    let closed = send::let_go(session.bench, &mut Interrupts::listen()).await;
    let summary = summary.map_err(|e| Refusal::with(11, format!("the terminal failed: {e}")));
    // Between words, where the terminal says how wide it is.
    let columns =
        ratatui::crossterm::terminal::size().map_or(usize::MAX, |(columns, _)| columns.into());
    let left = |says: &str| output::line(&console::ending::folded(says, columns));
    if let Ok(summary) = &summary {
        left(summary);
    }
    match kept {
        Some(Ok(id)) => {
            let says = format!(
                "mmscope: the letter that was not sent is kept as a draft: message {id} of the outbox, which e in Messages takes into the composer"
            );
            left(&says);
        }
        Some(Err(why)) => output::tell(&why),
        None => {}
    }
    session::end_writers(&session.journal, session.asked.as_ref());
    summary?;
    if !closed {
        output::tell("the modem did not let go in time; `mmscope restore` puts its settings back");
    }
    Ok(0)
}

/// What the screen begins with: the world's draft, or nothing.
fn draft(session: &Session) -> console::Draft {
    session
        .world
        .as_ref()
        .map_or_else(console::Draft::default, |named| {
            let start = &named.world.start.draft;
            console::Draft {
                to: vec![start.to.clone()],
                text: start.text.clone(),
                ..console::Draft::default()
            }
        })
}

/// Minutes that local time is ahead of UTC.
pub(super) fn utc_offset() -> i16 {
    let seconds = jiff::Zoned::now().offset().seconds();
    i16::try_from(seconds / 60).unwrap_or(0)
}

/// Takes the screen's orders to the bench, and those that are about files to the desk, until the screen ends.
async fn hand_over(
    mut inbox: mpsc::Receiver<Order>,
    mut library: mpsc::UnboundedReceiver<Arc<Library>>,
    session: &Session,
    desk: &Desk,
    copies: &Copies,
    asked: &Asked,
) {
    // The row of sends that runs, and its own stop: an earlier row's does not end a later one, nor is it taken back by it.
    let mut running = None;
    loop {
        let ended = async {
            match &mut running {
                Some((row, _)) => Pin::new(row).await,
                None => std::future::pending().await,
            }
        };
        let order = tokio::select! {
            says = ended => {
                running = None;
                desk.tell(console::Message::VaryEnded(says)).await;
                continue;
            }
            Some(library) = library.recv() => {
                session.bench.order(bench::Order::Library(library)).await;
                continue;
            }
            order = inbox.recv() => order,
        };
        let Some(order) = order else {
            break;
        };
        if let Order::SaveItem(id) = order {
            let says = save_item(session, id);
            desk.tell(console::Message::Hint(says)).await;
            continue;
        }
        if let Order::OpenDraft(id) = order {
            open_draft(session, asked, id);
            continue;
        }
        match &order {
            // What of the row has begun is stopped by the bench; the rest does not begin.
            Order::Cancel => {
                if let Some((_, stop)) = &running {
                    let stop: &watch::Sender<bool> = stop;
                    stop.send_replace(true);
                }
            }
            Order::Vary(..) if running.is_some() => {
                let says = "A row of sends runs already; stop it or wait for its end.";
                desk.tell(console::Message::Hint(says.to_owned())).await;
                continue;
            }
            Order::Vary(draft, vary) => {
                match row(session, copies, draft, vary) {
                    Ok(row) => {
                        let ids = row.iter().map(|p| p.transaction_id.clone());
                        desk.tell(console::Message::VaryBegun(ids.collect())).await;
                        let (stop, stopped) = watch::channel(false);
                        running = Some((Box::pin(vary::beside(session, row, stopped)), stop));
                    }
                    Err(why) => {
                        let says = format!("Nothing was sent: {why}");
                        desk.tell(console::Message::VaryEnded(says)).await;
                    }
                }
                continue;
            }
            Order::Examine(wish) => {
                match examine(session, wish) {
                    Ok(orders) => {
                        for order in orders {
                            session.bench.order(order).await;
                        }
                    }
                    Err(why) => desk.tell(console::Message::Hint(why)).await,
                }
                continue;
            }
            _ => {}
        }
        let held = |id: &str| copies.find(id);
        let Some(order) = desk.take(order, held) else {
            continue;
        };
        match to_bench(order, copies) {
            Ok(order) => session.bench.order(order).await,
            Err(text) => {
                session.journal.record(What::Notice(Notice {
                    level: Level::Warning,
                    text,
                    because: None,
                }));
            }
        }
    }
    // The screen has gone; its summary is on its way.
    std::future::pending::<()>().await;
}

/// The messages of a row in which one thing is changed.
fn row(
    session: &Session,
    copies: &Copies,
    draft: &console::Draft,
    vary: &Vary,
) -> Result<Vec<vary::Planned>, String> {
    let used = session.journal.known().profile.clone();
    let used = used.ok_or("no profile is in use")?;
    let profile = match copies.find(&used.id) {
        Some(copy) => copy,
        None => {
            let library = copies.library();
            library.get(&used.id).map_err(|e| e.to_string())?.clone()
        }
    };
    let base = bench::Message {
        draft: read_draft(draft)?,
        version: draft.asked.version,
        way: Some(Way::Mms),
        ..bench::Message::default()
    };
    vary::row(vary, &profile, &base)
}

/// The probes that a person has chosen in the panel.
fn examine(session: &Session, wish: &Wish) -> Result<Vec<bench::Order>, String> {
    let interface = wish.interface.as_deref();
    let interface = interface.map(|name| super::host::named(name, session.simulated()));
    let interface = interface.transpose().map_err(|refusal| refusal.says)?;
    let pair = |place: &crate::config::Place| (place.host.clone(), place.port);
    let references = wish.references.as_ref();
    let references: Option<Vec<_>> = references.map(|all| all.iter().map(pair).collect());
    let order = |profile: Option<&String>| {
        bench::Order::Probe(Box::new(bench::Probe {
            profile: profile.cloned(),
            depth: if wish.full { Depth::Full } else { Depth::Quick },
            exhaustive: profile.is_some(),
            witnesses: wish.witnesses.clone(),
            interface: interface.clone(),
            sizes: wish.sizes,
            references: references.clone(),
        }))
    };
    if wish.profiles.is_empty() {
        return Ok(vec![order(None)]);
    }
    Ok(wish.profiles.iter().map(|id| order(Some(id))).collect())
}

/// A message of the outbox on its way into the composer, with its number.
type Asked = Arc<Mutex<Option<(u64, console::Draft)>>>;
/// The letter that was not sent, and the draft that it came from.
type Left = Arc<Mutex<Option<(console::Draft, Option<u64>)>>>;

/// A received message is written into a folder beside where the console was started.
fn save_item(session: &Session, id: u64) -> String {
    let folder = std::path::PathBuf::from(format!("message-{id}"));
    let (level, text) = match session.inbox.export(id, &folder) {
        Ok(files) => (
            Level::Info,
            format!(
                "message {id}: {} written into {}",
                match files.len() {
                    1 => "1 file".to_owned(),
                    n => format!("{n} files"),
                },
                std::path::absolute(&folder).unwrap_or(folder).display()
            ),
        ),
        Err(e) => (Level::Warning, format!("message {id} is not saved: {e}")),
    };
    session.journal.record(What::Notice(Notice {
        level,
        text: text.clone(),
        because: None,
    }));
    text
}

/// What stands in a received message.
fn letter(inbox: &Inbox, id: u64) -> Option<console::Letter> {
    let item = inbox.get(id).ok()?;
    let parts = item.parts.iter().map(|part| {
        let size = crate::compose::size_text(part.size as u64);
        format!("+ {} {size} {}", part.content_type, part.file)
    });
    Some(console::Letter {
        parts: parts.collect(),
        from: item.from,
        subject: item.subject,
        text: item.text,
    })
}

/// What stands in a message of the outbox.
fn own_letter(outbox: &Outbox, id: u64) -> Result<console::Letter, String> {
    let draft = drafts::read(outbox, id)?;
    let parts = draft.attachments.iter().map(|file| {
        let size = crate::compose::size_text(file.data.len() as u64);
        format!("+ {} {size} {}", file.content_type, file.name)
    });
    Ok(console::Letter {
        parts: parts.collect(),
        from: String::new(),
        subject: draft.subject,
        text: draft.text,
    })
}

fn open_draft(session: &Session, asked: &Asked, id: u64) {
    let (level, text) = match drafts::read(&session.outbox, id) {
        Ok(draft) => {
            *asked.lock().unwrap_or_else(PoisonError::into_inner) = Some((id, draft));
            (Level::Info, format!("message {id} is in the composer"))
        }
        Err(why) => (
            Level::Warning,
            format!("message {id} cannot be opened: {why}"),
        ),
    };
    // The screen looks for the draft when something is recorded.
    session.journal.record(What::Notice(Notice {
        level,
        text,
        because: None,
    }));
}

fn message(
    draft: &console::Draft,
    way: Option<Way>,
    entry: Option<u64>,
) -> Result<bench::Order, String> {
    let version = draft.asked.version;
    let draft = read_draft(draft).map_err(|e| format!("not sent: {e}"))?;
    Ok(bench::Order::Send(Box::new(bench::Message {
        draft,
        version,
        way,
        entry,
        persistence: Persistence::AsTheStatusSays,
        ..bench::Message::default()
    })))
}

fn to_bench(order: Order, copies: &Copies) -> Result<bench::Order, String> {
    Ok(match order {
        Order::Send(draft) => message(&draft, None, None)?,
        Order::SendAs(draft, way) => message(&draft, Some(way), None)?,
        Order::SendDraft { entry, letter, way } => message(&letter, way, Some(entry))?,
        Order::SendAgain(octets) => bench::Order::Send(Box::new(again(octets.0))),
        Order::Unrecorded => bench::Order::Unrecorded,
        Order::SendQueued => bench::Order::Outbox(OutboxOrder::SendQueued),
        Order::SendEntry(id) => bench::Order::Outbox(OutboxOrder::Send(id)),
        Order::Resend { entry, same, way } => bench::Order::Outbox(OutboxOrder::Resend {
            entry,
            edition: if same { Edition::Same } else { Edition::New },
            way,
        }),
        Order::CancelEntry(id) => bench::Order::Outbox(OutboxOrder::Cancel(id)),
        Order::Forget(id) => bench::Order::Outbox(OutboxOrder::Forget(id)),
        Order::FetchItem(id) => bench::Order::Inbox(InboxOrder::Fetch(id)),
        Order::RejectItem(id) => bench::Order::Inbox(InboxOrder::Reject(id)),
        Order::DeferItem(id) => bench::Order::Inbox(InboxOrder::Defer(id)),
        Order::DeleteStored(id) => bench::Order::Inbox(InboxOrder::DeleteStored(id)),
        Order::SelfTest => bench::Order::SelfTest {
            lengths: bench::LENGTHS.to_vec(),
            times: 1,
        },
        Order::SaveItem(id) => return Err(format!("message {id} is for a folder")),
        Order::OpenDraft(id) => return Err(format!("message {id} is for the composer")),
        Order::Probe {
            profile,
            exhaustive,
            witnesses,
        } => bench::Order::Probe(Box::new(bench::Probe {
            profile,
            depth: Depth::Quick,
            exhaustive,
            witnesses,
            ..bench::Probe::default()
        })),
        Order::FullProbe(witnesses) => bench::Order::Probe(Box::new(bench::Probe {
            depth: Depth::Full,
            witnesses,
            ..bench::Probe::default()
        })),
        Order::Mend { profile, fix } => {
            let copy = copies.hold(&profile, &fix);
            let copy = copy.map_err(|e| format!("not changed: {e}"))?;
            bench::Order::UseCopy(Box::new(copy))
        }
        Order::Cancel => bench::Order::Cancel,
        Order::RunAt(text) => bench::Order::RunAt(text),
        Order::RunAll(commands) => {
            let typed = commands.into_iter().map(|c| bench::Typed {
                command: c.command,
                payload: c.payload,
            });
            bench::Order::RunAll(typed.collect())
        }
        Order::Mark { line, name } => bench::Order::Mark { line, name },
        Order::UseProfile(id) => bench::Order::UseProfile(id),
        Order::Restore => bench::Order::Restore,
        Order::Report { .. }
        | Order::Export { .. }
        | Order::Examine(_)
        | Order::Vary(..)
        | Order::Recordings
        | Order::Earlier(_)
        | Order::Keep(_) => return Err("that is no order for the bench".to_owned()),
    })
}

/// The very same octets once more. The draft beside them is what the ladder and the recording tell of.
fn again(octets: Bytes) -> bench::Message {
    let pdu = Pdu::decode(&octets).pdu;
    bench::Message {
        // A recipient that no draft takes stands in the octets all the same.
        draft: compose::draft_of(&pdu).unwrap_or_default(),
        transaction_id: pdu.transaction_id(),
        version: pdu.version(),
        octets: Some(octets),
        way: Some(Way::Mms),
        ..bench::Message::default()
    }
}

/// The profiles of this session: the library, and the copies with one thing changed that a verdict led to.
#[derive(Clone)]
struct Copies {
    library: Arc<Mutex<Arc<Library>>>,
    /// Each with the id of the one in the library that it came from.
    held: Arc<Mutex<Vec<(Profile, String)>>>,
}

impl Copies {
    fn of(library: Arc<Library>) -> Self {
        Self {
            library: Arc::new(Mutex::new(library)),
            held: Arc::default(),
        }
    }

    fn library(&self) -> Arc<Library> {
        let library = self.library.lock().unwrap_or_else(PoisonError::into_inner);
        library.clone()
    }

    /// Another library from now on; the copies stay what they were made of.
    fn replace(&self, library: Arc<Library>) {
        *self.library.lock().unwrap_or_else(PoisonError::into_inner) = library;
    }

    fn held(&self) -> Vec<(Profile, String)> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.clone()
    }

    /// The copy with this id.
    fn find(&self, id: &str) -> Option<Profile> {
        let mut held = self.held().into_iter();
        held.find(|(p, _)| p.id.as_str() == id).map(|(p, _)| p)
    }

    /// A copy with this changed, and the id in the library that it came from.
    fn changed(&self, id: &str, fix: &Fix) -> Result<(Profile, String), String> {
        let held = self.held();
        let found = held.iter().find(|(p, _)| p.id.as_str() == id);
        let (profile, root) = match found {
            Some((profile, root)) => (profile.clone(), root.clone()),
            None => {
                let library = self.library();
                let profile = library.get(id).map_err(|e| e.to_string())?;
                (profile.clone(), id.to_owned())
            }
        };
        Ok((profile.mended(fix)?, root))
    }

    /// What the screen offers.
    fn offer(&self, id: &str, fix: &Fix) -> Option<Mend> {
        let (copy, _) = self.changed(id, fix).ok()?;
        let used = copy.in_use();
        let mut says = format!(
            "uses {}, a copy held for this session: APN {}, {}, dials {}",
            used.id, used.apn, used.pdp_type, used.dials
        );
        let same = |other: &&Profile| {
            let other = other.in_use();
            !other.id.starts_with("example/")
                && other.apn == used.apn
                && other.mmsc == used.mmsc
                && other.dials == used.dials
        };
        let library = self.library();
        if let Some(shipped) = library.all().iter().find(same) {
            let pdp_type = shipped.mms_pdn().pdp_type;
            says.push_str(&format!(
                ". Profile {} says the same (type {pdp_type})",
                shipped.id
            ));
        }
        Some(Mend { id: used.id, says })
    }

    /// Makes the copy, and keeps it for the session.
    fn hold(&self, id: &str, fix: &Fix) -> Result<Profile, String> {
        let (copy, root) = self.changed(id, fix)?;
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|(p, _)| p.id != copy.id);
        held.push((copy.clone(), root));
        Ok(copy)
    }

    /// Measures drafts; for a copy as for the profile that it came from, since nothing that is mended changes a size.
    fn measure(&self, config: &Config) -> Measure {
        let own = config.own_number.as_ref();
        let own = own.map(|n| n.recipient().plain().to_owned());
        let (copies, text_limit, sending) = (self.clone(), config.text_limit, config.sending);
        let most = usize::try_from(sending.mms_from_parts.get()).unwrap_or(usize::MAX);
        let by_rule = move |draft: &compose::Draft| {
            let fixed = sending.way.fixed();
            fixed.unwrap_or_else(|| way_by_length(draft, most))
        };
        Arc::new(move |draft, id, sim| {
            let root = copies.root(id);
            let measure = measure_by(copies.library(), text_limit, own.clone(), by_rule);
            measure(draft, root.as_deref(), sim)
        })
    }

    /// Makes the M-Send.req of drafts; for a copy as for the profile that it came from, since nothing that is mended changes an octet of it.
    fn encode(&self) -> Encode {
        let copies = self.clone();
        Arc::new(move |draft, id, date| {
            encoder(copies.library())(draft, copies.root(id).as_deref(), date)
        })
    }

    /// Makes the files of drafts fit; for a copy as for the profile that it came from.
    fn fit(&self) -> Fitter {
        let copies = self.clone();
        Arc::new(move |draft, id| fitter(copies.library())(draft, copies.root(id).as_deref()))
    }

    /// The id in the library that a profile's id leads to.
    fn root(&self, id: Option<&str>) -> Option<String> {
        let held = self.held();
        let copy = held.iter().find(|(p, _)| Some(p.id.as_str()) == id);
        copy.map(|(_, root)| root.clone()).or(id.map(str::to_owned))
    }

    fn rows(&self, sim: Option<&SimFacts>) -> Vec<ProfileRow> {
        let mut rows: Vec<ProfileRow> = self
            .held()
            .iter()
            .map(|(p, _)| profile_row(p, sim))
            .collect();
        rows.extend(profile_rows(&self.library(), sim));
        rows
    }
}

/// A line of the log as the screen shows it: beside lines of the session, and so by the session's clock.
fn as_shown(line: log::Line, clock: Option<SessionClock>) -> LogLine {
    use tracing::Level as Of;
    LogLine {
        number: line.number,
        at: clock.and_then(|c| c.at(&line.at)).unwrap_or(line.at),
        severity: match line.level {
            Of::ERROR => Severity::Error,
            Of::WARN => Severity::Warning,
            Of::INFO => Severity::Info,
            _ => Severity::Debug,
        },
        room: line.room,
        text: line.text,
    }
}

/// The table that `probe --profiles` prints, as the screen shows it.
pub(super) fn side_by_side(probes: &[&Probe]) -> Vec<CompareRow> {
    let rows = matrix::rows(probes).into_iter();
    rows.map(|(name, row)| {
        let (values, behind): (Vec<_>, Vec<_>) = row.into_iter().unzip();
        CompareRow {
            differs: matrix::differs(&values),
            name,
            values,
            behind,
        }
    })
    .collect()
}

/// The journal as the screen reads it.
struct JournalFeed {
    global: Global,
    folders: Folders,
    recordings: Shelf,
    /// Where a library that was read again goes to the bench.
    shelf: mpsc::UnboundedSender<Arc<Library>>,
    journal: Journal,
    changes: watch::Receiver<EventId>,
    copies: Copies,
    /// Answers of the desk.
    answered: mpsc::Receiver<console::Message>,
    /// Those that came and were not shown yet.
    told: Vec<console::Message>,
    /// The SIM's home network and the number of copies for which the profiles were last shown.
    shown: Option<(Option<String>, usize)>,
    asked: Asked,
    /// The letter that stood in the composer at the end.
    left: Left,
    log: Log,
    said: watch::Receiver<u64>,
}

impl Feed for JournalFeed {
    fn known(&self) -> Arc<Known> {
        self.journal.known()
    }

    fn since(&self, id: EventId) -> Vec<Arc<Event>> {
        self.journal.since(id)
    }

    async fn changed(&mut self) {
        let changed = tokio::select! {
            changed = self.changes.changed() => changed,
            said = self.said.changed() => said,
            () = self.recordings.changed() => return,
            Some(message) = self.answered.recv() => return self.told.push(message),
        };
        if changed.is_err() {
            std::future::pending::<()>().await;
        }
    }

    fn told(&mut self) -> Vec<console::Message> {
        std::mem::take(&mut self.told)
    }

    fn log_since(&self, number: u64) -> Vec<LogLine> {
        let lines = self.log.since(number).into_iter();
        let known = self.journal.known();
        let clock = SessionClock::of(&known.started_at, known.session.speed);
        lines.map(|line| as_shown(line, clock)).collect()
    }

    fn now_ms(&self) -> u64 {
        self.journal.now_ms()
    }

    fn left(&mut self, letter: console::Draft, draft: Option<u64>) {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        *left = Some((letter, draft));
    }

    fn draft(&mut self) -> Option<(u64, console::Draft)> {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.take()
    }

    fn reload(&mut self) -> Result<Looks, String> {
        let looks = looks::read(&self.global, &self.folders).map_err(|e| {
            let mut faults = e.says.lines();
            let first = faults.next().unwrap_or_default().to_owned();
            match faults.count() {
                0 => first,
                more => format!("{first} (and {more} more: `mmscope config --check`)"),
            }
        })?;
        let (library, complaints) = self.folders.library();
        if let Some(first) = complaints.into_iter().next() {
            return Err(first);
        }
        let library = Arc::new(library);
        self.copies.replace(library.clone());
        self.shown = None;
        // A bench that has ended needs no library.
        let _ = self.shelf.send(library);
        Ok(looks.looks)
    }

    fn fetch(&mut self, wanted: Wanted) {
        self.recordings.fetch(wanted);
    }

    fn found(&mut self) -> Option<Found> {
        self.recordings.found()
    }

    fn remember(&mut self, command: &str) {
        // A history that is not kept does no harm; a console that fails over it would.
        let _ = self.folders.keep_command(command);
    }

    fn learned(&mut self, tip: &str) {
        let path = self.folders.learned();
        let append = || -> std::io::Result<()> {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder)?;
            }
            let mut file = std::fs::OpenOptions::new()
                .create(true)
                .append(true)
                .open(&path)?;
            writeln!(file, "{tip}")
        };
        // A hint that comes again does no harm; a console that fails over it would.
        let _ = append();
    }

    fn profiles(&mut self, known: &Known) -> Option<Vec<ProfileRow>> {
        let sim = known.sim.as_ref();
        let home = sim.and_then(|s| s.home.clone());
        let now = (home, self.copies.held().len());
        if self.shown.as_ref() == Some(&now) {
            return None;
        }
        let facts = now.0.as_ref().map(|home| SimFacts {
            mccmnc: Some(home.replace('-', "")),
            gid1: sim.and_then(|s| s.gid1.clone()),
            spn: sim.and_then(|s| s.spn.clone()),
            ..SimFacts::default()
        });
        self.shown = Some(now);
        Some(self.copies.rows(facts.as_ref()))
    }
}

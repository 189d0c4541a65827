//! The console: wires the screen to the bench.
mod copies;
mod feed;
mod moving;

use copies::Copies;
use feed::JournalFeed;

use super::args::Global;
use super::desk::Desk;
use super::folders::{self, Folders};
use super::looks;
use super::matrix;
use super::opening::{self, Asked};
use super::recordings::Shelf;
use super::session::{self, Session};
use super::{Refusal, choosing, drafts, drawer, dry_run, starting, status, vary};
use crate::bench::{self, Edition, InboxOrder, OutboxOrder};
use crate::compose::{self, Vary};
use crate::config::Fallback;
use crate::console::measure::{profile_rows, read_draft};
use crate::console::panel::Wish;
use crate::console::{self, Canvas, Choice, CompareRow, Flags, Kept, Looks, Luggage, Order, State};
use crate::event::{Depth, Level, Notice, Recorder, Way, What};
use crate::inbox::Inbox;
use crate::known::Probe;
use crate::lock::Lock;
use crate::log::Log;
use crate::mms::Pdu;
use crate::outbox::{Outbox, Persistence, StoreError};
use crate::profile::{Library, Profile};
use bytes::Bytes;
use futures_util::stream::FuturesUnordered;
use futures_util::{Stream, StreamExt};
use ratatui::crossterm::event::Event as Input;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{mpsc, watch};

/// Opens the console, and leaves a closing line on the terminal.
pub async fn run(global: &Global, log: Log) -> Result<u8, Refusal> {
    let is_screen = std::io::stdout().is_terminal() && std::io::stdin().is_terminal();
    let folders = Folders::find()?;
    if !is_screen && !global.json {
        let read = looks::read(global, &folders)?;
        if choosing::is_named(global, &read.config) {
            return status::run(global, &folders, read).await;
        }
    }
    if !is_screen && global.json {
        return Err(Refusal::usage(
            "--json has nothing to print here: without a terminal mmscope tells once how the bench stands, as text only; leave --json out for that. `mmscope send`, `mmscope at`, `mmscope probe` and `mmscope doctor` take --json",
        ));
    }
    if !is_screen {
        return Err(Refusal::usage(
            "the console needs a terminal on standard input and output. Without one `mmscope --sim` or `mmscope --port PATH` prints once how the bench stands, and the rest is done by `mmscope send` (a message, every stage), `mmscope at` (AT commands), `mmscope probe` (why not) and `mmscope doctor` (the bench itself), each with --json for programs; `mmscope --help` has the others",
        ));
    }
    let read = looks::read(global, &folders)?;
    let session = if choosing::is_named(global, &read.config) {
        session::open_on(global, moving::WANTS, drawer::Drawer::patient(global)?).await?
    } else {
        match choosing::choose(global, &read.config, &read.looks.theme, moving::WANTS).await? {
            Some(session) => session,
            None => return Ok(0),
        }
    };
    moving::sessions(global, log, (folders, read), session).await
}

/// The screen of a session as it begins.
pub(super) fn first_screen(
    session: &Session,
    global: &Global,
    folders: &Folders,
    looks: Looks,
) -> State {
    screen_of(
        session,
        global,
        folders,
        looks,
        &Copies::of(session.library.clone()),
    )
}

fn screen_of(
    session: &Session,
    global: &Global,
    folders: &Folders,
    looks: Looks,
    copies: &Copies,
) -> State {
    let mut state = State::new(
        profile_rows(&session.library, None),
        &draft(session),
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
            falls_back: session.config.sending.fallback == Fallback::Send,
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
            is_free: {
                let file = outbox_of_another(session);
                Arc::new(move || {
                    let lock = file.as_deref().map(Lock::beside);
                    lock.is_some_and(|lock| Lock::take(&lock).is_some())
                })
            },
        },
    );
    state.wear(looks);
    state.unrecorded.why.clone_from(&session.unkept);
    let learned = folders::read(&folders.learned()).unwrap_or_default();
    state.at.recall_earlier(folders.commands());
    state.greet(&learned.lines().map(str::to_owned).collect::<Vec<_>>());
    state.remind(session.outbox.all().iter().map(|entry| entry.state));
    if let Some(file) = outbox_of_another(session) {
        state.keep_off(file.display().to_string());
    }
    state
}

/// The outbox's file, where another mmscope has it.
fn outbox_of_another(session: &Session) -> Option<PathBuf> {
    match session.outbox.why_unkept() {
        Some(StoreError::InUse { file }) => Some(file.clone()),
        _ => None,
    }
}

/// How a session in the console has ended.
struct Ended {
    /// What the person goes on to; none where they quit. Or the terminal's failure.
    chosen: std::io::Result<Option<Choice>>,
    /// What stays on the terminal.
    summary: String,
    /// The letter that was not sent, and the draft that it came from.
    unsent: Option<(console::Draft, Option<u64>)>,
    /// The message of the outbox that the letter became, where its turn had not come.
    waiting: Option<u64>,
    /// What goes along.
    luggage: Luggage,
}

/// Runs the screen on a session until the person quits or goes on to another one.
async fn stay<C, S>(
    (canvas, input): (&mut C, &mut S),
    session: &Session,
    (global, folders, log): (&Global, &Folders, &Log),
    looks: &Looks,
    brought: Option<(Luggage, Kept)>,
) -> Ended
where
    C: Canvas,
    S: Stream<Item = std::io::Result<Input>> + Unpin,
{
    let copies = Copies::of(session.library.clone());
    let asked: Asked = Arc::default();
    let left: Left = Arc::default();
    let mut state = screen_of(session, global, folders, looks.clone(), &copies);
    if let Some((luggage, kept)) = brought {
        state.unpack(luggage, kept);
    }
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
    let mut feed = JournalFeed {
        answered,
        told: Vec::new(),
        global: global.clone(),
        recordings: Shelf::new(folders.recordings(), session.recording.clone()),
        folders: folders.clone(),
        config: session.config.clone(),
        shelf,
        changes: session.journal.changes(),
        journal: session.journal.clone(),
        copies: copies.clone(),
        // The state was made with the rows of no SIM.
        shown: Some((None, 0)),
        asked: asked.clone(),
        left: left.clone(),
        said: log.changes(),
        log: log.clone(),
    };
    let (orders, inbox) = mpsc::channel(64);
    let chosen = tokio::select! {
        chosen = console::until_the_end(canvas, input, &mut state, &mut feed, orders) => chosen,
        () = hand_over(inbox, library, session, &desk, &copies, &asked) => Ok(None),
    };
    let unsent = left.lock().unwrap_or_else(PoisonError::into_inner).take();
    Ended {
        chosen,
        summary: state.summary(),
        unsent: unsent.filter(|_| session.outbox.is_slow()),
        waiting: state.waiting(),
        luggage: state.luggage(&draft(session)),
    }
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
    // Messages on their way out of the queue: nothing else waits for that.
    let mut openings = FuturesUnordered::new();
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
            Some(()) = openings.next() => continue,
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
            openings.push(opening::open(session, asked, id));
            continue;
        }
        if let Order::DryRun(draft, way) = order {
            rehearse(session, copies, desk, draft, way);
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

/// Tells the screen what a send of this letter would do.
fn rehearse(session: &Session, copies: &Copies, desk: &Desk, draft: console::Draft, way: Way) {
    let profile = used(session, copies);
    let (config, desk) = (session.config.clone(), desk.clone());
    tokio::spawn(async move {
        let run = match (profile, way) {
            (Err(why), Way::Mms) => Err(why),
            (profile, way) => dry_run::on_screen(&draft, way, profile.ok(), &config).await,
        };
        desk.tell(console::Message::DryRun(run)).await;
    });
}

/// The profile in use.
fn used(session: &Session, copies: &Copies) -> Result<Profile, String> {
    let used = session.journal.known().profile.clone();
    let used = used.ok_or("no profile is in use")?;
    match copies.find(&used.id) {
        Some(copy) => Ok(copy),
        None => {
            let library = copies.library();
            library.get(&used.id).cloned().map_err(|e| e.to_string())
        }
    }
}

/// The messages of a row in which one thing is changed.
fn row(
    session: &Session,
    copies: &Copies,
    draft: &console::Draft,
    vary: &Vary,
) -> Result<Vec<vary::Planned>, String> {
    let profile = used(session, copies)?;
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
        Order::Drive(drive) => bench::Order::Drive(drive),
        Order::Report { .. }
        | Order::Export { .. }
        | Order::Examine(_)
        | Order::Vary(..)
        | Order::DryRun(..)
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

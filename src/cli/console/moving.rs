//! From session to session in one console: each ends in order before the next begins, on a terminal that stays taken.
//!
//! In: the first session. Out: the lines that stay on the terminal, of all of them. Never here: the screen.
use super::super::choosing::{self, failed};
use super::super::folders::Folders;
use super::super::looks::Read;
use super::super::session::{self, Interrupts, Session, Wants};
use super::super::{Global, Refusal, drafts, output, send};
use super::{Ended, stay};
use crate::bench::Bench;
use crate::console::terminal::Screen;
use crate::console::{self, Canvas, Kept, Luggage, Theme};
use crate::event::EntryState;
use crate::log::Log;
use crate::outbox::{Entry, Outbox};
use futures_util::Stream;
use ratatui::crossterm::event::{Event as Input, EventStream};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What the console wants of its bench.
pub(super) const WANTS: Wants = Wants {
    speed: 1.0,
    watchful: true,
    json: false,
    many: false,
    listens: true,
};

/// The outbox of a new session has told what it holds by then, or something is amiss.
const TOLD: Duration = Duration::from_millis(500);

/// Something for the terminal once the screen has gone.
enum Word {
    Line(String),
    Tell(String),
    Lacks(String),
    /// A letter was kept as this draft; told where it still is one at the end.
    Kept(Home),
    /// This message of an outbox had not gone out; told where it still waits.
    Waits(Home),
}

impl Word {
    fn say(self) {
        match self {
            Self::Line(says) => left(&says),
            Self::Tell(says) => output::tell(&says),
            Self::Lacks(says) => output::lacks(&says),
            Self::Kept(home) => left(&format!(
                "mmscope: the letter that was not sent is kept as a draft: message {} of the outbox, which e in Messages takes into the composer",
                home.id
            )),
            Self::Waits(home) => left(&format!(
                "mmscope: message {} has not gone out: it waits in the outbox; `mmscope outbox send --all` sends what waits",
                home.id
            )),
        }
    }

    /// Whether it still holds, as far as this outbox knows.
    fn holds(&self, outbox: &Outbox) -> bool {
        match self {
            Self::Kept(home) => home.is_as(outbox, EntryState::Draft) != Some(false),
            Self::Waits(home) => home.is_as(outbox, EntryState::Queued) != Some(false),
            _ => true,
        }
    }
}

/// A message of an outbox on a disk.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Home {
    file: PathBuf,
    id: u64,
    /// The number of a forgotten message may be given again.
    transaction_id: String,
}

impl Home {
    /// None where the outbox is on no disk, or has no such message.
    fn of(outbox: &Outbox, id: u64) -> Option<Self> {
        Some(Self {
            file: outbox.file()?.to_owned(),
            id,
            transaction_id: outbox.get(id).ok()?.transaction_id,
        })
    }

    /// Whether it is in this state in its outbox; none where that is another one.
    fn is_as(&self, outbox: &Outbox, state: EntryState) -> Option<bool> {
        if outbox.file() != Some(&self.file) {
            return None;
        }
        let entry = outbox.get(self.id).ok();
        let same = |e: &Entry| e.transaction_id == self.transaction_id && e.state == state;
        Some(entry.as_ref().is_some_and(same))
    }

    /// Where the letter is, as a session on this outbox sees it.
    fn seen_from(&self, outbox: &Outbox) -> Kept {
        match self.is_as(outbox, EntryState::Draft) {
            Some(true) => Kept::Here(self.id),
            Some(false) => Kept::Nowhere,
            None => Kept::Elsewhere,
        }
    }
}

/// Goes from session to session until the person quits. Each begins with the options of the first, as far as the choice does not change them.
pub(super) async fn sessions(
    first: &Global,
    log: Log,
    (folders, read): (Folders, Read),
    mut session: Session,
) -> Result<u8, Refusal> {
    let mut screen = Screen::take().map_err(failed)?;
    let mut input = EventStream::new();
    let mut global = first.clone();
    let mut brought: Option<(Luggage, Kept)> = None;
    let mut words = Vec::new();
    let mut home = None;
    let mut count = 1;
    loop {
        let place = (&mut screen, &mut input);
        let rooms = (&global, &folders, &log);
        let mut ended = stay(place, &session, rooms, &read.looks, brought.take()).await;
        let Ok(Some(choice)) = &ended.chosen else {
            drop((screen, input));
            return quit(session, ended, words).await;
        };
        let choice = choice.clone();
        words.push(Word::Line(std::mem::take(&mut ended.summary)));
        home = keep(&session, &mut ended, home, &mut words);
        let place = (&mut screen, &mut input);
        let goes_on = leave(place, session, ended.luggage.theme(), &mut words).await;
        let mut wanted = first.clone();
        if let Some(path) = &first.record {
            let (path, n) = numbered(path, count);
            (wanted.record, count) = (Some(path), n);
        }
        let place = (&mut screen, &mut input);
        let wishes = (&wanted, &read.config, ended.luggage.theme());
        let opened = match goes_on {
            true => choosing::open(place, wishes, choice, WANTS).await,
            false => Ok(None),
        };
        let Ok(Some((next, named))) = opened else {
            drop((screen, input));
            words.extend(gone(&ended.luggage));
            words.into_iter().for_each(Word::say);
            return opened.map(|_| 0);
        };
        (session, global) = (next, named);
        let kept = home.as_ref().map(|home| home.seen_from(&session.outbox));
        let kept = kept.unwrap_or(Kept::Nowhere);
        if let Kept::Here(id) = kept {
            until_told(&session, id).await;
        }
        brought = Some((ended.luggage, kept));
        // What was pressed meanwhile was not meant for this screen.
        console::run::drained(&mut input).await;
    }
}

/// Keeps the letter of a session that is left, as a draft, where it can be. Returns where the letter that goes along is one.
fn keep(
    session: &Session,
    ended: &mut Ended,
    home: Option<Home>,
    words: &mut Vec<Word>,
) -> Option<Home> {
    let outbox = &session.outbox;
    if let Some(id) = kept(outbox, ended, words) {
        ended.luggage.kept();
        return Home::of(outbox, id);
    }
    match ended.luggage.edits() {
        Some(id) => Home::of(outbox, id),
        None => home.filter(|_| ended.luggage.is_elsewhere()),
    }
}

/// What a session is on, in words.
fn name(session: &Session) -> String {
    let known = session.journal.known();
    let serial = known.serial.as_ref().map(|s| s.name.clone());
    serial.unwrap_or_else(|| "the modem".to_owned())
}

/// A letter that came from the last session and goes into none: it stands on the terminal at least.
fn gone(luggage: &Luggage) -> Option<Word> {
    let letter = luggage.unsent()?;
    let lines: Vec<String> = letter.text.lines().map(crate::event::clean).collect();
    let text = lines.join("\n");
    Some(Word::Tell(format!(
        "the letter in the composer went to nobody, and nothing keeps it as it was. It said:\n{text}"
    )))
}

/// The bench that is left is closed, the recording ended; what there is to say of it is said at the end. Returns whether the program goes on: not where
/// it was told to end meanwhile.
async fn leave<C, S>(
    place: (&mut C, &mut S),
    session: Session,
    theme: &Theme,
    words: &mut Vec<Word>,
) -> bool
where
    C: Canvas,
    S: Stream<Item = io::Result<Input>> + Unpin,
{
    let says = format!("Leaving {} as it was found ...", name(&session));
    let (closed, goes_on) = let_go(place, session.bench, theme, says).await;
    if !closed {
        words.push(Word::Tell(NOT_LET_GO.to_owned()));
    }
    words.retain(|word| word.holds(&session.outbox));
    for (counts, says) in session::lacking(&session.journal, session.asked.as_ref()) {
        words.push(match counts {
            true => Word::Lacks(says),
            false => Word::Tell(says),
        });
    }
    goes_on
}

/// Closes the bench, on a terminal that stays taken. One Ctrl-C or signal is heard, and the program ends after that; a second one gives up waiting.
/// Returns whether the modem let go, and whether the program goes on.
async fn let_go<C, S>(
    (canvas, input): (&mut C, &mut S),
    bench: Bench,
    theme: &Theme,
    says: String,
) -> (bool, bool)
where
    C: Canvas,
    S: Stream<Item = io::Result<Input>> + Unpin,
{
    let mut interrupts = Interrupts::listen();
    let mut picker = choosing::picker(theme);
    // Where it cannot be shown, the next drawing says why.
    let _ = choosing::wait_with(canvas, &mut picker, says);
    let closing = bench.close();
    tokio::pin!(closing);
    tokio::select! {
        closed = &mut closing => return (closed, true),
        _ = choosing::stopped(input) => {}
        () = interrupts.next() => {}
    }
    let says = "Still putting the modem's settings back (Ctrl-C again to give up) ...";
    let _ = choosing::wait_with(canvas, &mut picker, says.to_owned());
    let again = async {
        // A terminal that is gone presses nothing any more.
        if !choosing::stopped(input).await {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        closed = closing => (closed, false),
        () = again => (false, false),
        () = interrupts.next() => (false, false),
    }
}

const NOT_LET_GO: &str =
    "the modem did not let go in time; `mmscope restore` puts its settings back";

/// A line that is left on the terminal, folded between words where the terminal says how wide it is.
fn left(says: &str) {
    let columns =
        ratatui::crossterm::terminal::size().map_or(usize::MAX, |(columns, _)| columns.into());
    output::line(&console::ending::folded(says, columns));
}

/// The end of the last session: the terminal is the shell's again.
async fn quit(session: Session, mut ended: Ended, mut words: Vec<Word>) -> Result<u8, Refusal> {
    if ended.chosen.is_ok() {
        words.push(Word::Line(std::mem::take(&mut ended.summary)));
    }
    kept(&session.outbox, &mut ended, &mut words);
    let known = session.journal.known();
    if known.running().is_some() || known.probing().is_some() || known.settings_open() {
        output::tell("leaving the modem as it was found …");
    }
    let closed = send::let_go(session.bench, &mut Interrupts::listen()).await;
    words.retain(|word| word.holds(&session.outbox));
    words.into_iter().for_each(Word::say);
    session::end_writers(&session.journal, session.asked.as_ref());
    ended.chosen.map_err(failed)?;
    if !closed {
        output::tell(NOT_LET_GO);
    }
    Ok(0)
}

/// Keeps the letter that was not sent as a draft, and has it told. Returns its number.
fn kept(outbox: &Outbox, ended: &mut Ended, words: &mut Vec<Word>) -> Option<u64> {
    let waits = ended.waiting.and_then(|id| Home::of(outbox, id));
    words.extend(waits.map(Word::Waits));
    let (letter, draft) = ended.unsent.take()?;
    match drafts::keep(outbox, &letter, draft, session::chance()) {
        Ok(id) => {
            let home = Home::of(outbox, id);
            // Kept once more under its number, it is told once.
            words.retain(|w| !matches!((w, &home), (Word::Kept(before), Some(home)) if before.file == home.file && before.id == home.id));
            words.extend(home.map(Word::Kept));
            Some(id)
        }
        Err(why) => {
            words.push(Word::Tell(why));
            None
        }
    }
}

/// Waits until the new session knows of its draft: before that the screen would take the letter for another message.
async fn until_told(session: &Session, id: u64) {
    let mut changes = session.journal.changes();
    let told = async {
        while !session.journal.known().outbox.contains_key(&id) {
            if changes.changed().await.is_err() {
                return;
            }
        }
    };
    let _ = tokio::time::timeout(TOLD, told).await;
}

/// The file of the recording of a session after the first, where the person has named one, and its number: `bench.jsonl`, then `bench-2.jsonl`. One
/// that is there already stays what it is.
fn numbered(path: &Path, before: usize) -> (PathBuf, usize) {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let mut count = before;
    loop {
        count += 1;
        let name = match path.extension() {
            Some(ending) => format!("{stem}-{count}.{}", ending.to_string_lossy()),
            None => format!("{stem}-{count}"),
        };
        let file = path.with_file_name(name);
        if file.symlink_metadata().is_err() {
            return (file, count);
        }
    }
}

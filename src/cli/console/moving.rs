//! From session to session in one console: each ends in order before the next begins, on a terminal that stays taken.
//!
//! In: the first session. Out: the lines that stay on the terminal, of all of them. Never here: the screen.
use super::super::choosing::{self, failed};
use super::super::folders::Folders;
use super::super::looks::Read;
use super::super::session::{self, Interrupts, Session, Wants};
use super::super::{Global, Refusal, drafts, output, send};
use super::{Ended, stay};
use crate::console::terminal::Screen;
use crate::console::{self, Draft, Luggage};
use crate::log::Log;
use crate::outbox::Outbox;
use ratatui::crossterm::event::EventStream;
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
}

impl Word {
    fn say(self) {
        match self {
            Self::Line(says) => left(&says),
            Self::Tell(says) => output::tell(&says),
            Self::Lacks(says) => output::lacks(&says),
        }
    }
}

/// Goes from session to session until the person quits.
pub(super) async fn sessions(
    global: &Global,
    log: Log,
    (folders, read): (Folders, Read),
    mut session: Session,
) -> Result<u8, Refusal> {
    let mut screen = Screen::take().map_err(failed)?;
    let mut input = EventStream::new();
    let mut global = global.clone();
    let named_record = global.record.clone();
    let mut brought: Option<(Luggage, Option<u64>)> = None;
    let mut words = Vec::new();
    let mut count = 1;
    loop {
        let place = (&mut screen, &mut input);
        let rooms = (&global, &folders, &log);
        let ended = stay(place, &session, rooms, &read.looks, brought.take()).await;
        let Ok(Some(choice)) = ended.chosen else {
            drop((screen, input));
            words.into_iter().for_each(Word::say);
            return quit(session, ended).await;
        };
        words.push(Word::Line(ended.summary));
        let mut picker = choosing::picker(ended.luggage.theme());
        let says = format!("Leaving {} as it was found ...", name(&session));
        // Where it cannot be shown, the next drawing says why.
        let _ = choosing::wait_with(&mut screen, &mut picker, says);
        let (entry, goes_on) = leave(session, ended.unsent, &mut words).await;
        count += 1;
        global.record = named_record.as_deref().map(|path| numbered(path, count));
        let place = (&mut screen, &mut input);
        let wishes = (&global, &read.config, ended.luggage.theme());
        let opened = match goes_on {
            true => choosing::open(place, wishes, choice, WANTS).await,
            false => Ok(None),
        };
        let Ok(Some((next, named))) = opened else {
            drop((screen, input));
            words.extend(gone(&ended.luggage, entry));
            words.into_iter().for_each(Word::say);
            return opened.map(|_| 0);
        };
        (session, global) = (next, named);
        let entry = entry.filter(|id| is_draft(&session.outbox, *id));
        if let Some(id) = entry {
            until_told(&session, id).await;
        }
        brought = Some((ended.luggage, entry));
    }
}

/// What a session is on, in words.
fn name(session: &Session) -> String {
    let known = session.journal.known();
    let serial = known.serial.as_ref().map(|s| s.name.clone());
    serial.unwrap_or_else(|| "the modem".to_owned())
}

/// A letter that came from the last session and goes into none: it stands on the terminal at least.
fn gone(luggage: &Luggage, entry: Option<u64>) -> Option<Word> {
    let letter = luggage.unsent().filter(|_| entry.is_none())?;
    let lines: Vec<String> = letter.text.lines().map(crate::event::clean).collect();
    let text = lines.join("\n");
    Some(Word::Tell(format!(
        "the letter in the composer was not sent, and nothing keeps it. It said:\n{text}"
    )))
}

/// The bench that is left is closed, the letter kept, the recording ended; what there is to say of it is said at the end. Returns the number under
/// which the letter is a draft of the outbox, and whether the program goes on: not where it was told to end meanwhile.
async fn leave(
    session: Session,
    unsent: Option<(Draft, Option<u64>)>,
    words: &mut Vec<Word>,
) -> (Option<u64>, bool) {
    let entry = match kept(&session.outbox, unsent) {
        Some(Ok(id)) => {
            words.push(Word::Line(says_kept(id)));
            Some(id)
        }
        Some(Err(why)) => {
            words.push(Word::Tell(why));
            None
        }
        None => None,
    };
    let (closed, goes_on) = tokio::select! {
        closed = session.bench.close() => (closed, true),
        () = session::interrupted() => (false, false),
    };
    if !closed {
        words.push(Word::Tell(NOT_LET_GO.to_owned()));
    }
    for (counts, says) in session::lacking(&session.journal, session.asked.as_ref()) {
        words.push(match counts {
            true => Word::Lacks(says),
            false => Word::Tell(says),
        });
    }
    (entry, goes_on)
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
async fn quit(session: Session, ended: Ended) -> Result<u8, Refusal> {
    let kept = kept(&session.outbox, ended.unsent);
    let known = session.journal.known();
    if known.running().is_some() || known.probing().is_some() || known.settings_open() {
        output::tell("leaving the modem as it was found …");
    }
    let closed = send::let_go(session.bench, &mut Interrupts::listen()).await;
    if ended.chosen.is_ok() {
        left(&ended.summary);
    }
    match kept {
        Some(Ok(id)) => left(&says_kept(id)),
        Some(Err(why)) => output::tell(&why),
        None => {}
    }
    session::end_writers(&session.journal, session.asked.as_ref());
    ended.chosen.map_err(failed)?;
    if !closed {
        output::tell(NOT_LET_GO);
    }
    Ok(0)
}

/// Keeps the letter that was not sent as a draft.
fn kept(outbox: &Outbox, unsent: Option<(Draft, Option<u64>)>) -> Option<Result<u64, String>> {
    let (letter, draft) = unsent?;
    Some(drafts::keep(outbox, &letter, draft, session::chance()))
}

fn says_kept(id: u64) -> String {
    format!(
        "mmscope: the letter that was not sent is kept as a draft: message {id} of the outbox, which e in Messages takes into the composer"
    )
}

/// Whether the new session's outbox is the one in which the letter was kept.
fn is_draft(outbox: &Outbox, id: u64) -> bool {
    use crate::event::EntryState;
    let entry = outbox.get(id).ok();
    outbox.is_slow() && entry.is_some_and(|e| e.state == EntryState::Draft)
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

/// The file of the nth session's recording, where the person has named one: `bench.jsonl`, then `bench-2.jsonl`.
fn numbered(path: &Path, count: usize) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let name = match path.extension() {
        Some(ending) => format!("{stem}-{count}.{}", ending.to_string_lossy()),
        None => format!("{stem}-{count}"),
    };
    path.with_file_name(name)
}

//! The console without a terminal: how the bench stands, once, as text.
//!
//! In: a modem or world that is named. Out: lines on standard output, in the words of the screen. The bench is only looked at. Never here: a choice
//! of a modem, which wants a screen.
use super::console::first_screen;
use super::folders::Folders;
use super::looks::Read;
use super::session::{self, Interrupts, Session, Wants};
use super::{Global, Refusal, ladder, output, send};
use crate::console::{Message, update, view};
use crate::event::{Level, clean, redact};
use crate::known::Known;
use std::collections::HashSet;
use std::time::Duration;

/// The modem has answered all that is asked at the beginning by then, or does not answer.
const LOOK: Duration = Duration::from_secs(30);
/// Nothing was heard for so long: nothing more comes.
const SILENCE: Duration = Duration::from_secs(12);

const NEXT: &str = "Nothing was sent, no setting was changed. `mmscope send` sends a message and shows every stage, `mmscope probe` finds out why one fails, \
    `mmscope at` runs AT commands, `mmscope doctor` checks the way to the modem; each takes --json. The console itself needs a terminal on standard \
    input and output.";

/// Looks at the bench, prints how it stands, and leaves. Exit code 0; 11 where no modem answered.
pub async fn run(global: &Global, folders: &Folders, read: Read) -> Result<u8, Refusal> {
    let mut global = global.clone();
    global.read_only = true;
    let wants = Wants {
        speed: 20.0,
        watchful: true,
        json: false,
        many: false,
        listens: false,
    };
    let mut interrupts = Interrupts::listen();
    let session = session::open(&global, wants).await?;
    let stopped = tokio::select! {
        _ = tokio::time::timeout(LOOK, looked(&session)) => false,
        () = interrupts.next() => true,
    };
    let known = session.journal.known();
    let mut text = String::new();
    if !stopped {
        let mut state = first_screen(&session, &global, folders, read.looks);
        update(&mut state, Message::Known(known.clone()));
        text = view::status(&state);
        if let Some(profile) = &known.profile {
            text += &format!("\n{}", redact(&ladder::profile(profile)));
        }
        let mut said = HashSet::new();
        for trouble in troubles(&known).filter(|says| said.insert(*says)) {
            text += &format!("! {}\n", redact(&clean(trouble)));
        }
        text += &format!("\n{NEXT}\n");
    }
    let closed = send::let_go(session.bench, &mut interrupts).await;
    output::text(&text);
    session::end_writers(&session.journal, session.asked.as_ref());
    if !closed {
        output::tell("the modem did not let go in time");
    }
    Ok(match (stopped, known.modem.is_some()) {
        (true, _) => 130,
        (false, true) => 0,
        (false, false) => 11,
    })
}

/// What is no good news, as often as it was told.
fn troubles(known: &Known) -> impl Iterator<Item = &str> {
    let notices = known.notices.iter().map(|(_, notice)| notice);
    let bad = notices.filter(|notice| notice.level != Level::Info);
    bad.map(|notice| notice.text.as_str())
}

/// Whether something goes wrong again and again.
fn goes_round(known: &Known) -> bool {
    let mut said = HashSet::new();
    troubles(known).any(|says| !said.insert(says))
}

/// Ends when what the text tells is known, when the same goes wrong again, or when nothing more is heard.
async fn looked(session: &Session) {
    let mut changes = session.journal.changes();
    loop {
        let known = session.journal.known();
        if is_told(&known) || goes_round(&known) {
            return;
        }
        match tokio::time::timeout(SILENCE, changes.changed()).await {
            Ok(Ok(())) => {}
            _ => return,
        }
    }
}

fn is_told(known: &Known) -> bool {
    known.modem.is_some()
        && known.sim.is_some()
        && known.registration.is_some()
        && known.signal_now().is_some()
        && !known.contexts.is_empty()
}

//! `mmscope send`
use super::args::{self, Global, Send};
use super::drawer::Drawer;
use super::session::{self, Interrupts, Session, Wants};
use super::{Refusal, Style, at, dry_run, message, onward, outbox, output, self_test, vary};
use crate::at::reply;
use crate::bench::{Bench, Message, Order, refusal, write_down};
use crate::compose::way_by_length;
use crate::config::Config;
use crate::event::{Event, Failure, Recorder, SendResult, Stage, StageState, Way, What};
use crate::outbox::{Outbox, Persistence};
use std::path::PathBuf;
use std::sync::Arc;

/// Sends one message and prints every stage. With `--json` the last line is the result, whatever happens.
pub async fn run(global: &Global, send: Send) -> Result<u8, Refusal> {
    if (send.csv || send.markdown) && send.vary.is_none() && send.preset.is_none() {
        return Err(Refusal::usage(
            "--csv and --markdown print the table of --vary or --preset; without one of these there is none",
        ));
    }
    if let Some(vary) = &send.vary {
        return vary::run(global, &send, vary).await;
    }
    let mut told = false;
    let sent = one(global, send, &mut told).await;
    if let (Err(refusal), true, false) = (&sent, global.json, told) {
        output::json(&Event {
            id: 1,
            at: format!("{:.3}", jiff::Timestamp::now()),
            ms: 0,
            what: What::Result(not_begun(refusal)),
        });
    }
    sent
}

async fn one(global: &Global, send: Send, told: &mut bool) -> Result<u8, Refusal> {
    if send.queued {
        *told = true;
        let all = args::Outbox::Send {
            entry: None,
            all: true,
        };
        return outbox::run(global, all).await;
    }
    let world = session::world(global)?;
    let (_, config) = session::configuration(global)?;
    let mut options = send.message;
    if send.verify && !message::is_to_self(&options) {
        return Err(Refusal::usage(
            "--verify wants --to self and nobody else: only what comes back to this line can be compared",
        ));
    }
    if send.preset.is_some() {
        *told = true;
        let form = match (send.csv, send.markdown) {
            (true, _) => self_test::Form::Csv,
            (_, true) => self_test::Form::Markdown,
            _ => self_test::Form::Text,
        };
        let times = usize::from(send.times);
        return self_test::run(global, times, send.unrecorded, form).await;
    }
    fill_in_draft(&mut options, world.as_ref())?;
    if send.dry_run {
        let shown = dry_run::run(global, &options, send.way).await;
        *told = shown.is_ok();
        return shown;
    }
    // What can be wrong with the words is said before the modem is touched.
    let ready = if message::asks_for_self(&options, &config) {
        None
    } else {
        let message = drafted(&options, send.way, &config)?;
        Some(Message {
            verify: send.verify,
            ..message
        })
    };
    if send.queue {
        let message = ready.ok_or_else(|| {
            Refusal::usage("--queue asks no modem, so it cannot know who self is: set own_number in the configuration, or name the number")
        })?;
        *told = true;
        return outbox::add(global, vec![message]).await;
    }
    let mut interrupts = Interrupts::listen();
    let drawer = Drawer::open(global, send.unrecorded)?;
    let (ready, draft) = laid_down(global, &drawer.outbox, ready, &config).await?;
    let wants = Wants {
        speed: 20.0,
        watchful: false,
        json: true,
        many: false,
        listens: false,
    };
    let opened = session::open_on(global, wants, drawer).await;
    let session = opened.map_err(|refusal| match draft {
        Some(id) => Refusal::with(
            refusal.code,
            format!(
                "{refusal}. The message is kept as a draft: `mmscope outbox send {id}` sends it"
            ),
        ),
        None => refusal,
    })?;
    let style = session::style(global, &session.config);
    let message = match ready {
        Some(message) => Ok(message),
        None => to_oneself(&session, options, send.way, &config, &mut interrupts)
            .await
            .map(|message| Message {
                verify: send.verify,
                ..message
            }),
    };
    let (result, gave_up) = match message {
        Ok(message) => follow(&session, message, style, global.json, &mut interrupts).await,
        Err(refusal) => {
            let result = not_begun(&refusal);
            session.journal.record(What::Result(not_begun(&refusal)));
            output::tell(&refusal.to_string());
            (result, false)
        }
    };
    *told = true;
    let onward = onward::after_send(global, &session.journal.known(), &session.library, &result);
    if let (Some(says), false) = (onward, global.json) {
        // Beside the ladder, which is the same in a replay.
        output::tell(&says);
    }
    let recording = leave(session, gave_up, &mut interrupts).await;
    if let (Some(path), false) = (recording, global.json) {
        output::line(&format!("recorded in {}", path.display()));
    }
    Ok(result.exit_code())
}

/// Writes a message down as a draft, before anything is asked of a modem: whatever ends the program from here on, the words are not lost. One that
/// cannot be written in this form goes on as it is; the bench says why.
///
/// # Errors
/// The outbox cannot be written.
async fn laid_down(
    global: &Global,
    kept: &Arc<Outbox>,
    message: Option<Message>,
    config: &Config,
) -> Result<(Option<Message>, Option<u64>), Refusal> {
    let Some(message) = message else {
        return Ok((None, None));
    };
    if !kept.is_slow() || global.read_only {
        return Ok((Some(message), None));
    }
    let most = usize::try_from(config.sending.mms_from_parts.get()).unwrap_or(usize::MAX);
    let by_length = || way_by_length(&message.draft, most);
    let by_rule = || config.sending.way.fixed().unwrap_or_else(by_length);
    let way = message.way.unwrap_or_else(by_rule);
    let Ok(written) = write_down(&message, way, None, session::chance()).await else {
        return Ok((Some(message), None));
    };
    let row = (written.entry, written.octets);
    let added = kept.add(vec![row]).map_err(outbox::refused)?;
    let entry = added.first().map(|entry| entry.id);
    Ok((Some(Message { entry, ..message }), entry))
}

/// Puts the world's own draft where nothing else is said.
///
/// # Errors
/// Nothing to send.
pub fn fill_in_draft(
    options: &mut args::Message,
    world: Option<&session::Named>,
) -> Result<(), Refusal> {
    let start = world.map(|w| &w.world.start.draft);
    let nobody = options.to.is_empty() && options.cc.is_empty() && options.bcc.is_empty();
    if let (true, Some(start)) = (nobody, start) {
        options.to = vec![start.to.clone()];
    }
    // The world's own text stands in only where nothing else is said.
    let bare = options.attach.is_empty() && options.subject.is_none();
    if let (None, true, Some(start)) = (&options.text, bare, start) {
        options.text = Some(start.text.clone());
    }
    if options.text.is_none() && bare {
        return Err(Refusal::usage(
            "nothing to send: give the TEXT, or - to read it from standard input",
        ));
    }
    Ok(())
}

/// The message that the options say.
pub fn drafted(
    options: &args::Message,
    way: Option<Way>,
    config: &Config,
) -> Result<Message, Refusal> {
    Ok(Message {
        draft: message::draft(options, config)?,
        transaction_id: options.transaction_id.clone(),
        date: options.date,
        version: Some(options.mms_version),
        octets: None,
        way,
        only_so: false,
        persistence: Persistence::Once,
        verify: false,
        entry: None,
        profile: None,
    })
}

/// Asks the SIM for its own number (+CNUM) and puts it where `self` stands.
async fn to_oneself(
    session: &Session,
    mut options: args::Message,
    way: Option<Way>,
    config: &Config,
    interrupts: &mut Interrupts,
) -> Result<Message, Refusal> {
    let exchange = tokio::select! {
        answer = at::answer(session, "AT+CNUM", true) => answer?,
        () = interrupts.next() => return Err(Refusal::with(130, "stopped before the message was made")),
    };
    let number = exchange.lines.iter().find_map(|line| reply::cnum(line));
    let number = number.ok_or_else(|| {
        Refusal::usage(
            "self: your own number is not known: own_number is not in the configuration, and AT+CNUM says that the SIM holds none; set own_number, or name the number with --to",
        )
    })?;
    message::fill_in_self(&mut options, number.number.reveal());
    drafted(&options, way, config)
}

/// Lets the modem go as it was found. One interrupt is heard, a second one gives up waiting.
/// Returns where the session is recorded, if it is whole.
pub(super) async fn leave(
    session: Session,
    gave_up: bool,
    interrupts: &mut Interrupts,
) -> Option<PathBuf> {
    let recording = session.recording.clone();
    let owes = session.journal.known().settings_open();
    if owes && !gave_up {
        output::tell("leaving the modem as it was found …");
    }
    let (journal, asked) = (session.journal.clone(), session.asked.clone());
    let closed = if gave_up {
        !owes
    } else {
        let_go(session.bench, interrupts).await
    };
    let whole = session::end_writers(&journal, asked.as_ref());
    if !closed {
        output::tell("the modem did not let go in time; `mmscope restore` puts its settings back");
    }
    recording.filter(|_| whole)
}

/// Closes the bench. One interrupt is heard, a second one gives up waiting; returns whether the modem let go.
pub(super) async fn let_go(bench: Bench, interrupts: &mut Interrupts) -> bool {
    let closing = bench.close();
    tokio::pin!(closing);
    tokio::select! {
        closed = &mut closing => closed,
        () = interrupts.next() => {
            output::tell("still putting the modem's settings back (Ctrl-C again to give up)");
            tokio::select! {
                closed = &mut closing => closed,
                () = interrupts.next() => false,
            }
        }
    }
}

/// The result of a send that did not begin.
fn not_begun(refusal: &Refusal) -> SendResult {
    let stage = Stage::ALL
        .into_iter()
        .find(|s| s.exit_code() == refusal.code);
    SendResult {
        stage,
        cancelled: refusal.code == 130,
        error: Some(Failure {
            what: refusal.says.clone(),
            raw: String::new(),
            means: "the send did not begin: nothing was sent".to_owned(),
            advice: "Mend what the error names, then send again".to_owned(),
        }),
        ..SendResult::default()
    }
}

/// Orders the send and prints what happens until its result, which is recorded whatever happens. An interrupt cancels; a second one gives
/// up waiting, which the second value says.
async fn follow(
    session: &Session,
    message: Message,
    style: Style,
    json: bool,
    interrupts: &mut Interrupts,
) -> (SendResult, bool) {
    let mut changes = session.journal.changes();
    session.bench.order(Order::Send(Box::new(message))).await;
    let mut seen = 0;
    let mut stopping = false;
    loop {
        for event in session.journal.since(seen) {
            seen = event.id;
            if !json {
                output::styled(&style.lines(&event));
            }
            if let What::Result(result) = &event.what {
                return (result.clone(), false);
            }
            if let Some(refusal) = refused(&event) {
                let result = not_begun(&refusal);
                session.journal.record(What::Result(result.clone()));
                return (result, false);
            }
        }
        tokio::select! {
            changed = changes.changed() => if changed.is_err() {
                return (given_up(session, false), false);
            },
            () = interrupts.next() => {
                if stopping {
                    return (given_up(session, true), true);
                }
                stopping = true;
                output::tell("stopping; the modem's settings are put back first (Ctrl-C again to give up)");
                session.bench.order(Order::Cancel).await;
            }
        }
    }
}

/// The result of a send whose end nobody waits for: unknown, once the request may be on its way. It is recorded as the last line.
fn given_up(session: &Session, cancelled: bool) -> SendResult {
    let mut result = SendResult {
        cancelled,
        ..SendResult::default()
    };
    for event in session.journal.since(0) {
        match &event.what {
            What::Message(m) => {
                result.send = m.send;
                result.transaction_id = Some(m.transaction_id.clone());
            }
            What::Stage(s) => {
                let begun = matches!(s.state, StageState::Started { .. });
                result.unknown |= begun && s.stage == Stage::Post;
            }
            What::Exchange(_) => result.exchanges += 1,
            _ => {}
        }
    }
    result.duration_ms = session.journal.now_ms();
    session.journal.record(What::Result(result.clone()));
    result
}

/// The bench would not take the order at all.
pub fn refused(event: &Event) -> Option<Refusal> {
    refusal(event).map(|why| Refusal::usage(why.to_owned()))
}

//! From a message to a new state and to effects: total and pure.
//!
//! In: the state, and one [`Message`]. Out: the state changed, and what the edge shall do. Never here: clocks, files, tokio, drawing.
mod asking;
mod at_line;
mod choosing;
mod clearing;
mod columns;
mod comparing;
mod driving;
mod inspecting;
mod keeping;
mod messages;
mod motion;
mod moving;
mod options;
mod palette;
mod panel;
mod prompting;
mod replaying;
mod sending;
mod traffic;
mod typing;

use asking::{
    apply, begin_full, compare, full_probe, mark, new_probe, new_verdict, probe, witness,
};
use at_line::{commands, ran, run_at};
pub use choosing::table as compare_table;
use messages::{
    about_entry, about_item, ask_again, ask_sms, bring, delete_stored, forget, next_way,
    open_draft, plain, reject, replace_draft, reply, send_sms, turned_away,
};
pub(super) use motion::moved;
use motion::{
    choose_evidence, choose_id, clamp_scrolls, face, focus, go, leave, on_mouse, open_profiles,
    page, scroll, tab, toggle,
};
use moving::another;
use palette::{choose, complete, next_layout, next_theme};
pub use replaying::{lay, open};
use sending::{ask_or, rehearse, rehearsed, send};
use typing::{edit, edit_of, insert, on_paste, recall, write};

pub use traffic::rows as copied_rows;

use super::action::Action;
use super::at_line::Typed;
use super::barred;
use super::choosing::{CompareTable, Form};
use super::dry_run::DryRun;
use super::editor::Draft;
use super::fitting::{self, Fitted};
use super::keymap::{Chord, Press};
use super::layout::{Pane, Screen};
use super::letter::{Incoming, Origin};
use super::log::LogLine;
use super::panel::Wish;
use super::prompt::Asking;
use super::recordings::{Found, Wanted};
use super::state::{Looks, Overlay, ProfileRow, Question, SendFace, State};
use super::text;
use crate::compose::{Attachment, Vary};
use crate::event::{Drive, Event, EventId, Fix, Octets, Way, Witness};
use crate::known::{Known, Probe};
use crate::replay::{Landmark, Player};
use crate::report::Reveals;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyEventKind, MouseEvent};
use std::sync::Arc;

/// What comes in.
pub enum Message {
    /// A key.
    Key(KeyEvent),
    /// Text pasted as one piece.
    Paste(String),
    /// The mouse.
    Mouse(MouseEvent),
    /// Columns and rows of the screen.
    Resize(u16, u16),
    /// What is known now.
    Known(Arc<Known>),
    /// Events since the last ones, in order.
    Traffic(Vec<Arc<Event>>),
    /// The profiles, all of them.
    Profiles(Vec<ProfileRow>),
    /// The session's clock in milliseconds; only while [`State::wants_clock`].
    Tick(u64),
    /// A word to the person, shown until the next key.
    Hint(String),
    /// A message of the outbox for the composer, with its number there.
    Draft(u64, Draft),
    /// New lines of the log.
    Log(Vec<LogLine>),
    /// The recordings of earlier sessions, newest first.
    Recordings(Vec<String>),
    /// The probe of an earlier session, with its heading.
    Earlier(String, Box<Probe>),
    /// A row of sends with one thing changed begins: the X-Mms-Transaction-Ids of its messages, in order.
    VaryBegun(Vec<String>),
    /// A row of sends with one thing changed has ended; in words.
    VaryEnded(String),
    /// What a send of the letter would do, or why it would stop before it asks the modem.
    DryRun(Result<DryRun, String>),
    /// A copy was written into the person's folder.
    Kept {
        /// Its id.
        id: String,
        /// Whether the next start uses it by itself.
        begins: bool,
    },
    /// What a reload read.
    Reloaded(Box<Looks>),
    /// Something of the recordings was read.
    Found(Box<Found>),
    /// A file was read to go along, or why it could not be.
    Attached(Result<Attachment, String>),
    /// This letter is in a file now; where, in words.
    Saved(Draft, String),
    /// What a typed path may go on to.
    Completed {
        /// The path as it was typed.
        typed: String,
        /// Paths that begin like it.
        found: Vec<String>,
    },
    /// The files of a draft were made fit.
    Fitted {
        /// The state of the files that was asked about.
        revision: u64,
        /// The profile that was asked about.
        profile: Option<String>,
        /// What was made.
        fitted: Fitted,
    },
}

/// What the bench shall do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// Send this message through the profile in use.
    Send(Draft),
    /// Send this M-Send.req again, octet for octet.
    SendAgain(Octets),
    /// Send this message another way than the rule says.
    SendAs(Draft, Way),
    /// Send this letter in the place of the draft that it was; where that is no draft any more, as a new message.
    SendDraft {
        /// The draft's number in the outbox.
        entry: u64,
        /// The letter as it is now.
        letter: Draft,
        /// The way; by the rule, where none is chosen.
        way: Option<Way>,
    },
    /// Tell what a send of this message this way would do; nothing is done.
    DryRun(Draft, Way),
    /// Drive this output of the serial line; the person has agreed.
    Drive(Drive),
    /// From now on messages go out although the outbox cannot keep them.
    Unrecorded,
    /// Send every message that is queued.
    SendQueued,
    /// Send this message of the outbox, which has not gone out yet.
    SendEntry(u64),
    /// Send this message of the outbox again.
    Resend {
        /// Its number.
        entry: u64,
        /// The very same octets; else a new message.
        same: bool,
        /// Another way, for a new message.
        way: Option<Way>,
    },
    /// Do not send this message of the outbox.
    CancelEntry(u64),
    /// Take this message out of the outbox.
    Forget(u64),
    /// Bring this message of the outbox into the composer.
    OpenDraft(u64),
    /// Fetch this received message.
    FetchItem(u64),
    /// Tell the MMSC that this one is fetched later.
    DeferItem(u64),
    /// Tell the MMSC that this one is not wanted.
    RejectItem(u64),
    /// Write this received message into a folder.
    SaveItem(u64),
    /// Delete what lies of this received message in the modem.
    DeleteStored(u64),
    /// Send texts of several lengths to oneself.
    SelfTest,
    /// Stop the running send.
    Cancel,
    /// Run this AT command.
    RunAt(String),
    /// Run these one after the other, until one fails.
    RunAll(Vec<Typed>),
    /// Mark the line of this event; without a name, take its mark away.
    Mark {
        /// The line's event.
        line: EventId,
        /// The mark's name.
        name: Option<String>,
    },
    /// Find out why not.
    Probe {
        /// The profile's id; the one in use where none is named.
        profile: Option<String>,
        /// Everything within a quick run, settled or not: for comparing.
        exhaustive: bool,
        /// What the person saw.
        witnesses: Vec<Witness>,
    },
    /// Find out why not with contexts of its own; the person has agreed.
    FullProbe(Vec<Witness>),
    /// Find out why not as the person has chosen it.
    Examine(Box<Wish>),
    /// Send this message several times with one thing changed; the person has agreed to each.
    Vary(Draft, Vary),
    /// Write a report of this session.
    Report {
        /// In this form.
        form: Form,
        /// To this file.
        place: String,
        /// What it shows in plain; the person has agreed to each.
        reveals: Reveals,
    },
    /// Write the table of profiles.
    Export {
        /// In this form.
        form: Form,
        /// To this file.
        place: String,
        /// The table.
        table: CompareTable,
    },
    /// Tell which recordings there are.
    Recordings,
    /// Read the newest probe of this recording.
    Earlier(String),
    /// Write the held copy with this id into the person's folder.
    Keep(String),
    /// Use a copy of this profile with this changed, held for the session.
    Mend {
        /// The profile's id.
        profile: String,
        /// What is changed.
        fix: Fix,
    },
    /// Use the profile with this id from now on.
    UseProfile(String),
    /// Put the modem's settings back.
    Restore,
}

impl Order {
    /// The commands of the AT line that it runs.
    #[must_use]
    pub fn commands(&self) -> Vec<&str> {
        match self {
            Self::RunAt(command) => vec![command],
            Self::RunAll(all) => all.iter().map(|typed| typed.command.as_str()).collect(),
            _ => Vec::new(),
        }
    }
}

/// What the edge shall do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Hand this to the bench.
    Order(Order),
    /// Put this text into the terminal's clipboard.
    Copy(String),
    /// Write this text into a new file with this name, readable by its owner alone.
    Save {
        /// The file, with its folder.
        place: String,
        /// What stands in it.
        text: String,
    },
    /// Write this letter into a new file, readable by its owner alone; that it was written comes as [`Message::Saved`].
    SaveLetter {
        /// The file, with its folder.
        place: String,
        /// The letter.
        letter: Draft,
    },
    /// Read the file with this path, to take it along.
    Attach(String),
    /// Find what this path may go on to.
    Complete(String),
    /// Make the files of this draft fit for this profile.
    Fit {
        /// The draft.
        draft: Draft,
        /// The profile's id.
        profile: Option<String>,
        /// The state of the files.
        revision: u64,
    },
    /// Capture the mouse, or release it.
    Mouse(bool),
    /// Draw the whole screen anew.
    Redraw,
    /// Read configuration, theme and profiles again; what was read comes as [`Message::Reloaded`].
    Reload,
    /// Read this of the recordings; it comes back as [`Message::Found`].
    Fetch(Wanted),
    /// Remember that the person knows this hint.
    Learned(&'static str),
    /// Let the person choose another world or modem while this session goes on; where one is chosen, it ends.
    Another,
    /// Give the terminal back and stop, until continued.
    Suspend,
    /// End.
    Quit,
}

impl Order {
    /// Whether a message goes out with it.
    #[must_use]
    pub fn sends(&self) -> bool {
        matches!(
            self,
            Self::Send(_)
                | Self::SendAgain(_)
                | Self::SendAs(..)
                | Self::SendDraft { .. }
                | Self::Vary(..)
                | Self::SendQueued
                | Self::SendEntry(_)
                | Self::Resend { .. }
                | Self::SelfTest
        )
    }
}

/// Takes a message in.
pub fn update(state: &mut State, message: Message) -> Vec<Effect> {
    let mut effects = taken(state, message);
    effects.extend(fitting::wanted(state));
    // Whatever led here: nothing goes to the bench while a recording is looked at.
    let to_bench = |e: &Effect| matches!(e, Effect::Order(_));
    if state.is_replaying() && effects.iter().any(to_bench) {
        effects.retain(|e| !to_bench(e));
        state.hint = Some(state.why_off());
    }
    if state.flags.read_only {
        barred::withhold(state, &mut effects);
    }
    let sends = |e: &Effect| matches!(e, Effect::Order(order) if order.sends());
    if state.unrecorded.why.is_some()
        && let Some(place) = effects.iter().position(sends)
        && let Effect::Order(held) = effects.remove(place)
    {
        state.unrecorded.held = Some(held);
        state.overlay = Some(Overlay::Ask(Question::Unrecorded));
    }
    effects
}

fn taken(state: &mut State, message: Message) -> Vec<Effect> {
    match message {
        Message::Key(key) => return on_key(state, &key),
        Message::Paste(text) => on_paste(state, &text),
        Message::Mouse(mouse) => return on_mouse(state, &mouse),
        Message::Resize(width, height) => {
            state.size = (width, height);
            clamp_scrolls(state);
        }
        Message::Known(known) => {
            if !replaying::hold_known(state, &known) {
                on_known(state, known);
            }
        }
        Message::Traffic(events) => {
            if replaying::hold_traffic(state, &events) {
                return Vec::new();
            }
            for event in &events {
                let (meaning, offset) = (state.bench.meaning, state.flags.utc_offset_minutes);
                state.traffic.take(event, meaning, offset);
                ran(state, event);
            }
        }
        Message::Profiles(profiles) => {
            let chosen = state.profiles.get(state.chosen).map(|p| p.id.clone());
            state.profiles = profiles;
            choose_id(state, chosen.as_deref());
        }
        Message::Tick(now_ms) => {
            if !replaying::tick(state, now_ms) {
                state.now_ms = now_ms;
            }
        }
        Message::Found(found) => replaying::found(state, *found),
        Message::Hint(hint) => state.hint = Some(text::clean(&hint)),
        Message::Draft(entry, draft) => bring(
            state,
            Incoming {
                draft,
                from: Origin::Outbox(entry),
            },
        ),
        Message::Log(lines) => state.log.take(lines),
        Message::Recordings(names) => choosing::recordings(state, names),
        Message::Earlier(title, probe) => choosing::earlier(state, title, *probe),
        Message::VaryBegun(ids) => panel::begun(state, ids),
        Message::VaryEnded(says) => panel::ended(state, &says),
        Message::DryRun(run) => rehearsed(state, run),
        Message::Kept { id, begins } => {
            let then = match begins {
                true => "the next start uses it".to_owned(),
                false => format!(
                    "at the next start {} chooses it",
                    state.key_of(Action::Profiles)
                ),
            };
            state.hint = Some(text::clean(&format!(
                "Kept as a profile of your own; {then}: {id}."
            )));
            state.kept = Some(id);
        }
        Message::Reloaded(looks) => {
            state.wear(*looks);
            state.hint = Some("Configuration, theme and profiles were read again.".to_owned());
        }
        Message::Saved(letter, says) => keeping::saved(state, letter, &says),
        Message::Attached(read) => options::attached(state, read),
        Message::Completed { typed, found } => options::completed(state, &typed, found),
        Message::Fitted {
            revision,
            profile,
            fitted,
        } => fitting::take(state, revision, profile, fitted),
    }
    Vec::new()
}

fn on_known(state: &mut State, known: Arc<Known>) {
    let id = |k: &Known| k.profile.as_ref().map(|p| p.id.clone());
    let (before, after) = (id(&state.known), id(&known));
    let new_send = known.sends.back().map(|s| s.message.send)
        != state.known.sends.back().map(|s| s.message.send);
    let newest = |k: &Known| {
        k.probes
            .back()
            .map(|p| (p.began.probe, p.verdict.is_some()))
    };
    let (probe_before, probe_after) = (newest(&state.known), newest(&known));
    let pdus = |k: &Known| k.pdus.back().map(|p| p.id);
    let new_pdu = pdus(&state.known) != pdus(&known);
    let sim_read = state.known.sim != known.sim;
    let received = known.inbox != state.known.inbox;
    let old = std::mem::replace(&mut state.known, known);
    // A number that was forgotten may become another message's.
    let is_there = |id: &u64| state.known.outbox.contains_key(id);
    state.edits = state.edits.filter(is_there);
    state.note(&old);
    driving::told(state, &old);
    if received {
        state.read_letter();
    }
    state.tell_apart();
    if new_pdu {
        let known = state.known.clone();
        state.inspector.follow(&known);
    }
    if probe_before.map(|p| p.0) != probe_after.map(|p| p.0) {
        new_probe(state);
    }
    if probe_before != probe_after {
        new_verdict(state);
    }
    if before != after {
        choose_id(state, after.as_deref());
    }
    if before != after || sim_read {
        state.measure();
    }
    if new_send || before != after {
        state.expect();
    }
    if new_send {
        state.taken();
        state.face = SendFace::Ladder;
        state.scroll[Pane::Send as usize] = 0;
    }
    if state.laid.is_some() {
        replaying::align(state);
    }
    clamp_scrolls(state);
}

fn on_key(state: &mut State, key: &KeyEvent) -> Vec<Effect> {
    if key.kind == KeyEventKind::Release {
        return Vec::new();
    }
    state.hint = None;
    if let Some(effects) = choosing::on_key(state, key) {
        return effects;
    }
    let chord = Chord::of(key);
    let pending = state.pending.take();
    if let (None, true, true, Some(c)) = (
        pending,
        state.takes_text(),
        chord.is_text(),
        chord.character(),
    ) {
        let mut octets = [0; 4];
        insert(state, c.encode_utf8(&mut octets));
        return Vec::new();
    }
    let press = state
        .keymap
        .press(pending, chord, |b| state.binding_is_valid(b));
    match (press, pending) {
        (Press::Act(action), _) => return act(state, action),
        (Press::Wait, _) => state.pending = Some(chord),
        // Who began two keys by accident leaves them so.
        (Press::Nothing, Some(_)) if key.code == KeyCode::Esc => {}
        // A second key that means nothing is no text either: nobody meant to write it.
        (Press::Nothing, Some(first)) => {
            let keys = format!("{} {}", first.shown(), chord.shown());
            state.hint = Some(format!("{} means nothing here.", text::clean(&keys)));
        }
        (Press::Nothing, None) => {}
    }
    Vec::new()
}

/// Does an action: for keys, the mouse and the palette.
pub fn act(state: &mut State, action: Action) -> Vec<Effect> {
    let learned = state.learn(action).into_iter().map(Effect::Learned);
    let mut effects: Vec<Effect> = learned.collect();
    effects.extend(carry_out(state, action));
    effects
}

fn carry_out(state: &mut State, action: Action) -> Vec<Effect> {
    if state.is_off(action) {
        state.overlay = None;
        state.hint = Some(state.why_off());
        return Vec::new();
    }
    match action {
        Action::Recordings => return replaying::list(state),
        Action::OpenRecording => return replaying::fetch(state, Wanted::Tape),
        Action::LayBeside => return replaying::fetch(state, Wanted::Course),
        Action::BesideGood => return replaying::beside_good(state),
        Action::Live => replaying::close(state),
        Action::Play => return replaying::play(state, Player::play),
        Action::Faster => return replaying::play(state, |p| p.change_pace(true)),
        Action::Slower => return replaying::play(state, |p| p.change_pace(false)),
        Action::NextEvent => return replaying::play(state, |p| p.step(1)),
        Action::PreviousEvent => return replaying::play(state, |p| p.step(-1)),
        Action::NextExchange => return replaying::jump(state, Landmark::Exchange, true),
        Action::PreviousExchange => return replaying::jump(state, Landmark::Exchange, false),
        Action::NextStage => return replaying::jump(state, Landmark::Stage, true),
        Action::PreviousStage => return replaying::jump(state, Landmark::Stage, false),
        Action::NextError => return replaying::jump(state, Landmark::Error, true),
        Action::PreviousError => return replaying::jump(state, Landmark::Error, false),
        Action::NextAct => return replaying::jump(state, Landmark::Act, true),
        Action::PreviousAct => return replaying::jump(state, Landmark::Act, false),
        Action::Start => return replaying::play(state, |p| p.go(0)),
        Action::End => return replaying::play(state, |p| p.go(usize::MAX)),
        Action::Send => return send(state),
        Action::DryRun => return rehearse(state),
        Action::Another => return another(state),
        Action::Dtr | Action::Rts | Action::Break => driving::ask(state, action),
        Action::Stop => return order(Order::Cancel),
        Action::Probe => return probe(state),
        Action::Apply => return apply(state),
        Action::FullProbe => full_probe(state),
        Action::Keep => state.overlay = Some(Overlay::Ask(Question::Keep)),
        Action::Report => choosing::report(state),
        Action::Export => choosing::export(state),
        Action::Earlier => return order(Order::Recordings),
        Action::PhoneWitness => witness(state, |w| &mut w.phone),
        Action::InboundWitness => witness(state, |w| &mut w.inbound),
        Action::ShowEvidence => choose_evidence(state, state.evidence),
        Action::Go(screen) => {
            state.overlay = None;
            go(state, screen);
        }
        Action::NextWay => next_way(state),
        Action::Plain => plain(state),
        Action::ClearLetter => clearing::clear(state),
        Action::SaveLetter => return keeping::save(state),
        Action::SendSms => ask_sms(state),
        Action::SendQueued => {
            let send = |_: &mut State| order(Order::SendQueued);
            return ask_or(state, Question::SendQueued, send);
        }
        Action::SendEntry => {
            let Some(entry) = state.message().map(|m| m.entry) else {
                return Vec::new();
            };
            let send = |_: &mut State| order(Order::SendEntry(entry));
            return ask_or(state, Question::SendEntry(entry), send);
        }
        Action::ResendSame => ask_again(state, true),
        Action::ResendNew => ask_again(state, false),
        Action::CancelEntry => return about_entry(state, Order::CancelEntry),
        Action::OpenPost => {
            state.read_letter();
            state.read_own();
            toggle(state, Overlay::Post);
        }
        Action::OpenDraft => return open_draft(state),
        Action::Forget => forget(state),
        Action::FetchItem => return about_item(state, Order::FetchItem),
        Action::RejectItem => reject(state),
        Action::DeferItem => return about_item(state, Order::DeferItem),
        Action::SaveItem => return about_item(state, Order::SaveItem),
        Action::Reply => reply(state),
        Action::DeleteStored => delete_stored(state),
        Action::SelfTest => state.overlay = Some(Overlay::Ask(Question::SelfTest)),
        Action::Mark => mark(state),
        Action::Compare => return compare(state),
        Action::Options => options::open(state),
        Action::Attach => options::open_at_path(state),
        Action::OptionNext => return next_option(state),
        Action::OptionPrevious => step_option(state, -1),
        Action::OptionChange => change(state, true),
        Action::OptionChangeBack => change(state, false),
        Action::OptionDone if state.overlay == Some(Overlay::Panel) => return panel::done(state),
        Action::OptionDone => return options::done(state),
        Action::ProbeOptions => panel::probe(state),
        Action::Vary => panel::vary(state),
        Action::CellLeft => comparing::step(state, 0, -1),
        Action::CellRight => comparing::step(state, 0, 1),
        Action::ShowCell => comparing::show(state),
        Action::OctetMenu => {
            (state.copying.plain, state.copying.to_file) = (false, false);
            state.overlay = Some(Overlay::CopyOctets);
        }
        Action::CopyWhole => state.copying.whole = !state.copying.whole,
        Action::CopyOctets(form) => return inspecting::copy_octets(state, form),
        Action::Detach => options::detach(state),
        Action::EditPdu => inspecting::edit_pdu(state),
        Action::Resend => inspecting::ask_resend(state),
        Action::OctetLeft => inspecting::octet_by(state, -1),
        Action::OctetRight => inspecting::octet_by(state, 1),
        Action::Restore => state.overlay = Some(Overlay::Ask(Question::Restore)),
        Action::Profiles => open_profiles(state),
        Action::UseProfile => return use_profile(state),
        Action::RunAt => return run_at(state),
        Action::Write => write(state),
        Action::TypeAt => focus(state, Pane::Traffic, true),
        Action::NextField | Action::NextPane => tab(state, true),
        Action::PreviousPane => tab(state, false),
        Action::Focus(pane) => focus(state, pane, false),
        Action::Leave => leave(state),
        Action::Zoom => state.zoomed = !state.zoomed,
        Action::Http => face(state, SendFace::Http),
        Action::Bubble => face(state, SendFace::Bubble),
        Action::Freeze => traffic::freeze(state),
        Action::Slowest => traffic::slowest(state),
        Action::Up => scroll(state, -1),
        Action::Down => scroll(state, 1),
        Action::PageUp => scroll(state, -page(state)),
        Action::PageDown => scroll(state, page(state)),
        Action::First => scroll(state, i64::from(i32::MIN)),
        Action::Last => scroll(state, i64::from(i32::MAX)),
        Action::Copy => return traffic::copy_pane(state, false),
        Action::CopyFile => return traffic::to_file(state),
        Action::CopyMenu => traffic::open_copy_menu(state, false),
        Action::CopyAs(form) => return traffic::copy_as(state, form),
        Action::CopyExtent => traffic::other_extent(state),
        Action::CopyPlain => state.copying.plain = !state.copying.plain,
        Action::Search => prompting::open(state, Asking::Search(state.focus)),
        Action::Filter => prompting::open(state, Asking::Filter),
        Action::TakeLine => return prompting::take(state),
        Action::DropLine => prompting::drop_line(state),
        Action::FindNext => prompting::find(state, true),
        Action::FindPrevious => prompting::find(state, false),
        Action::QuickFilter => traffic::quick_filter(state),
        Action::Fold => traffic::fold(state),
        Action::FoldOne => traffic::fold_one(state),
        Action::Hex => state.traffic.turn_hex(false),
        Action::Split => state.traffic.turn_hex(true),
        Action::Columns(step) => return columns::step(state, step),
        Action::Explain => traffic::explain(state),
        Action::Times => traffic::times(state),
        Action::Select => traffic::select(state),
        Action::SetMark => return traffic::set_mark(state),
        Action::NextMark => drop(state.traffic.to_mark(true)),
        Action::PreviousMark => drop(state.traffic.to_mark(false)),
        Action::Complete => state.at.complete(),
        Action::LogLevel => state.log.turn(),
        Action::Mouse => {
            state.mouse = !state.mouse;
            state.hint = Some(match state.mouse {
                true => "The mouse works in the console again.".to_owned(),
                false => format!(
                    "The mouse is the terminal's: select and copy text. {} takes it back; Shift while selecting would have done too.",
                    state.key_of(Action::Mouse)
                ),
            });
            return vec![Effect::Mouse(state.mouse)];
        }
        Action::Hide => {
            state.hides = !state.hides;
            state.hint = Some(match state.hides {
                true => "Numbers, IMSI, IMEI, ICCID and e-mail addresses are hidden on this screen, and octets; not a number that is broken over two rows or cut.".to_owned(),
                false => "Identities are shown again.".to_owned(),
            });
        }
        Action::Palette => {
            state.palette.open();
            toggle(state, Overlay::Palette);
        }
        Action::PaletteDo => return choose(state),
        Action::PaletteComplete => complete(state),
        Action::NextTheme => next_theme(state),
        Action::NextLayout => next_layout(state),
        Action::Reload => return vec![Effect::Reload],
        Action::Help => toggle(state, Overlay::Help),
        Action::Capabilities => toggle(state, Overlay::Capabilities),
        Action::Redraw => return vec![Effect::Redraw],
        Action::Suspend => return vec![Effect::Suspend],
        Action::Quit => return quit(state),
        Action::Yes => return yes(state),
        Action::No => {
            state.overlay = None;
            turned_away(state);
        }
        Action::NewLine => {
            insert(state, "\n");
        }
        Action::OlderCommand => recall(state, false),
        Action::NewerCommand => recall(state, true),
        other => {
            if let Some(change) = edit_of(other) {
                edit(state, change);
            }
        }
    }
    Vec::new()
}

fn step_option(state: &mut State, rows: i64) {
    match (&mut state.panel, state.overlay) {
        (Some(panel), Some(Overlay::Panel)) => panel.step(rows),
        _ => state.compose.form.step(rows),
    }
}

fn next_option(state: &mut State) -> Vec<Effect> {
    if state.overlay == Some(Overlay::Panel) {
        step_option(state, 1);
        return Vec::new();
    }
    options::next(state, true)
}

fn change(state: &mut State, forward: bool) {
    if let (Some(panel), Some(Overlay::Panel)) = (&mut state.panel, state.overlay) {
        return panel.change(forward);
    }
    state.compose.form.change(forward);
    state.measure();
}

fn order(order: Order) -> Vec<Effect> {
    vec![Effect::Order(order)]
}

fn use_profile(state: &mut State) -> Vec<Effect> {
    let Some(row) = state.profiles.get(state.chosen) else {
        return Vec::new();
    };
    if state.is_busy() {
        let what = busy_with(state);
        state.hint = Some(format!(
            "{what} is running: the profile can be changed when it has ended."
        ));
        return Vec::new();
    }
    let id = row.id.clone();
    state.hint = Some(format!("The next send goes through {}.", text::clean(&id)));
    if state.overlay == Some(Overlay::Profiles) {
        state.overlay = None;
    }
    order(Order::UseProfile(id))
}

/// What runs, at the start of a sentence.
fn busy_with(state: &State) -> &'static str {
    match state.of_bench().and_then(|k| k.running()) {
        Some(_) => "A send",
        None => "A probe",
    }
}

fn quit(state: &mut State) -> Vec<Effect> {
    match state.overlay {
        Some(Overlay::Ask(Question::QuitLetter)) => vec![Effect::Quit],
        // A send that runs is one question, the letter another.
        Some(Overlay::Ask(Question::Quit)) => {
            state.overlay = None;
            leave_letter(state)
        }
        _ if state.is_busy() => {
            state.overlay = Some(Overlay::Ask(Question::Quit));
            Vec::new()
        }
        _ => leave_letter(state),
    }
}

/// Ends; where the letter in the composer is kept nowhere, it is asked first.
fn leave_letter(state: &mut State) -> Vec<Effect> {
    if !state.flags.keeps && state.would_lose() {
        state.overlay = Some(Overlay::Ask(Question::QuitLetter));
        return Vec::new();
    }
    vec![Effect::Quit]
}

fn yes(state: &mut State) -> Vec<Effect> {
    match state.overlay.take() {
        Some(Overlay::Ask(Question::Quit)) => leave_letter(state),
        Some(Overlay::Ask(Question::QuitLetter)) => vec![Effect::Quit],
        Some(Overlay::Ask(Question::Send)) => sending::begin(state),
        Some(Overlay::Ask(Question::SendEntry(id))) => order(Order::SendEntry(id)),
        Some(Overlay::Ask(Question::SendQueued)) => order(Order::SendQueued),
        Some(Overlay::Ask(Question::Drive(drive))) => order(Order::Drive(drive)),
        Some(Overlay::Ask(Question::Restore)) => order(Order::Restore),
        Some(Overlay::Ask(Question::Commands)) => commands(state),
        Some(Overlay::Ask(Question::FullProbe)) => begin_full(state),
        Some(Overlay::Ask(Question::FullWish)) => panel::begin_probe(state),
        Some(Overlay::Ask(Question::Vary)) => panel::begin_vary(state),
        Some(Overlay::Ask(Question::Keep)) => match state.unkept() {
            Some(mend) => order(Order::Keep(mend.id.clone())),
            None => Vec::new(),
        },
        Some(Overlay::Ask(Question::SendAgain)) => inspecting::resend(state),
        Some(Overlay::Ask(Question::ReplaceDraft)) => {
            replace_draft(state);
            Vec::new()
        }
        Some(Overlay::Ask(Question::SendSms)) => send_sms(state),
        Some(Overlay::Ask(Question::TakeOut(id))) => order(Order::OpenDraft(id)),
        Some(Overlay::Ask(Question::Forget(id))) => order(Order::Forget(id)),
        Some(Overlay::Ask(Question::ResendEntry { entry, same })) => order(Order::Resend {
            entry,
            same,
            way: None,
        }),
        Some(Overlay::Ask(Question::RejectItem(id))) => order(Order::RejectItem(id)),
        Some(Overlay::Ask(Question::DeleteStored(id))) => order(Order::DeleteStored(id)),
        Some(Overlay::Ask(Question::SelfTest)) => {
            go(state, Screen::Bench);
            order(Order::SelfTest)
        }
        Some(Overlay::Ask(Question::Unrecorded)) => {
            state.unrecorded.why = None;
            let held = state.unrecorded.held.take().map(Effect::Order);
            let mut effects = order(Order::Unrecorded);
            effects.extend(held);
            effects
        }
        other => {
            state.overlay = other;
            Vec::new()
        }
    }
}

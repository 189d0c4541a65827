//! From a message to a new state and to effects: total and pure.
//!
//! In: the state, and one [`Message`]. Out: the state changed, and what the edge shall do. Never here: clocks, files, tokio, drawing.
mod acting;
mod answering;
mod asking;
mod at_line;
mod choosing;
mod clearing;
mod columns;
mod comparing;
mod driving;
mod inspecting;
mod keeping;
mod message;
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

use acting::carry_out;
use asking::{new_probe, new_verdict};
use at_line::ran;
pub use choosing::table as compare_table;
pub use message::{Effect, Message, Order};
use messages::bring;
pub(super) use motion::moved;
use motion::{choose_id, clamp_scrolls, on_mouse};
pub use replaying::{lay, open};
use sending::rehearsed;
use typing::{insert, on_paste};

pub use traffic::rows as copied_rows;

use super::action::Action;
use super::barred;
use super::fitting::{self};
use super::keymap::{Chord, Press};
use super::layout::Pane;
use super::letter::{Incoming, Origin};
use super::state::{Overlay, Question, SendFace, State};
use super::text;
use crate::known::Known;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyEventKind};
use std::sync::Arc;

/// Takes a message in.
pub fn update(state: &mut State, message: Message) -> Vec<Effect> {
    let is_deed = matches!(message, Message::Key(_) | Message::Mouse(_));
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
    let looked_at = is_deed && state.focus == Pane::Messages;
    if looked_at || effects.iter().any(sends) {
        state.look_at_outbox();
    }
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
                driving::refused(state, event);
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
    let was_busy = state.is_busy();
    let old = std::mem::replace(&mut state.known, known);
    if was_busy && !state.is_busy() {
        // What was refused because something ran can be done now.
        state.hint = None;
    }
    // A number that was forgotten may become another message's.
    let is_there = |id: &u64| state.known.outbox.contains_key(id);
    state.edits = state.edits.filter(is_there);
    state.note(&old);
    state.taken_in(&old);
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

/// Whether the session may be left for another; where not, the person is told why.
pub(super) fn may_leave(state: &mut State) -> bool {
    let why = moving::hindrance(state);
    let may = why.is_none();
    if let Some(why) = why {
        state.hint = Some(why);
    }
    may
}

/// What runs, at the start of a sentence.
fn busy_with(state: &State) -> &'static str {
    match state.of_bench().and_then(|k| k.running()) {
        Some(_) => "A send",
        None => "A probe",
    }
}

//! Opening a recording, going along it, and back to the bench.
use super::motion::{clamp_scrolls, go};
use super::{Effect, on_known};
use crate::console::action::Action;
use crate::console::asked::Comparison;
use crate::console::layout::{Pane, Screen};
use crate::console::recordings::{Found, Recordings, Wanted};
use crate::console::replay::{LOOK_BACK, Laid, Live, Replay};
use crate::console::state::{Overlay, SendFace, State};
use crate::console::text;
use crate::event::Event;
use crate::known::Known;
use crate::replay::{Beside, Conditions, Course, Landmark, Player, Tape, judged};
use std::sync::Arc;

/// Puts a recording on the screen, at its end. The bench, where there is one, goes on behind it.
pub fn open(state: &mut State, tape: Arc<Tape>, has_bench: bool) {
    close(state);
    let player = Player::new(tape);
    let probed = player.known().probes.iter();
    let mut profiles: Vec<String> = Vec::new();
    for probe in probed {
        if !profiles.contains(&probe.began.profile) {
            profiles.push(probe.began.profile.clone());
        }
    }
    if profiles.len() < 2 {
        profiles.clear();
    }
    let live = Live {
        known: std::mem::take(&mut state.known),
        traffic: std::mem::take(&mut state.traffic),
        screen: state.screen,
        focus: state.focus,
        zoomed: state.zoomed,
        face: state.face,
        scroll: std::mem::replace(&mut state.scroll, [0; Pane::ALL.len()]),
        evidence: std::mem::take(&mut state.evidence),
        comparison: std::mem::replace(
            &mut state.comparison,
            Comparison {
                profiles,
                after: 0,
                ..Comparison::default()
            },
        ),
        now_ms: state.now_ms,
    };
    state.overlay = None;
    state.typing = false;
    state.pending = None;
    state.zoomed = false;
    state.face = SendFace::Ladder;
    state.screen = Screen::Bench;
    state.focus = Pane::Send;
    let trouble = player.tape().trouble.clone();
    let was_sent = !player.known().sends.is_empty();
    let was_probed = !player.known().probes.is_empty();
    state.replay = Some(Box::new(Replay {
        player,
        live: has_bench.then(|| Box::new(live)),
        anew: None,
        read: 0,
    }));
    moved(state);
    if was_probed && !was_sent {
        go(state, Screen::Diagnosis);
    }
    state.hint = trouble.map(|t| text::clean(&format!("Not whole: {t}")));
}

/// Back to the bench, as it was left and as it went on.
pub(super) fn close(state: &mut State) {
    let has_bench = |r: &Replay| r.live.is_some();
    if !state.replay.as_deref().is_some_and(has_bench) {
        return;
    }
    let Some(live) = state.replay.take().and_then(|r| r.live) else {
        return;
    };
    state.traffic = live.traffic;
    state.zoomed = live.zoomed;
    state.screen = live.screen;
    state.focus = live.focus;
    state.scroll = live.scroll;
    state.comparison = live.comparison;
    state.now_ms = live.now_ms;
    on_known(state, live.known);
    state.face = live.face;
    state.evidence = live.evidence;
    state.mend();
    state.measure();
    clamp_scrolls(state);
}

/// What is known of the bench, while a recording is on the screen. False where none is, and the screen shall take it.
pub(super) fn hold_known(state: &mut State, known: &Arc<Known>) -> bool {
    let Some(replay) = &mut state.replay else {
        return false;
    };
    if let Some(live) = &mut replay.live {
        live.known = Arc::clone(known);
    }
    true
}

/// The same for its lines.
pub(super) fn hold_traffic(state: &mut State, events: &[Arc<Event>]) -> bool {
    let (meaning, offset) = (state.bench.meaning, state.flags.utc_offset_minutes);
    let Some(replay) = &mut state.replay else {
        return false;
    };
    if let Some(live) = &mut replay.live {
        for event in events {
            live.traffic.take(event, meaning, offset);
        }
    }
    true
}

/// The player stands somewhere else: the screen follows.
fn moved(state: &mut State) {
    let Some(replay) = &mut state.replay else {
        return;
    };
    let (at, ms) = (replay.player.at(), replay.player.ms());
    let known = Arc::clone(replay.player.known());
    let tape = Arc::clone(replay.player.tape());
    let from = match replay.read {
        read if read <= at && at - read <= LOOK_BACK => read,
        // From the other side, or from far away: what is before this place, and nothing else.
        _ => {
            state.traffic.forget();
            at.saturating_sub(LOOK_BACK)
        }
    };
    let (meaning, offset) = (state.bench.meaning, state.flags.utc_offset_minutes);
    for event in tape.between(from, at) {
        state.traffic.take(event, meaning, offset);
    }
    replay.read = at;
    let newest = |k: &Known| {
        k.probes
            .back()
            .map(|p| (p.began.probe, p.verdict.is_some()))
    };
    if newest(&known) != newest(&state.known) {
        replay.anew = known
            .probes
            .back()
            .filter(|p| p.verdict.is_some())
            .map(judged);
    }
    let now = known.ms;
    state.now_ms = ms.max(now);
    on_known(state, known);
}

/// Moves the player, and shows where it stands then.
pub(super) fn play(state: &mut State, how: impl FnOnce(&mut Player)) -> Vec<Effect> {
    if let Some(replay) = &mut state.replay {
        how(&mut replay.player);
        moved(state);
    }
    Vec::new()
}

/// To the next landmark or the one before; a word where there is no more.
pub(super) fn jump(state: &mut State, kind: Landmark, forward: bool) -> Vec<Effect> {
    let mut found = true;
    play(state, |player| found = player.jump(kind, forward));
    if !found {
        let side = if forward { "after" } else { "before" };
        state.hint = Some(format!("No {} {side} this place.", kind.word()));
    }
    Vec::new()
}

/// The clock of life went on, while a recording plays.
pub(super) fn tick(state: &mut State, clock_ms: u64) -> bool {
    let is_replaying = state.replay.is_some();
    play(state, |player| player.tick(clock_ms));
    is_replaying
}

/// Shows the list of recordings, and has it read anew.
pub(super) fn list(state: &mut State) -> Vec<Effect> {
    if state.overlay == Some(Overlay::Recordings) {
        state.overlay = None;
        return Vec::new();
    }
    state.typing = false;
    state.overlay = Some(Overlay::Recordings);
    state.recordings.asked = true;
    vec![Effect::Fetch(Wanted::List)]
}

/// Opens the chosen recording, or lays it beside what is on the screen.
pub(super) fn fetch(state: &mut State, wanted: fn(String) -> Wanted) -> Vec<Effect> {
    let Some(row) = state.recordings.row() else {
        return Vec::new();
    };
    state.hint = Some(format!("Reading {} …", text::clean(&row.name)));
    vec![Effect::Fetch(wanted(row.path.clone()))]
}

/// Has the last good send laid beside the one on the screen; in the list, beside the chosen recording, which is opened.
pub(super) fn beside_good(state: &mut State) -> Vec<Effect> {
    let chosen = state.recordings.row();
    let chosen = chosen.filter(|_| state.overlay == Some(Overlay::Recordings));
    // The recording of this session is older than what is known of it.
    let chosen = chosen.filter(|r| !(r.current && state.replay.is_none()));
    let wanted = match chosen {
        Some(row) => Wanted::WithGood(row.path.clone()),
        None => match Conditions::of(&state.known) {
            Ok(conditions) => Wanted::Good(Box::new(conditions)),
            Err(why) => {
                let says = format!("{}: {why}.", state.session_name());
                state.hint = Some(text::clean(&says));
                return Vec::new();
            }
        },
    };
    state.hint = Some("Looking for the last good send …".to_owned());
    vec![Effect::Fetch(wanted)]
}

/// Something of the recordings was read.
pub(super) fn found(state: &mut State, found: Found) {
    match found {
        Found::List(mut list) => {
            if let Some(rows) = &mut list.rows {
                rows.sort_by(|a, b| b.digest.began_at.cmp(&a.digest.began_at));
            }
            let path = state.recordings.row().map(|r| r.path.clone());
            let rows = list.rows.as_deref().unwrap_or_default();
            let same = rows.iter().position(|r| Some(&r.path) == path.as_ref());
            state.recordings = Recordings {
                chosen: same.unwrap_or(0),
                asked: true,
                ..list
            };
            state.expect();
        }
        Found::Tape(Ok(tape)) => open(state, tape, state.of_bench().is_some()),
        Found::Course(Ok(course)) => lay(state, *course),
        Found::Good(Ok(good)) => {
            if let Some(tape) = good.tape {
                open(state, tape, state.of_bench().is_some());
            }
            lay(state, good.course);
        }
        Found::Good(Err(why)) => {
            let says = match state.overlay {
                Some(Overlay::Recordings) => format!("Not laid: {why}"),
                _ => format!(
                    "Not laid: {why}; {} lists all",
                    state.key_of(Action::Recordings)
                ),
            };
            state.hint = Some(text::clean(&says));
        }
        Found::Tape(Err(why)) | Found::Course(Err(why)) => state.hint = Some(text::clean(&why)),
    }
}

/// Lays a send beside the one on the screen.
pub fn lay(state: &mut State, course: Course) {
    state.overlay = None;
    state.typing = false;
    state.hint = None;
    state.laid = Some(Laid {
        table: Beside::default(),
        course,
    });
    align(state);
    state.scroll[Pane::Beside as usize] = 0;
    go(state, Screen::Beside);
}

/// Aligns what is on the screen with what was laid beside it.
pub(super) fn align(state: &mut State) {
    let here = Course::of(&state.session_name(), &state.known);
    if let Some(laid) = &mut state.laid {
        laid.table = Beside::of(&here, &laid.course);
    }
}

//! The PDU screen: going through fields, octets and remarks; a message as a draft again, or once more as it was.
use super::motion::{focus, go, moved};
use super::{Effect, Order, busy_with, order};
use crate::console::copying::{self, OctetForm};
use crate::console::editor::{Compose, Draft};
use crate::console::fitting::{self, Fitting};
use crate::console::layout::{Pane, Screen};
use crate::console::letter::{Incoming, Origin};
use crate::console::measure;
use crate::console::state::{Overlay, Question, State};
use crate::console::text;
use crate::console::view;
use crate::event::redact;

/// Takes the draft as it stands, so that it can be looked at before it is sent.
pub(super) fn open(state: &mut State) {
    let draft = fitting::as_sent(state);
    let profile = state.known.profile.as_ref().map(|p| p.id.as_str());
    let began = state.known.started_at.parse::<jiff::Timestamp>().ok();
    let now = began.and_then(|began| u64::try_from(began.as_second()).ok());
    let now = now.map(|began| began + state.clock_ms() / 1000);
    let octets = Some(&draft).filter(|draft| !draft.is_empty());
    state.inspector.draft = octets.and_then(|draft| (state.bench.encode)(draft, profile, now));
    let known = state.known.clone();
    state.inspector.follow(&known);
}

/// Goes so many rows on in a pane of the screen.
pub(super) fn move_in(state: &mut State, pane: Pane, rows: i64) {
    let inspector = &mut state.inspector;
    let Some(shown) = &inspector.shown else {
        return;
    };
    let within = |from: usize, rows: i64, count: usize| moved(from, rows, count.saturating_sub(1));
    match pane {
        Pane::Fields => {
            let to = within(inspector.field, rows, shown.fields.len());
            inspector.to_field(to);
        }
        Pane::Octets => {
            let count = shown.octets.0.len();
            let step = i64::try_from(view::octets_in_a_row(state)).unwrap_or(1);
            octet(state, rows.saturating_mul(step), count);
        }
        Pane::Remarks => {
            let last = shown.remarks.len();
            let to = match inspector.remark {
                None => within(0, rows.saturating_sub(rows.signum()), last),
                Some(here) => within(here, rows, last),
            };
            inspector.to_remark(to);
        }
        _ => {
            let known = state.known.clone();
            let count = inspector.all(&known).count();
            let to = within(inspector.position(&known), rows, count);
            inspector.choose(&known, to);
        }
    }
}

/// Goes to what the mouse has pointed at.
pub(super) fn pick(state: &mut State, pane: Pane, number: usize) {
    let inspector = &mut state.inspector;
    match pane {
        Pane::Fields => inspector.to_field(number),
        Pane::Octets => inspector.to_octet(number),
        Pane::Remarks => inspector.to_remark(number),
        _ => inspector.choose(&state.known.clone(), number),
    }
}

/// Goes so many octets on.
pub(super) fn octet_by(state: &mut State, octets: i64) {
    let count = state.inspector.shown.as_ref().map(|s| s.octets.0.len());
    octet(state, octets, count.unwrap_or(0));
}

fn octet(state: &mut State, by: i64, count: usize) {
    let to = moved(state.inspector.octet, by, count.saturating_sub(1));
    state.inspector.to_octet(to);
}

/// Puts the message that is shown into the composer; asks first where something else is written there.
pub(super) fn edit_pdu(state: &mut State) {
    let Some(draft) = draft(state) else { return };
    let from = Origin::Pdu;
    super::bring(state, Incoming { draft, from });
}

fn draft(state: &mut State) -> Option<Draft> {
    let shown = state.inspector.shown.as_ref()?;
    match measure::draft_of(&shown.octets.0) {
        Ok(draft) => Some(draft),
        Err(why) => {
            state.hint = Some(text::clean(&format!(
                "This message cannot be made a draft: {why}"
            )));
            None
        }
    }
}

pub(super) fn take(state: &mut State, draft: &Draft) {
    let mut compose = Compose::new(draft);
    compose.form.follows(&state.compose.form);
    state.compose = compose;
    state.given = state.draft();
    state.fitting = Fitting::default();
    state.measure();
    go(state, Screen::Bench);
    focus(state, Pane::Compose, false);
    state.hint = Some(
        "A draft again: enter changes it, ^S sends it as a new message with a Transaction-Id of its own."
            .to_owned(),
    );
}

/// Copies the chosen field's octets, or the whole PDU's, in a form.
pub(super) fn copy_octets(state: &mut State, form: OctetForm) -> Vec<Effect> {
    state.overlay = None;
    let copied = state.inspector.to_copy(state.copying.whole);
    let plain = state.copying.plain;
    let copied = copied.map(|(octets, says)| match plain {
        true => copying::octets(octets, form, &printable(&says)),
        false => copying::octets(&copying::hidden(octets).0, form, &redact(&printable(&says))),
    });
    super::traffic::copy(state, copied.unwrap_or_default(), ("pdu", form.ending()))
}

/// Words of a PDU as a terminal may have them, line by line.
fn printable(says: &str) -> String {
    let lines: Vec<String> = says.lines().map(text::clean).collect();
    lines.join("\n")
}

/// Asks before the same octets go out again.
pub(super) fn ask_resend(state: &mut State) {
    if state.is_busy() {
        let what = busy_with(state);
        state.hint = Some(format!(
            "{what} is running: the octets can be sent again when it has ended."
        ));
        return;
    }
    state.overlay = Some(Overlay::Ask(Question::SendAgain));
}

/// Orders it.
pub(super) fn resend(state: &mut State) -> Vec<Effect> {
    let shown = state.inspector.shown.as_ref().filter(|s| s.is_send_req());
    let Some(octets) = shown.map(|s| s.octets.clone()) else {
        return Vec::new();
    };
    // The ladder is what one wants to see now, and then the new PDU.
    state.inspector.chosen = None;
    go(state, Screen::Bench);
    state.traffic.follow();
    order(Order::SendAgain(octets))
}

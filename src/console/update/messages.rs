//! Which way the message goes, and what is done with messages of the outbox.
use super::motion::{clamp_scrolls, focus, go, moved};
use super::{Effect, Order, order};
use crate::compose::plain_text;
use crate::console::action::Action;
use crate::console::editor::{Compose, Draft, Field};
use crate::console::layout::{Pane, Screen};
use crate::console::letter::{Emptied, Failed, Handed, Incoming, Origin};
use crate::console::state::{Overlay, Post, Question, State};
use crate::event::{EntryState, Way};

/// The next way, round and round.
pub(super) fn next_way(state: &mut State) {
    let way = state.effective_way().next();
    state.way = Some(way);
    let words = match (way, state.measured.unlinked) {
        (Way::SmsUnlinked, 0 | 1) => "SMS",
        _ => way.words(),
    };
    let mut says = format!("The message goes as {words}.");
    if let Some(why) = state.measured.no_sms.as_ref().filter(|_| way != Way::Mms) {
        says.push_str(&format!(" As it is, it cannot: {why}."));
    }
    state.hint = Some(says);
}

/// Writes what forces UCS-2 in plain characters.
pub(super) fn plain(state: &mut State) {
    let draft = state.draft();
    let text = plain_text(&draft.text);
    if text == draft.text {
        state.hint = Some("None of these characters has a plain one.".to_owned());
        return;
    }
    put(state, &Draft { text, ..draft });
    state.hint = Some(
        "Written in plain characters; the field's undo does not go back behind that.".to_owned(),
    );
}

/// Asks before what failed as MMS goes out as SMS: that costs money for each part.
pub(super) fn ask_sms(state: &mut State) {
    let Some(fallback) = state.fallback() else {
        return;
    };
    let why = state.measured.no_sms.as_ref();
    if let Some(why) = why.filter(|_| fallback.text == Failed::Changed) {
        state.hint = Some(format!("As it stands now it cannot go as SMS: {why}."));
        return;
    }
    state.overlay = Some(Overlay::Ask(Question::SendSms));
}

/// The person has agreed: what failed as MMS goes out as SMS, as it stands on the screen.
pub(super) fn send_sms(state: &mut State) -> Vec<Effect> {
    let Some(fallback) = state.fallback() else {
        return Vec::new();
    };
    go(state, Screen::Bench);
    state.traffic.follow();
    let (entry, way) = (fallback.entry, fallback.way);
    if fallback.text != Failed::Changed {
        return order(Order::Resend {
            entry,
            same: false,
            way: Some(way),
        });
    }
    let draft = state.draft();
    state.handed = Some(Handed::of(draft.clone()));
    order(state.order_of(draft, Some(way)))
}

/// An order about the chosen message.
pub(super) fn about_entry(state: &mut State, of: impl FnOnce(u64) -> Order) -> Vec<Effect> {
    let Some(entry) = state.message().map(|m| m.entry) else {
        return Vec::new();
    };
    state.entry = Some(entry);
    order(of(entry))
}

/// The chosen message of the outbox comes into the composer. One that waits for its turn is taken out of the queue by that, so it is
/// asked first. What came in is not written here, and says so.
pub(super) fn open_draft(state: &mut State) -> Vec<Effect> {
    match state.message().map(|m| (m.entry, m.state)) {
        Some((entry, EntryState::Queued)) => {
            state.entry = Some(entry);
            state.overlay = Some(Overlay::Ask(Question::TakeOut(entry)));
            return Vec::new();
        }
        Some(_) => return about_entry(state, Order::OpenDraft),
        None => {}
    }
    let drafts = state
        .messages()
        .filter(|m| m.state == EntryState::Draft)
        .count();
    let edit = state.key_of(Action::OpenDraft);
    state.hint = Some(match (state.post().is_some(), drafts) {
        (false, _) => "There is no message to edit yet.".to_owned(),
        (true, 0) => format!(
            "This one came in: {} answers it; {edit} edits what was written here.",
            state.key_of(Action::Reply)
        ),
        (true, 1) => {
            format!("This one came in: {edit} is for what was written here, as the draft below.")
        }
        (true, n) => format!(
            "This one came in: {edit} is for what was written here, as the {n} drafts below."
        ),
    });
    Vec::new()
}

/// Who was told at the start that a draft waits, and comes to the messages for the first time, begins at the newest draft.
pub(super) fn begin_at_draft(state: &mut State) {
    let seeks = std::mem::take(&mut state.seeks_draft);
    if seeks && state.entry.is_none() && state.item.is_none() {
        let newest = state.messages().find(|m| m.state == EntryState::Draft);
        state.entry = newest.map(|m| m.entry);
    }
}

/// Asks before a message goes out once more: it may arrive twice, and be billed.
pub(super) fn ask_again(state: &mut State, same: bool) {
    if let Some(entry) = state.message().map(|m| m.entry) {
        state.entry = Some(entry);
        state.overlay = Some(Overlay::Ask(Question::ResendEntry { entry, same }));
    }
}

/// A message that has come out of the outbox is not wanted in the composer after all.
pub(super) fn turned_away(state: &mut State) {
    if let Some(Incoming { from, .. }) = state.incoming.take()
        && matches!(from, Origin::Outbox(_))
    {
        state.hint = Some(not_opened(from));
    }
}

/// What became of a message that did not come into the composer: the bench has taken it out of the queue by then.
fn not_opened(from: Origin) -> String {
    match from {
        Origin::Outbox(entry) => format!(
            "Message {entry} was not opened. Where it waited it is a draft now, which goes out only when you send it."
        ),
        Origin::Reply | Origin::Pdu => "That message was not opened.".to_owned(),
    }
}

/// Asks before a message is taken out.
pub(super) fn forget(state: &mut State) {
    if let Some(message) = state.message().filter(|m| m.state != EntryState::Sending) {
        state.overlay = Some(Overlay::Ask(Question::Forget(message.entry)));
    }
}

/// A message comes into the composer; where a letter would be lost by that, it is asked first.
pub(super) fn bring(state: &mut State, incoming: Incoming) {
    // An answer that was meant for another question must not cost the letter, nor be given to another one than stands there.
    if matches!(state.overlay, Some(Overlay::Ask(_))) {
        let says = "A question stands: answer it, then open it again. ";
        state.hint = Some(format!("{says}{}", not_opened(incoming.from)));
        return;
    }
    if !state.would_lose() || state.draft() == incoming.draft {
        return settle(state, incoming);
    }
    state.incoming = Some(incoming);
    state.overlay = Some(Overlay::Ask(Question::ReplaceDraft));
}

/// The person has agreed.
pub(super) fn replace_draft(state: &mut State) {
    if let Some(incoming) = state.incoming.take() {
        settle(state, incoming);
    }
}

fn settle(state: &mut State, incoming: Incoming) {
    let Incoming { draft, from } = incoming;
    (state.edits, state.emptied) = (None, Emptied::default());
    state.elsewhere = false;
    match from {
        Origin::Pdu => return super::inspecting::take(state, &draft),
        Origin::Reply => {
            go(state, Screen::Bench);
            put(state, &draft);
            focus(state, Pane::Compose, true);
            state.compose.field = Field::Text;
        }
        Origin::Outbox(entry) => {
            put(state, &draft);
            state.edits = Some(entry);
            state.way = draft.way.filter(|way| *way != state.measured.by_rule);
            focus(state, Pane::Compose, true);
        }
    }
    state.given = state.draft();
}

pub(super) fn put(state: &mut State, draft: &Draft) {
    let field = state.compose.field;
    let style = state.compose.body.style();
    state.compose = Compose::new(draft);
    state.compose.body.set_style(style);
    state.compose.field = field;
    state.measure();
    clamp_scrolls(state);
}

/// An order about the chosen received message.
pub(super) fn about_item(state: &mut State, of: impl FnOnce(u64) -> Order) -> Vec<Effect> {
    let Some(item) = state.received().map(|i| i.item) else {
        return Vec::new();
    };
    state.item = Some(item);
    order(of(item))
}

/// Asks before the MMSC is told to delete a message.
pub(super) fn reject(state: &mut State) {
    if let Some(item) = state.received() {
        state.overlay = Some(Overlay::Ask(Question::RejectItem(item.item)));
    }
}

/// Asks before a received message is deleted from the modem.
pub(super) fn delete_stored(state: &mut State) {
    if let Some(item) = state.received() {
        state.overlay = Some(Overlay::Ask(Question::DeleteStored(item.item)));
    }
}

/// The sender of the chosen message comes into the composer.
pub(super) fn reply(state: &mut State) {
    state.read_letter();
    let Some((_, letter)) = state.letter.clone().filter(|(_, l)| !l.from.is_empty()) else {
        state.hint = Some("This message does not tell its sender.".to_owned());
        return;
    };
    let subject = match letter.subject.as_str() {
        "" => String::new(),
        subject if subject.to_lowercase().starts_with("re:") => subject.to_owned(),
        subject => format!("Re: {subject}"),
    };
    let draft = Draft {
        to: vec![letter.from],
        subject,
        ..Draft::default()
    };
    let from = Origin::Reply;
    bring(state, Incoming { draft, from });
}

/// Chooses another message, so many rows further down.
pub(super) fn choose(state: &mut State, rows: i64) {
    let posts = state.posts();
    let chosen = state.post();
    let here = posts.iter().position(|p| Some(*p) == chosen);
    let to = moved(here.unwrap_or(0), rows, posts.len().saturating_sub(1));
    point(state, to);
}

/// Chooses the message in this row of the list, from 0 for the newest.
pub(super) fn point(state: &mut State, row: usize) {
    let posts = state.posts();
    let (entry, item) = match posts.get(row) {
        Some(Post::Sent(message)) => (Some(message.entry), None),
        Some(Post::Received(item)) => (None, Some(item.item)),
        None => (None, None),
    };
    (state.entry, state.item) = (entry, item);
    state.read_letter();
}

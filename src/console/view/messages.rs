//! Messages, received beside sent: each with its state, its way, its age, what became of it, and when it is tried again.
use super::Room;
use super::ink::Ink;
use crate::console::action::Action;
use crate::console::layout::Screen;
use crate::console::state::{Post, State};
use crate::console::text;
use crate::console::theme::Tone;
use crate::event::{EntryState, InboxKind, InboxState, InboxStep, OutboxStep, Way};
use ratatui::text::{Line, Span};

/// Columns of number, state and way.
const NUMBER: usize = 6;
const STATE: usize = 10;
const WAY: usize = 13;

pub(super) fn lines(state: &State, room: Room) -> Vec<Line<'static>> {
    let ink = Ink::new(state);
    let chosen = state.post();
    let elsewhere = state.unrecorded.elsewhere.as_ref();
    if let (None, Some(elsewhere)) = (&chosen, elsewhere) {
        let says = format!("{}. What comes in stands here.", elsewhere.says());
        return ink.sentence(Tone::Warn, "", &text::clean(&says), room.width);
    }
    if chosen.is_none() {
        let says = "The outbox is empty. Every message is written down here before it goes out, and stays until you take it out: \
                    what waits, what was accepted, what failed, and what may have been accepted without an answer. What comes in stands beside them.";
        return ink.empty(says, room.width);
    }
    let mut lines = Vec::new();
    for post in state.posts() {
        let is_chosen = chosen == Some(post);
        match post {
            Post::Sent(message) => {
                let row = match is_chosen {
                    // The reason stands below it, whole.
                    true => row(state, &ink, message, true, room.width),
                    false => with_reason(state, &ink, message, room.width),
                };
                lines.push(row);
                if is_chosen {
                    lines.extend(detail(state, &ink, message, room.width));
                }
            }
            Post::Received(item) => {
                lines.push(received(&ink, item, is_chosen, room.width));
                if is_chosen {
                    lines.extend(letter(state, &ink, item, room.width));
                }
            }
        }
    }
    lines
}

/// The message of which a row stands on this line of the pane: its place in the list.
pub(super) fn post_at(state: &State, room: Room, line: usize) -> Option<usize> {
    let chosen = state.post()?;
    let posts = state.posts();
    let above = posts.iter().take_while(|p| **p != chosen).count();
    let under = lines(state, room).len().checked_sub(posts.len())?;
    let at = offset(state, room).min((posts.len() + under).saturating_sub(room.height)) + line;
    let nth = match at {
        at if at <= above => at,
        at => above.max(at.saturating_sub(under)),
    };
    (nth < posts.len()).then_some(nth)
}

/// What is looked through of each message: its row, and the content of the chosen one.
pub(super) fn texts(state: &State) -> Vec<String> {
    let ink = Ink::new(state);
    let plain = |lines: Vec<Line>| lines.iter().map(super::plain).collect::<Vec<_>>().join(" ");
    let posts = state.posts().into_iter();
    let text = |post: Post| match post {
        Post::Sent(message) => {
            let row = row(state, &ink, message, false, WIDEST);
            let mut lines = vec![row];
            lines.extend(detail(state, &ink, message, WIDEST));
            plain(lines)
        }
        Post::Received(item) => {
            let mut lines = vec![received(&ink, item, false, WIDEST)];
            lines.extend(letter(state, &ink, item, WIDEST));
            plain(lines)
        }
    };
    posts.map(text).collect()
}

/// Nothing of a row is cut where it is looked through.
const WIDEST: usize = 1_000;

/// Scrolled so that the chosen row is seen with what stands under it.
pub(super) fn offset(state: &State, room: Room) -> usize {
    let chosen = state.post();
    let posts = state.posts();
    let above = posts.iter().take_while(|p| Some(**p) != chosen).count();
    let under = match chosen {
        Some(Post::Received(item)) => 1 + letter(state, &Ink::new(state), item, room.width).len(),
        _ => DETAIL,
    };
    // The row itself stays on the screen, however long the letter.
    (above + under).saturating_sub(room.height).min(above)
}

/// One that came in: `← 3  waiting  MMS  +1 *** *** **23  1,204 octets`.
fn received(ink: &Ink, item: &InboxStep, chosen: bool, width: usize) -> Line<'static> {
    let glyphs = &ink.theme.glyphs;
    let (sign, tone) = match item.state {
        InboxState::Here => (glyphs.tick, Tone::Good),
        InboxState::Failed => (glyphs.cross, Tone::Bad),
        InboxState::Expired => (glyphs.warn, Tone::Warn),
        InboxState::Fetching => (glyphs.run, Tone::Strong),
        InboxState::Waiting | InboxState::Deferred | InboxState::Rejected => {
            (glyphs.skip, Tone::Plain)
        }
    };
    let mark = if chosen { glyphs.run } else { " " };
    let from = item
        .from
        .as_ref()
        .map_or("sender not shown", |f| f.as_str());
    let size = match (item.kind, item.state) {
        (InboxKind::Mms, InboxState::Here) => {
            format!(
                "{} characters, {} {}",
                text::count(item.characters as u64),
                item.parts,
                if item.parts == 1 { "part" } else { "parts" }
            )
        }
        (InboxKind::Mms, _) => text::octets(item.size),
        (InboxKind::Sms, _) => format!("{} characters", text::count(item.characters as u64)),
    };
    let left = width.saturating_sub(4 + NUMBER + STATE + WAY);
    let rest = format!("from {from}  {size}");
    Line::from(vec![
        ink.own(Tone::Key, text::column(mark, 2, "")),
        ink.own(tone, text::column(sign, 2, "")),
        ink.own(
            Tone::Quiet,
            text::column(&format!("in {}", item.item), NUMBER, glyphs.cut),
        ),
        ink.own(tone, text::column(item.state.words(), STATE, glyphs.cut)),
        ink.own(
            Tone::Plain,
            text::column(item.kind.words(), WAY, glyphs.cut),
        ),
        ink.own(
            Tone::Plain,
            text::cut(&text::clean(&rest), left, glyphs.cut),
        ),
    ])
}

/// What stands in the chosen message.
fn letter(state: &State, ink: &Ink, item: &InboxStep, width: usize) -> Vec<Line<'static>> {
    content(state, ink, item, width, "          ", MOST_LINES)
}

/// The title of the sheet with the chosen message.
pub(super) fn whole_title(state: &State, _width: u16) -> Vec<Span<'static>> {
    let says = match state.post() {
        Some(Post::Received(item)) => format!(" Message in {} ", item.item),
        Some(Post::Sent(message)) => format!(" Message {} ", message.entry),
        None => " Message ".to_owned(),
    };
    vec![Ink::new(state).own(Tone::Strong, says)]
}

/// The chosen message, whole.
pub(super) fn whole(state: &State, width: usize) -> Vec<Line<'static>> {
    let ink = Ink::new(state);
    match state.post() {
        Some(Post::Received(item)) => {
            let mut lines = vec![received(&ink, item, false, width)];
            lines.push(Line::default());
            lines.extend(content(state, &ink, item, width, "", usize::MAX));
            lines
        }
        Some(Post::Sent(message)) => {
            let mut lines = vec![row(state, &ink, message, false, width)];
            lines.push(Line::default());
            lines.extend(detail(state, &ink, message, width));
            lines.push(Line::default());
            lines.extend(own(state, &ink, message, width));
            lines
        }
        None => Vec::new(),
    }
}

/// What stands in a message of the outbox; or why that is not known here.
fn own(state: &State, ink: &Ink, message: &OutboxStep, width: usize) -> Vec<Line<'static>> {
    let read = state.own.as_ref().filter(|(id, _)| *id == message.entry);
    let letter = match read.map(|(_, read)| read) {
        Some(Ok(letter)) => letter,
        other => {
            let why = match other {
                Some(Err(why)) => why.as_str(),
                _ => "the outbox was not read",
            };
            let says = format!(
                "Its text cannot be shown: {why}. {} shows the octets of what this session sent.",
                state.key_of(Action::Go(Screen::Pdu))
            );
            return ink.sentence(Tone::Quiet, "", &text::clean(&says), width);
        }
    };
    let mut lines = Vec::new();
    if !letter.subject.is_empty() {
        let subject = format!("subject {}", text::clean(&letter.subject));
        lines.extend(ink.sentence(Tone::Plain, "", &subject, width));
    }
    if letter.text.is_empty() {
        lines.extend(ink.sentence(Tone::Quiet, "", "without text", width));
    }
    for line in letter.text.lines() {
        lines.extend(ink.sentence(Tone::Plain, "", &text::clean(line), width));
    }
    for part in &letter.parts {
        lines.extend(ink.sentence(Tone::Quiet, "", &text::clean(part), width));
    }
    lines
}

fn content(
    state: &State,
    ink: &Ink,
    item: &InboxStep,
    width: usize,
    lead: &str,
    most: usize,
) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    if !item.says.is_empty() {
        lines.extend(ink.sentence(Tone::Strong, lead, &text::clean(&item.says), width));
    }
    let from = item
        .content_host
        .as_ref()
        .filter(|_| item.state != InboxState::Here);
    if let Some(host) = from {
        let says = format!("to be fetched from {host}");
        lines.extend(ink.sentence(Tone::Quiet, lead, &text::clean(&says), width));
    }
    let mut facts = Vec::new();
    if let Some(now) = state.unix_ms() {
        facts.extend(times(item, now));
        let expires = item.expires_unix_ms.filter(|_| item.state.can_be_fetched());
        facts.extend(expires.map(|at| format!("kept for {} more", age(at.saturating_sub(now)))));
    }
    if item.in_modem > 0 {
        facts.push(format!("{} in the modem's store", item.in_modem));
    }
    lines.extend(ink.sentence(Tone::Quiet, lead, &facts.join(", "), width));
    let Some((_, letter)) = state.letter.as_ref().filter(|(id, _)| *id == item.item) else {
        return lines;
    };
    if !letter.subject.is_empty() {
        let subject = format!("subject {}", text::clean(&letter.subject));
        lines.extend(ink.sentence(Tone::Plain, lead, &subject, width));
    }
    for line in letter.text.lines().take(most) {
        lines.extend(ink.sentence(Tone::Plain, lead, &text::clean(line), width));
    }
    for part in &letter.parts {
        lines.extend(ink.sentence(Tone::Quiet, lead, &text::clean(part), width));
    }
    lines
}

/// When it was sent, as it says itself, and when it was read here where that was later.
fn times(item: &InboxStep, now: u64) -> Vec<String> {
    let here = age(now.saturating_sub(item.received_unix_ms));
    // Of a stamp that is still to come, a clock is wrong: then the time here is all that is known.
    let sent = item.sent_unix_ms.filter(|at| *at <= now + STRAYS_MS);
    match sent {
        None => vec![format!("came {here} ago")],
        Some(at) if item.received_unix_ms.saturating_sub(at) <= STRAYS_MS => {
            vec![format!("sent {} ago", age(now.saturating_sub(at)))]
        }
        Some(at) => vec![
            format!("sent {} ago", age(now.saturating_sub(at))),
            format!("read here {here} ago"),
        ],
    }
}

/// So far apart two clocks may be before it is worth a word.
const STRAYS_MS: u64 = 60_000;

/// Lines of a text that are shown; `save` writes all of them.
const MOST_LINES: usize = 200;

/// Rows kept for what is said of the chosen message, its own among them.
const DETAIL: usize = 5;

fn row(
    state: &State,
    ink: &Ink,
    message: &OutboxStep,
    chosen: bool,
    width: usize,
) -> Line<'static> {
    let to = recipients(state, message);
    let rest = format!("{}  {}{}", to, size(message), next_try(state, message));
    row_of(ink, message, chosen, &rest, width)
}

/// The row of a message that is not the chosen one: of a failed one it says why, and how long it was where there is room for both.
fn with_reason(state: &State, ink: &Ink, message: &OutboxStep, width: usize) -> Line<'static> {
    let Some(why) = reason(message) else {
        return row(state, ink, message, false, width);
    };
    let to = recipients(state, message);
    let (why, size) = (text::clean(&why), size(message));
    let left = width.saturating_sub(4 + NUMBER + STATE + WAY);
    let room = left.saturating_sub(text::width(&to) + text::width(&size) + 4);
    let rest = match room {
        room if room >= text::width(&why).min(FIRST_WORDS) => {
            let why = text::cut(&why, room, ink.theme.glyphs.cut);
            format!("{to}  {why}  {size}")
        }
        _ => format!("{to}  {why}"),
    };
    row_of(ink, message, false, &rest, width)
}

/// Columns of a reason that say something.
const FIRST_WORDS: usize = 32;

/// Why a message failed: the stage at which it stopped, and what was wrong there.
fn reason(message: &OutboxStep) -> Option<String> {
    let stage = message
        .stage
        .filter(|_| message.state == EntryState::Failed)?;
    Some(match message.says.as_str() {
        "" => format!("at {stage}"),
        says => format!("at {stage}: {says}"),
    })
}

fn row_of(
    ink: &Ink,
    message: &OutboxStep,
    chosen: bool,
    rest: &str,
    width: usize,
) -> Line<'static> {
    let glyphs = &ink.theme.glyphs;
    let (sign, tone) = match message.state {
        EntryState::Accepted | EntryState::Delivered => (glyphs.tick, Tone::Good),
        EntryState::Failed => (glyphs.cross, Tone::Bad),
        EntryState::Unknown => (glyphs.warn, Tone::Warn),
        EntryState::Sending => (glyphs.run, Tone::Strong),
        EntryState::Draft | EntryState::Queued => (glyphs.skip, Tone::Plain),
    };
    let word = match message.state {
        EntryState::Unknown => "unknown",
        other => other.words(),
    };
    let mark = if chosen { glyphs.run } else { " " };
    let left = width.saturating_sub(4 + NUMBER + STATE + WAY);
    Line::from(vec![
        ink.own(Tone::Key, text::column(mark, 2, "")),
        ink.own(tone, text::column(sign, 2, "")),
        ink.own(
            Tone::Quiet,
            text::column(&message.entry.to_string(), NUMBER, ""),
        ),
        ink.own(tone, text::column(word, STATE, glyphs.cut)),
        ink.own(Tone::Plain, text::column(way(message), WAY, glyphs.cut)),
        ink.own(Tone::Plain, text::cut(&text::clean(rest), left, glyphs.cut)),
    ])
}

/// As short as what comes in has it.
fn way(message: &OutboxStep) -> &'static str {
    match message.way {
        Way::Mms => "MMS",
        Way::Sms => "SMS",
        Way::SmsUnlinked => "SMS, unlinked",
    }
}

fn size(message: &OutboxStep) -> String {
    let characters = text::count(message.characters as u64);
    match message.parts {
        Some((out, all)) => format!("{characters} characters, {out} of {all} parts out"),
        None => format!(
            "{characters} characters, {}",
            text::octets(message.size as u64)
        ),
    }
}

fn next_try(state: &State, message: &OutboxStep) -> String {
    match message.next_try_ms {
        Some(at) if message.state == EntryState::Queued => {
            let left = at.saturating_sub(state.clock_ms());
            format!("  again in {}", text::duration(left))
        }
        _ => String::new(),
    }
}

fn detail(state: &State, ink: &Ink, message: &OutboxStep, width: usize) -> Vec<Line<'static>> {
    let lead = "          ";
    let said = match message.says.as_str() {
        "" => message.state.words(),
        says => says,
    };
    let says = reason(message).unwrap_or_else(|| said.to_owned());
    let mut lines = ink.sentence(Tone::Strong, lead, &says, width);
    let age = match state.unix_ms() {
        Some(now) => format!("{} ago, ", age(now.saturating_sub(message.changed_unix_ms))),
        None => String::new(),
    };
    let tried = match message.attempts {
        1 => "tried once".to_owned(),
        n => format!("tried {n} times"),
    };
    let alike = (0..message.to.len()).filter_map(|nth| state.mark(message, nth));
    let masked = match alike.count() {
        0 => "",
        _ => "; (a), (b): different numbers, masked alike",
    };
    let says = format!("{age}{tried}{masked}");
    lines.extend(ink.sentence(Tone::Quiet, lead, &says, width));
    lines
}

/// The recipients of a message, with a letter behind those whose masks are alike.
fn recipients(state: &State, message: &OutboxStep) -> String {
    let each = message.to.iter().enumerate();
    let each = each.map(|(nth, mask)| match state.mark(message, nth) {
        Some(letter) => format!("{mask} ({letter})"),
        None => mask.to_string(),
    });
    each.collect::<Vec<_>>().join(", ")
}

/// Milliseconds as one coarse unit.
fn age(ms: u64) -> String {
    match ms / 60_000 {
        // The screen's clock stands still between two polls of the modem: seconds would be wrong.
        0 => "less than 1 min".to_owned(),
        m @ 1..60 => format!("{m} min"),
        m @ 60..1440 => format!("{} h", m / 60),
        m => format!("{} d", m / 1440),
    }
}

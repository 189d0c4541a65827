//! A question before something that cannot be taken back.
use super::consent;
use super::ink::Ink;
use super::over;
use crate::at::catalogue::danger;
use crate::console::action::Action;
use crate::console::at_line::Typed;
use crate::console::letter::Failed;
use crate::console::state::{Question, State};
use crate::console::text;
use crate::console::theme::Tone;
use crate::event::{Drive, EntryState, Masked, Way};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Paragraph};

pub(super) fn draw(state: &State, frame: &mut Frame, question: Question, area: Rect) {
    let ink = Ink::new(state);
    let probing = state.of_bench().is_none_or(|k| k.running().is_none());
    let (title, says) = match question {
        Question::Quit if probing => (
            " A probe is running ",
            "Quitting stops it, closes its connections and puts the modem's settings back first. Quit?",
        ),
        Question::Quit => (
            " A send is running ",
            "Quitting stops it, closes its connection and puts the modem's settings back first. Quit?",
        ),
        Question::QuitLetter => (
            " A letter is not sent ",
            match state.unrecorded.why {
                Some(_) => {
                    "The letter in the composer was not sent, and the outbox cannot keep it: it is gone with the program. Quit?"
                }
                None => {
                    "The letter in the composer was not sent, and this bench keeps nothing: it is gone with the program. Started with --outbox FILE, mmscope keeps it as a draft. Quit?"
                }
            },
        ),
        Question::Send | Question::SendEntry(_) => (" Send this message ", ""),
        Question::SendQueued => (" Send what is queued ", ""),
        Question::Drive(Drive::Dtr(_)) => (" Data terminal ready ", ""),
        Question::Drive(Drive::Rts(_)) => (" Request to send ", ""),
        Question::Drive(Drive::Break) => (" Send a break ", ""),
        Question::Forget(_) => (
            " Forget this message ",
            "It is taken out of the outbox for good, its octets with it. Whether it was sent is not changed by that.",
        ),
        Question::TakeOut(_) => (
            " Edit a message that waits ",
            "It waits in the outbox for its turn. Opened it is out of the queue and a draft: it goes out only once you send it from the composer, as one message. Open it?",
        ),
        Question::FullProbe => (
            " Probe further ",
            "Spare PDP contexts are defined with other types and APNs of this carrier, and the module's socket stack is moved to them, one after another. It takes a minute or two. All of it is put back and verified; data of other programs over the module's sockets is interrupted meanwhile, SMS is not touched. Nothing is sent to anybody. Go on?",
        ),
        Question::Keep => (
            " Keep the changed copy ",
            "The changed copy of the profile is written into your profile folder as a profile of your own, which stands in the list from then on. The shipped one stays beside it as it is. Write it?",
        ),
        Question::RejectItem(_) => (
            " Not wanted ",
            "The MMSC is told that this message is not wanted, and deletes it; the sender may hear of that. It stays in the list here as rejected. Go on?",
        ),
        Question::DeleteStored(_) => (
            " Delete from the modem ",
            "What lies of this message in the modem's store is deleted there for good. It stays in the list here.",
        ),
        Question::SelfTest => (
            " Self-test ",
            match state.flags.world {
                Some(_) => {
                    "Four messages of 140, 400, 827 and 2100 characters go to the line's own number as MMS, are fetched again and compared. \
                     Simulated: nothing leaves this machine, nothing is billed. Go on?"
                }
                None => {
                    "Four messages of 140, 400, 827 and 2100 characters go to your own number as MMS, are fetched again and compared. \
                     Your carrier may bill each of them. Go on?"
                }
            },
        ),
        Question::FullWish => (
            " Probe further ",
            "Spare PDP contexts are defined with other types and APNs of this carrier, and the module's socket stack is moved to them, for each of the chosen profiles. All of it is put back and verified; data of other programs over the module's sockets is interrupted meanwhile, SMS is not touched. Nothing is sent to anybody. Go on?",
        ),
        Question::Vary => (" Send it several times ", ""),
        Question::SendSms => (" Send as SMS ", ""),
        Question::Restore => (
            " Put the modem's settings back ",
            "The settings that were saved before the first change are written to the modem and read again to check them. \
             An open data connection of the modem's own stack is closed. Go on?",
        ),
        Question::Commands => (" Run this on the modem ", ""),
        Question::Unrecorded => (
            " The outbox cannot keep messages ",
            "What goes out now is written down nowhere: after a crash or the end of this session nothing tells whether it was sent. Send all the same, this and the others of this session?",
        ),
        Question::SendAgain => (" Send the same octets again ", resend(state)),
        Question::ResendEntry { same: true, .. } => (" Send this message again ", ""),
        Question::ResendEntry { same: false, .. } => (" Send it as a new message ", ""),
        Question::ReplaceDraft => (
            " Something else is written ",
            match state.draft().is_empty() {
                true => {
                    "The letter that you emptied was not sent and is in no outbox: once this message is there, it cannot be brought back. Go on?"
                }
                false => {
                    "The letter in the composer was not sent and is in no outbox: this message takes its place, and the letter is gone. Go on?"
                }
            },
        ),
    };
    let width = area.width.min(64);
    if width < 12 || area.height < 3 {
        return;
    }
    let room = usize::from(width) - 3;
    let mut lines = match question {
        Question::Commands => commands(state, &ink, room, usize::from(area.height)),
        Question::Unrecorded => {
            let why = state.unrecorded.why.as_deref().unwrap_or_default();
            let mut lines = ink.sentence(Tone::Warn, " ", &text::clean(why), room);
            lines.extend(ink.sentence(Tone::Plain, " ", says, room));
            lines
        }
        Question::Vary => {
            let vary = state.panel.as_ref().and_then(|p| p.varied().ok());
            let (name, count) = vary.map_or(("", 0), |v| (v.name(), v.values().len() + 1));
            let says = format!(
                "{name} is varied. {} Send them?",
                super::panel::messages(state, count)
            );
            ink.sentence(Tone::Plain, " ", &says, room)
        }
        Question::SendSms => ink.sentence(Tone::Plain, " ", &sms(state), room),
        Question::Send => ink.sentence(Tone::Plain, " ", &consent::letter(state), room),
        Question::SendEntry(id) => ink.sentence(Tone::Plain, " ", &consent::entry(state, id), room),
        Question::SendQueued => ink.sentence(Tone::Plain, " ", &consent::queue(state), room),
        Question::Drive(drive) => {
            ink.sentence(Tone::Plain, " ", &consent::drive(state, drive), room)
        }
        Question::ResendEntry { entry, same } => {
            ink.sentence(Tone::Plain, " ", &once_more(state, entry, same), room)
        }
        Question::QuitLetter => leaving(state, &ink, says, room),
        _ => ink.sentence(Tone::Plain, " ", says, room),
    };
    lines.push(Line::default());
    let mut answers = Line::from(vec![
        Span::raw(" "),
        ink.own(Tone::Key, "y"),
        Span::raw(" yes    "),
        ink.own(Tone::Key, "n"),
        Span::raw(" no"),
    ]);
    if question == Question::QuitLetter {
        answers.push_span(Span::raw("    "));
        answers.push_span(ink.own(Tone::Key, state.key_of(Action::SaveLetter)));
        answers.push_span(Span::raw(" to a file first"));
    }
    lines.push(answers);
    let height = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX);
    let place = over(area, (width, height));
    let within = super::inner(place);
    let block = Block::bordered()
        .border_set(state.theme.glyphs.edges[1])
        .border_style(state.theme.style(Tone::Warn))
        .title_top(Line::from(ink.own(Tone::Warn, title)));
    super::clear(state, frame, place);
    frame.render_widget(block, place);
    frame.render_widget(Paragraph::new(lines), within);
}

/// What is lost by quitting: the letter, and a changed copy of the profile that nobody has kept.
fn leaving(state: &State, ink: &Ink, says: &str, room: usize) -> Vec<Line<'static>> {
    let mut lines = ink.sentence(Tone::Plain, " ", says, room);
    if let Some(mend) = state.unkept() {
        let says = format!(
            "{} ends with it, too; n, then {} on the screen Diagnosis, keeps it.",
            mend.id,
            state.key_of(Action::Keep)
        );
        lines.extend(ink.sentence(Tone::Warn, " ", &says, room));
    }
    lines
}

/// The commands that wait for a yes, each with what it may break; those that have no room are counted.
fn commands(state: &State, ink: &Ink, room: usize, height: usize) -> Vec<Line<'static>> {
    let glyphs = &ink.theme.glyphs;
    let waiting = &state.at.waiting;
    let busy = state.is_busy();
    let mut lines = Vec::new();
    if waiting.len() > 1 {
        let says = format!(
            "{} commands, one after the other; the first that fails ends it.",
            waiting.len()
        );
        lines.extend(ink.sentence(Tone::Plain, " ", &says, room));
    }
    let digits = waiting.len().to_string().len();
    let each: Vec<(bool, Vec<Line>)> = waiting
        .iter()
        .enumerate()
        .map(|(n, typed)| {
            let number = match waiting.len() {
                1 => " ".to_owned(),
                _ => format!(" {} ", text::right(&(n + 1).to_string(), digits)),
            };
            (
                danger(&typed.command, busy).is_some(),
                command(ink, typed, &number, busy, room),
            )
        })
        .collect();
    let most = height.saturating_sub(6).max(2);
    let shown = fitting(&each, most.saturating_sub(lines.len()).max(1));
    let mut left_out = (0, 0);
    let gap = |(all, hurt): (usize, usize)| {
        let hurt = match hurt {
            0 => String::new(),
            n => format!(", {n} of them {}", glyphs.warn),
        };
        Line::from(ink.own(Tone::Quiet, format!("   {all} more{hurt}")))
    };
    for ((hurts, rows), shown) in each.into_iter().zip(shown) {
        if !shown {
            left_out = (left_out.0 + 1, left_out.1 + usize::from(hurts));
            continue;
        }
        if left_out.0 > 0 {
            lines.push(gap(std::mem::take(&mut left_out)));
        }
        lines.extend(rows);
    }
    if left_out.0 > 0 {
        lines.push(gap(left_out));
    }
    lines
}

/// A command that waits, with what it may break.
fn command(ink: &Ink, typed: &Typed, number: &str, busy: bool, room: usize) -> Vec<Line<'static>> {
    let glyphs = &ink.theme.glyphs;
    let payload = typed.payload.as_ref();
    let payload = payload.map_or_else(String::new, |o| format!("  {} octets", o.len()));
    let says = format!("{}{payload}", text::clean(&typed.command));
    let left = room.saturating_sub(text::width(number));
    let says = text::cut(&says, left, glyphs.cut);
    let mut lines = vec![Line::from(vec![
        ink.own(Tone::Quiet, number.to_owned()),
        ink.own(Tone::Strong, says),
    ])];
    if let Some(why) = danger(&typed.command, busy) {
        let lead = format!("   {} ", glyphs.warn);
        lines.extend(ink.sentence(Tone::Warn, &lead, why, room));
    }
    lines
}

/// Which commands are shown where there is no room for all, in the order in which they run: first those that may break something, since
/// they are why one is asked; then the others from the first on. A row tells how many are left out in between.
fn fitting(each: &[(bool, Vec<Line>)], room: usize) -> Vec<bool> {
    let rows = |shown: &[bool]| {
        let taken: usize = each
            .iter()
            .zip(shown)
            .filter_map(|((_, rows), shown)| shown.then_some(rows.len()))
            .sum();
        let gaps = shown.chunk_by(|a, b| a == b).filter(|run| !run[0]).count();
        taken + gaps
    };
    let all = vec![true; each.len()];
    if rows(&all) <= room {
        return all;
    }
    let mut shown = vec![false; each.len()];
    for hurting in [true, false] {
        for (n, (hurts, _)) in each.iter().enumerate() {
            if *hurts == hurting {
                shown[n] = true;
                shown[n] = rows(&shown) <= room || (hurting && !shown[..n].contains(&true));
            }
        }
    }
    shown
}

/// What goes out as SMS, in how many parts, to whom.
fn sms(state: &State) -> String {
    let Some(fallback) = state.fallback() else {
        return "Nothing is left to be sent.".to_owned();
    };
    let which = match fallback.text {
        Failed::AsWritten => "What stands in the composer, and failed as MMS, goes out",
        Failed::Changed => {
            "The letter was changed after it failed: what stands in the composer now goes out"
        }
        Failed::Other => "The message that failed goes out, not what stands in the composer:",
    };
    let characters = fallback.characters.map_or_else(String::new, |n| {
        format!(" {} characters", text::count(n as u64))
    });
    let parts = match (fallback.parts, fallback.is_least()) {
        (None, _) => "in one or more parts".to_owned(),
        (Some(1), false) => "in 1 part".to_owned(),
        (Some(n), false) => format!("in {n} parts"),
        (Some(n), true) => format!("in at least {n} {}", if n == 1 { "part" } else { "parts" }),
    };
    let to = match &fallback.to[..] {
        [] => "to its recipient".to_owned(),
        [one] => format!("to {}", text::clean(one)),
        several => format!(
            "to each of {} recipients ({})",
            several.len(),
            text::clean(&several.join(", "))
        ),
    };
    let bill = match state.flags.world {
        Some(_) => "Simulated: nothing leaves this machine, nothing is billed.",
        None => "Your carrier may bill each part.",
    };
    let way = fallback.way.words();
    format!("{which}{characters} as {way}, {parts} {to}. {bill} Send?")
}

/// What became of a message of the outbox, and what sending it once more means.
fn once_more(state: &State, entry: u64, same: bool) -> String {
    let Some(message) = state.known.outbox.get(&entry) else {
        return "This message is no longer in the outbox.".to_owned();
    };
    let became = match message.state {
        EntryState::Accepted => "It was accepted: sent again it may arrive twice.",
        EntryState::Delivered => "It has arrived: sent again it may arrive twice.",
        EntryState::Unknown => {
            "It may have been accepted, no answer was read: sent again it may arrive twice."
        }
        EntryState::Failed => "As far as is known it was not accepted.",
        EntryState::Draft | EntryState::Queued | EntryState::Sending => "It has not gone out yet.",
    };
    let how = match (same, message.way, message.parts) {
        (true, Way::Mms, _) => {
            "The very same octets go out with the same Transaction-Id, by which an MMSC can notice a repetition"
        }
        (true, _, Some((gone, all))) if gone < all => "The parts that did not go out are sent",
        (true, ..) => "The very same parts go out once more",
        (false, Way::Mms, _) => "It goes out as a new message with a Transaction-Id of its own",
        (false, ..) => "It goes out as a new message, all of its parts",
    };
    let to: Vec<&str> = message.to.iter().map(Masked::as_str).collect();
    let to = match to.as_slice() {
        [one] => text::clean(one),
        several => format!("{} recipients", several.len()),
    };
    let bill = bill(state);
    format!("Message {entry}: {became} {how}, to {to}. {bill} Send?")
}

pub(super) fn bill(state: &State) -> &'static str {
    match state.flags.world {
        Some(_) => "Simulated: nothing leaves this machine, nothing is billed.",
        None => "Your carrier may bill it.",
    }
}

/// What a second sending may lead to, told from what became of the first.
fn resend(state: &State) -> &'static str {
    let shown = state.inspector.shown.as_ref().map(|s| s.id);
    let pdu = state.known.pdus.iter().find(|p| Some(p.id) == shown);
    let number = pdu.and_then(|p| p.seen.send);
    let send = state
        .known
        .sends
        .iter()
        .find(|s| Some(s.message.send) == number);
    match send.and_then(|s| s.result.as_ref()) {
        Some(result) if result.ok => {
            "The MMSC has accepted this message. The same octets with the same Transaction-Id may be taken for a repetition and dropped, or \
             delivered as a second message, and billed. Send them again?"
        }
        Some(result) if result.unknown => {
            "Nobody knows whether the MMSC took this message. The same Transaction-Id lets it notice a repetition; one that does not delivers \
             it twice. Look at the recipient's phone first. Send the same octets again?"
        }
        Some(_) => {
            "As far as is known the MMSC did not accept this message. The same octets go out through the profile in use. Send them again?"
        }
        None => {
            "What became of this message is not known here: it may become a second one, and be billed. Send the same octets again?"
        }
    }
}

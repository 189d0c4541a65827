//! What stands under the ladder: how the send ended, what a failure proves and what not, and which keys help.
use super::FEWEST;
use crate::console::action::Action;
use crate::console::state::State;
use crate::console::text;
use crate::console::theme::Tone;
use crate::console::view::ink::Ink;
use crate::console::view::{Room, bubble};
use crate::event::{Failure, ProfileLint, SendResult, Stage, Way};
use crate::known::Send;
use ratatui::text::Line;

/// What stands under the ladder, and how many of its rows must be seen at once.
pub(super) struct After {
    /// The lines.
    pub(super) lines: Vec<Line<'static>>,
    /// So many of them must be seen at once.
    pub(super) worth: usize,
}

pub(super) fn after(state: &State, send: &Send, room: Room) -> After {
    let ink = Ink::new(state);
    let from_rung = send.failure().map(|(_, f)| f);
    let failure = from_rung.or_else(|| send.result.as_ref().and_then(|r| r.error.as_ref()));
    let mut lines = Vec::new();
    if let Some(result) = &send.result {
        lines.extend(result_lines(&ink, result, room.width));
    }
    let mut worth = lines.len();
    if let Some(failure) = failure {
        lines.extend(failure_lines(state, &ink, failure, room));
        lines.extend(offered(state, &ink, room.width));
        lines.extend(why_not(state, &ink, room.width));
        worth = lines.len();
        if let Some(profile) = &state.known.profile
            && profile.id == send.message.profile
        {
            let whole = lints(&ink, &profile.lints, room.width);
            if room.zoomed || worth + whole.len() + FEWEST <= room.height {
                lines.extend(whole);
            } else {
                lines.extend(lints_in_short(state, &ink, &profile.lints, room.width));
            }
            worth = lines.len();
        }
    }
    let ok = send.result.as_ref().is_some_and(|r| r.ok);
    if let (true, Some(newest)) = (ok, state.known.bubbles.back()) {
        lines.extend(bubble::phone(&ink, newest, room.width));
        worth += 6;
    }
    After { lines, worth }
}

fn result_lines(ink: &Ink, result: &SendResult, width: usize) -> Vec<Line<'static>> {
    let glyphs = &ink.theme.glyphs;
    let took = text::duration(result.duration_ms);
    let exchanges = text::count(result.exchanges);
    if result.ok {
        let mut says = match (result.way, result.parts) {
            (Way::Mms, _) | (_, None) => {
                format!("M-Send.conf Ok after {took}, {exchanges} AT exchanges")
            }
            (way, Some((_, all))) => format!(
                "Sent as {}: the service centre took {all} {} after {took}, {exchanges} AT exchanges",
                way.words(),
                if all == 1 { "part" } else { "parts" }
            ),
        };
        if let Some(id) = &result.message_id {
            says.push_str(&format!(", Message-ID {id}"));
        }
        return ink.sentence(Tone::Good, &format!("{} ", glyphs.tick), &says, width);
    }
    let warn = format!("{} ", glyphs.warn);
    if result.unknown {
        let stopped = if result.cancelled {
            "You stopped it, too late to be sure. "
        } else {
            ""
        };
        let says = match result.way {
            Way::Mms => format!(
                "{stopped}Outcome unknown after {took}: the request may have gone out whole, and no answer was read. It may have been \
                 accepted; sending again may deliver it twice."
            ),
            _ => format!(
                "{stopped}Outcome unknown after {took}: a part was handed to the modem, and no answer was read. It may have gone out; sending \
                 it again may deliver it twice. {}",
                parts_out(result)
            ),
        };
        return ink.sentence(Tone::Warn, &warn, &says, width);
    }
    if result.cancelled {
        return ink.sentence(
            Tone::Warn,
            &warn,
            &format!("You stopped it after {took}. {}", went_out(result)),
            width,
        );
    }
    let mut lines = Vec::new();
    if let Some(name) = &result.response_status_name {
        let status = result
            .response_status
            .map_or_else(String::new, |s| format!(" ({s})"));
        let text = result.response_text.clone().unwrap_or_default();
        let says = format!("M-Send.conf: {name}{status} {text}");
        lines.extend(ink.sentence(Tone::Bad, "", says.trim_end(), width));
    }
    lines
}

/// What of a message that was stopped in time went out.
fn went_out(result: &SendResult) -> String {
    match (result.way, result.stage) {
        (Way::Sms | Way::SmsUnlinked, _) => parts_out(result),
        (_, Some(Stage::Post | Stage::Confirm | Stage::Deliver)) => {
            "The request did not go out whole: the MMSC cannot have taken the message.".to_owned()
        }
        _ => "Nothing of the message went out.".to_owned(),
    }
}

/// How many parts of an SMS are with the service centre, from this attempt and those before it.
fn parts_out(result: &SendResult) -> String {
    match (result.parts, result.stage) {
        (Some((0, _)), _) => "The service centre has taken no part.".to_owned(),
        (Some((out, all)), _) => format!("The service centre has {out} of {all} parts."),
        // Recordings of earlier versions do not count them where a send was stopped.
        (None, _) => "How many parts went out is not recorded here.".to_owned(),
    }
}

/// The advice, with the keys that follow it where it names no profile.
fn advised(state: &State, advice: &str) -> String {
    let used = state.known.profile.as_ref().map(|p| p.id.as_str());
    let other = state.profiles.iter().find(|p| {
        let insists = p.lints.iter().any(|l| l.id == "P02");
        p.fits == Some(true) && !insists && Some(p.id.as_str()) != used
    });
    match other.filter(|_| advice.ends_with("Try a profile without connect_port")) {
        Some(other) => format!(
            "{advice}: {}, then {}",
            state.key_of(Action::Profiles),
            text::clean(&other.id)
        ),
        None => advice.to_owned(),
    }
}

fn failure_lines(state: &State, ink: &Ink, failure: &Failure, room: Room) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    if room.zoomed && !failure.raw.is_empty() {
        lines.extend(ink.sentence(Tone::Quiet, "came back  ", &failure.raw, room.width));
    }
    if !failure.means.is_empty() {
        lines.extend(ink.sentence(Tone::Plain, "", &failure.means, room.width));
    }
    if !failure.advice.is_empty() {
        let arrow = format!("{} ", ink.theme.glyphs.arrow);
        lines.extend(ink.sentence(
            Tone::Strong,
            &arrow,
            &advised(state, &failure.advice),
            room.width,
        ));
    }
    lines
}

/// The key that sends the message another way, where nothing of it has gone out.
fn offered(state: &State, ink: &Ink, width: usize) -> Vec<Line<'static>> {
    let key = state
        .keymap
        .key(Action::SendSms, |b| state.binding_is_valid(b));
    let (Some((_, way)), Some(key)) = (state.offer(), key) else {
        return Vec::new();
    };
    let lead = format!("{} ", key.shown());
    let says = format!(
        "sends it as {}, asks first: nothing has gone out yet",
        way.words()
    );
    ink.sentence(Tone::Key, &lead, &says, width)
}

/// The key that probes: finds out why not.
fn why_not(state: &State, ink: &Ink, width: usize) -> Vec<Line<'static>> {
    if state.is_off(Action::Probe) {
        return Vec::new();
    }
    let Some(key) = state
        .keymap
        .key(Action::Probe, |b| state.binding_is_valid(b))
    else {
        return Vec::new();
    };
    let lead = format!("{} ", key.shown());
    ink.sentence(Tone::Key, &lead, "probes: finds out why not", width)
}

/// The lints of a profile, each with the characters that it is about and how to mend them.
pub(in crate::console::view) fn lints(
    ink: &Ink,
    lints: &[ProfileLint],
    width: usize,
) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    for lint in lints {
        let lead = format!("{} {} ", ink.theme.glyphs.warn, lint.id);
        let says = if lint.offending.is_empty() {
            lint.says.clone()
        } else {
            format!("`{}` {}", lint.offending, lint.says)
        };
        lines.extend(ink.sentence(Tone::Warn, &lead, &says, width));
        if !lint.fix.is_empty() {
            let lead = " ".repeat(text::width(&lead));
            lines.extend(ink.sentence(Tone::Plain, &lead, &lint.fix, width));
        }
    }
    lines
}

/// The lints in a sentence, where there is no room for what they say.
fn lints_in_short(
    state: &State,
    ink: &Ink,
    lints: &[ProfileLint],
    width: usize,
) -> Vec<Line<'static>> {
    if lints.is_empty() {
        return Vec::new();
    }
    let each: Vec<String> = lints
        .iter()
        .map(|l| format!("{} `{}`", l.id, l.offending))
        .collect();
    let says = format!("{} ({})", each.join(", "), state.key_of(Action::Profiles));
    let lead = format!("{} ", ink.theme.glyphs.warn);
    ink.sentence(Tone::Warn, &lead, &says, width)
}

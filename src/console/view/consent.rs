//! What stands in a question before something goes out, or before an output of the serial line is driven.
use crate::console::state::State;
use crate::console::text;
use crate::event::{Drive, EntryState, Masked, Way};

/// What goes out of the composer: how much, which way, to whom.
pub(super) fn letter(state: &State) -> String {
    let draft = state.draft();
    let measured = &state.measured;
    let way = state.effective_way();
    let (parts, cost) = match way {
        Way::Mms => (1, measured.costs.as_ref().map(|(mms, _)| mms)),
        Way::Sms => (
            measured.sms.parts,
            measured.costs.as_ref().map(|(_, sms)| sms),
        ),
        Way::SmsUnlinked => (measured.unlinked, None),
    };
    let size = match (way, &measured.pdu) {
        (Way::Mms, Ok(octets)) => format!("one message of {}", text::octets(*octets as u64)),
        (Way::Mms, Err(_)) => "one message".to_owned(),
        _ => in_parts(parts),
    };
    let to = [draft.to, draft.cc, draft.bcc].concat();
    let many = to.len();
    let to = recipients(&to, way);
    let characters = text::count(state.compose.characters() as u64);
    let through = match (way, &state.known.profile) {
        (Way::Mms, Some(profile)) => format!(", through {}", text::clean(&profile.id)),
        _ => String::new(),
    };
    let cost = cost.map_or_else(String::new, |cost| {
        format!(" The profile names {} for it.", text::clean(cost))
    });
    let bill = super::ask::bill(state);
    let instead = match (way, &measured.no_sms) {
        (Way::Mms, None) => instead(state, &in_parts(measured.sms.parts), many),
        _ => String::new(),
    };
    format!(
        "{characters} characters as {}, {size}, {to}{through}.{cost}{instead} {bill} Send?",
        way.words()
    )
}

/// What goes out of the outbox.
pub(super) fn entry(state: &State, id: u64) -> String {
    let Some(message) = state.known.outbox.get(&id) else {
        return "This message is no longer in the outbox.".to_owned();
    };
    let to: Vec<String> = message.to.iter().map(|n| n.as_str().to_owned()).collect();
    let size = match (message.way, message.parts) {
        (Way::Mms, _) => "one message".to_owned(),
        (_, Some((gone, all))) => in_parts(all.saturating_sub(gone)),
        (_, None) => "in one or more parts".to_owned(),
    };
    let instead = match message.way {
        Way::Mms => instead(state, "in one or more parts", to.len()),
        _ => String::new(),
    };
    format!(
        "Message {id}: {} characters as {}, {size}, {}.{instead} {} Send?",
        text::count(message.characters as u64),
        message.way.words(),
        recipients(&to, message.way),
        super::ask::bill(state)
    )
}

/// What is queued, all of it.
pub(super) fn queue(state: &State) -> String {
    let queued = || {
        let all = state.messages();
        all.filter(|m| m.state == EntryState::Queued)
    };
    let ways: Vec<String> = [Way::Mms, Way::Sms, Way::SmsUnlinked]
        .into_iter()
        .filter_map(|way| {
            let many = queued().filter(|m| m.way == way).count();
            (many > 0).then(|| format!("{many} as {}", way.words()))
        })
        .collect();
    // Two numbers may have the same mask: only the same number is counted once.
    let mut numbers: Vec<String> = Vec::new();
    let mut to: Vec<String> = Vec::new();
    for message in queued() {
        let plain = (state.bench.recipients)(message.entry);
        for (nth, mask) in message.to.iter().map(Masked::as_str).enumerate() {
            let number = plain.get(nth).cloned();
            let number = number.unwrap_or_else(|| format!("{} of message {}", nth, message.entry));
            if !numbers.contains(&number) {
                numbers.push(number);
                to.push(mask.to_owned());
            }
        }
    }
    let as_mms = queued().any(|m| m.way == Way::Mms);
    let instead = match as_mms {
        true => instead(state, "in one or more parts", to.len()),
        false => String::new(),
    };
    let messages = match queued().count() {
        1 => "1 message is queued".to_owned(),
        n => format!("{n} messages are queued"),
    };
    format!(
        "{messages} ({}), {}.{instead} {} Send?",
        ways.join(", "),
        recipients(&to, Way::Mms),
        super::ask::bill(state)
    )
}

/// What goes out unasked in an MMS's place.
fn instead(state: &State, parts: &str, recipients: usize) -> String {
    let each = if recipients > 1 { " to each" } else { "" };
    match state.flags.falls_back {
        true => {
            format!(" Where the MMS cannot go out it goes as linked SMS at once, {parts}{each}.")
        }
        false => String::new(),
    }
}

/// `in 3 parts`.
fn in_parts(parts: usize) -> String {
    match parts {
        1 => "in 1 part".to_owned(),
        n => format!("in {n} parts"),
    }
}

/// To whom; an SMS goes to each of them by itself.
fn recipients(to: &[String], way: Way) -> String {
    const NAMED: usize = 5;
    let named: Vec<String> = to.iter().take(NAMED).map(|n| text::clean(n)).collect();
    let named = named.join(", ");
    let more = match to.len().saturating_sub(NAMED) {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    match (to.len(), way) {
        (0 | 1, _) => format!("to {named}"),
        (n, Way::Mms) => format!("to {n} recipients ({named}{more})"),
        (n, _) => format!("to each of {n} recipients ({named}{more})"),
    }
}

/// What driving an output may do.
pub(super) fn drive(state: &State, drive: Drive) -> String {
    let says = match drive {
        Drive::Dtr(false) => {
            "DTR is taken away. What a modem does then is what AT&D was set to (V.250): with &D0 nothing; with &D1 it leaves a data \
             call for command state; with &D2 it hangs up, and answers no call while DTR is off. Some USB drivers hand on nothing \
             until it is on again."
        }
        Drive::Dtr(true) => {
            "DTR is raised again. A modem that hung up when it went off answers calls from then on."
        }
        Drive::Rts(false) => {
            "RTS is taken away. Where the modem keeps to hardware flow control (AT+IFC=2,2) it sends nothing until RTS is on again: \
             answers wait, and commands run into their limits."
        }
        Drive::Rts(true) => {
            "RTS is raised again: a modem that keeps to hardware flow control goes on sending."
        }
        Drive::Break => {
            "The line is held in the start condition for 0.3 s. A modem may read octets with framing errors from it, a UART may \
             find its speed anew; what is being typed there is lost."
        }
    };
    let simulated = match state.flags.world {
        Some(_) => " The simulated modem notes it and does nothing else.",
        None => "",
    };
    format!(
        "{says} Outputs cannot be read back: what is shown is what was asked for.{simulated} Go on?"
    )
}

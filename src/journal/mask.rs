//! Hides identities and secrets in what leaves the program.
//!
//! In: an event. Out: the same event, with passwords, PINs, long runs of digits and the local parts of e-mail addresses hidden in
//! every text that comes from the wire, a person or a fault: an IMSI in the answer to +CIMI, a number in a PDU, a password in a
//! command that was refused. Masks keep their length, so offsets stay true. X-Mms-Transaction-Id and Message-ID stay readable: they
//! are what a carrier asks for. What other events carry is [`Masked`](crate::event::Masked) from the beginning.
use crate::event::{
    Act, Direction, Ending, Event, Failure, HttpPart, Level, LinkState, LookupOutcome, Notice,
    Octets, Redaction, SerialState, SimState, StageState, What, is_plain, redact, redact_but_ids,
};
use serde::Serialize;
use serde_json::Value;
use std::borrow::Cow;

/// What is remembered of each direction of the wire.
#[derive(Clone, Copy, Debug, Default)]
pub struct Carry {
    tx: Redaction,
    rx: Redaction,
}

/// The event as it may leave the program. `carry` lives as long as the stream, so that an identity cannot slip through by
/// being cut in two.
#[must_use]
pub fn masked<'e>(event: &'e Event, carry: &mut Carry) -> Cow<'e, Event> {
    if is_harmless(&event.what) {
        return Cow::Borrowed(event);
    }
    let mut event = event.clone();
    match &mut event.what {
        What::Wire(w) => {
            let stream = match w.dir {
                Direction::Tx => &mut carry.tx,
                Direction::Rx => &mut carry.rx,
            };
            w.octets = Octets(stream.octets(&w.octets.0).into());
        }
        // Whole in itself: nothing of it is carried over.
        What::Pdu(p) => p.octets = Octets(Redaction::default().octets(&p.octets.0).into()),
        What::Probe(_)
        | What::Experiment(_)
        | What::Fact(_)
        | What::Hypotheses(_)
        | What::Verdict(_) => mask_everything(&mut event.what),
        what => mask_texts(what),
    }
    Cow::Owned(event)
}

/// What nearly everything is that passes over the line: then no copy of it is made.
fn is_harmless(what: &What) -> bool {
    match what {
        What::Line(l) => is_plain(&l.text),
        What::Exchange(e) => {
            let code = match &e.ending {
                Ending::Final(text) => text,
                _ => "",
            };
            is_plain(&e.command) && is_plain(code) && e.lines.iter().all(|l| is_plain(l))
        }
        _ => false,
    }
}

fn hide(text: &mut String) {
    if !is_plain(text) {
        *text = redact(text);
    }
}

/// What a probe finds has texts at every depth; none of them is an id that a carrier asks for.
fn mask_everything(what: &mut What) {
    *what = as_value(&*what)
        .and_then(|mut value| {
            hide_within(&mut value);
            serde_json::from_slice(value.to_string().as_bytes())
        })
        .unwrap_or_else(|e| {
            What::Notice(Notice {
                level: Level::Warning,
                text: format!("an event is left out, because it could not be masked: {e}"),
                because: None,
            })
        });
}

/// By way of its text: serde's own way would bring a second writer and a second reader of every event into the program, and nothing that
/// comes by here is in a hurry.
pub(super) fn as_value(what: &impl Serialize) -> serde_json::Result<Value> {
    serde_json::from_slice(&serde_json::to_vec(what)?)
}

fn hide_within(value: &mut Value) {
    match value {
        Value::String(text) => hide(text),
        Value::Array(values) => values.iter_mut().for_each(hide_within),
        Value::Object(fields) => fields.values_mut().for_each(hide_within),
        _ => {}
    }
}

fn mask_texts(what: &mut What) {
    match what {
        What::Line(l) => hide(&mut l.text),
        What::Exchange(e) => {
            hide(&mut e.command);
            e.lines.iter_mut().for_each(hide);
            if let Ending::Final(text) = &mut e.ending {
                hide(text);
            }
        }
        What::Act(Act::At { command }) => hide(command),
        What::Act(Act::Mark { name, .. }) => name.iter_mut().for_each(hide),
        What::Notice(n) => hide(&mut n.text),
        What::Stage(s) => match &mut s.state {
            StageState::Started { .. } => {}
            StageState::Progress { says, .. }
            | StageState::Attempt { says, .. }
            | StageState::Done { says }
            | StageState::Skipped { says } => *says = redact_but_ids(says),
            StageState::Failed(failure) => mask_failure(failure),
        },
        What::Result(r) => {
            r.response_text.iter_mut().for_each(hide);
            r.error.iter_mut().for_each(mask_failure);
        }
        What::Inbox(step) => hide(&mut step.says),
        What::Settings(s) => s.commands.iter_mut().for_each(hide),
        What::Http(step) => mask_http(&mut step.step),
        What::Serial(s) => {
            if let SerialState::Lost(why) = &mut s.state {
                hide(why);
            }
        }
        What::Sim(sim) => {
            if let SimState::Locked(text) | SimState::Failed(text) = &mut sim.state {
                hide(text);
            }
        }
        What::Lookup(lookup) => {
            if let LookupOutcome::Failed(text) = &mut lookup.outcome {
                hide(text);
            }
        }
        What::Link(link) => {
            if let LinkState::Failed { what: text, .. } | LinkState::Closed(text) = &mut link.state
            {
                hide(text);
            }
        }
        _ => {}
    }
}

fn mask_failure(failure: &mut Failure) {
    let Failure {
        what,
        raw,
        means,
        advice,
    } = failure;
    [what, raw, means, advice].into_iter().for_each(hide);
}

fn mask_http(part: &mut HttpPart) {
    let (line, headers) = match part {
        HttpPart::Request { line, headers, .. } => (line, headers),
        HttpPart::Answer {
            line,
            headers,
            begins,
            ..
        } => {
            hide(begins);
            (line, headers)
        }
    };
    hide(line);
    headers.iter_mut().for_each(|(_, value)| hide(value));
}

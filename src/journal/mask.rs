//! Masks identities in what the wire carried, before it leaves the program.
//!
//! In: an event. Out: the same event, with every long run of digits in wire data, lines, exchanges and typed commands masked:
//! an IMSI in the answer to +CIMI, a number in +CNUM or in a PDU. Masks keep their length, so offsets stay true. What other
//! events carry is [`Masked`](crate::event::Masked) from the beginning.
use crate::event::{Act, Direction, Ending, Event, Octets, What, mask_digits};
use bytes::Bytes;
use std::borrow::Cow;

/// How long a run of digits is that went on at the end of the last chunk, for each direction.
#[derive(Clone, Copy, Debug, Default)]
pub struct Carry {
    tx: usize,
    rx: usize,
}

/// The event as it may leave the program. `carry` lives as long as the stream, so that an identity cannot slip through by
/// being cut in two.
#[must_use]
pub fn masked<'e>(event: &'e Event, carry: &mut Carry) -> Cow<'e, Event> {
    let what = match &event.what {
        What::Wire(w) => {
            let run = match w.dir {
                Direction::Tx => &mut carry.tx,
                Direction::Rx => &mut carry.rx,
            };
            let mut w = w.clone();
            w.octets = Octets(mask_octets(&w.octets.0, run));
            What::Wire(w)
        }
        What::Line(l) => {
            let mut l = l.clone();
            l.text = mask_digits(&l.text);
            What::Line(l)
        }
        What::Exchange(e) => {
            let mut e = e.clone();
            e.command = mask_digits(&e.command);
            e.lines = e.lines.iter().map(|l| mask_digits(l)).collect();
            if let Ending::Final(text) = &mut e.ending {
                *text = mask_digits(text);
            }
            What::Exchange(e)
        }
        What::Act(Act::At { command }) => What::Act(Act::At {
            command: mask_digits(command),
        }),
        _ => return Cow::Borrowed(event),
    };
    Cow::Owned(Event {
        what,
        ..event.clone()
    })
}

/// Digits of a run that stay readable; runs of this many and two more are no identity.
const KEPT: usize = 6;
const SHORT: usize = 8;

/// Masks long runs of digits. A run that reaches the chunk's end may go on in the next one, so it counts as long already.
fn mask_octets(octets: &Bytes, run_before: &mut usize) -> Bytes {
    let mut out = octets.to_vec();
    let mut at = 0;
    while at < out.len() {
        if !out[at].is_ascii_digit() {
            *run_before = 0;
            at += 1;
            continue;
        }
        let end = out[at..]
            .iter()
            .position(|o| !o.is_ascii_digit())
            .map_or(out.len(), |n| at + n);
        let total = *run_before + (end - at);
        let open = end == out.len();
        if total > SHORT || open {
            let kept = KEPT.saturating_sub(*run_before);
            out[(at + kept).min(end)..end].fill(b'*');
        }
        *run_before = if open { total } else { 0 };
        at = end;
    }
    out.into()
}

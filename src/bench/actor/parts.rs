//! Parts of long messages that wait for the others, across a crash.
//!
//! In: one SMS-DELIVER at a time. Out: a message whose parts are all there. A part that was handed on (`+CMT`) lies nowhere else, so it is kept in the
//! inbox until its message is; one that lies in the modem's store is found there again. Never here: what the message means.
use crate::inbox::{Inbox, InboxError, Place, WaitingPart};
use crate::sms::{Deliver, Joined, Joiner, Moment};
use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::Instant;

/// Digests that are remembered, and parts that wait for others.
const MOST: usize = 4096;
/// A part waits no longer for the others, in milliseconds: a day. Senders use their 256 references again, and two messages must not become one.
pub(super) const PATIENCE_MS: u64 = 24 * 60 * 60 * 1000;
/// An age in milliseconds that no clock is trusted with: a month. Who comes back after so long has more likely a clock that was wrong, then or now
/// (a board without a battery begins in 1970, or on the day of its image).
const INCREDIBLE_MS: u64 = 30 * 24 * 60 * 60 * 1000;

/// A part of a message.
#[derive(Clone)]
pub(super) struct Piece {
    pub from: String,
    pub linked: Option<(u16, u8)>,
    pub ports: Option<(u16, u16)>,
    pub digest: String,
    pub place: Option<Place>,
    /// When it came, in milliseconds since 1970; for a later session.
    pub came: u64,
    /// It is waited with until then, whatever the clock on the wall does.
    pub until: Instant,
    /// When the service centre had it (TP-SCTS), in milliseconds since 1970; none where its stamp is no time.
    pub stamped: Option<u64>,
}

/// A time stamp of the service centre in milliseconds since 1970; none where it is no time, or one before 1970.
fn unix_ms(at: Moment) -> Option<u64> {
    let at: jiff::Timestamp = at.to_string().parse().ok()?;
    u64::try_from(at.as_millisecond()).ok()
}

impl Piece {
    pub fn of(
        deliver: &Deliver,
        digest: String,
        place: Option<Place>,
        came: u64,
        until: Instant,
    ) -> Self {
        let header = &deliver.data.header;
        Self {
            from: deliver.from.shown(),
            linked: header
                .concatenation()
                .map(|(reference, total, _)| (reference, total)),
            ports: header.ports(),
            digest,
            place,
            came,
            until,
            stamped: unix_ms(deliver.at),
        }
    }

    fn is_with(&self, other: &Self) -> bool {
        self.from == other.from && self.linked == other.linked && self.ports == other.ports
    }

    /// Whether the service centre had it so much earlier that the two cannot be of one message.
    fn is_outdated_by(&self, other: &Self) -> bool {
        let earlier = self.stamped.zip(other.stamped);
        earlier.is_some_and(|(own, other)| other.saturating_sub(own) > PATIENCE_MS)
    }
}

/// Parts that wait.
#[derive(Default)]
pub(super) struct Parts {
    joiner: Joiner,
    pieces: VecDeque<Piece>,
    digests: VecDeque<String>,
}

impl Parts {
    /// Whether this TPDU has come before; where it lies is worth knowing all the same.
    pub fn seen(&mut self, digest: &str, place: Option<&Place>) -> bool {
        if self.digests.iter().any(|d| d == digest) {
            if let Some(piece) = self.pieces.iter_mut().find(|p| p.digest == digest) {
                piece.place = piece.place.take().or_else(|| place.cloned());
            }
            return true;
        }
        if self.digests.len() == MOST {
            self.digests.pop_front();
        }
        self.digests.push_back(digest.to_owned());
        false
    }

    /// The sender has used a reference again: gives up what waits under it from long before this part, and returns that; or this part itself, where
    /// it is the one from long before.
    pub fn outdated(&mut self, piece: &Piece) -> Vec<Piece> {
        let same = |p: &&Piece| piece.linked.is_some() && p.is_with(piece);
        if self
            .pieces
            .iter()
            .filter(same)
            .any(|p| piece.is_outdated_by(p))
        {
            return vec![piece.clone()];
        }
        if !self
            .pieces
            .iter()
            .filter(same)
            .any(|p| p.is_outdated_by(piece))
        {
            return Vec::new();
        }
        self.drop_those(|p| p.is_with(piece))
    }

    /// Whether no other part of its message has come.
    pub fn is_first(&self, piece: &Piece) -> bool {
        let mut with = self.pieces.iter().filter(|p| p.is_with(piece));
        with.all(|p| p.digest == piece.digest)
    }

    /// Takes a part; gives the whole message with its parts once all are there.
    pub fn take(&mut self, deliver: Deliver, piece: Piece) -> Option<(Joined, Vec<Piece>)> {
        let from = piece.from.clone();
        let Some(whole) = self.joiner.take(&from, deliver.data) else {
            if self.pieces.len() == MOST {
                self.pieces.pop_front();
            }
            self.pieces.push_back(piece);
            return None;
        };
        let mut mine = Vec::new();
        // What nothing links is alone.
        if piece.linked.is_some() {
            let (with, others) = self
                .pieces
                .drain(..)
                .partition::<VecDeque<_>, _>(|p| p.is_with(&piece));
            mine.extend(with);
            self.pieces = others;
        }
        mine.push(piece);
        Some((whole, mine))
    }

    /// Gives up parts that have waited too long for the others; returns them.
    pub fn give_up(&mut self, now: Instant) -> Vec<Piece> {
        self.drop_those(|p| p.until <= now)
    }

    fn drop_those(&mut self, is_late: impl Fn(&Piece) -> bool) -> Vec<Piece> {
        let (late, waiting) = self
            .pieces
            .drain(..)
            .partition::<VecDeque<_>, _>(|p| is_late(p));
        self.pieces = waiting;
        for piece in &late {
            if let Some((reference, total)) = piece.linked {
                self.joiner
                    .give_up(&piece.from, (reference, total), piece.ports);
            }
        }
        late.into()
    }
}

/// How long a part of an earlier session still waits.
pub(super) struct Left {
    pub time: Duration,
    /// Its age is one that cannot be, or hardly can: a clock was wrong, then or now. It is as if it came now.
    pub anew: bool,
}

/// What a part of an earlier session has left of its time; none where that has passed. `came` and `now` in milliseconds since 1970.
pub(super) fn left(came: u64, now: u64) -> Option<Left> {
    let whole = Duration::from_millis(PATIENCE_MS);
    let age = now.checked_sub(came).filter(|age| *age < INCREDIBLE_MS);
    let time = whole.checked_sub(Duration::from_millis(age.unwrap_or(0)))?;
    Some(Left {
        time,
        anew: age.is_none(),
    })
}

/// Keeps a part, or a message that is whole in one, that lies nowhere else.
pub(super) fn keep(inbox: &Inbox, piece: &Piece, tpdu: &[u8]) -> Result<(), InboxError> {
    if piece.place.is_some() {
        return Ok(());
    }
    inbox.keep_part(WaitingPart {
        digest: piece.digest.clone(),
        tpdu: tpdu.to_vec(),
        came: piece.came,
    })
}

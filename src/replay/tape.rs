//! The events of a recording, with places to fold from and landmarks to jump to.
use crate::event::{
    Ending, Event, ExperimentState, Level, LinkState, LookupOutcome, Role, SendResult, SerialState,
    StageState, What,
};
use crate::known::Known;
use std::fmt::Display;
use std::sync::Arc;

/// Most events that are held.
const MOST_EVENTS: usize = 500_000;
/// Most octets of wire data and text that are held, about.
const MOST_OCTETS: usize = 256 << 20;
/// Most places at which the fold is kept; between two of them it is made again.
const CHECKPOINTS: usize = 32;
/// No two of them are nearer than so many events.
const NEAREST: usize = 1_000;

/// What one can jump to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Landmark {
    /// An AT exchange ended.
    Exchange,
    /// A stage of a send began or ended, an experiment began, a verdict was given.
    Stage,
    /// Something went wrong.
    Error,
    /// The person did or marked something.
    Act,
}

impl Landmark {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Exchange, Self::Stage, Self::Error, Self::Act];

    /// In words.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Exchange => "AT exchange",
            Self::Stage => "stage",
            Self::Error => "error",
            Self::Act => "act of the person",
        }
    }

    /// Whether an event is one.
    #[must_use]
    pub fn is(self, event: &Event) -> bool {
        match (self, &event.what) {
            (Self::Exchange, What::Exchange(_)) | (Self::Act, What::Act(_)) => true,
            (Self::Stage, What::Stage(s)) => !matches!(s.state, StageState::Progress { .. }),
            (Self::Stage, What::Experiment(e)) => e.state == ExperimentState::Running,
            (Self::Stage, What::Verdict(_)) => true,
            (Self::Error, what) => is_error(what),
            _ => false,
        }
    }
}

fn is_error(what: &What) -> bool {
    match what {
        What::Stage(s) => matches!(s.state, StageState::Failed(_)),
        What::Line(l) => l.role == Role::Final && l.text.contains("ERROR"),
        What::Exchange(e) => !matches!(e.ending, Ending::Final(_)),
        What::Link(l) => matches!(l.state, LinkState::Failed { .. }),
        What::Lookup(l) => matches!(l.outcome, LookupOutcome::Failed(_)),
        What::Serial(s) => matches!(s.state, SerialState::Lost(_)),
        What::Notice(n) => n.level >= Level::Warning,
        What::Result(r) => !r.ok && !r.cancelled,
        What::Lost(_) => true,
        _ => false,
    }
}

/// A recording.
pub struct Tape {
    /// Its name: the file's.
    pub name: String,
    /// Why it ends before its end, where it does: the line that is no event, or that it is longer than what is held.
    pub trouble: Option<String>,
    events: Vec<Arc<Event>>,
    /// For each event the time until which it was reached: never falling, whatever the file says.
    times: Vec<u64>,
    /// Places just after landmarks, by [`Landmark::ALL`].
    landmarks: [Vec<usize>; Landmark::ALL.len()],
    /// Places with what was known there, in order; the last is the end.
    checkpoints: Vec<(usize, Arc<Known>)>,
}

impl std::fmt::Debug for Tape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tape({}, {} events)", self.name, self.events.len())
    }
}

impl Tape {
    /// Takes in events until the first error, or until as many are held as may be.
    ///
    /// # Errors
    /// Nothing could be read at all.
    pub fn read<E: Display>(
        name: &str,
        events: impl IntoIterator<Item = Result<Event, E>>,
    ) -> Result<Self, String> {
        let (mut held, mut octets, mut trouble) = (Vec::new(), 0, None);
        for event in events {
            match event {
                Ok(_) if held.len() == MOST_EVENTS || octets > MOST_OCTETS => {
                    let says = format!(
                        "the recording is longer than what is held at a time: it is shown up to event {}",
                        held.len()
                    );
                    trouble = Some(says);
                    break;
                }
                Ok(event) => {
                    octets += weight(&event);
                    held.push(Arc::new(event));
                }
                Err(e) => {
                    trouble = Some(e.to_string());
                    break;
                }
            }
        }
        match (held.is_empty(), trouble) {
            (true, trouble) => Err(trouble.unwrap_or_else(|| "it holds nothing".to_owned())),
            (false, trouble) => Ok(Self::of(name, held, trouble)),
        }
    }

    fn of(name: &str, events: Vec<Arc<Event>>, trouble: Option<String>) -> Self {
        let every = (events.len() / CHECKPOINTS).max(NEAREST);
        let mut known = Known::default();
        let mut checkpoints = vec![(0, Arc::new(known.clone()))];
        let mut landmarks: [Vec<usize>; Landmark::ALL.len()] = Default::default();
        let mut times = Vec::with_capacity(events.len());
        let mut ms = 0;
        for (n, event) in events.iter().enumerate() {
            known.apply(event);
            ms = event.ms.max(ms);
            times.push(ms);
            let at = n + 1;
            for (kind, places) in Landmark::ALL.into_iter().zip(&mut landmarks) {
                if kind.is(event) {
                    places.push(at);
                }
            }
            if at % every == 0 && at < events.len() {
                checkpoints.push((at, Arc::new(known.clone())));
            }
        }
        checkpoints.push((events.len(), Arc::new(known)));
        Self {
            name: name.to_owned(),
            trouble,
            events,
            times,
            landmarks,
            checkpoints,
        }
    }

    /// How many events it has; its places go from 0 to this.
    #[must_use]
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether it has none; a tape that was read has one at least.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// Its length in milliseconds.
    #[must_use]
    pub fn length_ms(&self) -> u64 {
        self.times.last().copied().unwrap_or(0)
    }

    /// The events between two places.
    #[must_use]
    pub fn between(&self, from: usize, until: usize) -> &[Arc<Event>] {
        let until = until.min(self.len());
        &self.events[from.min(until)..until]
    }

    /// The event just before a place.
    #[must_use]
    pub fn before(&self, at: usize) -> Option<&Event> {
        let event = self.events.get(at.checked_sub(1)?);
        event.map(Arc::as_ref)
    }

    /// When a place was reached, in milliseconds since the start.
    #[must_use]
    pub fn time(&self, at: usize) -> u64 {
        let last = at.min(self.len()).checked_sub(1);
        last.map_or(0, |n| self.times[n])
    }

    /// The last place that was reached by this time.
    #[must_use]
    pub fn at_time(&self, ms: u64) -> usize {
        self.times.partition_point(|t| *t <= ms)
    }

    /// The next landmark after a place, or the one before it; none where there is no more.
    #[must_use]
    pub fn landmark(&self, kind: Landmark, at: usize, forward: bool) -> Option<usize> {
        let places = self.landmarks(kind);
        match forward {
            true => places.get(places.partition_point(|p| *p <= at)).copied(),
            false => {
                let before = places.partition_point(|p| *p < at);
                before.checked_sub(1).map(|n| places[n])
            }
        }
    }

    /// The places just after landmarks of a kind, in order.
    #[must_use]
    pub fn landmarks(&self, kind: Landmark) -> &[usize] {
        &self.landmarks[kind as usize]
    }

    /// What was known at the end.
    #[must_use]
    pub fn end(&self) -> Arc<Known> {
        self.known(self.len())
    }

    /// What was known when its newest send ended, before anything was put back; where that did not end, or nothing was sent, at the end.
    #[must_use]
    pub fn newest(&self) -> Arc<Known> {
        let end = self.end();
        let newest = |k: &Known| k.sends.back().map(|s| s.message.send);
        let then = self.result(|_| true).map(|at| self.known(at));
        // A send that was begun later and did not end is newer.
        then.filter(|k| newest(k) == newest(&end)).unwrap_or(end)
    }

    /// The place just after the last result of this kind.
    pub(super) fn result(&self, is: impl Fn(&SendResult) -> bool) -> Option<usize> {
        let is = |e: &Arc<Event>| matches!(&e.what, What::Result(r) if is(r));
        self.events.iter().rposition(is).map(|n| n + 1)
    }

    /// What was known at a place.
    #[must_use]
    pub fn known(&self, at: usize) -> Arc<Known> {
        self.known_from(at, &(0, Arc::default()))
    }

    /// The same, from another place before it where that is nearer.
    #[must_use]
    pub fn known_from(&self, at: usize, held: &(usize, Arc<Known>)) -> Arc<Known> {
        let at = at.min(self.len());
        let after = self.checkpoints.partition_point(|(p, _)| *p <= at);
        let kept = after.checked_sub(1).map(|n| &self.checkpoints[n]);
        let (from, known) = match kept {
            Some(kept) if held.0 > at || kept.0 >= held.0 => kept,
            _ => held,
        };
        let mut known = Arc::clone(known);
        let events = self.between(*from, at);
        if !events.is_empty() {
            let folded = Arc::make_mut(&mut known);
            events.iter().for_each(|e| folded.apply(e));
        }
        known
    }
}

/// About how much memory an event holds beyond its fixed size.
fn weight(event: &Event) -> usize {
    match &event.what {
        What::Wire(w) => w.octets.0.len(),
        What::Pdu(p) => p.octets.0.len(),
        What::Line(l) => l.text.len(),
        What::Exchange(e) => e.command.len() + e.lines.iter().map(String::len).sum::<usize>(),
        _ => 256,
    }
}

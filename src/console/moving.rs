//! From one session to the next in the same console: what goes along, and what does not.
//!
//! In: the screen of the session that ends. Out: [`Luggage`], and the screen of the new session with it. Pure.
use super::action::Action;
use super::editor::{Compose, Draft};
use super::letter::Handed;
use super::looks::Looks;
use super::state::State;
use super::text;
use super::theme::Theme;
use crate::event::{EntryState, OutboxStep, Way};
use crate::known::Known;

/// What goes along from one session into the next. It holds on to nothing of the session that it comes from.
#[derive(Clone, Debug, Default)]
pub struct Luggage {
    looks: Looks,
    mouse: bool,
    hides: bool,
    tips: Vec<&'static str>,
    letter: Option<Letter>,
}

#[derive(Clone, Debug)]
struct Letter {
    draft: Draft,
    way: Option<Way>,
    /// It went to nobody, and is in no outbox as it stands.
    lost: bool,
    edits: Option<u64>,
    elsewhere: bool,
}

/// Where the letter that comes along is a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Nowhere.
    Nowhere,
    /// In the outbox of the new session, under this number.
    Here(u64),
    /// In an outbox that the new session has not.
    Elsewhere,
}

impl Luggage {
    /// The theme that was worn.
    #[must_use]
    pub fn theme(&self) -> &Theme {
        &self.looks.theme
    }

    /// The letter, where it went to nobody and is in no outbox as it stands.
    #[must_use]
    pub fn unsent(&self) -> Option<&Draft> {
        let letter = self.letter.as_ref().filter(|letter| letter.lost);
        letter.map(|letter| &letter.draft)
    }

    /// The letter is a draft now, as it stands.
    pub fn kept(&mut self) {
        if let Some(letter) = &mut self.letter {
            letter.lost = false;
        }
    }

    /// The message of the session's own outbox that the letter came from.
    #[must_use]
    pub fn edits(&self) -> Option<u64> {
        self.letter.as_ref().and_then(|letter| letter.edits)
    }

    /// Whether the letter came as a draft of another session's outbox.
    #[must_use]
    pub fn is_elsewhere(&self) -> bool {
        self.letter.as_ref().is_some_and(|letter| letter.elsewhere)
    }
}

impl State {
    /// Packs what was written, sent or not, and what the person has set on the screen. A letter that stood there ready-made (`ready_made`) and was not
    /// touched stays behind, so that it cannot go out through a modem by accident.
    #[must_use]
    pub fn luggage(&self, ready_made: &Draft) -> Luggage {
        let emptied = self.draft().is_empty().then(|| self.at_stake()).flatten();
        let (draft, way) = emptied.unwrap_or_else(|| (self.draft(), self.way));
        let emptied = self.emptied.all.iter().find(|c| c.draft == draft);
        let edits = match self.draft().is_empty() {
            true => emptied.and_then(|c| c.edits),
            false => self.edits,
        };
        let is_written = !draft.is_empty() && draft != Compose::new(ready_made).draft();
        // What was sent in a simulated world that keeps nothing went to nobody.
        let lost = match self.flags.world.is_some() && !self.flags.keeps {
            true => draft != self.given,
            false => self.would_lose(),
        };
        Luggage {
            looks: Looks {
                theme: self.theme.clone(),
                keymap: self.keymap.clone(),
                layout: self.layout.clone(),
                columns: self.columns.clone(),
                confirm: self.confirm,
            },
            mouse: self.mouse,
            hides: self.hides,
            tips: self.tips.clone(),
            letter: is_written.then(|| Letter {
                draft,
                way,
                lost,
                edits,
                elsewhere: self.elsewhere,
            }),
        }
    }

    /// Goes on in the place of another session's screen. Where the letter is a draft of this session's outbox, it takes its place when it is sent or
    /// kept again.
    pub fn unpack(&mut self, luggage: Luggage, kept: Kept) {
        self.wear(luggage.looks);
        self.mouse = luggage.mouse;
        self.hides = luggage.hides;
        self.tips = luggage.tips;
        let Some(letter) = luggage.letter else {
            return;
        };
        self.compose = Compose::new(&letter.draft);
        self.way = letter.way;
        self.typing = letter.draft.to.is_empty();
        (self.edits, self.elsewhere) = match kept {
            Kept::Nowhere => (None, false),
            Kept::Here(id) => (Some(id), false),
            Kept::Elsewhere => (None, true),
        };
        self.given = match letter.lost {
            true => Draft::default(),
            false => self.draft(),
        };
        self.measure();
        self.hint = Some("What was written came along from the session before.".to_owned());
    }

    /// What else is gone with the session: a changed copy of the profile that nobody has kept.
    #[must_use]
    pub fn left_behind(&self) -> Option<String> {
        let mend = self.unkept()?;
        Some(format!(
            "{} ends with this session; Esc, then {} in Diagnosis keeps it.",
            text::clean(&mend.id),
            self.key_of(Action::Keep)
        ))
    }

    /// Whether a letter that was handed over waits for its turn; leaving would leave it where it is.
    #[must_use]
    pub fn waits(&self) -> bool {
        let waits = |handed: &Handed| {
            let entry = handed.entry.and_then(|id| self.known.outbox.get(&id));
            let is_queued = entry.is_none_or(|e| e.state == EntryState::Queued);
            handed.send.is_none() && !handed.stopped && is_queued
        };
        !self.is_replaying() && self.handed.as_ref().is_some_and(waits)
    }

    /// The message of the outbox that the letter became and that has not gone out.
    #[must_use]
    pub fn waiting(&self) -> Option<u64> {
        let handed = self.handed.as_ref().filter(|h| h.send.is_none());
        handed.and_then(|h| h.entry)
    }

    /// Whether a letter that was handed over is safe in the outbox, gone out or not.
    pub(super) fn holds(&self, handed: &Handed) -> bool {
        let is_there = |id| self.known.outbox.contains_key(&id);
        self.flags.keeps && handed.entry.is_some_and(is_there)
    }

    /// The person stops what waits.
    pub(super) fn stop_waiting(&mut self) {
        if let Some(handed) = self.handed.as_mut().filter(|h| h.send.is_none()) {
            handed.stopped = true;
        }
    }

    /// The bench has told of messages: whether one of them is the letter that was handed over.
    pub(super) fn taken_in(&mut self, before: &Known) {
        let Some(handed) = self.handed.as_mut() else {
            return;
        };
        if handed.send.is_some() || handed.entry.is_some() {
            return;
        }
        let characters = handed.draft.text.chars().count();
        let is_new = |e: &&OutboxStep| {
            let was = before.outbox.get(&e.entry).map(|e| e.state);
            e.characters == characters
                && e.state == EntryState::Queued
                && was != Some(EntryState::Queued)
        };
        let new = self.known.outbox.values().rev().find(is_new);
        handed.entry = new.map(|e| e.entry);
    }
}

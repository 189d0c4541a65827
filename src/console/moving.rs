//! From one session to the next in the same console: what goes along, and what does not.
//!
//! In: the screen of the session that ends. Out: [`Luggage`], and the screen of the new session with it. Pure.
use super::editor::{Compose, Draft};
use super::looks::Looks;
use super::state::State;
use super::theme::Theme;
use crate::event::Way;

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
    /// It is in no outbox.
    lost: bool,
}

impl Luggage {
    /// The theme that was worn.
    #[must_use]
    pub fn theme(&self) -> &Theme {
        &self.looks.theme
    }

    /// The letter, where it was not sent and is in no outbox.
    #[must_use]
    pub fn unsent(&self) -> Option<&Draft> {
        let letter = self.letter.as_ref().filter(|letter| letter.lost);
        letter.map(|letter| &letter.draft)
    }
}

impl State {
    /// Packs what was written, sent or not, and what the person has set on the screen. A letter that stood there ready-made (`ready_made`) and was not
    /// touched stays behind, so that it cannot go out through a modem by accident.
    #[must_use]
    pub fn luggage(&self, ready_made: &Draft) -> Luggage {
        let emptied = self.draft().is_empty().then(|| self.at_stake()).flatten();
        let (draft, way) = emptied.unwrap_or_else(|| (self.draft(), self.way));
        let is_written = !draft.is_empty() && draft != Compose::new(ready_made).draft();
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
                lost: self.would_lose(),
            }),
        }
    }

    /// Goes on in the place of another session's screen. Where the letter is a draft of this session's outbox (`entry`), it takes its place when it is
    /// sent or kept again.
    pub fn unpack(&mut self, luggage: Luggage, entry: Option<u64>) {
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
        self.edits = entry;
        // What the session before has sent can be lost no more: it is in its recording.
        self.given = match letter.lost && entry.is_none() {
            true => Draft::default(),
            false => self.draft(),
        };
        self.measure();
        self.hint = Some("What was written came along from the session before.".to_owned());
    }
}

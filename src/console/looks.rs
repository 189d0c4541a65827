//! Looks and keys, and what can be said of an action by them: whether it can be done, where, with which key.
//!
//! In: the state, the action table, what a configuration wants. Out: answers for palette, footer and texts. Pure.
use super::action::{Action, Place, Row};
use super::columns::Columns;
use super::keymap::{Binding, Keymap};
use super::layout::{Layout, Pane, Screen};
use super::palette::Offer;
use super::state::State;
use super::theme::Theme;

/// Looks and keys, as a configuration wants them.
#[derive(Clone, Debug, Default)]
pub struct Looks {
    /// Looks.
    pub theme: Theme,
    /// Keys.
    pub keymap: Keymap,
    /// How the bench is divided.
    pub layout: Layout,
    /// The columns of the traffic.
    pub columns: Columns,
}

impl State {
    /// Puts on looks and keys.
    pub fn wear(&mut self, looks: Looks) {
        self.theme = looks.theme;
        self.keymap = looks.keymap;
        self.layout = looks.layout;
        self.columns = looks.columns;
        self.pending = None;
    }

    /// Whether a binding counts now, and no more special one takes its key.
    #[must_use]
    pub fn reaches(&self, binding: &Binding) -> bool {
        self.binding_is_valid(binding)
            && !self.keymap.bindings().iter().any(|other| {
                other.chord == binding.chord
                    && other.then == binding.then
                    && other.place.rank() > binding.place.rank()
                    && self.binding_is_valid(other)
            })
    }

    /// Whether an action can be done by its name: it is valid on the screen under the palette, be text typed there or not.
    #[must_use]
    pub fn can(&self, row: &Row) -> bool {
        let counts = |place: Place| match place {
            Place::Everywhere | Place::Command => true,
            Place::On(Pane::Profiles) => self.on_profiles_below(),
            Place::On(pane) => self.focus == pane,
            place => self.counts(place, None),
        };
        let goes =
            matches!(row.action, Action::Focus(_)) && row.action != Action::Focus(Pane::Beside);
        if self.is_off(row.action) {
            return false;
        }
        goes || (row.keys.iter().any(|(_, place)| counts(*place)) && self.has_object(row.action))
    }

    /// Why an action cannot be done by its name: where it would be valid, or that there is nothing to act on.
    #[must_use]
    pub fn why_not(&self, row: &Row) -> String {
        if self.is_off(row.action) {
            return self.why_off_in_short().to_owned();
        }
        let anywhere = [Place::Everywhere, Place::Command];
        if row.keys.iter().any(|(_, place)| anywhere.contains(place)) {
            return "nothing to do it with now".to_owned();
        }
        let mut places: Vec<String> = Vec::new();
        for (_, place) in row.keys {
            let words = place.words();
            if !places.contains(&words) {
                places.push(words);
            }
        }
        format!("only {}", places.join(" or "))
    }

    /// What the palette offers now.
    #[must_use]
    pub fn offers(&self) -> Vec<Offer> {
        self.palette.offers(|row| self.can(row))
    }

    fn on_profiles_below(&self) -> bool {
        self.focus == Pane::Profiles && self.screen == Screen::Bench
    }

    /// A key of an action, for texts: the first that counts now, else any, else its name in the palette.
    #[must_use]
    pub fn key_of(&self, action: Action) -> String {
        let now = self.keymap.key(action, |b| self.reaches(b));
        let key = now.or_else(|| self.keymap.keys(action).into_iter().next());
        match (key, action.row()) {
            (Some(key), _) => key.shown(),
            (None, Some(row)) => format!(":{}", row.name),
            (None, None) => String::new(),
        }
    }
}

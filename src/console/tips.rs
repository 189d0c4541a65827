//! Hints for the first hours: one at a time, gone for good once the person has done what it speaks of.
//!
//! In: what was learned before (the edge remembers it), and what is done. Out: the hint that fits now. Never here: files.
use super::action::Action;
use super::layout::{Pane, Screen};
use super::state::{Elsewhere, State};
use crate::event::EntryState;

/// A hint.
pub struct Tip {
    /// Its name in what is remembered.
    pub name: &'static str,
    /// The action that it speaks of.
    pub action: Action,
    /// Whether it fits now.
    pub when: fn(&State) -> bool,
    /// What follows the key.
    pub says: fn(&State) -> &'static str,
}

/// All hints, in the order in which they matter.
pub const TIPS: &[Tip] = &[
    Tip {
        name: "clear-letter",
        action: Action::ClearLetter,
        when: |s| s.typing && s.focus == Pane::Compose && s.is_untouched(),
        says: |_| "empties this letter, for one of your own",
    },
    Tip {
        name: "send",
        action: Action::Send,
        when: |s| {
            let whole = s.measured.pdu.is_ok() && !s.compose.to.text().is_empty();
            // Among the messages "this letter" would be the chosen one.
            whole && !s.is_busy() && s.screen != Screen::Messages
        },
        says: |s| match s.flags.world {
            Some(_) if s.flags.broken => "sends this letter: simulated, broken on purpose",
            Some(_) => "sends this letter; simulated, nothing leaves here",
            None => "sends this message; your carrier may bill it",
        },
    },
    Tip {
        name: "probe",
        action: Action::Probe,
        when: |s| s.has_failed() && !s.is_busy(),
        says: |s| match s.flags.broken {
            true => "finds out why; broken on purpose, `--world open` works",
            false => "finds out why it failed; nothing is sent",
        },
    },
    Tip {
        name: "another-modem",
        action: Action::Another,
        // Until then something else comes next: the fix, a full probe, the send.
        when: |s| {
            s.flags.world.is_some() && s.verdict().is_some() && s.has_arrived() && !s.is_busy()
        },
        says: |_| "opens another world or modem, with this letter",
    },
    Tip {
        name: "apply-fix",
        action: Action::Apply,
        when: |s| s.fix().is_some() && s.screen == Screen::Diagnosis && !s.is_busy(),
        says: |_| "uses a mended copy of the profile for the next send",
    },
    Tip {
        name: "probe-full",
        action: Action::FullProbe,
        when: |s| s.goes_further() && !s.is_busy(),
        says: |_| "probes further what was left open; asks first",
    },
    Tip {
        name: "profiles",
        action: Action::Profiles,
        when: |s| !s.known.sends.is_empty() && !s.is_busy(),
        says: |_| "shows the carrier profiles, and what each one dials",
    },
    Tip {
        name: "palette",
        action: Action::Palette,
        when: |s| !s.typing,
        says: |_| "finds any action by some letters of its name",
    },
    Tip {
        name: "type-at",
        action: Action::TypeAt,
        when: |s| !s.typing && s.known.modem.is_some(),
        says: |_| "types an AT command; its answer comes explained",
    },
    Tip {
        name: "zoom",
        action: Action::Zoom,
        when: |s| !s.typing,
        says: |_| "gives this pane the whole screen, and takes it back",
    },
    Tip {
        name: "help",
        action: Action::Help,
        when: |s| !s.typing,
        says: |_| "shows every key, those that are valid here first",
    },
];

impl State {
    /// Shows hints from now on, without those that were learned before.
    pub fn greet(&mut self, learned: &[String]) {
        let names = TIPS.iter().map(|t| t.name);
        self.tips = names
            .filter(|name| !learned.iter().any(|l| l == name))
            .collect();
    }

    /// Tells what the outbox holds from before and waits for a word of the person: once, until the next key.
    pub fn remind(&mut self, outbox: impl IntoIterator<Item = EntryState>) {
        let (mut drafts, mut queued, mut unknown) = (0_usize, 0_usize, 0_usize);
        for entry in outbox {
            match entry {
                EntryState::Draft => drafts += 1,
                EntryState::Queued => queued += 1,
                EntryState::Unknown => unknown += 1,
                _ => {}
            }
        }
        self.seeks_draft = drafts > 0;
        let lone = if queued + unknown == 0 { drafts } else { 0 };
        let drafts = match drafts {
            0 => None,
            1 => Some("1 draft".to_owned()),
            n => Some(format!("{n} drafts")),
        };
        let queued = (queued > 0).then(|| format!("{queued} queued"));
        let unknown = (unknown > 0).then(|| format!("{unknown} that may have been accepted"));
        let waits: Vec<String> = [drafts, queued, unknown].into_iter().flatten().collect();
        if !waits.is_empty() {
            let key = self.key_of(Action::Go(Screen::Messages));
            let edit = self.key_of(Action::OpenDraft);
            let taken = match lone {
                0 => String::new(),
                1 => format!("; {edit} takes it into the composer"),
                _ => format!("; {edit} takes one into the composer"),
            };
            self.hint = Some(format!(
                "{key} shows Messages: {}{taken}.",
                waits.join(", ")
            ));
        }
    }

    /// Another mmscope has the outbox's file: says so at the start.
    pub fn keep_off(&mut self, file: String) {
        let key = self.key_of(Action::Go(Screen::Messages));
        self.hint = Some(format!(
            "Another mmscope works with this outbox; {key} says what that means here."
        ));
        let is_free = false;
        self.unrecorded.elsewhere = Some(Elsewhere { file, is_free });
    }

    /// Looks whether the outbox that another mmscope had is free by now.
    pub(super) fn look_at_outbox(&mut self) {
        let Some(elsewhere) = &mut self.unrecorded.elsewhere else {
            return;
        };
        elsewhere.is_free = (self.bench.is_free)();
        if let Some(why) = &mut self.unrecorded.why {
            *why = format!("{}.", elsewhere.says());
        }
    }

    /// The hint that fits now.
    #[must_use]
    pub fn tip(&self) -> Option<String> {
        if self.overlay.is_some() || self.is_replaying() {
            return None;
        }
        let mut unlearned = TIPS.iter().filter(|t| self.tips.contains(&t.name));
        let tip = unlearned.find(|t| !self.is_off(t.action) && (t.when)(self))?;
        Some(format!("{} {}", self.key_of(tip.action), (tip.says)(self)))
    }

    /// Takes away the hints of an action that is done now, and returns their names.
    pub(super) fn learn(&mut self, action: Action) -> Vec<&'static str> {
        let of_it = |name: &&str| {
            let tip = TIPS.iter().find(|t| t.name == *name);
            tip.is_some_and(|t| t.action == action)
        };
        let (learned, left) = std::mem::take(&mut self.tips).into_iter().partition(of_it);
        self.tips = left;
        learned
    }
}

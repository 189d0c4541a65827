//! What cannot be done here, and why: a recording has no modem behind it, and a bench that is read-only is only looked at.
//!
//! In: the state, an action or an order. Out: whether it is off, and a sentence that says why. Pure. The bench keeps both rules by itself, too.
use super::action::Action;
use super::at_line::Typed;
use super::state::State;
use super::text;
use super::update::{Effect, Order};
use crate::at::catalogue;

/// Read-only, in a sentence.
const READ_ONLY: &str =
    "Read-only: nothing is sent and no setting is changed. Start without --read-only for that.";

impl State {
    /// Whether an action is off: there is no modem behind a recording, or the bench is read-only.
    #[must_use]
    pub fn is_off(&self, action: Action) -> bool {
        (self.is_replaying() && needs_modem(action)) || (self.flags.read_only && changes(action))
    }

    /// Why.
    #[must_use]
    pub fn why_off(&self) -> String {
        let Some(replay) = &self.replay else {
            return READ_ONLY.to_owned();
        };
        let way = match replay.live.is_some() {
            true => format!("{} goes back to the bench", self.key_of(Action::Live)),
            false => "`mmscope` without `replay` opens the bench".to_owned(),
        };
        format!("This is a recording, there is no modem to do that with: {way}.")
    }

    /// The same in a few words.
    #[must_use]
    pub fn why_off_in_short(&self) -> &'static str {
        match self.is_replaying() {
            true => "a recording has no modem",
            false => "this bench is read-only",
        }
    }

    /// Whether one of these commands would change the modem although the bench is read-only; says so.
    pub(super) fn refuses(&mut self, commands: &[Typed]) -> bool {
        let changing = |t: &&Typed| catalogue::changes_settings(&t.command);
        let first = commands.iter().find(changing);
        let Some(first) = first.filter(|_| self.flags.read_only) else {
            return false;
        };
        let command = text::clean(&first.command);
        self.hint = Some(format!(
            "Read-only: {command} would change the modem and was not sent."
        ));
        true
    }
}

/// Whatever led here: what a read-only bench would refuse is not handed to it.
pub(super) fn withhold(state: &mut State, effects: &mut Vec<Effect>) {
    let before = effects.len();
    effects.retain(|e| !matches!(e, Effect::Order(order) if is_refused(order)));
    if effects.len() < before {
        state.hint = Some(READ_ONLY.to_owned());
    }
}

/// Whether an order changes the modem, the network or what lies at the MMSC.
fn is_refused(order: &Order) -> bool {
    let acts = matches!(
        order,
        Order::Probe { .. }
            | Order::FullProbe(_)
            | Order::Examine(_)
            | Order::FetchItem(_)
            | Order::DeferItem(_)
            | Order::RejectItem(_)
            | Order::DeleteStored(_)
            | Order::Restore
            | Order::Drive(_)
    );
    let mut commands = order.commands().into_iter();
    acts || order.sends() || commands.any(catalogue::changes_settings)
}

/// Whether an action needs the modem, or prepares something that does.
fn needs_modem(action: Action) -> bool {
    let prepares = matches!(
        action,
        Action::Probe
            | Action::ProbeOptions
            | Action::Vary
            | Action::Compare
            | Action::Mark
            | Action::Write
            | Action::TypeAt
            | Action::Options
            | Action::NextWay
            | Action::Plain
            | Action::OpenDraft
            | Action::Attach
            | Action::EditPdu
            | Action::PhoneWitness
            | Action::InboundWitness
            | Action::DryRun
            | Action::Another
    );
    prepares || action.row().is_some_and(|r| r.changes_world)
}

/// Whether an action changes the modem, the network or what lies at the MMSC, or begins something that does: a probe opens the module's
/// socket stack. What only concerns the program (which profile is used, what is kept in the outbox) may be done; a command of the AT line is
/// judged by itself.
fn changes(action: Action) -> bool {
    match action {
        Action::Probe | Action::ProbeOptions | Action::FullProbe | Action::Compare => true,
        Action::Stop
        | Action::CancelEntry
        | Action::Forget
        | Action::Apply
        | Action::UseProfile
        | Action::RunAt => false,
        _ => action.row().is_some_and(|r| r.changes_world),
    }
}

//! Which keys and actions mean something now: for keys, footer, help and palette alike.
use super::overlay::{Overlay, Question, SendFace};
use super::{State, is_searched};
use crate::console::action::{Action, Place};
use crate::console::editor::Field;
use crate::console::keymap::Binding;
use crate::console::layout::{Pane, Screen};
use crate::console::options::Row;
use crate::console::panel::Panel;
use crate::event::{EntryState, InboxState};

impl State {
    /// Whether the profiles have the keys, in their pane or as an overlay.
    #[must_use]
    pub fn on_profiles(&self) -> bool {
        self.overlay == Some(Overlay::Profiles)
            || (self.overlay.is_none() && self.focus == Pane::Profiles)
    }

    /// Whether characters are text now, and no keys.
    #[must_use]
    pub fn takes_text(&self) -> bool {
        (self.prompt.is_some() && self.overlay.is_none()) || self.typing_under(self.overlay)
    }

    fn typing_under(&self, overlay: Option<Overlay>) -> bool {
        let form = &self.compose.form;
        match overlay {
            None => self.typing,
            Some(Overlay::Options) => form.entry(form.row).is_some(),
            Some(Overlay::Panel) => self.panel.as_ref().is_some_and(|p| p.entry().is_some()),
            Some(_) => is_searched(overlay),
        }
    }

    /// Whether a place counts under an overlay.
    pub(in crate::console) fn counts(&self, place: Place, overlay: Option<Overlay>) -> bool {
        let asked = self.prompt.is_some() && overlay.is_none();
        let fields = self.typing_under(overlay);
        let searched = is_searched(overlay);
        let of_message = overlay == Some(Overlay::Options);
        let in_panel = overlay == Some(Overlay::Panel);
        let in_options = of_message || in_panel;
        let row = self.compose.form.row;
        let body = self.compose.field == Field::Text;
        match (place, overlay) {
            (Place::InPrompt, _) => asked,
            (Place::Typing | Place::Everywhere, None) if asked => true,
            (_, None) if asked => false,
            (Place::InCopyMenu, overlay) => overlay == Some(Overlay::Copy),
            (Place::InOctetMenu, overlay) => overlay == Some(Overlay::CopyOctets),
            (Place::Command, Some(Overlay::Copy | Overlay::CopyOctets | Overlay::Choosing)) => {
                false
            }
            (Place::Asked, overlay) => matches!(overlay, Some(Overlay::Ask(_))),
            (_, Some(Overlay::Ask(_))) => false,
            (Place::Everywhere, _) => true,
            (Place::Typing, _) => fields,
            (Place::InList, _) => searched,
            (Place::InPalette, _) => overlay == Some(Overlay::Palette),
            (_, Some(Overlay::Palette | Overlay::Help)) => false,
            (Place::InColumns, _) => overlay == Some(Overlay::Columns),
            (Place::InRecordings, _) => overlay == Some(Overlay::Recordings),
            (Place::InReplay, _) => self.replay.is_some() && overlay.is_none() && !fields,
            (Place::InOptions, _) => in_options,
            (Place::OnChoice, Some(Overlay::Panel)) => {
                self.panel.as_ref().is_some_and(Panel::is_choice)
            }
            (Place::OnOffer, overlay) => {
                overlay == Some(Overlay::Panel)
                    && self.panel.as_ref().is_some_and(Panel::is_offered)
            }
            (Place::OnChoice, _) => of_message && self.compose.form.choice(row).is_some(),
            (Place::OnFile, _) => of_message && matches!(row, Row::File(_)),
            (Place::InText | Place::InLine | Place::InAt, Some(_)) => false,
            (Place::Command, _) => !fields && !in_options,
            (Place::On(Pane::Profiles), _) => {
                overlay == Some(Overlay::Profiles)
                    || (overlay.is_none() && !fields && self.focus == Pane::Profiles)
            }
            (Place::OnScreen(screen), _) => overlay.is_none() && self.screen == screen,
            (Place::On(pane), _) => overlay.is_none() && !fields && self.focus == pane,
            (Place::InText, _) => fields && self.focus == Pane::Compose && body,
            (Place::InLine, _) => fields && self.focus == Pane::Compose && !body,
            (Place::InAt, _) => fields && self.focus == Pane::Traffic,
        }
    }

    /// Whether a binding counts now: its place does, its key is no text that is being typed, and its action has something to act on.
    #[must_use]
    pub fn binding_is_valid(&self, binding: &Binding) -> bool {
        self.binding_counts(binding, self.overlay)
    }

    /// The same for the screen under the help.
    #[must_use]
    pub fn valid_below(&self, binding: &Binding) -> bool {
        let overlay = self.overlay.filter(|o| !is_searched(Some(*o)));
        self.binding_counts(binding, overlay)
    }

    fn binding_counts(&self, binding: &Binding, overlay: Option<Overlay>) -> bool {
        let asked = self.prompt.is_some() && overlay.is_none();
        let fields = asked || self.typing_under(overlay);
        let quits = binding.action == Action::Quit && !binding.chord.is_text();
        // Enter made the question: pressed twice by accident it must not answer it, too.
        let by_enter = matches!(
            overlay,
            Some(Overlay::Ask(
                Question::Send
                    | Question::SendEntry(_)
                    | Question::SendQueued
                    | Question::TakeOut(_)
                    | Question::Commands
                    | Question::FullWish
                    | Question::Vary
                    | Question::Drive(_)
            ))
        );
        let twice = by_enter && binding.action == Action::Yes && !binding.chord.is_text();
        (self.counts(binding.place, overlay) || quits)
            && !(fields && binding.chord.is_text())
            && !twice
            // What lies over the panes hides the one that would be zoomed.
            && (binding.action != Action::Zoom || overlay.is_none())
            && self.has_object(binding.action)
    }

    /// Whether an action has something to act on. Others stay silent and out of the footer.
    pub(in crate::console) fn has_object(&self, action: Action) -> bool {
        match action {
            Action::Stop => {
                self.is_busy() || self.at.running > 0 || self.is_varying() || self.waits()
            }
            Action::Complete => self.at.completes(),
            Action::FindNext | Action::FindPrevious => self.is_searching(),
            Action::NextMark | Action::PreviousMark => self.traffic.has_marks(),
            Action::Apply => self.fix().is_some(),
            Action::SendSms => self.offer().is_some(),
            Action::Plain => !self.measured.sms.forcing.is_empty(),
            Action::SendQueued => self.messages().any(|m| m.state == EntryState::Queued),
            Action::SendEntry => self
                .message()
                .is_some_and(|m| matches!(m.state, EntryState::Draft | EntryState::Queued)),
            Action::CancelEntry => self
                .message()
                .is_some_and(|m| matches!(m.state, EntryState::Queued | EntryState::Sending)),
            Action::ResendSame | Action::ResendNew | Action::Forget => self
                .message()
                .is_some_and(|m| !matches!(m.state, EntryState::Sending | EntryState::Queued)),
            Action::OpenPost => self.post().is_some(),
            Action::Keep => self.unkept().is_some(),
            Action::Export => !self.comparison.is_empty() || self.varied.is_some(),
            Action::FetchItem | Action::RejectItem => {
                self.received().is_some_and(|i| i.state.can_be_fetched())
            }
            Action::DeferItem => self
                .received()
                .is_some_and(|i| matches!(i.state, InboxState::Waiting | InboxState::Failed)),
            Action::SaveItem => self.received().is_some_and(|i| i.state == InboxState::Here),
            Action::Reply => self.received().is_some_and(|i| i.from.is_some()),
            Action::DeleteStored => self.received().is_some_and(|i| i.in_modem > 0),
            Action::SelfTest => !self.is_busy(),
            Action::ShowCell | Action::CellLeft | Action::CellRight => {
                !self.comparison.is_empty() || self.varied.is_some()
            }
            Action::OctetMenu => self.inspector.shown.is_some(),
            Action::ShowEvidence => self.verdict().is_some_and(|v| !v.evidence.is_empty()),
            Action::Focus(pane) => self.screen.has(pane),
            Action::Go(Screen::Beside) => self.laid.is_some() && self.screen != Screen::Beside,
            Action::EditPdu | Action::Resend => {
                let shown = self.inspector.shown.as_ref();
                shown.is_some_and(crate::console::inspector::Inspected::is_send_req)
            }
            Action::Go(screen) => self.screen != screen,
            Action::Live => self.replay.as_ref().is_some_and(|r| r.live.is_some()),
            Action::OpenRecording | Action::LayBeside => self.recordings.row().is_some(),
            Action::Bubble => !self.known.bubbles.is_empty(),
            Action::Http => self.known.sends.back().is_some_and(|s| !s.http.is_empty()),
            Action::Leave => {
                self.typing
                    || self.overlay.is_some()
                    || self.zoomed
                    || self.face != SendFace::Ladder
                    || self.screen != Screen::Bench
                    || self.traffic_holds_on()
                    || self.sought.is_some()
                    || self.has_object(Action::Live)
            }
            Action::Undo => self.compose.can_undo() || self.can_bring_back(),
            Action::SaveLetter => match self.overlay {
                Some(Overlay::Ask(question)) => question == Question::QuitLetter,
                _ => !self.is_replaying() && !self.draft().is_empty(),
            },
            // What is typed elsewhere is no letter.
            Action::ClearLetter => {
                let elsewhere = self.typing && self.focus != Pane::Compose;
                !elsewhere && !self.is_replaying() && !self.draft().is_empty()
            }
            _ => true,
        }
    }
}

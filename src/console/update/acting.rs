//! What each action does. One table: keys, the mouse and the palette all come by here.
use super::answering::{quit, yes};
use super::asking::{apply, compare, full_probe, mark, probe, witness};
use super::at_line::run_at;
use super::message::{Effect, Order};
use super::messages::{
    about_entry, about_item, ask_again, ask_sms, delete_stored, forget, next_way, open_draft,
    plain, reject, reply, turned_away,
};
use super::motion::{
    choose_evidence, face, focus, go, leave, open_profiles, page, scroll, tab, toggle,
};
use super::moving::another;
use super::palette::{choose, complete, next_layout, next_theme};
use super::sending::{ask_or, rehearse, send};
use super::typing::{edit, edit_of, insert, recall, write};
use super::{
    choosing, clearing, columns, comparing, driving, inspecting, keeping, options, order, panel,
    prompting, replaying, traffic, use_profile,
};
use crate::console::action::Action;
use crate::console::layout::Pane;
use crate::console::prompt::Asking;
use crate::console::recordings::Wanted;
use crate::console::state::{Overlay, Question, SendFace, State};
use crate::replay::{Landmark, Player};

pub(super) fn carry_out(state: &mut State, action: Action) -> Vec<Effect> {
    if state.is_off(action) {
        state.overlay = None;
        state.hint = Some(state.why_off());
        return Vec::new();
    }
    match action {
        Action::Recordings => return replaying::list(state),
        Action::OpenRecording => return replaying::fetch(state, Wanted::Tape),
        Action::LayBeside => return replaying::fetch(state, Wanted::Course),
        Action::BesideGood => return replaying::beside_good(state),
        Action::Live => replaying::close(state),
        Action::Play => return replaying::play(state, Player::play),
        Action::Faster => return replaying::play(state, |p| p.change_pace(true)),
        Action::Slower => return replaying::play(state, |p| p.change_pace(false)),
        Action::NextEvent => return replaying::play(state, |p| p.step(1)),
        Action::PreviousEvent => return replaying::play(state, |p| p.step(-1)),
        Action::NextExchange => return replaying::jump(state, Landmark::Exchange, true),
        Action::PreviousExchange => return replaying::jump(state, Landmark::Exchange, false),
        Action::NextStage => return replaying::jump(state, Landmark::Stage, true),
        Action::PreviousStage => return replaying::jump(state, Landmark::Stage, false),
        Action::NextError => return replaying::jump(state, Landmark::Error, true),
        Action::PreviousError => return replaying::jump(state, Landmark::Error, false),
        Action::NextAct => return replaying::jump(state, Landmark::Act, true),
        Action::PreviousAct => return replaying::jump(state, Landmark::Act, false),
        Action::Start => return replaying::play(state, |p| p.go(0)),
        Action::End => return replaying::play(state, |p| p.go(usize::MAX)),
        Action::Send => return send(state),
        Action::DryRun => return rehearse(state),
        Action::Another => return another(state),
        Action::Dtr | Action::Rts | Action::Break => driving::ask(state, action),
        Action::Stop => {
            state.stop_waiting();
            return order(Order::Cancel);
        }
        Action::Probe => return probe(state),
        Action::Apply => return apply(state),
        Action::FullProbe => full_probe(state),
        Action::Keep => state.overlay = Some(Overlay::Ask(Question::Keep)),
        Action::Report => choosing::report(state),
        Action::Export => choosing::export(state),
        Action::Earlier => return order(Order::Recordings),
        Action::PhoneWitness => witness(state, |w| &mut w.phone),
        Action::InboundWitness => witness(state, |w| &mut w.inbound),
        Action::ShowEvidence => choose_evidence(state, state.evidence),
        Action::Go(screen) => {
            state.overlay = None;
            go(state, screen);
        }
        Action::NextWay => next_way(state),
        Action::Plain => plain(state),
        Action::ClearLetter => clearing::clear(state),
        Action::SaveLetter => return keeping::save(state),
        Action::SendSms => ask_sms(state),
        Action::SendQueued => {
            let send = |_: &mut State| order(Order::SendQueued);
            return ask_or(state, Question::SendQueued, send);
        }
        Action::SendEntry => {
            let Some(entry) = state.message().map(|m| m.entry) else {
                return Vec::new();
            };
            let send = |_: &mut State| order(Order::SendEntry(entry));
            return ask_or(state, Question::SendEntry(entry), send);
        }
        Action::ResendSame => ask_again(state, true),
        Action::ResendNew => ask_again(state, false),
        Action::CancelEntry => return about_entry(state, Order::CancelEntry),
        Action::OpenPost => {
            state.read_letter();
            state.read_own();
            toggle(state, Overlay::Post);
        }
        Action::OpenDraft => return open_draft(state),
        Action::Forget => forget(state),
        Action::FetchItem => return about_item(state, Order::FetchItem),
        Action::RejectItem => reject(state),
        Action::DeferItem => return about_item(state, Order::DeferItem),
        Action::SaveItem => return about_item(state, Order::SaveItem),
        Action::Reply => reply(state),
        Action::DeleteStored => delete_stored(state),
        Action::SelfTest => state.overlay = Some(Overlay::Ask(Question::SelfTest)),
        Action::Mark => mark(state),
        Action::Compare => return compare(state),
        Action::Options => options::open(state),
        Action::Attach => options::open_at_path(state),
        Action::OptionNext => return next_option(state),
        Action::OptionPrevious => step_option(state, -1),
        Action::OptionChange => change(state, true),
        Action::OptionChangeBack => change(state, false),
        Action::OptionDone if state.overlay == Some(Overlay::Panel) => return panel::done(state),
        Action::OptionDone => return options::done(state),
        Action::ProbeOptions => panel::probe(state),
        Action::Vary => panel::vary(state),
        Action::CellLeft => comparing::step(state, 0, -1),
        Action::CellRight => comparing::step(state, 0, 1),
        Action::ShowCell => comparing::show(state),
        Action::OctetMenu => {
            (state.copying.plain, state.copying.to_file) = (false, false);
            state.overlay = Some(Overlay::CopyOctets);
        }
        Action::CopyWhole => state.copying.whole = !state.copying.whole,
        Action::CopyOctets(form) => return inspecting::copy_octets(state, form),
        Action::Detach => options::detach(state),
        Action::EditPdu => inspecting::edit_pdu(state),
        Action::Resend => inspecting::ask_resend(state),
        Action::OctetLeft => inspecting::octet_by(state, -1),
        Action::OctetRight => inspecting::octet_by(state, 1),
        Action::Restore => state.overlay = Some(Overlay::Ask(Question::Restore)),
        Action::Profiles => open_profiles(state),
        Action::UseProfile => return use_profile(state),
        Action::RunAt => return run_at(state),
        Action::Write => write(state),
        Action::TypeAt => focus(state, Pane::Traffic, true),
        Action::NextField | Action::NextPane => tab(state, true),
        Action::PreviousPane => tab(state, false),
        Action::Focus(pane) => focus(state, pane, false),
        Action::Leave => leave(state),
        Action::Zoom => state.zoomed = !state.zoomed,
        Action::Http => face(state, SendFace::Http),
        Action::Bubble => face(state, SendFace::Bubble),
        Action::Freeze => traffic::freeze(state),
        Action::Slowest => traffic::slowest(state),
        Action::Up => scroll(state, -1),
        Action::Down => scroll(state, 1),
        Action::PageUp => scroll(state, -page(state)),
        Action::PageDown => scroll(state, page(state)),
        Action::First => scroll(state, i64::from(i32::MIN)),
        Action::Last => scroll(state, i64::from(i32::MAX)),
        Action::Copy => return traffic::copy_pane(state, false),
        Action::CopyFile => return traffic::to_file(state),
        Action::CopyMenu => traffic::open_copy_menu(state, false),
        Action::CopyAs(form) => return traffic::copy_as(state, form),
        Action::CopyExtent => traffic::other_extent(state),
        Action::CopyPlain => state.copying.plain = !state.copying.plain,
        Action::Search => prompting::open(state, Asking::Search(state.focus)),
        Action::Filter => prompting::open(state, Asking::Filter),
        Action::TakeLine => return prompting::take(state),
        Action::DropLine => prompting::drop_line(state),
        Action::FindNext => prompting::find(state, true),
        Action::FindPrevious => prompting::find(state, false),
        Action::QuickFilter => traffic::quick_filter(state),
        Action::Fold => traffic::fold(state),
        Action::FoldOne => traffic::fold_one(state),
        Action::Hex => state.traffic.turn_hex(false),
        Action::Split => state.traffic.turn_hex(true),
        Action::Columns(step) => return columns::step(state, step),
        Action::Explain => traffic::explain(state),
        Action::Times => traffic::times(state),
        Action::Select => traffic::select(state),
        Action::SetMark => return traffic::set_mark(state),
        Action::NextMark => drop(state.traffic.to_mark(true)),
        Action::PreviousMark => drop(state.traffic.to_mark(false)),
        Action::Complete => state.at.complete(),
        Action::LogLevel => state.log.turn(),
        Action::Mouse => {
            state.mouse = !state.mouse;
            state.hint = Some(match state.mouse {
                true => "The mouse works in the console again.".to_owned(),
                false => format!(
                    "The mouse is the terminal's: select and copy text. {} takes it back; Shift while selecting would have done too.",
                    state.key_of(Action::Mouse)
                ),
            });
            return vec![Effect::Mouse(state.mouse)];
        }
        Action::Hide => {
            state.hides = !state.hides;
            state.hint = Some(match state.hides {
                true => "Numbers, IMSI, IMEI, ICCID and e-mail addresses are hidden on this screen, and octets; not a number that is broken over two rows or cut.".to_owned(),
                false => "Identities are shown again.".to_owned(),
            });
        }
        Action::Palette => {
            state.palette.open();
            toggle(state, Overlay::Palette);
        }
        Action::PaletteDo => return choose(state),
        Action::PaletteComplete => complete(state),
        Action::NextTheme => next_theme(state),
        Action::NextLayout => next_layout(state),
        Action::Reload => return vec![Effect::Reload],
        Action::Help => toggle(state, Overlay::Help),
        Action::Capabilities => toggle(state, Overlay::Capabilities),
        Action::Redraw => return vec![Effect::Redraw],
        Action::Suspend => return vec![Effect::Suspend],
        Action::Quit => return quit(state),
        Action::Yes => return yes(state),
        Action::No => {
            state.overlay = None;
            turned_away(state);
        }
        Action::NewLine => {
            insert(state, "\n");
        }
        Action::OlderCommand => recall(state, false),
        Action::NewerCommand => recall(state, true),
        other => {
            if let Some(change) = edit_of(other) {
                edit(state, change);
            }
        }
    }
    Vec::new()
}

pub(super) fn step_option(state: &mut State, rows: i64) {
    match (&mut state.panel, state.overlay) {
        (Some(panel), Some(Overlay::Panel)) => panel.step(rows),
        _ => state.compose.form.step(rows),
    }
}

fn next_option(state: &mut State) -> Vec<Effect> {
    if state.overlay == Some(Overlay::Panel) {
        step_option(state, 1);
        return Vec::new();
    }
    options::next(state, true)
}

fn change(state: &mut State, forward: bool) {
    if let (Some(panel), Some(Overlay::Panel)) = (&mut state.panel, state.overlay) {
        return panel.change(forward);
    }
    state.compose.form.change(forward);
    state.measure();
}

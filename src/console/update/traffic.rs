//! What keys do in the traffic: filters, folds, orders, marks, copying.
use super::choosing;
use super::prompting;
use super::{Effect, Order, order};
use crate::console::action::{Action, Place};
use crate::console::copying::{self, Bench, Copying, Extent, Form, LONGEST_COPY};
use crate::console::keymap::Binding;
use crate::console::layout::{Pane, Screen};
use crate::console::prompt::Asking;
use crate::console::state::{Overlay, State};
use crate::console::text;
use crate::console::traffic::{Filter, Row};
use crate::console::view;

/// What one key goes through.
const QUICK: [&str; 4] = ["", "errors", "urc", "!by:poll"];

pub(super) fn quick_filter(state: &mut State) {
    let now = state.traffic.filter().text();
    let at = QUICK.iter().position(|q| *q == now).unwrap_or(0);
    let next = QUICK[(at + 1) % QUICK.len()];
    if let Ok(filter) = Filter::read(next) {
        state.traffic.set_filter(filter);
    }
    let says = match next {
        "errors" => "Only errors, noise and warnings.",
        "urc" => "Only what comes unasked.",
        "!by:poll" => "All but what the program asks for its own display.",
        _ => "All lines.",
    };
    state.hint = Some(says.to_owned());
}

pub(super) fn fold(state: &mut State) {
    state.traffic.fold();
    let says = match state.traffic.is_folded() {
        true => "One line for each exchange; x opens one, o shows all lines again.",
        false => "All lines.",
    };
    state.hint = Some(says.to_owned());
}

pub(super) fn fold_one(state: &mut State) {
    if !state.traffic.fold_one() {
        state.hint = Some("This line belongs to no exchange.".to_owned());
    }
}

/// Holds what has the keys still, or follows it again; says so where the person does not see it.
pub(super) fn freeze(state: &mut State) {
    let key = state.key_of(Action::Freeze);
    if state.focus == Pane::Log {
        state.log.freeze();
        state.hint = Some(match state.log.waiting() {
            Some(_) => format!("The log is held; the AT traffic goes on. {key} follows it again."),
            None => "The log is followed again.".to_owned(),
        });
        return;
    }
    state.traffic.freeze();
    if state.focus != Pane::Traffic {
        state.hint = Some(match state.traffic.is_held() {
            true => format!(
                "The AT traffic is held; this pane and the log go on. {key} follows it again."
            ),
            false => "The AT traffic is followed again.".to_owned(),
        });
    }
}

/// The exchanges by the time that they took, or the order of time again.
pub(super) fn slowest(state: &mut State) {
    if state.traffic.look.hex {
        let key = lines_again(state);
        state.hint = Some(format!(
            "Exchanges are ordered, not octets: {key} shows them again."
        ));
        return;
    }
    let found = state.traffic.rank();
    let key = state.key_of(Action::Slowest);
    state.hint = Some(match (found, state.traffic.is_ranked()) {
        (false, _) => "No exchange that is listed has ended yet.".to_owned(),
        (_, true) => format!(
            "Slowest first, as of now: {key} goes back, {} shows one in its place in time.",
            state.key_of(Action::FoldOne)
        ),
        (_, false) => "In the order of time again.".to_owned(),
    });
}

/// The key that takes the octets away.
fn lines_again(state: &State) -> String {
    state.key_of(match state.traffic.hex.is_split() {
        true => Action::Split,
        false => Action::Hex,
    })
}

pub(super) fn select(state: &mut State) {
    if state.traffic.is_ranked() {
        let key = state.key_of(Action::Slowest);
        state.hint = Some(format!(
            "Lines are selected in the order of time: {key} goes back to it."
        ));
        return;
    }
    state.traffic.select();
}

pub(super) fn explain(state: &mut State) {
    let look = &mut state.traffic.look;
    look.explained = look.explained.next();
    state.hint = Some(look.explained.says().to_owned());
}

pub(super) fn times(state: &mut State) {
    let look = &mut state.traffic.look;
    look.times = look.times.next();
    state.hint = Some(look.times.says().to_owned());
}

/// Asks for the name of a mark at the chosen line; takes a mark away that is there.
pub(super) fn set_mark(state: &mut State) -> Vec<Effect> {
    let chosen = state.traffic.chosen_or_last();
    let Some(line) = chosen.and_then(|n| state.traffic.row(n)).map(|r| r.id) else {
        return Vec::new();
    };
    if state.traffic.mark(line).is_some() {
        return order(Order::Mark { line, name: None });
    }
    prompting::open(state, Asking::Mark(line));
    Vec::new()
}

/// Lets go what the person holds on to, the newest first: a selection, a search, a filter. False where there is nothing.
pub(super) fn let_go(state: &mut State) -> bool {
    if !state.traffic_holds_on() {
        return false;
    }
    let traffic = &mut state.traffic;
    if traffic.look.hex {
        traffic.hex.set_search(None);
        if traffic.is_held() {
            let key = state.key_of(Action::Freeze);
            state.hint = Some(format!(
                "The octets are held here: {key} follows them again."
            ));
        }
    } else if traffic.selection().is_some() {
        traffic.select();
    } else if traffic.search().is_some() {
        traffic.set_search(None);
        if traffic.is_held() {
            let key = state.key_of(Action::Freeze);
            state.hint = Some(format!("The traffic is held here: {key} follows it again."));
        }
    } else if traffic.is_ranked() {
        traffic.rank();
    } else {
        traffic.set_filter(Filter::default());
    }
    true
}

/// Asks what to copy in which form; the likeliest lines are proposed.
pub(super) fn open_copy_menu(state: &mut State, to_file: bool) {
    if state.traffic.look.hex {
        let key = lines_again(state);
        state.hint = Some(format!(
            "Lines are copied, not octets: {key} shows them again."
        ));
        return;
    }
    let traffic = &state.traffic;
    let chosen = traffic.chosen().and_then(|n| traffic.row(n));
    let extent = if traffic.selection().is_some() {
        Extent::Selection
    } else if chosen.is_some_and(|r| r.command.is_some()) {
        Extent::Exchange
    } else {
        Extent::Listed
    };
    state.copying = Copying {
        extent,
        to_file,
        ..Copying::default()
    };
    state.overlay = Some(Overlay::Copy);
}

/// Goes on to other lines; those of which there are none are passed over.
pub(super) fn other_extent(state: &mut State) {
    const ROUND: [Extent; 4] = [
        Extent::Selection,
        Extent::Exchange,
        Extent::Marks,
        Extent::Listed,
    ];
    let at = ROUND.iter().position(|e| *e == state.copying.extent);
    let from = at.map_or(0, |at| at + 1);
    let mut round = ROUND.iter().cycle().skip(from).take(ROUND.len()).copied();
    let next = round.find(|extent| !rows(state, *extent).is_empty());
    state.copying.extent = next.unwrap_or(Extent::Listed);
}

/// The rows of an extent, oldest first.
#[must_use]
pub fn rows(state: &State, extent: Extent) -> Vec<&Row> {
    let traffic = &state.traffic;
    let within = |range: Option<std::ops::RangeInclusive<u64>>| {
        let Some(range) = range else {
            return Vec::new();
        };
        let listed = traffic.listed().filter(|n| range.contains(n));
        unfolded(state, listed)
    };
    match extent {
        Extent::Selection => within(traffic.selection()),
        Extent::Marks => within(traffic.between_marks()),
        Extent::Listed => unfolded(state, traffic.listed()),
        Extent::Exchange => {
            let row = traffic.chosen_or_last().and_then(|n| traffic.row(n));
            let fold = row
                .and_then(|r| r.command)
                .and_then(|c| traffic.exchange(c));
            fold.map_or_else(Vec::new, |fold| traffic.members(fold).collect())
        }
    }
}

/// A folded exchange stands for all its lines.
fn unfolded(state: &State, listed: impl Iterator<Item = u64>) -> Vec<&Row> {
    let traffic = &state.traffic;
    let mut rows = Vec::new();
    for number in listed {
        match traffic.folded(number) {
            Some(fold) => rows.extend(traffic.members(fold)),
            None => rows.extend(traffic.row(number)),
        }
    }
    rows
}

pub(super) fn copy_as(state: &mut State, form: Form) -> Vec<Effect> {
    let Copying { extent, plain, .. } = state.copying;
    let known = &state.known;
    let bench = Bench {
        world: state.flags.world.as_deref(),
        serial: known.serial.as_ref().map(|s| s.name.as_str()),
        profile: known.profile.as_ref().map(|p| p.id.as_str()),
        draft: state.draft(),
    };
    let mut rows = rows(state, extent);
    // What is done again is done in the order of time, in whatever order it is looked at.
    if matches!(form, Form::Script | Form::Command) {
        rows.sort_by_key(|row| row.id);
    }
    let text = copying::copied(&rows, form, plain, &bench);
    state.overlay = None;
    copy(state, text, ("traffic", form.ending()))
}

/// The text of the pane that has the keys, to the clipboard or into a file.
pub(super) fn copy_pane(state: &mut State, to_file: bool) -> Vec<Effect> {
    let pane = state.focus;
    state.copying = Copying {
        to_file,
        ..Copying::default()
    };
    let named = pane.title().to_lowercase().replace(' ', "-");
    copy(state, view::copied(state), (&named, "txt"))
}

/// From now on into a file: turned in a menu; of a pane without one its text at once.
pub(super) fn to_file(state: &mut State) -> Vec<Effect> {
    match (state.overlay, state.focus) {
        (Some(Overlay::Copy | Overlay::CopyOctets), _) => {
            state.copying.to_file = !state.copying.to_file;
        }
        (None, Pane::Traffic) => open_copy_menu(state, true),
        _ => return copy_pane(state, true),
    }
    Vec::new()
}

/// Hands a text over to where it was wanted: a file takes all of it, a terminal only so much. `named` is what a file's name says of it,
/// and its ending.
pub(super) fn copy(state: &mut State, copied: String, named: (&str, &str)) -> Vec<Effect> {
    if copied.is_empty() {
        state.hint = Some("There is nothing to copy in that.".to_owned());
        return Vec::new();
    }
    if state.copying.to_file {
        let (what, ending) = named;
        let place = format!("{}.{ending}", choosing::beside(state, what));
        return vec![Effect::Save {
            place,
            text: copied,
        }];
    }
    if copied.len() > LONGEST_COPY {
        let file = state.key_of(Action::CopyFile);
        let instead = match state.focus {
            Pane::Traffic => {
                format!("{file} writes it into a file; v selects fewer lines, F filters.")
            }
            _ if state.screen == Screen::Pdu => {
                let menu = state.key_of(Action::OctetMenu);
                let within = |b: &Binding| b.place == Place::InOctetMenu;
                let key = state.keymap.key(Action::CopyFile, within);
                let key = key.map_or(file, |chord| chord.shown());
                format!("{menu} and then {key} writes octets into a file.")
            }
            _ => format!("{file} writes it into a file."),
        };
        state.hint = Some(format!(
            "Not copied: {} octets, and terminals take {}. {instead}",
            text::count(copied.len() as u64),
            text::count(LONGEST_COPY as u64)
        ));
        return Vec::new();
    }
    vec![Effect::Copy(copied)]
}

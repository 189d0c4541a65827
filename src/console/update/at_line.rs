//! The AT line: what Enter, a paste and a yes do there.
use super::{Effect, Order, order};
use crate::at::{catalogue, payload};
use crate::console::action::Action;
use crate::console::at_line::{LONGEST_PAYLOAD, Typed, script};
use crate::console::editor::Entry;
use crate::console::state::{Overlay, Question, State};
use crate::event::{Ending, Event, SerialState, What};

/// Enter: runs what is typed; a command that asks for a payload gets it first, one that can break the bench is asked about.
pub(super) fn run_at(state: &mut State) -> Vec<Effect> {
    if let Some((command, entry)) = &state.at.payload {
        let read = payload::read(entry.text()).map_err(|e| e.to_string());
        let typed = read.map(|octets| Typed {
            command: command.clone(),
            payload: Some(octets),
        });
        return match typed.and_then(|t| t.check().map(|()| t)) {
            Ok(typed) => {
                state.at.payload = None;
                ask_or_run(state, vec![typed])
            }
            Err(why) => {
                state.hint = Some(why);
                Vec::new()
            }
        };
    }
    let command = state.at.entry.text().trim().to_owned();
    if command.is_empty() {
        state.hint = Some("Type a command first, as AT+CSQ.".to_owned());
        return Vec::new();
    }
    let typed = Typed {
        command,
        payload: None,
    };
    // Before a payload is asked for, and before a question: it would be refused all the same.
    if state.refuses(std::slice::from_ref(&typed)) {
        return Vec::new();
    }
    if catalogue::wanted(&typed.command).is_some() {
        let command = typed.command;
        state.at.payload = Some((command, Entry::new("", LONGEST_PAYLOAD)));
        return Vec::new();
    }
    ask_or_run(state, vec![typed])
}

/// A paste of several lines into the AT line is a script. False where it is none, and goes into the line.
pub(super) fn paste(state: &mut State, pasted: &str) -> bool {
    // Terminals send a paste's line ends as CR.
    let pasted = &pasted.replace("\r\n", "\n").replace('\r', "\n");
    let lines = pasted.lines().filter(|l| !l.trim().is_empty()).count();
    if !state.types_at() || state.at.payload.is_some() || lines < 2 {
        return false;
    }
    match script(pasted) {
        Ok(commands) if commands.is_empty() => {
            state.hint = Some("There is no command in what was pasted.".to_owned());
        }
        Ok(commands) if state.refuses(&commands) => {}
        Ok(commands) => {
            state.at.waiting = commands;
            state.overlay = Some(Overlay::Ask(Question::Commands));
        }
        Err(why) => state.hint = Some(why),
    }
    true
}

fn ask_or_run(state: &mut State, commands: Vec<Typed>) -> Vec<Effect> {
    let busy = state.is_busy();
    let hurts = |t: &Typed| catalogue::danger(&t.command, busy).is_some();
    let dangerous = commands.iter().any(hurts);
    state.at.waiting = commands;
    if dangerous {
        state.overlay = Some(Overlay::Ask(Question::Commands));
        return Vec::new();
    }
    self::commands(state)
}

/// Orders the commands that wait.
pub(super) fn commands(state: &mut State) -> Vec<Effect> {
    let mut commands = std::mem::take(&mut state.at.waiting);
    for typed in &commands {
        state.at.remember(&typed.command);
    }
    state.at.entry.set("");
    state.at.touched();
    state.traffic.follow();
    match commands.as_slice() {
        [] => Vec::new(),
        [one] if one.payload.is_none() => order(Order::RunAt(commands.remove(0).command)),
        all => {
            state.at.running = all.len();
            state.at.answered.clear();
            order(Order::RunAll(commands))
        }
    }
}

/// Follows a script that runs: it ends with its last command, or with the first that fails.
pub(super) fn ran(state: &mut State, event: &Event) {
    match &event.what {
        What::Exchange(e) if e.purpose == "person" => {
            let fine = matches!(&e.ending, Ending::Final(code) if code == "OK");
            let ran = state.at.running > 0;
            state.at.running = match fine {
                true => state.at.running.saturating_sub(1),
                false => 0,
            };
            if ran {
                state.at.answered.push(event.id);
            }
            if ran && state.at.running == 0 {
                keep_answers(state);
            }
        }
        What::Serial(s) if s.state != SerialState::Open => state.at.running = 0,
        _ => {}
    }
}

/// A script has ended: its answers stay in sight, although the program reads the modem anew after it. Who holds the traffic already, or
/// looks at octets, is not led away.
fn keep_answers(state: &mut State) {
    let answered = std::mem::take(&mut state.at.answered);
    if !state.traffic.is_held() && !state.traffic.look.hex {
        state.traffic.show_answers(&answered);
        let key = state.key_of(Action::Freeze);
        state.hint = Some(format!(
            "The answers of your script stay in sight; {key} outside the AT line, or the next command, follows the traffic again."
        ));
    }
}

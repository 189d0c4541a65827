//! The commands of short messages: settings that programs read and write, and the stores. Never here: sending, which is
//! `submit`, and what comes in by itself, which is `incoming`.
use std::sync::Arc;

use super::command::{Argument, Command, Form};
use super::line::Input;
use super::mailbox::{Mark, STORES};
use super::reply::Reply;
use super::{Core, identity, incoming, submit};

pub(super) async fn answer(
    core: &Arc<Core>,
    input: &mut Input,
    command: &Command,
) -> Option<Reply> {
    if !matches!(
        command.name.as_str(),
        "+CSCS"
            | "+CSMP"
            | "+CSCA"
            | "+CPMS"
            | "+CSMS"
            | "+CMGL"
            | "+CMGR"
            | "+CMGD"
            | "+CMGS"
            | "+CNMA"
            | "+CNMI"
    ) {
        return None;
    }
    let needs_card = !matches!(command.name.as_str(), "+CSCS" | "+CSMP" | "+CSMS" | "+CNMI")
        && command.form != Form::Test;
    if needs_card && let Some(number) = identity::card_error(core) {
        return Some(Reply::cms(match number {
            11 => 311,
            12 => 316,
            _ => 310,
        }));
    }
    Some(match (command.name.as_str(), &command.form) {
        ("+CSCS", Form::Test) => Reply::info("+CSCS: (\"IRA\",\"GSM\",\"UCS2\")"),
        ("+CSMS", Form::Test) => Reply::info("+CSMS: (0-1)"),
        ("+CPMS", Form::Test) => Reply::info(
            "+CPMS: (\"ME\",\"MT\",\"SM\",\"SR\"),(\"ME\",\"MT\",\"SM\",\"SR\"),(\"ME\",\"MT\",\"SM\",\"SR\")",
        ),
        ("+CMGL", Form::Test) => Reply::info(match text_mode(core) {
            true => "+CMGL: (\"REC UNREAD\",\"REC READ\",\"STO UNSENT\",\"STO SENT\",\"ALL\")",
            false => "+CMGL: (0-4)",
        }),
        ("+CSMS", Form::Read) => Reply::info(format!("+CSMS: {},1,1,1", word(core, "+CSMS"))),
        ("+CPMS", Form::Read) => Reply::info(format!("+CPMS: {}", stores(core))),
        ("+CSCS" | "+CSMP" | "+CSCA", Form::Read) => {
            let name = command.name.as_str();
            Reply::info(format!("{name}: {}", word(core, name)))
        }
        ("+CSCS" | "+CSMP" | "+CSCA" | "+CPMS" | "+CSMS", Form::Set(values)) => {
            write(core, command, values)
        }
        ("+CMGL", Form::Execute | Form::Set(_)) => list(core, command),
        ("+CMGR", Form::Set(_)) => read(core, command),
        ("+CMGD", Form::Set(_)) => delete(core, command),
        ("+CMGD", Form::Test) => Reply::info(format!("+CMGD: ({}),(0-4)", places(core))),
        ("+CMGS", Form::Set(_)) => submit::send(core, input, command).await,
        ("+CNMI", Form::Set(_)) => incoming::choose(core, command),
        ("+CNMI", _) => return None,
        ("+CNMA", Form::Test) => Reply::info("+CNMA: (0-2)"),
        ("+CNMA", Form::Execute | Form::Set(_)) => incoming::acknowledge(core, command),
        (_, Form::Test) => Reply::ok(),
        _ => return None,
    })
}

fn word(core: &Core, name: &str) -> String {
    core.state().words.get(name).cloned().unwrap_or_default()
}

fn text_mode(core: &Core) -> bool {
    core.state().settings.get("+CMGF") == 1
}

fn stores(core: &Core) -> String {
    let mut state = core.state();
    let stores = state.stores();
    let with_counts = stores.map(|name| {
        let counts = state.mailbox.store(&name).counts();
        format!("\"{name}\",{counts}")
    });
    with_counts.join(",")
}

/// The places of the first store that hold a message.
fn places(core: &Core) -> String {
    let mut state = core.state();
    let [store, ..] = state.stores();
    let places = state.mailbox.store(&store).messages.keys();
    let places: Vec<String> = places.map(u16::to_string).collect();
    places.join(",")
}

/// Which messages `AT+CMGL` is asked for: none means unread, as both modes have it.
fn list(core: &Core, command: &Command) -> Reply {
    let wanted = match (text_mode(core), command.arguments().first()) {
        (_, None) | (false, Some(Argument::Number(0))) => Some(Mark::Unread),
        (false, Some(Argument::Number(1))) => Some(Mark::Read),
        (false, Some(Argument::Number(4))) => None,
        (false, Some(Argument::Number(2 | 3))) => return Reply::ok(),
        (true, Some(argument)) => match argument.text() {
            Some("REC UNREAD") => Some(Mark::Unread),
            Some("REC READ") => Some(Mark::Read),
            Some("ALL") => None,
            Some("STO UNSENT" | "STO SENT") => return Reply::ok(),
            _ => return Reply::cms(305),
        },
        _ => return Reply::cms(304),
    };
    let keeps_marks = command.number(1) == Some(1);
    let view = incoming::view(core);
    let mut state = core.state();
    let [store, ..] = state.stores();
    let messages = state.mailbox.store(&store).messages.iter_mut();
    let lines = messages
        .filter(|(_, stored)| wanted.is_none_or(|mark| mark == stored.mark))
        .map(|(place, stored)| {
            let line = view.listed(*place, stored);
            if !keeps_marks {
                stored.mark = Mark::Read;
            }
            line
        });
    Reply::lines(lines.collect())
}

fn read(core: &Core, command: &Command) -> Reply {
    let view = incoming::view(core);
    let mut state = core.state();
    let [store, ..] = state.stores();
    let messages = &mut state.mailbox.store(&store).messages;
    let place = command
        .number(0)
        .and_then(|place| u16::try_from(place).ok());
    match place.and_then(|place| messages.get_mut(&place)) {
        Some(stored) => {
            let answer = view.read(stored);
            if command.number(1) != Some(1) {
                stored.mark = Mark::Read;
            }
            Reply::info(answer)
        }
        None => Reply::cms(321),
    }
}

/// `AT+CMGD=index[,flag]`: with flag 1 to 3 all that has been read (nothing that was sent is ever stored), with 4 everything.
fn delete(core: &Core, command: &Command) -> Reply {
    let mut state = core.state();
    let [store, ..] = state.stores();
    let store = state.mailbox.store(&store);
    match (command.number(0), command.number(1).unwrap_or(0)) {
        (Some(place), 0) => match u16::try_from(place) {
            Ok(place) if place < store.places => {
                store.messages.remove(&place);
            }
            _ => return Reply::cms(321),
        },
        (_, 1..=3) => store
            .messages
            .retain(|_, stored| stored.mark == Mark::Unread),
        (_, 4) => store.messages.clear(),
        _ => return Reply::cms(304),
    }
    core.freed.notify_waiters();
    Reply::ok()
}

fn write(core: &Core, command: &Command, values: &[Argument]) -> Reply {
    let text = |place: usize| command.text(place);
    let (name, value) = match command.name.as_str() {
        "+CSCS" => match text(0).map(str::to_ascii_uppercase) {
            Some(set) if ["IRA", "GSM", "UCS2"].contains(&set.as_str()) => {
                ("+CSCS", format!("\"{set}\""))
            }
            _ => return Reply::error(),
        },
        "+CSMS" => match command.number(0) {
            Some(service @ (0 | 1)) => {
                core.state().words.insert("+CSMS", service.to_string());
                // Messages in, out and of the cell: all are supported.
                return Reply::info("+CSMS: 1,1,1");
            }
            _ => return Reply::cms(302),
        },
        "+CSCA" => match text(0) {
            Some(centre) if !centre.is_empty() && centre.len() <= 21 => {
                let kind =
                    command
                        .number(1)
                        .unwrap_or(if centre.starts_with('+') { 145 } else { 129 });
                ("+CSCA", format!("\"{centre}\",{kind}"))
            }
            _ => return Reply::cms(304),
        },
        "+CSMP" => {
            let numbers: Option<Vec<i64>> = values.iter().map(Argument::number).collect();
            match numbers {
                Some(numbers)
                    if numbers.len() <= 4 && numbers.iter().all(|n| (0..=255).contains(n)) =>
                {
                    let current = word(core, "+CSMP");
                    let given = numbers.iter().map(i64::to_string);
                    let all: Vec<String> = given
                        .chain(current.split(',').skip(numbers.len()).map(str::to_owned))
                        .collect();
                    ("+CSMP", all.join(","))
                }
                _ => return Reply::cms(304),
            }
        }
        _ => {
            let chosen: Option<Vec<String>> = values
                .iter()
                .map(|value| value.text().map(str::to_ascii_uppercase))
                .collect();
            let Some(chosen) = chosen.filter(|stores| stores.len() <= 3) else {
                return Reply::cms(302);
            };
            if !chosen.iter().all(|store| STORES.contains(&store.as_str())) {
                return Reply::cms(302);
            }
            let current = word(core, "+CPMS");
            let given = chosen.iter().map(|store| format!("\"{store}\""));
            let all: Vec<String> = given
                .chain(current.split(',').skip(chosen.len()).map(str::to_owned))
                .collect();
            let mut state = core.state();
            state.words.insert("+CPMS", all.join(","));
            let counts = state
                .stores()
                .map(|name| state.mailbox.store(&name).counts());
            return Reply::info(format!("+CPMS: {}", counts.join(",")));
        }
    };
    core.state().words.insert(name, value);
    Reply::ok()
}

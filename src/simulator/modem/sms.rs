//! Short messages: the settings that programs read and write, an empty store, and sending behind the prompt. What is sent is
//! kept for whoever wants to look at it.
use std::sync::Arc;

use super::command::{Argument, Command, Form};
use super::line::Input;
use super::reply::Reply;
use super::state::ShortMessage;
use super::transfer::echo_payload;
use super::{Core, identity, radio};

/// Longest text or PDU (in hexadecimal) that is taken behind the prompt.
const BODY_LIMIT: usize = 2048;

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
    ) {
        return None;
    }
    let needs_card =
        !matches!(command.name.as_str(), "+CSCS" | "+CSMP" | "+CSMS") && command.form != Form::Test;
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
        ("+CMGL", Form::Test) => Reply::info("+CMGL: (0-4)"),
        ("+CSMS", Form::Read) => Reply::info(format!("+CSMS: {},1,1,1", word(core, "+CSMS"))),
        ("+CPMS", Form::Read) => Reply::info(format!("+CPMS: {}", stores(core))),
        ("+CSCS" | "+CSMP" | "+CSCA", Form::Read) => {
            let name = command.name.as_str();
            Reply::info(format!("{name}: {}", word(core, name)))
        }
        ("+CSCS" | "+CSMP" | "+CSCA" | "+CPMS" | "+CSMS", Form::Set(values)) => {
            write(core, command, values)
        }
        ("+CMGL", Form::Execute | Form::Set(_)) => Reply::ok(),
        ("+CMGR", Form::Set(_)) => Reply::cms(321),
        ("+CMGD", Form::Set(_)) => Reply::when(command.number(0).is_some_and(|index| index >= 0)),
        ("+CMGS", Form::Set(_)) => send(core, input, command).await,
        ("+CNMA", Form::Execute) => Reply::cms(340),
        (_, Form::Test) => Reply::ok(),
        _ => return None,
    })
}

fn word(core: &Core, name: &str) -> String {
    core.state().words.get(name).cloned().unwrap_or_default()
}

fn counts(core: &Core) -> String {
    let mailbox = core.world.sim.mailbox;
    format!("{},{}", mailbox.used, mailbox.places)
}

fn stores(core: &Core) -> String {
    let stores = word(core, "+CPMS");
    let with_counts: Vec<String> = stores
        .split(',')
        .map(|store| format!("{store},{}", counts(core)))
        .collect();
    with_counts.join(",")
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
            Some(service @ (0 | 1)) => ("+CSMS", service.to_string()),
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
            if !chosen
                .iter()
                .all(|store| ["ME", "MT", "SM", "SR"].contains(&store.as_str()))
            {
                return Reply::cms(302);
            }
            let current = word(core, "+CPMS");
            let given = chosen.iter().map(|store| format!("\"{store}\""));
            let all: Vec<String> = given
                .chain(current.split(',').skip(chosen.len()).map(str::to_owned))
                .collect();
            core.state().words.insert("+CPMS", all.join(","));
            return Reply::info(format!(
                "+CPMS: {}",
                [counts(core), counts(core), counts(core)].join(",")
            ));
        }
    };
    core.state().words.insert(name, value);
    Reply::ok()
}

async fn send(core: &Arc<Core>, input: &mut Input, command: &Command) -> Reply {
    let text_mode = core.state().settings.get("+CMGF") == 1;
    let to = match (text_mode, &command.arguments()[0]) {
        (true, Argument::Text(to)) if !to.is_empty() => to.clone(),
        (false, Argument::Number(1..=164)) => String::new(),
        _ => return Reply::cms(if text_mode { 305 } else { 304 }),
    };
    core.output.hold();
    core.output.say(b"\r\n> ".to_vec());
    let mut body = Vec::new();
    loop {
        let octet = input.octet().await;
        echo_payload(core, octet);
        match octet {
            0x1A => break,
            0x1B => return Reply::ok(),
            _ if body.len() < BODY_LIMIT => body.push(octet),
            _ => {}
        }
    }
    if !radio::in_service(core) {
        return Reply::cms(331);
    }
    core.pace
        .wait(core.about(core.world.modem.timing.sms_ms))
        .await;
    let mut state = core.state();
    state.message_reference = state.message_reference.wrapping_add(1);
    state.messages.push(ShortMessage { to, body });
    Reply::info(format!("+CMGS: {}", state.message_reference))
}

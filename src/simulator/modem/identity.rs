//! Who the module and its card are: identification, the card's PIN, power and clock.
use std::sync::Arc;

use super::Core;
use super::command::{Command, Form};
use super::radio;
use super::reply::Reply;

pub(super) fn answer(core: &Arc<Core>, command: &Command) -> Option<Reply> {
    let modem = &core.world.modem;
    let execute = command.form == Form::Execute;
    Some(match command.name.as_str() {
        "I" => Reply::lines(identification(core)),
        "+SIMCOMATI" if execute => {
            let mut lines = identification(core);
            lines.insert(3, "QCN: ".into());
            lines.insert(5, "MEID: ".into());
            lines.push("DeviceInfo: 173,170".into());
            Reply::lines(lines)
        }
        "+CGMI" | "+GMI" if execute => Reply::info(modem.manufacturer.as_str()),
        "+CGMM" | "+GMM" if execute => Reply::info(modem.model.as_str()),
        "+CGMR" | "+GMR" if execute => Reply::info(format!("+CGMR: {}", modem.revision)),
        "+CGSN" | "+GSN" if execute => Reply::info(modem.imei.as_str()),
        "+CPIN" => pin(core, command)?,
        "+SPIC" if execute => {
            let state = core.state();
            Reply::info(format!(
                "+SPIC: {},{},3,10",
                state.pin_tries, state.puk_tries
            ))
        }
        "+CIMI" if execute => with_card(core, |core| Reply::info(core.world.sim.imsi.as_str())),
        "+CICCID" if execute => with_card(core, |core| {
            Reply::info(format!("+ICCID: {}", core.world.sim.iccid))
        }),
        "+CNUM" if execute => with_card(core, own_number),
        "+CRSM" => with_card(core, |core| elementary_file(core, command)),
        "+CLCK" => match (command.text(0), command.number(1)) {
            (Some("SC"), Some(2)) => {
                Reply::info(format!("+CLCK: {}", u8::from(core.world.sim.pin.is_some())))
            }
            // The card is locked to no network, and the list of fixed numbers is off.
            (Some("FD" | "PF" | "PN" | "PU" | "PP" | "PC"), Some(2)) => Reply::info("+CLCK: 0"),
            _ if command.form == Form::Test => {
                Reply::info("+CLCK: (\"SC\",\"FD\",\"PN\",\"PU\",\"PP\",\"PC\",\"PF\")")
            }
            _ => Reply::cme(4),
        },
        "+CSIM" if command.form == Form::Test => Reply::ok(),
        "+CSIM" => with_card(core, |core| card_command(core, command)),
        "+CCLK" if command.form == Form::Read => Reply::info(format!("+CCLK: \"{}\"", clock(core))),
        "+CUSBPIDSWITCH" if command.form == Form::Read => Reply::info("+CUSBPIDSWITCH: 9001"),
        "+CFUN" => power(core, command)?,
        "+CRESET" | "+CPOF" if execute => {
            let doomed = core.clone();
            Reply::ok().then(async move { doomed.reboot() })
        }
        _ => return None,
    })
}

fn identification(core: &Core) -> Vec<String> {
    let modem = &core.world.modem;
    vec![
        format!("Manufacturer: {}", modem.manufacturer),
        format!("Model: {}", modem.model),
        format!("Revision: {}", modem.revision),
        format!("IMEI: {}", modem.imei),
        "+GCAP: +CGSM,+FCLASS,+DS".to_owned(),
    ]
}

/// The `+CME ERROR` that a card which does not answer gives; `None` where it does.
pub(super) fn card_error(core: &Core) -> Option<u16> {
    let state = core.state();
    match (core.world.sim.present, state.card_ready, state.pin_tries) {
        (false, ..) => Some(10),
        (true, true, _) => None,
        // Blocked for good (TS 31.101 section 9.5.1): the card verifies nothing any more.
        (true, false, 0) if state.puk_tries == 0 => Some(13),
        (true, false, 0) => Some(12),
        (true, false, _) => Some(11),
    }
}

fn with_card(core: &Core, answer: impl FnOnce(&Core) -> Reply) -> Reply {
    card_error(core).map_or_else(|| answer(core), Reply::cme)
}

/// The line that a booting module says about its card.
pub(super) fn card_line(core: &Core) -> &'static str {
    match card_error(core) {
        None => "+CPIN: READY",
        Some(11) => "+CPIN: SIM PIN",
        Some(12) => "+CPIN: SIM PUK",
        Some(13) => "+CPIN: SIM FAILURE",
        Some(_) => "+CPIN: NOT INSERTED",
    }
}

/// Messages and phone book are read from the card after a while.
pub(super) fn card_comes_up(core: &Arc<Core>) {
    let booting = core.clone();
    core.spawn(async move {
        let timing = &booting.world.modem.timing;
        booting.pace.wait(booting.about(timing.sms_done_ms)).await;
        booting.announce("SMS DONE");
        booting.pace.wait(booting.about(timing.pb_done_ms)).await;
        booting.announce("PB DONE");
    });
}

fn pin(core: &Arc<Core>, command: &Command) -> Option<Reply> {
    match &command.form {
        Form::Read => Some(match card_error(core) {
            Some(number @ (10 | 13)) => Reply::cme(number),
            _ => Reply::info(card_line(core)),
        }),
        Form::Set(_) => Some(enter_pin(core, command)),
        _ => None,
    }
}

fn enter_pin(core: &Arc<Core>, command: &Command) -> Reply {
    let digits = |place| match command.arguments().get(place) {
        Some(super::command::Argument::Number(number)) => Some(format!("{number:04}")),
        Some(argument) => argument.text().map(str::to_owned),
        None => None,
    };
    let Some(first) = digits(0) else {
        return Reply::cme(50);
    };
    let blocked = match card_error(core) {
        None => return Reply::cme(3),
        Some(number @ (10 | 13)) => return Reply::cme(number),
        Some(number) => number == 12,
    };
    let right = if blocked {
        Some(&core.world.sim.puk)
    } else {
        core.world.sim.pin.as_ref()
    } == Some(&first);
    let mut state = core.state();
    if right {
        state.card_ready = true;
        state.pin_tries = 3;
        let up = core.clone();
        return Reply::ok().then(async move {
            up.announce("+CPIN: READY");
            card_comes_up(&up);
            radio::search(&up);
        });
    }
    let tries = if blocked {
        &mut state.puk_tries
    } else {
        &mut state.pin_tries
    };
    *tries = tries.saturating_sub(1);
    Reply::cme(16)
}

/// A command straight to the card (TS 31.101 section 11): how many tries a PIN or PUK has left is asked by VERIFY PIN and UNBLOCK PIN
/// without a PIN. Everything else is an instruction that this card lacks.
fn card_command(core: &Core, command: &Command) -> Reply {
    let octets = match command.arguments().get(1) {
        Some(super::command::Argument::Text(octets)) => octets.to_ascii_uppercase(),
        _ => return Reply::cme(50),
    };
    let (pin, puk) = {
        let state = core.state();
        (state.pin_tries, state.puk_tries)
    };
    let words = match octets.as_str() {
        "0020000100" => format!("63C{pin:X}"),
        "002C000100" => format!("63C{puk:X}"),
        "0020008100" => "63C3".to_owned(),
        "002C008100" => "63CA".to_owned(),
        _ => "6D00".to_owned(),
    };
    Reply::info(format!("+CSIM: {},\"{words}\"", words.len()))
}

fn own_number(core: &Core) -> Reply {
    match &core.world.sim.number {
        Some(number) if core.world.sim.number_on_card => {
            let kind = if number.starts_with('+') { 145 } else { 129 };
            Reply::info(format!("+CNUM: \"\",\"{number}\",{kind}"))
        }
        _ => Reply::ok(),
    }
}

/// Elementary files of the card (TS 31.102): READ BINARY of what programs read to match a carrier.
fn elementary_file(core: &Core, command: &Command) -> Reply {
    let sim = &core.world.sim;
    let file = match command.number(1) {
        Some(0x6F3E) => sim.gid1.clone().map(|gid| format!("{gid}FFFF")),
        Some(0x6F46) => sim.spn.as_ref().map(|name| {
            let mut octets = vec![0x00];
            octets.extend(name.bytes().take(16));
            octets.resize(17, 0xFF);
            hexadecimal(&octets)
        }),
        Some(0x6FAD) => Some(format!("000000{:02X}", sim.mnc_digits)),
        Some(0x2FE2) => Some(swapped(&sim.iccid)),
        Some(0x6F07) => Some(format!(
            "{:02X}{}",
            sim.imsi.len() / 2 + 1,
            swapped(&format!("9{}", sim.imsi))
        )),
        _ => None,
    };
    match (command.number(0), file) {
        (Some(176), Some(file)) => {
            let wanted = command
                .number(4)
                .and_then(|octets| usize::try_from(octets).ok())
                .unwrap_or(0)
                * 2;
            let end = if wanted == 0 {
                file.len()
            } else {
                wanted.min(file.len())
            };
            Reply::info(format!(
                "+CRSM: 144,0,\"{}\"",
                file.get(..end).unwrap_or_default()
            ))
        }
        (Some(192), Some(file)) => Reply::info(format!("+CRSM: 144,0,\"{:04X}\"", file.len() / 2)),
        (Some(176 | 192), None) => Reply::info("+CRSM: 106,130,\"\""),
        _ => Reply::cme(4),
    }
}

pub(super) fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02X}")).collect()
}

/// Digits in the order of semi-octets, filled with F.
fn swapped(digits: &str) -> String {
    digits
        .as_bytes()
        .chunks(2)
        .flat_map(|pair| {
            [
                pair.get(1).copied().unwrap_or(b'F') as char,
                pair[0] as char,
            ]
        })
        .collect()
}

fn clock(core: &Core) -> String {
    format!(
        "{}{:+03}",
        core.centre.clock().now().strftime("%y/%m/%d,%H:%M:%S"),
        core.world.modem.zone_quarters
    )
}

fn power(core: &Arc<Core>, command: &Command) -> Option<Reply> {
    match &command.form {
        Form::Read => Some(Reply::info(format!(
            "+CFUN: {}",
            core.state().functionality
        ))),
        Form::Test => Some(Reply::info("+CFUN: (0-1,4-7),(0-1)")),
        Form::Set(_) => Some(match (command.number(0), command.number(1).unwrap_or(0)) {
            (Some(6), _) | (Some(1), 1) => {
                let doomed = core.clone();
                Reply::ok().then(async move { doomed.reboot() })
            }
            (Some(level @ (0 | 1 | 4 | 5 | 7)), 0) => radio::functionality(core, level),
            _ => Reply::error(),
        }),
        Form::Execute => None,
    }
}

//! The commands of V.250: echo, form of answers, factory settings, calls.
use std::sync::Arc;

use super::Core;
use super::command::{Command, Form};
use super::reply::{Reply, ResultCode};
use super::settings::Settings;

/// Commands whose test form says nothing but OK.
const BARE_TESTS: &[&str] = &[
    "+NETOPEN",
    "+NETCLOSE",
    "+IPADDR",
    "+CGSN",
    "+CGMI",
    "+CGMM",
    "+CGMR",
    "+CIMI",
    "+CICCID",
    "+CNUM",
    "+CSQ",
    "+CESQ",
    "+CPIN",
    "+SPIC",
    "+CCLK",
    "+CRESET",
    "+CPOF",
    "+CEER",
    "+SIMCOMATI",
    "+CMGD",
    "+CMGR",
    "+CSCA",
    "+CGAUTH",
    "+CGPADDR",
    "+CIPACK",
    "+CPINGSTOP",
    "+GCAP",
    "+CNMA",
    "+CMGW",
    "+CMSS",
];

/// Whether `AT+X=?` answers just OK.
pub(super) fn has_bare_test(name: &str) -> bool {
    BARE_TESTS.contains(&name)
}

pub(super) fn answer(core: &Arc<Core>, command: &Command) -> Option<Reply> {
    let mut state = core.state();
    let number = command.number(0).unwrap_or(0);
    let switch = |target: &mut bool| match number {
        0 | 1 => {
            *target = number == 1;
            Reply::ok()
        }
        _ => Reply::error(),
    };
    Some(match command.name.as_str() {
        "E" => switch(&mut state.echo),
        "V" => switch(&mut state.verbose),
        "Q" => switch(&mut state.quiet),
        "&F" | "Z" => {
            state.echo = true;
            state.verbose = true;
            state.quiet = false;
            let factory = Settings::factory();
            for name in [
                "+CMEE", "+CREG", "+CGREG", "+CEREG", "+CMGF", "+CTZU", "+CNMP",
            ] {
                state.settings.set(name, factory.get(name));
            }
            state.settings.write(
                "+CNMI",
                &[2, 1, 0, 0, 0].map(super::command::Argument::Number),
            );
            state.words.insert("+CSCS", "\"IRA\"".into());
            Reply::ok()
        }
        "X" | "L" | "M" | "&C" | "&D" | "&W" | "&S" | "H" | "&K" => Reply::ok(),
        "A" => Reply::result(ResultCode::NoCarrier),
        "+GCAP" if command.form == Form::Execute => Reply::info("+GCAP: +CGSM,+FCLASS,+DS"),
        "+CHUP" => Reply::ok(),
        name if name.starts_with('D') => Reply::result(ResultCode::NoCarrier),
        name if name.starts_with('S') && name.len() > 1 => match command.form {
            Form::Read => Reply::info(format!("{:03}", register(name))),
            _ => Reply::ok(),
        },
        _ => return None,
    })
}

/// Factory values of the S registers that programs read.
fn register(name: &str) -> u8 {
    match name {
        "S3" => 13,
        "S4" => 10,
        "S5" => 8,
        "S7" => 50,
        "S8" => 2,
        "S10" => 15,
        _ => 0,
    }
}

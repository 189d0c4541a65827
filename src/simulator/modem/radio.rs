//! Signal, registration, operator, and switching the radio on and off.
use std::sync::Arc;

use super::Core;
use super::command::{Command, Form};
use super::identity;
use super::line::Input;
use super::packet;
use super::reply::Reply;
use super::sockets;
use crate::simulator::world::{Registration, SignalUnits};

pub(super) async fn answer(
    core: &Arc<Core>,
    input: &mut Input,
    command: &Command,
) -> Option<Reply> {
    Some(match (command.name.as_str(), &command.form) {
        ("+CSQ", Form::Execute) => Reply::info(signal_quality(core)),
        ("+CSQ", Form::Test) => Reply::info("+CSQ: (0-31,99,100-199),(0-7,99)"),
        ("+CESQ", Form::Execute) => Reply::info(extended_quality(core)),
        ("+CESQ", Form::Test) => {
            Reply::info("+CESQ: (0-63,99),(0-7,99),(0-96,255),(0-49,255),(0-34,255),(0-97,255)")
        }
        ("+CPSI", Form::Read) => Reply::info(system(core)),
        ("+CPSI" | "+AUTOCSQ" | "+CNSMOD", Form::Set(_)) => repeat(core, command),
        ("+CREG" | "+CGREG" | "+CEREG", Form::Read) => {
            Reply::info(registration(core, &command.name))
        }
        ("+CNSMOD", Form::Read) => {
            let asked = core.state().settings.get("+CNSMOD");
            Reply::info(format!(
                "+CNSMOD: {asked},{}",
                if in_service(core) { 8 } else { 0 }
            ))
        }
        ("+CGATT", _) => packet::attachment(core, command).await?,
        ("+COPS", Form::Read) => Reply::info(operator(core)),
        ("+COPS", Form::Test) => scan(core, input).await,
        ("+COPS", Form::Set(_)) => select(core, command),
        ("+WS46", Form::Test) => Reply::info("+WS46: (12,22,25,28,29)"),
        ("+WS46", Form::Read) => Reply::info("+WS46: 25"),
        ("+CEER", Form::Execute) => Reply::info(format!("+CEER: {}", core.state().last_cause)),
        _ => return None,
    })
}

/// Registered, with service.
pub(super) fn in_service(core: &Core) -> bool {
    core.state().registered && core.world.radio.registration.has_service()
}

fn present(core: &Core) -> Registration {
    let state = core.state();
    if state.functionality != 1 || !state.card_ready {
        Registration::Off
    } else if state.registered {
        core.world.radio.registration
    } else if core.world.radio.registration == Registration::Off {
        Registration::Off
    } else {
        Registration::Searching
    }
}

fn registration(core: &Core, name: &str) -> String {
    let asked = core.state().settings.get(name);
    format!("{name}: {asked},{}", place(core, name, asked))
}

fn place(core: &Core, name: &str, asked: i64) -> String {
    let radio = &core.world.radio;
    let mut now = present(core);
    if let (true, true, Some(other)) = (
        name == "+CREG",
        now == radio.registration,
        radio.circuit_switched,
    ) {
        now = other;
    }
    match (asked, now.has_service(), name) {
        (2, true, "+CEREG") => format!("{},\"{:X}\",\"{:X}\",7", now.stat(), radio.tac, radio.cell),
        (2, true, _) => format!("{},\"{:X}\",\"{:X}\"", now.stat(), radio.tac, radio.cell),
        _ => now.stat().to_string(),
    }
}

fn signal_quality(core: &Core) -> String {
    let quality = if in_service(core) {
        core.world.radio.csq
    } else if present(core) == Registration::Off {
        99
    } else {
        core.world.radio.heard
    };
    format!("+CSQ: {quality},99")
}

fn extended_quality(core: &Core) -> String {
    if !in_service(core) {
        return "+CESQ: 99,99,255,255,255,255".into();
    }
    format!(
        "+CESQ: 99,99,255,255,{},{}",
        quality_index(core.world.radio.rsrq),
        power_index(core.world.radio.rsrp)
    )
}

/// RSRQ of TS 27.007 section 8.69: 0 below −19.5 dB, 34 from −3 dB.
fn quality_index(rsrq: f64) -> i64 {
    (((rsrq + 20.0) * 2.0).floor() as i64).clamp(0, 34)
}

/// RSRP of TS 27.007 section 8.69: 0 below −140 dBm, 97 from −44 dBm.
fn power_index(rsrp: f64) -> i64 {
    ((rsrp + 141.0).floor() as i64).clamp(0, 97)
}

fn system(core: &Core) -> String {
    if !in_service(core) {
        return "+CPSI: NO SERVICE,Online".into();
    }
    let radio = &core.world.radio;
    let tenths = |value: f64| (value * 10.0).round() as i64;
    let (rsrq, rsrp, rssi) = match core.world.modem.quirks.signal_units {
        SignalUnits::Tenths => (tenths(radio.rsrq), tenths(radio.rsrp), tenths(radio.rssi)),
        SignalUnits::Whole => (
            radio.rsrq.round() as i64,
            radio.rsrp.round() as i64,
            radio.rssi.round() as i64,
        ),
        SignalUnits::Index => (
            quality_index(radio.rsrq),
            power_index(radio.rsrp),
            (radio.rssi.round() as i64 + 110).clamp(0, 63),
        ),
    };
    format!(
        "+CPSI: LTE,Online,{},0x{:04X},{},{},EUTRAN-BAND{},{},{},{},{rsrq},{rsrp},{rssi},{}",
        radio.mcc_mnc,
        radio.tac,
        radio.cell,
        radio.physical_cell,
        radio.band,
        radio.earfcn,
        radio.bandwidth,
        radio.bandwidth,
        radio.snr
    )
}

/// Lines that the module repeats by itself: CPSI every n seconds, CSQ every five.
fn repeat(core: &Arc<Core>, command: &Command) -> Reply {
    if !core
        .state()
        .settings
        .write(&command.name, command.arguments())
    {
        return Reply::error();
    }
    let name = command.name.clone();
    let (seconds, text): (u64, fn(&Core) -> String) = match name.as_str() {
        "+CPSI" => (
            command
                .number(0)
                .and_then(|n| u64::try_from(n).ok())
                .unwrap_or(0),
            system,
        ),
        "+AUTOCSQ" if core.state().settings.print("+AUTOCSQ") == "1,0" => (5, signal_quality),
        _ => (0, signal_quality),
    };
    if seconds == 0 {
        return Reply::ok();
    }
    let asked = core.state().settings.print(&name);
    let repeating = core.clone();
    Reply::ok().then(async move {
        loop {
            repeating.pace.wait(seconds * 1000).await;
            if repeating.state().settings.print(&name) != asked {
                return;
            }
            repeating.announce(&text(&repeating));
        }
    })
}

fn operator(core: &Core) -> String {
    let (mode, format) = {
        let state = core.state();
        (state.operator_mode, state.operator_format)
    };
    if !in_service(core) {
        return format!("+COPS: {mode}");
    }
    let radio = &core.world.radio;
    let name = match format {
        2 => radio.mcc_mnc.replace('-', ""),
        1 => radio.operator_short.clone(),
        _ => radio.operator.clone(),
    };
    format!("+COPS: {mode},{format},\"{name}\",7")
}

/// `AT+COPS=?`: anything typed meanwhile ends it.
async fn scan(core: &Arc<Core>, input: &mut Input) -> Reply {
    tokio::select! {
        () = core.pace.wait(core.about(core.world.modem.timing.scan_ms)) => {}
        () = input.typed() => {
            input.available();
            return Reply::error();
        }
    }
    let radio = &core.world.radio;
    let found = match radio.registration {
        Registration::Home | Registration::Roaming | Registration::Denied => {
            let stat = match radio.registration {
                Registration::Denied => 3,
                _ if in_service(core) => 2,
                _ => 1,
            };
            let code = radio.mcc_mnc.replace('-', "");
            format!(
                "({stat},\"{}\",\"{}\",\"{code}\",7),",
                radio.operator, radio.operator_short
            )
        }
        Registration::Off | Registration::Searching => String::new(),
    };
    Reply::info(format!("+COPS: {found},(0,1,2,3,4,5),(0,1,2)"))
}

fn select(core: &Arc<Core>, command: &Command) -> Reply {
    match (command.number(0), command.number(1)) {
        (Some(3), Some(format @ 0..=2)) => {
            core.state().operator_format = format;
            Reply::ok()
        }
        (Some(2), _) => {
            core.state().operator_mode = 2;
            leave(core);
            Reply::ok()
        }
        (Some(mode @ (0 | 1 | 4)), _) => {
            core.state().operator_mode = if mode == 4 { 0 } else { mode };
            if !core.state().registered {
                search(core);
            }
            Reply::ok()
        }
        _ => Reply::error(),
    }
}

/// `AT+CFUN=n`: everything but 1 takes the radio away and every context with it.
pub(super) fn functionality(core: &Arc<Core>, level: i64) -> Reply {
    let before = std::mem::replace(&mut core.state().functionality, level);
    let changing = core.clone();
    if level != 1 {
        leave(core);
        return Reply::ok();
    }
    if before == 1 {
        return Reply::ok();
    }
    Reply::ok().then(async move {
        changing.announce(identity::card_line(&changing));
        if changing.state().card_ready {
            identity::card_comes_up(&changing);
            search(&changing);
        }
    })
}

/// The network is left: contexts, stack and links go with it.
fn leave(core: &Arc<Core>) {
    let attached = core.state().attached;
    core.state().drop_radio();
    if attached && core.state().settings.get("+CGEREP") > 0 {
        core.announce("+CGEV: ME DETACH");
    }
    sockets::bearer_lost(core);
    tell_registration(core);
}

/// Looks for the network; after a while registration comes to what the world says.
pub(super) fn search(core: &Arc<Core>) {
    let searching = core.clone();
    core.spawn(async move {
        searching
            .pace
            .wait(searching.about(searching.world.modem.timing.register_ms))
            .await;
        if present(&searching) == Registration::Searching {
            packet::settle(&searching);
            tell_registration(&searching);
        }
    });
}

fn tell_registration(core: &Arc<Core>) {
    for name in ["+CREG", "+CGREG", "+CEREG"] {
        let asked = core.state().settings.get(name);
        if asked > 0 {
            core.announce(&format!("{name}: {}", place(core, name, asked)));
        }
    }
    if core.state().settings.get("+CNSMOD") == 1 {
        core.announce(&format!(
            "+CNSMOD: {}",
            if in_service(core) { 8 } else { 0 }
        ));
    }
}

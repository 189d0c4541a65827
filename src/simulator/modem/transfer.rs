//! Octets through the links: sending behind the prompt, reading what has arrived, and the transparent mode in which link 0 is
//! the line itself. Payload is counted, never searched, in the fixed form.
use std::net::IpAddr;
use std::sync::Arc;

use tokio::time::Instant;

use super::Core;
use super::command::{Argument, Command, Form};
use super::identity::hexadecimal;
use super::line::Input;
use super::link;
use super::reply::{IpError, Reply, ResultCode};
use super::sockets::{ip_error, link_number};
use super::stack::{LinkPhase, Net};

/// Octets of one `AT+CIPSEND`, and of one `AT+CIPRXGET=2`.
const CHUNK: usize = 1500;
/// Octets of one `AT+CIPRXGET=3`.
const HEX_CHUNK: usize = 750;
/// What a link takes before the peer has to have it.
const SEND_BUFFER: usize = 16 << 10;
/// Ctrl-Z, ESC and ETX of the open-ended form.
const CTRL_Z: u8 = 0x1A;
const ESC: u8 = 0x1B;
const ETX: u8 = 0x03;
/// What the count of octets is set to once it has had its effect, so that it has it only once.
const DOOMED: u64 = u64::MAX / 2;

pub(super) async fn answer(
    core: &Arc<Core>,
    input: &mut Input,
    command: &Command,
) -> Option<Reply> {
    Some(match (command.name.as_str(), &command.form) {
        ("+CIPSEND", Form::Set(_)) => send(core, input, command).await,
        ("+CIPSEND", Form::Test) => Reply::info("+CIPSEND: (0-9),(1-1500)"),
        ("+CIPRXGET", Form::Set(_)) => receive(core, command),
        ("+CIPRXGET", Form::Test) => Reply::info("+CIPRXGET: (0-4),(0-9),(1-1500)"),
        ("+CIPACK", Form::Set(_)) => acknowledged(core, command),
        ("O", _) => {
            let ready = {
                let state = core.state();
                state.settings.get("+CIPMODE") == 1 && state.stack.links[0].phase == LinkPhase::Open
            };
            if ready {
                online(core, input).await
            } else {
                Reply::refusal("NO CARRIER")
            }
        }
        _ => return None,
    })
}

async fn send(core: &Arc<Core>, input: &mut Input, command: &Command) -> Reply {
    let refused = |code: u8| Reply::refusal(format!("+CIPERROR: {code}"));
    let Some(number) = link_number(command) else {
        return refused(3);
    };
    let length = match command.arguments().get(1) {
        None | Some(Argument::Empty) => None,
        Some(argument) => match argument
            .number()
            .and_then(|length| usize::try_from(length).ok())
        {
            Some(length @ 1..=CHUNK) => Some(length),
            _ => return refused(3),
        },
    };
    let (serial, udp, cid) = {
        let state = core.state();
        let link = &state.stack.links[number];
        match (state.stack.net, link.phase) {
            (Net::Closed, _) => return refused(2),
            (Net::Changing, _) => return refused(8),
            (Net::Open { .. }, LinkPhase::Open) if state.settings.get("+CIPMODE") == 0 => {}
            (Net::Open { .. }, _) => return refused(4),
        }
        let cid = match state.stack.net {
            Net::Open { cid, .. } => cid,
            _ => 0,
        };
        (link.serial, link.udp, cid)
    };
    let address = command.text(2).and_then(|a| a.parse::<IpAddr>().ok());
    let port = command.number(3).and_then(|p| u16::try_from(p).ok());
    let to = address.zip(port.filter(|p| *p > 0));
    if udp && to.is_none() {
        return refused(3);
    }
    prompt(core);
    let payload = match length {
        Some(length) => counted(core, input, length).await,
        None => match escaped(core, input).await {
            Some(payload) if payload.is_empty() => return refused(3),
            Some(payload) => payload,
            None => return Reply::error(),
        },
    };
    let requested = payload.len();
    let sending = core.clone();
    if is_lost(core) {
        return Reply::ok().then(async move {
            sending.pace.wait(send_limit(&sending)).await;
            sending.announce(&format!("+CIPSEND: {number},{requested},0"));
        });
    }
    let taken = take(core, number, serial, &payload);
    doom(core);
    if let (true, Some(to)) = (udp, to) {
        datagram(core, (number, serial, cid), to, &payload);
    }
    Reply::ok().then(async move {
        let confirmed = confirm(&sending, number, serial, payload, taken).await;
        sending.announce(&format!("+CIPSEND: {number},{requested},{confirmed}"));
    })
}

/// A datagram leaves; what comes back waits on the link.
fn datagram(core: &Arc<Core>, on: (usize, u64, u8), to: (IpAddr, u16), payload: &[u8]) {
    let (number, serial, cid) = on;
    let Some(grant) = core.state().grant(cid).cloned() else {
        return;
    };
    let Some((ms, answer)) = core.network.datagram(&grant, to.0, to.1, payload) else {
        return;
    };
    let waiting = core.clone();
    core.spawn(async move {
        waiting.pace.wait(waiting.about(ms)).await;
        link::deliver(&waiting, number, serial, &answer);
    });
}

/// Counts this use of `AT+CIPSEND`; true where its world loses it.
fn is_lost(core: &Core) -> bool {
    let mut state = core.state();
    state.stack.chunks += 1;
    core.world
        .modem
        .quirks
        .lost_chunks
        .contains(&state.stack.chunks)
}

/// The send limit of `AT+CIPTIMEOUT`, ms.
fn send_limit(core: &Core) -> u64 {
    u64::try_from(core.state().settings.field("+CIPTIMEOUT", 2)).unwrap_or(120_000)
}

/// Says the prompt; from here on nothing unsolicited is said.
fn prompt(core: &Core) {
    core.output.hold();
    let blank = if core.world.modem.quirks.prompt_blank {
        " "
    } else {
        ""
    };
    core.output.say(format!("\r\n>{blank}").into_bytes());
}

/// Echoes what is typed behind a prompt, where this firmware does.
pub(super) fn echo_payload(core: &Core, octet: u8) {
    if core.world.modem.quirks.echo_payload && core.state().echo {
        core.output.say(vec![octet]);
    }
}

async fn counted(core: &Core, input: &mut Input, length: usize) -> Vec<u8> {
    let mut payload = Vec::with_capacity(length);
    while payload.len() < length {
        let octet = input.octet().await;
        echo_payload(core, octet);
        payload.push(octet);
    }
    payload
}

/// Ctrl-Z ends, ESC gives up (`None`), ETX lets either of them and itself through.
async fn escaped(core: &Core, input: &mut Input) -> Option<Vec<u8>> {
    let mut payload = Vec::new();
    loop {
        let mut octet = input.octet().await;
        echo_payload(core, octet);
        match octet {
            CTRL_Z => return Some(payload),
            ESC => return None,
            ETX => {
                octet = input.octet().await;
                echo_payload(core, octet);
            }
            _ => {}
        }
        if payload.len() < CHUNK {
            payload.push(octet);
        }
    }
}

/// Takes payload into the link's send buffer if all of it fits now.
fn take(core: &Core, number: usize, serial: u64, payload: &[u8]) -> bool {
    let mut state = core.state();
    let Some(link) = state.stack.link(number, serial) else {
        return false;
    };
    if link.in_flight + payload.len() > SEND_BUFFER {
        return false;
    }
    let due = Instant::now() + core.pace.span(link.rtt_ms / 2);
    if let Some(to_peer) = &link.to_peer {
        if to_peer.send((due, payload.to_vec())).is_err() {
            return false;
        }
        link.in_flight += payload.len();
    }
    link.sent += payload.len() as u64;
    let connection = link.connection;
    state.stack.note(connection, payload, &[]);
    true
}

/// The count of `+CIPSEND`: all, or what fitted before the send limit passed, or −1 where the connection has gone.
async fn confirm(
    core: &Arc<Core>,
    number: usize,
    serial: u64,
    payload: Vec<u8>,
    taken: bool,
) -> i64 {
    let limit = send_limit(core);
    let wait_for_peer = core.state().settings.get("+CIPSENDMODE") == 1;
    let all = i64::try_from(payload.len()).unwrap_or(i64::MAX);
    let deadline = tokio::time::sleep(core.pace.span(limit));
    tokio::pin!(deadline);
    let mut taken = taken;
    loop {
        let room = {
            let mut state = core.state();
            let Some(link) = state.stack.link(number, serial) else {
                return if taken { all } else { -1 };
            };
            if taken && (!wait_for_peer || link.in_flight == 0) {
                break;
            }
            link.room.clone()
        };
        let notified = room.notified();
        if !taken && take(core, number, serial, &payload) {
            taken = true;
            continue;
        }
        tokio::select! {
            () = notified => {}
            () = &mut deadline => return if taken { all } else { partly(core, number, serial, &payload) },
        }
    }
    core.pace
        .wait(core.about(core.world.modem.timing.send_ms))
        .await;
    all
}

fn partly(core: &Core, number: usize, serial: u64, payload: &[u8]) -> i64 {
    let room = match core.state().stack.link(number, serial) {
        Some(link) => SEND_BUFFER
            .saturating_sub(link.in_flight)
            .min(payload.len()),
        None => return -1,
    };
    if room > 0 && take(core, number, serial, &payload[..room]) {
        i64::try_from(room).unwrap_or(0)
    } else {
        0
    }
}

/// Restarts the module, or takes its serial line away, once its world has had enough octets.
fn doom(core: &Core) {
    let quirks = &core.world.modem.quirks;
    let mut state = core.state();
    let octets = state.stack.octets;
    let due = |limit: Option<u64>| limit.is_some_and(|limit| (limit..DOOMED).contains(&octets));
    let (reboots, vanishes) = (
        due(quirks.reboot_after_octets),
        due(quirks.vanish_after_octets),
    );
    if reboots || vanishes {
        state.stack.octets = DOOMED;
    }
    drop(state);
    if reboots {
        core.reboot();
    }
    if vanishes {
        core.vanish();
    }
}

fn receive(core: &Core, command: &Command) -> Reply {
    let mode = command.number(0);
    if let (Some(0 | 1), 1) = (mode, command.arguments().len()) {
        return Reply::when(
            core.state()
                .settings
                .write("+CIPRXGET", command.arguments()),
        );
    }
    let number = command
        .number(1)
        .and_then(|number| usize::try_from(number).ok())
        .filter(|number| *number < 10);
    let (Some(mode @ 2..=4), Some(number)) = (mode, number) else {
        return ip_error(core, IpError::InvalidParameter);
    };
    if mode == 4 {
        let rest = core.state().stack.links[number].waiting.len();
        return Reply::info(format!("+CIPRXGET: 4,{number},{rest}"));
    }
    let most = if mode == 2 { CHUNK } else { HEX_CHUNK };
    let wanted = match command.arguments().get(2) {
        None | Some(Argument::Empty) => most,
        Some(argument) => match argument
            .number()
            .and_then(|wanted| usize::try_from(wanted).ok())
        {
            Some(wanted) if (1..=most).contains(&wanted) => wanted,
            _ => return ip_error(core, IpError::InvalidParameter),
        },
    };
    let (octets, rest) = {
        let mut state = core.state();
        let link = &mut state.stack.links[number];
        let count = wanted.min(link.waiting.len());
        let octets: Vec<u8> = link.waiting.drain(..count).collect();
        let rest = link.waiting.len();
        if rest == 0 {
            link.told = false;
        }
        link.room.notify_waiters();
        (octets, rest)
    };
    if octets.is_empty() {
        return ip_error(core, IpError::NoData);
    }
    let mut block = format!("+CIPRXGET: {mode},{number},{},{rest}\r\n", octets.len()).into_bytes();
    if mode == 2 {
        block.extend_from_slice(&octets);
    } else {
        block.extend_from_slice(hexadecimal(&octets).as_bytes());
    }
    Reply::info(block)
}

fn acknowledged(core: &Core, command: &Command) -> Reply {
    let Some(number) = link_number(command) else {
        return ip_error(core, IpError::InvalidParameter);
    };
    let counts = {
        let state = core.state();
        let link = &state.stack.links[number];
        (link.phase == LinkPhase::Open).then_some((link.sent, link.acknowledged, link.received))
    };
    match counts {
        Some((sent, acknowledged, received)) => {
            Reply::info(format!("+CIPACK: {sent},{acknowledged},{received}"))
        }
        None => ip_error(core, IpError::NotCreated),
    }
}

/// Transparent mode: what is typed goes to the peer, what arrives goes to the host, until the peer closes or `+++` stands
/// between two silences of a second.
pub(super) async fn online(core: &Arc<Core>, input: &mut Input) -> Reply {
    core.output.say(b"\r\nCONNECT 115200\r\n".to_vec());
    let (serial, offline) = {
        let mut state = core.state();
        state.stack.online = true;
        let link = &mut state.stack.links[0];
        let early: Vec<u8> = link.waiting.drain(..).collect();
        core.output.say(early);
        (link.serial, state.stack.offline.clone())
    };
    let mut pluses = 0_usize;
    let mut last = Instant::now();
    loop {
        let silence = core.pace.wait(1000);
        tokio::select! {
            () = offline.notified() => return Reply::result(ResultCode::None),
            () = silence, if pluses == 3 => {
                core.state().stack.online = false;
                return Reply::ok();
            }
            () = input.typed() => {}
        }
        let quiet = last.elapsed() >= core.pace.span(1000);
        last = Instant::now();
        let octets = input.available();
        let only_pluses = octets.iter().all(|octet| *octet == b'+') && pluses + octets.len() <= 3;
        if only_pluses && (pluses > 0 || quiet) {
            pluses += octets.len();
            continue;
        }
        let mut data = vec![b'+'; std::mem::take(&mut pluses)];
        data.extend_from_slice(&octets);
        for piece in data.chunks(CHUNK) {
            while !take(core, 0, serial, piece) {
                let room = core
                    .state()
                    .stack
                    .link(0, serial)
                    .map(|link| link.room.clone());
                match room {
                    Some(room) => {
                        tokio::select! {
                            () = room.notified() => {}
                            () = core.pace.wait(200) => {}
                        }
                    }
                    None => break,
                }
            }
        }
    }
}

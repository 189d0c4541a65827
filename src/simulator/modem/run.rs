//! The module's own task: edits the command line as V.250 does, runs it, answers; restarts when it must.
use std::sync::Arc;

use super::command::{self, Command, Form};
use super::line::Input;
use super::reply::{Later, Reply, ResultCode, cme_words, cms_words};
use super::{Core, basic, framed, identity, lookup, packet, radio, sms, sockets, transfer};

/// Characters of a command line behind `AT`; manual V3.00, section 1.4.4.
const LINE_LIMIT: usize = 559;
/// Commands in one line; same place.
const COMMAND_LIMIT: usize = 39;

/// Lives until the module is switched off.
pub(super) async fn live(core: Arc<Core>, mut input: Input) {
    disturb(&core);
    let mut last = String::new();
    loop {
        let restarted = tokio::select! {
            biased;
            () = core.restart.notified() => true,
            () = converse(&core, &mut input, &mut last) => false,
        };
        if restarted {
            core.lock_set(&core.work).abort_all();
            core.output.release();
            boot(&core, &mut input).await;
        }
    }
}

/// The disturbances that a world has from the start: noise on the line and a restart at a given moment.
fn disturb(core: &Arc<Core>) {
    noise(core);
    if let Some(ms) = core.world.modem.quirks.reboot_after_ms {
        let doomed = core.clone();
        core.spawn(async move {
            doomed.pace.wait(ms).await;
            doomed.reboot();
        });
    }
}

fn noise(core: &Arc<Core>) {
    let quirks = &core.world.modem.quirks;
    if quirks.noise_ms > 0 && !quirks.noise.is_empty() {
        let noisy = core.clone();
        core.spawn(async move {
            for text in noisy.world.modem.quirks.noise.iter().cycle() {
                noisy.pace.wait(noisy.world.modem.quirks.noise_ms).await;
                noisy.announce(text);
            }
        });
    }
}

/// A restart: a burst of noise, silence, and the lines of section 1.6, with the card and the network coming back.
async fn boot(core: &Arc<Core>, input: &mut Input) {
    core.state().restart(&core.world);
    core.output.say(vec![0x00, 0xFC, 0xE0]);
    core.pace
        .wait(core.about(core.world.modem.timing.boot_ms))
        .await;
    input.clear();
    core.announce("RDY");
    core.announce(identity::card_line(core));
    noise(core);
    if core.state().card_ready {
        identity::card_comes_up(core);
        radio::search(core);
    }
}

/// Reads characters until a command line is whole, runs it, and so on.
async fn converse(core: &Arc<Core>, input: &mut Input, last: &mut String) {
    if core.world.modem.quirks.mute {
        loop {
            input.octet().await;
        }
    }
    loop {
        let line = match read_line(core, input).await {
            Typed::Repeat => last.clone(),
            Typed::Line(line) => line,
            Typed::TooLong => {
                finish(core, ResultCode::Error);
                continue;
            }
        };
        run_line(core, input, &line).await;
        *last = line;
    }
}

enum Typed {
    Line(String),
    Repeat,
    TooLong,
}

/// Waits for `AT`, edits with backspace, echoes while it goes. A line feed is nobody's business.
async fn read_line(core: &Arc<Core>, input: &mut Input) -> Typed {
    let mut line: Vec<u8> = Vec::new();
    let mut too_long = false;
    loop {
        let octet = input.octet().await;
        if octet != b'\n' && core.state().echo {
            core.output.say(vec![octet]);
        }
        match (line.as_slice(), octet) {
            (_, b'\n' | 0) => {}
            ([], b'A' | b'a') => line.push(octet),
            ([], _) => {}
            ([_], b'T' | b't') => line.push(octet),
            ([_], b'/') => return Typed::Repeat,
            ([_], b'A' | b'a') => {}
            ([_], _) => line.clear(),
            (_, b'\r') if too_long => return Typed::TooLong,
            (_, b'\r') => return Typed::Line(String::from_utf8_lossy(&line[2..]).into_owned()),
            (_, 0x08 | 0x7F) => {
                if line.len() > 2 {
                    line.pop();
                }
            }
            (_, 0x1A | 0x1B) => line.clear(),
            _ if line.len() - 2 < LINE_LIMIT => line.push(octet),
            _ => too_long = true,
        }
    }
}

async fn run_line(core: &Arc<Core>, input: &mut Input, line: &str) {
    let commands = match command::parse(line) {
        Some(commands) if commands.len() <= COMMAND_LIMIT => commands,
        _ => {
            core.pace.wait(core.world.modem.timing.answer_ms).await;
            return finish(core, ResultCode::Error);
        }
    };
    let mut later: Vec<Later> = Vec::new();
    let mut result = ResultCode::Ok;
    for command in &commands {
        core.pace.wait(core.world.modem.timing.answer_ms).await;
        let reply = execute(core, input, command).await;
        for block in reply.blocks {
            interject(core);
            say(core, &block);
            interject(core);
        }
        later.extend(reply.after);
        result = reply.result;
        if result != ResultCode::Ok {
            break;
        }
    }
    if commands.is_empty() {
        core.pace.wait(core.world.modem.timing.answer_ms).await;
    }
    finish(core, result);
    core.output.release();
    for work in later {
        core.spawn(work);
    }
}

fn say(core: &Core, block: &[u8]) {
    let state = core.state();
    if !state.quiet {
        core.output.say(framed(block, state.verbose));
    }
}

/// A line that nobody asked for, inside an answer.
fn interject(core: &Core) {
    if let Some(noise) = core.noise_in_answer() {
        say(core, noise.as_bytes());
    }
}

async fn execute(core: &Arc<Core>, input: &mut Input, command: &Command) -> Reply {
    let bare = command.name.trim_start_matches('+');
    if core
        .world
        .modem
        .missing
        .iter()
        .any(|missing| missing.trim_start_matches('+').eq_ignore_ascii_case(bare))
    {
        return Reply::error();
    }
    if let Some(reply) = basic::answer(core, command) {
        return reply;
    }
    if let Some(reply) = identity::answer(core, command) {
        return reply;
    }
    if let Some(reply) = radio::answer(core, input, command).await {
        return reply;
    }
    if let Some(reply) = packet::answer(core, command).await {
        return reply;
    }
    if let Some(reply) = sockets::answer(core, input, command).await {
        return reply;
    }
    if let Some(reply) = lookup::answer(core, command).await {
        return reply;
    }
    if let Some(reply) = transfer::answer(core, input, command).await {
        return reply;
    }
    if let Some(reply) = sms::answer(core, input, command).await {
        return reply;
    }
    let known = core.state().settings.answer(command);
    match known {
        Some(reply) => reply,
        None if matches!(command.form, Form::Test) && basic::has_bare_test(&command.name) => {
            Reply::ok()
        }
        None => Reply::error(),
    }
}

/// Says the final result code in the form that CMEE, ATV and ATQ ask for.
fn finish(core: &Core, result: ResultCode) {
    let state = core.state();
    if state.quiet || result == ResultCode::None {
        return;
    }
    let mode = state.settings.get("+CMEE");
    let quirks = &core.world.modem.quirks;
    let (words, digit) = match result {
        ResultCode::Ok => ("OK".to_owned(), "0"),
        ResultCode::NoCarrier => ("NO CARRIER".to_owned(), "3"),
        ResultCode::Cme(number, cause) if mode > 0 && !quirks.bare_errors => {
            let cause = cause
                .filter(|_| quirks.cause_in_error)
                .map(|cause| format!(" (#{cause})"))
                .unwrap_or_default();
            let text = if mode == 1 || quirks.numeric_errors {
                number.to_string()
            } else {
                cme_words(number).to_owned() + &cause
            };
            return core.output.say(framed(
                format!("+CME ERROR: {text}").as_bytes(),
                state.verbose,
            ));
        }
        ResultCode::Cms(number) if !quirks.bare_errors => {
            let text = if mode == 2 {
                cms_words(number).to_owned()
            } else {
                number.to_string()
            };
            return core.output.say(framed(
                format!("+CMS ERROR: {text}").as_bytes(),
                state.verbose,
            ));
        }
        _ => ("ERROR".to_owned(), "4"),
    };
    let octets = if state.verbose {
        framed(words.as_bytes(), true)
    } else {
        format!("{digit}\r").into_bytes()
    };
    core.output.say(octets);
}

//! `AT+CMGS`: the prompt, the body, and what the service centre says to it. Never here: where the message goes then.
use std::sync::Arc;

use super::Core;
use super::command::{Argument, Command};
use super::display::{typed, unhex};
use super::line::Input;
use super::radio;
use super::reply::Reply;
use super::state::ShortMessage;
use super::transfer::echo_payload;
use crate::simulator::centre::Answer;
use crate::sms::{Address, Submit, Tpdu, UserData, Validity, split_centre};

/// Longest text or PDU (in hexadecimal) that is taken behind the prompt.
const BODY_LIMIT: usize = 2048;

pub(super) async fn send(core: &Arc<Core>, input: &mut Input, command: &Command) -> Reply {
    let text_mode = core.state().settings.get("+CMGF") == 1;
    let (to, length) = match (text_mode, &command.arguments()[0]) {
        (true, Argument::Text(to)) if !to.is_empty() => (to.clone(), 0),
        (false, Argument::Number(length @ 1..=164)) => (String::new(), *length),
        _ => return Reply::cms(if text_mode { 305 } else { 304 }),
    };
    let Some(body) = body(core, input).await else {
        return Reply::ok();
    };
    let message = match text_mode {
        true => from_text(core, &to, &body),
        false => from_pdu(core, usize::try_from(length).unwrap_or(0), &body),
    };
    let mut submit = match message {
        Ok(submit) => submit,
        Err(cms) => return Reply::cms(cms),
    };
    if !radio::in_service(core) {
        return Reply::cms(331);
    }
    let reference = {
        let mut state = core.state();
        state.message_reference = state.message_reference.wrapping_add(1);
        state.message_reference
    };
    submit.reference = reference;
    let patience = core.about(core.world.modem.timing.sms_ms);
    core.pace.wait(patience).await;
    match core.centre.submit(submit) {
        Answer::Accepted => {
            core.state().messages.push(ShortMessage { to, body });
            Reply::info(format!("+CMGS: {reference}"))
        }
        Answer::Refused(cms) => Reply::cms(cms),
        Answer::Silence => {
            core.pace.wait(core.centre.spec().silence_ms).await;
            Reply::cms(332)
        }
    }
}

/// What is typed behind the prompt up to Ctrl-Z; `None` after Escape.
async fn body(core: &Core, input: &mut Input) -> Option<Vec<u8>> {
    core.output.hold();
    core.output.say(b"\r\n> ".to_vec());
    let mut body = Vec::new();
    loop {
        let octet = input.octet().await;
        echo_payload(core, octet);
        match octet {
            0x1A => return Some(body),
            0x1B => return None,
            _ if body.len() < BODY_LIMIT => body.push(octet),
            _ => {}
        }
    }
}

/// The message of PDU mode, or the `+CMS ERROR` that it gets.
fn from_pdu(core: &Core, length: usize, body: &[u8]) -> Result<Submit, u16> {
    let digits: Vec<u8> = body.trim_ascii().to_vec();
    let octets = std::str::from_utf8(&digits).ok().and_then(unhex);
    let octets = octets.ok_or(304u16)?;
    let (centre, tpdu) = split_centre(&octets).map_err(|_| 304u16)?;
    if centre.is_none() && !has_centre(core) {
        return Err(330);
    }
    match Tpdu::read(tpdu) {
        Ok(Tpdu::Submit(submit)) if tpdu.len() == length && is_whole(tpdu, &submit) => Ok(submit),
        _ => Err(304),
    }
}

/// Whether the user data is as long as its length says, and nothing follows it.
fn is_whole(tpdu: &[u8], submit: &Submit) -> bool {
    let (Ok(written), Some(data)) = (Tpdu::Submit(submit.clone()).octets(), submit.data.octets())
    else {
        return false;
    };
    let length_at = written.len() - data.len();
    written.len() == tpdu.len() && written[length_at] == tpdu[length_at]
}

/// The message of text mode, its header as `AT+CSMP` says, or the `+CMS ERROR` that it gets.
fn from_text(core: &Core, to: &str, body: &[u8]) -> Result<Submit, u16> {
    if !has_centre(core) {
        return Err(330);
    }
    let (parameters, ucs2) = {
        let state = core.state();
        let word = |name: &str| state.words.get(name).cloned().unwrap_or_default();
        (word("+CSMP"), word("+CSCS").contains("UCS2"))
    };
    let fields: Vec<u8> = parameters
        .split(',')
        .map(|field| field.parse().unwrap_or(0))
        .collect();
    let [first, validity, protocol, coding] = fields[..] else {
        return Err(305);
    };
    let number: String = match ucs2 {
        true => unhex(to)
            .map(|octets| {
                octets
                    .chunks(2)
                    .filter_map(|two| two.get(1))
                    .map(|&low| char::from(low))
                    .collect()
            })
            .ok_or(305u16)?,
        false => to.to_owned(),
    };
    let digits: String = number.chars().filter(|c| !" -.()".contains(*c)).collect();
    let to = Address::number(&digits).ok_or(305u16)?;
    let content = typed(body, ucs2, coding).ok_or(305u16)?;
    let submit = Submit {
        protocol,
        coding,
        validity: (first & 0x18 == 0x10).then_some(Validity::Relative(validity)),
        reject_duplicates: first & 4 != 0,
        report: first & 0x20 != 0,
        reply_path: first & 0x80 != 0,
        ..Submit::new(to, UserData::new(content))
    };
    submit.data.octets().map(|_| submit).ok_or(305)
}

/// Whether the card or `AT+CSCA` names a service centre.
fn has_centre(core: &Core) -> bool {
    let state = core.state();
    let centre = state.words.get("+CSCA").map_or("", String::as_str);
    centre.bytes().any(|octet| octet.is_ascii_digit()) && !centre.starts_with("\"\"")
}

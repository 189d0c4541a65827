//! What a send would do, as far as it is known without a modem: its request, and the commands on the way to it.
//!
//! In: the octets, the profile, the limits. Out: values to be shown. Never here: a modem, the network, the clock.
use super::modem_stages::{stack_limits, wanted};
use super::post_stages::head;
use super::{Encoded, Limits};
use crate::event::Msisdn;
use crate::modem::{Goal, Planned, Trouble, planned, planned_sms};
use crate::net::Request;
use crate::profile::{Identity, Profile};
use bytes::Bytes;

/// What stands in a header for what only the SIM tells.
const OF_THE_SIM: [&str; 2] = ["<number of the SIM>", "<IMSI of the SIM>"];

/// What a send of an MMS would do.
#[derive(Clone, Debug)]
pub struct Rehearsal {
    /// The request, its body the M-Send.req.
    pub request: Request,
    /// The commands, in their order.
    pub commands: Vec<Planned>,
    /// What only the modem's answers decide, in words.
    pub open: Vec<String>,
}

/// Goes through the send of an MMS without doing anything. `own` is the line's number, where the person has set it.
///
/// # Errors
/// What the send itself would stop at before it reaches the network: a header that cannot be filled in, an APN that no command can say.
pub fn rehearse(
    encoded: &Encoded,
    profile: &Profile,
    limits: &Limits,
    own: Option<&Msisdn>,
) -> Result<Rehearsal, Trouble> {
    let [number, imsi] = OF_THE_SIM;
    let identity = Identity {
        msisdn: Some(own.map_or(number, Msisdn::reveal).to_owned()),
        imsi: Some(imsi.to_owned()),
        nai: None,
    };
    let body = Bytes::from(encoded.octets.clone());
    let request = head(profile, &encoded.endpoint, &identity, body)?;
    let dialled = encoded.endpoint.dialled();
    let goal = Goal {
        host: &dialled.host,
        port: dialled.port,
    };
    let commands = planned(&wanted(profile), stack_limits(limits), &goal)?;
    let mut open = vec![
        "which context is used: one that has the APN already, or a spare one, and what the network grants it".to_owned(),
        "which addresses the name has, and which of them lets itself be connected: they are tried in turn, each connect at most twice".to_owned(),
    ];
    let filled = request.headers.iter();
    if filled
        .clone()
        .any(|(_, v)| OF_THE_SIM.contains(&v.as_str()))
    {
        open.push("headers that carry what the SIM tells".to_owned());
    }
    open.push("settings are changed only where they are read to be otherwise; all are read again at the end, and put back".to_owned());
    Ok(Rehearsal {
        request,
        commands,
        open,
    })
}

/// The commands of a send as SMS, its TPDUs of so many octets; `report` asks for status reports.
#[must_use]
pub fn rehearse_sms(tpdus: &[usize], report: bool) -> (Vec<Planned>, Vec<String>) {
    let open = vec![
        "settings are changed only where they are read to be otherwise; all are read again at the end, and put back".to_owned(),
        "whether the service centre takes each part: the first that it does not take ends the send".to_owned(),
    ];
    (planned_sms(tpdus, report), open)
}

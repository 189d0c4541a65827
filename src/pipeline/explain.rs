//! What a failed connect or a failed POST proves, what it does not, and what to do now.
use crate::event::Shape;
use crate::modem::{Dialled, Trouble};
use crate::net::{HttpError, Sent};
use crate::profile::{Endpoint, Profile};

/// A connect that did not open, in words (at-sim7600 section 4.4). No code is ever called "network unreachable": neither error
/// table has such a row.
#[must_use]
pub fn connect(
    profile: &Profile,
    endpoint: &Endpoint,
    address: &str,
    dialled: &Dialled,
    substituted: Option<&str>,
) -> Trouble {
    let mut trouble = refused(profile, endpoint, address, dialled);
    if let Some(apn) = substituted {
        let asked = &profile.mms_pdn().apn;
        trouble.failure.means += &format!(
            ". The network has put this line on the APN {apn} instead of {asked}: an MMSC that only {asked} reaches is out of reach from there"
        );
        trouble.failure.advice = format!(
            "Ask the carrier why {asked} is not given to this line (AT+CGCONTRDP shows {apn}); {}",
            trouble.failure.advice
        );
    }
    trouble
}

fn refused(profile: &Profile, endpoint: &Endpoint, address: &str, dialled: &Dialled) -> Trouble {
    let port = endpoint.dialled().port;
    if let Some(trouble) = &dialled.trouble
        && dialled.code.is_none()
    {
        let mut trouble = trouble.clone();
        trouble.failure.what =
            format!("{address}:{port} did not connect: {}", trouble.failure.what);
        return trouble;
    }
    let seconds = seconds(dialled.ms);
    let (code, when) = match (dialled.code, dialled.shape) {
        (Some(code), Shape::Late) => (
            format!("+CIPOPEN error {code}"),
            format!("{seconds} after OK"),
        ),
        (Some(code), _) => (
            format!("+CIPOPEN error {code}"),
            format!("{seconds}, at once with ERROR"),
        ),
        (None, _) => ("ERROR without a code".to_owned(), seconds),
    };
    let (means, mut advice) = match (dialled.code, dialled.shape) {
        (Some(4), Shape::Late) => (
            "4 = operation not supported (manual wording): the connect failed and the modem does not report the cause. \
             Nothing here shows that the carrier blocks the MMSC: a closed port, a rejected connection and a fault in the module look the same",
            "Dial the port that the MMSC's URL names, and connect to a public host over the same context as a control",
        ),
        (Some(4), _) => (
            "4 = operation not supported: the modem refused before it sent anything; the link number is in use or in the wrong state. \
             This says nothing about the network",
            "See AT+CIPOPEN? for links in use; AT+CIPCLOSE=n or AT+NETCLOSE, then send again",
        ),
        (Some(10), _) => (
            "10 = timeout: nothing came back. A firewall that drops, an address that belongs to another bearer and a host that is down look the same",
            "Connect to a public host over the same context as a control; compare another APN and PDP type",
        ),
        (Some(2), _) => (
            "2 = network not opened: the module's socket stack closed in the meantime; nothing was sent",
            "Send again; if it happens again, look for +CGEV lines that say why the context went down",
        ),
        (Some(8), _) => (
            "8 = busy: the module is still at another connect; nothing was sent",
            "Wait for it to end, then send again",
        ),
        (Some(11), _) => (
            "11 = the module could not resolve the name",
            "Check the host's spelling in the profile",
        ),
        (Some(1), _) => (
            "1 = network failure: the module gave no further cause",
            "Look at the signal and the PDP contexts, then send again",
        ),
        _ => (
            "the modem gave no cause that its manual explains",
            "Send again; AT+CIPOPEN? shows the state of the links",
        ),
    };
    let own = match &endpoint.via_proxy {
        Some(proxy) if is_of_address(dialled) => format!(
            "The proxy {}:{} was dialled, not the MMSC: compare it with the carrier's page. `mmscope probe` sees whether the MMSC answers without it",
            proxy.host, proxy.port
        ),
        _ => url_port_hint(profile, endpoint),
    };
    if !own.is_empty() {
        advice = own.as_str();
    }
    let what = format!("{address}:{port} did not connect: {code}, {when}");
    let mut trouble = Trouble::new(what, dialled.raw.clone(), means, advice);
    trouble.evidence.clone_from(&dialled.evidence);
    trouble
}

/// Whether a failed connect says something of the address, so that another one of the same name may do better. A stack that is not
/// open (2), a module at another connect (8) and a command that had no result fail with every address.
#[must_use]
pub fn is_of_address(dialled: &Dialled) -> bool {
    dialled.trouble.is_none() && !matches!(dialled.code, Some(2 | 8))
}

/// The last of several addresses failed as those before it.
#[must_use]
pub fn none_of(tried: usize, mut trouble: Trouble) -> Trouble {
    if tried > 1 {
        let last = &trouble.failure.what;
        trouble.failure.what = format!("none of {tried} addresses connected; the last: {last}");
    }
    trouble
}

/// The lookup answered without an address.
#[must_use]
pub fn no_address() -> Trouble {
    Trouble::new(
        "the name of the MMSC has no address",
        "",
        "the lookup ended well and named none",
        "Check the spelling of the MMSC's host in the profile",
    )
}

/// The one cause that can be mended in a minute: a dialled port that is not the URL's.
fn url_port_hint(profile: &Profile, endpoint: &Endpoint) -> String {
    match profile.mms.connect_port {
        Some(own) if endpoint.via_proxy.is_none() && own != endpoint.port_of_url() => format!(
            "Port {own} is dialled because the profile insists (connect_port); its URL means port {}. Try a profile without connect_port",
            endpoint.port_of_url()
        ),
        _ => String::new(),
    }
}

fn seconds(ms: u64) -> String {
    if ms < 1000 {
        format!("{ms} ms")
    } else {
        format!("{}.{} s", ms / 1000, ms % 1000 / 100)
    }
}

/// A send that was stopped when the modem had the whole request, in words.
#[must_use]
pub fn stopped_too_late() -> crate::event::Failure {
    Trouble::new(
        "stopped after the whole request had been handed to the modem",
        "",
        "what the modem has cannot be taken back: the MMSC may have accepted the message",
        LOOK_FIRST,
    )
    .failure
}

/// Before a second send of a message whose fate is unknown.
pub const LOOK_FIRST: &str = "Look at the recipient's phone before sending again; a second send can arrive as a second message";

/// A POST without an answer, in words.
#[must_use]
pub fn http(error: &HttpError) -> Trouble {
    let raw = crate::event::escape(&error.begins()[..error.begins().len().min(400)]);
    let (means, advice) = match error {
        HttpError::Unwritable { .. } => ("nothing was sent", "Correct the header in the profile"),
        _ if error.may_have_been_accepted() && error.sent() == Sent::Handed => (
            "the whole request was handed to the modem, which did not say what became of the last of it: it may have gone out, and the MMSC may have accepted the message",
            LOOK_FIRST,
        ),
        _ if error.may_have_been_accepted() => (
            "the request went out whole and no answer was read: the MMSC may have accepted the message",
            LOOK_FIRST,
        ),
        HttpError::Truncated {
            status: 502 | 504, ..
        }
        | HttpError::Endless {
            status: 502 | 504, ..
        } => (GATEWAY, LOOK_FIRST),
        HttpError::Truncated { .. } | HttpError::Endless { .. } => (
            "a server answered with a status that is no success, and its page was not read to the end: the message was not accepted",
            "Look at the answer under the HTTP exchange; check the MMSC's URL",
        ),
        HttpError::NotHttp { .. } => (
            "something on that port answers, but it is not a web server, so not an MMSC",
            "Check the port in the profile; a proxy or another service may listen there",
        ),
        _ => (
            "the request did not go out whole, so the MMSC cannot have accepted the message",
            "Send again; if it ends at the same place each time, the path may not carry large packets",
        ),
    };
    Trouble::new(
        format!("no answer to the POST: {error}"),
        raw,
        means,
        advice,
    )
}

const GATEWAY: &str = "a gateway got no good answer from the server behind it: it does not say whether the MMSC took the message";

/// An HTTP status that is not success, in words.
#[must_use]
pub fn status(status: u16, line: &str, begins: &str) -> Trouble {
    let (means, advice) = match status {
        300..=399 => (
            "a redirect: the server sends the request elsewhere; an MMSC does not do that, a portal or a wrong URL does. It was not followed, since the message would go to a stranger",
            "Look at the Location header and check the MMSC's URL; a plan without data, or a line without MMS, ends at such a portal",
        ),
        401 | 403 | 407 | 511 => (
            "a server answered and refuses this line or this request: TCP and the way there are fine",
            "Check the headers and the User-Agent that this carrier wants; then ask the carrier whether the line has MMS",
        ),
        404 | 410 => (
            "a server answered and does not know this path: TCP and the way there are fine",
            "Check the path of the MMSC's URL; a `:8080` at its end belongs to no path",
        ),
        400 | 405..=406 | 409 | 411..=415 => (
            "a server answered and does not accept the request as it is",
            "Look at the request under the HTTP exchange: content type, length, headers; compare with what the carrier wants",
        ),
        100..=199 => (
            "the server only said that it goes on, and then no more: an answer never came",
            "Look at the recipient's phone before sending again",
        ),
        400..=499 => (
            "a server answered and refuses the request",
            "Look at the answer under the HTTP exchange",
        ),
        502 | 504 => (GATEWAY, LOOK_FIRST),
        _ => (
            "a server answered and has trouble of its own: the message was not accepted",
            "Send again in a minute; if it stays, tell the carrier the time and the status",
        ),
    };
    Trouble::new(
        format!("the server answered {status}"),
        format!("{line} {begins}").trim().to_owned(),
        means,
        advice,
    )
}

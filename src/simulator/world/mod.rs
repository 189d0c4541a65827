//! A world: everything in which one simulated bench differs from another, as its TOML file says it. Comes in: the text of a
//! file. Goes out: a checked [`World`], or an error with the line and a remedy. Never here: state, time, the modem's behaviour.
//! The schema is explained for authors in `assets/worlds/README.md`.
mod check;
mod device;
mod messages;
mod network;
mod values;

use serde::Deserialize;

use super::mmsc::MmscSpec;
use crate::document::{Document, Wrong};

pub use device::{
    Definition, FirmwareSpec, MailboxSpec, Phase, Quirks, RadioSpec, Registration, SignalUnits,
    Signature, Signatures, SimSpec, Timing, When,
};
pub use messages::{IncomingSms, Order, SmsPhone, SmsSpec, SubmissionFailure};
pub use network::{
    ApnSpec, DnsAnswer, DnsSpec, HostSpec, NameSpec, NetworkSpec, Outcome, PhoneSaw, Refusal,
    RouteSpec, ServiceKind, WitnessSpec,
};
pub use values::{Apn, Cid, Family, PdpType, Prefix};

/// A whole world: the device, its SIM, the radio, the network and the MMSC behind it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct World {
    /// Version of the schema; this is 1.
    #[serde(rename = "schema")]
    _schema: Schema,
    /// One line that says what this world is like.
    pub description: String,
    /// What is really the case. Only tests read it: blanking it changes nothing.
    #[serde(default)]
    pub truth: String,
    /// With what a person starts here.
    pub start: Start,
    /// The module and its firmware.
    #[serde(default)]
    pub modem: FirmwareSpec,
    /// The card.
    #[serde(default)]
    pub sim: SimSpec,
    /// Registration and signal.
    #[serde(default)]
    pub radio: RadioSpec,
    /// PDP contexts defined in the module's memory when the bench is switched on.
    #[serde(default, rename = "context")]
    pub contexts: Vec<Definition>,
    /// The packet network: APNs, names, routes.
    #[serde(default)]
    pub network: NetworkSpec,
    /// The short message service.
    #[serde(default)]
    pub sms: SmsSpec,
    /// The MMSC.
    #[serde(default)]
    pub mmsc: MmscSpec,
    /// The host's network interface over this modem.
    #[serde(default)]
    pub host: Option<HostSpec>,
    /// What a person sees who tries with a phone.
    #[serde(default)]
    pub witness: WitnessSpec,
}

/// With what a person starts in a world.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Start {
    /// Id of the carrier profile, such as `example/open`.
    pub profile: String,
    /// The message that is already written.
    pub draft: Draft,
}

/// A message that a world begins with.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// The recipient, E.164.
    pub to: String,
    /// The text.
    pub text: String,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "i64")]
struct Schema;

impl TryFrom<i64> for Schema {
    type Error = String;

    fn try_from(version: i64) -> Result<Self, String> {
        if version == 1 {
            Ok(Schema)
        } else {
            Err(format!(
                "schema {version} is not known to this program: it reads schema = 1"
            ))
        }
    }
}

/// Why a world cannot be used: place, reason and remedy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WorldError {
    /// No shipped world has this name.
    #[error(
        "there is no world named {name:?}; {}A few: mint, open, firewalled, other-apn; `mmscope sim --list` names all. Another one can be given as a file",
        .near.map(|near| format!("did you mean {near:?}? ")).unwrap_or_default()
    )]
    Unknown {
        /// The name asked for.
        name: String,
        /// The most likely meaning.
        near: Option<&'static str>,
    },
    /// The text is not a world.
    #[error("{origin}, line {line}: {what}. {remedy}")]
    Broken {
        /// Where the text came from: a file name, or the name of a shipped world.
        origin: String,
        /// Line, counted from 1.
        line: usize,
        /// What is wrong there.
        what: String,
        /// What to do about it.
        remedy: String,
    },
}

macro_rules! shipped {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../../assets/worlds/", $name, ".toml")))),*]
    };
}

const SHIPPED: &[(&str, &str)] = shipped![
    "open",
    "mint",
    "firewalled",
    "no-sim",
    "no-coverage",
    "pdp-refused",
    "dns-dead",
    "mmsc-refuses",
    "mmsc-500",
    "sim-pin",
    "sim-puk",
    "refused",
    "apn-substituted",
    "wrong-context",
    "stack-error",
    "stack-open-already",
    "busy-link",
    "reg-denied",
    "weak-signal",
    "mmsc-portal",
    "mmsc-redirect",
    "mmsc-resets",
    "mmsc-slow",
    "mmsc-truncates",
    "mmsc-endless",
    "mmsc-garbage",
    "needs-proxy",
    "proxy-refuses",
    "noisy",
    "garbage",
    "reboots",
    "vanishes",
    "old-firmware",
    "one-open-at-a-time",
    "ipv6-only",
    "host-route",
    "host-reaches",
    "host-stack-error",
    "mtu",
    "stale-name",
    "stale-resolver",
    "no-mms",
    "no-mms-refused",
    "firewalled-phone-sends",
    "no-data",
    "wants-agent",
    "wants-profile",
    "wrong-path",
    "port-8080",
    "port-8080-silent",
    "port-80-not-found",
    "reset-as-4",
    "exchanged",
    "one-word",
    "transparent-proxy",
    "transparent-portal",
    "refuses-opens",
    "all-links-taken",
    "silent-by-context",
    "other-apn",
    "lookup-broken",
    "name-denied",
    "ipv6-path",
    "ipv6-after-change",
    "mute",
    "self-test",
    "sms-fails-midway",
    "sms-reports-fail",
    "notification-late",
    "retrieve-expired",
    "retrieve-fails",
    "sms-storage-full",
    "push-out-of-order",
    "stack-busy-a-while",
    "host-on-other-apn",
    "name-blocked",
    "name-of-other-apn",
    "data-denied",
    "radio-off",
    "heard-not-taken",
    "every-type-refused",
    "redirect-port",
    "redirect-path",
    "reset-as-silence",
    "mtu-small",
    "mmsc-empty",
    "portal-as-mms",
    "ipv6-name-only",
    "opens-too-late",
];

impl World {
    /// A world that comes with the program.
    ///
    /// # Errors
    /// [`WorldError::Unknown`] lists the names that there are.
    pub fn named(name: &str) -> Result<World, WorldError> {
        match SHIPPED.iter().find(|(known, _)| *known == name) {
            Some((name, text)) => World::parse(name, text),
            None => Err(WorldError::Unknown {
                name: name.to_owned(),
                near: nearest(name),
            }),
        }
    }

    /// Reads a world from the text of a TOML file; `origin` names the file in errors.
    ///
    /// # Errors
    /// [`WorldError::Broken`] with the line, what is wrong there and what to do.
    pub fn parse(origin: &str, text: &str) -> Result<World, WorldError> {
        let world = read(origin, text)?;
        for (index, context) in world.contexts.iter().enumerate() {
            if world.contexts[..index]
                .iter()
                .any(|other| other.cid == context.cid)
            {
                let line = nth_line(text, "[[context]]", index);
                return Err(broken(
                    origin,
                    line,
                    &format!("context {} is defined twice", context.cid.number()),
                ));
            }
        }
        for (index, route) in world.network.routes.iter().enumerate() {
            if route.outcome == Outcome::Open && route.service.is_none() {
                let line = nth_line(text, "[[network.route]]", index);
                return Err(broken(
                    origin,
                    line,
                    "an open route needs a service: who answers there?",
                ));
            }
        }
        check::check(&world).map_err(|(heading, index, what)| {
            broken(origin, nth_line(text, heading, index), &what)
        })?;
        Ok(world)
    }

    /// What the Content-Location of a waiting message begins with: what the world says, or else the first name and port at which its MMSC is
    /// reached.
    pub(super) fn content_location(&self) -> String {
        if let Some(said) = &self.mmsc.content_location {
            return said.trim_end_matches('/').to_owned();
        }
        let reached =
            |route: &&RouteSpec| route.service == Some(ServiceKind::Mmsc) && route.mmsc.is_none();
        let named = self
            .network
            .routes
            .iter()
            .filter(reached)
            .find_map(|route| {
                let leads =
                    |address: std::net::IpAddr| route.to.is_none_or(|to| to.contains(address));
                let name = self.network.dns.names.iter().find(|name| {
                    let v4 = name.a.iter().any(|a| leads((*a).into()));
                    v4 || name.aaaa.iter().any(|a| leads((*a).into()))
                })?;
                Some(match route.ports.first() {
                    None | Some(80) => format!("http://{}", name.name),
                    Some(port) => format!("http://{}:{port}", name.name),
                })
            });
        named.unwrap_or_else(|| "http://mmsc.example".to_owned())
    }

    /// Public hosts that a person would use as controls in this world: `example.com` where the world has that name, by name and by its
    /// address.
    pub fn references(&self) -> Vec<(String, u16)> {
        let known = self
            .network
            .dns
            .names
            .iter()
            .find(|name| name.name.eq_ignore_ascii_case(REFERENCE));
        let Some(known) = known else {
            return Vec::new();
        };
        let literal = known.a.first().map(|a| (a.to_string(), 80));
        [80, 443]
            .map(|port| (REFERENCE.to_owned(), port))
            .into_iter()
            .chain(literal)
            .collect()
    }

    /// The shipped worlds: name and one line about each, in the order in which a picker should show them.
    pub fn shipped() -> Vec<(&'static str, String)> {
        SHIPPED
            .iter()
            .map(|(name, text)| {
                let description = World::parse(name, text)
                    .map(|world| world.description)
                    .unwrap_or_default();
                (*name, description)
            })
            .collect()
    }
}

/// The public host that simulated networks have.
const REFERENCE: &str = "example.com";
/// Worlds may be like a shipped one; so many steps of that are followed.
const LIKENESS: usize = 4;

/// Reads the text, laid over the shipped world that it is `like`.
fn read(origin: &str, text: &str) -> Result<World, WorldError> {
    let unread = |wrong: Wrong| {
        let place = wrong.span.unwrap_or_default();
        broken(origin, line_of(text, place.start), &wrong.says)
    };
    let own = Document::parse(text).map_err(unread)?;
    if !own.has("schema") {
        return Err(broken(origin, 1, "missing field `schema`"));
    }
    laid_over(origin, text, own, LIKENESS)?
        .read()
        .map_err(unread)
}

fn laid_over(
    origin: &str,
    text: &str,
    mut own: Document,
    steps: usize,
) -> Result<Document, WorldError> {
    let Some((like, place)) = own.take("like") else {
        return Ok(own);
    };
    let named = |name: &String| SHIPPED.iter().find(|(known, _)| known == name);
    let base = like.as_ref().and_then(named);
    let (Some((name, base)), 1..) = (base, steps) else {
        let like = like.map_or("this".to_owned(), |like| format!("{like:?}"));
        let what = format!("{like} is no shipped world that another one can be like");
        return Err(broken(origin, line_of(text, place.start), &what));
    };
    let beneath = Document::parse(base).map_err(|wrong| {
        broken(
            name,
            line_of(base, wrong.span.unwrap_or_default().start),
            &wrong.says,
        )
    })?;
    Ok(own.laid_over(laid_over(name, base, beneath, steps - 1)?))
}

fn broken(origin: &str, line: usize, what: &str) -> WorldError {
    let what = what.lines().next().unwrap_or_default().trim().to_owned();
    let remedy = if what.starts_with("unknown field") {
        "Remove it or correct its spelling"
    } else if what.starts_with("missing field") {
        "Add it; assets/worlds/README.md shows where it belongs"
    } else if what.starts_with("unknown variant") {
        "Choose one of those named"
    } else {
        "assets/worlds/README.md explains every field, and assets/worlds/open.toml is a whole example"
    };
    WorldError::Broken {
        origin: origin.to_owned(),
        line,
        what,
        remedy: remedy.to_owned(),
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes()
        .take(offset)
        .filter(|byte| *byte == b'\n')
        .count()
        + 1
}

fn nth_line(text: &str, heading: &str, index: usize) -> usize {
    text.lines()
        .enumerate()
        .filter(|(_, line)| {
            let key = line.split('=').next().unwrap_or_default().trim();
            line.trim() == heading || key == heading
        })
        .nth(index)
        .map_or(1, |(number, _)| number + 1)
}

/// The shipped world whose name is most like this one, where one is.
fn nearest(wrong: &str) -> Option<&'static str> {
    let likeness = |name: &str| strsim::jaro_winkler(wrong, name);
    let names = SHIPPED.iter().map(|(name, _)| *name);
    let like = names.filter(|name| likeness(name) > 0.75);
    like.max_by(|a, b| likeness(a).total_cmp(&likeness(b)))
}

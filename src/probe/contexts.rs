//! E03, E04, E20–E23: a context is brought up, and the stack moved to it and proved.
use super::Lab;
use super::access::checked;
use crate::event::{Found, On, Shape, StackKind};
use crate::modem::{Auth, Bearer, Settings, StackLimits, Trouble, Wanted};
use crate::profile::{self, Profile};
use std::time::Duration;

/// Between two tries of something that was refused.
const PAUSE: Duration = Duration::from_secs(3);

/// The context that a profile asks for.
pub fn wanted(profile: &Profile) -> Wanted {
    let pdn = profile.mms_pdn();
    let auth = match pdn.auth {
        profile::Auth::None => None,
        profile::Auth::Pap => Some(Auth::Pap),
        profile::Auth::Chap => Some(Auth::Chap),
        profile::Auth::PapOrChap => Some(Auth::Either),
    };
    let password = pdn.password.as_ref().map(|p| p.reveal().to_owned());
    Wanted {
        apn: pdn.apn.clone(),
        pdp_type: pdn.pdp_type,
        auth: auth.map(|a| {
            (
                a,
                pdn.user.clone().unwrap_or_default(),
                password.unwrap_or_default(),
            )
        }),
    }
}

/// Brings a context up and the stack onto it. Returns where measurements are made from then on, and how many links are free.
pub async fn enter(
    lab: &Lab<'_>,
    experiment: &'static str,
    wanted: &Wanted,
    settings: &Settings,
) -> Option<(On, usize)> {
    let bearer = bring_up(lab, experiment, wanted, settings).await?;
    open(lab, experiment, &bearer, settings).await
}

fn place(wanted: &Wanted) -> On {
    On {
        stack: StackKind::At,
        cid: None,
        apn_asked: wanted.apn.clone(),
        apn_granted: None,
        pdp_type: wanted.pdp_type,
        proven: None,
    }
}

async fn bring_up(
    lab: &Lab<'_>,
    experiment: &'static str,
    wanted: &Wanted,
    settings: &Settings,
) -> Option<Bearer> {
    let modem = lab.gear.modem.serving("probe");
    for look in 0..2 {
        let trouble = match modem
            .bring_up(wanted, settings, |intent| {
                crate::pipeline::intend(lab.gear, intent)
            })
            .await
        {
            Ok(bearer) => {
                told(lab, experiment, &bearer);
                return Some(bearer);
            }
            Err(trouble) => trouble,
        };
        refused(lab, experiment, wanted, &trouble).await;
        if look == 0 {
            tokio::time::sleep(lab.real(PAUSE)).await;
        }
    }
    None
}

fn told(lab: &Lab<'_>, experiment: &'static str, bearer: &Bearer) {
    let context = &bearer.context;
    let on = on(bearer, None);
    let granted = context.granted.as_ref();
    let dns = granted.map(|g| g.dns.clone()).unwrap_or_default();
    let says = format!(
        "cid {}: asked {} ({}), granted {}, {}",
        context.cid,
        context.apn,
        context.pdp_type,
        granted.map_or("not told", |g| g.apn.as_str()),
        context.addresses.join(" ")
    );
    let found = Found::Bearer {
        on,
        addresses: context.addresses.clone(),
        dns,
        refused: None,
    };
    lab.found(experiment, bearer.evidence.clone(), found);
    checked(
        lab,
        experiment,
        &format!("Context with {}", context.apn),
        &says,
    );
}

/// A refusal, or a context that is up and has no address.
async fn refused(lab: &Lab<'_>, experiment: &'static str, wanted: &Wanted, trouble: &Trouble) {
    let modem = lab.gear.modem.serving("probe");
    let contexts = modem.contexts().await.unwrap_or_default();
    let bare = contexts
        .iter()
        .find(|c| c.active && c.addresses.is_empty() && c.apn.eq_ignore_ascii_case(&wanted.apn));
    let (cid, why) = match bare {
        Some(context) => (Some(context.cid), None),
        None => (None, Some(why(trouble))),
    };
    let found = Found::Bearer {
        on: On {
            cid,
            ..place(wanted)
        },
        addresses: Vec::new(),
        dns: Vec::new(),
        refused: why,
    };
    lab.found(experiment, trouble.evidence.clone(), found);
    checked(
        lab,
        experiment,
        &format!("Context with {}", wanted.apn),
        &trouble.failure.what,
    );
}

/// Why, in words that tell an activation that was refused from a step before it, at which the network was not asked.
fn why(trouble: &Trouble) -> String {
    let failure = &trouble.failure;
    match failure.what.starts_with("PDP context") {
        true => failure.means.clone(),
        false => format!("{}: {}", failure.what, failure.means),
    }
}

fn on(bearer: &Bearer, proven: Option<bool>) -> On {
    let context = &bearer.context;
    On {
        stack: StackKind::At,
        cid: Some(context.cid),
        apn_asked: context.apn.clone(),
        apn_granted: context.granted.as_ref().map(|g| g.apn.clone()),
        pdp_type: context.pdp_type,
        proven,
    }
}

/// Whether the context that was brought up is up now. A module that restarted meanwhile has none, and refuses for that alone.
async fn still_up(lab: &Lab<'_>, bearer: &Bearer) -> bool {
    let modem = lab.gear.modem.serving("probe");
    let contexts = modem.contexts().await.unwrap_or_default();
    contexts
        .iter()
        .any(|c| c.cid == bearer.context.cid && c.active)
}

fn gone(lab: &Lab<'_>, bearer: &Bearer, trouble: &Trouble) {
    let says = format!(
        "context {} was up and is gone: the module restarted, or the network took it away",
        bearer.context.cid
    );
    checked(lab, "E04", "Socket stack", &says);
    let found = Found::Modem {
        answers: false,
        says,
    };
    lab.found("E04", trouble.evidence.clone(), found);
}

async fn open(
    lab: &Lab<'_>,
    experiment: &'static str,
    bearer: &Bearer,
    settings: &Settings,
) -> Option<(On, usize)> {
    let modem = lab.gear.modem.serving("probe");
    let limits = StackLimits {
        open: Duration::from_secs(60),
        connect: lab.limit,
        send: Duration::from_secs(15),
    };
    for look in 0..2 {
        let opened = modem.open_stack(bearer, limits, settings).await;
        let (stack, shape, says, evidence) = match opened {
            Ok((stack, evidence)) => (stack, Shape::Late, "open, and proved".to_owned(), evidence),
            Err(trouble) => {
                if !still_up(lab, bearer).await {
                    gone(lab, bearer, &trouble);
                    return None;
                }
                let (stack, event) = modem.look_at_stack(bearer).await.ok()?;
                let shape = if trouble.is_at_once() {
                    Shape::AtOnce
                } else {
                    Shape::Unknown
                };
                let says = trouble.failure.what.clone();
                (stack, shape, says, [trouble.evidence, vec![event]].concat())
            }
        };
        let used = match stack.open {
            true => modem.look_at_links().await.unwrap_or_default().len(),
            false => 0,
        };
        let on = on(bearer, stack.proven);
        let found = Found::Stack {
            on: on.clone(),
            open: stack.open,
            address: stack.address.clone(),
            shape,
            says: says.clone(),
            links_used: u8::try_from(used).unwrap_or(u8::MAX),
        };
        lab.found("E04", evidence, found);
        let title = format!("Socket stack on {experiment}'s context");
        checked(lab, "E04", &title, &says);
        if stack.open && stack.proven == Some(true) {
            return Some((on, 10 - used.min(10)));
        }
        if stack.open && stack.proven.is_none() {
            return Some((on, 10 - used.min(10)));
        }
        if look == 0 {
            modem.close_stack().await.ok()?;
            tokio::time::sleep(lab.real(PAUSE)).await;
        }
    }
    None
}

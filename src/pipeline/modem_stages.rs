//! The stages up to an open socket stack: encode, port, sim, register, attach, bearer, stack.
use super::{Encoded, Fallen, Gear, Job, Ladder, Learned, Limits};
use crate::event::{
    Identity, Level, Message, Notice, Registration, SettingsAct, SettingsStep, SimState, Stage,
    What,
};
use crate::modem::{Auth, Bearer, Intent, Modem, Settings, SimCard, StackLimits, Trouble, Wanted};
use crate::profile;
use crate::profile::Profile;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// How often a modem that still searches is asked again, in the world's time.
const SEARCHING: Duration = Duration::from_secs(2);

/// The message becomes octets; the profile's MMSC becomes something that can be dialled.
pub async fn encode(job: &Job, ladder: &Ladder) -> Result<Encoded, Fallen> {
    ladder
        .stage(Stage::Encode, None, async {
            let encoded = match &job.sealed {
                Some(sealed) => Encoded::clone(sealed),
                None => off_the_thread(job).await?,
            };
            let again = match encoded.again {
                true => ", the same octets as before",
                false => "",
            };
            let mut says = format!(
                "M-Send.req {}, {} {}{again}",
                size(encoded.octets.len()),
                encoded.parts,
                if encoded.parts == 1 { "part" } else { "parts" }
            );
            for change in &encoded.changes {
                says += &format!("; {change}");
            }
            for lint in &encoded.warnings {
                says += &format!("; {} {}", lint.id, lint.says);
            }
            for doubt in &encoded.doubts {
                says += &format!("; octet {}: {}", doubt.offset, doubt.what);
            }
            Ok(Learned::new(encoded, says, Vec::new()))
        })
        .await
}

/// Encodes; where pictures have to be looked at, beside the thread that reads the serial line.
///
/// # Errors
/// Those of [`super::encode`].
pub async fn off_the_thread(job: &Job) -> Result<Encoded, Trouble> {
    if job.draft.attachments.is_empty() {
        return super::encode(job);
    }
    let job = job.clone();
    tokio::task::spawn_blocking(move || super::encode(&job))
        .await
        .unwrap_or_else(|e| {
            Err(Trouble::new(
                "the message was not encoded",
                "",
                e.to_string(),
                "Leave out the attachment, and report this: it is a fault of the program",
            ))
        })
}

pub(super) fn unsaved(why: &std::io::Error) -> Trouble {
    Trouble::new(
        "the modem's settings cannot be written to disk",
        "",
        format!("{why}; without that copy nothing is changed"),
        "Make room or give the state folder back to yourself; nothing has been changed on the modem",
    )
}

fn anothers(owed: &Settings) -> Trouble {
    Trouble::new(
        "the settings that wait to be put back are another modem's",
        "",
        format!(
            "they belong to {}, which was on this line before; their only copy would be lost if this modem's took its place",
            super::tidy::owner(owed)
        ),
        "Plug that modem in and run `mmscope restore`; or, if it is gone for good, remove its file from the folder of kept settings (`mmscope doctor` names the folder). Nothing was changed",
    )
}

/// Writes down what is about to be done to a context, so that it can be undone, and nothing else is.
pub(crate) fn intend(gear: &Gear, intent: Intent) -> Result<(), Trouble> {
    let owed = gear.saved(|saved| {
        let owed = saved.as_mut()?;
        match intent {
            Intent::Define(cid) => owed.made.insert(cid),
            Intent::Activate(cid) => owed.raised.insert(cid),
        };
        Some(owed.clone())
    });
    owed.map_or(Ok(()), |owed| {
        gear.keep.save(&owed).map_err(|e| unsaved(&e))
    })
}

/// Keeps the settings as they were found, before the first change. A copy that still waits to be put back is not written over.
pub(crate) fn hold(
    gear: &Gear,
    modem: &Modem,
    identity: &Identity,
    settings: &Settings,
) -> Result<(), Trouble> {
    match gear.saved(|s| s.clone()) {
        Some(owed) if !owed.belong_to(identity) || owed.is_of_another(modem.unit().as_deref()) => {
            Err(anothers(&owed))
        }
        // What the modem is set to now is not how it was found: the older copy stays the one to put back.
        Some(_) => Ok(()),
        None => {
            let found = Settings {
                modem: Some(identity.clone()),
                unit: modem.unit(),
                ..settings.clone()
            };
            gear.keep.save(&found).map_err(|e| unsaved(&e))?;
            gear.saved(|s| *s = Some(found));
            gear.boots.store(modem.engine().boots(), Ordering::Relaxed);
            Ok(())
        }
    }
}

/// How often the settings that carry short messages are read again until two readings agree.
const SURELY: u32 = 4;

/// The settings that carry short messages are kept with the others, before those that are named here are changed; what was read.
///
/// # Errors
/// The modem falls silent, or the copy cannot be written: then nothing may be changed.
pub async fn keep_sms_settings(gear: &Gear, touched: &[&str]) -> Result<Settings, Trouble> {
    let modem = gear.modem.serving("sms");
    let mut found = modem.read_sms_settings().await?;
    // A line that was garbled on its way would be put back as it was misread: two readings have to agree.
    for _ in 0..SURELY {
        let again = modem.read_sms_settings().await?;
        if again.values == found.values {
            break;
        }
        found = again;
    }
    let owed = gear.saved(|saved| {
        let owed = saved.as_mut()?;
        for (name, value) in &found.values {
            // What an earlier send could not put back is the value to go back to.
            owed.values
                .entry(name.clone())
                .or_insert_with(|| value.clone());
        }
        owed.touched.extend(touched.iter().map(|n| (*n).to_owned()));
        Some(owed.clone())
    });
    if let Some(owed) = owed {
        gear.keep.save(&owed).map_err(|e| unsaved(&e))?;
    }
    Ok(found)
}

/// A modem answers; its settings are saved; it speaks in words. What a send through the same `profile` has left standing is gone on with.
pub async fn port(gear: &Gear, ladder: &Ladder, profile: Option<&str>) -> Result<Settings, Fallen> {
    let modem = gear.modem.serving("port");
    let boots = modem.engine().boots();
    let stands = profile.is_some_and(|id| gear.standing.serves(id, boots));
    // What an earlier send could not put back goes back first, where the modem answers at all.
    if !stands && gear.saved(|s| s.is_some()) && modem.hello().await.is_ok() {
        super::tidy(gear).await;
    }
    ladder
        .stage(Stage::Port, Some(gear.limits.of(Stage::Port)), async {
            let mut evidence = vec![modem.hello().await?];
            let identity = match gear.learnt(|l| l.identity.clone()) {
                Some(known) => known,
                None => {
                    let identity = modem.identify().await?;
                    gear.learnt(|l| l.identity = Some(identity.clone()));
                    identity
                }
            };
            let before = if stands { gear.standing.found() } else { None };
            let settings = modem.read_settings_surely(before).await?;
            hold(gear, &modem, &identity, &settings)?;
            gear.standing.has_found(&settings);
            if !stands {
                // What carries messages to this line is looked at before and after.
                keep_sms_settings(gear, &[]).await?;
                evidence.push(gear.sink.record(What::Settings(SettingsStep {
                    step: SettingsAct::Saved,
                    commands: Vec::new(),
                })));
            }
            modem.talk_plainly(&settings).await?;
            Ok(Learned::new(
                settings,
                format!(
                    "{} {} on {}",
                    identity.model, identity.firmware, gear.serial
                ),
                evidence,
            ))
        })
        .await
}

/// Reads the card ahead of the send; a stage is told only where it fails.
pub async fn card(gear: &Gear, ladder: &Ladder) -> Result<SimCard, Fallen> {
    let modem = gear.modem.serving("profile");
    let failed = async |stage, trouble: Trouble| {
        gear.sink.record(What::Message(Message {
            send: ladder.send,
            ..Message::default()
        }));
        let failed = async { Err::<Learned<SimCard>, _>(trouble) };
        ladder.stage(stage, None, failed).await
    };
    if let Err(trouble) = modem.hello().await {
        return failed(Stage::Port, trouble).await;
    }
    match modem.sim_state().await {
        Ok((SimState::Ready, ..)) => {}
        Ok((state, raw, event)) => {
            modem.tell_sim(state.clone(), &SimCard::default());
            return failed(Stage::Sim, sim_trouble(&state, &raw).on(event)).await;
        }
        Err(trouble) => return failed(Stage::Sim, trouble).await,
    }
    match modem.sim_card().await {
        Ok(card) => {
            gear.learnt(|l| l.card = Some(card.clone()));
            Ok(card)
        }
        Err(trouble) => failed(Stage::Sim, trouble).await,
    }
}

/// The SIM is ready.
pub async fn sim(gear: &Gear, ladder: &Ladder) -> Result<SimCard, Fallen> {
    let modem = gear.modem.serving("sim");
    ladder
        .stage(Stage::Sim, Some(gear.limits.of(Stage::Sim)), async {
            let (state, raw, event) = modem.sim_state().await?;
            if state != SimState::Ready {
                modem.tell_sim(state.clone(), &SimCard::default());
                gear.learnt(|l| l.card = None);
                return Err(sim_trouble(&state, &raw).on(event));
            }
            let card = match gear.learnt(|l| l.card.clone()) {
                Some(known) => known,
                None => {
                    let card = modem.sim_card().await?;
                    gear.learnt(|l| l.card = Some(card.clone()));
                    card
                }
            };
            modem.tell_sim(state, &card);
            let home = card.home.as_deref().map_or_else(
                || "network unknown".to_owned(),
                |h| format!("{}-{}", &h[..3], &h[3..]),
            );
            Ok(Learned::new(card, format!("ready, {home}"), vec![event]))
        })
        .await
}

fn sim_trouble(state: &SimState, raw: &str) -> Trouble {
    match state {
        SimState::Absent => Trouble::new(
            "there is no SIM in the modem",
            raw,
            "without a SIM there is no line, no registration and no MMS",
            "Put a SIM in (contacts towards the board, notch as drawn), then send again; some boards need a restart",
        ),
        SimState::Locked(what) if what.contains("PUK") => Trouble::new(
            format!("the SIM is locked: {what}"),
            raw,
            "its PIN was entered wrongly three times: only the PUK unlocks it, and ten wrong ones leave the SIM dead for good",
            "Ask the carrier for the PUK of this SIM, then type AT+CPIN=\"PUK\",\"new PIN\" in the AT line yourself, with care: mmscope never enters one",
        ),
        SimState::Locked(what) => Trouble::new(
            format!("the SIM is locked: {what}"),
            raw,
            "the SIM wants a code before it tells who it is",
            "Type AT+CPIN=\"your PIN\" in the AT line, then send again; a PUK comes from the carrier, and ten wrong tries destroy the SIM",
        ),
        SimState::Failed(words) => Trouble::new(
            format!("the SIM does not answer: {words}"),
            raw,
            "the modem sees a SIM that is busy or faulty",
            "Wait ten seconds and send again; clean the contacts; try the SIM in a phone",
        ),
        SimState::Ready => Trouble::new("the SIM is ready", raw, "", ""),
    }
}

/// The modem is registered.
pub async fn register(gear: &Gear, ladder: &Ladder) -> Result<(), Fallen> {
    let modem = gear.modem.serving("register");
    let allowed = gear.limits.of(Stage::Register);
    ladder
        .stage(
            Stage::Register,
            Some(allowed + Duration::from_secs(5)),
            async {
                let signal = modem.signal().await?;
                let until =
                    gear.sink.now_ms() + u64::try_from(allowed.as_millis()).unwrap_or(u64::MAX);
                loop {
                    let (registration, evidence) = modem.registration().await?;
                    if registration.registered() {
                        let system = signal.system.clone().unwrap_or_default();
                        let says = format!(
                            "{}, {} {system}",
                            registration.words(),
                            registration.operator.clone().unwrap_or_default()
                        );
                        return Ok(Learned::new(
                            (),
                            says.split_whitespace().collect::<Vec<_>>().join(" "),
                            evidence,
                        ));
                    }
                    let searching =
                        [registration.eps, registration.ps, registration.cs].contains(&Some(2));
                    if !searching || gear.sink.now_ms() >= until {
                        // Who does not search may have been told not to.
                        let level = match searching {
                            true => None,
                            false => modem.functionality().await,
                        };
                        let mut trouble =
                            register_trouble(&registration, signal.system.as_deref(), level);
                        trouble.evidence = evidence;
                        return Err(trouble);
                    }
                    ladder.progress(
                        Stage::Register,
                        format!("{}, asking again", registration.words()),
                        None,
                    );
                    tokio::time::sleep(gear.modem.pace().real(SEARCHING)).await;
                }
            },
        )
        .await
}

/// `level` is how much of the module works (`+CFUN?`), where that was asked.
fn register_trouble(
    registration: &Registration,
    system: Option<&str>,
    level: Option<u8>,
) -> Trouble {
    let raw = format!(
        "CREG {:?}, CGREG {:?}, CEREG {:?}",
        registration.cs, registration.ps, registration.eps
    )
    .replace("Some(", "")
    .replace(')', "");
    // at-sim7600, AT+CFUN: 0 minimum, 4 flight mode, 7 offline.
    if let Some(level @ (0 | 4 | 7)) = level {
        return Trouble::new(
            format!("the modem's radio is switched off (+CFUN: {level})"),
            format!("{raw}, CFUN {level}"),
            "without its radio the modem looks for no network",
            "Switch the radio on with AT+CFUN=1, wait until the modem is registered, and send again",
        );
    }
    let no_service = system.is_some_and(|s| s.contains("NO SERVICE"));
    match registration.words() {
        "denied" => Trouble::new(
            "the network denies registration",
            raw,
            "the modem hears a network that does not take this SIM or this device",
            "Check that the line is active and paid for; try the SIM in a phone; ask the carrier with the time of this attempt",
        ),
        words if no_service => Trouble::new(
            format!("no coverage: {words}"),
            raw,
            "the modem hears no network that it may use (+CPSI: NO SERVICE)",
            "Check the antenna and its connector (MAIN, not DIV or GNSS), move to a window, and see whether AT+CNMP is limited to one system",
        ),
        words => Trouble::new(
            format!("not registered: {words}"),
            raw,
            "the modem is not registered for data",
            "Wait a minute; check antenna and AT+COPS? (manual selection, 2 = deregistered) and AT+CFUN?",
        ),
    }
}

/// The packet domain is attached.
pub async fn attach(gear: &Gear, ladder: &Ladder) -> Result<(), Fallen> {
    let modem = gear.modem.serving("attach");
    ladder
        .stage(Stage::Attach, Some(gear.limits.of(Stage::Attach)), async {
            let (registration, evidence) = modem.attachment().await?;
            if registration {
                return Ok(Learned::new((), "attached", vec![evidence]));
            }
            ladder.progress(Stage::Attach, "not attached; attaching", None);
            let event = modem.attach().await?;
            Ok(Learned::new(
                (),
                "attached now (it was not)",
                vec![evidence, event],
            ))
        })
        .await
}

/// The context that a profile wants.
pub(super) fn wanted(profile: &Profile) -> Wanted {
    let pdn = profile.mms_pdn();
    let auth = match pdn.auth {
        profile::Auth::None => None,
        profile::Auth::Pap => Some(Auth::Pap),
        profile::Auth::Chap => Some(Auth::Chap),
        profile::Auth::PapOrChap => Some(Auth::Either),
    };
    let password = pdn
        .password
        .as_ref()
        .map(|p| p.reveal().to_owned())
        .unwrap_or_default();
    Wanted {
        apn: pdn.apn.clone(),
        pdp_type: pdn.pdp_type,
        auth: auth.map(|a| (a, pdn.user.clone().unwrap_or_default(), password)),
    }
}

/// A context with the profile's APN is up.
pub async fn bearer(
    gear: &Gear,
    profile: &Profile,
    ladder: &Ladder,
    settings: &Settings,
) -> Result<Bearer, Fallen> {
    let modem = gear.modem.serving("bearer");
    let wanted = wanted(profile);
    ladder
        .stage(Stage::Bearer, Some(gear.limits.of(Stage::Bearer)), async {
            let bearer = modem
                .bring_up(&wanted, settings, |intent| intend(gear, intent))
                .await?;
            let context = &bearer.context;
            let granted = match &context.granted {
                Some(g) if same_apn(&g.apn, &wanted.apn) => "granted the same".to_owned(),
                Some(g) => format!("granted ANOTHER APN, {}", g.apn),
                None => "what was granted is not told by this firmware".to_owned(),
            };
            if let Some(other) = substituted(&bearer) {
                gear.sink.record(What::Notice(Notice {
                    level: Level::Warning,
                    text: format!(
                        "the network granted the APN {other} instead of {}: what only {} reaches (an MMSC, often) is out of reach from there. Going on all the same",
                        wanted.apn, wanted.apn
                    ),
                    because: bearer.evidence.last().copied(),
                }));
            }
            let whose = if bearer.ours {
                "defined for this send, "
            } else {
                ""
            };
            let says = format!(
                "cid {} {whose}asked {} {}, {granted}, {}",
                context.cid,
                context.apn,
                context.pdp_type,
                context.addresses.join(" ")
            );
            let evidence = bearer.evidence.clone();
            Ok(Learned::new(bearer, says, evidence))
        })
        .await
}

/// The APN that the network granted, where it is another one than the one asked for.
#[must_use]
pub fn substituted(bearer: &Bearer) -> Option<&str> {
    let granted = bearer.context.granted.as_ref()?;
    (!granted.apn.is_empty() && !same_apn(&granted.apn, &bearer.context.apn))
        .then_some(granted.apn.as_str())
}

/// The network writes the operator's suffix behind an APN: `internet.mnc260.mcc310.gprs` is `internet`.
fn same_apn(granted: &str, asked: &str) -> bool {
    let (granted, asked) = (granted.to_ascii_lowercase(), asked.to_ascii_lowercase());
    granted == asked
        || granted
            .strip_prefix(&asked)
            .is_some_and(|rest| rest.starts_with(".mnc") && rest.ends_with(".gprs"))
}

/// Limits that the module's stack is told.
pub(super) fn stack_limits(limits: &Limits) -> StackLimits {
    let within = |stage: Stage| {
        limits
            .of(stage)
            .clamp(Duration::from_secs(3), Duration::from_secs(120))
    };
    StackLimits {
        open: within(Stage::Stack),
        connect: within(Stage::Connect),
        // Shorter than the longest silence of a post, so that the modem says what it could not send before we give up.
        send: (within(Stage::Post) * 3 / 4).max(Duration::from_secs(3)),
    }
}

/// The socket stack is open on that context, proved.
pub async fn stack(
    gear: &Gear,
    ladder: &Ladder,
    bearer: &Bearer,
    settings: &Settings,
) -> Result<(), Fallen> {
    let modem = gear.modem.serving("stack");
    let limits = stack_limits(&gear.limits);
    ladder
        .stage(Stage::Stack, Some(gear.limits.of(Stage::Stack)), async {
            let (stack, evidence) = modem.open_stack(bearer, limits, settings).await?;
            let used = modem.look_at_links().await?;
            let address = stack.address.unwrap_or_default();
            let links = match used.len() {
                0 => String::new(),
                1 => ", 1 link in use by others".to_owned(),
                n => format!(", {n} links in use by others"),
            };
            Ok(Learned::new(
                (),
                format!("IPADDR {address} = CGPADDR({}){links}", bearer.context.cid),
                evidence,
            ))
        })
        .await
}

/// Octets for the eye.
pub fn size(octets: usize) -> String {
    crate::compose::size_text(octets as u64)
}

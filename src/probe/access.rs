//! E00 to E04: modem, SIM, registration, attach, context, stack. Each failure is looked at twice: no verdict rests on one row.
use super::contexts::{self, wanted};
use super::{Access, Lab};
use crate::diagnosis::{Proposal, Step, case};
use crate::event::{
    EventId, ExperimentState, Found, Masked, PdpType, Registration, SettingsAct, SettingsStep,
    SimState, What,
};
use crate::modem::{Settings, SimCard, Trouble};
use crate::profile::{Fit, SimFacts};
use std::time::Duration;

/// Between two looks at something that fails.
const PAUSE: Duration = Duration::from_secs(3);
/// How long a modem that searches is given.
const SEARCHING: Duration = Duration::from_secs(20);

/// Goes up to an open stack; `None` where that was not reached, with the facts that say why.
pub async fn reach(lab: &Lab<'_>) -> Option<Access> {
    let settings = modem(lab).await?;
    let card = sim(lab).await?;
    registered(lab).await?;
    attached(lab).await?;
    take_up(lab, &card)?;
    let wanted = wanted(&lab.job.profile);
    let (on, links) = contexts::enter(lab, "E03", &wanted, &settings).await?;
    Some(Access { card, on, links })
}

/// Tells that a check without a connection was made.
pub fn checked(lab: &Lab<'_>, experiment: &'static str, title: &str, says: &str) {
    let proposal = Proposal {
        experiment,
        title: title.to_owned(),
        tells: "",
        cost_ms: 3000,
        side_effect: 0,
        step: Step::Context {
            apn: String::new(),
            pdp_type: PdpType::Unknown,
        },
    };
    lab.step(
        &proposal,
        ExperimentState::Done {
            says: says.to_owned(),
        },
    );
}

async fn modem(lab: &Lab<'_>) -> Option<Settings> {
    let modem = lab.gear.modem.serving("probe");
    let mut greeted = modem.hello().await;
    if let Err(trouble) = &greeted {
        silent(lab, trouble);
        tokio::time::sleep(lab.real(PAUSE)).await;
        greeted = modem.hello().await;
    }
    let event = match greeted {
        Ok(event) => event,
        Err(trouble) => {
            silent(lab, &trouble);
            return None;
        }
    };
    // Whatever comes after this: it is not silent.
    let found = Found::Modem {
        answers: true,
        says: "answers to AT".to_owned(),
    };
    lab.found("E00", vec![event], found);
    match set_up(lab, event).await {
        Ok(settings) => Some(settings),
        Err(trouble) => {
            silent(lab, &trouble);
            None
        }
    }
}

fn silent(lab: &Lab<'_>, trouble: &Trouble) {
    let says = format!("{}: {}", trouble.failure.what, trouble.failure.means);
    let found = Found::Modem {
        answers: false,
        says: says.clone(),
    };
    lab.found("E00", trouble.evidence.clone(), found);
    checked(lab, "E00", "Identity and settings", &says);
}

/// Who it is; its settings on disk before anything is changed.
async fn set_up(lab: &Lab<'_>, event: EventId) -> Result<Settings, Trouble> {
    let modem = lab.gear.modem.serving("probe");
    let identity = match lab.gear.learnt(|l| l.identity.clone()) {
        Some(known) => known,
        None => {
            let identity = modem.identify().await?;
            lab.gear.learnt(|l| l.identity = Some(identity.clone()));
            identity
        }
    };
    lab.recall();
    let settings = modem.read_settings_surely(None).await?;
    crate::pipeline::hold(lab.gear, &modem, &identity, &settings)?;
    // What carries messages to this line is looked at before and after.
    crate::pipeline::keep_sms_settings(lab.gear, &[]).await?;
    lab.gear.sink.record(What::Settings(SettingsStep {
        step: SettingsAct::Saved,
        commands: Vec::new(),
    }));
    modem.talk_plainly(&settings).await?;
    let says = format!("{} {}", identity.model, identity.firmware);
    let found = Found::Modem {
        answers: true,
        says: says.clone(),
    };
    lab.found("E00", vec![event], found);
    checked(lab, "E00", "Identity and settings", &says);
    Ok(settings)
}

async fn sim(lab: &Lab<'_>) -> Option<SimCard> {
    let modem = lab.gear.modem.serving("probe");
    for look in 0..2 {
        let (state, raw, event) = match modem.sim_state().await {
            Ok(said) => said,
            Err(trouble) => {
                silent(lab, &trouble);
                return None;
            }
        };
        let ready = state == SimState::Ready;
        let found = Found::Sim {
            sim: state.clone(),
            says: Masked::harmless(&raw),
        };
        lab.found("E00", vec![event], found);
        checked(lab, "E00", "SIM", &format!("{state:?}").to_lowercase());
        if ready {
            let card = match lab.gear.learnt(|l| l.card.clone()) {
                Some(known) => known,
                None => modem.sim_card().await.unwrap_or_default(),
            };
            modem.tell_sim(state, &card);
            lab.gear.learnt(|l| l.card = Some(card.clone()));
            return Some(card);
        }
        modem.tell_sim(state, &SimCard::default());
        if look == 0 {
            tokio::time::sleep(lab.real(PAUSE)).await;
        }
    }
    None
}

async fn registered(lab: &Lab<'_>) -> Option<()> {
    let modem = lab.gear.modem.serving("probe");
    let until = lab.gear.sink.now_ms() + u64::try_from(SEARCHING.as_millis()).unwrap_or(u64::MAX);
    let mut looks = 0;
    loop {
        let signal = modem.signal().await.unwrap_or_default();
        let (registration, evidence) = match modem.registration().await {
            Ok(said) => said,
            Err(trouble) => {
                silent(lab, &trouble);
                return None;
            }
        };
        looks += 1;
        let last = registration.registered()
            || (looks >= 2 && !searching(&registration))
            || lab.gear.sink.now_ms() >= until;
        if looks == 1 || last {
            let cause = match registration.registered() {
                true => None,
                false => modem.last_cause().await,
            };
            let says = words(&registration, signal.rssi_dbm, modem.functionality().await);
            tell(
                lab,
                registration.registered(),
                says,
                signal.system,
                cause,
                evidence,
            );
        }
        if registration.registered() {
            return Some(());
        }
        if last {
            return None;
        }
        tokio::time::sleep(lab.real(PAUSE)).await;
    }
}

fn searching(registration: &Registration) -> bool {
    [registration.eps, registration.ps, registration.cs].contains(&Some(2))
}

/// The state that data hangs on, and where it does not allow any, everything that tells why: each domain, what is heard, the radio.
fn words(registration: &Registration, rssi_dbm: Option<i32>, functionality: Option<u8>) -> String {
    if registration.registered() {
        return registration.words().to_owned();
    }
    // Data goes by the packet domains alone, whatever the circuit switched one is granted.
    let packet = [registration.eps, registration.ps];
    let state = if packet.contains(&Some(3)) {
        "denied"
    } else {
        let data = Registration {
            cs: registration.cs.filter(|_| packet == [None, None]),
            ..registration.clone()
        };
        data.words()
    };
    let domain = |name: &str, stat: Option<u8>| stat.map(|s| format!("{name}: {s}"));
    let told = [
        domain("+CREG", registration.cs),
        domain("+CGREG", registration.ps),
        domain("+CEREG", registration.eps),
        functionality.map(|level| format!("+CFUN: {level}")),
        rssi_dbm.map(|dbm| format!("hears {dbm} dBm")),
    ];
    let told: Vec<String> = told.into_iter().flatten().collect();
    format!("{state} ({})", told.join(", "))
}

fn tell(
    lab: &Lab<'_>,
    registered: bool,
    says: String,
    system: Option<String>,
    cause: Option<String>,
    evidence: Vec<EventId>,
) {
    checked(lab, "E02", "Registration", &says);
    let found = Found::Registration {
        registered,
        says,
        system,
        cause,
    };
    lab.found("E02", evidence, found);
}

async fn attached(lab: &Lab<'_>) -> Option<()> {
    let modem = lab.gear.modem.serving("probe");
    for look in 0..2 {
        match modem.attachment().await {
            Ok((true, event)) => {
                let found = Found::Attach {
                    attached: true,
                    says: "attached".to_owned(),
                };
                lab.found("E02", vec![event], found);
                return Some(());
            }
            Ok((false, event)) => {
                let (says, rests) = match modem.attach().await {
                    Ok(_) => continue,
                    Err(trouble) => (trouble.failure.means.clone(), trouble.evidence),
                };
                let found = Found::Attach {
                    attached: false,
                    says: format!("AT+CGATT=1 was refused: {says}"),
                };
                lab.found("E02", [vec![event], rests].concat(), found);
                if look == 0 {
                    tokio::time::sleep(lab.real(PAUSE)).await;
                }
            }
            Err(trouble) => {
                silent(lab, &trouble);
                return None;
            }
        }
    }
    None
}

/// What is asked for, with what other profiles for this SIM name beside it.
fn take_up(lab: &Lab<'_>, card: &SimCard) -> Option<()> {
    let sim = SimFacts {
        mccmnc: card.home.clone(),
        imsi: card.imsi.as_ref().map(|i| i.reveal().to_owned()),
        iccid: card.iccid.as_ref().map(|i| i.reveal().to_owned()),
        ..SimFacts::default()
    };
    let own = lab.job.profile.id.is_example();
    let siblings: Vec<_> = lab
        .job
        .library
        .matching(&sim)
        .into_iter()
        .filter(|p| p.fit(&sim) == Fit::Yes && (own || !p.id.is_example()))
        .collect();
    match case(&lab.job.profile, &siblings, &lab.job.references) {
        Ok(case) => {
            lab.found("E00", Vec::new(), Found::Case(case));
            Some(())
        }
        Err(error) => {
            checked(lab, "E00", "Profile", &error.to_string());
            None
        }
    }
}

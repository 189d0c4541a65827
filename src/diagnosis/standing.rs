//! How each hypothesis stands, and why.
use super::Facts;
use crate::event::{
    AnswerKind, Class, Code, Found, Hypothesis, StackKind, Standing, TargetRole, Witness,
};

/// All hypotheses in the order of the way to the MMSC; WORKS and INCONCLUSIVE are none.
#[must_use]
pub fn hypotheses(facts: Facts<'_>) -> Vec<Hypothesis> {
    Code::ALL
        .iter()
        .filter(|c| !matches!(c, Code::Works | Code::Inconclusive))
        .map(|&verdict| {
            let (standing, why) = stands(facts, verdict);
            Hypothesis {
                verdict,
                standing,
                why: why.to_owned(),
            }
        })
        .collect()
}

/// How far the probe got, and what it saw there.
struct Seen {
    modem: bool,
    sim: bool,
    registered: bool,
    context: bool,
    stack: bool,
    control: bool,
    /// Any connection to the MMSC opened.
    connected: bool,
    /// The MMSC answered as one, as configured.
    works: bool,
    /// It answered as one somewhere, somehow.
    answered: bool,
    /// Something answered over HTTP.
    http: bool,
    silent: bool,
    /// A send broke once its connection was open.
    sent_broken: bool,
}

fn seen(facts: Facts<'_>) -> Seen {
    let tried = facts.counting();
    let mmsc: Vec<_> = tried
        .iter()
        .filter(|t| t.attempt.target.role.is_mmsc())
        .collect();
    Seen {
        modem: facts
            .find(|f| matches!(f, Found::Modem { answers: true, .. }))
            .is_some(),
        sim: facts
            .find(|f| matches!(f, Found::Sim { sim, .. } if *sim == crate::event::SimState::Ready))
            .is_some(),
        registered: facts
            .find(|f| {
                matches!(
                    f,
                    Found::Registration {
                        registered: true,
                        ..
                    }
                )
            })
            .is_some(),
        context: facts.contexts().iter().any(|c| c.refused.is_none()),
        stack: facts
            .find(|f| matches!(f, Found::Stack { open: true, on, .. } if on.proven == Some(true)))
            .is_some(),
        control: tried
            .iter()
            .any(|t| t.attempt.target.role.is_control() && t.class == Class::Open),
        connected: mmsc.iter().any(|t| t.class == Class::Open),
        works: facts.works_as_configured().is_some(),
        answered: !facts.answered().is_empty(),
        http: facts
            .http()
            .iter()
            .any(|a| a.http.target.role.is_mmsc() && a.http.kind().is_some()),
        sent_broken: super::rules::send_broke(facts),
        silent: mmsc.iter().any(|t| t.class == Class::Silent),
    }
}

#[allow(
    clippy::too_many_lines,
    reason = "one arm a hypothesis: it reads as a table"
)]
fn stands(facts: Facts<'_>, code: Code) -> (Standing, &'static str) {
    use Standing::{Excluded, Open, Weakened};
    let s = seen(facts);
    let passed = |yes: bool, why: &'static str| {
        if yes {
            (Excluded, why)
        } else {
            (Open, "not reached yet")
        }
    };
    let ran = |role: TargetRole| facts.tried().iter().any(|t| t.attempt.target.role == role);
    match code {
        Code::ModemSilent if s.sent_broken && s.modem => (
            Weakened,
            "the modem answers now; a send that broke may have met a restart",
        ),
        Code::ModemSilent => passed(s.modem, "the modem answers"),
        Code::SimProblem => passed(s.sim, "the SIM is ready"),
        Code::NoCoverage | Code::RegistrationDenied => {
            passed(s.registered, "the modem is registered")
        }
        Code::PdpRefused => passed(s.context, "a context is active"),
        Code::ApnNotApplied if s.works => (Excluded, "the MMSC answers over the granted APN"),
        Code::ApnNotApplied => match facts.home().and_then(|c| c.on.apn_granted.as_ref()) {
            Some(_) if facts.substituted().is_some() => (Open, "another APN was granted"),
            Some(_) => (Weakened, "the APN was granted as asked"),
            None => (Open, "this firmware does not tell what was granted"),
        },
        Code::NoData if s.control || s.connected => (Excluded, "a control opened"),
        Code::NoData => (Open, "no control has opened"),
        Code::HostRoute
            if !facts
                .tried()
                .iter()
                .any(|t| t.attempt.on.stack == StackKind::Host) =>
        {
            (Excluded, "only the module's stack was used")
        }
        Code::HostRoute if facts.is_misrouted() => {
            (Open, "this machine's routes lead by another interface")
        }
        Code::HostRoute => (Excluded, "this machine's routes lead over the modem"),
        Code::ModuleStack if s.works => (Excluded, "the MMSC answers over the module's stack"),
        Code::ModuleStack if s.control && s.stack => (
            Weakened,
            "the stack is proved, and a control opened over it",
        ),
        Code::ModuleStack => (Open, "no control has opened over the module's stack"),
        Code::NameWrong => {
            let found = facts
                .lookups()
                .iter()
                .any(|l| l.role == TargetRole::Mmsc && !l.addresses.is_empty());
            passed(found, "the MMSC's name resolves")
        }
        Code::Portal | Code::HttpReject | Code::MmscFault if s.works && s.sent_broken => {
            (Open, "a whole message got no answer of an MMSC")
        }
        _ if s.works
            && code != Code::PduReject
            && code != Code::Mtu
            && code != Code::Subscription =>
        {
            (Excluded, "the MMSC answers as configured")
        }
        Code::StaleName if ran(TargetRole::MmscElsewhere) => {
            (Weakened, "other addresses do no better")
        }
        Code::StaleName => (Open, "only one address was tried"),
        Code::WrongPort => {
            let elsewhere = facts.case().is_some_and(|case| {
                facts
                    .answered()
                    .iter()
                    .any(|a| a.http.target.role.is_mmsc() && a.http.target.port != case.port)
            });
            match (elsewhere, ports_tried(facts) > 1) {
                (true, _) => (Open, "an MMSC answers on another port"),
                (false, true) => (
                    Weakened,
                    "no other port of the short list answers as an MMSC",
                ),
                (false, false) => (Open, "other ports were not tried"),
            }
        }
        Code::IpFamily if other_type_answers(facts) => {
            (Open, "an MMSC answers on another PDP type or family")
        }
        Code::IpFamily if facts.contexts().len() > 1 => {
            (Weakened, "another PDP type does no better")
        }
        Code::IpFamily => (Open, "only one PDP type was tried"),
        Code::ProxyRequired => {
            let named = facts.case().is_some_and(|c| !c.proxies.is_empty());
            match (ran(TargetRole::Proxy), named) {
                (true, _) => (Weakened, "the proxy does no better"),
                (false, true) => (Open, "the carrier's data names a proxy that was not tried"),
                (false, false) => (Weakened, "no data of this carrier names a proxy"),
            }
        }
        Code::NetworkBlock if s.answered => (Excluded, "the MMSC answers"),
        Code::NetworkBlock if s.silent && s.control && facts.pinged().is_some() => (
            Open,
            "the MMSC answers pings, so it is routed; connections to it are dropped",
        ),
        Code::NetworkBlock if s.silent && s.control => {
            (Open, "the MMSC is silent beside controls that answer")
        }
        Code::NetworkBlock if s.connected => (Weakened, "a connection opens"),
        Code::NetworkBlock => (Open, "no silence was seen yet"),
        Code::Mtu if s.connected => (Open, "large bodies were not tried"),
        Code::Mtu => (Excluded, "a lost large packet cannot stop a connect"),
        Code::Subscription if facts.witness(Witness::PhoneSends).is_some() => (
            Weakened,
            "the same SIM in a phone sends; the class of device remains",
        ),
        Code::Subscription
            if facts.inbound().is_some() || facts.witness(Witness::InboundYes).is_some() =>
        {
            (
                Weakened,
                "an MMS to this line is announced to it: the line has MMS",
            )
        }
        Code::Subscription if s.works => (Weakened, "the MMSC answers this line"),
        Code::Subscription => (Open, "no phone and no incoming MMS was seen"),
        Code::Portal | Code::HttpReject | Code::MmscFault if s.http => {
            let kind =
                |wanted: AnswerKind| facts.http().iter().any(|a| a.http.kind() == Some(wanted));
            let speaks = match code {
                Code::Portal => kind(AnswerKind::Page) || kind(AnswerKind::Redirect),
                Code::HttpReject => kind(AnswerKind::Refusal),
                _ => kind(AnswerKind::Fault),
            };
            if speaks {
                (
                    Open,
                    match code {
                        Code::Portal => "a web page or a redirect was seen",
                        Code::HttpReject => "an answer 4xx was seen",
                        _ => "an answer 5xx was seen",
                    },
                )
            } else {
                (Weakened, "no such answer was seen")
            }
        }
        Code::Portal | Code::HttpReject | Code::MmscFault => (Open, "HTTP was not reached"),
        Code::PduReject if s.answered => (Weakened, "only a whole message can show it"),
        Code::PduReject if s.http => (Open, "no answer of an MMSC was seen"),
        Code::PduReject => (Open, "HTTP was not reached"),
        Code::Works | Code::Inconclusive => (Open, ""),
    }
}

/// Whether an MMSC answers on another PDP type than the profile's, or at an IPv6 address.
fn other_type_answers(facts: Facts<'_>) -> bool {
    facts.home().is_some_and(|home| {
        facts
            .answered()
            .iter()
            .any(|a| a.http.on.pdp_type != home.on.pdp_type || a.http.target.host.contains(':'))
    })
}

fn ports_tried(facts: Facts<'_>) -> usize {
    let mut ports: Vec<u16> = facts
        .tried()
        .iter()
        .filter(|t| t.attempt.target.role.is_mmsc() && !t.never_left())
        .map(|t| t.attempt.target.port)
        .collect();
    ports.sort_unstable();
    ports.dedup();
    ports.len()
}

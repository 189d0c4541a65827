//! Finding out why not: runs experiments over the modem and tells what they found.
//!
//! In: a profile, what the person allows and has seen, a modem. Out: experiments and facts as they come, and a [`Verdict`], which
//! the pure rules of [`crate::diagnosis`] compute. Dropping [`probe`] cancels it at any moment; [`crate::pipeline::tidy`] then
//! leaves the modem as it was found. Never here: judging (the rules do), choosing (the planner does), sending a message to
//! anybody, and dialling anything but the profile's and carrier's named endpoints, the controls, and the short port list.
mod access;
mod contexts;
mod dial;
mod host;
mod http;
mod names;
mod run;
mod sizes;

use crate::diagnosis::{self, Budget, Facts, References};
use crate::event::{
    AnswerKind, Calibration, EventId, ExperimentState, ExperimentStep, Fact, FactRow, Found,
    HttpPart, Hypotheses, Hypothesis, Level, Notice, On, ProbeBegan, SendResult, Verdict, What,
    Witness,
};
use crate::modem::SimCard;
use crate::net::Host;
use crate::pipeline::Gear;
use crate::profile::{Library, Profile};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long a connect of a probe may take at the most, in the world's time, unless configured.
pub const CONNECT_LIMIT: Duration = Duration::from_secs(15);

/// One probe.
#[derive(Clone, Debug)]
pub struct Job {
    /// Which, from 1 within the session.
    pub number: u64,
    /// Of which profile.
    pub profile: Profile,
    /// All profiles: others of the same carrier name further endpoints.
    pub library: Arc<Library>,
    /// Control hosts.
    pub references: References,
    /// What the person saw.
    pub witnesses: Vec<Witness>,
    /// An MMS that was announced to this line in this session: the event, and host and port of its X-Mms-Content-Location.
    pub inbound: Option<(EventId, String)>,
    /// How far to go.
    pub budget: Budget,
    /// The interface of this machine to look from as well.
    pub host: Option<Host>,
    /// The last send of this session with this profile, where there was one.
    pub sent: Option<LastSend>,
}

/// The last send of a session, as far as a verdict may rest on it.
#[derive(Clone, Debug)]
pub struct LastSend {
    /// How it ended.
    pub result: SendResult,
    /// The HTTP answer, where one came.
    pub answer: Option<HttpPart>,
    /// The events of the stage that it ended in.
    pub evidence: Vec<EventId>,
}

/// What the stages of a probe share.
struct Lab<'a> {
    gear: &'a Gear,
    job: &'a Job,
    rows: Mutex<Vec<FactRow>>,
    told: Mutex<Vec<Hypothesis>>,
    limit: Duration,
}

/// What access to the network came to.
struct Access {
    card: SimCard,
    on: On,
    links: usize,
}

/// Runs a probe. The modem is not tidy afterwards: call [`crate::pipeline::tidy`].
pub async fn probe(gear: &Gear, job: &Job) -> Verdict {
    let began = gear.sink.now_ms();
    let exchanges = gear.modem.engine().exchanges();
    gear.sink.record(What::Probe(ProbeBegan {
        probe: job.number,
        profile: job.profile.id.to_string(),
        depth: job.budget.depth,
    }));
    let lab = Lab {
        gear,
        job,
        rows: Mutex::default(),
        told: Mutex::default(),
        limit: CONNECT_LIMIT,
    };
    lab.begin();
    // However far it gets, what was found is judged.
    let mut card = None;
    if let Some(access) = access::reach(&lab).await {
        run::examine(&lab, &access).await;
        if job.budget.sizes {
            sizes::ladder(&lab, &access).await;
        }
        card = Some(access.card);
    } else {
        let known = gear.learnt(|l| l.card.clone()).unwrap_or_default();
        run::others(&lab, &known).await;
    }
    if let Some(way) = &job.host {
        let card = card.or_else(|| gear.learnt(|l| l.card.clone()));
        host::examine(&lab, way, &card.unwrap_or_default()).await;
    }
    let mut verdict = lab.verdict();
    verdict.duration_ms = gear.sink.now_ms().saturating_sub(began);
    verdict.exchanges = gear.modem.engine().exchanges() - exchanges;
    verdict
}

/// The verdict on a probe that was stopped. `began` in milliseconds of the session; `exchanges` that the modem had answered before it.
#[must_use]
pub fn cancelled(
    gear: &Gear,
    job: &Job,
    (began, exchanges): (u64, u64),
    rows: &[FactRow],
) -> Verdict {
    let facts = Facts::of(rows);
    let not_run = diagnosis::not_run(facts, job.budget);
    let mut verdict = diagnosis::verdict(facts, job.number, not_run);
    verdict.profile = job.profile.id.to_string();
    verdict.cancelled = true;
    verdict.duration_ms = gear.sink.now_ms().saturating_sub(began);
    verdict.exchanges = gear.modem.engine().exchanges() - exchanges;
    verdict
}

/// Says of experiments that were planned or begun and never ended that they did not end, so that none waits in the stream for ever.
pub fn unfinished(gear: &Gear, experiments: &[ExperimentStep], cancelled: bool) {
    let says = if cancelled {
        "not finished: the probe was stopped"
    } else {
        "not finished: it could not change the verdict any more"
    };
    for step in experiments {
        let waits = matches!(
            step.state,
            ExperimentState::Planned | ExperimentState::Running
        );
        if waits {
            gear.sink.record(What::Experiment(ExperimentStep {
                state: ExperimentState::NotRun {
                    says: says.to_owned(),
                },
                ..step.clone()
            }));
        }
    }
}

impl LastSend {
    fn found(&self) -> Found {
        let sent = &self.result;
        let says = match (&sent.response_status_name, &sent.response_text, &sent.error) {
            (Some(name), Some(text), _) => format!("{name} “{}”", text.escape_default()),
            (Some(name), None, _) => name.clone(),
            (None, _, Some(error)) => error.what.clone(),
            (None, _, None) => "no result".to_owned(),
        };
        let answer = match &self.answer {
            Some(HttpPart::Answer {
                status,
                headers,
                begins,
                ..
            }) => {
                let media = headers
                    .iter()
                    .find(|(name, _)| name.eq_ignore_ascii_case("content-type"))
                    .map_or("", |(_, value)| value.as_str());
                let is_conf = sent.response_status.is_some();
                Some(AnswerKind::of(*status, media, begins.as_bytes(), is_conf))
            }
            _ => None,
        };
        Found::Sent {
            send: sent.send,
            ok: sent.ok,
            http_status: sent.http_status,
            response_status: sent.response_status,
            says,
            stage: sent.stage,
            answer,
            size: sent.size,
            unknown: sent.unknown,
            modem_lost: sent.modem_lost,
        }
    }
}

impl Lab<'_> {
    /// What is known before anything is tried.
    fn begin(&self) {
        for &witness in &self.job.witnesses {
            let experiment = match witness {
                Witness::PhoneSends | Witness::PhoneFails => "E34",
                Witness::InboundYes | Witness::InboundNo => "E35",
            };
            self.found(experiment, Vec::new(), Found::Witness { witness });
        }
        if let Some((event, at)) = &self.job.inbound {
            let profile = match self.job.profile.endpoint() {
                Ok(endpoint) => format!("{}:{}", endpoint.host, endpoint.port),
                Err(e) => e.to_string(),
            };
            let compared = if profile == *at {
                "which is what the profile dials".to_owned()
            } else {
                format!("while the profile dials {profile}")
            };
            let found = Found::Inbound {
                says: format!(
                    "an MMS to this line was announced, to be fetched from {at}, {compared}"
                ),
                at: at.clone(),
                profile,
            };
            self.found("E35", vec![*event], found);
        }
        if let Some(sent) = &self.job.sent {
            self.found("E00", sent.evidence.clone(), sent.found());
        }
        let firmware = self.firmware();
        for calibration in self.gear.learnt(|l| l.signatures.clone()) {
            if calibration.firmware == firmware && !firmware.is_empty() {
                self.found("E05", Vec::new(), Found::Calibration(calibration));
            }
        }
    }

    /// What earlier sessions learned on this firmware, unless this one knows it already.
    fn recall(&self) {
        let firmware = self.firmware();
        if firmware.is_empty() {
            return;
        }
        let kept = self.gear.keep.signatures(&firmware).unwrap_or_else(|e| {
            self.warn(format!("signatures of this firmware are learned anew: {e}"));
            Vec::new()
        });
        let learned = self.gear.learnt(|l| l.signatures.clone());
        for kept in kept {
            if learned.iter().all(|c| !c.is_alike(&kept.calibration)) {
                let found = Found::Recalled {
                    learned: kept.learned,
                    calibration: kept.calibration,
                };
                self.found("E05", Vec::new(), found);
            }
        }
    }

    fn warn(&self, text: String) {
        self.gear.sink.record(What::Notice(Notice {
            level: Level::Warning,
            text,
            because: None,
        }));
    }

    fn firmware(&self) -> String {
        self.gear
            .learnt(|l| l.identity.as_ref().map(|i| i.firmware.clone()))
            .unwrap_or_default()
    }

    /// Records a fact.
    fn found(&self, experiment: &str, rests_on: Vec<EventId>, found: Found) -> EventId {
        let fact = Fact {
            probe: self.job.number,
            experiment: experiment.to_owned(),
            rests_on,
            found,
        };
        let id = self.gear.sink.record(What::Fact(fact.clone()));
        let row = FactRow {
            id,
            ms: self.gear.sink.now_ms(),
            fact,
        };
        self.rows
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(row);
        id
    }

    /// Records a signature, and keeps it for later probes of this firmware.
    fn learned(&self, experiment: &str, rests_on: Vec<EventId>, calibration: Calibration) {
        self.gear.learnt(|l| {
            l.signatures.retain(|c| !c.is_alike(&calibration));
            l.signatures.push(calibration.clone());
        });
        if let Err(e) = self.gear.keep.keep_signature(&calibration) {
            self.warn(format!("a signature of this firmware is not kept: {e}"));
        }
        self.found(experiment, rests_on, Found::Calibration(calibration));
    }

    /// What was found so far.
    fn facts(&self) -> Vec<FactRow> {
        self.rows
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// An experiment moved; where it ended, how the hypotheses stand now.
    fn step(&self, proposal: &diagnosis::Proposal, state: ExperimentState) {
        let ended = matches!(state, ExperimentState::Done { .. });
        self.gear.sink.record(What::Experiment(ExperimentStep {
            probe: self.job.number,
            experiment: proposal.experiment.to_owned(),
            title: proposal.title.clone(),
            tells: proposal.tells.to_owned(),
            cost_ms: proposal.cost_ms,
            side_effect: proposal.side_effect,
            state,
        }));
        if ended {
            self.tell_standing();
        }
    }

    fn tell_standing(&self) {
        let rows = self.facts();
        let all = diagnosis::hypotheses(Facts::of(&rows));
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if *told != all {
            told.clone_from(&all);
            self.gear.sink.record(What::Hypotheses(Hypotheses {
                probe: self.job.number,
                all,
            }));
        }
    }

    fn verdict(&self) -> Verdict {
        let rows = self.facts();
        let facts = Facts::of(&rows);
        let not_run = diagnosis::not_run(facts, self.job.budget);
        for row in &not_run {
            self.gear.sink.record(What::Experiment(ExperimentStep {
                probe: self.job.number,
                experiment: row.experiment.clone(),
                title: row.title.clone(),
                tells: row.would_tell.clone(),
                cost_ms: 0,
                side_effect: row.side_effect,
                state: ExperimentState::NotRun {
                    says: row.why.clone(),
                },
            }));
        }
        self.tell_standing();
        let mut verdict = diagnosis::verdict(facts, self.job.number, not_run);
        verdict.profile = self.job.profile.id.to_string();
        verdict
    }

    /// A limit or pause of the world's time, in ours.
    fn real(&self, world: Duration) -> Duration {
        self.gear.modem.pace().real(world)
    }
}

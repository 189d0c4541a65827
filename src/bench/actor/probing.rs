//! Probes: one after the other, once nothing else runs.
//!
//! In: probes that wait. Out: the events of a probe, its verdict last. Never here: the experiments.
use super::{Actor, Running, facts, no_profile};
use crate::diagnosis::{Budget, References};
use crate::event::{HttpPart, Way, What};
use crate::journal::Journal;
use crate::modem::SimCard;
use crate::pipeline::{self, Gear};
use crate::probe;
use crate::profile::Profile;
use tokio::sync::oneshot;

impl Actor {
    pub(super) async fn start_probe(&mut self) {
        if self.running.is_some() || self.looking.is_some() {
            return;
        }
        let Some((wanted, order)) = self.probes.pop_front() else {
            return;
        };
        let profile = match &wanted.profile {
            Some(id) => match self.named(id) {
                Ok(profile) => Some(profile),
                Err(e) => return self.refuse(order, e.to_string()),
            },
            None => self.profile_for_send().await,
        };
        let Some(profile) = profile else {
            return self.refuse(order, no_profile().to_string());
        };
        self.probed += 1;
        let id = profile.id.to_string();
        let sent = self
            .journal
            .known()
            .sends
            .iter()
            .rev()
            .find(|s| s.message.way == Way::Mms && s.message.profile == id)
            .and_then(last_send)
            .filter(|s| s.result.way == Way::Mms && !s.result.cancelled);
        let job = probe::Job {
            number: self.probed,
            profile,
            library: self.library.clone(),
            references: References {
                open: match wanted.references {
                    Some(open) => open,
                    None => self.references.open.clone(),
                },
                ..self.references.clone()
            },
            witnesses: wanted.witnesses,
            host: wanted.interface,
            inbound: self.receiving.announced.clone(),
            budget: Budget {
                depth: wanted.depth,
                exhaustive: wanted.exhaustive,
                sizes: wanted.sizes,
            },
            sent,
        };
        let (stop, stopped) = oneshot::channel();
        self.running = Some(Running {
            send: Box::pin(one_probe(
                self.gear.clone(),
                self.journal.clone(),
                job,
                stopped,
            )),
            stop: Some(stop),
        });
    }

    /// The profile in use, or the one that fits the SIM best.
    pub(super) async fn profile_for_send(&mut self) -> Option<Profile> {
        if self.profile.is_none() {
            let card = match self.gear.learnt(|l| l.card.clone()) {
                Some(card) => card,
                None => self
                    .gear
                    .modem
                    .serving("profile")
                    .sim_card()
                    .await
                    .unwrap_or_default(),
            };
            self.take_best_profile(&card);
        }
        self.profile.clone()
    }

    pub(super) fn take_best_profile(&mut self, card: &SimCard) {
        self.profile = self.library.best_match(&facts(card)).cloned();
        let chosen = self.profile.as_ref().map(|p| p.id.to_string());
        tracing::info!(?chosen, "the profile that fits the SIM best");
        self.tell_profile();
    }

    pub(super) fn tell_profile(&self) {
        if let Some(profile) = &self.profile {
            self.gear.sink.record(What::Profile(profile.in_use()));
        }
    }
}

/// One probe from its first look to a tidy modem. The verdict is its last event.
async fn one_probe(gear: Gear, journal: Journal, job: probe::Job, stopped: oneshot::Receiver<()>) {
    let began = gear.sink.now_ms();
    if gear.standing.is_up() {
        // What a queue has left standing is no part of what the probe shall find.
        pipeline::tidy(&gear).await;
    }
    let exchanges = gear.modem.engine().exchanges();
    let verdict = tokio::select! {
        verdict = probe::probe(&gear, &job) => verdict,
        _ = stopped => {
            let known = journal.known();
            let rows = known.probes.back().map(|p| p.facts.clone()).unwrap_or_default();
            probe::cancelled(&gear, &job, (began, exchanges), &rows)
        }
    };
    pipeline::tidy(&gear).await;
    if let Some(known) = journal.known().probes.back() {
        probe::unfinished(&gear, &known.experiments, verdict.cancelled);
    }
    gear.sink.record(What::Verdict(Box::new(verdict)));
}

/// A send that ended, as a probe wants it.
fn last_send(send: &crate::known::Send) -> Option<probe::LastSend> {
    let result = send.result.clone()?;
    let mut parts = send.http.iter().rev();
    let answer = parts.find(|part| matches!(part, HttpPart::Answer { .. }));
    let rung = send.rungs.iter().find(|r| Some(r.stage) == result.stage);
    Some(probe::LastSend {
        answer: answer.cloned(),
        evidence: rung.map(|r| r.evidence.clone()).unwrap_or_default(),
        result,
    })
}

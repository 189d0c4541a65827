//! E31: by bisection, the size from which on requests stall. Only where the person asks for it: each step that stalls takes its
//! limit, and the largest body is as long as a message.
use super::{Access, Lab, http};
use crate::diagnosis::{Facts, Post, Proposal, Step};
use crate::event::{ExperimentState, Found, HttpOutcome, On, ProbePdu, Target};

/// The ladder of bodies, in octets.
const LADDER: [u32; 5] = [1 << 10, 4 << 10, 16 << 10, 64 << 10, 300 << 10];
/// Between the largest body that is answered and the smallest that is not, so many more are tried …
const STEPS: usize = 6;
/// … or until they are this near to each other, in octets.
const NEAR: u32 = 64;

/// Climbs down from the largest body, where an MMSC has answered a small one.
pub async fn ladder(lab: &Lab<'_>, access: &Access) {
    let found = {
        let rows = lab.facts();
        let facts = Facts::of(&rows);
        let works = facts.works_as_configured();
        let here = |a: &crate::diagnosis::Asked<'_>| facts.is_home(&a.http.on);
        // Where large packets are lost, even a small M-Send.req may be: then whatever was answered at the endpoint is a beginning.
        let spoke = |a: &crate::diagnosis::Asked<'_>| {
            facts.is_configured(&a.http.on, &a.http.target)
                && a.http.status().is_some_and(|s| (200..300).contains(&s))
        };
        let answered = works
            .or_else(|| facts.answered().into_iter().find(here))
            .or_else(|| facts.http().into_iter().find(spoke));
        answered.map(|a| {
            (
                a.http.on.clone(),
                a.http.target.clone(),
                a.http.path.clone(),
            )
        })
    };
    let Some((on, target, path)) = found else {
        return;
    };
    let most = u32::try_from(lab.job.profile.mms.max_bytes).unwrap_or(u32::MAX);
    let sizes: Vec<u32> = LADDER.into_iter().filter(|s| *s <= most).collect();
    let way = Way {
        lab,
        access,
        on,
        target,
        path,
    };
    let Some(&largest) = sizes.last() else { return };
    if way.answered(largest).await {
        return;
    }
    // The first rung that stalls; what lies below the lowest is the small request that was answered.
    let (mut good, mut bad) = (0, sizes.len() - 1);
    while good < bad {
        let middle = usize::midpoint(good, bad);
        if way.answered(sizes[middle]).await {
            good = middle + 1;
        } else {
            bad = middle;
        }
    }
    let (mut low, mut high) = (
        bad.checked_sub(1).map_or(0, |below| sizes[below]),
        sizes[bad],
    );
    for _ in 0..STEPS {
        if high - low <= NEAR {
            break;
        }
        let middle = low.midpoint(high);
        if way.answered(middle).await {
            low = middle;
        } else {
            high = middle;
        }
    }
}

struct Way<'a> {
    lab: &'a Lab<'a>,
    access: &'a Access,
    on: On,
    target: Target,
    path: String,
}

impl Way<'_> {
    /// Whether a body made larger by so many octets is answered, in whatever words.
    async fn answered(&self, octets: u32) -> bool {
        let modem = self.lab.gear.modem.serving("probe");
        let post = Post {
            experiment: "E31",
            pdu: ProbePdu::Padded(octets),
            variant: "",
            header: None,
            path: self.path.clone(),
        };
        let proposal = Proposal {
            experiment: "E31",
            title: format!("{octets} octets more to {}", self.target),
            tells: "from which size on requests stall",
            cost_ms: 20_000,
            side_effect: 1,
            step: Step::Dial {
                target: self.target.clone(),
                path: Some(self.path.clone()),
            },
        };
        self.lab.step(&proposal, ExperimentState::Running);
        let (host, port) = (&self.target.host, self.target.port);
        let dialled = modem
            .dial(self.on.cid, host, port, self.lab.limit, |_| ())
            .await;
        let Ok(link) = dialled else {
            let says = "the connection did not open this time".to_owned();
            self.lab.step(&proposal, ExperimentState::Done { says });
            return false;
        };
        let (number, exchanges) = (link.number(), link.exchanges());
        let card = &self.access.card;
        let made = http::post(self.lab, &self.on, &self.target, card, &post, link).await;
        modem.close_link(number).await;
        let answered = matches!(made.outcome, HttpOutcome::Answer { .. });
        let says = match made.status() {
            Some(status) => format!("answered: HTTP {status}"),
            None => "not answered".to_owned(),
        };
        let rests_on = exchanges.events();
        self.lab.found("E31", rests_on, Found::Http(made));
        self.lab.step(&proposal, ExperimentState::Done { says });
        answered
    }
}

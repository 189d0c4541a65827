//! What a recording holds, in short: for a list of recordings, and for how long the stages of a good send take.
use super::Bearings;
use crate::event::{Event, Stage, StageState, What};

/// Most sends that are told of one recording.
const MOST_SENDS: usize = 64;
/// Most probes whose verdict is told.
const MOST_VERDICTS: usize = 8;

/// What a recording holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Digest {
    /// When it began (RFC 3339, UTC).
    pub began_at: String,
    /// The simulated world, where there was one.
    pub world: Option<String>,
    /// The profile that was in use last.
    pub profile: Option<String>,
    /// Its sends, in order.
    pub sends: Vec<Sent>,
    /// Verdicts as they were given then: code and profile.
    pub verdicts: Vec<String>,
    /// Its length in milliseconds.
    pub length_ms: u64,
    /// How many lines it has that were read.
    pub events: u64,
    /// Why it could not be read to its end.
    pub trouble: Option<String>,
    /// The SIM and the modem as they were told last.
    pub bearings: Bearings,
}

/// A send of a recording.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// Its number within the session.
    pub send: u64,
    /// The profile's id.
    pub profile: String,
    /// M-Send.conf said Ok; none where it did not end.
    pub ok: Option<bool>,
    /// How it ended, in a word or two.
    pub says: String,
    /// How long each stage took that ended well, in milliseconds, by [`Stage::ALL`].
    pub took: [Option<u64>; Stage::ALL.len()],
    /// With which SIM and modem it ended.
    pub bearings: Bearings,
}

impl Digest {
    /// Whether an event of this kind (`event` of its line) says something here; of others the time is enough.
    #[must_use]
    pub fn wants(kind: &str) -> bool {
        [
            "session", "modem", "sim", "profile", "message", "stage", "result", "verdict",
        ]
        .contains(&kind)
    }

    /// Takes in an event.
    pub fn take(&mut self, event: &Event) {
        self.length_ms = self.length_ms.max(event.ms);
        match &event.what {
            What::Session(s) => {
                self.began_at.clone_from(&event.at);
                self.world.clone_from(&s.world);
            }
            What::Modem(m) => self.bearings.modem = Some(m.model.clone()),
            What::Sim(s) => self.bearings.take_sim(s),
            What::Profile(p) => self.profile = Some(p.id.clone()),
            What::Message(m) if self.sends.len() < MOST_SENDS => self.sends.push(Sent {
                send: m.send,
                profile: m.profile.clone(),
                says: "did not end".to_owned(),
                ..Sent::default()
            }),
            What::Stage(s) => {
                if let (StageState::Done { .. }, Some(sent)) = (&s.state, self.sent(s.send)) {
                    sent.took[s.stage as usize] = Some(s.stage_ms);
                }
            }
            What::Result(r) => {
                let bearings = self.bearings.clone();
                if let Some(sent) = self.sent(r.send) {
                    sent.ok = Some(r.ok);
                    sent.bearings = bearings;
                    let at = r.stage.map_or("", Stage::name);
                    sent.says = match r {
                        r if r.ok => "sent".to_owned(),
                        r if r.unknown => "unknown".to_owned(),
                        r if r.cancelled => "stopped".to_owned(),
                        _ => format!("failed at {at}"),
                    };
                }
            }
            What::Verdict(v) if self.verdicts.len() < MOST_VERDICTS => {
                self.verdicts.push(v.verdict.name().to_owned());
            }
            _ => {}
        }
    }

    fn sent(&mut self, send: u64) -> Option<&mut Sent> {
        self.sends.iter_mut().rev().find(|s| s.send == send)
    }

    /// What came of it, in short.
    #[must_use]
    pub fn result(&self) -> String {
        let mut says = match self.sends.as_slice() {
            [] => Vec::new(),
            [one] => vec![one.says.clone()],
            all => {
                let ok = all.iter().filter(|s| s.ok == Some(true)).count();
                let last = all.last().map_or("", |s| s.says.as_str());
                vec![format!("{ok} of {} sent, last {last}", all.len())]
            }
        };
        says.extend(self.verdicts.last().cloned());
        match says.is_empty() {
            true => "nothing sent".to_owned(),
            false => says.join(", "),
        }
    }
}

/// How long the stages of good sends through a profile took: shortest and longest, by [`Stage::ALL`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    /// How many good sends it rests on.
    pub sends: usize,
    /// Shortest and longest in milliseconds; none where no good send had the stage.
    pub range: [Option<(u64, u64)>; Stage::ALL.len()],
}

impl Expected {
    /// From the good sends through this profile, in this world or in none.
    #[must_use]
    pub fn of<'a>(
        digests: impl IntoIterator<Item = &'a Digest>,
        world: Option<&str>,
        profile: &str,
    ) -> Option<Self> {
        let mut expected = Self::default();
        let alike = digests
            .into_iter()
            .filter(|d| d.world.as_deref() == world)
            .flat_map(|d| &d.sends)
            .filter(|s| s.ok == Some(true) && s.profile == profile);
        for sent in alike {
            expected.sends += 1;
            for (range, took) in expected.range.iter_mut().zip(sent.took) {
                *range = match (*range, took) {
                    (Some((low, high)), Some(ms)) => Some((low.min(ms), high.max(ms))),
                    (None, Some(ms)) => Some((ms, ms)),
                    (range, None) => range,
                };
            }
        }
        (expected.sends > 0).then_some(expected)
    }

    /// The range of a stage.
    #[must_use]
    pub fn stage(&self, stage: Stage) -> Option<(u64, u64)> {
        self.range[stage as usize]
    }

    /// Whether a stage that took so long was slow: half as long again as the slowest good one, and noticeably.
    #[must_use]
    pub fn is_slow(&self, stage: Stage, took_ms: u64) -> bool {
        const NOTICED: u64 = 250;
        self.stage(stage)
            .is_some_and(|(_, high)| took_ms > high.saturating_add((high / 2).max(NOTICED)))
    }
}

//! The last good send under the conditions of another one: "it worked yesterday".
//!
//! In: what is known of a send, and what recordings hold in short. Out: which accepted send is to be laid beside it, or what there is
//! instead. Never here: files.
use super::{Digest, Sent, Tape};
use crate::event::{Masked, Sim};
use crate::known::Known;

/// The SIM and the modem of a send, as far as they were told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bearings {
    /// The modem's model, such as `SIMCOM_SIM7600G-H`.
    pub modem: Option<String>,
    /// IMSI of its SIM, masked.
    pub imsi: Option<Masked>,
    /// ICCID of its SIM, masked.
    pub iccid: Option<Masked>,
}

impl Bearings {
    /// Takes in what was read of the SIM; what a card that is there now does not say is not carried over from the one before.
    pub fn take_sim(&mut self, sim: &Sim) {
        self.imsi.clone_from(&sim.imsi);
        self.iccid.clone_from(&sim.iccid);
    }

    /// What speaks against both being one SIM in one kind of modem; what only one side knows does not.
    fn against(&self, other: &Self) -> Option<&'static str> {
        fn apart<T: PartialEq>(a: Option<&T>, b: Option<&T>) -> bool {
            matches!((a, b), (Some(a), Some(b)) if a != b)
        }
        let sim = apart(self.imsi.as_ref(), other.imsi.as_ref())
            || apart(self.iccid.as_ref(), other.iccid.as_ref());
        let modem = apart(self.modem.as_ref(), other.modem.as_ref());
        match (sim, modem) {
            (true, true) => Some("with another SIM in another modem"),
            (true, false) => Some("with another SIM"),
            (false, true) => Some("in another modem"),
            (false, false) => None,
        }
    }
}

/// What a good send must have in common with the one that it is laid beside; and which that one is, since none is laid beside itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conditions {
    /// When the session of the send began.
    began_at: String,
    /// Its number there; none where nothing was sent yet.
    send: Option<u64>,
    world: Option<String>,
    profile: String,
    bearings: Bearings,
}

impl Conditions {
    /// Of the newest send of a session; where nothing was sent yet, of the profile in use.
    ///
    /// # Errors
    /// No profile is known: why not.
    pub fn of(known: &Known) -> Result<Self, String> {
        let send = known.sends.back().map(|s| &s.message);
        let profile = match send {
            Some(message) => Some(message.profile.clone()),
            None => known.profile.as_ref().map(|p| p.id.clone()),
        };
        let Some(profile) = profile else {
            return Err("nothing was sent yet and no profile is in use".to_owned());
        };
        if profile.is_empty() {
            // An SMS, or a card that could not be read.
            return Err("its newest send went through no profile".to_owned());
        }
        let mut bearings = Bearings {
            modem: known.modem.as_ref().map(|m| m.model.clone()),
            ..Bearings::default()
        };
        if let Some(sim) = &known.sim {
            bearings.take_sim(sim);
        }
        Ok(Self {
            began_at: known.started_at.clone(),
            send: send.map(|m| m.send),
            world: known.session.world.clone(),
            profile,
            bearings,
        })
    }

    /// Of the newest send of a recording.
    ///
    /// # Errors
    /// As [`Conditions::of`].
    pub fn of_tape(tape: &Tape) -> Result<Self, String> {
        Self::of(&tape.newest())
    }

    /// Why an accepted send through the same profile is no measure for this one.
    fn against(&self, digest: &Digest, sent: &Sent) -> Option<&'static str> {
        match (&self.world, &digest.world) {
            (None, Some(_)) => Some("on a simulated modem"),
            (Some(_), None) => Some("on a real modem"),
            (Some(a), Some(b)) if a != b => Some("in another world"),
            _ => self.bearings.against(&sent.bearings),
        }
    }
}

/// What recordings have to offer for a send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    conditions: Conditions,
    /// How many recordings were looked through.
    looked: usize,
    /// The newest good send under the same conditions.
    alike: Option<Candidate>,
    /// The newest one under others, and what is different.
    other: Option<(Candidate, &'static str)>,
}

/// An accepted send of a recording.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Candidate {
    /// When its session began (RFC 3339, UTC).
    began_at: String,
    /// Its number within the session.
    pub send: u64,
    /// Its recording, as it was handed in.
    pub recording: String,
}

impl Candidate {
    /// The recording's name, without its folders.
    fn name(&self) -> &str {
        let name = self.recording.rsplit(['/', '\\']).next();
        name.unwrap_or_default()
    }
}

impl Search {
    /// For a send of these conditions.
    #[must_use]
    pub fn new(conditions: Conditions) -> Self {
        Self {
            conditions,
            looked: 0,
            alike: None,
            other: None,
        }
    }

    /// Looks through a recording, in any order of them.
    pub fn look(&mut self, recording: &str, digest: &Digest) {
        self.looked += 1;
        let wanted = &self.conditions;
        let itself = |s: &&Sent| digest.began_at == wanted.began_at && Some(s.send) == wanted.send;
        let sends = digest.sends.iter();
        let good = sends.filter(|s| s.ok == Some(true) && s.profile == wanted.profile);
        for sent in good.filter(|s| !itself(s)) {
            let found = Candidate {
                began_at: digest.began_at.clone(),
                send: sent.send,
                recording: recording.to_owned(),
            };
            match wanted.against(digest, sent) {
                None => self.alike = self.alike.take().max(Some(found)),
                Some(why) if self.other.as_ref().is_none_or(|(o, _)| *o < found) => {
                    self.other = Some((found, why));
                }
                Some(_) => {}
            }
        }
    }

    /// The newest good send under the same conditions.
    ///
    /// # Errors
    /// There is none: what there is instead.
    pub fn found(&self) -> Result<&Candidate, String> {
        let profile = &self.conditions.profile;
        self.alike.as_ref().ok_or_else(|| match &self.other {
            Some((other, why)) => format!(
                "no accepted send through {profile} under the same conditions is recorded; the newest was {why}: {}",
                other.name()
            ),
            None => format!(
                "no other accepted send through {profile} is recorded ({} looked through)",
                match self.looked {
                    1 => "1 recording".to_owned(),
                    n => format!("{n} recordings"),
                }
            ),
        })
    }
}

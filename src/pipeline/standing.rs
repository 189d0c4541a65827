//! What stays set up between two messages of a queue: context and socket stack, so that each message does not pay for them anew.
//!
//! In: whether another message goes out next; how the last send ended. Out: whether the modem is tidied now or after the queue. The settings
//! to put back stay in the [`super::Gear`] and on disk all the while: a crash, a lost line or a restart of the modem finds them there. Never
//! here: the queue, its pace.
use super::{Gear, tidy};
use crate::event::{SendResult, Way};
use crate::modem::Settings;
use std::sync::{Arc, Mutex, PoisonError};

/// What stays set up, shared by those who send and the one who knows the queue.
#[derive(Clone, Debug, Default)]
pub struct Standing(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// Another MMS goes out right after the one that is being sent.
    followed: bool,
    /// The profile for which context and stack are up, and how often the modem had restarted then.
    up: Option<(String, u64)>,
    /// The modem's settings as the last send of the queue found them.
    found: Option<Settings>,
}

impl Standing {
    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        // Each change is one assignment: a poisoned lock holds a whole state.
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Says whether another MMS goes out right after the one that is being sent.
    pub fn is_followed(&self, followed: bool) {
        self.with(|s| s.followed = followed);
    }

    /// Whether something stands that has to be tidied once no message follows.
    #[must_use]
    pub fn waits_for_tidying(&self) -> bool {
        self.with(|s| s.up.is_some() && !s.followed)
    }

    /// Whether something stands.
    #[must_use]
    pub fn is_up(&self) -> bool {
        self.with(|s| s.up.is_some())
    }

    /// Nothing stands any more: the settings go back.
    pub(super) fn end(&self) {
        self.with(|s| (s.up, s.found) = (None, None));
    }

    /// Whether a send through this profile can go on with what stands, on a modem that has restarted so often.
    pub(super) fn serves(&self, profile: &str, boots: u64) -> bool {
        self.with(|s| {
            s.up.as_ref()
                .is_some_and(|(p, b)| p == profile && *b == boots)
        })
    }

    /// The settings as the last send of the queue found them.
    pub(super) fn found(&self) -> Option<Settings> {
        self.with(|s| s.found.clone())
    }

    /// A send of the queue has found these settings.
    pub(super) fn has_found(&self, settings: &Settings) {
        self.with(|s| s.found = Some(settings.clone()));
    }
}

/// After a send: puts the settings back, except where the send went well, its links are closed and another message follows at once.
/// `profile` is the one whose context may stay up.
pub async fn rest(gear: &Gear, result: &SendResult, profile: Option<&str>) {
    let engine = gear.modem.engine();
    let stays =
        result.ok && result.way == Way::Mms && !gear.read_only && gear.saved(|s| s.is_some());
    if let (true, Some(profile)) = (stays, profile)
        && gear.standing.with(|s| s.followed)
        && gear.modem.serving("restore").close_links().await
        && !engine.is_gone()
    {
        let up = (profile.to_owned(), engine.boots());
        return gear.standing.with(|s| s.up = Some(up));
    }
    tidy(gear).await;
}

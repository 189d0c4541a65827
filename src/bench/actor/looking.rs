//! Looking at the modem while nothing else happens.
//!
//! In: the time of the next look. Out: events that say how the modem is. Never here: anything that changes it.
use super::Actor;
use crate::event::{Level, SimState};
use crate::modem::{SimCard, Trouble};
use crate::pipeline::Gear;
use tokio::time::Instant;

impl Actor {
    /// Looks at the modem: everything the first time, then what changes by itself.
    pub(super) fn look(&mut self) {
        if self.next_look.is_none_or(|at| at > Instant::now()) {
            return;
        }
        let first = self.gear.learnt(|l| l.identity.is_none());
        let gear = self.gear.clone();
        let wide = std::mem::take(&mut self.look_wide) || self.looks.is_multiple_of(WIDE_LOOK);
        self.looks = self.looks.wrapping_add(1);
        if first || wide {
            tracing::debug!(first, "looking at everything of the modem");
        }
        self.looking = Some(if first {
            Box::pin(look_at_all(gear))
        } else {
            Box::pin(look_again(gear, wide))
        });
    }

    pub(super) fn looked(&mut self, looked: Result<(), Trouble>) {
        self.looking = None;
        if let Err(trouble) = looked {
            self.say(Level::Warning, trouble.to_string());
        }
        if self.profile.is_none()
            && let Some(card) = self.gear.learnt(|l| l.card.clone())
        {
            self.take_best_profile(&card);
        }
        self.next_look = self
            .next_look
            .map(|_| Instant::now() + self.gear.modem.pace().real(self.config.poll()));
    }
}

/// The first look: who the modem is, and everything that it tells.
async fn look_at_all(gear: Gear) -> Result<(), Trouble> {
    let modem = gear.modem.serving("look");
    modem.hello().await?;
    modem.signal().await?;
    let identity = modem.identify().await?;
    let (state, _, _) = modem.sim_state().await?;
    let ready = state == SimState::Ready;
    let card = if ready {
        modem.sim_card().await?
    } else {
        SimCard::default()
    };
    modem.tell_sim(state, &card);
    modem.registration().await?;
    modem.contexts().await?;
    modem.scan(&identity).await?;
    gear.learnt(|l| {
        l.identity = Some(identity);
        l.card = ready.then_some(card);
    });
    Ok(())
}

/// A later look: the signal, which changes by itself; now and then, or when the modem announced something, the rest too.
async fn look_again(gear: Gear, wide: bool) -> Result<(), Trouble> {
    let modem = gear.modem.serving("poll");
    modem.signal().await?;
    if wide {
        modem.registration().await?;
        modem.contexts().await?;
    }
    Ok(())
}

/// Every so many looks are wide.
const WIDE_LOOK: u32 = 6;

//! The stores for short messages: the card's, the module's own, and that of status reports. Places are numbered from 0, as
//! this family does. Never here: AT, and what a message says.
use std::collections::BTreeMap;

use crate::simulator::clock::Clock;
use crate::simulator::world::World;
use crate::sms::{Address, Content, Deliver, Tpdu, UserData};

/// Names that commands know. `MT` is the module's own store, as on this family.
pub(super) const STORES: [&str; 4] = ["ME", "MT", "SM", "SR"];

/// What has been done with a stored message; TS 27.005 section 3.1, `<stat>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Unread = 0,
    Read = 1,
}

impl Mark {
    /// The word of text mode.
    pub fn word(self) -> &'static str {
        match self {
            Mark::Unread => "REC UNREAD",
            Mark::Read => "REC READ",
        }
    }
}

/// A message in its place.
#[derive(Debug, Clone)]
pub(super) struct Stored {
    pub mark: Mark,
    pub tpdu: Tpdu,
}

/// One store.
#[derive(Debug, Clone)]
pub(super) struct Store {
    pub places: u16,
    pub messages: BTreeMap<u16, Stored>,
}

impl Store {
    fn empty(places: u16) -> Self {
        Store {
            places,
            messages: BTreeMap::new(),
        }
    }

    /// Puts a message into the first free place; `None` where there is none.
    pub fn put(&mut self, mark: Mark, tpdu: Tpdu) -> Option<u16> {
        let place = (0..self.places).find(|place| !self.messages.contains_key(place))?;
        self.messages.insert(place, Stored { mark, tpdu });
        Some(place)
    }

    /// Used and all places, as `AT+CPMS` says them.
    pub fn counts(&self) -> String {
        format!("{},{}", self.messages.len(), self.places)
    }
}

/// All stores.
#[derive(Debug, Clone)]
pub(super) struct Mailbox {
    card: Store,
    module: Store,
    reports: Store,
}

impl Mailbox {
    /// As a world has them when it begins: old messages, read long ago, where the card's places are in use.
    pub fn new(world: &World, clock: Clock) -> Self {
        let room = world.sim.mailbox;
        let mut card = Store::empty(room.places);
        for number in 1..=room.used.min(room.places) {
            let text = format!("An old message, number {number}");
            card.put(Mark::Read, old_message(&text, clock));
        }
        Mailbox {
            card,
            module: Store::empty(room.places),
            reports: Store::empty(room.places),
        }
    }

    /// The store of a name.
    pub fn store(&mut self, name: &str) -> &mut Store {
        match name {
            "ME" | "MT" => &mut self.module,
            "SR" => &mut self.reports,
            _ => &mut self.card,
        }
    }
}

fn old_message(text: &str, clock: Clock) -> Tpdu {
    Tpdu::Deliver(Deliver {
        from: Address {
            kind: 0x91,
            text: "12025550188".to_owned(),
        },
        protocol: 0,
        coding: 0,
        at: clock.moment(),
        last: true,
        report: false,
        reply_path: false,
        data: UserData::new(Content::text(text)),
        whole: true,
    })
}

//! Orders of the faces, taken up one by one.
//!
//! In: an [`Order`]. Out: work that waits for its turn, or is done at once. Never here: how the work is done.
use super::Actor;
use crate::at::{Command, catalogue};
use crate::bench::script::Script;
use crate::bench::{Order, Typed};
use crate::event::{Act, Level, Notice, What};
use crate::profile::{Library, Profile, UnknownProfile};
use std::sync::Arc;
use tokio::time::Instant;

impl Actor {
    pub(super) async fn take(&mut self, order: Order) {
        match order {
            Order::Send(message) => {
                self.gear.sink.record(What::Act(Act::Send));
                if self.read_only {
                    return self.say(
                        Level::Warning,
                        "read-only: nothing is sent. Start without --read-only to send",
                    );
                }
                let _ = self.take_in(*message).await;
                let pause = self.free_at.saturating_duration_since(Instant::now());
                if self.running.is_some() {
                    self.say(Level::Info, "another message is being sent; this one waits");
                } else if !pause.is_zero() {
                    let seconds = pause.as_secs_f64() * self.speed();
                    self.say(Level::Info, format!("paced: this message goes out in {seconds:.0} s (pace_seconds in the configuration)"));
                }
            }
            Order::Probe(probe) => {
                let order = self.gear.sink.record(What::Act(Act::Probe));
                if self.read_only {
                    return self.refuse(
                        order,
                        "read-only: a probe opens the module's socket stack. Start without --read-only to probe",
                    );
                }
                self.probes.push_back((*probe, order));
                if self.running.is_some() {
                    self.say(
                        Level::Info,
                        "something else runs; the probe waits for its end",
                    );
                }
            }
            Order::Cancel => {
                self.gear.sink.record(What::Act(Act::Cancel));
                self.stop_waiting();
                let waiting: Vec<_> = self.probes.drain(..).collect();
                for (_, order) in waiting {
                    self.refuse(order, "stopped before the probe began");
                }
                self.fetches.clear();
                self.script = None;
                self.cancel();
                self.tested(None);
            }
            Order::Unrecorded => {
                self.unrecorded = true;
                let text = "messages of this session go out unrecorded, as you said: after it nothing tells whether one went out";
                self.say(Level::Warning, text);
            }
            Order::Outbox(order) => self.take_outbox(order).await,
            Order::Withdraw(transaction_id) => self.withdraw_named(&transaction_id).await,
            Order::Inbox(order) => self.take_inbox(order).await,
            Order::SelfTest { lengths, times } => {
                self.gear.sink.record(What::Act(Act::Send));
                self.self_test(lengths, times).await;
            }
            Order::RunAt(text) => self.run_at(text),
            Order::RunAll(commands) => self.run_all(commands),
            Order::Mark { line, name } => {
                self.gear.sink.record(What::Act(Act::Mark { line, name }));
            }
            Order::UseProfile(id) => self.use_profile(&id),
            Order::UseCopy(profile) => {
                let id = profile.id.to_string();
                self.hold(*profile);
                self.use_profile(&id);
            }
            Order::Library(library) => self.take_library(library),
            Order::Drive(drive) => self.drive(drive),
            Order::Restore => {
                self.gear.sink.record(What::Act(Act::Restore));
                if self.read_only {
                    self.say(
                        Level::Warning,
                        "read-only: nothing is put back. Start without --read-only to restore",
                    );
                } else if self.running.is_some() {
                    self.say(
                        Level::Info,
                        "a send runs; it puts the settings back itself when it ends",
                    );
                } else {
                    self.put_back_what_was_left().await;
                }
            }
        }
    }

    fn use_profile(&mut self, id: &str) {
        self.gear
            .sink
            .record(What::Act(Act::UseProfile { id: id.to_owned() }));
        match self.named(id) {
            Ok(profile) => {
                self.profile = Some(profile);
                self.tell_profile();
            }
            Err(e) => self.say(Level::Warning, e.to_string()),
        }
    }

    /// What runs goes on with what it began with. A copy of this session, or a profile from a file of its own, stays what it is.
    fn take_library(&mut self, library: Arc<Library>) {
        self.library = library;
        let Some(used) = self.profile.as_ref().map(|p| p.id.to_string()) else {
            return;
        };
        let is_copy = self.copies.iter().any(|p| p.id.as_str() == used);
        let anew = self.library.get(&used).ok().filter(|_| !is_copy).cloned();
        if anew.is_some() && anew != self.profile {
            self.profile = anew;
            self.tell_profile();
        }
    }

    /// Holds a profile under its id for the rest of the session.
    pub(super) fn hold(&mut self, profile: Profile) {
        self.copies.retain(|p| p.id != profile.id);
        self.copies.push(profile);
    }

    /// The profile with this id: one of this session's copies, or one of the library.
    pub(super) fn named(&self, id: &str) -> Result<Profile, UnknownProfile> {
        match self.copies.iter().find(|p| p.id.as_str() == id) {
            Some(copy) => Ok(copy.clone()),
            None => self.library.get(id).cloned(),
        }
    }

    /// The person's own command: it waits for the exchange in flight like everything else, and the traffic shows its answer.
    fn run_at(&mut self, text: String) {
        self.gear.sink.record(What::Act(Act::At {
            command: text.clone(),
        }));
        if self.read_only && catalogue::changes_settings(&text) {
            return self.say(
                Level::Warning,
                format!("read-only: {text} would change the modem and was not sent"),
            );
        }
        if let Some(equivalent) = catalogue::equivalent(&text) {
            self.say(Level::Info, equivalent);
        }
        let command = match Command::typed(&text) {
            Ok(command) => command,
            Err(e) => return self.say(Level::Warning, e.to_string()),
        };
        let (engine, sink) = (self.gear.modem.engine().clone(), self.gear.sink.clone());
        tokio::spawn(async move {
            if let Err(e) = engine.run(command, "person").await {
                sink.record(What::Notice(Notice {
                    level: Level::Warning,
                    text: e.to_string(),
                    because: None,
                }));
            }
        });
    }

    /// The person's script: in the order in which it was typed, while everything else goes on.
    fn run_all(&mut self, commands: Vec<Typed>) {
        let forbidden = commands
            .iter()
            .find(|t| self.read_only && catalogue::changes_settings(&t.command));
        if let Some(typed) = forbidden {
            let text = &typed.command;
            return self.say(
                Level::Warning,
                format!("read-only: {text} would change the modem; none of the commands was sent"),
            );
        }
        let engine = self.gear.modem.engine().clone();
        self.script = Some(Script::start(engine, self.gear.sink.clone(), commands));
    }

    pub(super) fn cancel(&mut self) {
        if let Some(stop) = self.running.as_mut().and_then(|r| r.stop.take()) {
            let _ = stop.send(()); // it may have ended by itself just now
        }
    }
}

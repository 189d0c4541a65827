//! Fetching what waits at the MMSC, when the person says so; telling the MMSC what became of it.
//!
//! In: orders about received messages. Out: the message with its parts in the inbox, as events. Never here: what came in by itself, and the stages.
use super::{Actor, Running};
use crate::bench::InboxOrder;
use crate::event::{InboxKind, InboxState, Level, Sink, What};
use crate::inbox::{Inbox, InboxError, Item};
use crate::mms::{
    AcknowledgeInd, Address, NotifyRespInd, Part, Pdu, RetrieveConf, Status, Version,
};
use crate::pipeline::{self, FetchJob, Gear, Unfetched};
use crate::profile::Profile;
use std::sync::Arc;
use tokio::sync::{oneshot, watch};

/// What is done about a message that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    /// It is fetched, and the MMSC told so.
    Fetch,
    /// The MMSC is told that it will be fetched later.
    Defer,
    /// The MMSC is told that it is not wanted.
    Reject,
    /// The MMSC is told once more that it is here.
    Answer,
}

/// A message that is to be fetched.
pub(super) struct Fetch {
    pub item: u64,
    pub act: Act,
}

impl Actor {
    pub(super) async fn take_inbox(&mut self, order: InboxOrder) {
        self.gear.sink.record(What::Act(crate::event::Act::Inbox));
        let id = order.item();
        let item = match self.receiving.inbox.get(id) {
            Ok(item) => item,
            Err(e) => return self.say(Level::Warning, e.to_string()),
        };
        if self.read_only {
            let text = "read-only: nothing is fetched, told or deleted. Start without --read-only";
            return self.say(Level::Warning, text);
        }
        if let Some(why) = self.receiving.inbox.why_unkept() {
            let text = format!("nothing is fetched, told or deleted in this session: {why}");
            self.say(Level::Warning, text);
            // Whoever waits for it sees how it is.
            self.tell_item(&item);
            return;
        }
        match order {
            InboxOrder::DeleteStored(_) if item.places.is_empty() => {
                self.say(
                    Level::Info,
                    format!("message {id} does not lie in the modem"),
                );
            }
            InboxOrder::DeleteStored(_) => self.delete_stored(item),
            InboxOrder::Fetch(_)
                if item.state == InboxState::Here
                    && item.kind == InboxKind::Mms
                    && !item.answered =>
            {
                self.fetch(id, Act::Answer);
            }
            _ if !item.state.can_be_fetched() => {
                let act = match order {
                    InboxOrder::Reject(_) => "rejected",
                    _ => "fetched",
                };
                let text = format!("message {id} cannot be {act}: it is {}", item.state.words());
                self.say(Level::Warning, text);
                // Whoever waits for it sees how it is.
                self.tell_item(&item);
            }
            InboxOrder::Fetch(_) => self.fetch(id, Act::Fetch),
            InboxOrder::Defer(_) => self.fetch(id, Act::Defer),
            InboxOrder::Reject(_) => self.fetch(id, Act::Reject),
        }
    }

    /// Waits for its turn.
    pub(super) fn fetch(&mut self, item: u64, act: Act) {
        if self.fetches.iter().any(|f| f.item == item && f.act == act) {
            return;
        }
        if self.running.is_some() {
            self.say(
                Level::Info,
                format!("something else runs; message {item} waits for its end"),
            );
        }
        self.fetches.push_back(Fetch { item, act });
    }

    pub(super) async fn start_fetch(&mut self) {
        if self.running.is_some() || self.looking.is_some() || self.lost.is_some() {
            return;
        }
        let Some(Fetch { item, act }) = self.fetches.pop_front() else {
            return;
        };
        let Some(profile) = self.profile_for_send().await else {
            return self.say(Level::Warning, super::no_profile().to_string());
        };
        let (stop, stopped) = oneshot::channel();
        let desk = self.fetch_desk();
        let gear = self.gear.clone();
        self.running = Some(Running {
            send: Box::pin(async move {
                let doing = desk.go(&gear, item, profile, act);
                tokio::select! {
                    () = doing => {}
                    _ = stopped => desk.stopped(item),
                }
                pipeline::tidy(&gear).await;
            }),
            stop: Some(stop),
        });
    }

    pub(super) fn fetch_desk(&self) -> FetchDesk {
        FetchDesk {
            inbox: self.receiving.inbox.clone(),
            sink: self.gear.sink.clone(),
            news: self.receiving.news.clone(),
        }
    }
}

/// Where a fetch is written down and told.
#[derive(Clone)]
pub(super) struct FetchDesk {
    pub inbox: Arc<Inbox>,
    pub sink: Sink,
    pub news: watch::Sender<u64>,
}

impl FetchDesk {
    fn tell(&self, item: &Item) {
        self.sink.record(What::Inbox(item.step()));
        self.news.send_modify(|n| *n += 1);
    }

    fn change(&self, id: u64, change: impl FnOnce(&mut Item)) -> Option<Item> {
        match self.inbox.change(id, change) {
            Ok(item) => {
                self.tell(&item);
                Some(item)
            }
            Err(e) => {
                self.say(&e);
                // Whoever waits for its end sees how it stands, and why no more is to come.
                if let Ok(item) = self.inbox.get(id) {
                    let says = e.to_string();
                    self.tell(&Item { says, ..item });
                }
                None
            }
        }
    }

    fn say(&self, error: &InboxError) {
        self.sink.record(What::Notice(crate::event::Notice {
            level: Level::Alarm,
            text: error.to_string(),
            because: None,
        }));
    }

    /// The person has stopped it: it waits as before.
    fn stopped(&self, id: u64) {
        let fetching = self
            .inbox
            .get(id)
            .is_ok_and(|i| i.state == InboxState::Fetching);
        if fetching {
            self.change(id, |item| {
                item.state = InboxState::Waiting;
                "stopped while it was being fetched".clone_into(&mut item.says);
            });
        }
    }

    /// Does it, from the message in the inbox to an MMSC that knows.
    pub async fn go(&self, gear: &Gear, id: u64, profile: Profile, act: Act) {
        let Ok(item) = self.inbox.get(id) else { return };
        let job = FetchJob {
            item: id,
            profile,
            content_location: item.content_location.clone(),
            announced: item.size,
        };
        match act {
            Act::Fetch => self.bring(gear, &job, item).await,
            Act::Defer => self.defer(gear, &job, item).await,
            Act::Reject => self.reject(gear, &job, &item).await,
            Act::Answer => self.answer(gear, &job, &item).await,
        }
    }

    async fn bring(&self, gear: &Gear, job: &FetchJob, before: Item) {
        let id = job.item;
        let deferred = before.state == InboxState::Deferred;
        let begun = self.change(id, |item| {
            item.state = InboxState::Fetching;
            item.says.clear();
        });
        if begun.is_none() {
            return;
        }
        let conf = match pipeline::fetch(gear, job).await {
            Ok(conf) => conf,
            Err(unfetched) => {
                let state = if unfetched.gone {
                    InboxState::Expired
                } else if deferred {
                    InboxState::Deferred
                } else {
                    InboxState::Failed
                };
                self.change(id, |item| {
                    item.state = state;
                    item.says = why(&unfetched);
                });
                return;
            }
        };
        if let Some(item) = self.save(id, conf, deferred).await {
            self.answer(gear, job, &item).await;
        }
    }

    /// Parts and text are on disk before the MMSC is told that the message is here: after that it may delete it.
    async fn save(&self, id: u64, conf: RetrieveConf, deferred: bool) -> Option<Item> {
        let inbox = self.inbox.clone();
        let saving = move || {
            let parts = conf.parts.clone();
            inbox.save(id, &parts, |item| take_over(item, conf, deferred))
        };
        let saved = if self.inbox.is_slow() {
            tokio::task::spawn_blocking(saving).await.ok()?
        } else {
            saving()
        };
        match saved {
            Ok(item) => {
                self.tell(&item);
                Some(item)
            }
            Err(e) => {
                self.say(&e);
                self.change(id, |item| {
                    item.state = InboxState::Failed;
                    item.says = format!("it came, and could not be written: {e}");
                });
                None
            }
        }
    }

    /// The MMSC is told that the message is here: by M-Acknowledge.ind where it was deferred, else by M-NotifyResp.ind.
    async fn answer(&self, gear: &Gear, job: &FetchJob, item: &Item) {
        let pdu = match &item.retrieval_id {
            Some(id) => AcknowledgeInd {
                transaction_id: id.clone(),
                version: Version::V1_2,
                report_allowed: None,
            }
            .pdu(),
            None => response(item, Status::RETRIEVED),
        };
        let told = pipeline::respond(gear, job, &pdu).await;
        self.change(job.item, |item| match told {
            Ok(()) => {
                item.answered = true;
                "fetched, and the MMSC knows".clone_into(&mut item.says);
            }
            Err(unfetched) => {
                item.says = format!(
                    "fetched; the MMSC could not be told and may notify again ({})",
                    why(&unfetched)
                );
            }
        });
    }

    async fn defer(&self, gear: &Gear, job: &FetchJob, item: Item) {
        let told = pipeline::respond(gear, job, &response(&item, Status::DEFERRED)).await;
        self.change(job.item, |item| match told {
            Ok(()) => {
                item.state = InboxState::Deferred;
                "the MMSC knows that it will be fetched later".clone_into(&mut item.says);
            }
            Err(unfetched) => item.says = format!("not deferred: {}", why(&unfetched)),
        });
    }

    /// Only an answer of the MMSC makes it rejected: else it waits as before.
    async fn reject(&self, gear: &Gear, job: &FetchJob, item: &Item) {
        let told = pipeline::respond(gear, job, &response(item, Status::REJECTED)).await;
        self.change(job.item, |item| match told {
            Ok(()) => {
                item.state = InboxState::Rejected;
                item.answered = true;
                "rejected, and the MMSC knows".clone_into(&mut item.says);
            }
            Err(unfetched) => item.says = format!("not rejected: {}", why(&unfetched)),
        });
    }
}

fn why(unfetched: &Unfetched) -> String {
    let failure = &unfetched.trouble.failure;
    format!(
        "at {}: {}. {}",
        unfetched.stage, failure.what, failure.advice
    )
}

fn response(item: &Item, status: Status) -> Pdu {
    NotifyRespInd {
        transaction_id: item.transaction_id.clone(),
        version: Version::V1_2,
        status,
        report_allowed: None,
    }
    .pdu()
}

/// The texts of a message, without its presentation.
pub(super) fn text_of(parts: &[Part]) -> String {
    let texts: Vec<String> = parts
        .iter()
        .filter(|p| p.content_type == "text/plain")
        .filter_map(Part::text)
        .collect();
    texts.join("\n")
}

fn take_over(item: &mut Item, conf: RetrieveConf, deferred: bool) {
    item.state = InboxState::Here;
    item.text = text_of(&conf.parts);
    item.size = conf.parts.iter().map(|p| p.data.len() as u64).sum();
    if let Some(from) = conf.from {
        item.from = Address::read(&from).text;
    }
    if let Some(subject) = conf.subject {
        item.subject = subject;
    }
    item.message_id = conf.message_id;
    item.sent = conf.date.map(|seconds| seconds.saturating_mul(1000));
    item.retrieval_id = conf.transaction_id.filter(|_| deferred);
    "fetched".clone_into(&mut item.says);
}

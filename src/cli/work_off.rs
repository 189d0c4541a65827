//! Sending what is in the outbox: `mmscope outbox send` and `resend`, `mmscope send --queued`.
use super::args::Global;
use super::ladder::Style;
use super::outbox::{REFUSED, open, refused};
use super::send::leave;
use super::session::{self, Interrupts, Session, Wants};
use super::{Refusal, drawer, output};
use crate::bench::{Edition, Order, OutboxOrder};
use crate::event::{Act, EntryState, SendResult, What};
use serde::Serialize;

/// The last line with `--json`.
#[derive(Serialize)]
struct Summary {
    event: &'static str,
    ok: bool,
    sent: usize,
    failed: usize,
    unknown: usize,
    queued: usize,
}

/// Lets the bench do it, and prints what happens until nothing waits any more. The exit code is that of the last message that did not go well.
pub async fn work_off(global: &Global, order: OutboxOrder) -> Result<u8, Refusal> {
    let mut interrupts = Interrupts::listen();
    // What cannot be is said before a modem is touched; the file is closed again before the session opens it.
    look_ahead(global, order)?;
    let wants = Wants {
        speed: 20.0,
        watchful: false,
        json: true,
        many: true,
        listens: false,
    };
    let session = session::open_on(global, wants, drawer::Drawer::patient(global)?).await?;
    let (tally, gave_up) = match &session.unkept {
        Some(why) => {
            output::tell(why);
            let code = Some(REFUSED);
            (
                Tally {
                    code,
                    ..Tally::default()
                },
                false,
            )
        }
        None => {
            let style = session::style(global, &session.config);
            follow(&session, order, style, global.json, &mut interrupts).await
        }
    };
    let outbox = session.outbox.clone();
    leave(session, gave_up, &mut interrupts).await;
    let queued = outbox.queued().len();
    if global.json {
        output::json(&Summary {
            event: "result",
            ok: tally.code.is_none(),
            sent: tally.sent,
            failed: tally.failed,
            unknown: tally.unknown,
            queued,
        });
    } else {
        output::line(&format!(
            "{} sent, {} failed, {} unknown, {queued} still queued",
            tally.sent, tally.failed, tally.unknown
        ));
    }
    Ok(tally.code.unwrap_or(0))
}

fn look_ahead(global: &Global, order: OutboxOrder) -> Result<(), Refusal> {
    let outbox = open(global)?;
    match order {
        OutboxOrder::Send(id) => {
            let allowed = outbox.get(id).and_then(|mut e| e.queue(0));
            allowed.map_err(refused)
        }
        OutboxOrder::Resend { entry, .. } => outbox.get(entry).map(drop).map_err(refused),
        OutboxOrder::SendQueued
        | OutboxOrder::Cancel(_)
        | OutboxOrder::TakeOut(_)
        | OutboxOrder::Forget(_) => Ok(()),
    }
}

/// What came of the messages that were worked off.
#[derive(Default)]
struct Tally {
    sent: usize,
    failed: usize,
    unknown: usize,
    /// The exit code of the last one that did not go well.
    code: Option<u8>,
}

impl Tally {
    fn count(&mut self, result: &SendResult, state: Option<EntryState>) {
        if result.ok {
            self.sent += 1;
            return;
        }
        match state {
            Some(EntryState::Unknown) => self.unknown += 1,
            _ if result.unknown => self.unknown += 1,
            // It waits for another attempt, or was stopped.
            Some(EntryState::Queued | EntryState::Draft) => return,
            _ => self.failed += 1,
        }
        self.code = Some(result.exit_code());
    }
}

async fn follow(
    session: &Session,
    order: OutboxOrder,
    style: Style,
    json: bool,
    interrupts: &mut Interrupts,
) -> (Tally, bool) {
    let mut changes = session.journal.changes();
    let mut tally = Tally::default();
    let (mut stopping, mut taken, mut seen) = (false, false, 0);
    session.bench.order(Order::Outbox(order)).await;
    loop {
        for event in session.journal.since(seen) {
            seen = event.id;
            if !json {
                output::styled(&style.lines(&event));
            }
            match &event.what {
                What::Act(Act::Outbox) => taken = true,
                What::Result(result) => {
                    let entry = result.entry.and_then(|id| session.outbox.get(id).ok());
                    tally.count(result, entry.map(|e| e.state));
                }
                _ => {}
            }
        }
        let idle = session.journal.known().running().is_none();
        if taken && idle && (stopping || !waits(session, order)) {
            if stopping {
                tally.code = Some(130);
            }
            return (tally, false);
        }
        tokio::select! {
            changed = changes.changed() => if changed.is_err() {
                return (tally, false);
            },
            () = interrupts.next() => {
                if stopping {
                    tally.code = Some(130);
                    return (tally, true);
                }
                stopping = true;
                output::tell("stopping; what has not gone out stays in the outbox (Ctrl-C again to give up)");
                session.bench.order(Order::Cancel).await;
            }
        }
    }
}

/// Whether something that was ordered still waits, or is under way.
fn waits(session: &Session, order: OutboxOrder) -> bool {
    let open = |state| matches!(state, EntryState::Queued | EntryState::Sending);
    match order {
        OutboxOrder::SendQueued => session.outbox.has_open(),
        OutboxOrder::Resend {
            entry,
            edition: Edition::New,
            ..
        } => {
            let newest = session.outbox.newest_of(entry);
            newest.is_some_and(|e| open(e.state))
        }
        OutboxOrder::Send(id) | OutboxOrder::Resend { entry: id, .. } => {
            session.outbox.get(id).is_ok_and(|e| open(e.state))
        }
        OutboxOrder::Cancel(_) | OutboxOrder::TakeOut(_) | OutboxOrder::Forget(_) => false,
    }
}

//! What comes from the service centre: stored and announced, or routed to the line, as `AT+CNMI` and `AT+CSMS` say. What the
//! module cannot take the network repeats. Never here: how a message looks.
//!
//! Source: 3GPP TS 27.005 section 3.4.1 (CNMI), 3.4.4 (CNMA); manual V3.00, chapter 9.
use std::collections::VecDeque;
use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::command::{Argument, Command};
use super::display::{View, class};
use super::mailbox::Mark;
use super::reply::Reply;
use super::{Core, identity, radio};
use crate::sms::{Address, Tpdu};

/// So many lines wait for a host that wants none now; the oldest is lost.
const MOST_BUFFERED: usize = 100;

/// What comes in on its own account.
#[derive(Default)]
pub(super) struct Incoming {
    /// Indications that wait until the host wants them.
    buffered: VecDeque<String>,
    /// A routed message waits for `AT+CNMA`.
    unacknowledged: Option<oneshot::Sender<bool>>,
}

impl Incoming {
    /// What a restart leaves: nothing.
    pub fn restart(&mut self) {
        *self = Incoming::default();
    }
}

/// Whether the module has taken a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taken {
    Yes,
    /// The network has to come again.
    No,
}

/// Takes what the service centre sends for as long as the module is on. Reports do not wait behind messages that find no room.
pub(super) async fn receive(core: Arc<Core>, mut arriving: mpsc::UnboundedReceiver<Tpdu>) {
    let (to_messages, messages) = mpsc::unbounded_channel();
    let (to_reports, reports) = mpsc::unbounded_channel();
    let sorting = async {
        while let Some(tpdu) = arriving.recv().await {
            let way = match tpdu {
                Tpdu::StatusReport(_) => &to_reports,
                _ => &to_messages,
            };
            // Both ends live in this very function.
            let _ = way.send(tpdu);
        }
    };
    tokio::join!(sorting, take(&core, messages), take(&core, reports));
}

async fn take(core: &Arc<Core>, mut arriving: mpsc::UnboundedReceiver<Tpdu>) {
    while let Some(tpdu) = arriving.recv().await {
        while offer(core, &tpdu).await == Taken::No {
            tokio::select! {
                () = core.freed.notified() => {}
                () = core.pace.wait(core.centre.spec().retry_ms) => {}
            }
        }
    }
}

/// What is to happen with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Direct,
    Store { announced: bool },
    Nowhere,
}

async fn offer(core: &Arc<Core>, tpdu: &Tpdu) -> Taken {
    if !radio::in_service(core) || identity::card_error(core).is_some() {
        return Taken::No;
    }
    let _one_at_a_time = core.routing.lock().await;
    match way(core, tpdu) {
        Way::Nowhere => Taken::Yes,
        Way::Direct => route(core, tpdu).await,
        Way::Store { announced } => {
            let (store, place) = {
                let mut state = core.state();
                let store = state.stores()[2].clone();
                let place = state.mailbox.store(&store).put(Mark::Unread, tpdu.clone());
                (store, place)
            };
            let Some(place) = place else {
                return Taken::No;
            };
            let name = match tpdu {
                Tpdu::StatusReport(_) => "+CDSI",
                _ => "+CMTI",
            };
            if announced {
                indicate(core, format!("{name}: \"{store}\",{place}"));
            }
            Taken::Yes
        }
    }
}

fn way(core: &Core, tpdu: &Tpdu) -> Way {
    let state = core.state();
    let field = |place| state.settings.field("+CNMI", place);
    match tpdu {
        Tpdu::StatusReport(_) => match field(3) {
            1 => Way::Direct,
            2 => Way::Store { announced: true },
            _ => Way::Nowhere,
        },
        Tpdu::Deliver(deliver) => match (field(1), class(deliver.coding)) {
            // What belongs on the card goes there whatever the line wants.
            (1.., Some(2)) => Way::Store { announced: true },
            (2, _) | (3, Some(3)) => Way::Direct,
            (mt, _) => Way::Store { announced: mt > 0 },
        },
        Tpdu::Submit(_) => Way::Nowhere,
    }
}

/// Routes a message to the line; where `AT+CSMS=1` holds it is taken once the host says so.
async fn route(core: &Arc<Core>, tpdu: &Tpdu) -> Taken {
    let line = view(core).routed(tpdu);
    let answered = {
        let mut state = core.state();
        if state.words.get("+CSMS").is_none_or(|phase| phase != "1") {
            None
        } else {
            let (answer, answered) = oneshot::channel();
            state.incoming.unacknowledged = Some(answer);
            Some(answered)
        }
    };
    indicate(core, line);
    let Some(answered) = answered else {
        return Taken::Yes;
    };
    let patience = core.pace.span(core.centre.spec().ack_ms);
    match timeout(patience, answered).await {
        Ok(Ok(true)) => Taken::Yes,
        Ok(_) => Taken::No,
        Err(_) => {
            // A host that does not answer gets nothing routed any more.
            let mut state = core.state();
            state.incoming.unacknowledged = None;
            let mode = [
                Argument::Empty,
                Argument::Number(0),
                Argument::Empty,
                Argument::Number(0),
            ];
            state.settings.write("+CNMI", &mode);
            Taken::No
        }
    }
}

/// Says a line, or keeps it, as the mode of `AT+CNMI` wants it.
fn indicate(core: &Core, line: String) {
    {
        let mut state = core.state();
        let mode = state.settings.field("+CNMI", 0);
        let busy = state.stack.online;
        if mode == 1 && busy {
            return;
        }
        if mode == 0 || busy {
            if state.incoming.buffered.len() == MOST_BUFFERED {
                state.incoming.buffered.pop_front();
            }
            return state.incoming.buffered.push_back(line);
        }
    }
    core.announce(&line);
}

/// The settings that shape what is shown.
pub(super) fn view(core: &Core) -> View {
    let state = core.state();
    View {
        text_mode: state.settings.get("+CMGF") == 1,
        header: state.settings.get("+CSDH") == 1,
        ucs2: state
            .words
            .get("+CSCS")
            .is_some_and(|set| set.contains("UCS2")),
        centre: Address::number(&core.world.sim.smsc),
    }
}

/// `AT+CNMI=…`: direct messages need mode 1 or 2, class 3 alone and direct reports need mode 1. What has been kept is said or forgotten
/// as the last field says, once the mode allows it.
pub(super) fn choose(core: &Arc<Core>, command: &Command) -> Reply {
    let kept = {
        let mut state = core.state();
        let before = state.settings.clone();
        if !state.settings.write("+CNMI", command.arguments()) {
            return Reply::error();
        }
        let field = |place| state.settings.field("+CNMI", place);
        let fits = match (field(0), field(1), field(3)) {
            (mode, _, 1) | (mode, 3, _) => mode == 1,
            (mode, 2, _) => mode > 0,
            _ => true,
        };
        if !fits {
            state.settings = before;
            return Reply::cms(303);
        }
        let (silent, forget) = (field(0) == 0, field(4) == 1);
        if silent {
            return Reply::ok();
        }
        let kept = std::mem::take(&mut state.incoming.buffered);
        if forget { VecDeque::new() } else { kept }
    };
    let speaking = core.clone();
    Reply::ok().then(async move {
        for line in kept {
            speaking.announce(&line);
        }
    })
}

/// `AT+CNMA`: the host has the message that was routed to it, or (2 in PDU mode) cannot take it.
pub(super) fn acknowledge(core: &Core, command: &Command) -> Reply {
    let mut state = core.state();
    let positive = match (command.arguments(), command.number(0)) {
        ([], _) | (_, Some(0 | 1)) => true,
        (_, Some(2)) => false,
        _ => return Reply::cms(302),
    };
    let waiting = state.incoming.unacknowledged.take();
    // Where the wait has just ended, nobody listens and the network repeats the message.
    let heard = waiting.is_some_and(|waiting| waiting.send(positive).is_ok());
    if heard { Reply::ok() } else { Reply::cms(340) }
}

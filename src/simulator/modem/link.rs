//! The path between a link and its peer: octets go out and come in with half a round trip each way; data is announced once
//! until the host has drained it, and the peer's close after it. Never here: commands.
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, ReadHalf, WriteHalf};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::Core;
use super::stack::{LinkPhase, Parcel};

/// What a link holds for a host that does not read, before the peer has to wait.
const RECEIVE_WINDOW: usize = 64 << 10;

/// What a packet meets on its way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Path {
    /// There and back, ms.
    pub rtt_ms: u64,
    /// Packets with more octets than this are lost, however often they are sent again.
    pub drops_over: Option<usize>,
}

/// Joins a reserved link to its peer; false where the link has been given up meanwhile.
pub(super) fn join(
    core: &Arc<Core>,
    number: usize,
    serial: u64,
    stream: DuplexStream,
    path: Path,
) -> bool {
    let rtt_ms = path.rtt_ms;
    let (reading, writing) = tokio::io::split(stream);
    let (to_peer, parcels) = mpsc::unbounded_channel();
    let mut state = core.state();
    let Some(link) = state.stack.link(number, serial) else {
        return false;
    };
    link.phase = LinkPhase::Open;
    link.to_peer = Some(to_peer);
    link.rtt_ms = rtt_ms;
    link.reader = Some(core.spawn(read(core.clone(), number, serial, reading, rtt_ms)));
    let writer = Writer {
        number,
        serial,
        drops_over: path.drops_over,
    };
    core.spawn(write(core.clone(), writer, writing, parcels));
    true
}

struct Writer {
    number: usize,
    serial: u64,
    drops_over: Option<usize>,
}

async fn write(
    core: Arc<Core>,
    writer: Writer,
    mut peer: WriteHalf<DuplexStream>,
    mut parcels: mpsc::UnboundedReceiver<Parcel>,
) {
    let Writer {
        number,
        serial,
        drops_over,
    } = writer;
    while let Some((due, octets)) = parcels.recv().await {
        if drops_over.is_some_and(|most| octets.len() > most) {
            // TCP sends it again and again; nothing behind it is delivered before it.
            while parcels.recv().await.is_some() {}
            return;
        }
        if due > Instant::now() {
            tokio::time::sleep_until(due).await;
        }
        if peer.write_all(&octets).await.is_err() {
            return;
        }
        let mut state = core.state();
        if let Some(link) = state.stack.link(number, serial) {
            link.in_flight = link.in_flight.saturating_sub(octets.len());
            link.acknowledged += octets.len() as u64;
            link.room.notify_waiters();
        }
    }
    // A peer that has gone needs no farewell.
    let _ = peer.shutdown().await;
}

async fn read(
    core: Arc<Core>,
    number: usize,
    serial: u64,
    mut peer: ReadHalf<DuplexStream>,
    rtt_ms: u64,
) {
    let mut octets = vec![0; 4096];
    loop {
        let count = peer.read(&mut octets).await.unwrap_or(0);
        core.pace.wait(rtt_ms / 2).await;
        if count == 0 {
            return closed_by_peer(&core, number, serial);
        }
        if !deliver(&core, number, serial, &octets[..count]) {
            return;
        }
        while let Some(room) = full(&core, number, serial) {
            room.notified().await;
        }
    }
}

fn full(core: &Core, number: usize, serial: u64) -> Option<Arc<tokio::sync::Notify>> {
    let mut state = core.state();
    let link = state.stack.link(number, serial)?;
    (link.waiting.len() >= RECEIVE_WINDOW).then(|| link.room.clone())
}

/// Data has arrived: it is kept and announced, or pushed to the host, as `AT+CIPRXGET` says.
pub(super) fn deliver(core: &Core, number: usize, serial: u64, octets: &[u8]) -> bool {
    let mut state = core.state();
    let buffered = state.settings.get("+CIPRXGET") == 1;
    let (head, source, counted) = (
        state.settings.get("+CIPHEAD"),
        state.settings.get("+CIPSRIP"),
        state.settings.field("+CIPCCFG", 4),
    );
    let online = state.stack.online && number == 0;
    let Some(link) = state.stack.link(number, serial) else {
        return false;
    };
    link.received += octets.len() as u64;
    let mut announce = false;
    let mut push = Vec::new();
    if online {
        push.extend_from_slice(octets);
    } else if buffered {
        link.waiting.extend(octets);
        announce = !std::mem::replace(&mut link.told, true);
    } else {
        if let (1, Some(address)) = (source, link.address) {
            push.extend_from_slice(format!("\r\nRECV FROM:{address}:{}", link.port).as_bytes());
        }
        match (counted, head) {
            (1, _) => {
                push.extend_from_slice(format!("\r\n+RECEIVE,{number},{}", octets.len()).as_bytes())
            }
            (_, 1) => push.extend_from_slice(format!("\r\n+IPD{}", octets.len()).as_bytes()),
            _ => {}
        }
        push.extend_from_slice(b"\r\n");
        push.extend_from_slice(octets);
    }
    let connection = link.connection;
    state.stack.note(connection, &[], octets);
    drop(state);
    if announce {
        core.announce(&format!("+CIPRXGET: 1,{number}"));
    }
    if online {
        core.output.say(push);
    } else if !push.is_empty() {
        core.output.announce(push);
    }
    true
}

fn closed_by_peer(core: &Core, number: usize, serial: u64) {
    let mut state = core.state();
    let Some(link) = state.stack.link(number, serial) else {
        return;
    };
    if link.phase != LinkPhase::Open {
        return;
    }
    link.reader = None;
    link.release(core.world.modem.quirks.keeps_data);
    let was_online = number == 0 && std::mem::take(&mut state.stack.online);
    let offline = state.stack.offline.clone();
    drop(state);
    if was_online {
        core.announce("CLOSED");
        offline.notify_one();
    } else {
        core.announce(&format!("+IPCLOSE: {number},1"));
    }
}

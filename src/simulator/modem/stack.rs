//! What the socket stack remembers: whether it is open and on which context, its ten links, and a history of connections for
//! whoever wants to compare octets afterwards. Never here: time, input or output.
use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::Arc;

use tokio::sync::{Notify, mpsc};
use tokio::task::AbortHandle;
use tokio::time::Instant;

/// Links of the stack: 0 to 9.
pub(super) const LINKS: usize = 10;
/// Octets of all connections together that the history keeps.
const HISTORY_LIMIT: usize = 64 << 20;

/// One connection that the module has had, for comparing octets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// Link number, 0 to 9.
    pub link: u8,
    /// The context that carried it.
    pub cid: u8,
    /// Host as the command named it.
    pub host: String,
    /// Address that was dialled.
    pub address: IpAddr,
    /// TCP port.
    pub port: u16,
    /// All octets taken by `AT+CIPSEND` (or in transparent mode), in order.
    pub sent: Vec<u8>,
    /// All octets that have arrived, in order.
    pub received: Vec<u8>,
}

/// The state of the stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Net {
    Closed,
    /// Opening, or closing.
    Changing,
    Open {
        cid: u8,
        /// The stack has activated the context and will deactivate it.
        activated: bool,
    },
}

/// The state of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LinkPhase {
    Free,
    Opening,
    Open,
    Closing,
}

/// Octets on their way to the peer, and when they leave.
pub(super) type Parcel = (Instant, Vec<u8>);

/// One link.
pub(super) struct Link {
    pub phase: LinkPhase,
    /// Tells one use of the link from the next.
    pub serial: u64,
    pub udp: bool,
    pub host: String,
    pub address: Option<IpAddr>,
    pub port: u16,
    /// Arrived and not yet read by the host.
    pub waiting: VecDeque<u8>,
    /// The host has been told of data and has not drained it yet.
    pub told: bool,
    pub to_peer: Option<mpsc::UnboundedSender<Parcel>>,
    pub reader: Option<AbortHandle>,
    pub rtt_ms: u64,
    /// Taken and not yet with the peer.
    pub in_flight: usize,
    pub sent: u64,
    pub acknowledged: u64,
    pub received: u64,
    pub connection: Option<usize>,
    /// Room has come, in either direction.
    pub room: Arc<Notify>,
}

impl Default for Link {
    fn default() -> Self {
        Link {
            phase: LinkPhase::Free,
            serial: 0,
            udp: false,
            host: String::new(),
            address: None,
            port: 0,
            waiting: VecDeque::new(),
            told: false,
            to_peer: None,
            reader: None,
            rtt_ms: 0,
            in_flight: 0,
            sent: 0,
            acknowledged: 0,
            received: 0,
            connection: None,
            room: Arc::default(),
        }
    }
}

impl Link {
    /// Lets go of the peer. What has arrived stays readable if `keep`.
    pub fn release(&mut self, keep: bool) {
        self.phase = LinkPhase::Free;
        self.to_peer = None;
        if let Some(reader) = self.reader.take() {
            reader.abort();
        }
        if !keep {
            self.waiting.clear();
            self.told = false;
        }
        self.room.notify_waiters();
    }
}

/// The whole stack.
pub(super) struct Stack {
    pub net: Net,
    pub links: [Link; LINKS],
    pub history: Vec<Connection>,
    kept: usize,
    uses: u64,
    /// Transparent mode: link 0 is the line itself.
    pub online: bool,
    pub offline: Arc<Notify>,
    /// Octets through `AT+CIPSEND` since the bench was switched on.
    pub octets: u64,
    /// Uses of `AT+CIPSEND` since the bench was switched on.
    pub chunks: u64,
    /// A host has asked for a connection since the bench was switched on.
    pub dialled: bool,
}

impl Default for Stack {
    fn default() -> Self {
        Stack {
            net: Net::Closed,
            links: std::array::from_fn(|_| Link::default()),
            history: Vec::new(),
            kept: 0,
            uses: 0,
            online: false,
            offline: Arc::default(),
            octets: 0,
            chunks: 0,
            dialled: false,
        }
    }
}

impl Stack {
    /// Everything is closed; the history stays.
    pub fn restart(&mut self) {
        self.net = Net::Closed;
        self.online = false;
        for link in &mut self.links {
            link.release(false);
        }
    }

    /// Takes a free link for a new use.
    pub fn reserve(&mut self, number: usize, host: &str, port: u16) -> u64 {
        self.uses += 1;
        self.links[number] = Link {
            phase: LinkPhase::Opening,
            serial: self.uses,
            host: host.to_owned(),
            port,
            ..Link::default()
        };
        self.uses
    }

    /// The link, if it is still in the use that the caller knows.
    pub fn link(&mut self, number: usize, serial: u64) -> Option<&mut Link> {
        self.links
            .get_mut(number)
            .filter(|link| link.serial == serial && link.phase != LinkPhase::Free)
    }

    /// Begins a row of the history.
    pub fn begin(&mut self, number: usize, cid: u8, address: IpAddr) {
        let link = &mut self.links[number];
        link.connection = Some(self.history.len());
        self.history.push(Connection {
            link: u8::try_from(number).unwrap_or_default(),
            cid,
            host: link.host.clone(),
            address,
            port: link.port,
            sent: Vec::new(),
            received: Vec::new(),
        });
    }

    /// Notes octets of a connection, as long as there is room in the history.
    pub fn note(&mut self, connection: Option<usize>, sent: &[u8], received: &[u8]) {
        self.octets += sent.len() as u64;
        let more = sent.len() + received.len();
        if let Some(row) = connection.and_then(|row| self.history.get_mut(row))
            && self.kept + more <= HISTORY_LIMIT
        {
            self.kept += more;
            row.sent.extend_from_slice(sent);
            row.received.extend_from_slice(received);
        }
    }
}

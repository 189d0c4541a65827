//! The host's network interface in a simulated bench: the same carrier network, reached without the module's socket stack.
//! Comes in: where to. Goes out: a stream or what became of the attempt. Never here: a socket of this machine.
use std::net::IpAddr;
use std::sync::Arc;

use tokio::io::DuplexStream;

use super::network::{Grant, Network};
use super::pace::Pace;
use super::world::{HostSpec, Outcome, World};

/// An interface that is up.
#[derive(Clone)]
pub struct HostInterface {
    spec: HostSpec,
    grant: Grant,
    network: Arc<Network>,
    pace: Pace,
}

/// Why a connection was not opened; silence is no answer, so that whoever waits needs a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotOpened {
    /// A reset came back.
    Refused,
    /// The network, or this machine's own routes, said that they cannot.
    Unreachable,
}

impl HostInterface {
    /// The interface of a world, where it has one and its access point is granted.
    pub(super) fn of(world: &World, network: &Arc<Network>, pace: Pace) -> Option<Self> {
        let spec = world.host.clone()?;
        let grant = network.grant(spec.apn.as_str(), spec.kind).1.ok()?;
        Some(HostInterface {
            spec,
            grant,
            network: network.clone(),
            pace,
        })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.spec.interface
    }

    /// The interface by which the machine's routes lead, for a socket that is bound to nothing.
    pub fn leaves_by(&self) -> &str {
        self.spec
            .leaves_by
            .as_deref()
            .unwrap_or(&self.spec.interface)
    }

    /// Our address on it, in the family of the target.
    pub fn address(&self, to: IpAddr) -> Option<IpAddr> {
        match to {
            IpAddr::V4(_) => self.spec.address.or(self.grant.v4).map(IpAddr::V4),
            IpAddr::V6(_) => self.grant.v6.map(IpAddr::V6),
        }
    }

    /// Connects; never ends where nothing comes back.
    ///
    /// # Errors
    /// What came back in place of an acceptance.
    pub async fn connect(&self, to: IpAddr, port: u16) -> Result<DuplexStream, NotOpened> {
        if !self.spec.device_route {
            return Err(NotOpened::Unreachable);
        }
        let reach = self.network.reach(&self.grant, to, Some(port));
        match reach.outcome {
            Outcome::Silent => return std::future::pending().await,
            Outcome::Unreachable => {
                self.pace.wait(reach.rtt_ms).await;
                return Err(NotOpened::Unreachable);
            }
            Outcome::Open | Outcome::Refused => self.pace.wait(reach.rtt_ms).await,
        }
        self.network.dial(&reach).await.ok_or(NotOpened::Refused)
    }

    /// Sends a datagram and waits for one that comes back; for ever, where none does.
    pub async fn ask(&self, to: IpAddr, port: u16, octets: &[u8]) -> Vec<u8> {
        let answer = self.network.datagram(&self.grant, to, port, octets);
        match answer.filter(|_| self.spec.device_route) {
            Some((ms, octets)) => {
                self.pace.wait(ms).await;
                octets
            }
            None => std::future::pending().await,
        }
    }
}

//! The interface over which `probe --interface` looks: this machine's, or that of the simulated bench.
use super::Refusal;
use crate::net::{Acting, Host, HostStack, Interface, Octets, Route};
use crate::simulator::{self, HostInterface, NotOpened};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// The interface of this name: of the simulated bench where there is one, else of this machine.
///
/// # Errors
/// There is no such interface, or no right to use it.
pub fn named(name: &str, modem: Option<&simulator::Modem>) -> Result<Host, Refusal> {
    if let Some(modem) = modem {
        let host = modem.host().filter(|h| h.name() == name);
        return host.map(simulated).ok_or_else(|| {
            let has = modem.host().map_or_else(
                || "it has none".to_owned(),
                |h| format!("it has {}", h.name()),
            );
            Refusal::usage(format!(
                "the simulated bench has no interface {name}: {has}"
            ))
        });
    }
    match Interface::named(name) {
        Ok(interface) => Ok(Host(Arc::new(interface))),
        Err(e) => Err(Refusal::usage(format!(
            "--interface {name}: {e}; give the name of an interface that is up, or an address of it"
        ))),
    }
}

/// The interface of a simulated bench as a way out.
#[must_use]
pub fn simulated(interface: HostInterface) -> Host {
    Host(Arc::new(Simulated(interface)))
}

struct Simulated(HostInterface);

impl HostStack for Simulated {
    fn interface(&self) -> &str {
        self.0.name()
    }

    fn route(&self, to: IpAddr) -> Route {
        Route {
            leaves_by: self.0.leaves_by().to_owned(),
            source: self.0.address(to),
        }
    }

    fn connect(&self, to: SocketAddr) -> Acting<'_, Box<dyn Octets>> {
        Box::pin(async move {
            match self.0.connect(to.ip(), to.port()).await {
                Ok(stream) => Ok(Box::new(stream) as Box<dyn Octets>),
                Err(NotOpened::Refused) => Err(io::ErrorKind::ConnectionRefused.into()),
                Err(NotOpened::Unreachable) => Err(io::ErrorKind::NetworkUnreachable.into()),
            }
        })
    }

    fn ask(&self, to: SocketAddr, octets: Vec<u8>) -> Acting<'_, Vec<u8>> {
        Box::pin(async move { Ok(self.0.ask(to.ip(), to.port(), &octets).await) })
    }
}

//! The interface over which `probe --interface` looks: this machine's, or that of the simulated bench.
use super::Refusal;
use crate::console::panel::Offer;
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

/// The interfaces that can be named: of the simulated bench where there is one, else of this machine. Nothing is sent to find them; where
/// none is found, one can still be typed.
#[must_use]
pub fn all(modem: Option<&simulator::Modem>) -> Vec<Offer> {
    match modem {
        Some(modem) => {
            let host = modem.host().into_iter();
            let offer = |h: HostInterface| Offer {
                fills: h.name().to_owned(),
                says: format!("{} (simulated)", h.name()),
            };
            host.map(offer).collect()
        }
        None => of_machine(),
    }
}

/// Those that are not down, by name: sockets are bound to a device here.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn of_machine() -> Vec<Offer> {
    let folder = std::fs::read_dir("/sys/class/net").into_iter().flatten();
    let mut names: Vec<String> = folder
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name != "lo")
        .collect();
    names.sort();
    let offer = |name: String| {
        let state = std::fs::read_to_string(format!("/sys/class/net/{name}/operstate"));
        let state = state.unwrap_or_default();
        // Many modems' interfaces say `unknown` while they work.
        (state.trim() != "down").then(|| Offer {
            says: format!("{name} ({})", state.trim()),
            fills: name,
        })
    };
    // Those that are down first go, so that a machine full of bridges still shows the modem's.
    names.into_iter().filter_map(offer).take(MOST).collect()
}

/// Those by which the system's routes lead, by address: sockets are bound to one here. A UDP socket that connects sends nothing.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn of_machine() -> Vec<Offer> {
    let source = |(here, there): (&str, &str)| {
        let socket = std::net::UdpSocket::bind((here, 0)).ok()?;
        socket.connect((there, 80)).ok()?;
        Some(socket.local_addr().ok()?.ip())
    };
    let found = [("0.0.0.0", "192.0.2.1"), ("::", "2001:db8::1")].into_iter();
    let offer = |address: IpAddr| Offer {
        fills: address.to_string(),
        says: format!("{address} (the system's route)"),
    };
    found.filter_map(source).map(offer).take(MOST).collect()
}

/// So many interfaces are listed at the most.
const MOST: usize = 16;

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

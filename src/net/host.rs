//! The host's own stack: sockets of this machine that leave by one network interface.
//!
//! In: an interface that is up, an address. Out: an open stream, the answer to a datagram, or the system's error; and by which
//! interface a socket that is bound to nothing would leave, which no packet is needed for. Never here: names, decisions, changing
//! routes. Simulated benches bring an interface of their own ([`HostStack`]).
use super::routes;
use socket2::{Domain, Protocol, Socket, Type};
use std::fmt;
use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpSocket, UdpSocket};

/// The largest datagram that is read, in octets.
const DATAGRAM: usize = 4096;

/// A stream of the host's.
pub trait Octets: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Octets for T {}

/// What an act of the host's stack comes to.
pub type Acting<'a, T> = Pin<Box<dyn Future<Output = io::Result<T>> + Send + 'a>>;

/// How packets to a target leave this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The interface by which a socket leaves that is bound to nothing, or its address where the name cannot be told.
    pub leaves_by: String,
    /// Our own address on the wanted interface, towards this target.
    pub source: Option<IpAddr>,
}

/// A network interface as a way out.
pub trait HostStack: Send + Sync {
    /// Its name.
    fn interface(&self) -> &str;
    /// How packets to this address leave. Sends nothing.
    fn route(&self, to: IpAddr) -> Route;
    /// Connects over the interface. Ends when the system says so; the caller has a limit of his own.
    fn connect(&self, to: SocketAddr) -> Acting<'_, Box<dyn Octets>>;
    /// Sends a datagram over the interface and waits for one from the same peer.
    fn ask(&self, to: SocketAddr, octets: Vec<u8>) -> Acting<'_, Vec<u8>>;
}

/// A handle to a way out.
#[derive(Clone)]
pub struct Host(pub Arc<dyn HostStack>);

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Host({})", self.0.interface())
    }
}

/// An interface of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    name: String,
    bind: Bind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Bind {
    /// To the device itself: nothing leaves by another one.
    #[cfg_attr(not(any(target_os = "linux", target_os = "android")), allow(dead_code))]
    Device,
    /// To an address of it: the system's routes still decide.
    Address(IpAddr),
}

impl Interface {
    /// The interface of this name, or with this address. Names work on Linux only, where sockets can be bound to a device.
    ///
    /// # Errors
    /// No such interface or address, or no right to bind to it.
    pub fn named(text: &str) -> io::Result<Self> {
        let bind = match text.parse::<IpAddr>() {
            Ok(address) => Bind::Address(address),
            Err(_) if cfg!(any(target_os = "linux", target_os = "android")) => Bind::Device,
            Err(_) => {
                return Err(io::Error::new(
                    io::ErrorKind::Unsupported,
                    "sockets cannot be bound to a device by name on this system: give an address of the interface",
                ));
            }
        };
        let interface = Self {
            name: text.to_owned(),
            bind,
        };
        interface.socket(interface.family(), Type::DGRAM)?;
        Ok(interface)
    }

    fn family(&self) -> Domain {
        match self.bind {
            Bind::Address(IpAddr::V6(_)) => Domain::IPV6,
            _ => Domain::IPV4,
        }
    }

    /// A socket that leaves by this interface.
    fn socket(&self, domain: Domain, kind: Type) -> io::Result<Socket> {
        let protocol = match kind {
            Type::STREAM => Protocol::TCP,
            _ => Protocol::UDP,
        };
        let socket = Socket::new(domain, kind, Some(protocol))?;
        match self.bind {
            Bind::Device => self.bind_device(&socket)?,
            Bind::Address(address) => socket.bind(&SocketAddr::new(address, 0).into())?,
        }
        socket.set_nonblocking(true)?;
        Ok(socket)
    }

    #[cfg(any(target_os = "linux", target_os = "android"))]
    fn bind_device(&self, socket: &Socket) -> io::Result<()> {
        socket.bind_device(Some(self.name.as_bytes()))
    }

    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    fn bind_device(&self, _socket: &Socket) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Our address towards a target, bound or not: a UDP socket that connects sends nothing.
    fn source(&self, to: IpAddr, bound: bool) -> io::Result<IpAddr> {
        let domain = Domain::for_address(SocketAddr::new(to, PORT));
        let socket = match bound {
            true => self.socket(domain, Type::DGRAM)?,
            false => Socket::new(domain, Type::DGRAM, Some(Protocol::UDP))?,
        };
        socket.connect(&SocketAddr::new(to, PORT).into())?;
        let local = socket.local_addr()?.as_socket();
        local
            .map(|a| a.ip())
            .ok_or_else(|| io::ErrorKind::AddrNotAvailable.into())
    }
}

/// By which this machine reaches itself.
const LOOPBACK: &str = "lo";
/// Any port: nothing is sent to it.
const PORT: u16 = 80;

impl HostStack for Interface {
    fn interface(&self) -> &str {
        &self.name
    }

    fn route(&self, to: IpAddr) -> Route {
        let source = self.source(to, true).ok();
        let leaves_by = match self.source(to, false) {
            Err(_) => "no interface".to_owned(),
            Ok(own) if self.bind == Bind::Address(own) => self.name.clone(),
            Ok(own) if own == to => LOOPBACK.to_owned(),
            // Addresses alone prove little: an interface without one borrows another's.
            Ok(own) => routes::interface(to).unwrap_or_else(|| match source == Some(own) {
                true => self.name.clone(),
                false => own.to_string(),
            }),
        };
        Route { leaves_by, source }
    }

    fn connect(&self, to: SocketAddr) -> Acting<'_, Box<dyn Octets>> {
        Box::pin(async move {
            let socket = self.socket(Domain::for_address(to), Type::STREAM)?;
            let stream = TcpSocket::from_std_stream(socket.into())
                .connect(to)
                .await?;
            Ok(Box::new(stream) as Box<dyn Octets>)
        })
    }

    fn ask(&self, to: SocketAddr, octets: Vec<u8>) -> Acting<'_, Vec<u8>> {
        Box::pin(async move {
            let socket = self.socket(Domain::for_address(to), Type::DGRAM)?;
            if self.bind == Bind::Device {
                let any: IpAddr = match to {
                    SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
                    SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
                };
                socket.bind(&SocketAddr::new(any, 0).into())?;
            }
            let socket = UdpSocket::from_std(socket.into())?;
            socket.connect(to).await?;
            socket.send(&octets).await?;
            let mut answer = vec![0; DATAGRAM];
            let count = socket.recv(&mut answer).await?;
            answer.truncate(count);
            Ok(answer)
        })
    }
}

//! The simulated modem as a process of its own: on a pseudo-terminal under a name of one's choosing, or on loopback TCP. Comes
//! in: a world and where to serve it. Goes out: the modem's octets, until the future is dropped. Never here: the modem itself.
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::time::timeout;

use super::{Loopback, Modem, NotLoopback, Options, World};

/// Why a modem cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is not on this machine.
    #[error(transparent)]
    NotLoopback(#[from] NotLoopback),
    /// The TCP port cannot be had.
    #[error("cannot listen on {address}: {reason}. Choose another port, or 0 for any")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the system says.
        reason: io::Error,
    },
    /// No pseudo-terminal can be had.
    #[cfg(unix)]
    #[error("cannot open a pseudo-terminal: {reason}. Serve on TCP instead")]
    Terminal {
        /// What the system says.
        reason: io::Error,
    },
    /// The link cannot be made.
    #[cfg(unix)]
    #[error("cannot make the link {path}: {reason}. {remedy}")]
    Link {
        /// The name asked for.
        path: String,
        /// What the system says.
        reason: io::Error,
        /// What to do about it.
        remedy: &'static str,
    },
    /// The line broke.
    #[error("the line broke: {0}")]
    Line(#[from] io::Error),
}

/// How long a host that comes waits for the one before it to be gone.
const LEAVING: Duration = Duration::from_millis(300);

/// Serves a modem on loopback TCP, one host at a time, until the future is dropped. One that comes while another is served finds its connection closed. `ready` is told the address (with the port
/// that the system chose for 0) and the modem once hosts can connect.
///
/// # Errors
/// An address that is not loopback, or one that cannot be had.
pub async fn serve_tcp(
    world: World,
    options: Options,
    address: SocketAddr,
    ready: impl FnOnce(SocketAddr, &Modem),
) -> Result<(), ServeError> {
    let address = Loopback::try_from(address)?.address();
    let listener = TcpListener::bind(address)
        .await
        .map_err(|reason| ServeError::Listen { address, reason })?;
    let modem = Modem::start(world, options);
    ready(listener.local_addr()?, &modem);
    let mut next = None;
    loop {
        let host = match next.take() {
            Some(host) => host,
            None => listener.accept().await?.0,
        };
        // Single octets count on a serial line: they go out when they are written.
        host.set_nodelay(true)?;
        let mut serving = pin!(modem.serve(host));
        while next.is_none() {
            tokio::select! {
                biased;
                () = &mut serving => break,
                other = listener.accept() => {
                    let (other, _) = other?;
                    // The one before may have gone just now. Where it has not, the line is not this one's.
                    if timeout(LEAVING, &mut serving).await.is_ok() {
                        next = Some(other);
                    }
                }
            }
        }
    }
}

/// Serves a modem on a pseudo-terminal whose name `link` points at, until the future is dropped; then the link is removed.
/// Hosts may come, go and crash: the modem keeps its state. `ready` is told the modem once hosts can open the link.
///
/// # Errors
/// No pseudo-terminal, or a link that cannot be made. A symbolic link that stands there already is replaced, nothing else is.
#[cfg(unix)]
pub async fn serve_pty(
    world: World,
    options: Options,
    link: &std::path::Path,
    ready: impl FnOnce(&Modem),
) -> Result<(), ServeError> {
    use tokio_serial::SerialPort;

    let no_terminal = |error: tokio_serial::Error| ServeError::Terminal {
        reason: error.into(),
    };
    let (module, host_side) = tokio_serial::SerialStream::pair().map_err(no_terminal)?;
    let name = host_side.name().ok_or_else(|| ServeError::Terminal {
        reason: io::ErrorKind::NotFound.into(),
    })?;
    let _link = Link::make(&name, link)?;
    let modem = Modem::start(world, options);
    ready(&modem);
    // While we hold the host's side open as well, a host that goes away does not hang the line up.
    modem.serve(module).await;
    drop(host_side);
    Err(ServeError::Line(io::ErrorKind::BrokenPipe.into()))
}

/// A symbolic link that goes away with its holder.
#[cfg(unix)]
struct Link {
    path: std::path::PathBuf,
    /// Locked as long as the link is served, also against a process that was killed: the system lets go of it then.
    lock: std::path::PathBuf,
    _held: std::fs::File,
}

#[cfg(unix)]
const UNWRITABLE: &str =
    "Choose a name in a folder that you may write to, where nothing stands yet";

#[cfg(unix)]
impl Link {
    fn make(target: &str, path: &std::path::Path) -> Result<Link, ServeError> {
        let failed = |reason, remedy| ServeError::Link {
            path: path.display().to_string(),
            reason,
            remedy,
        };
        let mut lock = path.as_os_str().to_owned();
        lock.push(".lock");
        let lock = std::path::PathBuf::from(lock);
        let held = std::fs::File::create(&lock).map_err(|reason| failed(reason, UNWRITABLE))?;
        held.try_lock().map_err(|refused| match refused {
            std::fs::TryLockError::WouldBlock => failed(
                io::Error::other("another simulated modem is served under this name"),
                "End that one, or choose another name",
            ),
            std::fs::TryLockError::Error(reason) => failed(reason, UNWRITABLE),
        })?;
        if path.is_symlink() {
            std::fs::remove_file(path).map_err(|reason| {
                failed(
                    reason,
                    "The old link cannot be removed: choose another name",
                )
            })?;
        }
        std::os::unix::fs::symlink(target, path).map_err(|reason| failed(reason, UNWRITABLE))?;
        Ok(Link {
            path: path.to_owned(),
            lock,
            _held: held,
        })
    }
}

#[cfg(unix)]
impl Drop for Link {
    fn drop(&mut self) {
        // Somebody may have removed it already.
        let _ = std::fs::remove_file(&self.path);
        let _ = std::fs::remove_file(&self.lock);
    }
}

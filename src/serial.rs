//! The serial line: opens it, and says clearly why it cannot be opened.
//!
//! In: a name (`/dev/ttyUSB2`, `COM24`, `tcp:127.0.0.1:5000`) and a speed. Out: a stream of octets. Never here: AT.
use std::io;
use std::path::Path;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_serial::SerialPortBuilderExt;

/// The default speed of a SIM7600's UART, in baud. Over USB the rate is ignored.
pub const DEFAULT_BAUD: u32 = 115_200;

/// An open serial line, or what stands in for one.
pub trait Line: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Line for T {}

/// Why a serial line cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum SerialError {
    /// There is no such device.
    #[error("{name}: no such serial device. {remedy}")]
    Absent {
        /// As it was asked for.
        name: String,
        /// Which there are, or what to do.
        remedy: String,
    },
    /// Somebody else holds it.
    #[error(
        "{name}: the device is in use by another program. Close it; ModemManager takes new modems for itself (stop it, or run `mmcli --inhibit-device`)"
    )]
    Busy {
        /// As it was asked for.
        name: String,
    },
    /// Not allowed.
    #[error(
        "{name}: not allowed to open the device. On Linux, add yourself to the group that owns it (often `dialout`) and log in again"
    )]
    Denied {
        /// As it was asked for.
        name: String,
    },
    /// It exists but is no serial device.
    #[error("{name}: this is not a serial device ({why}). {remedy}")]
    NotSerial {
        /// As it was asked for.
        name: String,
        /// The system's words.
        why: String,
        /// What to do.
        remedy: String,
    },
    /// `tcp:` with something that is no loopback address.
    #[error("{name}: only loopback addresses are dialled, as in tcp:127.0.0.1:5000 ({why})")]
    NotLoopback {
        /// As it was asked for.
        name: String,
        /// What is wrong with it.
        why: String,
    },
    /// Anything else the system says.
    #[error("{name}: cannot be opened: {source}")]
    Other {
        /// As it was asked for.
        name: String,
        /// The system's words.
        source: io::Error,
    },
}

/// Opens a line at a speed in baud.
///
/// # Errors
/// See [`SerialError`]; each says what to do.
pub async fn open(name: &str, baud: u32) -> Result<Box<dyn Line>, SerialError> {
    if let Some(address) = name.strip_prefix("tcp:") {
        return open_tcp(name, address).await;
    }
    match tokio_serial::new(name, baud).open_native_async() {
        Ok(stream) => Ok(Box::new(stream)),
        Err(error) => Err(explain(name, error)),
    }
}

async fn open_tcp(name: &str, address: &str) -> Result<Box<dyn Line>, SerialError> {
    let not = |why: String| SerialError::NotLoopback {
        name: name.to_owned(),
        why,
    };
    let socket: std::net::SocketAddr = address
        .parse()
        .map_err(|e| not(format!("`{address}`: {e}")))?;
    if !socket.ip().is_loopback() {
        return Err(not(format!("{} is not on this machine", socket.ip())));
    }
    match TcpStream::connect(socket).await {
        Ok(stream) => {
            stream
                .set_nodelay(true)
                .map_err(|source| SerialError::Other {
                    name: name.to_owned(),
                    source,
                })?;
            Ok(Box::new(stream))
        }
        Err(e) if e.kind() == io::ErrorKind::ConnectionRefused => Err(SerialError::Absent {
            name: name.to_owned(),
            remedy: format!(
                "Nothing listens on {socket}; start one with `mmscope sim --tcp {socket}`"
            ),
        }),
        Err(source) => Err(SerialError::Other {
            name: name.to_owned(),
            source,
        }),
    }
}

fn explain(name: &str, error: tokio_serial::Error) -> SerialError {
    let name = name.to_owned();
    let source = io::Error::from(error);
    let text = source.to_string();
    let says = |words: &[&str]| words.iter().any(|w| text.to_ascii_lowercase().contains(w));
    match source.kind() {
        io::ErrorKind::NotFound => SerialError::Absent {
            remedy: what_there_is(),
            name,
        },
        io::ErrorKind::PermissionDenied => SerialError::Denied { name },
        io::ErrorKind::ResourceBusy => SerialError::Busy { name },
        _ if says(&["busy", "lock", "access is denied"]) => SerialError::Busy { name },
        _ if says(&["no such file", "cannot find"]) => SerialError::Absent {
            remedy: what_there_is(),
            name,
        },
        _ if says(&["permission denied"]) => SerialError::Denied { name },
        _ if says(&[
            "not a typewriter",
            "inappropriate ioctl",
            "not a serial",
            "is a directory",
        ]) || Path::new(&name).is_file() =>
        {
            SerialError::NotSerial {
                why: text,
                remedy: what_there_is(),
                name,
            }
        }
        _ => SerialError::Other { name, source },
    }
}

/// Serial devices that are present, by name.
#[must_use]
pub fn present() -> Vec<String> {
    let ports = tokio_serial::available_ports().unwrap_or_default();
    ports.into_iter().map(|p| p.port_name).collect()
}

fn what_there_is() -> String {
    let names = present();
    if names.is_empty() {
        "No serial device is present: is the modem plugged in and powered?".to_owned()
    } else {
        format!("Present are: {}", names.join(", "))
    }
}

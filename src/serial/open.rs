//! Opens a serial line, and says clearly why it cannot be opened.
//!
//! In: a name (`/dev/ttyUSB2`, `COM24`, `tcp:127.0.0.1:5000`) and a speed. Out: a stream of octets, with notes on what the device could not
//! do. Never here: AT.
use super::outputs::{Driven, Outputs, Shared, inputs};
use super::source::{Finder, System};
use crate::event::{ControlLines, Level};
use std::io;
use std::path::Path;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_serial::{SerialPort, SerialPortBuilderExt};

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
    #[error("{name}: the device is in use by another program. {remedy}")]
    Busy {
        /// As it was asked for.
        name: String,
        /// Who that is, and what to do.
        remedy: String,
    },
    /// Not allowed.
    #[error("{name}: not allowed to open the device. {remedy}")]
    Denied {
        /// As it was asked for.
        name: String,
        /// What to do: the group that may.
        remedy: String,
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
    /// `auto` found none.
    #[error("no modem was found. {why}")]
    NoneAnswers {
        /// What each device did instead.
        why: String,
    },
    /// ModemManager did not let the device go.
    #[error("--inhibit: {why}")]
    Inhibit {
        /// Why, and what to do.
        why: String,
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

impl SerialError {
    /// The text without the name, for lists that show it already.
    #[must_use]
    pub fn reason(&self, name: &str) -> String {
        let text = self.to_string();
        text.strip_prefix(name)
            .and_then(|t| t.strip_prefix(": "))
            .map_or(text.clone(), str::to_owned)
    }
}

/// An open line.
pub struct Opened {
    /// The octets.
    pub line: Box<dyn Line>,
    /// The name by which it was opened.
    pub name: String,
    /// Its control lines; none where it is no serial device.
    pub control_lines: Option<ControlLines>,
    /// Its outputs, which can be driven while it is open; none where it is no serial device.
    pub outputs: Option<Box<dyn Outputs>>,
    /// What the device could not do, or who else has it open. The line is usable all the same.
    pub notes: Vec<(Level, String)>,
}

/// Opens a line at a speed in baud.
///
/// # Errors
/// See [`SerialError`]; each says what to do.
pub async fn open(name: &str, baud: u32) -> Result<Opened, SerialError> {
    open_in(name, baud, &System).await
}

/// Opens a line; `finder` knows the devices and holders that an error names.
///
/// # Errors
/// See [`SerialError`]; each says what to do.
pub async fn open_in(name: &str, baud: u32, finder: &dyn Finder) -> Result<Opened, SerialError> {
    if let Some(address) = name.strip_prefix("tcp:") {
        let line = open_tcp(name, address).await?;
        return Ok(Opened {
            line,
            name: name.to_owned(),
            control_lines: None,
            outputs: None,
            notes: Vec::new(),
        });
    }
    let mut stream = tokio_serial::new(name, baud)
        .open_native_async()
        .map_err(|error| explain(name, error, finder))?;
    let mut notes = Vec::new();
    // A modem on Windows says nothing until its host raises DTR; a line that has none works without it.
    let raised = stream.write_data_terminal_ready(true);
    if let Err(e) = &raised {
        let text = format!("{name}: the line has no DTR ({e}); it is used without");
        notes.push((Level::Info, text));
    }
    let mut control_lines = ControlLines {
        name: name.to_owned(),
        dtr: raised.is_ok().then_some(true),
        ..ControlLines::default()
    };
    inputs(&mut stream, &mut control_lines);
    let device = Shared::of(stream);
    let others = finder.holding(name);
    if !others.holders.is_empty() {
        let text = format!(
            "{name}: {} has it open, too. Two readers take octets from each other, so answers may come in halves: close the other",
            others.names()
        );
        notes.push((Level::Warning, text));
    }
    Ok(Opened {
        line: Box::new(device.clone()),
        name: name.to_owned(),
        outputs: Some(Box::new(Driven::of(device, control_lines.clone()))),
        control_lines: Some(control_lines),
        notes,
    })
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

fn explain(name: &str, error: tokio_serial::Error, finder: &dyn Finder) -> SerialError {
    let source = io::Error::from(error);
    let text = source.to_string();
    let says = |words: &[&str]| words.iter().any(|w| text.to_ascii_lowercase().contains(w));
    let named = name.to_owned();
    let absent = || SerialError::Absent {
        remedy: what_there_is(finder),
        name: name.to_owned(),
    };
    match source.kind() {
        // The library says "no device" of one that is locked, with the system's words behind it.
        _ if says(&["busy", "lock", "temporarily unavailable"]) => busy(name, finder),
        io::ErrorKind::NotFound => absent(),
        // On Windows a device that somebody has open answers the same as one that is forbidden; nothing there is forbidden.
        io::ErrorKind::PermissionDenied if cfg!(unix) => denied(name),
        io::ErrorKind::ResourceBusy | io::ErrorKind::PermissionDenied => busy(name, finder),
        _ if says(&["access is denied"]) => busy(name, finder),
        _ if says(&["no such file", "no such device", "cannot find"]) => absent(),
        _ if says(&["permission denied"]) => denied(name),
        _ if says(&[
            "not a typewriter",
            "inappropriate ioctl",
            "not a serial",
            "is a directory",
        ]) || Path::new(name).is_file() =>
        {
            SerialError::NotSerial {
                why: text,
                remedy: what_there_is(finder),
                name: named,
            }
        }
        _ => SerialError::Other {
            name: named,
            source,
        },
    }
}

fn busy(name: &str, finder: &dyn Finder) -> SerialError {
    SerialError::Busy {
        remedy: finder.holding(name).explain(name),
        name: name.to_owned(),
    }
}

fn denied(name: &str) -> SerialError {
    let remedy = match group_of(Path::new(name), Path::new("/etc/group")) {
        Some(group) => format!(
            "It belongs to the group `{group}`: `sudo usermod -aG {group} $USER`, then log in again"
        ),
        None => "Ask who administers this machine to let you use it".to_owned(),
    };
    SerialError::Denied {
        name: name.to_owned(),
        remedy,
    }
}

/// The name of the group that a device belongs to, by a file in the form of /etc/group; its number where the file has no name for it.
#[must_use]
pub fn group_of(device: &Path, groups: &Path) -> Option<String> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let number = std::fs::metadata(device).ok()?.gid().to_string();
        let text = std::fs::read_to_string(groups).unwrap_or_default();
        let name = text.lines().find_map(|line| {
            let mut fields = line.split(':');
            let name = fields.next()?;
            (fields.nth(1)? == number).then(|| name.to_owned())
        });
        Some(name.unwrap_or(number))
    }
    #[cfg(not(unix))]
    {
        let _ = (device, groups);
        None
    }
}

fn what_there_is(finder: &dyn Finder) -> String {
    let all = finder.devices();
    let names: Vec<String> = all
        .iter()
        .filter(|d| !d.bare)
        .map(|d| match d.usb {
            Some(_) => format!("{} ({})", d.name, d.about()),
            None => d.name.clone(),
        })
        .collect();
    if names.is_empty() {
        "No serial device is present: is the modem plugged in and powered?".to_owned()
    } else {
        format!("Present are: {}", names.join(", "))
    }
}

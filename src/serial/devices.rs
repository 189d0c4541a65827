//! Which serial devices there are.
//!
//! In: on Linux the folders /sys and /dev, elsewhere what the system's own list says. Out: [`Device`]s, those on USB first, the
//! newest first among them, and UARTs behind which no chip was found marked as such. Nothing is opened here.
use super::identity::{Role, UsbId};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// More devices than any bench has; the rest is left out.
const MOST: usize = 256;
/// How many folders above a tty its USB interface and device are looked for.
const DEPTH: usize = 8;
/// Octets of an attribute that are read: names are short.
const ATTRIBUTE: usize = 256;

/// A serial device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// The name to open it by: `/dev/ttyUSB2`, `COM24`.
    pub name: String,
    /// On USB: who it is.
    pub usb: Option<Usb>,
    /// When the system made it, where that can be known: the newest was plugged in last.
    pub since: Option<SystemTime>,
    /// A UART that the board has by name only: nothing is connected to it. Lists fold these away.
    pub bare: bool,
}

/// What USB tells about a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usb {
    /// Its identity.
    pub id: UsbId,
    /// `iManufacturer`.
    pub manufacturer: Option<String>,
    /// `iProduct`.
    pub product: Option<String>,
    /// The device's folder in /sys, which is also ModemManager's name for it.
    pub place: Option<PathBuf>,
}

impl Device {
    /// What it is for, as far as its identity tells.
    #[must_use]
    pub fn role(&self) -> Role {
        self.usb.as_ref().map_or(Role::Unknown, |u| u.id.role())
    }

    /// Its identity, on USB.
    #[must_use]
    pub fn id(&self) -> Option<&UsbId> {
        self.usb.as_ref().map(|u| &u.id)
    }

    /// One line for lists, without the name: `1e0e:9001 interface 2 (AT)  SimTech, Incorporated  serial number 0123456789ABCDEF`.
    #[must_use]
    pub fn about(&self) -> String {
        let Some(usb) = &self.usb else {
            return if self.bare {
                "UART with nothing behind it".to_owned()
            } else {
                "not on USB".to_owned()
            };
        };
        let mut out = format!("{:04x}:{:04x}", usb.id.vendor, usb.id.product);
        if let Some(n) = usb.id.interface {
            out += &format!(" interface {n}");
        }
        if self.role() != Role::Unknown {
            out += &format!(" ({})", self.role().word());
        }
        for text in [&usb.manufacturer, &usb.product].into_iter().flatten() {
            out += &format!("  {text}");
        }
        if let Some(serial) = &usb.id.serial {
            out += &format!("  serial number {serial}");
        }
        out
    }
}

/// Where Linux shows its devices and processes. A test has its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// `/sys`
    pub sys: PathBuf,
    /// `/dev`
    pub dev: PathBuf,
    /// `/proc`
    pub proc: PathBuf,
}

impl Default for Places {
    fn default() -> Self {
        Self {
            sys: "/sys".into(),
            dev: "/dev".into(),
            proc: "/proc".into(),
        }
    }
}

/// The devices of this machine.
#[must_use]
pub fn devices() -> Vec<Device> {
    #[cfg(target_os = "linux")]
    return list_from(&Places::default());
    #[cfg(not(target_os = "linux"))]
    return from_names(tokio_serial::available_ports().unwrap_or_default());
}

/// The devices that a /sys shows.
#[must_use]
pub fn list_from(places: &Places) -> Vec<Device> {
    let Ok(ttys) = fs::read_dir(places.sys.join("class/tty")) else {
        return Vec::new();
    };
    let mut found: Vec<Device> = ttys
        .flatten()
        .take(MOST * 4)
        .filter_map(|tty| device(places, &tty.path()))
        .take(MOST)
        .collect();
    sort(&mut found);
    found
}

/// USB first, bare UARTs last; in between the newest first. Interfaces of one device come up together: by their number.
fn sort(devices: &mut [Device]) {
    devices.sort_by_key(|d| by_name(&d.name));
    let device_since = |d: &Device, all: &[Device]| match d.id() {
        Some(id) => all
            .iter()
            .filter(|o| o.id().is_some_and(|i| i.same_device(id)))
            .filter_map(|o| o.since)
            .max(),
        None => d.since,
    };
    let ages: Vec<(String, Option<SystemTime>)> = devices
        .iter()
        .map(|d| (d.name.clone(), device_since(d, devices)))
        .collect();
    let age = |d: &Device| ages.iter().find(|(n, _)| *n == d.name).and_then(|a| a.1);
    devices.sort_by_key(|d| {
        (
            d.bare,
            d.usb.is_none(),
            std::cmp::Reverse(age(d)),
            d.id().and_then(|i| i.interface),
        )
    });
}

/// `COM9` stands before `COM10`.
fn by_name(name: &str) -> (String, u64) {
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = name[stem.len()..].parse().unwrap_or(0);
    (stem.to_owned(), number)
}

fn device(places: &Places, tty: &Path) -> Option<Device> {
    let behind = fs::canonicalize(tty.join("device")).ok()?;
    let node = places.dev.join(tty.file_name()?);
    let usb = usb(&behind);
    // Type 0 is PORT_UNKNOWN of linux/serial_core.h: the driver found no chip.
    let bare = usb.is_none() && attribute(&tty.join("type")).as_deref() == Some("0");
    Some(Device {
        since: made(&node),
        name: node.to_string_lossy().into_owned(),
        usb,
        bare,
    })
}

/// When a device node was made: the kernel and udev touch its inode at the plug, reading and writing do not.
#[cfg(unix)]
fn made(node: &Path) -> Option<SystemTime> {
    use std::os::unix::fs::MetadataExt;
    let meta = fs::metadata(node).ok()?;
    let seconds = u64::try_from(meta.ctime()).ok()?;
    let nanos = u32::try_from(meta.ctime_nsec()).ok()?;
    SystemTime::UNIX_EPOCH.checked_add(std::time::Duration::new(seconds, nanos))
}

#[cfg(not(unix))]
fn made(node: &Path) -> Option<SystemTime> {
    fs::metadata(node).ok()?.created().ok()
}

/// The USB interface and device above a tty.
fn usb(behind: &Path) -> Option<Usb> {
    let above = || behind.ancestors().take(DEPTH);
    let interface = above().find_map(|f| hex(&f.join("bInterfaceNumber")));
    let device = above().find(|f| f.join("idVendor").is_file())?;
    Some(Usb {
        id: UsbId {
            vendor: hex(&device.join("idVendor"))?,
            product: hex(&device.join("idProduct"))?,
            serial: attribute(&device.join("serial")),
            interface: interface.and_then(|n| u8::try_from(n).ok()),
        },
        manufacturer: attribute(&device.join("manufacturer")),
        product: attribute(&device.join("product")),
        place: Some(device.to_owned()),
    })
}

fn hex(file: &Path) -> Option<u16> {
    u16::from_str_radix(&attribute(file)?, 16).ok()
}

/// The text of an attribute: the device wrote it, so only printable characters stay.
fn attribute(file: &Path) -> Option<String> {
    let octets = fs::read(file).ok()?;
    let text = String::from_utf8_lossy(&octets[..octets.len().min(ATTRIBUTE)]).into_owned();
    let text: String = text.chars().filter(|c| !c.is_control()).collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The devices that the serial library lists: on Windows and macOS, where it asks the system.
#[must_use]
pub fn from_names(listed: Vec<tokio_serial::SerialPortInfo>) -> Vec<Device> {
    let mut found: Vec<Device> = listed
        .into_iter()
        .take(MOST)
        .map(|entry| {
            let usb = match entry.port_type {
                tokio_serial::SerialPortType::UsbPort(usb) => Some(Usb {
                    id: UsbId {
                        vendor: usb.vid,
                        product: usb.pid,
                        serial: usb.serial_number,
                        interface: usb.interface,
                    },
                    manufacturer: usb.manufacturer,
                    product: usb.product,
                    place: None,
                }),
                _ => None,
            };
            Device {
                name: entry.port_name,
                usb,
                since: None,
                bare: false,
            }
        })
        .collect();
    sort(&mut found);
    found
}

//! The list of devices, from made-up /sys and /dev trees: nothing here needs a device.
#![cfg(unix)]
use mmscope::serial::{
    Device, Finder, Holding, Places, Role, SerialError, Wanted, from_names, list_from,
};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use tokio_serial::{SerialPortInfo, SerialPortType, UsbPortInfo};

/// A machine of one's own.
pub struct Machine(TempDir);

impl Machine {
    pub fn new() -> Self {
        let this = Self(TempDir::new().unwrap());
        for folder in ["sys/class/tty", "dev", "proc"] {
            fs::create_dir_all(this.path(folder)).unwrap();
        }
        this
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn places(&self) -> Places {
        Places {
            sys: self.path("sys"),
            dev: self.path("dev"),
            proc: self.path("proc"),
        }
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// A USB device in a socket of the machine.
    fn usb(
        &self,
        socket: &str,
        vendor: &str,
        product: &str,
        serial: Option<&str>,
        names: [&str; 2],
    ) {
        let at = format!("sys/devices/pci0/usb1/{socket}");
        self.write(&format!("{at}/idVendor"), &format!("{vendor}\n"));
        self.write(&format!("{at}/idProduct"), &format!("{product}\n"));
        self.write(&format!("{at}/manufacturer"), &format!("{}\n", names[0]));
        self.write(&format!("{at}/product"), &format!("{}\n", names[1]));
        if let Some(serial) = serial {
            self.write(&format!("{at}/serial"), &format!("{serial}\n"));
        }
    }

    /// An interface of it that a driver made a tty of, as usb-serial drivers lay it out.
    fn tty(&self, socket: &str, interface: u8, name: &str) {
        let at = format!("sys/devices/pci0/usb1/{socket}/{socket}:1.{interface}");
        self.write(
            &format!("{at}/bInterfaceNumber"),
            &format!("{interface:02x}\n"),
        );
        let below = format!("{at}/{name}/tty/{name}");
        fs::create_dir_all(self.path(&below)).unwrap();
        symlink(
            self.path(&format!("{at}/{name}")),
            self.path(&format!("{below}/device")),
        )
        .unwrap();
        symlink(
            self.path(&below),
            self.path(&format!("sys/class/tty/{name}")),
        )
        .unwrap();
        fs::write(self.path(&format!("dev/{name}")), "").unwrap();
    }

    /// A UART of the board; type 0 has no chip.
    fn uart(&self, name: &str, kind: u8) {
        let at = format!("sys/devices/platform/serial8250/tty/{name}");
        self.write(&format!("{at}/type"), &format!("{kind}\n"));
        symlink(
            self.path("sys/devices/platform/serial8250"),
            self.path(&format!("{at}/device")),
        )
        .unwrap();
        symlink(self.path(&at), self.path(&format!("sys/class/tty/{name}"))).unwrap();
        fs::write(self.path(&format!("dev/{name}")), "").unwrap();
    }

    fn virtual_console(&self, name: &str) {
        fs::create_dir_all(self.path(&format!("sys/class/tty/{name}"))).unwrap();
        fs::write(self.path(&format!("dev/{name}")), "").unwrap();
    }

    pub fn sim7600(&self, socket: &str, first: u8) {
        self.usb(
            socket,
            "1e0e",
            "9001",
            Some("0123456789ABCDEF"),
            ["SimTech, Incorporated", "SimTech SIM7600"],
        );
        for interface in 0..5 {
            self.tty(socket, interface, &format!("ttyUSB{}", first + interface));
        }
    }

    fn names(&self) -> Vec<String> {
        let dev = self.path("dev");
        list_from(&self.places())
            .iter()
            .map(|d| d.name.strip_prefix(dev.to_str().unwrap()).unwrap()[1..].to_owned())
            .collect()
    }

    fn device(&self, name: &str) -> Device {
        let name = self.path("dev").join(name).display().to_string();
        let mut all = list_from(&self.places()).into_iter();
        all.find(|d| d.name == name).unwrap()
    }
}

/// Lets the next device be visibly newer: file systems count time in ticks of some milliseconds.
fn a_moment_later() {
    std::thread::sleep(Duration::from_millis(30));
}

#[test]
fn a_sim7600_is_known_by_its_interfaces_whatever_its_digits() {
    let machine = Machine::new();
    machine.sim7600("1-1", 3);
    let table = [
        ("ttyUSB3", 0, Role::Diagnostics),
        ("ttyUSB4", 1, Role::Nmea),
        ("ttyUSB5", 2, Role::At),
        ("ttyUSB6", 3, Role::Dial),
        ("ttyUSB7", 4, Role::Audio),
    ];
    for (name, interface, role) in table {
        let device = machine.device(name);
        assert_eq!(device.role(), role, "{name}");
        assert_eq!(
            device.id().unwrap().to_string(),
            format!("1e0e:9001:0123456789ABCDEF:{interface}")
        );
    }
    let about = machine.device("ttyUSB5").about();
    assert_eq!(
        about,
        "1e0e:9001 interface 2 (AT)  SimTech, Incorporated  SimTech SIM7600  serial number 0123456789ABCDEF"
    );
}

#[test]
fn usb_comes_first_the_newest_before_the_older_and_bare_uarts_last() {
    let machine = Machine::new();
    machine.uart("ttyS0", 0);
    machine.uart("ttyS1", 4);
    machine.virtual_console("tty1");
    machine.virtual_console("ptmx");
    machine.usb("1-2", "0403", "6001", None, ["FTDI", "FT232R"]);
    machine.tty("1-2", 0, "ttyUSB0");
    a_moment_later();
    machine.sim7600("1-1", 1);
    let order = [
        "ttyUSB1", "ttyUSB2", "ttyUSB3", "ttyUSB4", "ttyUSB5", "ttyUSB0", "ttyS1", "ttyS0",
    ];
    assert_eq!(machine.names(), order);
    assert!(machine.device("ttyS0").bare, "no chip was found there");
    assert!(!machine.device("ttyS1").bare);
    assert_eq!(machine.device("ttyUSB0").role(), Role::Unknown);
    assert_eq!(
        machine.device("ttyUSB0").id().unwrap().to_string(),
        "0403:6001:-:0"
    );
}

#[test]
fn a_machine_without_devices_and_attributes_full_of_rubbish() {
    let machine = Machine::new();
    assert_eq!(list_from(&machine.places()), []);
    let nowhere = Places {
        sys: machine.path("nowhere"),
        ..machine.places()
    };
    assert_eq!(list_from(&nowhere), []);
    machine.usb("1-1", "1e0e", "not hex", None, ["\u{1b}[31mevil\u{7}", ""]);
    machine.tty("1-1", 0, "ttyACM0");
    assert!(
        machine.device("ttyACM0").usb.is_none(),
        "half an identity is none"
    );
    machine.usb(
        "1-1",
        "1e0e",
        "9001",
        Some("\u{1b}]0;x"),
        ["\u{1b}[31mevil\u{7}", ""],
    );
    let about = machine.device("ttyACM0").about();
    assert!(!about.chars().any(char::is_control), "{about:?}");
}

/// A finder over a made-up machine.
pub struct Fake {
    pub devices: Mutex<Vec<Device>>,
}

impl Fake {
    pub fn of(devices: Vec<Device>) -> Arc<Self> {
        Arc::new(Self {
            devices: Mutex::new(devices),
        })
    }
    pub fn now(&self, devices: Vec<Device>) {
        *self.devices.lock().unwrap() = devices;
    }
}

impl Finder for Fake {
    fn devices(&self) -> Vec<Device> {
        self.devices.lock().unwrap().clone()
    }
    fn holding(&self, _name: &str) -> Holding {
        Holding::default()
    }
}

#[test]
fn a_device_is_found_again_by_identity_not_by_name() {
    let before = Machine::new();
    before.sim7600("1-1", 0);
    let fake = Fake::of(list_from(&before.places()));
    let name = before.device("ttyUSB2").name;
    let wanted = Wanted::of(&name, 115_200, fake.clone());
    assert_eq!(wanted.key(), "1e0e:9001:0123456789ABCDEF:2");
    assert_eq!(wanted.now().unwrap(), name);

    let other = Machine::new();
    other.sim7600("1-1", 5);
    fake.now(list_from(&other.places()));
    assert_eq!(wanted.now().unwrap(), other.device("ttyUSB7").name);

    fake.now(Vec::new());
    let away = wanted.now().unwrap_err();
    assert!(matches!(away, SerialError::Absent { .. }), "{away}");

    // Two modems with the serial number that the factory gives to all: a guess would be wrong half the time.
    let twins = Machine::new();
    twins.sim7600("1-1", 5);
    twins.sim7600("1-2", 10);
    fake.now(list_from(&twins.places()));
    let says = wanted.now().unwrap_err().to_string();
    assert!(
        says.contains("ttyUSB7") && says.contains("ttyUSB12"),
        "{says}"
    );
}

#[test]
fn a_link_to_a_device_has_the_devices_identity() {
    let machine = Machine::new();
    machine.sim7600("1-1", 0);
    let link = machine.path("modem");
    symlink(machine.path("dev/ttyUSB2"), &link).unwrap();
    let fake = Fake::of(list_from(&machine.places()));
    let wanted = Wanted::of(link.to_str().unwrap(), 115_200, fake);
    assert_eq!(wanted.key(), "1e0e:9001:0123456789ABCDEF:2");
}

#[test]
fn what_windows_and_macos_list_is_read_the_same_way() {
    let usb = |name: &str, interface| SerialPortInfo {
        port_name: name.to_owned(),
        port_type: SerialPortType::UsbPort(UsbPortInfo {
            vid: 0x1e0e,
            pid: 0x9001,
            serial_number: None,
            manufacturer: Some("SimTech".to_owned()),
            product: Some("SimTech HS-USB AT Port 9001 (COM24)".to_owned()),
            interface: Some(interface),
        }),
    };
    let listed = vec![
        SerialPortInfo {
            port_name: "COM1".to_owned(),
            port_type: SerialPortType::Unknown,
        },
        usb("COM9", 3),
        usb("COM24", 2),
        usb("COM10", 0),
    ];
    let found = from_names(listed);
    let names: Vec<(&str, Role)> = found.iter().map(|d| (d.name.as_str(), d.role())).collect();
    let wanted = [
        ("COM10", Role::Diagnostics),
        ("COM24", Role::At),
        ("COM9", Role::Dial),
        ("COM1", Role::Unknown),
    ];
    assert_eq!(names, wanted);
}

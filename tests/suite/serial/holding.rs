//! Who holds a device, from made-up /proc trees, and what the person is told.
#![cfg(target_os = "linux")]
use super::devices::Machine;
use mmscope::serial::{Holder, Holding, Inhibition, SerialError, group_of, holding, open};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

impl Machine {
    fn process(&self, pid: u32, program: &str, open: &[&str]) {
        let at = self.path(&format!("proc/{pid}"));
        fs::create_dir_all(at.join("fd")).unwrap();
        fs::write(at.join("comm"), format!("{program}\n")).unwrap();
        for (number, file) in open.iter().enumerate() {
            symlink(file, at.join("fd").join(number.to_string())).unwrap();
        }
    }
}

#[test]
fn the_holders_of_a_device_are_named_with_number_and_program() {
    let machine = Machine::new();
    let device = machine.path("dev/ttyUSB2");
    fs::write(&device, "").unwrap();
    let name = device.to_str().unwrap();
    machine.process(77, "bash", &["/dev/null", "/dev/pts/3"]);
    machine.process(812, "ModemManager", &["/dev/null", name]);
    machine.process(4711, "minicom", &[name]);
    machine.process(std::process::id(), "mmscope", &[name]);
    fs::create_dir_all(machine.path("proc/sys")).unwrap();
    let found = holding(name, &machine.places());
    assert_eq!(found.names(), "ModemManager (pid 812), minicom (pid 4711)");
    assert_eq!(found.modem_manager, Some(812));
    let link = machine.path("modem");
    symlink(&device, &link).unwrap();
    assert_eq!(
        holding(link.to_str().unwrap(), &machine.places())
            .holders
            .len(),
        2,
        "through a link as well"
    );
}

#[test]
fn who_serves_a_pseudo_terminal_does_not_disturb_it() {
    let machine = Machine::new();
    fs::create_dir_all(machine.path("dev/pts")).unwrap();
    let device = machine.path("dev/pts/5");
    fs::write(&device, "").unwrap();
    let name = device.to_str().unwrap();
    machine.process(10, "mmscope", &["/dev/ptmx", name]);
    machine.process(11, "picocom", &[name]);
    assert_eq!(holding(name, &machine.places()).names(), "picocom (pid 11)");
}

#[test]
fn what_the_person_is_told_fits_what_is_known() {
    let holder = |pid, program: &str| Holder {
        pid,
        program: program.to_owned(),
    };
    let table: &[(Holding, &[&str])] = &[
        (
            Holding {
                holders: vec![holder(812, "ModemManager")],
                unseen: 0,
                modem_manager: Some(812),
            },
            &[
                "ModemManager (pid 812)",
                "--inhibit",
                "systemctl stop ModemManager",
            ],
        ),
        // As an ordinary person one may not see the open files of root's processes.
        (
            Holding {
                holders: vec![],
                unseen: 90,
                modem_manager: Some(812),
            },
            &["ModemManager (pid 812)", "--inhibit"],
        ),
        (
            Holding {
                holders: vec![holder(4711, "minicom")],
                unseen: 3,
                modem_manager: Some(812),
            },
            &["minicom (pid 4711)", "Close that program"],
        ),
        (
            Holding {
                holders: vec![],
                unseen: 90,
                modem_manager: None,
            },
            &["sudo fuser -v /dev/ttyUSB2"],
        ),
        (Holding::default(), &["Close the program"]),
    ];
    for (holding, wanted) in table {
        let said = holding.explain("/dev/ttyUSB2");
        for word in *wanted {
            assert!(said.contains(word), "`{word}` is not in: {said}");
        }
    }
}

#[test]
fn the_group_that_may_open_a_device_is_named() {
    let machine = Machine::new();
    let device = machine.path("dev/ttyUSB2");
    fs::write(&device, "").unwrap();
    let number = {
        use std::os::unix::fs::MetadataExt;
        fs::metadata(&device).unwrap().gid()
    };
    let groups = machine.path("group");
    fs::write(
        &groups,
        format!("nobody:x:99999:\ndialout:x:{number}:someone\n"),
    )
    .unwrap();
    assert_eq!(group_of(&device, &groups).as_deref(), Some("dialout"));
    fs::write(&groups, "nobody:x:99999:\n").unwrap();
    assert_eq!(group_of(&device, &groups), Some(number.to_string()));
}

#[tokio::test]
async fn a_device_that_is_open_already_is_busy() {
    let (_far, near) = tokio_serial::SerialStream::pair().unwrap();
    let name = tokio_serial::SerialPort::name(&near).unwrap();
    drop(near);
    let first = open(&name, 115_200).await.unwrap();
    let second = open(&name, 115_200).await.err().unwrap();
    assert!(matches!(second, SerialError::Busy { .. }), "{second}");
    drop(first);
    open(&name, 115_200).await.unwrap();
}

#[tokio::test]
async fn a_line_without_dtr_is_used_all_the_same_and_it_is_said() {
    let (_far, near) = tokio_serial::SerialStream::pair().unwrap();
    let name = tokio_serial::SerialPort::name(&near).unwrap();
    drop(near);
    let opened = open(&name, 115_200).await.unwrap();
    assert!(
        opened.notes.iter().any(|(_, text)| text.contains("no DTR")),
        "{:?}",
        opened.notes
    );
}

/// A stand-in for mmcli, which writes down how it was called and that it still runs.
fn mmcli(machine: &Machine, says: &str) -> String {
    let program = machine.path("mmcli");
    let log = machine.path("called");
    let script = format!("#!/bin/sh\necho \"$$ $@\" > {}\n{says}\n", log.display());
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    program.display().to_string()
}

#[tokio::test]
async fn modem_manager_lets_a_device_go_and_has_it_back_afterwards() {
    let machine = Machine::new();
    let program = mmcli(
        &machine,
        "echo \"successfully inhibited device with uid '/sys/devices/usb1/1-1'\"\nexec sleep 600",
    );
    let held = Inhibition::begin(&program, "/sys/devices/usb1/1-1")
        .await
        .unwrap();
    let called = fs::read_to_string(machine.path("called")).unwrap();
    let (pid, words) = called.trim().split_once(' ').unwrap();
    assert_eq!(words, "--inhibit-device=/sys/devices/usb1/1-1");
    let runs = || std::path::Path::new(&format!("/proc/{pid}")).exists();
    assert!(runs(), "it holds the request as long as it runs");
    drop(held);
    assert!(!runs(), "its end gives the modem back");
}

#[tokio::test]
async fn a_refusal_of_modem_manager_is_told_in_its_words() {
    let machine = Machine::new();
    let program = mmcli(
        &machine,
        "echo \"error: couldn't inhibit device: 'no device found'\" >&2\nexit 1",
    );
    let refused = Inhibition::begin(&program, "/sys/x")
        .await
        .err()
        .unwrap()
        .to_string();
    assert!(refused.contains("no device found"), "{refused}");
    let absent = Inhibition::begin("/nowhere/mmcli", "/sys/x")
        .await
        .err()
        .unwrap()
        .to_string();
    assert!(absent.contains("comes with ModemManager"), "{absent}");
}

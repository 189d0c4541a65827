//! Who has a serial device open.
//!
//! In: a device's name and, on Linux, /proc. Out: process numbers and program names. Never here: stopping anybody.
use super::devices::Places;
use std::fs;
use std::path::{Path, PathBuf};

/// More processes than a machine has; the rest is left out.
const MOST: usize = 100_000;

/// A process that has the device open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Its number.
    pub pid: u32,
    /// Its program's name, as /proc tells it (at most 15 characters).
    pub program: String,
}

/// What can be known about who holds a device.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holding {
    /// Other processes that have it open.
    pub holders: Vec<Holder>,
    /// Processes of others, whose open files this person may not see.
    pub unseen: usize,
    /// ModemManager's process, where it runs, whether it holds this device or not.
    pub modem_manager: Option<u32>,
}

/// The name under which ModemManager runs.
const MODEM_MANAGER: &str = "ModemManager";

impl Holding {
    /// Whether ModemManager is among the holders, or may be: it runs and its open files cannot be seen.
    #[must_use]
    pub fn modem_manager_holds(&self) -> bool {
        let seen = self.holders.iter().any(|h| h.program == MODEM_MANAGER);
        seen || (self.holders.is_empty() && self.unseen > 0 && self.modem_manager.is_some())
    }

    /// `ModemManager (pid 812)`, several with commas; empty where nobody was found.
    #[must_use]
    pub fn names(&self) -> String {
        let all: Vec<String> = self
            .holders
            .iter()
            .map(|h| format!("{} (pid {})", h.program, h.pid))
            .collect();
        all.join(", ")
    }

    /// Who it is and what to do about it, for a device that is busy.
    #[must_use]
    pub fn explain(&self, name: &str) -> String {
        if self.modem_manager_holds() {
            let pid = self
                .modem_manager
                .map_or(String::new(), |p| format!(" (pid {p})"));
            return format!(
                "ModemManager{pid} has it, as it takes every new modem for itself. Start again with --inhibit, which asks it to let this modem go while mmscope runs (mmcli --inhibit-device), or stop it: systemctl stop ModemManager"
            );
        }
        if !self.holders.is_empty() {
            return format!("It is held by {}. Close that program first", self.names());
        }
        if self.unseen > 0 {
            return format!(
                "Which one cannot be seen from here; `sudo fuser -v {name}` tells. Close that program first"
            );
        }
        "Close the program that has it open (a terminal program, or ModemManager, which takes new modems for itself)".to_owned()
    }
}

/// Who else has this device open. Elsewhere than on Linux nothing can be known.
#[must_use]
pub fn holding(name: &str, places: &Places) -> Holding {
    if !cfg!(target_os = "linux") {
        return Holding::default();
    }
    let wanted = fs::canonicalize(name).unwrap_or_else(|_| PathBuf::from(name));
    let mut found = Holding::default();
    let Ok(processes) = fs::read_dir(&places.proc) else {
        return found;
    };
    for process in processes.flatten().take(MOST) {
        let Some(pid) = process.file_name().to_str().and_then(|n| n.parse().ok()) else {
            continue;
        };
        let program = program(&process.path());
        if program == MODEM_MANAGER {
            found.modem_manager = Some(pid);
        }
        if pid == std::process::id() {
            continue;
        }
        match has_open(&process.path(), &wanted) {
            Some(true) => found.holders.push(Holder { pid, program }),
            Some(false) => {}
            None => found.unseen += 1,
        }
    }
    found.holders.sort_by_key(|h| h.pid);
    found
}

fn program(process: &Path) -> String {
    let name = fs::read_to_string(process.join("comm")).unwrap_or_default();
    let name: String = name.chars().filter(|c| !c.is_control()).collect();
    if name.is_empty() {
        "?".to_owned()
    } else {
        name
    }
}

/// Whether a process has a file open; `None` where that may not be seen. Who serves a pseudo terminal from its other end holds
/// the terminal open as well, and disturbs nobody: it is not counted.
fn has_open(process: &Path, wanted: &Path) -> Option<bool> {
    let files = fs::read_dir(process.join("fd")).ok()?;
    let mut open = false;
    let mut serves = false;
    for file in files.flatten() {
        let Ok(target) = fs::read_link(file.path()) else {
            continue;
        };
        open |= target == wanted;
        serves |= target.ends_with("ptmx");
    }
    let terminal = wanted.parent().is_some_and(|p| p.ends_with("pts"));
    Some(open && !(terminal && serves))
}

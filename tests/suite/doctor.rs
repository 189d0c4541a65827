//! `mmscope doctor` and `mmscope ports` as a newcomer runs them.
use serde_json::Value;
use std::path::PathBuf;
use std::process::{Command, Output};
use tempfile::TempDir;

struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }
    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
    fn write(&self, name: &str, text: &str) {
        std::fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        std::fs::write(self.path(name), text).unwrap();
    }
    fn run(&self, words: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_mmscope"))
            .args(words)
            .env("HOME", self.0.path())
            .env("XDG_STATE_HOME", self.path("state"))
            .env("XDG_CONFIG_HOME", self.path("config"))
            .env("LC_ALL", "C.UTF-8")
            .output()
            .unwrap()
    }
    /// The checks of `doctor --json`, and its exit code.
    fn doctor(&self, words: &[&str]) -> (Vec<Value>, i32) {
        let output = self.run(&[&["doctor", "--json"], words].concat());
        let out = String::from_utf8(output.stdout).unwrap();
        let lines = out.lines().map(|l| serde_json::from_str(l).unwrap());
        (lines.collect(), output.status.code().unwrap())
    }
}

fn state<'a>(checks: &'a [Value], name: &str) -> &'a str {
    let found = checks.iter().find(|c| c["name"] == name);
    found.unwrap_or_else(|| panic!("no check `{name}` in {checks:?}"))["state"]
        .as_str()
        .unwrap()
}

#[test]
fn a_bench_on_which_all_is_well() {
    let (checks, code) = Home::new().doctor(&["--world", "open"]);
    assert_eq!(code, 0, "{checks:?}");
    for name in [
        "configuration",
        "profiles",
        "state folder",
        "leftovers",
        "answers",
        "model",
        "commands",
        "SIM",
    ] {
        assert_eq!(state(&checks, name), "ok", "{name}");
    }
    let last = checks.last().unwrap();
    assert_eq!(
        (&last["event"], &last["ok"], &last["failed"]),
        (&"result".into(), &true.into(), &0.into())
    );
}

#[test]
fn every_trouble_has_its_state_and_a_remedy() {
    let home = Home::new();
    home.write("config/mmscope/config.toml", "port = [\n");
    home.write("config/mmscope/profiles/us/bad.toml", "id = 3\n");
    home.write("state/mmscope/settings/x.json", "{}");
    let (checks, code) = home.doctor(&["--world", "no-sim"]);
    let table = [
        ("configuration", "fail"),
        ("profiles", "warn"),
        ("leftovers", "warn"),
        ("answers", "ok"),
        ("SIM", "fail"),
    ];
    for (name, wanted) in table {
        assert_eq!(state(&checks, name), wanted, "{name}: {checks:?}");
    }
    for check in checks
        .iter()
        .filter(|c| c["state"] == "fail" || c["state"] == "warn")
    {
        assert!(
            !check["remedy"].as_str().unwrap_or_default().is_empty(),
            "{check}"
        );
    }
    assert_eq!(code, 2, "the first that failed is the configuration");
    let (_, code) = Home::new().doctor(&["--world", "no-sim"]);
    assert_eq!(code, 12);
}

#[test]
fn a_firmware_that_lacks_what_a_send_needs_is_told_by_the_command() {
    let home = Home::new();
    let world = include_str!("../../assets/worlds/open.toml");
    let lacks = "[modem]\nmissing = [\"NETOPEN\", \"CPSI\"]\n[modem.signature]";
    let world = world.replacen("[modem.signature]", lacks, 1);
    home.write("old.toml", &world);
    let (checks, code) = home.doctor(&["--world", home.path("old.toml").to_str().unwrap()]);
    let row = checks.iter().find(|c| c["name"] == "commands").unwrap();
    assert_eq!((&row["state"], code), (&"fail".into(), 16), "{row}");
    assert!(
        row["says"].as_str().unwrap().contains("AT+NETOPEN"),
        "{row}"
    );
}

#[test]
fn a_name_that_is_no_device_and_one_that_is_no_serial_device() {
    let home = Home::new();
    home.write("file", "x");
    for (name, says) in [
        ("nowhere", "no such serial device"),
        ("file", "not a serial device"),
    ] {
        let path = home.path(name);
        let (checks, code) = home.doctor(&["--port", path.to_str().unwrap()]);
        let row = checks.iter().find(|c| c["name"] == "opens").unwrap();
        assert_eq!((&row["state"], code), (&"fail".into(), 11));
        assert!(row["says"].as_str().unwrap().contains(says), "{row}");
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_device_that_somebody_holds_is_told_with_his_name() {
    let (_far, near) = tokio_serial::SerialStream::pair().unwrap();
    let name = tokio_serial::SerialPort::name(&near).unwrap();
    drop(near);
    // Opened by a process that does not serve the terminal: another program in the sense of the check.
    // It keeps nothing of what this test has open: the other end of the terminal would make it the one who serves it.
    let holds = format!(
        "for f in /proc/$$/fd/*; do n=${{f##*/}}; case $n in 0|1|2|255) ;; *) eval \"exec $n>&-\";; esac; done; exec 3<>{name}; echo; exec sleep 60"
    );
    let mut other = Command::new("bash")
        .args(["-c", &holds])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut ready = [0];
    std::io::Read::read_exact(other.stdout.as_mut().unwrap(), &mut ready).unwrap();
    let held = tokio::task::spawn_blocking(move || {
        let (checks, _) = Home::new().doctor(&["--port", &name]);
        checks.into_iter().find(|c| c["name"] == "holder").unwrap()
    });
    let row = held.await.unwrap();
    other.kill().unwrap();
    other.wait().unwrap();
    assert_eq!(row["state"], "warn", "{row}");
    assert!(
        row["says"]
            .as_str()
            .unwrap()
            .contains(&format!("sleep (pid {})", other.id())),
        "{row}"
    );
}

#[test]
fn the_list_of_ports_is_json_lines_or_says_that_there_is_none() {
    let output = Home::new().run(&["ports", "--json"]);
    let out = String::from_utf8(output.stdout).unwrap();
    for line in out.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        assert_eq!(row["event"], "port");
        assert!(!row["name"].as_str().unwrap().is_empty() && row["about"].is_string());
    }
    assert_eq!(
        output.status.code(),
        Some(if out.is_empty() { 11 } else { 0 })
    );
}

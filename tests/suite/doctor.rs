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

/// The checks of a doctor in a terminal that answers his questions with these octets, and how long he took.
#[cfg(unix)]
fn in_a_terminal(answer: &str, env: &[(&str, &str)]) -> (Vec<Value>, std::time::Duration) {
    use portable_pty::{CommandBuilder, PtySize, native_pty_system};
    use std::io::{Read, Write};
    let home = Home::new();
    let size = PtySize {
        rows: 24,
        cols: 300,
        pixel_width: 0,
        pixel_height: 0,
    };
    let pair = native_pty_system().openpty(size).unwrap();
    let modes = pair.master.get_termios();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_mmscope"));
    command.args(["doctor", "--json", "--world", "open"]);
    for name in ["NO_COLOR", "COLORTERM", "TMUX", "STY"] {
        command.env_remove(name);
    }
    command.env("HOME", home.0.path());
    command.env("LC_ALL", "C.UTF-8");
    command.env("XDG_STATE_HOME", home.path("state"));
    command.env("XDG_CONFIG_HOME", home.path("config"));
    command.env("TERM", "xterm-256color");
    for (name, value) in env {
        command.env(name, value);
    }
    let start = std::time::Instant::now();
    let mut child = pair.slave.spawn_command(command).unwrap();
    drop(pair.slave);
    let mut output = pair.master.try_clone_reader().unwrap();
    let mut keys = pair.master.take_writer().unwrap();
    let (mut seen, mut some) = (Vec::new(), [0; 4096]);
    let mut told = false;
    while let Ok(n @ 1..) = output.read(&mut some) {
        seen.extend_from_slice(&some[..n]);
        if !told && seen.windows(3).any(|w| w == b"\x1b[c") {
            told = true;
            keys.write_all(answer.as_bytes()).unwrap();
            keys.flush().unwrap();
        }
    }
    child.wait().unwrap();
    assert!(told, "he asked");
    assert_eq!(pair.master.get_termios(), modes, "the terminal's modes");
    let seen = String::from_utf8(seen).unwrap();
    let lines = seen.lines().filter_map(|l| l.find('{').map(|at| &l[at..]));
    let checks = lines.map(|l| serde_json::from_str(l.trim()).unwrap());
    (checks.collect(), start.elapsed())
}

#[cfg(unix)]
#[test]
fn a_terminal_that_answers_is_told_by_its_answers() {
    let columns = |wide: [u16; 5]| wide.map(|w| format!("\x1b[7;{}R", w + 1)).concat();
    let all = format!(
        "\x1bP>|testterm(1.2)\x1b\\\x1b[?2004;2$y\x1b[?2026;2$y{}\x1b[?62;22;52c",
        columns([1, 1, 1, 2, 2])
    );
    let (checks, _) = in_a_terminal(&all, &[("COLORTERM", "truecolor")]);
    for name in [
        "colours",
        "terminal name",
        "sign widths",
        "whole frames",
        "paste",
        "clipboard",
    ] {
        assert_eq!(state(&checks, name), "ok", "{name}: {checks:?}");
    }
    let says = |checks: &[Value], name: &str| {
        let found = checks.iter().find(|c| c["name"] == name).unwrap();
        found["says"].as_str().unwrap().to_owned()
    };
    assert_eq!(says(&checks, "terminal name"), "testterm(1.2)");
    assert!(says(&checks, "colours").contains("truecolor"));

    let poor = format!(
        "\x1b[?2004;0$y\x1b[?2026;0$y{}\x1b[?1;2c",
        columns([1, 2, 2, 2, 1])
    );
    let (checks, _) = in_a_terminal(&poor, &[("NO_COLOR", "1")]);
    let table = [
        ("colours", "ok"),
        ("terminal name", "unknown"),
        ("sign widths", "warn"),
        ("paste", "warn"),
        ("clipboard", "unknown"),
    ];
    for (name, wanted) in table {
        assert_eq!(state(&checks, name), wanted, "{name}: {checks:?}");
    }
    assert!(says(&checks, "colours").contains("NO_COLOR"));
    assert!(says(&checks, "sign widths").contains("⚠ takes 2, not 1"));
}

#[cfg(unix)]
#[test]
fn a_terminal_that_answers_nothing_is_not_waited_for_and_nothing_is_claimed_of_it() {
    let (checks, took) = in_a_terminal("", &[("TMUX", "/tmp/x,1,0")]);
    for name in [
        "terminal name",
        "sign widths",
        "whole frames",
        "paste",
        "clipboard",
    ] {
        assert_eq!(state(&checks, name), "unknown", "{name}: {checks:?}");
    }
    let clipboard = checks.iter().find(|c| c["name"] == "clipboard").unwrap();
    assert!(clipboard["says"].as_str().unwrap().contains("tmux"));
    let last = checks.last().unwrap();
    assert_eq!(last["ok"], true, "what is not known is no fault: {last}");
    assert!(took < std::time::Duration::from_secs(20), "{took:?}");
}

proptest::proptest! {
    /// A terminal is a program like any other: whatever it sends, however it is cut.
    #[test]
    fn no_answer_of_a_terminal_makes_it_panic(
        octets: Vec<u8>,
        text in "(\u{1b}(\\[\\??[0-9;]{0,9}\\$?[a-zA-Z]|P>\\|[a-z]{0,5}))*",
    ) {
        use mmscope::console::answers::Answers;
        let _ = Answers::read(&octets);
        let whole = Answers::read(text.as_bytes());
        for cut in 0..text.len() {
            let part = Answers::read(&text.as_bytes()[..cut]);
            proptest::prop_assert!(part.columns.len() <= whole.columns.len());
        }
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
    // The shell has opened it; a moment later it has become the program that holds it.
    let named = format!("/proc/{}/comm", other.id());
    let until = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while std::fs::read_to_string(&named).unwrap().trim() != "sleep" {
        assert!(std::time::Instant::now() < until, "bash never became sleep");
        std::thread::yield_now();
    }
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

//! The outbox as a script uses it: the real program, its files, its exit codes.
use serde_json::Value;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn outbox(&self) -> PathBuf {
        self.0.path().join("box.redb")
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mmscope"));
        command
            .args(words)
            .arg("--outbox")
            .arg(self.outbox())
            .env("HOME", self.0.path())
            .env("LC_ALL", "C.UTF-8")
            .env("XDG_STATE_HOME", self.0.path().join("state"))
            .env("XDG_CONFIG_HOME", self.0.path().join("config"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn run(&self, words: &str) -> Output {
        let words: Vec<&str> = words.split(' ').collect();
        self.command(&words).output().unwrap()
    }

    /// With text on standard input.
    fn told(&self, words: &str, input: &str) -> Output {
        let words: Vec<&str> = words.split(' ').collect();
        let mut command = self.command(&words);
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(input.as_bytes())
            .unwrap();
        child.wait_with_output().unwrap()
    }

    /// Number, state and way of each message.
    fn list(&self) -> Vec<String> {
        let listed = self.run("outbox list --json");
        let row = |line: &str| {
            let row: Value = serde_json::from_str(line).unwrap();
            let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
            format!("{} {} {}", row["entry"], text("state"), text("way"))
        };
        said(&listed.stdout).lines().map(row).collect()
    }
}

fn said(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets).into_owned()
}

fn json_lines(output: &Output) -> Vec<Value> {
    let read = |line: &str| serde_json::from_str(line).unwrap();
    said(&output.stdout).lines().map(read).collect()
}

const LIST: &str = "{\"to\":\"+12025550123\",\"text\":\"one\"}\n\n{\"to\":[\"+12025550123\"],\"text\":\"two\",\"as\":\"sms\"}\n{\"to\":\"+12025550123\",\"text\":\"three\",\"subject\":\"s\"}\n";

#[test]
fn what_is_put_in_is_listed_shown_cancelled_sent_sent_again_and_forgotten() {
    let home = Home::new();
    let added = home.told("outbox add - --world open", LIST);
    assert!(added.status.success(), "{}", said(&added.stderr));
    assert_eq!(
        home.list(),
        ["1 queued mms", "2 queued sms", "3 queued mms"]
    );
    let queued = home.run("send --world open --queue --to +12025550123 four");
    assert!(queued.status.success(), "{}", said(&queued.stderr));
    let shown = said(&home.run("outbox show 3").stdout);
    for part in ["three", "+12025550123", "subject s", "sha256"] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    let listed = said(&home.run("outbox list").stdout);
    assert!(
        !listed.contains("2025550123"),
        "numbers are masked in lists: {listed}"
    );
    assert!(home.run("outbox cancel 3").status.success());

    let sent = home.run("outbox send --all --world open --sim-speed 200 --json");
    assert_eq!(sent.status.code(), Some(0), "{}", said(&sent.stderr));
    let lines = json_lines(&sent);
    let summary = lines.last().unwrap();
    assert_eq!(
        (&summary["event"], &summary["sent"]),
        (&"result".into(), &3.into())
    );
    let mut bubbles: Vec<&str> = lines
        .iter()
        .filter(|l| l["event"] == "bubble")
        .filter_map(|l| l["text"].as_str())
        .collect();
    bubbles.retain(|text| *text != "two");
    assert_eq!(bubbles, ["one", "four"], "MMS on the phone, in their order");
    let list = home.list();
    assert_eq!(
        [&list[0], &list[2], &list[3]],
        ["1 delivered mms", "3 draft mms", "4 delivered mms"]
    );

    let again = home.run("outbox send 1 --world open");
    assert_eq!(again.status.code(), Some(1));
    assert!(
        said(&again.stderr).contains("--same"),
        "{}",
        said(&again.stderr)
    );
    let again = home.run("outbox resend 1 --same --world open --sim-speed 200 --json");
    assert_eq!(again.status.code(), Some(0), "{}", said(&again.stderr));
    assert!(
        json_lines(&again)
            .iter()
            .any(|l| l["event"] == "bubble" && l["text"] == "one")
    );
    assert!(home.run("outbox forget 1").status.success());
    assert_eq!(home.list().len(), 3);
    let gone = home.run("outbox show 1");
    assert_eq!(gone.status.code(), Some(1));
    assert!(
        said(&gone.stderr).contains("no message 1"),
        "{}",
        said(&gone.stderr)
    );
}

#[test]
fn a_list_with_a_mistake_is_refused_whole_with_the_line() {
    let home = Home::new();
    for (bad, says) in [
        (
            "{\"to\":\"+12025550123\",\"txt\":\"x\"}",
            "line 5: unknown field `txt`",
        ),
        ("{\"to\":\"12025550123\",\"text\":\"x\"}", "line 5: "),
        ("nonsense", "line 5: "),
        ("{\"to\":\"+12025550123\"}", "message 4 of 4"),
    ] {
        let added = home.told("outbox add - --world open", &format!("{LIST}{bad}\n"));
        assert!(!added.status.success());
        let why = said(&added.stderr);
        assert!(
            why.contains(says) && why.contains("nothing was taken in"),
            "{why}"
        );
        assert!(home.list().is_empty());
    }
}

#[test]
fn while_another_mmscope_has_the_outbox_nothing_is_sent_and_it_can_be_looked_at() {
    let home = Home::new();
    let _held = mmscope::outbox::Disk::open(home.outbox()).unwrap();
    let words = "send --world open --sim-speed 200 --to +12025550123 hello";
    let refused = home.run(words);
    assert_eq!(refused.status.code(), Some(2));
    let error = said(&refused.stderr);
    assert!(
        error.contains("in use by another mmscope") && error.contains("--unrecorded"),
        "{error}"
    );
    let sent = home.run(&format!("{words} --unrecorded"));
    assert_eq!(sent.status.code(), Some(0), "{}", said(&sent.stderr));
    assert!(said(&sent.stdout).contains("go out unrecorded"));
    let listed = home.run("outbox list");
    assert_eq!(listed.status.code(), Some(0), "{}", said(&listed.stderr));
    assert_eq!(said(&listed.stdout), "the outbox is empty\n");
    assert!(said(&listed.stderr).contains("another mmscope works with this outbox"));
    assert_eq!(home.run("outbox forget 1").status.code(), Some(1));
}

/// A list that is being printed, a command that is about to end: that is no reason to refuse a message.
#[test]
fn a_command_that_has_the_outbox_for_a_moment_is_waited_for() {
    let home = Home::new();
    let held = mmscope::outbox::Disk::open(home.outbox()).unwrap();
    let words: Vec<&str> = "send --world open --sim-speed 200 --to +12025550123 hello"
        .split(' ')
        .collect();
    let sending = home.command(&words).spawn().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(700));
    drop(held);
    let sent = sending.wait_with_output().unwrap();
    assert_eq!(sent.status.code(), Some(0), "{}", said(&sent.stderr));
    assert_eq!(home.list(), ["1 delivered mms"]);
}

#[test]
fn a_send_is_in_the_outbox_afterwards_with_what_became_of_it() {
    let home = Home::new();
    let failed = home.run("send --world firewalled --json");
    assert_eq!(failed.status.code(), Some(18));
    let lines = json_lines(&failed);
    let result = lines.last().unwrap();
    assert_eq!(
        (&result["offers"], &result["entry"]),
        (&"sms".into(), &1.into())
    );
    assert_eq!(home.list(), ["1 failed mms"]);
    let sms = home.run("outbox resend 1 --new --as sms --world firewalled --sim-speed 200");
    assert_eq!(sms.status.code(), Some(0), "{}", said(&sms.stdout));
    let list = home.list();
    assert_eq!(list[0], "1 failed mms");
    assert!(
        ["2 accepted sms", "2 delivered sms"].contains(&list[1].as_str()),
        "{list:?}"
    );
}

/// A disk without room under the recording and under what a program reads: the send goes on, both are told by name, and a script sees it by the exit
/// code, unless the message itself has one.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_under_the_recording_is_told_and_the_send_goes_on() {
    let home = Home::new();
    let words = "send --world open --sim-speed 100 --to +12025550123 --record /dev/full hello";
    let sent = home.run(words);
    assert_eq!(sent.status.code(), Some(1), "{}", said(&sent.stderr));
    let (out, error) = (said(&sent.stdout), said(&sent.stderr));
    assert!(out.contains("sent: M-Send.conf Ok"), "{out}");
    assert!(!out.contains("recorded in"), "{out}");
    let failed = home.run("send --world firewalled --record /dev/full hello");
    assert_eq!(failed.status.code(), Some(18), "the message's own wins");
    let nowhere = home.run("send --world open --sim-speed 100 --record /dev/null/x hello");
    assert_eq!(nowhere.status.code(), Some(1), "it was not even begun");
    assert!(
        said(&nowhere.stderr).contains("not recorded"),
        "{}",
        said(&nowhere.stderr)
    );
    for says in [&out, &error] {
        for part in ["/dev/full", "No space left on device", "Make room"] {
            assert!(says.contains(part), "no {part} in: {says}");
        }
    }
    let whole = ["1 delivered mms", "2 failed mms", "3 delivered mms"];
    assert_eq!(home.list(), whole);
    let full = std::fs::File::options()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let words: Vec<&str> = "send --world open --sim-speed 100 --to +12025550123 --json hello"
        .split(' ')
        .collect();
    let sent = home.command(&words).stdout(full).output().unwrap();
    let error = said(&sent.stderr);
    assert!(
        error.contains("standard output") && error.contains("No space left on device"),
        "{error}"
    );
    assert_eq!(home.list().len(), 4);
}

#[test]
fn an_outbox_that_nobody_can_see_is_not_pretended() {
    let home = TempDir::new().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_mmscope"));
    command
        .args(["send", "--world", "open", "--queue", "hello"])
        .env("HOME", home.path())
        .env("LC_ALL", "C.UTF-8");
    let queued = command.output().unwrap();
    assert_eq!(queued.status.code(), Some(2));
    assert!(
        said(&queued.stderr).contains("--outbox"),
        "{}",
        said(&queued.stderr)
    );
}

/// Killed without warning at many moments of a queue; the phones' bubbles are counted over all runs.
#[test]
fn killed_at_any_moment_no_message_is_sent_twice_in_silence_and_none_is_lost() {
    let home = Home::new();
    let lines: String = (0..6)
        .map(|n| format!("{{\"to\":\"+12025550123\",\"text\":\"number {n}\"}}\n"))
        .collect();
    assert!(
        home.told("outbox add - --world open", &lines)
            .status
            .success()
    );
    let mut seen: Vec<String> = Vec::new();
    let mut take = |output: &Output| {
        let events = said(&output.stdout);
        let bubble = |line: &str| {
            // The last line of a killed program may be cut.
            let event: Value = serde_json::from_str(line).ok()?;
            let is = event["event"] == "bubble";
            is.then(|| event["text"].as_str().unwrap().to_owned())
        };
        seen.extend(events.lines().filter_map(bubble));
    };
    let words = "outbox send --all --world open --sim-speed 20 --json";
    let words: Vec<&str> = words.split(' ').collect();
    for round in 0..8 {
        let mut child = home.command(&words).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(150 + 97 * round));
        child.kill().unwrap();
        take(&child.wait_with_output().unwrap());
    }
    take(&home.command(&words).output().unwrap());
    let count = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), count, "none twice: {seen:?}");
    // A whole world ended with the program each time, and with it what a phone may still have been shown: that each that is called accepted
    // has arrived is counted where the phones are a process of their own (.ci/outbox).
    let list = home.list();
    let over = |row: &&String| {
        let states = ["delivered", "accepted", "unknown"];
        states.iter().any(|state| row.contains(state))
    };
    assert_eq!(list.iter().filter(over).count(), 6, "{list:#?}");
}

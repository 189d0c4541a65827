//! The way back from outside: `send --verify`, its JSON and exit codes, and `mmscope inbox`.
use serde_json::Value;
use std::process::{Command, Output};

fn mmscope(words: &[&str], home: &std::path::Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mmscope"))
        .args(words)
        .env("HOME", home)
        .env("LC_ALL", "C.UTF-8")
        .env("XDG_STATE_HOME", home.join("state"))
        .env("XDG_CONFIG_HOME", home.join("config"))
        .env_remove("NO_COLOR")
        .output()
        .unwrap()
}

fn lines(output: &Output) -> Vec<Value> {
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect()
}

#[test]
fn verify_says_what_came_back_and_how_fast() {
    let home = tempfile::tempdir().unwrap();
    let inbox = home.path().join("inbox");
    let folder = inbox.to_str().unwrap();
    let words = [
        "send",
        "--world",
        "open",
        "--to",
        "self",
        "--verify",
        "--json",
        "--inbox",
        folder,
        "caf\u{e9} \u{1F600}",
    ];
    let output = mmscope(&words, home.path());
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let all = lines(&output);
    let last = all.last().unwrap();
    assert_eq!(
        (last["event"].as_str(), last["ok"].as_bool()),
        (Some("result"), Some(true)),
        "{last}"
    );
    let verify = &last["verify"];
    assert_eq!(verify["delivered"], true);
    assert_eq!(verify["bubbles"], 1);
    assert_eq!(
        (&verify["same_text"], &verify["same_parts"]),
        (&Value::Bool(true), &Value::Bool(true))
    );
    let seconds = verify["seconds"].as_f64().unwrap();
    assert!(
        seconds > 1.0 && seconds < 30.0,
        "world seconds that were measured: {seconds}"
    );

    // What came is in the folder, and can be read without a modem.
    let list = mmscope(
        &[
            "inbox", "list", "--world", "open", "--inbox", folder, "--json",
        ],
        home.path(),
    );
    let rows = lines(&list);
    assert_eq!(rows.len(), 1);
    assert_eq!(
        (rows[0]["is"].as_str(), rows[0]["kind"].as_str()),
        (Some("here"), Some("mms"))
    );
    assert!(
        rows[0]["from"].as_str().unwrap().contains('*'),
        "a list hides numbers"
    );
    let show = mmscope(
        &["inbox", "show", "1", "--world", "open", "--inbox", folder],
        home.path(),
    );
    assert!(String::from_utf8_lossy(&show.stdout).contains("| caf\u{e9} \u{1F600}"));
    let out = home.path().join("out");
    let save = mmscope(
        &[
            "inbox",
            "save",
            "1",
            out.to_str().unwrap(),
            "--world",
            "open",
            "--inbox",
            folder,
        ],
        home.path(),
    );
    assert_eq!(save.status.code(), Some(0));
    let saved: Vec<_> = std::fs::read_dir(&out)
        .unwrap()
        .flatten()
        .map(|e| std::fs::read(e.path()).unwrap())
        .collect();
    assert!(saved.contains(&"caf\u{e9} \u{1F600}".as_bytes().to_vec()));
    // It is here and the MMSC knows: there is nothing to fetch.
    let fetch = mmscope(
        &["inbox", "fetch", "1", "--world", "open", "--inbox", folder],
        home.path(),
    );
    assert_eq!(fetch.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&fetch.stderr).contains("cannot be fetched: it is here"));
    let none = mmscope(
        &["inbox", "show", "9", "--world", "open", "--inbox", folder],
        home.path(),
    );
    assert_eq!(none.status.code(), Some(1));
}

#[test]
fn what_does_not_come_back_is_exit_code_21_and_words_are_checked_first() {
    let home = tempfile::tempdir().unwrap();
    let words = [
        "send",
        "--world",
        "retrieve-fails",
        "--to",
        "self",
        "--verify",
        "--json",
        "hi",
    ];
    let output = mmscope(&words, home.path());
    assert_eq!(output.status.code(), Some(21));
    let all = lines(&output);
    let last = all.last().unwrap();
    assert_eq!(
        (last["ok"].as_bool(), last["stage"].as_str()),
        (Some(false), Some("deliver"))
    );
    assert_eq!(last["verify"]["delivered"], false);
    assert!(
        last["error"]["what"]
            .as_str()
            .unwrap()
            .contains("could not be fetched"),
        "{last}"
    );

    for (words, says) in [
        (
            vec![
                "send",
                "--world",
                "open",
                "--to",
                "+12025550123",
                "--verify",
                "hi",
            ],
            "--verify wants --to self",
        ),
        (
            vec![
                "send", "--world", "open", "--to", "self", "--preset", "lengths",
            ],
            "--verify",
        ),
        (
            vec!["inbox", "list", "--world", "open"],
            "name a folder with --inbox",
        ),
    ] {
        let output = mmscope(&words, home.path());
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(error.contains(says), "{words:?}: {error}");
    }
}

#[test]
fn the_preset_prints_a_table_of_n_of_n() {
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("config.toml");
    std::fs::write(&config, "pace_seconds = 0\n").unwrap();
    let words = [
        "send",
        "--world",
        "open",
        "--to",
        "self",
        "--verify",
        "--preset",
        "lengths",
        "--times",
        "1",
        "--config",
        config.to_str().unwrap(),
    ];
    let output = mmscope(&words, home.path());
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("self-test: 4 of 4 came back whole"), "{text}");
    for length in ["140", "400", "827", "2100"] {
        let row = text
            .lines()
            .find(|l| l.trim_start().starts_with(length) && l.contains("1 of 1"));
        assert!(row.is_some(), "{length}: {text}");
    }
    let mut words = words.to_vec();
    words.push("--json");
    let all = lines(&mmscope(&words, home.path()));
    let last = all.last().unwrap();
    assert_eq!(
        (
            last["event"].as_str(),
            last["passed"].as_u64(),
            last["of"].as_u64()
        ),
        (Some("result"), Some(4), Some(4))
    );
}

/// A simulated modem in a process of its own.
struct Sim(std::process::Child, String);

impl Sim {
    fn start(home: &std::path::Path) -> Self {
        Self::at(home, 100)
    }

    fn at(home: &std::path::Path, speed: u32) -> Self {
        use std::io::BufRead;
        let words = format!("sim --world open --sim-speed {speed} --tcp 127.0.0.1:0");
        let mut child = Command::new(env!("CARGO_BIN_EXE_mmscope"))
            .args(words.split(' '))
            .env("HOME", home)
            .env("LC_ALL", "C.UTF-8")
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut place = String::new();
        let mut errors = std::io::BufReader::new(child.stderr.take().unwrap());
        errors.read_line(&mut place).unwrap();
        let port = place.split([' ', ';']).find(|w| w.starts_with("tcp:"));
        Self(child, port.unwrap().to_owned())
    }
}

impl Drop for Sim {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// From what another device has sent to the files in a folder, each step a process: announced, fetched with its ladder, saved; the next one rejected.
#[test]
fn what_comes_in_is_taken_in_fetched_with_its_ladder_and_saved_or_rejected() {
    let home = tempfile::tempdir().unwrap();
    let sim = Sim::start(home.path());
    let run = |words: &[&str]| {
        let mut all = words.to_vec();
        all.extend(["--port", &sim.1, "--ascii", "--profile", "example/open"]);
        let output = mmscope(&all, home.path());
        let out = String::from_utf8_lossy(&output.stdout).into_owned();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), out, error)
    };
    let mut words = vec!["send", "--to", "self", "a letter with two files"];
    let files = [("what?.txt", "why not\n"), ("message.json", "{}")];
    let paths = files.map(|(name, text)| {
        let path = home.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    });
    for path in &paths {
        words.extend(["--attach", path]);
    }
    let (code, out, error) = run(&words);
    assert_eq!(code, Some(0), "{out}{error}");
    let (code, out, error) = run(&["inbox", "receive", "--seconds", "8"]);
    assert_eq!(code, Some(0), "{out}{error}");
    assert!(out.contains("received MMS 1 from"), "{out}{error}");

    let save = home.path().join("saved");
    let (code, out, error) = run(&["inbox", "fetch", "1", "--save", save.to_str().unwrap()]);
    assert_eq!(code, Some(0), "{out}{error}");
    let stages: Vec<&str> = out
        .lines()
        .filter_map(|l| l.trim_start().strip_prefix("ok "))
        .filter_map(|l| l.split_whitespace().next())
        .collect();
    let whole = [
        "encode", "port", "sim", "register", "attach", "bearer", "stack", "resolve", "connect",
        "post", "confirm",
    ];
    assert_eq!(stages.get(..whole.len()), Some(&whole[..]), "{out}");
    assert!(out.contains("fetched, and the MMSC knows"), "{out}");
    let mut saved: Vec<(String, Vec<u8>)> = std::fs::read_dir(&save)
        .unwrap()
        .flatten()
        .map(|e| {
            let name = e.file_name().into_string().unwrap();
            (name, std::fs::read(e.path()).unwrap())
        })
        .collect();
    saved.sort();
    let has = |text: &str| saved.iter().find(|(_, octets)| octets == text.as_bytes());
    assert_eq!(has("why not\n").unwrap().0, "what_.txt", "{saved:?}");
    assert_eq!(has("{}").unwrap().0, "message-2.json", "not over our own");
    assert!(has("a letter with two files").is_some(), "{saved:?}");

    let (code, out, error) = run(&["send", "--to", "self", "no, thank you"]);
    assert_eq!(code, Some(0), "{out}{error}");
    let (_, out, error) = run(&["inbox", "receive", "--seconds", "8"]);
    assert!(out.contains("received MMS 2 from"), "{out}{error}");
    let (code, out, error) = run(&["inbox", "reject", "2"]);
    assert_eq!(code, Some(0), "{out}{error}");
    assert!(out.contains("rejected, and the MMSC knows"), "{out}");
    let (code, _, error) = run(&["inbox", "reject", "2"]);
    assert_eq!(code, Some(1));
    assert!(
        error.contains("cannot be rejected: it is rejected"),
        "{error}"
    );
    let (_, listed, _) = run(&["inbox", "list"]);
    assert!(listed.contains("2  MMS  rejected"), "{listed}");
}

/// A command that is about to end has the inbox: the message to oneself goes out all the same, a moment later.
#[test]
fn a_verified_send_waits_a_moment_for_the_inbox() {
    let home = tempfile::tempdir().unwrap();
    let inbox = home.path().join("inbox");
    let keeper = mmscope::inbox::Inbox::in_folder(&inbox).unwrap();
    let ending = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(1200));
        drop(keeper);
    });
    let folder = inbox.to_str().unwrap();
    let words = "send --world open --to self --verify --json hello --inbox";
    let words: Vec<&str> = words.split(' ').chain([folder]).collect();
    let output = mmscope(&words, home.path());
    ending.join().unwrap();
    let says = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{says}");
    assert_eq!(lines(&output).last().unwrap()["verify"]["delivered"], true);
}

/// Another mmscope keeps the inbox: a send goes out all the same and says so; what would take messages in does not begin; anybody may look.
#[test]
fn beside_another_keeper_one_sends_and_looks_and_takes_nothing_in() {
    let home = tempfile::tempdir().unwrap();
    let sim = Sim::start(home.path());
    let inbox = home.path().join("box");
    let keeper = mmscope::inbox::Inbox::in_folder(&inbox).unwrap();
    let run = |words: &[&str]| {
        let mut all = words.to_vec();
        let folder = inbox.to_str().unwrap();
        all.extend([
            "--port",
            &sim.1,
            "--profile",
            "example/open",
            "--inbox",
            folder,
        ]);
        let output = mmscope(&all, home.path());
        let out = String::from_utf8_lossy(&output.stdout).into_owned();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), out + &error)
    };
    let (code, says) = run(&["send", "--to", "self", "hello"]);
    assert_eq!(code, Some(0), "{says}");
    assert!(says.contains("another mmscope keeps this inbox"), "{says}");
    let (code, says) = run(&["inbox", "receive", "--seconds", "8"]);
    assert_eq!(code, Some(1), "{says}");
    assert!(says.contains("another mmscope keeps this inbox"), "{says}");
    let (code, says) = run(&["inbox", "list"]);
    assert_eq!((code, says.as_str()), (Some(0), "the inbox is empty\n"));
    drop(keeper);
    let (code, says) = run(&["inbox", "receive", "--seconds", "8"]);
    assert_eq!(code, Some(0), "{says}");
    assert!(
        says.contains("received MMS 1 from"),
        "left for the keeper: {says}"
    );
}

/// What came and could not be kept is no success, and it is still where it was.
#[cfg(target_os = "linux")]
#[test]
fn what_came_and_could_not_be_kept_is_exit_code_1() {
    let home = tempfile::tempdir().unwrap();
    let sim = Sim::start(home.path());
    let run = |words: &[&str]| {
        let mut all = words.to_vec();
        all.extend(["--port", &sim.1, "--profile", "example/open"]);
        let output = mmscope(&all, home.path());
        let out = String::from_utf8_lossy(&output.stdout).into_owned();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), out + &error)
    };
    let (code, says) = run(&["send", "--to", "self", "hello"]);
    assert_eq!(code, Some(0), "{says}");
    // A folder in which nobody can make anything, whoever runs this.
    let receive = ["inbox", "receive", "--seconds", "8"];
    let (code, says) = run(&[&receive[..], &["--inbox", "/proc/sys/kernel"]].concat());
    assert_eq!(code, Some(1), "{says}");
    assert!(
        says.contains("a message that came in cannot be kept"),
        "{says}"
    );
    let (code, says) = run(&receive);
    assert_eq!(code, Some(0), "{says}");
    assert!(says.contains("received MMS 1 from"), "{says}");
}

/// A command at one modem, which takes its time, and a receiver at another: the receiver is not sent away, and the command does not mind it either.
#[test]
fn a_receiver_begins_beside_a_command_that_wants_nothing_of_what_comes_in() {
    let home = tempfile::tempdir().unwrap();
    let sims = [Sim::at(home.path(), 10), Sim::start(home.path())];
    let inbox = home.path().join("box");
    let folder = inbox.to_str().unwrap();
    // The scan for networks takes 45 s of the world.
    let mut scan = Command::new(env!("CARGO_BIN_EXE_mmscope"))
        .args(["at", "AT+COPS=?", "--port", &sims[0].1, "--inbox", folder])
        .env("HOME", home.path())
        .env("LC_ALL", "C.UTF-8")
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let begun = std::time::Instant::now();
    while !inbox.exists() {
        assert!(begun.elapsed().as_secs() < 30, "it opens no inbox");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let words = ["inbox", "receive", "--seconds", "1", "--inbox", folder];
    let words = [&words[..], &["--port", &sims[1].1]].concat();
    let output = mmscope(&words, home.path());
    let says = String::from_utf8_lossy(&output.stderr);
    assert!(
        scan.try_wait().unwrap().is_none(),
        "the scan had ended: nothing was shown"
    );
    assert_eq!(output.status.code(), Some(0), "{says}");
    let scanned = scan.wait_with_output().unwrap();
    let says = String::from_utf8_lossy(&scanned.stderr);
    assert_eq!(scanned.status.code(), Some(0), "{says}");
    // And the other way round.
    let keeper = mmscope::inbox::Inbox::in_folder(&inbox).unwrap();
    let words = ["at", "AT", "--port", &sims[1].1, "--inbox", folder];
    let output = mmscope(&words, home.path());
    let says = String::from_utf8_lossy(&output.stderr);
    assert!(!says.contains("another mmscope"), "{says}");
    drop(keeper);
}

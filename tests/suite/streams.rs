//! What the program reads and writes beside the modem: files of any kind, full disks, terminals.
#![cfg(target_os = "linux")]
use crate::process::{Home, Served, text};
use std::fs::OpenOptions;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

fn full() -> Stdio {
    OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap()
        .into()
}

/// A program that waits for ever is a failure, not a hanging test.
fn within(mut command: Command) -> Output {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if start.elapsed() > Duration::from_secs(20) {
            child.kill().unwrap();
            panic!("{command:?} does not end");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    child.wait_with_output().unwrap()
}

/// A recording of a send.
fn recorded(home: &Home) -> String {
    let path = home.path("rec.jsonl").display().to_string();
    let words = ["send", "--world", "open", "--sim-speed", "200"];
    let sent = home.run(&[&words[..], &["--record", &path, "hello"]].concat());
    assert_eq!(sent.status.code(), Some(0), "{}", text(&sent.stderr));
    path
}

#[test]
fn a_full_disk_behind_standard_output_is_no_success() {
    let home = Home::new();
    let recording = recorded(&home);
    let pdu = home.path("a.mms").display().to_string();
    let to = ["--to", "+12025550123"];
    let made = home.run(&[&["pdu", "encode", "-o", &pdu, "x"][..], &to].concat());
    assert_eq!(made.status.code(), Some(0), "{}", text(&made.stderr));
    let rows: &[&[&str]] = &[
        &["pdu", "encode", "x", to[0], to[1]],
        &["pdu", "decode", &pdu],
        &["pdu", "lint", &pdu],
        &["config", "--template"],
        &["report", &recording],
        &["replay", &recording],
        &["profiles", "list"],
        &["man"],
        &["completions", "bash"],
        &["--help"],
        &["at", "--world", "open", "AT"],
        &[
            "send",
            "--world",
            "open",
            "--sim-speed",
            "200",
            "--json",
            "x",
        ],
    ];
    for words in rows {
        let told = home.command(words).stdout(full()).output().unwrap();
        assert_eq!(told.status.code(), Some(1), "{words:?}");
        assert!(
            words == &["--help"] || text(&told.stderr).contains("No space left"),
            "{words:?}: {}",
            text(&told.stderr)
        );
    }
    for (words, place) in [
        (&["pdu", "encode", "x", to[0], to[1]][..], "-o"),
        (&["report", &recording][..], "-o"),
    ] {
        let told = home.run(&[words, &[place, "/dev/full"]].concat());
        assert_eq!(told.status.code(), Some(1), "{words:?}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let home = Home::new();
    let mut child = home
        .command(&["man"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let told = child.wait_with_output().unwrap();
    assert_eq!(
        (told.status.code(), text(&told.stderr).as_str()),
        (Some(0), "")
    );
}

#[test]
fn devices_and_pipes_are_refused_and_not_read_without_end() {
    let home = Home::new();
    let fifo = home.path("fifo");
    assert!(
        Command::new("mkfifo")
            .arg(&fifo)
            .status()
            .unwrap()
            .success()
    );
    let fifo = fifo.display().to_string();
    for file in ["/dev/zero", &fifo] {
        let toml = home.path("w.toml").display().to_string();
        let _ = std::fs::remove_file(&toml);
        std::os::unix::fs::symlink(file, &toml).unwrap();
        let rows: &[&[&str]] = &[
            &["config", "--check", file],
            &["outbox", "list", "--config", file],
            &["send", "--config", file, "--sim", "x"],
            &["send", "--world", &toml, "x"],
            &["send", "--sim", "--profile", &toml, "x"],
            &["profiles", "import", file],
            &["send", "--sim", "--attach", file],
            &["pdu", "decode", file],
            &["pdu", "lint", file],
            &["report", file],
            &["replay", file],
            &["outbox", "add", file],
        ];
        for words in rows {
            let refused = within(home.command(words));
            assert_eq!(
                refused.status.code(),
                Some(2),
                "{words:?}: {}",
                text(&refused.stderr)
            );
            assert!(
                text(&refused.stderr).contains("no regular file"),
                "{words:?}: {}",
                text(&refused.stderr)
            );
        }
    }
}

/// What acts on a terminal, as the terminal would get it.
fn acts(octets: &[u8]) -> Vec<char> {
    let bad = |c: &char| *c != '\n' && mmscope::event::acts(*c);
    text(octets).chars().filter(bad).collect()
}

#[test]
fn words_that_were_typed_wrong_come_back_harmless() {
    let home = Home::new();
    let evil = "x\r\u{9b}31m\u{202e}\u{1b}]0;t\u{7}";
    for words in [
        &["send", "--class", evil, "--to", "+12025550123", "x"][..],
        &["send", "--date", evil, "x"],
        &[evil],
        &["pdu", "decode", "a", evil],
        &[&format!("--{evil}")],
    ] {
        let refused = home.run(words);
        assert_eq!(refused.status.code(), Some(2), "{words:?}");
        assert_eq!(acts(&refused.stderr), Vec::<char>::new(), "{words:?}");
        assert!(text(&refused.stderr).contains("\\x9b31m"), "{words:?}");
    }
}

#[test]
fn nothing_that_a_recording_holds_acts_on_the_terminal_of_a_report() {
    let home = Home::new();
    let path = recorded(&home);
    let whole = std::fs::read_to_string(&path).unwrap();
    let (head, rest) = whole.split_once('\n').unwrap();
    // Every text of every event, each with its own sting.
    let mut stung = vec![head.to_owned()];
    fn sting(value: &mut serde_json::Value) {
        match value {
            serde_json::Value::String(text) if text.len() > 2 => {
                text.push_str("\u{1b}]0;PWN\u{7}\u{9b}2J\r\u{202e}");
            }
            serde_json::Value::Array(all) => all.iter_mut().for_each(sting),
            serde_json::Value::Object(all) => all.values_mut().for_each(sting),
            _ => {}
        }
    }
    for line in rest.lines() {
        let mut event: serde_json::Value = serde_json::from_str(line).unwrap();
        let object = event.as_object_mut().unwrap();
        for name in object.keys().cloned().collect::<Vec<_>>() {
            // Names by which an event is read stay; everything else is the carrier's.
            if ["event", "at", "state", "stage", "way", "dir"].contains(&name.as_str()) {
                continue;
            }
            let before = object[&name].clone();
            sting(&mut object[&name]);
            let line = serde_json::Value::Object(object.clone()).to_string();
            if serde_json::from_str::<mmscope::event::Event>(&line).is_err() {
                object[&name] = before;
            }
        }
        stung.push(event.to_string());
    }
    let evil = home.path("evil.jsonl").display().to_string();
    std::fs::write(&evil, stung.join("\n") + "\n").unwrap();
    for format in ["markdown", "text", "json"] {
        let words = ["report", &evil, "--format", format, "--place"];
        let told = home.run(&[&words[..], &["\u{202e}here\u{1b}[2J"]].concat());
        assert_eq!(told.status.code(), Some(0), "{}", text(&told.stderr));
        assert!(text(&told.stdout).contains("PWN"), "nothing was stung");
        assert_eq!(acts(&told.stdout), Vec::<char>::new(), "{format}");
    }
}

#[test]
fn a_link_that_a_living_modem_serves_is_not_taken_away() {
    let home = Home::new();
    let link = home.path("modem");
    let words = ["sim", "--world", "open", "--pty", link.to_str().unwrap()];
    let (first, _) = Served::start(&home, &words);
    let target = std::fs::read_link(&link).unwrap();
    let refused = within(home.command(&words));
    assert_eq!(refused.status.code(), Some(11));
    assert!(text(&refused.stderr).contains("another simulated modem"));
    assert_eq!(std::fs::read_link(&link).unwrap(), target);
    // A killed one leaves its link; the next one takes it over.
    drop(first);
    let (_second, place) = Served::start(&home, &words);
    assert!(place.contains("Ctrl-C"), "{place}");
}

#[test]
fn a_recording_or_a_log_on_a_full_disk_is_told_and_not_called_recorded() {
    let home = Home::new();
    let words = ["send", "--world", "open", "--sim-speed", "200", "hello"];
    let told = home.run(&[&words[..], &["--record", "/dev/full", "--log", "/dev/full"]].concat());
    let (out, err) = (text(&told.stdout), text(&told.stderr));
    assert!(!out.contains("recorded in"), "{out}");
    for part in [
        "--log /dev/full: cannot be written",
        "the recording /dev/full cannot be written",
    ] {
        assert!(err.contains(part), "{part} in {err}");
    }
}

#[test]
fn what_a_person_may_not_have_meant_is_told_without_a_screen() {
    let home = Home::new();
    let long = "a".repeat(5_001);
    let empty = home.path("empty.jpg");
    std::fs::write(&empty, "").unwrap();
    let noise = home.path("noise.jpg");
    std::fs::write(&noise, "this is no picture").unwrap();
    let rows: &[(&[&str], &str)] = &[
        (&[&long], "5001 characters"),
        (&["x", "--expiry", "0"], "over before it is sent"),
        (
            &["x", "--expiry", "1970-01-02T00:00:00Z"],
            "over before it is sent",
        ),
        (&["x", "--date", "0"], "before there were MMS"),
    ];
    for (words, says) in rows {
        let to = ["pdu", "encode", "-o", "/dev/null", "--to", "+12025550123"];
        let told = home.run(&[&to[..], words].concat());
        assert!(
            text(&told.stderr).contains(says),
            "{says}: {}",
            text(&told.stderr)
        );
    }
    for (file, says) in [
        (&empty, "attachment 1 is empty"),
        (&noise, "does not begin like one"),
    ] {
        let words = [
            "send",
            "--world",
            "open",
            "--sim-speed",
            "200",
            "x",
            "--attach",
        ];
        let sent = home.run(&[&words[..], &[file.to_str().unwrap()]].concat());
        let all = text(&sent.stdout) + &text(&sent.stderr);
        assert!(all.contains(says), "{says}: {all}");
    }
}

#[test]
fn small_things_are_said_as_they_are() {
    let home = Home::new();
    let config = home.path("c.toml");
    std::fs::write(&config, "[sending]\nattempts = 0\n").unwrap();
    let newer = home.path("newer.jsonl");
    std::fs::write(&newer, "{\"event\":\"session\",\"format\":99}\n").unwrap();
    let settings = home.path("settings");
    std::fs::write(&settings, "").unwrap();
    let refused = mmscope::bench::Snapshots::in_folder(settings).left_behind("a", "a");
    let says = refused.map(drop).unwrap_err().to_string();
    assert!(
        says.contains("move away what stands in its place"),
        "{says}"
    );
    let rows: &[(&[&str], &str)] = &[
        (
            &["config", "--check", config.to_str().unwrap()],
            "0 is out of range",
        ),
        (&["report", newer.to_str().unwrap()], "use a newer mmscope"),
        (&["outbox", "resend", "1"], "<--same|--new>"),
        (
            &["pdu", "encode", "--to", "1.2.3.4", "x"],
            "address of the internet",
        ),
    ];
    for (words, says) in rows {
        let told = home.run(words);
        assert!(
            text(&told.stderr).contains(says),
            "{words:?}: {}",
            text(&told.stderr)
        );
    }
}

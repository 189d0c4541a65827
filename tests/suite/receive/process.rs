//! The way back from outside: `send --verify`, its JSON and exit codes, and `mmscope inbox`.
use serde_json::Value;
use std::process::{Command, Output};

fn mmscope(words: &[&str], home: &std::path::Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mmscope"))
        .args(words)
        .env("HOME", home)
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

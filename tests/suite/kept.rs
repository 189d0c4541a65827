//! What goes out is written down first, or a person has said that it need not be: the program with an outbox that fails.
use crate::process::{Home, Served, last_line, text};
use std::path::Path;
use std::process::Output;

/// In the open world with this outbox, and with more words.
fn send(home: &Home, outbox: &Path, more: &[&str]) -> Output {
    let outbox = outbox.display().to_string();
    let words = [
        "send",
        "--world",
        "open",
        "--sim-speed",
        "200",
        "--to",
        "+12025550123",
        "hello",
        "--outbox",
        &outbox,
    ];
    home.run(&[&words, more].concat())
}

fn list(home: &Home, outbox: &Path) -> String {
    let outbox = outbox.display().to_string();
    text(&home.run(&["outbox", "list", "--outbox", &outbox]).stdout)
}

#[test]
fn an_outbox_that_cannot_be_used_at_the_start_refuses_the_send_and_says_how_to_go_on() {
    let home = Home::new();
    let broken = home.path("broken.redb");
    std::fs::write(&broken, "no outbox at all").unwrap();
    let folder = home.path("folder.redb");
    std::fs::create_dir(&folder).unwrap();
    for place in [&broken, &folder] {
        let refused = send(&home, place, &[]);
        assert_eq!(refused.status.code(), Some(2), "{}", place.display());
        let says = text(&refused.stderr);
        for part in [
            place.display().to_string().as_str(),
            "is not sent",
            "--unrecorded",
        ] {
            assert!(says.contains(part), "{part} in {says}");
        }
        assert!(!text(&refused.stdout).contains("bubble"), "it was sent");

        let result = last_line(&send(&home, place, &["--json"]));
        assert_eq!(result["ok"], false, "{result}");
    }
}

#[test]
fn said_to_be_unrecorded_it_is_sent_and_has_no_number_that_exists_nowhere() {
    let home = Home::new();
    let broken = home.path("broken.redb");
    std::fs::write(&broken, "no outbox at all").unwrap();
    let sent = send(&home, &broken, &["--unrecorded", "--json"]);
    assert_eq!(sent.status.code(), Some(0), "{}", text(&sent.stderr));
    for line in text(&sent.stdout).lines() {
        assert!(!line.contains("\"entry\":"), "{line}");
    }
    assert!(text(&sent.stdout).contains("go out unrecorded"));
}

#[test]
fn two_at_once_on_one_outbox_do_not_both_send() {
    let home = Home::new();
    let outbox = home.path("box.redb");
    let held = redb::Database::create(&outbox).unwrap();
    let refused = send(&home, &outbox, &[]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("in use by another mmscope"));
    drop(held);
}

#[test]
fn the_words_are_kept_before_a_modem_is_asked_for_anything() {
    let home = Home::new();
    let outbox = home.path("box.redb");
    let outbox_name = outbox.display().to_string();
    let failed = home.run(&[
        "send",
        "--port",
        "/dev/there-is-no-such-modem",
        "--to",
        "+12025550123",
        "not to be lost",
        "--outbox",
        &outbox_name,
    ]);
    assert_eq!(failed.status.code(), Some(11));
    assert!(
        text(&failed.stderr).contains("mmscope outbox send 1"),
        "{}",
        text(&failed.stderr)
    );
    let kept = list(&home, &outbox);
    assert!(kept.contains("1  draft"), "{kept}");
    let shown = home.run(&["outbox", "show", "1", "--outbox", &outbox_name]);
    assert!(text(&shown.stdout).contains("not to be lost"));

    // What goes out stays one message with one number.
    let sent = send(&home, &outbox, &[]);
    assert_eq!(sent.status.code(), Some(0), "{}", text(&sent.stderr));
    let kept = list(&home, &outbox);
    assert_eq!(kept.lines().count(), 2, "{kept}");
    assert!(kept.contains("2  delivered"), "{kept}");
    let read_only = send(&home, &outbox, &["--read-only"]);
    assert_eq!(read_only.status.code(), Some(2));
    assert_eq!(list(&home, &outbox).lines().count(), 2);
}

#[cfg(unix)]
#[test]
fn a_killed_send_leaves_its_words() {
    let home = Home::new();
    let link = home.path("modem");
    let (_modem, _) = Served::start(
        &home,
        &["sim", "--world", "mute", "--pty", link.to_str().unwrap()],
    );
    let outbox = home.path("box.redb");
    let mut send = home
        .command(&[
            "send",
            "--port",
            link.to_str().unwrap(),
            "--to",
            "+12025550123",
            "killed",
            "--outbox",
            outbox.to_str().unwrap(),
        ])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    // The file is there before the modem is looked for; what is in it then is what a kill leaves.
    let start = std::time::Instant::now();
    while !outbox.exists() {
        assert!(start.elapsed() < std::time::Duration::from_secs(20));
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    std::thread::sleep(std::time::Duration::from_millis(700));
    send.kill().unwrap();
    send.wait().unwrap();
    let kept = list(&home, &outbox);
    assert_eq!(kept.lines().count(), 1, "{kept}");
}

#[test]
fn an_accepted_message_to_oneself_is_not_to_be_sent_again() {
    let home = Home::new();
    let sent = home.run(&[
        "send",
        "--world",
        "open",
        "--sim-speed",
        "200",
        "--to",
        "self",
        "hi",
    ]);
    let says = text(&sent.stdout);
    assert_eq!(sent.status.code(), Some(0), "{says}");
    assert!(!says.to_lowercase().contains("send again"), "{says}");
    assert!(says.contains("not fetched without --verify"), "{says}");
}

#[test]
fn three_hundred_status_reports_are_three_hundred_on_the_ladder_too() {
    let home = Home::new();
    let outbox = home.path("box.redb");
    let to: Vec<String> = (0..300)
        .map(|n| format!("+1{}55501{:02}", ["202", "303", "404"][n / 100], n % 100))
        .collect();
    let mut words = vec!["send", "--world", "open", "--sim-speed", "50"];
    words.extend(["--as", "sms", "hi", "--outbox", outbox.to_str().unwrap()]);
    for to in &to {
        words.extend(["--to", to]);
    }
    let sent = home.run(&words);
    let says = text(&sent.stdout);
    assert_eq!(sent.status.code(), Some(0), "{says}");
    let kept = list(&home, &outbox);
    assert!(kept.contains("300 of 300 parts reported"), "{kept}");
    assert!(
        says.contains("status reports: all 300 parts on the phone"),
        "{says}"
    );
}

#[cfg(unix)]
#[test]
fn beside_a_program_that_works_with_it_the_outbox_can_be_looked_at() {
    let home = Home::new();
    let link = home.path("modem");
    let (_modem, _) = Served::start(
        &home,
        &["sim", "--world", "mute", "--pty", link.to_str().unwrap()],
    );
    let outbox = home.path("box.redb");
    let words = ["--to", "+12025550123", "looked at", "--outbox"];
    let mut send = home
        .command(&["send", "--port", link.to_str().unwrap()])
        .args(words)
        .arg(&outbox)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let start = std::time::Instant::now();
    // Looked at before it is there, it would be made, and held, by the one that looks.
    while !outbox.exists() || !list(&home, &outbox).contains("mms") {
        assert!(
            start.elapsed() < std::time::Duration::from_secs(20),
            "the other one's message is not seen"
        );
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert!(send.try_wait().unwrap().is_none(), "it was to be at work");
    let name = outbox.display().to_string();
    let shown = home.run(&["outbox", "show", "1", "--outbox", &name]);
    assert_eq!(shown.status.code(), Some(0), "{}", text(&shown.stderr));
    assert!(text(&shown.stdout).contains("looked at"));
    assert!(text(&shown.stderr).contains("another mmscope works with this outbox"));
    let changed = home.run(&["outbox", "forget", "1", "--outbox", &name]);
    assert_eq!(changed.status.code(), Some(1), "a look changes nothing");
    send.kill().unwrap();
    send.wait().unwrap();
}

//! The simulated modem and the simulated MMSC as processes of their own, as crash tests use them: what the phones got is in a file, and the state
//! outlives whoever is connected. Real sockets, so real time.
use mmscope::mms::{Part, Pdu, RetrieveConf, SendReq};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A process that serves; killed when the test ends.
struct Served {
    child: Child,
    place: String,
}

impl Served {
    fn start(home: &TempDir, words: &[&str], mark: &str) -> Served {
        let mut child = Command::new(env!("CARGO_BIN_EXE_mmscope"))
            .args(words)
            .env("HOME", home.path())
            .env("LC_ALL", "C.UTF-8")
            .env("XDG_STATE_HOME", home.path())
            .env("XDG_CONFIG_HOME", home.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stderr.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let from = line.find(mark).unwrap_or_else(|| panic!("{line}")) + mark.len();
        let end = line[from..].find([';', '/', ' ']).unwrap();
        Served {
            place: line[from..from + end].to_owned(),
            child,
        }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.place).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
        stream
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Types, and reads up to these words.
fn asks(line: &mut TcpStream, typed: &str, until: &str) -> String {
    line.write_all(typed.as_bytes()).unwrap();
    let mut heard = Vec::new();
    let mut octet = [0];
    while !String::from_utf8_lossy(&heard).ends_with(until) {
        match line.read(&mut octet) {
            Ok(1) => heard.push(octet[0]),
            other => panic!("{typed}: {other:?} after {}", heard.escape_ascii()),
        }
    }
    String::from_utf8_lossy(&heard).into_owned()
}

fn sends(line: &mut TcpStream, pdu: &str) -> String {
    asks(line, &format!("AT+CMGS={}\r", pdu.len() / 2 - 1), "> ");
    asks(line, &format!("{pdu}\x1a"), "OK\r\n")
}

/// The lines of a file, once there are so many.
fn lines(path: &Path, count: usize) -> Vec<Value> {
    let limit = Instant::now() + Duration::from_secs(20);
    loop {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        if text.lines().count() >= count || Instant::now() > limit {
            return text
                .lines()
                .map(|line| serde_json::from_str(line).unwrap())
                .collect();
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn message(text: &str) -> Vec<u8> {
    SendReq {
        to: vec!["+12025550123".into()],
        parts: vec![Part::plain_text(text)],
        ..SendReq::new("T-process")
    }
    .encode()
    .unwrap()
}

fn http(place: &str, request: &[u8]) -> (String, Vec<u8>) {
    let mut stream = TcpStream::connect(place).unwrap();
    stream.write_all(request).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let split = answer
        .windows(4)
        .position(|end| end == b"\r\n\r\n")
        .unwrap();
    (
        String::from_utf8_lossy(&answer[..split]).into_owned(),
        answer[split + 4..].to_vec(),
    )
}

fn post(place: &str, body: &[u8]) -> (String, Vec<u8>) {
    let head = format!(
        "POST /mms/wapenc HTTP/1.1\r\nHost: {place}\r\nContent-Type: application/vnd.wap.mms-message\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    http(place, &[head.as_bytes(), body].concat())
}

#[test]
fn what_the_phones_got_is_in_a_file_and_the_card_keeps_what_came_while_nobody_was_there() {
    let home = TempDir::new().unwrap();
    let file = home.path().join("phones.jsonl");
    std::fs::write(&file, "{\"earlier\":true}\n").unwrap();
    let served = Served::start(
        &home,
        &[
            "sim",
            "--world",
            "self-test",
            "--sim-speed",
            "1000",
            "--tcp",
            "127.0.0.1:0",
            "--phones",
            file.to_str().unwrap(),
        ],
        "tcp:",
    );
    let mut line = served.connect();
    asks(&mut line, "ATE0\r", "OK\r\n");
    // More than a screen of a phone holds.
    for _ in 0..210 {
        sends(
            &mut line,
            "0011000B912120550521F30000AA0AE8329BFD4697D9EC37",
        );
    }
    let all = lines(&file, 211);
    assert_eq!(all.len(), 211);
    assert_eq!(all[0]["earlier"], true, "what was in the file stays");
    let last = &all[210];
    assert_eq!(
        (&last["phone"], &last["kind"], &last["text"]),
        (&"+12025550123".into(), &"sms".into(), &"hellohello".into())
    );
    let mut counts: Vec<u64> = all[1..]
        .iter()
        .map(|line| line["count"].as_u64().unwrap())
        .collect();
    counts.dedup();
    assert_eq!(counts, (1..=210).collect::<Vec<u64>>());

    // To the own number, and gone before it comes.
    sends(
        &mut line,
        "0011000B912120550591F90000AA0AE8329BFD4697D9EC37",
    );
    drop(line);
    std::thread::sleep(Duration::from_millis(300));
    let mut line = served.connect();
    let listed = asks(&mut line, "ATE0;+CMGL=4\r", "OK\r\n");
    assert!(listed.contains("+CMGL: 0,0,"), "{listed}");
    assert!(listed.contains("0AE8329BFD4697D9EC37"), "{listed}");
}

#[test]
fn the_mmsc_spools_and_counts_more_than_it_remembers_and_gives_back_what_it_has() {
    let home = TempDir::new().unwrap();
    let (spool, file) = (home.path().join("spool"), home.path().join("phones.jsonl"));
    std::fs::create_dir(&spool).unwrap();
    std::fs::write(spool.join("0007.mms"), "from an earlier run").unwrap();
    let served = Served::start(
        &home,
        &[
            "mmsc",
            "--listen",
            "127.0.0.1:0",
            "--spool",
            spool.to_str().unwrap(),
            "--phones",
            file.to_str().unwrap(),
        ],
        "http://",
    );
    for number in 1..=80 {
        let (head, _) = post(&served.place, &message(&format!("message {number}")));
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    }
    let texts: Vec<Value> = lines(&file, 80)
        .iter()
        .map(|line| line["text"].clone())
        .collect();
    assert_eq!(texts.len(), 80);
    assert!(texts.contains(&"message 80".into()));
    let spooled = std::fs::read(spool.join("0087.mms")).unwrap();
    assert_eq!(spooled, message("message 80"));
    assert_eq!(std::fs::read_dir(&spool).unwrap().count(), 81);

    let get = "GET /m/m80 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let (head, body) = http(&served.place, get.as_bytes());
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    let got = RetrieveConf::read(&Pdu::decode(&body).pdu).unwrap();
    assert!(
        got.parts
            .iter()
            .any(|part| part.text().as_deref() == Some("message 80"))
    );
}

#[test]
fn with_a_world_that_pushes_the_mmsc_spools_its_notifications() {
    let home = TempDir::new().unwrap();
    let spool = home.path().join("spool");
    let served = Served::start(
        &home,
        &[
            "mmsc",
            "--world",
            "self-test",
            "--sim-speed",
            "1000",
            "--listen",
            "127.0.0.1:0",
            "--spool",
            spool.to_str().unwrap(),
        ],
        "http://",
    );
    let body = SendReq {
        to: vec!["+12025550199".into()],
        parts: vec![Part::plain_text("to myself")],
        ..SendReq::new("T-self")
    }
    .encode()
    .unwrap();
    post(&served.place, &body);
    let push = spool.join("0002.push");
    let limit = Instant::now() + Duration::from_secs(10);
    while !push.exists() && Instant::now() < limit {
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(Duration::from_millis(50));
    let pdu = Pdu::decode(&std::fs::read(push).unwrap()).pdu;
    let notification = mmscope::mms::NotificationInd::read(&pdu).unwrap();
    assert_eq!(
        notification.content_location,
        format!("http://{}/m/m1", served.place)
    );
}

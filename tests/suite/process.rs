//! The real program as a person or a script runs it: processes, pseudo terminals, loopback sockets, files, exit codes.
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A person's home, in which nothing has happened yet.
pub struct Home(TempDir);

impl Home {
    pub fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mmscope"));
        command
            .args(words)
            .env("HOME", self.0.path())
            .env("LC_ALL", "C.UTF-8")
            .env("XDG_STATE_HOME", self.path("state"))
            .env("XDG_CONFIG_HOME", self.path("config"))
            .stdin(Stdio::null());
        command
    }

    pub fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn recordings(&self) -> Vec<PathBuf> {
        std::fs::read_dir(self.path("state/mmscope/recordings"))
            .unwrap()
            .map(|e| e.unwrap().path())
            .collect()
    }
}

pub fn text(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets).into_owned()
}

pub fn last_line(output: &Output) -> Value {
    let out = text(&output.stdout);
    serde_json::from_str(out.lines().last().unwrap_or_default())
        .unwrap_or_else(|e| panic!("{e} in {out} {}", text(&output.stderr)))
}

/// A simulated modem in a process of its own; killed when the test ends.
pub struct Served {
    child: Child,
    bubbles: std::sync::mpsc::Receiver<String>,
}

impl Served {
    pub fn start(home: &Home, words: &[&str]) -> (Self, String) {
        let mut child = home
            .command(words)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut err = BufReader::new(child.stderr.take().unwrap());
        let mut place = String::new();
        err.read_line(&mut place).unwrap();
        let (tell, bubbles) = std::sync::mpsc::channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            out.lines()
                .map_while(Result::ok)
                .for_each(|line| drop(tell.send(line)))
        });
        (Self { child, bubbles }, place)
    }

    fn bubble(&self) -> Value {
        let line = self
            .bubbles
            .recv_timeout(Duration::from_secs(10))
            .expect("a bubble on the simulated phone");
        serde_json::from_str(&line).unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn hello_in_the_open_world_is_sent_and_the_last_line_says_so() {
    let home = Home::new();
    let output = home.run(&[
        "send",
        "--world",
        "open",
        "--to",
        "+12025550123",
        "hello",
        "--json",
    ]);
    let result = last_line(&output);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(
        (&result["event"], &result["ok"], &result["stage"]),
        (&"result".into(), &true.into(), &"confirm".into())
    );
    assert_eq!(
        (
            &result["http_status"],
            &result["response_status"],
            &result["response_status_name"]
        ),
        (&200.into(), &128.into(), &"Ok".into())
    );
    for field in ["message_id", "transaction_id", "size", "duration_ms"] {
        assert!(!result[field].is_null(), "{field} in {result}");
    }
    for line in text(&output.stdout).lines() {
        let event: Value = serde_json::from_str(line).unwrap();
        for field in ["event", "id", "at", "ms"] {
            assert!(!event[field].is_null(), "{field} in {line}");
        }
        assert_ne!(event["event"], "wire", "wire octets come only with --wire");
    }
    let stages: Vec<String> = text(&output.stdout)
        .lines()
        .map(|l| serde_json::from_str::<Value>(l).unwrap())
        .filter(|e| e["event"] == "stage" && e["state"] == "done")
        .map(|e| e["stage"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        stages.join(" "),
        "encode port sim register attach bearer stack resolve connect post confirm deliver"
    );
}

#[test]
fn mint_fails_at_connect_and_us_mint_delivers_the_whole_text() {
    let home = Home::new();
    let failed = home.run(&["send", "--world", "mint", "--json"]);
    assert_eq!(failed.status.code(), Some(18));
    let result = last_line(&failed);
    assert_eq!(
        (&result["ok"], &result["stage"]),
        (&false.into(), &"connect".into())
    );
    for field in ["what", "raw", "advice"] {
        assert!(
            !result["error"][field].as_str().unwrap().is_empty(),
            "{field} in {result}"
        );
    }
    let sent = home.run(&["send", "--world", "mint", "--profile", "us/mint", "--json"]);
    assert_eq!(sent.status.code(), Some(0));
    let bubble = text(&sent.stdout)
        .lines()
        .map(|l| serde_json::from_str::<Value>(l).unwrap())
        .find(|e| e["event"] == "bubble")
        .unwrap();
    assert_eq!(bubble["text"].as_str().unwrap().chars().count(), 827);
}

/// What bad input gets: words, exit code, and what the error must name.
const WRONG: &[(&[&str], i32, &[&str])] = &[
    (
        &["send", "--world", "open", "--to", "12025550123", "x"],
        2,
        &["12025550123", "+12025550123"],
    ),
    (
        &["send", "--world", "open", "--to", "+1202555x123", "x"],
        2,
        &["x"],
    ),
    (&["send", "--world", "open", ""], 10, &["empty"]),
    (&["send", "--world", "nix", "x"], 2, &["nix", "mint"]),
    (
        &["send", "--world", "open", "--profile", "us/mnt", "x"],
        2,
        &["us/mnt", "us/mint"],
    ),
    (
        &["send", "--world", "open", "--profile", "broken.toml", "x"],
        2,
        &["broken.toml", "line"],
    ),
    (
        &["send", "--world", "broken.toml", "x"],
        2,
        &["broken.toml", "line"],
    ),
    (
        &["send", "--world", "open", "--config", "broken.toml", "x"],
        2,
        &["broken.toml", "line"],
    ),
    (
        &[
            "send",
            "--port",
            "/dev/ttyNOPE",
            "--to",
            "+12025550123",
            "x",
        ],
        11,
        &["/dev/ttyNOPE", "no such"],
    ),
    (
        &["send", "--port", "broken.toml", "--to", "+12025550123", "x"],
        11,
        &["broken.toml", "not a serial device"],
    ),
    (
        &[
            "send",
            "--port",
            "tcp:192.0.2.1:5000",
            "--to",
            "+12025550123",
            "x",
        ],
        11,
        &["192.0.2.1", "loopback"],
    ),
    (
        &["send", "--to", "+12025550123", "x"],
        2,
        &["--port", "--sim"],
    ),
    (
        &[
            "send",
            "--world",
            "open",
            "--mmsc",
            "http://192.0.2.1/",
            "x",
        ],
        2,
        &["192.0.2.1", "127.0.0.1"],
    ),
    (&["replay", "broken.toml"], 2, &["broken.toml", "line 1"]),
    (&["replay", "nowhere.jsonl"], 2, &["nowhere.jsonl"]),
    (
        &["sim", "--tcp", "192.0.2.1:5000"],
        11,
        &["192.0.2.1", "loopback"],
    ),
];

#[test]
fn bad_input_is_named_with_reason_and_remedy() {
    let home = Home::new();
    std::fs::write(home.path("broken.toml"), "schema = 1\nid = [\n").unwrap();
    for (words, code, named) in WRONG {
        let output = home
            .command(words)
            .current_dir(home.0.path())
            .output()
            .unwrap();
        let said = text(&output.stderr) + &text(&output.stdout);
        assert_eq!(output.status.code(), Some(*code), "{words:?}: {said}");
        for name in *named {
            assert!(said.contains(name), "{words:?}: `{name}` is not in: {said}");
        }
        assert!(!said.contains("panicked"), "{words:?}: {said}");
    }
}

#[test]
fn a_line_on_which_nobody_answers_is_said_to_be_no_modem() {
    // The wrong USB interface, another speed, a port that something else reads: it opens, and nothing comes.
    let home = Home::new();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = format!("tcp:{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let silent = listener.accept();
        std::thread::sleep(Duration::from_secs(60));
        drop(silent);
    });
    let began = Instant::now();
    let words = [
        "send",
        "--port",
        &port,
        "--profile",
        "us/mint",
        "--to",
        "+12025550123",
        "x",
        "--json",
    ];
    let output = home.run(&words);
    assert_eq!(output.status.code(), Some(11), "{}", text(&output.stdout));
    assert!(
        began.elapsed() < Duration::from_secs(45),
        "it must not hang"
    );
    let error = &last_line(&output)["error"];
    assert!(
        error["what"].as_str().unwrap().contains("answers to AT"),
        "{error}"
    );
    assert!(kept(&home).is_empty(), "nothing was changed");
}

#[cfg(unix)]
#[test]
fn over_a_pseudo_terminal_with_the_real_serial_code() {
    let home = Home::new();
    let link = home.path("modem");
    let (served, _) = Served::start(
        &home,
        &[
            "sim",
            "--world",
            "mint",
            "--sim-speed",
            "20",
            "--pty",
            link.to_str().unwrap(),
            "--json",
        ],
    );
    let output = home.run(&[
        "send",
        "--port",
        link.to_str().unwrap(),
        "--profile",
        "us/mint",
        "--to",
        "+12025550123",
        "through a terminal",
        "--json",
        "--wire",
    ]);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{} {}",
        text(&output.stderr),
        text(&output.stdout).lines().last().unwrap_or_default()
    );
    assert_eq!(served.bubble()["text"], "through a terminal");
    assert!(
        kept(&home).is_empty(),
        "the settings are back, so nothing is kept: {:?}",
        kept(&home)
    );
    // A pseudo terminal has no control lines: that is told, and not made up.
    let all = text(&output.stdout);
    let control = all.lines().find(|l| l.contains("\"control_lines\""));
    let control: Value = serde_json::from_str(control.unwrap()).unwrap();
    assert!(
        control["cts"].is_null() && control["dsr"].is_null(),
        "{control}"
    );
    let port = link.to_str().unwrap();
    let doctor = text(&home.run(&["doctor", "--port", port, "--json"]).stdout);
    let checks = doctor.lines().map(|l| serde_json::from_str(l).unwrap());
    let checks: Vec<Value> = checks.collect();
    let check = |name: &str| checks.iter().find(|c| c["name"] == name).unwrap();
    assert_eq!(check("control lines")["state"], "unknown");
    let passed = check("serial line");
    let says = passed["says"].as_str().unwrap();
    assert_eq!(passed["state"], "ok", "{passed}");
    assert!(
        !says.starts_with("0 octets out") && !says.contains(" 0 in;"),
        "{says}"
    );
}

#[test]
fn over_tcp_and_with_a_real_mmsc_on_loopback() {
    let home = Home::new();
    let spool = home.path("spool");
    let (_mmsc, place) = Served::start(
        &home,
        &[
            "mmsc",
            "--listen",
            "127.0.0.1:0",
            "--spool",
            spool.to_str().unwrap(),
        ],
    );
    let url = place
        .split_whitespace()
        .find(|w| w.starts_with("http://"))
        .unwrap()
        .trim_end_matches(',')
        .to_owned();
    let (_served, place) = Served::start(
        &home,
        &[
            "sim",
            "--world",
            "open",
            "--sim-speed",
            "20",
            "--mmsc",
            &url,
            "--tcp",
            "127.0.0.1:0",
        ],
    );
    let port = place
        .split_whitespace()
        .find(|w| w.starts_with("tcp:"))
        .unwrap()
        .trim_end_matches(';')
        .to_owned();
    let output = home.run(&[
        "send",
        "--port",
        &port,
        "--profile",
        "example/open",
        "--to",
        "+12025550123",
        "to a real one",
        "--json",
    ]);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{} {}",
        text(&output.stderr),
        text(&output.stdout).lines().last().unwrap_or_default()
    );
    let pdu = std::fs::read(spool.join("0001.mms")).unwrap();
    let read = mmscope::mms::Pdu::decode(&pdu);
    assert!(read.pdu.texts().contains(&"to a real one".to_owned()));
}

fn kept(home: &Home) -> Vec<PathBuf> {
    std::fs::read_dir(home.path("state/mmscope/settings"))
        .map(|d| d.map(|e| e.unwrap().path()).collect())
        .unwrap_or_default()
}

#[cfg(unix)]
#[test]
fn killed_in_the_middle_the_next_start_puts_the_settings_back() {
    let home = Home::new();
    let link = home.path("modem");
    // The firewall keeps the connect waiting for 30 s, so there is time to be killed with the settings changed.
    let (_served, _) = Served::start(
        &home,
        &[
            "sim",
            "--world",
            "firewalled",
            "--pty",
            link.to_str().unwrap(),
        ],
    );
    let port = link.to_str().unwrap();
    let settings = || {
        text(
            &home
                .run(&[
                    "at",
                    "--port",
                    port,
                    "AT+CMEE?",
                    "AT+CGDCONT?",
                    "AT+CIPTIMEOUT?",
                    "AT+NETOPEN?",
                    "AT+CIPRXGET?",
                ])
                .stdout,
        )
    };
    let timeless = |t: String| {
        t.lines()
            .filter(|l| !l.contains("OK  ("))
            .collect::<Vec<_>>()
            .join("\n")
    };
    let before = timeless(settings());
    let mut send = home.command(&[
        "send",
        "--port",
        port,
        "--profile",
        "example/open",
        "--to",
        "+12025550123",
        "x",
        "--json",
    ]);
    let mut send = send.stdout(Stdio::piped()).spawn().unwrap();
    let out = BufReader::new(send.stdout.take().unwrap());
    let connecting = out
        .lines()
        .map_while(Result::ok)
        .any(|l| l.contains(r#""stage":"connect","state":"started""#));
    assert!(connecting, "it reached the connect");
    send.kill().unwrap();
    send.wait().unwrap();
    assert_eq!(
        kept(&home).len(),
        1,
        "the settings were on disk before the first change"
    );
    let restored = home.run(&["restore", "--port", port]);
    assert_eq!(
        restored.status.code(),
        Some(0),
        "{}{}",
        text(&restored.stdout),
        text(&restored.stderr)
    );
    assert!(kept(&home).is_empty());
    assert_eq!(timeless(settings()), before);
}

#[test]
fn a_recording_is_private_masked_and_replays_the_same_ladder() {
    let home = Home::new();
    let live = home.run(&["send", "--world", "mint"]);
    let recording = home.recordings().pop().unwrap();
    let replayed = home.run(&["replay", recording.to_str().unwrap()]);
    assert_eq!(replayed.status.code(), Some(18));
    let without_path = |t: String| {
        t.lines()
            .filter(|l| !l.starts_with("recorded in"))
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert_eq!(
        without_path(text(&live.stdout)),
        without_path(text(&replayed.stdout))
    );
    let written = std::fs::read_to_string(&recording).unwrap();
    for secret in [
        "310240000000123",
        "2025550123",
        "8901240000000000123",
        "490154203237518",
    ] {
        assert!(
            !written.contains(secret),
            "{secret} stands in the recording"
        );
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(
            std::fs::metadata(&recording).unwrap().permissions().mode() & 0o077,
            0,
            "others can read it"
        );
        let folder = recording.parent().unwrap();
        assert_eq!(
            std::fs::metadata(folder).unwrap().permissions().mode() & 0o077,
            0,
            "others can look into the folder"
        );
    }
}

#[test]
fn profiles_are_listed_shown_and_linted() {
    let home = Home::new();
    let list = text(&home.run(&["profiles", "list"]).stdout);
    assert!(
        list.contains("us/mint") && list.contains("example/mint-as-configured"),
        "{list}"
    );
    let show = text(
        &home
            .run(&["profiles", "show", "example/mint-as-configured"])
            .stdout,
    );
    assert!(show.contains("wholesale.mmsmvno.com:8080"), "{show}");
    let lint = home.run(&["profiles", "lint", "example/mint-as-configured"]);
    assert_eq!(lint.status.code(), Some(1));
    let lint = text(&lint.stdout);
    assert!(
        lint.contains("P01") && lint.contains("P02") && lint.contains(":8080"),
        "{lint}"
    );
    assert_eq!(
        home.run(&["profiles", "lint", "us/mint"]).status.code(),
        Some(0)
    );
}

#[test]
fn a_persons_own_profile_stands_beside_the_shipped_one_and_wins() {
    let home = Home::new();
    let folder = home.path("config/mmscope/profiles/us");
    std::fs::create_dir_all(&folder).unwrap();
    let shipped = include_str!("../../profiles/us/mint.toml");
    std::fs::write(
        folder.join("mint.toml"),
        shipped.replace("Wholesale", "mine"),
    )
    .unwrap();
    let list = text(&home.run(&["profiles", "list"]).stdout);
    let row = list.lines().find(|l| l.starts_with("us/mint ")).unwrap();
    assert!(row.contains("mine"), "{row}");
}

#[test]
fn sent_text_comes_from_standard_input() {
    let home = Home::new();
    let file = home.path("text");
    std::fs::write(&file, "line one\nline two — ünïcödé 🎉\n").unwrap();
    let mut command = home.command(&[
        "send",
        "--world",
        "open",
        "--to",
        "+12025550123",
        "--subject",
        "Ünï 🎉",
        "-",
        "--json",
    ]);
    let output = command
        .stdin(std::fs::File::open(&file).unwrap())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let bubble = text(&output.stdout)
        .lines()
        .map(|l| serde_json::from_str::<Value>(l).unwrap())
        .find(|e| e["event"] == "bubble")
        .unwrap();
    assert_eq!(bubble["text"], "line one\nline two — ünïcödé 🎉");
    assert_eq!(bubble["subject"], "Ünï 🎉");
}

#[test]
fn a_world_of_ones_own_is_read_from_a_file() {
    let home = Home::new();
    let file = home.path("mine.toml");
    std::fs::write(&file, include_str!("../../assets/worlds/open.toml")).unwrap();
    let output = home.run(&["send", "--world", file.to_str().unwrap(), "x"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(Path::new(&file).exists());
}

#[test]
fn profiles_side_by_side_imported_and_against_the_network() {
    let home = Home::new();
    let list = home.path("apns.xml");
    let row = "<apns><apn carrier='Mine' mcc='310' mnc='240' mvno_type='gid' mvno_match_data='756D' apn='Wholesale' type='default,mms' mmsc='http://other.example/mms'/></apns>";
    std::fs::write(&list, row).unwrap();
    let list = list.to_str().unwrap();

    let printed = home.run(&["profiles", "import", list]);
    let toml = text(&printed.stdout);
    assert_eq!(printed.status.code(), Some(0), "{}", text(&printed.stderr));
    assert!(
        toml.contains("# us/mint says otherwise: MMSC http://wholesale.mmsmvno.com/mms/wapenc"),
        "{toml}"
    );

    let into = home.path("mine.toml");
    let into = into.to_str().unwrap();
    let write = ["profiles", "import", list, "-o", into];
    assert_eq!(home.run(&write).status.code(), Some(0));
    let again = home.run(&write);
    assert_eq!(again.status.code(), Some(1), "nothing is written over");
    let diff = home.run(&["profiles", "diff", "us/mint", into]);
    assert_eq!(diff.status.code(), Some(1), "{}", text(&diff.stderr));
    assert!(text(&diff.stdout).contains("≠ mms.mmsc"));
    let same = home.run(&["profiles", "diff", "us/mint", "us/mint"]);
    assert_eq!(same.status.code(), Some(0));
    let none = home.run(&["profiles", "import", list, "--network", "26201"]);
    assert_eq!(none.status.code(), Some(1));
    let broken = home.path("broken.xml");
    std::fs::write(&broken, "<apns>\n<apn").unwrap();
    let broken = home.run(&["profiles", "import", broken.to_str().unwrap()]);
    assert_eq!(broken.status.code(), Some(2));
    assert!(
        text(&broken.stderr).contains("broken.xml:2:"),
        "{}",
        text(&broken.stderr)
    );

    home.run(&["send", "--world", "mint", "--profile", "us/mint"]);
    let recording = home.recordings().pop().unwrap();
    let view = home.run(&[
        "profiles",
        "show",
        "us/mint",
        "--granted",
        recording.to_str().unwrap(),
    ]);
    let view = text(&view.stdout);
    assert!(view.contains("granted (cid"), "{view}");
    assert!(view.contains("10.177.0.34"), "{view}");
}

#[test]
fn a_recorded_session_becomes_a_report_in_every_form() {
    let home = Home::new();
    home.run(&["send", "--world", "mint"]);
    let recording = home.recordings().pop().unwrap();
    let recording = recording.to_str().unwrap();
    for (format, begins) in [
        ("markdown", "# mmscope"),
        ("text", "mmscope"),
        ("json", "{"),
    ] {
        let report = home.run(&["report", recording, "--format", format]);
        let out = text(&report.stdout);
        assert_eq!(report.status.code(), Some(0), "{}", text(&report.stderr));
        assert!(
            out.starts_with(begins) && out.contains("Subject: MMS send fails"),
            "{out}"
        );
        assert!(
            !out.contains("5550") && !out.contains("48.31.195.38"),
            "{out}"
        );
    }
    let file = home.path("exchange.pcapng");
    let pcap = [
        "report",
        recording,
        "--format",
        "pcap",
        "-o",
        file.to_str().unwrap(),
    ];
    let refused = home.run(&pcap);
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("--reveal wire"));
    let nothing = home.run(&[&pcap[..], &["--reveal", "wire"]].concat());
    assert_eq!(
        nothing.status.code(),
        Some(1),
        "nothing was connected in this session"
    );
    assert!(!file.exists());
    home.run(&["send", "--world", "open", "--to", "+12025550123", "hello"]);
    let sent = home
        .recordings()
        .into_iter()
        .find(|r| r.to_str() != Some(recording))
        .unwrap();
    let sent = [
        "report",
        sent.to_str().unwrap(),
        "--format",
        "pcap",
        "--reveal",
        "wire",
        "-o",
        file.to_str().unwrap(),
    ];
    assert_eq!(home.run(&sent).status.code(), Some(0));
    let octets = std::fs::read(&file).unwrap();
    assert!(octets.windows(5).any(|w| w == b"POST "));
    let identity = home.run(&["report", recording, "--reveal", "imei"]);
    assert_eq!(identity.status.code(), Some(2));
}

#[test]
fn a_refused_send_ends_with_a_result_line_too() {
    let home = Home::new();
    for (words, code) in [
        (&["send", "--world", "open", "--read-only", "x"][..], 2),
        (
            &["send", "--world", "open", "--to", "12025550123", "x"][..],
            2,
        ),
        (
            &[
                "send",
                "--port",
                "/dev/ttyNOPE",
                "--to",
                "+12025550123",
                "x",
            ][..],
            11,
        ),
    ] {
        let output = home.run(&[words, &["--json"]].concat());
        let result = last_line(&output);
        assert_eq!(output.status.code(), Some(code), "{words:?}");
        assert_eq!(
            (&result["event"], &result["ok"]),
            (&"result".into(), &false.into()),
            "{words:?}: {result}"
        );
        for field in ["what", "advice"] {
            assert!(
                !result["error"][field].as_str().unwrap().is_empty(),
                "{words:?}: {field} in {result}"
            );
        }
    }
}

#[test]
fn a_reader_that_goes_away_is_no_reason_to_fail() {
    let home = Home::new();
    home.run(&["send", "--world", "open", "x"]);
    let recording = home.recordings().pop().unwrap();
    let recording = recording.to_str().unwrap();
    for words in [
        &["send", "--world", "open", "x"][..],
        &["restore", "--world", "open"],
        &["profiles", "list"],
        &["profiles", "lint", "us/mint"],
        &["config", "--template"],
        &["replay", recording],
        &["report", recording],
        &["at", "--world", "open", "AT+CSQ"],
        &["doctor", "--world", "open"],
    ] {
        let mut child = home
            .command(words)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let said = text(&output.stderr);
        assert!(!said.contains("panicked"), "{words:?}: {said}");
        assert_ne!(output.status.code(), Some(101), "{words:?}: {said}");
    }
}

#[test]
fn two_recordings_side_by_side_say_where_they_part() {
    let home = Home::new();
    home.run(&["send", "--world", "mint", "x"]);
    let bad = home.recordings().pop().unwrap();
    home.run(&["send", "--world", "mint", "--profile", "us/mint", "x"]);
    let mut all = home.recordings();
    all.retain(|p| *p != bad);
    let (bad, good) = (bad.to_str().unwrap(), all[0].to_str().unwrap());
    let table = home.run(&["replay", bad, "--beside", good]);
    assert_eq!(table.status.code(), Some(1));
    let shown = text(&table.stdout);
    assert!(shown.starts_with("They part at connect"), "{shown}");
    let connect = shown.lines().find(|l| l.starts_with("connect ")).unwrap();
    assert!(
        connect.contains("FAILED") && connect.ends_with("differs"),
        "{connect}"
    );
    let json = last_line(&home.run(&["replay", bad, "--beside", good, "--json"]));
    let rows = json["rows"].as_array().unwrap();
    let row = rows.iter().find(|r| r["name"] == "connect").unwrap();
    assert_eq!(
        (&row["difference"], &row["left"]["mark"]),
        (&"differs".into(), &"bad".into())
    );
    let markdown = home.run(&["replay", bad, "--beside", good, "--markdown"]);
    assert!(text(&markdown.stdout).contains("| connect | FAILED"));
    let same = home.run(&["replay", bad, "--beside", bad]);
    assert_eq!(same.status.code(), Some(0));
    let cut = home.path("cut.jsonl");
    let whole = std::fs::read_to_string(bad).unwrap();
    std::fs::write(&cut, &whole[..whole.len() - 40]).unwrap();
    let broken = home.run(&["replay", bad, "--beside", cut.to_str().unwrap()]);
    assert!(text(&broken.stderr).contains("not an event"), "{broken:?}");
    let none = home.run(&["replay", bad, "--beside", "nowhere.jsonl"]);
    assert_eq!(none.status.code(), Some(2));
}

/// "It worked yesterday": the good run of the same profile is found by itself, whatever else was recorded since.
#[test]
fn the_last_good_send_is_found_and_laid_beside_a_failed_one() {
    let home = Home::new();
    let folder = home.path("config/mmscope/profiles/us");
    std::fs::create_dir_all(&folder).unwrap();
    let shipped = include_str!("../../profiles/us/mint.toml");
    let broken = shipped.replace("mmsmvno.com/mms", "mmsmvno.com:8080/mms");
    std::fs::write(folder.join("mint.toml"), broken).unwrap();
    let send = |words: &[&str]| {
        let before = match home.path("state/mmscope/recordings").exists() {
            true => home.recordings(),
            false => Vec::new(),
        };
        let sent = home.run(&[&["send", "x"], words].concat());
        let mut new = home.recordings();
        new.retain(|p| !before.contains(p));
        (sent.status.code(), new.pop().unwrap())
    };
    let mint = ["--world", "mint", "--profile", "us/mint"];
    let (code, bad) = send(&mint);
    assert_ne!(code, Some(0));
    let bad = bad.to_str().unwrap();
    let none = home.run(&["replay", bad, "--beside", "good"]);
    assert_eq!(none.status.code(), Some(2));
    let says = text(&none.stderr);
    let reason = "no other accepted send through us/mint is recorded (1 recording looked through)";
    assert!(says.contains(reason), "{says}");
    std::fs::remove_file(folder.join("mint.toml")).unwrap();
    let (code, good) = send(&mint);
    assert_eq!(code, Some(0));
    assert_eq!(
        send(&["--world", "open"]).0,
        Some(0),
        "through another profile"
    );
    let table = home.run(&["replay", bad, "--beside", "good"]);
    let shown = text(&table.stdout);
    assert_eq!(table.status.code(), Some(1), "{}", text(&table.stderr));
    assert!(shown.starts_with("They part at connect"), "{shown}");
    let name = good.file_name().unwrap().to_str().unwrap();
    assert!(shown.contains(name), "{name} in {shown}");
    for (row, ends) in [("connection ", "differs"), ("MMSC ", "differs")] {
        let line = shown.lines().find(|l| l.starts_with(row));
        assert!(line.is_some_and(|l| l.ends_with(ends)), "{row}: {shown}");
    }
    let json = last_line(&home.run(&["replay", bad, "--beside", "good", "--json"]));
    assert_eq!(json["names"][1], name);
    // The only good one is no measure of itself.
    let itself = home.run(&["replay", good.to_str().unwrap(), "--beside", "good"]);
    assert_eq!(itself.status.code(), Some(2), "{}", text(&itself.stdout));
    let says = text(&itself.stderr);
    assert!(says.contains("(3 recordings looked through)"), "{says}");
}

#[test]
fn nothing_in_a_recording_acts_on_the_terminal() {
    let home = Home::new();
    let file = home.path("evil.jsonl");
    let evil = r"\u001b[2J\u009b31m\u202e";
    let lines = [
        r#"{"id":1,"at":"","ms":0,"event":"session","format":1,"program":"","speed":1.0}"#,
        r#"{"id":2,"at":"","ms":0,"event":"profile","profile":"EVIL","name":"EVIL","apn":"EVIL","pdp_type":"IP","mmsc":"EVIL","dials":"EVIL","lints":[{"id":"EVIL","severity":"EVIL","offending":"EVIL","says":"EVIL","fix":"EVIL"}]}"#,
        r#"{"id":3,"at":"","ms":0,"event":"message","send":1,"to":["EVIL"],"characters":1,"transaction_id":"EVIL","profile":"EVIL"}"#,
        r#"{"id":4,"at":"","ms":0,"event":"bubble","phone":"EVIL","from":"EVIL","text":"EVIL","subject":"EVIL","others":["EVIL"]}"#,
        r#"{"id":5,"at":"","ms":0,"event":"stage","send":1,"stage":"bearer","state":"failed","what":"EVIL","raw":"EVIL","means":"EVIL","advice":"EVIL","stage_ms":1}"#,
        r#"{"id":6,"at":"","ms":0,"event":"notice","level":"info","text":"EVIL"}"#,
        r#"{"id":7,"at":"","ms":0,"event":"EVIL"}"#,
    ];
    std::fs::write(&file, lines.join("\n").replace("EVIL", evil)).unwrap();
    let file = file.to_str().unwrap();
    for words in [&["replay", file][..], &["replay", file, "--json"]] {
        let output = home.run(words);
        let shown = text(&output.stdout) + &text(&output.stderr);
        assert!(shown.contains("line 7"), "{shown}");
        for acting in ['\u{1b}', '\u{9b}', '\u{202e}'] {
            assert!(!shown.contains(acting), "{words:?}: {shown:?}");
        }
    }
    let coloured = text(&home.run(&["replay", file, "--color", "always"]).stdout);
    assert!(coloured.contains("\u{1b}[1;31m") && !coloured.contains("\u{1b}[2J"));
}

/// A send that waits in the connect for 30 s, with the settings changed.
#[cfg(unix)]
fn connecting(
    home: &Home,
    port: &str,
) -> (Child, std::io::Lines<BufReader<std::process::ChildStdout>>) {
    let mut send = home
        .command(&[
            "send",
            "--port",
            port,
            "--profile",
            "example/open",
            "--to",
            "+12025550123",
            "x",
            "--json",
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(send.stdout.take().unwrap()).lines();
    let connecting = out
        .by_ref()
        .map_while(Result::ok)
        .any(|l| l.contains(r#""stage":"connect","state":"started""#));
    assert!(connecting, "it reached the connect");
    (send, out)
}

#[cfg(unix)]
pub fn signal(child: &Child, name: &str) {
    let told = Command::new("kill")
        .args([name, &child.id().to_string()])
        .status();
    assert!(told.unwrap().success());
}

#[cfg(unix)]
#[test]
fn a_second_signal_gives_up_at_once_and_what_was_left_is_put_back_before_the_next_answer() {
    let home = Home::new();
    let link = home.path("modem");
    let port = link.to_str().unwrap();
    let (_served, _) = Served::start(&home, &["sim", "--world", "firewalled", "--pty", port]);
    let (mut send, out) = connecting(&home, port);
    signal(&send, "-HUP");
    // The first one was taken up when its act is told.
    let mut out = out.map_while(Result::ok);
    assert!(out.any(|l| l.contains(r#""act":"cancel""#)));
    let second = Instant::now();
    signal(&send, "-TERM");
    let last: Value = serde_json::from_str(&out.last().unwrap()).unwrap();
    assert_eq!(
        (&last["event"], &last["cancelled"]),
        (&"result".into(), &true.into())
    );
    assert_eq!(send.wait().unwrap().code(), Some(130));
    assert!(second.elapsed() < Duration::from_secs(10), "it gives up");
    assert_eq!(kept(&home).len(), 1, "what is to be put back is kept");

    let answered = home.run(&["at", "--port", port, "AT+CGMM"]);
    let said = text(&answered.stdout);
    assert_eq!(
        answered.status.code(),
        Some(0),
        "{said}{}",
        text(&answered.stderr)
    );
    assert!(said.starts_with("AT+CGMM\n"), "{said}");
    assert!(text(&answered.stderr).contains("putting them back"));
    let restored = home.run(&["restore", "--port", port]);
    assert_eq!(restored.status.code(), Some(0));
    assert!(text(&restored.stdout).starts_with("nothing to put back"));
}

#[test]
fn to_oneself_asks_the_sim_for_its_number() {
    let home = Home::new();
    let output = home.run(&["send", "--world", "open", "--to", "self", "x", "--json"]);
    let said = text(&output.stdout);
    assert!(said.contains("AT+CNUM"), "the SIM was asked: {said}");
    assert_eq!(last_line(&output)["event"], "result");
}

#[test]
fn the_scan_of_commands_is_a_table_for_people_and_lines_for_programs() {
    let home = Home::new();
    let output = home.run(&["at", "--scan", "--world", "old-firmware"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let table = text(&output.stdout);
    let row = |name: &str| -> Vec<String> {
        let found = table.lines().find(|l| l.starts_with(name));
        let line = found.unwrap_or_else(|| panic!("no {name} in {table}"));
        line.split_whitespace().map(str::to_owned).collect()
    };
    assert!(table.starts_with("SIMCOM_SIM7600G-H "), "{table}");
    assert_eq!(row("command"), ["command", "present", "form", "for"]);
    assert_eq!(row("AT+CGCONTRDP")[1..3], ["no", "test"]);
    assert_eq!(
        row("AT+CIPOPEN")[1..],
        ["yes", "test", "TCP", "and", "UDP", "links"]
    );
    for quirk in ["stack-on-context-1:", "grant-not-told:", "no-cesq:"] {
        row(quirk);
    }

    let output = home.run(&["at", "--scan", "--world", "old-firmware", "--json"]);
    let lines = text(&output.stdout);
    let lines: Vec<Value> = lines
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    let scan = lines.iter().find(|l| l["event"] == "commands").unwrap();
    let rows = scan["rows"].as_array().unwrap();
    let of = |name: &str| rows.iter().find(|r| r["command"] == name).unwrap();
    assert_eq!(of("AT+CGCONTRDP")["present"], false);
    assert_eq!(of("AT+CIPOPEN")["present"], true);
    for row in rows {
        let says = row["purpose"].as_str().unwrap();
        assert!(["test", "read", "execute"].contains(&row["form"].as_str().unwrap()));
        assert!(!says.is_empty(), "{row}");
    }
    let quirks = scan["quirks"].as_array().unwrap();
    let named = |name: &str| quirks.iter().any(|q| q["name"] == name);
    assert!(
        named("stack-on-context-1") && named("echo-on"),
        "{quirks:?}"
    );
    assert!(
        lines.iter().all(|l| l["event"] != "stage"),
        "a scan is no send"
    );
}

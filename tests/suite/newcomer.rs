//! The main job as a newcomer does it: the real program in a real terminal, a few keys, the bubble.
#![cfg(unix)]
use crate::terminal::{LIMIT, Terminal};
use portable_pty::CommandBuilder;
use rustix::process::Signal;
use tempfile::TempDir;

const CTRL_S: &str = "\x13";
const CTRL_X: &str = "\x18";

fn open(home: &TempDir, words: &[&str], size: (u16, u16)) -> Terminal {
    Terminal::start(command(home, words), size)
}

fn command(home: &TempDir, words: &[&str]) -> CommandBuilder {
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_mmscope"));
    command.args(words);
    command.env("HOME", home.path());
    command.env("LC_ALL", "C.UTF-8");
    command.env("XDG_STATE_HOME", home.path().join("state"));
    command.env("XDG_CONFIG_HOME", home.path().join("config"));
    command
}

/// No pace, so that the second send need not wait.
fn home() -> TempDir {
    let home = TempDir::new().unwrap();
    let folder = home.path().join("config/mmscope");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("config.toml"), "pace_seconds = 0\n").unwrap();
    home
}

/// The chosen profile's id, as the screen shows it.
fn chosen(screen: &vt100::Screen) -> String {
    let seen = screen.contents();
    let rows = seen.lines().filter_map(|l| l.split_once("▸ "));
    let mut ids = rows.filter_map(|(_, row)| row.split_whitespace().next());
    ids.find(|id| id.contains('/'))
        .unwrap_or_default()
        .to_owned()
}

/// Goes down the profiles one by one, each time once the screen shows the step: a key too many would choose another one.
fn choose(terminal: &mut Terminal, id: &str) {
    terminal.until("a chosen profile", |s| !chosen(s).is_empty());
    for _ in 0..80 {
        let at = chosen(terminal.seen.lock().unwrap().screen());
        if at == id {
            return;
        }
        terminal.press("\x1b[B");
        terminal.until("the next profile", |s| chosen(s) != at);
    }
    panic!("{id} is not in the list");
}

#[test]
fn sends_fails_switches_the_profile_sends_again_and_reads_the_bubble() {
    let home = home();
    let mut terminal = open(&home, &["--sim", "--sim-speed", "20"], (200, 50));
    let shows =
        |terminal: &Terminal, words: &str| terminal.until(words, |s| s.contents().contains(words));
    shows(&terminal, "example/mint-as-configured");
    shows(&terminal, "P01");
    terminal.press(CTRL_S);
    shows(&terminal, "did not connect: +CIPOPEN error 4");
    shows(&terminal, "Nothing here shows that the carrier blocks");
    // The failing send is tidied up before the next may begin.
    shows(&terminal, "sockets: closed");
    terminal.press("8");
    choose(&mut terminal, "us/mint");
    shows(&terminal, "▸ us/mint ");
    // The sockets are closed a moment before the send has ended; until then Enter says that it runs.
    let in_use = |s: &vt100::Screen| {
        let header = s.contents().lines().next().map(str::to_owned);
        header.is_some_and(|l| l.contains("us/mint"))
    };
    for _ in 0..50 {
        terminal.press("\r");
        std::thread::sleep(std::time::Duration::from_millis(100));
        if in_use(terminal.seen.lock().unwrap().screen()) {
            break;
        }
    }
    terminal.until("us/mint in the header", in_use);
    terminal.press(CTRL_S);
    shows(&terminal, "M-Send.conf Ok");
    shows(&terminal, "shows one bubble of 827 characters");
    terminal.press("q");
    terminal.assert_given_back("M-Send.conf Ok");
    terminal.ended();
}

/// From the bench's own failure to the bubble: send, why not, verdict, apply, send.
fn finds_out_why_and_mends_it(size: (u16, u16)) {
    let home = home();
    let mut terminal = open(&home, &["--sim", "--sim-speed", "20"], size);
    let shows =
        |terminal: &Terminal, words: &str| terminal.until(words, |s| s.contents().contains(words));
    shows(&terminal, "mint-as-configured");
    terminal.press(CTRL_S);
    shows(&terminal, "did not connect:");
    terminal.press("d");
    shows(&terminal, "E15");
    shows(&terminal, "WRONG-PORT");
    shows(&terminal, "high confidence");
    // The very lines of a piece of evidence; the control that came before it is the first.
    terminal.press("2j\r");
    shows(&terminal, "\",8080");
    shows(&terminal, "the lines of the evidence");
    terminal.press("1");
    shows(&terminal, "Enter applies it");
    terminal.press("\r");
    shows(&terminal, "is in use. ^S sends");
    terminal.press(CTRL_S);
    shows(&terminal, "M-Send.conf Ok");
    shows(&terminal, "shows one bubble of");
    terminal.press("q");
    terminal.assert_given_back("M-Send.conf Ok");
    terminal.ended();
}

#[test]
fn a_send_that_fails_is_examined_mended_and_sent_again_in_a_few_keys() {
    finds_out_why_and_mends_it((120, 36));
}

#[test]
fn the_same_in_a_small_terminal() {
    finds_out_why_and_mends_it((80, 24));
}

#[test]
fn two_profiles_are_examined_and_stand_side_by_side() {
    let home = home();
    let mut terminal = open(&home, &["--sim", "--sim-speed", "20"], (200, 50));
    terminal.until("the profile", |s| {
        s.contents().contains("mint-as-configured")
    });
    // The SIM sorts the profiles; the marks must come after that.
    terminal.until("the SIM", |s| s.contents().contains("SIM ready"));
    terminal.press("8 ");
    choose(&mut terminal, "us/mint");
    terminal.press(" c");
    terminal.until("both examined", |s| {
        s.contents().matches("probed in").count() == 2
    });
    terminal.until("both verdicts, and that they differ", |s| {
        let seen = s.contents();
        let verdicts = seen.lines().find(|l| l.contains("▸ verdict"));
        verdicts.is_some_and(|l| l.contains("WRONG-PORT (high)") && l.contains("WORKS ("))
    });
    let seen = terminal.seen.lock().unwrap().screen().contents();
    let of = |words: &str| seen.lines().find(|l| l.contains(words)).unwrap().to_owned();
    assert!(
        of("PDP type").contains("▸"),
        "IP here, IPV4V6 there:\n{seen}"
    );
    assert!(
        !of("APN asked").contains("▸") && !of("black hole (control) 192.0.2.1:80 ").contains("▸"),
        "what is the same does not stand out, whatever time it took:\n{seen}"
    );
    terminal.press("q");
    terminal.assert_given_back("nothing was sent");
    terminal.ended();
}

#[test]
fn quitting_in_the_middle_of_a_send_asks_and_then_tidies_up() {
    let home = home();
    let mut terminal = open(
        &home,
        &["--world", "firewalled", "--sim-speed", "20"],
        (120, 36),
    );
    terminal.press(CTRL_S);
    terminal.until("the connect", |s| s.contents().contains("▸ connect"));
    terminal.press("q");
    terminal.until("a question", |s| s.contents().contains("Quit"));
    terminal.press("y");
    terminal.until("the terminal back", |s| !s.alternate_screen());
    terminal.ended();
}

#[test]
fn a_send_can_be_stopped_and_the_screen_says_so() {
    let home = home();
    let mut terminal = open(
        &home,
        &["--world", "firewalled", "--sim-speed", "20"],
        (120, 36),
    );
    terminal.press(CTRL_S);
    terminal.until("the connect", |s| s.contents().contains("▸ connect"));
    terminal.press(CTRL_X);
    terminal.until("stopped", |s| {
        s.contents().to_lowercase().contains("stopped")
    });
    terminal.signal(Signal::TERM);
    terminal.until("the terminal back", |s| !s.alternate_screen());
    terminal.ended();
}

#[test]
fn with_no_modem_named_a_world_is_chosen_from_a_list_and_the_bench_opens() {
    let home = home();
    for size in [(80, 24), (200, 50)] {
        let command = command(&home, &["--sim-speed", "20"]);
        let mut terminal = Terminal::start_until(command, size, "Which modem?");
        terminal.press("/mint");
        terminal.until("the world", |s| s.contents().contains("▸ mint "));
        terminal.press("\r");
        terminal.until("the bench of this world", |s| {
            s.contents().contains("1 Compose") && s.contents().contains("world mint")
        });
        terminal.until("the modem", |s| s.contents().contains("SIM ready"));
        terminal.press("q");
        terminal.assert_given_back("nothing was sent");
        terminal.ended();
    }
}

#[test]
fn leaving_the_list_of_modems_gives_the_terminal_back() {
    let home = home();
    for key in ["q", "\x1b", "\x03"] {
        let mut terminal = Terminal::start_until(command(&home, &[]), (80, 24), "Which modem?");
        terminal.press(key);
        terminal.assert_given_back("");
        terminal.ended();
    }
    let mut terminal = Terminal::start_until(command(&home, &["--ascii"]), (10, 3), ">");
    terminal.signal(Signal::TERM);
    terminal.assert_given_back("");
    terminal.ended();
}

#[test]
fn ten_columns_and_three_rows_are_enough_for_the_truth() {
    let home = home();
    let mut terminal = open(&home, &["--sim", "--sim-speed", "20"], (80, 24));
    let tiny = portable_pty::PtySize {
        rows: 3,
        cols: 10,
        pixel_width: 0,
        pixel_height: 0,
    };
    terminal.master.resize(tiny).unwrap();
    terminal.seen.lock().unwrap().screen_mut().set_size(
        std::num::NonZero::new(3).unwrap(),
        std::num::NonZero::new(10).unwrap(),
    );
    terminal.press(CTRL_S);
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert!(
        terminal.child.try_wait().unwrap().is_none(),
        "it lives on a tiny terminal"
    );
    terminal.signal(Signal::TERM);
    terminal.ended();
}

/// Two rows of A/B sends: the first to its end, each send in its own column; the second stopped while its first message waits behind the pace.
#[test]
fn a_row_of_sends_fills_its_columns_and_what_waits_of_the_next_is_never_sent() {
    let home = home();
    let config = home.path().join("config/mmscope/config.toml");
    std::fs::write(&config, "pace_seconds = 60\n").unwrap();
    let outbox = home.path().join("box.redb");
    let outbox = outbox.to_str().unwrap();
    let words = ["--world", "open", "--sim-speed", "20", "--outbox", outbox];
    let mut terminal = open(&home, &words, (120, 36));
    let shows =
        |terminal: &Terminal, words: &str| terminal.until(words, |s| s.contents().contains(words));
    let begin = |terminal: &mut Terminal| {
        terminal.press("\x1bv");
        shows(terminal, "one thing changed");
        terminal.press("\x1b[BNokia");
        shows(terminal, "Nokia");
        terminal.press("\x1b[B\r");
        shows(terminal, "and be billed");
        terminal.press("y");
    };
    shows(&terminal, "example/open");
    begin(&mut terminal);
    terminal.until("one accepted, one to come", |s| {
        let seen = s.contents();
        seen.contains("accepted") && seen.contains("waits")
    });
    shows(&terminal, "All 2 messages of the row have ended.");
    terminal.until("both accepted", |s| {
        s.contents().contains("All were accepted")
    });
    let first = terminal.seen.lock().unwrap().screen().contents();
    let header = first.lines().next().unwrap_or_default();
    assert!(
        header.contains("example/open "),
        "in use as before: {header}"
    );
    terminal.press("q");
    terminal.ended();
    drop(terminal);
    let states = || -> Vec<String> {
        let listed = std::process::Command::new(env!("CARGO_BIN_EXE_mmscope"))
            .args(["outbox", "list", "--outbox", outbox])
            .env("HOME", home.path())
            .output()
            .unwrap();
        let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
        let state = |l: &str| l.split_whitespace().nth(1).map(str::to_owned);
        listed.lines().filter_map(state).collect()
    };
    let becomes = |wanted: &[&str]| {
        let begun = std::time::Instant::now();
        while states() != wanted {
            assert!(begun.elapsed() < LIMIT, "{:?}, not {wanted:?}", states());
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
    };
    // From here on no machine is so slow that a pace passes while a key is pressed: what waits behind one is stopped behind it.
    std::fs::write(&config, "pace_seconds = 3600\n").unwrap();
    let mut terminal = open(&home, &words, (120, 36));
    shows(&terminal, "example/open");
    begin(&mut terminal);
    becomes(&["delivered", "delivered", "delivered", "queued"]);
    terminal.press(CTRL_X);
    shows(&terminal, "The row was stopped at message 2 of 2.");
    shows(&terminal, "not sent");
    // The stop of a row is not the next one's: that waits as well, and is stopped by itself.
    begin(&mut terminal);
    becomes(&["delivered", "delivered", "delivered", "draft", "queued"]);
    terminal.press(CTRL_X);
    shows(&terminal, "The row was stopped at message 1 of 2.");
    terminal.press("q");
    terminal.ended();
    drop(terminal);
    let left = ["delivered", "delivered", "delivered", "draft", "draft"];
    assert_eq!(states(), left);
}

/// Goes back through a session that failed: first by itself, then from inside a new one, and lays the two side by side.
#[test]
fn a_recorded_session_is_gone_through_and_laid_beside_another() {
    let home = home();
    let run = |words: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_mmscope"));
        let command = command.args(words).env("HOME", home.path());
        let command = command.env("XDG_STATE_HOME", home.path().join("state"));
        let command = command.env("XDG_CONFIG_HOME", home.path().join("config"));
        command.output().unwrap()
    };
    run(&["send", "--world", "mint", "--profile", "us/mint", "x"]);
    let folder = home.path().join("state/mmscope/recordings");
    let recording = std::fs::read_dir(folder).unwrap().next().unwrap().unwrap();
    let path = recording.path();
    let mut terminal = open(&home, &["replay", path.to_str().unwrap()], (120, 36));
    let shows =
        |terminal: &Terminal, words: &str| terminal.until(words, |s| s.contents().contains(words));
    shows(&terminal, "M-Send.conf Ok");
    terminal.press("0");
    shows(&terminal, "before the first event");
    terminal.press("+++ ");
    terminal.until("the end again, by playing", |s| {
        let seen = s.contents();
        seen.contains("M-Send.conf Ok") && seen.contains(" max ") && seen.contains("‖")
    });
    terminal.press("\x13");
    shows(&terminal, "there is no modem");
    terminal.press("q");
    terminal.ended();
    drop(terminal);

    let mut terminal = open(&home, &["--sim", "--sim-speed", "20"], (120, 36));
    shows(&terminal, "example/mint-as-configured");
    terminal.press(CTRL_S);
    shows(&terminal, "connect");
    shows(&terminal, "finds out why not");
    terminal.press("\x0bo");
    shows(&terminal, "Recordings, newest first");
    shows(&terminal, "this session");
    terminal.press("\x1b[B");
    shows(&terminal, "sent");
    terminal.press("b");
    shows(&terminal, "They part at connect");
    terminal.press("\x0bo");
    shows(&terminal, "Recordings, newest first");
    terminal.press("\r");
    shows(&terminal, "1 Message, as recorded");
    terminal.press("\x1b");
    // Back where it was left: at the table.
    shows(&terminal, "Two sends, side by side");
    // The send may still be tidying up: then it is asked.
    terminal.press("qy");
    terminal.assert_given_back("failed at connect");
    terminal.ended();
}

/// What a session came to stays: the mended profile is found again at the next start, the report lies beside the recording.
#[test]
fn the_mended_copy_is_kept_and_a_report_is_written() {
    const F6: &str = "\x1b[17~";
    let home = home();
    let mut terminal = open(&home, &["--sim", "--sim-speed", "20"], (120, 36));
    let shows =
        |terminal: &Terminal, words: &str| terminal.until(words, |s| s.contents().contains(words));
    shows(&terminal, "mint-as-configured");
    terminal.press(CTRL_S);
    shows(&terminal, "did not connect:");
    terminal.press("d");
    shows(&terminal, "Enter applies it");
    terminal.press("\r");
    shows(&terminal, "is in use. ^S sends");
    terminal.press(F6);
    terminal.press("s");
    shows(&terminal, "Keep the changed copy");
    terminal.press("y");
    shows(
        &terminal,
        "Kept as a profile of your own; the next start uses it",
    );
    terminal.press("R");
    shows(&terminal, "Write a report of this session");
    terminal.press("\r");
    shows(&terminal, "Write it to:");
    terminal.press("\r");
    shows(&terminal, "The report is written to");
    terminal.press("q");
    terminal.ended();
    let folder = home.path().join("state/mmscope/recordings");
    let report = std::fs::read_dir(&folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .find(|p| p.extension().is_some_and(|e| e == "md"))
        .expect("a report beside the recording");
    let report = std::fs::read_to_string(report).unwrap();
    assert!(
        report.contains("WRONG-PORT, high confidence")
            && report.contains("## Letter to the carrier"),
        "{report}"
    );
    let again = |words: &[&str]| {
        std::process::Command::new(env!("CARGO_BIN_EXE_mmscope"))
            .args(words)
            .env("HOME", home.path())
            .env("LC_ALL", "C.UTF-8")
            .env("XDG_STATE_HOME", home.path().join("state"))
            .env("XDG_CONFIG_HOME", home.path().join("config"))
            .output()
            .unwrap()
    };
    let kept = "example/mint-as-configured-mended";
    // As it was said: the next start uses it, and a message goes out.
    let mut terminal = open(&home, &["--sim", "--sim-speed", "20"], (120, 36));
    shows(&terminal, kept);
    terminal.press(CTRL_S);
    shows(&terminal, "M-Send.conf Ok");
    terminal.press("\x03\x03");
    terminal.ended();
    let probed = again(&[
        "probe",
        "--world",
        "mint",
        "--profile",
        kept,
        "--sim-speed",
        "200",
    ]);
    assert_eq!(probed.status.code(), Some(0), "{probed:?}");
}

/// What a report hides is shown only where the person types its name once more.
#[test]
fn revealing_asks_for_the_word_again() {
    let home = home();
    let file = home.path().join("session.jsonl");
    let file = file.to_str().unwrap();
    let sent = std::process::Command::new(env!("CARGO_BIN_EXE_mmscope"))
        .args([
            "send",
            "--world",
            "mint",
            "--profile",
            "us/mint",
            "--to",
            "+12025550123",
            "x",
        ])
        .args(["--record", file, "--sim-speed", "20"])
        .env("HOME", home.path())
        .env("LC_ALL", "C.UTF-8")
        .output()
        .unwrap();
    assert!(sent.status.success(), "{sent:?}");
    let words = ["report", file, "--format", "text", "--reveal", "addresses"];
    for (typed, shown) in [("no", false), ("addresses", true)] {
        let mut terminal = Terminal::begin(command(&home, &words), (160, 50));
        terminal.until("the question", |s| {
            s.contents().contains("Type `addresses` to reveal it")
        });
        terminal.press(&format!("{typed}\r"));
        terminal.until("the answer", |s| {
            let seen = s.contents();
            let refused = seen.contains("addresses is not revealed, and nothing was written");
            let revealed = seen.contains("revealed addresses:");
            if shown {
                revealed && !refused
            } else {
                refused && !revealed
            }
        });
        terminal.ended();
    }
}

/// The way to the MMSC is barred: the console offers linked SMS in words and with its key, and the phone shows the whole text as one bubble.
#[test]
fn where_the_mmsc_cannot_be_reached_linked_sms_is_offered_and_arrives_as_one_bubble() {
    let home = home();
    let text =
        "The MMSC is behind a wall, and this letter is too long for one short message. ".repeat(5);
    let text = text.trim_end();
    let world = home.path().join("walled.toml");
    std::fs::write(
        &world,
        format!("like = \"firewalled\"\nschema = 1\n[start.draft]\nto = \"+12025550123\"\ntext = \"{text}\"\n"),
    )
    .unwrap();
    let words = ["--world", world.to_str().unwrap(), "--sim-speed", "20"];
    let mut terminal = open(&home, &words, (200, 50));
    let shows =
        |terminal: &Terminal, words: &str| terminal.until(words, |s| s.contents().contains(words));
    shows(&terminal, "SMS 3 parts");
    terminal.press(CTRL_S);
    shows(
        &terminal,
        "Alt-t sends it as linked SMS, asks first: nothing has gone out yet",
    );
    terminal.press("\x1bt");
    shows(&terminal, "in 3 parts to +12025550123");
    terminal.press("y");
    shows(&terminal, "Sent as linked SMS");
    let whole = format!("shows one bubble of {} characters", text.chars().count());
    shows(&terminal, &whole);
    terminal.press("b");
    terminal.until("the text whole, in one bubble", |s| {
        let seen = s.contents();
        let rows = seen.lines().filter_map(|l| l.split_once("┃│ "));
        let rows = rows.filter_map(|(_, r)| r.split_once('│'));
        let bubble: Vec<&str> = rows.map(|(r, _)| r.trim()).collect();
        seen.matches("shows one bubble of").count() == 1 && bubble.join(" ").contains(text)
    });
    terminal.press("q");
    terminal.ended();
}

/// A letter that was written and not sent is there at the next start, however the console ended.
#[test]
fn a_letter_that_was_not_sent_is_kept_as_a_draft() {
    let home = home();
    for (n, end) in ["\x03", "\x1bq", "TERM"].into_iter().enumerate() {
        let file = home.path().join(format!("outbox-{n}.redb"));
        let file = file.to_str().unwrap();
        let words = ["--world", "open", "--sim-speed", "20", "--outbox", file];
        let begin = || {
            let terminal = open(&home, &words, (120, 36));
            terminal.until("home  LTE", |s| s.contents().contains("home  LTE"));
            terminal
        };
        let shows = |terminal: &Terminal, words: &str| {
            terminal.until(words, |s| s.contents().contains(words))
        };
        let mut terminal = begin();
        terminal.press("eprecious draft number one ");
        shows(&terminal, "precious draft number one");
        match end {
            "TERM" => terminal.signal(Signal::TERM),
            // After a lone Esc the terminal's reader waits for what may follow it.
            "\x1bq" => {
                terminal.press("\x1b");
                std::thread::sleep(std::time::Duration::from_millis(300));
                terminal.press("q");
            }
            keys => terminal.press(keys),
        }
        terminal.assert_given_back("is kept as a draft: message 1 of the outbox");
        terminal.ended();
        drop(terminal);
        let mut terminal = begin();
        terminal.press("M");
        shows(&terminal, "it stood in the composer");
        terminal.press("\r");
        shows(&terminal, "precious draft number one");
        terminal.press("\x1b");
        terminal.until("the list", |s| !s.contents().contains("precious"));
        terminal.press("e");
        shows(&terminal, "┃precious draft number one");
        // Nothing was changed in it: the one draft is enough.
        terminal.press("\x03");
        terminal.assert_given_back("nothing was sent");
        terminal.ended();
        drop(terminal);
        let listed = std::process::Command::new(env!("CARGO_BIN_EXE_mmscope"))
            .args(["outbox", "list", "--outbox", file])
            .env("HOME", home.path())
            .output()
            .unwrap();
        let listed = String::from_utf8(listed.stdout).unwrap();
        assert_eq!(listed.matches("draft").count(), 1, "{listed}");
    }
}

/// A draft that is taken up again stays one message: kept once more it is the one draft, and sent it is the draft no more.
#[test]
fn a_draft_that_is_changed_and_sent_is_one_message_to_its_end() {
    let home = home();
    let file = home.path().join("outbox.redb");
    let file = file.to_str().unwrap();
    let words = ["--world", "open", "--sim-speed", "20", "--outbox", file];
    let shows =
        |terminal: &Terminal, words: &str| terminal.until(words, |s| s.contents().contains(words));
    let states = || -> Vec<String> {
        let listed = std::process::Command::new(env!("CARGO_BIN_EXE_mmscope"))
            .args(["outbox", "list", "--outbox", file])
            .env("HOME", home.path())
            .output()
            .unwrap();
        let listed = String::from_utf8(listed.stdout).unwrap();
        let state = |l: &str| l.split_whitespace().nth(1).map(str::to_owned);
        listed.lines().filter_map(state).collect()
    };
    let mut terminal = open(&home, &words, (120, 36));
    shows(&terminal, "home  LTE");
    terminal.press("eprecious words ");
    shows(&terminal, "precious words");
    terminal.press("\x03");
    terminal.assert_given_back("is kept as a draft: message 1 of the outbox");
    terminal.ended();
    drop(terminal);

    let mut terminal = open(&home, &words, (120, 36));
    shows(&terminal, "M shows Messages: 1 draft; e takes it");
    shows(&terminal, "home  LTE");
    terminal.press("Me");
    shows(&terminal, "┃precious words");
    terminal.press("\t\tmore ");
    shows(&terminal, "┃more precious words");
    terminal.press("\x03");
    terminal.assert_given_back("is kept as a draft: message 1 of the outbox");
    terminal.ended();
    drop(terminal);
    assert_eq!(states(), ["draft"]);

    let mut terminal = open(&home, &words, (120, 36));
    shows(&terminal, "home  LTE");
    terminal.press("Me");
    shows(&terminal, "┃more precious words");
    terminal.press("\t\teven \x13");
    shows(&terminal, "M-Send.conf Ok");
    let begun = std::time::Instant::now();
    while states() != ["delivered"] {
        assert!(begun.elapsed() < LIMIT, "{:?}", states());
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    // The second one answers the question of a bench that still tidies up.
    terminal.press("\x03\x03");
    terminal.ended();
    drop(terminal);
    assert_eq!(states(), ["delivered"]);
    let shown = std::process::Command::new(env!("CARGO_BIN_EXE_mmscope"))
        .args(["outbox", "show", "1", "--outbox", file])
        .env("HOME", home.path())
        .output()
        .unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains("even more precious words"), "{shown}");
}

/// A message that waits for its turn and is opened is out of the queue: changed and sent it is one message, and not a second one beside the first.
#[test]
fn a_message_that_waits_and_is_opened_is_one_message_to_its_end() {
    let home = home();
    let file = home.path().join("outbox.redb");
    let file = file.to_str().unwrap();
    let run = |words: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_mmscope"))
            .args(["outbox"])
            .args(words)
            .args(["--outbox", file])
            .env("HOME", home.path())
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let list = home.path().join("list.jsonl");
    let line = "{\"to\":[\"+12025550123\"],\"text\":\"words that wait\",\"as\":\"mms\"}\n";
    std::fs::write(&list, line).unwrap();
    run(&["add", list.to_str().unwrap(), "--world", "open"]);
    assert!(run(&["list"]).contains("queued"));
    let words = ["--world", "open", "--sim-speed", "20", "--outbox", file];
    let shows =
        |terminal: &Terminal, words: &str| terminal.until(words, |s| s.contents().contains(words));
    let mut terminal = open(&home, &words, (120, 36));
    shows(&terminal, "home  LTE");
    terminal.press("Me");
    shows(&terminal, "Edit a message that waits");
    terminal.press("y");
    shows(&terminal, "┃words that wait");
    let listed = || run(&["list"]);
    assert!(listed().contains("draft"), "{}", listed());
    terminal.press("\t\tmore \x13");
    shows(&terminal, "M-Send.conf Ok");
    let begun = std::time::Instant::now();
    while !listed().contains("delivered") {
        assert!(begun.elapsed() < LIMIT, "{}", listed());
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    terminal.press("\x03\x03");
    terminal.ended();
    drop(terminal);
    assert!(!listed().contains("queued"), "{}", listed());
    assert!(!run(&["show", "2"]).contains("words that wait"));
    assert!(run(&["show", "1"]).contains("more words that wait"));
}

/// A letter that is not finished is kept as it was typed, and goes to nobody before it is.
#[test]
fn an_unfinished_letter_is_kept_as_it_was_typed_and_not_sent_by_halves() {
    let home = home();
    let file = home.path().join("outbox.redb");
    let file = file.to_str().unwrap();
    let words = ["--world", "open", "--sim-speed", "20", "--outbox", file];
    let shows =
        |terminal: &Terminal, words: &str| terminal.until(words, |s| s.contents().contains(words));
    let mut terminal = open(&home, &words, (120, 36));
    shows(&terminal, "home  LTE");
    terminal.press("e\x1b[Z\x1b[Z\x05, 2025550142\x1b[Bhalf a subject");
    shows(&terminal, "half a subject");
    terminal.press("\x03");
    terminal.assert_given_back("is kept as a draft");
    terminal.ended();
    let sent = std::process::Command::new(env!("CARGO_BIN_EXE_mmscope"))
        .args(words)
        .args(["outbox", "send", "1"])
        .env("HOME", home.path())
        .output()
        .unwrap();
    let says = String::from_utf8_lossy(&[sent.stdout, sent.stderr].concat()).into_owned();
    assert!(
        !sent.status.success() && says.contains("2025550142"),
        "{says}"
    );
    let mut terminal = open(&home, &words, (120, 36));
    shows(&terminal, "home  LTE");
    terminal.press("Me");
    shows(&terminal, "half a subject");
    shows(&terminal, "2025550142");
    terminal.press("\x03");
    terminal.ended();
}

/// The person's own files of the console: what they hold, and that nobody else reads them.
fn private(path: &std::path::Path) -> Vec<u8> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "{}", path.display());
    std::fs::read(path).unwrap()
}

/// What is chosen on the screen is done: an examination, a row of sends with one thing changed, the capture of their exchanges; and the AT
/// line is there again in the next session.
#[test]
fn what_the_panels_order_is_done() {
    let home = home();
    let words = ["--world", "open", "--sim-speed", "20"];
    let mut terminal = open(&home, &words, (120, 36));
    let shows =
        |terminal: &Terminal, words: &str| terminal.until(words, |s| s.contents().contains(words));
    shows(&terminal, "home  LTE");
    terminal.press("\x1b[17~");
    shows(&terminal, "[F6 Why]");
    terminal.press("o");
    shows(&terminal, "Cost: no message");
    terminal.press("\r");
    shows(&terminal, "WORKS");
    terminal.press("\x1bv");
    shows(&terminal, "one thing changed");
    terminal.press("\x1b[D\x1b[D\x1b[D\x1b[B1.0,1.1\x1b[B");
    shows(&terminal, "3 messages are sent");
    terminal.press("\r");
    shows(&terminal, "Send them?");
    terminal.press("y");
    shows(
        &terminal,
        "All were accepted: version makes no difference here.",
    );
    shows(&terminal, "messages of the row have ended");
    // The lines behind the second cell of the table.
    terminal.press("\x1b[B\x1b[C\r");
    shows(&terminal, "the lines of the evidence");
    terminal.press("R");
    shows(&terminal, "hidden  the serving cell");
    terminal.press("\x1b[B\x1b[B\x1b[B\r");
    shows(&terminal, "Reveal it?");
    terminal.press("y");
    shows(&terminal, "Write it to:");
    terminal.press("\r");
    shows(&terminal, "The report is written to");
    terminal.press("aAT+CSQ\r");
    shows(&terminal, "+CSQ:");
    terminal.press("\x11");
    terminal.ended();
    let state = home.path().join("state/mmscope");
    let recordings = std::fs::read_dir(state.join("recordings")).unwrap();
    let mut captures = recordings.flatten().map(|e| e.path());
    let capture = captures.find(|p| p.extension().is_some_and(|e| e == "pcapng"));
    let octets = private(&capture.expect("a pcap"));
    assert_eq!(octets[..4], [0x0A, 0x0D, 0x0D, 0x0A], "pcapng");
    let posts = octets.windows(5).filter(|w| w == b"POST ").count();
    assert_eq!(
        posts, 4,
        "the examination's own, and one for each message of the row"
    );
    let history = private(&state.join("at-history"));
    assert_eq!(String::from_utf8(history).unwrap(), "AT+CSQ\n");
    let mut terminal = open(&home, &words, (120, 36));
    shows(&terminal, "home  LTE");
    terminal.press("a");
    terminal.press("\x1b[A");
    shows(&terminal, "at> AT+CSQ");
    terminal.press("\x11");
    terminal.ended();
}

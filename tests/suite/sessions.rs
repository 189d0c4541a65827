//! Several sessions in one console: the real program in a real terminal goes from world to world, and what it leaves behind.
#![cfg(unix)]
use crate::terminal::Terminal;
use portable_pty::CommandBuilder;
use tempfile::TempDir;

const CTRL_S: &str = "\x13";
const CTRL_K: &str = "\x0b";

fn home(config: &str) -> TempDir {
    let home = TempDir::new().unwrap();
    let folder = home.path().join("config/mmscope");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("config.toml"), config).unwrap();
    home
}

fn open(home: &TempDir, words: &[&str], size: (u16, u16)) -> Terminal {
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_mmscope"));
    command.args(words);
    command.env("HOME", home.path());
    command.env("LC_ALL", "C.UTF-8");
    command.env("XDG_STATE_HOME", home.path().join("state"));
    command.env("XDG_CONFIG_HOME", home.path().join("config"));
    Terminal::start(command, size)
}

fn shows(terminal: &Terminal, words: &str) {
    terminal.until(words, |s| s.contents().contains(words));
}

/// What the recordings say, the oldest first.
fn recordings(home: &TempDir) -> Vec<String> {
    let folder = home.path().join("state/mmscope/recordings");
    let files = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = files.map(|f| f.unwrap().path()).collect();
    names.sort();
    let read = |path| std::fs::read_to_string(path).unwrap();
    names.into_iter().map(read).collect()
}

/// A fault, another world by its name, the same letter again, the bubble: without leaving the terminal once.
#[test]
fn a_letter_goes_from_a_world_that_fails_into_one_that_works() {
    let home = home("pace_seconds = 0\n");
    let words = ["--world", "mmsc-500", "--sim-speed", "20"];
    let mut terminal = open(&home, &words, (120, 36));
    terminal.press("eTaken along. \x1b");
    shows(&terminal, "Taken along.");
    terminal.press(CTRL_S);
    shows(&terminal, "the server answered 500");
    shows(&terminal, "sockets: closed");
    // Back to the session that still runs; while the send is tidied up the picker does not open.
    let opened = |s: &vt100::Screen| s.contents().contains("goes on until you choose");
    for _ in 0..100 {
        terminal.press(&format!("{CTRL_K}m"));
        std::thread::sleep(std::time::Duration::from_millis(100));
        if opened(terminal.seen.lock().unwrap().screen()) {
            break;
        }
    }
    terminal.until("the picker", opened);
    terminal.press("\x1b");
    shows(&terminal, "1 Compose");
    shows(&terminal, "Taken along.");
    terminal.press(&format!("{CTRL_K}m"));
    terminal.until("the picker", opened);
    terminal.press("/open");
    shows(&terminal, "/open");
    terminal.press("\r");
    terminal.until("the bench in the open world", |s| {
        let seen = s.contents();
        s.alternate_screen() && seen.contains("world open") && seen.contains("1 Compose")
    });
    shows(&terminal, "Taken along.");
    terminal.press(CTRL_S);
    shows(&terminal, "shows one bubble");
    terminal.press("q");
    terminal.assert_given_back("M-Send.conf Ok");
    shows(&terminal, "failed at");
    terminal.ended();
    // Each session has a recording of its own, and each is whole.
    let recordings = recordings(&home);
    assert_eq!(recordings.len(), 2);
    for (recording, world) in recordings.iter().zip(["mmsc-500", "open"]) {
        assert!(recording.contains(&format!("world {world}")), "{world}");
        assert!(recording.contains("\"closed\""), "{world} was not closed");
    }
}

/// The letter was not sent: it is a draft on the disk, comes along, and is sent as that one message.
#[test]
fn a_letter_that_was_not_sent_is_kept_once_and_comes_along() {
    let home = home("pace_seconds = 0\n");
    let file = home.path().join("box.redb").display().to_string();
    let words = [
        "--world",
        "mmsc-500",
        "--sim-speed",
        "20",
        "--outbox",
        &file,
    ];
    let mut terminal = open(&home, &words, (120, 36));
    terminal.press("eNot lost. \x1b");
    shows(&terminal, "Not lost.");
    terminal.press(&format!("{CTRL_K}m"));
    shows(&terminal, "goes on until you choose");
    terminal.press("/open\r");
    terminal.until("the bench in the open world", |s| {
        let seen = s.contents();
        seen.contains("world open") && seen.contains("Not lost.")
    });
    terminal.press(CTRL_S);
    shows(&terminal, "shows one bubble");
    terminal.press("q");
    terminal.assert_given_back("M-Send.conf Ok");
    terminal.ended();
    let told = terminal.seen.lock().unwrap().screen().contents();
    assert!(!told.contains("draft"), "it was sent in the end: {told}");
    let list = list(&home, &file);
    assert_eq!(list.lines().count(), 1, "one message, not two: {list}");
    assert!(!list.contains("draft"), "{list}");
}

fn list(home: &TempDir, file: &str) -> String {
    let list = std::process::Command::new(env!("CARGO_BIN_EXE_mmscope"))
        .args(["outbox", "list", "--outbox", file])
        .env("HOME", home.path())
        .env("XDG_STATE_HOME", home.path().join("state"))
        .env("XDG_CONFIG_HOME", home.path().join("config"))
        .output()
        .unwrap();
    String::from_utf8_lossy(&list.stdout).into_owned()
}

fn go(terminal: &mut Terminal, world: &str, letter: &str) {
    terminal.press(&format!("{CTRL_K}m"));
    shows(terminal, "goes on until you choose");
    terminal.press(&format!("/{world}\r"));
    terminal.until(world, |s| {
        let seen = s.contents();
        seen.contains(&format!("world {world}")) && seen.contains(letter)
    });
}

/// A draft of an earlier day is opened, two other worlds are looked at, and it is sent: it is that one message all the way.
#[test]
fn a_draft_that_was_opened_is_the_same_message_after_two_moves() {
    let home = home("pace_seconds = 0\n");
    let file = home.path().join("box.redb").display().to_string();
    let words = [
        "--world",
        "mmsc-500",
        "--sim-speed",
        "20",
        "--outbox",
        &file,
    ];
    let mut terminal = open(&home, &words, (120, 36));
    terminal.press("eOld draft. \x1b");
    shows(&terminal, "Old draft.");
    terminal.press("q");
    terminal.assert_given_back("is kept as a draft");
    terminal.ended();
    let mut terminal = open(&home, &words, (120, 36));
    terminal.press("M");
    shows(&terminal, "tried 0 times");
    terminal.press("e");
    shows(&terminal, "Old draft.");
    go(&mut terminal, "mint", "Old draft.");
    go(&mut terminal, "open", "Old draft.");
    terminal.press(CTRL_S);
    shows(&terminal, "shows one bubble");
    terminal.press("q");
    terminal.assert_given_back("M-Send.conf Ok");
    terminal.ended();
    let list = list(&home, &file);
    assert_eq!(list.lines().count(), 1, "one message, not two: {list}");
    assert!(!list.contains("draft"), "{list}");
}

/// Who quits while pace holds a message finds it once in the outbox, and is told so.
#[test]
fn a_message_that_pace_holds_is_in_the_outbox_once_after_the_end() {
    let home = home("pace_seconds = 600\n");
    let file = home.path().join("box.redb").display().to_string();
    let words = [
        "--sim",
        "--world",
        "open",
        "--sim-speed",
        "20",
        "--outbox",
        &file,
    ];
    let mut terminal = open(&home, &words, (120, 36));
    terminal.press(CTRL_S);
    shows(&terminal, "shows one bubble");
    terminal.press("eHeld back. \x1b");
    shows(&terminal, "Held back.");
    terminal.press(CTRL_S);
    shows(&terminal, "paced: this message goes out in");
    terminal.press(&format!("{CTRL_K}m"));
    shows(&terminal, "A message waits for its turn");
    terminal.press("q");
    terminal.assert_given_back("message 2 has not gone out");
    terminal.ended();
    let list = list(&home, &file);
    assert_eq!(list.lines().count(), 2, "two messages, not three: {list}");
    assert!(!list.contains("draft"), "{list}");
}

/// SIGINT from outside leaves the picker, and that is all that one Ctrl-C does.
#[test]
fn one_sigint_leaves_the_picker_and_not_the_program() {
    let home = home("");
    let mut terminal = open(&home, &["--sim", "--sim-speed", "20"], (120, 36));
    terminal.press(&format!("{CTRL_K}m"));
    shows(&terminal, "goes on until you choose");
    terminal.signal(rustix::process::Signal::INT);
    shows(&terminal, "1 Compose");
    terminal.press("e");
    terminal.press("Still here. \x1b");
    shows(&terminal, "Still here.");
    terminal.signal(rustix::process::Signal::TERM);
    terminal.assert_given_back("nothing was sent");
    terminal.ended();
}

/// A recording of an earlier evening lies under the number that would be next.
#[test]
fn a_recording_that_nobody_named_is_not_written_over() {
    let home = home("");
    let place = |name: &str| home.path().join(name);
    std::fs::write(place("bench-2.jsonl"), "precious").unwrap();
    let first = place("bench.jsonl").display().to_string();
    let words = ["--sim", "--sim-speed", "20", "--record", &first];
    let mut terminal = open(&home, &words, (120, 36));
    go(&mut terminal, "open", "1 Compose");
    terminal.press("q");
    terminal.assert_given_back("nothing was sent");
    terminal.ended();
    let read = |name: &str| std::fs::read_to_string(place(name)).unwrap();
    assert_eq!(read("bench-2.jsonl"), "precious");
    assert!(read("bench-3.jsonl").contains("world open"));
}

/// What the screen asks of an output arrives at the modem, not only in the recording.
#[tokio::test(start_paused = true)]
async fn an_output_that_is_driven_moves_at_the_simulated_modem() {
    use mmscope::serial::Output;
    let world = mmscope::simulator::World::named("mint").unwrap();
    let bench = mmscope::simulator::start(
        world,
        mmscope::simulator::Options {
            speed: 1.0,
            seed: 1,
            mmsc: None,
        },
    );
    let modem = bench.modem.clone();
    let line = mmscope::cli::simulated::Simulated::of(modem.clone(), "world mint");
    let mut outputs = line.opened(bench.line).outputs.unwrap();
    for (output, on) in [
        (Output::Dtr, false),
        (Output::Rts, false),
        (Output::Break, true),
    ] {
        outputs.set(output, on).unwrap();
    }
    let seen = modem.circuits();
    assert!(!seen.dtr && !seen.rts && seen.breaking, "{seen:?}");
    outputs.set(Output::Dtr, true).unwrap();
    assert!(modem.circuits().dtr);
}

/// What a send would do, and an output of the line, on the running bench.
#[test]
fn the_bench_rehearses_the_letter_and_drives_the_line() {
    let home = home("[sending]\nconfirm = \"always\"\n");
    let mut terminal = open(&home, &["--sim", "--sim-speed", "20"], (120, 36));
    terminal.press(&format!("{CTRL_K}d"));
    shows(&terminal, "Dry run: nothing is sent");
    shows(&terminal, "P01 error");
    shows(&terminal, "field: 8C X-Mms-Message-Type");
    terminal.press("\x1b");
    shows(&terminal, "1 Compose");
    terminal.press(&format!("{CTRL_K}D"));
    shows(&terminal, "The simulated modem notes it");
    terminal.press("y");
    shows(&terminal, "DTR off was asked for");
    terminal.press(CTRL_S);
    shows(&terminal, "Send this message");
    terminal.press("n");
    terminal.until("no question", |s| {
        !s.contents().contains("Send this message")
    });
    terminal.press("q");
    terminal.assert_given_back("nothing was sent");
    terminal.ended();
    let recorded = recordings(&home).concat();
    assert!(
        recorded.contains(r#""asked":{"dtr":false}"#),
        "told as an event"
    );
}

/// A letter that only this console has comes along, and before it is gone with the program the person is asked.
#[test]
fn a_letter_that_nothing_keeps_is_asked_for_in_the_next_session_as_well() {
    let home = home("");
    let mut terminal = open(&home, &["--sim", "--sim-speed", "20"], (120, 36));
    terminal.press("eOnly here. \x1b");
    shows(&terminal, "Only here.");
    terminal.press(&format!("{CTRL_K}m"));
    shows(&terminal, "goes on until you choose");
    terminal.press("/open\r");
    shows(&terminal, "What was written came along");
    shows(&terminal, "Only here.");
    terminal.press("q");
    shows(&terminal, "A letter is not sent");
    terminal.press("y");
    terminal.assert_given_back("nothing was sent");
    terminal.ended();
}

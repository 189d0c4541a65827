//! Every file of `tests/transcripts` is played as the modem's side to the driver, and judged by what must come out: see
//! `tests/transcripts/README.md`. `MMSCOPE_TRANSCRIPTS=dir` plays the files of another folder instead.
mod plain;
mod player;
mod script;

use crate::story::{Beginning, Story};
use mmscope::engine::{Engine, Pace};
use mmscope::event::{Ending, Stage, StageState, What};
use mmscope::journal::{Clock, Journal};
use mmscope::profile::Profile;
use player::{Heard, Player};
use script::{Exchange, Transcript};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

fn folder() -> PathBuf {
    std::env::var_os("MMSCOPE_TRANSCRIPTS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts"),
        PathBuf::from,
    )
}

#[test]
fn every_transcript_plays_to_what_must_come_out() {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "txt"))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no transcript in {}", folder().display());
    let mut faults = Vec::new();
    for path in &files {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(path).unwrap();
        let played = script::parse(&text).and_then(|transcript| {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_time()
                .start_paused(true)
                .build()
                .unwrap();
            runtime.block_on(play(&transcript))
        });
        match played {
            Ok(says) => println!("{name}: {says}"),
            Err(why) => faults.push(format!("{name}: {why}")),
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

async fn play(transcript: &Transcript) -> Result<String, String> {
    let until = match transcript.plays.as_str() {
        "commands" => return commands(transcript).await,
        "send" => None,
        "bring-up" => Some(Stage::Stack),
        "resolve" => Some(Stage::Resolve),
        "connect" => Some(Stage::Connect),
        "post" => Some(Stage::Post),
        other => {
            return Err(format!(
                "`{other}` cannot be played: commands, bring-up, resolve, connect, post or send"
            ));
        }
    };
    send(transcript, until).await
}

/// The host's own commands, through the engine: each must end as the transcript shows, with the lines that it shows.
async fn commands(transcript: &Transcript) -> Result<String, String> {
    let (line, modem) = tokio::io::duplex(1 << 16);
    let heard = Arc::new(Mutex::new(Heard::default()));
    let clock = Clock::start("2026-11-22T12:00:00Z".parse().unwrap(), 1.0);
    let journal = Journal::begin(clock, None, Vec::new());
    tokio::spawn(Player::new(modem, transcript, heard.clone()).play());
    let engine = Engine::start(line, "transcript", Pace::from_speed(1.0), journal.sink());
    let mut count = 0;
    for exchange in &transcript.exchanges {
        let Some(command) = spelled(exchange)? else {
            continue;
        };
        let wanted = finals(exchange);
        let came =
            tokio::time::timeout(Duration::from_secs(400), engine.run(command, "transcript")).await;
        let came = came.map_err(|_| format!("{} hangs", exchange.command))?;
        count += 1;
        // What the modem says by itself behind an answer comes before the next command, as it did in the transcript.
        for _ in 0..6000 {
            if heard.lock().unwrap().finished >= count {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let rebooted = exchange
            .writes
            .iter()
            .chain(exchange.payload.iter().flatten())
            .any(|w| String::from_utf8_lossy(&w.octets).contains("RDY"));
        match (came, wanted) {
            (Ok(answer), Some(wanted)) if answer.result.to_string() == wanted => {}
            (Ok(answer), Some(wanted)) => {
                return Err(format!(
                    "{}: ended with {}, not with {wanted}",
                    exchange.command, answer.result
                ));
            }
            (Err(_), _) if rebooted => {}
            (Ok(_), None) => {
                return Err(format!(
                    "{}: ended, but the transcript shows no end",
                    exchange.command
                ));
            }
            (Err(e), wanted) => {
                return Err(format!(
                    "{}: {e}; the transcript has {wanted:?}",
                    exchange.command
                ));
            }
        }
    }
    tokio::time::sleep(Duration::from_secs(60)).await;
    let lost: Vec<String> = stray(transcript, &journal);
    if !lost.is_empty() {
        return Err(format!(
            "lines of the modem that belong to nothing: {lost:?}"
        ));
    }
    check(
        transcript,
        &Outcome {
            text: told(&journal),
            heard: &heard.lock().unwrap().commands,
            ..Outcome::default()
        },
    )?;
    Ok(format!("{count} commands ended as shown"))
}

fn spelled(exchange: &Exchange) -> Result<Option<mmscope::at::Command>, String> {
    let text = &exchange.command;
    let numbers = text
        .strip_prefix("AT+CIPSEND=")
        .map(|v| v.split(',').collect::<Vec<_>>());
    let command = match numbers.as_deref() {
        Some([link, _]) if exchange.payload.is_some() => {
            let link = link
                .parse()
                .map_err(|_| format!("{text}: no link number"))?;
            mmscope::at::Command::cipsend(link, exchange.octets.clone().into())
        }
        // Without a prompt in the transcript the modem has refused before asking.
        Some([link, size]) => {
            let link = link
                .parse()
                .map_err(|_| format!("{text}: no link number"))?;
            let size: usize = size.parse().map_err(|_| format!("{text}: no size"))?;
            mmscope::at::Command::cipsend(link, vec![b'x'; size].into())
        }
        // What is typed behind other prompts is the modem layer's; the engine's own tests have it.
        _ if exchange.payload.is_some() => return Ok(None),
        _ => mmscope::at::Command::typed(text),
    };
    command.map(Some).map_err(|e| format!("{text}: {e}"))
}

/// The final code that the transcript shows for a command.
fn finals(exchange: &Exchange) -> Option<String> {
    let text: String = exchange
        .writes
        .iter()
        .chain(exchange.payload.iter().flatten())
        .map(|w| String::from_utf8_lossy(&w.octets).into_owned())
        .collect();
    let is_final = |l: &&str| {
        matches!(*l, "OK" | "ERROR" | "NO CARRIER" | "BUSY")
            || l.starts_with("+CME ERROR")
            || l.starts_with("+CMS ERROR")
    };
    text.split(['\r', '\n']).find(is_final).map(str::to_owned)
}

/// Printable lines that the driver could not place, noise of a restart aside.
fn stray(transcript: &Transcript, journal: &Journal) -> Vec<String> {
    use mmscope::event::Role;
    let restarts = transcript.exchanges.iter().any(|e| {
        e.writes
            .iter()
            .chain(e.payload.iter().flatten())
            .any(|w| w.octets.windows(3).any(|o| o == b"RDY"))
    });
    journal
        .since(0)
        .iter()
        .filter_map(|e| match &e.what {
            What::Line(l) if l.role == Role::Noise && !restarts => Some(l.text.clone()),
            _ => None,
        })
        .collect()
}

#[derive(Default)]
struct Outcome<'a> {
    exit: Option<u8>,
    stage: Option<Stage>,
    done: Vec<Stage>,
    seconds: f64,
    text: String,
    heard: &'a [String],
}

/// A whole send with the modem of the transcript.
async fn send(transcript: &Transcript, until: Option<Stage>) -> Result<String, String> {
    let (line, modem) = tokio::io::duplex(1 << 16);
    let heard = Arc::new(Mutex::new(Heard::default()));
    tokio::spawn(Player::new(modem, transcript, heard.clone()).play());
    let mut beginning = Beginning::world("open");
    let apn = transcript.apn.as_deref().unwrap_or("internet");
    let host = transcript.host.as_deref().unwrap_or("mmsc.example");
    beginning.own_profile = Some(profile(apn, host)?);
    let unused = mmscope::simulator::Modem::start(
        beginning.world.clone(),
        mmscope::simulator::Options::default(),
    );
    let story = beginning.on(unused, Box::new(line), None);
    let began = tokio::time::Instant::now();
    let result = tokio::time::timeout(Duration::from_secs(1200), story.send(story.draft()))
        .await
        .map_err(|_| "no result within 1200 simulated s".to_owned())?;
    let done = rungs(&story);
    let outcome = Outcome {
        exit: Some(result.exit_code()),
        stage: result.stage,
        done: done.clone(),
        seconds: began.elapsed().as_secs_f64(),
        text: told(&story.journal),
        heard: &heard.lock().unwrap().commands.clone(),
    };
    let detail = || format!("{:#?}\n{}", result.error, outcome.text);
    if transcript.expects.is_empty() && until.is_none_or(|stage| !done.contains(&stage)) {
        return Err(format!(
            "nothing is expected, and it does not come to its end: {}",
            detail()
        ));
    }
    check(transcript, &outcome).map_err(|why| format!("{why}: {}", detail()))?;
    Ok(format!(
        "{} at {}, {:.1} s",
        if result.ok { "sent" } else { "failed" },
        result.stage.map_or("nothing", Stage::name),
        outcome.seconds
    ))
}

fn profile(apn: &str, host: &str) -> Result<Profile, String> {
    let text = format!(
        "schema = 1\nid = \"test/transcript\"\nname = \"Of a transcript\"\n\n[[match]]\nmccmnc = \"00101\"\n\n[[pdn]]\nrole = [\"default\", \"mms\"]\napn = \"{apn}\"\ntype = \"IP\"\n\n\
         [mms]\npdn = 0\nmmsc = \"http://{host}/mms/wapenc\"\n\n[[source]]\nset = \"user\"\nref = \"a transcript\"\ndate = \"2026-11-22\"\nfields = [\"*\"]\n\n[status]\nverified = \"never\"\n"
    );
    Profile::parse(Path::new("transcript.toml"), &text).map_err(|e| e.to_string())
}

fn rungs(story: &Story) -> Vec<Stage> {
    let done = |e: &Arc<mmscope::event::Event>| match &e.what {
        What::Stage(s) if matches!(s.state, StageState::Done { .. }) => Some(s.stage),
        _ => None,
    };
    story.events().iter().filter_map(done).collect()
}

/// Everything that a person can read, and the exchanges as they ended.
fn told(journal: &Journal) -> String {
    let mut all = Vec::new();
    for event in journal.since(0) {
        match &event.what {
            What::Notice(n) => all.push(n.text.clone()),
            What::Stage(s) => all.push(match &s.state {
                StageState::Done { says }
                | StageState::Progress { says, .. }
                | StageState::Attempt { says, .. }
                | StageState::Skipped { says } => format!("{} {says}", s.stage),
                StageState::Failed(f) => format!(
                    "{} failed: {} | {} | {} | {}",
                    s.stage, f.what, f.raw, f.means, f.advice
                ),
                StageState::Started { .. } => continue,
            }),
            What::Exchange(e) => {
                let ending = match &e.ending {
                    Ending::Final(code) => code.clone(),
                    other => format!("{other:?}"),
                };
                all.push(format!("{} {} {ending}", e.command, e.lines.join(" ")));
            }
            What::Lost(l) => all.push(format!("lost {}", l.events)),
            _ => {}
        }
    }
    all.join("\n")
}

fn check(transcript: &Transcript, outcome: &Outcome) -> Result<(), String> {
    let stage = |name: &str| {
        Stage::ALL
            .into_iter()
            .find(|s| s.name() == name)
            .ok_or_else(|| format!("no stage `{name}`"))
    };
    let text = outcome.text.to_lowercase();
    for expected in &transcript.expects {
        let (word, value) = expected.split_once(' ').unwrap_or((expected, ""));
        let wrote = |prefix: &str| outcome.heard.iter().any(|c| c.starts_with(prefix));
        let holds = match word {
            "sent" => outcome.exit == Some(0),
            "exit" => outcome.exit == value.parse().ok() && outcome.exit.is_some(),
            "stage" => outcome.stage == Some(stage(value)?),
            "done" => outcome.done.contains(&stage(value)?),
            "says" => text.contains(&value.to_lowercase()),
            "silent-on" => !text.contains(&value.to_lowercase()),
            "wrote" => wrote(value),
            "never-wrote" => !wrote(value),
            "within" => value.parse().is_ok_and(|s: f64| outcome.seconds <= s),
            _ => return Err(format!("`# expects: {expected}` is not understood")),
        };
        if !holds {
            return Err(format!("`# expects: {expected}` does not hold"));
        }
    }
    Ok(())
}

#[test]
fn a_transcript_that_is_none_says_where() {
    assert!(
        script::parse("# x\n>> AT\\r\nhello\n")
            .unwrap_err()
            .contains("line 3")
    );
    assert!(script::parse("<< \\x0\n").unwrap_err().contains("line 1"));
    assert!(script::parse("# @soon\n").unwrap_err().contains("line 1"));
}

#[tokio::test(start_paused = true)]
async fn an_expectation_that_does_not_hold_fails() {
    let text = "# plays: bring-up\n# expects: done stack\n# expects: wrote AT+CFUN=0\n>> AT\\r\n<< \\r\\nOK\\r\\n\n";
    let why = play(&script::parse(text).unwrap()).await.unwrap_err();
    assert!(why.contains("AT+CFUN=0"), "{why}");
}

//! What the console can do and a script can do, too: AT scripts, tables for a spreadsheet; and what stands in a pipe or on a plain terminal.
use super::console::keys::press;
use super::console::story::{self, screen};
use super::process::{Home, last_line, text};
use mmscope::console::Effect;
use std::io::Write;
use std::process::{Output, Stdio};

const IMEI: &str = "490154203237518";
const IMSI: &str = "001010123456789";

/// The same with this on standard input.
fn fed(home: &Home, words: &[&str], input: &str) -> Output {
    let mut command = home.command(words);
    let command = command.stdin(Stdio::piped());
    let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A program that refuses at once does not read to the end.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

#[test]
fn identities_are_hidden_in_a_pipe_unless_they_are_asked_for() {
    let home = Home::new();
    let at = ["at", "--world", "open", "AT+CGSN", "AT+CIMI"];
    let hidden = text(&home.run(&at).stdout);
    assert!(hidden.contains("490154*********"), "{hidden}");
    for identity in [IMEI, IMSI] {
        assert!(!hidden.contains(identity), "{hidden}");
    }
    let plain = text(&home.run(&[&at[..], &["--reveal"]].concat()).stdout);
    assert!(plain.contains(IMEI) && plain.contains(IMSI), "{plain}");
    let both = home.run(&[&at[..], &["--reveal", "--json"]].concat());
    assert_eq!(both.status.code(), Some(2), "JSON is masked, always");
}

#[test]
fn a_script_comes_from_standard_input_or_a_file() {
    let home = Home::new();
    let script = "# the state of the line\nAT+CSQ\n\n  AT+CPIN?\nAT+CMGF=1\nAT+CMGS=\"+12025550123\"\n> hello\n";
    let file = home.path("line.at");
    std::fs::write(&file, script).unwrap();
    let from_file = home.run(&["at", "--world", "open", "--script", file.to_str().unwrap()]);
    let from_input = fed(&home, &["at", "--world", "open", "-"], script);
    for output in [from_file, from_input] {
        let out = text(&output.stdout);
        assert_eq!(
            output.status.code(),
            Some(0),
            "{out} {}",
            text(&output.stderr)
        );
        for part in ["+CSQ:", "+CPIN: READY", "AT+CMGF=1", "+CMGS:"] {
            assert!(out.contains(part), "{part} in {out}");
        }
        assert!(!out.contains("2025550123"), "hidden: {out}");
    }
}

/// A script, the words beside it, the exit code, what was run, what is said.
type Failing = (
    &'static str,
    &'static [&'static str],
    i32,
    &'static [&'static str],
    &'static [&'static str],
);

#[test]
fn a_script_ends_at_its_first_failure_with_its_place() {
    let home = Home::new();
    let failing = "AT+CSQ\n# nothing such\nAT+NOSUCH?\nAT+CREG?\nAT+CGREG?\n";
    let table: &[Failing] = &[
        (
            failing,
            &[],
            1,
            &["+CSQ:", "AT+NOSUCH?"],
            &[
                "standard input:3: AT+NOSUCH?: ",
                "2 commands behind it were not run",
            ],
        ),
        (
            failing,
            &["--keep-going"],
            1,
            &["+CSQ:", "+CREG:", "+CGREG:"],
            &[],
        ),
        (
            "AT+CSQ\nhello\n",
            &[],
            2,
            &[],
            &[
                "standard input: Line 2",
                "`hello` is no AT command",
                "Nothing was run",
            ],
        ),
        (
            "> 41\n",
            &[],
            2,
            &[],
            &["Line 1", "a payload without a command"],
        ),
        (
            "AT+CSQ\nAT+CIPSEND=0,5\n",
            &[],
            2,
            &[],
            &["Line 2", "needs the octets along with it"],
        ),
        ("# only words\n", &[], 2, &[], &["no command in it"]),
        (
            "AT+CSQ\nAT+CFUN=0\n",
            &["--read-only"],
            2,
            &[],
            &[
                "standard input:2: read-only: AT+CFUN=0 would change the modem; none of the commands was sent",
            ],
        ),
    ];
    for (script, words, code, ran, said) in table {
        let words = [&["at", "--world", "open", "-"], *words].concat();
        let output = fed(&home, &words, script);
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert_eq!(output.status.code(), Some(*code), "{script}{out}{err}");
        for part in *ran {
            assert!(out.contains(part), "{script}: {part} in {out}");
        }
        if ran.is_empty() {
            assert_eq!(out, "", "{script}: nothing was run");
        }
        for part in *said {
            assert!(err.contains(part), "{script}: {part} in {err}");
        }
    }
    let stopped = text(&fed(&home, &["at", "--world", "open", "-"], failing).stdout);
    assert!(!stopped.contains("AT+CREG?"), "{stopped}");
    let idle = home.run(&["at", "--world", "open", "--keep-going", "AT+CSQ"]);
    assert_eq!(
        idle.status.code(),
        Some(2),
        "an option that would do nothing"
    );
}

/// What is copied from the traffic as an AT script runs as it stands.
#[test]
fn a_copied_script_can_be_fed_back() {
    let mut state = story::at_the_end(&story::failed());
    screen(&mut state, 120, 36);
    let effects = press(&mut state, "<esc>3ya");
    let [Effect::Copy(copied)] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    let commands = copied.lines().filter(|l| l.starts_with("AT")).count();
    assert!(commands > 5, "{copied}");
    let home = Home::new();
    let words = ["at", "--world", "open", "--keep-going", "-"];
    let output = fed(&home, &words, copied);
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    let ran = out.lines().filter(|l| l.starts_with("AT")).count();
    assert_eq!(ran, commands, "{copied}\n{out}\n{err}");
}

#[test]
fn a_copied_command_whose_payload_is_not_copied_is_a_comment() {
    let mut sending = story::ready();
    sending.at("AT+CSQ", 5, &["+CSQ: 21,99", "OK"], None);
    sending.at("AT+CIPSEND=0,137", 5, &["OK"], None);
    let mut state = story::at_the_end(&sending);
    screen(&mut state, 120, 36);
    let effects = press(&mut state, "<esc>3ya");
    let [Effect::Copy(script)] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    let read = mmscope::console::at_line::script(script).unwrap();
    assert!(read.iter().any(|t| t.command == "AT+CSQ"), "{script}");
    assert!(
        read.iter().all(|t| !t.command.contains("CIPSEND")),
        "{script}"
    );
    assert!(script.contains("AT+CIPSEND=0,137"), "{script}");
}

/// A locale, a configuration, words, and whether marks are drawn in ASCII.
#[test]
fn without_a_utf_8_locale_marks_are_ascii() {
    let table = [
        ([None, None, None], "", &[][..], true),
        ([None, None, Some("C")], "", &[], true),
        ([None, None, Some("de_DE.ISO-8859-1")], "", &[], true),
        ([None, None, Some("de_DE.utf8")], "", &[], false),
        ([Some("C"), Some("C.UTF-8"), Some("C.UTF-8")], "", &[], true),
        ([Some(""), Some("C.UTF-8"), Some("C")], "", &[], false),
        (
            [Some("C"), None, None],
            "[screen]\nascii = false\n",
            &[],
            false,
        ),
        (
            [Some("C.UTF-8"), None, None],
            "[screen]\nascii = true\n",
            &[],
            true,
        ),
        (
            [Some("C.UTF-8"), None, None],
            "[screen]\nascii = \"auto\"\n",
            &["--ascii"],
            true,
        ),
    ];
    for (locale, config, words, ascii) in table {
        let home = Home::new();
        let file = home.path("own.toml");
        std::fs::write(&file, config).unwrap();
        let file = file.to_str().unwrap().to_owned();
        let run = |command: &[&str]| {
            let words = [command, &["--world", "open", "--config", &file], words].concat();
            let mut command = home.command(&words);
            for (name, value) in ["LC_ALL", "LC_CTYPE", "LANG"].iter().zip(locale) {
                match value {
                    Some(value) => command.env(name, value),
                    None => command.env_remove(name),
                };
            }
            text(&command.output().unwrap().stdout)
        };
        let sent = run(&["send", "--to", "+12025550123", "hello"]);
        assert!(sent.contains("M-Send.conf Ok"), "{sent}");
        let marks = sent.lines().filter(|l| l.contains("encode"));
        let marks: Vec<&str> = marks.collect();
        assert!(
            !marks.is_empty() && marks.iter().all(|l| l.is_ascii() == ascii),
            "{locale:?} {config}: {sent}"
        );
        let doctor = run(&["doctor"]);
        let line = doctor.lines().find(|l| l.contains("UTF-8")).unwrap();
        let utf8 = locale.iter().flatten().find(|l| !l.is_empty());
        let utf8 = utf8.is_some_and(|l| l.to_lowercase().contains("utf"));
        assert_eq!(
            !line.contains('!') && !line.contains("warn"),
            utf8,
            "{line}"
        );
        if ascii && !utf8 {
            assert!(line.contains("drawn in ASCII"), "{line}");
        }
    }
}

#[test]
fn a_message_id_is_readable_wherever_it_stands_in_a_recording() {
    let home = Home::new();
    let words = [
        "send",
        "--world",
        "open",
        "--json",
        "--to",
        "+12025550123",
        "hello",
    ];
    let output = home.run(&words);
    let id = last_line(&output)["message_id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(id.contains('@'), "{id}: written like an address");
    let out = text(&output.stdout);
    let confirmed = out
        .lines()
        .find(|l| l.contains("\"confirm\"") && l.contains("done"));
    assert!(
        confirmed.unwrap().contains(&format!("Message-ID {id}")),
        "{out}"
    );
    assert!(!out.contains("2025550123"), "{out}");
}

#[test]
fn only_the_id_itself_is_readable() {
    use mmscope::event::redact_but_ids;
    for (text, shown) in [
        (
            "Ok, Message-ID 1a2b@mmsc.example",
            "Ok, Message-ID 1a2b@mmsc.example",
        ),
        (
            "to joe@example.com, Message-ID x@y.example for ann@example.com",
            "to ***@example.com, Message-ID x@y.example for ***@example.com",
        ),
        ("Message-ID", "Message-ID"),
        ("Message-ID ", "Message-ID "),
        ("+12025550123", "+120255*****"),
    ] {
        assert_eq!(redact_but_ids(text), shown);
    }
}

#[test]
fn the_tables_of_several_sends_go_into_a_spreadsheet_or_a_ticket() {
    let home = Home::new();
    let vary = [
        "send",
        "--world",
        "open",
        "--vary",
        "version=1.0",
        "--yes",
        "--to",
        "+12025550123",
        "hello",
    ];
    let csv = text(&home.run(&[&vary[..], &["--csv"]].concat()).stdout);
    assert!(
        csv.starts_with(",version as it is,version 1.0,differs\r\n"),
        "{csv}"
    );
    assert!(
        csv.contains("\r\noutcome,accepted,accepted,no\r\n")
            || csv.contains("outcome,accepted,accepted,no\r\n"),
        "{csv}"
    );
    assert!(!csv.contains("recorded in"), "the table alone: {csv}");
    let markdown = text(&home.run(&[&vary[..], &["--markdown"]].concat()).stdout);
    assert!(
        markdown.starts_with("| ") && markdown.lines().all(|l| l.starts_with('|')),
        "{markdown}"
    );
    let config = home.path("pace.toml");
    std::fs::write(&config, "pace_seconds = 0\n").unwrap();
    let test = [
        "send",
        "--world",
        "open",
        "--to",
        "self",
        "--verify",
        "--preset",
        "lengths",
        "--config",
        config.to_str().unwrap(),
    ];
    let output = home.run(&[&test[..], &["--csv"]].concat());
    let csv = text(&output.stdout);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{csv} {}",
        text(&output.stderr)
    );
    assert!(
        csv.starts_with(
            ",140 characters,400 characters,827 characters,2100 characters,differs\r\n"
        ),
        "{csv}"
    );
    assert!(
        csv.contains("sent,1,1,1,1,no\r\n") && csv.contains("came back whole,1,1,1,1,no\r\n"),
        "{csv}"
    );
    for wrong in [
        &["send", "--world", "open", "--csv", "hello"][..],
        &["send", "--world", "open", "--markdown", "hello"],
    ] {
        let refused = home.run(wrong);
        assert_eq!(refused.status.code(), Some(2));
        assert!(text(&refused.stderr).contains("--vary or --preset"));
    }
}

#[test]
fn refusals_name_words_that_are_known() {
    let home = Home::new();
    let config = home.path("off.toml");
    std::fs::write(&config, "receive = \"off\"\n").unwrap();
    let inbox = home.path("inbox");
    let refused = home.run(&[
        "inbox",
        "receive",
        "--seconds",
        "1",
        "--world",
        "open",
        "--inbox",
        inbox.to_str().unwrap(),
        "--config",
        config.to_str().unwrap(),
    ]);
    let said = text(&refused.stderr);
    assert_eq!(refused.status.code(), Some(2), "{said}");
    let advised = said
        .split("say ")
        .nth(1)
        .unwrap()
        .split(" there")
        .next()
        .unwrap();
    assert!(
        mmscope::config::Config::parse("advised.toml", advised).is_ok(),
        "{advised}"
    );
    let console = home.run(&["--sim", "--json"]);
    let said = text(&console.stderr);
    assert_eq!(console.status.code(), Some(2), "{said}");
    for twin in [
        "mmscope send",
        "mmscope at",
        "mmscope probe",
        "mmscope doctor",
    ] {
        assert!(said.contains(twin), "{said}");
    }
}

/// The plan of `send --dry-run --json`, and what the same send really asked of the modem: purpose and command.
fn planned_and_done(home: &Home, words: &[&str]) -> (serde_json::Value, Vec<(String, String)>) {
    let plan = home.run(&[&["send", "--dry-run", "--json"], words].concat());
    assert_eq!(plan.status.code(), Some(0), "{}", text(&plan.stderr));
    let plan_line = last_line(&plan);
    let done = home.run(&[&["send", "--json"], words].concat());
    let done = text(&done.stdout);
    let events = done.lines().map(|l| serde_json::from_str(l).unwrap());
    let asked = events.filter(|e: &serde_json::Value| e["event"] == "exchange");
    let word = |e: &serde_json::Value, name: &str| e[name].as_str().unwrap().to_owned();
    let asked = asked.map(|e| (word(&e, "purpose"), word(&e, "command")));
    (plan_line, asked.collect())
}

/// `AT+CGDCONT=5,"IP"` sets `AT+CGDCONT`, `ATE1` sets `ATE`.
fn set_by(command: &str) -> &str {
    let name = command.split(['=', '?']).next().unwrap();
    name.trim_end_matches(|c: char| c.is_ascii_digit())
}

/// Whatever a real send asks stands in the plan; what puts settings back is about a setting that the plan changes.
#[test]
fn a_dry_run_names_every_command_of_the_send_itself() {
    let home = Home::new();
    let login = home.path("login.toml");
    let shipped = text(&home.run(&["profiles", "show", "example/open"]).stdout);
    let with = shipped.replacen(
        "auth = \"none\"",
        "auth = \"pap\"\nuser = \"u\"\npassword = \"topsecret\"",
        1,
    );
    assert_ne!(with, shipped, "{shipped}");
    std::fs::write(&login, with).unwrap();
    let login = login.to_str().unwrap().to_owned();
    let sends: [&[&str]; 10] = [
        &["--world", "open"],
        &["--world", "open", "--profile", &login],
        &["--world", "open", "--as", "sms", &"long ".repeat(60)],
        &["--world", "mint"],
        &["--world", "old-firmware"],
        &["--world", "wrong-context"],
        &["--world", "stack-open-already"],
        &["--world", "ipv6-only"],
        &["--world", "weak-signal"],
        &["--world", "needs-proxy"],
    ];
    for words in sends {
        let (plan, asked) = planned_and_done(&home, words);
        let commands = plan["commands"].as_array().unwrap();
        assert!(!plan.to_string().contains("topsecret"), "{plan}");
        let matches = |step: &serde_json::Value, purpose: &str, command: &str| {
            let blanks = regex_lite::Regex::new("<[^>]*>").unwrap();
            let known: Vec<String> = blanks
                .split(step["command"].as_str().unwrap())
                .map(regex_lite::escape)
                .collect();
            let pattern = known.join(".+").replace(r"\*\*\*", ".*");
            let pattern = regex_lite::Regex::new(&format!("^{pattern}$")).unwrap();
            step["stage"] == purpose && pattern.is_match(command)
        };
        assert!(asked.len() > 10, "{words:?}: {asked:?}");
        for (purpose, command) in &asked {
            let undone = purpose == "restore"
                && commands.iter().any(|step| {
                    step["effect"] == "changes"
                        && set_by(step["command"].as_str().unwrap()) == set_by(command)
                });
            let named = commands.iter().any(|step| matches(step, purpose, command));
            assert!(named || undone, "{words:?}: {purpose} {command}");
        }
    }
}

/// And nothing stands in it without a condition that a send does not do.
#[test]
fn what_a_dry_run_names_without_a_condition_is_done() {
    let home = Home::new();
    for words in [
        &["--world", "open"][..],
        &["--world", "open", "--as", "sms", "hello"],
    ] {
        let (plan, asked) = planned_and_done(&home, words);
        for step in plan["commands"].as_array().unwrap() {
            let command = step["command"].as_str().unwrap();
            // What stands between angle brackets is known only when a modem answers.
            let is_this = |asked: &str| match command.split_once('<') {
                Some((begins, _)) => asked.starts_with(begins),
                None => asked == command,
            };
            let done = asked
                .iter()
                .any(|(purpose, c)| step["stage"] == purpose.as_str() && is_this(c));
            assert!(done || !step["when"].is_null(), "{words:?}: {step}");
        }
    }
}

/// What a send says of the profile before it begins, a dry run says too: the port stands in the URL twice over.
#[test]
fn a_dry_run_names_what_is_wrong_in_the_profile() {
    let home = Home::new();
    let words = [
        "send",
        "--world",
        "mint",
        "--dry-run",
        "--to",
        "+12025550123",
        "hello",
    ];
    let out = text(&home.run(&words).stdout);
    for part in [
        "profile example/mint-as-configured",
        "P01 error",
        "P02 error",
    ] {
        assert!(out.contains(part), "no {part} in {out}");
    }
    let json = home.run(&[&words[..], &["--json"]].concat());
    let result: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(result["lints"][0]["id"], "P01", "{result}");
}

#[test]
fn a_dry_run_shows_the_octets_and_the_request_and_keeps_nothing() {
    let home = Home::new();
    let words = [
        "send",
        "--world",
        "open",
        "--dry-run",
        "--transaction-id",
        "T1",
        "--date",
        "1795360511",
        "--to",
        "+12025550123",
        "hello",
    ];
    let output = home.run(&words);
    let out = text(&output.stdout);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{out}{}",
        text(&output.stderr)
    );
    for part in [
        "DRY RUN: nothing is sent",
        "POST /mms/wapenc HTTP/1.1",
        "Host: mmsc.example",
        "X-Mms-Transaction-Id: T1",
        "5 octets: hello",
        "~ AT+CDNSGIP=\"mmsc.example\"",
        "deleted again with AT+CGDCONT=<cid>",
        "Open until a modem answers",
    ] {
        assert!(out.contains(part), "{part} in {out}");
    }
    assert!(!out.contains("2025550123"), "hidden in a pipe: {out}");
    assert!(
        !home.path("state/mmscope/recordings").exists(),
        "no session"
    );
    // The octets are those that `pdu encode` makes and a send would post.
    let file = home.path("m.mms");
    let pdu = [
        "pdu",
        "encode",
        "--profile",
        "example/open",
        "--transaction-id",
        "T1",
        "--date",
        "1795360511",
        "--to",
        "+12025550123",
        "hello",
        "-o",
        file.to_str().unwrap(),
    ];
    assert_eq!(home.run(&pdu).status.code(), Some(0));
    let octets = std::fs::read(&file).unwrap();
    let json = last_line(&home.run(&[&words[..], &["--json"]].concat()));
    assert_eq!(json["sha256"], mmscope::mms::sha256(&octets));
    assert_eq!(
        (&json["ok"], &json["dry_run"], &json["size"]),
        (&true.into(), &true.into(), &octets.len().into())
    );
    let (head, body) = (&json["http"]["headers"], json["size"].as_u64().unwrap());
    let length = head
        .as_array()
        .unwrap()
        .iter()
        .find(|h| h[0] == "Content-Length")
        .unwrap();
    assert_eq!(length[1], body.to_string());
}

/// Words, and the exit code and reason of a dry run that cannot be shown.
#[test]
fn a_dry_run_stops_where_the_send_would_stop_before_a_modem() {
    let home = Home::new();
    let table: [(&[&str], i32, &str); 4] = [
        (&["--to", "self", "hello"], 2, "it cannot know who self is"),
        (&["--to", "nobody", "hello"], 2, "--to nobody"),
        (
            &["--as", "sms", "--to", "joe@example.com", "hello"],
            10,
            "cannot go as SMS",
        ),
        (&["--to", "+12025550123", "--queue", "hello"], 2, "--queue"),
    ];
    for (words, code, why) in table {
        let output = home.run(&[&["send", "--world", "open", "--dry-run"], words].concat());
        let err = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{words:?}: {err}");
        assert!(err.contains(why), "{words:?}: {err}");
    }
    let held = home.run(&[
        "send",
        "--world",
        "open",
        "--dry-run",
        "--read-only",
        "--to",
        "+12025550123",
        "hello",
    ]);
    assert_eq!(held.status.code(), Some(0), "it is looked at all the same");
    let err = text(&held.stderr);
    assert!(err.contains("the real send would be refused"), "{err}");
    let bare = home.run(&["send", "--dry-run", "--to", "+12025550123", "hello"]);
    assert_eq!(bare.status.code(), Some(2), "no profile is named");
    assert!(text(&bare.stderr).contains("name one with --profile"));
}

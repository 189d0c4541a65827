//! `mmscope probe`, and `send --vary`, as a person or a script runs them.
#![cfg(unix)]
use crate::process::{Home, Served, last_line, text};
use serde_json::Value;
use std::process::Stdio;

/// Fast, and not so fast that a busy machine makes limits pass.
const FAST: &[&str] = &["--sim-speed", "20"];

fn words<'a>(words: &[&'a str]) -> Vec<&'a str> {
    words.iter().chain(FAST).copied().collect()
}

#[test]
fn exit_codes_tell_works_from_a_cause_from_nothing_sure() {
    let home = Home::new();
    let table = [
        ("open", 0, "WORKS"),
        ("mint", 30, "WRONG-PORT"),
        ("firewalled", 31, "INCONCLUSIVE"),
    ];
    for (world, code, verdict) in table {
        let output = home.run(&words(&["probe", "--world", world, "--json"]));
        let result = last_line(&output);
        assert_eq!(output.status.code(), Some(code), "{world}: {result}");
        assert_eq!(
            (&result["event"], &result["verdict"]),
            (&"result".into(), &verdict.into()),
            "{world}"
        );
    }
    let output = home.run(&words(&[
        "probe",
        "--world",
        "open",
        "--profile",
        "us/nobody",
    ]));
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
    let output = home.run(&words(&["probe", "--world", "open", "--full"]));
    assert_eq!(output.status.code(), Some(2), "nobody can be asked");
    assert!(text(&output.stderr).contains("--full --yes"));
}

#[test]
fn the_last_line_of_json_is_the_verdict_as_the_contract_has_it() {
    let home = Home::new();
    let output = home.run(&words(&["probe", "--world", "mint", "--json"]));
    let result = last_line(&output);
    assert_eq!(result["confidence"], "high");
    assert!(result["headline"].as_str().unwrap().contains("port 80"));
    let filled = |field: &str| !result[field].as_array().unwrap().is_empty();
    for field in [
        "evidence",
        "would_change",
        "next",
        "others",
        "cells",
        "not_run",
    ] {
        assert!(filled(field), "{field} in {result}");
    }
    let evidence = &result["evidence"][0];
    assert!(
        evidence["id"].is_u64() && evidence["says"].is_string(),
        "{evidence}"
    );
    let other = &result["others"][0];
    assert!(
        ["open", "weakened", "excluded"].contains(&other["standing"].as_str().unwrap())
            && other["verdict"].is_string()
            && other["why"].is_string(),
        "{other}"
    );
    // Each piece of evidence is an event of this very output.
    let lines: Vec<Value> = text(&output.stdout)
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    for piece in result["evidence"].as_array().unwrap() {
        assert!(
            lines
                .iter()
                .any(|l| l["id"] == piece["id"] && l["event"] == "fact"),
            "{piece}"
        );
    }
    let open = lines.iter().filter(|l| l["event"] == "experiment");
    let mut last = std::collections::BTreeMap::new();
    for step in open {
        last.insert(
            format!("{} {}", step["experiment"], step["title"]),
            step["state"].clone(),
        );
    }
    for (step, state) in &last {
        assert!(
            state == "done" || state == "not_run",
            "{step} is left {state}"
        );
    }
}

#[test]
fn profiles_side_by_side_as_markdown_and_csv_and_one_thing_at_a_time() {
    let home = Home::new();
    let two = "example/mint-as-configured,us/mint";
    let output = home.run(&words(&[
        "probe",
        "--world",
        "mint",
        "--profiles",
        two,
        "--whole-profiles",
        "--markdown",
    ]));
    assert_eq!(output.status.code(), Some(0), "one of them works");
    let out = text(&output.stdout);
    assert!(
        out.starts_with("| | example/mint-as-configured | us/mint |\n|---|---|---|\n"),
        "{out}"
    );
    assert!(
        out.contains("| **verdict** | WRONG-PORT (high) | WORKS ("),
        "{out}"
    );
    assert!(
        out.contains("\n| APN asked | Wholesale | Wholesale |\n"),
        "{out}"
    );
    assert!(
        out.contains(
            "us/mint differs from example/mint-as-configured in PDP type, MMSC; no row tells which of these matters"
        ),
        "{out}"
    );
    let output = home.run(&words(&[
        "probe",
        "--world",
        "mint",
        "--profiles",
        two,
        "--csv",
    ]));
    let out = text(&output.stdout);
    let rows: Vec<Vec<String>> = out.split_terminator("\r\n").map(fields).collect();
    assert!(rows.iter().all(|r| r.len() == rows[0].len()), "{out}");
    assert_eq!(
        rows[0],
        [
            "",
            "example/mint-as-configured",
            "example/mint-as-configured, but PDP type of us/mint",
            "example/mint-as-configured, but MMSC of us/mint",
            "us/mint",
            "differs"
        ]
    );
    let verdict = rows.iter().find(|r| r[0] == "verdict").unwrap();
    let codes: Vec<&str> = verdict[1..5]
        .iter()
        .map(|v| v.split(' ').next().unwrap())
        .collect();
    assert_eq!(
        codes,
        ["WRONG-PORT", "WRONG-PORT", "WORKS", "WORKS"],
        "the MMSC it is, not the type"
    );
    assert_eq!(verdict[5], "yes");
    let output = home.run(&words(&[
        "probe",
        "--world",
        "mint",
        "--profiles",
        two,
        "--json",
    ]));
    let result = last_line(&output);
    assert_eq!(result["profiles"].as_array().unwrap().len(), 4, "{result}");
    assert_eq!(
        result["notes"][0],
        "us/mint differs from example/mint-as-configured in PDP type, MMSC. With its PDP type alone: WRONG-PORT, as before. With its MMSC alone: WORKS, as with all of it."
    );
}

#[test]
fn the_table_of_the_first_evening_with_what_was_missing_in_it() {
    let home = Home::new();
    let output = home.run(&words(&[
        "probe",
        "--world",
        "mint",
        "--profiles",
        "example/mint-as-configured,us/mint,us/t-mobile",
        "--markdown",
    ]));
    assert_eq!(output.status.code(), Some(0));
    let out = text(&output.stdout);
    let head: Vec<&str> = out.lines().next().unwrap().split(" | ").collect();
    for (nth, id) in [
        (1, "example/mint-as-configured"),
        (4, "us/mint"),
        (8, "us/t-mobile |"),
    ] {
        assert_eq!(head[nth], id, "{head:?}");
    }
    // All that was known of the evening: both names, every address, the access points; and which port and family lead to an MMSC.
    for found in [
        "| **wholesale.mmsmvno.com resolves to** | 10.175.85.144 ",
        "| **mms.msg.eng.t-mobile.com resolves to** | 10.175.85.145, 10.175.85.156, 10.188.239.156 ",
        "| **APN asked** | Wholesale | Wholesale ",
        "| fast.t-mobile.com ",
        "wholesale.mmsmvno.com at 10.175.85.144:8080",
        "wholesale.mmsmvno.com at 10.175.85.144:80",
        "| **our address** | 48.31.x.x ",
        "10.177.0.34",
        "us/t-mobile differs from example/mint-as-configured in APN, PDP type, MMSC. With its APN alone: ",
    ] {
        assert!(out.contains(found), "{found}\n{out}");
    }
}

#[test]
fn what_is_compared_never_goes_as_sms_whatever_the_configuration_says() {
    let home = Home::new();
    let config = home.path("fallback.toml");
    std::fs::write(&config, "[sending]\nfallback = \"send\"\n").unwrap();
    let config = config.to_str().unwrap();
    let options = ["--world", "firewalled", "--config", config, "--json"];
    let plain = home.run(&words(&[&["send"][..], &options].concat()));
    assert_eq!(
        last_line(&plain)["way"],
        "sms",
        "without --vary the configuration counts: {}",
        last_line(&plain)
    );
    let vary = ["send", "--vary", "user-agent=Android-Mms/2.0", "--yes"];
    let output = home.run(&words(&[&vary[..], &options].concat()));
    let result = last_line(&output);
    let sends = result["sends"].as_array().unwrap();
    assert_eq!(sends.len(), 2, "{result}");
    for sent in sends {
        let result = &sent["result"];
        assert_eq!(
            (&result["ok"], &result["stage"]),
            (&false.into(), &"connect".into()),
            "{result}"
        );
    }
    assert_eq!(output.status.code(), Some(18));
}

/// The fields of a line of CSV.
fn fields(line: &str) -> Vec<String> {
    let (mut all, mut quoted) = (vec![String::new()], false);
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => all.push(String::new()),
            c => all.last_mut().unwrap().push(c),
        }
    }
    all
}

#[test]
fn an_earlier_recording_is_a_column_beside_today() {
    let home = Home::new();
    let before = home.path("before.jsonl");
    let file = before.to_str().unwrap();
    home.run(&words(&["probe", "--world", "mint", "--record", file]));
    let output = home.run(&words(&[
        "probe",
        "--world",
        "mint",
        "--profile",
        "us/mint",
        "--earlier",
        file,
        "--json",
    ]));
    let result = last_line(&output);
    let columns = result["profiles"].as_array().unwrap();
    assert_eq!(columns.len(), 2, "{result}");
    assert!(
        columns[0]
            .as_str()
            .unwrap()
            .starts_with("example/mint-as-configured (20")
    );
    assert_eq!(columns[1], "us/mint");
    assert_eq!(
        (
            &result["verdicts"][0]["verdict"],
            &result["verdicts"][1]["verdict"]
        ),
        (&"WRONG-PORT".into(), &"WORKS".into())
    );
    let sent = home.path("sent.jsonl");
    let sent = sent.to_str().unwrap();
    home.run(&words(&[
        "send",
        "--world",
        "open",
        "--to",
        "+12025550123",
        "x",
        "--record",
        sent,
    ]));
    let output = home.run(&words(&["probe", "--world", "mint", "--earlier", sent]));
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output.stderr).contains("holds no probe"),
        "{}",
        text(&output.stderr)
    );
}

#[test]
fn read_only_refuses_at_once_and_says_why() {
    let home = Home::new();
    for more in [&["--json"][..], &["--profiles", "us/mint"][..]] {
        let mut all = words(&["probe", "--world", "mint", "--read-only"]);
        all.extend(more);
        let output = home.run(&all);
        assert_eq!(output.status.code(), Some(2), "{more:?}");
        assert!(
            text(&output.stderr).contains("read-only: a probe opens the module's socket stack"),
            "{}",
            text(&output.stderr)
        );
    }
}

#[test]
fn several_witnesses_count() {
    let home = Home::new();
    let output = home.run(&words(&[
        "probe",
        "--world",
        "firewalled",
        "--witness",
        "phone=fails",
        "--witness",
        "inbound=no",
        "--json",
    ]));
    let result = last_line(&output);
    assert_eq!(output.status.code(), Some(30));
    assert_eq!(result["verdict"], "SUBSCRIPTION", "{result}");
    let missing: Vec<&str> = result["not_run"]
        .as_array()
        .unwrap()
        .iter()
        .map(|n| n["experiment"].as_str().unwrap())
        .collect();
    assert!(
        !missing.contains(&"E34") && !missing.contains(&"E35"),
        "{missing:?}"
    );
    let output = home.run(&words(&[
        "probe",
        "--world",
        "open",
        "--witness",
        "phone=maybe",
    ]));
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn an_interrupt_ends_it_with_its_verdict_so_far() {
    let home = Home::new();
    let child = home
        .command(&[
            "probe",
            "--world",
            "firewalled",
            "--json",
            "--sim-speed",
            "4",
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(std::time::Duration::from_secs(3));
    crate::process::signal(&child, "-INT");
    let output = child.wait_with_output().unwrap();
    let result = last_line(&output);
    assert_eq!(output.status.code(), Some(130), "{result}");
    assert_eq!(
        (&result["event"], &result["cancelled"]),
        (&"result".into(), &true.into())
    );
    // What it cost until then is counted.
    assert!(result["exchanges"].as_u64() > Some(5), "{result}");
}

#[test]
fn without_a_profile_the_sim_chooses_and_matching_examines_all_that_fit() {
    let home = Home::new();
    let (_modem, place) = Served::start(
        &home,
        &[
            "sim",
            "--world",
            "mint",
            "--tcp",
            "127.0.0.1:0",
            "--sim-speed",
            "20",
        ],
    );
    let address = place.split_whitespace().find(|w| w.starts_with("tcp:"));
    let address = address.unwrap_or_else(|| panic!("no address in {place}"));
    let port = address.trim_end_matches(';');
    let output = home.run(&["probe", "--port", port, "--json"]);
    let result = last_line(&output);
    assert_eq!(
        (&result["profile"], &result["verdict"]),
        (&"us/mint".into(), &"WORKS".into()),
        "{result} {}",
        text(&output.stderr)
    );
    let output = home.run(&words(&[
        "probe",
        "--world",
        "mint",
        "--matching",
        "--json",
    ]));
    let result = last_line(&output);
    let columns: Vec<&str> = result["profiles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p.as_str().unwrap())
        .collect();
    assert_eq!(columns.first(), Some(&"us/mint"), "best first: {columns:?}");
    assert!(
        columns.contains(&"example/mint-as-configured"),
        "{columns:?}"
    );
}

/// A world whose MMSC takes one User-Agent and answers 403 to all others.
fn picky(home: &Home) -> String {
    let world = include_str!("../../assets/worlds/open.toml");
    let path = home.path("picky.toml");
    let picky = "[mmsc]\nrequired_headers = { \"User-Agent\" = \"Android-Mms/2.0\" }\n";
    assert!(world.contains("[mmsc]\n"));
    std::fs::write(&path, world.replacen("[mmsc]\n", picky, 1)).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn the_same_message_with_one_thing_changed_shows_what_matters() {
    let home = Home::new();
    let world = picky(&home);
    let vary = "user-agent=Android-Mms/2.0,Nokia\\, old";
    let all = words(&["send", "--world", &world, "--vary", vary]);
    let output = home.run(&all);
    assert_eq!(output.status.code(), Some(2), "several messages want a yes");
    assert!(
        text(&output.stderr).contains("sends 3 messages") && text(&output.stderr).contains("--yes"),
        "{}",
        text(&output.stderr)
    );
    let mut agreed = all.clone();
    agreed.push("--yes");
    let output = home.run(&agreed);
    let out = text(&output.stdout);
    assert_eq!(
        output.status.code(),
        Some(19),
        "the first that was refused: {out}"
    );
    assert!(
        out.contains("| **outcome** | FAILED at post | accepted | FAILED at post |")
            && out.contains("| **HTTP status** | 403 | 200 | 403 |"),
        "{out}"
    );
    assert!(
        out.contains("user-agent goes with the outcome: accepted with Android-Mms/2.0; not with as it is, Nokia, old."),
        "{out}"
    );
    agreed.push("--json");
    let result = last_line(&home.run(&agreed));
    assert_eq!(result["varied"], "user-agent");
    assert_eq!(
        result["sends"][1]["result"]["response_status_name"], "Ok",
        "{result}"
    );
    // Each variable, with values that make a difference on the wire or none.
    let table = [
        ("length=20,3000", true),
        ("version=1.0,1.3", true),
        ("from=token,+12025550199", true),
        ("charset=yes,no", true),
        ("proxy=none", true),
        ("uaprof=http://192.0.2.9/ua.xml", true),
        ("length=0", false),
        ("version=2", false),
        ("charset=maybe", false),
        ("colour=red", false),
        ("proxy=a:b:c", false),
    ];
    for (vary, known) in table {
        let output = home.run(&words(&[
            "send", "--world", "open", "--vary", vary, "--yes", "--json",
        ]));
        let expected = if known { Some(0) } else { Some(2) };
        assert_eq!(
            output.status.code(),
            expected,
            "{vary}: {}",
            text(&output.stderr)
        );
        if vary.starts_with("length") && known {
            let result = last_line(&output);
            let size = |n: usize| result["sends"][n]["result"]["size"].as_u64().unwrap();
            assert!(size(1) < 500 && size(2) > 3000, "{result}");
        }
    }
}

/// The second message waits behind the pace when Ctrl-C comes: the program ends at once, and nothing of it goes out later.
#[test]
fn a_row_that_is_stopped_leaves_a_draft_and_no_message_that_waits() {
    use std::io::BufRead;
    let home = Home::new();
    let config = home.path("slow.toml");
    std::fs::write(&config, "pace_seconds = 200\n").unwrap();
    let outbox = home.path("box.redb");
    let place = outbox.to_str().unwrap();
    let mut child = home
        .command(&words(&["send", "--world", "open", "--json", "--yes"]))
        .args(["--vary", "user-agent=Nokia", "--outbox", place])
        .args(["--config", config.to_str().unwrap()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = std::io::BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("message 2 of 2") {
        line.clear();
        assert!(said.read_line(&mut line).unwrap() > 0, "it ended before");
    }
    std::thread::sleep(std::time::Duration::from_millis(400));
    let stopped = std::time::Instant::now();
    crate::process::signal(&child, "-INT");
    let output = child.wait_with_output().unwrap();
    let took = stopped.elapsed();
    assert_eq!(output.status.code(), Some(130));
    assert!(took < std::time::Duration::from_secs(5), "{took:?}");
    let result = last_line(&output);
    let ends: Vec<bool> = (0..2)
        .map(|n| result["sends"][n]["result"]["cancelled"] == true)
        .collect();
    assert_eq!(ends, [false, true], "{result}");
    let list = home.run(&["outbox", "list", "--json", "--outbox", place]);
    let rows = text(&list.stdout);
    let states: Vec<String> = rows
        .lines()
        .map(|l| serde_json::from_str::<Value>(l).unwrap()["state"].to_string())
        .collect();
    assert_eq!(states, ["\"delivered\"", "\"draft\""], "{rows}");
}

#[test]
fn a_replayed_probe_says_its_verdict_anew_and_a_report_carries_it() {
    let home = Home::new();
    let file = home.path("probe.jsonl");
    let file = file.to_str().unwrap();
    home.run(&words(&[
        "probe",
        "--world",
        "firewalled-phone-sends",
        "--interface",
        "wwan0",
        "--witness",
        "phone=sends",
        "--full",
        "--yes",
        "--record",
        file,
    ]));
    let output = home.run(&["replay", file]);
    let out = text(&output.stdout);
    assert_eq!(output.status.code(), Some(30));
    assert!(
        out.contains("NETWORK-BLOCK  medium confidence") && !out.contains("Said then"),
        "{out}"
    );
    let old = std::fs::read_to_string(file).unwrap();
    std::fs::write(
        file,
        old.replace(
            "\"verdict\":\"NETWORK-BLOCK\",\"confidence\":\"medium\"",
            "\"verdict\":\"PORTAL\",\"confidence\":\"low\"",
        ),
    )
    .unwrap();
    let out = text(&home.run(&["replay", file]).stdout);
    assert!(
        out.contains("NETWORK-BLOCK  medium confidence") && out.contains("Said then: PORTAL, low"),
        "{out}"
    );
    let report = home.run(&[
        "report",
        file,
        "--format",
        "text",
        "--plan",
        "prepaid",
        "--place",
        "Springfield",
    ]);
    let out = text(&report.stdout);
    assert!(
        out.contains("NETWORK-BLOCK, medium confidence")
            && out.contains("Said then:")
            && out.contains("Subject: MMS send fails before HTTP: no TCP answer from MMSC mmsc.example on port 80")
            && out.contains("plan prepaid")
            && out.contains("Springfield"),
        "{out}"
    );
}

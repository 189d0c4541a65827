//! The worlds that misbehave: where a send ends in each, what the person reads, how long it takes, and that the modem is tidy
//! afterwards. The table is printed: `cargo test --test suite worlds:: -- --nocapture`.
use crate::story::Beginning;
use mmscope::event::{LinkState, SendResult, Stage, StageState, What};
use std::time::Duration;
use tokio::time::{Instant, timeout};

struct Row {
    world: &'static str,
    profile: Option<&'static str>,
    stage: Stage,
    exit: u8,
    /// What the person must be able to read: in the error, or where it is sent, in the rungs and notices.
    says: &'static [&'static str],
    /// Simulated seconds until the modem is tidy.
    within: u64,
}

const fn row(
    world: &'static str,
    stage: Stage,
    exit: u8,
    within: u64,
    says: &'static [&'static str],
) -> Row {
    Row {
        world,
        profile: None,
        stage,
        exit,
        says,
        within,
    }
}

const fn through(profile: &'static str, row: Row) -> Row {
    Row {
        profile: Some(profile),
        ..row
    }
}

use Stage::{Bearer, Confirm, Connect, Post, Register, Sim, Stack};

const WORLDS: &[Row] = &[
    row("sim-pin", Sim, 12, 5, &["locked", "AT+CPIN"]),
    row(
        "sim-puk",
        Sim,
        12,
        5,
        &[
            "locked: SIM PUK",
            "only the PUK unlocks it",
            "dead for good",
            "never enters one",
        ],
    ),
    row(
        "proxy-refuses",
        Connect,
        18,
        10,
        &[
            "192.0.2.88:8080",
            "The proxy proxy.example:8080 was dialled",
            "without it",
        ],
    ),
    row("port-80-not-found", Post, 19, 10, &["404"]),
    row(
        "refused",
        Connect,
        18,
        10,
        &["+CIPOPEN error 1", "gave no further cause"],
    ),
    row(
        "apn-substituted",
        Connect,
        18,
        40,
        &["start.hotline", "instead of internet", "Ask the carrier"],
    ),
    row(
        "wrong-context",
        Stack,
        16,
        15,
        &["not on PDP context 5", "10.80.2.14", "CSOCKSETPN"],
    ),
    row(
        "stack-error",
        Stack,
        16,
        15,
        &["NETOPEN", "at once and gives no reason"],
    ),
    row("stack-open-already", Confirm, 0, 20, &["M-Send.conf Ok"]),
    row(
        "busy-link",
        Confirm,
        0,
        10,
        &["link 0 was refused at once", "link 1 was refused at once"],
    ),
    row("reg-denied", Register, 13, 5, &["denies registration"]),
    row(
        "weak-signal",
        Confirm,
        0,
        200,
        &["attempt 2 of 2", "confirmed 0 of"],
    ),
    row("mmsc-portal", Post, 19, 10, &["web page", "Top up"]),
    row(
        "mmsc-redirect",
        Post,
        19,
        10,
        &["302", "portal.example", "not followed"],
    ),
    row(
        "mmsc-resets",
        Post,
        19,
        20,
        &["while the request was going out", "cannot have accepted"],
    ),
    row("mmsc-slow", Confirm, 0, 90, &["M-Send.conf Ok"]),
    row(
        "mmsc-truncates",
        Post,
        22,
        10,
        &["broke off", "may have accepted", "recipient's phone"],
    ),
    row(
        "mmsc-endless",
        Post,
        22,
        60,
        &["does not end", "may have accepted"],
    ),
    row(
        "mmsc-garbage",
        Post,
        19,
        10,
        &["not HTTP", "no web server here"],
    ),
    row("needs-proxy", Connect, 18, 45, &["timeout"]),
    through(
        "example/proxied",
        row("needs-proxy", Confirm, 0, 10, &["M-Send.conf Ok"]),
    ),
    row("noisy", Confirm, 0, 60, &["M-Send.conf Ok"]),
    row("garbage", Confirm, 0, 30, &["M-Send.conf Ok"]),
    row("reboots", Post, 19, 120, &["rebooted"]),
    row(
        "old-firmware",
        Confirm,
        0,
        15,
        &["not told by this firmware"],
    ),
    row(
        "one-open-at-a-time",
        Confirm,
        0,
        20,
        &["another connect", "M-Send.conf Ok"],
    ),
    row("ipv6-only", Bearer, 15, 10, &["IPv6 only"]),
];

/// Everything that the person can read of a send: its error, its rungs, the notices.
fn readable(story: &crate::story::Story, result: &SendResult) -> String {
    let mut all = Vec::new();
    for event in story.events() {
        match &event.what {
            What::Notice(n) => all.push(n.text.clone()),
            What::Stage(s) => match &s.state {
                StageState::Done { says }
                | StageState::Progress { says, .. }
                | StageState::Skipped { says } => all.push(says.clone()),
                _ => {}
            },
            _ => {}
        }
    }
    if let Some(e) = &result.error {
        all.push(format!("{} {} {} {}", e.what, e.raw, e.means, e.advice));
    }
    all.join("\n")
}

#[tokio::test(start_paused = true)]
async fn every_misbehaving_world_ends_where_it_must() {
    let mut faults = Vec::new();
    println!("| world | stage | exit | simulated s | exchanges |\n|---|---|---|---|---|");
    for row in WORLDS {
        let mut beginning = Beginning::world(row.world);
        beginning.profile = row.profile;
        let story = beginning.open();
        let began = Instant::now();
        let Ok(result) = timeout(Duration::from_secs(900), story.send(story.draft())).await else {
            faults.push(format!("{}: hangs", row.world));
            continue;
        };
        let took = began.elapsed().as_secs_f64();
        let stage = result.stage.map_or("none", Stage::name);
        let world = match row.profile {
            Some(profile) => format!("{} ({profile})", row.world),
            None => row.world.to_owned(),
        };
        println!(
            "| {world} | {stage} | {} | {took:.1} | {} |",
            result.exit_code(),
            result.exchanges
        );
        let all = readable(&story, &result).to_lowercase();
        if result.exit_code() != row.exit || result.stage != Some(row.stage) {
            faults.push(format!(
                "{world}: ends at {stage} with {}, not at {} with {}: {:#?}",
                result.exit_code(),
                row.stage,
                row.exit,
                result.error
            ));
        }
        for word in row.says {
            if !all.contains(&word.to_lowercase()) {
                faults.push(format!("{world}: `{word}` is not in:\n{all}"));
            }
        }
        if took > row.within as f64 {
            faults.push(format!(
                "{world}: took {took:.1} s, more than {}",
                row.within
            ));
        }
        let after = story.modem.settings();
        for (name, value) in &story.before {
            if after.get(name) != Some(value) {
                faults.push(format!(
                    "{world}: {name} was {value}, is {:?}",
                    after.get(name)
                ));
            }
        }
        if let Some(error) = &result.error {
            if error.advice.is_empty() {
                faults.push(format!("{world}: no advice"));
            }
            if format!("{error:?}").contains("unreachable") {
                faults.push(format!("{world}: no error table says unreachable"));
            }
        }
        let running = story
            .journal
            .known()
            .links
            .values()
            .any(|l| l.state == LinkState::Opening);
        if running {
            faults.push(format!("{world}: a link is still shown as opening"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

/// A copy of the saved settings that outlives the session, as the file on disk does.
#[derive(Default)]
struct OnDisk(std::sync::Mutex<Option<mmscope::modem::Settings>>);

impl mmscope::pipeline::Keep for OnDisk {
    fn save(&self, settings: &mmscope::modem::Settings) -> std::io::Result<()> {
        *self.0.lock().unwrap() = Some(settings.clone());
        Ok(())
    }
    fn clear(&self, _: &mmscope::modem::Settings) {
        *self.0.lock().unwrap() = None;
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_line_is_said_and_the_next_session_puts_everything_back() {
    use mmscope::event::SettingsAct;
    let disk = std::sync::Arc::new(OnDisk::default());
    let mut beginning = Beginning::world("vanishes");
    beginning.keep = disk.clone();
    let story = beginning.open();
    let result = timeout(Duration::from_secs(120), story.send(story.draft()))
        .await
        .unwrap();
    assert_eq!(result.exit_code(), 19, "{result:#?}");
    let all = readable(&story, &result);
    assert!(all.contains("serial line"), "{all}");
    assert_ne!(
        story.modem.settings(),
        story.before,
        "the world must leave something to put back"
    );
    let left = disk.0.lock().unwrap().clone();
    assert!(left.is_some(), "what was saved must outlive the line");
    let modem = story.modem.clone();
    let before = story.before.clone();
    drop(story);
    let again = Beginning::reopen("vanishes", &modem, disk.clone(), left);
    again
        .until(|k| {
            k.settings
                .as_ref()
                .is_some_and(|s| s.step == SettingsAct::Restored)
        })
        .await;
    assert_eq!(modem.settings(), before);
    assert!(disk.0.lock().unwrap().is_none());
    let result = again.send(again.draft()).await;
    assert!(result.ok, "{result:#?}");
}

#[tokio::test(start_paused = true)]
async fn a_request_that_may_have_been_taken_is_never_sent_twice() {
    for world in [
        "mmsc-truncates",
        "mmsc-endless",
        "mmsc-slow",
        "weak-signal",
        "noisy",
        "reboots",
    ] {
        let story = Beginning::world(world).open();
        let result = story.send(story.draft()).await;
        let requests = story.modem.mmsc_requests().len();
        assert!(
            requests <= 1,
            "{world}: {requests} requests reached the MMSC: {result:#?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn the_attempts_of_a_busy_link_are_rows_of_their_own() {
    let story = Beginning::world("busy-link").open();
    assert!(story.send(story.draft()).await.ok);
    let rows: Vec<(u8, bool)> = story
        .events()
        .iter()
        .filter_map(|e| match &e.what {
            What::Link(l) => match &l.state {
                LinkState::Failed { code, .. } => Some((l.number, *code != Some(4))),
                LinkState::Open if l.sent == 0 && l.received == 0 => Some((l.number, true)),
                _ => None,
            },
            _ => None,
        })
        .collect();
    assert_eq!(rows, [(0, false), (1, false), (2, true)]);
}

#[tokio::test(start_paused = true)]
async fn the_proxy_is_asked_with_the_whole_url() {
    let story = Beginning::world("needs-proxy")
        .profile("example/proxied")
        .open();
    assert!(story.send(story.draft()).await.ok);
    let sent = story.modem.sent_octets(0).unwrap();
    assert!(
        sent.starts_with(b"POST http://mmsc.example/mms/wapenc HTTP/1.1\r\nHost: mmsc.example\r\n"),
        "{}",
        mmscope::event::escape(&sent[..sent.len().min(120)])
    );
}

#[tokio::test(start_paused = true)]
async fn a_substituted_apn_is_an_alarm_before_anything_else_fails() {
    use mmscope::event::Level;
    let story = Beginning::world("apn-substituted").open();
    story.send(story.draft()).await;
    let known = story.journal.known();
    let warned = known
        .notices
        .iter()
        .any(|(_, n)| n.level == Level::Warning && n.text.contains("start.hotline"));
    assert!(warned, "{:#?}", known.notices);
}

#[test]
fn no_two_firmwares_answer_alike() {
    let mut seen = std::collections::BTreeMap::new();
    for (name, _) in mmscope::simulator::World::shipped() {
        let world = mmscope::simulator::World::named(name).unwrap();
        let table = format!("{:?}", world.modem.signature);
        seen.entry(table).or_insert_with(Vec::new).push(name);
    }
    let new: Vec<&str> = WORLDS.iter().map(|r| r.world).collect();
    for (table, worlds) in seen {
        let of_these = worlds.iter().filter(|w| new.contains(w)).count();
        assert!(of_these <= 1, "{worlds:?} share {table}");
    }
}

/// What the scan finds in a world, as a watchful bench does it by itself.
async fn scanned(world: &str) -> mmscope::event::CommandScan {
    let mut beginning = Beginning::world(world);
    beginning.watchful = true;
    let story = beginning.open();
    timeout(
        Duration::from_secs(120),
        story.until(|k| k.commands.is_some()),
    )
    .await
    .unwrap();
    story.journal.known().commands.clone().unwrap()
}

#[tokio::test(start_paused = true)]
async fn firmware_is_known_by_its_ways() {
    for (world, quirks) in [
        ("open", &["echo-on", "signal-in-tenths"][..]),
        (
            "stack-error",
            &["echo-on", "signal-in-tenths", "netopen-may-refuse"],
        ),
        (
            "old-firmware",
            &[
                "echo-on",
                "grant-not-told",
                "stack-on-context-1",
                "no-cesq",
                "two-number-netopen",
                "signal-in-tenths",
            ],
        ),
    ] {
        let scan = scanned(world).await;
        let names: Vec<&str> = scan.quirks.iter().map(|q| q.name.as_str()).collect();
        assert_eq!(names, quirks, "{world}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_scan_is_a_table_with_form_and_purpose() {
    let table = mmscope::modem::capability_table(&scanned("old-firmware").await);
    let row = |name: &str| {
        let found = table.lines().find(|l| l.starts_with(name));
        found
            .unwrap_or_else(|| panic!("no {name} in\n{table}"))
            .split_whitespace()
            .take(3)
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(row("command"), "command present form");
    assert_eq!(row("AT+CGCONTRDP"), "AT+CGCONTRDP no test");
    assert_eq!(row("AT+NETOPEN"), "AT+NETOPEN yes read");
    assert!(table.contains("stack-on-context-1: "), "{table}");
}

#[test]
fn numeric_errors_and_units_are_recognised() {
    use mmscope::modem::{Seen, quirks};
    let names = |seen: &Seen| -> Vec<String> { quirks(seen).into_iter().map(|q| q.name).collect() };
    let numeric = Seen {
        refusals: vec!["ERROR".to_owned(), "+CME ERROR: 4".to_owned()],
        error_mode: Some(2),
        ..Seen::default()
    };
    assert_eq!(names(&numeric), ["numeric-errors"]);
    assert!(
        names(&Seen {
            error_mode: Some(1),
            ..numeric.clone()
        })
        .is_empty(),
        "with CMEE=1 numbers are right"
    );
    let words = Seen {
        refusals: vec!["+CME ERROR: operation not supported".to_owned()],
        ..numeric
    };
    assert!(names(&words).is_empty());
    let cell = |rsrp: &str| {
        format!(
            "+CPSI: LTE,Online,001-01,0x2A1B,27447297,211,EUTRAN-BAND4,2175,5,5,-94,{rsrp},-671,13"
        )
    };
    for (rsrp, tenths) in [
        ("-987", true),
        ("-98", false),
        ("50", false),
        ("", false),
        ("99999999999", false),
    ] {
        let cell = cell(rsrp);
        let seen = Seen {
            cell: &cell,
            ..Seen::default()
        };
        assert_eq!(!names(&seen).is_empty(), tenths, "{rsrp}");
    }
}

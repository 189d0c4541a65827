//! Rules on facts alone: what fires them, and the near miss that must not.
use mmscope::diagnosis::{Budget, Facts, not_run, verdict};
use mmscope::event::*;

pub fn on() -> On {
    On {
        stack: StackKind::At,
        cid: Some(1),
        apn_asked: "Wholesale".to_owned(),
        apn_granted: Some("Wholesale".to_owned()),
        pdp_type: PdpType::Ip,
        proven: Some(true),
    }
}

pub fn rows(found: Vec<Found>) -> Vec<FactRow> {
    (1..)
        .zip(found)
        .map(|(id, found)| FactRow {
            id,
            ms: id * 100,
            fact: Fact {
                probe: 1,
                experiment: "E00".to_owned(),
                rests_on: Vec::new(),
                found,
            },
        })
        .collect()
}

fn judge(found: Vec<Found>) -> Verdict {
    let rows = rows(found);
    let facts = Facts::of(&rows);
    verdict(facts, 1, not_run(facts, Budget::default()))
}

pub fn case() -> Found {
    Found::Case(Case {
        profile: "example/mint-as-configured".to_owned(),
        apn: "Wholesale".to_owned(),
        pdp_type: PdpType::Ip,
        mmsc: "http://wholesale.mmsmvno.com/mms/wapenc:8080".to_owned(),
        host: "wholesale.mmsmvno.com".to_owned(),
        port: 8080,
        url_port: 80,
        path: "/mms/wapenc:8080".to_owned(),
        meant_path: Some("/mms/wapenc".to_owned()),
        black_hole: "192.0.2.1".to_owned(),
        ..Case::default()
    })
}

pub fn bearer(on: On) -> Found {
    Found::Bearer {
        on,
        addresses: vec!["48.31.195.38".to_owned()],
        dns: vec!["10.177.0.34".to_owned()],
        refused: None,
    }
}

pub fn target(role: TargetRole, host: &str, port: u16) -> Target {
    Target {
        role,
        name: None,
        host: host.to_owned(),
        port,
    }
}

pub fn attempt(target: Target, code: u8, shape: Shape, ms: Option<u64>) -> Attempt {
    Attempt {
        on: on(),
        target,
        command: String::new(),
        raw: String::new(),
        code: Some(code),
        shape,
        ms,
        limit_ms: ms.map(|_| 15_000),
        class: Class::Unknown,
        calibration: Vec::new(),
        rsrp_ddbm: None,
    }
}

pub fn tried(role: TargetRole, host: &str, port: u16, code: u8, ms: u64) -> Found {
    Found::Attempt(attempt(
        target(role, host, port),
        code,
        Shape::Late,
        Some(ms),
    ))
}

pub fn answer(role: TargetRole, host: &str, port: u16, path: &str) -> Found {
    Found::Http(HttpProbe {
        on: on(),
        target: target(role, host, port),
        pdu: ProbePdu::NoRecipient,
        variant: String::new(),
        path: path.to_owned(),
        outcome: HttpOutcome::Answer {
            status: 200,
            kind: AnswerKind::Mmsc,
            content_type: "application/vnd.wap.mms-message".to_owned(),
            server: String::new(),
            location: String::new(),
            response_status: Some(0xE2),
            response: String::new(),
        },
        ms: 600,
    })
}

pub const MMSC: &str = "10.175.85.144";

/// All that proves a wrong port; tests take pieces away.
fn wrong_port() -> Vec<Found> {
    vec![
        case(),
        bearer(on()),
        tried(TargetRole::Resolver, "10.177.0.34", 53, 0, 400),
        tried(TargetRole::Mmsc, MMSC, 8080, 4, 2200),
        tried(TargetRole::Mmsc, MMSC, 80, 0, 450),
        answer(TargetRole::Mmsc, MMSC, 80, "/mms/wapenc"),
        tried(TargetRole::BlackHole, "192.0.2.1", 80, 10, 15_000),
    ]
}

fn without(mut found: Vec<Found>, at: usize) -> Verdict {
    found.remove(at);
    judge(found)
}

#[test]
fn a_wrong_port_wants_all_of_its_pieces() {
    let whole = judge(wrong_port());
    assert_eq!(
        (whole.verdict, whole.confidence),
        (Code::WrongPort, Confidence::High)
    );
    assert!(whole.next.iter().any(|n| matches!(&n.fix, Some(Fix::Mmsc { url }) if url == "http://wholesale.mmsmvno.com/mms/wapenc")));
    for (at, piece) in [(2, "the control"), (6, "the black hole")] {
        let v = without(wrong_port(), at);
        assert_ne!(v.confidence, Confidence::High, "without {piece}");
    }
    for (at, piece) in [(3, "the configured port"), (5, "the MMSC's answer")] {
        let v = without(wrong_port(), at);
        assert_ne!(v.verdict, Code::WrongPort, "without {piece}");
    }
}

#[test]
fn an_open_black_hole_takes_the_certainty_away() {
    let mut found = wrong_port();
    found[6] = tried(TargetRole::BlackHole, "192.0.2.1", 80, 0, 60);
    assert_ne!(judge(found).confidence, Confidence::High);
}

#[test]
fn a_stack_on_another_context_voids_the_cell() {
    let mut found = wrong_port();
    for piece in &mut found {
        if let Found::Attempt(a) = piece {
            a.on.proven = Some(false);
        }
    }
    let v = judge(found);
    assert_ne!(v.verdict, Code::WrongPort);
    assert!(v.cells.iter().all(|c| c.void.is_some()));
}

#[test]
fn silence_is_silence_only_beside_a_black_hole_that_ended_the_same_way() {
    let learned = |code, ms| {
        Found::Calibration(Calibration {
            firmware: "x".to_owned(),
            class: Class::Silent,
            from: TargetRole::BlackHole,
            shape: Shape::Late,
            code: Some(code),
            ms,
            limit_ms: 15_000,
        })
    };
    let table = [
        (learned(10, 15_050), 10, 15_020, Class::Silent),
        (learned(10, 15_050), 10, 900, Class::Unknown),
        (learned(10, 15_050), 4, 15_020, Class::Unknown),
        // What comes before the limit may be a reset, as long as it is not known how this firmware shows one.
        (learned(4, 2_100), 4, 2_000, Class::Unknown),
        (learned(4, 2_100), 4, 15_000, Class::Unknown),
    ];
    for (calibration, code, ms, class) in table {
        let found = vec![
            case(),
            bearer(on()),
            calibration,
            tried(TargetRole::Resolver, "10.177.0.34", 53, 0, 400),
            tried(TargetRole::Mmsc, MMSC, 80, code, ms),
        ];
        let v = judge(found);
        assert_eq!(v.cells[1].class, class, "code {code} after {ms} ms");
        assert_eq!(
            v.verdict,
            Code::Inconclusive,
            "one stack and no witness prove no block"
        );
    }
}

#[test]
fn a_phone_that_fails_too_speaks_against_the_line() {
    let found = |witness| {
        vec![
            case(),
            bearer(on()),
            Found::Witness { witness },
            Found::Calibration(Calibration {
                firmware: "x".to_owned(),
                class: Class::Silent,
                from: TargetRole::BlackHole,
                shape: Shape::Late,
                code: Some(10),
                ms: 15_000,
                limit_ms: 15_000,
            }),
            tried(TargetRole::Resolver, "10.177.0.34", 53, 0, 400),
            tried(TargetRole::Mmsc, MMSC, 8080, 10, 15_100),
        ]
    };
    let v = judge(found(Witness::PhoneFails));
    assert_eq!(
        (v.verdict, v.confidence),
        (Code::Subscription, Confidence::Medium)
    );
    let v = judge(found(Witness::PhoneSends));
    assert_eq!(
        v.verdict,
        Code::Inconclusive,
        "a reset that the module keeps to itself would look the same"
    );
    let mut apart = found(Witness::PhoneSends);
    apart.push(Found::Calibration(Calibration {
        firmware: "x".to_owned(),
        class: Class::Refused,
        from: TargetRole::Closed,
        shape: Shape::Late,
        code: Some(4),
        ms: 800,
        limit_ms: 15_000,
    }));
    let v = judge(apart);
    assert_eq!(
        (v.verdict, v.confidence),
        (Code::NetworkBlock, Confidence::Low)
    );
}

#[test]
fn a_host_that_reaches_it_convicts_the_module_and_a_wrong_route_the_host() {
    let host = On {
        stack: StackKind::Host,
        cid: None,
        ..on()
    };
    let mut found = vec![
        case(),
        bearer(on()),
        tried(TargetRole::Resolver, "10.177.0.34", 53, 0, 400),
        tried(TargetRole::Mmsc, MMSC, 80, 10, 15_000),
    ];
    let mut reached = attempt(target(TargetRole::Mmsc, MMSC, 80), 0, Shape::Late, Some(90));
    reached.on = host.clone();
    let mut http = answer(TargetRole::Mmsc, MMSC, 80, "/mms/wapenc");
    if let Found::Http(h) = &mut http {
        h.on = host.clone();
    }
    found.extend([Found::Attempt(reached), http]);
    let v = judge(found);
    assert_eq!(
        (v.verdict, v.confidence),
        (Code::ModuleStack, Confidence::High)
    );

    let mut failed = attempt(
        target(TargetRole::Mmsc, MMSC, 80),
        110,
        Shape::Late,
        Some(15_000),
    );
    failed.on = host;
    let route = |leaves_by: &str| Found::Route {
        target: MMSC.to_owned(),
        leaves_by: leaves_by.to_owned(),
        wanted: "wwan0".to_owned(),
    };
    let v = judge(vec![
        case(),
        bearer(on()),
        route("wlan0"),
        Found::Attempt(failed.clone()),
    ]);
    assert_eq!(
        (v.verdict, v.confidence),
        (Code::HostRoute, Confidence::Medium)
    );
    let v = judge(vec![
        case(),
        bearer(on()),
        route("wwan0"),
        Found::Attempt(failed),
    ]);
    assert_ne!(v.verdict, Code::HostRoute);
}

/// The brief's own log: three APNs, four addresses, code 4 each time, no shape, no time, no control, and no proof of the context.
#[test]
fn the_first_attempts_own_log_proves_nothing() {
    let mut found = vec![case()];
    for (cid, apn) in [
        (1, "Wholesale"),
        (3, "fast.t-mobile.com"),
        (5, "epc.tmobile.com"),
    ] {
        let on = On {
            cid: Some(cid),
            apn_asked: apn.to_owned(),
            apn_granted: None,
            proven: None,
            ..on()
        };
        found.push(bearer(on.clone()));
        for host in [MMSC, "10.175.85.145", "10.175.85.156", "10.188.239.156"] {
            let mut a = attempt(
                target(TargetRole::Mmsc, host, 8080),
                4,
                Shape::Unknown,
                None,
            );
            a.on = on.clone();
            found.push(Found::Attempt(a));
        }
    }
    let v = judge(found);
    assert_eq!(v.verdict, Code::Inconclusive);
    assert_eq!(v.exit_code(), 31);
    assert!(
        v.cells
            .iter()
            .all(|c| c.class == Class::Unknown && c.void.is_some())
    );
    for (missing, words) in [
        ("E05", "a public host"),
        ("E14", "the port that the URL means"),
        ("E17", "IPv6"),
        ("E24", "this machine's own sockets over the modem"),
        ("E35", "an MMS to this line"),
    ] {
        assert!(
            v.headline.contains(words),
            "{missing} is missing in: {}",
            v.headline
        );
        assert!(
            v.not_run.iter().any(|n| n.experiment == missing),
            "{missing}"
        );
    }
    let stands = |code| {
        v.others
            .iter()
            .find(|h| h.verdict == code)
            .map(|h| h.standing)
    };
    assert_eq!(stands(Code::WrongPort), Some(Standing::Open));
    assert_eq!(stands(Code::NetworkBlock), Some(Standing::Open));
}

#[test]
fn no_rule_is_heard_on_a_single_row() {
    let silent = Found::Modem {
        answers: false,
        says: "nothing".to_owned(),
    };
    assert_eq!(judge(vec![silent.clone()]).verdict, Code::Inconclusive);
    assert_eq!(
        judge(vec![silent.clone(), silent]).verdict,
        Code::ModemSilent
    );
}

/// A command that got no answer, or a file that could not be written, is no silent modem: it had answered before.
#[test]
fn a_modem_that_answered_is_not_called_silent_for_what_comes_after() {
    let modem = |answers, says: &str| Found::Modem {
        answers,
        says: says.to_owned(),
    };
    let v = judge(vec![
        modem(true, "answers to AT"),
        modem(false, "AT+CGAUTH? got no answer"),
        modem(false, "AT+CGAUTH? got no answer"),
    ]);
    assert_eq!(v.verdict, Code::Inconclusive);
    assert!(
        v.headline.contains("AT+CGAUTH? got no answer"),
        "{}",
        v.headline
    );
    assert!(v.evidence.iter().any(|e| e.says.contains("AT+CGAUTH?")));
}

//! Rules of names, stacks, routes and sizes on facts alone: what fires them, and the near miss that must not.
use mmscope::diagnosis::{Budget, Facts, not_run, verdict};
use mmscope::event::*;

const MMSC: &str = "192.0.2.80";

fn on(stack: StackKind) -> On {
    let module = stack == StackKind::At;
    On {
        stack,
        cid: module.then_some(1),
        apn_asked: "internet".to_owned(),
        apn_granted: module.then(|| "internet".to_owned()),
        pdp_type: PdpType::Ip,
        proven: module.then_some(true),
    }
}

fn ground() -> Vec<Found> {
    let case = Case {
        profile: "example/open".to_owned(),
        apn: "internet".to_owned(),
        pdp_type: PdpType::Ip,
        mmsc: "http://mmsc.example/mms/wapenc".to_owned(),
        host: "mmsc.example".to_owned(),
        port: 80,
        url_port: 80,
        path: "/mms/wapenc".to_owned(),
        black_hole: "192.0.2.1".to_owned(),
        ..Case::default()
    };
    let bearer = Found::Bearer {
        on: on(StackKind::At),
        addresses: vec!["10.64.12.6".to_owned()],
        dns: vec!["10.64.0.53".to_owned()],
        refused: None,
    };
    vec![Found::Case(case), bearer]
}

fn judge(found: &[Found]) -> (Code, Confidence) {
    let rows: Vec<FactRow> = (1..)
        .zip(ground().iter().chain(found))
        .map(|(id, found)| FactRow {
            id,
            ms: id * 100,
            fact: Fact {
                probe: 1,
                experiment: "E00".to_owned(),
                rests_on: Vec::new(),
                found: found.clone(),
            },
        })
        .collect();
    let facts = Facts::of(&rows);
    let v = verdict(facts, 1, not_run(facts, Budget::default()));
    (v.verdict, v.confidence)
}

fn target(role: TargetRole, host: &str, port: u16) -> Target {
    Target {
        role,
        name: None,
        host: host.to_owned(),
        port,
    }
}

fn tried(on: On, role: TargetRole, host: &str, port: u16, class: Class) -> Found {
    let open = class == Class::Open;
    Found::Attempt(Attempt {
        on,
        target: target(role, host, port),
        command: String::new(),
        raw: String::new(),
        code: Some(if open { 0 } else { 4 }),
        shape: Shape::Late,
        ms: Some(if open { 300 } else { 15_000 }),
        limit_ms: Some(15_000),
        class,
        calibration: Vec::new(),
        rsrp_ddbm: None,
    })
}

fn control() -> Found {
    tried(
        on(StackKind::At),
        TargetRole::Reference,
        "203.0.113.10",
        80,
        Class::Open,
    )
}

fn posted(on: On, role: TargetRole, host: &str, pdu: ProbePdu, outcome: HttpOutcome) -> Found {
    Found::Http(HttpProbe {
        on,
        target: target(role, host, 80),
        pdu,
        variant: String::new(),
        path: "/mms/wapenc".to_owned(),
        outcome,
        ms: 600,
    })
}

fn as_an_mmsc() -> HttpOutcome {
    HttpOutcome::Answer {
        status: 200,
        kind: AnswerKind::Mmsc,
        content_type: "application/vnd.wap.mms-message".to_owned(),
        server: String::new(),
        location: String::new(),
        response_status: Some(0xE2),
        response: String::new(),
    }
}

fn answered(on: On, role: TargetRole, host: &str) -> Found {
    posted(on, role, host, ProbePdu::NoRecipient, as_an_mmsc())
}

fn lookup(addresses: &[&str]) -> Found {
    Found::Lookup {
        on: on(StackKind::At),
        name: "mmsc.example".to_owned(),
        role: TargetRole::Mmsc,
        addresses: addresses.iter().map(|a| (*a).to_owned()).collect(),
        says: "+CDNSGIP: 0,10".to_owned(),
        ms: 120,
    }
}

fn query(resolver: &str, record: RecordKind, said: Said) -> Found {
    Found::Query(Query {
        on: on(StackKind::At),
        resolver: resolver.to_owned(),
        name: "mmsc.example".to_owned(),
        role: TargetRole::Mmsc,
        record,
        said,
        ms: 130,
    })
}

fn addresses(all: &[&str]) -> Said {
    Said::Addresses {
        addresses: all.iter().map(|a| (*a).to_owned()).collect(),
        ttl_s: 300,
    }
}

#[test]
fn a_lookup_is_broken_only_where_the_bearers_own_resolver_answers() {
    let granted = "10.64.0.53";
    let a = |resolver, said| query(resolver, RecordKind::A, said);
    let fires = [lookup(&[]), control(), a(granted, addresses(&[MMSC]))];
    assert_eq!(judge(&fires), (Code::ModuleStack, Confidence::High));
    let near: [&[Found]; 4] = [
        // A public resolver knows it, the bearer's does not say.
        &[
            lookup(&[]),
            control(),
            a("203.0.113.53", addresses(&[MMSC])),
        ],
        &[lookup(&[]), control(), a(granted, Said::NoName)],
        &[lookup(&[]), control(), a(granted, Said::Silence)],
        &[
            lookup(&[]),
            lookup(&[MMSC]),
            control(),
            a(granted, addresses(&[MMSC])),
        ],
    ];
    for found in near {
        assert_ne!(judge(found).0, Code::ModuleStack, "{found:#?}");
    }
}

#[test]
fn a_denied_name_is_wrong_and_one_that_the_bearer_knows_is_not() {
    let denied = [
        lookup(&[]),
        control(),
        query("10.64.0.53", RecordKind::A, Said::NoName),
    ];
    assert_eq!(judge(&denied), (Code::NameWrong, Confidence::High));
    let known = [
        lookup(&[]),
        control(),
        query("10.64.0.53", RecordKind::Aaaa, addresses(&["2001:db8::1"])),
    ];
    assert_ne!(judge(&known).0, Code::NameWrong, "the name is there");
}

#[test]
fn a_route_is_the_verdict_only_where_no_stack_carries_anything() {
    let host = || on(StackKind::Host);
    let route = |leaves_by: &str| Found::Route {
        target: MMSC.to_owned(),
        leaves_by: leaves_by.to_owned(),
        wanted: "wwan0".to_owned(),
    };
    let failed = || tried(host(), TargetRole::Mmsc, MMSC, 80, Class::Unreach);
    assert_eq!(
        judge(&[route("wlan0"), failed()]),
        (Code::HostRoute, Confidence::Medium)
    );
    let other = Found::Route {
        target: "203.0.113.10".to_owned(),
        leaves_by: "wlan0".to_owned(),
        wanted: "wwan0".to_owned(),
    };
    let near: [&[Found]; 5] = [
        &[route("wwan0"), failed()],
        // What leaves elsewhere is another address than the one that fails.
        &[route("wwan0"), other, failed()],
        &[route("wlan0")],
        // The module carries data, so its failure has another cause than this machine's routes.
        &[route("wlan0"), failed(), control()],
        // A socket that is bound to the interface gets through.
        &[
            route("wlan0"),
            failed(),
            tried(
                host(),
                TargetRole::Reference,
                "203.0.113.10",
                80,
                Class::Open,
            ),
        ],
    ];
    for found in near {
        assert_ne!(judge(found).0, Code::HostRoute, "{found:#?}");
    }
}

#[test]
fn a_host_over_another_route_convicts_nobody_unless_its_address_is_the_contexts() {
    let facts = |host: On| {
        [
            control(),
            tried(
                on(StackKind::At),
                TargetRole::Mmsc,
                MMSC,
                80,
                Class::Unknown,
            ),
            Found::Route {
                target: MMSC.to_owned(),
                leaves_by: "wlan0".to_owned(),
                wanted: "wwan0".to_owned(),
            },
            tried(host.clone(), TargetRole::Mmsc, MMSC, 80, Class::Open),
            answered(host, TargetRole::Mmsc, MMSC),
        ]
    };
    assert_ne!(judge(&facts(on(StackKind::Host))).0, Code::ModuleStack);
    let same = On {
        cid: Some(1),
        proven: Some(true),
        ..on(StackKind::Host)
    };
    assert_eq!(judge(&facts(same)), (Code::ModuleStack, Confidence::High));
}

#[test]
fn where_another_address_answers_at_home_neither_type_nor_apn_is_the_cause() {
    let home = || on(StackKind::At);
    let other = |apn: &str, pdp_type| On {
        cid: Some(5),
        apn_asked: apn.to_owned(),
        apn_granted: Some(apn.to_owned()),
        pdp_type,
        ..on(StackKind::At)
    };
    for there in [
        other("internet", PdpType::Ipv4v6),
        other("mms.test", PdpType::Ip),
    ] {
        let without = vec![
            control(),
            tried(home(), TargetRole::Mmsc, MMSC, 80, Class::Unknown),
            tried(there.clone(), TargetRole::Mmsc, MMSC, 80, Class::Open),
            answered(there.clone(), TargetRole::Mmsc, MMSC),
        ];
        let cause = judge(&without).0;
        assert!(
            matches!(cause, Code::IpFamily | Code::ApnNotApplied),
            "{cause}"
        );
        let mut with = without.clone();
        with.push(tried(
            home(),
            TargetRole::MmscElsewhere,
            "192.0.2.81",
            80,
            Class::Open,
        ));
        with.push(answered(home(), TargetRole::MmscElsewhere, "192.0.2.81"));
        assert_eq!(judge(&with).0, Code::StaleName);
    }
}

#[test]
fn lost_packets_and_closed_connections_are_told_apart_by_two_of_a_kind() {
    let padded = |octets, outcome| {
        posted(
            on(StackKind::At),
            TargetRole::Mmsc,
            MMSC,
            ProbePdu::Padded(octets),
            outcome,
        )
    };
    let silence = || HttpOutcome::Silence { whole: true };
    let closed = || HttpOutcome::Closed {
        whole: false,
        why: "closed by the peer".to_owned(),
    };
    let with = |more: &[Found]| {
        let mut all = vec![
            control(),
            tried(on(StackKind::At), TargetRole::Mmsc, MMSC, 80, Class::Open),
            answered(on(StackKind::At), TargetRole::Mmsc, MMSC),
        ];
        all.extend_from_slice(more);
        judge(&all).0
    };
    assert_eq!(with(&[]), Code::Works);
    assert_eq!(
        with(&[padded(4096, silence()), padded(1024, silence())]),
        Code::Mtu
    );
    assert_eq!(
        with(&[padded(4096, closed()), padded(1024, closed())]),
        Code::MmscFault
    );
    assert_eq!(
        with(&[padded(4096, silence())]),
        Code::Works,
        "one row is none"
    );
    assert_eq!(
        with(&[padded(4096, closed())]),
        Code::Works,
        "one row is none"
    );
    // A larger one is answered after all: then size is not what makes it stall.
    let comes_and_goes = [
        padded(4096, silence()),
        padded(1024, silence()),
        padded(16_384, as_an_mmsc()),
    ];
    assert_ne!(with(&comes_and_goes), Code::Mtu);
}

#[test]
fn what_was_recalled_classes_an_attempt_as_what_was_learned_just_now() {
    let calibration = Calibration {
        firmware: "x".to_owned(),
        class: Class::Silent,
        from: TargetRole::BlackHole,
        shape: Shape::Late,
        code: Some(4),
        ms: 15_010,
        limit_ms: 15_000,
    };
    let recalled = Found::Recalled {
        learned: "2026-11-20T10:00:00Z".to_owned(),
        calibration,
    };
    let silent = tried(
        on(StackKind::At),
        TargetRole::Mmsc,
        MMSC,
        80,
        Class::Unknown,
    );
    let phone = Found::Witness {
        witness: Witness::PhoneFails,
    };
    assert_eq!(
        judge(&[recalled, control(), silent.clone(), phone.clone()]).0,
        Code::Subscription
    );
    assert_ne!(
        judge(&[control(), silent, phone]).0,
        Code::Subscription,
        "without it the end means nothing"
    );
}

/// An attempt that the module refused by itself, before anything went out.
fn at_once(role: TargetRole, host: &str, port: u16) -> Found {
    match tried(on(StackKind::At), role, host, port, Class::Unknown) {
        Found::Attempt(a) => Found::Attempt(Attempt {
            code: Some(8),
            shape: Shape::AtOnce,
            ms: Some(44),
            ..a
        }),
        other => other,
    }
}

#[test]
fn what_never_left_the_module_says_nothing_of_the_network() {
    let home = || on(StackKind::At);
    let host = On {
        cid: Some(1),
        proven: Some(true),
        ..on(StackKind::Host)
    };
    let other_port = |failing: Found| {
        let at_8080 = target(TargetRole::Mmsc, MMSC, 8080);
        let mut opens = tried(home(), TargetRole::Mmsc, MMSC, 8080, Class::Open);
        let mut answers = answered(home(), TargetRole::Mmsc, MMSC);
        if let (Found::Attempt(a), Found::Http(h)) = (&mut opens, &mut answers) {
            a.target = at_8080.clone();
            h.target = at_8080;
        }
        [control(), failing, opens, answers]
    };
    let over_host = |failing: Found| {
        [
            control(),
            failing,
            tried(host.clone(), TargetRole::Mmsc, MMSC, 80, Class::Open),
            answered(host.clone(), TargetRole::Mmsc, MMSC),
        ]
    };
    let late = || tried(home(), TargetRole::Mmsc, MMSC, 80, Class::Unknown);
    let own = || at_once(TargetRole::Mmsc, MMSC, 80);
    assert_eq!(judge(&other_port(late())).0, Code::WrongPort);
    assert_eq!(judge(&other_port(own())).0, Code::Inconclusive);
    assert_eq!(judge(&over_host(late())).0, Code::ModuleStack);
    assert_eq!(judge(&over_host(own())).0, Code::Inconclusive);
}

#[test]
fn a_host_on_a_bearer_that_nobody_knows_convicts_nobody() {
    let facts = |host: On| {
        [
            control(),
            tried(
                on(StackKind::At),
                TargetRole::Mmsc,
                MMSC,
                80,
                Class::Unknown,
            ),
            tried(host.clone(), TargetRole::Mmsc, MMSC, 80, Class::Open),
            answered(host, TargetRole::Mmsc, MMSC),
        ]
    };
    let same = On {
        cid: Some(1),
        proven: Some(true),
        ..on(StackKind::Host)
    };
    let another = On {
        cid: Some(2),
        ..same.clone()
    };
    assert_eq!(judge(&facts(same)), (Code::ModuleStack, Confidence::High));
    assert_eq!(judge(&facts(another)).0, Code::Inconclusive);
    assert_eq!(judge(&facts(on(StackKind::Host))).0, Code::Inconclusive);
}

#[test]
fn a_name_is_surely_wrong_only_where_no_other_apn_may_know_it_and_no_phone_sends() {
    let denied = || {
        vec![
            lookup(&[]),
            control(),
            query("10.64.0.53", RecordKind::A, Said::NoName),
        ]
    };
    let with = |more: Found| {
        let mut all = denied();
        all.push(more);
        judge(&all)
    };
    assert_eq!(judge(&denied()).1, Confidence::High);
    let phone = Found::Witness {
        witness: Witness::PhoneSends,
    };
    assert_eq!(with(phone), (Code::NameWrong, Confidence::Medium));
    let Some(Found::Case(case)) = ground().into_iter().next() else {
        unreachable!("the ground begins with a case")
    };
    let other = Found::Case(Case {
        other_apns: vec![("mms.test".to_owned(), PdpType::Ip)],
        ..case
    });
    assert_eq!(with(other), (Code::NameWrong, Confidence::Medium));
}

#[test]
fn an_answer_that_is_no_address_is_a_block_and_no_broken_lookup() {
    let granted = "10.64.0.53";
    let says = |address: &str| {
        judge(&[
            lookup(&[]),
            control(),
            query(granted, RecordKind::A, addresses(&[address])),
        ])
        .0
    };
    assert_eq!(says("0.0.0.0"), Code::NameWrong);
    assert_eq!(says("255.255.255.255"), Code::NameWrong);
    assert_eq!(says(MMSC), Code::ModuleStack);
}

#[test]
fn an_incomplete_request_convicts_the_mmsc_at_most_halfway() {
    let fault = || {
        posted(
            on(StackKind::At),
            TargetRole::Mmsc,
            MMSC,
            ProbePdu::NoRecipient,
            HttpOutcome::Answer {
                status: 500,
                kind: AnswerKind::Fault,
                content_type: "text/plain".to_owned(),
                server: String::new(),
                location: String::new(),
                response_status: None,
                response: String::new(),
            },
        )
    };
    let opens = || tried(on(StackKind::At), TargetRole::Mmsc, MMSC, 80, Class::Open);
    let twice = [control(), opens(), fault(), fault()];
    assert_eq!(judge(&twice), (Code::MmscFault, Confidence::Medium));
    let phone = Found::Witness {
        witness: Witness::PhoneSends,
    };
    let [a, b, c, d] = twice;
    let sends = [a, b, c, d, phone];
    assert_eq!(judge(&sends).0, Code::HttpReject, "the MMSC is not down");
}

#[test]
fn the_media_type_alone_is_no_mmsc() {
    let kind = |media, body: &[u8], is_conf| AnswerKind::of(200, media, body, is_conf);
    let mms = "application/vnd.wap.mms-message";
    assert_eq!(kind(mms, b"\x8c\x81", true), AnswerKind::Mmsc);
    assert_eq!(kind("text/plain", b"\x8c\x81", true), AnswerKind::Mmsc);
    assert_eq!(kind(mms, b"", false), AnswerKind::Other);
    assert_eq!(kind(mms, b"<html>", false), AnswerKind::Page);
}

#[test]
fn where_public_hosts_are_silent_too_the_mmsc_is_not_what_is_special() {
    let learned = |class, code, ms| {
        Found::Calibration(Calibration {
            firmware: "x".to_owned(),
            class,
            from: TargetRole::BlackHole,
            shape: Shape::Late,
            code: Some(code),
            ms,
            limit_ms: 15_000,
        })
    };
    let home = || on(StackKind::At);
    let resolver = || tried(home(), TargetRole::Resolver, "10.64.0.53", 53, Class::Open);
    let public = |class| tried(home(), TargetRole::Reference, "203.0.113.10", 80, class);
    let judged = |class, witness| {
        judge(&[
            learned(Class::Silent, 4, 15_010),
            learned(Class::Refused, 4, 700),
            resolver(),
            public(class),
            tried(home(), TargetRole::Mmsc, MMSC, 80, Class::Unknown),
            Found::Witness { witness },
        ])
        .0
    };
    for (witness, code) in [
        (Witness::PhoneFails, Code::Subscription),
        (Witness::PhoneSends, Code::NetworkBlock),
    ] {
        assert_eq!(judged(Class::Open, witness), code);
        assert_eq!(judged(Class::Unknown, witness), Code::Inconclusive);
    }
}

//! Every rule with a story that fires it and a near miss, one thing different, that does not. Who loses by a rule that fires on the near
//! miss is the person who is told a cause that is none.
use super::rules::{MMSC, answer, attempt, bearer, case, on, rows, target, tried};
use mmscope::diagnosis::{Facts, RULES};
use mmscope::event::*;

/// A rule, its verdict, a story that fires it, and the near miss.
struct Row(&'static str, Code, Vec<Found>, Vec<Found>);

const RESOLVER: &str = "10.177.0.34";

/// A profile without a mistake in it.
fn sound() -> Found {
    with_case(|_| ())
}

fn with_case(change: impl FnOnce(&mut Case)) -> Found {
    let Found::Case(mut sound) = case() else {
        unreachable!("case() makes a case")
    };
    sound.mmsc = "http://wholesale.mmsmvno.com/mms/wapenc".to_owned();
    sound.path = "/mms/wapenc".to_owned();
    sound.meant_path = None;
    sound.port = 80;
    change(&mut sound);
    Found::Case(sound)
}

fn elsewhere(change: impl FnOnce(&mut On)) -> On {
    let mut other = on();
    other.cid = Some(5);
    change(&mut other);
    other
}

/// The same thing on another context.
fn moved(found: Found, to: &On) -> Found {
    match found {
        Found::Attempt(mut a) => {
            a.on = to.clone();
            Found::Attempt(a)
        }
        Found::Http(mut h) => {
            h.on = to.clone();
            Found::Http(h)
        }
        other => other,
    }
}

fn said(found: Found, outcome: HttpOutcome) -> Found {
    match found {
        Found::Http(mut h) => {
            h.outcome = outcome;
            Found::Http(h)
        }
        other => other,
    }
}

fn http(status: u16, kind: AnswerKind) -> HttpOutcome {
    HttpOutcome::Answer {
        status,
        kind,
        content_type: "text/html".to_owned(),
        server: String::new(),
        location: String::new(),
        response_status: None,
        response: String::new(),
    }
}

/// An answer at the configured endpoint.
fn at_home(outcome: HttpOutcome) -> Found {
    said(answer(TargetRole::Mmsc, MMSC, 80, "/mms/wapenc"), outcome)
}

fn refused_pdu(status: u8) -> Found {
    at_home(HttpOutcome::Answer {
        status: 200,
        kind: AnswerKind::Mmsc,
        content_type: "application/vnd.wap.mms-message".to_owned(),
        server: String::new(),
        location: String::new(),
        response_status: Some(status),
        response: String::new(),
    })
}

fn no_answer() -> HttpOutcome {
    HttpOutcome::Silence { whole: true }
}

fn broken_off() -> HttpOutcome {
    HttpOutcome::Closed {
        whole: false,
        why: "closed by the peer".to_owned(),
    }
}

fn padded(octets: u32, outcome: HttpOutcome) -> Found {
    match at_home(outcome) {
        Found::Http(mut h) => {
            h.pdu = ProbePdu::Padded(octets);
            Found::Http(h)
        }
        other => other,
    }
}

/// The request that carries next to nothing.
fn smaller(outcome: HttpOutcome) -> Found {
    match at_home(outcome) {
        Found::Http(mut h) => {
            h.pdu = ProbePdu::NotifyResp;
            Found::Http(h)
        }
        other => other,
    }
}

fn with_header(found: Found, variant: &str) -> Found {
    match found {
        Found::Http(mut h) => {
            h.variant = variant.to_owned();
            Found::Http(h)
        }
        other => other,
    }
}

fn control() -> Found {
    tried(TargetRole::Resolver, RESOLVER, 53, 0, 400)
}

fn opens() -> Found {
    tried(TargetRole::Mmsc, MMSC, 80, 0, 450)
}

fn silent() -> Found {
    tried(TargetRole::Mmsc, MMSC, 80, 10, 15_000)
}

/// What silence looks like was learned.
fn learned() -> Found {
    Found::Calibration(Calibration {
        firmware: "x".to_owned(),
        class: Class::Silent,
        from: TargetRole::BlackHole,
        shape: Shape::Late,
        code: Some(10),
        ms: 15_000,
        limit_ms: 15_000,
    })
}

/// Beneath every story at an MMSC that answers TCP.
fn ground() -> Vec<Found> {
    vec![sound(), bearer(on()), control(), opens()]
}

fn and(mut found: Vec<Found>, more: impl IntoIterator<Item = Found>) -> Vec<Found> {
    found.extend(more);
    found
}

fn modem(answers: bool) -> Found {
    Found::Modem {
        answers,
        says: "SIM7600".to_owned(),
    }
}

fn sim(sim: SimState) -> Found {
    Found::Sim {
        sim,
        says: Masked::harmless("x"),
    }
}

fn registration(registered: bool, says: &str) -> Found {
    Found::Registration {
        registered,
        says: says.to_owned(),
        system: None,
        cause: None,
    }
}

fn attach(attached: bool) -> Found {
    Found::Attach {
        attached,
        says: format!("+CGATT: {}", u8::from(attached)),
    }
}

fn refused(on: On, why: &str) -> Found {
    Found::Bearer {
        on,
        addresses: Vec::new(),
        dns: Vec::new(),
        refused: Some(why.to_owned()),
    }
}

fn bare() -> Found {
    Found::Bearer {
        on: on(),
        addresses: Vec::new(),
        dns: Vec::new(),
        refused: None,
    }
}

fn stack(open: bool, proven: Option<bool>, links_used: u8) -> Found {
    Found::Stack {
        on: On { proven, ..on() },
        open,
        address: Some("48.31.195.38".to_owned()),
        shape: Shape::AtOnce,
        says: "+NETOPEN".to_owned(),
        links_used,
    }
}

/// The server sends the request on.
fn sent_on(location: &str) -> Found {
    at_home(HttpOutcome::Answer {
        status: 302,
        kind: AnswerKind::Redirect,
        content_type: String::new(),
        server: String::new(),
        location: location.to_owned(),
        response_status: None,
        response: String::new(),
    })
}

/// What a resolver that was granted says by itself.
fn resolver_says(record: RecordKind, said: Said) -> Found {
    match query(RESOLVER, &[]) {
        Found::Query(q) => Found::Query(Query { record, said, ..q }),
        other => other,
    }
}

fn lookup(name: &str, addresses: &[&str]) -> Found {
    Found::Lookup {
        on: on(),
        name: name.to_owned(),
        role: TargetRole::Mmsc,
        addresses: addresses.iter().map(|a| (*a).to_owned()).collect(),
        says: "error 11".to_owned(),
        ms: 300,
    }
}

/// What one resolver says of the MMSC's name, asked by itself.
fn query(resolver: &str, addresses: &[&str]) -> Found {
    Found::Query(Query {
        on: on(),
        resolver: resolver.to_owned(),
        name: "wholesale.mmsmvno.com".to_owned(),
        role: TargetRole::Mmsc,
        record: RecordKind::A,
        said: Said::Addresses {
            addresses: addresses.iter().map(|a| (*a).to_owned()).collect(),
            ttl_s: 300,
        },
        ms: 130,
    })
}

fn witness(witness: Witness) -> Found {
    Found::Witness { witness }
}

/// A send that ended at the POST.
fn sent(answer: Option<AnswerKind>, status: Option<u16>) -> Found {
    Found::Sent {
        send: 1,
        ok: false,
        http_status: status,
        response_status: None,
        says: "no answer to the POST".to_owned(),
        stage: Some(Stage::Post),
        answer,
        size: Some(1004),
        unknown: true,
        modem_lost: false,
    }
}

fn sent_with(change: impl FnOnce(&mut Option<u8>, &mut Option<Stage>, &mut bool)) -> Found {
    let mut found = sent(None, None);
    if let Found::Sent {
        response_status,
        stage,
        modem_lost,
        ..
    } = &mut found
    {
        change(response_status, stage, modem_lost);
    }
    found
}

fn answered() -> Found {
    answer(TargetRole::Mmsc, MMSC, 80, "/mms/wapenc")
}

/// Tried at port 8080 while port 80 is meant.
fn on_8080(code: u8) -> Found {
    tried(TargetRole::Mmsc, MMSC, 8080, code, 2200)
}

/// What a refusal looks like was learned.
fn refusal_learned() -> Found {
    Found::Calibration(Calibration {
        firmware: "x".to_owned(),
        class: Class::Refused,
        from: TargetRole::Closed,
        shape: Shape::Late,
        code: Some(4),
        ms: 800,
        limit_ms: 15_000,
    })
}

fn before_data() -> Vec<Row> {
    let no_sim = || sim(SimState::Absent);
    let denied = || registration(false, "denied");
    let deaf = || registration(false, "not searching");
    let other_type = elsewhere(|on| on.pdp_type = PdpType::Ipv4v6);
    vec![
        Row(
            "nothing answers to AT",
            Code::ModemSilent,
            vec![modem(false), modem(false)],
            vec![modem(false), modem(true)],
        ),
        Row(
            "the SIM is not ready",
            Code::SimProblem,
            vec![no_sim(), no_sim()],
            vec![no_sim(), sim(SimState::Ready)],
        ),
        Row(
            "registration is denied",
            Code::RegistrationDenied,
            vec![denied(), denied()],
            vec![denied(), deaf()],
        ),
        Row(
            "no network is heard",
            Code::NoCoverage,
            vec![deaf(), deaf()],
            vec![deaf(), registration(true, "home")],
        ),
        Row(
            "the packet domain does not attach",
            Code::NoData,
            vec![attach(false), attach(false)],
            vec![attach(false), attach(true)],
        ),
        Row(
            "the context's IP family is refused",
            Code::IpFamily,
            vec![
                sound(),
                refused(on(), "cause 51 (#51)"),
                bearer(other_type.clone()),
            ],
            vec![sound(), refused(on(), "cause 33 (#33)")],
        ),
        Row(
            "the context is refused",
            Code::PdpRefused,
            vec![
                sound(),
                refused(on(), "cause 33 (#33)"),
                refused(on(), "cause 33 (#33)"),
            ],
            vec![sound(), refused(on(), "cause 33 (#33)"), bearer(other_type)],
        ),
        Row(
            "the context has no address",
            Code::NoData,
            vec![sound(), bare(), bare()],
            vec![sound(), bearer(on()), bare()],
        ),
        Row(
            "the stack refuses to open",
            Code::ModuleStack,
            vec![sound(), bearer(on()), stack(false, None, 0)],
            vec![
                sound(),
                bearer(on()),
                stack(false, None, 0),
                stack(true, Some(true), 0),
            ],
        ),
        Row(
            "the stack is on another context",
            Code::ModuleStack,
            vec![sound(), bearer(on()), stack(true, Some(false), 0)],
            vec![sound(), bearer(on()), stack(true, None, 0)],
        ),
        Row(
            "all links are taken",
            Code::ModuleStack,
            vec![sound(), bearer(on()), stack(true, Some(true), 10)],
            vec![sound(), bearer(on()), stack(true, Some(true), 9)],
        ),
    ]
}

fn stacks() -> Vec<Row> {
    let host = elsewhere(|on| {
        on.stack = StackKind::Host;
        on.cid = None;
    });
    let route = |leaves_by: &str| Found::Route {
        target: MMSC.to_owned(),
        leaves_by: leaves_by.to_owned(),
        wanted: "wwan0".to_owned(),
    };
    let local = |role| Found::Attempt(attempt(target(role, MMSC, 80), 4, Shape::AtOnce, Some(40)));
    let hears = |role, host: &str, code| tried(role, host, 80, code, 15_000);
    let public = |code| hears(TargetRole::Reference, "203.0.113.10", code);
    let dns = || tried(TargetRole::Resolver, RESOLVER, 53, 10, 15_000);
    vec![
        Row(
            "the host's route leads elsewhere",
            Code::HostRoute,
            vec![
                sound(),
                bearer(on()),
                route("wlan0"),
                moved(silent(), &host),
            ],
            vec![
                sound(),
                bearer(on()),
                route("wwan0"),
                moved(silent(), &host),
            ],
        ),
        Row(
            "the host reaches it, the module does not",
            Code::ModuleStack,
            vec![
                sound(),
                bearer(on()),
                control(),
                silent(),
                moved(opens(), &host),
                moved(answered(), &host),
            ],
            and(ground(), [moved(opens(), &host), moved(answered(), &host)]),
        ),
        Row(
            "the module's lookup fails, the resolver answers",
            Code::ModuleStack,
            vec![
                sound(),
                bearer(on()),
                control(),
                lookup("wholesale.mmsmvno.com", &[]),
                query(RESOLVER, &[MMSC]),
            ],
            // A public resolver knows it; what the bearer's says was not heard.
            vec![
                sound(),
                bearer(on()),
                control(),
                lookup("wholesale.mmsmvno.com", &[]),
                query("203.0.113.53", &[MMSC]),
            ],
        ),
        Row(
            "nothing leaves the module",
            Code::ModuleStack,
            vec![
                sound(),
                bearer(on()),
                local(TargetRole::Resolver),
                local(TargetRole::Mmsc),
            ],
            vec![sound(), bearer(on()), control(), local(TargetRole::Mmsc)],
        ),
        Row(
            "nothing comes back at all",
            Code::NoData,
            vec![sound(), bearer(on()), learned(), dns(), public(10)],
            vec![sound(), bearer(on()), learned(), dns(), public(0)],
        ),
    ]
}

fn sends() -> Vec<Row> {
    let answers = || and(ground(), [answered()]);
    vec![
        Row(
            "a send was refused by the MMSC",
            Code::PduReject,
            and(
                vec![sent_with(|status, stage, _| {
                    *status = Some(0x82);
                    *stage = Some(Stage::Confirm);
                })],
                answers(),
            ),
            and(vec![sent(None, None)], answers()),
        ),
        Row(
            "the modem went away during a send",
            Code::ModemSilent,
            vec![
                sent_with(|_, _, lost| *lost = true),
                modem(true),
                sound(),
                bearer(on()),
            ],
            vec![sent(None, None), modem(true), sound(), bearer(on())],
        ),
        Row(
            "a send was refused over HTTP",
            Code::HttpReject,
            and(vec![sent(Some(AnswerKind::Refusal), Some(413))], answers()),
            and(vec![sent(Some(AnswerKind::Fault), Some(503))], answers()),
        ),
        Row(
            "a send met a web page",
            Code::Portal,
            and(vec![sent(Some(AnswerKind::Page), Some(200))], answers()),
            and(vec![sent(None, Some(200))], answers()),
        ),
        Row(
            "a send met a fault of the MMSC",
            Code::MmscFault,
            and(vec![sent(Some(AnswerKind::Fault), Some(503))], answers()),
            and(vec![sent(Some(AnswerKind::Refusal), Some(403))], answers()),
        ),
        Row(
            "a send got no answer",
            Code::MmscFault,
            and(vec![sent(None, None)], answers()),
            // Not even a short request is answered: then it is no matter of the whole message.
            and(
                vec![sent(None, None)],
                and(ground(), [at_home(no_answer())]),
            ),
        ),
        Row(
            "the MMSC answers as configured",
            Code::Works,
            answers(),
            and(vec![sent(None, None)], answers()),
        ),
    ]
}

fn endpoints() -> Vec<Row> {
    let as_configured = || vec![case(), bearer(on()), control(), on_8080(4)];
    let via = |outcome| {
        let proxy = tried(TargetRole::Proxy, "10.188.239.143", 80, 0, 400);
        let http = answer(TargetRole::Proxy, "10.188.239.143", 80, "http://x/");
        [proxy, said(http, outcome)]
    };
    let mmsc = || match answered() {
        Found::Http(h) => h.outcome,
        _ => no_answer(),
    };
    let second = "10.175.85.156";
    let other_address = || {
        [
            tried(TargetRole::MmscElsewhere, second, 80, 0, 400),
            answer(TargetRole::MmscElsewhere, second, 80, "/mms/wapenc"),
        ]
    };
    let name = "wholesale.mmsmvno.com";
    let v6 = "2001:db8:7::80";
    let query_six = |address: &str| {
        let told = Said::Addresses {
            addresses: vec![address.to_owned()],
            ttl_s: 300,
        };
        resolver_says(RecordKind::Aaaa, told)
    };
    let failing = || vec![sound(), bearer(on()), control(), silent(), learned()];
    let at_8080 = |path: &str, outcome| {
        let on_port = tried(TargetRole::Mmsc, MMSC, 8080, 0, 400);
        [
            on_port,
            said(answer(TargetRole::Mmsc, MMSC, 8080, path), outcome),
        ]
    };
    let not_found = || http(404, AnswerKind::Refusal);
    let shut_proxy = || {
        vec![
            with_case(|c| c.via_proxy = Some(("proxy.example".to_owned(), 8080))),
            bearer(on()),
            control(),
            tried(TargetRole::Proxy, "192.0.2.88", 8080, 4, 900),
            tried(TargetRole::BlackHole, "192.0.2.1", 80, 10, 15_000),
            learned(),
        ]
    };
    vec![
        Row(
            "the MMSC is on another port",
            Code::WrongPort,
            and(as_configured(), [opens(), answered()]),
            // It opens, as it does behind a transparent proxy, and nobody speaks as an MMSC.
            and(
                as_configured(),
                [opens(), at_home(http(200, AnswerKind::Page))],
            ),
        ),
        Row(
            "the MMSC is behind a proxy",
            Code::ProxyRequired,
            and(failing(), via(mmsc())),
            and(failing(), via(http(407, AnswerKind::Refusal))),
        ),
        Row(
            "the MMSC answers without the proxy",
            Code::WrongPort,
            and(shut_proxy(), [opens(), answered()]),
            // Behind a proxy that accepts any address somebody answers there, and nobody as an MMSC.
            and(
                shut_proxy(),
                [opens(), at_home(http(200, AnswerKind::Page))],
            ),
        ),
        Row(
            "another address reaches it",
            Code::StaleName,
            and(failing(), other_address()),
            and(and(ground(), [answered()]), other_address()),
        ),
        Row(
            "the name does not resolve",
            Code::NameWrong,
            vec![
                sound(),
                bearer(on()),
                lookup(name, &[]),
                lookup("example.com", &["203.0.113.10"]),
            ],
            vec![
                sound(),
                bearer(on()),
                lookup(name, &[]),
                lookup(name, &[MMSC]),
                lookup("example.com", &["203.0.113.10"]),
            ],
        ),
        Row(
            "the name has the other family only",
            Code::IpFamily,
            vec![
                sound(),
                bearer(on()),
                lookup(name, &[v6]),
                resolver_says(RecordKind::A, Said::Empty),
                query_six(v6),
            ],
            // There is an IPv4 address as well.
            vec![
                sound(),
                bearer(on()),
                lookup(name, &[MMSC]),
                query(RESOLVER, &[MMSC]),
                query_six(v6),
            ],
        ),
        Row(
            "a redirect names another port",
            Code::WrongPort,
            and(
                ground(),
                [sent_on("http://wholesale.mmsmvno.com:8002/mms/wapenc")],
            ),
            // Another host is a portal, not a port.
            and(ground(), [sent_on("http://portal.example:8002/mms/wapenc")]),
        ),
        Row(
            "a redirect names another path",
            Code::HttpReject,
            and(ground(), [sent_on("/mms/wapenc/")]),
            and(ground(), [sent_on("//portal.example/mms/wapenc/")]),
        ),
        Row(
            "the path makes the difference",
            Code::HttpReject,
            and(
                vec![case(), bearer(on()), control()],
                at_8080("/mms/wapenc:8080", not_found())
                    .into_iter()
                    .chain(at_8080("/mms/wapenc", mmsc())),
            ),
            and(
                vec![case(), bearer(on()), control()],
                at_8080("/mms/wapenc:8080", not_found())
                    .into_iter()
                    .chain(at_8080("/mms/wapenc", not_found())),
            ),
        ),
    ]
}

fn bearers() -> Vec<Row> {
    let failing = || vec![sound(), bearer(on()), control(), silent(), learned()];
    let from = |on: &On| {
        vec![
            bearer(on.clone()),
            moved(opens(), on),
            moved(answered(), on),
        ]
    };
    let v6 = elsewhere(|on| on.pdp_type = PdpType::Ipv6);
    let same = elsewhere(|_| ());
    let by_name = |literal: &str, code, shape| {
        let name = "wholesale.mmsmvno.com";
        let ms = match shape {
            Shape::AtOnce => 40,
            _ => 15_000,
        };
        vec![
            sound(),
            bearer(on()),
            control(),
            Found::Attempt(attempt(
                target(TargetRole::Mmsc, literal, 80),
                code,
                shape,
                Some(ms),
            )),
            tried(TargetRole::MmscElsewhere, name, 80, 0, 500),
            answer(TargetRole::MmscElsewhere, name, 80, "/mms/wapenc"),
        ]
    };
    let other_apn = elsewhere(|on| {
        on.apn_asked = "mms.example".to_owned();
        on.apn_granted = None;
    });
    let given = On {
        apn_granted: Some("fast.t-mobile.com".to_owned()),
        ..on()
    };
    let suffixed = On {
        apn_granted: Some("Wholesale.mnc240.mcc310.gprs".to_owned()),
        ..on()
    };
    let on_given = |given: &On| {
        vec![
            sound(),
            bearer(given.clone()),
            moved(control(), given),
            moved(silent(), given),
        ]
    };
    vec![
        Row(
            "the MMSC is on the other IP family",
            Code::IpFamily,
            and(failing(), from(&v6)),
            // The same type on another context does as well: then the type is not the difference.
            and(failing(), and(from(&v6), from(&same))),
        ),
        Row(
            "IPv6 is reached by name only",
            Code::IpFamily,
            by_name("2001:db8:7::80", 3, Shape::AtOnce),
            // The literal was dialled, and nothing came.
            by_name("2001:db8:7::80", 10, Shape::Late),
        ),
        Row(
            "another APN reaches it",
            Code::ApnNotApplied,
            and(failing(), from(&other_apn)),
            and(and(ground(), [answered()]), from(&other_apn)),
        ),
        Row(
            "another context reaches it",
            Code::ModuleStack,
            and(failing(), from(&same)),
            and(failing(), from(&v6)),
        ),
        Row(
            "another APN was granted",
            Code::ApnNotApplied,
            on_given(&given),
            on_given(&suffixed),
        ),
    ]
}

fn services() -> Vec<Row> {
    let twice = |outcome: HttpOutcome| and(ground(), [at_home(outcome.clone()), at_home(outcome)]);
    let once = |outcome: HttpOutcome| and(ground(), [at_home(outcome)]);
    let fault = || http(500, AnswerKind::Fault);
    let page = || http(200, AnswerKind::Page);
    let forbidden = || http(403, AnswerKind::Refusal);
    let android = "User-Agent of an Android phone";
    let quiet = || vec![sound(), bearer(on()), learned(), control(), silent()];
    vec![
        Row(
            "the MMSC refuses this line's PDUs",
            Code::PduReject,
            and(ground(), [refused_pdu(0x82)]),
            // What an MMSC may rightly say to a message without a recipient.
            and(ground(), [refused_pdu(0x83)]),
        ),
        Row(
            "a header makes the difference",
            Code::HttpReject,
            and(
                ground(),
                [at_home(forbidden()), with_header(answered(), android)],
            ),
            and(
                ground(),
                [
                    at_home(forbidden()),
                    with_header(at_home(forbidden()), android),
                ],
            ),
        ),
        Row(
            "large bodies stall",
            Code::Mtu,
            and(
                ground(),
                [
                    answered(),
                    padded(16_000, no_answer()),
                    padded(64_000, no_answer()),
                ],
            ),
            and(
                ground(),
                [
                    answered(),
                    padded(16_000, no_answer()),
                    padded(64_000, http(413, AnswerKind::Refusal)),
                ],
            ),
        ),
        Row(
            "large bodies are broken off",
            Code::MmscFault,
            and(
                ground(),
                [
                    answered(),
                    padded(16_000, broken_off()),
                    padded(64_000, broken_off()),
                ],
            ),
            // Packets that are lost close nothing.
            and(
                ground(),
                [
                    answered(),
                    padded(16_000, broken_off()),
                    padded(64_000, no_answer()),
                ],
            ),
        ),
        Row(
            "the larger of two requests stalls",
            Code::Mtu,
            and(
                ground(),
                [at_home(no_answer()), smaller(http(200, AnswerKind::Other))],
            ),
            and(ground(), [at_home(no_answer()), smaller(no_answer())]),
        ),
        Row(
            "no M-Send.conf comes",
            Code::MmscFault,
            once(http(200, AnswerKind::Other)),
            once(http(200, AnswerKind::Page)),
        ),
        Row(
            "the MMSC breaks",
            Code::MmscFault,
            twice(fault()),
            once(fault()),
        ),
        Row(
            "a web page answers",
            Code::Portal,
            twice(page()),
            once(page()),
        ),
        Row(
            "the person's witness speaks against the line",
            Code::Subscription,
            and(quiet(), [witness(Witness::PhoneFails)]),
            and(
                quiet(),
                [witness(Witness::InboundNo), witness(Witness::PhoneSends)],
            ),
        ),
        Row(
            "the request is refused",
            Code::HttpReject,
            once(forbidden()),
            and(
                ground(),
                [at_home(forbidden()), with_header(answered(), android)],
            ),
        ),
        Row(
            "only the MMSC is silent",
            Code::NetworkBlock,
            and(quiet(), [refusal_learned(), witness(Witness::PhoneSends)]),
            // Without what a refusal or silence looks like on this firmware nothing may be inferred from a code.
            vec![
                sound(),
                bearer(on()),
                control(),
                silent(),
                witness(Witness::PhoneSends),
            ],
        ),
    ]
}

fn table() -> Vec<Row> {
    [
        before_data(),
        stacks(),
        sends(),
        endpoints(),
        bearers(),
        services(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[test]
fn each_rule_fires_on_its_story_and_not_on_the_near_miss() {
    let table = table();
    let mut wrong = Vec::new();
    for (name, rule) in RULES {
        let Some(Row(_, code, story, miss)) = table.iter().find(|r| r.0 == *name) else {
            wrong.push(format!("{name}: has no story in this table"));
            continue;
        };
        let heard = |found: &[Found]| rule(Facts::of(&rows(found.to_vec())));
        match heard(story) {
            Some(finding) if finding.code != *code => {
                wrong.push(format!("{name}: says {}, not {code}", finding.code));
            }
            Some(finding) if finding.evidence.len() < 2 => {
                wrong.push(format!("{name}: rests on a single row"));
            }
            Some(finding) if finding.next.is_empty() || finding.would_change.is_empty() => {
                wrong.push(format!(
                    "{name}: does not say what to do, or what would change it"
                ));
            }
            Some(_) => {}
            None => wrong.push(format!("{name}: does not fire")),
        }
        if let Some(finding) = heard(miss) {
            wrong.push(format!(
                "{name}: fires on the near miss: {} {}",
                finding.code, finding.headline
            ));
        }
    }
    for Row(name, ..) in &table {
        if RULES.iter().all(|(rule, _)| rule == name) {
            wrong.push(format!("{name}: is no rule any more"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What each rule says of a story that leaves room for another cause, or of one a step beside it that does not: how sure, or nothing.
#[test]
fn a_rule_is_as_sure_as_its_story_allows() {
    let named_51 = "cause 51 (#51)";
    let bare_error = "the modem says ERROR and gives no reason";
    let no_spare = "all 24 PDP contexts are in use: there is no spare context for this APN";
    let six = elsewhere(|on| on.pdp_type = PdpType::Ipv6);
    let name = "wholesale.mmsmvno.com";
    let second = "10.177.0.35";
    let two_resolvers = || {
        let Found::Bearer { on, addresses, .. } = bearer(on()) else {
            unreachable!("bearer() makes a bearer")
        };
        Found::Bearer {
            on,
            addresses,
            dns: vec![RESOLVER.to_owned(), second.to_owned()],
            refused: None,
        }
    };
    let at_second = |said| match resolver_says(RecordKind::A, said) {
        Found::Query(q) => Found::Query(Query {
            resolver: second.to_owned(),
            ..q
        }),
        other => other,
    };
    let public = || tried(TargetRole::Reference, "203.0.113.10", 80, 0, 300);
    let resolves = || lookup("example.com", &["203.0.113.10"]);
    let ports = || {
        let other_ports = [8080, 8002, 9201, 9001, 9080];
        other_ports.map(|port| tried(TargetRole::Mmsc, MMSC, port, 4, 900))
    };
    let redirected = |location: &str| {
        let story = and(ground(), ports());
        and(story, [sent_on(location), sent_on(location)])
    };
    let too_long = "x".repeat(220);
    let (high, medium) = (Some(Confidence::High), Some(Confidence::Medium));
    let context = "the context is refused";
    let family = "the context's IP family is refused";
    let stack_at = "the stack is on another context";
    let bare_context = "the context has no address";
    let links = "all links are taken";
    let wrong = "the name does not resolve";
    let portal = "a web page answers";
    let table: Vec<(&str, Vec<Found>, Option<Confidence>)> = vec![
        (
            context,
            vec![sound(), refused(on(), "cause 33 (#33)")],
            high,
        ),
        (context, vec![sound(), refused(on(), bare_error)], medium),
        (context, vec![sound(), refused(on(), no_spare)], medium),
        (
            family,
            vec![sound(), refused(on(), named_51), bearer(six.clone())],
            high,
        ),
        (
            family,
            vec![sound(), refused(on(), bare_error), bearer(six)],
            medium,
        ),
        // The same type came up at the second try: nothing is said of a family.
        (
            family,
            vec![sound(), refused(on(), bare_error), bearer(on())],
            None,
        ),
        (
            stack_at,
            vec![sound(), bearer(on()), stack(true, Some(false), 0)],
            high,
        ),
        (
            stack_at,
            vec![
                sound(),
                bearer(on()),
                stack(true, Some(false), 0),
                stack(true, Some(true), 0),
            ],
            None,
        ),
        (
            stack_at,
            vec![
                sound(),
                bearer(on()),
                stack(true, Some(true), 0),
                stack(true, Some(false), 0),
            ],
            None,
        ),
        // The address came with the second try.
        (bare_context, vec![sound(), bare(), bearer(on())], None),
        (
            links,
            vec![
                sound(),
                bearer(on()),
                stack(true, Some(true), 10),
                stack(true, Some(true), 3),
            ],
            None,
        ),
        (
            wrong,
            vec![
                sound(),
                bearer(on()),
                lookup(name, &[]),
                resolves(),
                resolver_says(RecordKind::A, Said::NoName),
            ],
            high,
        ),
        (
            wrong,
            vec![
                sound(),
                bearer(on()),
                lookup(name, &[]),
                resolves(),
                resolver_says(RecordKind::A, Said::Silence),
            ],
            medium,
        ),
        (
            wrong,
            vec![
                sound(),
                two_resolvers(),
                public(),
                lookup(name, &[]),
                resolver_says(RecordKind::A, Said::Silence),
                at_second(Said::Silence),
            ],
            high,
        ),
        // One of them answers, so it is not that they are silent.
        (
            wrong,
            vec![
                sound(),
                two_resolvers(),
                public(),
                lookup(name, &[]),
                resolver_says(RecordKind::A, Said::Silence),
                at_second(Said::Empty),
            ],
            medium,
        ),
        (portal, redirected("HTTP://portal.example/top-up"), high),
        (portal, redirected("//portal.example/top-up"), high),
        (portal, redirected("https://portal.example"), high),
        (portal, redirected(""), medium),
        (
            portal,
            redirected(&format!("https://{name}/mms/wapenc")),
            medium,
        ),
        (
            portal,
            redirected(&format!("http://{name}/{too_long}")),
            medium,
        ),
        (
            portal,
            redirected(&format!("http://{name}/?to=+1******0100")),
            medium,
        ),
        // The server's own: no portal.
        (portal, redirected(&format!("//{name}/mms/wapenc/")), None),
        (portal, redirected(&format!("Http://{name}/mms/#top")), None),
        (portal, redirected("wapenc/"), None),
    ];
    for (named, story, sure) in table {
        let (_, rule) = RULES.iter().find(|(n, _)| *n == named).expect(named);
        let story = rows(story);
        let finding = rule(Facts::of(&story));
        let said = finding.as_ref().map(|f| f.confidence);
        let headline = finding.map(|f| f.headline);
        assert_eq!(said, sure, "{named}: {headline:?} {story:?}");
    }
}

//! The host's own stack: bound to its interface, its routes audited, and told apart from the module's.
use crate::story::Beginning;
use mmscope::bench::Probe;
use mmscope::cli::simulated_host;
use mmscope::event::{Class, Code, Found, RecordKind, StackKind, Verdict, What};
use mmscope::net::leaves_by;
use mmscope::simulator::world::PdpType;
use proptest::prelude::*;
use std::net::Ipv4Addr;

/// The facts and the verdict of a probe that looks over the world's interface as well.
async fn over_the_interface(world: &str) -> (Vec<Found>, Verdict) {
    let story = Beginning::world(world).open();
    let probe = Probe {
        interface: story.modem.host().map(simulated_host),
        ..Probe::default()
    };
    let verdict = story.probe(probe).await;
    let events = story.events();
    let facts = events.iter().filter_map(|e| match &e.what {
        What::Fact(fact) => Some(fact.found.clone()),
        _ => None,
    });
    (facts.collect(), verdict)
}

fn over_host(facts: &[Found]) -> Vec<(String, u16, Class)> {
    facts
        .iter()
        .filter_map(|f| match f {
            Found::Attempt(a) if a.on.stack == StackKind::Host => {
                Some((a.target.host.clone(), a.target.port, a.class))
            }
            _ => None,
        })
        .collect()
}

#[tokio::test(start_paused = true)]
async fn what_the_host_reaches_and_the_module_does_not_convicts_the_module() {
    let (facts, verdict) = over_the_interface("host-reaches").await;
    assert_eq!(verdict.verdict, Code::ModuleStack, "{}", verdict.headline);
    let attempts = over_host(&facts);
    assert!(
        attempts.contains(&("192.0.2.80".to_owned(), 80, Class::Open)),
        "{attempts:?}"
    );
    assert!(
        attempts.contains(&("10.64.0.53".to_owned(), 53, Class::Open)),
        "{attempts:?}"
    );
    let audited = facts.iter().any(|f| matches!(f, Found::Route { target, leaves_by, wanted } if target == "192.0.2.80" && leaves_by == wanted && wanted == "wwan0"));
    assert!(audited, "the route to the MMSC must be looked up");
    // The interface has the context's address, which is the proof that it is the same line.
    let proven = facts.iter().any(|f| matches!(f, Found::Attempt(a) if a.on.stack == StackKind::Host && a.on.proven == Some(true) && a.on.cid == Some(1)));
    assert!(proven, "{facts:#?}");
    assert!(verdict.not_run.iter().all(|n| n.experiment != "E24"));
}

#[tokio::test(start_paused = true)]
async fn all_that_the_carrier_names_is_tried_however_few_at_once() {
    let mut world = mmscope::simulator::World::named("mint").unwrap();
    let like = mmscope::simulator::World::named("host-reaches").unwrap();
    world.host = like.host.map(|host| mmscope::simulator::world::HostSpec {
        apn: "Wholesale".to_owned().try_into().unwrap(),
        ..host
    });
    let story = Beginning::of(world).open();
    let probe = Probe {
        interface: story.modem.host().map(simulated_host),
        ..Probe::default()
    };
    let verdict = story.probe(probe).await;
    assert_eq!(verdict.verdict, Code::WrongPort, "{}", verdict.headline);
    let mut places: Vec<(String, u16)> = verdict
        .cells
        .iter()
        .filter(|c| c.on.stack == StackKind::Host)
        .map(|c| (c.target.host.clone(), c.target.port))
        .collect();
    let tried = places.len();
    places.sort();
    places.dedup();
    assert_eq!(places.len(), tried, "each once");
    for (host, port) in [
        ("10.175.85.144", 8080),
        ("10.175.85.144", 80),
        ("10.177.0.34", 53),
        ("203.0.113.10", 80),
        ("10.175.85.145", 80),
    ] {
        assert!(
            places.contains(&(host.to_owned(), port)),
            "{host}:{port} of {places:?}"
        );
    }
}

/// A world in which the MMSC is reached over IPv6 only, with an interface over the same line.
async fn over_six(kind: PdpType) -> (Vec<Found>, Verdict) {
    let mut world = mmscope::simulator::World::named("ipv6-path").unwrap();
    let like = mmscope::simulator::World::named("host-reaches").unwrap();
    world.host = like.host.map(|host| mmscope::simulator::world::HostSpec {
        apn: "Wholesale".to_owned().try_into().unwrap(),
        kind,
        ..host
    });
    let story = Beginning::of(world).open();
    let probe = Probe {
        interface: story.modem.host().map(simulated_host),
        ..Probe::default()
    };
    let verdict = story.probe(probe).await;
    let events = story.events();
    let facts = events.iter().filter_map(|e| match &e.what {
        What::Fact(fact) => Some(fact.found.clone()),
        _ => None,
    });
    (facts.collect(), verdict)
}

#[tokio::test(start_paused = true)]
async fn an_interface_with_an_ipv6_address_asks_for_both_families_and_tries_both() {
    let (facts, verdict) = over_six(PdpType::Ipv4v6).await;
    assert_eq!(verdict.verdict, Code::IpFamily, "{}", verdict.headline);
    for record in [RecordKind::A, RecordKind::Aaaa] {
        let asked = facts.iter().any(|f| {
            matches!(f, Found::Query(q) if q.on.stack == StackKind::Host && q.record == record
                && q.name == "wholesale.mmsmvno.com" && !q.addresses().is_empty())
        });
        assert!(asked, "{record} must be asked for over the interface");
    }
    let attempts = over_host(&facts);
    let six = |class| {
        attempts
            .iter()
            .any(|(host, port, c)| host.contains(':') && *port == 80 && *c == class)
    };
    assert!(six(Class::Open), "{attempts:?}");
    let answered = facts.iter().any(|f| {
        matches!(f, Found::Http(h) if h.on.stack == StackKind::Host && h.target.host.contains(':'))
    });
    assert!(answered, "HTTP is asked for over it");
    let audited = facts
        .iter()
        .any(|f| matches!(f, Found::Route { target, .. } if target.contains(':')));
    assert!(audited, "the IPv6 route is looked up as well");
}

#[tokio::test(start_paused = true)]
async fn an_interface_without_an_ipv6_address_tries_none_and_says_so() {
    let (facts, verdict) = over_six(PdpType::Ip).await;
    assert_ne!(verdict.verdict, Code::HostRoute, "{}", verdict.headline);
    let attempts = over_host(&facts);
    assert!(!attempts.is_empty());
    assert!(
        attempts.iter().all(|(host, _, _)| !host.contains(':')),
        "{attempts:?}"
    );
    let audited = facts
        .iter()
        .any(|f| matches!(f, Found::Route { target, .. } if target.contains(':')));
    assert!(!audited, "nothing of IPv6 would leave by it");
}

#[tokio::test(start_paused = true)]
async fn an_interface_with_an_address_of_its_own_is_proved_to_be_on_no_context() {
    let (facts, verdict) = over_the_interface("host-stack-error").await;
    assert_eq!(verdict.verdict, Code::ModuleStack, "{}", verdict.headline);
    for fact in &facts {
        if let Found::Attempt(a) = fact {
            assert_eq!((a.on.stack, a.on.proven), (StackKind::Host, None));
        }
    }
    assert!(
        verdict
            .next
            .iter()
            .any(|n| n.says.contains("the MMSC answers over it")),
        "{:#?}",
        verdict.next
    );
}

#[tokio::test(start_paused = true)]
async fn a_route_that_leads_elsewhere_voids_what_fails_and_is_the_verdict_where_nothing_else_speaks()
 {
    let (facts, verdict) = over_the_interface("host-route").await;
    assert_eq!(verdict.verdict, Code::HostRoute, "{}", verdict.headline);
    assert!(
        over_host(&facts)
            .iter()
            .all(|(_, _, class)| *class == Class::Unreach)
    );
    assert!(
        verdict.evidence.iter().any(|e| e.says.contains("wlan0")),
        "{:#?}",
        verdict.evidence
    );
    let cells = verdict
        .cells
        .iter()
        .filter(|c| c.on.stack == StackKind::Host);
    assert!(cells.clone().count() > 0);
    for cell in cells {
        assert!(
            cell.void.as_deref().is_some_and(|v| v.contains("wlan0")),
            "{cell:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn without_an_interface_the_host_is_named_as_what_was_not_run() {
    let story = Beginning::world("host-reaches").open();
    let verdict = story.probe(Probe::default()).await;
    let row = verdict
        .not_run
        .iter()
        .find(|n| n.experiment == "E24")
        .unwrap();
    assert!(row.why.contains("--interface"), "{row:?}");
    assert_ne!(
        verdict.verdict,
        Code::ModuleStack,
        "nothing but the host can tell"
    );
}

/// A table as the kernel of a laptop shows it: Wi-Fi, a modem, one host by the modem, one that is forbidden.
const TABLE: &str =
    "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
wlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0
wwan0\t00000000\t00000000\t0001\t0\t0\t700\t00000000\t0\t0\t0
wlan0\t0001A8C0\t00000000\t0001\t0\t0\t600\t00FFFFFF\t0\t0\t0
wwan0\t9055AF0A\t00000000\t0005\t0\t0\t0\tFFFFFFFF\t0\t0\t0
wlan0\t0000B00A\t00000000\t0201\t0\t0\t0\t0000FFFF\t0\t0\t0
wwan1\t0000B10A\t00000000\t0000\t0\t0\t0\t0000FFFF\t0\t0\t0
";

#[test]
fn the_longest_match_decides_and_then_the_metric() {
    let table = [
        ([10, 175, 85, 144], Some("wwan0")),
        ([10, 175, 85, 145], Some("wlan0")),
        ([192, 168, 1, 7], Some("wlan0")),
        ([203, 0, 113, 10], Some("wlan0")),
        ([10, 176, 0, 1], Some("wlan0")),
        ([10, 177, 0, 1], Some("wlan0")),
    ];
    for (to, by) in table {
        let to = Ipv4Addr::from(to);
        assert_eq!(leaves_by(TABLE, to).as_deref(), by, "{to}");
    }
    let header = TABLE.lines().next().unwrap();
    assert_eq!(leaves_by(header, Ipv4Addr::LOCALHOST), None);
    assert_eq!(leaves_by("", Ipv4Addr::LOCALHOST), None);
}

proptest! {
    #[test]
    fn no_table_can_do_harm(text in "(?s).{0,300}", to: u32) {
        let _ = leaves_by(&text, Ipv4Addr::from(to));
    }
}

#[cfg(target_os = "linux")]
mod on_loopback {
    use mmscope::net::{HostStack, Interface};
    use std::io::ErrorKind;
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, UdpSocket};

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    #[tokio::test]
    async fn a_bound_socket_connects_and_carries() {
        let listener = TcpListener::bind((HERE, 0)).await.unwrap();
        let to = listener.local_addr().unwrap();
        for name in ["lo", "127.0.0.1"] {
            let interface = Interface::named(name).unwrap();
            let (mut ours, theirs) = tokio::join!(interface.connect(to), listener.accept());
            let ours = ours.as_mut().unwrap();
            let (mut theirs, _) = theirs.unwrap();
            ours.write_all(b"to the MMSC").await.unwrap();
            let mut octets = [0; 11];
            theirs.read_exact(&mut octets).await.unwrap();
            assert_eq!(&octets, b"to the MMSC", "{name}");
        }
    }

    /// IPv6 on the loopback; kernels without any are not the concern of these tests.
    fn has_six() -> bool {
        let bound = std::net::UdpSocket::bind((Ipv6Addr::LOCALHOST, 0));
        if let Err(e) = &bound {
            println!("no IPv6 here, so it is not tried: {e}");
        }
        bound.is_ok()
    }

    #[tokio::test]
    async fn the_same_over_ipv6() {
        if !has_six() {
            return;
        }
        let six = IpAddr::V6(Ipv6Addr::LOCALHOST);
        let listener = TcpListener::bind((six, 0)).await.unwrap();
        let to = listener.local_addr().unwrap();
        for name in ["lo", "::1"] {
            let interface = Interface::named(name).unwrap();
            assert_eq!(interface.route(six).source, Some(six), "{name}");
            let (mut ours, theirs) = tokio::join!(interface.connect(to), listener.accept());
            let ours = ours.as_mut().unwrap();
            let (mut theirs, _) = theirs.unwrap();
            ours.write_all(b"to the MMSC").await.unwrap();
            let mut octets = [0; 11];
            theirs.read_exact(&mut octets).await.unwrap();
            assert_eq!(&octets, b"to the MMSC", "{name}");
        }
        let server = UdpSocket::bind((six, 0)).await.unwrap();
        let to = server.local_addr().unwrap();
        let answering = tokio::spawn(async move {
            let mut octets = [0; 64];
            let (count, from) = server.recv_from(&mut octets).await.unwrap();
            octets[..count].reverse();
            server.send_to(&octets[..count], from).await.unwrap();
        });
        let interface = Interface::named("lo").unwrap();
        assert_eq!(interface.ask(to, b"abc".to_vec()).await.unwrap(), b"cba");
        answering.await.unwrap();
        // An interface that is named by an address of one family has none of the other.
        let four = Interface::named("127.0.0.1").unwrap();
        assert_eq!(four.route(six).source, None);
    }

    #[tokio::test]
    async fn a_datagram_is_answered_by_its_peer() {
        let server = UdpSocket::bind((HERE, 0)).await.unwrap();
        let to = server.local_addr().unwrap();
        let answering = tokio::spawn(async move {
            let mut octets = [0; 64];
            let (count, from) = server.recv_from(&mut octets).await.unwrap();
            octets[..count].reverse();
            server.send_to(&octets[..count], from).await.unwrap();
        });
        let interface = Interface::named("lo").unwrap();
        assert_eq!(interface.ask(to, b"abc".to_vec()).await.unwrap(), b"cba");
        answering.await.unwrap();
    }

    #[tokio::test]
    async fn a_closed_port_is_a_refusal_in_the_systems_words() {
        let listener = TcpListener::bind((HERE, 0)).await.unwrap();
        let to: SocketAddr = listener.local_addr().unwrap();
        drop(listener);
        let interface = Interface::named("lo").unwrap();
        let refused = interface.connect(to).await.err().unwrap();
        assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    }

    #[test]
    fn routes_are_audited_without_a_packet() {
        let interface = Interface::named("lo").unwrap();
        let route = interface.route(HERE);
        assert_eq!((route.leaves_by.as_str(), route.source), ("lo", Some(HERE)));
        // Whatever this machine's routes are, a documentation address never leaves by the loopback.
        let elsewhere = interface.route(Ipv4Addr::new(192, 0, 2, 1).into());
        assert_ne!(elsewhere.leaves_by, "lo");
    }

    #[test]
    fn an_interface_that_is_not_there_is_said_at_once() {
        assert!(Interface::named("nosuch0").is_err());
        assert!(
            Interface::named("192.0.2.77").is_err(),
            "no address of this machine"
        );
    }
}

/// The program itself, with a home of its own.
fn program(words: &[&str]) -> std::process::Output {
    let home = tempfile::tempdir().unwrap();
    std::process::Command::new(env!("CARGO_BIN_EXE_mmscope"))
        .args(words)
        .env("HOME", home.path())
        .env("LC_ALL", "C.UTF-8")
        .env("XDG_STATE_HOME", home.path().join("state"))
        .env("XDG_CONFIG_HOME", home.path().join("config"))
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap()
}

#[test]
fn the_command_line_takes_the_worlds_interface_and_names_it_where_another_is_asked_for() {
    let words = [
        "probe",
        "--world",
        "host-reaches",
        "--sim-speed",
        "60",
        "--json",
    ];
    let found = program(&[&words[..], &["--interface", "wwan0"]].concat());
    let out = String::from_utf8_lossy(&found.stdout).into_owned();
    let last: serde_json::Value = serde_json::from_str(out.lines().last().unwrap()).unwrap();
    assert_eq!(
        (last["event"].as_str(), last["verdict"].as_str()),
        (Some("result"), Some("MODULE-STACK")),
        "{last}"
    );
    assert_eq!(found.status.code(), Some(30));
    let wrong = program(&[&words[..], &["--interface", "eth9"]].concat());
    assert_eq!(wrong.status.code(), Some(2));
    let says = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert!(says.contains("eth9") && says.contains("wwan0"), "{says}");
}

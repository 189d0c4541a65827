//! Lines of answers into values: a user would lose a wrong unit, a wrong table, an address read from a mask.
use mmscope::at::errors::{self, AppNetError, IpError, SocketError};
use mmscope::at::reply::{self, CipRxGet, Ping, Resolved, Units};
use mmscope::at::urc::{self, Notice};
use mmscope::at::{Final, fields};
use mmscope::event::{PdpType, SimState};
use proptest::prelude::*;

#[test]
fn signal_strength_has_its_scale_and_its_gaps() {
    let rows = [
        ("0", Some(-113)),
        ("21", Some(-71)),
        ("31", Some(-51)),
        ("99", None),
        ("100", Some(-116)),
        ("191", Some(-25)),
        ("199", None),
        ("40", None),
    ];
    for (rssi, dbm) in rows {
        let csq = reply::csq(&format!("+CSQ: {rssi},99")).unwrap();
        assert_eq!((csq.dbm, csq.ber), (dbm, 99), "{rssi}");
    }
    assert_eq!(reply::csq("+CSQ: 21"), None);
    assert_eq!(reply::csq("+CSQ: -1,99"), None);
}

#[test]
fn lte_levels_are_read_in_the_unit_that_their_size_tells() {
    let rows = [
        (
            "5,5,-84,-693,-386,24",
            Units::Tenths,
            Some(-693),
            Some(-84),
            Some(-386),
        ),
        (
            "5,5,-11,-109,-97,14",
            Units::Whole,
            Some(-1090),
            Some(-110),
            Some(-970),
        ),
        ("5,5,8,50,55,10", Units::Index, Some(-910), Some(-160), None),
        ("5,5,-11,-170,-97,14", Units::Unclear, None, None, None),
    ];
    for (levels, units, rsrp, rsrq, rssi) in rows {
        let line =
            format!("+CPSI: LTE,Online,460-01,0x5303,52467969,125,EUTRAN-BAND3,1650,{levels}");
        let cell = reply::cpsi(&line).unwrap();
        assert_eq!(
            (cell.units, cell.rsrp_ddbm, cell.rsrq_ddb, cell.rssi_ddbm),
            (units, rsrp, rsrq, rssi),
            "{levels}"
        );
        assert_eq!(
            (cell.band.as_deref(), cell.bandwidth_dmhz),
            (Some("EUTRAN-BAND3"), Some(200))
        );
        let signal = cell.signal();
        assert_eq!(
            (signal.plmn.as_deref(), signal.cell.as_deref()),
            (Some("460-01"), Some("52467969"))
        );
    }
}

#[test]
fn other_systems_and_none() {
    let wcdma = reply::cpsi(
        "+CPSI: WCDMA,Online,310-260,0x8D2,1234567,WCDMA IMT 2000,12,10713,0,5,-80,20,30,500",
    )
    .unwrap();
    assert_eq!(
        (wcdma.ecio, wcdma.rscp, wcdma.rxlev),
        (Some(5), Some(-80), Some(30))
    );
    let gsm =
        reply::cpsi("+CPSI: GSM,Online,460-00,0x182d,12401,27 EGSM 900,-64,2110,42-42").unwrap();
    assert_eq!(
        (gsm.band.as_deref(), gsm.rxlev),
        (Some("27 EGSM 900"), Some(-64))
    );
    for line in ["+CPSI: NO SERVICE,Online", "+CPSI: NO SERVICE, Online"] {
        let none = reply::cpsi(line).unwrap();
        assert_eq!(
            (none.system.as_str(), none.operation.as_str(), none.plmn),
            ("NO SERVICE", "Online", None)
        );
    }
}

#[test]
fn registration_quoted_or_not_read_or_announced() {
    for line in [
        "+CEREG: 2,5,\"5303\",\"31FA2C0\",7",
        "+CEREG: 2,5,5303,31FA2C0,7",
    ] {
        let reg = reply::reg_read(line).unwrap();
        assert_eq!(
            (reg.stat, reg.area.as_deref(), reg.cell.as_deref(), reg.act),
            (5, Some("5303"), Some("31FA2C0"), Some(7))
        );
    }
    assert_eq!(reply::reg_urc("+CREG: 1").unwrap().stat, 1);
    assert_eq!(reply::reg_read("+CGREG: 0,11").unwrap().stat, 11);
    assert_eq!(reply::reg_read("+CGREG: 0"), None);
    let cops = reply::cops("+COPS: 0,0,\"T-Mobile, US\",7").unwrap();
    assert_eq!(
        (cops.operator.as_deref(), cops.act),
        (Some("T-Mobile, US"), Some(7))
    );
    assert_eq!(reply::cops("+COPS: 0").unwrap().operator, None);
}

#[test]
fn addresses_in_every_spelling() {
    let rows = [
        ("10.64.12.7", Some("10.64.12.7")),
        ("\"48.31.195.38\"", Some("48.31.195.38")),
        ("0.0.0.0", None),
        ("0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0", None),
        ("32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.1", Some("2001:db8::1")),
        ("2001:DB8::1", Some("2001:db8::1")),
        ("10.64.12", None),
        ("10.64.12.777", None),
        ("", None),
    ];
    for (text, wanted) in rows {
        assert_eq!(
            reply::address(text).map(|a| a.to_string()).as_deref(),
            wanted,
            "{text}"
        );
    }
    let (own, mask) = reply::address_and_mask("10.64.12.7.255.255.255.252").unwrap();
    assert_eq!(
        (own.to_string(), mask.unwrap().to_string()),
        ("10.64.12.7".into(), "255.255.255.252".into())
    );
    let six = [
        "32.1.13.184",
        ".0.0.0.0.0.0.0.0.0.0.0.1",
        ".255.255.255.255.255.255.255.255",
        ".0.0.0.0.0.0.0.0",
    ]
    .concat();
    let (own, mask) = reply::address_and_mask(&six).unwrap();
    assert_eq!(
        (own.to_string(), mask.unwrap().to_string()),
        ("2001:db8::1".into(), "ffff:ffff:ffff:ffff::".into())
    );
}

#[test]
fn contexts_asked_for_and_granted() {
    let ims = reply::cgdcont(
        "+CGDCONT: 2,\"IPV4V6\",\"ims\",\"0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0\",0,0,0,0",
    )
    .unwrap();
    assert_eq!(
        (ims.cid, ims.pdp_type, ims.apn.as_str()),
        (2, PdpType::Ipv4v6, "ims")
    );
    assert!(ims.definition.starts_with("2,\"IPV4V6\",\"ims\","));
    assert_eq!(reply::cgdcont("+CGDCONT: 1,\"IP\",\"\"").unwrap().apn, "");
    assert_eq!(reply::cgact("+CGACT: 1,0"), Some((1, false)));
    assert_eq!(
        reply::cgpaddr("+CGPADDR: 1,\"0.0.0.0\"").unwrap(),
        (1, vec![])
    );
    let (cid, both) =
        reply::cgpaddr("+CGPADDR: 3,10.64.12.7,32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.1").unwrap();
    assert_eq!((cid, both.len()), (3, 2));
    for line in [
        "+CGCONTRDP: 3,7,\"mms.test.mnc001.mcc001.gprs\",\"10.64.12.7.255.255.255.252\",\"10.64.12.8\",\"10.64.0.53\",\"10.64.0.54\"",
        "+CGCONTRDP: 3,7,mms.test.mnc001.mcc001.gprs,10.64.12.7.255.255.255.252,10.64.12.8,10.64.0.53,10.64.0.54",
    ] {
        let granted = reply::cgcontrdp(line).unwrap();
        assert_eq!(granted.apn, "mms.test.mnc001.mcc001.gprs");
        assert_eq!(granted.address.unwrap().to_string(), "10.64.12.7");
        assert_eq!(granted.granted().dns, ["10.64.0.53", "10.64.0.54"]);
    }
    let bare = reply::cgcontrdp("+CGCONTRDP: 1,5,\"Wholesale\",\"48.31.195.38\",,\"10.177.0.34\"")
        .unwrap();
    assert_eq!((bare.gateway, bare.dns.len(), bare.mask), (None, 1, None));
}

#[test]
fn the_socket_stack() {
    assert_eq!(reply::netopen_read("+NETOPEN: 1,0"), Some(true));
    assert_eq!(reply::net_result("+NETOPEN: 1"), Some(SocketError(1)));
    let late = reply::link_result("+CIPOPEN: 0,11").unwrap();
    assert_eq!((late.link, late.err), (0, SocketError::DNS));
    assert_eq!(
        reply::link_result("+CIPOPEN: 0,\"TCP\",\"192.0.2.80\",80,-1"),
        None
    );
    let row = reply::link_row("+CIPOPEN: 0,\"TCP\",\"192.0.2.80\",80,-1").unwrap();
    assert_eq!(row.peer.unwrap().port, 80);
    assert_eq!(reply::link_row("+CIPOPEN: 7").unwrap().peer, None);
    assert!(reply::cipclose_read("+CIPCLOSE: 0,1,0,0,0,0,0,0,0,0").unwrap()[1]);
    assert_eq!(reply::cipclose_read("+CIPCLOSE: 0,0"), None);
    let sent = reply::cipsend("+CIPSEND: 0,1400,-1").unwrap();
    assert_eq!((sent.requested, sent.confirmed), (1400, -1));
    assert_eq!(
        reply::ciprxget("+CIPRXGET: 2,0,100,53"),
        Some(CipRxGet::Taken {
            link: 0,
            read: 100,
            rest: 53
        })
    );
    assert_eq!(
        reply::ciprxget("+CIPRXGET: 1,0"),
        Some(CipRxGet::Arrived { link: 0 })
    );
    assert_eq!(
        reply::ciprxget("+CIPRXGET: 4,0,153"),
        Some(CipRxGet::Waiting { link: 0, rest: 153 })
    );
    assert_eq!(reply::ciprxget("+CIPRXGET: 1"), Some(CipRxGet::Mode(1)));
    assert_eq!(reply::cdnsgip("+CDNSGIP: 0,10"), Some(Resolved::Failed(10)));
    assert_eq!(
        reply::cdnsgip("+CDNSGIP: 1,\"wholesale.mmsmvno.com\",\"10.175.85.144\""),
        Some(Resolved::Found(vec!["10.175.85.144".parse().unwrap()]))
    );
    assert_eq!(
        reply::cping("+CPING: 3,0,0,0,0,0,0"),
        Some(Ping::Summary {
            sent: 0,
            received: 0,
            average_ms: 0
        })
    );
    assert_eq!(
        reply::ciptimeout("+CIPTIMEOUT: 75000,15000,15000"),
        Some([75000, 15000, 15000])
    );
}

#[test]
fn the_number_four_means_another_thing_in_each_table() {
    assert_eq!(SocketError(4).name(), Some("operation not supported"));
    assert_eq!(
        IpError::parse("+IP ERROR: 4").unwrap().text,
        "Network is already opened"
    );
    assert_eq!(AppNetError(4).name(), Some("network not opened"));
    assert_eq!(errors::cme_name(4), Some("operation not supported"));
    assert_eq!(
        (SocketError(12).name(), SocketError(13).name()),
        (Some("unknown error"), None)
    );
    assert_eq!(
        IpError::parse("+IP ERROR: Network not opened")
            .unwrap()
            .number,
        Some(IpError::NOT_OPENED)
    );
    assert_eq!(
        IpError::parse("+IP ERROR: Operation failed")
            .unwrap()
            .number,
        Some(IpError::NO_DATA)
    );
    let unknown = IpError::parse("+IP ERROR: Something new").unwrap();
    assert_eq!(
        (unknown.number, unknown.text.as_str()),
        (None, "Something new")
    );
    for table in 0..13u8 {
        assert!(!SocketError(table).name().unwrap().contains("unreachable"));
    }
}

#[test]
fn final_codes_in_numbers_and_words() {
    let rows = [
        ("+CME ERROR: 10", Some(10), "SIM not inserted"),
        ("+CME ERROR: SIM not inserted", Some(10), "SIM not inserted"),
        (
            "+CME ERROR: requested service option not subscribed (#33)",
            Some(133),
            "requested service option not subscribed",
        ),
        ("+CME ERROR: something else", None, "something else"),
    ];
    for (line, number, words) in rows {
        let code = Final::parse(line).unwrap();
        assert_eq!(
            (code.cme(), code.words().as_str()),
            (number, words),
            "{line}"
        );
        assert_eq!(code.to_string(), line);
    }
    assert_eq!(
        Final::parse("+CMS ERROR: 322").unwrap().words(),
        "memory full"
    );
    assert_eq!(
        Final::parse("CONNECT 115200"),
        Some(Final::Connect("115200".into()))
    );
    for line in ["OK ", "ok", "ERRORS", "CONNECTED", "+CSQ: 21,99", "0"] {
        assert_eq!(Final::parse(line), None, "{line}");
    }
    assert_eq!(Final::parse_numeric("4"), Some(Final::Error));
    assert_eq!(
        (Final::parse_numeric("2"), Final::parse_numeric("44")),
        (None, None)
    );
}

#[test]
fn the_sim() {
    assert_eq!(reply::cpin("+CPIN: READY"), Some(SimState::Ready));
    assert_eq!(
        reply::cpin("+CPIN: SIM PIN"),
        Some(SimState::Locked("SIM PIN".into()))
    );
    let trouble = |line: &str| reply::sim_trouble(&Final::parse(line).unwrap());
    assert_eq!(trouble("+CME ERROR: 10"), Some(SimState::Absent));
    assert_eq!(
        trouble("+CME ERROR: SIM PIN required"),
        Some(SimState::Locked("SIM PIN".into()))
    );
    assert_eq!(
        trouble("+CME ERROR: SIM busy"),
        Some(SimState::Failed("SIM busy".into()))
    );
    assert_eq!(trouble("ERROR"), None);
    assert_eq!(
        reply::imsi("310240000000123").unwrap().masked().as_str(),
        "310240*********"
    );
    assert!(reply::imei("490154203237518").is_some() && reply::imei("OK").is_none());
    assert_eq!(
        reply::iccid("+ICCID: 8901240000000000123F")
            .unwrap()
            .reveal(),
        "8901240000000000123"
    );
    let own = reply::cnum("+CNUM: \"\",\"12025550123\",145").unwrap();
    assert_eq!(own.number.reveal(), "+12025550123");
    assert_eq!(reply::cnum("+CNUM: \"\",\"\",129"), None);
}

#[test]
fn announcements() {
    assert_eq!(
        urc::parse("+IPCLOSE: 0,1"),
        Notice::LinkClosed { link: 0, reason: 1 }
    );
    assert_eq!(urc::parse("+CIPRXGET: 1,0"), Notice::Data { link: 0 });
    assert_eq!(
        urc::parse("+CIPEVENT: NETWORK CLOSED UNEXPECTEDLY"),
        Notice::NetworkClosed
    );
    assert_eq!(
        urc::parse("+CMTI: \"SM\",3"),
        Notice::Message {
            store: "SM".into(),
            index: 3
        }
    );
    assert_eq!(urc::parse("+CIPRXGET: 4,0,153"), Notice::Other);
    for line in [
        "RDY",
        "+CGEV: EPS PDN ACT 1",
        "RING",
        "MISSED_CALL: 10:00",
        "+IPD153",
    ] {
        assert!(urc::is_known(line), "{line}");
    }
    assert!(!urc::is_known("+CIPRXGET: 2,0,100,53"));
    assert!(
        urc::looks_like("+QIND: csq,1") && !urc::looks_like("hello: x") && !urc::looks_like("+")
    );
    assert_eq!(
        (
            urc::owned_lines("+CMT: ,28"),
            urc::owned_lines("+CMTI: \"SM\",1")
        ),
        (1, 0)
    );
}

#[test]
fn fields_with_quotes_commas_and_blanks() {
    let texts = |s: &str| {
        fields::split(s)
            .iter()
            .map(|f| (f.text.to_owned(), f.quoted))
            .collect::<Vec<_>>()
    };
    let f = |t: &str, q| (t.to_owned(), q);
    assert_eq!(
        texts(" 1, \"a,b\" ,,x "),
        [f("1", false), f("a,b", true), f("", false), f("x", false)]
    );
    assert_eq!(texts(""), []);
    assert_eq!(texts(","), [f("", false), f("", false)]);
    assert_eq!(texts("\"open,1"), [f("open,1", true)]);
}

proptest! {
    #[test]
    fn no_line_makes_a_parser_panic(name in "[+A-Z ]{0,10}:? ?", rest in "[-0-9,\"A-F. ]{0,60}|.{0,40}") {
        let known = ["+CSQ:", "+CPSI: LTE,", "+CREG:", "+COPS:", "+CGDCONT:", "+CGPADDR:", "+CGCONTRDP:", "+CIPOPEN:", "+CIPCLOSE:",
            "+CIPSEND:", "+CIPRXGET:", "+CDNSGIP:", "+CPING:", "+IP ERROR:", "+CME ERROR:", "+CNUM:", "+IPCLOSE:", "+CIPTIMEOUT:", "+CMTI:"];
        for prefix in known.iter().copied().chain([name.as_str()]) {
            let line = format!("{prefix}{rest}");
            let _ = (reply::csq(&line), reply::cpsi(&line), reply::reg_read(&line), reply::reg_urc(&line), reply::cops(&line));
            let _ = (reply::cgdcont(&line), reply::cgact(&line), reply::cgpaddr(&line), reply::cgcontrdp(&line));
            let _ = (reply::netopen_read(&line), reply::link_result(&line), reply::link_row(&line), reply::cipclose_read(&line));
            let _ = (reply::cipsend(&line), reply::ciprxget(&line), reply::cdnsgip(&line), reply::cping(&line), reply::ciptimeout(&line));
            let _ = (reply::cpin(&line), reply::imsi(&line), reply::iccid(&line), reply::cnum(&line), urc::parse(&line));
            let _ = (Final::parse(&line).map(|f| f.words()), IpError::parse(&line), mmscope::at::meaning::explain(&line, Some(&line)));
            let _ = (urc::looks_like(&line), urc::owned_lines(&line));
        }
    }
}

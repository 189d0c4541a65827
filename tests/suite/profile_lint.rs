//! Every lint, where it fires and where it nearly would. A lint that is missing costs an evening; one that cries wolf costs the next.
use Severity::{Error, Info, Warning};
use mmscope::event::{Context, PdpType};
use mmscope::profile::{Identity, Library, Lint, LintContext, Profile, Severity, SimFacts};

/// A sound profile, with some of its text replaced.
fn profile(changes: &[(&str, &str)]) -> Profile {
    let mut text = "schema = 1
id = \"user/test\"
name = \"Test\"
[[match]]
mccmnc = \"00101\"
[[pdn]]
role = [\"default\", \"mms\"]
apn = \"internet\"
type = \"IPV4V6\"
[mms]
mmsc = \"http://mmsc.example/mms\"
[[source]]
set = \"user\"
ref = \"a test\"
date = \"2026-07-20\"
[status]
verified = \"bench\"
last_ok = \"2026-07-20\"
"
    .to_owned();
    for (old, new) in changes {
        assert!(text.contains(old), "{old}");
        text = text.replacen(old, new, 1);
    }
    Profile::parse("test.toml", &text).unwrap_or_else(|e| panic!("{e} in\n{text}"))
}

const MMSC: &str = "mmsc = \"http://mmsc.example/mms\"";
const PDN: &str = "apn = \"internet\"\ntype = \"IPV4V6\"";

fn of<'l>(lints: &'l [Lint], id: &str) -> Vec<&'l Lint> {
    lints.iter().filter(|lint| lint.id == id).collect()
}

/// Rule, what is replaced by what, and what it then finds: severity and offending characters, or nothing for a near miss.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    Option<(Severity, &'static str)>,
);

#[test]
fn rules_on_the_profile_alone() {
    let table: &[Row] = &[
        (
            "P01",
            MMSC,
            "mmsc = 'http://mmsc.example/mms:8080'",
            Some((Error, ":8080")),
        ),
        ("P01", MMSC, "mmsc = 'http://mmsc.example:8080/mms'", None),
        (
            "P02",
            MMSC,
            "mmsc = 'http://mmsc.example/mms'\nconnect_port = 8080",
            Some((Error, "8080")),
        ),
        (
            "P02",
            MMSC,
            "mmsc = 'http://mmsc.example/mms'\nlisted_port = 8080",
            Some((Info, "8080")),
        ),
        (
            "P02",
            MMSC,
            "mmsc = 'http://mmsc.example:8080/mms'\nlisted_port = 8080",
            None,
        ),
        (
            "P03",
            MMSC,
            "mmsc = 'http:/mmsc.example/mms'",
            Some((Error, "http:/")),
        ),
        ("P03", MMSC, "mmsc = 'HTTP://mmsc.example'", None),
        (
            "P04",
            MMSC,
            "mmsc = 'https://mmsc.example/mms'",
            Some((Warning, "https")),
        ),
        ("P04", MMSC, "mmsc = 'http://https.example/mms'", None),
        (
            "P05",
            MMSC,
            "mmsc = 'http://mmsc.example/mms'\nproxy = 'proxy.example'",
            Some((Warning, "proxy.example")),
        ),
        (
            "P05",
            MMSC,
            "mmsc = 'http://mmsc.example/mms'\nproxy = 'proxy.example:80'",
            None,
        ),
        (
            "P05",
            MMSC,
            "mmsc = 'http://mmsc.example/mms'\nproxy = 'proxy.example'\nlisted_port = 80",
            None,
        ),
        (
            "P06",
            MMSC,
            "mmsc = 'http://10.81.0.7:8002'",
            Some((Info, "10.81.0.7")),
        ),
        (
            "P06",
            MMSC,
            "mmsc = 'http://[fd00:976a::9]/mms'",
            Some((Info, "fd00:976a::9")),
        ),
        (
            "P06",
            MMSC,
            "mmsc = 'http://mmsc.example/mms'\nproxy = '192.168.10.200:8080'",
            Some((Info, "192.168.10.200")),
        ),
        ("P06", MMSC, "mmsc = 'http://198.51.100.7/mms'", None),
        ("P06", MMSC, "mmsc = 'http://172.32.0.1/mms'", None),
        (
            "P08",
            MMSC,
            "mmsc = 'http://mms/'\nproxy = '192.0.2.1:80'",
            Some((Warning, "mms")),
        ),
        ("P08", MMSC, "mmsc = 'http://mmsc/'", Some((Error, "mmsc"))),
        ("P08", MMSC, "mmsc = 'http://[2001:db8::1]/'", None),
        ("P09", PDN, "apn = 'internet'", Some((Warning, ""))),
        ("P09", PDN, "apn = 'internet'\ntype = 'IP'", None),
        (
            "P10",
            MMSC,
            "mmsc = 'http://198.051.100.007/mms'",
            Some((Warning, "198.051.100.007")),
        ),
        (
            "P10",
            MMSC,
            "mmsc = 'http://mmsc.example/m'\nproxy = '192.168.010.200:80'",
            Some((Warning, "192.168.010.200")),
        ),
        (
            "P10",
            MMSC,
            "mmsc = 'http://198.51.100.0/010.020.030.040'",
            None,
        ),
        (
            "P14",
            MMSC,
            "mmsc = 'http://mmsc.example/m'\nfrom = '+12025550123'",
            Some((Warning, "+1 *** *** **23")),
        ),
        (
            "P14",
            MMSC,
            "mmsc = 'http://mmsc.example/m'\nfrom = 'insert-address-token'",
            None,
        ),
        (
            "P18",
            PDN,
            "apn = 'internet'\ntype = 'IP'\nauth = 'pap'\nuser = 'guest'",
            Some((Warning, "guest")),
        ),
        (
            "P18",
            PDN,
            "apn = 'internet'\ntype = 'IP'\nuser = 'guest'\npassword = 'guest'",
            Some((Warning, "none")),
        ),
        (
            "P18",
            PDN,
            "apn = 'internet'\ntype = 'IP'\nauth = 'chap'",
            Some((Warning, "chap")),
        ),
        (
            "P18",
            PDN,
            "apn = 'internet'\ntype = 'IP'\nauth = 'pap'\nuser = 'guest'\npassword = 'guest'",
            None,
        ),
        (
            "P19",
            PDN,
            "apn = 'inter net'\ntype = 'IP'",
            Some((Warning, " ")),
        ),
        (
            "P19",
            PDN,
            "apn = 'internet.'\ntype = 'IP'",
            Some((Warning, ".")),
        ),
        (
            "P19",
            PDN,
            "apn = 'internet.MNC260.mcc310.gprs'\ntype = 'IP'",
            Some((Warning, ".MNC260.mcc310.gprs")),
        ),
        ("P19", PDN, "apn = 'internet.gprs'\ntype = 'IP'", None),
    ];
    for (rule, old, new, expected) in table {
        let profile = profile(&[(old, new)]);
        let lints = profile.lints();
        let found = of(&lints, rule);
        let shown: Vec<_> = found
            .iter()
            .map(|l| (l.severity, l.offending.as_str()))
            .collect();
        assert_eq!(shown, Vec::from_iter(*expected), "{rule}: {new}");
        assert!(
            found
                .iter()
                .all(|l| !l.says.is_empty() && !l.fix.is_empty()),
            "{rule}: {new}"
        );
    }
    assert_eq!(
        profile(&[]).review(&LintContext::default()),
        [],
        "a sound profile"
    );
}

#[test]
fn an_ipv4_literal_behind_ipv6_alone() {
    let ipv6 = ("type = \"IPV4V6\"", "type = \"IPV6\"");
    let literal = (MMSC, "mmsc = 'http://198.51.100.7/mms'");
    let lints = profile(&[ipv6, literal]).lints();
    assert_eq!(of(&lints, "P09")[0].offending, "IPV6");
    let translated = (
        "[[source]]",
        "[expect]\nfamilies = ['v6-nat64']\n[[source]]",
    );
    let proxied = (
        MMSC,
        "mmsc = 'http://198.51.100.7/mms'\nproxy = 'proxy.example:80'",
    );
    for near in [
        vec![ipv6],
        vec![literal],
        vec![ipv6, literal, translated],
        vec![ipv6, proxied],
    ] {
        assert_eq!(of(&profile(&near).lints(), "P09").len(), 0, "{near:?}");
    }
}

#[test]
fn a_private_address_on_a_bearer_or_an_interface_that_is_not_for_it() {
    let private = (MMSC, "mmsc = 'http://10.81.0.7:8002'");
    let internet_only = ("role = [\"default\", \"mms\"]", "role = [\"default\"]");
    let lints = profile(&[private, internet_only]).lints();
    assert_eq!(of(&lints, "P07")[0].offending, "10.81.0.7");
    assert_eq!(of(&profile(&[private]).lints(), "P07").len(), 0);
    assert_eq!(of(&profile(&[internet_only]).lints(), "P07").len(), 0);
    let over_wlan = LintContext {
        other_interface: Some("wlan0"),
        ..LintContext::default()
    };
    let lints = profile(&[private]).lints_in(&over_wlan);
    assert!(of(&lints, "P07")[0].says.contains("wlan0"));
    assert_eq!(of(&profile(&[]).lints_in(&over_wlan), "P07").len(), 0);
}

#[test]
fn another_sim_than_the_profiles() {
    let sim = |mccmnc: &str, gid1: Option<&str>| SimFacts {
        mccmnc: Some(mccmnc.to_owned()),
        gid1: gid1.map(str::to_owned),
        ..SimFacts::default()
    };
    let library = Library::shipped();
    // SIM, whether us/mint is wrong for it
    let table = [
        (sim("310240", Some("756D")), false),
        (sim("310240", None), false),
        (sim("310240", Some("6132")), true),
        (sim("26201", None), true),
        (SimFacts::default(), false),
    ];
    for (sim, wrong) in table {
        let context = LintContext {
            sim: Some(&sim),
            ..LintContext::default()
        };
        let lints = library.get("us/mint").unwrap().lints_in(&context);
        let found = of(&lints, "P11");
        assert_eq!(found.len(), usize::from(wrong), "{sim:?}");
        if wrong {
            assert_eq!(found[0].offending, "310-240 GID1 756D or 310-260 GID1 756D");
            assert!(
                found[0].says.contains("the SIM in the modem is"),
                "{}",
                found[0].says
            );
        }
    }
}

fn context(cid: u8, apn: &str, pdp_type: PdpType) -> Context {
    Context {
        cid,
        apn: apn.to_owned(),
        pdp_type,
        ..Context::default()
    }
}

#[test]
fn one_apn_on_two_contexts_or_in_two_types() {
    let (ip, both) = (PdpType::Ip, PdpType::Ipv4v6);
    // contexts of the modem, the offending characters
    let table: [(&[Context], Option<&str>); 6] = [
        (&[context(1, "INTERNET", ip)], Some("IPV4V6")),
        (&[context(1, "internet", both)], None),
        (&[context(3, "internet", ip)], None),
        (
            &[context(1, "internet", both), context(3, "Internet", both)],
            Some("internet"),
        ),
        (&[context(1, "ims", ip), context(3, "internet", both)], None),
        (&[], None),
    ];
    for (contexts, offending) in table {
        let around = LintContext {
            contexts,
            ..LintContext::default()
        };
        let lints = profile(&[]).lints_in(&around);
        let found: Vec<_> = of(&lints, "P12")
            .iter()
            .map(|l| l.offending.clone())
            .collect();
        assert_eq!(
            found,
            Vec::from_iter(offending.map(str::to_owned)),
            "{contexts:?}"
        );
    }
}

#[test]
fn the_sender_and_the_tokens_against_the_line() {
    let own = Identity {
        msisdn: Some("+12025550199".into()),
        ..Identity::default()
    };
    // the message's sender, the line, what is said
    let table = [
        (Some("+12025550123"), Some(&own), Some(Error)),
        (Some("+1 202 555 0199"), Some(&own), Some(Warning)),
        (Some("+12025550199"), None, Some(Warning)),
        (None, Some(&own), None),
    ];
    for (from, identity, severity) in table {
        let around = LintContext {
            from,
            identity,
            ..LintContext::default()
        };
        let lints = profile(&[]).lints_in(&around);
        let found: Vec<_> = of(&lints, "P14").iter().map(|l| l.severity).collect();
        assert_eq!(found, Vec::from_iter(severity), "{from:?}");
        assert!(
            !format!("{lints:?}").contains("5550"),
            "findings are recorded, so numbers are masked"
        );
    }
    let library = Library::shipped();
    let verizon = library.get("us/verizon").unwrap();
    let nobody = Identity::default();
    for (identity, missing) in [(Some(&nobody), 2), (Some(&own), 0), (None, 0)] {
        let around = LintContext {
            identity,
            ..LintContext::default()
        };
        let lints = verizon.lints_in(&around);
        let found = of(&lints, "P17");
        assert_eq!(found.len(), missing);
        assert!(found.iter().all(|l| l.offending == "{mdn10}"));
    }
}

#[test]
fn defining_the_attachs_context_on_lte() {
    for (writes_cid, lte, fires) in [
        (Some(1), true, true),
        (Some(1), false, false),
        (Some(3), true, false),
        (None, true, false),
    ] {
        let around = LintContext {
            writes_cid,
            lte,
            ..LintContext::default()
        };
        let lints = profile(&[]).lints_in(&around);
        assert_eq!(
            of(&lints, "P21").len(),
            usize::from(fires),
            "{writes_cid:?} {lte}"
        );
    }
}

/// A person's copy against the list: what was changed for the worse.
#[test]
fn a_copy_of_ones_own_is_compared_with_the_list() {
    let mint = include_str!("../../profiles/us/mint.toml");
    let metro = include_str!("../../profiles/us/metro.toml");
    // file, what is replaced by what, rule, offending characters
    let table = [
        (
            mint,
            "type = \"IPV4V6\"",
            "type = \"IP\"",
            "P09",
            Some("IP"),
        ),
        (mint, "type = \"IPV4V6\"", "type = \"IPV6\"", "P09", None),
        (
            mint,
            "apn = \"Wholesale\"",
            "apn = \"WHOLESALE\"",
            "P19",
            Some("WHOLESALE"),
        ),
        (
            mint,
            "apn = \"Wholesale\"",
            "apn = \"Wholesale\"",
            "P19",
            None,
        ),
        (
            mint,
            "apn = \"Wholesale\"",
            "apn = \"fast.t-mobile.com\"",
            "P23",
            Some("fast.t-mobile.com"),
        ),
        (
            mint,
            "apn = \"Wholesale\"",
            "apn = \"epc.tmobile.com\"",
            "P23",
            None,
        ),
        (metro, "mtu = 1440", "", "P22", Some("")),
        (metro, "mtu = 1440", "mtu = 1430", "P22", None),
    ];
    for (file, old, new, rule, offending) in table {
        let text = file.replacen(old, new, 1);
        let (library, errors) = Library::new([("mine.toml".into(), text.clone())]);
        assert_eq!(errors, []);
        let id = Profile::parse("mine.toml", &text).unwrap().id;
        let mine = library.get(id.as_str()).unwrap();
        let lints = mine.review(&LintContext::within(&library, mine));
        let found: Vec<_> = of(&lints, rule)
            .iter()
            .map(|l| l.offending.as_str())
            .collect();
        assert_eq!(found, Vec::from_iter(offending), "{rule}: {new}");
    }
}

#[test]
fn where_the_facts_come_from() {
    let today = Some("2026-11-22".parse().unwrap());
    let around = LintContext {
        today,
        ..LintContext::default()
    };
    let differs = (
        "ref = \"a test\"",
        "ref = \"a test\"\ndiffers = \"proxy 192.0.2.1:80\"",
    );
    let old = |last_ok: &'static str| {
        vec![
            ("date = \"2026-07-20\"", "date = \"2023-04-16\""),
            ("last_ok = \"2026-07-20\"", last_ok),
        ]
    };
    let table = [
        ("P20", vec![differs], Some("proxy 192.0.2.1:80")),
        ("P20", vec![], None),
        (
            "P24",
            vec![("verified = \"bench\"", "verified = \"never\"")],
            Some("never"),
        ),
        ("P24", old("last_ok = \"2024-11-22\""), Some("2024-11-22")),
        ("P24", old("last_ok = \"2024-11-23\""), None),
        ("P24", old("last_ok = \"\""), Some("2023-04-16")),
    ];
    for (rule, changes, offending) in table {
        let profile = profile(&changes);
        let lints = profile.review(&around);
        let found: Vec<_> = of(&lints, rule)
            .iter()
            .map(|l| l.offending.as_str())
            .collect();
        assert_eq!(found, Vec::from_iter(offending), "{rule}: {changes:?}");
        assert!(
            of(&profile.lints_in(&around), rule).is_empty(),
            "{rule} is for the review, not for a send"
        );
    }
}

#[test]
fn two_profiles_for_the_same_sims() {
    let one = profile(&[]);
    let other = |changes: &[(&str, &str)]| {
        let mut changes = changes.to_vec();
        changes.push(("id = \"user/test\"", "id = \"user/other\""));
        profile(&changes)
    };
    let elsewhere = (MMSC, "mmsc = 'http://other.example/mms'");
    let example = profile(&[elsewhere, ("id = \"user/test\"", "id = \"example/test\"")]);
    // the other profile, the offending characters
    let table = [
        (other(&[elsewhere]), Some("001-01")),
        (other(&[]), None),
        (
            other(&[
                elsewhere,
                ("mccmnc = \"00101\"", "mccmnc = \"00101\"\ngid1 = \"01\""),
            ]),
            None,
        ),
        (
            other(&[elsewhere, ("mccmnc = \"00101\"", "mccmnc = \"001010\"")]),
            None,
        ),
        (example, None),
        (profile(&[]), Some("user/test")),
    ];
    for (other, offending) in table {
        let others = [one.clone(), other];
        let around = LintContext {
            others: &others,
            ..LintContext::default()
        };
        let lints = one.review(&around);
        let found: Vec<_> = of(&lints, "P25")
            .iter()
            .map(|l| l.offending.as_str())
            .collect();
        assert_eq!(found, Vec::from_iter(offending), "{}", others[1].id);
    }
}

/// What ships is sound: nothing of level error but in the example that exists to show two.
#[test]
fn the_shipped_collection_has_no_error_in_the_review() {
    let library = Library::shipped();
    for profile in library.all().iter().filter(|p| !p.id.is_example()) {
        let lints = profile.review(&LintContext::within(&library, profile));
        let errors: Vec<_> = lints.iter().filter(|l| l.severity == Error).collect();
        assert_eq!(errors, Vec::<&Lint>::new(), "{}", profile.id);
        assert_eq!(of(&lints, "P23").len(), 0, "{}", profile.id);
        assert_eq!(
            of(&lints, "P24").len(),
            1,
            "{}: nothing was tested live",
            profile.id
        );
    }
    let configured = library.get("example/mint-as-configured").unwrap();
    let around = LintContext::within(&library, configured);
    assert_eq!(around.listed.unwrap().id.as_str(), "us/mint");
    let mut found: Vec<String> = configured
        .review(&around)
        .into_iter()
        .map(|l| l.id)
        .collect();
    found.sort();
    // What it dials, IPv4 where the list has both, nobody's test, and the same SIMs as us/mint.
    found.dedup();
    assert_eq!(found, ["P01", "P02", "P09", "P24", "P25"]);
}

//! Profiles: what a person loses when one is read wrongly is an evening at the wrong port.
use mmscope::profile::{
    Fit, HeaderTemplate, Identity, Library, MmscError, Origin, PdpType, Profile, ProfileId, Role,
    Severity, SimFacts,
};
use proptest::prelude::*;
use std::path::PathBuf;

/// A minimal profile with these lines in its [mms] table.
fn with_mms(lines: &str) -> String {
    format!(
        "schema = 1\nid = \"user/test\"\nname = \"Test\"\n[[pdn]]\nrole = [\"mms\"]\napn = \"internet\"\n[mms]\n{lines}\n"
    )
}

fn profile(lines: &str) -> Profile {
    let apn = "apn = \"internet\"\n";
    let text = with_mms(lines).replace(apn, &format!("{apn}type = \"IPV4V6\"\n"));
    Profile::parse("test.toml", &text).unwrap()
}

fn mmsc(url: &str) -> Profile {
    profile(&format!("mmsc = '{url}'"))
}

fn shipped(id: &str) -> Profile {
    Library::shipped().get(id).unwrap().clone()
}

#[test]
fn every_shipped_profile_reads_says_where_it_is_from_and_claims_no_test() {
    let (library, errors) = Library::new([]);
    assert_eq!(errors, []);
    let ids: Vec<&str> = library.all().iter().map(|p| p.id.as_str()).collect();
    for wanted in [
        "de/telekom",
        "example/mint-as-configured",
        "example/open",
        "example/proxied",
        "us/att",
        "us/mint",
        "us/t-mobile",
        "us/verizon",
    ] {
        assert!(ids.contains(&wanted), "{wanted} is missing from {ids:?}");
    }
    for profile in library.all() {
        let id = &profile.id;
        assert_eq!(profile.origin, Origin::Shipped, "{id}");
        assert!(!profile.sources.is_empty(), "{id} names no source");
        assert!(!profile.matches.is_empty(), "{id} matches no SIM");
        assert!(
            profile.mms_pdn().is_for(Role::Mms),
            "{id}: its MMS network is not for MMS"
        );
        assert_eq!(
            profile.status,
            mmscope::profile::Status::default(),
            "{id} claims to have been verified"
        );
        profile.endpoint().unwrap();
    }
}

/// No file in the folder is forgotten in the list that is compiled in.
#[test]
fn every_file_in_the_profiles_folder_is_shipped_under_its_own_name() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("profiles");
    let library = Library::shipped();
    let mut files = 0;
    for country in std::fs::read_dir(&root).unwrap() {
        let country = country.unwrap().path();
        for file in std::fs::read_dir(&country).unwrap() {
            let file = file.unwrap().path();
            let name =
                |path: &std::path::Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
            let id = format!("{}/{}", name(&country), name(&file));
            library.get(&id).unwrap();
            files += 1;
        }
    }
    assert_eq!(files, library.all().len());
}

/// The two profiles: what the first attempt dialled, and what a phone dials.
#[test]
fn as_configured_dials_8080_and_asks_for_a_path_with_a_port_in_it() {
    let configured = shipped("example/mint-as-configured");
    let endpoint = configured.endpoint().unwrap();
    assert_eq!(endpoint.dialled().to_string(), "wholesale.mmsmvno.com:8080");
    assert_eq!(endpoint.authority, "wholesale.mmsmvno.com");
    assert_eq!(endpoint.request_target(), "/mms/wapenc:8080");
    assert_eq!(
        endpoint.to_string(),
        "wholesale.mmsmvno.com:8080/mms/wapenc:8080"
    );
    assert_eq!(configured.mms_pdn().pdp_type, PdpType::Ip);

    let mint = shipped("us/mint");
    let endpoint = mint.endpoint().unwrap();
    assert_eq!(endpoint.dialled().to_string(), "wholesale.mmsmvno.com:80");
    assert_eq!(endpoint.request_target(), "/mms/wapenc");
    assert_eq!(mint.mms_pdn().apn, "Wholesale");
    assert_eq!(mint.mms_pdn().pdp_type, PdpType::Ipv4v6);
    assert_eq!(mint.mms.listed_port, Some(8080), "kept for the eye");
}

#[test]
fn as_configured_shows_two_lints_with_the_offending_characters_and_mint_none() {
    let found = shipped("example/mint-as-configured").lints();
    let ids: Vec<&str> = found.iter().map(|lint| lint.id.as_str()).collect();
    assert_eq!(ids, ["P01", "P02"]);
    let after_path = &found[0];
    assert_eq!(after_path.severity, Severity::Error);
    assert_eq!(after_path.field, "mms.mmsc");
    assert_eq!(after_path.offending, ":8080");
    assert_eq!(after_path.range, 39..44);
    for meant in [
        "host wholesale.mmsmvno.com",
        "port 80,",
        "path /mms/wapenc:8080",
    ] {
        assert!(after_path.says.contains(meant), "{}", after_path.says);
    }
    assert!(
        after_path
            .fix
            .contains("http://wholesale.mmsmvno.com/mms/wapenc "),
        "{}",
        after_path.fix
    );
    assert!(
        after_path
            .fix
            .contains("http://wholesale.mmsmvno.com:8080/mms/wapenc "),
        "{}",
        after_path.fix
    );
    assert_eq!(found[1].offending, "8080");
    assert!(found[1].says.contains("dials 80"), "{}", found[1].says);

    let shown = |profile: &Profile| -> Vec<String> {
        let lints = profile.in_use().lints.into_iter();
        lints
            .map(|lint| format!("{} {}", lint.id, lint.severity))
            .collect()
    };
    assert_eq!(
        shown(&shipped("example/mint-as-configured")),
        ["P01 error", "P02 error"]
    );
    assert_eq!(
        shown(&shipped("us/mint")),
        [""; 0],
        "its inert port is only worth knowing"
    );
    for profile in Library::shipped().all() {
        let lints = shown(profile);
        assert!(
            profile.id.is_example() || lints.iter().all(|lint| lint.ends_with("warning")),
            "{}: {lints:?}",
            profile.id
        );
    }
}

#[test]
fn the_stream_carries_what_the_screen_needs_of_a_profile() {
    let in_use = shipped("example/mint-as-configured").in_use();
    assert_eq!(in_use.dials, "wholesale.mmsmvno.com:8080");
    assert_eq!(in_use.lints.len(), 2);
    assert_eq!(in_use.lints[0].severity, "error");
}

#[test]
fn a_url_is_dialled_as_it_means_and_asked_for_as_it_stands() {
    // configured, dialled, Host header, request target
    let table = [
        (
            "http://mmsc.example/mms",
            "mmsc.example:80",
            "mmsc.example",
            "/mms",
        ),
        (
            "HTTP://mmsc.example",
            "mmsc.example:80",
            "mmsc.example",
            "/",
        ),
        (
            "http://mmsc.example:8002/",
            "mmsc.example:8002",
            "mmsc.example:8002",
            "/",
        ),
        (
            "http://mmsc.example:80/m",
            "mmsc.example:80",
            "mmsc.example",
            "/m",
        ),
        (
            "http://mmsc.example:/m",
            "mmsc.example:80",
            "mmsc.example",
            "/m",
        ),
        (
            "http://mmsc.example?a=b",
            "mmsc.example:80",
            "mmsc.example",
            "/?a=b",
        ),
        (
            "http://mmsc.example/m?a=b:9#top",
            "mmsc.example:80",
            "mmsc.example",
            "/m?a=b:9",
        ),
        (
            "https://mmsc.example/m",
            "mmsc.example:443",
            "mmsc.example",
            "/m",
        ),
        ("http://mms/", "mms:80", "mms", "/"),
        (
            "http://10.81.0.7:8002",
            "10.81.0.7:8002",
            "10.81.0.7:8002",
            "/",
        ),
        (
            "http://192.168.010.200/m",
            "192.168.10.200:80",
            "192.168.10.200",
            "/m",
        ),
        (
            "http://[2001:db8::1]:8080/m",
            "[2001:db8::1]:8080",
            "[2001:db8::1]:8080",
            "/m",
        ),
        (
            "http://[2001:0db8:0::1]/m",
            "[2001:db8::1]:80",
            "[2001:db8::1]",
            "/m",
        ),
        // Faults that occur in public lists and in settings that people type; lint P03 names them.
        (
            "mmsc.example/mms",
            "mmsc.example:80",
            "mmsc.example",
            "/mms",
        ),
        (
            "mmsc.example:8002/mms",
            "mmsc.example:8002",
            "mmsc.example:8002",
            "/mms",
        ),
        (
            "http:/mmsc.example/mms",
            "mmsc.example:80",
            "mmsc.example",
            "/mms",
        ),
        (
            "http:///mmsc.example/mms",
            "mmsc.example:80",
            "mmsc.example",
            "/mms",
        ),
        (
            "http://2001:db8::1/m",
            "[2001:db8::1]:80",
            "[2001:db8::1]",
            "/m",
        ),
        (
            " http://mmsc.example/mms ",
            "mmsc.example:80",
            "mmsc.example",
            "/mms",
        ),
    ];
    for (configured, dialled, authority, target) in table {
        let endpoint = mmsc(configured).endpoint().unwrap();
        assert_eq!(endpoint.dialled().to_string(), dialled, "{configured}");
        assert_eq!(endpoint.authority, authority, "{configured}");
        assert_eq!(endpoint.request_target(), target, "{configured}");
    }
}

#[test]
fn what_nobody_can_dial_is_an_error_that_names_the_fault() {
    type Expected = fn(&MmscError) -> bool;
    let cases: [(&str, Expected); 13] = [
        ("", |e| *e == MmscError::Empty),
        ("   ", |e| *e == MmscError::Empty),
        ("http://", |e| *e == MmscError::NoHost),
        ("http:///", |e| *e == MmscError::NoHost),
        ("http://:80/mms", |e| *e == MmscError::NoHost),
        ("ftp://mmsc.example/", |e| {
            *e == MmscError::Scheme("ftp".into())
        }),
        ("http://mmsc.example:99999/", |e| {
            *e == MmscError::Port("99999".into())
        }),
        ("http://mmsc.example:0/", |e| {
            *e == MmscError::Port("0".into())
        }),
        ("http://mmsc.example:+80/", |e| {
            *e == MmscError::Port("+80".into())
        }),
        ("http://300.1.1.1/", |e| {
            *e == MmscError::Host("300.1.1.1".into())
        }),
        ("http://user@mmsc.example/", |e| *e == MmscError::UserName),
        ("http://mmsc.example/a b", |e| {
            *e == MmscError::Character {
                character: ' ',
                at: 22,
            }
        }),
        ("http://[2001:db8::1/", |e| matches!(e, MmscError::Host(_))),
    ];
    for (configured, expected) in cases {
        let error = mmsc(configured).endpoint().unwrap_err();
        assert!(expected(&error), "{configured}: {error:?}");
        let lints = mmsc(configured).lints();
        assert_eq!(lints.len(), 1, "{configured}");
        assert_eq!(
            (lints[0].id.as_str(), lints[0].severity),
            ("P03", Severity::Error),
            "{configured}"
        );
    }
    // A line end would let a profile write a header of its own.
    let smuggled = profile("mmsc = \"http://mmsc.example/m\\r\\nX-A: b\"");
    assert_eq!(
        smuggled.endpoint().unwrap_err(),
        MmscError::Character {
            character: '\r',
            at: 22
        }
    );
}

#[test]
fn lints_of_the_mmsc_point_at_the_characters() {
    // configured, rule, offending characters, a word of the fix
    let table = [
        (
            "http://mmsc.example/mms:8080",
            "P01",
            ":8080",
            "http://mmsc.example:8080/mms",
        ),
        (
            "http://mmsc.example:80/mms/:80",
            "P01",
            ":80",
            "http://mmsc.example/mms/",
        ),
        (
            "http://[2001:db8::1]/mms:8080",
            "P01",
            ":8080",
            "http://[2001:db8::1]:8080/mms",
        ),
        (
            "mmsc.example/mms",
            "P03",
            "mmsc.example/mms",
            "http://mmsc.example/mms",
        ),
        (
            "http:/mmsc.example/mms",
            "P03",
            "http:/",
            "http://mmsc.example/mms",
        ),
        (
            "http://2001:db8::1/m",
            "P03",
            "http://2001:db8::1/m",
            "http://[2001:db8::1]/m",
        ),
        ("http://mmsc.example/a b", "P03", " ", "remove it"),
    ];
    for (configured, rule, offending, fix) in table {
        let lints = mmsc(configured).lints();
        assert_eq!(lints.len(), 1, "{configured}: {lints:?}");
        let lint = &lints[0];
        assert_eq!(
            (lint.id.as_str(), lint.offending.as_str()),
            (rule, offending),
            "{configured}"
        );
        assert_eq!(&configured[lint.range.clone()], offending, "{configured}");
        assert!(lint.fix.contains(fix), "{configured}: {}", lint.fix);
    }
    for sound in [
        "http://mmsc.example:8002/mms",
        "http://mmsc.example/a:b",
        "http://mmsc.example/mms:",
        "http://[2001:db8::1]:8080",
    ] {
        assert_eq!(mmsc(sound).lints(), [], "{sound}");
    }
}

#[test]
fn a_port_beside_the_url_is_named_only_where_it_changes_what_is_dialled() {
    let url = "mmsc = 'http://mmsc.example/m'\n";
    // further lines, dialled, rules
    let table: [(&str, &str, &[&str]); 9] = [
        ("listed_port = 8080", "mmsc.example:80", &["P02"]),
        ("listed_port = 80", "mmsc.example:80", &[]),
        ("connect_port = 80", "mmsc.example:80", &[]),
        ("connect_port = 8080", "mmsc.example:8080", &["P02"]),
        ("proxy = 'proxy.example:3128'", "proxy.example:3128", &[]),
        ("proxy = 'proxy.example'", "proxy.example:80", &["P05"]),
        ("proxy = ''", "mmsc.example:80", &[]),
        (
            "proxy = 'proxy.example'\nlisted_port = 8080",
            "proxy.example:8080",
            &[],
        ),
        (
            "proxy = 'proxy.example:3128'\nconnect_port = 8080",
            "proxy.example:8080",
            &["P02"],
        ),
    ];
    for (lines, dialled, rules) in table {
        let profile = profile(&format!("{url}{lines}"));
        assert_eq!(
            profile.endpoint().unwrap().dialled().to_string(),
            dialled,
            "{lines}"
        );
        let ids: Vec<String> = profile.lints().into_iter().map(|lint| lint.id).collect();
        assert_eq!(ids, rules, "{lines}");
    }
}

#[test]
fn through_a_proxy_the_whole_url_is_asked_for() {
    let endpoint = shipped("us/att").endpoint().unwrap();
    assert_eq!(endpoint.dialled().to_string(), "proxy.mobile.att.net:80");
    assert_eq!(endpoint.request_target(), "http://mmsc.mobile.att.net/");
    assert_eq!(endpoint.authority, "mmsc.mobile.att.net");
    assert_eq!(
        (endpoint.host.as_str(), endpoint.port),
        ("mmsc.mobile.att.net", 80)
    );
    let own_port = profile("mmsc = 'http://mmsc.example:8002/m'\nproxy = '[2001:db8::2]:8080'")
        .endpoint()
        .unwrap();
    assert_eq!(own_port.dialled().to_string(), "[2001:db8::2]:8080");
    assert_eq!(own_port.request_target(), "http://mmsc.example:8002/m");
}

#[test]
fn a_broken_file_is_named_with_line_column_and_remedy() {
    let sound = with_mms("mmsc = 'http://mmsc.example/'");
    // what is replaced, by what; then line:column, what is wrong, the remedy
    let table = [
        (
            "mmsc =",
            "mmcs =",
            "8:1:",
            "`mmcs` is no key",
            "did you mean `mmsc`?",
        ),
        (
            "mmsc = 'http://mmsc.example/'",
            "mmsc = http",
            "8:8:",
            "",
            "quotes",
        ),
        (
            "mmsc = 'http://mmsc.example/'",
            "",
            "7:1:",
            "the key `mmsc` is missing",
            "add a line `mmsc = …`",
        ),
        (
            "name = \"Test\"",
            "name = 7",
            "3:8:",
            "invalid type: integer `7`",
            "quotes",
        ),
        (
            "id = \"user/test\"",
            "id = \"Test\"",
            "2:6:",
            "`Test` is no profile id",
            "write country/carrier",
        ),
        (
            "schema = 1",
            "schema = 2",
            "1:10:",
            "schema 2 is not known",
            "write schema = 1",
        ),
        (
            "apn = \"internet\"",
            "apn = \"a\\\"b\"",
            "6:7:",
            "an AT command cannot carry",
            "without quotes",
        ),
        (
            "apn = \"internet\"",
            "apn = \"internet\"\nmtu = 100",
            "7:7:",
            "no MTU",
            "576 to 9000",
        ),
        (
            "apn = \"internet\"",
            "apn = \"internet\"\ntype = \"IPV5\"",
            "7:8:",
            "`IPV5` is no value",
            "did you mean `IPV6`?",
        ),
        (
            "apn = \"internet\"",
            "apn = \"internet\"\npassword = 1234",
            "7:12:",
            "a password is a text",
            "quotes",
        ),
        (
            "mmsc = 'http://mmsc.example/'",
            "mmsc = 'http://m/'\npdn = 1",
            "9:7:",
            "no [[pdn]] number 1",
            "0 to 0",
        ),
        (
            "mmsc = 'http://mmsc.example/'",
            "mmsc = 'http://m/'\nconnect_port = 0",
            "9:16:",
            "no TCP port",
            "1 to 65535",
        ),
        (
            "mmsc = 'http://mmsc.example/'",
            "mmsc = 'http://m/'\nproxy = 'http://p:80'",
            "9:9:",
            "is a URL",
            "host or host:port",
        ),
        (
            "mmsc = 'http://mmsc.example/'",
            "mmsc = 'http://m/'\nheaders = ['A: {imei}']",
            "9:",
            "stands for nothing",
            "{imsi}",
        ),
        (
            "mmsc = 'http://mmsc.example/'",
            "mmsc = 'http://m/'\nuser_agent = \"a\\nB: c\"",
            "9:14:",
            "a header cannot carry",
            "printable",
        ),
        (
            "role = [\"mms\"]",
            "role = [\"mmss\"]",
            "5:9:",
            "`mmss` is no value",
            "did you mean `mms`?",
        ),
    ];
    for (old, new, place, says, remedy) in table {
        let text = sound.replacen(old, new, 1);
        assert_ne!(text, sound, "{old} is not in the file");
        let error = Profile::parse("profiles/user/test.toml", &text)
            .unwrap_err()
            .to_string();
        let place = format!("profiles/user/test.toml:{place}");
        for part in [place.as_str(), says, remedy] {
            assert!(error.contains(part), "{new}\n  {error}\n  lacks {part}");
        }
    }
}

#[test]
fn an_error_never_carries_control_characters_to_the_terminal() {
    let text = with_mms("mmsc = 'http://m/'\n\"\\u001b[2J\\u009b\" = 1");
    let error = Profile::parse("test.toml", &text).unwrap_err().to_string();
    assert!(
        error.contains("[2J") && !error.chars().any(char::is_control),
        "{error:?}"
    );
}

#[test]
fn a_password_is_never_shown() {
    let telekom = shipped("de/telekom");
    let pdn = telekom.mms_pdn();
    assert_eq!(pdn.password.as_ref().unwrap().reveal(), "telekom");
    let text = with_mms("mmsc = 'http://m/'").replace(
        "apn = \"internet\"",
        "apn = \"internet\"\npassword = \"hush-hush\"",
    );
    let profile = Profile::parse("test.toml", &text).unwrap();
    assert!(!format!("{profile:?}").contains("hush-hush"));
    assert!(
        !serde_json::to_string(&profile)
            .unwrap()
            .contains("hush-hush")
    );
    let wrong = text.replace("\"hush-hush\"", "\"hush\\u0007hush-hush\"");
    assert!(
        !Profile::parse("test.toml", &wrong)
            .unwrap_err()
            .to_string()
            .contains("hush-hush")
    );
}

#[test]
fn a_profile_written_again_reads_the_same() {
    for profile in Library::shipped().all() {
        let mut again = Profile::parse("again.toml", &toml::to_string(profile).unwrap()).unwrap();
        // All but passwords and the place where it was read.
        again.origin = profile.origin.clone();
        for (new, old) in again.pdns.iter_mut().zip(&profile.pdns) {
            new.password.clone_from(&old.password);
        }
        assert_eq!(&again, profile);
    }
}

#[test]
fn a_users_copy_wins_and_the_shipped_one_stays_beside_it() {
    let path = PathBuf::from("mine/mint.toml");
    let own = include_str!("../../profiles/us/mint.toml").replace("Wholesale", "mine");
    let broken = PathBuf::from("mine/broken.toml");
    let again = PathBuf::from("mine/again.toml");
    let (library, errors) = Library::new([
        (path.clone(), own.clone()),
        (broken.clone(), "schema = ".into()),
        (again.clone(), own),
    ]);
    let mine = library.get("us/mint").unwrap();
    assert_eq!(
        (mine.mms_pdn().apn.as_str(), &mine.origin),
        ("mine", &Origin::User(path))
    );
    assert_eq!(
        library.covered("us/mint").unwrap().mms_pdn().apn,
        "Wholesale"
    );
    assert!(library.covered("us/att").is_none());
    assert_eq!(library.all().len(), Library::shipped().all().len());
    let files: Vec<_> = errors.iter().map(|error| error.file.clone()).collect();
    assert_eq!(files, [broken, again]);
}

#[test]
fn an_unknown_profile_suggests_the_nearest() {
    let library = Library::shipped();
    for (asked, near) in [
        ("us/mnit", "us/mint"),
        ("mint", "us/mint"),
        ("us/tmobile", "us/t-mobile"),
        ("verizon", "us/verizon"),
    ] {
        let error = library.get(asked).unwrap_err();
        assert_eq!(error.near.as_deref(), Some(near), "{asked}");
        assert!(error.to_string().contains(near));
    }
    let far = library.get("zz\u{1b}[2J").unwrap_err();
    assert_eq!(far.near, None);
    assert!(
        far.to_string().contains("us/mint") && !far.to_string().contains('\u{1b}'),
        "{far}"
    );
}

fn sim(mccmnc: Option<&str>, gid1: Option<&str>, imsi: Option<&str>) -> SimFacts {
    let own = |text: Option<&str>| text.map(str::to_owned);
    SimFacts {
        mccmnc: own(mccmnc),
        gid1: own(gid1),
        imsi: own(imsi),
        ..SimFacts::default()
    }
}

#[test]
fn the_sim_chooses_the_profile_best_first() {
    let library = Library::shipped();
    let table: [(SimFacts, &[&str]); 8] = [
        (
            sim(Some("310240"), Some("756D"), None),
            &["us/mint", "example/mint-as-configured"],
        ),
        (
            sim(Some("310240"), Some("756dFFFF"), None),
            &["us/mint", "example/mint-as-configured"],
        ),
        (sim(Some("310240"), Some("6132"), None), &[]),
        (
            sim(Some("310260"), Some("756D"), None),
            // Google Fi asks for a beginning of the IMSI, which is not known here.
            &[
                "us/mint",
                "us/t-mobile",
                "example/mint-as-configured",
                "us/fi",
            ],
        ),
        (
            sim(Some("310260"), Some("756D"), Some("310260000000123")),
            &["us/mint", "us/t-mobile", "example/mint-as-configured"],
        ),
        (sim(None, None, Some("262011234567890")), &["de/telekom"]),
        (
            sim(Some("00101"), None, Some("001010123456789")),
            &["example/open"],
        ),
        (SimFacts::default(), &[]),
    ];
    for (facts, expected) in table {
        let ids: Vec<&str> = library
            .matching(&facts)
            .iter()
            .map(|p| p.id.as_str())
            .collect();
        assert_eq!(ids, expected, "{facts:?}");
    }
    // The SIM's group could not be read: the host operator first, its virtual operators as possible.
    let unread = sim(Some("310260"), None, None);
    let possible: Vec<&str> = library
        .matching(&unread)
        .iter()
        .map(|p| p.id.as_str())
        .collect();
    assert_eq!(possible.first(), Some(&"us/t-mobile"));
    assert!(possible.contains(&"us/mint"));
    assert_eq!(possible.last(), Some(&"example/mint-as-configured"));
    let mint = library.get("us/mint").unwrap();
    assert_eq!(mint.fit(&sim(Some("310240"), Some("756D"), None)), Fit::Yes);
    assert_eq!(mint.fit(&sim(Some("310240"), None, None)), Fit::Perhaps);
    assert_eq!(
        mint.fit(&sim(Some("31024"), Some("756D"), None)),
        Fit::No,
        "the length of the MNC matters"
    );
}

#[test]
fn a_profile_is_chosen_without_asking_only_where_it_is_no_guess() {
    let library = Library::shipped();
    let table = [
        (sim(Some("310240"), Some("756D"), None), Some("us/mint")),
        (sim(Some("310260"), Some("756D"), None), Some("us/mint")),
        (sim(Some("310260"), None, None), Some("us/t-mobile")),
        // Mint, Tello, US Mobile and Google Fi all use 310-240.
        (sim(Some("310240"), None, None), None),
        (sim(Some("00101"), None, None), Some("example/open")),
        (sim(Some("99999"), None, None), None),
        (SimFacts::default(), None),
    ];
    for (facts, expected) in table {
        assert_eq!(
            library.best_match(&facts).map(|p| p.id.as_str()),
            expected,
            "{facts:?}"
        );
    }
}

#[test]
fn carrier_headers_are_filled_for_the_line_or_say_what_is_missing() {
    let verizon = shipped("us/verizon");
    let known = Identity {
        msisdn: Some("+12025550123".into()),
        ..Identity::default()
    };
    let (headers, missing) = verizon.mms.carrier_headers(&known);
    let pair = |name: &str| (name.to_owned(), "12025550123".to_owned());
    assert_eq!(headers, [pair("X-VzW-MDN"), pair("x-up-calling-line-id")]);
    assert_eq!(missing, []);
    let (headers, missing) = verizon.mms.carrier_headers(&Identity::default());
    assert_eq!((headers.len(), missing.len()), (0, 2));
    assert!(
        missing[0].to_string().contains("X-VzW-MDN needs {mdn10}"),
        "{}",
        missing[0]
    );
    assert!(!format!("{known:?}").contains("2025550123"));
}

proptest! {
    #[test]
    fn no_text_makes_the_readers_panic(text in any::<String>()) {
        let _ = Profile::parse("any.toml", &text);
        let _ = ProfileId::new(text.as_str());
        let _ = HeaderTemplate::new(&text);
        let _ = mmscope::profile::ProxyAddress::new(&text);
    }

    /// Whatever URL is configured: what goes into the request line and the Host header cannot break out of them.
    #[test]
    fn an_endpoint_never_smuggles(text in "(http:/{0,3})?[ -~\\r\\n\\u{e9}]{0,40}") {
        let mut profile = mmsc("http://mmsc.example/");
        profile.mms.mmsc = text;
        let lints = profile.lints();
        match profile.endpoint() {
            Ok(endpoint) => {
                let sound = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_graphic());
                prop_assert!(sound(&endpoint.authority) && sound(&endpoint.request_target()) && sound(&endpoint.host));
                prop_assert!(endpoint.path.starts_with('/'));
                prop_assert!(endpoint.port > 0);
            }
            Err(_) => prop_assert_eq!(lints.len(), 1),
        }
        for lint in lints {
            prop_assert_eq!(profile.mms.mmsc.get(lint.range.clone()), Some(lint.offending.as_str()));
        }
    }
}

/// A fix, and what of the copy is different then; all else stays.
#[test]
fn a_mended_copy_differs_in_one_thing_and_has_an_id_of_its_own() {
    use mmscope::event::{Fix, PdpType};
    let library = Library::shipped();
    let configured = library.get("example/mint-as-configured").unwrap();
    let url = "http://wholesale.mmsmvno.com/mms/wapenc".to_owned();
    let mended = configured.mended(&Fix::Mmsc { url }).unwrap();
    assert_eq!(mended.id.as_str(), "example/mint-as-configured-mended");
    assert_eq!(mended.in_use().dials, "wholesale.mmsmvno.com:80");
    assert!(mended.in_use().lints.is_empty(), "nothing is wrong with it");
    assert_eq!(mended.mms_pdn(), configured.mms_pdn());

    let pdp_type = PdpType::Ipv6;
    let again = mended.mended(&Fix::PdpType { pdp_type }).unwrap();
    assert_eq!(again.id.as_str(), "example/mint-as-configured-mended-2");
    assert_eq!(again.mms_pdn().pdp_type, pdp_type);
    assert_eq!(again.mms, mended.mms);

    let apn = Fix::Apn {
        apn: "other".into(),
    };
    assert_eq!(again.mended(&apn).unwrap().mms_pdn().apn, "other");
    let proxy = |proxy: &str| {
        configured.mended(&Fix::Proxy {
            proxy: proxy.to_owned(),
        })
    };
    let proxied = proxy("10.0.0.10:8080").unwrap();
    assert!(proxied.mms.proxy.is_some());
    let direct = proxied.mended(&Fix::NoProxy).unwrap();
    assert_eq!(
        (direct.mms.proxy.as_ref(), &direct.mms.mmsc),
        (None, &configured.mms.mmsc)
    );
    assert!(proxy("http://10.0.0.10/").is_err(), "a proxy has no path");
    // The port that was insisted on was the proxy's: the MMSC is dialled at its own, on which the verdict saw it answer.
    assert_eq!(proxied.mms.connect_port, Some(8080));
    assert_eq!(direct.in_use().dials, "wholesale.mmsmvno.com:80");

    let header = |name: &str, value: &str| {
        configured.mended(&Fix::Header {
            name: name.to_owned(),
            value: value.to_owned(),
        })
    };
    let own = header("User-Agent", "phone/1").unwrap();
    assert_eq!(own.mms.user_agent_or("mmscope"), "phone/1");
    let uaprof = header("x-wap-profile", "http://ua.example/p.xml").unwrap();
    assert_eq!(uaprof.mms.uaprof, "http://ua.example/p.xml");
    assert_eq!(header("X-Carrier", "yes").unwrap().mms.headers.len(), 1);
    assert!(
        header("X-Carrier", "a\r\nb: c").is_err(),
        "no second header"
    );
}

//! Lists of others into profiles, and profiles side by side. A list that is read wrongly sends a person to the wrong proxy; a difference
//! that is hidden leaves him there.
use mmscope::event::{Context, Granted, PdpType};
use mmscope::profile::compare::{disagreement, side_by_side, three_way};
use mmscope::profile::import::{ListKind, import, join};
use mmscope::profile::{Auth, Library, Profile, Role};
use proptest::prelude::*;

const ANDROID: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<!-- made up for this test -->
<apns version="8">
  <apn carrier="Example &amp; Sons" mcc="001" mnc="01" apn="internet" type="default,supl"/>
  <apn carrier="Example &amp; Sons" mcc="001" mnc="01" apn="mms.example" type="mms" mmsc="http://mmsc.example/mms" mmsproxy="192.0.2.1" mmsport="8080"
       protocol="IPV4V6" roaming_protocol="IP" user="guest" password="pa&amp;ss" mtu="1410" />
  <apn carrier="Example &amp; Sons" mcc="001" mnc="02" apn="mms.example" type="mms" mmsc="http://mmsc.example/mms" mmsproxy="192.0.2.1" mmsport="8080"
       protocol="IPV4V6" roaming_protocol="IP" user="guest" password="pa&amp;ss" mtu="1410" />
  <apn carrier="Virtual" mcc="310" mnc="260" apn="Wholesale" type="default,mms,hipri" mmsc="http://wholesale.mmsmvno.com/mms/wapenc" mmsport="8080"
       mvno_type="gid" mvno_match_data="756D" authtype="2" user="u" password="p"></apn>
  <apn carrier="Virtual" mcc="310" mnc="260" apn="other" mmsc="mms/" mvno_type="imsi" mvno_match_data="310260x6"/>
</apns>
"#;

const MBPI: &str = r#"<?xml version="1.0"?>
<!DOCTYPE serviceproviders SYSTEM "serviceproviders.2.dtd">
<serviceproviders format="2.0">
<country code="us">
  <provider>
    <name>Virtual &#38; Co</name>
    <gsm>
      <network-id mcc="310" mnc="260"/>
      <apn value="data"><usage type="internet"/><name>Data</name></apn>
      <apn value="both">
        <usage type="mms-internet-hipri"/>
        <name>Both</name>
        <username>guest</username>
        <password>secret</password>
        <authentication method="pap"/>
        <dns>192.0.2.53</dns>
        <mmsc>http://mmsc.example/mms</mmsc>
        <mmsproxy>192.0.2.1:8080</mmsproxy>
      </apn>
      <network-id mcc="310" mnc="240"/>
    </gsm>
  </provider>
</country>
</serviceproviders>
"#;

#[test]
fn an_android_list() {
    let import = import(ANDROID, "apns-conf.xml", "2026-07-20").unwrap();
    assert_eq!((import.kind, import.without_mms), (ListKind::Android, 1));
    let ids: Vec<&str> = import.profiles.iter().map(|p| p.id.as_str()).collect();
    assert_eq!(
        ids,
        ["import/example-sons", "import/virtual", "import/virtual-2"]
    );
    let [example, mvno, imsi] = import.profiles.as_slice() else {
        panic!()
    };
    assert_eq!(example.name, "Example & Sons");
    let matches: Vec<String> = example.matches.iter().map(ToString::to_string).collect();
    assert_eq!(
        matches,
        ["001-01", "001-02"],
        "rows that send the same way are one profile"
    );
    let pdn = example.mms_pdn();
    assert_eq!(
        (pdn.apn.as_str(), pdn.pdp_type, pdn.roaming_type),
        ("mms.example", PdpType::Ipv4v6, Some(PdpType::Ip))
    );
    assert_eq!(
        (pdn.auth, pdn.user.as_deref(), pdn.mtu),
        (Auth::PapOrChap, Some("guest"), Some(1410))
    );
    assert_eq!(pdn.password.as_ref().unwrap().reveal(), "pa&ss");
    assert_eq!(pdn.roles, [Role::Mms]);
    assert_eq!(
        example.endpoint().unwrap().dialled().to_string(),
        "192.0.2.1:8080"
    );
    assert_eq!(mvno.matches[0].to_string(), "310-260 GID1 756D");
    assert_eq!(
        (mvno.mms.listed_port, mvno.mms.proxy.as_ref()),
        (Some(8080), None),
        "a port without a proxy is listed, never dialled"
    );
    assert_eq!(
        mvno.endpoint().unwrap().dialled().to_string(),
        "wholesale.mmsmvno.com:80"
    );
    assert_eq!(
        (mvno.mms_pdn().auth, mvno.mms_pdn().pdp_type),
        (Auth::Chap, PdpType::Unknown)
    );
    assert_eq!(mvno.mms_pdn().roles, [Role::Default, Role::Mms]);
    assert_eq!(imsi.matches[0].to_string(), "310-260 IMSI 310260");
    assert_eq!(import.notes.len(), 1);
    assert_eq!(import.notes[0].line, 11);
    assert_eq!(mvno.sources[0].reference, "apns-conf.xml, Android APN list");
}

#[test]
fn a_list_of_mobile_broadband_provider_info() {
    let import = import(MBPI, "serviceproviders.xml", "2023-04-16").unwrap();
    assert_eq!(
        (import.kind, import.without_mms, import.notes.len()),
        (ListKind::Mbpi, 1, 0)
    );
    let [profile] = import.profiles.as_slice() else {
        panic!()
    };
    assert_eq!(
        (profile.id.as_str(), profile.name.as_str()),
        ("us/virtual-co", "Virtual & Co")
    );
    let matches: Vec<String> = profile.matches.iter().map(ToString::to_string).collect();
    assert_eq!(
        matches,
        ["310-260", "310-240"],
        "networks after the APN count too"
    );
    let pdn = profile.mms_pdn();
    assert_eq!(
        (pdn.apn.as_str(), pdn.auth, pdn.user.as_deref()),
        ("both", Auth::Pap, Some("guest"))
    );
    assert_eq!(pdn.pdp_type, PdpType::Unknown, "the list has no PDP types");
    assert_eq!(pdn.roles, [Role::Default, Role::Mms]);
    assert_eq!(
        profile.endpoint().unwrap().dialled().to_string(),
        "192.0.2.1:8080"
    );
}

#[test]
fn what_was_imported_reads_the_same_from_its_file() {
    for list in [ANDROID, MBPI] {
        for profile in import(list, "list.xml", "2026-07-20").unwrap().profiles {
            let file = profile.to_file().unwrap();
            assert_eq!(
                Profile::parse("again.toml", &file).unwrap(),
                profile,
                "{file}"
            );
        }
    }
    for shipped in Library::shipped().all() {
        let mut again = Profile::parse("again.toml", &shipped.to_file().unwrap()).unwrap();
        again.origin = shipped.origin.clone();
        assert_eq!(&again, shipped);
    }
}

#[test]
fn a_broken_list_is_named_with_its_line() {
    let deep = "<apns>".repeat(40);
    // text, line, what is wrong
    let table = [
        ("", 1, "there is no XML"),
        ("port;apn\n80;internet", 1, "there is no XML"),
        ("<html>\n</html>", 1, "`html` begins no carrier list"),
        ("<apns>\n<apn carrier='x'>\n</apns>", 3, "the XML is broken"),
        ("<apns>\n<apn carrier='x'/>\n", 1, "never ends"),
        (
            "<apns>\n<apn carrier='x' carrier='y'/>\n</apns>",
            2,
            "the XML is broken",
        ),
        (
            "<apns>\n\n<apn carrier=x/>\n</apns>",
            3,
            "the XML is broken",
        ),
        (
            "<apns>\n<apn carrier='&bomb;'/></apns>",
            2,
            "the XML is broken",
        ),
        (
            "<!DOCTYPE a [<!ENTITY b 'c'>]>\n<serviceproviders>\n<country>&b;</country></serviceproviders>",
            3,
            "`&b;` stands for nothing",
        ),
        ("<apns>\n<apn", 2, "the XML is broken"),
        (deep.as_str(), 1, "more elements than any carrier list"),
    ];
    for (text, line, says) in table {
        let fault = import(text, "list.xml", "2026-07-20").unwrap_err();
        assert_eq!(fault.line, line, "{text}: {fault}");
        assert!(
            fault.says.contains(says) && !fault.remedy.is_empty(),
            "{text}: {fault}"
        );
    }
}

#[test]
fn a_row_that_cannot_be_is_left_out_and_named() {
    let row =
        |attributes: &str| format!("<apns>\n<apn carrier='x' type='mms' {attributes}/></apns>");
    // attributes, profiles, a word of the note
    let table = [
        (
            "mcc='310' mnc='260' apn='a' mmsc='http://m.example/'",
            1,
            None,
        ),
        (
            "mcc='310' mnc='26' apn='a\"b' mmsc='http://m.example/'",
            0,
            Some("an AT command cannot carry"),
        ),
        (
            "mcc='31' mnc='2' apn='a' mmsc='http://m.example/'",
            0,
            Some("are no network"),
        ),
        (
            "mcc='310' mnc='260' apn='a' mmsc='http://m.example/' mmsport='eighty'",
            1,
            Some("`eighty` is no TCP port"),
        ),
        (
            "mcc='310' mnc='260' apn='a' mmsc='http://m.example/' mmsproxy='a b'",
            1,
            Some("neither a name nor an address"),
        ),
        (
            "mcc='310' mnc='260' apn='a' mmsc='http://m.example/' mmsproxy='192.0.2.1:80' mmsport='8080'",
            1,
            Some("another one"),
        ),
        (
            "mcc='310' mnc='260' apn='a' mmsc='http:/m.example/'",
            1,
            None,
        ),
    ];
    for (attributes, profiles, says) in table {
        let import = import(&row(attributes), "list.xml", "2026-07-20").unwrap();
        assert_eq!(import.profiles.len(), profiles, "{attributes}");
        let notes: Vec<String> = import.notes.iter().map(ToString::to_string).collect();
        assert_eq!(
            notes.len(),
            usize::from(says.is_some()),
            "{attributes}: {notes:?}"
        );
        if let Some(says) = says {
            assert!(
                notes[0].contains(says) && notes[0].starts_with("2:"),
                "{notes:?}"
            );
        }
    }
}

/// Both lists know the SIM: one profile, with what the other says beside it.
#[test]
fn two_lists_that_disagree_are_both_shown() {
    let android = |apn: &str, proxy: &str| {
        format!(
            "<apns><apn carrier='x' mcc='310' mnc='240' apn='{apn}' type='mms' mmsc='http://mmsc.example/mms' {proxy}/></apns>"
        )
    };
    let mbpi = || import(MBPI, "mbpi.xml", "2023-04-16").unwrap().profiles;
    let mut joined = import(
        &android("Both", "mmsproxy='192.0.2.9' mmsport='80'"),
        "android.xml",
        "2026-07-20",
    )
    .unwrap()
    .profiles;
    join(&mut joined, mbpi());
    let [one] = joined.as_slice() else {
        panic!("{joined:?}")
    };
    assert_eq!(one.mms.proxy.as_ref().unwrap().to_string(), "192.0.2.9:80");
    let differs: Vec<&str> = one.sources.iter().map(|s| s.differs.as_str()).collect();
    assert_eq!(
        differs,
        ["", "user guest, password (hidden), proxy 192.0.2.1:8080"],
        "letter case of an APN is no disagreement"
    );
    // Another network: two profiles, each its own.
    let elsewhere = android("x", "").replace("mnc='240'", "mnc='410'");
    let mut apart = import(&elsewhere, "android.xml", "2026-07-20")
        .unwrap()
        .profiles;
    join(&mut apart, mbpi());
    assert_eq!(apart.len(), 2);
}

fn shipped(id: &str) -> Profile {
    Library::shipped().get(id).unwrap().clone()
}

#[test]
fn side_by_side_only_what_differs_is_marked() {
    let (mint, configured) = (shipped("us/mint"), shipped("example/mint-as-configured"));
    let table = side_by_side(&[&mint, &configured]);
    assert_eq!(table.columns, ["us/mint", "example/mint-as-configured"]);
    let row = |field: &str| {
        let row = table.rows.iter().find(|r| r.field == field).unwrap();
        (
            row.differs,
            row.values[0].clone().unwrap(),
            row.values[1].clone().unwrap(),
        )
    };
    let both = |differs, a: &str, b: &str| (differs, a.to_owned(), b.to_owned());
    assert_eq!(row("pdn.apn"), both(false, "Wholesale", "Wholesale"));
    assert_eq!(row("pdn.type"), both(true, "IPV4V6", "IP"));
    assert_eq!(
        row("dials"),
        both(
            true,
            "wholesale.mmsmvno.com:80 for /mms/wapenc",
            "wholesale.mmsmvno.com:8080 for /mms/wapenc:8080"
        )
    );
    assert_eq!(side_by_side(&[&mint, &mint]).differing().count(), 0);
}

#[test]
fn another_password_is_a_difference_that_is_not_shown() {
    let telekom = include_str!("../../profiles/de/telekom.toml");
    let other = telekom.replace("password = \"telekom\"", "password = \"hush-hush\"");
    let [a, b] = [telekom, &other].map(|text| Profile::parse("t.toml", text).unwrap());
    let table = side_by_side(&[&a, &b]);
    let fields: Vec<&str> = table.differing().map(|r| r.field.as_str()).collect();
    assert_eq!(fields, ["pdn.password"]);
    assert!(!format!("{table:?}").contains("hush"));
    assert_eq!(disagreement(&a, &b), "password (hidden)");
}

#[test]
fn shipped_mine_and_what_the_network_granted() {
    let mint = shipped("us/mint");
    let mine = Profile::parse(
        "mine.toml",
        &include_str!("../../profiles/us/mint.toml").replace("Wholesale", "fast.t-mobile.com"),
    )
    .unwrap();
    let granted = |apn: &str, addresses: &[&str]| Context {
        cid: 3,
        pdp_type: PdpType::Ipv4v6,
        apn: "Wholesale".into(),
        active: true,
        addresses: addresses.iter().map(|a| (*a).to_owned()).collect(),
        granted: Some(Granted {
            apn: apn.into(),
            gateway: None,
            dns: vec!["10.177.0.34".into()],
        }),
    };
    // what the network gave, whether it differs from the shipped profile in APN and in type
    let table = [
        (
            granted(
                "wholesale.mnc240.mcc310.gprs",
                &["48.31.195.38", "2001:db8::1"],
            ),
            false,
            false,
        ),
        (granted("Wholesale", &["48.31.195.38"]), false, true),
        (granted("fast.t-mobile.com", &["2001:db8::1"]), true, true),
    ];
    for (context, apn, pdp_type) in table {
        let view = three_way(Some(&mint), None, Some(&context));
        assert_eq!(view.columns, ["shipped", "granted (cid 3)"]);
        let differs = |field: &str| view.rows.iter().find(|r| r.field == field).unwrap().differs;
        assert_eq!(
            (differs("pdn.apn"), differs("pdn.type")),
            (apn, pdp_type),
            "{context:?}"
        );
        let mmsc = view.rows.iter().find(|r| r.field == "mms.mmsc").unwrap();
        assert_eq!(
            (mmsc.values[1].as_ref(), mmsc.differs),
            (None, false),
            "a network says nothing of an MMSC"
        );
    }
    let view = three_way(
        Some(&mint),
        Some(&mine),
        Some(&granted("Wholesale", &["48.31.195.38"])),
    );
    let apn = view.rows.iter().find(|r| r.field == "pdn.apn").unwrap();
    let values: Vec<&str> = apn.values.iter().flatten().map(String::as_str).collect();
    assert_eq!(
        (values, apn.differs),
        (vec!["Wholesale", "fast.t-mobile.com", "Wholesale"], true)
    );
    let untold = Context {
        granted: None,
        ..granted("", &[])
    };
    let view = three_way(Some(&mint), None, Some(&untold));
    let apn = view.rows.iter().find(|r| r.field == "pdn.apn").unwrap();
    assert_eq!(
        (apn.values[1].as_ref(), apn.differs),
        (None, false),
        "old firmware does not tell, and that is no difference"
    );
}

proptest! {
    #[test]
    fn no_text_makes_the_import_panic(text in any::<String>()) {
        let _ = import(&text, "any.xml", "2026-07-20");
    }

    /// Any damage to a sound list: a fault or profiles that read again, never a panic.
    #[test]
    fn a_damaged_list_is_a_fault_or_sound_profiles(android in any::<bool>(), at in 0usize..1200, with in "[ -~]{0,3}", drop in 0usize..40) {
        let mut text = if android { ANDROID } else { MBPI }.to_owned();
        let start = text.floor_char_boundary(at.min(text.len()));
        let end = text.floor_char_boundary((start + drop).min(text.len()));
        text.replace_range(start..end, &with);
        if let Ok(import) = import(&text, "damaged.xml", "2026-07-20") {
            for profile in import.profiles {
                let file = profile.to_file().unwrap();
                prop_assert_eq!(&Profile::parse("again.toml", &file).unwrap(), &profile);
            }
        }
    }
}

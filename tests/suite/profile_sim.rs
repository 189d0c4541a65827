//! Which SIM is it? Read wrongly, a virtual operator's SIM gets its host's profile, and the message goes to the wrong MMSC.
use crate::story::{BY_THE_SIM, Beginning};
use mmscope::at::reply::{self, CardAnswer};
use mmscope::modem::{group_identifier, home_network, mnc_digits, provider_name};
use mmscope::profile::{Fit, Library, SimFacts};
use proptest::prelude::*;

#[test]
fn the_sims_answer_is_a_status_and_octets() {
    let answer = |status, octets: &[u8]| {
        let octets = octets.to_vec();
        Some(CardAnswer { status, octets })
    };
    let table = [
        (
            "+CRSM: 144,0,\"756DFFFF\"",
            answer(0x9000, &[0x75, 0x6D, 0xFF, 0xFF]),
        ),
        ("+CRSM: 144,0,756d", answer(0x9000, &[0x75, 0x6D])),
        ("+CRSM: 144,0", answer(0x9000, &[])),
        ("+CRSM: 106,130,\"\"", answer(0x6A82, &[])),
        ("+CRSM: 108,10", answer(0x6C0A, &[])),
        ("+CRSM: 144,0,\"756\"", None),
        ("+CRSM: 144,0,\"+F+F\"", None),
        ("+CRSM: 400,0,\"75\"", None),
        ("+CRSM: 144", None),
        ("+CSQ: 144,0", None),
    ];
    for (line, expected) in table {
        assert_eq!(reply::crsm(line), expected, "{line}");
    }
}

#[test]
fn the_files_of_the_sim() {
    let name = |text: &str| {
        let mut file = vec![0x00];
        file.extend(text.bytes());
        file.resize(17, 0xFF);
        provider_name(&file)
    };
    assert_eq!(name("Mint").as_deref(), Some("Mint"));
    assert_eq!(name(""), None);
    assert!(
        name("\u{1b}[2J").is_some_and(|n| !n.chars().any(char::is_control)),
        "nothing that a terminal obeys"
    );
    assert_eq!(
        provider_name(&[1, 0x80, 0x00, 0x4D, 0x04, 0x1C, 0xFF, 0xFF]).as_deref(),
        Some("MМ")
    );
    assert_eq!(
        provider_name(&[1, 0x81, 2, 8, 0x41, 0x42]),
        None,
        "a coding that is not read is not guessed at"
    );
    assert_eq!(provider_name(&[]), None);
    assert_eq!(
        group_identifier(&[0x75, 0x6D, 0xFF, 0xFF]).as_deref(),
        Some("756D")
    );
    assert_eq!(group_identifier(&[0xFF, 0xFF]), None);
    assert_eq!(group_identifier(&[]), None);
    for (file, digits) in [
        (vec![0, 0, 0, 2], Some(2)),
        (vec![0, 0, 0, 3], Some(3)),
        (vec![0, 0, 0, 0xFF], None),
        (vec![0, 0, 0], None),
    ] {
        assert_eq!(mnc_digits(&file), digits, "{file:?}");
    }
}

#[test]
fn the_length_of_the_network_code_is_what_the_sim_says_and_else_goes_by_country() {
    let table = [
        ("310240000000123", None, "310240"),
        ("262011234567890", None, "26201"),
        // India uses both lengths.
        ("405854000000123", Some(3), "405854"),
        ("404450000000123", Some(2), "40445"),
        ("001010123456789", Some(2), "00101"),
    ];
    for (imsi, digits, home) in table {
        assert_eq!(home_network(imsi, digits).as_deref(), Some(home), "{imsi}");
    }
    assert_eq!(home_network("3102", None), None);
}

#[tokio::test(start_paused = true)]
async fn in_the_mint_world_the_sim_itself_chooses_mint() {
    let mut beginning = Beginning::world("mint").profile(BY_THE_SIM);
    beginning.watchful = true;
    let story = beginning.open();
    story.until(|known| known.sim.is_some()).await;
    let sim = story.journal.known().sim.clone().unwrap();
    assert_eq!(sim.home.as_deref(), Some("310-240"));
    assert_eq!(sim.gid1.as_deref(), Some("756D"));
    assert_eq!(sim.spn.as_deref(), Some("Mint"));
    let result = story.send(story.draft()).await;
    assert!(result.ok, "{result:?}");
    assert_eq!(
        story.journal.known().profile.as_ref().unwrap().id,
        "us/mint"
    );
}

#[tokio::test(start_paused = true)]
async fn a_sim_without_these_files_is_still_read() {
    let mut beginning = Beginning::world("mint").profile(BY_THE_SIM);
    beginning.world.sim.gid1 = None;
    beginning.world.sim.spn = None;
    beginning.watchful = true;
    let story = beginning.open();
    story.until(|known| known.sim.is_some()).await;
    let sim = story.journal.known().sim.clone().unwrap();
    assert_eq!(
        (sim.home.as_deref(), sim.gid1, sim.spn),
        (Some("310-240"), None, None)
    );
}

/// The rows of the carrier table that the SIM's group, name or number alone tells from their host.
#[test]
fn virtual_operators_are_told_from_their_hosts() {
    let facts = |mccmnc: &str, gid1: &str, spn: &str, imsi: &str| SimFacts {
        mccmnc: Some(mccmnc.to_owned()),
        gid1: Some(gid1.to_owned()),
        spn: Some(spn.to_owned()),
        imsi: Some(imsi.to_owned()),
        iccid: None,
    };
    let library = Library::shipped();
    let table = [
        (
            facts("310240", "756D", "Mint", "310240000000123"),
            "us/mint",
        ),
        (
            facts("310240", "6430", "Ting", "310240000000123"),
            "us/ting",
        ),
        (
            facts("310240", "6941", "Tello", "310240000000123"),
            "us/tello",
        ),
        (facts("310240", "4276FFFF", "", "310240000000123"), "us/fi"),
        (facts("310260", "FFFF", "", "310260970000123"), "us/fi"),
        (
            facts("310260", "2AC9", "", "310260000000123"),
            "us/consumer-cellular",
        ),
        (
            facts("310260", "", "T-Mobile", "310260000000123"),
            "us/t-mobile",
        ),
        (
            facts("310280", "DEFF", "", "310280000000123"),
            "us/att-resale",
        ),
        (facts("310280", "52FF", "", "310280000000123"), "us/att"),
        (
            facts("311480", "BAE10000", "", "311480000000123"),
            "us/visible",
        ),
        (facts("311480", "", "", "311480000000123"), "us/verizon"),
        (
            facts("23410", "", "giffgaff", "234100000000123"),
            "gb/giffgaff",
        ),
        (facts("23410", "", "O2", "234100000000123"), "gb/o2"),
        (facts("334020", "", "", "334020000000123"), "mx/telcel"),
    ];
    for (sim, id) in table {
        let best = library.best_match(&sim).map(|p| p.id.as_str());
        assert_eq!(best, Some(id), "{sim:?}");
    }
    let two_digits = facts("33402", "", "", "334020000000123");
    assert_eq!(library.get("mx/telcel").unwrap().fit(&two_digits), Fit::No);
}

proptest! {
    #[test]
    fn no_card_makes_us_panic(octets in any::<Vec<u8>>(), line in any::<String>()) {
        let _ = (provider_name(&octets), group_identifier(&octets), mnc_digits(&octets));
        let _ = reply::crsm(&format!("+CRSM: {line}"));
    }
}

/// Twelve carriers of whom the lists say different things: both are kept, none is merged away in silence.
#[test]
fn where_the_lists_disagree_both_values_are_kept() {
    let library = Library::shipped();
    let table = [
        ("us/verizon", "vzwinternet"),
        ("ca/rogers", "10.128.1.69:80"),
        ("ca/bell", "web.wireless.bell.ca:80"),
        ("ca/telus", "74.49.0.18:80"),
        ("gb/three", "mms.three.co.uk:8799"),
        ("de/telekom", "172.28.23.131:8008"),
        ("de/o2", "195.182.114.52:8080"),
        ("fr/orange", "orange-acte"),
        ("fr/free", "10.0.0.10:8080"),
        ("it/tim", "unico.tim.it"),
        ("nl/kpn", "portalmmm.nl"),
        ("at/a1", "gateway.A1.net:8001"),
    ];
    for (id, other) in table {
        let profile = library.get(id).unwrap();
        let kept = profile.sources.iter().any(|s| s.differs.contains(other));
        assert!(kept, "{id}: {:?}", profile.sources);
    }
}

/// A profile that a person keeps for the same SIM is the one that he means; two of them are a guess again. And what the shipped one says
/// otherwise stands beside his, so that an outdated copy shows.
#[test]
fn a_kept_copy_is_chosen_and_shown_beside_the_shipped_one() {
    let shipped = Library::shipped();
    let mint = shipped.get("us/mint").unwrap();
    let kept = |id: &str, apn: &str| {
        let text = mint.to_file().unwrap();
        let text = text.replace("id = \"us/mint\"", &format!("id = \"{id}\""));
        (
            std::path::PathBuf::from(format!("/home/{id}.toml")),
            text.replace("\"Wholesale\"", &format!("\"{apn}\"")),
        )
    };
    let sim = SimFacts {
        mccmnc: Some("310240".into()),
        gid1: Some("756D".into()),
        ..SimFacts::default()
    };
    let best = |own: Vec<_>| {
        let (library, errors) = Library::new(own);
        assert!(errors.is_empty(), "{errors:?}");
        library.best_match(&sim).map(|p| p.id.to_string())
    };
    assert_eq!(best(vec![]).as_deref(), Some("us/mint"));
    assert_eq!(
        best(vec![kept("us/mint-mended", "Wholesale")]).as_deref(),
        Some("us/mint-mended")
    );
    assert_eq!(
        best(vec![
            kept("us/mint-mended", "Wholesale"),
            kept("us/mint-other", "Wholesale")
        ]),
        None,
        "two of his own are a guess"
    );
    let (library, _) = Library::new(vec![kept("us/mint-mended", "old.apn")]);
    let rows = mmscope::console::measure::profile_rows(&library, Some(&sim));
    let beside = |id: &str| rows.iter().find(|r| r.id == id).unwrap().beside.clone();
    let says = beside("us/mint-mended").unwrap();
    assert!(
        says.contains("shipped us/mint") && says.contains("shipped Wholesale, yours old.apn"),
        "{says}"
    );
    assert_eq!(beside("us/mint"), None, "the shipped one is the list");
}

//! Finding out why not, as a person does it: keys, and what follows; frames at the sizes that people have.
use super::keys::{after, press};
use super::story::{self, rows, screen};
use mmscope::console::traffic::Eye;
use mmscope::console::{Effect, Message, Order, Pane, Screen, update};
use mmscope::event::{Fix, Witness};

fn probe(profile: Option<&str>, exhaustive: bool, witnesses: &[Witness]) -> Effect {
    Effect::Order(Order::Probe {
        profile: profile.map(str::to_owned),
        exhaustive,
        witnesses: witnesses.to_vec(),
    })
}

fn snapshot(name: &str, story: &story::Story, script: &str) {
    for (width, height) in [(80, 24), (80, 60), (120, 36), (200, 50)] {
        let mut state = story::at_the_end(story);
        screen(&mut state, width, height);
        press(&mut state, script);
        let frame = rows(&screen(&mut state, width, height));
        insta::assert_snapshot!(format!("{name}_{width}x{height}"), frame);
    }
}

#[test]
fn before_a_probe_the_diagnosis_says_how_to_begin_one() {
    snapshot("diagnosis_before", &story::failed(), "<f6>");
}

#[test]
fn while_it_runs_it_shows_what_is_tried_and_what_still_can_be() {
    snapshot("diagnosis_running", &story::examining(), "<f6>5");
}

#[test]
fn the_verdict_says_what_to_do_and_what_it_rests_on() {
    snapshot("diagnosis_verdict", &story::examined(), "<f6>2");
}

#[test]
fn profiles_stand_side_by_side() {
    snapshot("compare", &story::examined(), "p <down> <down> c<f7>");
}

#[test]
fn a_void_cell_is_shown_as_void_and_why() {
    let mut state = after(&story::examined());
    press(&mut state, "<f6>6z");
    let seen = rows(&screen(&mut state, 80, 24));
    assert!(seen.contains("– void"), "{seen}");
    assert!(
        seen.contains("SILENT: proves nothing, no control passed beside it"),
        "{seen}"
    );
}

/// In the console the way on is a key, not an option of the command line.
#[test]
fn where_a_full_probe_would_tell_more_its_key_stands_in_the_advice() {
    let mut story = story::examined();
    let mut verdict = story
        .known()
        .probes
        .back()
        .unwrap()
        .verdict
        .clone()
        .unwrap();
    let next = mmscope::event::NextStep {
        says: "Probe further (--full): E22 would tell more".into(),
        fix: None,
    };
    verdict.next = vec![next];
    story.tell(mmscope::event::What::Verdict(Box::new(verdict)));
    let mut state = after(&story);
    press(&mut state, "<f6>");
    let seen = rows(&screen(&mut state, 120, 36));
    assert!(
        seen.contains("1. Probe further (D runs it, asks first)"),
        "{seen}"
    );
    assert!(!seen.contains("--full"), "{seen}");
}

#[test]
fn d_asks_why_not_and_leads_to_the_diagnosis() {
    let mut state = after(&story::failed());
    press(&mut state, "e");
    let seen = rows(&screen(&mut state, 80, 24));
    assert!(
        seen.contains("F8 probe"),
        "while a field has the keys:\n{seen}"
    );
    press(&mut state, "<esc>");
    let seen = rows(&screen(&mut state, 80, 24));
    assert!(seen.contains("d probes: finds out why not"), "{seen}");
    assert_eq!(press(&mut state, "d"), [probe(None, false, &[])]);
    assert_eq!(
        (state.screen, state.focus),
        (Screen::Diagnosis, Pane::Experiments)
    );
    story::hear(&mut state, &story::examining());
    assert_eq!(press(&mut state, "d"), [], "one probe at a time");
    assert!(state.wants_clock(), "its clock runs");
    assert_eq!(
        press(&mut state, "<ctrl-x>"),
        [Effect::Order(Order::Cancel)]
    );
    story::hear(&mut state, &story::examined());
    assert_eq!(state.focus, Pane::Verdict, "the verdict is in front");
}

#[test]
fn f8_asks_why_not_in_the_middle_of_a_text() {
    let mut state = after(&story::failed());
    assert_eq!(press(&mut state, "e<f8>"), [probe(None, false, &[])]);
    assert!(!state.typing);
}

#[test]
fn what_a_person_saw_goes_along() {
    let mut state = after(&story::failed());
    let table: &[(&str, &[Witness])] = &[
        ("<f6>w", &[Witness::PhoneSends]),
        ("w", &[Witness::PhoneFails]),
        ("i", &[Witness::PhoneFails, Witness::InboundYes]),
        ("wi", &[Witness::InboundNo]),
        ("i", &[]),
    ];
    for (script, witnesses) in table {
        press(&mut state, script);
        assert_eq!(press(&mut state, "d"), [probe(None, false, witnesses)]);
    }
}

/// The answers stand at the end of the verdict, often out of sight: each key says what it has noted.
#[test]
fn what_was_noted_is_said() {
    let mut state = after(&story::examined());
    press(&mut state, "<f6>");
    let table = [
        (
            "w",
            "Noted: the same SIM in a phone: it sends; w changes it. d probes again with it.",
        ),
        (
            "w",
            "Noted: the same SIM in a phone: it fails; w changes it. d probes again with it.",
        ),
        (
            "w",
            "Noted: the same SIM in a phone: not tried; w changes it. d probes again with it.",
        ),
        (
            "i",
            "Noted: an MMS to this line: yes; i changes it. d probes again with it.",
        ),
        (
            "i",
            "Noted: an MMS to this line: no; i changes it. d probes again with it.",
        ),
    ];
    for (key, says) in table {
        press(&mut state, key);
        assert_eq!(state.hint.as_deref(), Some(says));
    }
}

/// "It is running" is not left standing once it runs no more: it would hide the keys that help.
#[test]
fn a_refusal_ends_with_its_reason() {
    let mut story = story::connecting();
    let mut state = after(&story);
    press(&mut state, "<esc><ctrl-k>m");
    let says = state.hint.clone().unwrap();
    assert!(says.starts_with("A send is running"), "{says}");
    story.late_four();
    story::hear(&mut state, &story);
    assert!(!state.is_busy());
    assert_eq!(state.hint, None);
}

#[test]
fn choosing_a_piece_of_evidence_shows_its_very_lines() {
    let mut state = after(&story::examined());
    press(&mut state, "<f6>2<enter>");
    let marked = |state: &mmscope::console::State| -> Vec<String> {
        let rows = state.traffic.rows().iter();
        rows.filter(|r| state.traffic.is_led(r))
            .map(|r| r.text.clone())
            .collect()
    };
    let command = "AT+CIPOPEN=1,\"TCP\",\"10.175.85.144\",8080";
    assert_eq!(marked(&state), [command, "OK", "+CIPOPEN: 1,4"]);
    assert!(matches!(state.traffic.eye, Eye::Held(_)));
    let seen = rows(&screen(&mut state, 80, 24));
    assert!(
        seen.contains(command) && seen.contains("+CIPOPEN: 1,4"),
        "{seen}"
    );
    press(&mut state, "<down>");
    assert_eq!(marked(&state).last().unwrap(), "+CIPOPEN: 1,0");
    press(&mut state, "<down><down><down>");
    assert_eq!(state.evidence, 2, "never beyond the last piece");
    press(&mut state, "3G");
    assert_eq!(state.traffic.eye, Eye::Follow);
    assert!(marked(&state).is_empty());
}

#[test]
fn the_fix_is_applied_and_the_message_sent_again_in_three_keys() {
    let mut state = after(&story::failed());
    press(&mut state, "<esc>d");
    let mut told = story::failed();
    let cells = told.examining();
    told.wrong_port(cells);
    story::hear(&mut state, &told);
    let seen = rows(&screen(&mut state, 80, 24));
    assert!(
        seen.contains("WRONG-PORT") && seen.contains("Enter applies it"),
        "{seen}"
    );
    let url = "http://wholesale.mmsmvno.com/mms/wapenc";
    assert_eq!(
        press(&mut state, "<enter>"),
        [Effect::Order(Order::Mend {
            profile: "example/mint-as-configured".into(),
            fix: Fix::Mmsc { url: url.into() },
        })]
    );
    let mut row = story::profiles()[1].clone();
    row.id = "example/mint-as-configured-mended".into();
    told.profile(&row);
    update(&mut state, Message::Known(told.known()));
    let seen = rows(&screen(&mut state, 80, 24));
    assert!(
        seen.contains("is in use. ^S sends the message again"),
        "{seen}"
    );
    assert_eq!(press(&mut state, "<enter>"), [], "it is applied once");
    assert_eq!(
        press(&mut state, "<ctrl-s>"),
        [Effect::Order(Order::Send(story::draft()))]
    );
    assert_eq!(state.screen, Screen::Bench, "the ladder is in front");
}

#[test]
fn marked_profiles_are_examined_one_after_another() {
    let mut state = after(&story::failed());
    assert_eq!(press(&mut state, "pc"), []);
    assert!(state.hint.as_ref().unwrap().contains("at least two"));
    assert_eq!(press(&mut state, " <down> "), []);
    let ids = ["example/mint-as-configured", "us/mint"];
    let all = ids.map(|id| probe(Some(id), true, &[]));
    assert_eq!(press(&mut state, "c"), all);
    assert_eq!((state.screen, state.overlay), (Screen::Compare, None));
    assert_eq!(state.comparison.profiles, ids);
    assert_eq!(press(&mut state, "c"), all, "once more, without marking");
    story::hear(&mut state, &story::examining());
    let seen = rows(&screen(&mut state, 120, 36));
    assert!(
        seen.contains("probing, ") && seen.contains("waits"),
        "{seen}"
    );
    story::hear(&mut state, &story::examined());
    let seen = rows(&screen(&mut state, 120, 36));
    assert!(seen.contains("probed in 23.2 s"), "{seen}");
    assert!(seen.contains("▸ port"), "what differs stands out:\n{seen}");
    assert!(seen.contains("  APN asked"), "{seen}");
}

#[test]
fn screens_are_one_key_apart_and_escape_leads_back() {
    let mut state = after(&story::failed());
    for (script, screen) in [
        ("<f6>", Screen::Diagnosis),
        ("<f7>", Screen::Compare),
        ("<esc>", Screen::Bench),
        ("<f6>", Screen::Diagnosis),
        ("<f5>", Screen::Bench),
        ("<f6>e", Screen::Bench),
    ] {
        press(&mut state, script);
        assert_eq!(state.screen, screen, "{script}");
    }
    press(&mut state, "<esc><f6>a");
    assert_eq!(
        (state.screen, state.focus, state.typing),
        (Screen::Diagnosis, Pane::Traffic, true),
        "the traffic is on this screen too"
    );
}

#[test]
fn quitting_asks_while_a_probe_runs() {
    let mut state = after(&story::examining());
    press(&mut state, "<esc>");
    assert_eq!(press(&mut state, "q"), []);
    let seen = rows(&screen(&mut state, 80, 24));
    assert!(seen.contains("A probe is running"), "{seen}");
    assert_eq!(press(&mut state, "y"), [Effect::Quit]);
}

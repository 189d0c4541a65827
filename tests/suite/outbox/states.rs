//! What can happen to a message, as tables.
use mmscope::event::{EntryState, Failure, SendResult, Stage, Way};
use mmscope::outbox::{
    Entry, FIRST_PAUSE_MS, Fate, LONGEST_PAUSE_MS, Part, Patience, Persistence, Refusal,
    pause_after,
};

const NOW: u64 = 1_763_800_000_000;

fn entry(state: EntryState) -> Entry {
    let to = vec!["+12025550123".to_owned()];
    let mut entry = Entry::new(Way::Mms, to, "text".to_owned(), "T1".to_owned(), NOW);
    entry.id = 7;
    entry.state = state;
    entry
}

fn sms(fates: &[Fate]) -> Entry {
    let mut entry = entry(EntryState::Sending);
    entry.way = Way::Sms;
    entry.parts = (1..)
        .zip(fates)
        .map(|(number, &fate)| Part {
            to: "+12025550123".to_owned(),
            number,
            of: u8::try_from(fates.len()).unwrap(),
            tpdu: vec![number],
            fate,
        })
        .collect();
    entry
}

fn failed(stage: Stage, response_status: Option<u8>) -> SendResult {
    SendResult {
        stage: Some(stage),
        response_status,
        http_status: response_status.map(|_| 200),
        error: Some(Failure {
            what: "it failed".to_owned(),
            raw: String::new(),
            means: String::new(),
            advice: String::new(),
        }),
        ..SendResult::default()
    }
}

const PATIENT: Patience = Patience {
    persistence: Persistence::UntilItIsOut,
    most: 3,
};
const BY_STATUS: Patience = Patience {
    persistence: Persistence::AsTheStatusSays,
    most: 3,
};
const ONCE: Patience = Patience {
    persistence: Persistence::Once,
    most: 3,
};

#[test]
fn a_message_that_may_have_been_accepted_is_never_queued_without_a_word_of_the_person() {
    use EntryState::{Accepted, Delivered, Draft, Failed, Queued, Sending, Unknown};
    for (state, may) in [
        (Draft, true),
        (Queued, true),
        (Sending, false),
        (Accepted, false),
        (Delivered, false),
        (Failed, false),
        (Unknown, false),
    ] {
        let mut kept = entry(state);
        let queued = kept.queue(NOW + 1);
        assert_eq!(queued.is_ok(), may, "{state:?}");
        assert_eq!(kept.state, if may { Queued } else { state }, "{state:?}");
        if let Err(Refusal::Again { .. }) = queued {
            let says = queued.unwrap_err().to_string();
            assert!(says.contains("--same") && says.contains("--new"), "{says}");
        }
    }
}

#[test]
fn the_person_can_send_the_same_again_whatever_became_of_it_but_not_twice_at_once() {
    for state in [
        EntryState::Draft,
        EntryState::Unknown,
        EntryState::Failed,
        EntryState::Accepted,
    ] {
        let mut kept = entry(state);
        kept.attempts = 3;
        kept.again(NOW).unwrap();
        assert_eq!((kept.state, kept.attempts), (EntryState::Queued, 0));
        assert_eq!(kept.transaction_id, "T1");
    }
    let mut kept = entry(EntryState::Sending);
    assert_eq!(kept.again(NOW), Err(Refusal::Sending(7)));
}

#[test]
fn where_an_attempt_ends() {
    let ok = SendResult {
        ok: true,
        stage: Some(Stage::Confirm),
        message_id: Some("m1".to_owned()),
        ..SendResult::default()
    };
    let unknown = SendResult {
        unknown: true,
        ..failed(Stage::Post, None)
    };
    let stopped = SendResult {
        cancelled: true,
        ..SendResult::default()
    };
    let too_late = SendResult {
        cancelled: true,
        unknown: true,
        ..SendResult::default()
    };
    use EntryState::{Accepted, Draft, Failed, Queued, Unknown};
    let transient = || failed(Stage::Confirm, Some(0xC3));
    let permanent = || failed(Stage::Confirm, Some(0xE1));
    let old = || failed(Stage::Confirm, Some(0x81));
    let barred = || failed(Stage::Connect, None);
    let encode = || failed(Stage::Encode, None);
    for (says, result, patience, end) in [
        ("accepted", ok, ONCE, Accepted),
        (
            "no answer, however patient",
            unknown.clone(),
            PATIENT,
            Unknown,
        ),
        ("no answer", unknown, BY_STATUS, Unknown),
        ("stopped in time", stopped.clone(), BY_STATUS, Draft),
        ("stopped too late", too_late, PATIENT, Unknown),
        ("transient, but asked for once", transient(), ONCE, Failed),
        ("transient", transient(), BY_STATUS, Queued),
        ("permanent", permanent(), PATIENT, Failed),
        (
            "a status of MMS 1.0 that does not say",
            old(),
            PATIENT,
            Failed,
        ),
        (
            "nothing had gone out, a direct send",
            barred(),
            BY_STATUS,
            Failed,
        ),
        (
            "nothing had gone out, in the queue",
            barred(),
            PATIENT,
            Queued,
        ),
        ("it cannot be encoded", encode(), PATIENT, Failed),
        (
            "what came back was nonsense",
            failed(Stage::Post, None),
            PATIENT,
            Unknown,
        ),
    ] {
        let mut kept = entry(EntryState::Queued);
        kept.begin(NOW);
        kept.went_out = true;
        kept.end(&result, patience, NOW + 5);
        assert_eq!(kept.state, end, "{says}");
        assert!(!kept.went_out, "{says}: the mark is of one attempt only");
        let due = (end == Queued).then_some(NOW + 5 + FIRST_PAUSE_MS);
        assert_eq!(kept.not_before, due, "{says}");
    }
}

#[test]
fn what_the_queue_had_in_hand_when_it_was_stopped_is_in_the_queue_again() {
    let stopped = SendResult {
        cancelled: true,
        ..SendResult::default()
    };
    let mut kept = entry(EntryState::Queued);
    kept.begin(NOW);
    kept.end(&stopped, PATIENT, NOW);
    assert_eq!((kept.state, kept.not_before), (EntryState::Queued, None));
    let mut half = sms(&[Fate::Taken { reference: 1 }, Fate::Waiting]);
    half.end(&stopped, PATIENT, NOW);
    assert_eq!(
        half.state,
        EntryState::Failed,
        "half of it is out: the person decides"
    );
    assert!(half.says.contains("1 of 2"), "{}", half.says);
}

#[test]
fn attempts_are_counted_and_the_pauses_grow() {
    let mut kept = entry(EntryState::Queued);
    let mut states = Vec::new();
    for _ in 0..3 {
        kept.begin(NOW);
        kept.end(&failed(Stage::Confirm, Some(0xC0)), BY_STATUS, NOW);
        states.push(kept.state);
    }
    use EntryState::{Failed, Queued};
    assert_eq!(
        states,
        [Queued, Queued, Failed],
        "three attempts at the most"
    );
    let pauses: Vec<u64> = (1..=6).map(|n| pause_after(n) / 1000).collect();
    assert_eq!(pauses, [30, 60, 120, 240, 480, 900]);
    assert_eq!(pause_after(u32::MAX), LONGEST_PAUSE_MS);
}

#[test]
fn a_session_that_did_not_end_leaves_each_message_in_its_right_state() {
    use Fate::{Handed, Taken, Waiting};
    let taken = Taken { reference: 9 };
    let mms = |went_out| {
        let mut kept = entry(EntryState::Sending);
        kept.went_out = went_out;
        kept
    };
    use EntryState::{Accepted, Queued, Unknown};
    for (says, mut kept, state) in [
        ("MMS, the last octets not handed over", mms(false), Queued),
        ("MMS, the last octets handed over", mms(true), Unknown),
        ("SMS, no part handed over", sms(&[Waiting, Waiting]), Queued),
        (
            "SMS, one out, none in doubt",
            sms(&[taken, Waiting]),
            Queued,
        ),
        ("SMS, one in doubt", sms(&[taken, Handed]), Unknown),
        ("SMS, all out", sms(&[taken, taken]), Accepted),
    ] {
        assert!(kept.recover(NOW), "{says}");
        assert_eq!(kept.state, state, "{says}");
    }
    for state in [EntryState::Queued, EntryState::Accepted, EntryState::Draft] {
        let mut kept = entry(state);
        assert!(!kept.recover(NOW), "{state:?} is as it was");
    }
}

#[test]
fn the_parts_that_went_out_stay_out_when_the_same_goes_again() {
    use Fate::{Handed, Taken, Waiting};
    let taken = Taken { reference: 9 };
    let fates = |kept: &Entry| kept.parts.iter().map(|p| p.fate).collect::<Vec<_>>();
    let mut half = sms(&[taken, Handed, Waiting]);
    half.state = EntryState::Unknown;
    half.again(NOW).unwrap();
    assert_eq!(fates(&half), [taken, Waiting, Waiting]);
    let mut whole = sms(&[taken, taken]);
    whole.state = EntryState::Accepted;
    whole.again(NOW).unwrap();
    assert_eq!(
        fates(&whole),
        [Waiting, Waiting],
        "nothing was missing: all of it"
    );
}

#[test]
fn a_status_report_is_tied_by_reference_and_recipient() {
    let taken = |reference| Fate::Taken { reference };
    let mut kept = sms(&[taken(9), taken(10)]);
    kept.state = EntryState::Accepted;
    assert!(
        !kept.reported("+12025550123", 11, 0, Some(true), NOW),
        "no such reference"
    );
    assert!(
        !kept.reported("+12025550199", 9, 0, Some(true), NOW),
        "another recipient"
    );
    assert!(
        kept.reported("12025550123", 9, 0, Some(true), NOW),
        "without the plus sign"
    );
    assert_eq!(kept.state, EntryState::Accepted, "one of two");
    assert!(
        !kept.reported("+12025550123", 9, 0, Some(true), NOW),
        "the same report again"
    );
    assert!(
        kept.reported("+12025550123", 10, 0x20, None, NOW),
        "still trying"
    );
    assert_eq!(kept.state, EntryState::Accepted);
    assert!(kept.reported("+12025550123", 10, 0, Some(true), NOW));
    assert_eq!(kept.state, EntryState::Delivered);

    let mut kept = sms(&[taken(9)]);
    kept.state = EntryState::Accepted;
    assert!(kept.reported("+12025550123", 9, 0x46, Some(false), NOW));
    assert_eq!(
        kept.state,
        EntryState::Accepted,
        "the service centre had it"
    );
    assert!(kept.says.contains("46"), "{}", kept.says);
}

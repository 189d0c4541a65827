//! The way of a message, the offer after a failure, and the Messages screen, as a person uses them.
use super::keys::{after, press};
use super::story::{self, Story, rows, screen};
use mmscope::console::log::{LogLine, Severity};
use mmscope::console::state::{Overlay, Question};
use mmscope::console::{Effect, Message, Order, Pane, Screen, State, update};
use mmscope::event::*;

fn step(entry: u64, state: EntryState) -> OutboxStep {
    OutboxStep {
        entry,
        transaction_id: String::new(),
        state,
        way: Way::Mms,
        to: vec![Msisdn::new("+12025550123").masked()],
        characters: 827,
        size: 1004,
        parts: None,
        attempts: 1,
        written_unix_ms: 1_763_812_860_000,
        changed_unix_ms: 1_763_812_860_000,
        next_try_ms: None,
        says: String::new(),
        stage: None,
        forgotten: false,
    }
}

fn full() -> Story {
    let mut story = story::failed();
    let failed = OutboxStep {
        stage: Some(Stage::Connect),
        says: "10.175.85.144:8080 did not connect".into(),
        ..step(2, EntryState::Failed)
    };
    let waits = OutboxStep {
        next_try_ms: Some(90_000),
        attempts: 2,
        says: "Error-transient-network-problem".into(),
        ..step(3, EntryState::Queued)
    };
    let sms = OutboxStep {
        way: Way::Sms,
        parts: Some((4, 6)),
        says: "no answer was read: it may have been accepted".into(),
        ..step(4, EntryState::Unknown)
    };
    for step in [
        step(1, EntryState::Accepted),
        failed,
        waits,
        sms,
        step(5, EntryState::Draft),
    ] {
        story.tell(What::Outbox(step));
    }
    story
}

/// What is looked for, and the message that is the chosen one then.
#[test]
fn messages_are_searched_and_the_found_one_is_chosen() {
    for (script, entry) in [
        ("/did not connect", 2),
        ("/may have been accepted<enter>", 4),
        ("/tried twice", 5),
        ("/transient", 3),
        ("/827<enter>n", 4),
        ("/827<enter>nnN", 4),
        ("/transient<esc>", 5),
    ] {
        let mut state = after(&full());
        press(&mut state, "<esc>M");
        press(&mut state, script);
        assert_eq!(state.message().unwrap().entry, entry, "{script}");
    }
}

#[test]
fn the_log_is_searched_by_its_rows() {
    let line = |number: u64, text: &str| LogLine {
        number,
        at: format!("2026-11-22T12:01:{number:02}.000Z"),
        severity: Severity::Info,
        room: "engine".into(),
        text: text.into(),
    };
    let mut state = after(&story::ready());
    let told = vec![line(1, "the line is open"), line(2, "waits for a reboot")];
    update(&mut state, Message::Log(told));
    press(&mut state, "<f12>/line is open");
    let sought = state.sought.as_ref().unwrap();
    assert_eq!((sought.row, sought.count), (Some(1), (1, 1)));
}

#[test]
fn the_outbox_shows_what_became_of_each_message() {
    for (width, height) in [(80, 24), (120, 36)] {
        let mut state = after(&full());
        screen(&mut state, width, height);
        press(&mut state, "<alt-m><down>");
        let frame = rows(&screen(&mut state, width, height));
        insta::assert_snapshot!(format!("messages_{width}x{height}"), frame);
    }
}

#[test]
fn an_empty_outbox_says_what_would_be_in_it() {
    let mut state = after(&story::failed());
    press(&mut state, "<alt-m>");
    assert_eq!(
        (state.screen, state.focus),
        (Screen::Messages, Pane::Messages)
    );
    let seen = rows(&screen(&mut state, 80, 24));
    assert!(seen.contains("The outbox is empty"), "{seen}");
    assert_eq!(
        press(&mut state, "<alt-s><alt-n><alt-x><alt-p><delete><alt-q>"),
        [],
        "nothing to act on"
    );
}

/// The newest message stands first: 5 draft, 4 unknown, 3 queued, 2 failed, 1 accepted.
#[test]
fn each_key_acts_on_the_chosen_message_where_its_state_allows_it() {
    let again = |entry, same| Order::Resend {
        entry,
        same,
        way: None,
    };
    let table: &[(&str, Option<Order>)] = &[
        ("<alt-p>", Some(Order::SendEntry(5))),
        ("<enter><esc>", None),
        ("<alt-x>", None),
        ("<down><alt-s>", None),
        ("<down><alt-s>n", None),
        ("<down><alt-s><enter>", Some(again(4, true))),
        ("<down><alt-s>y", Some(again(4, true))),
        ("<down><alt-n>", None),
        ("<down><alt-n>y", Some(again(4, false))),
        ("<down><alt-p>", None),
        ("<down><down><alt-x>", Some(Order::CancelEntry(3))),
        ("<down><down><alt-s>", None),
        ("<down><down><down><alt-n>y", Some(again(2, false))),
        (
            "<down><down><down><down><down><down><alt-s>y",
            Some(again(1, true)),
        ),
        ("<down>e", Some(Order::OpenDraft(4))),
        ("<alt-q>", Some(Order::SendQueued)),
        ("<alt-a><esc>", None),
    ];
    for (script, wanted) in table {
        let mut state = after(&full());
        press(&mut state, "<alt-m>");
        let wanted: Vec<Effect> = wanted.clone().map(Effect::Order).into_iter().collect();
        assert_eq!(press(&mut state, script), wanted, "{script}");
    }
}

/// Sending costs money, and twice may arrive twice: what became of it stands in the question.
#[test]
fn a_message_goes_out_once_more_only_after_a_question_that_says_what_became_of_it() {
    for (script, says) in [
        (
            "<down><alt-s>",
            ["may have been accepted", "did not go out"],
        ),
        (
            "<down><alt-n>",
            ["may arrive twice", "as a new message, all of its parts"],
        ),
        (
            "<down><down><down><alt-n>",
            ["was not accepted", "Transaction-Id of its own"],
        ),
        (
            "<down><down><down><down><alt-s>",
            ["It was accepted", "same octets go out"],
        ),
    ] {
        let mut state = after(&full());
        press(&mut state, "<alt-m>");
        assert_eq!(press(&mut state, script), [], "{script}");
        let seen = rows(&screen(&mut state, 120, 36));
        let flat = flat(&seen);
        for says in says {
            assert!(flat.contains(says), "{says} in\n{seen}");
        }
        assert!(flat.contains("to +1 *** *** **23."), "{seen}");
        assert!(flat.contains("nothing is billed"), "{seen}");
        assert_eq!(press(&mut state, "n"), []);
    }
}

/// The words of a frame, wherever its rows end.
fn flat(frame: &str) -> String {
    let words = frame.split(|c: char| c.is_whitespace() || "│┃".contains(c));
    let words: Vec<&str> = words.filter(|w| !w.is_empty()).collect();
    words.join(" ")
}

/// Rows of the list from its top, and the message that a click on them chooses.
#[test]
fn the_mouse_chooses_a_message() {
    use ratatui::crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
    for (script, row, entry) in [
        ("", 0, 5),
        ("", 2, 5),
        ("", 3, 4),
        ("", 4, 3),
        ("<down>", 0, 5),
        ("<down>", 3, 4),
        ("<down>", 4, 3),
        ("<down>", 6, 1),
    ] {
        let mut state = after(&full());
        press(&mut state, "<alt-m>");
        press(&mut state, script);
        let frame = rows(&screen(&mut state, 80, 24));
        update(
            &mut state,
            Message::Mouse(MouseEvent {
                kind: MouseEventKind::Down(MouseButton::Left),
                column: 20,
                row: 2 + row,
                modifiers: KeyModifiers::NONE,
            }),
        );
        let chosen = state.message().unwrap().entry;
        assert_eq!(chosen, entry, "row {row} after {script:?}\n{frame}");
    }
}

#[test]
fn nothing_is_forgotten_without_a_question() {
    let mut state = after(&full());
    assert_eq!(press(&mut state, "<alt-m><down><delete>"), []);
    let seen = rows(&screen(&mut state, 80, 24));
    assert!(seen.contains("Forget this message"), "{seen}");
    assert_eq!(press(&mut state, "n"), []);
    let forget = [Effect::Order(Order::Forget(4))];
    assert_eq!(press(&mut state, "<delete>y"), forget);
}

#[test]
fn a_message_of_the_outbox_comes_into_the_composer() {
    let mut state = after(&full());
    press(&mut state, "<alt-m>");
    let draft = mmscope::console::Draft {
        to: vec!["+12025550199".into()],
        subject: "again".into(),
        text: "two\nlines".into(),
        ..Default::default()
    };
    // The sample was not touched: nothing is lost, nothing is asked.
    update(&mut state, Message::Draft(5, draft.clone()));
    assert_eq!((state.draft(), state.overlay), (draft, None));
    assert_eq!((state.focus, state.typing), (Pane::Compose, true));
}

/// A draft of the outbox is sent in its own place; whatever else comes into the composer is a message of its own.
#[test]
fn a_draft_goes_out_in_its_own_place_as_long_as_it_is_the_letter() {
    let draft = mmscope::console::Draft {
        to: vec!["+12025550199".into()],
        text: "words".into(),
        ..Default::default()
    };
    let opened = || {
        let mut state = after(&full());
        update(&mut state, Message::Draft(5, draft.clone()));
        press(&mut state, "<tab><tab>more ");
        state
    };
    let letter = mmscope::console::Draft {
        text: "more words".into(),
        ..draft.clone()
    };
    let in_place = |way| {
        [Effect::Order(Order::SendDraft {
            entry: 5,
            letter: letter.clone(),
            way,
        })]
    };
    let mut state = opened();
    let unsent = mmscope::console::Draft {
        way: Some(Way::Mms),
        ..letter.clone()
    };
    assert_eq!(
        state.unsent(),
        Some(unsent),
        "with the way that it would have gone"
    );
    assert_eq!(press(&mut state, "<ctrl-s>"), in_place(None));
    let mut state = opened();
    state.way = Some(Way::Mms);
    assert_eq!(press(&mut state, "<ctrl-s>"), in_place(Some(Way::Mms)));
    // As new messages: after it was forgotten, since its number may be another's by then.
    let mut state = opened();
    let mut story = full();
    story.tell(What::Outbox(OutboxStep {
        forgotten: true,
        ..step(5, EntryState::Draft)
    }));
    update(&mut state, Message::Known(story.known()));
    let sent = [Effect::Order(Order::Send(letter.clone()))];
    assert_eq!(press(&mut state, "<ctrl-s>"), sent);
    // After nothing was left of it.
    let mut state = opened();
    press(&mut state, "<end><ctrl-u><backtab><backtab><end><ctrl-u>");
    assert!(state.draft().is_empty(), "{:?}", state.draft());
    press(&mut state, "+12025550142<tab><tab>another");
    let sent = press(&mut state, "<ctrl-s>");
    assert!(
        matches!(sent[..], [Effect::Order(Order::Send(_))]),
        "{sent:?}"
    );
    // After an answer took its place.
    let mut story = full();
    story.tell(What::Inbox(came(2, InboxKind::Mms, InboxState::Here)));
    let mut state = after(&story);
    update(&mut state, Message::Draft(5, draft.clone()));
    press(&mut state, "<alt-m>");
    press(&mut state, "r");
    press(&mut state, "an answer");
    assert!(
        state.draft().text.starts_with("an answer"),
        "{:?}",
        state.draft()
    );
    let sent = press(&mut state, "<ctrl-s>");
    assert!(
        matches!(sent[..], [Effect::Order(Order::Send(_))]),
        "{sent:?}"
    );
}

/// What waits for a word of the person is told once at the start, with the key that leads there.
#[test]
fn what_the_outbox_holds_from_before_is_told_until_the_next_key() {
    use EntryState::{Accepted, Delivered, Draft, Failed, Queued, Unknown};
    for (outbox, says) in [
        (
            vec![Draft],
            Some("M shows Messages: 1 draft; e takes it into the composer."),
        ),
        (
            vec![Draft, Accepted, Draft, Queued, Unknown],
            Some("M shows Messages: 2 drafts, 1 queued, 1 that may have been accepted."),
        ),
        (
            vec![Unknown],
            Some("M shows Messages: 1 that may have been accepted."),
        ),
        (vec![Accepted, Delivered, Failed], None),
    ] {
        let mut state = after(&story::ready());
        press(&mut state, "<esc>");
        state.remind(outbox);
        assert_eq!(state.hint.as_deref(), says);
        let frame = rows(&screen(&mut state, 80, 24));
        assert_eq!(frame.contains("shows Messages"), says.is_some(), "{frame}");
        press(&mut state, "M");
        assert_eq!(
            (state.screen, state.hint.as_deref()),
            (Screen::Messages, None)
        );
    }
    // Where a letter is written, with the key that is no letter.
    let mut state = after(&story::ready());
    press(&mut state, "<esc>1<enter>");
    state.remind([Draft]);
    assert_eq!(
        state.hint.as_deref(),
        Some("Alt-m shows Messages: 1 draft; e takes it into the composer.")
    );
}

/// A list of failures says of each why, without choosing one after the other.
#[test]
fn a_failed_message_says_why_in_its_row() {
    for (size, words) in [
        ((80, 24), "at connect: 10.175."),
        ((120, 36), "at connect: 10.175.85.144:8080 did not con"),
        (
            (200, 50),
            "at connect: 10.175.85.144:8080 did not connect  827 characters, ",
        ),
    ] {
        let mut state = after(&full());
        press(&mut state, "<alt-m>");
        let frame = rows(&screen(&mut state, size.0, size.1));
        let row = frame.lines().find(|l| l.contains("failed")).unwrap();
        assert!(row.contains(words), "{frame}");
    }
}

#[test]
fn one_key_goes_through_the_ways_and_the_message_goes_that_way() {
    let mut state = after(&story::ready());
    assert_eq!(
        press(&mut state, "<ctrl-s>"),
        [Effect::Order(Order::Send(story::draft()))]
    );
    let mut ways = Vec::new();
    for _ in 0..4 {
        press(&mut state, "<alt-w>");
        let sent = press(&mut state, "<ctrl-s>");
        let [Effect::Order(Order::SendAs(draft, way))] = &sent[..] else {
            panic!("{sent:?}");
        };
        assert_eq!(*draft, story::draft());
        ways.push(*way);
    }
    assert_eq!(ways, [Way::Sms, Way::SmsUnlinked, Way::Mms, Way::Sms]);
    let seen = rows(&screen(&mut state, 120, 36));
    assert!(seen.contains("goes as linked SMS"), "{seen}");
}

#[test]
fn what_cannot_go_as_sms_is_said_before_it_is_ordered() {
    let mut state = after(&story::ready());
    state.measured.no_sms = Some("an SMS takes no attachment".into());
    press(&mut state, "<alt-w>");
    assert_eq!(press(&mut state, "<ctrl-s>"), []);
    assert!(state.hint.as_ref().unwrap().contains("no attachment"));
}

#[test]
fn characters_that_force_ucs2_are_written_plainly_on_one_key() {
    let mut state = after(&story::ready());
    let fancy = mmscope::console::Draft {
        text: "\u{201c}quoted\u{201d} \u{2014} and so on\u{2026}".into(),
        ..story::draft()
    };
    update(&mut state, Message::Draft(5, fancy));
    press(&mut state, "y");
    press(&mut state, "<alt-g>");
    let text = state.draft().text;
    assert!(text.is_ascii() && text.contains("\"quoted\""), "{text}");
}

#[test]
fn after_a_failure_before_anything_went_out_one_key_sends_it_as_linked_sms() {
    let mut story = story::failed();
    let known = story.known();
    let send = known.sends.back().unwrap().message.send;
    let mut state = after(&story);
    assert_eq!(press(&mut state, "<alt-t>"), [], "where nothing is offered");
    story.tell(What::Result(SendResult {
        send,
        stage: Some(Stage::Connect),
        offers: Some(Way::Sms),
        entry: Some(7),
        ..SendResult::default()
    }));
    let mut state = after(&story);
    let seen = rows(&screen(&mut state, 120, 36));
    assert!(seen.contains("sends it as linked SMS"), "{seen}");
    let wanted = Order::Resend {
        entry: 7,
        same: false,
        way: Some(Way::Sms),
    };
    assert_eq!(press(&mut state, "<alt-t>"), [], "it asks first");
    assert_eq!(press(&mut state, "n"), []);
    assert_eq!(press(&mut state, "<alt-t>y"), [Effect::Order(wanted)]);
}

/// A letter that was written, sent as MMS, and failed before anything of it went out.
fn written_and_failed() -> State {
    let mut state = after(&story::ready());
    press(&mut state, "<ctrl-s>");
    let mut story = story::failed();
    let send = story.known().sends.back().unwrap().message.send;
    story.tell(What::Outbox(step(7, EntryState::Failed)));
    story.tell(What::Result(SendResult {
        send,
        stage: Some(Stage::Connect),
        offers: Some(Way::Sms),
        entry: Some(7),
        ..SendResult::default()
    }));
    update(&mut state, Message::Known(story.known()));
    state
}

fn write_more(state: &mut State) {
    press(state, "<alt-1><enter>");
    state.compose.field = mmscope::console::editor::Field::Text;
    press(state, "<ctrl-end> And more.<esc>");
}

/// Each SMS is billed: how many, and to whom, is said before.
#[test]
fn sending_as_sms_names_the_parts_and_the_recipient_before_it_does_anything() {
    let mut state = written_and_failed();
    screen(&mut state, 120, 36);
    assert_eq!(press(&mut state, "<alt-t>"), []);
    assert_eq!(state.overlay, Some(Overlay::Ask(Question::SendSms)));
    let seen = words(&screen(&mut state, 120, 36));
    for said in ["as linked SMS, in 6 parts to +12025550123.", "Send?"] {
        assert!(seen.contains(said), "{said}: {seen}");
    }
    let again = Order::Resend {
        entry: 7,
        same: false,
        way: Some(Way::Sms),
    };
    assert_eq!(press(&mut state, "y"), [Effect::Order(again)]);
}

/// What stands on the screen is what a person expects to be sent.
#[test]
fn a_letter_changed_after_the_failure_goes_out_as_it_stands_now() {
    let mut state = written_and_failed();
    write_more(&mut state);
    assert_eq!(press(&mut state, "<alt-t>"), []);
    let seen = words(&screen(&mut state, 120, 36));
    assert!(seen.contains("changed after it failed"), "{seen}");
    let now = state.draft();
    assert!(now != story::draft(), "something was typed");
    let sent = Order::SendAs(now, Way::Sms);
    assert_eq!(press(&mut state, "y"), [Effect::Order(sent)]);
}

#[test]
fn nothing_that_costs_money_goes_out_from_under_help_or_from_the_log() {
    for way in ["?", ":", "p", "<f12>", "<f7>", "<alt-m>", "o", "R"] {
        let mut state = written_and_failed();
        press(&mut state, way);
        let overlay = state.overlay;
        assert_eq!(press(&mut state, "<alt-t>"), [], "after {way:?}");
        assert_eq!(state.overlay, overlay, "after {way:?} nothing is asked");
    }
}

/// The letter that is being written is worth more than a key that was pressed by the way.
#[test]
fn no_way_into_the_composer_loses_the_letter_that_is_written() {
    let other = mmscope::console::Draft {
        to: vec!["+12025550199".into()],
        text: "another".into(),
        ..Default::default()
    };
    let mut story = full();
    story.tell(What::Inbox(came(2, InboxKind::Mms, InboxState::Here)));
    type Way = fn(&mut State, &mmscope::console::Draft);
    let ways: [(&str, Way, bool); 3] = [
        ("a reply", |state, _| drop(press(state, "r")), true),
        (
            "a draft of the outbox",
            |state, other| drop(update(state, Message::Draft(5, other.clone()))),
            true,
        ),
        (
            "a self-test",
            |state, _| drop(press(state, "<alt-y>y")),
            false,
        ),
    ];
    for (name, way, asks) in ways {
        let mut state = after(&story);
        write_more(&mut state);
        press(&mut state, "<alt-m>");
        let mine = state.draft();
        way(&mut state, &other);
        assert_eq!(state.draft(), mine, "{name}");
        if asks {
            assert_eq!(
                state.overlay,
                Some(Overlay::Ask(Question::ReplaceDraft)),
                "{name}"
            );
            press(&mut state, "n");
            assert_eq!(state.draft(), mine, "{name}: no means no");
            way(&mut state, &other);
            press(&mut state, "y");
            assert!(state.draft() != mine, "{name}: yes means yes");
            // Nothing was changed in it: the next one takes its place without a question.
            update(&mut state, Message::Draft(5, other.clone()));
            assert_eq!(
                (state.draft(), state.overlay),
                (other.clone(), None),
                "{name}"
            );
        }
    }
    // What was handed over is in the outbox: nothing is lost.
    let mut state = written_and_failed();
    update(&mut state, Message::Draft(5, other.clone()));
    assert_eq!(state.draft(), other);
    // What the bench refused is in no outbox, whatever else is sent meanwhile.
    let mut state = after(&story::ready());
    press(&mut state, "<ctrl-s>");
    let mine = mmscope::console::Draft {
        text: "shorter".into(),
        ..story::draft()
    };
    state.handed.as_mut().unwrap().draft = mine.clone();
    state.compose = mmscope::console::editor::Compose::new(&mine);
    update(&mut state, Message::Known(story::failed().known()));
    update(&mut state, Message::Draft(5, other.clone()));
    assert_eq!(state.draft(), mine);
    // The answer to another question is not taken for this one's.
    let mut state = after(&story);
    write_more(&mut state);
    press(&mut state, "<alt-m><alt-y>");
    let asked = state.overlay;
    let mine = state.draft();
    update(&mut state, Message::Draft(5, other));
    press(&mut state, "y");
    assert!(asked.is_some() && state.draft() == mine);
}

fn words(frame: &ratatui::buffer::Buffer) -> String {
    let seen = rows(frame);
    let bare: String = seen
        .chars()
        .map(|c| if "│┃".contains(c) { ' ' } else { c })
        .collect();
    bare.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn came(item: u64, kind: InboxKind, state: InboxState) -> InboxStep {
    InboxStep {
        item,
        kind,
        state,
        from: Some(Msisdn::new("+12025550177").masked()),
        characters: 32,
        size: 20_480,
        parts: 2,
        content_host: Some("mmsc.example:80".into()),
        received_unix_ms: 1_763_812_900_000 + item,
        in_modem: usize::from(state == InboxState::Waiting),
        says: if state == InboxState::Here {
            "fetched, and the MMSC knows".into()
        } else {
            "waits at the MMSC".into()
        },
        ..InboxStep::default()
    }
}

#[test]
fn what_came_in_stands_beside_what_was_sent() {
    let mut story = full();
    story.tell(What::Inbox(came(1, InboxKind::Mms, InboxState::Waiting)));
    story.tell(What::Inbox(came(2, InboxKind::Mms, InboxState::Here)));
    let mut state = after(&story);
    screen(&mut state, 80, 24);
    press(&mut state, "M");
    let seen = rows(&screen(&mut state, 80, 24));
    assert!(
        seen.contains("subject Lunch") && seen.contains("The café, at one."),
        "{seen}"
    );
    assert!(seen.contains("+ image/jpeg 20 KB table.jpg"), "{seen}");
    assert!(
        !seen.contains("2025550177"),
        "a number is shown only where it is used: {seen}"
    );
    insta::assert_snapshot!("messages_received_80x24", seen);
    // Keys act on what is chosen: the newest is here, the one below waits.
    assert_eq!(
        press(&mut state, "<alt-f><alt-d>"),
        [],
        "nothing to fetch or to delete"
    );
    assert_eq!(press(&mut state, "v"), [Effect::Order(Order::SaveItem(2))]);
    press(&mut state, "<down>");
    let seen = rows(&screen(&mut state, 80, 24));
    assert!(
        seen.contains("to be fetched from mmsc.example:80"),
        "{seen}"
    );
    assert_eq!(
        press(&mut state, "<alt-f>"),
        [Effect::Order(Order::FetchItem(1))]
    );
    assert_eq!(
        press(&mut state, "<alt-l>"),
        [Effect::Order(Order::DeferItem(1))]
    );
    for (key, effect) in [
        ("<alt-d>", Order::DeleteStored(1)),
        ("<alt-j>", Order::RejectItem(1)),
    ] {
        assert_eq!(press(&mut state, key), [], "{key}: it asks first");
        assert_eq!(press(&mut state, "y"), [Effect::Order(effect)]);
    }
    // Further down are the sent ones, with their own keys.
    press(&mut state, "<down>");
    assert_eq!(state.message().map(|m| m.entry), Some(5));
    assert_eq!(press(&mut state, "<alt-f>"), []);
}

#[test]
fn a_reply_goes_to_the_sender() {
    let mut story = full();
    story.tell(What::Inbox(came(2, InboxKind::Mms, InboxState::Here)));
    let mut state = after(&story);
    screen(&mut state, 80, 24);
    press(&mut state, "Mr");
    let draft = state.draft();
    assert_eq!(draft.to, ["+12025550177"]);
    assert_eq!(
        (draft.subject.as_str(), draft.text.as_str()),
        ("Re: Lunch", "")
    );
    assert_eq!((state.screen, state.focus), (Screen::Bench, Pane::Compose));
}

#[test]
fn a_self_test_asks_first_and_shows_its_ladder() {
    let mut state = after(&full());
    screen(&mut state, 80, 24);
    press(&mut state, "M<alt-y>");
    // What costs nothing does not threaten with a bill.
    let frame = story::rows(&screen(&mut state, 80, 24));
    assert!(frame.contains("nothing is billed"), "{frame}");
    assert_eq!(press(&mut state, "n"), []);
    assert_eq!(
        press(&mut state, "<alt-y>y"),
        [Effect::Order(Order::SelfTest)]
    );
    assert_eq!(state.screen, Screen::Bench);
}

#[test]
fn an_outbox_that_keeps_nothing_forbids_sending_until_a_person_agrees_once() {
    let mut state = story::console(&story::draft(), mmscope::console::Theme::default());
    screen(&mut state, 100, 30);
    state.unrecorded.why = Some("box.redb: the outbox is in use by another mmscope".into());
    let orders = |effects: Vec<Effect>| -> Vec<Order> {
        let order = |e| match e {
            Effect::Order(order) => Some(order),
            _ => None,
        };
        effects.into_iter().filter_map(order).collect()
    };
    let asked = orders(press(&mut state, "<ctrl-s>"));
    assert_eq!(asked, [], "nothing goes out unasked");
    let frame = rows(&screen(&mut state, 100, 30));
    assert!(frame.contains("in use by another mmscope"), "{frame}");
    assert!(frame.contains("written down nowhere"), "{frame}");
    assert_eq!(orders(press(&mut state, "n")), []);
    press(&mut state, "<ctrl-s>");
    let agreed = orders(press(&mut state, "y"));
    assert!(
        matches!(&agreed[..], [Order::Unrecorded, Order::Send(_)]),
        "{agreed:?}"
    );
    let again = orders(press(&mut state, "<ctrl-s>"));
    assert!(
        matches!(&again[..], [Order::Send(_)]),
        "asked only once: {again:?}"
    );
}

/// What waits for its turn would go out beside what becomes of it in the composer: it leaves the queue, and a person says so first.
#[test]
fn a_message_that_waits_is_opened_only_after_a_question() {
    let mut state = after(&full());
    write_more(&mut state);
    press(&mut state, "<alt-m>");
    assert_eq!(press(&mut state, "<down><down>e"), []);
    assert_eq!(state.overlay, Some(Overlay::Ask(Question::TakeOut(3))));
    for (width, height) in [(80, 24), (120, 36), (200, 50)] {
        let seen = words(&screen(&mut state, width, height));
        for said in [
            "waits in the outbox",
            "out of the queue",
            "only once you send it",
        ] {
            assert!(seen.contains(said), "{said}: {seen}");
        }
    }
    screen(&mut state, 10, 3);
    assert_eq!(press(&mut state, "n"), []);
    assert_eq!(state.overlay, None);
    assert_eq!(
        press(&mut state, "ey"),
        [Effect::Order(Order::OpenDraft(3))]
    );
    // It comes while another letter stands in the composer, and is not wanted in its place: it stays where nothing sends it.
    let mine = state.draft();
    update(&mut state, Message::Draft(3, story::draft()));
    assert_eq!(state.overlay, Some(Overlay::Ask(Question::ReplaceDraft)));
    press(&mut state, "n");
    assert_eq!(state.draft(), mine);
    let hint = state.hint.clone().unwrap();
    assert!(hint.contains("Message 3 was not opened"), "{hint}");
    assert!(hint.contains("a draft now"), "{hint}");
}

/// Whoever starts beside another mmscope must not read that nothing waits, nor wait for what never comes.
#[test]
fn an_outbox_that_another_mmscope_has_is_never_called_empty() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    let ended = Arc::new(AtomicBool::new(false));
    let mut state = story::console(&story::draft(), mmscope::console::Theme::default());
    let looked = ended.clone();
    state.bench.is_free = Arc::new(move || looked.load(Ordering::Relaxed));
    state.unrecorded.why = Some("box.redb: the outbox is in use by another mmscope".into());
    state.keep_off("box.redb".into());
    let frame = rows(&screen(&mut state, 80, 24));
    assert!(
        frame.contains("Another mmscope works with this outbox"),
        "{frame}"
    );
    press(&mut state, "<esc>M");
    for size in [(80, 24), (120, 36), (200, 50)] {
        let seen = words(&screen(&mut state, size.0, size.1));
        assert!(!seen.contains("outbox is empty"), "{seen}");
        assert!(seen.contains("in use by another mmscope"), "{seen}");
        assert!(seen.contains("not written into it"), "{seen}");
    }
    screen(&mut state, 10, 3);
    screen(&mut state, 120, 36);
    assert_eq!(press(&mut state, "<ctrl-s>"), []);
    let seen = words(&screen(&mut state, 120, 36));
    assert!(seen.contains("Wait until that one has ended"), "{seen}");
    press(&mut state, "n");
    ended.store(true, Ordering::Relaxed);
    assert_eq!(press(&mut state, "<ctrl-s>"), []);
    let seen = words(&screen(&mut state, 120, 36));
    assert!(seen.contains("start mmscope again"), "{seen}");
    assert!(!seen.contains("Wait until"), "{seen}");
    press(&mut state, "n<esc>1<esc>M");
    let seen = words(&screen(&mut state, 120, 36));
    assert!(seen.contains("is free now"), "{seen}");
}

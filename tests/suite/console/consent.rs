//! Asked before each send, where a person wishes it; and before an output of the serial line is driven.
use super::keys::{after, press};
use super::story::{self, rows, screen};
use mmscope::config::{Config, Confirm};
use mmscope::console::state::{Overlay, Question};
use mmscope::console::{Effect, Message, Order, State, update};
use mmscope::event::{
    ControlLines, Drive, EntryState, Level, Msisdn, Notice, OutboxStep, Way, What,
};

fn confirming(word: &str, world: Option<&str>) -> State {
    let text = format!("[sending]\nconfirm = \"{word}\"\n");
    let mut state = after(&story::failed());
    state.confirm = Config::parse("test", &text).unwrap().sending.confirm;
    state.flags.world = world.map(str::to_owned);
    state
}

/// The word, whether the bench is simulated, and whether a first send is asked for.
#[test]
fn a_first_send_is_asked_for_only_where_it_is_wished() {
    let table = [
        ("again", Some("mint"), false),
        ("again", None, false),
        ("modem", Some("mint"), false),
        ("modem", None, true),
        ("always", Some("mint"), true),
        ("always", None, true),
    ];
    let send = [Effect::Order(Order::Send(story::draft()))];
    for (word, world, asked) in table {
        let mut state = confirming(word, world);
        let effects = press(&mut state, "<ctrl-s>");
        let question = Some(Overlay::Ask(Question::Send));
        assert_eq!(state.overlay == question, asked, "{word} {world:?}");
        if !asked {
            assert_eq!(effects, send, "{word} {world:?}");
            continue;
        }
        assert_eq!(effects, [], "{word} {world:?}");
        assert_eq!(press(&mut state, "n"), [], "no is no");
        assert_eq!(state.overlay, None);
        assert_eq!(press(&mut state, "<ctrl-s>y"), send, "{word} {world:?}");
    }
    assert_eq!(Config::default().sending.confirm, Confirm::Again);
    let wrong = Config::parse("test", "[sending]\nconfirm = \"money\"\n").unwrap_err();
    assert!(wrong.to_string().contains("again"), "{wrong}");
    let wrong = Config::parse("test", "[sending]\nconfirm = true\n").unwrap_err();
    let says = wrong.to_string();
    for word in ["again", "modem", "always"] {
        assert!(says.contains(word), "{says}");
    }
    assert!(!says.contains("enum"), "{says}");
}

/// What stands in the box of a question, in one line.
fn boxed(frame: &str) -> String {
    let rows = frame.lines().filter_map(|row| {
        let (_, within) = row.split_once('┃')?;
        within.split_once('┃').map(|(within, _)| within)
    });
    let words = rows.flat_map(str::split_whitespace);
    words.collect::<Vec<_>>().join(" ")
}

/// Keys before the send, then what the question must say.
#[test]
fn the_question_names_how_much_goes_which_way_to_whom() {
    let table: [(&str, &[&str]); 3] = [
        (
            "",
            &["one message of", "as MMS", "to +12025550123", "may bill"],
        ),
        (
            "<alt-w>",
            &["as linked SMS", "in 6 parts", "to +12025550123"],
        ),
        (
            "e<backtab><backtab><end>, +12025550124<alt-w><alt-w>",
            &["as unlinked SMS", "to each of 2 recipients", "+12025550124"],
        ),
    ];
    for (keys, parts) in table {
        for size in [(80, 24), (120, 36), (200, 50)] {
            let mut state = confirming("modem", None);
            press(&mut state, &format!("<esc>{keys}"));
            assert_eq!(press(&mut state, "<ctrl-s>"), []);
            let frame = rows(&screen(&mut state, size.0, size.1));
            let said = boxed(&frame);
            for part in parts {
                assert!(said.contains(part), "{part} after {keys}: {frame}");
            }
        }
    }
    // Where there is no room to read it, it is at least seen that something is asked.
    let mut state = confirming("modem", None);
    press(&mut state, "<ctrl-s>");
    let frame = rows(&screen(&mut state, 22, 3));
    assert!(frame.contains("y yes"), "{frame}");
}

/// The configuration may let an MMS become SMS unasked: who agrees to the one hears of the other.
#[test]
fn the_question_names_what_goes_out_in_an_mms_s_place() {
    for falls_back in [false, true] {
        let mut state = confirming("always", None);
        state.flags.falls_back = falls_back;
        let mut told = story::failed();
        told.tell(What::Outbox(queued(3)));
        story::hear(&mut state, &told);
        for (keys, parts) in [
            ("<esc><ctrl-s>", "linked SMS at once, in 6 parts."),
            (
                "n<esc><alt-m><alt-p>",
                "linked SMS at once, in one or more parts.",
            ),
            ("n<alt-q>", "linked SMS at once, in one or more parts."),
        ] {
            press(&mut state, keys);
            let said = boxed(&rows(&screen(&mut state, 80, 24)));
            assert!(said.contains("Send?"), "{keys}: {said}");
            assert_eq!(said.contains(parts), falls_back, "{keys}: {said}");
        }
    }
}

/// Two numbers whose masks are alike are two recipients; the same number twice is one.
#[test]
fn recipients_of_the_queue_are_counted_by_their_numbers() {
    let mut state = confirming("always", Some("mint"));
    state.bench.recipients = std::sync::Arc::new(|entry| {
        let last = if entry == 4 { "24" } else { "23" };
        vec![format!("+120255501{last}")]
    });
    let mut told = story::failed();
    for entry in 3..6 {
        told.tell(What::Outbox(OutboxStep {
            to: vec![Msisdn::new("+1202555••••").masked()],
            ..queued(entry)
        }));
    }
    story::hear(&mut state, &told);
    press(&mut state, "<esc><alt-m><alt-q>");
    let said = boxed(&rows(&screen(&mut state, 80, 24)));
    assert!(said.contains("3 messages are queued"), "{said}");
    assert!(said.contains("to 2 recipients"), "{said}");
}

/// A message that waits in the outbox.
fn queued(entry: u64) -> OutboxStep {
    OutboxStep {
        entry,
        transaction_id: String::new(),
        state: EntryState::Queued,
        way: Way::Mms,
        to: vec![Msisdn::new("+12025550123").masked()],
        characters: 5,
        size: 300,
        parts: None,
        attempts: 0,
        written_unix_ms: 1_763_812_860_000,
        changed_unix_ms: 1_763_812_860_000,
        next_try_ms: None,
        says: String::new(),
        stage: None,
        forgotten: false,
    }
}

#[test]
fn what_is_sent_from_the_outbox_is_asked_for_as_well() {
    let mut state = confirming("always", Some("mint"));
    let mut told = story::failed();
    told.tell(What::Outbox(queued(3)));
    story::hear(&mut state, &told);
    press(&mut state, "<esc><alt-m>");
    assert_eq!(press(&mut state, "<alt-p>"), []);
    assert_eq!(state.overlay, Some(Overlay::Ask(Question::SendEntry(3))));
    let frame = rows(&screen(&mut state, 80, 24));
    assert!(frame.contains("Message 3"), "{frame}");
    assert_eq!(press(&mut state, "y"), [Effect::Order(Order::SendEntry(3))]);
    assert_eq!(press(&mut state, "<alt-q>"), []);
    let frame = rows(&screen(&mut state, 80, 24));
    assert!(frame.contains("1 message is queued (1 as MMS)"), "{frame}");
    assert_eq!(press(&mut state, "y"), [Effect::Order(Order::SendQueued)]);
}

/// Keys, what is asked of the line, what the question must warn of.
#[test]
fn an_output_is_driven_only_after_a_yes_that_says_what_it_may_do() {
    let table = [
        ("<ctrl-k>D", Drive::Dtr(false), "AT&D"),
        ("<ctrl-k>R", Drive::Rts(false), "flow control"),
        ("<ctrl-k>B", Drive::Break, "start condition"),
    ];
    for (keys, drive, warning) in table {
        let mut state = after(&story::failed());
        assert_eq!(press(&mut state, keys), [], "asked first");
        assert_eq!(state.overlay, Some(Overlay::Ask(Question::Drive(drive))));
        for size in [(80, 24), (120, 36), (200, 50)] {
            let frame = rows(&screen(&mut state, size.0, size.1));
            let said = boxed(&frame);
            assert!(said.contains(warning), "{frame}");
            assert!(said.contains("cannot be read back"), "{frame}");
        }
        assert_eq!(press(&mut state, "<enter>"), [], "twice Enter is no yes");
        assert_eq!(
            press(&mut state, "y"),
            [Effect::Order(Order::Drive(drive))],
            "{keys}"
        );

        let mut read_only = after(&story::failed());
        read_only.flags.read_only = true;
        assert_eq!(press(&mut read_only, keys), []);
        assert_eq!(read_only.overlay, None);
        assert!(read_only.hint.unwrap().contains("Read-only"));
        let mut busy = after(&story::connecting());
        assert_eq!(press(&mut busy, keys), []);
        assert!(busy.hint.unwrap().contains("A send is running"));
    }
    let mut by_name = after(&story::failed());
    press(&mut by_name, "<esc>:toggle-dtr<enter>");
    let asked = Some(Overlay::Ask(Question::Drive(Drive::Dtr(false))));
    assert_eq!(by_name.overlay, asked);
}

/// What was asked for is turned round the next time, and shown as asked for, never as read.
#[test]
fn what_was_asked_for_is_shown_as_that() {
    let told = ControlLines {
        name: "/dev/ttyUSB2".into(),
        dtr: Some(false),
        cts: Some(true),
        asked: Some(Drive::Dtr(false)),
        ..ControlLines::default()
    };
    let shown = |told: &ControlLines| {
        let mut story = story::failed();
        story.tell(What::ControlLines(told.clone()));
        let mut state = after(&story);
        press(&mut state, "<esc>7z");
        let frame = rows(&screen(&mut state, 200, 50));
        (state, frame)
    };
    let (mut state, frame) = shown(&told);
    assert!(frame.contains("7 TCP"), "{frame}");
    assert!(
        frame.contains("asked for: DTR off; when DTR off was asked for: CTS on, DSR unknown"),
        "{frame}"
    );
    press(&mut state, "<ctrl-k>D");
    let asked = Some(Overlay::Ask(Question::Drive(Drive::Dtr(true))));
    assert_eq!(state.overlay, asked);
    let simulated = ControlLines {
        cts: None,
        ..told.clone()
    };
    let (_, frame) = shown(&simulated);
    assert!(
        frame.contains("asked for: DTR off; inputs are not told by this device"),
        "{frame}"
    );
}

/// A line that is known to have no outputs: no question leads to nothing.
#[test]
fn what_a_line_has_not_is_refused_without_a_question() {
    for keys in ["<ctrl-k>D", "<ctrl-k>R", "<ctrl-k>B"] {
        let mut state = after(&story::failed());
        state.flags.world = None;
        assert!(state.known.control_lines.is_none());
        assert_eq!(press(&mut state, keys), []);
        assert_eq!(state.overlay, None, "{keys}");
        let hint = state.hint.clone().unwrap();
        assert!(hint.contains("no control lines"), "{hint}");
    }
}

/// A pseudo terminal refuses: that stands where the question was answered, not in the traffic alone.
#[test]
fn what_a_device_refuses_is_said_in_the_footer() {
    let mut state = after(&story::failed());
    let refused = |story: &mut story::Story| {
        story.tell(What::Notice(Notice {
            level: Level::Warning,
            text: "/dev/pts/3: DTR off was refused by the device: Not a typewriter".into(),
            because: None,
        }));
        Message::Traffic(story.events.split_off(story.events.len() - 1))
    };
    let mut story = story::failed();
    update(&mut state, refused(&mut story));
    assert_eq!(state.hint, None, "nobody asked");
    press(&mut state, "<ctrl-k>Dy");
    update(&mut state, refused(&mut story));
    let hint = state.hint.clone().unwrap();
    assert!(hint.contains("Not a typewriter"), "{hint}");
}
